"""Step 6: every check returns no row, or the old build stays live; both files written aside, then one pointer moves.

Reads: the mart tables, etl/sql/6_checks, the protection key. Writes: data/marts/<build>/, data/current.txt.
"""

from __future__ import annotations

import hashlib
import os
import shutil
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import duckdb
import pandas as pd

from core import builds, db
from core.errors import ConfigError, MonitorError
from core.model import RESTRICTED, SHAREABLE
from core.settings import ROOT, Settings
from etl import statements
from etl.mart import mart_order
from stats.protection import audit, protect

# What the shareable file holds, and nothing else: the protected cube, and tables in which nobody is counted.
SHAREABLE_TABLES = ("area", "area_member", "population", "measure_member", "calendar_quarter", "publication_check")
CUBE = "area_quarter_group"
_SHORTEST_KEY = 16
_HELD_BACK = "The build was not published; the last good build stays live and nothing of this load was kept."


@dataclass(frozen=True)
class Key:
    """The secret the shareable file is protected with, and a fingerprint that does not give it away."""

    secret: bytes
    is_demonstration: bool

    @property
    def fingerprint(self) -> str:
        """Eight hexadecimal digits: enough to see that a key changed, too few to search for it."""
        return hashlib.sha256(b"fingerprint:" + self.secret).hexdigest()[:8]


def has_key(settings: Settings) -> bool:
    """Whether the deployment names a key of its own; it may still be refused."""
    return bool(os.environ.get("MONITOR_KEY")) or settings.key_file is not None


def protection_key(settings: Settings, is_made_up: bool) -> Key | None:
    """The deployment's key, the published one for made-up records, or None.

    Raises ConfigError when the key file lies inside the repository or cannot be read, or when the key is too short or
    is the published one and the records are not made up.
    """
    key = _given_key(settings)
    published = settings.options["protection"]["demonstration_key"].encode()
    if is_made_up:
        return key or Key(published, is_demonstration=True)
    if key is not None and key.secret == published:
        raise _bad_key("the protection key is the published one, which protects nothing.", "Make one of your own.")
    return key


def _given_key(settings: Settings) -> Key | None:
    if given := os.environ.get("MONITOR_KEY"):
        return _key(given.strip().encode(), "MONITOR_KEY")
    if settings.key_file is not None:
        path = settings.key_file.resolve()
        if path.is_relative_to(ROOT):
            raise _bad_key("the protection key lies inside the repository.", "Move it to a folder of its own.")
        try:
            return _key(path.read_bytes().strip(), "MONITOR_KEY_FILE")
        except OSError as unreadable:
            raise _bad_key("the protection key cannot be read.", "Check the file and who may read it.") from unreadable
    return None


def _key(secret: bytes, where: str) -> Key:
    if len(secret) < _SHORTEST_KEY:
        raise _bad_key(f"the protection key is shorter than {_SHORTEST_KEY} characters.", "Use a longer one.", where)
    return Key(secret, is_demonstration=False)


def _bad_key(what: str, action: str, where: str = "MONITOR_KEY_FILE") -> ConfigError:
    return ConfigError(what, where=where, meaning=_HELD_BACK, action=action)


def check(connection: duckdb.DuckDBPyConnection) -> None:
    """Run every check on the mart tables. Raises MonitorError naming those that returned a row."""
    failed = []
    for path in sorted(statements.CHECKS.glob("*.sql")):
        found = len(statements.run(connection, path).fetchall())
        if found:
            failed.append(f"{db.statement(path).sentence.rstrip('.')} ({path.stem}: {found})")
    if failed:
        raise MonitorError(
            "the build did not pass its checks. These must hold and do not: " + "; ".join(failed) + ".",
            where="etl/sql/6_checks",
            meaning=_HELD_BACK,
            action="See the run report in data/runs, correct the extract and load again.",
        )


