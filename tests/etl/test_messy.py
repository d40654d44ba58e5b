"""Files that break loaders: each is read exactly as another reader reads it, or refused with what was found.

The other readers are the csv module for text, and unzip and ElementTree for workbooks; counts and single cells are
typed in by hand, from looking at the files.
"""

from __future__ import annotations

import csv
import io
import random
import zipfile
from dataclasses import replace
from datetime import date, datetime, timedelta
from pathlib import Path
from xml.etree import ElementTree

import pytest

from core.errors import MonitorError
from core.settings import Settings
from etl.layout import ENCODINGS, Layout, Ragged, Table
from etl.pipeline import check
from etl.read import open_table, read_headings

MESSY = Path(__file__).parents[3] / "shared/data/messy"
pytestmark = pytest.mark.skipif(not MESSY.is_dir(), reason="the shared messy files are not here")

Cells = list[tuple[str | None, ...]]
NOW = datetime(2023, 11, 1, 9, 0)

# file -> its layout, the rows of text above its headings, its records, those ragged, and rows of its footer.
TEXTS: dict[str, tuple[Layout, int, int, int, int]] = {
    # One record too short, one too long.
    "defective-rows.csv": (Layout(), 0, 2, 2, 0),
    "duplicate-headers.csv": (Layout(), 0, 2, 0, 0),
    # A title and a row of commas above; a row of commas (a record of nothing), a source and a note below.
    "excel_pasting.csv": (Layout(header_row=4, footer="^Source:"), 3, 15, 0, 2),
    "issue-1138.csv": (Layout(delimiter=";"), 0, 7, 0, 0),
    "issue-647.csv.txt": (Layout(encoding="latin-1", delimiter=";"), 0, 882, 0, 0),
    # Headings of two lines; two letters that only Windows-1252 has.
    "issue-811.csv": (Layout(encoding="cp1252", delimiter=";"), 0, 7904, 0, 0),
    "leading-zeros.csv": (Layout(), 0, 3, 0, 0),
    # It has no headings: its first row is taken for them, and no contract has such.
    "null.csv": (Layout(), 0, 9, 0, 0),
    "spanish_chars.csv": (Layout(encoding="latin-1", footer="^Fuente:"), 0, 115, 0, 1),
    "sparse_with_column_errors.csv": (Layout(encoding="latin-1"), 0, 2237, 0, 0),
    "table-with-accents.csv": (Layout(encoding="cp1252", delimiter=";"), 0, 638, 0, 0),
    "utf-16le_encoded.csv": (Layout(encoding="utf-16"), 0, 327, 0, 0),
    # Headings in the twelfth line, below a title, notes and lines of quotation marks alone; footnotes below a line
    # of stars.
    "weird_head_padding.csv": (Layout(delimiter=";", header_row=12, footer=r"^\*+$"), 9, 60, 0, 16),
}
REFUSED_TEXTS = {
    "empty.csv": "the file is empty",
    "implicit-zip.csv": "is a zip archive; the contract states text in UTF-8",
    # Its one line is its headings, behind a byte order mark.
    "utf8bom.csv": "no records",
}
WORKBOOKS = {
    "clippy.xlsx", "dates-1900.xls", "dates-1904.xls", "deaths.xlsx", "encrypted_no_password.xls", "merged-cells.xlsx",
    "skip-rows.xlsx", "texty-dates-xlsx.xlsx", "unnamed-duplicated-columns.xlsx",
}  # fmt: skip


def read(table: Table) -> tuple[Cells, list[Ragged]]:
    """The cells of every record read, and the records set aside; the numbers of both have no gap."""
    fields = [f"field_{position}" for position in range(len(table.headings))]
    ragged: list[Ragged] = []
    columns = {field: position for position, field in enumerate(fields)}
    rows = [tuple(row.values()) for row in table.read(columns, fields, ragged).read_all().to_pylist()]
    numbers = sorted([row[0] for row in rows] + [row.record_number for row in ragged])
    assert numbers == list(range(1, table.records + 1))
    return [row[1:] for row in rows], ragged


def by_csv(name: str, encoding: str, delimiter: str) -> list[list[str]]:
    """Every row of a text that is not an empty line."""
    text = (MESSY / name).read_bytes().decode("utf-8-sig" if encoding == "utf-8" else encoding)
    return [row for row in csv.reader(io.StringIO(text, newline=""), delimiter=delimiter) if row]


def test_every_messy_file_is_looked_at() -> None:
    assert {path.name for path in MESSY.iterdir()} == set(TEXTS) | set(REFUSED_TEXTS) | WORKBOOKS


