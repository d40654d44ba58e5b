"""What keeps a reader who listens, enlarges or cannot tell colours apart from reading a Word document or a deck.

Each function lists violations in the words of whoever mends them; an empty list is a file in order. Sizes are those a
text really has, through its style or its layout; the least are 9 points in a document and 11 on a slide. A paper that
must hold on a page or two has smaller tables and small print: each of its figures stands larger on the page it is of,
and in the board paper, for whoever cannot read it so; what it says in sentences is of 9 points too.
"""

from __future__ import annotations

import io
from collections import Counter
from collections.abc import Iterator, Mapping
from typing import Any

from docx import Document
from docx.oxml.ns import qn as word
from pptx import Presentation
from pptx.opc.constants import RELATIONSHIP_TYPE
from pptx.oxml import parse_xml
from pptx.oxml.ns import qn as slide_name

LANGUAGE = "en-GB"
LEAST_CONTRAST = 4.5
_LEAST_OF_DOCUMENT = 9.0  # points
LEAST_OF_DENSE = {
    "FigureNote": 7.5,
    "TableNote": 7.5,
    "Header": 7.5,
    "Footer": 7.5,
    "TableText": 8.5,
    "TableHeading": 8.5,
    "Withheld": 8.5,
}
"""The least sizes of a paper of one page or two, by style; of every other style they are those of any document."""

_LEAST_OF_SLIDE = 1100  # hundredths of a point
_TITLE = (None, "title", "ctrTitle")
_ORDER = {"title": 0, "ctrTitle": 0, 13: 1, 14: 2, 11: 3, 12: 4}
"""Kinds and numbers of placeholders in the order they are to be read: title, subtitle, body, source, slide number."""


def contrast(one: str, other: str) -> float:
    """The contrast of two colours, `1A2B3C`, by the Web Content Accessibility Guidelines: 1 to 21."""
    light, dark = sorted((_luminance(one), _luminance(other)), reverse=True)
    return (light + 0.05) / (dark + 0.05)


def _luminance(colour: str) -> float:
    parts = [int(colour[at : at + 2], 16) / 255 for at in (0, 2, 4)]
    red, green, blue = (part / 12.92 if part <= 0.04045 else ((part + 0.055) / 1.055) ** 2.4 for part in parts)
    return 0.2126 * red + 0.7152 * green + 0.0722 * blue


# Word ----------------------------------------------------------------------------------------------------------------


def of_document(content: bytes, *, is_dense: bool = False) -> list[str]:
    """The violations of a Word document; `is_dense`: one that must hold on a page or two."""
    document = Document(io.BytesIO(content))
    body = document.element.body
    found = [] if document.core_properties.title else ["the document has no title among its properties"]
    if document.core_properties.language != LANGUAGE:
        found.append("the document's language is not British English")
    found += _drawings(body)
    found += _tables(body)
    found += _headings(document)
    found += _spacing(body)
    found += _languages(document)
    found += _sizes(document, LEAST_OF_DENSE if is_dense else {})
    found += _shades(document)
    return found


def _drawings(body: Any) -> Iterator[str]:
    for drawn in body.iter(word("wp:docPr")):
        if not (drawn.get("descr") or "").strip():
            yield f"picture {drawn.get('id')} has no text alternative"


def _tables(body: Any) -> Iterator[str]:
    for at, table in enumerate(body.iter(word("w:tbl")), start=1):
        first = table.find(word("w:tr"))
        if first is None or first.find(f"{word('w:trPr')}/{word('w:tblHeader')}") is None:
            yield f"table {at} has no heading row"
        told = table.find(f"{word('w:tblPr')}/{word('w:tblDescription')}")
        if told is None or not (told.get(word("w:val")) or "").strip():
            yield f"table {at} has no text alternative"


def _headings(document: Any) -> Iterator[str]:
    last = 0
    for paragraph in document.paragraphs:
        kind, _, level = paragraph.style.name.partition(" ")
        if kind == "Heading" and level.isdigit():
            if int(level) > last + 1:
                yield f"heading level {level} follows level {last}: {paragraph.text[:60]}"
            if not paragraph.text.strip():
                yield f"a heading of level {level} is empty"
            last = int(level)


