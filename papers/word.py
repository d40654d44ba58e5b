"""Word itself: real styles, numbering, fields and marks, on top of python-docx. Knows nothing of what a paper says."""

from __future__ import annotations

import io
import re
import zipfile
from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from docx import Document
from docx.enum.section import WD_ORIENT
from docx.enum.style import WD_STYLE_TYPE
from docx.enum.text import WD_ALIGN_PARAGRAPH
from docx.oxml import OxmlElement
from docx.oxml.ns import qn
from docx.shared import Cm, Emu, Pt, RGBColor

from papers.room import Face
from ui.captions import Table

_FONT = "Arial"
_BLACK = RGBColor(0, 0, 0)
_NUMBERING = 900  # of the one list of paragraphs and recommendations; python-docx's own lists have small numbers
_LANGUAGE = "en-GB"
_TEXT_WIDTH = Cm(17)
_LETTERS = 105  # of a table's text on one line across the page
_LONG_TEXT = 160  # letters: a column is not made wider for more
_AROUND = 6  # letters of empty room in a cell
_TOGETHER = 8  # rows: a table of as many stays on one page
_TALLEST = Cm(9.5)  # picture: two stand on a page with their words, and none leaves half of the page before it empty
_NOT_IN_XML = re.compile(r"[\x00-\x08\x0b\x0c\x0e-\x1f\ufffe\uffff]")
_STYLES = (  # name, points, bold, space before and after in points
    ("Normal", 11, False, 0, 6),
    ("Title", 20, True, 6, 4),
    ("Subtitle", 13, False, 0, 12),
    ("Heading 1", 14, True, 16, 6),
    ("Heading 2", 12, True, 14, 4),
    ("Caption", 10, True, 10, 2),
    ("List Number", 11, False, 0, 6),
    ("List Number 2", 11, False, 0, 4),
    ("List Bullet 2", 11, False, 0, 3),
    ("Header", 9, False, 0, 0),
    ("Footer", 9, False, 0, 0),
)
_OWN_STYLES = (
    ("Board Name", 14, True, 0, 2),
    ("Paper Date", 11, False, 0, 6),
    ("Figure Note", 9, False, 2, 2),
    ("Table Text", 9, False, 1, 1),
)
DENSE: Mapping[str, Face] = {
    "Normal": Face(9, before=2, after=1.5),
    "Title": Face(16, is_bold=True, after=1),
    "Subtitle": Face(9, after=2),
    "Heading 1": Face(10.5, is_bold=True, before=7, after=2),
    "List Bullet": Face(9, after=2),
    "Header": Face(7.5),
    "Footer": Face(7.5),
    "Table Text": Face(8.5, before=1, after=1),
    "Table Heading": Face(8.5, is_bold=True, before=1, after=1),
    "Table Note": Face(7.5, after=1),
    "Figure Note": Face(7.5, before=2, after=1),
    "Withheld": Face(8.5, before=2, after=3),
}
"""The styles of a paper of one page or two, which everything must fit on."""

DENSE_WIDTH = 513.0
"""Width of the text of such a page, in points."""

DENSE_ROOM = 756.0
"""Height of the text of such a page, in points."""

BULLET = 12.0
"""How far the words of a point stand in, in points."""

CELL = 4.0
"""Room at either side of a cell's words, in points."""

_DENSE_TOP = 44.0
_HEADING_FILL = "#F2F2F2"
_RULE = "BFBFBF"


@dataclass(frozen=True)
class Cell:
    """One cell of a grid.

    Attributes:
        text: its words; `under` are smaller, below them.
        is_bold: for what the row is about.
        fill, ink: colours (`#RRGGBB`) of a mark; its word says the same.
        picture, alt: a PNG below the words, `picture_height` points tall, as wide as the cell; and what it shows.
    """

    text: str
    under: str = ""
    is_bold: bool = False
    fill: str = ""
    ink: str = ""
    picture: bytes | None = None
    alt: str = ""
    picture_height: float = 0


