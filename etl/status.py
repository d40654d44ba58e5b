"""Is the service well? What `python -m etl status` tells a person and a monitor, without a value from a record.

Reads: the data directory: the pointer, the live build, the run reports, the warehouse, the lock, the disk.
"""

from __future__ import annotations

import json
from dataclasses import asdict, dataclass
from datetime import date, datetime
from pathlib import Path
from typing import Any

from filelock import FileLock, Timeout

from core import builds
from core.errors import MonitorError
from core.model import RESTRICTED, SHAREABLE, Build
from core.settings import Settings
from etl import quarantine, statements
from etl.report import AT_WORK, Disk, measure_disk

_UNFINISHED = statements.WAREHOUSE / "publication" / "unfinished.sql"


@dataclass(frozen=True)
class Problem:
    """One reason the service is not well: a stable code, and the four parts for people."""

    code: str
    error: MonitorError

    def as_dict(self) -> dict[str, str]:
        """Its entry of `status --json`."""
        return {"code": self.code, **self.error.as_dict()}


@dataclass(frozen=True)
class Status:
    """The state of one data directory.

    Attributes:
        live: the live build's number, or None.
        build: the live build as its restricted file describes it, or None when it cannot be read.
        builds: how many builds are published.
        age_days, published_age_days: days since the last day of its data, and since it was published.
        last_run: {"at", "outcome", "files"} of the latest run report, or None.
        is_loading: a load is at work now; None when the lock cannot be looked at.
        quarantine_open: records on the data officer's work list; None where there is no warehouse or it is in use.
        disk: the room taken and left.
        problems: why it is not well; none when it is.
    """

    live: int | None
    build: Build | None
    builds: int
    age_days: int | None
    published_age_days: int | None
    last_run: dict[str, Any] | None
    is_loading: bool | None
    quarantine_open: int | None
    disk: Disk
    problems: tuple[Problem, ...]

    @property
    def is_healthy(self) -> bool:
        """Whether a monitor may be content."""
        return not self.problems

    def as_dict(self) -> dict[str, Any]:
        """What `status --json` prints, beside the live build's own entry."""
        told: dict[str, Any] = {
            "healthy": self.is_healthy,
            "problems": [problem.as_dict() for problem in self.problems],
            "builds": self.builds,
            "last_run": self.last_run,
            "loading": self.is_loading,
            "quarantine_open": self.quarantine_open,
            **asdict(self.disk),
        }
        if self.age_days is not None:
            told["age_days"] = self.age_days
            told["published_age_days"] = self.published_age_days
        if self.problems:
            told["error"] = self.problems[0].error.as_dict()
        return told


def examine(settings: Settings, now: datetime) -> Status:
    """Look at everything a monitor would want to know. `now` is UTC without a zone."""
    data, options = settings.data, settings.options["status"]
    is_loading = _is_loading(data)
    live = builds.live_number(data)
    build, problems = _live_build(data, live)
    age = (now.date() - build.data_to).days if build else None
    if build and age is not None and not build.is_made_up and age > int(options["stale_days"]):
        problems.append(_stale(build.data_to, age))
    quarantine_open, is_unfinished, fault = _warehouse(data, bool(is_loading))
    problems += fault
    left_behind = (data / AT_WORK).exists() or any((data / "marts").glob(".building-*"))
    if not is_loading and (is_unfinished or left_behind):
        problems.append(_unfinished(data))
    disk = measure_disk(data)
    if disk.free_bytes < int(options["least_free_mb"]) * 1_000_000:
        problems.append(_low_disk(data, disk))
    return Status(
        live=live,
        build=build,
        builds=len(builds.published(data)),
        age_days=age,
        published_age_days=(now - build.published_at).days if build else None,
        last_run=_last_run(data),
        is_loading=is_loading,
        quarantine_open=quarantine_open,
        disk=disk,
        problems=tuple(problems),
    )


