"""What people write into the delivery plan. Each form returns the rows to be kept, once, and keeps nothing itself.

A row is a triple: the register's table, what it says by column, and the version it was based on. Only what was changed
on the form is returned, so a form that is left open overwrites nobody. The words are those of config/text/returns.toml.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from html import escape
from typing import Any, Protocol

import streamlit as st

from core import words
from core.model import Answer

Written = tuple[str, Mapping[str, Any], int | None]
Check = Callable[[Sequence[Written]], list[str]]
WORKBOOK_TURN = "_workbook_turn"
LONGEST = 2_000
PROGRESS = ("not_started", "on_track", "slipped", "unlikely", "complete", "superseded")
ADOPTION = ("adopted", "adapted", "incorporated", "not_adopted")

_KEYS = ("plan_code", "indicator_code", "action_code", "csp_code", "quarter_code", "organisation_code")
_RETURN = ("plan_code", "indicator_code", "quarter_code", "organisation_code")
_ACTION = ("plan_code", "action_code", "quarter_code", "organisation_code")
_BASE = "_based_on"


class Upload(Protocol):
    """What a workbook that came back holds: all that is wrong with it, or what it would change."""

    @property
    def problems(self) -> Sequence[Any]: ...
    @property
    def written(self) -> Sequence[Written]: ...
    @property
    def changes(self) -> Sequence[Any]: ...


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


def judgement(answer: Answer) -> list[Written] | None:
    """A status set beside one that was worked out. Columns: those of `queries.keeping.judgements`."""
    rows = answer.frame.to_dict("records")
    with st.form("judgement"):
        st.html(f'<p class="hm-hint">{escape(_say("judgement_hint"))}</p>')
        which = st.selectbox(_say("judged"), range(len(rows)), format_func=lambda at: str(rows[at]["label"]))
        code = st.selectbox(
            _say("judged_as"),
            ("", "green", "amber", "red", "grey"),
            format_func=lambda one: words.label("status", one) if one else _say("take_back"),
        )
        reason = st.text_area(_say("judged_why"), max_chars=LONGEST, height=68)
        if not st.form_submit_button(_say("save_judgement")):
            return None
    row = rows[which]
    about = {name: row[name] for name in ("plan_code", "measure_kind", "measure_code", "quarter_code")}
    said = {"status_code": code or None, "reason": _clean(reason)}
    return [("status_override", {**about, **said}, int(row["version"]))]


def target(answer: Answer) -> list[Written] | None:
    """What one indicator is rated against. Columns: those of `queries.keeping.targets`."""
    rows = answer.frame.to_dict("records")
    row = rows[st.selectbox(_say("target_which"), range(len(rows)), format_func=lambda at: str(rows[at]["label"]))]
    quarters: Mapping[str, str] = answer.facts["quarters"]
    kept = {str(name): value for name, value in row.items() if name not in ("label", "version")}
    code, due = str(row["indicator_code"]), row["due_quarter"]
    offered = ("", *quarters) if due in quarters or not due else ("", due, *quarters)
    with st.form(f"target_{code}"):
        st.html(f'<p class="hm-hint">{escape(_say("target_hint"))}</p>')
        value = st.number_input(
            _say("target_value"), 0.0, 100.0, value=_float(row["target"]), key=f"target_value_{code}"
        )
        tolerance = st.number_input(
            _say("target_tolerance"), 0.0, 100.0, value=_float(row["tolerance"]), key=f"target_tolerance_{code}"
        )
        by = st.selectbox(
            _say("target_due"),
            offered,
            index=offered.index(due or ""),
            format_func=lambda one: quarters.get(one, one) or _say("every_quarter"),
            key=f"target_due_{code}",
        )
        is_complete = st.checkbox(_say("target_complete"), bool(row["is_complete"]), key=f"target_complete_{code}")
        if not st.form_submit_button(_say("save_target")):
            return None
    said = {"target": value, "tolerance": tolerance, "due_quarter": by or None, "is_complete": is_complete or None}
    said |= {} if kept["tolerance_kind"] or value is None else {"tolerance_kind": "points"}
    return [("indicator", {**kept, **said}, int(row["version"]))]


def local(answer: Answer) -> list[Written] | None:
    """An outcome of a CSP's own, with what it is measured by. Columns: those of `queries.keeping.local`."""
    row = answer.frame.to_dict("records")[0]
    themes, focuses, quarters = (answer.facts[name] for name in ("themes", "focuses", "quarters"))
    with st.form(f"local_{row['csp_code']}", clear_on_submit=False):
        st.html(f'<p class="hm-hint">{escape(_say("local_hint"))}</p>')
        outcome = st.text_input(_say("local_outcome"), max_chars=200)
        left, right = st.columns(2, gap="small")
        theme = left.selectbox(_say("local_theme"), tuple(themes), format_func=themes.__getitem__)
        focus = right.selectbox(_say("local_focus"), tuple(focuses), format_func=focuses.__getitem__)
        indicator = st.text_input(_say("local_indicator"), max_chars=200)
        left, right = st.columns(2, gap="small")
        numerator = left.text_input(_say("local_numerator"), max_chars=200)
        denominator = right.text_input(_say("local_denominator"), max_chars=200)
        left, right = st.columns(2, gap="small")
        value = left.number_input(_say("local_target"), 0.0, 100.0, value=None)
        tolerance = right.number_input(_say("local_tolerance"), 0.0, 100.0, value=5.0)
        left, right = st.columns(2, gap="small")
        direction = left.selectbox(
            _say("local_direction"), ("up", "down"), format_func=lambda one: words.label("better", one)
        )
        due = right.selectbox(
            _say("local_due"), tuple(quarters), index=len(quarters) - 1, format_func=quarters.__getitem__
        )
        is_sample = st.checkbox(_say("local_sample"))
        if not st.form_submit_button(_say("save_local")):
            return None
    texts = [text.strip() for text in (outcome, indicator, numerator, denominator)]
    if not all(texts):
        st.error(_say("local_unsaid"))
        return None
    plan, code = {"plan_code": row["plan_code"]}, str(row["code"])
    measured = {
        "indicator_code": code, "outcome_code": code, "position": int(row["position"]), "words": texts[1],
        "numerator_words": texts[2], "denominator_words": texts[3], "source_words": _say("local_source"),
        "direction": direction, "unit": "percent", "baseline": None, "target": value,
        "target_words": None if value is not None else _say("local_no_target"),
        "tolerance_kind": None if value is None else "points", "tolerance": None if value is None else tolerance,
        "owner_code": row["organisation_code"], "cadence_quarters": 1, "grace_days": 28, "due_quarter": due,
        "is_sample_or_cohort": is_sample,
    }  # fmt: skip
    outcome_row = {
        "outcome_code": code, "position": int(row["position"]), "theme_code": theme, "focus_code": focus,
        "words": texts[0], "csp_code": row["csp_code"],
    }  # fmt: skip
    returned_by = {"indicator_code": code, "organisation_code": row["organisation_code"], "is_expected": True}
    return [
        ("outcome", {**plan, **outcome_row}, 0),
        ("indicator", {**plan, **measured}, 0),
        ("indicator_reporter", {**plan, **returned_by}, 0),
    ]


