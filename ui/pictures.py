"""A figure as a file: the same figure with its words inside it, as PNG or SVG. Imports nothing of Streamlit.

A PNG says that it is meant for 300 dots to the inch, and carries its title, description and source; an SVG carries the
title and the description, keeps its text as text, and needs nothing else to be opened.
"""

from __future__ import annotations

import json
import os
import shutil
import struct
import textwrap
import zlib
from collections.abc import Callable, Iterator, Mapping, Sequence
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from functools import lru_cache
from html import escape
from typing import Any

import plotly.graph_objects as go

from core.model import Answer
from core.settings import ROOT
from ui import captions, theme
from ui.browser import Browser

PNG, SVG = "png", "svg"
DOTS_PER_INCH = 300
"""For which a PNG is meant: 2,400 of its pixels are 20 cm on paper."""

_WIDTH = 1000  # at 20 cm its smallest letters are of about 7 points
_SLIDE_WIDTH = 1200
_SLIDE_MAP_HIGH = 423  # the shape of the place a slide has for it
_PAPER_HIGH = 300  # so that two figures stand on a page; what has many rows keeps three quarters of its height
_PAPER_SHARE = 0.75
_PAPER_WIDTH = 760  # on 17 cm of an A4 page its smallest letters are of about 8 points
_MAP_HIGH = 600  # with nothing beside it a map has room
_PIXELS = {_WIDTH: 2400, _SLIDE_WIDTH: 2400, _PAPER_WIDTH: 2014}  # of a PNG so wide; 2,008 are 17 cm
_GAP = 8
_EVEN = 8  # letters by which lines of a title may differ
_LEADING = 1.3  # of plotly.js: the height of a line over the size of its letters
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
_SIGNATURE = b"\x89PNG\r\n\x1a\n"
_HEADER_ENDS = len(_SIGNATURE) + 25  # the first chunk is always 25 bytes
_browser = Browser()
# One at a time: there is one browser, and it has one page.
_painter = ThreadPoolExecutor(max_workers=1, thread_name_prefix="pictures")


@dataclass(frozen=True)
class _Setting:
    """How words are set round a figure: the size of their letters, and how many of them a line holds.

    Told for a wide face (DejaVu Sans), because the machine that draws need not have Arial.
    """

    title: tuple[int, int]
    subtitle: tuple[int, int]
    small: tuple[int, int]
    side: int = 0


_ON_FILE = _Setting(title=(22, 66), subtitle=(15, 112), small=(13, 130), side=30)
_ON_SCREEN = _Setting(title=(14, 42), subtitle=(13, 50), small=(12, 58))  # of a telephone
_ON_PAPER = _Setting(title=(14, 84), subtitle=(13, 100), small=(12, 108))


@lru_cache(maxsize=1)
def is_possible() -> bool:
    """Whether this machine has a browser that can turn a figure into a file."""
    return "BROWSER_PATH" in os.environ or any(shutil.which(name) for name in _BROWSERS)


def image(figure: go.Figure, answer: Answer, form: str, *, with_words: bool = True) -> bytes:
    """The figure with its words inside it, as bytes of `form`: PNG (2,400 px wide, 20 cm at 300 dpi) or SVG.

    Args:
        with_words: False for a place that has the words beside it, such as a slide.

    Raises TimeoutError when the browser does not answer, RuntimeError when there is none or it cannot draw.
    """
    return _made(lambda: stamped(figure, answer) if with_words else _bare(figure), answer, form)


def of_paper(figure: go.Figure, answer: Answer) -> bytes:
    """The figure as PNG (17 cm at 300 dpi) for a page that says its words beside it; only the small print is inside it.

    Raises as `image` does.
    """
    return _made(lambda: _narrow(figure, answer), answer, PNG)


def plain(figure: go.Figure, *, width: int, height: int) -> bytes:
    """The figure alone as PNG, for a page that says every word beside it.

    Args:
        width, height: in pixels of the figure, whose letters keep their size.

    Raises as `image` does.
    """

    def sized() -> go.Figure:
        return go.Figure(figure).update_layout(width=width, height=height, autosize=False, paper_bgcolor=theme.PAPER)

    return _made(sized, None, PNG)


