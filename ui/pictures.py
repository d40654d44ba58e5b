"""A figure as a file: the same figure with its words inside it, as PNG or SVG. Imports nothing of Streamlit."""

from __future__ import annotations

import json
import os
import shutil
import textwrap
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from functools import lru_cache
from html import escape

import plotly.graph_objects as go

from core.model import Answer
from core.settings import ROOT
from ui import captions, theme

_WIDTH = 1200
_PAPER_WIDTH = 760  # on 17 cm of an A4 page its smallest letters are of about 8 points
_PAPER_LETTERS = 112
_SIDE = 30
_SCALE = 2
_WORDS = {"xref": "paper", "yref": "paper", "x": 0, "xanchor": "left", "align": "left", "showarrow": False}
_PATIENCE_S = 60
_STATIC = "/app/static/"
_TOPOLOGY = (ROOT / "static" / "topo").as_uri() + "/"
_BROWSERS = (
    "chromium", "chromium-browser", "google-chrome", "google-chrome-stable", "chrome", "msedge", "microsoft-edge",
    "/Applications/Google Chrome.app/Contents/MacOS/Google Chrome",
    "/Applications/Chromium.app/Contents/MacOS/Chromium",
    "C:/Program Files/Google/Chrome/Application/chrome.exe",
    "C:/Program Files (x86)/Microsoft/Edge/Application/msedge.exe",
)  # fmt: skip
# One at a time: the picture server answers through one queue, so two readers could be given each other's picture.
_painter = ThreadPoolExecutor(max_workers=1, thread_name_prefix="pictures")


@lru_cache(maxsize=1)
def is_possible() -> bool:
    """Whether this machine has a browser that can turn a figure into a file."""
    return "BROWSER_PATH" in os.environ or any(shutil.which(name) for name in _BROWSERS)


def image(figure: go.Figure, answer: Answer, form: str, *, with_words: bool = True) -> bytes:
    """The figure with its words inside it, as bytes of `form`: png (2,400 px wide) or svg.

    Args:
        with_words: False for a place that has the words beside it, such as a slide.

    Raises TimeoutError when the browser does not answer, RuntimeError when there is none or it cannot draw.
    """
    ready = (lambda: stamped(figure, answer)) if with_words else (lambda: _bare(figure))
    return _painter.submit(_paint, ready, form).result(timeout=_PATIENCE_S)


def of_paper(figure: go.Figure, answer: Answer) -> bytes:
    """The figure as PNG (1,520 px wide) for a page that says its words beside it; only the small print is inside it.

    Raises as `image` does.
    """
    return _painter.submit(_paint, lambda: _narrow(figure, answer), "png").result(timeout=_PATIENCE_S)


def signed(figure: go.Figure, answer: Answer, *, letters: int = 58) -> go.Figure:
    """The figure with area, period and provenance in small print below it: for whoever takes only the chart.

    Args:
        figure, answer: what was drawn, and of what.
        letters: how many of them a line of small print holds.
    """
    about = f"{captions.area(answer)} · {captions.period(answer)} · {captions.date_basis(answer)}"
    lines = [line for text in (about, captions.source(answer)) for line in textwrap.wrap(text, letters)]
    margin = figure.layout.margin
    room = 16 * len(lines) + 8
    copy = go.Figure(figure)
    copy.update_layout(height=(figure.layout.height or 400) + room, margin_b=(margin.b or 0) + room)
    copy.add_annotation(
        _WORDS | {"xshift": -(margin.l or 0), "y": 0, "yanchor": "bottom", "yshift": -(margin.b or 0) - room},
        text="<br>".join(escape(line) for line in lines),
        font={"size": 12, "color": theme.QUIET_INK},
    )
    return copy


def _bare(figure: go.Figure) -> go.Figure:
    copy = go.Figure(figure)
    copy.update_layout(width=_WIDTH, height=figure.layout.height or 400, autosize=False, paper_bgcolor=theme.PAPER)
    return copy


