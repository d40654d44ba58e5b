"""Every product, made for a test: the finished file, and all that the screen says of what it was made of.

A product that is added gets its line in `PRODUCTS`, and is held to every law of this folder.
"""

from __future__ import annotations

import importlib
import inspect
import pkgutil
from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, replace
from functools import lru_cache, wraps
from pathlib import Path
from types import ModuleType

import plotly.graph_objects as go
import pytest

import queries
from core import builds
from core.csps import csp_of, csps
from core.model import Answer, Build, Selection, Viewer
from core.periods import Quarter
from papers import board, boards, content, pack, profile, short, two_pager, workbook
from papers.product import Product
from papers.sheet import Drawing, Grid
from papers.short import Short
from queries import places
from tests.pages.collecting import Drawn, disagreements, figure_points, figure_texts, show
from tests.papers import dense
from tests.papers.comparing import Screen, compare, of_pages, unlike
from tests.papers.conftest import DOT, VIEWER, WRITTEN
from tests.papers.generated import Case
from tests.papers.reading import read
from ui import pictures


@dataclass(frozen=True)
class Made:
    """A finished product.

    Attributes:
        answers: what it was made of, where it tells; otherwise all the pages show of the same selection.
        screen: what the screen says of the same selection and build.
        shown: the answers of the pages among those of the screen.
        is_dense: whether it is a paper of one page or two, with tables in columns of their own.
    """

    product: Product
    answers: Sequence[Answer]
    screen: Screen
    shown: Sequence[Answer]
    is_dense: bool = False

    def unlike(self, content: bytes) -> list[str]:
        """Every number of a file that is not the screen's: of the product's own, or of one that was changed."""
        file = read(content)
        return dense.compare(file, self.screen, self.answers) if self.is_dense else compare(file, self.screen)


@lru_cache(maxsize=4)
def _screen(selection: Selection, build: Build) -> Screen:
    """What the pages say of one selection: asked once for every product of it."""
    answers = of_pages(selection, VIEWER, build)
    if not any(one.question == "places.comparators" for one in answers):  # folded away where nothing was loaded
        answers.append(places.comparators(selection, VIEWER, build))
    return Screen(tuple(answers), build)


def _board(case: Case) -> Made:
    """The board paper with every section it may have."""
    whose = boards.named(case.board)
    paper = content.compose(case.selection, VIEWER, case.build, whose, WRITTEN, content.SECTIONS)
    said = [line.strip() for text in WRITTEN.values() for line in text.splitlines()]
    shown = _screen(paper.selection, paper.build).answers
    return Made(board.write(paper, whose), paper.answers, Screen((*paper.answers, *shown), paper.build, said), shown)


def _of_pages(make: Callable[[Selection, Viewer, Build], Product]) -> Callable[[Case], Made]:
    """A product of the figures of the pages."""

    def one(case: Case) -> Made:
        screen = _screen(case.selection, case.build)
        return Made(make(case.selection, VIEWER, case.build), screen.answers, screen, screen.answers)

    return one


def _short(compose: Callable[..., Short], write: Callable[[Short], Product]) -> Callable[[Case], Made]:
    """A paper of one page or two, of the selection a page shows."""

    def one(case: Case) -> Made:
        paper = compose(case.selection, VIEWER, case.build)
        screen = _screen(case.selection, case.build)
        return Made(write(paper), paper.answers, screen, screen.answers, is_dense=True)

    return one


def _of_one_csp(make: Callable[[Case], Made]) -> Callable[[Case], Made]:
    """Of the area of one partnership, where the case's own is of none."""
    return lambda case: make(case if is_of_one_csp(case) else replace(case, selection=_of_first(case.selection)))


def is_of_one_csp(case: Case) -> bool:
    """Whether the area of a case is that of one partnership."""
    return csp_of(case.selection.area, Quarter.parse(case.selection.quarter).ends_on) is not None


