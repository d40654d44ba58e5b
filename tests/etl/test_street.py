"""Street-level crime: every record counted, anti-social behaviour apart, a month replaced by a later extract of it."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path

import duckdb
import pytest

from core import db
from core.settings import Settings
from etl import pipeline

from .conftest import NOW, Take, Write

SHARED = Path(__file__).parents[3] / "shared" / "data"
REAL = SHARED / "police-uk" / "2021-08-leicestershire-street.csv"
needs_shared = pytest.mark.skipif(not REAL.exists(), reason="the published file is not here")
HEADER = "Crime ID,Month,Reported by,Falls within,Longitude,Latitude,Location,LSOA code,LSOA name,Crime type,Context"
# Crimes by the LSOA look-up.
BY_LOOKUP = {
    "E06000016": 3679, "E07000130": 1165, "E07000134": 586, "E07000132": 559, "E07000129": 508,
    "E07000131": 338, "E07000135": 313, "E07000133": 245, "E06000017": 136,
}  # fmt: skip


def street(tmp_path: Path, rows: list[str], name: str = "2023-04-leicestershire-street.csv") -> Path:
    path = tmp_path / name
    path.write_text("\n".join([HEADER, *rows]) + "\n")
    return path


def line(kind: str = "Burglary", month: str = "2023-04", reported_by: str = "Police") -> str:
    return f",{month},{reported_by},Police,-1.1332,52.6345,On or near High Street,E01013649,Leicester 001A,{kind},"


def test_identical_rows_are_separate_and_anti_social_behaviour_is_no_crime(
    tmp_path: Path, take: Take, warehouse: duckdb.DuckDBPyConnection
) -> None:
    load = take(street(tmp_path, [line(), line(), line("Anti-social behaviour")]))
    assert (load.records, load.accepted, load.new) == (3, 3, 3)
    assert (str(load.extracted_on), str(load.covers_from), str(load.covers_to)) == (
        "2023-04-30",
        "2023-04-01",
        "2023-04-30",
    )
    found = warehouse.execute(
        "select is_crime, area_code, count(*) from current_street_record group by all order by all"
    )
    assert found.fetchall() == [(False, "E06000016", 1), (True, "E06000016", 2)]


def test_a_later_extract_of_a_month_replaces_it_and_others_stay(
    tmp_path: Path, take: Take, warehouse: duckdb.DuckDBPyConnection
) -> None:
    take(street(tmp_path, [line(month="2023-03")], "2023-03-leicestershire-street.csv"))
    take(street(tmp_path, [line()] * 3, "2023-04-leicestershire-street_extracted_2023-06-01.csv"))
    load = take(street(tmp_path, [line()] * 2 + [line("Robbery")], "2023-04-street_extracted_2023-07-01.csv"))
    assert (load.new, load.unchanged) == (1, 2)
    # The older extract of the month, taken in last, changes nothing.
    take(street(tmp_path, [line()] * 9, "2023-04-leicestershire-street.csv"))
    found = warehouse.execute("select month_on::varchar, count(*) from current_street_record group by all order by all")
    assert found.fetchall() == [("2023-03-01", 1), ("2023-04-01", 3)]


@pytest.mark.parametrize(
    ("row", "rule"),
    [
        (HEADER, "street_repeated_header"),
        (line(month="April"), "street_month_unreadable"),
        (line(month="2023-05"), "street_month_impossible"),
        (line(""), "street_crime_type_missing"),
    ],
)
def test_street_rules_find_the_rows_that_break_them(
    row: str, rule: str, tmp_path: Path, take: Take, warehouse: duckdb.DuckDBPyConnection
) -> None:
    load = take(street(tmp_path, [line(), row]))
    assert (load.accepted, load.quarantined) == (1, 1)
    reasons = warehouse.execute("select reasons from quarantine").fetchall()[0][0]
    assert rule in reasons


def test_a_made_up_history_says_so_and_joins_real_reports_under_its_label(
    tmp_path: Path, take: Take, warehouse: duckdb.DuckDBPyConnection
) -> None:
    assert take(street(tmp_path, [line(reported_by="Made-up demonstration data")])).is_made_up
    assert not take(street(tmp_path, [line()], "2023-05-street.csv")).is_made_up


def test_a_month_of_another_force_stands_beside_ours(
    tmp_path: Path, take: Take, warehouse: duckdb.DuckDBPyConnection
) -> None:
    # A download of several forces has a file of the month for each; none replaces another, whatever its fingerprint.
    take(street(tmp_path, [line()] * 3))
    take(street(tmp_path, [line(reported_by="Nottinghamshire Police")], "2023-04-nottinghamshire-street.csv"))
    take(street(tmp_path, [line()] * 2, "2023-04-leicestershire-street_extracted_2023-07-01.csv"))
    found = warehouse.execute("select reported_by, count(*) from current_street_record group by all order by all")
    assert found.fetchall() == [("Nottinghamshire Police", 1), ("Police", 2)]


def test_a_made_up_month_gives_way_to_a_real_one(
    tmp_path: Path, take: Take, warehouse: duckdb.DuckDBPyConnection
) -> None:
    take(street(tmp_path, [line()] * 3))
    made_up = [line(reported_by="Made-up demonstration data", month=month) for month in ("2023-03", "2023-04")]
    take(street(tmp_path, made_up, "2023-04-made-up-street.csv"))
    found = warehouse.execute("select month_on::varchar, count(*) from current_street_record group by all order by all")
    assert found.fetchall() == [("2023-03-01", 1), ("2023-04-01", 3)]


def test_a_made_up_history_joins_no_personal_records(tmp_path: Path, settings: Settings, write: Write) -> None:
    # Only the reports' own label reaches a screen, so the history would be taken for real.
    history = street(tmp_path, [line(reported_by="Made-up demonstration data")])
    # a whole quarter, so that what may be loaded is published
    reports = write([{"made_up": ""}], name="hate_2023-04-01_2023-06-30_extracted_2023-10-04.csv")
    for pair in ([history, reports], [reports, history]):
        result = pipeline.load(pair, settings, NOW)
        assert (result.exit_code, result.published) == (3, False)
        assert result.files[1].refused is not None
    assert pipeline.load([street(tmp_path, [line()]), reports], settings, NOW).published


def test_a_header_met_again_in_a_made_up_history_is_held_back_and_no_more(tmp_path: Path, take: Take) -> None:
    load = take(street(tmp_path, [line(reported_by="Made-up demonstration data"), HEADER]))
    assert (load.accepted, load.quarantined, load.is_made_up) == (1, 1, True)


def crimes(settings: Settings) -> dict[str, int]:
    connection = db.open_database(settings.data / "warehouse.duckdb")
    try:
        counted = connection.execute(
            "select area_code, count(*) from current_street_record where is_crime group by all"
        )
        return dict(counted.fetchall())
    finally:
        connection.close()


@needs_shared
def test_the_published_file_is_counted_to_the_last_record_by_the_look_up(settings: Settings) -> None:
    lookup = SHARED / "lookups" / "llr_lookup_lsoa11_lsoa21_lad22.csv"
    result = pipeline.load([REAL], replace(settings, lsoa_lookup=lookup), NOW)
    assert (result.files[0].records, result.files[0].accepted, result.files[0].quarantined) == (8459, 8459, 0)
    counted = crimes(settings)
    assert {area: counted[area] for area in BY_LOOKUP} == BY_LOOKUP
    assert counted["not_known"] + counted["outside"] == 70
    assert sum(counted.values()) == 7599


@needs_shared
def test_by_the_nearest_postcode_each_authority_is_close_to_the_look_up(settings: Settings) -> None:
    pipeline.load([REAL], settings, NOW)
    counted = crimes(settings)
    for area, exact in BY_LOOKUP.items():
        share = 0.015 if area in ("E07000129", "E07000135") else 0.01
        assert abs(counted[area] - exact) <= max(2, share * exact), area
    assert abs(counted["not_known"] + counted["outside"] - 70) <= 5
    assert sum(counted.values()) == 7599
