"""What moved between two builds, report by report, against the warehouse as it stood when each was published."""

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping
from dataclasses import replace
from datetime import timedelta
from pathlib import Path

import pytest
from hypothesis import HealthCheck, given
from hypothesis import settings as examples
from hypothesis import strategies as st

from core import builds, db
from core.settings import Settings
from etl import pipeline

from .conftest import NOW, Row, Write

FIRST, SECOND, THIRD = (f"hate_2023-01-01_2023-06-30_extracted_2023-{month}-05.csv" for month in ("07", "08", "09"))
LEICESTER, MELTON = "E06000016", "E07000133"
UNDATED = {"committed_from": "", "committed_to": ""}
Cell = tuple[str, str, str]
_CELLS = """
    select record_id, measure_code, area_code,
        case when recorded_on < date '2023-04-01' then '2022-Q4' else '2023-Q1' end as quarter_code
    from current_report
    where area_code <> 'outside'
"""
_MOVEMENTS = db.Statement(
    "Every movement.",
    ("movement",),
    "select measure_before, area_before, quarter_before, measure_now, area_now, quarter_now, reports, is_accounted "
    "from movement",
    Path("movement"),
)


def stood(settings: Settings) -> dict[str, Cell]:
    """The cell each live report counts in now."""
    connection = db.open_database(settings.data / "warehouse.duckdb")
    try:
        return {str(row[0]): row[1:] for row in connection.execute(_CELLS).fetchall()}
    finally:
        connection.close()


def moved(settings: Settings, number: int) -> dict[tuple[Cell | None, Cell | None], tuple[int, bool]]:
    frame = db.ask(builds.mart_path(settings.data, number, "restricted"), _MOVEMENTS, {})
    return {
        (row[:3] if isinstance(row[0], str) else None, row[3:6] if isinstance(row[3], str) else None): (row[6], row[7])
        for row in frame.itertuples(index=False, name=None)
    }


def differences(before: dict[str, Cell], now: dict[str, Cell]) -> Counter[tuple[Cell | None, Cell | None]]:
    return Counter(
        (before.get(record), now.get(record))
        for record in before.keys() | now.keys()
        if before.get(record) != now.get(record)
    )


def report(number: int, **changes: str) -> Row:
    return {"record_id": f"R{number}", "authority_name": "Leicester", "recorded_date": "15/04/2023"} | UNDATED | changes


EARLIER = [report(90 + number, recorded_date="16/01/2023") for number in range(3)]  # so that both quarters are covered


def test_added_taken_away_and_moved_are_told_apart(settings: Settings, write: Write) -> None:
    first = [*EARLIER, report(1), report(2), report(3), report(4), report(5)]
    second = [
        *EARLIER,
        report(1),  # as it was
        report(2, authority_name="Melton"),  # moved to another authority
        report(3, recorded_date="17/01/2023"),  # moved to another quarter
        report(4, outcome_code="14"),  # another outcome is no movement
        # 5 was cancelled
        report(6),  # recorded late
    ]
    pipeline.load([write(first, FIRST)], settings, NOW)
    pipeline.load([write(second, SECOND)], settings, NOW)
    assert moved(settings, 1) == {}
    quarter = ("crime", LEICESTER, "2023-Q1")
    assert moved(settings, 2) == {
        (None, quarter): (1, True),
        (quarter, None): (1, True),
        (quarter, ("crime", MELTON, "2023-Q1")): (1, True),
        (quarter, ("crime", LEICESTER, "2022-Q4")): (1, True),
    }


def test_a_report_that_came_back_is_not_accounted_for(settings: Settings, write: Write) -> None:
    for rows, name in (
        ([*EARLIER, report(1), report(2)], FIRST),
        ([*EARLIER, report(1)], SECOND),
        ([*EARLIER, report(1, authority_name="Melton"), report(2)], THIRD),
    ):
        pipeline.load([write(rows, name)], settings, NOW)
    # R2 leaves no trace of having been away: the cell R1 left lost nothing in all, so what is known of it falls short.
    away = (("crime", LEICESTER, "2023-Q1"), ("crime", MELTON, "2023-Q1"))
    assert moved(settings, 3) == {away: (1, False)}


def test_nothing_is_told_of_an_extract_that_came_late(settings: Settings, write: Write) -> None:
    pipeline.load([write([*EARLIER, report(1)], SECOND)], settings, NOW)
    pipeline.load([write([*EARLIER, report(1), report(2)], FIRST)], settings, NOW)
    assert moved(settings, 2) == {}


def test_nothing_is_told_against_a_build_of_another_warehouse(settings: Settings, write: Write) -> None:
    pipeline.load([write([*EARLIER, report(1)], FIRST)], settings, NOW)
    (settings.data / "warehouse.duckdb").unlink()
    pipeline.load([write([*EARLIER, report(2)], SECOND)], settings, NOW)
    assert moved(settings, 2) == {}


def test_nothing_is_told_against_a_build_whose_extract_was_judged_again(
    settings: Settings, write: Write, monkeypatch: pytest.MonkeyPatch
) -> None:
    path = write([*EARLIER, report(1)], FIRST)
    pipeline.load([path], settings, NOW)
    monkeypatch.setattr(pipeline, "judged_by", lambda *_: "by other rules")
    pipeline.load([path, write([*EARLIER, report(2)], SECOND)], settings, NOW + timedelta(minutes=1))
    assert moved(settings, 2) == {}


PLACES = st.sampled_from(["Leicester", "Melton", "Nowhere"])
DAYS = st.sampled_from(["15/02/2023", "15/04/2023"])
KINDS = st.sampled_from(["Crime", "Non-crime"])
CONTENT = st.fixed_dictionaries({"authority_name": PLACES, "recorded_date": DAYS, "record_type": KINDS})


@examples(max_examples=3, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(extracts=st.lists(st.dictionaries(st.integers(1, 5), CONTENT, max_size=5), min_size=3, max_size=3))
def test_what_adds_up_is_what_moved(
    settings: Settings, write: Write, tmp_path_factory: pytest.TempPathFactory, extracts: list[dict[int, Row]]
) -> None:
    """Any three full extracts, each report changing, leaving and coming back as it likes."""
    own = replace(settings, data=tmp_path_factory.mktemp("data"))
    now: dict[str, Cell] = {}
    for number, (rows, name) in enumerate(zip(extracts, (FIRST, SECOND, THIRD), strict=True), 1):
        given_rows = [report(key, **row) for key, row in rows.items()]
        pipeline.load([write([*EARLIER, *given_rows], name)], own, NOW, allow_withdrawals=True)
        before, now = now, stood(own)
        if number == 1 or builds.live_number(own.data) != number:  # the same bytes twice publish nothing
            continue
        truth, told = differences(before, now), moved(own, number)
        counts = {pair: count for pair, (count, _) in told.items()}
        # So the Quality page decides: either what is told adds up to the change in every count, or it is not told.
        if number == 2 or nets(counts) == nets(truth):
            assert counts == truth
            assert all(is_accounted for _, is_accounted in told.values())
        for cell in nets(counts).keys() | nets(truth).keys():
            assert nets(counts)[cell] <= nets(truth)[cell], "what leaves no trace is coming back, never leaving"


def nets(moves: Mapping[tuple[Cell | None, Cell | None], int]) -> Counter[Cell]:
    """The change in the count of each cell that follows from moves."""
    change: Counter[Cell] = Counter()
    for (was, goes), count in moves.items():
        if was is not None:
            change[was] -= count
        if goes is not None:
            change[goes] += count
    return Counter({cell: net for cell, net in change.items() if net})
