"""A good extract, damaged in every way we could think of: it loads exactly, or is refused in words that quote nothing.

Each example draws one of four good extracts of 200 reports, one to three changes to its table, and as often as not a
change to its bytes. What the file holds is then told by readers that share no code with ours: the csv module for text,
and for a workbook the table it was written from.
"""

from __future__ import annotations

import codecs
import csv
import hashlib
import io
import logging
import random
import re
from collections import Counter
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass, field
from datetime import date, datetime, timedelta
from pathlib import Path

import duckdb
import pytest
import xlsxwriter
from hypothesis import HealthCheck, given, seed, settings
from hypothesis import strategies as st

from core import db
from core.errors import MonitorError
from etl import conform
from etl.extract import Extract, open_extract
from etl.stage import stage
from etl.validate import Verdict, judged_by, validate
from tests.etl.conftest import NOW

SEED = 20231122
ROWS = 200
Grid = list[list[object]]
Chance = random.Random

# The columns that are compared letter by letter, and the headings they have in each form.
COMPARED = ("record_id", "recorded_date", "strands")
CANONICAL = (
    "record_id", "record_type", "recorded_date", "committed_from", "offence_code", "offence_group", "strands",
    "authority_name", "postcode", "victim_ref", "victim_age", "outcome_code", "outcome_date", "made_up",
)  # fmt: skip
NICHE = (
    "Occurrence No", "Occurrence Class", "Recorded Time", "Start Time", "HO Class Code", "HO Group",
    "Occurrence Keywords", "District Council", "Victim Niche Id", "Victim Age At Time", "HO Outcome",
    "HO Outcome Date", "made_up",
)  # fmt: skip
FLAGS = ("Race Flag", "Faith Flag", "Sexual Orientation Flag", "Disability Flag", "Transgender Flag")
FLAGGED = (
    "Crime Ref", "Crime or Non-crime", "Recorded On", "Offence Start Date", "HO Class Code", "HO Group", *FLAGS,
    "Local Authority District", "Offence Postcode", "Victim Pseudonym Ref", "Victim Age", "Outcome Ref",
    "Outcome Recorded Date", "made_up",
)  # fmt: skip
# What the headings of the compared columns may be, in each form; the strands of the flagged form are five columns.
ALIASES = {
    "canonical": {
        "record_id": {"record id", "crime number", "crime no", "occurrence number", "oel number", "niche occ no",
                      "reference number"},
        "recorded_date": {"recorded date", "date recorded", "created", "created date"},
        "strands": {"strands", "strand", "hate strand", "hate strands", "hate qualifier", "hate qualifiers",
                    "hate qualifier s", "keywords", "local qualifier", "motivating factor", "motivating factors",
                    "flags", "hate flags", "aggravating factor"},
    },
    "niche": {
        "record_id": {"occurrence no"}, "recorded_date": {"recorded time"}, "strands": {"occurrence keywords"},
    },
    "flagged": {"record_id": {"crime ref"}, "recorded_date": {"recorded on", "date recorded gmt"}},
}  # fmt: skip
ALIASES["workbook"] = ALIASES["canonical"]
STRANDS = ("Race", "Faith", "Homophobic", "Disability", "Transphobic", "Race; Faith", "")
PLACES = ("Leicester", "Blaby", "Charnwood", "Harborough", "Melton", "Rutland", "Oadby & Wigston")
# Cells that have broken loaders.
NASTY = (
    "", " ", "\t", "\u00a0", "-", "N/A", "=1+1", "=cmd|' /C calc'!A0", "@SUM(1)", "'", '"', '""', 'a"b', '"a"b', ",",
    "a,b", "a;b", "\n", "a\nb", "\r", "a\r\nb", "\u2028", "\u0085", "\u202eesreveR", "\U0001f600", "e\u0301", "\ufeffx",
    "\u0000", "\u0001", "\x1a", "\x1b[2J", "\x1c", "\x1d", "\x1e", "\x1f", "NULL", "null", "NaN", "inf", "-inf",
    "1e400",
    "1e5", "2.10E+10", "0x1A", "21000012345.0", "00021", "9" * 40, "31/02/2023", "29/02/2023", "04/25/2023", "4/5/2023",
    "2023-05-04", "20230504", "45033", "45033.5", "01/01/1900", "15/04/23", "32/13/2023", "15/04/2023 25:00",
    "15/04/2023 10:00 BST", "15.04.2023", "soon", "Race/Religion", "Race|Vegan", "HATE - RACE, HATE - FAITH",
    "\u0420\u0430\u0441\u0430",
    "Atlantis", "Leicestershire", "Melton & Rutland", "LE1 1AA", "NG1 5FS", "120", "-1", "yes", "Crime", "Non Crime",
    "Cancelled", "Toronto", "\\", "\\n", "%s", "{0}", "$1", "';drop table load;--", "<b>x</b>", "x" * 3_000, "true",
    "0",
)  # fmt: skip
LAST = date(2023, 9, 30)


