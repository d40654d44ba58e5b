"""Writing: one journal entry at a time, each saying who, when and what for. All of an entry is kept, or none of it."""

from __future__ import annotations

import sqlite3
from collections.abc import Iterable, Iterator, Mapping
from contextlib import contextmanager
from datetime import UTC, date, datetime
from typing import Any, NamedTuple

from sqlalchemy import Connection, Row, and_, func, insert, select
from sqlalchemy.exc import OperationalError

from core import words
from core.csps import csp_of
from core.errors import Conflict, MonitorError
from core.model import AREA_NOT_KNOWN, ELSEWHERE, MEASURES, STRANDS, Viewer
from core.periods import Quarter
from core.settings import load_settings
from register import store
from register.tables import KEPT, journal, key, schema, values

COORDINATOR = "coordinator"
CSP_LEAD = "csp_lead"
RESPONSES = ("noted", "looking", "explained")
"""What may be said of an exception."""

DIRECTIONS = ("up", "down")
"""What a campaign may be declared to do to what is reported."""

PROGRESS = ("complete", "on_track", "slipped", "unlikely", "not_started", "superseded")
"""What an owner may state of an action."""

STATUSES = ("blue", "green", "amber", "red", "grey")
"""What a status may be overridden with."""

TAKEN = "page"
"""In the place of a board's code: a paper taken from a page, for no board. Whoever may read the page may take it."""

ITEM_KINDS = ("decision", "action")
ITEM_PROGRESS = ("open", "done", "closed")
"""What a meeting records, and where that stands."""

ADOPTION = ("adopted", "adapted", "incorporated", "not_adopted")

_OF_ONE_ORGANISATION = ("indicator_return", "action_return")
_OF_ONE_OUTCOME = ("outcome", "indicator", "action", "indicator_reporter")
_OUTCOME = ("plan_code", "outcome_code")
_CODES = {
    ("action_return", "progress_code"): PROGRESS,
    ("adoption", "status_code"): ADOPTION,
    ("meeting_item", "kind_code"): ITEM_KINDS,
    ("meeting_item", "progress_code"): ITEM_PROGRESS,
    ("status_override", "measure_kind"): ("indicator", "action"),
}
_NOT_YOURS = {
    "exception_response": "you may not answer for this place.",
    "paper": "you may not write or make papers for this board.",
}
_NEEDED = {
    "meeting": ("name",),
    "meeting_item": ("words", "about_code", "about_words"),
}


class Entry:
    """One journal entry being written. `put` adds row versions to it; `put_all` is many of the same table."""

    def __init__(self, connection: Connection, viewer: Viewer, number: int) -> None:
        self.number = number
        self._connection = connection
        self._viewer = viewer

    def put(self, table_name: str, row: Mapping[str, Any], *, based_on: int | None = None) -> int:
        """Write one row of a kept table and return its version number.

        A row that says what the latest version already says is not written again; its version is returned. Columns
        not given are empty.

        Args:
            based_on: the version the writer had before them, 0 for none; None when they did not look.

        Raises:
            Conflict: somebody else wrote a version since, and it says something else.
            MonitorError: the viewer may not write it, or it cannot be right.
        """
        table = KEPT[table_name]
        strange = set(row) - {*key(table), *values(table)}
        if strange:
            raise ValueError(f"{table_name} has no columns {sorted(strange)}")
        _check_right(self._connection, self._viewer, table_name, row)
        _check_row(table_name, row)
        about = {part: row[part] for part in key(table)}
        said = {name: row.get(name) for name in values(table)}
        before = self._connection.execute(
            select(table)
            .where(and_(*(table.c[part] == value for part, value in about.items())))
            .order_by(table.c.version.desc())
            .limit(1)
        ).first()
        if before is not None and all(before._mapping[name] == value for name, value in said.items()):
            return int(before.version)
        if based_on is not None and based_on != (0 if before is None else before.version):
            raise Conflict(f"the register's {table_name.replace('_', ' ')}", self._signed(before))
        version = 1 if before is None else int(before.version) + 1
        self._connection.execute(insert(table).values(**about, **said, version=version, entry_id=self.number))
        return version

    def _signed(self, row: Row[Any] | None) -> dict[str, Any]:
        """A row with who wrote it and when."""
        if row is None:
            return {}
        wrote = select(journal.c.at, journal.c.by_name).where(journal.c.entry_id == row.entry_id)
        return {**row._mapping, **self._connection.execute(wrote).one()._mapping}


