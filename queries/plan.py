"""Is the delivery plan on track: which outcomes are, which are not, which cannot be rated, and what is overdue?

The plan, its returns and its owners are in the register; every status is worked out here, for the reporting date of the
selected quarter, from what the register said by then. Nobody types a status in.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, replace
from datetime import UTC, date, datetime, time, timedelta
from typing import TYPE_CHECKING, Any
from zoneinfo import ZoneInfo

import pandas as pd

from core import words
from core.model import Answer, Build, Selection, Viewer
from core.periods import Quarter, day_label
from core.settings import load_settings
from queries import _ask
from stats import rag, rates

if TYPE_CHECKING:
    from register.read import Record

_LOCAL = ZoneInfo("Europe/London")
_MONTHS_A_QUARTER = 3
_PRIVATE = ("value_text", "commentary", "corrective_action", "evidence")
_NUMBERS = ("value", "numerator", "denominator", "low", "high")
CHOICES = {"theme": "theme_code", "focus": "focus_code", "owner": "owner_code", "status": "status_code"}
"""What the board can be narrowed by, and the column that holds it."""


@dataclass(frozen=True)
class _Plan:
    """One plan as at one reporting date."""

    record: Record
    code: str
    title: str
    note: str
    quarter: Quarter
    starts: Quarter
    ends: Quarter
    on: date

    def table(self, name: str) -> pd.DataFrame:
        """The plan's own rows of one register table, latest versions."""
        frame = self.record.table(name)
        return frame[frame["plan_code"] == self.code].reset_index(drop=True)

    def as_it_stood(self, quarter: Quarter, on: date) -> _Plan:
        """The same plan at an earlier reporting date."""
        return replace(self, record=self.record.as_at(_end_of(on)), quarter=quarter, on=on)


@dataclass(frozen=True)
class _Measured:
    """What one indicator shows at a reporting date: its latest complete return, and what follows from it."""

    row: Mapping[str, Any]
    status: rag.Status
    numerator: float | None
    denominator: float | None
    latest: Quarter | None
    due_on: date
    days_late: int
    travel: str
    points: int
    returned: int
    expected: int
    commentary: str
    corrective_action: str


def board(selection: Selection, viewer: Viewer, build: Build) -> Answer:
    """Where does each outcome of the plan stand?

    Frame, one row per outcome: position, theme_code, theme, focus_code, focus, outcome_code, outcome, measures (how
    many measures it has; the worst speaks for it), indicator, owner_code, owner, due_quarter, due, is_past_due, target,
    target_text, value (percent), low, high (95%, of samples and cohorts), numerator, denominator, value_text,
    latest_quarter, latest, status_code, status, reason_code, reason, lacks_corrective_action, travel_code, travel,
    is_overdue, update_due_on, days_late, returned, expected (returns for the selected quarter), milestone,
    milestone_due, milestone_status_code, milestone_status, milestone_reason, commentary, corrective_action.
    """
    plan = _plan(selection, viewer, build)
    if plan is None:
        return _no_plan("plan.board", selection, build)
    frame = _board(plan, build)
    return _answer("plan.board", frame, selection, build, plan, facts={**_counts(frame), "sentence": _sentence(frame)})


def summary(selection: Selection, viewer: Viewer, build: Build) -> Answer:
    """How many outcomes are on track, and which are Red, overdue or not rated?

    Frame, one row per status that occurs: status_code, label, value (outcomes), outcomes (their names). The fact
    `sentence` says it whole, naming every outcome that is Red, overdue or not rated.
    """
    plan = _plan(selection, viewer, build)
    if plan is None:
        return _no_plan("plan.summary", selection, build)
    whole = _board(plan, build)
    kinds = [("green", _is(whole, "green")), ("amber", _is(whole, "amber")), ("red", _is(whole, "red"))]
    kinds += [("overdue", whole["is_overdue"]), ("grey", _is(whole, "grey") & ~whole["is_overdue"])]
    rows = [
        {
            "status_code": code,
            "label": words.label("plan_count", code),
            "value": int(chosen.sum()),
            "outcomes": _named(whole[chosen]),
        }
        for code, chosen in kinds
        if chosen.any()
    ]
    facts = {**_counts(whole), "sentence": _sentence(whole)}
    return _answer("plan.summary", pd.DataFrame(rows), selection, build, plan, facts=facts)


