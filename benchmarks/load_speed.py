"""How long `etl load` takes beside the fastest anybody could read the same file into a table, and how much memory.

    python benchmarks/load_speed.py [--rows 1000000] [--rounds 3] [--monthly 3000]

- whole: a made-up canonical extract of --rows records, loaded with `python -m etl load` into a new data directory
  (process start to process end), beside one bare DuckDB statement that reads the same file into a table on disk with
  its columns given (connecting and closing included, the start of its process not: the harder floor). Bar: 6 times,
  and a peak of 2 GiB for the process of the load.
- monthly: an extract of --monthly records, a third of them new versions of records held, loaded into that warehouse,
  beside the same file into a new one. Bar: 3 times.

Every round does all four; medians are compared. Prints JSON, then the tables for docs/performance.md.
"""

from __future__ import annotations

import argparse
import csv
import json
import os
import random
import statistics
import subprocess
import sys
import tempfile
import time
from dataclasses import dataclass
from datetime import date, timedelta
from pathlib import Path

ROOT = Path(__file__).resolve().parent.parent
HEADER = (
    "record_id", "record_type", "recorded_date", "committed_from", "committed_to", "offence_code", "offence_group",
    "strands", "religion_targeted", "race_subgroup", "authority_code", "authority_name", "postcode", "easting",
    "northing", "victim_ref", "victim_type", "repeat_victim", "victim_ethnicity", "outcome_code", "outcome_date",
    "how_reported", "location_type", "online", "made_up",
)  # fmt: skip
STRANDS = ("Race", "Religion", "Sexual orientation", "Disability", "Transgender", "Race; Religion", "")
AUTHORITIES = (
    "E06000016", "E06000017", "E07000129", "E07000130", "E07000131",
    "E07000132", "E07000133", "E07000134", "E07000135",
)  # fmt: skip
FIRST = date(2017, 4, 1)
DAYS = 2374
# What a monthly extract speaks of: its newest month, and revisions and late reports of those before.
MONTHLY_FIRST = date(2023, 4, 1)
MONTHLY_DAYS = 213
COMMAND = [sys.executable, "-m", "etl", "load"]
BARE = """
import sys, time
from core import db
path, extract, *columns = sys.argv[1:]
started = time.perf_counter()
made = db.open_database(path)
made.execute("set enable_progress_bar = false")
made.execute(
    "create table extract as select * from read_csv(?, header = true, delim = ',', quote = '\\"', "
    f"auto_detect = false, columns = { {column: 'varchar' for column in columns} })",
    [extract],
)
made.close()
print(time.perf_counter() - started)
"""


@dataclass(frozen=True)
class Run:
    """One load: wall time with the start of its process, and the most memory it held (None on Windows)."""

    seconds: float
    peak_bytes: int | None


def write_extract(path: Path, rows: int) -> None:
    """A made-up extract of so many rows, the same for the same number."""
    chance = random.Random(20230930)
    with path.open("w", encoding="utf-8", newline="") as file:
        writer = csv.writer(file)
        writer.writerow(HEADER)
        for number in range(rows):
            writer.writerow(record(chance, f"M{number:08d}", rows, FIRST, DAYS))


def write_month(path: Path, records: int, rows: int) -> None:
    """What came after an extract of so many rows: two thirds new reports, one third new versions of reports held."""
    chance = random.Random(20231103)
    with path.open("w", encoding="utf-8", newline="") as file:
        writer = csv.writer(file)
        writer.writerow(HEADER)
        for number, held in enumerate(chance.sample(range(rows), records)):
            identifier = f"M{held:08d}" if number % 3 == 0 else f"N{number:08d}"
            writer.writerow(record(chance, identifier, rows, MONTHLY_FIRST, MONTHLY_DAYS))


