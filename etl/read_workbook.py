"""Read one sheet of an Excel workbook (XLSX, XLSM, XLS) as its contract states it is laid out.

The cells of an XLSX are python-calamine's, those of an XLS xlrd's: calamine takes a damaged XLS at its word, and asks
for hundreds of gigabytes. Each sheet is also surveyed by a reader that shares no code with the first: which rows hold
anything. The rows counted and the rows read must agree.

What is independent: of an XLSX, the survey streams the sheet's XML through expat; it also finds what calamine does not
tell (error values, numbers shown with leading zeros, formulas never calculated) and how far the cells reach. Of an
XLS, it walks the records of the sheet's stream, which xlrd finds in the file. What is not: merged ranges, and whether
a number is a date, are one reader's word.

Macros are never run and links to other files never followed: a formula's value is the one the sender's program stored.
Rows and columns that are hidden or filtered out are read like the others.
"""

from __future__ import annotations

import csv
import hashlib
import io
import posixpath
import re
import struct
import zipfile
import zlib
from bisect import bisect_left
from collections import Counter
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date, datetime, time, timedelta
from decimal import Decimal
from functools import lru_cache
from itertools import islice
from pathlib import Path
from typing import Any
from xml.parsers import expat

import pyarrow as pa
import python_calamine
import xlrd

