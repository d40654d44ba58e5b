"""Step 2: typed columns beside the raw text. Nothing is dropped, nothing is judged yet.

Reads: the file, its contract, geo. Writes: the temporary tables raw_*, ragged_record, coded_*, staged_*.
"""

from __future__ import annotations

import csv
import re
from collections.abc import Iterator, Sequence
from pathlib import Path

import duckdb
import pandas as pd
import pyarrow as pa
import pyarrow.compute as pc

from core.errors import MonitorError
from etl import statements
from etl.contract import FIELDS, REPORT, STRAND_CELLS, STRAND_WORDS, Contract
from etl.extract import Extract
from etl.layout import Ragged, refused
from geo.locate import place

_REPORT_TABLES = (
    "word", "written_word", "coded_word", "coded_offence", "coded_date", "coded_strands", "coded_religions",
    "repeated_row", "written_place", "stated_place",
)  # fmt: skip
# Between the columns of a record's strand cells, and between the name of a column and its cell.
_BETWEEN, _WITHIN = "\x1e", "\x1f"
_NEVER = "[\x1d]"  # a separator no cell holds


def stage(connection: duckdb.DuckDBPyConnection, extract: Extract, lsoa_lookup: Path | None) -> int:
    """Read one file into staged tables; returns the records it holds.

    Raises MonitorError when the records read are not the records counted.
    """
    contract = extract.contract
    _hold_contract(connection, extract)
    raw = f"raw_{contract.kind}"
    ragged: list[Ragged] = []
    _read(connection, extract, raw, ragged)
    _hold_ragged(connection, extract, ragged)
    read = connection.execute(f"select count(*) from {raw}").fetchall()[0][0] + len(ragged)
    if read != extract.records:
        raise _not_reconciled(extract, read)
    parameters = {
        "formats": list(contract.formats),
        "swapped_formats": list(contract.swapped_formats),
        "separators": _any_of(contract.separators),
        "inner_separators": _any_of(contract.inner_separators),
        "motivation": contract.motivation,
        "grain": contract.grain,
    }
    statements.run(connection, statements.STAGING / "plain.sql")
    statements.run(connection, statements.STAGING / "bare.sql")
    statements.run(connection, statements.STAGING / "offence_key.sql")
    if contract.kind == REPORT:
        for table in _REPORT_TABLES:
            statements.make(connection, statements.STAGING / f"{table}.sql", parameters)
        _place(connection, "stated_place", lsoa_lookup)
        statements.make(connection, statements.STAGING / "coded_place.sql")
        statements.make(connection, statements.STAGING / "staged_report.sql", parameters)
    else:
        statements.make(connection, statements.STAGING / "word.sql")
        statements.make(connection, statements.STAGING / "written_point.sql")
        _place(connection, "written_point", lsoa_lookup)
        statements.make(connection, statements.STAGING / "coded_point.sql")
        statements.make(connection, statements.STAGING / "staged_street.sql", parameters)
    return extract.records


def _any_of(separators: Sequence[str]) -> str:
    """A pattern for any run of the separators."""
    return f"[{''.join(re.escape(separator) for separator in separators)}]+" if separators else _NEVER


def _hold_contract(connection: duckdb.DuckDBPyConnection, extract: Extract) -> None:
    text = "varchar"
    frame = pd.DataFrame(_words(extract.contract), columns=["field", "word", "code"], dtype="str")
    statements.hold(connection, "contract_word", frame, {"field": text, "word": text, "code": text})
    columns = [(column.name, column.otherwise) for column in extract.contract.strand_columns]
    frame = pd.DataFrame(columns, columns=["column_name", "otherwise_code"], dtype="str")
    statements.hold(connection, "strand_column", frame, {"column_name": text, "otherwise_code": text})
    headings = [(field, extract.headings[position]) for field, position in extract.positions.items()]
    frame = pd.DataFrame(headings, columns=["field", "text"], dtype="str")
    statements.hold(connection, "heading", frame, {"field": text, "text": text})


def _words(contract: Contract) -> list[tuple[str, str, str]]:
    """(field, word, code) of every word the contract knows, those of its strand columns included."""
    fields = dict(contract.words)
    for column in contract.strand_columns:
        fields[STRAND_WORDS + column.name] = {**column.words, "unknown": column.unreadable}
    return [(field, word, code) for field, codes in fields.items() for code, words in codes.items() for word in words]


def _read(connection: duckdb.DuckDBPyConnection, extract: Extract, raw: str, ragged: list[Ragged]) -> None:
    fields = FIELDS[extract.contract.kind]
    schema = pa.schema([("record_number", pa.int64()), *((field, pa.string()) for field in fields)])
    reader = pa.RecordBatchReader.from_batches(schema, _batches(extract, schema, ragged))
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


def _batches(extract: Extract, schema: pa.Schema, ragged: list[Ragged]) -> Iterator[pa.RecordBatch]:
    """Every field of the contract's kind: its column, its constant, or nothing."""
    contract = extract.contract
    strand_columns = [column.name for column in contract.strand_columns if column.name in extract.positions]
    for batch in extract.table.read(extract.positions, list(extract.positions), ragged):
        rows = batch.num_rows
        made = {name: pa.repeat(pa.scalar(text), rows) for name, text in contract.constants.items()}
        if strand_columns:
            made[STRAND_CELLS] = _strand_cells(batch, strand_columns)
        absent = pa.nulls(rows, pa.string())
        held = {name: batch.column(name) for name in batch.schema.names}
        yield pa.record_batch([made.get(name, held.get(name, absent)) for name in schema.names], schema=schema)


def _strand_cells(batch: pa.RecordBatch, names: Sequence[str]) -> pa.Array:
    """The cells of the strand columns as one text a record, each behind its column's name."""
    cells = [
        # A cell that holds one of the letters between cells would be parted, and its flag lost.
        pc.binary_join_element_wise(
            pa.scalar(name),
            pc.replace_substring_regex(pc.fill_null(batch.column(name), ""), f"[{_BETWEEN}{_WITHIN}]", "\ufffd"),
            _WITHIN,
        )
        for name in names
    ]
    return pc.binary_join_element_wise(*cells, _BETWEEN)


def _hold_ragged(connection: duckdb.DuckDBPyConnection, extract: Extract, ragged: list[Ragged]) -> None:
    """Keep the set-aside records, with the identifier where its cell is there to be read."""
    at = extract.positions.get("record_id")
    rows = [
        (row.record_number, _cell(row.raw_text, at, extract.contract.layout.delimiter), row.raw_text) for row in ragged
    ]
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
        "remarks": "varchar",
    }  # fmt: skip
    statements.hold(connection, "placed", placed, columns)


def _not_reconciled(extract: Extract, read: int) -> MonitorError:
    return refused(
        f"{extract.records:,} records were counted and {read:,} could be told apart.",
        extract.file_name,
        "Ask for the extract again with every cell that holds a quotation mark or a line break quoted.",
    )
