"""Emerging issues equal the reference, and every judgement rests on its own past alone."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from typing import Any

import pytest

from stats.emerging import Settings, false_alarms, farrington, power

Vectors = Callable[[str], dict[str, Any]]
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
    for name, series, settings, rows in runs(vectors):
        for row in rows:
            where = f"{name} at {row['index']}"
            found = farrington(series, row["index"] - 1, settings).iloc[0]
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
                assert found["limit"] == (pytest.approx(limit, rel=1e-9) if settings.limit == "delta" else limit), where
            elif settings.limit == "nb":
                assert found["expected"] == pytest.approx(row["mu0"], rel=1e-9), where


def test_power_of_a_known_mean_equals_the_printed_table(vectors: Vectors) -> None:
    for row in vectors("d_power_one_month")["rows"]:
        known = row["mean"], row["phi"]
        assert float(false_alarms(*known)) == pytest.approx(row["false_alarm"], abs=5.1e-5)
        for times, column in ((1.25, "power_x1_25"), (1.5, "power_x1_5"), (2, "power_x2"), (3, "power_x3")):
            assert float(power(*known, times)) == pytest.approx(row[column], abs=5.1e-4)
