"""Whether a paper of one page or two says what the screen says, and counts all that it leaves out.

Its tables are in columns of their own, and what people wrote may be cut: so a row is held to one row of its answer, a
cut text to the beginning of a sentence of the screen. What is not there must be counted, exactly.
"""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Iterable, Iterator
from typing import Any

from core import words
from core.model import Answer
from tests.pages.collecting import numbers
from tests.papers.comparing import NO_COUNT, Screen, numbers_of_row, tile_notes
from tests.papers.reading import Read, Table
from tests.queries.saying import headlines
from ui import captions

_NOUNS = {
    "exceptions.found": "exception",
    "locality.own": "outcome",
    "meetings.since": "item",
    "quarter.areas": "row",
    "trends.quarterly": "row",
    "strands.motivating_factors": "row",
    "strands.groups": "row",
}
"""What the rows of each table are called where some are left out."""

_WHOLE = ("quarter.tiles", "plan.summary")
"""Tables of which nothing is left out."""

_LATEST = 8  # rows of a figure that stands as a table
_SENT = ("in", "no_figure")  # states of what is no longer owed
_CUT = " …"
_BEGINNING = 20  # letters by which a sentence is known
_LEFT_OUT = re.compile(rf"{re.escape(words.page_text('short')['more'].partition('{')[0])}([\d,]+ [^.]+)\.")


def compare(file: Read, screen: Screen, answers: Iterable[Answer]) -> list[str]:
    """Every number of a dense paper that is not the screen's, and every count of what is left out that is not right.

    Args:
        answers: what it was made of.
    """
    found = [f"{one.where}: {number} in {one.said[:150]}" for one in file.texts for number in _left(one.said, screen)]
    missing: list[tuple[str, int]] = []
    for table in file.tables:
        answer = _answer_of(table, screen)
        if answer is None:
            texts = [cell for row in (table.headings, *table.rows) for cell in row]
            found += [f"{table.where}: {number}" for cell in texts for number in _left(str(cell), screen)]
            continue
        found += [f"{table.where}: {told}" for told in _rows(table, answer)]
        missing.append((_NOUNS.get(answer.question, ""), _held(answer) - len(table.rows)))
    return found + list(_uncounted(file, answers, missing))


def _left(text: str, screen: Screen) -> list[str]:
    """The numbers of a text that stand in no sentence of the screen, nor at the beginning of one."""
    left = screen.left(text)
    if not left or not text.endswith(_CUT):
        return left
    bare = text.removesuffix(_CUT)
    for phrase in screen.phrases:
        at = bare.find(phrase[:_BEGINNING])
        if at >= 0 and phrase.startswith(bare[at:]):
            return screen.left(bare[:at])
    return left


def _answer_of(table: Table, screen: Screen) -> Answer | None:
    """Whose rows a table shows; None for the words over pictures."""
    named = [screen.by_alt[table.about]] if table.about in screen.by_alt else screen.by_subtitle.get(table.about, [])
    for one in named:
        if _NOUNS.get(one.question) == "row":  # it stands as a table only where there is no picture of it
            if table.headings == captions.table(one).headings:
                return one
        elif one.question in (*_WHOLE, *_NOUNS):
            return one
    return None


def _held(answer: Answer) -> int:
    """How many rows a table would have if all had room."""
    frame = answer.frame
    if "panel" in frame:
        return int((frame["quarter_code"] == answer.selection.quarter).sum())
    return min(len(frame), _LATEST) if _NOUNS.get(answer.question) == "row" else len(frame)


def _rows(table: Table, answer: Answer) -> Iterator[str]:
    rows = answer.frame.to_dict("records")
    if answer.question in _WHOLE:
        told = [_of_tile(row) if "tile_code" in row else (str(row["value"]),) for row in rows]
        kept = [tuple(str(cell) for cell in row[1 : 1 + len(told[0])]) for row in table.rows]
        if kept != told:
            yield f"{answer.question} says {kept}, not {told}"
    known = [_all_of_row(row) for row in rows]
    for row in table.rows:
        said = [one for cell in row for one in numbers(NO_COUNT.sub(" ", str(cell)))]
        if said and not any(all(any(one.is_of(value) for value in of) for one in said) for of in known):
            yield f"no row of {answer.question} is {row}"


def _of_tile(row: dict[Any, Any]) -> tuple[str, str]:
    return str(row["value_said"]), str(row["before_said"])


def _all_of_row(row: dict[Any, Any]) -> list[float]:
    """The numbers of a row and those of the note under a tile."""
    note = " ".join(tile_notes(row)) if "note_code" in row else ""
    return [*numbers_of_row(row), *(one.value for one in numbers(note))]


def _uncounted(file: Read, answers: Iterable[Answer], missing: list[tuple[str, int]]) -> Iterator[str]:
    """Where the counts of what is left out are not those of what is missing."""
    texts = [one.said for one in file.texts]
    told = Counter(found for text in texts for found in _LEFT_OUT.findall(text))
    of = {answer.question: answer for answer in answers}
    unsaid = sum(sentence not in texts for _, sentence in headlines(of["quarter.headlines"]))
    missing = [*missing, ("sentence", unsaid)]
    if "returns.owed" in of:
        rows = [row for row in of["returns.owed"].frame.to_dict("records") if row["state_code"] not in _SENT]
        begins = tuple(f"{row['state']}: {row['outcome_code']} " for row in rows)
        missing.append(("owed", len(rows) - sum(text.startswith(begins) for text in texts)))
    notes = len({note for answer in of.values() for note in (*captions.notes(answer), *captions.marks(answer))})
    for number in range(1, notes):  # which notes stand on which page is the paper's own affair
        del told[words.count("note", number)]
    expected = Counter(words.count(noun, number) for noun, number in missing if number)
    yield from (f"{what} are told as left out" for what in told - expected)
    yield from (f"{what} are left out without a word" for what in expected - told)
