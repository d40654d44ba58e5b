"""Can these figures be trusted: what came in, what was held back, what is missing, late or revised?"""

from __future__ import annotations

from dataclasses import replace

import pandas as pd

from core import breaks, words
from core.model import ELSEWHERE, Answer, Build, Selection, Viewer
from core.periods import Quarter, day_label
from core.settings import CONFIG, read_toml
from queries import _ask, strands

_MATCH_COLUMNS = {
    "reference": "by_reference",
    "rule": "by_rule",
    "reference_only": "reference_only",
    "centre": "same_as_centre",
    "ambiguous": "ambiguous",
    "unmatched": "not_also_reported",
}


def loads(selection: Selection, viewer: Viewer, build: Build) -> Answer:
    """What came in, and where did each record go?"""
    if build.is_shareable:
        return _ask.restricted_only("quality.loads", selection, build)
    frame = _ask.figures(build, "quality.loads")
    latest = frame[(frame["provider"] == "police") & ~frame["is_open"]].iloc[0]
    frame["contract"] = [_contract(name) for name in frame["contract_name"]]
    frame["sent_by"] = [words.label("provider", code) for code in frame["provider"]]
    frame["covers"] = [
        words.say("quality", "texts", "covers", first=day_label(first), last=day_label(last))
        for first, last in zip(frame["covers_from"], frame["covers_to"], strict=True)
    ]
    frame["extracted_on"] = [day_label(day) for day in frame["extracted_on"]]
    return _ask.answer(
        "quality.loads",
        frame,
        selection,
        build,
        finding="held_back" if latest["quarantined"] else "all_accepted",
        facts={
            "records": f"{int(latest['records']):,}",
            "accepted": f"{int(latest['accepted']):,}",
            "quarantined": f"{int(latest['quarantined']):,}",
            "percent": f"{100 * latest['quarantined'] / latest['records']:.1f}",
            "extracted": day_label(latest["extracted_on"]),
        },
        notes=("reconciles",),
    )


def _contract(name: str) -> str:
    """A contract by its title; one that is no longer kept, by its name."""
    path = CONFIG / "sources" / f"{name}.toml"
    return str(read_toml(path)["title"]) if path.exists() else name


def rules(selection: Selection, viewer: Viewer, build: Build) -> Answer:
    """Why were records held back or accepted with a warning, and is it getting better?

    Frame: rule_code, label (the rule's sentence), severity, value (records in the latest extract), before (the
    extract before), ask.
    """
    if build.is_shareable:
        return _ask.restricted_only("quality.rules", selection, build)
    frame = _ask.figures(build, "quality.rules")
    extracts = list(frame.sort_values(["extracted_on", "load_id"])["load_id"].unique())
    frame = frame[frame["rule_code"].notna()]
    if frame.empty:
        return _ask.answer("quality.rules", frame, selection, build, withheld="none_broken")
    said = read_toml(CONFIG / "rules.toml")
    counts = frame.pivot_table(index=["rule_code", "severity"], columns="load_id", values="records", fill_value=0)
    # an extract that broke no rule has no row, and is still the latest
    counts = counts.reindex(columns=extracts, fill_value=0)
    latest = counts.reset_index()[["rule_code", "severity"]]
    latest["value"] = counts[extracts[-1]].to_numpy().astype(int)
    latest["before"] = counts[extracts[-2]].to_numpy().astype(int) if len(extracts) > 1 else 0
    latest["label"] = [said[code]["sentence"] for code in latest["rule_code"]]
    latest["ask"] = [said[code].get("ask", "") for code in latest["rule_code"]]
    latest["series"] = [words.label("severity", code) for code in latest["severity"]]
    latest = latest.sort_values(["severity", "value"], ascending=[True, False]).reset_index(drop=True)
    held = latest[latest["severity"] == "quarantine"]
    return _ask.answer(
        "quality.rules",
        latest,
        selection,
        build,
        finding="held_back" if held["value"].sum() else "warnings_only" if latest["value"].sum() else "none",
        facts={
            "top": held["label"].iloc[0] if len(held) else "",
            "top_count": f"{int(held['value'].iloc[0]):,}" if len(held) else "0",
            "held": int((held["value"] > 0).sum()),
            "warnings": int((latest["value"] > 0).sum() - (held["value"] > 0).sum()),
        },
        notes=("rules_overlap",),
    )


def completeness(selection: Selection, viewer: Viewer, build: Build) -> Answer:
    """Which fields are missing most often?"""
    found = strands.completeness(selection, viewer, build)
    return _ask.answer(
        "quality.completeness",
        found.frame,
        selection,
        build,
        finding=found.finding,
        facts=found.facts,
        notes=found.notes,
        withheld=found.withheld,
    )


