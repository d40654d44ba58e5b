"""Reading an exchange workbook that came back: everything that is wrong with it, or everything it would change.

The file is somebody else's. It is measured before it is unpacked, refused when it holds a program or fetches from
elsewhere, and read with a parser that is given nothing to expand. No message quotes a cell: what people typed stays in
their workbook until the whole of it can be kept.
"""

from __future__ import annotations

import io
import re
import struct
import warnings
import zipfile
import zlib
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any
from xml.parsers import expat

from openpyxl import load_workbook
from openpyxl.utils import get_column_letter
from openpyxl.utils.exceptions import InvalidFileException

from core import words
from core.periods import Quarter, moment_label
from register.exchange_sheets import (
    CHOICE,
    COUNT,
    FORMAT,
    INSTRUCTIONS,
    JOIN,
    LONGEST,
    MACHINE,
    MOST,
    OPEN,
    SHEETS,
    SHOWN,
    TEXT,
    TITLE_ROWS,
    Line,
    Sheet,
    lines,
    plain,
    say,
    seal,
)
from register.read import Record, Row
from register.tables import KEPT, key, values
from register.write import Written

LARGEST = 5 * 1024 * 1024
"""The most bytes of a file."""

LARGEST_UNPACKED = 20 * 1024 * 1024
"""The most bytes it may unpack to, as its own directory says; a real one is under 1 MB."""

_MOST_PARTS = 300
_MOST_ROWS = 5_000  # rows of one sheet that hold anything
_DEEPEST = 60  # levels of one part; real ones have about ten
# A part that is no XML is a kind of SyntaxError with either of the two libraries openpyxl may read it with.
_READING_FAILS = (
    zipfile.BadZipFile, zlib.error, struct.error, SyntaxError, InvalidFileException, LookupError, ValueError,
    TypeError, AttributeError, RuntimeError, EOFError, OverflowError, AssertionError, OSError, MemoryError,
)  # fmt: skip
_PROGRAMS = re.compile(r"vbaproject|macrosheets/|activex/|embeddings/", re.IGNORECASE)
_ELSEWHERE = re.compile(r"externallinks/|(^|/)connections\.xml$|querytables/", re.IGNORECASE)

# It warns about cells by quoting them.
warnings.filterwarnings("ignore", module=r"openpyxl\.")


@dataclass(frozen=True)
class Problem:
    """Something that keeps a workbook from being applied.

    Attributes:
        sheet: the sheet's name, empty for the file as a whole.
        cell: such as `C7`; empty for a sheet as a whole.
        what, action: what is wrong and what to do, never with what a cell says.
    """

    sheet: str
    cell: str
    what: str
    action: str


@dataclass(frozen=True)
class Change:
    """One thing an upload would change: where, in words, and what it says before and after."""

    sheet: str
    label: str
    field: str
    before: str
    after: str


@dataclass(frozen=True)
class Upload:
    """What a workbook that came back holds.

    Attributes:
        plan_code, quarter_code, organisation_codes: what it is about; empty when it could not be read.
        problems: everything wrong with it. While there are any, nothing of it can be applied.
        written: the rows that differ from the register, each with the version it was based on.
        changes: the same, field by field, for people.
    """

    plan_code: str = ""
    quarter_code: str = ""
    organisation_codes: tuple[str, ...] = ()
    problems: tuple[Problem, ...] = ()
    written: tuple[Written, ...] = ()
    changes: tuple[Change, ...] = ()


@dataclass(frozen=True)
class _Cell:
    value: Any
    kind: str  # as the file says: n number, s text, b yes or no, d day, e error, f formula

    @property
    def is_empty(self) -> bool:
        return self.value is None or (self.kind == "s" and not str(self.value).strip())


_EMPTY = _Cell(None, "n")
_Grid = dict[int, list[_Cell]]


@dataclass(frozen=True)
class _Sent:
    """One row as it was sent out: its version then, and the sum over what is locked."""

    version: int
    seal: str


