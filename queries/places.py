"""Where is it reported, for its size, and is any place different from its own past?"""

from __future__ import annotations

from dataclasses import replace

import numpy as np
import pandas as pd

from core import breaks, words
from core.model import AUTHORITIES, STRANDS, Answer, Build, Selection, Viewer
from core.periods import Quarter, financial_year, month_label
from core.settings import load_settings
from queries import _ask, _change
from stats import rates

FEW = 10
OWN_FORCE = "Leicestershire"  # as the Home Office names the force whose area LLR is
RATE_BREAKS = (
    0.5,
    1.0,
    2.0,
    4.0,
)  # reports per 1,000 residents in 12 months; fixed so that a colour means the same every quarter


def rates_by_area(selection: Selection, viewer: Viewer, build: Build) -> Answer:
    """How many reports per 1,000 residents in twelve months, by authority, with the interval?

    Frame: area_code, label, reports, population, population_year, value, low, high, class_code, highlight.
    """
    frame = _twelve_months(selection, build)
    if frame.empty:
        return _ask.no_window("places.rates_by_area", selection, build)
    options = load_settings().options["rates"]
    found = rates.rate(
        frame["reports"].to_numpy(),
        frame["population"].to_numpy(),
        per=options["per"],
        confidence=options["confidence"],
    )
    frame["value"] = found["rate"].to_numpy()
    frame["low"] = np.nan if build.is_shareable else found["low"].to_numpy()
    frame["high"] = np.nan if build.is_shareable else found["high"].to_numpy()
    frame["class_code"] = [
        _rate_class(value, reports) for value, reports in zip(frame["value"], frame["reports"], strict=True)
    ]
    frame["class_label"] = [words.label("rate_class", code) for code in frame["class_code"]]
    frame["highlight"] = frame["area_code"] == selection.area
    frame = frame.sort_values("value", ascending=False).reset_index(drop=True)
    enough = frame[frame["reports"] >= FEW]
    top = enough.iloc[0] if len(enough) else None
    about_top = {
        "highest": words.label("area_in_sentence", top["area_code"]) if top is not None else "",
        "highest_rate": f"{top['value']:.2f}" if top is not None else "",
        "highest_count": f"{int(top['reports']):,}" if top is not None else "",
        "highest_said": "",
    }
    finding = (
        ("rounded" if len(enough) else "rounded_few") if build.is_shareable
        else "plain" if len(enough) == len(frame)
        else "some" if len(enough)
        else "few" if frame["reports"].any()
        else "none"
    )  # fmt: skip
    if top is not None:
        about_top["highest_said"] = words.say("places", "texts", "highest", **about_top)
    return _ask.answer(
        "places.rates_by_area",
        frame,
        selection,
        build,
        finding=finding,
        facts={
            "unit": "per_1000",
            "class_kind": "rate_class",
            **about_top,
            "zero": _ask.zero(build, int(frame["cells"].iloc[0])),
            "population_year": int(frame["population_year"].max()),
        },
        notes=("residents", "no_league", *_cut_note(selection)),
        cells=int(frame["cells"].sum()),
    )


