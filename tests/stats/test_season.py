"""A seasonal index finds the season that was put in, and nothing else."""

from __future__ import annotations

from collections.abc import Callable

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from stats.season import seasonal_index

SHAPE = np.array([0.87, 0.81, 1.02, 0.96, 1.04, 1.12, 1.20, 1.05, 0.96, 0.98, 0.97, 1.02])


def months_from_april(count: int) -> np.ndarray:
    return (np.arange(count) + 3) % 12 + 1


def test_a_known_shape_on_a_level_series_is_found_again() -> None:
    months = months_from_april(60)
    found = seasonal_index(100 * SHAPE[months - 1], months)
    assert found is not None
    assert found["month_number"].tolist() == list(range(1, 13))
    assert found["index"].to_numpy() == pytest.approx(SHAPE / SHAPE.mean(), rel=1e-12)


def test_one_summer_of_disorder_is_not_a_season() -> None:
    months = months_from_april(60)
    series = 100 * SHAPE[months - 1]
    series[29] *= 3  # one September
    found = seasonal_index(series, months)
    assert found is not None
    assert found["index"].to_numpy() == pytest.approx(SHAPE / SHAPE.mean(), rel=0.05)


def test_too_few_months_or_too_few_events_are_refused() -> None:
    assert seasonal_index(np.ones(35), months_from_april(35)) is None
    assert seasonal_index(np.zeros(48), months_from_april(48)) is None


@pytest.mark.parametrize(
    ("wrong", "reason"),
    [
        (lambda: seasonal_index([1.0] * 36, [4] * 36), "follow one another"),
        (lambda: seasonal_index([1.0] * 36, months_from_april(35)), "length"),
        (lambda: seasonal_index([float("nan")] * 36, months_from_april(36)), "every month"),
    ],
)
def test_impossible_input_is_refused(wrong: Callable[[], object], reason: str) -> None:
    with pytest.raises(ValueError, match=reason):
        wrong()


@given(st.lists(st.integers(1, 500), min_size=36, max_size=80), st.integers(2, 9))
def test_the_index_does_not_depend_on_the_size_of_the_series(values: list[int], times: int) -> None:
    months = months_from_april(len(values))
    one, many = seasonal_index(values, months), seasonal_index(np.array(values) * times, months)
    assert one is not None
    assert many is not None
    assert np.allclose(one["index"], many["index"])
    assert (one["index"] >= 0).all()
