"""Did more people report while a campaign ran than would have been expected: a pulse in a quasi-Poisson regression.

All other months say what was to be expected (log link, trend, one sine and cosine a year); the months of the declared
window have an indicator each year, whose exponential is observed over expected. The interval is normal on the log
scale, p is Student's t on the fit's degrees of freedom. Reference: Lopez Bernal, Cummins & Gasparrini (2017), IJE
46:348. No interval robust to autocorrelation is offered: on short series it comes out narrower, which would make a
result look stronger than it is.
"""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np
import pandas as pd
from numpy.typing import ArrayLike, NDArray
from scipy.special import ndtri, stdtr

from stats import poisson

FEWEST_MONTHS = 24
"""Months outside every window that are needed to say what was to be expected."""
FEWEST_EXPECTED = 5.0

Floats = NDArray[np.float64]


def uplift(
    counts: ArrayLike,
    windows: Sequence[Sequence[int]],
    *,
    frequency: int = 12,
    is_floored: bool = True,
    confidence: float = 0.95,
) -> pd.DataFrame:
    """Observed over expected for each window of one series, and for all of them together.

    Args:
        counts: one per month in order, none missing or negative.
        windows: positions of the months of each window, which do not overlap.
        frequency: months in a year.
        is_floored: take the dispersion as at least 1, so that a quiet spell makes no interval narrower than chance.
        confidence: of the interval.

    Returns:
        One row per window in order, and a last one for all together: `window` (its number from 0, -1 for all),
        `observed`, `expected` (without the campaign), `ratio`, `low`, `high`, `p`, `degrees`, `dispersion`, and
        `refusal`: empty, or why there is no ratio: `too_short` (under FEWEST_MONTHS other months), `too_few` (under
        FEWEST_EXPECTED expected) or `none_observed` (a window without a report has no ratio; it is told as 0 against
        what was expected).

    Raises:
        ValueError: a count missing or negative, no window, a window that is empty, outside the series or overlaps.
    """
    observed = np.asarray(counts, dtype=float)
    if observed.ndim != 1 or not np.all(observed >= 0):
        raise ValueError("a count is there for every month and not negative")
    months = [position for window in windows for position in window]
    if not months or any(not window for window in windows):
        raise ValueError("a window has months")
    if len(set(months)) != len(months) or min(months) < 0 or max(months) >= observed.size:
        raise ValueError("windows lie in the series and do not overlap")
    is_other = np.ones(observed.size, dtype=bool)
    is_other[months] = False
    wanted = [*map(list, windows), months]
    if is_other.sum() < FEWEST_MONTHS or not observed[is_other].any():
        return pd.DataFrame([_refused("too_short", observed[window].sum(), np.nan) for window in wanted]).assign(
            window=[*range(len(windows)), -1]
        )

    base = _base(observed.size, frequency)
    without = poisson.fit(base, observed, is_other.astype(float))
    expected = np.exp(without.coefficients[0] @ base.T)
    apart = np.column_stack([np.isin(np.arange(observed.size), window) for window in wanted]).astype(float)
    rows = []
    for window in wanted:
        came, awaited = float(observed[window].sum()), float(expected[window].sum())
        refusal = "too_few" if awaited < FEWEST_EXPECTED else "none_observed" if came == 0 else ""
        rows.append(_refused(refusal, came, awaited))
    # One fit gives every window's own estimate, another that of all together; a window without a report would have
    # an indicator of minus infinity, and is left out of the first.
    told = [at for at in range(len(windows)) if not rows[at]["refusal"]]
    quiet = [at for at in range(len(windows)) if at not in told]
    weights = 1.0 - apart[:, quiet].sum(axis=1) if quiet else np.ones(observed.size)
    for chosen, used in ((told, weights), ([-1] if not rows[-1]["refusal"] else [], np.ones(observed.size))):
        for at, found in zip(
            chosen, _estimates(base, apart[:, chosen], observed, used, is_floored, confidence), strict=True
        ):
            rows[at] |= found
    return pd.DataFrame(rows).assign(window=[*range(len(windows)), -1])


def _estimates(
    base: Floats, indicators: Floats, observed: Floats, weights: Floats, is_floored: bool, confidence: float
) -> list[dict[str, float]]:
    terms = base.shape[1]
    fit = poisson.fit(np.column_stack([base, indicators]), observed, weights)
    dispersion, degrees = float(fit.dispersion[0]), float(fit.degrees[0])
    spread = max(1.0, dispersion) if is_floored else dispersion
    found = []
    for at in range(terms, terms + indicators.shape[1]):
        estimate = float(fit.coefficients[0, at])
        error = float(np.sqrt(spread * fit.covariance[0, at, at]))
        reach = float(ndtri((1 + confidence) / 2)) * error
        found.append(
            {
                "ratio": float(np.exp(estimate)),
                "low": float(np.exp(estimate - reach)),
                "high": float(np.exp(estimate + reach)),
                "p": float(2 * stdtr(degrees, -abs(estimate) / error)),
                "degrees": degrees,
                "dispersion": dispersion,
            }
        )
    return found


def _refused(refusal: str, observed: float, expected: float) -> dict[str, float | str]:
    missing = dict.fromkeys(("ratio", "low", "high", "p", "degrees", "dispersion"), float("nan"))
    return {**missing, "observed": float(observed), "expected": expected, "refusal": refusal}


def _base(size: int, frequency: int) -> Floats:
    positions = np.arange(size)
    angle = 2 * np.pi * positions / frequency
    return np.column_stack([np.ones(size), positions / frequency, np.sin(angle), np.cos(angle)])