def history(selection: Selection, viewer: Viewer, build: Build) -> Answer:
    """How has each outcome's status moved, quarter by quarter, as it stood at each quarter's reporting date?

    Frame, one row per outcome and quarter: position, outcome_code, outcome, quarter_code, label, status_code, status,
    reason_code, series (status and reason in words).
    """
    plan = _plan(selection, viewer, build)
    if plan is None:
        return _no_plan("plan.history", selection, build)
    quarters = _quarters(plan.starts, plan.quarter)
    rows = []
    for quarter in quarters:
        then = plan.as_it_stood(quarter, reporting_date(quarter, build))
        for row in _board(then, build).to_dict("records"):
            rows.append(
                {
                    **{name: row[name] for name in ("position", "outcome_code", "outcome", "status_code", "status", "reason_code")},
                    "quarter_code": quarter.code,
                    "label": quarter.label,
                    "reason": words.label("plan_reason", str(row["reason_code"])),
                }
            )
    frame = pd.DataFrame(rows).sort_values(["position", "quarter_code"], ignore_index=True)
    rated = frame[frame["status_code"] != "grey"].groupby("quarter_code").size()
    has_year_before = plan.quarter.year_before >= plan.starts
    facts = {
        "first": quarters[0].label,
        "outcomes": frame["outcome_code"].nunique(),
        "rated": int(rated.get(plan.quarter.code, 0)),
        "rated_before": int(rated.get(plan.quarter.year_before.code, 0)),
    }
    finding = "two_years" if has_year_before else "first_year"
    return _answer("plan.history", frame, selection, build, plan, finding=finding, facts=facts)


def actions(selection: Selection, viewer: Viewer, build: Build) -> Answer:
    """Which actions and milestones are complete, on track, slipped or overdue?

    Frame, one row per action: position, action_code, outcome_code, action, is_milestone, owner_code, owner,
    due_quarter, due, status_code, status, reason_code, reason, lacks_corrective_action, is_overdue, days_late,
    evidence, commentary, corrective_action.
    """
    plan = _plan(selection, viewer, build)
    if plan is None:
        return _no_plan("plan.actions", selection, build)
    frame = _actions(plan)
    frame = _without_counts(frame, build)
    overdue = frame[frame["is_overdue"]]
    facts = {
        "actions": len(frame),
        "complete": int((frame["status_code"] == "blue").sum()),
        "overdue": len(overdue),
        "named": words.join([f"{row.outcome_code} {row.action}" for row in overdue.itertuples()]),
    }
    finding = "overdue" if len(overdue) else "none_overdue"
    return _answer("plan.actions", frame, selection, build, plan, finding=finding, facts=facts)


def adoption(selection: Selection, viewer: Viewer, build: Build) -> Answer:
    """Which CSPs have adopted, adapted or incorporated the plan?

    Frame, one row per CSP: csp_code, label, adoption_code, adoption, said_on, note.
    """
    plan = _plan(selection, viewer, build)
    if plan is None:
        return _no_plan("plan.adoption", selection, build)
    said = plan.table("adoption").rename(columns={"status_code": "adoption_code", "at": "said_on"})
    csps = plan.record.table("organisation").dropna(subset="csp_code")[["csp_code", "position", "name"]]
    frame = csps.merge(said[["csp_code", "adoption_code", "said_on", "note"]], on="csp_code", how="left")
    frame = frame.sort_values("position", ignore_index=True).rename(columns={"name": "label"})
    frame["adoption_code"] = frame["adoption_code"].fillna("not_said")
    frame["adoption"] = [words.label("adoption", code) for code in frame["adoption_code"]]
    frame["note"] = [_text(note) for note in frame["note"]]
    counts = {code: int((frame["adoption_code"] == code).sum()) for code in words.labels()["adoption"]}
    return _answer("plan.adoption", frame, selection, build, plan, facts={"csps": len(frame), **counts})


