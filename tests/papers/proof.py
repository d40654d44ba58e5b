"""What a short paper says, read as a reader meets it, and every number of it that is in no answer."""

from __future__ import annotations

import io
import re
from collections.abc import Iterable, Iterator
from typing import Any

from docx import Document
from docx.oxml.ns import qn

from core import words
from core.model import Answer
from papers.product import Product
from papers.short import Short
from tests.pages.collecting import constants, held, literals, numbers, strangers, worked_out

# How many of a list did not fit: counted by the paper, of nothing but its own lines.
_LEFT_OUT = re.compile(r"Left out here for want of room: \d+ ")


def opened(product: Product) -> Any:
    """The document of a product."""
    return Document(io.BytesIO(product.content))


def texts(document: Any) -> Iterator[str]:
    """Everything a reader meets: paragraphs, cells, alternative texts."""
    yield from (paragraph.text for paragraph in document.paragraphs)
    yield from (cell.text for table in document.tables for row in table.rows for cell in row.cells)
    yield from (str(drawn.get("descr")) for drawn in document.element.iter(qn("wp:docPr")))


def of_style(document: Any, *names: str) -> list[str]:
    """The paragraphs of some styles."""
    return [paragraph.text for paragraph in document.paragraphs if paragraph.style.name in names]


def strange(paper: Short, said: Iterable[str]) -> list[str]:
    """Every number of the texts that is in no answer of the paper and in no sentence of a method."""
    known = {round(value, 9) for answer in paper.answers for value in _known(answer)}
    notes = {
        number
        for answer in paper.answers
        for key in answer.notes
        for number in literals(str(words.page_text("notes")[key]))
    }
    modules = {answer.question.split(".")[0] for answer in paper.answers} | {"frame", "states"}
    methods = {number for module in modules for number in constants(module)}
    return [
        f"{number}: {text[:120]}"
        for text in said
        for number in strangers(numbers(_LEFT_OUT.sub(" ", text)), known, frozenset(notes | methods))
    ]


def _known(answer: Answer) -> list[float]:
    """The numbers an answer holds, those its words may work out from them, and those its facts name."""
    named = [said.value for fact in answer.facts.values() for said in numbers(str(fact))]
    return [*held(answer), *worked_out(answer), *named, answer.build.base, answer.build.base - 1]
