"""As at which moment is what people wrote read?"""

from __future__ import annotations

from datetime import UTC, date, datetime, time

from core import builds
from core.model import Build, Selection
from core.periods import LOCAL
from core.settings import load_settings


def seen_at(selection: Selection, build: Build) -> datetime:
    """The moment the register is read as at.

    The end of the day the reader asks for; else now while the build is live, and for one that is not, the moment the
    next one took its place.
    """
    if selection.as_at:
        return end_of(date.fromisoformat(selection.as_at))
    data = load_settings().data
    if build.number == builds.live_number(data):  # after a rollback, builds of higher numbers lie beside it
        return datetime.now(UTC)
    later = [
        one.build.published_at
        for one in builds.catalogue(data, build.audience)
        if one.build is not None and one.number > build.number
    ]
    return min(later).replace(tzinfo=UTC) if later else datetime.now(UTC)


def end_of(day: date) -> datetime:
    """The last moment of a day where the partnership is."""
    return datetime.combine(day, time.max, LOCAL).astimezone(UTC)
