"""The data workbook holds what the pages hold: every number, nothing that runs, and a reason for what is not in it."""

from __future__ import annotations

import io
import re
import zipfile
from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path
from typing import Any

import openpyxl
import pandas as pd
import pytest
from openpyxl.workbook import Workbook
from openpyxl.worksheet.worksheet import Worksheet

from core import builds, words
from core.model import RESTRICTED, SHAREABLE, Answer, Build, Selection, Viewer
from papers import workbook
from papers.product import Product
from queries import quarter
from ui import captions

VIEWER = Viewer("A reader", frozenset({"demonstration"}))
WHOLE = Selection("2023-Q2", "llr", "all", "crime")
SHORTHAND = ("[x]", "[z]")
# Whole numbers in which no report is counted.
NO_REPORTS = ("Residents", "Population year", "Outcomes", "Days late", "Missed", "Parts")


@pytest.fixture(scope="module")
def opened(demonstration_data: Path) -> Iterator[dict[str, Build]]:
    """The live build of the demonstration, by audience."""
    with pytest.MonkeyPatch.context() as patch:
        patch.setenv("MONITOR_DATA", str(demonstration_data))
        found = {audience: builds.live_build(demonstration_data, audience) for audience in (RESTRICTED, SHAREABLE)}
        yield {audience: build for audience, build in found.items() if build is not None}


@pytest.fixture(scope="module")
def made(opened: dict[str, Build]) -> dict[str, Product]:
    return {audience: workbook.make(WHOLE, VIEWER, build) for audience, build in opened.items()}


@pytest.fixture(scope="module")
def read(made: dict[str, Product]) -> dict[str, Workbook]:
    return {audience: openpyxl.load_workbook(io.BytesIO(product.content)) for audience, product in made.items()}


@pytest.fixture(scope="module")
def answers(opened: dict[str, Build]) -> dict[str, list[Answer]]:
    """Every answer a workbook is made of, asked again."""
    return {
        audience: [ask(WHOLE, VIEWER, build) for asked in workbook.PAGES.values() for ask in asked]
        for audience, build in opened.items()
    }


def _sheet(answer: Answer) -> str:
    return words.say("workbook", "sheet", *answer.question.split("."))


def _rows(page: Worksheet) -> list[tuple[Any, ...]]:
    """The table of a sheet, its headings first; none where there is no table."""
    if not page.tables:
        return []
    (table,) = page.tables.values()
    return [tuple(cell.value for cell in row) for row in page[table.ref]]


@pytest.mark.parametrize("audience", [RESTRICTED, SHAREABLE])
def test_the_tiles_are_numbers_and_the_sentences_are_those_of_the_page(
    audience: str, read: dict[str, Workbook], opened: dict[str, Build]
) -> None:
    tiles = quarter.tiles(WHOLE, VIEWER, opened[audience]).frame
    rows = _rows(read[audience]["Quarter in figures"])[1:]
    assert [row[1] for row in rows] == list(tiles["value"])
    said = quarter.headlines(WHOLE, VIEWER, opened[audience]).frame.to_dict("records")
    told = [words.say("quarter", "headlines", row["about"], row["finding"], **row["facts"]) for row in said]
    assert [row[0] for row in _rows(read[audience]["Quarter headlines"])[1:]] == told


def test_a_protected_count_of_none_is_the_range_it_hides(opened: dict[str, Build]) -> None:
    chosen = Selection("2023-Q2", "E06000017", "transgender", "crime")
    book = openpyxl.load_workbook(io.BytesIO(workbook.make(chosen, VIEWER, opened[SHAREABLE]).content))
    column = [row[1] for row in _rows(book["Quarterly"])[1:]]
    ranges = [value for value in column if isinstance(value, str) and value != "[x]"]
    assert ranges
    assert all(re.fullmatch(r"0 to \d+", value) for value in ranges)
    assert 0 not in column


def test_every_count_of_the_shareable_workbook_is_a_multiple_of_the_base(
    read: dict[str, Workbook], opened: dict[str, Build]
) -> None:
    counted = 0
    for page in read[SHAREABLE].worksheets:
        rows = _rows(page)
        for heading, *values in zip(*rows, strict=True):
            if heading in NO_REPORTS or "per 1,000" in heading.lower():
                continue
            for value in values:
                if isinstance(value, (int, float)):
                    assert value % opened[SHAREABLE].base == 0, (page.title, heading, value)
                    assert value, (page.title, heading)
                    counted += 1
    assert counted > 80


def test_what_is_withheld_is_listed_with_the_words_of_its_state_and_has_no_sheet(
    made: dict[str, Product], read: dict[str, Workbook], answers: dict[str, list[Answer]]
) -> None:
    for audience, book in read.items():
        listed = {row[0]: row[3] for row in _rows(book["Contents"])[1:]}
        assert list(listed) == [_sheet(answer) for answer in answers[audience]]
        withheld = [answer for answer in answers[audience] if answer.withheld is not None]
        for answer in answers[audience]:
            is_held = answer.withheld is None
            assert (_sheet(answer) in book.sheetnames) is is_held
            assert is_held is (listed[_sheet(answer)] == "Yes")
        for answer in withheld:
            assert all(part in listed[_sheet(answer)] for part in captions.state(answer))
        assert len(made[audience].notes) == len(withheld)
    assert sum("Held in the restricted build only" in note for note in made[SHAREABLE].notes) > 20


