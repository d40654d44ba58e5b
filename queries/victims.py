"""How do people tell us, who is harmed again, are they helped, and what became of the crimes?"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace
from functools import lru_cache
from itertools import pairwise
from typing import Any

import numpy as np
import pandas as pd

from core import breaks, words
from core.model import ELSEWHERE, MEASURES, Answer, Build, Selection, Viewer
from core.periods import Quarter, day_label
from core.settings import load_settings
from queries import _ask, _change, _series
from queries._plan import Measured, opened
from queries.indicators import people, repeat_months
from stats import rates, shewhart, waits

FEW = _change.FEW
PARTS = ("charged", "other_action", "no_support", "no_suspect", "other", "not_assigned")
"""What the outcomes of a cohort are drawn as, in order; the official groups are in `outcome_groups`."""

_FEWEST_FOR_RUNS = 12  # cohorts; with fewer a shift would seldom show
_QUARTILES = (0.25, 0.5, 0.75)
_OFFENCE_GROUPS = ("public_order", "violence", "criminal_damage", "other", "not_known")


def routes(selection: Selection, viewer: Viewer, build: Build) -> Answer:
    """What share of reports came by third-party and online routes (settings.toml [victims])?

    Frame, one row for the twelve months and one for the twelve before where the two can be compared: label, value
    (percent of those whose route is known), low, high (95%), reported (by those routes), known, not_known, reports,
    text (in place of a share of under ten).
    """
    question = "victims.routes"
    if (refused := _refused(question, selection, build)) is not None:
        return refused
    earlier = replace(selection, quarter=Quarter.parse(selection.quarter).year_before.code)
    cut = _cut_between(earlier, selection)
    is_held = _ask.holds_window(earlier, build)
    rows = [_routed(chosen, build) for chosen in ((selection, earlier) if is_held and cut is None else (selection,))]
    now = rows[0]
    verdict = "not_comparable" if cut is not None else "no_history" if not is_held else "few"
    if len(rows) == 2 and min(row["known"] for row in rows) >= FEW:
        verdict = _change.of_share(*((row["reported"], row["known"]) for row in rows))
    frame = pd.DataFrame(rows)
    return _ask.answer(
        question,
        frame,
        selection,
        build,
        finding="none"
        if not now["reports"]
        else "unknown"
        if not now["known"]
        else "few"
        if now["known"] < FEW
        else "plain",
        facts={
            "unit": "percent",
            "routes": words.join([words.label("channel_in_sentence", code) for code in _other_routes()]),
            **_share_facts(now["reported"], now["known"]),
            "reported": f"{now['reported']:,}",
            "known": f"{now['known']:,}",
            "not_known": f"{now['not_known']:,}",
            "reports": words.count("report", now["reports"]),
            "compared": _compared(
                verdict,
                before=_ask.share(rows[-1]["reported"], rows[-1]["known"]) if rows[-1]["known"] else "",
                reason=breaks.reason(cut) if cut else "",
            ),
        },
        notes=("other_routes", *_cut_note(selection)),
    )


def told_elsewhere(selection: Selection, viewer: Viewer, build: Build) -> Answer:
    """How many reports were told only to reporting centres and councils, beside those the police recorded?

    Whatever measure is chosen: what was told elsewhere is neither crime nor incident, so it stands beside both.
    Frame, one row per measure: measure_code, label, value (reports in twelve months).
    """
    question = "victims.told_elsewhere"
    if ELSEWHERE not in _ask.measures(build):
        return _ask.answer(question, pd.DataFrame(), selection, build, withheld="none_elsewhere")
    last_day = _ask.window(selection).ends_on
    recorded = [code for code in MEASURES[1:] if breaks.ended(code, last_day) is None]
    chosen = {code: replace(selection, measure=code) for code in (*recorded, ELSEWHERE)}
    if not all(_ask.holds_window(one, build) for one in chosen.values()):
        return _ask.no_window(question, selection, build)
    window = _ask.window(selection)
    rows, cells = [], 0
    for code, one in chosen.items():
        series = _series.quarters(one, build)
        year = series[series["starts_on"] >= pd.Timestamp(window.starts_on)]
        rows.append({"measure_code": code, "label": words.label("measure", code), "value": int(year["value"].sum())})
        cells = int(year["cells"].sum())
    frame = pd.DataFrame(rows)
    *police, elsewhere = frame["value"]
    both = replace(selection, measure="all")
    zero = _ask.zero(build, cells)
    return _ask.answer(
        question,
        frame,
        selection,
        build,
        facts={
            "zero": zero,
            "elsewhere": _ask.told(build, elsewhere, "report") if elsewhere else zero,
            "police": _ask.told(build, sum(police)) if sum(police) else _ask.zero(build, len(police) * cells),
        },
        notes=("elsewhere", *_cut_note(both)),
        cells=len(chosen) * cells,
    )


def channels(selection: Selection, viewer: Viewer, build: Build) -> Answer:
    """How did people report, beside the twelve months before?

    Frame, one row per channel and window, "not known" last: channel_code, label, series (the window), value, share_pct
    (of those whose channel is known).
    """
    question = "victims.channels"
    if (refused := _refused(question, selection, build)) is not None:
        return refused
    earlier = replace(selection, quarter=Quarter.parse(selection.quarter).year_before.code)
    cut = _cut_between(earlier, selection)
    is_held = _ask.holds_window(earlier, build)
    now = _channels(selection, build)
    windows = [(selection, now)] + ([(earlier, _channels(earlier, build))] if is_held and cut is None else [])
    order = sorted(now, key=lambda code: (code == "not_known", -now[code], list(now).index(code)))
    frame = pd.DataFrame(
        {
            "channel_code": code,
            "label": words.label("channel", code),
            "series": _ask.window(chosen).label,
            "value": counts[code],
            "share_pct": 100 * counts[code] / known if code != "not_known" and known >= FEW else np.nan,
        }
        for code in order
        for chosen, counts in windows
        for known in [sum(counts.values()) - counts["not_known"]]
    )
    reports, known = sum(now.values()), sum(now.values()) - now["not_known"]
    most = [code for code in order if code != "not_known" and now[code] == now[order[0]]]
    kind = "not_comparable" if cut is not None else "no_history" if not is_held else "drawn"
    return _ask.answer(
        question,
        frame,
        selection,
        build,
        finding="none"
        if not reports
        else "unknown"
        if not known
        else "tied"
        if len(most) > 1
        else "few"
        if known < FEW
        else "plain",
        facts={
            "top": words.join([words.label("channel", code) for code in most]),
            "top_count": f"{now[most[0]]:,}",
            "top_percent": _ask.share(now[most[0]], known) if known else "",
            "known": f"{known:,}",
            "not_known": f"{now['not_known']:,}",
            "reports": words.count("report", reports),
            "beside": words.say("victims", "texts", "beside", kind, reason=breaks.reason(cut) if cut else ""),
        },
        notes=("channel_not_known", *_cut_note(selection)),
    )


def repeat_victims(selection: Selection, viewer: Viewer, build: Build) -> Answer:
    """How many different people reported in each quarter, and how many of them are repeat victims?

    Frame, one row per line and quarter: series_code, series, quarter_code, starts_on, ends_on, label, value, segment,
    is_provisional.
    """
    question = "victims.repeat_victims"
    if (refused := _refused(question, selection, build, is_of_twelve_months=False)) is not None:
        return refused
    months = repeat_months()
    frame = people(selection, build)
    if selection.quarter not in set(frame["quarter_code"]):
        # the quarter itself, and the months looked back from its first day
        return _ask.no_window(question, selection, build, months=months + 3)
    frame["label"] = [Quarter.parse(code).label for code in frame["quarter_code"]]
    stretches = {
        "victims": breaks.segments(selection.measure, selection.area, frame),
        "repeat_victims": _look_back_stretches(frame, selection.area, months),
    }
    lines = [
        frame.assign(
            series_code=code, series=words.label("person_series", code), value=frame[code], segment=stretches[code]
        )
        for code in stretches
    ]
    by_code = dict(zip(frame["quarter_code"], frame["repeat_victims"].astype(int).tolist(), strict=True))
    repeats, victims = by_code[selection.quarter], int(frame["victims"].iloc[-1])
    before = by_code.get(Quarter.parse(selection.quarter).year_before.code)
    verdict, reason = _change.of_repeat_victims(repeats, before, selection, months)
    columns = ["series_code", "series", "quarter_code", "starts_on", "ends_on", "label", "value", "segment"]
    marks = _marks("all", selection.area, frame)
    return _ask.answer(
        question,
        pd.concat(lines, ignore_index=True)[[*columns, "is_provisional"]],
        selection,
        build,
        finding="none" if not victims else "few" if victims < FEW else "plain",
        facts={
            "series_kind": "person_series",
            **marks,
            "first": frame["label"].iloc[0],
            "repeats": f"{repeats:,}",
            "victims": words.count("person", victims),
            **_share_facts(repeats, victims),
            "compared": words.say(
                "victims",
                "texts",
                "repeat_compared",
                verdict,
                before="" if before is None else f"{before:,}",
                reason=reason,
                verdict=words.label("verdict", verdict),
            ),
            **_left_out(selection, build),
        },
        notes=(
            *_marks_note(marks),
            "repeat_definition",
            "left_out",
            *(("repeat_cut",) if len(set(stretches["repeat_victims"])) > 1 else ()),
            *(("provisional",) if frame["is_provisional"].any() else ()),
        ),
    )


def repeat_share(selection: Selection, viewer: Viewer, build: Build) -> Answer:
    """What share of the people who reported are repeat victims?

    Frame, one row per quarter, the latest last: quarter_code, label, value (percent), low, high (95%), repeat_victims,
    victims, reports, organisations, no_reference (reports nobody can be told apart in), text.
    """
    question = "victims.repeat_share"
    if (refused := _refused(question, selection, build, is_of_twelve_months=False)) is not None:
        return refused
    months = repeat_months()
    frame = people(selection, build).tail(_cohorts_drawn()).reset_index(drop=True)
    if selection.quarter not in set(frame["quarter_code"]):
        return _ask.no_window(question, selection, build, months=months + 3)
    left_out = _ask.figures(
        build, "victims.left_out", measure=selection.measure, area=selection.area, strand=selection.strand
    )
    frame = frame.merge(left_out, on="quarter_code", how="left")
    counted = ["reports", "organisations", "no_reference"]
    frame[counted] = frame[counted].fillna(0).astype(int)
    frame["label"] = [Quarter.parse(code).label for code in frame["quarter_code"]]
    frame = _with_share(frame, "repeat_victims", "victims")
    judged = frame[frame["value"].notna()]
    if judged.empty:
        return _ask.answer(question, pd.DataFrame(), selection, build, withheld="too_few")
    now = frame.iloc[-1]
    is_cut = len(set(_look_back_stretches(frame, selection.area, months))) > 1
    return _ask.answer(
        question,
        frame.drop(columns=["starts_on", "ends_on", "is_provisional"]),
        selection,
        build,
        finding="few" if pd.isna(now["value"]) else "plain",
        facts={
            "unit": "percent",
            "first": frame["label"].iloc[0],
            "repeats": f"{int(now['repeat_victims']):,}",
            "victims": words.count("person", int(now["victims"])),
            **_share_facts(int(now["repeat_victims"]), int(now["victims"])),
            "months": months,
        },
        notes=("repeat_definition", *(("repeat_cut",) if is_cut else ())),
    )


def repeat_plan(selection: Selection, viewer: Viewer, build: Build) -> Answer:
    """How many repeat victims have a joint plan, by the plan's returns?"""
    return _returned("victims.repeat_plan", selection, viewer, build)


