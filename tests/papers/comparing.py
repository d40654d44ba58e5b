"""Whether a finished file says what the screen says: sentence for sentence, cell for cell, point for point.

A text of a product may hold a number only inside a sentence that a page says of an answer, or that people wrote: those
are cut out of it whole, and no number may be left. Tables, charts and sheets are found by their text alternative or
their name, and compared with the frame of the answer, row by row.
"""

from __future__ import annotations

import re
from collections.abc import Collection, Iterable, Iterator, Mapping, Sequence
from contextlib import suppress
from dataclasses import dataclass
from datetime import date
from functools import cached_property
from typing import Any

import pandas as pd

from core import words
from core.errors import ConfigError
from core.model import MEASURES, Answer, Build, Selection, Viewer
from core.periods import Quarter, day_label
from tests.pages.collecting import held, numbers, read_page, strangers
from tests.papers.reading import Chart, Read, Table, Text
from tests.queries.saying import headlines
from ui import captions

PAGES = ("quarter", "exceptions", "trends", "strands", "places", "locality", "victims", "plan", "quality")
"""The pages whose figures a product may hold."""

_LISTED = "quarter.headlines"
_TILES = "quarter.tiles"
_OF_BODY = "updates.report"  # which body is told is chosen on the page of the plan, so its report may be another's
_LEFT_OUT = (words.page_text("short")["more"], words.page_text("pack")["left_out"]["title"])
# Numbers that count nothing: of notes, of a slide that goes on, of a page, and the codes of outcomes and quarters; and
# those of what is left out, which are held to what is missing.
NO_COUNT = re.compile(
    r"\[note \d+\]| \(\d+\)$|^Page \d+ of \d+|\b[A-Z]{1,4}\d+(?:\.\d+)?[a-z]?\b|\b\d{4}-Q[1-4]\b|\b(?:Figure|Table) \d+"
    + "".join(rf"|{re.escape(one.partition('{')[0])}[\d,]+" for one in _LEFT_OUT)
)
_NAMED = words.page_text("pack")["left_out"]["item"].partition("{names}")[2].partition("{why}")[0]
_OF_SERIES = {"this_quarter": "value", "same_quarter_before": "before"}


def of_pages(selection: Selection, viewer: Viewer, build: Build) -> list[Answer]:
    """Every answer the pages show for a selection."""
    return [drawn.answer for page in PAGES for drawn in read_page(page, selection, viewer, build)]


def unlike(made: Iterable[Answer], shown: Collection[Answer]) -> list[str]:
    """Where an answer a product was made of is not the one a page shows of the same question.

    Of the sentences on the quarter a product may tell some; each is a sentence of a page.
    """
    same = {id(one) for one in shown}
    others = [one for one in made if id(one) not in same and one.question != _OF_BODY]
    asked = {one.question for one in others}
    pages: dict[str, set[str]] = {}
    sentences: set[str] = set()
    for one in shown:
        if one.question in asked:
            pages.setdefault(one.question, set()).add(_written_out(one))
        if one.question == _LISTED:
            sentences |= {repr(row) for row in one.frame.to_dict("records")}
    return [
        f"{one.question} is another on its page"
        for one in others
        if (
            not {repr(row) for row in one.frame.to_dict("records")} <= sentences
            if one.question == _LISTED
            else _written_out(one) not in pages.get(one.question, set())
        )
    ]


def _alts(answer: Answer) -> Iterator[str]:
    """The text alternatives of an answer: its own, and that of the pack's chart of three of the tiles."""
    yield captions.alt(answer)
    if answer.question == _TILES:
        quarter, area = Quarter.parse(answer.selection.quarter).label, answer.facts["area"]
        figures = "; ".join(_figures(answer))
        yield words.say("pack", "measures", "alt", quarter=quarter, area=area, figures=figures)


def _figures(answer: Answer) -> Iterator[str]:
    """The three measures as the pack tells them in a line."""
    for row in answer.frame.to_dict("records"):
        if row["tile_code"] in MEASURES:
            measure = words.label("measure_in_sentence", row["tile_code"])
            yield words.say("pack", "measures", "figure", measure=measure, value=row["value_said"])


