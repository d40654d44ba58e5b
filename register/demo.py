"""The demonstration plan: made-up returns of two years, read from data/demo/plan/*.csv.

One file per kept table, its columns named as in `register.tables`, plus `entered_at` (UTC) and `entered_by` (an
organisation): the journal gets those, so the plan can be seen as it stood at any meeting of the two years.
"""

from __future__ import annotations

import csv
import hashlib
from dataclasses import dataclass
from datetime import UTC, datetime
from itertools import groupby
from pathlib import Path
from typing import Any

from sqlalchemy import Boolean, Float, Integer, select

from core.errors import MonitorError
from core.model import Viewer
from core.settings import ROOT
from register import store
from register.tables import KEPT, journal, key, values
from register.write import COORDINATOR, writer

FOLDER = ROOT / "data" / "demo" / "plan"
_DOING = "demonstration plan"


@dataclass(frozen=True)
class Filled:
    """What `fill` did: rows by table, and whether this register held the demonstration already."""

    rows: dict[str, int]
    was_filled: bool


@dataclass(frozen=True)
class _Line:
    at: datetime
    by: str
    position: int
    table: str
    row: dict[str, Any]


def fill(url: str, folder: Path = FOLDER) -> Filled:
    """Fill the register at `url` with the demonstration plan, all of it or nothing; a second time changes nothing.

    Raises MonitorError when the register holds anything not made up, another edition of the plan, or when a file is
    missing or unreadable.
    """
    lines = [line for position, name in enumerate(KEPT) for line in _lines(folder / f"{name}.csv", name, position)]
    edition = _edition(folder)
    with writer(url, is_made_up=True) as register:
        held = _held(url)
        if held:
            if held != {edition}:
                raise _other_edition()
            return Filled({}, was_filled=True)
        lines.sort(key=lambda line: (line.at, line.position, line.by))
        for (at, _, by), together in groupby(lines, key=lambda line: (line.at, line.position, line.by)):
            entry = register.entry(Viewer(by, frozenset({COORDINATOR})), edition, at)
            for line in together:
                entry.put(line.table, line.row)
    return Filled({name: sum(line.table == name for line in lines) for name in KEPT}, was_filled=False)


def _held(url: str) -> set[str]:
    engine = store.open_to_read(url)
    if engine is None:
        return set()
    with engine.connect() as connection:
        asked = select(journal.c.doing).where(journal.c.doing.startswith(_DOING)).distinct()
        return set(connection.scalars(asked))


def _edition(folder: Path) -> str:
    digest = hashlib.sha256()
    for name in KEPT:
        digest.update((folder / f"{name}.csv").read_bytes())
    return f"{_DOING}, edition {digest.hexdigest()[:12]}"


def _other_edition() -> MonitorError:
    return MonitorError(
        "the register already holds another edition of the demonstration plan.",
        where="MONITOR_REGISTER, or register.sqlite in the data directory",
        meaning="Nothing was written; the Plan page shows the edition that is there.",
        action="To see the new one, move register.sqlite (and the two files beside it) away and run this again.",
    )


def _lines(path: Path, table: str, position: int) -> list[_Line]:
    expected = [*key(KEPT[table]), *values(KEPT[table]), "entered_at", "entered_by"]
    try:
        with path.open(encoding="utf-8", newline="") as file:
            reader = csv.DictReader(file)
            if list(reader.fieldnames or []) != expected:
                raise _unreadable(path, "its columns are not those of the register")
            return [_line(cells, table, position) for cells in reader]
    except FileNotFoundError:
        raise _unreadable(path, "it is missing") from None
    except (ValueError, UnicodeDecodeError, KeyError):
        raise _unreadable(path, "a cell is not of its column's kind") from None


def _line(cells: dict[str, str], table: str, position: int) -> _Line:
    row = {name: _value(KEPT[table].c[name].type, cells[name]) for name in cells if not name.startswith("entered_")}
    at = datetime.fromisoformat(cells["entered_at"]).replace(tzinfo=UTC)
    return _Line(at, cells["entered_by"], position, table, row)


def _value(kind: object, text: str) -> str | int | float | bool | None:
    if text == "":
        return None
    if isinstance(kind, Boolean):
        return {"yes": True, "no": False}[text]
    if isinstance(kind, Integer):
        return int(text)
    if isinstance(kind, Float):
        return float(text)
    return text


def _unreadable(path: Path, why: str) -> MonitorError:
    return MonitorError(
        f"the demonstration plan could not be read: {why}.",
        where=f"data/demo/plan/{path.name}",
        meaning="Nothing was written; the register is as it was.",
        action="Restore the file from the repository.",
    )
