"""What changed this quarter, is it more than chance, where should we look, and what is late in the plan?"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace
from functools import lru_cache
from typing import Any

import pandas as pd

from core import breaks, words
from core.model import AUTHORITIES, ELSEWHERE, MEASURES, Answer, Build, Selection, Viewer
from core.periods import Quarter
from core.settings import load_settings
from queries import _ask, _change, _series, exceptions, indicators, plan, trends, victims
from stats import rates, xmr

SPARK_MONTHS = 24
SPARK_QUARTERS = 12


def headlines(selection: Selection, viewer: Viewer, build: Build) -> Answer:
    """Three to six sentences, each with the page that shows its evidence.

    Frame: about and finding (the words: [headlines.<about>] <finding>), about_code (which finding it is, of what),
    facts (dict), page (where the evidence is), measure (what it must be opened with); strand, where that is not the one
    chosen.
    """
    rows: list[dict[str, Any]] = []
    measures = (selection.measure,) if selection.measure != "all" else ("all", "crime")
    for measure in measures:
        chosen = replace(selection, measure=measure)
        found = _change.of_quarter(chosen, build)
        finding = "not_held" if found.now is None else found.verdict
        rows.append(_row("quarter", finding, chosen, build, "trends", trends.change_facts(found)))
    chosen = replace(selection, measure="crime" if selection.measure == "all" else selection.measure)
    found = _change.of_year(chosen, build)
    rows.append(
        _row(
            "year",
            "not_held" if found.now is None else "mixed" if found.is_mixed else found.verdict,
            chosen,
            build,
            "trends",
            trends.change_facts(found),
        )
    )
    rows.append(_where_to_look(chosen, viewer, build))
    if not build.is_shareable:
        rows.append(_charges_row(selection, build))
    summary = plan.summary(selection, viewer, build)
    if summary.withheld is None:
        rows.append(_row("plan", summary.finding, selection, build, "plan", dict(summary.facts)))
    return _ask.answer("quarter.headlines", pd.DataFrame(rows), selection, build)


def tiles(selection: Selection, viewer: Viewer, build: Build) -> Answer:
    """The three measures, charge rate, repeat victims, reports only made elsewhere: now, a year before, verdict.

    Frame: tile_code, value, before, unit (count|percent), verdict_code, reason, zero, note_code, note_facts,
    spark (list), spark_lower, spark_upper (lists, empty where no usual range is offered); and in words label,
    value_said, before_said, verdict.
    """
    rows = [_measure_tile(measure, selection, build) for measure in MEASURES]
    if not build.is_shareable:
        rows += [_charge_tile(selection, build), _victim_tile(selection, build)]
    tells_elsewhere = selection.quarter in _ask.quarters_of(ELSEWHERE, build)
    if tells_elsewhere:
        rows.append(_measure_tile(ELSEWHERE, selection, build))
    if all(row["value"] is None for row in rows):
        return _ask.no_data("quarter.tiles", selection, build)
    notes = ("tiles_victims", "tiles_charge") if not build.is_shareable else ("tiles_shareable",)
    if tells_elsewhere and selection.measure != ELSEWHERE:
        notes = (*notes, "tiles_elsewhere")
    cells = sum(row.pop("cells") for row in rows)
    for row in rows:
        row["label"] = words.label("tile", row["tile_code"])
        row["value_said"], row["before_said"] = (_said(row[name], row) for name in ("value", "before"))
        row["verdict"] = words.label("verdict", row["verdict_code"])
    facts = {"figures": words.count("figure", len(rows))}
    return _ask.answer(
        "quarter.tiles", pd.DataFrame(rows), selection, build, facts=facts, notes=notes, cells=int(cells)
    )


def areas(selection: Selection, viewer: Viewer, build: Build) -> Answer:
    """The nine authorities on one scale: reports per 1,000 residents in each quarter.

    Frame: area_code, panel, quarter_code, starts_on, label, reports, population, population_year, value, standing_code.
    """
    frame = _ask.figures(build, "quarter.areas", measure=selection.measure, strand=selection.strand)
    frame = frame[frame["quarter_code"] <= selection.quarter]
    if frame.empty or not _ask.holds(selection, build):
        return _ask.no_data("quarter.areas", selection, build)
    recent = sorted(frame["quarter_code"].unique())[-SPARK_QUARTERS:]
    frame = frame[frame["quarter_code"].isin(recent)].reset_index(drop=True)
    per = load_settings().options["rates"]["per"]
    frame["value"] = rates.rate(frame["reports"].to_numpy(), frame["population"].to_numpy(), per=per)["rate"].to_numpy()
    frame["segment"] = 0
    for code, one in frame.groupby("area_code"):
        frame.loc[one.index, "segment"] = breaks.segments(selection.measure, str(code), one)
    frame["panel"] = [words.label("area", code) for code in frame["area_code"]]
    frame["label"] = [Quarter.parse(code).label for code in frame["quarter_code"]]
    standing = {} if build.is_shareable else standings(selection, build)
    frame["standing_code"] = [standing[code].code if code in standing else "not_judged" for code in frame["area_code"]]
    frame["standing"] = [words.label("standing", code) for code in frame["standing_code"]]
    frame["highlight"] = ~frame["standing_code"].isin(["within", "not_judged"])
    latest = frame[frame["quarter_code"] == selection.quarter]
    if latest.empty:
        return _ask.no_data("quarter.areas", selection, build)
    top = latest.iloc[int(latest["value"].to_numpy().argmax())]
    judged = sum(stands.code != "not_judged" for stands in standing.values())
    highest = {"highest": words.label("area_in_sentence", top["area_code"]), "highest_rate": f"{top['value']:.2f}"}
    unusual = _unusual(standing)
    return _ask.answer(
        "quarter.areas",
        frame,
        selection,
        build,
        finding=("rounded" if build.is_shareable else "some" if unusual else "none" if judged else "none_judged"),
        facts={
            "unit": "per_1000",
            "unusual": unusual,
            "judged": judged,
            "zero": _ask.zero(build, int(latest["cells"].iloc[0])),
            "highest_said": words.say("quarter", "highest", **highest) if top["reports"] >= _change.FEW else "",
            "population_year": int(latest["population_year"].max()),
            "first": frame["label"].iloc[0],
        },
        notes=("rate_in_quarter", "residents"),
        cells=int(frame["cells"].sum()),
    )


def standings(selection: Selection, build: Build) -> dict[str, _series.Standing]:
    """Each authority against its own usual range in the selected quarter, whatever area is selected."""
    return dict(_standings(replace(selection, area="llr"), build))


@lru_cache(maxsize=256)
def _standings(selection: Selection, build: Build) -> dict[str, _series.Standing]:
    return {
        code: _series.standing(_series.best(replace(selection, area=code), build), selection.quarter)
        for code in AUTHORITIES
    }


def _unusual(standing: Mapping[str, _series.Standing]) -> str:
    """Each authority that any rule marks, with what marks it: `Leicester (above its usual range in May 2023)`."""
    return words.join(
        [
            words.say(
                "quarter", "texts", "standing", stands.code,
                area=words.label("area_in_sentence", code),
                period=stands.period,
                periods=words.count(stands.frequency, xmr.RUN),
                three=words.count(stands.frequency, 3),
            )
            for code, stands in standing.items()
            if stands.is_unusual
        ]
    )  # fmt: skip


def about_code(about: str, chosen: Selection) -> str:
    """Which finding a sentence is, and of what: `year:crime:llr:all`. What is decided of it is kept under this code."""
    if about == "plan":  # one for the whole partnership
        return about
    measure = "crime" if about == "charge" else chosen.measure
    return ":".join((about, measure, chosen.area, chosen.strand))


def _row(about: str, finding: str, chosen: Selection, build: Build, page: str, facts: dict[str, Any]) -> dict[str, Any]:
    return {
        "about": about,
        "finding": finding,
        "about_code": about_code(about, chosen),
        "facts": {**_ask.common_facts(chosen, build), **facts},
        "page": page,
        "measure": chosen.measure,
    }


def _where_to_look(chosen: Selection, viewer: Viewer, build: Build) -> dict[str, Any]:
    """By the alert rule where there is history enough for it, otherwise by each authority's usual range."""
    if build.is_shareable:
        return _row("areas", "rounded", chosen, build, "places", {})
    told = exceptions.found(replace(chosen, strand="all"), viewer, build)
    if told.withheld is None and told.finding in exceptions.TOLD:
        row = _row("areas", f"exceptions_{told.finding}", chosen, build, "exceptions", dict(told.facts))
        # its evidence is of every strand, whichever is chosen
        return row | {"strand": "all", "about_code": about_code("areas", replace(chosen, strand="all"))}
    standing = standings(chosen, build)
    judged = sum(stands.code != "not_judged" for stands in standing.values())
    within = sum(stands.code == "within" for stands in standing.values())
    finding = "none_judged" if not judged else "nothing_unusual" if within == judged else "unusual"
    facts = {"unusual": _unusual(standing), "within": within, "judged": judged}
    return _row("areas", finding, chosen, build, "places", facts)


