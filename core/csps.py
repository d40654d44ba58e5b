"""Which community safety partnership a place belongs to, on a day: data/reference/csps.csv."""

from __future__ import annotations

import csv
from datetime import date
from functools import lru_cache

from core.settings import REFERENCE


def csp_of(area_code: str, on: date) -> str | None:
    """The CSP an authority, or a partnership's own area, belongs to on a day; None for what is wider than one."""
    found = {csp for csp, codes, begins, ends in _rows() if area_code in codes and begins <= on.isoformat() <= ends}
    return found.pop() if len(found) == 1 else None


@lru_cache(maxsize=1)
def _rows() -> tuple[tuple[str, frozenset[str], str, str], ...]:
    with (REFERENCE / "csps.csv").open(encoding="utf-8", newline="") as file:
        return tuple(
            (
                row["csp_code"],
                frozenset((row["area_code"], row["authority_code"])),
                row["valid_from"],
                row["valid_to"] or date.max.isoformat(),
            )
            for row in csv.DictReader(file)
        )
