"""What you take is what you saw, with where it came from on every row."""

from __future__ import annotations

import io

import openpyxl
import pandas as pd
from hypothesis import given
from hypothesis import strategies as st

from tests.ui.conftest import MakeAnswer
from ui import captions, downloads, sheets


def _read(content: bytes) -> pd.DataFrame:
    return pd.read_csv(io.BytesIO(content), encoding="utf-8-sig", dtype=str, keep_default_na=False)


def test_every_row_carries_its_provenance(make_answer: MakeAnswer) -> None:
    answer = make_answer(pd.DataFrame({"label": ["April 2023", "May 2023"], "value": [3, 4]}), notes=("cut",))
    taken = _read(downloads.csv(answer))
    assert list(taken["value"]) == ["3", "4"]
    for name, said in (("area", "Charnwood"), ("build", "3"), ("marking", "OFFICIAL-SENSITIVE"), ("made_up", "Yes")):
        assert set(taken[name]) == {said}
    assert set(taken["date_basis"]) == {"by date recorded"}
    assert all("extract of 4 October 2023" in source for source in taken["source"])
    assert all("not comparable" in notes for notes in taken["notes"])


def test_a_frame_that_names_areas_row_by_row_keeps_them(make_answer: MakeAnswer) -> None:
    taken = _read(downloads.csv(make_answer(pd.DataFrame({"area": ["Blaby"], "value": [3]}))))
    assert (taken["area"][0], taken["chosen_area"][0]) == ("Blaby", "Charnwood")


def test_a_value_that_is_missing_is_empty_and_not_zero(make_answer: MakeAnswer) -> None:
    taken = _read(downloads.csv(make_answer(pd.DataFrame({"label": ["a"], "value": [float("nan")]}))))
    assert taken["value"][0] == ""


@given(st.text(min_size=1, max_size=20))
def test_no_cell_of_text_can_be_run_by_a_spreadsheet(text: str) -> None:
    kept = downloads._harmless(text)
    assert kept[0] not in "=+-@\t\r" or kept.removeprefix("-").replace(".", "", 1).isdigit()
    assert kept in (text, "'" + text)


def test_negative_numbers_are_left_alone(make_answer: MakeAnswer) -> None:
    taken = _read(downloads.csv(make_answer(pd.DataFrame({"label": ["-3.5", "-2+3"], "value": [-4, 1]}))))
    assert list(taken["label"]) == ["-3.5", "'-2+3"]
    assert list(taken["value"]) == ["-4", "1"]


def test_facts_for_sentences_do_not_travel(make_answer: MakeAnswer) -> None:
    taken = _read(downloads.csv(make_answer(pd.DataFrame({"label": ["a"], "facts": [{"now": 3}], "spark": [[1, 2]]}))))
    assert "facts" not in taken
    assert taken["spark"][0] == "1; 2"


def test_the_file_name_says_which_figure_of_what_from_which_build(make_answer: MakeAnswer) -> None:
    name = downloads.file_name(make_answer(pd.DataFrame()), "csv")
    assert name == "sample-figure_E07000130_2023-Q2_all_all_build-3_made-up.csv"


def test_a_figure_as_a_workbook_is_one_sheet_of_its_table_under_its_words(make_answer: MakeAnswer) -> None:
    answer = make_answer(pd.DataFrame({"label": ["April 2023", "=1+1"], "value": [1234, float("nan")]}), notes=("cut",))
    book = openpyxl.load_workbook(io.BytesIO(sheets.of_figure(answer)))
    (page,) = book.worksheets
    (table,) = page.tables.values()
    assert [[cell.value for cell in row] for row in page[table.ref]] == [
        ["Period", "Reports"],
        ["April 2023", 1234],
        ["=1+1", "[x]"],
    ]
    assert {cell.data_type for row in page[table.ref] for cell in row} == {"s", "n"}
    above = [page.cell(row, 1).value for row in range(1, page[table.ref][0][0].row)]
    assert above[0] == captions.headline(answer)
    assert captions.marking(answer.build) == above[1]
    assert captions.source(answer) in above
    assert any("not comparable" in line for line in above)
    assert any("[x]" in line for line in above)


def test_a_workbook_of_nothing_to_list_says_so(make_answer: MakeAnswer) -> None:
    answer = make_answer(pd.DataFrame({"label": [], "value": []}))
    (page,) = openpyxl.load_workbook(io.BytesIO(sheets.of_figure(answer))).worksheets
    assert not page.tables
    assert "There is nothing to list" in page.cell(page.max_row, 1).value


@given(value=st.floats(-1e9, 1e9), unit=st.sampled_from(["count", "percent", "per_1000", "ratio", "weeks", "year"]))
def test_a_number_in_a_cell_is_the_number_of_the_frame(value: float, unit: str) -> None:
    assert sheets.cell(value, captions.Unit(unit)).value == value
    ranged = sheets.cell(value, captions.Unit(unit, "0 to 4")).value
    assert ranged == ("0 to 4" if value == 0 and unit == "count" else value)


def test_on_paper_the_headings_stand_on_every_page_and_a_row_is_as_high_as_its_lines(make_answer: MakeAnswer) -> None:
    values = [193.33333333333334, float("nan")]
    answer = make_answer(pd.DataFrame({"label": ["April 2023", "May 2023, " * 20], "value": values}))
    (page,) = openpyxl.load_workbook(io.BytesIO(sheets.of_figure(answer))).worksheets
    (table,) = page.tables.values()
    heading, short, long = (row[0].row for row in page[table.ref])
    assert page.print_title_rows == f"${heading}:${heading}"
    # One line is the height a row has by itself, however many digits a number is kept with.
    assert page.row_dimensions[short].height in (None, 15)
    assert page.row_dimensions[long].height > 30
    assert [page.cell(row, 2).alignment.horizontal for row in (heading, short, long)] == ["right"] * 3
