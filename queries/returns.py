"""What is due from whom, what was returned, and who changed what?"""

from __future__ import annotations

import itertools
from collections.abc import Iterator, Mapping, Sequence
from datetime import date
from typing import TYPE_CHECKING, Any

import pandas as pd

from core import words
from core.csps import csp_of
from core.model import Answer, Build, Selection, Viewer
from core.periods import Quarter, day_label, moment_label
from queries import _ask
from queries._plan import Acted, Plan, answer, opened, reading_of, whole
from stats import rag

if TYPE_CHECKING:
    from register.read import Row

STATES = ("escalated", "late", "overdue", "corrective_missing", "not_said", "waiting", "no_figure", "in")
"""Where a return stands, what needs the chair first."""

OWED = STATES[:6]
_KIND = {"indicator_return": "return", "action_return": "action", "adoption": "adoption"}
_SHOWN_CHANGES = 15


def owed(selection: Selection, viewer: Viewer, build: Build, organisation: str = "") -> Answer:
    """What is due from whom: returns, updates of actions, decisions, and corrective actions nobody has given?

    Frame, one row per thing owed or already in: organisation_code, organisation, kind_code, kind, measure_code,
    outcome_code, what, quarter_code, quarter, due_on, state_code, state, standing (in words), days_late, missed
    (returns in a row).
    Only what is owed, unless one organisation is asked for: then what it has returned too.
    """
    question = "returns.owed"
    plan = opened(selection, viewer, build)
    if plan is None:
        return _no_plan(question, selection, build)
    rows = [row for row in _owed(plan) if not organisation or row["organisation_code"] == organisation]
    shown = rows if organisation else [row for row in rows if row["state_code"] in OWED]
    ordered: list[dict[str, Any]] = sorted(shown, key=_urgency)
    frame = pd.DataFrame(ordered, columns=_OWED_COLUMNS)
    states = [row["state_code"] for row in rows]
    from_whom = sorted({row["organisation_code"] for row in rows if row["state_code"] in OWED})
    late = sum(state in ("escalated", "late", "overdue") for state in states)
    facts = {
        "owed": sum(state in OWED for state in states),
        "in": len(rows) - sum(state in OWED for state in states),
        "late": late,
        "escalated": states.count("escalated"),
        "organisations": words.count("organisation", len(from_whom)),
        "organisation": plan.names.get(organisation, ""),
    }
    finding = "of_one" if organisation else "late" if late else "plain"
    if not facts["owed"]:
        finding = "none_of_one" if organisation else "none"
    return answer(question, frame, selection, build, plan, facts, finding=finding)


def organisations(selection: Selection, viewer: Viewer, build: Build) -> dict[str, str]:
    """The organisations the viewer may return for, code -> name, that of the selected area's CSP first."""
    plan = opened(selection, viewer, build)
    if plan is None or build.is_shareable:
        return {}
    of_csp = {str(row["organisation_code"]): row["csp_code"] for row in plan.organisations}
    asked = [code for code in plan.names if _asks(plan, code)]
    mine = [code for code in asked if "coordinator" in viewer.roles or of_csp[code] in viewer.csps]
    here = csp_of(selection.area, Quarter.parse(selection.quarter).ends_on)
    return {code: plan.names[code] for code in sorted(mine, key=lambda code: of_csp[code] != here or here is None)}


def figures(selection: Selection, viewer: Viewer, build: Build, organisation: str) -> Answer:
    """What one organisation returns for the quarter: each indicator with what it says now.

    Frame, one row per indicator: indicator_code, outcome, indicator, numerator_words, denominator_words, target,
    before (its last figure, in words), numerator, denominator, commentary, corrective_action, version (0 when
    nothing was returned yet).
    """
    question = "returns.figures"
    if (plan := _writable(selection, viewer, build)) is None:
        return _no_plan(question, selection, build)
    outcomes = {row["outcome_code"]: row["words"] for row in plan.rows("outcome")}
    rows = []
    for row in plan.indicators:
        code = row["indicator_code"]
        if organisation not in plan.reporters.get(code, ()) or row["is_complete"] or not plan.is_due(row, plan.quarter):
            continue
        said = plan.returns(code, plan.quarter.code).get(organisation, {})
        rows.append(
            {
                "plan_code": plan.code,
                "quarter_code": plan.quarter.code,
                "organisation_code": organisation,
                "indicator_code": code,
                "outcome": f"{row['outcome_code']} {outcomes[row['outcome_code']]}",
                "indicator": row["words"],
                "numerator_words": row["numerator_words"],
                "denominator_words": row["denominator_words"],
                "target": _target(row),
                "before": _before(plan, row, organisation),
                "numerator": said.get("numerator"),
                "denominator": said.get("denominator"),
                "commentary": said.get("commentary") or "",
                "corrective_action": said.get("corrective_action") or "",
                "version": said.get("version", 0),
            }
        )
    facts = {"organisation": plan.names.get(organisation, ""), "asked": words.count("indicator", len(rows))}
    withheld = None if rows else "nothing_to_return"
    return answer(question, pd.DataFrame(rows), selection, build, plan, facts, withheld=withheld)