def _spacing(body: Any) -> Iterator[str]:
    for paragraph in body.findall(word("w:p")):
        is_drawn = next(paragraph.iter(word("w:drawing"), word("w:br")), None) is not None
        is_section = paragraph.find(f"{word('w:pPr')}/{word('w:sectPr')}") is not None
        if not (is_drawn or is_section or _said(paragraph).strip()):
            before = paragraph.getprevious()
            yield f"an empty paragraph stands after: {_said(before)[:60] if before is not None else 'nothing'}"


def _languages(document: Any) -> Iterator[str]:
    default = document.styles.element.find(
        f"{word('w:docDefaults')}/{word('w:rPrDefault')}/{word('w:rPr')}/{word('w:lang')}"
    )
    if default is None or default.get(word("w:val")) != LANGUAGE:
        yield "the default language of text is not British English"
    for root in (*_stories(document), document.styles.element):
        for told in root.iter(word("w:lang")):
            if told.get(word("w:val")) not in (None, LANGUAGE):
                yield f"a text is marked as {told.get(word('w:val'))}"


def _sizes(document: Any, least: Mapping[str, float]) -> Iterator[str]:
    styles = document.styles.element
    default = styles.find(f"{word('w:docDefaults')}/{word('w:rPrDefault')}/{word('w:rPr')}/{word('w:sz')}")
    by_id = {one.get(word("w:styleId")): one for one in styles.findall(word("w:style"))}
    normal = next(key for key, one in by_id.items() if one.get(word("w:default")) == "1" and _kind(one) == "paragraph")
    small: Counter[tuple[str, float]] = Counter()
    for root in _stories(document):
        for paragraph in root.iter(word("w:p")):
            style = paragraph.find(f"{word('w:pPr')}/{word('w:pStyle')}")
            named = normal if style is None else style.get(word("w:val"))
            of_style = _size_of(by_id.get(named), by_id)
            for run in paragraph.iter(word("w:r")):
                if not _said(run).strip():
                    continue
                own = run.find(f"{word('w:rPr')}/{word('w:sz')}")
                told = own.get(word("w:val")) if own is not None else of_style
                size = float(told if told is not None else 20 if default is None else default.get(word("w:val"))) / 2
                if size < least.get(named, _LEAST_OF_DOCUMENT):
                    small[(named, size)] += 1
    for (name, points), count in small.items():
        yield f"{count} texts of style {name} are of {points} points"


def _kind(style: Any) -> str:
    return str(style.get(word("w:type")))


def _size_of(style: Any, by_id: dict[str, Any]) -> str | None:
    """The size a style gives, its own or that of what it is based on."""
    while style is not None:
        own = style.find(f"{word('w:rPr')}/{word('w:sz')}")
        if own is not None:
            return str(own.get(word("w:val")))
        based = style.find(word("w:basedOn"))
        style = None if based is None else by_id.get(based.get(word("w:val")))
    return None


def _shades(document: Any) -> Iterator[str]:
    for cell in document.element.body.iter(word("w:tc")):
        shade = cell.find(f"{word('w:tcPr')}/{word('w:shd')}")
        fill = None if shade is None else shade.get(word("w:fill"))
        if fill in (None, "auto"):
            fill = "FFFFFF"
        for run in cell.iter(word("w:r")):
            colour = run.find(f"{word('w:rPr')}/{word('w:color')}")
            ink = "000000" if colour is None else colour.get(word("w:val"))
            ink = "000000" if ink == "auto" else ink
            if _said(run).strip() and contrast(fill, ink) < LEAST_CONTRAST:
                yield f"{ink} on {fill} is a contrast of {contrast(fill, ink):.1f}: {_said(cell)[:40]}"


def _stories(document: Any) -> Iterator[Any]:
    """The body, and what stands above and below every kind of page."""
    yield document.element.body
    for section in document.sections:
        for name in ("header", "footer", "first_page_header", "first_page_footer", "even_page_header"):
            story = getattr(section, name)
            if not story.is_linked_to_previous:
                yield story._element


def _said(element: Any) -> str:
    return "".join(one.text or "" for one in element.iter(word("w:t")))


# Slides --------------------------------------------------------------------------------------------------------------


