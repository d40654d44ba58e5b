"""What meetings decided, as at any day: the demonstration's own files read another way, and what each page showed."""

from __future__ import annotations

import csv
import shutil
from datetime import UTC, date, datetime, timedelta
from pathlib import Path

import pytest

from core import builds
from core.model import RESTRICTED, Build, Selection, Viewer
from core.settings import ROOT
from queries import _moment, exceptions, meetings, plan, quarter
from ui import captions, downloads

QUESTIONS = (meetings.since, meetings.about, meetings.held)
LIVE = Selection("2023-Q2", "llr", "all", "crime")


def _written(name: str) -> list[dict[str, str]]:
    with (ROOT / "data" / "demo" / "plan" / f"{name}.csv").open(encoding="utf-8", newline="") as file:
        return list(csv.DictReader(file))


MEETINGS, ITEMS = _written("meeting"), _written("meeting_item")
DAYS = sorted({row["entered_at"][:10] for row in (*MEETINGS, *ITEMS)})
EVERY_DAY = [date.fromisoformat(day) + timedelta(days=step) for day in DAYS for step in (-1, 0, 1)]


def _as_written(on: date) -> tuple[list[dict[str, str]], dict[tuple[str, str], dict[str, str]]]:
    """The meetings and the last words of each item by the end of a day; every entry is made by daylight."""
    then = [row for row in MEETINGS if row["entered_at"][:10] <= str(on)]
    items = {}
    for row in sorted(ITEMS, key=lambda row: row["entered_at"]):
        if row["entered_at"][:10] <= str(on):
            items[row["meeting_code"], row["item_code"]] = row
    return then, items


@pytest.mark.parametrize("on", EVERY_DAY, ids=str)
def test_any_day_shows_what_was_written_by_its_end(on: date, viewer: Viewer, restricted: Build) -> None:
    then, items = _as_written(on)
    asked = Selection("2023-Q2", as_at=str(on))
    since, held = (ask(asked, viewer, restricted) for ask in (meetings.since, meetings.held))
    if not then:
        assert {since.withheld, held.withheld} == {"no_meeting"}
        return
    latest = max(then, key=lambda row: row["held_on"])["meeting_code"]
    expected = {
        key: row for key, row in items.items() if row["progress_code"] == "open" or row["meeting_code"] == latest
    }
    rows = {(row["meeting_code"], row["item_code"]): row for row in since.frame.to_dict("records")}
    assert set(rows) == set(expected)
    for key, written in expected.items():
        is_overdue = written["progress_code"] == "open" and "" < written["due_on"] < str(on)
        assert rows[key]["progress_code"] == ("overdue" if is_overdue else written["progress_code"])
        for column, heading in (("words", "words"), ("owner", "owner_words"), ("progress_note", "progress_note")):
            assert rows[key][column] == written[heading]
    still_open = [row for row in since.frame.to_dict("records") if row["is_open"]]
    assert still_open == since.frame.to_dict("records")[: len(still_open)], "what is open comes first"
    due = [row["due_on"] or date.max for row in still_open]
    assert due == sorted(due)
    assert f"{len(still_open)} still open" in captions.headline(since) or not still_open
    assert list(held.frame["held_on"]) == sorted((date.fromisoformat(row["held_on"]) for row in then), reverse=True)
    for row in held.frame.to_dict("records"):
        own = [one for one in items.values() if one["meeting_code"] == row["meeting_code"]]
        assert row["decisions"] == sum(one["kind_code"] == "decision" for one in own)
        assert row["actions"] == sum(one["kind_code"] == "action" for one in own)
        assert row["still_open"] == sum(one["progress_code"] == "open" for one in own)


def test_the_demonstration_has_one_overdue_one_done_and_one_closed(viewer: Viewer, restricted: Build) -> None:
    since = meetings.since(LIVE, viewer, restricted)
    assert list(since.frame["progress_code"]) == ["overdue", "open", "open", "done"]
    assert since.finding == "overdue"
    assert {row["progress_code"] for row in ITEMS} == {"open", "done", "closed"}
    assert max(row["entered_at"] for row in (*MEETINGS, *ITEMS)) <= "2023-10-04T20:00"


def test_made_up_items_are_overdue_by_the_day_of_the_extract_where_the_demonstrations_clock_stands(
    viewer: Viewer, restricted: Build
) -> None:
    overdue = meetings.since(LIVE, viewer, restricted).frame.query("is_overdue")
    assert list(overdue["due_on"]) == [date(2023, 7, 14)]
    later = meetings.since(Selection("2023-Q2", as_at="2023-12-01"), viewer, restricted).frame.query("is_overdue")
    assert list(later["due_on"]) == [date(2023, 7, 14), date(2023, 10, 31), date(2023, 11, 8)]


@pytest.mark.parametrize("code", [row["meeting_code"] for row in MEETINGS])
def test_what_an_item_is_about_is_what_the_page_of_its_meeting_shows_when_it_is_re_opened(
    code: str, viewer: Viewer, restricted: Build, demonstration_data: Path
) -> None:
    (row,) = meetings.held(LIVE, viewer, restricted).frame.query("meeting_code == @code").to_dict("records")
    assert row["can_reopen"]
    build = builds.open_build(demonstration_data, int(row["reopen_build"]), RESTRICTED)
    shown = {}
    for measure in ("all", "crime", "incident"):
        asked = Selection(row["quarter_code"], "llr", "all", measure, as_at=row["held_on"].isoformat())
        shown |= dict(
            meetings.findings(
                quarter.headlines(asked, viewer, build),
                exceptions.found(asked, viewer, build),
                plan.summary(asked, viewer, build),
            )
        )
    own = [item for item in ITEMS if item["meeting_code"] == code]
    assert own
    for item in own:
        assert item["about_words"] == shown[item["about_code"]]


