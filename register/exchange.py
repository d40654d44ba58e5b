"""The exchange workbook: what is due from some organisations in one quarter, to fill in without the dashboard.

`make` writes it, `read` checks one that came back and says what it would change, `apply` keeps that as one entry. What
is not changed in a workbook is not written, so a workbook that comes back as it went out changes nothing.
"""

from __future__ import annotations

import io
from collections.abc import Sequence
from datetime import UTC, datetime
from typing import Any

import xlsxwriter
from xlsxwriter.format import Format
from xlsxwriter.utility import xl_col_to_name
from xlsxwriter.worksheet import Worksheet

from core import words
from core.errors import MonitorError
from core.model import Viewer
from core.periods import Quarter, moment_label
from core.settings import load_settings
from register import write
from register.exchange_read import LARGEST, Change, Problem, Upload, read
from register.exchange_sheets import (
    CHOICE,
    COUNT,
    FORMAT,
    INSTRUCTIONS,
    LONGEST,
    MACHINE,
    MOST,
    OPEN,
    SHARE,
    SHEETS,
    SHOWN,
    TITLE_ROWS,
    Column,
    Line,
    Sheet,
    lines,
    plain,
    say,
    seal,
)
from register.read import Record, Row
from register.read import read as read_register

__all__ = ["LARGEST", "Change", "Problem", "Upload", "apply", "check", "download", "make", "read"]

_LOOK: dict[str, dict[str, Any]] = {
    "title": {"bold": True, "font_size": 16, "font_color": "#12436D"},
    "made_up": {"bold": True, "font_color": "#A8003B"},
    "marking": {"bold": True},
    "note": {"font_color": "#3D3D3D"},
    "paragraph": {"text_wrap": True, "valign": "top"},
    "heading": {
        "bold": True, "font_color": "#FFFFFF", "bg_color": "#12436D", "text_wrap": True, "valign": "top", "border": 1,
    },
    "locked": {"text_wrap": True, "valign": "top", "border": 1, "border_color": "#BFBFBF", "bg_color": "#F0F0F0"},
    # Cells of text keep what is typed as text: a note that begins with = is not worked out.
    "text": {
        "text_wrap": True, "valign": "top", "border": 1, "border_color": "#8A8A8A", "locked": False, "num_format": "@",
    },
    "count": {"valign": "top", "border": 1, "border_color": "#8A8A8A", "locked": False, "num_format": "#,##0"},
    "share": {"valign": "top", "border": 1, "border_color": "#BFBFBF", "bg_color": "#F0F0F0", "num_format": "0.0%"},
    "plain": {},
}  # fmt: skip
_MAY = {"format_columns": True, "format_rows": True}


def make(record: Record, plan_code: str, quarter_code: str, organisation_codes: Sequence[str]) -> bytes:
    """The workbook of one quarter for one or more organisations, filled in with what the register says.

    Raises MonitorError when the plan does not run in that quarter, an organisation is not of the register, or nothing
    is due from any of them.
    """
    plan = _plan(record, plan_code, quarter_code)
    organisation_codes = list(dict.fromkeys(organisation_codes))
    names = {row["organisation_code"]: str(row["name"]) for row in record.rows("organisation")}
    if not organisation_codes or set(organisation_codes) - names.keys():
        raise _not_made("an organisation asked for is not one of the plan's.", "Choose from its organisations.")
    due = {sheet: lines(record, sheet, plan_code, quarter_code, organisation_codes) for sheet in SHEETS}
    due = {sheet: rows for sheet, rows in due.items() if rows}
    if not due:
        raise _not_made("nothing in this plan is due from them.", "Choose who reports or owns an action.")
    told = _Told(record, plan, Quarter.parse(quarter_code), [names[code] for code in organisation_codes])
    file = io.BytesIO()
    with xlsxwriter.Workbook(file, {"in_memory": True}) as book:
        book.set_properties(
            {
                "title": told.title,
                "subject": told.about,
                "author": words.say("frame", "product"),
                "category": told.marking,
                "comments": told.made_up,
                "created": record.moment.astimezone(UTC).replace(tzinfo=None),
            }
        )
        book.set_custom_property("Language", "en-GB")
        look = {name: book.add_format(kind) for name, kind in _LOOK.items()}
        _instruct(book.add_worksheet(say("sheets", INSTRUCTIONS)), told, look)
        pages = {sheet: book.add_worksheet(sheet.title) for sheet in due}
        machine = book.add_worksheet(say("sheets", MACHINE))
        lists = _note_for_the_machine(machine, record, plan_code, quarter_code, organisation_codes, due)
        for sheet, rows in due.items():
            _fill(pages[sheet], sheet, rows, told, look, lists.get(sheet, ""))
    return file.getvalue()