class Writer:
    """A Word document being written from top to bottom, A4 upright, readable without colour."""

    def __init__(self, *, header: str, footer: Sequence[str], is_dense: bool = False) -> None:
        """Begin it.

        Args:
            header: stands at the top of every page.
            footer: what stands before the page's number, between it and the number of pages, and after both.
            is_dense: in the styles of DENSE, for a paper that must fit on a page or two.
        """
        self._document = Document()
        self._is_dense = is_dense
        self._begins_page = False
        self._style_ids: dict[str, str] = {}
        self._ids = iter(range(1, 1_000_000))
        self._page()
        self._styles()
        self._number()
        section = self._document.sections[0]
        _clean(section.header.paragraphs[0].add_run(), header)
        foot = section.footer.paragraphs[0]
        before, between, after = footer
        _clean(foot.add_run(), before)
        _field(foot, "PAGE", "1")
        _clean(foot.add_run(), between)
        _field(foot, "NUMPAGES", "1")
        _clean(foot.add_run(), after)

    def text(self, said: str, style: str, *, is_kept: bool = False, lead: str = "") -> None:
        """One paragraph of a style of the document.

        Args:
            is_kept: on the page of what follows it.
            lead: bold words before the others.
        """
        paragraph = self._document.add_paragraph(style=style)
        paragraph.paragraph_format.keep_with_next = True if is_kept else None
        paragraph.paragraph_format.page_break_before = True if self._begins_page else None
        self._begins_page = False
        if lead:
            run = paragraph.add_run()
            run.bold = True
            _clean(run, f"{lead} ")
        _clean(paragraph.add_run(), said)

    def begin_page(self) -> None:
        """The paragraph that comes next stands at the top of a new page."""
        self._begins_page = True

    def referring(self, style: str, *parts: str | tuple[str, str]) -> None:
        """One paragraph; a part (bookmark, words) is a reference to what was marked with that name."""
        paragraph = self._document.add_paragraph(style=style)
        for part in parts:
            if isinstance(part, str):
                _clean(paragraph.add_run(), part)
            else:
                _field(paragraph, f"REF {part[0]} \\h", part[1])

    def caption(
        self, style: str, label: str, number: str, said: str, bookmark: str, *, is_lettered: bool = False
    ) -> None:
        """A numbered or lettered caption; `label number` is marked, so that `referring` can name it."""
        paragraph = self._document.add_paragraph(style=style)
        paragraph.paragraph_format.keep_with_next = True
        with self._marked(paragraph, bookmark):
            _clean(paragraph.add_run(), f"{label} ")
            _field(paragraph, f"SEQ {label} \\* {'ALPHABETIC' if is_lettered else 'ARABIC'}", number)
        _clean(paragraph.add_run(), said)

    def picture(self, png: bytes, alt: str, title: str) -> None:
        """A picture as wide as the text, or as tall as leaves room beside it; with its text alternative."""
        paragraph = self._document.add_paragraph(style="Normal")
        paragraph.paragraph_format.keep_with_next = True
        shape = paragraph.add_run().add_picture(io.BytesIO(png), width=_TEXT_WIDTH)
        if shape.height > _TALLEST:
            shape.width, shape.height = Emu(int(shape.width * _TALLEST / shape.height)), _TALLEST
        _describe(shape, alt, title)

    def grid(
        self,
        headings: Sequence[str],
        rows: Sequence[Sequence[Cell]],
        shares: Sequence[float],
        numeric: Sequence[bool],
        about: str,
    ) -> None:
        """A table ruled by thin lines, with a heading row and a text alternative; nothing stands after it.

        Args:
            shares: of the width, one for each column.
            numeric: which columns are set to the right.
        """
        drawn = self._document.add_table(rows=0, cols=len(headings))
        properties = drawn._tbl.tblPr
        for name in ("w:tblCaption", "w:tblDescription"):
            properties.append(_element(name, val=_NOT_IN_XML.sub("", about)))
        drawn.autofit = False
        _spaced(drawn)
        _rule(drawn)
        widths = [Pt(DENSE_WIDTH * share / sum(shares)) for share in shares]
        self._row(drawn, headings, numeric, is_heading=True)
        for cell in drawn.rows[0].cells:
            cell.paragraphs[0].paragraph_format.keep_with_next = True
            _fill(cell, _HEADING_FILL)
        for row in rows:
            self._grid_row(drawn, row, numeric, widths)
        for column, width in zip(drawn.columns, widths, strict=True):
            column.width = width
            for cell in column.cells:
                cell.width = width

    def table(self, table: Table, about: str) -> None:
        """A table whose headings come again on every page, with a text alternative."""
        drawn = self._document.add_table(rows=0, cols=len(table.headings), style="Table Grid")
        properties = drawn._tbl.tblPr
        for name in ("w:tblCaption", "w:tblDescription"):
            properties.append(_element(name, val=_NOT_IN_XML.sub("", about)))
        drawn.autofit = False
        self._row(drawn, table.headings, table.numeric, is_heading=True)
        for row in table.rows:
            self._row(drawn, row, table.numeric)
        for row in drawn.rows[:-1] if len(table.rows) <= _TOGETHER else drawn.rows[:1]:
            for cell in row.cells:
                cell.paragraphs[0].paragraph_format.keep_with_next = True
        for column, width in zip(drawn.columns, _widths(table), strict=True):
            column.width = width
            for cell in column.cells:
                cell.width = width

    def figures(self, heads: Sequence[Cell], drawn: Sequence[Cell]) -> None:
        """Pictures beside each other, each under its words, which are the heading row of the table they stand in."""
        made = self._document.add_table(rows=0, cols=len(heads))
        made.autofit = False
        _spaced(made)
        widths = [Pt(DENSE_WIDTH / len(heads))] * len(heads)
        for cells in (heads, drawn):
            self._grid_row(made, cells, [False] * len(heads), widths)
        made.rows[0]._tr.trPr.append(_element("w:tblHeader"))
        about = " · ".join(cell.text for cell in heads)
        for name in ("w:tblCaption", "w:tblDescription"):
            made._tbl.tblPr.append(_element(name, val=_NOT_IN_XML.sub("", about)))
        for column, width in zip(made.columns, widths, strict=True):
            column.width = width
            for cell in column.cells:
                cell.width = width

    def properties(self, *, title: str, subject: str, keywords: str, author: str, about: str, at: datetime) -> None:
        """What the file says of itself; `at` stands for when it was made, so that the same paper is the same file."""
        core = self._document.core_properties
        core.title, core.subject, core.keywords, core.author, core.comments = title, subject, keywords, author, about
        core.last_modified_by, core.language, core.revision = author, _LANGUAGE, 1
        core.created = core.modified = at.replace(microsecond=0)

    def content(self) -> bytes:
        """The finished file: the same document gives the same bytes."""
        made = io.BytesIO()
        self._document.save(made)
        settled = io.BytesIO()
        with zipfile.ZipFile(made) as old, zipfile.ZipFile(settled, "w", zipfile.ZIP_DEFLATED) as new:
            for name in old.namelist():
                entry = zipfile.ZipInfo(name)  # of 1 January 1980, whenever it is written
                entry.compress_type = zipfile.ZIP_DEFLATED
                new.writestr(entry, old.read(name))
        return settled.getvalue()

    def _page(self) -> None:
        section = self._document.sections[0]
        section.orientation = WD_ORIENT.PORTRAIT
        section.page_width, section.page_height = Cm(21), Cm(29.7)
        section.left_margin = section.right_margin = Cm(2)
        section.top_margin = section.bottom_margin = Cm(2)
        if self._is_dense:
            side = int((section.page_width - Pt(DENSE_WIDTH)) / 2)
            section.left_margin = section.right_margin = Emu(side)
            section.top_margin = Pt(_DENSE_TOP)
            section.bottom_margin = Emu(section.page_height - Pt(_DENSE_TOP) - Pt(DENSE_ROOM))
            section.header_distance = section.footer_distance = Pt(22)

    def _styles(self) -> None:
        styles = self._document.styles
        for name, *_ in _OWN_STYLES:
            styles.add_style(name, WD_STYLE_TYPE.PARAGRAPH).base_style = styles["Normal"]
        for name, points, is_bold, before, after in (*_STYLES, *_OWN_STYLES):
            style = styles[name]
            style.font.size, style.font.bold, style.font.italic = Pt(points), is_bold, False
            style.font.color.rgb = _BLACK
            _set_font(style.element.get_or_add_rPr())
            style.paragraph_format.space_before, style.paragraph_format.space_after = Pt(before), Pt(after)
        styles["Board Name"].font.all_caps = True
        if self._is_dense:
            self._dense_styles()
        _unlined(styles["Title"].element)
        _unspaced(styles["Title"].element)
        _unspaced(styles["Subtitle"].element)
        for name in ("Heading 1", "Heading 2", "Caption"):
            styles[name].paragraph_format.keep_with_next = True
        defaults = styles.element.find(qn("w:docDefaults")).find(qn("w:rPrDefault")).find(qn("w:rPr"))
        for old in defaults.findall(qn("w:lang")):
            defaults.remove(old)
        _set_font(defaults)
        language = _element("w:lang", val=_LANGUAGE, eastAsia=_LANGUAGE)
        language.set(qn("w:bidi"), "ar-SA")
        defaults.append(language)

    def _dense_styles(self) -> None:
        styles = self._document.styles
        for name in ("Table Heading", "Table Note", "Withheld"):
            styles.add_style(name, WD_STYLE_TYPE.PARAGRAPH).base_style = styles["Table Text"]
            _set_font(styles[name].element.get_or_add_rPr())
        for name, face in DENSE.items():
            style = styles[name]
            style.font.size, style.font.bold, style.font.italic = Pt(face.points), face.is_bold, False
            style.font.color.rgb = _BLACK
            _set_font(style.element.get_or_add_rPr())
            of_style = style.paragraph_format
            of_style.space_before, of_style.space_after = Pt(face.before), Pt(face.after)
            of_style.line_spacing, of_style.widow_control = 1.0, False
        points = styles["List Bullet"]
        for old in points.element.get_or_add_pPr().findall(qn("w:contextualSpacing")):
            points.element.pPr.remove(old)
        points.paragraph_format.left_indent = Pt(BULLET)
        points.paragraph_format.first_line_indent = -Pt(BULLET)
        points.paragraph_format.tab_stops.add_tab_stop(Pt(BULLET))
        shade = _element("w:shd", val="clear", color="auto", fill=_HEADING_FILL.removeprefix("#"))
        styles["Withheld"].element.pPr.find(qn("w:spacing")).addprevious(shade)

    def _number(self) -> None:
        """One list for the whole paper: numbers for paragraphs, which no heading interrupts, letters below them."""
        numbering = self._document.part.numbering_part.element
        abstract = _element("w:abstractNum", abstractNumId=str(_NUMBERING))
        abstract.append(_element("w:multiLevelType", val="multilevel"))
        for level, (kind, style, left, hanging) in enumerate(
            (("decimal", "ListNumber", 567, 567), ("lowerLetter", "ListNumber2", 1134, 567))
        ):
            of_level = _element("w:lvl", ilvl=str(level))
            of_level.append(_element("w:start", val="1"))
            of_level.append(_element("w:numFmt", val=kind))
            of_level.append(_element("w:pStyle", val=style))
            of_level.append(_element("w:lvlText", val=f"%{level + 1}."))
            of_level.append(_element("w:lvlJc", val="left"))
            indented = OxmlElement("w:pPr")
            indented.append(_element("w:ind", left=str(left), hanging=str(hanging)))
            of_level.append(indented)
            abstract.append(of_level)
        first = next(iter(numbering.findall(qn("w:num"))))
        first.addprevious(abstract)
        number = _element("w:num", numId=str(_NUMBERING))
        number.append(_element("w:abstractNumId", val=str(_NUMBERING)))
        numbering.append(number)
        for level, name in enumerate(("List Number", "List Number 2")):
            of_style = self._document.styles[name].element.get_or_add_pPr()
            for old in (*of_style.findall(qn("w:numPr")), *of_style.findall(qn("w:contextualSpacing"))):
                of_style.remove(old)
            properties = of_style.get_or_add_numPr()
            properties.get_or_add_ilvl().val = level
            properties.get_or_add_numId().val = _NUMBERING

    @contextmanager
    def _marked(self, paragraph: Any, name: str) -> Iterator[None]:
        number = str(next(self._ids))
        begins = _element("w:bookmarkStart", id=number)
        begins.set(qn("w:name"), name)
        paragraph._p.append(begins)
        yield
        paragraph._p.append(_element("w:bookmarkEnd", id=number))

    def _dress(self, paragraph: Any, style: str) -> None:
        """Give a paragraph of a cell its style. By its id: the library looks through every style for each paragraph."""
        if style not in self._style_ids:
            self._style_ids[style] = self._document.styles[style].style_id
        paragraph._p.style = self._style_ids[style]

    def _row(self, drawn: Any, cells: Sequence[str], numeric: Sequence[bool], *, is_heading: bool = False) -> None:
        row = drawn.add_row()
        properties = row._tr.get_or_add_trPr()
        properties.append(_element("w:cantSplit"))
        if is_heading:
            properties.append(_element("w:tblHeader"))
        for cell, text, is_number in zip(row.cells, cells, numeric, strict=True):
            paragraph = cell.paragraphs[0]
            is_dense_heading = is_heading and self._is_dense
            self._dress(paragraph, "Table Heading" if is_dense_heading else "Table Text")
            if is_number:
                paragraph.alignment = WD_ALIGN_PARAGRAPH.RIGHT
            run = paragraph.add_run()
            run.bold = True if is_heading else None
            _clean(run, text)

    def _grid_row(self, drawn: Any, cells: Sequence[Cell], numeric: Sequence[bool], widths: Sequence[int]) -> None:
        row = drawn.add_row()
        row._tr.get_or_add_trPr().append(_element("w:cantSplit"))
        for made, cell, is_number, width in zip(row.cells, cells, numeric, widths, strict=True):
            paragraph = made.paragraphs[0]
            self._dress(paragraph, "Table Heading" if cell.is_bold else "Table Text")
            if is_number:
                paragraph.alignment = WD_ALIGN_PARAGRAPH.RIGHT
            if cell.picture is not None:
                room = Emu(width - 2 * Pt(CELL))
                shape = paragraph.add_run().add_picture(io.BytesIO(cell.picture), room, Pt(cell.picture_height))
                _describe(shape, cell.alt, cell.text)
                continue
            run = paragraph.add_run()
            _clean(run, cell.text)
            if cell.fill:
                _fill(made, cell.fill)
                run.font.color.rgb, run.bold = RGBColor.from_string(cell.ink.removeprefix("#")), True
            if cell.under:
                _clean(made.add_paragraph(style="Table Note").add_run(), cell.under)


