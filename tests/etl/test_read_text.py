"""Delimited text is read letter by letter, every record accounted for, or refused with what was found."""

from __future__ import annotations

import csv
import io
import re
from pathlib import Path

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from core.errors import MonitorError
from etl.layout import ENCODINGS, Layout, Ragged
from etl.read_text import TextTable, open_text, read_headings

HEADER = "identifier,kind,day,strands,place"
FIELDS = HEADER.split(",")
UTF_8 = Layout()


def read(path: Path, layout: Layout = UTF_8) -> tuple[list[tuple[object, ...]], list[Ragged], TextTable]:
    """(record number and cells) of every record read, those set aside, and the table."""
    table = open_text(path, layout)
    fields = [f"field_{position}" for position in range(len(table.headings))]
    ragged: list[Ragged] = []
    columns = {field: position for position, field in enumerate(fields)}
    rows = table.read(columns, fields, ragged).read_all().to_pylist()
    return [tuple(row.values()) for row in rows], ragged, table


def written(tmp_path: Path, text: str | bytes, encoding: str = "utf-8") -> Path:
    path = tmp_path / "extract.csv"
    path.write_bytes(text if isinstance(text, bytes) else text.encode(encoding))
    return path


def refusal(path: Path, layout: Layout = UTF_8) -> str:
    with pytest.raises(MonitorError) as refused:
        open_text(path, layout)
    assert refused.value.exit_code == 3
    assert all(refused.value.as_dict().values())
    assert path.name in refused.value.as_text()
    return refused.value.as_text()


def test_cells_are_read_letter_by_letter(tmp_path: Path) -> None:
    # Leading zeros, a star, spaces, quotes, a comma and a line break inside a cell; an empty cell says nothing.
    body = '007*12, Crime ,,"Race, ""Faith""","Oadby\nand Wigston"\n'
    rows, ragged, table = read(written(tmp_path, f"{HEADER}\n{body}"))
    assert rows == [(1, "007*12", " Crime ", None, 'Race, "Faith"', "Oadby\nand Wigston")]
    assert (ragged, table.records, table.footer_rows) == ([], 1, 0)
    assert table.headings == tuple(FIELDS)


def test_only_the_columns_asked_for_are_read_and_those_without_a_position_are_null(tmp_path: Path) -> None:
    table = open_text(written(tmp_path, f"{HEADER}\nA,Crime,05/04/2023,Race,Blaby\n"), UTF_8)
    # Two fields may stand in one column.
    batches = table.read({"place": 4, "town": 4, "record": 0}, ["record", "nowhere", "place", "town"], [])
    assert batches.read_all().to_pylist() == [
        {"record_number": 1, "record": "A", "nowhere": None, "place": "Blaby", "town": "Blaby"}
    ]


@pytest.mark.parametrize("end", ["\n", "\r\n", "\r"])
@pytest.mark.parametrize("start", ["", "\ufeff"])
def test_line_ends_blank_lines_and_byte_order_marks_do_not_matter(tmp_path: Path, end: str, start: str) -> None:
    # Database tools put empty lines above what they print; a record cut short keeps its number.
    lines = ["", "", HEADER, "A,Crime,05/04/2023,Race,Blaby", "", "B,Crime", "C,Crime,05/04/2023,Race,Blaby", ""]
    rows, ragged, table = read(written(tmp_path, start + end.join(lines)))
    assert [row[:2] for row in rows] == [(1, "A"), (3, "C")]
    assert ragged == [Ragged(2, "B,Crime", 2)]
    assert table.records == 3


def test_line_ends_of_several_kinds_in_one_file_all_end_records(tmp_path: Path) -> None:
    rows, _, table = read(written(tmp_path, "id,n\r\nA,1\rB,2\nC,3\r\n\r\nD,4"))
    assert [row[1] for row in rows] == ["A", "B", "C", "D"]
    assert table.records == 4


def test_records_with_too_few_or_too_many_cells_are_set_aside_with_their_numbers(tmp_path: Path) -> None:
    lines = [
        HEADER,
        "A,Crime,05/04/2023,Race,Blaby",
        "B,Crime,05/04/2023",  # cut short
        "C,Crime,05/04/2023,Race,Hinckley, and Bosworth",  # a comma that was not quoted
        "D,Crime,05/04/2023,Race,Blaby",
    ]
    rows, ragged, table = read(written(tmp_path, "\n".join(lines)))
    assert [row[:2] for row in rows] == [(1, "A"), (4, "D")]
    assert ragged == [Ragged(2, lines[2], 3), Ragged(3, lines[3], 6)]
    assert table.records == 4


