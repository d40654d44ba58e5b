"""Where the path of the past leads: a trend and the quarter of the year, carried on, and what that says of a target.

Quasi-Poisson regression of quarterly counts on a straight trend and the quarter of the year, with the denominator as
exposure where the figure is a share. The mean has an interval; the figure itself has a wider range, of a negative
binomial count about that mean (Poisson where the dispersion is 1), which leaves out that the mean is estimated.
Reference: McCullagh & Nelder, Generalized Linear Models (1989), chapters 6 and 9.
"""

from __future__ import annotations

from dataclasses import dataclass
from math import sqrt

import numpy as np
from numpy.typing import ArrayLike, NDArray
from scipy.special import ndtri

from stats import poisson
from stats.emerging import quantile

FEWEST_QUARTERS = 12
VERDICTS = ("likely", "unlikely", "too_early")

Floats = NDArray[np.float64]

_QUARTERS = 4


@dataclass(frozen=True)
class Forecast:
    """The quarters asked for.

    Attributes:
        mean, mean_low, mean_high: (quarters,) expected count, or rate where no later exposure was given, and its
            interval.
        low, high: (quarters,) range of the count itself, whole numbers; of a rate, that range at an exposure that is
            not known, so nan.
        link_error: (quarters,) standard error of the mean's logarithm, at `phi`.
        trend: by what the mean is multiplied from one quarter to the next, season apart.
        dispersion: Pearson's, as it came out.
        phi: the dispersion used: at least 1.
    """

    mean: Floats
    mean_low: Floats
    mean_high: Floats
    low: Floats
    high: Floats
    link_error: Floats
    trend: float
    dispersion: float
    phi: float


def forecast(
    counts: ArrayLike,
    ahead: int,
    exposure: ArrayLike | None = None,
    later_exposure: ArrayLike | None = None,
    confidence: float = 0.95,
) -> Forecast | None:
    """Carry a quarterly series on.

    Args:
        counts: (quarters,) events, oldest first, one quarter after another; nan where there is no figure.
        ahead: how many quarters after the last of them are wanted.
        exposure: (quarters,) what each count is out of; above 0 wherever there is a count.
        later_exposure: (ahead,) the same of the quarters wanted; without it a series with an exposure is told as rates.
        confidence: of the interval and of the range, two-sided.

    Returns:
        None under FEWEST_QUARTERS figures, where a quarter of the year that is wanted has had no event, or where the
        fit does not settle.

    Raises:
        ValueError: a negative count, an exposure that is not above 0 where it is needed, or shapes that do not fit.
    """
    observed = np.asarray(counts, dtype=float)
    if observed.ndim != 1 or ahead < 1:
        raise ValueError("counts are one series, and at least one quarter ahead is asked for")
    is_held = np.isfinite(observed)
    units = np.ones_like(observed) if exposure is None else np.asarray(exposure, dtype=float)
    if units.shape != observed.shape or not np.all(units[is_held] > 0):
        raise ValueError("every count is out of something above 0")
    if later_exposure is None:
        later = np.ones(ahead)
    else:
        later = np.broadcast_to(np.asarray(later_exposure, dtype=float), (ahead,))
    if not np.all(later > 0):
        raise ValueError("an exposure is above 0")
    if np.count_nonzero(is_held) < FEWEST_QUARTERS:
        return None
    places = np.arange(observed.size + ahead)
    wanted = places[observed.size :]
    seen = np.unique(places[: observed.size][is_held] % _QUARTERS)
    events = np.bincount(places[: observed.size] % _QUARTERS, np.where(is_held, observed, 0.0), _QUARTERS)
    if not np.all(events[wanted % _QUARTERS] > 0):
        return None
    # The trend in years about its middle: the answer is the same, and the arithmetic sounder.
    middle = (observed.size - 1) / 2
    design = np.column_stack([(places - middle) / _QUARTERS, *(places % _QUARTERS == season for season in seen)])
    found = poisson.fit(
        design[: observed.size],
        np.where(is_held, observed, 0.0),
        is_held.astype(float),
        np.log(np.where(is_held, units, 1.0)),
    )
    if not found.is_settled[0]:
        return None
    dispersion = float(found.dispersion[0])
    phi = max(1.0, dispersion)
    ahead_of = [found.predict(row) for row in design[wanted]]
    link = np.array([float(one[0]) for one, _ in ahead_of]) + np.log(later)
    error = np.array([float(one[0]) for _, one in ahead_of]) * sqrt(phi)
    reach = float(ndtri(0.5 + confidence / 2))
    mean = np.exp(link)
    is_rate = exposure is not None and later_exposure is None
    spread = np.full_like(mean, phi)
    low, high = (
        np.full_like(mean, np.nan) if is_rate else quantile(tail, mean, spread)
        for tail in (0.5 - confidence / 2, 0.5 + confidence / 2)
    )
    return Forecast(
        mean=mean,
        mean_low=np.exp(link - reach * error),
        mean_high=np.exp(link + reach * error),
        low=low,
        high=high,
        link_error=error,
        trend=float(np.exp(found.coefficients[0, 0] / _QUARTERS)),
        dispersion=dispersion,
        phi=phi,
    )


def verdict(low: float, high: float, target: float, direction: str) -> str:
    """Whether a target will be reached, from the interval of where the path leads: one of VERDICTS.

    `likely` when all of the interval is on the target's good side, or on it; `unlikely` when none of it is.

    Args:
        low, high: the interval, in the unit of the target.
        direction: which way is better, `up` or `down`.

    Raises:
        ValueError: another direction, or an interval the wrong way round.
    """
    if direction not in ("up", "down"):
        raise ValueError("direction must be up or down")
    if not low <= high:
        raise ValueError("an interval begins below where it ends")
    worst, best = (low, high) if direction == "up" else (-high, -low)
    aim = target if direction == "up" else -target
    if worst >= aim:
        return "likely"
    return "unlikely" if best < aim else "too_early"
