"""python -m etl: take extracts in, look at them first, list builds and go back to one."""

from __future__ import annotations

import json
import logging
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import UTC, date, datetime
from pathlib import Path
from typing import Annotated, Any, NoReturn

import typer
from rich.console import Console
from rich.progress import Progress, SpinnerColumn, TextColumn, TimeElapsedColumn
from rich.table import Table

from core import builds, log
from core.errors import MonitorError, UsageError
from core.settings import Settings, load_settings
from core.words import label
from etl import pipeline
from etl.report import FileResult, RunResult, rule_lines

app = typer.Typer(add_completion=False, no_args_is_help=True, pretty_exceptions_enable=False)
_out = Console(soft_wrap=True)
_err = Console(stderr=True, soft_wrap=True)

AsJson = Annotated[bool, typer.Option("--json", help="Print only JSON on standard output.")]
Source = Annotated[str | None, typer.Option("--source", help="The source, where the header does not tell.")]
Extracted = Annotated[
    str | None, typer.Option("--extracted", help="Extract date (YYYY-MM-DD), where the file name does not tell.")
]


@app.callback()
def main() -> None:
    """Extracts in, a published build out. Exit codes: 0 done, 2 used wrongly, 3 refused or held back."""
    # On a terminal the reader is told in words; the log is for whoever collects standard error.
    log.start(logging.WARNING if sys.stderr.isatty() else logging.INFO)


@app.command()
def demo(as_json: AsJson = False) -> None:
    """Write made-up extracts and load them by the ordinary path."""
    with _manners(as_json):
        with _progress() as step:
            result = pipeline.demonstrate(load_settings(), _now, progress=step)
        _tell(result, as_json, with_rules=False)
        raise typer.Exit(result.exit_code)


@app.command()
def load(
    files: Annotated[list[Path], typer.Argument(help="The extracts.")],
    source: Source = None,
    extracted: Extracted = None,
    allow_withdrawals: Annotated[
        bool, typer.Option("--allow-withdrawals", help="Accept that a full extract leaves out many live reports.")
    ] = False,
    as_json: AsJson = False,
) -> None:
    """Take extracts in and publish a build: all of them, or none."""
    with _manners(as_json):
        with _progress() as step:
            result = pipeline.load(
                files,
                load_settings(),
                _now(),
                source=source,
                extracted_on=_day(extracted),
                allow_withdrawals=allow_withdrawals,
                progress=step,
            )
        _tell(result, as_json)
        raise typer.Exit(result.exit_code)


@app.command()
def check(file: Path, source: Source = None, extracted: Extracted = None, as_json: AsJson = False) -> None:
    """Say what would happen to a file. Nothing is kept."""
    with _manners(as_json):
        with _progress() as step:
            result = pipeline.check(
                file, load_settings(), _now(), source=source, extracted_on=_day(extracted), progress=step
            )
        if as_json:
            _print_json({**result.as_dict(), "rules": result.rules})
        else:
            _tell_file(result)
        raise typer.Exit(result.refused.exit_code if result.refused else 0)


@app.command("builds")
def list_builds(as_json: AsJson = False) -> None:
    """List the published builds."""
    with _manners(as_json):
        settings = load_settings()
        live = builds.live_number(settings.data)
        found = [_listed(settings, number, live) for number in builds.published(settings.data)]
        if as_json:
            _print_json({"live": live, "builds": found})
            return
        table = Table("Build", "Published", "Data from", "Data to", "Extracted", "Files", "", "")
        for entry in found:
            table.add_row(
                str(entry["build"]),
                entry.get("published_at"),
                entry.get("data_from"),
                entry.get("data_to"),
                entry.get("extracted_on"),
                ", ".join(entry.get("files", [])),
                "live" if entry["is_live"] else "",
                "damaged" if entry["is_damaged"] else "made up" if entry["is_made_up"] else "",
            )
        _out.print(table if found else "Nothing has been published yet.")


@app.command()
def rollback(build: int, as_json: AsJson = False) -> None:
    """Point at an earlier build."""
    with _manners(as_json):
        pipeline.roll_back(build, load_settings())
        if as_json:
            _print_json({"build": build})
        else:
            _out.print(f"Build {build} is live.")


@app.command()
def status(as_json: AsJson = False) -> None:
    """Say which build is live, how old it is, and how much disk is used."""
    with _manners(as_json):
        settings = load_settings()
        live = builds.live_number(settings.data)
        told: dict[str, Any] = {
            "live": None if live is None else _describe(settings, live, live),
            "builds": len(builds.published(settings.data)),
            "warehouse_bytes": _size(settings.data / "warehouse.duckdb"),
            "marts_bytes": sum(_size(path) for path in (settings.data / "marts").rglob("*.duckdb")),
        }
        if told["live"]:
            told["age_days"] = (_now().date() - date.fromisoformat(told["live"]["data_to"])).days
        if as_json:
            _print_json(told)
        elif live is None:
            _out.print("Nothing has been published yet. `python -m etl demo` makes a demonstration.")
        else:
            entry = told["live"]
            _out.print(
                f"Build {live} is live, published {entry['published_at']}. Its data run to {entry['data_to']}, "
                f"{told['age_days']:,} days ago. Warehouse {told['warehouse_bytes'] / 1e6:,.1f} MB, "
                f"{told['builds']} builds {told['marts_bytes'] / 1e6:,.1f} MB."
            )


