"""What is said of a month rests on earlier months recorded alike, is carried until it is revised, and is dated once."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from datetime import date
from pathlib import Path

import duckdb
import numpy as np
import pandas as pd
import pytest

from core import breaks, db
from core.settings import Settings
from etl import alerts, statements
from stats import emerging

FIRST_EXTRACT, SECOND_EXTRACT = date(2023, 7, 4), date(2023, 10, 4)
SERIES = [("crime", "E07000130", "race"), ("crime", "llr", "all"), ("incident", "E07000130", "race")]
Judge = Callable[..., pd.DataFrame]


def counted(months: int, changes: dict[tuple[int, int], int] | None = None, seed: int = 20231004) -> pd.DataFrame:
    """Months of three series from April 2017 on; `changes` maps (series, month) to another count."""
    chance = np.random.default_rng(seed)
    numbers = chance.poisson(12, (len(SERIES), 90))[:, :months]
    for (series, month), reports in (changes or {}).items():
        numbers[series, month] = reports
    starts = pd.date_range("2017-04-01", periods=months, freq="MS")
    return pd.DataFrame(
        {
            "measure_code": np.repeat([one[0] for one in SERIES], months),
            "area_code": np.repeat([one[1] for one in SERIES], months),
            "strand_code": np.repeat([one[2] for one in SERIES], months),
            "month_on": np.tile(starts, len(SERIES)),
            "quarter_code": "2023-Q1",
            "is_complete": True,
            "reports": numbers.ravel(),
        }
    )


@pytest.fixture
def judge(settings: Settings, tmp_path: Path) -> Iterator[Judge]:
    """judge(frame, extracted_on, before) -> area_month_alert; `before` is what the build before said."""
    connection = db.open_database(Path(":memory:"))

    def judge_all(
        frame: pd.DataFrame, extracted_on: date = FIRST_EXTRACT, before: pd.DataFrame | None = None
    ) -> pd.DataFrame:
        connection.register("given", frame)
        connection.execute("create or replace temp table series_month as select * from given")
        connection.execute("create or replace temp table load (extracted_on date, provider varchar, is_open boolean)")
        connection.execute("insert into load values (?, 'police', false)", [extracted_on])
        path = None
        if before is not None:
            path = tmp_path / f"before_{extracted_on}.duckdb"
            path.unlink(missing_ok=True)
            with duckdb.connect(str(path)) as mart:
                mart.register("said", before)
                mart.execute("create table area_month_alert as select * from said")
        alerts.hold_judged(connection, settings, path)
        statements.make(connection, statements.MART / "area_month_alert.sql")
        return connection.execute("select * from area_month_alert order by all").df()

    yield judge_all
    connection.close()


def one(frame: pd.DataFrame, series: int, month: int) -> pd.Series:
    measure, area, strand = SERIES[series]
    mine = frame[(frame["measure_code"] == measure) & (frame["area_code"] == area) & (frame["strand_code"] == strand)]
    return mine.sort_values("month_on").iloc[month]


def test_each_month_is_judged_as_the_statistics_judge_it(judge: Judge) -> None:
    frame = counted(70, {(0, 69): 60})
    said = judge(frame)
    for series, (measure, area, strand) in enumerate(SERIES):
        mine = frame[
            (frame["measure_code"] == measure) & (frame["area_code"] == area) & (frame["strand_code"] == strand)
        ]
        for month in (10, 37, 50, 69):
            found = emerging.farrington(mine["reports"].to_numpy(float), month).iloc[0]
            row = one(said, series, month)
            assert row["expected"] == pytest.approx(found["expected"], nan_ok=True)
            assert (row["state_code"] == "above") == found["is_alarm"]
            assert (row["state_code"] == "too_short") == (found["refusal"] == "too_short")
            assert pd.isna(row["upper_limit"]) == pd.isna(found["limit"])
    assert one(said, 0, 69)["state_code"] == "above"


def test_three_months_running_are_told_with_their_sums(judge: Judge) -> None:
    said = judge(counted(70, {(0, 67): 19, (0, 68): 20, (0, 69): 19}))
    row = one(said, 0, 69)
    assert row["is_running"]
    assert row["running_observed"] == 58
    assert row["running_expected"] == pytest.approx(sum(one(said, 0, month)["expected"] for month in (67, 68, 69)))
    assert row["running_observed"] > row["running_limit"]
    assert row["months_above"] >= 3


def test_nothing_after_a_cut_is_judged_by_what_was_before_it(judge: Judge, monkeypatch: pytest.MonkeyPatch) -> None:
    cut = breaks.Break(date(2021, 1, 1), "cut", ("all", "incident"), ("all",), "A code of practice", "It came in.")
    monkeypatch.setattr(breaks, "breaks", lambda: (cut,))
    said = judge(counted(70))
    assert one(said, 2, 44)["state_code"] in ("above", "within")  # December 2020
    assert {one(said, 2, month)["state_code"] for month in range(45, 70)} == {"not_comparable"}
    assert pd.isna(one(said, 2, 60)["expected"])
    assert not one(said, 2, 46)["is_running"]
    assert one(said, 0, 60)["state_code"] in ("above", "within"), "crimes are not cut"


def test_a_month_no_extract_covers_is_told_of_nobody(judge: Judge) -> None:
    frame = counted(70)
    frame.loc[frame["month_on"] == "2020-05-01", "is_complete"] = False
    said = judge(frame)
    assert not (said["month_on"] == pd.Timestamp("2020-05-01")).any()
    assert len(said) == 3 * 69


def test_what_was_said_is_carried_until_a_month_is_revised(judge: Judge, monkeypatch: pytest.MonkeyPatch) -> None:
    first = judge(counted(70))
    later = counted(73, {(1, 50): 40})  # three more months, and one old month of LLR revised
    judged: list[tuple[int, int]] = []
    plain = emerging.farrington

    def noted(counts: np.ndarray, at: int, asked: emerging.Settings) -> pd.DataFrame:
        judged.append((at, len(counts)))
        return plain(counts, at, asked)

    monkeypatch.setattr(emerging, "farrington", noted)
    carried = judge(later, SECOND_EXTRACT, first)
    assert dict(judged) == {**dict.fromkeys(range(50, 70), 1), 70: 3, 71: 3, 72: 3}
    judged.clear()
    anew = judge(later, SECOND_EXTRACT)
    assert {at for at, _ in judged} == set(range(73))
    told = [name for name in anew.columns if name != "flagged_on"]
    pd.testing.assert_frame_equal(carried[told], anew[told])


def test_other_settings_judge_every_month_again(
    judge: Judge, settings: Settings, monkeypatch: pytest.MonkeyPatch
) -> None:
    first = judge(counted(70))
    monkeypatch.setitem(settings.options, "alerts", {"alpha": 0.05})
    again = judge(counted(70), SECOND_EXTRACT, first)
    assert (again["settings_code"] != first["settings_code"]).all()
    judged = again["upper_limit"].notna()
    assert (again.loc[judged, "upper_limit"] <= first.loc[judged, "upper_limit"]).all()
    assert (again.loc[judged, "upper_limit"] < first.loc[judged, "upper_limit"]).any()


def test_an_exception_is_dated_by_the_extract_that_first_showed_it(judge: Judge) -> None:
    first = judge(counted(70, {(0, 50): 60, (0, 69): 60}))
    assert pd.isna(one(first, 0, 50)["flagged_on"]), "years gone by were never put to anybody"
    assert one(first, 0, 69)["flagged_on"].date() == FIRST_EXTRACT
    revised = counted(72, {(0, 50): 60, (0, 69): 60, (1, 60): 70})
    second = judge(revised, SECOND_EXTRACT, first)
    assert one(second, 0, 69)["flagged_on"].date() == FIRST_EXTRACT
    assert pd.isna(one(second, 0, 50)["flagged_on"])
    assert one(second, 1, 60)["flagged_on"].date() == SECOND_EXTRACT, "a revision showed it to readers"
    ordinary = second[second["state_code"].isin(["within", "too_few", "too_short"]) & ~second["is_running"]]
    assert ordinary["flagged_on"].isna().all()
