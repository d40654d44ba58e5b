"""Is the delivery plan on track: which outcomes are, which are not, which cannot be rated, and what is overdue?"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import replace
from functools import lru_cache
from typing import Any

import numpy as np
import pandas as pd

from core import breaks, builds, words
from core.model import Answer, Build, Selection, Viewer
from core.periods import Quarter, day_label, local_day, moment_label
from core.settings import load_settings
from queries import _ask
from queries._plan import Acted, Figure, Measured, Plan, answer, opened, whole
from stats import forecast, rag

CHOICES = {"theme": "theme_code", "focus": "focus_code", "owner": "owner_code", "status": "status_code"}
"""What the board can be narrowed by beside a CSP that returns for an outcome, and the column that holds it."""

# Table of the register -> the column of its code, the one that names it, and those whose changes are told.
_AMENDED = {
    "plan": ("plan_code", "title", ("title", "starts_quarter", "ends_quarter", "note")),
    "outcome": ("outcome_code", "words", ("words", "theme_code", "focus_code")),
    "indicator": (
        "indicator_code",
        "words",
        ("words", "numerator_words", "denominator_words", "direction", "baseline", "target", "tolerance_kind",
         "tolerance", "owner_code", "due_quarter", "computed_by", "is_complete"),
    ),
    "action": ("action_code", "words", ("words", "owner_code", "due_quarter")),
    "status_override": ("measure_code", "status_code", ("status_code", "reason")),
}  # fmt: skip
_WRITTEN = ("value_text", "path", "override", "forecast", "commentary", "corrective_action", "evidence", "note")
_VALUES = ("value", "numerator", "denominator", "low", "high")


def board(selection: Selection, viewer: Viewer, build: Build) -> Answer:
    """Where does each outcome of the plan stand?

    Frame, one row per outcome: position, theme_code, theme, focus_code, focus, outcome_code, outcome, measures (how
    many measures it has; the worst speaks for it), csp_codes (the CSPs that return it), indicator,
    owner_code, owner, due_quarter, due, is_past_due, target, target_text, path, forecast (in words), value (percent),
    low, high (95%, of samples and cohorts), numerator, denominator, value_text, latest_quarter, latest, status_code,
    status (the judgement's where there is one), worked_out_code, override (the judgement in words), reason_code,
    reason, lacks_corrective_action, travel_code, travel, is_overdue, is_escalated (two or more updates missed),
    update_due_on, days_late, returned, expected (returns for the selected quarter), milestone, milestone_due,
    milestone_status_code, milestone_status, milestone_reason, milestone_is_overdue, commentary, corrective_action.
    """
    plan = opened(selection, viewer, build)
    if plan is None:
        return _no_plan("plan.board", selection, build)
    frame = _board(plan, build)
    csps = {csp: plan.names[organisation] for csp, organisation in plan.csps.items()}
    return _answer("plan.board", frame, selection, build, plan, facts={**facts_of(frame), "csps": csps})


def summary(selection: Selection, viewer: Viewer, build: Build) -> Answer:
    """How many outcomes are on track, and which are Red, overdue or not rated?

    Frame, one row per status that occurs: status_code, label, value (outcomes), outcomes (their names). The fact
    `sentence` says it whole, naming every outcome that is Red, overdue or not rated.
    """
    plan = opened(selection, viewer, build)
    if plan is None:
        return _no_plan("plan.summary", selection, build)
    frame, facts = _summed_up(plan, build)
    return _answer("plan.summary", frame.copy(), selection, build, plan, facts=facts)


def history(selection: Selection, viewer: Viewer, build: Build) -> Answer:
    """How has each outcome's status moved, quarter by quarter, as it stood at each quarter's reporting date?

    Frame, one row per outcome and quarter: position, outcome_code, outcome, quarter_code, label, status_code, status,
    reason_code, reason (in a word or two).
    """
    plan = opened(selection, viewer, build)
    if plan is None:
        return _no_plan("plan.history", selection, build)
    rows = [row for then in plan.history() for row in _stood(then)]
    frame = pd.DataFrame(rows).sort_values(["position", "quarter_code"], ignore_index=True)
    rated = frame[frame["status_code"] != "grey"].groupby("quarter_code").size()
    facts = {
        "first": plan.starts.label,
        "outcomes": frame["outcome_code"].nunique(),
        "rated": int(rated.get(plan.quarter.code, 0)),
        "rated_before": int(rated.get(plan.quarter.year_before.code, 0)),
    }
    finding = "first_year" if plan.quarter.year_before < plan.starts else "later_years"
    return _answer("plan.history", frame, selection, build, plan, finding=finding, facts=facts)


def by_build(selection: Selection, viewer: Viewer, build: Build) -> Answer:
    """What did each build that was published say of each outcome?

    Frame, one row per outcome and build, the latest builds up to this one: position, outcome_code, outcome,
    build_number, label, status_code, status, reason_code, reason.
    """
    question = "plan.by_build"
    plan = opened(selection, viewer, build)
    if plan is None:
        return _no_plan(question, selection, build)
    rows = []
    for one in _earlier(build):
        quarter = min(Quarter.parse(selection.quarter), Quarter.of(one.data_to).plus(-1 if _is_part(one) else 0))
        then = opened(replace(selection, quarter=quarter.code), viewer, one)
        label = words.say(
            "plan",
            "texts",
            "figure",
            "build",
            build=one.number,
            extract=day_label(one.extracted_on),
            quarter=quarter.label,
        )
        rows += [{**row, "build_number": one.number, "label": label} for row in (_stood(then) if then else ())]
    frame = pd.DataFrame(rows).sort_values(["position", "build_number"], ignore_index=True)
    numbers = list(dict.fromkeys(sorted(frame["build_number"])))
    moved = frame.groupby("outcome_code")["status_code"].agg(
        lambda codes: codes.iloc[-1] != codes.iloc[-2 % len(codes)]
    )
    facts = {
        "first": numbers[0],
        "last": numbers[-1],
        "builds": words.count("build", len(numbers)),
        "outcomes": frame["outcome_code"].nunique(),
        "moved": int(moved.sum()),
    }
    finding = "one" if len(numbers) == 1 else "plain" if facts["moved"] else "none_moved"
    return _answer(question, frame, selection, build, plan, finding=finding, facts=facts)


def actions(selection: Selection, viewer: Viewer, build: Build) -> Answer:
    """Which actions and milestones are complete, on track, slipped or overdue?

    Frame, one row per action: position, action_code, outcome_code, action, is_milestone, owner_code, owner,
    due_quarter, due, status_code, status, reason_code, reason, lacks_corrective_action, is_overdue, days_late,
    evidence, commentary, corrective_action.
    """
    plan = opened(selection, viewer, build)
    if plan is None:
        return _no_plan("plan.actions", selection, build)
    frame = without_counts(pd.DataFrame([_acted(one, plan) for one in plan.acted]), build)
    overdue = frame[frame["is_overdue"]]
    facts = {
        "actions": len(frame),
        "complete": int(_is(frame, "blue").sum()),
        "overdue": len(overdue),
        "named": words.join(
            [f"{code} {name}" for code, name in zip(overdue["outcome_code"], overdue["action"], strict=True)]
        ),
    }
    finding = "overdue" if len(overdue) else "none_overdue"
    return _answer("plan.actions", frame, selection, build, plan, finding=finding, facts=facts)


def adoption(selection: Selection, viewer: Viewer, build: Build) -> Answer:
    """Which CSPs have adopted, adapted or incorporated the plan?

    Frame, one row per CSP: csp_code, label, adoption_code, adoption, said_on (date, None before anything was said),
    note.
    """
    plan = opened(selection, viewer, build)
    if plan is None:
        return _no_plan("plan.adoption", selection, build)
    decided = {row["csp_code"]: row for row in plan.rows("adoption")}
    rows = []
    for csp in (row for row in plan.organisations if row["csp_code"]):
        said = decided.get(csp["csp_code"])
        code = said["status_code"] if said else "not_said"
        rows.append(
            {
                "csp_code": csp["csp_code"],
                "label": csp["name"],
                "adoption_code": code,
                "adoption": words.label("adoption", code),
                "said_on": local_day(said["at"]) if said else None,
                "note": (said["note"] or "") if said else "",
            }
        )
    frame = without_counts(pd.DataFrame(rows), build)
    counts = {code: int((frame["adoption_code"] == code).sum()) for code in words.labels()["adoption"]}
    return _answer("plan.adoption", frame, selection, build, plan, facts={"csps": len(frame), **counts})


def amendments(selection: Selection, viewer: Viewer, build: Build) -> Answer:
    """What was changed in the plan itself since it began: targets, outcomes, actions, judgements; by whom and when?

    Frame, latest first: on (date and time in words), by_name, what, of (which field), before, after. What was added
    since the plan's first day has no `before`.
    """
    question = "plan.amendments"
    plan = opened(selection, viewer, build)
    if plan is None:
        return _no_plan(question, selection, build)
    if build.is_shareable:
        return _ask.restricted_only(question, whole(selection), build)
    rows = sorted(_amended(plan), key=lambda row: row["at"], reverse=True)
    facts = {"changes": words.count("change", len(rows))}
    if not rows:
        return _ask.answer(question, pd.DataFrame(), whole(selection), build, withheld="nothing_amended")
    frame = pd.DataFrame(rows).drop(columns="at")
    return _answer(question, frame, selection, build, plan, facts=facts)


def choices(whole: Answer) -> dict[str, dict[str, str]]:
    """What the board can be narrowed by: name of the choice -> code -> words, in the board's order."""
    if whole.withheld is not None:
        return {}
    found = {
        name: dict(zip(whole.frame[column], whole.frame[column.removesuffix("_code")], strict=True))
        for name, column in CHOICES.items()
    }
    return {**found, "csp": whole.facts["csps"]}


def narrowed(whole: Answer, chosen: Mapping[str, str]) -> Answer:
    """The board with only the outcomes chosen: `chosen` maps names of CHOICES to a code, '' for all."""
    if whole.withheld is not None:
        return whole
    frame = whole.frame
    for name, code in chosen.items():
        if code and name == "csp":
            frame = frame[[code in codes for codes in frame["csp_codes"]]]
        elif code:
            frame = frame[frame[CHOICES[name]] == code]
    if len(frame) == len(whole.frame):
        return whole
    frame = frame.reset_index(drop=True)
    facts = {**whole.facts, **facts_of(frame), "of": len(whole.frame)}
    return replace(whole, frame=frame, facts=facts, finding="narrowed", withheld=None if len(frame) else "no_outcome")


@lru_cache(maxsize=16)
def _summed_up(plan: Plan, build: Build) -> tuple[pd.DataFrame, dict[str, Any]]:
    whole = _board(plan, build)
    return pd.DataFrame(by_kind(whole)), facts_of(whole)


def _board(plan: Plan, build: Build) -> pd.DataFrame:
    return _told_once(plan, build).copy()


@lru_cache(maxsize=16)
def _told_once(plan: Plan, build: Build) -> pd.DataFrame:
    # A plan as at a reporting date never changes; Quarter and Plan ask for the same board several times a run.
    themes = {row["theme_code"]: row["name"] for row in plan.rows("theme")}
    focuses = {row["focus_code"]: row["name"] for row in plan.rows("focus")}
    milestones = {one.row["outcome_code"]: one for one in reversed(plan.acted) if one.row["is_milestone"]}
    rows = []
    for outcome, measures in _outcomes(plan):
        speaks = worst_of(measures)
        rows.append(
            {
                "position": outcome["position"],
                "theme_code": outcome["theme_code"],
                "theme": themes[outcome["theme_code"]],
                "focus_code": outcome["focus_code"],
                "focus": focuses[outcome["focus_code"]],
                "outcome_code": outcome["outcome_code"],
                "outcome": outcome["words"],
                "measures": len(measures),
                "csp_codes": _csps_of(measures, plan),
                **shown(speaks, plan, len(measures), build),
                **milestone_of(milestones.get(outcome["outcome_code"])),
            }
        )
    return without_counts(pd.DataFrame(rows), build)


def _amended(plan: Plan) -> Iterator[dict[str, Any]]:
    began = local_day(plan.versions("plan")[0]["at"])
    for table, (code, name, fields) in _AMENDED.items():
        before: dict[tuple[Any, ...], Mapping[str, Any]] = {}
        for row in plan.versions(table):
            about = (row[code], row.get("quarter_code"))
            was = before.get(about)
            before[about] = row
            told = {
                "at": row["at"],
                "on": moment_label(row["at"]),
                "by_name": row["by_name"],
                "what": f"{row[code]} {words.label('plan_part', table)}",
            }
            if was is None:
                if local_day(row["at"]) > began:
                    said = words.label("status", row["status_code"]) if name == "status_code" else row[name]
                    yield {**told, "of": "", "before": "", "after": said}
                continue
            for field in fields:
                if row[field] != was[field]:
                    yield {
                        **told,
                        "of": words.label("plan_field", field),
                        "before": _as_said(field, was[field]),
                        "after": _as_said(field, row[field]),
                    }


def _as_said(field: str, value: object) -> str:
    if value is None or value == "":
        return words.label("plan_count", "nothing")
    if field == "status_code":
        return words.label("status", str(value))
    if field == "due_quarter":
        return Quarter.parse(str(value)).label
    if isinstance(value, bool):
        return words.say("frame", "yes" if value else "no")
    return f"{value:g}" if isinstance(value, float) else str(value)


def _stood(plan: Plan) -> list[dict[str, Any]]:
    """The status of each outcome as the plan stands, with the quarter it is of."""
    return [
        {
            "position": outcome["position"],
            "outcome_code": outcome["outcome_code"],
            "outcome": outcome["words"],
            "quarter_code": plan.quarter.code,
            "label": plan.quarter.label,
            "status_code": speaks.code,
            "status": words.label("status", speaks.code),
            "reason_code": _reason_code(speaks),
            "reason": words.label("plan_reason", _reason_code(speaks)),
        }
        for outcome, speaks in ((outcome, worst_of(measures)) for outcome, measures in _outcomes(plan))
    ]


def _earlier(build: Build) -> list[Build]:
    """The latest builds for these readers that can be opened, up to this one, oldest first."""
    held = builds.catalogue(load_settings().data, build.audience)
    found = [one.build for one in held if one.build is not None and one.number <= build.number]
    return found[: int(load_settings().options["plan"]["builds_told"])][::-1]


def _is_part(build: Build) -> bool:
    return build.data_to < Quarter.of(build.data_to).ends_on


def _outcomes(plan: Plan) -> list[tuple[Mapping[str, Any], list[Measured]]]:
    """Each outcome of the whole partnership that is still part of the plan, with its measures."""
    found = []
    for outcome in plan.outcomes:
        measures = [one for one in plan.measured if one.row["outcome_code"] == outcome["outcome_code"]]
        if measures:
            found.append((outcome, measures))
    return found


def _csps_of(measures: Sequence[Measured], plan: Plan) -> tuple[str, ...]:
    """The CSPs that return one of the measures."""
    returned_by = {name for one in measures for name in plan.reporters.get(one.row["indicator_code"], ())}
    return tuple(csp for csp, organisation in plan.csps.items() if organisation in returned_by)


def worst_of(measures: Sequence[Measured]) -> Measured:
    """The measure that speaks for an outcome: the one with the worst status."""
    return measures[rag.worst([replace(one.status, code=one.code) for one in measures])]


def _reason_code(one: Measured | Acted) -> str:
    return "overridden" if one.override else one.status.reason


def shown(one: Measured, plan: Plan, measures: int, build: Build) -> dict[str, Any]:
    """What a board shows of an outcome by the measure that speaks for it (owner_code to corrective_action)."""
    row, status = one.row, one.status
    due = Quarter.parse(row["due_quarter"]) if row["due_quarter"] else None
    is_past_due = due is not None and plan.on > due.ends_on and status.code not in ("green", "blue")
    low, high = one.interval or (None, None)
    return {
        "owner_code": row["owner_code"],
        "owner": plan.names[row["owner_code"]],
        "indicator": row["words"],
        "due_quarter": due.code if due else None,
        "due": due.label if due else words.label("cadence", str(row["cadence_quarters"])),
        "is_past_due": is_past_due,
        "target": row["target"],
        "target_text": _target(row, is_explained=True),
        "path": _path(one),
        "value": one.figure.percent if one.figure else None,
        "low": low,
        "high": high,
        "numerator": one.figure.numerator if one.figure else None,
        "denominator": one.figure.denominator if one.figure else None,
        "value_text": _value(one.figure),
        "latest_quarter": one.latest.code if one.latest else None,
        "latest": one.latest.label if one.latest else words.label("plan_count", "no_return"),
        "status_code": one.code,
        "status": words.label("status", one.code),
        "worked_out_code": status.code,
        "override": _override(one),
        "reason_code": _reason_code(one),
        "reason": _reason(one, plan, measures, is_past_due, build),
        "lacks_corrective_action": status.lacks_corrective_action,
        "travel_code": one.travel,
        "travel": words.label("travel", one.travel),
        "forecast": _forecast(one, plan),
        "is_overdue": status.reason == "update_overdue",
        "is_escalated": status.reason == "update_overdue" and one.missed >= rag.ESCALATED_AFTER,
        "update_due_on": one.due_on,
        "days_late": one.days_late,
        "returned": one.returned,
        "expected": one.expected,
        "commentary": _told(one.commentary, one.expected, plan),
        "corrective_action": _told(one.corrective_action, one.expected, plan),
    }


def _forecast(one: Measured, plan: Plan) -> str:
    """Where the returns are heading by the due quarter, a range and a word; empty where there is nothing to reach."""
    row = one.row
    # What the records answer is told of twelve months at a time, and months that overlap cannot be carried on.
    is_asked = row["target"] is not None and row["direction"] != "context" and not one.is_computed
    if not is_asked or not row["due_quarter"] or one.latest is None:
        return ""
    due = Quarter.parse(row["due_quarter"])
    ahead = one.latest.steps_to(due)
    if ahead < 1:
        return ""
    told, is_cut = _in_a_row(one)
    if len(told) < forecast.FEWEST_QUARTERS:
        facts = {"quarters": len(told), "fewest": forecast.FEWEST_QUARTERS, "due": due.label}
        return words.say("plan", "texts", "forecast", "too_short_since" if is_cut else "too_short", **facts)
    counts = np.array([figure.numerator for figure in told])
    sizes = np.array([figure.denominator for figure in told])
    # The rarer side is what is carried on: it varies as counts do, and its share cannot pass 100%.
    is_turned = 2 * counts.sum() > sizes.sum()
    later = np.full(ahead, sizes[-1])
    found = forecast.forecast(sizes - counts if is_turned else counts, ahead, sizes, later)
    if found is None:
        return words.say("plan", "texts", "forecast", "nothing_to_carry_on", due=due.label)
    # Called by the wider of the two: where the path leads, and where a figure of that size may fall about it.
    ends = [min(found.mean_low[-1], found.low[-1]), max(found.mean_high[-1], found.high[-1])]
    shares = [100 * min(float(end) / float(sizes[-1]), 1.0) for end in ends]
    low, high = sorted(100 - share if is_turned else share for share in shares)
    code = forecast.verdict(low, high, row["target"], row["direction"])
    return words.say(
        "plan", "texts", "forecast", code,
        low=f"{low:.0f}", high=f"{high:.0f}", due=due.label, target=f"{row['target']:g}",
    )  # fmt: skip


def _in_a_row(one: Measured) -> tuple[list[Figure], bool]:
    """The latest returns that follow one another, each of something, and whether a change of recording begins them.

    Which measure an indicator is worked out from, if from recorded reports, is in settings.toml [plan].
    """
    measure = load_settings().options["plan"]["recorded"].get(one.row["indicator_code"], "")
    quarters = [quarter for quarter, _ in one.figures]
    stretches = breaks.stretches(
        measure, "llr", [quarter.starts_on for quarter in quarters], [quarter.ends_on for quarter in quarters]
    )
    kept: list[Figure] = []
    for at in range(len(quarters) - 1, -1, -1):
        figure = one.figures[at][1]
        follows = at + 1 == len(quarters) or quarters[at].plus(1) == quarters[at + 1]
        if not figure.denominator or not follows:
            return kept, False
        if stretches[at] != stretches[-1]:
            return kept, True
        kept.insert(0, figure)
    return kept, False


def milestone_of(one: Acted | None) -> dict[str, Any]:
    """What a board shows of an outcome's milestone; empty words where it has none."""
    return {
        "milestone": one.row["words"] if one else "",
        "milestone_due": one.due.label if one else "",
        "milestone_status_code": one.code if one else "",
        "milestone_status": _action_word(one) if one else "",
        "milestone_reason": _action_reason(one) if one else "",
        "milestone_is_overdue": one is not None and one.status.reason == "overdue",
    }


def _acted(one: Acted, plan: Plan) -> dict[str, Any]:
    row, status, said = one.row, one.status, one.said or {}
    return {
        "position": row["position"],
        "action_code": row["action_code"],
        "outcome_code": row["outcome_code"],
        "action": row["words"],
        "is_milestone": bool(row["is_milestone"]),
        "owner_code": row["owner_code"],
        "owner": plan.names[row["owner_code"]],
        "due_quarter": one.due.code,
        "due": one.due.label,
        "status_code": one.code,
        "status": _action_word(one),
        "worked_out_code": status.code,
        "override": _override(one),
        "reason_code": _reason_code(one),
        "reason": _action_reason(one),
        "lacks_corrective_action": status.lacks_corrective_action,
        "is_overdue": status.reason == "overdue",
        "days_late": one.days_late,
        **{name: said.get(name) or "" for name in ("evidence", "commentary", "corrective_action")},
    }


def _action_word(one: Acted) -> str:
    is_worked_out = one.code == "grey" and not one.override
    return words.label("status_of_action", one.status.reason if is_worked_out else one.code)


def _override(one: Measured | Acted) -> str:
    """What was worked out, and why and by whom another status was set beside it; empty where none was."""
    if one.override is None:
        return ""
    return words.say(
        "plan", "texts", "figure", "override",
        status=words.label("status", one.code), worked_out=words.label("status", one.status.code),
        reason=one.override.reason, by_name=one.override.by_name, on=day_label(local_day(one.override.at)),
    )  # fmt: skip


def _path(one: Measured) -> str:
    """Where the path to the target stood in the latest quarter; empty without a path or a figure."""
    if not one.row["baseline_quarter"] or one.against is None or one.latest is None:
        return ""
    begins = Quarter.parse(one.row["baseline_quarter"])
    facts = {"baseline": f"{one.row['baseline']:g}", "begins": begins.label, "latest": one.latest.label}
    return words.say("plan", "texts", "figure", "path", against=f"{one.against:.1f}", **facts)


def _action_reason(one: Acted) -> str:
    was = words.label("status", one.status.was) if one.status.was else ""
    days = words.count("day", one.days_late)
    said = [words.say("plan", "texts", "action_reason", one.status.reason, due=one.due.label, days=days, was=was)]
    if one.status.lacks_corrective_action:
        said.append(words.say("plan", "texts", "clause", "lacks_corrective_action"))
    return " ".join(said)


def _reason(one: Measured, plan: Plan, measures: int, is_past_due: bool, build: Build) -> str:
    status = one.status
    kind = f"{status.code}_off_target" if status.reason == "off_target" else status.reason
    if kind == "not_enough_data" and one.points >= rag.FEWEST_POINTS:
        kind = "nothing_counted"
    facts = {
        "value": _value(one.figure),
        "target": _path_or_target(one),
        "points": words.count("return", one.points),
        "fewest_points": rag.FEWEST_POINTS,
        "cases": f"{one.figure.denominator:,.0f}" if one.figure else "",
        "fewest_cases": rag.FEWEST_CASES,
        "due_on": day_label(one.due_on),
        "days": words.count("day", one.days_late),
        "was": words.label("status", status.was) if status.was else "",
        "latest": one.latest.label if one.latest else "",
    }
    said = [words.say("plan", "texts", "reason_shareable" if build.is_shareable else "reason", kind, **facts)]
    clauses: list[tuple[bool, str, dict[str, Any]]] = [
        (measures > 1, "measures", {"measures": measures}),
        (0 < one.returned < one.expected, "partial", {"returned": one.returned, "expected": one.expected}),
        (is_past_due, "past_due", {}),
        (status.lacks_corrective_action, "lacks_corrective_action", {}),
        (status.reason == "update_overdue" and one.missed >= rag.ESCALATED_AFTER, "escalated", {"missed": one.missed}),
    ]
    said += [
        words.say("plan", "texts", "clause", clause, quarter=plan.quarter.label, **more)
        for holds, clause, more in clauses
        if holds
    ]
    return " ".join(said)


def _value(figure: Figure | None) -> str:
    if figure is None or figure.percent is None:
        return words.label("plan_count", "no_return")
    return words.say(
        "plan",
        "texts",
        "figure",
        "value",
        value=f"{figure.percent:.1f}",
        numerator=f"{figure.numerator:,.0f}",
        denominator=f"{figure.denominator:,.0f}",
    )


def _target(row: Mapping[str, Any], *, is_explained: bool) -> str:
    if row["target"] is None:
        return str(row["target_words"] or words.label("plan_count", "no_target"))
    kind = "target_explained" if is_explained and row["target_words"] else "target"
    return words.say("plan", "texts", "figure", kind, target=f"{row['target']:g}", words=row["target_words"])


def _path_or_target(one: Measured) -> str:
    if not one.row["baseline_quarter"] or one.against is None:
        return _target(one.row, is_explained=False)
    facts = {"against": f"{one.against:.1f}", "target": f"{one.row['target']:g}"}
    return words.say("plan", "texts", "figure", "on_path", due=Quarter.parse(one.row["due_quarter"]).label, **facts)


def _told(said: Sequence[tuple[str, str]], expected: int, plan: Plan) -> str:
    """What was said beside a figure; with the names of those who said it when several organisations return it."""
    return " ".join(text if expected <= 1 else f"{plan.names[code]}: {text}" for code, text in said)


def facts_of(frame: pd.DataFrame) -> dict[str, Any]:
    """How many outcomes of a board have each status, and the sentence that says so and names them."""
    counts = {code: int(_is(frame, code).sum()) for code in rag.CODES}
    return {
        **counts,
        "outcomes": len(frame),
        "overdue": int(frame["is_overdue"].sum()),
        "lacking": int(frame["lacks_corrective_action"].sum()),
        "overridden": int((frame["override"] != "").sum()),
        "sentence": _sentence(frame),
    }


def by_kind(frame: pd.DataFrame) -> list[dict[str, Any]]:
    """The statuses of a board that occur: status_code, label, value (outcomes), outcomes (their names)."""
    return [
        {
            "status_code": code,
            "label": words.label("plan_count", code),
            "value": int(chosen.sum()),
            "outcomes": _named(frame[chosen]),
        }
        for code, chosen in _kinds(frame).items()
        if chosen.any()
    ]


def counted(frame: pd.DataFrame) -> str:
    """How many rows of a board have each status: `7 Green, 5 Amber, 2 Red and 4 not rated`."""
    return words.join(
        [
            words.say("plan", "texts", "part", code, outcomes=int(_is(frame, code).sum()))
            for code in ("blue", "green", "amber", "red", "grey")
            if _is(frame, code).any()
        ]
    )


def _sentence(frame: pd.DataFrame) -> str:
    said = [
        words.say("plan", "texts", "part", "all", outcomes=words.count("outcome", len(frame)), counts=counted(frame))
    ]
    kinds = _kinds(frame)
    said += [
        words.say("plan", "texts", "part", f"{kind}_named", named=_named(frame[kinds[kind]]))
        for kind in ("red", "overdue", "grey")
        if kinds[kind].any()
    ]
    said += [
        words.say("plan", "texts", "part", f"{kind}_named", named=_named(frame[chosen]))
        for kind, chosen in (("overridden", frame["override"] != ""), ("escalated", frame["is_escalated"]))
        if chosen.any()
    ]
    late = frame[frame["milestone_is_overdue"]]
    if len(late):
        named = words.join(
            [f"{code} {name}" for code, name in zip(late["outcome_code"], late["milestone"], strict=True)]
        )
        said.append(words.say("plan", "texts", "part", "milestone_named", named=named))
    return " ".join(said)


def _kinds(frame: pd.DataFrame) -> dict[str, pd.Series[bool]]:
    """Which outcomes are of each kind; each is of one, and an overdue one is named as overdue."""
    overdue = frame["is_overdue"]
    return {
        "blue": _is(frame, "blue"),
        "green": _is(frame, "green"),
        "amber": _is(frame, "amber"),
        "red": _is(frame, "red"),
        "overdue": overdue,
        "grey": _is(frame, "grey") & ~overdue,
    }


def _is(frame: pd.DataFrame, code: str) -> pd.Series[bool]:
    return frame["status_code"] == code


def _named(frame: pd.DataFrame) -> str:
    return words.join([f"{code} {name}" for code, name in zip(frame["outcome_code"], frame["outcome"], strict=True)])


def without_counts(frame: pd.DataFrame, build: Build) -> pd.DataFrame:
    """In the shareable build no value leaves, nor what people wrote about one: their words may quote counts."""
    if not build.is_shareable:
        return frame
    held = words.say("states", _ask.RESTRICTED_ONLY, "title")
    written: dict[str, Any] = {
        name: [held if text else "" for text in frame[name]] for name in _WRITTEN if name in frame
    }
    return frame.assign(**written, **{name: None for name in _VALUES if name in frame})


def _answer(
    question: str,
    frame: pd.DataFrame,
    selection: Selection,
    build: Build,
    plan: Plan,
    *,
    finding: str = "plain",
    facts: Mapping[str, Any],
) -> Answer:
    notes = {
        "plan_made_up": plan.is_made_up and question != "plan.board",
        "plan_whole": question == "plan.board",
        "plan_status": question in ("plan.board", "plan.summary", "plan.history", "plan.by_build"),
        "plan_travel": question == "plan.board",
        "plan_forecast": question == "plan.board" and not build.is_shareable,
        "plan_shareable": build.is_shareable,
    }
    held = tuple(note for note, holds in notes.items() if holds)
    return answer(question, frame, selection, build, plan, facts, finding=finding, notes=held)


def _no_plan(question: str, selection: Selection, build: Build) -> Answer:
    return _ask.answer(question, pd.DataFrame(), whole(selection), build, withheld="no_plan")
