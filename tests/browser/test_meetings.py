"""A decision is kept beside the sentence it is about; the page of an earlier meeting shows what it showed that day."""

from __future__ import annotations

import shutil
from pathlib import Path

import pytest
from playwright.sync_api import expect

from core.words import say
from tests.browser.visits import NewVisit, serving

AGREED = "Ask the city which of its sites send no reports."
LAST_TIME = "Tell every board why all reports cannot be compared across 3 June 2023."


def test_a_decision_kept_today_is_on_quarter_and_not_on_the_page_of_an_earlier_meeting(
    new_visit: NewVisit, demonstration: Path, tmp_path: Path
) -> None:
    ignored = shutil.ignore_patterns("demo", "warehouse*")
    data = shutil.copytree(demonstration, tmp_path / "data", ignore=ignored)
    with serving(data) as address:
        visit = new_visit(address)
        page = visit.open("/quarter?quarter=2023-Q1&build=2&as_at=2023-07-20&measure=all")
        then = page.locator(".hm-since, .hm-sentences").all_inner_texts()
        assert any(LAST_TIME in told for told in then)

        page = visit.open("/quarter")
        page.get_by_text(say("meetings", "texts", "form", "record"), exact=True).click()
        name, agreed = (
            page.get_by_label(say("meetings", "texts", "form", part), exact=True) for part in ("name", "words")
        )
        expect(agreed).to_be_visible()
        visit.settle()
        assert visit.violations() == []
        name.fill("Hate Strategic Group")
        agreed.fill(AGREED)
        page.get_by_role("button", name=say("meetings", "texts", "form", "save"), exact=True).click()
        expect(page.get_by_text(say("meetings", "texts", "form", "kept"))).to_be_visible()
        visit.settle()
        first = page.locator(".hm-sentences > li").first
        expect(first).to_contain_text(AGREED)
        expect(page.locator(".hm-since")).to_contain_text("Hate Strategic Group of ")
        assert [path.name for path in (data / "marts" / "3" / "keep").iterdir()]
        assert visit.violations() == []

        link = say("meetings", "texts", "board", "reopen", held_on="20 July 2023")
        page.get_by_role("link", name=link).first.click()
        page.wait_for_url("**as_at=2023-07-20*")
        visit.settle()
        assert page.locator(".hm-earlier").is_visible()
        assert page.get_by_text(AGREED).count() == 0
        page = visit.open("/quarter?quarter=2023-Q1&build=2&as_at=2023-07-20&measure=all")
        assert page.locator(".hm-since, .hm-sentences").all_inner_texts() == then
        assert visit.violations() == []
        page.locator("[data-testid=stSidebar]").get_by_role("link", name="Exceptions", exact=True).click()
        page.wait_for_url("**/exceptions*")
        visit.settle()
        assert "as_at=2023-07-20" in page.url
        page.locator(".hm-earlier a").click()
        page.wait_for_function("!location.search.includes('as_at') && !location.search.includes('build')")
        visit.assert_clean()


@pytest.mark.parametrize("width", [1440, 390])
def test_the_opening_leaves_the_first_sentences_on_the_first_screen_of_a_wide_one(
    new_visit: NewVisit, address: str, width: int
) -> None:
    visit = new_visit(address, width=width, height=900)
    page = visit.open("/")
    opening = page.locator(".hm-since").bounding_box()
    third = page.locator(".hm-sentences > li").nth(2).bounding_box()
    assert opening is not None
    assert third is not None
    assert opening["x"] + opening["width"] <= width
    if width == 1440:
        assert opening["height"] < 150
        assert third["y"] + third["height"] < 900
