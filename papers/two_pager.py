"""The quarter on two pages: the page *Quarter* on paper, for whoever holds it in the meeting."""

from __future__ import annotations

from core.csps import csp_of
from core.model import Answer, Build, Selection, Viewer
from core.periods import Quarter
from papers import short
from papers.content import EVERYBODY
from papers.product import FILES, Product, Step, untold
from papers.short import Short, say
from queries import exceptions, locality, meetings, plan, quarter, trends
from ui import charts

_FIRST = ("quarter.headlines", "quarter.tiles", "trends.quarterly", "exceptions.found")  # on the first page
_TALL = (236.0, 330.0)  # the picture of nine authorities, least and most, in points
_LOW = (96.0, 150.0)  # that of the quarters of one area
_BARS = (200.0, 310.0)  # that of its strands


def make(selection: Selection, viewer: Viewer, build: Build, step: Step = untold) -> Product:
    """The two pages of one quarter as a Word document; of one area where the selection is of one.

    The same build and choices give the same document again. What does not fit is counted, with where it is.

    Args:
        step: told before the figures are asked and before each page.
    """
    step(0, 3, say("step", "ask"))
    paper = compose(selection, viewer, build)
    return write(paper, step)


def compose(selection: Selection, viewer: Viewer, build: Build) -> Short:
    """What the two pages say: the answers of the page *Quarter*.

    A paper of a part of LLR shows no figure of other places: instead of the nine authorities it shows the area's own
    quarters and strands, and of the plan the partnership's own part, where the area is of one.
    """
    asked = (selection, viewer, build)
    said = quarter.headlines(*asked)
    answers = [quarter.tiles(*asked), exceptions.found(*asked)]
    left_out: tuple[str, ...] = ()
    if selection.area == EVERYBODY:
        answers += [quarter.areas(*asked), plan.summary(*asked), meetings.since(*asked)]
    else:
        answers += [trends.quarterly(*asked), short.by_strand(*asked)]
        if csp_of(selection.area, Quarter.parse(selection.quarter).ends_on) is not None:
            own = locality.own(*asked)
            answers += [own, locality.due(own, viewer)]
        said, told = short.of_part(said)
        left_out = tuple(
            short.left_out(question, why, selection)
            for question, why in (
                *told,
                ("quarter.areas", "outside"),
                ("plan.summary", "whole"),
                ("meetings.since", "whole"),
            )
        )
    facts = short.about(selection, build)
    return Short(
        title=say("two_pager", "title", **facts),
        subtitle=say("two_pager", "subtitle", **facts),
        asked={answer.question: answer for answer in (said, *answers)},
        left_out=left_out,
        selection=selection,
        build=build,
    )


def write(paper: Short, step: Step = untold) -> Product:
    """The composed pages as a Word document; `step` is told before each."""
    asked = paper.asked
    sheets, head = short.begin(paper)
    step(1, 3, say("step", "first"))
    said, tiles, found = (asked[name] for name in ("quarter.headlines", "quarter.tiles", "exceptions.found"))
    sheets.page(
        [
            *head,
            *short.headlines(said, "quarter"),
            *short.tiles(tiles, sheets),
            *_trend(asked),
            *short.exceptions(found),
            *short.notes([asked[question] for question in _FIRST if question in asked], "quarter"),
        ]
    )
    step(2, 3, say("step", "second"))
    sheets.page([*_second(asked), *short.foot(paper, _of_second(asked), "quarter")])
    return short.finish(paper, sheets, FILES["two_pager"])


def _second(asked: dict[str, Answer]) -> list[short.Block]:
    if "quarter.areas" in asked:
        return [
            *short.drawn("areas", [(asked["quarter.areas"], charts.multiples)], *_TALL),
            *short.whole_plan(asked["plan.summary"]),
            *short.since(asked["meetings.since"]),
        ]
    by_strand = asked.get("strands.motivating_factors") or asked["strands.groups"]
    own = [*short.own_plan(asked["locality.own"]), *short.due(asked["returns.owed"])] if "locality.own" in asked else []
    return [*short.drawn("strands", [(by_strand, charts.bars)], *_BARS), *own]


def _trend(asked: dict[str, Answer]) -> list[short.Block]:
    """The quarters of a part of LLR, on its first page."""
    if "trends.quarterly" not in asked:
        return []
    return list(short.drawn("trend", [(asked["trends.quarterly"], short.trend)], *_LOW, is_told=False))


def _of_second(asked: dict[str, Answer]) -> list[Answer]:
    return [answer for question, answer in asked.items() if question not in _FIRST]
