"""The Locality page's answers: whose plan it is, its own part reckoned another way, and the area beside LLR."""

from __future__ import annotations

import csv
import math
import re
from datetime import date
from pathlib import Path

import pandas as pd
import pytest
from scipy.stats import binomtest, chi2

from core import csps, words
from core.model import AUTHORITIES, Build, Selection, Viewer
from core.periods import Quarter
from queries import _change, locality, plan, quarter
from register import demo
from register.read import read
from tests.queries.saying import headlines
from ui import boards, captions

ROOT = Path(__file__).resolve().parents[2]
VIEWER = Viewer("Demonstration user", frozenset({"demonstration"}))
AREAS = ("E06000016", "E06000017", "csp_blaby_hinckley", "E07000129", "E07000130", "E07000133", "E07000135")
WIDE = ("llr", "county", "county_rutland")


@pytest.fixture(scope="module")
def filled(tmp_path_factory: pytest.TempPathFactory) -> str:
    url = f"sqlite:///{tmp_path_factory.mktemp('register') / 'register.sqlite'}"
    demo.fill(url)
    return url


@pytest.fixture(autouse=True)
def register(filled: str, monkeypatch: pytest.MonkeyPatch) -> str:
    monkeypatch.setenv("MONITOR_REGISTER", filled)
    return filled


def of(area: str, code: str = "2023-Q2", measure: str = "crime", strand: str = "all") -> Selection:
    return Selection(code, area, strand, measure)


def returns_of(organisation: str) -> dict[str, tuple[str, int, int]]:
    """Each indicator of the demonstration with an organisation's latest figure up to Q2 2023/24: (quarter, n, of)."""
    found: dict[str, tuple[str, int, int]] = {}
    with (ROOT / "data" / "demo" / "plan" / "indicator_return.csv").open(encoding="utf-8", newline="") as file:
        for row in sorted(csv.DictReader(file), key=lambda row: (row["quarter_code"], row["entered_at"])):
            if row["organisation_code"] == organisation and row["numerator"] and row["quarter_code"] <= "2023-Q2":
                of_it = (row["quarter_code"], int(float(row["numerator"])), int(float(row["denominator"])))
                found[row["indicator_code"]] = of_it
    return found


# Whose page it is ---------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("area", WIDE)
def test_an_area_wider_than_one_partnership_offers_the_eight_to_choose_from(area: str, restricted: Build) -> None:
    asked = locality.chosen(of(area), VIEWER, restricted)
    assert asked.withheld == locality.CHOOSE
    assert len(asked.frame) == asked.frame["csp_code"].nunique() == 8
    for code in asked.frame["area_code"]:
        assert locality.chosen(of(code), VIEWER, restricted).withheld is None
    for question in (locality.own, locality.compared):
        assert question(of(area), VIEWER, restricted).withheld == locality.CHOOSE


def test_two_districts_share_one_partnership_and_the_board_says_so(restricted: Build) -> None:
    whole = locality.own(of("csp_blaby_hinckley"), VIEWER, restricted)
    for district in ("E07000129", "E07000132"):
        part = locality.own(of(district), VIEWER, restricted)
        pd.testing.assert_frame_equal(part.frame, whole.frame)
        assert words.label("area", district) in captions.notes(part)[0]
    assert "csp_shared" not in whole.notes


def test_a_partnership_is_looked_up_on_the_last_day_of_the_quarter(
    monkeypatch: pytest.MonkeyPatch, tmp_path: Path, restricted: Build
) -> None:
    merged = (
        "csp_code,csp_name,area_code,authority_code,valid_from,valid_to\n"
        "charnwood,Charnwood CSP,E07000130,E07000130,2009-04-01,2023-09-29\n"
        "melton,Melton and Charnwood CSP,E07000133,E07000133,2009-04-01,\n"
        "melton,Melton and Charnwood CSP,E07000133,E07000130,2023-09-30,\n"
    )
    (tmp_path / "csps.csv").write_text(merged, encoding="utf-8")
    monkeypatch.setattr(csps, "REFERENCE", tmp_path)
    csps._rows.cache_clear()
    try:
        assert csps.csp_of("E07000130", date(2023, 9, 29)) == "charnwood"
        assert csps.csp_of("E07000130", date(2023, 9, 30)) == "melton"
        told = {code: locality.own(of("E07000130", code), VIEWER, restricted) for code in ("2023-Q1", "2023-Q2")}
        columns = locality.matrix(of("llr"), VIEWER, restricted).frame["csp_code"].unique()
    finally:
        csps._rows.cache_clear()
    assert [own.facts["csp"] for own in told.values()] == ["Charnwood CSP", "Melton CSP"]
    assert list(columns) == ["melton"]


