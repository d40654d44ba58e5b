"""A campaign is told with when it was declared, what was expected, what else moved, and never across a cut."""

from __future__ import annotations

import re
import shutil
from datetime import UTC, date, datetime
from pathlib import Path
from typing import Any

import numpy as np
import pandas as pd
import pytest

from core import builds, words
from core.errors import MonitorError
from core.model import RESTRICTED, Answer, Build, Selection, Viewer
from core.periods import Quarter
from core.settings import load_settings
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


def declare(at: datetime = datetime(2023, 10, 4, 17, 30, tzinfo=UTC), **changes: str) -> None:
    row = {
        "plan_code": "llr_2021", "campaign_code": "one", "series_code": "one", "name": "One 2022",
        "starts_on": "2022-03-01", "ends_on": "2022-03-07", "window_ends_on": "2022-03-31", "area_code": "llr",
        "measure_code": "all", "strand_code": "all", "direction_code": "up", "is_route_checked": True,
        "owner_code": "working_group", "note": "",
    }  # fmt: skip
    with write.writer(_url(), is_made_up=True) as register:
        register.entry(COORDINATOR, "campaign", at).put("campaign", row | changes)


def _url() -> str:
    return load_settings().register_url


def told(viewer: Viewer, build: Build, code: str, selection: Selection = LATEST) -> pd.Series:
    return campaigns.calendar(selection, viewer, build).frame.set_index("campaign_code").loc[code]


def monthly(reports: pd.DataFrame) -> pd.Series:
    """All hate reports by month, while incidents were recorded alike."""
    found = reports.groupby("month").size()
    return found[found.index < "2023-06-01"]


def test_the_calendar_says_what_was_declared_before_it_began(viewer: Viewer, restricted: Build) -> None:
    frame = campaigns.calendar(LATEST, viewer, restricted).frame.set_index("campaign_code")
    assert frame.loc["awareness_week_2022", "declared"] == "Declared on 5 September 2022, 33 days before it began."
    assert frame.loc["awareness_week_2019", "declared_code"] == "after"
    assert "describes and tests nothing" in frame.loc["disability_2022", "declared"]
    standings = frame["standing_code"].to_dict()
    assert standings["awareness_week_2023"] == standings["carers_2024"] == "upcoming"
    assert standings["awareness_week_2022"] == "finished"


def test_every_finished_campaign_has_an_estimate_or_the_reason_there_is_none(viewer: Viewer, restricted: Build) -> None:
    frame = campaigns.calendar(LATEST, viewer, restricted).frame.set_index("campaign_code")
    found = frame["finding_code"].to_dict()
    assert found["awareness_week_2018"] == "short_history"
    assert found["melton_centre_2023"] == "cut_inside"
    assert found["rutland_schools_2023"] == "too_few_expected"
    assert found["awareness_week_2023"] == "to_come"
    for row in frame[frame["standing_code"] == "finished"].to_dict("records"):
        assert ("Not estimated" in row["finding"]) == bool(np.isnan(row["ratio"])), row["finding"]
        assert np.isnan(row["ratio"]) or row["low"] < row["ratio"] < row["high"]


def test_estimates_are_of_months_recorded_alike_and_leave_other_campaigns_out(
    viewer: Viewer, restricted: Build, reports: pd.DataFrame
) -> None:
    counts = monthly(reports)
    place = {month: at for at, month in enumerate(counts.index.strftime("%Y-%m"))}
    weeks = [[place[f"{year}-10"], place[f"{year}-11"]] for year in range(2022, 2017, -1)]
    # the buses, and the campaign on disability hate, were of all of LLR
    others = [place[month] for month in ("2023-03", "2023-04", "2022-06", "2022-07")]
    again = campaign.uplift(counts.to_numpy(), weeks, left_out=others)
    for year, pulse in zip(range(2022, 2017, -1), again.each, strict=True):
        row = told(viewer, restricted, f"awareness_week_{year}")
        assert row["observed"] == pulse.observed == counts[[f"{year}-10-01", f"{year}-11-01"]].sum()
        assert row["ratio"] == pytest.approx(pulse.ratio, nan_ok=True)
        assert row["high"] == pytest.approx(pulse.high, nan_ok=True)
    whole = campaigns.calendar(LATEST, viewer, restricted).frame.query("kind_code == 'pooled'").iloc[0]
    assert again.pooled is not None
    assert (whole["ratio"], whole["low"]) == pytest.approx((again.pooled.ratio, again.pooled.low))
    assert whole["campaign"] == "2019, 2020, 2021 and 2022 together"  # 2018 has too little before it