@pytest.mark.parametrize("encoding", ["utf-8", "utf-16", "cp1252"])
def test_numbers_are_right_in_a_file_of_several_blocks(tmp_path: Path, encoding: str) -> None:
    # Longer than one block of the reader, with every thousandth record cut short.
    pad = "é" * 400
    lines = [f"{n},Crime,05/04/2023,Race" + ("" if n % 1000 == 0 else f",{pad}") for n in range(1, 25_001)]
    text = "\n".join([HEADER, *lines])
    rows, ragged, table = read(written(tmp_path, text, encoding), Layout(encoding=encoding))
    assert all(str(row[0]) == row[1] and row[5] == pad for row in rows)
    assert [row.record_number for row in ragged] == list(range(1000, 25_001, 1000))
    assert table.records == 25_000 == len(rows) + len(ragged)


def test_headings_stand_in_the_row_the_contract_states(tmp_path: Path) -> None:
    # The notes above have a quotation mark that is never closed, and an empty line that counts as a row.
    text = 'Extract of "hate crime\n\nRun by,somebody\nid,place\nA,Blaby\n'
    rows, _, table = read(written(tmp_path, text), Layout(header_row=4))
    assert table.headings == ("id", "place")
    assert (rows, table.records) == ([(1, "A", "Blaby")], 1)


def test_rows_without_a_letter_above_the_headings_are_blank(tmp_path: Path) -> None:
    # Excel writes a blank row as its delimiters alone.
    assert read(written(tmp_path, ",,\n \nid,place\nA,Blaby\n"))[0] == [(1, "A", "Blaby")]


def test_a_heading_of_several_rows_is_its_parts_joined(tmp_path: Path) -> None:
    text = ' Victim ,Victim,\n"Age\nin years",Sex,Place,\n40,F,Blaby,\n'
    rows, _, table = read(written(tmp_path, text), Layout(header_rows=2))
    assert table.headings == ("Victim Age\nin years", "Victim Sex", "Place", "")
    assert rows == [(1, "40", "F", "Blaby", None)]


@pytest.mark.parametrize(
    ("layout", "said"),
    [
        (Layout(header_row=2), "no headings in the row where the contract puts them (row 2)"),
        (Layout(header_row=9), "no headings in the row where the contract puts them (row 9)"),
        (Layout(header_rows=2), "fewer heading rows"),
    ],
)
def test_headings_that_are_not_where_the_contract_puts_them_are_refused(
    tmp_path: Path, layout: Layout, said: str
) -> None:
    assert said in refusal(written(tmp_path, "id,place\n\nA,Blaby\n"), layout)


def test_a_footer_and_all_below_it_are_no_records(tmp_path: Path) -> None:
    text = 'id,place\nA,"Total\nof"\nB,Blaby\n\nTotal,2\n\n"Run ""today"", by\nsomebody"\n'
    rows, ragged, table = read(written(tmp_path, text), Layout(footer="^Total"))
    assert [row[1] for row in rows] == ["A", "B"]
    assert (ragged, table.records, table.footer_rows) == ([], 2, 2)


@pytest.mark.parametrize("encoding", list(ENCODINGS))
def test_a_footer_is_found_in_every_encoding(tmp_path: Path, encoding: str) -> None:
    rows, _, table = read(
        written(tmp_path, "café,place\r\nÉ,Blaby\r\n,Fin é\r\n", encoding), Layout(encoding=encoding, footer="^Fin")
    )
    assert (rows, table.footer_rows) == ([(1, "É", "Blaby")], 1)


def test_a_file_without_its_footer_is_whole(tmp_path: Path) -> None:
    table = open_text(written(tmp_path, "id,place\nA,Blaby\n"), Layout(footer="^Total"))
    assert (table.records, table.footer_rows) == (1, 0)


def test_records_below_a_footer_are_never_dropped(tmp_path: Path) -> None:
    # A page of a printed report ends in a total, and the next page begins.
    text = "id,kind,place\nA,Crime,Blaby\nTotal,1,\nB,Crime,Blaby\nTotal,1,\n"
    said = refusal(written(tmp_path, text), Layout(footer="^Total"))
    assert "look like records" in said
    assert "Blaby" not in said


CELLS = st.text(st.characters(codec="utf-8", exclude_characters="\0"), max_size=8)
SINGLE_BYTE = {"cp1252", "latin-1"}


