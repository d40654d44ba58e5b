"""The delivery plan drawn as tables: a board of outcomes, a grid of their history, a list of actions.

A status is always a word, a shape and a colour. On a narrow screen each row becomes a card; the headings then stand in
front of their cells. Imports nothing of Streamlit.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import date
from html import escape
from itertools import groupby
from typing import Any
from urllib.parse import urlencode

from core import words
from core.model import Answer
from core.periods import day_label
from ui import captions, theme

Row = Mapping[Any, Any]

# Column of the table -> its share of the width, so that the tables of all themes line up.
_BOARD = {
    "status": 11,
    "outcome": 26,
    "latest_and_target": 16,
    "owner_and_due": 13,
    "milestone": 15,
    "what_was_said": 19,
}
_SUMMARY = {"status": 24, "outcomes": 10, "which_outcomes": 66}
_EXCEPTIONS = {"state": 19, "exception": 38, "how_long": 17, "response": 26}
_CAMPAIGNS = {"campaign_standing": 9, "campaign": 27, "what_was_found": 32, "beside_it": 32}
_CHANGES = {"saved_on": 18, "what": 32, "said_before": 25, "says_now": 25}
_OWED = {"owed_state": 16, "what": 40, "owed_standing": 30, "organisation": 14}
_ITEMS = {"item_progress": 12, "agreed": 48, "who_and_when": 18, "note": 22}
_MEETINGS = {"quarter": 10, "meeting": 34, "decisions": 10, "actions_asked": 10, "still_open": 10, "reopen": 26}
_OWN = {"status": 12, "outcome": 38, "latest_and_target": 20, "what_was_said": 30}
_REPORT = {"status": 14, "about": 30, "told": 56}
_ACTIONS = {"status": 15, "action": 32, "owner_and_due": 20, "what_was_said": 33}

OPENED = 3
"""How many open items the page of a meeting opens on; the others are one step away."""


def board(answer: Answer) -> str:
    """The outcomes of the plan by theme, each with its status, why, and who does what by when.

    Columns: those of `queries.plan.board`.
    """
    rows = answer.frame.to_dict("records")
    themes = [(theme, list(of_theme)) for theme, of_theme in groupby(rows, key=lambda row: str(row["theme"]))]
    return "".join(
        f'<h4 class="hm-theme">{escape(name)}</h4>' + _table(name, _BOARD, [_outcome(row) for row in of_theme])
        for name, of_theme in themes
    )


def own(answer: Answer) -> str:
    """The outcomes of one partnership: its part of what all return, then those it set for itself.

    Columns: those of `queries.locality.own`.
    """
    rows = answer.frame.to_dict("records")
    return "".join(
        f'<h4 class="hm-theme">{escape(kind)}</h4>' + _table(kind, _OWN, [_own_part(row) for row in of_kind])
        for kind, of_kind in groupby(rows, key=lambda row: str(row["kind"]))
    )


def matrix(answer: Answer) -> str:
    """A grid: an outcome a row, a partnership a column, its own status a cell; last the decisions on the plan.

    Columns: those of `queries.locality.matrix`.
    """
    rows = answer.frame.to_dict("records")
    csps = list(dict.fromkeys(str(row["csp"]) for row in rows))
    head = "".join(f'<th scope="col">{escape(csp)}</th>' for csp in csps)
    body = "".join(
        f'<tr><th scope="row">{_named(code, outcome)}</th>{"".join(_part(row) for row in of_outcome)}</tr>'
        for (code, outcome), of_outcome in groupby(rows, key=lambda row: (row["outcome_code"], row["outcome"]))
    )
    title = escape(words.say("locality", "matrix", "title"), quote=True)
    return (
        f'<div class="hm-table hm-matrix" tabindex="0" role="region" aria-label="{title}"><table><thead><tr>'
        f'<th scope="col">{escape(words.label("column", "outcome"))}</th>{head}</tr></thead>'
        f"<tbody>{body}</tbody></table></div>"
    )


def report(answer: Answer) -> str:
    """The statements of an update report, section by section.

    Columns: those of `queries.updates.report`.
    """
    rows = answer.frame.to_dict("records")
    return "".join(
        f'<h4 class="hm-theme">{escape(section)}</h4>'
        + _table(
            section,
            _REPORT,
            [
                (
                    theme.status(row["status_code"], row["status"]) if row["status_code"] else "",
                    f"<strong>{escape(row['item'])}</strong>",
                    escape(row["told"]),
                )
                for row in of_section
            ],
        )
        for section, of_section in groupby(rows, key=lambda row: str(row["section"]))
    )


def summary(answer: Answer) -> str:
    """How many outcomes have each status, and which.

    Columns: status_code, label, value, outcomes.
    """
    cells = [
        (
            theme.status("grey" if row["status_code"] == "overdue" else row["status_code"], row["label"]),
            escape(str(row["value"])),
            escape(row["outcomes"]),
        )
        for row in answer.frame.to_dict("records")
    ]
    return _table(words.say("plan", "summary", "title"), _SUMMARY, cells)


def actions(answer: Answer) -> str:
    """Actions and milestones with their status, why, and who does them by when.

    Columns: those of `queries.plan.actions`.
    """
    cells = [
        (
            theme.status(row["status_code"], row["status"]),
            _named(row["outcome_code"], row["action"]) + _line(row["reason"]) + _line(row["override"], "override"),
            escape(row["owner"]) + _line(row["due"], quiet=True),
            _line(row["evidence"], "evidence") + _said(row),
        )
        for row in answer.frame.to_dict("records")
    ]
    return _table(words.say("plan", "actions", "title"), _ACTIONS, cells)


def owed(answer: Answer) -> str:
    """What is due from whom, what is latest first.

    Columns: those of `queries.returns.owed`.
    """
    cells = [
        (
            theme.owed(row["state_code"], row["state"]),
            _named(row["outcome_code"], row["what"]) + _line(f"{row['kind']}, {row['quarter']}", quiet=True),
            escape(row["standing"]),
            escape(row["organisation"]),
        )
        for row in answer.frame.to_dict("records")
    ]
    return _table(words.say("returns", "owed", "title"), _OWED, cells) if cells else ""


def changes(answer: Answer) -> str:
    """Who saved what and when, what it said before and what it says since.

    Columns: on, by_name, what, of (of which quarter, or which field), before, after.
    """
    cells = [
        (
            escape(row["on"]) + _line(row["by_name"], quiet=True),
            f"<strong>{escape(row['what'])}</strong>" + _line(row["of"], quiet=True),
            escape(row["before"]),
            escape(row["after"]),
        )
        for row in answer.frame.to_dict("records")
    ]
    return _table(captions.title(answer) or "", _CHANGES, cells)


def campaigns(answer: Answer) -> str:
    """The campaigns by series, each with when it was declared, what came of it and what stands beside that.

    Columns: those of `queries.campaigns.calendar`.
    """
    rows = answer.frame.to_dict("records")
    return "".join(
        f'<h4 class="hm-theme">{escape(name)}</h4>' + _table(name, _CAMPAIGNS, [_campaign(row) for row in of_series])
        for name, of_series in groupby(rows, key=lambda row: str(row["series"]))
    )


def exceptions(answer: Answer) -> str:
    """What is above what chance allows, each with a sentence, for how long, and who has said what about it.

    Columns: flag_code, flag, label, sentence, how_long, flagged_on, response; none, and the headline says it all.
    """
    cells = [
        (
            theme.alert(row["flag_code"], row["flag"]),
            f"<strong>{escape(row['label'])}</strong>{_line(row['sentence'])}",
            escape(row["how_long"]) + _line(_first_shown(row), quiet=True),
            escape(row["response"]),
        )
        for row in answer.frame.to_dict("records")
    ]
    return _table(words.say("exceptions", "found", "title"), _EXCEPTIONS, cells) if cells else ""


def opening(answer: Answer) -> str:
    """What a meeting opens on, in a few lines: how much is open, and what is due first.

    Columns: those of `queries.meetings.since`.
    """
    rows = [row for row in answer.frame.to_dict("records") if row["is_open"]][:OPENED]
    items = "".join(
        f"<li>{theme.progress(row['progress_code'], row['progress'])} {_agreed(row)} {_who_and_when(row)}</li>"
        for row in rows
    )
    every = escape(words.say("meetings", "texts", "opening", "all", items=answer.facts["items"]))
    link = f'<a href="#{captions.anchor(answer)}" target="_self">{every}</a>' if len(answer.frame) else ""
    return (
        f'<div class="hm-since"><h2>{escape(words.say("meetings", "texts", "opening", "title"))}</h2>'
        f"<p>{escape(captions.headline(answer))}. {link}</p>" + (f"<ul>{items}</ul>" if items else "") + "</div>"
    )


def recorded(rows: Sequence[Row]) -> str:
    """What was decided and asked for about one finding, to stand under its sentence.

    Columns: those of `queries.meetings.about`.
    """
    items = "".join(
        f"<li>{theme.progress(row['progress_code'], row['progress'])} {_agreed(row)} {_who_and_when(row)} "
        f'<span class="hm-quiet">({escape(_of_meeting(row))})</span></li>'
        for row in rows
    )
    return f'<ul class="hm-recorded">{items}</ul>' if rows else ""


def items(answer: Answer) -> str:
    """Decisions and actions, each with what it is about, who does it, when it is due and where it stands.

    Columns: those of `queries.meetings.since`.
    """
    cells = [
        (
            theme.progress(row["progress_code"], row["progress"]),
            _agreed(row)
            + _line(words.say("meetings", "texts", "board", "about", finding=row["about_words"]), quiet=True)
            + f'<p class="hm-quiet">{escape(row["meeting"])}. {_reopen(row)}</p>',
            escape(row["owner"]) + _line(_due(row), quiet=True),
            escape(row["progress_note"]),
        )
        for row in answer.frame.to_dict("records")
    ]
    return _table(words.say("meetings", "since", "title"), _ITEMS, cells) if cells else ""


def meetings(answer: Answer) -> str:
    """The meetings held, each with what came of it and a link to its page as it stood.

    Columns: those of `queries.meetings.held`.
    """
    cells = [
        (
            escape(row["quarter"]),
            f"<strong>{escape(_of_meeting(row))}</strong>{_line(row['note'], quiet=True)}",
            *(escape(captions.write(row[name], captions.Unit("count"))) for name in ("decisions", "actions")),
            escape(captions.write(row["still_open"], captions.Unit("count"))),
            _reopen(row),
        )
        for row in answer.frame.to_dict("records")
    ]
    return _table(words.say("meetings", "held", "title"), _MEETINGS, cells)


def grid(answer: Answer) -> str:
    """Places down, strands across: in each cell what came, in brackets what was expected, and how that stands.

    Columns: place, strand, state_code, state, observed, expected, part.
    """
    rows = answer.frame.to_dict("records")
    strands = list(dict.fromkeys(str(row["strand"]) for row in rows))
    head = "".join(f'<th scope="col">{escape(strand)}</th>' for strand in strands)
    body = "".join(
        f'<tr><th scope="row">{escape(place)}</th>{"".join(_stands(row) for row in of_place)}</tr>'
        for place, of_place in groupby(rows, key=lambda row: str(row["place"]))
    )
    title = escape(words.say("exceptions", "grid", "title"), quote=True)
    return (
        f'<div class="hm-table hm-grid" tabindex="0" role="region" aria-label="{title}"><table><thead><tr>'
        f'<th scope="col">{escape(words.label("column", "place"))}</th>{head}</tr></thead>'
        f"<tbody>{body}</tbody></table></div>"
    )


def history(answer: Answer) -> str:
    """A grid: an outcome a row, a quarter (or a build) a column, a status a cell.

    Columns: outcome_code, outcome, label (of the quarter or build), status_code, status, reason.
    """
    rows = answer.frame.to_dict("records")
    quarters = list(dict.fromkeys(str(row["label"]) for row in rows))
    head = "".join(f'<th scope="col">{escape(quarter)}</th>' for quarter in quarters)
    outcomes = groupby(rows, key=lambda row: (str(row["outcome_code"]), str(row["outcome"])))
    body = "".join(
        f'<tr><th scope="row">{_named(code, outcome)}</th>{"".join(_cell(row) for row in of_outcome)}</tr>'
        for (code, outcome), of_outcome in outcomes
    )
    title = escape(captions.title(answer) or "", quote=True)
    return (
        f'<div class="hm-table hm-history" tabindex="0" role="region" aria-label="{title}"><table><thead><tr>'
        f'<th scope="col">{escape(words.label("column", "outcome"))}</th>{head}</tr></thead>'
        f"<tbody>{body}</tbody></table></div>"
    )


def _agreed(row: Row) -> str:
    return f"<strong>{escape(row['kind'])}:</strong> {escape(row['words'])}"


def _due(row: Row) -> str:
    due_on = row["due_on"]
    return words.say("meetings", "texts", "board", "due", due=day_label(due_on)) if isinstance(due_on, date) else ""


def _who_and_when(row: Row) -> str:
    said = ". ".join(filter(None, (row["owner"], _due(row))))
    return f'<span class="hm-quiet">{escape(said)}</span>' if said else ""


def _of_meeting(row: Row) -> str:
    return words.say("meetings", "texts", "board", "meeting", meeting=row["meeting"], held_on=day_label(row["held_on"]))


def _reopen(row: Row) -> str:
    """The page of a meeting as it stood on its day, by an ordinary link: nothing that was read lingers into it."""
    if not row["can_reopen"]:
        return escape(words.say("meetings", "texts", "board", "gone", build=row["reopen_build"]))
    asked = {"quarter": row["quarter_code"], "build": row["reopen_build"], "as_at": row["held_on"].isoformat()}
    address = "quarter?" + urlencode({name: code for name, code in asked.items() if code})
    said = words.say("meetings", "texts", "board", "reopen", held_on=day_label(row["held_on"]))
    return f'<a href="{escape(address, quote=True)}" target="_self">{escape(said)}</a>'


def _first_shown(row: Row) -> str:
    on = captions.write(row["flagged_on"], captions.Unit("count"))
    return "" if on == words.say("frame", "missing_value") else f"{words.label('column', 'flagged_on')}: {on}"


def _stands(row: Row) -> str:
    """A cell of the grid: judged series show both numbers, the others the one they have and why it is not judged."""
    counts = captions.write(row["observed"], captions.Unit("count"))
    if row["expected"] == row["expected"]:
        counts += f" ({row['expected']:,.{0 if row['expected'] >= 10 else 1}f})"
    part = f'<span class="hm-unflagged">{escape(row["part"])}</span> ' if row["part"] else ""
    return f"<td><span>{escape(counts)}</span> {part}{theme.alert(row['state_code'], row['state'])}</td>"


def _cell(row: Row) -> str:
    return f'<td title="{escape(row["reason"], quote=True)}">{theme.status(row["status_code"], row["status"])}</td>'


def _part(row: Row) -> str:
    """One partnership's own status; a decision is a word and a mark, without a colour that would rate it."""
    if row["status_code"]:
        return _cell(row)
    is_taken_up = row["adoption_code"] in ("adopted", "adapted", "incorporated")
    shape = "✓" if is_taken_up else "–"
    when = f' <span class="hm-unflagged">{escape(row["reason"])}</span>' if row["reason"] else ""
    return f'<td><span aria-hidden="true">{shape}</span> {escape(row["status"])}{when}</td>'


