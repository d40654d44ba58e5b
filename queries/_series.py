"""A series with its usual range: months where there are enough reports, quarters where there are not."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from functools import lru_cache

import numpy as np
import pandas as pd

from core import breaks
from core.model import Build, Selection
from core.periods import Quarter, month_label
from core.settings import load_settings
from queries import _ask
from stats import xmr

KEPT = 512  # series of a build, which never changes, kept for the next page that asks; a few kilobytes each


@dataclass(frozen=True)
class Series:
    """One series and what may be said of it.

    Attributes:
        frame: one row per period, oldest first: starts_on, ends_on, quarter_code, label, value, is_provisional, centre,
            lower, upper, signal, direction, segment.
        frequency: month or quarter.
        refusal: why the latest stretch has no usual range (a key of notes.toml), or None.
        is_trial: the latest stretch is short, so its range is on trial and gives no signals.
    """

    frame: pd.DataFrame
    frequency: str
    refusal: str | None
    is_trial: bool = False


def months(selection: Selection, build: Build) -> pd.DataFrame:
    """Complete months to the end of the selected quarter.

    Columns: starts_on, ends_on, quarter_code, label, value, is_provisional.
    """
    return _months(selection, build).copy()


@lru_cache(maxsize=KEPT)
def _months(selection: Selection, build: Build) -> pd.DataFrame:
    frame = _of_area("trends.monthly", selection, build)
    frame = frame[frame["is_complete"] & (frame["quarter_code"] <= selection.quarter)].reset_index(drop=True)
    frame["ends_on"] = frame["starts_on"] + pd.offsets.MonthEnd(0)
    frame = _while_recorded(frame, selection.measure)
    frame["label"] = [month_label(day) for day in frame["starts_on"]]
    return frame


def quarters(selection: Selection, build: Build) -> pd.DataFrame:
    """Complete quarters to the selected one.

    Columns: starts_on, ends_on, quarter_code, label, days, value, is_provisional, cells.
    """
    return _quarters(selection, build).copy()


@lru_cache(maxsize=KEPT)
def _quarters(selection: Selection, build: Build) -> pd.DataFrame:
    frame = _of_area("trends.quarterly", selection, build)
    frame = frame[frame["quarter_code"] <= selection.quarter].reset_index(drop=True)
    frame = _while_recorded(frame, selection.measure)
    frame["label"] = [Quarter.parse(code).label for code in frame["quarter_code"]]
    return frame


def _while_recorded(frame: pd.DataFrame, measure: str) -> pd.DataFrame:
    """The periods before a measure ended: the one it ended in is a part, and those after it are no zeros."""
    over = [breaks.ended(measure, day.date()) is not None for day in frame["ends_on"]]
    return frame[~pd.Series(over, index=frame.index, dtype=bool)].reset_index(drop=True)


def _of_area(question: str, selection: Selection, build: Build) -> pd.DataFrame:
    held, nothing = _of_every_area(question, selection.measure, selection.strand, build)
    return held.get(selection.area, nothing).copy()


@lru_cache(maxsize=64)
def _of_every_area(
    question: str, measure: str, strand: str, build: Build
) -> tuple[Mapping[str, pd.DataFrame], pd.DataFrame]:
    """Every area's series in one asking: who goes from place to place then waits for none. Besides, an empty one."""
    frame = _ask.figures(build, question, measure=measure, strand=strand)
    # Which area it is of is told by the selection: a frame that names areas is a figure of several.
    told = frame.drop(columns="area_code")
    areas = frame.groupby("area_code").groups
    return {str(area): told.loc[rows].reset_index(drop=True) for area, rows in areas.items()}, told.iloc[:0]


def judged(frame: pd.DataFrame, selection: Selection, frequency: str) -> Series:
    """Add the usual range to the latest periods of a frame, starting afresh at every cut.

    Earlier periods are drawn without a range: what was usual years ago, under another level of recording, would mark
    half the series and say nothing of the latest quarter.
    """
    if frame.empty:
        # Nothing was held of the measure up to the selected quarter.
        return Series(frame, frequency, "too_few_points")
    segments = breaks.segments(selection.measure, selection.area, frame)
    first = max(len(frame) - load_settings().options["usual_range"][f"{frequency}s"], 0)
    recent = segments[first:]
    cuts = [position for position in range(1, len(recent)) if recent[position] != recent[position - 1]]
    found = xmr.usual_range(frame["value"].to_numpy()[first:], cut_positions=cuts, frequency=frequency)
    drawn = found.frame[["centre", "lower", "upper", "signal", "direction"]].set_index(frame.index[first:])
    # Told in whole reports, the same in every place: no count lies between a limit and the whole number within it.
    whole = np.ceil(drawn["lower"]), np.floor(drawn["upper"])
    is_wide = whole[0] <= whole[1]
    drawn["lower"], drawn["upper"] = whole[0].where(is_wide, drawn["lower"]), whole[1].where(is_wide, drawn["upper"])
    drawn = drawn.reindex(frame.index)
    drawn["signal"] = drawn["signal"].fillna("")
    drawn["direction"] = drawn["direction"].fillna(0).astype(int)
    drawn["segment"] = segments
    return Series(pd.concat([frame, drawn], axis=1), frequency, found.refusal, found.is_trial)


@lru_cache(maxsize=KEPT)
def best(selection: Selection, build: Build) -> Series:
    """Months where their mean allows a usual range or the series is short; quarters where the months are too few."""
    by_month = judged(months(selection, build), selection, "month")
    if by_month.refusal is None:
        return by_month
    if by_month.refusal != "use_quarters":
        return by_month
    return judged(quarters(selection, build), selection, "quarter")


@dataclass(frozen=True)
class Standing:
    """How the selected quarter stands against the usual range.

    Attributes:
        code: of labels.toml [standing].
        period: the month or quarter that makes it so, or an empty string.
        frequency: month or quarter.
    """

    code: str
    period: str
    frequency: str

    @property
    def is_unusual(self) -> bool:
        """Whether any rule marks it."""
        return self.code not in ("within", "not_judged")


_STANDINGS = {
    ("outside", 1): "above",
    ("outside", -1): "below",
    ("trend", 1): "rising",
    ("trend", -1): "falling",
    ("two_of_three", 1): "near_top",
    ("two_of_three", -1): "near_bottom",
    ("shift", 1): "run_above",
    ("shift", -1): "run_below",
}


def standing(series: Series, quarter_code: str) -> Standing:
    """What the rules say of the selected quarter's periods: a point outside the range before any kind of run.

    A shift, a trend or two of three near a limit is unusual too, but is not outside the range, and is not called so.
    """
    latest = series.frame[series.frame["quarter_code"] == quarter_code]
    if series.refusal is not None or series.is_trial or latest.empty:
        return Standing("not_judged", "", series.frequency)
    signalled = latest[latest["signal"] != ""]
    if signalled.empty:
        return Standing("within", "", series.frequency)
    outside = signalled[signalled["signal"] == "outside"]
    told = (outside if len(outside) else signalled).iloc[-1]
    return Standing(_STANDINGS[told["signal"], told["direction"]], told["label"], series.frequency)
