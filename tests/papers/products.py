"""Every product, made for a test: the finished file, and all that the screen says of what it was made of.

A product that is added gets its line in `PRODUCTS`, and is held to every law of this folder.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, replace
from functools import lru_cache
from pathlib import Path
from typing import Any

import plotly.graph_objects as go
import pytest

from core import builds
from core.model import Answer, Build, Selection, Viewer
from papers import board, boards, content, pack, workbook
from papers.product import Product
from queries import places
from tests.pages.collecting import Drawn, disagreements, figure_points, figure_texts, show
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
    """

    product: Product
    answers: Sequence[Answer]
    screen: Screen


@lru_cache(maxsize=4)
def _shown(selection: Selection, viewer: Viewer, build: Build) -> tuple[Answer, ...]:
    answers = of_pages(selection, viewer, build)
    if not any(one.question == "places.comparators" for one in answers):  # folded away where nothing was loaded
        answers.append(places.comparators(selection, viewer, build))
    return tuple(answers)


def _of_pages(make: Callable[[Selection, Viewer, Build], Product]) -> Callable[[Case], Made]:
    """A product of the figures of the pages."""

    def one(case: Case) -> Made:
        shown = _shown(case.selection, VIEWER, case.build)
        return Made(make(case.selection, VIEWER, case.build), shown, Screen(shown, case.build))

    return one


def _composed(compose: Callable[..., Any], write: Callable[..., Product]) -> Callable[[Case], Made]:
    """A product that is composed first, with its `answers`, `selection` and `build`, and then written down."""

    def one(case: Case) -> Made:
        whose = boards.named(case.board)
        paper = compose(case.selection, VIEWER, case.build, whose, WRITTEN)
        shown = _shown(paper.selection, VIEWER, paper.build)
        said = [line.strip() for text in WRITTEN.values() for line in text.splitlines()]
        return Made(write(paper, whose), paper.answers, Screen((*paper.answers, *shown), paper.build, said))

    return one


PRODUCTS: Mapping[str, Callable[[Case], Made]] = {
    "board": _composed(content.compose, board.write),
    "pack": _of_pages(pack.make),
    "workbook": _of_pages(workbook.make),
}
"""What makes each product for a case, by its code of labels.toml [product]."""


@contextmanager
def noticed() -> Iterator[list[str]]:
    """With a dot for every picture, of which it is told what the figure drawn says that its answer does not."""
    found: list[str] = []

    def draw(figure: go.Figure, answer: Answer) -> bytes:
        texts, points = tuple(figure_texts(figure, answer)), tuple(figure_points(figure, is_along=False))
        shown = replace(show(Drawn(answer)), sentences=(), texts=texts, points=points)
        found.extend(f"{answer.question}: {one}" for one in disagreements(shown, answer))
        return DOT

    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(pictures, "is_possible", lambda: True)
        patch.setattr(pictures, "of_paper", draw)
        patch.setattr(pictures, "image", lambda *_, **__: DOT)
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
    """Everything that any product of a case says and the screen does not."""
    found: list[str] = []
    for name, make in PRODUCTS.items():
        with noticed() as drawn:
            made = make(case)
        told = [*drawn, *unlike(made.answers, made.screen.answers), *compare(read(made.product.content), made.screen)]
        found += [f"{name}, {one}" for one in told]
    return found
