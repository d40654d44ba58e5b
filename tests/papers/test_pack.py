"""The pack says what the pages say: native charts of the same numbers, a finding on every slide, words for all."""

from __future__ import annotations

import io
import re
from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path
from typing import Any

import openpyxl
import pandas as pd
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from pptx import Presentation
from pptx.chart.chart import Chart
from pptx.oxml.ns import qn

from core import builds, words
from core.model import MEASURES, RESTRICTED, SHAREABLE, Answer, Build, Selection, Viewer
from papers import office_charts, pack, slides
from papers.product import Product
from queries import meetings, places, plan, quarter, strands, trends, victims
from ui import captions, pictures, theme

VIEWER = Viewer("A reader", frozenset({"demonstration"}))
WHOLE = Selection("2023-Q2", "llr", "all", "crime")
PLAIN = [one for one in pack.SECTIONS if one != "map"]  # no picture
BOTH = (RESTRICTED, SHAREABLE)


@pytest.fixture(scope="module")
def opened(demonstration_data: Path) -> Iterator[dict[str, Build]]:
    """The live build of the demonstration, by audience."""
    with pytest.MonkeyPatch.context() as patch:
        patch.setenv("MONITOR_DATA", str(demonstration_data))
        found = {audience: builds.live_build(demonstration_data, audience) for audience in BOTH}
        yield {audience: build for audience, build in found.items() if build is not None}


@pytest.fixture(scope="module")
def made(opened: dict[str, Build]) -> dict[str, Product]:
    return {audience: pack.make(WHOLE, VIEWER, build, PLAIN) for audience, build in opened.items()}


@pytest.fixture(scope="module")
def read(made: dict[str, Product]) -> dict[str, Any]:
    return {audience: Presentation(io.BytesIO(product.content)) for audience, product in made.items()}


def _titled(deck: Any, title: str) -> Any:
    (found,) = [slide for slide in deck.slides if slide.shapes.title.text_frame.text == title]
    return found


def _chart(slide: Any) -> Chart:
    (found,) = [shape.chart for shape in slide.shapes if shape.has_chart]
    return found


def _graphics(slide: Any) -> list[Any]:
    return [shape for shape in slide.shapes if shape.has_chart or shape.has_table or hasattr(shape, "image")]


def _texts(slide: Any) -> str:
    return "\n".join(node.text or "" for node in slide._element.iter(qn("a:t")))


def _drawn(chart: Chart) -> dict[str, list[float | None]]:
    return {series.name: list(series.values) for series in chart.plots[0].series}


def _values(column: pd.Series) -> list[float | None]:
    return [None if pd.isna(value) else float(value) for value in column]


def test_the_trend_is_the_answer_s_with_its_usual_range(read: dict[str, Any], opened: dict[str, Build]) -> None:
    answer = trends.monthly(WHOLE, VIEWER, opened[RESTRICTED])
    chart = _chart(_titled(read[RESTRICTED], captions.headline(answer)))
    days = [pd.Timestamp("1899-12-30") + pd.Timedelta(days=float(day)) for day in chart.plots[0].categories]
    assert days == list(answer.frame["starts_on"])
    drawn = _drawn(chart)
    assert drawn["Hate crimes"] == _values(answer.frame["value"])
    assert drawn["Usual range, low"] == _values(answer.frame["lower"])
    assert drawn["Usual range, high"] == _values(answer.frame["upper"])


def test_the_line_is_cut_where_recording_was(opened: dict[str, Build]) -> None:
    chosen = replace(WHOLE, measure="incident")
    answer = trends.monthly(chosen, VIEWER, opened[RESTRICTED])
    assert answer.frame["segment"].nunique() == 2
    deck = Presentation(io.BytesIO(pack.make(chosen, VIEWER, opened[RESTRICTED], PLAIN).content))
    chart = _chart(_titled(deck, captions.headline(answer)))
    stretches = [values for name, values in _drawn(chart).items() if name.startswith("Hate incidents (non-crime)")]
    assert len(stretches) == 2
    cut = int((answer.frame["segment"] == 0).sum())
    assert stretches[0][cut:] == [None] * (len(answer.frame) - cut)
    assert stretches[1][:cut] == [None] * cut
    assert stretches[0][:cut] + stretches[1][cut:] == _values(answer.frame["value"])
    assert chart._chartSpace.xpath(".//c:dispBlanksAs/@val") == ["gap"]