@dataclass
class _Note:
    """What a workbook says of itself on its sheet for the machine."""

    format: str = ""
    plan_code: str = ""
    quarter_code: str = ""
    made_up: str = ""
    organisations: list[str] = field(default_factory=list)
    rows: dict[str, dict[str, _Sent]] = field(default_factory=dict)


def read(data: bytes, record: Record) -> Upload:
    """Check a whole workbook against the record; applies nothing.

    Args:
        data: the file.
        record: the register as it is now.

    Returns:
        Its problems, all of them; or, where there are none, what it would change.
    """
    refused = _package(data)
    if refused:
        return Upload(problems=(_problem("", "", refused),))
    try:
        grids = _grids(data)
    except _READING_FAILS:
        return Upload(problems=(_problem("", "", "damaged"),))
    note = _note(grids.get(say("sheets", MACHINE)))
    refused = _about(note, record)
    if note is None or refused:
        return Upload(problems=(_problem("", "", refused),))
    reading = _Reading(note, record)
    reading.check_sheets(list(grids))
    for sheet in SHEETS:
        if sheet.name in note.rows and sheet.title in grids:
            reading.check(sheet, grids[sheet.title])
    is_whole = not reading.problems
    return Upload(
        note.plan_code,
        note.quarter_code,
        tuple(note.organisations),
        tuple(reading.problems),
        tuple(reading.written) if is_whole else (),
        tuple(reading.changes) if is_whole else (),
    )


def _package(data: bytes) -> str:
    """Which problem the file has as a file, empty for none: found from its directory, before anything is unpacked."""
    if len(data) > LARGEST:
        return "too_large"
    try:
        with zipfile.ZipFile(io.BytesIO(data)) as package:
            parts = package.infolist()
            names = [part.filename for part in parts]
            if len(parts) > _MOST_PARTS or sum(part.file_size for part in parts) > LARGEST_UNPACKED:
                return "unpacks_too_large"
            if len(set(names)) < len(names) or package.testzip() is not None:
                return "damaged"
            if "[Content_Types].xml" not in names:
                return "not_a_workbook"
            kinds = package.read("[Content_Types].xml").lower()
            if b"macro" in kinds or any(_PROGRAMS.search(name) for name in names):
                return "macros"
            links = b"".join(package.read(name) for name in names if name.endswith(".rels"))
            if b"/externalLink" in links or any(_ELSEWHERE.search(name) for name in names):
                return "external_links"
            if not all(_is_harmless(package.read(name)) for name in names):
                return "damaged"
    except _READING_FAILS:
        return "damaged" if data.startswith(b"PK") else "not_a_workbook"
    return ""


class _Harmful(Exception):
    """A part declares a document type, from which entities could be expanded, or is nested without end."""


def _is_harmless(part: bytes) -> bool:
    """Whether a part of the file can be given to a parser.

    The same parser looks first, in whatever encoding the part is written, and stops at a document type.
    """
    depth = 0

    def begin(*_: object) -> None:
        nonlocal depth
        depth += 1
        if depth > _DEEPEST:
            raise _Harmful

    def end(*_: object) -> None:
        nonlocal depth
        depth -= 1

    def declare(*_: object) -> None:
        raise _Harmful

    looking = expat.ParserCreate()
    looking.StartDoctypeDeclHandler = declare
    looking.StartElementHandler = begin
    looking.EndElementHandler = end
    try:
        looking.Parse(part, True)
    except _Harmful:
        return False
    except expat.ExpatError:
        # A picture, say. Where it is needed as XML, reading it fails in the same place.
        return True
    return True


def _grids(data: bytes) -> dict[str, _Grid]:
    """Each sheet's rows that hold anything, by their number."""
    book = load_workbook(io.BytesIO(data), read_only=True, keep_links=False)
    try:
        return {title: _rows(book[title]) for title in book.sheetnames}
    finally:
        book.close()


