"""The Victims page against the records themselves, its laws, and that its sentences are true of its figures."""

from __future__ import annotations

import math
import random
from dataclasses import replace
from datetime import date

import pandas as pd
import pytest

from core import breaks, words
from core.model import ELSEWHERE, MEASURES, Answer, Build, Selection, Viewer
from core.periods import Quarter
from core.settings import load_settings
from queries import plan, quarter, trends, victims
from tests.queries.saying import said, some
from tests.queries.test_figures_agree import EVERY, _chosen, _year

SOME = [Selection(*chosen) for chosen in random.Random(417).sample(EVERY, 8)]
SOME += [Selection("2023-Q2"), Selection("2023-Q2", measure="crime"), Selection("2022-Q4", "E06000017", "race")]
OF_POLICE = (victims.routes, victims.channels, victims.repeat_victims, victims.repeat_share)
OF_THE_PLAN = {"satisfaction": victims.satisfaction, "support": victims.support, "repeat_plan": victims.repeat_plan}
OF_CRIMES = (
    victims.outcomes, victims.charges, victims.outcome_groups, victims.time_by_cohort, victims.time_by_offence,
)  # fmt: skip


def _wilson(part: int, whole: int) -> tuple[float, float]:
    """Wilson's limits in percent from the textbook formula, not from the code under test."""
    z, share = 1.959963984540054, part / whole
    middle, half = share + z * z / (2 * whole), z * math.sqrt(share * (1 - share) / whole + z * z / (4 * whole**2))
    return tuple(100 * (middle + sign * half) / (1 + z * z / whole) for sign in (-1, 1))  # type: ignore[return-value]


def _before(selection: Selection) -> Selection:
    return replace(selection, quarter=Quarter.parse(selection.quarter).year_before.code)


def _is_cut(selection: Selection) -> bool:
    first, last = Quarter.parse(selection.quarter).plus(-7).starts_on, Quarter.parse(selection.quarter).ends_on
    return selection.measure != "crime" and first < date(2023, 6, 3) <= last


@pytest.mark.parametrize("selection", SOME, ids=str)
def test_how_people_reported(selection: Selection, reports: pd.DataFrame, viewer: Viewer, restricted: Build) -> None:
    found = victims.channels(selection, viewer, restricted)
    told = found.frame.pivot_table(index="channel_code", columns="series", values="value", sort=False)
    mine = _chosen(reports, selection)
    windows = [selection] if _is_cut(selection) else [selection, _before(selection)]
    assert told.shape[1] == len(windows)
    for column, window in zip(told, windows, strict=True):
        counts = _year(mine, window)["channel_code"].value_counts().to_dict()
        assert told[column][told[column] > 0].to_dict() == counts
        assert told[column].sum() == len(_year(mine, window)), "the channels add up to the reports"
    assert found.frame["channel_code"].iloc[-1] == "not_known"

    shares = victims.routes(selection, viewer, restricted).frame
    for row, window in zip(shares.to_dict("records"), windows, strict=True):
        year = _year(mine, window)
        known = year[year["channel_code"] != "not_known"]
        by_them = int(known["channel_code"].isin(["third_party", "online"]).sum())
        assert (row["reported"], row["known"], row["reports"]) == (by_them, len(known), len(year))
        if len(known) < 10:
            assert pd.isna([row["value"], row["low"], row["high"]]).all()
        else:
            assert row["value"] == pytest.approx(100 * by_them / len(known))
            assert row["low"] <= row["value"] <= row["high"]
            if 0 < by_them < len(known):
                assert (row["low"], row["high"]) == pytest.approx(_wilson(by_them, len(known)))


@pytest.mark.parametrize("measure", [*MEASURES, ELSEWHERE])
@pytest.mark.parametrize("area", ["llr", "E06000016", "E07000133"])
def test_what_was_told_only_elsewhere(
    area: str, measure: str, reports: pd.DataFrame, elsewhere: pd.DataFrame, viewer: Viewer, restricted: Build
) -> None:
    selection = Selection("2023-Q2", area, "race", measure)
    told = victims.told_elsewhere(selection, viewer, restricted).frame.set_index("measure_code")["value"]
    for code in ("crime", "incident"):
        assert told[code] == len(_year(_chosen(reports, replace(selection, measure=code)), selection))
    only = elsewhere[elsewhere["found"].isin(("ambiguous", "unmatched"))]
    assert told[ELSEWHERE] == len(_year(_chosen(only, replace(selection, measure=ELSEWHERE)), selection))