def test_a_stretch_of_one_quarter_is_seen(opened: dict[str, Build]) -> None:
    chosen = Selection("2023-Q2", "llr", "all", "incident")
    answer = trends.quarterly(chosen, VIEWER, opened[SHAREABLE])
    deck = Presentation(io.BytesIO(pack.make(chosen, VIEWER, opened[SHAREABLE], PLAIN).content))
    chart = _chart(_titled(deck, captions.headline(answer)))
    alone = [line for line in chart.plots[0].series if sum(value is not None for value in line.values) == 1]
    assert alone
    for line in alone:
        (at,) = [at for at, value in enumerate(line.values) if value is not None]
        (dot,) = line._element.xpath(f"./c:dPt[c:idx/@val='{at}']/c:marker/c:symbol/@val")
        assert dot == "circle"


def test_a_shareable_trend_is_by_quarter_in_multiples_of_the_base(
    read: dict[str, Any], opened: dict[str, Build]
) -> None:
    answer = trends.quarterly(WHOLE, VIEWER, opened[SHAREABLE])
    chart = _chart(_titled(read[SHAREABLE], captions.headline(answer)))
    assert list(_drawn(chart).values()) == [_values(answer.frame["value"])]
    for slide in read[SHAREABLE].slides:
        for shape in slide.shapes:
            if shape.has_chart and shape.chart.plots[0].categories[0][:1] not in "●◆▲–✓":
                told = [value for values in _drawn(shape.chart).values() for value in values if value is not None]
                is_rate = "per 1,000" in slide.placeholders[slides.SUBTITLE].text_frame.text
                assert is_rate or not [value for value in told if value % opened[SHAREABLE].base]


def test_bars_are_the_answers_in_its_order(read: dict[str, Any], opened: dict[str, Build]) -> None:
    build = opened[RESTRICTED]
    for ask in (strands.motivating_factors, places.rates_by_area, victims.repeat_share):
        answer = ask(WHOLE, VIEWER, build)
        chart = _chart(_titled(read[RESTRICTED], captions.headline(answer)))
        drawn = _drawn(chart)
        assert list(chart.plots[0].categories) == list(dict.fromkeys(answer.frame["label"]))
        if "series" in answer.frame:
            for name, rows in answer.frame.groupby("series", sort=False):
                assert drawn[str(name)] == _values(rows["value"])
        else:
            assert list(drawn.values()) == [_values(answer.frame["value"])]
    rates = places.rates_by_area(WHOLE, VIEWER, build)
    slide = _titled(read[RESTRICTED], captions.headline(rates))
    labels = [node.text for node in _chart(slide)._chartSpace.iter(qn("a:t"))]
    assert labels == [
        f"{row.value:.2f} ({row.low:.2f} to {row.high:.2f})" for row in rates.frame.itertuples(index=False)
    ]


def test_stacks_and_statuses_are_the_answers(read: dict[str, Any], opened: dict[str, Build]) -> None:
    outcomes = victims.outcomes(WHOLE, VIEWER, opened[RESTRICTED])
    chart = _chart(_titled(read[RESTRICTED], captions.headline(outcomes)))
    for part, rows in outcomes.frame.groupby("part", sort=False):
        assert _drawn(chart)[str(part)] == _values(rows["value"])
    summary = plan.summary(WHOLE, VIEWER, opened[RESTRICTED])
    chart = _chart(_titled(read[RESTRICTED], captions.headline(summary)))
    assert list(_drawn(chart).values()) == [_values(summary.frame["value"])]
    for told, label in zip(chart.plots[0].categories, summary.frame["label"], strict=True):
        assert told[0] in {mark.shape for mark in theme.STATUS_MARKS.values()}
        assert told.endswith(label)


