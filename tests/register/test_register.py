"""The register keeps everything, in order, with who and when; and shows any earlier day as it was."""

from __future__ import annotations

import subprocess
import sys
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from sqlalchemy import Table, text
from sqlalchemy.dialects import postgresql
from sqlalchemy.exc import IntegrityError
from sqlalchemy.schema import CreateTable

from core.errors import MonitorError
from core.model import Viewer
from core.settings import ROOT
from register import read, store, tables, write

COORDINATOR = Viewer("Coordinator", frozenset({write.COORDINATOR}))
MELTON = Viewer("Melton lead", frozenset({write.CSP_LEAD}), frozenset({"melton"}))
READER = Viewer("Reader", frozenset({"reader"}))
BEGIN = datetime(2022, 7, 1, 9, tzinfo=UTC)
RETURN = {
    "plan_code": "p",
    "indicator_code": "A4",
    "quarter_code": "2022-Q1",
    "organisation_code": "csp_melton",
    "numerator": 1,
    "denominator": 2,
}
ORGANISATION = {"organisation_code": "csp_melton", "position": 1, "name": "Melton CSP", "csp_code": "melton"}


@pytest.fixture
def url(tmp_path: Path) -> str:
    return f"sqlite:///{tmp_path / 'register.sqlite'}"


def save(url: str, row: dict[str, object], at: datetime | None = None, viewer: Viewer = COORDINATOR) -> int:
    with write.writer(url, is_made_up=True) as register:
        return register.entry(viewer, "return", at).put("indicator_return", row)


def save_together(url: str, rows: list[dict[str, object]]) -> None:
    with write.writer(url, is_made_up=True) as register:
        entry = register.entry(COORDINATOR, "return", BEGIN + timedelta(days=1))
        for row in rows:
            entry.put("indicator_return", row)


def returns(url: str, at: datetime) -> list[tuple[int, int]]:
    record = read.read(url, READER, at)
    assert record is not None
    frame = record.table("indicator_return")
    return list(zip(frame["numerator"], frame["version"], strict=True))


def test_a_register_nobody_wrote_in_reads_as_nothing_and_is_not_created(tmp_path: Path) -> None:
    assert read.read(f"sqlite:///{tmp_path / 'none.sqlite'}", READER, BEGIN) is None
    assert list(tmp_path.iterdir()) == []


def test_a_correction_is_a_new_version_and_the_old_day_still_shows_the_old_figure(url: str) -> None:
    assert save(url, RETURN, BEGIN) == 1
    assert save(url, {**RETURN, "numerator": 2}, BEGIN + timedelta(days=2)) == 2
    assert returns(url, BEGIN + timedelta(days=1)) == [(1, 1)]
    assert returns(url, BEGIN + timedelta(days=3)) == [(2, 2)]


def test_saving_the_same_thing_again_makes_no_version(url: str) -> None:
    assert save(url, RETURN, BEGIN) == 1
    assert save(url, RETURN, BEGIN + timedelta(days=2)) == 1
    assert returns(url, BEGIN + timedelta(days=3)) == [(1, 1)]


def test_what_it_said_before_and_who_said_it_stay_on_the_record(url: str) -> None:
    save(url, RETURN, BEGIN)
    save(url, {**RETURN, "numerator": 0}, BEGIN + timedelta(days=1), Viewer("Second", frozenset({write.COORDINATOR})))
    record = read.read(url, READER, BEGIN + timedelta(days=2))
    assert record is not None
    told = record.versions["indicator_return"]
    assert [(row["by_name"], row["numerator"]) for row in told] == [("Coordinator", 1), ("Second", 0)]


@pytest.mark.parametrize("change", ["update indicator_return set numerator = 0", "delete from indicator_return"])
def test_the_database_itself_refuses_to_change_a_kept_row(url: str, change: str) -> None:
    save(url, RETURN, BEGIN)
    engine = store.open_to_write(url)
    with pytest.raises(IntegrityError, match="append-only"), store.writing(engine) as connection:
        connection.execute(text(change))
    assert returns(url, BEGIN + timedelta(days=1)) == [(1, 1)]


def test_an_entry_that_fails_half_way_leaves_nothing(url: str) -> None:
    save(url, RETURN, BEGIN)
    more_than_its_denominator = {**RETURN, "quarter_code": "2022-Q2", "numerator": 3}
    with pytest.raises(MonitorError):
        save_together(url, [{**RETURN, "numerator": 2}, more_than_its_denominator])
    assert returns(url, BEGIN + timedelta(days=2)) == [(1, 1)]


def test_history_cannot_be_dated_before_what_is_already_kept(url: str) -> None:
    save(url, RETURN, BEGIN)
    with pytest.raises(MonitorError) as refused:
        save(url, {**RETURN, "numerator": 2}, BEGIN - timedelta(days=1))
    assert refused.value.exit_code == 3
    assert returns(url, BEGIN) == [(1, 1)]


def test_made_up_and_real_entries_are_never_in_one_register(url: str) -> None:
    save(url, RETURN, BEGIN)
    with pytest.raises(MonitorError), write.writer(url, is_made_up=False):
        pass


