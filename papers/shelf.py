"""What can be made, and the making of it: one line a product, whatever makes it."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, replace

from core import words
from core.model import Build, Selection, Viewer
from papers import board as board_paper
from papers import pack, workbook
from papers.boards import Board, of_board
from papers.content import WRITTEN, compose
from papers.product import Product
from queries.papers import Words, written
from register import papers as register


@dataclass(frozen=True)
class Asked:
    """What a product is made of: the board's own selection and build, whose it is, and what people wrote.

    Attributes:
        selection: the board's area, every strand and every measure.
        chosen: the same of the strand and the measure the reader has before them.
    """

    selection: Selection
    chosen: Selection
    viewer: Viewer
    build: Build
    board: Board
    written: Mapping[str, str]


@dataclass(frozen=True)
class Line:
    """One product: what makes it, and the parts of it that people write (names of `papers.content.WRITTEN`)."""

    make: Callable[[Asked], Product]
    written: tuple[str, ...] = ()


PRODUCTS: dict[str, Line] = {
    "board": Line(lambda of: board_paper.make(of.selection, of.viewer, of.build, of.board, of.written), WRITTEN),
    "pack": Line(lambda of: pack.make(of.chosen, of.viewer, of.build)),
    "workbook": Line(lambda of: workbook.make(of.chosen, of.viewer, of.build)),
}
"""Each product by its code of labels.toml [product], in the order they are offered."""


def products() -> dict[str, str]:
    """The products to choose from: code -> name."""
    return {code: words.label("product", code) for code in PRODUCTS}


@dataclass(frozen=True)
class Desk:
    """Where one product for one board is written and made.

    Attributes:
        product, asked: what is made, of what.
        kept: what people last wrote for it.
    """

    product: str
    asked: Asked
    kept: Words

    @property
    def about(self) -> dict[str, str]:
        """What it is in the register."""
        chosen = self.asked.selection
        return {
            "product_code": self.product,
            "board_code": self.asked.board.code,
            "area_code": chosen.area,
            "quarter_code": chosen.quarter,
        }

    @property
    def number(self) -> int:
        """Of the build it is made from."""
        return self.asked.build.number

    def preview(self) -> Sequence[tuple[str, Sequence[str]]]:
        """The headings of a board paper, each with what would stand under it; none of a product nobody writes in."""
        if not PRODUCTS[self.product].written:
            return ()
        of = self.asked
        paper = compose(of.selection, of.viewer, of.build, of.board, of.written)
        begins = (paper.board, (paper.on, paper.title, paper.subtitle))
        parts = [
            (part.heading, [line for one in part.statements for line in (one.text, *one.points)])
            for part in paper.parts
        ]
        said = {
            "recommendations": paper.recommendations or (words.say("papers", "texts", "none_asked"),),
            "officer": paper.officer or (words.say("papers", "texts", "no_officer"),),
        }
        for (_, lines), part in zip(parts, paper.parts, strict=True):
            lines.extend(said.get(part.code, ()))
        return [begins, *parts]

    def keep(self, said: Mapping[str, str], /, *, based_on: int) -> None:
        """Keep the words without making anything. Raises as `register.papers.keep` does."""
        of = self.asked
        register.keep(of.viewer, self.about, said, based_on=based_on, is_made_up=of.build.is_made_up)

    def make(self, said: Mapping[str, str], /, *, based_on: int | None) -> Product:
        """Make it with these words, and keep them, what it was made from, and its build.

        Args:
            said: what people wrote, by name of `papers.content.WRITTEN`.
            based_on: the version of the words the writer had before them; None when they did not look.

        Raises MonitorError when it cannot be made or recorded; then nothing is kept.
        """
        of = replace(self.asked, written=said)
        made = PRODUCTS[self.product].make(of)
        register.record(of.viewer, of.build, self.about, said, as_at=of.selection.as_at, based_on=based_on)
        return made


def desk(product: str, board: Board, selection: Selection, viewer: Viewer, build: Build) -> Desk:
    """Where a product for a board is written and made. Raises MonitorError as `papers.boards.of_board` does."""
    whole, build = of_board(board, selection, build)
    chosen = replace(whole, strand=selection.strand, measure=selection.measure)
    asked = Asked(whole, chosen, viewer, build, board, {})
    here = Desk(product, asked, Words({}, 0))
    kept = written(whole, viewer, build, here.about, PRODUCTS[product].written)
    return replace(here, asked=replace(asked, written=kept.said), kept=kept)


def make(product: str, selection: Selection, viewer: Viewer, build: Build, board: Board) -> Product:
    """Make a product with the words last kept for it, and keep what it was made from."""
    here = desk(product, board, selection, viewer, build)
    return here.make(here.kept.said, based_on=None)
