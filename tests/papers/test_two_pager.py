"""The quarter on two pages says what the page says, of the area alone, and holds on its two pages."""

from __future__ import annotations

import re
import shutil
import subprocess
import zlib
from collections.abc import Sequence
from contextlib import suppress
from dataclasses import replace
from pathlib import Path

import pandas as pd
import pytest
from docx.oxml.ns import qn

from core import builds, words
from core.model import RESTRICTED, SHAREABLE, Build, Selection
from papers import two_pager
from papers.product import Product
from queries import selection as choices
from tests.papers import dense
from tests.papers.comparing import Screen
from tests.papers.conftest import DOT, VIEWER
from tests.papers.reading import of_style, opened, read, texts_of
from ui import pictures

QUARTERS = ("2023-Q2", "2023-Q1", "2022-Q4", "2021-Q3", "2019-Q3", "2017-Q1")


@pytest.fixture
def drawn(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(pictures, "is_possible", lambda: True)
    monkeypatch.setattr(pictures, "plain", lambda *_, **__: DOT)


@pytest.fixture
def shareable(demonstration_data: Path, build: Build) -> Build:
    return builds.open_build(demonstration_data, build.number, SHAREABLE)


@pytest.mark.usefixtures("drawn")
def test_it_says_what_the_page_says_and_names_all_that_is_red_overdue_or_not_rated(build: Build) -> None:
    paper = two_pager.compose(Selection("2023-Q2"), VIEWER, build)
    document = opened(two_pager.write(paper).content)
    said = list(texts_of(document))
    first = paper.asked["quarter.headlines"].frame.iloc[0]
    assert words.say("quarter", "headlines", first["about"], first["finding"], **first["facts"]) in said
    assert 3 <= len(of_style(document, "List Bullet")) <= 6
    tiles = paper.asked["quarter.tiles"].frame
    assert {str(value) for value in tiles["value_said"]} <= set(said)
    for row in paper.asked["plan.summary"].frame.to_dict("records"):
        if row["status_code"] in ("red", "overdue", "grey"):
            assert row["outcomes"] in said
    items = paper.asked["meetings.since"].frame
    assert sum(any(item in text for text in said) for item in items["words"]) == len(items)


@pytest.mark.usefixtures("drawn")
def test_an_exception_has_its_place_its_strand_and_its_sentence(build: Build) -> None:
    paper = two_pager.compose(Selection("2023-Q2", measure="crime"), VIEWER, build)
    found = paper.asked["exceptions.found"].frame
    assert len(found)
    said = list(texts_of(opened(two_pager.write(paper).content)))
    row = found.iloc[0]
    assert row["sentence"] in said
    assert row["strand"] in said
    assert any(row["place"] in text and row["flag"] in text for text in said)


@pytest.mark.usefixtures("drawn")
def test_what_does_not_fit_is_counted_with_where_it_is(build: Build, monkeypatch: pytest.MonkeyPatch) -> None:
    paper = two_pager.compose(Selection("2023-Q2", measure="crime"), VIEWER, build)
    found = paper.asked["exceptions.found"]
    many = pd.concat([found.frame] * 60, ignore_index=True)
    asked = paper.asked | {"exceptions.found": replace(found, frame=many)}
    document = opened(two_pager.write(replace(paper, asked=asked)).content)
    shown = next(len(table.rows) - 1 for table in document.tables if table.rows[0].cells[0].text == "Place")
    assert 1 <= shown < len(many)
    told = words.count("exception", len(many) - shown)
    assert words.say("short", "more", left=told, where="Exceptions") in of_style(document, "Figure Note")


@pytest.mark.usefixtures("drawn")
@pytest.mark.parametrize("area", ["county", "E07000130", "E07000129"])
def test_a_paper_of_a_part_shows_no_other_place_and_says_what_it_leaves_out(build: Build, area: str) -> None:
    for quarter in ("2023-Q2", "2018-Q2"):
        paper = two_pager.compose(Selection(quarter, area), VIEWER, build)
        assert not {"quarter.areas", "plan.summary", "meetings.since"} & set(paper.asked)
        told = [text for text in texts_of(opened(two_pager.write(paper).content)) if text != paper.title]
        assert not [text for text in told if re.search(r"\b(?:Leicester|Rutland|Melton)\b(?!shire| Police)", text)]
        assert any(words.say("short", "left_out") in text for text in told)
        assert {"The nine authorities on one scale", "The delivery plan"} <= {
            line.partition(":")[0] for line in paper.left_out
        }


@pytest.mark.usefixtures("drawn")
def test_a_public_paper_holds_no_raw_count_and_says_in_words_what_it_lacks(shareable: Build) -> None:
    paper = two_pager.compose(Selection("2022-Q4"), VIEWER, shareable)
    assert {answer.build.audience for answer in paper.answers} == {SHAREABLE}
    tiles = paper.asked["quarter.tiles"].frame
    assert len(tiles)
    assert all(value % 5 == 0 for name in ("value", "before") for value in tiles[name].dropna())
    document = opened(two_pager.write(paper).content)
    state = words.say("states", "restricted_only", "title")
    assert sum(text.startswith(state) for text in of_style(document, "Withheld")) == 2
    assert words.say("notes", "rounded", base=5) in " ".join(of_style(document, "Figure Note"))


@pytest.mark.usefixtures("drawn")
def test_whoever_waits_is_told_each_part_and_may_stop_it(build: Build) -> None:
    told: list[tuple[int, int]] = []
    two_pager.make(Selection("2023-Q2"), VIEWER, build, lambda done, of, _: told.append((done, of)))
    assert told == [(0, 3), (1, 3), (2, 3)]

    def stop(done: int, _: int, __: str) -> None:
        if done:
            raise InterruptedError

    with pytest.raises(InterruptedError):
        two_pager.make(Selection("2023-Q2"), VIEWER, build, stop)


@pytest.mark.usefixtures("drawn")
def test_it_says_what_it_is(build: Build) -> None:
    product = two_pager.make(Selection("2023-Q2"), VIEWER, build)
    assert product.name == "quarter-two-pager_llr_2023-Q2_all_all_build-3_made-up.docx"
    document = opened(product.content)
    section = document.sections[0]
    assert (round(section.page_width.cm, 1), round(section.page_height.cm, 1)) == (21.0, 29.7)
    header = " ".join(one.text for one in section.header.paragraphs)
    assert "OFFICIAL-SENSITIVE" in header
    assert "made-up demonstration data" in header
    assert " NUMPAGES " in section.footer._element.xml
    assert "build 3" in " ".join(one.text for one in section.footer.paragraphs)
    fonts = {one.get(qn("w:ascii")) for one in document.styles.element.iter(qn("w:rFonts"))}
    assert "Arial" in fonts


def test_without_a_browser_figures_are_tables_of_the_quarter_and_say_so(
    build: Build, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(pictures, "is_possible", lambda: False)
    paper = two_pager.compose(Selection("2023-Q2"), VIEWER, build)
    product = two_pager.write(paper)
    document = opened(product.content)
    assert not list(document.element.iter(qn("wp:docPr")))
    assert not dense.compare(read(product.content), Screen(paper.answers, build), paper.answers)
    assert words.say("short", "no_picture") in of_style(document, "Figure Note")
    assert any("The nine authorities" in note for note in product.notes)
    of_areas = next(table for table in document.tables if len(table.rows) == 10)
    assert {row.cells[1].text for row in of_areas.rows[1:]} == {"Q2 2023/24"}


def test_a_picture_that_fails_stands_as_its_table(build: Build, monkeypatch: pytest.MonkeyPatch) -> None:
    def plain(*_: object, height: int, **__: object) -> bytes:
        if height > 100:
            raise TimeoutError
        return DOT

    monkeypatch.setattr(pictures, "is_possible", lambda: True)
    monkeypatch.setattr(pictures, "plain", plain)
    product = two_pager.make(Selection("2023-Q2"), VIEWER, build)
    assert [note for note in product.notes if "TimeoutError" in note]
    assert len(list(opened(product.content).element.iter(qn("wp:docPr")))) >= 5, "the lines of the tiles"


def pages(papers: Sequence[Product], folder: Path) -> list[int]:
    """How many pages each paper has as PDF, by one LibreOffice for all of them."""
    program = shutil.which("soffice")
    assert program, "LibreOffice counts the pages of the long run"
    sources = []
    for at, paper in enumerate(papers):
        sources.append(folder / f"{at}.docx")
        sources[-1].write_bytes(paper.content)
    command = [program, f"-env:UserInstallation={(folder / 'profile').as_uri()}", "--headless", "--convert-to", "pdf"]
    subprocess.run([*command, "--outdir", str(folder), *map(str, sources)], check=True, capture_output=True)
    return [_count(source.with_suffix(".pdf").read_bytes()) for source in sources]


def _count(pdf: bytes) -> int:
    streams = [pdf]
    for found in re.finditer(rb"stream\r?\n(.*?)endstream", pdf, re.DOTALL):
        with suppress(zlib.error):
            streams.append(zlib.decompress(found.group(1)))
    return sum(len(re.findall(rb"/Type\s*/Page\b", stream)) for stream in streams)


@pytest.mark.long
@pytest.mark.parametrize("audience", [RESTRICTED, SHAREABLE])
@pytest.mark.parametrize("with_pictures", [True, False])
def test_it_has_two_pages_for_every_area(
    build: Build,
    shareable: Build,
    audience: str,
    with_pictures: bool,
    tmp_path: Path,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setattr(pictures, "is_possible", lambda: with_pictures)
    monkeypatch.setattr(pictures, "plain", lambda *_, **__: DOT)
    asked = build if audience == RESTRICTED else shareable
    areas = choices.options(VIEWER, asked).areas
    chosen = [
        Selection(quarter, area, measure=("all", "crime")[(at + number) % 2])
        for number, quarter in enumerate(QUARTERS)
        for at, area in enumerate(areas)
    ]
    found = pages([two_pager.make(one, VIEWER, asked) for one in chosen], tmp_path)
    assert [one for one, count in zip(chosen, found, strict=True) if count != 2] == []
