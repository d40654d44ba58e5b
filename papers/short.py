"""What the two short papers share: how answers become sentences, small tables and small print. Words, never numbers."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass, replace
from typing import Any

import pandas as pd
import plotly.graph_objects as go

from core import words
from core.model import Answer, Build, Selection
from core.periods import Quarter, day_label
from papers import room
from papers.content import sentences
from papers.product import WORD, Product
from papers.sheet import Block, Drawing, Figures, Grid, More, Notes, Points, Said, Sheets
from papers.word import BULLET, CELL, DENSE, DENSE_WIDTH, Cell, Writer
from queries import strands
from ui import captions, charts, pictures, theme

Draw = Callable[[Answer], go.Figure]
_SPARK_WIDE = 53.0  # points, as are the heights of a tile's line
_SPARK = 19.0
_LOW_SPARK = 13.0
_SPARK_PIXELS = 2.0  # to a point
_MOST_NAMES = 8  # lines of the names of outcomes of one status
_HEADLINES = 4  # sentences that are never left out
_WRITTEN = 3  # lines of what people wrote
_SPARK_NOTES = ("spark_months", "spark_quarters")
_URGENT = ("red", "grey", "amber", "green", "blue")  # in which order the statuses of a part of the plan are told
_ROUNDED = "rounded"  # the key of the note, and the finding of a headline, that counts are protected
_CUTS = ("cut", "end")  # kinds of mark where the line is broken
_IN = ("in", "no_figure")  # states of what is no longer owed
_TO_NAME = ("red", "overdue", "grey")
_ROWS_OF_A_PICTURE = 8  # quarters of a figure that stands as a table


@dataclass(frozen=True)
class Short:
    """A short paper before it is written down.

    Attributes:
        title, subtitle: the lines it begins with.
        asked: its answers by question, those withheld among them.
        left_out: what it does not show of what the page shows, each with why.
        selection, build: what was asked, of which build.
    """

    title: str
    subtitle: str
    asked: dict[str, Answer]
    left_out: tuple[str, ...]
    selection: Selection
    build: Build

    @property
    def answers(self) -> tuple[Answer, ...]:
        """Everything it says a number of."""
        return tuple(answer for answer in self.asked.values() if answer.withheld is None)


def about(selection: Selection, build: Build) -> dict[str, str]:
    """The facts of a title."""
    quarter = Quarter.parse(selection.quarter)
    return {
        "area": words.label("area", selection.area),
        "measure": words.label("measure", selection.measure),
        "strand": words.label("group" if build.is_shareable else "strand", selection.strand),
        "quarter": quarter.label,
        "span": quarter.span,
    }


def by_strand(selection: Selection, viewer: Any, build: Build) -> Answer:
    """Reports by motivating factor, or where the build has none by strand, each report in one group."""
    factors = strands.motivating_factors(selection, viewer, build)
    return factors if factors.withheld is None else strands.groups(selection, viewer, build)


def left_out(question: str, why: str, selection: Selection) -> str:
    """One thing a paper of a part does not show: `why` is outside or whole."""
    told = say(why, area=words.label("area_in_sentence", selection.area))
    return say("left_out_item", figure=name(question), why=told)


def name(question: str) -> str:
    """What a figure is called where it is not shown."""
    return say("name", question.replace(".", "_"))


def begin(paper: Short) -> tuple[Sheets, list[Block]]:
    """An empty document with its header and footer, and the lines the paper begins with."""
    told = captions.build_sentence(paper.build)
    footer = (say("footer"), say("footer_of"), say("footer_build", build=told))
    document = Writer(header=captions.marking(paper.build), footer=footer, is_dense=True)
    head: list[Block] = [Said(paper.title, "Title"), Said(paper.subtitle, "Subtitle")]
    if paper.build.is_made_up:
        head.append(Said("", lead=f"{words.say('frame', 'made_up')}."))
    return Sheets(document), head


def finish(paper: Short, sheets: Sheets, file: str) -> Product:
    """The document as a file, which says of itself what it is."""
    selection, build = paper.selection, paper.build
    facts = {"area": selection.area, "quarter": selection.quarter, "number": build.number}
    marking = captions.marking(build)
    sheets.document.properties(
        title=paper.title,
        subject=paper.subtitle,
        keywords=say("keywords", marking=marking, **facts),
        author=words.say("frame", "product"),
        about=f"{marking}. {captions.build_sentence(build)}",
        at=build.published_at,
    )
    named = captions.file_name(file, selection, build, "docx")
    return Product(named, WORD, sheets.document.content(), (*paper.left_out, *sheets.notes))


def headlines(said: Answer, page: str) -> Iterator[Block]:
    """The sentences the page begins with."""
    yield heading("headlines")
    texts = [
        words.say("quarter", "headlines", str(row["about"]), str(row["finding"]), **row["facts"])
        for row in said.frame.to_dict("records")
    ]
    yield Points(tuple(texts), More("sentence", say("page", page)), least=_HEADLINES)


def tiles(answer: Answer, sheets: Sheets, *, is_brief: bool = False) -> Iterator[Block]:
    """The tiles as a table: each figure, the year before, the verdict, and its line over its usual range.

    Args:
        is_brief: each on one line, with what a tile says under its figure below the table.
    """
    yield heading("tiles")
    if answer.withheld is not None:
        yield withheld(answer)
        return
    rows = answer.frame.to_dict("records")
    tall = _LOW_SPARK if is_brief else _SPARK
    sparks = _sparks(rows, sheets, tall)
    heads = ["figure", "now", "before", "verdict", *(["spark"] if sparks else [])]
    lines = tuple(_tile(row, sparks, tall, is_brief=is_brief) for row in rows)
    shares = (38.0, 15.0, 15.0, 20.0, 12.0) if sparks else (44.0, 15.0, 15.0, 26.0)
    numeric = (False, True, True, False, False)[: len(heads)]
    yield Grid(_headings(*heads), lines, shares, numeric, captions.alt(answer), least=None)
    under = [say("reasons", reasons=words.join(reasons))] if (reasons := _reasons(rows)) else []
    if is_brief:
        noted = [(row["label"], _tile_note(row, has_line=False)) for row in rows]
        under += [say("tile_note", figure=label, note=note) for label, note in noted if note]
        drawn_of = dict.fromkeys(_tile_note(row, has_line=True) for row in rows if row["note_code"] in _SPARK_NOTES)
        under += [say("lines", notes="; ".join(drawn_of))] if sparks else []
    if under:
        yield Said(" ".join(under), "Figure Note")


def exceptions(found: Answer, *, is_headed: bool = True) -> Iterator[Block]:
    """What is above what chance allows, each with place, strand and sentence; or that nothing is."""
    yield from _opening(found, "exceptions", is_headed=is_headed)
    if found.withheld is not None:
        return
    lines = tuple(
        (
            Cell(f"{theme.ALERT_SHAPES[row['flag_code']]} {row['place']}", under=row["flag"], is_bold=True),
            Cell(row["strand"]),
            Cell(row["sentence"]),
            Cell(_brief(row["response"], 20)),
        )
        for row in found.frame.to_dict("records")
    )
    if lines:
        heads = _headings("place", "strand", "sentence", "response")
        more = More("exception", say("page", "exceptions"))
        yield Grid(heads, lines, (18, 16, 46, 20), (False,) * 4, captions.alt(found), more)


def whole_plan(summary: Answer) -> Iterator[Block]:
    """The plan's outcomes by status, with everything Red, overdue or not rated named."""
    yield from _opening(summary, "plan")
    if summary.withheld is not None:
        return
    shares = (29.0, 12.0, 59.0)
    room_of_names = DENSE_WIDTH * shares[2] / sum(shares) - 2 * CELL
    lines = []
    for row in summary.frame.to_dict("records"):
        names = str(row["outcomes"]) if row["status_code"] in _TO_NAME else ""
        if room.lines(names, DENSE["Table Text"], room_of_names) > _MOST_NAMES:
            names = say("named_elsewhere", outcomes=words.count("outcome", int(row["value"])))
        lines.append((_status(row["status_code"], row["label"]), Cell(str(row["value"])), Cell(names)))
    heads = _headings("status", "outcomes", "which")
    yield Grid(heads, tuple(lines), shares, (False, True, False), captions.subtitle(summary), least=None)


