"""The work list: what waits for the data officer, what takes it off the list, and where its text goes."""

from __future__ import annotations

import csv
import io
import json
from pathlib import Path

import duckdb
import pytest

from core import db
from core.errors import MonitorError
from core.settings import ROOT, Settings
from core.words import labels
from etl import pipeline, quarantine
from tests.conftest import run_module

from .conftest import NOW, Row, Take, Write

FULL = "hate_2023-04-01_2023-06-30_extracted_2023-{}.csv"
CHANGES = "hate_extracted_2023-{}.csv"
UNKNOWN = {"strands": "Vegan"}
NAMELESS = {"record_id": "", "recorded_date": "20/04/2023"}


def load(settings: Settings, path: Path) -> None:
    assert pipeline.load([path], settings, NOW).exit_code == 0


def test_an_item_says_where_it_stands_what_is_wrong_and_what_to_ask(
    warehouse: duckdb.DuckDBPyConnection, take: Take, write: Write
) -> None:
    path = write([{}, {**UNKNOWN, "committed_to": "01/04/2023"}], FULL.format("07-05"))
    take(path)
    (item,) = quarantine.read_items(warehouse, with_left=False)
    assert (item.file_name, item.record_number, item.record_id) == (path.name, 2, "R2")
    assert item.rules == ("committed_order", "strand_unknown")
    assert "A strand is named that no spelling" in item.what_is_wrong
    assert "add the word to the source's contract" in item.what_to_ask
    assert "strands: Vegan" in item.text
    assert "committed_to: 01/04/2023" in item.text


def test_a_record_that_could_not_be_split_is_shown_as_its_own_line(
    warehouse: duckdb.DuckDBPyConnection, take: Take, write: Write
) -> None:
    path = write([{}], FULL.format("07-05"))
    path.write_text(path.read_text() + 'R2,Crime,"a, b"\n')
    take(path)
    (item,) = quarantine.read_items(warehouse, with_left=False)
    assert (item.rules, item.text) == (("ragged_row",), 'R2,Crime,"a, b"')


def test_columns_of_strands_read_as_one_text_are_shown_heading_by_heading() -> None:
    cells = "Hate - Race\x1fY\x1eHate - Faith\x1f\x1eHate - Other\x1fperhaps"
    shown = quarantine._as_read(json.dumps({"record_number": 4, "record_id": "R4", "strand_cells": cells}), ["any"])
    assert shown == "record_id: R4; Hate - Race: Y; Hate - Other: perhaps"


@pytest.mark.parametrize(
    ("held", "names", "later", "found"),
    [
        # It arrives corrected, in a full extract or in changes.
        (UNKNOWN, (FULL, FULL), [{}, {}], "accepted"),
        (UNKNOWN, (CHANGES, CHANGES), [{}, {}], "accepted"),
        # It arrives uncorrected: the later item stands for it.
        (UNKNOWN, (FULL, FULL), [{}, UNKNOWN], "held_again"),
        # A full extract of its window no longer holds it; changes that do not hold it say nothing.
        (UNKNOWN, (FULL, FULL), [{}], "left_out"),
        (UNKNOWN, (CHANGES, CHANGES), [{}], None),
        (UNKNOWN, (CHANGES, FULL), [{}], None),
        # Without an identifier only a full extract of its window can say anything of it.
        (NAMELESS, (FULL, FULL), [{}, {}], "sent_again"),
        (NAMELESS, (FULL, CHANGES), [{}, {}], None),
        # A spreadsheet's identifier names no record, so the record cannot be met again.
        ({"record_id": "2.10E+10"}, (FULL, FULL), [{}, {}], "sent_again"),
        ({"record_id": "2.10E+10"}, (FULL, CHANGES), [{}, {}], None),
    ],
)
def test_an_item_leaves_the_list_when_a_later_extract_settles_it(
    held: Row,
    names: tuple[str, str],
    later: list[Row],
    found: str | None,
    warehouse: duckdb.DuckDBPyConnection,
    take: Take,
    write: Write,
) -> None:
    # A third good report keeps the first extract's window whole.
    good: Row = {"record_id": "R3", "recorded_date": "20/06/2023", "committed_from": "", "committed_to": ""}
    first = write([{}, held, good], names[0].format("07-05"))
    second = write([*later, good], names[1].format("08-05"))
    take(first)
    take(second)
    item = quarantine.read_items(warehouse, with_left=True)[0]
    assert (item.left_code, item.left_file) == (found, second.name if found else None)
    still = [item.file_name for item in quarantine.read_items(warehouse, with_left=False)]
    assert (first.name in still) == (found is None)