def test_the_control_and_the_years_without_it_are_reckoned_alike(
    viewer: Viewer, restricted: Build, reports: pd.DataFrame
) -> None:
    row = told(viewer, restricted, "buses_2023")
    counts = monthly(reports)
    place = {month: at for at, month in enumerate(counts.index.strftime("%Y-%m"))}
    declared = [place[f"{year}-{month}"] for year in range(2018, 2023) for month in (10, 11)]
    declared += [place[month] for month in ("2023-03", "2023-04", "2022-06", "2022-07")]
    years = [[place[f"{year}-03"], place[f"{year}-04"]] for year in (2020, 2021, 2022)]
    ratios = [pulse.ratio for pulse in campaign.uplift(counts.to_numpy(), years, left_out=declared).each]
    said_of = re.search(r"2020, 2021 and 2022: from (.+) to (.+)\.", row["placebo"])
    assert said_of is not None, row["placebo"]
    for ratio, text in zip((min(ratios), max(ratios)), said_of.groups(), strict=True):
        assert text.startswith(f"{round(100 * abs(ratio - 1))}%")
        assert text.endswith("more") == (ratio >= 1)
    assert f"about {round(100 * abs(row['control_ratio'] - 1))}% " in row["control"]


SENTENCE = re.compile(r"(?:between )(under )?(\d+)%(?: (more|fewer))? and (\d+)% (more|fewer)")


@pytest.mark.parametrize("code", ["2021-Q3", "2022-Q1", "2022-Q3", "2023-Q2"])
def test_sentences_are_true_of_their_figures(code: str, viewer: Viewer, restricted: Build) -> None:
    found = campaigns.calendar(Selection(code), viewer, restricted)
    single = found.frame[found.frame["kind_code"] == "campaign"]
    for row in found.frame.to_dict("records"):
        sentence = row["finding"]
        assert not re.search(r"caused|because of|proves|nan", " ".join((sentence, row["control"], row["placebo"])))
        if np.isnan(row["ratio"]):
            assert "%" not in sentence
            continue
        assert f"{row['observed']:,.0f} against about" in sentence
        is_clear = not row["low"] <= 1 <= row["high"]
        if min(row["observed"], row["expected"]) < 10:
            assert "%" not in sentence
        else:
            assert sentence.startswith("No clear change") != is_clear
            ends = SENTENCE.search(sentence)
            assert ends is not None, sentence
            sides = [ends[3] or ends[5], ends[5]]
            assert sorted(sides) == sorted("more" if row[end] >= 1 else "fewer" for end in ("low", "high"))
            assert is_clear == (sides[0] == sides[1])
        assert ("opposite of what was declared" in sentence) == (row["high"] < 1 and row["direction_code"] == "up")
    headline = captions.headline(found)
    moved = {"more": (single["low"] > 1).sum(), "fewer": (single["high"] < 1).sum()}
    if found.finding == "plain":
        assert f"more than usual in {moved['more']}, fewer in {moved['fewer']}" in headline
    assert any("does not show more hate crime" in note for note in captions.notes(found))


