"""A sheet of a workbook is read as its cells are, every row accounted for, or refused with what was found."""

from __future__ import annotations

import struct
import zipfile
from collections.abc import Callable
from datetime import date, datetime, timedelta
from pathlib import Path
from typing import Any

import pytest
import xlsxwriter
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from core.errors import MonitorError
from etl.layout import Layout, Ragged
from etl.read import open_table, read_headings
from etl.read_workbook import WorkbookTable

LAYOUT = Layout(format="workbook", sheet="Data")
SHEET, STRINGS, BOOK = "xl/worksheets/sheet1.xml", "xl/sharedStrings.xml", "xl/workbook.xml"
MESSY = Path(__file__).parents[3] / "shared/data/messy"
needs_messy = pytest.mark.skipif(not MESSY.is_dir(), reason="the shared messy files are not here")


def read(path: Path, layout: Layout = LAYOUT) -> tuple[list[tuple[object, ...]], list[Ragged], WorkbookTable]:
    """(record number and cells) of every record read, those set aside, and the table."""
    table = open_table(path, layout)
    assert isinstance(table, WorkbookTable)
    fields = [f"field_{position}" for position in range(len(table.headings))]
    ragged: list[Ragged] = []
    columns = {field: position for position, field in enumerate(fields)}
    rows = table.read(columns, fields, ragged).read_all().to_pylist()
    assert len(rows) + len(ragged) == table.records
    return [tuple(row.values()) for row in rows], ragged, table


def made(
    tmp_path: Path, fill: Callable[[Any, Any], None], *, sheet: str = "Data", name: str = "a.xlsx", **options: object
) -> Path:
    """A workbook of one sheet, filled by `fill(sheet, workbook)`."""
    path = tmp_path / name
    with xlsxwriter.Workbook(path, {"strings_to_numbers": False, "strings_to_formulas": False, **options}) as book:
        fill(book.add_worksheet(sheet), book)
    return path


def simple(tmp_path: Path) -> Path:
    """Two headings and two records: A 5, B 6."""

    def fill(sheet: Any, _: Any) -> None:
        for number, row in enumerate([["id", "n"], ["A", 5], ["B", 6]]):
            sheet.write_row(number, 0, row)

    return made(tmp_path, fill)


def edited(path: Path, part: str, old: str, new: str) -> Path:
    """The same workbook with a change in one of its parts."""
    target = path.with_name("edited.xlsx")
    with zipfile.ZipFile(path) as given, zipfile.ZipFile(target, "w", zipfile.ZIP_DEFLATED) as written:
        for name in given.namelist():
            content = given.read(name).decode()
            if name == part:
                assert old in content
                content = content.replace(old, new)
            written.writestr(name, content)
    return target


def refusal(path: Path, layout: Layout = LAYOUT) -> str:
    with pytest.raises(MonitorError) as refused:
        open_table(path, layout)
    assert refused.value.exit_code == 3
    assert all(refused.value.as_dict().values())
    assert path.name in refused.value.as_text()
    return refused.value.as_text()


def test_cells_are_read_as_they_are(tmp_path: Path) -> None:
    def fill(sheet: Any, book: Any) -> None:
        day = book.add_format({"num_format": "dd/mm/yyyy"})
        minute = book.add_format({"num_format": "dd/mm/yyyy hh:mm"})
        clock = book.add_format({"num_format": "hh:mm"})
        elapsed = book.add_format({"num_format": "[h]:mm:ss"})
        sheet.write_row(0, 0, ["text", "number", "date", "other"])
        # Text keeps its zeros, its spaces and its line ends.
        sheet.write_row(1, 0, [" 007 ", 12, date(2023, 4, 5), True], None)
        sheet.write_datetime(1, 2, datetime(2023, 4, 5), day)
        sheet.write_string(2, 0, "Oadby\nand Wigston")
        # Never in scientific notation, and no point that means nothing.
        sheet.write_number(2, 1, 12345678901234)
        sheet.write_datetime(2, 2, datetime(2023, 4, 5, 13, 5, 7), minute)
        sheet.write_boolean(2, 3, False)
        sheet.write_string(3, 0, "_x000D_")
        sheet.write_number(3, 1, 0.0000001)
        # A whole day with a time's format is a day; a third of a day is a whole number of seconds.
        sheet.write_datetime(3, 2, datetime(2023, 4, 5), minute)
        sheet.write_number(3, 3, 1 / 3, clock)
        sheet.write_string(4, 0, "é😀")
        sheet.write_number(4, 1, -1.5)
        sheet.write_number(4, 2, 45000 + 59.6 / 86400, minute)
        sheet.write_number(4, 3, 1.5, elapsed)

    path = made(tmp_path, fill, default_date_format="yyyy")
    assert read(path)[0] == [
        (1, " 007 ", "12", "2023-04-05", "TRUE"),
        (2, "Oadby\nand Wigston", "12345678901234", "2023-04-05 13:05:07", "FALSE"),
        (3, "_x000D_", "0.0000001", "2023-04-05", "08:00:00"),
        (4, "é😀", "-1.5", "2023-03-15 00:01:00", "36:00:00"),
    ]


