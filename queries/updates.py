"""What does each body need to be told of the plan: the update report it is due?

Local plan updates go to the CSPs, through the Senior Officer Group into the Strategic Partnership Board; the county's
board is told of its own area. Everything said is taken from the answers the pages show, so the two cannot differ.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, replace
from typing import Any

import pandas as pd

from core import words
from core.csps import area_of_board, csps_of_board
from core.model import Answer, Build, Selection, Viewer
from core.periods import Quarter
from queries import _ask, locality, plan, returns

LEVELS = ("sog", "spb", "lscsb", "csp")
"""The bodies a report is made for; their names are labels.toml [update_level]."""

SHORT = ("purpose", "status", "attention", "asked")
"""The sections of the report that is short: the Strategic Partnership Board's."""

_LATE = ("escalated", "late", "corrective_missing")
_FIRST = ("red", "overdue", "overridden", "grey")  # what a board reads of first
_COLUMNS = ["section_code", "section", "item", "status_code", "status", "told"]


def levels() -> dict[str, str]:
    """The bodies to choose from: code -> name."""
    return {level: words.label("update_level", level) for level in LEVELS}


def report(selection: Selection, viewer: Viewer, build: Build, level: str) -> Answer:
    """What is one body told: what stands how, what is Red, overdue or not rated and why, who is late, what is asked?

    Frame, one row per statement, in the order they are read: section_code, section, item, status_code and status ('',
    where it is of nothing that has one), told (in words).

    Args:
        selection: its area says which CSP the report of level `csp` is for; the others do not depend on it.
        viewer, build: who asks, of which build.
        level: one of LEVELS.
    """
    question = "updates.report"
    whole = plan.board(selection, viewer, build)
    if whole.withheld is not None:
        return replace(whole, question=question)
    if level == "csp":
        own = locality.own(selection, viewer, build)
        if own.withheld is not None:
            return replace(own, question=question)
        about = _of_csps(level, str(own.facts["csp"]), selection.area, [own], build)
    else:
        on = Quarter.parse(selection.quarter).ends_on
        area = area_of_board(level, on)
        asked = [replace(selection, area=csp.area_code) for csp in csps_of_board(level, on)]
        owns = [own for one in asked if (own := locality.own(one, viewer, build)).withheld is None]
        if not owns and level == "lscsb":
            return _ask.answer(question, whole.frame.iloc[:0], whole.selection, build, withheld="not_in_plan")
        name = words.label("update_level", level)
        about = (
            _of_csps(level, name, area, owns, build) if level == "lscsb" else _of_all(level, name, area, owns, whole)
        )
    due = returns.owed(selection, viewer, build).frame
    acts = plan.actions(selection, viewer, build).frame
    rows = [row for row in _rows(about, due, acts) if level != "spb" or row["section_code"] in SHORT]
    frame = pd.DataFrame(rows, columns=_COLUMNS)
    outcomes = about.outcomes
    facts = {
        "board": about.board,
        "report_area": words.label("area_in_sentence", about.area),
        "area_name": words.label("area", about.area),
        "total": words.count("outcome" if level in ("sog", "spb") else "part_or_local", len(outcomes)),
        "counts": plan.counted(outcomes),
        "overdue": int(outcomes["is_overdue"].sum()),
        "asked": len(_asks(about, due)),
        **{name: whole.facts[name] for name in ("plan", "as_at")},
    }
    chosen = Selection(selection.quarter, about.area, as_at=selection.as_at)
    found = _ask.answer(question, frame, chosen, build, facts=facts)
    # Statuses are not rounded counts: the note that figures are rounded would be untrue here.
    made_up = tuple(note for note in plan.summary(selection, viewer, build).notes if note == "plan_made_up")
    shareable = ("plan_shareable",) if build.is_shareable else ()
    return replace(found, notes=(*made_up, "plan_status", *shareable))


@dataclass(frozen=True)
class _About:
    """What one report is about.

    Attributes:
        level, board, area: which of LEVELS, its name, and the area it is told of.
        outcomes: the rows of the board it is told of, with `where` (what each is of) and `whom` (whose it is).
        owns: the own parts of the partnerships it is told of.
        organisations: those partnerships' organisations.
        is_whole: the plan of the whole partnership, so that everybody's returns and actions are in it.
        is_shareable: what people wrote is not held.
    """

    level: str
    board: str
    area: str
    outcomes: pd.DataFrame
    owns: list[Answer]
    organisations: frozenset[str]
    is_whole: bool
    is_shareable: bool


