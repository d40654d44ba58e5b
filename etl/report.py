"""What a run did, in plain words and counts: data/runs/<time>.json, the terminal, and `--json`."""

from __future__ import annotations

import json
from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import datetime
from pathlib import Path
from typing import Any

from core.errors import MonitorError
from etl.validate import rule_book


@dataclass(frozen=True)
class FileResult:
    """Where the records of one file went. A refused file has none, and says why.

    Attributes:
        rules: rule code -> records that broke it.
        withdrawn: live reports the file, a full extract of its window, no longer holds.
        is_again: the same file was taken in before.
    """

    file: str
    source: str | None = None
    records: int = 0
    accepted: int = 0
    quarantined: int = 0
    new: int = 0
    changed: int = 0
    unchanged: int = 0
    withdrawn: int = 0
    is_made_up: bool = False
    is_again: bool = False
    rules: dict[str, int] = field(default_factory=dict)
    refused: MonitorError | None = None

    def as_dict(self) -> dict[str, Any]:
        """The file's entry of `load --json`."""
        return {
            "file": self.file,
            "source": self.source,
            "records": self.records,
            "accepted": self.accepted,
            "quarantined": self.quarantined,
            "new": self.new,
            "changed": self.changed,
            "unchanged": self.unchanged,
            "refused": self.refused.as_dict() if self.refused else None,
        }


@dataclass(frozen=True)
class RunResult:
    """What one load did.

    Attributes:
        build: the live build's number after the run, or None when there is none.
        published: this run made it.
        files: one entry per file given.
        held_back: the error that held the build back, or None.
        notices: sentences the reader must know, such as that no shareable file was written.
    """

    build: int | None
    published: bool
    files: tuple[FileResult, ...]
    held_back: MonitorError | None = None
    notices: tuple[str, ...] = ()

    @property
    def is_refused(self) -> bool:
        """Whether anything was refused or held back: exit code 3."""
        return self.held_back is not None or any(file.refused for file in self.files)

    @property
    def exit_code(self) -> int:
        """0 done, 2 used wrongly, 3 refused or held back."""
        codes = [file.refused.exit_code for file in self.files if file.refused]
        codes += [self.held_back.exit_code] if self.held_back else []
        return max(codes, default=0)

    def as_dict(self) -> dict[str, Any]:
        """What `load --json` prints."""
        told: dict[str, Any] = {
            "build": self.build,
            "published": self.published,
            "files": [file.as_dict() for file in self.files],
        }
        if self.held_back:
            told["held_back"] = self.held_back.as_dict()
        return told


def rule_lines(file: FileResult) -> list[tuple[str, str, int, str]]:
    """(severity, sentence, records, what to ask) for every rule the file broke, those that hold back first."""
    book = rule_book()
    found = [(book[code], records) for code, records in file.rules.items()]
    found.sort(key=lambda pair: (pair[0].severity, -pair[1], pair[0].code))
    return [(rule.severity, rule.sentence, records, rule.ask) for rule, records in found]


def write_run(data: Path, now: datetime, result: RunResult, kept: int) -> Path:
    """Write the run report and drop the oldest beyond `kept`."""
    folder = data / "runs"
    folder.mkdir(parents=True, exist_ok=True)
    path = folder / f"{now:%Y%m%dT%H%M%S%f}Z.json"
    told = {
        "at": f"{now:%Y-%m-%dT%H:%M:%S}Z",
        **result.as_dict(),
        "says": _sentences(result),
        "rules": {file.file: file.rules for file in result.files if file.rules},
        "withdrawn": {file.file: file.withdrawn for file in result.files if file.withdrawn},
    }
    path.write_text(json.dumps(told, indent=2) + "\n", encoding="utf-8")
    for old in sorted(folder.glob("*.json"))[:-kept]:
        old.unlink(missing_ok=True)
    return path


def _sentences(result: RunResult) -> Sequence[str]:
    told = []
    for file in result.files:
        if file.refused:
            told.append(f"{file.file} was refused: {file.refused.what}")
        else:
            told.append(
                f"{file.file}: {file.records:,} records read, {file.accepted:,} accepted "
                f"({file.new:,} new, {file.changed:,} changed, {file.unchanged:,} unchanged), "
                f"{file.quarantined:,} held back, {file.withdrawn:,} withdrawn."
            )
        told += [f"{records:,}: {sentence}" for _, sentence, records, _ in rule_lines(file)]
    if result.held_back:
        told.append(f"The build was held back: {result.held_back.what}")
    elif result.published:
        told.append(f"Build {result.build} was published.")
    else:
        told.append("Nothing was published.")
    return [*told, *result.notices]
