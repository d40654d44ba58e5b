"""The moment what people wrote is read as at, and what the register held then. One rule for the plan, the responses
and the meetings, so that a page never mixes two moments."""

from __future__ import annotations

from datetime import UTC, datetime
from functools import lru_cache
from typing import TYPE_CHECKING

from core import builds
from core.model import Build, Selection, Viewer
from core.periods import day, end_of
from core.settings import load_settings

if TYPE_CHECKING:
    from register.read import Mark, Record


def seen_at(selection: Selection, build: Build) -> datetime:
    """The moment the register is read as at (aware, UTC).

    The end of the day the reader asks for; without one, now while the build is live, and the moment the next build took
    its place afterwards.
    """
    if (asked := day(selection.as_at)) is not None:
        return end_of(asked)
    data = load_settings().data
    if build.number == builds.live_number(data):  # after a rollback, builds of higher numbers lie beside it
        return datetime.now(UTC)
    later = [
        one.build.published_at
        for one in builds.catalogue(data, build.audience)
        if one.build is not None and one.number > build.number
    ]
    return min(later).replace(tzinfo=UTC) if later else datetime.now(UTC)


def record(selection: Selection, viewer: Viewer, build: Build) -> Record | None:
    """What the register held at that moment, None when nothing was written by then.

    Raises MonitorError when the viewer may not read the register.
    """
    return _held(viewer, seen_at(selection, build))


def latest(selection: Selection, viewer: Viewer) -> Record | None:
    """What the register holds now, or held at the end of the day asked for, whichever build is open.

    For what is written about papers: an older build is opened to make one again, with the words that were kept since.

    Raises MonitorError when the viewer may not read the register.
    """
    asked = day(selection.as_at)
    return _held(viewer, datetime.now(UTC) if asked is None else end_of(asked))


def _held(viewer: Viewer, at: datetime) -> Record | None:
    # The register's database library is slow to import, and most questions are not about what people wrote.
    from register.read import mark

    url = load_settings().register_url
    last = mark(url, viewer, at)
    return None if last is None else _read(url, viewer, last)


@lru_cache(maxsize=8)
def _read(url: str, viewer: Viewer, last: Mark) -> Record | None:
    # Kept by the last entry it could have read, so what is saved is seen at once and nothing is read twice.
    from register.read import read

    return read(url, viewer, last.at.replace(tzinfo=UTC))
