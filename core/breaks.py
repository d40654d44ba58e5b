"""Where recording changed and what happened at the time, from config/breaks.toml and config/events.toml."""

from __future__ import annotations

from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import date, datetime, timedelta
from functools import lru_cache
from typing import Any

import pandas as pd

from core import words
from core.errors import ConfigError
from core.model import AREA_NOT_KNOWN, AREA_OUTSIDE, ELSEWHERE, MEASURES
from core.periods import day_label
from core.settings import CONFIG, read_toml

MOSTLY = 0.1  # a period with at most this share on the other side of a cut belongs to one side: June 2023 is after it
MOST_MARKS = 16  # on one chart; beyond it the events furthest back are only listed, recording changes never

_BREAK_NEEDS = frozenset({"on", "kind", "measures", "areas", "title", "text"})
_EVENT_NEEDS = frozenset({"from", "kind", "title"})


@dataclass(frozen=True)
class Break:
    """One recording change: `on` is the first day under the new recording, `when` how it is told if not by that day.

    `kind` is cut, note or end (labels.toml [break_kind]).
    """

    on: date
    kind: str
    measures: tuple[str, ...]
    areas: tuple[str, ...]
    title: str
    text: str
    when: str = ""

    @property
    def told(self) -> str:
        """When it was, in words."""
        return self.when or day_label(self.on)


@dataclass(frozen=True)
class Event:
    """Something that happened at the time: first and last day (None where no end is given), and how they are told.

    `kind` is event or campaign (labels.toml [event_kind]); a campaign comes round every year and is never marked on a
    chart.
    """

    starts_on: date
    ends_on: date | None
    kind: str
    title: str
    when: str = ""

    @property
    def told(self) -> str:
        """When it was, in words."""
        if self.when:
            return self.when
        first = day_label(self.starts_on)
        if self.ends_on is None:
            return words.say("quality", "texts", "from_day", first=first)
        if self.ends_on == self.starts_on:
            return first
        if (self.ends_on.year, self.ends_on.month) == (self.starts_on.year, self.starts_on.month):
            first = str(self.starts_on.day)
        return words.say("quality", "texts", "covers", first=first, last=day_label(self.ends_on))


@lru_cache(maxsize=1)
def breaks() -> tuple[Break, ...]:
    """Every declared break, in order of date. Raises ConfigError for anything the file may not say."""
    file = "breaks.toml"
    found = [_break(row, at) for at, row in enumerate(_rows(file, "break"), 1)]
    ended = [measure for one in found if one.kind == "end" for measure in one.measures]
    if len(ended) != len(set(ended)):
        raise _refused("a measure ends twice.", file, "Let each measure end once.")
    return tuple(sorted(found, key=lambda one: one.on))


@lru_cache(maxsize=1)
def events() -> tuple[Event, ...]:
    """Every declared event, in order of its first day. Raises ConfigError for anything the file may not say."""
    found = [_event(row, at) for at, row in enumerate(_rows("events.toml", "event"), 1)]
    return tuple(sorted(found, key=lambda one: one.starts_on))


def declared() -> None:
    """Read both files, so that what is wrong in them is said when a page opens and not when a figure meets it."""
    breaks()
    events()


def applying(measure: str, area: str) -> tuple[Break, ...]:
    """The breaks that touch this measure in this area.

    Where crimes or incidents end, all hate reports go on without them: for those it is a cut.
    """
    found = []
    for one in breaks():
        if "all" not in one.areas and area not in one.areas:
            continue
        if one.kind == "end" and measure == "all":
            found.append(replace(one, kind="cut"))
        elif measure in one.measures:
            found.append(one)
    return tuple(found)


def ended(measure: str, last_day: date) -> Break | None:
    """The end of a measure that lies in or before a period with this last day: such a period has no figure."""
    return next((one for one in breaks() if one.kind == "end" and measure in one.measures and one.on <= last_day), None)


def crossed(measure: str, area: str, before_starts_on: date, now_ends_on: date) -> Break | None:
    """The cut that makes two windows not comparable: any cut after the first day of the earlier one."""
    for one in applying(measure, area):
        if one.kind == "cut" and before_starts_on < one.on <= now_ends_on:
            return one
    return None


