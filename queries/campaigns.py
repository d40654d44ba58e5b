"""Which campaigns were declared, and did more people report while they ran than would have been expected?"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import date
from functools import lru_cache
from typing import Any

import numpy as np
import pandas as pd

from core import breaks, words
from core.model import Answer, Build, Selection, Viewer
from core.periods import MONTH_NAMES, Quarter, day_label
from core.settings import load_settings
from queries import _ask, _series
from queries._change import FEW
from queries._plan import Plan, opened
from stats import campaign

WHOLE, CONTROL, PLACEBO, YEAR = "whole", "control", "placebo", "year"
_EARLIER_YEARS = 3  # without the campaign, looked at where the months are held


@dataclass(frozen=True)
class _Campaign:
    """One declared campaign: what it is of, its days, and when what was declared was written."""

    code: str
    series: str
    name: str
    starts_on: date
    ends_on: date
    window_ends_on: date
    area: str
    measure: str
    owner: str
    note: str
    declared_on: date

    @property
    def is_declared_before(self) -> bool:
        return self.declared_on < self.starts_on

    def months(self) -> pd.DatetimeIndex:
        """The first days of the months its window touches."""
        first = pd.Timestamp(self.starts_on).to_period("M").to_timestamp()
        return pd.date_range(first, pd.Timestamp(self.window_ends_on), freq="MS")


def calendar(selection: Selection, viewer: Viewer, build: Build) -> Answer:
    """Which campaigns are declared: when, by whom, and whether that was before they began?

    Frame, one row per campaign, latest first: campaign_code, label, when, window, measure, owner, declared_on,
    declared_code, declared, standing_code, standing, note.
    """
    question = "campaigns.calendar"
    plan = opened(selection, viewer, build)
    if plan is None:
        return _ask.answer(question, pd.DataFrame(), Selection(selection.quarter), build, withheld="no_plan")
    declared = _declared(plan)
    if not declared:
        return _ask.answer(question, pd.DataFrame(), Selection(selection.quarter), build, withheld="no_campaign")
    frame = pd.DataFrame([_listed(one, plan) for one in reversed(declared)])
    facts = {
        "plan": plan.title,
        "as_at": day_label(plan.on),
        "campaigns": words.count("campaign", len(frame)),
        "upcoming": int((frame["standing_code"] == "upcoming").sum()),
        "late": int((frame["declared_code"] == "late").sum()),
    }
    return _ask.answer(
        question, frame, Selection(selection.quarter), build, facts=facts,
        finding="late" if facts["late"] else "plain", notes=("campaign_declared",),
    )  # fmt: skip


def uplift(selection: Selection, viewer: Viewer, build: Build) -> Answer:
    """Did more people report in the months of the campaign than would have been expected, and did anything else move?

    Of the campaign with the most finished years in months recorded alike. Frame: kind_code (year, whole, control,
    placebo), label, observed, expected, value (percent above or below what was expected), low, high (95%), text (why
    there is no estimate), highlight.
    """
    question = "campaigns.uplift"
    if build.is_shareable:
        return _ask.restricted_only(question, Selection(selection.quarter), build)
    plan = opened(selection, viewer, build)
    chosen = _of_the_longest_series(_declared(plan), selection) if plan is not None else []
    if not chosen:
        return _ask.answer(question, pd.DataFrame(), Selection(selection.quarter), build, withheld="no_campaign")
    latest = chosen[-1]
    asked = Selection(selection.quarter, latest.area, "all", latest.measure)
    months = _alike(asked, build, latest)
    windows = _windows(months, chosen)
    kept = [one for one, window in zip(chosen, windows, strict=True) if window]
    if not kept:
        return _ask.answer(question, pd.DataFrame(), asked, build, withheld="no_campaign")
    name = _series_name(latest)
    rows = _estimated(months, [window for window in windows if window], [_year_label(one) for one in kept], name)
    whole = rows[-1]
    rows += _control(kept, asked, build) + _placebo(months, kept)
    frame = pd.DataFrame(rows)
    frame["highlight"] = frame["kind_code"] == WHOLE
    control = frame[frame["kind_code"] == CONTROL]
    facts = {
        "unit": "percent",
        "campaign": name,
        "years": words.count("year", len(kept)),
        "whole": _percent(whole["value"]),
        "low": _percent(whole["low"]),
        "high": _percent(whole["high"]),
        "observed": f"{whole['observed']:,.0f}",
        "expected": f"{whole['expected']:,.0f}",
        "reason": whole["text"],
        "control_said": _control_said(control),
        "routes_said": _routes_said(kept[-1], asked, build),
        "late": sum(not one.is_declared_before for one in kept),
        "months": _month_names(kept[-1]),
    }
    notes = ("campaign_meaning", "campaign_method", *(("campaign_late",) if facts["late"] else ()))
    return _ask.answer(question, frame, asked, build, finding=_finding(whole, control), facts=facts, notes=notes)


def _declared(plan: Plan | None) -> list[_Campaign]:
    """Every campaign of the plan, in order of its first day."""
    rows = plan.rows("campaign") if plan is not None else []
    found = [
        _Campaign(
            row["campaign_code"], row["series_code"], row["name"], date.fromisoformat(row["starts_on"]),
            date.fromisoformat(row["ends_on"]), date.fromisoformat(row["window_ends_on"]), row["area_code"],
            row["measure_code"], row["owner_code"], row["note"] or "", row["at"].date(),
        )
        for row in rows
    ]  # fmt: skip
    return sorted(found, key=lambda one: one.starts_on)


def _listed(one: _Campaign, plan: Plan) -> dict[str, Any]:
    standing = "upcoming" if one.starts_on > plan.on else "running" if one.window_ends_on >= plan.on else "finished"
    declared = "before" if one.is_declared_before else "late"
    return {
        "campaign_code": one.code,
        "label": one.name,
        "when": words.say("quality", "texts", "covers", first=day_label(one.starts_on), last=day_label(one.ends_on)),
        "window": day_label(one.window_ends_on),
        "measure": words.label("measure", one.measure),
        "owner": plan.names[one.owner],
        "declared_on": one.declared_on,
        "declared_code": declared,
        "declared": words.label("campaign_declared", declared),
        "standing_code": standing,
        "standing": words.label("campaign_standing", standing),
        "note": one.note,
    }


def _of_the_longest_series(declared: Sequence[_Campaign], selection: Selection) -> list[_Campaign]:
    """The finished campaigns of the series that has the most of them by the end of the selected quarter."""
    last = Quarter.parse(selection.quarter).ends_on
    by_series: dict[str, list[_Campaign]] = {}
    for one in declared:
        if one.window_ends_on <= last:
            by_series.setdefault(one.series, []).append(one)
    return max(by_series.values(), key=len, default=[])


@lru_cache(maxsize=16)
def _alike(asked: Selection, build: Build, latest: _Campaign) -> pd.DataFrame:
    """The months recorded as the latest campaign's were: a window is never compared across a cut."""
    months = _series.months(asked, build)
    if months.empty:
        return months
    months["stretch"] = breaks.segments(asked.measure, asked.area, months)
    within = months.loc[months["starts_on"] == latest.months()[0], "stretch"]
    return months[months["stretch"] == within.iloc[0]].reset_index(drop=True) if len(within) else months.iloc[:0]


