"""Errors for people: four parts, no traceback, an exit code, and never a value from the data."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any


class MonitorError(Exception):
    """Something was refused. Printed without a traceback; anything else is a bug and keeps its traceback.

    Attributes:
        what: what happened, one sentence.
        where: the file, column, line or setting concerned.
        meaning: what it means for the published figures.
        action: what the reader can do about it.
        theirs: what somebody else kept before the writer did (see `register.write.Conflict`); None in all other cases.
    """

    exit_code = 3
    theirs: Mapping[str, Any] | None = None

    def __init__(self, what: str, *, where: str, meaning: str, action: str) -> None:
        super().__init__(what)
        self.what = what
        self.where = where
        self.meaning = meaning
        self.action = action

    def as_text(self) -> str:
        """The four parts, one to a line."""
        return (
            f"What happened: {self.what}\nWhere: {self.where}\nWhat it means: {self.meaning}\nWhat to do: {self.action}"
        )

    def as_dict(self) -> dict[str, str]:
        """The four parts by name, for `--json`."""
        return {"what": self.what, "where": self.where, "meaning": self.meaning, "action": self.action}


class UsageError(MonitorError):
    """The command was used wrongly."""

    exit_code = 2


class ConfigError(MonitorError):
    """A file under config/ is missing something or holds something unknown."""
