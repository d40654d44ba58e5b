"""What people write on a page. Each form returns what was filled in, once, and leaves the keeping of it to the page."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

import streamlit as st

from core import words

RESPONSES = ("noted", "looking", "explained")
_LONGEST = 2_000


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


def _say(name: str) -> str:
    return words.say("exceptions", "texts", "form", name)
