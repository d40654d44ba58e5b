"""The usual range equals the NHS reference point by point, and refuses what counts cannot carry."""

from __future__ import annotations

import math
from collections.abc import Callable
from typing import Any

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from stats.xmr import Limits, assurance, chart, label_points, limits, usual_range, variation

Vectors = Callable[[str], dict[str, Any]]

BETTER = {"increase": "up", "decrease": "down", "neutral": "neutral"}
REFERENCE_SIGNAL = {
    "Above UCL": ("outside", 1),
    "Below LCL": ("outside", -1),
    "7 Point Trend (Increasing)": ("trend", 1),
    "7 Point Trend (Decreasing)": ("trend", -1),
    "2 in 3 Above CL": ("two_of_three", 1),
    "2 in 3 Below CL": ("two_of_three", -1),
    "7 Points Above CL": ("shift", 1),
    "7 Points Below CL": ("shift", -1),
    "Common Cause": ("common", 0),
}
STEADY = [17, 15, 13, 13, 18, 18, 16, 13, 9, 11, 15, 17, 15, 17, 21, 15, 20, 15, 19, 12, 13, 11, 8, 13]


def test_every_point_of_every_case_equals_the_reference(vectors: Vectors) -> None:
    points = 0
    for case in vectors("b_ptd_spc")["cases"]:
        given_, output = case["input"], case["output"]
        groups = [row["rebase_group"] for row in output]
        rebase = [position for position in range(1, len(groups)) if groups[position] != groups[position - 1]]
        found = chart(given_["y"], rebase, given_["fix_after_n_points"] or None, given_["screen_outliers"])
        improvement = BETTER[given_["improvement_direction"]]
        for row, line in zip(output, found.itertuples(), strict=True):
            for ours, theirs in ((line.mean, "mean"), (line.lower, "lpl"), (line.upper, "upl")):
                expected = math.nan if row[theirs] is None else row[theirs]
                assert ours == pytest.approx(expected, rel=1e-9, nan_ok=True), (case["name"], row["date"])
            assert (line.signal, line.direction) == REFERENCE_SIGNAL[row["special_cause_type"]], case["name"]
            icon = variation(line.direction, improvement)
            kind = row["point_type"].removeprefix("special_cause_")
            assert icon == kind or icon.rpartition("_")[0] == kind
            points += 1
        assert variation(int(found["direction"].iloc[-1]), improvement) == case["variation_icon"]
        last = limits(given_["y"][max(rebase, default=0) :], given_["fix_after_n_points"] or None)
        if given_["target"]:
            assert assurance(last, given_["target"], improvement) == case["assurance"]
    assert points > 100


def test_the_worked_limits_of_the_definition() -> None:
    screened, plain = limits([*STEADY, 40]), limits([*STEADY, 40], screened=False)
    assert screened.mean == pytest.approx(15.76)
    assert (screened.lower, screened.upper) == pytest.approx((7.43304347826087, 24.0869565217391))
    assert (plain.lower, plain.upper) == pytest.approx((4.7875, 26.7325))


def test_a_point_on_the_mean_breaks_a_shift() -> None:
    wide = Limits(mean=10, lower=0, upper=20, near_lower=3, near_upper=17, average_range=4)
    broken = label_points([11, 12, 11, 12, 11, 12, 10, 11, 12, 11, 12, 11, 12], wide)
    assert set(broken["signal"]) == {"common"}
    whole = label_points([9, 11, 12, 11, 12, 11, 12, 11, 9], wide)
    assert whole["signal"].tolist() == ["common"] + ["shift"] * 7 + ["common"]


def test_a_tie_breaks_a_trend_and_a_turning_point_belongs_to_the_run_that_leaves_it() -> None:
    wide = limits([0.0, 100.0] * 12)  # limits so wide that only the trend rule can apply
    tied = label_points([40, 41, 42, 43, 43, 44, 45, 46], wide)
    assert set(tied["signal"]) <= {"common", "shift"}
    peak = label_points([44, 45, 46, 47, 48, 49, 56, 53, 52, 51, 50.5, 50.2, 50.1], wide)
    assert peak["direction"].tolist() == [1] * 6 + [-1] * 7
    assert set(peak["signal"]) == {"trend"}


def test_equal_values_have_no_limits_and_no_signal() -> None:
    # 0.1 does not add up exactly: a careless mean would put all twelve on one side of it
    found = chart([0.1] * 12)
    assert found[["lower", "upper"]].isna().all(axis=None)
    assert set(found["signal"]) == {"common"}


def test_a_range_is_given_with_signals_from_twenty_four_points() -> None:
    found = usual_range([*STEADY, 40])
    assert found.refusal is None
    assert not found.is_trial
    assert found.frame["signal"].iloc[-1] == "outside"
    assert found.frame["centre"].iloc[0] == pytest.approx(15.76)


def test_twelve_to_twenty_three_points_are_on_trial_and_give_no_signal() -> None:
    found = usual_range([*STEADY[:15], 90])
    assert found.is_trial
    assert found.refusal is None
    assert found.frame["upper"].notna().all()
    assert set(found.frame["signal"]) == {""}