def support(selection: Selection, viewer: Viewer, build: Build) -> Answer:
    """How many victims were referred to support, by the plan's returns?"""
    return _returned("victims.support", selection, viewer, build)


def satisfaction(selection: Selection, viewer: Viewer, build: Build) -> Answer:
    """How many victims are satisfied, by the plan's returns?"""
    return _returned("victims.satisfaction", selection, viewer, build)


def outcomes(selection: Selection, viewer: Viewer, build: Build) -> Answer:
    """What became of the crimes recorded in each quarter, so far?

    Frame, one row per cohort and part of PARTS: quarter_code, label, part_code, part, value (crimes), share_pct (of the
    cohort), resolved_pct (of it, with an outcome), is_immature.
    """
    question = "victims.outcomes"
    if build.is_shareable:
        return _ask.restricted_only(question, selection, build)
    selection = replace(selection, measure="crime")
    drawn = cohorts(selection, build).tail(_cohorts_drawn())
    if not drawn["crimes"].sum():
        return _ask.no_data(question, selection, build)
    counted = _ask.figures(build, "victims.outcomes", area=selection.area, strand=selection.strand)
    kinds = dict(zip(counted["outcome_code"], counted["outcome_group_code"], strict=True))
    part_of = {outcome: _part(outcome, group) for outcome, group in kinds.items()}
    counted["part_code"] = counted["outcome_code"].map(part_of)
    by_part = counted.groupby(["quarter_code", "part_code"])["crimes"].sum()
    frame = pd.DataFrame(
        {
            "quarter_code": cohort["quarter_code"],
            "label": _cohort_label(cohort),
            "part_code": code,
            "part": words.label("outcome_part", code),
            "value": int(by_part.get((cohort["quarter_code"], code), 0)),
            "crimes": cohort["crimes"],
            "resolved_pct": _percent(cohort["resolved"], cohort["crimes"]),
            "is_immature": cohort["is_immature"],
        }
        for cohort in drawn.to_dict("records")
        for code in PARTS
    )
    frame.insert(5, "share_pct", (100 * frame["value"] / frame["crimes"]).where(frame["crimes"] >= FEW))
    found = latest_mature(drawn)
    parts = dict.fromkeys(PARTS, "")
    if found is not None:
        parts = {code: f"{int(by_part.get((found['quarter_code'], code), 0)):,}" for code in PARTS}
    return _ask.answer(
        question,
        frame,
        selection,
        build,
        finding="immature" if found is None else "mature",
        facts={**_cohort_facts(found), **parts, "first": Quarter.parse(drawn["quarter_code"].iloc[0]).label},
        notes=("cohorts", "action_taken", "victim_support"),
    )


