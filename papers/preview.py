"""What a finished file says, in order, for whoever wants to see it before they take it."""

from __future__ import annotations

import io
import zipfile
from collections.abc import Callable, Iterator, Sequence
from itertools import islice
from pathlib import PurePosixPath
from typing import Any

from docx import Document
from docx.table import Table
from pptx import Presentation
from python_calamine import CalamineWorkbook

from core import words
from papers.product import Product

Heading = tuple[str, Sequence[str]]
"""A heading of the file, and the lines under it."""

_HEADINGS = ("Title", "Heading 1", "Heading 2")
_ABOVE = 3  # rows of a sheet before its table: what it is called and what is measured


def of(product: Product) -> list[Heading]:
    """The headings of a file, each with what stands under it: a slide, a sheet or a file in a folder is a heading."""
    return list(_READERS[PurePosixPath(product.name).suffix](product.content))


def _document(content: bytes) -> Iterator[Heading]:
    heading, lines = "", list[str]()
    for block in Document(io.BytesIO(content)).iter_inner_content():
        if isinstance(block, Table):
            lines += [_row([cell.text for cell in row.cells]) for row in block.rows]
        elif block.style is not None and block.style.name in _HEADINGS:
            if heading or lines:
                yield heading, lines
            heading, lines = block.text, []
        elif block.text.strip():
            lines.append(block.text)
    yield heading, lines


def _slides(content: bytes) -> Iterator[Heading]:
    for slide in Presentation(io.BytesIO(content)).slides:
        title: Any = slide.shapes.title
        yield title.text, [line for shape in slide.shapes if shape.shape_id != title.shape_id for line in _shown(shape)]


def _shown(shape: Any) -> Iterator[str]:
    if shape.has_text_frame:
        yield from (one.text for one in shape.text_frame.paragraphs if one.text.strip())
    elif shape.has_table:
        yield from (_row([cell.text for cell in row.cells]) for row in shape.table.rows)
    else:
        yield str(shape._element.xpath(".//p:cNvPr")[0].get("descr", ""))


def _sheets(content: bytes) -> Iterator[Heading]:
    book = CalamineWorkbook.from_filelike(io.BytesIO(content))
    for name in book.sheet_names:
        rows = [[str(cell) for cell in row if cell != ""] for row in book.get_sheet_by_name(name).to_python()]
        told = [_row(row) for row in islice(filter(None, rows), _ABOVE)]
        yield name, [*told, words.count("row", len(rows))]


def _folder(content: bytes) -> Iterator[Heading]:
    with zipfile.ZipFile(io.BytesIO(content)) as folder:
        for name in folder.namelist():
            read = _READERS.get(PurePosixPath(name).suffix)
            yield name, [line for _, lines in (read(folder.read(name)) if read else ()) for line in lines]


def _row(cells: Sequence[str]) -> str:
    return " · ".join(cell.replace("\n", " ") for cell in cells)


_READERS: dict[str, Callable[[bytes], Iterator[Heading]]] = {
    ".docx": _document,
    ".pptx": _slides,
    ".xlsx": _sheets,
    ".zip": _folder,
}
