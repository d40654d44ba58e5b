"""Which community safety partnership a place belongs to, and which area a board is of, on a day.

Read from data/reference: csps.csv, area_members.csv and boards.csv, each row with its first and its last day.
"""

from __future__ import annotations

import csv
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from datetime import date
from functools import lru_cache

from core.settings import REFERENCE


@dataclass(frozen=True)
class Csp:
    """A community safety partnership on a day: its code and name, the area it is chosen by, its authorities."""

    code: str
    name: str
    area_code: str
    authorities: frozenset[str]


def csps(on: date) -> tuple[Csp, ...]:
    """The partnerships there are on a day, in the order of the reference table."""
    held: dict[tuple[str, str, str], set[str]] = {}
    for row in _valid("csps.csv", on):
        held.setdefault((row["csp_code"], row["csp_name"], row["area_code"]), set()).add(row["authority_code"])
    return tuple(Csp(*about, frozenset(of_it)) for about, of_it in held.items())


def csp_of(area_code: str, on: date) -> str | None:
    """The CSP an authority, or a partnership's own area, belongs to on a day; None for what is wider than one."""
    found = {csp.code for csp in csps(on) if area_code == csp.area_code or area_code in csp.authorities}
    return found.pop() if len(found) == 1 else None


def authorities_of(area_code: str, on: date) -> frozenset[str]:
    """The authorities an area is made of on a day, and the reports without one where it counts them."""
    return frozenset(row["member_code"] for row in _valid("area_members.csv", on) if row["area_code"] == area_code)


def area_of_board(board_code: str, on: date) -> str:
    """The area a board is of on a day.

    Raises LookupError for a board the reference table does not have on that day.
    """
    for row in _valid("boards.csv", on):
        if row["board_code"] == board_code:
            return row["area_code"]
    raise LookupError(f"no board {board_code} on {on}")


def csps_of_board(board_code: str, on: date) -> tuple[Csp, ...]:
    """The partnerships that lie wholly in a board's area on a day."""
    within = authorities_of(area_of_board(board_code, on), on)
    return tuple(csp for csp in csps(on) if csp.authorities <= within)


def _valid(file: str, on: date) -> Iterator[Mapping[str, str]]:
    day = on.isoformat()
    return (row for row in _rows(file) if row["valid_from"] <= day and (not row["valid_to"] or day <= row["valid_to"]))


@lru_cache(maxsize=4)
def _rows(file: str) -> tuple[Mapping[str, str], ...]:
    with (REFERENCE / file).open(encoding="utf-8", newline="") as opened:
        return tuple(csv.DictReader(opened))
