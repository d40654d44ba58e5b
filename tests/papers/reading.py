"""Reads a finished file as whoever opens it does: its texts, tables, charts and cells, each with where it stands.

What a product was made of is not looked at here: a Word document, a deck and a workbook are taken apart again, and so
are the workbooks behind a deck's charts, which travel with it.
"""

from __future__ import annotations

import io
import re
import zipfile
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from datetime import date, datetime
from typing import Any
from xml.etree import ElementTree

import openpyxl
from docx import Document
from docx.oxml.ns import qn as word
from pptx import Presentation
from pptx.oxml.ns import qn as slide_name

Value = str | float | date | None

_KEPT_NUMBER = re.compile(r"-?\d+(?:\.\d+)?(?:[eE]-?\d+)?")


@dataclass(frozen=True)
class Text:
    """A paragraph, a line, an alternative text or a property, and where it stands."""

    where: str
    said: str


@dataclass(frozen=True)
class Table:
    """A table: the text alternative that says which figure it is, its headings and its rows."""

    where: str
    about: str
    headings: tuple[str, ...]
    rows: tuple[tuple[Value, ...], ...]


@dataclass(frozen=True)
class Chart:
    """A native chart: its alternative text, what it is drawn from, what is written on it, and the workbook behind it.

    Attributes:
        series: name and values of each, in order; None is a gap.
        labels: texts written on single points.
        behind: the rows of its workbook, headings first.
    """

    where: str
    alt: str
    categories: tuple[str, ...]
    series: tuple[tuple[str, tuple[float | None, ...]], ...]
    labels: tuple[str, ...]
    behind: tuple[tuple[Value, ...], ...]


@dataclass
class Read:
    """All of one file."""

    ending: str
    texts: list[Text] = field(default_factory=list)
    tables: list[Table] = field(default_factory=list)
    charts: list[Chart] = field(default_factory=list)


def read(content: bytes) -> Read:
    """Take a file apart, whichever of the three it is."""
    with zipfile.ZipFile(io.BytesIO(content)) as parts:
        kind = next(name.partition("/")[0] for name in parts.namelist() if name.startswith(("word/", "ppt/", "xl/")))
    return _READERS[kind](content)


def _document(content: bytes) -> Read:
    document = Document(io.BytesIO(content))
    found = Read("docx", list(_properties(document.core_properties)))
    for at, section in enumerate(document.sections, start=1):
        for name in ("header", "footer"):
            found.texts += [Text(f"{name} {at}", one.text) for one in getattr(section, name).paragraphs]
    for at, paragraph in enumerate(document.element.body.iter(word("w:p")), start=1):
        if not any(above.tag == word("w:tbl") for above in paragraph.iterancestors()):
            found.texts.append(Text(f"paragraph {at}", _said(paragraph)))
    for drawn in document.element.body.iter(word("wp:docPr")):
        found.texts += [Text("alternative text", drawn.get(name)) for name in ("descr", "title") if drawn.get(name)]
    for at, table in enumerate(document.element.body.iter(word("w:tbl")), start=1):
        # straight from the file: the library looks every cell's neighbours up, which takes seconds
        rows = [tuple(_lines(cell) for cell in row.iter(word("w:tc"))) for row in table.iter(word("w:tr"))]
        about = "".join(one.get(word("w:val")) for one in table.iter(word("w:tblDescription")))
        found.tables.append(Table(f"table {at}", about, rows[0], tuple(rows[1:])))
    return found


def _lines(cell: Any) -> str:
    return "\n".join(_said(paragraph) for paragraph in cell.iter(word("w:p")))


def _said(element: Any) -> str:
    return "".join(one.text or "" for one in element.iter(word("w:t")))


def _deck(content: bytes) -> Read:
    deck = Presentation(io.BytesIO(content))
    found = Read("pptx", list(_properties(deck.core_properties)))
    for at, slide in enumerate(deck.slides, start=1):
        where = f"slide {at}"
        for shape in slide.shapes:
            alt = "".join(shape._element.xpath("./*[1]/p:cNvPr/@descr"))
            if shape.has_text_frame:
                is_number = shape.is_placeholder and shape.placeholder_format.idx == 12
                told = [] if is_number else shape.text_frame.paragraphs
                found.texts += [Text(where, "".join(run.text for run in one.runs)) for one in told]
            if alt:
                found.texts.append(Text(f"{where}, alternative text", alt))
            if shape.has_table:
                rows = [tuple(cell.text_frame.text for cell in row.cells) for row in shape.table.rows]
                found.tables.append(Table(where, alt, rows[0], tuple(rows[1:])))
            if shape.has_chart:
                found.charts.append(_chart(where, alt, shape.chart))
        notes = slide.notes_slide.notes_text_frame.text.split("\n")
        found.texts += [Text(f"{where}, notes", line) for line in notes]
    return found