def download(viewer: Viewer, plan_code: str, quarter_code: str, organisation_codes: Sequence[str]) -> bytes:
    """`make` of what this deployment's register says now. Raises MonitorError as `make` does."""
    return make(_now(viewer), plan_code, quarter_code, organisation_codes)


def check(viewer: Viewer, data: bytes) -> Upload:
    """`read` against what this deployment's register says now; nothing is applied."""
    return read(data, _now(viewer))


def _now(viewer: Viewer) -> Record:
    record = read_register(load_settings().register_url, viewer, datetime.now(UTC))
    if record is None:
        raise _not_made("the register holds no plan yet.", "Enter a plan first.")
    return record


def apply(viewer: Viewer, upload: Upload, *, is_made_up: bool) -> None:
    """Keep everything an upload changes, in this deployment's register, as one entry: all of it or nothing.

    An upload that changes nothing writes nothing.

    Raises:
        core.errors.Conflict: somebody saved one of its rows after it was read.
        MonitorError: it has problems, or the viewer may not write one of its rows.
    """
    if upload.problems:
        raise MonitorError(
            f"the workbook has {words.count('problem', len(upload.problems))}.",
            where="the workbook",
            meaning="Nothing was written; the register is as it was.",
            action="Correct what is listed, or download the workbook again, and upload it whole.",
        )
    if upload.written:
        write.save(viewer, f"workbook of {upload.quarter_code}", upload.written, is_made_up=is_made_up)


class _Told:
    """What every sheet says of itself."""

    def __init__(self, record: Record, plan: Row, quarter: Quarter, names: Sequence[str]) -> None:
        self.quarter = quarter
        self.title = say("title", quarter=quarter.label)
        self.about = say("about", plan=plain(plan["title"]), organisations=words.join([plain(name) for name in names]))
        self.marking = str(load_settings().options["marking"]["restricted"])
        self.made_up = words.say("frame", "made_up") if record.is_made_up else ""
        self.as_at = say("as_at", when=moment_label(record.moment.astimezone(UTC)))

    @property
    def margin(self) -> str:
        """The line under every printed page. An ampersand begins a command there, so it is doubled."""
        return "&L" + " · ".join(filter(None, [self.marking, self.made_up])).replace("&", "&&") + "&R&P / &N"


def _plan(record: Record, plan_code: str, quarter_code: str) -> Row:
    for row in record.rows("plan"):
        if row["plan_code"] == plan_code and row["starts_quarter"] <= quarter_code <= row["ends_quarter"]:
            return row
    raise _not_made("the register has no such plan in that quarter.", "Choose a quarter the delivery plan runs in.")


def _not_made(what: str, action: str) -> MonitorError:
    return MonitorError(what, where="the exchange workbook", meaning="No workbook was made.", action=action)


def _instruct(page: Worksheet, told: _Told, look: dict[str, Format]) -> None:
    page.set_column(0, 0, 100)
    texts = [(told.title, "title"), (told.about, "paragraph"), (told.made_up, "made_up"), (told.marking, "marking")]
    texts += [(told.as_at, "note"), ("", "note")]
    facts = {"longest": f"{LONGEST:,}", "unlikely": words.label("progress", "unlikely")}
    texts += [(say("steps", step, **facts), "paragraph") for step in words.page_text("exchange")["steps"]]
    texts += [("", "note"), (say("progress_means", "title"), "marking")]
    texts += [
        (f"{words.label('progress', code)}: {say('progress_means', code)}", "paragraph") for code in write.PROGRESS
    ]
    for number, (text, kind) in enumerate((text, kind) for text, kind in texts if text or kind == "note"):
        page.write_string(number, 0, text, look[kind])
    _finish(page, told)