def own_plan(own: Answer) -> Iterator[Block]:
    """What one partnership decided on the plan, returns and has set for itself, each with its status."""
    yield heading("own")
    if own.withheld is not None:
        yield withheld(own)
        return
    yield Said(captions.caption(own) or "", most=_WRITTEN)
    lines = tuple(
        (
            _status(row["status_code"], row["status"]),
            Cell(_brief(say("listed", code=row["outcome_code"], name=row["outcome"]), 48)),
            Cell(_brief(say("latest", value=row["value_text"], quarter=row["latest"]), 29)),
            Cell(_brief(row["target_text"], 11)),
        )
        for row in sorted(own.frame.to_dict("records"), key=lambda row: _URGENT.index(row["status_code"]))
    )
    heads = (*_headings("status", "outcome", "latest"), words.label("column", "target"))
    more = More("outcome", say("page", "locality"))
    yield Grid(heads, lines, (12, 48, 29, 11), (False,) * 4, captions.subtitle(own), more)


def due(owed: Answer) -> Iterator[Block]:
    """What is due from one partnership, what is latest first."""
    if owed.withheld is not None:
        return
    yield from _opening(owed, "due", is_headed=False)
    texts = tuple(
        say("due", state=row["state"], code=row["outcome_code"], what=row["what"], standing=row["standing"])
        for row in owed.frame.to_dict("records")
        if row["state_code"] not in _IN
    )
    if texts:
        told = tuple(room.cut(text, DENSE["List Bullet"], DENSE_WIDTH - BULLET, _WRITTEN) for text in texts)
        yield Points(told, More("owed", say("page", "locality")))