def _chart(where: str, alt: str, chart: Any) -> Chart:
    (plot,) = chart.plots
    behind = openpyxl.load_workbook(io.BytesIO(chart.part.chart_workbook.xlsx_part.blob))
    (sheet,) = behind.worksheets
    return Chart(
        where,
        alt,
        tuple(str(one) for one in plot.categories),
        tuple((str(series.name), tuple(series.values)) for series in plot.series),
        tuple(str(node.text) for node in chart._chartSpace.iter(slide_name("a:t"))),
        tuple(tuple(row) for row in sheet.iter_rows(values_only=True)),
    )


def _workbook(content: bytes) -> Read:
    book = openpyxl.load_workbook(io.BytesIO(content))
    found = Read("xlsx", list(_properties(book.properties)))
    for page in book.worksheets:
        inside: set[str] = set()
        for table in page.tables.values():
            rows = [tuple(_plain(cell.value) for cell in row) for row in page[table.ref]]
            found.tables.append(Table(page.title, page.title, tuple(map(str, rows[0])), tuple(rows[1:])))
            inside |= {cell.coordinate for row in page[table.ref] for cell in row}
        for row in page.iter_rows():
            beside = [cell for cell in row if cell.value is not None and cell.coordinate not in inside]
            found.texts += [Text(f"{page.title}, {cell.coordinate}", str(cell.value)) for cell in beside]
        found.texts.append(Text(f"{page.title}, name", page.title))
        found.texts.append(Text(f"{page.title}, foot", page.oddFooter.left.text or ""))
    return found


def _plain(value: Any) -> Value:
    return value.date() if isinstance(value, datetime) else value


def _properties(core: Any) -> Iterator[Text]:
    for name in ("title", "subject", "keywords", "comments", "description", "category"):
        if said := getattr(core, name, None):
            yield Text(f"property {name}", str(said))


_READERS: dict[str, Callable[[bytes], Read]] = {"word": _document, "ppt": _deck, "xl": _workbook}


def opened(content: bytes) -> Any:
    """A Word document, to be looked into."""
    return Document(io.BytesIO(content))


def texts_of(document: Any) -> Iterator[str]:
    """Everything a reader of a Word document meets: paragraphs, cells, alternative texts."""
    yield from (paragraph.text for paragraph in document.paragraphs)
    yield from (cell.text for table in document.tables for row in table.rows for cell in row.cells)
    yield from (str(drawn.get("descr")) for drawn in document.element.iter(word("wp:docPr")))


def of_style(document: Any, *names: str) -> list[str]:
    """The paragraphs of some styles."""
    return [paragraph.text for paragraph in document.paragraphs if paragraph.style.name in names]


def parts(content: bytes, above: str = "") -> Iterator[tuple[str, bytes]]:
    """Every part of a file by its name, and of the files inside it: the workbooks behind charts."""
    with zipfile.ZipFile(io.BytesIO(content)) as file:
        for name in file.namelist():
            part = file.read(name)
            if part[:4] == b"PK\x03\x04":
                yield from parts(part, f"{above}{name}!")
            else:
                yield f"{above}{name}", part


def words_of(content: bytes) -> Iterator[tuple[str, str]]:
    """Every text that lies in a file, wherever: words of paragraphs together, words kept by charts, properties, shared
    strings, alternative texts; each with the name of its part. Numbers kept as numbers are no texts."""
    for name, part in parts(content):
        if not name.endswith((".xml", ".rels")):
            continue
        root = ElementTree.fromstring(part)
        for node in root.iter():
            kind = node.tag.rpartition("}")[2]
            if kind in ("p", "si", "is"):
                yield name, "".join(one.text or "" for one in node.iter() if one.tag.rpartition("}")[2] == "t")
            elif (node.text or "").strip() and not _is_elsewhere(kind, str(node.text)):
                yield name, str(node.text)
            for said in ("descr", "title"):
                if node.get(said):
                    yield name, str(node.get(said))


def _is_elsewhere(kind: str, text: str) -> bool:
    """Whether a text is part of one already read, a field's instruction, or a number kept as one."""
    return kind in ("t", "instrText") or (kind == "v" and _KEPT_NUMBER.fullmatch(text) is not None)