def own_past(selection: Selection, viewer: Viewer, build: Build) -> Answer:
    """Is each authority higher, similar or lower than its own twelve months before?

    Frame: area_code, label, now, before, value (percent change), low, high, class_code, class_label, highlight.
    """
    if build.is_shareable:
        return _ask.restricted_only("places.own_past", selection, build)
    rows = []
    for code in AUTHORITIES:
        chosen = replace(selection, area=code)
        found = _change.of_year(chosen, build)
        rows.append(
            {
                "area_code": code,
                "label": words.label("area", code),
                "now": found.now,
                "before": found.before,
                "value": found.percent,
                "low": found.low,
                "high": found.high,
                "verdict_code": found.verdict,
                "verdict": words.label("verdict", found.verdict),
                "class_code": _past_class(found),
                "reason": found.reason,
            }
        )
    frame = pd.DataFrame(rows)
    if frame["now"].isna().all() or (frame["verdict_code"] == "no_history").all():
        return _ask.no_window("places.own_past", selection, build, months=24)
    frame[["now", "before"]] = frame[["now", "before"]].astype("Int64")
    frame["class_label"] = [words.label("place_class", code) for code in frame["class_code"]]
    frame["text"] = [
        words.say("places", "from_to", now=now, before=before)
        if verdict not in ("no_history", "not_comparable", "ended")
        else said
        for now, before, verdict, said in zip(
            frame["now"], frame["before"], frame["verdict_code"], frame["class_label"], strict=True
        )
    ]
    frame["highlight"] = frame["class_code"].isin(["higher", "lower"])
    if (frame["class_code"] == "not_comparable").all():
        return _ask.answer(
            "places.own_past",
            frame,
            selection,
            build,
            withheld="not_comparable",
            facts={"reason": frame["reason"].iloc[0]},
        )
    named = {
        side: [words.label("area_in_sentence", code) for code in frame.loc[frame["class_code"] == side, "area_code"]]
        for side in ("higher", "lower")
    }
    finding = (
        "higher_and_lower" if named["higher"] and named["lower"]
        else "higher" if named["higher"]
        else "lower" if named["lower"]
        else "none"
    )  # fmt: skip
    return _ask.answer(
        "places.own_past",
        frame.sort_values("value", ascending=False, na_position="last").reset_index(drop=True),
        selection,
        build,
        finding=finding,
        facts={
            "unit": "percent",
            "class_kind": "place_class",
            "higher": words.join(named["higher"]),
            "lower": words.join(named["lower"]),
        },
        notes=("change_method", "change_few"),
    )


def share_of_crime(selection: Selection, viewer: Viewer, build: Build) -> Answer:
    """How much of all recorded crime is hate crime, by authority?

    Frame: area_code, label, hate_crimes, all_crimes, value (percent), low, high.
    """
    selection = _ask.of_police(selection)
    if build.is_shareable:
        return _ask.restricted_only("places.share_of_crime", selection, build)
    window = _ask.window(selection)
    frame = _ask.figures(build, "places.share_of_crime", starts_on=window.starts_on, ends_on=window.ends_on)
    frame = frame[frame["all_crimes"] > 0]
    if frame.empty:
        return _ask.answer("places.share_of_crime", frame, selection, build, withheld="no_all_crime")
    found = rates.share(frame["hate_crimes"].to_numpy(), frame["all_crimes"].to_numpy())
    frame["value"], frame["low"], frame["high"] = (100 * found[name].to_numpy() for name in ("share", "low", "high"))
    frame["label"] = [words.label("area", code) for code in frame["area_code"]]
    frame["highlight"] = frame["area_code"] == selection.area
    frame = frame.sort_values("value", ascending=False).reset_index(drop=True)
    held = int(frame["months"].min())
    hate, crimes = int(frame["hate_crimes"].sum()), int(frame["all_crimes"].sum())
    return _ask.answer(
        "places.share_of_crime",
        frame,
        selection,
        build,
        finding="plain" if held == 12 else "part",
        facts={
            "unit": "percent",
            "percent": f"{100 * hate / crimes:.1f}",
            "hate_crimes": f"{hate:,}",
            "all_crimes": f"{crimes:,}",
            "months": words.count("month", held),
            "first": month_label(frame["first_month_on"].min()),
            "last": month_label(frame["last_month_on"].max()),
        },
        notes=("share_of_crime",),
    )