def since(answer: Answer) -> Iterator[Block]:
    """What meetings decided and asked for, the open ones first."""
    yield from _opening(answer, "since")
    if answer.withheld is not None:
        return
    lines = tuple(
        (
            Cell(f"{theme.PROGRESS_SHAPES[row['progress_code']]} {row['progress']}", is_bold=True),
            Cell(_brief(say("agreed", kind=row["kind"], words=row["words"]), 48)),
            Cell(_brief(row["owner"], 21)),
            Cell(day_label(row["due_on"]) if row["due_on"] is not None else ""),
        )
        for row in answer.frame.to_dict("records")
    )
    if lines:
        heads = _headings("state", "agreed", "owner", "due_on")
        more = More("item", say("page", "quarter"))
        yield Grid(heads, lines, (13, 48, 21, 18), (False,) * 4, captions.alt(answer), more)


def figure(answer: Answer, draw: Draw) -> Drawing:
    """A figure with the table that stands where it cannot be drawn: its latest quarter, or its last rows."""
    frame = answer.frame
    is_of_areas = "panel" in frame
    rows = frame[frame["quarter_code"] == answer.selection.quarter] if is_of_areas else frame.tail(_ROWS_OF_A_PICTURE)
    shown = replace(answer, frame=rows)
    table = captions.table(shown)
    lines = tuple(tuple(map(Cell, row)) for row in table.rows)
    longest = [max(map(len, column)) for column in zip(table.headings, *table.rows, strict=True)]
    shares = tuple(float(min(30, letters) + 4) for letters in longest)
    more = More("row", say("page", "quarter"))
    return Drawing(answer, draw, Grid(table.headings, lines, shares, table.numeric, captions.subtitle(answer), more))


def trend(answer: Answer) -> go.Figure:
    """The quarters of one area, low: of the marks on the line those alone where recording changed."""
    drawn = charts.series(_cut_only(answer))
    return drawn.update_layout(margin={"b": 34}, xaxis={"tickformat": "%b %Y"}, yaxis={"nticks": 4})


def drawn(
    code: str, shown: Sequence[tuple[Answer, Draw]], least: float, most: float, *, is_told: bool = True
) -> Iterator[Block]:
    """Pictures beside each other under one heading; what is withheld is a line in words.

    Args:
        is_told: with their headlines; False where a sentence of the page says the same.
    """
    yield heading(code)
    held = tuple(figure(answer, draw) for answer, draw in shown if answer.withheld is None)
    if held:
        yield Figures(held, least, most, is_told=is_told)
    for answer, _ in shown:
        if answer.withheld is not None:
            yield withheld(answer)