def progress(selection: Selection, viewer: Viewer, build: Build, organisation: str) -> Answer:
    """The actions and milestones one organisation owns, with what it says of them this quarter.

    Frame, one row per action not finished: action_code, outcome, action, due, standing (in words), progress_code,
    evidence, commentary, corrective_action, version.
    """
    question = "returns.progress"
    if (plan := _writable(selection, viewer, build)) is None:
        return _no_plan(question, selection, build)
    held = {
        row["action_code"]: row
        for row in plan.rows("action_return")
        if row["quarter_code"] == plan.quarter.code and row["organisation_code"] == organisation
    }
    rows = []
    for one in plan.acted:
        code = one.row["action_code"]
        if one.row["owner_code"] != organisation or (_is_closed(one.status) and code not in held):
            continue
        said = held.get(code, {})
        rows.append(
            {
                "plan_code": plan.code,
                "quarter_code": plan.quarter.code,
                "organisation_code": organisation,
                "action_code": code,
                "outcome": one.row["outcome_code"],
                "action": one.row["words"],
                "due": one.due.label,
                "standing": words.label("action_standing", one.status.reason),
                "progress_code": said.get("progress_code")
                or (one.said["progress_code"] if one.said else "not_started"),
                **{name: said.get(name) or "" for name in ("evidence", "commentary", "corrective_action")},
                "version": said.get("version", 0),
            }
        )
    facts = {"organisation": plan.names.get(organisation, ""), "asked": words.count("action", len(rows))}
    withheld = None if rows else "no_action_to_return"
    return answer(question, pd.DataFrame(rows), selection, build, plan, facts, withheld=withheld)


def decision(selection: Selection, viewer: Viewer, build: Build, organisation: str) -> Answer:
    """What has one CSP decided on the plan?

    Frame, one row: plan_code, csp_code, quarter_code, organisation_code, organisation, status_code, note, version.
    """
    question = "returns.decision"
    if (plan := _writable(selection, viewer, build)) is None:
        return _no_plan(question, selection, build)
    csp = {code: csp for csp, code in plan.csps.items()}.get(organisation)
    facts = {"organisation": plan.names.get(organisation, "")}
    if csp is None:
        return answer(question, pd.DataFrame(), selection, build, plan, facts, withheld="no_decision_asked")
    said: Row = next((row for row in plan.rows("adoption") if row["csp_code"] == csp), {})
    about = {"plan_code": plan.code, "csp_code": csp, "quarter_code": plan.quarter.code}
    told = {"status_code": said.get("status_code"), "note": said.get("note") or "", "version": said.get("version", 0)}
    row = {**about, "organisation_code": organisation, "organisation": plan.names[organisation], **told}
    facts["decision"] = words.label("adoption", told["status_code"] or "not_said")
    return answer(question, pd.DataFrame([row]), selection, build, plan, facts)


def workbook(selection: Selection, viewer: Viewer, build: Build, organisation: str) -> Answer:
    """What would an exchange workbook of one organisation and quarter be of?

    Frame, one row: plan_code, quarter_code, organisation_code, organisation.
    """
    question = "returns.workbook"
    if (plan := _writable(selection, viewer, build)) is None:
        return _no_plan(question, selection, build)
    name = plan.names.get(organisation, "")
    row = {"plan_code": plan.code, "quarter_code": plan.quarter.code, "organisation_code": organisation}
    facts = {"organisation": name}
    withheld = None if _asks(plan, organisation) else "nothing_to_return"
    return answer(
        question, pd.DataFrame([{**row, "organisation": name}]), selection, build, plan, facts, withheld=withheld
    )


