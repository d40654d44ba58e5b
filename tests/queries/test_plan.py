"""The plan's answers: every status and state of the demonstration, laws that hold for any history, nothing leaked."""

from __future__ import annotations

import re
from collections.abc import Callable
from dataclasses import replace
from datetime import UTC, date, datetime
from itertools import count
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from core.errors import MonitorError
from core.model import RESTRICTED, SHAREABLE, Answer, Build, Selection, Viewer
from core.periods import Quarter
from queries import plan
from register import demo, write
from ui import boards, captions

VIEWER = Viewer("Demonstration user", frozenset({"demonstration"}))
COORDINATOR = Viewer("Coordinator", frozenset({write.COORDINATOR}))
LATEST = Selection("2023-Q2")
# The last of the demonstration's builds: data to 30 September 2023, extracted on 4 October.
BUILD = Build(
    number=3,
    audience=RESTRICTED,
    path=Path("restricted.duckdb"),
    published_at=datetime(2023, 10, 4, tzinfo=UTC),
    data_from=date(2017, 4, 1),
    data_to=date(2023, 9, 30),
    extracted_on=date(2023, 10, 4),
    is_made_up=True,
    marking="OFFICIAL-SENSITIVE",
)
PUBLIC = replace(BUILD, audience=SHAREABLE, marking="OFFICIAL", base=5)
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


