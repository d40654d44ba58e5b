"""The map in a real browser: nine painted areas, and a click on one filters everything."""

from __future__ import annotations

from playwright.sync_api import Page

from core.model import AUTHORITIES
from core.words import label, say
from tests.browser.visits import Visit

# The first map of the page; a second one stands below it when there is something to compare.
MAP = ".st-key-plot_places_rates_by_area .choroplethlayer path"
# What is really painted: the middle of each outline, and the fill it has there.
PAINTED = (
    f"() => [...document.querySelectorAll('{MAP}')]"
    + """.map(path => {
    const box = path.getBoundingClientRect(), fill = getComputedStyle(path).fill;
    return {x: box.x + box.width / 2, y: box.y + box.height / 2, width: box.width, height: box.height, fill};
})"""
)


def open_map(visit: Visit) -> Page:
    """The Places page once the browser has fetched and painted the outlines."""
    page = visit.open("/places")
    page.wait_for_function(f"() => document.querySelectorAll('{MAP}').length >= 9")
    return page


def test_nine_areas_are_painted_and_none_floods_the_map(visit: Visit) -> None:
    page = open_map(visit)
    shapes = page.evaluate(PAINTED)
    assert len(shapes) == len(AUTHORITIES)
    assert all(shape["fill"] not in ("none", "rgba(0, 0, 0, 0)") for shape in shapes)
    frame = page.locator(".choroplethlayer").first.locator("xpath=ancestor::*[contains(@class,'js-plotly-plot')]")
    box = frame.bounding_box()
    assert box is not None
    # A ring wound the wrong way paints everything but its area; no authority fills half the map.
    assert all(5 < shape["width"] < 0.6 * box["width"] for shape in shapes)
    visit.assert_clean()


def test_a_click_on_an_area_filters_this_page_and_the_next(visit: Visit) -> None:
    page = open_map(visit)
    # The widest: the middle of its box is well inside it.
    widest = max(page.evaluate(PAINTED), key=lambda shape: shape["width"])
    page.mouse.click(widest["x"], widest["y"])
    page.wait_for_url("**area=E0*")
    visit.settle()
    chosen = page.url.split("area=")[1].split("&")[0]
    assert chosen in AUTHORITIES
    box = page.locator(".st-key-filters").get_by_label(say("frame", "filter", "area"))
    assert box.input_value() == label("area", chosen)
    page.locator("[data-testid=stSidebar]").get_by_role("link", name="Trends", exact=True).click()
    page.wait_for_url("**/trends*")
    visit.settle()
    assert f"area={chosen}" in page.url
    assert page.locator("[data-testid=stMain]").get_by_text(label("area", chosen)).count() > 0
    visit.assert_clean()
