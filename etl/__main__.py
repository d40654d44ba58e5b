"""python -m etl: take extracts in, look at them first, ask about what was held back, look after the builds."""

from __future__ import annotations

import json
import logging
import sys
from collections.abc import Iterator, Sequence
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
from core.model import Build
from core.settings import Settings, load_settings
from core.words import count, label
from etl import matches, pipeline, quarantine, reference
from etl.report import (
    FileResult,
    Revision,
    RunResult,
    disk_sentence,
    kind_sentences,
    moved_sentence,
    pruned_sentence,
    rule_lines,
    seconds_sentence,
)
from etl.status import Status, examine

app = typer.Typer(add_completion=False, no_args_is_help=True, pretty_exceptions_enable=False)
_out = Console(soft_wrap=True)
_err = Console(stderr=True, soft_wrap=True)
_MOVED_SHOWN = 20

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
    """Say whether all is well: the live build, its age, the last run, the disk. Exit code 0 when it is, 3 when not."""
    with _manners(as_json):
        settings = load_settings()
        found = examine(settings, _now())
        if as_json:
            live = None if found.build is None else _entry(found.build, found.live)
            _print_json({"live": live, **found.as_dict()})
        else:
            _tell_status(found)
        for problem in found.problems:
            _err.print(problem.error.as_text(), markup=False, highlight=False)
        raise typer.Exit(0 if found.is_healthy else MonitorError.exit_code)


@app.command("quarantine")
def list_quarantine(
    as_csv: Annotated[bool, typer.Option("--csv", help="Write the whole list as CSV for a spreadsheet.")] = False,
    with_left: Annotated[bool, typer.Option("--all", help="Also those that left the list, and why.")] = False,
    as_json: AsJson = False,
) -> None:
    """List the records held back, why, and what to ask: for the data officer only, because it shows their text."""
    with _manners(as_json):
        _refuse_both(as_csv, as_json)
        settings = load_settings()
        items = quarantine.work_list(settings.data, with_left=with_left)
        if as_json:
            _print_json({"open": sum(not item.left_code for item in items), "items": [one.as_dict() for one in items]})
        elif as_csv:
            sys.stdout.buffer.write(quarantine.as_csv(items, with_left=with_left))
        else:
            _tell_items(items, settings)


@app.command("matches")
def list_matches(
    as_csv: Annotated[bool, typer.Option("--csv", help="Write the whole list as CSV for a spreadsheet.")] = False,
    as_json: AsJson = False,
) -> None:
    """List reports to centres and councils with the police records they are taken for: for the data officer only."""
    with _manners(as_json):
        _refuse_both(as_csv, as_json)
        settings = load_settings()
        found = matches.every_match(settings)
        if as_json:
            counts = matches.count_by_status(found)
            _print_json({"counts": counts, "reports": [one.as_dict() for one in found]})
        elif as_csv:
            sys.stdout.buffer.write(matches.as_csv(found))
        else:
            _tell_matches(found, settings)


@app.command("prune")
def prune_builds(
    dry_run: Annotated[bool, typer.Option("--dry-run", help="Only say what would be removed.")] = False,
    as_json: AsJson = False,
) -> None:
    """Remove old builds nothing keeps ([prune] in config/settings.toml); also done after every publication."""
    with _manners(as_json):
        pruned = pipeline.prune_builds(load_settings(), _now(), dry_run=dry_run)
        if as_json:
            _print_json({**pruned.as_dict(), "dry_run": dry_run})
        elif not (pruned.removed or pruned.left):
            _out.print("Every build is kept.")
        else:
            _out.print(("Would remove " if dry_run else "Removed ") + pruned_sentence(pruned))


@app.command()
def keep(build: int, name: str, as_json: AsJson = False) -> None:
    """Keep a build from being removed, under the name of the paper or meeting that needs it."""
    with _manners(as_json):
        data = load_settings().data
        builds.keep(data, build, name)
        _tell_kept(data, build, as_json)