def _written_out(answer: Answer) -> str:
    """All an answer says and holds, so that two can be compared whatever their cells are made of."""
    frame = answer.frame.to_dict("list")
    return repr((answer.selection, answer.finding, answer.withheld, answer.notes, frame, dict(answer.facts)))


@dataclass
class Screen:
    """What the screen says, by what a file could say it with.

    Attributes:
        answers: of the pages, and those of a product that no page shows.
        build: the build they are of.
        also: sentences that are no answer's: what people wrote.
    """

    answers: Sequence[Answer]
    build: Build
    also: Collection[str] = ()

    @cached_property
    def phrases(self) -> dict[str, None]:
        """Every sentence that may hold a number, the longest first."""
        said = {*self.also, *_of_build(self.build), *_fixed()}
        for answer in self.answers:
            said |= set(_phrases(answer))
        kept = [one for one in said if one and " " in one and numbers(one)]
        return dict.fromkeys(sorted(kept, key=lambda one: (-len(one), one)))

    @cached_property
    def by_alt(self) -> dict[str, Answer]:
        """The answers by their text alternative."""
        return {alt: one for one in self._held for alt in _alts(one)}

    @cached_property
    def by_subtitle(self) -> dict[str, list[Answer]]:
        """The answers by their subtitle, which may be shared."""
        found: dict[str, list[Answer]] = {}
        for one in self._held:
            found.setdefault(captions.subtitle(one), []).append(one)
        return found

    @cached_property
    def by_sheet(self) -> dict[str, list[Answer]]:
        """The answers by the worksheet they have in a workbook; a page may narrow one that another shows whole."""
        sheets = words.page_text("workbook")["sheet"]
        named: dict[str, list[Answer]] = {}
        for one in self.answers:
            module, function = one.question.split(".")
            if one.withheld is None and function in sheets.get(module, {}):
                named.setdefault(sheets[module][function], []).append(one)
        return named

    @cached_property
    def _known(self) -> dict[str, list[str]]:
        return {}

    @property
    def _held(self) -> Iterator[Answer]:
        return (one for one in self.answers if one.withheld is None and one.question != _LISTED)

    def left(self, text: str) -> list[str]:
        """The numbers of a text that stand in no sentence of the screen."""
        if text not in self._known:
            self._known[text] = [] if text in self.phrases or not numbers(text) else self._without(text)
        return self._known[text]

    def _without(self, text: str) -> list[str]:
        for phrase in self.phrases:
            if phrase in text:
                text = re.sub(rf"(?<![\d,.\u2212]){re.escape(phrase)}(?!\d|[,.]\d)", " ; ", text)
        return [said.text for said in numbers(NO_COUNT.sub(" ", text))]


def compare(file: Read, screen: Screen) -> list[str]:
    """Every number of a file that is not the screen's, with where it stands."""
    found = [f"{one.where}: {number} in {one.said[:150]}" for one in file.texts for number in _strange(one, screen)]
    for table in file.tables:
        found += [f"{table.where}: {told}" for told in _TABLES[file.ending](table, screen)]
    for chart in file.charts:
        found += [f"{chart.where}: {told}" for told in _chart(chart, screen)]
    return found + list(_uncounted(file))


def _uncounted(file: Read) -> Iterator[str]:
    """Where a deck counts other figures as left out than it names on the same slides."""
    begins = _LEFT_OUT[1].partition("{")[0]
    titles = [one for one in file.texts if one.said.startswith(begins)]
    if file.ending != "pptx" or not titles:
        return
    slides = {one.where for one in titles}
    items = [one.said.partition(_NAMED)[0] for one in file.texts if one.where in slides and _NAMED in one.said]
    told, named = int(numbers(titles[0].said)[0].value), sum(item.count("; ") + 1 for item in items)
    if told != named:
        yield f"{told} figures are told as left out, and {named} named"


