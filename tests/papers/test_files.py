"""A product is the same file whenever and wherever it is made, and every page says that its records are made up."""

from __future__ import annotations

import hashlib
import io
import subprocess
import sys
from collections.abc import Callable
from pathlib import Path

import openpyxl
import pytest
from docx import Document
from pptx import Presentation

from core import builds, words
from core.model import RESTRICTED, SHAREABLE
from papers.product import Product
from tests.conftest import ROOT, clean_environment
from tests.papers.products import PRODUCTS

AGAIN = """
import hashlib, os, sys
from pathlib import Path
from tests.papers import products
from tests.papers.products import PRODUCTS, one_of
products.of_pages = lambda *_: []  # what the pages say beside them is wanted elsewhere
for name in PRODUCTS:
    made = one_of(name, sys.argv[1], Path(os.environ["MONITOR_DATA"]))
    print(name, hashlib.sha256(made.content).hexdigest())
"""


@pytest.mark.parametrize("audience", [pytest.param(RESTRICTED, marks=pytest.mark.long), SHAREABLE])
def test_a_product_is_the_same_bytes_again_in_another_process(
    audience: str, demonstration_data: Path, product_of: Callable[..., Product]
) -> None:
    environment = {**clean_environment(demonstration_data), "PYTHONHASHSEED": "7", "TZ": "Pacific/Auckland"}
    done = subprocess.run(
        [sys.executable, "-c", AGAIN, audience], cwd=ROOT, env=environment, capture_output=True, text=True, check=True
    )
    told = dict(line.split() for line in done.stdout.splitlines())
    assert told == {name: hashlib.sha256(product_of(name, audience).content).hexdigest() for name in PRODUCTS}


def _pages(content: bytes, ending: str) -> dict[str, str]:
    """What stands on each page of a file, by its name: of a document, what stands above every kind of page."""
    if ending == "docx":
        document = Document(io.BytesIO(content))
        found = {}
        for at, section in enumerate(document.sections):
            kinds = {"header": True, "first_page_header": section.different_first_page_header_footer}
            kinds["even_page_header"] = document.settings.odd_and_even_pages_header_footer
            for kind, is_used in kinds.items():
                if is_used:
                    found[f"{kind} {at}"] = " ".join(one.text for one in getattr(section, kind).paragraphs)
        return found
    if ending == "pptx":
        return {f"slide {at}": _seen(slide) for at, slide in enumerate(Presentation(io.BytesIO(content)).slides)}
    book = openpyxl.load_workbook(io.BytesIO(content))
    return {
        page.title: " ".join(str(cell) for row in page.iter_rows(values_only=True) for cell in row if cell is not None)
        for page in book.worksheets
    }


def _seen(slide: object) -> str:
    """The texts of a slide and of its layout's own shapes, not those of its notes."""
    own = [shape.text_frame.text for shape in slide.shapes if shape.has_text_frame]  # type: ignore[attr-defined]
    of_layout = [
        shape.text_frame.text
        for shape in slide.slide_layout.shapes  # type: ignore[attr-defined]
        if shape.has_text_frame and not shape.is_placeholder
    ]
    return " ".join((*own, *of_layout))


@pytest.mark.parametrize("audience", [RESTRICTED, SHAREABLE])
@pytest.mark.parametrize("name", PRODUCTS)
def test_every_page_says_that_its_records_are_made_up_and_how_it_is_marked(
    name: str, audience: str, product_of: Callable[..., Product], demonstration_data: Path
) -> None:
    product = product_of(name, audience)
    build = builds.live_build(demonstration_data, audience)
    assert build is not None
    pages = _pages(product.content, product.name.rpartition(".")[2])
    assert pages
    for page, said in pages.items():
        assert words.say("frame", "made_up_short") in said, page
        assert build.marking in said, page
    assert "_made-up." in product.name