def lag(selection: Selection, viewer: Viewer, build: Build) -> Answer:
    """How long after it happened is a report recorded?"""
    if build.is_shareable:
        return _ask.restricted_only("quality.lag", selection, build)
    if selection.measure == ELSEWHERE:
        return _ask.not_applicable("quality.lag", selection, build)
    if not _ask.holds_window(selection, build):
        return _ask.no_window("quality.lag", selection, build)
    window = _ask.window(selection)
    frame = _ask.figures(
        build, "quality.lag", measure=selection.measure, starts_on=window.starts_on, ends_on=window.ends_on
    )
    if frame.empty:
        return _ask.no_data("quality.lag", selection, build)
    order = ("same_day", "within_week", "within_month", "within_year", "over_year", "not_known")
    frame["position"] = [order.index(code) for code in frame["lag_code"]]
    frame = frame.sort_values("position").reset_index(drop=True)
    frame["label"] = [words.label("lag", code) for code in frame["lag_code"]]
    frame["value"] = frame["reports"]
    dated = frame[frame["lag_code"] != "not_known"]
    total = int(dated["reports"].sum())
    same_day = int(dated.loc[dated["lag_code"] == "same_day", "reports"].sum())
    return _ask.answer(
        "quality.lag",
        frame,
        selection,
        build,
        finding="plain" if total >= strands.FEW else "few" if total else "unknown",
        facts={
            "area": words.label("area_in_sentence", "llr"),
            "same_day": f"{same_day:,}",
            "dated": f"{total:,}",
            "same_day_percent": _ask.share(same_day, total) if total else "",
            "month_percent": _ask.share(int(dated["reports_changing_month"].sum()), total) if total else "",
        },
        notes=("lag",),
    )


def revisions(selection: Selection, viewer: Viewer, build: Build) -> Answer:
    """What moved in quarters already published since the build before?

    Frame: quarter_code, label, reports_before, reports_now, value (the difference); added, taken_away, moved_in and
    moved_out, missing where only the difference can be told.
    """
    if build.is_shareable:
        return _ask.restricted_only("quality.revisions", selection, build)
    frame = _ask.figures(build, "quality.revisions", measure=selection.measure, area=selection.area)
    if frame.empty:
        return _ask.answer("quality.revisions", frame, selection, build, withheld="nothing_revised")
    frame["label"] = [Quarter.parse(code).label for code in frame["quarter_code"]]
    frame["value"] = frame["reports_now"] - frame["reports_before"]
    rise, fall = int(frame["value"].clip(lower=0).sum()), int(-frame["value"].clip(upper=0).sum())
    is_exact = bool(frame["is_exact"].all())
    came_and_went = {
        "added": int(frame["added"].sum()),
        "taken_away": int(frame["taken_away"].sum()),
        # a report moved from one of these quarters to another is one report
        "moved": int((frame["moved_in"] + frame["moved_out"] - frame["moved_inside"]).sum()),
    }
    net = "both" if rise and fall else "rose" if rise else "fell"
    return _ask.answer(
        "quality.revisions",
        _without_unknown(frame, is_exact),
        selection,
        build,
        finding="exact" if is_exact else net,
        facts={
            "rise": f"{rise:,}",
            "fall": f"{fall:,}",
            "rose": words.count("published_quarter", int((frame["value"] > 0).sum())),
            "fell": words.count("published_quarter", int((frame["value"] < 0).sum())),
            "before": int(frame["previous_build"].iloc[0]),
            "what": words.join(
                [
                    words.say("quality", "texts", part, count=words.count("report", reports))
                    for part, reports in came_and_went.items()
                    if reports
                ]
            ),
        },
        notes=("revisions",) if is_exact else ("revisions", "revisions_net"),
    )


def revised_cells(selection: Selection, viewer: Viewer, build: Build) -> Answer:
    """Which published counts moved, by measure, quarter and place?

    Frame: one row a count, latest quarter first: measure, label (the quarter), place, reports_before, reports_now,
    added, taken_away, moved_in, moved_out (missing where only the difference can be told).
    """
    if build.is_shareable:
        return _ask.restricted_only("quality.revised_cells", selection, build)
    frame = _ask.figures(build, "quality.revised_cells", measure=selection.measure, area=selection.area)
    if frame.empty:
        return _ask.answer("quality.revised_cells", frame, selection, build, withheld="no_count_moved")
    frame["label"] = [Quarter.parse(code).label for code in frame["quarter_code"]]
    frame["measure"] = [words.label("measure", code) for code in frame["measure_code"]]
    frame["place"] = [words.label("area", code) for code in frame["area_code"]]
    frame["value"] = frame["reports_now"] - frame["reports_before"]
    return _ask.answer(
        "quality.revised_cells",
        _without_unknown(frame, bool(frame["is_exact"].all())),
        selection,
        build,
        facts={
            "counts": words.count("count", len(frame)),
            "quarters": words.count("published_quarter", frame["quarter_code"].nunique()),
            "latest": frame["label"].iloc[0],
            "earliest": frame["label"].iloc[-1],
        },
        notes=("revisions",) if frame["is_exact"].all() else ("revisions", "revisions_net"),
    )