def cells_in(encoding: str) -> st.SearchStrategy[str]:
    """Cells that can be written in this encoding; Latin-1 has no unseen control characters here."""
    unseen = "".join(chr(code) for code in range(0x80, 0xA0))
    letters = st.characters(
        codec="utf-8" if encoding.startswith("utf") else encoding,
        exclude_characters="\0" + (unseen if encoding == "latin-1" else ""),
    )
    return st.text(letters, max_size=8)


@st.composite
def tables(draw: st.DrawFn) -> tuple[str, str, str, bool, list[tuple[str, ...]]]:
    encoding = draw(st.sampled_from(list(ENCODINGS)))
    cells = cells_in(encoding)
    # A blank line is no record, so the first cell always says something.
    row = st.tuples(cells.filter(lambda cell: cell.strip() != ""), cells, cells)
    return (
        encoding,
        draw(st.sampled_from(",;\t|\x1f")),
        draw(st.sampled_from(["\n", "\r\n", "\r"])),
        draw(st.booleans()),
        draw(st.lists(row, min_size=1, max_size=8)),
    )


def is_utf_8(content: bytes) -> bool:
    try:
        return not content.isascii() and bool(content.decode())
    except UnicodeDecodeError:
        return False


@settings(max_examples=400, suppress_health_check=[HealthCheck.function_scoped_fixture], deadline=None)
@given(table=tables())
def test_what_a_csv_writer_wrote_is_what_is_read(
    tmp_path: Path, table: tuple[str, str, str, bool, list[tuple[str, ...]]]
) -> None:
    encoding, delimiter, end, marked, given_rows = table
    text = io.StringIO(newline="")
    # Only with CRLF does the writer quote every cell that holds either line end.
    manner = csv.QUOTE_MINIMAL if end == "\r\n" else csv.QUOTE_ALL
    writer = csv.writer(text, delimiter=delimiter, lineterminator=end, quoting=manner)  # type: ignore[arg-type]
    writer.writerows([["a", "b", "c"], *given_rows])
    mark = "\ufeff" if marked and encoding.startswith("utf") and encoding != "utf-16" else ""
    content = (mark + text.getvalue()).encode(encoding)
    path = written(tmp_path, content)
    layout = Layout(encoding=encoding, delimiter=delimiter)
    if encoding in SINGLE_BYTE and is_utf_8(content):
        # The one table that cannot be told from another: refused rather than guessed.
        assert "text in UTF-8" in refusal(path, layout)
        return
    found, ragged, counted = read(path, layout)
    assert [row[1:] for row in found] == [tuple(cell or None for cell in row) for row in given_rows]
    assert [row[0] for row in found] == list(range(1, len(given_rows) + 1))
    assert (ragged, counted.records) == ([], len(given_rows))


@settings(max_examples=400, suppress_health_check=[HealthCheck.function_scoped_fixture], deadline=None)
@given(body=st.text(st.sampled_from('a1,"\n\r é'), max_size=40))
def test_every_record_counted_is_read_or_set_aside_or_the_difference_shows(tmp_path: Path, body: str) -> None:
    """Of any text at all: what the parser makes of it is what was counted, unless the two are seen to differ."""
    path = written(tmp_path, f"a,b\n{body}")
    try:
        rows, ragged, table = read(path)
    except MonitorError:
        return
    numbers = sorted([int(str(row[0])) for row in rows] + [row.record_number for row in ragged])
    # The caller refuses a file whose records do not add up to those counted; the numbers never run into each other.
    assert numbers == list(range(1, len(numbers) + 1))
    if body.count('"') == 0:
        assert len(numbers) == table.records


