"""However a register came to this version, it has the same tables, keeps what it held, and stays append-only."""

from __future__ import annotations

import io
from datetime import UTC, datetime
from pathlib import Path

import pytest
from alembic.autogenerate import compare_metadata
from alembic.migration import MigrationContext
from alembic.operations import Operations
from sqlalchemy import inspect, text
from sqlalchemy.exc import IntegrityError

from core.model import Viewer
from register import read, store, tables, write
from register.migrations import STEPS

COORDINATOR = Viewer("Coordinator", frozenset({write.COORDINATOR}))
BEGIN = datetime(2022, 7, 1, 9, tzinfo=UTC)
ADDED = {
    2: ("campaign", "exception_response"),
    3: ("status_override", "meeting", "meeting_item"),
    4: ("paper",),
}
ADDED_COLUMNS = {
    3: {"outcome": ("csp_code",), "indicator": ("computed_by", "baseline_quarter", "is_complete")},
    5: {"paper": ("strand_code", "measure_code", "made_by", "sections")},
}
OUTCOME = {
    "plan_code": "p",
    "outcome_code": "A1",
    "position": 1,
    "theme_code": "a",
    "focus_code": "v",
    "words": "Known",
}


def older(url: str, version: int) -> None:
    """Make the register what a program of an earlier version would have left: one outcome, and the tables of then."""
    with write.writer(url, is_made_up=True) as register:
        register.entry(COORDINATOR, "plan", BEGIN).put("outcome", OUTCOME)
    with store.writing(store.open_to_write(url)) as connection:
        for added, of_tables in ADDED_COLUMNS.items():
            for name, columns in of_tables.items() if added > version else ():
                for column in columns:
                    connection.execute(text(f"alter table {name} drop column {column}"))
        for added, names in ADDED.items():
            for name in names if added > version else ():
                connection.execute(text(f"drop table {name}"))
        connection.execute(text(f"update schema_version set version = {version}"))


@pytest.fixture
def url(tmp_path: Path) -> str:
    return f"sqlite:///{tmp_path / 'register.sqlite'}"


def test_there_is_a_step_to_every_version() -> None:
    assert list(STEPS) == list(range(2, tables.SCHEMA_VERSION + 1))


@pytest.mark.parametrize("version", [1, 2, 3, 4])
def test_an_older_register_is_read_as_it_is_and_not_changed_by_it(url: str, version: int) -> None:
    older(url, version)
    record = read.read(url, COORDINATOR, BEGIN)
    assert record is not None
    assert [(row["words"], row["csp_code"]) for row in record.rows("outcome")] == [("Known", None)]
    assert record.rows("paper") == []
    assert inspect(store.open_to_read(url)).has_table("paper") == (version == 4)  # type: ignore[arg-type]


@pytest.mark.parametrize("version", [1, 2, 3, 4])
def test_the_next_entry_brings_it_up_and_loses_nothing(url: str, version: int) -> None:
    older(url, version)
    with write.writer(url, is_made_up=True) as register:
        register.entry(COORDINATOR, "plan", BEGIN).put(
            "outcome", {**OUTCOME, "outcome_code": "X1", "csp_code": "melton"}
        )
    record = read.read(url, COORDINATOR, BEGIN)
    assert record is not None
    assert [(row["outcome_code"], row["csp_code"]) for row in record.rows("outcome")] == [
        ("A1", None),
        ("X1", "melton"),
    ]
    with store.open_to_write(url).connect() as connection:
        assert compare_metadata(MigrationContext.configure(connection), tables.metadata) == []
        held = set(connection.scalars(text("select name from sqlite_master where type = 'trigger'")))
    assert held == {f"{name}_no_{verb}" for name in tables.KEPT for verb in ("update", "delete")}


def test_a_migrated_table_is_append_only_too(url: str) -> None:
    older(url, 2)
    meeting = {"meeting_code": "m", "name": "M", "held_on": "2022-07-01", "quarter_code": "2022-Q1", "build_number": 1}
    with write.writer(url, is_made_up=True) as register:
        register.entry(COORDINATOR, "meeting", BEGIN).put("meeting", meeting)
    with pytest.raises(IntegrityError, match="append-only"), store.writing(store.open_to_write(url)) as connection:
        connection.execute(text("delete from meeting"))


def test_the_steps_are_written_for_other_databases_too() -> None:
    told = io.StringIO()
    context = MigrationContext.configure(dialect_name="postgresql", opts={"as_sql": True, "output_buffer": told})
    for step in STEPS.values():
        step(Operations(context))
    assert "CREATE TABLE status_override" in told.getvalue()
    assert "CREATE TABLE paper" in told.getvalue()
    assert "create trigger" not in told.getvalue(), "the guards are written for one kind of database"


def test_a_step_that_fails_leaves_the_register_as_it_was(url: str) -> None:
    older(url, 2)
    engine = store.open_to_read(url)
    assert engine is not None
    with store.writing(engine) as connection:
        connection.execute(text("create table meeting (strange integer)"))  # in the way of the step
    with pytest.raises(Exception, match="meeting"), write.writer(url, is_made_up=True):
        pass
    with engine.connect() as connection:
        assert connection.scalar(text("select version from schema_version")) == 2
        columns = {column["name"] for column in inspect(connection).get_columns("outcome")}
    assert "csp_code" not in columns