def _fill(
    page: Worksheet, sheet: Sheet, rows: Sequence[Line], told: _Told, look: dict[str, Format], choices: str
) -> None:
    page.write_string(0, 0, f"{sheet.title}: {told.title}", look["title"])
    page.write_string(1, 0, " · ".join(filter(None, [told.marking, told.made_up])), look["made_up"])
    page.write_string(2, 0, say("how", sheet.name, unlikely=words.label("progress", "unlikely")), look["note"])
    first, last = TITLE_ROWS, TITLE_ROWS + len(rows) - 1
    for at, column in enumerate(sheet.columns):
        is_machine = column.kind not in (*OPEN, SHOWN, SHARE)
        page.set_column(at, at, column.width, None, {"hidden": True} if is_machine else {})
        page.write_string(TITLE_ROWS - 1, at, sheet.heading(column), look["heading"])
        if column.kind in OPEN:
            page.data_validation(first, at, last, at, _validation(column, choices))
    for number, line in enumerate(rows, start=first):
        for at, column in enumerate(sheet.columns):
            _write(page, number, at, sheet, column, line, look)
    page.freeze_panes(TITLE_ROWS, 0)
    page.repeat_rows(TITLE_ROWS - 1)
    _finish(page, told)


def _write(
    page: Worksheet, number: int, at: int, sheet: Sheet, column: Column, line: Line, look: dict[str, Format]
) -> None:
    if column.kind == SHARE:
        top, bottom = (f"{xl_col_to_name(sheet.at(name))}{number + 1}" for name in ("numerator", "denominator"))
        formula = f'=IF(AND(ISNUMBER({top}),ISNUMBER({bottom}),N({bottom})>0),{top}/{bottom},"")'
        numerator, denominator = line.said["numerator"], line.said["denominator"]
        page.write_formula(number, at, formula, look["share"], numerator / denominator if denominator else "")
    elif column.kind == COUNT:
        value = line.said[column.name]
        if value is None:
            page.write_blank(number, at, None, look["count"])
        else:
            page.write_number(number, at, value, look["count"])
    elif column.kind in OPEN:
        value = line.said[column.name]
        text = words.label(sheet.choices[0], value) if column.kind == CHOICE and value else plain(value)
        if text:
            # Always as text: what somebody wrote is never run, whatever it begins with.
            page.write_string(number, at, text, look["text"])
        else:
            page.write_blank(number, at, None, look["text"])
    elif column.kind == SHOWN:
        page.write_string(number, at, plain(line.shown[column.name]), look["locked"])
    elif column.name == "key":
        page.write_string(number, at, line.key, look["locked"])
    else:
        page.write_number(number, at, line.version, look["locked"])


def _validation(column: Column, choices: str) -> dict[str, Any]:
    said = {"error_title": say("validation", "title"), "error_message": say("validation", column.kind, longest=LONGEST)}
    if column.kind == COUNT:
        return {"validate": "integer", "criteria": "between", "minimum": 0, "maximum": MOST, **said}
    if column.kind == CHOICE:
        return {"validate": "list", "source": choices, **said}
    return {"validate": "length", "criteria": "<=", "value": LONGEST, **said}


def _note_for_the_machine(
    page: Worksheet,
    record: Record,
    plan_code: str,
    quarter_code: str,
    organisation_codes: Sequence[str],
    due: dict[Sheet, list[Line]],
) -> dict[Sheet, str]:
    """What the workbook says of itself; returns where each sheet's words to choose from stand."""
    notes: list[list[str]] = [
        [say("machine")],
        ["format", str(FORMAT)],
        ["plan", plan_code],
        ["quarter", quarter_code],
        ["made_up", "yes" if record.is_made_up else "no"],
        *(["organisation", code] for code in organisation_codes),
    ]
    lists: dict[Sheet, str] = {}
    for sheet, rows in due.items():
        for line in rows:
            shown = [line.shown[column.name] for column in sheet.columns if column.kind == SHOWN]
            sum_of_row = seal(plan_code, quarter_code, line.key, line.version, shown)
            notes.append(["row", sheet.name, line.key, str(line.version), sum_of_row])
        kind, codes = sheet.choices
        if codes:
            # In cells, because words written into the rule itself may hold no comma.
            first = len(notes) + 1
            notes += [["choice", sheet.name, words.label(kind, code)] for code in codes]
            lists[sheet] = f"='{say('sheets', MACHINE)}'!$C${first}:$C${len(notes)}"
    for number, note in enumerate(notes):
        for at, text in enumerate(note):
            page.write_string(number, at, text)
    page.protect()
    page.very_hidden()
    return lists


def _finish(page: Worksheet, told: _Told) -> None:
    """Locked without a password: it guards against slips, and nobody is locked out of their own workbook."""
    page.protect("", _MAY)
    page.hide_gridlines(2)
    page.set_landscape()
    page.set_paper(9)
    page.fit_to_pages(1, 0)
    page.set_footer(told.margin)
