"""What people write into the delivery plan. Each form returns the rows to be kept, once, and keeps nothing itself.

A row is a triple: the register's table, what it says by column, and the version it was based on. Only what was changed
on the form is returned, so a form that is left open overwrites nobody. The words are those of config/text/returns.toml.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from html import escape
from typing import Any

import streamlit as st

from core import words
from core.model import Answer

Written = tuple[str, Mapping[str, Any], int | None]
LONGEST = 2_000
PROGRESS = ("not_started", "on_track", "slipped", "unlikely", "complete", "superseded")
ADOPTION = ("adopted", "adapted", "incorporated", "not_adopted")

_KEYS = ("plan_code", "indicator_code", "action_code", "csp_code", "quarter_code", "organisation_code")
_RETURN = ("plan_code", "indicator_code", "quarter_code", "organisation_code")
_ACTION = ("plan_code", "action_code", "quarter_code", "organisation_code")
_BASE = "_based_on"


def figures(answer: Answer) -> list[Written] | None:
    """The figures of one organisation's indicators. Columns: those of `queries.returns.figures`."""

    def draw(row: Mapping[str, Any], name: Callable[[str], str]) -> None:
        _asked(row["outcome"], _say("asked", indicator=row["indicator"], target=row["target"]), row["before"])
        many, of_many, meaning, doing = st.columns((3, 3, 4, 4), gap="small", vertical_alignment="bottom")
        with many:
            _number(_say("numerator", words=row["numerator_words"]), name("numerator"))
        with of_many:
            _number(_say("denominator", words=row["denominator_words"]), name("denominator"))
        with meaning:
            _text(_say("commentary"), name("commentary"))
        with doing:
            _text(_say("corrective_action"), name("corrective_action"))

    fields = ("numerator", "denominator", "commentary", "corrective_action")
    written = _form(answer, "indicator_return", _RETURN, fields, draw, "figures", "save")
    problems = [said for _, row, _ in written or () if (said := _figure_problem(row))]
    for said in problems:
        st.error(said)
    return None if problems else written


def progress(answer: Answer) -> list[Written] | None:
    """What an organisation says of its actions. Columns: those of `queries.returns.progress`."""

    def draw(row: Mapping[str, Any], name: Callable[[str], str]) -> None:
        _asked(f"{row['outcome']} {row['action']}", row["due"], row["standing"])
        st.selectbox(
            _say("state"), PROGRESS, format_func=lambda code: words.label("progress", code), key=name("progress_code")
        )
        evidence, happened, doing = st.columns(3, gap="small", vertical_alignment="bottom")
        with evidence:
            _text(_say("evidence"), name("evidence"))
        with happened:
            _text(_say("action_commentary"), name("commentary"))
        with doing:
            _text(_say("action_corrective"), name("corrective_action"))

    fields = ("progress_code", "evidence", "commentary", "corrective_action")
    return _form(answer, "action_return", _ACTION, fields, draw, "progress", "save_progress")


def decision(answer: Answer) -> list[Written] | None:
    """What a CSP decides on the plan. Columns: those of `queries.returns.decision`."""

    def draw(row: Mapping[str, Any], name: Callable[[str], str]) -> None:
        st.radio(
            _say("decision_label", organisation=row["organisation"]),
            ADOPTION,
            format_func=lambda code: words.label("adoption", code),
            key=name("status_code"),
            horizontal=True,
        )
        _text(_say("decision_note"), name("note"))

    return _form(
        answer, "adoption", ("plan_code", "csp_code"), ("status_code", "note"), draw, "decision", "save_decision"
    )


def saved_since(written: Sequence[Written], theirs: Mapping[str, Any]) -> str:
    """Take what somebody else saved as what the writer has now seen, so that saving again makes theirs the one before.

    Returns what they said, in words.
    """
    for table, row, _ in written:
        about = [name for name in _KEYS if name in row and name in theirs]
        if about and all(row[name] == theirs[name] for name in about):
            st.session_state[_names(table, row)(_BASE)]["version"] = theirs["version"]
    said = [
        _words_of(name, theirs[name])
        for name in (
            "numerator",
            "denominator",
            "progress_code",
            "status_code",
            "commentary",
            "corrective_action",
            "note",
        )
        if theirs.get(name) not in (None, "")
    ]
    return " ".join(said)


