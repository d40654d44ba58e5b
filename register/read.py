"""Reading: the register as it stood at a moment. Because nothing is ever changed, any moment can be read again."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import UTC, datetime

import pandas as pd
from sqlalchemy import select

from core.errors import MonitorError
from core.model import Viewer
from register import store
from register.tables import KEPT, journal, key, values


@dataclass(frozen=True)
class Record:
    """Everything the register said at a moment.

    Attributes:
        moment: the moment, in UTC.
        versions: table name -> every row version written by then, oldest first: the key and value columns of
            `register.tables`, `version`, and from the journal `at` (UTC, no zone) and `by_name`.
        is_made_up: the register holds demonstration entries.
    """

    moment: datetime
    versions: Mapping[str, pd.DataFrame]
    is_made_up: bool

    def table(self, name: str) -> pd.DataFrame:
        """The latest version of each row of one table."""
        return self.versions[name].drop_duplicates(list(key(KEPT[name])), keep="last").reset_index(drop=True)

    def as_at(self, moment: datetime) -> Record:
        """The same record as it stood at an earlier moment (aware, any zone)."""
        latest = _naive(moment)
        earlier = {name: frame[frame["at"] <= latest] for name, frame in self.versions.items()}
        return Record(moment, earlier, self.is_made_up)


def read(url: str, viewer: Viewer, as_at: datetime) -> Record | None:
    """The register at `url` as it stood at a moment (aware, any zone), or None when nothing was written by then.

    Raises MonitorError when the viewer has no role here.
    """
    if not viewer.roles:
        raise MonitorError(
            "you have no role that lets you read the delivery plan.",
            where="the register",
            meaning="Nothing is shown.",
            action="Ask the coordinator of the plan for access.",
        )
    engine = store.open_to_read(url)
    if engine is None:
        return None
    latest = _naive(as_at)
    versions = {}
    with engine.connect() as connection:
        kinds = list(connection.scalars(select(journal.c.is_made_up).where(journal.c.at <= latest).distinct()))
        if not kinds:
            return None
        for name, table in KEPT.items():
            asked = (
                select(
                    *(table.c[column] for column in (*key(table), *values(table), "version")),
                    journal.c.at,
                    journal.c.by_name,
                )
                .join(journal, journal.c.entry_id == table.c.entry_id)
                .where(journal.c.at <= latest)
                .order_by(table.c.version_id)
            )
            rows = connection.execute(asked)
            versions[name] = pd.DataFrame(rows.all(), columns=list(rows.keys()))
    return Record(as_at, versions, any(kinds))


def _naive(moment: datetime) -> datetime:
    return moment.astimezone(UTC).replace(tzinfo=None)