@dataclass
class Draft:
    """A file on its way: its form, its table with the headings first, and how it is going to be written."""

    form: str
    grid: Grid
    encoding: str
    delimiter: str = ","
    line_end: str = "\r\n"
    sheet: str = "Extract"
    merged: list[tuple[int, int, int, int]] = field(default_factory=list)
    hidden: list[int] = field(default_factory=list)


def good(form: str) -> Draft:
    """A good extract: every report a value of its own wherever a person could be told by it."""
    chance = random.Random(SEED)
    header = {"canonical": CANONICAL, "workbook": CANONICAL, "niche": NICHE, "flagged": FLAGGED}[form]
    grid: Grid = [list(header)]
    for number in range(ROWS):
        day = LAST - timedelta(days=number % 90)
        strands = STRANDS[number % len(STRANDS)]
        names = {
            **dict.fromkeys(("record_id", "Occurrence No", "Crime Ref"), f"QX/{number:06}"),
            **dict.fromkeys(("record_type", "Occurrence Class", "Crime or Non-crime"), "Crime"),
            **dict.fromkeys(("recorded_date", "Recorded Time", "Recorded On"), day.strftime("%d/%m/%Y 10:00")),
            **dict.fromkeys(("committed_from", "Start Time", "Offence Start Date"), day.strftime("%d/%m/%Y")),
            **dict.fromkeys(("offence_code", "HO Class Code"), chance.choice(("9A", "8P", "105B", "58J"))),
            **dict.fromkeys(
                ("offence_group", "HO Group"), chance.choice(("Public order", "Violence, other", "Caf\u00e9"))
            ),
            **dict.fromkeys(("strands", "Occurrence Keywords"), strands),
            **dict.fromkeys(("authority_name", "District Council", "Local Authority District"), chance.choice(PLACES)),
            **dict.fromkeys(("postcode", "Offence Postcode"), ""),
            # A victim has more reports than one; a row of the Niche form is a victim.
            **dict.fromkeys(("victim_ref", "Victim Niche Id", "Victim Pseudonym Ref"), f"VICTIM{number % 150:04}"),
            **dict.fromkeys(("victim_age", "Victim Age At Time", "Victim Age"), str(18 + number % 60)),
            **dict.fromkeys(("outcome_code", "HO Outcome", "Outcome Ref"), "16 - Evidential" if number % 3 else ""),
            **dict.fromkeys(
                ("outcome_date", "HO Outcome Date", "Outcome Recorded Date"), day.isoformat() if number % 3 else ""
            ),
            "made_up": "yes",
            **{flag: "Y" if at == number % 5 else "N" for at, flag in enumerate(FLAGS)},
        }
        grid.append([names.get(name, "") for name in header])
    if form == "niche":
        for number in range(0, ROWS, 20):
            grid[number + 2][:] = [*grid[number + 1][:8], f"VICTIM{900 + number}", *grid[number + 1][9:]]
    encoding = {"niche": "cp1252", "flagged": "utf-16"}.get(form, "utf-8")
    return Draft(form, grid, encoding, "\t" if form == "flagged" else ",")


# Changes to the table. Each is given the draft and a source of chance, and changes the draft in place.


def _row(draft: Draft, chance: Chance) -> int:
    return chance.randrange(1, len(draft.grid)) if len(draft.grid) > 1 else 0


def _column(draft: Draft, chance: Chance, row: int) -> int:
    return chance.randrange(len(draft.grid[row])) if draft.grid[row] else 0


