"""A status follows its rule, is never Green by default and never outlives its update."""

from __future__ import annotations

from collections.abc import Callable
from datetime import date
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from stats.rag import (
    ACTION_REASONS,
    CODES,
    INDICATOR_REASONS,
    STATED,
    Status,
    action_status,
    indicator_status,
    trajectory,
    update_due,
)

Vectors = Callable[[str], dict[str, Any]]
DIRECTION = {"lower": "down", "higher": "up", "none": "context"}
REFERENCE_REASON = {
    "complete": "complete",
    "context": "no target",
    "no_target": "no target",
    "not_enough_data": "not enough data",
    "update_overdue": "update overdue",
    "on_target": "on target",
    "off_target": "off target",
    "within_chance": "off target, but within chance",
}
DUE = date(2022, 9, 30)
BEFORE, AFTER = date(2022, 7, 4), date(2022, 10, 1)


def test_every_row_of_the_rule_table_holds(vectors: Vectors) -> None:
    rows = vectors("g_rag_rules")["rows"]
    for row in rows:
        asked = row["input"]
        found = indicator_status(
            asked["value"],
            asked["target"],
            DIRECTION[asked["direction"]],
            is_count=asked.get("is_count", False),
            returned_points=asked.get("n_points"),
            days_overdue=asked.get("days_overdue", 0),
            is_complete=asked.get("complete", False),
        )
        assert found.code == row["expected"]["status"].lower(), asked
        assert REFERENCE_REASON[found.reason] == row["expected"]["reason"], asked
    assert len(rows) == 20


@pytest.mark.parametrize(
    ("value", "target", "tolerance", "kind", "expected"),
    [
        (0.57, 0.60, 0.03, "points", "amber"),  # exactly the tolerance, though not in binary
        (0.56, 0.60, 0.03, "points", "red"),
        (7, 8, 1, "count", "amber"),  # one CSP short
        (6, 8, 1, "count", "red"),
        (0.58, 0.60, 0.05, "relative", "amber"),
        (0.56, 0.60, 0.05, "relative", "red"),
    ],
)
def test_a_tolerance_has_a_kind(value: float, target: float, tolerance: float, kind: str, expected: str) -> None:
    assert indicator_status(value, target, "up", tolerance, kind).code == expected


def test_a_small_sample_is_not_rated_but_a_full_count_is() -> None:
    assert indicator_status(0.9, 0.8, "up", is_sample=True, denominator=9).reason == "too_few_cases"
    assert indicator_status(0.9, 0.8, "up", is_sample=True, denominator=10).code == "green"
    assert indicator_status(1.0, 1.0, "up", denominator=8).code == "green"  # eight CSPs are all of them


def test_a_target_that_awaits_its_baseline_is_grey() -> None:
    assert indicator_status(5, None, "down", is_baseline_missing=True) == Status("grey", "baseline_to_be_set")


def test_an_overdue_update_says_what_it_was() -> None:
    found = indicator_status(90, 85, "up", days_overdue=21)
    assert found == Status("grey", "update_overdue", was="green")


def test_red_without_corrective_action_is_flagged() -> None:
    assert indicator_status(10, 85, "up").lacks_corrective_action
    assert not indicator_status(10, 85, "up", has_corrective_action=True).lacks_corrective_action
    assert not indicator_status(90, 85, "up").lacks_corrective_action
    assert action_status("on_track", DUE, AFTER).lacks_corrective_action


@pytest.mark.parametrize(
    ("stated", "as_at", "evidenced", "expected"),
    [
        ("complete", AFTER, True, ("blue", "complete")),
        ("complete", BEFORE, False, ("amber", "evidence_awaited")),
        ("complete", AFTER, False, ("red", "overdue")),  # past due, and nothing shows it was done
        ("on_track", DUE, False, ("green", "on_track")),  # the due day itself is in time
        ("on_track", AFTER, False, ("red", "overdue")),  # an owner may not mark Green past due
        ("slipped", BEFORE, False, ("amber", "slipped")),
        ("unlikely", BEFORE, False, ("red", "unlikely")),
        ("not_started", BEFORE, False, ("grey", "not_started")),
        ("not_started", AFTER, False, ("red", "overdue")),
        ("superseded", AFTER, False, ("grey", "superseded")),
        (None, BEFORE, False, ("grey", "no_update")),
        (None, AFTER, False, ("red", "overdue")),
    ],
)
def test_actions_follow_their_rules(
    stated: str | None, as_at: date, evidenced: bool, expected: tuple[str, str]
) -> None:
    found = action_status(stated, DUE, as_at, is_evidenced=evidenced)
    assert (found.code, found.reason) == expected