def _live_build(data: Path, live: int | None) -> tuple[Build | None, list[Problem]]:
    if live is None:
        if (data / "current.txt").is_file():
            return None, [_pointer_unreadable(data)]
        return None, [_no_build(data)]
    if not builds.mart_path(data, live, RESTRICTED).exists():
        return None, [_build_missing(data, live)]
    build, problems = None, []
    for audience in (RESTRICTED, SHAREABLE):
        if builds.mart_path(data, live, audience).exists():
            try:
                opened = builds.open_build(data, live, audience)
            except MonitorError as unreadable:
                problems.append(Problem("build_unreadable", unreadable))
            else:
                build = opened if audience == RESTRICTED else build
    return build, problems


def _is_loading(data: Path) -> bool | None:
    path = data / "load.lock"
    if not path.is_file():
        return False
    try:
        with FileLock(path, timeout=0):
            return False
    except Timeout:
        return True
    except OSError:
        return None


def _warehouse(data: Path, is_loading: bool) -> tuple[int | None, bool, list[Problem]]:
    """(records on the work list, whether a publication was stopped, what is wrong); a load at work keeps it shut."""
    # The warehouse need not be on the machine that serves the dashboard.
    if is_loading or not quarantine.warehouse_path(data).exists():
        return None, False, []
    try:
        with quarantine.reading_warehouse(data) as connection:
            is_unfinished = bool(statements.run(connection, _UNFINISHED).fetchall())
            return quarantine.open_count(connection), is_unfinished, []
    except MonitorError as unreadable:
        if _is_loading(data):  # it began while we looked
            return None, False, []
        return None, False, [Problem("warehouse_unreadable", unreadable)]


def _last_run(data: Path) -> dict[str, Any] | None:
    reports = sorted((data / "runs").glob("*.json"))
    if not reports:
        return None
    try:
        told = json.loads(reports[-1].read_text(encoding="utf-8"))
        refused = [file for file in told["files"] if file["refused"]]
        outcome = (
            "held_back"
            if "held_back" in told
            else "refused"
            if refused
            else "published"
            if told["published"]
            else "nothing_new"
        )
        return {"at": told["at"], "outcome": outcome, "files": len(told["files"])}
    except (OSError, ValueError, KeyError):
        return {"at": None, "outcome": "unreadable", "files": 0}


def _no_build(data: Path) -> Problem:
    return _problem(
        "no_build",
        "nothing has been published yet.",
        data,
        "There is no figure to show.",
        "Load an extract with `python -m etl load FILE`, or make a demonstration with `python -m etl demo`.",
    )


def _pointer_unreadable(data: Path) -> Problem:
    return _problem(
        "pointer_unreadable",
        "the file that says which build is live holds no number.",
        data / "current.txt",
        "No figure is shown.",
        "Choose a build with `python -m etl builds`, then `rollback`.",
    )


def _build_missing(data: Path, live: int) -> Problem:
    return _problem(
        "build_missing",
        f"build {live} is live and its files are not there.",
        data / "marts",
        "No figure is shown.",
        "Go back to another build (`python -m etl builds`, then `rollback`), or restore the files.",
    )


def _stale(data_to: date, age: int) -> Problem:
    return _problem(
        "data_stale",
        f"the data end {age:,} days ago.",
        f"the live build, whose data run to {data_to.isoformat()}",
        "What is shown is right for its time, and that time is long past.",
        "Load the latest extract. How old is too old: [status] stale_days in config/settings.toml.",
    )


def _unfinished(data: Path) -> Problem:
    return _problem(
        "load_unfinished",
        "a load was stopped before it was finished.",
        data,
        "The last good build stays live; the extract it was taking in may not be counted.",
        "Load the same file again: that finishes what was stopped, and counts nothing twice.",
    )


def _low_disk(data: Path, disk: Disk) -> Problem:
    return _problem(
        "disk_low",
        f"the disk has {disk.free_bytes / 1e6:,.0f} MB free.",
        data,
        "The next load may be refused for lack of room; what is published is not affected.",
        "Make room (`python -m etl prune` removes old builds). The limit: [status] least_free_mb in settings.toml.",
    )


def _problem(code: str, what: str, where: Path | str, meaning: str, action: str) -> Problem:
    return Problem(code, MonitorError(what, where=str(where), meaning=meaning, action=action))
