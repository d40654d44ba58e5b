"""How long the alerts of a build take: 162 series (nine areas, six strands, three measures) of 78 months.

    python benchmarks/alert_speed.py [--rounds 5]

- month by month: the latest three months judged, all earlier ones carried over from the build before. Bar: 3 seconds.
- first build: every month judged, because nothing was said before.

Medians over the rounds, in one process, connecting and writing left out. Prints the table for docs/performance.md.
"""

from __future__ import annotations

import argparse
import itertools
import statistics
import sys
import tempfile
import time
from collections.abc import Callable
from pathlib import Path

import numpy as np
import pandas as pd

sys.path.insert(0, str(Path(__file__).resolve().parent.parent))

from core import db
from core.model import AUTHORITIES, MEASURES, STRANDS
from core.settings import load_settings
from etl import alerts, statements

MONTHS = 78


def counted(months: int) -> pd.DataFrame:
    """Made-up months of every series, from April 2017, of sizes from 0.3 to 100 a month."""
    chance = np.random.default_rng(20231122)
    series = list(itertools.product(MEASURES, AUTHORITIES, STRANDS))
    means = np.exp(chance.uniform(np.log(0.3), np.log(100), (len(series), 1)))
    reports = chance.poisson(means, (len(series), MONTHS))[:, :months]
    starts = pd.date_range("2017-04-01", periods=months, freq="MS")
    names = pd.DataFrame(series, columns=alerts.SERIES).loc[np.repeat(np.arange(len(series)), months)]
    return names.reset_index(drop=True).assign(
        month_on=np.tile(starts, len(series)), quarter_code="2023-Q2", is_complete=True, reports=reports.ravel()
    )


def timed(work: Callable[[], None], rounds: int) -> float:
    seconds = []
    for _ in range(rounds):
        started = time.perf_counter()
        work()
        seconds.append(time.perf_counter() - started)
    return statistics.median(seconds)


def main() -> None:
    """Measure and print."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawTextHelpFormatter)
    parser.add_argument("--rounds", type=int, default=5)
    rounds = parser.parse_args().rounds
    settings = load_settings()
    connection = db.open_database(Path(":memory:"))
    connection.execute("create temp table load (extracted_on date, provider varchar, is_open boolean)")
    connection.execute("insert into load values (date '2023-10-04', 'police', false)")

    def hold(months: int) -> None:
        connection.register("given", counted(months))
        connection.execute("create or replace temp table series_month as select * from given")

    with tempfile.TemporaryDirectory() as folder:
        before = Path(folder) / "before.duckdb"
        hold(MONTHS - 3)
        alerts.hold_judged(connection, settings, None)
        statements.make(connection, statements.MART / "area_month_alert.sql")
        said = connection.execute("select * from area_month_alert").df()
        mart = db.open_database(before)
        mart.register("said", said)
        mart.execute("create table area_month_alert as select * from said")
        mart.close()
        hold(MONTHS)
        first = timed(lambda: alerts.hold_judged(connection, settings, None), rounds)
        monthly = timed(lambda: alerts.hold_judged(connection, settings, before), rounds)
    print("| build | months judged | seconds | bar |\n|---|---:|---:|---:|")
    print(f"| three new months, the rest carried over | 3 | {monthly:.2f} | 3 |")
    print(f"| the first | {MONTHS} | {first:.2f} | |")


if __name__ == "__main__":
    main()