def next_plan(answer: Answer) -> list[Written] | None:
    """The next plan begun from this one. Columns: those of `queries.keeping.next_plan`.

    Returns one triple: the code of the plan it is begun from, what the new one is called and when it runs, and None.
    """
    row = answer.frame.to_dict("records")[0]
    quarters = answer.facts["quarters"]
    with st.form("next_plan"):
        st.html(f'<p class="hm-hint">{escape(_say("next_hint"))}</p>')
        code = st.text_input(_say("next_code"), max_chars=60)
        title = st.text_input(_say("next_title"), max_chars=200)
        left, right = st.columns(2, gap="small")
        first = left.selectbox(
            _say("next_starts"), tuple(quarters), list(quarters).index(row["starts"]), format_func=quarters.__getitem__
        )
        last = right.selectbox(
            _say("next_ends"), tuple(quarters), list(quarters).index(row["ends"]), format_func=quarters.__getitem__
        )
        if not st.form_submit_button(_say("save_next")):
            return None
    if not title.strip():
        st.error(_say("next_unsaid"))
        return None
    new = {
        "plan_code": code.strip(),
        "title": title.strip(),
        "starts_quarter": first,
        "ends_quarter": last,
        "note": title,
    }
    return [(str(row["plan_code"]), new, None)]


