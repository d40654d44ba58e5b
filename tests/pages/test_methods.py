"""Methods says of every method what it is for, how it works, what it cannot show and where it comes from."""

from __future__ import annotations

import re
from typing import Any

import pytest

from core import words
from core.settings import load_settings
from queries import _change, trends
from stats import rag, season, xmr
from tests.pages.conftest import OpenPage, shown
from ui import frame

TEXTS: dict[str, str] = words.page_text("methods")["texts"]
METHODS = (
    "rates", "shares", "change", "usual_range", "alerts", "seasonality", "forecast", "campaigns", "outcomes",
    "repeat_victims", "status", "comparators", "disclosure",
)  # fmt: skip
PARTS = ("**What it is for.**", "**How it works.**", "**What it cannot show.**", "*Reference: ")


def _said(name: str) -> str:
    return words.say("methods", "texts", name, **frame._settings())


@pytest.mark.parametrize("name", METHODS)
def test_a_method_says_its_purpose_its_working_its_limits_and_its_reference_in_that_order(name: str) -> None:
    said = _said(name)
    places = [said.find(part) for part in PARTS]
    assert -1 not in places
    assert places == sorted(places)
    working = said[places[1] + len(PARTS[1]) : places[2]]
    # a full stop inside a number or after a bold word of the key ends no sentence
    sentences = re.split(r"[.?!](?:\*\*)?\s+(?=[A-Z*])", working.strip())
    assert 2 <= len(sentences) <= 6, sentences
    assert re.search(r"\d{4}|none;|Home Office|own rules|Hyndman", said[places[3] :])


def test_the_caveats_come_first_and_say_that_police_figures_are_no_reliable_trend_of_hate() -> None:
    assert next(iter(TEXTS)) == "caveats"
    assert next(iter(words.page_text("methods")["sections"])) == "caveats"
    assert "do not currently provide reliable trends" in _said("caveats").split("\n")[0]


def test_every_section_has_its_text_and_is_on_the_page_and_in_its_contents(open_page: OpenPage) -> None:
    sections = words.page_text("methods")["sections"]
    assert list(sections) == list(TEXTS)
    said = shown(open_page("methods"))
    at = [said.find(f'id="{name}"') for name in sections]
    assert -1 not in at
    assert at == sorted(at)
    assert re.findall(r'<li><a href="#(\w+)">', said) == list(sections)


@pytest.mark.parametrize(
    ("table", "key", "value", "where", "told"),
    [
        ("change", "flag_confidence", 0.987, "change", "98.7%"),
        ("usual_range", "months", 37, "usual_range", "latest 37 months"),
        ("outcomes", "mature_share", 0.61, "outcomes", "61%"),
        ("outcomes", "action_taken", ["1", "22"], "outcomes", "codes 1, 22"),
        ("repeat_victim", "months", 9, "repeat_victims", "9 months before"),
        ("protection", "base", 3, "disclosure", "multiple of 3"),
        ("provisional", "months", 4, "caveats", "latest 4 months"),
        ("rates", "per", 10_000, "rates", "per 10,000 residents"),
        ("alerts", "alpha", 0.02, "alerts", "2.0% of months"),
    ],
)
def test_a_setting_that_moves_moves_what_methods_says_of_it(
    monkeypatch: pytest.MonkeyPatch, table: str, key: str, value: Any, where: str, told: str
) -> None:
    assert told not in _said(where)
    options = load_settings().options
    monkeypatch.setitem(options, table, options[table] | {key: value})
    assert told in _said(where)


def test_the_glossary_is_a_table_of_words_each_told_once() -> None:
    rows = [line for line in _said("glossary").strip().splitlines() if line.startswith("|")][2:]
    terms = [row.split("|")[1].strip() for row in rows]
    assert len(terms) == len(set(terms))
    assert {"Usual range", "Exception", "Interval", "Chance", "Mature", "Protected cell", "Comparator"} <= set(terms)


def test_what_methods_says_of_limits_is_what_the_code_does() -> None:
    """Numbers that are not settings stand in the sources; these are held to them."""

    said = {name: " ".join(_said(name).split()) for name in METHODS}
    assert f"{xmr.FEWEST_POINTS} to {xmr.FULL_POINTS - 1} periods" in said["usual_range"]
    fewest = xmr.FEWEST_A_PERIOD
    assert f"under {fewest['month']:.0f} a month or {fewest['quarter']:.0f} a quarter" in said["usual_range"]
    assert f"either count is under {_change.FEW}" in said["change"]
    assert f"fewer than {rag.FEWEST_CASES} cases" in said["status"]
    assert rag.FEWEST_POINTS == 4
    assert "fewer than four returns" in said["status"]
    assert f"{season.FEWEST_MONTHS} months" in said["seasonality"]
    assert f"{trends.FEWEST_A_MONTH} reports a month" in said["seasonality"]
