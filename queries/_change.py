"""Same quarter last year, and twelve months against the twelve before: figures, interval and verdict."""

from __future__ import annotations

from dataclasses import dataclass
from functools import lru_cache

import pandas as pd

from core import breaks
from core.model import Build, Selection
from core.periods import Quarter
from core.settings import load_settings
from queries import _ask, _series
from stats import change, rag

FEW = 10  # below this a change is told as a difference, never as a percentage (statistics.md a5)


@dataclass(frozen=True)
class Change:
    """A comparison of two windows.

    Attributes:
        now, before: counts; None where the build does not hold the window.
        verdict: a code of labels.toml [verdict].
        percent, low, high: change in percent with its interval, NaN where not offered.
        zero: what a count of 0 says (in the shareable build a range).
        reason: the recording change that makes the windows not comparable, or an empty string.
        is_mixed: recording changed inside the later window, so that even its count mixes two ways of recording.
    """

    now: int | None
    before: int | None
    verdict: str
    percent: float = float("nan")
    low: float = float("nan")
    high: float = float("nan")
    reason: str = ""
    zero: str = "0"
    is_mixed: bool = False

    @property
    def is_rounded(self) -> bool:
        """Whether the counts are added up from protected cells."""
        return self.zero != "0"


@lru_cache(maxsize=_series.KEPT)
def of_quarter(selection: Selection, build: Build) -> Change:
    """The selected quarter against the same quarter a year before.

    A shareable build gives no verdict, because rounded counts are not tested.
    """
    quarter = Quarter.parse(selection.quarter)
    return _compare([quarter.code], [quarter.year_before.code], selection, build)


@lru_cache(maxsize=_series.KEPT)
def of_year(selection: Selection, build: Build) -> Change:
    """The twelve months to the end of the selected quarter against the twelve months before them."""
    quarter = Quarter.parse(selection.quarter)
    return _compare(
        [quarter.plus(-step).code for step in range(4)],
        [quarter.plus(-step).code for step in range(4, 8)],
        selection,
        build,
    )


def _compare(now_codes: list[str], before_codes: list[str], selection: Selection, build: Build) -> Change:
    series = _series.quarters(selection, build)
    now = series[series["quarter_code"].isin(now_codes)]
    before = series[series["quarter_code"].isin(before_codes)]
    zero = _ask.zero(build, int(now["cells"].sum()))
    now_count = int(now["value"].sum()) if len(now) == len(now_codes) else None
    before_count = int(before["value"].sum()) if len(before) == len(before_codes) else None
    over = breaks.ended(selection.measure, Quarter.parse(max(now_codes)).ends_on)
    if over is not None:
        return Change(None, before_count, "ended", reason=breaks.reason(over), zero=zero)
    if now_count is None or before_count is None:
        mixed = None if now_count is None else _cut(now, now, selection)
        reason = breaks.reason(mixed) if mixed else ""
        return Change(now_count, before_count, "no_history", reason=reason, zero=zero, is_mixed=mixed is not None)
    cut = _cut(before, now, selection)
    if cut is not None:
        is_mixed = _cut(now, now, selection) is not None
        return Change(
            now_count, before_count, "not_comparable", reason=breaks.reason(cut), zero=zero, is_mixed=is_mixed
        )
    if build.is_shareable:
        return Change(now_count, before_count, "rounded", zero=zero)
    options = load_settings().options["change"]
    days_now, days_before = int(now["days"].sum()), int(before["days"].sum())
    phi = dispersion(series[series["starts_on"] < now["starts_on"].min()], selection)
    code = change.verdict(
        now_count, before_count, days_now, days_before,
        confidence=options["confidence"], flag_confidence=options["flag_confidence"], phi=phi,
    )  # fmt: skip
    if min(now_count, before_count) < FEW:
        return Change(now_count, before_count, code)
    compared = change.compare(
        [now_count], [before_count], [days_now], [days_before], confidence=options["confidence"], phi=phi
    ).iloc[0]
    return Change(
        now_count,
        before_count,
        code,
        percent=100 * (compared["ratio"] - 1),
        low=100 * (compared["low"] - 1),
        high=100 * (compared["high"] - 1),
    )


def _cut(first: pd.DataFrame, last: pd.DataFrame, selection: Selection) -> breaks.Break | None:
    return breaks.crossed(
        selection.measure, selection.area, first["starts_on"].min().date(), last["ends_on"].max().date()
    )


def dispersion(earlier: pd.DataFrame, selection: Selection) -> float:
    """How much more than chance the earlier quarters vary: 1 where fewer than twelve comparable quarters are held."""
    stretch = pd.Series(breaks.segments(selection.measure, selection.area, earlier), index=earlier.index)
    comparable = earlier[stretch == stretch.max()]
    if len(comparable) < 12:
        return 1.0
    numbers = [Quarter.parse(code).number for code in comparable["quarter_code"]]
    return change.dispersion(comparable["value"].to_numpy(), numbers)


def of_repeat_victims(now: int | None, before: int | None, selection: Selection, months: int) -> tuple[str, str]:
    """The verdict on repeat victims against a year before, and why not, where they cannot be compared.

    People are independent of each other, so no dispersion is allowed for. Whoever is a repeat victim is decided by
    every report, crime or incident, of the `months` before: a cut in either makes two quarters not comparable.
    """
    if now is None or before is None:
        return "no_history", ""
    quarter = Quarter.parse(selection.quarter)
    looked_back_to = quarter.year_before.plus(-(months // 3)).starts_on
    cut = breaks.crossed("all", selection.area, looked_back_to, quarter.ends_on)
    if cut is not None:
        return "not_comparable", breaks.reason(cut)
    options = load_settings().options["change"]
    return change.verdict(
        now, before, quarter.days, quarter.year_before.days,
        confidence=options["confidence"], flag_confidence=options["flag_confidence"],
    ), ""  # fmt: skip


def of_share(now: tuple[int, int], before: tuple[int, int]) -> str:
    """The verdict on two shares (part, whole), by the interval of their difference at both confidences."""
    if now[0] * before[1] == before[0] * now[1]:
        return "same"
    options = load_settings().options["change"]
    for hedge, confidence in (("", options["flag_confidence"]), ("probably_", options["confidence"])):
        moved = rag.travel(now, before, "context", is_sample=True, confidence=confidence)
        if moved != "no_clear_change":
            return f"{hedge}{moved}"
    return "could_be_chance"
