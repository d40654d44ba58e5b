"""What a paper is once it is made: a file with a name, and what its maker should be told; and how far its making is."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

Step = Callable[[int, int, str], None]
"""Told before each part of a product is made: how many parts are done, of how many, and which comes.

Whoever is told may raise, which ends the making: nothing is kept of it.
"""

WORD = "application/vnd.openxmlformats-officedocument.wordprocessingml.document"
"""The media type of a Word document."""

FILES = {"two_pager": "quarter-two-pager", "profile": "locality-profile"}
"""How the name of a file begins that a page offers before it is made."""


@dataclass(frozen=True)
class Product:
    """One finished file.

    Attributes:
        name: its file name: which product, of which area and quarter, from which build.
        mime: its media type.
        content: its bytes.
        notes: what its maker should know: figures left out or without a picture, and why.
    """

    name: str
    mime: str
    content: bytes
    notes: tuple[str, ...] = ()


@dataclass(frozen=True)
class Take:
    """One file that is offered before it is made.

    Attributes:
        form: docx, or pdf where LibreOffice is found.
        name, mime: of the file.
        make: makes it, and keeps what it was made from; raises MonitorError where that cannot be.
    """

    form: str
    name: str
    mime: str
    make: Callable[[], bytes]


def untold(done: int, of: int, what: str) -> None:
    """Tell nobody how far it is."""