@pytest.mark.usefixtures("register")
def test_the_demonstration_shows_every_status_and_state() -> None:
    board = plan.board(LATEST, VIEWER, BUILD).frame.set_index("outcome_code")
    assert len(board) == 18
    shown = board[["status_code", "reason_code", "lacks_corrective_action"]].apply(tuple, axis=1)
    assert shown.to_dict() == {
        "A1": ("green", "on_target", False),
        "A2": ("amber", "off_target", False),
        "A3": ("red", "off_target", False),  # with a corrective action
        "A4": ("amber", "off_target", False),  # one CSP short of eight
        "A5": ("grey", "context", False),
        "B1": ("amber", "within_chance", False),  # 39 of 60 against 74%
        "B2": ("grey", "baseline_to_be_set", False),
        "B3": ("red", "off_target", True),  # without a corrective action
        "B4": ("green", "on_target", False),
        "B5": ("amber", "off_target", False),
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
def test_the_demonstration_shows_every_kind_of_action() -> None:
    actions = plan.actions(LATEST, VIEWER, BUILD).frame
    kinds = set(zip(actions["status_code"], actions["reason_code"], strict=True))
    assert kinds == {
        ("blue", "complete"),
        ("green", "on_track"),
        ("amber", "slipped"),
        ("red", "overdue"),
        ("grey", "not_started"),
        ("grey", "superseded"),
    }
    late = actions[actions["is_overdue"]].iloc[0]
    # Due by 31 March 2023; the reporting date is 4 October 2023.
    assert (late["outcome_code"], late["days_late"]) == ("B2", 187)


@pytest.mark.usefixtures("register")
def test_the_sentence_names_everything_red_overdue_or_not_rated() -> None:
    summary = plan.summary(LATEST, VIEWER, BUILD)
    sentence = summary.facts["sentence"]
    assert sentence.startswith("Of 18 outcomes, 5 Green, 6 Amber, 3 Red and 4 not rated.")
    named = set(re.findall(r"\b[ABC]\d\b", sentence))
    assert named == {"A3", "B3", "C5", "C2", "A5", "B2", "C4"}
    assert summary.frame["value"].sum() == 18


@pytest.mark.usefixtures("register")
def test_history_is_as_it_stood_at_each_quarters_reporting_date() -> None:
    history = plan.history(LATEST, VIEWER, BUILD).frame
    assert len(history) == 18 * 8
    cells = history.set_index(["outcome_code", "quarter_code"])
    # A rating needs four returns, so the first year is not rated; C2 was Green until its updates stopped.
    assert set(history[history["quarter_code"] <= "2022-Q1"]["status_code"]) == {"grey"}
    assert [cells.loc[("C2", quarter), "status_code"] for quarter in ("2022-Q4", "2023-Q1", "2023-Q2")] == [
        "green",
        "green",
        "grey",
    ]
    for quarter in ("2022-Q2", "2022-Q4", "2023-Q1"):
        then = plan.board(Selection(quarter), VIEWER, BUILD).frame.set_index("outcome_code")["status_code"]
        assert (
            then.to_dict()
            == history[history["quarter_code"] == quarter].set_index("outcome_code")["status_code"].to_dict()
        )


@pytest.mark.usefixtures("register")
def test_a_quarter_with_a_return_missing_is_not_read_until_it_is_in() -> None:
    # The fire and rescue service returned Q1 2023/24 on 21 August 2023: not in on 4 July, in on 4 October.
    then = plan.board(Selection("2023-Q1"), VIEWER, BUILD).frame.set_index("outcome_code").loc["C1"]
    assert (then["returned"], then["expected"], then["latest_quarter"]) == (6, 7, "2022-Q4")
    assert "6 of 7 returns are in for Q1 2023/24" in then["reason"]


@pytest.mark.usefixtures("register")
def test_a_corrected_return_does_not_change_an_earlier_meeting() -> None:
    # Health services corrected Q4 2022/23 from 98 to 92 staff on 26 April 2023.
    before = plan.board(Selection("2022-Q4"), VIEWER, BUILD).frame.set_index("outcome_code").loc["C1", "numerator"]
    after = plan.board(Selection("2023-Q1"), VIEWER, BUILD).frame.set_index("outcome_code").loc["C1", "numerator"]
    assert int(before) - int(after) == 6


@pytest.mark.usefixtures("register")
@pytest.mark.parametrize("question", QUESTIONS)
@pytest.mark.parametrize("build", [BUILD, PUBLIC])
def test_every_answer_can_be_told_in_words(question: Question, build: Build) -> None:
    answer = question(LATEST, VIEWER, build)
    said = [captions.headline(answer), captions.subtitle(answer), captions.alt(answer), captions.source(answer)]
    assert all(said)
    assert captions.notes(answer)
    assert "rounded" not in answer.notes
    assert len(captions.table(answer).rows) == len(answer.frame)


@pytest.mark.usefixtures("register")
@pytest.mark.parametrize("question", QUESTIONS)
def test_the_plan_is_one_for_llr_whatever_area_was_chosen(question: Question) -> None:
    answer = question(Selection("2023-Q2", "E07000130", "race", "crime"), VIEWER, BUILD)
    assert answer.selection == LATEST


@pytest.mark.usefixtures("register")
def test_the_shareable_build_shows_statuses_and_no_value() -> None:
    shown, public = plan.board(LATEST, VIEWER, BUILD).frame, plan.board(LATEST, VIEWER, PUBLIC).frame
    for column in ("status_code", "target_text", "owner", "due", "milestone", "milestone_status_code"):
        assert list(shown[column]) == list(public[column])
    assert public[["value", "low", "high", "numerator", "denominator"]].isna().all(axis=None)
    told = boards.board(plan.board(LATEST, VIEWER, PUBLIC)) + boards.actions(plan.actions(LATEST, VIEWER, PUBLIC))
    for row in shown.to_dict("records"):
        for private in (row["value_text"], row["commentary"], row["corrective_action"]):
            assert not private or private not in told
    assert not re.search(r"\d of \d+\)", told)
    assert "Held in the restricted build only" in told


@pytest.mark.usefixtures("register")
def test_the_board_can_be_narrowed_to_what_was_chosen() -> None:
    whole = plan.board(LATEST, VIEWER, BUILD)
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
def test_before_the_plan_began_there_is_a_designed_state() -> None:
    for question in QUESTIONS:
        assert question(Selection("2021-Q2"), VIEWER, BUILD).withheld == "no_plan"
    assert plan.choices(plan.board(Selection("2021-Q2"), VIEWER, BUILD)) == {}


def test_a_register_nobody_filled_is_a_designed_state(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("MONITOR_REGISTER", f"sqlite:///{tmp_path / 'none.sqlite'}")
    assert plan.board(LATEST, VIEWER, BUILD).withheld == "no_plan"


@pytest.mark.usefixtures("register")
def test_somebody_without_a_role_is_refused() -> None:
    with pytest.raises(MonitorError):
        plan.board(LATEST, Viewer("Nobody", frozenset()), BUILD)


numbers = count()
returned = st.none() | st.integers(0, 60).flatmap(lambda n: st.tuples(st.integers(0, n), st.just(n)))


@settings(max_examples=40, deadline=None)
@given(
    returns=st.lists(returned, min_size=0, max_size=9),
    target=st.none() | st.integers(1, 100),
    kind=st.sampled_from(["points", "count", "relative"]),
    direction=st.sampled_from(["up", "down", "context"]),
    is_sample=st.booleans(),
    corrective=st.booleans(),
)
def test_the_laws_of_a_status_hold_for_any_history(
    tmp_path_factory: pytest.TempPathFactory,
    returns: list[tuple[int, int] | None],
    target: int | None,
    kind: str,
    direction: str,
    is_sample: bool,
    corrective: bool,
) -> None:
    url = f"sqlite:///{tmp_path_factory.mktemp('history') / f'{next(numbers)}.sqlite'}"
    start = Quarter(2021, 3)
    with write.writer(url, is_made_up=True) as book:
        entry = book.entry(COORDINATOR, "plan", datetime(2021, 10, 1, tzinfo=UTC))
        of_plan = {"plan_code": "p"}
        entry.put(
            "plan", of_plan | {"title": "Plan", "starts_quarter": "2021-Q3", "ends_quarter": "2023-Q4", "note": "-"}
        )
        entry.put("theme", of_plan | {"theme_code": "a", "position": 1, "name": "A"})
        entry.put("focus", of_plan | {"focus_code": "v", "position": 1, "name": "V"})
        entry.put("organisation", {"organisation_code": "o", "position": 1, "name": "O"})
        outcome = {"outcome_code": "A1", "position": 1, "theme_code": "a", "focus_code": "v", "words": "-"}
        entry.put("outcome", of_plan | outcome)
        entry.put(
            "indicator_reporter", of_plan | {"indicator_code": "A1", "organisation_code": "o", "is_expected": True}
        )
        indicator = {
            "indicator_code": "A1", "outcome_code": "A1", "position": 1, "words": "-", "numerator_words": "-",
            "denominator_words": "-", "source_words": "-", "direction": direction, "unit": "percent", "target": target,
            "tolerance_kind": kind, "tolerance": 1.0 if kind != "relative" else 0.05, "owner_code": "o",
            "cadence_quarters": 1, "grace_days": 28, "is_sample_or_cohort": is_sample,
        }  # fmt: skip
        if kind == "relative" and target is None:
            indicator["tolerance_kind"] = None
        entry.put("indicator", of_plan | indicator)
        for position, figures in enumerate(returns[:8]):
            if figures is not None:
                quarter = start.plus(position)
                entry = book.entry(COORDINATOR, "return", datetime.combine(quarter.ends_on, datetime.min.time(), UTC))
                about = of_plan | {"indicator_code": "A1", "quarter_code": quarter.code, "organisation_code": "o"}
                figure = {"numerator": figures[0], "denominator": figures[1]}
                entry.put(
                    "indicator_return", about | figure | {"corrective_action": "Seen to." if corrective else None}
                )
    with pytest.MonkeyPatch.context() as patch:
        patch.setenv("MONITOR_REGISTER", url)
        row = plan.board(LATEST, VIEWER, BUILD).frame.iloc[0]
    made = [figures for figures in returns[:8] if figures is not None]
    if row["status_code"] != "grey":
        assert target is not None
        assert direction != "context"
        assert len(made) >= 4
        assert not row["is_overdue"]
        assert not is_sample or made[-1][1] >= 10
    if row["status_code"] == "green":
        value = 100 * made[-1][0] / made[-1][1]
        assert value >= float(target or 0) - 1e-6 if direction == "up" else value <= float(target or 0) + 1e-6
    if row["status_code"] == "red":
        assert row["lacks_corrective_action"] != corrective
        assert ("No corrective action" in row["reason"]) != corrective
    last = max((position for position, figures in enumerate(returns[:8]) if figures is not None), default=-1)
    assert (row["days_late"] > 0) == (last < 6)  # a return for Q4 2022/23 or before was due again by 28 July 2023
