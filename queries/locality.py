"""How does one community safety partnership stand: beside its own past, beside LLR, and in the plan?"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, replace
from functools import lru_cache
from typing import Any

import numpy as np
import pandas as pd

from core import breaks, words
from core.csps import authorities_of, csp_of, csps
from core.model import AUTHORITIES, Answer, Build, Selection, Viewer
from core.periods import Quarter, day_label
from core.settings import load_settings
from queries import _ask, _change, _series, plan, returns
from queries._plan import Plan, local_day, opened
from stats import change, rates

CHOOSE = "choose_locality"
"""The state of what is told of one partnership while a wider area is chosen."""


def chosen(selection: Selection, viewer: Viewer, build: Build) -> Answer:
    """Which partnership is this page of?

    Frame: csp_code, area_code, label: the one the selected area belongs to; where it is wider than one the answer is
    withheld, and these are those to choose from.
    """
    on, csp = _day(selection), _csp(selection)
    rows = [
        {"csp_code": one.code, "area_code": one.area_code, "label": _way(one.name, one.area_code)}
        for one in csps(on)
        if csp in (None, one.code)
    ]
    withheld = CHOOSE if csp is None else None
    return _ask.answer("locality.chosen", pd.DataFrame(rows), selection, build, withheld=withheld)


def own(selection: Selection, viewer: Viewer, build: Build) -> Answer:
    """How does the selected area's partnership stand in its own part of the plan?

    Frame, one row per outcome: kind_code (partnership: its part of what all return; local: set by itself), kind,
    position, outcome_code, outcome, measures, and all that `plan.board` shows of an outcome. The facts `adoption` and
    `sentence` say what it decided on the plan, and name what is Red, overdue or not rated.
    """
    question = "locality.own"
    csp, found = _csp(selection), opened(selection, viewer, build)
    if csp is None:
        return _choose(question, selection, build)
    if found is None:
        return _ask.answer(question, pd.DataFrame(), _of_plan(selection), build, withheld="no_plan")
    frame = _own(found, csp, build).copy() if csp in found.csps else pd.DataFrame()
    if frame.empty:
        return _ask.answer(question, frame, _of_plan(selection), build, withheld="not_in_plan")
    name = found.names[found.csps[csp]]
    facts = {
        "csp": name,
        "organisation_code": found.csps[csp],
        "area_chosen": words.label("area", selection.area),
        "adoption": _adoption(found, csp)["adoption"],
        "adoption_said": _decided(found, csp, build),
        **plan.facts_of(frame),
    }
    shared = ("csp_shared",) if selection.area not in {one.area_code for one in csps(_day(selection))} else ()
    return _answer(question, frame, selection, build, found, finding="plain", facts=facts, notes=shared)


def matrix(selection: Selection, viewer: Viewer, build: Build) -> Answer:
    """How does each partnership stand in each outcome that partnerships return, and what did it decide on the plan?

    Frame, one row per cell: outcome_code, outcome ('' and a name for the decisions, which come last), csp_code, csp,
    status_code ('' where it returns none, and of a decision), adoption_code ('' elsewhere), status, reason.
    """
    question = "locality.matrix"
    found = opened(selection, viewer, build)
    if found is None:
        return _ask.answer(question, pd.DataFrame(), _whole(selection), build, withheld="no_plan")
    there = {one.code for one in csps(_day(selection))}
    columns = [csp for csp in found.csps if csp in there]
    parts = {csp: _parts(found, csp, build) for csp in columns}
    outcomes = {row["outcome_code"]: row["words"] for row in found.outcomes}
    asked = [code for code in outcomes if any(code in of_csp.index for of_csp in parts.values())]
    rows = [
        _cell(code, outcomes[code], csp, found.names[found.csps[csp]], parts[csp]) for code in asked for csp in columns
    ]
    rows += [_decision(found, csp) for csp in columns]
    frame = pd.DataFrame(rows)
    rated = frame[frame["status_code"] != ""]
    red = rated[rated["status_code"] == "red"]
    facts = {
        "counts": plan.counted(rated),
        "outcomes": words.count("outcome", len(asked)),
        "csps": len(columns),
        "parts": len(rated),
        "red_named": words.join(
            [
                words.say("locality", "texts", "cell", outcome=code, csp=csp)
                for code, csp in zip(red["outcome_code"], red["csp"], strict=True)
            ]
        ),
    }
    finding = "some_red" if len(red) else "plain" if len(rated) else "nothing"
    return _answer(question, frame, _whole(selection), build, found, finding=finding, facts=facts)


def compared(selection: Selection, viewer: Viewer, build: Build) -> Answer:
    """Reports per 1,000 residents in twelve months: the area and LLR, now and a year before.

    Frame: area_code, label, window_code (now|before), reports, population, population_year, value, low, high, text,
    highlight.
    """
    question = "locality.compared"
    if _csp(selection) is None:
        return _choose(question, selection, build)
    if not _ask.holds_window(selection, build):
        return _ask.no_window(question, selection, build)
    quarter = Quarter.parse(selection.quarter)
    held = _ask.figures(build, "quarter.areas", measure=selection.measure, strand=selection.strand)
    windows = {"now": quarter, "before": quarter.year_before}
    rows = [
        _rated(area, window, last, held, selection, build)
        for area in (selection.area, "llr")
        for window, last in windows.items()
    ]
    frame = pd.DataFrame(rows)
    options = load_settings().options["rates"]
    known = frame["reports"].notna().to_numpy()
    found = rates.rate(
        frame.loc[known, "reports"].astype(float), frame.loc[known, "population"].astype(float),
        per=options["per"], confidence=options["confidence"],
    )  # fmt: skip
    for name, column in (("value", "rate"), ("low", "low"), ("high", "high")):
        is_told = not build.is_shareable or name == "value"
        frame[name] = np.nan
        frame.loc[known, name] = found[column].to_numpy() if is_told else np.nan
    frame[["reports", "population", "population_year"]] = frame[["reports", "population", "population_year"]].astype(
        "Int64"
    )
    frame["text"] = ["" if is_known else words.say("locality", "texts", "not_held") for is_known in known]
    frame["highlight"] = [area == selection.area and window == "now" for area, window in _pairs(frame)]
    past = _change.of_year(selection, build)
    own_now, own_before, llr_now, _ = frame.to_dict("records")
    is_few = own_now["reports"] < _change.FEW
    beside = "rounded" if build.is_shareable else _beside(held, selection)
    facts = {
        "unit": "per_1000",
        "now": f"{own_now['value']:.2f}",
        "low": f"{own_now['low']:.2f}",
        "high": f"{own_now['high']:.2f}",
        "llr": f"{llr_now['value']:.2f}",
        "before": "" if pd.isna(own_before["value"]) else f"{own_before['value']:.2f}",
        "few": _change.FEW,
        "reason": past.reason,
        "population_year": int(own_now["population_year"]),
        "zero": _ask.zero(build, int(own_now["cells"])),
    }
    verdict = "mixed" if past.is_mixed else past.verdict
    told = {**_ask.common_facts(selection, build), **facts}
    facts |= {
        "beside_said": words.say("locality", "texts", "beside", beside, **told),
        "past_said": words.say("locality", "texts", "past", verdict, **told),
        "beside_code": beside,
        "past_code": verdict,
    }
    cells = int(frame["cells"].fillna(0).sum())
    window = _ask.window(selection)
    cut = breaks.crossed(selection.measure, selection.area, window.starts_on, window.ends_on)
    notes = ("compared", "residents", *(("window_straddles_cut",) if cut else ()))
    finding = "few" if is_few else "rounded" if build.is_shareable else "plain"
    return _ask.answer(question, frame, selection, build, finding=finding, facts=facts, notes=notes, cells=cells)


def local(headlines: Answer, own: Answer) -> Answer:
    """The sentences of `quarter.headlines` for a locality: of its own part of the plan instead of the whole."""
    frame = headlines.frame[headlines.frame["about"] != "plan"]
    if own.withheld is None:
        # nothing is recorded about a part: what was decided about the plan stands under the plan, on Quarter
        row = {"about": "own", "finding": own.finding, "facts": dict(own.facts), "page": "locality", "about_code": ""}
        frame = pd.concat([frame, pd.DataFrame([row | {"measure": headlines.selection.measure}])], ignore_index=True)
    return replace(headlines, frame=frame)


def due(own: Answer, viewer: Viewer) -> Answer:
    """What is due from the partnership whose part of the plan this is: `returns.owed` of it alone."""
    if own.withheld is not None:
        return replace(own, question="returns.owed")
    return returns.owed(own.selection, viewer, own.build, own.facts["organisation_code"])


@dataclass(frozen=True)
class _Places:
    """Reports of one group of places: by quarter, in the window, and the residents."""

    by_quarter: pd.DataFrame
    reports: int
    residents: int


def _day(selection: Selection) -> Any:
    return Quarter.parse(selection.quarter).ends_on


def _csp(selection: Selection) -> str | None:
    return csp_of(selection.area, _day(selection))


def _way(name: str, area_code: str) -> str:
    area = words.label("area", area_code)
    return name if area == name else words.say("locality", "texts", "way", csp=name, area=area)


def _choose(question: str, selection: Selection, build: Build) -> Answer:
    return _ask.answer(question, pd.DataFrame(), selection, build, withheld=CHOOSE)


def _of_plan(selection: Selection) -> Selection:
    # The plan knows no strand and no measure: an answer about it may not carry one.
    return Selection(selection.quarter, selection.area, as_at=selection.as_at)


def _whole(selection: Selection) -> Selection:
    return Selection(selection.quarter, as_at=selection.as_at)


@lru_cache(maxsize=64)
def _own(found: Plan, csp: str, build: Build) -> pd.DataFrame:
    """The board of one partnership: a plan as at a reporting date never changes, and several figures ask for it."""
    organisation = found.csps[csp]
    themes = {row["theme_code"]: row["name"] for row in found.rows("theme")}
    focuses = {row["focus_code"]: row["name"] for row in found.rows("focus")}
    milestones = {one.row["outcome_code"]: one for one in reversed(found.acted) if one.row["is_milestone"]}
    rows = []
    for kind, outcomes in (("partnership", found.outcomes), ("local", found.outcomes_of(csp))):
        for outcome in outcomes:
            code = outcome["outcome_code"]
            measures = (
                [one for one in found.measured if one.row["outcome_code"] == code]
                if kind == "local"
                else [
                    found.measured_by(row, organisation)
                    for row in found.indicators
                    if row["outcome_code"] == code and organisation in found.reporters.get(row["indicator_code"], ())
                ]
            )
            if not measures:
                continue
            rows.append(
                {
                    "kind_code": kind,
                    "kind": words.label("part_of_plan", kind),
                    "position": outcome["position"],
                    "theme": themes[outcome["theme_code"]],
                    "focus": focuses[outcome["focus_code"]],
                    "outcome_code": code,
                    "outcome": outcome["words"],
                    "measures": len(measures),
                    **plan.shown(plan.worst_of(measures), found, len(measures), build),
                    # a milestone of what all return is nobody's own part
                    **plan.milestone_of(milestones.get(code) if kind == "local" else None),
                }
            )
    return plan.without_counts(pd.DataFrame(rows), build)


def _parts(found: Plan, csp: str, build: Build) -> pd.DataFrame:
    board = _own(found, csp, build)
    if board.empty:
        return board
    return board[board["kind_code"] == "partnership"].set_index("outcome_code")


def _cell(code: str, outcome: str, csp: str, name: str, parts: pd.DataFrame) -> dict[str, Any]:
    is_asked = code in parts.index
    return {
        "outcome_code": code,
        "outcome": outcome,
        "csp_code": csp,
        "csp": name,
        "status_code": str(parts.loc[code, "status_code"]) if is_asked else "",
        "adoption_code": "",
        "status": str(parts.loc[code, "status"]) if is_asked else words.say("locality", "texts", "not_asked"),
        "reason": str(parts.loc[code, "reason"]) if is_asked else "",
    }


def _decision(found: Plan, csp: str) -> dict[str, Any]:
    decided = _adoption(found, csp)
    return {
        "outcome_code": "",
        "outcome": words.say("locality", "texts", "adoption"),
        "csp_code": csp,
        "csp": found.names[found.csps[csp]],
        "status_code": "",
        "adoption_code": decided["adoption_code"],
        "status": decided["adoption"],
        "reason": decided["said_on"],
    }


def _adoption(found: Plan, csp: str) -> dict[str, str]:
    said = next((row for row in found.rows("adoption") if row["csp_code"] == csp), None)
    code = said["status_code"] if said else "not_said"
    return {
        "adoption_code": code,
        "adoption": words.label("adoption", code),
        "said_on": day_label(local_day(said["at"])) if said else "",
        "note": (said["note"] or "") if said else "",
    }


def _decided(found: Plan, csp: str, build: Build) -> str:
    """What a partnership decided on the plan, when and why, as a sentence."""
    decided = _adoption(found, csp)
    if not decided["said_on"]:
        return words.say("locality", "texts", "decided", "not_said")
    # what people wrote may quote counts
    kind = "noted" if decided["note"] and not build.is_shareable else "plain"
    return words.say("locality", "texts", "decided", kind, **decided)


def _pairs(frame: pd.DataFrame) -> zip[tuple[str, str]]:
    return zip(frame["area_code"], frame["window_code"], strict=True)


def _rated(
    area: str, window: str, last: Quarter, held: pd.DataFrame, selection: Selection, build: Build
) -> dict[str, Any]:
    """Reports of one area in the four quarters to the last, and its residents; missing where they are not all held."""
    codes = [last.plus(-step).code for step in range(4)]
    of_area = replace(selection, area=area)
    series = _series.quarters(of_area, build)
    counted = series[series["quarter_code"].isin(codes)]
    is_whole = len(counted) == len(codes)
    at_end = held[(held["quarter_code"] == last.code) & held["area_code"].isin(_places(area, last))]
    return {
        "area_code": area,
        "label": words.say(
            "locality", "texts", window, area=words.label("area_in_sentence", area), window=_ask.window(selection).label
        ),
        "window_code": window,
        "reports": int(counted["value"].sum()) if is_whole else None,
        "population": int(at_end["population"].sum()) if is_whole else None,
        "population_year": int(at_end["population_year"].max()) if is_whole else None,
        "cells": int(counted["cells"].sum()) if is_whole else None,
    }


def _places(area: str, last: Quarter) -> frozenset[str]:
    return authorities_of(area, last.ends_on) & frozenset(AUTHORITIES)


def _beside(held: pd.DataFrame, selection: Selection) -> str:
    """Whether the area's rate of the twelve months differs from that of the other authorities together."""
    last = Quarter.parse(selection.quarter)
    within = _places(selection.area, last)
    window = _ask.window(selection)
    cuts = {breaks.crossed(selection.measure, code, window.starts_on, window.ends_on) for code in AUTHORITIES}
    if len(cuts) > 1:
        return "not_comparable"
    here, there = (_together(held, codes, last) for codes in (within, frozenset(AUTHORITIES) - within))
    if here.reports + there.reports == 0:
        return "none"
    spread = [
        _change.dispersion(one.by_quarter[one.by_quarter["quarter_code"] < last.plus(-3).code], of_area)
        for one, of_area in ((here, selection), (there, replace(selection, area="llr")))
    ]
    # The log of the ratio varies by phi over the count, once for each side: this is the phi that does so for both.
    phi = spread[0]
    if here.reports and there.reports:
        weights = [1 / here.reports, 1 / there.reports]
        phi = (spread[0] * weights[0] + spread[1] * weights[1]) / sum(weights)
    options = load_settings().options["change"]
    for hedge, confidence in (("", options["flag_confidence"]), ("probably_", options["confidence"])):
        tested = change.compare(
            here.reports, there.reports, here.residents, there.residents, confidence=confidence, phi=phi
        ).iloc[0]
        if tested["low"] > 1 or tested["high"] < 1:
            return f"{hedge}{'higher' if tested['low'] > 1 else 'lower'}"
    return "could_be_chance"


