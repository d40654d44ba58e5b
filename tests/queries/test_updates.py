"""The update reports: what each body is told, reckoned again from the boards, and nothing of places it is not of."""

from __future__ import annotations

import re
from collections.abc import Iterable
from datetime import UTC, datetime
from pathlib import Path

import pandas as pd
import pytest

from core import csps, words
from core.model import Answer, Build, Selection, Viewer
from core.periods import Quarter
from queries import locality, plan, returns, updates
from register import demo
from register.read import read
from register.write import COORDINATOR, Written, save
from ui import boards, captions

VIEWER = Viewer("Demonstration user", frozenset({"demonstration"}))
COORDINATOR_VIEWER = Viewer("Coordinator", frozenset({COORDINATOR}))
LATEST = "2023-Q2"
CSPS = ("E06000016", "E06000017", "csp_blaby_hinckley", "E07000130", "E07000131", "E07000133", "E07000134", "E07000135")
CODE = re.compile(r"\b(?:[ABC]|CH|BH|HA|ME|OW|RU)\d\b")


@pytest.fixture(scope="module")
def filled(tmp_path_factory: pytest.TempPathFactory) -> Path:
    file = tmp_path_factory.mktemp("register") / "register.sqlite"
    demo.fill(f"sqlite:///{file}")
    return file


@pytest.fixture
def register(filled: Path, monkeypatch: pytest.MonkeyPatch) -> str:
    monkeypatch.setenv("MONITOR_REGISTER", f"sqlite:///{filled}")
    return f"sqlite:///{filled}"


@pytest.fixture(params=["restricted", "shareable"])
def either(request: pytest.FixtureRequest) -> Build:
    found: Build = request.getfixturevalue(request.param)
    return found


def report(level: str, build: Build, area: str = "E07000130", code: str = LATEST) -> Answer:
    return updates.report(Selection(code, area), VIEWER, build, level)


def told(answer: Answer, section: str = "") -> list[str]:
    frame = answer.frame if not section else answer.frame[answer.frame["section_code"] == section]
    return [f"{row['item']}: {row['told']}" for row in frame.to_dict("records")]


def everything(answer: Answer) -> str:
    parts = [captions.headline(answer), captions.subtitle(answer), captions.alt(answer), *captions.notes(answer)]
    return " ".join([*parts, *told(answer), boards.report(answer)])


@pytest.mark.usefixtures("register")
@pytest.mark.parametrize("level", updates.LEVELS)
def test_every_report_can_be_told_drawn_and_taken_away(level: str, either: Build) -> None:
    answer = report(level, either)
    assert everything(answer)
    assert captions.source(answer)
    assert len(captions.table(answer).rows) == len(answer.frame) > 0
    assert "rounded" not in answer.notes
    assert updates.levels()[level]
    drawn = boards.report(answer)
    assert drawn.count("<h4") == answer.frame["section_code"].nunique()
    assert drawn.count("hm-status") == (answer.frame["status_code"] != "").sum()


@pytest.mark.usefixtures("register")
@pytest.mark.parametrize("level", ["sog", "spb"])
def test_the_whole_plan_is_counted_and_named_as_the_board_shows_it(level: str, either: Build) -> None:
    answer = report(level, either)
    board = plan.board(Selection(LATEST), VIEWER, either).frame
    status = board["status_code"].where(~board["is_overdue"], "overdue").to_numpy()
    lines = told(answer, "status")
    assert len(lines) == len(set(status))
    for line in lines:
        named = set(CODE.findall(line))
        (kind,) = set(status[board["outcome_code"].isin(named).to_numpy()])
        assert named == set(board["outcome_code"][status == kind])
        assert f"LLR: {len(named)} outcome" in line
    assert sum(len(CODE.findall(line)) for line in lines) == len(board) == 18
    said = captions.headline(answer)
    assert f"Updates overdue: {int(board['is_overdue'].sum())}" in said
    assert f"{(board['status_code'] == 'red').sum()} Red" in said


@pytest.mark.usefixtures("register")
def test_each_red_overdue_judged_or_unrated_outcome_is_told_with_why(restricted: Build) -> None:
    board = plan.board(Selection(LATEST), VIEWER, restricted).frame.set_index("outcome_code")
    needs = (board["status_code"].isin(["red", "grey"])) | (board["override"] != "")
    rows = report("sog", restricted).frame
    rows = rows[rows["section_code"] == "attention"]
    named = [CODE.findall(item)[0] for item in rows["item"]]
    assert set(named) == set(board.index[needs])
    for code, row in zip(named, rows.to_dict("records"), strict=True):
        said = board.loc[code]
        assert row["status"] == said["status"]
        assert said["reason"] in row["told"]
        assert said["override"] in row["told"]
        assert said["corrective_action"] in row["told"]
        assert ("Corrective action: " in row["told"]) == bool(said["corrective_action"])
    # Red first, then overdue, then set by judgement
    assert named[:4] == ["B3", "C5", "C2", "A3"]


