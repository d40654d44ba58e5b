"""The plan drawn as tables: a status is a word beside a shape, what people wrote is harmless, cards have headings."""

from __future__ import annotations

from datetime import UTC, date, datetime
from pathlib import Path
from typing import Any

import pandas as pd
import pytest

from core.model import RESTRICTED, Answer, Build, Selection
from ui import boards

BUILD = Build(
    3, RESTRICTED, Path("x"), datetime(2023, 10, 4, tzinfo=UTC), date(2017, 4, 1), date(2023, 9, 30), date(2023, 10, 4),
    True, "OFFICIAL-SENSITIVE",
)  # fmt: skip
OUTCOME = {
    "theme": "Raising awareness", "outcome_code": "A1", "outcome": "Communities know how to report",
    "indicator": "Residents aware", "status_code": "green", "status": "Green", "reason": "On target.",
    "value_text": "61.3% (195 of 318)", "latest": "Q2 2023/24", "target_text": "60%", "travel": "No clear change",
    "forecast": "Too early to forecast.", "override": "", "path": "",
    "owner": "County", "due": "Q4 2023/24", "milestone": "Question added", "milestone_status_code": "blue",
    "milestone_status": "Blue: complete", "milestone_reason": "Complete.", "commentary": "", "corrective_action": "",
}  # fmt: skip
ACTION = {
    "outcome_code": "B2", "action": "Baseline agreed", "status_code": "red", "status": "Red", "reason": "Overdue.",
    "owner": "Police", "due": "Q4 2022/23", "evidence": "", "commentary": "", "corrective_action": "A joint session.",
    "override": "",
}  # fmt: skip
EXCEPTION = {
    "flag_code": "above", "flag": "Above", "label": "Charnwood (race or ethnicity)", "sentence": "Hate crimes: 9.",
    "how_long": "1 month above what was expected", "flagged_on": date(2023, 10, 4), "response": "No response yet",
}  # fmt: skip


def answer(question: str, *rows: dict[str, Any]) -> Answer:
    return Answer(question, pd.DataFrame(rows), Selection("2023-Q2"), BUILD)


@pytest.mark.parametrize(
    ("code", "word"), [("red", "Red"), ("amber", "Amber"), ("green", "Green"), ("grey", "Not rated")]
)
def test_a_status_is_a_word_and_not_only_a_colour(code: str, word: str) -> None:
    drawn = boards.board(answer("plan.board", OUTCOME | {"status_code": code, "status": word}))
    assert f"{word}</span>" in drawn


def test_what_people_wrote_is_shown_as_they_wrote_it_and_never_run() -> None:
    drawn = boards.board(answer("plan.board", OUTCOME | {"commentary": "<script>alert(1)</script> & more"}))
    assert "<script>" not in drawn
    assert "&lt;script&gt;alert(1)&lt;/script&gt; &amp; more" in drawn


def test_each_theme_is_a_table_under_its_own_heading() -> None:
    drawn = boards.board(answer("plan.board", OUTCOME, OUTCOME | {"theme": "Improving our response"}))
    assert drawn.count("<h4") == drawn.count("<table") == 2


def test_every_cell_of_a_card_carries_its_heading() -> None:
    drawn = boards.board(answer("plan.board", OUTCOME)) + boards.actions(answer("plan.actions", ACTION))
    assert drawn.count('role="cell"') == drawn.count('role="columnheader"') == drawn.count("data-heading=") == 6 + 4


def test_a_missing_milestone_leaves_its_cell_empty() -> None:
    drawn = boards.board(answer("plan.board", OUTCOME | {"milestone": "", "milestone_status_code": ""}))
    assert 'data-heading="Milestone"><div></div>' in drawn


def test_the_history_is_a_row_an_outcome_and_a_column_a_quarter() -> None:
    cells = [
        {
            "outcome_code": code,
            "outcome": "Outcome",
            "label": quarter,
            "status_code": "grey",
            "status": "Not rated",
            "reason": "-",
        }
        for code in ("A1", "A2")
        for quarter in ("Q1 2022/23", "Q2 2022/23", "Q3 2022/23")
    ]
    drawn = boards.history(answer("plan.history", *cells))
    assert drawn.count('<th scope="row">') == 2
    assert drawn.count("Q2 2022/23") == 1
    assert drawn.count("<td") == 6


