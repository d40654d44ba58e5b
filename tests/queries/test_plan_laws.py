"""Laws of a status that hold for any plan and any history of returns: nothing is Green that may not be."""

from __future__ import annotations

from dataclasses import replace
from datetime import UTC, date, datetime, timedelta
from pathlib import Path
from typing import Any

import pytest
from hypothesis import HealthCheck, given, seed, settings
from hypothesis import strategies as st

from core.model import RESTRICTED, SHAREABLE, Build, Viewer
from core.periods import Quarter
from queries import _plan, plan
from register.read import Record
from register.tables import KEPT, key, values
from register.write import PROGRESS

VIEWER = Viewer("A reader", frozenset({"reader"}))
BUILD = Build(
    number=1,
    audience=RESTRICTED,
    path=Path("none.duckdb"),
    published_at=datetime(2023, 10, 4),
    data_from=date(2017, 4, 1),
    data_to=date(2023, 9, 30),
    extracted_on=date(2023, 10, 4),
    is_made_up=True,
    marking="OFFICIAL-SENSITIVE",
)
START, NOW = Quarter(2021, 3), Quarter(2023, 2)
PLAN = {"plan_code": "p"}
ORGANISATIONS = ("csp_one", "csp_two", "partner")

figures = st.integers(0, 60).flatmap(lambda n: st.tuples(st.integers(0, n), st.just(n)))
returned = st.none() | figures | st.just("no figure")
quarters = st.integers(-2, 12).map(START.plus)


@st.composite
def histories(draw: st.DrawFn) -> dict[str, Any]:
    target = draw(st.none() | st.integers(1, 100))
    kind = draw(st.sampled_from(["points", "count", "relative"]))
    due = draw(st.none() | quarters)
    has_path = target is not None and due is not None and due > START and draw(st.booleans())
    return {
        "indicator": {
            "direction": draw(st.sampled_from(["up", "down", "context"])),
            "target": target,
            "tolerance_kind": None if kind == "relative" and target is None else kind,
            "tolerance": draw(st.sampled_from([0.0, 0.05] if kind == "relative" else [0.0, 1.0, 5.0])),
            "due_quarter": due.code if due else None,
            "is_sample_or_cohort": draw(st.booleans()),
            "baseline": draw(st.integers(0, 100)) if has_path else draw(st.none() | st.integers(0, 100)),
            "baseline_quarter": START.code if has_path else None,
            "is_complete": draw(st.sampled_from([None, False, False, False, True])),
            "cadence_quarters": draw(st.sampled_from([1, 1, 2])),
        },
        "reporters": draw(st.lists(st.sampled_from(ORGANISATIONS), min_size=1, unique=True)),
        "returns": draw(st.lists(st.tuples(*(returned for _ in ORGANISATIONS)), max_size=8)),
        "corrective": draw(st.booleans()),
        "override": draw(st.none() | st.sampled_from(["blue", "green", "amber", "red", "grey"])),
        "action": {
            "due": draw(st.none() | quarters),
            "progress": draw(st.none() | st.sampled_from(PROGRESS)),
            "evidence": draw(st.none() | st.just("Minutes.")),
            "said": draw(st.integers(0, 8)),
            "override": draw(st.none() | st.sampled_from(["blue", "green", "amber", "red", "grey"])),
        },
    }  # fmt: skip


def opened(history: dict[str, Any], build: Build = BUILD) -> _plan.Plan:
    """The plan a history makes, as at the extract of the build, with no database between."""
    at = datetime(2021, 10, 1)
    kept: dict[str, list[dict[str, Any]]] = {name: [] for name in KEPT}

    def put(table: str, when: datetime = at, /, **row: Any) -> None:
        empty = dict.fromkeys((*key(KEPT[table]), *values(KEPT[table])))
        kept[table].append({**empty, **row, "version": 1, "at": when, "by_name": "Somebody"})

    put("plan", **PLAN, title="Plan", starts_quarter=START.code, ends_quarter="2024-Q4", note="-")
    put("theme", **PLAN, theme_code="a", position=1, name="A")
    put("focus", **PLAN, focus_code="v", position=1, name="V")
    for position, name in enumerate(ORGANISATIONS):
        put(
            "organisation",
            organisation_code=name,
            position=position,
            name=name,
            csp_code=name if "csp" in name else None,
        )
    put("outcome", **PLAN, outcome_code="A1", position=1, theme_code="a", focus_code="v", words="Outcome")
    put(
        "indicator", **PLAN, indicator_code="A1", outcome_code="A1", position=1, words="-", numerator_words="-",
        denominator_words="-", source_words="-", unit="percent", owner_code="partner", grace_days=28,
        **history["indicator"],
    )  # fmt: skip
    for name in history["reporters"]:
        put("indicator_reporter", **PLAN, indicator_code="A1", organisation_code=name, is_expected=True)
    corrective = "Seen to." if history["corrective"] else None
    for position, told in enumerate(history["returns"]):
        quarter = START.plus(position)
        when = datetime.combine(quarter.ends_on + timedelta(days=3), datetime.min.time())
        for name, figure in zip(ORGANISATIONS, told, strict=True):
            if figure is not None and name in history["reporters"]:
                numerator, denominator = (None, None) if figure == "no figure" else figure
                put(
                    "indicator_return", when, **PLAN, indicator_code="A1", quarter_code=quarter.code,
                    organisation_code=name, numerator=numerator, denominator=denominator, corrective_action=corrective,
                )  # fmt: skip
    action = history["action"]
    put(
        "action", **PLAN, action_code="A1-1", outcome_code="A1", position=1, words="Action", owner_code="partner",
        due_quarter=action["due"].code if action["due"] else None, is_milestone=True,
    )  # fmt: skip
    if action["progress"]:
        put(
            "action_return", **PLAN, action_code="A1-1", quarter_code=START.plus(action["said"]).code,
            organisation_code="partner", progress_code=action["progress"], evidence=action["evidence"],
            corrective_action=corrective,
        )  # fmt: skip
    for kind, code, status in (("indicator", "A1", history["override"]), ("action", "A1-1", action["override"])):
        if status:
            put(
                "status_override", **PLAN, measure_kind=kind, measure_code=code, quarter_code=NOW.code,
                status_code=status, reason="A judgement.",
            )  # fmt: skip
    record = Record(datetime(2023, 10, 4, tzinfo=UTC), {name: tuple(rows) for name, rows in kept.items()}, True)
    asked = _plan._Asked(VIEWER, build, "")
    return _plan.Plan(record, kept["plan"][0], NOW, date(2023, 10, 4), asked)


