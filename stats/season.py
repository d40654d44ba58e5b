"""The seasonal shape of a monthly series: which months usually run high or low."""

from __future__ import annotations

import numpy as np
import pandas as pd
from numpy.typing import ArrayLike

FEWEST_MONTHS = 36


def seasonal_index(values: ArrayLike, months: ArrayLike) -> pd.DataFrame | None:
    """Each month's usual ratio to the level around it: ratio to the centred twelve-month moving average, the median
    over the years (classical decomposition; the median keeps one summer's disorder from becoming a season).

    Args:
        values: counts per month in order, at least FEWEST_MONTHS of them, none missing.
        months: the calendar month of each, 1 to 12, one after the other.

    Returns:
        Twelve rows, January first: `month_number`, `index` (1 is the level of the year). None when there are too few
        months, or so few events that a moving average is 0.

    Raises:
        ValueError: a missing or negative value, or months that do not follow one another.
    """
    counts = np.asarray(values, dtype=float)
    numbers = np.asarray(months, dtype=int)
    if counts.shape != numbers.shape or counts.ndim != 1:
        raise ValueError("values and months differ in length")
    if not np.all(np.isfinite(counts)) or np.any(counts < 0):
        raise ValueError("a count is there for every month and not negative")
    if np.any((numbers < 1) | (numbers > 12)) or np.any(numbers[1:] != numbers[:-1] % 12 + 1):
        raise ValueError("months follow one another, 1 to 12")
    if counts.size < FEWEST_MONTHS:
        return None
    # thirteen months with half weight at the ends: every calendar month counts once, centred on the seventh
    weights = np.array([0.5, *[1.0] * 11, 0.5]) / 12
    level = np.convolve(counts, weights, mode="valid")
    if np.any(level <= 0):
        return None
    ratios = pd.Series(counts[6:-6] / level).groupby(numbers[6:-6]).median()
    return pd.DataFrame({"month_number": ratios.index.to_numpy(), "index": ratios.to_numpy()})
