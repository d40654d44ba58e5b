"""Every number in a sentence, tile, tooltip, alternative text, table and file of one page is the same number.

What a page shows is collected (`collecting`) and compared with the figures of the answer behind it, and with the other
answers of the page that are about the same thing. That the comparison can fail is tested as well: a number changed in
any one place, or in the figures after they were drawn, is noticed.
"""

from __future__ import annotations

import itertools
from collections import defaultdict
from collections.abc import Callable, Iterable, Iterator
from dataclasses import replace
from pathlib import Path
from typing import Any

import numpy as np
import pandas as pd
import pytest

from core import builds, words
from core.model import ELSEWHERE, Answer, Build, Selection, Viewer
from core.periods import Quarter
from queries import exceptions, locality, plan, quarter, strands, trends
from tests.pages.collecting import (
    Drawn,
    Shown,
    constants,
    disagreements,
    held,
    literals,
    numbers,
    read_page,
    show,
    strangers,
    worked_out,
)  # fmt: skip
from tests.pages.conftest import PAGES
from tests.queries.saying import headlines, some

Also = Callable[[Answer, Viewer], list[float]]

VIEWER = Viewer("A reader", frozenset({"demonstration"}))
QUICK = [("restricted", one) for one in some("restricted", 2, 5)[:2]]
QUICK += [("restricted", Selection("2023-Q2", "llr", "all", measure)) for measure in ("all", ELSEWHERE)]
QUICK += [
    ("shareable", one) for one in [*some("shareable", 1, 6)[:1], Selection("2023-Q2", "E06000016", "race", "crime")]
]
# Pages whose sentences also name settings, targets of the plan and counts of other answers: their figures, tooltips,
# tables and files are held here, their sentences by the tests of their own questions.
SAID_OTHERWISE = ("victims", "campaigns")
MANY = [
    (audience, one) for audience, seed in (("restricted", 71), ("shareable", 72)) for one in some(audience, 60, seed)
]


@pytest.fixture
def opened(demonstration_data: Path, monkeypatch: pytest.MonkeyPatch) -> Callable[[str], Build]:
    """opened(audience): the live build of the demonstration."""
    monkeypatch.setenv("MONITOR_DATA", str(demonstration_data))

    def live(audience: str) -> Build:
        build = builds.live_build(demonstration_data, audience)
        assert build is not None
        return build

    return live


@pytest.mark.parametrize(("audience", "selection"), QUICK, ids=str)
def test_every_number_of_every_page_is_one_number(
    audience: str, selection: Selection, opened: Callable[[str], Build]
) -> None:
    _hold(opened(audience), selection)


@pytest.mark.long
@pytest.mark.parametrize(("audience", "selection"), MANY, ids=str)
def test_every_number_of_every_page_is_one_number_for_many_choices(
    audience: str, selection: Selection, opened: Callable[[str], Build]
) -> None:
    _hold(opened(audience), selection)


def _hold(build: Build, selection: Selection) -> None:
    found: list[str] = []
    answers: list[Answer] = []
    for page in PAGES:
        for drawn in read_page(page, selection, VIEWER, build):
            answer = drawn.answer
            if answer.withheld is not None:
                continue
            answers.append(answer)
            if drawn.way == "sentences":
                differing = list(_strange_headlines(answer, build))
            else:
                shown = show(drawn)
                if answer.question.split(".")[0] in SAID_OTHERWISE:
                    shown = replace(shown, sentences=())
                differing = disagreements(shown, answer, _also(answer))
            found += [f"{page}, {answer.question}: {text}" for text in differing]
    assert not found + _conflicts(answers), "\n".join(found + _conflicts(answers))


def _conflicts(answers: Iterable[Answer]) -> list[str]:
    """What two answers say differently of one quantity."""
    claims: dict[tuple[Any, ...], dict[str, str]] = defaultdict(dict)
    for answer in answers:
        for about, number in _claims(answer):
            claims[about].setdefault(number, answer.question)
    return [f"{about} is told as {told}" for about, told in claims.items() if len(told) > 1]


def _also(answer: Answer) -> list[float]:
    """What the sentences of a figure take from another answer, or work out in a way of their own."""
    return _ALSO[answer.question](answer) if answer.question in _ALSO else []