def charges(selection: Selection, viewer: Viewer, build: Build) -> Answer:
    """What share of each quarter's crimes were charged or summonsed, and with action taken, so far?

    Frame, one row per line and cohort: series_code, series, quarter_code, starts_on, ends_on, label, value (percent,
    missing under ten crimes), low, high (95%), count, crimes, resolved_pct, is_immature, segment.
    """
    question = "victims.charges"
    if build.is_shareable:
        return _ask.restricted_only(question, selection, build)
    selection = replace(selection, measure="crime")
    frame = cohorts(selection, build)
    if not frame["crimes"].sum():
        return _ask.no_data(question, selection, build)
    if (frame["crimes"] < FEW).all():
        return _ask.answer(question, pd.DataFrame(), selection, build, withheld="too_few")
    frame["label"] = [Quarter.parse(code).label for code in frame["quarter_code"]]
    frame["segment"] = breaks.segments("crime", selection.area, frame)
    frame["resolved_pct"] = frame["resolved_pct"].where(frame["crimes"] >= FEW)
    lines = []
    for code in ("charged", "action_taken"):
        line = frame.assign(series_code=code, series=words.label("outcome_rate", code), count=frame[code])
        lines.append(_with_share(line, "count", "crimes"))
    found = latest_mature(frame)
    shown = ["series_code", "series", "quarter_code", "starts_on", "ends_on", "label", "value", "low", "high"]
    marks = _marks("crime", selection.area, frame)
    return _ask.answer(
        question,
        pd.concat(lines, ignore_index=True)[[*shown, "count", "crimes", "resolved_pct", "is_immature", "segment"]],
        selection,
        build,
        finding="immature" if found is None else "mature",
        facts={
            "unit": "percent",
            "series_kind": "outcome_rate",
            **marks,
            "first": frame["label"].iloc[0],
            **_cohort_facts(found),
            **_rate_facts(found, frame),
            "shift": _shift(frame),
        },
        notes=(*_marks_note(marks), "cohorts", "action_taken"),
    )


