"""The words round a figure: headline, subtitle, notes, source, table. Imports nothing of Streamlit, so papers share it.

The words of an answer live in config/text/<module>.toml, table [<function>]: subtitle, headline.<finding>, alt, table,
and optionally caption, source, date_basis and period. All are format strings over the answer's facts.
"""

from __future__ import annotations

import itertools
import math
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from datetime import date
from string import ascii_uppercase
from typing import Any

import pandas as pd

from core import words
from core.errors import ConfigError
from core.model import ELSEWHERE, Answer, Build, Selection
from core.periods import Quarter, day, day_label

# `now` and `before` stay out: the windows a percentage change compares are counts.
_UNIT_COLUMNS = ("value", "low", "high", "lower", "upper", "centre")


class Unit(str):
    """The kind of a number (count, percent, per_1000, ratio, weeks, year), and what a count of 0 says."""

    zero: str

    def __new__(cls, kind: str, zero: str = "0") -> Unit:
        unit = super().__new__(cls, kind)
        unit.zero = zero
        return unit


@dataclass(frozen=True)
class Column:
    """One column of a figure's table: of which of the frame, its heading, what its numbers are, and its values."""

    name: str
    heading: str
    unit: Unit
    is_numeric: bool
    values: tuple[Any, ...]


@dataclass(frozen=True)
class Table:
    """A figure as a table: headings, rows of words, and which columns hold numbers."""

    headings: tuple[str, ...]
    rows: tuple[tuple[str, ...], ...]
    numeric: tuple[bool, ...]


def headline(answer: Answer) -> str:
    """The finding, as one sentence the data chose."""
    return _say(answer, "headline", answer.finding)


def subtitle(answer: Answer) -> str:
    """What is measured, where, when and on which date basis; it begins as a sentence does, whatever it begins with."""
    said = _say(answer, "subtitle")
    return said[:1].upper() + said[1:]


def caption(answer: Answer) -> str | None:
    """The longer explanation under the figure, or None when its words have none."""
    return _say(answer, "caption") if "caption" in _section(answer) else None


def title(answer: Answer) -> str | None:
    """The section of the page the figure opens, or None when it stands in the section before it."""
    return _say(answer, "title") if "title" in _section(answer) else None


def anchor(answer: Answer) -> str:
    """The name by which a link finds the figure: `quarter_tiles`."""
    return answer.question.replace(".", "_")


def about(answer: Answer) -> str | None:
    """The subtitle of a withheld figure, or None when it cannot be said without the figures."""
    try:
        return subtitle(answer)
    except ConfigError:
        return None


def state(answer: Answer) -> tuple[str, str]:
    """The title and the text of the designed state that replaces a withheld figure."""
    told = [words.say("states", str(answer.withheld), part, **answer.facts) for part in ("title", "text")]
    return told[0], told[1]


def alt(answer: Answer, *, is_map: bool = False) -> str:
    """The text alternative of the chart, or of the map of the same figures."""
    return _say(answer, "map_alt" if is_map and "map_alt" in _section(answer) else "alt")


def notes(answer: Answer) -> tuple[str, ...]:
    """The sentences that must stand under the figure."""
    return tuple(words.say("notes", key, **_facts(answer)) for key in dict.fromkeys(answer.notes))


def marks(answer: Answer) -> tuple[str, ...]:
    """The key to the letters on a chart: `A: title, 3 June 2023`."""
    return tuple(
        words.say("frame", f"mark_{mark['kind']}", letter=letter, title=mark["title"], on=mark["told"])
        for letter, mark in zip(letters(), answer.facts.get("marks", ()), strict=False)
    )


def letters() -> Iterator[str]:
    """`A` to `Z`, then `AA`, `AB` ...: however many marks there are, each has its own."""
    for length in itertools.count(1):
        yield from map("".join, itertools.product(ascii_uppercase, repeat=length))


def area(answer: Answer) -> str:
    """The full name of the area the figure is about: its own words if it has them, otherwise the selected area.

    A figure with a row for every authority is about all of them, whichever is selected.
    """
    if "area" in _section(answer):
        return _say(answer, "area")
    if "area_code" in answer.frame:
        return words.say("frame", "each_authority")
    return words.label("area", answer.selection.area)


def period(answer: Answer) -> str:
    """The period the figure is about: its own words if it has them, otherwise the selected quarter."""
    if "period" in _section(answer):
        return _say(answer, "period")
    quarter = Quarter.parse(answer.selection.quarter)
    return f"{quarter.label} ({quarter.span})"


def date_basis(answer: Answer) -> str:
    """Which date puts a report in a period."""
    return _say(answer, "date_basis") if "date_basis" in _section(answer) else words.say("frame", "date_basis")


def file_name(what: str, chosen: Selection, build: Build, ending: str) -> str:
    """`trends-monthly_E07000130_2023-Q2_all_crime_build-3.csv`: what it is, of what, from which build, as at when."""
    name = f"{what}_{chosen.area}_{chosen.quarter}_{chosen.strand}_{chosen.measure}_build-{build.number}"
    name += f"_as-at-{chosen.as_at}" if chosen.as_at else ""
    name += "_protected" if build.is_shareable else ""
    return f"{name}_made-up.{ending}" if build.is_made_up else f"{name}.{ending}"


