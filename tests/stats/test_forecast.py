"""Forecasts equal the reference, refuse short series, and call a target by the whole of the range."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from stats import forecast

SERIES = st.lists(st.integers(1, 90), min_size=12, max_size=32)


def numbered(size: int) -> list[int]:
    return [position % 4 + 1 for position in range(size)]


def test_every_forecast_equals_the_reference(vectors: Callable[[str], dict[str, Any]]) -> None:
    for case in vectors("g_forecast_quarterly")["cases"]:
        found = forecast.forecast(case["series"], numbered(len(case["series"])))
        assert found is not None
        assert found["phi"].iloc[0] == pytest.approx(case["phi_used"], rel=1e-9)
        for ours, theirs in (("mean", "forecast"), ("mean_low", "mean_lo"), ("mean_high", "mean_hi")):
            np.testing.assert_allclose(found[ours], case[theirs], rtol=1e-7)
        assert found["low"].tolist() == case["pi_lo"]
        assert found["high"].tolist() == case["pi_hi"]


@given(SERIES)
def test_the_range_holds_the_mean_and_is_of_whole_counts(series: list[int]) -> None:
    found = forecast.forecast(series, numbered(len(series)))
    assert found is not None
    assert (found["low"] <= np.ceil(found["mean"])).all()
    assert (found["high"] >= np.floor(found["mean"])).all()
    assert (found["low"] % 1 == 0).all()
    assert ((found["mean_low"] <= found["mean"]) & (found["mean"] <= found["mean_high"])).all()
    assert (found["phi"] >= 1).all()


@given(SERIES, st.integers(1, 4))
def test_shares_of_one_size_are_the_counts_divided_by_it(series: list[int], begins: int) -> None:
    numbers = [(begins + position - 1) % 4 + 1 for position in range(len(series))]
    counts, shares = (
        forecast.forecast(series, numbers),
        forecast.forecast(series, numbers, exposures=[200.0] * len(series)),
    )
    assert counts is not None
    assert shares is not None
    for name in ("mean", "mean_low", "low", "high"):
        np.testing.assert_allclose(shares[name] * 200, counts[name], rtol=1e-6)
    assert counts["quarter_number"].iloc[0] == numbers[-1] % 4 + 1


def test_fewer_than_twelve_quarters_or_none_at_all_are_not_forecast() -> None:
    assert forecast.forecast([20] * 11, numbered(11)) is None
    assert forecast.forecast([0] * 16, numbered(16)) is None


@pytest.mark.parametrize(
    ("low", "high", "direction", "code"),
    [
        (86, 90, "up", "likely"), (78, 84, "up", "unlikely"), (80, 90, "up", "too_early"), (85, 90, "up", "likely"),
        (78, 84, "down", "likely"), (86, 90, "down", "unlikely"), (80, 90, "down", "too_early"),
    ],
)  # fmt: skip
def test_a_target_is_called_by_the_whole_of_the_range(low: float, high: float, direction: str, code: str) -> None:
    assert forecast.verdict(low, high, 85, direction) == code


@given(st.floats(0, 100), st.floats(0, 100), st.floats(0, 100))
def test_a_verdict_turned_over_is_the_verdict_of_the_other_direction(one: float, two: float, target: float) -> None:
    low, high = min(one, two), max(one, two)
    assert forecast.verdict(low, high, target, "up") == forecast.verdict(-high, -low, -target, "down")


@pytest.mark.parametrize(
    ("series", "numbers"), [([1, 2, 3], [1, 2, 4]), ([1, -2, 3], [1, 2, 3]), ([1, 2], [1, 2, 3]), ([1, 2], [4, 5])]
)
def test_a_series_that_makes_no_sense_is_refused(series: list[int], numbers: list[int]) -> None:
    with pytest.raises(ValueError, match=r"count|quarter"):
        forecast.forecast(series, numbers)
