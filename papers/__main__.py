"""`python -m papers`: the papers, without the dashboard."""

from __future__ import annotations

import getpass
import json
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Annotated

import typer
from rich.console import Console

from core import builds
from core.errors import MonitorError, UsageError
from core.model import Build, Selection, Viewer
from core.periods import day
from core.settings import load_settings
from papers import shelf
from papers.boards import named
from queries import selection as choices
from register.write import COORDINATOR

app = typer.Typer(add_completion=False, no_args_is_help=True, pretty_exceptions_enable=False)
AsJson = Annotated[bool, typer.Option("--json", help="Print the result as JSON.")]


@app.callback()
def main() -> None:
    """Papers and take-aways, from the same answers the pages show."""


Board = Annotated[str, typer.Option(help="Whose it is: a code of config/papers.toml.")]
OfQuarter = Annotated[str, typer.Option(help="The quarter it is about, for example 2023-Q2.")]
Out = Annotated[Path, typer.Option(help="The folder to write it in.")]
OfBuild = Annotated[int | None, typer.Option(help="Number of the build; the live one without it.")]
Area = Annotated[str, typer.Option(help="Code of the area, for what is a partnership's.")]
AsAt = Annotated[str, typer.Option(help="Read what people wrote as it stood at the end of this day.")]


@app.command()
def board(
    board: Board, quarter: OfQuarter, out: Out, build: OfBuild = None, area: Area = "llr", as_at: AsAt = "",
    as_json: AsJson = False,
) -> None:  # fmt: skip
    """Make a board's paper of a quarter in Word, with the words last kept for it, and keep its build."""
    _make("board", board, Selection(quarter, area, as_at=as_at), build, out, as_json)


@app.command()
def pack(
    board: Board, quarter: OfQuarter, out: Out, build: OfBuild = None, area: Area = "llr", as_at: AsAt = "",
    as_json: AsJson = False,
) -> None:  # fmt: skip
    """Make the meeting's slides of a quarter's hate crimes in PowerPoint, and keep their build."""
    _make("pack", board, Selection(quarter, area, measure="crime", as_at=as_at), build, out, as_json)


@app.command()
def workbook(
    board: Board, quarter: OfQuarter, out: Out, build: OfBuild = None, area: Area = "llr", as_at: AsAt = "",
    as_json: AsJson = False,
) -> None:  # fmt: skip
    """Make a workbook of every figure of a quarter's hate crimes in Excel, and keep its build."""
    _make("workbook", board, Selection(quarter, area, measure="crime", as_at=as_at), build, out, as_json)


def _make(product: str, board: str, asked: Selection, build: int | None, out: Path, as_json: bool) -> None:
    with _refusals(as_json):
        viewer = Viewer(getpass.getuser(), frozenset({COORDINATOR}))
        opened = _opened(build)
        made = shelf.make(product, _chosen(viewer, opened, asked), viewer, opened, named(board))
        file = out / made.name
        try:
            file.write_bytes(made.content)
        except OSError:
            raise MonitorError(
                "the file could not be written.",
                where=str(file),
                meaning="It was made and its build is kept, but it lies nowhere.",
                action="Check the folder and your rights to it, and run this again.",
            ) from None
    if as_json:
        _say(json.dumps({"file": str(file), "notes": made.notes}))
        return
    for note in made.notes:
        _say(note)
    _say(f"Written: {file}")


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
    for name, code, codes in (("--quarter", asked.quarter, held.quarters), ("--area", asked.area, held.areas)):
        if code not in codes:
            raise UsageError(
                "the build does not hold what was asked.",
                where=name,
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
