"""`python -m papers`: the papers, without the dashboard."""

from __future__ import annotations

import getpass
import json
import sys
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from pathlib import Path
from typing import Annotated, Any

import typer
from rich.console import Console
from rich.progress import Progress

from core import builds, words
from core.errors import MonitorError, UsageError
from core.model import Build, Selection, Viewer
from core.periods import day
from core.settings import load_settings
from papers import boards, portable, profile, shelf
from papers.boards import Board
from papers.product import Product, Step
from papers.shelf import Line
from queries import selection as choices
from register.write import COORDINATOR

app = typer.Typer(add_completion=False, no_args_is_help=True, pretty_exceptions_enable=False)
AsJson = Annotated[bool, typer.Option("--json", help="Print the result as JSON.")]


@app.callback()
def main() -> None:
    """Papers and take-aways, from the same answers the pages show."""


Chosen = Annotated[str, typer.Option(help="Whose it is: a code of config/papers.toml, or 'page' for no board.")]
OfQuarter = Annotated[str, typer.Option(help="The quarter it is about, for example 2023-Q2.")]
Out = Annotated[Path, typer.Option(help="The folder to write it in.")]
OfBuild = Annotated[int | None, typer.Option(help="Number of the build; the live one without it.")]
Area = Annotated[str, typer.Option(help="Code of the area, for what is a partnership's or no board's.")]
Strand = Annotated[str, typer.Option(help="Code of the strand, for what is not of all strands.")]
Measure = Annotated[str, typer.Option(help="Code of the measure, for what is not of all measures.")]
AsAt = Annotated[str, typer.Option(help="Read what people wrote as it stood at the end of this day.")]
AsPdf = Annotated[bool, typer.Option("--pdf", help="Write a PDF of it too, through LibreOffice.")]
Sections = Annotated[str, typer.Option(help="Its parts, with a comma between; those last kept without it.")]


def _command(product: str, line: Line) -> None:
    """Offer the making of one product; what belongs to no board needs none named."""
    of_board: Any = boards.PAGE.code if line.is_of_page else ...

    def make(
        quarter: OfQuarter, out: Out, board: Chosen = of_board, build: OfBuild = None, area: Area = "llr",
        strand: Strand = "all", measure: Measure = "crime", as_at: AsAt = "", sections: Sections = "",
        as_pdf: AsPdf = False, as_json: AsJson = False,
    ) -> None:  # fmt: skip
        asked = Selection(quarter, area, strand, measure, as_at)
        with _refusals(as_json), _shown(as_json) as step:
            made = _made(product, board, asked, build, sections, step)
            # Written before its PDF is made: whatever becomes of that, the paper is there.
            files = [_written(out / made.name, made)]
            if not as_json:
                for line in (*made.notes, f"Written: {files[0]}"):
                    _say(line)
            if as_pdf and made.mime != profile.ARCHIVE:  # a folder holds its PDFs already
                printed = portable.pdf(made)
                files.append(_written(out / printed.name, printed))
        if as_json:
            _say(json.dumps({"file": str(files[0]), "files": list(map(str, files)), "notes": made.notes}))
        elif len(files) > 1:
            _say(f"Written: {files[1]}")

    app.command(product.replace("_", "-"), help=words.say("papers", "texts", "command", product))(make)


for product, line in shelf.PRODUCTS.items():
    _command(product, line)


def _made(product: str, board: str, asked: Selection, build: int | None, sections: str, step: Step) -> Product:
    viewer = Viewer(getpass.getuser(), frozenset({COORDINATOR}))
    opened = _opened(build)
    chosen, parts = _chosen(viewer, opened, asked), _parts(product, sections)
    return shelf.make(product, chosen, viewer, opened, _board(product, board, opened), parts, step)


def _written(file: Path, made: Product) -> Path:
    # Under another name until it is whole: a disk that is full neither leaves half a paper nor takes an earlier one.
    aside = file.with_name(f"{file.name}.part")
    try:
        aside.write_bytes(made.content)
        aside.replace(file)
    except OSError:
        with suppress(OSError):
            aside.unlink()
        raise MonitorError(
            "the file could not be written.",
            where=str(file),
            meaning="It was made and its build is kept, but it lies nowhere.",
            action="Check the folder and your rights to it, and run this again.",
        ) from None
    return file


@contextmanager
def _shown(as_json: bool) -> Iterator[Step]:
    """Show how far the making is, where somebody reads along. Stopping it (Ctrl-C) keeps nothing."""
    with Progress(console=Console(stderr=True), transient=True, disable=as_json) as bar:
        task = bar.add_task("", total=None)
        yield lambda done, of, what: bar.update(task, description=what, completed=done, total=of)


def _board(product: str, code: str, build: Build) -> Board:
    """The board, if the product is made for it."""
    board = boards.named(code)
    # A restricted board where only the shareable file is opened is refused by the product, which says why.
    if not shelf.PRODUCTS[product].is_for(board):
        raise UsageError(
            "this is not made for that board.",
            where="--board",
            meaning="No paper was made.",
            action=f"Choose one of {', '.join(shelf.offered(product, build))}.",
        )
    return board


def _parts(product: str, sections: str) -> list[str] | None:
    """The parts that were named, if the product has them; None where none was."""
    if not sections:
        return None
    held, named = shelf.PRODUCTS[product].sections, sections.split(",")
    if not set(named) <= set(held):
        raise UsageError(
            "the product has no such part.",
            where="--sections",
            meaning="No paper was made.",
            action=f"Choose from {', '.join(held)}." if held else "Leave it out: this product is always whole.",
        )
    return [one for one in held if one in named]


def _opened(number: int | None) -> Build:
    settings = load_settings()
    found = builds.live_number(settings.data) if number is None else number
    if found is None:
        raise MonitorError(
            "nothing has been published yet.",
            where="MONITOR_DATA, or the data directory",
            meaning="There are no figures to make a paper of.",
            action="Load an extract, or the demonstration: python -m etl demo",
        )
    return builds.open_build(settings.data, found, settings.audience)


def _chosen(viewer: Viewer, build: Build, asked: Selection) -> Selection:
    """What was asked, if the build holds it and the day is one."""
    if asked.as_at and day(asked.as_at) is None:
        raise UsageError(
            "the day is no date.",
            where="--as-at",
            meaning="No paper was made.",
            action="Write it like 2023-10-11.",
        )
    held = choices.options(viewer, build)
    for name in ("quarter", "area", "strand", "measure"):
        code, codes = getattr(asked, name), getattr(held, f"{name}s")
        if code not in codes:
            raise UsageError(
                "the build does not hold what was asked.",
                where=f"--{name}",
                meaning="No paper was made.",
                action=f"Choose one of {', '.join(codes)}.",
            )
    return asked


@contextmanager
def _refusals(as_json: bool) -> Iterator[None]:
    """Print what was refused, and end with its exit code."""
    try:
        yield
    except MonitorError as error:
        _say(json.dumps(error.as_dict()) if as_json else error.as_text(), is_error=not as_json)
        raise typer.Exit(error.exit_code) from None


def _say(text: str, *, is_error: bool = False) -> None:
    Console(file=sys.stderr if is_error else sys.stdout, soft_wrap=True, highlight=False, markup=False).print(text)


if __name__ == "__main__":
    app()
