"""Where recording changed (config/breaks.toml): what no series is bridged across, in building and in telling alike."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, timedelta
from functools import lru_cache

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


def applying(measure: str, area: str) -> tuple[Break, ...]:
    """The breaks that touch this measure in this area."""
    return tuple(one for one in breaks() if measure in one.measures and ("all" in one.areas or area in one.areas))


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


def stretches(measure: str, area: str, starts: Sequence[date], ends: Sequence[date]) -> list[int]:
    """Which unbroken stretch of like recording each period belongs to: 0, 1, 2 ..."""
    cuts = cut_positions(measure, area, starts, ends)
    return [sum(position >= cut for cut in cuts) for position in range(len(starts))]


def _side(on: date, start: date, end: date) -> str:
    """Whether a period was recorded before a cut, after it, or partly each way."""
    share_before = min(max((on - start).days / ((end - start).days + 1), 0), 1)
    return "after" if share_before <= MOSTLY else "before" if share_before >= 1 - MOSTLY else "both"