def _strange(text: Text, screen: Screen) -> list[str]:
    return screen.left(text.said)


# What the screen says ------------------------------------------------------------------------------------------------


def _of_build(build: Build) -> Iterator[str]:
    yield captions.marking(build)
    yield captions.build_sentence(build)
    yield words.say("papers", "texts", "public", base=build.base)
    yield words.say("workbook", "cover", "protected", base=build.base)
    yield words.say("pack", "cover", "protected", subtitle="", base=build.base).strip()


def _fixed() -> Iterator[str]:
    """Sentences of the products that name no fact."""
    for module in ("papers", "pack", "short", "workbook", "frame"):
        leaves: list[Any] = [words.page_text(module)]
        while leaves:
            leaf = leaves.pop()
            if isinstance(leaf, Mapping):
                leaves += leaf.values()
            elif isinstance(leaf, list):
                leaves += leaf
            elif isinstance(leaf, str) and "{" not in leaf:
                yield leaf


def _phrases(answer: Answer) -> Iterator[str]:
    """Every sentence that is said of one answer, in whatever place of a page."""
    if answer.withheld is not None:
        yield from captions.state(answer)
        yield captions.about(answer) or ""
        return
    if answer.question == _LISTED:
        yield from (sentence for _, sentence in headlines(answer))
    else:
        yield from (captions.headline(answer), captions.alt(answer), captions.alt(answer, is_map=True))
        yield captions.caption(answer) or ""
    if answer.question == _TILES:
        yield from _tiles(answer)
    yield from (captions.subtitle(answer), captions.source(answer), captions.area(answer), captions.period(answer))
    yield from (captions.date_basis(answer), *captions.notes(answer), *captions.marks(answer))
    yield " · ".join(captions.marks(answer))
    with suppress(ConfigError):  # a title may name what only a page that narrows it knows
        yield captions.title(answer) or ""
    for column in answer.frame:
        for value in answer.frame[column]:
            yield from (one for one in (value if isinstance(value, (list, tuple)) else [value]) if isinstance(one, str))


def tile_notes(row: Mapping[Any, Any]) -> list[str]:
    """What a tile says under its figure, with the band of its line and without."""
    code = row["note_code"]
    bands = (words.say("frame", "tile_band"), "")
    return [words.say("frame", "tile_note", code, band=band, **row["note_facts"]) for band in bands] if code else []


def _tiles(answer: Answer) -> Iterator[str]:
    """What stands beside the tiles of the page: their notes, their lines told in words, and the pack's title."""
    for row in answer.frame.to_dict("records"):
        yield from tile_notes(row)
        known = [float(value) for value in row["spark"] if not pd.isna(value)]
        unit = captions.Unit(str(row["unit"]), str(row["zero"]))
        for note in tile_notes(row) if known else ():
            ends = {"first": captions.number(known[0], unit), "last": captions.number(known[-1], unit)}
            yield words.say("short", "spark", measure=row["label"], note=note, **ends)
    yield from _figures(answer)


# Tables --------------------------------------------------------------------------------------------------------------


def _of_document(table: Table, screen: Screen) -> Iterator[str]:
    answers = screen.by_subtitle.get(table.about)
    if not answers:
        yield from _unnamed(table, screen)
        return
    expected = [captions.table(one) for one in answers]
    if (table.headings, table.rows) not in [(one.headings, one.rows) for one in expected]:
        yield f"the table of {answers[0].question} is another: {_first_unlike(table, expected[0])}"


def _of_deck(table: Table, screen: Screen) -> Iterator[str]:
    """Rows of a slide's table: each is words and numbers of one row of the answer."""
    answer = screen.by_alt.get(table.about)
    if answer is None:
        yield from _unnamed(table, screen)
        return
    rows = [numbers_of_row(row) for row in answer.frame.to_dict("records")]
    for row in table.rows:
        said = [one for cell in row for one in numbers(NO_COUNT.sub(" ", str(cell)))]
        if said and not any(all(any(one.is_of(value) for value in known) for one in said) for known in rows):
            yield f"no row of {answer.question} is {row}"