def choices(whole: Answer) -> dict[str, dict[str, str]]:
    """What the board can be narrowed by: name of the choice -> code -> words, in the board's order."""
    return {
        name: dict(zip(whole.frame[column], whole.frame[column.removesuffix("_code")], strict=True))
        for name, column in CHOICES.items()
        if column in whole.frame
    }


def narrowed(whole: Answer, chosen: Mapping[str, str]) -> Answer:
    """The board with only the outcomes chosen: `chosen` maps names of CHOICES to a code, '' for all."""
    frame = whole.frame
    for name, code in chosen.items():
        if code and CHOICES[name] in frame:
            frame = frame[frame[CHOICES[name]] == code]
    if len(frame) == len(whole.frame):
        return whole
    facts = {**whole.facts, **_counts(frame), "of": len(whole.frame), "sentence": _sentence(frame)}
    found = replace(whole, frame=frame.reset_index(drop=True), facts=facts, finding="narrowed")
    return found if len(frame) else replace(found, withheld="no_outcome")


def reporting_date(quarter: Quarter, build: Build) -> date:
    """The day a quarter's statuses are worked out for: the extract's own day for the build's latest quarter, otherwise
    the usual number of days after the quarter's end."""
    if quarter.ends_on <= build.data_to < quarter.plus(1).ends_on:
        return max(build.extracted_on, quarter.ends_on)
    return quarter.ends_on + timedelta(days=int(load_settings().options["plan"]["reporting_lag_days"]))


def _plan(selection: Selection, viewer: Viewer, build: Build) -> _Plan | None:
    # The register's database library is slow to import, and most questions are not about the plan.
    from register.read import read  # noqa: PLC0415

    quarter = Quarter.parse(selection.quarter)
    on = reporting_date(quarter, build)
    record = read(load_settings().register_url, viewer, _end_of(on))
    if record is None:
        return None
    plans = record.table("plan")
    running = plans[(plans["starts_quarter"] <= quarter.code) & (plans["ends_quarter"] >= quarter.code)]
    if running.empty:
        return None
    row = running.sort_values("starts_quarter").iloc[-1]
    return _Plan(
        record=record,
        code=str(row["plan_code"]),
        title=str(row["title"]),
        note=_text(row["note"]),
        quarter=quarter,
        starts=Quarter.parse(row["starts_quarter"]),
        ends=Quarter.parse(row["ends_quarter"]),
        on=on,
    )


def _end_of(day: date) -> datetime:
    """The last moment of a day where the partnership is."""
    return datetime.combine(day, time.max, _LOCAL).astimezone(UTC)


def _quarters(first: Quarter, last: Quarter) -> list[Quarter]:
    found = [first]
    while found[-1] < last:
        found.append(found[-1].plus(1))
    return found