def record(chance: random.Random, identifier: str, victims: int, first: date, days: int) -> tuple[str, ...]:
    """One made-up record of so many days from the first on, of one of so many victims."""
    on = (first + timedelta(days=chance.randrange(days))).strftime("%d/%m/%Y")
    is_crime = chance.random() < 0.75
    return (
        identifier, "Crime" if is_crime else "Incident", on, on, on, "8P" if is_crime else "", "",
        chance.choice(STRANDS), "", "", chance.choice(AUTHORITIES), "", "", "", "",
        f"V{chance.randrange(victims)}", "Person", "", "", "18" if is_crime else "", on if is_crime else "",
        "101", "Street", "N", "yes",
    )  # fmt: skip


def load(extract: Path, data: Path) -> Run:
    """Load one file with a process of its own."""
    started = time.perf_counter()
    process = subprocess.Popen(
        [*COMMAND, str(extract)], cwd=ROOT, env=os.environ | {"MONITOR_DATA": str(data)},
        stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL,
    )  # fmt: skip
    peak = None
    if sys.platform == "win32":
        code = process.wait()
    else:
        _, status, usage = os.wait4(process.pid, 0)
        code = process.returncode = os.waitstatus_to_exitcode(status)
        peak = usage.ru_maxrss * (1 if sys.platform == "darwin" else 1024)
    seconds = time.perf_counter() - started
    if code:
        raise SystemExit(f"the load of {extract.name} ended with {code}")
    return Run(seconds, peak)


def bare(extract: Path, folder: Path) -> float:
    """Seconds of the one statement."""
    told = subprocess.run(
        [sys.executable, "-c", BARE, str(folder / "bare.duckdb"), str(extract), *HEADER],
        cwd=ROOT, check=True, capture_output=True, text=True,
    )  # fmt: skip
    return float(told.stdout)


def round_of(rows: int, records: int) -> dict[str, float]:
    """One round of all four, in seconds; and the peaks of the loads, in MiB."""
    with tempfile.TemporaryDirectory() as made:
        folder = Path(made)
        extract = folder / "hate_2017-04-01_2023-09-30_extracted_2023-10-04.csv"
        monthly = folder / "hate_extracted_2023-11-03.csv"
        write_extract(extract, rows)
        write_month(monthly, records, rows)
        found = {"bare": bare(extract, folder)}
        loads = {
            "whole": load(extract, folder / "data"),
            "monthly into a new warehouse": load(monthly, folder / "other"),
            "monthly into that warehouse": load(monthly, folder / "data"),
        }
    for name, run in loads.items():
        found[name] = run.seconds
        if run.peak_bytes is not None:
            found[f"{name}, peak MiB"] = run.peak_bytes / 2**20
    return found


def main() -> None:
    """Measure and print."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--rows", type=int, default=1_000_000)
    parser.add_argument("--rounds", type=int, default=3)
    parser.add_argument("--monthly", type=int, default=3_000)
    asked = parser.parse_args()
    rounds = [round_of(asked.rows, asked.monthly) for _ in range(asked.rounds)]
    medians = {name: statistics.median(found[name] for found in rounds) for name in rounds[0]}
    new, held = medians["monthly into a new warehouse"], medians["monthly into that warehouse"]
    ratios = {"whole": medians["whole"] / medians["bare"], "monthly": held / new}
    print(json.dumps({"rows": asked.rows, "rounds": rounds, "medians": medians, "ratios": ratios}, indent=1))
    peak = f"{medians['whole, peak MiB']:,.0f}" if "whole, peak MiB" in medians else "not told"
    print("\n| rows | bare read_csv (s) | etl load (s) | ratio | peak (MiB) |\n|---:|---:|---:|---:|---:|")
    print(f"| {asked.rows:,} | {medians['bare']:.2f} | {medians['whole']:.2f} | {ratios['whole']:.1f} | {peak} |")
    print(f"\n| records | new warehouse (s) | warehouse of {asked.rows:,} (s) | ratio |\n|---:|---:|---:|---:|")
    print(f"| {asked.monthly:,} | {new:.2f} | {held:.2f} | {ratios['monthly']:.1f} |")


if __name__ == "__main__":
    main()
