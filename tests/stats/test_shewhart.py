"""Charts beside the usual range agree with the reference, and the run rules with what they say of themselves."""

from __future__ import annotations

from collections.abc import Callable
from itertools import groupby, pairwise
from typing import Any

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from stats import shewhart, xmr

COLUMNS = {"value": "y", "centre": "cl", "lower": "lcl", "upper": "ucl", "lower_95": "lcl.95", "upper_95": "ucl.95"}
COUNTS = st.lists(st.integers(0, 60), min_size=3, max_size=60)


def test_every_chart_and_its_runs_agree_with_the_reference(vectors: Callable[[str], dict[str, Any]]) -> None:
    cases: dict[str, dict[str, Any]] = vectors("b_qicharts2")["cases"]
    assert len(cases) >= 6
    for name, case in cases.items():
        found = shewhart.chart(case["chart"], case["y"], case.get("n"))
        for column, theirs in COLUMNS.items():
            expected = [np.nan if row[theirs] is None else row[theirs] for row in case["out"]]
            np.testing.assert_allclose(found[column], expected, rtol=1e-9, atol=1e-12, err_msg=f"{name} {column}")
        assert found["is_outside"].tolist() == [bool(row["sigma.signal"]) for row in case["out"]], name
        runs, row = shewhart.runs(found["value"], found["centre"].iloc[0]), case["out"][0]
        assert runs.useful == row["n.useful"], name
        assert (runs.longest, runs.longest_allowed) == (row["longest.run"], row["longest.run.max"]), name
        assert (runs.crossings, runs.crossings_needed) == (row["n.crossings"], row["n.crossings.min"]), name
        assert runs.is_signal == row["runs.signal"], name


@given(COUNTS)
def test_a_run_is_as_long_as_a_person_counts_it(values: list[int]) -> None:
    centre = float(np.median(values))
    sides = [value > centre for value in values if value != centre]
    found = shewhart.runs(values, centre)
    assert found.useful == len(sides)
    assert found.longest == max((len(list(run)) for _, run in groupby(sides)), default=0)
    assert found.crossings == sum(here != there for here, there in pairwise(sides))


def test_a_series_that_stays_on_one_side_has_shifted_and_an_alternating_one_has_not() -> None:
    shifted = [1.0] * 12 + [3.0] * 12
    assert shewhart.runs(shifted, 2.0).is_signal
    assert not shewhart.runs([1.0, 3.0] * 12, 2.0).is_signal


@given(COUNTS, st.floats(0.5, 50))
def test_a_u_chart_of_equal_exposures_is_the_c_chart_divided(values: list[int], exposure: float) -> None:
    counted = shewhart.chart("c", values)
    rated = shewhart.chart("u", values, [exposure] * len(values))
    for name in ("value", "centre", "lower", "upper"):
        np.testing.assert_allclose(rated[name] * exposure, counted[name], rtol=1e-9, atol=1e-9)


@given(st.lists(st.integers(0, 60), min_size=12, max_size=48))
def test_the_individuals_chart_is_the_usual_range_with_the_other_constant(values: list[int]) -> None:
    found = shewhart.chart("i", values)
    usual = xmr.limits([float(value) for value in values])
    if np.isfinite(usual.upper) and usual.average_range > 0:
        reach = (found["upper"].iloc[0] - found["centre"].iloc[0]) / 3 * 1.128
        assert reach * xmr.LIMIT == pytest.approx(usual.upper - usual.mean, rel=1e-9)


def test_laney_s_limits_are_wider_than_poisson_s_where_counts_vary_more() -> None:
    counts, days = [5, 40, 8, 35, 3, 44, 9, 38], [30] * 8
    plain, laney = shewhart.chart("u", counts, days), shewhart.chart("u_prime", counts, days)
    assert (laney["upper"] > plain["upper"]).all()


@pytest.mark.parametrize(
    ("kind", "values", "exposures"),
    [("p", [1, 2], None), ("u", [1, 2], None), ("c", [1, 2], [3, 4]), ("c", [1, -2], None), ("u", [1, 2], [1, 0])],
)
def test_what_makes_no_chart_is_refused(kind: str, values: list[int], exposures: list[int] | None) -> None:
    with pytest.raises(ValueError, match=r"chart|exposure|values"):
        shewhart.chart(kind, values, exposures)