def _rows(page: Any) -> _Grid:
    # What the sheet says of its own size may be wrong.
    page.reset_dimensions()
    rows: _Grid = {}
    for number, row in enumerate(page.iter_rows(), start=1):
        cells = [_Cell(cell.value, str(cell.data_type)) for cell in row]
        if all(cell.is_empty for cell in cells):
            continue
        if len(rows) == _MOST_ROWS:
            raise ValueError("a sheet has more rows than any that was sent out")
        rows[number] = cells
    return rows


def _note(grid: _Grid | None) -> _Note | None:
    """What the workbook says of itself, None when that is not there or not all of it."""
    note = _Note()
    for cells in (grid or {}).values():
        name, *said = [str(cell.value) for cell in cells if not cell.is_empty]
        match name, said:
            case "format", [text]:
                note.format = text
            case "plan", [text]:
                note.plan_code = text
            case "quarter", [text]:
                note.quarter_code = text
            case "made_up", [text]:
                note.made_up = text
            case "organisation", [text]:
                note.organisations.append(text)
            case "row", [sheet, line_key, version, sum_of_row] if version.isdecimal():
                note.rows.setdefault(sheet, {})[line_key] = _Sent(int(version), sum_of_row)
    return note if note.format else None


def _about(note: _Note | None, record: Record) -> str:
    """Which problem the workbook as a whole has with this register, empty for none."""
    if note is None:
        return "not_ours"
    if note.format != str(FORMAT):
        return "other_format"
    if note.made_up != ("yes" if record.is_made_up else "no"):
        return "is_real" if record.is_made_up else "is_made_up"
    plan = next((row for row in record.rows("plan") if row["plan_code"] == note.plan_code), None)
    if plan is None:
        return "other_plan"
    try:
        quarter = Quarter.parse(note.quarter_code).code
    except ValueError:
        return "other_quarter"
    if not plan["starts_quarter"] <= quarter <= plan["ends_quarter"]:
        return "other_quarter"
    if not set(note.organisations) <= {row["organisation_code"] for row in record.rows("organisation")}:
        return "other_organisation"
    return ""


class _Reading:
    """One workbook being read: what was found wrong so far, and what it would change."""

    def __init__(self, note: _Note, record: Record) -> None:
        self.problems: list[Problem] = []
        self.written: list[Written] = []
        self.changes: list[Change] = []
        self._note = note
        self._record = record

    def check_sheets(self, titles: Sequence[str]) -> None:
        """Every sheet that was sent out is there, and no other."""
        names = [MACHINE, INSTRUCTIONS, *(sheet.name for sheet in SHEETS if sheet.name in self._note.rows)]
        sent = [say("sheets", name) for name in names]
        self.problems += [_problem(title, "", "sheet_missing") for title in sent if title not in titles]
        self.problems += [_problem(title, "", "sheet_added") for title in titles if title not in sent]

    def check(self, sheet: Sheet, grid: _Grid) -> None:
        """Every row of one sheet."""
        found = _Found(self, sheet)
        if not found.has_its_headings(grid.get(TITLE_ROWS, [])):
            return
        sent = self._note.rows[sheet.name]
        asked = (self._record, sheet, self._note.plan_code, self._note.quarter_code, self._note.organisations)
        now = {line.key: line for line in lines(*asked)}
        history = {
            (*(row[part] for part in key(KEPT[sheet.table])), row["version"]): row
            for row in self._record.versions[sheet.table]
        }
        met: set[str] = set()
        for number, cells in grid.items():
            if number <= TITLE_ROWS:
                continue
            row = _RowRead(found, number, cells)
            line_key = row.text("key")
            if line_key in met:
                row.refuse("row_duplicated")
            elif line_key not in sent:
                row.refuse("row_altered" if line_key else "row_added")
            else:
                met.add(line_key)
                about = self._of(sheet, line_key)
                before = history.get((*about.values(), sent[line_key].version))
                if row.is_as_sent(sent[line_key], line_key, self._note):
                    self._take(row, about, sent[line_key].version, before, now.get(line_key))
        gone = len(sent.keys() - met)
        if gone:
            found.refuse("", "rows_removed", rows=words.count("row", gone))

    def _of(self, sheet: Sheet, line_key: str) -> dict[str, str]:
        """What a row is about, as key columns of its table."""
        about = {"plan_code": self._note.plan_code, "quarter_code": self._note.quarter_code}
        parts = iter(line_key.split(JOIN))
        return {part: about[part] if part in about else next(parts, "") for part in key(KEPT[sheet.table])}

    def _take(self, row: _RowRead, about: dict[str, str], version: int, before: Row | None, now: Line | None) -> None:
        """Find what a row says now, what is wrong with that, and what it would change."""
        was = {name: None if before is None else before[name] for name in values(KEPT[row.sheet.table])}
        said = row.said(was)
        if said is None:
            return
        changed = [name for name in said if said[name] != was[name]]
        if not changed or not row.holds(said, changed):
            return
        if now is None:
            row.refuse("not_expected", changed[0])
        elif version and before is None:
            row.refuse("version_unknown", changed[0])
        elif now.version != version:
            if any(said[name] != now.said[name] for name in said):
                theirs = max(
                    (one for one in self._record.versions[row.sheet.table] if about.items() <= one.items()),
                    key=lambda one: int(one["version"]),
                )
                row.refuse("conflict", changed[0], by=theirs["by_name"], when=moment_label(theirs["at"]))
        else:
            self.written.append(Written(row.sheet.table, {**about, **said}, version))
            self.changes += [
                Change(row.sheet.title, now.label, *(row.sheet.in_words(name, said[name], was[name])))
                for name in changed
            ]


