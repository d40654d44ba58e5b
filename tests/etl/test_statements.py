"""Every SQL file of the building wing is run by a step, and every one that makes a table says what it reads."""

from __future__ import annotations

import re
from pathlib import Path

import pytest

from core import db
from etl import statements
from etl.mart import mart_order

ROOT = Path(__file__).resolve().parents[2]
STEPS = [
    path
    for folder in (statements.STAGING, statements.WAREHOUSE / "steps", statements.WAREHOUSE / "publication")
    for path in sorted(folder.glob("*.sql"))
]


@pytest.mark.parametrize("path", STEPS, ids=lambda path: path.stem)
def test_a_step_names_each_statement_it_runs(path: Path) -> None:
    source = "".join(module.read_text(encoding="utf-8") for module in (ROOT / "etl").glob("*.py"))
    assert re.search(rf'"{path.stem}(\.sql)?"', source)


@pytest.mark.parametrize("path", [*STEPS, *sorted(statements.RULES.glob("*.sql"))], ids=lambda path: path.stem)
def test_a_statement_reads_what_it_says(path: Path) -> None:
    statement = db.statement(path)
    text = re.sub(r"extract\([^)]*\)|distinct from|using \(select", "", statement.sql)
    named = set(re.findall(r"\b(?:from|join)\s+(?:main\.)?([a-z_]+)\b(?!\()", text)) - {"unnest"}
    listed = set(re.findall(r"(?:with|,)\s+([a-z_]+) as \(", text))
    assert named - listed <= {*statement.reads, "known", "ready"} | listed
    assert set(statement.reads) <= set(re.findall(r"[a-z_]+", statement.sql))


def test_a_mart_is_made_after_those_it_reads() -> None:
    order = [path.stem for path in mart_order()]
    assert sorted(order) == sorted(path.stem for path in statements.MART.glob("*.sql"))
    for position, path in enumerate(mart_order()):
        needed = {table for table in db.statement(path).reads if table in order and table != path.stem}
        assert needed <= set(order[:position])
