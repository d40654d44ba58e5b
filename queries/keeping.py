"""What may those who keep the plan change: a judgement, a target, an outcome of a CSP's own, the next plan?"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Any

import pandas as pd

from core import words
from core.model import Answer, Build, Selection, Viewer
from queries import _ask
from queries._plan import Acted, Measured, Plan, answer, opened, whole

COORDINATOR = "coordinator"
_INDICATOR = (
    "outcome_code", "position", "words", "numerator_words", "denominator_words", "source_words", "direction", "unit",
    "baseline", "target", "target_words", "tolerance_kind", "tolerance", "owner_code", "cadence_quarters", "grace_days",
    "due_quarter", "is_sample_or_cohort", "computed_by", "baseline_quarter", "is_complete",
)  # fmt: skip


def judgements(selection: Selection, viewer: Viewer, build: Build) -> Answer:
    """Which statuses may a judgement be set beside, and which have one?

    Frame, one row per indicator and action that is rated: plan_code, measure_kind, measure_code, quarter_code, label,
    worked_out, status_code (of the judgement; empty for none), status, reason, version.
    """
    question = "keeping.judgements"
    plan = _kept(selection, viewer, build)
    if plan is None:
        return _not_yours(question, selection, build)
    held = {
        (row["measure_kind"], row["measure_code"]): row
        for row in plan.rows("status_override")
        if row["quarter_code"] == plan.quarter.code
    }
    rows = []
    for kind, code, one in _rated(plan):
        said: Mapping[str, Any] = held.get((kind, code), {})
        label = words.say(
            "keeping",
            "texts",
            "rated",
            code=code,
            words=one.row["words"],
            status=words.label("status", one.status.code),
        )
        rows.append(
            {
                "plan_code": plan.code,
                "measure_kind": kind,
                "measure_code": code,
                "quarter_code": plan.quarter.code,
                "label": label,
                "worked_out": words.label("status", one.status.code),
                "status_code": said.get("status_code") or "",
                "status": words.label("status", said["status_code"]) if said.get("status_code") else "",
                "reason": said.get("reason") or "",
                "version": said.get("version", 0),
            }
        )
    frame = pd.DataFrame(rows)
    facts = {"rated": len(rows), "judged": sum(bool(row["status_code"]) for row in rows)}
    return answer(question, frame, selection, build, plan, facts, withheld=None if rows else "nothing_rated")


def targets(selection: Selection, viewer: Viewer, build: Build) -> Answer:
    """What is each indicator rated against?

    Frame, one row per indicator: plan_code, indicator_code, label, version and every column the register keeps of it.
    """
    question = "keeping.targets"
    plan = _kept(selection, viewer, build)
    if plan is None:
        return _not_yours(question, selection, build)
    rows = [
        {
            "plan_code": plan.code,
            "indicator_code": row["indicator_code"],
            "label": words.say("keeping", "texts", "named", code=row["indicator_code"], words=row["words"]),
            "version": row["version"],
            **{name: row[name] for name in _INDICATOR},
        }
        for row in plan.indicators
    ]
    facts = {"indicators": words.count("indicator", len(rows)), "quarters": _quarters(plan)}
    return answer(question, pd.DataFrame(rows, dtype=object), selection, build, plan, facts)


def local(selection: Selection, viewer: Viewer, build: Build, organisation: str) -> Answer:
    """What does a CSP's next outcome of its own begin from?

    Frame, one row: plan_code, csp_code, organisation_code, code (of the new outcome), position. Facts: themes, focuses
    (code -> name) and quarters (code -> label) to choose from.
    """
    question = "keeping.local"
    plan = None if build.is_shareable else opened(selection, viewer, build)
    csp = {code: csp for csp, code in plan.csps.items()}.get(organisation) if plan else None
    if plan is None or csp is None or not (COORDINATOR in viewer.roles or csp in viewer.csps):
        return _not_yours(question, selection, build)
    taken = {row["outcome_code"] for row in plan.rows("outcome")}
    initials = "".join(part[0] for part in csp.split("_")).upper()
    number = 1
    while f"{initials}-L{number}" in taken:
        number += 1
    row = {
        "plan_code": plan.code,
        "csp_code": csp,
        "organisation_code": organisation,
        "code": f"{initials}-L{number}",
        "position": 1 + max(int(one["position"]) for one in plan.rows("indicator")),
    }
    facts = {
        "organisation": plan.names[organisation],
        "own": words.count("outcome", len(plan.outcomes_of(csp))),
        "themes": {one["theme_code"]: one["name"] for one in plan.rows("theme")},
        "focuses": {one["focus_code"]: one["name"] for one in plan.rows("focus")},
        "quarters": _quarters(plan),
    }
    return answer(question, pd.DataFrame([row]), selection, build, plan, facts)


def next_plan(selection: Selection, viewer: Viewer, build: Build) -> Answer:
    """What does the next plan begin from?

    Frame, one row: plan_code, title, starts_quarter, ends_quarter of the plan that runs, and starts, ends: the
    quarters proposed for the next.
    """
    question = "keeping.next_plan"
    plan = _kept(selection, viewer, build)
    if plan is None:
        return _not_yours(question, selection, build)
    begins = plan.ends.plus(1)
    row = {
        "plan_code": plan.code,
        "title": plan.title,
        "starts_quarter": plan.starts.label,
        "ends_quarter": plan.ends.label,
        "starts": begins.code,
        "ends": begins.plus(plan.starts.steps_to(plan.ends)).code,
    }
    facts = {
        "begins": begins.label,
        "quarters": {one.code: one.label for one in (begins.plus(step) for step in range(20))},
    }
    return answer(question, pd.DataFrame([row]), selection, build, plan, facts)


def _rated(plan: Plan) -> Iterator[tuple[str, str, Measured | Acted]]:
    for measured in plan.measured:
        if measured.status.code in ("green", "amber", "red"):
            yield "indicator", measured.row["indicator_code"], measured
    for acted in plan.acted:
        if acted.status.code in ("green", "amber", "red"):
            yield "action", acted.row["action_code"], acted


def _quarters(plan: Plan) -> dict[str, str]:
    return {
        one.code: one.label for one in (plan.starts.plus(step) for step in range(plan.starts.steps_to(plan.ends) + 5))
    }


def _kept(selection: Selection, viewer: Viewer, build: Build) -> Plan | None:
    """The plan, for those who keep it."""
    if build.is_shareable or COORDINATOR not in viewer.roles:
        return None
    return opened(selection, viewer, build)


def _not_yours(question: str, selection: Selection, build: Build) -> Answer:
    asked = whole(selection)
    return _ask.answer(question, pd.DataFrame(), asked, build, withheld="not_yours")
