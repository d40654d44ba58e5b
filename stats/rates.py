"""Rates and shares with the range that chance alone allows.

Rate: exact Poisson limits below ten events, Byar's approximation from ten (Breslow & Day 1987; the rule of the public
health technical guidance used across English local government). Share: Wilson's score interval (Wilson 1927).
"""

from __future__ import annotations

import numpy as np
import pandas as pd
from numpy.typing import ArrayLike, NDArray
from scipy.special import gammainccinv, gammaincinv, ndtri

BYAR_FROM = 10
"""Byar's limits are used from this many events; below it the exact ones."""

Floats = NDArray[np.float64]


def rate(events: ArrayLike, population: ArrayLike, per: float = 1000.0, confidence: float = 0.95) -> pd.DataFrame:
    """Crude rate and its limits.

    Args:
        events: counts, not negative.
        population: people at risk (residents), same shape. Where it is 0 or missing the rate is missing.
        per: the rate is given per this many people.
        confidence: of the two-sided interval.

    Returns:
        One row per count: `rate`, `low`, `high` (per `per` people) and `method`, `exact` or `byar`.

    Raises:
        ValueError: a negative count, or a confidence outside 0 to 1.
    """
    counts, people = np.broadcast_arrays(_counts(events), np.atleast_1d(np.asarray(population, dtype=float)))
    people = np.where(people > 0, people, np.nan)
    low, high = poisson_interval(counts, confidence)
    byar_low, byar_high = byar(counts, confidence)
    is_byar = counts >= BYAR_FROM
    return pd.DataFrame(
        {
            "rate": per * counts / people,
            "low": per * np.where(is_byar, byar_low, low) / people,
            "high": per * np.where(is_byar, byar_high, high) / people,
            "method": np.where(is_byar, "byar", "exact"),
        }
    )


def poisson_interval(events: ArrayLike, confidence: float = 0.95) -> tuple[Floats, Floats]:
    """Exact (Garwood 1936) limits of a Poisson mean, given the counts. The lower limit of 0 is 0."""
    counts = _counts(events)
    tail = _tail(confidence)
    # chi-square quantiles with 2x and 2x + 2 degrees of freedom, halved, are inverse incomplete gamma functions
    low = np.where(counts > 0, gammaincinv(np.where(counts > 0, counts, 1.0), tail), 0.0)
    return low, gammainccinv(counts + 1, tail)


def byar(events: ArrayLike, confidence: float = 0.95) -> tuple[Floats, Floats]:
    """Byar's approximate limits of a Poisson mean. The lower one is missing where it is undefined (0) or negative."""
    counts = _counts(events)
    z = -ndtri(_tail(confidence))
    above = counts + 1
    with np.errstate(divide="ignore", invalid="ignore"):
        low = counts * (1 - 1 / (9 * counts) - z / (3 * np.sqrt(counts))) ** 3
    low = np.where(low >= 0, low, np.nan)
    return low, above * (1 - 1 / (9 * above) + z / (3 * np.sqrt(above))) ** 3


def share(x: ArrayLike, n: ArrayLike, confidence: float = 0.95) -> pd.DataFrame:
    """Share x of n with Wilson's limits.

    Args:
        x: how many of them.
        n: of how many, same shape. Where it is 0 the share is missing.
        confidence: of the two-sided interval.

    Returns:
        One row per pair: `share`, `low`, `high`, all between 0 and 1.

    Raises:
        ValueError: a negative count, or more than all of them.
    """
    parts, wholes = np.broadcast_arrays(_counts(x), _counts(n))
    if np.any(parts > wholes):
        raise ValueError("a share cannot be more than the whole")
    z = -ndtri(_tail(confidence))
    wholes = np.where(wholes > 0, wholes, np.nan)
    centre = 2 * parts + z**2
    half = z * np.sqrt(z**2 + 4 * parts * (1 - parts / wholes))
    scale = 2 * (wholes + z**2)
    # at the ends the limit is 0 or 1 exactly; the formula misses it by a rounding error
    low = np.where(parts == 0, 0 * wholes, (centre - half) / scale)
    high = np.where(parts == wholes, 1.0, (centre + half) / scale)
    return pd.DataFrame({"share": parts / wholes, "low": low, "high": high})


def _counts(values: ArrayLike) -> Floats:
    counts = np.atleast_1d(np.asarray(values, dtype=float))
    if np.any(counts < 0):
        raise ValueError("a count cannot be negative")
    return counts


def _tail(confidence: float) -> float:
    if not 0 < confidence < 1:
        raise ValueError("confidence must lie between 0 and 1")
    return (1 - confidence) / 2