def _outcome(row: Row) -> tuple[str, ...]:
    return (
        theme.status(row["status_code"], row["status"]),
        _named(row["outcome_code"], row["outcome"])
        + _line(row["indicator"], quiet=True)
        + _line(row["reason"])
        + _line(row["override"], "override"),
        f"<b>{escape(row['value_text'])}</b>"
        + _line(row["latest"], quiet=True)
        + _line(row["target_text"], "target")
        + _line(row["path"], quiet=True)
        + _line(row["travel"])
        + _line(row["forecast"], quiet=True),
        escape(row["owner"]) + _line(row["due"], quiet=True),
        _milestone(row),
        _said(row),
    )


def _own_part(row: Row) -> tuple[str, ...]:
    """An outcome of one partnership, in fewer lines than on the whole board: it is read on a telephone."""
    return (
        theme.status(row["status_code"], row["status"]) + _line(row["override"]),
        _named(row["outcome_code"], row["outcome"]) + _line(row["indicator"], quiet=True) + _line(row["reason"]),
        f"<b>{escape(row['value_text'])}</b>, {escape(row['latest'])}"
        + _line(", ".join((row["target_text"], row["due"])), "target")
        + _line(row["path"], quiet=True)
        + _line(row["travel"], quiet=True),
        _line(row["milestone"], "milestone") + _line(row["milestone_reason"], quiet=True) + _said(row),
    )


