"""How much room words take on paper: lines and heights in points, known before anything is written.

Widths are those of Arial’s letters in thousandths of its size, which Liberation Sans shares, widened by what is needed
where a machine has neither. A letter not listed counts as a wide one: nothing takes more room than was thought.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

LINE = 1.17
"""Height of a line, in sizes of the typeface."""

_WIDTHS: Mapping[str, int] = {
    letter: width
    for width, letters in (
        (222, "ijl‘’"),
        (278, " ft.,:;!/\\[]I|\u00a0·"),
        (333, "r()-`“”"),
        (355, '"'),
        (389, "*"),
        (500, "cksvxyzJ"),
        (556, "abdeghnopqu0123456789?L$_–"),
        (584, "+<>=−~"),
        (611, "FTZ"),
        (667, "ABEKPSVXY&"),
        (722, "CDHNRUw"),
        (778, "GOQ"),
        (833, "mM"),
        (889, "%"),
        (944, "W"),
    )
    for letter in letters
}
_WIDEST = 1000
_BOLD = 1.1  # a bold letter beside the same one upright
_SUBSTITUTE = 1.14  # a letter of DejaVu Sans, which stands in on a machine that has neither, beside the same of Arial


@dataclass(frozen=True)
class Face:
    """How one style of a document stands: size, weight, and room before and after a paragraph, all in points."""

    points: float
    is_bold: bool = False
    before: float = 0
    after: float = 0


def width(text: str, face: Face) -> float:
    """How long a text is on one line, in points."""
    thousandths = sum(_WIDTHS.get(letter, _WIDEST) for letter in text)
    return thousandths * face.points * _SUBSTITUTE * (_BOLD if face.is_bold else 1) / 1000


def lines(text: str, face: Face, room: float) -> int:
    """How many lines a text takes in a column `room` points wide; a word that is wider is broken."""
    return len(_wrapped(text, face, room))


def height(text: str, face: Face, room: float) -> float:
    """How tall a paragraph is with the room before and after it, in points."""
    return face.before + face.after + lines(text, face, room) * face.points * LINE


def cut(text: str, face: Face, room: float, most: int) -> str:
    """The text, or its first `most` lines and an ellipsis."""
    wrapped = _wrapped(text, face, room)
    if len(wrapped) <= most:
        return text
    kept = " ".join(wrapped[:most])
    while width(wrapped[most - 1] + " …", face) > room and " " in kept:
        kept = kept.rpartition(" ")[0]
        wrapped[most - 1] = wrapped[most - 1].rpartition(" ")[0]
    return f"{kept} …"


def _wrapped(text: str, face: Face, room: float) -> list[str]:
    found = [""]
    for word in text.split():
        longer = f"{found[-1]} {word}".strip()
        if width(longer, face) <= room:
            found[-1] = longer
            continue
        if found[-1]:
            found.append("")
        for letter in word:
            if width(found[-1] + letter, face) > room:
                found.append("")
            found[-1] += letter
    return found
