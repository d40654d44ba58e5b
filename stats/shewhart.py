"""Control charts for counts, rates and waits beside the usual range, and the run rules that need no limits.

The usual range of the pages is XmR (stats/xmr.py), which learns how much a series varies; c and u charts take counts to
be Poisson and flag clustered ones some ten times too often, and g and t charts need the days of single events, which
never leave the warehouse. They are here as the references they are, for whoever checks the usual range against them.
The run rules say whether a series of shares has shifted. References: Montgomery, Introduction to Statistical Quality
Control; Laney (2002) for u'; Nelson (1994) for t; Anhoej & Olesen (2014) for runs.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
import pandas as pd
from numpy.typing import ArrayLike, NDArray
from scipy.special import bdtr

KINDS = ("c", "u", "u_prime", "i", "t", "g", "run")
_RANGE_TO_SIGMA = 1.128
_SCREEN = 3.267
_WAIT_POWER = 3.6

Floats = NDArray[np.float64]


@dataclass(frozen=True)
class Runs:
    """How long a series stays on one side of its centre, and how often it crosses, against what chance allows.

    Attributes:
        useful: points not on the centre itself; only these count.
        longest, longest_allowed: the longest run on one side, and the longest that is not a signal.
        crossings, crossings_needed: times the centre is crossed, and the fewest that are not a signal.
    """

    useful: int
    longest: int
    longest_allowed: int
    crossings: int
    crossings_needed: int

    @property
    def is_signal(self) -> bool:
        """Whether the series has shifted."""
        return self.longest > self.longest_allowed or self.crossings < self.crossings_needed


def chart(kind: str, values: ArrayLike, exposures: ArrayLike | None = None) -> pd.DataFrame:
    """Centre and limits of one chart.

    Args:
        kind: `c` (counts), `u` and `u_prime` (counts per exposure; the second learns their spread), `i` (any values),
            `t` (waits between events), `g` (events of another kind between), `run` (any values, no limits).
        values: counts, waits or values in order, none missing.
        exposures: of u charts: what each count is out of (days, people).

    Returns:
        One row per value: `value`, `centre`, `lower`, `upper` (three sigma), `lower_95`, `upper_95` (two sigma), not
        under 0; and `is_outside`. A run chart's limits are missing.

    Raises:
        ValueError: another kind, a value missing or negative, exposures where they do not belong or missing.
    """
    counts = np.asarray(values, dtype=float)
    if kind not in KINDS:
        raise ValueError(f"a chart is one of {', '.join(KINDS)}")
    if (exposures is None) == kind.startswith("u"):
        raise ValueError("exposures belong to u charts, and to them only")
    if counts.ndim != 1 or not counts.size or not np.all(np.isfinite(counts)) or np.any(counts < 0):
        raise ValueError("values are there and not negative")
    sizes = np.ones_like(counts) if exposures is None else np.asarray(exposures, dtype=float)
    if sizes.shape != counts.shape or not np.all(sizes > 0):
        raise ValueError("an exposure is there for every count and over 0")

    shown = counts / sizes
    mean = counts.sum() / sizes.sum()
    centre: float | Floats = mean
    if kind == "run":
        centre, sigma = float(np.median(counts)), np.full_like(counts, np.nan)
    elif kind == "g":
        centre, sigma = float(np.median(counts)), np.full_like(counts, np.sqrt(mean * (mean + 1)))
    elif kind in ("i", "t"):
        scaled = counts ** (1 / _WAIT_POWER) if kind == "t" else counts
        mean = float(scaled.mean())
        sigma = np.full_like(counts, _moving_sigma(scaled))
    else:
        sigma = np.sqrt(mean / sizes)
        if kind == "u_prime":
            sigma = sigma * _moving_sigma((shown - mean) / sigma, is_screened=False)
    limits = {}
    for name, times in (("lower", -3), ("upper", 3), ("lower_95", -2), ("upper_95", 2)):
        edge = np.maximum(mean + times * sigma, 0.0)
        limits[name] = edge**_WAIT_POWER if kind == "t" else edge
    if kind == "t":
        centre = mean**_WAIT_POWER
    elif kind == "i":
        centre = mean
    outside = (shown > limits["upper"]) | (shown < limits["lower"])
    return pd.DataFrame({"value": shown, "centre": centre, **limits, "is_outside": outside})


def runs(values: ArrayLike, centre: float) -> Runs:
    """Runs and crossings of a series about its centre line, by the rules of Anhoej & Olesen (2014).

    A run longer than log2(n) + 3 (rounded), or fewer crossings than the 5% point of a binomial of n - 1 and 1/2, is a
    signal: under 5% of series without a shift show either.
    """
    sides = np.sign(np.asarray(values, dtype=float) - centre)
    sides = sides[sides != 0]
    useful = int(sides.size)
    if useful == 0:
        return Runs(0, 0, 0, 0, 0)
    turns = np.flatnonzero(np.diff(sides) != 0)
    lengths = np.diff(np.concatenate([[-1], turns, [useful - 1]]))
    needed = next(crossed for crossed in range(useful) if useful == 1 or bdtr(crossed, useful - 1, 0.5) >= 0.05)
    return Runs(useful, int(lengths.max()), round(np.log2(useful)) + 3, int(turns.size), needed)


def _moving_sigma(values: Floats, *, is_screened: bool = True) -> float:
    """Sigma from the average moving range; screened, ranges beyond what chance allows of them are left out (once)."""
    ranges = np.abs(np.diff(values))
    if not ranges.size:
        return float("nan")
    kept = ranges[ranges < _SCREEN * ranges.mean()] if is_screened else ranges
    return float((kept if kept.size else ranges).mean()) / _RANGE_TO_SIGMA
