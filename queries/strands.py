"""Which strands are reported, together and apart, and how much of it do we not know?"""

from __future__ import annotations

from dataclasses import replace

import numpy as np
import pandas as pd

from core import breaks, words
from core.model import ELSEWHERE, GROUPS, STRANDS, Answer, Build, Selection, Viewer
from queries import _ask
from stats import rates

FEW = 10


def motivating_factors(selection: Selection, viewer: Viewer, build: Build) -> Answer:
    """How many reports carry each strand, crimes and incidents apart?

    A two-strand report is in each of its strands, so the bars do not add up to a total and no total is shown.
    Frame: strand_code, label, series_code, series, value.
    """
    if build.is_shareable:
        return _ask.restricted_only("strands.motivating_factors", selection, build)
    if not _ask.holds_window(selection, build):
        return _ask.no_window("strands.motivating_factors", selection, build)
    window = _ask.window(selection)
    counted = _ask.figures(
        build, "strands.motivating_factors",
        area=selection.area,
        measure="all" if selection.measure != ELSEWHERE else ELSEWHERE,
        starts_on=window.starts_on,
        ends_on=window.ends_on,
    )  # fmt: skip
    total = {
        measure: int(rows.loc[rows["strand_code"] == "all", "reports"].sum())
        for measure, rows in counted.groupby("measure_code")
    }
    drawn = counted[counted["strand_code"].isin((*STRANDS, "not_known"))].copy()
    drawn["position"] = [(*STRANDS, "not_known").index(code) for code in drawn["strand_code"]]
    drawn = drawn.sort_values(["position", "measure_code"]).reset_index(drop=True)
    drawn["label"] = [words.label("strand", code) for code in drawn["strand_code"]]
    drawn["series"] = [words.label("measure", code) for code in drawn["measure_code"]]
    drawn["value"] = drawn["reports"]
    both = replace(selection, measure="all")  # the figure shows crimes and incidents, whatever was chosen
    if selection.measure == ELSEWHERE:
        return _elsewhere_factors(drawn, total[ELSEWHERE], selection, build)
    crimes = drawn[(drawn["measure_code"] == "crime") & (drawn["strand_code"] != "not_known")]
    factors = int(crimes["reports"].sum())
    top = crimes.iloc[int(crimes["reports"].to_numpy().argmax())]
    return _ask.answer(
        "strands.motivating_factors",
        drawn,
        selection,
        build,
        finding="none"
        if not total["crime"]
        else "few"
        if total["crime"] < FEW
        else "not_recorded"
        if not factors
        else "tied"
        if _is_most(crimes).sum() > 1
        else "plain",
        facts={
            "top": words.join(
                [words.label("strand_in_sentence", code) for code in crimes.loc[_is_most(crimes), "strand_code"]]
            ),
            "top_count": f"{int(top['reports']):,}",
            "top_percent": _ask.share(top["reports"], total["crime"]) if total["crime"] else "",
            "apart": words.say("strands", "texts", "apart"),
            "told": words.say(
                "strands",
                "texts",
                "told",
                crimes=f"{total['crime']:,}",
                incidents=f"{total['incident']:,}",
                factors=f"{factors:,}",
            ),
            "crimes": f"{total['crime']:,}",
            "factors": f"{factors:,}",
        },
        notes=("strands_do_not_add", *_cut_note(both)),
    )


def _elsewhere_factors(drawn: pd.DataFrame, total: int, selection: Selection, build: Build) -> Answer:
    """Motivating factors of the reports made to centres and councils alone."""
    carried = drawn[drawn["strand_code"] != "not_known"]
    factors = int(carried["reports"].sum())
    most = carried[_is_most(carried)]
    return _ask.answer(
        "strands.motivating_factors",
        drawn,
        selection,
        build,
        finding="elsewhere_few" if total < FEW or not factors else "elsewhere",
        facts={
            "top": words.join([words.label("strand_in_sentence", code) for code in most["strand_code"]]),
            "top_count": f"{int(most['reports'].iloc[0]):,}",
            "total": words.count("report", total),
            "factors": f"{factors:,}",
            "apart": "",
            "told": words.say("strands", "texts", "told_elsewhere", total=words.count("report", total)),
        },
        notes=("strands_do_not_add",),
    )


