"""What is said to have ended within so many weeks had, and had not a week sooner."""

from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from stats.waits import within

SHARES = (0.25, 0.5, 0.75)


@given(st.lists(st.integers(1, 60), min_size=1, max_size=200))
def test_at_least_the_share_had_ended_then_and_less_of_it_a_period_sooner(weeks: list[int]) -> None:
    periods, counts = np.unique(weeks, return_counts=True)
    for share, found in zip(SHARES, within(periods, counts, SHARES), strict=True):
        assert np.mean(np.asarray(weeks) <= found) >= share
        assert np.mean(np.asarray(weeks) < found) < share


@given(st.lists(st.tuples(st.integers(1, 60), st.integers(0, 9)), min_size=1, max_size=40), st.randoms())
def test_the_order_and_the_splitting_of_counts_change_nothing(
    pairs: list[tuple[int, int]], random: np.random.RandomState
) -> None:
    pairs = [*pairs, (7, 1)]
    mixed = list(pairs)
    random.shuffle(mixed)
    assert within(*zip(*pairs, strict=True), SHARES) == within(*zip(*mixed, strict=True), SHARES)
    singly = [week for week, count in pairs for _ in range(count)]
    assert within(*zip(*pairs, strict=True), SHARES) == within(singly, [1] * len(singly), SHARES)


def test_the_median_of_an_even_number_is_the_earlier_middle_one() -> None:
    assert within([1, 2, 3, 4], [1, 1, 1, 1], (0.5, 1.0)) == [2, 4]


@pytest.mark.parametrize(
    ("periods", "counts", "share"),
    [([1], [0], 0.5), ([1], [-1], 0.5), ([1, 2], [1], 0.5), ([1], [1], 0), ([1], [1], 2)],
)
def test_what_cannot_be_reckoned_is_refused(periods: list[int], counts: list[int], share: float) -> None:
    with pytest.raises(ValueError, match=r".+"):
        within(periods, counts, (share,))
