"""Emerging issues equal the reference, and every judgement rests on its own past alone."""

from __future__ import annotations

import math
from collections.abc import Callable, Iterator
from typing import Any

import numpy as np
import pandas as pd
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from stats import poisson
from stats.emerging import (
    Settings,
    false_alarms,
    farrington,
    persistent,
    power,
    season_levels,
    years_of_history,
)

Vectors = Callable[[str], dict[str, Any]]
Seeds = st.integers(0, 2**32 - 1)
MONTHS = 84
AT = 80
FREE = Settings(fewest_events=0)  # every period is judged, however few its events
KINDS = {"nbPlugin": "nb", "muan": "muan", "delta": "delta"}


def runs(vectors: Vectors) -> Iterator[tuple[str, list[float], Settings, list[dict[str, Any]]]]:
    """Every run of the reference: its name, its series, the same settings here, its rows."""
    sources = [(series, 12) for series in vectors("d_farrington_monthly")["series"].values()]
    weekly = vectors("d_farrington_weekly")
    sources += [(series, series["freq"]) for name, series in weekly.items() if name != "meta"]
    for series, frequency in sources:
        for run in series["runs"]:
            control = run["control"]
            # what the reference takes when it is told nothing: a trend, the delta limit, 5 events in 4 periods
            fewest, periods = control.get("limit54", (5, 4))
            settings = Settings(
                frequency=frequency,
                years=control["b"],
                half_window=control["w"],
                levels=control["noPeriods"],
                ignored=control["pastWeeksNotIncluded"],
                reweight_over=control["weightsThreshold"],
                has_trend=control.get("trend", True),
                trend_p=control["pThresholdTrend"],
                alpha=control["alpha"],
                limit=KINDS[control.get("thresholdMethod", "delta")],
                fewest_events=fewest,
                event_periods=periods,
            )
            yield run["name"], series["observed"], settings, run["rows"]


def test_every_run_of_the_reference_is_met(vectors: Vectors) -> None:
    for name, series, how, rows in runs(vectors):
        for row in rows:
            where = f"{name} at {row['index']}"
            found = farrington(series, row["index"] - 1, how).iloc[0]
            is_barred = row["upperbound"] is None  # too few events lately: it tells neither expected nor limit
            assert (found["refusal"] == "too_few_events") == is_barred, where
            assert found["observed"] == row["observed"], where
            assert found["has_trend"] == bool(row["trend"]), where
            assert found["is_alarm"] == bool(row["alarm"]), where
            assert found["phi"] == pytest.approx(row["phi"], rel=1e-9), where
            assert found["p"] == pytest.approx(row["pvalue"], rel=1e-9), where
            if not is_barred:
                assert found["expected"] == pytest.approx(row["expected"], rel=1e-9), where
                limit = row["upperbound"]
                assert found["limit"] == (pytest.approx(limit, rel=1e-9) if how.limit == "delta" else limit), where
            elif how.limit == "nb":
                assert found["expected"] == pytest.approx(row["mu0"], rel=1e-9), where


def test_power_of_a_known_mean_equals_the_printed_table(vectors: Vectors) -> None:
    for row in vectors("d_power_one_month")["rows"]:
        known = row["mean"], row["phi"]
        assert float(false_alarms(*known)) == pytest.approx(row["false_alarm"], abs=5.1e-5)
        for times, column in ((1.25, "power_x1_25"), (1.5, "power_x1_5"), (2, "power_x2"), (3, "power_x3")):
            assert float(power(*known, times)) == pytest.approx(row[column], abs=5.1e-4)


def some_series(seed: int, series: int = 6, months: int = MONTHS) -> np.ndarray:
    """Seasonal series of very different sizes, some growing, some overdispersed, one without an event."""
    generator = np.random.default_rng(seed)
    month = np.arange(months)
    level = generator.uniform(-1.5, 5, (series, 1)) + generator.normal(0, 0.01, (series, 1)) * (month - months / 2)
    means = np.exp(level + generator.uniform(0, 0.4, (series, 1)) * np.sin(2 * np.pi * month / 12))
    means *= generator.gamma(5, 0.2, means.shape) ** generator.integers(0, 2, (series, 1))
    means[-1] = 0
    return generator.poisson(means).astype(float)


