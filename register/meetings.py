"""What a meeting decides and asks for, and what became of it: kept with the build the meeting read."""

from __future__ import annotations

import hashlib
import re
from collections.abc import Mapping
from datetime import UTC, datetime
from typing import Any

from core import builds
from core.errors import MonitorError
from core.model import Build, Viewer
from core.periods import day, local_day
from core.settings import load_settings
from register.read import read
from register.tables import KEPT, key, values
from register.write import COORDINATOR, Written, save, writer

_LONGEST_CODE = 64
_NOT_IN_A_CODE = re.compile(r"[^a-z0-9]+")


def may_record(viewer: Viewer) -> bool:
    """Whether the viewer may write what a meeting decides; everybody else reads it."""
    return COORDINATOR in viewer.roles


def record(viewer: Viewer, build: Build, quarter: str, meeting: Mapping[str, str], item: Mapping[str, Any]) -> None:
    """Keep one decision or action, and with the first one of a meeting the meeting itself and its build.

    The build is kept from being pruned before the entry is: no record points at a build that may go. The same item
    sent twice is kept once.

    Args:
        build: the build the meeting reads.
        quarter: code of the quarter it is about.
        meeting: meeting_code of one already begun; or, with an empty code, name and held_on of a new one.
        item: kind_code, about_code, about_words (the finding as it was shown), words, owner_words, due_on.

    Raises MonitorError when the viewer may not, or something needed is not said.
    """
    url = load_settings().register_url
    held = read(url, viewer, datetime.now(UTC))
    meetings = {row["meeting_code"]: row for row in (held.rows("meeting") if held else ())}
    code = meeting["meeting_code"] or _code(quarter, meeting["name"], meeting["held_on"])
    of_meeting = [row for row in (held.rows("meeting_item") if held else ()) if row["meeting_code"] == code]
    written = {**item, "meeting_code": code, "progress_code": "open", "progress_note": None}
    written["item_code"] = _item_code(written)
    if any(row["item_code"] == written["item_code"] for row in of_meeting):
        return
    written["position"] = 1 + max((int(row["position"]) for row in of_meeting), default=0)
    with writer(url, is_made_up=build.is_made_up) as register:
        entry = register.entry(viewer, "meeting")
        if code not in meetings:
            about = {name: meeting[name].strip() for name in ("name", "held_on")}
            row = {**about, "meeting_code": code, "quarter_code": quarter, "build_number": build.number}
            entry.put("meeting", row, based_on=0)
        entry.put("meeting_item", written, based_on=0)
        number = meetings[code]["build_number"] if code in meetings else build.number
        # Before the transaction ends: a build that is gone leaves no entry, and a refused entry keeps no build.
        builds.keep(load_settings().data, int(number), f"meeting-{code}")


def progress(viewer: Viewer, said: Mapping[str, Any], *, is_made_up: bool) -> None:
    """Keep where one decision or action stands.

    Args:
        said: meeting_code, item_code, progress_code (one of `register.write.ITEM_PROGRESS`), note, and based_on, the
            version of the item the writer had before them.
        is_made_up: whether the figures on the page are.

    Raises:
        Conflict: somebody else said where it stands since the writer looked.
        MonitorError: the viewer may not, or there is no such item.
    """
    held = read(load_settings().register_url, viewer, datetime.now(UTC))
    rows = [] if held is None else held.rows("meeting_item")
    named = [row for row in rows if all(row[name] == said[name] for name in ("meeting_code", "item_code"))]
    if not named:
        raise MonitorError(
            "there is no such decision or action.",
            where="the register's meeting item",
            meaning="Nothing was written.",
            action="Open the page again and choose one that is listed.",
        )
    table = KEPT["meeting_item"]
    row = {name: named[0][name] for name in (*key(table), *values(table))}
    row |= {"progress_code": said["progress_code"], "progress_note": said["note"].strip() or None}
    save(viewer, "meeting", [Written("meeting_item", row, said["based_on"])], is_made_up=is_made_up)


def _code(quarter: str, name: str, held_on: str) -> str:
    """`2023-10-11-2023-q2-hate-strategic-group`: a meeting begun twice with one name and day is one meeting."""
    on = day(held_on)
    if on is None or on > local_day(datetime.now(UTC)):
        raise MonitorError(
            "a meeting was refused: it is recorded on the day it is held, or after.",
            where="meeting, column held_on",
            meaning="Nothing was written; the register is as it was.",
            action="Say on which day it is held, and save again.",
        )
    code = _NOT_IN_A_CODE.sub("-", f"{held_on}-{quarter}-{name}".lower()).strip("-")
    return code if len(code) <= _LONGEST_CODE else f"{code[: _LONGEST_CODE - 9]}-{_digest(code)[:8]}"


def _item_code(item: Mapping[str, Any]) -> str:
    """The same words of the same meeting about the same finding are the same item."""
    said = (item[name] or "" for name in ("kind_code", "about_code", "words", "owner_words", "due_on"))
    return _digest("\x1f".join(said))[:16]


def _digest(text: str) -> str:
    return hashlib.sha256(text.encode("utf-8")).hexdigest()