def _board(plan: _Plan, build: Build) -> pd.DataFrame:
    names = dict(plan.record.table("organisation")[["organisation_code", "name"]].itertuples(index=False))
    themes = dict(plan.table("theme")[["theme_code", "name"]].itertuples(index=False))
    focuses = dict(plan.table("focus")[["focus_code", "name"]].itertuples(index=False))
    milestones = _actions(plan)
    milestones = milestones[milestones["is_milestone"]].drop_duplicates("outcome_code").set_index("outcome_code")
    measured = _measured(plan)
    rows = []
    for outcome in plan.table("outcome").sort_values("position").to_dict("records"):
        mine = [one for one in measured if one.row["outcome_code"] == outcome["outcome_code"]]
        if not mine:
            continue
        speaks = mine[rag.worst([one.status for one in mine])]
        rows.append(
            {
                "position": outcome["position"],
                "theme_code": outcome["theme_code"],
                "theme": themes[outcome["theme_code"]],
                "focus_code": outcome["focus_code"],
                "focus": focuses[outcome["focus_code"]],
                "outcome_code": outcome["outcome_code"],
                "outcome": outcome["words"],
                "measures": len(mine),
                "owner_code": speaks.row["owner_code"],
                "owner": names[speaks.row["owner_code"]],
                **_shown(speaks, plan, len(mine), build),
                **_milestone(milestones, str(outcome["outcome_code"])),
            }
        )
    return _without_counts(pd.DataFrame(rows), build)


def _shown(one: _Measured, plan: _Plan, measures: int, build: Build) -> dict[str, Any]:
    row, status = one.row, one.status
    due = _text(row["due_quarter"])
    is_past_due = bool(due) and plan.on > Quarter.parse(due).ends_on and status.code != "green"
    value = 100 * one.numerator / one.denominator if one.numerator is not None and one.denominator else None
    low, high = _interval(one) or (None, None)
    return {
        "indicator": row["words"],
        "due_quarter": due or None,
        "due": Quarter.parse(due).label if due else words.label("cadence", str(row["cadence_quarters"])),
        "is_past_due": is_past_due,
        "target": _number(row["target"]),
        "target_text": _target_text(row),
        "value": value,
        "low": low,
        "high": high,
        "numerator": one.numerator,
        "denominator": one.denominator,
        "value_text": _value_text(value, one),
        "latest_quarter": one.latest.code if one.latest else None,
        "latest": one.latest.label if one.latest else words.label("plan_count", "no_return"),
        "status_code": status.code,
        "status": words.label("status", status.code),
        "reason_code": status.reason,
        "reason": _reason(one, plan, measures, is_past_due, build),
        "lacks_corrective_action": status.lacks_corrective_action,
        "travel_code": one.travel,
        "travel": words.label("travel", one.travel),
        "is_overdue": status.reason == "update_overdue",
        "update_due_on": one.due_on,
        "days_late": one.days_late,
        "returned": one.returned,
        "expected": one.expected,
        "commentary": one.commentary,
        "corrective_action": one.corrective_action,
    }


def _milestone(milestones: pd.DataFrame, outcome: str) -> dict[str, Any]:
    found = milestones.loc[outcome] if outcome in milestones.index else None
    return {
        f"milestone{name}": "" if found is None else found[column]
        for name, column in (
            ("", "action"), ("_due", "due"), ("_status_code", "status_code"), ("_status", "status"), ("_reason", "reason"),
        )
    }  # fmt: skip


def _measured(plan: _Plan) -> list[_Measured]:
    """What each indicator shows: the figures of the latest quarter for which every expected return is in."""
    returns = plan.table("indicator_return")
    reporters = plan.table("indicator_reporter")
    reporters = reporters[reporters["is_expected"]][["indicator_code", "organisation_code"]]
    made = returns.merge(reporters, on=["indicator_code", "organisation_code"])
    made = made[made["numerator"].notna() & (made["quarter_code"] <= plan.quarter.code)]
    totals = made.groupby(["indicator_code", "quarter_code"], as_index=False).agg(
        numerator=("numerator", "sum"), denominator=("denominator", "sum"), returned=("organisation_code", "size")
    )
    expected = reporters.groupby("indicator_code").size()
    names = dict(plan.record.table("organisation")[["organisation_code", "name"]].itertuples(index=False))
    return [
        _measure(row, totals, made, int(expected.get(row["indicator_code"], 0)), names, plan)
        for row in plan.table("indicator").sort_values("position").to_dict("records")
    ]


