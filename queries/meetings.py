"""What did the meetings decide and ask for, about which finding, and what has become of it?"""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import replace
from datetime import date
from typing import TYPE_CHECKING, Any

import pandas as pd

from core import builds, words
from core.model import Answer, Build, Selection, Viewer
from core.periods import Quarter, day, day_label, local_day
from core.settings import load_settings
from queries import _ask, _moment, exceptions, quarter

if TYPE_CHECKING:
    from register.read import Record, Row

_NEVER = date.max  # an item without a due date comes after those that have one
_ITEMS = [
    "meeting_code", "item_code", "version", "meeting", "held_on", "quarter_code", "kind_code", "kind", "about_code",
    "about_words", "words", "owner", "due_on", "progress_code", "progress", "progress_note", "is_open", "is_overdue",
    "reopen_build", "can_reopen",
]  # fmt: skip
_MEETINGS = [
    "meeting_code", "meeting", "held_on", "quarter_code", "quarter", "build_number", "decisions", "actions",
    "still_open", "note", "reopen_build", "can_reopen",
]  # fmt: skip


def since(selection: Selection, viewer: Viewer, build: Build) -> Answer:
    """What do we meet on: what is still open from any meeting, and all that the latest one decided and asked for?

    Frame, one row per decision or action, the open ones first, each oldest due first: meeting_code, item_code, version
    (of the item), meeting (its name), held_on (date), quarter_code (of the meeting), kind_code, kind, about_code,
    about_words (the finding as that meeting was shown it), words, owner, due_on (date or None), progress_code (open,
    overdue, done, closed), progress, progress_note, is_open, is_overdue, reopen_build (number of the build to re-open
    that meeting's page with, '' for the live one), can_reopen.

    Overdue is of the day that is read: the day asked for, or today; but for made-up data the day of the build's
    extract, because the demonstration's clock stands still there.
    """
    question = "meetings.since"
    asked = _whole(selection)
    if (withheld := _withheld(question, asked, build)) is not None:
        return withheld
    record = _moment.record(asked, viewer, build)
    if record is None or not record.rows("meeting"):
        return _ask.answer(question, pd.DataFrame(), asked, build, withheld="no_meeting")
    latest = _in_order(record.rows("meeting"))[0]
    items = [one for one in _items(record, asked, build) if one["is_open"] or one["meeting_code"] == _code(latest)]
    frame = pd.DataFrame(items, columns=_ITEMS)
    still_open, overdue = int(frame["is_open"].sum()), int(frame["is_overdue"].sum())
    facts = {
        "meeting": latest["name"],
        "held_on": _said_on(latest),
        "open": still_open,
        "overdue": overdue,
        "settled": len(frame) - still_open,
        "items": words.count("item", len(frame)),
        "read_on": day_label(_read_on(asked, build)),
    }
    finding = "overdue" if overdue else "open" if still_open else "settled" if len(frame) else "nothing"
    return _answer(question, frame, asked, build, record, finding=finding, facts=facts)


def about(selection: Selection, viewer: Viewer, build: Build) -> Answer:
    """What was decided and asked for about each finding, at the meetings on the selected quarter?

    Frame: the columns of `since`, and under_code: the about_code of the headline sentence it belongs under (an
    exception belongs under the sentence on places, a status of the plan under the sentence on the plan). What was
    recorded about another area, strand or measure than is chosen is not here.
    """
    question = "meetings.about"
    if (withheld := _withheld(question, selection, build)) is not None:
        return withheld
    record = _moment.record(selection, viewer, build)
    items = [] if record is None else _items(record, selection, build)
    here = [
        {**one, "under_code": under}
        for one in items
        if one["quarter_code"] == selection.quarter and (under := _under(one["about_code"], selection, build))
    ]
    if record is None or not here:
        return _ask.answer(question, pd.DataFrame(), selection, build, withheld="nothing_recorded")
    frame = pd.DataFrame(here, columns=[*_ITEMS, "under_code"])
    facts = {
        "items": words.count("item", len(frame)),
        "decisions": int((frame["kind_code"] == "decision").sum()),
        "actions": int((frame["kind_code"] == "action").sum()),
        "read_on": day_label(_read_on(selection, build)),
    }
    return _answer(question, frame, selection, build, record, facts=facts)


