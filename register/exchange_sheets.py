"""What the exchange workbook consists of: its sheets, their columns, and the rows of one quarter.

Both who makes a workbook and who reads one ask here, so the two cannot disagree. The words are in
config/text/exchange.toml.
"""

from __future__ import annotations

import hashlib
import re
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from core import words
from core.periods import Quarter
from register.read import Record, Row
from register.tables import KEPT, key, values
from register.write import ADOPTION, PROGRESS

FORMAT = 1
"""The version of the workbook's layout. A workbook of another version is refused, not guessed at."""

LONGEST = 2_000
"""The most characters of one text, as on the forms of the dashboard."""

MOST = 999_999_999
"""The largest number a return may hold."""

TITLE_ROWS = 4
"""Rows above the first row of a sheet's table; the last of them are its headings."""

JOIN = "|"
"""Between the codes of a row's key; no code has one."""

MACHINE = "machine"
INSTRUCTIONS = "instructions"

SHOWN, COUNT, SHARE, CHOICE, TEXT, KEY, VERSION = "shown", "count", "share", "choice", "text", "key", "version"
OPEN = (COUNT, CHOICE, TEXT)
"""The kinds of column people fill in; every other is locked."""

_CLOSED = ("complete", "superseded")
_CELL = 32_767  # the most a cell of a workbook can hold
_UNHELD = re.compile("[\x00-\x08\x0b\x0c\x0e-\x1f\ud800-\udfff\ufffe\uffff]")


@dataclass(frozen=True)
class Column:
    """One column of a sheet: its name (of the register where it is filled in), its kind and its width in characters."""

    name: str
    kind: str
    width: int = 12


@dataclass(frozen=True)
class Sheet:
    """One sheet of rows.

    Attributes:
        name: what its words are found by.
        table: the register's table its rows are of.
        columns: from the left.
        choices: the codes of its column of choices, and the kind of label that names them.
    """

    name: str
    table: str
    columns: tuple[Column, ...]
    choices: tuple[str, tuple[str, ...]] = ("", ())

    @property
    def title(self) -> str:
        """The name on its tab."""
        return say("sheets", self.name)

    def heading(self, column: Column) -> str:
        """The heading of one of its columns."""
        return say("columns", column.name)

    def in_words(self, name: str, after: Any, before: Any) -> tuple[str, str, str]:
        """A change of one column: its heading, what it said before and what it says after."""
        column = self.columns[self.at(name)]
        told = [self._told(column, value) for value in (before, after)]
        return self.heading(column), told[0], told[1]

    def _told(self, column: Column, value: Any) -> str:
        if value is None:
            return ""
        if column.kind == CHOICE:
            return words.label(self.choices[0], value)
        return f"{value:,}" if column.kind == COUNT else plain(value)

    def at(self, name: str) -> int:
        """Where a column is, 0 for the first."""
        return [column.name for column in self.columns].index(name)


@dataclass(frozen=True)
class Line:
    """One row of a sheet, from what the register says.

    Attributes:
        key: what the row is about, as it stands in the workbook.
        about: the same as key columns of the register's table.
        label: the row's name in a list of changes.
        shown: what stands in the locked columns, by name.
        said: what the register's latest version says, by value column; empty values where it says nothing yet.
        version: that version, 0 for none.
    """

    key: str
    about: Mapping[str, str]
    label: str
    shown: Mapping[str, str]
    said: Mapping[str, Any]
    version: int


_MACHINE_COLUMNS = (Column("key", KEY), Column("version", VERSION))
_WRITTEN = (Column("commentary", TEXT, 48), Column("corrective_action", TEXT, 48))

