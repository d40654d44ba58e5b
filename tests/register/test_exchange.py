"""The exchange workbook: down and up changes nothing; anything wrong keeps all of it out; nothing in it runs."""

from __future__ import annotations

import io
import json
import shutil
import subprocess
import time
import zipfile
from collections.abc import Callable, Mapping
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from openpyxl import Workbook, load_workbook
from typer.testing import CliRunner

from core.errors import Conflict, MonitorError
from core.model import Viewer
from register import exchange, exchange_read, exchange_sheets, read, write
from register.__main__ import app
from register.tables import KEPT, key, values
from ui import plan_forms

COORDINATOR = Viewer("Coordinator", frozenset({write.COORDINATOR}))
MELTON = Viewer("Melton lead", frozenset({write.CSP_LEAD}), frozenset({"melton"}))
BEGIN = datetime(2022, 7, 1, 9, tzinfo=UTC)
NOW = BEGIN + timedelta(days=400)
QUARTER = "2022-Q2"
BOTH = ["csp_melton", "csp_rutland"]

INDICATOR = {
    "plan_code": "p", "indicator_code": "A4", "outcome_code": "A4", "position": 1, "words": "Events held",
    "numerator_words": "CSPs with an event", "denominator_words": "CSPs", "source_words": "Returns",
    "direction": "up", "unit": "percent", "target": 80.0, "owner_code": "csp_melton", "cadence_quarters": 1,
    "grace_days": 28, "is_sample_or_cohort": False,
}  # fmt: skip
ACTION = {
    "plan_code": "p", "action_code": "A4-1", "outcome_code": "A4", "position": 1, "words": "Plan approved",
    "owner_code": "csp_melton", "due_quarter": "2022-Q4", "is_milestone": True,
}  # fmt: skip
RETURN = {
    "plan_code": "p", "indicator_code": "A4", "quarter_code": QUARTER, "organisation_code": "csp_melton",
    "numerator": 3, "denominator": 4, "commentary": "=HYPERLINK(1)", "corrective_action": None,
}  # fmt: skip
PROGRESS = {
    "plan_code": "p", "action_code": "A4-1", "quarter_code": QUARTER, "organisation_code": "csp_melton",
    "progress_code": "on_track", "evidence": "Minutes", "commentary": None, "corrective_action": None,
}  # fmt: skip
ADOPTION = {"plan_code": "p", "csp_code": "melton", "status_code": "adopted", "note": None}
PLAN: list[tuple[str, dict[str, Any]]] = [
    ("plan", {"plan_code": "p", "title": "Plan", "starts_quarter": "2022-Q1", "ends_quarter": "2023-Q4", "note": ""}),
    ("organisation", {"organisation_code": "csp_melton", "position": 1, "name": "Melton CSP", "csp_code": "melton"}),
    ("organisation", {"organisation_code": "csp_rutland", "position": 2, "name": "Rutland CSP", "csp_code": "rutland"}),
    ("organisation", {"organisation_code": "idle", "position": 3, "name": "Idle"}),
    ("outcome", {"plan_code": "p", "outcome_code": "A4", "position": 1, "theme_code": "a", "focus_code": "v",
                 "words": "Awareness week"}),
    ("indicator", INDICATOR),
    ("indicator", {**INDICATOR, "indicator_code": "A5", "position": 2, "words": "Another"}),
    ("indicator", {**INDICATOR, "indicator_code": "A6", "position": 3, "computed_by": "trends.share"}),
    *(("indicator_reporter", {"plan_code": "p", "indicator_code": code, "organisation_code": who, "is_expected": is_it})
      for code, who, is_it in (
        ("A4", "csp_melton", True), ("A4", "csp_rutland", True), ("A5", "csp_melton", True),
        ("A5", "csp_rutland", False), ("A6", "csp_melton", True))),
    ("action", ACTION),
    ("action", {**ACTION, "action_code": "A4-2", "position": 2, "words": "Week reviewed", "due_quarter": None}),
    ("action", {**ACTION, "action_code": "A4-3", "position": 3, "owner_code": "idle"}),
    ("indicator_return", RETURN),
    ("action_return", PROGRESS),
    ("adoption", ADOPTION),
]  # fmt: skip


FORMULA = "=SUM(1,1)"


def record_of(rows: list[tuple[str, dict[str, Any]]], *, is_made_up: bool = True) -> read.Record:
    """A record as the register would give it, without one."""
    versions: dict[str, list[dict[str, Any]]] = {name: [] for name in KEPT}
    for table, row in rows:
        about = key(KEPT[table])
        before = [one for one in versions[table] if all(one[part] == row[part] for part in about)]
        whole = {name: row.get(name) for name in (*about, *values(KEPT[table]))}
        at = BEGIN.replace(tzinfo=None)
        versions[table].append({**whole, "version": len(before) + 1, "at": at, "by_name": "Coordinator"})
    return read.Record(NOW, {name: tuple(found) for name, found in versions.items()}, is_made_up)


RECORD = record_of(PLAN)