@pytest.mark.parametrize("is_1904", [False, True])
def test_days_are_counted_from_1900_or_1904_as_the_workbook_says(tmp_path: Path, is_1904: bool) -> None:
    def fill(sheet: Any, book: Any) -> None:
        sheet.write_row(0, 0, ["day"])
        sheet.write_datetime(1, 0, datetime(2000, 2, 29), book.add_format({"num_format": "d mmm yy"}))

    path = made(tmp_path, fill, date_1904=is_1904)
    assert read(path)[0] == [(1, "2000-02-29")]
    if is_1904:
        assert read(edited(path, BOOK, 'date1904="1"', 'date1904="true"'))[0] == [(1, "2000-02-29")]
        assert read(edited(path, BOOK, 'date1904="1"', 'date1904="0"'))[0] == [(1, "1996-02-28")]


@needs_messy
@pytest.mark.parametrize("name", ["dates-1900.xls", "dates-1904.xls"])
def test_days_of_an_old_workbook_are_counted_from_1900_or_1904_as_it_says(name: str) -> None:
    # The one row of these files is 1 January 2000 in five formats.
    assert read_headings(MESSY / name, Layout(format="workbook", sheet="Sheet1")) == ("2000-01-01",) * 5


def old_number(row: int, column: int, number: int, style: int = 15) -> bytes:
    """A cell of an XLS as its record: a whole number; style 23 shows it as a day."""
    return struct.pack("<HHHHHI", 0x027E, 10, row, column, style, number << 2 | 2)


def old_special(row: int, column: int, value: int, is_error: bool) -> bytes:
    """A cell of an XLS as its record: an error or a truth."""
    return struct.pack("<HHHHHBB", 0x0205, 8, row, column, 15, value, is_error)


@needs_messy
@pytest.mark.parametrize(
    ("cells", "headings", "records"),
    [
        # #N/A is the error 42; the third row of the sheet is blank.
        (
            old_number(0, 0, 36526, 23) + old_special(1, 0, 42, True) + old_number(3, 0, 7),
            ("2000-01-01",),
            [("#N/A",), ("7",)],
        ),
        (
            old_number(0, 1, 1) + old_number(0, 2, 2) + old_special(5, 2, 1, False),
            ("", "1", "2"),
            [(None, None, "TRUE")],
        ),
    ],
)
def test_records_of_an_old_workbook_are_read_and_counted(
    tmp_path: Path, cells: bytes, headings: tuple[str, ...], records: list[tuple[str | None, ...]]
) -> None:
    # No library writes XLS today, so the one record of cells of a real one is replaced, byte for byte, by others.
    content = (MESSY / "dates-1900.xls").read_bytes()
    at = content.index(struct.pack("<HHHH", 0x00BD, 36, 0, 0))
    assert len(cells) == 40
    path = tmp_path / "old.xls"
    path.write_bytes(content[:at] + cells + content[at + 40 :])
    rows, ragged, table = read(path, Layout(format="workbook", sheet="Sheet1"))
    assert table.headings == headings
    assert [row[1:] for row in rows] == records
    assert (ragged, table.records) == ([], len(records))


