"""Builds of generated records, made by the ETL: sparse, empty, heavy, lopsided, short; and other states of the plan.

The demonstration has one shape; a product must say what the screen says whatever the shape is.
"""

from __future__ import annotations

import csv
import random
import shutil
import sqlite3
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from pathlib import Path

import pytest

from core import builds
from core.model import AUTHORITIES, RESTRICTED, SHAREABLE, Build, Selection, Viewer
from core.settings import load_settings
from etl import pipeline
from queries import selection as choices
from tests.etl.conftest import HEADER

LAST = date(2023, 9, 30)
VOLUMES = (60, 400, 2_500, 9_000, 24_000)
"""How many reports a build holds: so few that most quarters have none, to more than the demonstration's."""

PLANS = ("whole", "thinned", "none")
"""The delivery plan: as in the demonstration, with half of what came in never come, and none at all."""

BOARDS = {RESTRICTED: ("hsg", "sog", "csp"), SHAREABLE: ("lscsb", "spb")}

_STRANDS = ("Race", "Religion", "Sexual Orientation", "Disability", "Transgender", "Other", "Race; Religion", "")
_OFFENCES = ("Public order offences", "Violence against the person", "Criminal damage and arson")
_OUTCOMES = ("1", "8", "14", "15", "16", "18", "", "New")
_CHANNELS = ("101", "999", "Third party", "Online", "True Vision", "Front counter", "")
_RELIGIONS = ("Muslim", "Hindu", "Sikh", "Jewish", "Unknown", "")
_DAYS = ("", "", "2023-11-20", "2023-07-31", "2022-08-15", "2021-01-04")  # as at which the plan is read
_QUARTERS = 2  # of each file of a build
_NOW = datetime(2023, 11, 1, 9, 0)
_RETURNS = ("indicator_return", "action_return", "exception_response", "meeting_item", "status_override")


@dataclass(frozen=True)
class Case:
    """One selection of one file of one build, and the board whose paper is made of it."""

    build: Build
    selection: Selection
    board: str

    def __str__(self) -> str:
        chosen = self.selection
        told = (chosen.quarter, chosen.area, chosen.strand, chosen.measure, chosen.as_at or "now")
        return " ".join((self.build.path.parents[2].name, self.build.audience, self.board, *told))


def make_data(folder: Path, seed: int, demonstration: Path) -> Path:
    """A data directory with one published build of generated records and a plan; the seed decides all of it.

    Args:
        folder: where to.
        seed: its volume and its plan go round, so that a few seeds in a row meet each.
        demonstration: the data directory of the demonstration, for the centres' reports and the plan.
    """
    chance = random.Random(seed)
    data = folder / f"generated-{seed}"
    data.mkdir(parents=True)
    first = chance.choice((date(2017, 4, 1), date(2017, 4, 1), date(2020, 10, 1), date(2022, 4, 1)))
    extracts = [_write(data, first, VOLUMES[seed % len(VOLUMES)], chance)]
    if chance.random() < 0.5:
        elsewhere = (demonstration / "demo").glob("*_2021-04-01_*.csv")
        extracts += sorted(elsewhere)
    with pytest.MonkeyPatch.context() as patch:
        patch.setenv("MONITOR_DATA", str(data))
        result = pipeline.load(extracts, load_settings(), _NOW)
    assert result.published, result
    _plan(data, PLANS[seed % len(PLANS)], demonstration, chance)
    return data