def assert_same(one: pd.DataFrame, other: pd.DataFrame) -> None:
    pd.testing.assert_frame_equal(one.reset_index(drop=True), other.reset_index(drop=True), rtol=1e-6, atol=1e-9)


def test_the_blocks_of_the_year_are_those_of_the_reference(vectors: Vectors) -> None:
    # told up to the evaluated month, k = 80, before the latest four are dropped
    for name, levels in vectors("d_farrington_monthly")["blocks_k80_b5_w1"].items():
        known = [place for place, level in enumerate(levels) if level is not None]
        found = season_levels([79 - place for place in known], Settings(levels=int(name.removeprefix("noPeriods"))))
        assert found.tolist() == [levels[place] for place in known]


def test_blocks_are_as_equal_as_may_be_and_the_longer_first() -> None:
    # oldest first: from one season to the next there are nine months, in three, four and ten blocks
    back = np.arange(10, 1, -1)
    assert season_levels(back, Settings(levels=4)).tolist() == [1, 1, 1, 2, 2, 2, 3, 3, 3]
    assert season_levels(back, Settings(levels=5)).tolist() == [1, 1, 1, 2, 2, 3, 3, 4, 4]
    assert season_levels(back, Settings(levels=11)).tolist() == [1, 2, 3, 4, 5, 6, 7, 8, 9]
    assert season_levels(back, Settings(levels=1)).tolist() == [0] * 9
    assert season_levels([0, 1, 11, 12, 13, 60], Settings(levels=4)).tolist() == [4] * 6
    assert season_levels([26], Settings(frequency=52, half_window=3, levels=10)).tolist() == [5]


@settings(max_examples=20, deadline=None)
@given(Seeds, st.integers(40, MONTHS - 1))
def test_nothing_later_matters(seed: int, at: int) -> None:
    series = some_series(seed)
    changed = series.copy()
    changed[:, at + 1 :] = np.nan
    pd.testing.assert_frame_equal(farrington(series, at), farrington(series[:, : at + 1], at))
    pd.testing.assert_frame_equal(farrington(series, at), farrington(changed, at))


@settings(max_examples=20, deadline=None)
@given(Seeds, st.floats(0, 500))
def test_the_judged_month_and_the_three_before_it_are_no_part_of_what_is_expected(seed: int, count: float) -> None:
    series = some_series(seed)
    changed = series.copy()
    changed[:, AT - 3 : AT + 1] = count
    columns = ["expected", "limit", "phi", "points", "years", "has_trend"]
    pd.testing.assert_frame_equal(farrington(series, AT, FREE)[columns], farrington(changed, AT, FREE)[columns])


@settings(max_examples=20, deadline=None)
@given(Seeds)
def test_what_is_older_than_the_history_used_does_not_matter(seed: int) -> None:
    series = some_series(seed)
    five = Settings(years=5)
    assert_same(farrington(series, AT, five), farrington(series[:, AT - 61 :], 61, five))


@settings(max_examples=20, deadline=None)
@given(Seeds, st.integers(1, 44))
def test_months_not_to_be_used_are_as_if_the_series_began_after_them(seed: int, cut: int) -> None:
    series = some_series(seed)
    marked = series.copy()
    marked[:, :cut] = np.nan
    assert_same(farrington(marked, AT), farrington(series[:, cut:], AT - cut))


@settings(max_examples=20, deadline=None)
@given(Seeds, st.randoms(use_true_random=False))
def test_series_in_another_order_are_judged_alike(seed: int, shuffler: Any) -> None:
    series = some_series(seed)
    order = list(range(len(series)))
    shuffler.shuffle(order)
    assert_same(farrington(series[order], AT), farrington(series, AT).iloc[order])


@settings(max_examples=15, deadline=None)
@given(Seeds, st.sampled_from(["nb", "muan", "delta"]), st.sampled_from([1.0, 0.05]))
def test_together_is_as_one_by_one_whatever_is_missing(seed: int, limit: str, trend_p: float) -> None:
    series = some_series(seed)
    generator = np.random.default_rng(seed)
    series[generator.random(series.shape) < 0.05] = np.nan
    series[0, :25], series[1, :35], series[2, :60] = np.nan, np.nan, np.nan
    how = Settings(limit=limit, trend_p=trend_p)
    together = farrington(series, AT, how)
    assert_same(together, pd.concat([farrington(one, AT, how) for one in series]))
    assert together["years"].to_numpy()[:3].max() < 5