def test_campaigns_stand_under_their_series_and_an_empty_cell_is_left_out_of_a_card() -> None:
    row = {
        "series": "Awareness Week", "standing": "Finished", "campaign": "Awareness Week 2022", "when": "8 October 2022",
        "counted": "All hate reports, LLR", "direction": "Declared to bring more reports", "owner": "<b>Group</b>",
        "declared": "Declared before it began.", "finding": "No clear change.", "control": "", "placebo": "",
        "routes": "",
    }  # fmt: skip
    drawn = boards.campaigns(answer("campaigns.calendar", row, row | {"series": "Other campaigns"}))
    assert drawn.count("<h4") == drawn.count("<table") == 2
    assert "&lt;b&gt;Group" in drawn
    assert drawn.count("<div></div>") == 2


def test_an_exception_is_a_card_with_its_sentence_and_what_was_answered() -> None:
    found_later = EXCEPTION | {"flagged_on": None, "response": "Noted: <b>A</b>, 4 October 2023."}
    drawn = boards.exceptions(answer("exceptions.found", EXCEPTION, found_later))
    assert drawn.count('role="cell"') == drawn.count("data-heading=") == 8
    assert drawn.count('<span class="hm-flagged"><span aria-hidden="true">▲</span>Above</span>') == 2
    assert drawn.count("First shown: 4 October 2023") == drawn.count("First shown") == 1
    assert "&lt;b&gt;A&lt;/b&gt;" in drawn
    assert boards.exceptions(answer("exceptions.found")) == ""


@pytest.mark.parametrize(
    ("cell", "told"),
    [
        ({"state_code": "within", "state": "Usual", "observed": 5, "expected": 9.96}, "5 (10.0)"),
        ({"state_code": "above", "state": "Above", "observed": 1234, "expected": 1000.4}, "1,234 (1,000)"),
        ({"state_code": "too_few", "state": "Too few", "observed": 0, "expected": float("nan")}, "0"),
        ({"state_code": "not_comparable", "state": "Not comparable", "observed": 3, "part": "in 2 months"}, "3 (4.0)"),
    ],
)
def test_a_cell_of_the_grid_says_what_came_what_was_expected_and_how_that_stands(
    cell: dict[str, Any], told: str
) -> None:
    row = {"place": "Rutland & co", "strand": "Race", "expected": 4.0, "part": ""} | cell
    drawn = boards.grid(answer("exceptions.grid", row, row | {"strand": "Other"}))
    assert drawn.count(f"<td><span>{told}</span>") == 2
    assert drawn.count(f"{cell['state']}</span></td>") == 2
    assert drawn.count("in 2 months") == (2 if "part" in cell else 0)
    assert drawn.count('<th scope="row">Rutland &amp; co</th>') == 1
    assert drawn.count('<th scope="col">') == 3


def test_one_partnership_s_part_and_what_it_set_itself_are_tables_of_their_own() -> None:
    rows = [OUTCOME | {"kind": kind} for kind in ("Its part", "Its own")]
    drawn = boards.own(answer("locality.own", *rows))
    assert drawn.count("<h4") == drawn.count("<table") == 2
    assert drawn.count('role="cell"') == drawn.count("data-heading=") == 8
    assert "<b>61.3% (195 of 318)</b>, Q2 2023/24" in drawn
    assert "Target:</b> 60%, Q4 2023/24" in drawn


def test_the_grid_of_partnerships_rates_what_is_returned_and_never_a_decision() -> None:
    cells = [
        {"outcome_code": "A4", "outcome": "Week <b>", "csp": csp, "status_code": code, "status": status,
         "adoption_code": "", "reason": "Off target."}
        for csp, code, status in (("Melton", "red", "Red"), ("Rutland", "", "Not asked"))
    ]  # fmt: skip
    cells += [
        {"outcome_code": "", "outcome": "Decision", "csp": csp, "status_code": "", "status": status,
         "adoption_code": code, "reason": "1 July 2023"}
        for csp, code, status in (("Melton", "adopted", "Adopted"), ("Rutland", "not_adopted", "Not adopted"))
    ]  # fmt: skip
    drawn = boards.matrix(answer("locality.matrix", *cells))
    assert drawn.count("hm-status") == 1
    assert drawn.count('title="Off target."') == 1
    assert 'tabindex="0" role="region"' in drawn
    assert "A4 Week &lt;b&gt;" in drawn
    assert drawn.count('<th scope="row">') == 2
    for word in ("Not asked", "Adopted", "Not adopted"):
        assert f"> {word}" in drawn


def test_a_report_is_read_section_by_section_and_what_has_no_status_shows_none() -> None:
    row = {"section": "Status", "item": "B3 <i>", "status_code": "red", "status": "Red", "told": "Off & late."}
    drawn = boards.report(answer("updates.report", row, row | {"section": "Asked", "status_code": "", "status": ""}))
    assert drawn.count("<h4") == drawn.count("<table") == 2
    assert drawn.count("hm-status") == 1
    assert "B3 &lt;i&gt;" in drawn
    assert "Off &amp; late." in drawn
