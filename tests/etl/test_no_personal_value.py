"""A value planted in every personal column of every layout appears nowhere but in the warehouse and the work list."""

from __future__ import annotations

import csv
import os
import subprocess
import sys
from collections.abc import Sequence
from pathlib import Path

import pytest
import xlsxwriter

from core import db
from core.settings import ROOT, Settings
from etl.contract import REPORT, Contract, contracts
from etl.layout import WORKBOOK

CANARY = "CANARY7531"
# Cells without which no record of a layout is accepted, by field; every other column holds the planted value.
NEEDED = {
    "record_type": "Crime", "strands": "Race", "authority_name": "Leicester", "authority_code": "E06000016",
    "made_up": "yes", "several_flag": "NO",
}  # fmt: skip
LAYOUTS = sorted(name for name, contract in contracts().items() if contract.kind == REPORT)
# One of each kind of layout in the ordinary suite: canonical, columns of other names, a workbook, somebody else's log.
QUICK = ("hate_reports", "hate_reports_workbook", "niche_export", "third_party_log")


def cells(contract: Contract, canary: str, day: str) -> tuple[list[str], list[str], list[str]]:
    """The headings of a layout, a row that is accepted, and a row that is held back, each with the value planted."""
    columns = {field: headings[0] for field, headings in contract.columns.items()}
    if contract.never_both and "strands" in columns:
        strands = {}
    else:
        strands = {column.name: column.headings[0] for column in contract.strand_columns}
    shared = {heading: field for field, heading in columns.items()}
    needed = {**NEEDED, "recorded_date": day, "committed_from": day, "committed_to": "", "outcome_date": ""}
    needed |= {field: contract.words[field][code][0] for field, code in (("record_type", "crime"),) if field in columns}
    accepted = {heading: needed.get(field, f"{canary} {field}") for heading, field in shared.items()}
    for column in contract.strand_columns:
        if column.name in strands:
            accepted[strands[column.name]] = column.words["none"][0]
    kept = {columns[field] for field in ("record_id", "made_up") if field in columns}
    held = {heading: cell if heading in kept else canary for heading, cell in accepted.items()}
    if "record_id" in columns:
        held[columns["record_id"]] = f"{canary} held"
    headings = list(accepted)
    return headings, [accepted[heading] for heading in headings], [held[heading] for heading in headings]


def write(contract: Contract, folder: Path, rows: Sequence[Sequence[str]]) -> Path:
    """The rows as the contract says its files are written."""
    layout = contract.layout
    above = (layout.header_row or 1) - 1
    if layout.format == WORKBOOK:
        path = folder / f"{contract.name}_2023-07-01_2023-09-30_extracted_2023-10-04.xlsx"
        with xlsxwriter.Workbook(path) as made:
            sheet = made.add_worksheet(layout.sheet)
            for number, row in enumerate(rows, start=above):
                sheet.write_row(number, 0, row)
        return path
    path = folder / f"{contract.name}_2023-07-01_2023-09-30_extracted_2023-10-04.csv"
    with path.open("w", encoding=layout.encoding, newline="") as file:
        file.write("\n" * above)
        csv.writer(file, delimiter=layout.delimiter).writerows(rows)
    return path


def run(settings: Settings, *arguments: str) -> subprocess.CompletedProcess[str]:
    return subprocess.run(
        [sys.executable, "-m", "etl", *arguments],
        cwd=ROOT,
        env=os.environ | {"MONITOR_DATA": str(settings.data)},
        capture_output=True,
        text=True,
        check=False,
    )


@pytest.mark.parametrize(
    "name", [name if name in QUICK else pytest.param(name, marks=pytest.mark.long) for name in LAYOUTS]
)
def test_no_personal_value_leaves_the_warehouse(name: str, settings: Settings, tmp_path: Path) -> None:
    contract = contracts()[name]
    day = "2023-08-15" if contract.formats == ("%Y-%m-%d",) else "15/08/2023"
    headings, accepted, held = cells(contract, CANARY, day)
    path = write(contract, tmp_path, [headings, accepted, held, [f"{CANARY} ragged"] * (len(headings) + 2)])
    told = [
        run(settings, *arguments)
        for arguments in (
            ["check", str(path), "--json"], ["load", str(path)], ["load", str(path), "--json"], ["status", "--json"],
        )
    ]  # fmt: skip
    for done in told:
        assert CANARY not in done.stdout + done.stderr, done.args
        assert "Traceback" not in done.stderr, done.args
    assert told[1].returncode == 0, told[1].stderr
    for file in settings.data.rglob("*"):
        if file.is_file() and not file.name.startswith("warehouse"):
            assert CANARY.encode() not in file.read_bytes(), file.name
    connection = db.open_database(settings.data / "warehouse.duckdb")
    assert connection.execute("select count(*) from quarantine where contains(raw_text, ?)", [CANARY]).fetchall() == [
        (2,)
    ]
    assert connection.execute(
        "select count(*) from report_version where contains(record_id, ?)", [CANARY]
    ).fetchall() == [(1,)]
    connection.close()
    # The data officer's own list is the one place that shows the text.
    assert CANARY in run(settings, "quarantine", "--csv").stdout


def test_a_file_refused_whole_is_not_quoted(settings: Settings, tmp_path: Path) -> None:
    headings, accepted, _ = cells(contracts()["hate_reports"], CANARY, "15/08/2023")
    unfit = tmp_path / "unfit_extracted_2023-10-04.csv"
    unfit.write_text(f'{CANARY},{CANARY}\n"{CANARY}\n')
    cut = tmp_path / "cut_extracted_2023-10-04.csv"
    cut.write_text(",".join(headings) + "\n" + ",".join(accepted) + f'\n"{CANARY}')
    named = tmp_path / "named_extracted_2023-13-04.csv"
    named.write_text(",".join(headings) + "\n" + ",".join(accepted) + "\n")
    for path in (unfit, cut, named):
        done = run(settings, "load", str(path))
        assert (done.returncode, CANARY in done.stdout + done.stderr) == (3, False)
