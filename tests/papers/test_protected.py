"""No unprotected count is in any part of any file made of the shareable build; and one that is, is noticed."""

from __future__ import annotations

import re
from pathlib import Path

import pytest

from core import builds
from core.model import RESTRICTED, SHAREABLE, Selection
from tests.papers import protecting
from tests.papers.generated import Case
from tests.papers.products import PRODUCTS, Made, made_once
from tests.papers.reading import read, words_of

WHOLE = Selection("2023-Q2", "llr", "all", "crime")
SMALL = Selection("2022-Q4", "E06000017", "all", "all")


def _made(name: str, audience: str, selection: Selection, data: Path) -> Made:
    build = builds.live_build(data, audience)
    assert build is not None
    return made_once(name, Case(build, selection, "spb" if audience == SHAREABLE else "sog"))


@pytest.fixture(autouse=True)
def opened(demonstration_data: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    monkeypatch.setenv("MONITOR_DATA", str(demonstration_data))
    return demonstration_data


@pytest.mark.parametrize("selection", [WHOLE, SMALL], ids=["everywhere", "the smallest"])
@pytest.mark.parametrize("name", PRODUCTS)
def test_no_raw_count_is_in_a_product_of_the_shareable_build(name: str, selection: Selection, opened: Path) -> None:
    made = _made(name, SHAREABLE, selection, opened)
    found = protecting.raw_counts(made.product.content, made.screen)
    assert not found, "\n".join(found)


@pytest.mark.parametrize("name", PRODUCTS)
def test_raw_counts_of_a_restricted_product_are_noticed_in_every_kind_of_part(name: str, opened: Path) -> None:
    made = _made(name, RESTRICTED, WHOLE, opened)
    found = protecting.raw_counts(made.product.content, made.screen)
    assert len(found) > (15 if made.is_dense else 50)
    parts = {
        "board": ["word/document.xml"],
        "two_pager": ["word/document.xml"],
        "profile": ["word/document.xml"],
        "pack": ["ppt/slides/", "ppt/notesSlides/", ", chart"],
        "workbook": ["xl/sharedStrings.xml", "Monthly, "],
    }
    for part in parts.get(name, []):
        assert any(part in one for one in found), part


@pytest.mark.parametrize("name", PRODUCTS)
def test_no_count_of_the_restricted_build_is_in_a_product_of_the_shareable_one(name: str, opened: Path) -> None:
    made = _made(name, SHAREABLE, WHOLE, opened)
    restricted = _made(name, RESTRICTED, WHOLE, opened)
    exact = protecting.restricted_values(restricted.screen.answers, made.screen.build.base)
    assert len(exact) > 50
    assert not _of(made.product.content) & exact
    assert _of(restricted.product.content) & exact


def _of(content: bytes) -> set[int]:
    """Every whole number written with its comma or kept as a number."""
    written = {
        int(one.replace(",", "")) for _, text in words_of(content) for one in re.findall(r"\d{1,3}(?:,\d{3})+", text)
    }
    file = read(content)
    columns = [column for table in file.tables for column in zip(table.headings, *table.rows, strict=True)]
    kept = [value for heading, *values in columns if heading not in protecting.NO_REPORTS for value in values]
    kept += [value for chart in file.charts for _, values in chart.series for value in values]
    kept += [value for chart in file.charts for row in chart.behind for value in row]
    return written | {int(one) for one in kept if isinstance(one, (int, float)) and float(one).is_integer()}
