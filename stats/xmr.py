"""The usual range of a series: the XmR chart with the rules the NHS teaches as "Making Data Count".

Within a segment the centre is the mean m and R is the average range between neighbouring points, leaving out (once)
ranges of 3.267 R or more; the limits are m -/+ 2.66 R. A point is a signal when it is outside the limits, or belongs
to a trend (7 points, 6 steps all up or all down), to two of three (of three neighbours on one side of the mean, two
lie in the outer third between mean and limit) or to a shift (7 points strictly on one side of the mean); the first
that applies names it. Reference: Wheeler, Understanding Variation (1993); NHS England, Making Data Count.

XmR takes points to be alike and independent. Counts of reports are seasonal (0.81 to 1.20 of their level), so the range
is wider than it would be without seasons, and low counts make the rules cry wolf; hence the refusals of usual_range.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from itertools import pairwise

import numpy as np
import pandas as pd
from numpy.typing import ArrayLike, NDArray

LIMIT = 2.66
NEAR_LIMIT = 2 * LIMIT / 3
SCREEN = 3.267
RUN = 7
FEWEST_POINTS = 12
FULL_POINTS = 24
FEWEST_A_PERIOD = {"month": 8.0, "quarter": 5.0}
SIGNALS = ("outside", "trend", "two_of_three", "shift", "common")

Floats = NDArray[np.float64]


@dataclass(frozen=True)
class Limits:
    """Centre and limits of one segment, in the unit of its values; all but the mean missing when R is."""

    mean: float
    lower: float
    upper: float
    near_lower: float
    near_upper: float
    average_range: float


@dataclass(frozen=True)
class UsualRange:
    """A usual range, or why there is none.

    Attributes:
        frame: one row per value: `centre`, `lower`, `upper` (missing where refused), `signal` (empty, or one of
            SIGNALS but common), `direction` (of the signal: 1 high or rising, -1 low or falling, else 0), `segment`
            (0, 1, 2 ...) and `refusal` (empty, or the segment's reason code).
        refusal: None, or why the latest segment has no range: `too_few_points` (under 12), `use_quarters` (monthly
            mean under 8), `too_few_events` (quarterly mean under 5), `no_variation` (screened R is 0).
        is_trial: the latest segment has 12 to 23 points: its limits are on trial and give no signals.
    """

    frame: pd.DataFrame
    refusal: str | None
    is_trial: bool


def limits(values: ArrayLike, fix_after: int | None = None, screened: bool = True) -> Limits:
    """Centre and limits of one segment.

    Args:
        values: the points in order, none missing.
        fix_after: reckon from the first so many points only.
        screened: leave out, once, ranges of 3.267 times their average or more.

    Raises:
        ValueError: no values, or a missing one.
    """
    points = _points(values)[:fix_after]
    # the second pass makes the mean of equal values exactly that value, so that they lie on it and not beside it
    mean = float(points.mean())
    mean += float((points - mean).mean())
    ranges = np.abs(np.diff(points))
    if screened and ranges.size:
        ranges = ranges[ranges < SCREEN * ranges.mean()]
    average = float(ranges.mean()) if ranges.size else float("nan")
    return Limits(
        mean=mean,
        lower=mean - LIMIT * average,
        upper=mean + LIMIT * average,
        near_lower=mean - NEAR_LIMIT * average,
        near_upper=mean + NEAR_LIMIT * average,
        average_range=average,
    )


def label_points(values: ArrayLike, within: Limits) -> pd.DataFrame:
    """Name each point of one segment by the first rule that applies.

    Returns:
        One row per value: `signal`, one of SIGNALS, and `direction`, 1 for high or rising, -1 for low or falling,
        0 for common cause.
    """
    signal, direction = _labels(_points(values), within)
    return pd.DataFrame({"signal": signal, "direction": direction})


def chart(
    values: ArrayLike, rebase_positions: Sequence[int] = (), fix_after: int | None = None, screened: bool = True
) -> pd.DataFrame:
    """The whole chart with no refusal: use usual_range for anything a reader sees.

    Args:
        values: the points in order.
        rebase_positions: 0-based positions at which a new segment begins.
        fix_after, screened: as in limits, in each segment.

    Returns:
        One row per value: `mean`, `lower`, `upper`, `signal`, `direction`, `segment`.
    """
    points = _points(values)
    parts = []
    for segment, (start, end) in enumerate(_segments(points.size, rebase_positions)):
        within = limits(points[start:end], fix_after, screened)
        labelled = label_points(points[start:end], within)
        parts.append(labelled.assign(mean=within.mean, lower=within.lower, upper=within.upper, segment=segment))
    return pd.concat(parts, ignore_index=True)[["mean", "lower", "upper", "signal", "direction", "segment"]]


def variation(direction: int, improvement: str = "neutral") -> str:
    """What a signal in this direction means, as the code of its NHS icon.

    Args:
        direction: of the point, as label_points gives it.
        improvement: `up`, `down`, or `neutral`: which way is better. Counts of hate reports are always neutral.

    Returns:
        `common_cause`, or `neutral_`, `improvement_` or `concern_` with `high` or `low`.
    """
    if improvement not in ("up", "down", "neutral"):
        raise ValueError("improvement must be up, down or neutral")
    if direction == 0:
        return "common_cause"
    height = "high" if direction > 0 else "low"
    if improvement == "neutral":
        return f"neutral_{height}"
    is_better = (direction > 0) == (improvement == "up")
    return f"{'improvement' if is_better else 'concern'}_{height}"


def assurance(within: Limits, target: float | None, improvement: str = "neutral") -> str | None:
    """Whether a process inside these limits will meet a target.

    Returns:
        `consistent_pass`, `consistent_fail` or `inconsistent` (hit and miss); None without a target or a direction.
    """
    if improvement not in ("up", "down", "neutral"):
        raise ValueError("improvement must be up, down or neutral")
    if target is None or improvement == "neutral":
        return None
    if target > within.upper:
        return "consistent_pass" if improvement == "down" else "consistent_fail"
    if target < within.lower:
        return "consistent_pass" if improvement == "up" else "consistent_fail"
    return "inconsistent"


def usual_range(
    values: ArrayLike,
    cut_positions: Sequence[int] = (),
    frequency: str = "month",
    is_provisional: ArrayLike | None = None,
) -> UsualRange:
    """The usual range a reader may be shown, refusing what the counts cannot carry.

    Args:
        values: counts per period in order, a period with none being 0.
        cut_positions: 0-based positions of the first period after each break in recording; nothing is bridged.
        frequency: `month` or `quarter`.
        is_provisional: which periods are still being verified; they come last, are drawn against the range, but are
            neither judged nor part of it.

    Raises:
        ValueError: a missing or negative value, an unknown frequency, or a provisional period before a settled one.
    """
    points = _points(values)
    if np.any(points < 0):
        raise ValueError("a count cannot be negative")
    if frequency not in FEWEST_A_PERIOD:
        raise ValueError("frequency must be month or quarter")
    provisional = np.zeros(points.size, bool) if is_provisional is None else np.asarray(is_provisional, bool)
    if provisional.shape != points.shape or np.any(provisional[:-1] & ~provisional[1:]):
        raise ValueError("provisional periods come last, one flag to a value")

    centre, lower, upper = (np.full(points.size, np.nan) for _ in range(3))
    signal, refusal = (np.full(points.size, "", dtype=object) for _ in range(2))
    direction = np.zeros(points.size, dtype=int)
    segments = np.zeros(points.size, dtype=int)
    settled = points[:0]
    for segment, (start, end) in enumerate(_segments(points.size, cut_positions)):
        here = slice(start, end)
        settled = points[here][~provisional[here]]
        segments[here] = segment
        refusal[here] = reason = _refusal(settled, frequency)
        if reason:
            continue
        within = limits(settled)
        centre[here], lower[here], upper[here] = within.mean, max(0.0, within.lower), within.upper
        if settled.size >= FULL_POINTS:
            named, towards = _labels(settled, within)
            direction[start : start + settled.size] = towards
            signal[start : start + settled.size] = np.where(named == "common", "", named)
    columns = {"centre": centre, "lower": lower, "upper": upper, "signal": signal, "direction": direction}
    columns["segment"] = segments
    latest = str(refusal[-1]) or None
    is_trial = latest is None and settled.size < FULL_POINTS
    return UsualRange(pd.DataFrame({**columns, "refusal": refusal}), latest, is_trial)


def _labels(points: Floats, within: Limits) -> tuple[NDArray[np.object_], NDArray[np.int64]]:
    """Name and direction of each point of one segment."""
    side = np.sign(points - within.mean)
    is_outside = (points > within.upper) | (points < within.lower)
    is_near = ~is_outside & ((points > within.near_upper) | (points < within.near_lower))
    trend = _trend(points)
    found = [is_outside, trend != 0, _two_of_three(is_near, side), _shift(side)]
    beside = np.where(side > 0, 1, -1)
    names = np.array(SIGNALS, dtype=object)
    return np.select(found, list(names[:4]), names[4]), np.select(found, [beside, trend, beside, beside], 0)


def _refusal(settled: Floats, frequency: str) -> str:
    if settled.size < FEWEST_POINTS:
        return "too_few_points"
    if settled.mean() < FEWEST_A_PERIOD[frequency]:
        return "use_quarters" if frequency == "month" else "too_few_events"
    average = limits(settled).average_range
    return "" if average > 0 else "no_variation"


def _trend(points: Floats) -> NDArray[np.int64]:
    """1 or -1 for points on a rising or falling run of 7; a turning point belongs to the run that leaves it."""
    steps = np.sign(np.diff(points))
    in_run = _in_run(steps, RUN - 1)
    after = np.append(np.where(in_run, steps, 0), 0)
    before = np.insert(np.where(in_run, steps, 0), 0, 0)
    return np.where(after != 0, after, before).astype(np.int64)


def _shift(side: Floats) -> NDArray[np.bool_]:
    return _in_run(side, RUN)


def _in_run(signs: Floats, least: int) -> NDArray[np.bool_]:
    """Which entries belong to a run of at least `least` equal signs that are not 0."""
    if signs.size == 0:
        return np.zeros(0, bool)
    starts = np.flatnonzero(np.insert(signs[1:] != signs[:-1], 0, True))
    lengths = np.diff(np.append(starts, signs.size))
    return np.repeat(lengths >= least, lengths) & (signs != 0)


def _two_of_three(is_near: NDArray[np.bool_], side: Floats) -> NDArray[np.bool_]:
    """Points in the outer third that are two of three neighbours there, all three on one side of the mean."""
    if is_near.size < 3:
        return np.zeros(is_near.size, bool)
    three = np.lib.stride_tricks.sliding_window_view
    holds = (three(is_near, 3).sum(axis=1) >= 2) & (np.abs(three(side, 3).sum(axis=1)) == 3)
    padded = np.concatenate([np.zeros(2, bool), holds, np.zeros(2, bool)])
    return is_near & (padded[2:] | padded[1:-1] | padded[:-2])


def _segments(size: int, starts: Sequence[int]) -> list[tuple[int, int]]:
    edges = sorted({0, size, *(start for start in starts if 0 < start < size)})
    return list(pairwise(edges))


def _points(values: ArrayLike) -> Floats:
    points = np.asarray(values, dtype=float)
    if points.ndim != 1 or points.size == 0:
        raise ValueError("a series needs at least one value")
    if not np.all(np.isfinite(points)):
        raise ValueError("a missing value has no place in a usual range: a period with none is 0")
    return points
