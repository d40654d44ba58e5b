"""The only place that opens a DuckDB database, and the only reader of SQL files."""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass
from functools import lru_cache
from pathlib import Path
from threading import Lock
from typing import Any

import duckdb
import pandas as pd

from core.errors import MonitorError

_LOCKED_DOWN: dict[str, str | bool | int | float | list[str]] = {
    "enable_external_access": False,
    "autoinstall_known_extensions": False,
    "autoload_known_extensions": False,
    "lock_configuration": True,
    "threads": 2,
}
_KEPT_OPEN = 8
_READS = re.compile(r"^-- reads: *(.*)$")
_marts: dict[Path, duckdb.DuckDBPyConnection] = {}
_opening = Lock()
_glancing = Lock()


@dataclass(frozen=True)
class Statement:
    """One SQL file: the sentence on its first line, the tables on its second, and the statement."""

    sentence: str
    reads: tuple[str, ...]
    sql: str
    path: Path


@lru_cache(maxsize=512)
def statement(path: Path) -> Statement:
    """Read one .sql file. Raises ValueError when its two header lines are not there."""
    lines = path.read_text(encoding="utf-8").splitlines()
    reads = _READS.match(lines[1]) if len(lines) > 1 else None
    if not lines or not lines[0].startswith("-- ") or reads is None:
        raise ValueError(f"{path} must begin with '-- <sentence>' and '-- reads: <tables>'")
    tables = tuple(name.strip() for name in reads[1].split(",") if name.strip())
    return Statement(lines[0][3:].strip(), tables, "\n".join(lines[2:]).strip().rstrip(";"), path)


def open_database(path: Path) -> duckdb.DuckDBPyConnection:
    """Open (or create) a database for writing: the building wing's door. The caller closes it."""
    return duckdb.connect(str(path))


def open_to_read(path: Path) -> duckdb.DuckDBPyConnection:
    """Open a database read-only and locked down, for one reading; the caller closes it.

    Raises duckdb.IOException when the file is not there, is damaged, or is being written by another process.
    """
    return duckdb.connect(str(path), read_only=True, config=_LOCKED_DOWN)


def ask(path: Path, asked: Statement, parameters: Mapping[str, Any]) -> pd.DataFrame:
    """Run one statement against one mart, read-only and locked down, on a cursor of its own.

    Marts are never changed after publication, so an open file is kept for later questions. A file that is no
    longer asked about is let go once more than a handful are open; a question still running keeps its cursor.

    Raises MonitorError when the file is not there or is damaged.
    """
    used = {name: value for name, value in parameters.items() if re.search(rf"\${name}\b", asked.sql)}
    with _mart(path).cursor() as cursor:
        try:
            return cursor.execute(asked.sql, used).df()
        except duckdb.IOException as unreadable:
            raise _damaged(path) from unreadable


def glance(path: Path, asked: Statement) -> pd.DataFrame:
    """Run one statement of ours against one mart and let go of the file: for a list of many, a fifth of the time.

    Raises MonitorError when the file is not there, is damaged or is no mart.
    """
    name = str(path).replace("'", "''")
    with _glancing:
        passing = _passing()
        try:
            passing.execute(f"attach '{name}' as mart (read_only)")
            passing.execute("use mart")
            return passing.execute(asked.sql).df()
        except (duckdb.IOException, duckdb.CatalogException) as unreadable:
            raise _damaged(path) from unreadable
        finally:
            passing.execute("use memory")
            passing.execute("detach database if exists mart")


@lru_cache(maxsize=1)
def _passing() -> duckdb.DuckDBPyConnection:
    """An instance that holds nothing: opening one costs more than looking into a mart."""
    return duckdb.connect(":memory:", config={"threads": 1, "autoinstall_known_extensions": False})


def _mart(path: Path) -> duckdb.DuckDBPyConnection:
    with _opening:
        if path not in _marts:
            while len(_marts) >= _KEPT_OPEN:
                del _marts[next(iter(_marts))]
            try:
                _marts[path] = open_to_read(path)
            except duckdb.IOException as unreadable:
                raise _damaged(path) from unreadable
        return _marts[path]


def _damaged(path: Path) -> MonitorError:
    return MonitorError(
        "a file of this build is not there, or is damaged.",
        where=f"build {path.parent.name}, {path.name}",
        meaning="No figure of this build can be shown.",
        action="Go back to another build (`python -m etl builds`, then `rollback`), or restore the file.",
    )