def hold(history: dict[str, Any]) -> None:
    made = opened(history)
    of_it, row = history["indicator"], plan._board(made, BUILD).iloc[0]
    (one,) = made.measured
    worked_out = row["worked_out_code"]
    # what counts is what was worked out, or a judgement that stands with what was worked out in words beside it
    assert row["status_code"] == worked_out or "worked out as" in row["override"]
    assert worked_out == one.status.code
    assert (row["override"] == "") == (row["status_code"] == worked_out)
    if worked_out == "blue":
        assert of_it["is_complete"]
    for code in (worked_out, row["status_code"]):
        if code in ("green", "amber", "red"):
            assert not of_it["is_complete"]
            assert of_it["target"] is not None
            assert of_it["direction"] != "context"
            assert one.figure is not None
            assert one.points >= 4
            assert not row["is_overdue"]
            assert not of_it["is_sample_or_cohort"] or one.figure.denominator >= 10
    is_past_due = of_it["due_quarter"] is not None and Quarter.parse(of_it["due_quarter"]).ends_on < made.on
    if row["status_code"] == "green" and (is_past_due or worked_out == "green"):
        assert one.figure is not None
        assert one.figure.percent is not None
        sign = 1 if of_it["direction"] == "up" else -1
        assert sign * (one.figure.percent - float(one.against or 0)) >= -1e-6
    if worked_out == "red":
        assert row["lacks_corrective_action"] != bool(one.corrective_action)
        assert ("No corrective action" in row["reason"]) != bool(one.corrective_action)
    assert (row["days_late"] > 0) == (made.on > row["update_due_on"])
    assert sum(row["status_code"] == code for code in ("blue", "green", "amber", "red", "grey")) == 1
    hold_of_action(history, made)
    # a part is rated by the same rules as the whole, and nobody's judgement of the whole is taken for one of it
    for name in history["reporters"]:
        part = made.measured_by(one.row, name)
        assert part.override is None
        assert part.status.code not in ("green", "amber", "red") or part.points >= 4
    # where the records are not held, nothing changes for what is returned
    public = opened(history, replace(BUILD, audience=SHAREABLE))
    assert public.measured[0].status == one.status


def hold_of_action(history: dict[str, Any], made: _plan.Plan) -> None:
    action, (one,) = history["action"], made.acted
    is_past_due = one.due.ends_on < made.on
    if one.status.code == "blue":
        assert action["progress"] == "complete"
        assert action["evidence"]
    if is_past_due:
        assert one.code != "green"
        assert one.status.code in ("blue", "red") or one.status.reason == "superseded"
    if one.status.reason == "overdue":
        assert one.days_late == (made.on - one.due.ends_on).days > 0
    if one.status.code == "red":
        assert one.status.lacks_corrective_action != bool(history["corrective"] and one.said)
    if one.code == "blue":
        assert one.override is None


@settings(max_examples=100, deadline=None, suppress_health_check=[HealthCheck.too_slow])
@given(histories())
def test_the_laws_of_a_status_hold_for_any_history(history: dict[str, Any]) -> None:
    hold(history)


@pytest.mark.long
@seed(20231004)
@settings(max_examples=10_000, deadline=None, suppress_health_check=[HealthCheck.too_slow], database=None)
@given(histories())
def test_the_laws_of_a_status_hold_for_ten_thousand_histories(history: dict[str, Any]) -> None:
    hold(history)