@settings(max_examples=20, deadline=None)
@given(Seeds, st.integers(2, 40))
def test_so_many_times_the_counts_is_so_many_times_expected_and_phi(seed: int, times: int) -> None:
    # phi is floored at 1 and outbreaks are told by it: the law is of series that vary more than Poisson, unweighted
    plain = Settings(reweight_over=math.inf)
    one, many = (farrington(counts, AT, plain) for counts in (some_series(seed), times * some_series(seed)))
    has_events = one["expected"] > 1e-6
    np.testing.assert_allclose(many["expected"][has_events], times * one["expected"][has_events], rtol=1e-4)
    varies = has_events & (one["phi"] > 1)
    np.testing.assert_allclose(many["phi"][varies], times * one["phi"][varies], rtol=1e-3)
    assert (many["has_trend"] == one["has_trend"])[has_events].all()


@settings(max_examples=20, deadline=None)
@given(Seeds, st.floats(0.001, 0.2))
def test_an_alarm_is_a_p_of_alpha_or_less(seed: int, alpha: float) -> None:
    for limit in ("nb", "muan"):
        found = farrington(some_series(seed), AT, Settings(alpha=alpha, limit=limit, fewest_events=0))
        assert (found["is_alarm"] == ((found["p"] <= alpha) & (found["observed"] > 0))).all()
        assert (found["phi"] >= 1).all()
        assert (found["limit"] == found["limit"].round()).all()


@settings(max_examples=20, deadline=None)
@given(Seeds, st.integers(1, 50))
def test_more_events_never_take_an_alarm_away(seed: int, more: int) -> None:
    series = some_series(seed)
    raised = series.copy()
    raised[:, AT] += more
    before, after = farrington(series, AT), farrington(raised, AT)
    assert not (before["is_alarm"] & ~after["is_alarm"]).any()
    assert (after["p"] <= before["p"]).all()


@settings(max_examples=20, deadline=None)
@given(Seeds)
def test_a_stricter_alpha_raises_the_limit_and_muan_is_above_nb(seed: int) -> None:
    series = some_series(seed)
    wide, strict, careful = (
        farrington(series, AT, how)["limit"]
        for how in (
            Settings(alpha=0.05, fewest_events=0),
            FREE,
            Settings(limit="muan", fewest_events=0),
        )
    )
    assert (wide <= strict).all()
    assert (strict <= careful).all()


def test_a_limit_leaves_alpha_above_it() -> None:
    means, phis = np.meshgrid([0.01, 0.5, 3, 40, 150, 5_000], [1, 1 + 1e-9, 1 + 1e-6, 1.3, 4, 60])
    chance = false_alarms(means, phis)
    assert np.all(chance <= 0.005)
    # one event lower would leave more: the limit is the lowest that keeps to alpha
    np.testing.assert_allclose(false_alarms(5_000, 1.0), 0.005, rtol=0.1)
    # a dispersion that tends to 1 is a Poisson
    np.testing.assert_allclose(chance[1], chance[0], rtol=1e-6)
    np.testing.assert_allclose(chance[2], chance[0], rtol=1e-2)


def test_known_limits() -> None:
    # worked by hand: P(N > 3) = 0.0190 and P(N > 4) = 0.0037 at a mean of 1
    assert float(false_alarms(1.0)) == pytest.approx(1 - math.exp(-1) * (1 + 1 + 1 / 2 + 1 / 6 + 1 / 24))
    assert float(power(1.0, 1.0, 3.0)) == pytest.approx(1 - math.exp(-3) * (1 + 3 + 9 / 2 + 27 / 6 + 81 / 24))


@given(st.floats(0.05, 300), st.floats(1, 10), st.floats(1, 4), st.floats(0, 2))
def test_a_larger_rise_is_caught_more_often(mean: float, phi: float, times: float, more: float) -> None:
    # Of rises that hardly differ the last digit may be either's.
    caught = np.array(
        [float(false_alarms(mean, phi)), *(float(power(mean, phi, rise)) for rise in (times, times + more))]
    )
    assert np.all(np.diff(caught) >= -1e-12)
    assert caught[-1] <= 1


