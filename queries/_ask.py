"""The one door: the only code that opens a mart, and the only code that makes an Answer."""

from __future__ import annotations

from collections.abc import Hashable, Mapping
from dataclasses import dataclass, replace
from datetime import date
from functools import lru_cache
from pathlib import Path
from typing import Any

import pandas as pd

from core import breaks, db, words
from core.model import ELSEWHERE, MEASURES, Answer, Build, Selection
from core.periods import Quarter, day_label

SQL = Path(__file__).parent / "sql"
RESTRICTED_ONLY = "restricted_only"
_OF_THE_MEASURE = (
    "quarter",
    "trends",
    "strands",
    "places",
    "locality",
)  # pages whose figures are of the measure chosen


@dataclass(frozen=True)
class Window:
    """The twelve months to the end of a quarter: first and last day."""

    starts_on: date
    ends_on: date

    @property
    def label(self) -> str:
        """`12 months to 30 September 2023`."""
        return f"12 months to {day_label(self.ends_on)}"


def figures(build: Build, question: str, **parameters: Hashable) -> pd.DataFrame:
    """Run queries/sql/<module>/<function>.sql for `question` = `module.function` against one build.

    A published build never changes, so an answer read once is kept; the caller gets a frame of its own.
    """
    return _read(build.path, question, tuple(sorted(parameters.items()))).copy()


@lru_cache(maxsize=1024)
def _read(path: Path, question: str, parameters: tuple[tuple[str, Hashable], ...]) -> pd.DataFrame:
    module, function = question.split(".")
    return db.ask(path, db.statement(SQL / module / f"{function}.sql"), dict(parameters))


def answer(
    question: str,
    frame: pd.DataFrame,
    selection: Selection,
    build: Build,
    *,
    finding: str = "plain",
    facts: Mapping[str, Any] | None = None,
    notes: tuple[str, ...] = (),
    cells: int = 0,
    withheld: str | None = None,
) -> Answer:
    """Wrap released figures; every answer can name its area, measure, strand and period."""
    if selection.measure == ELSEWHERE and withheld is None and question.split(".")[0] in _OF_THE_MEASURE:
        notes = ("elsewhere", *notes)
    return Answer(
        question=question,
        frame=frame,
        selection=selection,
        build=build,
        finding=finding,
        facts={**common_facts(selection, build), **(facts or {})},
        notes=(*notes, "rounded") if build.is_shareable and withheld is None else notes,
        withheld=withheld,
        protected_cells=cells if build.is_shareable else 0,
    )


def zero(build: Build, cells: int) -> str:
    """What a count of 0 says: nothing at all, or, of `cells` protected cells, anything they may hide."""
    return words.say("frame", "protected_zero", most=(build.base - 1) * cells) if build.is_shareable else "0"


def told(build: Build, count: int, noun: str = "") -> str:
    """A count that is not 0, with its noun; in the shareable build only about."""
    said = words.count(noun, count) if noun else f"{count:,}"
    return words.say("frame", "about", count=said) if build.is_shareable else said


def share(part: float, whole: float) -> str:
    """A share in whole percent that says 0% only of none and 100% only of all."""
    rounded = round(100 * part / whole)
    if rounded == 0 and part:
        return words.say("frame", "under_percent", percent=1)
    if rounded == 100 and part != whole:
        return words.say("frame", "over_percent", percent=99)
    return f"{rounded}%"


def restricted_only(question: str, selection: Selection, build: Build) -> Answer:
    """The designed state for what the protected cube cannot give."""
    return answer(question, pd.DataFrame(), selection, build, withheld=RESTRICTED_ONLY)


def no_data(question: str, selection: Selection, build: Build) -> Answer:
    """The designed state for a question the build holds nothing about: never a zero."""
    if over := breaks.ended(selection.measure, Quarter.parse(selection.quarter).ends_on):
        return _ended(question, selection, build, over)
    return answer(question, pd.DataFrame(), selection, build, withheld="no_data")


