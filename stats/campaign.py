"""What a campaign changed: the reports of a declared window against what the other months would have led to expect.

Quasi-Poisson regression of monthly counts on a trend, one sine and cosine of the year, and an indicator of the window;
the indicator's exponent is observed over expected. A window that comes round every year has an indicator for each year,
and besides one for all of them together: the best year is never told alone. Reference: Lopez Bernal, Cummins &
Gasparrini 2017, International Journal of Epidemiology 46:348.

It shows whether the window was unlike the other months, and never why: whoever tells it sets a control beside it, and
the same window of years without the campaign.
"""

from __future__ import annotations

from collections.abc import Collection, Sequence
from dataclasses import dataclass, replace
from math import exp, hypot, log, nan, pi, sqrt

import numpy as np
from numpy.typing import ArrayLike, NDArray
from scipy.special import ndtri, stdtr

from stats import poisson

FEWEST_MONTHS = 24
"""Months of like recording before a window, and months outside every window: under either nothing is estimated."""

FEWEST_EXPECTED = 5
"""With fewer expected in a window, only the counts are told."""

REFUSALS = ("cut_inside", "short_history", "not_settled", "too_few_expected", "none_observed")

Floats = NDArray[np.float64]
Window = Sequence[int]


@dataclass(frozen=True)
class Pulse:
    """One window, or several together, against what was expected.

    Attributes:
        observed: events in the window.
        expected: events expected without the campaign; nan where there is no fit.
        ratio, low, high: observed over expected with its interval; nan where it is refused.
        p: two-sided, of no change, on t with `degrees`; nan where it is refused.
        log_error: standard error of the ratio's logarithm, at the dispersion the interval was made with.
        dispersion: Pearson's, of the fit, as it came out.
        degrees: of freedom of the fit.
        refusal: why there is no ratio, one of REFUSALS, or None. `none_observed`: the logarithm of nothing has no
            interval, so only "0 against about so many" can be said.
    """

    observed: float
    expected: float
    ratio: float = nan
    low: float = nan
    high: float = nan
    p: float = nan
    log_error: float = nan
    dispersion: float = nan
    degrees: float = nan
    refusal: str | None = None


@dataclass(frozen=True)
class Uplift:
    """What came of every window.

    Attributes:
        each: one for each window, in the order given.
        pooled: all of them together, or None where fewer than two can be.
        pooled_windows: which windows `pooled` is of, by their place in the order given.
    """

    each: tuple[Pulse, ...]
    pooled: Pulse | None
    pooled_windows: tuple[int, ...]


def uplift(
    counts: ArrayLike,
    windows: Sequence[Window],
    *,
    left_out: Collection[int] = (),
    stretches: Sequence[int] | None = None,
    confidence: float = 0.95,
    is_floored: bool = True,
) -> Uplift:
    """Estimate what each window changed, and all of them together.

    Args:
        counts: (months,) events, oldest first; months of one stretch follow one another.
        windows: the months of each window, as positions in `counts`; no month is in two.
        left_out: months that are no one's yardstick: those of other campaigns.
        stretches: which unbroken stretch of like recording each month belongs to; all one, when left out. A window is
            judged by its own stretch only, and `pooled` is of the windows in the stretch of the last one of them.
        confidence: of the two-sided intervals, on the normal distribution.
        is_floored: a dispersion under 1 is read as 1, so that luck never makes an interval narrower than chance does.

    Raises:
        ValueError: a count missing or negative, no month in a window, a month in two windows or left out of its own, or
            months and stretches that do not fit.
    """
    observed = np.asarray(counts, dtype=float)
    kinds = np.zeros(observed.size, dtype=int) if stretches is None else np.asarray(stretches, dtype=int)
    if observed.ndim != 1 or kinds.shape != observed.shape:
        raise ValueError("the counts and the stretches do not fit")
    if not np.all(np.isfinite(observed)) or np.any(observed < 0):
        raise ValueError("a count is there for every month and not negative")
    spans = [np.unique(np.asarray(window, dtype=int)) for window in windows]
    claimed = [int(month) for span in spans for month in span]
    if any(span.size == 0 or span[0] < 0 or span[-1] >= observed.size for span in spans):
        raise ValueError("a window is made of months that are there")
    if len(set(claimed)) < len(claimed) or set(claimed) & set(left_out):
        raise ValueError("a month belongs to one window, and is not left out of it")

    refused = [_refused(span, kinds) for span in spans]
    idle = {int(month) for span, code in zip(spans, refused, strict=True) if code for month in span} | set(left_out)
    judged = _Judged(observed, kinds, idle, float(ndtri(0.5 + confidence / 2)), is_floored)
    each = [Pulse(float(observed[span].sum()), nan, refusal=code) for span, code in zip(spans, refused, strict=True)]
    sides = {place: int(kinds[spans[place][0]]) for place, code in enumerate(refused) if code is None}
    for side in set(sides.values()):
        together = [place for place, on in sides.items() if on == side]
        for place, pulse in zip(together, judged.by([[spans[place]] for place in together], side), strict=True):
            each[place] = pulse
    pooled, of = None, tuple[int, ...]()
    if sides:
        last = max(sides, key=lambda place: int(spans[place][0]))
        of = tuple(place for place, on in sides.items() if on == sides[last])
    if len(of) > 1:
        pooled = judged.by([[spans[place] for place in of]], sides[of[0]])[0]
    return Uplift(tuple(each), pooled, of if pooled else ())


