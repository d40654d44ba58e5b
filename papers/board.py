"""The board paper: a real Word document in the board's own anatomy, from the answers the pages show."""

from __future__ import annotations

from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass, field
from itertools import count
from string import ascii_uppercase
from typing import Any

from core import words
from core.model import Answer, Build, Selection, Viewer
from papers.boards import Board
from papers.content import USUAL, Paper, Part, Shown, compose, name
from papers.product import WORD, Product, Step, untold
from papers.word import Writer
from ui import captions, pictures


def make(
    selection: Selection,
    viewer: Viewer,
    build: Build,
    board: Board,
    written: Mapping[str, str],
    sections: Collection[str] = USUAL,
    step: Step = untold,
) -> Product:
    """One board's paper of a quarter, as a Word document.

    The same build, choices and words give the same document again.

    Args:
        selection: its quarter and `as_at`; its area for a partnership's paper.
        viewer, build: who asks, of which build; a public paper reads the shareable file of the same build.
        board: whose paper it is.
        written: what people wrote, by name of `papers.content.WRITTEN`; nothing is put in the place of what is missing.
        sections: those of `papers.content.SECTIONS` that were chosen.
        step: told before each figure.

    Raises MonitorError when the build has no file for the board's readers.
    """
    return write(compose(selection, viewer, build, board, written, sections), board, step)


def write(paper: Paper, board: Board, step: Step = untold) -> Product:
    """A composed paper as a Word document."""
    marking = captions.marking(paper.build)
    told = captions.build_sentence(paper.build)
    footer = (_say("footer"), _say("footer_of"), _say("footer_build", build=told))
    document = Writer(header=marking, footer=footer)
    document.text(paper.board, "Board Name")
    document.text(paper.on, "Paper Date")
    document.text(paper.title, "Title")
    document.text(paper.subtitle, "Subtitle")
    written = _Written(document, has_tables=paper.has_tables)
    done, of = count(), sum(len(part.figures) for part in paper.parts)
    for part in paper.parts:
        written.part(part, paper)
        for figure in part.figures:
            step(next(done), of, name(figure.answer))
            written.shown(figure)
    written.appendices(paper)
    facts = {"board": board.code, "area": paper.selection.area, "quarter": paper.selection.quarter}
    document.properties(
        title=f"{paper.board}: {paper.title}",
        subject=paper.subtitle,
        keywords=_say("keywords", marking=marking, number=paper.build.number, **facts),
        author=words.say("frame", "product"),
        about=f"{marking}. {told}",
        at=paper.build.published_at,
    )
    return Product(_file_name(paper, facts), WORD, document.content(), (*paper.left_out, *written.notes))


@dataclass(frozen=True)
class _Appendix:
    """A table at the end: its letter, what it holds, the answer; and whether its notes stand under its figure."""

    letter: str
    about: str
    answer: Answer
    is_noted: bool