def _of_workbook(table: Table, screen: Screen) -> Iterator[str]:
    answers = screen.by_sheet.get(table.about)
    if not answers or answers[0].question == _LISTED:
        yield from _unnamed(table, screen)
        return
    told = [list(_sheet_of(table, one)) for one in answers]
    yield from min(told, key=len)


def _sheet_of(table: Table, answer: Answer) -> Iterator[str]:
    said, columns = captions.table(answer), captions.columns(answer)
    if len(table.rows) != len(said.rows) or table.headings != said.headings:
        yield f"{answer.question} has {len(table.rows)} rows of {len(said.rows)}, or other headings"
        return
    for at, (row, told) in enumerate(zip(table.rows, said.rows, strict=True)):
        for column, kept, text in zip(columns, row, told, strict=True):
            number = column.name.removesuffix("_said")
            is_told = number != column.name and {number, "unit", "zero"} <= set(answer.frame)
            value = answer.frame[number if is_told else column.name].iloc[at]
            zero = str(answer.frame["zero"].iloc[at]) if is_told else column.unit.zero
            if not _is_kept(kept, value, text, zero):
                yield f"{column.name} of row {at} of {answer.question} is {kept!r}, not {value!r}"


def _is_kept(kept: Any, value: Any, said: str, zero: str) -> bool:
    """Whether a cell is the value of the frame: the same number, the same day, or the words the table says."""
    if pd.api.types.is_number(value) and not pd.api.types.is_bool(value) and not pd.isna(value):
        if isinstance(kept, str):
            return value == 0 and zero != "0" and kept == zero
        return isinstance(kept, (int, float)) and kept == float(f"{float(value):.16g}")  # the digits a workbook keeps
    if said == words.say("frame", "missing_value") or value is None:
        return bool(kept == "[x]")
    if isinstance(kept, date):
        return day_label(kept) == said
    return bool(kept == (said or "[z]"))


def _unnamed(table: Table, screen: Screen) -> Iterator[str]:
    """A table that is no answer's: its cells are texts like any other."""
    for row in (table.headings, *table.rows):
        for cell in row:
            text = Text(table.where, str(cell))
            yield from (f"{number} in {text.said[:150]}" for number in _strange(text, screen))


def _first_unlike(table: Table, said: captions.Table) -> str:
    pairs = zip((table.headings, *table.rows), (said.headings, *said.rows), strict=False)
    return next((f"{kept} for {told}" for kept, told in pairs if kept != told), "more or fewer rows")


def numbers_of_row(row: Mapping[Any, Any]) -> list[float]:
    """The numbers of one row of an answer, and those its words name."""
    found = []
    for value in row.values():
        if isinstance(value, str):
            found += [one.value for one in numbers(value)]
        elif pd.api.types.is_number(value) and not pd.isna(value):
            found.append(float(value))
    return found


_TABLES = {"docx": _of_document, "pptx": _of_deck, "xlsx": _of_workbook}


# Charts --------------------------------------------------------------------------------------------------------------


def _chart(chart: Chart, screen: Screen) -> Iterator[str]:
    answer = screen.by_alt.get(chart.alt)
    if answer is None:
        yield f"the chart is of no answer: {chart.alt[:120]}"
        return
    yield from (f"{answer.question}: {told}" for told in (*_points(chart, answer), *_written(chart, answer)))
    kept = (("", *(name for name, _ in chart.series)), *zip(chart.categories, *_values(chart), strict=True))
    behind = [tuple("" if at == 0 and cell is None else cell for at, cell in enumerate(row)) for row in chart.behind]
    if not _alike(behind, kept):
        yield f"{answer.question}: the workbook behind the chart holds others than it draws"


