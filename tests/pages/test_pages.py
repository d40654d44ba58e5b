"""Every page, on both files of a build, inside its frame; and nothing at all outside it."""

from __future__ import annotations

import ast
import shutil
from pathlib import Path

import pytest
from streamlit.testing.v1 import AppTest

from core import breaks, words
from core.model import AUTHORITIES
from tests.pages.conftest import PAGES, ROOT, OpenPage, shown


@pytest.mark.parametrize("build", ["restricted", "shareable"])
@pytest.mark.parametrize("name", PAGES)
def test_page_draws_in_its_frame_on_both_files_of_a_build(open_page: OpenPage, name: str, build: str) -> None:
    app = open_page(name, build=build)
    assert not app.exception
    said = shown(app)
    for part in ("product", "made_up"):
        assert words.say("frame", part) in said
    assert words.say("frame", "refused", "title") not in said
    assert said.count("<h1") == 1
    assert [box.key for box in app.selectbox][:4] == [f"choose_{f}" for f in ("quarter", "area", "strand", "measure")]


@pytest.mark.parametrize("name", PAGES)
@pytest.mark.parametrize(
    "choices",
    [
        {"area": "E06000017", "strand": "transgender"},  # the smallest place and the rarest strand
        {"quarter": "2017-Q1"},  # the first quarter held: nothing to compare with
        {"measure": "incident", "area": "csp_blaby_hinckley"},
        {"area": "county", "strand": "not_known", "measure": "crime"},
        {"measure": "elsewhere", "area": "E07000133"},  # few, and without most of what police records say
        {"measure": "elsewhere", "quarter": "2019-Q1"},  # before any centre or council sent its reports
    ],
    ids=lambda choices: "-".join(choices.values()),
)
def test_page_draws_for_hard_choices(open_page: OpenPage, name: str, choices: dict[str, str]) -> None:
    app = open_page(name, **choices)
    assert not app.exception
    assert words.say("frame", "refused", "title") not in shown(app)


def test_a_choice_follows_to_every_page(open_page: OpenPage) -> None:
    app = open_page()
    app.selectbox(key="choose_area").select("E07000130").run()
    for name in PAGES[1:]:
        app.switch_page(f"pages/{name}.py").run()
        assert app.selectbox(key="choose_area").value == "E07000130"


def test_an_address_opens_on_its_choices(open_page: OpenPage) -> None:
    app = open_page("trends", area="E07000133", measure="crime")
    assert [app.selectbox(key=f"choose_{name}").value for name in ("area", "measure")] == ["E07000133", "crime"]
    assert "Melton" in shown(app)


def test_an_address_for_what_is_not_held_says_so_and_shows_the_default(open_page: OpenPage) -> None:
    app = open_page(area="E09000001")
    assert app.selectbox(key="choose_area").value == "llr"
    assert "E09000001" in shown(app)


def test_an_earlier_build_opens_as_it_stood_and_says_so(open_page: OpenPage) -> None:
    app = open_page(at_build="1")
    assert not app.exception
    assert words.say("frame", "open_live") in shown(app)
    assert words.say("frame", "open_live") not in shown(open_page())


def test_every_build_is_offered_in_the_header_and_opened_with_the_choices_kept(open_page: OpenPage) -> None:
    said = shown(open_page("trends", area="E07000130"))
    assert words.say("frame", "as_at", "summary_live", number=3) in said
    assert 'href="?area=E07000130" target="_self" aria-current="true">Build 3' in said
    for number in (1, 2):
        assert f'href="?area=E07000130&amp;build={number}" target="_self">Build {number}' in said


def test_an_earlier_build_stays_with_the_reader_until_they_go_back(open_page: OpenPage) -> None:
    app = open_page(at_build="2", area="E07000130")
    said = shown(app)
    assert words.say("frame", "as_at", "summary", number=2) in said
    assert 'href="?area=E07000130" target="_self">' + words.say("frame", "open_live") in said
    assert "&amp;build=2" in said.partition("hm-sentences")[2], "evidence is of the build that was read"
    for name in PAGES[1:]:
        said = shown(app.switch_page(f"pages/{name}.py").run())
        assert words.say("frame", "as_at", "summary", number=2) in said


