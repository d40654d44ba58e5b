"""A board paper says what the pages say, in the board's anatomy, in a document that everybody can read."""

from __future__ import annotations

import io
import re
import shutil
import zipfile
from collections.abc import Callable
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest
from docx import Document
from docx.oxml.ns import qn

from core import builds, words
from core.errors import MonitorError
from core.model import SHAREABLE, Answer, Build, Selection
from papers import board, boards, content
from papers.product import Product
from tests.pages.collecting import numbers
from tests.papers.conftest import VIEWER, WRITTEN
from ui import captions, pictures

Compose = Callable[..., content.Paper]
Make = Callable[..., Product]

HEADINGS = [
    "Background",
    "Notable developments and challenges",
    "Key issues for partnership working or affecting partners",
    "Issues in local areas",
    "Recommendations for the Board",
    "Officer to contact",
    "Appendices",
]


def _open(product: Product) -> Any:
    return Document(io.BytesIO(product.content))


def _part(product: Product, name: str = "word/document.xml") -> str:
    with zipfile.ZipFile(io.BytesIO(product.content)) as file:
        return file.read(name).decode()


def _of_style(document: Any, *names: str) -> list[str]:
    return [paragraph.text for paragraph in document.paragraphs if paragraph.style.name in names]


@pytest.mark.usefixtures("dots")
def test_its_sentences_are_those_of_the_pages(compose: Compose) -> None:
    paper = compose("sog")
    said = {one.question: one for one in paper.answers}
    headlines = said["quarter.headlines"]
    first = headlines.frame.iloc[0]
    sentence = words.say("quarter", "headlines", first["about"], first["finding"], **first["facts"])
    document = _open(board.write(paper, boards.named("sog")))
    numbered = _of_style(document, "List Number")
    assert sentence in numbered
    assert said["plan.summary"].facts["sentence"] in numbered
    assert captions.headline(said["trends.quarterly"]) in " ".join(_of_style(document, "Caption"))


@pytest.mark.usefixtures("dots")
def test_it_has_the_anatomy_of_a_board_paper(make: Make) -> None:
    document = _open(make("lscsb"))
    begins = document.paragraphs[:4]
    assert [one.style.name for one in begins] == ["Board Name", "Paper Date", "Title", "Subtitle"]
    assert begins[0].text == "Leicestershire Safer Communities Strategy Board"
    assert document.styles["Board Name"].font.all_caps
    assert begins[1].text == "23 June 2023"
    assert _of_style(document, "Heading 1") == HEADINGS
    order = [one.text for one in document.paragraphs]
    assert order.index("A working group was formed.") < next(
        at for at, text in enumerate(order) if text.startswith("All hate reports (crimes and incidents) in")
    )
    assert order.index("Community Safety Team") > order.index("Officer to contact")


@pytest.mark.usefixtures("dots")
def test_paragraphs_are_numbered_through_the_headings_and_recommendations_lettered(make: Make) -> None:
    document = _open(make("lscsb"))
    numbered = {}
    for name in ("List Number", "List Number 2"):
        properties = document.styles[name].element.pPr.numPr
        numbered[name] = (properties.numId.val, properties.ilvl.val)
    (number, level), (of_letters, below) = numbered.values()
    assert number == of_letters, "one list, so that no heading begins it again"
    assert (level, below) == (0, 1)
    assert not [
        one.text
        for one in document.paragraphs
        if one.style.name.startswith("List Number") and one._p.pPr is not None and one._p.pPr.numPr is not None
    ], "no paragraph begins another list"
    numbering = document.part.numbering_part.element
    abstract = next(one for one in numbering.iter(qn("w:abstractNum")) if one.get(qn("w:abstractNumId")) == str(number))
    formats = [one.get(qn("w:val")) for one in abstract.iter(qn("w:numFmt"))]
    assert formats == ["decimal", "lowerLetter"]
    styles = [one.style.name for one in document.paragraphs]
    asked = next(at for at, one in enumerate(document.paragraphs) if one.text == words.say("papers", "texts", "asked"))
    assert styles[asked : asked + 3] == ["List Number", "List Number 2", "List Number 2"]
    assert [one.text for one in document.paragraphs[asked + 1 : asked + 3]] == [
        "Note the figures.",
        "Agree the next steps.",
    ]
    assert len([name for name in styles[:asked] if name == "List Number"]) > 8


