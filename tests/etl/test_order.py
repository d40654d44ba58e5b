"""Files of several layouts and sources, in any order, again and again: the marts end the same.

So they do when every file is judged again by contracts that changed meanwhile: as if these had been there at first.
"""

from __future__ import annotations

import csv
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any

import pytest
import xlsxwriter
from hypothesis import HealthCheck, given, seed
from hypothesis import settings as settings_of
from hypothesis import strategies as st

from core import db
from core.settings import Settings
from etl import conform, mart
from etl.contract import Contract, contracts
from tests.etl.conftest import GOOD, HEADER, NOW
from tests.etl.test_judged_again import give
from tests.etl.test_layouts import FLAGGED, NICHE
from tests.etl.test_street import HEADER as STREET_LINE

SEED = 20231122
STREET = STREET_LINE.split(",")
TORONTO = (
    "EVENT_UNIQUE_ID", "REPORTED_DATE", "OCCURRENCE_DATE", "MENTAL_OR_PHYSICAL_DISABILITY", "RACE_BIAS",
    "ETHNICITY_BIAS", "RELIGION_BIAS", "SEXUAL_ORIENTATION_BIAS", "GENDER_BIAS", "PRIMARY_OFFENCE",
)  # fmt: skip
LOG = (
    "Reference number", "Date of Report", "Date of Incident", "Type of hate", "District", "Police reference", "made_up",
)  # fmt: skip
# What a load is called, and what it was compared with when it came, say nothing of its records.
LEFT_OUT = {"load": ["load_id", "new", "changed", "unchanged"], "load_rule": ["load_id"]}
Marts = dict[str, list[tuple[Any, ...]]]


@dataclass(frozen=True)
class Record:
    """What the files of one example say of a report, each in its own way."""

    identifier: str
    kind: str
    day: str
    strand: str
    victim: str


RECORD = st.builds(
    Record,
    st.sampled_from("ABCDE"),
    # The third is unknown at first, and then found to mean that a record was cancelled; the fourth means it throughout.
    st.sampled_from(["Crime", "Non Crime", "Voided", "Cancelled"]),
    st.sampled_from(["15/04/2023", "15/05/2023", "15/08/2023"]),  # the last is outside the window
    # The last is unknown at first, and then found to mean race.
    st.sampled_from(["Race", "Faith", "Race; Faith", "Martian"]),
    st.sampled_from(["V1", "V2"]),
)
FILE = st.tuples(
    st.sampled_from(["canonical", "workbook", "niche", "flagged", "toronto", "street", "log"]),
    st.sampled_from(["2023-09-05", "2023-09-06", "2023-09-07"]),
    st.booleans(),  # full or changes only
    st.lists(RECORD, max_size=4),
)


def write(folder: Path, number: int, layout: str, day: str, is_full: bool, records: Sequence[Record]) -> Path:
    """One file; it has a record of its own besides those given, so that it is never refused for holding nothing."""
    own = Record(f"own{number}", "Crime", "15/04/2023", "Race", "V3")
    stem = f"{number}_" + ("2023-04-01_2023-06-30_" if is_full else "") + f"extracted_{day}"
    given_records = [own, *records]
    if layout in ("canonical", "workbook"):
        rows: list[Sequence[str]] = [HEADER]
        for record in given_records:
            row = {
                **GOOD, "record_id": record.identifier, "record_type": record.kind, "recorded_date": record.day,
                "strands": record.strand, "victim_ref": record.victim, "committed_from": "", "committed_to": "",
            }  # fmt: skip
            rows.append([row.get(name, "") for name in HEADER])
    elif layout == "niche":
        rows = [[*NICHE, "made_up"]]
        for record in given_records:
            # A row for each of two victims.
            rows += [
                [record.identifier, record.kind, record.day, "9B", record.strand.replace(";", ","), "Melton", victim,
                 "Person", "34", "A1", "yes"]
                for victim in (record.victim, "V9")
            ]  # fmt: skip
    elif layout == "flagged":
        rows = [[*FLAGGED, "made_up"]]
        for record in given_records:
            flags = ["Y" if strand in record.strand else "N" for strand in ("Race", "Faith")]
            rows.append(
                [record.identifier, record.kind, record.day, "9B", "Rutland", *flags, "N", "N", "N", "N", "yes"]
            )
    elif layout == "toronto":
        rows = [TORONTO]
        for record in given_records:
            when = "-".join(reversed(record.day.split("/")))
            race = "Black" if "Race" in record.strand else "None"
            rows.append([f"GO-{record.identifier}", when, when, "NO", race, "None", "Sikh", "None", "None", "Assault"])
    elif layout == "street":
        stem = f"2023-0{4 + number % 3}-leicestershire-street-{number}_extracted_{day}"
        month = f"2023-0{4 + number % 3}"
        cells = {
            "Month": month, "Crime type": "Burglary", "Longitude": "-1.13", "Latitude": "52.63",
            "Reported by": "Leicestershire Police",
        }  # fmt: skip
        # Records of a month that are alike are records apart.
        rows = [STREET, *[[cells.get(name, "") for name in STREET] for _ in given_records]]
    else:
        rows = [LOG]
        for record in given_records:
            rows.append(
                [f"TP{record.identifier}", record.day, record.day, record.strand, "Melton", record.identifier, "yes"]
            )
    if layout == "workbook":
        path = folder / f"{stem}.xlsx"
        with xlsxwriter.Workbook(path) as made:
            sheet = made.add_worksheet("Extract")
            for at, line in enumerate(rows):
                sheet.write_row(at, 0, line)
        return path
    path = folder / f"{stem}.csv"
    encoding = {"niche": "cp1252", "flagged": "utf-16"}.get(layout, "utf-8")
    with path.open("w", encoding=encoding, newline="") as file:
        csv.writer(file, delimiter="\t" if layout == "flagged" else ",").writerows(rows)
    return path


