"""Other people's layouts: what a contract states is how a file is read, without code."""

from __future__ import annotations

import csv
from collections.abc import Sequence
from pathlib import Path

import duckdb
import pytest

from core.errors import ConfigError, MonitorError
from core.settings import CONFIG, Settings
from etl import conform, pipeline
from etl.contract import contracts, read_contract
from etl.extract import Extract, open_extract
from etl.stage import stage
from etl.validate import Verdict, judged_by, validate
from tests.etl.conftest import NOW, Write

TORONTO = Path(__file__).resolve().parents[2].parent / "shared" / "data" / "extracts" / "toronto_2018_2023.csv"
NICHE = (
    "Occurrence No", "Occurrence Class", "Recorded Time", "HO Class Code", "Occurrence Keywords", "District Council",
    "Victim Niche Id", "Victim Entity Type", "Victim Age At Time", "Victim Ethnic Appearance (Self)",
)  # fmt: skip
FLAGGED = (
    "Crime Ref", "Crime or Non-crime", "Date Recorded (GMT)", "HO Class Code", "Local Authority District", "Race Flag",
    "Faith Flag", "Sexual Orientation Flag", "Disability Flag", "Transgender Flag", "Other Difference Flag",
)  # fmt: skip


def written(path: Path, rows: Sequence[Sequence[str]], encoding: str, delimiter: str = ",") -> Path:
    with path.open("w", encoding=encoding, newline="") as file:
        csv.writer(file, delimiter=delimiter).writerows(rows)
    return path


def judge(warehouse: duckdb.DuckDBPyConnection, path: Path) -> tuple[Extract, Verdict, set[tuple[int, str]]]:
    extract = open_extract(path, None, None)
    stage(warehouse, extract, None)
    verdict = validate(warehouse, extract)
    return extract, verdict, set(warehouse.execute("select record_number, rule_code from broken_rule").fetchall())


def taken(warehouse: duckdb.DuckDBPyConnection, path: Path) -> conform.Load:
    extract, verdict, _ = judge(warehouse, path)
    return conform.conform(warehouse, extract, verdict, NOW, judged_by(extract, None))[0]


def niche(
    number: str, victim: str, *, keywords: str = "HATE - RACE", entity: str = "Person", when: str = ""
) -> list[str]:
    return [
        number, "Crime", when or "15/04/2023 10:00", "9B", keywords, "Melton", victim, entity, "34", "A1",
    ]  # fmt: skip


def test_a_row_a_victim_is_one_report_with_all_its_victims(
    warehouse: duckdb.DuckDBPyConnection, tmp_path: Path
) -> None:
    rows = [
        NICHE,
        niche("N1", "V1"),
        niche("N1", "V2"),  # another victim of the same occurrence
        niche("N1", "V2"),  # word for word: nobody is counted twice
        niche("N2", "V3"),
        niche("N2", "", entity="Organisation"),  # a shop beside its keeper
        niche("N3", "V4"),
    ]
    load = taken(warehouse, written(tmp_path / "niche_extracted_2023-10-04.csv", rows, "cp1252"))
    assert (load.source_code, load.contract_name) == ("hate_reports", "niche_export")
    assert (load.records, load.accepted, load.quarantined, load.reports) == (6, 5, 1, 3)
    found = warehouse.execute(
        "select record_id, victim_ref, further_victim_refs, victim_kind from current_report order by record_id"
    ).fetchall()
    assert found == [("N1", "V1", ["V2"], "person"), ("N2", "V3", [], "person"), ("N3", "V4", [], "person")]


def test_rows_of_one_report_that_disagree_are_held_back_together(
    warehouse: duckdb.DuckDBPyConnection, tmp_path: Path
) -> None:
    rows = [
        NICHE,
        niche("N1", "V1"),
        niche("N1", "V2", when="16/04/2023 10:00"),  # the same occurrence on another day
        niche("N2", "V3"),
        niche(
            "N2", "V4", keywords="HATE - CUSHIONS"
        ),  # its own row is held back, so the report is not taken in by half
        niche("N3", "V5"),
    ]
    _, verdict, broken = judge(warehouse, written(tmp_path / "niche_extracted_2023-10-04.csv", rows, "cp1252"))
    assert {(1, "duplicate_id"), (2, "duplicate_id"), (4, "strand_unknown")} <= broken
    assert (3, "duplicate_id") in broken or (3, "sibling_held_back") in broken
    assert (verdict.records, verdict.accepted, verdict.quarantined) == (5, 1, 4)


def test_a_row_that_is_held_back_takes_the_other_rows_of_its_report_with_it(
    warehouse: duckdb.DuckDBPyConnection, tmp_path: Path
) -> None:
    path = written(tmp_path / "niche_extracted_2023-10-04.csv", [NICHE, niche("N1", "V1"), niche("N2", "V2")], "cp1252")
    with path.open("a", encoding="cp1252") as file:
        file.write("N1,Crime,15/04/2023\n")  # the second victim's row was cut short
    _, verdict, broken = judge(warehouse, path)
    assert {(1, "sibling_held_back"), (3, "ragged_row")} == broken
    assert (verdict.accepted, verdict.quarantined) == (1, 2)


