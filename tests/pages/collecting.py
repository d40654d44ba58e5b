"""Collects every number a page says, draws, tabulates or gives away, for the test that they are the same numbers.

A page is run with a reader in the place of its frame. What it draws is then read as a reader meets it: sentences,
alternative texts, tooltips, labels on the figure, points of the figure, cells of the table, the file, tiles and boards.
"""

from __future__ import annotations

import html
import io
import re
import runpy
import string
from collections import Counter
from collections.abc import Callable, Collection, Iterable, Iterator, Mapping
from contextlib import nullcontext
from dataclasses import dataclass, field
from functools import lru_cache
from pathlib import Path
from typing import Any

import pandas as pd
import plotly.graph_objects as go
import pytest

from core import words
from core.model import Answer, Build, Selection, Viewer
from ui import boards, captions, charts, downloads, frame, maps

ROOT = Path(__file__).resolve().parents[2]
_MONTH = r"(?:January|February|March|April|May|June|July|August|September|October|November|December)"
# When, which build and which rank of strand: not figures.
_CONTEXT = re.compile(
    rf"\d{{1,2}} {_MONTH} \d{{4}}|{_MONTH} \d{{4}}|\bQ[1-4] \d{{4}}/\d\d|\b\d{{4}}/\d\d\b|\b[Bb]uild \d+|<[^>]*>"
    r"|\d{1,2} to \d{1,2} October \d{4}|\b20\d\d to 20\d\d\b|\b(?:the )?12 months to\b|^\d (?=[A-Z])"
)
_NUMBER = re.compile(r"(?P<sign>\u2212)?(?P<digits>(?:\d{1,3}(?:,\d{3})+|\d+)(?:\.\d+)?)(?P<percent>%)?")


@dataclass(frozen=True)
class Said:
    """One number as it is written: its value, decimals and whether it is a percentage."""

    value: float
    decimals: int
    is_percent: bool
    text: str

    def is_of(self, value: float) -> bool:
        """Whether this is that value: to the last digit for a count, rounded for a percentage or a rate."""
        if not self.decimals and not self.is_percent:
            return self.value == value
        if abs(value - self.value) > 0.51 * 10**-self.decimals:
            return False
        return f"{value:.{self.decimals}f}" == f"{self.value:.{self.decimals}f}"


@dataclass(frozen=True)
class Drawn:
    """One answer a page drew, and how."""

    answer: Answer
    draws: tuple[Callable[[Answer], Any], ...] = ()
    way: str = "show"

    @property
    def question(self) -> str:
        """`module.function`."""
        return self.answer.question


@dataclass
class Reader:
    """Stands where a page's frame stands, and keeps what the page draws."""

    name: str
    selection: Selection
    viewer: Viewer
    build: Build
    at_build: str = ""
    drawn: list[Drawn] = field(default_factory=list)

    def show(self, draw: Any, answer: Answer, *, beside: Any = None, **_: Any) -> None:
        """Keep a figure and what draws it."""
        self.drawn.append(Drawn(answer, tuple(one for one in (draw, beside) if one is not None)))

    def board(self, draw: Any, answer: Answer) -> None:
        """Keep a board."""
        self.drawn.append(Drawn(answer, (draw,), "board"))

    def tiles(self, answer: Answer) -> None:
        """Keep the tiles."""
        self.drawn.append(Drawn(answer, (), "tiles"))

    def opening(self, draw: Any, answer: Answer) -> None:
        """Keep what the page opens on."""
        self.drawn.append(Drawn(answer, (draw,), "board"))

    def sentences(self, answer: Answer, recorded: Answer | None = None) -> None:
        """Keep the list of sentences and what stands under them."""
        self.drawn.append(Drawn(answer, (), "sentences"))
        if recorded is not None:
            self.drawn.append(Drawn(recorded, (lambda one: boards.recorded(one.frame.to_dict("records")),), "board"))

    def narrow(self, choices: Mapping[str, Any]) -> dict[str, str]:
        """Choose nothing."""
        return dict.fromkeys(choices, "")

    def views(self, *views: Callable[[], None]) -> None:
        """Look at every view."""
        for view in views:
            view()

    def choose(self, _: str, choices: Mapping[str, str]) -> str:
        """Choose the first."""
        return next(iter(choices), "")

    def more(self, _: str) -> nullcontext[None]:
        """Unfold what is folded away."""
        return nullcontext()

    def __getattr__(self, name: str) -> Callable[..., None]:
        """Headings, passages and forms say no figure of the data."""
        return lambda *_, **__: None


