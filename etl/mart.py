"""Step 5: counts by named grain. Personal columns stop here.

Reads: the warehouse, etl/sql/5_mart. Writes: one temporary table for every statement there, inside the load's
transaction, so that a build that is held back leaves nothing.
"""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime
from functools import lru_cache
from pathlib import Path
from typing import Any

import duckdb
import pandas as pd

from core import builds, db
from core.model import RESTRICTED
from core.settings import Settings
from etl import alerts, comparators, statements

PREVIOUS = "previous_area_quarter_strand"
_PREVIOUS_CUBE = db.Statement(
    "Every quarter count of the build before.",
    ("area_quarter_strand",),
    "select measure_code, area_code, strand_code, quarter_code, reports from area_quarter_strand",
    Path("previous"),
)
_NO_PREVIOUS = """
    create or replace temp table previous_area_quarter_strand (
        measure_code varchar, area_code varchar, strand_code varchar, quarter_code varchar, reports integer
    )
"""
_PREVIOUS_LOADS = db.Statement(
    "The loads the build before rests on.",
    ("load",),
    "select load_id, fingerprint, extracted_on, loaded_at, accepted, quarantined from load",
    Path("previous"),
)
_LOAD_COLUMNS = {
    "load_id": "integer", "fingerprint": "varchar", "extracted_on": "date", "loaded_at": "timestamp",
    "accepted": "integer", "quarantined": "integer",
}  # fmt: skip


def mart_order() -> tuple[Path, ...]:
    """The mart statements, each after those whose tables it reads."""
    return tuple(path for path in _making_order() if path.parent == statements.MART)


@lru_cache(maxsize=1)
def _making_order() -> tuple[Path, ...]:
    """The mart statements and the tables several of them count from, which are not published."""
    return statements.in_reading_order([*statements.MART.glob("*.sql"), *statements.MART.glob("base/*.sql")])


def parameters(
    settings: Settings, number: int, previous: int | None, published_at: datetime, is_made_up: bool
) -> dict[str, Any]:
    """The choices mart statements may name. The rounding base here is the restricted file's: none."""
    options = settings.options
    return {
        "build_number": number,
        "previous_build": previous,
        "published_at": published_at,
        "is_made_up": is_made_up,
        "marking": options["marking"]["restricted"],
        "rounding_base": 1,
        "key_fingerprint": None,
        "provisional_months": options["provisional"]["months"],
        "repeat_months": options["repeat_victim"]["months"],
        **matching(settings),
    }


def matching(settings: Settings) -> dict[str, Any]:
    """The declared rule by which a report made elsewhere is taken for a police record ([matching] in the settings)."""
    options = settings.options["matching"]
    return {name: int(options[name]) for name in ("same_day_days", "days", "reference_least")}


def make_marts(connection: duckdb.DuckDBPyConnection, settings: Settings, given: Mapping[str, Any]) -> None:
    """Make every mart table."""
    _hold_previous(connection, settings, given["previous_build"])
    _hold_checks(connection)
    comparators.hold(connection, settings)
    for path in _making_order():
        if "judged_month" in db.statement(path).reads:
            alerts.hold_judged(connection, settings, _same_layout(settings, given["previous_build"]))
        # What is published lies in the order its statement asks for; what is only counted from need not.
        in_order = path.parent == statements.MART
        connection.execute(f"set preserve_insertion_order = {str(in_order).lower()}")
        statements.make(connection, path, given)


def _same_layout(settings: Settings, previous: int | None) -> Path | None:
    """The restricted file of the build before, where it has the tables of this version."""
    listed = builds.catalogue(settings.data, RESTRICTED)
    is_alike = any(one.number == previous and one.build is not None for one in listed)
    return builds.mart_path(settings.data, previous, RESTRICTED) if previous is not None and is_alike else None


def _hold_previous(connection: duckdb.DuckDBPyConnection, settings: Settings, previous: int | None) -> None:
    """The counts and loads of the build before, so that what moved since can be told; empty for the first build."""
    connection.execute(_NO_PREVIOUS)
    loads = pd.DataFrame(columns=list(_LOAD_COLUMNS))
    path = builds.mart_path(settings.data, previous or 0, RESTRICTED)
    if previous is not None and path.exists():
        frame = db.ask(path, _PREVIOUS_CUBE, {})
        connection.register("previous_cube", frame)
        connection.execute(f"insert into {PREVIOUS} select * from previous_cube")
        connection.unregister("previous_cube")
        loads = db.ask(path, _PREVIOUS_LOADS, {})
    statements.hold(connection, "previous_load", loads, _LOAD_COLUMNS)


def _hold_checks(connection: duckdb.DuckDBPyConnection) -> None:
    """The checks a build is published only after, by the sentence each begins with."""
    checks = [(path.stem, db.statement(path).sentence) for path in sorted(statements.CHECKS.glob("*.sql"))]
    frame = pd.DataFrame(checks, columns=["check_code", "sentence"])
    statements.hold(connection, "named_check", frame, {"check_code": "varchar", "sentence": "varchar"})
