"""Time no extract covers is a gap: never a zero, never bridged, never part of a whole."""

from __future__ import annotations

import csv
from pathlib import Path

import numpy as np
import pytest

from core import builds
from core.model import RESTRICTED, SHAREABLE, Build, Selection, Viewer
from core.periods import Quarter
from queries import quarter, strands, trends
from tests.conftest import run_module
from tests.queries.saying import EVERY, said

VIEWER = Viewer("A reader", frozenset({"demonstration"}))
# 2019/20 and 2020/21 whole, nothing of 2021/22 but its last quarter, then whole to June 2023
WINDOWS = (("2019-04-01", "2021-03-31"), ("2022-01-01", "2023-06-30"))


@pytest.fixture(scope="module")
def data(tmp_path_factory: pytest.TempPathFactory) -> Path:
    folder = tmp_path_factory.mktemp("gaps")
    files = []
    for first, last in WINDOWS:
        path = folder / f"hate_reports_{first}_{last}_extracted_2023-07-0{len(files) + 4}.csv"
        with path.open("w", encoding="utf-8", newline="") as opened:
            writer = csv.writer(opened)
            writer.writerow(["record_id", "record_type", "recorded_date", "strands", "authority_code", "made_up"])
            for day in np.arange(np.datetime64(first), np.datetime64(last) + 1):
                # one crime a day in Leicester, so that a quarter's count is its number of days
                writer.writerow([f"R{day}", "Crime", f"{day}", "Race", "E06000016", "yes"])
        files.append(str(path))
    run_module("etl", "load", *files, data=folder / "data")
    return folder / "data"


@pytest.fixture(params=[RESTRICTED, SHAREABLE])
def build(request: pytest.FixtureRequest, data: Path, monkeypatch: pytest.MonkeyPatch) -> Build:
    monkeypatch.setenv("MONITOR_DATA", str(data))
    found = builds.live_build(data, request.param)
    assert found is not None
    return found


def test_quarters_not_sent_are_no_row_and_no_line(build: Build) -> None:
    frame = trends.quarterly(Selection("2023-Q1", "llr", "all", "crime"), VIEWER, build).frame
    codes = frame["quarter_code"].tolist()
    assert "2021-Q2" not in codes
    at = codes.index("2021-Q4")
    assert codes[at - 1] == "2020-Q4"
    assert frame["segment"].iloc[at] != frame["segment"].iloc[at - 1]
    if not build.is_shareable:
        assert frame["value"].tolist() == [Quarter.parse(code).days for code in codes]


def test_twelve_months_with_a_hole_are_not_twelve_months(build: Build) -> None:
    frame = trends.rolling_year(Selection("2023-Q1", "llr", "all", "crime"), VIEWER, build).frame
    told = frame.dropna(subset="value")["quarter_code"].tolist()
    assert told == ["2019-Q4", "2020-Q1", "2020-Q2", "2020-Q3", "2020-Q4", "2022-Q3", "2022-Q4", "2023-Q1"]
    assert strands.groups(Selection("2022-Q1", "llr", "all", "crime"), VIEWER, build).withheld == "no_window"


@pytest.mark.parametrize("chosen", ["2019-Q1", "2020-Q4", "2021-Q4", "2022-Q2", "2023-Q1"])
@pytest.mark.parametrize("measure", ["all", "crime", "incident"])
def test_every_question_can_be_asked_beside_a_gap(chosen: str, measure: str, build: Build) -> None:
    selection = Selection(chosen, "E06000016", "all", measure)
    for ask in EVERY:
        assert all(said(ask(selection, VIEWER, build)))
    assert quarter.tiles(selection, VIEWER, build).withheld is None