from core.errors import MonitorError
from etl.layout import (
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

Cell = str | bool | float | int | date | datetime | time | timedelta
_BATCH = 20_000
_CHUNK = 1 << 20
# What an archive may unpack to, and how many cells the rectangle around a sheet's content may have: calamine lays out
# the whole rectangle, so one cell far down and one far right would fill the memory.
_UNPACKED_LIMIT = 1 << 30
_CELL_LIMIT = 50_000_000
# Letters of the shortest element there is.
_LEAST_ELEMENT = len("<c/>")
# How a workbook writes the letter of value zero, which no text may hold.
_ZERO_LETTER = "_x0000_"
_ROW_LIMIT, _COLUMN_LIMIT = 1_048_576, 16_384
_ENCRYPTED_PART = "EncryptedPackage".encode("utf-16-le")
# Records of an XLS: the beginning and end of a sheet, a sheet's name and place, and the cells that are not blank.
_BEGIN_RECORD, _END_RECORD, _SHEET_RECORD = 0x0809, 0x000A, 0x0085
_FORMULA_RECORDS = {0x0006, 0x0206, 0x0406}
_TEXT_RECORDS = {0x0204, 0x00D6}
_CELL_RECORDS = {0x0203, 0x027E, 0x00BD, 0x00FD, 0x0205} | _FORMULA_RECORDS | _TEXT_RECORDS
_ARCHIVE, _OLD = b"PK", b"\xd0\xcf\x11\xe0"
# What damage looks like to the readers: they take a file at its word until it contradicts itself.
_DAMAGED = (
    zipfile.BadZipFile,
    zlib.error,
    EOFError,
    LookupError,
    NotImplementedError,
    OSError,
    UnicodeDecodeError,
    ValueError,
    expat.ExpatError,
)
_DAMAGED_OLD = (
    xlrd.XLRDError,
    xlrd.compdoc.CompDocError,
    xlrd.formula.FormulaError,
    struct.error,
    ArithmeticError,
    AssertionError,
    AttributeError,
    LookupError,
    OSError,
    RuntimeError,
    TypeError,
    ValueError,
)


@dataclass
class _Survey:
    """What a sheet holds by its second reading; rows and columns are counted from 0.

    Attributes:
        rows: the rows with any cell that is not blank, from the top.
        width: columns up to the last cell that is not blank.
        shown: row -> column -> the text of a cell that calamine tells otherwise than the sheet shows it.
        uncalculated: rows with a formula whose value was never stored.
    """

    rows: list[int] = field(default_factory=list)
    width: int = 0
    shown: dict[int, dict[int, str]] = field(default_factory=dict)
    uncalculated: list[int] = field(default_factory=list)


@dataclass(frozen=True)
class _Sheet:
    """A sheet opened by both readers: its file, a way to go through its rows, its merged ranges, its survey.

    A merged range is ((first row, first column), (last row, last column)), from 0.
    """

    path: Path
    all_rows: Callable[[], Iterable[Sequence[Cell]]]
    merged: Sequence[tuple[tuple[int, int], tuple[int, int]]]
    survey: _Survey

    def rows(self, first: int, end: int) -> Iterator[tuple[int, list[Cell]]]:
        """Rows from `first` to before `end` with anything in them, cut behind the last cell that is not blank."""
        for number, row in islice(enumerate(self.all_rows()), first, end):
            cells: list[Cell] = list(row)
            for column, text in self.survey.shown.get(number, {}).items():
                cells += [""] * (column + 1 - len(cells))
                cells[column] = text
            while cells and cells[-1] == "":
                cells.pop()
            if cells:
                yield number, cells


@dataclass(frozen=True)
class WorkbookTable:
    """A sheet of a workbook; see etl.layout.Table.

    Attributes:
        headings, records, footer_rows: as of every table.
        layout: how the workbook is laid out.
        sheet: the sheet, opened.
        body: the sheet's rows from the first record to before the footer, from 0.
    """

    headings: tuple[str, ...]
    records: int
    footer_rows: int
    layout: Layout
    sheet: _Sheet
    body: tuple[int, int]

    def read(self, columns: Mapping[str, int], fields: Sequence[str], ragged: list[Ragged]) -> pa.RecordBatchReader:
        """See etl.layout.Table.read. A record without as many cells as headings is ragged only when it has more."""
        return pa.RecordBatchReader.from_batches(schema_of(fields), self._batches(columns, fields, ragged))

    def _batches(
        self, columns: Mapping[str, int], fields: Sequence[str], ragged: list[Ragged]
    ) -> Iterator[pa.RecordBatch]:
        schema = schema_of(fields)
        places = [columns.get(field) for field in fields]
        width = len(self.headings)
        rows = enumerate((cells for _, cells in self.sheet.rows(*self.body)), start=1)
        while batch := list(islice(rows, _BATCH)):
            ragged += [
                Ragged(number, _as_csv(cells, self.layout.delimiter), len(cells))
                for number, cells in batch
                if len(cells) > width
            ]
            kept = [(number, cells) for number, cells in batch if len(cells) <= width]
            yield pa.record_batch(
                [
                    pa.array([number for number, _ in kept], pa.int64()),
                    *(pa.array([_at(cells, place) for _, cells in kept], pa.string()) for place in places),
                ],
                schema,
            )


def read_headings(path: Path, layout: Layout) -> tuple[str, ...]:
    """The headings of the sheet the layout names. Raises MonitorError when they cannot be read as stated."""
    sheet = _open(path, layout)
    return _headings(sheet, layout, _header_row(sheet, layout))


def open_workbook(path: Path, layout: Layout) -> WorkbookTable:
    """Open and count one sheet. Raises MonitorError when the file is not what the layout states."""
    sheet = _open(path, layout)
    header = _header_row(sheet, layout)
    headings = _headings(sheet, layout, header)
    first = header + layout.header_rows
    written = sheet.survey.rows
    end = _footer_row(sheet, layout, first, len(headings)) or (written[-1] + 1 if written else first)
    body = written[bisect_left(written, first) : bisect_left(written, end)]
    if not body:
        raise refused("the sheet has headings and no records.", path.name, "Ask for the extract again.")
    if any(first <= below and above <= body[-1] for (above, _), (below, _) in sheet.merged):
        raise refused(
            "cells are merged among the records, so it cannot be told which record they belong to.",
            path.name,
            "Ask for the extract without merged cells, or part them and fill every cell.",
        )
    if any(header <= row < end for row in sheet.survey.uncalculated):
        raise refused(
            "the sheet holds formulas whose values were never worked out.",
            path.name,
            "Open the workbook, let it calculate, and save it; or ask for the extract as values.",
        )
    footer_rows = len(written) - bisect_left(written, end)
    return WorkbookTable(headings, len(body), footer_rows, layout, sheet, (first, end))


def _at(cells: Sequence[Cell], place: int | None) -> str | None:
    return _text(cells[place]) or None if place is not None and place < len(cells) else None


def _as_csv(cells: Sequence[Cell], delimiter: str) -> str:
    written = io.StringIO(newline="")
    csv.writer(written, delimiter=delimiter, lineterminator="").writerow([_text(cell) for cell in cells])
    return written.getvalue()


def _text(cell: Cell) -> str:
    """A cell as text: dates as ISO, whole numbers without a point, nothing in scientific notation."""
    if isinstance(cell, str):
        return cell
    if isinstance(cell, bool):
        return "TRUE" if cell else "FALSE"
    if isinstance(cell, datetime):
        # A time of day is a fraction, so it may miss a whole second by a hair.
        whole = (cell + timedelta(milliseconds=500)).replace(microsecond=0)
        return whole.isoformat(" ") if whole.time() != time() else whole.date().isoformat()
    if isinstance(cell, date):
        return cell.isoformat()
    if isinstance(cell, time):
        return cell.isoformat("seconds")
    if isinstance(cell, timedelta):
        minutes, seconds = divmod(round(cell.total_seconds()), 60)
        return f"{minutes // 60}:{minutes % 60:02}:{seconds:02}"
    if isinstance(cell, float) and not cell.is_integer():
        return format(Decimal(repr(cell)), "f")
    return str(int(cell))


def _header_row(sheet: _Sheet, layout: Layout) -> int:
    if layout.header_row is not None:
        return layout.header_row - 1
    if not sheet.survey.rows:
        raise refused("the sheet is empty.", sheet.path.name, "Ask for the extract again.")
    return sheet.survey.rows[0]


def _headings(sheet: _Sheet, layout: Layout, header: int) -> tuple[str, ...]:
    """The headings, a merged one counting once for every column under it. Raises MonitorError when a row has none."""
    end = header + layout.header_rows
    rows = [[""] * sheet.survey.width for _ in range(header, end)]
    for number, cells in sheet.rows(header, end):
        rows[number - header][: len(cells)] = [_text(cell) for cell in cells]
    covered: set[int] = set()
    for (above, left), (below, right) in sheet.merged:
        if below < header or above >= end:
            continue
        text = next((_at(cells, left) or "" for _, cells in sheet.rows(above, above + 1)), "")
        top = max(above - header, 0)
        rows[top] += [""] * (right + 1 - len(rows[top]))
        rows[top][left : right + 1] = [text] * (right + 1 - left)
        covered.update(range(top, min(below, end - 1) - header + 1))
    blank = [at for at, row in enumerate(rows) if at not in covered and not any(cell.strip() for cell in row)]
    if blank or not any(cell.strip() for row in rows for cell in row):
        at = blank[0] if blank else 0
        raise refused(
            f"there are no headings in the row where the contract puts them (row {header + at + 1}).",
            sheet.path.name,
            "Ask for the agreed layout, or correct the contract.",
        )
    headings = joined_headings(rows)
    return headings[: 1 + max(at for at, heading in enumerate(headings) if heading)]


def _footer_row(sheet: _Sheet, layout: Layout, first: int, width: int) -> int | None:
    """The row where the footer begins, or None."""
    if layout.footer is None:
        return None
    pattern = re.compile(layout.footer)
    rows = ((number, [_text(cell) for cell in cells]) for number, cells in sheet.rows(first, _ROW_LIMIT))
    for number, cells in rows:
        if is_footer(cells, pattern):
            refuse_records_below([cells, *(below for _, below in rows)], width, pattern, sheet.path)
            return number
    return None


def _open(path: Path, layout: Layout) -> _Sheet:
    """The sheet the layout names. Raises MonitorError when the file is no workbook, locked, damaged or too large."""
    start, _ = read_start(path)
    if start.startswith((_ARCHIVE, _OLD)):
        with path.open("rb") as file:
            return _open_once(path, layout, hashlib.file_digest(file, "sha256").hexdigest())
    raise mismatch(known_format(start) or "text, or something else that is no workbook", path, layout)


@lru_cache(maxsize=1)
def _open_once(path: Path, layout: Layout, fingerprint: str) -> _Sheet:
    """The sheet opened last is kept: a file's headings are read to see what it is, and then the file."""
    with path.open("rb") as file:
        is_archive = file.read(len(_ARCHIVE)) == _ARCHIVE
    return _open_archive(path, layout) if is_archive else _open_old(path, layout)


def _open_archive(path: Path, layout: Layout) -> _Sheet:
    try:
        # The survey comes first: it keeps damage, and a sheet that would fill the memory, from calamine.
        survey = _survey_archive(path, layout)
        with python_calamine.load_workbook(path) as workbook:
            names = [
                sheet.name for sheet in workbook.sheets_metadata if sheet.typ == python_calamine.SheetTypeEnum.WorkSheet
            ]
            _refuse_other_sheets(names, path, layout)
            cells = workbook.get_sheet_by_name(str(layout.sheet))
    except (python_calamine.CalamineError, *_DAMAGED):
        # The readers' own messages may quote a cell, so they go no further.
        raise _unreadable(path) from None
    except BaseException as stop:
        # What stops calamine short comes as no Exception, and is known by its name alone.
        if type(stop).__name__ != "PanicException":
            raise
        raise _unreadable(path) from None
    # Calamine's rows are all rows of the sheet, but begin at the first column with anything in it.
    left = [""] * (cells.start[1] if cells.start else 0)
    return _Sheet(path, lambda: (left + row for row in cells.iter_rows()), cells.merged_cell_ranges or [], survey)


def _locked(path: Path) -> MonitorError:
    return refused(
        "a password protects the workbook, so it cannot be read.", path.name, "Ask for it without the password."
    )


def _unreadable(path: Path) -> MonitorError:
    return refused(
        "the file cannot be read as an Excel workbook: it is damaged, or of another kind.",
        path.name,
        "Open it in the program that made it and save it again as XLSX, or ask for the extract again.",
    )


def _too_large(path: Path, what: str) -> MonitorError:
    return refused(f"the workbook {what}.", path.name, "Ask for the extract as CSV, or without its empty reaches.")


def _refuse_other_sheets(names: Sequence[str], path: Path, layout: Layout) -> None:
    if names.count(str(layout.sheet)) != 1:
        raise refused(
            f"the workbook has no sheet of cells named '{layout.sheet}'; it has {len(names)} of other names."
            if layout.sheet not in names
            else f"the workbook has more than one sheet named '{layout.sheet}'.",
            path.name,
            "Ask for the agreed layout, or name the sheet in the contract.",
        )


def _survey_archive(path: Path, layout: Layout) -> _Survey:
    """Survey a sheet of an XLSX through its XML. Raises MonitorError, or one of _DAMAGED."""
    with zipfile.ZipFile(path) as archive:
        parts = archive.infolist()
        names = [part.filename for part in parts]
        if "xl/workbook.xml" not in names:
            is_binary = "xl/workbook.bin" in names
            raise mismatch("an Excel workbook in binary form (XLSB)" if is_binary else "a zip archive", path, layout)
        if any(part.flag_bits & 1 for part in parts):
            raise _locked(path)
        if sum(part.file_size for part in parts) > _UNPACKED_LIMIT:
            raise _too_large(path, "unpacks to more than a gigabyte")
        if len(set(names)) < len(names):
            # Two readers could take two different parts of one name.
            raise zipfile.BadZipFile
        part = _part_of(archive, str(layout.sheet))
        if part is None:
            return _Survey()
        reader = _SheetReader(_blank_strings(archive), _zeros_of_styles(archive))
        _parse(archive, part, reader.start, reader.end, reader.text)
    survey = reader.survey
    if survey.rows and (survey.rows[-1] - survey.rows[0] + 1) * survey.width > _CELL_LIMIT:
        raise _too_large(path, "has cells so far apart that it cannot be laid out")
    return survey


def _parse(
    archive: zipfile.ZipFile,
    part: str,
    start: Callable[[str, dict[str, str]], None],
    end: Callable[[str], None] | None = None,
    text: Callable[[str], None] | None = None,
) -> None:
    """Stream one part of an archive through expat; names come without their prefix."""

    def refuse_doctype(*_: object) -> None:
        # It is where entities that expand without end are declared; no workbook has one.
        raise ValueError

    most = sum(found.file_size for found in archive.infolist()) // _LEAST_ELEMENT

    def begin(name: str, given: dict[str, str]) -> None:
        # Calamine sets memory aside for as many elements as are announced, were it more than the machine has.
        if "count" in given or "uniqueCount" in given:
            announced = max(int(given.get("count", "0")), int(given.get("uniqueCount", "0")))
            if announced > most:
                raise ValueError
        start(name.rpartition(":")[2] if ":" in name else name, given)

    parser = expat.ParserCreate()
    parser.buffer_text = True
    parser.StartDoctypeDeclHandler = refuse_doctype
    parser.StartElementHandler = begin
    if end is not None:
        parser.EndElementHandler = lambda name: end(name.rpartition(":")[2] if ":" in name else name)
    if text is not None:
        parser.CharacterDataHandler = text
    with archive.open(part) as file:
        while chunk := file.read(_CHUNK):
            parser.Parse(chunk, False)
    parser.Parse(b"", True)


def _part_of(archive: zipfile.ZipFile, sheet: str) -> str | None:
    """The part of the archive that holds the sheet of this name, or None."""
    identities: list[str] = []
    targets: dict[str, str] = {}

    def see_sheet(name: str, given: dict[str, str]) -> None:
        if name == "sheet" and given.get("name") == sheet:
            identities.extend(value for key, value in given.items() if key.rpartition(":")[2] == "id")

    def see_relation(name: str, given: dict[str, str]) -> None:
        if name == "Relationship":
            targets[given["Id"]] = given["Target"]

    _parse(archive, "xl/workbook.xml", see_sheet)
    _parse(archive, "xl/_rels/workbook.xml.rels", see_relation)
    found = [targets[identity] for identity in identities if identity in targets]
    return posixpath.normpath(posixpath.join("/xl", found[0])).lstrip("/") if len(found) == 1 else None


def _blank_strings(archive: zipfile.ZipFile) -> list[bool]:
    """Of every shared string, whether it is empty."""
    blank: list[bool] = []
    within: Counter[str] = Counter()
    is_kept = False

    def start(name: str, given: dict[str, str]) -> None:
        nonlocal is_kept
        within[name] += 1
        if name == "si":
            blank.append(True)
        elif name == "t":
            is_kept = _keeps_space(given)

    def end(name: str) -> None:
        within[name] -= 1

    def text(given: str) -> None:
        # How a word is spoken (rPh) is no part of it.
        if within["t"] and not within["rPh"] and within["si"] and (is_kept or given.strip()):
            if _ZERO_LETTER in given:
                raise ValueError
            blank[-1] = False

    if "xl/sharedStrings.xml" in archive.namelist():
        _parse(archive, "xl/sharedStrings.xml", start, end, text)
    return blank


def _keeps_space(given: dict[str, str]) -> bool:
    """Whether the space around an element's text is part of it."""
    return given.get("xml:space") == "preserve"


def _zeros_of_styles(archive: zipfile.ZipFile) -> list[int]:
    """Of every cell style, how many digits its number format shows at least, where it is made of noughts alone."""
    formats: dict[str, str] = {}
    styles: list[int] = []
    within: Counter[str] = Counter()

    def start(name: str, given: dict[str, str]) -> None:
        within[name] += 1
        if name == "numFmt" and within["numFmts"]:
            formats[given["numFmtId"]] = given["formatCode"]
        elif name == "xf" and within["cellXfs"]:
            styles.append(_zeros_of(formats.get(given.get("numFmtId", ""), "")))

    def end(name: str) -> None:
        within[name] -= 1

    if "xl/styles.xml" in archive.namelist():
        _parse(archive, "xl/styles.xml", start, end)
    return styles


def _zeros_of(number_format: str) -> int:
    return len(number_format) if re.fullmatch("00+", number_format) else 0


def _with_zeros(number: float, zeros: int) -> str | None:
    """A number as a format of noughts shows it, or None where it shows it as it is."""
    return str(int(number)).zfill(zeros) if number.is_integer() and 0 <= number < 10 ** (zeros - 1) else None


class _SheetReader:
    """Take a sheet's XML in, element by element; what it found is in `survey`. Millions of elements: kept plain."""

    __slots__ = (
        "_blank_strings", "_column", "_has_formula", "_in_cells", "_is_kept", "_row", "_row_name", "_style", "_taken",
        "_type", "_value", "_zeros", "survey",
    )  # fmt: skip

    def __init__(self, blank_strings: list[bool], zeros: list[int]) -> None:
        self.survey = _Survey()
        self._blank_strings = blank_strings
        self._zeros = zeros
        self._in_cells = False
        self._row = self._column = -1
        self._row_name = ""
        self._type = "n"
        self._style = ""
        self._has_formula = self._is_kept = False
        # What the element being read is a part of: the cell's value ("v"), its own text ("t"), or neither.
        self._taken = ""
        self._value = ""

    def start(self, name: str, given: dict[str, str]) -> None:
        """An element begins."""
        if name == "sheetData":
            self._in_cells = True
        elif not self._in_cells:
            return
        elif name == "c":
            column = _column_of(given["r"], self._row_name) if "r" in given else self._column + 1
            self._column = _further(column, self._column, _COLUMN_LIMIT)
            self._type, self._style = given.get("t", "n"), given.get("s", "")
            self._has_formula = False
            self._value = self._taken = ""
        elif name == "v":
            self._taken = "v" if self._type != "inlineStr" else ""
        elif name == "t":
            self._is_kept = _keeps_space(given)
            self._taken = "t" if self._type == "inlineStr" and self._taken != "rPh" else self._taken
        elif name == "f":
            self._has_formula = True
        elif name == "rPh":
            # How a word is spoken is no part of it.
            self._taken = "rPh"
        elif name == "row":
            row = int(given["r"]) - 1 if "r" in given else self._row + 1
            self._row, self._column = _further(row, self._row, _ROW_LIMIT), -1
            self._row_name = str(row + 1)

    def text(self, given: str) -> None:
        """Letters of an element."""
        if self._taken == "v" or (self._taken == "t" and (self._is_kept or given.strip())):
            self._value += given

    def end(self, name: str) -> None:
        """An element ends; with a cell, what it holds is known."""
        if name == "c":
            if self._in_cells:
                self._see_cell(self._value)
        elif name == "sheetData":
            self._in_cells = False
        elif name == "rPh" or (name in ("v", "t") and self._taken != "rPh"):
            self._taken = ""

    def _see_cell(self, value: str) -> None:
        survey, kind, row = self.survey, self._type, self._row
        if not value:
            if self._has_formula and kind != "str":
                survey.uncalculated.append(row)
            return
        if kind == "s":
            if self._blank_strings[int(value)]:
                return
        elif _ZERO_LETTER in value:
            raise ValueError
        if not survey.rows or survey.rows[-1] != row:
            survey.rows.append(row)
        if self._column >= survey.width:
            survey.width = self._column + 1
        if kind == "e":
            survey.shown.setdefault(row, {})[self._column] = value
        elif kind == "n" and self._style and (zeros := self._zeros[int(self._style)]):
            shown = _with_zeros(float(value), zeros)
            if shown is not None:
                survey.shown.setdefault(row, {})[self._column] = shown


def _further(found: int, last: int, limit: int) -> int:
    """A row or column behind the last. Raises ValueError when it is not: what stands there twice would be lost."""
    if not last < found < limit:
        raise ValueError
    return found


def _column_of(reference: str, row: str) -> int:
    """The column of a cell of this row, from 0, by its reference, as D is in D7. Raises ValueError when it has none."""
    letters = reference.rstrip("0123456789")
    if reference[len(letters) :] != row:
        raise ValueError
    return _column_named(letters)


@lru_cache(maxsize=_COLUMN_LIMIT)
def _column_named(letters: str) -> int:
    if not re.fullmatch("[A-Z]{1,3}", letters):
        raise ValueError
    column = 0
    for letter in letters:
        column = column * 26 + ord(letter) - ord("A") + 1
    return column - 1


def _open_old(path: Path, layout: Layout) -> _Sheet:
    """A sheet of an XLS. Raises MonitorError."""
    content = path.read_bytes()
    try:
        book = xlrd.open_workbook(file_contents=content, logfile=io.StringIO(), formatting_info=True, ragged_rows=True)
        _refuse_other_sheets(book.sheet_names(), path, layout)
        sheet = book.sheet_by_name(layout.sheet)
        zeros = [_zeros_of(book.format_map[style.format_key].format_str) for style in book.xf_list]
        rows = [[_old_cell(cell, zeros, book.datemode) for cell in sheet.row(row)] for row in range(sheet.nrows)]
        written = _rows_of_stream(content, book.sheet_names().index(layout.sheet))
        merged = [((above, left), (below - 1, right - 1)) for above, below, left, right in sheet.merged_cells]
    except _DAMAGED_OLD as damaged:
        # A workbook of today under a password is an old one's container around an encrypted part.
        is_locked = "encrypted" in str(damaged) or _ENCRYPTED_PART in content
        raise (_locked(path) if is_locked else _unreadable(path)) from None
    return _Sheet(path, lambda: rows, merged, _Survey(written, max(map(len, rows), default=0)))


def _old_cell(cell: Any, zeros: Sequence[int], date_mode: int) -> Cell:
    if cell.ctype == xlrd.XL_CELL_ERROR:
        return str(xlrd.error_text_from_code[cell.value])
    if cell.ctype == xlrd.XL_CELL_BOOLEAN:
        return bool(cell.value)
    if cell.ctype == xlrd.XL_CELL_DATE:
        found: datetime = xlrd.xldate_as_datetime(cell.value, date_mode)
        return found.time() if 0 <= cell.value < 1 else found
    if cell.ctype == xlrd.XL_CELL_NUMBER:
        shown = _with_zeros(cell.value, zeros[cell.xf_index]) if zeros[cell.xf_index] else None
        return shown or float(cell.value)
    return str(cell.value)


def _rows_of_stream(content: bytes, sheet: int) -> list[int]:
    """The rows with any cell that is not blank, from the records of the n-th sheet of cells of an XLS.

    The records are those of [MS-XLS]: a kind and a length of two bytes each, then that many bytes.
    """
    container = xlrd.compdoc.CompDoc(content, logfile=io.StringIO())
    memory, base, length = container.locate_named_stream("Workbook")
    if memory is None:
        memory, base, length = container.locate_named_stream("Book")
    stream = memory[base : base + length]
    sheets = [
        int.from_bytes(given[:4], "little")
        for kind, given in _records(stream, 0)
        # A chart or a macro's sheet has another number here.
        if kind == _SHEET_RECORD and given[5] == 0
    ]
    rows = set()
    for kind, given in _records(stream, sheets[sheet]):
        is_empty_text = (kind in _FORMULA_RECORDS and given[6] == 3 and given[12:14] == b"\xff\xff") or (
            kind in _TEXT_RECORDS and given[6:8] == b"\0\0"
        )
        if kind in _CELL_RECORDS and not is_empty_text:
            rows.add(int.from_bytes(given[:2], "little"))
    return sorted(rows)


def _records(stream: bytes, at: int) -> Iterator[tuple[int, bytes]]:
    """(kind, content) of the records from one beginning (BOF) to its end (EOF), those of what is embedded aside."""
    depth = 0
    while True:
        kind, length = struct.unpack_from("<HH", stream, at)
        given = stream[at + 4 : at + 4 + length]
        at += 4 + length
        depth += kind == _BEGIN_RECORD
        if depth == 1:
            yield kind, given
        depth -= kind == _END_RECORD
        if depth < 1:
            return
