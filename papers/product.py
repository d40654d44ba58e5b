"""What a paper is once it is made: a file with a name, and what its maker should be told."""

from __future__ import annotations

from dataclasses import dataclass


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
