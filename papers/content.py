"""What a board paper says, part by part, taken from the answers the pages show; how it is written down is elsewhere.

No number is worked out here and no finding is worded here: every sentence is one a page says of the same answer, or one
that people wrote.
"""

from __future__ import annotations

from collections.abc import Callable, Collection, Iterator, Mapping
from dataclasses import dataclass, replace
from typing import Any

import plotly.graph_objects as go

from core import words
from core.model import Answer, Build, Selection, Viewer
from core.periods import Quarter, day, day_label
from papers.boards import Board, of_board
from queries import exceptions, places, plan, quarter, strands, trends, updates, victims
from ui import captions, charts

Draw = Callable[[Answer], go.Figure]
Ask = Callable[[Selection, Viewer, Build], Answer]

PARTS = ("background", "developments", "partnership", "local_areas", "recommendations", "officer")
"""The parts of the anatomy that people write in, in order, before the appendices."""

WRITTEN = ("meeting_on", "purpose", "developments", "partnership", "local_areas", "recommendations", "officer")
"""What people write: the day of the meeting, paragraphs for each part, and whom to contact."""

USUAL = ("tiles", "trend", "strands", "outcomes", "places", "exceptions", "plan", "report", "appendices")
"""What is in a paper until somebody chooses: figures, what is unusual, what is said of the plan, and the tables."""

SECTIONS = (
    "tiles", "trend", "monthly", "rolling", "season", "strands", "offences", "outcomes", "channels", "repeat", "places",
    "own_past", "exceptions", "plan", "report", "appendices",
)  # fmt: skip
"""What may be in a paper or left out of it, in order."""

_DRAFTED = PARTS[:4]  # those whose words stand before what the figures say, as paragraphs of their own
_FIRST = {"background": "purpose"}  # what is written for a part, where it is not called as the part is
_NOT_PUBLIC = "restricted_only"

_BY_RULE = "exceptions_"  # how the findings of the alert rule begin

EVERYBODY = "llr"
"""The area of all nine authorities: what shows each of them, and the whole plan, is told to boards of it alone."""


@dataclass(frozen=True)
class Shown:
    """A figure of the paper: its answer, and what draws it (None: it is a table)."""

    answer: Answer
    draw: Draw | None


@dataclass(frozen=True)
class Statement:
    """One numbered paragraph, with the points listed under it."""

    text: str
    points: tuple[str, ...] = ()


@dataclass(frozen=True)
class Part:
    """One heading: its numbered paragraphs, then its figures."""

    code: str
    heading: str
    statements: tuple[Statement, ...]
    figures: tuple[Shown, ...] = ()


@dataclass(frozen=True)
class Paper:
    """A board paper before it is written down.

    Attributes:
        board, on, title, subtitle: the four lines it begins with; `on` is a day or, where none was said, the quarter.
        parts: the numbered parts, recommendations among them (their paragraphs, without the recommendations).
        recommendations: what the board is asked to do, lettered.
        officer: the lines of whom to contact.
        report: the update report, which is an appendix; None where the board is given none.
        has_tables: whether the figures behind each picture stand in an appendix.
        answers: everything it was made from.
        selection, build: what was asked, of which build.
        left_out: figures the build could not give, each with why.
    """

    board: str
    on: str
    title: str
    subtitle: str
    parts: tuple[Part, ...]
    recommendations: tuple[str, ...]
    officer: tuple[str, ...]
    report: Answer | None
    has_tables: bool
    answers: tuple[Answer, ...]
    selection: Selection
    build: Build
    left_out: tuple[str, ...]


@dataclass(frozen=True)
class _Figure:
    """A figure of every paper: of which section, under which part, what asks for it, what draws it.

    Attributes:
        is_public: of public papers alone.
        is_everywhere: it shows every authority, so it stands only in a paper of all of them: the county's board is
            not told of the city.
    """

    section: str
    part: str
    ask: Ask
    draw: Draw | None
    is_public: bool = False
    is_everywhere: bool = False


