"""What people write on a page. Each form returns what was filled in, once, and leaves the keeping of it to the page."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import date
from typing import Any

import streamlit as st

from core import words
from core.periods import day_label

RESPONSES = ("noted", "looking", "explained")
ITEM_KINDS = ("decision", "action")
ITEM_PROGRESS = ("open", "done", "closed")
_LONGEST = 2_000
_DAY = "DD/MM/YYYY"


def response(exceptions: Sequence[Mapping[Any, Any]], listed: str, *, is_kept: bool = False) -> dict[str, str] | None:
    """Answer one exception: noted, being looked into, or explained, with a name and a note.

    Args:
        exceptions: rows with measure_code, area_code, strand_code, quarter_code and label.
        listed: names the list they are of. A form filled in beside another list, before a build was published or a
            filter moved, is not sent: the same words could mean another exception.
        is_kept: the response before was kept, so its note is taken out of the form.

    Returns:
        Those four codes, response_code, responder and note; None until the form is sent.
    """
    labels = [str(row["label"]) for row in exceptions]
    if is_kept:
        st.session_state["response_note"] = ""
    with st.form("response_form"):
        st.html(f'<h3 class="hm-form">{_say("title")}</h3>')
        which = st.selectbox(_say("which"), range(len(labels)), format_func=labels.__getitem__, key=f"which_{listed}")
        code = st.radio(
            _say("response"),
            RESPONSES,
            format_func=lambda one: words.label("response", one),
            horizontal=True,
            key="response_code",
        )
        responder = st.text_input(_say("responder"), max_chars=200, key="response_responder")
        note = st.text_area(_say("note"), max_chars=_LONGEST, key="response_note")
        if not st.form_submit_button(_say("save"), key=f"save_{listed}"):
            return None
    about = {
        name: str(exceptions[which][name]) for name in ("measure_code", "area_code", "strand_code", "quarter_code")
    }
    return {**about, "response_code": code, "responder": responder.strip(), "note": note.strip()}


def item(
    findings: Sequence[tuple[str, str]],
    meetings: Sequence[Mapping[Any, Any]],
    today: date,
    listed: str,
    *,
    is_kept: bool = False,
) -> tuple[dict[str, str], dict[str, str | None]] | None:
    """Record a decision or an action of a meeting, about one finding of the page.

    Args:
        findings: what it may be about: about_code and the words shown.
        meetings: those already begun on this quarter, latest first: meeting_code, meeting, held_on.
        today: the day a new meeting is taken to be held on, until another is chosen.
        listed: names the list of findings; see `response`.
        is_kept: the item before was kept, so it is taken out of the form.

    Returns:
        The meeting (meeting_code; empty for a new one, with name and held_on) and the item (kind_code, about_code,
        about_words, words, owner_words, due_on); None until the form is sent.
    """
    if is_kept:
        st.session_state.update({"item_words": "", "item_owner": "", "item_due_on": None})
        if not st.session_state.get("item_meeting"):
            st.session_state.pop("item_meeting", None)  # the new meeting is the latest of the list now
    begun = {
        str(row["meeting_code"]): _minutes("named", meeting=row["meeting"], held_on=day_label(row["held_on"]))
        for row in meetings
    }
    named = {**begun, "": _minutes("new_meeting")}
    shown = dict(findings)
    # Outside the form, so that a new meeting is asked for its name and day and one already begun is not.
    code = st.selectbox(_minutes("meeting"), list(named), format_func=named.__getitem__, key="item_meeting")
    with st.form("item_form"):
        name, held_on = "", today
        if not code:
            name = st.text_input(_minutes("name"), max_chars=200, key="item_meeting_name")
            held_on = st.date_input(_minutes("held_on"), today, max_value=today, format=_DAY, key="item_held_on")
        about = st.selectbox(_minutes("about"), list(shown), format_func=shown.__getitem__, key=f"item_about_{listed}")
        kind = st.radio(
            _minutes("kind"),
            ITEM_KINDS,
            format_func=lambda one: words.label("item_kind", one),
            horizontal=True,
            key="item_kind",
        )
        agreed = st.text_area(_minutes("words"), max_chars=_LONGEST, key="item_words")
        owner = st.text_input(_minutes("owner"), max_chars=200, key="item_owner")
        due_on = st.date_input(_minutes("due_on"), None, format=_DAY, key="item_due_on")
        if not st.form_submit_button(_minutes("save"), key=f"item_save_{listed}"):
            return None
    written = {
        "kind_code": kind,
        "about_code": about,
        "about_words": shown[about],
        "words": agreed.strip(),
        "owner_words": owner.strip() or None,
        "due_on": None if due_on is None else due_on.isoformat(),
    }
    return {"meeting_code": code, "name": name.strip(), "held_on": held_on.isoformat()}, written


def progress(items: Sequence[Mapping[Any, Any]], *, is_kept: bool = False) -> dict[str, Any] | None:
    """Say where one decision or action stands.

    Args:
        items: those listed: meeting_code, item_code, version, kind, words.
        is_kept: what was said before was kept, so it is taken out of the form.

    Returns:
        meeting_code, item_code, progress_code, note, and based_on (the version that was seen); None until it is sent.
    """
    if is_kept:
        st.session_state["progress_note"] = ""
    listed = {(str(row["meeting_code"]), str(row["item_code"])): row for row in items}
    # As in `response`: a form filled in beside another list, or before an item said something else, is not sent.
    seen = "_".join(f"{row['item_code']}.{row['version']}" for row in items)
    with st.form("progress_form"):
        meeting_code, item_code = st.selectbox(
            _minutes("which"),
            list(listed),
            format_func=lambda one: _minutes("listed", kind=listed[one]["kind"], words=listed[one]["words"]),
            key="progress_item",
        )
        code = st.radio(
            _minutes("stands"),
            ITEM_PROGRESS,
            format_func=lambda one: words.label("item_progress", one),
            horizontal=True,
            key="progress_code",
        )
        note = st.text_area(_minutes("note"), max_chars=_LONGEST, key="progress_note")
        if not st.form_submit_button(_minutes("save_progress"), key=f"progress_save_{seen}"):
            return None
    based_on = int(listed[meeting_code, item_code]["version"])
    about = {"meeting_code": meeting_code, "item_code": item_code}
    return {**about, "progress_code": code, "note": note.strip(), "based_on": based_on}


def _say(name: str) -> str:
    return words.say("exceptions", "texts", "form", name)


def _minutes(name: str, **facts: Any) -> str:
    return words.say("meetings", "texts", "form", name, **facts)