def test_a_control_that_moved_as_much_is_said_in_the_finding_itself(
    viewer: Viewer, restricted: Build, monkeypatch: pytest.MonkeyPatch
) -> None:
    real = campaigns._uplift
    seen: list[int] = []

    def lifted(frame: pd.DataFrame, windows: Any, other_months: Any, stretches: Any) -> campaign.Uplift:
        seen.append(len(frame))
        raised = frame.assign(value=frame["value"].astype(float))
        inside = raised["starts_on"].isin([pd.Timestamp(month) for one in windows for month in one.months])
        raised.loc[inside, "value"] = (1.6 * raised.loc[inside, "value"]).round()
        return real(raised, windows, other_months, stretches)

    monkeypatch.setattr(campaigns, "_uplift", lifted)
    for kept in (campaigns._estimates, campaigns._told):
        kept.cache_clear()
    try:
        row = told(viewer, restricted, "buses_2023")
    finally:
        for kept in (campaigns._estimates, campaigns._told):
            kept.cache_clear()
    assert seen
    assert row["finding_code"] == "more_like_control"
    assert "all recorded crime moved about as much" in row["finding"]
    assert "could be chance" in row["control"]


def test_what_is_changed_after_it_began_no_longer_counts_as_declared_before(viewer: Viewer, scratch: Build) -> None:
    moments = [datetime(2023, 10, 4, 17, minute, tzinfo=UTC) for minute in (30, 40, 50)]
    about = {"starts_on": "2023-10-05", "ends_on": "2023-10-06", "window_ends_on": "2023-10-31"}
    declare(moments[0], **about)
    declare(moments[1], **about, note="A word added.")
    row = told(viewer, scratch, "one")
    assert (row["declared_code"], row["declared_on"]) == ("before", date(2023, 10, 4))
    declare(moments[2], starts_on="2023-10-04", ends_on="2023-10-06", window_ends_on="2023-10-31")
    assert told(viewer, scratch, "one")["declared_code"] == "after"


def test_a_campaign_after_the_cut_is_not_judged_by_months_before_it(viewer: Viewer, scratch: Build) -> None:
    declare(starts_on="2023-08-01", ends_on="2023-08-03", window_ends_on="2023-08-20")
    assert told(viewer, scratch, "one")["finding_code"] == "short_history"
    declare(
        datetime(2023, 10, 4, 18, tzinfo=UTC), starts_on="2023-08-01", ends_on="2023-08-03",
        window_ends_on="2023-08-20", measure_code="crime",
    )  # fmt: skip
    assert told(viewer, scratch, "one")["finding_code"] in ("more", "fewer", "no_clear_change")


def test_two_of_one_series_in_one_month_are_not_told_apart(viewer: Viewer, scratch: Build) -> None:
    for day in (1, 2):
        declare(campaign_code=f"twice_{day}", series_code="twice", starts_on=f"2022-03-0{day}")
    assert told(viewer, scratch, "twice_1")["finding_code"] == "not_apart"
    assert told(viewer, scratch, "twice_2")["finding_code"] == "not_apart"


@pytest.mark.parametrize("code", ["2021-Q3", "2022-Q3", "2023-Q2"])
def test_the_chart_is_of_the_campaign_that_has_run_most_often(code: str, viewer: Viewer, restricted: Build) -> None:
    found = campaigns.uplift(Selection(code), viewer, restricted)
    calendar = campaigns.calendar(Selection(code), viewer, restricted).frame
    whole = found.frame[found.frame["kind_code"] == "whole"].iloc[0]
    pooled = calendar[calendar["kind_code"] == "pooled"].iloc[0]
    assert whole["value"] == pytest.approx(100 * (pooled["ratio"] - 1))
    headline = captions.headline(found)
    assert ("No clear difference" in headline) == (whole["low"] <= 0 <= whole["high"])
    interval = re.search(r"95% interval ([−+]?\d+)% to ([−+]?\d+)%", headline)
    assert interval is not None
    low, high = (int(part.replace("\u2212", "-")) for part in interval.groups())
    assert (low, high) == (round(whole["low"]), round(whole["high"]))
    years = found.frame[found.frame["kind_code"] == "year"]
    assert len(years) >= 4 if code == "2021-Q3" else len(years) == 5
    assert (years["value"].isna() == (years["text"] != "")).all()