@needs_messy
def test_an_old_workbook_whose_records_are_damaged_is_refused_and_takes_no_memory(tmp_path: Path) -> None:
    content = bytearray((MESSY / "dates-1904.xls").read_bytes())
    path = tmp_path / "old.xls"
    # Every byte of the container's header and of its table, one at a time: a reader that takes a length at its word
    # asks for hundreds of gigabytes.
    for at in [*range(8, 80), *range(512, 600)]:
        changed = content.copy()
        changed[at] ^= 0xFF
        path.write_bytes(changed)
        with pytest.raises(MonitorError):
            open_table(path, Layout(format="workbook", sheet="Sheet1"))


def test_errors_formulas_and_numbers_shown_with_leading_zeros_are_what_the_sheet_shows(tmp_path: Path) -> None:
    def fill(sheet: Any, book: Any) -> None:
        zeros = book.add_format({"num_format": "00000"})
        sheet.write_row(0, 0, ["a", "b", "c"])
        sheet.write_formula(1, 0, "=1/0", None, "#DIV/0!")
        sheet.write_formula(1, 1, '="x"', None, "x")
        sheet.write_formula(1, 2, '=""', None, "")
        # A number so shown leaves Excel as 00123 in a CSV too.
        sheet.write_number(2, 0, 123, zeros)
        sheet.write_number(2, 1, 123456, zeros)
        sheet.write_number(2, 2, 1.5, zeros)
        # An error alone, in the last row.
        sheet.write_formula(3, 1, "=NA()", None, "#N/A")

    # Excel says of a formula whose value is empty text that it is text; this writer does not.
    path = edited(made(tmp_path, fill), SHEET, '<c r="C2">', '<c r="C2" t="str">')
    assert read(path)[0] == [(1, "#DIV/0!", "x", None), (2, "00123", "123456", "1.5"), (3, None, "#N/A", None)]


def test_blank_rows_are_no_records_and_the_table_may_stand_anywhere(tmp_path: Path) -> None:
    def fill(sheet: Any, book: Any) -> None:
        sheet.write_row(3, 2, ["id", "n"])
        sheet.write_row(4, 2, ["A", 1])
        # A row with nothing but a format, and one of empty text.
        sheet.write_blank(6, 2, None, book.add_format({"bold": True}))
        sheet.write_formula(7, 2, '=""', None, "")
        sheet.write_row(9, 2, ["B", 2])

    rows, ragged, table = read(edited(made(tmp_path, fill), SHEET, '<c r="C8">', '<c r="C8" t="str">'))
    # What stands left of the table is columns without a heading.
    assert table.headings == ("", "", "id", "n")
    assert rows == [(1, None, None, "A", "1"), (2, None, None, "B", "2")]
    assert (ragged, table.records, table.footer_rows) == ([], 2, 0)


def test_only_cells_beyond_the_headings_make_a_record_ragged(tmp_path: Path) -> None:
    def fill(sheet: Any, book: Any) -> None:
        sheet.write_row(0, 0, ["id", "place"])
        sheet.write_row(1, 0, ["A"])  # nothing in its second cell
        sheet.write_row(2, 0, ["B", 'Blaby, "north"', "", 7])  # something without a heading
        sheet.write_row(3, 0, ["C", "Blaby"])
        sheet.write_blank(3, 5, None, book.add_format({"bold": True}))  # a format alone

    rows, ragged, _ = read(made(tmp_path, fill))
    assert rows == [(1, "A", None), (3, "C", "Blaby")]
    assert ragged == [Ragged(2, 'B,"Blaby, ""north""",,7', 4)]


def test_a_merged_heading_counts_for_every_column_under_it(tmp_path: Path) -> None:
    def fill(sheet: Any, _: Any) -> None:
        sheet.merge_range(0, 0, 0, 4, "Extract of hate crime")
        sheet.merge_range(1, 0, 2, 0, "Reference")
        sheet.merge_range(1, 1, 1, 2, "Victim")
        sheet.write_row(1, 3, ["Place", ""])
        sheet.write_row(2, 1, ["age", "sex", "", "note"])
        sheet.write_row(3, 0, ["A", 40, "F", "Blaby", "n"])

    layout = Layout(format="workbook", sheet="Data", header_row=2, header_rows=2)
    rows, _, table = read(made(tmp_path, fill), layout)
    assert table.headings == ("Reference", "Victim age", "Victim sex", "Place", "note")
    assert rows == [(1, "A", "40", "F", "Blaby", "n")]


