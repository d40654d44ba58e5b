"""Reports made to centres and councils: matched with police records, counted once, and added to no police figure."""

from __future__ import annotations

import csv
import json
from collections.abc import Sequence
from datetime import date, timedelta
from pathlib import Path
from typing import Any

import duckdb
import pandas as pd
import pytest
import xlsxwriter
from hypothesis import given
from hypothesis import settings as examples
from hypothesis import strategies as st
from typer.testing import CliRunner

from core import builds, db
from core.errors import MonitorError
from core.settings import Settings, load_settings
from etl import conform, mart, matches, pipeline, statements
from etl.__main__ import app
from etl.extract import open_extract
from etl.stage import stage
from etl.validate import validate
from tests.etl.conftest import NOW, Take, Write

LOG = (
    "Reference number",
    "Date of Report",
    "Date of Incident",
    "Type of hate",
    "District",
    "Police reference",
    "made_up",
)
CASES = ("Case ref", "Date opened", "District", "Category", "Complainant ID", "Police ref", "Closed date", "made_up")
POLICE_FILE = "hate_2023-04-01_2023-09-30_extracted_2023-10-04.csv"
LOG_FILE = "log_2023-04-01_2023-09-30_extracted_2023-10-09.csv"
CASE_FILE = "cases_2023-04-01_2023-09-30_extracted_2023-10-09.csv"


def form(
    number: str, reported: str, happened: str = "", strand: str = "Race", district: str = "Melton", police: str = ""
) -> list[str]:
    return [number, reported, happened, strand, district, police, "yes"]


def case(
    number: str, opened: str, category: str = "Hate - Race", district: str = "Melton", police: str = ""
) -> list[str]:
    return [number, opened, district, category, "C1", police, "", "yes"]


def written(path: Path, header: Sequence[str], rows: Sequence[Sequence[str]]) -> Path:
    with path.open("w", encoding="utf-8", newline="") as file:
        csv.writer(file, lineterminator="\n").writerows([header, *rows])
    return path


def settled(warehouse: duckdb.DuckDBPyConnection) -> dict[str, tuple[str, str | None]]:
    """Record -> what became of it, and the record it is taken for."""
    found = statements.run(
        warehouse, statements.MART / "base" / "elsewhere_match.sql", mart.matching(load_settings())
    ).df()
    matched = found["matched_record_id"].astype(object).where(found["matched_record_id"].notna(), None)
    return {
        record: (status, other)
        for record, status, other in zip(found["record_id"], found["status_code"], matched, strict=True)
    }


@pytest.mark.parametrize(
    ("quoted", "status"),
    [
        ("23*0001234", "reference"),
        ("23/0001234", "reference"),  # another mark between
        (" 23 0001234 ", "reference"),
        ("023*0001234", "reference"),  # a zero a spreadsheet would drop
        ("23*0009999", "reference_only"),  # reported to the police, and no record of ours: still not "not reported"
        ("101", "unmatched"),  # a telephone number, not a reference
        ("not reported", "unmatched"),
        ("", "unmatched"),
    ],
)
def test_a_police_reference_is_met_whatever_stands_between_its_digits(
    warehouse: duckdb.DuckDBPyConnection, take: Take, write: Write, tmp_path: Path, quoted: str, status: str
) -> None:
    take(write([{"record_id": "23*0001234", "authority_name": "Leicester"}], POLICE_FILE))
    # Elsewhere and much later, so that only the reference can tell.
    take(written(tmp_path / LOG_FILE, LOG, [form("F1", "20/08/2023", police=quoted)]))
    assert settled(warehouse) == {"F1": (status, "23*0001234" if status == "reference" else None)}


