"""A campaign's estimate equals the reference, weighs nothing twice, and is refused where it would mean nothing."""

from __future__ import annotations

import math
from collections.abc import Callable
from typing import Any

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from stats import campaign
from stats.campaign import Pulse, against, uplift

Vectors = Callable[[str], dict[str, Any]]
MONTHS = 72
OCTOBERS = [[30], [42], [54], [66]]


def series(level: float = 40.0, seed: int = 1, months: int = MONTHS) -> np.ndarray:
    """Months with a season and a slow rise."""
    place = np.arange(months)
    mean = level * (1 + 0.25 * np.sin(2 * np.pi * place / 12)) * 1.003**place
    return np.random.default_rng(seed).poisson(mean).astype(float)


def test_the_pulse_equals_the_regression_reference(vectors: Vectors) -> None:
    case = vectors("e_pulse_quasipoisson")["m12_at_78"]
    # the reference counts months from 1
    found = uplift(case["series"], [[case["campaign_index"] - 1]], is_floored=False).each[0]
    assert (found.observed, found.degrees, found.refusal) == (case["observed"], case["df"], None)
    for name, wanted in {
        "expected": case["expected_without_campaign"], "ratio": case["ratio"], "low": case["lo"], "high": case["hi"],
        "dispersion": case["dispersion"], "p": case["p_t"],
    }.items():  # fmt: skip
        assert getattr(found, name) == pytest.approx(wanted, rel=1e-6), name


def test_luck_never_makes_the_interval_narrower_than_chance_does(vectors: Vectors) -> None:
    case = vectors("e_pulse_quasipoisson")["m12_at_78"]
    raw, floored = (uplift(case["series"], [[77]], is_floored=is_so).each[0] for is_so in (False, True))
    assert raw.dispersion == floored.dispersion < 1
    assert floored.ratio == raw.ratio
    assert floored.log_error == pytest.approx(raw.log_error / math.sqrt(raw.dispersion))
    assert (floored.low, floored.high) == pytest.approx((1.03698, 2.28107), abs=1e-5)
    assert floored.p > raw.p


def test_observed_over_expected_is_the_ratio_of_windows_of_several_months_too() -> None:
    found = uplift(series(), [[30, 31], [54, 55]])
    for one in (*found.each, found.pooled):
        assert one is not None
        assert one.observed / one.expected == pytest.approx(one.ratio, rel=1e-9)
        assert one.low < one.ratio < one.high


@settings(max_examples=25)
@given(st.integers(0, 10_000), st.permutations(range(4)))
def test_the_order_in_which_windows_are_told_changes_no_estimate(seed: int, order: list[int]) -> None:
    counts = series(seed=seed)
    told, turned = uplift(counts, OCTOBERS), uplift(counts, [OCTOBERS[place] for place in order])
    for place, at in enumerate(order):
        assert turned.each[place].ratio == pytest.approx(told.each[at].ratio, rel=1e-6)
        assert turned.each[place].log_error == pytest.approx(told.each[at].log_error, rel=1e-6)
    assert told.pooled is not None
    assert turned.pooled is not None
    assert turned.pooled.ratio == pytest.approx(told.pooled.ratio, rel=1e-6)
    assert sorted(order[place] for place in turned.pooled_windows) == [0, 1, 2, 3]


@settings(max_examples=25)
@given(st.integers(0, 10_000), st.integers(2, 20))
def test_counting_everything_so_many_times_leaves_ratio_and_raw_interval(seed: int, times: int) -> None:
    counts = series(seed=seed)
    once, often = (uplift(scale * counts, OCTOBERS, is_floored=False).each[1] for scale in (1, times))
    assert often.ratio == pytest.approx(once.ratio, rel=1e-6)
    assert often.expected == pytest.approx(times * once.expected, rel=1e-6)
    assert often.dispersion == pytest.approx(times * once.dispersion, rel=1e-6)
    # counting things in clusters gives no more certainty
    assert often.log_error == pytest.approx(once.log_error, rel=1e-6)


@settings(max_examples=25)
@given(st.integers(0, 10_000), st.integers(0, 400))
def test_what_happened_in_a_window_is_no_part_of_what_was_expected(seed: int, events: int) -> None:
    counts = series(seed=seed)
    there = counts.copy()
    there[54] = events
    assert uplift(there, [[54]]).each[0].expected == pytest.approx(uplift(counts, [[54]]).each[0].expected, rel=1e-5)


def test_all_years_together_lie_between_the_years_and_are_told_more_closely() -> None:
    counts = series()
    counts[[month for window in OCTOBERS for month in window]] *= 1.4
    found = uplift(counts, OCTOBERS)
    assert found.pooled is not None
    ratios = [one.ratio for one in found.each]
    assert min(ratios) < found.pooled.ratio < max(ratios)
    assert found.pooled.log_error < min(one.log_error for one in found.each)
    assert found.pooled_windows == (0, 1, 2, 3)


@pytest.mark.parametrize(("first", "refusal"), [(23, "short_history"), (24, None)])
def test_a_window_needs_two_years_before_it(first: int, refusal: str | None) -> None:
    found = uplift(series(), [[first]]).each[0]
    assert found.refusal == refusal
    assert math.isnan(found.ratio) == (refusal is not None)
    assert found.observed == series()[first]