def missing_words(
    selection: Selection, viewer: Viewer, build: Build, written: Sequence[tuple[str, Mapping[str, Any], int | None]]
) -> list[str]:
    """What must still be said before these rows can be saved: a corrective action for each figure that is Red.

    Args:
        written: rows of `indicator_return`, as a form or a workbook gives them; others are let through.

    Returns:
        One sentence for each, none when all is said.
    """
    plan = opened(selection, viewer, build)
    if plan is None:
        return []
    rows = {row["indicator_code"]: row for row in plan.indicators}
    said = []
    for table, row, _ in written:
        if table != "indicator_return" or row.get("numerator") is None or row.get("corrective_action"):
            continue
        reading = reading_of(rows[row["indicator_code"]], row["numerator"], row["denominator"], row["quarter_code"])
        if reading.code == "red":
            facts = {"code": row["indicator_code"], "target": _target(rows[row["indicator_code"]])}
            said.append(words.say("returns", "texts", "red_needs_words", **facts))
    return said


def changes(selection: Selection, viewer: Viewer, build: Build, organisation: str) -> Answer:
    """Who changed what, when, and what did it say before?

    Frame, latest first: on (date and time in words), by_name, what, of (kind and quarter), before, after. Of one
    organisation.
    """
    question = "returns.changes"
    if (plan := _writable(selection, viewer, build)) is None:
        return _no_plan(question, selection, build)
    rows = sorted(_changes(plan, organisation), key=lambda row: row["at"], reverse=True)
    frame = pd.DataFrame(rows[:_SHOWN_CHANGES])
    facts = {
        "organisation": plan.names.get(organisation, ""),
        "changes": words.count("change", len(rows)),
        "shown": len(frame),
    }
    withheld = None if rows else "nothing_written"
    return answer(question, frame.drop(columns="at", errors="ignore"), selection, build, plan, facts, withheld=withheld)


_OWED_COLUMNS = [
    "organisation_code", "organisation", "kind_code", "kind", "measure_code", "outcome_code", "what", "quarter_code",
    "quarter", "due_on", "state_code", "state", "standing", "days_late", "missed",
]  # fmt: skip


def _urgency(row: Mapping[str, Any]) -> int:
    return STATES.index(row["state_code"])


def _owed(plan: Plan) -> Iterator[dict[str, Any]]:
    for row in plan.indicators:
        if not row["is_complete"] and not row["computed_by"]:
            for organisation in plan.reporters.get(row["indicator_code"], ()):
                yield from _return_owed(plan, row, organisation)
    for one in plan.acted:
        if one.row["owner_code"] in plan.names and not _is_closed(one.status):
            yield _action_owed(plan, one)
    decided = {row["csp_code"] for row in plan.rows("adoption")}
    for csp, organisation in plan.csps.items():
        state = "in" if csp in decided else "not_said"
        yield _line(plan, organisation, "adoption", csp, "", plan.title, plan.quarter, None, state)


def _return_owed(plan: Plan, row: Row, organisation: str) -> Iterator[dict[str, Any]]:
    """One line for an indicator: the oldest of the quarters in a row it has not been returned for, or the latest."""
    asked = [quarter for quarter in plan.quarters if plan.is_due(row, quarter)]
    told = [plan.returns(row["indicator_code"], quarter.code).get(organisation) for quarter in asked]
    missing = list(itertools.takewhile(lambda pair: pair[1] is None, zip(reversed(asked), reversed(told), strict=True)))
    about = (plan, organisation, "return", row["indicator_code"], row["outcome_code"], row["words"])
    if missing:
        quarter = missing[-1][0]
        due_on = plan.due_on(row, quarter)
        passed = sum(plan.due_on(row, one) < plan.on for one, _ in missing)
        state = "escalated" if passed >= rag.ESCALATED_AFTER else "late" if passed else "waiting"
        yield _line(*about, quarter, due_on, state, days_late=max(0, (plan.on - due_on).days), missed=passed)
    elif told and told[-1] is not None:
        yield _line(*about, asked[-1], None, _told_state(row, told[-1]))


def _told_state(row: Row, told: Row) -> str:
    if told["numerator"] is None:
        return "no_figure"
    reading = reading_of(row, told["numerator"], told["denominator"], told["quarter_code"])
    return "corrective_missing" if reading.code == "red" and not told["corrective_action"] else "in"


def _action_owed(plan: Plan, one: Acted) -> dict[str, Any]:
    row, said = one.row, one.said
    is_told = said is not None and said["quarter_code"] == plan.quarter.code
    if one.status.reason == "overdue":
        state = "corrective_missing" if is_told and one.status.lacks_corrective_action else "overdue"
    elif one.status.reason == "update_overdue":
        state = "late"
    else:
        state = "in" if is_told else "waiting"
    late = one.days_late if state in ("overdue", "late", "corrective_missing") else 0
    about = (plan, row["owner_code"], "action", row["action_code"], row["outcome_code"], row["words"])
    return _line(*about, one.due, one.due.ends_on, state, days_late=late)