def test_the_order_of_extracts_counts_and_not_the_order_of_loads(
    warehouse: duckdb.DuckDBPyConnection, take: Take, write: Write
) -> None:
    take(write([{}, {}], FULL.format("08-05")))
    take(write([{}, UNKNOWN], FULL.format("07-05")))
    assert quarantine.read_items(warehouse, with_left=False) == []
    later = write([{}, {}, UNKNOWN], FULL.format("09-05"))
    take(later)
    take(write([{}, {}, {}], FULL.format("07-01")))
    assert [item.file_name for item in quarantine.read_items(warehouse, with_left=False)] == [later.name]


def test_a_window_that_is_not_wholly_sent_again_settles_nothing(
    warehouse: duckdb.DuckDBPyConnection, take: Take, write: Write
) -> None:
    take(write([{}, NAMELESS], FULL.format("07-05")))
    take(write([{}], "hate_2023-04-02_2023-06-30_extracted_2023-08-05.csv"))
    assert [item.left_code for item in quarantine.read_items(warehouse, with_left=True)] == [None]


def test_the_list_for_a_spreadsheet_holds_every_cell_and_runs_none(
    warehouse: duckdb.DuckDBPyConnection, take: Take, write: Write
) -> None:
    formulas = ("=1+1", "+44", "-1", "@sum", "\tx")
    path = write(
        [{}, *({**UNKNOWN, "record_id": f"{formula}{number}"} for number, formula in enumerate(formulas))],
        FULL.format("07-05"),
    )
    path.write_text(path.read_text() + "=HYPERLINK(1),2\n")
    take(path)
    items = quarantine.read_items(warehouse, with_left=False)
    written = quarantine.as_csv(items, with_left=False)
    rows = list(csv.reader(io.StringIO(written.decode("utf-8-sig"), newline="")))
    assert rows[0] == list(quarantine.COLUMNS)
    assert len(rows) == 1 + len(items) == 7
    assert not [cell for row in rows for cell in row if cell[:1] in "=+-@\t" and cell]
    assert rows[1][5] == "'=1+10"
    assert rows[-1][-1] == "'=HYPERLINK(1),2"
    headings = quarantine.as_csv([], with_left=True).decode("utf-8-sig").strip().split(",")
    assert headings == [*quarantine.COLUMNS, *quarantine.LEFT_COLUMNS]


def test_the_command_counts_by_rule_first_and_shows_the_text_to_nobody_else(settings: Settings, write: Write) -> None:
    canary = "CANARY7531"
    rows = [{}, {**UNKNOWN, "victim_ref": canary}, {**UNKNOWN, "victim_ref": f"{canary}\x1b[31m"}]
    load(settings, write(rows, FULL.format("07-05")))
    said = run_module("etl", "quarantine", data=settings.data)
    assert said.index("Holds it back") < said.index("record 2")
    assert said.count(canary) == 2
    assert "\x1b[31m" not in said
    told = json.loads(run_module("etl", "quarantine", "--json", data=settings.data))
    assert (told["open"], [item["rules"] for item in told["items"]]) == (2, [["strand_unknown"]] * 2)
    assert canary in run_module("etl", "quarantine", "--csv", "--all", data=settings.data)
    for file in settings.data.rglob("*"):
        if file.is_file() and not file.name.startswith("warehouse"):
            assert canary.encode() not in file.read_bytes(), file.name


def test_an_empty_list_and_two_forms_at_once(settings: Settings, write: Write) -> None:
    load(settings, write([{}], FULL.format("07-05")))
    assert "No record waits" in run_module("etl", "quarantine", data=settings.data)
    assert json.loads(run_module("etl", "quarantine", "--json", data=settings.data)) == {"open": 0, "items": []}


def test_without_a_warehouse_it_says_so(settings: Settings) -> None:
    with pytest.raises(MonitorError, match="there is no warehouse"):
        quarantine.work_list(settings.data)
    assert not settings.data.exists()


def test_a_damaged_or_foreign_warehouse_is_told(settings: Settings) -> None:
    settings.data.mkdir()
    path = quarantine.warehouse_path(settings.data)
    path.write_bytes(b"not a database")
    with pytest.raises(MonitorError, match="in use by a load, or cannot be read"):
        quarantine.work_list(settings.data)
    path.unlink()
    db.open_database(path).close()  # a database without our tables
    with pytest.raises(MonitorError, match="earlier version"):
        quarantine.work_list(settings.data)


def test_every_way_off_the_list_has_its_words() -> None:
    view = (ROOT / "etl" / "sql" / "4_warehouse" / "views" / "held_item.sql").read_text(encoding="utf-8")
    for code in labels()["left"]:
        assert f"'{code}'" in view, code
