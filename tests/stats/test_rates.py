"""Rates and shares equal the reference implementations and behave as intervals must."""

from __future__ import annotations

import math
from collections.abc import Callable
from typing import Any

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from stats.rates import byar, poisson_interval, rate, share

Vectors = Callable[[str], dict[str, Any]]
CLOSE = 1e-9


def same(found: float, expected: float | None) -> bool:
    """Equal to the reference, whose null is our nan."""
    if expected is None:
        return math.isnan(found)
    return math.isclose(found, expected, rel_tol=CLOSE, abs_tol=1e-12)


@pytest.mark.parametrize(("grid", "confidence"), [("grid_per_1000_95", 0.95), ("grid_per_1000_998", 0.998)])
def test_rates_equal_the_public_health_reference(vectors: Vectors, grid: str, confidence: float) -> None:
    rows = vectors("a_phe_rate")[grid]
    found = rate([row["x"] for row in rows], [row["n"] for row in rows], confidence=confidence)
    for row, line in zip(rows, found.itertuples(), strict=True):
        assert same(line.rate, row["value"])
        assert same(line.low, row["lowercl"])
        assert same(line.high, row["uppercl"])
        assert line.method == {"Exact": "exact", "Byars": "byar"}[row["method"]]


def test_both_sets_of_limits_equal_the_reference_count_by_count(vectors: Vectors) -> None:
    for row in vectors("a_byar_exact_counts")["rows"]:
        for confidence, suffix in ((0.95, "95"), (0.998, "998")):
            low, high = poisson_interval(row["x"], confidence)
            assert same(low[0], row[f"exact_lo{suffix}"])
            assert same(high[0], row[f"exact_hi{suffix}"])
            low, high = byar(row["x"], confidence)
            assert same(low[0], row[f"byar_lo{suffix}"])
            assert same(high[0], row[f"byar_hi{suffix}"])


def test_shares_equal_the_public_health_reference(vectors: Vectors) -> None:
    for row in vectors("a_phe_proportion")["rows"]:
        for confidence, suffix in ((0.95, "95_0cl"), (0.998, "99_8cl")):
            found = share(row["x"], row["n"], confidence).iloc[0]
            assert same(found["share"], row["value"])
            assert same(found["low"], row[f"lower{suffix}"])
            assert same(found["high"], row[f"upper{suffix}"])


def test_the_worked_rates_of_the_definition() -> None:
    # the table under definition a1: both sides of the join at 9 and 10
    found = rate([9, 10, 300], [100_000, 100_000, 370_000])
    assert found["low"].tolist() == pytest.approx([0.0411537310, 0.0478744991, 0.721643978], rel=1e-8)
    assert found["high"].tolist() == pytest.approx([0.170848035, 0.183914586, 0.907951029], rel=1e-8)
    assert found["method"].tolist() == ["exact", "byar", "byar"]


def test_byar_is_missing_where_it_is_undefined_or_negative() -> None:
    assert math.isnan(byar(0)[0][0])  # undefined: divides by the count
    assert math.isnan(byar(1, 0.998)[0][0])  # negative: the reference gives none either
    assert byar(1)[0][0] > 0


def test_a_rate_without_people_and_a_share_of_nothing_are_missing() -> None:
    assert rate([3], [0]).drop(columns="method").isna().all(axis=None)
    assert share([0], [0]).isna().all(axis=None)


@pytest.mark.parametrize(
    ("wrong", "reason"),
    [
        (lambda: rate([-1], [10]), "negative"),
        (lambda: share([3], [2]), "more than the whole"),
        (lambda: share([1], [2], 1.0), "confidence"),
    ],
)
def test_impossible_input_is_refused(wrong: Callable[[], object], reason: str) -> None:
    with pytest.raises(ValueError, match=reason):
        wrong()


@given(st.integers(0, 5000), st.integers(1, 1_000_000), st.floats(0.5, 0.999))
def test_the_interval_contains_the_rate(events: int, population: int, confidence: float) -> None:
    found = rate(events, population, confidence=confidence).iloc[0]
    assert found["low"] <= found["rate"] <= found["high"]


@given(st.integers(0, 3000), st.sampled_from([0.8, 0.95, 0.998]))
def test_more_events_never_lower_either_exact_limit(events: int, confidence: float) -> None:
    low, high = poisson_interval([events, events + 1], confidence)
    assert low[0] <= low[1]
    assert high[0] < high[1]


@given(st.integers(1, 500), st.data())
def test_a_share_mirrors_its_complement(whole: int, data: st.DataObject) -> None:
    part = data.draw(st.integers(0, whole))
    one, other = share(part, whole).iloc[0], share(whole - part, whole).iloc[0]
    assert one["low"] == pytest.approx(1 - other["high"], abs=1e-12)
    assert 0 <= one["low"] <= one["share"] <= one["high"] <= 1


@given(st.integers(0, 400), st.integers(1000, 400_000))
def test_wider_confidence_gives_a_wider_interval(events: int, population: int) -> None:
    narrow, wide = rate(events, population), rate(events, population, confidence=0.998)
    assert np.all(wide["low"] <= narrow["low"])
    assert np.all(wide["high"] >= narrow["high"])