def test_a_partnership_the_plan_does_not_know_is_a_designed_state(
    monkeypatch: pytest.MonkeyPatch, tmp_path: Path, restricted: Build
) -> None:
    row = "new,New CSP,E07000130,E07000130,2009-04-01,\n"
    (tmp_path / "csps.csv").write_text(f"csp_code,csp_name,area_code,authority_code,valid_from,valid_to\n{row}")
    monkeypatch.setattr(csps, "REFERENCE", tmp_path)
    csps._rows.cache_clear()
    try:
        own = locality.own(of("E07000130"), VIEWER, restricted)
        due = locality.due(own, VIEWER)
    finally:
        csps._rows.cache_clear()
    # and what is due from everybody is never told in its place
    assert (own.withheld, due.withheld, due.question) == ("not_in_plan", "not_in_plan", "returns.owed")


# Its own part of the plan -------------------------------------------------------------------------------------------


@pytest.mark.parametrize("area", AREAS)
def test_each_figure_is_the_partnerships_own_latest_return(area: str, restricted: Build) -> None:
    own = locality.own(of(area), VIEWER, restricted)
    returned = returns_of(own.facts["organisation_code"])
    assert set(own.frame["outcome_code"]) >= {"A4", "B3", "C3"}
    for row in own.frame.to_dict("records"):
        quarter_code, numerator, denominator = returned[row["outcome_code"]]
        assert row["latest"] == Quarter.parse(quarter_code).label
        assert (row["numerator"], row["denominator"]) == (numerator, denominator)
        assert row["value_text"] == f"{100 * numerator / denominator:.1f}% ({numerator} of {denominator})"
        if row["status_code"] in ("green", "amber", "red"):
            # no path runs to the targets of what partnerships return
            assert (row["status_code"] == "green") == (100 * numerator / denominator >= row["target"])


@pytest.mark.parametrize("area", AREAS)
def test_the_headline_counts_and_names_what_the_board_shows(area: str, restricted: Build) -> None:
    own = locality.own(of(area), VIEWER, restricted)
    said, frame = captions.headline(own), own.frame
    assert f"Of {len(frame)} outcomes" in said
    for code, word in (("green", "Green"), ("amber", "Amber"), ("red", "Red"), ("grey", "not rated")):
        number = (frame["status_code"] == code).sum()
        assert (f"{number} {word}" in said) == (number > 0)
    red = frame[frame["status_code"] == "red"]
    named = re.search(r"Red: ([^.]*)\.", said)
    assert [*re.findall(r"\b[A-Z]{1,2}\d\b", named[1] if named else "")] == list(red["outcome_code"])


def test_its_decision_on_the_plan_is_the_register_s(register: str, restricted: Build) -> None:
    record = read(register, VIEWER, restricted.published_at.astimezone())
    assert record is not None
    decided = {row["csp_code"]: row["status_code"] for row in record.rows("adoption")}
    cells = locality.matrix(of("llr"), VIEWER, restricted).frame
    cells = cells[cells["adoption_code"] != ""]
    assert dict(zip(cells["csp_code"], cells["adoption_code"], strict=True)) == decided
    for area in AREAS:
        own = locality.own(of(area), VIEWER, restricted)
        csp = csps.csp_of(area, date(2023, 9, 30))
        assert own.facts["adoption"] == words.label("adoption", decided[str(csp)])


def test_the_matrix_is_what_each_partnerships_own_board_says(restricted: Build) -> None:
    found = locality.matrix(of("llr"), VIEWER, restricted)
    rated = found.frame[found.frame["status_code"] != ""]
    assert set(rated["outcome_code"]) == {"A4", "B3", "C3"}
    for csp in csps.csps(date(2023, 9, 30)):
        own = locality.own(of(csp.area_code), VIEWER, restricted).frame
        own = own[own["kind_code"] == "partnership"].set_index("outcome_code")["status_code"]
        column = rated[rated["csp_code"] == csp.code].set_index("outcome_code")["status_code"]
        assert own.to_dict() == column.to_dict()
    numbers = [int(number) for number in re.findall(r"(\d+) (?:Green|Amber|Red|not rated)", captions.headline(found))]
    assert sum(numbers) == len(rated)
    assert rated["csp_code"].nunique() == 8
    drawn = boards.matrix(found)
    assert drawn.count('<th scope="col">') == 9
    assert drawn.count('<th scope="row">') == 4
    assert drawn.count("<td") == 32