def _of_csps(level: str, board: str, area: str, owns: list[Answer], build: Build) -> _About:
    """A report on the own parts of some partnerships, and on nothing measured for LLR as one."""
    named = words.label("area_in_sentence", area)
    parts = [
        own.frame.assign(where=_where(level, csp=own.facts["csp"], area=named), whom=own.facts["csp"]) for own in owns
    ]
    outcomes = pd.concat(parts, ignore_index=True)
    held = _organisations(owns)
    return _About(level, board, area, outcomes, owns, held, is_whole=False, is_shareable=build.is_shareable)


def _of_all(level: str, board: str, area: str, owns: list[Answer], whole: Answer) -> _About:
    where = _where(level, csp="", area=words.label("area_in_sentence", area))
    outcomes = whole.frame.assign(where=where, whom=whole.frame["owner"])
    held = _organisations(owns)
    return _About(level, board, area, outcomes, owns, held, is_whole=True, is_shareable=whole.build.is_shareable)


def _organisations(owns: list[Answer]) -> frozenset[str]:
    return frozenset(str(own.facts["organisation_code"]) for own in owns)


def _where(level: str, **facts: str) -> str:
    return words.say("updates", "texts", "where", level, **facts)


def _rows(about: _About, due: pd.DataFrame, acts: pd.DataFrame) -> Iterator[dict[str, Any]]:
    area = words.label("area_in_sentence", about.area)
    facts = {"board": about.board, "area": area, "csps": len(about.owns)}
    yield _row("purpose", about.board, words.say("updates", "texts", "purpose", about.level, **facts))
    yield from _statuses(about, area)
    yield from _attention(about)
    if about.is_whole:
        yield from _local(about)
    yield from _actions(about, acts, area)
    yield from _late(about, due)
    yield from _decisions(about)
    asked = list(_asks(about, due))
    none = words.say("updates", "texts", "asked", "none", where=area)
    yield from asked or [_row("asked", about.board, none)]


def _statuses(about: _About, area: str) -> Iterator[dict[str, Any]]:
    """Outcomes by status; of several partnerships, one line for each of them."""
    if about.level == "lscsb":
        for own in about.owns:
            where = _where(about.level, csp=own.facts["csp"], area=area)
            yield _row("status", own.facts["csp"], _counted(where, own.frame))
        return
    where = about.outcomes["where"].iloc[0]
    for kind in plan.by_kind(about.outcomes):
        code = "grey" if kind["status_code"] == "overdue" else kind["status_code"]
        told = words.say(
            "updates", "texts", "status", where=where, count=words.count("outcome", kind["value"]),
            named=kind["outcomes"],
        )  # fmt: skip
        yield _row("status", kind["label"], told, code, words.label("status", code))


def _attention(about: _About) -> Iterator[dict[str, Any]]:
    """Every outcome that is Red, overdue, set by judgement or not rated, with why; the short report has the first two
    kinds."""
    kinds = _FIRST[:2] if about.level == "spb" else _FIRST
    named = [(kind, row) for row in about.outcomes.to_dict("records") if (kind := _kind(row)) in kinds]
    for _, row in sorted(named, key=lambda pair: kinds.index(pair[0])):
        told = [words.say("updates", "texts", "attention", where=row["where"], reason=row["reason"])]
        if row["override"]:
            told.append(words.say("updates", "texts", "judged") if about.is_shareable else row["override"])
        told += _corrective(about, row)
        yield _row("attention", _name(row), " ".join(told), row["status_code"], row["status"])


def _corrective(about: _About, row: dict[Any, Any]) -> list[str]:
    """What is being done, where somebody has said it; where that is not held, only that it was said."""
    if not row["corrective_action"]:
        return []
    kind = "corrective_held" if about.is_shareable else "corrective"
    return [words.say("updates", "texts", kind, corrective_action=row["corrective_action"])]


def _kind(row: dict[Any, Any]) -> str:
    if row["status_code"] == "red":
        return "red"
    return "overdue" if row["is_overdue"] else "overridden" if row["override"] else str(row["status_code"])


