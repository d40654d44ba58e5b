"""The same file again: nothing, unless what judges its records has changed; then it is judged again in its place."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from pathlib import Path

import duckdb
import pytest

from etl import conform
from etl.contract import contracts
from etl.extract import open_extract
from etl.stage import stage
from etl.validate import judged_by, validate
from tests.etl.conftest import NOW, Row, Write

VERSIONS = """
    select record_id, strand_codes, first.sha256, brought.sha256, seen.sha256, ended.sha256
    from report_version
    join load as first on first.load_id = first_load_id
    join load as brought on brought.load_id = brought_load_id
    join load as seen on seen.load_id = seen_load_id
    left join load as ended on ended.load_id = ended_load_id
    order by all
"""


def give(warehouse: duckdb.DuckDBPyConnection, path: Path) -> conform.Load | None:
    """Give a file as the pipeline does; None when there was nothing new in it."""
    extract = open_extract(path, None, None)
    fingerprint = judged_by(extract, None)
    known = conform.already_loaded(warehouse, extract, fingerprint)
    if known and known.is_judged_alike:
        return None
    stage(warehouse, extract, None)
    verdict = validate(warehouse, extract)
    again = known.load_id if known else None
    return conform.conform(warehouse, extract, verdict, NOW, fingerprint, again)[0]


def state(warehouse: duckdb.DuckDBPyConnection) -> list[list[tuple[object, ...]]]:
    """Every version with its loads by fingerprint, and what is held back, whatever the numbers of the loads."""
    held = "select record_number, record_id, reasons, sha256 from quarantine join load using (load_id) order by all"
    counts = "select sha256, records, accepted, quarantined, reports from load order by all"
    return [warehouse.execute(asked).fetchall() for asked in (VERSIONS, held, counts)]


Learn = Callable[[dict[str, str]], None]


@pytest.fixture
def learn(monkeypatch: pytest.MonkeyPatch) -> Learn:
    """learn({word: strand}): the canonical contract knows more words for strands, or reads some otherwise."""

    def add(meanings: dict[str, str]) -> None:
        given = contracts()["hate_reports"]
        strands = {
            code: tuple(word for word in words if word not in meanings) for code, words in given.words["strand"].items()
        }
        for word, strand in meanings.items():
            strands[strand] = (*strands[strand], word)
        changed = replace(given, words={**given.words, "strand": strands})
        monkeypatch.setattr("etl.extract.contracts", lambda: {changed.name: changed})
        monkeypatch.setattr("etl.contract.contracts", lambda: {changed.name: changed})

    return add


def test_the_same_file_twice_changes_nothing(warehouse: duckdb.DuckDBPyConnection, write: Write) -> None:
    path = write([{}, {}])
    give(warehouse, path)
    before = state(warehouse)
    assert give(warehouse, path) is None
    assert state(warehouse) == before


def test_a_word_learnt_takes_its_records_out_of_quarantine(
    warehouse: duckdb.DuckDBPyConnection, write: Write, learn: Learn
) -> None:
    path = write([{}, {"strands": "Martian"}])
    first = give(warehouse, path)
    assert first is not None
    assert first.quarantined == 1
    learn({"Martian": "race"})
    again = give(warehouse, path)
    assert again is not None
    assert (again.load_id, again.accepted, again.quarantined) == (first.load_id, 2, 0)
    assert (again.new, again.unchanged) == (1, 1)
    assert warehouse.execute("select count(*) from quarantine").fetchall() == [(0,)]
    assert warehouse.execute("select count(*) from load").fetchall() == [(1,)]
    assert give(warehouse, path) is None, "judged with what is known now, there is nothing new in it"


@pytest.mark.parametrize("order", [(0, 1, 2), (2, 1, 0), (1, 0, 2)])
def test_judged_again_in_any_order_the_extracts_end_as_if_they_had_been_judged_so_at_first(
    order: tuple[int, ...], warehouse: duckdb.DuckDBPyConnection, write: Write, learn: Learn
) -> None:
    rows: list[list[Row]] = [
        # B is read otherwise afterwards; C is not known until then; D keeps one reading throughout.
        [{"record_id": "A"}, {"record_id": "B", "strands": "Faith"}, {"record_id": "C", "strands": "Martian"}],
        [{"record_id": "B", "strands": "Faith"}, {"record_id": "C", "strands": "Martian"}, {"record_id": "D"}],
        [{"record_id": "A", "strands": "Faith"}, {"record_id": "B", "strands": "Race"}, {"record_id": "D"}],
    ]
    names = [f"hate_2023-04-01_2023-0{month}-30_extracted_2023-0{month + 1}-04.csv" for month in (6, 7, 8)]
    paths = [write(given, name) for given, name in zip(rows, names, strict=True)]
    for path in paths:
        give(warehouse, path)
    learn({"Faith": "other", "Martian": "race"})
    for position in order:
        assert give(warehouse, paths[position]) is not None
    afresh = duckdb.connect()
    conform.lay_tables(afresh)
    for path in paths:
        give(afresh, path)
    assert state(warehouse) == state(afresh)
    afresh.close()


def test_what_no_extract_says_any_more_is_gone_and_what_it_had_ended_is_live(
    warehouse: duckdb.DuckDBPyConnection, write: Write, learn: Learn
) -> None:
    first = write([{"record_id": "A"}], "hate_extracted_2023-09-04.csv")
    second = write([{"record_id": "A", "strands": "Disability"}, {"record_id": "B"}], "hate_extracted_2023-10-04.csv")
    give(warehouse, first)
    give(warehouse, second)
    assert warehouse.execute("select strand_codes from current_report where record_id = 'A'").fetchall() == [
        (["disability"],)
    ]
    # The word turns out to mean something no strand is: the second extract's A is held back.
    learn({"Disability": "combined"})
    give(warehouse, second)
    assert warehouse.execute("select strand_codes from current_report where record_id = 'A'").fetchall() == [
        (["race"],)
    ]
    assert warehouse.execute("select count(*) from report_version").fetchall() == [(2,)]
