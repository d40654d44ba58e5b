"""What can be made, and the making of it: one line a product, whatever makes it."""

from __future__ import annotations

from collections.abc import Callable, Collection, Mapping, Sequence
from dataclasses import dataclass, replace

from core import words
from core.model import Build, Selection, Viewer
from papers import board as board_paper
from papers import boards, content, pack, portable, preview, profile, two_pager, workbook
from papers.boards import Board, of_board
from papers.content import WRITTEN, compose
from papers.preview import Heading
from papers.product import Product, Step, Take, untold
from queries.papers import Words, written
from register import papers as register

NONE = "none"
"""In the place of the parts chosen where every one was left out."""


@dataclass(frozen=True)
class Asked:
    """What a product is made of: the board's own selection and build, whose it is, and what people wrote and chose.

    Attributes:
        selection: the board's area, every strand and every measure.
        chosen: the same of the strand and the measure the reader has before them.
        sections: the parts of it that were chosen, codes of labels.toml [section].
    """

    selection: Selection
    chosen: Selection
    viewer: Viewer
    build: Build
    board: Board
    written: Mapping[str, str]
    sections: tuple[str, ...]


@dataclass(frozen=True)
class Line:
    """One product.

    Attributes:
        make: what makes it, telling the step before each part.
        written: the parts of it that people write (names of `papers.content.WRITTEN`).
        sections: the parts it may have.
        usual: those it has until somebody chooses.
        is_for_boards, is_of_page: whether it is made for boards, and of what a page shows for no board.
        is_for_all_measures: whether it tells of every strand and measure, whichever the reader has before them.
        area: the area it is always of; '' for the board's, or the one the reader has before them.
    """

    make: Callable[[Asked, Step], Product]
    written: tuple[str, ...] = ()
    sections: tuple[str, ...] = ()
    usual: tuple[str, ...] = ()
    is_for_boards: bool = True
    is_of_page: bool = False
    is_for_all_measures: bool = False
    area: str = ""

    def is_for(self, board: Board) -> bool:
        """Whether it is made for such a board, or for none."""
        return self.is_of_page if board is boards.PAGE else self.is_for_boards

    def held(self, sections: Collection[str]) -> tuple[str, ...]:
        """Those of its parts that are among `sections`, in its own order."""
        return tuple(code for code in self.sections if code in sections)


PRODUCTS: dict[str, Line] = {
    "board": Line(
        lambda of, step: board_paper.make(of.selection, of.viewer, of.build, of.board, of.written, of.sections, step),
        WRITTEN,
        content.SECTIONS,
        content.USUAL,
        is_for_all_measures=True,
    ),
    "two_pager": Line(lambda of, step: two_pager.make(of.chosen, of.viewer, of.build, step), is_of_page=True),
    "pack": Line(
        lambda of, step: pack.make(of.chosen, of.viewer, of.build, of.sections, step), (), pack.SECTIONS, pack.SECTIONS
    ),
    "workbook": Line(
        lambda of, step: workbook.make(of.chosen, of.viewer, of.build, of.sections, step),
        (),
        workbook.SECTIONS,
        workbook.SECTIONS,
    ),
    "profile": Line(
        lambda of, step: profile.make(of.chosen, of.viewer, of.build, step),
        is_for_boards=False,
        is_of_page=True,
    ),
    "profiles": Line(
        lambda of, step: profile.everybody(of.chosen, of.viewer, of.build, step),
        is_for_boards=False,
        is_of_page=True,
        area=content.EVERYBODY,
    ),
}
"""Each product by its code of labels.toml [product], in the order they are offered."""


def products() -> dict[str, str]:
    """The products to choose from: code -> name."""
    return {code: words.label("product", code) for code in PRODUCTS}


def offered(product: str, build: Build) -> dict[str, str]:
    """The boards a product may be made for where `build` is opened: code -> name."""
    line = PRODUCTS[product]
    page = {boards.PAGE.code: words.label("board", boards.PAGE.code)} if line.is_of_page else {}
    return page | (boards.offered(build) if line.is_for_boards else {})


def readers(build: Build) -> dict[str, str]:
    """Whom anything may be made for where `build` is opened: code -> name."""
    return {code: name for product in PRODUCTS for code, name in offered(product, build).items()}


