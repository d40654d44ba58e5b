"""Every page in a real browser: drawn in its frame, no error, no other server asked, readable by everybody."""

from __future__ import annotations

import random
from pathlib import Path

import pytest
from playwright.sync_api import Page

from core.words import page_text, say
from tests.browser.visits import NewVisit, Visit, serving

PAGES = {entry["name"]: entry["title"] for entry in page_text("frame")["page"]}
DEFAULT = next(iter(PAGES))
VIEWS = ("/plan?view=partnerships", "/plan?view=actions", "/plan?view=due", "/plan?view=history", "/plan?view=calendar",
         "/plan?view=report&level=lscsb", "/locality?area=E07000130", "/plan_update?organisation=opcc")  # fmt: skip


def path_of(name: str) -> str:
    return "/" if name == DEFAULT else f"/{name}"


def assert_framed(visit: Visit, name: str) -> None:
    """The page asked for, inside its frame: product, build, banner, title, filters, menu."""
    page = visit.page
    assert page.locator("h1").all_inner_texts() == [PAGES[name]]
    assert page.get_by_text(say("frame", "product")).first.is_visible()
    assert page.get_by_text(say("frame", "made_up")).first.is_visible()
    bar = page.locator(".st-key-filters")
    for choice in ("quarter", "area", "strand", "measure"):
        assert bar.get_by_label(say("frame", "filter", choice)).is_visible()


def wider_than_the_screen(page: Page) -> list[str]:
    """What scrolls sideways: a wide table may inside itself; the page, inside the app's own container, may not."""
    found: list[str] = page.evaluate(
        """() => [...document.querySelectorAll('html, body, [data-testid=stMain], [data-testid=stAppViewContainer]')]
            .filter(box => box.scrollWidth > box.clientWidth + 1).map(box => box.dataset.testid || box.tagName)"""
    )
    return found


@pytest.mark.parametrize("name", PAGES)
def test_page_draws_in_its_frame_with_no_error_and_no_accessibility_violation(visit: Visit, name: str) -> None:
    visit.open(path_of(name))
    assert_framed(visit, name)
    menu = visit.page.locator("[data-testid=stSidebar]").inner_text()
    assert all(title in menu for title in PAGES.values())
    assert visit.violations() == []
    visit.assert_clean()


def assert_first_request_is_framed(new_visit: NewVisit, demonstration: Path, name: str) -> None:
    # A process that has not yet run st.navigation would serve pages/<name>.py without dashboard.py.
    with serving(demonstration) as fresh:
        visit = new_visit(fresh)
        visit.open(path_of(name))
        assert_framed(visit, name)
        visit.assert_clean()


@pytest.mark.parametrize("name", [DEFAULT, *random.Random(20231004).sample(sorted(set(PAGES) - {DEFAULT}), 3)])
def test_first_request_of_a_fresh_server_shows_the_page_inside_its_frame(
    new_visit: NewVisit, demonstration: Path, name: str
) -> None:
    assert_first_request_is_framed(new_visit, demonstration, name)


@pytest.mark.long
@pytest.mark.parametrize("name", PAGES)
def test_first_request_of_a_fresh_server_shows_any_page_inside_its_frame(
    new_visit: NewVisit, demonstration: Path, name: str
) -> None:
    assert_first_request_is_framed(new_visit, demonstration, name)


@pytest.mark.parametrize("name", [name for name in PAGES if not any(f"/{name}?" in view for view in VIEWS)])
def test_page_fits_a_phone(new_visit: NewVisit, address: str, name: str) -> None:
    visit = new_visit(address, width=390, height=844)
    page = visit.open(path_of(name))
    assert wider_than_the_screen(page) == []
    visit.assert_clean()


@pytest.mark.parametrize("path", VIEWS)
def test_a_view_of_a_page_is_readable_by_everybody_and_fits_a_phone(
    new_visit: NewVisit, address: str, path: str
) -> None:
    visit = new_visit(address, width=390, height=844)
    page = visit.open(path)
    assert page.locator(".hm-state h1").count() == 0
    assert visit.violations() == []
    assert wider_than_the_screen(page) == []
    visit.assert_clean()


def test_choices_in_the_address_hold_on_every_page(visit: Visit) -> None:
    page = visit.open("/?area=E07000130&strand=race&measure=crime")
    for name, title in list(PAGES.items())[1:]:
        page.locator("[data-testid=stSidebar]").get_by_role("link", name=title, exact=True).click()
        page.wait_for_url(f"**/{name}*")
        visit.settle()
        assert page.locator("h1").inner_text() == title
        for choice in ("area=E07000130", "strand=race", "measure=crime"):
            assert choice in page.url, name
    visit.assert_clean()


def test_a_choice_the_build_does_not_have_is_said_and_the_default_is_shown(visit: Visit) -> None:
    page = visit.open("/trends?area=atlantis&quarter=2099-Q9")
    assert page.get_by_text("which this build does not have").count() == 2
    visit.assert_clean()