def test_keywords_about_something_else_are_passed_over_and_unknown_motivations_are_not(
    warehouse: duckdb.DuckDBPyConnection, tmp_path: Path
) -> None:
    rows = [
        NICHE,
        niche("N1", "V1", keywords="DOMESTIC ABUSE, HATE - RACE, ALCOHOL"),
        niche("N2", "V2", keywords="KNIFE ENABLED"),
        niche("N3", "V3", keywords="HATE - SOMETHING NEW, HATE - FAITH"),
        niche("N4", "V4", keywords="Caf\u00e9, Transphobic"),  # a letter only its own encoding reads
    ]
    _, _, broken = judge(warehouse, written(tmp_path / "niche_extracted_2023-10-04.csv", rows, "cp1252"))
    found = warehouse.execute("select strand_codes from staged_report order by record_number").fetchall()
    assert [row[0] for row in found] == [["race"], [], ["religion"], ["transgender"]]
    assert {(2, "strand_missing"), (3, "strand_unknown")} <= broken
    assert not {(1, "strand_unknown"), (4, "strand_unknown")} & broken


def test_a_footer_is_no_record(warehouse: duckdb.DuckDBPyConnection, tmp_path: Path) -> None:
    rows = [NICHE, niche("N1", "V1"), niche("N2", "V2"), [], ["End of report"]]
    extract, verdict, _ = judge(warehouse, written(tmp_path / "niche_extracted_2023-10-04.csv", rows, "cp1252"))
    assert (extract.records, verdict.accepted, extract.table.footer_rows) == (2, 2, 1)


def test_a_flag_column_a_strand_in_utf_16_between_tabs(warehouse: duckdb.DuckDBPyConnection, tmp_path: Path) -> None:
    rows = [
        FLAGGED,
        ["00021/23", "Crime", "05/04/2023", "9B", "Oadby & Wigston", "Y", "Y", "N", "N", "", "-"],
        ["00022/23", "Non Crime", "06/04/2023", "", "Rutland", "N", "N", "N", "N", "N", "X"],
        ["00023/23", "Crime", "06/04/2023", "9B", "Rutland", "perhaps", "N", "N", "N", "N", "N"],
        # One of the letters that stand between cells once they are joined: the flag beside it is not lost.
        ["00024/23", "Crime", "06/04/2023", "9B", "Rutland", "\x1eY", "N", "N", "N", "N", "N"],
    ]
    path = written(tmp_path / "flags_extracted_2023-10-04.txt", rows, "utf-16", "\t")
    extract, _, broken = judge(warehouse, path)
    assert extract.contract.name == "strand_columns_export"
    found = warehouse.execute("select record_id, strand_codes from staged_report order by record_number").fetchall()
    assert [strands for _, strands in found] == [["race", "religion"], ["other"], [], ["race"]]
    assert found[0][0] == "00021/23"
    assert (3, "strand_unknown") in broken


def test_layouts_of_one_source_bring_versions_of_the_same_records(
    warehouse: duckdb.DuckDBPyConnection, tmp_path: Path, write: Write
) -> None:
    taken(warehouse, write([{"record_id": "N1", "authority_name": "Melton"}], "hate_extracted_2023-10-04.csv"))
    rows = [NICHE, niche("N1", "V1", keywords="HATE - FAITH"), niche("N2", "V2")]
    rows = [[*row, mark] for row, mark in zip(rows, ["made_up", "yes", "yes"], strict=True)]
    load = taken(warehouse, written(tmp_path / "niche_extracted_2023-11-01.csv", rows, "cp1252"))
    assert (load.new, load.changed) == (1, 1)
    found = warehouse.execute("select record_id, strand_codes from current_report order by record_id").fetchall()
    assert found == [("N1", ["religion"]), ("N2", ["race"])]


