"""The data workbook: every figure of the pages for one selection, a sheet each, with cover, contents and notes."""

from __future__ import annotations

from collections.abc import Callable, Collection, Iterator
from dataclasses import dataclass

from core import words
from core.model import Answer, Build, Selection, Viewer
from core.periods import Quarter, day, day_label
from papers.product import Product, Step, untold
from queries import campaigns, exceptions, locality, meetings, places, plan, quarter, returns, strands, trends, victims
from ui import captions, sheets
from ui.sheets import Cell, Grid, say

Question = Callable[[Selection, Viewer, Build], Answer]

PAGES: dict[str, tuple[Question, ...]] = {
    "quarter": (quarter.headlines, quarter.tiles, quarter.areas, meetings.since, meetings.held),
    "trends": (trends.monthly, trends.quarterly, trends.change, trends.rolling_year, trends.seasonal),
    "strands": (
        strands.motivating_factors, strands.groups, strands.overlaps, strands.religion_targeted,
        strands.offence_groups, strands.completeness,
    ),
    "places": (places.rates_by_area, places.own_past, places.share_of_crime, places.comparators),
    "exceptions": (exceptions.found, exceptions.grid, exceptions.blind_spots, exceptions.responses),
    "victims": (
        victims.routes, victims.told_elsewhere, victims.channels, victims.repeat_victims, victims.repeat_share,
        victims.repeat_plan, victims.support, victims.satisfaction, victims.outcomes, victims.charges,
        victims.outcome_groups, victims.time_by_cohort, victims.time_by_offence,
    ),
    "plan": (
        plan.summary, plan.board, locality.matrix, plan.adoption, plan.actions, returns.owed, plan.history,
        plan.by_build, plan.amendments, campaigns.calendar, campaigns.uplift,
    ),
}  # fmt: skip
"""The questions of each page, in the order of the page."""

SECTIONS = tuple(PAGES)
"""The pages whose figures can each be left out."""

_NAME = "data-workbook"


@dataclass(frozen=True)
class _Figure:
    """One answer, the page it is of and the name its sheet has."""

    answer: Answer
    page: str

    @property
    def sheet(self) -> str:
        return say("sheet", *self.answer.question.split("."))

    @property
    def page_title(self) -> str:
        return next(page["title"] for page in words.page_text("frame")["page"] if page["name"] == self.page)

    @property
    def says(self) -> str:
        """Its headline; of a list of sentences, what the list is; of a withheld one, what it would have been of."""
        if self.answer.withheld is not None:
            return captions.about(self.answer) or self.sheet
        return _title(self.answer)


class _Notes:
    """The notes of the whole workbook, each once, numbered as they are met."""

    def __init__(self) -> None:
        self._numbers: dict[str, int] = {}

    def line(self, answer: Answer) -> list[str]:
        """The line that stands above a table for its notes; none where it has none."""
        told = (*captions.marks(answer), *captions.notes(answer))
        numbers = [say("number", number=self._numbers.setdefault(one, len(self._numbers) + 1)) for one in told]
        return [say("numbered", numbers=", ".join(numbers), sheet=say("notes", "sheet"))] if numbers else []

    def rows(self) -> Iterator[tuple[str, str]]:
        """Each note and, before them, what the shorthand means."""
        yield sheets.MISSING, say("missing")
        yield sheets.EMPTY, say("empty")
        for text, number in self._numbers.items():
            yield say("number", number=number), text


def make(
    selection: Selection, viewer: Viewer, build: Build, sections: Collection[str] = SECTIONS, step: Step = untold
) -> Product:
    """The workbook of one selection, from one build.

    A question the build does not answer for this selection has no sheet; the contents say why, in the words the page
    shows in its place, and so do the product's notes.

    Args:
        sections: those of SECTIONS that were chosen.
        step: told before each page is asked.
    """
    figures: list[_Figure] = []
    pages = [page for page in PAGES if page in sections]
    for done, page in enumerate(pages):
        step(done, len(pages), words.label("section", page))
        figures += [_Figure(ask(selection, viewer, build), page) for ask in PAGES[page]]
    held = [figure for figure in figures if figure.answer.withheld is None]
    title = say("title", area=words.label("area", selection.area), quarter=Quarter.parse(selection.quarter).label)
    notes = _Notes()
    lines = {figure.sheet: notes.line(figure.answer) for figure in held}
    book = sheets.Book(title, selection, build)
    book.sheet(say("cover", "sheet"), title, _cover(selection, build), None)
    book.sheet(say("contents", "sheet"), say("contents", "title"), [say("contents", "about")], _contents(figures))
    book.sheet(
        say("notes", "sheet"),
        say("notes", "title"),
        [say("notes", "about")],
        Grid(say("notes", "name"), _headings("notes"), sheets.facts(*notes.rows())),
    )
    for figure in held:
        answer = figure.answer
        if answer.question == "quarter.headlines":
            book.sheet(figure.sheet, _title(answer), sheets.about(answer), _sentences(answer))
        else:
            book.figure(figure.sheet, answer, lines[figure.sheet])
    return Product(
        name=captions.file_name(_NAME, selection, build, "xlsx"),
        mime=sheets.MIME,
        content=book.content(),
        notes=tuple(f"{figure.sheet}: {captions.state(figure.answer)[0]}" for figure in figures if figure not in held),
    )


def _cover(selection: Selection, build: Build) -> list[str]:
    chosen = Quarter.parse(selection.quarter)
    kind = "group" if build.is_shareable else "strand"
    measure, strand = words.label("measure", selection.measure), words.label(kind, selection.strand)
    on = day(selection.as_at)
    return [
        *([say("cover", "made_up", made_up=words.say("frame", "made_up"))] if build.is_made_up else []),
        *([say("cover", "protected", base=build.base)] if build.is_shareable else []),
        say("area", said=words.label("area", selection.area)),
        say("cover", "quarter", quarter=chosen.label, span=chosen.span),
        say("cover", "selected", measure=measure, strand=strand),
        say("date_basis", said=words.say("frame", "date_basis")),
        say("cover", "source", source=words.say("frame", "source"), build=captions.build_sentence(build)),
        *([] if on is None else [say("cover", "as_at", on=day_label(on))]),
        say("cover", "about", sheet=say("contents", "sheet")),
        say("cover", "reading"),
        sheets.shorthand(),
    ]


def _contents(figures: list[_Figure]) -> Grid:
    rows = []
    for figure in figures:
        is_held = figure.answer.withheld is None
        included = say("contents", "yes") if is_held else say("contents", "no", **_state(figure.answer))
        name = Cell(figure.sheet, link=figure.sheet if is_held else "")
        rows.append((name, Cell(figure.page_title), Cell(figure.says), Cell(included)))
    return Grid(say("contents", "name"), _headings("contents"), tuple(rows))


def _state(answer: Answer) -> dict[str, str]:
    title, text = captions.state(answer)
    return {"title": title, "text": text}


def _sentences(answer: Answer) -> Grid:
    titles = {page["name"]: page["title"] for page in words.page_text("frame")["page"]}
    rows = [
        (words.say("quarter", "headlines", row["about"], row["finding"], **row["facts"]), titles[row["page"]])
        for row in answer.frame.to_dict("records")
    ]
    return Grid(say("headlines", "name"), _headings("headlines"), sheets.facts(*rows))


def _headings(table: str) -> tuple[str, ...]:
    return tuple(words.page_text("workbook")[table]["columns"].values())


def _title(answer: Answer) -> str:
    if answer.question == "quarter.headlines":
        return captions.title(answer) or ""
    return captions.headline(answer)