def nasty_cell(draft: Draft, chance: Chance) -> None:
    row = _row(draft, chance)
    if draft.grid[row]:
        draft.grid[row][_column(draft, chance, row)] = chance.choice(NASTY)


def nasty_cells_of_a_column(draft: Draft, chance: Chance) -> None:
    column, cell = chance.randrange(len(draft.grid[0]) or 1), chance.choice(NASTY)
    for row in draft.grid[1:]:
        if column < len(row) and chance.random() < 0.2:
            row[column] = cell


def huge_cell(draft: Draft, chance: Chance) -> None:
    row = _row(draft, chance)
    if draft.grid[row]:
        limit = 32_767 if draft.form == "workbook" else 300_000
        draft.grid[row][_column(draft, chance, row)] = "x" * limit


def other_date(draft: Draft, chance: Chance) -> None:
    form = chance.choice(("%m/%d/%Y", "%Y-%m-%d", "%d-%m-%Y", "%d %b %Y", "%Y-%m-%dT%H:%M:%S", "%d/%m/%Y %H:%M:%S"))
    share = chance.choice((0.02, 0.2, 1.0))
    for row in draft.grid[1:]:
        if len(row) > 2 and chance.random() < share:
            row[2] = (datetime.combine(LAST, NOW.time()) - timedelta(days=chance.randrange(90))).strftime(form)


def copy_an_identifier(draft: Draft, chance: Chance) -> None:
    one, other = _row(draft, chance), _row(draft, chance)
    if draft.grid[one] and draft.grid[other]:
        draft.grid[one][0] = draft.grid[other][0]


def delete_row(draft: Draft, chance: Chance) -> None:
    del draft.grid[_row(draft, chance)]


def delete_rows(draft: Draft, chance: Chance) -> None:
    first = _row(draft, chance)
    del draft.grid[first : first + chance.choice((10, 100, 200))]


def duplicate_row(draft: Draft, chance: Chance) -> None:
    row = _row(draft, chance)
    draft.grid.insert(_row(draft, chance), list(draft.grid[row]))


def swap_rows(draft: Draft, chance: Chance) -> None:
    one, other = chance.randrange(len(draft.grid)), _row(draft, chance)
    draft.grid[one], draft.grid[other] = draft.grid[other], draft.grid[one]


def repeat_header(draft: Draft, chance: Chance) -> None:
    draft.grid.insert(_row(draft, chance) + 1, list(draft.grid[0]))


def short_row(draft: Draft, chance: Chance) -> None:
    row = draft.grid[_row(draft, chance)]
    del row[chance.randrange(len(row) or 1) :]


def long_row(draft: Draft, chance: Chance) -> None:
    draft.grid[_row(draft, chance)].extend(chance.choice(("", "extra")) for _ in range(chance.randrange(1, 4)))


def blank_row(draft: Draft, chance: Chance) -> None:
    filled = chance.choice((0, len(draft.grid[0])))
    draft.grid.insert(chance.randrange(len(draft.grid) + 1), [""] * filled)


def title_above(draft: Draft, chance: Chance) -> None:
    draft.grid.insert(0, [chance.choice(("Hate crime extract", "OFFICIAL-SENSITIVE", "Produced 04/10/2023"))])


def footer_below(draft: Draft, chance: Chance) -> None:
    draft.grid += [[], [chance.choice(("End of report", "Total: 200", "Source: Niche", "200 records"))]]


def footer_among(draft: Draft, chance: Chance) -> None:
    draft.grid.insert(_row(draft, chance), [chance.choice(("End of report", "Total"))])


def rename_column(draft: Draft, chance: Chance) -> None:
    if draft.grid[0]:
        column = _column(draft, chance, 0)
        old = str(draft.grid[0][column])
        draft.grid[0][column] = chance.choice(
            (old.upper(), old.replace("_", " "), f" {old} ", f"{old}2", "Notes", "", "Date Reported", "strands")
        )


def drop_column(draft: Draft, chance: Chance) -> None:
    column = _column(draft, chance, 0)
    for row in draft.grid:
        del row[column : column + 1]


def duplicate_column(draft: Draft, chance: Chance) -> None:
    column, at = _column(draft, chance, 0), _column(draft, chance, 0)
    for row in draft.grid:
        row[at:at] = row[column : column + 1]


