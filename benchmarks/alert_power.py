"""How often the monthly alerts flag an ordinary month, and how often they catch a rise, expectations being estimated.

    python -m benchmarks.alert_power [--series 400] [--seed 2021]

Made-up series of 84 months, seasonal (0.3 either way on the log scale), at each mean and dispersion; each of the last
twelve months is judged as it is and raised 1.25, 1.5, 2 and 3 times in that month alone. A whole year, so that high and
low seasons weigh alike. Writes data/reference/alert_power.csv, which the alerts page prints, and prints it with the
time the judging takes.
"""

from __future__ import annotations

import argparse
import csv
import statistics
import time
from pathlib import Path

import numpy as np
from numpy.typing import NDArray

from stats.emerging import RUN, farrington, persistent

REFERENCE = Path(__file__).resolve().parent.parent / "data" / "reference" / "alert_power.csv"
MONTHS = 84
JUDGED = range(MONTHS - 12, MONTHS)
AMPLITUDE = 0.3
MEANS = (0.5, 1.0, 2.0, 3.0, 5.0, 8.0, 12.0, 20.0, 40.0, 80.0, 150.0)
PHIS = (1.0, 2.0)
RISES = {
    "false_alarms_pct": 1.0,
    "caught_x1_25_pct": 1.25,
    "caught_x1_5_pct": 1.5,
    "caught_x2_pct": 2.0,
    "caught_x3_pct": 3.0,
}

Floats = NDArray[np.float64]


def usual(mean: float) -> Floats:
    """Mean of each of the months."""
    usual_of_month: Floats = mean * np.exp(AMPLITUDE * np.sin(2 * np.pi * np.arange(1, MONTHS + 1) / 12))
    return usual_of_month


def draw(means: Floats, phi: float, generator: np.random.Generator) -> Floats:
    """Counts of these means whose variance is phi times as much: Poisson at 1, negative binomial over it."""
    if phi == 1:
        return generator.poisson(means).astype(float)
    return generator.negative_binomial(means / (phi - 1), 1 / phi).astype(float)


def measure(mean: float, phi: float, series: int, seed: int) -> dict[str, float]:
    """One row of the file: tests, and the share of them that alarmed, in percent, at each rise."""
    generator = np.random.default_rng([seed, round(10 * mean), round(10 * phi)])
    expected = np.tile(usual(mean), (series, 1))
    counts = draw(expected, phi, generator)
    alarms = dict.fromkeys(RISES, 0)
    for at in JUDGED:
        for column, times in RISES.items():
            judged = counts.copy()
            if times > 1:
                judged[:, at] = draw(times * expected[:, at], phi, generator)
            alarms[column] += int(farrington(judged, at)["is_alarm"].sum())
    tests = series * len(JUDGED)
    shares = {column: round(100 * found / tests, 2) for column, found in alarms.items()}
    return {"mean": mean, "phi": phi, "tests": tests, **shares, "seed": seed}


def time_judging(rounds: int = 9) -> dict[str, float]:
    """Median milliseconds of judging one month of 210 series, and the latest three of 162 series of 78 months."""
    generator = np.random.default_rng(1)
    means = np.exp(generator.uniform(-2, 4.5, (210, 1))) * usual(1.0)
    counts = draw(means, 1.0, generator)

    def median(size: int, months: int, latest: int) -> float:
        times = []
        for _ in range(rounds):
            started = time.perf_counter()
            found = [farrington(counts[:size, :months], at) for at in range(months - latest, months)]
            if latest == RUN:
                persistent(found)
            times.append((time.perf_counter() - started) * 1000)
        return statistics.median(times)

    return {"210 series x 1 month": median(210, MONTHS, 1), "162 series x 3 of 78 months": median(162, 78, RUN)}


def main() -> None:
    """Measure every cell, write the file, print it."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--series", type=int, default=400, help="made-up series to a cell, twelve tests each")
    parser.add_argument("--seed", type=int, default=2021)
    asked = parser.parse_args()
    rows = []
    for phi in PHIS:
        for mean in MEANS:
            rows.append(measure(mean, phi, asked.series, asked.seed))
            print(rows[-1], flush=True)
    with REFERENCE.open("w", encoding="utf-8", newline="") as file:
        writer = csv.DictWriter(file, list(rows[0]), lineterminator="\n")
        writer.writeheader()
        writer.writerows(rows)
    for what, milliseconds in time_judging().items():
        print(f"{what}: {milliseconds:.0f} ms")


if __name__ == "__main__":
    main()