def _words_of(name: str, value: Any) -> str:
    kind = {"progress_code": "progress", "status_code": "adoption"}.get(name)
    return f"{words.label('column', name)}: {words.label(kind, value) if kind else value}."


def _form(
    answer: Answer,
    table: str,
    key: Sequence[str],
    fields: Sequence[str],
    draw: Callable[[Mapping[str, Any], Callable[[str], str]], None],
    title: str,
    save: str,
) -> list[Written] | None:
    rows = [{str(name): value for name, value in row.items()} for row in answer.frame.to_dict("records")]
    with st.form(f"{answer.question}_{rows[0]['organisation_code']}_{rows[0]['quarter_code']}"):
        st.html(f'<h3 class="hm-form">{_say(title, quarter=answer.facts["quarter"])}</h3>')
        for row in rows:
            about = {name: row[name] for name in key}
            names = _names(table, about)
            _take_up(table, about, {field: _known(row[field]) for field in fields}, int(row["version"]), names)
            draw(row, names)
        if not st.form_submit_button(_say(save), type="primary"):
            return None
    changed: list[Written] = []
    for row in rows:
        about = {name: row[name] for name in key}
        names = _names(table, about)
        base = st.session_state[names(_BASE)]
        said = {field: _clean(st.session_state[names(field)]) for field in fields}
        if said != base["said"]:
            changed.append((table, {**about, **said}, base["version"]))
    if not changed:
        st.info(_say("unchanged"))
        return None
    return changed


def _take_up(
    table: str, about: Mapping[str, Any], now: Mapping[str, Any], version: int, names: Callable[[str], str]
) -> None:
    """Fill the fields from the record, the first time and whenever it has moved on and nobody is writing there."""
    base = st.session_state.get(names(_BASE))
    held = {field: _clean(st.session_state[names(field)]) for field in now if names(field) in st.session_state}
    if base is not None and len(held) == len(now):
        is_moved, is_untouched = version != base["version"], held == base["said"]
        if not is_moved or (not is_untouched and held != now):
            return
    for field, value in now.items():
        is_number = field in ("numerator", "denominator")
        st.session_state[names(field)] = "" if value is None and not is_number else value
    st.session_state[names(_BASE)] = {"said": dict(now), "version": version}


def _names(table: str, about: Mapping[str, Any]) -> Callable[[str], str]:
    """The name of each field of a row in the session: told by what the row is about, never by what it says."""
    code = "_".join(str(about[name]) for name in _KEYS if name in about)
    return lambda field: f"{table}_{code}_{field}"


def _known(value: Any) -> Any:
    """A value of a frame as the register holds it: whole numbers, and nothing for what is missing."""
    if value is None or value != value or value == "":
        return None
    return int(value) if isinstance(value, float) else value


def _clean(value: Any) -> Any:
    text = value.strip() if isinstance(value, str) else value
    return None if text == "" else text


def _figure_problem(row: Mapping[str, Any]) -> str:
    numerator, denominator = row["numerator"], row["denominator"]
    if (numerator is None) != (denominator is None):
        return _say("half", what=row["indicator_code"])
    return _say("above", what=row["indicator_code"]) if numerator is not None and numerator > denominator else ""


def _asked(title: str, *lines: str) -> None:
    told = "".join(f"<p>{escape(line)}</p>" for line in lines if line)
    st.html(f'<div class="hm-asked"><h4>{escape(title)}</h4>{told}</div>')


def _number(label: str, key: str) -> None:
    st.number_input(label, min_value=0, step=1, value=None, key=key)


def _text(label: str, key: str) -> None:
    st.text_area(label, max_chars=LONGEST, height=68, key=key)


def _say(name: str, **facts: Any) -> str:
    return words.say("returns", "texts", "form", name, **facts)