def cut_positions(measure: str, area: str, starts: Sequence[date], ends: Sequence[date]) -> tuple[int, ...]:
    """Where a series of periods is cut: the position of the first period of each stretch after the first.

    A period recorded partly one way and partly the other is a stretch of its own, like neither neighbour; and nothing
    bridges the periods no extract covers.
    """
    cuts = [one.on for one in applying(measure, area) if one.kind == "cut"]
    kinds = [tuple(_side(on, start, end) for on in cuts) for start, end in zip(starts, ends, strict=True)]
    gaps = set(gap_positions(starts, ends))
    return tuple(
        position for position in range(1, len(kinds)) if position in gaps or kinds[position] != kinds[position - 1]
    )


def gap_positions(starts: Sequence[date], ends: Sequence[date]) -> tuple[int, ...]:
    """The periods before which something is missing: those that do not begin the day after the one before ended."""
    return tuple(
        position for position in range(1, len(starts)) if starts[position] != ends[position - 1] + timedelta(days=1)
    )


def _side(on: date, start: date, end: date) -> str:
    """Whether a period was recorded before a cut, after it, or partly each way."""
    share_before = min(max((on - start).days / ((end - start).days + 1), 0), 1)
    return "after" if share_before <= MOSTLY else "before" if share_before >= 1 - MOSTLY else "both"


def stretches(measure: str, area: str, starts: Sequence[date], ends: Sequence[date]) -> list[int]:
    """Which unbroken stretch of like recording each period belongs to: 0, 1, 2 ..."""
    cuts = cut_positions(measure, area, starts, ends)
    return [sum(position >= cut for cut in cuts) for position in range(len(starts))]


def segments(measure: str, area: str, frame: pd.DataFrame) -> list[int]:
    """The same of a frame's periods (columns starts_on and ends_on)."""
    return stretches(
        measure, area, [start.date() for start in frame["starts_on"]], [end.date() for end in frame["ends_on"]]
    )


def marks(measure: str, area: str, first: date, last: date) -> list[dict[str, Any]]:
    """The breaks and events to draw on a series from `first` to `last`, at most MOST_MARKS unless more are breaks."""
    drawn, happened = _touching(measure, area, first, last)
    room = max(MOST_MARKS - len(drawn), 0)
    return sorted([*drawn, *happened[len(happened) - min(room, len(happened)) :]], key=lambda mark: mark["on"])


def left_off(measure: str, area: str, first: date, last: date) -> int:
    """How many events of the time are not drawn, because too many marks cannot be read."""
    drawn, happened = _touching(measure, area, first, last)
    return max(len(happened) - max(MOST_MARKS - len(drawn), 0), 0)


def _touching(measure: str, area: str, first: date, last: date) -> tuple[list[dict[str, Any]], list[dict[str, Any]]]:
    """The marks of breaks, and those of events, that fall within a series; each in order of date."""
    drawn = [
        {"on": one.on, "told": one.told, "to": None, "title": one.title, "kind": one.kind}
        for one in applying(measure, area)
        if first <= one.on <= last
    ]
    happened = [
        {
            "on": max(one.starts_on, first),  # where it is drawn; it may have begun before the series does
            "told": one.told,
            "to": min(one.ends_on or one.starts_on, last + timedelta(days=31)),
            "title": one.title,
            "kind": one.kind,
        }
        for one in events()
        if one.kind == "event" and (one.ends_on or one.starts_on) >= first and one.starts_on <= last
    ]
    return drawn, happened


def reason(one: Break) -> str:
    """Why two windows are not comparable, for the middle of a sentence."""
    return f"{one.title[:1].lower()}{one.title[1:]}, {one.told}"


def _rows(file: str, name: str) -> list[Mapping[str, Any]]:
    found = read_toml(CONFIG / file)
    if unknown := sorted(found.keys() - {name}):
        raise _refused(f"{words.join(unknown)} is not a table it knows.", file, f"Begin every entry with [[{name}]].")
    rows = found.get(name, [])
    if not isinstance(rows, list):
        raise _refused(f"[{name}] is written once, not as a list.", file, f"Begin every entry with [[{name}]].")
    return rows