SHEETS = (
    Sheet(
        "returns",
        "indicator_return",
        (
            Column("outcome", SHOWN, 28),
            Column("indicator", SHOWN, 34),
            Column("organisation", SHOWN, 24),
            Column("target", SHOWN, 14),
            Column("numerator_words", SHOWN, 28),
            Column("numerator", COUNT, 11),
            Column("denominator_words", SHOWN, 28),
            Column("denominator", COUNT, 11),
            Column("share", SHARE, 9),
            *_WRITTEN,
            *_MACHINE_COLUMNS,
        ),
    ),
    Sheet(
        "actions",
        "action_return",
        (
            Column("outcome", SHOWN, 28),
            Column("action", SHOWN, 38),
            Column("organisation", SHOWN, 24),
            Column("due", SHOWN, 13),
            Column("progress_code", CHOICE, 16),
            Column("evidence", TEXT, 48),
            *_WRITTEN,
            *_MACHINE_COLUMNS,
        ),
        ("progress", PROGRESS),
    ),
    Sheet(
        "adoption",
        "adoption",
        (
            Column("organisation", SHOWN, 34),
            Column("status_code", CHOICE, 32),
            Column("note", TEXT, 64),
            *_MACHINE_COLUMNS,
        ),
        ("adoption", ADOPTION),
    ),
)


def say(*keys: str, **facts: Any) -> str:
    """The words of the workbook."""
    return words.say("exchange", *keys, **facts)


def plain(text: object) -> str:
    """A text as a workbook can carry it; two texts that are the same in this form are taken for the same.

    A workbook knows one kind of line end and no control characters, and writes those it knows as `_x000D_`; the mark
    it escapes such words with (`x005F_`) is lost to whoever reads them.
    """
    if text is None:
        return ""
    whole = str(text).replace("x005F_", "").replace("_x000D_", "")
    return _UNHELD.sub("", whole.replace("\r\n", "\n").replace("\r", "\n"))[:_CELL]


def seal(plan_code: str, quarter_code: str, line_key: str, version: int, shown: Iterable[object]) -> str:
    """A short sum over what is locked in a row: a row whose words were moved to another row's key is found by it."""
    parts = [plan_code, quarter_code, line_key, str(version), *(plain(text) for text in shown)]
    return hashlib.sha256("\x1f".join(parts).encode("utf-8")).hexdigest()[:20]


def lines(
    record: Record, sheet: Sheet, plan_code: str, quarter_code: str, organisation_codes: Sequence[str]
) -> list[Line]:
    """The rows a sheet has for some organisations and one quarter, in the plan's order."""
    return _LINES[sheet.name](_Asked(record, sheet, plan_code, quarter_code, frozenset(organisation_codes)))


class _Asked:
    """One sheet's question to the record."""

    def __init__(
        self, record: Record, sheet: Sheet, plan_code: str, quarter_code: str, organisations: frozenset[str]
    ) -> None:
        self.sheet = sheet
        self.plan_code = plan_code
        self.quarter_code = quarter_code
        self._record = record
        self.organisations = [
            row
            for row in sorted(record.rows("organisation"), key=lambda row: int(row["position"]))
            if row["organisation_code"] in organisations
        ]
        self.names = {row["organisation_code"]: str(row["name"]) for row in self.organisations}
        self._about = key(KEPT[sheet.table])
        self._latest = {tuple(row[part] for part in self._about): row for row in record.rows(sheet.table)}

    def rows(self, table: str) -> list[Row]:
        """The plan's own rows of a table, in the plan's order."""
        found = [row for row in self._record.rows(table) if row["plan_code"] == self.plan_code]
        return sorted(found, key=lambda row: int(row.get("position") or 0))

    def is_due(self, row: Row) -> bool:
        """Whether an indicator's cadence asks for a return in this quarter of the plan."""
        starts = next(one["starts_quarter"] for one in self.rows("plan"))
        steps = Quarter.parse(starts).steps_to(Quarter.parse(self.quarter_code))
        cadence = int(row["cadence_quarters"])
        return steps % cadence == cadence - 1

    def is_said(self, **about: str) -> bool:
        """Whether the register has a row of this sheet about that."""
        return tuple(self._whole(about).values()) in self._latest

    def outcome(self, row: Row) -> str:
        """The outcome an indicator or an action is of."""
        named = {one["outcome_code"]: one["words"] for one in self.rows("outcome")}
        code = row["outcome_code"]
        return f"{code} {named.get(code, '')}".strip()

    def line(self, parts: Sequence[str], about: Mapping[str, str], label: str, shown: Mapping[str, str]) -> Line:
        whole = self._whole(about)
        held = self._latest.get(tuple(whole.values()))
        said = {name: None if held is None else held[name] for name in values(KEPT[self.sheet.table])}
        return Line(JOIN.join(parts), whole, label, shown, said, 0 if held is None else int(held["version"]))

    def _whole(self, about: Mapping[str, str]) -> dict[str, str]:
        whole = {"plan_code": self.plan_code, "quarter_code": self.quarter_code, **about}
        return {part: whole[part] for part in self._about}