class Writer:
    """One transaction of the register, holding the only turn to write until it ends."""

    def __init__(self, connection: Connection, *, is_made_up: bool) -> None:
        self._connection = connection
        self._is_made_up = is_made_up

    def entry(self, viewer: Viewer, doing: str, at: datetime | None = None) -> Entry:
        """Begin a journal entry. `at` is for history that is loaded (aware, any zone); without it, now.

        Raises MonitorError when `at` is earlier than an entry already kept: history is not rewritten.
        """
        latest = self._connection.scalar(select(func.max(journal.c.at)))
        moment = _naive(at) if at is not None else max(_naive(datetime.now(UTC)), latest or datetime.min)
        if latest is not None and moment < latest:
            raise MonitorError(
                "an entry was to be dated earlier than one the register already holds.",
                where="the journal of the register",
                meaning="Nothing was written; what the record showed at an earlier meeting stays as it was.",
                action="Save the entry with today's date and say in its commentary which quarter it is about.",
            )
        number = self._connection.execute(
            insert(journal)
            .values(at=moment, by_name=viewer.name, doing=doing, is_made_up=self._is_made_up)
            .returning(journal.c.entry_id)
        ).scalar_one()
        return Entry(self._connection, viewer, int(number))


@contextmanager
def writer(url: str, *, is_made_up: bool) -> Iterator[Writer]:
    """Open the register at `url` for one transaction.

    Raises MonitorError when it holds the other kind of record, or its database refuses: it is in use, or has no room.
    """
    try:
        with _writer(url, is_made_up=is_made_up) as opened:
            yield opened
    except OperationalError as failed:
        if getattr(failed.orig, "sqlite_errorcode", None) == sqlite3.SQLITE_ERROR:
            raise  # a statement SQLite cannot read is a mistake of ours
        raise MonitorError(
            "the register could not be written to.",
            where="MONITOR_REGISTER, or register.sqlite in the data directory",
            meaning="Nothing was written; the register is as it was.",
            action="Save again in a minute. If it stays so, see that nothing else holds it and there is room.",
        ) from None


@contextmanager
def _writer(url: str, *, is_made_up: bool) -> Iterator[Writer]:
    engine = store.open_to_write(url)
    with store.writing(engine) as connection:
        # Databases with many writers queue here, so versions are counted one after the other.
        connection.execute(select(schema.c.version).with_for_update())
        held = set(connection.scalars(select(journal.c.is_made_up).distinct()))
        if held - {is_made_up}:
            raise MonitorError(
                "made-up and real entries cannot be kept in one register.",
                where="MONITOR_REGISTER, or register.sqlite in the data directory",
                meaning="Nothing was written; the register is as it was.",
                action="Use another data directory, or name another register in MONITOR_REGISTER.",
            )
        yield Writer(connection, is_made_up=is_made_up)


def respond(viewer: Viewer, row: Mapping[str, Any], *, is_made_up: bool) -> None:
    """Keep what somebody says of an exception, in this deployment's register.

    Args:
        viewer: who writes it; coordinators, and CSP leads for their own areas.
        row: measure_code, area_code, strand_code, quarter_code, response_code (one of RESPONSES), responder, note.
        is_made_up: whether the figures answered are.

    Raises MonitorError when the viewer may not, or something needed is not said.
    """
    save(viewer, "exception response", [Written("exception_response", row)], is_made_up=is_made_up)


class Written(NamedTuple):
    """One row to be kept: its table, what it says, and the version the writer had before them (see `Entry.put`)."""

    table: str
    row: Mapping[str, Any]
    based_on: int | None = None


