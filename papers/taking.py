"""What a page offers to be taken away as, before anything is made; imports what makes it only when it is asked for."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from pathlib import PurePosixPath

from core.model import Build, Selection, Viewer
from papers import portable
from papers.product import FILES, Product
from ui import captions

_WORD = "application/vnd.openxmlformats-officedocument.wordprocessingml.document"


@dataclass(frozen=True)
class Take:
    """One file a page can be taken away as.

    Attributes:
        form: docx, or pdf where LibreOffice is found.
        name, mime: of the file.
        make: makes it, and keeps what it was made from; raises MonitorError where that cannot be.
    """

    form: str
    name: str
    mime: str
    make: Callable[[], bytes]


def takes(product: str, selection: Selection, viewer: Viewer, build: Build) -> tuple[Take, ...]:
    """A product of a page's own selection, for no board, in each form this machine can make.

    Args:
        product: a code of FILES.
    """

    def document() -> Product:
        # Imported when the first file is asked for: half a second that no page should wait for.
        from papers import boards, shelf

        return shelf.make(product, selection, viewer, build, boards.PAGE)

    forms = [("docx", _WORD, lambda: document().content)]
    if portable.is_possible():
        forms.append(("pdf", portable.MIME, lambda: portable.pdf(document()).content))
    return tuple(
        Take(form, captions.file_name(FILES[product], selection, build, form), mime, make) for form, mime, make in forms
    )


def printed(made: Product) -> tuple[Take, ...]:
    """The PDF of a finished file, where this machine can make it and the file has pages to print; otherwise nothing."""
    name = PurePosixPath(made.name)
    if not portable.is_possible() or name.suffix not in (".docx", ".pptx"):
        return ()
    return (Take("pdf", str(name.with_suffix(".pdf")), portable.MIME, lambda: portable.pdf(made).content),)