@pytest.mark.parametrize(
    ("report", "status"),
    [
        (form("F1", "17/04/2023", "14/04/2023"), "rule"),  # the same day of happening, recorded two days apart
        (form("F1", "22/04/2023", "14/04/2023"), "rule"),  # seven days apart
        (form("F1", "23/04/2023", "14/04/2023"), "unmatched"),  # eight
        (form("F1", "16/04/2023", "13/04/2023"), "unmatched"),  # another day of happening
        (form("F1", "18/04/2023"), "rule"),  # does not say when: three days apart
        (form("F1", "19/04/2023"), "unmatched"),  # four
        (form("F1", "16/04/2023", "14/04/2023", strand="Disability"), "unmatched"),
        (form("F1", "16/04/2023", "14/04/2023", strand="Disability; Race"), "rule"),  # one strand in common
        (form("F1", "16/04/2023", "14/04/2023", strand=""), "unmatched"),  # no strand is none in common
        (form("F1", "16/04/2023", "14/04/2023", district="Blaby"), "unmatched"),
    ],
)
def test_the_declared_rule_needs_the_place_a_strand_and_the_days(
    warehouse: duckdb.DuckDBPyConnection, take: Take, write: Write, tmp_path: Path, report: list[str], status: str
) -> None:
    take(write([{"record_id": "P1", "authority_name": "Melton"}], POLICE_FILE))  # happened on 14 April, recorded on 15
    take(written(tmp_path / LOG_FILE, LOG, [report]))
    assert settled(warehouse) == {"F1": (status, "P1" if status == "rule" else None)}


def test_what_could_be_two_records_is_taken_for_neither(
    warehouse: duckdb.DuckDBPyConnection, take: Take, write: Write, tmp_path: Path
) -> None:
    take(
        write(
            [{"record_id": "P1", "authority_name": "Melton"}, {"record_id": "P2", "authority_name": "Melton"}],
            POLICE_FILE,
        )
    )
    take(written(tmp_path / LOG_FILE, LOG, [form("F1", "16/04/2023", "14/04/2023")]))
    assert settled(warehouse) == {"F1": ("ambiguous", None)}


def test_a_record_that_two_reports_could_be_is_taken_for_neither(
    warehouse: duckdb.DuckDBPyConnection, take: Take, write: Write, tmp_path: Path
) -> None:
    take(write([{"record_id": "P1", "authority_name": "Melton"}], POLICE_FILE))
    take(
        written(
            tmp_path / LOG_FILE, LOG, [form("F1", "16/04/2023", "14/04/2023"), form("F2", "17/04/2023", "14/04/2023")]
        )
    )
    assert settled(warehouse) == {"F1": ("ambiguous", None), "F2": ("ambiguous", None)}


def test_a_record_whose_reference_is_quoted_is_free_for_no_other_report(
    warehouse: duckdb.DuckDBPyConnection, take: Take, write: Write, tmp_path: Path
) -> None:
    take(write([{"record_id": "23*0001234", "authority_name": "Melton"}], POLICE_FILE))
    take(
        written(
            tmp_path / LOG_FILE,
            LOG,
            [form("F1", "16/04/2023", "14/04/2023", police="23*0001234"), form("F2", "16/04/2023", "14/04/2023")],
        )
    )
    assert settled(warehouse) == {"F1": ("reference", "23*0001234"), "F2": ("unmatched", None)}


def test_an_event_told_to_a_centre_and_a_council_counts_once(
    warehouse: duckdb.DuckDBPyConnection, take: Take, write: Write, tmp_path: Path
) -> None:
    take(write([{"record_id": "P1", "authority_name": "Leicester"}], POLICE_FILE))
    take(written(tmp_path / LOG_FILE, LOG, [form("F1", "16/08/2023", "14/08/2023")]))
    take(written(tmp_path / CASE_FILE, CASES, [case("C1", "17/08/2023"), case("C2", "17/08/2023", district="Blaby")]))
    assert settled(warehouse) == {
        "F1": ("unmatched", None),
        "C1": ("centre", "F1"),
        "C2": ("unmatched", None),
    }


def test_a_form_without_a_number_of_its_own_is_held_back(
    warehouse: duckdb.DuckDBPyConnection, take: Take, tmp_path: Path
) -> None:
    load = take(written(tmp_path / LOG_FILE, LOG, [form("", "16/08/2023"), form("F1", "16/08/2023")]))
    assert (load.provider, load.accepted, load.quarantined) == ("third_party", 1, 1)
    rules = warehouse.execute("select rule_code from load_rule where severity = 'warning'").fetchall()
    assert rules == [], "no rule about crimes, offences or outcomes speaks of what a centre cannot know"