@pytest.mark.parametrize("reach", [(1, 1, 2, 1), (2, 0, 2, 1), (0, 1, 1, 1)])
def test_merged_cells_among_the_records_are_refused(tmp_path: Path, reach: tuple[int, int, int, int]) -> None:
    def fill(sheet: Any, _: Any) -> None:
        for number, row in enumerate([["id", "n"], ["A", 5], ["B", 6]]):
            sheet.write_row(number, 0, row)
        sheet.merge_range(*reach, "Blaby")

    said = refusal(made(tmp_path, fill))
    assert "merged among the records" in said
    assert "Blaby" not in said


def test_a_footer_and_all_below_it_are_no_records_merged_or_not(tmp_path: Path) -> None:
    def fill(sheet: Any, _: Any) -> None:
        sheet.write_row(0, 0, ["id", "n", "place"])
        sheet.write_row(1, 0, ["A", 1, "Blaby"])
        sheet.write_row(3, 1, ["Total", 1])
        sheet.merge_range(5, 0, 5, 2, "Printed by somebody")

    path = made(tmp_path, fill)
    rows, _, table = read(path, Layout(format="workbook", sheet="Data", footer="^Total$"))
    assert (rows, table.records, table.footer_rows) == ([(1, "A", "1", "Blaby")], 1, 2)
    assert "merged" in refusal(path)


def test_records_below_a_footer_are_never_dropped(tmp_path: Path) -> None:
    def fill(sheet: Any, _: Any) -> None:
        for number, row in enumerate([["id", "n"], ["A", 1], ["Total", 1], ["B", 1], ["Total", 1]]):
            sheet.write_row(number, 0, row)

    assert "look like records" in refusal(made(tmp_path, fill), Layout(format="workbook", sheet="Data", footer="Total"))


@pytest.mark.parametrize("row", [2, 9])
def test_headings_that_are_not_where_the_contract_puts_them_are_refused(tmp_path: Path, row: int) -> None:
    def fill(sheet: Any, _: Any) -> None:
        sheet.write_row(0, 0, ["id"])
        sheet.write_row(2, 0, ["A"])

    path = made(tmp_path, fill)
    assert f"(row {row})" in refusal(path, Layout(format="workbook", sheet="Data", header_row=row))
    assert "(row 2)" in refusal(path, Layout(format="workbook", sheet="Data", header_rows=2))


def test_the_sheet_is_the_one_the_contract_names_letter_by_letter(tmp_path: Path) -> None:
    path = made(tmp_path, lambda sheet, _: sheet.write_row(0, 0, ["id"]), sheet="data ")
    said = refusal(path)
    assert "no sheet of cells named 'Data'; it has 1 of other names" in said


def test_a_sheet_without_records_or_without_anything_is_refused(tmp_path: Path) -> None:
    assert "no records" in refusal(made(tmp_path, lambda sheet, _: sheet.write_row(0, 0, ["id"])))
    assert "the sheet is empty" in refusal(made(tmp_path, lambda *_: None))


def test_a_workbook_with_macros_is_read_and_its_macros_are_not(tmp_path: Path) -> None:
    path = simple(tmp_path)
    target = path.with_suffix(".xlsm")
    with zipfile.ZipFile(path) as given_parts, zipfile.ZipFile(target, "w") as written:
        for name in given_parts.namelist():
            content = given_parts.read(name)
            if name == "[Content_Types].xml":
                content = content.replace(
                    b"vnd.openxmlformats-officedocument.spreadsheetml.sheet.main",
                    b"vnd.ms-excel.sheet.macroEnabled.main",
                )
            written.writestr(name, content)
        written.writestr("xl/vbaProject.bin", b"never looked at")
    assert [row[1:] for row in read(target)[0]] == [("A", "5"), ("B", "6")]


CELL = '<c r="B2"><v>5</v></c>'


