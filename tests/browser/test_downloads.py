"""What is taken away arrives, and says what it is."""

from __future__ import annotations

import csv
import io
from pathlib import Path

import openpyxl

from core.words import say
from tests.browser.visits import Visit


def taken(visit: Visit, page_path: str, button: str) -> tuple[str, bytes]:
    """Open the first download panel of a page and take one file."""
    page = visit.open(page_path)
    page.get_by_role("button", name=say("frame", "download"), exact=True).first.click()
    with page.expect_download() as coming:
        page.get_by_role("button", name=say("frame", button), exact=True).first.click()
    visit.assert_clean()
    return coming.value.suggested_filename, Path(coming.value.path()).read_bytes()


def test_figures_arrive_as_csv_with_their_provenance_on_every_row(visit: Visit) -> None:
    name, content = taken(visit, "/trends?area=E07000130", "download_csv")
    assert name.endswith(".csv")
    assert "E07000130" in name
    rows = list(csv.DictReader(content.decode("utf-8-sig").splitlines()))
    assert rows
    for column in ("period", "date_basis", "source", "build", "marking", "made_up", "notes"):
        assert {row[column] for row in rows} != {""} or column == "notes", column
    assert {row["made_up"] for row in rows} == {"Yes"}


def test_figures_arrive_as_a_workbook_with_numbers_in_it(visit: Visit) -> None:
    name, content = taken(visit, "/trends", "download_xlsx")
    assert name.endswith(".xlsx")
    (page,) = openpyxl.load_workbook(io.BytesIO(content)).worksheets
    (table,) = page.tables.values()
    assert any(isinstance(cell.value, int) for row in page[table.ref] for cell in row)


def test_a_picture_arrives_as_png(visit: Visit) -> None:
    name, content = taken(visit, "/trends", "download_png")
    assert name.endswith(".png")
    assert content.startswith(b"\x89PNG")
    assert len(content) > 10_000


def test_a_map_arrives_as_svg_with_its_nine_areas_and_the_bars_beside_it_are_offered(visit: Visit) -> None:
    name, content = taken(visit, "/places", "download_svg_map")
    assert "-map_" in name
    assert name.endswith(".svg")
    picture = content.decode("utf-8")
    layer = picture.split("choroplethlayer", 1)[1].split("</g></g>", 1)[0]
    assert layer.count("<path") == 9
    with visit.page.expect_download() as coming:
        visit.page.get_by_role("button", name=say("frame", "download_png_chart"), exact=True).first.click()
    assert "-chart_" in coming.value.suggested_filename
    assert Path(coming.value.path()).read_bytes().startswith(b"\x89PNG")