@pytest.mark.parametrize(
    "row",
    [
        {**RETURN, "quarter_code": "2022 Q1"},  # not how a quarter is written
        {**RETURN, "numerator": None},  # half a return
        {**RETURN, "numerator": -1},
    ],
)
def test_a_return_that_cannot_be_right_is_refused_without_quoting_it(url: str, row: dict[str, object]) -> None:
    with pytest.raises(MonitorError) as refused:
        save(url, row, BEGIN)
    assert "2022 Q1" not in refused.value.as_text()


def test_a_return_may_say_only_that_there_is_no_figure(url: str) -> None:
    assert save(url, {**RETURN, "numerator": None, "denominator": None, "commentary": "Not collected."}, BEGIN) == 1


def test_a_csp_lead_writes_for_their_own_csp_only(url: str) -> None:
    with write.writer(url, is_made_up=True) as register:
        entry = register.entry(COORDINATOR, "set up", BEGIN)
        entry.put("organisation", ORGANISATION)
        entry.put("organisation", {**ORGANISATION, "organisation_code": "csp_rutland", "csp_code": "rutland"})
    assert save(url, RETURN, BEGIN, MELTON) == 1
    with pytest.raises(MonitorError):
        save(url, {**RETURN, "organisation_code": "csp_rutland"}, BEGIN, MELTON)
    with write.writer(url, is_made_up=True) as register:
        adoption = {"plan_code": "p", "csp_code": "melton", "status_code": "adopted"}
        register.entry(MELTON, "adoption", BEGIN).put("adoption", adoption)
    with pytest.raises(MonitorError), write.writer(url, is_made_up=True) as register:
        register.entry(MELTON, "organisation", BEGIN).put("organisation", ORGANISATION | {"name": "Other"})


def test_somebody_without_a_role_neither_reads_nor_writes(url: str) -> None:
    save(url, RETURN, BEGIN)
    nobody = Viewer("Nobody", frozenset())
    with pytest.raises(MonitorError):
        read.read(url, nobody, BEGIN)
    with pytest.raises(MonitorError):
        save(url, RETURN, BEGIN, nobody)


def test_a_register_of_a_newer_program_is_refused_in_words(url: str) -> None:
    save(url, RETURN, BEGIN)
    with store.writing(store.open_to_write(url)) as connection:
        connection.execute(text("update schema_version set version = 99"))
    with pytest.raises(MonitorError, match="newer version"):
        read.read(url, READER, BEGIN)


@settings(max_examples=20, deadline=None)
@given(figures=st.lists(st.integers(0, 3), min_size=1, max_size=6))
def test_reading_as_at_an_earlier_moment_is_what_was_read_then(
    figures: list[int], tmp_path_factory: pytest.TempPathFactory
) -> None:
    url = f"sqlite:///{tmp_path_factory.mktemp('r') / 'register.sqlite'}"
    seen = []
    for day, figure in enumerate(figures):
        at = BEGIN + timedelta(days=day)
        save(url, {**RETURN, "numerator": figure, "denominator": 3}, at)
        seen.append((at, returns(url, at)))
    whole = read.read(url, READER, BEGIN + timedelta(days=99))
    assert whole is not None
    for at, then in seen:
        frame = whole.as_at(at).table("indicator_return")
        assert list(zip(frame["numerator"], frame["version"], strict=True)) == then


def test_processes_that_save_at_once_all_have_their_turn(url: str) -> None:
    save(url, RETURN, None)
    script = (
        "import sys; from core.model import Viewer; from register import write\n"
        "viewer = Viewer(sys.argv[2], frozenset({write.COORDINATOR}))\n"
        "for turn in range(5):\n"
        "    with write.writer(sys.argv[1], is_made_up=True) as register:\n"
        f"        row = {RETURN!r} | {{'commentary': f'{{sys.argv[2]}} {{turn}}'}}\n"
        "        register.entry(viewer, 'return').put('indicator_return', row)\n"
    )
    running = [subprocess.Popen([sys.executable, "-c", script, url, f"writer {n}"], cwd=ROOT) for n in range(4)]
    assert [process.wait(timeout=60) for process in running] == [0, 0, 0, 0]
    record = read.read(url, READER, datetime.max.replace(tzinfo=UTC))
    assert record is not None
    told = record.versions["indicator_return"]
    assert [row["version"] for row in told] == list(range(1, 22))
    assert [row["at"] for row in told] == sorted(row["at"] for row in told)
    for n in range(4):
        assert [row["commentary"] for row in told if row["by_name"] == f"writer {n}"] == [
            f"writer {n} {turn}" for turn in range(5)
        ]


def test_the_mark_moves_exactly_when_something_was_written(url: str) -> None:
    assert read.mark(url, READER, BEGIN) is None
    save(url, RETURN, BEGIN)
    first = read.mark(url, READER, BEGIN + timedelta(days=9))
    assert first == read.mark(url, READER, BEGIN)
    save(url, {**RETURN, "numerator": 2}, BEGIN + timedelta(days=2))
    assert read.mark(url, READER, BEGIN + timedelta(days=9)) != first
    assert read.mark(url, READER, BEGIN + timedelta(days=1)) == first


