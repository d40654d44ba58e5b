"""What a run did, in plain words and counts: data/runs/<time>.json, the terminal, and `--json`."""

from __future__ import annotations

import json
import shutil
import sys
import time
from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import asdict, dataclass, field
from datetime import datetime
from pathlib import Path
from typing import Any

from core.errors import MonitorError
from core.periods import Quarter
from core.words import count, label
from etl.prune import Pruned, folder_bytes
from etl.validate import rule_book

AT_WORK = "load.at_work"  # a file of the data directory, there while a load is at work


class Stopwatch:
    """How long each step of a run took, over all its files."""

    def __init__(self) -> None:
        self._began = time.perf_counter()
        self._steps: dict[str, float] = {}

    @contextmanager
    def step(self, name: str) -> Iterator[None]:
        """Time one step; a step run again adds to its time."""
        began = time.perf_counter()
        try:
            yield
        finally:
            self._steps[name] = self._steps.get(name, 0.0) + time.perf_counter() - began

    def read(self) -> dict[str, float]:
        """Step -> seconds, in the order they began, and `total`: everything since the watch was made."""
        return {**self._steps, "total": time.perf_counter() - self._began}


@dataclass(frozen=True)
class Disk:
    """The room a data directory takes and has left, in bytes."""

    warehouse_bytes: int
    marts_bytes: int
    free_bytes: int


def measure_disk(data: Path) -> Disk:
    """What a data directory takes; free room is that of the disk it lies on, or would."""
    place = next(folder for folder in (data, *data.resolve().parents) if folder.exists())
    return Disk(
        warehouse_bytes=sum(path.stat().st_size for path in data.glob("warehouse.duckdb*")),
        marts_bytes=folder_bytes(data / "marts"),
        free_bytes=shutil.disk_usage(place).free,
    )


def peak_memory_bytes() -> int | None:
    """The most memory this process has held so far, or None where the system does not say (Windows)."""
    if sys.platform == "win32":
        return None
    import resource  # not there on Windows

    most = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss
    return most if sys.platform == "darwin" else most * 1024


@dataclass(frozen=True)
class Revision:
    """One count of a quarter already published that moved: measure, quarter and area, before and now."""

    measure_code: str
    quarter_code: str
    area_code: str
    reports_before: int
    reports_now: int

    def as_dict(self) -> dict[str, Any]:
        """Its entry of `revisions`, with the words for its codes."""
        return {
            "measure_code": self.measure_code,
            "measure": label("measure", self.measure_code),
            "quarter_code": self.quarter_code,
            "quarter": Quarter.parse(self.quarter_code).label,
            "area_code": self.area_code,
            "area": label("area", self.area_code),
            "reports_before": self.reports_before,
            "reports_now": self.reports_now,
        }


@dataclass(frozen=True)
class FileResult:
    """Where the records of one file went. A refused file has none, and says why.

    Attributes:
        rules: rule code -> records that broke it.
        withdrawn: live reports the file, a full extract of its window, no longer holds.
        contract: the layout it fitted.
        reports: what its accepted records make; fewer where a record is a victim or a flag of a report.
        outside, several_strands, several_said: reports outside the area, of several strands, and said by the source to
            have several motivations (two of them may be of one strand); 0 for a file taken in before.
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
    contract: str | None = None
    reports: int = 0
    outside: int = 0
    several_strands: int = 0
    several_said: int = 0
    is_made_up: bool = False
    is_again: bool = False
    rules: dict[str, int] = field(default_factory=dict)
    refused: MonitorError | None = None

    def as_dict(self) -> dict[str, Any]:
        """The file's entry of `load --json`."""
        return {
            "file": self.file,
            "source": self.source,
            "contract": self.contract,
            "records": self.records,
            "accepted": self.accepted,
            "quarantined": self.quarantined,
            "new": self.new,
            "changed": self.changed,
            "unchanged": self.unchanged,
            "reports": self.reports,
            "outside": self.outside,
            "several_strands": self.several_strands,
            "several_said": self.several_said,
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
        revisions: what moved in quarters already published, the largest first; empty when nothing was published.
        pruned: old builds removed after publication.
        seconds: step -> seconds it took, and `total`.
        peak_memory_bytes: the most memory the process held, or None where the system does not say.
        disk: the room the data directory takes and has left, or None before it was measured.
    """

    build: int | None
    published: bool
    files: tuple[FileResult, ...]
    held_back: MonitorError | None = None
    notices: tuple[str, ...] = ()
    revisions: tuple[Revision, ...] = ()
    pruned: Pruned = field(default_factory=Pruned)
    seconds: Mapping[str, float] = field(default_factory=dict)
    peak_memory_bytes: int | None = None
    disk: Disk | None = None

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
            "revisions": [revision.as_dict() for revision in self.revisions],
            "pruned": self.pruned.as_dict(),
            "seconds": {step: round(seconds, 3) for step, seconds in self.seconds.items()},
            "peak_memory_bytes": self.peak_memory_bytes,
            "disk": asdict(self.disk) if self.disk else None,
            "notices": list(self.notices),
        }
        if self.held_back:
            told["held_back"] = self.held_back.as_dict()
        return told


def kind_sentences(file: FileResult) -> list[str]:
    """What is particular about the reports of a file, where anything is."""
    told = []
    if file.reports != file.accepted:
        told.append(f"Its {file.accepted:,} accepted records make {count('report', file.reports)}.")
    if file.outside:
        told.append(
            f"Outside Leicester, Leicestershire and Rutland, and in no figure: {count('report', file.outside)}."
        )
    if file.several_said:
        told.append(
            f"The source says several motivations of {count('report', file.several_said)}; "
            f"{file.several_strands:,} of all its reports carry more than one strand."
        )
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
    if result.published:
        told.append(moved_sentence(result.revisions))
    if result.pruned.removed:
        told.append(pruned_sentence(result.pruned))
    return [*told, *result.notices]


def moved_sentence(revisions: Sequence[Revision]) -> str:
    """How much moved in quarters already published."""
    if not revisions:
        return "Nothing moved in quarters already published."
    quarters = len({revision.quarter_code for revision in revisions})
    change = sum(revision.reports_now - revision.reports_before for revision in revisions)
    return (
        f"{count('count_of_quarter', len(revisions))} already published moved, in {count('quarter', quarters)}: "
        f"{change:+,} reports on balance."
    )


def pruned_sentence(pruned: Pruned) -> str:
    """What pruning did, or would do."""
    said = f"{count('build', len(pruned.removed))} no longer kept ({pruned.freed_bytes / 1e6:,.1f} MB)"
    if pruned.removed:
        said += ": " + ", ".join(str(number) for number in pruned.removed)
    if pruned.left:
        said += "; in use and left for next time: " + ", ".join(str(number) for number in pruned.left)
    return f"{said}."


def seconds_sentence(seconds: Mapping[str, float]) -> str:
    """How long each step took."""
    steps = ", ".join(f"{step} {taken:.1f}" for step, taken in seconds.items() if step != "total")
    return (
        f"{seconds.get('total', 0.0):.1f} seconds ({steps})." if steps else f"{seconds.get('total', 0.0):.1f} seconds."
    )


def disk_sentence(disk: Disk) -> str:
    """The room taken and left."""
    return (
        f"Warehouse {disk.warehouse_bytes / 1e6:,.1f} MB, builds {disk.marts_bytes / 1e6:,.1f} MB, "
        f"{disk.free_bytes / 1e9:,.1f} GB free."
    )
