"""Step 3: each rule finds the row made to break it and leaves the good one alone; every record goes to one place."""

from __future__ import annotations

from pathlib import Path

import duckdb
import pytest

from core import db
from core.errors import MonitorError
from etl import statements
from etl.extract import open_extract
from etl.stage import stage
from etl.validate import QUARANTINE, Verdict, rule_book, validate

from .conftest import HEADER, Row, Write

FLAGS = ("strand_race", "strand_religion", "strand_sexual_orientation", "strand_disability", "strand_transgender")
WINDOWED = "hate_2023-04-01_2023-06-30_extracted_2023-10-04.csv"

# Rule -> what is changed in one otherwise good row to break it.
BREAKS: dict[str, Row] = {
    "record_id_missing": {"record_id": " \t\u00a0"},
    "record_id_scientific": {"record_id": "2.10E+10"},
    "record_type_missing": {"record_type": ""},
    "record_type_not_known": {"record_type": "Domestic"},
    "recorded_date_missing": {"recorded_date": ""},
    "recorded_date_unreadable": {"recorded_date": "31/02/2023"},
    "recorded_date_month_first": {"recorded_date": "04/25/2023 10:00", "committed_from": "", "committed_to": ""},
    "recorded_in_future": {"recorded_date": "05/10/2023"},
    "recorded_too_early": {"recorded_date": "01/01/1900", "committed_from": "", "committed_to": ""},
    "recorded_outside_window": {"recorded_date": "01/07/2023"},
    "committed_after_recorded": {"committed_from": "16/04/2023"},
    "committed_placeholder": {"committed_from": "01/01/1900"},
    "other_date_month_first": {"committed_from": "03/25/2023"},
    "committed_date_unreadable": {"committed_from": "last night"},
    "committed_order": {"committed_to": "01/04/2023"},
    "strand_unknown": {"strands": "Race; Vegan"},
    "strand_combined": {"strands": "Race/Religion"},
    "strand_missing": {"strands": "", "offence_code": "9A"},
    "authority_unknown": {"authority_name": "Atlantis"},
    "place_not_known": {"authority_name": ""},
    "place_outside": {"authority_name": "", "postcode": "NG1 5FS"},
    "place_conflicting": {"postcode": "NG1 5FS"},
    "rra_without_strand": {"offence_code": "8P", "strands": "Disability"},
    "incident_with_crime_code": {"record_type": "Non Crime Hate Incident"},
    "crime_without_offence": {"offence_code": "", "offence_group": ""},
    "offence_code_unknown": {"offence_code": "999Z"},
    "offence_group_unknown": {"offence_group": "Witchcraft"},
    "outcome_unknown": {"outcome_code": "99"},
    "outcome_on_incident": {"record_type": "Incident", "offence_code": "", "outcome_code": "8"},
    "outcome_21": {"outcome_code": "21"},
    "outcome_date_unreadable": {"outcome_code": "8", "outcome_date": "soon"},
    "outcome_date_impossible": {"outcome_code": "8", "outcome_date": "01/04/2023"},
    "religion_unknown": {"strands": "Faith", "religion_targeted": "Jedi"},
    "ethnicity_unknown": {"victim_ethnicity": "Z9"},
    "channel_unknown": {"how_reported": "Carrier pigeon"},
    "location_type_unknown": {"location_type": "Moon"},
    "victim_type_unknown": {"victim_type": "Robot"},
    "flag_unknown": {"online": "perhaps"},
}
# Rules about more than one row, or about street-level records, and those no canonical extract can break,
# have tests of their own below, in test_street.py and in test_layouts.py.
ELSEWHERE = {
    "ragged_row", "repeated_header", "duplicate_row", "duplicate_id", "sibling_held_back", "several_not_named",
    "street_repeated_header", "street_month_unreadable", "street_month_impossible", "street_crime_type_missing",
}  # fmt: skip


