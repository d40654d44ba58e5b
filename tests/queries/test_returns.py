"""What is due from whom, who changed what, and what a form is filled in with: as the register says, never another's."""

from __future__ import annotations

import shutil
from collections.abc import Callable
from datetime import UTC, date, datetime, timedelta
from pathlib import Path
from typing import Any

import pytest

from core import builds
from core.model import RESTRICTED, Answer, Build, Selection, Viewer
from core.periods import Quarter
from core.settings import load_settings
from queries import campaigns, keeping, locality, meetings, plan, returns, victims
from register import plans, read, write
from ui import captions

LATEST = Selection("2023-Q2")
COORDINATOR = Viewer("Coordinator", frozenset({write.COORDINATOR}))
CHARNWOOD = Viewer("Charnwood lead", frozenset({write.CSP_LEAD}), frozenset({"charnwood"}))
READER = Viewer("A reader", frozenset({"reader"}))
GRACE = 28


@pytest.fixture
def scratch(demonstration_data: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Build:
    """The demonstration with a register of its own that may be written to."""
    data = shutil.copytree(
        demonstration_data, tmp_path / "data", ignore=shutil.ignore_patterns("demo", "warehouse*", "runs", "*.lock")
    )
    monkeypatch.setenv("MONITOR_DATA", str(data))
    found = builds.live_build(data, RESTRICTED)
    assert found is not None
    return found


def owed(build: Build, viewer: Viewer = READER) -> dict[tuple[str, str], tuple[str, str, int]]:
    frame = returns.owed(LATEST, viewer, build).frame
    return {
        (row["organisation_code"], row["measure_code"]): (row["state_code"], row["quarter_code"], row["days_late"])
        for row in frame.to_dict("records")
    }


def test_what_is_due_is_what_the_register_lacks(restricted: Build) -> None:
    found = owed(restricted)
    on = date(2023, 10, 4)
    # C2 stopped after Q4 2022/23: Q1 was due on 28 July, Q2 is not yet late
    assert found["working_group_training", "C2"] == ("late", "2023-Q1", (on - date(2023, 7, 28)).days)
    # Harborough's own stopped after Q3 2022/23: two days of return have passed, so it is the chair's
    assert found["csp_harborough", "HA1"] == ("escalated", "2022-Q4", (on - date(2023, 4, 28)).days)
    assert {code for (name, code), state in found.items() if name == "csp_charnwood"} == {
        "A4", "B3", "C3", "CH1", "CH2", "CH3",
    }  # fmt: skip
    assert {state[0] for (name, _), state in found.items() if name == "csp_charnwood"} == {"waiting"}
    assert found["leicestershire_police", "B2-1"][0] == "overdue"
    # in, Red by itself and nothing said: 0 of 1, and 9 of 13 repeat victims against 90%
    assert found["csp_oadby_wigston", "A4"][0] == found["csp_leicester", "B3"][0] == "corrective_missing"


def test_every_return_asked_for_is_in_or_owed_and_nothing_else_is(restricted: Build) -> None:
    """One line for each indicator and reporter whose cadence asks for the quarter: rows read another way."""
    record = read.read(load_settings().register_url, READER, datetime.now(UTC))
    assert record is not None
    asked = {
        (row["organisation_code"], row["indicator_code"])
        for row in record.rows("indicator_reporter")
        for one in record.rows("indicator")
        if one["indicator_code"] == row["indicator_code"] and not one["computed_by"] and not one["is_complete"]
    }
    told: set[tuple[str, str]] = set()
    for organisation in {name for name, _ in asked}:
        frame = returns.owed(LATEST, READER, restricted, organisation).frame
        rows = frame[frame["kind_code"] == "return"]
        assert not rows["measure_code"].duplicated().any()
        told |= set(zip(rows["organisation_code"], rows["measure_code"], strict=True))
    assert told == asked
    in_already = {
        (row["organisation_code"], row["indicator_code"])
        for row in record.rows("indicator_return")
        if row["quarter_code"] == "2023-Q2" and row["numerator"] is not None
    }
    silent = {pair for pair, state in owed(restricted).items() if state[0] in ("waiting", "late", "escalated")}
    assert not silent & in_already


@pytest.mark.parametrize(("days", "state"), [(GRACE, "waiting"), (GRACE + 1, "late"), (GRACE + 92, "late")])
def test_a_return_is_late_the_day_after_its_grace(restricted: Build, days: int, state: str) -> None:
    on = date(2023, 9, 30) + timedelta(days=days)
    found = returns.owed(Selection("2023-Q2", as_at=on.isoformat()), READER, restricted).frame
    row = found[found["measure_code"] == "CH1"].iloc[0]
    assert (row["state_code"], row["days_late"]) == (state, max(0, days - GRACE))


def test_a_form_is_filled_with_what_its_own_organisation_said(restricted: Build) -> None:
    rows = returns.figures(LATEST, COORDINATOR, restricted, "csp_melton").frame.set_index("indicator_code")
    assert (rows.loc["C3", "numerator"], rows.loc["C3", "denominator"]) == (3, 5)
    assert list(rows.index) == ["A4", "B3", "C3", "ME1"], "its own, and nothing the records answer"
    assert rows.loc["ME1", "before"] == "Last returned: 4 of 12 in Q1 2023/24"
    none_yet = returns.figures(LATEST, COORDINATOR, restricted, "csp_charnwood").frame
    assert none_yet["numerator"].isna().all()
    assert set(none_yet["version"]) == {0}


def test_what_is_met_and_closed_or_not_due_is_not_asked_for(restricted: Build) -> None:
    blaby = returns.figures(LATEST, COORDINATOR, restricted, "csp_blaby_hinckley").frame
    assert "BH2" not in set(blaby["indicator_code"])
    registrar = returns.figures(Selection("2023-Q1"), COORDINATOR, restricted, "force_crime_registrar")
    assert registrar.withheld == "nothing_to_return", "an audit every half-year"


@pytest.mark.parametrize(
    ("code", "organisation", "figure", "is_red"),
    [
        ("CH2", "csp_charnwood", (30, 62), True),  # 48% against 75%, tolerance 10
        ("CH2", "csp_charnwood", (41, 62), False),  # 66%: within the tolerance
        ("B3", "csp_leicester", (4, 9), False),  # under ten cases are not rated
        ("B3", "csp_leicester", (4, 13), True),
        ("A4", "csp_melton", (0, 1), True),  # "one CSP short" is no tolerance for one CSP
    ],
)
def test_a_red_figure_needs_its_words_before_it_is_kept(
    restricted: Build, code: str, organisation: str, figure: tuple[int, int], *, is_red: bool
) -> None:
    row: dict[str, Any] = {
        "plan_code": "llr_2021", "indicator_code": code, "quarter_code": "2023-Q2", "organisation_code": organisation,
        "numerator": figure[0], "denominator": figure[1], "commentary": None, "corrective_action": None,
    }  # fmt: skip
    said = returns.missing_words(LATEST, COORDINATOR, restricted, [("indicator_return", row, 0)])
    assert bool(said) == is_red
    assert all(code in sentence for sentence in said)
    row["corrective_action"] = "Seen to by March."
    assert returns.missing_words(LATEST, COORDINATOR, restricted, [("indicator_return", row, 0)]) == []


def test_the_record_says_who_changed_what_and_what_it_said_before(scratch: Build) -> None:
    about = {"plan_code": "llr_2021", "indicator_code": "CH1", "quarter_code": "2023-Q2"}
    row = {**about, "organisation_code": "csp_charnwood", "numerator": 20, "denominator": 22}
    write.save(CHARNWOOD, "return", [("indicator_return", row, 0)], is_made_up=True)
    write.save(COORDINATOR, "return", [("indicator_return", {**row, "numerator": 21}, 1)], is_made_up=True)
    told = returns.changes(LATEST, COORDINATOR, scratch, "csp_charnwood").frame
    latest = told.iloc[0]
    assert (latest["by_name"], latest["before"], latest["after"]) == ("Coordinator", "20 of 22.", "21 of 22.")
    assert (told.iloc[1]["by_name"], told.iloc[1]["before"]) == ("Charnwood lead", "")
    # seen at once, and not as at the day before
    assert ("csp_charnwood", "CH1") not in owed(scratch)
    before = returns.owed(Selection("2023-Q2", as_at="2023-10-04"), READER, scratch).frame
    assert ("csp_charnwood", "CH1") in set(zip(before["organisation_code"], before["measure_code"], strict=True))


def test_one_organisations_record_holds_nothing_of_anothers(restricted: Build) -> None:
    record = read.read(load_settings().register_url, READER, datetime.now(UTC))
    assert record is not None
    for organisation in ("csp_melton", "csp_leicester", "health"):
        told = returns.changes(LATEST, COORDINATOR, restricted, organisation)
        made = [row for row in record.versions["indicator_return"] if row["organisation_code"] == organisation]
        made += [row for row in record.versions["action_return"] if row["organisation_code"] == organisation]
        decided = organisation.removeprefix("csp_")
        made += [row for row in record.versions["adoption"] if row["csp_code"] == decided]
        assert told.facts["changes"] == f"{len(made)} changes"


def test_who_may_return_for_whom(restricted: Build) -> None:
    everybody = returns.organisations(LATEST, COORDINATOR, restricted)
    assert len(everybody) > 15
    assert list(returns.organisations(LATEST, CHARNWOOD, restricted)) == ["csp_charnwood"]
    assert returns.organisations(LATEST, READER, restricted) == {}
    # a link that names a place opens on its partnership
    for area, first in (
        ("E07000129", "csp_blaby_hinckley"),
        ("E06000017", "csp_rutland"),
        ("E07000130", "csp_charnwood"),
    ):
        assert next(iter(returns.organisations(Selection("2023-Q2", area), COORDINATOR, restricted))) == first


WRITING: tuple[Callable[..., Answer], ...] = (
    returns.figures, returns.progress, returns.decision, returns.workbook, returns.changes,
)  # fmt: skip


@pytest.mark.parametrize("question", WRITING)
def test_in_the_shareable_build_nobody_reads_or_writes_a_return(
    shareable: Build, question: Callable[..., Answer]
) -> None:
    answer = question(LATEST, COORDINATOR, shareable, "csp_charnwood")
    assert answer.withheld == "restricted_only"
    assert answer.frame.empty


@pytest.mark.parametrize("question", [*WRITING, keeping.local])
@pytest.mark.parametrize("organisation", ["csp_charnwood", "leicestershire_police", "opcc"])
def test_every_answer_can_be_told_in_words(
    restricted: Build, question: Callable[..., Answer], organisation: str
) -> None:
    answer = question(LATEST, COORDINATOR, restricted, organisation)
    if answer.withheld is None:
        assert all(
            [captions.headline(answer), captions.subtitle(answer), captions.alt(answer), captions.source(answer)]
        )
        assert len(captions.table(answer).rows) == len(answer.frame)


@pytest.mark.parametrize("question", [keeping.judgements, keeping.targets, keeping.next_plan])
def test_only_the_coordinator_is_offered_what_only_they_may_change(
    restricted: Build, shareable: Build, question: Callable[..., Answer]
) -> None:
    assert question(LATEST, CHARNWOOD, restricted).withheld == "not_yours"
    assert question(LATEST, COORDINATOR, shareable).withheld == "not_yours"
    offered = question(LATEST, COORDINATOR, restricted)
    assert offered.withheld is None
    assert captions.headline(offered)


def test_a_judgement_stands_beside_what_was_worked_out_until_it_is_taken_back(scratch: Build) -> None:
    def row() -> dict[str, Any]:
        board = plan.board(LATEST, READER, scratch).frame.set_index("outcome_code")
        return dict(board.loc["B3"])

    offered = keeping.judgements(LATEST, COORDINATOR, scratch).frame.set_index("measure_code").loc["B3"]
    about = {name: offered[name] for name in ("plan_code", "measure_kind", "quarter_code")} | {"measure_code": "B3"}
    judged = {**about, "status_code": "amber", "reason": "Posts were filled in September."}
    write.save(COORDINATOR, "judgement", [("status_override", judged, 0)], is_made_up=True)
    assert (row()["status_code"], row()["worked_out_code"], row()["reason_code"]) == ("amber", "red", "overridden")
    assert "worked out as Red. Posts were filled in September. (Coordinator" in row()["override"]
    summary = plan.summary(LATEST, READER, scratch).facts["sentence"]
    assert "B3 Repeat and high-risk victims get a joint plan" in summary.split("Status set by judgement")[1]
    back = {**about, "status_code": None, "reason": None}
    write.save(COORDINATOR, "judgement", [("status_override", back, 1)], is_made_up=True)
    assert (row()["status_code"], row()["override"]) == ("red", "")


def test_a_judgement_says_why_and_only_the_coordinator_makes_one(scratch: Build) -> None:
    judged = {"plan_code": "llr_2021", "measure_kind": "indicator", "measure_code": "B3", "quarter_code": "2023-Q2"}
    for viewer, row in (
        (COORDINATOR, {**judged, "status_code": "amber", "reason": " "}),
        (COORDINATOR, {**judged, "status_code": "purple", "reason": "Why."}),
        (CHARNWOOD, {**judged, "status_code": "amber", "reason": "Why."}),
    ):
        with pytest.raises(write.MonitorError):
            write.save(viewer, "judgement", [("status_override", row, 0)], is_made_up=True)


def test_a_csp_sets_an_outcome_of_its_own_and_no_other(scratch: Build) -> None:
    offered = keeping.local(Selection("2023-Q2", "E07000130"), CHARNWOOD, scratch, "csp_charnwood").frame.iloc[0]
    assert offered["code"] == "C-L1"

    def rows(csp: str) -> list[tuple[str, dict[str, Any], int | None]]:
        of_plan = {"plan_code": "llr_2021"}
        outcome = {
            "outcome_code": "C-L1", "position": 40, "theme_code": "a", "focus_code": "victims", "words": "Ours",
            "csp_code": csp,
        }  # fmt: skip
        indicator = {
            "indicator_code": "C-L1", "outcome_code": "C-L1", "position": 40, "words": "Ours", "numerator_words": "-",
            "denominator_words": "-", "source_words": "-", "direction": "up", "unit": "percent", "target": 50.0,
            "tolerance_kind": "points", "tolerance": 5.0, "owner_code": "csp_charnwood", "cadence_quarters": 1,
            "grace_days": 28, "due_quarter": "2024-Q1", "is_sample_or_cohort": False,
        }  # fmt: skip
        reporter = {"indicator_code": "C-L1", "organisation_code": "csp_charnwood", "is_expected": True}
        return [
            ("outcome", of_plan | outcome, 0),
            ("indicator", of_plan | indicator, 0),
            ("indicator_reporter", of_plan | reporter, 0),
        ]

    with pytest.raises(write.MonitorError):
        write.save(CHARNWOOD, "local", rows("melton"), is_made_up=True)
    board = plan.board(LATEST, READER, scratch).frame
    write.save(CHARNWOOD, "local", rows("charnwood"), is_made_up=True)
    assert list(plan.board(LATEST, READER, scratch).frame["outcome_code"]) == list(board["outcome_code"])
    own = locality.own(Selection("2023-Q2", "E07000130"), READER, scratch).frame
    assert "C-L1" in set(own["outcome_code"])
    assert owed(scratch)["csp_charnwood", "C-L1"][0] == "waiting"
    # what belongs to the whole plan stays the coordinator's
    target = dict(keeping.targets(LATEST, COORDINATOR, scratch).frame.set_index("indicator_code").loc["A1"])
    changed = {name: value for name, value in target.items() if name not in ("label", "version")} | {
        "indicator_code": "A1"
    }
    hijacked = changed | {"target": 10.0, "outcome_code": "C-L1"}  # the whole plan's, moved under an outcome of theirs
    others = {"plan_code": "llr_2021", "indicator_code": "C-L1", "organisation_code": "csp_melton", "is_expected": True}
    for table, row in (
        ("indicator", changed | {"target": 10.0}),
        ("indicator", hijacked),
        ("indicator_reporter", others),
        ("indicator_reporter", others | {"indicator_code": "A1", "organisation_code": "csp_charnwood"}),
        ("outcome", {**rows("charnwood")[0][1], "outcome_code": "A1"}),
    ):
        with pytest.raises(write.MonitorError):
            write.save(CHARNWOOD, "target", [(table, row, None)], is_made_up=True)


def test_nobody_but_its_owner_says_where_an_action_or_a_counted_figure_stands(scratch: Build) -> None:
    def standing() -> tuple[str, str]:
        actions = plan.actions(LATEST, READER, scratch).frame.set_index("action_code")
        board = plan.board(LATEST, READER, scratch).frame.set_index("outcome_code")
        return str(actions.loc["B2-1", "status"]), str(board.loc["C5", "commentary"])

    before = standing()
    of_plan = {"plan_code": "llr_2021", "quarter_code": "2023-Q2", "organisation_code": "csp_charnwood"}
    said = {"action_code": "B2-1", "progress_code": "complete", "evidence": "Ours."}
    counted = {"indicator_code": "C5", "commentary": "Ours.", "numerator": None, "denominator": None}
    write.save(
        CHARNWOOD,
        "return",
        [("action_return", of_plan | said, None), ("indicator_return", of_plan | counted, None)],
        is_made_up=True,
    )
    assert standing() == before


def test_a_target_that_is_changed_leaves_earlier_quarters_as_they_were(scratch: Build) -> None:
    def status(quarter: str) -> str:
        board = plan.board(Selection(quarter), READER, scratch).frame.set_index("outcome_code")
        return str(board.loc["B6", "status_code"])

    assert (status("2022-Q4"), status("2023-Q2")) == ("grey", "green")
    row = dict(keeping.targets(LATEST, COORDINATOR, scratch).frame.set_index("indicator_code").loc["B6"])
    changed = {name: value for name, value in row.items() if name not in ("label", "version")} | {
        "indicator_code": "B6"
    }
    write.save(
        COORDINATOR, "target", [("indicator", {**changed, "target": 99.0}, int(row["version"]))], is_made_up=True
    )
    assert (status("2022-Q4"), status("2023-Q2")) == ("grey", "amber")


def test_the_next_plan_is_begun_from_this_one(scratch: Build) -> None:
    new = {
        "plan_code": "llr_2024",
        "title": "Next",
        "starts_quarter": "2024-Q1",
        "ends_quarter": "2026-Q2",
        "note": "-",
    }
    with pytest.raises(write.MonitorError):
        plans.begin(CHARNWOOD, "next plan", [("llr_2021", new, None)], is_made_up=True)
    plans.begin(COORDINATOR, "next plan", [("llr_2021", new, None)], is_made_up=True)
    record = read.read(load_settings().register_url, READER, datetime.now(UTC))
    assert record is not None

    def of(name: str, code: str) -> list[read.Row]:
        return [row for row in record.rows(name) if row["plan_code"] == code]

    assert {row["outcome_code"] for row in of("outcome", "llr_2024")} == {
        row["outcome_code"] for row in of("outcome", "llr_2021")
    }
    indicators = {row["indicator_code"]: row for row in of("indicator", "llr_2024")}
    assert indicators.keys() == {row["indicator_code"] for row in of("indicator", "llr_2021")} - {"BH2"}
    # A3 was due eight quarters into the old plan
    later = Quarter(2021, 3).steps_to(Quarter(2024, 1))
    assert indicators["A3"]["due_quarter"] == Quarter(2023, 2).plus(later).code
    assert indicators["A1"]["baseline_quarter"] is None
    open_actions = {row["action_code"] for row in of("action", "llr_2024")}
    assert "A1-1" not in open_actions
    assert "C3-1" not in open_actions
    assert "B2-1" in open_actions
    assert of("indicator_return", "llr_2024") == of("adoption", "llr_2024") == []
    for wrong in (
        {"plan_code": "llr_2024"},
        {"plan_code": "With Space"},
        {"ends_quarter": "2023-Q1"},
        {"starts_quarter": "x"},
    ):
        with pytest.raises(write.MonitorError):
            plans.begin(
                COORDINATOR, "next plan", [("llr_2021", new | {"plan_code": "third"} | wrong, None)], is_made_up=True
            )
    with pytest.raises(write.MonitorError):
        plans.begin(COORDINATOR, "next plan", [("none", new | {"plan_code": "third"}, None)], is_made_up=True)


AS_AT: tuple[Callable[[Selection, Viewer, Build], Answer], ...] = (
    plan.board, plan.summary, plan.history, plan.by_build, plan.actions, plan.adoption, campaigns.calendar,
    campaigns.uplift, victims.satisfaction, victims.support, victims.repeat_plan, returns.owed, keeping.targets,
    meetings.since, locality.matrix,
)  # fmt: skip


@pytest.mark.parametrize("question", AS_AT)
def test_an_answer_from_the_register_says_the_day_it_is_read_as_at(
    restricted: Build, question: Callable[[Selection, Viewer, Build], Answer]
) -> None:
    assert question(Selection("2023-Q1", as_at="2023-07-20"), COORDINATOR, restricted).selection.as_at == "2023-07-20"


def test_as_at_a_day_shows_what_was_entered_by_its_end(restricted: Build) -> None:
    # Harborough decided on 1 October 2022.
    for day, code in (("2022-09-30", "not_said"), ("2022-10-01", "adapted")):
        told = plan.adoption(Selection("2022-Q2", as_at=day), READER, restricted).frame.set_index("csp_code")
        assert told.loc["harborough", "adoption_code"] == code
