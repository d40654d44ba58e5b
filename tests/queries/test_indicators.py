"""What the records answer of an indicator is what they hold, counted another way, and what the pages say of it."""

from __future__ import annotations

import pandas as pd
import pytest

from core.model import STRANDS, Build, Selection, Viewer
from core.periods import Quarter
from queries import exceptions, indicators, plan, quality, victims

LATEST = Selection("2023-Q2", "llr", "all", "all")
QUARTERS = ("2018-Q1", "2020-Q3", "2022-Q4", "2023-Q2")
FIELDS = {"strand_known": "strand_code", "area_known": "area_code", "channel_known": "channel_code",
          "ethnicity_known": "victim_ethnicity_code"}  # fmt: skip


def asked(name: str, viewer: Viewer, build: Build) -> dict[str, indicators.Figure]:
    return dict(indicators.computed(name, LATEST, viewer, build))


def months(reports: pd.DataFrame, last: Quarter, quarters: int = 4) -> pd.DataFrame:
    wanted = {last.plus(-step).code for step in range(quarters)}
    return reports[reports["quarter_code"].isin(wanted)]


@pytest.mark.parametrize("code", QUARTERS)
def test_routes_and_strands_are_those_of_the_records(
    reports: pd.DataFrame, viewer: Viewer, restricted: Build, code: str
) -> None:
    year = months(reports, Quarter.parse(code))
    routes = asked("other_routes", viewer, restricted)[code]
    known = year["channel_code"].notna() & (year["channel_code"] != "not_known")
    assert routes.numerator == year["channel_code"].isin(["third_party", "online"]).sum()
    assert routes.denominator == known.sum()
    strands = asked("less_reported_strands", viewer, restricted)[code]
    assert strands.numerator == sum(len(codes & {"disability", "transgender"}) for codes in year["strand_codes"])
    assert strands.denominator == sum(len(codes & set(STRANDS)) for codes in year["strand_codes"])


@pytest.mark.parametrize("code", QUARTERS[1:])
def test_charges_are_of_crimes_recorded_six_to_eighteen_months_before(
    reports: pd.DataFrame, viewer: Viewer, restricted: Build, code: str
) -> None:
    cohort = months(reports[reports["measure_code"] == "crime"], Quarter.parse(code).plus(-2))
    found = asked("charged", viewer, restricted)[code]
    assert (found.numerator, found.denominator) == (cohort["outcome_code"].isin(["1", "1A"]).sum(), len(cohort))


def test_a_figure_of_twelve_months_needs_all_of_them(viewer: Viewer, restricted: Build) -> None:
    first = Quarter.of(restricted.data_from)
    assert min(asked("other_routes", viewer, restricted)) == first.plus(3).code
    assert min(asked("charged", viewer, restricted)) == first.plus(5).code
    assert max(asked("charged", viewer, restricted)) == "2023-Q2"
    assert max(indicators.computed("charged", Selection("2022-Q1"), viewer, restricted)) == "2022-Q1"


def test_the_pages_say_the_same(viewer: Viewer, restricted: Build) -> None:
    routes = victims.routes(LATEST, viewer, restricted).frame.iloc[0]
    found = asked("other_routes", viewer, restricted)["2023-Q2"]
    assert (found.numerator, found.denominator) == (routes["reported"], routes["known"])
    told = quality.completeness(LATEST, viewer, restricted).frame.set_index("field_code")
    for name, field in FIELDS.items():
        found = asked(name, viewer, restricted)["2023-Q2"]
        assert found.percent == pytest.approx(told.loc[field, "value"], abs=1e-9)
    people = indicators.people(LATEST, restricted).set_index("quarter_code").loc["2023-Q2"]
    repeats = asked("repeat_victims", viewer, restricted)["2023-Q2"]
    assert (repeats.numerator, repeats.denominator) == (people["repeat_victims"], people["victims"])


def test_responses_in_time_are_those_of_both_logs(viewer: Viewer, restricted: Build) -> None:
    logs = [
        exceptions.responses(Selection("2023-Q2", "llr", "all", measure), viewer, restricted)
        for measure in ("crime", "incident")
    ]
    rows = [row for log in logs if log.withheld is None for row in log.frame.to_dict("records")]
    for code, found in asked("responses_in_time", viewer, restricted).items():
        decided = [
            row["standing_code"] for row in rows if row["quarter_code"] == code and row["standing_code"] != "waiting"
        ]
        assert (found.numerator, found.denominator) == (decided.count("in_time"), len(decided))


@pytest.mark.parametrize("name", indicators.COMPUTED)
def test_the_shareable_build_answers_none(viewer: Viewer, shareable: Build, name: str) -> None:
    assert indicators.computed(name, LATEST, viewer, shareable) == {}


def test_every_indicator_of_the_demonstration_names_a_query_there_is(viewer: Viewer, restricted: Build) -> None:
    board = plan.board(LATEST, viewer, restricted).frame.set_index("outcome_code")
    adoption = plan.adoption(LATEST, viewer, restricted).frame
    assert board.loc["C5", "numerator"] == adoption["adoption_code"].isin(["adopted", "adapted"]).sum()
    assert board.loc["C5", "denominator"] == len(adoption)
    assert board.loc["B5", "numerator"] == asked("charged", viewer, restricted)["2023-Q2"].numerator