def _measure(
    row: Mapping[str, Any],
    totals: pd.DataFrame,
    made: pd.DataFrame,
    expected: int,
    names: Mapping[str, str],
    plan: _Plan,
) -> _Measured:
    mine = totals[totals["indicator_code"] == row["indicator_code"]].set_index("quarter_code").sort_index()
    # A quarter counts once every expected return is in: seven of seven is not eight of eight.
    complete = mine[mine["returned"] >= expected]
    latest = Quarter.parse(str(complete.index[-1])) if len(complete) else None
    now = _pair(complete, latest)
    before = _pair(complete, latest.year_before if latest else None)
    cadence = _MONTHS_A_QUARTER * int(row["cadence_quarters"])
    # Before the first return the plan's own start is the last that was heard.
    heard = latest.ends_on if latest else plan.starts.starts_on - timedelta(days=1)
    due = rag.update_due(heard, plan.on, cadence, int(row["grace_days"]))
    of_latest = made[(made["indicator_code"] == row["indicator_code"]) & (made["quarter_code"] == (latest.code if latest else ""))]
    is_sample = bool(row["is_sample_or_cohort"])
    corrective = _said(of_latest, "corrective_action", names)
    return _Measured(
        row=row,
        status=_status(row, now, len(complete), due.days_overdue, bool(corrective)),
        numerator=now[0] if now else None,
        denominator=now[1] if now else None,
        latest=latest,
        due_on=due.due_on,
        days_late=due.days_overdue,
        travel=rag.travel(now, before, str(row["direction"]), is_sample=is_sample) if now else "not_comparable",
        points=len(complete),
        returned=int(mine["returned"].get(plan.quarter.code, 0)),
        expected=expected,
        commentary=_said(of_latest, "commentary", names),
        corrective_action=corrective,
    )


def _status(
    row: Mapping[str, Any], now: tuple[float, float] | None, points: int, days_late: int, has_corrective: bool
) -> rag.Status:
    kind = _text(row["tolerance_kind"]) or "points"
    target = _number(row["target"])
    numerator, denominator = now or (None, None)
    value = 100 * numerator / denominator if numerator is not None and denominator else None
    is_sample = bool(row["is_sample_or_cohort"])
    interval = None
    if is_sample and numerator is not None and denominator:
        limits = rates.share(numerator, denominator).iloc[0]
        interval = (100 * float(limits["low"]), 100 * float(limits["high"]))
    if kind == "count" and target is not None and denominator is not None:
        # "One short" is counted in partnerships or responses, so the target is too.
        value, target = numerator if denominator else None, target / 100 * denominator
    is_unrated = target is None and _text(row["direction"]) != "context"
    return rag.indicator_status(
        value,
        target,
        str(row["direction"]),
        _number(row["tolerance"]) or 0.0,
        kind,
        denominator=denominator,
        is_sample=is_sample,
        interval=interval,
        returned_points=points,
        is_baseline_missing=is_unrated and _number(row["baseline"]) is None,
        days_overdue=days_late,
        has_corrective_action=has_corrective,
    )


