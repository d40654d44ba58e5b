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
from etl.contract import GRAINS, REPORT, STREET
from etl.extract import Extract
from etl.validate import Verdict

_STEPS = statements.WAREHOUSE / "steps"
_REFERENCE_FILES = {
    "area": "areas.csv",
    "area_member": "area_members.csv",
    "population": "population.csv",
    "outcome": "outcomes.csv",
    "alert_power": "alert_power.csv",
}
# Of the warehouse tables; raised when one of them changes.
LAYOUT = 2
_CONFORMED = {REPORT: "conformed_report", STREET: "conformed_street"}
# What is kept of a file that was judged, beside its conformed records.
_JUDGED = ("broken_rule", "held_back", "held_text")
FULL = "full"
CHANGES = "changes"


@dataclass(frozen=True)
class Load:
    """One row of the load table: an extract taken in, and where its records went.

    A record is a row of the file; several may be one report (see the grain of its contract).
    """

    load_id: int
    source_code: str
    contract_name: str
    provider: str
    is_open: bool
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
    reports: int
    is_made_up: bool
    judged_by: str


@dataclass(frozen=True)
class Withdrawal:
    """How many live reports of a full extract's window it no longer holds, of how many that were live there."""

    withdrawn: int
    held: int


def lay_tables(connection: duckdb.DuckDBPyConnection) -> None:
    """Create what the warehouse lacks, and bring its reference tables up to date.

    Raises MonitorError when the warehouse was laid by another version of the software.
    """
    _refuse_other_layout(connection)
    for folder in ("tables", "views"):
        for path in statements.in_reading_order((statements.WAREHOUSE / folder).glob("*.sql")):
            statements.run(connection, path)
    for table, file in _REFERENCE_FILES.items():
        path = statements.WAREHOUSE / "reference" / f"{table}.sql"
        statements.run(
            connection, path, {"file": str(REFERENCE / file)}, before=f"create or replace table main.{table} as"
        )


def _refuse_other_layout(connection: duckdb.DuckDBPyConnection) -> None:
    tables = {row[0] for row in connection.execute("select table_name from duckdb_tables()").fetchall()}
    laid = connection.execute("select layout from warehouse_layout").fetchall() if "warehouse_layout" in tables else []
    if "load" in tables and laid != [(LAYOUT,)]:
        raise MonitorError(
            "the warehouse was made by another version of the software.",
            where="warehouse.duckdb",
            meaning="Nothing was loaded; the published figures are unchanged.",
            action="Move warehouse.duckdb aside and load the extracts again, or run the version that made it.",
        )
    if "load" not in tables:
        statements.run(connection, statements.WAREHOUSE / "tables" / "warehouse_layout.sql")
        connection.execute("insert into warehouse_layout values (?)", [LAYOUT])


@dataclass(frozen=True)
class Known:
    """What is known of an extract taken in before.

    Attributes:
        load_id: its load.
        is_judged_alike: contract, rules and look-ups are what they were then.
        records, accepted, quarantined, reports, is_made_up: as in Load.
    """

    load_id: int
    is_judged_alike: bool
    records: int
    accepted: int
    quarantined: int
    reports: int
    is_made_up: bool


def already_loaded(connection: duckdb.DuckDBPyConnection, extract: Extract, judged_by: str) -> Known | None:
    """The same extract, if it was taken in before."""
    found = statements.run(
        connection,
        _STEPS / "same_file.sql",
        {
            "source_code": extract.contract.source,
            "sha256": extract.sha256,
            "extracted_on": extract.extracted_on,
            "coverage": _coverage(extract),
            "covers_from": extract.window[0] if extract.window else None,
            "covers_to": extract.window[1] if extract.window else None,
        },
    ).fetchall()
    if not found:
        return None
    load_id, before, *counts = found[0]
    return Known(load_id, before == judged_by, *counts)


def conform(
    connection: duckdb.DuckDBPyConnection,
    extract: Extract,
    verdict: Verdict,
    loaded_at: datetime,
    judged_by: str,
    again: int | None = None,
) -> tuple[Load, Withdrawal]:
    """Take the accepted records of the file just judged into the warehouse; see `take_in`."""
    _make_conformed(connection, extract)
    return take_in(connection, extract, verdict, loaded_at, judged_by, again)


def _make_conformed(connection: duckdb.DuckDBPyConnection, extract: Extract) -> None:
    if extract.contract.kind == REPORT and extract.contract.grain != GRAINS[0]:
        statements.make(connection, statements.STAGING / "merged_report.sql", name="staged_report")
    statements.make(connection, _STEPS / f"{_CONFORMED[extract.contract.kind]}.sql")


def set_aside(connection: duckdb.DuckDBPyConnection, extract: Extract, number: int) -> None:
    """Keep what was judged of one file under its number, so that the next can be judged before any is taken in."""
    kind = extract.contract.kind
    _make_conformed(connection, extract)
    for table in (_CONFORMED[kind], *_JUDGED):
        connection.execute(f"alter table {table} rename to {table}_{number}")
    for table in (f"raw_{kind}", f"staged_{kind}"):
        connection.execute(f"drop table {table}")