def _points(chart: Chart, answer: Answer) -> Iterator[str]:
    """Every point is the value of its row, and every value of the answer is drawn or said in words."""
    frame = answer.frame
    if answer.question == _TILES:
        frame = frame[frame["tile_code"].isin(MEASURES)]
    group = next((name for name in ("series", "part") if name in frame), None)
    labels = list(dict.fromkeys(str(one) for one in frame["label"]))
    if len(labels) != len(chart.categories):
        yield f"{len(chart.categories)} categories of {len(labels)}"
        return
    days = dict(zip(frame["label"].map(str), frame["starts_on"], strict=True)) if "starts_on" in frame else {}
    drawn: set[tuple[str, str, str]] = set()
    for name, values in chart.series:
        column = _column(name)
        rows = frame[frame[group] == name] if group else frame
        of_label = dict(zip(rows["label"].map(str), rows[column], strict=True)) if column in rows else {}
        for label, category, value in zip(labels, chart.categories, values, strict=True):
            if label not in category and not _is_day(category, days.get(label)):
                yield f"{category} stands for {label}"
            if value is None:
                continue
            drawn.add((column, name if group else "", label))
            if pd.isna(of_label.get(label)) or float(of_label[label]) != value:
                yield f"{value} is drawn for {name}, {label}, not {of_label.get(label)}"
    zero = captions.unit(answer).zero
    for row in frame.to_dict("records"):
        key = ("value", str(row[group]) if group else "", str(row["label"]))
        at = chart.categories[labels.index(str(row["label"]))]
        is_said = str(row["label"]) in at and len(at) > len(str(row["label"])) + 2
        if key not in drawn and not pd.isna(row["value"]) and not (is_said and (row["value"] == 0 or zero == "0")):
            yield f"{row['value']} of {key} is not drawn"


def _is_day(category: str, day: Any) -> bool:
    """Whether a category is a day as a spreadsheet counts days, or as it is written."""
    if day is None:
        return False
    serial = (pd.Timestamp(day) - pd.Timestamp(1899, 12, 30)).days
    return category in (str(serial), f"{serial}.0", f"{pd.Timestamp(day):%Y-%m-%d}")


def _column(name: str) -> str:
    """Which column of a frame a series is of, by what it is called."""
    headings = words.labels()["column"]
    for column in ("lower", "upper"):
        if name.startswith(headings[column]):
            return column
    return next((column for heading, column in _OF_SERIES.items() if name == headings[heading]), "value")


def _written(chart: Chart, answer: Answer) -> Iterator[str]:
    """What is written on points and beside categories."""
    unit = captions.unit(answer)
    columns = [name for name in ("value", "low", "high") if name in answer.frame]
    expected = set()
    for row in answer.frame[columns].to_dict("records"):
        told = {name: captions.number(float(value), unit) for name, value in row.items() if not pd.isna(value)}
        expected.add(told.get("value", ""))
        if len(told) == 3:
            expected.add(words.say("pack", "interval", **told))
    yield from (f"{label} is written on a point" for label in chart.labels if label not in expected)
    known = {*held(answer), *(one.value for one in numbers(unit.zero))}
    zeros = answer.frame.get("zero", ())
    known |= {one.value for zero in zeros for one in numbers(str(zero))}
    days = answer.frame.get("starts_on", ())
    for category in (one for one in chart.categories if not any(_is_day(one, day) for day in days)):
        yield from (f"{number} in {category}" for number in strangers(numbers(category), known))


def _values(chart: Chart) -> list[tuple[float | None, ...]]:
    return [values for _, values in chart.series]


def _alike(behind: Sequence[tuple[Any, ...]], kept: Sequence[tuple[Any, ...]]) -> bool:
    if len(behind) != len(kept):
        return False
    for row, other in zip(behind, kept, strict=True):
        if len(row) != len(other):
            return False
        for one, two in zip(row, other, strict=True):
            if isinstance(one, (int, float)) and isinstance(two, (int, float)):
                if abs(one - two) > 1e-9 * max(1, abs(two)):
                    return False
            elif one != two and str(one) != str(two) and not (isinstance(one, date) and _is_day(str(two), one)):
                return False
    return True