def _actions(plan: _Plan) -> pd.DataFrame:
    names = dict(plan.record.table("organisation")[["organisation_code", "name"]].itertuples(index=False))
    stated = plan.table("action_return")
    stated = stated[stated["quarter_code"] <= plan.quarter.code].sort_values(["quarter_code", "at"])
    latest = stated.drop_duplicates("action_code", keep="last").set_index("action_code")
    rows = []
    for row in plan.table("action").sort_values("position").to_dict("records"):
        said = latest.loc[row["action_code"]].to_dict() if row["action_code"] in latest.index else {}
        due = Quarter.parse(_text(row["due_quarter"])) if _text(row["due_quarter"]) else plan.ends
        corrective = _text(said.get("corrective_action"))
        late = 0
        if said:
            heard = Quarter.parse(str(said["quarter_code"])).ends_on
            grace = int(load_settings().options["plan"]["action_grace_days"])
            late = rag.update_due(heard, plan.on, _MONTHS_A_QUARTER, grace).days_overdue
        status = rag.action_status(
            str(said["progress_code"]) if said else None,
            due.ends_on,
            plan.on,
            is_evidenced=bool(_text(said.get("evidence"))),
            days_overdue=late,
            has_corrective_action=bool(corrective),
        )
        days_late = (plan.on - due.ends_on).days if status.reason == "overdue" else 0
        rows.append(
            {
                "position": row["position"],
                "action_code": row["action_code"],
                "outcome_code": row["outcome_code"],
                "action": row["words"],
                "is_milestone": bool(row["is_milestone"]),
                "owner_code": row["owner_code"],
                "owner": names[row["owner_code"]],
                "due_quarter": due.code,
                "due": due.label,
                "status_code": status.code,
                "status": words.label("status_of_action", status.reason if status.code == "grey" else status.code),
                "reason_code": status.reason,
                "reason": _action_reason(status, due, days_late),
                "lacks_corrective_action": status.lacks_corrective_action,
                "is_overdue": status.reason == "overdue",
                "days_late": days_late,
                "evidence": _text(said.get("evidence")),
                "commentary": _text(said.get("commentary")),
                "corrective_action": corrective,
            }
        )
    return pd.DataFrame(rows)


def _action_reason(status: rag.Status, due: Quarter, days_late: int) -> str:
    was = words.label("status", status.was) if status.was else ""
    said = [words.say("plan", "action_reason", status.reason, due=due.label, days=words.count("day", days_late), was=was)]
    if status.lacks_corrective_action:
        said.append(words.say("plan", "clause", "lacks_corrective_action"))
    return " ".join(said)


def _reason(one: _Measured, plan: _Plan, measures: int, is_past_due: bool, build: Build) -> str:
    status = one.status
    key = f"{status.code}_off_target" if status.reason == "off_target" else status.reason
    facts = {
        "value": _value_text(100 * one.numerator / one.denominator, one) if one.numerator is not None and one.denominator else "",
        "target": _target_text(one.row),
        "points": words.count("return", one.points),
        "fewest_points": rag.FEWEST_POINTS,
        "cases": int(one.denominator or 0),
        "fewest_cases": rag.FEWEST_CASES,
        "due_on": day_label(one.due_on),
        "days": words.count("day", one.days_late),
        "was": words.label("status", status.was) if status.was else "",
        "latest": one.latest.label if one.latest else "",
    }
    said = [words.say("plan", "reason_shareable" if build.is_shareable else "reason", key, **facts)]
    if measures > 1:
        said.append(words.say("plan", "clause", "measures", measures=measures))
    if 0 < one.returned < one.expected:
        said.append(words.say("plan", "clause", "partial", returned=one.returned, expected=one.expected, quarter=plan.quarter.label))
    if is_past_due:
        said.append(words.say("plan", "clause", "past_due"))
    if status.lacks_corrective_action:
        said.append(words.say("plan", "clause", "lacks_corrective_action"))
    return " ".join(said)


def _sentence(frame: pd.DataFrame) -> str:
    counts = [
        words.say("plan", "part", code, outcomes=int(_is(frame, code).sum()))
        for code in ("green", "amber", "red", "grey")
        if _is(frame, code).any()
    ]
    said = [words.say("plan", "part", "all", outcomes=words.count("outcome", len(frame)), counts=words.join(counts))]
    overdue = frame["is_overdue"]
    named = [("red_named", _is(frame, "red")), ("overdue_named", overdue), ("grey_named", _is(frame, "grey") & ~overdue)]
    said += [words.say("plan", "part", key, named=_named(frame[chosen])) for key, chosen in named if chosen.any()]
    return " ".join(said)