@pytest.mark.parametrize("audience", BOTH)
def test_the_three_measures_are_the_tiles_and_the_sentences_are_the_page_s(
    audience: str, read: dict[str, Any], opened: dict[str, Build]
) -> None:
    tiles = quarter.tiles(WHOLE, VIEWER, opened[audience]).frame
    tiles = tiles[tiles["tile_code"].isin(MEASURES)]
    (slide,) = [one for one in read[audience].slides if one.shapes.title.text_frame.text.startswith("Q2 2023/24 in")]
    drawn = _drawn(_chart(slide))
    assert list(drawn.values()) == [_values(tiles["value"]), _values(tiles["before"])]
    assert all(said in slide.shapes.title.text_frame.text for said in tiles["value_said"])
    every = "\n".join(_texts(one) for one in read[audience].slides)
    for row in quarter.headlines(WHOLE, VIEWER, opened[audience]).frame.to_dict("records"):
        assert words.say("quarter", "headlines", row["about"], row["finding"], **row["facts"]) in every


def test_the_workbook_behind_a_chart_holds_the_numbers_drawn(read: dict[str, Any], opened: dict[str, Build]) -> None:
    answer = places.rates_by_area(WHOLE, VIEWER, opened[RESTRICTED])
    chart = _chart(_titled(read[RESTRICTED], captions.headline(answer)))
    page = openpyxl.load_workbook(io.BytesIO(chart.part.chart_workbook.xlsx_part.blob)).active
    assert [row[1] for row in page.iter_rows(min_row=2, values_only=True)] == pytest.approx(
        list(answer.frame["value"]), rel=1e-14
    )


def test_a_protected_count_of_none_is_words_and_no_bar(opened: dict[str, Build]) -> None:
    chosen = Selection("2023-Q2", "E06000017", "all", "crime")
    answer = strands.groups(chosen, VIEWER, opened[SHAREABLE])
    assert (answer.frame["value"] == 0).any()
    deck = Presentation(io.BytesIO(pack.make(chosen, VIEWER, opened[SHAREABLE], PLAIN).content))
    chart = _chart(_titled(deck, captions.headline(answer)))
    (values,) = _drawn(chart).values()
    for told, row, value in zip(chart.plots[0].categories, answer.frame.itertuples(), values, strict=True):
        assert value == (float(row.value) or None)
        assert bool(re.search(r"\(0 to \d+\)$", told)) is (row.value == 0)


def test_a_rate_of_a_protected_count_of_none_says_the_range_of_reports(opened: dict[str, Build]) -> None:
    chosen = Selection("2023-Q2", "llr", "all", "incident")
    rates = places.rates_by_area(chosen, VIEWER, opened[SHAREABLE])
    none = [f"{row.label} ({rates.facts['zero']} reports)" for row in rates.frame.itertuples() if row.reports == 0]
    assert none
    deck = Presentation(io.BytesIO(pack.make(chosen, VIEWER, opened[SHAREABLE], PLAIN).content))
    chart = _chart(_titled(deck, captions.headline(rates)))
    told = list(chart.plots[0].categories)
    assert [label for label in told if label.endswith("reports)")] == none
    (values,) = _drawn(chart).values()
    assert 0 not in values