@app.command()
def release(build: int, name: str, as_json: AsJson = False) -> None:
    """Let go of a build kept under that name."""
    with _manners(as_json):
        data = load_settings().data
        if not builds.release(data, build, name):
            raise MonitorError(
                f"build {build} is not kept under that name.",
                where=str(data / "marts"),
                meaning="Nothing was changed.",
                action="See which names keep it with `python -m etl builds --json`.",
            )
        _tell_kept(data, build, as_json)


@app.command("reference")
def write_reference(as_json: AsJson = False) -> None:
    """Write the rule book, the data and mart dictionaries and the sources into docs/reference."""
    with _manners(as_json):
        written = [path.name for path in reference.write()]
        if as_json:
            _print_json({"written": written})
        else:
            _out.print("Written to docs/reference: " + ", ".join(written) + ".")


def _tell_kept(data: Path, build: int, as_json: bool) -> None:
    names = builds.kept_for(data, build)
    if as_json:
        _print_json({"build": build, "kept_for": names})
    else:
        said = f"is kept for {', '.join(names)}" if names else "is no longer kept for anything"
        _out.print(f"Build {build} {said}.", markup=False, highlight=False)


def _tell_status(found: Status) -> None:
    if found.build is None:
        _out.print("No build can be shown.")
    else:
        build = found.build
        made_up = " They are made up, so their age does not matter." if build.is_made_up else ""
        _out.print(
            f"Build {build.number} is live, published {build.published_at.isoformat(timespec='seconds')} UTC "
            f"({count('day', found.published_age_days or 0)} ago). Its data run to {build.data_to.isoformat()}, "
            f"{count('day', found.age_days or 0)} ago.{made_up}"
        )
    if found.last_run:
        outcome = label("run_outcome", found.last_run["outcome"])
        _out.print(f"Last run: {found.last_run['at'] or 'not known when'}, {outcome}.")
    _out.print(label("loading", {True: "yes", False: "no", None: "not_known"}[found.is_loading]))
    if found.quarantine_open is not None:
        _out.print(f"Held back and waiting for the data officer: {count('record', found.quarantine_open)}.")
    _out.print(f"{count('build', found.builds)}. {disk_sentence(found.disk)}")
    _out.print("All is well." if found.is_healthy else "All is not well:")


def _refuse_both(as_csv: bool, as_json: bool) -> None:
    if as_csv and as_json:
        raise UsageError(
            "both --csv and --json were asked for.",
            where="--csv, --json",
            meaning="Nothing was read or changed.",
            action="Choose one.",
        )


def _tell_matches(found: Sequence[matches.Match], settings: Settings) -> None:
    if not found:
        _out.print("No report made to a reporting centre or a council is held.")
        return
    marking = settings.options["marking"]["restricted"]
    _err.print(f"{marking}: what follows holds references of reports. For the data officer only.")
    table = Table("What became of it", "Reports")
    for code, reports in matches.count_by_status(found).items():
        table.add_row(label("match", code), f"{reports:,}")
    _out.print(table)
    shown = found[: int(settings.options["quarantine"]["listed"])]
    for match in shown:
        told = match.as_dict()
        same = "" if match.days_apart is None else f" = {told['same_as_reference']}, {match.days_apart:+d} days"
        line = f"{match.source_code} {match.record_id}, {told['made_on']}{same}: {label('match', match.status_code)}"
        _out.print("".join(c if c.isprintable() else " " for c in line), markup=False, highlight=False)
    if len(shown) < len(found):
        _out.print(f"{len(shown):,} of {len(found):,} reports are shown. All of them: --csv or --json.")


