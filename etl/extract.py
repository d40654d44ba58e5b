"""Step 1: find, fingerprint and read an extract as text, by its source's contract.

A file is read once to be fingerprinted, decoded and counted, and once to be parsed; the two counts must agree, so no
record is lost without a word. What the contract does not state is refused whole, with what was found.
"""

from __future__ import annotations

import calendar
import codecs
import csv
import hashlib
import io
import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import date
from pathlib import Path

import numpy as np
import pyarrow as pa
import pyarrow.csv

from core.errors import MonitorError, UsageError
from etl.contract import FIELDS, Contract, recognise

# The reader of headers and of records set aside would stop at a cell of 131,072 letters, and a cell may be longer.
csv.field_size_limit(2**31 - 1)
_CHUNK = 4 << 20
_BLOCK = 8 << 20
_HEADER_LIMIT = 1 << 20
_UNPUBLISHED = "Nothing was loaded; the published figures are unchanged."
_NOT_TEXT = (
    (b"PK\x03\x04", "a zip archive or a workbook"),
    (b"\xd0\xcf\x11\xe0", "an old Excel workbook or another Office file"),
    (b"%PDF", "a PDF"),
    (b"\x1f\x8b", "a compressed file"),
    (b"\xff\xfe", "text in UTF-16"),
    (b"\xfe\xff", "text in UTF-16"),
)


@dataclass(frozen=True)
class Extract:
    """One file, recognised and fingerprinted, not yet parsed.

    Attributes:
        path: where it lies.
        contract: the source it fits.
        headings: its header row.
        positions: field -> position of its column.
        sha256: fingerprint of its bytes.
        blank_lines: empty lines above the header.
        records: physical records under the header, counted without parsing.
        extracted_on: its extract date.
        window: first and last day it covers in full, or None when it holds changes only.
    """

    path: Path
    contract: Contract
    headings: tuple[str, ...]
    positions: dict[str, int]
    sha256: str
    blank_lines: int
    records: int
    extracted_on: date
    window: tuple[date, date] | None

    @property
    def file_name(self) -> str:
        """The file's name without its folders."""
        return self.path.name


@dataclass(frozen=True)
class Ragged:
    """A record with more or fewer cells than the header: its number, its text, and how many cells it has."""

    record_number: int
    raw_text: str
    cells: int


def open_extract(path: Path, source: str | None, extracted_on: date | None) -> Extract:
    """Recognise one file. Raises MonitorError when it cannot be one of our extracts, saying why."""
    headings, blank_lines = _headings(path)
    contract, found = recognise(headings, path.name, source)
    sha256, records = _count(path, contract.encoding)
    day, window = _extract_date(path.name, contract, extracted_on), _window(path.name, contract)
    if window is not None and window[1] > day:
        # Days still to come would be counted as days without a report.
        raise refused(
            "the window in the file's name ends after the day it was extracted.",
            path.name,
            "Correct the name: a window may end on the day of the extract at the latest.",
        )
    return Extract(
        path=path,
        contract=contract,
        headings=tuple(headings),
        positions=dict(found.positions),
        sha256=sha256,
        blank_lines=blank_lines,
        records=records,
        extracted_on=day,
        window=window,
    )


def refused(what: str, where: str, action: str, *, usage: bool = False) -> MonitorError:
    """A file is refused whole."""
    return (UsageError if usage else MonitorError)(what, where=where, meaning=_UNPUBLISHED, action=action)


def _headings(path: Path) -> tuple[list[str], int]:
    """The header row, and how many empty lines stand above it."""
    if path.is_dir():
        raise refused("a folder was given where a file is needed.", path.name, "Name the files in it.")
    try:
        with path.open("rb") as file:
            start = file.read(_HEADER_LIMIT)
    except FileNotFoundError as missing:
        raise refused("the file is not there.", path.name, "Check its name and folder.") from missing
    except OSError as unreadable:
        raise refused("the file could not be read.", path.name, "Check who may read it.") from unreadable
    if not start.strip():
        raise refused("the file is empty.", path.name, "Ask for the extract again.")
    for signature, words in _NOT_TEXT:
        if start.startswith(signature):
            raise refused(f"the file is {words}, not CSV text in UTF-8.", path.name, "Save it as CSV in UTF-8.")
    if b"\0" in start:
        raise refused("the file holds binary data, not text.", path.name, "Ask for the extract as CSV in UTF-8.")
    whole = len(start) < _HEADER_LIMIT
    try:
        text = codecs.getincrementaldecoder("utf-8-sig")().decode(start, final=whole)
    except UnicodeDecodeError as wrong:
        raise _wrong_encoding(path.name) from wrong
    # The delimiter of every contract so far is the comma; the header is read before the contract is known.
    rows = csv.reader(io.StringIO(text, newline=""))
    blank_lines, header = next(((number, row) for number, row in enumerate(rows) if row), (0, []))
    return [heading.strip() for heading in header], blank_lines


def _wrong_encoding(file_name: str) -> MonitorError:
    return refused("the file is not written in UTF-8.", file_name, "Save it as 'CSV UTF-8', or ask the sender to.")


