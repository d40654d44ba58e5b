"""A figure as a file says what it is, wherever it is opened."""

from __future__ import annotations

import io
import itertools
import xml.etree.ElementTree as ElementTree

import pandas as pd
import plotly.graph_objects as go
import pytest
from hypothesis import HealthCheck, example, given, settings
from hypothesis import strategies as st
from PIL import Image

from core.model import Answer
from tests.ui.conftest import MakeAnswer
from ui import captions, charts, maps, pictures

_SVG = "{http://www.w3.org/2000/svg}"


@pytest.fixture
def answer(make_answer: MakeAnswer) -> Answer:
    frame = pd.DataFrame({"label": ["Race", "Religion"], "value": [45, 3], "series": ["Now", "Now"]})
    said = {"caption": "A report of two strands is in both.", "headline": {"plain": "{area} has {top}, " * 6}}
    return make_answer(frame, said=said, notes=("cut",), marks=[_mark("A lockdown"), _mark("A new code")])


def _mark(title: str) -> dict[str, str]:
    return {"on": "2023-06-03", "told": "3 June 2023", "title": title, "kind": "event"}


def _said(figure: go.Figure) -> str:
    return " ".join(one.text for one in figure.layout.annotations).replace("<br>", " ").replace("</b> <b>", " ")


@pytest.mark.parametrize("inscribed", [pictures.stamped, pictures.signed])
def test_a_file_and_what_the_camera_takes_say_the_same(inscribed: type, answer: Answer) -> None:
    said = _said(inscribed(charts.bars(answer), answer))
    for part in (
        captions.marking(answer.build),
        captions.headline(answer),
        captions.subtitle(answer),
        captions.area(answer),
        captions.period(answer),
        captions.date_basis(answer),
        *captions.marks(answer),
        *captions.notes(answer),
        captions.caption(answer),
        captions.source(answer),
    ):
        assert part is not None
        assert part.strip() in said


@pytest.mark.parametrize("inscribed", [pictures.stamped, pictures.signed])
def test_words_stand_over_and_under_the_figure_and_never_on_one_another(inscribed: type, answer: Answer) -> None:
    drawn = charts.bars(answer)
    made = inscribed(drawn, answer)
    blocks = [one for one in made.layout.annotations if one.yref == "paper"]
    edges = []
    for one in blocks:
        high = one.font.size * 1.3 * (one.text.count("<br>") + 1)
        edges.append((one.yshift, one.yshift - high) if one.y == 1 else (one.yshift - 1000, one.yshift - 1000 - high))
    assert len(edges) == 4
    for (_, foot), (head, _) in itertools.pairwise(edges):
        assert head < foot
    assert edges[0][0] <= made.layout.margin.t
    assert edges[2][1] >= drawn.layout.margin.t  # nothing of the figure's own room is used
    assert edges[3][0] + 1000 <= -drawn.layout.margin.b
    assert edges[3][1] + 1000 >= -made.layout.margin.b


@settings(suppress_health_check=[HealthCheck.function_scoped_fixture], max_examples=50, deadline=None)
@example(told=["a" * 60, *[" " * 40] * 4, "b" * 60])  # so much room between words that lines evened out were too long
@given(told=st.lists(st.text("abcdefghij —-,.()%0123456789<&", min_size=1, max_size=40), min_size=1, max_size=12))
def test_no_line_is_longer_than_it_may_be_and_no_word_is_lost(told: list[str]) -> None:
    text = " ".join(told)
    for is_bold in (True, False):
        lines = pictures._Block([text], 22, 66, is_bold=is_bold).lines
        assert max(map(len, lines), default=0) <= 66
        assert "".join(lines).replace(" ", "") == "".join(text.split())


def test_a_marking_is_never_cut_in_two() -> None:
    for room in range(22, 40):
        lines = pictures._Block(["build 3 of that day · OFFICIAL-SENSITIVE · made up"], 13, room).lines
        assert sum("OFFICIAL-SENSITIVE" in line for line in lines) == 1


def test_a_png_says_its_resolution_and_its_words_and_is_17_cm_or_more(answer: Answer) -> None:
    if not pictures.is_possible():
        pytest.skip("no browser")
    figure = charts.bars(answer)
    for content in (pictures.image(figure, answer, pictures.PNG), pictures.of_paper(figure, answer)):
        with Image.open(io.BytesIO(content)) as image:
            image.load()
            assert [round(dots) for dots in image.info["dpi"]] == [300, 300]
            assert image.width >= 17 / 2.54 * 300
            assert image.text["Title"] == captions.headline(answer)
            assert image.text["Description"] == captions.alt(answer)
            assert image.text["Source"] == captions.source(answer)


def test_an_svg_opens_alone_with_its_words_as_text(make_answer: MakeAnswer) -> None:
    if not pictures.is_possible():
        pytest.skip("no browser")
    frame = pd.DataFrame({"area_code": ["E07000130"], "label": ["Charnwood"], "value": [1.2], "class_code": ["2"]})
    said = {"map_alt": "Map of reports < 5 in {area}."}
    answer = make_answer(frame, said=said, unit="per_1000", class_kind="rate_class")
    svg = pictures.image(maps.choropleth(answer), answer, pictures.SVG)
    root = ElementTree.fromstring(svg)
    assert root.get("role") == "img"
    assert [child.tag for child in root][:2] == [f"{_SVG}title", f"{_SVG}desc"]
    assert root[0].text == captions.headline(answer)
    assert root[1].text == "Map of reports < 5 in Charnwood."
    text = " ".join("".join(one.itertext()) for one in root.iter(f"{_SVG}text"))
    assert "OFFICIAL-SENSITIVE" in text
    for one in root.iter():
        assert not one.tag.endswith(("image", "script", "foreignObject"))
        for name, value in one.attrib.items():
            assert not (name.endswith(("href", "src")) and not value.startswith("#"))
            assert "url(" not in value or "url(#" in value


def test_a_map_on_a_slide_has_its_key_beside_it_and_in_a_file_more_room(make_answer: MakeAnswer) -> None:
    frame = pd.DataFrame({"area_code": ["E07000130"], "label": ["Charnwood"], "value": [1.2], "class_code": ["2"]})
    answer = make_answer(frame, unit="per_1000", class_kind="rate_class")
    drawn = maps.choropleth(answer)
    on_slide, in_file = pictures._bare(drawn).layout, pictures.stamped(drawn, answer).layout
    assert on_slide.geo.domain.x[1] < on_slide.legend.x
    assert in_file.height > drawn.layout.height + 100
    assert drawn.layout.legend.orientation == "h"  # the figure on the page is left as it was