@pytest.mark.usefixtures("register")
def test_the_short_report_has_red_and_overdue_and_what_is_asked_only(restricted: Build) -> None:
    short, full = report("spb", restricted).frame, report("sog", restricted).frame
    assert set(short["section_code"]) == {"purpose", "status", "attention", "asked"}
    attention = short[short["section_code"] == "attention"]
    assert [CODE.findall(item)[0] for item in attention["item"]] == ["B3", "C5", "C2"]
    assert set(full["section_code"]) == set(words.labels()["update_section"])
    assert len(short) < len(full) / 2


@pytest.mark.usefixtures("register")
@pytest.mark.parametrize("area", CSPS)
def test_a_partnership_s_report_names_its_own_part_and_no_other_partnership(area: str, either: Build) -> None:
    answer = report("csp", either, area)
    own = locality.own(Selection(LATEST, area), VIEWER, either)
    text = everything(answer)
    others = {name for name in _names() if name.startswith(("Safer", "NWL")) or name.endswith("CSP")}
    for other in others - {own.facts["csp"]}:
        assert other not in text
    assert set(CODE.findall(" ".join(told(answer)))) <= set(own.frame["outcome_code"])
    counts = [int(number) for number in re.findall(r": (\d+) outcomes?\.", " ".join(told(answer, "status")))]
    assert sum(counts) == len(own.frame)
    for row in own.frame[own.frame["status_code"] == "red"].to_dict("records"):
        assert any(f"{row['outcome_code']} " in line and row["reason"] in line for line in told(answer, "attention"))


def _organisations(areas: Iterable[str], build: Build) -> set[str]:
    owns = [locality.own(Selection(LATEST, area), VIEWER, build) for area in areas]
    return {str(own.facts["organisation_code"]) for own in owns}


def _names() -> list[str]:
    return [one.name for one in csps.csps(Quarter.parse(LATEST).ends_on)]


@pytest.mark.usefixtures("register")
@pytest.mark.parametrize(
    ("code", "area", "has_rutland"), [("2023-Q1", "county", False), (LATEST, "county_rutland", True)]
)
def test_the_county_s_board_is_never_told_of_the_city_nor_early_of_rutland(
    code: str, area: str, has_rutland: bool, either: Build
) -> None:
    answer = report("lscsb", either, "llr", code)
    assert answer.selection.area == area
    text = everything(answer)
    assert "Safer Leicester Partnership" not in text
    assert "Leicester City" not in text
    assert ("Safer Rutland Partnership" in text) == has_rutland
    assert ("Rutland" in " ".join(told(answer))) == has_rutland
    named = words.label("area_in_sentence", area)
    assert all(named in line for line in told(answer))
    if not has_rutland:
        assert "county and Rutland" not in text
    # nothing measured for LLR as one, which takes in the city
    whole = set(plan.board(Selection(code), VIEWER, either).frame["outcome_code"])
    returned_by_csps = {"A4", "B3", "C3"}
    assert not set(CODE.findall(" ".join(told(answer)))) & (whole - returned_by_csps)
    assert len(told(answer, "status")) == len(told(answer, "adoption")) == (7 if has_rutland else 6)


@pytest.mark.usefixtures("register")
def test_the_county_s_counts_are_those_of_its_partnerships_boards(restricted: Build) -> None:
    answer = report("lscsb", restricted)
    owns = {
        area: locality.own(Selection(LATEST, area), VIEWER, restricted) for area in CSPS if area != "E06000016"
    }  # fmt: skip
    frames = pd.concat([own.frame for own in owns.values()])
    said = captions.headline(answer)
    for code, word in (("blue", "Blue"), ("green", "Green"), ("amber", "Amber"), ("red", "Red"), ("grey", "not rated")):
        assert f"{(frames['status_code'] == code).sum()} {word}" in said
    assert f"{len(frames)} outcomes of CSPs" in said
    for own in owns.values():
        (line,) = [line for line in told(answer, "status") if line.startswith(f"{own.facts['csp']}: ")]
        assert f"of {len(own.frame)} outcomes" in line


@pytest.mark.usefixtures("register")
def test_actions_overdue_are_those_of_the_plan(restricted: Build) -> None:
    actions = plan.actions(Selection(LATEST), VIEWER, restricted).frame
    overdue = actions[actions["is_overdue"]]
    lines = told(report("sog", restricted), "actions")
    assert len(lines) == len(overdue) == 1
    for row, line in zip(overdue.to_dict("records"), lines, strict=True):
        assert f"{row['days_late']} days overdue" in line
        assert row["owner"] in line
    assert told(report("csp", restricted), "actions") == []


@pytest.mark.usefixtures("register")
def test_who_is_late_is_told_with_how_long_and_escalations_first(restricted: Build) -> None:
    due = returns.owed(Selection("2023-Q2"), VIEWER, restricted).frame
    late = due[(due["kind_code"] == "return") & due["state_code"].isin(["escalated", "late", "corrective_missing"])]
    lines = told(report("sog", restricted), "late")
    assert len(lines) == len(late)
    for row, line in zip(late.to_dict("records"), lines, strict=True):
        assert row["organisation"] in line
        assert row["standing"] in line
        assert row["days_late"] == 0 or f"{row['days_late']} days late" in line