@dataclass
class _Written:
    """A document while its parts are written: what was numbered so far, and what could not be drawn."""

    document: Writer
    has_tables: bool
    figures: int = 0
    tables: int = 0
    listed: list[_Appendix] = field(default_factory=list)
    notes: list[str] = field(default_factory=list)

    def part(self, part: Part, paper: Paper) -> None:
        """One heading with what is said under it."""
        self.document.text(part.heading, "Heading 1")
        for statement in part.statements:
            self.document.text(statement.text, "List Number", is_kept=bool(statement.points))
            for point in statement.points:
                self.document.text(point, "List Bullet 2")
        if part.code == "recommendations":
            is_asked = bool(paper.recommendations)
            self.document.text(_say("asked" if is_asked else "none_asked"), "List Number", is_kept=is_asked)
            for asked in paper.recommendations:
                self.document.text(asked, "List Number 2")
        if part.code == "officer":
            lines = paper.officer or (_say("no_officer"),)
            for at, line in enumerate(lines, 1):
                self.document.text(line, "Normal", is_kept=at < len(lines))

    def appendices(self, paper: Paper) -> None:
        """What each appendix holds, as a table, and then each of them."""
        if paper.report is not None:
            self._list(_say("appendix_report"), paper.report, is_noted=False)
        heading = _say("heading", "appendices")
        self.document.text(heading, "Heading 1")
        if not self.listed:
            self.document.text(_say("no_appendix"), "Normal")
            return
        headings = (_say("listed", "appendix"), _say("listed", "holds"))
        rows = tuple((one.letter, one.about) for one in self.listed)
        self.document.table(captions.Table(headings, rows, (False, False)), heading)
        for one in self.listed:
            bookmark = _marked("appendix", one.letter)[0]
            said = _say("caption", headline=one.about)
            self.document.caption("Heading 2", _say("appendix"), one.letter, said, bookmark, is_lettered=True)
            self._table(one.answer)
            self._under(one.answer, () if one.is_noted else self._notes(one.answer))

    def shown(self, shown: Shown) -> None:
        """A figure: the paragraph that names it, its caption, what it measures, itself, its notes and its source."""
        answer = shown.answer
        png = self._picture(shown)
        subtitle = captions.subtitle(answer)
        see = _say("see", subtitle=subtitle)
        if png is None:
            self.document.referring("List Number", see, _marked("table", self.tables + 1), _say("ends"))
            self._table(answer)
            if shown.draw is not None:
                self.document.text(_say("no_picture"), "Figure Note")
            self._under(answer, self._notes(answer))
            return
        self.figures += 1
        marked = _marked("figure", self.figures)
        also: tuple[str | tuple[str, str], ...] = ()
        if self.has_tables:
            letter = self._list(_say("appendix_of", figure=marked[1]), answer, is_noted=True)
            also = (_say("and_appendix"), _marked("appendix", letter))
        self.document.referring("List Number", see, marked, *also, _say("ends"))
        headline = captions.headline(answer)
        said = _say("caption", headline=headline)
        self.document.caption("Caption", _say("figure"), str(self.figures), said, marked[0])
        self.document.text(subtitle, "Figure Note", is_kept=True)
        self.document.picture(png, captions.alt(answer), headline)
        # The picture holds its area, period and source; as text they stand with its figures, where those are shown.
        self._under(answer, self._notes(answer), is_sourced=not self.has_tables)

    def _table(self, answer: Answer) -> None:
        self.tables += 1
        said = _say("caption", headline=captions.headline(answer))
        marked = _marked("table", self.tables)
        self.document.caption("Caption", _say("table"), str(self.tables), said, marked[0])
        subtitle = captions.subtitle(answer)
        self.document.text(subtitle, "Figure Note", is_kept=True)
        self.document.table(captions.table(answer), subtitle)

    def _notes(self, answer: Answer) -> list[str]:
        caption = captions.caption(answer)
        marks = captions.marks(answer)
        return [*([caption] if caption else []), *([" · ".join(marks)] if marks else []), *captions.notes(answer)]

    def _under(self, answer: Answer, notes: Sequence[str], *, is_sourced: bool = True) -> None:
        facts = {"area": captions.area(answer), "period": captions.period(answer)}
        about = _say("about", **facts, date_basis=captions.date_basis(answer))
        for line in (*notes, *((about, captions.source(answer)) if is_sourced else ())):
            self.document.text(line, "Figure Note")

    def _list(self, about: str, answer: Answer, *, is_noted: bool) -> str:
        letter = ascii_uppercase[len(self.listed)]
        self.listed.append(_Appendix(letter, about, answer, is_noted))
        return letter

    def _picture(self, shown: Shown) -> bytes | None:
        """The figure as a picture; None for a table, and where no picture can be made, which is noted."""
        if shown.draw is None:
            return None
        if not pictures.is_possible():
            self.notes.append(_say("picture_failed", figure=name(shown.answer), what=_say("no_browser")))
            return None
        try:
            return pictures.of_paper(shown.draw(shown.answer), shown.answer)
        except (TimeoutError, RuntimeError, OSError) as failed:
            self.notes.append(_say("picture_failed", figure=name(shown.answer), what=type(failed).__name__))
            return None


def _marked(kind: str, number: int | str) -> tuple[str, str]:
    """The bookmark of a caption, and how it is referred to: `Figure 2`, `Appendix B`."""
    return f"_Ref_{kind}_{number}", f"{_say(kind)} {number}"


def _file_name(paper: Paper, facts: Mapping[str, str]) -> str:
    """`board-paper_lscsb_county_2022-Q4_build-3_made-up.docx`."""
    name = _say("file", number=paper.build.number, **facts)
    name += _say("file_as_at", as_at=paper.selection.as_at) if paper.selection.as_at else ""
    return f"{name}{_say('file_made_up') if paper.build.is_made_up else ''}.docx"


def _say(*keys: str, **facts: Any) -> str:
    return words.say("papers", "texts", *keys, **facts)