def _of_first(selection: Selection) -> Selection:
    return replace(selection, area=csps(Quarter.parse(selection.quarter).ends_on)[0].area_code)


PRODUCTS: Mapping[str, Callable[[Case], Made]] = {
    "board": _board,
    "pack": _of_pages(pack.make),
    "workbook": _of_pages(workbook.make),
    "two_pager": _short(two_pager.compose, two_pager.write),
    "profile": _of_one_csp(_short(profile.compose, profile.write)),
}
"""What makes each product for a case, by its code of labels.toml [product]."""


@lru_cache(maxsize=1)
def _questions() -> tuple[tuple[ModuleType, str, Callable[..., Answer]], ...]:
    """Every function of the queries that answers a selection, with its module and name."""
    modules = [importlib.import_module(f"queries.{one.name}") for one in pkgutil.iter_modules(queries.__path__)]
    return tuple(
        (module, name, _once(function))
        for module in modules
        for name, function in vars(module).items()
        if inspect.isfunction(function) and list(inspect.signature(function).parameters) == _ASKED
    )


_ASKED = ["selection", "viewer", "build"]


def _once(function: Callable[..., Answer]) -> Callable[..., Answer]:
    """The same, which is asked once of each selection of the few last builds."""
    return wraps(function)(lambda selection, viewer, build: _answered(function, selection, viewer, build))


@lru_cache(maxsize=512)
def _answered(function: Callable[..., Answer], selection: Selection, viewer: Viewer, build: Build) -> Answer:
    return function(selection, viewer, build)


@contextmanager
def noticed() -> Iterator[list[str]]:
    """With a dot for every picture, of which it is told what the figure drawn says that its answer does not.

    What several pages and products ask of the same selection is asked once: most of the time goes into asking.
    """
    found: list[str] = []

    def draw(figure: go.Figure, answer: Answer) -> bytes:
        is_along = answer.question == "places.own_past"
        texts, points = tuple(figure_texts(figure, answer)), tuple(figure_points(figure, is_along=is_along))
        shown = replace(show(Drawn(answer)), sentences=(), texts=texts, points=points)
        found.extend(f"{answer.question}: {one}" for one in disagreements(shown, answer))
        return DOT

    def drawing(answer: Answer, plot: Callable[[Answer], go.Figure], table: Grid) -> Drawing:
        draw(plot(answer), answer)
        return Drawing(answer, plot, table)

    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(pictures, "is_possible", lambda: True)
        patch.setattr(pictures, "of_paper", draw)
        patch.setattr(pictures, "image", lambda *_, **__: DOT)
        patch.setattr(pictures, "plain", lambda *_, **__: DOT)
        patch.setattr(short, "Drawing", drawing)
        for module, name, function in _questions():
            patch.setattr(module, name, function)
        yield found


@lru_cache(maxsize=16)
def made_once(name: str, case: Case) -> Made:
    """One product of a case, with dots for pictures. The data directory is that of the environment."""
    with noticed():
        return PRODUCTS[name](case)


def one_of(name: str, audience: str, data: Path) -> Product:
    """One product of the last quarter of a data directory, of everything."""
    with pytest.MonkeyPatch.context() as patch:
        patch.setenv("MONITOR_DATA", str(data))
        build = builds.live_build(data, audience)
        assert build is not None
        board = "spb" if build.is_shareable else "sog"
        return made_once(name, Case(build, Selection("2023-Q2", "llr", "all", "crime"), board)).product


def differences(case: Case) -> list[str]:
    """Everything that any product of a case says and the screen does not; a profile only of a partnership's area."""
    found: list[str] = []
    for name, make in PRODUCTS.items():
        if name == "profile" and not is_of_one_csp(case):
            continue
        with noticed() as drawn:
            made = make(case)
        told = [*drawn, *unlike(made.answers, made.shown), *made.unlike(made.product.content)]
        found += [f"{name}, {one}" for one in told]
    return found
