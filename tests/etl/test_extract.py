"""Step 1: every record is read or set aside with its number, or the file is refused whole."""

from __future__ import annotations

import csv
import io
from datetime import date
from pathlib import Path

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from core.errors import MonitorError
from etl.extract import open_extract
from etl.layout import Ragged

HEADER = "record_id,record_type,recorded_date,strands,authority_name"
NAME = "hate_extracted_2023-10-04.csv"
FIELDS = HEADER.split(",")


def read(path: Path) -> tuple[list[tuple[object, ...]], list[Ragged], int]:
    """(record number and cells) of every record read, those set aside, and the number counted."""
    extract = open_extract(path, None, None)
    ragged: list[Ragged] = []
    rows = extract.table.read(extract.positions, FIELDS, ragged).read_all().to_pylist()
    return [(row["record_number"], *(row[field] for field in FIELDS)) for row in rows], ragged, extract.records


def written(tmp_path: Path, text: str | bytes, name: str = NAME) -> Path:
    path = tmp_path / name
    path.write_bytes(text if isinstance(text, bytes) else text.encode())
    return path


def test_cells_are_read_letter_by_letter(tmp_path: Path) -> None:
    # Leading zeros, a star, spaces, quotes, a comma and a line break inside a cell.
    body = '007*12, Crime ,05/04/2023,"Race, ""Faith""","Oadby\nand Wigston"\n'
    rows, ragged, counted = read(written(tmp_path, f"{HEADER}\n{body}"))
    assert rows == [(1, "007*12", " Crime ", "05/04/2023", 'Race, "Faith"', "Oadby\nand Wigston")]
    assert (ragged, counted) == ([], 1)


@pytest.mark.parametrize("end", ["\n", "\r\n", "\r"])
@pytest.mark.parametrize("start", [b"", b"\xef\xbb\xbf"])
def test_line_ends_blank_lines_and_byte_order_marks_do_not_matter(tmp_path: Path, end: str, start: bytes) -> None:
    lines = [HEADER, "A,Crime,05/04/2023,Race,Blaby", "", "B,Crime,05/04/2023,Race,Blaby", ""]
    rows, _, counted = read(written(tmp_path, start + end.join(lines).encode()))
    assert [row[1] for row in rows] == ["A", "B"]
    assert counted == 2


@pytest.mark.parametrize("end", ["\n", "\r\n", "\r"])
@pytest.mark.parametrize("start", ["", "\ufeff"])
def test_empty_lines_above_the_header_are_no_records(tmp_path: Path, end: str, start: str) -> None:
    # Database tools put one before what they print.
    lines = ["", "", HEADER, "A,Crime,05/04/2023,Race,Blaby", "", "B,Crime", "C,Crime,05/04/2023,Race,Blaby"]
    rows, ragged, counted = read(written(tmp_path, start + end.join(lines)))
    assert [(row[0], row[1]) for row in rows] == [(1, "A"), (3, "C")]
    assert [row.record_number for row in ragged] == [2]
    assert counted == 3


def test_records_with_too_few_or_too_many_cells_are_set_aside_with_their_numbers(tmp_path: Path) -> None:
    lines = [
        HEADER,
        "A,Crime,05/04/2023,Race,Blaby",
        "B,Crime,05/04/2023",  # cut short
        "C,Crime,05/04/2023,Race,Hinckley, and Bosworth",  # a comma that was not quoted
        "D,Crime,05/04/2023,Race,Blaby",
    ]
    rows, ragged, counted = read(written(tmp_path, "\n".join(lines)))
    assert [(row[0], row[1]) for row in rows] == [(1, "A"), (4, "D")]
    assert [(row.record_number, row.cells) for row in ragged] == [(2, 3), (3, 6)]
    assert counted == 4


def test_numbers_are_right_in_a_file_of_several_blocks(tmp_path: Path) -> None:
    # Longer than one block of the reader, with every thousandth record cut short.
    pad = "x" * 400
    lines = [f"{n},Crime,05/04/2023,Race" + ("" if n % 1000 == 0 else f",{pad}") for n in range(1, 50_001)]
    rows, ragged, counted = read(written(tmp_path, "\n".join([HEADER, *lines])))
    assert all(str(row[0]) == row[1] for row in rows)
    assert [row.record_number for row in ragged] == list(range(1000, 50_001, 1000))
    assert counted == len(rows) + len(ragged)


CELLS = st.text(st.characters(codec="utf-8", exclude_characters="\0"), max_size=8)
# A blank line is no record, so the first cell always says something.
ROWS = st.lists(st.tuples(CELLS.filter(lambda cell: cell.strip() != ""), *[CELLS] * 4), min_size=1, max_size=12)


