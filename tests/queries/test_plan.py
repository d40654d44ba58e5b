"""The plan's answers: every status and state of the demonstration, laws that hold for any history, nothing leaked."""

from __future__ import annotations

import re
from collections.abc import Callable
from datetime import date
from pathlib import Path

import pytest

from core.errors import MonitorError
from core.model import Answer, Build, Selection, Viewer
from queries import plan
from queries._plan import opened
from register import demo, write
from stats import rag
from ui import boards, captions

VIEWER = Viewer("Demonstration user", frozenset({"demonstration"}))
COORDINATOR = Viewer("Coordinator", frozenset({write.COORDINATOR}))
LATEST = Selection("2023-Q2")
QUESTIONS = (plan.board, plan.summary, plan.history, plan.actions, plan.adoption)
Question = Callable[[Selection, Viewer, Build], Answer]


@pytest.fixture(scope="module")
def filled(tmp_path_factory: pytest.TempPathFactory) -> str:
    url = f"sqlite:///{tmp_path_factory.mktemp('register') / 'register.sqlite'}"
    demo.fill(url)
    return url


@pytest.fixture
def register(filled: str, monkeypatch: pytest.MonkeyPatch) -> str:
    monkeypatch.setenv("MONITOR_REGISTER", filled)
    return filled


@pytest.fixture
def build(restricted: Build) -> Build:
    """The last of the demonstration's builds: data to 30 September 2023, extracted on 4 October."""
    assert (restricted.data_to, restricted.extracted_on) == (date(2023, 9, 30), date(2023, 10, 4))
    return restricted


@pytest.fixture(params=["restricted", "shareable"])
def either(request: pytest.FixtureRequest) -> Build:
    found: Build = request.getfixturevalue(request.param)
    return found


@pytest.mark.usefixtures("register")
def test_the_demonstration_shows_every_status_and_state(build: Build) -> None:
    board = plan.board(LATEST, VIEWER, build).frame.set_index("outcome_code")
    assert len(board) == 18
    shown = board[["status_code", "reason_code", "lacks_corrective_action"]].apply(tuple, axis=1)
    assert shown.to_dict() == {
        "A1": ("green", "on_target", False),
        "A2": ("green", "on_target", False),  # counted from the records
        "A3": ("amber", "overridden", False),  # worked out as Red, with a corrective action
        "A4": ("amber", "off_target", False),  # one CSP short of eight
        "A5": ("grey", "context", False),
        "B1": ("amber", "within_chance", False),  # 39 of 60 against 74%
        "B2": ("grey", "baseline_to_be_set", False),
        "B3": ("red", "off_target", True),  # without a corrective action
        "B4": ("green", "on_target", False),
        "B5": ("green", "on_target", False),
        "B6": ("green", "on_target", False),
        "B7": ("green", "on_target", False),
        "B8": ("amber", "off_target", False),  # the worst of four measures
        "C1": ("amber", "off_target", False),
        "C2": ("grey", "update_overdue", False),  # was Green
        "C3": ("green", "on_target", False),
        "C4": ("grey", "too_few_cases", False),  # six critical incidents
        "C5": ("red", "off_target", False),
    }
    assert board.loc["C2", "reason"] == "Update overdue since 28 July 2023 (68 days); was Green."
    assert board.loc["B8", "measures"] == 4
    assert set(board["travel_code"]) >= {"improved", "no_clear_change", "not_comparable"}


@pytest.mark.usefixtures("register")
def test_the_demonstration_shows_every_kind_of_action(build: Build) -> None:
    actions = plan.actions(LATEST, VIEWER, build).frame
    kinds = set(zip(actions["status_code"], actions["reason_code"], strict=True))
    assert kinds == {
        ("blue", "complete"),
        ("green", "on_track"),
        ("amber", "slipped"),
        ("red", "overdue"),
        ("grey", "not_started"),
        ("grey", "superseded"),
        ("amber", "evidence_awaited"),
        ("red", "unlikely"),
        ("grey", "no_update"),
        ("grey", "update_overdue"),
    }
    late = actions[actions["is_overdue"]].iloc[0]
    # Due by 31 March 2023; the reporting date is 4 October 2023.
    assert (late["outcome_code"], late["days_late"]) == ("B2", 187)