def outcome_groups(selection: Selection, viewer: Viewer, build: Build) -> Answer:
    """Which outcomes have the crimes of the latest mature cohort, by the Home Office's groups?

    Frame, one row per group that occurs in either: outcome_group_code, label, value (crimes), share_pct, before (crimes
    of the cohort a year before), before_share_pct.
    """
    question = "victims.outcome_groups"
    if build.is_shareable:
        return _ask.restricted_only(question, selection, build)
    selection = replace(selection, measure="crime")
    found = latest_mature(cohorts(selection, build))
    if found is None:
        return _immature(question, selection, build)
    counted = _ask.figures(build, "victims.outcomes", area=selection.area, strand=selection.strand)
    by_group = counted.groupby(["quarter_code", "outcome_group_code"])["crimes"].sum()
    last = Quarter.parse(found["quarter_code"])
    now, before = (
        {code: int(by_group.get((quarter.code, code), 0)) for code in words.labels()["outcome_group"]}
        for quarter in (last, last.year_before)
    )
    frame = pd.DataFrame(
        {
            "outcome_group_code": code,
            "label": words.label("outcome_group", code),
            "value": now[code],
            "share_pct": _percent(now[code], sum(now.values())),
            "before": before[code],
            "before_share_pct": _percent(before[code], sum(before.values())),
        }
        for code in now
        if now[code] or before[code]
    )
    assigned = {code: count for code, count in now.items() if code != "not_assigned"}
    most = [code for code, count in assigned.items() if count == max(assigned.values())]
    return _ask.answer(
        question,
        frame,
        selection,
        build,
        finding="tied" if len(most) > 1 else "plain",
        facts={
            **_cohort_facts(found),
            "cohort_before": last.year_before.label,
            "top": words.join([words.label("outcome_group", code) for code in most]),
            "top_count": f"{assigned[most[0]]:,}",
            "top_percent": _ask.share(assigned[most[0]], sum(now.values())),
        },
        notes=("cohorts",),
    )


def time_by_cohort(selection: Selection, viewer: Viewer, build: Build) -> Answer:
    """How long did an outcome take, for the crimes of each quarter that have one?

    Frame, one row per cohort, the latest last: quarter_code, label, value (weeks within which half had it), low, high
    (a quarter, three quarters), dated (crimes with an outcome and its date), crimes, resolved_pct, is_immature, text.
    """
    question = "victims.time_by_cohort"
    if build.is_shareable:
        return _ask.restricted_only(question, selection, build)
    selection = replace(selection, measure="crime")
    drawn = cohorts(selection, build).tail(_cohorts_drawn())
    taken = _outcome_time(selection, build)
    frame = pd.DataFrame(
        {
            "quarter_code": cohort["quarter_code"],
            "label": _cohort_label(cohort),
            **_spread(taken[taken["quarter_code"] == cohort["quarter_code"]]),
            "crimes": cohort["crimes"],
            "resolved_pct": _percent(cohort["resolved"], cohort["crimes"]),
            "is_immature": cohort["is_immature"],
        }
        for cohort in drawn.to_dict("records")
    )
    told = frame[frame["value"].notna()]
    if told.empty:
        return _ask.answer(question, pd.DataFrame(), selection, build, withheld="too_few")
    mature = told[~told["is_immature"]]
    finding, row = ("mature", mature.iloc[-1]) if len(mature) else ("immature", told.iloc[-1])
    return _ask.answer(
        question,
        frame,
        selection,
        build,
        finding=finding,
        facts={
            "unit": "weeks",
            "cohort": Quarter.parse(row["quarter_code"]).label,
            **_spread_facts(row),
            "first": Quarter.parse(frame["quarter_code"].iloc[0]).label,
            **_mature_percent(),
        },
        notes=("waits", "cohorts"),
    )


