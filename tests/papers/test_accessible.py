"""Every product can be read by everybody, and what would keep somebody from it is noticed."""

from __future__ import annotations

import io
from collections.abc import Callable
from functools import partial
from typing import Any

import pytest
from docx import Document
from docx.oxml.ns import qn as word
from docx.shared import Pt as WordPoints
from pptx import Presentation
from pptx.dml.color import RGBColor
from pptx.util import Inches, Pt

from papers.product import Product
from tests.papers import accessible
from tests.papers.products import PRODUCTS

CHECKS: dict[str, Callable[[bytes], list[str]]] = {
    "board": accessible.of_document,
    "pack": accessible.of_deck,
    "two_pager": partial(accessible.of_document, is_dense=True),
    "profile": partial(accessible.of_document, is_dense=True),
}


def test_every_document_and_deck_is_checked() -> None:
    assert {*PRODUCTS} - {*CHECKS} == {"workbook"}


@pytest.mark.parametrize("name", CHECKS)
def test_every_product_can_be_read_by_everybody(name: str, product_of: Callable[[str], Product]) -> None:
    assert CHECKS[name](product_of(name).content) == []


def test_small_print_is_smaller_in_a_dense_paper_alone_and_its_sentences_are_not(
    product_of: Callable[[str], Product],
) -> None:
    content = product_of("profile").content
    assert any("FigureNote are of 7.5 points" in one for one in accessible.of_document(content))
    file = Document(io.BytesIO(content))
    file.styles["List Bullet"].font.size = WordPoints(8.5)
    assert any("ListBullet are of 8.5 points" in one for one in accessible.of_document(_saved(file), is_dense=True))


def _saved(file: Any) -> bytes:
    kept = io.BytesIO()
    file.save(kept)
    return kept.getvalue()


def _no_alt(file: Any) -> None:
    next(file.element.body.iter(word("wp:docPr"))).attrib.pop("descr")


def _no_heading_row(file: Any) -> None:
    properties = file.tables[0].rows[0]._tr.trPr
    properties.remove(properties.find(word("w:tblHeader")))


def _no_description(file: Any) -> None:
    properties = file.tables[0]._tbl.tblPr
    properties.remove(properties.find(word("w:tblDescription")))


def _skipped(file: Any) -> None:
    file.styles["Heading 1"].name = "Heading 3"


def _shaded(file: Any) -> None:
    cell = file.tables[0].rows[0].cells[0]
    shade = cell._tc.get_or_add_tcPr().makeelement(word("w:shd"), {word("w:fill"): "444444"})
    cell._tc.tcPr.append(shade)


def _of_french(file: Any) -> None:
    properties = file.paragraphs[0].runs[0]._r.get_or_add_rPr()
    properties.append(properties.makeelement(word("w:lang"), {word("w:val"): "fr-FR"}))


DOCUMENTS: dict[str, tuple[Callable[[Any], None], str]] = {
    "title": (lambda file: setattr(file.core_properties, "title", ""), "no title among its properties"),
    "language": (lambda file: setattr(file.core_properties, "language", "en-US"), "language is not British"),
    "picture": (_no_alt, "has no text alternative"),
    "heading row": (_no_heading_row, "table 1 has no heading row"),
    "table": (_no_description, "table 1 has no text alternative"),
    "level": (_skipped, "heading level 3 follows level 0"),
    "empty": (lambda file: file.add_paragraph(""), "an empty paragraph"),
    "run size": (lambda file: setattr(file.paragraphs[0].runs[0].font, "size", WordPoints(8)), "8.0 points"),
    "style size": (lambda file: setattr(file.styles["Normal"].font, "size", WordPoints(7)), "7.0 points"),
    "contrast": (_shaded, "000000 on 444444"),
    "run language": (_of_french, "marked as fr-FR"),
}


@pytest.mark.parametrize("what", DOCUMENTS)
def test_what_is_wrong_with_a_document_is_noticed(what: str, product_of: Callable[[str], Product]) -> None:
    break_it, said = DOCUMENTS[what]
    file = Document(io.BytesIO(product_of("board").content))
    break_it(file)
    assert any(said in one for one in accessible.of_document(_saved(file)))


def _with(file: Any, wanted: Callable[[Any], bool]) -> Any:
    return next(shape for slide in file.slides for shape in slide.shapes if wanted(shape))


def _chart(file: Any) -> Any:
    return _with(file, lambda shape: shape.has_chart)


def _table(file: Any) -> Any:
    return _with(file, lambda shape: shape.has_table)


def _undescribed(shape: Any) -> None:
    shape._element.xpath("./*[1]/p:cNvPr")[0].attrib.pop("descr")


def _same_title(file: Any) -> None:
    file.slides[2].shapes.title.text_frame.text = file.slides[1].shapes.title.text_frame.text


def _title_last(file: Any) -> None:
    tree = file.slides[1].shapes._spTree
    tree.append(file.slides[1].shapes.title._element)


def _pale(file: Any) -> None:
    cell = _table(file).table.cell(1, 0)
    cell.text_frame.paragraphs[0].runs[0].font.color.rgb = RGBColor(0xDD, 0xDD, 0xDD)


def _small_chart(file: Any) -> None:
    _chart(file).chart.font.size = Pt(9)


def _unmarked(file: Any) -> None:
    file.slides[1].shapes.title.text_frame.paragraphs[0].runs[0]._r.rPr.set("lang", "en-US")


DECKS: dict[str, tuple[Callable[[Any], None], str]] = {
    "property": (lambda file: setattr(file.core_properties, "title", ""), "no title among its properties"),
    "language": (lambda file: setattr(file.core_properties, "language", "en-US"), "language is not British"),
    "no title": (lambda file: setattr(file.slides[1].shapes.title.text_frame, "text", ""), "slide 2 has no title"),
    "same title": (_same_title, "2 slides have the title"),
    "order": (_title_last, "slide 2: it is not read title, subtitle"),
    "loose": (
        lambda file: file.slides[1].shapes.add_textbox(0, 0, Inches(1), Inches(1)),
        "has no place in the layout",
    ),
    "chart": (lambda file: _undescribed(_chart(file)), "has no text alternative"),
    "table": (lambda file: _undescribed(_table(file)), "has no text alternative"),
    "heading row": (lambda file: setattr(_table(file).table, "first_row", False), "has no heading row"),
    "heading": (lambda file: setattr(_table(file).table.cell(0, 0), "text", ""), "a heading without words"),
    "contrast": (_pale, "is a contrast of 1."),
    "chart size": (_small_chart, "a text is of 9.0 points"),
    "run language": (_unmarked, "slide 2: a text is not marked as British English"),
}


@pytest.mark.parametrize("what", DECKS)
def test_what_is_wrong_with_a_deck_is_noticed(what: str, product_of: Callable[[str], Product]) -> None:
    break_it, said = DECKS[what]
    file = Presentation(io.BytesIO(product_of("pack").content))
    break_it(file)
    found = accessible.of_deck(_saved(file))
    assert any(said in one for one in found), found


def test_contrast_is_that_of_the_guidelines() -> None:
    assert accessible.contrast("000000", "FFFFFF") == pytest.approx(21)
    assert accessible.contrast("777777", "FFFFFF") == pytest.approx(4.48, abs=0.01)