def test_two_returns_missed_in_a_row_come_first_and_the_board_is_asked(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, restricted: Build
) -> None:
    demo.fill(f"sqlite:///{tmp_path / 'register.sqlite'}")
    monkeypatch.setenv("MONITOR_REGISTER", f"sqlite:///{tmp_path / 'register.sqlite'}")
    # Melton is expected to return an indicator for which it never returned anything
    row = {"plan_code": "llr_2021", "indicator_code": "B6", "organisation_code": "csp_melton", "is_expected": True}
    save(COORDINATOR_VIEWER, "test", [Written("indicator_reporter", row)], is_made_up=True)
    late = report("sog", restricted).frame
    late = late[late["section_code"] == "late"]
    due = returns.owed(Selection(LATEST), VIEWER, restricted).frame
    escalated = due[due["state_code"] == "escalated"]
    assert (
        list(late["told"].str.contains("in a row are missing")) == sorted(late["told"].str.contains("in a row"))[::-1]
    )
    assert set(escalated["organisation"]) <= {told.split(",")[0] for told in late["told"].iloc[: len(escalated)]}
    missed = int(escalated.set_index("organisation_code").loc["csp_melton", "missed"])
    for level in ("sog", "spb", "lscsb"):
        asked = told(report(level, restricted), "asked")
        assert any(f"{missed} returns in a row are missing" in line and "Melton CSP" in line for line in asked), level
    assert any("in a row" in line for line in told(report("csp", restricted, "E07000133"), "asked"))
    assert not any("Melton" in line for line in told(report("csp", restricted, "E07000130")))


@pytest.mark.usefixtures("register")
@pytest.mark.parametrize("level", updates.LEVELS)
def test_a_decision_is_asked_for_each_red_nobody_answers_for_and_counted(level: str, either: Build) -> None:
    answer = report(level, either)
    lines = told(answer, "asked")
    board = plan.board(Selection(LATEST), VIEWER, either).frame
    areas = {"csp": ["E07000130"], "lscsb": [area for area in CSPS if area != "E06000016"]}.get(level, CSPS)
    owns = [locality.own(Selection(LATEST, area), VIEWER, either).frame for area in areas]
    parts = pd.concat(owns)
    red = {"sog": [board, parts[parts["kind_code"] == "local"]], "spb": [board]}.get(level, owns)
    lacking = [code for frame in red for code in frame.loc[frame["lacks_corrective_action"], "outcome_code"]]
    due = returns.owed(Selection(LATEST), VIEWER, either).frame
    whose = due if level in ("sog", "spb") else due[due["organisation_code"].isin(_organisations(areas, either))]
    missed = list(whose.loc[whose["state_code"] == "escalated", "measure_code"])
    assert sorted(CODE.findall(line)[0] for line in lines) == sorted(lacking + missed)
    assert sum("corrective action" in line for line in lines) == len(lacking) > 0
    assert answer.facts["asked"] == len(lines)
    assert f"Decisions asked: {len(lines)}" in captions.headline(answer)


@pytest.mark.usefixtures("register")
def test_where_nothing_is_asked_that_is_said(restricted: Build) -> None:
    answer = report("csp", restricted, "E07000134")
    assert captions.headline(answer).endswith("Decisions asked: 0")
    (line,) = told(answer, "asked")
    assert "no decision is asked" in line


def test_decisions_are_told_as_each_partnership_entered_them(register: str, restricted: Build) -> None:
    record = read(register, VIEWER, datetime(2023, 10, 5, tzinfo=UTC))
    assert record is not None
    names = {row["csp_code"]: row["name"] for row in record.rows("organisation") if row["csp_code"]}
    lines = told(report("sog", restricted), "adoption")
    assert len(lines) == 8
    for row in record.rows("adoption"):
        (line,) = [line for line in lines if line.startswith(f"{names[row['csp_code']]}: ")]
        assert words.label("adoption", row["status_code"]) in line
        assert (row["note"] or "") in line


@pytest.mark.usefixtures("register")
@pytest.mark.parametrize("level", updates.LEVELS)
def test_the_shareable_build_says_no_value_and_nothing_people_wrote(
    level: str, restricted: Build, shareable: Build
) -> None:
    text = everything(report(level, shareable))
    assert not re.search(r"\d%? \(\d+ of \d+\)", text)
    frames = [plan.board(Selection(LATEST), VIEWER, restricted).frame]
    frames += [locality.own(Selection(LATEST, area), VIEWER, restricted).frame for area in CSPS]
    for row in pd.concat(frames).to_dict("records"):
        for private in (row["value_text"], row["commentary"], row["corrective_action"], row["override"]):
            assert not private or private not in text or private == words.label("plan_count", "no_return")


@pytest.mark.usefixtures("register")
def test_a_report_that_cannot_be_made_is_a_designed_state(restricted: Build) -> None:
    assert report("csp", restricted, "llr").withheld == locality.CHOOSE
    for level in updates.LEVELS:
        assert report(level, restricted, code="2021-Q2").withheld == "no_plan"
