"""The map: fixed classes, a whole key, and nothing sent or fetched that need not be."""

from __future__ import annotations

import numpy as np
import pandas as pd

from core import words
from tests.ui.conftest import MakeAnswer
from ui import maps


def _frame() -> pd.DataFrame:
    return pd.DataFrame(
        {
            "area_code": ["E06000016", "E07000130", "E06000017"],
            "label": ["Leicester", "Charnwood", "Rutland"],
            "value": [3.6, 1.5, np.nan],
            "class_code": ["3", "2", "too_few"],
        }
    )


def test_outlines_are_fetched_by_address_and_matched_by_code(make_answer: MakeAnswer) -> None:
    drawn = [
        trace
        for trace in maps.choropleth(make_answer(_frame(), class_kind="rate_class")).data
        if trace.type == "choropleth"
    ]
    assert {trace.geojson for trace in drawn} == {maps.OUTLINES}
    assert {trace.featureidkey for trace in drawn} == {"properties.area_code"}


def test_the_key_is_whole_however_few_classes_are_in_use(make_answer: MakeAnswer) -> None:
    key = [
        trace.name for trace in maps.choropleth(make_answer(_frame(), class_kind="rate_class")).data if trace.showlegend
    ]
    assert key == list(words.labels()["rate_class"].values())


def test_the_selected_area_is_outlined_last(make_answer: MakeAnswer) -> None:
    drawn = [
        trace
        for trace in maps.choropleth(make_answer(_frame(), class_kind="rate_class")).data
        if trace.type == "choropleth"
    ]
    assert list(drawn[-1].locations) == ["E07000130"]


def test_an_area_with_too_few_reports_says_so_and_not_zero(make_answer: MakeAnswer) -> None:
    hovers = [
        text
        for trace in maps.choropleth(make_answer(_frame(), class_kind="rate_class")).data
        for text in trace.customdata or ()
    ]
    assert "<b>Rutland</b><br>Not available" in hovers


def test_no_area_is_good_or_bad_by_colour() -> None:
    colours = {maps._COMPARED["higher"], maps._COMPARED["lower"]}
    assert not colours & {"#942514", "#00703C", "#d4351c"}