def read_page(name: str, selection: Selection, viewer: Viewer, build: Build) -> list[Drawn]:
    """Everything one page draws for one selection."""
    reader = Reader(name, selection, viewer, build)
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(frame, "enter", lambda _: reader)
        runpy.run_path(str(ROOT / "pages" / f"{name}.py"))
    return reader.drawn


def numbers(text: str) -> list[Said]:
    """The numbers of a text, leaving out dates, quarters, years and builds."""
    bare = _CONTEXT.sub(" ", html.unescape(text))
    return [_said(found) for found in _NUMBER.finditer(bare)]


def _said(found: re.Match[str]) -> Said:
    digits = found["digits"].replace(",", "")
    return Said(
        value=float(digits) * (-1 if found["sign"] else 1),
        decimals=len(digits.partition(".")[2]),
        is_percent=bool(found["percent"]),
        text=found[0],
    )


def sentences(drawn: Drawn) -> Iterator[tuple[str, str, str]]:
    """Kind, template and text of every sentence round a figure."""
    answer = drawn.answer
    module, function = answer.question.split(".")
    section = words.page_text(module)[function]
    yield "headline", section["headline"][answer.finding], captions.headline(answer)
    yield "subtitle", section["subtitle"], captions.subtitle(answer)
    yield "alt", section["alt"], captions.alt(answer)
    if "map_alt" in section and maps.choropleth in drawn.draws:
        yield "map_alt", section["map_alt"], captions.alt(answer, is_map=True)
    if "caption" in section:
        yield "caption", section["caption"], captions.caption(answer) or ""
    for key, note in zip(dict.fromkeys(answer.notes), captions.notes(answer), strict=True):
        yield f"note {key}", words.page_text("notes")[key], note


@lru_cache
def literals(template: str) -> frozenset[str]:
    """The numbers a template itself holds: constants of a method, not figures."""
    parts = string.Formatter().parse(template)
    return frozenset(said.text for literal, *_ in parts for said in numbers(literal))


@lru_cache
def constants(module: str) -> frozenset[str]:
    """The constants of the clauses that sentences of a module are put together from."""
    texts = words.page_text(module)
    clauses = [value for value in (*texts.values(), *words.page_text("frame").values()) if isinstance(value, str)]
    clauses += [leaf for name in ("texts", "tile_note", "tile_verdict") for leaf in _leaves(texts.get(name, {}))]
    return frozenset(number for clause in clauses for number in literals(clause))


def _leaves(tree: Mapping[str, Any]) -> list[str]:
    inner = [_leaves(value) if isinstance(value, Mapping) else [str(value)] for value in tree.values()]
    return [leaf for leaves in inner for leaf in leaves]


def held(answer: Answer) -> list[float]:
    """Every number of an answer's frame, in whatever column, and those that its words in the frame name."""
    found: list[float] = []
    for column in answer.frame:
        for value in answer.frame[column]:
            found += _numbers_of(value)
    return found


def _numbers_of(value: Any) -> list[float]:
    if isinstance(value, bool) or value is None:
        return []
    if isinstance(value, Mapping):
        value = list(value.values())
    if isinstance(value, (list, tuple)):
        return [number for one in value for number in _numbers_of(one)]
    if isinstance(value, str):
        return [said.value for said in numbers(value)]
    if isinstance(value, (int, float)) or type(value).__module__ == "numpy":
        return [float(value)] if not pd.isna(value) and not isinstance(value, pd.Timestamp) else []
    return []


