"""The reference pages are what the program would write now, leave nothing out, and tell the truth about the marts."""

from __future__ import annotations

import re
from pathlib import Path

import pytest

from core import builds, db
from core.settings import CONFIG, ROOT, read_toml
from etl import mart, reference
from etl.contract import FIELDS, contracts
from etl.validate import rule_book

PAGES = reference.pages()
FOLDER = ROOT / "docs" / "reference"
WORDS = read_toml(CONFIG / "fields.toml")


@pytest.mark.parametrize("name", PAGES)
def test_a_page_is_what_would_be_written_now(name: str) -> None:
    written = (FOLDER / name).read_text(encoding="utf-8")
    assert written == PAGES[name], "write it again with `python -m etl reference`"


def test_there_is_no_page_nobody_writes() -> None:
    assert {path.name for path in FOLDER.iterdir()} == set(PAGES)


@pytest.mark.parametrize("name", PAGES)
def test_every_link_of_a_page_leads_somewhere(name: str) -> None:
    for target in re.findall(r"\]\(([^)#\s]+)\)", PAGES[name]):
        assert (FOLDER / target).exists(), target


def test_every_field_has_its_words_and_there_are_none_for_what_is_not_a_field() -> None:
    for kind, fields in FIELDS.items():
        assert set(WORDS[kind]) == set(fields), kind
        for field, said in WORDS[kind].items():
            assert said["meaning"].endswith("."), field
            assert said["blank"].endswith("."), field
            assert isinstance(said["personal"], bool), field


def test_every_rule_names_the_fields_it_judges_and_a_test_that_breaks_it() -> None:
    assert set(WORDS["judged_by_rule"]) == set(rule_book())
    fields = {field for named in FIELDS.values() for field in named}
    assert {field for named in WORDS["judged_by_rule"].values() for field in named} <= fields
    for line in PAGES["rules.md"].splitlines():
        if line.startswith("| `"):
            assert "../../tests/etl/" in line, line


def test_a_field_called_personal_names_no_column_of_a_mart() -> None:
    personal = {field for kind in FIELDS for field, said in WORDS[kind].items() if said["personal"]}
    tables = {path.stem for path in mart.mart_order()}
    assert set(WORDS["grain"]) == tables
    assert not personal & set(re.findall(r"^\| `(\w+)`", PAGES["marts.md"], re.MULTILINE))


def test_every_contract_rule_and_table_is_on_its_page() -> None:
    for name in contracts():
        assert f"`{name}`" in PAGES["sources.md"]
        assert f"`{name}`" in PAGES["data_dictionary.md"]
    assert all(f"`{code}`" in PAGES["rules.md"] for code in rule_book())


@pytest.mark.parametrize("audience", ["restricted", "shareable"])
def test_the_marts_have_the_columns_types_and_grain_the_page_says(audience: str, demonstration_data: Path) -> None:
    number = builds.live_number(demonstration_data)
    assert number is not None
    said = dict(zip(("restricted", "shareable"), reference.described(), strict=True))[audience]
    connection = db.open_to_read(builds.mart_path(demonstration_data, number, audience))
    try:
        tables = {row[0] for row in connection.execute("select table_name from information_schema.tables").fetchall()}
        assert tables == set(said)
        for table, columns in said.items():
            found = {row[0]: row[1] for row in connection.execute(f"describe {table}").fetchall()}
            assert found == columns, table
            keys = ", ".join(WORDS["grain"][table]) or "'the one row'"
            more = connection.execute(f"select {keys} from {table} group by all having count(*) > 1").fetchall()
            assert not more, table
    finally:
        connection.close()
