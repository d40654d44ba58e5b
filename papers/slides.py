"""Slides: a deck of real layouts and placeholders, each slide with a title, a source line, notes and alternative texts.

Text is 18 point or more but for the source line. The language is British English. Words: config/text/pack.toml.
"""

from __future__ import annotations

import copy
import io
import math
import re
import zipfile
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Any
from xml.sax.saxutils import escape, quoteattr

from pptx import Presentation
from pptx.dml.color import RGBColor
from pptx.opc.constants import RELATIONSHIP_TYPE
from pptx.opc.oxml import serialize_part_xml
from pptx.oxml import parse_xml
from pptx.oxml.ns import nsdecls, qn
from pptx.slide import Slide, SlideLayout
from pptx.util import Emu, Inches, Pt

from core import words
from core.model import Build
from ui import captions, theme

MIME = "application/vnd.openxmlformats-officedocument.presentationml.presentation"
TEXT_SIZE = 18
"""The least size of text on a slide, in points; the source line alone is smaller."""

TITLE, TEXT, CHART, TABLE, PICTURE = "title", "text", "chart", "table", "picture"
SUBTITLE, BODY = 13, 14
"""The numbers of the placeholders for the line under the title and for what the slide shows."""

_LAYOUT_AT = {TITLE: 0, CHART: 1, TABLE: 3, TEXT: 5, PICTURE: 8}  # of the library's own template
_KINDS = {TEXT: "body", CHART: "chart", TABLE: "tbl", PICTURE: "pic"}
_WIDTH, _HEIGHT, _SIDE = 13.333, 7.5, 0.5
_ACROSS = _WIDTH - 2 * _SIDE
_BODY_AT, _BODY_HIGH = 2.4, 4.3
_SOURCE_SIZE = 11
_MARKING_SIZE = 18
_TEXT_SIZES = (28, 24, 20, TEXT_SIZE)  # of sentences: the largest at which all of them are on one slide
_LONG_TITLES = ((190, 18), (114, 20), (95, 22))  # longer than so many letters: of which size
_LANGUAGE = "en-GB"
_POINT_HIGH = 1.2 / 72  # inches a line is high, for each point of its size
_POINT_WIDE = 0.52 / 72  # inches an ordinary letter of Arial is wide, for each point of its size
_LINE = TEXT_SIZE * _POINT_HIGH
_CELL_EDGE = 0.2
_CELL_PAD = 0.12
_BETWEEN = 0.12
# A zip file's own dates cannot be before 1980.
_FIRST_DAY = (1980, 1, 1, 0, 0, 0)
_DATED = re.compile(rb"(<dcterms:(created|modified)[^>]*>)[^<]*(<)")


@dataclass(frozen=True)
class Mark:
    """A cell of a table with more than text: a fill and the ink on it."""

    text: str
    fill: str
    ink: str


Cell = str | Mark