def _line(
    plan: Plan,
    organisation: str,
    kind: str,
    measure: str,
    outcome: str,
    what: str,
    quarter: Quarter,
    due_on: date | None,
    state: str,
    *,
    days_late: int = 0,
    missed: int = 0,
) -> dict[str, Any]:
    said = {"quarter": quarter.label, "days": words.count("day", days_late), "missed": missed}
    said["due_on"] = day_label(due_on) if due_on else ""
    return {
        "organisation_code": organisation,
        "organisation": plan.names[organisation],
        "kind_code": kind,
        "kind": words.label("owed_kind", kind),
        "measure_code": measure,
        "outcome_code": outcome,
        "what": what,
        "quarter_code": quarter.code,
        "quarter": quarter.label,
        "due_on": due_on,
        "state_code": state,
        "state": words.label("owed_state", state),
        "standing": words.say("returns", "texts", f"standing_{kind}", state, **said),
        "days_late": days_late,
        "missed": missed,
    }


def _is_closed(status: rag.Status) -> bool:
    return status.reason in ("complete", "superseded")


def _asks(plan: Plan, organisation: str) -> bool:
    """Whether anything is ever asked of an organisation."""
    owns = any(row["owner_code"] == organisation for row in plan.rows("action"))
    returns = any(organisation in of_it for of_it in plan.reporters.values())
    return owns or returns or organisation in plan.csps.values()


def _changes(plan: Plan, organisation: str) -> Iterator[dict[str, Any]]:
    csp = {code: csp for csp, code in plan.csps.items()}.get(organisation)
    titles = {row["indicator_code"]: row["words"] for row in plan.indicators}
    titles |= {row["action_code"]: row["words"] for row in plan.rows("action")}
    for table, kind in _KIND.items():
        before: dict[tuple[Any, ...], Row] = {}
        for row in plan.versions(table):
            if organisation != row.get("organisation_code") and (table != "adoption" or row["csp_code"] != csp):
                continue
            code = row.get("indicator_code") or row.get("action_code")
            about = (code, row.get("quarter_code"))
            yield {
                "at": row["at"],
                "on": moment_label(row["at"]),
                "by_name": row["by_name"],
                "what": f"{code} {titles[code]}" if code else plan.title,
                "of": ", ".join(
                    [words.label("owed_kind", kind)]
                    + ([Quarter.parse(row["quarter_code"]).label] if "quarter_code" in row else [])
                ),
                "before": _said(before.get(about)),
                "after": _said(row),
            }
            before[about] = row


def _said(row: Row | None) -> str:
    """A version of a return in words: what it says, field by field; empty before there was one."""
    if row is None:
        return ""
    parts = []
    if row.get("numerator") is not None:
        parts.append(
            words.say("returns", "texts", "said", "figure", numerator=row["numerator"], denominator=row["denominator"])
        )
    for name, kind in (("progress_code", "progress"), ("status_code", "adoption")):
        if row.get(name):
            parts.append(words.label(kind, row[name]))
    for name in ("evidence", "commentary", "corrective_action", "note"):
        if row.get(name):
            parts.append(words.say("returns", "texts", "said", name, words=row[name]))
    return " ".join(parts) or words.say("returns", "texts", "said", "nothing")


def _target(row: Row) -> str:
    return (
        str(row["target_words"] or words.label("plan_count", "no_target"))
        if row["target"] is None
        else f"{row['target']:g}%"
    )


def _before(plan: Plan, row: Row, organisation: str) -> str:
    """What the organisation returned last before this quarter, in words; empty when it never did."""
    for quarter in reversed(plan.quarters[:-1]):
        said = plan.returns(row["indicator_code"], quarter.code).get(organisation)
        if said is not None and said["numerator"] is not None:
            facts = {"numerator": said["numerator"], "denominator": said["denominator"], "quarter": quarter.label}
            return words.say("returns", "texts", "before", **facts)
    return ""


def _writable(selection: Selection, viewer: Viewer, build: Build) -> Plan | None:
    # What people wrote may quote counts, so the shareable build has none of it.
    return None if build.is_shareable else opened(selection, viewer, build)


def _no_plan(question: str, selection: Selection, build: Build) -> Answer:
    asked = whole(selection)
    withheld = _ask.RESTRICTED_ONLY if build.is_shareable and question != "returns.owed" else "no_plan"
    return _ask.answer(question, pd.DataFrame(), asked, build, withheld=withheld)
