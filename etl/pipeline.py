"""The walk, in order: extract, stage, validate, conform, mart, publish. One load is one transaction.

A load that is refused, held back or killed leaves the last build live and the warehouse as it was; a load stopped
after its transaction but before the pointer moved is finished by the next.
"""

from __future__ import annotations

import os
from collections import Counter
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, replace
from datetime import date, datetime, timedelta
from pathlib import Path

import duckdb
from filelock import FileLock, Timeout

from core import builds, db, log
from core.errors import MonitorError
from core.model import RESTRICTED, SHAREABLE
from core.settings import Settings
from core.words import count
from etl import comparators, conform, mart, publish, statements
from etl.contract import COUNCIL, POLICE, THIRD_PARTY
from etl.extract import Extract, open_extract
from etl.prune import Pruned, folder_bytes, prune
from etl.report import AT_WORK, FileResult, Revision, RunResult, Stopwatch, measure_disk, peak_memory_bytes, write_run
from etl.stage import stage
from etl.synthetic import write_demonstration
from etl.validate import NoneAccepted, Verdict, judged_by, validate

Progress = Callable[[str], None]
_PUBLICATION = statements.WAREHOUSE / "publication"
_IN_MEMORY = Path(":memory:")
# What a full disk looks like, depending on which write it is that fails.
_NO_ROOM = (
    OSError,
    duckdb.IOException,
    duckdb.OutOfMemoryException,
    duckdb.FatalException,
    duckdb.TransactionException,
)


@dataclass(frozen=True)
class _Judged:
    """A file whose every record was judged, where they go, and the fingerprint of what judged them."""

    extract: Extract
    verdict: Verdict
    judged_by: str


def silent(step: str) -> None:
    """Progress for nobody."""


def load(
    paths: Sequence[Path],
    settings: Settings,
    now: datetime,
    *,
    source: str | None = None,
    extracted_on: date | None = None,
    allow_withdrawals: bool = False,
    progress: Progress = silent,
) -> RunResult:
    """Take files in and publish a build; all of them, or none.

    Args:
        paths: the files.
        settings: where to.
        now: the time to write down, UTC without a zone.
        source: the source's name where its header does not tell.
        extracted_on: the extract date where neither contract nor file name tells.
        allow_withdrawals: a full extract may withdraw more than the settings expect.
        progress: told each step.

    Raises:
        MonitorError: another load is at work, the warehouse cannot be used, or the file of published figures cannot.
    """
    _lay_folder(settings)
    _refuse_without_room(paths, settings)
    comparators.read(settings.comparators)  # a file that cannot be used is told before work begins
    watch = Stopwatch()
    try:
        with _alone(settings, progress), _at_work(settings, now):
            with _warehouse(settings) as connection:
                result = _load(
                    connection, paths, settings, now, source, extracted_on, allow_withdrawals, progress, watch
                )
            if result.published:
                result = replace(result, pruned=prune(settings, now))
    except _NO_ROOM as full:
        log.event("load", "no room", error=type(full).__name__)
        raise MonitorError(
            "the disk or the memory did not hold out.",
            where=str(settings.data),
            meaning="The last good build stays live. A load half done is undone or finished by the next.",
            action="Make room in the data directory, then load again.",
        ) from full
    result = replace(
        result,
        seconds=watch.read(),
        peak_memory_bytes=peak_memory_bytes(),
        disk=measure_disk(settings.data),
    )
    try:
        write_run(settings.data, now, result, int(settings.options["journal"]["kept"]))
    except OSError as unwritten:
        # What was published stays published: the report of it is the lesser loss, and is told.
        log.event("load", "no run report", error=type(unwritten).__name__)
        result = replace(result, notices=(*result.notices, "The report of this run could not be written to data/runs."))
    log.event(
        "load",
        "held back" if result.held_back else "refused" if result.is_refused else "done",
        files=len(result.files),
        records=sum(file.records for file in result.files),
        quarantined=sum(file.quarantined for file in result.files),
        published=int(result.published),
        revisions=len(result.revisions),
        seconds=round(result.seconds["total"], 3),
    )
    return result