def test_builds_that_cannot_be_opened_are_named_with_the_reason(
    open_page: OpenPage, demonstration_data: Path, tmp_path: Path
) -> None:
    shutil.copytree(demonstration_data, tmp_path / "data")
    (tmp_path / "data" / "marts" / "1" / "restricted.duckdb").write_bytes(b"not a database")
    (tmp_path / "data" / "marts" / "2" / "restricted.duckdb").unlink()
    said = shown(open_page(data=tmp_path / "data"))
    assert f"<li>Build 1: {words.say('frame', 'as_at', 'damaged')}</li>" in said
    assert f"<li>Build 2: {words.say('frame', 'as_at', 'no_file')}</li>" in said
    asked_for = open_page(data=tmp_path / "data", at_build="1")
    assert not asked_for.exception
    assert words.say("frame", "refused", "title") in shown(asked_for)
    assert words.say("frame", "open_live") in shown(asked_for), "and there is a way back"


@pytest.mark.parametrize("name", PAGES)
def test_the_menu_says_which_page_is_read(open_page: OpenPage, name: str) -> None:
    title = next(page["title"] for page in words.page_text("frame")["page"] if page["name"] == name)
    assert f'aria-current="page">{title}</a>' in shown(open_page(name))


def test_what_the_address_asks_for_is_repeated_as_text(open_page: OpenPage) -> None:
    said = shown(open_page(area="<a href='//x'>", at_build="<b>"))
    assert "<a href='//x'>" not in said
    assert "<b>" not in said


@pytest.mark.parametrize("code", ["99", "latest", "../1", "-1", "\u00b2"])
def test_a_build_that_was_never_published_gives_the_live_one_and_says_so(open_page: OpenPage, code: str) -> None:
    app = open_page(at_build=code)
    assert not app.exception
    assert code in shown(app)


@pytest.mark.parametrize("code", AUTHORITIES)
def test_quarter_draws_for_every_authority(open_page: OpenPage, code: str) -> None:
    assert not open_page(area=code).exception


def test_without_a_build_the_page_names_the_command(open_page: OpenPage, tmp_path: Path) -> None:
    app = open_page(data=tmp_path)
    assert not app.exception
    assert words.say("frame", "no_build", "command") in shown(app)
    assert not app.selectbox


@pytest.mark.parametrize("name", PAGES)
@pytest.mark.parametrize("address", [None, "0.0.0.0"])
def test_an_open_address_shows_only_the_refusal(open_page: OpenPage, name: str, address: str | None) -> None:
    app = open_page(name, address=address)
    assert not app.exception
    assert words.say("frame", "refused", "title") in shown(app)
    assert not app.selectbox
    assert not app.get("plotly_chart")


@pytest.mark.parametrize("name", PAGES)
def test_a_page_opened_without_its_frame_shows_nothing(
    monkeypatch: pytest.MonkeyPatch, demonstration_data: Path, name: str
) -> None:
    monkeypatch.setenv("MONITOR_DATA", str(demonstration_data))
    app = AppTest.from_file(str(ROOT / "pages" / f"{name}.py"), default_timeout=60).run()
    assert not app.exception
    assert not app.main.children


@pytest.mark.parametrize("name", PAGES)
def test_page_is_short_and_begins_by_entering_the_frame(name: str) -> None:
    source = (ROOT / "pages" / f"{name}.py").read_text(encoding="utf-8")
    assert len(source.splitlines()) <= 60
    tree = ast.parse(source)
    assert (ast.get_docstring(tree) or "").endswith("?")
    statements = [node for node in tree.body[1:] if not isinstance(node, (ast.Import, ast.ImportFrom))]
    assert ast.unparse(statements[0]) == f"page = frame.enter('{name}')"


def test_every_page_of_the_registry_is_a_file_and_every_file_is_in_the_registry() -> None:
    assert sorted(PAGES) == sorted(path.stem for path in (ROOT / "pages").glob("*.py"))


def test_a_recording_change_that_cannot_be_used_is_said_before_anything_is_drawn(
    open_page: OpenPage, monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    (tmp_path / "breaks.toml").write_text('[[break]]\non = "3 June"\n', encoding="utf-8")
    monkeypatch.setattr(breaks, "CONFIG", tmp_path)
    breaks.breaks.cache_clear()
    try:
        said = shown(open_page("trends"))
    finally:
        breaks.breaks.cache_clear()
    assert words.say("frame", "refused", "title") in said
    assert "breaks.toml, [[break]] number 1" in said
    assert 'class="hm-figure-words"' not in said
