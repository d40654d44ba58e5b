"""The page of a meeting: what it opens on, what is recorded beside a finding, and the page as it once stood."""

from __future__ import annotations

from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import pytest
from streamlit.testing.v1 import AppTest

from access.admission import DEMONSTRATION
from core import builds, words
from core.model import Viewer
from register import meetings, read, write
from tests.pages.conftest import PAGES, OpenPage, shown
from ui import boards, forms

pytestmark = pytest.mark.usefixtures("an_older_process")
OVERDUE = "Set the day by which every listed reporting centre has a trained contact."
DONE = "Tell every board why all reports cannot be compared across 3 June 2023."
SCRIPT = "<script>alert(1)</script> {reason}"

pytestmark = pytest.mark.usefixtures("an_older_process")


def _say(name: str) -> str:
    return words.say("meetings", "texts", "form", name)


def _open(app: AppTest, panel: str) -> AppTest:
    app.session_state[panel] = True
    return app.run()


def _press(app: AppTest, label: str) -> AppTest:
    next(button for button in app.button if button.label == _say(label)).click()
    return app.run()


def _record(app: AppTest, agreed: str, about: str = "", name: str = "Hate Strategic Group") -> AppTest:
    _open(app, "record_item")
    if name:
        app.text_input(key="item_meeting_name").set_value(name)
    if about:
        box = next(box for box in app.selectbox if box.label == _say("about"))
        box.select_index(next(at for at, option in enumerate(box.options) if about in option))
    app.text_area(key="item_words").set_value(agreed)
    return _press(app, "save")


def _held(data: Path, table: str) -> list[read.Row]:
    record = read.read(f"sqlite:///{data / 'register.sqlite'}", DEMONSTRATION, datetime.now(UTC))
    assert record is not None
    return [row for row in record.versions[table] if row["by_name"] == DEMONSTRATION.name]


def test_what_the_forms_offer_is_what_the_register_takes() -> None:
    assert forms.ITEM_KINDS == write.ITEM_KINDS
    assert forms.ITEM_PROGRESS == write.ITEM_PROGRESS
    assert set(words.labels()["item_progress"]) == {*write.ITEM_PROGRESS, "overdue"}
    assert set(words.labels()["item_kind"]) == set(write.ITEM_KINDS)


def test_quarter_opens_on_what_is_due_first_and_names_the_rest(open_page: OpenPage) -> None:
    said = shown(open_page())
    opening, _, rest = said.partition(words.say("quarter", "headlines", "title"))
    assert words.say("meetings", "texts", "opening", "title") in opening
    assert "3 still open, 1 of them overdue" in opening
    assert opening.index(OVERDUE) < opening.index("no outcome after six months")
    assert DONE not in opening
    assert opening.partition('<div class="hm-since">')[2].count("<li>") == boards.OPENED
    assert DONE in rest
    assert 'href="quarter?quarter=2023-Q1&amp;build=2&amp;as_at=2023-07-20"' in rest


def test_a_page_re_opened_shows_what_it_showed_then_and_takes_nothing(open_page: OpenPage) -> None:
    app = open_page(at_build="1", as_at="2023-04-20", quarter="2022-Q4")
    assert not app.exception
    said = shown(app)
    assert words.say("frame", "earlier_record", on="20 April 2023") in said
    assert said.count(words.say("frame", "open_live")) == 1
    assert "3 still open, none overdue" in said
    assert DONE not in said
    assert OVERDUE in said.partition('class="hm-recorded"')[2].partition("hm-tiles")[0], "under the plan's sentence"
    assert _say("earlier") in said
    assert not [one for one in app.expander if one.label == _say("record")]


@pytest.mark.parametrize("name", PAGES)
def test_the_day_read_goes_to_every_page_and_says_so(open_page: OpenPage, name: str) -> None:
    app = open_page(name, as_at="2023-07-20")
    assert not app.exception
    said = shown(app)
    assert words.say("frame", "earlier_record", on="20 July 2023") in said
    assert 'target="_self">' + words.say("frame", "open_live") in said
    if name == "quarter":
        assert "&amp;as_at=2023-07-20" in said.partition("hm-sentences")[2], "evidence is read as at the same day"
    if name == "exceptions":
        assert words.say("exceptions", "texts", "form", "earlier") in said or "respond" not in said


@pytest.mark.parametrize(
    ("code", "told"), [("2023-13-01", "unknown_day"), ("<b>", "unknown_day"), ("9999-01-01", "future_day")]
)
def test_a_day_that_cannot_be_read_is_told_and_the_page_is_as_it_is_now(
    open_page: OpenPage, code: str, told: str
) -> None:
    app = open_page(as_at=code)
    assert not app.exception
    said = shown(app)
    notice = words.say("frame", told, code=code).replace("<", "&lt;").replace(">", "&gt;")
    assert notice in said
    assert words.say("frame", "open_live") not in said
    assert "1 of them overdue" in said
    assert [one for one in app.expander if one.label == _say("record")]