def against(campaign: Pulse, control: Pulse, confidence: float = 0.95) -> tuple[float, float, float]:
    """How much more the campaign's window moved than the control's: ratio of the two ratios, low and high.

    The two are taken as independent. nan where either is refused.
    """
    if campaign.refusal or control.refusal:
        return nan, nan, nan
    reach = float(ndtri(0.5 + confidence / 2)) * hypot(campaign.log_error, control.log_error)
    between = log(campaign.ratio) - log(control.ratio)
    return exp(between), exp(between - reach), exp(between + reach)


def _refused(span: NDArray[np.int_], kinds: NDArray[np.int_]) -> str | None:
    if np.unique(kinds[span]).size > 1:
        return "cut_inside"
    before = np.count_nonzero(kinds[: span[0]] == kinds[span[0]])
    return "short_history" if before < FEWEST_MONTHS else None


@dataclass(frozen=True)
class _Judged:
    """A series, the months no fit looks at, and how intervals are made."""

    observed: Floats
    kinds: NDArray[np.int_]
    idle: set[int]
    reach: float
    is_floored: bool

    def by(self, groups: list[list[NDArray[np.int_]]], side: int) -> list[Pulse]:
        """One fit of one stretch, with an indicator for every group of windows; a pulse for each of them."""
        months = np.flatnonzero(self.kinds == side)
        year = 2 * pi * months / 12
        plain = np.column_stack(
            [np.ones(months.size), (months - months.mean()) / 12, np.sin(year), np.cos(year)],
        )
        inside = [np.isin(months, np.concatenate(group)) for group in groups]
        events = [float(self.observed[months[mine]].sum()) for mine in inside]
        weight = 1.0 - np.isin(months, sorted(self.idle))
        if np.count_nonzero(weight * ~np.any(inside, axis=0)) < FEWEST_MONTHS:
            return [Pulse(count, nan, refusal="short_history") for count in events]
        # The best indicator of a window without an event is minus infinity: leaving its months out fits the same.
        for mine, count in zip(inside, events, strict=True):
            weight[mine & (count == 0)] = 0.0
        shown = [mine for mine, count in zip(inside, events, strict=True) if count]
        found = poisson.fit(np.column_stack([plain, *map(np.asarray, shown)]), self.observed[months], weight)
        usual = np.exp(np.minimum(plain @ found.coefficients[0, : plain.shape[1]], 30.0))
        column = plain.shape[1]
        pulses = []
        for mine, count in zip(inside, events, strict=True):
            pulses.append(self._pulse(found, column, count, float(usual[mine].sum())))
            column += count > 0
        return pulses

    def _pulse(self, found: poisson.Fit, column: int, count: float, expected: float) -> Pulse:
        dispersion, degrees = float(found.dispersion[0]), float(found.degrees[0])
        if not found.is_settled[0]:
            return Pulse(count, nan, refusal="not_settled")
        counted = Pulse(count, expected, dispersion=dispersion, degrees=degrees)
        if count == 0:
            return replace(counted, refusal="none_observed")
        if expected < FEWEST_EXPECTED:
            return replace(counted, refusal="too_few_expected")
        spread = max(1.0, dispersion) if self.is_floored else dispersion
        error = sqrt(spread * float(found.covariance[0, column, column]))
        moved = float(found.coefficients[0, column])
        return replace(
            counted,
            ratio=exp(moved),
            low=exp(moved - self.reach * error),
            high=exp(moved + self.reach * error),
            p=2 * float(stdtr(degrees, -abs(moved) / error)) if error else float(moved == 0),
            log_error=error,
        )
