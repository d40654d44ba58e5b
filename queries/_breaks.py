"""Where recording changed and what happened at the time, from config/breaks.toml and config/events.toml."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, timedelta
from functools import lru_cache
from typing import Any

import pandas as pd

from core.periods import day_label
from core.settings import CONFIG, read_toml


@dataclass(frozen=True)
class Break:
    """One recording change: `on` is the first day under the new recording."""

    on: date
    kind: str
    measures: tuple[str, ...]
    areas: tuple[str, ...]
    title: str
    text: str


@lru_cache(maxsize=1)
def breaks() -> tuple[Break, ...]:
    """Every declared break, in order of date."""
    rows = read_toml(CONFIG / "breaks.toml")["break"]
    return tuple(
        sorted(
            (
                Break(row["on"], row["kind"], tuple(row["measures"]), tuple(row["areas"]), row["title"], row["text"])
                for row in rows
            ),
            key=lambda one: one.on,
        )
    )


@lru_cache(maxsize=1)
def events() -> tuple[dict[str, Any], ...]:
    """Every declared event: `from`, `to`, `title`."""
    return tuple(sorted(read_toml(CONFIG / "events.toml")["event"], key=lambda row: row["from"]))


def applying(measure: str, area: str) -> tuple[Break, ...]:
    """The breaks that touch this measure in this area."""
    return tuple(one for one in breaks() if measure in one.measures and ("all" in one.areas or area in one.areas))


def crossed(measure: str, area: str, before_starts_on: date, now_ends_on: date) -> Break | None:
    """The cut that makes two windows not comparable: any cut after the first day of the earlier one."""
    for one in applying(measure, area):
        if one.kind == "cut" and before_starts_on < one.on <= now_ends_on:
            return one
    return None


def cut_positions(measure: str, area: str, starts: Sequence[date], ends: Sequence[date]) -> tuple[int, ...]:
    """Where a series of periods is cut: the position of the first period recorded mostly under the new recording."""
    found = []
    for one in applying(measure, area):
        if one.kind != "cut":
            continue
        for position, (start, end) in enumerate(zip(starts, ends, strict=True)):
            if start + (end - start) / 2 >= one.on:
                if position:
                    found.append(position)
                break
    return tuple(sorted(set(found)))


def segments(measure: str, area: str, frame: pd.DataFrame) -> list[int]:
    """Which stretch of like recording each period of a frame (starts_on, ends_on) belongs to: 0, 1, 2 ..."""
    cuts = cut_positions(
        measure, area, [start.date() for start in frame["starts_on"]], [end.date() for end in frame["ends_on"]]
    )
    return [sum(position >= cut for cut in cuts) for position in range(len(frame))]


def marks(measure: str, area: str, first: date, last: date) -> list[dict[str, Any]]:
    """The breaks and events to draw on a series from `first` to `last`."""
    drawn = [
        {"on": one.on, "to": None, "title": one.title, "kind": one.kind}
        for one in applying(measure, area)
        if first <= one.on <= last
    ]
    drawn += [
        {
            "on": max(row["from"], first),
            "to": min(row["to"], last + timedelta(days=31)),
            "title": row["title"],
            "kind": "event",
        }
        for row in events()
        if row["to"] >= first and row["from"] <= last
    ]
    return sorted(drawn, key=lambda mark: mark["on"])


def reason(one: Break) -> str:
    """Why two windows are not comparable, for the middle of a sentence."""
    return f"{one.title[:1].lower()}{one.title[1:]}, {day_label(one.on)}"