def reorder_columns(draft: Draft, chance: Chance) -> None:
    order = list(range(len(draft.grid[0])))
    chance.shuffle(order)
    for number, row in enumerate(draft.grid):
        if len(row) == len(order):
            draft.grid[number] = [row[column] for column in order]


def extra_column(draft: Draft, chance: Chance) -> None:
    at, heading = _column(draft, chance, 0), chance.choice(("Officer", "", "Unnamed: 0", "LSOA", "MO notes"))
    for number, row in enumerate(draft.grid):
        row.insert(at, heading if number == 0 else chance.choice(("", "x", 'He said "go", then left')))


def empty_heading(draft: Draft, chance: Chance) -> None:
    if draft.grid[0]:
        draft.grid[0][_column(draft, chance, 0)] = ""


def no_header(draft: Draft, chance: Chance) -> None:
    del draft.grid[0]


def other_delimiter(draft: Draft, chance: Chance) -> None:
    draft.delimiter = chance.choice((";", "|", "\t", ","))


def other_encoding(draft: Draft, chance: Chance) -> None:
    draft.encoding = chance.choice(
        ("utf-8", "utf-8-sig", "utf-16", "utf-16-le", "utf-16-be", "cp1252", "latin-1", "utf-7")
    )


def other_line_end(draft: Draft, chance: Chance) -> None:
    draft.line_end = chance.choice(("\n", "\r", "\r\n", "\r\r\n", "\n\n", "\n\r"))


GRID = (
    nasty_cell, nasty_cell, nasty_cells_of_a_column, huge_cell, other_date, copy_an_identifier, delete_row, delete_rows,
    duplicate_row, swap_rows, repeat_header, short_row, long_row, blank_row, title_above, footer_below, footer_among,
    rename_column, drop_column, duplicate_column, reorder_columns, extra_column, empty_heading, no_header,
)  # fmt: skip
TEXT = (other_delimiter, other_encoding, other_line_end)


# Changes to the table that only a workbook can have.


def typed_cells(draft: Draft, chance: Chance) -> None:
    kinds: tuple[Callable[[], object], ...] = (
        lambda: datetime(2023, 8, chance.randrange(1, 29), chance.randrange(24), chance.randrange(60)),
        lambda: date(2023, 8, chance.randrange(1, 29)),
        lambda: chance.randrange(10**10), lambda: round(chance.random() * 10_000, 4), lambda: chance.random() < 0.5,
        lambda: 45_033.5, lambda: -1, lambda: 2.1e10,
    )  # fmt: skip
    kind, column = chance.choice(kinds), _column(draft, chance, 0)
    for row in draft.grid[1:]:
        if column < len(row) and chance.random() < 0.3:
            row[column] = kind()


def merge_cells(draft: Draft, chance: Chance) -> None:
    """Merge a few cells under the records or among them; what they then hold is written over their first."""
    row, width = _row(draft, chance), chance.randrange(1, 4)
    if not draft.merged and len(draft.grid[row]) > width:
        draft.merged.append((row, 0, row, width))
        draft.grid[row][: width + 1] = ["merged", *[""] * width]


def rename_sheet(draft: Draft, chance: Chance) -> None:
    draft.sheet = chance.choice(("Sheet1", "extract", "Extract 2", "Data"))


def hide_rows(draft: Draft, chance: Chance) -> None:
    draft.hidden += [_row(draft, chance) for _ in range(20)]


WORKBOOK = (typed_cells, typed_cells, merge_cells, rename_sheet, hide_rows)


# Changes to the bytes.


def flip(given: bytes, chance: Chance) -> bytes:
    changed = bytearray(given)
    for _ in range(chance.choice((1, 1, 3, 30))):
        changed[chance.randrange(len(changed))] ^= 1 << chance.randrange(8)
    return bytes(changed)


def insert(given: bytes, chance: Chance) -> bytes:
    at = chance.randrange(len(given) + 1)
    added = chance.choice((b"\0", b'"', b",", b"\n", b"\r", b"\xff", b"\xef\xbb\xbf", b"\x1a", chance.randbytes(5)))
    return given[:at] + added + given[at:]


def delete(given: bytes, chance: Chance) -> bytes:
    at = chance.randrange(len(given))
    return given[:at] + given[at + chance.choice((1, 2, 7, 500)) :]