@pytest.mark.parametrize(
    ("months", "years"), [(MONTHS, 5), (61, 5), (60, 4), (49, 4), (48, 3), (37, 3), (36, 0), (2, 0)]
)
def test_history_is_the_most_of_five_four_and_three_years(months: int, years: int) -> None:
    series = np.ones((2, months))
    series[1, 0] = np.nan
    assert years_of_history(series, months - 1).tolist() == [years, years_of_history(series[:, 1:], months - 2)[0]]
    found = farrington(series, months - 1, FREE).iloc[0]
    assert (found["years"], found["refusal"]) == (years, "" if years else "too_short")
    # the months of those years and one more, less the judged one and three before it
    assert found["points"] == (min(years * 12 + 1, months - 1) - 3 if years else 0)
    assert math.isnan(found["expected"]) == (years == 0)


def test_asking_for_more_years_than_there_are_is_refused_and_not_made_do_with() -> None:
    series = np.full(60, 7.0)
    assert farrington(series, 59, Settings(years=5)).iloc[0]["refusal"] == "too_short"
    assert farrington(series, 59, Settings(years=4)).iloc[0]["refusal"] == ""
    short = farrington(series, 30, Settings(years=2)).iloc[0]
    assert (short["refusal"], short["has_trend"]) == ("", False)  # a trend needs three years


def test_a_gap_over_the_season_judged_is_no_history_of_it() -> None:
    series = np.full(MONTHS, 7.0)
    for year in (1, 2):
        series[AT - 12 * year - 1 : AT - 12 * year + 2] = np.nan
    assert farrington(series, AT).iloc[0]["refusal"] == ""
    series[AT - 37 : AT - 34] = np.nan
    assert farrington(series, AT).iloc[0]["refusal"] == "too_short"


def test_a_month_without_a_count_is_expected_but_not_judged() -> None:
    series = some_series(3)
    missing = series.copy()
    missing[:, AT] = np.nan
    found, whole = farrington(missing, AT, FREE), farrington(series, AT, FREE)
    assert (found["refusal"] == "missing").all()
    assert not found["is_alarm"].any()
    assert found["p"].isna().all()
    columns = ["expected", "limit", "phi"]
    pd.testing.assert_frame_equal(found[columns], whole[columns])


def test_few_events_bar_an_alarm_and_say_so() -> None:
    series = np.tile([0.0, 0, 0, 1, 0, 0, 0, 0, 0, 0, 0, 0], 7)
    series[AT] = 4
    found = farrington(series, AT).iloc[0]
    assert (found["refusal"], found["is_alarm"], math.isnan(found["limit"])) == ("too_few_events", False, True)
    assert found["p"] < 0.005
    series[AT - 2] = 1  # five in three months
    found = farrington(series, AT).iloc[0]
    assert (found["refusal"], found["is_alarm"], found["expected"] < 1) == ("", True, True)
    series[AT - 2], series[AT - 3] = 0, 1  # four in three months
    assert farrington(series, AT).iloc[0]["refusal"] == "too_few_events"


def test_the_first_events_ever_are_an_alarm() -> None:
    series = np.zeros(MONTHS)
    assert farrington(series, AT).iloc[0]["refusal"] == "too_few_events"
    series[AT] = 5
    found = farrington(series, AT).iloc[0]
    assert (found["expected"] < 1e-6, found["limit"], found["phi"], found["is_alarm"]) == (True, 0, 1, True)


@pytest.mark.parametrize("spike", [1.0, 40.0, 5_000.0])
def test_one_outbreak_in_the_past_neither_breaks_the_fit_nor_hides_the_next(spike: float) -> None:
    for place in (AT - 61, AT - 24, AT - 12, AT - 8, AT - 4):
        lone, common = np.zeros(MONTHS), np.tile([8.0, 10, 12, 10], 21)
        lone[place], common[place] = spike, 10 + spike
        found = farrington(np.stack([lone, common]), AT)
        assert np.isfinite(found[["expected", "phi", "p"]].to_numpy()).all()
        assert found["expected"][0] <= spike
        # weighted down, an outbreak leaves the rest to say what is usual
        if spike <= 40:
            assert found["expected"][1] == pytest.approx(10, rel=0.25)


