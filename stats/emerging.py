"""Emerging issues: is this period's count more than chance would give, judged by the series' own past?

Farrington Flexible (Farrington et al. 1996, JRSS A 159:547; Noufaily et al. 2013, Statistics in Medicine 32:1206;
Salmon, Schumacher & Hoehle 2016, JSS 70(10)). The same season of `years` years before, and the rest of each year cut
into blocks, give a quasi-Poisson regression with a level for each block and a straight trend on the log scale; past
outbreaks are weighted down by their Anscombe residuals; the limit is the 99.5% point of a negative binomial with the
predicted mean and phi times that as variance.

Each period is judged from its own past alone, the most recent periods left out, so that an issue that builds up slowly
does not become its own baseline. "No alarm" is not reassurance where counts are small: see `power`.

Times are positions (0 is the first period). Counts of a period that must not be used, be it missing or from before a
cut in recording, are nan; periods before the first are taken as missing too.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, fields

import numpy as np
import pandas as pd
from numpy.typing import ArrayLike, NDArray
from scipy.special import betainc, betaincc, gammainc, gammaincc, ndtr, ndtri, stdtr

from stats import poisson

HISTORIES = (5, 4, 3)
"""Years of history a series is judged by, the most that it has; below the least it is not judged."""

LIMITS = ("nb", "muan", "delta")
RUN = 3
"""Periods in `persistent`."""

_POISSON_FROM = 1e-8  # a dispersion nearer to 1 is 1: the negative binomial differs in no digit from a Poisson there
_COUNTABLE = 1e12

Floats = NDArray[np.float64]
Flags = NDArray[np.bool_]


@dataclass(frozen=True)
class Settings:
    """How a period is judged. The defaults are those of the monthly alerts.

    Attributes:
        frequency: periods in a year, 12 or 52.
        years: of history to judge by; None takes the most of HISTORIES that each series has.
        half_window: periods on either side of the same period of earlier years that count as the same season.
        levels: blocks the year is cut into, the season of the judged period being one; 1 uses that season alone.
        ignored: most recent periods before the judged one that are no part of its baseline.
        reweight_over: Anscombe residual above which a baseline point is weighted down.
        has_trend: whether a trend may be fitted. It is dropped with fewer than 3 years, and where the prediction would
            exceed the largest count of the baseline.
        trend_p: keep a trend only when its p is below this; 1 keeps it always.
        alpha: chance of an alarm in an ordinary period of known mean.
        limit: `nb` takes the predicted mean as known; `muan` replaces it by its own upper 1 - alpha limit; `delta` is
            Farrington's two-thirds power limit, a real number.
        fewest_events: no alarm with fewer in the last `event_periods` periods, the judged one included.
        event_periods: see `fewest_events`.
    """

    frequency: int = 12
    years: int | None = None
    half_window: int = 1
    levels: int = 4
    ignored: int = 3
    reweight_over: float = 2.58
    has_trend: bool = True
    trend_p: float = 1.0
    alpha: float = 0.005
    limit: str = "nb"
    fewest_events: int = 5
    event_periods: int = 3

    def __post_init__(self) -> None:
        if min(self.frequency, self.levels, self.event_periods, 1 if self.years is None else self.years) < 1:
            raise ValueError("frequency, years, levels and event_periods are at least 1")
        if self.half_window < 0 or self.ignored < 0 or 2 * self.half_window + 1 > self.frequency:
            raise ValueError("half_window and ignored are not negative, and a window is no longer than a year")
        if not 0 < self.alpha < 1:
            raise ValueError("alpha must lie between 0 and 1")
        if self.limit not in LIMITS:
            raise ValueError(f"limit must be one of {', '.join(LIMITS)}")


MONTHLY = Settings()


def farrington(counts: ArrayLike, at: int, settings: Settings = MONTHLY) -> pd.DataFrame:
    """Judge one period of every series.

    Args:
        counts: (series, periods) or (periods,), nan where a period must not be used.
        at: position of the judged period. Nothing after it is looked at.
        settings: how.

    Returns:
        One row per series, in order: `observed`; `expected`; `limit` (an alarm needs more than this); `phi`
        (dispersion, at least 1); `p` of so many or more events, by the same mean that gives the limit; `points` and
        `years` of the baseline; `has_trend`; `is_alarm`; and `refusal`, empty or why there is no alarm to be had:

        - `missing`: the judged period has no count; what is expected of it is still told.
        - `too_short`: fewer years of history than asked (fewer than 3 when None was), or usable points in fewer than
          3 (or all) of those years' seasons. Everything but `observed` is missing.
        - `too_few_events`: fewer than `fewest_events` lately. `limit` is missing: none was applied.

    Raises:
        ValueError: a negative or infinite count, or `at` outside the series.
    """
    series = _series(counts, at)
    total = series.shape[0]
    observed = series[:, at]
    years = years_of_history(series, at, settings)

    expected, log_variance, phi = (np.full(total, np.nan) for _ in range(3))
    points, has_trend = np.zeros(total, dtype=np.int64), np.zeros(total, dtype=bool)
    judged = np.flatnonzero(years > 0)
    if judged.size:
        fitted, points[judged], has_trend[judged] = _fit(series[judged], at, years[judged], settings)
        expected[judged], phi[judged] = np.exp(fitted.log_mean), fitted.phi
        log_variance[judged] = fitted.unit_variance * fitted.loose_phi
    limit, p = _limit(observed, expected, log_variance, phi, settings)

    recent = np.nansum(series[:, max(0, at - settings.event_periods + 1) : at + 1], axis=1)
    refusal = np.select(
        [years == 0, np.isnan(observed), recent < settings.fewest_events],
        ["too_short", "missing", "too_few_events"],
        "",
    )
    limit = np.where(refusal == "too_few_events", np.nan, limit)
    return pd.DataFrame(
        {
            "observed": observed,
            "expected": expected,
            "limit": limit,
            "phi": phi,
            "p": p,
            "points": points,
            "years": years,
            "has_trend": has_trend,
            "is_alarm": (refusal == "") & (observed > limit) & (observed > 0),
            "refusal": refusal.astype(object),
        }
    )


def years_of_history(counts: ArrayLike, at: int, settings: Settings = MONTHLY) -> NDArray[np.int64]:
    """How many years of history each series is judged by at a period; 0 for too few.

    A series has so many years when its first usable period is no later than the judged one so many years before, and
    at least 3 of those years (or all, when fewer were asked for) have a usable period in the season judged.
    """
    series = _series(counts, at)
    positions = np.arange(at - settings.ignored)
    usable = ~np.isnan(series[:, : positions.size])
    first = np.where(usable.any(axis=1), usable.argmax(axis=1) if positions.size else 0, at)
    offered = HISTORIES if settings.years is None else (settings.years,)
    found = np.zeros(series.shape[0], dtype=np.int64)
    for years in sorted(offered):
        held = np.zeros(series.shape[0], dtype=int)
        for year in range(1, years + 1):
            middle = at - year * settings.frequency
            season = usable[:, max(0, middle - settings.half_window) : max(0, middle + settings.half_window + 1)]
            held += season.any(axis=1)
        found[(first <= at - years * settings.frequency) & (held >= min(years, HISTORIES[-1]))] = years
    return found


def season_levels(back: ArrayLike, settings: Settings = MONTHLY) -> NDArray[np.int64]:
    """Block of the year of the periods so many periods before the judged one.

    Returns:
        `levels` for the season judged (within `half_window` of its place in any year); between one season and the
        next, 1 to `levels` - 1 in blocks as equal as may be, the longer first. With a single level, 1 in season and 0
        elsewhere: those periods are not used.
    """
    into_year = np.asarray(back, dtype=np.int64) % settings.frequency
    half, between = settings.half_window, settings.frequency - 2 * settings.half_window - 1
    in_season = (into_year <= half) | (into_year >= settings.frequency - half)
    if settings.levels == 1:
        return np.where(in_season, 1, 0)
    offset = settings.frequency - into_year - half - 1
    length, longer = divmod(between, settings.levels - 1)
    beyond = offset - longer * (length + 1)
    block = np.where(beyond < 0, offset // (length + 1), longer + beyond // max(length, 1))
    return np.where(in_season, settings.levels, block + 1)


def persistent(periods: Sequence[pd.DataFrame], settings: Settings = MONTHLY) -> pd.DataFrame:
    """Three periods running: each above its own expected, and their sum above the limit for the summed mean.

    The sum's variance is phi times its mean, with the largest phi of the three: they are estimates of one thing from
    nearly the same months, the expectations err together, and the largest leaves some room for that.

    Args:
        periods: what `farrington` found for the last three periods, oldest first, the same series in the same order.
        settings: its alpha and fewest events (in the three periods together) apply.

    Returns:
        One row per series: `observed` and `expected` (sums), `limit`, `phi`, `p` of so many or more, `is_alarm` and
        `refusal`: empty, `too_short` or `missing` (any of the three was), or `too_few_events` (and then no limit).

    Raises:
        ValueError: other than three periods, or of different numbers of series.
    """
    if len(periods) != RUN or len({len(period) for period in periods}) != 1:
        raise ValueError(f"{RUN} periods of the same series are needed")
    each_observed, each_expected, each_phi = (
        np.stack([period[column].to_numpy(dtype=float) for period in periods])
        for column in ("observed", "expected", "phi")
    )
    observed, expected, phi = each_observed.sum(axis=0), each_expected.sum(axis=0), each_phi.max(axis=0)
    refusal = np.select(
        [np.isnan(expected), np.isnan(observed), observed < settings.fewest_events],
        ["too_short", "missing", "too_few_events"],
        "",
    )
    limit = np.where(refusal == "too_few_events", np.nan, quantile(1 - settings.alpha, expected, phi))
    is_above = (each_observed > each_expected).all(axis=0)
    return pd.DataFrame(
        {
            "observed": observed,
            "expected": expected,
            "limit": limit,
            "phi": phi,
            "p": _at_least(observed, expected, phi),
            "is_alarm": (refusal == "") & is_above & (observed > limit),
            "refusal": refusal.astype(object),
        }
    )


def false_alarms(mean: ArrayLike, phi: ArrayLike = 1.0, alpha: float = 0.005) -> Floats:
    """Chance of an alarm in one ordinary period, mean and dispersion known: at most `alpha`, counts being whole.

    Estimated from five years the chance differs: data/reference/alert_power.csv holds what was measured.

    Args:
        mean: expected count, over 0.
        phi: variance over mean, at least 1.
        alpha: of the limit.
    """
    return power(mean, phi, 1.0, alpha)


def power(mean: ArrayLike, phi: ArrayLike = 1.0, times: ArrayLike = 2.0, alpha: float = 0.005) -> Floats:
    """Chance that one period at `times` its mean is an alarm, mean and dispersion known; phi stays what it was.

    Args:
        mean, phi, alpha: as in `false_alarms`.
        times: 2 is a doubling.

    Raises:
        ValueError: a mean or `times` not over 0, or phi under 1.
    """
    ordinary, spread, raised = np.broadcast_arrays(*(np.asarray(x, dtype=float) for x in (mean, phi, times)))
    if not np.all(ordinary > 0) or not np.all(spread >= 1) or not np.all(raised > 0):
        raise ValueError("mean and times are over 0, phi at least 1")
    return _at_least(quantile(1 - alpha, ordinary, spread) + 1, ordinary * raised, spread)


@dataclass(frozen=True)
class _Fitted:
    """What a fit says of the judged period of each series.

    `log_mean`, and `unit_variance` of it at a dispersion of 1; `phi`, at least 1; `loose_phi`, the dispersion by which
    the reference reckons standard errors; `trend_p`, that of the first term; and whether the fit settled.
    """

    log_mean: Floats
    unit_variance: Floats
    phi: Floats
    loose_phi: Floats
    trend_p: Floats
    is_settled: Flags


def _fit(
    series: Floats, at: int, years: NDArray[np.int64], settings: Settings
) -> tuple[_Fitted, NDArray[np.int64], Flags]:
    """Fit the baseline of every series, with a trend where it may have one; how many points, and which have a trend."""
    oldest = at - settings.frequency * int(years.max()) - settings.half_window
    positions = np.arange(max(0, oldest), at - settings.ignored)
    levels = season_levels(at - positions, settings)
    if settings.levels == 1:
        positions, levels = positions[levels == 1], levels[levels == 1]
    counts = series[:, positions]
    begins = at - settings.frequency * years - settings.half_window
    used = (~np.isnan(counts) & (positions >= begins[:, None])).astype(float)
    counts = np.where(used > 0, counts, 0.0)

    blocks = (levels[:, None] == np.arange(1, settings.levels + 1)).astype(float)
    has_trend = np.full(series.shape[0], settings.has_trend) & (years >= HISTORIES[-1])
    # The judged period is the origin of time: its log mean is then the coefficient of its level, the last column.
    trend = (positions - at)[:, None] / settings.frequency
    fitted = _robust(np.hstack([trend, blocks]), counts, used, settings)
    has_trend &= fitted.is_settled & (np.exp(fitted.log_mean) <= counts.max(axis=1))
    if settings.trend_p < 1:
        has_trend &= fitted.trend_p < settings.trend_p
    if not has_trend.all():
        level = _robust(blocks, counts[~has_trend], used[~has_trend], settings)
        for field in fields(_Fitted):
            getattr(fitted, field.name)[~has_trend] = getattr(level, field.name)
    return fitted, used.sum(axis=1).astype(np.int64), has_trend


def _robust(design: Floats, counts: Floats, used: Floats, settings: Settings) -> _Fitted:
    """Fit, weight past outbreaks down by their Anscombe residuals, and fit again."""
    first = poisson.fit(design, counts, used)
    phi = np.fmax(1.0, _dispersion(counts, first, first.weights))[:, None]
    # A block of a single point is met exactly: its leverage is 1, its residual 0.
    room = 1 - first.leverage
    is_free = (used > 0) & (room > 1e-9)
    raw = 1.5 * (counts ** (2 / 3) * first.fitted ** (-1 / 6) - np.sqrt(first.fitted))
    residual = np.where(is_free, raw / np.sqrt(phi * np.where(is_free, room, 1.0)), 0.0)
    is_out = residual > settings.reweight_over
    weights = used * np.where(is_out, np.where(is_out, residual, 1.0) ** -2.0, 1.0)
    weights *= (used.sum(axis=1) / weights.sum(axis=1))[:, None]

    fit = poisson.fit(design, counts, weights)
    loose = _dispersion(counts, fit, weights)
    with np.errstate(divide="ignore", invalid="ignore"):
        t = fit.coefficients[:, 0] / np.sqrt(fit.covariance[:, 0, 0] * loose)
    return _Fitted(
        log_mean=fit.coefficients[:, -1].copy(),
        unit_variance=fit.covariance[:, -1, -1].copy(),
        phi=np.fmax(1.0, _dispersion(counts, fit, fit.weights)),
        loose_phi=loose,
        trend_p=2 * stdtr(fit.degrees, -np.abs(t)),
        is_settled=fit.is_settled,
    )


def _dispersion(counts: Floats, fit: poisson.Fit, weights: Floats) -> Floats:
    """Mean squared relative residual per degree of freedom, not floored; nan without any degrees.

    Weighted by those of the fit's last step it is Pearson's, as R tells it. The reference takes the weights of the
    outbreaks alone for its standard errors (in `muan`, `delta` and `trend_p`); kept, so that its limits are met.
    """
    total = np.sum(weights * (counts / fit.fitted - 1) ** 2, axis=1)
    found: Floats = total / np.where(fit.degrees > 0, fit.degrees, np.nan)
    return found


def _limit(
    observed: Floats, mean: Floats, log_variance: Floats, phi: Floats, settings: Settings
) -> tuple[Floats, Floats]:
    """Upper limit and p of so many or more, by the kind of limit asked for."""
    z = float(ndtri(1 - settings.alpha))
    if settings.limit == "delta":
        spread = np.sqrt(4 / 9 * np.cbrt(mean) * (phi + mean * log_variance))
        centre = mean ** (2 / 3)
        return (centre + z * spread) ** 1.5, ndtr((centre - observed ** (2 / 3)) / spread)
    taken = mean
    if settings.limit == "muan":
        # where a season never had an event its mean might be anything: the limit is then infinite
        with np.errstate(over="ignore"):
            taken = np.exp(np.log(mean) + z * np.sqrt(log_variance))
    return quantile(1 - settings.alpha, taken, phi), _at_least(observed, taken, phi)


def quantile(level: float, mean: Floats, phi: Floats) -> Floats:
    """Smallest count whose distribution function reaches `level`; inf past all counting, nan where the mean is."""
    known = mean < _COUNTABLE
    centre, spread = np.where(known, mean, 1.0), np.where(known, phi, 1.0)
    low = np.full(centre.shape, -1.0)
    high = np.ceil(centre + 10 * np.sqrt(centre * spread) + 10 * spread)
    while np.any(is_short := _at_most(high, centre, spread) < level):
        high = np.where(is_short, 2 * high, high)
    while np.any(high - low > 1):
        middle = np.floor((low + high) / 2)
        is_reached = _at_most(middle, centre, spread) >= level
        low, high = np.where(is_reached, low, middle), np.where(is_reached, middle, high)
    return np.where(known, high, np.where(np.isnan(mean), np.nan, np.inf))


def _at_most(count: Floats, mean: Floats, phi: Floats) -> Floats:
    """Distribution function at a count of -1 or more."""
    is_wide = phi - 1 > _POISSON_FROM
    over = np.where(is_wide, phi - 1, 1.0)
    wide = betaincc(count + 1, mean / over, over / (over + 1))
    found: Floats = np.where(count < 0, 0.0, np.where(is_wide, wide, gammaincc(count + 1, mean)))
    return found


def _at_least(count: Floats, mean: Floats, phi: Floats) -> Floats:
    """Chance of so many or more, without the loss of digits of one minus the distribution function."""
    is_wide = phi - 1 > _POISSON_FROM
    over = np.where(is_wide, phi - 1, 1.0)
    some = np.where(count > 0, count, 1.0)
    wide = betainc(some, mean / over, over / (over + 1))
    found: Floats = np.where((count == 0) | (mean >= _COUNTABLE), 1.0, np.where(is_wide, wide, gammainc(some, mean)))
    return np.where(np.isnan(count) | np.isnan(mean), np.nan, found)


def _series(counts: ArrayLike, at: int) -> Floats:
    series = np.atleast_2d(np.asarray(counts, dtype=float))
    if series.ndim != 2 or not 0 <= at < series.shape[1]:
        raise ValueError("the judged period is not one of the series'")
    if np.any(series < 0) or np.any(np.isinf(series)):
        raise ValueError("a count is a number and not negative, or missing")
    return series
