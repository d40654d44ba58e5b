"""A CSP lead returns a quarter: six figures in few steps, a Red one only with its words; nobody overwrites anybody."""

from __future__ import annotations

import shutil
from pathlib import Path

import openpyxl
import pytest
from playwright.sync_api import Locator, Page, expect

from core.words import say
from tests.browser.visits import NewVisit, serving

MOST_INTERACTIONS = 40
LINK = "/plan_update?area=E07000130"
# How many, of how many: what Charnwood CSP is asked for Q2 2023/24 in the demonstration.
FIGURES = {
    ("CSPs delivering at least one event", "CSPs"): (1, 1),
    ("Repeat victims with a plan in 10 working days", "Repeat victims"): (4, 4),
    ("Secondary schools with a session", "Secondary schools"): (10, 18),
    ("Halls with a named contact", "Halls of residence"): (21, 22),
    ("Venues with trained staff in 24 months", "Licensed venues in the scheme"): (30, 62),  # Red: 48% against 75%
    ("Closed cases with a call", "Closed cases"): (36, 37),
}


def form(name: str, **facts: str) -> str:
    return say("returns", "texts", "form", name, **facts)


class Hand:
    """What a person does on the page, counted."""

    def __init__(self, page: Page) -> None:
        self.page, self.interactions = page, 0

    def type(self, field: Locator, text: str) -> None:
        field.fill(text)
        self.interactions += 1

    def press(self, button: Locator) -> None:
        button.click()
        self.interactions += 1

    def save(self) -> None:
        self.press(self.page.get_by_role("button", name=form("save"), exact=True))


def figure(page: Page, kind: str, label: str) -> Locator:
    return page.get_by_label(form(kind, words=label), exact=True)


@pytest.fixture
def data(demonstration: Path, tmp_path: Path) -> Path:
    return shutil.copytree(demonstration, tmp_path / "data", ignore=shutil.ignore_patterns("demo", "warehouse*"))


def test_a_quarter_is_returned_in_few_steps_and_by_two_people_without_loss(new_visit: NewVisit, data: Path) -> None:
    with serving(data) as address:
        visit, second = new_visit(address), new_visit(address)
        page = visit.open(LINK)
        other = second.open(LINK)  # somebody else has the same return open
        hand = Hand(page)
        hand.interactions += 1  # following the link
        expect(page.get_by_text("Charnwood CSP: 6 due, 0 of them late; 1 in")).to_be_visible()
        assert visit.violations() == []
        for (what, of_what), (numerator, denominator) in FIGURES.items():
            hand.type(figure(page, "numerator", what), str(numerator))
            hand.type(figure(page, "denominator", of_what), str(denominator))
        hand.save()
        needed = page.get_by_text(say("returns", "texts", "red_needs_words", code="CH2", target="75%"))
        expect(needed).to_be_visible()
        assert page.get_by_text("6 due").count() == 1, "nothing was kept"
        visit.settle()
        assert visit.violations() == []
        hand.type(
            page.get_by_label(form("corrective_action"), exact=True).nth(4), "Training for the other venues in May."
        )
        hand.save()
        expect(page.get_by_text(form("kept"))).to_be_visible()
        expect(page.get_by_text("Charnwood CSP: everything is in")).to_be_visible()
        assert hand.interactions < MOST_INTERACTIONS

        # The second knows nothing of it: they see the first, theirs is not lost, and both stay on the record.
        their = Hand(other)
        their.type(figure(other, "numerator", "Halls with a named contact"), "20")
        their.type(figure(other, "denominator", "Halls of residence"), "22")
        their.save()
        warning = other.get_by_test_id("stAlert").filter(has_text="saved this on")
        expect(warning).to_contain_text("How many: 21. Of how many: 22.")
        assert figure(other, "numerator", "Halls with a named contact").input_value() == "20"
        their.save()
        expect(other.get_by_text(form("kept"))).to_be_visible()
        second.settle()
        told = other.locator("#returns_changes").locator("xpath=ancestor::*[contains(@class, 'st-key-figure')]")
        row = told.get_by_role("row").filter(has_text="20 of 22.")
        assert "21 of 22." in row.inner_text()
        visit.assert_clean()
        second.assert_clean()


def test_a_return_is_made_with_the_workbook(new_visit: NewVisit, data: Path, tmp_path: Path) -> None:
    with serving(data) as address:
        visit = new_visit(address)
        page = visit.open(LINK)
        page.get_by_text(say("plan_update", "texts", "more", "workbook")).click()
        with page.expect_download() as downloading:
            page.get_by_role("button", name=form("workbook_download")).click()
        path = tmp_path / "return.xlsx"
        downloading.value.save_as(path)
        book = openpyxl.load_workbook(path)
        sheet = book["Indicator returns"]
        heading = next(row for row in sheet.iter_rows() if row[0].value == say("exchange", "columns", "outcome"))
        columns = {cell.value: cell.column for cell in heading}
        for row, (numerator, denominator) in zip(
            range(heading[0].row + 1, heading[0].row + 7), FIGURES.values(), strict=True
        ):
            sheet.cell(row, columns[say("exchange", "columns", "numerator")], numerator)
            sheet.cell(row, columns[say("exchange", "columns", "denominator")], denominator)
        book.save(path)
        upload = page.locator("input[type=file]")
        upload.set_input_files(path)
        expect(page.get_by_text("This workbook was not taken: 1 problem.")).to_be_visible()
        visit.settle()
        # Streamlit gives its own drop zone both a role that hides its name and a name; no rule of WCAG is broken by it.
        assert [one for one in visit.violations() if "stFileUploaderDropzone" not in one[1]] == []
        sheet.cell(heading[0].row + 5, columns[say("exchange", "columns", "corrective_action")], "Training in May.")
        book.save(path)
        page = visit.open(LINK)
        page.get_by_text(say("plan_update", "texts", "more", "workbook")).click()
        upload.set_input_files(path)
        expect(page.get_by_text("What it would change: 13 changes")).to_be_visible()
        assert page.get_by_text("6 due").count() == 1, "nothing is kept until it is applied"
        page.get_by_role("button", name=form("workbook_apply")).click()
        expect(page.get_by_text("Charnwood CSP: everything is in")).to_be_visible()
        visit.assert_clean()