@pytest.mark.usefixtures("register")
def test_between_them_the_plan_and_the_partnerships_show_every_reason_an_indicator_can_have(build: Build) -> None:
    found = opened(LATEST, VIEWER, build)
    assert found is not None
    shown = {one.status.reason for one in found.measured}
    parts = {
        found.measured_by(row, name).status.reason
        for row in found.indicators
        for name in found.reporters.get(row["indicator_code"], ())
    }
    assert shown | parts == set(rag.INDICATOR_REASONS)
    assert any(one.override for one in found.measured)
    assert any(one.against != one.row["target"] for one in found.measured if one.against is not None)


@pytest.mark.usefixtures("register")
def test_what_was_changed_in_the_plan_itself_is_told_with_what_it_said_before(build: Build, shareable: Build) -> None:
    told = plan.amendments(LATEST, VIEWER, build)
    rows = {(row["what"], row["of"]): (row["before"], row["after"]) for row in told.frame.to_dict("records")}
    assert rows["A1 Indicator", "Target"] == ("55", "60")
    assert rows["BH2 Indicator", "Met and closed"] == ("Nothing", "Yes")
    assert rows["A3 Judgement", ""] == ("", "Amber")
    assert told.facts["changes"] == f"{len(told.frame)} changes"
    assert plan.amendments(LATEST, VIEWER, shareable).withheld == "restricted_only"
    assert plan.amendments(Selection("2021-Q3"), VIEWER, build).withheld == "nothing_amended"


@pytest.mark.usefixtures("register")
def test_the_sentence_names_everything_red_overdue_or_not_rated(build: Build) -> None:
    summary = plan.summary(LATEST, VIEWER, build)
    sentence = summary.facts["sentence"]
    assert sentence.startswith("Of 18 outcomes, 7 Green, 5 Amber, 2 Red and 4 not rated.")
    named = set(re.findall(r"\b[ABC]\d\b", sentence))
    assert named == {"A3", "B3", "C5", "C2", "A5", "B2", "C4"}
    assert summary.frame["value"].sum() == 18


@pytest.mark.usefixtures("register")
def test_history_is_as_it_stood_at_each_quarters_reporting_date(build: Build) -> None:
    history = plan.history(LATEST, VIEWER, build).frame
    assert len(history) == 18 * 8
    cells = history.set_index(["outcome_code", "quarter_code"])
    # A rating needs four returns, so the first year is not rated, but what the records answer is; C2 was Green until
    # its updates stopped.
    counted = {"A2", "A5", "B2", "B5", "B7", "B8", "C5"}
    first_year = history[history["quarter_code"] <= "2022-Q1"]
    assert set(first_year[~first_year["outcome_code"].isin(counted)]["status_code"]) == {"grey"}
    assert {"green", "amber"} <= set(first_year[first_year["outcome_code"].isin(counted)]["status_code"])
    assert [cells.loc[("C2", quarter), "status_code"] for quarter in ("2022-Q4", "2023-Q1", "2023-Q2")] == [
        "green",
        "green",
        "grey",
    ]
    for quarter in ("2022-Q2", "2022-Q4", "2023-Q1"):
        then = plan.board(Selection(quarter), VIEWER, build).frame.set_index("outcome_code")["status_code"]
        assert (
            then.to_dict()
            == history[history["quarter_code"] == quarter].set_index("outcome_code")["status_code"].to_dict()
        )


@pytest.mark.usefixtures("register")
def test_a_quarter_with_a_return_missing_is_not_read_until_it_is_in(build: Build) -> None:
    # The fire and rescue service returned Q1 2023/24 on 21 August 2023: not in on 4 July, in on 4 October.
    then = plan.board(Selection("2023-Q1"), VIEWER, build).frame.set_index("outcome_code").loc["C1"]
    assert (then["returned"], then["expected"], then["latest_quarter"]) == (6, 7, "2022-Q4")
    assert "6 of 7 returns are in for Q1 2023/24" in then["reason"]