def test_a_short_series_is_refused_though_its_window_comes_last() -> None:
    assert uplift(series(months=24), [[23]]).each[0].refusal == "short_history"
    assert uplift(series(months=25), [[24]]).each[0].refusal is None


def test_months_left_out_are_no_history_to_fit() -> None:
    counts = series(months=30)
    assert uplift(counts, [[29]], left_out=range(5)).each[0].refusal is None
    assert uplift(counts, [[29]], left_out=range(6)).each[0].refusal == "short_history"


def test_a_window_across_a_cut_is_refused_and_spoils_no_other() -> None:
    counts, stretches = series(), [0] * 55 + [1] * 17
    found = uplift(counts, [[54, 55], [30]], stretches=stretches)
    assert [one.refusal for one in found.each] == ["cut_inside", None]
    # neither its months nor those after the cut are a yardstick
    alone = uplift(counts[:54], [[30]]).each[0]
    assert found.each[1].ratio == pytest.approx(alone.ratio, rel=1e-9)
    assert found.each[1].degrees == alone.degrees
    assert found.pooled is None


def test_nothing_after_a_cut_touches_what_is_said_of_before_it() -> None:
    counts, stretches = series(), [0] * 60 + [1] * 12
    halved = np.where(np.array(stretches) == 1, counts / 2, counts)
    told = [uplift(values, [[30], [42]], stretches=stretches) for values in (counts, halved)]
    assert told[0] == told[1]
    assert uplift(counts, [[66]], stretches=stretches).each[0].refusal == "short_history"


def test_only_windows_of_the_latest_stretch_are_taken_together() -> None:
    counts = series(months=120)
    found = uplift(counts, [[30], [42], [100], [112]], stretches=[0] * 60 + [1] * 60)
    assert found.pooled_windows == (2, 3)
    assert found.pooled == uplift(counts, [[100], [112]], stretches=[0] * 60 + [1] * 60).pooled


def test_a_window_without_an_event_is_told_against_what_was_expected() -> None:
    counts = series(level=3.0)
    counts[54] = 0
    found = uplift(counts, [[54], [42]])
    assert found.each[0].refusal == "none_observed"
    assert (found.each[0].observed, 2 < found.each[0].expected < 5) == (0.0, True)
    assert math.isnan(found.each[0].ratio)
    # leaving it out is what an indicator of minus infinity would do
    without = uplift(counts, [[42]], left_out=[54])
    assert found.each[1].expected == pytest.approx(without.each[0].expected, rel=1e-9)


def test_a_year_without_an_event_counts_among_all_years_together() -> None:
    counts = series(level=12.0)
    counts[54] = 0
    found = uplift(counts, [[42], [54], [66]])
    assert found.each[1].refusal == "none_observed"
    assert found.pooled is not None
    assert found.pooled.observed == counts[[42, 54, 66]].sum()
    assert found.pooled.ratio < (found.each[0].observed + found.each[2].observed) / (
        found.each[0].expected + found.each[2].expected
    )


def test_under_five_expected_only_the_counts_are_told() -> None:
    counts = series(level=2.0)
    counts[54] = 9
    found = uplift(counts, [[54]]).each[0]
    assert (found.observed, found.refusal) == (9.0, "too_few_expected")
    assert 0 < found.expected < campaign.FEWEST_EXPECTED
    assert math.isnan(found.low)


def test_a_series_without_any_event_gives_no_estimate() -> None:
    found = uplift(np.zeros(MONTHS), [[54], [66]])
    assert {one.refusal for one in found.each} == {"none_observed"}
    assert found.pooled is not None
    assert found.pooled.refusal == "none_observed"


def test_a_control_that_moved_as_much_leaves_nothing_over() -> None:
    counts = series(level=60)
    counts[54] *= 1.5
    moved, still = uplift(counts, [[54]]).each[0], uplift(series(level=900, seed=3), [[54]]).each[0]
    assert against(moved, moved)[0] == pytest.approx(1.0)
    ratio, low, high = against(moved, still)
    assert ratio == pytest.approx(moved.ratio / still.ratio)
    assert low < ratio < high
    # what the control does not know is added to what the campaign does not know
    assert high / low > moved.high / moved.low
    assert all(map(math.isnan, against(moved, Pulse(3, 2, refusal="too_few_expected"))))


@pytest.mark.parametrize(
    ("counts", "windows", "left_out", "stretches"),
    [
        ([1.0, math.nan], [[1]], [], None),
        ([1.0, -1.0], [[1]], [], None),
        ([1.0, 1.0], [[2]], [], None),
        ([1.0, 1.0], [[]], [], None),
        ([1.0, 1.0], [[1], [1]], [], None),
        ([1.0, 1.0], [[1]], [1], None),
        ([1.0, 1.0], [[1]], [], [0]),
    ],
)
def test_what_makes_no_sense_is_an_error(counts: list[float], windows: Any, left_out: Any, stretches: Any) -> None:
    with pytest.raises(ValueError, match=r"."):
        uplift(counts, windows, left_out=left_out, stretches=stretches)


def test_no_effect_is_seldom_called_one() -> None:
    """In control, the interval leaves out 1 about once in twenty."""
    called = sum(
        not (one.low <= 1 <= one.high)
        for seed in range(150)
        for one in uplift(series(seed=seed, months=84), [[42], [66]]).each
    )
    assert called / 300 < 0.10