def cases(data: Path, number: int, seed: int, viewer: Viewer) -> Iterator[Case]:
    """Selections of a data directory that a reader may make, of both files, the last quarter of all first."""
    chance = random.Random(seed)
    times: dict[str, list[tuple[str, str]]] = {}
    for at in range(number):
        audience = (RESTRICTED, SHAREABLE)[at % 2]
        build = builds.live_build(data, audience)
        assert build is not None
        held = choices.options(viewer, build)
        if audience not in times:  # a few quarters for many selections: what is judged by quarter is judged once
            quarters = [max(held.quarters), *(chance.choice(sorted(held.quarters)) for _ in range(_QUARTERS - 1))]
            times[audience] = [(quarter, chance.choice(_DAYS)) for quarter in quarters]
        boards = BOARDS[audience]
        board = boards[(at // 2 + seed) % len(boards)]
        areas = [code for code in held.areas if board != "csp" or code in _OF_ONE_CSP]
        quarter, as_at = times[audience][at // 2 % _QUARTERS]
        chosen = Selection(
            quarter,
            chance.choice(areas) if at >= 2 or board == "csp" else "llr",
            chance.choice(list(held.strands)),
            chance.choice(list(held.measures)),
            as_at,
        )
        yield Case(build, chosen, board)


_OF_ONE_CSP = ("E06000016", "E07000130", "E07000133", "E07000135")


def _write(folder: Path, first: date, volume: int, chance: random.Random) -> Path:
    """An extract of generated records: areas, strands, kinds and times of very different weight."""
    span = (LAST - first).days + 1
    areas = [chance.choice((0, 1, 1, 3, 20)) for _ in AUTHORITIES]
    areas[0] = areas[0] or 1
    strands = [chance.choice((0, 1, 4, 30)) for _ in _STRANDS]
    strands[0] = strands[0] or 1
    crimes = chance.choice((0.02, 0.5, 0.7, 0.7, 0.98))
    surge = chance.randrange(span)
    silent = chance.choice((0, 0, 92))  # days at the end in which nothing was recorded
    path = folder / f"hate_reports_made-up_{first}_{LAST}_extracted_2023-10-04.csv"
    with path.open("w", encoding="utf-8", newline="") as file:
        writer = csv.DictWriter(file, HEADER, restval="", lineterminator="\n")
        writer.writeheader()
        for number in range(volume):
            on = chance.randrange(span - silent) if chance.random() < 0.9 else min(surge, span - silent - 1)
            recorded = first + timedelta(days=on)
            is_crime = chance.random() < crimes
            outcome = chance.choice(_OUTCOMES) if is_crime else ""
            until = recorded + timedelta(days=chance.randrange(200))
            strand = chance.choices(_STRANDS, strands)[0]
            writer.writerow(
                {
                    "record_id": f"G{number:06d}",
                    "record_type": "Crime" if is_crime else "Non Crime Hate Incident",
                    "recorded_date": f"{recorded:%d/%m/%Y}",
                    "committed_from": f"{recorded - timedelta(days=chance.randrange(4)):%d/%m/%Y}",
                    "offence_code": "125/9" if is_crime else "",
                    "offence_group": chance.choice(_OFFENCES) if is_crime else "",
                    "strands": strand,
                    "religion_targeted": chance.choice(_RELIGIONS) if "Religion" in strand else "",
                    "authority_code": chance.choices(AUTHORITIES, areas)[0],
                    "victim_ref": f"V{chance.randrange(max(1, volume // 2)):06d}",
                    "victim_type": "Person",
                    "outcome_code": outcome if until <= LAST else "",
                    "outcome_date": f"{until:%d/%m/%Y}" if outcome.isdigit() and until <= LAST else "",
                    "how_reported": chance.choice(_CHANNELS),
                    "made_up": "yes",
                }
            )
    return path


def _plan(data: Path, state: str, demonstration: Path, chance: random.Random) -> None:
    if state == "none":
        return
    register = data / "register.sqlite"
    shutil.copy(demonstration / "register.sqlite", register)
    if state == "whole":
        return
    with sqlite3.connect(register) as database:
        held = database.execute("select name from sqlite_master where type = 'trigger'").fetchall()
        for (trigger,) in held:  # what was once written stays; what never came has to be left out here
            database.execute(f"drop trigger {trigger}")
        for table in _RETURNS:
            kept = [row for (row,) in database.execute(f"select version_id from {table} order by version_id")]
            gone = [(row,) for row in kept if chance.random() < 0.5]
            database.executemany(f"delete from {table} where version_id = ?", gone)
    database.close()
