"""What a page offers to be taken away as, before anything is made; imports what makes it only when it is asked for."""

from __future__ import annotations

from core.model import Build, Selection, Viewer
from papers import portable
from papers.product import FILES, WORD, Product, Take
from ui import captions


def takes(product: str, selection: Selection, viewer: Viewer, build: Build) -> tuple[Take, ...]:
    """A product of a page's own selection, for no board, in each form this machine can make.

    Args:
        product: a code of FILES.
    """

    def document() -> Product:
        # Imported when the first file is asked for: half a second that no page should wait for.
        from papers import boards, shelf

        return shelf.make(product, selection, viewer, build, boards.PAGE)

    forms = [("docx", WORD, lambda: document().content)]
    if portable.is_possible():
        forms.append(("pdf", portable.MIME, lambda: portable.pdf(document()).content))
    return tuple(
        Take(form, captions.file_name(FILES[product], selection, build, form), mime, make) for form, mime, make in forms
    )