def stamped(figure: go.Figure, answer: Answer) -> go.Figure:
    """The same figure with its words inside it, for a file that will be read away from the page.

    Above: marking, headline and subtitle. Below: area, period, date basis, key to marks, notes, caption, source, build
    and marking.
    """
    tall = go.Figure(figure).update_layout(height=_MAP_HIGH) if is_map(figure) else figure
    copy = _inscribed(tall, _above(answer, _ON_FILE), _below(answer, _ON_FILE), _ON_FILE)
    return copy.update_layout(width=_WIDTH, autosize=False, paper_bgcolor=theme.PAPER)


def signed(figure: go.Figure, answer: Answer) -> go.Figure:
    """The figure with the same words as a file of it has, as wide as its page: for a chart that is its own picture.

    Where no browser can make a file, the camera button of the chart takes what is on the screen.
    """
    return _inscribed(figure, _above(answer, _ON_SCREEN), _below(answer, _ON_SCREEN), _ON_SCREEN)


def is_map(figure: go.Figure) -> bool:
    """Whether the figure is a map, whose alternative text is another than that of a chart of the same answer."""
    return any(trace.type == "choropleth" for trace in figure.data)


def _made(ready: Callable[[], go.Figure], answer: Answer | None, form: str) -> bytes:
    asked = _painter.submit(_paint, ready, answer, form)
    try:
        return asked.result(timeout=_PATIENCE_S)
    except TimeoutError:
        asked.cancel()  # nobody waits for it any more
        raise


def _bare(figure: go.Figure) -> go.Figure:
    copy = go.Figure(figure)
    copy.update_layout(width=_SLIDE_WIDTH, height=figure.layout.height or 400, autosize=False)
    if is_map(copy):  # a slide is wide: the key stands beside the map, which is then as high as there is room
        key = {"orientation": "v", "x": 0.66, "y": 0.5, "yanchor": "middle"}
        copy.update_layout(height=_SLIDE_MAP_HIGH, margin_b=0, legend=key, geo_domain_x=[0, 0.62])
    return copy.update_layout(paper_bgcolor=theme.PAPER)


def _narrow(figure: go.Figure, answer: Answer) -> go.Figure:
    small = [_about(answer), captions.source(answer)]
    high = figure.layout.height or _PAPER_HIGH
    lower = go.Figure(figure).update_layout(height=min(high, max(_PAPER_HIGH, round(high * _PAPER_SHARE))))
    narrow = _inscribed(lower, [], [_Block(small, *_ON_PAPER.small)], _ON_PAPER)
    return narrow.update_layout(width=_PAPER_WIDTH, autosize=False, paper_bgcolor=theme.PAPER)