def no_window(question: str, selection: Selection, build: Build, *, months: int = 12, **said: str) -> Answer:
    """The designed state for a figure of so many months of which the build holds only a part, or none."""
    if over := breaks.ended(selection.measure, Quarter.parse(selection.quarter).ends_on):
        return _ended(question, selection, build, over)
    facts = {"months": months, "data_from": day_label(build.data_from), **said}
    return answer(question, pd.DataFrame(), selection, build, withheld="no_window", facts=facts)


def _ended(question: str, selection: Selection, build: Build, over: breaks.Break) -> Answer:
    """The designed state for a measure that is no longer recorded: its past stands, and nothing after it is a zero."""
    facts = {"ended": over.told, "why": over.title}
    return answer(question, pd.DataFrame(), selection, build, withheld="ended", facts=facts)


def not_applicable(question: str, selection: Selection, build: Build) -> Answer:
    """The designed state for what reports made elsewhere do not say."""
    return answer(question, pd.DataFrame(), selection, build, withheld="not_applicable")


def of_police(selection: Selection) -> Selection:
    """The selection a figure of crimes is about: reports made elsewhere are never in one."""
    return replace(selection, measure="crime") if selection.measure == ELSEWHERE else selection


def measures(build: Build) -> tuple[str, ...]:
    """The measures a build offers, in order: reports made elsewhere only where it holds a whole quarter of them."""
    held = figures(build, "selection.options")
    offered = set(held.loc[held["kind"] == "measure", "code"])
    return tuple(code for code in (*MEASURES, ELSEWHERE) if code in offered)


def quarters_of(measure: str, build: Build) -> set[str]:
    """The quarters a build holds of a measure: all complete ones of the police's, fewer of what was made elsewhere.

    A measure that is no longer recorded has none from the quarter in which it ended.
    """
    if measure == ELSEWHERE:
        told = figures(build, "trends.quarterly", measure=measure, strand="all")
        held = told.loc[told["area_code"] == "llr", "quarter_code"]
    else:
        options = figures(build, "selection.options")
        held = options.loc[options["kind"] == "quarter", "code"]
    return {code for code in held if breaks.ended(measure, Quarter.parse(code).ends_on) is None}


def holds(selection: Selection, build: Build) -> bool:
    """Whether the selected quarter is held of the measure, which may not have been sent, or be no longer recorded."""
    if breaks.ended(selection.measure, Quarter.parse(selection.quarter).ends_on):
        return False
    return selection.measure != ELSEWHERE or selection.quarter in quarters_of(ELSEWHERE, build)


def window(selection: Selection) -> Window:
    """The twelve months to the end of the selected quarter."""
    quarter = Quarter.parse(selection.quarter)
    return Window(quarter.plus(-3).starts_on, quarter.ends_on)


def holds_window(selection: Selection, build: Build) -> bool:
    """Whether the build holds all four quarters of the twelve months: a part is never told as the whole."""
    latest = Quarter.parse(selection.quarter)
    return {latest.plus(-step).code for step in range(4)} <= quarters_of(selection.measure, build)


def common_facts(selection: Selection, build: Build) -> dict[str, Any]:
    """The facts every sentence may name."""
    quarter = Quarter.parse(selection.quarter)
    strand_kind = "group_in_sentence" if build.is_shareable else "strand_in_sentence"
    strand = words.label(strand_kind, selection.strand)
    measure = words.label("measure_in_sentence", selection.measure)
    # what a figure of one strand counts: without the strand its number would be read as the whole measure's
    counted = measure if selection.strand == "all" else words.say("frame", "strand_of", measure=measure, strand=strand)
    return {
        "area": words.label("area_in_sentence", selection.area),
        "measure": measure,
        "measure_label": words.label("measure", selection.measure),
        "Measure": measure[:1].upper() + measure[1:],
        "counted": counted,
        "Counted": counted[:1].upper() + counted[1:],
        "strand": strand,
        "quarter": quarter.label,
        "span": quarter.span,
        "year_before": quarter.year_before.label,
        "window": window(selection).label,
        "data_to": day_label(build.data_to),
        "build": build.number,
    }