def _charges_row(selection: Selection, build: Build) -> dict[str, Any]:
    found = victims.latest_mature(victims.cohorts(selection, build))
    # outcomes are of crimes, whatever measure was chosen; the evidence opens with the measure chosen
    about = _ask.common_facts(replace(selection, measure="crime"), build)
    if found is None:
        return _row("charge", "immature", selection, build, "victims", about)
    share = rates.share([found["charged"]], [found["crimes"]]).iloc[0]
    facts = {
        **about,
        "cohort": Quarter.parse(found["quarter_code"]).label,
        "charged_percent": _ask.share(found["charged"], found["crimes"]),
        "crimes": f"{int(found['crimes']):,}",
        "resolved_percent": _ask.share(found["resolved"], found["crimes"]),
        "low": round(100 * share["low"]),
        "high": round(100 * share["high"]),
    }
    return _row("charge", "mature", selection, build, "victims", facts)


def _measure_tile(measure: str, selection: Selection, build: Build) -> dict[str, Any]:
    chosen = replace(selection, measure=measure)
    by_quarter = _series.quarters(chosen, build)
    found = _change.of_quarter(chosen, build)
    if build.is_shareable:
        spark, is_ranged = by_quarter.tail(SPARK_QUARTERS), False
        note = "spark_quarters"
    else:
        series = _series.best(chosen, build)
        spark = series.frame.tail(SPARK_MONTHS if series.frequency == "month" else SPARK_QUARTERS)
        is_ranged = series.refusal is None
        note = "spark_months" if series.frequency == "month" else "spark_quarters"
    return {
        "tile_code": measure,
        "value": found.now,
        "before": found.before,
        "unit": "count",
        "verdict_code": found.verdict,
        "reason": found.reason,
        "zero": found.zero,
        "cells": by_quarter.loc[by_quarter["quarter_code"] == selection.quarter, "cells"].sum(),
        "note_code": note,
        "note_facts": {"periods": words.count(note.removeprefix("spark_").removesuffix("s"), len(spark))},
        **_spark(spark, chosen, is_ranged=is_ranged),
    }