def _motivating(answer: Answer) -> list[float]:
    """Crimes and incidents, each counted once: as the groups, which add up, have them."""
    totals = []
    for measure in ("crime", "incident", ELSEWHERE):
        groups = strands.groups(replace(answer.selection, measure=measure), VIEWER, answer.build)
        totals.append(float(groups.frame["value"].sum()) if groups.withheld is None else float("nan"))
    carried = answer.frame[answer.frame["strand_code"] != "not_known"]
    factors = [float(rows["value"].sum()) for _, rows in carried.groupby("measure_code")]
    return [*totals, *factors, *(100 * value / totals[0] for value in answer.frame["value"] if totals[0])]


def _religion(answer: Answer) -> list[float]:
    unknown = answer.frame.loc[answer.frame["religion_code"] == "not_known", "value"].sum()
    return [float(answer.frame["reports_with_strand"].iloc[0] - unknown), float(unknown)]


def _lag(answer: Answer) -> list[float]:
    dated = answer.frame[answer.frame["lag_code"] != "not_known"]
    total = float(dated["value"].sum())
    parts = [*dated["value"], dated["reports_changing_month"].sum(), 0]
    return [total, *(100 * float(part) / total for part in parts if total)]


def _told_elsewhere(answer: Answer) -> list[float]:
    total = answer.frame.sum(numeric_only=True)
    return [
        float(total[["by_reference", "by_rule", "reference_only"]].sum()),
        float(total[["ambiguous", "not_also_reported"]].sum()),
    ]


def _comparators(answer: Answer) -> list[float]:
    return [float(rows["motivating_factors"].sum()) for _, rows in answer.frame.groupby("series")]


def _loads(answer: Answer) -> list[float]:
    latest = answer.frame[(answer.frame["provider"] == "police") & ~answer.frame["is_open"]].iloc[0]
    return [100 * float(latest["quarantined"]) / float(latest["records"])]


def _shares_of_crime(answer: Answer) -> list[float]:
    return [100 * float(answer.frame["hate_crimes"].sum()) / float(answer.frame["all_crimes"].sum())]


def _changes(answer: Answer) -> list[float]:
    codes = answer.frame["verdict_code"]
    tested = ~codes.isin(["not_comparable", "no_history", "ended"])
    return [float(tested.sum()), float(codes.isin(["probably_higher", "probably_lower"]).sum())]


def _judged(answer: Answer) -> list[float]:
    """How many series were judged: as the grid of the same choice shows them; and the ten days of the plan."""
    grid = exceptions.grid(answer.selection, VIEWER, answer.build).frame
    judged = grid["state_code"].isin(["above", "running", "above_and_running", "within"]).sum()
    more = len(answer.frame) - 3
    return [float(judged), float(exceptions.WORKING_DAYS), float(max(more, 0))]


def _blind(answer: Answer) -> list[float]:
    """Of single series, where the frame has bands of them: read off the series themselves."""
    series = exceptions._measured(answer.selection.measure, answer.selection.quarter, answer.build)
    chance = [12 * series[f"false_{end}_pct"].sum() / 100 for end in ("low", "high")]
    return [
        float((series["caught_x2_pct"] < 50).sum()), float(len(series)), 12.0 * len(series),
        float(np.floor(chance[0])), float(np.ceil(chance[1])),
    ]  # fmt: skip


def _revised(answer: Answer) -> list[float]:
    parts = answer.frame.select_dtypes("number").sum()
    if "moved_inside" not in parts:
        return []
    return [float(parts["moved_in"] + parts["moved_out"] - parts["moved_inside"])]


def _areas(answer: Answer) -> list[float]:
    latest = answer.frame[answer.frame["quarter_code"] == answer.selection.quarter]
    return [float((latest["standing_code"] != "not_judged").sum())]


def _plan(answer: Answer) -> list[float]:
    """Outcomes of the whole plan, of which the board may show some."""
    board = plan.board(answer.selection, VIEWER, answer.build).frame
    rated = plan.history(answer.selection, VIEWER, answer.build).frame
    counts = [float(len(board)), *(float(count) for count in board["status_code"].value_counts())]
    lacking = (board["status_code"] == "red") & (board["corrective_action"] == "")
    overdue = board["reason"].str.startswith("Update overdue")
    of_history = [
        float((rows["status_code"] != "grey").sum()) for _, rows in rated.groupby("label")
    ]  # fmt: skip
    return [*counts, *of_history, float(lacking.sum()), float(overdue.sum()), 0.0]