@pytest.mark.parametrize("audience", BOTH)
def test_every_slide_has_a_title_of_its_own_a_source_a_marking_and_notes(
    audience: str, read: dict[str, Any], opened: dict[str, Build]
) -> None:
    deck = read[audience]
    titles = [slide.shapes.title.text_frame.text for slide in deck.slides]
    assert (12 if audience == RESTRICTED else 9) <= len(titles) <= 18
    marking = captions.marking(opened[audience])
    for layout in deck.slide_layouts:
        assert [shape.text_frame.text for shape in layout.shapes if not shape.is_placeholder] == [marking]
    assert all(titles)
    assert len(set(titles)) == len(titles)
    for slide in deck.slides:
        assert slide.shapes[0] == slide.shapes.title  # read first
        foot = slide.placeholders[11].text_frame.text
        assert foot.startswith("Source: ")
        assert captions.marking(opened[audience]) in foot
        assert "made-up demonstration data" in foot
        assert slide.placeholders[slides.SUBTITLE].text_frame.text
        assert len(slide.notes_slide.notes_text_frame.text) > 40
        assert slide.shapes.title.is_placeholder
        assert not [shape for shape in slide.shapes if not shape.is_placeholder]
        numbers = [shape.shape_id for shape in slide.shapes]
        assert len(set(numbers)) == len(numbers)


@pytest.mark.parametrize("audience", BOTH)
def test_every_graphic_has_its_alternative_text_which_the_notes_repeat(audience: str, read: dict[str, Any]) -> None:
    described = 0
    for slide in read[audience].slides:
        for shape in _graphics(slide):
            alt = shape._element.xpath("./*[1]/p:cNvPr/@descr")
            assert len(alt) == 1
            assert len(alt[0]) > 20
            assert alt[0] in slide.notes_slide.notes_text_frame.text
            described += 1
    assert described >= 6


@pytest.mark.parametrize("audience", BOTH)
def test_no_text_is_under_18_points_but_the_source_and_all_is_british(audience: str, read: dict[str, Any]) -> None:
    deck = read[audience]
    for slide in deck.slides:
        parts = [slide._element, *(shape.chart._chartSpace for shape in slide.shapes if shape.has_chart)]
        sizes = [int(size) for part in parts for size in part.xpath(".//@sz") if str(size).isdigit()]
        assert not [size for size in sizes if 0 < size < slides.TEXT_SIZE * 100]
        for run in (*slide._element.iter(qn("a:r")), *slide.notes_slide._element.iter(qn("a:r"))):
            assert run.rPr.get("lang") == "en-GB"
    for layout in deck.slide_layouts:
        for holder in layout.placeholders:
            (size,) = holder._element.xpath(".//a:lvl1pPr/a:defRPr/@sz")
            is_foot = holder.placeholder_format.idx in (11, 12)
            assert is_foot or int(size) >= slides.TEXT_SIZE * 100
    assert deck.core_properties.language == "en-GB"
    assert len(deck.slide_layouts) == 5


def test_what_is_withheld_has_the_words_of_its_state_and_no_empty_chart(
    read: dict[str, Any], made: dict[str, Product]
) -> None:
    last = list(read[SHAREABLE].slides)[-1]
    assert last.shapes.title.text_frame.text == words.say("pack", "left_out", "title", count=4)
    assert _texts(last).count(words.say("states", "restricted_only", "text")) == 1
    assert not _graphics(last)
    for what in ("Exceptions", "Repeat victims", "Outcomes", "Decisions and actions"):
        title = f"{what}: Held in the restricted build only"
        assert title in made[SHAREABLE].notes
        assert title in last.notes_slide.notes_text_frame.text
        assert what in _texts(last)
    assert made[RESTRICTED].notes == ()


@pytest.mark.parametrize(("quarter_code", "measure"), [("2018-Q1", "all"), ("2020-Q4", "elsewhere")])
def test_a_quarter_without_a_plan_or_alerts_has_its_pack_and_claims_nothing(
    quarter_code: str, measure: str, opened: dict[str, Build]
) -> None:
    chosen = Selection(quarter_code, "llr", "all", measure, as_at="2020-12-31")
    product = pack.make(chosen, VIEWER, opened[RESTRICTED], PLAIN)
    deck = Presentation(io.BytesIO(product.content))
    asked = _texts(_titled(deck, "What is asked of the meeting"))
    assert "Nothing beyond noting the figures" not in asked
    assert "Delivery plan (No delivery plan for this quarter)" in asked
    assert "Delivery plan: No delivery plan for this quarter" in product.notes