@dataclass(frozen=True)
class _Block:
    """Paragraphs of one look that stand together round a figure."""

    told: Sequence[str]
    size: int
    letters: int
    colour: str = theme.QUIET_INK
    is_bold: bool = False

    @property
    def lines(self) -> list[str]:
        return [line for one in self.told for line in self._wrapped(one)]

    @property
    def high(self) -> int:
        return round(self.size * _LEADING * len(self.lines))

    def _wrapped(self, text: str) -> list[str]:
        # Not at hyphens: a marking is never cut in two.
        lines = textwrap.wrap(text, self.letters, break_on_hyphens=False)
        if self.is_bold and len(lines) > 1:  # a title has no line of one word
            room = min(self.letters, len(text) // len(lines) + _EVEN)
            even = textwrap.wrap(text, room, break_on_hyphens=False)
            lines = even if len(even) == len(lines) else lines
        return lines

    def annotation(self) -> dict[str, object]:
        text = [f"<b>{escape(line)}</b>" if self.is_bold else escape(line) for line in self.lines]
        return _WORDS | {"text": "<br>".join(text), "font": {"size": self.size, "color": self.colour}}


def _about(answer: Answer) -> str:
    return f"{captions.area(answer)} · {captions.period(answer)} · {captions.date_basis(answer)}"


def _above(answer: Answer, setting: _Setting) -> list[_Block]:
    return [
        _Block([captions.marking(answer.build)], *setting.small, is_bold=True),
        _Block([captions.headline(answer)], *setting.title, colour=theme.INK, is_bold=True),
        _Block([captions.subtitle(answer)], *setting.subtitle),
    ]


def _below(answer: Answer, setting: _Setting) -> list[_Block]:
    explained = captions.caption(answer)
    marks, more = " · ".join(captions.marks(answer)), [] if explained is None else [explained]
    return [_Block([_about(answer), marks, *captions.notes(answer), *more, captions.source(answer)], *setting.small)]


def _inscribed(figure: go.Figure, above: Sequence[_Block], below: Sequence[_Block], setting: _Setting) -> go.Figure:
    """A copy with words above and below it, and so much higher."""
    margin = figure.layout.margin
    left, top, bottom = (margin.l or 0) + setting.side, margin.t or 0, margin.b or 0
    over = sum(block.high + _GAP for block in above) + (2 * _GAP if above else 0)
    under = sum(block.high + _GAP for block in below) + _GAP
    copy = go.Figure(figure)
    copy.update_layout(
        height=(figure.layout.height or 400) + over + under,
        margin={"l": left, "r": (margin.r or 0) + setting.side, "t": top + over, "b": bottom + under},
    )
    aside = {"xshift": setting.side - left}
    at = top + over - _GAP
    for block in above:
        copy.add_annotation(block.annotation() | aside | {"y": 1, "yanchor": "top", "yshift": at})
        at -= block.high + _GAP
    at = -bottom - _GAP
    for block in below:
        copy.add_annotation(block.annotation() | aside | {"y": 0, "yanchor": "top", "yshift": at})
        at -= block.high + _GAP
    return copy


def _paint(ready: Callable[[], go.Figure], answer: Answer | None, form: str) -> bytes:
    if not is_possible():
        raise RuntimeError("no browser was found")
    painted = _self_contained(ready())
    width = painted.layout.width
    size = {"width": width, "height": painted.layout.height, "scale": _scale(width) if form == PNG else 1}
    content = _browser.draw(painted.to_dict(), {"format": form, **size}, _TOPOLOGY)
    if answer is None:
        return _described(content, {})
    told = {"Title": captions.headline(answer), "Description": captions.alt(answer, is_map=is_map(painted))}
    return _described(content, told | {"Source": captions.source(answer)}) if form == PNG else _entitled(content, told)


def _scale(width: int) -> float:
    """Pixels of the PNG for each of a figure so wide: as many as a paper's, where it has no number of its own."""
    known = width if width in _PIXELS else _PAPER_WIDTH
    return _PIXELS[known] / known


def _described(png: bytes, told: dict[str, str]) -> bytes:
    """The PNG with its resolution and its words in it, as the PNG specification has them (11.3.4, 11.3.5)."""
    across = round(DOTS_PER_INCH / 0.0254)
    chunks = _chunk(b"pHYs", struct.pack(">IIB", across, across, 1))
    for name, text in told.items():
        chunks += _chunk(b"iTXt", name.encode("ascii") + b"\0\0\0en-GB\0\0" + text.encode("utf-8"))
    return png[:_HEADER_ENDS] + chunks + png[_HEADER_ENDS:]


def _chunk(kind: bytes, content: bytes) -> bytes:
    return struct.pack(">I", len(content)) + kind + content + struct.pack(">I", zlib.crc32(kind + content))


def _entitled(svg: bytes, told: dict[str, str]) -> bytes:
    """The SVG with its title and description, which a screen reader says in its place."""
    root, rest = svg.decode("utf-8").split(">", 1)
    words = f"<title>{escape(told['Title'])}</title><desc>{escape(told['Description'])}</desc>"
    return f'{root} role="img">{words}{rest}'.encode()


def _self_contained(figure: go.Figure) -> go.Figure:
    # The page fetches outlines from the server by address; a picture is drawn where that address means nothing.
    for trace in figure.data:
        address = getattr(trace, "geojson", None)
        if isinstance(address, str) and address.startswith(_STATIC):
            trace.geojson = json.loads((ROOT / "static" / address.removeprefix(_STATIC)).read_text(encoding="utf-8"))
            east, north = _reach(trace.geojson["features"])
            # Left to find its bounds itself, plotly.js leaves a quarter of the room empty.
            figure.update_geos(fitbounds=False, lonaxis_range=east, lataxis_range=north)
    return figure


def _reach(features: Sequence[Mapping[str, Any]]) -> list[tuple[float, float]]:
    """From where to where outlines reach, in degrees: east, then north."""
    points = [point for one in features for point in _points(one["geometry"]["coordinates"])]
    return [(min(along), max(along)) for along in zip(*points, strict=True)]


def _points(part: Sequence[Any]) -> Iterator[Sequence[float]]:
    """The points of rings, polygons or several polygons."""
    if isinstance(part[0], (int, float)):
        yield part
        return
    for one in part:
        yield from _points(one)