def test_weekly_series_and_counts_in_thousands_are_judged() -> None:
    generator = np.random.default_rng(1)
    weekly = Settings(frequency=52, half_window=3, levels=10, ignored=26)
    season = np.exp(0.3 * np.sin(2 * np.pi * np.arange(320) / 52))
    series = generator.poisson(np.outer([0.5, 20, 5_000], season)).astype(float)
    ordinary, outbreak = series.copy(), series.copy()
    outbreak[:, 319] = 2 * series[:, 319] + 10
    assert not farrington(ordinary, 319, weekly)["is_alarm"].any()
    assert farrington(outbreak, 319, weekly)["is_alarm"].all()
    found = farrington(series, 319, weekly)
    np.testing.assert_allclose(found["expected"], season[319] * np.array([0.5, 20, 5_000]), rtol=0.5)
    assert (found["years"] == 5).all()


def test_every_series_is_fitted_at_once(monkeypatch: pytest.MonkeyPatch) -> None:
    fits = []

    def counted(*given: Any) -> poisson.Fit:
        fits.append(given)
        return fit(*given)

    fit = poisson.fit
    monkeypatch.setattr(poisson, "fit", counted)
    series = some_series(5, 210)
    series[:70, :20], series[70:100, :30] = np.nan, np.nan
    assert len(farrington(series, AT)) == 210
    assert len(fits) == 4  # with a trend and without, each before and after outbreaks are weighted down


def test_persistence_needs_each_month_above_and_the_sum_beyond_chance() -> None:
    means = np.tile([4.0, 6.0, 5.0], 28)
    steady = np.stack([means] * 3)
    steady[0, 80:83] += [6, 6, 6]  # each month above, together far above
    steady[1, 80:83] += [18, 0, 0]  # one month makes the sum
    steady[2, 80:83] += [1, 1, 1]  # above, but as chance has it
    periods = [farrington(steady, at) for at in (80, 81, 82)]
    found = persistent(periods)
    assert found["is_alarm"].tolist() == [True, False, False]
    assert found["observed"].tolist() == [33.0, 33.0, 18.0]
    np.testing.assert_allclose(found["expected"], sum(period["expected"] for period in periods))
    assert found["limit"][0] < 33
    assert not any(period["is_alarm"][2] for period in periods)
    assert (found["refusal"] == "").all()


@settings(max_examples=15, deadline=None)
@given(Seeds)
def test_the_sum_is_judged_by_the_largest_phi_and_is_an_alarm_only_with_p_of_alpha(seed: int) -> None:
    series = some_series(seed)
    series[:, 80:83] = np.ceil(1.4 * series[:, 80:83])
    periods = [farrington(series, at) for at in (80, 81, 82)]
    found = persistent(periods)
    np.testing.assert_array_equal(found["phi"], np.max([period["phi"] for period in periods], axis=0))
    is_above = np.all([period["observed"] > period["expected"] for period in periods], axis=0)
    assert (found["is_alarm"] == (is_above & (found["p"] <= 0.005) & (found["observed"] >= 5))).all()


def test_three_months_that_cannot_be_judged_are_refused() -> None:
    series = np.full((3, MONTHS), 3.0)
    series[0, : 81 - 36] = np.nan  # three years at the third month only
    series[1, 81] = np.nan
    series[2] = 0
    found = persistent([farrington(series, at) for at in (80, 81, 82)])
    assert found["refusal"].tolist() == ["too_short", "missing", "too_few_events"]
    assert not found["is_alarm"].any()


@pytest.mark.parametrize(
    ("wrong", "reason"),
    [
        (lambda: farrington([1.0, -1.0], 1), "not negative"),
        (lambda: farrington([1.0, math.inf], 1), "not negative"),
        (lambda: farrington([1.0, 1.0], 2), "judged period"),
        (lambda: farrington([1.0, 1.0], -1), "judged period"),
        (lambda: Settings(limit="sd"), "limit"),
        (lambda: Settings(alpha=0.0), "alpha"),
        (lambda: Settings(levels=0), "at least 1"),
        (lambda: Settings(half_window=6), "window"),
        (lambda: Settings(years=0), "at least 1"),
        (lambda: power(0.0), "over 0"),
        (lambda: power(1.0, 0.5), "phi"),
        (lambda: persistent([farrington(np.ones(MONTHS), AT)] * 2), "3 periods"),
    ],
)
def test_impossible_input_is_refused(wrong: Callable[[], object], reason: str) -> None:
    with pytest.raises(ValueError, match=reason):
        wrong()