@pytest.mark.parametrize("name", sorted(TEXTS))
def test_a_text_is_what_the_csv_module_makes_of_it(name: str) -> None:
    layout, above, records, ragged_records, footer_rows = TEXTS[name]
    rows = by_csv(name, layout.encoding, layout.delimiter)[above:]
    body = rows[1 : 1 + records]
    width = len(rows[0])
    table = open_table(MESSY / name, layout)
    cells, ragged = read(table)
    assert table.headings == tuple(heading.strip() for heading in rows[0])
    assert cells == [tuple(cell or None for cell in row) for row in body if len(row) == width]
    assert [found.cells for found in ragged] == [len(row) for row in body if len(row) != width]
    assert (table.records, len(ragged), table.footer_rows) == (records, ragged_records, footer_rows)
    below = [row for row in rows[1 + records :] if any(cell.strip() for cell in row)]
    assert len(below) == footer_rows


@pytest.mark.parametrize(
    ("name", "record", "column", "cell"),
    [
        ("duplicate-headers.csv", 2, 4, "001102"),
        ("excel_pasting.csv", 1, 1, "2,666"),
        ("excel_pasting.csv", 14, 0, "Total"),
        ("issue-1138.csv", 1, 2, "nicht qualitätsgesichert"),
        ("issue-647.csv.txt", 1, 5, "Allée du Ninu 20600 Bastia"),
        ("issue-811.csv", 1, 3, " 001 "),
        ("issue-811.csv", 1, 5, "Agliè"),
        ("leading-zeros.csv", 3, 0, "00003"),
        ("null.csv", 2, 1, "null"),
        ("spanish_chars.csv", 1, 6, "229,932.50"),
        ("sparse_with_column_errors.csv", 2, 1, "Grundfinanzierung MPG"),
        ("table-with-accents.csv", 1, 4, "0,611553068"),
        ("utf-16le_encoded.csv", 1, 1, "Enfield PCT"),
        ("weird_head_padding.csv", 2, 0, "      Gefäßchirurgie"),
    ],
)
def test_single_cells_of_the_texts_are_what_a_person_sees(name: str, record: int, column: int, cell: str) -> None:
    cells, _ = read(open_table(MESSY / name, TEXTS[name][0]))
    assert cells[record - 1][column] == cell


@pytest.mark.parametrize("stated", list(ENCODINGS))
@pytest.mark.parametrize("name", sorted(TEXTS))
def test_a_text_under_another_encoding_is_refused_or_the_very_same(name: str, stated: str) -> None:
    layout, *_ = TEXTS[name]
    right, _ = read(open_table(MESSY / name, layout))
    try:
        table = open_table(MESSY / name, replace(layout, encoding=stated))
    except MonitorError:
        # Only what the file is not written in is refused.
        assert stated != layout.encoding
        return
    assert read(table)[0] == right


@pytest.mark.parametrize("name", sorted(set(TEXTS) - {"leading-zeros.csv"}))
@pytest.mark.parametrize("delimiter", [",", ";", "\t"])
def test_a_text_under_another_delimiter_never_has_the_same_headings(name: str, delimiter: str) -> None:
    # So no contract of the one fits a file of the other.
    layout, *_ = TEXTS[name]
    if delimiter != layout.delimiter:
        headings = read_headings(MESSY / name, replace(layout, delimiter=delimiter))
        assert headings != read_headings(MESSY / name, layout)
        assert len(headings) < 3


def refusal(name: str, layout: Layout) -> str:
    with pytest.raises(MonitorError) as refused:
        open_table(MESSY / name, layout)
    assert all(refused.value.as_dict().values())
    return refused.value.as_text()


@pytest.mark.parametrize("name", sorted(REFUSED_TEXTS))
def test_what_is_no_table_of_text_is_refused(name: str) -> None:
    assert REFUSED_TEXTS[name] in refusal(name, Layout())


def test_a_byte_order_mark_is_no_part_of_a_heading() -> None:
    assert read_headings(MESSY / "utf8bom.csv", Layout()) == ("kitten", "win")


def test_letters_of_windows_are_refused_as_latin() -> None:
    assert "Windows-1252" in refusal("issue-811.csv", Layout(encoding="latin-1", delimiter=";"))


def test_a_footer_that_no_one_stated_is_records_to_be_judged() -> None:
    # Nothing is guessed: the source and the note are records, which the rules will quarantine.
    table = open_table(MESSY / "excel_pasting.csv", Layout(header_row=4))
    assert table.records == 17


