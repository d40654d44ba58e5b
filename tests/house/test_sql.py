"""Every SQL file has its two lines, reads what it says, and pairs with a function."""

from __future__ import annotations

import ast
import re
from pathlib import Path

import pytest

from core import db

ROOT = Path(__file__).resolve().parents[2]
ALL = sorted([*(ROOT / "etl" / "sql").rglob("*.sql"), *(ROOT / "queries" / "sql").rglob("*.sql")])
ASKED = sorted((ROOT / "queries" / "sql").rglob("*.sql"))
KEYWORDS = re.compile(r"\b(SELECT|FROM|WHERE|JOIN|GROUP BY|ORDER BY|WITH|UNION|HAVING|CREATE)\b")


def _name(path: Path) -> str:
    return path.relative_to(ROOT).as_posix()


@pytest.mark.parametrize("path", ALL, ids=_name)
def test_a_statement_begins_with_a_sentence_and_what_it_reads(path: Path) -> None:
    statement = db.statement(path)
    assert statement.sentence.endswith((".", "?"))
    assert statement.sentence[0].isupper()
    assert not KEYWORDS.search(statement.sql), "keywords are lower-case"
    assert ";" not in re.sub(r"'[^']*'", "", statement.sql), "one statement a file"


@pytest.mark.parametrize("path", ASKED, ids=_name)
def test_a_question_pairs_with_the_function_that_asks_it(path: Path) -> None:
    module, function = path.parent.name, path.stem
    source = (ROOT / "queries" / f"{module}.py").read_text(encoding="utf-8")
    names = {node.name for node in ast.walk(ast.parse(source)) if isinstance(node, ast.FunctionDef)}
    assert {function, f"_{function}"} & names
    used = "".join(other.read_text(encoding="utf-8") for other in (ROOT / "queries").glob("*.py"))
    assert f'"{module}.{function}"' in used


@pytest.mark.parametrize("path", ASKED, ids=_name)
def test_a_question_reads_only_what_it_declares(path: Path) -> None:
    statement = db.statement(path)
    ctes = set(re.findall(r"(?:with|,)\s+(\w+)(?:\s*\([^)]*\))?\s+as\s*(?:materialized\s*)?\(", statement.sql))
    named = set(re.findall(r"\b(?:from|join)\s+(\w+)", statement.sql)) - {"lateral", "unnest", "values"}
    assert named - ctes == set(statement.reads)