def _campaign(row: Row) -> tuple[str, ...]:
    return (
        escape(row["standing"]),
        f"<strong>{escape(row['campaign'])}</strong>"
        + _line(row["when"])
        + _line(". ".join((row["counted"], row["direction"], row["owner"])), quiet=True)
        + _line(row["declared"]),
        escape(row["finding"]),
        _line(row["control"]) + _line(row["placebo"]) + _line(row["routes"]),
    )


def _milestone(row: Row) -> str:
    if not row["milestone"]:
        return ""
    status = theme.status(row["milestone_status_code"], row["milestone_status"])
    return f"{escape(row['milestone'])}<p>{status}</p>{_line(row['milestone_reason'], quiet=True)}"


def _said(row: Row) -> str:
    return _line(row["commentary"]) + _line(row["corrective_action"], "corrective_action")


def _named(code: str, name: str) -> str:
    return f"<strong>{escape(f'{code} {name}'.strip())}</strong>"


def _line(text: str, label: str = "", *, quiet: bool = False) -> str:
    if not text:
        return ""
    before = f"<b>{escape(words.label('column', label))}:</b> " if label else ""
    return f"<p{' class=hm-quiet' if quiet else ''}>{before}{escape(text)}</p>"


def _table(title: str, columns: Mapping[str, int], rows: Sequence[tuple[str, ...]]) -> str:
    headings = [words.label("column", column) for column in columns]
    widths = "".join(f'<col style="width:{width}%">' for width in columns.values())
    head = "".join(f'<th scope="col" role="columnheader">{escape(heading)}</th>' for heading in headings)
    # The roles are said outright because a table drawn as cards stops being a table to some screen readers.
    body = "".join(
        '<tr role="row">'
        + "".join(
            f'<td role="cell" data-heading="{escape(heading, quote=True)}"><div>{cell}</div></td>'
            for heading, cell in zip(headings, row, strict=True)
        )
        + "</tr>"
        for row in rows
    )
    name = escape(title, quote=True)
    return (
        f'<div class="hm-board" tabindex="0" role="region" aria-label="{name}"><table role="table" aria-label="{name}">'
        f"<colgroup>{widths}</colgroup>"
        f'<thead role="rowgroup"><tr role="row">{head}</tr></thead><tbody role="rowgroup">{body}</tbody></table></div>'
    )