def groups(selection: Selection, viewer: Viewer, build: Build) -> Answer:
    """How many reports carry one strand alone, several, or none? These do add up to the total."""
    if not _ask.holds_window(selection, build):
        return _ask.no_window("strands.groups", selection, build)
    window = _ask.window(selection)
    frame = _ask.figures(
        build, "strands.groups",
        area=selection.area, measure=selection.measure, starts_on=window.starts_on, ends_on=window.ends_on,
    )  # fmt: skip
    if frame.empty:
        return _ask.no_data("strands.groups", selection, build)
    frame["position"] = [GROUPS.index(code) for code in frame["group_code"]]
    frame = frame.sort_values("position").reset_index(drop=True)
    frame["label"] = [words.label("group", code) for code in frame["group_code"]]
    frame["value"] = frame["reports"]
    total = int(frame["reports"].sum())
    several = int(frame.loc[frame["group_code"] == "multiple", "reports"].sum())
    return _ask.answer(
        "strands.groups",
        frame,
        selection,
        build,
        finding="rounded" if build.is_shareable else "plain" if total >= FEW else "few" if total else "none",
        facts={
            "total": _ask.told(build, total, "report") if total else _ask.zero(build, int(frame["cells"].sum())),
            "zero": _ask.zero(build, int(frame["cells"].iloc[0])),
            "several": _ask.told(build, several) if several else _ask.zero(build, int(frame["cells"].iloc[0])),
            "several_percent": f"{100 * several / total:.1f}" if total else "",
        },
        notes=("groups_add", *_cut_note(selection)),
        cells=int(frame["cells"].sum()),
    )


def overlaps(selection: Selection, viewer: Viewer, build: Build) -> Answer:
    """Which strands are reported together? Frame: row, column, value, one row per pair in both orders."""
    if build.is_shareable:
        return _ask.restricted_only("strands.overlaps", selection, build)
    if not _ask.holds_window(selection, build):
        return _ask.no_window("strands.overlaps", selection, build)
    window = _ask.window(selection)
    frame = _ask.figures(
        build, "strands.overlaps",
        area=selection.area, measure=selection.measure, starts_on=window.starts_on, ends_on=window.ends_on,
    )  # fmt: skip
    counts = {(one, other): reports for one, other, reports in frame.itertuples(index=False)}
    counts |= {(other, one): reports for (one, other), reports in counts.items()}
    grid = pd.DataFrame(
        {
            "row": words.label("strand", one),
            "column": words.label("strand", other),
            "value": np.nan if one == other else counts.get((one, other), 0),
        }
        for one in STRANDS
        for other in STRANDS
    )
    if frame.empty:
        return _ask.answer("strands.overlaps", grid, selection, build, finding="none")
    most = frame[_is_most(frame)]
    return _ask.answer(
        "strands.overlaps",
        grid,
        selection,
        build,
        facts={
            "pairs": words.join(
                [
                    words.say(
                        "strands",
                        "texts",
                        "pair",
                        one=words.label("strand_in_sentence", one),
                        other=words.label("strand_in_sentence", other),
                    )
                    for one, other in zip(most["strand_code"], most["other_strand_code"], strict=True)
                ]
            ),
            "count": words.count("report", int(most["reports"].iloc[0])),
            "most": len(most),
        },
        finding="plain" if len(most) == 1 else "tied" if len(most) <= 3 else "many_tied",
        notes=("pairs", *_cut_note(selection)),
    )


def religion_targeted(selection: Selection, viewer: Viewer, build: Build) -> Answer:
    """Which religions were targeted, where recorded?"""
    if build.is_shareable:
        return _ask.restricted_only("strands.religion_targeted", selection, build)
    if not _ask.holds_window(selection, build):
        return _ask.no_window("strands.religion_targeted", selection, build)
    window = _ask.window(selection)
    frame = _ask.figures(
        build, "strands.religion_targeted",
        area=selection.area, measure=selection.measure, starts_on=window.starts_on, ends_on=window.ends_on,
    )  # fmt: skip
    if frame.empty:
        return _ask.answer("strands.religion_targeted", frame, selection, build, withheld="none_recorded")
    frame["label"] = [words.label("religion", code) for code in frame["religion_code"]]
    frame["value"] = frame["reports"]
    frame = pd.concat([frame[frame["religion_code"] != "not_known"], frame[frame["religion_code"] == "not_known"]])
    unknown = int(frame.loc[frame["religion_code"] == "not_known", "reports"].sum())
    reports = int(frame["reports_with_strand"].iloc[0])
    known = frame[frame["religion_code"] != "not_known"]
    return _ask.answer(
        "strands.religion_targeted",
        frame.reset_index(drop=True),
        selection,
        build,
        finding="unknown"
        if known.empty
        else "few"
        if reports - unknown < FEW
        else "tied"
        if _is_most(known).sum() > 1
        else "plain",
        facts={
            "top": words.join(list(known.loc[_is_most(known), "label"])) if len(known) else "",
            "top_count": f"{int(known['reports'].iloc[0]):,}" if len(known) else "",
            "reports": words.count("report", reports),
            "known": f"{reports - unknown:,}",
            "unknown": f"{unknown:,}",
        },
        notes=("religion_targeted", *_cut_note(selection)),
    )