def by_xml(name: str, part: str = "sheet1") -> dict[str, str | float | bool]:
    """Reference -> value of every cell of a sheet of a workbook that has one: text, number or truth."""
    ns = "{http://schemas.openxmlformats.org/spreadsheetml/2006/main}"
    with zipfile.ZipFile(MESSY / name) as archive:
        strings = [
            "".join(text.text or "" for text in item.iter(f"{ns}t"))
            for item in ElementTree.fromstring(archive.read("xl/sharedStrings.xml"))
        ]
        sheet = ElementTree.fromstring(archive.read(f"xl/worksheets/{part}.xml"))
    cells: dict[str, str | float | bool] = {}
    for cell in sheet.iter(f"{ns}c"):
        value = cell.findtext(f"{ns}v")
        if value is not None:
            kind = cell.get("t", "n")
            cells[cell.attrib["r"]] = (
                strings[int(value)] if kind == "s" else value == "1" if kind == "b" else float(value)
            )
    return cells


def day_of(number: object) -> str:
    """A day counted from 1900, as Excel does after February of that year."""
    assert isinstance(number, float)
    return str(date(1899, 12, 30) + timedelta(days=number))


def workbook(sheet: str, **other: object) -> Layout:
    return replace(Layout(format="workbook", sheet=sheet), **other)  # type: ignore[arg-type]


@pytest.mark.parametrize(
    ("sheet", "part", "footer", "first", "last"),
    [
        ("arts", "sheet1", "^Some$", ("David Bowie", "1947-01-08"), ("George Michael", "2016-12-25")),
        ("other", "sheet2", "^This$", ("Vera Rubin", "1928-07-23"), ("Pat Summit", "2016-06-28")),
    ],
)
def test_a_table_between_notes_above_and_below_is_read_alone(
    sheet: str, part: str, footer: str, first: tuple[str, str], last: tuple[str, str]
) -> None:
    # Both sheets merge cells among the notes above, one also among those below.
    raw = by_xml("deaths.xlsx", part)
    table = open_table(MESSY / "deaths.xlsx", workbook(sheet, header_row=5, footer=footer))
    cells, ragged = read(table)
    assert table.headings == ("Name", "Profession", "Age", "Has kids", "Date of birth", "Date of death")
    assert cells == [
        (
            raw[f"A{row}"],
            raw[f"B{row}"],
            str(int(raw[f"C{row}"])),
            str(raw[f"D{row}"]).upper(),
            day_of(raw[f"E{row}"]),
            day_of(raw[f"F{row}"]),
        )
        for row in range(6, 16)
    ]
    assert (cells[0][0], cells[0][4]) == first
    assert (cells[-1][0], cells[-1][5]) == last
    assert (ragged, table.records, table.footer_rows) == ([], 10, 4)


def test_notes_below_that_no_one_stated_are_refused_where_they_are_merged_and_records_where_not() -> None:
    assert "merged among the records" in refusal("deaths.xlsx", workbook("other", header_row=5))
    assert open_table(MESSY / "deaths.xlsx", workbook("arts", header_row=5)).records == 14


def test_a_heading_of_two_rows_is_its_parts() -> None:
    table = open_table(MESSY / "clippy.xlsx", workbook("two-row-header", header_rows=2))
    assert table.headings == (
        "name (at birth)", "species (office supply type)", "death (date is approximate)", "weight (in grams)",
    )  # fmt: skip
    assert read(table) == ([("Clippy", "paperclip", "2007-01-01", "0.9")], [])


def test_a_column_of_many_kinds_is_read_cell_by_cell() -> None:
    table = open_table(MESSY / "clippy.xlsx", workbook("list-column"))
    assert table.headings == ("name", "value")
    assert read(table)[0] == [
        ("Name", "Clippy"),
        ("Species", "paperclip"),
        ("Approx date of death", "2007-01-01"),
        ("Weight in grams", "0.9"),
    ]


def test_a_sheet_of_another_name_is_refused() -> None:
    assert "it has 2 of other names" in refusal("clippy.xlsx", workbook("Two-row-header"))


@pytest.mark.parametrize("name", ["dates-1900.xls", "dates-1904.xls"])
def test_the_days_of_old_workbooks_are_the_same_whichever_year_they_are_counted_from(name: str) -> None:
    # One row each: 36,526 days from 1900 and 35,064 from 1904.
    assert read_headings(MESSY / name, workbook("Sheet1")) == ("2000-01-01",) * 5
    assert "no records" in refusal(name, workbook("Sheet1"))


def test_a_password_is_named() -> None:
    assert "a password protects the workbook" in refusal("encrypted_no_password.xls", workbook("Sheet1"))


def test_a_sheet_of_one_merged_cell_has_no_records() -> None:
    assert "no records" in refusal("merged-cells.xlsx", workbook("Лист1"))
    assert read_headings(MESSY / "merged-cells.xlsx", workbook("Лист1")) == ("data", "data")