def demonstrate(settings: Settings, clock: Callable[[], datetime], *, progress: Progress = silent) -> RunResult:
    """Write the made-up extracts and load them by the ordinary path, a build after each hate report extract.

    Returns one result for all the files; it stops at the first load that is refused or held back.
    """
    progress("writing made-up extracts")
    extracts = [open_extract(path, None, None) for path in write_demonstration(settings.data / "demo")]
    context = [extract.path for extract in extracts if extract.contract.is_open]
    elsewhere = [one.path for one in extracts if one.contract.provider in (THIRD_PARTY, COUNCIL)]
    reports = sorted((one for one in extracts if one.contract.provider == POLICE), key=lambda one: one.extracted_on)
    files: list[FileResult] = []
    published = False
    seconds: Counter[str] = Counter()
    for extract in reports:
        # The all-crime history goes with the first, so that every build has it; what was told elsewhere came last.
        others = elsewhere if extract is reports[-1] else []
        result = load([*context, extract.path, *others], settings, clock(), progress=progress)
        context = []
        files += result.files
        published |= result.published
        seconds.update(result.seconds)
        if result.is_refused:
            break
    return replace(result, files=tuple(files), published=published, seconds=seconds)


def check(
    path: Path,
    settings: Settings,
    now: datetime,
    *,
    source: str | None = None,
    extracted_on: date | None = None,
    progress: Progress = silent,
) -> FileResult:
    """Say where the records of one file would go. Nothing is kept."""
    connection = db.open_database(_IN_MEMORY)
    try:
        conform.lay_tables(connection)
        judged = _judge(connection, 0, path, settings, now, source, extracted_on, progress, Stopwatch())
        return _take_in(connection, 0, judged, settings, now, True, progress, Stopwatch())
    finally:
        connection.close()


def _lay_folder(settings: Settings) -> None:
    """Make the data directory. Raises MonitorError when it cannot be made or written to."""
    try:
        settings.data.mkdir(parents=True, exist_ok=True)
        is_writable = os.access(settings.data, os.W_OK | os.X_OK)
    except OSError:
        is_writable = False
    if not is_writable:
        raise MonitorError(
            "the data directory cannot be made, or cannot be written to.",
            where=str(settings.data),
            meaning="Nothing was done; the published figures are unchanged.",
            action="Set MONITOR_DATA to a folder this account may write to.",
        )


def _refuse_without_room(paths: Sequence[Path], settings: Settings) -> None:
    """Too little disk is told before work begins, not halfway."""
    disk = measure_disk(settings.data)
    live = builds.live_number(settings.data)
    mart_bytes = folder_bytes(settings.data / "marts" / str(live)) if live is not None else 0
    file_bytes = sum(path.stat().st_size for path in paths if path.is_file())
    needed = int(settings.options["load"]["room_factor"]) * file_bytes + mart_bytes
    if disk.free_bytes < needed:
        raise MonitorError(
            f"the disk has {disk.free_bytes / 1e6:,.0f} MB free, and this load may need {needed / 1e6:,.0f} MB.",
            where=str(settings.data),
            meaning="Nothing was loaded; the published figures are unchanged.",
            action="Make room in the data directory (`python -m etl prune` removes old builds), then load again.",
        )


def prune_builds(settings: Settings, now: datetime, *, dry_run: bool = False, progress: Progress = silent) -> Pruned:
    """Remove the builds the policy no longer keeps, while nobody loads."""
    _lay_folder(settings)
    with _alone(settings, progress):
        return prune(settings, now, dry_run=dry_run)


def roll_back(number: int, settings: Settings, *, progress: Progress = silent) -> None:
    """Make an earlier build the live one. Raises MonitorError when there is no such build."""
    _lay_folder(settings)
    with _alone(settings, progress):
        publish.point_at(settings.data, number)
    log.event("rollback", "done", build=number)


@contextmanager
def _alone(settings: Settings, progress: Progress) -> Iterator[None]:
    """One load at a time: the second waits a while, then is refused."""
    lock = FileLock(settings.data / "load.lock")
    try:
        lock.acquire(timeout=0)
    except Timeout:
        progress("waiting for another load to finish")
        try:
            lock.acquire(timeout=float(settings.options["load"]["wait_seconds"]))
        except Timeout as busy:
            raise MonitorError(
                "another load is at work in this data directory.",
                where=str(settings.data),
                meaning="Nothing was loaded; the published figures are unchanged.",
                action="Wait until it has finished, then load again.",
            ) from busy
    try:
        yield
    finally:
        lock.release()


