"""What a meeting decides is kept once, with its build; who updates what somebody else updated is told so."""

from __future__ import annotations

from datetime import UTC, date, datetime, timedelta
from pathlib import Path
from typing import Any

import pytest

from core import builds
from core.errors import Conflict, MonitorError
from core.model import RESTRICTED, Build, Viewer
from register import meetings, read, write

COORDINATOR = Viewer("Coordinator", frozenset({write.COORDINATOR}))
OTHER = Viewer("Another coordinator", frozenset({write.COORDINATOR}))
READER = Viewer("Reader", frozenset({"reader"}))
NEW = {"meeting_code": "", "name": "Hate Strategic Group", "held_on": "2023-10-11"}
ITEM = {
    "kind_code": "action", "about_code": "quarter:crime:llr:all", "about_words": "Hate crimes in LLR: 633.",
    "words": "Ask the city for its records.", "owner_words": "Leicester City Council", "due_on": "2023-11-30",
}  # fmt: skip


@pytest.fixture
def build(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Build:
    """Build 4 of a data directory of its own; no figure of it is read."""
    monkeypatch.setenv("MONITOR_DATA", str(tmp_path))
    monkeypatch.delenv("MONITOR_REGISTER", raising=False)
    (tmp_path / "marts" / "4").mkdir(parents=True)
    days = {"data_from": date(2017, 4, 1), "data_to": date(2023, 9, 30), "extracted_on": date(2023, 10, 4)}
    path = builds.mart_path(tmp_path, 4, RESTRICTED)
    return Build(4, RESTRICTED, path, datetime(2023, 10, 4), is_made_up=True, marking="OFFICIAL", **days)


def _held() -> dict[str, list[read.Row]]:
    record = read.read(meetings.load_settings().register_url, READER, datetime.now(UTC))
    return {name: [] if record is None else record.rows(name) for name in ("meeting", "meeting_item")}


def _record(build: Build, meeting: dict[str, str] = NEW, viewer: Viewer = COORDINATOR, **changed: Any) -> None:
    meetings.record(viewer, build, "2023-Q2", meeting, ITEM | changed)


def test_the_first_item_begins_the_meeting_and_keeps_the_build_it_read(build: Build, tmp_path: Path) -> None:
    _record(build)
    (meeting,), (item,) = _held().values()
    code = "2023-10-11-2023-q2-hate-strategic-group"
    assert (meeting["meeting_code"], meeting["build_number"], meeting["quarter_code"]) == (code, 4, "2023-Q2")
    assert {name: item[name] for name in ITEM} == ITEM
    assert (item["meeting_code"], item["progress_code"], item["position"]) == (code, "open", 1)
    assert builds.kept_for(tmp_path, 4) == [f"meeting-{code}"]


def test_another_item_joins_a_meeting_already_begun_by_its_code_or_its_name_and_day(build: Build) -> None:
    _record(build)
    (meeting,) = _held()["meeting"]
    _record(build, {"meeting_code": meeting["meeting_code"], "name": "", "held_on": ""}, words="And the county.")
    _record(build, NEW | {"name": " hate  strategic group"}, viewer=OTHER, words="And Rutland.")
    held = _held()
    assert [row["meeting_code"] for row in held["meeting"]] == [meeting["meeting_code"]]
    assert [row["position"] for row in held["meeting_item"]] == [1, 2, 3]


def test_a_later_item_leaves_the_meeting_with_the_build_it_began_on(build: Build, tmp_path: Path) -> None:
    _record(build)
    (tmp_path / "marts" / "5").mkdir()
    later = Build(**{**build.__dict__, "number": 5})
    _record(later, words="Said after the next publication.")
    assert [row["build_number"] for row in _held()["meeting"]] == [4]
    assert builds.kept_for(tmp_path, 5) == []


def test_an_item_sent_twice_is_kept_once(build: Build) -> None:
    for _ in range(2):
        _record(build)
    assert len(_held()["meeting_item"]) == 1


@pytest.mark.parametrize(
    ("meeting", "changed"),
    [
        (NEW, {"words": " "}),
        (NEW, {"kind_code": "wish"}),
        (NEW, {"due_on": "soon"}),
        (NEW | {"name": "  "}, {}),
        (NEW | {"held_on": (datetime.now(UTC).date() + timedelta(days=2)).isoformat()}, {}),
        (NEW | {"held_on": "11 October"}, {}),
    ],
    ids=["no words", "no such kind", "no such day", "no name", "still to come", "not a day"],
)
def test_what_is_refused_leaves_no_entry_and_keeps_no_build(
    build: Build, tmp_path: Path, meeting: dict[str, str], changed: dict[str, str]
) -> None:
    with pytest.raises(MonitorError):
        _record(build, meeting, **changed)
    assert _held() == {"meeting": [], "meeting_item": []}
    assert builds.kept_for(tmp_path, 4) == []


def test_a_build_that_is_gone_leaves_no_record_that_points_at_it(build: Build, tmp_path: Path) -> None:
    (tmp_path / "marts" / "4").rmdir()
    with pytest.raises(MonitorError, match="there is no build 4"):
        _record(build)
    assert _held() == {"meeting": [], "meeting_item": []}


def test_two_long_names_of_one_day_are_two_meetings(build: Build) -> None:
    for last in ("city", "county"):
        _record(build, NEW | {"name": f"Hate Strategic Group, extraordinary meeting on the recording of the {last}"})
    codes = [row["meeting_code"] for row in _held()["meeting"]]
    assert len(set(codes)) == 2
    assert all(len(code) <= 64 for code in codes)


def test_readers_read_and_only_the_coordinator_writes(build: Build) -> None:
    assert meetings.may_record(COORDINATOR)
    lead = Viewer("Lead", frozenset({write.CSP_LEAD}), frozenset({"charnwood"}))
    for viewer in (READER, lead):
        assert not meetings.may_record(viewer)
        with pytest.raises(MonitorError):
            _record(build, viewer=viewer)
    assert _held()["meeting"] == []


def _progress(viewer: Viewer, code: str, note: str, based_on: int) -> None:
    (item,) = _held()["meeting_item"]
    said = {"meeting_code": item["meeting_code"], "item_code": item["item_code"], "progress_code": code, "note": note}
    meetings.progress(viewer, said | {"based_on": based_on}, is_made_up=True)


def test_where_an_item_stands_is_its_next_version_and_changes_nothing_else(build: Build) -> None:
    _record(build)
    _progress(COORDINATOR, "done", " They came. ", 1)
    (item,) = _held()["meeting_item"]
    assert (item["version"], item["progress_code"], item["progress_note"]) == (2, "done", "They came.")
    assert {name: item[name] for name in ITEM} == ITEM


def test_the_second_of_two_who_update_an_item_sees_what_the_first_said_and_may_say_theirs(build: Build) -> None:
    _record(build)
    _progress(OTHER, "done", "They came.", 1)
    with pytest.raises(Conflict) as refused:
        _progress(COORDINATOR, "closed", "No longer needed.", 1)
    theirs = refused.value.theirs
    assert (theirs["by_name"], theirs["progress_code"], theirs["progress_note"]) == (OTHER.name, "done", "They came.")
    _progress(COORDINATOR, "closed", "No longer needed.", 2)
    (item,) = _held()["meeting_item"]
    assert (item["version"], item["progress_code"]) == (3, "closed")


def test_an_item_nobody_recorded_has_no_progress(build: Build) -> None:
    said = {"meeting_code": "x", "item_code": "y", "progress_code": "done", "note": "", "based_on": 1}
    with pytest.raises(MonitorError, match="no such decision or action"):
        meetings.progress(COORDINATOR, said, is_made_up=True)
