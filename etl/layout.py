"""How a file is written, as its contract states it: the nouns both readers share. Nothing is guessed."""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Protocol

import pyarrow as pa

from core.errors import MonitorError, UsageError

TEXT = "text"
WORKBOOK = "workbook"
# The encodings a contract may state, in words for people.
ENCODINGS = {
    "utf-8": "UTF-8",
    "utf-16": "UTF-16",
    "utf-16-le": "UTF-16 (little-endian)",
    "utf-16-be": "UTF-16 (big-endian)",
    "cp1252": "Windows-1252",
    "latin-1": "Latin-1",
}
UTF_16_MARKS = (b"\xff\xfe", b"\xfe\xff")
_ZIP = b"PK\x03\x04"
_SIGNATURES = (
    (b"\xd0\xcf\x11\xe0", "an old Excel workbook or another Office file"),
    (b"%PDF", "a PDF"),
    (b"\x1f\x8b", "a compressed file"),
    *((mark, "text in UTF-16") for mark in UTF_16_MARKS),
)
_START = 1 << 20
_UNPUBLISHED = "Nothing was loaded; the published figures are unchanged."


@dataclass(frozen=True)
class Layout:
    """How one kind of file is written.

    Attributes:
        format: TEXT or WORKBOOK.
        encoding: of text: one of ENCODINGS. UTF-8 may begin with a byte order mark, "utf-16" must.
        delimiter: of text: one ASCII character.
        header_row: the line or sheet row of the first heading row, from 1; None for the first that is not blank.
        header_rows: heading rows. A heading is the parts of its column joined by a space; in a workbook a merged
            heading counts for every column under it.
        footer: a regular expression searched for in the first cell of a record that is not blank (trimmed); that
            record and all below it are the file's footer. None where files have none.
        sheet: of a workbook: the name of the sheet.
    """

    format: str = TEXT
    encoding: str = "utf-8"
    delimiter: str = ","
    header_row: int | None = None
    header_rows: int = 1
    footer: str | None = None
    sheet: str | None = None

    def faults(self) -> tuple[str, ...]:
        """What a contract states that cannot be, a sentence each."""
        found = []
        if self.format not in (TEXT, WORKBOOK):
            found.append(f"The format is neither {TEXT} nor {WORKBOOK}.")
        if self.encoding not in ENCODINGS:
            found.append(f"The encoding is none of {', '.join(ENCODINGS)}.")
        if len(self.delimiter) != 1 or not self.delimiter.isascii() or self.delimiter in '"\r\n\0':
            found.append("The delimiter is not one ASCII character that can part cells.")
        if (self.header_row is not None and self.header_row < 1) or self.header_rows < 1:
            found.append("Rows are counted from 1, and there is at least one heading row.")
        if (self.format == WORKBOOK) != (self.sheet is not None):
            found.append("A workbook's contract names its sheet, and only a workbook's.")
        if self.footer is not None:
            try:
                re.compile(self.footer)
            except re.error:
                found.append("The footer is not a regular expression.")
        return tuple(found)

    def in_words(self) -> str:
        """What the contract states, to put beside what was found."""
        return f"text in {ENCODINGS[self.encoding]}" if self.format == TEXT else "an Excel workbook"


@dataclass(frozen=True)
class Ragged:
    """A record with more or fewer cells than there are headings: its number, its text, and how many cells it has.

    The text of a record of a workbook is its cells written as CSV with the layout's delimiter.
    """

    record_number: int
    raw_text: str
    cells: int


class Table(Protocol):
    """One file, opened and counted, not yet parsed.

    Attributes:
        headings: its headings, trimmed, in the order of its columns.
        records: physical records under the headings and above the footer, counted apart from the parser.
        footer_rows: rows of the footer, blank ones aside.
    """

    @property
    def headings(self) -> tuple[str, ...]:
        """See above."""
        ...

    @property
    def records(self) -> int:
        """See above."""
        ...

    @property
    def footer_rows(self) -> int:
        """See above."""
        ...

    def read(self, columns: Mapping[str, int], fields: Sequence[str], ragged: list[Ragged]) -> pa.RecordBatchReader:
        """Every record as text, in batches: record_number (int64, from 1 in the file's order), then `fields`.

        Args:
            columns: field -> position of its column, from 0.
            fields: the columns wanted, in this order; those without a position are null throughout.
            ragged: records set aside are put here, in the file's order, as the batches are drawn.

        An empty cell is null; every other cell is kept letter by letter.
        """
        ...


def schema_of(fields: Sequence[str]) -> pa.Schema:
    """The columns of what a table reads: record_number and every field as text."""
    return pa.schema([("record_number", pa.int64()), *((field, pa.string()) for field in fields)])


def refused(what: str, where: str, action: str, *, usage: bool = False) -> MonitorError:
    """A file is refused whole."""
    return (UsageError if usage else MonitorError)(what, where=where, meaning=_UNPUBLISHED, action=action)


def mismatch(found: str, path: Path, layout: Layout) -> MonitorError:
    """A file is written in another way than its contract states; `found` says in which."""
    return refused(
        f"the file is {found}; the contract states {layout.in_words()}.",
        path.name,
        f"Save it as {layout.in_words()}, or ask the sender to.",
    )


def read_start(path: Path) -> tuple[bytes, bool]:
    """The first bytes of a file (1 MiB at most), and whether they are all of it. Raises MonitorError."""
    if path.is_dir():
        raise refused("a folder was given where a file is needed.", path.name, "Name the files in it.")
    try:
        with path.open("rb") as file:
            start = file.read(_START)
            is_whole = len(start) < _START or not file.read(1)
    except FileNotFoundError as missing:
        raise refused("the file is not there.", path.name, "Check its name and folder.") from missing
    except OSError as unreadable:
        raise refused("the file could not be read.", path.name, "Check who may read it.") from unreadable
    if not start.strip():
        raise refused("the file is empty.", path.name, "Ask for the extract again.")
    return start, is_whole


def known_format(start: bytes) -> str | None:
    """What the first bytes of a file say it is, in words, or None when they say nothing."""
    if start.startswith(_ZIP):
        # The names of the files inside an archive are not compressed.
        return "an Excel workbook" if b"xl/" in start else "a zip archive"
    return next((words for signature, words in _SIGNATURES if start.startswith(signature)), None)


def joined_headings(rows: Sequence[Sequence[str]]) -> tuple[str, ...]:
    """The heading of every column: the parts given for it, from the top, trimmed and joined by a space."""
    width = max((len(row) for row in rows), default=0)
    padded = [[*row, *[""] * (width - len(row))] for row in rows]
    return tuple(" ".join(part.strip() for part in parts if part.strip()) for parts in zip(*padded, strict=True))


def refuse_records_below(footer: Sequence[Sequence[str]], width: int, pattern: re.Pattern[str], path: Path) -> None:
    """Refuse a footer below which there are records: taken for it, they would be lost without a word.

    A row of the footer passes for a record when it fills more than half of the columns and is not itself a footer's.
    """
    for cells in footer:
        filled = [cell for cell in cells if cell.strip()]
        if len(filled) * 2 > width and not is_footer(cells, pattern):
            raise refused(
                "below the row that the contract takes for the file's footer there are rows that look like records.",
                path.name,
                "Make the contract's footer pattern narrower, or ask for the extract without its footer.",
            )


def is_footer(cells: Sequence[str], pattern: re.Pattern[str]) -> bool:
    """Whether a footer begins with this row."""
    first = next((cell.strip() for cell in cells if cell.strip()), None)
    return first is not None and pattern.search(first) is not None