def test_a_centres_workbook_is_read_under_its_title_rows(tmp_path: Path) -> None:
    path = tmp_path / "log_2023-04-01_2023-09-30_extracted_2023-10-09.xlsx"
    with xlsxwriter.Workbook(path) as workbook:
        sheet = workbook.add_worksheet("Log")
        day = workbook.add_format({"num_format": "dd/mm/yyyy"})
        sheet.write(0, 0, "A reporting centre")
        sheet.write(1, 0, "April to September 2023")
        sheet.write_row(3, 0, LOG)
        sheet.write_row(4, 0, ["F1", "", "", "Race", "Melton", "", "yes"])
        sheet.write_datetime(4, 1, date(2023, 8, 16), day)
        sheet.write_datetime(4, 2, date(2023, 8, 14), day)
        sheet.write(6, 0, "Total: 1")
    connection = db.open_database(Path(":memory:"))
    conform.lay_tables(connection)
    extract = open_extract(path, None, None)
    stage(connection, extract, None)
    validate(connection, extract)
    found = connection.execute(
        "select record_id, measure_code, recorded_on, committed_from_on from staged_report"
    ).fetchall()
    connection.close()
    assert extract.contract.name == "third_party_centre"
    assert found == [("F1", "elsewhere", date(2023, 8, 16), date(2023, 8, 14))]


# Few days, places and strands, so that many reports could be the same event.
DAYS = st.integers(0, 12).map(lambda number: date(2023, 6, 1) + timedelta(days=number))
EVENTS = st.tuples(
    DAYS, st.integers(0, 2), st.sampled_from(["Race", "Disability"]), st.sampled_from(["Melton", "Blaby"])
)
QUOTED = st.sampled_from(["", "", "23*0000000", "23/0000001", "23*9999999"])


@examples(max_examples=40)
@given(
    police=st.lists(EVENTS, max_size=6),
    forms=st.lists(st.tuples(EVENTS, QUOTED), max_size=6),
    cases=st.lists(st.tuples(EVENTS, QUOTED), max_size=4),
    order=st.permutations(range(3)),
)
def test_every_report_is_settled_once_one_to_one_and_in_any_order(
    tmp_path_factory: pytest.TempPathFactory,
    police: list[tuple[date, int, str, str]],
    forms: list[tuple[tuple[date, int, str, str], str]],
    cases: list[tuple[tuple[date, int, str, str], str]],
    order: list[int],
) -> None:
    def laid(which: Sequence[int]) -> list[tuple[object, ...]]:
        connection = db.open_database(Path(":memory:"))
        conform.lay_tables(connection)
        for source in which:
            rows[source](connection)
        found = statements.run(
            connection, statements.MART / "base" / "elsewhere_match.sql", mart.matching(load_settings())
        ).fetchall()
        connection.close()
        return sorted(found, key=repr)

    def police_rows(connection: duckdb.DuckDBPyConnection) -> None:
        for number, (day, lag, strand, district) in enumerate(police):
            _live(connection, 1, "police", "hate_reports", f"23*{number:07d}", day, lag, strand, district, None)

    def form_rows(connection: duckdb.DuckDBPyConnection) -> None:
        for number, ((day, lag, strand, district), quoted) in enumerate(forms):
            _live(connection, 2, "third_party", "third_party_reports", f"F{number}", day, lag, strand, district, quoted)

    def case_rows(connection: duckdb.DuckDBPyConnection) -> None:
        for number, ((day, _, strand, district), quoted) in enumerate(cases):
            _live(connection, 3, "council", "council_cases", f"C{number}", day, None, strand, district, quoted)

    rows = (police_rows, form_rows, case_rows)
    found = laid(range(3))
    assert laid(order) == found
    assert sorted((row[1], row[2]) for row in found) == sorted(
        [("third_party_reports", f"F{number}") for number in range(len(forms))]
        + [("council_cases", f"C{number}") for number in range(len(cases))]
    )
    pairs = [(row[0], row[7], row[8]) for row in found if row[6] in ("rule", "centre")]
    assert len(pairs) == len(set(pairs))
    quoted_pairs = {(row[0], row[7], row[8]) for row in found if row[6] == "reference"}
    assert not quoted_pairs & set(pairs)


