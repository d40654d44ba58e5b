"""Is it changing, and is the change more than chance?"""

from __future__ import annotations

from dataclasses import replace

import numpy as np
import pandas as pd

from core import breaks, words
from core.model import Answer, Build, Selection, Viewer
from core.periods import Quarter, month_label
from queries import _ask, _change, _series
from stats import season

FEWEST_A_MONTH = 8  # below this a month is mostly noise, and so is its season


def monthly(selection: Selection, viewer: Viewer, build: Build) -> Answer:
    """How many reports were recorded each month, and is the latest unusual?"""
    if build.is_shareable:
        return _ask.restricted_only("trends.monthly", selection, build)
    frame = _series.months(selection, build)
    if frame.empty or breaks.ended(selection.measure, Quarter.parse(selection.quarter).ends_on):
        return _ask.no_data("trends.monthly", selection, build)
    series = _series.judged(frame, selection, "month")
    last = series.frame.iloc[-1]
    return _ask.answer(
        "trends.monthly",
        series.frame,
        selection,
        build,
        finding=series.refusal or ("trial" if series.is_trial else _finding(last)),
        facts={
            **_marks(selection, frame),
            "first": month_label(frame["starts_on"].iloc[0]),
            "last": last["label"],
            "value": int(last["value"]),
            "range_said": "" if pd.isna(last["centre"]) else words.say("trends", "range_said"),
            **_range_facts(last),
        },
        notes=(*_left_off(selection, frame), *_notes(series, selection, frame)),
    )


def quarterly(selection: Selection, viewer: Viewer, build: Build) -> Answer:
    """How many reports were recorded each quarter, with the same quarter of the year before beside it?"""
    frame = _series.quarters(selection, build)
    if frame.empty or not _ask.holds(selection, build):
        return _ask.no_data("trends.quarterly", selection, build)
    series = None if build.is_shareable else _series.judged(frame, selection, "quarter")
    if series is not None and series.refusal is None:
        frame = series.frame
    else:
        frame["segment"] = _segments(selection, frame)
    change = _change.of_quarter(selection, build)
    by_code = dict(zip(frame["quarter_code"], frame["value"], strict=True))
    frame["before"] = [
        by_code.get(now.year_before.code, np.nan)
        if breaks.crossed(selection.measure, selection.area, now.year_before.starts_on, now.ends_on) is None
        else np.nan
        for now in map(Quarter.parse, frame["quarter_code"])
    ]
    about = _notes(series, selection, frame) if series else _drawn_notes(selection, frame, is_shareable=True)
    notes = (*_left_off(selection, frame), *about)
    return _ask.answer(
        "trends.quarterly",
        frame,
        selection,
        build,
        finding=change.verdict,
        facts={
            **_marks(selection, frame),
            "first": frame["label"].iloc[0],
            "zero": _ask.zero(build, int(frame["cells"].iloc[-1])),
            "latest_said": _latest(change, "latest_quarter", selection, build),
            **change_facts(change),
        },
        notes=notes,
        cells=int(frame["cells"].sum()),
    )


def rolling_year(selection: Selection, viewer: Viewer, build: Build) -> Answer:
    """Twelve months to the end of each quarter, against the twelve months before."""
    frame = _series.quarters(selection, build)
    if len(frame) < 4 or not _ask.holds(selection, build):
        return _ask.no_window("trends.rolling_year", selection, build)
    change = _change.of_year(selection, build)
    rolled = frame.assign(value=frame["value"].rolling(4).sum())
    rolled["starts_on"] = frame["ends_on"]
    codes = frame["quarter_code"].tolist()
    for position, last in enumerate(map(Quarter.parse, codes)):
        first = last.plus(-3)
        is_whole = position >= 3 and codes[position - 3] == first.code
        if not is_whole or breaks.crossed(selection.measure, selection.area, first.starts_on, last.ends_on):
            rolled.loc[position, "value"] = np.nan
    rolled["segment"] = _segments(selection, frame)
    rolled = rolled.iloc[3:].reset_index(drop=True)
    return _ask.answer(
        "trends.rolling_year",
        rolled,
        selection,
        build,
        finding="mixed" if change.is_mixed else change.verdict,
        facts={
            **_marks(selection, rolled),
            "first": rolled["label"].iloc[0],
            "zero": _ask.zero(build, 4 * int(frame["cells"].iloc[-1])),
            "latest_said": _latest(change, "latest", selection, build),
            **change_facts(change),
        },
        notes=(*_left_off(selection, rolled), *_drawn_notes(selection, frame, is_shareable=build.is_shareable)),
        cells=int(frame["cells"].sum()),
    )