@pytest.mark.parametrize(
    ("cell", "text"),
    [
        # Text within the cell, in runs, with how it is spoken, and with spaces kept or not.
        ('<c r="B2" t="inlineStr"><is><t>in</t></is></c>', "in"),
        ('<c r="B2" t="inlineStr"><is><r><t>in</t></r><r><t xml:space="preserve"> side</t></r></is></c>', "in side"),
        ('<c r="B2" t="inlineStr"><is><t>in</t><rPh sb="0" eb="1"><t>said</t></rPh></is></c>', "in"),
        ('<c r="B2" t="inlineStr"><is><t>  </t></is></c>', None),
        ('<c r="B2" t="str"><f>A2</f><v>x</v></c>', "x"),
        ('<c r="B2" t="d"><v>2023-01-05</v></c>', "2023-01-05"),
        ('<c r="B2"><v>1E-3</v></c>', "0.001"),
        ("<c><v>5</v></c>", "5"),
    ],
)
def test_cells_written_by_other_programs_are_read_too(tmp_path: Path, cell: str, text: str | None) -> None:
    rows, _, _ = read(edited(simple(tmp_path), SHEET, CELL, cell))
    assert rows == [(1, "A", text), (2, "B", "6")]


@pytest.mark.parametrize(
    ("part", "old", "new", "said"),
    [
        # A formula that no program has worked out has no value; blank would be a wrong one.
        (SHEET, CELL, '<c r="B2"><f>1+1</f></c>', "never worked out"),
        # The same place twice: the second would put the first out of sight.
        (SHEET, '<row r="3"', '<row r="2"', "damaged"),
        (SHEET, 'r="B3"', 'r="A3"', "damaged"),
        (SHEET, 'r="B3"', 'r="B4"', "damaged"),
        (SHEET, 'r="B3"', 'r="ZZZ3"', "damaged"),
        (SHEET, "</sheetData>", "", "damaged"),
        (SHEET, CELL, '<c r="B2" t="s"><v>99</v></c>', "damaged"),
        (SHEET, '<row r="3" spans="1:2"><c r="A3"', '<row r="1048576"><c r="XFC1048576"', "damaged|far apart"),
        (STRINGS, "<t>A</t>", "<t>A_x0000_</t>", "damaged"),
        (STRINGS, 'uniqueCount="4"', 'uniqueCount="99999999999"', "damaged"),
        (STRINGS, 'count="4"', 'count="99999999999"', "damaged"),
        (STRINGS, "<sst", '<!DOCTYPE sst [<!ENTITY a "aaaa">]><sst', "damaged"),
        (SHEET, "<worksheet", '<!DOCTYPE sheet [<!ENTITY a "aaaa">]><worksheet', "damaged"),
        (BOOK, "r:id=", "r:other=", "damaged|empty"),
    ],
)
def test_a_workbook_that_cannot_be_taken_at_its_word_is_refused(
    tmp_path: Path, part: str, old: str, new: str, said: str
) -> None:
    text = refusal(edited(simple(tmp_path), part, old, new))
    assert any(words in text for words in said.split("|"))


def test_a_sheet_whose_cells_lie_too_far_apart_is_refused_before_it_is_laid_out(tmp_path: Path) -> None:
    def fill(sheet: Any, _: Any) -> None:
        sheet.write_string(0, 0, "id")
        sheet.write_string(1_048_575, 16_383, "A")

    assert "so far apart" in refusal(made(tmp_path, fill))


def test_an_archive_that_unpacks_to_more_than_a_gigabyte_is_refused(tmp_path: Path) -> None:
    path = simple(tmp_path)
    with (
        zipfile.ZipFile(path, "a", zipfile.ZIP_DEFLATED, compresslevel=1) as archive,
        archive.open("xl/media/image1.bmp", "w", force_zip64=True) as part,
    ):
        for _ in range(65):
            part.write(bytes(16 << 20))
    assert "more than a gigabyte" in refusal(path)


def test_two_parts_of_one_name_are_refused(tmp_path: Path) -> None:
    path = simple(tmp_path)
    with zipfile.ZipFile(path, "a") as archive, pytest.warns(UserWarning, match="Duplicate"):
        archive.writestr(SHEET, b"<worksheet/>")
    assert "damaged" in refusal(path)


@pytest.mark.parametrize("kept", [0.3, 0.9])
def test_a_workbook_cut_short_is_refused(tmp_path: Path, kept: float) -> None:
    path = simple(tmp_path)
    path.write_bytes(path.read_bytes()[: int(path.stat().st_size * kept)])
    assert "damaged" in refusal(path)