def write_aside(
    connection: duckdb.DuckDBPyConnection, settings: Settings, given: Mapping[str, Any], key: Key | None
) -> Path:
    """Write both files of the build into a folder nobody reads yet, and return it."""
    aside = settings.data / "marts" / f".building-{given['build_number']}"
    shutil.rmtree(aside, ignore_errors=True)
    aside.mkdir(parents=True)
    tables = [path.stem for path in mart_order()]
    frames = {name: _table(connection, name) for name in tables}
    frames["build"] = _build_row(connection, given, key, RESTRICTED, settings)
    _write(aside / "restricted.duckdb", frames)
    if key is not None:
        cube = _table(connection, CUBE).to_pandas()
        base = int(settings.options["protection"]["base"])
        protected = protect(cube, key.secret, base)
        _refuse_leaks(protected, cube, base)
        order = ["measure_code", "area_code", "group_code", "quarter_code"]
        frames = {name: _table(connection, name) for name in SHAREABLE_TABLES}
        frames[CUBE] = protected.sort_values(order, ignore_index=True).astype({"reports": "int32"})
        frames["build"] = _build_row(connection, given, key, SHAREABLE, settings)
        _write(aside / "shareable.duckdb", frames, views=sorted((statements.MART / "shareable").glob("*.sql")))
    for file in (*aside.iterdir(), aside):
        _sync(file)
    return aside


def _refuse_leaks(protected: pd.DataFrame, cube: pd.DataFrame, base: int) -> None:
    failures = audit(protected, cube, base=base)
    if len(failures):
        raise MonitorError(
            f"{len(failures):,} protected cells could be worked out from the others.",
            where="the shareable file",
            meaning=_HELD_BACK,
            action="Do not publish; report this fault.",
        )


def _table(connection: duckdb.DuckDBPyConnection, name: str) -> Any:
    return connection.sql(f"select * from temp.main.{name}").to_arrow_table()


def _build_row(
    connection: duckdb.DuckDBPyConnection, given: Mapping[str, Any], key: Key | None, audience: str, settings: Settings
) -> Any:
    """The build's own description, as this audience's file gives it."""
    parameters = {
        **given,
        "marking": settings.options["marking"][audience],
        "rounding_base": int(settings.options["protection"]["base"]) if audience == SHAREABLE else 1,
        "key_fingerprint": key.fingerprint if key else None,
    }
    statements.make(connection, statements.MART / "build.sql", parameters)
    return connection.sql("select * from temp.main.build").to_arrow_table()


def _write(path: Path, frames: Mapping[str, Any], views: list[Path] | None = None) -> None:
    mart = db.open_database(path)
    try:
        for name, frame in frames.items():
            mart.register("made", frame)
            mart.execute(f"create table {name} as select * from made")
            mart.unregister("made")
        for view in views or []:
            statements.run(mart, view, before=f"create view {view.stem} as")
        mart.execute("checkpoint")
    finally:
        mart.close()


def put_in_place(settings: Settings, aside: Path, number: int) -> None:
    """Move a finished folder to where builds are kept, then point at it. Each is one step that happens or does not."""
    final = settings.data / "marts" / str(number)
    aside.rename(final)
    _sync(final.parent)
    point_at(settings.data, number)


def point_at(data: Path, number: int) -> None:
    """Make a build the live one: the pointer is replaced whole."""
    if not builds.mart_path(data, number, RESTRICTED).exists():
        raise MonitorError(
            f"there is no build {number}.",
            where=str(data / "marts"),
            meaning="The live build is unchanged.",
            action="List the builds with `python -m etl builds`.",
        )
    written = data / ".current.txt.next"
    with written.open("w", encoding="ascii") as pointer:
        pointer.write(f"{number}\n")
        pointer.flush()
        os.fsync(pointer.fileno())
    written.replace(data / "current.txt")
    _sync(data)


def clear_unfinished(settings: Settings) -> None:
    """Remove folders of builds that were never finished."""
    for folder in (settings.data / "marts").glob(".building-*"):
        shutil.rmtree(folder, ignore_errors=True)


def _sync(path: Path) -> None:
    """Ask the disk to keep what was written. Folders cannot be asked on Windows, which keeps them itself."""
    if path.is_dir() and os.name == "nt":
        return
    handle = os.open(path, os.O_RDONLY)
    try:
        os.fsync(handle)
    finally:
        os.close(handle)
