"""Same quarter last year, and twelve months against the twelve before: figures, interval and verdict."""

from __future__ import annotations

from dataclasses import dataclass

import pandas as pd

from core.model import Build, Selection
from core.periods import Quarter
from core.settings import load_settings
from queries import _ask, _breaks
from stats import change

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
    """

    now: int | None
    before: int | None
    verdict: str
    percent: float = float("nan")
    low: float = float("nan")
    high: float = float("nan")
    reason: str = ""
    zero: str = "0"


def of_quarter(series: pd.DataFrame, selection: Selection, build: Build) -> Change:
    """The selected quarter against the same quarter a year before.

    Args:
        series: one row per complete quarter: quarter_code, starts_on, ends_on, days, value; oldest first.
        selection: measure and area decide which recording changes apply.
        build: a shareable build gives no verdict, because rounded counts are not tested.
    """
    quarter = Quarter.parse(selection.quarter)
    return _compare(series, [quarter.code], [quarter.year_before.code], selection, build)


def of_year(series: pd.DataFrame, selection: Selection, build: Build) -> Change:
    """The twelve months to the end of the selected quarter against the twelve months before them."""
    quarter = Quarter.parse(selection.quarter)
    return _compare(
        series,
        [quarter.plus(-step).code for step in range(4)],
        [quarter.plus(-step).code for step in range(4, 8)],
        selection,
        build,
    )


def _compare(
    series: pd.DataFrame, now_codes: list[str], before_codes: list[str], selection: Selection, build: Build
) -> Change:
    now = series[series["quarter_code"].isin(now_codes)]
    before = series[series["quarter_code"].isin(before_codes)]
    zero = _ask.zero(build, int(now["cells"].sum()))
    now_count = int(now["value"].sum()) if len(now) == len(now_codes) else None
    before_count = int(before["value"].sum()) if len(before) == len(before_codes) else None
    if now_count is None or before_count is None:
        return Change(now_count, before_count, "no_history", zero=zero)
    cut = _breaks.crossed(
        selection.measure, selection.area, before["starts_on"].min().date(), now["ends_on"].max().date()
    )
    if cut is not None:
        return Change(now_count, before_count, "not_comparable", reason=_breaks.reason(cut), zero=zero)
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


def dispersion(earlier: pd.DataFrame, selection: Selection) -> float:
    """How much more than chance the earlier quarters vary: 1 where fewer than twelve comparable quarters are held."""
    stretch = pd.Series(_breaks.segments(selection.measure, selection.area, earlier), index=earlier.index)
    comparable = earlier[stretch == stretch.max()]
    if len(comparable) < 12:
        return 1.0
    numbers = [Quarter.parse(code).number for code in comparable["quarter_code"]]
    return change.dispersion(comparable["value"].to_numpy(), numbers)


def plain_verdict(now: int, before: int, quarter: Quarter, selection: Selection) -> str:
    """The verdict on a count of people, who are independent of each other, in a quarter against a year before."""
    options = load_settings().options["change"]
    cut = _breaks.crossed(selection.measure, selection.area, quarter.year_before.starts_on, quarter.ends_on)
    if cut is not None:
        return "not_comparable"
    return change.verdict(
        now, before, quarter.days, quarter.year_before.days,
        confidence=options["confidence"], flag_confidence=options["flag_confidence"],
    )  # fmt: skip