def _repeats(reports: pd.DataFrame, selection: Selection) -> dict[str, tuple[int, int]]:
    """Quarter -> people with a report, and those of them with another in the 12 months before any of these."""
    known = reports[reports["victim_ref"].notna() & (reports["victim_kind"] != "organisation")]
    ordered = known.sort_values(["victim_ref", "recorded_on", "record_id"])
    last = ordered.groupby("victim_ref")["recorded_on"].shift()
    is_again = last >= ordered["recorded_on"] - pd.DateOffset(months=12)
    mine = _chosen(ordered.assign(is_again=is_again), selection)
    by_quarter = mine.groupby("quarter_code")
    everyone = by_quarter["victim_ref"].nunique()
    again = mine[mine["is_again"]].groupby("quarter_code")["victim_ref"].nunique()
    return {code: (int(people), int(again.get(code, 0))) for code, people in everyone.items()}


@pytest.mark.parametrize("selection", SOME, ids=str)
def test_repeat_victims(selection: Selection, reports: pd.DataFrame, viewer: Viewer, restricted: Build) -> None:
    counted = _repeats(reports, selection)
    found = victims.repeat_victims(selection, viewer, restricted)
    lines = found.frame.pivot_table(index="quarter_code", columns="series_code", values="value")
    assert (lines.index.min(), lines.index.max()) == ("2018-Q1", selection.quarter)
    for code, row in lines.iterrows():
        assert (row["victims"], row["repeat_victims"]) == counted.get(str(code), (0, 0))
        assert row["repeat_victims"] <= row["victims"]
    tile = quarter.tiles(selection, viewer, restricted).frame.set_index("tile_code").loc["repeat_victims"]
    assert tile["value"] == lines.loc[selection.quarter, "repeat_victims"], "Quarter shows the same people"

    mine = _chosen(reports, selection)
    now = mine[mine["quarter_code"] == selection.quarter]
    organisations = int((now["victim_kind"] == "organisation").sum())
    blank = int((now["victim_ref"].isna() & (now["victim_kind"] != "organisation")).sum())
    left_out = next(note for note in said(found) if note.startswith("Left out"))
    assert f"organisations {organisations:,}, without a victim reference {blank:,}, of {len(now):,} " in left_out

    shares = victims.repeat_share(selection, viewer, restricted)
    if shares.withheld:
        assert shares.withheld == "too_few"
        return
    for row in shares.frame.to_dict("records"):
        people, again = counted.get(row["quarter_code"], (0, 0))
        assert (row["victims"], row["repeat_victims"]) == (people, again)
        assert pd.isna(row["value"]) == (people < 10)
        if people >= 10:
            assert row["value"] == pytest.approx(100 * again / people)
            assert row["low"] <= row["value"] <= row["high"]
    assert shares.frame[["reports", "organisations", "no_reference"]].iloc[-1].tolist() == [
        len(now),
        organisations,
        blank,
    ]


@pytest.mark.parametrize("measure", MEASURES)
def test_repeat_victims_are_not_joined_or_compared_across_a_change_in_recording(
    measure: str, viewer: Viewer, restricted: Build
) -> None:
    found = victims.repeat_victims(Selection("2023-Q2", measure=measure), viewer, restricted)
    line = found.frame[found.frame["series_code"] == "repeat_victims"].set_index("quarter_code")["segment"]
    # both quarters look back over the cut, and their look-backs hold different parts of each recording
    assert len({line["2022-Q4"], line["2023-Q1"], line["2023-Q2"]}) == 3
    assert line["2018-Q1"] == line["2022-Q4"]
    assert "not comparable with a year before" in said(found)[0]
    assert "repeat_cut" in found.notes
    whole = found.frame[found.frame["series_code"] == "victims"].set_index("quarter_code")["segment"]
    assert (whole["2022-Q4"] == whole["2023-Q2"]) == (measure == "crime"), "people alone are cut with their own measure"


CHARGED, ACTION = ["1", "1A"], ["1", "1A", "2", "3", "4", "6", "7", "8"]


def _crimes(reports: pd.DataFrame, selection: Selection) -> pd.DataFrame:
    return _chosen(reports, replace(selection, measure="crime"))