def test_nothing_people_wrote_is_in_a_shareable_pack(read: dict[str, Any], opened: dict[str, Build]) -> None:
    written = [str(one) for one in meetings.since(WHOLE, VIEWER, opened[RESTRICTED]).frame["words"]]
    every = {audience: "\n".join(_texts(slide) for slide in read[audience].slides) for audience in BOTH}
    assert written
    assert all(one in every[RESTRICTED] for one in written)
    assert not [one for one in written if one in every[SHAREABLE]]


def test_what_is_red_overdue_or_not_rated_is_named_and_what_is_asked_follows_from_it(
    read: dict[str, Any], opened: dict[str, Build]
) -> None:
    summary = plan.summary(WHOLE, VIEWER, opened[RESTRICTED]).frame
    named = _texts(_titled(read[RESTRICTED], "Red, overdue or not rated: each by name"))
    for row in summary.to_dict("records"):
        assert (row["outcomes"] in named) is (row["status_code"] in ("red", "overdue", "grey"))
    asked = _texts(_titled(read[RESTRICTED], "What is asked of the meeting"))
    board = plan.board(WHOLE, VIEWER, opened[RESTRICTED]).frame
    for row in board[board["lacks_corrective_action"] | board["is_overdue"]].itertuples():
        assert f"{row.outcome_code} {row.outcome}" in asked
    since = meetings.since(WHOLE, VIEWER, opened[RESTRICTED]).frame
    for row in since.itertuples():
        assert (row.words in asked) is bool(row.is_overdue)


def test_more_rows_than_a_slide_holds_go_on_to_the_next(
    opened: dict[str, Build], monkeypatch: pytest.MonkeyPatch
) -> None:
    asked = meetings.since

    def many(selection: Selection, viewer: Viewer, build: Build) -> Answer:
        whole = asked(selection, viewer, build)
        frame = pd.concat([whole.frame] * 5, ignore_index=True)
        return replace(whole, frame=frame.assign(words=[f"Item {at:02d} of many." for at in range(len(frame))]))

    monkeypatch.setattr(meetings, "since", many)
    deck = Presentation(io.BytesIO(pack.make(WHOLE, VIEWER, opened[RESTRICTED], PLAIN).content))
    tables = [shape.table for slide in deck.slides for shape in slide.shapes if shape.has_table]
    rows = [row.cells[1].text_frame.text for table in tables for row in table.rows]
    assert [text[-16:] for text in rows if "of many." in text] == [f"Item {at:02d} of many." for at in range(20)]
    titles = [slide.shapes.title.text_frame.text for slide in deck.slides]
    assert any(title.endswith("(2)") for title in titles)
    assert len(set(titles)) == len(titles)


def test_the_same_choice_of_the_same_build_is_the_same_file(made: dict[str, Product], opened: dict[str, Build]) -> None:
    assert pack.make(WHOLE, VIEWER, opened[SHAREABLE], PLAIN) == made[SHAREABLE]
    deck = Presentation(io.BytesIO(made[SHAREABLE].content))
    assert deck.core_properties.created == deck.core_properties.modified
    assert made[SHAREABLE].name == "quarterly-pack_llr_2023-Q2_all_crime_build-3_protected_made-up.pptx"