class _Found:
    """One sheet as it came back."""

    def __init__(self, reading: _Reading, sheet: Sheet) -> None:
        self.sheet = sheet
        self._problems = reading.problems

    def refuse(self, cell: str, code: str, **facts: object) -> None:
        self._problems.append(_problem(self.sheet.title, cell, code, **facts))

    def has_its_headings(self, cells: Sequence[_Cell]) -> bool:
        """Whether every column stands where it was, under its heading, and no other beside them."""
        is_whole = True
        for at, column in enumerate(self.sheet.columns):
            cell = cells[at] if at < len(cells) else _EMPTY
            if cell.value != self.sheet.heading(column):
                self.refuse(_name(at, TITLE_ROWS), "heading", heading=self.sheet.heading(column))
                is_whole = False
        for at in range(len(self.sheet.columns), len(cells)):
            if not cells[at].is_empty:
                self.refuse(_name(at, TITLE_ROWS), "column_added")
                is_whole = False
        return is_whole


class _RowRead:
    """One row as it came back."""

    def __init__(self, found: _Found, number: int, cells: Sequence[_Cell]) -> None:
        self.sheet = found.sheet
        self._found = found
        self._number = number
        self._cells = cells

    def cell(self, name: str) -> _Cell:
        at = self.sheet.at(name)
        return self._cells[at] if at < len(self._cells) else _EMPTY

    def text(self, name: str) -> str:
        cell = self.cell(name)
        return str(cell.value) if cell.kind == "s" and cell.value is not None else ""

    def refuse(self, code: str, name: str = "", **facts: object) -> None:
        self._found.refuse(_name(self.sheet.at(name) if name else 0, self._number), code, **facts)

    def is_as_sent(self, sent: _Sent, line_key: str, note: _Note) -> bool:
        """Whether nothing locked was altered or moved, and nothing stands beside the row."""
        version = self.cell("version")
        shown = [self.text(column.name) for column in self.sheet.columns if column.kind == SHOWN]
        sum_of_row = seal(note.plan_code, note.quarter_code, line_key, sent.version, shown)
        if version.kind != "n" or version.value != sent.version or sum_of_row != sent.seal:
            self.refuse("row_altered")
            return False
        beside = [at for at in range(len(self.sheet.columns), len(self._cells)) if not self._cells[at].is_empty]
        for at in beside:
            self._found.refuse(_name(at, self._number), "column_added")
        return not beside

    def said(self, was: Mapping[str, Any]) -> dict[str, Any] | None:
        """What people filled in, None when a cell cannot be read as what it should hold.

        What says the same as before is given as it was, so that nothing changes by having been in a workbook.
        """
        said, is_whole = dict(was), True
        for column in self.sheet.columns:
            if column.kind not in OPEN:
                continue
            cell = self.cell(column.name)
            wrong = "formula" if cell.kind == "f" else "" if cell.is_empty else _WRONG[column.kind](cell, self.sheet)
            if wrong:
                self.refuse(wrong, column.name, most=f"{MOST:,}")
                is_whole = False
            else:
                value = None if cell.is_empty else _VALUE[column.kind](cell, self.sheet)
                is_same = plain(value) == plain(was[column.name]) if column.kind == TEXT else value == was[column.name]
                # Blank space says nothing, but what was kept with it stays as it was kept.
                is_same = is_same or (value is None and not plain(was[column.name]).strip())
                said[column.name] = was[column.name] if is_same else value
        return said if is_whole else None

    def holds(self, said: Mapping[str, Any], changed: Sequence[str]) -> bool:
        """Whether a row that changes something says what it must."""
        wrong: list[tuple[str, str]] = [
            ("too_long", column.name)
            for column in self.sheet.columns
            if column.kind == TEXT and column.name in changed and len(said[column.name] or "") > LONGEST
        ]
        if "numerator" in said:
            top, bottom = said["numerator"], said["denominator"]
            if (top is None) != (bottom is None):
                wrong.append(("half_a_return", "numerator" if top is None else "denominator"))
            elif top is not None and top > bottom:
                wrong.append(("numerator_above", "numerator"))
        for column in self.sheet.columns:
            if column.kind == CHOICE and said[column.name] is None:
                wrong.append(("choice_missing", column.name))
        if said.get("progress_code") == "unlikely" and not said["corrective_action"]:
            wrong.append(("no_corrective_action", "corrective_action"))
        for code, name in wrong:
            self.refuse(code, name, longest=f"{LONGEST:,}")
        return not wrong


