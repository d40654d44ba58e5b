"""Old builds are removed by policy (settings.toml [prune]), never one somebody may still need.

Reads: the builds' own descriptions. Writes: data/marts. A folder is renamed aside before it is deleted, so whatever
stops the work, no half build is left where builds are looked for; a reader that holds a file open keeps it.
"""

from __future__ import annotations

import os
import shutil
from collections.abc import Mapping, Sequence
from contextlib import suppress
from dataclasses import dataclass
from datetime import datetime, timedelta
from pathlib import Path
from typing import Any

import duckdb

from core import builds, db, log
from core.periods import Quarter
from core.settings import Settings

ASIDE = ".removing-"
_DESCRIPTION = "select published_at, previous_build from build"


@dataclass(frozen=True)
class Published:
    """One build, as far as pruning is concerned; what cannot be read has no moment and is never removed."""

    number: int
    published_at: datetime | None
    previous: int | None


@dataclass(frozen=True)
class Pruned:
    """What was removed, and what was to be but is in use (which only Windows minds) or could not be.

    Attributes:
        removed, left: build numbers, oldest first.
        freed_bytes: the room the removed ones took.
    """

    removed: tuple[int, ...] = ()
    left: tuple[int, ...] = ()
    freed_bytes: int = 0

    def as_dict(self) -> dict[str, Any]:
        """What `prune --json` prints."""
        return {"removed": list(self.removed), "left": list(self.left), "freed_bytes": self.freed_bytes}


def prune(settings: Settings, now: datetime, *, dry_run: bool = False) -> Pruned:
    """Remove the builds the policy no longer keeps; the caller holds the load lock. With `dry_run` only say which."""
    clear_aside(settings.data)
    found = [_describe(settings.data, number) for number in builds.published(settings.data)]
    kept = {one.number for one in found if builds.kept_for(settings.data, one.number)}
    doomed = no_longer_kept(found, builds.live_number(settings.data), kept, now, settings.options["prune"])
    removed, left, freed = [], [], 0
    for number in doomed:
        size = folder_bytes(settings.data / "marts" / str(number))
        if dry_run or _remove(settings.data, number):
            removed.append(number)
            freed += size
        else:
            left.append(number)
    if removed and not dry_run:
        log.event("prune", "done", removed=len(removed), left=len(left), freed_bytes=freed)
    return Pruned(tuple(removed), tuple(left), freed)


def no_longer_kept(
    found: Sequence[Published], live: int | None, kept: set[int], now: datetime, policy: Mapping[str, Any]
) -> list[int]:
    """The policy: the numbers of the builds nothing keeps, oldest first.

    Kept are the live build and the one it is compared with, what `kept` names, the latest `keep_latest`, those
    published in the last `keep_days`, the last published of each financial quarter, and any that cannot be read.
    """
    if live is None:
        return []
    by_number = sorted(found, key=lambda one: one.number)
    safe = {live, *kept, *(one.number for one in by_number[-int(policy["keep_latest"]) :])}
    safe |= {one.previous for one in found if one.number == live and one.previous is not None}
    last_of_quarter: dict[Quarter, int] = {}
    for one in by_number:
        if one.published_at is None or one.published_at >= now - timedelta(days=int(policy["keep_days"])):
            safe.add(one.number)
        if one.published_at is not None:
            last_of_quarter[Quarter.of(one.published_at.date())] = one.number
    safe |= set(last_of_quarter.values())
    return [one.number for one in by_number if one.number not in safe]


def clear_aside(data: Path) -> None:
    """Delete what an earlier removal could not finish; what is still in use stays for next time."""
    for folder in (data / "marts").glob(f"{ASIDE}*"):
        shutil.rmtree(folder, ignore_errors=True)


def folder_bytes(folder: Path) -> int:
    """The room a folder takes; what vanishes meanwhile takes none."""
    total = 0
    for parent, _, names in os.walk(folder):
        for name in names:
            with suppress(OSError):
                total += (Path(parent) / name).stat().st_size
    return total


def _remove(data: Path, number: int) -> bool:
    folder, aside = data / "marts" / str(number), data / "marts" / f"{ASIDE}{number}"
    try:
        folder.rename(aside)
    except OSError:
        return False
    if any((aside / "keep").glob("*")):
        # Somebody asked for it to be kept between the choice and the removal.
        aside.rename(folder)
        return False
    shutil.rmtree(aside, ignore_errors=True)
    return True


def _describe(data: Path, number: int) -> Published:
    try:
        mart = db.open_to_read(builds.mart_path(data, number, "restricted"))
    except duckdb.Error:
        return Published(number, None, None)
    try:
        moment, previous = mart.execute(_DESCRIPTION).fetchall()[0]
    except (duckdb.Error, IndexError):
        return Published(number, None, None)
    finally:
        mart.close()
    return Published(number, moment, previous)
