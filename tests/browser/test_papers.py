"""A paper is made part by part before the reader's eyes, can be stopped half way, and is taken away once it is made."""

from __future__ import annotations

import shutil
from pathlib import Path

import pytest
from docx import Document
from playwright.sync_api import expect

from core import builds
from core.words import label, say
from tests.browser.visits import NewVisit, serving

LINK = "/papers?product=board&board=sog&quarter=2022-Q4"


def form(name: str, **facts: object) -> str:
    return say("papers", "texts", "form", name, **facts)


@pytest.fixture
def data(demonstration: Path, tmp_path: Path) -> Path:
    return shutil.copytree(demonstration, tmp_path / "data", ignore=shutil.ignore_patterns("demo", "warehouse*"))


def test_a_making_that_is_stopped_leaves_nothing_and_one_that_is_not_is_taken_away(
    new_visit: NewVisit, data: Path, tmp_path: Path
) -> None:
    with serving(data) as address:
        visit = new_visit(address)
        page = visit.open(LINK)
        page.get_by_role("button", name=form("make"), exact=True).click()
        expect(page.get_by_text("Making part").first).to_be_visible()
        page.get_by_role("button", name=form("stop"), exact=True).click()
        expect(page.get_by_role("button", name=form("stop"), exact=True)).to_have_count(0)
        visit.settle()
        assert page.get_by_role("button", name=form("take"), exact=True).count() == 0
        assert not builds.kept_for(data, 3)
        page.get_by_role("button", name=f"Remove {label('section', 'places')}").or_(
            page.get_by_label(f"Remove {label('section', 'places')}")
        ).first.click()
        page.get_by_role("button", name=form("make"), exact=True).click()
        with page.expect_download(timeout=60_000) as taken:
            page.get_by_role("button", name=form("take"), exact=True).click(timeout=60_000)
        file = tmp_path / taken.value.suggested_filename
        taken.value.save_as(file)
        said = " ".join(one.text for one in Document(str(file)).paragraphs)
        assert "Recommendations for the Board" in said
        assert "Figure 4" not in said
        assert "Figure 3" in said
        assert builds.kept_for(data, 3) == ["paper-board-sog-llr-2022-Q4"]
        assert visit.violations() == []
        page = visit.open("/locality?area=E07000130&quarter=2022-Q4")
        page.get_by_role("button", name=say("locality", "texts", "take")).click()
        with page.expect_download(timeout=60_000) as taken:
            page.get_by_role("button", name=say("frame", "take_docx"), exact=True).click()
        assert taken.value.suggested_filename.startswith("locality-profile_E07000130_2022-Q4")
        taken.value.save_as(file)
        assert "Charnwood CSP: Q4 2022/23" in [one.text for one in Document(str(file)).paragraphs]
        assert "paper-profile-page-E07000130-2022-Q4" in builds.kept_for(data, 3)
