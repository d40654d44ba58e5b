"""Alerts cry wolf no more often than the reference, and catch what the page says: measured on made-up series."""

from __future__ import annotations

import csv
from collections.abc import Callable
from functools import cache
from typing import Any

import numpy as np
import pytest
from scipy.stats import fisher_exact

from benchmarks import alert_power
from stats.emerging import Settings, farrington, persistent, power

Vectors = Callable[[str], dict[str, Any]]
SEED = 7  # not that of the file: what is measured again must be measured anew
SERIES = 400
METHODS = {
    "nb_p4_b5_.005": Settings(years=5),
    "nb_p4_b5_.01": Settings(years=5, alpha=0.01),
    "nb_p4_b5_.025": Settings(years=5, alpha=0.025),
    "nb_p4_b3_.005": Settings(years=3),
    "nb_p4_b3_.005_notrend": Settings(years=3, has_trend=False),
    "nb_p4_b5_.005_notrend": Settings(years=5, has_trend=False),
    "nb_p1_b5_.005": Settings(years=5, levels=1),
    "muan_p4_b5_.005": Settings(years=5, limit="muan"),
}
OURS = "nb_p4_b5_.005"


@cache
def ordinary(mean: float, phi: float) -> np.ndarray:
    """400 series of 84 months in which nothing happens."""
    generator = np.random.default_rng([SEED, round(10 * mean), round(10 * phi)])
    return alert_power.draw(np.tile(alert_power.usual(mean), (SERIES, 1)), phi, generator)


def rows_of_the_file() -> list[dict[str, float]]:
    with alert_power.REFERENCE.open(encoding="utf-8", newline="") as file:
        return [{name: float(value) for name, value in row.items()} for row in csv.DictReader(file)]


def sampled(cases: list[Any], sample: list[Any]) -> list[Any]:
    """The sample as it is, the others under `long`."""
    return [case if case in sample else pytest.param(*case, marks=pytest.mark.long) for case in cases]


@pytest.mark.parametrize(
    ("method", "mean", "phi"),
    sampled(
        [(method, mean, phi) for method in METHODS for mean in (1, 3, 10, 40, 150) for phi in (1, 2)],
        [(OURS, 1, 1), (OURS, 3, 2), (OURS, 10, 1), (OURS, 40, 2), (OURS, 150, 1)],
    ),
)
def test_ordinary_months_alarm_no_more_often_than_the_reference(
    vectors: Vectors, method: str, mean: float, phi: float
) -> None:
    rows = vectors("d_false_positive_rates")["rows"]
    row = next(row for row in rows if (row["method"], row["mu"], row["phi"]) == (method, mean, phi))
    series = ordinary(mean, phi)
    months = range(alert_power.MONTHS - 5, alert_power.MONTHS)
    found = sum(int(farrington(series, at, METHODS[method])["is_alarm"].sum()) for at in months)
    tests, theirs = SERIES * len(months), round(row["fpr"] * row["n"])
    chance = fisher_exact([[found, tests - found], [theirs, row["n"] - theirs]], alternative="greater").pvalue
    assert chance >= 0.001, f"{found} of {tests}, the reference {theirs} of {row['n']}"


@pytest.mark.parametrize(
    ("mean", "phi"),
    sampled(
        [(mean, phi) for mean in (8, 12, 20, 40, 80, 150, 300) for phi in (1, 1.5, 2, 3)],
        [(8, 1), (20, 1), (40, 2)],
    ),
)
def test_a_doubling_is_caught_nearly_as_often_as_if_the_mean_were_known(
    vectors: Vectors, mean: float, phi: float
) -> None:
    rows = vectors("d_power_one_month")["rows"]
    known = next(row["power_x2"] for row in rows if (row["mean"], row["phi"]) == (mean, phi))
    found = alert_power.measure(mean, phi, 200, SEED)
    assert found["tests"] >= 2_000
    assert found["caught_x2_pct"] / 100 >= 0.8 * known


@pytest.mark.parametrize(
    ("mean", "phi"),
    sampled([(mean, phi) for phi in alert_power.PHIS for mean in alert_power.MEANS], [(3.0, 1.0), (20.0, 2.0)]),
)
def test_what_the_page_prints_is_what_is_measured(mean: float, phi: float) -> None:
    printed = next(row for row in rows_of_the_file() if (row["mean"], row["phi"]) == (mean, phi))
    found = alert_power.measure(mean, phi, 120, SEED)
    for column in alert_power.RISES:
        counts = [
            [round(row[column] * row["tests"] / 100), round((100 - row[column]) * row["tests"] / 100)]
            for row in (printed, found)
        ]
        assert fisher_exact(counts).pvalue > 0.001, f"{column}: {printed[column]} printed, {found[column]} measured"


def test_the_file_holds_every_cell_and_at_least_two_thousand_tests_of_each() -> None:
    rows = rows_of_the_file()
    assert [(row["phi"], row["mean"]) for row in rows] == [
        (phi, mean) for phi in alert_power.PHIS for mean in alert_power.MEANS
    ]
    assert min(row["tests"] for row in rows) >= 2_000
    assert list(rows[0]) == ["mean", "phi", "tests", *alert_power.RISES, "seed"]


def test_the_file_keeps_the_bar_of_a_doubling_from_a_mean_of_eight() -> None:
    for row in rows_of_the_file():
        if row["mean"] >= 8:
            assert row["caught_x2_pct"] / 100 >= 0.8 * float(power(row["mean"], row["phi"], 2.0))


@pytest.mark.parametrize(
    ("mean", "phi"),
    sampled([(mean, phi) for phi in (1, 2) for mean in (1, 3, 10, 40, 150)], [(3, 1), (10, 2)]),
)
def test_three_ordinary_months_running_are_an_alarm_about_once_in_a_hundred_or_less(mean: float, phi: float) -> None:
    series = ordinary(mean, phi)
    found = 0
    for at in range(alert_power.MONTHS - 5, alert_power.MONTHS):
        months = [farrington(series, month) for month in (at - 2, at - 1, at)]
        found += int(persistent(months)["is_alarm"].sum())
    # Tests of neighbouring months share two of three counts, so this is a bar and not a confidence limit.
    assert found <= 0.015 * SERIES * 5
