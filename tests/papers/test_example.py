"""The worked example of the documents says what the program would write today."""

from __future__ import annotations

import io
from pathlib import Path
from typing import Any

import pytest
from docx import Document

from core.model import Build, Selection
from papers import shelf
from papers.boards import named
from tests.papers.conftest import VIEWER

EXAMPLE = Path(__file__).resolve().parents[2] / "docs" / "example"


def _told(document: Any) -> list[str]:
    cells = [cell.text for table in document.tables for row in table.rows for cell in row.cells]
    return [*(one.text for one in document.paragraphs), *cells, document.core_properties.title]


@pytest.mark.usefixtures("dots")
def test_the_worked_example_is_what_would_be_made_now(build: Build) -> None:
    (kept,) = EXAMPLE.glob("*.docx")
    desk = shelf.desk("board", named("lscsb"), Selection("2021-Q1"), VIEWER, build)
    assert desk.kept.said["purpose"], "the demonstration keeps the words"
    made = shelf.PRODUCTS["board"].make(desk.asked, lambda *_: None)
    assert kept.name == made.name
    assert _told(Document(str(kept))) == _told(Document(io.BytesIO(made.content)))
