"""Any published build, on every page, by keyboard and on a phone: marked, kept, and left with one step."""

from __future__ import annotations

import shutil
from pathlib import Path

import pytest

from core.words import page_text, say
from tests.browser.visits import NewVisit, Visit, serving

TITLES = {entry["name"]: entry["title"] for entry in page_text("frame")["page"]}
CONTROL = ".hm-as-at summary"


@pytest.mark.parametrize("width", [1440, 390])
def test_an_earlier_build_is_opened_by_keyboard_marked_and_left_again(
    new_visit: NewVisit, address: str, width: int
) -> None:
    visit = new_visit(address, width=width)
    page = visit.open("/trends?area=E07000130")
    assert page.locator(CONTROL).inner_text() == say("frame", "as_at", "summary_live", number=3)
    page.locator(CONTROL).focus()
    page.keyboard.press("Enter")
    offered = page.locator(".hm-as-at a")
    assert [text.split(",")[0] for text in offered.all_inner_texts()] == ["Build 3", "Build 2", "Build 1"]
    assert visit.violations() == []
    page.keyboard.press("Tab")
    page.keyboard.press("Tab")
    assert page.evaluate("document.activeElement.textContent").startswith("Build 2")
    page.keyboard.press("Enter")
    page.wait_for_url("**build=2*")
    visit.settle()
    assert "area=E07000130" in page.url
    assert page.locator(".hm-earlier").is_visible()
    assert page.locator(CONTROL).inner_text() == say("frame", "as_at", "summary", number=2)
    assert "build 2" in page.locator(".hm-source").first.inner_text()
    assert visit.violations() == []
    scroller = page.locator("[data-testid=stMain]")
    assert scroller.evaluate("box => box.scrollWidth <= box.clientWidth + 1")
    page.locator(".hm-earlier a").press("Enter")
    page.wait_for_function("!location.search.includes('build')")
    visit.settle()
    assert page.locator(".hm-earlier").count() == 0
    assert "area=E07000130" in page.url
    visit.assert_clean()


def test_what_people_wrote_is_read_as_at_any_day_with_the_other_choices_kept(visit: Visit) -> None:
    page = visit.open("/plan?area=E07000130&view=partnerships")
    page.locator(CONTROL).click()
    page.locator(".hm-as-at input[type=date]").fill("2022-09-30")  # the day before Harborough decided
    page.locator(".hm-as-at button").click()
    page.wait_for_url("**as_at=2022-09-30*")
    visit.settle()
    for choice in ("area=E07000130", "view=partnerships"):
        assert choice in page.url
    assert "30 September 2022" in page.locator(".hm-earlier").inner_text()
    visit.assert_clean()


def test_an_earlier_build_is_carried_to_every_page_as_other_choices_are(visit: Visit) -> None:
    page = visit.open("/?build=1&area=E07000130")
    for name in [*list(TITLES)[1:], next(iter(TITLES))]:
        page.locator("[data-testid=stSidebar]").get_by_role("link", name=TITLES[name], exact=True).click()
        page.get_by_role("heading", level=1, name=TITLES[name], exact=True).wait_for()
        visit.settle()
        assert "build=1" in page.url, name
        assert page.locator(".hm-earlier").is_visible()
        here = page.locator("[data-testid=stSidebar] [aria-current=page]")
        assert here.all_inner_texts() == [TITLES[name]]
    page.locator(".hm-sentences a[href*='trends?']").first.click()
    page.wait_for_url("**/trends*")
    visit.settle()
    assert "build=1" in page.url
    visit.assert_clean()


def test_a_build_that_cannot_be_opened_is_named_and_is_no_link(
    new_visit: NewVisit, demonstration: Path, tmp_path: Path
) -> None:
    data = tmp_path / "data"
    shutil.copytree(demonstration, data)
    (data / "marts" / "1" / "restricted.duckdb").write_bytes(b"not a database")
    with serving(data) as address:
        visit = new_visit(address)
        page = visit.open("/")
        page.locator(CONTROL).click()
        assert page.locator(".hm-as-at li").last.inner_text() == f"Build 1: {say('frame', 'as_at', 'damaged')}"
        assert page.locator(".hm-as-at a").count() == 2
        assert visit.violations() == []
        page = visit.open("/?build=1")
        assert page.locator("h1").inner_text() == say("frame", "refused", "title")
        page.get_by_role("link", name=say("frame", "open_live")).click()
        page.wait_for_selector(CONTROL)
        visit.assert_clean()