@contextmanager
def _at_work(settings: Settings, now: datetime) -> Iterator[None]:
    """Leave a mark while a load is at work: one found when none is tells that a load was stopped dead."""
    mark = settings.data / AT_WORK
    mark.write_text(f"{now:%Y-%m-%dT%H:%M:%S}Z\n", encoding="ascii")
    try:
        yield
    finally:
        mark.unlink(missing_ok=True)


@contextmanager
def _warehouse(settings: Settings) -> Iterator[duckdb.DuckDBPyConnection]:
    path = settings.data / "warehouse.duckdb"
    try:
        connection = db.open_database(path)
    except duckdb.IOException as locked:
        raise MonitorError(
            "the warehouse is in use by another program, or cannot be read.",
            where=str(path),
            meaning="Nothing was loaded; the published figures are unchanged.",
            action="Close the other program, or restore the file from a copy, and load again.",
        ) from locked
    try:
        memory = str(settings.options["load"]["memory"])
        connection.execute(f"set memory_limit = '{memory}'")
        connection.execute("set preserve_insertion_order = false")
        yield connection
    finally:
        connection.close()


def _load(
    connection: duckdb.DuckDBPyConnection,
    paths: Sequence[Path],
    settings: Settings,
    now: datetime,
    source: str | None,
    extracted_on: date | None,
    allow_withdrawals: bool,
    progress: Progress,
    watch: Stopwatch,
) -> RunResult:
    connection.execute("begin")
    conform.lay_tables(connection)
    connection.execute("commit")
    publish.clear_unfinished(settings)
    is_behind = not _finish_last(connection, settings) or _lacks_shareable(settings) or _is_outdated(settings)
    is_behind = is_behind or comparators.are_others(settings, builds.live_number(settings.data))

    # A table of the open transaction is read by one core and of unknown size, so files are judged before it is opened.
    judged = [
        _judge(connection, number, path, settings, now, source, extracted_on, progress, watch)
        for number, path in enumerate(paths)
    ]
    connection.execute("begin")
    files = []
    for number, file in enumerate(judged):
        result = _take_in(connection, number, file, settings, now, allow_withdrawals, progress, watch)
        files.append(result)
        if result.refused:
            # What is left is only looked at: one refused file, and nothing of the load is kept.
            connection.execute("rollback")
            connection.execute("begin")
    live = builds.live_number(settings.data)
    if any(file.refused for file in files):
        connection.execute("rollback")
        return RunResult(live, False, tuple(files))
    if all(file.is_again for file in files) and not is_behind:
        connection.execute("rollback")
        return RunResult(live, False, tuple(files))
    return _publish(connection, settings, now, tuple(files), progress, watch)


def _judge(
    connection: duckdb.DuckDBPyConnection,
    number: int,
    path: Path,
    settings: Settings,
    now: datetime,
    source: str | None,
    extracted_on: date | None,
    progress: Progress,
    watch: Stopwatch,
) -> _Judged | FileResult:
    """Steps 1 to 3 for one file: judged and set aside under its number, known already, or refused."""
    extract: Extract | None = None
    try:
        progress(f"{path.name}: reading")
        with watch.step("extract"):
            extract = open_extract(path, source, extracted_on)
        _refuse_future(extract, now)
        judge = judged_by(extract, settings.lsoa_lookup)
        known = conform.already_loaded(connection, extract, judge)
        if known and known.is_judged_alike:
            return _again(extract, known)
        with watch.step("stage"):
            stage(connection, extract, settings.lsoa_lookup)
        progress(f"{path.name}: applying the rules")
        with watch.step("validate"):
            verdict = validate(connection, extract)
        with watch.step("conform"):
            conform.set_aside(connection, extract, number)
    except MonitorError as refusal:
        rules = refusal.rules if isinstance(refusal, NoneAccepted) else {}
        return FileResult(path.name, extract.contract.source if extract else source, rules=rules, refused=refusal)
    return _Judged(extract, verdict, judge)