_ALSO: dict[str, Callable[[Answer], list[float]]] = {
    "strands.motivating_factors": _motivating,
    "strands.religion_targeted": _religion,
    "quality.lag": _lag,
    "quality.told_elsewhere": _told_elsewhere,
    "quality.loads": _loads,
    "quality.revisions": _revised,
    "places.comparators": _comparators,
    "places.share_of_crime": _shares_of_crime,
    "trends.change": _changes,
    "quarter.areas": _areas,
    "exceptions.found": _judged,
    "exceptions.grid": _judged,
    "exceptions.responses": _judged,
    "exceptions.blind_spots": _blind,
    "plan.board": _plan,
    "plan.summary": _plan,
    "plan.history": _plan,
    "updates.report": _plan,
}


def _strange_headlines(answer: Answer, build: Build) -> Iterator[str]:
    """The numbers of the sentences of Quarter that are on none of the figures they are the sentences of."""
    chosen = answer.selection
    for row, (about, sentence) in zip(answer.frame.to_dict("records"), headlines(answer), strict=True):
        of_measure = replace(chosen, measure=row["measure"])
        known = _of_page(about, of_measure, build)
        template = words.page_text("quarter")["headlines"][about][row["finding"]]
        allowed = literals(template) | constants("quarter") | constants("trends")
        for number in strangers(numbers(sentence), known, allowed):
            yield f"a headline says {number}: {sentence}"


def _of_page(about: str, selection: Selection, build: Build) -> set[float]:
    """The numbers of the figures that a sentence is about, as those figures show them."""
    if about in ("quarter", "year"):
        asked = [trends.quarterly if about == "quarter" else trends.rolling_year]
        asked += [] if build.is_shareable else [trends.change]
    elif about == "areas":
        asked = [quarter.areas] if build.is_shareable else [quarter.areas, exceptions.found, exceptions.blind_spots]
    else:
        asked = [{"charge": quarter.tiles, "own": locality.own}.get(about, plan.summary)]
    # where to look is told of every strand, whichever was chosen
    of_every = replace(selection, strand="all")
    answers = [
        ask(of_every if ask in (exceptions.found, exceptions.blind_spots) else selection, VIEWER, build)
        for ask in asked
    ]
    known: set[float] = set()
    for answer in answers:
        if answer.withheld is None:
            known |= {*held(answer), *worked_out(answer), *_also(answer)}
            known |= {said.value for row in show(Drawn(answer)).table for cell in row for said in numbers(cell)}
    if about == "charge":
        known |= _wilson(answers[0])
    return known


def _wilson(tiles: Answer) -> set[float]:
    """The interval of the charge rate, from the two counts on its tile."""
    facts = tiles.frame.set_index("tile_code").loc["charge_rate", "note_facts"]
    if not facts:
        return set()
    part, whole = (float(facts[name].replace(",", "")) for name in ("charged", "crimes"))
    z = 1.959963984540054
    middle = part + z * z / 2
    spread = z * np.sqrt(part * (1 - part / whole) + z * z / 4)
    return {float(round(100 * (middle + way * spread) / (whole + z * z))) for way in (-1, 1)}


