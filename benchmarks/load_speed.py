"""How long `etl load` takes beside the fastest anybody could read the same file into a table.

    python benchmarks/load_speed.py [--rows 100000] [--rounds 3]

Writes a made-up canonical extract, loads it with `python -m etl load` into a new data directory, and reads the same
file with a bare DuckDB `create table ... as select * from read_csv(..., all_varchar = true)`; each is a process of its
own, timed from its start.
Prints JSON, then a table for docs/performance.md.
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
BARE = """
import sys
from core import db
made = db.open_database(sys.argv[1])
made.execute("create table extract as select * from read_csv(?, all_varchar = true)", [sys.argv[2]])
"""


def write_extract(path: Path, rows: int) -> None:
    """A made-up extract of so many rows, the same for the same number."""
    chance = random.Random(20230930)
    with path.open("w", encoding="utf-8", newline="") as file:
        writer = csv.writer(file)
        writer.writerow(HEADER)
        for number in range(rows):
            on = (FIRST + timedelta(days=chance.randrange(DAYS))).strftime("%d/%m/%Y")
            is_crime = chance.random() < 0.75
            writer.writerow(
                (
                    f"M{number:08d}", "Crime" if is_crime else "Incident", on, on, on, "8P" if is_crime else "", "",
                    chance.choice(STRANDS), "", "", chance.choice(AUTHORITIES), "", "", "", "",
                    f"V{chance.randrange(rows)}", "Person", "", "", "18" if is_crime else "", on if is_crime else "",
                    "101", "Street", "N", "yes",
                )
            )  # fmt: skip


def seconds(command: list[str], data: Path) -> float:
    """Wall time of one process, its start included."""
    started = time.perf_counter()
    environment = os.environ | {"MONITOR_DATA": str(data)}
    subprocess.run(command, cwd=ROOT, env=environment, check=True, stdout=subprocess.DEVNULL)
    return time.perf_counter() - started


def main() -> None:
    """Measure and print."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--rows", type=int, default=100_000)
    parser.add_argument("--rounds", type=int, default=3)
    asked = parser.parse_args()
    times: dict[str, list[float]] = {"bare read_csv": [], "etl load": []}
    for _ in range(asked.rounds):
        with tempfile.TemporaryDirectory() as made:
            folder = Path(made)
            extract = folder / "hate_2017-04-01_2023-09-30_extracted_2023-10-04.csv"
            write_extract(extract, asked.rows)
            bare = [sys.executable, "-c", BARE, str(folder / "bare.duckdb"), str(extract)]
            times["bare read_csv"].append(seconds(bare, folder))
            load = [sys.executable, "-m", "etl", "load", str(extract)]
            times["etl load"].append(seconds(load, folder / "data"))
    medians = {name: statistics.median(found) for name, found in times.items()}
    ratio = medians["etl load"] / medians["bare read_csv"]
    print(json.dumps({"rows": asked.rows, "seconds": times, "medians": medians, "ratio": ratio}, indent=1))
    print("\n| rows | bare read_csv (s) | etl load (s) | ratio |\n|---:|---:|---:|---:|")
    print(f"| {asked.rows:,} | {medians['bare read_csv']:.2f} | {medians['etl load']:.2f} | {ratio:.1f} |")


if __name__ == "__main__":
    main()