def _take_in(
    connection: duckdb.DuckDBPyConnection,
    number: int,
    file: _Judged | FileResult,
    settings: Settings,
    now: datetime,
    allow_withdrawals: bool,
    progress: Progress,
    watch: Stopwatch,
) -> FileResult:
    """Step 4 for one file that was judged: taken in, or refused."""
    if isinstance(file, FileResult):
        return file
    extract, verdict = file.extract, file.verdict
    known = conform.already_loaded(connection, extract, file.judged_by)
    # The same file may be named twice in one load.
    if known and known.is_judged_alike:
        return _again(extract, known)
    again = known.load_id if known else None
    try:
        progress(f"{extract.file_name}: taking in")
        with watch.step("conform"):
            conform.bring_back(connection, extract, number)
            taken, withdrawal = conform.take_in(connection, extract, verdict, now, file.judged_by, again)
            outside, several_strands, several_said = conform.kinds(connection, extract)
        if not allow_withdrawals:
            _refuse_withdrawals(extract, withdrawal, settings)
    except MonitorError as refusal:
        return FileResult(extract.file_name, extract.contract.source, refused=refusal)
    assert taken.records == taken.accepted + taken.quarantined == extract.records
    return FileResult(
        file=extract.file_name,
        source=taken.source_code,
        records=taken.records,
        accepted=taken.accepted,
        quarantined=taken.quarantined,
        new=taken.new,
        changed=taken.changed,
        unchanged=taken.unchanged,
        withdrawn=withdrawal.withdrawn,
        contract=taken.contract_name,
        reports=taken.reports,
        outside=outside,
        several_strands=several_strands,
        several_said=several_said,
        is_made_up=taken.is_made_up,
        rules=verdict.rules,
    )


def _refuse_future(extract: Extract, now: datetime) -> None:
    """An extract date still to come would let dates still to come in, and outrank every later extract."""
    # `now` is in UTC: somewhere in the world it is already tomorrow.
    if extract.extracted_on > now.date() + timedelta(days=1):
        raise MonitorError(
            "the date it was extracted is still to come.",
            where=extract.file_name,
            meaning="Nothing was loaded; the published figures are unchanged.",
            action="Correct the file's name, or give the date with --extracted YYYY-MM-DD.",
        )


def _again(extract: Extract, known: conform.Known) -> FileResult:
    return FileResult(
        file=extract.file_name,
        source=extract.contract.source,
        records=known.records,
        accepted=known.accepted,
        quarantined=known.quarantined,
        unchanged=known.reports,
        contract=extract.contract.name,
        reports=known.reports,
        is_made_up=known.is_made_up,
        is_again=True,
    )


def _refuse_withdrawals(extract: Extract, withdrawal: conform.Withdrawal, settings: Settings) -> None:
    """A full extract that leaves out much of what was there was more likely cut short than right."""
    options = settings.options["load"]
    most = max(float(options["withdrawn_share"]) * withdrawal.held, float(options["withdrawn_least"]))
    if withdrawal.withdrawn > most:
        raise MonitorError(
            f"it leaves out {withdrawal.withdrawn:,} of the {withdrawal.held:,} live reports of its window.",
            where=extract.file_name,
            meaning="Nothing was loaded; the published figures are unchanged.",
            action="Check that it is whole. If the reports were really withdrawn, load again with --allow-withdrawals.",
        )


def _finish_last(connection: duckdb.DuckDBPyConnection, settings: Settings) -> bool:
    """Finish a publication that was stopped between its transaction and the pointer; False if it must be made again."""
    unfinished = statements.run(connection, _PUBLICATION / "unfinished.sql").fetchall()
    if not unfinished:
        return True
    number = int(unfinished[0][0])
    if not builds.mart_path(settings.data, number, "restricted").exists():
        return False
    publish.point_at(settings.data, number)
    statements.run(connection, _PUBLICATION / "finish.sql", {"build_number": number})
    return True


def _lacks_shareable(settings: Settings) -> bool:
    """Whether a key was set since the live build was published without one: the next load makes it whole."""
    live = builds.live_number(settings.data)
    return (
        live is not None and publish.has_key(settings) and not builds.mart_path(settings.data, live, SHAREABLE).exists()
    )


