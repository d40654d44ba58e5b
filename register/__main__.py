"""`python -m register`: the commands of what people write."""

from __future__ import annotations

import json
import sys
from typing import Annotated

import typer
from rich.console import Console

from core.errors import MonitorError
from core.settings import load_settings
from register import demo as demonstration

app = typer.Typer(add_completion=False, no_args_is_help=True, pretty_exceptions_enable=False)


@app.callback()
def main() -> None:
    """What people write in the dashboard: the delivery plan, its returns and what became of them."""


@app.command()
def demo(as_json: Annotated[bool, typer.Option("--json", help="Print the result as JSON.")] = False) -> None:
    """Fill an empty register with the made-up demonstration plan; a second time changes nothing."""
    try:
        filled = demonstration.fill(load_settings().register_url)
    except MonitorError as error:
        _say(json.dumps(error.as_dict()) if as_json else error.as_text(), is_error=not as_json)
        raise typer.Exit(error.exit_code) from None
    if as_json:
        _say(json.dumps({"already_filled": filled.was_filled, "rows": filled.rows}))
    elif filled.was_filled:
        _say("The register holds the demonstration plan already; nothing was changed.")
    else:
        _say(f"The register now holds the made-up demonstration plan ({sum(filled.rows.values()):,} rows).")


def _say(text: str, *, is_error: bool = False) -> None:
    Console(file=sys.stderr if is_error else sys.stdout, soft_wrap=True, highlight=False, markup=False).print(text)


if __name__ == "__main__":
    app()