def time_by_offence(selection: Selection, viewer: Viewer, build: Build) -> Answer:
    """How long did an outcome take for each kind of offence, over the latest twelve months that are mature?

    Frame, one row per offence group that occurs, all offences first: offence_group_code, label, value (weeks within
    which half had it), low, high (a quarter, three quarters), dated (crimes with an outcome and its date), text.
    """
    question = "victims.time_by_offence"
    if build.is_shareable:
        return _ask.restricted_only(question, selection, build)
    selection = replace(selection, measure="crime")
    every = cohorts(selection, build)
    found = latest_mature(every)
    if found is None:
        return _immature(question, selection, build)
    last = Quarter.parse(found["quarter_code"])
    year = every[every["quarter_code"].isin([last.plus(-step).code for step in range(4)])]
    if len(year) < 4:
        return _ask.no_window(question, selection, build)
    taken = _outcome_time(selection, build)
    taken = taken[taken["quarter_code"].isin(year["quarter_code"])]
    groups = {"all": taken} | {code: taken[taken["offence_group_code"] == code] for code in _OFFENCE_GROUPS}
    frame = pd.DataFrame(
        {
            "offence_group_code": code,
            "label": words.say("victims", "texts", "all_offences")
            if code == "all"
            else words.label("offence_group", code),
            **_spread(rows),
        }
        for code, rows in groups.items()
        if len(rows)
    )
    if frame.empty or pd.isna(frame["value"].iloc[0]):
        return _ask.answer(question, pd.DataFrame(), selection, build, withheld="too_few")
    kinds = frame[(frame["offence_group_code"] != "all") & frame["value"].notna()]
    slowest = kinds[kinds["value"] == kinds["value"].max()]
    return _ask.answer(
        question,
        frame,
        selection,
        build,
        finding="all_alike" if len(slowest) == len(kinds) else "plain",
        facts={
            "unit": "weeks",
            "cohort_window": _ask.window(replace(selection, quarter=last.code)).label,
            **_spread_facts(frame.iloc[0]),
            "slowest": words.join([f"{name[:1].lower()}{name[1:]}" for name in slowest["label"]]),
            "slowest_weeks": words.count("week", int(slowest["value"].iloc[0])) if len(slowest) else "",
            "resolved_percent": _ask.share(year["resolved"].sum(), year["crimes"].sum()),
        },
        notes=("waits", "waits_nationally"),
    )


def cohorts(selection: Selection, build: Build) -> pd.DataFrame:
    """Each quarter's cohort of crimes to the selected one, and whether enough of them have an outcome to be read.

    Columns: quarter_code, starts_on, ends_on, crimes, charged, action_taken (the charged among them), resolved (with
    any outcome), charged_pct, resolved_pct (missing where there are no crimes), is_immature.
    """
    return _cohorts(replace(selection, measure="crime"), build).copy()


@lru_cache(maxsize=_series.KEPT)
def _cohorts(selection: Selection, build: Build) -> pd.DataFrame:
    charged, action_taken = _outcome_sets()
    frame = _ask.figures(
        build, "victims.cohorts",
        area=selection.area, strand=selection.strand, charged=charged, action_taken=action_taken,
    )  # fmt: skip
    frame = frame[frame["quarter_code"] <= selection.quarter].reset_index(drop=True)
    crimes = frame["crimes"].where(frame["crimes"] > 0)
    frame["charged_pct"] = 100 * frame["charged"] / crimes
    frame["resolved_pct"] = 100 * frame["resolved"] / crimes
    frame["is_immature"] = frame["resolved_pct"] < 100 * load_settings().options["outcomes"]["mature_share"]
    return frame


def mature(frame: pd.DataFrame) -> pd.DataFrame:
    """The cohorts (`cohorts`) of which enough have an outcome and which are enough for a percentage."""
    return frame[~frame["is_immature"] & (frame["crimes"] >= FEW)]


def latest_mature(frame: pd.DataFrame) -> pd.Series | None:
    """The latest of the mature cohorts, or None."""
    found = mature(frame)
    return None if found.empty else found.iloc[-1]


def _refused(question: str, selection: Selection, build: Build, *, is_of_twelve_months: bool = True) -> Answer | None:
    """The state in place of a figure of police records for which they, or their twelve months, are not held."""
    if build.is_shareable:
        return _ask.restricted_only(question, selection, build)
    if selection.measure == ELSEWHERE:
        return _ask.not_applicable(question, selection, build)
    if is_of_twelve_months and not _ask.holds_window(selection, build):
        return _ask.no_window(question, selection, build)
    return None if _ask.holds(selection, build) else _ask.no_data(question, selection, build)