def _spark(periods: pd.DataFrame, selection: Selection, *, is_ranged: bool) -> dict[str, list[float]]:
    """The line of a tile and its usual range, with a gap wherever recording was cut."""
    drawn: dict[str, list[float]] = {"value": [], "lower": [], "upper": []}
    stretches = breaks.segments(selection.measure, selection.area, periods)
    for position, row in enumerate(periods.to_dict("records")):
        if position and stretches[position] != stretches[position - 1]:
            for line in drawn.values():
                line.append(float("nan"))
        for name, line in drawn.items():
            line.append(row.get(name, float("nan")))
    return {
        "spark": drawn["value"],
        "spark_lower": drawn["lower"] if is_ranged else [],
        "spark_upper": drawn["upper"] if is_ranged else [],
    }


def _charge_tile(selection: Selection, build: Build) -> dict[str, Any]:
    mature = victims.mature(victims.cohorts(selection, build))
    found = None if mature.empty else mature.iloc[-1]
    tile: dict[str, Any] = {
        "tile_code": "charge_rate", "value": None, "before": None, "unit": "percent", "verdict_code": "no_history",
        "reason": "", "zero": "0", "cells": 0, "note_code": "charge_immature", "note_facts": {},
        "spark": [], "spark_lower": [], "spark_upper": [],
    }  # fmt: skip
    if found is None:
        return tile
    earlier = mature[mature["quarter_code"] == Quarter.parse(found["quarter_code"]).year_before.code]
    before = earlier.iloc[-1] if len(earlier) else None
    return {
        **tile,
        "value": found["charged_pct"],
        "before": None if before is None else before["charged_pct"],
        "verdict_code": "no_history" if before is None else _change.of_share(_charged(found), _charged(before)),
        "note_code": "charge_cohort",
        "note_facts": {
            "cohort": Quarter.parse(found["quarter_code"]).label,
            "charged": f"{int(found['charged']):,}",
            "crimes": f"{int(found['crimes']):,}",
            "resolved_percent": _ask.share(found["resolved"], found["crimes"]),
        },
        "spark": mature["charged_pct"].tail(SPARK_QUARTERS).tolist(),
    }


