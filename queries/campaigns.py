"""Which campaigns were, are and will be, and was more reported while they ran than the other months led to expect?"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import date, timedelta
from functools import lru_cache
from itertools import groupby
from typing import TYPE_CHECKING, Any

import numpy as np
import pandas as pd

from core import breaks, words
from core.model import Answer, Build, Selection, Viewer
from core.periods import MONTH_NAMES, Quarter, day_label, local_day, month_label
from core.settings import load_settings
from queries import _ask, _change, _series
from queries._plan import Plan, opened
from stats import campaign
from stats.campaign import Pulse

if TYPE_CHECKING:
    from register.read import Row

FEW = _change.FEW
CONTROL = "all_crime"

_DESIGN = (
    "series_code", "starts_on", "ends_on", "window_ends_on", "measure_code", "area_code", "strand_code",
    "direction_code",
)  # fmt: skip
"""What must be written down before a campaign begins, if what becomes of it is to be a test."""

_MOVED = ("more", "fewer", "more_like_control", "fewer_like_control")
_ESTIMATED = (*_MOVED, "no_clear_change", "few")


def calendar(selection: Selection, viewer: Viewer, build: Build) -> Answer:
    """What campaigns are declared, and what was reported in their months against what was expected?

    Frame, one row per campaign and one for all years of a yearly one together, series by series, newest first:
    kind_code (campaign or pooled), series, campaign_code, campaign, standing_code, standing, starts_on, ends_on, when,
    months, counted, measure_code, direction_code, direction, owner_code, owner, declared_on, declared_code, declared,
    finding_code, finding (a sentence), observed, expected, ratio, low, high (95%), control_ratio, control, placebo,
    routes (a sentence each, empty where there is none), note.
    """
    question = "campaigns.calendar"
    asked = Selection(selection.quarter, as_at=selection.as_at)
    plan = opened(selection, viewer, build)
    if plan is None:
        return _ask.answer(question, pd.DataFrame(), asked, build, withheld="no_plan")
    if not plan.rows("campaign"):
        return _ask.answer(question, pd.DataFrame(), asked, build, withheld="no_campaign")
    frame = _told(plan, build)
    single = frame[frame["kind_code"] == "campaign"]
    codes, few = single["finding_code"], single[single["finding_code"] == "few"]
    facts: dict[str, Any] = {
        "plan": plan.title,
        "as_at": day_label(plan.on),
        "campaigns": words.count("campaign", len(single)),
        "estimated": int(codes.isin(_ESTIMATED).sum()),
        "more": int(codes.isin(("more", "more_like_control")).sum() + (few["low"] > 1).sum()),
        "fewer": int(codes.isin(("fewer", "fewer_like_control")).sum() + (few["high"] < 1).sum()),
        "to_come": int(codes.isin(("to_come", "awaiting")).sum()),
        "late": int((single["declared_code"] != "before").sum()),
        "unit": "ratio",
    }
    facts["no_clear"] = facts["estimated"] - facts["more"] - facts["fewer"]
    facts["refused"] = len(single) - facts["estimated"] - facts["to_come"]
    found = _ask.answer(
        question, frame.copy(), asked, build,
        finding="shareable" if build.is_shareable else "plain" if facts["estimated"] else "none",
        facts=facts,
        notes=("campaign_declared", *(() if build.is_shareable else ("campaign_meaning", "campaign_method"))),
    )  # fmt: skip
    # No figure stands in the shareable build's calendar, so nothing in it is rounded.
    return replace(found, notes=tuple(note for note in found.notes if note != "rounded"))


def uplift(selection: Selection, viewer: Viewer, build: Build) -> Answer:
    """Did more people report in the months of the campaign that has run most often, and did anything else move?

    Frame: kind_code (year, whole, control, placebo), label, observed, expected, value (percent above or below what was
    expected), low, high (95%), text (why there is no estimate), highlight.
    """
    question = "campaigns.uplift"
    asked = Selection(selection.quarter, as_at=selection.as_at)
    if build.is_shareable:
        return _ask.restricted_only(question, asked, build)
    plan = opened(selection, viewer, build)
    groups = _estimates(plan, build) if plan is not None else ()
    run = [(together, found, pooled) for together, found, pooled in groups if pooled is not None]
    if plan is None or not run:
        return _ask.answer(question, pd.DataFrame(), asked, build, withheld="no_years")
    together, found, (whole, of) = max(run, key=lambda one: (len(one[2][1]), one[0][0].first))
    told = [one for one in reversed(together) if found[one.code].pulse is not None]
    rows = [_dot("year", one, found[one.code].pulse) for one in told]
    rows.append(_dot("whole", told[-1], whole.pulse))
    controls = [(one, found[one.code].control) for one in told]
    rows += [_dot("control", one, pulse) for one, pulse in controls if pulse and pulse.refusal is None]
    rows += [_dot("placebo", told[0], pulse, year) for year, pulse in sorted(found[told[0].code].placebo)]
    frame = pd.DataFrame(rows)
    frame["highlight"] = frame["kind_code"] == "whole"
    latest = told[-1]
    estimate = _estimated(whole, words.say("campaigns", "texts", "series", "months"), latest, build)
    beside = _estimated(found[latest.code], _named(latest.months), latest, build)
    facts = {
        "unit": "percent",
        "campaign": latest.series_name,
        "measure_label": words.label("measure", latest.row["measure_code"]),
        "area": words.label("area_in_sentence", latest.row["area_code"]),
        "years": words.join([str(one.first.year) for one in sorted(of, key=lambda one: one.first)]),
        "whole": _signed(rows[len(told)]["value"]),
        "low": _signed(rows[len(told)]["low"]),
        "high": _signed(rows[len(told)]["high"]),
        "observed": f"{estimate['observed']:,.0f}",
        "expected": _about(estimate["expected"]),
        "reason": rows[len(told)]["text"],
        "control_said": beside["control"]
        and words.say("campaigns", "texts", "series", "of_year", year=latest.first.year, said=beside["control"]),
        "whole_control": estimate["control"],
        "routes_said": _routes(latest, plan, build) if latest.row["is_route_checked"] else "",
        "late": sum(one.declared_code != "before" for one in told),
        "months": words.join([MONTH_NAMES[month.month - 1] for month in latest.months]),
    }
    notes = ("campaign_meaning", "campaign_method", *(("campaign_late",) if facts["late"] else ()))
    finding = estimate["finding_code"]
    kind = finding if finding in (*_MOVED, "no_clear_change") else "few" if finding == "few" else "refused"
    asked = replace(latest.selection(plan), as_at=selection.as_at)
    return _ask.answer(question, frame, asked, build, finding=kind, facts=facts, notes=notes)


@dataclass(frozen=True)
class _Declared:
    """One campaign as it was written down.

    Attributes:
        row: its row of the register.
        first, last: the days it runs.
        until: the last day its effect is looked for.
        months: first day of every month that `first` to `until` touches.
        declared_on: the day from which what is measured, where and when has stood as it stands.
        declared_code: before, after, or changed_after (declared before it began, and changed after).
        first_on: the day it was first written down.
        is_of_a_series: it has come round, or is to.
    """

    row: Row
    first: date
    last: date
    until: date
    months: tuple[date, ...]
    declared_on: date
    declared_code: str
    first_on: date
    is_of_a_series: bool

    @property
    def code(self) -> str:
        return str(self.row["campaign_code"])

    @property
    def series_name(self) -> str:
        """Its name without the year."""
        return str(self.row["name"]).removesuffix(f" {self.first.year}")

    def selection(self, plan: Plan) -> Selection:
        return Selection(plan.quarter.code, self.row["area_code"], self.row["strand_code"], self.row["measure_code"])


@dataclass(frozen=True)
class _Estimate:
    """What came of a campaign, or of all years of one together.

    Attributes:
        code: a key of [texts.finding], before the control has its say.
        pulse: observed and expected, None where no count can be told.
        control: the same of all recorded crime, or None where it is not held.
        placebo: the years without any campaign in the same months: (year of the first month, pulse).
        clauses: what else must be said: (key of [texts.clause], facts).
    """

    code: str
    pulse: Pulse | None = None
    control: Pulse | None = None
    placebo: tuple[tuple[int, Pulse], ...] = ()
    clauses: tuple[tuple[str, Mapping[str, str]], ...] = ()


_Group = tuple[Sequence[_Declared], Mapping[str, _Estimate], tuple[_Estimate, Sequence[_Declared]] | None]


@lru_cache(maxsize=16)
def _told(plan: Plan, build: Build) -> pd.DataFrame:
    rows: list[dict[str, Any]] = []
    for together, found, pooled in _estimates(plan, build):
        if pooled is not None:
            rows.append(_pooled_row(pooled[0], pooled[1], plan, build))
        rows += [_row(one, found[one.code], plan, build) for one in together]
    latest: dict[str, date] = {}
    for row in rows:
        latest[row["series"]] = max(row["starts_on"], latest.get(row["series"], row["starts_on"]))
    other = words.say("campaigns", "texts", "series", "other")
    rows.sort(key=lambda row: (row["kind_code"] == "pooled", row["starts_on"]), reverse=True)
    rows.sort(key=lambda row: (row["series"] == other, -latest[row["series"]].toordinal()))
    return pd.DataFrame(rows)


@lru_cache(maxsize=16)
def _estimates(plan: Plan, build: Build) -> tuple[_Group, ...]:
    """What came of every campaign: groups that are fitted together, each newest first."""
    every = _declared(plan)
    found: list[_Group] = []
    for _, group in groupby(sorted(every, key=_key), key=_key):
        together = sorted(group, key=lambda one: one.first, reverse=True)
        if build.is_shareable:
            codes = {one.code: "to_come" if one.until >= plan.on else _ask.RESTRICTED_ONLY for one in together}
            found.append((together, {code: _Estimate(kind) for code, kind in codes.items()}, None))
        else:
            found.append((together, *_judged(together, every, plan, build)))
    return tuple(found)


def _key(one: _Declared) -> tuple[str, ...]:
    """What makes campaigns years of one: they are fitted together."""
    row = one.row
    return row["series_code"], row["measure_code"], row["area_code"], row["strand_code"]


def _declared(plan: Plan) -> list[_Declared]:
    versions: dict[str, list[Row]] = {}
    for row in plan.versions("campaign"):
        versions.setdefault(row["campaign_code"], []).append(row)
    series = [row["series_code"] for row in plan.rows("campaign")]
    found = []
    for row in plan.rows("campaign"):
        said = versions[row["campaign_code"]]
        stands = said[-1]
        for earlier in reversed(said):
            if any(earlier[name] != row[name] for name in _DESIGN):
                break
            stands = earlier
        first, last = date.fromisoformat(row["starts_on"]), date.fromisoformat(row["ends_on"])
        until = date.fromisoformat(row["window_ends_on"])
        declared_on, first_on = local_day(stands["at"]), local_day(said[0]["at"])
        code = "before" if declared_on < first else "changed_after" if first_on < first else "after"
        comes_round = series.count(row["series_code"]) > 1
        found.append(
            _Declared(row, first, last, until, _months(first, until), declared_on, code, first_on, comes_round)
        )
    return found


def _months(first: date, last: date) -> tuple[date, ...]:
    return tuple(
        date(position // 12, position % 12 + 1, 1)
        for position in range(first.year * 12 + first.month - 1, last.year * 12 + last.month)
    )


def _judged(
    together: Sequence[_Declared], every: Sequence[_Declared], plan: Plan, build: Build
) -> tuple[dict[str, _Estimate], tuple[_Estimate, list[_Declared]] | None]:
    """Every campaign of a group that is fitted together, and all of them as one where that can be."""
    selection = together[0].selection(plan)
    frame = _series.months(selection, build)
    found = {one.code: _Estimate(code) for one in together if (code := _not_yet(one, frame, plan)) is not None}
    judged = [one for one in together if one.code not in found]
    for one in judged:
        if any(set(one.months) & set(other.months) for other in judged if other is not one):
            found[one.code] = _Estimate("not_apart")
    judged = [one for one in judged if one.code not in found]
    if not judged:
        return found, None
    others = [one for one in every if one not in together and one.row["area_code"] in (selection.area, "llr")]
    other_months = {month for one in (*others, *together) for month in one.months}
    told = _uplift(frame, judged, other_months, breaks.segments(selection.measure, selection.area, frame))
    control, control_pooled = _control(judged, other_months, selection, plan, build)
    placebo = _placebo(frame, judged, other_months, selection)
    for one, pulse in zip(judged, told.each, strict=True):
        found[one.code] = _Estimate(
            _finding(pulse), pulse, control[one.code], placebo[one.code], tuple(_clauses(one, frame, others, selection))
        )
    if told.pooled is None:
        return found, None
    of = [judged[place] for place in told.pooled_windows]
    beside = control_pooled[1] if control_pooled and {one.code for one in of} == control_pooled[0] else None
    return found, (_Estimate(_finding(told.pooled), told.pooled, beside), of)


def _not_yet(one: _Declared, frame: pd.DataFrame, plan: Plan) -> str | None:
    """Why a campaign's months cannot be looked at, or None when they can."""
    if one.until >= plan.on:
        return "to_come"
    held = [day.date() for day in frame["starts_on"]]
    if not held or one.months[0] < held[0]:
        return "not_held"
    if one.months[-1] > held[-1]:
        return "not_held" if breaks.ended(one.row["measure_code"], one.until) else "awaiting"
    return None if set(one.months) <= set(held) else "not_held"


