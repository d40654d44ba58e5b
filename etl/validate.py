"""Step 3: every record goes to one place: accepted, or quarantined with all its reasons.

Reads: the staged tables, etl/sql/3_rules, config/rules.toml. Writes: broken_rule, held_back, held_text (temporary).
"""

from __future__ import annotations

import hashlib
from dataclasses import dataclass
from functools import lru_cache
from pathlib import Path
from typing import Any

import duckdb
import pandas as pd

from core import db
from core.errors import ConfigError, MonitorError
from core.settings import CONFIG, REFERENCE, read_toml
from etl import statements
from etl.contract import REPORT
from etl.extract import Extract
from etl.layout import refused

QUARANTINE = "quarantine"
WARNING = "warning"


@dataclass(frozen=True)
class Rule:
    """One rule of the book: its code, severity, sentence, and what to ask the force."""

    code: str
    severity: str
    sentence: str
    ask: str


@dataclass(frozen=True)
class Verdict:
    """Where the records of one file go.

    Attributes:
        records, accepted, quarantined: records = accepted + quarantined, always.
        is_made_up: every record says it was made up for demonstration.
        rules: rule code -> records that broke it (a warning counts accepted records only).
    """

    records: int
    accepted: int
    quarantined: int
    is_made_up: bool
    rules: dict[str, int]


class NoneAccepted(MonitorError):
    """Not one record of a file can be accepted: it is refused whole, with the rules its records broke.

    Attributes:
        rules: rule code -> records that broke it.
    """

    def __init__(self, file_name: str, rules: dict[str, int]) -> None:
        super().__init__(
            "not one of its records can be accepted.",
            where=file_name,
            meaning="Nothing was loaded; the published figures are unchanged.",
            action="See which rules they break (`python -m etl check` lists them), and ask for the extract again.",
        )
        self.rules = rules


@lru_cache(maxsize=1)
def rule_book() -> dict[str, Rule]:
    """Every rule by code. Raises ConfigError when a rule's logic and its words are not both there."""
    book = {code: Rule(code, **words) for code, words in read_toml(CONFIG / "rules.toml").items()}
    written = {path.stem for path in statements.RULES.glob("*.sql")}
    if written != set(book) or any(rule.severity not in (QUARANTINE, WARNING) for rule in book.values()):
        raise ConfigError(
            "a rule has no words, words have no rule, or a severity is neither quarantine nor warning: "
            + (", ".join(sorted(written ^ set(book))) or "severity"),
            where="config/rules.toml and etl/sql/3_rules",
            meaning="Nothing can be loaded; the published figures are unchanged.",
            action="Give every rule both.",
        )
    return book


def validate(connection: duckdb.DuckDBPyConnection, extract: Extract) -> Verdict:
    """Judge every staged record. Raises MonitorError when the file as a whole cannot be trusted."""
    if extract.contract.kind == REPORT:
        _refuse_month_first(connection, extract)
    is_made_up = _made_up(connection, extract)
    _break_rules(connection, extract)
    statements.make(connection, statements.STAGING / "held_back.sql")
    text = "held_text" if extract.contract.kind == REPORT else "held_street_text"
    statements.make(connection, statements.STAGING / f"{text}.sql", name="held_text")
    quarantined = int(connection.execute("select count(*) from held_back").fetchall()[0][0])
    accepted = extract.records - quarantined
    rules = dict(statements.run(connection, statements.STAGING / "broken_rule_counts.sql").fetchall())
    if accepted == 0:
        raise NoneAccepted(extract.file_name, rules)
    return Verdict(extract.records, accepted, quarantined, is_made_up, rules)


def judged_by(extract: Extract, lsoa_lookup: Path | None) -> str:
    """A fingerprint of everything that decides where a record goes and what it is read as.

    The same file is judged again when its contract, a rule, a spelling or the look-up of places has changed.
    """
    fingerprint = hashlib.sha256(repr(extract.contract).encode())
    decides = [statements.STAGING, statements.RULES, statements.WAREHOUSE / "steps" / "conformed_report.sql"]
    decides += [CONFIG / "rules.toml", REFERENCE / "authority_names.csv", REFERENCE / "outcomes.csv"]
    decides += [lsoa_lookup] if lsoa_lookup else []
    for path in decides:
        for file in sorted(path.glob("*.sql")) if path.is_dir() else [path]:
            fingerprint.update(file.name.encode() + file.read_bytes())
    return fingerprint.hexdigest()


def _break_rules(connection: duckdb.DuckDBPyConnection, extract: Extract) -> None:
    book = rule_book()
    frame = pd.DataFrame([(rule.code, rule.severity) for rule in book.values()], columns=["rule_code", "severity"])
    statements.hold(connection, "rule", frame, {"rule_code": "varchar", "severity": "varchar"})
    connection.execute("create or replace temp table broken_rule (record_number bigint, rule_code varchar)")
    parameters: dict[str, Any] = {
        "extracted_on": extract.extracted_on,
        "earliest": extract.contract.earliest,
        "covers_from": extract.window[0] if extract.window else None,
        "covers_to": extract.window[1] if extract.window else None,
        "grain": extract.contract.grain,
        "id_pattern": extract.contract.id_pattern,
    }
    there = {f"raw_{extract.contract.kind}", f"staged_{extract.contract.kind}", "ragged_record", "heading"}
    if extract.contract.kind == REPORT:
        there |= {"repeated_row", "broken_rule", "rule", "word", "contract_word", "coded_place"}
    for code in book:
        path = statements.RULES / f"{code}.sql"
        if set(db.statement(path).reads) <= there:
            before = f"insert into broken_rule select record_number, '{code}' from ("
            statements.run(connection, path, parameters, before=before, after=") as breaking")


def _refuse_month_first(connection: duckdb.DuckDBPyConnection, extract: Extract) -> None:
    """A file in American order also holds dates that could be either; those would be counted in the wrong month."""
    day_first, month_first = statements.first_row(connection, statements.STAGING / "date_order.sql")
    if month_first > day_first:
        raise refused(
            f"its dates are month first (American order): {month_first:,} cannot be anything else.",
            f"{extract.file_name}, recorded date",
            "Ask for dates as day/month/year or year-month-day.",
        )


def _made_up(connection: duckdb.DuckDBPyConnection, extract: Extract) -> bool:
    name = "made_up_words" if extract.contract.kind == REPORT else "street_made_up_words"
    answers = {row[0] for row in statements.run(connection, statements.STAGING / f"{name}.sql").fetchall()}
    if len(answers) > 1:
        raise refused(
            "some of its records are marked as made up and some are not.",
            extract.file_name,
            "Keep made-up and real records in files, and data directories, of their own.",
        )
    return answers == {True}
