"""The page of papers: words are kept as versions, nothing is made until asked for, and what was made is listed."""

from __future__ import annotations

import shutil
import sqlite3
from collections.abc import Callable
from datetime import UTC, datetime
from pathlib import Path

import pytest
from streamlit.testing.v1 import AppTest

from access.admission import DEMONSTRATION
from core import builds, words
from core.errors import Conflict, MonitorError
from core.model import Selection, Viewer
from papers import boards, content, portable, shelf
from queries.papers import made
from register import papers, read, store, write
from tests.pages.conftest import OpenPage, shown
from ui import pictures

pytestmark = pytest.mark.usefixtures("an_older_process")
OTHER = Viewer("Another coordinator", frozenset({write.COORDINATOR}))
ABOUT = {"product_code": "board", "board_code": "spb", "area_code": "llr", "quarter_code": "2022-Q4"}
SCRIPT = "<script>alert(1)</script> {reason}"


@pytest.fixture(autouse=True)
def no_pictures(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(pictures, "is_possible", lambda: False)


def _say(name: str, **facts: object) -> str:
    return words.say("papers", "texts", "form", name, **facts)


def _box(app: AppTest, part: str) -> object:
    label = words.say("papers", "texts", "box", part)
    return next(box for box in (*app.text_area, *app.text_input) if box.label == label)


def _press(app: AppTest, label: str) -> AppTest:
    next(button for button in app.button if button.label == _say(label)).click()
    return app.run()


def _held(data: Path) -> list[read.Row]:
    """What the register holds of papers of the quarter these tests are about."""
    record = read.read(f"sqlite:///{data / 'register.sqlite'}", DEMONSTRATION, datetime.now(UTC))
    assert record is not None
    return [row for row in record.versions["paper"] if row["quarter_code"] == ABOUT["quarter_code"]]


@pytest.fixture
def open_paper(open_page: OpenPage, data: Path) -> Callable[..., AppTest]:
    """open_paper(board, ...): the page for one board, on data that may be written to."""
    return lambda board="spb", **choices: open_page("papers", data=data, board=board, quarter="2022-Q4", **choices)


def test_what_may_be_written_is_what_the_register_keeps_and_the_page_asks_for() -> None:
    assert content.WRITTEN == papers.WORDS
    assert set(words.page_text("papers")["texts"]["box"]) == set(papers.WORDS)
    assert set(words.labels()["product"]) == set(shelf.PRODUCTS)


def test_nothing_is_made_or_kept_until_it_is_asked_for(
    open_paper: Callable[..., AppTest], data: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(shelf, "compose", lambda *_: pytest.fail("the paper was put together unasked"))
    monkeypatch.setattr(content, "compose", lambda *_: pytest.fail("the paper was put together unasked"))
    app = open_paper()
    assert not app.exception
    assert words.say("states", "no_paper", "title") in shown(app)
    assert not app.get("download_button")
    assert _held(data) == []


def test_a_paper_is_made_with_its_words_listed_and_its_build_kept(
    open_paper: Callable[..., AppTest], data: Path
) -> None:
    app = open_paper()
    _box(app, "purpose").set_value(SCRIPT)  # type: ignore[attr-defined]
    _press(app, "make")
    assert not app.exception
    (row,) = _held(data)
    assert (row["build_number"], row["purpose"], row["by_name"]) == (3, SCRIPT, DEMONSTRATION.name)
    assert row["as_at"] is None
    assert builds.kept_for(data, 3) == ["paper-board-spb-llr-2022-Q4"]
    assert any("board-paper_spb_llr_2022-Q4_build-3" in one.value for one in app.success)
    assert app.get("download_button")
    said = shown(app)
    assert "Reports by motivating factor: not in the public build" in said
    listed = said.partition(words.say("papers", "made", "title"))[2]
    assert "Strategic Partnership Board" in listed
    assert DEMONSTRATION.name in listed
    assert "<script" not in said


def test_words_are_kept_as_versions_and_the_latest_stand_in_the_boxes_and_the_preview(
    open_paper: Callable[..., AppTest], data: Path
) -> None:
    app = open_paper()
    _box(app, "officer").set_value("Community Safety Team")  # type: ignore[attr-defined]
    _press(app, "keep")
    assert [one.value for one in app.success] == [_say("kept")]
    _box(app, "officer").set_value("Performance Team\n" + SCRIPT)  # type: ignore[attr-defined]
    _press(app, "keep")
    assert [row["officer"].splitlines()[0] for row in _held(data)] == ["Community Safety Team", "Performance Team"]
    assert not builds.kept_for(data, 3)
    again = open_paper()
    assert _box(again, "officer").value == "Performance Team\n" + SCRIPT  # type: ignore[attr-defined]
    again.session_state["preview"] = True
    again.run()
    said = shown(again)
    assert "<h3>Officer to contact</h3><ul><li>Performance Team</li><li>&lt;script&gt;" in said
    assert "<ul></ul>" not in said
    assert "<h3>Notable developments and challenges</h3>" in said
    assert words.say("states", "no_paper", "title") in said, "words alone are no paper"


def test_the_second_of_two_who_write_is_shown_what_the_first_wrote_and_loses_nothing(
    open_paper: Callable[..., AppTest], data: Path
) -> None:
    app = open_paper()
    papers.keep(OTHER, ABOUT, {"purpose": "Theirs"}, {}, based_on=0, is_made_up=True)
    _box(app, "purpose").set_value("Mine")  # type: ignore[attr-defined]
    _press(app, "keep")
    said = shown(app)
    assert "Another coordinator kept other words on" in said
    assert "<dd>Theirs</dd>" in said
    assert [row["purpose"] for row in _held(data)] == ["Theirs"]
    assert _box(app, "purpose").value == "Mine"  # type: ignore[attr-defined]
    _press(app, "keep")
    assert [row["purpose"] for row in _held(data)] == ["Theirs", "Mine"]


def test_a_paper_that_cannot_be_made_is_told_in_its_place_and_the_list_stays(
    open_paper: Callable[..., AppTest],
) -> None:
    app = open_paper("csp")
    assert not app.exception
    said = shown(app)
    assert words.say("frame", "refused", "title") in said
    assert words.say("papers", "made", "title") in said
    assert not app.text_area


def test_a_day_that_is_none_is_refused_and_told_and_nothing_is_lost(
    open_paper: Callable[..., AppTest], data: Path
) -> None:
    app = open_paper()
    _box(app, "meeting_on").set_value("next week")  # type: ignore[attr-defined]
    _press(app, "keep")
    assert words.say("frame", "refused", "not_kept") in shown(app)
    assert _held(data) == []
    assert _box(app, "meeting_on").value == "next week"  # type: ignore[attr-defined]


def test_a_deployment_of_the_public_file_offers_public_boards_and_names_nobody(
    open_paper: Callable[..., AppTest], data: Path
) -> None:
    url = f"sqlite:///{data / 'register.sqlite'}"
    rows = [{**ABOUT, "board_code": code, "build_number": 3, "purpose": "Secret"} for code in ("spb", "sog")]
    with write.writer(url, is_made_up=True) as register:
        entry = register.entry(OTHER, "paper")
        for row in rows:
            entry.put("paper", row)
    said = shown(open_paper(build="shareable"))
    listed = said.partition(words.say("papers", "made", "title"))[2]
    assert "Strategic Partnership Board" in listed
    assert "Senior Officer Group" not in said
    assert OTHER.name not in said


def test_only_who_may_writes_or_makes_a_paper(data: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("MONITOR_DATA", str(data))
    lead = Viewer("Lead", frozenset({write.CSP_LEAD}), frozenset({"charnwood"}))
    own = {**ABOUT, "board_code": "csp", "area_code": "E07000130"}
    papers.keep(lead, own, {"purpose": "Ours"}, {}, based_on=0, is_made_up=True)
    for other in (ABOUT, {**own, "area_code": "E07000133"}):
        with pytest.raises(MonitorError, match="papers for this board"):
            papers.keep(lead, other, {"purpose": "Not ours"}, {}, based_on=0, is_made_up=True)
    with pytest.raises(Conflict):
        papers.keep(lead, own, {"purpose": "Late"}, {}, based_on=0, is_made_up=True)
    assert [row["purpose"] for row in _held(data)] == ["Ours"]


def test_a_paper_of_a_build_that_is_gone_is_not_recorded(data: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("MONITOR_DATA", str(data))
    build = builds.live_build(data, "restricted")
    assert build is not None
    shutil.rmtree(data / "marts" / "3")
    with pytest.raises(MonitorError, match="no build 3"):
        papers.record(OTHER, build, ABOUT, {}, {}, based_on=None)
    assert _held(data) == []


@pytest.mark.parametrize(
    ("product", "says"),
    [("pack", "<h3>What is asked of the meeting</h3>"), ("workbook", "<h3>Contents</h3>")],
)
def test_what_nobody_writes_in_is_made_of_the_figures_alone(
    open_page: OpenPage, data: Path, product: str, says: str
) -> None:
    app = open_page("papers", data=data, product=product, board="lscsb", quarter="2022-Q4", measure="crime")
    assert not app.text_area
    assert _say("title_unwritten") in shown(app)
    _press(app, "make")
    assert not app.exception
    (row,) = _held(data)
    assert (row["product_code"], row["board_code"], row["area_code"], row["build_number"]) == (
        product,
        "lscsb",
        "county",
        3,
    )
    assert "_protected" in next(one.value for one in app.success)
    app.session_state["preview"] = True
    app.run()
    said = shown(app)
    assert says in said
    assert "<h3></h3>" not in said


def test_a_file_made_of_another_measure_is_not_offered_as_this_one(open_page: OpenPage, data: Path) -> None:
    app = open_page("papers", data=data, product="workbook", board="hsg", quarter="2022-Q4", measure="crime")
    app.multiselect[0].set_value(["quarter"])
    _press(app, "make")
    assert app.get("download_button")
    kept = app.session_state["_made"]
    other = open_page("papers", data=data, product="workbook", board="hsg", quarter="2022-Q4", measure="incident")
    other.session_state["_made"] = kept
    other.run()
    assert not other.exception
    assert not other.get("download_button")


def test_what_was_made_of_more_than_one_strand_is_listed_where_the_restricted_file_is_open(
    open_page: OpenPage, data: Path
) -> None:
    live = builds.live_build(data, "restricted")
    assert live is not None
    choices = {"measure_code": "crime", "strand_code": "multiple"}
    app = open_page("papers", data=data, product="pack", board="spb", quarter="2022-Q4")
    papers.record(DEMONSTRATION, live, ABOUT | {"product_code": "pack"}, {}, choices, based_on=None)
    app.run()
    assert not app.exception
    assert words.label("group", "multiple") in shown(app)


def test_the_parts_that_are_chosen_are_made_kept_and_stand_there_next_time(
    open_paper: Callable[..., AppTest], data: Path
) -> None:
    app = open_paper()
    (parts,) = app.multiselect
    assert parts.value == list(content.USUAL)
    parts.set_value(["trend", "appendices"])
    _press(app, "make")
    assert not app.exception
    (row,) = _held(data)
    assert (row["sections"], row["made_by"]) == ("trend,appendices", DEMONSTRATION.name)
    assert (row["measure_code"], row["strand_code"]) == ("all", "all")
    listed = shown(app).partition(words.say("papers", "made", "title"))[2]
    assert "Trend by quarter and Tables of the figures" in listed
    again = open_paper()
    assert again.multiselect[0].value == ["trend", "appendices"]
    again.multiselect[0].set_value([])
    _press(again, "make")
    assert [row["sections"] for row in _held(data)] == ["trend,appendices", shelf.NONE]
    assert open_paper().multiselect[0].value == []


def test_what_is_stopped_half_way_is_not_kept(
    demonstration_data: Path, data: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("MONITOR_DATA", str(data))
    build = builds.live_build(data, "restricted")
    assert build is not None
    told = []

    def step(done: int, of: int, what: str) -> None:
        told.append((done, of, what))
        if done == 2:
            raise KeyboardInterrupt

    for product in ("board", "pack", "workbook"):
        with pytest.raises(KeyboardInterrupt):
            shelf.make(product, Selection("2022-Q4"), OTHER, build, boards.named("hsg"), step=step)
        assert told[-1][0] == 2 < told[-1][1]
    assert all(what for *_, what in told)
    assert _held(data) == []
    assert not builds.kept_for(data, 3)


def test_another_maker_of_the_same_paper_is_on_record_too(data: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("MONITOR_DATA", str(data))
    build = builds.live_build(data, "restricted")
    assert build is not None
    for viewer in (OTHER, DEMONSTRATION, DEMONSTRATION):
        papers.record(viewer, build, ABOUT, {}, {"measure_code": "crime"}, based_on=None)
    assert [row["made_by"] for row in _held(data)] == [OTHER.name, DEMONSTRATION.name]


def test_an_older_build_is_written_for_with_the_words_kept_since_and_lists_what_was_made_of_it(
    data: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("MONITOR_DATA", str(data))
    older = builds.open_build(data, 1, "restricted")
    asked = (Selection("2022-Q4", "E07000130"), OTHER, older)
    here = shelf.desk("board", boards.named("csp"), *asked)
    here.keep({"purpose": "Kept of build 1."}, ["tiles"], based_on=here.kept.version)
    here = shelf.desk("board", boards.named("csp"), *asked)
    assert here.kept.said["purpose"] == "Kept of build 1."
    assert here.kept.sections == ("tiles",)
    here.make({"purpose": "Made of build 1."}, ["tiles"], based_on=here.kept.version)
    listed = made(*asked, shelf.readers(older)).frame
    assert list(listed["build_number"]) == [1]
    by_day = shelf.desk("board", boards.named("csp"), Selection("2022-Q4", "E07000130", as_at="2023-01-01"), *asked[1:])
    assert by_day.kept.version == 0


def test_a_register_that_is_in_use_refuses_in_words_and_the_paper_is_not_on_record(
    data: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("MONITOR_DATA", str(data))
    live = builds.live_build(data, "restricted")
    assert live is not None
    monkeypatch.setattr(store, "_WAIT_SECONDS", 0.1)
    store._engine.cache_clear()
    held = sqlite3.connect(data / "register.sqlite", isolation_level=None)
    held.execute("begin immediate")
    with pytest.raises(MonitorError, match="could not be written to"):
        papers.record(OTHER, live, ABOUT, {}, {}, based_on=None)
    held.execute("rollback")
    held.close()
    store._engine.cache_clear()
    assert not builds.kept_for(data, 3)
    papers.record(OTHER, live, ABOUT, {}, {}, based_on=None)


def test_the_pdf_of_a_document_is_offered_where_it_can_be_made(
    open_paper: Callable[..., AppTest], monkeypatch: pytest.MonkeyPatch
) -> None:
    for is_possible, offered in ((False, 1), (True, 2)):
        monkeypatch.setattr(portable, "is_possible", lambda found=is_possible: found)
        app = _press(open_paper(), "make")
        assert not app.exception
        assert len(app.get("download_button")) == offered
