"""The bridge between the two wings: which builds are published, which one is live, and which must be kept."""

from __future__ import annotations

import re
from dataclasses import dataclass
from datetime import date, datetime
from functools import lru_cache
from pathlib import Path

import pandas as pd

from core import db
from core.errors import MonitorError, UsageError
from core.model import Build

LAYOUT = 6  # of the mart tables; raised with etl/sql/5_mart/build.sql when a question needs another table or column
_KEEP_NAME = re.compile(r"^[A-Za-z0-9][A-Za-z0-9._-]{0,79}$")
NO_FILE, DAMAGED, OTHER_LAYOUT = "no_file", "damaged", "other_layout"
_BUILD = db.Statement("The build, described by itself.", ("build",), "select * from build", Path("build"))


@dataclass(frozen=True)
class Listed:
    """One published build as a list of builds names it.

    Attributes:
        number: the build's number.
        build: the build described by itself; None when it cannot be opened.
        reason: why not: NO_FILE (none for this audience), DAMAGED, OTHER_LAYOUT; empty when it can be opened.
    """

    number: int
    build: Build | None
    reason: str = ""


def live_number(data: Path) -> int | None:
    """The number in current.txt, or None when nothing was published."""
    try:
        return int((data / "current.txt").read_text(encoding="ascii").strip())
    except (FileNotFoundError, NotADirectoryError, ValueError):
        return None


def mart_path(data: Path, number: int, audience: str) -> Path:
    """Where one of the two files of a build lies."""
    return data / "marts" / str(number) / f"{audience}.duckdb"


def published(data: Path) -> list[int]:
    """Numbers of all published builds, oldest first."""
    marts = data / "marts"
    if not marts.is_dir():
        return []
    return sorted(int(entry.name) for entry in marts.iterdir() if entry.name.isdigit())


def keep(data: Path, number: int, name: str) -> Path:
    """Keep a build from being pruned, for as long as `name` (of a paper or a meeting) needs it; safe to repeat.

    Raises MonitorError when there is no such build or its folder cannot be written in, UsageError when the name could
    not be a file's.
    """
    place = _keep_place(data, number, name)
    try:
        place.parent.mkdir(exist_ok=True)
        place.touch()
    except FileNotFoundError as gone:
        raise MonitorError(
            f"there is no build {number}.",
            where=str(data / "marts"),
            meaning="Nothing was kept from being pruned.",
            action="List the builds with `python -m etl builds`.",
        ) from gone
    except OSError as refused:
        raise MonitorError(
            f"build {number} could not be kept from being pruned.",
            where=str(place.parent),
            meaning="Nothing was kept from being pruned.",
            action="Check that there is room on the disk, and that this program may write in that folder.",
        ) from refused
    return place


def release(data: Path, number: int, name: str) -> bool:
    """Let go of a build kept under `name`; False when it was not kept under it."""
    place = _keep_place(data, number, name)
    try:
        place.unlink()
    except FileNotFoundError:
        return False
    return True


def kept_for(data: Path, number: int) -> list[str]:
    """The names a build is kept for."""
    folder = data / "marts" / str(number) / "keep"
    return sorted(entry.name for entry in folder.iterdir()) if folder.is_dir() else []


def _keep_place(data: Path, number: int, name: str) -> Path:
    if not _KEEP_NAME.match(name):
        raise UsageError(
            "the name a build is kept for may hold letters, digits, dots, hyphens and underscores only.",
            where="NAME",
            meaning="Nothing was changed.",
            action="Write it like hsg-2023-11 (at most 80 characters).",
        )
    return data / "marts" / str(number) / "keep" / name


def live_build(data: Path, audience: str) -> Build | None:
    """The live build's file for this audience, or None when nothing was published."""
    number = live_number(data)
    return None if number is None else open_build(data, number, audience)


def open_build(data: Path, number: int, audience: str) -> Build:
    """One build's file for this audience. Raises MonitorError when that file was never written."""
    path = mart_path(data, number, audience)
    if not path.exists():
        raise MonitorError(
            f"build {number} has no {audience} file.",
            where=str(path.name),
            meaning="No figure of that build can be shown to this audience.",
            action="A shareable file is written only with a protection key: set MONITOR_KEY_FILE and load again."
            if audience == "shareable"
            else "Choose another build, or load again.",
        )
    return _describe(path, audience)


def catalogue(data: Path, audience: str) -> tuple[Listed, ...]:
    """Every published build, latest first, those that cannot be opened with the reason.

    A file is looked into once; after that the price is one look at the folder.
    """
    return tuple(_listed(number, mart_path(data, number, audience), audience) for number in reversed(published(data)))


def _listed(number: int, path: Path, audience: str) -> Listed:
    try:
        found = path.stat()
    except OSError:
        return Listed(number, None, NO_FILE)
    return _looked_into(number, path, audience, found.st_mtime_ns, found.st_size)


@lru_cache(maxsize=512)
def _looked_into(number: int, path: Path, audience: str, changed_at: int, size: int) -> Listed:
    """`changed_at` and `size` are part of the key: a file put back from a copy is looked into again."""
    try:
        rows = db.glance(path, _BUILD)
    except MonitorError:
        return Listed(number, None, DAMAGED)
    if rows.empty:
        return Listed(number, None, DAMAGED)
    row = rows.iloc[0]
    if row.get("layout") != LAYOUT:
        return Listed(number, None, OTHER_LAYOUT)
    return Listed(number, _build(row, path, audience))


@lru_cache(maxsize=64)
def _describe(path: Path, audience: str) -> Build:
    row = db.ask(path, _BUILD, {}).iloc[0]
    if row.get("layout") != LAYOUT:
        raise MonitorError(
            "this build was made by another version of the software.",
            where=f"build {path.parent.name}, {path.name}",
            meaning="Its tables are not the ones these pages ask, so nothing of it is shown.",
            action="Load the latest extract again to publish a build of this version, or run the version that made it.",
        )
    return _build(row, path, audience)


def _build(row: pd.Series, path: Path, audience: str) -> Build:
    return Build(
        number=int(row["build_number"]),
        audience=audience,
        path=path,
        published_at=_moment(row["published_at"]),
        data_from=_day(row["data_from"]),
        data_to=_day(row["data_to"]),
        extracted_on=_day(row["extracted_on"]),
        is_made_up=bool(row["is_made_up"]),
        marking=str(row["marking"]),
        base=int(row["rounding_base"]),
    )


def _moment(value: object) -> datetime:
    return datetime.fromisoformat(str(value))


def _day(value: object) -> date:
    return _moment(value).date()
