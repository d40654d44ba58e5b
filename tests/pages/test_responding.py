"""A response written on the page is kept and seen on every page; one that is refused is told, and nothing is lost."""

from __future__ import annotations

from datetime import UTC, datetime
from pathlib import Path

import pytest
from streamlit.testing.v1 import AppTest

from access.admission import DEMONSTRATION
from core import words
from register import read, write
from tests.pages.conftest import OpenPage, shown
from ui import forms

LISTED = {"quarter": "2022-Q4", "measure": "incident"}  # two exceptions, one of them answered late
pytestmark = pytest.mark.usefixtures("an_older_process")
SCRIPT = "<script>alert(1)</script>"

pytestmark = pytest.mark.usefixtures("an_older_process")


def _say(name: str) -> str:
    return words.say("exceptions", "texts", "form", name)


def _form(app: AppTest) -> bool:
    return any(button.label == _say("save") for button in app.button)


def _send(app: AppTest, code: str, responder: str, note: str, which: int = 0) -> AppTest:
    next(box for box in app.selectbox if box.label == _say("which")).select_index(which)
    app.radio(key="response_code").set_value(code)
    app.text_input(key="response_responder").set_value(responder)
    app.text_area(key="response_note").set_value(note)
    next(button for button in app.button if button.label == _say("save")).click()
    return app.run()


def _kept(data: Path) -> list[read.Row]:
    record = read.read(f"sqlite:///{data / 'register.sqlite'}", DEMONSTRATION, datetime.now(UTC))
    assert record is not None
    return [row for row in record.versions["exception_response"] if row["by_name"] == DEMONSTRATION.name]


def test_what_the_form_offers_is_what_the_register_takes() -> None:
    assert forms.RESPONSES == write.RESPONSES
    assert set(forms.RESPONSES) | {"none"} == set(words.labels()["response"])


def test_a_response_is_kept_and_shown_on_exceptions_and_on_quarter(open_page: OpenPage, data: Path) -> None:
    app = open_page("exceptions", data=data, **LISTED)
    asked = next(box for box in app.selectbox if box.label == _say("which")).options[1]
    _send(app, "explained", "  Hate crime officer ", "Two neighbours, one dispute.", which=1)
    assert not app.exception
    assert [one.value for one in app.success] == [_say("kept")]
    (row,) = _kept(data)
    assert (row["response_code"], row["responder"]) == ("explained", "Hate crime officer")
    assert (row["measure_code"], row["quarter_code"], row["area_code"]) == ("incident", "2022-Q4", "E07000134")
    strand = "all strands together" if row["strand_code"] == "all" else "race or ethnicity"
    assert asked == f"North West Leicestershire ({strand})"
    assert app.text_area(key="response_note").value == "", "the next exception does not get this one's note"
    assert app.text_input(key="response_responder").value == "  Hate crime officer "
    for name in ("exceptions", "quarter"):
        said = shown(open_page(name, data=data, **LISTED))
        assert "Explained: Hate crime officer, " in said
        assert "Two neighbours, one dispute." in said
    assert "no response is outstanding" in said


def test_a_refused_response_is_told_at_the_form_and_nothing_is_lost(open_page: OpenPage, data: Path) -> None:
    app = _send(open_page("exceptions", data=data, **LISTED), "explained", "Hate crime officer", " ")
    said = shown(app)
    assert not app.exception
    assert words.say("frame", "refused", "not_kept") in said
    assert words.say("frame", "refused", "title") not in said
    assert "what explains it must be written down" in said
    assert not app.success
    assert _kept(data) == []
    assert app.text_input(key="response_responder").value == "Hate crime officer"
    assert app.radio(key="response_code").value == "explained"
    app.text_area(key="response_note").set_value("One dispute.")
    next(button for button in app.button if button.label == _say("save")).click()
    assert [one.value for one in app.run().success] == [_say("kept")]
    assert len(_kept(data)) == 1


def test_a_response_is_seen_by_whoever_opens_the_page_and_is_not_sent_twice(open_page: OpenPage, data: Path) -> None:
    app = _send(open_page("exceptions", data=data, **LISTED), "looking", "A", "")
    for _ in range(2):
        app.run()
        assert not app.success
    assert len(_kept(data)) == 1
    assert "Looking into it: A, " in shown(open_page("exceptions", data=data, **LISTED))


def test_an_earlier_build_is_read_and_not_answered(open_page: OpenPage, data: Path) -> None:
    earlier = open_page("exceptions", data=data, at_build="2", **LISTED)
    assert _say("earlier") in shown(earlier)
    assert not _form(earlier)
    # an address that names the live build is the live build
    named = open_page("exceptions", data=data, at_build="3", **LISTED)
    assert _say("earlier") not in shown(named)
    assert _form(named)


def test_after_going_back_to_a_build_it_is_answered_and_the_answer_shown(open_page: OpenPage, data: Path) -> None:
    (data / "current.txt").write_text("2", encoding="ascii")
    app = _send(open_page("exceptions", data=data, **LISTED), "noted", "After going back", "")
    assert [one.value for one in app.success] == [_say("kept")]
    assert "Noted: After going back" in shown(app)


def test_nothing_is_kept_where_a_build_was_published_while_the_form_was_filled_in(
    open_page: OpenPage, data: Path
) -> None:
    (data / "current.txt").write_text("2", encoding="ascii")
    app = open_page("exceptions", data=data, **LISTED)
    (data / "current.txt").write_text("3", encoding="ascii")
    _send(app, "explained", "Hate crime officer", "Of what was on the screen.")
    assert _kept(data) == []
    assert not app.success
    assert "build 3" in shown(app)
    assert app.text_area(key="response_note").value == "Of what was on the screen."


def test_nothing_to_answer_is_no_form(open_page: OpenPage) -> None:
    for choices in ({"quarter": "2022-Q3", "measure": "incident"}, {"quarter": "2018-Q4"}, {"measure": "elsewhere"}):
        assert not _form(open_page("exceptions", **choices))
    assert not _form(open_page("exceptions", build="shareable", **LISTED))
    assert not _form(open_page("quarter", **LISTED))


def test_what_people_write_is_text_on_every_page(open_page: OpenPage, data: Path) -> None:
    app = _send(open_page("exceptions", data=data, **LISTED), "explained", SCRIPT, f"{SCRIPT} =cmd() {{reason}}")
    assert not app.exception
    for name in ("exceptions", "quarter"):
        said = shown(open_page(name, data=data, **LISTED))
        assert "<script" not in said
        assert "&lt;script&gt;alert(1)&lt;/script&gt; =cmd() {reason}" in said