def comparators(selection: Selection, viewer: Viewer, build: Build) -> Answer:
    """How does the mix of strands compare with the figures published for the same financial year?

    Of the latest financial year up to the selected quarter that both hold whole, five strands only, never a ranking.

    Frame: strand_code, label, kind (own|force|total), series (whose), motivating_factors, value (percent of the five
    strands' motivating factors), offences.
    """
    if build.is_shareable:
        return _ask.restricted_only("places.comparators", selection, build)
    found = _ask.figures(build, "places.comparators", quarter=selection.quarter, force=OWN_FORCE)
    published = found[found["kind"] != "own"]
    if published.empty:
        return _ask.answer("places.comparators", published, selection, build, withheld="no_comparators")
    years = sorted(set(published["year"]) & set(found.loc[found["kind"] == "own", "year"]))
    if not years:
        told = words.join([financial_year(year) for year in sorted(set(published["year"]))])
        return _ask.answer(
            "places.comparators", published.iloc[:0], selection, build, withheld="other_years", facts={"years": told}
        )
    frame = found[found["year"] == years[-1]].copy()
    frame["strand"] = [STRANDS.index(code) for code in frame["strand_code"]]
    frame["whose"] = [("own", "force", "total").index(kind) for kind in frame["kind"]]
    frame = frame.sort_values(["strand", "whose", "area_name"]).reset_index(drop=True)
    frame["label"] = [words.label("strand", code) for code in frame["strand_code"]]
    frame["series"] = [
        words.say("places", "texts", "own" if kind == "own" else "published", area=name)
        for kind, name in zip(frame["kind"], frame["area_name"], strict=True)
    ]
    wholes = frame.groupby("series")["motivating_factors"].transform("sum")
    frame["value"] = 100 * frame["motivating_factors"] / wholes.where(wholes > 0)
    frame["offences"] = frame["offences"].astype("Int64")
    own, force = frame[frame["kind"] == "own"], frame[frame["kind"] == "force"]
    if min(own["motivating_factors"].sum(), force["motivating_factors"].sum()) < FEW:
        return _ask.answer("places.comparators", frame.iloc[:0], selection, build, withheld="too_few")
    top = own.loc[own["motivating_factors"].idxmax()]
    beside = force[force["strand_code"] == top["strand_code"]].iloc[0]
    own_factors, published_factors = int(own["motivating_factors"].sum()), int(force["motivating_factors"].sum())
    return _ask.answer(
        "places.comparators",
        frame,
        selection,
        build,
        facts={
            "unit": "percent",
            "year": financial_year(years[-1]),
            "top": words.label("strand", top["strand_code"]),
            "own_percent": _ask.share(top["motivating_factors"], own_factors),
            "published_percent": _ask.share(beside["motivating_factors"], published_factors),
            "own_offences": f"{int(top['offences']):,}",
            "published_offences": words.say("frame", "missing_value") if pd.isna(beside["offences"])
            else f"{int(beside['offences']):,}",
            "own_factors": f"{own_factors:,}",
            "published_factors": f"{published_factors:,}",
            "coverage": words.page_text("places")["coverage"].get(str(years[-1]), ""),
        },
        notes=("comparators", "comparators_strands", "no_ranking"),
    )  # fmt: skip


def _twelve_months(selection: Selection, build: Build) -> pd.DataFrame:
    """Reports by authority over four quarters, with the residents of the year nearest the selected quarter."""
    frame = _ask.figures(build, "quarter.areas", measure=selection.measure, strand=selection.strand)
    quarter = Quarter.parse(selection.quarter)
    held = frame[frame["quarter_code"].isin([quarter.plus(-step).code for step in range(4)])]
    if held["quarter_code"].nunique() < 4 or not _ask.holds(selection, build):
        return held.iloc[:0]
    latest = held[held["quarter_code"] == quarter.code].set_index("area_code")
    summed = held.groupby(["area_code", "position"], as_index=False).agg(
        reports=("reports", "sum"), cells=("cells", "sum")
    )
    summed["population"] = latest["population"].reindex(summed["area_code"]).to_numpy()
    summed["population_year"] = latest["population_year"].reindex(summed["area_code"]).to_numpy()
    summed["label"] = [words.label("area", code) for code in summed["area_code"]]
    return summed


def _rate_class(value: float, reports: int) -> str:
    if reports < FEW:
        return "too_few"
    return str(sum(value >= cut for cut in RATE_BREAKS))


def _past_class(found: _change.Change) -> str:
    if found.verdict in ("not_comparable", "no_history", "ended"):
        return "not_comparable"
    if found.verdict in ("higher", "lower"):
        return found.verdict
    return "too_few" if max(found.now or 0, found.before or 0) < FEW else "similar"


def _cut_note(selection: Selection) -> tuple[str, ...]:
    window = _ask.window(selection)
    straddled = breaks.crossed(selection.measure, selection.area, window.starts_on, window.ends_on)
    return ("window_straddles_cut",) if straddled else ()