class Deck:
    """A deck in the making."""

    def __init__(self, title: str, build: Build) -> None:
        self._deck = Presentation()
        self._deck.slide_width, self._deck.slide_height = Inches(_WIDTH), Inches(_HEIGHT)
        self._build = build
        self._titles: set[str] = set()
        self._lay_out()
        told = self._deck.core_properties
        told.title, told.author, told.category = title, words.say("frame", "product"), build.marking
        told.comments, told.language = captions.marking(build), _LANGUAGE
        told.last_modified_by = told.author
        told.created = told.modified = _moment(build)

    def slide(self, kind: str, title: str, subtitle: str, source: str, notes: Sequence[str]) -> Slide:
        """A new slide of one layout with everything said but what it shows.

        Args:
            title: the finding; told apart by a number where a slide before has the same.
            source: the line at its foot, with the marking.
            notes: the paragraphs of the speaker's notes.
        """
        made = self._deck.slides.add_slide(self._layouts[kind])
        heading = made.shapes.title.text_frame
        heading.text = self._unlike(title)
        if (smaller := _smaller(heading.text)) is not None:
            heading.paragraphs[0].runs[0].font.size = Pt(smaller)
        made.placeholders[SUBTITLE].text_frame.text = subtitle
        layout: Any = self._layouts[kind]
        for holder in layout.placeholders:
            if holder.placeholder_format.idx in (11, 12):  # footer and number, which the library leaves out
                again = copy.deepcopy(holder._element)
                again.spPr.clear()  # place and look are the layout's
                again.txBody.find(qn("a:lstStyle")).clear()
                again.xpath("./*[1]/p:cNvPr")[0].set("id", str(_next_number(made)))
                made.shapes._spTree.append(again)
                if holder.placeholder_format.idx == 11:
                    made.placeholders[11].text_frame.text = source
        made.notes_slide.notes_text_frame.text = "\n".join(notes)
        return made

    def text(self, title: str, subtitle: str, source: str, notes: Sequence[str], items: Sequence[str]) -> None:
        """Slides of sentences: as many as it takes to say them all."""
        told = {size: [_item_high(item, size) for item in items] for size in _TEXT_SIZES}
        size = next((size for size in _TEXT_SIZES if sum(told[size]) <= _BODY_HIGH), TEXT_SIZE)
        for some in _shared_out(told[size], _BODY_HIGH):
            frame = self.slide(TEXT, title, subtitle, source, notes).placeholders[BODY].text_frame
            for position, at in enumerate(some):
                paragraph = frame.paragraphs[0] if position == 0 else frame.add_paragraph()
                paragraph.text = items[at]
                paragraph.font.size = Pt(size)
                paragraph.space_after = Pt(_BETWEEN * 72)

    def table(
        self, title: str, subtitle: str, source: str, notes: Sequence[str], alt: str,
        headings: Sequence[str], rows: Sequence[Sequence[Cell]], shares: Sequence[float],
    ) -> None:  # fmt: skip
        """Slides of a table: as many as it takes to show every row. `shares`: of the width, by column."""
        widths = [_ACROSS * share / sum(shares) for share in shares]
        high = [max(_high(cell, width) for cell, width in zip(row, widths, strict=True)) for row in (headings, *rows)]
        for some in _shared_out(high[1:], _BODY_HIGH - high[0]):
            made = self.slide(TABLE, title, subtitle, source, notes)
            frame = made.placeholders[BODY].insert_table(len(some) + 1, len(headings))
            describe(frame, alt)
            for column, width in zip(frame.table.columns, widths, strict=True):
                column.width = Inches(width)
            for number, row in enumerate((headings, *(rows[at] for at in some))):
                frame.table.rows[number].height = Inches(high[0] if number == 0 else high[1 + some[number - 1]])
                for at, cell in enumerate(row):
                    _fill(frame.table.cell(number, at), cell, is_heading=number == 0)
            frame.height = sum((row.height for row in frame.table.rows), Emu(0))

    def picture(self, title: str, subtitle: str, source: str, notes: Sequence[str], alt: str, image: bytes) -> None:
        """A slide of a picture, whole and as large as there is room."""
        made = self.slide(PICTURE, title, subtitle, source, notes)
        holder = made.placeholders[BODY]
        left, top, width, height = holder.left, holder.top, holder.width, holder.height
        shown = holder.insert_picture(io.BytesIO(image))
        # The library cuts a picture to the shape of its place; a map is never cut.
        shown.crop_left = shown.crop_right = shown.crop_top = shown.crop_bottom = 0
        pixels = shown.image.size
        scale = min(width / pixels[0], height / pixels[1])
        shown.width, shown.height = Emu(int(pixels[0] * scale)), Emu(int(pixels[1] * scale))
        shown.left, shown.top = Emu(left + (width - shown.width) // 2), top
        describe(shown, alt)

    def content(self) -> bytes:
        """The finished deck. The same slides of the same build are the same bytes, whenever they are made."""
        for slide in self._deck.slides:
            for part in (slide._element, slide.notes_slide._element):
                for run in part.iter(qn("a:r")):
                    run.get_or_add_rPr().set("lang", _LANGUAGE)
        file = io.BytesIO()
        self._deck.save(file)
        return _settled(file.getvalue(), _moment(self._build))

    def _unlike(self, title: str) -> str:
        told, number = title, 1
        while told in self._titles:
            number += 1
            told = words.say("pack", "continued", title=title, number=number)
        self._titles.add(told)
        return told

    def _lay_out(self) -> None:
        """Give the library's template this deck's size, type and colours, and only the layouts that are used."""
        master = self._deck.slide_master
        _dress(master.part.part_related_by(RELATIONSHIP_TYPE.THEME))
        every = list(self._deck.slide_layouts)
        self._layouts = {kind: every[at] for kind, at in _LAYOUT_AT.items()}
        for layout in every:
            if layout not in self._layouts.values():
                self._deck.slide_layouts.remove(layout)
        for shape in list(master.placeholders):
            wide = {"title": (0.4, 1.1), "body": (_BODY_AT, _BODY_HIGH)}.get(str(shape._element.ph.get("type")))
            if wide is None:
                master.shapes._spTree.remove(shape._element)
            else:
                shape.left, shape.top = Inches(_SIDE), Inches(wide[0])
                shape.width, shape.height = Inches(_ACROSS), Inches(wide[1])
        for kind, layout in self._layouts.items():
            _fit(layout, kind, captions.marking(self._build))


def describe(shape: Any, alt: str) -> None:
    """Give a chart, a table or a picture its alternative text."""
    shape._element.xpath("./*[1]/p:cNvPr")[0].set("descr", alt)


def _fit(layout: SlideLayout, kind: str, marking: str) -> None:
    tree = layout.shapes._spTree
    for shape in list(layout.placeholders):
        tree.remove(shape._element)
    layout._element.attrib.pop("type", None)
    layout._element.cSld.set("name", words.say("pack", "layout", kind))
    is_title = kind == TITLE
    title_at, title_high = (2.0, 1.6) if is_title else (0.5, 1.1)
    under_at, under_high = (3.7, 2.6) if is_title else (1.62, 0.7)
    title: dict[str, Any] = {"size": 40 if is_title else 26, "bold": True, "colour": theme.DATA, "anchor": "b"}
    tree.append(_holder(2, "title", None, (_SIDE, title_at, _ACROSS, title_high), **title))
    under: dict[str, Any] = {"size": 22 if is_title else TEXT_SIZE, "colour": theme.QUIET_INK, "anchor": "t"}
    tree.append(_holder(3, "body", SUBTITLE, (_SIDE, under_at, _ACROSS, under_high), **under))
    if not is_title:
        box = (_SIDE, _BODY_AT, _ACROSS, _BODY_HIGH)
        tree.append(_holder(4, _KINDS[kind], BODY, box, size=TEXT_SIZE, colour=theme.INK, bullets=kind == TEXT))
    # On the layout itself, so that it stands on every slide, those that people add included.
    tree.append(
        _shape(
            7,
            words.say("pack", "prompt", "marking"),
            "",
            (_SIDE, 0.1, _ACROSS, 0.4),
            marking,
            size=_MARKING_SIZE,
            colour=theme.QUIET_INK,
            bold=True,
        )
    )
    foot: dict[str, Any] = {"size": _SOURCE_SIZE, "colour": theme.QUIET_INK, "anchor": "b"}
    tree.append(_holder(5, "ftr", 11, (_SIDE, 6.75, _ACROSS - 0.9, 0.5), **foot))
    tree.append(_holder(6, "sldNum", 12, (_WIDTH - _SIDE - 0.8, 6.75, 0.8, 0.5), align="r", **foot))


def _holder(number: int, kind: str, index: int | None, box: tuple[float, float, float, float], **look: Any) -> Any:
    """A placeholder of a layout."""
    place = f'type="{kind}"' + (f' idx="{index}"' if index is not None else "")
    prompt = words.say("pack", "prompt", kind)
    return _shape(number, prompt, f"<p:ph {place}/>", box, "" if kind == "sldNum" else prompt, **look)


def _shape(
    number: int, name: str, place: str, box: tuple[float, float, float, float], text: str, *, size: int, colour: str,
    bold: bool = False, anchor: str = "t", align: str = "l", bullets: bool = False,
) -> Any:  # fmt: skip
    """A shape of text of a layout; empty text is the number of the slide.

    `place`: the placeholder it is, if it is one. `box`: left, top, width and height in inches.
    """
    left, top, width, height = (int(Inches(side)) for side in box)
    bullet = '<a:buFont typeface="Arial"/><a:buChar char="•"/>' if bullets else "<a:buNone/>"
    indent = 'marL="285750" indent="-285750"' if bullets else 'marL="0" indent="0"'
    said = (
        f'<a:r><a:rPr lang="{_LANGUAGE}"/><a:t>{escape(text)}</a:t></a:r>'
        if text
        else f'<a:fld id="{{B6F15528-21DE-4FAA-801E-634DDDAF4B2B}}" type="slidenum"><a:rPr lang="{_LANGUAGE}"/>'
        "<a:t>‹#›</a:t></a:fld>"
    )
    drawn = '<a:prstGeom prst="rect"><a:avLst/></a:prstGeom>'
    locks, kept, geometry = (
        ('<p:cNvSpPr><a:spLocks noGrp="1"/></p:cNvSpPr>', f"<p:nvPr>{place}</p:nvPr>", "")
        if place
        else ("<p:cNvSpPr/>", '<p:nvPr userDrawn="1"/>', drawn)
    )
    return parse_xml(
        f'<p:sp {nsdecls("p", "a")}><p:nvSpPr><p:cNvPr id="{number}" name={quoteattr(name)}/>'
        f"{locks}{kept}</p:nvSpPr>"
        f'<p:spPr><a:xfrm><a:off x="{left}" y="{top}"/><a:ext cx="{width}" cy="{height}"/></a:xfrm>{geometry}</p:spPr>'
        f'<p:txBody><a:bodyPr lIns="0" tIns="0" rIns="0" bIns="0" anchor="{anchor}"><a:normAutofit/></a:bodyPr>'
        f'<a:lstStyle><a:lvl1pPr {indent} algn="{align}">{bullet}<a:defRPr sz="{size * 100}" b="{int(bold)}">'
        f'<a:solidFill><a:srgbClr val="{colour[1:]}"/></a:solidFill></a:defRPr></a:lvl1pPr></a:lstStyle>'
        f"<a:p>{said}</a:p></p:txBody></p:sp>"
    )


def _dress(part: Any) -> None:
    """The theme's colours and typeface, so that what people add to the deck looks like it."""
    look = parse_xml(part.blob)
    spaces = {"a": "http://schemas.openxmlformats.org/drawingml/2006/main"}
    for number, colour in enumerate(theme.CATEGORICAL, start=1):
        look.find(f".//a:accent{number}/a:srgbClr", spaces).set("val", colour[1:])
    look.find(".//a:hlink/a:srgbClr", spaces).set("val", theme.DATA[1:])
    for face in look.findall(".//a:fontScheme/*/a:latin", spaces):
        face.set("typeface", "Arial")
    part._blob = serialize_part_xml(look)


def _fill(cell: Any, told: Cell, *, is_heading: bool) -> None:
    cell.text_frame.text = told.text if isinstance(told, Mark) else told
    ink = told.ink if isinstance(told, Mark) else theme.PAPER if is_heading else theme.INK
    # On the runs: what a paragraph only proposes for them, programs are free to leave out.
    for run in (run for paragraph in cell.text_frame.paragraphs for run in paragraph.runs):
        run.font.size, run.font.bold = Pt(TEXT_SIZE), is_heading or isinstance(told, Mark)
        run.font.color.rgb = rgb(ink)
    if isinstance(told, Mark):
        cell.fill.solid()
        cell.fill.fore_color.rgb = rgb(told.fill)


def rgb(colour: str) -> RGBColor:
    """A colour of the theme as this library has it."""
    return RGBColor.from_string(colour[1:])


def _next_number(slide: Slide) -> int:
    """A number no shape of the slide has yet."""
    return 1 + max(int(number) for number in slide._element.xpath(".//p:cNvPr/@id"))


def _smaller(title: str) -> int | None:
    """The size of a title too long for its own, in points; None where it fits."""
    return next((size for longest, size in _LONG_TITLES if len(title) > longest), None)


def _lines(text: str, width: float, size: int = TEXT_SIZE) -> int:
    """About how many lines a text of a size in points takes in a width in inches."""
    return sum(max(1, math.ceil(len(line) * _POINT_WIDE * size * 1.05 / width)) for line in text.split("\n"))


def _item_high(text: str, size: int) -> float:
    """About how high one of several sentences is, in inches, with the space after it."""
    return size * _POINT_HIGH * _lines(text, _ACROSS - 0.35, size) + _BETWEEN


def _high(cell: Cell, width: float) -> float:
    text = cell.text if isinstance(cell, Mark) else cell
    return _LINE * _lines(text, width - _CELL_EDGE) + _CELL_PAD


def _shared_out(heights: Sequence[float], room: float) -> Iterator[list[int]]:
    """The positions of what fits on each slide, in order; what is higher than a slide has one to itself."""
    here: list[int] = []
    for at, height in enumerate(heights):
        if here and sum(heights[one] for one in here) + height > room:
            yield here
            here = []
        here.append(at)
    yield here


def _moment(build: Build) -> datetime:
    """When the build was published stands for when the deck was made: the same slides are the same file."""
    moment = build.published_at
    return moment.astimezone(UTC).replace(tzinfo=None) if moment.tzinfo else moment


def _settled(content: bytes, moment: datetime) -> bytes:
    """The same file with one moment for every date in it, the workbooks behind its charts included."""
    when = moment.strftime("%Y-%m-%dT%H:%M:%SZ").encode("ascii")
    file = io.BytesIO()
    with zipfile.ZipFile(io.BytesIO(content)) as old, zipfile.ZipFile(file, "w", zipfile.ZIP_DEFLATED) as new:
        for name in old.namelist():
            part = old.read(name)
            if name.endswith(".xlsx"):
                part = _settled(part, moment)
            elif name.endswith(("core.xml", "app.xml")):
                part = _DATED.sub(rb"\g<1>" + when + rb"\g<3>", part)
            if name.endswith(".xml"):
                part = part.replace(b'lang="en-US"', f'lang="{_LANGUAGE}"'.encode("ascii"))
            new.writestr(zipfile.ZipInfo(name, _FIRST_DAY), part, zipfile.ZIP_DEFLATED)
    return file.getvalue()
