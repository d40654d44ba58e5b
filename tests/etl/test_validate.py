"""Step 3: each rule finds the row made to break it and leaves the good one alone; every record goes to one place."""

from __future__ import annotations

import re
from dataclasses import replace
from pathlib import Path

import duckdb
import pytest

from core import db
from core.errors import MonitorError
from core.settings import ROOT
from etl import statements
from etl.contract import POLICE, REPORT, contracts
from etl.extract import open_extract
from etl.stage import stage
from etl.validate import QUARANTINE, Verdict, rule_book, validate

from .conftest import HEADER, Row, Take, Write

FLAGS = ("strand_race", "strand_religion", "strand_sexual_orientation", "strand_disability", "strand_transgender")
WINDOWED = "hate_2023-04-01_2023-06-30_extracted_2023-10-04.csv"

# Rule -> what is changed in one otherwise good row to break it.
BREAKS: dict[str, Row] = {
    "record_id_missing": {"record_id": " \t\u00a0"},
    "record_id_scientific": {"record_id": "2.10E+10"},
    "record_id_decimal": {"record_id": "21000012345.0"},
    "record_cancelled": {"record_type": "No Crime"},
    "record_type_missing": {"record_type": ""},
    "record_type_not_known": {"record_type": "Domestic"},
    "recorded_date_missing": {"recorded_date": ""},
    "recorded_date_unreadable": {"recorded_date": "31/02/2023"},
    "recorded_date_month_first": {"recorded_date": "04/25/2023 10:00", "committed_from": "", "committed_to": ""},
    "recorded_date_serial": {"recorded_date": "45033.5", "committed_from": "", "committed_to": ""},
    "other_date_serial": {"committed_from": "45033"},
    "recorded_in_future": {"recorded_date": "05/10/2023"},
    "recorded_too_early": {"recorded_date": "01/01/1900", "committed_from": "", "committed_to": ""},
    "recorded_outside_window": {"recorded_date": "01/07/2023"},
    "committed_after_recorded": {"committed_from": "16/04/2023"},
    "committed_placeholder": {"committed_from": "01/01/1900"},
    "other_date_month_first": {"committed_from": "03/25/2023"},
    "committed_date_unreadable": {"committed_from": "last night"},
    "committed_order": {"committed_to": "01/04/2023"},
    "committed_to_after_recorded": {"committed_to": "16/04/2023"},
    "committed_long_ago": {"committed_from": "14/04/2012"},
    "strands_all_named": {"strands": "Race; Faith; Homophobic; Disability; Transphobic"},
    "religion_without_strand": {"religion_targeted": "Hindu"},
    "strand_unknown": {"strands": "Race; Vegan"},
    "strand_combined": {"strands": "Race/Religion"},
    "strand_missing": {"strands": "", "offence_code": "9A"},
    "authority_unknown": {"authority_name": "Atlantis"},
    "npa_as_district": {"authority_name": "Melton & Rutland NPA"},
    "authority_too_wide": {"authority_name": "Leicestershire"},
    "place_is_default": {"authority_name": "", "postcode": "LE19 2BX"},
    "postcode_unknown": {"postcode": "LE99 9ZZZ"},
    "lsoa_unreadable": {"lsoa_code": "Blaby 003B"},
    "grid_reference_unreadable": {"easting": "452000"},
    "grid_reference_swapped": {"authority_name": "", "easting": "304500", "northing": "458500"},
    "grid_reference_not_in_britain": {"easting": "4585000", "northing": "3045000"},
    "place_not_known": {"authority_name": ""},
    "place_outside": {"authority_name": "", "postcode": "NG1 5FS"},
    "place_conflicting": {"postcode": "NG1 5FS"},
    "rra_without_strand": {"offence_code": "8P", "strands": "Disability"},
    "incident_with_crime_code": {"record_type": "Non Crime Hate Incident"},
    "crime_with_incident_word": {"offence_code": "", "offence_group": "Non-crime"},
    "crime_without_offence": {"offence_code": "", "offence_group": ""},
    "offence_code_unknown": {"offence_code": "999Z"},
    "offence_group_unknown": {"offence_group": "Witchcraft"},
    "outcome_unknown": {"outcome_code": "99"},
    "outcome_on_incident": {"record_type": "Incident", "offence_code": "", "outcome_code": "8"},
    "outcome_21": {"outcome_code": "21"},
    "outcome_date_unreadable": {"outcome_code": "8", "outcome_date": "soon"},
    "outcome_date_impossible": {"outcome_code": "8", "outcome_date": "01/04/2023"},
    "outcome_without_date": {"outcome_code": "8"},
    "outcome_date_without_outcome": {"outcome_date": "20/04/2023"},
    "victim_age_implausible": {"victim_age": "120"},
    "victim_ref_of_organisation": {"victim_type": "Business"},
    "repeat_flag_on_organisation": {"victim_type": "Business", "victim_ref": "", "repeat_victim": "Y"},
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
    "record_id_malformed", "record_id_shorter", "victim_twice", "ragged_row", "repeated_header", "duplicate_row",
    "duplicate_id", "sibling_held_back", "several_not_named", "street_repeated_header", "street_month_unreadable",
    "street_month_impossible", "street_crime_type_missing",
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


def test_every_rule_about_a_report_is_told_among_the_traps_and_no_other() -> None:
    told = (ROOT / "docs" / "traps.md").read_text(encoding="utf-8")
    named = set(re.findall("`([a-z0-9]+(?:_[a-z0-9]+)+)`", told))
    assert named == {code for code in rule_book() if not code.startswith("street_")}


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


# Field -> the value it then has, where a blank is a value.
BLANK_VALUES = {
    "offence_code": None, "offence_group": "public_order", "religion_targeted": [], "victim_ref": None,
    "victim_type": "not_known", "repeat_victim": None, "victim_ethnicity": "not_known", "outcome_code": None,
    "how_reported": "not_known", "location_type": "not_known", "online": None, "strands": [],
}  # fmt: skip
CONFORMED = {
    "offence_group": "offence_group_code", "religion_targeted": "religion_codes", "victim_type": "victim_kind",
    "repeat_victim": "is_repeat_flag", "victim_ethnicity": "victim_ethnicity_code", "how_reported": "channel_code",
    "location_type": "location_type_code", "online": "is_online", "strands": "strand_codes",
}  # fmt: skip


def test_a_blank_in_any_words_is_not_known_in_every_field_and_no_mistake(
    warehouse: duckdb.DuckDBPyConnection, write: Write
) -> None:
    # A row for each field and each way of leaving it out; the offence keeps its group by the code, and the code no RRA.
    ways = ("", " ", "Unknown", "not  KNOWN", "N/A", "null", "-", "--", "Not stated", "TBC")
    fields = [(field, way) for field in BLANK_VALUES for way in ways]
    rows = [{"offence_code": "9A", field: way} for field, way in fields]
    verdict, broken = judge(warehouse, write([*rows, {}]))
    assert verdict.quarantined == 0
    assert {rule for _, rule in broken} == {"strand_missing"}
    statements.make(warehouse, statements.WAREHOUSE / "steps" / "conformed_report.sql")
    for field, value in BLANK_VALUES.items():
        column = CONFORMED.get(field, field)
        numbers = [number for number, (named, _) in enumerate(fields, start=1) if named == field]
        found = warehouse.execute(
            f"select distinct {column} from conformed_report where list_contains(?, record_number)", [numbers]
        ).fetchall()
        # A religion said not to be known is kept so, and counts as one not said.
        assert {str(row[0]) for row in found} - {"['not_known']"} == {str(value)}, field


@pytest.mark.parametrize("way", ["", "unknown", "N/A", "--"])
def test_a_blank_in_any_words_leaves_no_identifier_type_date_or_place(
    way: str, warehouse: duckdb.DuckDBPyConnection, write: Write
) -> None:
    rows = [
        {"record_id": way}, {"record_type": way}, {"recorded_date": way}, {"authority_name": way},
        {"committed_from": way, "committed_to": way, "outcome_date": way},
        {"postcode": way, "lsoa_code": way, "easting": way, "northing": way, "victim_age": way}, {},
    ]  # fmt: skip
    if way == "--":
        rows[3] = {"authority_name": ""}  # names of places have words of their own for a blank
        del rows[5]["postcode"], rows[5]["lsoa_code"], rows[5]["easting"], rows[5]["northing"]
    _, broken = judge(warehouse, write(rows))
    assert broken == {
        (1, "record_id_missing"), (2, "record_type_missing"), (3, "recorded_date_missing"), (4, "place_not_known")
    }  # fmt: skip


@pytest.mark.parametrize(
    ("written", "code", "group"),
    [
        ("8P(V)", "8P", "violence"), ("8p (S)", "8P", "violence"), ("008P", "8P", "violence"),
        ("8 P", "8P", "violence"),
        ("105 B", "105B", "violence"), ("125/09", "125/9", "public_order"), ("125-9 (v)", "125/9", "public_order"),
        ("  9b ", "9B", "public_order"), ("58J", "58J", "criminal_damage"), ("12 / 34", "12 / 34", None),
        ("8S", "8S", "violence"), ("NCHI", "NCHI", "non_crime"),
    ],
)  # fmt: skip
def test_offence_codes_are_read_in_every_spelling_met(
    written: str, code: str, group: str | None, warehouse: duckdb.DuckDBPyConnection, write: Write
) -> None:
    judge(warehouse, write([{"offence_code": written}]))
    assert warehouse.execute("select offence_code, offence_code_group from staged_report").fetchall() == [(code, group)]


@pytest.mark.parametrize("written", ["8P(V)", "105b", "8M", "009B", "58 J"])
def test_an_aggravated_offence_is_found_without_its_strand_however_its_code_is_written(
    written: str, warehouse: duckdb.DuckDBPyConnection, write: Write
) -> None:
    rows = [
        {"offence_code": written, "strands": "Homophobic"},
        {"offence_code": written, "strands": ""},
        {"offence_code": written, "strands": "Homophobic; Faith"},
    ]
    _, broken = judge(warehouse, write(rows))
    assert {number for number, rule in broken if rule == "rra_without_strand"} == {1, 2}


def test_an_incident_may_say_by_its_code_that_it_is_one(warehouse: duckdb.DuckDBPyConnection, write: Write) -> None:
    row = {"record_type": "NCHI", "offence_code": "NCHI", "offence_group": "Non-crime"}
    _, broken = judge(warehouse, write([row]))
    assert broken == set()
    statements.make(warehouse, statements.WAREHOUSE / "steps" / "conformed_report.sql")
    assert warehouse.execute("select offence_group_code from conformed_report").fetchall() == [("not_known",)]


def test_an_identifier_must_have_the_shape_its_contract_states(
    warehouse: duckdb.DuckDBPyConnection, write: Write
) -> None:
    path = write([{"record_id": "21*0123456"}, {"record_id": "21*123456"}, {"record_id": "21*0123457.0"}])
    extract = open_extract(path, None, None)
    extract = replace(extract, contract=replace(extract.contract, id_pattern=r"\d{2}\*\d{7}"))
    stage(warehouse, extract, None)
    assert validate(warehouse, extract).rules == {"record_id_malformed": 2}


def test_zeros_lost_in_front_of_identifiers_are_seen_and_numbers_in_turn_are_not(
    warehouse: duckdb.DuckDBPyConnection, write: Write
) -> None:
    rows = [{"record_id": str(21000000 + number)} for number in range(40)]
    rows[7]["record_id"] = "1000007"  # it was 01000007
    _, broken = judge(warehouse, write(rows))
    assert broken == {(8, "record_id_shorter")}
    _, broken = judge(warehouse, write([{"record_id": str(number)} for number in range(1, 100)]))
    assert broken == set()


def test_a_place_that_stands_for_not_known_is_passed_over_and_the_rest_of_the_record_is_not(
    warehouse: duckdb.DuckDBPyConnection, write: Write
) -> None:
    rows = [
        {"authority_name": "", "postcode": "le19 2bx"},
        {"authority_name": "", "easting": "455325.0", "northing": "299659"},
        {"authority_name": "", "easting": "0", "northing": "0"},
        {"postcode": "LE19 2BX"},
        {"authority_name": "Melton & Rutland", "postcode": "LE15 6TD"},
        {"authority_name": "Charnwood NPA"},
        {"authority_name": "NL63"},
    ]
    _, broken = judge(warehouse, write(rows))
    found = warehouse.execute("select area_code from staged_report order by record_number").fetchall()
    assert [row[0] for row in found] == [
        "not_known", "not_known", "not_known", "E06000016", "E06000017", "not_known", "not_known"
    ]  # fmt: skip
    assert broken == {
        (1, "place_is_default"), (1, "place_not_known"), (2, "place_is_default"), (2, "place_not_known"),
        (3, "place_is_default"), (3, "place_not_known"), (4, "place_is_default"), (5, "npa_as_district"),
        (6, "npa_as_district"), (6, "place_not_known"), (7, "npa_as_district"), (7, "place_not_known"),
    }  # fmt: skip


def test_exchanged_coordinates_do_not_put_a_report_outside(warehouse: duckdb.DuckDBPyConnection, write: Write) -> None:
    judge(warehouse, write([{"authority_name": "", "easting": "304500", "northing": "458500"}]))
    assert warehouse.execute("select area_code, area_basis from staged_report").fetchall() == [("not_known", "none")]


def test_a_stand_in_for_a_committed_date_is_a_blank(warehouse: duckdb.DuckDBPyConnection, write: Write) -> None:
    rows = [{"committed_from": day} for day in ("01/01/1900", "30/12/1899", "15/04/23", "45033")]
    verdict, broken = judge(warehouse, write(rows))
    assert broken == {
        (1, "committed_placeholder"), (2, "committed_placeholder"), (3, "committed_date_unreadable"),
        (4, "other_date_serial"),
    }  # fmt: skip
    assert verdict.quarantined == 0
    assert warehouse.execute("select distinct committed_from_on from staged_report").fetchall() == [(None,)]


@pytest.mark.parametrize("age", ["0", "120", "-1", "Robot", "1e3", "nan"])
def test_an_age_no_victim_has_is_told(age: str, warehouse: duckdb.DuckDBPyConnection, write: Write) -> None:
    _, broken = judge(warehouse, write([{"victim_age": age}, {"victim_age": "34"}, {"victim_age": "119.0"}]))
    assert broken == {(1, "victim_age_implausible")} if age != "nan" else not broken


def test_jews_and_sikhs_may_be_targeted_by_race_alone(warehouse: duckdb.DuckDBPyConnection, write: Write) -> None:
    rows = [
        {"strands": "Race", "religion_targeted": "Jewish; Sikh"},
        {"strands": "Race", "religion_targeted": "Not known"},
        {"strands": "Disability", "offence_code": "9A", "religion_targeted": "Jewish"},
        {"strands": "Faith", "religion_targeted": "Hindu"},
    ]
    _, broken = judge(warehouse, write(rows))
    assert broken == {(3, "religion_without_strand")}


def test_a_victim_on_two_rows_of_a_report_that_differ_is_told_and_counted_once(
    warehouse: duckdb.DuckDBPyConnection, tmp_path: Path
) -> None:
    path = tmp_path / "niche_extracted_2023-10-04.csv"
    rows = [
        "Occurrence No,Occurrence Class,Recorded Time,HO Class Code,Occurrence Keywords,District Council,"
        "Victim Niche Id,Victim Age At Time",
        "N1,Crime,15/04/2023,9B,HATE - RACE,Melton,V1,34",
        "N1,Crime,15/04/2023,9B,HATE - RACE,Melton,V1,43",  # another age
        "N1,Crime,15/04/2023,9B,HATE - RACE,Melton,V2,20",
        "N2,Crime,15/04/2023,9B,HATE - RACE,Melton,V1,34",
    ]
    path.write_text("\n".join(rows), encoding="cp1252")
    _, broken = judge(warehouse, path)
    assert broken == {(1, "victim_twice"), (2, "victim_twice")}
    statements.make(warehouse, statements.STAGING / "merged_report.sql", name="staged_report")
    found = warehouse.execute(
        "select record_id, victim_ref, further_victim_refs from staged_report order by record_id"
    ).fetchall()
    assert found == [("N1", "V1", ["V2"]), ("N2", "V1", [])]


def test_a_report_marked_cancelled_in_a_full_extract_is_withdrawn(
    warehouse: duckdb.DuckDBPyConnection, write: Write, take: Take
) -> None:
    take(write([{}, {}], "hate_2023-04-01_2023-06-30_extracted_2023-07-04.csv"))
    rows = [{"record_type": "No Crime"}, {"recorded_date": ""}, {}]
    take(write(rows, "hate_2023-04-01_2023-06-30_extracted_2023-10-04.csv"))
    # The second is held back until it is corrected, and counts as it was known.
    live = warehouse.execute("select record_id from current_report order by record_id").fetchall()
    assert live == [("R2",), ("R3",)]


def test_the_day_a_report_was_made_is_not_taken_for_the_day_it_was_recorded() -> None:
    for contract in contracts().values():
        if contract.provider == POLICE and contract.kind == REPORT and not contract.is_open:
            assert not {"date reported", "reported date", "reported"} & set(contract.headings), contract.name


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
