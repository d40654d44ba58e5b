"""Read delimited text as its contract states it is written.

A file is gone through once to be decoded and counted, and once to be parsed. The count is made on the bytes alone
(line ends outside quotation marks), the parser is pyarrow's: the two share no code and must agree, so no record is
lost without a word. Where a contract states a footer, the footer is found by a third reader, the csv module.
"""

from __future__ import annotations

import codecs
import csv
import io
import re
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path

import numpy as np
import pyarrow as pa
import pyarrow.csv

from core.errors import MonitorError
from etl.layout import (
    ENCODINGS,
    UTF_16_MARKS,
    Layout,
    Ragged,
    is_footer,
    joined_headings,
    known_format,
    mismatch,
    read_start,
    refuse_records_below,
    refused,
    schema_of,
)

# The csv module would stop at a cell of 131,072 letters, and a cell may be longer.
csv.field_size_limit(2**31 - 1)
_CHUNK = 4 << 20
_BLOCK = 8 << 20
_SINGLE_BYTE = ("cp1252", "latin-1")
# Latin-1 has unseen control characters there, Windows-1252 its quotation marks and dashes.
_WINDOWS_ONLY = re.compile(rb"[\x80-\x9f]")


@dataclass(frozen=True)
class _Head:
    """What stands above the records: the headings, the codec of the text, and the first byte after the headings."""

    headings: tuple[str, ...]
    codec: str
    body: int


@dataclass(frozen=True)
class TextTable:
    """A file of delimited text; see etl.layout.Table.

    Attributes:
        path, layout: where it lies, and how it is written.
        headings, records, footer_rows: as of every table.
        codec: how its bytes become letters, the byte order mark aside.
        body: the bytes from the first record to the last, as (first, end).
    """

    path: Path
    layout: Layout
    headings: tuple[str, ...]
    records: int
    footer_rows: int
    codec: str
    body: tuple[int, int]

    def read(self, columns: Mapping[str, int], fields: Sequence[str], ragged: list[Ragged]) -> pa.RecordBatchReader:
        """See etl.layout.Table.read. Raises pyarrow.ArrowInvalid (whose words may quote the file) while drawn from."""
        return pa.RecordBatchReader.from_batches(schema_of(fields), self._batches(columns, fields, ragged))

    def _batches(
        self, columns: Mapping[str, int], fields: Sequence[str], ragged: list[Ragged]
    ) -> Iterator[pa.RecordBatch]:
        def set_aside(row: pyarrow.csv.InvalidRow) -> str:
            ragged.append(Ragged(row.number, row.text, row.actual_columns))
            return "skip"

        names = [f"column_{position}" for position in range(len(self.headings))]
        schema = schema_of(fields)
        first, end = self.body
        with pa.OSFile(str(self.path)) as file:
            reader = pyarrow.csv.open_csv(
                file.get_stream(first, end - first),
                read_options=pyarrow.csv.ReadOptions(
                    # One thread, because only then does the parser number the records it sets aside.
                    use_threads=False,
                    block_size=_BLOCK,
                    column_names=names,
                    encoding=self.codec,
                ),
                parse_options=pyarrow.csv.ParseOptions(
                    delimiter=self.layout.delimiter, newlines_in_values=True, invalid_row_handler=set_aside
                ),
                convert_options=pyarrow.csv.ConvertOptions(
                    # An empty cell says nothing, quoted or not; every other cell is kept letter by letter.
                    column_types={name: pa.string() for name in names},
                    null_values=[""],
                    strings_can_be_null=True,
                    include_columns=[names[position] for position in dict.fromkeys(columns.values())],
                ),
            )
            number = 1
            for batch in reader:
                numbers = _numbers(number, batch.num_rows, [row.record_number for row in ragged])
                number = int(numbers[-1]) + 1 if len(numbers) else number
                absent = pa.nulls(batch.num_rows, pa.string())
                found = {field: batch.column(names[place]) for field, place in columns.items()}
                yield pa.record_batch([pa.array(numbers), *(found.get(field, absent) for field in fields)], schema)


def read_headings(path: Path, layout: Layout) -> tuple[str, ...]:
    """The headings of a file, from its first bytes. Raises MonitorError when they cannot be read as stated."""
    return _head(path, layout).headings