def _break(row: Mapping[str, Any], at: int) -> Break:
    where = f"breaks.toml, [[break]] number {at}"
    _expect_keys(row, _BREAK_NEEDS, {"when"}, where)
    measures, areas = _codes(row, "measures", where), _codes(row, "areas", where)
    _expect_among(row["kind"], words.labels()["break_kind"], "kind", where)
    for measure in measures:
        _expect_among(measure, (*MEASURES, ELSEWHERE), "measure", where)
    for area in areas:
        _expect_among(area, {"all", *words.labels()["area"]} - {AREA_NOT_KNOWN, AREA_OUTSIDE}, "area", where)
    if not areas:
        raise _refused("it names no area.", where, 'Write areas = ["all"], or a list of area codes.')
    if row["kind"] == "end":
        if not measures or "all" in measures or areas != ("all",):
            raise _refused(
                "an end names all hate reports, no measure, or single areas.", where,
                'Name the measure no longer recorded, and areas = ["all"]; all hate reports are cut by themselves.',
            )  # fmt: skip
    elif {"crime", "incident"} & set(measures) and "all" not in measures:
        raise _refused(
            "it touches crimes or incidents and not all hate reports, which are made up of them.", where,
            'Add "all" to its measures.',
        )  # fmt: skip
    return Break(
        _day(row, "on", where), row["kind"], measures, areas,
        _text(row, "title", where), _text(row, "text", where), _text(row, "when", where),
    )  # fmt: skip


def _event(row: Mapping[str, Any], at: int) -> Event:
    where = f"events.toml, [[event]] number {at}"
    _expect_keys(row, _EVENT_NEEDS, {"to", "when"}, where)
    _expect_among(row["kind"], words.labels()["event_kind"], "kind", where)
    first = _day(row, "from", where)
    last = _day(row, "to", where) if "to" in row else None
    if last is not None and last < first:
        raise _refused("it ends before it begins.", where, "Correct from or to.")
    return Event(first, last, row["kind"], _text(row, "title", where), _text(row, "when", where))


def _expect_keys(row: Mapping[str, Any], needed: Collection[str], allowed: Collection[str], where: str) -> None:
    if missing := sorted(set(needed) - row.keys()):
        raise _refused(f"it does not say {words.join(missing)}.", where, f"Add {words.join(missing)}.")
    if unknown := sorted(row.keys() - set(needed) - set(allowed)):
        raise _refused(
            f"it says {words.join(unknown)}, which is not known.", where,
            f"It may say {words.join(sorted({*needed, *allowed}))}.",
        )  # fmt: skip


def _expect_among(value: Any, known: Collection[str], what: str, where: str) -> None:
    if not isinstance(value, str) or value not in known:
        raise _refused(f"its {what} is not known.", where, f"It may be {words.join(sorted(known))}.")


def _codes(row: Mapping[str, Any], name: str, where: str) -> tuple[Any, ...]:
    if not isinstance(row[name], list):
        raise _refused(f"{name} is not a list.", where, f'Write {name} = ["..."].')
    return tuple(row[name])


def _day(row: Mapping[str, Any], name: str, where: str) -> date:
    day = row[name]
    if not isinstance(day, date) or isinstance(day, datetime):
        raise _refused(f"{name} is not a day.", where, f"Write {name} = 2023-06-03, without quotes and without a time.")
    return day


def _text(row: Mapping[str, Any], name: str, where: str) -> str:
    text = row.get(name, "")
    if not isinstance(text, str) or (name in row and not text.strip()):
        raise _refused(f"{name} is not text, or is blank.", where, f"Write {name} in words.")
    return text


def _refused(what: str, where: str, action: str) -> ConfigError:
    return ConfigError(
        f"a recording change or an event cannot be used: {what}",
        where=f"config/{where}",
        meaning="Nothing is shown, because a series might be compared across a change of recording.",
        action=action,
    )