def save(
    viewer: Viewer, doing: str, written: Iterable[tuple[str, Mapping[str, Any], int | None]], *, is_made_up: bool
) -> None:
    """Keep everything somebody wrote on one form in this deployment's register, as one entry: all of it or nothing.

    Args:
        viewer: who writes it.
        doing: what for, for the journal.
        written: each a `Written`.
        is_made_up: whether the figures it is about are.

    Raises:
        Conflict: somebody else saved one of the rows since the writer looked.
        MonitorError: the viewer may not write one of them, or it cannot be right.
    """
    with writer(load_settings().register_url, is_made_up=is_made_up) as register:
        entry = register.entry(viewer, doing)
        for table, row, based_on in written:
            entry.put(table, row, based_on=based_on)


def _naive(moment: datetime) -> datetime:
    """UTC without a zone: how every database keeps it."""
    return moment.astimezone(UTC).replace(tzinfo=None)


def _check_right(connection: Connection, viewer: Viewer, table_name: str, row: Mapping[str, Any]) -> None:
    if COORDINATOR in viewer.roles or (table_name == "paper" and row["board_code"] == TAKEN):
        return
    if CSP_LEAD in viewer.roles:
        if table_name == "adoption" and row["csp_code"] in viewer.csps:
            return
        if table_name == "exception_response" and csp_of(row["area_code"], _today()) in viewer.csps:
            return
        if table_name == "paper" and row["board_code"] == "csp" and csp_of(row["area_code"], _today()) in viewer.csps:
            return
        if table_name in _OF_ONE_ORGANISATION and _csp_of(connection, row["organisation_code"]) in viewer.csps:
            return
        if table_name in _OF_ONE_OUTCOME and _is_own(connection, viewer, table_name, row):
            return
    raise MonitorError(
        _NOT_YOURS.get(table_name, "you may not write this part of the delivery plan."),
        where=f"the register's {table_name.replace('_', ' ')}",
        meaning="Nothing was written.",
        action="Ask the coordinator of the plan, or the lead of the partnership it belongs to.",
    )


def _is_own(connection: Connection, viewer: Viewer, table_name: str, row: Mapping[str, Any]) -> bool:
    """Whether every outcome a row is of, and was of before, belongs to the viewer's CSPs.

    An outcome of the whole partnership is the coordinator's, and a CSP's own is that CSP's; one that nobody has
    written yet belongs to whoever writes it for their own CSP.
    """
    if table_name == "outcome":
        held = _held(connection, "outcome", row, _OUTCOME)
        return row.get("csp_code") in viewer.csps and (held is None or held.csp_code in viewer.csps)
    if table_name == "indicator_reporter":
        of = [_held(connection, "indicator", row, ("plan_code", "indicator_code"))]
        if _csp_of(connection, row["organisation_code"]) not in viewer.csps:
            return False
    else:
        before = _held(connection, table_name, row, ("plan_code", f"{table_name}_code"))
        of = [one for one in (before, _Of(row["outcome_code"])) if one is not None]
    outcomes = [
        None if one is None else _held(connection, "outcome", {**row, "outcome_code": one.outcome_code}, _OUTCOME)
        for one in of
    ]
    return all(one is not None and one.csp_code in viewer.csps for one in outcomes)


class _Of(NamedTuple):
    outcome_code: str


def _held(connection: Connection, table_name: str, row: Mapping[str, Any], about: tuple[str, ...]) -> Any | None:
    """The latest version of a row, None when there is none."""
    table = KEPT[table_name]
    return connection.execute(
        select(table)
        .where(and_(*(table.c[part] == row[part] for part in about)))
        .order_by(table.c.version.desc())
        .limit(1)
    ).first()


def _today() -> date:
    return datetime.now(UTC).date()


def _csp_of(connection: Connection, organisation_code: str) -> str | None:
    row = {"organisation_code": organisation_code}
    held = _held(connection, "organisation", row, ("organisation_code",))
    return None if held is None else held.csp_code