def _is_outdated(settings: Settings) -> bool:
    """Whether the live build was made by another version, so that these pages cannot read it: it is made again."""
    live = builds.live_number(settings.data)
    listed = builds.catalogue(settings.data, RESTRICTED) if live is not None else ()
    return any(one.number == live and one.reason == builds.OTHER_LAYOUT for one in listed)


def _publish(
    connection: duckdb.DuckDBPyConnection,
    settings: Settings,
    now: datetime,
    files: tuple[FileResult, ...],
    progress: Progress,
    watch: Stopwatch,
) -> RunResult:
    """Steps 5 and 6, in the load's own transaction until the files lie ready."""
    live = builds.live_number(settings.data)
    reports = statements.run(connection, _PUBLICATION / "report_kinds.sql").fetchall()
    if not reports:
        connection.execute("commit")
        return RunResult(live, False, files, notices=("Nothing is published until hate reports are loaded.",))
    is_made_up = bool(reports[0][0])
    number = 1 + max([*builds.published(settings.data), _last_number(connection)])
    try:
        key = publish.protection_key(settings, is_made_up)
        _refuse_new_key(connection, key, is_made_up)
        given = mart.parameters(settings, number, live, now, is_made_up)
        uncovered = int(statements.first_row(connection, _PUBLICATION / "outside_cover.sql")[0])
        progress("counting")
        with watch.step("mart"):
            mart.make_marts(connection, settings, given)
        if not statements.first_row(connection, _PUBLICATION / "whole_quarters.sql")[0]:
            connection.execute("commit")
            return RunResult(live, False, files, notices=("Nothing is published until a whole quarter is covered.",))
        progress("checking")
        with watch.step("publish"):
            publish.check(connection)
            revisions = statements.run(connection, _PUBLICATION / "moved.sql").fetchall()
            progress("writing the build")
            aside = publish.write_aside(connection, settings, given, key)
    except MonitorError as held_back:
        connection.execute("rollback")
        return RunResult(live, False, files, held_back=held_back)
    statements.run(
        connection,
        _PUBLICATION / "begin.sql",
        {"build_number": number, "published_at": now, "key_fingerprint": key.fingerprint if key else None},
    )
    with watch.step("publish"):
        connection.execute("commit")
        publish.put_in_place(settings, aside, number)
        statements.run(connection, _PUBLICATION / "finish.sql", {"build_number": number})
    return RunResult(
        number,
        True,
        files,
        notices=(*_uncovered(uncovered), *_notices(key)),
        revisions=tuple(Revision(*row) for row in revisions),
    )


def _last_number(connection: duckdb.DuckDBPyConnection) -> int:
    """The highest build number given out and finished; one that was stopped halfway is used again."""
    return int(statements.first_row(connection, _PUBLICATION / "last.sql")[0])


def _refuse_new_key(connection: duckdb.DuckDBPyConnection, key: publish.Key | None, is_made_up: bool) -> None:
    """Two keys for the same cells would let their rounding be averaged out."""
    used = {row[0] for row in statements.run(connection, _PUBLICATION / "keys.sql").fetchall()}
    if key is not None and not is_made_up and used - {key.fingerprint}:
        raise MonitorError(
            "the protection key is not the one earlier builds were protected with.",
            where="MONITOR_KEY or MONITOR_KEY_FILE",
            meaning="The build was not published; the last good build stays live and nothing of this load was kept.",
            action="Use the earlier key. Two keys on the same counts would let a reader work them out.",
        )


def _uncovered(reports: int) -> tuple[str, ...]:
    if not reports:
        return ()
    return (
        f"Counted in no figure, because recorded at a time no extract covers: {count('report', reports)}. If the file "
        "is all there is of a stretch of time, put its window in its name (such as "
        "hate_2017-04-01_2023-06-30_extracted_2023-07-05.csv) and load it again.",
    )


def _notices(key: publish.Key | None) -> tuple[str, ...]:
    if key is None:
        return (
            "No protection key is set (MONITOR_KEY_FILE), so no shareable file was written: papers for the public and "
            "shareable deployments have nothing to read.",
        )
    if key.is_demonstration:
        return ("The shareable file is protected with the published demonstration key: the records are made up.",)
    return ()