def _wrong_count(cell: _Cell, _: Sheet) -> str:
    if cell.kind != "n":
        return "not_a_number"
    if cell.value != cell.value or (isinstance(cell.value, float) and not cell.value.is_integer()):
        return "not_whole"
    if cell.value < 0:
        return "negative"
    return "number_too_large" if cell.value > MOST else ""


def _wrong_choice(cell: _Cell, sheet: Sheet) -> str:
    return "" if cell.kind == "s" and _choice(cell, sheet) else "not_a_choice"


def _wrong_text(cell: _Cell, _: Sheet) -> str:
    return "" if cell.kind == "s" else "not_text"


def _choice(cell: _Cell, sheet: Sheet) -> str | None:
    kind, codes = sheet.choices
    told = {words.label(kind, code).casefold(): code for code in codes}
    return told.get(str(cell.value).strip().casefold())


_WRONG: dict[str, Callable[[_Cell, Sheet], str]] = {COUNT: _wrong_count, CHOICE: _wrong_choice, TEXT: _wrong_text}
_VALUE: dict[str, Callable[[_Cell, Sheet], Any]] = {
    COUNT: lambda cell, _: int(cell.value),
    CHOICE: _choice,
    TEXT: lambda cell, _: plain(cell.value),
}


def _name(at: int, number: int) -> str:
    return f"{get_column_letter(at + 1)}{number}"


def _problem(sheet: str, cell: str, code: str, **facts: object) -> Problem:
    return Problem(sheet, cell, say("problem", code, "what", **facts), say("problem", code, "action", **facts))