@pytest.mark.usefixtures("dots")
def test_it_can_be_read_by_everybody_and_says_what_it_is(make: Make) -> None:
    product = make("sog")
    document = _open(product)
    alts = [one.get("descr") for one in document.element.iter(qn("wp:docPr"))]
    assert alts
    assert all(alt and len(alt) > 30 for alt in alts)
    assert document.tables
    for table in document.tables:
        assert table.rows[0]._tr.trPr.find(qn("w:tblHeader")) is not None
        assert table._tbl.tblPr.find(qn("w:tblDescription")).get(qn("w:val"))
    assert 'w:lang w:val="en-GB"' in _part(product, "word/styles.xml")
    core = document.core_properties
    assert core.title == "LLR Senior Officer Group: Update: hate crimes and incidents"
    assert core.language == "en-GB"
    assert "OFFICIAL-SENSITIVE" in core.keywords
    section = document.sections[0]
    assert (round(section.page_width.cm, 1), round(section.page_height.cm, 1)) == (21.0, 29.7)
    header = " ".join(one.text for one in section.header.paragraphs)
    assert "OFFICIAL-SENSITIVE" in header
    assert "made-up demonstration data" in header
    footer = section.footer._element.xml
    assert " PAGE " in footer
    assert " NUMPAGES " in footer
    assert "build 3" in " ".join(one.text for one in section.footer.paragraphs)


@pytest.mark.usefixtures("dots")
def test_every_reference_leads_to_a_caption_and_every_caption_is_a_field(make: Make) -> None:
    document = _open(make("sog"))
    marked = [one.get(qn("w:name")) for one in document.element.iter(qn("w:bookmarkStart"))]
    assert len(marked) == len(set(marked))
    told = " ".join(one.text for one in document.element.iter(qn("w:instrText")))
    referred = re.findall(r"REF (\w+) ", told)
    assert set(referred) <= set(marked)
    figures = [name for name in marked if "figure" in name]
    assert set(figures) <= set(referred)
    assert told.count("SEQ Figure") == len(figures) >= 3
    letters = [text.partition(":")[0] for text in _of_style(document, "Heading 2")]
    assert letters == [f"Appendix {letter}" for letter in "ABCDEFGH"[: len(letters)]]
    listed = next(table for table in document.tables if table.rows[0].cells[0].text == "Appendix")
    assert [row.cells[0].text for row in listed.rows[1:]] == [letter[-1] for letter in letters]


@pytest.mark.usefixtures("no_pictures")
def test_without_a_browser_a_figure_is_its_table_and_says_so(make: Make) -> None:
    product = make("spb")
    document = _open(product)
    assert not list(document.element.iter(qn("wp:docPr")))
    assert words.say("papers", "texts", "no_picture") in _of_style(document, "Figure Note")
    assert any("Reports by quarter" in note for note in product.notes)


@pytest.mark.usefixtures("dots")
def test_a_figure_that_cannot_be_drawn_leaves_the_rest(make: Make, monkeypatch: pytest.MonkeyPatch) -> None:
    from tests.papers.conftest import DOT

    def draw(_: object, answer: Answer) -> bytes:
        if answer.question == "trends.quarterly":
            raise TimeoutError
        return DOT

    monkeypatch.setattr(pictures, "of_paper", draw)
    product = make("sog")
    assert [note for note in product.notes if "TimeoutError" in note] == [
        words.say("papers", "texts", "picture_failed", figure="Reports by quarter", what="TimeoutError")
    ]
    document = _open(product)
    assert len(list(document.element.iter(qn("wp:docPr")))) == 3
    assert _of_style(document, "Heading 1") == HEADINGS


def test_a_public_paper_reads_the_shareable_file_of_the_same_build_and_holds_no_raw_count(
    compose: Compose, build: Build
) -> None:
    paper = compose("lscsb")
    assert (paper.build.audience, paper.build.number) == (SHAREABLE, build.number)
    assert {answer.build.audience for answer in paper.answers} == {SHAREABLE}
    assert words.say("papers", "texts", "public", base=5) in [one.text for one in paper.parts[0].statements]
    counted = 0
    for answer in paper.answers:
        if answer.question.split(".")[0] in ("plan", "updates", "quarter.headlines"):
            continue
        for name in {"value", "before", "reports"} & set(answer.frame):
            if captions.unit(answer) == "count" or name == "reports":
                counts = [value for value in answer.frame[name].dropna() if not isinstance(value, str)]
                counted += len(counts)
                assert all(value % 5 == 0 for value in counts), (answer.question, name)
    assert counted > 50
    developments = next(part for part in paper.parts if part.code == "developments")
    drafted = [one.text for one in developments.statements if one.text not in WRITTEN["developments"]]
    assert drafted
    for number in (said for text in drafted for said in numbers(text)):
        assert number.value % 5 == 0 or number.value == 4, number.text


