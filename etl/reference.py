"""The reference pages under docs/reference, written from what the program itself reads, so that they cannot differ.

Reads: config/fields.toml, config/rules.toml, config/sources, etl/sql. Writes: docs/reference/*.md. A field, rule,
column or table without its words is refused.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping, Sequence
from datetime import datetime
from functools import lru_cache
from pathlib import Path
from typing import Any

import duckdb

from core import db
from core.errors import ConfigError
from core.model import RESTRICTED, SHAREABLE
from core.settings import CONFIG, ROOT, load_settings, read_toml
from core.words import join, label
from etl import conform, mart, statements
from etl.contract import FIELDS, REPORT, STREET, Contract, contracts
from etl.layout import WORKBOOK, Layout
from etl.publish import CUBE, SHAREABLE_TABLES
from etl.validate import QUARANTINE, WARNING, Rule, rule_book

FOLDER = ROOT / "docs" / "reference"
_KINDS = {REPORT: "Hate reports", STREET: "Street-level records"}
_MADE = "<!-- Written by `python -m etl reference`. Do not edit. -->"


def pages() -> dict[str, str]:
    """Every page by file name. Raises ConfigError when something has no words."""
    return {
        "rules.md": _rules(),
        "data_dictionary.md": _data_dictionary(),
        "marts.md": _marts(),
        "sources.md": _sources(),
    }


def write() -> list[Path]:
    """Write every page; returns where they lie."""
    FOLDER.mkdir(parents=True, exist_ok=True)
    written = []
    for name, text in pages().items():
        path = FOLDER / name
        path.write_text(text, encoding="utf-8", newline="\n")
        written.append(path)
    return written


@lru_cache(maxsize=1)
def _words() -> dict[str, Any]:
    return read_toml(CONFIG / "fields.toml")


def _word(*keys: str) -> Any:
    found: Any = _words()
    try:
        for key in keys:
            found = found[key]
    except (KeyError, TypeError) as missing:
        raise ConfigError(
            f"there are no words for {' > '.join(keys)}.",
            where="config/fields.toml",
            meaning="The reference pages cannot be written without them; nothing else is affected.",
            action="Say there what it means.",
        ) from missing
    return found


def _page(title: str, introduction: str, parts: Iterable[str]) -> str:
    return "\n\n".join([f"# {title}", _MADE, introduction, *parts]) + "\n"


def _table(headings: Sequence[str], rows: Iterable[Sequence[str]]) -> str:
    lines = [headings, ["---"] * len(headings), *([_cell(cell) for cell in row] for row in rows)]
    return "\n".join(f"| {' | '.join(line)} |" for line in lines)


def _cell(text: str) -> str:
    return text.replace("|", "\\|").replace("\n", " ")


def _code(name: str) -> str:
    return f"`{name}`"


def _codes(names: Iterable[str]) -> str:
    return ", ".join(_code(name) for name in names)


def _rules() -> str:
    parts = []
    for severity in (QUARANTINE, WARNING):
        rules = [rule for rule in rule_book().values() if rule.severity == severity]
        rows = [
            (_code(rule.code), rule.sentence, rule.ask, _codes(_judged(rule)), _kind(rule), _tests(rule))
            for rule in rules
        ]
        headings = ("Rule", "What it says", "What to ask", "Fields", "Records of", "Tests that break it")
        parts.append(f"## {label('severity', severity)} ({len(rules)})\n\n{_table(headings, rows)}")
    return _page(
        "Rule book",
        "Every record read is accepted or held back with all its reasons. A record held back waits on the work list "
        "(`python -m etl quarantine`) until a later extract brings it corrected; a warning is counted and told, and "
        "its record is accepted. The words are in `config/rules.toml`, the logic in `etl/sql/3_rules`.",
        parts,
    )


def _judged(rule: Rule) -> list[str]:
    """The fields a rule judges."""
    fields: list[str] = _word("judged_by_rule", rule.code)
    return fields


def _kind(rule: Rule) -> str:
    """The kinds of record a rule is about, told by the tables its statement reads."""
    reads = set(db.statement(statements.RULES / f"{rule.code}.sql").reads)
    if reads <= {"ragged_record", "heading"}:
        return ", ".join(_KINDS.values())
    return _KINDS[STREET if reads & {"raw_street", "staged_street"} else REPORT]


def _tests(rule: Rule) -> str:
    """The tests that name the rule: each has a record that breaks it."""
    named = re.compile(rf"\b{rule.code}\b")
    paths = sorted((ROOT / "tests" / "etl").glob("test_*.py"))
    found = [path.name for path in paths if named.search(path.read_text(encoding="utf-8"))]
    return ", ".join(f"[{name}](../../tests/etl/{name})" for name in found)


def _data_dictionary() -> str:
    parts = []
    for kind, title in _KINDS.items():
        known = [contract for contract in contracts().values() if contract.kind == kind]
        rows = [_field_row(kind, field, known) for field in FIELDS[kind]]
        headings = ("Field", "Meaning", "Personal", "Required by", "When blank", "Rules")
        parts.append(f"## {title}\n\n{_table(headings, rows)}")
        parts += [_accepted(kind, contract) for contract in known]
    return _page(
        "Data dictionary",
        "Every field a record can have, before it is counted. Headings and words are met without regard to case, "
        "spaces and punctuation; a column that no contract names is never read. Personal: the field could help to "
        "identify somebody; it stops at the warehouse and is in no build, log or report.",
        parts,
    )


def _field_row(kind: str, field: str, known: Sequence[Contract]) -> Sequence[str]:
    meaning, personal, blank = (_word(kind, field, part) for part in ("meaning", "personal", "blank"))
    required = [contract.name for contract in known if field in contract.required]
    rules = [rule.code for rule in rule_book().values() if field in _judged(rule) and _KINDS[kind] in _kind(rule)]
    return (_code(field), meaning, "yes" if personal else "no", _codes(required), blank, _codes(rules))


def _accepted(kind: str, contract: Contract) -> str:
    """What one contract reads each field from, and which words stand for which code."""
    headings = [
        (_code(field), ", ".join(contract.columns[field])) for field in FIELDS[kind] if field in contract.columns
    ]
    headings += [(f"{_code('strand_cells')} ({one.name})", ", ".join(one.headings)) for one in contract.strand_columns]
    lists = [*contract.words.items(), *((one.name, one.words) for one in contract.strand_columns)]
    words = [
        (_code(name), _fields_of(kind, contract, name), _code(code), ", ".join(listed))
        for name, codes in lists
        for code, listed in codes.items()
        if listed
    ]
    return (
        f"### {contract.title}\n\nContract [`{contract.name}`](../../config/sources/{contract.name}.toml).\n\n"
        f"{_table(('Field', 'Headings accepted'), headings)}\n\n"
        f"{_table(('Words of', 'Fields', 'Code', 'Words accepted'), words)}"
    )


def _fields_of(kind: str, contract: Contract, values: str) -> str:
    """The fields that take their words from this list."""
    if values in {one.name for one in contract.strand_columns}:
        return _code("strand_cells")
    return _codes(field for field in FIELDS[kind] if values in _word(kind, field).get("values", [field]))


def _marts() -> str:
    restricted, shareable = described()
    files = {
        RESTRICTED: ("exact counts, for named users only", restricted),
        SHAREABLE: ("protected counts, and tables in which nobody is counted", shareable),
    }
    parts = []
    for audience, (what, tables) in files.items():
        parts.append(f"## `{audience}.duckdb`: {what}")
        parts += [_mart_table(name, tables[name], audience) for name in sorted(tables)]
    return _page(
        "Mart dictionary",
        "The tables of the two files of a build. Every table holds counts by the grain it names, or describes what is "
        "counted; none has a column of a person. Each is made by one statement in `etl/sql/5_mart`.",
        parts,
    )


def _mart_table(name: str, columns: Mapping[str, str], audience: str) -> str:
    own = statements.MART / audience / f"{name}.sql"
    path = own if own.exists() else statements.MART / f"{name}.sql"
    statement = db.statement(path)
    grain: list[str] = _word("grain", name)
    rows = [
        (_code(column), kind.lower(), "key" if column in grain else "", _column(name, column))
        for column, kind in columns.items()
    ]
    said = [statement.sentence]
    if audience == SHAREABLE and name == CUBE:
        said.append("Every count here is protected: a multiple of the rounding base, moved by a secret fixed offset.")
    said.append(f"One row for every {join([_code(column) for column in grain])}." if grain else "One row.")
    if statement.reads:
        said.append(f"Made from {join([_code(table) for table in statement.reads])}.")
    said.append(f"Statement: [{path.name}](../../{path.relative_to(ROOT).as_posix()}).")
    return f"### `{name}`\n\n{' '.join(said)}\n\n{_table(('Column', 'Type', '', 'Meaning'), rows)}"


def _column(table: str, column: str) -> str:
    own = _words()["mart_column_of"].get(table, {})
    return str(own[column] if column in own else _word("mart_column", column))


def described() -> tuple[dict[str, dict[str, str]], dict[str, dict[str, str]]]:
    """Table -> column -> type of both files, as the statements make them from an empty warehouse."""
    settings = load_settings()
    connection = db.open_database(Path(":memory:"))
    try:
        conform.lay_tables(connection)
        mart.make_marts(connection, settings, mart.parameters(settings, 1, None, datetime(2000, 1, 1), False))
        restricted = {
            path.stem: _types(connection.execute(f"describe temp.main.{path.stem}")) for path in mart.mart_order()
        }
        shareable = {name: restricted[name] for name in (*SHAREABLE_TABLES, CUBE, "build")}
        for view in sorted((statements.MART / "shareable").glob("*.sql")):
            shareable[view.stem] = _types(statements.run(connection, view, before="describe"))
    finally:
        connection.close()
    return restricted, shareable


def _sources() -> str:
    return _page(
        "Sources",
        "Every layout of a file that is read, as its contract in `config/sources` states it. Nothing is guessed: what "
        "a contract does not state is refused, with what was found.",
        [_source(contract) for contract in contracts().values()],
    )


def _types(described: duckdb.DuckDBPyConnection) -> dict[str, str]:
    return {str(row[0]): str(row[1]) for row in described.fetchall()}


_GRAINS = {
    "report": "One row is one report.",
    "victim": "One row is one victim: rows that share an identifier are one report.",
    "flag": "One row is one flag: rows that share an identifier are one report.",
}
_COVERAGES = {
    "full": "A file holds every record of the window its name states, and a record it no longer contains is withdrawn.",
    "changes": "A file holds what changed; a record it does not contain stays.",
    "by_name": "A file whose name states a window holds every record of it, and a record it no longer contains is "
    "withdrawn; any other file holds what changed.",
}
_PROVIDERS = {
    "police": "the police",
    "third_party": "a third-party reporting centre",
    "council": "a council",
    "open": "open data",
}


def _source(contract: Contract) -> str:
    """One contract in words."""
    layout = contract.layout
    required = [
        f"{_codes(contract.required)}",
        *(f"one of {_codes(group)}" for group in contract.one_of),
        *(f"all or none of {_codes(group)}" for group in contract.together),
        *(f"at most one of {_codes(group)}" for group in contract.never_both),
    ]
    rows = [
        ("Records of", f"{_code(contract.source)}, from {_PROVIDERS[contract.provider]}"),
        ("Sensitivity", "open" if contract.is_open else "personal, unless every record is marked as made up"),
        ("Written as", _written(layout)),
        ("Headings", _heading_rows(layout)),
        ("Footer", f"begins where a row's first cell matches {_code(layout.footer)}" if layout.footer else "none"),
        ("Rows", _GRAINS[contract.grain]),
        ("Coverage", _COVERAGES[contract.coverage]),
        (
            "Window",
            f"in the file's name: {_code(contract.window_pattern)}" if contract.window_pattern else "not stated",
        ),
        ("Extract date", _extract_date(contract)),
        ("Dates", _codes(contract.formats)),
        ("Earliest date", contract.earliest.isoformat()),
        ("Several values in a cell", _separators(contract)),
        ("Identifiers", f"match {_code(contract.id_pattern)}" if contract.id_pattern else "of any shape"),
        ("Columns it must have", "; ".join(required)),
    ]
    if contract.constants:
        told = [f"{_code(field)} is {_code(text)}" for field, text in contract.constants.items()]
        rows.append(("The same in every record", ", ".join(told)))
    link = f"[`{contract.name}`](../../config/sources/{contract.name}.toml)"
    return f"## {contract.title}\n\n{link}\n\n{_table(('What', 'As the contract states'), rows)}"


def _written(layout: Layout) -> str:
    if layout.format == WORKBOOK:
        return f"an Excel workbook, the sheet {_code(layout.sheet or '')}"
    parted = {",": "commas", ";": "semicolons", "\t": "tabs", "|": "vertical bars"}
    return f"{layout.in_words()}, cells parted by {parted.get(layout.delimiter, _code(layout.delimiter))}"


def _heading_rows(layout: Layout) -> str:
    where = f"row {layout.header_row}" if layout.header_row else "the first row that is not blank"
    return where if layout.header_rows == 1 else f"{layout.header_rows} rows from {where}, joined"


def _extract_date(contract: Contract) -> str:
    if contract.extracted_on:
        return f"always {contract.extracted_on.isoformat()}"
    return f"in the file's name ({_codes(contract.extracted_patterns)}), or given with `--extracted`"


def _characters(given: Sequence[str]) -> str:
    """Characters one can see as they are, the others by name."""
    named = {"\n": "a line break", "\r": "a carriage return", "\t": "a tab", " ": "a space"}
    return join([named.get(one) or (_code(one) if one.isprintable() else f"character {ord(one)}") for one in given])


def _separators(contract: Contract) -> str:
    told = [f"parted by {_characters(contract.separators)}"] if contract.separators else []
    if contract.inner_separators:
        told.append(f"and, within a strand that is no known word, by {_characters(contract.inner_separators)}")
    if contract.motivation:
        told.append(f"only those that are known words or match {_code(contract.motivation)} are about a motivation")
    return "; ".join(told) or "no"