def judge(warehouse: duckdb.DuckDBPyConnection, path: Path) -> tuple[Verdict, set[tuple[int, str]]]:
    """The verdict on a file, and every (record number, rule) broken."""
    extract = open_extract(path, None, None)
    stage(warehouse, extract, None)
    verdict = validate(warehouse, extract)
    return verdict, set(warehouse.execute("select record_number, rule_code from broken_rule").fetchall())


def test_every_rule_has_its_logic_its_words_and_a_row_that_breaks_it() -> None:
    assert set(rule_book()) == set(BREAKS) | ELSEWHERE
    for code, rule in rule_book().items():
        assert db.statement(statements.RULES / f"{code}.sql").sentence == rule.sentence
        assert rule.ask.endswith(".")


@pytest.mark.parametrize("code", sorted(BREAKS))
def test_a_rule_finds_the_row_that_breaks_it_and_no_other(
    code: str, warehouse: duckdb.DuckDBPyConnection, write: Write
) -> None:
    verdict, broken = judge(warehouse, write([{}, BREAKS[code]], WINDOWED))
    assert (2, code) in broken
    assert {number for number, _ in broken} == {2}, "the good row breaks nothing"
    is_held_back = rule_book()[code].severity == QUARANTINE
    others = {other for _, other in broken} - {code}
    assert verdict.quarantined == (is_held_back or any(rule_book()[other].severity == QUARANTINE for other in others))
    assert verdict.records == verdict.accepted + verdict.quarantined == 2


def test_every_reason_of_a_row_is_kept(warehouse: duckdb.DuckDBPyConnection, write: Write) -> None:
    row = {"recorded_date": "", "strands": "Race/Religion", "authority_name": "Atlantis", "online": "perhaps"}
    _, broken = judge(warehouse, write([{}, row]))
    assert broken == {
        (2, "recorded_date_missing"), (2, "strand_combined"), (2, "authority_unknown"), (2, "flag_unknown")
    }  # fmt: skip


@pytest.mark.parametrize(
    ("written", "strands"),
    [
        ("Racial; Religious", ["race", "religion"]),
        ("HATE - RACE, HATE - FAITH", ["race", "religion"]),
        ("Homophobic|Transphobic", ["sexual_orientation", "transgender"]),
        ("Disability/Homophobic", ["disability", "sexual_orientation"]),
        ("Race\nDisability", ["disability", "race"]),
        ("Any Other Preceived Difference", ["other"]),
        ("gender reassignment", ["transgender"]),
        ("Race; Racist", ["race"]),
        ("Not known", []),
    ],
)
def test_strands_are_read_in_every_spelling_met(
    written: str, strands: list[str], warehouse: duckdb.DuckDBPyConnection, write: Write
) -> None:
    judge(warehouse, write([{"strands": written}]))
    assert warehouse.execute("select strand_codes from staged_report").fetchall() == [(strands,)]


def test_a_strand_in_another_alphabet_is_unknown_and_not_blank(
    warehouse: duckdb.DuckDBPyConnection, write: Write
) -> None:
    # Letters say something even where none is of ours; signs alone stand for a blank.
    _, broken = judge(
        warehouse, write([{}, {"strands": "\u0420\u0430\u0441\u0430"}, {"strands": "???", "offence_code": "9A"}])
    )
    assert {(number, rule) for number, rule in broken if rule.startswith("strand")} == {
        (2, "strand_unknown"), (3, "strand_missing")
    }  # fmt: skip


def test_space_round_an_identifier_does_not_make_another_record(
    warehouse: duckdb.DuckDBPyConnection, write: Write
) -> None:
    _, broken = judge(
        warehouse, write([{"record_id": "21*7"}, {"record_id": "21*7\t"}, {"record_id": "\u00a021*7\n"}, {}])
    )
    assert broken == {(number, "duplicate_id") for number in (1, 2, 3)}


def test_a_record_set_aside_keeps_its_identifier_however_long_it_is(
    warehouse: duckdb.DuckDBPyConnection, write: Write
) -> None:
    path = write([{}])
    path.write_text(path.read_text() + "R9,Crime" + ",x" * 30 + "," + "x" * 200_000 + "\n")
    judge(warehouse, path)
    assert warehouse.execute("select record_id from held_text").fetchall() == [("R9",)]


