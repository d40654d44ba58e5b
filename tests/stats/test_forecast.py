"""A forecast equals the reference, keeps to its range, and says of a target only what the interval allows."""

from __future__ import annotations

import math
from collections.abc import Callable
from typing import Any

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from scipy.stats import nbinom, poisson

from stats.forecast import FEWEST_QUARTERS, forecast, verdict

Vectors = Callable[[str], dict[str, Any]]
FIELDS = {
    "mean": "forecast", "mean_low": "mean_lo", "mean_high": "mean_hi", "link_error": "se_link",
    "trend": "trend_per_quarter", "phi": "phi_used", "dispersion": "dispersion_raw",
}  # fmt: skip
counted = st.lists(st.integers(1, 400), min_size=FEWEST_QUARTERS, max_size=28)


def test_the_forecast_equals_the_regression_reference(vectors: Vectors) -> None:
    for case in vectors("g_forecast_quarterly")["cases"]:
        found = forecast(case["series"], len(case["forecast"]))
        assert found is not None
        for name, wanted in FIELDS.items():
            assert getattr(found, name) == pytest.approx(case[wanted], rel=1e-6), name
        assert found.low.tolist() == case["pi_lo"]
        assert found.high.tolist() == case["pi_hi"]


@settings(max_examples=40)
@given(counted, st.integers(1, 8))
def test_ranges_are_quantiles_of_the_count_the_mean_leads_to(series: list[int], ahead: int) -> None:
    found = forecast(series, ahead)
    assert found is not None
    assert found.phi == max(1.0, found.dispersion)
    for mean, low, high, ends in zip(
        found.mean, found.low, found.high, zip(found.mean_low, found.mean_high, strict=True), strict=True
    ):
        assert ends[0] <= mean <= ends[1]
        like = nbinom(mean / (found.phi - 1), 1 / found.phi) if found.phi > 1 else poisson(mean)
        assert (low, high) == tuple(like.ppf([0.025, 0.975]))


def test_a_series_that_varies_less_than_chance_is_read_as_chance() -> None:
    found = forecast([50, 60, 70, 40] * 4, 4)
    assert found is not None
    assert found.dispersion < 1
    assert found.phi == 1
    assert found.mean.tolist() == pytest.approx([50, 60, 70, 40], rel=1e-6)
    assert found.low.tolist() == poisson(found.mean).ppf(0.025).tolist()


@settings(max_examples=30)
@given(counted, st.integers(2, 50))
def test_an_exposure_that_never_changes_changes_only_the_unit(series: list[int], each: int) -> None:
    plain = forecast(series, 3)
    rates, counts = (
        forecast(series, 3, np.full(len(series), each), later) for later in (None, np.full(3, float(each)))
    )
    assert plain is not None
    assert rates is not None
    assert counts is not None
    assert rates.mean * each == pytest.approx(plain.mean, rel=1e-6)
    assert rates.link_error == pytest.approx(plain.link_error, rel=1e-5)
    assert np.isnan(rates.low).all()
    assert counts.mean == pytest.approx(plain.mean, rel=1e-6)
    assert counts.low.tolist() == pytest.approx(plain.low.tolist(), abs=1)


def test_a_share_is_followed_and_not_its_denominator() -> None:
    share, places = 0.2, np.arange(16)
    exposure = 500.0 + 60 * places
    found = forecast(share * exposure, 2, exposure)
    assert found is not None
    assert found.mean.tolist() == pytest.approx([share, share])
    assert found.trend == pytest.approx(1.0)


def test_the_path_goes_on_as_it_went() -> None:
    season = np.tile([1.0, 1.2, 0.9, 0.8], 5)
    series = 100 * season[:16] * 1.03 ** np.arange(16)
    found = forecast(series, 4)
    assert found is not None
    assert found.trend == pytest.approx(1.03, rel=1e-6)
    assert found.mean.tolist() == pytest.approx((100 * season[16:] * 1.03 ** np.arange(16, 20)).tolist(), rel=1e-6)


def test_under_twelve_quarters_there_is_none() -> None:
    series = [59, 68, 81, 40, 58, 74, 66, 34, 49, 42, 73, 50]
    assert forecast(series[1:], 1) is None
    assert forecast(series, 1) is not None
    holed: list[float] = [*series[:5], math.nan, *series[5:]]
    assert forecast(holed[1:], 1) is None  # thirteen quarters with twelve figures less one
    assert forecast(holed, 1) is not None


def test_a_quarter_of_the_year_that_was_never_seen_is_not_foretold() -> None:
    half_yearly: list[float] = [math.nan, 45.0] * 14
    assert forecast(half_yearly, 1) is None
    # nor one in which there never was an event
    assert forecast([0, 30, 20, 10] * 4, 1) is None
    assert forecast([0, 30, 20, 10] * 4, 2) is None
    assert forecast([4, 0, 20, 10] * 4, 1) is not None


@pytest.mark.parametrize(
    ("low", "high", "target", "direction", "said"),
    [
        (78, 84, 85, "up", "unlikely"),
        (78, 85, 85, "up", "too_early"),
        (85, 91, 85, "up", "likely"),
        (84.9, 91, 85, "up", "too_early"),
        (6, 8, 5, "down", "unlikely"),
        (5, 8, 5, "down", "too_early"),
        (4, 5, 5, "down", "likely"),
        (4, 5.1, 5, "down", "too_early"),
        (0, math.inf, 5, "down", "too_early"),
    ],
)
def test_a_target_is_likely_only_when_the_whole_interval_reaches_it(
    low: float, high: float, target: float, direction: str, said: str
) -> None:
    assert verdict(low, high, target, direction) == said


@given(st.floats(0, 100), st.floats(0, 100), st.floats(0, 100))
def test_what_is_better_one_way_is_worse_the_other(one: float, other: float, target: float) -> None:
    low, high = sorted((one, other))
    up, down = verdict(low, high, target, "up"), verdict(low, high, target, "down")
    if low == high == target:
        assert up == down == "likely"
    elif "too_early" not in (up, down):
        assert {up, down} == {"likely", "unlikely"}


@pytest.mark.parametrize(
    ("counts", "exposure"), [([1.0] * 12 + [-1.0], None), ([1.0] * 12, [1.0] * 11 + [0.0]), ([1.0] * 12, [1.0] * 3)]
)
def test_what_makes_no_sense_is_an_error(counts: list[float], exposure: list[float] | None) -> None:
    with pytest.raises(ValueError, match=r"."):
        forecast(counts, 1, exposure)
    with pytest.raises(ValueError, match="direction"):
        verdict(1, 2, 3, "context")