def _describe(shape: Any, alt: str, title: str) -> None:
    for side in ("distT", "distB", "distL", "distR"):
        shape._inline.set(side, "0")  # left unsaid, some programs keep room beside the picture
    about = shape._inline.docPr
    about.set("descr", _NOT_IN_XML.sub("", alt))
    about.set("title", _NOT_IN_XML.sub("", title))


def _fill(cell: Any, colour: str) -> None:
    shade = _element("w:shd", val="clear", color="auto", fill=colour.removeprefix("#"))
    cell._tc.get_or_add_tcPr().append(shade)


def _rule(drawn: Any) -> None:
    """Lines under rows alone."""
    borders = OxmlElement("w:tblBorders")
    for side in ("top", "bottom", "insideH"):
        borders.append(_element(f"w:{side}", val="single", sz="4", space="0", color=_RULE))
    drawn._tbl.tblPr.find(qn("w:tblLayout")).addprevious(borders)


def _spaced(drawn: Any) -> None:
    """The room the words of a cell have, said outright: programs differ in what they take."""
    margins = OxmlElement("w:tblCellMar")
    for side, room in (("top", 0.0), ("left", CELL), ("bottom", 0.0), ("right", CELL)):
        margins.append(_element(f"w:{side}", w=str(round(20 * room)), type="dxa"))
    layout = drawn._tbl.tblPr.find(qn("w:tblLayout"))
    layout.addprevious(_element("w:tblInd", w=str(round(20 * CELL)), type="dxa"))  # its edge stands with the text's
    layout.addnext(margins)