def offence_groups(selection: Selection, viewer: Viewer, build: Build) -> Answer:
    """What kinds of offence are the crimes?"""
    selection = _ask.of_police(selection)
    if build.is_shareable:
        return _ask.restricted_only("strands.offence_groups", selection, build)
    if not _ask.holds_window(selection, build):
        return _ask.no_window("strands.offence_groups", selection, build)
    window = _ask.window(selection)
    frame = _ask.figures(
        build, "strands.offence_groups",
        area=selection.area, strand=selection.strand, starts_on=window.starts_on, ends_on=window.ends_on,
    )  # fmt: skip
    if frame.empty:
        return _ask.answer("strands.offence_groups", frame, selection, build, withheld="none_recorded")
    frame["label"] = [words.label("offence_group", code) for code in frame["offence_group_code"]]
    frame["value"] = frame["reports"]
    total = int(frame["reports"].sum())
    frame["share_pct"] = 100 * frame["reports"] / total if total >= FEW else np.nan
    most = frame[_is_most(frame)]
    about = _ask.common_facts(replace(selection, measure="crime"), build)
    return _ask.answer(
        "strands.offence_groups",
        frame,
        selection,
        build,
        finding="few" if total < FEW else "tied" if len(most) > 1 else "plain",
        facts={
            **about,
            "top": words.join(list(most["label"])),
            "top_count": f"{int(most['reports'].iloc[0]):,}",
            "top_percent": _ask.share(most["reports"].iloc[0], total),
            "total": f"{total:,}",
        },
        notes=("crimes_only",),
    )


def completeness(selection: Selection, viewer: Viewer, build: Build) -> Answer:
    """How much is known of each field?

    Frame: field_code, label, known, not_known, records, value (percent known), low, high.
    """
    if build.is_shareable:
        return _ask.restricted_only("strands.completeness", selection, build)
    if selection.measure == ELSEWHERE:
        return _ask.not_applicable("strands.completeness", selection, build)
    if not _ask.holds_window(selection, build):
        return _ask.no_window("strands.completeness", selection, build)
    window = _ask.window(selection)
    frame = _ask.figures(
        build, "strands.completeness",
        area=selection.area, measure=selection.measure, starts_on=window.starts_on, ends_on=window.ends_on,
    )  # fmt: skip
    if frame.empty:
        return _ask.no_data("strands.completeness", selection, build)
    frame["label"] = [words.label("field", code) for code in frame["field_code"]]
    frame["value"] = (100 * frame["known"] / frame["records"]).where(frame["records"] >= FEW)
    limits = rates.share(frame["known"].to_numpy(), frame["records"].to_numpy())
    for name in ("low", "high"):
        frame[name] = (100 * limits[name]).where((frame["records"] >= FEW).to_numpy()).to_numpy()
    frame["not_known"] = frame["records"] - frame["known"]
    frame["text"] = [
        words.say("strands", "texts", "known", known=known, records=records)
        for known, records in zip(frame["known"], frame["records"], strict=True)
    ]
    frame = frame.sort_values("value", ascending=False, na_position="last").reset_index(drop=True)
    judged = frame[frame["value"].notna()]
    if judged.empty:
        return _ask.answer("strands.completeness", pd.DataFrame(), selection, build, withheld="too_few")
    least = judged.iloc[-1]
    tied = judged[judged["value"] == least["value"]]
    return _ask.answer(
        "strands.completeness",
        frame,
        selection,
        build,
        facts={
            "unit": "percent",
            "least": words.join(list(tied["label"])),
            "least_percent": _ask.share(least["known"], least["records"]),
            "least_unknown": f"{int(least['not_known']):,}",
            "least_records": f"{int(least['records']):,}",
        },
        finding="plain" if len(tied) == 1 else "all_known" if least["not_known"] == 0 else "tied",
        notes=("not_known_is_a_bar", *_cut_note(selection)),
    )


def _is_most(frame: pd.DataFrame) -> pd.Series[bool]:
    """The rows that share the largest count: two that tie are both named, never the first of them alone."""
    return frame["reports"] == frame["reports"].max()


def _cut_note(selection: Selection) -> tuple[str, ...]:
    window = _ask.window(selection)
    straddled = breaks.crossed(selection.measure, selection.area, window.starts_on, window.ends_on)
    return ("window_straddles_cut",) if straddled else ()