def test_strands_are_read_from_a_column_each(warehouse: duckdb.DuckDBPyConnection, write: Write) -> None:
    header = [field for field in HEADER if field != "strands"] + [*FLAGS, "Any Other Preceived Difference"]
    rows = [
        {"strand_race": "Y", "strand_religion": "N"},
        # The same letters in another column are another strand.
        {"strand_race": "N", "strand_religion": "Y"},
        {"strand_religion": "Y"},
        {"strand_disability": "1", "Any Other Preceived Difference": "yes"},
        {"strand_race": "maybe"},
    ]
    _, broken = judge(warehouse, write(rows, header=header))
    found = warehouse.execute("select strand_codes from staged_report order by record_number").fetchall()
    assert [row[0] for row in found] == [["race"], ["religion"], ["religion"], ["disability", "other"], []]
    assert (5, "strand_unknown") in broken


def test_rows_with_the_wrong_number_of_cells_and_repeated_headers_are_held_back(
    warehouse: duckdb.DuckDBPyConnection, write: Write
) -> None:
    path = write([{}, dict(zip(HEADER, HEADER, strict=True)), {}])
    path.write_text(path.read_text() + "R9,Crime,05/04/2023\n")
    verdict, broken = judge(warehouse, path)
    assert {(2, "repeated_header"), (4, "ragged_row")} <= broken
    assert (verdict.accepted, verdict.quarantined) == (2, 2)


def test_the_same_row_twice_is_kept_once_and_two_contents_of_one_id_not_at_all(
    warehouse: duckdb.DuckDBPyConnection, write: Write
) -> None:
    rows = [
        {"record_id": "A"},
        {"record_id": "A"},  # word for word
        {"record_id": "B"},
        {"record_id": "B", "strands": "Disability"},  # differs
        {"record_id": "C"},
    ]
    verdict, broken = judge(warehouse, write(rows))
    assert {pair for pair in broken if pair[1].startswith("duplicate")} == {
        (2, "duplicate_row"), (3, "duplicate_id"), (4, "duplicate_id")
    }  # fmt: skip
    assert verdict.accepted == 2


def test_a_file_in_american_order_is_refused_whole_because_some_of_its_dates_could_be_either(
    warehouse: duckdb.DuckDBPyConnection, write: Write
) -> None:
    dates = ["04/05/2023", "04/25/2023", "05/13/2023", "06/07/2023"]
    path = write([{"recorded_date": day, "committed_from": "", "committed_to": ""} for day in dates])
    with pytest.raises(MonitorError, match="month first"):
        judge(warehouse, path)


def test_a_file_with_made_up_and_real_records_is_refused(warehouse: duckdb.DuckDBPyConnection, write: Write) -> None:
    with pytest.raises(MonitorError, match="made up and some are not"):
        judge(warehouse, write([{}, {"made_up": ""}]))


def test_a_file_of_which_nothing_can_be_accepted_is_refused(warehouse: duckdb.DuckDBPyConnection, write: Write) -> None:
    with pytest.raises(MonitorError, match="not one of its records"):
        judge(warehouse, write([{"recorded_date": ""}, {"recorded_date": ""}]))


@pytest.mark.parametrize(
    ("written", "code"),
    [("16 - Evidential difficulties", "16"), ("1a", "1A"), ("08", "8"), ("Under investigation", None), ("", None)],
)
def test_outcomes_are_read_by_the_number_they_begin_with(
    written: str, code: str | None, warehouse: duckdb.DuckDBPyConnection, write: Write
) -> None:
    judge(warehouse, write([{"outcome_code": written}]))
    statements.make(warehouse, statements.WAREHOUSE / "steps" / "conformed_report.sql")
    assert warehouse.execute("select outcome_code from conformed_report").fetchall() == [(code,)]
