"""The quick ways the marts count in give what the plain ways give."""

from __future__ import annotations

import calendar
import random
from collections import defaultdict
from collections.abc import Iterator
from datetime import date, timedelta
from itertools import product

import duckdb
import pytest

from core import db
from etl import statements

FIRST = date(2021, 1, 1)
# Of the quarter that begins in October two months are covered, so it is not whole; nor is the first, by our word.
COVERED = [date(2021, month, 1) for month in range(1, 12)]
WHOLE = {"2021-Q1", "2021-Q2"}
# Days a quarter or a year turns on, and so many of them that one victim has several reports on one.
EDGES = (date(2020, 6, 30), date(2021, 4, 1), date(2021, 6, 30), date(2021, 7, 1), date(2021, 9, 30))
STRANDS = ("race", "religion", "disability")
MEMBERS = [("llr", "E06000016"), ("llr", "E06000017"), ("E06000016", "E06000016"), ("E06000017", "E06000017")]
Report = tuple[str, str | None, bool, str, str, list[str], date]


@pytest.fixture(name="warehouse")
def _warehouse() -> Iterator[duckdb.DuckDBPyConnection]:
    connection = duckdb.connect()
    connection.execute("create table area_member (area_code varchar, member_code varchar)")
    # The same member twice, as when an area gave it up and took it back.
    connection.executemany("insert into area_member values (?, ?)", [*MEMBERS, MEMBERS[0]])
    connection.execute("create table measure_member (measure_code varchar, member_code varchar)")
    connection.executemany(
        "insert into measure_member values (?, ?)",
        [("all", "crime"), ("all", "incident"), ("crime", "crime"), ("incident", "incident")],
    )
    yield connection
    connection.close()


def _quarter(day: date) -> str | None:
    if day.replace(day=1) not in COVERED:
        return None
    return f"{day.year - (day.month < 4)}-Q{(day.month + 8) % 12 // 3 + 1}"


def _reports(chance: random.Random, number: int, victims: int) -> list[Report]:
    return [
        (
            f"R{chance.randrange(10**9):09d}-{place}",
            None if chance.random() < 0.1 else f"V{chance.randrange(victims)}",
            chance.random() < 0.9,
            chance.choice(("crime", "incident")),
            chance.choice(("E06000016", "E06000017")),
            sorted(chance.sample(STRANDS, chance.choice((0, 1, 1, 2)))),
            chance.choice(EDGES) if chance.random() < 0.4 else FIRST + timedelta(days=chance.randrange(-300, 500)),
        )
        for place in range(number)
    ]


def _year_before(day: date) -> date:
    return day.replace(year=day.year - 1, day=min(day.day, calendar.monthrange(day.year - 1, day.month)[1]))


def _plainly(reports: list[Report]) -> dict[tuple[str, str, str, str], tuple[int, int]]:
    """(measure, area, strand, quarter) -> victims and repeat victims, each kept by name."""
    seen: dict[tuple[str, str, str, str], set[str]] = defaultdict(set)
    again: dict[tuple[str, str, str, str], set[str]] = defaultdict(set)
    last: dict[str, date] = {}
    for _, victim, is_person, measure, authority, strands, day in sorted(reports, key=lambda one: (one[6], one[0])):
        if victim is None or not is_person:
            continue
        is_repeat = victim in last and last[victim] >= _year_before(day)
        last[victim] = day
        quarter = _quarter(day)
        if quarter not in WHOLE or quarter is None:
            continue
        areas = {area for area, member in MEMBERS if member == authority}
        for cell in product(("all", measure), areas, ("all", *(strands or ["not_known"])), (quarter,)):
            seen[cell].add(victim)
            if is_repeat:
                again[cell].add(victim)
    return {cell: (len(names), len(again[cell])) for cell, names in seen.items()}


