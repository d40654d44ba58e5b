"""A campaign's estimate equals the reference, is told for every year, and is refused where it would mean nothing."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from stats import campaign

COUNTS = st.lists(st.integers(8, 60), min_size=60, max_size=84)


def test_one_window_equals_the_reference(vectors: Callable[[str], dict[str, Any]]) -> None:
    case = vectors("e_pulse_quasipoisson")["m12_at_78"]
    window = [[case["campaign_index"] - 1]]
    found = campaign.uplift(case["series"], window, is_floored=False).iloc[0]
    for ours, theirs in (
        ("observed", "observed"), ("expected", "expected_without_campaign"), ("ratio", "ratio"), ("low", "lo"),
        ("high", "hi"), ("dispersion", "dispersion"), ("p", "p_t"), ("degrees", "df"),
    ):  # fmt: skip
        assert found[ours] == pytest.approx(case[theirs], rel=1e-6), ours
    floored = campaign.uplift(case["series"], window).iloc[0]
    assert floored["ratio"] == pytest.approx(case["ratio"], rel=1e-6)
    assert floored["low"] < case["lo"]
    assert floored["high"] > case["hi"]


@given(COUNTS)
def test_a_window_of_one_month_is_what_came_over_what_all_others_led_to_expect(counts: list[int]) -> None:
    """An indicator of one month fits it exactly, so the other months alone say what was expected."""
    found = campaign.uplift(counts, [[30]]).iloc[0]
    assert found["ratio"] == pytest.approx(found["observed"] / found["expected"], rel=1e-6)
    assert found["low"] <= found["ratio"] <= found["high"]


@given(COUNTS, st.permutations([[18, 19], [30, 31], [42, 43]]))
def test_the_order_of_windows_changes_nothing_but_the_order_of_rows(
    counts: list[int], windows: list[list[int]]
) -> None:
    plain = campaign.uplift(counts, [[18, 19], [30, 31], [42, 43]])
    other = campaign.uplift(counts, windows)
    for row, window in enumerate(windows):
        same = plain.iloc[[18, 30, 42].index(window[0])]
        assert other.iloc[row]["ratio"] == pytest.approx(same["ratio"], rel=1e-6)
    assert other.iloc[-1]["ratio"] == pytest.approx(plain.iloc[-1]["ratio"], rel=1e-6)
    assert other["window"].tolist() == [0, 1, 2, -1]


def test_a_real_lift_is_found_and_none_where_there_was_none() -> None:
    chance = np.random.default_rng(20231114)
    months = np.arange(84)
    plain = chance.poisson(30 * np.exp(0.15 * np.sin(2 * np.pi * months / 12)))
    windows = [[18, 19], [30, 31], [42, 43], [54, 55], [66, 67]]
    lifted = plain.astype(float)
    for window in windows:
        lifted[window] = np.round(1.6 * lifted[window])
    assert campaign.uplift(lifted, windows).iloc[-1]["low"] > 1.2
    still = campaign.uplift(plain, windows).iloc[-1]
    assert still["low"] < 1 < still["high"]


@pytest.mark.parametrize(
    ("counts", "windows", "refusal"),
    [
        ([20] * 25, [[10, 11]], "too_short"),
        ([1] * 60, [[30]], "too_few"),
        ([0] * 60, [[30]], "too_short"),
        ([*[20] * 30, 0, *[20] * 30], [[30]], "none_observed"),
        ([20] * 60, [[30, 31]], ""),
    ],
)
def test_an_estimate_that_would_mean_nothing_is_refused(
    counts: list[int], windows: list[list[int]], refusal: str
) -> None:
    found = campaign.uplift(counts, windows).iloc[0]
    assert found["refusal"] == refusal
    assert np.isnan(found["ratio"]) == bool(refusal)
    assert found["observed"] == sum(counts[month] for month in windows[0])


@pytest.mark.parametrize(
    ("counts", "windows"), [([1, 2], [[2]]), ([1, 2], [[]]), ([1, 2], [[0], [0]]), ([1, -2], [[0]]), ([1, 2], [])]
)
def test_windows_that_make_no_sense_are_refused(counts: list[int], windows: list[list[int]]) -> None:
    with pytest.raises(ValueError, match=r"window|count"):
        campaign.uplift(counts, windows)
