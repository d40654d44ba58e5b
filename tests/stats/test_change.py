"""Change equals the exact conditional reference and its parts never disagree."""

from __future__ import annotations

import math
from collections.abc import Callable
from typing import Any

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from stats.change import compare, dispersion, verdict

Vectors = Callable[[str], dict[str, Any]]
counts = st.integers(0, 2000)
days = st.integers(88, 92)
phis = st.floats(1, 8)


def test_ratios_limits_and_p_equal_the_exact_reference(vectors: Vectors) -> None:
    rows = vectors("a_rate_ratio_exact")["rows"]
    for confidence, suffix in ((0.95, "95"), (0.998, "998")):
        found = compare(
            [row["x_now"] for row in rows],
            [row["x_before"] for row in rows],
            [row["t_now"] for row in rows],
            [row["t_before"] for row in rows],
            confidence,
        )
        for row, line in zip(rows, found.itertuples(), strict=True):
            infinite = math.inf  # the reference writes an infinite ratio or limit as null
            assert line.ratio == pytest.approx(infinite if row["ratio"] is None else row["ratio"], rel=1e-9)
            assert line.p == pytest.approx(row["p_central"], rel=1e-9, abs=1e-300)
            assert line.low == pytest.approx(row[f"ci{suffix}_lo"], rel=1e-9)
            high = row[f"ci{suffix}_hi"]
            assert line.high == pytest.approx(infinite if high is None else high, rel=1e-9)


def test_dispersion_equals_the_regression_reference(vectors: Vectors) -> None:
    for case in vectors("g_forecast_quarterly")["cases"]:
        seasons = np.arange(len(case["series"])) % 4 + 1
        assert dispersion(case["series"], seasons) == pytest.approx(case["dispersion_raw"], rel=1e-6)


def test_none_in_either_window_leaves_the_ratio_open() -> None:
    found = compare(0, 0, 90, 92).iloc[0]
    assert math.isnan(found["ratio"])
    assert (found["low"], found["high"], found["p"]) == (0, math.inf, 1)


@pytest.mark.parametrize(
    ("now", "before", "expected"),
    [
        (0, 0, "none"),
        (7, 7, "same"),
        (45, 30, "could_be_chance"),  # 0.94 to 2.52
        (250, 300, "probably_lower"),  # 95% excludes 1, 99.8% does not
        (150, 110, "probably_higher"),
        (60, 20, "higher"),
        (20, 60, "lower"),
        (3, 0, "could_be_chance"),  # none to three is not evidence
        (12, 0, "higher"),
    ],
)
def test_verdicts_say_only_what_the_interval_allows(now: int, before: int, expected: str) -> None:
    assert verdict(now, before, 91, 91) == expected


def test_dispersion_takes_a_flag_away() -> None:
    assert verdict(150, 95, 91, 91) == "higher"
    assert verdict(150, 95, 91, 91, phi=2.0) == "probably_higher"
    assert verdict(150, 95, 91, 91, phi=4.0) == "could_be_chance"


def test_dispersion_not_estimated_is_read_as_independence() -> None:
    assert compare(45, 30, 90, 92, phi=math.nan).equals(compare(45, 30, 90, 92))


def test_dispersion_needs_twelve_periods_and_survives_empty_seasons() -> None:
    assert math.isnan(dispersion([3] * 11, [1, 2, 3, 4] * 2 + [1, 2, 3]))
    assert dispersion([0] * 12, [1, 2, 3, 4] * 3) == 1.0
    # the first quarter never has an event: the other nine periods carry the estimate
    assert dispersion([0, 9, 9, 9] * 3, [1, 2, 3, 4] * 3) == 1.0
    assert dispersion([0, 30, 2, 9, 0, 3, 25, 9, 0, 14, 4, 40], [1, 2, 3, 4] * 3) > 2


@pytest.mark.parametrize(
    ("wrong", "reason"),
    [
        (lambda: compare(-1, 3, 90, 90), "negative"),
        (lambda: compare(1, 3, 0, 90), "days"),
        (lambda: compare(1, 3, 90, 90, phi=0.5), "phi"),
        (lambda: compare(1, 3, 90, 90, confidence=1.0), "confidence"),
        (lambda: dispersion([1, 2], [1]), "length"),
    ],
)
def test_impossible_input_is_refused(wrong: Callable[[], object], reason: str) -> None:
    with pytest.raises(ValueError, match=reason):
        wrong()


@given(counts, counts, days, days, phis)
def test_swapping_the_windows_inverts_the_ratio_and_keeps_p(
    now: int, before: int, now_days: int, before_days: int, phi: float
) -> None:
    one = compare(now, before, now_days, before_days, phi=phi).iloc[0]
    other = compare(before, now, before_days, now_days, phi=phi).iloc[0]
    with np.errstate(divide="ignore"):
        assert one["low"] == pytest.approx(1 / np.float64(other["high"]), rel=1e-7)
    assert one["p"] == pytest.approx(other["p"], rel=1e-7)


@given(counts, counts, days, days, phis, st.sampled_from([0.8, 0.95, 0.998]))
def test_interval_and_p_never_disagree(
    now: int, before: int, now_days: int, before_days: int, phi: float, confidence: float
) -> None:
    found = compare(now, before, now_days, before_days, confidence, phi).iloc[0]
    alpha = 1 - confidence
    if abs(found["p"] - alpha) > 1e-9:
        assert (found["p"] < alpha) == (not found["low"] <= 1 <= found["high"])


@given(counts, counts, days, days, phis)
def test_the_interval_contains_the_ratio_and_dispersion_only_widens_it(
    now: int, before: int, now_days: int, before_days: int, phi: float
) -> None:
    plain = compare(now, before, now_days, before_days).iloc[0]
    wide = compare(now, before, now_days, before_days, phi=phi).iloc[0]
    if now + before > 0:
        assert plain["low"] <= plain["ratio"] <= plain["high"]
    assert wide["low"] <= plain["low"] * (1 + 1e-12)
    assert wide["high"] >= plain["high"] * (1 - 1e-12)
    assert wide["p"] >= plain["p"] - 1e-12


@given(st.lists(st.integers(0, 300), min_size=12, max_size=28))
def test_dispersion_is_at_least_one(series: list[int]) -> None:
    assert dispersion(series, np.arange(len(series)) % 4 + 1) >= 1