@pytest.mark.parametrize(("number", "victims"), [(40, 3), (400, 40), (400, 2000)])
@pytest.mark.parametrize("seed", range(4))
def test_victims_are_counted_as_if_each_were_told_apart_by_name(
    warehouse: duckdb.DuckDBPyConnection, number: int, victims: int, seed: int
) -> None:
    reports = _reports(random.Random(seed), number, victims)
    warehouse.execute(
        "create table counted_report (record_id varchar, victim_ref varchar, has_victim boolean, measure_code varchar, "
        "area_code varchar, strand_codes varchar[], recorded_on date, quarter_code varchar, "
        "is_quarter_complete boolean)"
    )
    rows = [(*report, _quarter(report[6]), _quarter(report[6]) in WHOLE) for report in reports]
    warehouse.executemany("insert into counted_report values (?, ?, ?, ?, ?, ?, ?, ?, ?)", rows)
    statement = db.statement(statements.MART / "area_quarter_victim.sql")
    found = warehouse.execute(statement.sql, {"repeat_months": 12}).fetchall()
    assert {tuple(row[:4]): tuple(row[4:]) for row in found} == _plainly(reports)
    assert len(found) == len({tuple(row[:4]) for row in found})


def test_weeks_to_an_outcome_are_whole_and_a_date_that_cannot_be_is_a_row_of_its_own(
    warehouse: duckdb.DuckDBPyConnection,
) -> None:
    days = [0, 1, 7, 8, 14, 15, None]  # a week has seven days; an outcome of the day itself came within one
    warehouse.execute(
        "create table counted_report (measure_code varchar, area_code varchar, strand_codes varchar[], "
        "offence_group_code varchar, quarter_code varchar, outcome_code varchar, days_to_outcome bigint, "
        "is_quarter_complete boolean)"
    )
    one = ("E06000016", ["race"], "violence", "2021-Q1")
    rows = [("crime", *one, "18", day, True) for day in days]
    rows += [
        ("crime", *one, None, None, True),  # no outcome yet
        ("incident", *one, "18", 3, True),  # an incident has none
        ("crime", *one, "18", 3, False),  # of a quarter not held whole
    ]
    warehouse.executemany("insert into counted_report values (?, ?, ?, ?, ?, ?, ?, ?)", rows)
    statements.make(warehouse, statements.MART / "base" / "alike_crime.sql")
    found = warehouse.execute(db.statement(statements.MART / "area_quarter_outcome_time.sql").sql).fetchall()
    for strand in ("all", "race"):
        weeks = {row[4]: row[5] for row in found if row[1] == strand}
        assert weeks == {1: 3, 2: 2, 3: 1, None: 1}


def test_every_report_is_of_one_kind_of_victim(warehouse: duckdb.DuckDBPyConnection) -> None:
    warehouse.execute(
        "create table counted_report (measure_code varchar, area_code varchar, strand_codes varchar[], "
        "quarter_code varchar, has_victim boolean, victim_ref varchar, is_quarter_complete boolean, "
        "channel_code varchar default 'online')"
    )
    rows = [
        ("crime", "E06000016", ["race", "religion"], "2021-Q1", True, "V1", True),
        ("crime", "E06000016", ["race"], "2021-Q1", True, None, True),
        ("crime", "E06000016", ["race"], "2021-Q1", False, "V2", True),  # an organisation, whatever its reference
        ("crime", "E06000016", [], "2021-Q2", True, "V1", False),
    ]
    warehouse.executemany("insert into counted_report values (?, ?, ?, ?, ?, ?, ?, default)", rows)
    statements.make(warehouse, statements.MART / "base" / "alike_told.sql")
    found = warehouse.execute(db.statement(statements.MART / "area_quarter_victim_kind.sql").sql).fetchall()
    assert {(strand, kind): reports for _, _, strand, kind, _, reports in found} == {
        ("all", "reference"): 1, ("all", "no_reference"): 1, ("all", "organisation"): 1,
        ("race", "reference"): 1, ("race", "no_reference"): 1, ("race", "organisation"): 1,
        ("religion", "reference"): 1,
    }  # fmt: skip