def test_a_title_above_and_a_total_below_are_no_records() -> None:
    table = open_table(MESSY / "skip-rows.xlsx", workbook("Sheet 1", header_row=2, footer="^TOTAL$"))
    assert table.headings == ("A", "B")
    assert read(table) == ([("8", "9")], [])
    assert table.footer_rows == 1


def test_dates_with_a_time_are_read_to_the_second() -> None:
    raw = by_xml("texty-dates-xlsx.xlsx")
    table = open_table(MESSY / "texty-dates-xlsx.xlsx", workbook("Sheet1"))
    assert table.headings == ("a",)
    assert read(table)[0] == [("1985-03-11 13:00:00",), ("1985-03-11 13:23:32",)]
    assert [round(float(raw[cell]) * 86400) % 86400 for cell in ("A2", "A3")] == [13 * 3600, 13 * 3600 + 23 * 60 + 32]


def test_columns_without_a_heading_or_with_the_same_are_kept_apart() -> None:
    table = open_table(MESSY / "unnamed-duplicated-columns.xlsx", workbook("Sheet1"))
    assert table.headings == ("", "var2", "", "var2")
    assert read(table)[0] == [("1", "a", "1.1", "aa"), ("2", "b", "2.1", "bb")]


@pytest.mark.parametrize("name", sorted(set(TEXTS) | set(REFUSED_TEXTS)))
def test_a_text_is_refused_as_a_workbook(name: str) -> None:
    refusal(name, workbook("Sheet1"))


@pytest.mark.parametrize("name", sorted(WORKBOOKS))
@pytest.mark.parametrize("stated", list(ENCODINGS))
def test_a_workbook_is_refused_as_text(name: str, stated: str) -> None:
    said = refusal(name, Layout(encoding=stated))
    assert "workbook" in said


@pytest.mark.parametrize("name", sorted(set(TEXTS) | set(REFUSED_TEXTS) | WORKBOOKS))
def test_a_file_that_is_none_of_our_extracts_is_refused_without_a_word_of_it(name: str, settings: Settings) -> None:
    result = check(MESSY / name, settings, NOW, extracted_on=date(2023, 10, 4))
    assert result.refused is not None
    assert all(result.refused.as_dict().values())
    said = result.refused.as_text()
    if name in TEXTS:
        layout, *_ = TEXTS[name]
        words = {cell for row in by_csv(name, layout.encoding, layout.delimiter) for cell in row if len(cell) > 5}
        assert [word for word in words if word in said] == []
    for word in ("Clippy", "Bowie", "Rubin", "kitten"):
        assert word not in said


def mutated(content: bytes, chance: random.Random) -> bytes:
    """The content with one to twenty bytes changed, taken out or put in."""
    given = bytearray(content)
    for _ in range(chance.choice([1, 2, 5, 20])):
        at = chance.randrange(len(given))
        how = chance.randrange(4)
        if how == 0:
            given[at] = chance.randrange(256)
        elif how == 1:
            del given[at : at + chance.choice([1, 8])]
        elif how == 2:
            given[at:at] = bytes(chance.choice(b'0123456789<>/"=A') for _ in range(3))
        else:
            given[at] = chance.choice(b"0123456789")
    return bytes(given)


@pytest.mark.parametrize(
    ("name", "layout"),
    [
        ("deaths.xlsx", workbook("arts", header_row=5, footer="^Some$")),
        ("clippy.xlsx", workbook("list-column")),
        ("dates-1900.xls", workbook("Sheet1")),
    ],
)
@pytest.mark.parametrize("tries", [150, pytest.param(5_000, marks=pytest.mark.long)])
def test_a_damaged_workbook_is_read_whole_or_refused(tmp_path: Path, name: str, layout: Layout, tries: int) -> None:
    chance = random.Random(name)
    content = (MESSY / name).read_bytes()
    path = tmp_path / name
    said: set[str] = set()
    for _ in range(tries):
        if name.endswith(".xls"):
            path.write_bytes(mutated(content, chance))
        else:
            # Damage to a packed part shows in its checksum; what is packed after the damage does not.
            with zipfile.ZipFile(MESSY / name) as given, zipfile.ZipFile(path, "w") as written:
                parts = {part: given.read(part) for part in given.namelist()}
                hit = chance.choice([part for part in parts if part.startswith("xl/") and part.endswith(".xml")])
                for part, whole in parts.items():
                    written.writestr(part, mutated(whole, chance) if part == hit else whole)
        try:
            table = open_table(path, layout)
        except MonitorError as refused:
            said.add(refused.as_text())
        else:
            read(table)
    assert said
    assert [text for text in said if "Bowie" in text or "Clippy" in text] == []