def _returns(asked: _Asked) -> list[Line]:
    expected = {
        (row["indicator_code"], row["organisation_code"])
        for row in asked.rows("indicator_reporter")
        if row["is_expected"]
    }
    made = []
    for row in asked.rows("indicator"):
        # What the dashboard works out itself, and what is met and closed, is nobody's to return.
        if row["computed_by"] or row["is_complete"]:
            continue
        for code, name in asked.names.items():
            if (row["indicator_code"], code) not in expected:
                continue
            # Nor is what is not due this quarter; but what was returned all the same can be corrected.
            if not asked.is_due(row) and not asked.is_said(
                indicator_code=row["indicator_code"], organisation_code=code
            ):
                continue
            shown = {
                "outcome": asked.outcome(row),
                "indicator": f"{row['indicator_code']} {row['words']}",
                "organisation": name,
                "target": _target(row),
                "numerator_words": str(row["numerator_words"]),
                "denominator_words": str(row["denominator_words"]),
            }
            about = {"indicator_code": str(row["indicator_code"]), "organisation_code": code}
            label = say("label", "returns", indicator=shown["indicator"], organisation=name)
            made.append(asked.line([about["indicator_code"], code], about, label, shown))
    return made


def _actions(asked: _Asked) -> list[Line]:
    last: dict[str, Row] = {}
    for row in sorted(asked.rows("action_return"), key=lambda row: str(row["quarter_code"])):
        if row["quarter_code"] <= asked.quarter_code:
            last[row["action_code"]] = row
    made = []
    for row in asked.rows("action"):
        owner = str(row["owner_code"])
        if owner not in asked.names:
            continue
        is_closed = row["action_code"] in last and last[row["action_code"]]["progress_code"] in _CLOSED
        if is_closed and not asked.is_said(action_code=row["action_code"], organisation_code=owner):
            continue
        shown = {
            "outcome": asked.outcome(row),
            "action": f"{row['action_code']} {row['words']}",
            "organisation": asked.names[owner],
            "due": Quarter.parse(row["due_quarter"]).label if row["due_quarter"] else say("due_at_the_end"),
        }
        about = {"action_code": str(row["action_code"]), "organisation_code": owner}
        made.append(asked.line([about["action_code"], owner], about, shown["action"], shown))
    return made


def _adoption(asked: _Asked) -> list[Line]:
    # A CSP decides once, whichever of its organisations asks.
    first: dict[str, str] = {}
    for row in asked.organisations:
        if row["csp_code"]:
            first.setdefault(str(row["csp_code"]), str(row["name"]))
    return [asked.line([csp], {"csp_code": csp}, name, {"organisation": name}) for csp, name in first.items()]


_LINES: dict[str, Callable[[_Asked], list[Line]]] = {
    "returns": _returns,
    "actions": _actions,
    "adoption": _adoption,
}


def _target(row: Row) -> str:
    if row["target"] is None:
        return str(row["target_words"] or words.label("plan_count", "no_target"))
    kind = "target_explained" if row["target_words"] else "target"
    return words.say("plan", "texts", "figure", kind, target=f"{row['target']:g}", words=row["target_words"])