@pytest.mark.parametrize(
    ("values", "frequency", "expected"),
    [
        (STEADY[:11], "month", "too_few_points"),
        ([7] * 12 + [8] * 12, "month", "use_quarters"),  # mean 7.5 a month
        ([4, 5] * 12, "quarter", "too_few_events"),  # mean 4.5 a quarter
        ([9] * 24, "month", "no_variation"),
        ([9] * 23 + [30], "month", "no_variation"),  # the only range is screened out: limits would collapse
    ],
)
def test_what_counts_cannot_carry_is_refused(values: list[int], frequency: str, expected: str) -> None:
    found = usual_range(values, frequency=frequency)
    assert found.refusal == expected
    assert found.frame[["centre", "lower", "upper"]].isna().all(axis=None)
    assert set(found.frame["signal"]) == {""}
    assert set(found.frame["refusal"]) == {expected}


def test_quarters_are_shown_from_a_mean_of_five() -> None:
    assert usual_range([3, 8, 5, 6] * 6, frequency="quarter").refusal is None


def test_a_lower_limit_is_never_below_zero() -> None:
    assert limits([2, 20] * 12).lower < 0
    assert (usual_range([2, 20] * 12).frame["lower"] == 0).all()


def test_nothing_is_bridged_across_a_cut() -> None:
    before, after = STEADY, [value * 3 for value in STEADY[:6]]
    found = usual_range([*before, *after], cut_positions=[24])
    alone = usual_range(before)
    assert found.frame["segment"].tolist() == [0] * 24 + [1] * 6
    assert found.frame["centre"][:24].tolist() == alone.frame["centre"].tolist()
    assert found.frame["signal"][:24].tolist() == alone.frame["signal"].tolist()
    assert found.refusal == "too_few_points"  # six months after the cut
    assert found.frame["refusal"].tolist() == [""] * 24 + ["too_few_points"] * 6


def test_provisional_points_are_drawn_but_neither_judged_nor_reckoned() -> None:
    flags = [False] * 24 + [True] * 2
    found = usual_range([*STEADY, 0, 90], is_provisional=flags)
    alone = usual_range(STEADY)
    assert found.frame["centre"].iloc[-1] == alone.frame["centre"].iloc[0]
    assert found.frame["signal"].iloc[-2:].tolist() == ["", ""]
    assert usual_range([*STEADY, 0, 90]).frame["signal"].iloc[-1] == "outside"


@pytest.mark.parametrize(
    ("wrong", "reason"),
    [
        (lambda: usual_range([1.0, math.nan]), "missing value"),
        (lambda: usual_range([]), "at least one value"),
        (lambda: usual_range([1, -1]), "negative"),
        (lambda: usual_range([1, 2], frequency="week"), "frequency"),
        (lambda: usual_range([1, 2, 3], is_provisional=[True, False, False]), "come last"),
        (lambda: variation(1, "sideways"), "improvement"),
        (lambda: assurance(limits([1, 2]), 3, "sideways"), "improvement"),
    ],
)
def test_impossible_input_is_refused(wrong: Callable[[], object], reason: str) -> None:
    with pytest.raises(ValueError, match=reason):
        wrong()


series = st.lists(st.integers(0, 400), min_size=12, max_size=40)


@given(series)
def test_the_centre_lies_between_the_limits_and_between_the_extremes(values: list[int]) -> None:
    found = usual_range(values)
    if found.refusal is None:
        frame = found.frame
        assert (frame["lower"] >= 0).all()
        assert (frame["lower"] < frame["centre"]).all()
        assert (frame["centre"] < frame["upper"]).all()
        assert min(values) <= frame["centre"].iloc[0] <= max(values)


@given(series, st.integers(1, 500))
def test_moving_a_whole_series_moves_its_limits_and_no_label(values: list[int], by: int) -> None:
    here, there = chart(values), chart([value + by for value in values])
    assert np.allclose(here["upper"] + by, there["upper"], equal_nan=True)
    # a point that lies on a limit may fall to either side by a rounding error
    on_edge = any(
        math.isclose(value, edge, rel_tol=1e-9, abs_tol=1e-9)
        for value in values
        for edge in vars(limits(values)).values()
    )
    if not on_edge:
        assert here["signal"].tolist() == there["signal"].tolist()


@given(series)
def test_turning_a_series_upside_down_turns_every_direction(values: list[int]) -> None:
    # a turning point of two runs belongs to the one that leaves it, upside down too
    here, there = chart(values), chart([400 - value for value in values])
    is_common = here["signal"] == "common"
    if here["signal"].tolist() == there["signal"].tolist():
        assert (here["direction"][~is_common] == -there["direction"][~is_common]).all()


@given(series, st.integers(1, 39))
def test_segments_do_not_know_each_other(values: list[int], cut: int) -> None:
    cut = min(cut, len(values) - 1)
    whole = chart(values, [cut])
    assert whole["signal"].tolist() == [*chart(values[:cut])["signal"], *chart(values[cut:])["signal"]]
