"""A campaign is told with when it was declared, what was expected, what else moved, and never across a cut."""

from __future__ import annotations

import re
import shutil
from datetime import UTC, date, datetime
from pathlib import Path

import numpy as np
import pytest

from core import builds, words
from core.errors import MonitorError
from core.model import RESTRICTED, Answer, Build, Selection, Viewer
from core.periods import Quarter
from queries import campaigns, plan
from register import write
from stats import campaign
from tests.queries.saying import said
from ui import captions

COORDINATOR = Viewer("Hate Working Group", frozenset({write.COORDINATOR}))
LATEST = Selection("2023-Q2")


@pytest.fixture
def scratch(demonstration_data: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Build:
    """The demonstration with a register of its own to write in."""
    for name in ("register.sqlite", "register.sqlite-wal", "register.sqlite-shm"):
        if (demonstration_data / name).exists():
            shutil.copy(demonstration_data / name, tmp_path / name)
    monkeypatch.setenv("MONITOR_DATA", str(demonstration_data))
    monkeypatch.setenv("MONITOR_REGISTER", f"sqlite:///{tmp_path / 'register.sqlite'}")
    build = builds.live_build(demonstration_data, RESTRICTED)
    assert build is not None
    return build


def declare(**changes: str) -> None:
    row = {
        "plan_code": "llr_2021", "campaign_code": "one", "series_code": "one", "name": "One 2022",
        "starts_on": "2022-03-01", "ends_on": "2022-03-07", "window_ends_on": "2022-03-31", "area_code": "llr",
        "measure_code": "all", "owner_code": "working_group", "note": "",
    }  # fmt: skip
    with write.writer(_url(), is_made_up=True) as register:
        entry = register.entry(COORDINATOR, "campaign", datetime(2023, 10, 4, 17, 30, tzinfo=UTC))
        entry.put("campaign", row | changes)


def _url() -> str:
    from core.settings import load_settings

    return load_settings().register_url


def test_the_calendar_says_what_was_declared_before_it_began(viewer: Viewer, restricted: Build) -> None:
    frame = campaigns.calendar(LATEST, viewer, restricted).frame.set_index("campaign_code")
    assert frame.loc["awareness_week_2022", "declared_code"] == "before"
    assert frame.loc["awareness_week_2019", "declared_code"] == "late"
    assert frame.loc["disability_2022", "declared_code"] == "late"
    assert frame.loc["awareness_week_2023", "standing_code"] == "upcoming"
    assert frame.loc["awareness_week_2022", "standing_code"] == "finished"


def test_the_estimates_are_of_the_months_recorded_alike(viewer: Viewer, restricted: Build, reports: object) -> None:
    found = campaigns.uplift(LATEST, viewer, restricted)
    frame = found.frame.set_index("label")
    assert found.selection.measure == "all"
    monthly = reports.groupby("month").size()  # type: ignore[attr-defined]
    monthly = monthly[monthly.index < "2023-06-01"]  # incidents are recorded otherwise from then on
    weeks = {year: [f"{year}-10-01", f"{year}-11-01"] for year in range(2018, 2023)}
    windows = [[monthly.index.get_loc(month) for month in months] for months in weeks.values()]
    again = campaign.uplift(monthly.to_numpy(), windows)
    whole = frame.loc["All years together"]
    assert whole["observed"] == sum(monthly[months].sum() for months in weeks.values())
    assert whole["value"] == pytest.approx(100 * (again["ratio"].iloc[-1] - 1))
    assert whole["low"] == pytest.approx(100 * (again["low"].iloc[-1] - 1))
    assert frame.loc["2021", "observed"] == monthly[weeks[2021]].sum()
    assert set(found.frame["kind_code"]) == {"year", "whole", "control", "placebo"}


@pytest.mark.parametrize("code", ["2021-Q3", "2022-Q3", "2023-Q2"])
def test_its_sentences_are_true_of_its_figures(code: str, viewer: Viewer, restricted: Build) -> None:
    found = campaigns.uplift(Selection(code), viewer, restricted)
    whole = found.frame[found.frame["kind_code"] == "whole"].iloc[0]
    clear = not whole["low"] <= 0 <= whole["high"]
    headline = captions.headline(found)
    assert ("No clear difference" in headline) == (not clear)
    assert f"{whole['observed']:,.0f}" in headline or clear
    interval = re.search(r"95% interval ([−+]?\d+)% to ([−+]?\d+)%", headline)
    assert interval is not None
    low, high = (int(part.replace("\u2212", "-")) for part in interval.groups())
    assert (low, high) == (round(whole["low"]), round(whole["high"]))
    for sentence in (*said(found), captions.caption(found) or ""):
        assert not re.search(r"caused by|because of the campaign|proves", sentence)
    assert any("does not show more hate crime" in note for note in captions.notes(found))
    control = found.frame[found.frame["kind_code"] == "control"].iloc[0]
    assert ("not held" in (captions.caption(found) or "")) == bool(np.isnan(control["value"]))


def test_a_campaign_after_the_cut_is_not_judged_by_months_before_it(viewer: Viewer, scratch: Build) -> None:
    for year in range(6):
        declare(
            campaign_code=f"late_{year}", series_code="late", name=f"Late {year}", starts_on=f"2023-07-0{year + 1}",
            ends_on=f"2023-07-0{year + 1}", window_ends_on=f"2023-07-0{year + 1}",
        )  # fmt: skip
    found = campaigns.uplift(LATEST, viewer, scratch)
    assert found.finding == "refused"
    assert "Under 24 other months" in captions.headline(found)


def test_windows_of_one_series_in_one_month_are_one_window(viewer: Viewer, scratch: Build) -> None:
    for day in range(1, 7):
        declare(
            campaign_code=f"twice_{day}", series_code="twice", name=f"Twice {day}", starts_on=f"2022-03-0{day}",
            ends_on=f"2022-03-0{day}", window_ends_on="2022-03-31",
        )  # fmt: skip
    found = campaigns.uplift(LATEST, viewer, scratch)
    years = found.frame[found.frame["kind_code"] == "year"]
    assert len(years) == 1


def test_days_out_of_order_are_refused_and_nothing_is_kept(viewer: Viewer, scratch: Build) -> None:
    before = len(campaigns.calendar(LATEST, viewer, scratch).frame)
    for changes in ({"ends_on": "2022-02-01"}, {"window_ends_on": "soon"}):
        with pytest.raises(MonitorError) as refused:
            declare(**changes)
        assert all(refused.value.as_dict().values())
    assert len(campaigns.calendar(LATEST, viewer, scratch).frame) == before


def test_the_shareable_build_has_the_calendar_and_no_estimate(viewer: Viewer, shareable: Build) -> None:
    assert campaigns.calendar(LATEST, viewer, shareable).withheld is None
    assert campaigns.uplift(LATEST, viewer, shareable).withheld == "restricted_only"


def _returned(build: Build, viewer: Viewer, share: float) -> Answer:
    """The board when B1 had been returned for sixteen quarters in a row, with this share in each."""
    with write.writer(_url(), is_made_up=True) as register:
        entry = register.entry(COORDINATOR, "returns", datetime(2023, 10, 4, 17, 30, tzinfo=UTC))
        for back in range(16):
            entry.put(
                "indicator_return",
                {
                    "plan_code": "llr_2021", "indicator_code": "B1", "organisation_code": "leicestershire_police",
                    "quarter_code": Quarter.parse("2023-Q2").plus(-back).code,
                    "numerator": round(2_000 * share) + back % 3, "denominator": 2_000,
                },
            )  # fmt: skip
    return plan.board(LATEST, viewer, build)


@pytest.mark.parametrize(("share", "word"), [(0.97, "Likely"), (0.40, "Unlikely"), (0.74, "Too early to say")])
def test_a_forecast_is_told_with_its_range_and_called_by_it(
    share: float, word: str, viewer: Viewer, scratch: Build
) -> None:
    told = _returned(scratch, viewer, share).frame.set_index("outcome_code").loc["B1"]
    found = re.fullmatch(r"On this path, (\d+)% to (\d+)% by Q4 2023/24; the target is 74%\. (.+)\.", told["forecast"])
    assert found is not None, told["forecast"]
    low, high = int(found[1]), int(found[2])
    assert low <= round(100 * share) <= high
    assert found[3] == word


def test_fewer_than_twelve_quarters_in_a_row_are_not_forecast(
    viewer: Viewer, restricted: Build, shareable: Build
) -> None:
    board = plan.board(LATEST, viewer, restricted).frame.set_index("outcome_code")
    assert "8 of 12 quarters in a row" in board.loc["B1", "forecast"]
    assert board.loc["A5", "forecast"] == "", "a measure kept for context has nothing to reach"
    held = plan.board(LATEST, viewer, shareable).frame
    assert set(held["forecast"]) <= {"", words.say("states", "restricted_only", "title")}
    assert date(2023, 10, 4) == restricted.extracted_on
