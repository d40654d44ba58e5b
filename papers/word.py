"""Word itself: real styles, numbering, fields and marks, on top of python-docx. Knows nothing of what a paper says."""

from __future__ import annotations

import io
import re
import zipfile
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from datetime import datetime
from typing import Any

from docx import Document
from docx.enum.section import WD_ORIENT
from docx.enum.style import WD_STYLE_TYPE
from docx.enum.text import WD_ALIGN_PARAGRAPH
from docx.oxml import OxmlElement
from docx.oxml.ns import qn
from docx.shared import Cm, Pt, RGBColor

from ui.captions import Table

_FONT = "Arial"
_BLACK = RGBColor(0, 0, 0)
_NUMBERING = 900  # of the one list of paragraphs and recommendations; python-docx's own lists have small numbers
_LANGUAGE = "en-GB"
_TEXT_WIDTH = Cm(17)
_LETTERS = 105  # of a table's text on one line across the page
_LONG_TEXT = 160  # letters: a column is not made wider for more
_AROUND = 6  # letters of empty room in a cell
_TOGETHER = 12  # rows: a table of as many stays on one page
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


class Writer:
    """A Word document being written from top to bottom, A4 upright, readable without colour."""

    def __init__(self, *, header: str, footer: Sequence[str]) -> None:
        """Begin it.

        Args:
            header: stands at the top of every page.
            footer: what stands before the page's number, between it and the number of pages, and after both.
        """
        self._document = Document()
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

    def text(self, said: str, style: str, *, is_kept: bool = False) -> None:
        """One paragraph of a style of the document; `is_kept` on the page of what follows it."""
        paragraph = self._document.add_paragraph(style=style)
        paragraph.paragraph_format.keep_with_next = True if is_kept else None
        _clean(paragraph.add_run(), said)

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
        """A picture as wide as the text, with its text alternative."""
        paragraph = self._document.add_paragraph(style="Normal")
        paragraph.paragraph_format.keep_with_next = True
        shape = paragraph.add_run().add_picture(io.BytesIO(png), width=_TEXT_WIDTH)
        about = shape._inline.docPr
        about.set("descr", _NOT_IN_XML.sub("", alt))
        about.set("title", _NOT_IN_XML.sub("", title))

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
        _unlined(styles["Title"].element)
        for name in ("Heading 1", "Heading 2", "Caption"):
            styles[name].paragraph_format.keep_with_next = True
        defaults = styles.element.find(qn("w:docDefaults")).find(qn("w:rPrDefault")).find(qn("w:rPr"))
        for old in defaults.findall(qn("w:lang")):
            defaults.remove(old)
        _set_font(defaults)
        language = _element("w:lang", val=_LANGUAGE, eastAsia=_LANGUAGE)
        language.set(qn("w:bidi"), "ar-SA")
        defaults.append(language)

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

    def _row(self, drawn: Any, cells: Sequence[str], numeric: Sequence[bool], *, is_heading: bool = False) -> None:
        row = drawn.add_row()
        properties = row._tr.get_or_add_trPr()
        properties.append(_element("w:cantSplit"))
        if is_heading:
            properties.append(_element("w:tblHeader"))
        for cell, text, is_number in zip(row.cells, cells, numeric, strict=True):
            paragraph = cell.paragraphs[0]
            paragraph.style = self._document.styles["Table Text"]
            if is_number:
                paragraph.alignment = WD_ALIGN_PARAGRAPH.RIGHT
            run = paragraph.add_run()
            run.bold = True if is_heading else None
            _clean(run, text)


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
