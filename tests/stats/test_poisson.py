"""Many regressions at once give what each gives alone, and what theory says where it has an answer."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from hypothesis.extra import numpy as arrays

from stats import poisson

Vectors = Callable[[str], dict[str, Any]]
GROUPS = np.kron(np.eye(3), np.ones((4, 1)))  # three groups of four points
some_counts = arrays.arrays(np.float64, (5, 12), elements=st.integers(0, 400).map(float))


def trend(points: int) -> np.ndarray:
    return np.column_stack([np.ones(points), np.arange(points) / points])


def test_quarterly_trends_equal_the_reference(vectors: Vectors) -> None:
    for case in vectors("g_forecast_quarterly")["cases"]:
        points = len(case["series"])
        quarter = np.arange(points + 4) % 4
        rows = np.column_stack([np.ones(points + 4), np.arange(points + 4), *(quarter == q for q in (1, 2, 3))])
        fit = poisson.fit(rows[:points], case["series"])
        assert fit.dispersion[0] == pytest.approx(case["dispersion_raw"], rel=1e-9)
        assert np.exp(fit.coefficients[0, 1]) == pytest.approx(case["trend_per_quarter"], rel=1e-9)
        for row, forecast, spread in zip(rows[points:], case["forecast"], case["se_link"], strict=True):
            linear, error = fit.predict(row)
            assert np.exp(linear[0]) == pytest.approx(forecast, rel=1e-9)
            assert error[0] * np.sqrt(case["phi_used"]) == pytest.approx(spread, rel=1e-6)


def test_a_pulse_equals_the_reference(vectors: Vectors) -> None:
    case = vectors("e_pulse_quasipoisson")["m12_at_78"]
    time = np.arange(1, len(case["series"]) + 1)
    wave = 2 * np.pi * time / 12
    pulse = time == case["campaign_index"]
    fit = poisson.fit(np.column_stack([np.ones(time.size), time, np.sin(wave), np.cos(wave), pulse]), case["series"])
    assert np.exp(fit.coefficients[0, 4]) == pytest.approx(case["ratio"], rel=1e-9)
    assert fit.dispersion[0] == pytest.approx(case["dispersion"], rel=1e-9)
    assert fit.degrees[0] == case["df"]


@given(some_counts)
def test_groups_are_fitted_by_their_means(counts: np.ndarray) -> None:
    fit = poisson.fit(GROUPS, counts)
    means = counts.reshape(5, 3, 4).mean(axis=2)
    np.testing.assert_allclose(fit.fitted, np.repeat(means, 4, axis=1), rtol=1e-6, atol=1e-6)
    np.testing.assert_array_equal(fit.degrees, 9)
    with_events = means > 0
    np.testing.assert_allclose(
        np.einsum("sii->si", fit.covariance)[with_events], 1 / (4 * means[with_events]), rtol=1e-3
    )
    np.testing.assert_allclose(fit.leverage, 0.25, rtol=1e-6)
    spread = (counts.reshape(5, 3, 4) - means[:, :, None]) ** 2 / np.where(with_events, means, 1.0)[:, :, None]
    np.testing.assert_allclose(fit.dispersion, spread.sum(axis=(1, 2)) / 9, rtol=1e-3, atol=1e-3)


@given(some_counts)
def test_a_fit_keeps_the_total_and_its_centre_of_time(counts: np.ndarray) -> None:
    design = trend(12)
    fit = poisson.fit(design, counts)
    np.testing.assert_allclose((counts - fit.fitted) @ design, 0.0, atol=1e-3 * (1 + counts.sum()))
    leverage = poisson.fit(design, counts + 1).leverage
    np.testing.assert_allclose(leverage.sum(axis=1), 2.0, rtol=1e-6)


@given(some_counts)
def test_together_is_as_one_by_one(counts: np.ndarray) -> None:
    # what zeros alone would let run away (a mean of none, a trend without end) is settled only in its means
    for series, names in (
        (counts, ("fitted", "dispersion", "degrees")),
        (counts + 1, ("coefficients", "covariance", "leverage", "fitted", "dispersion", "degrees")),
    ):
        together = poisson.fit(trend(12), series)
        for place, one in enumerate(series):
            alone = poisson.fit(trend(12), one)
            for name in names:
                np.testing.assert_allclose(
                    getattr(together, name)[place], getattr(alone, name)[0], rtol=1e-6, atol=1e-8, err_msg=name
                )


@given(some_counts, arrays.arrays(np.bool_, (5, 12)))
def test_a_point_without_weight_might_as_well_not_be_there(counts: np.ndarray, is_left_out: np.ndarray) -> None:
    is_left_out[:, ::4] = False  # three points at least carry the two terms
    marked = poisson.fit(trend(12), np.where(is_left_out, np.nan, counts), np.where(is_left_out, 0.0, 1.0))
    for place, series in enumerate(counts):
        here = ~is_left_out[place]
        alone = poisson.fit(trend(12)[here], series[here])
        np.testing.assert_allclose(marked.fitted[place, here], alone.fitted[0], rtol=1e-5, atol=1e-6)
        assert marked.dispersion[place] == pytest.approx(alone.dispersion[0], rel=1e-5, abs=1e-6)
        assert np.all(marked.leverage[place, ~here] == 0)


@given(some_counts)
def test_a_weight_of_two_is_the_point_twice(counts: np.ndarray) -> None:
    counts += 1
    weighted = poisson.fit(trend(12), counts, np.tile([2.0, 1.0], (5, 6)))
    twice = np.repeat(np.arange(12), np.tile([2, 1], 6))
    repeated = poisson.fit(trend(12)[twice], counts[:, twice])
    np.testing.assert_allclose(weighted.coefficients, repeated.coefficients, rtol=1e-6, atol=1e-6)
    np.testing.assert_allclose(weighted.covariance, repeated.covariance, rtol=1e-6, atol=1e-9)


@given(some_counts, st.floats(0.1, 50))
def test_an_exposure_is_divided_out(counts: np.ndarray, exposure: float) -> None:
    counts[:, 0] += 1  # a rate of none has no logarithm
    plain = poisson.fit(np.ones((12, 1)), counts)
    fit = poisson.fit(np.ones((12, 1)), counts, offset=np.log(exposure))
    np.testing.assert_allclose(np.exp(fit.coefficients[:, 0]) * exposure, counts.mean(axis=1), rtol=1e-4)
    np.testing.assert_allclose(fit.fitted, plain.fitted, rtol=1e-4)


def test_a_term_no_point_has_and_one_said_twice_change_nothing() -> None:
    counts = [3, 9, 4, 1, 12, 7, 6, 6, 8, 2, 5, 11]
    plain = poisson.fit(trend(12), counts)
    padded = poisson.fit(np.column_stack([trend(12), np.zeros(12), np.ones(12)]), counts)
    np.testing.assert_allclose(padded.fitted, plain.fitted, rtol=1e-9)
    assert padded.degrees[0] == plain.degrees[0] == 10
    assert padded.dispersion[0] == pytest.approx(plain.dispersion[0], rel=1e-9)
    _, spread = plain.predict([1, 1])
    _, same = padded.predict([1, 1, 0, 1])
    assert same[0] == pytest.approx(spread[0], rel=1e-9)


@settings(max_examples=50)
@given(st.lists(st.sampled_from([0, 0, 0, 1, 5_000]), min_size=12, max_size=12))
def test_the_sparsest_and_the_largest_counts_are_fitted_in_finite_numbers(counts: list[int]) -> None:
    for design in (GROUPS, trend(12), np.hstack([GROUPS, trend(12)[:, 1:]])):
        fit = poisson.fit(design, counts)
        assert np.isfinite(fit.coefficients).all()
        assert np.isfinite(fit.covariance).all()
        assert fit.is_settled[0]
        assert fit.fitted.sum() == pytest.approx(sum(counts), rel=1e-4, abs=1e-4)


def test_without_degrees_of_freedom_there_is_no_dispersion() -> None:
    assert np.isnan(poisson.fit(np.eye(3), [1, 2, 3]).dispersion[0])


@pytest.mark.parametrize(
    ("design", "counts", "weights"),
    [
        (np.ones((3, 1)), [1, 2], None),
        (np.ones(3), [1, 2, 3], None),
        (np.ones((3, 1)), [1, 2, 3], [1, 1]),
        (np.ones((3, 1)), [1, -2, 3], None),
        (np.ones((3, 1)), [1, np.nan, 3], None),
    ],
)
def test_what_does_not_fit_is_refused(design: np.ndarray, counts: list[float], weights: list[float] | None) -> None:
    with pytest.raises(ValueError, match=r"do not fit|not negative"):
        poisson.fit(design, counts, weights)