def double(given: bytes, chance: Chance) -> bytes:
    first, end = sorted((chance.randrange(len(given)), chance.randrange(len(given) + 1)))
    return given[:end] + given[first:end] + given[end:]


def truncate(given: bytes, chance: Chance) -> bytes:
    return given[: chance.randrange(len(given) + 1)]


def mark(given: bytes, chance: Chance) -> bytes:
    return chance.choice((codecs.BOM_UTF8, codecs.BOM_UTF16_LE, codecs.BOM_UTF16_BE, codecs.BOM_UTF8 * 2)) + given


def zero(given: bytes, chance: Chance) -> bytes:
    first = chance.randrange(len(given))
    end = min(len(given), first + chance.choice((1, 4, 512)))
    return given[:first] + bytes(end - first) + given[end:]


def unquote(given: bytes, chance: Chance) -> bytes:
    """Take away, or put in, one quotation mark beside a delimiter, where it opens or closes a cell."""
    places = [found.start() for found in re.finditer(rb'[",\n]', given)]
    if not places:
        return given
    at = chance.choice(places)
    return given[:at] + given[at + 1 :] if given[at : at + 1] == b'"' else given[: at + 1] + b'"' + given[at + 1 :]


def append(given: bytes, chance: Chance) -> bytes:
    return given + chance.choice((b"\n", b"\r\n\r\n", b" ", b"\x1a", b"\0", b'"', b",", given, b"\x00" * 512))


BYTES = (flip, flip, insert, delete, double, truncate, mark, zero, unquote, append)


def as_text(draft: Draft) -> bytes:
    given = io.StringIO(newline="")
    # Blank rows are blank lines: the csv module would quote them.
    writer = csv.writer(given, delimiter=draft.delimiter, lineterminator=draft.line_end)
    for row in draft.grid:
        if row:
            writer.writerow(row)
        else:
            given.write(draft.line_end)
    return given.getvalue().encode(draft.encoding, "replace")


def as_workbook(draft: Draft) -> bytes:
    given = io.BytesIO()
    with xlsxwriter.Workbook(given, {"in_memory": True, "strings_to_formulas": False}) as made:
        sheet = made.add_worksheet(draft.sheet)
        formats = {datetime: made.add_format({"num_format": "dd/mm/yyyy hh:mm"}),
                   date: made.add_format({"num_format": "dd/mm/yyyy"})}  # fmt: skip
        for number, row in enumerate(draft.grid):
            for column, cell in enumerate(row):
                if isinstance(cell, datetime | date):
                    sheet.write_datetime(number, column, cell, formats[type(cell)])
                elif isinstance(cell, bool):
                    sheet.write_boolean(number, column, cell)
                elif isinstance(cell, int | float):
                    sheet.write_number(number, column, cell)
                else:
                    sheet.write_string(number, column, str(cell))
        for place in draft.merged:
            sheet.merge_range(*place, "merged")
        for number in draft.hidden:
            sheet.set_row(number, options={"hidden": True})
    return given.getvalue()


# The other reading.


def shown(cell: object) -> str:
    """What a cell of a workbook says, as text."""
    if isinstance(cell, datetime):
        return cell.isoformat(" ") if cell.time() != datetime.min.time() else cell.date().isoformat()
    if isinstance(cell, bool):
        return str(cell).upper()
    if isinstance(cell, float):
        return str(int(cell)) if cell.is_integer() else repr(cell)
    return str(cell)


def plain(heading: str) -> str:
    return " ".join(re.findall("[a-z0-9]+", heading.casefold()))


def other_reading(draft: Draft, given: bytes) -> list[list[str]] | None:
    """Every row from the header on, blank lines aside; None when the file cannot be read as its form is written."""
    if draft.form == "workbook":
        rows = [[shown(cell) for cell in row] for row in draft.grid]
        return [row for row in rows if any(cell != "" for cell in row)]
    encoding = {"niche": "cp1252", "flagged": "utf-16"}.get(draft.form, "utf-8-sig")
    try:
        text = given.decode(encoding)
    except UnicodeDecodeError:
        return None
    try:
        rows = list(csv.reader(io.StringIO(text, newline=""), delimiter="\t" if draft.form == "flagged" else ","))
    except csv.Error:
        return None
    rows = [row for row in rows if row]
    while rows and not any(cell.strip() for cell in rows[0]):
        del rows[0]
    return rows


