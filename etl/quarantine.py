"""The work list of the data officer: every record held back, why, what to ask, and its text as it arrived.

Reads: the warehouse (held_item, open_quarantine), config/rules.toml. Writes nothing. This is the only way a record's
text leaves the warehouse: it is printed for whoever asked, and goes into no log, report or build.
"""

from __future__ import annotations

import csv
import io
import json
import re
from collections import Counter
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import date
from pathlib import Path
from typing import Any

import duckdb

from core import db
from core.errors import MonitorError
from core.words import label
from etl import statements
from etl.validate import Rule, rule_book

_WORK_LIST = statements.WAREHOUSE / "work_list"
_BETWEEN_COLUMNS, _AFTER_HEADING = chr(30), chr(31)
# What a spreadsheet would run instead of showing.
_FORMULA = re.compile(r"^[=+\-@\t\r]")
COLUMNS = (
    "load", "file", "source", "extracted_on", "record_number", "record_id", "rules", "what_is_wrong", "what_to_ask",
    "text",
)  # fmt: skip
LEFT_COLUMNS = ("left", "left_by_file")  # only where those that left are asked for


@dataclass(frozen=True)
class Item:
    """One record held back.

    Attributes:
        load_id, file_name, source_code, extracted_on: the extract it came in.
        record_number: its place in the file, counted from 1 under the header.
        record_id: its identifier, where it could be read.
        rules: every rule that holds it back or warns of it.
        text: the record as it was read, as `field: cell; field: cell`, or the line itself when it could not be split.
        left_code: why it is no longer on the work list (labels.toml [left]), or None while it is.
        left_file: the extract that took it off.
    """

    load_id: int
    file_name: str
    source_code: str
    extracted_on: date
    record_number: int
    record_id: str | None
    rules: tuple[str, ...]
    text: str
    left_code: str | None
    left_file: str | None

    @property
    def what_is_wrong(self) -> str:
        """The sentences of its rules."""
        return " ".join(_rule(code).sentence for code in self.rules)

    @property
    def what_to_ask(self) -> str:
        """What to ask the force, each question once."""
        return " ".join(dict.fromkeys(_rule(code).ask for code in self.rules))

    def as_dict(self) -> dict[str, Any]:
        """The item's entry of `quarantine --json`."""
        return {
            "load": self.load_id,
            "file": self.file_name,
            "source": self.source_code,
            "extracted_on": self.extracted_on.isoformat(),
            "record_number": self.record_number,
            "record_id": self.record_id,
            "rules": list(self.rules),
            "what_is_wrong": self.what_is_wrong,
            "what_to_ask": self.what_to_ask,
            "text": self.text,
            "left": self.left_code,
            "left_by_file": self.left_file,
        }


def _rule(code: str) -> Rule:
    """The rule of that code; one that has since been struck from the book keeps its name."""
    return rule_book().get(code) or Rule(code, "quarantine", f"{code} (a rule of an earlier version).", "")


def warehouse_path(data: Path) -> Path:
    """Where the warehouse lies."""
    return data / "warehouse.duckdb"


@contextmanager
def reading_warehouse(data: Path) -> Iterator[duckdb.DuckDBPyConnection]:
    """The warehouse, read-only. Raises MonitorError when it is absent, in use, damaged or of an earlier version."""
    path = warehouse_path(data)
    if not path.exists():
        raise _unreadable(
            "there is no warehouse in this data directory.",
            path,
            "Run it where the extracts are loaded, or set MONITOR_DATA to that folder.",
        )
    try:
        connection = db.open_to_read(path)
    except duckdb.IOException as locked:
        raise _unreadable(
            "the warehouse is in use by a load, or cannot be read.",
            path,
            "Wait until the load has finished; if none is at work, restore the file from a copy.",
        ) from locked
    try:
        yield connection
    except duckdb.CatalogException as outdated:
        raise _unreadable(
            "the warehouse was made by an earlier version of the software.",
            path,
            "Load any extract again, the latest will do: that brings the warehouse up to date.",
        ) from outdated
    except duckdb.Error as damaged:
        raise _unreadable("the warehouse is damaged.", path, "Restore the file from a copy.") from damaged
    finally:
        connection.close()