def _counts(frame: pd.DataFrame) -> dict[str, Any]:
    counts = {code: int(_is(frame, code).sum()) for code in rag.CODES}
    lacking = frame[frame["lacks_corrective_action"]]
    return {**counts, "outcomes": len(frame), "overdue": int(frame["is_overdue"].sum()), "lacking": len(lacking)}


def _is(frame: pd.DataFrame, code: str) -> pd.Series[bool]:
    return frame["status_code"] == code


def _named(frame: pd.DataFrame) -> str:
    return words.join([f"{row.outcome_code} {row.outcome}" for row in frame.itertuples()])


def _without_counts(frame: pd.DataFrame, build: Build) -> pd.DataFrame:
    """In the shareable build no value leaves, nor what people wrote about one: their words may quote counts."""
    if not build.is_shareable or frame.empty:
        return frame
    held = words.say("states", _ask.RESTRICTED_ONLY, "title")
    for name in set(_PRIVATE) & set(frame.columns):
        frame[name] = held
    for name in set(_NUMBERS) & set(frame.columns):
        frame[name] = float("nan")
    return frame


def _said(frame: pd.DataFrame, column: str, names: Mapping[str, str]) -> str:
    told = [(str(row["organisation_code"]), _text(row[column])) for row in frame.to_dict("records")]
    told = [(organisation, text) for organisation, text in told if text]
    if len(frame) == 1:
        return " ".join(text for _, text in told)
    return " ".join(f"{names[organisation]}: {text}" for organisation, text in told)


def _pair(complete: pd.DataFrame, quarter: Quarter | None) -> tuple[float, float] | None:
    if quarter is None or quarter.code not in complete.index:
        return None
    row = complete.loc[quarter.code]
    return float(row["numerator"]), float(row["denominator"])


def _interval(one: _Measured) -> tuple[float, float] | None:
    if not one.row["is_sample_or_cohort"] or one.numerator is None or not one.denominator:
        return None
    limits = rates.share(one.numerator, one.denominator).iloc[0]
    return 100 * float(limits["low"]), 100 * float(limits["high"])


def _value_text(value: float | None, one: _Measured) -> str:
    if value is None or one.numerator is None or one.denominator is None:
        return words.label("plan_count", "no_return")
    return words.say("plan", "figure", "value", value=f"{value:.1f}", numerator=f"{one.numerator:,.0f}", denominator=f"{one.denominator:,.0f}")


def _target_text(row: Mapping[str, Any]) -> str:
    target = _number(row["target"])
    if target is None:
        return _text(row["target_words"]) or words.label("plan_count", "no_target")
    key = "target_explained" if _text(row["target_words"]) else "target"
    return words.say("plan", "figure", key, target=f"{target:g}", words=_text(row["target_words"]))


def _text(value: object) -> str:
    return "" if value is None or pd.isna(value) else str(value)  # type: ignore[call-overload]


def _number(value: object) -> float | None:
    return None if value is None or pd.isna(value) else float(value)  # type: ignore[call-overload, arg-type]


def _answer(
    question: str,
    frame: pd.DataFrame,
    selection: Selection,
    build: Build,
    plan: _Plan,
    *,
    finding: str = "plain",
    facts: Mapping[str, Any],
) -> Answer:
    notes = ["plan_made_up"] if plan.record.is_made_up else []
    notes += ["plan_status", "plan_travel", *(["plan_shareable"] if build.is_shareable else [])]
    about = {"plan": plan.title, "plan_note": plan.note, "as_at": day_label(plan.on)}
    found = _ask.answer(question, frame, selection, build, finding=finding, facts={**about, **facts})
    # Statuses are not rounded counts: the note that figures are rounded would be untrue here.
    return replace(found, notes=tuple(notes))


def _no_plan(question: str, selection: Selection, build: Build) -> Answer:
    return _ask.answer(question, pd.DataFrame(), selection, build, withheld="no_plan")