@pytest.mark.parametrize("audience", [RESTRICTED, SHAREABLE])
def test_every_sheet_says_what_it_is_where_it_comes_from_and_how_it_is_marked(
    audience: str, read: dict[str, Workbook], answers: dict[str, list[Answer]], opened: dict[str, Build]
) -> None:
    book = read[audience]
    assert book.sheetnames[:3] == ["Cover", "Contents", "Notes"]
    by_sheet = {_sheet(answer): answer for answer in answers[audience]}
    for page in book.worksheets:
        above = [str(row[0]) for row in page.iter_rows(values_only=True, max_row=14) if row[0]]
        assert above[1] == captions.marking(opened[audience])
        assert "made-up demonstration data" in above[1]
        if page.title in by_sheet:
            answer = by_sheet[page.title]
            for line in (captions.subtitle(answer), captions.source(answer), captions.area(answer)):
                assert any(line in told for told in above), (page.title, line)
            assert any(captions.period(answer) in told for told in above)
    cover = " ".join(str(row[0]) for row in book["Cover"].iter_rows(values_only=True))
    for said in ("Leicester, Leicestershire and Rutland", "Q2 2023/24", "by date recorded", "build 3", "Made-up"):
        assert said in cover


@pytest.mark.parametrize("audience", [RESTRICTED, SHAREABLE])
def test_a_sheet_holds_one_named_table_with_no_empty_cell_and_nothing_merged_or_hidden(
    audience: str, read: dict[str, Workbook]
) -> None:
    names = [name for page in read[audience].worksheets for name in page.tables]
    assert len(names) == len(set(names)) == len(read[audience].sheetnames) - 1  # the cover is all lines
    for page in read[audience].worksheets:
        assert len(page.title) <= 31
        assert not page.merged_cells.ranges
        assert page.sheet_state == "visible"
        assert not [at for at, row in page.row_dimensions.items() if row.hidden]
        assert page.sheet_view.selection[0].activeCell == "A1"
        rows = _rows(page)
        assert not [cell for row in rows for cell in row if cell is None or cell == ""]
        assert len(set(rows[0])) == len(rows[0]) if rows else page.title == "Cover"
    assert read[audience].active.title == "Cover"


def test_every_note_a_sheet_refers_to_is_written_out_once(
    read: dict[str, Workbook], answers: dict[str, list[Answer]]
) -> None:
    book = read[RESTRICTED]
    notes = {row[0]: row[1] for row in _rows(book["Notes"])[1:]}
    assert set(SHORTHAND) <= set(notes)
    assert len(set(notes.values())) == len(notes)
    referred = set()
    for answer in answers[RESTRICTED]:
        if answer.withheld is not None:
            continue
        above = " ".join(str(row[0]) for row in book[_sheet(answer)].iter_rows(values_only=True, max_row=9))
        numbers = re.findall(r"\[note \d+\]", above)
        assert [notes[number] for number in numbers] == [*captions.marks(answer), *captions.notes(answer)]
        referred |= set(numbers)
    assert referred == set(notes) - set(SHORTHAND)


@pytest.mark.parametrize("audience", [RESTRICTED, SHAREABLE])
def test_nothing_in_it_is_a_formula(audience: str, read: dict[str, Workbook], made: dict[str, Product]) -> None:
    for page in read[audience].worksheets:
        for row in page.iter_rows():
            assert not [cell.coordinate for cell in row if cell.data_type == "f"], page.title
    with zipfile.ZipFile(io.BytesIO(made[audience].content)) as parts:
        sheets = [name for name in parts.namelist() if name.startswith("xl/worksheets/sheet")]
        assert sheets
        assert not [name for name in sheets if b"<f>" in parts.read(name)]


def test_what_somebody_wrote_is_kept_as_text_whatever_it_begins_with(
    opened: dict[str, Build], monkeypatch: pytest.MonkeyPatch
) -> None:
    asked = workbook.PAGES["exceptions"][0]
    typed = ["=1+1", "+44 116", "-2+3", "@SUM(A1)", "\tx"]

    def answered(selection: Selection, viewer: Viewer, build: Build) -> Answer:
        whole = asked(selection, viewer, build)
        rows = pd.concat([whole.frame.iloc[:1]] * len(typed), ignore_index=True)
        return replace(whole, frame=rows.assign(response=typed))

    monkeypatch.setattr(workbook, "PAGES", {"exceptions": (answered,)})
    book = openpyxl.load_workbook(io.BytesIO(workbook.make(WHOLE, VIEWER, opened[RESTRICTED]).content))
    page = book["Exceptions"]
    cells = [row[-1] for row in page[next(iter(page.tables.values())).ref]][1:]
    assert [cell.value for cell in cells] == typed
    assert {cell.data_type for cell in cells} == {"s"}
    assert all(cell.quotePrefix for cell in cells)


def test_it_is_named_titled_and_in_british_english(made: dict[str, Product], read: dict[str, Workbook]) -> None:
    assert made[RESTRICTED].name == "data-workbook_llr_2023-Q2_all_crime_build-3_made-up.xlsx"
    assert made[SHAREABLE].name == "data-workbook_llr_2023-Q2_all_crime_build-3_protected_made-up.xlsx"
    for book in read.values():
        assert "Q2 2023/24" in book.properties.title
        assert {prop.name: prop.value for prop in book.custom_doc_props.props}["Language"] == "en-GB"