def _count(path: Path, encoding: str) -> tuple[str, int]:
    """Fingerprint, and physical records under the header: line ends outside quotes, blank lines aside."""
    fingerprint = hashlib.sha256()
    decoder = codecs.getincrementaldecoder(encoding)()
    quotes, lines, last = 0, 0, ord("\n")
    with path.open("rb") as file:
        while chunk := file.read(_CHUNK):
            fingerprint.update(chunk)
            try:
                decoder.decode(chunk)
            except UnicodeDecodeError as wrong:
                raise _wrong_encoding(path.name) from wrong
            if b"\0" in chunk:
                raise refused("the file holds binary data, not text.", path.name, "Ask for the extract again as CSV.")
            start = chunk if file.tell() > len(chunk) else chunk.removeprefix(codecs.BOM_UTF8)
            quotes, lines, last = _count_lines(start, quotes, lines, last) if start else (quotes, lines, last)
    try:
        decoder.decode(b"", final=True)
    except UnicodeDecodeError as wrong:
        raise _wrong_encoding(path.name) from wrong
    if quotes:
        raise refused(
            "a quotation mark is opened and never closed, so records cannot be told apart.",
            path.name,
            "Ask for the extract again: it may have been cut short.",
        )
    records = lines + (last not in b"\r\n") - 1
    if records < 1:
        raise refused("the file has a header row and no records.", path.name, "Ask for the extract again.")
    return fingerprint.hexdigest(), records


def _count_lines(chunk: bytes, quotes: int, lines: int, last: int) -> tuple[int, int, int]:
    """Carry (inside quotes or not, records ended so far, last byte) over one chunk."""
    given = np.frombuffer(chunk, dtype=np.uint8)
    before = np.concatenate((np.array([last], dtype=np.uint8), given[:-1]))
    ends = (given == 10) | (given == 13)
    follows = (before == 10) | (before == 13)
    if quotes or b'"' in chunk:
        # uint8 wraps at 256, an even number, so the parity of the quotation marks seen is kept.
        inside = (np.cumsum(given == 34, dtype=np.uint8) + quotes) & 1
        ends &= inside == 0
        quotes = int(inside[-1])
    return quotes, lines + int(np.count_nonzero(ends & ~follows)), int(given[-1])


def _extract_date(file_name: str, contract: Contract, given: date | None) -> date:
    if given is not None:
        return given
    found = (re.search(pattern, file_name) for pattern in contract.extracted_patterns)
    match = next((match for match in found if match), None)
    if match is None:
        raise refused(
            "neither the file's name nor its contract says when it was extracted.",
            file_name,
            "Give the date with --extracted YYYY-MM-DD.",
        )
    text = match[1]
    if len(text) == len("2021-08"):
        year, month = (int(part) for part in text.split("-"))
        return date(year, month, calendar.monthrange(year, month)[1]) if 1 <= month <= 12 else _not_a_date(file_name)
    return _day(text, file_name)


def _day(text: str, file_name: str) -> date:
    try:
        return date.fromisoformat(text)
    except ValueError:
        return _not_a_date(file_name)


def _not_a_date(file_name: str) -> date:
    raise refused(
        "a date in the file's name is not a real date.", file_name, "Correct the name, or give --extracted YYYY-MM-DD."
    )


def _window(file_name: str, contract: Contract) -> tuple[date, date] | None:
    match = re.search(contract.window_pattern, file_name) if contract.window_pattern else None
    if match is None:
        return None
    first, last = _day(match[1], file_name), _day(match[2], file_name)
    if last < first:
        raise refused(
            "the window in the file's name ends before it begins.", file_name, "Correct the name of the file."
        )
    return first, last


def read_records(extract: Extract, ragged: list[Ragged]) -> pa.RecordBatchReader:
    """Every record of the file as text, in batches: record_number (from 1) and every field of the contract's kind.

    Records that do not have as many cells as the header are put on `ragged` instead. Empty cells and fields
    without a column are null.
    """
    fields = FIELDS[extract.contract.kind]
    schema = pa.schema([("record_number", pa.int64()), *((field, pa.string()) for field in fields)])
    return pa.RecordBatchReader.from_batches(schema, _batches(extract, ragged, fields, schema))


def _batches(
    extract: Extract, ragged: list[Ragged], fields: Sequence[str], schema: pa.Schema
) -> Iterator[pa.RecordBatch]:
    def set_aside(row: pyarrow.csv.InvalidRow) -> str:
        # The parser numbers the lines skipped, then the header, then the records.
        ragged.append(Ragged(row.number - 1 - extract.blank_lines, row.text, row.actual_columns))
        return "skip"

    names = [f"column_{position}" for position in range(len(extract.headings))]
    wanted = [names[position] for position in extract.positions.values()]
    contract = extract.contract
    reader = pyarrow.csv.open_csv(
        extract.path,
        read_options=pyarrow.csv.ReadOptions(
            # One thread, because only then does the parser number the records it sets aside.
            use_threads=False,
            block_size=_BLOCK,
            column_names=names,
            skip_rows=extract.blank_lines,
            skip_rows_after_names=1,
            encoding=contract.encoding,
        ),
        parse_options=pyarrow.csv.ParseOptions(
            delimiter=contract.delimiter, newlines_in_values=True, invalid_row_handler=set_aside
        ),
        convert_options=pyarrow.csv.ConvertOptions(
            # An empty cell says nothing, quoted or not; every other cell is kept letter by letter.
            column_types={name: pa.string() for name in names},
            null_values=[""],
            strings_can_be_null=True,
            include_columns=wanted,
        ),
    )
    number = 1
    for batch in reader:
        numbers = _numbers(number, batch.num_rows, [row.record_number for row in ragged])
        number = int(numbers[-1]) + 1 if len(numbers) else number
        absent = pa.nulls(batch.num_rows, pa.string())
        columns = {field: batch.column(names[place]) for field, place in extract.positions.items()}
        yield pa.record_batch([pa.array(numbers), *(columns.get(field, absent) for field in fields)], schema=schema)


def _numbers(first: int, rows: int, skipped: Sequence[int]) -> np.ndarray:
    """The numbers of the next `rows` records that were not set aside, counting from `first`."""
    ahead = np.array([number for number in skipped if number >= first], dtype=np.int64)
    numbers = np.arange(first, first + rows + len(ahead), dtype=np.int64)
    return numbers[~np.isin(numbers, ahead)][:rows]