def _immature(question: str, selection: Selection, build: Build) -> Answer:
    """The state in place of a figure of a mature cohort where there is none yet."""
    return _ask.answer(question, pd.DataFrame(), selection, build, withheld="immature", facts=_mature_percent())


def _other_routes() -> list[str]:
    return list(load_settings().options["victims"]["other_routes"])


def _cohorts_drawn() -> int:
    return int(load_settings().options["victims"]["cohorts"])


def _outcome_sets() -> tuple[tuple[str, ...], tuple[str, ...]]:
    """The outcomes that are a charge or summons, and those that are action taken; a charge always is."""
    options = load_settings().options["outcomes"]
    charged = tuple(options["charged"])
    return charged, tuple(dict.fromkeys((*charged, *options["action_taken"])))


def _channels(selection: Selection, build: Build) -> dict[str, int]:
    """Reports of the twelve months by channel, every channel named."""
    window = _ask.window(selection)
    frame = _ask.figures(
        build, "victims.channels",
        measure=selection.measure, area=selection.area, strand=selection.strand,
        starts_on=window.starts_on, ends_on=window.ends_on,
    )  # fmt: skip
    counted = dict(zip(frame["channel_code"], frame["reports"], strict=True))
    return {code: int(counted.get(code, 0)) for code in words.labels()["channel"]}


def _routed(selection: Selection, build: Build) -> dict[str, Any]:
    """One row of `routes`: the twelve months to the end of the selection's quarter."""
    counts = _channels(selection, build)
    reported = sum(counts[code] for code in _other_routes())
    reports, known = sum(counts.values()), sum(counts.values()) - counts["not_known"]
    row = pd.DataFrame({"label": [_ask.window(selection).label], "reported": [reported], "known": [known]})
    shared = {str(name): value for name, value in _with_share(row, "reported", "known").iloc[0].items()}
    return {**shared, "not_known": counts["not_known"], "reports": reports}


def _with_share(frame: pd.DataFrame, part: str, whole: str) -> pd.DataFrame:
    """Add value, low and high (percent) and text, which says the two counts where the whole is too small for one."""
    limits = rates.share(frame[part].to_numpy(), frame[whole].to_numpy())
    enough = (frame[whole] >= FEW).to_numpy()
    columns = {
        name: np.where(enough, 100 * limits[of].to_numpy(), np.nan)
        for name, of in (("value", "share"), ("low", "low"), ("high", "high"))
    }
    text = [
        words.say("victims", "texts", "too_few_of", part=f"{int(one):,}", whole=f"{int(all_of):,}")
        for one, all_of in zip(frame[part], frame[whole], strict=True)
    ]
    return frame.assign(**columns, text=text)


def _share_facts(part: int, whole: int) -> dict[str, Any]:
    """A share in words with its limits in whole percent; empty where the whole is too small for a percentage."""
    if whole < FEW:
        return {"percent": "", "low": "", "high": ""}
    limits = rates.share([part], [whole]).iloc[0]
    return {
        "percent": _ask.share(part, whole),
        "low": f"{100 * limits['low']:.0f}%",
        "high": f"{100 * limits['high']:.0f}%",
    }


def _percent(part: int, whole: int) -> float:
    return 100 * part / whole if whole >= FEW else float("nan")


def _compared(verdict: str, *, before: str, reason: str) -> str:
    """How a share compares with the twelve months before, for the end of a sentence."""
    kind = verdict if verdict in ("not_comparable", "no_history", "few", "same") else "compared"
    facts = {"before": before, "reason": reason}
    if kind == "compared":
        facts["verdict"] = words.label("verdict", verdict)
    return words.say("victims", "texts", "compared", kind, **facts)


def _cut_between(earlier: Selection, later: Selection) -> breaks.Break | None:
    """The recording change that makes two windows of twelve months not comparable."""
    return breaks.crossed(later.measure, later.area, _ask.window(earlier).starts_on, _ask.window(later).ends_on)


def _cut_note(selection: Selection) -> tuple[str, ...]:
    window = _ask.window(selection)
    straddled = breaks.crossed(selection.measure, selection.area, window.starts_on, window.ends_on)
    return ("window_straddles_cut",) if straddled else ()


def _marks(measure: str, area: str, frame: pd.DataFrame) -> dict[str, Any]:
    """What happened while a series ran, and how many events there was no room for."""
    run = (measure, area, frame["starts_on"].iloc[0].date(), frame["ends_on"].iloc[-1].date())
    left_off = breaks.left_off(*run)
    return {"marks": breaks.marks(*run), "marks_left_off": words.count("event", left_off) if left_off else ""}


def _marks_note(marks: Mapping[str, Any]) -> tuple[str, ...]:
    return ("marks_left_off",) if marks["marks_left_off"] else ()