def _narrow(figure: go.Figure, answer: Answer) -> go.Figure:
    narrow = signed(figure, answer, letters=_PAPER_LETTERS)
    return narrow.update_layout(width=_PAPER_WIDTH, autosize=False, paper_bgcolor=theme.PAPER)


def _paint(ready: Callable[[], go.Figure], form: str) -> bytes:
    # Imported when the first picture is asked for: 150 ms that no page should wait for.
    import kaleido

    if not is_possible():
        raise RuntimeError("no browser was found")
    kaleido.start_sync_server(silence_warnings=True)
    painted = _self_contained(ready())
    size = {"width": painted.layout.width, "height": painted.layout.height, "scale": _SCALE}
    try:
        return kaleido.calc_fig_sync(painted.to_dict(), opts={"format": form, **size}, topojson=_TOPOLOGY)
    except kaleido.errors.KaleidoError as failed:
        raise RuntimeError("the browser could not draw the figure") from failed


def _self_contained(figure: go.Figure) -> go.Figure:
    # The page fetches outlines from the server by address; a picture is drawn where that address means nothing.
    for trace in figure.data:
        address = getattr(trace, "geojson", None)
        if isinstance(address, str) and address.startswith(_STATIC):
            trace.geojson = json.loads((ROOT / "static" / address.removeprefix(_STATIC)).read_text(encoding="utf-8"))
    return figure


def stamped(figure: go.Figure, answer: Answer) -> go.Figure:
    """The same figure with its words inside it, for a file that will be read away from the page.

    Above: headline and subtitle. Below: area, period, date basis, key to marks, notes, source, build and marking.
    """
    copy = go.Figure(figure)
    title = textwrap.wrap(captions.headline(answer), 92)
    under = textwrap.wrap(captions.subtitle(answer), 138)
    about = f"{captions.area(answer)} · {captions.period(answer)} · {captions.date_basis(answer)}"
    footer = [
        line
        for text in (about, " · ".join(captions.marks(answer)), *captions.notes(answer), captions.source(answer))
        for line in textwrap.wrap(text, 172)
    ]
    margin = figure.layout.margin
    above = 24 + 32 * len(title) + 21 * len(under)
    below = 22 + 19 * len(footer)
    height = (figure.layout.height or 400) + above + below
    left = (margin.l or 0) + _SIDE
    words_at = _WORDS | {"xshift": -left + _SIDE}
    copy.update_layout(
        width=_WIDTH,
        height=height,
        autosize=False,
        paper_bgcolor=theme.PAPER,
        margin={
            "l": left,
            "r": (margin.r or 0) + _SIDE,
            "t": (margin.t or 0) + above,
            "b": (margin.b or 0) + below,
        },
    )
    copy.add_annotation(
        **words_at,
        text="<br>".join(f"<b>{escape(line)}</b>" for line in title),
        y=1,
        yanchor="top",
        yshift=(margin.t or 0) + above - 14,
        font={"size": 24, "color": theme.INK},
    )
    copy.add_annotation(
        **words_at,
        text="<br>".join(escape(line) for line in under),
        y=1,
        yanchor="top",
        yshift=(margin.t or 0) + above - 18 - 31 * len(title),
        font={"size": 16, "color": theme.QUIET_INK},
    )
    copy.add_annotation(
        **words_at,
        text="<br>".join(escape(line) for line in footer),
        y=0,
        yanchor="bottom",
        yshift=-(margin.b or 0) - below + 10,
        font={"size": 13, "color": theme.QUIET_INK},
    )
    return copy


def plain(figure: go.Figure, *, width: int, height: int) -> bytes:
    """The figure alone as PNG, for a page that says every word beside it.

    Args:
        width, height: in pixels of the figure, whose letters keep their size.

    Raises as `image` does.
    """

    def sized() -> go.Figure:
        return go.Figure(figure).update_layout(width=width, height=height, autosize=False, paper_bgcolor=theme.PAPER)

    return _painter.submit(_paint, sized, "png").result(timeout=_PATIENCE_S)
