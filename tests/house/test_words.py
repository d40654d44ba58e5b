"""Every code has its label, every figure its words, and every sentence names only facts its answer has."""

from __future__ import annotations

import ast
import csv
import re
import tomllib
from pathlib import Path

import pytest

from core import words
from core.model import AUTHORITIES, ELSEWHERE, GROUPS, MEASURES, STRANDS

ROOT = Path(__file__).resolve().parents[2]
REFERENCE = ROOT / "data" / "reference"
VERDICTS = ("higher", "lower", "probably_higher", "probably_lower", "could_be_chance", "same", "none")
STATES = ("not_comparable", "no_history", "rounded")  # `ended` is told by the state of the figure and by its tile


def _column(file: str, name: str) -> list[str]:
    with (REFERENCE / file).open(encoding="utf-8", newline="") as opened:
        return [row[name] for row in csv.DictReader(opened)]


def _functions(module: str) -> list[ast.FunctionDef]:
    tree = ast.parse((ROOT / "queries" / f"{module}.py").read_text(encoding="utf-8"))
    return [
        node
        for node in tree.body
        if isinstance(node, ast.FunctionDef)
        and not node.name.startswith("_")
        and [argument.arg for argument in node.args.args][:3] == ["selection", "viewer", "build"]
        and ast.unparse(node.returns or ast.Name("None")) == "Answer"
    ]


def _questions() -> list[tuple[str, str]]:
    return [
        (path.stem, function.name)
        for path in sorted((ROOT / "queries").glob("[a-z]*.py"))
        if path.stem != "selection"
        for function in _functions(path.stem)
    ]


@pytest.mark.parametrize(
    ("kind", "codes"),
    [
        ("measure", (*MEASURES, ELSEWHERE)),
        ("measure_in_sentence", (*MEASURES, ELSEWHERE)),
        ("strand", ("all", *STRANDS, "not_known")),
        ("strand_in_sentence", ("all", *STRANDS, "not_known")),
        ("group", ("all", *GROUPS)),
        ("group_in_sentence", ("all", *GROUPS)),
        ("area", (*_column("areas.csv", "area_code"), *AUTHORITIES, "not_known", "outside")),
        ("area_in_sentence", (*_column("areas.csv", "area_code"), *AUTHORITIES)),
        ("outcome_group", (*_column("outcomes.csv", "outcome_group_code"), "not_assigned")),
        ("outcome_name", _column("outcomes.csv", "outcome_code")),
        ("channel_in_sentence", tuple(sorted(words.labels()["channel"].keys() - {"not_known"}))),
        ("verdict", (*VERDICTS, *STATES)),
    ],
)
def test_every_code_has_its_words(kind: str, codes: tuple[str, ...]) -> None:
    assert not [code for code in codes if not words.label(kind, code).strip()]


@pytest.mark.parametrize(("module", "function"), _questions())
def test_every_answer_has_its_words(module: str, function: str) -> None:
    section = words.page_text(module)[function]
    assert section["subtitle"]
    for entry in section.get("table", []):
        column, _, heading = entry.partition("=")
        assert words.label("column", heading or column)


@pytest.mark.parametrize("module", sorted({module for module, _ in _questions()}))
def test_no_words_are_left_over(module: str) -> None:
    sections = {name for name, value in words.page_text(module).items() if isinstance(value, dict)}
    asked = {function for other, function in _questions() if other == module}
    assert sections - asked <= {"sections", "texts", "reason", "coverage"}


def test_every_verdict_has_a_sentence_wherever_a_change_is_told() -> None:
    every = {*VERDICTS, *STATES}
    assert every <= set(words.page_text("trends")["quarterly"]["headline"])
    assert every <= set(words.page_text("trends")["rolling_year"]["headline"])
    assert every <= set(words.page_text("frame")["tile_verdict"])
    for about in ("quarter", "year"):
        assert every <= set(words.page_text("quarter")["headlines"][about])


def test_every_note_and_state_a_question_names_is_written() -> None:
    """Notes and states are named by literals in queries; each must exist, and none is written that nothing names."""
    sources = "".join(path.read_text(encoding="utf-8") for path in (ROOT / "queries").glob("*.py"))
    sources += (ROOT / "stats" / "xmr.py").read_text(encoding="utf-8")
    named = set(re.findall(r'"([a-z_]+)"', sources))
    for file in ("notes", "states"):
        written = set(tomllib.loads((ROOT / "config" / "text" / f"{file}.toml").read_text(encoding="utf-8")))
        assert written <= named | {"error"}, f"{file}: {written - named}"
    states = set(words.page_text("states"))
    for withheld in re.findall(r'withheld="([a-z_]+)"', sources):
        assert withheld in states
    notes = set(words.page_text("notes"))
    for group in re.findall(r"notes=\(([^)]*)\)", sources):
        assert set(re.findall(r'"([a-z_]+)"', group)) <= notes


def test_never_a_bare_hate_incidents() -> None:
    """`Hate incidents` always says non-crime, because elsewhere the words include crimes."""
    for path in [*sorted((ROOT / "config" / "text").glob("*.toml")), ROOT / "config" / "labels.toml"]:
        for number, line in enumerate(path.read_text(encoding="utf-8").splitlines(), 1):
            for found in re.finditer(r"(?<!non-crime )hate incidents?\b", line, re.IGNORECASE):
                after = line[found.end() : found.end() + 14]
                assert "(non-crime" in after, f"{path.name}:{number}"