def _uplift(
    frame: pd.DataFrame, windows: Sequence[_Declared], other_months: set[date], stretches: list[int]
) -> campaign.Uplift:
    place = {day.date(): at for at, day in enumerate(frame["starts_on"])}
    spans = [[place[month] for month in one.months] for one in windows]
    left_out = {place[month] for month in other_months if month in place} - {at for span in spans for at in span}
    return campaign.uplift(frame["value"].to_numpy(), spans, left_out=left_out, stretches=stretches)


def _control(
    judged: Sequence[_Declared], other_months: set[date], selection: Selection, plan: Plan, build: Build
) -> tuple[dict[str, Pulse | None], tuple[set[str], Pulse] | None]:
    """The same of all recorded crime: by campaign, and of all of them together with which those are."""
    frame = _ask.figures(build, "campaigns.control", area=selection.area, last_on=plan.quarter.ends_on)
    frame["ends_on"] = frame["starts_on"] + pd.offsets.MonthEnd(0)
    held = {day.date() for day in frame["starts_on"]}
    within = [one for one in judged if set(one.months) <= held]
    found: dict[str, Pulse | None] = {one.code: None for one in judged}
    if not within:
        return found, None
    told = _uplift(frame, within, other_months, breaks.segments(CONTROL, selection.area, frame))
    found |= {one.code: pulse for one, pulse in zip(within, told.each, strict=True)}
    pooled = ({within[at].code for at in told.pooled_windows}, told.pooled) if told.pooled else None
    return found, pooled