def test_before_any_campaign_has_come_round_there_is_no_chart(viewer: Viewer, restricted: Build) -> None:
    assert campaigns.uplift(Selection("2021-Q2"), viewer, restricted).withheld == "no_years"
    assert campaigns.calendar(Selection("2021-Q2"), viewer, restricted).withheld == "no_plan"


def test_days_out_of_order_are_refused_and_nothing_is_kept(viewer: Viewer, scratch: Build) -> None:
    before = len(campaigns.calendar(LATEST, viewer, scratch).frame)
    for changes in (
        {"ends_on": "2022-02-01"}, {"window_ends_on": "soon"}, {"strand_code": "hate"}, {"direction_code": "sideways"},
        {"area_code": "not_known"}, {"measure_code": "each"},
    ):  # fmt: skip
        with pytest.raises(MonitorError) as refused:
            declare(**changes)
        assert all(refused.value.as_dict().values())
    assert len(campaigns.calendar(LATEST, viewer, scratch).frame) == before


def test_the_shareable_build_has_the_calendar_and_no_estimate(viewer: Viewer, shareable: Build) -> None:
    found = campaigns.calendar(LATEST, viewer, shareable)
    assert found.withheld is None
    assert found.frame[["observed", "expected", "ratio", "low", "high", "control_ratio"]].isna().all(axis=None)
    assert not "".join(found.frame[["control", "placebo", "routes"]].to_numpy().ravel())
    assert set(found.frame["finding_code"]) == {"to_come", "restricted_only"}
    assert not re.search(r"\d of \d|\d against", " ".join((*said(found), *found.frame["finding"])))
    assert set(found.frame["note"]) <= {"", words.say("states", "restricted_only", "title")}, "no words of people"
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
    # given for six quarters more, after the event
    assert re.match(r"On this path, \d+% to \d+% by Q4 2023/24", board.loc["B4", "forecast"])
    assert board.loc["A5", "forecast"] == "", "a measure kept for context has nothing to reach"
    held = plan.board(LATEST, viewer, shareable).frame
    assert set(held["forecast"]) <= {"", words.say("states", "restricted_only", "title")}
    assert date(2023, 10, 4) == restricted.extracted_on


def test_no_forecast_is_made_across_a_change_of_recording(
    viewer: Viewer, scratch: Build, monkeypatch: pytest.MonkeyPatch
) -> None:
    """All hate reports are recorded otherwise since June 2023; B4 is of crimes alone."""
    monkeypatch.setitem(load_settings().options["plan"]["recorded"], "B1", "all")
    with write.writer(_url(), is_made_up=True) as register:
        entry = register.entry(COORDINATOR, "returns", datetime(2023, 10, 4, 20, 30, tzinfo=UTC))
        for back in range(8, 20):
            row = {
                "plan_code": "llr_2021", "indicator_code": "B1", "organisation_code": "leicestershire_police",
                "quarter_code": Quarter.parse("2023-Q2").plus(-back).code, "numerator": 40, "denominator": 60,
            }  # fmt: skip
            entry.put("indicator_return", row)
    board = plan.board(LATEST, viewer, scratch).frame.set_index("outcome_code")
    assert "recording changed, and 1 of 12 quarters in a row are returned since" in board.loc["B1", "forecast"]
    assert board.loc["B4", "forecast"].startswith("On this path")


def test_what_the_records_answer_is_not_forecast(viewer: Viewer, restricted: Build) -> None:
    """Each of their figures is of twelve months, so neighbours share nine of them."""
    board = plan.board(LATEST, viewer, restricted).frame.set_index("outcome_code")
    assert list(board.loc[["A2", "B5", "C5"], "forecast"]) == ["", "", ""]