def test_a_stale_statement_on_an_action_is_not_left_standing() -> None:
    found = action_status("on_track", DUE, BEFORE, days_overdue=5)
    assert found == Status("grey", "update_overdue", was="green")


def test_an_update_is_due_a_cadence_and_a_grace_after_the_last() -> None:
    in_time = update_due(date(2023, 3, 31), date(2023, 7, 14), cadence_months=3, grace_days=14)
    assert in_time.due_on == date(2023, 7, 14)  # 30 June, a month's end for a month's end, and fourteen days
    assert (in_time.days_overdue, in_time.missed) == (0, 0)
    late = update_due(date(2023, 3, 31), date(2023, 7, 15), cadence_months=3, grace_days=14)
    assert (late.days_overdue, late.missed, late.is_escalated) == (1, 1, False)
    very_late = update_due(date(2023, 3, 31), date(2023, 10, 15), cadence_months=3, grace_days=14)
    assert (very_late.missed, very_late.is_escalated) == (2, True)


def test_the_trajectory_is_straight_and_stops_at_both_ends() -> None:
    line = (60.0, date(2022, 4, 1), 80.0, date(2023, 4, 1))
    assert trajectory(*line, date(2022, 1, 1)) == 60
    assert trajectory(*line, date(2022, 10, 1)) == pytest.approx(60 + 20 * 183 / 365)
    assert trajectory(*line, date(2024, 1, 1)) == 80


@pytest.mark.parametrize(
    ("wrong", "reason"),
    [
        (lambda: indicator_status(1, 0, "down"), "target of 0"),
        (lambda: indicator_status(1, 1, "lower"), "direction"),
        (lambda: indicator_status(1, 1, "up", tolerance_kind="pct"), "kind"),
        (lambda: indicator_status(1, 1, "up", -1), "negative"),
        (lambda: action_status("done", DUE, AFTER), "stated status"),
        (lambda: update_due(DUE, AFTER, 0), "cadence"),
        (lambda: trajectory(1, DUE, 2, DUE, DUE), "after"),
    ],
)
def test_impossible_input_is_refused(wrong: Callable[[], object], reason: str) -> None:
    with pytest.raises(ValueError, match=reason):
        wrong()


values = st.floats(0, 500)


@given(values, st.floats(1, 500), st.sampled_from(["up", "down"]), st.booleans())
def test_a_better_value_never_has_a_worse_status(value: float, target: float, direction: str, is_count: bool) -> None:
    order = ("red", "amber", "green")
    step = 1.0 if direction == "up" else -1.0
    better = max(0.0, value + step)
    here = indicator_status(value, target, direction, is_count=is_count)
    there = indicator_status(better, target, direction, is_count=is_count)
    assert order.index(there.code) >= order.index(here.code)


@given(
    st.none() | values,
    st.none() | st.floats(1, 500),
    st.sampled_from(["up", "down", "context"]),
    st.integers(0, 90),
    st.none() | st.integers(0, 8),
    st.booleans(),
)
def test_green_is_only_ever_a_target_met_by_a_timely_value(
    value: float | None, target: float | None, direction: str, days: int, points: int | None, is_complete: bool
) -> None:
    found = indicator_status(
        value, target, direction, days_overdue=days, returned_points=points, is_complete=is_complete
    )
    assert found.code in CODES
    assert found.reason in INDICATOR_REASONS
    if found.code == "green":
        assert value is not None
        assert target is not None
        assert direction != "context"
        assert days == 0
        assert value >= target * (1 - 1e-6) if direction == "up" else value <= target * (1 + 1e-6)


@given(st.none() | st.sampled_from(STATED), st.integers(-400, 400), st.booleans(), st.integers(0, 60))
def test_no_action_past_its_due_date_is_green(stated: str | None, past: int, evidenced: bool, late: int) -> None:
    as_at = date.fromordinal(DUE.toordinal() + past)
    found = action_status(stated, DUE, as_at, is_evidenced=evidenced, days_overdue=late)
    assert found.reason in ACTION_REASONS
    if past > 0:
        assert found.code != "green"