def worked_out(answer: Answer) -> list[float]:
    """What a sentence may work out from a frame: sums, shares, counts of rows, ranges; nothing else."""
    frame = answer.frame
    found: list[float] = [float(len(frame))]
    texts = [name for name in frame if _is_text(frame[name])]
    for name in texts:
        found += [float(count) for count in frame[name].map(str).value_counts()]
        found.append(float(frame[name].map(str).nunique()))
    for name in (name for name in frame if frame[name].dtype == bool):
        found += [float(frame[name].sum()), float((~frame[name]).sum())]
    for name in frame.select_dtypes("number"):
        known = frame[name].dropna().astype(float)
        total = known.sum()
        found += [total, known.clip(lower=0).sum(), -known.clip(upper=0).sum()]
        found += [float((known > 0).sum()), float((known < 0).sum())]
        found += [100 * value / total for value in known if total]
        found += [100 * (value - 1) for value in known] + [100 * (1 - value) for value in known]
        for by in texts:
            of_group = frame.groupby(frame[by].map(str))[name]
            found += [float(value) for value in of_group.sum()]
            found += [float((rows > 0).sum()) for _, rows in of_group]
            shares = 100 * frame[name].astype(float) / of_group.transform("sum").astype(float)
            found += [float(share) for share in shares]
    return found


def _is_text(column: pd.Series[Any]) -> bool:
    return all(isinstance(value, str) for value in column)


def figure_texts(figure: go.Figure, answer: Answer) -> Iterator[str]:
    """What is written on a figure and in its tooltips, but for the letters of its marks."""
    for trace in figure.data:
        for texts in (getattr(trace, "text", None), getattr(trace, "customdata", None)):
            yield from () if texts is None else (str(text) for text in texts)
    letters = {f"<b>{letter}</b>" for letter, _ in zip(captions.letters(), answer.facts.get("marks", ()), strict=False)}
    yield from (str(one.text) for one in figure.layout.annotations if one.text not in letters)


def figure_points(figure: go.Figure, *, is_along: bool) -> list[float]:
    """The numbers a figure is drawn from: lengths, heights, ends of intervals, cells; never dates or positions."""
    found: list[float] = []
    for trace in figure.data:
        if trace.type in ("choropleth", "scattergeo") or getattr(trace, "mode", "") == "text":
            continue
        if trace.type == "heatmap":
            found += [float(value) for row in trace.z for value in row if value is not None]
            continue
        is_along = is_along or getattr(trace, "orientation", "") == "h"
        values = [None if value is None else float(value) for value in (trace.x if is_along else trace.y)]
        found += [value for value in values if value is not None]
        error = trace.error_x
        if error.array is not None:
            for value, more, less in zip(values, error.array, error.arrayminus, strict=True):
                if value is not None and more is not None:
                    found += [value + more, value - less]
    return found


def tile_texts(answer: Answer) -> list[str]:
    """What each tile says, its sparkline's words included."""
    found = []
    for row in answer.frame.to_dict("records"):
        tile = frame._tile(row)
        found.append(" ".join([re.sub(r"<[^>]+>", " ", tile), *re.findall(r'alt="([^"]*)"', tile)]))
    return found


@dataclass(frozen=True)
class Shown:
    """One answer as a reader meets it: all that is said, drawn, tabulated and given away."""

    sentences: tuple[tuple[str, str, str], ...]
    texts: tuple[str, ...]
    points: tuple[float, ...]
    table: tuple[tuple[str, ...], ...]
    file: pd.DataFrame


def show(drawn: Drawn) -> Shown:
    """Draw an answer and keep what came out."""
    answer = drawn.answer
    texts = tile_texts(answer) if drawn.way == "tiles" else []
    points: list[float] = []
    for draw in drawn.draws:
        if drawn.way == "board":
            texts.append(html.unescape(re.sub(r"<[^>]+>", " ", draw(answer))))
            continue
        figure = draw(answer)
        texts += figure_texts(figure, answer)
        points += figure_points(figure, is_along=draw is charts.intervals)
    is_table = drawn.way != "sentences" and len(answer.frame)
    written = io.BytesIO(downloads.csv(answer))
    return Shown(
        sentences=tuple(sentences(drawn)) if drawn.way != "sentences" else (),
        texts=tuple(texts),
        points=tuple(points),
        table=captions.table(answer).rows if is_table else (),
        file=pd.read_csv(written, encoding="utf-8-sig", dtype=str, keep_default_na=False),
    )


