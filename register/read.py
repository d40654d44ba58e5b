"""Reading: the register as it stood at a moment. Because nothing is ever changed, any moment can be read again."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Any

import pandas as pd
from sqlalchemy import Connection, Engine, inspect, null, select

from core.errors import MonitorError
from core.model import Viewer
from register import store
from register.tables import KEPT, SCHEMA_VERSION, journal, key, schema, values

Row = Mapping[str, Any]


@dataclass(frozen=True)
class Record:
    """Everything the register said at a moment.

    Attributes:
        moment: the moment (aware).
        versions: table name -> every row version written by then, oldest first: the key and value columns of
            `register.tables`, `version`, and from the journal `at` (UTC, no zone) and `by_name`.
        is_made_up: the register holds demonstration entries.
    """

    moment: datetime
    versions: Mapping[str, tuple[Row, ...]]
    is_made_up: bool

    def rows(self, name: str) -> list[Row]:
        """The latest version of each row of one table, in the order the rows were first written."""
        about = key(KEPT[name])
        return list({tuple(row[part] for part in about): row for row in self.versions[name]}.values())

    def table(self, name: str) -> pd.DataFrame:
        """`rows` as a frame."""
        return pd.DataFrame(
            self.rows(name), columns=[*key(KEPT[name]), *values(KEPT[name]), "version", "at", "by_name"]
        )

    def as_at(self, moment: datetime) -> Record:
        """The same record as it stood at an earlier moment (aware, any zone)."""
        latest = _naive(moment)
        earlier = {name: tuple(row for row in rows if row["at"] <= latest) for name, rows in self.versions.items()}
        return Record(moment, earlier, self.is_made_up)


@dataclass(frozen=True)
class Mark:
    """The last journal entry by a moment: two readings with the same mark read the same."""

    entry: int
    at: datetime


def mark(url: str, viewer: Viewer, as_at: datetime) -> Mark | None:
    """The last entry of the register at `url` by a moment (aware, any zone), or None when nothing was written by then.

    Raises MonitorError when the viewer has no role here.
    """
    engine = _open(url, viewer)
    if engine is None:
        return None
    asked = select(journal.c.entry_id, journal.c.at).where(journal.c.at <= _naive(as_at))
    with engine.connect() as connection:
        found = connection.execute(asked.order_by(journal.c.entry_id.desc()).limit(1)).first()
    return None if found is None else Mark(int(found.entry_id), found.at)


def read(url: str, viewer: Viewer, as_at: datetime) -> Record | None:
    """The register at `url` as it stood at a moment (aware, any zone), or None when nothing was written by then.

    Raises MonitorError when the viewer has no role here.
    """
    engine = _open(url, viewer)
    if engine is None:
        return None
    latest = _naive(as_at)
    versions: dict[str, tuple[Row, ...]] = {}
    with engine.connect() as connection:
        kinds = list(connection.scalars(select(journal.c.is_made_up).where(journal.c.at <= latest).distinct()))
        if not kinds:
            return None
        is_older = (connection.scalar(select(schema.c.version)) or 0) < SCHEMA_VERSION
        for name, table in KEPT.items():
            # A register last written before there was such a table, or such a column, is read without it.
            held = _columns(connection, name) if is_older else set(table.c.keys())
            if not held:
                versions[name] = ()
                continue
            columns = [
                table.c[column] if column in held else null().label(column)
                for column in (*key(table), *values(table), "version")
            ]
            asked = (
                select(*columns, journal.c.at, journal.c.by_name)
                .join(journal, journal.c.entry_id == table.c.entry_id)
                .where(journal.c.at <= latest)
                .order_by(table.c.version_id)
            )
            versions[name] = tuple(dict(row) for row in connection.execute(asked).mappings())
    return Record(as_at, versions, any(kinds))


def _columns(connection: Connection, name: str) -> set[str]:
    found = inspect(connection)
    return {str(column["name"]) for column in found.get_columns(name)} if found.has_table(name) else set()


def _open(url: str, viewer: Viewer) -> Engine | None:
    if not viewer.roles:
        raise MonitorError(
            "you have no role that lets you read the delivery plan.",
            where="the register",
            meaning="Nothing is shown.",
            action="Ask the coordinator of the plan for access.",
        )
    return store.open_to_read(url)


def _naive(moment: datetime) -> datetime:
    return moment.astimezone(UTC).replace(tzinfo=None)