def _check_row(table_name: str, row: Mapping[str, Any]) -> None:
    for name in ("quarter_code", "due_quarter", "starts_quarter", "ends_quarter", "baseline_quarter"):
        if row.get(name) is not None:
            _check_quarter(table_name, name, str(row[name]))
    for name in ("held_on", "due_on", "meeting_on", "as_at"):
        if row.get(name) is not None:
            _day(table_name, name, row[name])
    for (of, name), codes in _CODES.items():
        if of == table_name and row.get(name) not in codes:
            raise _refused(table_name, name, f"it is one of {', '.join(codes)}")
    for name in _NEEDED.get(table_name, ()):
        if not str(row.get(name) or "").strip():
            raise _refused(table_name, name, "it must say something")
    if table_name == "action_return" and row["progress_code"] == "unlikely" and not _is_said(row, "corrective_action"):
        raise _refused(table_name, "corrective_action", "a Red action says what is being done about it")
    if table_name == "status_override":
        _check_override(row)
    if table_name == "indicator":
        _check_indicator(row)
    if table_name == "indicator_return":
        numerator, denominator = row.get("numerator"), row.get("denominator")
        is_pair = (numerator is None) == (denominator is None)
        if not is_pair or (numerator is not None and not 0 <= numerator <= denominator):
            raise _refused(table_name, "numerator", "the numerator must be between nought and the denominator")
    if table_name == "campaign":
        _check_campaign(row)
    if table_name == "exception_response":
        _check_place(table_name, row)
        if row.get("response_code") not in RESPONSES:
            raise _refused(table_name, "response_code", f"a response is one of {', '.join(RESPONSES)}")
        if not str(row.get("responder") or "").strip():
            raise _refused(table_name, "responder", "a response says who gives it")
        if row["response_code"] == "explained" and not str(row.get("note") or "").strip():
            raise _refused(table_name, "note", "what explains it must be written down")


def _is_said(row: Mapping[str, Any], name: str) -> bool:
    return bool(str(row.get(name) or "").strip())


def _check_override(row: Mapping[str, Any]) -> None:
    code = row.get("status_code")
    if code is not None and code not in STATUSES:
        raise _refused("status_override", "status_code", f"it is one of {', '.join(STATUSES)}")
    if code is not None and not _is_said(row, "reason"):
        raise _refused("status_override", "reason", "an override says why")


def _check_indicator(row: Mapping[str, Any]) -> None:
    if row.get("tolerance_kind") == "relative" and not row.get("target"):
        raise _refused("indicator", "tolerance_kind", "a relative tolerance needs a target other than nought")
    if row.get("baseline_quarter") is not None:
        if any(row.get(name) is None for name in ("baseline", "target", "due_quarter")):
            raise _refused("indicator", "baseline_quarter", "a path needs a baseline, a target and a due quarter")
        if row["baseline_quarter"] >= row["due_quarter"]:
            raise _refused("indicator", "baseline_quarter", "a path begins before its target is due")


def _check_campaign(row: Mapping[str, Any]) -> None:
    days = [_day("campaign", name, row[name]) for name in ("starts_on", "ends_on", "window_ends_on")]
    if days != sorted(days):
        raise _refused("campaign", "window_ends_on", "a campaign begins, ends, and then its window ends")
    if row.get("direction_code") not in DIRECTIONS:
        raise _refused("campaign", "direction_code", f"it is one of {', '.join(DIRECTIONS)}")
    _check_place("campaign", row)


def _check_place(table_name: str, row: Mapping[str, Any]) -> None:
    """What is counted, of whom and where must be something that is counted."""
    known = {
        "measure_code": (*MEASURES, ELSEWHERE),
        "strand_code": ("all", *STRANDS),
        "area_code": words.labels()["area_in_sentence"].keys() - {AREA_NOT_KNOWN},
    }
    for name, codes in known.items():
        if row.get(name) not in codes:
            raise _refused(table_name, name, f"it is one of {', '.join(sorted(codes))}")


def _day(table_name: str, name: str, text: object) -> date:
    try:
        return date.fromisoformat(str(text))
    except ValueError:
        raise _refused(table_name, name, "a day is written like 2022-10-08") from None


def _check_quarter(table_name: str, name: str, code: str) -> None:
    try:
        Quarter.parse(code)
    except ValueError:
        raise _refused(table_name, name, "a quarter is written like 2022-Q4") from None


def _refused(table_name: str, column: str, rule: str) -> MonitorError:
    what = {"exception_response": "a response", "paper": "a paper"}.get(table_name, "a row of the plan")
    return MonitorError(
        f"{what} was refused: {rule}.",
        where=f"{table_name.replace('_', ' ')}, column {column}",
        meaning="Nothing was written; the register is as it was.",
        action="Correct it and save again.",
    )
