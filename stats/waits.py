"""How long things took, when only the period within which each ended is known."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np
from numpy.typing import ArrayLike


def within(periods: ArrayLike, counts: ArrayLike, shares: Sequence[float]) -> list[int]:
    """For each share, the fewest periods within which at least that share of the things had ended.

    A quantile of grouped data told as the group's upper end, so it is exact: "half within 6 weeks" is true whatever the
    days were. Nothing is interpolated. Things that have not ended yet are not among the counts; where many have not,
    every quantile is too short.

    Args:
        periods: whole periods (weeks, say) within which they ended: 1 is the first. In any order, a period may recur.
        counts: how many ended within each, same shape, not negative, at least one in all.
        shares: between 0 and 1, more than 0.

    Returns:
        Whole periods, one for each share.

    Raises:
        ValueError: shapes that differ, a negative count, none at all, or a share outside its range.
    """
    ends, numbers = np.asarray(periods, dtype=int), np.asarray(counts, dtype=int)
    if ends.shape != numbers.shape or ends.ndim != 1:
        raise ValueError("periods and counts differ in length")
    if np.any(numbers < 0) or not numbers.sum():
        raise ValueError("a count is not negative and there is at least one")
    if any(not 0 < share <= 1 for share in shares):
        raise ValueError("a share lies between 0 and 1")
    order = np.argsort(ends, kind="stable")
    ended = np.cumsum(numbers[order])
    return [int(ends[order][np.searchsorted(ended, share * ended[-1], side="left")]) for share in shares]
