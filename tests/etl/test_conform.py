"""Step 4: versions of a record. What is live depends on the extracts taken in, not on the order they came."""

from __future__ import annotations

from itertools import permutations
from pathlib import Path
from typing import Any

import duckdb
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from core import db
from core.errors import MonitorError
from etl import conform
from etl.extract import open_extract
from etl.stage import stage
from etl.validate import validate

from .conftest import NOW, Row, Take, Write

FULL = "hate_2023-04-01_2023-06-30_extracted_{}.csv"
CHANGES = "hate_extracted_{}.csv"


def live(connection: duckdb.DuckDBPyConnection) -> dict[str, str]:
    """record id -> group of every live report."""
    return dict(connection.execute("select record_id, group_code from current_report").fetchall())


def row(record_id: str, strand: str = "Race") -> Row:
    return {"record_id": record_id, "strands": strand, "offence_code": "", "committed_from": "", "committed_to": ""}


def test_a_first_extract_is_all_new_and_the_next_is_told_apart(
    write: Write, take: Take, warehouse: duckdb.DuckDBPyConnection
) -> None:
    first = take(write([row("A"), row("B"), row("C")], FULL.format("2023-07-05")))
    assert (first.new, first.changed, first.unchanged) == (3, 0, 0)
    # A as it was, B with a strand added, C gone, D new.
    second = take(write([row("A"), row("B", "Race; Faith"), row("D")], FULL.format("2023-08-05")))
    assert (second.new, second.changed, second.unchanged) == (1, 1, 1)
    assert live(warehouse) == {"A": "race", "B": "multiple", "D": "race"}
    ended = warehouse.execute(
        "select record_id, brought_load_id, ended_load_id from report_version order by all"
    ).fetchall()
    assert ended == [("A", 1, None), ("B", 1, 2), ("B", 2, None), ("C", 1, 2), ("D", 2, None)]


def test_changes_only_withdraw_nothing(write: Write, take: Take, warehouse: duckdb.DuckDBPyConnection) -> None:
    take(write([row("A"), row("B")], FULL.format("2023-07-05")))
    load = take(write([row("B", "Faith")], CHANGES.format("2023-08-05")))
    assert load.coverage == "changes"
    assert live(warehouse) == {"A": "race", "B": "religion"}


def test_a_full_extract_withdraws_nothing_outside_its_window(
    write: Write, take: Take, warehouse: duckdb.DuckDBPyConnection
) -> None:
    take(write([row("A"), {**row("B"), "recorded_date": "01/09/2023"}], CHANGES.format("2023-09-05")))
    take(write([row("C")], FULL.format("2023-10-05")))
    assert set(live(warehouse)) == {"B", "C"}


def test_a_record_held_back_is_not_withdrawn_but_stays_as_it_was(
    write: Write, take: Take, warehouse: duckdb.DuckDBPyConnection
) -> None:
    take(write([row("A"), row("B"), row("C")], FULL.format("2023-07-05")))
    path = write([row("A"), {**row("B"), "recorded_date": "yesterday"}], FULL.format("2023-08-05"))
    # C is there too, cut short: its identifier can still be read.
    path.write_text(path.read_text() + "C,Crime\n")
    take(path)
    assert set(live(warehouse)) == {"A", "B", "C"}


def test_a_withdrawn_record_that_comes_back_lives_again(
    write: Write, take: Take, warehouse: duckdb.DuckDBPyConnection
) -> None:
    take(write([row("A"), row("B")], FULL.format("2023-07-05")))
    take(write([row("A")], FULL.format("2023-08-05")))
    assert set(live(warehouse)) == {"A"}
    take(write([row("A"), row("B")], FULL.format("2023-09-05")))
    assert set(live(warehouse)) == {"A", "B"}


def test_an_older_extract_taken_in_late_changes_nothing_newer(
    write: Write, take: Take, warehouse: duckdb.DuckDBPyConnection
) -> None:
    take(write([row("A", "Faith")], FULL.format("2023-08-05")))
    take(write([row("A"), row("B")], FULL.format("2023-07-05")))
    # B was in July's extract and not in August's, which came first: it is withdrawn all the same.
    assert live(warehouse) == {"A": "religion"}


def state(paths: list[Path]) -> list[tuple[Any, ...]]:
    """What the marts could see after these files, in this order; load numbers aside."""
    connection = db.open_database(Path(":memory:"))
    try:
        conform.lay_tables(connection)
        for path in paths:
            extract = open_extract(path, None, None)
            if conform.already_loaded(connection, extract, "alike"):
                continue
            stage(connection, extract, None)
            conform.conform(connection, extract, validate(connection, extract), NOW, "alike")
        select = """
            select current_report.* exclude (first_load_id, version_load_id), first.sha256, version.sha256
            from current_report
            join load as first on first.load_id = first_load_id
            join load as version on version.load_id = version_load_id
            order by all
        """
        return connection.execute(select).fetchall()
    finally:
        connection.close()