def _placebo(
    frame: pd.DataFrame, judged: Sequence[_Declared], other_months: set[date], selection: Selection
) -> dict[str, tuple[tuple[int, Pulse], ...]]:
    """The same months of earlier years in which no campaign was declared, fitted without any campaign's months."""
    place = {day.date(): at for at, day in enumerate(frame["starts_on"])}
    idle = {place[month] for month in other_months if month in place}
    stretches = breaks.segments(selection.measure, selection.area, frame)
    counts = frame["value"].to_numpy()
    found = {}
    for one in judged:
        span = [place[month] for month in one.months]
        years = range(1, span[0] // 12 + 1)
        earlier = {one.months[0].year - back: [at - 12 * back for at in span] for back in years}
        clear = {
            year: at
            for year, at in earlier.items()
            if not idle & set(at) and [stretches[month] for month in at] == [stretches[month] for month in span]
        }
        told = campaign.uplift(counts, list(clear.values()), left_out=idle, stretches=stretches).each
        found[one.code] = tuple((year, pulse) for year, pulse in zip(clear, told, strict=True) if pulse.refusal is None)
    return found


def _finding(pulse: Pulse) -> str:
    if pulse.refusal is not None:
        return pulse.refusal
    if min(pulse.observed, pulse.expected) < FEW:
        return "few"
    return "more" if pulse.low > 1 else "fewer" if pulse.high < 1 else "no_clear_change"


def _clauses(
    one: _Declared, frame: pd.DataFrame, others: Sequence[_Declared], selection: Selection
) -> list[tuple[str, dict[str, str]]]:
    """What else was in a campaign's months: other campaigns, events, reports still being added."""
    first, last = one.months[0], (one.months[-1].replace(day=28) + timedelta(days=4)).replace(day=1)
    happened = [
        event.title
        for event in breaks.events()
        if event.kind == "event" and event.starts_on < last and (event.ends_on or event.starts_on) >= first
    ]
    beside = [str(other.row["name"]) for other in others if set(other.months) & set(one.months)]
    mine = frame[frame["starts_on"].isin([pd.Timestamp(month) for month in one.months])]
    said = []
    if beside:
        said.append(("shared", {"names": words.join(list(dict.fromkeys(beside)))}))
    if happened:
        said.append(("events", {"names": words.join(happened)}))
    if mine["is_provisional"].any():
        said.append(("provisional", {}))
    return said


def _row(one: _Declared, found: _Estimate, plan: Plan, build: Build) -> dict[str, Any]:
    row = one.row
    state = "upcoming" if one.first > plan.on else "running" if one.until >= plan.on else "finished"
    days = {
        "declared_on": day_label(one.declared_on),
        "first_on": day_label(one.first_on),
        "days": words.count("day", abs((one.first - one.declared_on).days)),
    }
    is_checked = bool(row["is_route_checked"]) and found.pulse is not None
    return {
        "kind_code": "campaign",
        "campaign_code": one.code,
        "campaign": row["name"],
        "standing_code": state,
        "standing": words.label("campaign_standing", state),
        "starts_on": one.first,
        "ends_on": one.last,
        "when": _window(one),
        "declared_on": one.declared_on,
        "declared_code": one.declared_code,
        "declared": words.say("campaigns", "texts", "declared", one.declared_code, **days),
        "note": _note(row["note"] or "", build),
        "routes": _routes(one, plan, build) if is_checked else "",
        "placebo": _placebo_words(found),
        **_common(one, plan),
        **_estimated(found, _named(one.months), one, build),
    }


def _note(written: str, build: Build) -> str:
    """What people wrote of a campaign; where the shareable file is open, that it is held elsewhere."""
    return words.say("states", _ask.RESTRICTED_ONLY, "title") if written and build.is_shareable else written


def _pooled_row(found: _Estimate, of: Sequence[_Declared], plan: Plan, build: Build) -> dict[str, Any]:
    latest = max(of, key=lambda one: one.first)
    years = words.join(sorted(str(one.months[0].year) for one in of))
    is_late = any(one.declared_code != "before" for one in of)
    return {
        "kind_code": "pooled",
        "campaign_code": "",
        "campaign": words.say("campaigns", "texts", "series", "pooled", years=years),
        "standing_code": "finished",
        "standing": words.label("campaign_standing", "together"),
        "starts_on": latest.first,
        "ends_on": latest.last,
        "when": "",
        "declared_on": None,
        "declared_code": "after" if is_late else "before",
        "declared": words.say("campaigns", "texts", "declared", "some_after" if is_late else "all_before"),
        "note": "",
        "routes": "",
        "placebo": "",
        **_common(latest, plan),
        "months": words.join([MONTH_NAMES[month.month - 1] for month in latest.months]),
        **_estimated(found, words.say("campaigns", "texts", "series", "months"), latest, build),
    }


def _common(one: _Declared, plan: Plan) -> dict[str, Any]:
    row = one.row
    series = one.series_name if one.is_of_a_series else words.say("campaigns", "texts", "series", "other")
    strand = "counted_strand" if row["strand_code"] != "all" else "counted"
    return {
        "series": series,
        "months": _named(one.months),
        "measure_code": row["measure_code"],
        "counted": words.say(
            "campaigns", "texts", "series", strand,
            measure=words.label("measure", row["measure_code"]),
            strand=words.label("strand", row["strand_code"]),
            area=words.label("area_in_sentence", row["area_code"]),
        ),
        "direction_code": row["direction_code"],
        "direction": words.label("campaign_direction", row["direction_code"]),
        "owner_code": row["owner_code"],
        "owner": plan.names.get(row["owner_code"], row["owner_code"]),
    }  # fmt: skip


def _estimated(found: _Estimate, months: str, one: _Declared, build: Build) -> dict[str, Any]:
    """The sentence of a row, what stands beside it, and its figures."""
    pulse, control = found.pulse, found.control
    code, beside = found.code, _weighed(found)
    if beside == "alike":
        code = f"{code}_like_control"
    facts = {"months": months, "data_to": day_label(build.data_to)}
    if pulse is not None:
        facts |= {
            "observed": f"{pulse.observed:,.0f}",
            "expected": _about(pulse.expected),
            **_change_words(pulse),
            "verdict": words.say("campaigns", "texts", "verdict", _side(pulse)) if code == "few" else "",
        }
    said = [words.say("campaigns", "texts", "finding", code, **facts)]
    if (
        pulse is not None
        and pulse.refusal is None
        and _side(pulse) == {"up": "fewer", "down": "more"}[one.row["direction_code"]]
    ):
        said.append(words.say("campaigns", "texts", "clause", "opposite"))
    said += [words.say("campaigns", "texts", "clause", clause, **more) for clause, more in found.clauses]
    is_told = pulse is not None and pulse.refusal is None
    is_controlled = control is not None and control.refusal is None
    return {
        "finding_code": code,
        "finding": " ".join(said),
        "observed": pulse.observed if pulse else np.nan,
        "expected": pulse.expected if pulse else np.nan,
        "ratio": pulse.ratio if pulse else np.nan,
        "low": pulse.low if pulse else np.nan,
        "high": pulse.high if pulse else np.nan,
        "control_ratio": control.ratio if is_told and is_controlled and control else np.nan,
        "control": words.say("campaigns", "texts", "control", beside, **(_change_words(control) if control else {}))
        if is_told
        else "",
    }


def _side(pulse: Pulse) -> str:
    return "more" if pulse.low > 1 else "fewer" if pulse.high < 1 else "no_clear_change"


def _weighed(found: _Estimate) -> str:
    """How the control bears on what was found: apart, alike, plain (nothing to weigh), or why there is none."""
    pulse, control = found.pulse, found.control
    if pulse is None or control is None:
        return "not_held"
    if control.refusal is not None:
        return "short_history" if control.refusal == "short_history" else "not_judged"
    if found.code not in ("more", "fewer"):
        return "plain"
    _, low, high = campaign.against(pulse, control)
    return "alike" if low <= 1 <= high else "apart"


def _placebo_words(found: _Estimate) -> str:
    if found.pulse is None or found.pulse.refusal is not None or found.code == "few":
        return ""
    told = [
        (year, pulse)
        for year, pulse in found.placebo
        if pulse.refusal is None and min(pulse.observed, pulse.expected) >= FEW
    ]
    if not told:
        return ""
    ratios = [pulse.ratio for _, pulse in told]
    is_more = found.code == "more"
    as_far = sum(ratio >= found.pulse.ratio if is_more else ratio <= found.pulse.ratio for ratio in ratios)
    return words.say(
        "campaigns", "texts", "placebo", "judged" if found.code in ("more", "fewer") else "plain",
        years=words.join([str(year) for year, _ in sorted(told)]),
        lowest=_percent(min(ratios)), highest=_percent(max(ratios)),
        as_far=as_far, of=len(ratios),
    )  # fmt: skip


def _routes(one: _Declared, plan: Plan, build: Build) -> str:
    """Third-party and online routes in the quarters of a campaign, beside the same quarters of other years."""
    selection = one.selection(plan)
    frame = _ask.figures(
        build, "campaigns.routes", area=selection.area, measure=selection.measure, strand=selection.strand
    )
    frame = frame[frame["quarter_code"] <= plan.quarter.code]
    counts = frame.pivot_table(index=["starts_on", "ends_on"], columns="channel_code", values="reports", fill_value=0)
    counts = counts.reset_index()
    chosen = [Quarter.of(month) for month in one.months]
    mine = list(dict.fromkeys(chosen))
    quarters = [Quarter.of(day.date()) for day in counts["starts_on"]]
    stretch = breaks.segments(selection.measure, selection.area, counts) if quarters else []
    at = [quarters.index(quarter) for quarter in mine if quarter in quarters]
    if len(at) < len(mine):
        return words.say("campaigns", "texts", "routes", "not_held")
    if len({stretch[place] for place in at}) > 1:
        return words.say("campaigns", "texts", "routes", "cut_inside")
    like = [
        place
        for place, quarter in enumerate(quarters)
        if quarter.number in {one.number for one in mine} and place not in at and stretch[place] == stretch[at[0]]
    ]
    options = load_settings().options["victims"]["other_routes"]
    now, before = (_shared(counts, places, options) for places in (at, like))
    if min(now[1], before[1]) < FEW:
        return words.say("campaigns", "texts", "routes", "few")
    return words.say(
        "campaigns", "texts", "routes", "told",
        routes=words.join([words.label("channel_in_sentence", code) for code in options]),
        quarters=words.join([quarter.label for quarter in mine]),
        share=_ask.share(*now), reported=f"{now[0]:,}", known=f"{now[1]:,}",
        before=_ask.share(*before), years=words.count("other_year", len({quarters[place].year for place in like})),
        verdict=words.label("verdict", _change.of_share(now, before)),
    )  # fmt: skip


def _shared(counts: pd.DataFrame, places: Sequence[int], routes: Sequence[str]) -> tuple[int, int]:
    """Reports by those routes, and reports whose route is known, in the quarters at those places."""
    told = counts.iloc[list(places)].drop(columns=["starts_on", "ends_on", "not_known"], errors="ignore")
    return int(told[[code for code in routes if code in told]].to_numpy().sum()), int(told.to_numpy().sum())


def _window(one: _Declared) -> str:
    same = (one.first.year, one.first.month) == (one.last.year, one.last.month)
    first = str(one.first.day) if same else day_label(one.first)
    days = day_label(one.last)
    if one.first != one.last:
        days = words.say("quality", "texts", "covers", first=first, last=days)
    if one.until == one.last:
        return days
    return words.say("campaigns", "texts", "series", "with_after", days=days, until=day_label(one.until))


def _named(months: Sequence[date]) -> str:
    """`October and November 2022`, `December 2022 and January 2023`."""
    parts = []
    for year, of_year in groupby(months, key=lambda month: month.year):
        *others, last = of_year
        parts += (
            [MONTH_NAMES[month.month - 1] for month in others]
            if year == months[-1].year
            else [month_label(month) for month in others]
        )
        parts.append(month_label(last))
    return words.join(parts)


def _about(expected: float) -> str:
    return f"{expected:,.0f}" if expected >= FEW else f"{expected:,.1f}"


def _change_words(pulse: Pulse) -> dict[str, str]:
    if pulse.refusal is not None:
        return {}
    ends = sorted((pulse.low, pulse.high), key=lambda ratio: abs(np.log(ratio)))
    if pulse.low > 1 or pulse.high < 1:
        between = {"low": _size(ends[0]), "high": _percent(ends[1])}
    else:
        between = {"low": _percent(pulse.low), "high": _percent(pulse.high)}
    return {"change": _percent(pulse.ratio), "between": words.say("campaigns", "texts", "series", "between", **between)}


def _percent(ratio: float) -> str:
    """`54% more`, `8% fewer`: never a change of 0%."""
    return words.say("campaigns", "texts", "change", "more" if ratio >= 1 else "fewer", percent=_size(ratio))


def _size(ratio: float) -> str:
    percent = round(100 * abs(ratio - 1))
    return words.say("frame", "under_percent", percent=1) if percent == 0 else f"{percent:,}%"


def _dot(kind: str, one: _Declared, pulse: Pulse | None, year: int | None = None) -> dict[str, Any]:
    """One dot of the chart, or why there is none."""
    told = Pulse(np.nan, np.nan, refusal="not_settled") if pulse is None else pulse
    text = ""
    if told.refusal is not None:
        facts = {"observed": f"{told.observed:,.0f}", "expected": _about(told.expected)}
        text = words.say("campaigns", "texts", "refused", told.refusal, **facts)
    if kind == "year" and one.declared_code != "before":
        kind = "year_late"
    return {
        "kind_code": kind.removesuffix("_late"),
        "label": words.say("campaigns", "texts", "label", kind, year=year or one.first.year),
        "observed": told.observed,
        "expected": told.expected,
        "value": 100 * (told.ratio - 1),
        "low": 100 * (told.low - 1),
        "high": 100 * (told.high - 1),
        "text": text,
    }


def _signed(percent: float) -> str:
    if np.isnan(percent):
        return words.say("frame", "missing_value")
    return f"{percent:+,.0f}%".replace("-", "\u2212") if round(abs(percent)) else "0%"