def _live(
    connection: duckdb.DuckDBPyConnection,
    load_id: int,
    provider: str,
    source: str,
    record_id: str,
    recorded_on: date,
    lag: int | None,
    strand: str,
    district: str,
    quoted: str | None,
) -> None:
    """Enter one live report as step 4 leaves it."""
    if not connection.execute("select 1 from load where load_id = ?", [load_id]).fetchall():
        connection.execute(
            "insert into load values (?, ?, ?, ?, false, ?, ?, date '2023-10-04', date '2023-04-01', "
            "date '2023-09-30', 'full', timestamp '2023-10-04 00:00:00', 0, 0, 0, 0, 0, 0, 0, true, '')",
            [load_id, source, source, provider, f"{source}.csv", source],
        )
    connection.execute(
        "insert into report_version by name select ? as source_code, ? as record_id, 0::uhugeint as content, "
        "? as measure_code, "
        "?::date as recorded_on, ?::date as committed_from_on, 'other' as offence_group_code, ? as group_code, "
        "[?] as strand_codes, "
        "[]::varchar[] as religion_codes, 'not_known' as victim_ethnicity_code, ? as area_code, "
        "'authority_name' as area_basis, "
        "[]::varchar[] as further_victim_refs, 'person' as victim_kind, 'other' as channel_code, "
        "'other' as location_type_code, "
        "? as police_ref, ? as first_load_id, ? as brought_load_id, ? as seen_load_id",
        [
            source, record_id, "crime" if provider == "police" else "elsewhere", recorded_on,
            None if lag is None else recorded_on - timedelta(days=lag), strand.lower(), strand.lower(),
            {"Melton": "E07000133", "Blaby": "E07000129"}[district], quoted or None, load_id, load_id, load_id,
        ],
    )  # fmt: skip


def cells(settings: Settings, number: int, audience: str = "restricted") -> dict[tuple[str, ...], int]:
    question = "select measure_code, area_code, group_code, quarter_code, reports from area_quarter_group"
    return {row[:-1]: row[-1] for row in asked(settings, number, question, audience)}


def asked(settings: Settings, number: int, question: str, audience: str = "restricted") -> list[tuple[Any, ...]]:
    statement = db.Statement("Asked by a test.", (), question, Path("test"))
    found = db.ask(builds.mart_path(settings.data, number, audience), statement, {})
    return list(found.itertuples(index=False, name=None))


def test_reports_made_elsewhere_change_no_police_figure_and_are_a_measure_of_their_own(
    settings: Settings, write: Write, tmp_path: Path
) -> None:
    police = write(
        [
            {"record_id": "23*0001234", "authority_name": "Melton", "strands": "Race; Religion", "victim_ref": "C1"},
            {"authority_name": "Melton", "recorded_date": "20/05/2023", "committed_from": "", "committed_to": ""},
        ],
        POLICE_FILE,
    )
    pipeline.load([police], settings, NOW)
    log = written(
        tmp_path / LOG_FILE,
        LOG,
        [
            form("F1", "16/04/2023", police="23*0001234"),  # told to the police as well
            form("F2", "16/08/2023", "14/08/2023"),  # told to nobody else
            form("F3", "16/08/2023", "15/08/2023", strand="Race; Faith", district="Blaby"),
            form("F4", "16/08/2023", "15/08/2023", district="Corby"),  # outside LLR: in nothing
            form("F5", "21/05/2023"),  # the day after a police record that does not say when it happened
        ],
    )
    cases = written(tmp_path / CASE_FILE, CASES, [case("C1", "17/08/2023")])
    result = pipeline.load([log, cases], settings, NOW)
    assert result.published, result.held_back
    before, now = cells(settings, 1), cells(settings, 2)
    assert {key: count for key, count in now.items() if key[0] != "elsewhere"} == before
    counted = {key: count for key, count in now.items() if key[0] == "elsewhere" and count}
    assert counted == {
        ("elsewhere", "E07000133", "race", "2023-Q2"): 1,  # F2, of which C1 is the council's case
        ("elsewhere", "E07000129", "multiple", "2023-Q2"): 1,
    }
    for table in ("area_quarter_victim", "area_quarter_outcome", "area_quarter_channel", "quarter_lag", "place_basis"):
        assert asked(settings, 1, f"from {table} order by all") == asked(settings, 2, f"from {table} order by all")
    became = "select status_code, sum(reports)::integer from provider_match group by all order by all"
    assert asked(settings, 2, became) == [
        ("centre", 1), ("reference", 1), ("rule", 1), ("unmatched", 2),
    ]  # fmt: skip
    members = asked(
        settings,
        2,
        "select measure_code, member_code from measure_member where 'elsewhere' in (measure_code, member_code)",
    )
    assert members == [("elsewhere", "elsewhere")]
    assert asked(settings, 1, "select count(*) from measure_member where measure_code = 'elsewhere'") == [(0,)]
    protected = cells(settings, 2, "shareable")
    assert set(protected) == set(now)
    assert all(count % 5 == 0 for count in protected.values())