def _together(held: pd.DataFrame, codes: frozenset[str], last: Quarter) -> _Places:
    of_these = held[held["area_code"].isin(codes) & (held["quarter_code"] <= last.code)]
    by_quarter = of_these.groupby(["quarter_code", "starts_on", "ends_on"])["reports"].sum().reset_index(name="value")
    window = by_quarter["quarter_code"].isin([last.plus(-step).code for step in range(4)])
    residents = of_these.loc[of_these["quarter_code"] == last.code, "population"].sum()
    return _Places(by_quarter, int(by_quarter.loc[window, "value"].sum()), int(residents))


def _answer(
    question: str,
    frame: pd.DataFrame,
    selection: Selection,
    build: Build,
    found: Plan,
    *,
    finding: str,
    facts: Mapping[str, Any],
    notes: tuple[str, ...] = (),
) -> Answer:
    about = {"plan": found.title, "as_at": day_label(found.on), **facts}
    answer = _ask.answer(question, frame, _of_plan(selection), build, finding=finding, facts=about)
    standing = {"plan_made_up": found.is_made_up, "plan_status": True, "plan_shareable": build.is_shareable}
    # Statuses are not rounded counts: the note that figures are rounded would be untrue here.
    return replace(answer, notes=(*notes, *(note for note, holds in standing.items() if holds)))
