"""A plan begun from the one before it: what is carried over, and what each year decides anew."""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping
from datetime import UTC, datetime
from typing import Any

from core.errors import MonitorError
from core.model import Viewer
from core.periods import Quarter
from core.settings import load_settings
from register.read import Record, read
from register.tables import KEPT, key, values
from register.write import Written, save

_CODE = re.compile(r"^[a-z][a-z0-9_]{1,62}$")
_CARRIED = ("theme", "focus", "outcome", "indicator", "indicator_reporter", "action")


def begin(
    viewer: Viewer, doing: str, written: Iterable[tuple[str, Mapping[str, Any], int | None]], *, is_made_up: bool
) -> None:
    """Begin the next plan from one the register holds, all of it or nothing; called as `register.write.save` is.

    Args:
        viewer: who does it: a coordinator.
        doing: what for, for the journal.
        written: one triple: the code of the plan it is begun from; plan_code, title, starts_quarter, ends_quarter and
            note of the new one; and nothing.
        is_made_up: whether the register's entries are.

    Raises:
        MonitorError: there is no such plan, the new code is taken or no code, its quarters are not in order, or the
            viewer may not.
    """
    record = read(load_settings().register_url, viewer, datetime.now(UTC))
    for plan_code, new, _ in written:
        save(viewer, doing, next_plan(record, plan_code, new), is_made_up=is_made_up)


def next_plan(record: Record | None, plan_code: str, new: Mapping[str, Any]) -> list[Written]:
    """The rows of a plan begun from another.

    Themes, working-group focuses, outcomes, local ones too, indicators, who returns them, and actions still open are
    carried over with due quarters as far into the new plan as they were into the old. Paths to a target and what is
    met and closed, returns, decisions and judgements are not: they are agreed anew.

    Raises:
        MonitorError: as `begin`.
    """
    plans = {row["plan_code"]: row for row in record.rows("plan")} if record is not None else {}
    if record is None or plan_code not in plans:
        raise _refused("the register holds no plan of that code", "plan_code")
    if not _CODE.match(new["plan_code"]) or new["plan_code"] in plans:
        raise _refused("a new plan needs a code of its own, of small letters, digits and _", "plan_code")
    starts, ends = (_quarter(new[name], name) for name in ("starts_quarter", "ends_quarter"))
    if ends < starts:
        raise _refused("a plan ends after it begins", "ends_quarter")
    later = Quarter.parse(plans[plan_code]["starts_quarter"]).steps_to(starts)
    closed = _closed(record, plan_code)
    written = [Written("plan", dict(new), 0)]
    for name in _CARRIED:
        for row in record.rows(name):
            if row["plan_code"] != plan_code or closed & {(name, row.get(f"{name}_code")), _indicator_of(name, row)}:
                continue
            carried = {column: row[column] for column in (*key(KEPT[name]), *values(KEPT[name]))}
            written.append(Written(name, {**carried, "plan_code": new["plan_code"], **_moved(name, row, later)}, 0))
    return written


def _closed(record: Record, plan_code: str) -> set[tuple[str, Any]]:
    """What the old plan finished: indicators met and closed, actions complete or superseded."""
    found: set[tuple[str, Any]] = {
        ("indicator", row["indicator_code"])
        for row in record.rows("indicator")
        if row["plan_code"] == plan_code and row["is_complete"]
    }
    latest: dict[str, Mapping[str, Any]] = {}
    for row in sorted(record.rows("action_return"), key=lambda row: str(row["quarter_code"])):
        if row["plan_code"] == plan_code:
            latest[row["action_code"]] = row
    done = {code for code, row in latest.items() if row["progress_code"] in ("complete", "superseded")}
    return found | {("action", code) for code in done}


def _indicator_of(name: str, row: Mapping[str, Any]) -> tuple[str, Any]:
    return ("indicator", row["indicator_code"]) if name == "indicator_reporter" else (name, None)


def _moved(name: str, row: Mapping[str, Any], later: int) -> dict[str, Any]:
    moved: dict[str, Any] = {}
    if name in ("indicator", "action") and row["due_quarter"]:
        moved["due_quarter"] = Quarter.parse(row["due_quarter"]).plus(later).code
    if name == "indicator":
        moved["baseline_quarter"] = None
    return moved


def _quarter(code: str, name: str) -> Quarter:
    try:
        return Quarter.parse(code)
    except ValueError:
        raise _refused("a quarter is written like 2024-Q1", name) from None


def _refused(why: str, column: str) -> MonitorError:
    return MonitorError(
        f"the next plan was not begun: {why}.",
        where=f"plan, column {column}",
        meaning="Nothing was written; the register is as it was.",
        action="Correct it and try again.",
    )