@pytest.mark.parametrize(
    ("content", "stated", "said"),
    [
        (b"", "utf-8", "empty"),
        (b" \r\n\r\n", "utf-8", "empty"),
        (HEADER.encode(), "utf-8", "no records"),
        (f"{HEADER}\n\n".encode(), "utf-8", "no records"),
        (b"PK\x03\x04rest of an archive", "utf-8", "is a zip archive; the contract states text in UTF-8"),
        (b"PK\x03\x04xl/workbook.xml", "cp1252", "is an Excel workbook; the contract states text in Windows-1252"),
        (b"\xd0\xcf\x11\xe0rest of a workbook", "utf-8", "old Excel workbook"),
        (b"%PDF-1.7", "utf-8", "a PDF"),
        (b"\x1f\x8b\x08", "utf-8", "compressed"),
        ("id\nA\n".encode("utf-16"), "utf-8", "is text in UTF-16; the contract states text in UTF-8"),
        ("id,b\nA,B\n".encode("utf-16-le"), "utf-8", "UTF-16 without its byte order mark"),
        ("id,b\nA,B\n".encode("utf-16-be"), "latin-1", "UTF-16 without its byte order mark"),
        ("id\nCafé\n".encode("cp1252"), "utf-8", "not written in UTF-8"),
        (b"id\nBla\0by\n", "utf-8", "binary"),
        (b"id\nBla\0by\n", "cp1252", "binary"),
        ("id\nBla\0by\n".encode("utf-16"), "utf-16", "binary"),
        (b'id,b\nA,"Blaby\nB,C\n', "utf-8", "never closed"),
        # Windows-1252 has five bytes that are no letter.
        (b"id\nCaf\xe9\x81\n", "cp1252", "not written in Windows-1252"),
        ("id\nCafé\n".encode(), "cp1252", "is text in UTF-8; the contract states text in Windows-1252"),
        ("id\nCafé\n".encode(), "latin-1", "is text in UTF-8"),
        ("\ufeffid\nA\n".encode(), "cp1252", "is text in UTF-8"),
        ("id\n“Blaby” café\n".encode("cp1252"), "latin-1", "is text in Windows-1252"),
        (b"id\nA\n", "utf-16", "one byte to a letter"),
        ("id\nA\n".encode("utf-16-le"), "utf-16", "without UTF-16's byte order mark"),
        (b"\xff\xfe" + "id\nA\n".encode("utf-16-le"), "utf-16-be", "the other byte order"),
        # An odd number of bytes, and half of a letter of two parts: cut short.
        ("id\nAB\n".encode("utf-16")[:-1], "utf-16", "not written in UTF-16"),
        ("id\n\U0001f600".encode("utf-16")[:-2], "utf-16", "not written in UTF-16"),
        ("id\nCafé".encode()[:-1], "utf-8", "not written in UTF-8"),
    ],
)
def test_a_file_that_is_not_what_the_contract_states_is_refused_with_what_was_found(
    tmp_path: Path, content: bytes, stated: str, said: str
) -> None:
    text = refusal(written(tmp_path, content), Layout(encoding=stated))
    assert re.search(re.escape(said), text)
    assert "Blaby" not in text
    assert "Caf" not in text


@pytest.mark.parametrize(("stated", "bad"), [("utf-8", b"Caf\xe9"), ("cp1252", b"Caf\x81"), ("latin-1", b"Caf\x93")])
def test_a_wrong_letter_far_into_the_file_is_refused_too(tmp_path: Path, stated: str, bad: bytes) -> None:
    body = b"A,Crime,05/04/2023,Race,Blaby\n" * 200_000
    path = written(tmp_path, HEADER.encode() + b"\n" + body + b"A,Crime,05/04/2023,Race," + bad + b"\n")
    # Only the whole file tells; its headings can be read.
    assert read_headings(path, Layout(encoding=stated)) == tuple(FIELDS)
    refusal(path, Layout(encoding=stated))


def test_a_heading_row_without_an_end_is_refused_before_the_file_is_read(tmp_path: Path) -> None:
    # A quotation mark opened in the headings makes one cell of all that follows.
    assert "does not end" in refusal(written(tmp_path, b'"' + b"x" * 3_000_000))


def test_a_missing_file_and_a_folder_are_refused(tmp_path: Path) -> None:
    assert "not there" in refusal(tmp_path / "missing.csv")
    assert "folder" in refusal(tmp_path)


@pytest.mark.parametrize(
    ("layout", "said"),
    [
        (Layout(format="pdf"), "format"),
        (Layout(encoding="ebcdic"), "encoding"),
        (Layout(delimiter="::"), "delimiter"),
        (Layout(delimiter="§"), "delimiter"),
        (Layout(delimiter='"'), "delimiter"),
        (Layout(header_row=0), "from 1"),
        (Layout(header_rows=0), "from 1"),
        (Layout(format="workbook"), "names its sheet"),
        (Layout(sheet="Data"), "names its sheet"),
        (Layout(footer="("), "regular expression"),
    ],
)
def test_a_layout_that_cannot_be_is_named(layout: Layout, said: str) -> None:
    assert [said in fault for fault in layout.faults()] == [True]


def test_a_layout_that_can_be_has_no_faults() -> None:
    assert Layout().faults() == ()
    assert Layout(format="workbook", sheet="Data", header_rows=2, footer="^Total").faults() == ()