def held(selection: Selection, viewer: Viewer, build: Build) -> Answer:
    """Which meetings were held, what came of each, and how is its page re-opened as it stood that day?

    Frame, one row per meeting, latest first: meeting_code, meeting, held_on (date), quarter_code, quarter,
    build_number, decisions, actions, still_open (items), note, reopen_build ('' for the live build), can_reopen.
    """
    question = "meetings.held"
    asked = _whole(selection)
    if (withheld := _withheld(question, asked, build)) is not None:
        return withheld
    record = _moment.record(asked, viewer, build)
    if record is None or not record.rows("meeting"):
        return _ask.answer(question, pd.DataFrame(), asked, build, withheld="no_meeting")
    items = _items(record, asked, build)
    reopened = _reopened(build)
    rows = []
    for meeting in _in_order(record.rows("meeting")):
        own = [one for one in items if one["meeting_code"] == _code(meeting)]
        rows.append(
            {
                **_named(meeting),
                "quarter": Quarter.parse(meeting["quarter_code"]).label,
                "build_number": int(meeting["build_number"]),
                "decisions": sum(one["kind_code"] == "decision" for one in own),
                "actions": sum(one["kind_code"] == "action" for one in own),
                "still_open": sum(one["is_open"] for one in own),
                "note": meeting["note"] or "",
                **reopened(meeting),
            }
        )
    frame = pd.DataFrame(rows, columns=_MEETINGS)
    facts = {
        "meetings": words.count("meeting", len(frame)),
        "decisions": words.count("decision", int(frame["decisions"].sum())),
        "actions": words.count("action_asked", int(frame["actions"].sum())),
        "open": int(frame["still_open"].sum()),
        "first": day_label(rows[-1]["held_on"]),
        "last": day_label(rows[0]["held_on"]),
        "read_on": day_label(_read_on(asked, build)),
    }
    return _answer(question, frame, asked, build, record, facts=facts)


def findings(said: Answer, found: Answer, summary: Answer) -> list[tuple[str, str]]:
    """What a decision may be about: about_code and the words shown of each finding of Quarter.

    Args:
        said: `quarter.headlines`.
        found: `exceptions.found`.
        summary: `plan.summary`.
    """
    sentences = [
        (row["about_code"], words.say("quarter", "headlines", row["about"], row["finding"], **row["facts"]))
        for row in said.frame.to_dict("records")
    ]
    listed = [
        (":".join(("exception", *(row[f"{name}_code"] for name in ("measure", "area", "strand")))), row["sentence"])
        for row in found.frame.to_dict("records")
    ]
    rated = [
        (
            f"plan:{row['status_code']}",
            words.say("meetings", "texts", "plan_status", label=row["label"], outcomes=row["outcomes"]),
        )
        for row in summary.frame.to_dict("records")
    ]
    return [(str(code), str(told)) for code, told in (*sentences, *listed, *rated)]


def _withheld(question: str, selection: Selection, build: Build) -> Answer | None:
    # What people write may quote counts, which the shareable file does not hold.
    return _ask.restricted_only(question, selection, build) if build.is_shareable else None


def _whole(selection: Selection) -> Selection:
    """A meeting is of the whole partnership, so its record carries no narrower area, strand or measure."""
    return Selection(selection.quarter, as_at=selection.as_at)


def _answer(
    question: str,
    frame: pd.DataFrame,
    selection: Selection,
    build: Build,
    record: Record,
    *,
    finding: str = "plain",
    facts: Mapping[str, Any],
) -> Answer:
    notes = ("meetings_made_up", "meetings_kept") if record.is_made_up else ("meetings_kept",)
    return _ask.answer(question, frame, selection, build, finding=finding, facts=facts, notes=notes)


