"""From the choice of a locality to its page on a telephone: the other choices stay, and everybody can read it."""

from __future__ import annotations

from tests.browser.visits import NewVisit


def test_a_locality_is_chosen_with_the_other_choices_kept_and_read_on_a_phone(
    new_visit: NewVisit, address: str
) -> None:
    visit = new_visit(address, width=390, height=844)
    page = visit.open("/locality?quarter=2023-Q1&strand=race")
    page.get_by_role("link", name="Charnwood CSP").click()
    page.wait_for_url("**area=E07000130*")
    visit.settle()
    for choice in ("quarter=2023-Q1", "strand=race", "area=E07000130"):
        assert choice in page.url
    assert page.get_by_role("heading", name="Its own part of the plan").is_visible()
    assert page.locator("#locality_own .hm-status, #locality_own ~ .hm-board .hm-status").count() > 0
    main = page.locator("[data-testid=stMain]")
    assert main.evaluate("box => box.scrollWidth <= box.clientWidth + 1")
    assert visit.violations() == []
    visit.assert_clean()