def test_a_password_is_named(tmp_path: Path) -> None:
    # The container that Office puts around an encrypted workbook names the part that it encrypts.
    locked = tmp_path / "locked.xlsx"
    locked.write_bytes(b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1" + bytes(600) + "EncryptedPackage".encode("utf-16-le"))
    assert "a password protects" in refusal(locked)
    # An archive can be locked part by part: the second flag of an entry says so.
    path = simple(tmp_path)
    content = bytearray(path.read_bytes())
    for at in range(len(content) - 4):
        if content[at : at + 4] == b"PK\x01\x02":
            content[at + 8] |= 1
    path.write_bytes(content)
    assert "a password protects" in refusal(path)


@pytest.mark.parametrize(
    ("content", "said"),
    [
        (b"id,n\nA,5\n", "is text, or something else that is no workbook; the contract states an Excel workbook"),
        ("id,n\n".encode("utf-16"), "is text in UTF-16"),
        (b"%PDF-1.7", "a PDF"),
        (b"", "empty"),
        (b"PK\x03\x04 and no more", "damaged"),
        (b"\xd0\xcf\x11\xe0 and no more", "damaged"),
    ],
)
def test_a_file_that_is_no_workbook_is_refused_with_what_was_found(tmp_path: Path, content: bytes, said: str) -> None:
    path = tmp_path / "a.xlsx"
    path.write_bytes(content)
    assert said in refusal(path)


def test_an_archive_that_is_no_workbook_is_refused_with_what_was_found(tmp_path: Path) -> None:
    for part, said in [("id.csv", "is a zip archive"), ("xl/workbook.bin", "binary form (XLSB)")]:
        path = tmp_path / "a.xlsx"
        with zipfile.ZipFile(path, "w") as archive:
            archive.writestr(part, b"id,n")
        assert said in refusal(path)


LETTERS = st.text(
    st.characters(codec="utf-8", exclude_categories=["Cc", "Cs"], exclude_characters="\ufffe\uffff"), max_size=8
)
VALUES = st.one_of(
    st.none(),
    LETTERS,
    st.booleans(),
    st.integers(-(10**14), 10**14),
    # Excel keeps fifteen digits.
    st.decimals(-1000, 1000, places=4).map(float),
    st.datetimes(datetime(1900, 3, 1), datetime(2100, 1, 1)).map(lambda when: when.replace(microsecond=0)),
)


def as_text(value: Any) -> str | None:
    if isinstance(value, bool):
        return str(value).upper()
    if isinstance(value, datetime):
        return str(value.date()) if value == datetime.combine(value, datetime.min.time()) else str(value)
    if isinstance(value, float):
        return str(int(value)) if value == int(value) else f"{value:.4f}".rstrip("0")
    return None if value is None else str(value) or None


@settings(max_examples=200, suppress_health_check=[HealthCheck.function_scoped_fixture], deadline=None)
@given(
    rows=st.lists(st.lists(VALUES, min_size=3, max_size=3), min_size=1, max_size=8),
    is_1904=st.booleans(),
    corner=st.tuples(st.integers(0, 3), st.integers(0, 3)),
)
def test_what_a_workbook_writer_wrote_is_what_is_read(
    tmp_path: Path, rows: list[list[Any]], is_1904: bool, corner: tuple[int, int]
) -> None:
    above, left = corner
    rows = [
        # Before the year 1904 there is no day to write.
        [value + timedelta(days=1500) if is_1904 and isinstance(value, datetime) else value for value in row]
        for row in rows
    ]

    def fill(sheet: Any, book: Any) -> None:
        minute = book.add_format({"num_format": "yyyy-mm-dd hh:mm"})
        sheet.write_row(above, left, ["a", "b", "c"])
        for number, row in enumerate(rows, start=above + 1):
            for column, value in enumerate(row, start=left):
                if isinstance(value, str):
                    sheet.write_string(number, column, value)
                elif isinstance(value, datetime):
                    sheet.write_datetime(number, column, value, minute)
                elif value is not None:
                    sheet.write(number, column, value)

    expected = [tuple(as_text(value) for value in row) for row in rows]
    expected = [row for row in expected if any(row)]
    path = made(tmp_path, fill, date_1904=is_1904)
    if not expected:
        assert "no records" in refusal(path)
        return
    found, ragged, table = read(path)
    assert table.headings == (*[""] * left, "a", "b", "c")
    assert [row[1 + left :] for row in found] == expected
    assert (ragged, table.records) == ([], len(expected))