def test_a_quarter_no_centre_sent_is_no_data_and_never_none(settings: Settings, write: Write, tmp_path: Path) -> None:
    pipeline.load([write([{}, {"recorded_date": "20/08/2023", "committed_from": ""}], POLICE_FILE)], settings, NOW)
    # The centre sent July to September; the council from August on: only whole quarters that both cover count.
    log = written(tmp_path / "log_2023-07-01_2023-09-30_extracted_2023-10-09.csv", LOG, [form("F1", "16/08/2023")])
    pipeline.load([log], settings, NOW)
    quarters = "select distinct quarter_code from area_quarter_strand where measure_code = 'elsewhere'"
    assert asked(settings, 2, quarters) == [("2023-Q2",)]
    cases = written(
        tmp_path / "cases_2023-08-01_2023-09-30_extracted_2023-10-09.csv", CASES, [case("C1", "16/08/2023")]
    )
    pipeline.load([cases], settings, NOW)
    assert asked(settings, 3, quarters) == []
    months = "select distinct month_on from area_month_strand where measure_code = 'elsewhere' order by 1"
    assert asked(settings, 3, months) == [(pd.Timestamp(2023, 8, 1),), (pd.Timestamp(2023, 9, 1),)]
    assert asked(settings, 3, "select count(*) from measure_member where measure_code = 'elsewhere'") == [(0,)]


def test_reports_made_elsewhere_alone_publish_nothing(settings: Settings, tmp_path: Path) -> None:
    result = pipeline.load([written(tmp_path / LOG_FILE, LOG, [form("F1", "16/08/2023")])], settings, NOW)
    assert not result.published
    assert result.notices
    assert isinstance(result.held_back, MonitorError | None)


def test_the_data_officer_can_list_what_is_taken_for_what(settings: Settings, write: Write, tmp_path: Path) -> None:
    police = write([{"record_id": "23*0001234", "authority_name": "Melton"}], POLICE_FILE)
    log = written(
        tmp_path / LOG_FILE,
        LOG,
        [
            form("=F1", "20/04/2023", "18/04/2023", police="23/0001234"),
            form("F2", "20/08/2023"),
            form("F3", "18/04/2023"),
        ],
    )
    pipeline.load([police, log], settings, NOW)
    found = matches.every_match(settings)
    assert [(one.record_id, one.status_code, one.matched_record_id, one.days_apart) for one in found] == [
        ("=F1", "reference", "23*0001234", -5),
        ("F2", "unmatched", None, None),
        ("F3", "unmatched", None, None),  # the record it could be is the one F1 quotes
    ]
    assert matches.count_by_status(found) == {
        "reference": 1, "rule": 0, "reference_only": 0, "centre": 0, "ambiguous": 0, "unmatched": 2,
    }  # fmt: skip
    runner = CliRunner()
    told = runner.invoke(app, ["matches", "--json"])
    assert told.exit_code == 0
    assert json.loads(told.stdout)["counts"]["unmatched"] == 2
    sheet = runner.invoke(app, ["matches", "--csv"]).stdout_bytes.decode("utf-8-sig").splitlines()
    assert sheet[1].startswith("third_party_reports,'=F1,2023-04-20,23/0001234,Also reported to police")
    assert runner.invoke(app, ["matches", "--csv", "--json"]).exit_code == 2
    assert "F2" in runner.invoke(app, ["matches"]).stdout
