"""Small extracts, and a data directory of the test's own."""

from __future__ import annotations

import csv
from collections.abc import Callable, Iterator, Sequence
from datetime import date, datetime
from pathlib import Path

import duckdb
import pytest

from core import db
from core.settings import Settings, load_settings
from etl import conform
from etl.extract import open_extract
from etl.stage import stage
from etl.validate import judged_by, validate

HEADER = (
    "record_id", "record_type", "recorded_date", "committed_from", "committed_to", "offence_code", "offence_group",
    "strands", "religion_targeted", "race_subgroup", "authority_code", "authority_name", "lsoa_code", "postcode",
    "easting", "northing", "victim_ref", "victim_type", "victim_age", "repeat_victim", "victim_ethnicity",
    "outcome_code", "outcome_date", "how_reported", "location_type", "online", "made_up",
)  # fmt: skip
# A report with nothing to say against it, on a day that can only be day first.
GOOD = {
    "record_id": "R1",
    "record_type": "Crime",
    "recorded_date": "15/04/2023 10:00",
    "committed_from": "14/04/2023 23:30",
    "committed_to": "15/04/2023",
    "offence_code": "9B",
    "offence_group": "Public order offences",
    "strands": "Race",
    "authority_name": "Leicester",
    "victim_ref": "V1",
    "victim_type": "Person",
    "repeat_victim": "N",
    "victim_ethnicity": "A1",
    "how_reported": "101",
    "location_type": "Street",
    "online": "N",
    "made_up": "yes",
}
NOW = datetime(2023, 11, 1, 9, 0)
EXTRACTED = date(2023, 10, 4)

Row = dict[str, str]
Write = Callable[..., Path]
Take = Callable[..., conform.Load]


@pytest.fixture
def write(tmp_path: Path) -> Write:
    """write(rows, name, header) -> a canonical extract; each row is GOOD with the changes given."""

    def write_extract(
        rows: Sequence[Row], name: str = "hate_extracted_2023-10-04.csv", header: Sequence[str] = HEADER
    ) -> Path:
        path = tmp_path / name
        with path.open("w", encoding="utf-8", newline="") as file:
            writer = csv.writer(file, lineterminator="\n")
            writer.writerow(header)
            for number, row in enumerate(rows, start=1):
                given = {**GOOD, "record_id": f"R{number}", **row}
                writer.writerow([given.get(field, "") for field in header])
        return path

    return write_extract


@pytest.fixture
def settings(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Settings:
    """Settings of a data directory that is not there yet, with no key and no look-up."""
    for name in ("MONITOR_KEY", "MONITOR_KEY_FILE", "MONITOR_LSOA_LOOKUP", "MONITOR_BUILD", "MONITOR_BOUNDARIES"):
        monkeypatch.delenv(name, raising=False)
    monkeypatch.setenv("MONITOR_DATA", str(tmp_path / "data"))
    return load_settings()


@pytest.fixture
def warehouse() -> Iterator[duckdb.DuckDBPyConnection]:
    """An empty warehouse in memory."""
    connection = db.open_database(Path(":memory:"))
    conform.lay_tables(connection)
    yield connection
    connection.close()


@pytest.fixture
def take(warehouse: duckdb.DuckDBPyConnection) -> Take:
    """take(path) -> the load, with steps 1 to 4 done on the warehouse in memory."""

    def take_in(path: Path, extracted_on: date | None = None) -> conform.Load:
        extract = open_extract(path, None, extracted_on)
        stage(warehouse, extract, None)
        verdict = validate(warehouse, extract)
        return conform.conform(warehouse, extract, verdict, NOW, judged_by(extract, None))[0]

    return take_in
