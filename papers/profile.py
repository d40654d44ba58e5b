"""One community safety partnership on one page, and every one of them in one go."""

from __future__ import annotations

import io
import zipfile
from collections.abc import Sequence
from dataclasses import replace

from core.csps import csp_of, csps
from core.errors import MonitorError, UsageError
from core.model import Build, Selection, Viewer
from core.periods import Quarter
from papers import portable, short
from papers.content import EVERYBODY
from papers.product import FILES, Product, Step, untold
from papers.short import Short, say
from queries import exceptions, locality, quarter, trends
from ui import captions

ARCHIVE = "application/zip"
_TALL = (84.0, 150.0)  # its picture, least and most, in points


def make(selection: Selection, viewer: Viewer, build: Build, step: Step = untold) -> Product:
    """The page of the partnership of the selected area, as a Word document.

    The same build and choices give the same document again. What does not fit is counted, with where it is.

    Args:
        step: told before the figures are asked and before the page is written.

    Raises UsageError when the selected area is not of one partnership.
    """
    step(0, 2, say("step", "ask"))
    paper = compose(selection, viewer, build)
    step(1, 2, say("step", "page"))
    return write(paper)


def everybody(selection: Selection, viewer: Viewer, build: Build, step: Step = untold) -> Product:
    """The page of every partnership there is on the quarter's last day, in one ZIP; as PDF too where that can be made.

    Each file is the one that `make` gives for the partnership's own area.

    Args:
        step: told before each page, before they become PDFs, and before they are put together.
    """
    there = csps(Quarter.parse(selection.quarter).ends_on)
    is_portable = portable.is_possible()
    parts = len(there) * (2 if is_portable else 1) + 1
    made: list[Product] = []
    for at, csp in enumerate(there):
        step(at, parts, csp.name)
        made.append(make(replace(selection, area=csp.area_code), viewer, build))
    pages = list(made)
    notes = [
        say("of_csp", csp=csp.name, note=note) for csp, one in zip(there, pages, strict=True) for note in one.notes
    ]
    if is_portable:
        for at, one in enumerate(pages):
            step(len(there) + at, parts, say("step", "pdf", csp=there[at].name))
            try:
                made.append(portable.pdf(one))
            except MonitorError as failed:  # the pages are whole without it
                notes.append(say("of_csp", csp=there[at].name, note=f"{failed.what[:1].upper()}{failed.what[1:]}"))
    step(parts - 1, parts, say("step", "archive"))
    every = replace(selection, area=EVERYBODY)
    named = captions.file_name(say("profile", "archive"), every, build, "zip")
    if not is_portable:
        notes.append(say("not_portable"))
    return Product(named, ARCHIVE, _archive(made), tuple(notes))


def compose(selection: Selection, viewer: Viewer, build: Build) -> Short:
    """What the page says: the answers of the page *Locality*.

    Raises UsageError when the selected area is not of one partnership.
    """
    asked = (selection, viewer, build)
    on = Quarter.parse(selection.quarter).ends_on
    code = csp_of(selection.area, on)
    if code is None:
        raise UsageError(
            "the area chosen is not that of one community safety partnership.",
            where="AREA",
            meaning="No profile was made.",
            action="Choose the area of one partnership, or make those of all.",
        )
    own = locality.own(*asked)
    said, told = short.of_part(quarter.headlines(*asked))
    answers = (
        said,
        quarter.tiles(*asked),
        trends.quarterly(*asked),
        locality.compared(*asked),
        short.by_strand(*asked),
        own,
        locality.due(own, viewer),
        exceptions.found(*asked),
    )
    facts = short.about(selection, build) | {"csp": next(csp.name for csp in csps(on) if csp.code == code)}
    return Short(
        title=say("profile", "title", **facts),
        subtitle=say("profile", "subtitle", **facts),
        asked={answer.question: answer for answer in answers},
        left_out=tuple(short.left_out(question, why, selection) for question, why in told),
        selection=selection,
        build=build,
    )


def write(paper: Short) -> Product:
    """The composed page as a Word document."""
    asked = paper.asked
    sheets, head = short.begin(paper)
    by_strand = asked.get("strands.motivating_factors") or asked["strands.groups"]
    sheets.page(
        [
            *head,
            *short.headlines(asked["quarter.headlines"], "locality"),
            *short.tiles(asked["quarter.tiles"], sheets, is_brief=True),
            *short.drawn("figures", [(asked["trends.quarterly"], short.trend)], *_TALL, is_told=False),
            *short.sentence(asked["locality.compared"], "compared"),
            *short.sentence(by_strand, "strands"),
            *short.own_plan(asked["locality.own"]),
            *short.due(asked["returns.owed"]),
            *short.exceptions(asked["exceptions.found"], is_headed=False),
            *short.foot(paper, list(asked.values()), "locality"),
        ]
    )
    return short.finish(paper, sheets, FILES["profile"])


def _archive(made: Sequence[Product]) -> bytes:
    """The files in one; their entries bear no time, so that the same files are the same archive."""
    written = io.BytesIO()
    with zipfile.ZipFile(written, "w", zipfile.ZIP_DEFLATED) as archive:
        for one in made:
            entry = zipfile.ZipInfo(one.name)  # of 1 January 1980, whenever it is written
            entry.compress_type = zipfile.ZIP_DEFLATED
            archive.writestr(entry, one.content)
    return written.getvalue()