def _windows(months: pd.DataFrame, chosen: Sequence[_Campaign]) -> list[list[int]]:
    """Positions of each campaign's months; empty where they are not all there, or an earlier one has any of them."""
    place = {day: position for position, day in enumerate(months["starts_on"])}
    found: list[list[int]] = []
    taken: set[int] = {-1}
    for one in chosen:
        positions = [place.get(day, -1) for day in one.months()]
        found.append([] if taken.intersection(positions) else positions)
        taken.update(positions)
    return found


def _estimated(
    months: pd.DataFrame, windows: Sequence[Sequence[int]], labels: Sequence[str], name: str
) -> list[dict[str, Any]]:
    found = campaign.uplift(months["value"].to_numpy(), windows)
    said = [*labels, words.say("campaigns", "texts", "label", WHOLE, campaign=name)]
    kinds = [*[YEAR] * len(labels), WHOLE]
    return [_row(kind, label, row) for kind, label, row in zip(kinds, said, found.to_dict("records"), strict=True)]


def _control(kept: Sequence[_Campaign], asked: Selection, build: Build) -> list[dict[str, Any]]:
    """All recorded crime in the same months, which no campaign about hate should move."""
    held = _ask.figures(build, "campaigns.control", area=asked.area)
    held = held[held["starts_on"] <= pd.Timestamp(Quarter.parse(asked.quarter).ends_on)].reset_index(drop=True)
    windows = [window for window in _windows(held, kept) if window]
    label = words.say("campaigns", "texts", "label", CONTROL)
    if not windows:
        return [{**_row(CONTROL, label, None), "text": words.say("campaigns", "texts", "refused", "no_control")}]
    return [_row(CONTROL, label, campaign.uplift(held["value"].to_numpy(), windows).iloc[-1].to_dict())]


