"""Protect once, then only add: fixed-offset rounding of the one base cube.

Every cell (measure, authority, group of strands, financial quarter) has a secret offset for ever, drawn from a keyed
hash of its name; its shown count is base * floor((count + offset) / base). Everything else is a sum of shown cells, so
no combination of filters tells more than the cells do, and the mean of a shown count over offsets is the count itself.
A shown d allows any count from max(0, d - base + 1) to d + base - 1.

`audit` proves it for a cube at hand, with any exact totals the public already has; `vintage_candidates` for a cell
watched through revisions. Reference: fixed random rounding as used for official counts, here with the offsets drawn
once per cell (HMAC-SHA256) so that neither a repeated question nor a new release redraws them.
"""

from __future__ import annotations

import hmac
from collections.abc import Sequence
from dataclasses import dataclass
from typing import overload

import numpy as np
import pandas as pd
from numpy.typing import NDArray

CELL_COLUMNS = ("measure_code", "area_code", "group_code", "quarter_code")

Integers = NDArray[np.int64]


@dataclass(frozen=True)
class PublicTotal:
    """An exact total the public already has, published by somebody else.

    Attributes:
        name: what it is, for the report.
        rows: positions in the cube of the cells it adds up.
        total: the exact total.
    """

    name: str
    rows: Sequence[int]
    total: int


def cell(measure: str, area: str, group: str, quarter: str) -> str:
    """The name of one base cell, frozen for ever: `crime|E07000130|race|2022-Q4`."""
    return f"{measure}|{area}|{group}|{quarter}"


def offset(key: bytes, cell: str, base: int = 5) -> int:
    """The cell's secret offset, 0 to base - 1.

    Raises:
        ValueError: an empty key (nothing would be secret) or a base under 2.
    """
    if not key:
        raise ValueError("without a key there is no protection")
    if base < 2:
        raise ValueError("a rounding base is at least 2")
    return int.from_bytes(hmac.digest(key, cell.encode(), "sha256")[:8], "big") % base


@overload
def shown(count: int, offset: int, base: int = 5) -> int: ...
@overload
def shown(count: Integers, offset: Integers, base: int = 5) -> Integers: ...
def shown(count: int | Integers, offset: int | Integers, base: int = 5) -> int | Integers:
    """What is shown for a count: a multiple of the base, at most base - 1 from it; 0 stays 0."""
    return (count + offset) // base * base


def protect(frame: pd.DataFrame, key: bytes, base: int = 5) -> pd.DataFrame:
    """The cube with shown counts in place of true ones.

    Args:
        frame: one row per base cell: CELL_COLUMNS and `reports`, whole and not negative.
        key: the deployment's secret.
        base: the rounding base.

    Returns:
        The same rows and columns; only `reports` differs.

    Raises:
        ValueError: a cell twice (two shown counts of one cell would give it away), a count that is negative or
            missing, an empty key.
    """
    columns = [frame[name].astype(str) for name in CELL_COLUMNS]
    if frame.duplicated(list(CELL_COLUMNS)).any():
        raise ValueError("a base cell may be there only once")
    if frame["reports"].isna().any() or (frame["reports"] < 0).any() or (frame["reports"] % 1 != 0).any():
        raise ValueError("a count is whole and not negative")
    reports = frame["reports"].to_numpy(dtype=np.int64)
    names = (cell(*parts) for parts in zip(*columns, strict=True))
    offsets = np.fromiter((offset(key, name, base) for name in names), dtype=np.int64, count=len(frame))
    return frame.assign(reports=shown(reports, offsets, base))


def vintage_candidates(path: Sequence[int], increments: Sequence[int] | None = None, base: int = 5) -> list[int]:
    """First counts that remain possible for a reader who saw every release of a cell and knows every revision.

    Args:
        path: the shown count at each release.
        increments: by how much the true count grew at each later release, one fewer than the path;
            1 each when left out.
        base: the rounding base.

    Raises:
        ValueError: the increments do not fit the path.
    """
    steps = [1] * (len(path) - 1) if increments is None else list(increments)
    if len(steps) != len(path) - 1:
        raise ValueError("a path of n releases has n - 1 increments")
    growth = np.concatenate([[0], np.cumsum(steps, dtype=np.int64)])
    seen = np.asarray(path, dtype=np.int64)

    def fits(first: int, by: int) -> bool:
        counts = first + growth
        return bool(np.all(counts >= 0) and np.array_equal(shown(counts, np.full_like(counts, by), base), seen))

    possible = range(max(0, path[0] - base + 1), path[0] + base)
    return [first for first in possible if any(fits(first, by) for by in range(base))]