def _unreadable(what: str, path: Path, action: str) -> MonitorError:
    return MonitorError(what, where=str(path), meaning="Nothing was read or changed.", action=action)


def work_list(data: Path, *, with_left: bool = False) -> list[Item]:
    """Every record that waits for the data officer, oldest extract first; `with_left` adds those that no longer do.

    Raises MonitorError when the warehouse cannot be read.
    """
    with reading_warehouse(data) as connection:
        return read_items(connection, with_left=with_left)


def read_items(connection: duckdb.DuckDBPyConnection, *, with_left: bool) -> list[Item]:
    """The work list of a warehouse that is open already."""
    rows = statements.run(connection, _WORK_LIST / ("all_items.sql" if with_left else "open_items.sql")).fetchall()
    return [_item(*row) for row in rows]


def _item(
    load_id: int,
    file_name: str,
    source_code: str,
    extracted_on: date,
    record_number: int,
    record_id: str | None,
    reasons: list[str],
    raw_text: str,
    left_code: str | None,
    left_file: str | None,
) -> Item:
    return Item(
        load_id=load_id,
        file_name=file_name,
        source_code=source_code,
        extracted_on=extracted_on,
        record_number=record_number,
        record_id=record_id,
        rules=tuple(reasons),
        text=_as_read(raw_text, reasons),
        left_code=left_code,
        left_file=left_file,
    )


def open_count(connection: duckdb.DuckDBPyConnection) -> int:
    """How many records wait on the work list."""
    return int(statements.first_row(connection, _WORK_LIST / "open_count.sql")[0])


def _as_read(raw_text: str, rules: Sequence[str]) -> str:
    """A record's cells with the names of their fields; a record that could not be split is its own line."""
    if "ragged_row" in rules:
        return raw_text
    cells = json.loads(raw_text)
    return "; ".join(
        _columns_of(cell) if _AFTER_HEADING in str(cell) else f"{field}: {cell}"
        for field, cell in cells.items()
        if cell is not None and field != "record_number"
    )


def _columns_of(cells: str) -> str:
    """A column for each strand was read as one text: heading, separator, cell."""
    columns = (column.partition(_AFTER_HEADING) for column in cells.split(_BETWEEN_COLUMNS))
    return "; ".join(f"{heading}: {cell}" for heading, _, cell in columns if cell.strip())


def count_by_rule(items: Sequence[Item]) -> list[tuple[str, str, str, int]]:
    """(severity, sentence, what to ask, records) for every rule the items broke: what holds back first, most first."""
    counts = Counter(code for item in items for code in item.rules)
    found = [(_rule(code), records) for code, records in counts.items()]
    found.sort(key=lambda pair: (pair[0].severity, -pair[1], pair[0].code))
    return [(rule.severity, rule.sentence, rule.ask, records) for rule, records in found]


def left_words(item: Item) -> str:
    """How an item left the list, in words; empty while it is on it."""
    return label("left", item.left_code) if item.left_code else ""


def as_csv(items: Sequence[Item], *, with_left: bool) -> bytes:
    """The work list for a spreadsheet (UTF-8 with a mark): no cell of it can run as a formula."""
    written = io.StringIO(newline="")
    writer = csv.writer(written)
    names = (*COLUMNS, *LEFT_COLUMNS) if with_left else COLUMNS
    writer.writerow(names)
    for item in items:
        cells = {**item.as_dict(), "rules": ", ".join(item.rules), "left": left_words(item)}
        writer.writerow([harmless(cells[name]) for name in names])
    return written.getvalue().encode("utf-8-sig")


def harmless(cell: object) -> object:
    """A cell of a spreadsheet that cannot run as a formula."""
    if not isinstance(cell, str):
        return cell
    return f"'{cell}" if _FORMULA.match(cell) else cell