def _look_back_stretches(frame: pd.DataFrame, area: str, months: int) -> list[int]:
    """Which stretch each quarter's repeat victims belong to: two neighbours are joined only where nothing changed in
    recording, of crimes or incidents, from the first day looked back to until the later quarter's end."""
    quarters = [Quarter.parse(code) for code in frame["quarter_code"]]
    stretches = [0] * min(1, len(quarters))
    for earlier, later in pairwise(quarters):
        looked_back_to = earlier.plus(-(months // 3)).starts_on
        is_joined = later == earlier.plus(1) and breaks.crossed("all", area, looked_back_to, later.ends_on) is None
        stretches.append(stretches[-1] + (not is_joined))
    return stretches


def _left_out(selection: Selection, build: Build) -> dict[str, Any]:
    """How many reports of the selected quarter name nobody who can be told apart, and the definition's months."""
    frame = _ask.figures(
        build, "victims.left_out", measure=selection.measure, area=selection.area, strand=selection.strand
    )
    row = frame[frame["quarter_code"] == selection.quarter].sum(numeric_only=True)
    return {
        "months": repeat_months(),
        "organisations": f"{int(row['organisations']):,}",
        "no_reference": f"{int(row['no_reference']):,}",
        "reports": words.count("report", int(row["reports"])),
    }


def _returned(question: str, selection: Selection, viewer: Viewer, build: Build) -> Answer:
    """One indicator of the delivery plan by quarter, as its returns and the plan's own words say it.

    Frame, one row per quarter with every expected return: quarter_code, label, value (percent), low, high (95%, of
    samples and cohorts), numerator, denominator, text.
    """
    # The plan is one for the whole partnership, so no answer may carry a narrower area, strand or measure.
    selection = Selection(selection.quarter, as_at=selection.as_at)
    if build.is_shareable:
        return _ask.restricted_only(question, selection, build)
    plan = opened(selection, viewer, build)
    if plan is None:
        return _ask.answer(question, pd.DataFrame(), selection, build, withheld="no_plan")
    code = str(load_settings().options["victims"][question.partition(".")[2]])
    one = next((measured for measured in plan.measured if measured.row["indicator_code"] == code), None)
    if one is None:
        facts = {"code": code}
        return _ask.answer(question, pd.DataFrame(), selection, build, withheld="no_indicator", facts=facts)
    if one.figure is None or one.latest is None:
        facts = {"indicator": one.row["words"]}
        return _ask.answer(question, pd.DataFrame(), selection, build, withheld="no_return", facts=facts)
    frame = _returned_figures(one)
    latest = frame.iloc[-1]
    target = one.row["target"]
    is_told = pd.notna(latest["value"])
    return _ask.answer(
        question,
        frame,
        selection,
        build,
        finding="few" if not is_told else "plain" if pd.isna(latest["low"]) else "sampled",
        facts={
            "unit": "percent",
            "plan": plan.title,
            "as_at": day_label(plan.on),
            "indicator": one.row["words"],
            "numerator_words": one.row["numerator_words"],
            "denominator_words": one.row["denominator_words"],
            "from_source": one.row["source_words"],
            "latest": one.latest.label,
            "first": frame["label"].iloc[0],
            "percent": _ask.share(one.figure.numerator, one.figure.denominator) if is_told else "",
            "low": f"{latest['low']:.0f}%",
            "high": f"{latest['high']:.0f}%",
            "numerator": f"{one.figure.numerator:,.0f}",
            "denominator": f"{one.figure.denominator:,.0f}",
            "status": words.label("status", one.status.code),
            "why": words.label("plan_reason", one.status.reason),
            "travel": words.label("travel", one.travel),
            "owner": plan.names[one.row["owner_code"]],
            "target_said": _target_said(one.row),
            **({} if target is None else {"reference": float(target)}),
        },
        notes=(*(("plan_made_up",) if plan.is_made_up else ()), "plan_whole"),
    )


def _returned_figures(one: Measured) -> pd.DataFrame:
    frame = pd.DataFrame(
        {
            "quarter_code": quarter.code,
            "label": quarter.label,
            "numerator": figure.numerator,
            "denominator": figure.denominator,
        }
        for quarter, figure in one.figures
    )
    shared = _with_share(frame, "numerator", "denominator")
    if not one.row["is_sample_or_cohort"]:
        # A full count has no chance in it.
        shared[["low", "high"]] = np.nan
    return shared


def _target_said(row: Mapping[str, Any]) -> str:
    if row["target"] is None:
        return str(row["target_words"] or words.label("plan_count", "no_target"))
    return words.say("victims", "texts", "target", target=f"{row['target']:g}")


def _part(outcome: str, group: str) -> str:
    """Which of PARTS an outcome is drawn as."""
    charged, action_taken = _outcome_sets()
    if outcome in charged:
        return "charged"
    if outcome in action_taken:
        return "other_action"
    alone = {"evidential_victim_does_not_support": "no_support", "no_suspect": "no_suspect"}
    return "not_assigned" if outcome == "not_assigned" else alone.get(group, "other")


def _cohort_label(cohort: Mapping[Any, Any]) -> str:
    label = Quarter.parse(cohort["quarter_code"]).label
    return words.say("victims", "texts", "immature", label=label) if cohort["is_immature"] else label


def _mature_percent() -> dict[str, Any]:
    return {"mature_percent": f"{load_settings().options['outcomes']['mature_share']:.0%}"}


def _cohort_facts(found: pd.Series | None) -> dict[str, Any]:
    """The latest mature cohort in words, with the sets of outcomes as the settings have them."""
    charged, action_taken = _outcome_sets()
    said = {
        "charged_named": words.join([words.label("outcome_name", code) for code in charged]),
        "action_named": words.join([words.label("outcome_name", code) for code in action_taken]),
        **_mature_percent(),
    }
    if found is None:
        none = words.say("victims", "texts", "none_mature")
        return said | {"cohort": "", "crimes": "", "resolved_percent": "", "mature_said": none}
    cohort = Quarter.parse(found["quarter_code"]).label
    return said | {
        "cohort": cohort,
        "mature_said": words.say("victims", "texts", "latest_mature", cohort=cohort),
        "crimes": f"{int(found['crimes']):,}",
        "resolved_percent": _ask.share(found["resolved"], found["crimes"]),
    }


def _shift(frame: pd.DataFrame) -> str:
    """Whether the charge rate of mature cohorts has shifted, by its runs about its median; empty for few of them."""
    told = mature(frame)
    if len(told) < _FEWEST_FOR_RUNS:
        return ""
    rates_told = 100 * told["charged"] / told["crimes"]
    found = shewhart.runs(rates_told.to_numpy(), float(rates_told.median()))
    kind = "none" if not found.is_signal else "run" if found.longest > found.longest_allowed else "crossings"
    return words.say(
        "victims",
        "texts",
        "shift",
        kind,
        quarters=words.count("quarter", len(told)),
        longest=found.longest,
        allowed=found.longest_allowed,
        crossings=words.count("crossing", found.crossings),
        needed=found.crossings_needed,
    )


def _rate_facts(found: pd.Series | None, frame: pd.DataFrame) -> dict[str, Any]:
    """Both rates of the latest mature cohort with their limits, and the charge rate beside a year before."""
    if found is None:
        return dict.fromkeys(("charge_said", "action_said", "charged_percent", "action_percent", "compared"), "")
    said = {
        f"{name}_said": words.say("victims", "texts", "with_limits", count=f"{count:,}", **_share_facts(count, crimes))
        for name, count, crimes in (
            ("charge", int(found["charged"]), int(found["crimes"])),
            ("action", int(found["action_taken"]), int(found["crimes"])),
        )
    }
    year_before = Quarter.parse(found["quarter_code"]).year_before.code
    earlier = mature(frame)
    earlier = earlier[earlier["quarter_code"] == year_before]
    verdict = "no_history"
    if len(earlier):
        pair = [(int(one["charged"]), int(one["crimes"])) for one in (found, earlier.iloc[0])]
        verdict = _change.of_share(*pair)
    kind = verdict if verdict in ("no_history", "same") else "compared"
    facts = {"cohort_before": Quarter.parse(year_before).label}
    if kind == "compared":
        before = earlier.iloc[0]
        facts |= {
            "before": _ask.share(before["charged"], before["crimes"]),
            "verdict": words.label("verdict", verdict),
        }
    return said | {
        "charged_percent": _ask.share(found["charged"], found["crimes"]),
        "action_percent": _ask.share(found["action_taken"], found["crimes"]),
        "compared": words.say("victims", "texts", "charge_compared", kind, **facts),
    }


def _outcome_time(selection: Selection, build: Build) -> pd.DataFrame:
    """Crimes with an outcome and its date, by cohort, offence group and the weeks within which it came."""
    frame = _ask.figures(build, "victims.outcome_time", area=selection.area, strand=selection.strand)
    return frame[(frame["quarter_code"] <= selection.quarter) & frame["weeks"].notna()]


def _spread(rows: pd.DataFrame) -> dict[str, Any]:
    """The quartiles of some crimes with an outcome, in weeks; missing where they are too few."""
    dated = int(rows["crimes"].sum())
    low, middle, high = (
        waits.within(rows["weeks"].to_numpy(), rows["crimes"].to_numpy(), _QUARTILES) if dated >= FEW else [np.nan] * 3
    )
    text = words.say("victims", "texts", "too_few_dated", dated=f"{dated:,}")
    return {"value": middle, "low": low, "high": high, "dated": dated, "text": text}


def _spread_facts(row: pd.Series) -> dict[str, Any]:
    return {
        "dated": f"{int(row['dated']):,}",
        "half": words.count("week", int(row["value"])),
        "quarter_of_them": words.count("week", int(row["low"])),
        "three_quarters": words.count("week", int(row["high"])),
    }