@pytest.mark.usefixtures("register")
def test_a_corrected_return_does_not_change_an_earlier_meeting(build: Build) -> None:
    # Health services corrected Q4 2022/23 from 98 to 92 staff on 26 April 2023.
    before = plan.board(Selection("2022-Q4"), VIEWER, build).frame.set_index("outcome_code").loc["C1", "numerator"]
    after = plan.board(Selection("2023-Q1"), VIEWER, build).frame.set_index("outcome_code").loc["C1", "numerator"]
    assert int(before) - int(after) == 6


@pytest.mark.usefixtures("register")
@pytest.mark.parametrize("question", QUESTIONS)
def test_every_answer_can_be_told_in_words(question: Question, either: Build) -> None:
    answer = question(LATEST, VIEWER, either)
    said = [captions.headline(answer), captions.subtitle(answer), captions.alt(answer), captions.source(answer)]
    assert all(said)
    assert captions.notes(answer)
    assert "rounded" not in answer.notes
    assert len(captions.table(answer).rows) == len(answer.frame)


@pytest.mark.usefixtures("register")
@pytest.mark.parametrize("question", QUESTIONS)
def test_the_plan_is_one_for_llr_whatever_area_was_chosen(question: Question, build: Build) -> None:
    answer = question(Selection("2023-Q2", "E07000130", "race", "crime"), VIEWER, build)
    assert answer.selection == LATEST


@pytest.mark.usefixtures("register")
def test_the_shareable_build_shows_statuses_and_no_value(build: Build, shareable: Build) -> None:
    shown, public = plan.board(LATEST, VIEWER, build).frame, plan.board(LATEST, VIEWER, shareable).frame
    for column in ("owner", "due", "milestone", "milestone_status_code"):
        assert list(shown[column]) == list(public[column])
    # what is worked out from the records is not rated where they are not held
    counted = public["reason_code"] == "restricted_only"
    assert set(public["outcome_code"][counted]) == {"A2", "A5", "B2", "B5", "B7", "B8"}
    for column in ("status_code", "target_text"):
        assert list(shown[column][~counted]) == list(public[column][~counted])
    assert set(public["status_code"][counted]) == {"grey"}
    assert public[["value", "low", "high", "numerator", "denominator"]].isna().all(axis=None)
    told = boards.board(plan.board(LATEST, VIEWER, shareable)) + boards.actions(plan.actions(LATEST, VIEWER, shareable))
    for row in shown.to_dict("records"):
        for private in (row["value_text"], row["commentary"], row["corrective_action"]):
            assert not private or private not in told
    assert not re.search(r"\d of \d+\)", told)
    assert "Held in the restricted build only" in told


@pytest.mark.usefixtures("register")
def test_the_board_can_be_narrowed_to_what_was_chosen(build: Build) -> None:
    whole = plan.board(LATEST, VIEWER, build)
    offered = plan.choices(whole)
    assert offered["theme"] == {
        "a": "Raising awareness",
        "b": "Improving our response",
        "c": "Re-assuring, strengthening and educating communities",
    }
    red = plan.narrowed(whole, {"theme": "b", "status": "red", "owner": "", "focus": ""})
    assert list(red.frame["outcome_code"]) == ["B3"]
    assert captions.headline(red).startswith("1 of 18 outcomes shown")
    assert plan.narrowed(whole, {"theme": "a", "focus": "training"}).withheld == "no_outcome"
    assert plan.narrowed(whole, dict.fromkeys(offered, "")) is whole


@pytest.mark.usefixtures("register")
def test_before_the_plan_began_there_is_a_designed_state(build: Build) -> None:
    for question in QUESTIONS:
        assert question(Selection("2021-Q2"), VIEWER, build).withheld == "no_plan"
    assert plan.choices(plan.board(Selection("2021-Q2"), VIEWER, build)) == {}


def test_a_register_nobody_filled_is_a_designed_state(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, build: Build
) -> None:
    monkeypatch.setenv("MONITOR_REGISTER", f"sqlite:///{tmp_path / 'none.sqlite'}")
    assert plan.board(LATEST, VIEWER, build).withheld == "no_plan"


@pytest.mark.usefixtures("register")
def test_somebody_without_a_role_is_refused(build: Build) -> None:
    with pytest.raises(MonitorError):
        plan.board(LATEST, Viewer("Nobody", frozenset()), build)