def _charged(cohort: pd.Series) -> tuple[int, int]:
    return int(cohort["charged"]), int(cohort["crimes"])


def _victim_tile(selection: Selection, build: Build) -> dict[str, Any]:
    months = load_settings().options["repeat_victim"]["months"]
    if selection.measure == ELSEWHERE:
        return _no_victims("victims_elsewhere")
    if not _ask.holds(selection, build):
        return _no_victims("victims_ended")
    frame = indicators.people(selection, build)
    now = frame[frame["quarter_code"] == selection.quarter]
    before = frame[frame["quarter_code"] == Quarter.parse(selection.quarter).year_before.code]
    value = int(now["repeat_victims"].iloc[0]) if len(now) else None
    earlier = int(before["repeat_victims"].iloc[0]) if len(before) else None
    verdict, reason = _change.of_repeat_victims(value, earlier, selection, months)
    return {
        "tile_code": "repeat_victims",
        "value": value,
        "before": earlier,
        "unit": "count",
        "verdict_code": verdict,
        "reason": reason,
        "zero": "0",
        "cells": 0,
        "note_code": "victims_of" if value is not None else "victims_history",
        "note_facts": {
            "victims": words.count("person", int(now["victims"].iloc[0]) if len(now) else 0),
            "months": months,
        },
        **_spark(frame.tail(SPARK_QUARTERS).rename(columns={"repeat_victims": "value"}), selection, is_ranged=False),
    }


def _no_victims(note_code: str) -> dict[str, Any]:
    """No repeat victims can be told, and why.

    Who reported elsewhere bears a pseudonym of another system, if any: nobody can be met again in police records.
    """
    return {
        "tile_code": "repeat_victims", "value": None, "before": None, "unit": "count", "verdict_code": "no_history",
        "reason": "", "zero": "0", "cells": 0, "note_code": note_code, "note_facts": {},
        "spark": [], "spark_lower": [], "spark_upper": [],
    }  # fmt: skip


def _said(value: float | None, tile: dict[str, Any]) -> str:
    if value is None:
        return words.say("frame", "missing_value")
    if tile["unit"] == "percent":
        return f"{value:.1f}%"
    return f"{value:,.0f}" if value else str(tile["zero"])