def audit(
    protected: pd.DataFrame, true: pd.DataFrame, public_totals: Sequence[PublicTotal] = (), base: int = 5
) -> pd.DataFrame:
    """What a reader with the whole protected cube and the public totals could find out; empty when nothing.

    Every true count from 1 to base - 1 is bounded exactly, in whole numbers. It fails when the bounds are closer than
    base - 1, or both lie within 1 to base - 1. The cube itself is checked too.

    Args:
        protected, true: one row per base cell each: CELL_COLUMNS and `reports`; the same cells in any order.
        public_totals: exact totals assumed known, over positions of `protected`.
        base: the rounding base.

    Returns:
        One row per failure: CELL_COLUMNS, `low`, `high`, and `reason`: `cells_differ` (a cell of one cube is not in
        the other), `not_a_multiple`, `too_far` (shown and true differ by the base or more) or `recoverable`.
    """
    keys = list(CELL_COLUMNS)
    if protected.empty and true.empty:
        # No quarter is complete yet. An empty table off a disk has no chunk of text to match on, so none is matched.
        return protected[keys].assign(low=np.nan, high=np.nan, reason="cells_differ")
    placed = protected[[*keys, "reports"]].assign(row=np.arange(len(protected)))
    both = placed.merge(true[[*keys, "reports"]], on=keys, how="outer", suffixes=("_shown", "_true"), indicator=True)
    failures = [both.loc[both["_merge"] != "both", keys].assign(low=np.nan, high=np.nan, reason="cells_differ")]
    if not failures[0].empty:
        return failures[0].reset_index(drop=True)

    both = both.sort_values("row", ignore_index=True)
    displayed = both["reports_shown"].to_numpy(dtype=np.int64)
    counts = both["reports_true"].to_numpy(dtype=np.int64)
    low, high = np.maximum(0, displayed - base + 1), displayed + base - 1
    is_target = (counts > 0) & (counts < base)
    low, high = _tighten(low, high, np.flatnonzero(is_target), public_totals)
    is_recoverable = is_target & ((high - low < base - 1) | ((low >= 1) & (high <= base - 1)))
    for is_failure, reason in (
        (displayed % base != 0, "not_a_multiple"),
        (np.abs(displayed - counts) >= base, "too_far"),
        (is_recoverable, "recoverable"),
    ):
        found = both.loc[is_failure, keys]
        failures.append(found.assign(low=low[is_failure], high=high[is_failure], reason=reason))
    return pd.concat([part for part in failures if not part.empty] or failures[:1], ignore_index=True)


def _tighten(
    low: Integers, high: Integers, targets: Integers, totals: Sequence[PublicTotal]
) -> tuple[Integers, Integers]:
    """Exact whole-number bounds of the target cells under the totals; each bound of the rest as it was."""
    low, high = low.copy(), high.copy()
    uses = np.zeros(low.size, dtype=np.int64)
    for total in totals:
        np.add.at(uses, np.asarray(total.rows, dtype=np.int64), 1)
    if uses.max(initial=0) > 1:
        return _tighten_overlapping(low, high, targets, totals)
    wanted = np.zeros(low.size, bool)
    wanted[targets] = True
    for total in totals:
        rows = np.asarray(total.rows, dtype=np.int64)
        floor, ceiling = low[rows], high[rows]
        if not floor.sum() <= total.total <= ceiling.sum():
            raise ValueError("the public totals do not fit the protected cube")
        # with one equation and whole bounds, each cell reaches what the others leave it
        least = np.maximum(floor, total.total - (ceiling.sum() - ceiling))
        most = np.minimum(ceiling, total.total - (floor.sum() - floor))
        low[rows] = np.where(wanted[rows], least, floor)
        high[rows] = np.where(wanted[rows], most, ceiling)
    return low, high


def _tighten_overlapping(
    low: Integers, high: Integers, targets: Integers, totals: Sequence[PublicTotal]
) -> tuple[Integers, Integers]:
    # imported here because only a build with overlapping totals needs an integer programme, and never the app
    from scipy.optimize import Bounds, LinearConstraint, milp
    from scipy.sparse import lil_array

    equations = lil_array((len(totals), low.size))
    for number, total in enumerate(totals):
        for row in total.rows:
            equations[number, row] = 1
    sums = np.array([total.total for total in totals])
    constraint = LinearConstraint(equations.tocsr(), sums, sums)
    bounds = Bounds(low, high)
    tight_low, tight_high = low.copy(), high.copy()
    for row in targets:
        if not any(row in total.rows for total in totals):
            continue
        for sign, bound in ((1, tight_low), (-1, tight_high)):
            goal = np.zeros(low.size)
            goal[row] = sign
            solved = milp(goal, constraints=constraint, bounds=bounds, integrality=np.ones(low.size))
            if solved.x is None:
                raise ValueError("the public totals do not fit the protected cube")
            bound[row] = round(float(solved.x[row]))
    return tight_low, tight_high