def open_text(path: Path, layout: Layout) -> TextTable:
    """Decode and count a whole file. Raises MonitorError when it is not what the layout states."""
    head = _head(path, layout)
    if layout.encoding in _SINGLE_BYTE:
        _refuse_other_letters(_chunks(path), path, layout)
    footer = _find_footer(path, layout, head) if layout.footer else None
    end = footer.first if footer else path.stat().st_size
    records = _count(path, layout, head, end)
    if records < 1:
        raise refused("the file has a header row and no records.", path.name, "Ask for the extract again.")
    rows = footer.rows if footer else 0
    return TextTable(path, layout, head.headings, records, rows, head.codec, (head.body, end))


def _head(path: Path, layout: Layout) -> _Head:
    start, is_whole = read_start(path)
    codec, mark = _codec(start, path, layout)
    try:
        text = codecs.getincrementaldecoder(codec)().decode(start[mark:], final=is_whole)
    except UnicodeDecodeError as wrong:
        raise _wrong_encoding(path, layout) from wrong
    if "\0" in text:
        raise _binary(start, path, layout)
    if layout.encoding in _SINGLE_BYTE:
        _refuse_other_letters([start], path, layout)

    read = mark

    def lines() -> Iterator[str]:
        nonlocal read
        for line in io.StringIO(text, newline=""):
            read += len(line.encode(codec))
            yield line

    given = lines()
    for _ in range((layout.header_row or 1) - 1):
        next(given, None)
    rows: list[list[str]] = []
    for row in csv.reader(given, delimiter=layout.delimiter):
        is_blank = not any(cell.strip() for cell in row)
        if is_blank and layout.header_row is None and not rows:
            continue
        if is_blank:
            break
        rows.append(row)
        if len(rows) == layout.header_rows:
            break
    if len(rows) < layout.header_rows:
        blank = (layout.header_row or 1) + len(rows)
        raise refused(
            f"there are no headings in the row where the contract puts them (row {blank})."
            if layout.header_row
            else "the file has fewer heading rows than the contract states.",
            path.name,
            "Ask for the agreed layout, or correct the contract.",
        )
    if read >= len(start) and not is_whole:
        raise refused("the heading row does not end within a million letters.", path.name, "Ask for the extract again.")
    return _Head(joined_headings(rows), codec, read)


def _codec(start: bytes, path: Path, layout: Layout) -> tuple[str, int]:
    """The codec of the text, and the length of the byte order mark above it. Raises MonitorError."""
    is_utf_16 = layout.encoding.startswith("utf-16")
    marks = {"utf-16": UTF_16_MARKS, "utf-16-le": UTF_16_MARKS[:1], "utf-16-be": UTF_16_MARKS[1:]}
    found = known_format(start)
    if found and not (is_utf_16 and start.startswith(UTF_16_MARKS)):
        raise mismatch(found, path, layout)
    if not is_utf_16:
        if b"\0" in start:
            raise _binary(start, path, layout)
        if not start.startswith(codecs.BOM_UTF8):
            return layout.encoding, 0
        if layout.encoding != "utf-8":
            raise mismatch("text in UTF-8", path, layout)
        return layout.encoding, len(codecs.BOM_UTF8)
    if start.startswith(UTF_16_MARKS):
        if not start.startswith(marks[layout.encoding]):
            raise mismatch("text in UTF-16 of the other byte order", path, layout)
        return ("utf-16-le" if start.startswith(UTF_16_MARKS[0]) else "utf-16-be"), len(UTF_16_MARKS[0])
    if b"\0" not in start:
        # Delimiters and line ends have one in every UTF-16; without this, pairs of letters would read as one.
        raise mismatch("text with one byte to a letter, as in UTF-8", path, layout)
    if layout.encoding == "utf-16":
        raise mismatch("without UTF-16's byte order mark", path, layout)
    return layout.encoding, 0


def _binary(start: bytes, path: Path, layout: Layout) -> MonitorError:
    even, odd = start[0::2].count(0), start[1::2].count(0)
    if not layout.encoding.startswith("utf-16") and min(even, odd) == 0 and max(even, odd) * 4 > len(start):
        return mismatch("text in UTF-16 without its byte order mark, or binary data", path, layout)
    return mismatch("binary data, not text: it holds letters of value zero", path, layout)


