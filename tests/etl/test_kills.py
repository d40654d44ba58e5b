"""Power loss at any moment, over loads of mixed files: nothing lost, nothing doubled, nothing half published.

A load is killed again and again before it is let through. After every kill a reader must see the build before or the
build after, whole; let through, the load must end as it does when nothing stops it.
"""

from __future__ import annotations

import csv
import logging
import os
import random
import shutil
import signal
import subprocess
import sys
import time
from collections import Counter
from collections.abc import Sequence
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest
import xlsxwriter

from core import builds, db
from core.settings import ROOT, Settings
from tests.etl.conftest import GOOD, HEADER
from tests.etl.test_layouts import FLAGGED, NICHE, niche, written
from tests.etl.test_pipeline import contents
from tests.etl.test_street import HEADER as STREET

SEED = 20231122
Contents = dict[str, list[tuple[Any, ...]]]
# What a load sets anew each time it is made.
_OWN = {"load": ["loaded_at"], "publication": ["published_at"]}


def canonical(count: int, **changes: str) -> list[dict[str, str]]:
    return [{**GOOD, "record_id": f"R{n}", "victim_ref": f"V{n % 17}", "recorded_date": "15/08/2023", **changes}
            for n in range(count)]  # fmt: skip


def workbook(path: Path, rows: Sequence[dict[str, str]]) -> Path:
    with xlsxwriter.Workbook(path) as made:
        sheet = made.add_worksheet("Extract")
        sheet.write_row(0, 0, HEADER)
        for number, row in enumerate(rows, start=1):
            sheet.write_row(number, 0, [row.get(field, "") for field in HEADER])
    return path


@pytest.fixture
def loads(tmp_path: Path) -> list[list[Path]]:
    """The files of each load, in order: six layouts, full windows and changes, one source and two."""
    window = "hate_2023-07-01_2023-09-30_extracted_{}.csv"
    first = tmp_path / window.format("2023-10-02")
    with first.open("w", encoding="utf-8", newline="") as file:
        sheet = csv.DictWriter(file, HEADER, restval="")
        sheet.writeheader()
        sheet.writerows([*canonical(40), {**GOOD, "record_id": "R90", "strands": "Vegan"}])
    changed = workbook(tmp_path / "hate_extracted_2023-10-03.xlsx", canonical(25, strands="Faith"))
    victims = [niche(f"R{n // 2}", f"W{n}", when="16/08/2023 09:00") for n in range(30)]
    rows = [[*NICHE, "made_up"], *([*row, "yes"] for row in victims)]
    occurrences = written(tmp_path / "niche_extracted_2023-10-04.csv", rows, "cp1252")
    flags = [
        [f"R{n}", "Crime", "17/08/2023", "9B", "Rutland", "N", "N", "Y", "N", "N", "N", "yes"] for n in range(20, 45)
    ]
    columns = written(tmp_path / "flags_extracted_2023-10-05.txt", [[*FLAGGED, "made_up"], *flags], "utf-16", "\t")
    cells = {"Month": "2023-08", "Reported by": "Made-up demonstration data", "Longitude": "-1.13", "Latitude": "52.63"}
    cells |= {"Crime type": "Public order"}
    street = tmp_path / "2023-08-made-up-street.csv"
    rows = [STREET.split(","), *([cells.get(heading, "") for heading in STREET.split(",")] for _ in range(60))]
    written(street, rows, "utf-8")
    last = tmp_path / window.format("2023-10-06")
    with last.open("w", encoding="utf-8", newline="") as file:
        sheet = csv.DictWriter(file, HEADER, restval="")
        sheet.writeheader()
        sheet.writerows(canonical(38, strands="Disability"))
    return [[first], [changed], [occurrences, columns], [street], [last]]


def load(settings: Settings, paths: Sequence[Path]) -> subprocess.Popen[bytes]:
    command = [sys.executable, "-m", "etl", "load", *(str(path) for path in paths)]
    environment = os.environ | {"MONITOR_DATA": str(settings.data)}
    return subprocess.Popen(command, cwd=ROOT, env=environment, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL)


def warehouse(data: Path) -> Contents:
    """Every table of the warehouse, without what each load sets anew."""
    connection = db.open_database(data / "warehouse.duckdb")
    try:
        found = {}
        for (table,) in connection.execute("select table_name from duckdb_tables()").fetchall():
            leave_out = ", ".join(_OWN.get(table, []))
            columns = f"* exclude ({leave_out})" if leave_out else "*"
            found[table] = connection.execute(f"select {columns} from {table} order by all").fetchall()
        return found
    finally:
        connection.close()


def published(data: Path) -> Contents | None:
    return contents(data) if builds.live_number(data) is not None else None


@pytest.mark.skipif(sys.platform == "win32", reason="there is no SIGKILL on Windows")
@pytest.mark.parametrize(("kills", "first"), [(3, 3), pytest.param(200, 5, marks=pytest.mark.long)])
def test_killed_at_any_moment_loads_of_mixed_files_lose_and_double_nothing(
    kills: int, first: int, settings: Settings, tmp_path: Path, loads: list[list[Path]]
) -> None:
    loads = loads[:first]
    undisturbed = replace(settings, data=tmp_path / "undisturbed")
    after, seconds = [], []
    for paths in loads:
        began = time.monotonic()
        assert load(undisturbed, paths).wait() == 0
        seconds.append(time.monotonic() - began)
        after.append(contents(undisturbed.data))
    chance = random.Random(SEED)
    told: Counter[str] = Counter()
    before: Contents | None = None
    as_it_was = tmp_path / "as it was"
    for paths, usual, whole in zip(loads, seconds, after, strict=True):
        settings.data.mkdir(exist_ok=True)
        shutil.copytree(settings.data, as_it_was)
        for _ in range(kills // len(loads)):
            while True:
                process = load(settings, paths)
                time.sleep(chance.uniform(0.1, 0.95) * usual)
                process.kill()
                was_killed = process.wait() == -signal.SIGKILL
                seen = published(settings.data)
                assert seen in (before, whole), "half published"
                if seen == whole:
                    # It had come to its end, or as good as: from here a kill would find nothing left to do.
                    shutil.rmtree(settings.data)
                    shutil.copytree(as_it_was, settings.data)
                if was_killed:
                    told["new build live" if seen == whole else "old build live"] += 1
                    break
        assert load(settings, paths).wait() == 0
        assert contents(settings.data) == whole
        shutil.rmtree(as_it_was)
        before = whole
    assert warehouse(settings.data) == warehouse(undisturbed.data)
    assert not list((settings.data / "marts").glob(".building-*"))
    logging.getLogger(__name__).info("%s kills, seed %s: %s", kills, SEED, dict(told))