def of_deck(content: bytes) -> list[str]:
    """The violations of a deck."""
    deck = Presentation(io.BytesIO(content))
    found = [] if deck.core_properties.title else ["the deck has no title among its properties"]
    if deck.core_properties.language != LANGUAGE:
        found.append("the deck's language is not British English")
    accents = _accents(deck)
    titles: Counter[str] = Counter()
    for number, slide in enumerate(deck.slides, start=1):
        heading = slide.shapes.title
        said = heading.text_frame.text.strip() if heading is not None else ""
        if not said:
            found.append(f"slide {number} has no title")
        titles[said] += 1
        told = (*_order(slide), *_graphics(slide), *_spoken(slide), *_small(slide), *_cells(slide, accents))
        found += [f"slide {number}: {one}" for one in told]
    found += [f"{count} slides have the title: {said[:60]}" for said, count in titles.items() if said and count > 1]
    for layout in deck.slide_layouts:
        found += [f"layout {layout.name}: {one}" for one in _sizes_of(layout._element)]
    return found


def _order(slide: Any) -> Iterator[str]:
    """What is read out of its turn, by the order of the slide's tree, in which it is read aloud."""
    places = []
    for shape in slide.shapes:
        if not shape.is_placeholder:
            yield f"{shape.name} has no place in the layout, so none in the order"
            continue
        at = shape.placeholder_format
        kind = str(shape._element.xpath(".//p:nvPr/p:ph/@type")[:1] or [""])
        places.append(_ORDER["title"] if "itle" in kind and at.idx == 0 else _ORDER.get(at.idx, len(_ORDER)))
    if places != sorted(places):
        yield "it is not read title, subtitle, body, source, number"


def _graphics(slide: Any) -> Iterator[str]:
    for shape in slide.shapes:
        if shape.has_chart or shape.has_table or shape._element.tag == slide_name("p:pic"):
            alt = "".join(shape._element.xpath("./*[1]/p:cNvPr/@descr")).strip()
            if not alt:
                yield f"{shape.name} has no text alternative"
        if shape.has_table and not shape.table.first_row:
            yield f"{shape.name} has no heading row"
        if shape.has_table and not all(cell.text_frame.text.strip() for cell in shape.table.rows[0].cells):
            yield f"{shape.name} has a heading without words"


def _spoken(slide: Any) -> Iterator[str]:
    roots = [("text", slide._element), ("note", slide.notes_slide._element)]
    roots += [("text of a chart", shape.chart._chartSpace) for shape in slide.shapes if shape.has_chart]
    for what, root in roots:
        for run in root.iter(slide_name("a:r")):
            told = run.find(slide_name("a:rPr"))
            if told is None or told.get("lang") != LANGUAGE:
                yield f"a {what} is not marked as British English: {''.join(run.itertext())[:40]}"


def _small(slide: Any) -> Iterator[str]:
    yield from _sizes_of(slide._element)
    for shape in slide.shapes:
        if shape.has_chart:
            yield from _sizes_of(shape.chart._chartSpace)


def _sizes_of(root: Any) -> Iterator[str]:
    for name in ("a:rPr", "a:defRPr", "a:endParaRPr"):
        for told in root.iter(slide_name(name)):
            if told.get("sz") and int(told.get("sz")) < _LEAST_OF_SLIDE:
                yield f"a text is of {int(told.get('sz')) / 100} points"


def _cells(slide: Any, accents: dict[str, str]) -> Iterator[str]:
    """Contrast in tables: of what a cell says of itself, and where it says nothing of what the table's look gives."""
    for shape in slide.shapes:
        if not shape.has_table:
            continue
        for number, row in enumerate(shape.table.rows):
            for cell in row.cells:
                fill = _colour(cell._tc.tcPr)
                for run in cell._tc.iter(slide_name("a:r")):
                    # a program shows what the run says, and not what its paragraph proposes
                    ink = _colour(run.find(slide_name("a:rPr")))
                    under = fill or (accents["accent1"] if number == 0 else "FFFFFF")
                    over = ink or ("FFFFFF" if number == 0 else "000000")
                    if contrast(under, over) < LEAST_CONTRAST:
                        yield f"{over} on {under} is a contrast of {contrast(under, over):.1f}: {cell.text[:40]}"


def _colour(properties: Any) -> str | None:
    """The plain colour that properties of a run or a cell fill with."""
    found = None if properties is None else properties.find(f"{slide_name('a:solidFill')}/{slide_name('a:srgbClr')}")
    return None if found is None else str(found.get("val"))


def _accents(deck: Any) -> dict[str, str]:
    look = parse_xml(deck.slide_master.part.part_related_by(RELATIONSHIP_TYPE.THEME).blob)
    colours = look.iter(slide_name("a:accent1"))
    return {"accent1": next(one[0].get("val") for one in colours)}