def body(rows: list[list[str]], form: str) -> list[list[str]]:
    """The records under the header and above the footer."""
    if form != "niche":
        return rows[1:]
    filled = [next((cell.strip() for cell in row if cell.strip()), "") for row in rows]
    ends = (at for at, first in enumerate(filled) if at and re.match("End of report|Total", first))
    return rows[1 : next(ends, len(rows))]


@pytest.fixture(scope="module")
def connection() -> Iterator[duckdb.DuckDBPyConnection]:
    made = db.open_database(Path(":memory:"))
    conform.lay_tables(made)
    made.execute("set threads to 1")  # more would only wait for one another over 200 rows
    yield made
    made.close()


def refusal(error: MonitorError, cells: Sequence[str]) -> str:
    """Why a file was refused, its figures aside; all four parts are there and none quotes a cell."""
    parts = (error.what, error.where, error.meaning, error.action)
    assert all(part.strip() for part in parts)
    told = error.as_text()
    assert not re.search(r"QX/\d|VICTIM\d", told), told
    for cell in cells:
        # The names of our own fields may be told, and stand in the files.
        assert len(cell) < 12 or cell in CANONICAL or cell not in told, told
    return re.sub(r"[\d,]+", "N", error.what)


def take(connection: duckdb.DuckDBPyConnection, path: Path, draft: Draft, given: bytes, is_conformed: bool) -> str:
    """What became of a file, in a few words; an assertion fails when it was neither loaded exactly nor refused."""
    rows = other_reading(draft, given)
    cells = [cell for row in (rows or [])[1:40] for cell in row]
    path.write_bytes(given)
    try:
        extract = open_extract(path, None, None)
        stage(connection, extract, None)
        verdict = validate(connection, extract)
    except MonitorError as error:
        return f"refused: {refusal(error, cells)}"
    assert rows is not None, "a file that cannot be read as stated was loaded"
    records = body(rows, draft.form)
    compare(connection, draft.form, rows[0], records)
    held_back = {row[0] for row in connection.execute("select record_number from held_back").fetchall()}
    assert verdict.records == verdict.accepted + verdict.quarantined == len(records)
    assert len(held_back) == verdict.quarantined
    assert held_back <= set(range(1, len(records) + 1))
    if is_conformed:
        conform_and_forget(connection, extract, verdict)
    return "loaded exactly" + (", some records held back" if held_back else "")


def compare(
    connection: duckdb.DuckDBPyConnection, form: str, header: Sequence[str], records: Sequence[Sequence[str]]
) -> None:
    """Every record that has as many cells as there are headings is read, and says what the other reading says."""
    headings = [plain(heading) for heading in header]
    width = len(headings)
    if form == "workbook":
        width = 1 + max(at for at, heading in enumerate(header) if heading.strip())
        records = [[*row, *[""] * (width - len(row))] for row in (_trimmed(row) for row in records)]
    whole = {number: row for number, row in enumerate(records, start=1) if len(row) == width}
    expected = {}
    places = {
        name: [at for at, heading in enumerate(headings) if heading in names] for name, names in ALIASES[form].items()
    }
    assert all(len(found) == 1 for found in places.values()), "a column is there twice or not at all"
    for number, row in whole.items():
        expected[number] = tuple(row[places[name][0]] or None for name in ALIASES[form])
    read = connection.execute(f"select record_number, {', '.join(ALIASES[form])} from raw_report").fetchall()
    found_cells = {row[0]: tuple(row[1:]) for row in read}
    if expected.get(1) != found_cells.get(1):
        # A byte order mark in front of the very first record is one more mark and no letter.
        expected[1] = tuple((cell or "").removeprefix("\ufeff") or None for cell in expected[1])
    assert found_cells == expected
    if form == "flagged":
        flags = [(flag, headings.index(plain(flag))) for flag in FLAGS]
        cells = dict(connection.execute("select record_number, strand_cells from raw_report").fetchall())
        for number, row in whole.items():
            found = [cell.split("\x1f", 1)[1] for cell in cells[number].split("\x1e")][: len(flags)]
            # The two letters that stand between the cells are told as one that no word has.
            assert sorted(found) == sorted(re.sub("[\x1e\x1f]", "\ufffd", row[at]) for _, at in flags)
    days = connection.execute("select record_number, recorded_on from staged_report where recorded_on is not null")
    for number, day in days.fetchall():
        assert day == other_day(str(expected[number][1])), expected[number]


