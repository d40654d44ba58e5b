"""Whether a file made of the shareable build holds a count that was not protected, wherever in the file it lies.

Nothing is taken on trust: the parts of the zip are read as they are, the workbooks behind charts among them. A whole
number is taken for a count of reports unless it stands in what counts none: a sentence about the plan or a meeting, a
figure of a rate, a constant of a method.
"""

from __future__ import annotations

import re
from collections.abc import Collection, Iterable, Iterator, Mapping
from typing import Any

from core import words
from core.model import Answer
from tests.pages.collecting import Said, literals, numbers
from tests.papers.comparing import NO_COUNT, Screen
from tests.papers.reading import read, words_of
from ui import captions

NO_REPORTS = ("Residents", "Population year", "Outcomes", "Days late", "Missed", "Parts")
"""Columns of whole numbers in which no report is counted."""

_OF_PLAN = ("plan", "updates", "returns", "meetings", "papers")
_ALSO_OF_PLAN = ("locality.matrix", "locality.own", "campaigns.calendar")
_RATES = ("per 1,000", "%", "percent", "share")


def raw_counts(content: bytes, screen: Screen) -> list[str]:
    """Every count of a file that is no multiple of the base and no range, with the part it lies in.

    Args:
        content: the file.
        screen: what the screen says of the same build and selection; only its answers that count no report are used.
    """
    base = screen.answers[0].build.base if screen.answers[0].build.is_shareable else 5
    harmless = Screen([one for one in screen.answers if _counts_no_report(one)], screen.build)
    constants = _constants() | _beside(screen.answers)
    found = []
    for part, text in {*words_of(content)}:
        left = _cut(text, harmless, base)
        found += [f"{part}: {one.text} in {text[:120]}" for one in left if _is_raw(one, base, constants)]
    return sorted(found) + [f"{where}: {value}" for where, value in _cells(content, base, screen)]


def _counts_no_report(answer: Answer) -> bool:
    return answer.question.split(".")[0] in _OF_PLAN or answer.question in _ALSO_OF_PLAN


def _beside(answers: Iterable[Answer]) -> frozenset[str]:
    """What stands beside counts in columns that count no report, as it is written."""
    found: set[str] = set()
    for answer in answers:
        if answer.withheld is None and answer.question != "quarter.headlines":
            for column in captions.columns(answer):
                if column.heading in NO_REPORTS:
                    found |= {captions.write(value, column.unit) for value in column.values}
    return frozenset(found)


def _cut(text: str, harmless: Screen, base: int) -> list[Said]:
    """The numbers of a text without what counts no report, and without the ranges that protected counts are told as."""
    if not numbers(text):
        return []
    text = _PARTS.sub(" ", text)
    for phrase in harmless.phrases:
        text = text.replace(phrase, " ; ")
    text = _RANGE.sub(lambda found: " " if int(found[1].replace(",", "")) % (base - 1) == 0 else found[0], text)
    return numbers(NO_COUNT.sub(" ", text))


# An identifier, a moment, a reference to cells: what is no number to a reader, or no count.
_PARTS = re.compile(
    r"\{?[0-9A-Fa-f]{8}-[0-9A-Fa-f-]{27}\}?|\d{4}-\d\d-\d\dT[\d:]+Z|'?[\w ]+'?!\$?[A-Z]+\$?\d+(?::\$?[A-Z]+\$?\d+)?"
    r"|\$?[A-Z]{1,2}\$?\d+|[#&]?[;,.\d#]*\"%\"|\b1[246]\.0{3,4}\b"
)
_YEAR = re.compile(r"(?:19|20)\d\d")  # a count of so many has its comma
_RANGE = re.compile(r"(?<![\d,.])0 to (\d{1,3}(?:,\d{3})*)\b")


def _is_raw(said: Said, base: int, constants: Collection[str]) -> bool:
    """Whether a number is a count that was not protected."""
    is_no_count = said.is_percent or said.decimals or said.text in constants or _YEAR.fullmatch(said.text)
    return not is_no_count and said.value % base != 0


def _constants() -> frozenset[str]:
    """The numbers in the words of methods and states."""
    leaves: list[Any] = [words.page_text(name) for name in _MODULES]
    leaves += [words.labels()]
    found: set[str] = set()
    while leaves:
        leaf = leaves.pop()
        if isinstance(leaf, Mapping):
            leaves += leaf.values()
        elif isinstance(leaf, list):
            leaves += leaf
        elif isinstance(leaf, str):
            found |= literals(leaf)
    return frozenset(found)


_MODULES = (
    "frame", "notes", "states", "quarter", "trends", "strands", "places", "exceptions", "victims", "pack", "workbook",
    "papers", "short",
)  # fmt: skip


def _cells(content: bytes, base: int, screen: Screen) -> Iterator[tuple[str, float]]:
    """The numbers kept as numbers: of tables by their heading, of charts and the workbooks behind by the answer."""
    file = read(content)
    for table in file.tables if file.ending == "xlsx" else ():
        for heading, *values in zip(table.headings, *table.rows, strict=True):
            if heading not in NO_REPORTS and not any(rate in heading.lower() for rate in _RATES):
                yield from ((f"{table.where}, {heading}", one) for one in _unprotected(values, base))
    for chart in file.charts:
        answer = screen.by_alt.get(chart.alt)
        if answer is not None and (captions.unit(answer) != "count" or _counts_no_report(answer)):
            continue
        drawn = [value for _, values in chart.series for value in values]
        behind = [value for row in chart.behind for value in row[1:]]
        is_line = answer is not None and answer.question.split(".")[0] == "trends"
        # a line passes through 0 where a bar has words in its place
        kept = [value for value in (*drawn, *behind) if not (is_line and value == 0)]
        yield from ((f"{chart.where}, chart", one) for one in _unprotected(kept, base))


def _unprotected(values: Iterable[Any], base: int) -> Iterator[float]:
    # a protected 0 says its range in words, so a kept 0 is raw as well
    return (one for one in values if isinstance(one, (int, float)) and (one % base or not one))


def restricted_values(answers: Iterable[Answer], base: int) -> frozenset[int]:
    """The counts of a restricted build that no protected figure could be, of three digits or more."""
    found = set()
    for answer in answers:
        if answer.withheld is None and not _counts_no_report(answer) and captions.unit(answer) == "count":
            for name in {"value", "before", "now", "reports"} & set(answer.frame):
                kept = [one for one in answer.frame[name] if isinstance(one, (int, float)) and one == one]
                found |= {int(one) for one in kept if one >= 100 and float(one).is_integer() and one % base}
    return frozenset(found)