def marking(build: Build) -> str:
    """The protective marking, with what must be said beside it."""
    parts = [build.marking]
    if build.is_shareable:
        parts.append(words.say("frame", "protected_short", base=build.base))
    if build.is_made_up:
        parts.append(words.say("frame", "made_up_short"))
    return " · ".join(parts)


def source(answer: Answer) -> str:
    """The source line: whose data, to which day, from which extract and build, under which marking."""
    build = answer.build
    told = "source_elsewhere" if ELSEWHERE in answer.notes else "source"
    named = _say(answer, "source") if "source" in _section(answer) else words.say("frame", told)
    line = words.say(
        "frame",
        "source_line",
        source=named,
        data_to=day_label(build.data_to),
        extracted_on=day_label(build.extracted_on),
        number=build.number,
        marking=marking(build),
    )
    on = day(answer.selection.as_at)
    return line if on is None else words.say("frame", "source_as_at", source=line, on=day_label(on))


def build_sentence(build: Build) -> str:
    """`Data to 30 September 2023 · extract of 4 October 2023 · build 3`."""
    return words.say(
        "frame",
        "build",
        data_to=day_label(build.data_to),
        extracted_on=day_label(build.extracted_on),
        number=build.number,
    )


def columns(answer: Answer) -> tuple[Column, ...]:
    """The columns of the figure's table. An entry `value=reports` shows column `value` under the heading `reports`."""
    chosen = [entry.partition("=") for entry in _section(answer).get("table", answer.frame.columns)]
    shared = unit(answer)
    return tuple(
        Column(
            name=column,
            heading=words.label("column", heading or column),
            unit=shared if column in _UNIT_COLUMNS else Unit(_kind(heading or column), shared.zero),
            is_numeric=_is_numeric(answer.frame[column]),
            values=tuple(_in_words(answer, column)),
        )
        for column, _, heading in chosen
    )


def table(answer: Answer) -> Table:
    """The figure as words in rows."""
    shown = columns(answer)
    cells = [[write(value, column.unit) for value in column.values] for column in shown]
    return Table(
        headings=tuple(column.heading for column in shown),
        rows=tuple(zip(*cells, strict=True)),
        numeric=tuple(column.is_numeric for column in shown),
    )


def unit(answer: Answer) -> Unit:
    """The unit of an answer's values."""
    return Unit(str(answer.facts.get("unit", "count")), str(answer.facts.get("zero", "0")))


def write(value: Any, unit: Unit) -> str:
    """One value in words."""
    if isinstance(value, bool) or type(value).__name__ == "bool":
        return words.say("frame", "yes" if value else "no")
    if isinstance(value, str):
        return value
    if value is None or value is pd.NA or value is pd.NaT or (isinstance(value, float) and math.isnan(value)):
        return words.say("frame", "missing_value")
    if isinstance(value, (pd.Timestamp, date)):
        return day_label(value)
    if isinstance(value, (list, tuple)):
        return ", ".join(write(one, unit) for one in value)
    return number(float(value), unit)


def number(value: float, unit: Unit) -> str:
    """A number as people read it: `1,234`, `12.3%`, `0.81`, a protected 0 as `0 to 4`. A minus sign is a minus sign."""
    if unit == "count" and value == 0:
        return unit.zero
    if unit == "percent":
        text = f"{value:,.1f}%"
    elif unit == "year":
        text = f"{value:.0f}"
    elif unit == "weeks":
        text = words.count("week", round(value))
    elif unit in ("per_1000", "ratio"):
        text = f"{value:,.2f}"
    else:
        text = f"{value:,.0f}" if float(value).is_integer() else f"{value:,.1f}"
    return text.replace("-", "−")


def _in_words(answer: Answer, column: str) -> Iterable[Any]:
    """A column of codes whose labels carry the column's own name (`signal`) is written in words."""
    labels = words.labels().get(column, {})
    return [labels.get(value, value) if isinstance(value, str) else value for value in answer.frame[column]]


def _kind(column: str) -> str:
    if column.endswith("_pct"):
        return "percent"
    if column.endswith("_per_1000"):
        return "per_1000"
    if column == "population_year":
        return "year"
    return "ratio" if column.endswith("_ratio") else "count"


def _is_numeric(values: pd.Series) -> bool:
    return pd.api.types.is_numeric_dtype(values) and not pd.api.types.is_bool_dtype(values)


def _section(answer: Answer) -> Mapping[str, Any]:
    module, function = answer.question.split(".")
    try:
        return words.page_text(module)[function]
    except KeyError as missing:
        raise ConfigError(
            f"there are no words for {answer.question}.",
            where=f"config/text/{module}.toml",
            meaning="The figure cannot be shown without them.",
            action=f"Add a table [{function}] with subtitle, alt, table and headline to that file.",
        ) from missing


def _say(answer: Answer, *keys: str) -> str:
    module, function = answer.question.split(".")
    return words.say(module, function, *keys, **_facts(answer))


def _facts(answer: Answer) -> dict[str, Any]:
    return {"base": answer.build.base, **answer.facts}