@pytest.mark.parametrize("area", AREAS)
def test_the_shareable_build_shows_statuses_and_no_value(area: str, restricted: Build, shareable: Build) -> None:
    shown, public = (locality.own(of(area), VIEWER, build).frame for build in (restricted, shareable))
    assert list(shown["status_code"]) == list(public["status_code"])
    assert public[["value", "low", "high", "numerator", "denominator"]].isna().all(axis=None)
    answer = locality.own(of(area), VIEWER, shareable)
    told = boards.own(answer) + (captions.caption(answer) or "")
    for row in shown.to_dict("records"):
        for private in (row["value_text"], row["commentary"], row["corrective_action"]):
            assert not private or private not in told
    assert not re.search(r"\d of \d+\)", told)


def test_what_is_due_is_due_from_this_partnership_alone(restricted: Build) -> None:
    for area in AREAS:
        own = locality.own(of(area), VIEWER, restricted)
        due = locality.due(own, VIEWER)
        assert set(due.frame["organisation_code"]) == {own.facts["organisation_code"]}


def test_the_sentences_tell_of_the_own_part_in_place_of_the_whole_plan(restricted: Build) -> None:
    selection = of("E07000130")
    own = locality.own(selection, VIEWER, restricted)
    told = dict(headlines(locality.local(quarter.headlines(selection, VIEWER, restricted), own)))
    assert "plan" not in told
    assert own.facts["sentence"] in told["own"]
    before = locality.own(of("E07000130", "2021-Q2"), VIEWER, restricted)
    listed = locality.local(quarter.headlines(of("E07000130", "2021-Q2"), VIEWER, restricted), before)
    assert before.withheld == "no_plan"
    assert not set(listed.frame["about"]) & {"plan", "own"}


# The area beside its own past and beside LLR ------------------------------------------------------------------------


def _residents() -> dict[tuple[str, int], int]:
    with (ROOT / "data" / "reference" / "population.csv").open(encoding="utf-8", newline="") as file:
        return {(row["authority_code"], int(row["year"])): int(row["population"]) for row in csv.DictReader(file)}


def _year(reports: pd.DataFrame, codes: set[str], last: Quarter, measure: str) -> int:
    quarters = [last.plus(-step).code for step in range(4)]
    mine = reports[reports["quarter_code"].isin(quarters) & reports["area_code"].isin(codes)]
    return len(mine if measure == "all" else mine[mine["measure_code"] == measure])


@pytest.mark.parametrize("area", AREAS)
@pytest.mark.parametrize("code", ["2022-Q4", "2023-Q2"])
def test_rates_are_reports_of_the_records_over_residents(
    area: str, code: str, reports: pd.DataFrame, restricted: Build
) -> None:
    frame = locality.compared(of(area, code), VIEWER, restricted).frame
    residents, last = _residents(), Quarter.parse(code)
    nine = set(AUTHORITIES)
    within = {"E07000129", "E07000132"} if area == "csp_blaby_hinckley" else {area}
    for row in frame.to_dict("records"):
        end = last if row["window_code"] == "now" else last.year_before
        codes = within if row["area_code"] == area else {*nine, "not_known"}
        expected = _year(reports, codes, end, "crime")
        assert row["reports"] == expected
        years = {year for _, year in residents}
        nearest = min(sorted(years, reverse=True), key=lambda year: abs(year - end.year))
        people = sum(residents[one, nearest] for one in codes & nine)
        assert row["population"] == people
        assert row["value"] == pytest.approx(1000 * expected / people)
        if expected < 10:
            low = 0.0 if not expected else chi2.ppf(0.025, 2 * expected) / 2
            assert row["low"] == pytest.approx(1000 * low / people)
        assert row["low"] <= row["value"] <= row["high"]


