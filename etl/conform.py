"""Step 4: one spelling of everything, and every version of a record with the loads that brought and ended it.

Reads: the staged tables, the warehouse. Writes: load, load_rule, quarantine, report_version, street_record.
Loads are ordered by extract date, then fingerprint; what is live does not depend on the order they were taken in.
"""

from __future__ import annotations

from dataclasses import asdict, dataclass
from datetime import date, datetime
from typing import Any

import duckdb

from core.errors import MonitorError
from core.settings import REFERENCE
from etl import statements
from etl.contract import REPORT, STREET, contracts
from etl.extract import Extract
from etl.validate import Verdict

_STEPS = statements.WAREHOUSE / "steps"
_REFERENCE_FILES = {
    "area": "areas.csv",
    "area_member": "area_members.csv",
    "population": "population.csv",
    "outcome": "outcomes.csv",
}
_CONFORMED = {REPORT: "conformed_report", STREET: "conformed_street"}
# What is kept of a file that was judged, beside its conformed records.
_JUDGED = ("broken_rule", "held_back", "held_text")
FULL = "full"
CHANGES = "changes"


@dataclass(frozen=True)
class Load:
    """One row of the load table: an extract taken in, and where its records went."""

    load_id: int
    source_code: str
    file_name: str
    sha256: str
    extracted_on: date
    covers_from: date
    covers_to: date
    coverage: str
    loaded_at: datetime
    records: int
    accepted: int
    quarantined: int
    new: int
    changed: int
    unchanged: int
    is_made_up: bool


@dataclass(frozen=True)
class Withdrawal:
    """How many live reports of a full extract's window it no longer holds, of how many that were live there."""

    withdrawn: int
    held: int


def lay_tables(connection: duckdb.DuckDBPyConnection) -> None:
    """Create what the warehouse lacks, and bring its reference tables up to date."""
    for folder in ("tables", "views"):
        paths = sorted((statements.WAREHOUSE / folder).glob("*.sql"))
        # load_order is read by another view, so it comes first.
        for path in sorted(paths, key=lambda path: path.stem != "load_order"):
            statements.run(connection, path)
    for table, file in _REFERENCE_FILES.items():
        path = statements.WAREHOUSE / "reference" / f"{table}.sql"
        statements.run(
            connection, path, {"file": str(REFERENCE / file)}, before=f"create or replace table main.{table} as"
        )


def already_loaded(connection: duckdb.DuckDBPyConnection, extract: Extract) -> tuple[int, int, int, bool] | None:
    """(records, accepted, quarantined, is_made_up) of the same file, if it was taken in before."""
    found = statements.run(
        connection,
        _STEPS / "same_file.sql",
        {
            "source_code": extract.contract.name,
            "sha256": extract.sha256,
            "extracted_on": extract.extracted_on,
            "coverage": _coverage(extract),
            "covers_from": extract.window[0] if extract.window else None,
            "covers_to": extract.window[1] if extract.window else None,
        },
    ).fetchall()
    return found[0] if found else None


def conform(
    connection: duckdb.DuckDBPyConnection, extract: Extract, verdict: Verdict, loaded_at: datetime
) -> tuple[Load, Withdrawal]:
    """Take the accepted records of the file just judged into the warehouse."""
    statements.make(connection, _STEPS / f"{_CONFORMED[extract.contract.kind]}.sql")
    return take_in(connection, extract, verdict, loaded_at)


def set_aside(connection: duckdb.DuckDBPyConnection, extract: Extract, number: int) -> None:
    """Keep what was judged of one file under its number, so that the next can be judged before any is taken in."""
    kind = extract.contract.kind
    statements.make(connection, _STEPS / f"{_CONFORMED[kind]}.sql")
    for table in (_CONFORMED[kind], *_JUDGED):
        connection.execute(f"alter table {table} rename to {table}_{number}")
    for table in (f"raw_{kind}", f"staged_{kind}"):
        connection.execute(f"drop table {table}")


def bring_back(connection: duckdb.DuckDBPyConnection, extract: Extract, number: int) -> None:
    """Make the file set aside under this number the one that `take_in` takes in."""
    for table in (_CONFORMED[extract.contract.kind], *_JUDGED):
        connection.execute(f"create or replace temp view {table} as from {table}_{number}")


