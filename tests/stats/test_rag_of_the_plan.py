"""What a plan needs beside the rule table: chance in a sample, several measures to an outcome, direction of travel."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from stats.rag import Status, indicator_status, travel, worst

OFF = {"target": 74.0, "direction": "up", "tolerance": 3.0, "tolerance_kind": "points"}


def test_a_sample_off_target_by_no_more_than_chance_is_amber() -> None:
    # 39 of 60 satisfied is 65%; its Wilson interval, 52% to 76%, contains the 74% target.
    assert indicator_status(65.0, **OFF, interval=(52.4, 75.8)) == Status("amber", "within_chance")  # type: ignore[arg-type]


def test_a_large_sample_equally_far_off_is_red() -> None:
    found = indicator_status(65.0, **OFF, interval=(62.0, 67.9))  # type: ignore[arg-type]
    assert (found.code, found.reason) == ("red", "off_target")


@pytest.mark.parametrize(
    ("codes", "speaks"),
    [
        (["green", "amber", "red", "grey"], 2),
        (["green", "amber", "grey"], 1),
        (["green", "grey", "green"], 1),  # one measure not rated: the outcome is not Green
        (["green", "green"], 0),
        (["amber", "amber"], 0),
    ],
)
def test_the_worst_measure_speaks_for_the_outcome(codes: list[str], speaks: int) -> None:
    assert worst([Status(code, "on_target") for code in codes]) == speaks


@pytest.mark.parametrize(
    ("now", "before", "direction", "is_sample", "expected"),
    [
        # Newcombe 1998, table II (a): 56/70 v 48/80, method 10 gives 0.0524 to 0.3339: it leaves out 0
        ((56, 70), (48, 80), "up", True, "improved"),
        ((56, 70), (48, 80), "down", True, "worsened"),
        ((56, 70), (48, 80), "context", True, "higher"),
        ((48, 80), (56, 70), "context", True, "lower"),
        # table II (b): 9/10 v 3/10, 0.1705 to 0.8090
        ((9, 10), (3, 10), "up", True, "improved"),
        # 62 of 100 against 55 of 100: -0.07 to 0.20
        ((62, 100), (55, 100), "up", True, "no_clear_change"),
        # a full count of eight partnerships has no chance in it
        ((7, 8), (5, 8), "up", True, "no_clear_change"),
        ((7, 8), (5, 8), "up", False, "improved"),
        ((5, 8), (5, 8), "up", False, "no_clear_change"),
        ((5, 8), None, "up", False, "not_comparable"),
        ((5, 8), (0, 0), "up", False, "not_comparable"),
    ],
)
def test_direction_of_travel_needs_more_than_chance(
    now: tuple[float, float], before: tuple[float, float] | None, direction: str, is_sample: bool, expected: str
) -> None:
    assert travel(now, before, direction, is_sample=is_sample) == expected


pairs = st.integers(1, 200).flatmap(lambda n: st.tuples(st.integers(0, n), st.just(n)))


@given(pairs, pairs, st.booleans())
def test_travel_reversed_in_time_is_reversed_in_word(
    now: tuple[int, int], before: tuple[int, int], is_sample: bool
) -> None:
    opposite = {"improved": "worsened", "worsened": "improved", "no_clear_change": "no_clear_change"}
    there = travel(now, before, "up", is_sample=is_sample)
    assert travel(before, now, "up", is_sample=is_sample) == opposite[there]