def test_a_decision_is_kept_beside_the_sentence_it_is_about_with_its_meeting_and_its_build(
    open_page: OpenPage, data: Path
) -> None:
    app = _record(open_page(data=data), SCRIPT, about="have been charged")
    assert not app.exception
    assert [one.value for one in app.success] == [_say("kept")]
    (meeting,), (item,) = _held(data, "meeting"), _held(data, "meeting_item")
    assert (meeting["quarter_code"], meeting["build_number"]) == ("2023-Q2", 3)
    assert builds.kept_for(data, 3) == [f"meeting-{meeting['meeting_code']}"]
    assert item["about_code"] == "charge:crime:llr:all"
    assert item["about_words"].startswith("Of 583 hate crimes in LLR recorded in Q1 2023/24")
    said = shown(app)
    assert "<script" not in said
    sentence = said.partition("Of 583 hate crimes")[2].partition("Of 18 outcomes")[0]
    assert "&lt;script&gt;alert(1)&lt;/script&gt; {reason}" in sentence
    assert app.text_area(key="item_words").value == ""
    chosen = next(box for box in app.selectbox if box.label == _say("meeting"))
    assert chosen.value == meeting["meeting_code"], "the next item goes to the meeting just begun"


def test_two_items_of_one_meeting_go_one_after_the_other(open_page: OpenPage, data: Path) -> None:
    app = _record(open_page(data=data), "The first.")
    _record(app, "The second.", name="")
    assert len(_held(data, "meeting")) == 1
    assert [row["words"] for row in _held(data, "meeting_item")] == ["The first.", "The second."]
    assert not app.run().success


def test_an_item_that_says_nothing_is_refused_and_told_and_nothing_is_lost(open_page: OpenPage, data: Path) -> None:
    app = _record(open_page(data=data), " ")
    assert not app.exception
    assert words.say("frame", "refused", "not_kept") in shown(app)
    assert _held(data, "meeting") == []
    assert builds.kept_for(data, 3) == []
    assert app.text_input(key="item_meeting_name").value == "Hate Strategic Group"


def test_the_second_of_two_who_say_where_an_item_stands_is_shown_what_the_first_said(
    open_page: OpenPage, data: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    app = _open(open_page(data=data), "say_progress")
    keep = meetings.progress
    record = read.read(f"sqlite:///{data / 'register.sqlite'}", DEMONSTRATION, datetime.now(UTC))
    assert record is not None
    row = next(row for row in record.rows("meeting_item") if row["words"] == OVERDUE)
    first = {name: row[name] for name in ("meeting_code", "item_code")} | {"progress_code": "done", "note": "Set."}
    other = Viewer("Another coordinator", frozenset({write.COORDINATOR}))

    def a_moment_later(viewer: Viewer, said: dict[str, Any], *, is_made_up: bool) -> None:
        keep(other, first | {"based_on": row["version"]}, is_made_up=True)
        keep(viewer, said, is_made_up=is_made_up)

    monkeypatch.setattr(meetings, "progress", a_moment_later)
    app.radio(key="progress_code").set_value("closed")
    app.text_area(key="progress_note").set_value("No longer needed.")
    _press(app, "save_progress")
    said = shown(app)
    assert words.say("frame", "refused", "not_kept") in said
    assert "Another coordinator kept this on" in said
    assert "Done. Set." in said
    assert app.text_area(key="progress_note").value == "No longer needed."
    monkeypatch.setattr(meetings, "progress", keep)
    _press(app, "save_progress")
    assert [one.value for one in app.success] == [_say("progress_kept")]
    assert [row["progress_code"] for row in _held(data, "meeting_item")] == ["closed"]


def test_a_form_filled_in_before_somebody_else_wrote_is_not_sent_when_the_page_is_read_again(
    open_page: OpenPage, data: Path
) -> None:
    app = _open(open_page(data=data), "say_progress")
    chosen = next(box for box in app.selectbox if box.label == _say("which")).value
    about = {"meeting_code": chosen[0], "item_code": chosen[1], "progress_code": "done", "note": "", "based_on": 2}
    other = Viewer("Another coordinator", frozenset({write.COORDINATOR}))
    meetings.progress(other, about, is_made_up=True)
    app.radio(key="progress_code").set_value("closed")
    _press(app, "save_progress")
    assert not app.success
    assert _held(data, "meeting_item") == []
