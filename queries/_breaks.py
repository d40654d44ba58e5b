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

MOSTLY = 0.1  # a period with at most this share on the other side of a cut belongs to one side: June 2023 is after it


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
    """Where a series of periods is cut: the position of the first period of each stretch after the first.

    A period recorded partly one way and partly the other is a stretch of its own, like neither neighbour; and nothing
    bridges the periods no extract covers.
    """
    cuts = [one.on for one in applying(measure, area) if one.kind == "cut"]
    kinds = [tuple(_side(on, start, end) for on in cuts) for start, end in zip(starts, ends, strict=True)]
    gaps = set(gap_positions(starts, ends))
    return tuple(
        position for position in range(1, len(kinds)) if position in gaps or kinds[position] != kinds[position - 1]
    )


def gap_positions(starts: Sequence[date], ends: Sequence[date]) -> tuple[int, ...]:
    """The periods before which something is missing: those that do not begin the day after the one before ended."""
    return tuple(
        position for position in range(1, len(starts)) if starts[position] != ends[position - 1] + timedelta(days=1)
    )


def _side(on: date, start: date, end: date) -> str:
    """Whether a period was recorded before a cut, after it, or partly each way."""
    share_before = min(max((on - start).days / ((end - start).days + 1), 0), 1)
    return "after" if share_before <= MOSTLY else "before" if share_before >= 1 - MOSTLY else "both"


def segments(measure: str, area: str, frame: pd.DataFrame) -> list[int]:
    """Which unbroken stretch of like recording each period of a frame (starts_on, ends_on) belongs to: 0, 1, 2 ..."""
    cuts = cut_positions(
        measure, area, [start.date() for start in frame["starts_on"]], [end.date() for end in frame["ends_on"]]
    )
    return [sum(position >= cut for cut in cuts) for position in range(len(frame))]


def marks(measure: str, area: str, first: date, last: date) -> list[dict[str, Any]]:
    """The breaks and events to draw on a series from `first` to `last`."""
    drawn = [
        {"on": one.on, "began_on": one.on, "to": None, "title": one.title, "kind": one.kind}
        for one in applying(measure, area)
        if first <= one.on <= last
    ]
    drawn += [
        {
            "on": max(row["from"], first),  # where it is drawn; it may have begun before the series does
            "began_on": row["from"],
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