@settings(max_examples=150, suppress_health_check=[HealthCheck.function_scoped_fixture], deadline=None)
@given(rows=ROWS, quote_all=st.booleans())
def test_what_a_csv_writer_wrote_is_what_is_read(tmp_path: Path, rows: list[tuple[str, ...]], quote_all: bool) -> None:
    text = io.StringIO(newline="")
    # Only with CRLF does the writer quote every cell that holds either line end.
    manner = {"lineterminator": "\n", "quoting": csv.QUOTE_ALL} if quote_all else {"lineterminator": "\r\n"}
    csv.writer(text, **manner).writerows([FIELDS, *rows])  # type: ignore[arg-type]
    found, ragged, counted = read(written(tmp_path, text.getvalue()))
    assert [row[1:] for row in found] == [tuple(cell or None for cell in row) for row in rows]
    assert (ragged, counted) == ([], len(rows))


@pytest.mark.parametrize(
    ("content", "said"),
    [
        (b"", "empty"),
        (b" \r\n\r\n", "empty"),
        (HEADER.encode(), "no records"),
        (f"{HEADER}\n\n".encode(), "no records"),
        (b"PK\x03\x04rest of an archive", "a zip archive"),
        (b"\xd0\xcf\x11\xe0rest of a workbook", "cannot be read as an Excel workbook"),
        (HEADER.encode("utf-16"), "UTF-16"),
        (HEADER.encode("utf-16-le"), "binary"),
        (f"{HEADER}\nA,Crime,05/04/2023,Race,Caf\xe9\n".encode("cp1252"), "not written in UTF-8"),
        (f"{HEADER}\nA,Crime,05/04/2023,Race,Bla\0by\n".encode(), "binary"),
        (f'{HEADER}\nA,Crime,05/04/2023,Race,"Blaby\nB,Crime,05/04/2023,Race,Blaby\n'.encode(), "never closed"),
        (HEADER.replace(",", ";").encode() + b"\nA;B;C;D;E\n", "none of the headings"),
        # A quotation mark opened in the header makes one cell of all that follows; so does a file of one long word.
        (b'"' + HEADER.encode() + b"\n" + b"x" * 200_000, "none of the headings"),
        (b"x" * 200_000, "none of the headings"),
    ],
)
def test_a_file_that_is_not_a_whole_csv_in_utf_8_is_refused(tmp_path: Path, content: bytes, said: str) -> None:
    with pytest.raises(MonitorError, match=said) as refused:
        open_extract(written(tmp_path, content), None, None)
    assert refused.value.exit_code == 3
    assert NAME in refused.value.as_text()


def test_a_wrong_letter_far_into_the_file_is_refused_too(tmp_path: Path) -> None:
    body = b"A,Crime,05/04/2023,Race,Blaby\n" * 200_000 + b"A,Crime,05/04/2023,Race,Caf\xe9\n"
    with pytest.raises(MonitorError, match="UTF-8"):
        open_extract(written(tmp_path, HEADER.encode() + b"\n" + body), None, None)


def test_a_missing_file_and_a_folder_are_refused(tmp_path: Path) -> None:
    with pytest.raises(MonitorError, match="not there"):
        open_extract(tmp_path / "missing.csv", None, None)
    with pytest.raises(MonitorError, match="folder"):
        open_extract(tmp_path, None, None)


def test_the_extract_date_is_in_the_name_or_given_and_never_guessed(tmp_path: Path) -> None:
    text = f"{HEADER}\nA,Crime,05/04/2023,Race,Blaby\n"
    assert open_extract(written(tmp_path, text), None, None).extracted_on == date(2023, 10, 4)
    unnamed = written(tmp_path, text, "hate.csv")
    assert open_extract(unnamed, None, date(2023, 9, 1)).extracted_on == date(2023, 9, 1)
    with pytest.raises(MonitorError, match="when it was extracted"):
        open_extract(unnamed, None, None)
    with pytest.raises(MonitorError, match="not a real date"):
        open_extract(written(tmp_path, text, "hate_extracted_2023-02-30.csv"), None, None)


def test_a_window_in_the_name_makes_a_full_extract(tmp_path: Path) -> None:
    text = f"{HEADER}\nA,Crime,05/04/2023,Race,Blaby\n"
    named = written(tmp_path, text, "hate_2023-04-01_2023-06-30_extracted_2023-07-05.csv")
    assert open_extract(named, None, None).window == (date(2023, 4, 1), date(2023, 6, 30))
    # Quarters still to come would be shown as quarters without a report.
    ahead = written(tmp_path, text, "hate_2023-04-01_2023-12-31_extracted_2023-07-05.csv")
    with pytest.raises(MonitorError, match="ends after the day it was extracted"):
        open_extract(ahead, None, None)
    backwards = written(tmp_path, text, "hate_2023-06-30_2023-04-01_extracted_2023-07-05.csv")
    with pytest.raises(MonitorError, match="ends before it begins"):
        open_extract(backwards, None, None)


@pytest.mark.skipif(not (Path(__file__).parents[3] / "shared").is_dir(), reason="the shared messy files are not here")
@pytest.mark.parametrize(
    "path", sorted((Path(__file__).parents[3] / "shared/data/messy").glob("*")), ids=lambda p: p.name
)
def test_every_messy_file_is_refused_in_four_parts(path: Path) -> None:
    with pytest.raises(MonitorError) as refused:
        open_extract(path, None, date(2023, 10, 4))
    assert all(refused.value.as_dict().values())