def _trimmed(row: Sequence[str]) -> list[str]:
    cells = list(row)
    while cells and cells[-1] == "":
        cells.pop()
    return cells


def other_day(text: str) -> date | None:
    """The day a text names, day first or year first, by Python's own reading."""
    found = re.match(r"\s*(?:(\d{1,2})/(\d{1,2})/(\d{4})|(\d{4})-(\d{1,2})-(\d{1,2}))", text)
    if not found:
        return None
    day, month, year, year_first, month_then, day_then = found.groups()
    return date(int(year), int(month), int(day)) if year else date(int(year_first), int(month_then), int(day_then))


def conform_and_forget(connection: duckdb.DuckDBPyConnection, extract: Extract, verdict: Verdict) -> None:
    """Take the accepted records into the warehouse, look, and leave it as it was."""
    connection.execute("begin")
    try:
        load = conform.conform(connection, extract, verdict, NOW, judged_by(extract, None))[0]
        held = connection.execute("select count(*), count(distinct record_id) from report_version").fetchall()[0]
        quarantined = connection.execute("select count(*) from quarantine").fetchall()[0][0]
        assert held == (load.reports, load.reports)
        assert (load.records, load.accepted, quarantined) == (verdict.records, verdict.accepted, verdict.quarantined)
        assert load.reports == load.accepted if extract.contract.grain == "report" else load.reports <= load.accepted
    finally:
        connection.execute("rollback")


def mutate(form: str, changes: Sequence[tuple[int, int]], bytewise: tuple[int, int] | None) -> tuple[Draft, bytes]:
    draft = good(form)
    operators = (*GRID, *(WORKBOOK if form == "workbook" else TEXT))
    for which, chance in changes:
        if draft.grid:
            operators[which % len(operators)](draft, random.Random(chance))
    given = as_workbook(draft) if form == "workbook" else as_text(draft)
    if bytewise and given:
        given = BYTES[bytewise[0] % len(BYTES)](given, random.Random(bytewise[1]))
    return draft, given


CHANCE = st.tuples(st.integers(0, 2**16), st.integers(0, 2**32))


# The whole is in parts, so that several processes can share it.
@pytest.mark.parametrize(
    ("part", "examples"), [(0, 100), *(pytest.param(part, 2_500, marks=pytest.mark.long) for part in (1, 2, 3, 4))]
)
def test_a_damaged_extract_loads_exactly_or_is_refused(
    part: int, examples: int, connection: duckdb.DuckDBPyConnection, tmp_path_factory: pytest.TempPathFactory
) -> None:
    folder = tmp_path_factory.mktemp("mutations")
    told: Counter[str] = Counter()
    forms: Counter[str] = Counter()
    seen: set[bytes] = set()

    @seed(SEED + part)
    @settings(max_examples=examples, deadline=None, database=None, suppress_health_check=list(HealthCheck))
    @given(
        st.sampled_from(("canonical", "canonical", "canonical", "workbook", "niche", "flagged")),
        st.lists(CHANCE, min_size=1, max_size=3),
        st.none() | CHANCE,
    )
    def damaged(form: str, changes: list[tuple[int, int]], bytewise: tuple[int, int] | None) -> None:
        draft, given_bytes = mutate(form, changes, bytewise)
        path = folder / f"hate_extracted_2023-10-04.{'xlsx' if form == 'workbook' else 'csv'}"
        outcome = take(connection, path, draft, given_bytes, is_conformed=len(seen) % 10 == 0)
        told[outcome] += 1
        forms[form] += 1
        seen.add(hashlib.sha256(given_bytes).digest())

    damaged()
    lines = [f"{count:6} {outcome}" for outcome, count in told.most_common()]
    logging.getLogger(__name__).info(
        "%s mutations (%s different files), seed %s, %s\n%s",
        sum(told.values()), len(seen), SEED + part, dict(forms), "\n".join(lines),
    )  # fmt: skip
    assert sum(told.values()) >= examples
    assert told["loaded exactly"]
    assert told["loaded exactly, some records held back"]
