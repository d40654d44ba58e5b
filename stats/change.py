"""Change between two windows: could it be chance?

Given the total of the two counts, the later one is binomial with probability its share of the days (Przyborowski &
Wilenski 1940). The ratio's limits are Clopper & Pearson's, turned into a ratio; p is the central one, twice the
smaller tail, so it never disagrees with the interval.

Hate reports are not independent: one night can make several. `phi`, how much more a series varies than a Poisson one,
widens the interval: the distance of each limit from the ratio, on the log scale, is multiplied by the square root of
phi. The widened interval contains 1 exactly when the unwidened one contains ratio ** (1 - 1/sqrt(phi)); p is the
central p against that ratio, so interval and p agree at every confidence. Where one count is 0 there is no log ratio:
both counts are then divided by phi, the number of independent incidents they are worth.
"""

from __future__ import annotations

import numpy as np
import pandas as pd
from numpy.typing import ArrayLike, NDArray
from scipy.special import betainc, betaincc, betaincinv

from stats import poisson

FEWEST_PERIODS = 12
"""Dispersion is not estimated from fewer periods than this."""

Floats = NDArray[np.float64]


def compare(
    now: ArrayLike,
    before: ArrayLike,
    now_days: ArrayLike,
    before_days: ArrayLike,
    confidence: float = 0.95,
    phi: ArrayLike = 1.0,
) -> pd.DataFrame:
    """Ratio of two rates of events, later over earlier, with its limits.

    Args:
        now, before: counts in the two windows, which must not overlap.
        now_days, before_days: length of the windows, in days or person-days.
        confidence: of the two-sided interval.
        phi: dispersion, at least 1; not estimated (nan) is read as 1, and then the caller must say that incidents
            are taken to be independent.

    Returns:
        One row per pair: `ratio` (inf when there were none before, nan when there were none at all), `low`, `high`
        and `p`, two-sided, of no change.

    Raises:
        ValueError: a negative count, a window without days, or phi under 1.
    """
    columns = (np.atleast_1d(np.asarray(given, dtype=float)) for given in (now, before, now_days, before_days, phi))
    later, earlier, later_days, earlier_days, spread = np.broadcast_arrays(*columns)
    spread = np.where(np.isnan(spread), 1.0, spread)
    if np.any(later < 0) or np.any(earlier < 0):
        raise ValueError("a count cannot be negative")
    if np.any(later_days <= 0) or np.any(earlier_days <= 0):
        raise ValueError("a window must have days")
    if np.any(spread < 1):
        raise ValueError("phi must be at least 1")
    if not 0 < confidence < 1:
        raise ValueError("confidence must lie between 0 and 1")

    exposure = earlier_days / later_days
    has_both = (later > 0) & (earlier > 0)
    root = np.sqrt(spread)
    worth = np.where(has_both, 1.0, spread)
    low, high = _ratio_limits(later / worth, earlier / worth, exposure, (1 - confidence) / 2)
    with np.errstate(divide="ignore", invalid="ignore"):
        ratio = later / earlier * exposure
        low = np.where(has_both, ratio * (low / ratio) ** root, low)
        high = np.where(has_both, ratio * (high / ratio) ** root, high)
        null_ratio = np.where(has_both, ratio ** (1 - 1 / root), 1.0)
    p = _central_p(later / worth, earlier / worth, null_ratio / (null_ratio + exposure))
    return pd.DataFrame({"ratio": ratio, "low": low, "high": high, "p": p})


def verdict(
    now: float,
    before: float,
    now_days: float,
    before_days: float,
    phi: float = 1.0,
    confidence: float = 0.95,
    flag_confidence: float = 0.998,
) -> str:
    """What may be said about a change, as a code.

    Returns:
        `none` (no event in either window), `same` (equal counts), `higher` or `lower` (the interval at
        `flag_confidence` excludes no change), `probably_higher` or `probably_lower` (only the one at `confidence`
        does), else `could_be_chance`.
    """
    if now == 0 and before == 0:
        return "none"
    if now == before:
        return "same"
    found = compare(now, before, now_days, before_days, confidence, phi).iloc[0]
    if found["low"] <= 1 <= found["high"]:
        return "could_be_chance"
    direction = "higher" if found["low"] > 1 else "lower"
    is_flagged = found["p"] < 1 - flag_confidence
    return direction if is_flagged else f"probably_{direction}"


def dispersion(counts: ArrayLike, quarter_numbers: ArrayLike) -> float:
    """How much more the counts vary than independent events would: the larger of 1 and Pearson's chi-square over its
    degrees of freedom, of a Poisson regression (log link) on the season and a straight trend.

    Args:
        counts: one per period, in order, all of one length.
        quarter_numbers: the season of each (1 to 4 for quarters), same length.

    Returns:
        phi, or nan when there are fewer than FEWEST_PERIODS periods.

    Raises:
        ValueError: the two differ in length.
    """
    observed = np.asarray(counts, dtype=float)
    seasons = np.asarray(quarter_numbers)
    if observed.shape != seasons.shape:
        raise ValueError("counts and quarter numbers differ in length")
    if observed.size < FEWEST_PERIODS:
        return float("nan")
    dummies = (seasons[:, None] == np.unique(seasons)[None, :]).astype(float)
    position = np.arange(observed.size) / observed.size
    # a season that never had an event is fitted exactly by zero: it says nothing about dispersion
    is_informative = dummies @ (dummies.T @ observed) > 0
    used = dummies[:, dummies[is_informative].any(axis=0)]
    design = np.column_stack([used, position])[is_informative]
    observed = observed[is_informative]
    # every season used has an event, and so has the fit; without degrees of freedom nothing speaks of dispersion
    return float(np.fmax(1.0, poisson.fit(design, observed).dispersion[0])) if observed.size else 1.0


def _ratio_limits(later: Floats, earlier: Floats, exposure: Floats, tail: float) -> tuple[Floats, Floats]:
    has_later, has_earlier = later > 0, earlier > 0
    # 1.0 stands in where the quantile is not wanted, because the limit there is 0 or infinite
    low = betaincinv(np.where(has_later, later, 1.0), earlier + 1, tail)
    high = betaincinv(later + 1, np.where(has_earlier, earlier, 1.0), 1 - tail)
    return (
        np.where(has_later, low / (1 - low) * exposure, 0.0),
        np.where(has_earlier, high / (1 - high) * exposure, np.inf),
    )


def _central_p(later: Floats, earlier: Floats, chance: Floats) -> Floats:
    """Twice the smaller tail of the binomial, at most 1."""
    at_least = np.where(later > 0, betainc(np.where(later > 0, later, 1.0), earlier + 1, chance), 1.0)
    at_most = np.where(earlier > 0, betaincc(later + 1, np.where(earlier > 0, earlier, 1.0), chance), 1.0)
    p: Floats = np.minimum(1.0, 2 * np.minimum(at_least, at_most))
    return p
