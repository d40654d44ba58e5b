"""Where a quarterly series is heading, with its range, and whether that reaches a target.

Quasi-Poisson regression (log link) of the counts on a straight trend and the quarter of the year; the mean's interval
from its standard error, the figure's own range from a negative binomial of that mean whose variance is phi times it
(Poisson where phi is 1). With exposures the counts are parts of them and the forecast is of the share. Reference:
McCullagh & Nelder, Generalized Linear Models (1989). The range takes the fitted mean as known, so it is a little too
narrow: the mean's interval is given beside it.
"""

from __future__ import annotations

import numpy as np
import pandas as pd
from numpy.typing import ArrayLike, NDArray
from scipy.special import ndtri

from stats import poisson
from stats.emerging import quantile

FEWEST_QUARTERS = 12
"""Nothing is forecast from fewer quarters than this: three of each season."""

Floats = NDArray[np.float64]


def forecast(
    counts: ArrayLike,
    quarter_numbers: ArrayLike,
    ahead: int = 4,
    *,
    exposures: ArrayLike | None = None,
    confidence: float = 0.95,
) -> pd.DataFrame | None:
    """The next quarters of a series.

    Args:
        counts: one per quarter in order, none missing or negative.
        quarter_numbers: 1 to 4 of each, one after the other.
        ahead: how many quarters beyond the last.
        exposures: what each count is out of; then means and ranges are shares of the latest exposure.
        confidence: of both intervals.

    Returns:
        One row per quarter ahead: `quarter_number`, `mean`, `mean_low`, `mean_high`, `low`, `high` (of the figure
        itself) and `phi`, the same in every row. None with fewer than FEWEST_QUARTERS quarters, or no event in them.

    Raises:
        ValueError: lengths that differ, a missing or negative count, quarters that do not follow one another, an
            exposure of 0.
    """
    observed, numbers = np.asarray(counts, dtype=float), np.asarray(quarter_numbers, dtype=int)
    if observed.ndim != 1 or observed.shape != numbers.shape or ahead < 1:
        raise ValueError("a count is there for every quarter, and something is ahead")
    if not np.all(observed >= 0):
        raise ValueError("a count is there and not negative")
    if np.any((numbers < 1) | (numbers > 4)) or np.any(numbers[1:] != numbers[:-1] % 4 + 1):
        raise ValueError("quarters follow one another, 1 to 4")
    sizes = np.ones_like(observed) if exposures is None else np.asarray(exposures, dtype=float)
    if sizes.shape != observed.shape or not np.all(sizes > 0):
        raise ValueError("an exposure is there for every quarter and over 0")
    if observed.size < FEWEST_QUARTERS or not observed.any():
        return None

    later = (numbers[-1] + np.arange(ahead)) % 4 + 1
    fit = poisson.fit(_design(np.arange(observed.size), numbers), observed, offset=np.log(sizes))
    phi = max(1.0, float(fit.dispersion[0]))
    rows = _design(observed.size + np.arange(ahead), later)
    told = [fit.predict(row) for row in rows]
    linear = np.array([float(one[0][0]) for one in told]) + np.log(sizes[-1])
    reach = float(ndtri((1 + confidence) / 2)) * np.sqrt(phi) * np.array([float(one[1][0]) for one in told])
    mean = np.exp(linear)
    spread = np.full_like(mean, phi)
    size = sizes[-1]
    tail = (1 - confidence) / 2
    return pd.DataFrame(
        {
            "quarter_number": later,
            "mean": mean / size,
            "mean_low": np.exp(linear - reach) / size,
            "mean_high": np.exp(linear + reach) / size,
            "low": quantile(tail, mean, spread) / size,
            "high": quantile(1 - tail, mean, spread) / size,
            "phi": phi,
        }
    )


def verdict(low: float, high: float, target: float, direction: str) -> str:
    """Whether a range reaches a target, as a code.

    Args:
        low, high: the range of the figure at the target's date.
        target: in the same unit.
        direction: which way is better, `up` or `down`.

    Returns:
        `likely` (the whole range reaches it), `unlikely` (none of it does) or `too_early`.

    Raises:
        ValueError: another direction.
    """
    if direction not in ("up", "down"):
        raise ValueError("a target is met by going up or down")
    worst, best = (low, high) if direction == "up" else (-high, -low)
    wanted = target if direction == "up" else -target
    return "likely" if worst >= wanted else "unlikely" if best < wanted else "too_early"


def _design(positions: Floats | NDArray[np.int64], numbers: NDArray[np.int64]) -> Floats:
    seasons = (numbers[:, None] == np.arange(2, 5)).astype(float)
    return np.column_stack([np.ones(len(numbers)), np.asarray(positions, dtype=float), seasons])
