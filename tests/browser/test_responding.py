"""An exception is answered with the keyboard alone: chosen, refused while it lacks a note, then kept and shown."""

from __future__ import annotations

import shutil
from pathlib import Path

from playwright.sync_api import Locator, Page, expect

from core.words import say
from tests.browser.visits import NewVisit, serving

MOST_STEPS = 40


def step_to(page: Page, target: Locator, key: str = "Tab") -> None:
    """Press the key until the target has the focus."""
    for _ in range(MOST_STEPS):
        if target.evaluate("field => field === document.activeElement"):
            return
        page.keyboard.press(key)
    raise AssertionError(f"{target} is not reached by the keyboard")


def test_an_exception_is_answered_with_the_keyboard(new_visit: NewVisit, demonstration: Path, tmp_path: Path) -> None:
    data = shutil.copytree(demonstration, tmp_path / "data", ignore=shutil.ignore_patterns("demo", "warehouse*"))
    with serving(data) as address:
        visit = new_visit(address)
        page = visit.open("/exceptions?quarter=2022-Q4&measure=incident")
        form = page.get_by_test_id("stForm")
        which, code, responder, note = (
            form.get_by_label(say("exceptions", "texts", "form", name), exact=True)
            for name in ("which", "response", "responder", "note")
        )
        save = form.get_by_role("button", name=say("exceptions", "texts", "form", "save"))

        form.evaluate("form => { form.tabIndex = -1; form.focus(); }")  # from the top of the form on, Tab only
        step_to(page, which)
        for press in ("ArrowDown", "ArrowDown", "Enter"):
            page.keyboard.press(press)
        step_to(page, code.get_by_role("radio", name="Noted"))
        page.keyboard.press("ArrowRight")
        page.keyboard.press("ArrowRight")
        step_to(page, responder)
        page.keyboard.type("Hate crime officer")
        step_to(page, save)
        page.keyboard.press("Enter")
        expect(page.get_by_text(say("frame", "refused", "not_kept"))).to_be_visible()
        visit.settle()
        assert visit.violations() == []

        step_to(page, note, "Shift+Tab")
        page.keyboard.type("One dispute of neighbours.")
        step_to(page, save)
        page.keyboard.press("Enter")
        expect(page.get_by_text(say("exceptions", "texts", "form", "kept"))).to_be_visible()
        visit.settle()
        assert visit.violations() == []
        told = page.locator("#exceptions_found").locator("xpath=ancestor::*[contains(@class, 'st-key-figure')]")
        row = told.get_by_role("row").filter(has_text="One dispute of neighbours.")
        assert "North West Leicestershire (all strands together)" in row.inner_text(), "the second, as chosen"
        assert "Explained: Hate crime officer" in row.inner_text()
        visit.assert_clean()
