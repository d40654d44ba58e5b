"""Which boards is a paper made for, which area is each of, and which file of a build may it be told of?"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, replace
from functools import lru_cache
from typing import Any

from core import builds, words
from core.csps import area_of_board, csp_of, csps
from core.errors import ConfigError, UsageError
from core.model import RESTRICTED, SHAREABLE, Build, Selection
from core.periods import Quarter
from core.settings import CONFIG, load_settings, read_toml
from register.write import TAKEN


@dataclass(frozen=True)
class Board:
    """One board of config/papers.toml.

    Attributes:
        code: of labels.toml [board].
        audience: RESTRICTED or SHAREABLE: which file of a build its papers are made from.
        area: the row of data/reference/boards.csv that says what it is of; '' for the partnership of the area chosen.
        report: the level of `queries.updates.report` that goes into its paper; '' for none.
    """

    code: str
    audience: str
    area: str = ""
    report: str = ""

    @property
    def is_public(self) -> bool:
        """Whether its papers may be read by anybody."""
        return self.audience == SHAREABLE

    def name(self, selection: Selection) -> str:
        """Its full name: for a partnership, the name it has on the quarter's last day.

        Args:
            selection: already the board's own (`of_board`).
        """
        if self.area:
            return words.label("board", self.code)
        on = Quarter.parse(selection.quarter).ends_on
        code = csp_of(selection.area, on)
        return next(csp.name for csp in csps(on) if csp.code == code)


PAGE = Board(TAKEN, RESTRICTED)
"""No board: what is made is of the page's own selection, from the file the deployment opens."""


@lru_cache(maxsize=1)
def boards() -> dict[str, Board]:
    """The boards by code, in the order they are offered. Raises ConfigError when the file cannot be used."""
    found = {}
    for entry in read_toml(CONFIG / "papers.toml").get("board", ()):
        board = _board(entry)
        found[board.code] = board
    return found


def offered(build: Build) -> dict[str, str]:
    """The boards a deployment may make papers for: code -> name. One that opens the public file, public boards only."""
    return {
        code: words.label("board", code)
        for code, board in boards().items()
        if board.is_public or not build.is_shareable
    }


def named(code: str) -> Board:
    """One board. Raises UsageError when there is none of that code."""
    found = {name.lower(): board for name, board in (boards() | {TAKEN: PAGE}).items()}
    try:
        return found[code.lower()]
    except KeyError:
        raise UsageError(
            "there is no such board.",
            where="BOARD",
            meaning="No paper was made.",
            action=f"Choose one of {', '.join(boards())} (config/papers.toml).",
        ) from None


def of_board(board: Board, selection: Selection, build: Build) -> tuple[Selection, Build]:
    """What a board's paper asks, and of which file of the same build: its own area, every strand and every measure.

    Raises MonitorError when a public paper is asked of a build without a shareable file, UsageError when a restricted
    paper is asked where only the shareable file may be opened, or the area chosen is of no one partnership.
    """
    if board is PAGE:
        return selection, build
    if not board.is_public and build.is_shareable:
        raise UsageError(
            "the papers of this board are restricted, and this deployment opens the shareable file only.",
            where=f"board {board.code} of config/papers.toml",
            meaning="No paper was made.",
            action="Make it where the restricted file is opened, or choose a board whose papers are public.",
        )
    if board.is_public and not build.is_shareable:
        build = builds.open_build(load_settings().data, build.number, SHAREABLE)
    on = Quarter.parse(selection.quarter).ends_on
    area = area_of_board(board.area, on) if board.area else selection.area
    if not board.area and csp_of(area, on) is None:
        raise UsageError(
            "the area chosen is not that of one community safety partnership.",
            where="AREA",
            meaning="No paper was made.",
            action="Choose the area of one partnership, or another board.",
        )
    return replace(selection, area=area, strand="all", measure="all"), build


def _board(entry: Mapping[str, Any]) -> Board:
    try:
        board = Board(**entry)
    except TypeError:
        raise _unusable("an entry has something unknown, or lacks its code or audience") from None
    if board.audience not in (RESTRICTED, SHAREABLE):
        raise _unusable("an audience is neither restricted nor shareable")
    return board


def _unusable(why: str) -> ConfigError:
    return ConfigError(
        f"the list of boards cannot be used: {why}.",
        where="config/papers.toml",
        meaning="No paper can be made.",
        action="Correct that entry, or restore the file from the repository.",
    )
