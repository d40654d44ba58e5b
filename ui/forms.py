"""What people write on a page. Each form returns what was filled in, once, and leaves the keeping of it to the page."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

import streamlit as st

from core import words

RESPONSES = ("noted", "looking", "explained")
_LONGEST = 2_000


def response(exceptions: Sequence[Mapping[Any, Any]]) -> dict[str, str] | None:
    """Answer one exception: noted, being looked into, or explained, with a name and a note.

    Args:
        exceptions: rows with measure_code, area_code, strand_code, quarter_code and label.

    Returns:
        Those four codes, response_code, responder and note; None until the form is sent.
    """
    labels = [str(row["label"]) for row in exceptions]
    with st.form("response_form"):
        st.html(f'<h3 class="hm-form">{_say("title")}</h3>')
        which = st.selectbox(_say("which"), range(len(labels)), format_func=labels.__getitem__, key="response_which")
        code = st.radio(
            _say("response"),
            RESPONSES,
            format_func=lambda one: words.label("response", one),
            horizontal=True,
            key="response_code",
        )
        responder = st.text_input(_say("responder"), max_chars=200, key="response_responder")
        note = st.text_area(_say("note"), max_chars=_LONGEST, key="response_note")
        if not st.form_submit_button(_say("save")):
            return None
    about = {
        name: str(exceptions[which][name]) for name in ("measure_code", "area_code", "strand_code", "quarter_code")
    }
    return {**about, "response_code": code, "responder": responder.strip(), "note": note.strip()}


def _say(name: str) -> str:
    return words.say("exceptions", "texts", "form", name)