RECORD = st.tuples(
    st.sampled_from("ABCD"),
    st.sampled_from(["Race", "Faith", "Race; Faith", "Vegan"]),  # the last is held back
    st.sampled_from(["15/04/2023", "15/05/2023", "15/08/2023"]),  # the last is outside the window
)
EXTRACT = st.tuples(
    st.sampled_from(["2023-09-05", "2023-09-06", "2023-09-07"]),
    st.booleans(),  # full or changes only
    st.lists(RECORD, max_size=4),
)


@settings(max_examples=6, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(extracts=st.lists(EXTRACT, min_size=2, max_size=4), data=st.data())
def test_loads_in_any_order_and_repetition_end_the_same(
    extracts: list[tuple[str, bool, list[tuple[str, str, str]]]], data: st.DataObject, write: Write
) -> None:
    paths = []
    for number, (day, is_full, records) in enumerate(extracts):
        # Every file has one record of its own, so that none is refused for holding nothing.
        rows = [row(f"own{number}"), *({**row(i, s), "recorded_date": d} for i, s, d in records)]
        paths.append(write(rows, f"{number}_" + (FULL if is_full else CHANGES).format(day)))
    shuffled = data.draw(st.permutations(paths))
    again = data.draw(st.lists(st.sampled_from(paths), max_size=2))
    assert state(paths) == state([*shuffled, *again])


@pytest.mark.parametrize("every", [5, pytest.param(1, marks=pytest.mark.long)])
def test_three_versions_of_a_record_end_the_same_in_every_order(write: Write, every: int) -> None:
    # The third extract goes back to what the first said; the fourth leaves the record out.
    paths = [
        write([row("A"), row("B")], FULL.format("2023-07-01")),
        write([row("A", "Faith"), row("B")], FULL.format("2023-07-02")),
        write([row("A"), row("B")], CHANGES.format("2023-07-03")),
        write([row("B"), row("C")], FULL.format("2023-07-04")),
    ]
    first = state(paths)
    assert {line[0] for line in first} == {"B", "C"}
    assert all(state(list(order)) == first for order in [*permutations(paths)][::every])


@pytest.mark.parametrize("order", [(0, 1), (1, 0)])
def test_two_extracts_of_one_day_are_ordered_by_fingerprint(order: tuple[int, int], write: Write) -> None:
    paths = [
        write([row("A")], "a_" + CHANGES.format("2023-07-01")),
        write([row("A", "Faith")], "b_" + CHANGES.format("2023-07-01")),
    ]
    last = max(paths, key=lambda path: open_extract(path, None, None).sha256)
    expected = "race" if last is paths[0] else "religion"
    assert [line[8] for line in state([paths[number] for number in order])] == [expected]


def test_made_up_and_real_reports_never_share_a_warehouse(write: Write, take: Take) -> None:
    take(write([row("A")], CHANGES.format("2023-07-01")))
    with pytest.raises(MonitorError, match="holds made-up records and the file holds real ones") as refused:
        take(write([{**row("B"), "made_up": ""}], CHANGES.format("2023-07-02")))
    assert refused.value.exit_code == 3


def test_victims_without_a_person_behind_them_have_no_reference(
    write: Write, take: Take, warehouse: duckdb.DuckDBPyConnection
) -> None:
    rows = [
        {"victim_ref": "V1", "victim_type": "Person"},
        {"victim_ref": "V2", "victim_type": "Organisation"},
        {"victim_ref": "Regina", "victim_type": ""},
        {"victim_ref": "", "victim_type": "Person"},
    ]
    take(write(rows))
    found = warehouse.execute("select victim_ref, victim_kind from current_report order by record_id").fetchall()
    assert found == [("V1", "person"), (None, "organisation"), (None, "not_known"), (None, "person")]


def test_places_are_found_by_code_name_postcode_and_grid_reference(
    write: Write, take: Take, warehouse: duckdb.DuckDBPyConnection
) -> None:
    rows = [
        {"authority_name": "", "authority_code": "E07000135"},
        {"authority_name": "Hinckley & Bosworth BC"},
        {"authority_name": "", "postcode": "LE15 6HP"},  # Rutland County Council's office
        {"authority_name": "", "easting": "458500", "northing": "304500"},  # the middle of Leicester
        {"authority_name": ""},
        {"authority_name": "", "postcode": "NG1 5FS"},  # Nottingham
    ]
    take(write(rows))
    found = warehouse.execute("select area_code, area_basis from current_report order by record_id").fetchall()
    assert found == [
        ("E07000135", "authority_code"),
        ("E07000132", "authority_name"),
        ("E06000017", "postcode"),
        ("E06000016", "grid_reference"),
        ("not_known", "none"),
        ("outside", "postcode"),
    ]