def take_in(
    connection: duckdb.DuckDBPyConnection, extract: Extract, verdict: Verdict, loaded_at: datetime
) -> tuple[Load, Withdrawal]:
    """Take the conformed records of one file into the warehouse. Raises MonitorError when they may not join it."""
    _refuse_mixing(connection, extract, verdict)
    load_id = 1 + int(connection.execute("select coalesce(max(load_id), 0) from load").fetchall()[0][0])
    if extract.contract.kind == REPORT:
        return _take_reports(connection, extract, verdict, loaded_at, load_id)
    return _take_street(connection, extract, verdict, loaded_at, load_id), Withdrawal(0, 0)


def _refuse_mixing(connection: duckdb.DuckDBPyConnection, extract: Extract, verdict: Verdict) -> None:
    """Made-up and personal records never share a data directory; real open data keeps its label and joins either."""
    if extract.contract.is_open and not verdict.is_made_up:
        return
    others = statements.run(
        connection, _STEPS / "other_kind.sql", {"is_made_up": verdict.is_made_up, "open_sources": open_sources()}
    ).fetchall()
    if others:
        kinds = ("real", "made-up") if verdict.is_made_up else ("made-up", "real")
        raise MonitorError(
            f"this data directory holds {kinds[0]} records and the file holds {kinds[1]} ones.",
            where=extract.file_name,
            meaning="Nothing was loaded; the published figures are unchanged.",
            action="Load it into a data directory of its own: set MONITOR_DATA to another folder.",
        )


def open_sources() -> list[str]:
    """Names of the sources that are open data."""
    return [contract.name for contract in contracts().values() if contract.is_open]


def _enter(connection: duckdb.DuckDBPyConnection, load: Load) -> None:
    parameters = asdict(load)
    statements.run(connection, _STEPS / "add_load.sql", parameters)
    statements.run(connection, _STEPS / "add_load_rules.sql", parameters)
    statements.run(connection, _STEPS / "add_quarantine.sql", parameters)


def _take_reports(
    connection: duckdb.DuckDBPyConnection, extract: Extract, verdict: Verdict, loaded_at: datetime, load_id: int
) -> tuple[Load, Withdrawal]:
    source = {"source_code": extract.contract.name}
    statements.make(connection, _STEPS / "arrival.sql", source)
    new, changed, unchanged, first, last = statements.first_row(connection, _STEPS / "arrival_counts.sql")
    covers_from, covers_to = extract.window or (first, last)
    load = _load(extract, verdict, loaded_at, load_id, covers_from, covers_to, (new, changed, unchanged))
    _enter(connection, load)
    order_key = f"{extract.extracted_on.isoformat()}{extract.sha256}"
    parameters: dict[str, Any] = {**asdict(load), "order_key": order_key}
    parameters["has_later"] = bool(statements.first_row(connection, _STEPS / "later_loads.sql", parameters)[0])
    for step in ("brought_earlier", "seen_later", "add_versions"):
        statements.run(connection, _STEPS / f"{step}.sql", parameters)
    statements.make(connection, _STEPS / "touched_report.sql", parameters)
    statements.make(connection, _STEPS / "settled_version.sql", parameters)
    withdrawal = Withdrawal(*statements.first_row(connection, _STEPS / "withdrawn.sql", parameters))
    statements.run(connection, _STEPS / "settle_versions.sql", parameters)
    return load, withdrawal


def _take_street(
    connection: duckdb.DuckDBPyConnection, extract: Extract, verdict: Verdict, loaded_at: datetime, load_id: int
) -> Load:
    unchanged, covers_from, covers_to = statements.first_row(connection, _STEPS / "street_counts.sql")
    counts = (verdict.accepted - unchanged, 0, unchanged)
    load = _load(extract, verdict, loaded_at, load_id, covers_from, covers_to, counts)
    _enter(connection, load)
    statements.run(connection, _STEPS / "add_street_records.sql", {"load_id": load_id})
    return load


def _coverage(extract: Extract) -> str:
    """A street-level file is all there is of its months; a report extract only when its name states a window."""
    return FULL if extract.window is not None or extract.contract.kind != REPORT else CHANGES


def _load(
    extract: Extract,
    verdict: Verdict,
    loaded_at: datetime,
    load_id: int,
    covers_from: date,
    covers_to: date,
    counts: tuple[int, int, int],
) -> Load:
    return Load(
        load_id=load_id,
        source_code=extract.contract.name,
        file_name=extract.file_name,
        sha256=extract.sha256,
        extracted_on=extract.extracted_on,
        covers_from=covers_from,
        covers_to=covers_to,
        coverage=_coverage(extract),
        loaded_at=loaded_at,
        records=verdict.records,
        accepted=verdict.accepted,
        quarantined=verdict.quarantined,
        new=counts[0],
        changed=counts[1],
        unchanged=counts[2],
        is_made_up=verdict.is_made_up,
    )
