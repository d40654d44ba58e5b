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
    """

    exit_code = 3

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


class Conflict(MonitorError):
    """Somebody else saved the same thing first. Nothing is lost: theirs is kept, and the writer is shown it.

    Attributes:
        theirs: what they said, by column, with `version`, `at` (UTC, no zone) and `by_name`; empty when it is gone.
    """

    def __init__(self, where: str, theirs: Mapping[str, Any]) -> None:
        self.theirs = theirs
        super().__init__(
            "somebody else saved this since you opened it.",
            where=where,
            meaning="Theirs is kept, and nothing of yours was written yet.",
            action="Look at what they said; save again to keep yours as the next version.",
        )


class UsageError(MonitorError):
    """The command was used wrongly."""

    exit_code = 2


class ConfigError(MonitorError):
    """A file under config/ is missing something or holds something unknown."""