@dataclass(frozen=True)
class Desk:
    """Where one product for one board is written and made.

    Attributes:
        product, asked: what is made, of what.
        kept: what people last wrote and chose for it.
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
    def choices(self) -> dict[str, str]:
        """What the reader chose beside that: the day it is read at, and the strand and measure of what tells of one."""
        return {name: code for name, code in self._choices(self.asked).items() if name != "sections"}

    @property
    def number(self) -> int:
        """Of the build it is made from."""
        return self.asked.build.number

    @property
    def sections(self) -> dict[str, str]:
        """The parts it may have: code -> name."""
        return {code: words.label("section", code) for code in PRODUCTS[self.product].sections}

    def preview(self, made: Product | None) -> Sequence[Heading]:
        """The headings of what was made, each with what stands under it; of a board paper also before it is made."""
        if made is not None:
            return preview.of(made)
        if not PRODUCTS[self.product].written:
            return ()
        of = self.asked
        paper = compose(of.selection, of.viewer, of.build, of.board, of.written, of.sections)
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
            lines.extend(content.name(shown.answer) for shown in part.figures)
        return [begins, *parts]

    def printed(self, made: Product) -> tuple[Take, ...]:
        """The PDF of what was made, where it can be had."""
        return portable.printed(made)

    def keep(self, said: Mapping[str, str], sections: Sequence[str], /, *, based_on: int) -> None:
        """Keep the words and choices without making anything. Raises as `register.papers.keep` does."""
        of = replace(self.asked, sections=PRODUCTS[self.product].held(sections))
        made_up = of.build.is_made_up
        register.keep(of.viewer, self.about, said, self._choices(of), based_on=based_on, is_made_up=made_up)

    def make(
        self, said: Mapping[str, str], sections: Sequence[str], /, *, based_on: int | None, step: Step = untold
    ) -> Product:
        """Make it with these words and parts, and keep them, what it was made from, and its build.

        Args:
            said: what people wrote, by name of `papers.content.WRITTEN`.
            sections: the parts of it that were chosen.
            based_on: the version of the words the writer had before them; None when they did not look.
            step: told before each part; whoever is told may raise, and nothing is kept.

        Raises MonitorError when it cannot be made or recorded; then nothing is kept.
        """
        of = replace(self.asked, written=said, sections=PRODUCTS[self.product].held(sections))
        made = PRODUCTS[self.product].make(of, step)
        register.record(of.viewer, of.build, self.about, said, self._choices(of), based_on=based_on)
        return made

    def _choices(self, of: Asked) -> dict[str, str]:
        line = PRODUCTS[self.product]
        chosen = of.selection if line.is_for_all_measures else of.chosen
        parts = "" if of.sections == line.usual else ",".join(of.sections) or NONE
        return {
            "as_at": chosen.as_at, "strand_code": chosen.strand, "measure_code": chosen.measure, "sections": parts,
        }  # fmt: skip


def desk(product: str, board: Board, selection: Selection, viewer: Viewer, build: Build) -> Desk:
    """Where a product for a board is written and made. Raises MonitorError as `papers.boards.of_board` does."""
    line = PRODUCTS[product]
    whole, build = of_board(board, replace(selection, area=line.area or selection.area), build)
    chosen = replace(whole, strand=selection.strand, measure=selection.measure)
    asked = Asked(whole, chosen, viewer, build, board, {}, line.usual)
    here = Desk(product, asked, Words({}, line.usual, 0))
    kept = written(whole, viewer, here.about, line.written, line.usual)
    kept = replace(kept, sections=line.held(kept.sections))
    return replace(here, asked=replace(asked, written=kept.said, sections=kept.sections), kept=kept)


def make(
    product: str,
    selection: Selection,
    viewer: Viewer,
    build: Build,
    board: Board,
    sections: Sequence[str] | None = None,
    step: Step = untold,
) -> Product:
    """Make a product with the words last kept for it, and keep what it was made from.

    Args:
        sections: the parts of it that were chosen; None for those last kept, or the usual.
    """
    here = desk(product, board, selection, viewer, build)
    chosen = here.kept.sections if sections is None else tuple(sections)
    return here.make(here.kept.said, chosen, based_on=None, step=step)