def _claims(answer: Answer) -> Iterator[tuple[tuple[Any, ...], str]]:
    """What an answer says of a quantity that others of the page, or of another page, are about as well.

    A quantity: what is counted, of which measure, where, of which strand; and in the same words everywhere.
    """
    chosen, frame = answer.selection, answer.frame
    now, before = chosen.quarter, Quarter.parse(chosen.quarter).year_before.code
    where = (chosen.area, chosen.strand)
    if answer.question == "quarter.headlines":
        for row in frame.to_dict("records"):
            if row["about"] in ("quarter", "year") and row["finding"] != "not_held":
                yield (row["about"], row["measure"], *where, now), _bare(row["facts"]["now"], answer)
                if row["finding"] not in ("no_history", "mixed"):
                    yield (row["about"], row["measure"], *where, before), _bare(row["facts"]["before"], answer)
    elif answer.question == "quarter.tiles":
        for row in frame.to_dict("records"):
            if row["tile_code"] in ("all", "crime", "incident", ELSEWHERE):
                for code, name in ((now, "value"), (before, "before")):
                    if row[name] == row[name] and row[name] is not None:
                        yield ("quarter", row["tile_code"], *where, code), _bare(row[f"{name}_said"], answer)
    elif answer.question in ("trends.quarterly", "trends.rolling_year"):
        about = "quarter" if answer.question == "trends.quarterly" else "year"
        rows = dict(zip(frame["quarter_code"], show(Drawn(answer)).table, strict=True))
        for code in {now, before} & set(rows):
            if frame.set_index("quarter_code")["value"].notna()[code]:
                yield (about, chosen.measure, *where, code), _bare(rows[code][1], answer)
    elif answer.question == "trends.monthly":
        months = frame[frame["quarter_code"] == now]
        yield ("quarter", chosen.measure, *where, now), f"{months['value'].sum():.0f}"
    elif answer.question == "trends.change":
        for row in frame.to_dict("records"):
            for code, name in ((now, "now"), (before, "before")):
                if not pd.isna(row[name]):
                    yield (row["window_code"], row["measure_code"], *where, code), f"{row[name]}"
    elif answer.question == "places.rates_by_area":
        for row in frame[frame["area_code"] == chosen.area].to_dict("records"):
            yield ("year", chosen.measure, *where, now), f"{row['reports']}" if row["reports"] else _zero(answer)
    elif answer.question == "places.own_past":
        for row in frame[frame["area_code"] == chosen.area].to_dict("records"):
            if not pd.isna(row["now"]) and row["verdict_code"] != "not_comparable":
                yield ("year", chosen.measure, *where, now), f"{row['now']}"
    elif answer.question == "quarter.areas":
        latest = frame[(frame["area_code"] == chosen.area) & (frame["quarter_code"] == now)]
        for row in latest.to_dict("records"):
            yield ("quarter", chosen.measure, *where, now), f"{row['reports']}" if row["reports"] else _zero(answer)
    elif answer.question == "strands.groups":
        total = frame["value"].sum()
        if total:
            yield ("year", chosen.measure, chosen.area, "all", now), f"{total:.0f}"
    elif answer.question == "strands.motivating_factors" and chosen.measure != ELSEWHERE:
        yield ("year", "crime", chosen.area, "all", now), str(answer.facts["crimes"]).replace(",", "")
        for row in frame[frame["measure_code"] == "crime"].to_dict("records"):
            if row["strand_code"] == chosen.strand:
                yield ("year", "crime", *where, now), f"{row['value']}"
    elif answer.question == "strands.offence_groups":
        yield ("year", "crime", *where, now), f"{frame['value'].sum()}"
    elif answer.question in ("plan.summary", "plan.board"):
        for code, count in _statuses(answer).items():
            yield ("outcomes", code, "plan", now), str(count)


def _statuses(answer: Answer) -> dict[str, int]:
    """How many outcomes have each status, as the summary and as the board shows it."""
    frame, codes = answer.frame, ("red", "green", "amber")
    if answer.question == "plan.summary":
        return {code: int(frame.loc[frame["status_code"] == code, "value"].sum()) for code in codes}
    return {code: int((frame["status_code"] == code).sum()) for code in codes}


def _bare(told: object, answer: Answer) -> str:
    """A count as it is told, without separators and without its "about"."""
    return str(told).replace(",", "").removeprefix(words.say("frame", "about", count="")).strip()


def _zero(answer: Answer) -> str:
    return str(answer.facts["zero"])


WHOLE = Selection("2022-Q4", "E07000130", "all", "crime")


def _all_drawn(build: Build) -> list[Drawn]:
    drawn = [one for page in PAGES for one in read_page(page, WHOLE, VIEWER, build)]
    drawn = [one for one in drawn if one.question.split(".")[0] not in SAID_OTHERWISE]
    return [one for one in drawn if one.answer.withheld is None and one.way != "sentences"]


def _one_more(text: str, allowed: frozenset[str], by: int) -> str | None:
    """The same text with its last number that is no constant raised; None where there is none."""
    for said in reversed(numbers(text)):
        if said.text not in allowed and text.count(said.text) == 1:
            return text.replace(said.text, f"{said.value + by:.{said.decimals}f}{'%' if said.is_percent else ''}")
    return None