def test_a_public_paper_says_what_the_public_build_does_not_hold(compose: Compose) -> None:
    paper = compose("lscsb")
    assert "Reports by motivating factor: not in the public build" in paper.left_out
    assert paper.left_out in [one.points for one in paper.parts[0].statements]
    assert not compose("sog").left_out


def test_a_board_of_a_part_is_shown_no_other_place_and_told_what_is_left_out(compose: Compose) -> None:
    for code, area in (("lscsb", "llr"), ("csp", "E07000130")):
        paper = compose(code, area=area)
        assert not any(answer.question == "places.rates_by_area" for answer in paper.answers)
        assert any("it shows places outside" in line for line in paper.left_out)
    said = " ".join(line.text for part in compose("lscsb").parts for line in part.statements)
    assert "Leicester " not in said.replace("Safer Leicester Partnership", "")
    assert any(answer.question == "places.rates_by_area" for answer in compose("spb").answers)


def test_every_figure_that_can_be_left_out_has_a_name(compose: Compose) -> None:
    for code in boards.boards():
        for quarter in ("2017-Q1", "2023-Q2"):
            paper = compose(code, quarter=quarter, area="E07000130")
            assert all(": " in one for one in paper.left_out)


def test_there_is_no_public_paper_without_a_shareable_file(
    build: Build, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    bare = tmp_path / "restricted.duckdb"
    place = builds.mart_path(tmp_path, build.number, build.audience)
    place.parent.mkdir(parents=True)
    shutil.copy(build.path, place)
    monkeypatch.setenv("MONITOR_DATA", str(tmp_path))
    with pytest.raises(MonitorError, match="no shareable file"):
        content.compose(Selection("2022-Q4"), VIEWER, replace(build, path=bare), boards.named("lscsb"), {})


def test_a_restricted_paper_is_not_made_of_the_shareable_file(demonstration_data: Path, build: Build) -> None:
    shareable = builds.open_build(demonstration_data, build.number, SHAREABLE)
    assert set(boards.offered(shareable)) == {"lscsb", "spb"}
    with pytest.raises(MonitorError, match="restricted"):
        content.compose(Selection("2022-Q4"), VIEWER, shareable, boards.named("sog"), {})


def test_the_area_is_the_board_s_on_the_last_day_of_the_quarter(compose: Compose) -> None:
    assert compose("lscsb", quarter="2022-Q4").selection.area == "county"
    assert compose("lscsb", quarter="2023-Q2", area="E06000016").selection.area == "county_rutland"
    assert compose("spb", area="E06000016").selection.area == "llr"
    paper = compose("csp", area="E07000130")
    assert (paper.board, paper.selection.area) == ("Charnwood CSP", "E07000130")
    with pytest.raises(MonitorError, match="one community safety partnership"):
        compose("csp", area="llr")


def test_what_nobody_wrote_is_not_made_up(compose: Compose) -> None:
    paper = compose("hsg", written={})
    assert paper.on == "Q4 2022/23"
    assert paper.recommendations == ()
    assert paper.officer == ()
    document = _open(
        board.write(replace(paper, parts=tuple(replace(one, figures=()) for one in paper.parts)), boards.named("hsg"))
    )
    said = [one.text for one in document.paragraphs]
    assert words.say("papers", "texts", "none_asked") in said
    assert words.say("papers", "texts", "no_officer") in said
    assert words.say("papers", "texts", "asked") not in said


@pytest.mark.usefixtures("no_pictures")
def test_words_that_no_file_can_hold_are_left_out_and_markup_stays_words(make: Make) -> None:
    written = {"purpose": "One \x01<w:b/> & two\x00", "officer": "{role}"}
    said = [one.text for one in _open(make("spb", written=written)).paragraphs]
    assert "One <w:b/> & two" in said
    assert "{role}" in said


def test_there_is_no_board_of_another_name() -> None:
    with pytest.raises(MonitorError, match="no such board"):
        boards.named("parish")


@pytest.mark.browser
def test_a_paper_with_its_pictures(make: Make) -> None:
    if not pictures.is_possible():
        pytest.skip("no browser was found")
    product = make("spb")
    document = _open(product)
    drawn = [part for part in document.part.package.parts if part.partname.startswith("/word/media/")]
    assert len(drawn) == len(list(document.element.iter(qn("wp:docPr")))) == 3
    assert all(part.blob.startswith(b"\x89PNG") and len(part.blob) > 10_000 for part in drawn)
    assert not [note for note in product.notes if "picture" in note]