def test_without_a_browser_the_pack_says_that_it_has_no_map(
    opened: dict[str, Build], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(pictures, "is_possible", lambda: False)
    product = pack.make(WHOLE, VIEWER, opened[RESTRICTED])
    assert any("No browser" in note for note in product.notes)


@pytest.mark.browser
def test_the_map_is_a_whole_picture_with_its_own_alternative_text(opened: dict[str, Build]) -> None:
    if not pictures.is_possible():
        pytest.skip("no browser on this machine")
    deck = Presentation(io.BytesIO(pack.make(WHOLE, VIEWER, opened[SHAREABLE]).content))
    rates = places.rates_by_area(WHOLE, VIEWER, opened[SHAREABLE])
    slide = _titled(deck, f"On a map: {captions.headline(rates)}")
    (picture,) = [shape for shape in slide.shapes if hasattr(shape, "image")]
    assert picture._element.xpath("./*[1]/p:cNvPr/@descr") == [captions.alt(rates, is_map=True)]
    across, down = picture.image.size
    assert picture.width / picture.height == pytest.approx(across / down, rel=0.01)
    assert (picture.crop_left, picture.crop_top) == (0, 0)


def test_what_has_words_in_place_of_a_number_has_no_bar() -> None:
    told = office_charts._labelled("Rutland", {"": "too few"})
    assert told == "Rutland (too few)"
    assert office_charts._labelled("Rutland", {"Now": "0 to 4", "Before": ""}) == "Rutland (Now: 0 to 4)"
    assert office_charts._labelled("Rutland", {"Now": "", "Before": ""}) == "Rutland"


def test_a_pack_of_a_part_shows_no_other_place_and_says_so(opened: dict[str, Build]) -> None:
    chosen = Selection("2023-Q2", "county", "all", "crime")
    made = pack.make(chosen, VIEWER, opened[SHAREABLE], PLAIN)
    titles = [slide.shapes.title.text_frame.text for slide in Presentation(io.BytesIO(made.content)).slides]
    assert captions.headline(places.rates_by_area(chosen, VIEWER, opened[SHAREABLE])) not in titles
    assert any("each of the nine authorities" in note for note in made.notes)


def test_a_trend_has_a_label_for_a_year_or_so_and_never_more_than_fit(opened: dict[str, Build]) -> None:
    answer = trends.monthly(WHOLE, VIEWER, opened[RESTRICTED])
    for months, step in ((5, "1"), (20, "3"), (78, "12")):
        deck = slides.Deck("A trend", opened[RESTRICTED])
        holder = deck.slide(slides.CHART, "A trend", "Months", "Source", []).placeholders[slides.BODY]
        office_charts.trend(holder, replace(answer, frame=answer.frame.tail(months)))
        (slide,) = Presentation(io.BytesIO(deck.content())).slides
        (unit,) = _chart(slide)._chartSpace.iter(qn("c:majorUnit"))
        assert unit.get("val") == step
        assert months / int(step) <= 9


@settings(max_examples=15, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(lengths=st.lists(st.integers(1, 400), min_size=1, max_size=12))
def test_sentences_are_all_told_in_order_and_as_large_as_there_is_room(
    lengths: list[int], opened: dict[str, Build]
) -> None:
    deck = slides.Deck("Sentences", opened[RESTRICTED])
    items = [f"{at} " + "a" * length for at, length in enumerate(lengths)]
    deck.text("Sentences", "Of some length", "Source", ["Notes"], items)
    made = list(Presentation(io.BytesIO(deck.content())).slides)
    told = [one for slide in made for one in slide.placeholders[slides.BODY].text_frame.paragraphs]
    assert [one.text for one in told] == items
    sizes = {one.font.size.pt for one in told}
    assert len(sizes) == 1
    assert min(sizes) >= slides.TEXT_SIZE
    assert len(made) == 1 or sizes == {slides.TEXT_SIZE}  # only the smallest goes on to another slide


def test_a_public_pack_says_first_why_its_counts_are_rounded(made: dict[str, Product]) -> None:
    for audience, is_said in ((SHAREABLE, True), (RESTRICTED, False)):
        cover = Presentation(io.BytesIO(made[audience].content)).slides[0]
        told = " ".join(shape.text_frame.text for shape in cover.shapes if shape.has_text_frame)
        assert ("so that nobody can be identified" in told) == is_said
