"""A page that everything must fit on: what stands on it is measured first; what does not fit is counted and said."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass, field, replace

import plotly.graph_objects as go

from core import words
from core.model import Answer
from papers import room
from papers.word import BULLET, CELL, DENSE, DENSE_ROOM, DENSE_WIDTH, Cell, Writer
from ui import captions, pictures

_PIXELS = 760 / DENSE_WIDTH  # of a picture to a point: its letters are then of about 9 points
_KEPT_NOTES = 2  # that go after rows
_AROUND = 4.0  # points that a picture's paragraph takes beside it


@dataclass(frozen=True)
class More:
    """What stands where a list ends early: how many are left out, and where they are.

    Attributes:
        noun: of labels.toml [count].
        page: the name of the page that holds them.
    """

    noun: str
    page: str

    def text(self, left: int) -> str:
        """`3 exceptions more, which did not fit here: see the Exceptions page.`"""
        return words.say("short", "more", left=words.count(self.noun, left), where=self.page)


@dataclass(frozen=True)
class Said:
    """One paragraph in a style; `lead` are bold words before it, `most` how many lines of it are kept."""

    text: str
    style: str = "Normal"
    lead: str = ""
    most: int = 0

    def height(self) -> float:
        """How tall it is, in points."""
        return room.height(f"{self.lead} {self._shown()}", DENSE[self.style], DENSE_WIDTH)

    def write(self, document: Writer) -> None:
        """Put it at the end of the document."""
        is_heading = self.style.startswith("Heading")
        document.text(self._shown(), self.style, lead=self.lead, is_kept=is_heading)

    def _shown(self) -> str:
        return room.cut(self.text, DENSE[self.style], DENSE_WIDTH, self.most) if self.most else self.text


@dataclass(frozen=True)
class Points:
    """A list of sentences; those that do not fit are counted."""

    texts: tuple[str, ...]
    more: More
    least: int = 1
    left: int = 0

    def height(self) -> float:
        """How tall it is, in points."""
        told = sum(room.height(text, DENSE["List Bullet"], DENSE_WIDTH - BULLET) for text in self.texts)
        return told + _more_height(self.more, self.left)

    def can_be_shorter(self) -> bool:
        """Whether there is anything that may be left out."""
        return len(self.texts) > self.least

    def shorter(self) -> Points:
        """The same without its last sentence."""
        return replace(self, texts=self.texts[:-1], left=self.left + 1)

    def write(self, document: Writer) -> None:
        """Put it at the end of the document."""
        for text in self.texts:
            document.text(text, "List Bullet")
        if self.left:
            document.text(self.more.text(self.left), "Figure Note")


@dataclass(frozen=True)
class Grid:
    """A table; rows that do not fit are counted.

    Attributes:
        shares: of the width, one for each column.
        least: so many rows are never left out; None for all.
    """

    headings: tuple[str, ...]
    rows: tuple[tuple[Cell, ...], ...]
    shares: tuple[float, ...]
    numeric: tuple[bool, ...]
    about: str
    more: More | None = None
    least: int | None = 1
    left: int = 0

    def height(self) -> float:
        """How tall it is, in points."""
        head = self._row([Cell(heading, is_bold=True) for heading in self.headings])
        return head + sum(map(self._row, self.rows)) + (_more_height(self.more, self.left) if self.more else 0)

    def can_be_shorter(self) -> bool:
        """Whether there is anything that may be left out."""
        return self.more is not None and self.least is not None and len(self.rows) > self.least

    def shorter(self) -> Grid:
        """The same without its last row."""
        return replace(self, rows=self.rows[:-1], left=self.left + 1)

    def write(self, document: Writer) -> None:
        """Put it at the end of the document, with what was left out below it."""
        document.grid(self.headings, self.rows, self.shares, self.numeric, self.about)
        if self.left and self.more:
            document.text(self.more.text(self.left), "Figure Note")

    def _row(self, cells: Sequence[Cell]) -> float:
        return 1 + max(
            self._cell(cell, DENSE_WIDTH * share / sum(self.shares) - 2 * CELL)
            for cell, share in zip(cells, self.shares, strict=True)
        )

    @staticmethod
    def _cell(cell: Cell, wide: float) -> float:
        if cell.picture is not None:
            return cell.picture_height + _AROUND
        face = DENSE["Table Heading" if cell.is_bold or cell.fill else "Table Text"]
        under = room.height(cell.under, DENSE["Table Note"], wide) if cell.under else 0
        return room.height(cell.text, face, wide) + under


@dataclass(frozen=True)
class Drawing:
    """A figure: its answer, what draws it, its words, and the table that stands where it cannot be drawn."""

    answer: Answer
    draw: Callable[[Answer], go.Figure]
    table: Grid


@dataclass(frozen=True)
class Figures:
    """One picture across the page, or several beside each other under their headlines, as tall as room allows.

    Attributes:
        least, most: of the pictures' height, in points.
        tall: the height they have been given; 0 before.
        is_told: their headlines stand over them, and not their subtitles alone.
    """

    drawings: tuple[Drawing, ...]
    least: float
    most: float
    is_told: bool = True
    tall: float = 0

    def height(self) -> float:
        """How tall it is with its pictures at their least, or at the height they were given, in points."""
        heads = max(
            room.height(cell.text, DENSE["Table Heading" if cell.is_bold else "Table Text"], self._wide())
            + (room.height(cell.under, DENSE["Table Note"], self._wide()) if cell.under else 0)
            for cell in map(self._head, self.drawings)
        )
        return heads + 2 + _AROUND + (self.tall or self.least)

    def write(self, document: Writer, pngs: Sequence[bytes]) -> None:
        """Put it at the end of the document; `pngs` are its pictures, in order."""
        drawn = [
            Cell(captions.headline(one.answer), picture=png, alt=captions.alt(one.answer), picture_height=self.tall)
            for one, png in zip(self.drawings, pngs, strict=True)
        ]
        document.figures([self._head(one) for one in self.drawings], drawn)

    def _head(self, one: Drawing) -> Cell:
        subtitle = captions.subtitle(one.answer)
        return Cell(captions.headline(one.answer), under=subtitle, is_bold=True) if self.is_told else Cell(subtitle)

    def pixels(self) -> tuple[int, int]:
        """Width and height of one of its pictures."""
        return round(_PIXELS * self._wide()), round(_PIXELS * (self.tall or self.least))

    def _wide(self) -> float:
        return DENSE_WIDTH / len(self.drawings) - 2 * CELL


@dataclass(frozen=True)
class Notes:
    """Notes one after another as one paragraph; those that do not fit are counted."""

    texts: tuple[str, ...]
    more: More
    lead: str
    left: int = 0

    def height(self) -> float:
        """How tall it is, in points."""
        return room.height(f"{self.lead} {self._text()}", DENSE["Figure Note"], DENSE_WIDTH)

    def can_be_shorter(self) -> bool:
        """Whether there is anything that may be left out."""
        return len(self.texts) > 1

    def shorter(self) -> Notes:
        """The same without its last note."""
        return replace(self, texts=self.texts[:-1], left=self.left + 1)

    def write(self, document: Writer) -> None:
        """Put it at the end of the document."""
        document.text(self._text(), "Figure Note", lead=self.lead)

    def _text(self) -> str:
        return " ".join((*self.texts, *((self.more.text(self.left),) if self.left else ())))


Block = Said | Points | Grid | Notes | Figures


@dataclass
class Sheets:
    """Pages being written: their document, and what could not be drawn."""

    document: Writer
    notes: list[str] = field(default_factory=list)
    pages: int = 0
    undrawn: set[str] = field(default_factory=set)

    def page(self, blocks: Sequence[Block]) -> None:
        """Write one page.

        A figure that cannot be drawn stands as its table, and the page is measured again with it.
        """
        while (drawn := self._drawn(fitted := fit([one for block in blocks for one in self._ready(block)]))) is None:
            pass
        if self.pages:
            self.document.begin_page()
        self.pages += 1
        for at, block in enumerate(fitted):
            if isinstance(block, Figures):
                block.write(self.document, drawn[at])
            else:
                block.write(self.document)

    def _ready(self, block: Block) -> list[Block]:
        """A block as it can be written on this machine."""
        if not isinstance(block, Figures):
            return [block]
        kept = tuple(one for one in block.drawings if self._is_drawn(one))
        ready: list[Block] = [replace(block, drawings=kept)] if kept else []
        for one in block.drawings:
            if one not in kept:
                ready += [
                    Said(captions.headline(one.answer), "Normal"),
                    one.table,
                    Said(words.say("short", "no_picture"), "Figure Note"),
                ]
        return ready

    def _is_drawn(self, one: Drawing) -> bool:
        question = one.answer.question
        if not pictures.is_possible():
            self.note(question, words.say("papers", "texts", "no_browser"))
            return False
        return question not in self.undrawn

    def _drawn(self, blocks: Sequence[Block]) -> dict[int, list[bytes]] | None:
        """The pictures of each figure by its place; None where one could not be drawn, which is then known."""
        drawn: dict[int, list[bytes]] = {}
        for at, block in enumerate(blocks):
            if not isinstance(block, Figures):
                continue
            wide, tall = block.pixels()
            drawn[at] = []
            for one in block.drawings:
                try:
                    drawn[at].append(pictures.plain(one.draw(one.answer), width=wide, height=tall))
                except (TimeoutError, RuntimeError, OSError) as failed:
                    self.note(one.answer.question, type(failed).__name__)
                    self.undrawn.add(one.answer.question)
                    return None
        return drawn

    def note(self, question: str, what: str) -> None:
        """Keep that a figure could not be drawn, and why."""
        told = words.say(
            "short", "picture_failed", figure=words.say("short", "name", question.replace(".", "_")), what=what
        )
        if told not in self.notes:
            self.notes.append(told)


def fit(blocks: Sequence[Block], most: float = DENSE_ROOM) -> list[Block]:
    """The blocks with so much left out that all fit; pictures take what is left.

    Notes go before rows, down to the first few; then always the last row of the tallest list.
    """
    fitted = list(blocks)
    while sum(block.height() for block in fitted) > most:
        lists = [
            (isinstance(block, Notes) and len(block.texts) > _KEPT_NOTES, block.height(), at, block.shorter())
            for at, block in enumerate(fitted)
            if isinstance(block, Points | Grid | Notes) and block.can_be_shorter()
        ]
        if not lists:
            break
        _, _, at, shorter = max(lists, key=lambda one: one[:3])
        fitted[at] = shorter
    spare = max(0.0, most - sum(block.height() for block in fitted))
    for at, block in enumerate(fitted):
        if isinstance(block, Figures):
            tall = min(block.most, block.least + spare)
            spare -= tall - block.least
            fitted[at] = replace(block, tall=tall)
    return fitted


def _more_height(more: More, left: int) -> float:
    return room.height(more.text(left), DENSE["Figure Note"], DENSE_WIDTH) if left else 0