def change(selection: Selection, viewer: Viewer, build: Build) -> Answer:
    """For each measure: this quarter against the same quarter last year, and twelve months against twelve."""
    if build.is_shareable:
        return _ask.restricted_only("trends.change", selection, build)
    rows = []
    for measure in _ask.measures(build):
        chosen = replace(selection, measure=measure)
        for window_code, compare in (("quarter", _change.of_quarter), ("year", _change.of_year)):
            found = compare(chosen, build)
            rows.append(
                {
                    "measure_code": measure,
                    "window_code": window_code,
                    "label": f"{words.label('measure', measure)}, {words.label('window', window_code)}",
                    "now": None if found.is_mixed else found.now,
                    "before": None if found.is_mixed else found.before,
                    "value": found.percent,
                    "low": found.low,
                    "high": found.high,
                    "verdict_code": found.verdict,
                    "verdict": words.label("verdict", found.verdict),
                    "reason": found.reason,
                    "text": _instead(found),
                    "highlight": found.verdict in ("higher", "lower"),
                }
            )
    frame = pd.DataFrame(rows)
    frame[["now", "before"]] = frame[["now", "before"]].astype("Int64")
    if frame["verdict_code"].isin(["no_history", "ended"]).all():
        return _ask.no_window("trends.change", selection, build, months=15)
    tested = frame[~frame["verdict_code"].isin(["not_comparable", "no_history", "ended"])]
    if tested.empty:
        return _ask.answer("trends.change", pd.DataFrame(), selection, build, withheld="not_comparable")
    clear = int(frame["highlight"].sum())
    likely = int(tested["verdict_code"].isin(["probably_higher", "probably_lower"]).sum())
    return _ask.answer(
        "trends.change",
        frame,
        selection,
        build,
        finding="some" if clear else "likely" if likely else "none",
        facts={
            "clear": clear,
            "likely": likely,
            "tested": words.count("comparison", len(tested)),
            "unit": "percent",
        },
        notes=("change_method", "change_few"),
    )


def seasonal(selection: Selection, viewer: Viewer, build: Build) -> Answer:
    """Which months are usually busier, whatever the year?"""
    if build.is_shareable:
        return _ask.restricted_only("trends.seasonal", selection, build)
    frame = _series.months(selection, build)
    if frame.empty:
        return _ask.no_data("trends.seasonal", selection, build)
    stretch = pd.Series(_segments(selection, frame), index=frame.index, dtype=int)
    whole = frame[stretch == stretch.mode().min()]  # the longest unbroken stretch of like recording
    cut = len(whole) < len(frame)
    index = season.seasonal_index(whole["value"].to_numpy(), [day.month for day in whole["starts_on"]])
    if len(whole) < season.FEWEST_MONTHS:
        return _ask.no_window("trends.seasonal", selection, build, months=season.FEWEST_MONTHS)
    if index is None or whole["value"].mean() < FEWEST_A_MONTH:
        return _ask.answer("trends.seasonal", pd.DataFrame(), selection, build, withheld="too_few")
    index = index.rename(columns={"index": "value"}).sort_values("month_number").reset_index(drop=True)
    index["label"] = [words.label("month_name", str(number)) for number in index["month_number"]]
    high, low = index.iloc[int(index["value"].to_numpy().argmax())], index.iloc[int(index["value"].to_numpy().argmin())]
    return _ask.answer(
        "trends.seasonal",
        index,
        selection,
        build,
        facts={
            "unit": "ratio",
            "reference": 1,
            "high": words.label("month_full", str(high["month_number"])),
            "low": words.label("month_full", str(low["month_number"])),
            "high_percent": round(100 * (high["value"] - 1)),
            "low_percent": round(100 * (1 - low["value"])),
            "first": whole["label"].iloc[0],
            "last": whole["label"].iloc[-1],
        },
        notes=("seasonal_before_cut",) if cut else (),
    )