@pytest.mark.parametrize("selection", SOME, ids=str)
def test_what_became_of_the_crimes(
    selection: Selection, reports: pd.DataFrame, viewer: Viewer, restricted: Build
) -> None:
    crimes = _crimes(reports, selection)
    drawn = victims.outcomes(selection, viewer, restricted)
    if drawn.withheld is None:
        for code, rows in drawn.frame.groupby("quarter_code"):
            cohort = crimes[crimes["quarter_code"] == code]
            parts = rows.set_index("part_code")["value"]
            outcome = cohort["outcome_code"]
            assert parts.sum() == len(cohort), "every crime is in one part"
            assert parts["charged"] == outcome.isin(CHARGED).sum()
            assert parts["charged"] + parts["other_action"] == outcome.isin(ACTION).sum()
            assert parts["no_support"] == outcome.isin(["14", "16"]).sum()
            assert parts["no_suspect"] == (outcome == "18").sum()
            assert parts["not_assigned"] == outcome.isna().sum()
            is_immature = bool(len(cohort)) and outcome.notna().mean() < 0.8
            assert rows["is_immature"].eq(is_immature).all()
            assert rows["label"].str.contains("immature").eq(is_immature).all()
            assert rows["share_pct"].isna().all() == (len(cohort) < 10)
    rated = victims.charges(selection, viewer, restricted)
    if rated.withheld:
        assert rated.withheld in ("too_few", "no_data")
        return
    wide = rated.frame.pivot_table(index="quarter_code", columns="series_code", values=["count", "value"], dropna=False)
    for code in wide.index:
        cohort = crimes[crimes["quarter_code"] == code]
        charged, action = (int(cohort["outcome_code"].isin(codes).sum()) for codes in (CHARGED, ACTION))
        assert (wide.loc[code, ("count", "charged")], wide.loc[code, ("count", "action_taken")]) == (charged, action)
        assert charged <= action
        values = rated.frame[rated.frame["quarter_code"] == code]
        assert values["value"].isna().all() == (len(cohort) < 10)
        assert ((values["low"] <= values["value"]) & (values["value"] <= values["high"])).all() or len(cohort) < 10
    # a rate of one is never shown without the other beside it
    assert set(rated.frame.loc[rated.frame["value"].notna(), "series_code"]) == {"charged", "action_taken"}
    tile = quarter.tiles(selection, viewer, restricted).frame.set_index("tile_code").loc["charge_rate"]
    if rated.finding == "mature":
        told = rated.frame[(rated.frame["series_code"] == "charged") & rated.frame["label"].eq(rated.facts["cohort"])]
        assert told["value"].iloc[0] == pytest.approx(tile["value"]), "Quarter shows the same rate"
    else:
        assert pd.isna(tile["value"])


@pytest.mark.parametrize("selection", SOME, ids=str)
def test_outcome_groups_are_the_cohorts_records(
    selection: Selection, reports: pd.DataFrame, viewer: Viewer, restricted: Build
) -> None:
    found = victims.outcome_groups(selection, viewer, restricted)
    if found.withheld:
        assert found.withheld == "immature"
        return
    crimes = _crimes(reports, selection)
    labels = {Quarter.parse(code).label: code for code in crimes["quarter_code"].unique()}
    last = labels[found.facts["cohort"]]
    now = crimes[crimes["quarter_code"] == last]
    assert len(now) >= 10
    assert now["outcome_code"].notna().mean() >= 0.8
    later = [code for code in labels.values() if last < code <= selection.quarter]
    for code in later:  # none of the later ones is mature
        cohort = crimes[crimes["quarter_code"] == code]
        assert len(cohort) < 10 or cohort["outcome_code"].notna().mean() < 0.8
    assert found.frame["value"].sum() == len(now)
    assert found.frame["before"].sum() == (crimes["quarter_code"] == Quarter.parse(last).year_before.code).sum()
    groups = found.frame.set_index("outcome_group_code")["value"]
    assert groups.get("charged", 0) == now["outcome_code"].isin(CHARGED).sum()
    assert groups.get("not_assigned", 0) == now["outcome_code"].isna().sum()


def _weeks(crimes: pd.DataFrame) -> pd.Series:
    days = (crimes["outcome_on"] - crimes["recorded_on"]).dt.days
    usable = crimes["outcome_code"].notna() & (days >= 0) & (crimes["outcome_on"] <= crimes["extracted_on"])
    return days[usable].map(lambda day: max(1, math.ceil(day / 7)))


