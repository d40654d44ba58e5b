"""How long the quarterly pack, a board paper of every part and the data workbook take to make, alone and together.

    python benchmarks/papers_speed.py [--rounds 3] [--data DIRECTORY] [--board hsg] [--quarter 2023-Q2]

In one process, from the live build of the restricted file, with a browser found for the pictures: the first making, and
medians over the rounds after it. Each is measured beside a floor: an empty file of the same library with as many slides
or sheets, and one bare picture of the same size for every picture that was made. The picture server starts once in a
process and is measured by itself; together are the three first makings and that start. Bar: 25 seconds together.
"""

from __future__ import annotations

import argparse
import io
import os
import statistics
import subprocess
import sys
import tempfile
import time
import zipfile
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path

import xlsxwriter
from docx import Document
from pptx import Presentation

sys.path.insert(0, str(Path(__file__).resolve().parent.parent))

from core import builds
from core.model import RESTRICTED, Selection, Viewer
from papers import board as board_paper
from papers import boards, content, pack, workbook
from papers.product import Product
from register.write import COORDINATOR
from ui import pictures

ROOT = Path(__file__).resolve().parent.parent
BAR_S = 25.0
PIXELS = {"pack": (1200, 423, 2.0), "board": (760, 400, 2.65)}  # of a picture: width, height and scale
COUNTED = {"pack": "ppt/slides/slide", "board": "word/document", "workbook": "xl/worksheets/sheet"}
MEDIA = ("ppt/media/", "word/media/")


@dataclass(frozen=True)
class Measured:
    """One product: seconds to make it the first time in the process, then each round, its floor, and what is in it."""

    first: float
    seconds: list[float]
    floor: list[float]
    parts: int
    pictures: int


def bare(width: int, height: int, scale: float) -> None:
    """The least picture: nothing drawn, of the size of one."""
    import kaleido

    size = {"format": "png", "width": width, "height": height, "scale": scale}
    kaleido.start_sync_server(silence_warnings=True, mathjax=False)
    kaleido.calc_fig_sync({"data": [], "layout": {}}, opts=size)


def empty(product: str, parts: int) -> None:
    """A file of the same library with as many slides or sheets, and nothing in them."""
    file = io.BytesIO()
    if product == "pack":
        deck = Presentation()
        for _ in range(parts):
            deck.slides.add_slide(deck.slide_layouts[6])
        deck.save(file)
    elif product == "board":
        Document().save(file)
    else:
        book = xlsxwriter.Workbook(file, {"in_memory": True})
        for _ in range(parts):
            book.add_worksheet()
        book.close()


def timed(work: Callable[[], object]) -> float:
    """Seconds it takes."""
    started = time.perf_counter()
    work()
    return time.perf_counter() - started


def held(product: str, content: bytes) -> tuple[int, int]:
    """How many slides, documents or sheets, and how many pictures, a file has."""
    names = zipfile.ZipFile(io.BytesIO(content)).namelist()
    parts = [name for name in names if name.startswith(COUNTED[product]) and name.endswith(".xml")]
    return len(parts), sum(name.startswith(MEDIA) for name in names)


def measure(product: str, make: Callable[[], Product], rounds: int) -> Measured:
    """Make it once, and then so many times, each beside its floor."""
    started = time.perf_counter()
    content = make().content
    first = time.perf_counter() - started
    parts, drawn = held(product, content)
    seconds, floor = [], []
    for _ in range(rounds):
        seconds.append(timed(make))
        pictured = sum(timed(lambda: bare(*PIXELS[product])) for _ in range(drawn))
        floor.append(timed(lambda: empty(product, parts)) + pictured)
    return Measured(first, seconds, floor, parts, drawn)


def main() -> int:
    """Measure, print, and return 1 when the bar is missed."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--rounds", type=int, default=3)
    parser.add_argument("--data", type=Path, help="a data directory with a build and a plan (made when not given)")
    parser.add_argument("--board", default="hsg")
    parser.add_argument("--quarter", default="2023-Q2")
    asked = parser.parse_args()
    with tempfile.TemporaryDirectory() as made:
        data = asked.data or Path(made)
        os.environ["MONITOR_DATA"] = str(data)
        if asked.data is None:
            for module in ("etl", "register"):
                subprocess.run([sys.executable, "-m", module, "demo"], cwd=ROOT, check=True)
        return report(data, asked.board, asked.quarter, asked.rounds)


def report(data: Path, code: str, quarter: str, rounds: int) -> int:
    """Measure the three products of a board and print their table; 1 when the bar is missed."""
    build = builds.live_build(data, RESTRICTED)
    if build is None or not pictures.is_possible():
        print("There is no build, or no browser for the pictures, so there is nothing to measure.")
        return 1
    viewer, board = Viewer("Analyst", frozenset({COORDINATOR})), boards.named(code)
    chosen = Selection(quarter, measure="crime")
    start = timed(lambda: bare(100, 100, 1)) - timed(lambda: bare(100, 100, 1))
    makers: dict[str, Callable[[], Product]] = {
        "pack": lambda: pack.make(chosen, viewer, build),
        "board": lambda: board_paper.make(Selection(quarter), viewer, build, board, {}, content.SECTIONS),
        "workbook": lambda: workbook.make(chosen, viewer, build),
    }
    found = {product: measure(product, make, rounds) for product, make in makers.items()}
    print(f"\nThe start of the picture server: {start:.1f} s\n")
    print("| made | slides, documents or sheets | pictures | first (s) | again (s) | floor (s) | ratio |")
    print("|---|---:|---:|---:|---:|---:|---:|")
    for product, one in found.items():
        again, floor = statistics.median(one.seconds), statistics.median(one.floor)
        numbers = f"{one.parts} | {one.pictures} | {one.first:.1f} | {again:.1f} | {floor:.2f} | {again / floor:.1f}"
        print(f"| {product} | {numbers} |")
    together = start + sum(one.first for one in found.values())
    print(f"| together, with the start of the picture server | | | {together:.1f} | | | bar {BAR_S:.0f} s |")
    return int(together > BAR_S)


if __name__ == "__main__":
    raise SystemExit(main())