def change_facts(found: _change.Change) -> dict[str, object]:
    """The facts a sentence about a change may name: counts with separators, the direction in words, the interval."""
    known = found.now is not None and found.before is not None
    difference = (found.now or 0) - (found.before or 0) if known else 0
    interval = (
        ""
        if np.isnan(found.percent)
        else words.say(
            "trends", "interval", percent=_signed(found.percent), low=_signed(found.low), high=_signed(found.high)
        )
    )
    now = _counted(found.now, found)
    return {
        "now": now,
        "Now": now[:1].upper() + now[1:],
        "before": _counted(found.before, found),
        "difference": f"{difference:+,}",
        "direction": words.label("direction", "same" if difference == 0 else "up" if difference > 0 else "down"),
        "verdict": words.label("verdict", found.verdict),
        "interval": interval,
        "interval_said": words.say("quarter", "interval_said", interval=interval) if interval else "",
        "reason": found.reason,
    }


def _signed(percent: float) -> str:
    """`+5%`, `−0.3%`: a change that is not 0 never reads as 0% down."""
    digits = 0 if round(abs(percent)) else 1
    return f"{percent:+,.{digits}f}%".replace("-", "\u2212")


def _latest(found: _change.Change, window: str, selection: Selection, build: Build) -> str:
    """The latest point for the alternative text, which compares only what may be compared."""
    kind = found.verdict if found.verdict in ("not_comparable", "no_history") else "compared"
    if found.is_mixed and window == "latest":
        kind = "mixed"
    facts = {**_ask.common_facts(selection, build), **change_facts(found)}
    return words.say("trends", "texts", window, kind, **facts)


def _instead(found: _change.Change) -> str:
    """What stands where a percentage would mislead: the two counts, or why they cannot be compared."""
    if found.now is None or found.before is None or found.verdict == "not_comparable":
        return words.label("verdict", found.verdict)
    return words.say("trends", "from_to", now=_counted(found.now, found), before=_counted(found.before, found))


def _counted(count: int | None, found: _change.Change) -> str:
    if count is None:
        return words.say("frame", "missing_value")
    if not count:
        return found.zero
    return words.say("frame", "about", count=f"{count:,}") if found.is_rounded else f"{count:,}"


def _finding(last: pd.Series) -> str:
    if not last["signal"]:
        return "within"
    return f"{last['signal']}_{'above' if last['direction'] > 0 else 'below'}"


def _range_facts(last: pd.Series) -> dict[str, object]:
    if pd.isna(last["centre"]):
        return {"centre": "", "lower": "", "upper": ""}
    return {name: _measured(last[name]) for name in ("centre", "lower", "upper")}


def _measured(value: float) -> str:
    """A number of reports, or an average of them, as tables write it."""
    return f"{value:,.0f}" if float(value).is_integer() else f"{value:,.1f}"


def _segments(selection: Selection, frame: pd.DataFrame) -> list[int]:
    return breaks.segments(selection.measure, selection.area, frame)


def _marks(selection: Selection, frame: pd.DataFrame) -> dict[str, object]:
    """The marks within what is drawn, and how many events had to be left off it."""
    drawn = (selection.measure, selection.area, frame["starts_on"].iloc[0].date(), frame["ends_on"].iloc[-1].date())
    left_off = breaks.left_off(*drawn)
    return {"marks": breaks.marks(*drawn), "marks_left_off": words.count("event", left_off) if left_off else ""}


def _left_off(selection: Selection, frame: pd.DataFrame) -> tuple[str, ...]:
    return ("marks_left_off",) if _marks(selection, frame)["marks_left_off"] else ()


def _drawn_notes(selection: Selection, frame: pd.DataFrame, *, is_shareable: bool = False) -> tuple[str, ...]:
    notes = []
    starts, ends = [start.date() for start in frame["starts_on"]], [end.date() for end in frame["ends_on"]]
    if breaks.crossed(selection.measure, selection.area, starts[0], ends[-1]):
        notes.append("cut")
    if breaks.gap_positions(starts, ends):
        notes.append("gap")
    if frame["is_provisional"].any():
        notes.append("provisional")
    if selection.strand not in ("all", "not_known") and not is_shareable:
        notes.append("strand_overlap")
    return tuple(notes)


def _notes(series: _series.Series, selection: Selection, frame: pd.DataFrame) -> tuple[str, ...]:
    about_range = (series.refusal,) if series.refusal else ("usual_range", "usual_range_season")
    return (*about_range, *_drawn_notes(selection, frame))