def _tell_items(items: Sequence[quarantine.Item], settings: Settings) -> None:
    if not items:
        _out.print("No record waits to be asked about.")
        return
    marking = settings.options["marking"]["restricted"]
    _err.print(f"{marking}: what follows holds records of people. For the data officer only.")
    table = Table("", "Rule", "Records", "What to ask")
    for severity, sentence, ask, records in quarantine.count_by_rule(items):
        table.add_row(label("severity_of_held", severity), sentence, f"{records:,}", ask)
    _out.print(table)
    shown = items[: int(settings.options["quarantine"]["listed"])]
    for item in shown:
        left = f" {quarantine.left_words(item)}: {item.left_file}." if item.left_code else ""
        lines = (
            f"{item.file_name}, record {item.record_number:,}, identifier {item.record_id or 'none'}.{left}",
            f"    {item.what_is_wrong}",
            f"    {item.text}",
        )
        for line in lines:
            _out.print("".join(c if c.isprintable() else " " for c in line), markup=False, highlight=False)
    if len(shown) < len(items):
        _out.print(f"{len(shown):,} of {len(items):,} records are shown. All of them: --csv or --json.")


def _listed(settings: Settings, number: int, live: int | None) -> dict[str, Any]:
    """A build's entry of `builds`: one that cannot be read is named, and hides no other."""
    try:
        return {**_describe(settings, number, live), "is_damaged": False}
    except MonitorError:
        return {"build": number, "is_live": number == live, "is_damaged": True}


def _describe(settings: Settings, number: int, live: int | None) -> dict[str, Any]:
    return {
        **_entry(builds.open_build(settings.data, number, "restricted"), live),
        "kept_for": builds.kept_for(settings.data, number),
    }


def _entry(build: Build, live: int | None) -> dict[str, Any]:
    return {
        "build": build.number,
        "is_live": build.number == live,
        "published_at": build.published_at.isoformat(timespec="seconds"),
        "data_from": build.data_from.isoformat(),
        "data_to": build.data_to.isoformat(),
        "extracted_on": build.extracted_on.isoformat(),
        "is_made_up": build.is_made_up,
        "files": sorted(path.stem for path in build.path.parent.glob("*.duckdb")),
    }


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
            if with_rules:
                _tell_moved(result.revisions)
        elif not result.is_refused:
            _out.print("No build yet." if result.build is None else f"Nothing new: build {result.build} stays live.")
        if result.pruned.removed:
            _out.print("Removed " + pruned_sentence(result.pruned))
        if result.disk:
            _out.print(f"Took {seconds_sentence(result.seconds)} {disk_sentence(result.disk)}")
    if result.held_back:
        _err.print(result.held_back.as_text(), markup=False, highlight=False)
    for file in result.files:
        if file.refused and as_json:
            _err.print(file.refused.as_text(), markup=False, highlight=False)
    for notice in result.notices:
        _err.print(notice, markup=False, highlight=False)


def _tell_moved(revisions: Sequence[Revision]) -> None:
    """What moved in quarters already published, the largest moves first."""
    _out.print(moved_sentence(revisions))
    if not revisions:
        return
    table = Table("Measure", "Quarter", "Area", "Before", "Now")
    for revision in revisions[:_MOVED_SHOWN]:
        told = revision.as_dict()
        before, now = f"{revision.reports_before:,}", f"{revision.reports_now:,}"
        table.add_row(told["measure"], told["quarter"], told["area"], before, now)
    _out.print(table)
    if len(revisions) > _MOVED_SHOWN:
        more = len(revisions) - _MOVED_SHOWN
        _out.print(f"And {more:,} more, none larger: all are in the run report (data/runs) and on the Quality page.")


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
        for sentence in kind_sentences(file):
            _out.print(sentence, markup=False, highlight=False)
    if file.rules and with_rules:
        table = Table("", "Rule", "Records", "What to ask")
        for severity, sentence, records, ask in rule_lines(file):
            table.add_row(label("severity", severity), sentence, f"{records:,}", ask)
        _out.print(table)


if __name__ == "__main__":
    app()
