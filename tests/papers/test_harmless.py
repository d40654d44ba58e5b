"""What people wrote can run nothing: no cell of a workbook, of a chart's workbook or of a CSV begins a formula."""

from __future__ import annotations

import csv
import io
import shutil
import sqlite3
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import openpyxl
import pandas as pd
import pytest
from pptx import Presentation

from core import builds
from core.model import RESTRICTED, Answer, Build, Selection
from papers import office_charts
from papers.slides import BODY, CHART, Deck
from queries import strands
from tests.papers.comparing import of_pages
from tests.papers.conftest import VIEWER
from tests.papers.generated import Case
from tests.papers.products import PRODUCTS, Made, made_once
from tests.papers.reading import parts
from ui import downloads

TYPED = ('=HYPERLINK("http://127.0.0.1/","Open")', "+1+1", "-2+3", "@SUM(A1:A9)", "\t=1+1", "\r=1+1")
"""How words begin that a spreadsheet would run."""

_RUN = ("=", "+", "-", "@", "\t", "\r")
_WRITTEN = {
    "theme": ("name",),
    "outcome": ("words",),
    "indicator": ("words", "numerator_words", "denominator_words"),
    "action": ("words",),
    "organisation": ("name",),
    "indicator_return": ("commentary", "corrective_action"),
    "action_return": ("evidence", "commentary", "corrective_action"),
    "adoption": ("note",),
    "campaign": ("name", "note"),
    "exception_response": ("responder", "note"),
    "status_override": ("reason",),
    "meeting": ("name", "note"),
    "meeting_item": ("words", "owner_words", "progress_note"),
}
WHOLE = Selection("2023-Q2", "llr", "all", "crime")


@pytest.fixture(scope="module")
def opened(demonstration_data: Path, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Build]:
    """The demonstration with every word that people wrote in its register beginning like a formula."""
    data = tmp_path_factory.mktemp("typed")
    shutil.copytree(demonstration_data / "marts", data / "marts")
    for name in ("current.txt", "register.sqlite"):
        shutil.copy(demonstration_data / name, data / name)
    with sqlite3.connect(data / "register.sqlite") as database:
        for (trigger,) in database.execute("select name from sqlite_master where type = 'trigger'").fetchall():
            database.execute(f"drop trigger {trigger}")
        for table, columns in _WRITTEN.items():
            for column in columns:
                for at, begins in enumerate(TYPED):
                    database.execute(
                        f"update {table} set {column} = ? || ' ' || {column} where version_id % ? = ?",
                        (begins, len(TYPED), at),
                    )
    database.close()
    with pytest.MonkeyPatch.context() as patch:
        patch.setenv("MONITOR_DATA", str(data))
        build = builds.live_build(data, RESTRICTED)
        assert build is not None
        yield build


def _made(name: str, build: Build) -> Made:
    return made_once(name, Case(build, WHOLE, "sog"))


def _sheets(content: bytes) -> Iterator[Any]:
    """The worksheets of a file and of the workbooks inside it."""
    if content[:2] == b"PK" and b"xl/workbook.xml" in content:
        yield from openpyxl.load_workbook(io.BytesIO(content)).worksheets


@pytest.mark.parametrize("name", PRODUCTS)
def test_no_part_of_a_product_holds_a_formula_or_leads_anywhere_else(name: str, opened: Build) -> None:
    for part, content in parts(_made(name, opened).product.content):
        if "/worksheets/" in part:
            assert b"<f>" not in content, part
            assert b"<f " not in content, part
        if part.endswith(".rels"):
            assert b'TargetMode="External"' not in content, part
        assert "externalLink" not in part


def test_every_cell_of_the_workbook_that_begins_like_a_formula_is_text_and_stays_text(opened: Build) -> None:
    typed = 0
    for page in _sheets(_made("workbook", opened).product.content):
        for row in page.iter_rows():
            for cell in row:
                assert cell.data_type != "f", (page.title, cell.coordinate)
                if isinstance(cell.value, str) and cell.value.startswith(_RUN):
                    assert cell.data_type == "s"
                    assert cell.quotePrefix, (page.title, cell.coordinate)
                    typed += 1
    assert typed > 100


def test_no_cell_of_the_csv_of_any_figure_begins_a_formula(opened: Build) -> None:
    typed = 0
    for answer in of_pages(WHOLE, VIEWER, opened):
        if answer.withheld is not None:
            continue
        for row in csv.reader(io.StringIO(downloads.csv(answer).decode("utf-8-sig"), newline="")):
            for cell in row:
                assert not cell.startswith(_RUN) or _is_number(cell), (answer.question, cell[:40])
                typed += cell.startswith("'")
    assert typed > 100


def test_a_label_that_begins_like_a_formula_is_text_in_the_workbook_behind_a_chart(opened: Build) -> None:
    answer = strands.offence_groups(WHOLE, VIEWER, opened)
    labels = [f"{typed} {at}" for at, typed in enumerate(TYPED) if typed[0] not in "\r\t"]
    frame = pd.concat([answer.frame.iloc[:1]] * len(labels), ignore_index=True).assign(label=labels)
    (sheet,) = _sheets(_drawn(answer, frame, opened))
    cells = [row[0] for row in sheet.iter_rows(min_row=2)]
    assert [cell.value for cell in cells] == labels
    assert {cell.data_type for cell in cells} == {"s"}


def _drawn(answer: Answer, frame: pd.DataFrame, build: Build) -> bytes:
    """The workbook behind the bars of a frame."""
    deck = Deck("Bars", build)
    slide = deck.slide(CHART, "Bars", "Of what was typed", "Source", ["Note"])
    office_charts.bars(slide.placeholders[BODY], Answer(**{**vars(answer), "frame": frame}))
    (chart,) = [shape.chart for shape in slide.shapes if shape.has_chart]
    assert Presentation(io.BytesIO(deck.content())).slides
    return bytes(chart.part.chart_workbook.xlsx_part.blob)


def _is_number(cell: str) -> bool:
    return cell.removeprefix("-").replace(".", "", 1).replace("e-", "", 1).isdigit()