def notes(shown: Sequence[Answer], page: str) -> Iterator[Block]:
    """The sentences that must stand under figures, each once, that on rounding first."""
    told: dict[str, str] = {}
    for answer in shown:
        if answer.withheld is None:
            told |= dict(zip(dict.fromkeys(answer.notes), captions.notes(answer), strict=True))
            marks = captions.marks(_cut_only(answer))
            told |= {answer.question: say("marks", marks=" · ".join(marks))} if marks else {}
    ordered = sorted(told, key=lambda key: key != _ROUNDED)
    if ordered:
        yield Notes(tuple(told[key] for key in ordered), More("note", say("page", page)), say("notes"))


def sentence(answer: Answer, code: str) -> Iterator[Block]:
    """A figure told by its headline alone."""
    if answer.withheld is None:
        told = captions.headline(answer)
        yield Said(told if told.endswith(".") else f"{told}.", lead=say("lead", what=say("heading", code)))


def foot(paper: Short, shown: Sequence[Answer], page: str) -> Iterator[Block]:
    """The small print: the caveat, the date basis, what is left out, the notes of some answers, the source."""
    counted = say("counted", date_basis=words.say("frame", "date_basis"))
    yield Said(f"{words.say('pack', 'caveat')} {counted}", "Figure Note")
    if paper.left_out:
        yield Said(" ".join(paper.left_out), "Figure Note", lead=say("left_out"))
    yield from notes(shown, page)
    yield Said(captions.source(paper.asked["quarter.headlines"]), "Figure Note")


def of_part(said: Answer) -> tuple[Answer, tuple[tuple[str, str], ...]]:
    """The sentences that may stand in a paper of a part of LLR, and what is left out of them, each with why.

    A sentence on places that says only what the public file lacks is no loss: the figure it is of says that itself.
    """
    kept = sentences(said)
    about = {row["about"] for row in kept}
    lost = [row for row in said.frame.to_dict("records") if row["about"] == "areas" and row["finding"] != _ROUNDED]
    told = ((said.question, "outside"),) if lost and "areas" not in about else ()
    return replace(said, frame=said.frame[said.frame["about"].isin(about)]), told


def heading(code: str) -> Said:
    """A heading of the paper."""
    return Said(say("heading", code), "Heading 1")


def withheld(answer: Answer) -> Said:
    """What stands in the place of a figure that is not there: a line in words, never an empty box."""
    title, text = captions.state(answer)
    return Said(text, "Withheld", lead=f"{title}.")


def say(*keys: str, **facts: Any) -> str:
    """Words of config/text/short.toml."""
    return words.say("short", *keys, **facts)


def _briefly_withheld(answer: Answer, what: str) -> Said:
    return Said(f"{captions.state(answer)[0]}.", "Withheld", lead=say("lead", what=what))


def _opening(answer: Answer, code: str, *, is_headed: bool = True) -> Iterator[Block]:
    """A heading and what the answer says in one sentence; or both in one paragraph; or why there is none."""
    if is_headed:
        yield heading(code)
    if answer.withheld is not None:
        yield withheld(answer) if is_headed else _briefly_withheld(answer, say("heading", code))
        return
    told = captions.headline(answer)
    yield Said(
        told if told.endswith(".") else f"{told}.", lead="" if is_headed else say("lead", what=say("heading", code))
    )


def _reasons(rows: Sequence[dict[Any, Any]]) -> list[str]:
    """Why figures are not comparable, each reason once."""
    return list(dict.fromkeys(str(row["reason"]) for row in rows if row["reason"]))


