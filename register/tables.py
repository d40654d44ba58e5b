"""What the register holds, as tables. A kept row is never changed or removed: it gets a next version.

Every kept table has a key (what the row is about), a `version` counted from 1 for that key, and the journal entry
that wrote it. What it said before is the version before. Plain SQL types only, so that any database can hold it.
"""

from __future__ import annotations

from sqlalchemy import (
    DDL,
    Boolean,
    Column,
    DateTime,
    Float,
    ForeignKey,
    Integer,
    MetaData,
    String,
    Table,
    Text,
    UniqueConstraint,
    event,
)
from sqlalchemy.schema import ExecutableDDLElement

SCHEMA_VERSION = 5
"""Raised with a step of `register.migrations`: an older register is brought up with its next entry, read as it is."""

GUARDED = "sqlite"
"""The kind of database whose own triggers refuse to change a kept row."""

metadata = MetaData()

schema = Table(
    "schema_version",
    metadata,
    Column("version", Integer, primary_key=True, autoincrement=False),
    Column("applied_at", DateTime, nullable=False),
)

journal = Table(
    "journal",
    metadata,
    Column("entry_id", Integer, primary_key=True),
    Column("at", DateTime, nullable=False),
    Column("by_name", String(200), nullable=False),
    Column("doing", String(200), nullable=False),
    Column("is_made_up", Boolean, nullable=False),
)


def _code(name: str, *, is_needed: bool = True) -> Column[str]:
    return Column(name, String(64), nullable=not is_needed)


def _words(name: str, *, is_needed: bool = True) -> Column[str]:
    return Column(name, Text, nullable=not is_needed)


def _number(name: str) -> Column[float]:
    return Column(name, Float(53), nullable=True)


def _count(name: str, *, is_needed: bool = True) -> Column[int]:
    return Column(name, Integer, nullable=not is_needed)


def _kept(name: str, key: tuple[str, ...], *values: Column[str] | Column[float] | Column[int] | Column[bool]) -> Table:
    table = Table(
        name,
        metadata,
        Column("version_id", Integer, primary_key=True),
        *(_code(part) for part in key),
        Column("version", Integer, nullable=False),
        Column("entry_id", ForeignKey("journal.entry_id"), nullable=False),
        *values,
        UniqueConstraint(*key, "version"),
        info={"key": key},
    )
    for guard in guards(name):
        event.listen(table, "after_create", guard)
    return table


def guards(name: str) -> list[ExecutableDDLElement]:
    """What makes the database itself refuse to change a kept row, where it can.

    A second lock; the first is that `register.write` only ever inserts.
    """
    return [
        DDL(
            f"create trigger {name}_no_{verb} before {verb} on {name} "
            f"begin select raise(abort, 'the register is append-only'); end"
        ).execute_if(dialect=GUARDED)
        for verb in ("update", "delete")
    ]