def _widths(table: Table) -> list[int]:
    """The room of each column: its longest word at least, and of what is left a share by its longest text."""
    least, more = [], []
    for texts in zip(table.headings, *table.rows, strict=True):
        least.append(_AROUND + max((len(one) for text in texts for one in text.split()), default=1))
        more.append(max(0, min(max(map(len, texts)), _LONG_TEXT) + _AROUND - least[-1]))
    left = max(0, _LETTERS - sum(least))
    wanted = [word + left * text / (sum(more) or 1) for word, text in zip(least, more, strict=True)]
    return [int(_TEXT_WIDTH * width / sum(wanted)) for width in wanted]


def _clean(run: Any, text: str) -> None:
    """Text in a run, without what no XML file can hold."""
    run.text = _NOT_IN_XML.sub("", text)


def _field(paragraph: Any, instruction: str, result: str) -> None:
    """A field that Word works out again when asked to; until then it says `result`."""
    for kind in ("begin", instruction, "separate", result, "end"):
        run = paragraph.add_run()
        if kind in ("begin", "separate", "end"):
            run._r.append(_element("w:fldChar", fldCharType=kind))
        elif kind is instruction:
            said = OxmlElement("w:instrText")
            said.set(qn("xml:space"), "preserve")
            said.text = f" {instruction} "
            run._r.append(said)
        else:
            run.text = result


def _element(name: str, **attributes: str) -> Any:
    element = OxmlElement(name)
    for attribute, value in attributes.items():
        element.set(qn(f"w:{attribute}"), value)
    return element


def _set_font(properties: Any) -> None:
    """One typeface for every script, in the place of the template's theme."""
    for old in properties.findall(qn("w:rFonts")):
        properties.remove(old)
    properties.insert(0, _element("w:rFonts", ascii=_FONT, hAnsi=_FONT, eastAsia=_FONT, cs=_FONT))


def _unlined(style: Any) -> None:
    """Without the coloured line the template draws under a title."""
    of_style = style.get_or_add_pPr()
    for old in of_style.findall(qn("w:pBdr")):
        of_style.remove(old)


def _unspaced(style: Any) -> None:
    """Without the room the template puts between letters."""
    of_style = style.get_or_add_rPr()
    for old in of_style.findall(qn("w:spacing")):
        of_style.remove(old)