def _items(record: Record, selection: Selection, build: Build) -> list[dict[str, Any]]:
    """Every decision and action, the open ones first, each oldest due first, with its meeting."""
    read_on = _read_on(selection, build)
    reopened = _reopened(build)
    meetings = {_code(row): {**_named(row), **reopened(row)} for row in record.rows("meeting")}
    rows = sorted(record.rows("meeting_item"), key=lambda row: int(row["position"]))
    items = [{**meetings[_code(row)], **_item(row, read_on)} for row in rows]
    return sorted(items, key=lambda one: (not one["is_open"], one["due_on"] or _NEVER, one["held_on"]))


def _item(row: Row, read_on: date) -> dict[str, Any]:
    due_on = day(row["due_on"] or "")
    is_open = row["progress_code"] == "open"
    is_overdue = is_open and due_on is not None and due_on < read_on
    progress = "overdue" if is_overdue else str(row["progress_code"])
    return {
        "item_code": row["item_code"],
        "version": int(row["version"]),
        "kind_code": row["kind_code"],
        "kind": words.label("item_kind", row["kind_code"]),
        "about_code": row["about_code"],
        "about_words": row["about_words"],
        "words": row["words"],
        "owner": row["owner_words"] or "",
        "due_on": due_on,
        "progress_code": progress,
        "progress": words.label("item_progress", progress),
        "progress_note": row["progress_note"] or "",
        "is_open": is_open,
        "is_overdue": is_overdue,
    }


def _named(meeting: Row) -> dict[str, Any]:
    return {
        "meeting_code": _code(meeting),
        "meeting": meeting["name"],
        "held_on": date.fromisoformat(meeting["held_on"]),
        "quarter_code": meeting["quarter_code"],
    }


def _reopened(build: Build) -> Callable[[Row], dict[str, Any]]:
    """What the page of a meeting is re-opened with; a build that is gone, or cannot be opened, re-opens nothing."""
    data = load_settings().data
    live = builds.live_number(data)
    opens = {one.number for one in builds.catalogue(data, build.audience) if one.build is not None}
    return lambda meeting: {
        "reopen_build": "" if meeting["build_number"] == live else str(meeting["build_number"]),
        "can_reopen": meeting["build_number"] in opens,
    }


def _under(about_code: str, selection: Selection, build: Build) -> str:
    """The headline sentence an item belongs under; '' for what is about another choice of filters."""
    about, _, chosen = about_code.partition(":")
    if about == "plan":
        return quarter.about_code("plan", selection)
    under = about_code
    if about == "exception":
        measure, area, _ = chosen.split(":")
        if area not in exceptions.areas(selection, build):
            return ""
        under = quarter.about_code("areas", replace(selection, measure=measure, strand="all"))
    return under if under in _sentences(selection) else ""


def _sentences(selection: Selection) -> set[str]:
    """The about_code of every headline sentence this choice of filters may show, but for that of the plan."""
    measures = (selection.measure,) if selection.measure != "all" else ("all", "crime")
    chosen = [replace(selection, measure=measure) for measure in measures]
    told = {quarter.about_code(about, one) for about in ("quarter", "year", "areas", "charge") for one in chosen}
    return told | {quarter.about_code("areas", replace(one, strand="all")) for one in chosen}


def _in_order(meetings: Sequence[Row]) -> list[Row]:
    """Latest first; of one day, the one begun last."""
    return sorted(meetings, key=lambda row: (str(row["held_on"]), row["at"]), reverse=True)


def _read_on(selection: Selection, build: Build) -> date:
    """The day on which an item is overdue or not."""
    if build.is_made_up and not selection.as_at:
        return build.extracted_on
    return local_day(_moment.seen_at(selection, build))


def _code(row: Row) -> str:
    return str(row["meeting_code"])


def _said_on(meeting: Row) -> str:
    return day_label(date.fromisoformat(meeting["held_on"]))