def _placebo(months: pd.DataFrame, kept: Sequence[_Campaign]) -> list[dict[str, Any]]:
    """The same months of the years before the first campaign, in which there was none."""
    first = kept[0]
    earlier = [
        replace(
            first,
            starts_on=_years_before(first.starts_on, years),
            window_ends_on=_years_before(first.window_ends_on, years),
        )
        for years in range(_EARLIER_YEARS, 0, -1)
    ]
    held = [(one, window) for one, window in zip(earlier, _windows(months, earlier), strict=True) if window]
    windows = [window for _, window in held] + [window for window in _windows(months, kept) if window]
    if not held:
        return []
    found = campaign.uplift(months["value"].to_numpy(), windows).to_dict("records")
    return [
        _row(PLACEBO, words.say("campaigns", "texts", "label", PLACEBO, year=one.starts_on.year), row)
        for (one, _), row in zip(held, found, strict=False)
    ]


def _years_before(day: date, years: int) -> date:
    return day.replace(year=day.year - years, day=min(day.day, 28))


def _row(kind: str, label: str, found: Mapping[Any, Any] | None) -> dict[str, Any]:
    told = found or {
        "observed": np.nan,
        "expected": np.nan,
        "refusal": "",
        "ratio": np.nan,
        "low": np.nan,
        "high": np.nan,
    }
    text = ""
    if told["refusal"]:
        expected = "" if np.isnan(told["expected"]) else f"{told['expected']:,.0f}"
        text = words.say(
            "campaigns",
            "texts",
            "refused",
            str(told["refusal"]),
            observed=f"{told['observed']:,.0f}",
            expected=expected,
        )
    return {
        "kind_code": kind,
        "label": label,
        "observed": told["observed"],
        "expected": told["expected"],
        "value": 100 * (told["ratio"] - 1),
        "low": 100 * (told["low"] - 1),
        "high": 100 * (told["high"] - 1),
        "text": text,
    }


def _finding(whole: Mapping[str, Any], control: pd.DataFrame) -> str:
    if whole["text"]:
        return "refused"
    if whole["low"] <= 0 <= whole["high"]:
        return "no_clear_change"
    direction = "more" if whole["low"] > 0 else "fewer"
    moved_too = len(control) and (control["low"] > 0 if direction == "more" else control["high"] < 0).iloc[0]
    return f"{direction}_with_control" if moved_too else direction


def _control_said(control: pd.DataFrame) -> str:
    row = control.iloc[0]
    if row["text"] or np.isnan(row["value"]):
        return words.say("campaigns", "texts", "control", "none")
    kind = "still" if row["low"] <= 0 <= row["high"] else "moved"
    facts = {name: _percent(row[name]) for name in ("value", "low", "high")}
    return words.say("campaigns", "texts", "control", kind, **facts)


def _routes_said(latest: _Campaign, asked: Selection, build: Build) -> str:
    """Whether more came by the routes a campaign speaks of, in the quarters of its window beside the year before."""
    quarters = sorted({Quarter.of(day.date()) for day in latest.months()})
    now = _routes(quarters, asked, build)
    before = _routes([quarter.year_before for quarter in quarters], asked, build)
    if min(now[1], before[1]) < FEW:
        return words.say("campaigns", "texts", "routes", "few")
    return words.say(
        "campaigns", "texts", "routes", "told",
        quarters=words.join([quarter.label for quarter in quarters]),
        now=_ask.share(*now), before=_ask.share(*before), known=f"{now[1]:,}",
    )  # fmt: skip


def _routes(quarters: Sequence[Quarter], asked: Selection, build: Build) -> tuple[int, int]:
    found = _ask.figures(
        build, "campaigns.routes", area=asked.area, measure=asked.measure,
        quarters=tuple(quarter.code for quarter in quarters),
        routes=tuple(load_settings().options["victims"]["other_routes"]),
    ).iloc[0]  # fmt: skip
    return int(found["by_these"]), int(found["known"])


def _series_name(one: _Campaign) -> str:
    """The campaign's name without its year."""
    return one.name.removesuffix(f" {one.starts_on.year}")


def _year_label(one: _Campaign) -> str:
    kind = "year" if one.is_declared_before else "year_late"
    return words.say("campaigns", "texts", "label", kind, campaign=_series_name(one), year=one.starts_on.year)


def _month_names(one: _Campaign) -> str:
    return words.join([MONTH_NAMES[day.month - 1] for day in one.months()])


def _percent(value: float) -> str:
    if np.isnan(value):
        return words.say("frame", "missing_value")
    return f"{value:+,.0f}%".replace("-", "\u2212") if round(abs(value)) else "0%"
