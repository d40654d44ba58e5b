"""What you take is what you saw, with where it came from on every row."""

from __future__ import annotations

import io

import pandas as pd
from hypothesis import given
from hypothesis import strategies as st

from tests.ui.conftest import MakeAnswer
from ui import downloads


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
