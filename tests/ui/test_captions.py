"""The words round a figure."""

from __future__ import annotations

from dataclasses import replace

import pandas as pd
import pytest

from core.errors import ConfigError
from core.model import SHAREABLE, Build, Selection
from tests.ui.conftest import MakeAnswer
from ui import captions


def test_the_headline_is_the_one_the_finding_chose(make_answer: MakeAnswer) -> None:
    assert captions.headline(make_answer(pd.DataFrame())) == "Charnwood has 45"


def test_a_finding_without_words_is_an_error_and_never_a_blank(make_answer: MakeAnswer) -> None:
    with pytest.raises(ConfigError):
        captions.headline(replace(make_answer(pd.DataFrame()), finding="unheard_of"))


def test_the_source_line_names_data_extract_build_marking_and_that_it_is_made_up(make_answer: MakeAnswer) -> None:
    line = captions.source(make_answer(pd.DataFrame()))
    for part in ("30 September 2023", "4 October 2023", "build 3", "OFFICIAL-SENSITIVE", "made-up"):
        assert part in line


def test_the_marking_of_a_shareable_build_says_that_counts_are_protected(make_answer: MakeAnswer) -> None:
    build = replace(make_answer(pd.DataFrame()).build, audience=SHAREABLE, base=5, marking="OFFICIAL")
    assert "multiples of 5" in captions.marking(build)


def test_area_and_period_come_from_the_selection_unless_the_figure_says_otherwise(make_answer: MakeAnswer) -> None:
    plain = make_answer(pd.DataFrame())
    assert (captions.area(plain), captions.period(plain)) == ("Charnwood", "Q2 2023/24 (July to September 2023)")
    told = make_answer(pd.DataFrame(), said={"area": "The nine authorities", "period": "all years"})
    assert (captions.area(told), captions.period(told)) == ("The nine authorities", "all years")


def test_a_figure_with_a_row_for_every_authority_is_about_all_of_them(make_answer: MakeAnswer) -> None:
    assert "nine authorities" in captions.area(make_answer(pd.DataFrame({"area_code": ["E06000016"]})))


@pytest.mark.parametrize(
    ("value", "unit", "said"),
    [
        (1234, "count", "1,234"),
        (-3, "count", "−3"),  # a minus sign, not a hyphen
        (23.78, "count", "23.8"),  # an average of counts
        (12.34, "percent", "12.3%"),
        (0.814, "per_1000", "0.81"),
        (1.2, "ratio", "1.20"),
        (1, "weeks", "1 week"),
        (12, "weeks", "12 weeks"),
    ],
)
def test_numbers_are_written_as_people_read_them(value: float, unit: str, said: str) -> None:
    assert captions.number(value, captions.Unit(unit)) == said


def test_a_protected_zero_is_written_as_the_range_it_hides() -> None:
    assert captions.number(0, captions.Unit("count", "0 to 4")) == "0 to 4"
    assert captions.number(0, captions.Unit("percent", "0 to 4")) == "0.0%"


@pytest.mark.parametrize("missing", [None, float("nan"), pd.NA, pd.NaT])
def test_a_missing_value_has_words_and_is_never_zero(missing: object) -> None:
    assert captions.write(missing, captions.Unit("count")) == "Not available"


def test_a_table_shows_the_columns_its_words_name_under_their_headings(make_answer: MakeAnswer) -> None:
    frame = pd.DataFrame({"label": ["April 2023", "May 2023"], "value": [1200.0, float("nan")], "hidden": [1, 2]})
    table = captions.table(make_answer(frame))
    assert table.headings == ("Period", "Reports")
    assert table.rows == (("April 2023", "1,200"), ("May 2023", "Not available"))
    assert table.numeric == (False, True)


def test_a_signal_is_written_in_words(make_answer: MakeAnswer) -> None:
    frame = pd.DataFrame({"signal": ["", "outside"]})
    assert captions.table(make_answer(frame, said={"table": ["signal"]})).rows == (("",), ("Outside the usual range",))


def test_the_counts_a_percentage_change_compares_are_counts_and_a_year_is_a_year(make_answer: MakeAnswer) -> None:
    frame = pd.DataFrame({"now": [633], "before": [725], "value": [-12.69], "population_year": [2021]})
    said = {"table": ["now", "before=before_window", "value=change_pct", "population_year"]}
    assert captions.table(make_answer(frame, said=said, unit="percent")).rows == (("633", "725", "−12.7%", "2021"),)


def test_a_file_of_the_shareable_build_has_another_name(build: Build) -> None:
    chosen = Selection("2023-Q2", "E07000130")
    assert captions.file_name("x", chosen, build, "csv") == "x_E07000130_2023-Q2_all_all_build-3_made-up.csv"
    shareable = replace(build, audience=SHAREABLE, is_made_up=False)
    assert captions.file_name("x", chosen, shareable, "csv") == "x_E07000130_2023-Q2_all_all_build-3_protected.csv"
