"""Run the numbered SQL files: one file makes one table, finds what breaks one rule, or is one check."""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping
from graphlib import TopologicalSorter
from pathlib import Path
from typing import Any

import duckdb
import pandas as pd

from core import db

SQL = Path(__file__).parent / "sql"
STAGING = SQL / "2_staging"
RULES = SQL / "3_rules"
WAREHOUSE = SQL / "4_warehouse"
MART = SQL / "5_mart"
CHECKS = SQL / "6_checks"


def in_reading_order(paths: Iterable[Path]) -> tuple[Path, ...]:
    """Files that each make a table or view, each after those among them whose tables it reads."""
    named = {path.stem: path for path in sorted(paths)}
    needs = {
        name: sorted({table for table in db.statement(path).reads if table in named and table != name})
        for name, path in named.items()
    }
    return tuple(named[name] for name in TopologicalSorter(needs).static_order())


def run(
    connection: duckdb.DuckDBPyConnection,
    path: Path,
    parameters: Mapping[str, Any] | None = None,
    *,
    before: str = "",
    after: str = "",
) -> duckdb.DuckDBPyConnection:
    """Run one file with the parameters it names. `before` and `after` are our own words, never input."""
    sql = db.statement(path).sql
    used = {name: value for name, value in (parameters or {}).items() if re.search(rf"\${name}\b", sql)}
    return connection.execute(f"{before}\n{sql}\n{after}", used)


def make(
    connection: duckdb.DuckDBPyConnection,
    path: Path,
    parameters: Mapping[str, Any] | None = None,
    *,
    name: str | None = None,
) -> None:
    """Make the temporary table a file is named after (or `name`)."""
    run(connection, path, parameters, before=f"create or replace temp table {name or path.stem} as")


def first_row(
    connection: duckdb.DuckDBPyConnection, path: Path, parameters: Mapping[str, Any] | None = None
) -> tuple[Any, ...]:
    """The first row a file selects; there is always one."""
    found = run(connection, path, parameters).fetchall()
    return tuple(found[0])


def hold(connection: duckdb.DuckDBPyConnection, name: str, frame: pd.DataFrame, columns: Mapping[str, str]) -> None:
    """Make a temporary table of a frame, typed as `columns` says (name -> SQL type)."""
    typed = ", ".join(f"cast({column} as {kind}) as {column}" for column, kind in columns.items())
    connection.register("held_frame", frame)
    connection.execute(f"create or replace temp table {name} as select {typed} from held_frame")
    connection.unregister("held_frame")
