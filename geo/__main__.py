"""`python -m geo outlines`: derive the outlines, or publish official ones."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated

import typer
from rich.console import Console

from core.errors import MonitorError
from core.settings import ROOT
from geo import outlines

app = typer.Typer(add_completion=False, no_args_is_help=True, help="Outlines of the nine authorities.")


@app.callback()
def main() -> None:
    """Outlines of the nine authorities."""


@app.command("outlines")
def outlines_command(
    boundaries: Annotated[
        Path | None,
        typer.Option(envvar="MONITOR_BOUNDARIES", help="Official boundaries to serve instead of the derived ones."),
    ] = None,
) -> None:
    """Write data/reference/outlines.geojson from the postcode directory and the copy the browser is given."""
    try:
        for path in outlines.publish(boundaries):
            Console().print(f"wrote {path.relative_to(ROOT)} ({path.stat().st_size:,} bytes)", highlight=False)
    except MonitorError as refused:
        Console(stderr=True).print(refused.as_text(), markup=False, highlight=False)
        raise typer.Exit(refused.exit_code) from None


if __name__ == "__main__":
    app(prog_name="python -m geo")
