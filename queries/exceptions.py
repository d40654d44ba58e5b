"""What is above what chance allows, for how long, how blind is the rule, and who has said what about it?"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace
from datetime import date, datetime
from functools import lru_cache
from typing import TYPE_CHECKING, Any

import numpy as np
import pandas as pd

from core import breaks, words
from core.model import AUTHORITIES, ELSEWHERE, STRANDS, Answer, Build, Selection, Viewer
from core.periods import Quarter, day_label, local_day, month_label
from queries import _ask, _moment

if TYPE_CHECKING:
    from register.read import Record, Row

WORKING_DAYS = 10
"""A response is in time within this many working days of the exception being shown (outcome B7 of the plan)."""

JUDGED = ("above", "within")
TOLD = ("some", "answered", "none")
"""Findings of `found` where there is something to say: series were judged."""
NAMED = 3
"""Exceptions a headline names; the others it counts."""
_WHOLE = 3  # months of a quarter
_LISTED = [
    "area_code", "place", "strand_code", "strand", "measure_code", "quarter_code", "label", "flag_code", "flag",
    "sentence", "month", "observed", "expected", "upper_limit", "months_above", "how_long", "flagged_on",
    "response_code", "response", "is_answered",
]  # fmt: skip
_SIZES = (0, 1, 3, 8, 20, float("inf"))
_COMES_FIRST = ("llr", "E06000016", *(code for code in AUTHORITIES if code.startswith("E07")), "E06000017")


def found(selection: Selection, viewer: Viewer, build: Build) -> Answer:
    """Which series of places and strands came out above what chance allows in the quarter, most out of the way first?

    Frame, one row per series: area_code, place, strand_code, strand, measure_code, quarter_code, label, flag_code,
    flag, sentence, month (the latest flagged, or the three months running), observed, expected, upper_limit (of that
    month, or of the three), months_above (missing where the last month is not comparable), how_long, flagged_on (date,
    None where it was found afterwards), response_code, response, is_answered.
    """
    question = "exceptions.found"
    if (withheld := _withheld(question, selection, build)) is not None:
        return withheld
    cells = _cells(selection, build)
    judged = int(cells["state_code"].isin(JUDGED).sum())
    flagged = cells[cells["is_flagged"]].sort_values("excess", ascending=False, kind="stable")
    said = _responses(selection, viewer, build) if len(flagged) else {}
    rows = [_exception(row, said) for row in flagged.to_dict("records")]
    unanswered = sum(not row["is_answered"] for row in rows)
    finding = ("some" if unanswered else "answered") if rows else "none" if judged else _unjudged(cells)
    named = [_name(row) for row in flagged.head(NAMED).to_dict("records")]
    if len(rows) > NAMED:
        named.append(words.say("exceptions", "and_more", count=len(rows) - NAMED))
    facts = {
        **_strands_told(selection),
        "budget": _budget(selection, build),
        "judged": words.count("series", judged),
        "flagged": words.count("exception", len(rows)),
        "named": words.join(named),
        "reason": _reason(cells, selection),
        "unanswered": unanswered,
        "unit": "count",
    }
    frame = pd.DataFrame(rows, columns=_LISTED)
    return _ask.answer(question, frame, selection, build, finding=finding, facts=facts, notes=("alert_rule",))


def grid(selection: Selection, viewer: Viewer, build: Build) -> Answer:
    """Every place by every strand: what came in the quarter beside what was expected, and whether that is unusual.

    Frame, one row per cell: area_code, place, strand_code, strand, state_code, state, observed, expected (of the
    quarter's months that something was expected of; missing where none was judged), months (how many; 0 then), part
    (in words, where they are fewer than three).
    """
    question = "exceptions.grid"
    if (withheld := _withheld(question, selection, build)) is not None:
        return withheld
    cells = _cells(selection, build)
    frame = cells[["area_code", "strand_code", "flag_code", "observed", "expected", "months"]].rename(
        columns={"flag_code": "state_code"}
    )
    frame["place"] = [words.label("area", code) for code in frame["area_code"]]
    frame["strand"] = [words.label("strand_short", code) for code in frame["strand_code"]]
    frame["state"] = [words.label("alert", code) for code in frame["state_code"]]
    frame["part"] = [_part(months) for months in frame["months"]]
    judged, flagged = int(cells["state_code"].isin(JUDGED).sum()), int(cells["is_flagged"].sum())
    facts = {
        **_strands_told(selection),
        "judged": words.count("series", judged),
        "judged_number": judged,
        "series": words.count("series", len(cells)),
        "flagged": flagged,
        "places": words.count("place", frame["area_code"].nunique()),
    }
    finding = "none_judged" if not judged else "some" if flagged else "none"
    return _ask.answer(question, frame, selection, build, finding=finding, facts=facts, notes=("alert_grid",))


def blind_spots(selection: Selection, viewer: Viewer, build: Build) -> Answer:
    """How often would the rule see a month that doubled, by the size of the series, and how often does it cry wolf?

    Frame, one row per size: label, series_count, value (percent of doublings of one month caught), caught_x1_5_pct,
    caught_x3_pct, checks (a year), false_flags_ratio (of them flagged by chance).
    """
    question = "exceptions.blind_spots"
    if (withheld := _withheld(question, replace(selection, strand="all"), build)) is not None:
        return withheld
    measured = _measured(selection.measure, selection.quarter, build)
    if measured.empty:
        return _ask.answer(question, pd.DataFrame(), selection, build, withheld="none_judged")
    bands = pd.cut(measured["mean_reports"], _SIZES, right=False, labels=False)
    rows = []
    for band in range(len(_SIZES) - 1):
        here = measured[bands == band]
        if here.empty:
            continue
        rows.append(
            {
                "label": words.label("series_size", str(band)),
                "series_count": len(here),
                "value": here["caught_x2_pct"].mean(),
                "caught_x1_5_pct": here["caught_x1_5_pct"].mean(),
                "caught_x3_pct": here["caught_x3_pct"].mean(),
                "checks": 12 * len(here),
                "false_flags_ratio": 12 * here["false_alarms_pct"].sum() / 100,
            }
        )
    missed = int((measured["caught_x2_pct"] < 50).sum())
    facts = {
        "budget": _budget(selection, build),
        "unit": "percent",
        "missed": missed,
        "judged": words.count("series", len(measured)),
    }
    finding = "some" if missed else "none"
    return _ask.answer(
        question, pd.DataFrame(rows), selection, build, finding=finding, facts=facts, notes=("alert_power",)
    )


def responses(selection: Selection, viewer: Viewer, build: Build) -> Answer:
    """Which exceptions were answered, by whom, and within ten working days of being shown?

    Frame, one row per exception shown to readers, latest quarter first: area_code, quarter_code, quarter, place,
    strand, flagged_on, due_on, responded_on, response, responder, note, standing_code, standing.
    """
    question = "exceptions.responses"
    if (withheld := _withheld(question, selection, build)) is not None:
        return withheld
    shown = _flagged(selection, build)
    if shown.empty:
        return _ask.answer(question, shown, selection, build, withheld="none_flagged")
    said = _responses(selection, viewer, build)
    on = local_day(_moment.seen_at(selection, build))
    rows = [_logged(row, selection, said, on) for row in shown.to_dict("records")]
    frame = pd.DataFrame(rows)
    standing = frame["standing_code"]
    facts = {
        **_strands_told(selection),
        "shown": words.count("exception", len(frame)),
        "in_time": int((standing == "in_time").sum()),
        "late": int(standing.isin(["late", "overdue"]).sum()),
        "waiting": int((standing == "waiting").sum()),
        "days": WORKING_DAYS,
    }
    finding = "some_late" if facts["late"] else "all_in_time" if not facts["waiting"] else "waiting"
    return _ask.answer(question, frame, selection, build, finding=finding, facts=facts, notes=("response_log",))


def areas(selection: Selection, build: Build) -> set[str]:
    """The selected area and those that are part of it, by code."""
    members = _members(build)
    return {selection.area, *members.loc[members["area_code"] == selection.area, "member_code"]}


def _withheld(question: str, selection: Selection, build: Build) -> Answer | None:
    """The designed state of a question this selection or build cannot answer."""
    if build.is_shareable:
        return _ask.restricted_only(question, selection, build)
    if selection.measure == ELSEWHERE:
        return _ask.not_applicable(question, selection, build)
    if not _ask.holds(selection, build):
        return _ask.no_data(question, selection, build)
    if selection.strand not in ("all", *STRANDS):
        return _ask.answer(question, pd.DataFrame(), selection, build, withheld="no_alerts_of_strand")
    return None


def _cells(selection: Selection, build: Build) -> pd.DataFrame:
    """One row per series of the selected area and strand; that of every area is worked out once a quarter."""
    whole = _of_every_series(selection.measure, selection.quarter, build)
    chosen = whole["area_code"].isin(areas(selection, build))
    if selection.strand != "all":
        chosen &= whole["strand_code"] == selection.strand
    return whole[chosen].reset_index(drop=True)


@lru_cache(maxsize=32)
def _of_every_series(measure: str, quarter: str, build: Build) -> pd.DataFrame:
    """One row per series of the quarter: what came, what was expected, and its most telling month."""
    rows = []
    months = _alerts(measure, quarter, build)
    for (area, strand), of_series in months.groupby(["area_code", "strand_code"], sort=False):
        latest = of_series.iloc[-1]
        judged = of_series[of_series["state_code"].isin(JUDGED)]
        above = of_series[of_series["state_code"] == "above"]
        is_running = bool(latest["is_running"])
        # An expectation is told of months too few to be judged as well; without them the sum would be of a part.
        is_compared = len(judged) > 0 or latest["state_code"] == "not_comparable"
        compared = of_series[of_series["expected"].notna() & is_compared]
        state = _state(of_series)
        told = above.iloc[-1] if len(above) else latest
        # A series above in no single month may still be so over three: then the three are what is told.
        names = ["observed", "expected", "upper_limit"]
        kind = "" if len(above) or not is_running else "running_"
        came, awaited, limit = (float(told[f"{kind}{name.removeprefix('upper_') if kind else name}"]) for name in names)
        rows.append(
            {
                "area_code": area,
                "strand_code": strand,
                "measure_code": measure,
                "quarter_code": quarter,
                "state_code": state,
                "flag_code": _flag(bool(len(above)), is_running, state),
                "is_flagged": bool(len(above)) or is_running,
                "month_on": told["month_on"],
                "is_latest_expected": pd.notna(latest["expected"]),
                "told_observed": came,
                "told_expected": awaited,
                "told_limit": limit,
                "excess": (came - awaited) / max(limit - awaited, 1.0) if awaited == awaited else 0.0,
                "months_above": latest["months_above"],
                "running_observed": latest["running_observed"],
                "running_expected": latest["running_expected"],
                "observed": int((compared if len(compared) else of_series)["observed"].sum()),
                "expected": compared["expected"].sum() if len(compared) else np.nan,
                "months": len(compared),
                "flagged_on": of_series["flagged_on"].min(),
                "last_flagged_on": of_series["flagged_on"].max(),
            }
        )
    frame = pd.DataFrame(rows)
    order = {code: position for position, code in enumerate(_COMES_FIRST)}
    strands = {code: position for position, code in enumerate(("all", *STRANDS))}
    frame["place_order"], frame["strand_order"] = frame["area_code"].map(order), frame["strand_code"].map(strands)
    return frame.sort_values(["place_order", "strand_order"], ignore_index=True)


def _alerts(measure: str, quarter: str, build: Build) -> pd.DataFrame:
    months = _ask.figures(build, "exceptions.alerts", measure=measure, quarter=quarter)
    numbers = ["expected", "upper_limit", "running_observed", "running_expected", "running_limit"]
    return months.astype(dict.fromkeys(numbers, float))


def _members(build: Build) -> pd.DataFrame:
    return _ask.figures(build, "exceptions.members")


def _flagged(selection: Selection, build: Build) -> pd.DataFrame:
    asked = {name: getattr(selection, name) for name in ("measure", "area", "strand", "quarter")}
    return _ask.figures(build, "exceptions.flagged", **asked)


def _sizes(measure: str, quarter: str, build: Build) -> pd.DataFrame:
    return _ask.figures(build, "exceptions.sizes", measure=measure, quarter=quarter)


def _power(build: Build) -> pd.DataFrame:
    return _ask.figures(build, "exceptions.power")


def _state(of_series: pd.DataFrame) -> str:
    """How a series stands in its quarter: above in any month, otherwise usual if any month of like recording is."""
    states = of_series["state_code"]
    latest = str(states.iloc[-1])
    if (states == "above").any():
        return "above"
    return "within" if latest != "not_comparable" and states.isin(JUDGED).any() else latest


def _flag(is_above: bool, is_running: bool, state: str) -> str:
    if is_above:
        return "above_and_running" if is_running else "above"
    return "running" if is_running else state


def _unjudged(cells: pd.DataFrame) -> str:
    """Why no series of the quarter is judged."""
    states = set(cells["state_code"])
    return next((state for state in ("not_comparable", "too_few") if state in states), "too_short")


def _exception(row: dict[Any, Any], said: Mapping[tuple[str, ...], Row]) -> dict[str, Any]:
    response = said.get(_key(row))
    flag = row["flag_code"]
    months = int(row["months_above"])
    how_long = "unknown" if not row["is_latest_expected"] else "now" if months else "past"
    facts = {
        "Counted": _counted(row),
        "area": words.label("area_in_sentence", row["area_code"]),
        "month": month_label(row["month_on"]),
        "observed": f"{row['told_observed']:,.0f}",
        "expected": _about(row["told_expected"]),
        "limit": f"{row['told_limit']:,.0f}",
        "running_observed": f"{row['running_observed']:,.0f}",
        "running_expected": _about(row["running_expected"]),
    }
    flagged_on = None if pd.isna(row["flagged_on"]) else row["flagged_on"].date()
    return {
        **{name: row[name] for name in ("area_code", "strand_code", "measure_code", "quarter_code")},
        "place": words.label("area", row["area_code"]),
        "strand": words.label("strand", row["strand_code"]),
        "label": _name(row),
        "flag_code": flag,
        "flag": words.label("alert", flag),
        "sentence": words.say("exceptions", "texts", "sentence", flag, **facts),
        "month": Quarter.parse(row["quarter_code"]).span if flag == "running" else facts["month"],
        "observed": int(row["told_observed"]),
        "expected": row["told_expected"],
        "upper_limit": int(row["told_limit"]),
        "months_above": months if row["is_latest_expected"] else None,
        "how_long": words.say(
            "exceptions", "texts", "how_long", how_long, months=words.count("month_in_a_row", months)
        ),
        "flagged_on": flagged_on,
        "response_code": response["response_code"] if response else "none",
        "response": _said(response, row),
        "is_answered": response is not None,
    }


def _counted(row: dict[Any, Any]) -> str:
    """`Hate crimes, race or ethnicity,` or `Hate crimes`, to begin a sentence."""
    measure = words.label("measure_in_sentence", row["measure_code"])
    if row["strand_code"] != "all":
        strand = words.label("strand_in_sentence", row["strand_code"])
        measure = words.say("frame", "strand_of", measure=measure, strand=strand)
    return measure[:1].upper() + measure[1:]


def _about(expected: float) -> str:
    """An expected count in words: whole from 10 up, to one place below."""
    return f"{expected:,.0f}" if expected >= 10 else f"{expected:,.1f}"


def _name(row: dict[Any, Any]) -> str:
    """`Charnwood, race or ethnicity`."""
    kind = "series_all" if row["strand_code"] == "all" else "series"
    area, strand = (
        words.label("area_in_sentence", row["area_code"]),
        words.label("strand_in_sentence", row["strand_code"]),
    )
    return words.say("exceptions", kind, area=area, strand=strand)


def _key(row: Mapping[Any, Any]) -> tuple[str, ...]:
    return tuple(str(row[name]) for name in ("measure_code", "area_code", "strand_code", "quarter_code"))


def _said(response: Row | None, row: dict[Any, Any]) -> str:
    """Who answered what and when; a response from before the latest flag says so."""
    if response is None:
        return words.say("exceptions", "texts", "response", "none")
    last = row["last_flagged_on"]
    is_older = not pd.isna(last) and response["at"].date() < last.date()
    return words.say(
        "exceptions", "texts", "response", "older" if is_older else "given",
        response=words.label("response", response["response_code"]),
        responder=response["responder"],
        on=day_label(response["at"].date()),
        note=response["note"] or "",
    ).strip()  # fmt: skip


def _logged(row: dict[Any, Any], selection: Selection, said: Mapping[tuple[str, ...], Row], on: date) -> dict[str, Any]:
    row = {**row, "measure_code": selection.measure}
    response = said.get(_key(row))
    flagged_on = row["first_flagged_on"].date()
    due_on = _due_on(flagged_on)
    first = response["first_at"].date() if response else None
    if first is not None:
        standing = "in_time" if first <= due_on else "late"
    else:
        standing = "overdue" if on > due_on else "waiting"
    return {
        "area_code": row["area_code"],
        "quarter_code": row["quarter_code"],
        "quarter": Quarter.parse(row["quarter_code"]).label,
        "place": words.label("area", row["area_code"]),
        "strand": words.label("strand", row["strand_code"]),
        "flagged_on": flagged_on,
        "due_on": due_on,
        "responded_on": first,
        "response": words.label("response", response["response_code"] if response else "none"),
        "responder": response["responder"] if response else "",
        "note": (response["note"] or "") if response else "",
        "standing_code": standing,
        "standing": words.label("response_standing", standing),
    }


def _due_on(shown_on: date) -> date:
    """The tenth working day after an exception was shown."""
    # Shown at a weekend, the first day to answer on is the Monday: the tenth is counted from the Friday.
    due_on: date = np.busday_offset(shown_on, WORKING_DAYS, roll="backward").astype(date)
    return due_on


def _responses(selection: Selection, viewer: Viewer, build: Build) -> Mapping[tuple[str, ...], Row]:
    """The latest response to each exception as at the moment read, with `first_at`, when it was first answered."""
    record = _moment.record(selection, viewer, build)
    return {} if record is None else _latest(record)


def _latest(record: Record) -> Mapping[tuple[str, ...], Row]:
    first: dict[tuple[str, ...], datetime] = {}
    for row in record.versions["exception_response"]:
        first.setdefault(_key(row), row["at"])
    return {_key(row): {**row, "first_at": first[_key(row)]} for row in record.rows("exception_response")}


def _reason(cells: pd.DataFrame, selection: Selection) -> str:
    """The latest recording change that leaves a series too little history, where there is one."""
    last = Quarter.parse(selection.quarter).ends_on
    cuts = [
        one
        for area in cells.loc[cells["state_code"] == "not_comparable", "area_code"].unique()
        for one in breaks.applying(selection.measure, area)
        if one.kind == "cut" and one.on <= last
    ]
    return breaks.reason(max(cuts, key=lambda one: one.on)) if cuts else ""


def _strands_told(selection: Selection) -> dict[str, str]:
    """Which strands the series are of, for a subtitle; and for a count of them, where it is one strand's only."""
    if selection.strand == "all":
        return {"strands": words.say("exceptions", "every_strand"), "of_strand": ""}
    strand = words.label("strand_in_sentence", selection.strand)
    return {"strands": strand, "of_strand": words.say("exceptions", "of_strand", strand=strand)}


def _part(months: int) -> str:
    """`in 2 months`, where a cell of the grid is not of the whole quarter."""
    return words.say("exceptions", "part", months=words.count("month", months)) if 0 < months < _WHOLE else ""


def _budget(selection: Selection, build: Build) -> str:
    """How many checks a year the whole grid of the measure makes, and how many flags chance alone would raise."""
    measured = _measured(selection.measure, selection.quarter, build)
    if measured.empty:
        return ""
    low, high = (12 * measured[name].sum() / 100 for name in ("false_low_pct", "false_high_pct"))
    told = {"checks": f"{12 * len(measured):,}", "low": int(np.floor(low)), "high": int(np.ceil(high))}
    return words.say("exceptions", "budget", **told)


@lru_cache(maxsize=64)
def _measured(measure: str, quarter: str, build: Build) -> pd.DataFrame:
    """Every judged series of the measure with what the rule does at its size: read off the simulated sizes between
    which it lies (on the log of the mean, and straight between dispersions)."""
    sizes, power = _sizes(measure, quarter, build), _power(build)
    spreads = sorted(power["dispersion"].unique())
    position = np.log(sizes["mean_reports"].clip(lower=0.01).to_numpy(dtype=float))
    for name in ("false_alarms_pct", "caught_x1_5_pct", "caught_x2_pct", "caught_x3_pct"):
        at_each = []
        for spread in spreads:
            at = power[power["dispersion"] == spread]
            means = np.log(at["mean_reports"].to_numpy(dtype=float))
            at_each.append(np.interp(position, means, at[name].to_numpy(dtype=float)))
        by_series = np.array(at_each).T
        sizes[name] = [np.interp(own, spreads, row) for own, row in zip(sizes["dispersion"], by_series, strict=True)]
        if name == "false_alarms_pct":
            sizes["false_low_pct"], sizes["false_high_pct"] = by_series.min(axis=1), by_series.max(axis=1)
    return sizes