def _holds(row: dict[str, float], weeks: pd.Series) -> None:
    """At least so many had their outcome within the weeks said, and fewer a week sooner."""
    assert row["dated"] == len(weeks)
    if len(weeks) < 10:
        assert pd.isna(row["value"])
        return
    for name, share in (("low", 0.25), ("value", 0.5), ("high", 0.75)):
        assert (weeks <= row[name]).mean() >= share > (weeks < row[name]).mean()
    assert row["low"] <= row["value"] <= row["high"]


@pytest.mark.parametrize("selection", SOME, ids=str)
def test_how_long_an_outcome_took(
    selection: Selection, reports: pd.DataFrame, viewer: Viewer, restricted: Build
) -> None:
    crimes = _crimes(reports, selection)
    by_cohort = victims.time_by_cohort(selection, viewer, restricted)
    if by_cohort.withheld is None:
        for row in by_cohort.frame.to_dict("records"):
            _holds(row, _weeks(crimes[crimes["quarter_code"] == row["quarter_code"]]))
    by_offence = victims.time_by_offence(selection, viewer, restricted)
    if by_offence.withheld is None:
        cohort = victims.latest_mature(victims.cohorts(selection, restricted))
        assert cohort is not None
        year = _year(crimes, Selection(cohort["quarter_code"]))
        for row in by_offence.frame.to_dict("records"):
            group = row["offence_group_code"]
            _holds(row, _weeks(year if group == "all" else year[year["offence_group_code"] == group]))
        kinds = by_offence.frame[by_offence.frame["offence_group_code"] != "all"]
        assert kinds["dated"].sum() == by_offence.frame["dated"].iloc[0]


@pytest.mark.parametrize("name", OF_THE_PLAN)
def test_a_returned_indicator_is_what_the_plan_page_says(name: str, viewer: Viewer, restricted: Build) -> None:
    selection = Selection("2023-Q2", "E07000130", "race", "crime")
    found = OF_THE_PLAN[name](selection, viewer, restricted)
    assert found.selection == Selection("2023-Q2"), "the plan is one for the whole partnership"
    code = load_settings().options["victims"][name]
    board = plan.board(selection, viewer, restricted).frame.set_index("outcome_code").loc[code]
    latest = found.frame.iloc[-1]
    for column in ("value", "low", "high", "numerator", "denominator"):
        assert latest[column] == pytest.approx(board[column])
    assert found.facts["reference"] == board["target"]
    headline = said(found)[0]
    assert headline.startswith(board["indicator"])
    assert board["latest"] in headline
    assert headline.endswith(f"Status: {board['status']}")
    # each quarter stood as the latest of the plan at its own reporting date, unless a return was put right later
    assert list(found.frame["quarter_code"]) == sorted(found.frame["quarter_code"])
    assert ((found.frame["low"] <= found.frame["value"]) & (found.frame["value"] <= found.frame["high"])).all()


def test_an_indicator_the_plan_does_not_have_and_a_quarter_without_a_plan_are_designed_states(
    viewer: Viewer, restricted: Build, monkeypatch: pytest.MonkeyPatch
) -> None:
    assert victims.support(Selection("2019-Q1"), viewer, restricted).withheld == "no_plan"
    monkeypatch.setitem(load_settings().options["victims"], "support", "Z9")
    missing = victims.support(Selection("2023-Q2"), viewer, restricted)
    assert missing.withheld == "no_indicator"
    assert "Z9" in " ".join(said(missing))