@pytest.mark.parametrize("area", AREAS)
def test_higher_or_lower_than_the_rest_is_said_only_of_what_chance_would_not_explain(
    area: str, reports: pd.DataFrame, restricted: Build
) -> None:
    answer = locality.compared(of(area), VIEWER, restricted)
    residents, last = _residents(), Quarter.parse("2023-Q2")
    within = {"E07000129", "E07000132"} if area == "csp_blaby_hinckley" else {area}
    rest = set(AUTHORITIES) - within
    here, there = (_year(reports, codes, last, "crime") for codes in (within, rest))
    year = int(answer.frame["population_year"].max())
    people = [sum(residents[one, year] for one in codes) for codes in (within, rest)]
    p = binomtest(here, here + there, people[0] / sum(people)).pvalue
    code = answer.facts["beside_code"]
    # clustering is allowed for, so what it says may be more careful than independence would have it, never less
    if code in ("higher", "lower"):
        assert p < 0.002
    if p > 0.05:
        assert code == "could_be_chance"
    way = "higher" if here / people[0] > there / people[1] else "lower"
    assert code == "could_be_chance" or code.endswith(way)
    assert words.say("locality", "texts", "beside", code) in captions.headline(answer)
    assert answer.facts["past_code"] == _change.of_year(of(area), restricted).verdict


def test_the_sentence_gives_the_figures_of_the_table(restricted: Build) -> None:
    answer = locality.compared(of("E07000130"), VIEWER, restricted)
    now, before, llr, _ = answer.frame.to_dict("records")
    expected = (
        f"Hate crimes in Charnwood: {now['value']:.2f} per 1,000 residents ({now['low']:.2f} to {now['high']:.2f})"
    )
    said = captions.headline(answer)
    assert said.startswith(f"{expected}; LLR {llr['value']:.2f}. ")
    assert f" {before['value']:.2f} a year before" in said
    assert not re.search(r"better|worse|worst|best|highest|lowest|rank", said)


def test_under_ten_reports_are_never_compared(restricted: Build) -> None:
    answer = locality.compared(of("E06000017", strand="transgender"), VIEWER, restricted)
    assert answer.frame["reports"].iloc[0] < 10
    assert answer.finding == "few"
    assert not re.search(r"igher|ower|chance", captions.headline(answer))


def test_across_a_change_of_recording_the_year_before_is_not_compared(restricted: Build) -> None:
    answer = locality.compared(of("E06000016", measure="incident"), VIEWER, restricted)
    assert answer.facts["past_code"] == "mixed"
    assert "3 June 2023" in captions.headline(answer)
    assert "window_straddles_cut" in answer.notes


def test_a_part_of_a_year_is_never_told_as_a_rate(restricted: Build) -> None:
    assert locality.compared(of("E07000130", "2017-Q3"), VIEWER, restricted).withheld == "no_window"
    first = locality.compared(of("E07000130", "2017-Q4"), VIEWER, restricted)
    assert first.frame.set_index(["area_code", "window_code"])["value"].isna().to_list() == [False, True, False, True]
    assert "not all held" in captions.headline(first)


def test_the_shareable_build_gives_rounded_rates_without_a_verdict(shareable: Build) -> None:
    answer = locality.compared(of("E07000130"), VIEWER, shareable)
    assert (answer.frame["reports"] % shareable.base == 0).all()
    assert answer.frame[["low", "high"]].isna().all(axis=None)
    assert not re.search(r"[Hh]igher|[Ll]ower|could still be chance", captions.headline(answer))
    assert math.isclose(
        answer.frame["value"].iloc[0], 1000 * answer.frame["reports"].iloc[0] / answer.frame["population"].iloc[0]
    )


def test_before_the_plan_began_there_is_a_designed_state_and_the_figures_stand(restricted: Build) -> None:
    early = of("E07000130", "2021-Q2")
    assert locality.own(early, VIEWER, restricted).withheld == "no_plan"
    assert locality.matrix(early, VIEWER, restricted).withheld == "no_plan"
    assert locality.compared(early, VIEWER, restricted).withheld is None


def test_the_board_of_the_whole_is_what_it_was(restricted: Build) -> None:
    local = {f"{prefix}{number}" for prefix in ("CH", "BH", "HA", "ME", "OW", "RU") for number in range(1, 4)}
    assert not local & set(plan.board(of("llr"), VIEWER, restricted).frame["outcome_code"])
