"""One partnership on one page says what its page says, holds on the page, and every one can be made in one go."""

from __future__ import annotations

import io
import re
import zipfile
from dataclasses import replace
from datetime import date
from pathlib import Path

import pytest

from core import builds, words
from core.csps import csps
from core.errors import UsageError
from core.model import RESTRICTED, SHAREABLE, Build, Selection
from core.periods import Quarter
from papers import portable, profile
from papers.product import Product
from queries import quarter
from tests.papers.conftest import DOT, VIEWER
from tests.papers.reading import of_style, opened, texts_of
from tests.papers.test_two_pager import QUARTERS, pages
from ui import pictures

CHARNWOOD = Selection("2023-Q2", "E07000130", measure="crime")


@pytest.fixture
def drawn(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(pictures, "is_possible", lambda: True)
    monkeypatch.setattr(pictures, "plain", lambda *_, **__: DOT)


@pytest.fixture
def shareable(demonstration_data: Path, build: Build) -> Build:
    return builds.open_build(demonstration_data, build.number, SHAREABLE)


@pytest.mark.usefixtures("drawn")
def test_it_tells_the_partnership_s_figures_its_plan_and_what_is_due(build: Build) -> None:
    paper = profile.compose(CHARNWOOD, VIEWER, build)
    assert paper.title == "Charnwood CSP: Q2 2023/24"
    said = list(texts_of(opened(profile.write(paper).content)))
    assert {str(value) for value in paper.asked["quarter.tiles"].frame["value_said"]} <= set(said)
    own = paper.asked["locality.own"].frame
    red = own[own["status_code"] == "red"].iloc[0]
    assert words.say("short", "listed", code=red["outcome_code"], name=red["outcome"]) in said, (
        "what is Red comes first"
    )
    owed = paper.asked["returns.owed"]
    assert any(str(owed.frame.iloc[0]["standing"]) in text for text in said)
    found = paper.asked["exceptions.found"].frame
    assert found.iloc[0]["sentence"] in said
    assert not any(row["about"] == "plan" for row in paper.asked["quarter.headlines"].frame.to_dict("records"))


@pytest.mark.usefixtures("drawn")
def test_a_public_profile_says_in_one_line_what_is_held_elsewhere(shareable: Build) -> None:
    paper = profile.compose(replace(CHARNWOOD, measure="all"), VIEWER, shareable)
    held = of_style(opened(profile.write(paper).content), "Withheld")
    assert held == ["Emerging issues: Held in the restricted build only."]
    tiles = paper.asked["quarter.tiles"].frame
    assert all(value % 5 == 0 for name in ("value", "before") for value in tiles[name].dropna())


def test_there_is_none_of_an_area_that_is_not_of_one_partnership(build: Build) -> None:
    for area in ("llr", "county"):
        with pytest.raises(UsageError, match="one community safety partnership"):
            profile.make(Selection("2023-Q2", area), VIEWER, build)


@pytest.mark.usefixtures("drawn")
@pytest.mark.parametrize("first", [2, pytest.param(None, marks=pytest.mark.long)])
def test_all_in_one_go_are_the_same_files_as_one_by_one(
    build: Build, monkeypatch: pytest.MonkeyPatch, first: int | None
) -> None:
    there = csps(date(2023, 9, 30))[:first]
    monkeypatch.setattr(profile, "csps", lambda on: there)
    monkeypatch.setattr(portable, "is_possible", lambda: True)
    monkeypatch.setattr(
        portable, "pdf", lambda one: Product(one.name.replace(".docx", ".pdf"), portable.MIME, b"%PDF", one.notes)
    )
    told: list[tuple[int, int, str]] = []
    asked = Selection("2023-Q2", "county")
    product = profile.everybody(asked, VIEWER, build, lambda *step: told.append(step))
    parts = 2 * len(there) + 1
    assert [done for done, _, _ in told] == list(range(parts))
    assert {of for _, of, _ in told} == {parts}
    assert told[0][2] == there[0].name
    with zipfile.ZipFile(io.BytesIO(product.content)) as archive:
        held = {entry.filename: archive.read(entry) for entry in archive.infolist()}
        assert {entry.date_time for entry in archive.infolist()} == {(1980, 1, 1, 0, 0, 0)}
    for csp in there:
        one = profile.make(replace(asked, area=csp.area_code), VIEWER, build)
        assert held[one.name] == one.content
        assert held[one.name.replace(".docx", ".pdf")] == b"%PDF"
    assert len(held) == parts - 1
    assert product.name == "locality-profiles_llr_2023-Q2_all_all_build-3_made-up.zip"


@pytest.mark.usefixtures("drawn")
def test_a_pdf_that_fails_is_told_and_costs_no_page(build: Build, monkeypatch: pytest.MonkeyPatch) -> None:
    there = csps(date(2023, 9, 30))
    monkeypatch.setattr(profile, "csps", lambda on: there[:1])
    monkeypatch.setattr(portable, "is_possible", lambda: True)
    monkeypatch.setattr(portable, "_PROGRAMS", ("no-such-program",))
    product = profile.everybody(Selection("2023-Q2"), VIEWER, build)
    with zipfile.ZipFile(io.BytesIO(product.content)) as archive:
        assert [name.rpartition(".")[2] for name in archive.namelist()] == ["docx"]
    (note,) = product.notes
    assert note.startswith(f"{there[0].name}: The PDF could not be made")


@pytest.mark.usefixtures("drawn")
def test_without_libreoffice_there_are_no_pdfs_and_it_says_so(build: Build, monkeypatch: pytest.MonkeyPatch) -> None:
    there = csps(date(2023, 9, 30))
    monkeypatch.setattr(profile, "csps", lambda on: there[:1])
    monkeypatch.setattr(portable, "is_possible", lambda: False)
    first, second = (profile.everybody(Selection("2023-Q2"), VIEWER, build) for _ in range(2))
    assert first.content == second.content
    assert first.notes == (words.say("short", "not_portable"),)
    with zipfile.ZipFile(io.BytesIO(first.content)) as archive:
        assert [name for name in archive.namelist() if not name.endswith(".docx")] == []


@pytest.mark.usefixtures("drawn")
def test_a_sentence_that_names_other_places_is_left_out(build: Build) -> None:
    asked = Selection("2018-Q2", "E07000130")
    named = quarter.headlines(asked, VIEWER, build).frame
    assert not named[named["about"] == "areas"]["finding"].str.startswith("exceptions_").any()
    paper = profile.compose(asked, VIEWER, build)
    assert any(line.startswith("The sentence on where to look") for line in paper.left_out)
    notes = words.say("short", "notes")
    said = [text for text in texts_of(opened(profile.write(paper).content)) if not text.startswith(notes)]
    assert not [text for text in said if re.search(r"\b(?:Leicester|Rutland|Melton)\b(?!shire| Police)", text)]


@pytest.mark.long
@pytest.mark.parametrize("audience", [RESTRICTED, SHAREABLE])
@pytest.mark.parametrize("with_pictures", [True, False])
def test_it_has_one_page_for_every_partnership(
    build: Build,
    shareable: Build,
    audience: str,
    with_pictures: bool,
    tmp_path: Path,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setattr(pictures, "is_possible", lambda: with_pictures)
    monkeypatch.setattr(pictures, "plain", lambda *_, **__: DOT)
    asked = build if audience == RESTRICTED else shareable
    chosen = [
        Selection(code, csp.area_code, measure=measure)
        for code in QUARTERS
        for csp in csps(Quarter.parse(code).ends_on)
        for measure in ("all", "crime")
    ]
    found = pages([profile.make(one, VIEWER, asked) for one in chosen], tmp_path)
    assert [one for one, count in zip(chosen, found, strict=True) if count != 1] == []
