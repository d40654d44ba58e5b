"""Errors for people: four parts, no traceback, an exit code, and never a value from the data."""


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


class UsageError(MonitorError):
    """The command was used wrongly."""

    exit_code = 2


class ConfigError(MonitorError):
    """A file under config/ is missing something or holds something unknown."""