_FIGURES = (
    _Figure("tiles", "developments", quarter.tiles, None),
    _Figure("trend", "developments", trends.quarterly, charts.series),
    _Figure("monthly", "developments", trends.monthly, charts.series),
    _Figure("rolling", "developments", trends.rolling_year, charts.series),
    _Figure("season", "developments", trends.seasonal, charts.columns),
    _Figure("strands", "developments", strands.motivating_factors, charts.bars),
    _Figure("strands", "developments", strands.groups, charts.bars, is_public=True),
    _Figure("offences", "developments", strands.offence_groups, charts.bars),
    _Figure("outcomes", "partnership", victims.outcomes, charts.stacked),
    _Figure("channels", "partnership", victims.channels, charts.bars),
    _Figure("repeat", "partnership", victims.repeat_share, charts.bars),
    _Figure("places", "local_areas", places.rates_by_area, charts.bars, is_everywhere=True),
    _Figure("own_past", "local_areas", places.own_past, charts.intervals, is_everywhere=True),
)


def compose(
    selection: Selection,
    viewer: Viewer,
    build: Build,
    board: Board,
    written: Mapping[str, str],
    sections: Collection[str] = USUAL,
) -> Paper:
    """What a board is told of a quarter.

    Args:
        selection: its quarter and `as_at`; its area for a partnership's paper. Strand and measure are always all.
        viewer, build: who asks, of which build; a public paper reads the shareable file of the same build.
        board: whose paper it is.
        written: what people wrote, by name of WRITTEN; what is missing says nothing.
        sections: those of SECTIONS that were chosen. The anatomy stands whichever they are.

    Raises MonitorError as `papers.boards.of_board` does.
    """
    selection, build = of_board(board, selection, build)
    asked = (selection, viewer, build)
    chosen = [one for one in _FIGURES if one.section in sections and (board.is_public or not one.is_public)]
    outside = [one for one in chosen if one.is_everywhere and selection.area != EVERYBODY]
    figures = [(one, one.ask(*asked)) for one in chosen if one not in outside]
    said, found = quarter.headlines(*asked), exceptions.found(*asked)
    report = updates.report(*asked, board.report) if board.report and {"plan", "report"} & set(sections) else None
    of_plan = [plan.summary(*asked)] if "plan" in sections else []
    unusual = [found] if "exceptions" in sections else []
    answers = [*(answer for _, answer in figures), said, *unusual, *of_plan, *([] if report is None else [report])]
    left_out = (
        *(_left_out(answer) for answer in answers if answer.withheld is not None),
        *(_outside(one, selection) for one in outside),
    )
    reported = [] if report is None or report.withheld is not None else report.frame.to_dict("records")
    in_text = reported if "plan" in sections else []
    asks = [_told(row) for row in in_text if row["section_code"] == "asked"]
    is_asked = report is not None and bool(report.facts.get("asked"))
    drafted: dict[str, list[Statement]] = {
        "background": [*_background(asked, board), *_reported(in_text, "purpose"), *_listed(left_out)],
        "developments": _said(said, ("quarter", "year", "charge")),
        "partnership": [
            *(_said(said, ("plan",)) if of_plan else ()),
            *_reported(in_text, "status", "attention", "actions", "late"),
        ],
        "local_areas": [
            *(_unusual(said, found) if unusual and found.withheld is None else ()),
            *_reported(in_text, "local", "adoption"),
        ],
        "recommendations": [] if is_asked else [Statement(one) for one in asks],
        "officer": [],
    }
    parts = tuple(
        Part(
            code,
            words.say("papers", "texts", "heading", code),
            (
                *(Statement(line) for line in _lines(written, _FIRST.get(code, code)) if code in _DRAFTED),
                *drafted[code],
            ),
            tuple(Shown(answer, one.draw) for one, answer in figures if one.part == code and answer.withheld is None),
        )
        for code in PARTS
    )
    held = Quarter.parse(selection.quarter)
    meeting_on = day(written.get("meeting_on") or "")
    return Paper(
        board=board.name(selection),
        on=day_label(meeting_on) if meeting_on else words.say("papers", "texts", "undated", quarter=held.label),
        title=words.say("papers", "texts", "title"),
        subtitle=words.say("papers", "texts", "subtitle", **_about(selection)),
        parts=parts,
        recommendations=(*_lines(written, "recommendations"), *(asks if is_asked else ())),
        officer=_lines(written, "officer"),
        has_tables="appendices" in sections,
        report=report if reported and "report" in sections else None,
        answers=tuple(answer for answer in answers if answer.withheld is None),
        selection=selection,
        build=build,
        left_out=left_out,
    )


