"""`python -m register`: the commands of what people write."""

from __future__ import annotations

import getpass
import json
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import UTC, datetime
from pathlib import Path
from typing import Annotated

import typer
from rich.console import Console

from core import words
from core.errors import MonitorError
from core.model import Viewer
from core.settings import load_settings
from register import backup as copies
from register import demo as demonstration
from register import exchange
from register.read import Record, read
from register.write import COORDINATOR

app = typer.Typer(add_completion=False, no_args_is_help=True, pretty_exceptions_enable=False)
AsJson = Annotated[bool, typer.Option("--json", help="Print the result as JSON.")]


@app.callback()
def main() -> None:
    """What people write in the dashboard: the delivery plan, its returns and what became of them."""


@app.command()
def demo(as_json: AsJson = False) -> None:
    """Fill an empty register with the made-up demonstration plan; a second time changes nothing."""
    with _refusals(as_json):
        filled = demonstration.fill(load_settings().register_url)
    if as_json:
        _say(json.dumps({"already_filled": filled.was_filled, "rows": filled.rows}))
    elif filled.was_filled:
        _say("The register holds the demonstration plan already; nothing was changed.")
    else:
        _say(f"The register now holds the made-up demonstration plan ({sum(filled.rows.values()):,} rows).")


@app.command()
def workbook(
    quarter: Annotated[str, typer.Option(help="The quarter it is about, for example 2023-Q2.")],
    out: Annotated[Path, typer.Option(help="The file to write (.xlsx).")],
    organisation: Annotated[
        list[str] | None, typer.Option(help="Code of an organisation; may be given again. All of them without it.")
    ] = None,
    as_json: AsJson = False,
) -> None:
    """Write the exchange workbook of a quarter: what is due from some organisations, to fill in and send back."""
    with _refusals(as_json):
        record = _record()
        running = [row for row in record.rows("plan") if row["starts_quarter"] <= quarter <= row["ends_quarter"]]
        plan = max(running, key=lambda row: str(row["starts_quarter"]), default={"plan_code": ""})
        codes = organisation or [str(row["organisation_code"]) for row in record.rows("organisation")]
        data = exchange.make(record, str(plan["plan_code"]), quarter, codes)
        try:
            out.write_bytes(data)
        except OSError:
            raise _unusable(out, "written") from None
    _say(json.dumps({"file": str(out), "organisations": codes}) if as_json else f"Written: {out}")


@app.command()
def upload(
    file: Annotated[Path, typer.Argument(help="An exchange workbook that came back.")],
    apply: Annotated[bool, typer.Option("--apply", help="Keep it; otherwise only say what would change.")] = False,
    name: Annotated[str, typer.Option(help="Who is to stand in the journal; without it, this account.")] = "",
    as_json: AsJson = False,
) -> None:
    """Say what is wrong with a workbook that came back, or what it changes; with --apply, keep all of it.

    Whoever can run this on the register writes as the coordinator of the plan.
    """
    with _refusals(as_json):
        record = _record()
        try:
            with file.open("rb") as opened:
                data = opened.read(exchange.LARGEST + 1)
        except OSError:
            raise _unusable(file, "read") from None
        found = exchange.read(data, record)
        is_applied = apply and not found.problems
        if is_applied:
            viewer = Viewer(name or getpass.getuser(), frozenset({COORDINATOR}))
            exchange.apply(viewer, found, is_made_up=record.is_made_up)
    if as_json:
        told = {"problems": [vars(one) for one in found.problems], "changes": [vars(one) for one in found.changes]}
        _say(json.dumps({**told, "applied": is_applied}))
    else:
        for problem in found.problems:
            where = " ".join(filter(None, [problem.sheet, problem.cell])) or file.name
            _say(f"{where}: {problem.what} {problem.action}", is_error=True)
        for change in found.changes:
            _say(f"{change.sheet}: {change.label}, {change.field}: “{change.before}” becomes “{change.after}”")
        _say(_outcome(found, is_applied), is_error=bool(found.problems))
    if found.problems:
        raise typer.Exit(MonitorError.exit_code)


@app.command()
def backup(
    file: Annotated[Path, typer.Argument(help="The file to write (.zip).")],
    as_json: AsJson = False,
) -> None:
    """Copy the whole register into one file, as it is at one moment, whatever database holds it."""
    with _refusals(as_json):
        kept = copies.back_up(load_settings().register_url, file)
    _say(json.dumps(kept.as_dict()) if as_json else f"Backed up {kept.total:,} rows to {file}.")


@app.command()
def restore(
    file: Annotated[Path, typer.Argument(help="A file written by `backup`.")],
    as_json: AsJson = False,
) -> None:
    """Put a backup into an empty register: all of it, checked, or nothing."""
    with _refusals(as_json):
        kept = copies.restore(load_settings().register_url, file)
    _say(json.dumps(kept.as_dict()) if as_json else f"Restored {kept.total:,} rows; the register goes on from there.")


def _record() -> Record:
    settings = load_settings()
    reader = Viewer(getpass.getuser(), frozenset({COORDINATOR}))
    record = read(settings.register_url, reader, datetime.now(UTC))
    if record is None:
        raise MonitorError(
            "nothing has been written in the register yet.",
            where="MONITOR_REGISTER, or register.sqlite in the data directory",
            meaning="There is no delivery plan to make or read a workbook of.",
            action="Enter the plan, or fill the register with the demonstration: python -m register demo",
        )
    return record


def _outcome(found: exchange.Upload, is_applied: bool) -> str:
    if found.problems:
        return f"{words.count('problem', len(found.problems))} found; nothing was kept."
    if not found.changes:
        return "It changes nothing."
    changes = words.count("change", len(found.changes))
    return f"{changes} kept, as one entry." if is_applied else f"{changes}; nothing was kept yet. To keep: --apply"


def _unusable(file: Path, doing: str) -> MonitorError:
    return MonitorError(
        f"the file could not be {doing}.",
        where=str(file),
        meaning="Nothing was changed.",
        action="Check its name, its folder and your rights to it.",
    )


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
