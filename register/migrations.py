"""How a register of an earlier version becomes one of this: one step a version, each written once and never changed.

A new register is made whole from `register.tables`; a test holds that both ways end in the same tables. The steps use
Alembic's operations, which are written for every database alike, and not its revisions: the register's own
`schema_version` says where it stands.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from alembic.migration import MigrationContext
from alembic.operations import Operations
from sqlalchemy import Boolean, Column, Connection, ForeignKey, Integer, String, Text, UniqueConstraint

from register.tables import GUARDED, guards


def bring_up(connection: Connection, version: int) -> None:
    """Take the register behind `connection` from `version` to the latest, inside the caller's transaction."""
    operations = Operations(MigrationContext.configure(connection))
    for number, step in STEPS.items():
        if number > version:
            step(operations)


def _campaigns_and_responses(to: Operations) -> None:
    _kept(
        to,
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
        _words("note", is_empty=True),
    )
    _kept(
        to,
        "exception_response",
        ("measure_code", "area_code", "strand_code", "quarter_code"),
        _code("response_code"),
        _words("responder"),
        _words("note", is_empty=True),
    )


def _owned_plans_and_meetings(to: Operations) -> None:
    to.add_column("outcome", _code("csp_code", is_empty=True))
    to.add_column("indicator", _code("computed_by", is_empty=True))
    to.add_column("indicator", _code("baseline_quarter", is_empty=True))
    to.add_column("indicator", Column("is_complete", Boolean, nullable=True))
    _kept(
        to,
        "status_override",
        ("plan_code", "measure_kind", "measure_code", "quarter_code"),
        _code("status_code", is_empty=True),
        _words("reason", is_empty=True),
    )
    _kept(
        to,
        "meeting",
        ("meeting_code",),
        _words("name"),
        _code("held_on"),
        _code("quarter_code"),
        Column("build_number", Integer, nullable=False),
        _words("note", is_empty=True),
    )
    _kept(
        to,
        "meeting_item",
        ("meeting_code", "item_code"),
        Column("position", Integer, nullable=False),
        _code("kind_code"),
        _code("about_code"),
        _words("about_words"),
        _words("words"),
        _words("owner_words", is_empty=True),
        _code("due_on", is_empty=True),
        _code("progress_code"),
        _words("progress_note", is_empty=True),
    )


def _papers(to: Operations) -> None:
    _kept(
        to,
        "paper",
        ("product_code", "board_code", "area_code", "quarter_code"),
        Column("build_number", Integer, nullable=True),
        _code("as_at", is_empty=True),
        _code("meeting_on", is_empty=True),
        _words("purpose", is_empty=True),
        _words("developments", is_empty=True),
        _words("partnership", is_empty=True),
        _words("local_areas", is_empty=True),
        _words("recommendations", is_empty=True),
        _words("officer", is_empty=True),
    )


def _choices_of_papers(to: Operations) -> None:
    to.add_column("paper", _code("strand_code", is_empty=True))
    to.add_column("paper", _code("measure_code", is_empty=True))
    to.add_column("paper", _words("made_by", is_empty=True))
    to.add_column("paper", _words("sections", is_empty=True))


STEPS: dict[int, Callable[[Operations], None]] = {
    2: _campaigns_and_responses,
    3: _owned_plans_and_meetings,
    4: _papers,
    5: _choices_of_papers,
}
"""The step that makes a register of each version from the one before it."""


def _kept(to: Operations, name: str, key: tuple[str, ...], *values: Column[Any]) -> None:
    to.create_table(
        name,
        Column("version_id", Integer, primary_key=True),
        *(_code(part) for part in key),
        Column("version", Integer, nullable=False),
        Column("entry_id", Integer, ForeignKey("journal.entry_id"), nullable=False),
        *values,
        UniqueConstraint(*key, "version"),
    )
    # Unlike the making of a table, `execute` does not ask which kind of database a guard is for.
    if to.get_context().dialect.name == GUARDED:
        for guard in guards(name):
            to.execute(guard)


def _code(name: str, *, is_empty: bool = False) -> Column[str]:
    return Column(name, String(64), nullable=is_empty)


def _words(name: str, *, is_empty: bool = False) -> Column[str]:
    return Column(name, Text, nullable=is_empty)