KEPT = {
    table.name: table
    for table in (
        _kept("plan", ("plan_code",), _words("title"), _code("starts_quarter"), _code("ends_quarter"), _words("note")),
        _kept("theme", ("plan_code", "theme_code"), _count("position"), _words("name")),
        _kept("focus", ("plan_code", "focus_code"), _count("position"), _words("name")),
        _kept(
            "organisation",
            ("organisation_code",),
            _count("position"),
            _words("name"),
            _code("csp_code", is_needed=False),
        ),
        _kept(
            "outcome",
            ("plan_code", "outcome_code"),
            _count("position"),
            _code("theme_code"),
            _code("focus_code"),
            _words("words"),
            _code("csp_code", is_needed=False),  # whose own outcome it is; empty for one of the whole partnership
        ),
        _kept(
            "indicator",
            ("plan_code", "indicator_code"),
            _code("outcome_code"),
            _count("position"),
            _words("words"),
            _words("numerator_words"),
            _words("denominator_words"),
            _words("source_words"),
            _code("direction"),
            _code("unit"),
            _number("baseline"),
            _number("target"),
            _words("target_words", is_needed=False),
            _code("tolerance_kind", is_needed=False),
            _number("tolerance"),
            _code("owner_code"),
            _count("cadence_quarters"),
            _count("grace_days"),
            _code("due_quarter", is_needed=False),
            Column("is_sample_or_cohort", Boolean, nullable=False),
            _code("computed_by", is_needed=False),  # the named query that works it out; empty where it is returned
            _code("baseline_quarter", is_needed=False),  # where its path to the target begins; empty without a path
            Column("is_complete", Boolean, nullable=True),
        ),
        _kept(
            "indicator_reporter",
            ("plan_code", "indicator_code", "organisation_code"),
            Column("is_expected", Boolean, nullable=False),
        ),
        _kept(
            "action",
            ("plan_code", "action_code"),
            _code("outcome_code"),
            _count("position"),
            _words("words"),
            _code("owner_code"),
            _code("due_quarter", is_needed=False),
            Column("is_milestone", Boolean, nullable=False),
        ),
        _kept(
            "indicator_return",
            ("plan_code", "indicator_code", "quarter_code", "organisation_code"),
            _count("numerator", is_needed=False),
            _count("denominator", is_needed=False),
            _words("commentary", is_needed=False),
            _words("corrective_action", is_needed=False),
        ),
        _kept(
            "action_return",
            ("plan_code", "action_code", "quarter_code", "organisation_code"),
            _code("progress_code"),
            _words("evidence", is_needed=False),
            _words("commentary", is_needed=False),
            _words("corrective_action", is_needed=False),
        ),
        _kept("adoption", ("plan_code", "csp_code"), _code("status_code"), _words("note", is_needed=False)),
        # What a campaign is measured by is written down before it begins; its days are written like 2023-10-14.
        _kept(
            "campaign",
            ("plan_code", "campaign_code"),
            _code("series_code"),
            _words("name"),
            _code("starts_on"),
            _code("ends_on"),
            _code("window_ends_on"),
            _code("area_code"),
            _code("measure_code"),
            _code("strand_code"),
            _code("direction_code"),
            Column("is_route_checked", Boolean, nullable=False),
            _code("owner_code"),
            _words("note", is_needed=False),
        ),
        _kept(
            "exception_response",
            ("measure_code", "area_code", "strand_code", "quarter_code"),
            _code("response_code"),
            _words("responder"),
            _words("note", is_needed=False),
        ),
        # A judgement set beside the status worked out, for one quarter; an empty status takes it back.
        _kept(
            "status_override",
            ("plan_code", "measure_kind", "measure_code", "quarter_code"),
            _code("status_code", is_needed=False),
            _words("reason", is_needed=False),
        ),
        _kept(
            "meeting",
            ("meeting_code",),
            _words("name"),
            _code("held_on"),
            _code("quarter_code"),
            _count("build_number"),
            _words("note", is_needed=False),
        ),
        _kept(
            "meeting_item",
            ("meeting_code", "item_code"),
            _count("position"),
            _code("kind_code"),
            _code("about_code"),
            _words("about_words"),
            _words("words"),
            _words("owner_words", is_needed=False),
            _code("due_on", is_needed=False),
            _code("progress_code"),
            _words("progress_note", is_needed=False),
        ),
        # What people write for a paper, and what it was made from; without a build number the words were only kept.
        # Without sections it has all of them.
        _kept(
            "paper",
            ("product_code", "board_code", "area_code", "quarter_code"),
            _count("build_number", is_needed=False),
            _code("as_at", is_needed=False),
            _code("strand_code", is_needed=False),
            _code("measure_code", is_needed=False),
            _words("made_by", is_needed=False),
            _words("sections", is_needed=False),
            _code("meeting_on", is_needed=False),
            _words("purpose", is_needed=False),
            _words("developments", is_needed=False),
            _words("partnership", is_needed=False),
            _words("local_areas", is_needed=False),
            _words("recommendations", is_needed=False),
            _words("officer", is_needed=False),
        ),
    )
}
"""Table by name: everything people write."""


def key(table: Table) -> tuple[str, ...]:
    """The columns that say what a row of a kept table is about."""
    found: tuple[str, ...] = table.info["key"]
    return found


def values(table: Table) -> tuple[str, ...]:
    """The columns of a kept table that a new version may change."""
    apart = {"version_id", "version", "entry_id", *key(table)}
    return tuple(column.name for column in table.columns if column.name not in apart)