def _changed(shown: Shown, module: str, by: int) -> Iterator[tuple[str, Shown]]:
    """What is shown with one number changed: in each sentence, on the figure, in the table and in the file."""
    for at, (kind, template, text) in enumerate(shown.sentences):
        if (other := _one_more(text, literals(template) | constants(module), by)) is not None:
            sentences = (*shown.sentences[:at], (kind, template, other), *shown.sentences[at + 1 :])
            yield kind, replace(shown, sentences=sentences)
    for at, text in enumerate(shown.texts):
        if (other := _one_more(text, constants("frame"), by)) is not None:
            yield "text", replace(shown, texts=(*shown.texts[:at], other, *shown.texts[at + 1 :]))
            break
    if shown.points:
        yield "point", replace(shown, points=(shown.points[0] + by, *shown.points[1:]))
    for at, column in itertools.product(range(len(shown.table)), range(len(shown.table[0]) if shown.table else 0)):
        if (other := _one_more(shown.table[at][column], frozenset(), by)) is not None:
            row = (*shown.table[at][:column], other, *shown.table[at][column + 1 :])
            yield "table", replace(shown, table=(*shown.table[:at], row, *shown.table[at + 1 :]))
            break
    for name in shown.file:
        cell = shown.file[name].iloc[0] if len(shown.file) else ""
        if cell and cell.replace(".", "").isdigit() and not name.startswith("build"):
            file = shown.file.copy()
            file[name] = [str(float(cell) + by), *file[name].iloc[1:]]
            yield "file", replace(shown, file=file)
            break


def test_a_number_changed_in_any_one_place_is_noticed(opened: Callable[[str], Build]) -> None:
    tried: dict[str, list[str]] = defaultdict(list)
    for drawn in _all_drawn(opened("restricted")):
        answer, shown = drawn.answer, show(drawn)
        for place, other in _changed(shown, answer.question.split(".")[0], by=7_654_321):
            tried[place].append(answer.question)
            assert disagreements(other, answer, _also(answer)), (answer.question, place)
    assert {"headline", "alt", "caption", "text", "point", "table", "file"} <= set(tried)
    assert sum(map(len, tried.values())) > 100


def test_figures_changed_after_they_were_drawn_are_noticed(opened: Callable[[str], Build]) -> None:
    tried = []
    for drawn in _all_drawn(opened("restricted")):
        answer, shown = drawn.answer, show(drawn)
        columns = [name for name in answer.frame.select_dtypes("number") if answer.frame[name].notna().any()]
        for name in columns[:4]:
            frame = answer.frame.copy()
            frame[name] = frame[name].astype(float)
            frame.loc[frame[name].idxmax(), name] += 1
            tried.append((answer.question, name))
            assert disagreements(shown, replace(answer, frame=frame), _also(answer)), tried[-1]
    assert len(tried) > 30


def test_two_figures_that_differ_about_one_quantity_are_noticed(opened: Callable[[str], Build]) -> None:
    build = opened("restricted")
    answers = [one.answer for page in PAGES for one in read_page(page, WHOLE, VIEWER, build)]
    answers = [one for one in answers if one.withheld is None]
    assert not _conflicts(answers)
    noticed = set()
    for at, answer in enumerate(answers):
        told = list(_claims(answer))
        if not told or answer.question == "quarter.headlines":
            continue
        frame = answer.frame.copy()
        for name in ("value", "now", "before", "reports", "before_said", "value_said"):
            if name in frame:
                frame[name] = [f"{value}1" if isinstance(value, str) else value + 1 for value in frame[name]]
        frame["status_code"] = "red" if "status_code" in frame else None
        facts = {**answer.facts, "crimes": "1"}
        other = replace(answer, frame=frame, facts=facts)
        if _conflicts([*answers[:at], other, *answers[at + 1 :]]):
            noticed.add(answer.question)
    assert noticed == {
        "quarter.tiles", "quarter.areas", "trends.monthly", "trends.quarterly", "trends.rolling_year", "trends.change",
        "strands.groups", "strands.motivating_factors", "strands.offence_groups", "places.rates_by_area",
        "places.own_past", "plan.summary", "plan.board",
    }  # fmt: skip