def _local(about: _About) -> Iterator[dict[str, Any]]:
    """What each partnership set for itself: how much stands how, and what is Red."""
    for own in about.owns:
        local = own.frame[own.frame["kind_code"] == "local"]
        if local.empty:
            continue
        told = [_counted(_of(about, own.facts["csp"]), local)]
        red = local[local["status_code"] == "red"]
        if len(red):
            named = words.join([_name(row) for row in red.to_dict("records")])
            told.append(words.say("plan", "texts", "part", "red_named", named=named))
        yield _row("local", own.facts["csp"], " ".join(told))


def _actions(about: _About, acts: pd.DataFrame, area: str) -> Iterator[dict[str, Any]]:
    """Actions overdue: everybody's, or those of the partnerships told of and of the outcomes they set themselves."""
    overdue = acts[acts["is_overdue"]]
    if not about.is_whole:
        local = about.outcomes.loc[about.outcomes["kind_code"] == "local", "outcome_code"]
        overdue = overdue[overdue["owner_code"].isin(about.organisations) | overdue["outcome_code"].isin(local)]
    for row in overdue.to_dict("records"):
        told = [words.say("updates", "texts", "action", where=area, owner=row["owner"], reason=row["reason"])]
        told += _corrective(about, row)
        item = words.say("updates", "texts", "item", code=row["outcome_code"], name=row["action"])
        yield _row("actions", item, " ".join(told), row["status_code"], row["status"])


def _late(about: _About, due: pd.DataFrame) -> Iterator[dict[str, Any]]:
    """Who is late with what and for how long, those who missed two or more in a row first."""
    for row in _of_it(about, due).to_dict("records"):
        if row["state_code"] in _LATE and row["kind_code"] != "action":
            facts = {"where": _of(about, row["organisation"]), "what": row["what"], "standing": row["standing"]}
            told = words.say("updates", "texts", "late", **facts)
            item = words.say("updates", "texts", "item", code=row["measure_code"], name=row["state"])
            yield _row("late", item, told)


def _decisions(about: _About) -> Iterator[dict[str, Any]]:
    for own in about.owns:
        facts = {"where": _of(about, own.facts["csp"]), "decided": own.facts["adoption_said"]}
        told = words.say("updates", "texts", "adoption", **facts)
        yield _row("adoption", own.facts["csp"], told)


def _asks(about: _About, due: pd.DataFrame) -> list[dict[str, Any]]:
    """What the body is asked to decide: on a Red nobody answers for, on who is not heard of, on who has not decided."""
    red = [(row, row["where"], row["whom"]) for row in about.outcomes.to_dict("records")]
    if about.level == "sog":
        red += [
            (row, _of(about, own.facts["csp"]), own.facts["csp"])
            for own in about.owns
            for row in own.frame[own.frame["kind_code"] == "local"].to_dict("records")
        ]
    rows = [
        _row(
            "asked",
            _name(row),
            words.say("updates", "texts", "asked", "corrective_action", where=where, whom=whom),
            row["status_code"],
            row["status"],
        )
        for row, where, whom in red
        if row["lacks_corrective_action"]
    ]
    for row in _of_it(about, due).to_dict("records"):
        if row["state_code"] in ("escalated", "not_said"):
            facts = {"what": row["what"], "missed": row["missed"], "where": _of(about, row["organisation"])}
            told = words.say("updates", "texts", "asked", row["state_code"], **facts)
            code = row["measure_code"] if row["kind_code"] == "return" else ""
            item = words.say("updates", "texts", "item", code=code, name=row["organisation"])
            rows.append(_row("asked", item.strip(), told))
    return rows


def _of(about: _About, organisation: str) -> str:
    """An organisation and the area it is told of."""
    area = words.label("area_in_sentence", about.area)
    return words.say("updates", "texts", "of", about.level, organisation=organisation, area=area)


def _of_it(about: _About, due: pd.DataFrame) -> pd.DataFrame:
    return due if about.is_whole else due[due["organisation_code"].isin(about.organisations)]


def _counted(where: str, frame: pd.DataFrame) -> str:
    total = words.count("outcome", len(frame))
    return words.say("updates", "texts", "counted", where=where, total=total, counts=plan.counted(frame))


def _name(row: dict[Any, Any]) -> str:
    return words.say("updates", "texts", "item", code=row["outcome_code"], name=row["outcome"])


def _row(section: str, item: str, told: str, status_code: str = "", status: str = "") -> dict[str, Any]:
    return {
        "section_code": section,
        "section": words.label("update_section", section),
        "item": item,
        "status_code": status_code,
        "status": status,
        "told": told,
    }