@pytest.mark.parametrize(
    ("chosen", "found"),
    [
        ({"measure": "crime"}, {"no_change_to_the_plan": "quarter:crime:llr:all"}),
        ({"measure": "all"}, {"no_change_to_the_plan": "quarter:crime:llr:all"}),
        (
            {"measure": "incident"},
            {
                "reports_of_one_occurrence": "areas:incident:llr:all",
                "either_side_told_apart": "quarter:incident:llr:all",
            },
        ),
        (
            {"measure": "incident", "area": "E07000134", "strand": "race"},
            {"reports_of_one_occurrence": "areas:incident:E07000134:all"},
        ),
        ({"measure": "incident", "area": "county"}, {"reports_of_one_occurrence": "areas:incident:county:all"}),
        ({"measure": "incident", "area": "E06000017"}, {}),
        ({"measure": "crime", "strand": "race"}, {}),
    ],
    ids=str,
)
def test_an_item_stands_under_the_sentence_it_is_about_and_under_no_other(
    chosen: dict[str, str], found: dict[str, str], viewer: Viewer, restricted: Build
) -> None:
    asked = Selection(**{"quarter": "2022-Q4", "area": "llr", "strand": "all", **chosen})
    told = meetings.about(asked, viewer, restricted).frame
    everywhere = {"a_trained_contact_in_every_centre": "plan"}  # the plan is one for all of LLR
    assert dict(zip(told["item_code"], told["under_code"], strict=True)) == found | everywhere
    # An item on places stands under the sentence on places that is shown.
    codes = set(quarter.headlines(asked, viewer, restricted).frame["about_code"])
    assert set(told["under_code"]) - {code for code in told["under_code"] if code.startswith("areas")} <= codes


def test_a_quarter_no_meeting_was_on_has_nothing_under_its_sentences(viewer: Viewer, restricted: Build) -> None:
    assert meetings.about(LIVE, viewer, restricted).withheld == "nothing_recorded"


def test_the_shareable_build_tells_nothing_people_wrote(viewer: Viewer, shareable: Build) -> None:
    for ask in QUESTIONS:
        answer = ask(LIVE, viewer, shareable)
        assert answer.withheld == "restricted_only"
        assert answer.frame.empty


@pytest.fixture
def copied(demonstration_data: Path, tmp_path: Path) -> Path:
    ignored = shutil.ignore_patterns("demo", "warehouse*", "runs", "*.lock")
    return shutil.copytree(demonstration_data, tmp_path / "data", ignore=ignored)


def test_a_build_that_is_gone_re_opens_nothing_and_the_live_one_needs_no_number(
    copied: Path, viewer: Viewer, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("MONITOR_DATA", str(copied))
    (copied / "current.txt").write_text("2", encoding="ascii")
    shutil.rmtree(copied / "marts" / "1")
    live = builds.live_build(copied, RESTRICTED)
    assert live is not None
    held = meetings.held(Selection("2023-Q1"), viewer, live).frame
    assert list(zip(held["reopen_build"], held["can_reopen"], strict=True)) == [("", True), ("1", False), ("1", False)]


def test_the_moment_read_is_the_end_of_the_day_asked_for_now_while_live_and_the_next_publication_after(
    restricted: Build, demonstration_data: Path
) -> None:
    summer, winter = (Selection("2023-Q1", as_at=day) for day in ("2023-07-20", "2023-12-01"))
    assert _moment.seen_at(summer, restricted) == datetime(2023, 7, 20, 22, 59, 59, 999999, UTC)
    assert _moment.seen_at(winter, restricted) == datetime(2023, 12, 1, 23, 59, 59, 999999, UTC)
    assert abs(_moment.seen_at(LIVE, restricted) - datetime.now(UTC)) < timedelta(seconds=30)
    first, second = (builds.open_build(demonstration_data, number, RESTRICTED) for number in (1, 2))
    assert _moment.seen_at(LIVE, first) == second.published_at.replace(tzinfo=UTC)
    assert _moment.seen_at(summer, first) == _moment.seen_at(summer, restricted)


def test_responses_are_read_as_at_the_day_as_well(viewer: Viewer, restricted: Build) -> None:
    """Looked into from 12 April, explained on 3 May."""
    told = {}
    for day in ("2023-04-11", "2023-04-12", "2023-05-02", "2023-05-03"):
        asked = Selection("2022-Q4", "E07000134", "race", "incident", as_at=day)
        told[day] = exceptions.found(asked, viewer, restricted).frame["response_code"].item()
    assert list(told.values()) == ["none", "looking", "looking", "explained"]


def test_a_file_taken_of_an_earlier_day_says_so_in_its_name_and_its_source(viewer: Viewer, restricted: Build) -> None:
    answer = meetings.held(Selection("2023-Q1", as_at="2023-07-20"), viewer, restricted)
    assert "_as-at-2023-07-20" in downloads.file_name(answer, "csv")
    assert "as it stood on 20 July 2023" in downloads.csv(answer).decode("utf-8-sig")
    assert "as-at" not in downloads.file_name(meetings.held(LIVE, viewer, restricted), "csv")
