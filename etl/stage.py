"""Step 2: typed columns beside the raw text. Nothing is dropped, nothing is judged yet.

Reads: the file, its contract, geo. Writes: the temporary tables raw_*, ragged_record, coded_*, staged_*.
"""

from __future__ import annotations

import csv
from pathlib import Path

import duckdb
import pandas as pd
import pyarrow as pa

from core.errors import MonitorError
from etl import statements
from etl.contract import REPORT
from etl.extract import Extract, Ragged, read_records, refused
from geo.locate import place

_REPORT_TABLES = (
    "word", "written_word", "coded_word", "coded_date", "coded_strands", "coded_religions", "repeated_id",
    "written_place",
)  # fmt: skip


def stage(connection: duckdb.DuckDBPyConnection, extract: Extract, lsoa_lookup: Path | None) -> int:
    """Read one file into staged tables; returns the records it holds.

    Raises MonitorError when the records read are not the records counted.
    """
    _hold_contract(connection, extract)
    raw = f"raw_{extract.contract.kind}"
    ragged: list[Ragged] = []
    _read(connection, extract, raw, ragged)
    _hold_ragged(connection, extract, ragged)
    read = connection.execute(f"select count(*) from {raw}").fetchall()[0][0] + len(ragged)
    if read != extract.records:
        raise _not_reconciled(extract, read)
    parameters = {
        "formats": list(extract.contract.formats),
        "swapped_formats": list(extract.contract.swapped_formats),
    }
    statements.run(connection, statements.STAGING / "plain.sql")
    statements.run(connection, statements.STAGING / "bare.sql")
    if extract.contract.kind == REPORT:
        for table in _REPORT_TABLES:
            statements.make(connection, statements.STAGING / f"{table}.sql", parameters)
        _place(connection, "written_place", lsoa_lookup)
        statements.make(connection, statements.STAGING / "coded_place.sql")
        statements.make(connection, statements.STAGING / "staged_report.sql", parameters)
    else:
        statements.make(connection, statements.STAGING / "word.sql")
        statements.make(connection, statements.STAGING / "written_point.sql")
        _place(connection, "written_point", lsoa_lookup)
        statements.make(connection, statements.STAGING / "coded_point.sql")
        statements.make(connection, statements.STAGING / "staged_street.sql", parameters)
    return extract.records


def _hold_contract(connection: duckdb.DuckDBPyConnection, extract: Extract) -> None:
    words = [
        (field, word, code)
        for field, codes in extract.contract.words.items()
        for code, listed in codes.items()
        for word in listed
    ]
    text = "varchar"
    frame = pd.DataFrame(words, columns=["field", "word", "code"], dtype="str")
    statements.hold(connection, "contract_word", frame, {"field": text, "word": text, "code": text})
    headings = [(field, extract.headings[position]) for field, position in extract.positions.items()]
    frame = pd.DataFrame(headings, columns=["field", "text"], dtype="str")
    statements.hold(connection, "heading", frame, {"field": text, "text": text})


def _read(connection: duckdb.DuckDBPyConnection, extract: Extract, raw: str, ragged: list[Ragged]) -> None:
    reader = read_records(extract, ragged)
    connection.register("arriving", reader)
    try:
        connection.execute(f"create or replace temp table {raw} as select * from arriving")
    except (pa.ArrowInvalid, duckdb.Error) as unreadable:
        if isinstance(unreadable, duckdb.IOException | duckdb.OutOfMemoryException):
            raise
        # The reader's own message may quote the file, so it goes no further.
        raise refused("the file cannot be read as CSV.", extract.file_name, "Ask for the extract again.") from None
    finally:
        connection.unregister("arriving")


def _hold_ragged(connection: duckdb.DuckDBPyConnection, extract: Extract, ragged: list[Ragged]) -> None:
    """Keep the set-aside records, with the identifier where its cell is there to be read."""
    at = extract.positions.get("record_id")
    rows = [(row.record_number, _cell(row.raw_text, at, extract.contract.delimiter), row.raw_text) for row in ragged]
    frame = pd.DataFrame(rows, columns=["record_number", "record_id", "raw_text"])
    columns = {"record_number": "bigint", "record_id": "varchar", "raw_text": "varchar"}
    statements.hold(connection, "ragged_record", frame, columns)


def _cell(text: str, at: int | None, delimiter: str) -> str | None:
    try:
        cells = next(csv.reader([text], delimiter=delimiter), [])
    except csv.Error:
        return None
    return cells[at].strip() or None if at is not None and at < len(cells) else None


def _place(connection: duckdb.DuckDBPyConnection, table: str, lsoa_lookup: Path | None) -> None:
    written = connection.execute(f"select * from {table}").df()
    placed = place(written, lsoa_lookup).assign(place_number=written["place_number"])
    columns = {
        "place_number": "bigint", "area_code": "varchar", "area_basis": "varchar", "is_conflicting": "boolean",
    }  # fmt: skip
    statements.hold(connection, "placed", placed, columns)


def _not_reconciled(extract: Extract, read: int) -> MonitorError:
    return refused(
        f"{extract.records:,} records were counted and {read:,} could be told apart.",
        extract.file_name,
        "Ask for the extract again with every cell that holds a quotation mark or a line break quoted.",
    )
