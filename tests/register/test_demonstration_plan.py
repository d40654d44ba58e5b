"""The demonstration plan fills an empty register once, all of it, and says what it is."""

from __future__ import annotations

import json
import os
import shutil
import subprocess
import sys
from datetime import UTC, datetime
from pathlib import Path

import pytest

from core.errors import MonitorError
from core.model import Viewer
from core.periods import Quarter
from core.settings import ROOT
from register import demo, read, write

READER = Viewer("Reader", frozenset({"reader"}))
AFTER = datetime(2023, 10, 4, 22, tzinfo=UTC)
# The due quarters proposed in the design, each a year later in the demonstration.
PROPOSED_DUE = {
    "A1": "2022-Q4", "A2": "2022-Q4", "A3": "2022-Q2", "A4": "2022-Q3", "B1": "2022-Q4", "B2": "2022-Q2",
    "B3": "2022-Q3", "B4": "2022-Q4", "B5": "2022-Q4", "B8": "2022-Q2", "C1": "2022-Q4", "C2": "2023-Q1",
    "C3": "2022-Q2", "C5": "2021-Q3",
}  # fmt: skip


@pytest.fixture
def url(tmp_path: Path) -> str:
    return f"sqlite:///{tmp_path / 'register.sqlite'}"


@pytest.fixture
def record(url: str) -> read.Record:
    demo.fill(url)
    found = read.read(url, READER, AFTER)
    assert found is not None
    return found


def test_it_has_the_eighteen_outcomes_in_their_themes(record: read.Record) -> None:
    outcomes = record.table("outcome")
    outcomes = outcomes[outcomes["csp_code"].isna()]
    assert list(outcomes["outcome_code"]) == [
        f"{t}{n}" for t, last in (("A", 5), ("B", 8), ("C", 5)) for n in range(1, last + 1)
    ]
    assert all(outcomes["outcome_code"].str.lower().str[0] == outcomes["theme_code"])
    assert record.is_made_up


def test_due_dates_are_a_year_later_than_proposed_and_the_plan_says_so(record: read.Record) -> None:
    due = record.table("indicator").dropna(subset="due_quarter").drop_duplicates("outcome_code")
    due = due[due["outcome_code"].str.len() == 2]  # those of the whole partnership
    found = dict(zip(due["outcome_code"], due["due_quarter"], strict=True))
    assert found == {code: Quarter.parse(quarter).plus(4).code for code, quarter in PROPOSED_DUE.items()}
    plan = record.table("plan").iloc[0]
    assert (plan["starts_quarter"], plan["ends_quarter"]) == ("2021-Q3", "2023-Q4")
    assert "a year later" in plan["note"]


def test_returns_cover_two_years(record: read.Record) -> None:
    returns = record.table("indicator_return")
    quarters = sorted(set(returns["quarter_code"]))
    assert quarters[-8:] == [Quarter(2021, 3).plus(n).code for n in range(8)]
    # one indicator was given for quarters before the plan began, long after, so that its path can be seen
    earlier = returns[returns["quarter_code"] < "2021-Q3"]
    assert set(earlier["indicator_code"]) == {"B4"}
    assert earlier["at"].min() > datetime(2023, 7, 4)


def test_the_csps_decided_in_every_way_they_can(record: read.Record) -> None:
    assert set(record.table("adoption")["status_code"]) == set(write.ADOPTION)
    assert len(record.table("adoption")) == 8


def test_every_figure_comes_from_an_organisation_that_was_expected_to_return_it(record: read.Record) -> None:
    pairs = ["indicator_code", "organisation_code"]
    returns = record.table("indicator_return")
    made = returns[returns["numerator"].notna()][pairs].drop_duplicates()
    expected = record.table("indicator_reporter")[pairs]
    assert len(made.merge(expected, on=pairs)) == len(made) == len(expected)


def test_nobody_returns_what_the_records_answer(record: read.Record) -> None:
    indicators = record.table("indicator")
    computed = set(indicators[indicators["computed_by"].notna()]["indicator_code"])
    assert computed == {"A2", "A5", "B2", "B5", "B7", "B8a", "B8b", "B8c", "B8d", "C5"}
    assert not computed & set(record.table("indicator_reporter")["indicator_code"])
    returns = record.table("indicator_return")
    assert returns[returns["indicator_code"].isin(computed)]["numerator"].isna().all()


def test_a_local_outcome_is_set_and_returned_by_its_own_csp(record: read.Record) -> None:
    of_csp = {row["organisation_code"]: row["csp_code"] for row in record.rows("organisation")}
    outcomes = {row["outcome_code"]: row["csp_code"] for row in record.rows("outcome") if row["csp_code"]}
    assert len(set(outcomes.values())) >= 5
    for row in record.rows("indicator_reporter"):
        owner = outcomes.get(row["indicator_code"])
        assert owner is None or of_csp[row["organisation_code"]] == owner


def test_filling_twice_changes_nothing(url: str) -> None:
    first = demo.fill(url)
    assert not first.was_filled
    before = read.read(url, READER, AFTER)
    assert demo.fill(url).was_filled
    after = read.read(url, READER, AFTER)
    assert before is not None
    assert after is not None
    assert {name: len(rows) for name, rows in after.versions.items()} == first.rows
    assert before.versions == after.versions


def test_a_register_with_real_entries_is_left_alone(url: str) -> None:
    with write.writer(url, is_made_up=False) as register:
        entry = register.entry(Viewer("Coordinator", frozenset({write.COORDINATOR})), "plan", AFTER)
        entry.put("theme", {"plan_code": "real", "theme_code": "a", "position": 1, "name": "Raising awareness"})
    with pytest.raises(MonitorError):
        demo.fill(url)
    record = read.read(url, READER, AFTER)
    assert record is not None
    assert list(record.table("theme")["plan_code"]) == ["real"]


def test_another_edition_is_not_mixed_in(url: str, tmp_path: Path) -> None:
    demo.fill(url)
    edition = shutil.copytree(demo.FOLDER, tmp_path / "plan")
    with (edition / "adoption.csv").open("a", encoding="utf-8") as file:
        file.write("llr_2021,melton,adopted,,2023-10-01T09:00,Melton CSP\n")
    with pytest.raises(MonitorError, match="another edition"):
        demo.fill(url, edition)


@pytest.mark.parametrize(
    "spoil",
    [
        lambda file: file.unlink(),
        lambda file: file.write_text("plan_code\n", encoding="utf-8"),
        lambda file: file.write_bytes(file.read_bytes().replace(b",8,", b",eight,", 1)),
    ],
    ids=["missing", "other columns", "a word for a number"],
)
def test_a_spoilt_file_fills_nothing(url: str, tmp_path: Path, spoil: object) -> None:
    edition = shutil.copytree(demo.FOLDER, tmp_path / "plan")
    spoil(edition / "outcome.csv")  # type: ignore[operator]
    with pytest.raises(MonitorError):
        demo.fill(url, edition)
    assert read.read(url, READER, AFTER) is None


def test_the_command_fills_and_then_says_it_is_filled(tmp_path: Path) -> None:
    environment = {**os.environ, "MONITOR_DATA": str(tmp_path)}
    environment.pop("MONITOR_REGISTER", None)
    command = [sys.executable, "-m", "register", "demo", "--json"]
    runs = [
        subprocess.run(command, cwd=ROOT, env=environment, capture_output=True, text=True, check=True, timeout=60)
        for _ in range(2)
    ]
    assert [json.loads(run.stdout)["already_filled"] for run in runs] == [False, True]
    assert (tmp_path / "register.sqlite").exists()