def _without_unknown(frame: pd.DataFrame, is_exact: bool) -> pd.DataFrame:
    """What came and went is told of a figure only where it accounts for every difference in it."""
    parts = ["added", "taken_away", "moved_in", "moved_out"]
    frame[parts] = frame[parts].astype("Int64")
    if not is_exact:
        frame[parts] = pd.NA
    return frame


def told_elsewhere(selection: Selection, viewer: Viewer, build: Build) -> Answer:
    """What became of the reports made to reporting centres and councils?

    Frame: one row a provider: label, reports, and how many by_reference, by_rule, same_as_centre, reference_only,
    ambiguous and not_also_reported (labels.toml [match]); those add up to reports.
    """
    if build.is_shareable:
        return _ask.restricted_only("quality.told_elsewhere", selection, build)
    if ELSEWHERE not in _ask.measures(build):
        return _ask.answer("quality.told_elsewhere", pd.DataFrame(), selection, build, withheld="none_elsewhere")
    if not _ask.holds_window(replace(selection, measure=ELSEWHERE), build):
        return _ask.no_window("quality.told_elsewhere", selection, build)
    window = _ask.window(selection)
    counted = _ask.figures(build, "quality.told_elsewhere", starts_on=window.starts_on, ends_on=window.ends_on)
    if counted.empty:
        return _ask.no_data("quality.told_elsewhere", selection, build)
    frame = counted.pivot_table(index="provider", columns="status_code", values="reports", aggfunc="sum", fill_value=0)
    frame = frame.reindex(columns=list(_MATCH_COLUMNS), fill_value=0).rename(columns=_MATCH_COLUMNS).astype(int)
    frame.insert(0, "reports", frame.sum(axis=1))
    frame = frame.sort_index(ascending=False).reset_index()
    frame.insert(0, "label", [words.label("provider", code) for code in frame["provider"]])
    total = frame.sum(numeric_only=True).astype(int)
    return _ask.answer(
        "quality.told_elsewhere",
        frame,
        selection,
        build,
        facts={
            **{str(name): f"{int(count):,}" for name, count in total.items()},
            "matched": f"{int(total['by_reference'] + total['by_rule'] + total['reference_only']):,}",
            "counted": f"{int(total['ambiguous'] + total['not_also_reported']):,}",
            "reports": words.count("report", int(total["reports"])),
        },
        notes=("told_elsewhere",),
    )


def checks(selection: Selection, viewer: Viewer, build: Build) -> Answer:
    """What was made sure of before the build was published?"""
    frame = _ask.figures(build, "quality.checks")
    return _ask.answer("quality.checks", frame, selection, build, facts={"count": len(frame)})


def places(selection: Selection, viewer: Viewer, build: Build) -> Answer:
    """How was each report placed, and how many could not be?"""
    if build.is_shareable:
        return _ask.restricted_only("quality.places", selection, build)
    if selection.measure == ELSEWHERE:
        return _ask.not_applicable("quality.places", selection, build)
    if not _ask.holds_window(selection, build):
        return _ask.no_window("quality.places", selection, build)
    window = _ask.window(selection)
    frame = _ask.figures(
        build, "quality.places", measure=selection.measure, starts_on=window.starts_on, ends_on=window.ends_on
    )
    if frame.empty:
        return _ask.no_data("quality.places", selection, build)
    frame["label"] = [words.label("area_basis", code) for code in frame["basis_code"]]
    frame["value"] = frame["reports"]
    by_code = dict(zip(frame["basis_code"], frame["reports"], strict=True))
    return _ask.answer(
        "quality.places",
        frame,
        selection,
        build,
        facts={
            "not_placed": f"{int(by_code.get('not_known', 0)):,}",
            "outside": f"{int(by_code.get('outside', 0)):,}",
            "reports": f"{int(frame['reports'].sum()):,}",
        },
        notes=("places",),
    )


def recording_changes(selection: Selection, viewer: Viewer, build: Build) -> Answer:
    """Where did recording change? Frame: label (when), title, kind, measures, text."""
    frame = pd.DataFrame(
        {
            "label": one.told,
            "title": one.title,
            "kind": words.label("break_kind", one.kind),
            "measures": words.join([words.label("measure", code) for code in one.measures])
            or words.say("quality", "texts", "no_measure"),
            "text": one.text,
        }
        for one in breaks.breaks()
    )
    facts = {"changes": words.count("recording_change", len(frame))}
    return _ask.answer("quality.recording_changes", frame, selection, build, facts=facts)


def coincident_events(selection: Selection, viewer: Viewer, build: Build) -> Answer:
    """What happened at the time? Frame: title, label (when), kind (marked on charts, or a campaign that is not)."""
    frame = pd.DataFrame(
        {"title": one.title, "label": one.told, "kind": words.label("event_kind", one.kind)} for one in breaks.events()
    )
    facts = {
        "marked": words.count("event", sum(one.kind == "event" for one in breaks.events())),
        "campaigns": words.count("campaign_week", sum(one.kind == "campaign" for one in breaks.events())),
    }
    return _ask.answer("quality.coincident_events", frame, selection, build, facts=facts)