def bring_back(connection: duckdb.DuckDBPyConnection, extract: Extract, number: int) -> None:
    """Make the file set aside under this number the one that `take_in` takes in."""
    for table in (_CONFORMED[extract.contract.kind], *_JUDGED):
        connection.execute(f"create or replace temp view {table} as from {table}_{number}")


def take_in(
    connection: duckdb.DuckDBPyConnection,
    extract: Extract,
    verdict: Verdict,
    loaded_at: datetime,
    judged_by: str,
    again: int | None = None,
) -> tuple[Load, Withdrawal]:
    """Take the conformed records of one file into the warehouse. Raises MonitorError when they may not join it.

    `again` is the load of the same extract as it was judged before: it keeps its number and gives up what it held.
    """
    _refuse_mixing(connection, extract, verdict)
    load_id = again or 1 + int(connection.execute("select coalesce(max(load_id), 0) from load").fetchall()[0][0])
    if extract.contract.kind == REPORT:
        return _take_reports(connection, extract, verdict, loaded_at, judged_by, load_id)
    return _take_street(connection, extract, verdict, loaded_at, judged_by, load_id), Withdrawal(0, 0)


def kinds(connection: duckdb.DuckDBPyConnection, extract: Extract) -> tuple[int, int, int]:
    """Of the reports just taken in: outside the area, of several strands, and said to have several motivations."""
    if extract.contract.kind != REPORT:
        return 0, 0, 0
    outside, several_strands, several_said = statements.first_row(connection, _STEPS / "kinds.sql")
    return outside, several_strands, several_said


def _refuse_mixing(connection: duckdb.DuckDBPyConnection, extract: Extract, verdict: Verdict) -> None:
    """Made-up and personal records never share a data directory; real open data keeps its label and joins either."""
    if extract.contract.is_open and not verdict.is_made_up:
        return
    others = statements.run(connection, _STEPS / "other_kind.sql", {"is_made_up": verdict.is_made_up}).fetchall()
    if others:
        kinds = ("real", "made-up") if verdict.is_made_up else ("made-up", "real")
        raise MonitorError(
            f"this data directory holds {kinds[0]} records and the file holds {kinds[1]} ones.",
            where=extract.file_name,
            meaning="Nothing was loaded; the published figures are unchanged.",
            action="Load it into a data directory of its own: set MONITOR_DATA to another folder.",
        )


def _enter(connection: duckdb.DuckDBPyConnection, load: Load) -> None:
    parameters = asdict(load)
    for step in ("forget_load", "forget_load_rule", "forget_quarantine"):
        statements.run(connection, _STEPS / f"{step}.sql", parameters)
    statements.run(connection, _STEPS / "add_load.sql", parameters)
    statements.run(connection, _STEPS / "add_load_rules.sql", parameters)
    statements.run(connection, _STEPS / "add_quarantine.sql", parameters)


def _take_reports(
    connection: duckdb.DuckDBPyConnection,
    extract: Extract,
    verdict: Verdict,
    loaded_at: datetime,
    judged_by: str,
    load_id: int,
) -> tuple[Load, Withdrawal]:
    this = {"source_code": extract.contract.source, "load_id": load_id}
    statements.make(connection, _STEPS / "judged_away.sql", this)
    statements.run(connection, _STEPS / "take_away.sql", this)
    statements.run(connection, _STEPS / "step_aside.sql", this)
    statements.make(connection, _STEPS / "arrival.sql", this)
    new, changed, unchanged, first, last = statements.first_row(connection, _STEPS / "arrival_counts.sql")
    covers_from, covers_to = extract.window or (first, last)
    load = _load(extract, verdict, loaded_at, judged_by, load_id, covers_from, covers_to, (new, changed, unchanged))
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
    connection: duckdb.DuckDBPyConnection,
    extract: Extract,
    verdict: Verdict,
    loaded_at: datetime,
    judged_by: str,
    load_id: int,
) -> Load:
    statements.run(connection, _STEPS / "forget_street_record.sql", {"load_id": load_id})
    unchanged, covers_from, covers_to = statements.first_row(connection, _STEPS / "street_counts.sql")
    counts = (verdict.accepted - unchanged, 0, unchanged)
    load = _load(extract, verdict, loaded_at, judged_by, load_id, covers_from, covers_to, counts)
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
    judged_by: str,
    load_id: int,
    covers_from: date,
    covers_to: date,
    counts: tuple[int, int, int],
) -> Load:
    return Load(
        load_id=load_id,
        source_code=extract.contract.source,
        contract_name=extract.contract.name,
        provider=extract.contract.provider,
        is_open=extract.contract.is_open,
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
        reports=sum(counts),
        is_made_up=verdict.is_made_up,
        judged_by=judged_by,
    )