def name(answer: Answer) -> str:
    """What a figure is called where it is not shown."""
    return words.say("papers", "texts", "name", captions.anchor(answer))


def sentences(said: Answer) -> list[dict[Any, Any]]:
    """The sentences the Quarter page begins with; of a part of LLR without those that are not of the part alone.

    Where to look is said of the area itself only where the alert rule says it; otherwise it is of all nine authorities.
    The sentence on the plan is of the whole partnership.
    """
    rows = said.frame.to_dict("records")
    if said.selection.area == EVERYBODY:
        return rows
    of_area = [row for row in rows if row["about"] != "areas" or row["finding"].startswith(_BY_RULE)]
    return [row for row in of_area if row["about"] != "plan"]


def _about(selection: Selection) -> dict[str, str]:
    held = Quarter.parse(selection.quarter)
    return {"area": words.label("area", selection.area), "quarter": held.label, "span": held.span}


def _background(asked: tuple[Selection, Viewer, Build], board: Board) -> Iterator[Statement]:
    selection, _, build = asked
    facts = _about(selection) | {
        "date_basis": words.say("frame", "date_basis"),
        "build": captions.build_sentence(build),
    }
    yield Statement(words.say("papers", "texts", "held", **facts))
    if board.is_public:
        yield Statement(words.say("papers", "texts", "public", base=build.base))
    if build.is_made_up:
        yield Statement(words.say("papers", "texts", "made_up"))


def _listed(left_out: tuple[str, ...]) -> Iterator[Statement]:
    if left_out:
        yield Statement(words.say("papers", "texts", "left_out"), left_out)


def _left_out(answer: Answer) -> str:
    state = words.say("states", str(answer.withheld), "title", **answer.facts)
    why = words.say("papers", "texts", "not_public") if answer.withheld == _NOT_PUBLIC else state
    return words.say("papers", "texts", "left_out_item", figure=name(answer), why=why)


def _outside(figure: _Figure, selection: Selection) -> str:
    """What is left out of the paper of one area because it shows others."""
    module, function = figure.ask.__module__.rpartition(".")[2], figure.ask.__name__
    why = words.say("papers", "texts", "outside", area=words.label("area_in_sentence", selection.area))
    named = words.say("papers", "texts", "name", f"{module}_{function}")
    return words.say("papers", "texts", "left_out_item", figure=named, why=why)


def _said(said: Answer, about: tuple[str, ...]) -> list[Statement]:
    """The sentences the Quarter page begins with, of some kinds."""
    module, function = said.question.split(".")
    return [
        Statement(words.say(module, function, str(row["about"]), str(row["finding"]), **row["facts"]))
        for row in sentences(said)
        if row["about"] in about
    ]


def _unusual(said: Answer, found: Answer) -> list[Statement]:
    """Where to look, and under it every place and strand that is above what chance allows."""
    points = tuple(str(sentence) for sentence in found.frame["sentence"])
    return [replace(statement, points=points) for statement in _said(said, ("areas",))]


def _reported(told: list[dict[Any, Any]], *sections: str) -> Iterator[Statement]:
    """The report's statements: one by itself is a paragraph, several are points under the name of their section."""
    for section in sections:
        rows = [row for row in told if row["section_code"] == section]
        if len(rows) == 1:
            yield Statement(_told(rows[0]))
        elif rows:
            heading = words.say("papers", "texts", "section", section=rows[0]["section"])
            yield Statement(heading, tuple(map(_told, rows)))


def _told(row: Mapping[Any, Any]) -> str:
    """One line of the report, with what it is about where the line does not say so itself."""
    if row["section_code"] == "purpose" or not row["item"] or row["item"] in row["told"]:
        return str(row["told"])
    return words.say("papers", "texts", "point", item=row["item"], told=row["told"])


def _lines(written: Mapping[str, str], part: str) -> tuple[str, ...]:
    return tuple(line.strip() for line in (written.get(part) or "").splitlines() if line.strip())