@contextmanager
def contracts_read_otherwise() -> Iterator[None]:
    """A motivation becomes known, another changes its meaning, and a type of record turns out to be no record."""
    changed = {name: _read_otherwise(contract) for name, contract in contracts().items()}
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr("etl.extract.contracts", lambda: changed)
        patch.setattr("etl.contract.contracts", lambda: changed)
        yield


def _read_otherwise(contract: Contract) -> Contract:
    strands, kinds = contract.words.get("strand", {}), contract.words.get("record_type", {})
    if "cancelled" not in kinds or "race" not in strands:
        return contract
    words = {code: tuple(word for word in listed if word != "Faith") for code, listed in strands.items()}
    words = {**words, "race": (*words["race"], "Martian"), "other": (*words["other"], "Faith")}
    kinds = {**kinds, "cancelled": (*kinds["cancelled"], "Voided")}
    return replace(contract, words={**contract.words, "strand": words, "record_type": kinds})


def marts(runs: Sequence[tuple[bool, Sequence[Path]]], settings: Settings) -> Marts:
    """Every mart table after these files were taken in, in this order, by contracts as they are or read otherwise."""
    connection = db.open_database(Path(":memory:"))
    try:
        conform.lay_tables(connection)
        connection.execute("set threads to 1")
        for is_otherwise, paths in runs:
            with contracts_read_otherwise() if is_otherwise else _as_they_are():
                for path in paths:
                    give(connection, path)
        mart.make_marts(connection, settings, mart.parameters(settings, 1, None, NOW, True))
        found = {}
        for name in (path.stem for path in mart.mart_order()):
            leave_out = ", ".join(LEFT_OUT.get(name, []))
            columns = f"* exclude ({leave_out})" if leave_out else "*"
            found[name] = connection.execute(f"select {columns} from {name} order by all").fetchall()
        return found
    finally:
        connection.close()


@contextmanager
def _as_they_are() -> Iterator[None]:
    yield


def differences(one: Marts, other: Marts) -> dict[str, list[str]]:
    """Table -> the first rows that only one of them has."""
    return {
        name: sorted(set(map(repr, one[name])) ^ set(map(repr, other[name])))[:6] or ["in numbers"]
        for name in one
        if one[name] != other[name]
    }


@pytest.mark.parametrize("examples", [2, pytest.param(100, marks=pytest.mark.long)])
def test_files_of_any_layout_in_any_order_and_repetition_end_in_the_same_marts(
    examples: int, settings: Settings, tmp_path_factory: pytest.TempPathFactory
) -> None:
    @seed(SEED)
    @settings_of(max_examples=examples, deadline=None, database=None, suppress_health_check=list(HealthCheck))
    @given(files=st.lists(FILE, min_size=2, max_size=5), data=st.data())
    def same(files: list[tuple[str, str, bool, list[Record]]], data: st.DataObject) -> None:
        folder = tmp_path_factory.mktemp("files")
        # A police report is what the marts are about; the first file is of one.
        files = [("canonical", "2023-09-06", True, files[0][3]), *files]
        paths = [write(folder, number, *file) for number, file in enumerate(files)]
        shuffled = data.draw(st.permutations(paths))
        again = data.draw(st.lists(st.sampled_from(paths), max_size=2))
        assert not differences(marts([(False, paths)], settings), marts([(False, [*shuffled, *again])], settings))

    same()


@pytest.mark.parametrize("examples", [2, pytest.param(100, marks=pytest.mark.long)])
def test_files_judged_again_in_any_order_end_as_if_the_contracts_had_been_so_at_first(
    examples: int, settings: Settings, tmp_path_factory: pytest.TempPathFactory
) -> None:
    @seed(SEED)
    @settings_of(max_examples=examples, deadline=None, database=None, suppress_health_check=list(HealthCheck))
    @given(files=st.lists(FILE, min_size=2, max_size=4), data=st.data())
    def same(files: list[tuple[str, str, bool, list[Record]]], data: st.DataObject) -> None:
        folder = tmp_path_factory.mktemp("files")
        files = [("canonical", "2023-09-06", True, files[0][3]), *files]
        paths = [write(folder, number, *file) for number, file in enumerate(files)]
        before, after = data.draw(st.permutations(paths)), data.draw(st.permutations(paths))
        assert not differences(marts([(True, paths)], settings), marts([(False, before), (True, after)], settings))

    same()