def _wrong_encoding(path: Path, layout: Layout) -> MonitorError:
    name = ENCODINGS[layout.encoding]
    return refused(
        f"the file is not written in {name}, as the contract states: it holds bytes that are no letter there.",
        path.name,
        f"Save it as text in {name}, or ask the sender to.",
    )


def _chunks(path: Path) -> Iterator[bytes]:
    with path.open("rb") as file:
        while chunk := file.read(_CHUNK):
            yield chunk


def _refuse_other_letters(chunks: Iterable[bytes], path: Path, layout: Layout) -> None:
    """Refuse text that would decode letter by letter into other letters than were written."""
    decoder = codecs.getincrementaldecoder("utf-8")()
    is_utf_8, is_ascii, has_windows = True, True, False
    for chunk in chunks:
        if chunk.isascii() and is_ascii:
            continue
        is_ascii = False
        has_windows = has_windows or _WINDOWS_ONLY.search(chunk) is not None
        try:
            decoder.decode(chunk)
        except UnicodeDecodeError:
            is_utf_8 = False
            if has_windows:
                break
    if is_ascii:
        return
    if is_utf_8:
        raise mismatch("text in UTF-8", path, layout)
    if has_windows and layout.encoding == "latin-1":
        raise mismatch("text in Windows-1252 or another encoding than Latin-1", path, layout)


def _count(path: Path, layout: Layout, head: _Head, end: int) -> int:
    """Physical records under the headings: line ends outside quotation marks, blank lines aside."""
    decoder = codecs.getincrementaldecoder(head.codec)()
    quotes, lines, last = 0, 0, ord("\n")
    with path.open("rb") as file:
        file.seek(head.body)
        while chunk := file.read(min(_CHUNK, end - file.tell())):
            try:
                text = decoder.decode(chunk)
            except UnicodeDecodeError as wrong:
                raise _wrong_encoding(path, layout) from wrong
            given = text.encode() if head.codec.startswith("utf-16") else chunk
            if b"\0" in given:
                raise _binary(chunk, path, layout)
            quotes, lines, last = _count_lines(given, quotes, lines, last) if given else (quotes, lines, last)
    try:
        decoder.decode(b"", final=True)
    except UnicodeDecodeError as wrong:
        raise _wrong_encoding(path, layout) from wrong
    if quotes:
        raise refused(
            "a quotation mark is opened and never closed, so records cannot be told apart.",
            path.name,
            "Ask for the extract again: it may have been cut short.",
        )
    return lines + (last not in b"\r\n")


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


def _numbers(first: int, rows: int, skipped: Sequence[int]) -> np.ndarray:
    """The numbers of the next `rows` records that were not set aside, counting from `first`."""
    ahead = np.array([number for number in skipped if number >= first], dtype=np.int64)
    numbers = np.arange(first, first + rows + len(ahead), dtype=np.int64)
    return numbers[~np.isin(numbers, ahead)][:rows]


@dataclass(frozen=True)
class _Footer:
    """Where the footer begins, in bytes, and how many rows it has, blank ones aside."""

    first: int
    rows: int


def _find_footer(path: Path, layout: Layout, head: _Head) -> _Footer | None:
    """The first record whose first cell that is not blank has the footer's pattern, and all below it."""
    pattern = re.compile(layout.footer or "")
    read = head.body
    with path.open("rb") as file:
        file.seek(head.body)
        text = io.TextIOWrapper(file, encoding=head.codec, newline="")

        def lines() -> Iterator[str]:
            nonlocal read
            for line in text:
                read += len(line.encode(head.codec))
                yield line

        try:
            first = read
            rows = csv.reader(lines(), delimiter=layout.delimiter)
            for row in rows:
                if is_footer(row, pattern):
                    footer = [row, *(below for below in rows if any(cell.strip() for cell in below))]
                    refuse_records_below(footer, len(head.headings), pattern, path)
                    return _Footer(first, len(footer))
                first = read
        except UnicodeDecodeError as wrong:
            raise _wrong_encoding(path, layout) from wrong
    return None