def test_before_the_first_complete_return_there_is_none(
    viewer: Viewer, restricted: Build, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setitem(load_settings().options["victims"], "support", "A1")  # first returned in Q2 2022/23
    first = victims.support(Selection("2021-Q3"), viewer, restricted)
    assert first.withheld == "no_return"
    assert "absence of data" in " ".join(said(first))
    assert victims.support(Selection("2023-Q2"), viewer, restricted).withheld is None


@pytest.mark.parametrize("selection", some("restricted", 10, 23), ids=str)
def test_every_figure_stands_or_says_why_not(selection: Selection, viewer: Viewer, restricted: Build) -> None:
    for ask in (*OF_POLICE, *OF_CRIMES, victims.told_elsewhere, *OF_THE_PLAN.values()):
        found = ask(selection, viewer, restricted)
        if found.withheld is not None:
            assert found.frame.empty
            assert all(said(found))
            continue
        _no_percentage_on_few(found)
    for ask in OF_POLICE:
        is_not_asked = ask(replace(selection, measure=ELSEWHERE), viewer, restricted).withheld == "not_applicable"
        assert is_not_asked
    for ask in OF_CRIMES:  # outcomes are of crimes, whatever measure was chosen
        as_crimes, as_chosen = (
            ask(one, viewer, restricted) for one in (replace(selection, measure="crime"), selection)
        )
        assert as_chosen.frame.equals(as_crimes.frame)
        assert as_chosen.selection.measure == "crime" or as_chosen.withheld


def _no_percentage_on_few(found: Answer) -> None:
    wholes = {
        "victims.routes": "known", "victims.repeat_share": "victims", "victims.charges": "crimes",
        "victims.time_by_cohort": "dated", "victims.time_by_offence": "dated",
    }  # fmt: skip
    if (whole := wholes.get(found.question)) is not None:
        few = found.frame[whole] < 10
        assert found.frame.loc[few, ["value", "low", "high"]].isna().all(axis=None)
        assert found.frame.loc[~few, "value"].notna().all()


@pytest.mark.parametrize("code", ["2017-Q1", "2017-Q4", "2018-Q1"])
def test_the_first_quarters_show_no_part_as_a_whole(code: str, viewer: Viewer, restricted: Build) -> None:
    selection = Selection(code, measure="crime")
    by_channel = victims.channels(selection, viewer, restricted)
    assert (by_channel.withheld == "no_window") == (code == "2017-Q1")
    if by_channel.withheld is None:
        assert by_channel.frame["series"].nunique() == 1
        assert "not held" in " ".join(said(by_channel))
    people = victims.repeat_victims(selection, viewer, restricted)
    assert (people.withheld == "no_window") == (code < "2018-Q1")
    if people.withheld:
        assert "15 whole months" in " ".join(said(people))
    assert victims.told_elsewhere(selection, viewer, restricted).withheld == "no_window"


def test_the_set_of_outcomes_is_printed_as_the_settings_have_it(
    viewer: Viewer, restricted: Build, monkeypatch: pytest.MonkeyPatch
) -> None:
    def note() -> str:
        found = victims.charges(Selection("2022-Q4", measure="crime"), viewer, restricted)
        return next(line for line in said(found) if line.startswith("“Action taken”"))

    assert words.label("outcome_name", "8") in note()
    assert words.label("outcome_name", "22") not in note()
    monkeypatch.setitem(load_settings().options["outcomes"], "action_taken", ["22"])
    victims._cohorts.cache_clear()
    try:
        changed = victims.charges(Selection("2022-Q4", measure="crime"), viewer, restricted).frame
        assert words.label("outcome_name", "22") in note()
        assert words.label("outcome_name", "8") not in note()
        assert words.label("outcome_name", "1A") in note(), "a charge is always action taken"
    finally:
        victims._cohorts.cache_clear()
    wide = changed.pivot_table(index="quarter_code", columns="series_code", values="count")
    assert (wide["charged"] <= wide["action_taken"]).all()


def test_a_measure_no_longer_recorded_has_no_people_and_is_not_told_beside_others(
    viewer: Viewer, restricted: Build, monkeypatch: pytest.MonkeyPatch
) -> None:
    over = breaks.Break(date(2022, 4, 1), "end", ("incident",), ("all",), "Incidents ended", "No longer recorded.")
    monkeypatch.setattr(breaks, "breaks", lambda: (over,))
    for ask in OF_POLICE:
        assert ask(Selection("2023-Q2", measure="incident"), viewer, restricted).withheld == "ended"
    told = victims.told_elsewhere(Selection("2023-Q2", measure="crime"), viewer, restricted).frame
    assert list(told["measure_code"]) == ["crime", ELSEWHERE]


def test_what_the_shareable_build_tells_of_reports_elsewhere_is_its_own_cells(viewer: Viewer, shareable: Build) -> None:
    selection = Selection("2023-Q2", "E06000016", "race", "crime")
    told = victims.told_elsewhere(selection, viewer, shareable).frame.set_index("measure_code")["value"]
    for code in ("crime", "incident", ELSEWHERE):
        by_quarter = trends.quarterly(replace(selection, measure=code), viewer, shareable).frame["value"]
        assert told[code] == by_quarter.iloc[-4:].sum()