def _listed(settings: Settings, number: int, live: int | None) -> dict[str, Any]:
    """A build's entry of `builds`: one that cannot be read is named, and hides no other."""
    try:
        return {**_describe(settings, number, live), "is_damaged": False}
    except MonitorError:
        return {"build": number, "is_live": number == live, "is_damaged": True}


def _describe(settings: Settings, number: int, live: int | None) -> dict[str, Any]:
    build = builds.open_build(settings.data, number, "restricted")
    return {
        "build": number,
        "is_live": number == live,
        "published_at": build.published_at.isoformat(timespec="seconds"),
        "data_from": build.data_from.isoformat(),
        "data_to": build.data_to.isoformat(),
        "extracted_on": build.extracted_on.isoformat(),
        "is_made_up": build.is_made_up,
        "files": sorted(path.stem for path in build.path.parent.glob("*.duckdb")),
    }


def _size(path: Path) -> int:
    return path.stat().st_size if path.exists() else 0


def _now() -> datetime:
    return datetime.now(UTC).replace(tzinfo=None)


def _day(text: str | None) -> date | None:
    if text is None:
        return None
    try:
        return date.fromisoformat(text)
    except ValueError as wrong:
        raise UsageError(
            "the extract date is not a date written YYYY-MM-DD.",
            where="--extracted",
            meaning="Nothing was loaded; the published figures are unchanged.",
            action="Write it like 2023-10-02.",
        ) from wrong


@contextmanager
def _manners(as_json: bool) -> Iterator[None]:
    """Print an error for people in its four parts and leave with its exit code; anything else is a bug."""
    try:
        yield
    except MonitorError as error:
        _leave(error, as_json)
    except OSError as fault:
        _leave(_unusable(fault), as_json)


def _leave(error: MonitorError, as_json: bool) -> NoReturn:
    if as_json:
        _print_json({"error": error.as_dict()})
    _err.print(error.as_text(), markup=False, highlight=False)
    raise typer.Exit(error.exit_code)


def _unusable(fault: OSError) -> MonitorError:
    """A file or folder of ours that the system will not let us use: no fault of an extract, and no bug."""
    return MonitorError(
        f"a file or folder cannot be used: {(fault.strerror or type(fault).__name__).lower()}.",
        where=str(fault.filename or "MONITOR_DATA"),
        meaning="The published figures are unchanged.",
        action="Check that the data directory (MONITOR_DATA) is a folder this account may write to, with room in it.",
    )


@contextmanager
def _progress() -> Iterator[pipeline.Progress]:
    """A bar on a terminal, nothing elsewhere."""
    if not sys.stderr.isatty():
        yield pipeline.silent
        return
    columns = (SpinnerColumn(), TextColumn("{task.description}", markup=False), TimeElapsedColumn())
    with Progress(*columns, console=_err, transient=True) as bar:
        task = bar.add_task("starting", total=None)
        yield lambda step: bar.update(task, description=step)


def _print_json(told: dict[str, Any]) -> None:
    sys.stdout.write(json.dumps(told, indent=2) + "\n")


def _tell(result: RunResult, as_json: bool, *, with_rules: bool = True) -> None:
    if as_json:
        _print_json(result.as_dict())
    else:
        for file in result.files:
            _tell_file(file, with_rules=with_rules)
        if result.published:
            _out.print(f"Build {result.build} is published.")
        elif not result.is_refused:
            _out.print("No build yet." if result.build is None else f"Nothing new: build {result.build} stays live.")
    if result.held_back:
        _err.print(result.held_back.as_text(), markup=False, highlight=False)
    for file in result.files:
        if file.refused and as_json:
            _err.print(file.refused.as_text(), markup=False, highlight=False)
    for notice in result.notices:
        _err.print(notice, markup=False, highlight=False)


def _tell_file(file: FileResult, *, with_rules: bool = True) -> None:
    if file.refused:
        _err.print(f"{file.file} was refused.", markup=False, highlight=False)
        _err.print(file.refused.as_text(), markup=False, highlight=False)
    else:
        _out.print(
            f"{file.file} ({file.source}): {file.records:,} records = {file.accepted:,} accepted + "
            f"{file.quarantined:,} held back; {file.new:,} new, {file.changed:,} changed, "
            f"{file.unchanged:,} unchanged.",
            markup=False,
            highlight=False,
        )
    if file.rules and with_rules:
        table = Table("", "Rule", "Records", "What to ask")
        for severity, sentence, records, ask in rule_lines(file):
            table.add_row(label("severity", severity), sentence, f"{records:,}", ask)
        _out.print(table)


if __name__ == "__main__":
    app()