def test_a_row_a_flag_is_one_report_with_all_its_flags(
    warehouse: duckdb.DuckDBPyConnection, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    contract = contract_of(
        tmp_path, '[rows]\ngrain = "flag"\n\n[file]\nextracted_on = 2023-10-04\nencoding = "latin-1"\n'
    )
    monkeypatch.setattr("etl.extract.contracts", lambda: {contract.name: contract})
    monkeypatch.setattr("etl.contract.contracts", lambda: {contract.name: contract})
    rows = [
        ["record_id", "record_type", "recorded_date", "strands", "District", "religion_targeted", "HO Class"],
        ["F1", "Crime", "05/04/2023", "Race", "Blaby", "", "9B"],
        ["F1", "Crime", "05/04/2023", "Faith", "Blaby", "Muslim", "9B"],
        ["F2", "Crime", "05/04/2023", "Race", "Blaby", "", "9B"],
        ["F2", "Crime", "06/04/2023", "Faith", "Blaby", "", "9B"],  # not the same report
    ]
    load = taken(warehouse, written(tmp_path / "flags.csv", rows, "latin-1"))
    assert (load.records, load.accepted, load.quarantined, load.reports) == (4, 2, 2, 1)
    found = warehouse.execute("select strand_codes, religion_codes, group_code from current_report").fetchall()
    assert found == [(["race", "religion"], ["muslim"], "multiple")]


def contract_of(folder: Path, text: str) -> conform.Any:
    """A contract that extends the canonical one with `text`, read from a file as any other."""
    (folder / "hate_reports.toml").write_bytes((CONFIG / "sources" / "hate_reports.toml").read_bytes())
    path = folder / "trial.toml"
    path.write_text(f'extends = "hate_reports"\nname = "trial"\ntitle = "Trial"\n\n{text}', encoding="utf-8")
    return read_contract(path)


@pytest.mark.parametrize(
    ("text", "fault"),
    [
        ('[rows]\ngrain = "row"\n', "its grain is not one of report, victim, flag"),
        ('[file]\ncoverage = "some"\n', "its coverage is not one of"),
        ('[file]\nencoding = "ebcdic"\n', "encoding"),
        ('[file]\nformat = "workbook"\n', "sheet"),
        ('[colums]\nrecord_id = ["A"]\n', "it names tables no contract has: colums"),
        ('[constants]\nrecord_id = "A"\n', "both a column and a constant"),
        ('[constants]\nshoe_size = "A"\n', "it names fields no report has: shoe_size"),
        ('[strand_columns.age]\nstrand = "age"\nheadings = ["Age"]\n', "a strand column stands for no strand"),
        ('[values.shoe]\nbig = ["L"]\n', "it has words for no field: shoe"),
        ('[cells]\nseparators = [", "]\n', "a separator is not one character"),
        ('[identifier]\npattern = "("\n', "not a regular expression"),
        ("[identifier]\npattern = '(?=2).*'\n", "a pattern looks ahead"),
        ('[columns]\nrecord_id = ["A"]\nrecord_type = ["A"]\n', "one heading stands for two fields"),
        ('[columns]\nrecord_id = ["A"]\n', "it requires fields it has no column for"),
        ('[dates]\nearliest = "long ago"\nformats = 3\n', "not of the right kind"),
    ],
)
def test_a_contract_that_cannot_be_meant_is_refused_saying_why(tmp_path: Path, text: str, fault: str) -> None:
    with pytest.raises(ConfigError) as refused:
        contract_of(tmp_path, text)
    assert fault in refused.value.what


def test_every_contract_shipped_can_be_told_from_every_other() -> None:
    # The first heading of every field of each layout, read as that layout and as all others that are written alike.
    for contract in contracts().values():
        own = {heading for headings in contract.columns.values() for heading in headings[:1]}
        others = [other for other in contracts().values() if other is not contract and other.layout == contract.layout]
        for other in others:
            required = [other.columns[field] for field in other.required if field in other.columns]
            assert any(not own & set(headings) for headings in required), (contract.name, other.name)


@pytest.mark.skipif(not TORONTO.exists(), reason="the shared data are absent")
def test_a_stranger_s_layout_needs_no_code(settings: Settings) -> None:
    result = pipeline.load([TORONTO], settings, NOW.replace(year=2024))
    assert result.exit_code == 0
    (file,) = result.files
    assert (file.source, file.records, file.accepted, file.quarantined) == ("toronto_hate_crimes", 1350, 1350, 0)
    assert (file.contract, file.reports, file.outside) == ("toronto_hate_crimes", 1350, 1350)
    # The file's own flag says 166; 136 of them name two of our strands, the others two of one (two nationalities).
    assert (file.several_said, file.several_strands) == (166, 136)
    assert file.rules == {"place_outside": 1350, "several_not_named": 30, "strand_missing": 1}
    with duckdb.connect(str(settings.data / "warehouse.duckdb"), read_only=True) as warehouse:
        told = warehouse.execute(
            "select count(*), count(*) filter (where is_several_flag), count(*) filter (where len(strand_codes) > 1), "
            "count(*) filter (where area_code = 'outside') from current_report"
        ).fetchall()
        strands = dict(
            warehouse.execute(
                "select strand, count(*) from (select unnest(strand_codes) as strand from current_report) group by all"
            ).fetchall()
        )
    assert told == [(1350, 166, 136, 1350)]
    # Counted apart from this code: columns that are neither None, NO nor NA; gender by its words.
    assert strands == {
        "race": 590, "religion": 627, "sexual_orientation": 197, "disability": 3, "transgender": 49, "other": 29,
    }  # fmt: skip


@pytest.mark.skipif(not TORONTO.exists(), reason="the shared data are absent")
def test_the_year_in_a_file_s_name_is_its_window(settings: Settings) -> None:
    extract = open_extract(TORONTO, None, None)
    assert extract.extracted_on.isoformat() == "2023-12-31"
    assert extract.window is not None
    assert [day.isoformat() for day in extract.window] == ["2018-01-01", "2023-12-31"]


def test_a_named_source_that_is_written_otherwise_is_refused_with_what_was_found(tmp_path: Path) -> None:
    path = written(tmp_path / "hate_extracted_2023-10-04.csv", [NICHE, niche("N1", "V1")], "utf-16")
    with pytest.raises(MonitorError) as refused:
        open_extract(path, "niche_export", None)
    assert "UTF-16" in refused.value.what
    assert "Windows-1252" in refused.value.what