@pytest.mark.parametrize("table", tables.metadata.sorted_tables, ids=lambda table: str(table.name))
def test_no_table_needs_the_database_to_be_sqlite(table: Table) -> None:
    assert f"CREATE TABLE {table.name}" in str(CreateTable(table).compile(dialect=postgresql.dialect()))


def test_every_kept_table_knows_what_its_rows_are_about() -> None:
    for table in tables.KEPT.values():
        assert tables.key(table)
        assert {column.name for column in table.columns} >= {"version", "entry_id", *tables.key(table)}


RESPONSE = {
    "measure_code": "crime", "area_code": "E07000133", "strand_code": "race", "quarter_code": "2022-Q4",
    "response_code": "looking", "responder": "Melton CSP", "note": None,
}  # fmt: skip


def respond(url: str, row: dict[str, object], viewer: Viewer = COORDINATOR, at: datetime | None = BEGIN) -> int:
    with write.writer(url, is_made_up=True) as register:
        return register.entry(viewer, "exception response", at).put("exception_response", row)


def responses(url: str) -> list[tuple[object, ...]]:
    record = read.read(url, READER, BEGIN + timedelta(days=999))
    if record is None:
        return []
    return [(row["area_code"], row["response_code"], row["note"]) for row in record.versions["exception_response"]]


@pytest.mark.parametrize(
    ("csp", "area", "may"),
    [
        ("melton", "E07000133", True),
        ("melton", "E07000130", False),
        ("melton", "llr", False),
        ("melton", "county", False),
        ("blaby_hinckley", "E07000129", True),  # the two share one CSP
        ("blaby_hinckley", "E07000132", True),
        ("blaby_hinckley", "csp_blaby_hinckley", True),
        ("blaby_hinckley", "E07000135", False),
        ("leicester", "E06000016", True),
        ("leicester", "llr", False),
        ("rutland", "county_rutland", False),
    ],
)
def test_a_csp_lead_answers_for_their_own_places_only(url: str, csp: str, area: str, may: bool) -> None:
    lead = Viewer("A lead", frozenset({write.CSP_LEAD}), frozenset({csp}))
    row = {**RESPONSE, "area_code": area}
    if may:
        assert respond(url, row, lead) == 1
        assert responses(url) == [(area, "looking", None)]
        return
    with pytest.raises(MonitorError) as refused:
        respond(url, row, lead)
    assert refused.value.as_dict()["what"] == "you may not answer for this place."
    assert responses(url) == []
    assert respond(url, row) == 1, "the coordinator may"


@pytest.mark.parametrize("viewer", [READER, Viewer("Demonstration", frozenset({"demonstration"}))])
def test_a_reader_answers_nothing(url: str, viewer: Viewer) -> None:
    with pytest.raises(MonitorError):
        respond(url, RESPONSE, viewer)
    assert responses(url) == []


@pytest.mark.parametrize(
    ("change", "rule"),
    [
        ({"response_code": "solved"}, "noted, looking, explained"),
        ({"response_code": None}, "noted, looking, explained"),
        ({"responder": ""}, "says who gives it"),
        ({"responder": " \t"}, "says who gives it"),
        ({"responder": None}, "says who gives it"),
        ({"response_code": "explained"}, "must be written down"),
        ({"response_code": "explained", "note": "\n "}, "must be written down"),
        ({"quarter_code": "Q4 2022/23"}, "a quarter is written like"),
        ({"area_code": "E99999999"}, "it is one of"),
        ({"strand_code": "hair"}, "it is one of"),
    ],
)
def test_a_response_that_lacks_something_is_refused_in_four_parts_and_not_kept(
    url: str, change: dict[str, object], rule: str
) -> None:
    respond(url, RESPONSE)
    with pytest.raises(MonitorError, match=rule) as refused:
        respond(url, {**RESPONSE, **change}, at=BEGIN + timedelta(days=1))
    parts = refused.value.as_dict()
    assert set(parts) == {"what", "where", "meaning", "action"}
    assert all(parts.values())
    assert parts["what"].startswith("a response was refused: ")
    assert "solved" not in refused.value.as_text()
    assert responses(url) == [("E07000133", "looking", None)]


def test_responding_writes_in_the_register_of_this_deployment(url: str, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("MONITOR_REGISTER", url)
    write.respond(MELTON, RESPONSE, is_made_up=True)
    with pytest.raises(MonitorError, match="made-up and real"):
        write.respond(MELTON, {**RESPONSE, "response_code": "noted"}, is_made_up=False)
    record = read.read(url, READER, datetime.now(UTC) + timedelta(days=1))
    assert record is not None
    told = record.versions["exception_response"]
    assert [(row["response_code"], row["by_name"], row["version"]) for row in told] == [("looking", "Melton lead", 1)]