@pytest.fixture
def url(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> str:
    """The same plan in a register of this deployment."""
    place = f"sqlite:///{tmp_path / 'register.sqlite'}"
    monkeypatch.setenv("MONITOR_REGISTER", place)
    with write.writer(place, is_made_up=True) as register:
        entry = register.entry(COORDINATOR, "plan", BEGIN)
        for table, row in PLAN:
            entry.put(table, row)
    return place


def held(url: str) -> read.Record:
    record = read.read(url, COORDINATOR, datetime.max.replace(tzinfo=UTC))
    assert record is not None
    return record


def make(record: read.Record = RECORD, organisations: list[str] | None = None) -> bytes:
    return exchange.make(record, "p", QUARTER, organisations or BOTH)


def edited(data: bytes, edit: Callable[[Workbook], object]) -> bytes:
    """The workbook after somebody worked on it in a spreadsheet program."""
    book = load_workbook(io.BytesIO(data))
    edit(book)
    file = io.BytesIO()
    book.save(file)
    return file.getvalue()


def column(sheet: str, name: str) -> int:
    """The number of a column as a spreadsheet counts it, from 1."""
    return {one.name: one for one in exchange_sheets.SHEETS}[sheet].at(name) + 1


def typed(data: bytes, sheet: str, name: str, number: int, value: object) -> bytes:
    """Something typed in one cell: `number` counts the rows of the table from 1."""

    def edit(book: Workbook) -> None:
        page = book[exchange_sheets.say("sheets", sheet)]
        cell = page.cell(exchange_sheets.TITLE_ROWS + number, column(sheet, name))
        cell.value = value
        if isinstance(value, str) and value != FORMULA:
            cell.data_type = "s"  # as a cell of the format Text takes it

    return edited(data, edit)


def repacked(data: bytes, change: Callable[[dict[str, bytes]], object]) -> bytes:
    """The same package with its parts changed."""
    with zipfile.ZipFile(io.BytesIO(data)) as package:
        parts = {name: package.read(name) for name in package.namelist()}
    change(parts)
    file = io.BytesIO()
    with zipfile.ZipFile(file, "w", zipfile.ZIP_DEFLATED) as package:
        for name, part in parts.items():
            package.writestr(name, part)
    return file.getvalue()


def codes(found: exchange.Upload) -> list[tuple[str, str, str]]:
    """Sheet, cell and code of every problem."""
    told = {words["what"]: code for code, words in exchange_sheets.words.page_text("exchange")["problem"].items()}
    facts = {"2,000": "{longest}", "999,999,999": "{most}", "1 row": "{rows}"}
    found_codes = []
    for problem in found.problems:
        what = problem.what
        for fact, name in facts.items():
            what = what.replace(fact, name)
        code = told.get(what) or ("conflict" if "after this workbook was downloaded" in what else "heading")
        found_codes.append((problem.sheet, problem.cell, code))
        assert problem.action
    assert not (found.problems and (found.written or found.changes)), "all or nothing"
    return found_codes


# Down


def test_it_asks_for_what_is_expected_and_for_nothing_else() -> None:
    book = load_workbook(io.BytesIO(make()))
    assert book.sheetnames == ["Instructions", "Indicator returns", "Actions", "Adoption", "For the dashboard"]
    returns = list(book["Indicator returns"].iter_rows(min_row=5, values_only=True))
    assert [(row[1], row[2]) for row in returns] == [
        ("A4 Events held", "Melton CSP"),
        ("A4 Events held", "Rutland CSP"),
        ("A5 Another", "Melton CSP"),
    ], "not the one worked out, and not who is not expected to"
    assert returns[0][3:8] == ("80%", "CSPs with an event", 3, "CSPs", 4)
    actions = list(book["Actions"].iter_rows(min_row=5, values_only=True))
    assert [(row[1], row[3], row[4]) for row in actions] == [
        ("A4-1 Plan approved", "Q4 2022/23", "On track"),
        ("A4-2 Week reviewed", "End of plan", None),
    ]
    assert [row[:2] for row in book["Adoption"].iter_rows(min_row=5, values_only=True)] == [
        ("Melton CSP", "Adopted"),
        ("Rutland CSP", None),
    ]
    assert "Adoption" not in load_workbook(io.BytesIO(make(organisations=["idle"]))).sheetnames


def test_what_is_closed_or_not_due_is_asked_only_where_something_was_said() -> None:
    yearly = {**INDICATOR, "indicator_code": "A5", "position": 2, "words": "Another", "cadence_quarters": 4}
    said = {**RETURN, "indicator_code": "A5"}
    assert len(_told(record_of([*PLAN, ("indicator", yearly)]))) == 2
    assert len(_told(record_of([*PLAN, ("indicator", yearly), ("indicator_return", said)]))) == 3
    met = {**yearly, "cadence_quarters": 1, "is_complete": True}
    assert len(_told(record_of([*PLAN, ("indicator", met)]))) == 2
    record = record_of([*PLAN, ("indicator", yearly)])
    assert len(_told(record, "Indicator returns", "2022-Q4")) == 3, "the fourth quarter of the plan"
    done = record_of([*PLAN, ("action_return", {**PROGRESS, "progress_code": "complete"})])
    assert [len(_told(done, "Actions", quarter)) for quarter in ("2022-Q1", QUARTER, "2022-Q3")] == [2, 2, 1]


def _told(record: read.Record, sheet: str = "Indicator returns", quarter: str = QUARTER) -> list[tuple[Any, ...]]:
    page = load_workbook(io.BytesIO(exchange.make(record, "p", quarter, BOTH)))[sheet]
    return list(page.iter_rows(min_row=5, values_only=True))


def test_only_what_is_to_be_filled_in_is_open() -> None:
    book = load_workbook(io.BytesIO(make()))
    for sheet in exchange_sheets.SHEETS:
        page = book[sheet.title]
        assert page.protection.sheet
        assert page.protection.password is None
        assert page.freeze_panes == "A5"
        is_open = {one.name: one.kind in exchange_sheets.OPEN for one in sheet.columns}
        for row in page.iter_rows(min_row=1):
            for cell, one in zip(row, sheet.columns, strict=True):
                is_in_table = cell.row > exchange_sheets.TITLE_ROWS
                assert cell.protection.locked != (is_in_table and is_open[one.name]), cell.coordinate
        hidden = [(one.min, one.max) for one in page.column_dimensions.values() if one.hidden]
        assert hidden == [(sheet.at("key") + 1, sheet.at("version") + 1)]
        lists = [rule for rule in page.data_validations.dataValidation if rule.type == "list"]
        assert len(lists) == (1 if sheet.choices[1] else 0)
        for rule in lists:
            where = rule.formula1.rpartition("!")[2]
            told = [cell.value for row in book["For the dashboard"][where] for cell in row]
            assert told == [exchange_sheets.words.label(sheet.choices[0], code) for code in sheet.choices[1]]
    assert book["For the dashboard"].sheet_state == "veryHidden"
    assert book["For the dashboard"].protection.sheet
    assert book.properties.title == "Delivery plan: return for Q2 2022/23"


@pytest.mark.parametrize("is_made_up", [True, False])
def test_every_sheet_bears_its_marking_and_says_when_it_is_made_up(is_made_up: bool) -> None:
    book = load_workbook(io.BytesIO(make(record_of(PLAN, is_made_up=is_made_up))))
    for page in book.worksheets[:-1]:
        told = " ".join(str(cell.value) for row in page.iter_rows(max_row=8) for cell in row if cell.value)
        assert "OFFICIAL-SENSITIVE" in told
        assert ("Made-up demonstration data" in told) == is_made_up
        assert "OFFICIAL-SENSITIVE" in page.oddFooter.left.text
        assert ("Made-up demonstration data" in page.oddFooter.left.text) == is_made_up


def test_the_share_is_worked_out_as_the_figures_are_typed() -> None:
    page = load_workbook(io.BytesIO(make()))["Indicator returns"]
    assert page["I5"].value == '=IF(AND(ISNUMBER(F5),ISNUMBER(H5),N(H5)>0),F5/H5,"")'
    shown = load_workbook(io.BytesIO(make()), data_only=True)["Indicator returns"]
    assert [shown[cell].value for cell in ("I5", "I6")] == [0.75, None]


@pytest.mark.parametrize(
    ("plan", "quarter", "organisations"),
    [
        ("other", QUARTER, BOTH),
        ("p", "2024-Q1", BOTH),
        ("p", "Q2", BOTH),
        ("p", QUARTER, ["nobody"]),
        ("p", QUARTER, []),
    ],
)
def test_no_workbook_is_made_of_what_is_not_there(plan: str, quarter: str, organisations: list[str]) -> None:
    with pytest.raises(MonitorError):
        exchange.make(RECORD, plan, quarter, organisations)


# Up: the law

TEXTS = st.none() | st.text(
    st.characters(exclude_categories=["Cs"]) | st.sampled_from("=+-@\t\n\r'\"_x005F_x0041_ \x0b\x1f\ufffe"), max_size=60
).map(lambda text: text or None)
STARTS = st.sampled_from(["", "=1+1", "+1", "-1", "@SUM(1)", "\t=1", "\r=1", "'=1", "_x000D_", "_x005F_x0041_", "\n"])
WRITTEN = st.none() | st.builds(lambda start, rest: (start + (rest or "")) or None, STARTS, TEXTS)
FIGURES = st.tuples(st.integers(0, 10**9 - 1), st.integers(0, 10**9 - 1)).map(sorted) | st.just([None, None])


@settings(max_examples=40, deadline=None)
@given(texts=st.lists(WRITTEN, min_size=6, max_size=6), figures=FIGURES, progress=st.sampled_from(write.PROGRESS))
def test_down_and_up_changes_nothing_and_nothing_written_is_a_formula(
    texts: list[str | None], figures: list[int | None], progress: str
) -> None:
    numerator, denominator = figures
    record = record_of(
        [
            *PLAN[:-3],
            ("indicator_return", {**RETURN, "numerator": numerator, "denominator": denominator,
                                  "commentary": texts[0], "corrective_action": texts[1]}),
            ("action_return", {**PROGRESS, "progress_code": progress, "evidence": texts[2], "commentary": texts[3],
                               "corrective_action": texts[4]}),
            ("adoption", {**ADOPTION, "note": texts[5]}),
        ]
    )  # fmt: skip
    data = make(record)
    found = exchange.read(data, record)
    assert (found.problems, found.written, found.changes) == ((), (), ())
    book = load_workbook(io.BytesIO(data))
    formulas = [cell.coordinate for page in book for row in page.iter_rows() for cell in row if cell.data_type == "f"]
    assert formulas == ["I5", "I6", "I7"]


def test_saved_by_another_program_it_still_changes_nothing() -> None:
    found = exchange.read(edited(make(), lambda book: None), RECORD)
    assert (found.problems, found.written) == ((), ())


@pytest.mark.skipif(shutil.which("soffice") is None, reason="LibreOffice is not on this machine")
def test_saved_by_libreoffice_it_still_changes_nothing(tmp_path: Path) -> None:
    (tmp_path / "down.xlsx").write_bytes(make())
    command = ["soffice", "--headless", "--convert-to", "xlsx:Calc MS Excel 2007 XML", "--outdir", str(tmp_path / "up")]
    subprocess.run([*command, str(tmp_path / "down.xlsx")], check=True, capture_output=True, timeout=120)
    found = exchange.read((tmp_path / "up" / "down.xlsx").read_bytes(), RECORD)
    assert (found.problems, found.written) == ((), ())


@settings(max_examples=20, deadline=None)
@given(text=WRITTEN.filter(lambda text: text is not None and exchange_sheets.plain(text).strip() != ""))
def test_what_is_typed_is_what_is_kept_whatever_it_begins_with(text: str) -> None:
    text = exchange_sheets.plain(text)
    typed_in = typed(make(), "returns", "commentary", 2, text)
    found = exchange.read(typed_in, RECORD)
    assert found.problems == ()
    assert [one.row["commentary"] for one in found.written] == [text]
    assert [(change.before, change.after) for change in found.changes] == [("", text)]


def test_a_change_is_told_in_words_with_the_version_it_was_based_on() -> None:
    data = typed(make(), "returns", "numerator", 1, 2)
    data = typed(data, "actions", "progress_code", 2, "  complete ")
    found = exchange.read(data, RECORD)
    assert found.problems == ()
    assert found.written == (
        write.Written("indicator_return", {**RETURN, "numerator": 2}, 1),
        write.Written(
            "action_return",
            {**PROGRESS, "action_code": "A4-2", "progress_code": "complete", "evidence": None},
            0,
        ),
    )
    assert found.changes == (
        exchange.Change("Indicator returns", "A4 Events held, Melton CSP", "How many", "3", "2"),
        exchange.Change("Actions", "A4-2 Week reviewed", "Progress", "", "Complete"),
    )
    assert (found.plan_code, found.quarter_code, found.organisation_codes) == ("p", QUARTER, tuple(BOTH))


def test_a_figure_can_be_taken_back_and_the_reason_given() -> None:
    data = typed(typed(make(), "returns", "numerator", 1, None), "returns", "denominator", 1, None)
    found = exchange.read(typed(data, "returns", "commentary", 1, "Not collected."), RECORD)
    expected = {**RETURN, "numerator": None, "denominator": None, "commentary": "Not collected."}
    assert [one.row for one in found.written] == [expected]


def test_rows_in_another_order_are_the_same_rows() -> None:
    def turn(book: Workbook) -> None:
        page = book["Indicator returns"]
        rows = [[cell.value for cell in row] for row in page.iter_rows(min_row=5)]
        for number, row in enumerate(reversed(rows), start=5):
            for at, value in enumerate(row, start=1):
                cell = page.cell(number, at)
                cell.value = value
                cell.data_type = "s" if isinstance(value, str) and not value.startswith("=IF") else cell.data_type

    found = exchange.read(edited(make(), turn), RECORD)
    assert (found.problems, found.written) == ((), ())


# Up: the file


def test_a_file_that_is_not_a_workbook_is_refused() -> None:
    for data in (b"", b"name,value\r\n", b"\xd0\xcf\x11\xe0" + bytes(600)):
        assert codes(exchange.read(data, RECORD)) == [("", "", "not_a_workbook")]


@pytest.mark.parametrize("part", [0.02, 0.3, 0.7, 0.98])
def test_a_file_cut_short_is_refused(part: float) -> None:
    data = make()
    assert codes(exchange.read(data[: int(len(data) * part)], RECORD)) == [("", "", "damaged")]


def test_a_file_with_any_one_byte_changed_is_refused_or_means_the_same() -> None:
    data = make()
    for at in range(0, len(data), 97):
        spoilt = data[:at] + bytes([data[at] ^ 0x41]) + data[at + 1 :]
        found = exchange.read(spoilt, RECORD)
        assert found.problems or not found.written


def test_a_large_file_is_refused_at_once() -> None:
    began = time.monotonic()
    assert codes(exchange.read(b"PK\x03\x04" + bytes(50 * 1024 * 1024), RECORD)) == [("", "", "too_large")]
    file = io.BytesIO()
    with zipfile.ZipFile(file, "w", zipfile.ZIP_DEFLATED, compresslevel=1) as package:
        package.writestr("[Content_Types].xml", b" " * 50 * 1024 * 1024)
    assert len(file.getvalue()) < exchange.LARGEST
    packed = time.monotonic()
    assert codes(exchange.read(file.getvalue(), RECORD)) == [("", "", "unpacks_too_large")]
    # the second is measured from its directory: nothing of its 50 MB is unpacked
    assert time.monotonic() - packed < 0.2
    assert packed - began < 20


def test_a_directory_that_lies_about_its_sizes_is_refused() -> None:
    file = io.BytesIO()
    with zipfile.ZipFile(file, "w", zipfile.ZIP_DEFLATED) as package:
        package.writestr("[Content_Types].xml", b" " * 30 * 1024 * 1024)
    true = (30 * 1024 * 1024).to_bytes(4, "little")
    lying = file.getvalue().replace(true, (1000).to_bytes(4, "little"))
    assert lying != file.getvalue()
    assert codes(exchange.read(lying, RECORD)) == [("", "", "damaged")]


def _with(name: str, part: bytes) -> Callable[[dict[str, bytes]], object]:
    return lambda parts: parts.update({name: part})


def _swap(name: str, old: bytes, new: bytes) -> Callable[[dict[str, bytes]], object]:
    def change(parts: dict[str, bytes]) -> None:
        assert old in parts[name]
        parts[name] = parts[name].replace(old, new)

    return change


BOMB = (
    '<!DOCTYPE x [<!ENTITY a "aaaaaaaaaa"><!ENTITY b "&a;&a;&a;&a;&a;&a;&a;&a;">]>'
    '<sst xmlns="http://schemas.openxmlformats.org/spreadsheetml/2006/main"><si><t>&b;</t></si></sst>'
)
XXE = '<!DOCTYPE x [<!ENTITY a SYSTEM "file:///etc/passwd">]><x>&a;</x>'
MAIN = b"application/vnd.openxmlformats-officedocument.spreadsheetml.sheet.main+xml"


@pytest.mark.parametrize(
    ("change", "code"),
    [
        (_with("xl/vbaProject.bin", b"\xd0\xcf\x11\xe0"), "macros"),
        (_swap("[Content_Types].xml", MAIN, b"application/vnd.ms-excel.sheet.macroEnabled.main+xml"), "macros"),
        (_with("xl/macrosheets/sheet1.xml", b"<x/>"), "macros"),
        (_with("xl/embeddings/oleObject1.bin", b"MZ"), "macros"),
        (_with("xl/externalLinks/externalLink1.xml", b"<externalLink/>"), "external_links"),
        (_swap("xl/_rels/workbook.xml.rels", b"relationships/theme", b"relationships/externalLink"), "external_links"),
        (_with("xl/connections.xml", b"<connections/>"), "external_links"),
        (_with("xl/sharedStrings.xml", BOMB.encode()), "damaged"),
        (_with("xl/sharedStrings.xml", BOMB.encode("utf-16")), "damaged"),
        (_with("docProps/core.xml", XXE.encode()), "damaged"),
        (_with("xl/sharedStrings.xml", b"<a>" * 100_000), "damaged"),
        (lambda parts: parts.pop("xl/workbook.xml"), "damaged"),
        (lambda parts: parts.pop("xl/sharedStrings.xml"), "damaged"),
        (lambda parts: parts.pop("[Content_Types].xml"), "not_a_workbook"),
        (_with("xl/styles.xml", b"<styleSheet"), "damaged"),
        (_with("docProps/core.xml", b'<?xml version="1.0" encoding="UTF-d"?><x/>'), "damaged"),
    ],
    ids=lambda value: value if isinstance(value, str) else "",
)
def test_a_file_that_could_do_something_is_refused(change: Callable[[dict[str, bytes]], object], code: str) -> None:
    began = time.monotonic()
    assert codes(exchange.read(repacked(make(), change), RECORD)) == [("", "", code)]
    assert time.monotonic() - began < 5


def test_a_link_in_a_note_is_not_a_link_to_another_workbook() -> None:
    def link(book: Workbook) -> None:
        book["Actions"]["G5"].hyperlink = "https://example.org/minutes"
        book["Actions"]["G5"].value = "https://example.org/minutes"

    found = exchange.read(edited(make(), link), RECORD)
    assert found.problems == ()
    assert [change.after for change in found.changes] == ["https://example.org/minutes"]


def test_a_sheet_of_very_many_rows_is_refused() -> None:
    def fill(book: Workbook) -> None:
        for number in range(6_000):
            book["Actions"].append([number])

    assert codes(exchange.read(edited(make(), fill), RECORD)) == [("", "", "damaged")]


# Up: what it says of itself


def _noted(name: str, value: str | None) -> Callable[[Workbook], object]:
    def edit(book: Workbook) -> None:
        for row in book["For the dashboard"].iter_rows():
            if row[0].value == name:
                row[1].value = value

    return edit


def _rename(old: str, new: str) -> Callable[[Workbook], object]:
    return lambda book: setattr(book[old], "title", new)


@pytest.mark.parametrize(
    ("edit", "code"),
    [
        (_noted("format", "2"), "other_format"),
        (_noted("format", None), "not_ours"),
        (lambda book: book.remove(book["For the dashboard"]), "not_ours"),
        (_rename("For the dashboard", "Sheet9"), "not_ours"),
        (_noted("plan", "other"), "other_plan"),
        (_noted("quarter", "2024-Q1"), "other_quarter"),
        (_noted("quarter", "next"), "other_quarter"),
        (_noted("organisation", "nobody"), "other_organisation"),
        (_noted("made_up", "no"), "is_real"),
    ],
)
def test_a_workbook_that_is_not_one_of_this_register_is_refused(edit: Callable[[Workbook], object], code: str) -> None:
    assert codes(exchange.read(edited(make(), edit), RECORD)) == [("", "", code)]


def test_a_made_up_workbook_is_not_taken_into_a_real_register_nor_the_reverse() -> None:
    real = record_of(PLAN, is_made_up=False)
    assert codes(exchange.read(make(), real)) == [("", "", "is_made_up")]
    assert codes(exchange.read(make(real), RECORD)) == [("", "", "is_real")]


def test_a_workbook_turned_to_another_quarter_is_refused_row_by_row() -> None:
    found = codes(exchange.read(edited(make(), _noted("quarter", "2022-Q3")), RECORD))
    assert len(found) == 7
    assert {code for *_, code in found} == {"row_altered"}


@pytest.mark.parametrize(
    ("edit", "problem"),
    [
        (lambda book: book.remove(book["Actions"]), ("Actions", "", "sheet_missing")),
        (lambda book: book.remove(book["Instructions"]), ("Instructions", "", "sheet_missing")),
        (_rename("Actions", "My actions"), ("My actions", "", "sheet_added")),
        (lambda book: book.create_sheet("Working"), ("Working", "", "sheet_added")),
        (lambda book: book["Actions"].insert_cols(2), ("Actions", "B4", "heading")),
        (lambda book: book["Actions"].delete_cols(5), ("Actions", "E4", "heading")),
        (lambda book: book["Actions"].cell(4, 8, "Comment"), ("Actions", "H4", "heading")),
        (lambda book: book["Actions"].delete_rows(4), ("Actions", "A4", "heading")),
        (lambda book: book["Actions"].cell(4, 11, "Mine"), ("Actions", "K4", "column_added")),
        (lambda book: book["Actions"].cell(5, 12, 7), ("Actions", "L5", "column_added")),
        (lambda book: book["Actions"].delete_rows(5), ("Actions", "", "rows_removed")),
        (lambda book: book["Actions"].cell(9, 2, "New"), ("Actions", "A9", "row_added")),
        (lambda book: book["Actions"].cell(9, 7, "A total"), ("Actions", "A9", "row_added")),
        (lambda book: book["Actions"].append([cell.value for cell in book["Actions"][5]]),
         ("Actions", "A7", "row_duplicated")),
        (lambda book: book["Actions"].cell(5, 9, "A4-9|csp_melton"), ("Actions", "A5", "row_altered")),
        (lambda book: book["Actions"].cell(5, 9, "A4-2|csp_melton"), ("Actions", "A5", "row_altered")),
        (lambda book: setattr(book["Actions"]["I5"], "value", None), ("Actions", "A5", "row_added")),
        (lambda book: book["Actions"].cell(5, 10, 7), ("Actions", "A5", "row_altered")),
        (lambda book: book["Actions"].cell(5, 10, "=1+0"), ("Actions", "A5", "row_altered")),
        (lambda book: book["Actions"].cell(5, 2, "Another action"), ("Actions", "A5", "row_altered")),
    ],
)  # fmt: skip
def test_sheets_columns_and_rows_stay_as_they_were_sent(
    edit: Callable[[Workbook], object], problem: tuple[str, str, str]
) -> None:
    assert problem in codes(exchange.read(edited(make(), edit), RECORD))


def test_words_sorted_without_their_keys_are_found() -> None:
    """The worst that can happen to a workbook: figures that stand beside another row's words."""

    def sort(book: Workbook) -> None:
        page = book["Indicator returns"]
        for at in range(1, 12):
            page.cell(5, at).value, page.cell(6, at).value = page.cell(6, at).value, page.cell(5, at).value

    found = codes(exchange.read(edited(make(), sort), RECORD))
    assert found.count(("Indicator returns", "A5", "row_altered")) == 1
    assert found.count(("Indicator returns", "A6", "row_altered")) == 1


# Up: what people typed


@pytest.mark.parametrize(
    ("sheet", "name", "value", "code"),
    [
        ("returns", "numerator", "three", "not_a_number"),
        ("returns", "numerator", "3", "not_a_number"),
        ("returns", "numerator", True, "not_a_number"),
        ("returns", "numerator", datetime(2022, 7, 1), "not_a_number"),
        ("returns", "numerator", 2.5, "not_whole"),
        ("returns", "numerator", -1, "negative"),
        ("returns", "denominator", 10**9, "number_too_large"),
        ("returns", "numerator", 5, "numerator_above"),
        ("returns", "numerator", None, "half_a_return"),
        ("returns", "denominator", None, "half_a_return"),
        ("returns", "numerator", FORMULA, "formula"),
        ("returns", "commentary", FORMULA, "formula"),
        ("returns", "commentary", "x" * 2_001, "too_long"),
        ("returns", "commentary", 12, "not_text"),
        ("returns", "commentary", datetime(2022, 7, 1), "not_text"),
        ("actions", "progress_code", "Done", "not_a_choice"),
        ("actions", "progress_code", 1, "not_a_choice"),
        ("actions", "progress_code", FORMULA, "formula"),
        ("actions", "progress_code", None, "choice_missing"),
        ("actions", "progress_code", "Unlikely in the next quarter", "no_corrective_action"),
        ("adoption", "status_code", "Yes", "not_a_choice"),
        ("adoption", "status_code", None, "choice_missing"),
        ("adoption", "note", FORMULA, "formula"),
    ],
)
def test_what_cannot_be_right_is_told_by_sheet_and_cell(sheet: str, name: str, value: object, code: str) -> None:
    found = exchange.read(typed(make(), sheet, name, 1, value), RECORD)
    at = "corrective_action" if code == "no_corrective_action" else name
    title = exchange_sheets.say("sheets", sheet)
    cell = f"{'ABCDEFGHIJKLM'[column(sheet, at) - 1]}5"
    assert codes(found) == [(title, cell, code)]


def test_every_problem_is_told_at_once_and_none_quotes_a_cell() -> None:
    data = make()
    for sheet, name, value in (
        ("returns", "numerator", "Zebra"),
        ("actions", "progress_code", "Zebra"),
        ("adoption", "status_code", "Zebra"),
        ("returns", "commentary", "Zebra" * 500),
    ):
        data = typed(data, sheet, name, 1 if name != "commentary" else 2, value)
    found = exchange.read(data, RECORD)
    assert len(found.problems) == 4
    assert "Zebra" not in " ".join(one.what + one.action for one in found.problems)


def test_the_longest_text_is_that_of_the_forms() -> None:
    assert exchange_sheets.LONGEST == plan_forms.LONGEST
    found = exchange.read(typed(make(), "returns", "commentary", 1, "x" * exchange_sheets.LONGEST), RECORD)
    assert found.problems == ()


def test_a_text_longer_than_is_taken_today_may_stay() -> None:
    record = record_of([*PLAN, ("indicator_return", {**RETURN, "commentary": "x" * 2_500})])
    found = exchange.read(make(record), record)
    assert (found.problems, found.written) == ((), ())


def test_an_indicator_no_longer_asked_for_matters_only_where_something_was_entered() -> None:
    data = make()
    taken = {"plan_code": "p", "indicator_code": "A4", "organisation_code": "csp_melton", "is_expected": False}
    later = record_of([*PLAN, ("indicator_reporter", taken)])
    assert exchange.read(data, later).problems == ()
    found = exchange.read(typed(data, "returns", "numerator", 1, 1), later)
    assert codes(found) == [("Indicator returns", "F5", "not_expected")]


def test_words_of_the_plan_changed_since_do_not_spoil_a_workbook() -> None:
    later = record_of([*PLAN, ("indicator", {**INDICATOR, "words": "Events held in the week"})])
    assert exchange.read(make(), later).problems == ()


# Up: two who work at once


def saved(url: str, row: Mapping[str, Any], who: Viewer = COORDINATOR) -> None:
    write.save(who, "return", [write.Written("indicator_return", row)], is_made_up=True)


def test_a_row_saved_since_is_a_conflict_that_says_who_and_when(url: str) -> None:
    data = typed(make(held(url)), "returns", "numerator", 1, 2)
    saved(url, {**RETURN, "numerator": 1}, Viewer("Second person", frozenset({write.COORDINATOR})))
    found = exchange.read(data, held(url))
    assert codes(found) == [("Indicator returns", "F5", "conflict")]
    assert "Second person saved this row on " in found.problems[0].what
    assert f" {datetime.now(UTC).year}, " in found.problems[0].what


def test_a_row_saved_since_that_the_workbook_leaves_alone_is_no_conflict(url: str) -> None:
    data = typed(make(held(url)), "actions", "commentary", 1, "Going well.")
    saved(url, {**RETURN, "numerator": 1})
    found = exchange.read(data, held(url))
    assert found.problems == ()
    exchange.apply(COORDINATOR, found, is_made_up=True)
    record = held(url)
    assert record.rows("indicator_return")[0]["numerator"] == 1, "the save in between stays"
    assert record.rows("action_return")[0]["commentary"] == "Going well."


def test_a_row_saved_since_that_says_the_same_is_no_conflict(url: str) -> None:
    data = typed(make(held(url)), "returns", "numerator", 1, 2)
    saved(url, {**RETURN, "numerator": 2})
    found = exchange.read(data, held(url))
    assert (found.problems, found.written) == ((), ())


def test_a_save_between_reading_and_applying_keeps_everything_out(url: str) -> None:
    data = typed(typed(make(held(url)), "returns", "numerator", 1, 2), "actions", "commentary", 1, "Going well.")
    found = exchange.read(data, held(url))
    saved(url, {**RETURN, "numerator": 1})
    before = held(url).versions
    with pytest.raises(Conflict):
        exchange.apply(COORDINATOR, found, is_made_up=True)
    assert held(url).versions == before


def test_a_register_restored_from_an_older_backup_is_not_written_over() -> None:
    later = record_of([*PLAN, ("indicator_return", {**RETURN, "numerator": 1})])
    found = exchange.read(typed(make(later), "returns", "numerator", 1, 2), RECORD)
    assert codes(found) == [("Indicator returns", "F5", "version_unknown")]


# Applying


def test_everything_is_kept_as_one_entry_and_up_again_changes_nothing(url: str) -> None:
    data = typed(typed(make(held(url)), "returns", "numerator", 1, 2), "adoption", "note", 1, "=cmd|' /C calc'!A0")
    exchange.apply(COORDINATOR, exchange.read(data, held(url)), is_made_up=True)
    record = held(url)
    told = [record.rows("indicator_return")[0], record.rows("adoption")[0]]
    assert [(row["numerator"], row["version"]) for row in told[:1]] == [(2, 2)]
    assert told[1]["note"] == "=cmd|' /C calc'!A0"
    assert told[0]["at"] == told[1]["at"]
    again = exchange.read(data, record)
    assert (again.problems, again.written) == ((), ())
    exchange.apply(COORDINATOR, again, is_made_up=True)
    assert held(url).versions == record.versions


def test_a_csp_lead_applies_their_own_and_nobody_elses(url: str) -> None:
    both = typed(typed(make(held(url)), "returns", "numerator", 1, 2), "adoption", "status_code", 2, "Adopted")
    found = exchange.read(both, held(url))
    assert len(found.written) == 2
    before = held(url).versions
    with pytest.raises(MonitorError, match="may not write"):
        exchange.apply(MELTON, found, is_made_up=True)
    assert held(url).versions == before, "not even their own part of it"
    exchange.apply(MELTON, replace(found, written=found.written[:1]), is_made_up=True)
    assert held(url).rows("indicator_return")[0]["by_name"] == "Melton lead"


def test_an_upload_with_problems_is_never_applied(url: str) -> None:
    data = typed(typed(make(held(url)), "returns", "numerator", 1, 2), "returns", "numerator", 2, "x")
    before = held(url).versions
    with pytest.raises(MonitorError, match="1 problem"):
        exchange.apply(COORDINATOR, exchange.read(data, held(url)), is_made_up=True)
    assert held(url).versions == before


# The commands


def run(*arguments: str) -> tuple[int, str, str]:
    done = CliRunner().invoke(app, list(arguments), catch_exceptions=False)
    return done.exit_code, done.stdout, done.stderr


def test_the_commands_write_a_workbook_check_it_and_keep_it(url: str, tmp_path: Path) -> None:
    file = tmp_path / "melton.xlsx"
    asked = ("workbook", "--organisation", "csp_melton", "--quarter", QUARTER, "--out", str(file))
    assert run(*asked)[0] == 0
    assert run("upload", str(file)) == (0, "It changes nothing.\n", "")
    file.write_bytes(typed(file.read_bytes(), "returns", "numerator", 1, 2))
    before = held(url).versions
    code, said, _ = run("upload", str(file))
    assert code == 0
    assert "Indicator returns: A4 Events held, Melton CSP, How many: “3” becomes “2”" in said
    assert held(url).versions == before, "without --apply it only says"
    code, said, _ = run("upload", str(file), "--apply", "--name", "A coordinator", "--json")
    assert (code, json.loads(said)["applied"]) == (0, True)
    assert held(url).rows("indicator_return")[0]["by_name"] == "A coordinator"


def test_the_command_tells_problems_by_sheet_and_cell_and_ends_with_3(url: str, tmp_path: Path) -> None:
    file = tmp_path / "bad.xlsx"
    file.write_bytes(typed(make(held(url)), "returns", "numerator", 1, -5))
    before = held(url).versions
    code, _, said = run("upload", str(file), "--apply")
    assert code == 3
    assert "Indicator returns F5: A number of 0 or more belongs here." in said
    assert "1 problem found; nothing was kept." in said
    assert held(url).versions == before


def test_the_commands_refuse_in_words_what_is_not_there(
    url: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    assert run("upload", str(tmp_path / "none.xlsx"))[0] == 3
    assert run("workbook", "--quarter", "2030-Q1", "--out", str(tmp_path / "w.xlsx"))[0] == 3
    monkeypatch.setenv("MONITOR_REGISTER", f"sqlite:///{tmp_path / 'empty.sqlite'}")
    code, _, said = run("workbook", "--quarter", QUARTER, "--out", str(tmp_path / "w.xlsx"))
    assert (code, "nothing has been written" in said) == (3, True)
    assert not (tmp_path / "w.xlsx").exists()


def test_a_file_larger_than_is_taken_is_not_read_to_its_end() -> None:
    assert exchange.LARGEST == exchange_read.LARGEST == 5 * 1024 * 1024