def _tile(row: dict[Any, Any], sparks: dict[str, bytes], tall: float, *, is_brief: bool) -> tuple[Cell, ...]:
    verdict = str(row["verdict"])
    code = str(row["tile_code"])
    cells = (
        Cell(row["label"], under="" if is_brief else _tile_note(row, has_line=code in sparks), is_bold=True),
        Cell(row["value_said"], is_bold=True),
        Cell(row["before_said"]),
        Cell(verdict[:1].upper() + verdict[1:]),
    )
    if not sparks:
        return cells
    if code not in sparks:
        return (*cells, Cell(""))
    unit = captions.Unit(str(row["unit"]), str(row["zero"]))
    known = [value for value in row["spark"] if not pd.isna(value)]
    first, last = (captions.number(float(known[at]), unit) for at in (0, -1))
    alt = say("spark", measure=row["label"], note=_tile_note(row, has_line=True), first=first, last=last)
    return (*cells, Cell(row["label"], picture=sparks[code], alt=alt, picture_height=tall))


def _tile_note(row: dict[Any, Any], *, has_line: bool) -> str:
    """What a tile says under its figure; of its line only where there is one."""
    code = row["note_code"]
    if not code or (code in _SPARK_NOTES and not has_line):
        return ""
    band = words.say("frame", "tile_band") if row["spark_upper"] and not pd.isna(row["spark_upper"][-1]) else ""
    return words.say("frame", "tile_note", code, band=band, **row["note_facts"])


def _sparks(rows: Sequence[dict[Any, Any]], sheets: Sheets, tall: float) -> dict[str, bytes]:
    """The line of each tile that has one, as a picture; none at all where one cannot be made."""
    if not pictures.is_possible():
        return {}
    size = {"width": round(_SPARK_PIXELS * _SPARK_WIDE), "height": round(_SPARK_PIXELS * tall)}
    made = {}
    for row in rows:
        if sum(not pd.isna(value) for value in row["spark"]) < 2:
            continue
        try:
            made[str(row["tile_code"])] = pictures.plain(_spark(row), **size)
        except (TimeoutError, RuntimeError, OSError) as failed:
            sheets.note("quarter.tiles", type(failed).__name__)
            return {}
    return made


def _spark(row: dict[Any, Any]) -> go.Figure:
    """A line without axes over its usual range, its last point marked; broken where recording changed."""
    at = list(range(len(row["spark"])))
    line = {"mode": "lines", "hoverinfo": "skip", "showlegend": False, "connectgaps": False}
    data: list[dict[str, Any]] = []
    if row["spark_upper"]:
        edge = line | {"line": {"width": 0}, "x": at}
        data.append(edge | {"y": row["spark_lower"]})
        data.append(edge | {"y": row["spark_upper"], "fill": "tonexty", "fillcolor": theme.RULE})
    data.append(line | {"x": at, "y": row["spark"], "line": {"color": theme.DATA, "width": 2.5}})
    last = max(position for position, value in enumerate(row["spark"]) if not pd.isna(value))
    dot = {"mode": "markers", "marker": {"color": theme.DATA, "size": 8}, "showlegend": False}
    data.append(dot | {"x": [last], "y": [row["spark"][last]]})
    bare = {"visible": False, "fixedrange": True}
    return go.Figure(
        [{"type": "scatter"} | trace for trace in data],
        {"margin": {"l": 4, "r": 6, "t": 5, "b": 5}, "xaxis": bare, "yaxis": bare, "plot_bgcolor": theme.PAPER},
    )


def _cut_only(answer: Answer) -> Answer:
    """A series without the events beside it: a low picture has no room for their letters."""
    if "marks" not in answer.facts:
        return answer
    kept = tuple(mark for mark in answer.facts["marks"] if mark["kind"] in _CUTS)
    return replace(answer, facts={**answer.facts, "marks": kept})


def _status(code: str, label: str) -> Cell:
    mark = theme.STATUS_MARKS["grey" if code == "overdue" else code]
    return Cell(f"{mark.shape} {label}", fill=mark.fill, ink=mark.ink)


def _brief(text: str, share: float) -> str:
    """What people wrote, on no more lines than a row is given, in a column of so many hundredths of the page."""
    return room.cut(str(text), DENSE["Table Text"], DENSE_WIDTH * share / 100 - 2 * CELL, _WRITTEN)


def _headings(*codes: str) -> tuple[str, ...]:
    return tuple(say("column", code) for code in codes)