def disagreements(shown: Shown, answer: Answer, also: Iterable[float] = ()) -> list[str]:
    """Every number shown that is not a number of the answer, or not the same one in every place.

    Args:
        shown: what a reader meets.
        answer: the figures.
        also: what the sentences may take from other answers of the page.
    """
    module = answer.question.split(".")[0]
    hides = [float(answer.build.base), float(answer.build.base - 1)] if answer.build.is_shareable else []
    values = held(answer)
    tabulated = [said.value for row in shown.table for cell in row for said in numbers(cell)]
    known = {*values, *tabulated, *hides}
    derived: set[float] = set()
    found = []
    for kind, template, text in shown.sentences:
        allowed = literals(template) | constants(module)
        left = strangers(numbers(text), known, allowed)
        if left and not derived:
            derived = {*worked_out(answer), *also}
        left = strangers(numbers(text), known | derived, allowed) if left else []
        found += [f"{kind} says {number}: {text}" for number in left]
    of_text = {*known, *_rounded(answer), *_lengths(answer)}
    allowed = constants("frame") if "spark" in answer.frame else frozenset()
    for text in shown.texts:
        found += [f"the figure says {number}: {text[:90]}" for number in strangers(numbers(text), of_text, allowed)]
    exact = {round(value, 9) for value in values}
    found += [f"the figure draws {point}" for point in shown.points if round(point, 9) not in exact]
    if shown.points and "value" in answer.frame:
        drawn = Counter(round(point, 9) for point in shown.points)
        lacking = Counter(round(float(value), 9) for value in answer.frame["value"].dropna()) - drawn
        found += [f"the figure does not draw {value}" for value in lacking]
    return found + _table_and_file(shown, answer)


def _table_and_file(shown: Shown, answer: Answer) -> list[str]:
    """Where table, file and frame differ, row by row."""
    frame, file = answer.frame.reset_index(drop=True), shown.file
    if shown.table and len(shown.table) != len(frame):
        return [f"the table has {len(shown.table)} rows of {len(frame)}"]
    if len(file) != len(frame):
        return [f"the file has {len(file)} rows of {len(frame)}"]
    found = []
    for name in (name for name in frame.select_dtypes("number") if name in file):
        for at, (value, cell) in enumerate(zip(frame[name], file[name], strict=True)):
            if (cell == "") != bool(pd.isna(value)) or (cell and abs(float(cell) - float(value)) > 1e-9):
                found.append(f"the file says {cell} of {name} in row {at}")
    hidden = answer.build.base - 1
    of_frame = [[_numbers_of(value) for value in frame[name]] for name in frame]
    of_file = [[_in_file(cell) for cell in file[name]] for name in file]
    for at, row in enumerate(shown.table):
        values = {value for column in of_frame for value in column[at]}
        given = {value for column in of_file for value in column[at]}
        for cell in row:
            said = [
                one for one in numbers(cell)
                # a protected 0 is written as what it may hide
                if not (answer.build.is_shareable and 0.0 in values and one.value % hidden == 0)
            ]  # fmt: skip
            found += [f"the table says {number} in row {at}" for number in strangers(said, values)]
            found += [f"the file lacks {number} of row {at}" for number in strangers(said, given)]
    return found


def _in_file(cell: str) -> list[float]:
    return [float(cell)] if re.fullmatch(r"-?\d+(?:\.\d+)?(?:e-?\d+)?", cell) else _numbers_of(cell)


def _rounded(answer: Answer) -> list[float]:
    """An expected number is told whole on a board: it is about so many."""
    return [round(float(value)) for value in answer.frame["expected"].dropna()] if "expected" in answer.frame else []


def _lengths(answer: Answer) -> list[float]:
    """How many periods a small line draws."""
    return [float(sum(value == value for value in line)) for line in answer.frame.get("spark", ())]


def strangers(said: Iterable[Said], known: Collection[float], allowed: Collection[str] = ()) -> list[str]:
    """The numbers said that are none of the known ones."""
    return [
        one.text
        for one in said
        if one.text not in allowed and one.value not in known and not any(one.is_of(value) for value in known)
    ]