def workbook(
    answer: Answer, download: Callable[..., bytes], read: Callable[[bytes], Upload], check: Check
) -> Upload | None:
    """The exchange workbook, down and up: says what one that came back would change, and returns it to be applied.

    Args:
        answer: that of `queries.returns.workbook`.
        download: plan, quarter and organisations -> the file.
        read: the file that came back -> what it holds.
        check: one sentence for each thing that must still be said before its rows can be kept.
    """
    row = answer.frame.to_dict("records")[0]
    plan, quarter, organisation = (str(row[name]) for name in ("plan_code", "quarter_code", "organisation_code"))
    st.html(f'<p class="hm-hint">{escape(_say("workbook_hint"))}</p>')
    st.download_button(
        _say("workbook_download"),
        lambda: download(plan, quarter, [organisation]),
        file_name=f"return_{organisation}_{quarter}.xlsx",
        mime="application/vnd.openxmlformats-officedocument.spreadsheetml.sheet",
        key=f"workbook_{organisation}_{quarter}",
        on_click="ignore",
    )
    turn = st.session_state.setdefault(WORKBOOK_TURN, 0)
    file = st.file_uploader(_say("workbook_upload"), type=["xlsx", "xlsm"], key=f"workbook_back_{turn}")
    if file is None:
        return None
    upload = read(file.getvalue())
    said = check(upload.written) if not upload.problems else []
    if upload.problems or said:
        number = words.count("problem", len(upload.problems) + len(said))
        st.error(_say("workbook_problems", problems=number))
        rows = [(one.sheet, one.cell, one.what, one.action) for one in upload.problems]
        rows += [("", "", sentence, "") for sentence in said]
        headings = (
            "workbook_problem_sheet",
            "workbook_problem_cell",
            "workbook_problem_what",
            "workbook_problem_action",
        )
        _told(headings, rows)
        return None
    if not upload.written:
        st.info(_say("workbook_same"))
        return None
    st.info(_say("workbook_changes", changes=words.count("change", len(upload.changes))))
    parts = ("problem_sheet", "of_what", "field", "before", "after")
    _told(
        [f"workbook_{part}" for part in parts],
        [(one.sheet, one.label, one.field, one.before, one.after) for one in upload.changes],
    )
    return upload if st.button(_say("workbook_apply"), type="primary") else None


def _told(headings: Sequence[str], rows: Sequence[tuple[str, ...]]) -> None:
    head = "".join(f'<th scope="col">{escape(_say(heading))}</th>' for heading in headings)
    body = "".join("<tr>" + "".join(f"<td>{escape(cell)}</td>" for cell in row) + "</tr>" for row in rows)
    label = escape(_say("workbook_upload"), quote=True)
    st.html(
        f'<div class="hm-table" tabindex="0" role="region" aria-label="{label}"><table><thead><tr>{head}</tr></thead>'
        f"<tbody>{body}</tbody></table></div>"
    )


def saved_since(written: Sequence[Written], theirs: Mapping[str, Any]) -> str:
    """Take what somebody else saved as what the writer has now seen, so that saving again makes theirs the one before.

    Returns what they said, in words.
    """
    for table, row, _ in written:
        about = [name for name in _KEYS if name in row and name in theirs]
        if about and all(row[name] == theirs[name] for name in about):
            base = st.session_state.get(_names(table, row)(_BASE))
            if base is not None:
                base["version"] = theirs["version"]
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
    heading = words.label("column", "of_how_many" if name == "denominator" else name)
    return f"{heading}: {words.label(kind, value) if kind else value}."


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
        st.html(f'<p class="hm-hint">{escape(_say(title, quarter=answer.facts["quarter"]))}</p>')
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


def _float(value: Any) -> float | None:
    return None if value is None or value != value else float(value)


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
    st.html(f'<div class="hm-asked"><h3>{escape(title)}</h3>{told}</div>')


def _number(label: str, key: str) -> None:
    st.number_input(label, min_value=0, step=1, value=None, key=key)


def _text(label: str, key: str) -> None:
    st.text_area(label, max_chars=LONGEST, height=68, key=key)


def _say(name: str, **facts: Any) -> str:
    return words.say("returns", "texts", "form", name, **facts)
