"""Every page, on both files of a build, inside its frame; and nothing at all outside it."""

from __future__ import annotations

import ast
from pathlib import Path

import pytest
from streamlit.testing.v1 import AppTest

from core import words
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


@pytest.mark.parametrize("code", ["99", "latest", "../1", "-1"])
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
