"""Figures as sheets of a workbook: tidy, marked, numbers as numbers. Imports nothing of Streamlit, so papers share it.

After the Government Analysis Function's guidance on releasing statistics in spreadsheets: one table on a sheet, marked
as a table, under lines in column A that say what it is; no merged cell, no hidden row, no empty cell, nothing said by
colour; a value that is missing is a shorthand the workbook explains. Words: config/text/workbook.toml.
"""

from __future__ import annotations

import io
import math
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import UTC, date
from typing import TYPE_CHECKING, Any

import pandas as pd

from core import words
from core.model import Answer, Build, Selection
from ui import captions, theme

if TYPE_CHECKING:
    from xlsxwriter.format import Format
    from xlsxwriter.worksheet import Worksheet

MIME = "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet"
MISSING = "[x]"
"""Stands where a value is not available."""
EMPTY = "[z]"
"""Stands where there is nothing to say."""
TEXT = "text"

_LONGEST = 32_767  # the most a cell can hold
_LINE = 15.0  # the height of a line of a cell, in points
_WIDEST = 60  # characters in a column of a table
_PAGE = 110  # characters in a column of nothing but lines
_RUN = ("=", "+", "-", "@", "\t", "\r")
_NUMBER_FORMATS = {
    "count": "#,##0", "percent": '#,##0.0"%"', "per_1000": "#,##0.00", "ratio": "#,##0.00", "weeks": "0", "year": "0",
    "part": "#,##0.0", "date": "d mmmm yyyy",
}  # fmt: skip
_LOOK: dict[str, dict[str, Any]] = {
    "title": {"bold": True, "font_size": 15, "font_color": theme.DATA},
    "line": {},
    "link": {"font_color": theme.DATA, "underline": True, "valign": "top"},
    "paragraph": {"text_wrap": True, "valign": "top"},
    "heading": {"bold": True, "bottom": 2, "text_wrap": True, "valign": "top"},
    "heading_number": {"bold": True, "bottom": 2, "text_wrap": True, "valign": "top", "align": "right", "indent": 1},
    TEXT: {"text_wrap": True, "valign": "top"},
    # Words in a column of numbers, such as a shorthand, stand where its numbers do.
    "aside": {"text_wrap": True, "valign": "top", "align": "right", "indent": 1},
    **{
        kind: {"num_format": told, "valign": "top", "align": "right", "indent": 1}
        for kind, told in _NUMBER_FORMATS.items()
    },
}
# A cell that begins like a formula stays text even after somebody has edited it.
_LOOK |= {
    f"quoted_{kind}": _LOOK[kind] | {"quote_prefix": True} for kind in ("title", "line", "paragraph", "aside", TEXT)
}


@dataclass(frozen=True)
class Cell:
    """One cell: its value (a number, a date or a text), the kind of format it wears, and the sheet it links to."""

    value: float | date | str
    kind: str = TEXT
    link: str = ""


@dataclass(frozen=True)
class Grid:
    """A table as it will stand on a sheet: its name in the workbook, its headings and its rows."""

    name: str
    headings: tuple[str, ...]
    rows: tuple[tuple[Cell, ...], ...]


def say(*keys: str, **facts: Any) -> str:
    """The words of a workbook."""
    return words.say("workbook", *keys, **facts)


def grid(answer: Answer) -> Grid:
    """The figure's table with the values of its frame: what is a number there is a number here."""
    shown = captions.columns(answer)
    cells = [_said(answer, column) or [cell(value, column.unit) for value in column.values] for column in shown]
    return Grid(
        name=captions.anchor(answer),
        headings=tuple(column.heading for column in shown),
        rows=tuple(zip(*cells, strict=True)),
    )


def cell(value: Any, unit: captions.Unit) -> Cell:
    """One value as a cell. A protected count of 0 is the range it hides, which is words."""
    if isinstance(value, (str, list, tuple)) or type(value).__name__ in ("bool", "bool_"):
        return Cell(captions.write(value, unit) or EMPTY)
    if value is None or pd.isna(value):
        return Cell(MISSING)
    if isinstance(value, (pd.Timestamp, date)):
        return Cell(date(value.year, value.month, value.day), "date")
    number = float(value)
    if unit == "count" and number == 0 and unit.zero != "0":
        return Cell(unit.zero)
    return Cell(number, "part" if unit == "count" and not number.is_integer() else str(unit))


def _said(answer: Answer, column: captions.Column) -> list[Cell]:
    """The numbers behind a column that tells them in words (`value_said` tells `value`), by the unit of each row."""
    number = column.name.removesuffix("_said")
    if number == column.name or not {number, "unit", "zero"} <= set(answer.frame):
        return []
    rows = answer.frame[[number, "unit", "zero"]].itertuples(index=False)
    return [cell(value, captions.Unit(unit, zero)) for value, unit, zero in rows]


def of_figure(answer: Answer) -> bytes:
    """One figure as a workbook of one sheet, with its notes written out on it."""
    book = Book(captions.headline(answer), answer.selection, answer.build)
    notes = [say("note", said=note) for note in (*captions.marks(answer), *captions.notes(answer))]
    book.figure(say("figure"), answer, [*notes, shorthand()])
    return book.content()


def shorthand() -> str:
    """What the shorthand means, as one line."""
    return say("shorthand", missing=MISSING, empty=EMPTY, missing_is=say("missing"), empty_is=say("empty"))


class Book:
    """A workbook in the making: the same answers give the same bytes, whenever it is made."""

    def __init__(self, title: str, chosen: Selection, build: Build) -> None:
        # Imported when the first workbook is asked for: no page should wait for it.
        import xlsxwriter

        self._file = io.BytesIO()
        self._build = build
        refuse = dict.fromkeys(("strings_to_formulas", "strings_to_numbers", "strings_to_urls"), False)
        self._book = xlsxwriter.Workbook(self._file, {"in_memory": True, **refuse})
        self._book.set_properties(
            {
                "title": title,
                "subject": f"{words.label('area', chosen.area)}, {chosen.quarter}",
                "author": words.say("frame", "product"),
                "category": build.marking,
                "comments": captions.marking(build),
                "created": _moment(build),
            }
        )
        self._book.set_custom_property("Language", "en-GB")
        self._look: dict[str, Format] = {name: self._book.add_format(kind) for name, kind in _LOOK.items()}

    def figure(self, name: str, answer: Answer, notes: Iterable[str]) -> None:
        """A sheet for one answer: its words and its table."""
        self.sheet(name, captions.headline(answer), [*about(answer), *notes], grid(answer))

    def sheet(self, name: str, title: str, lines: Iterable[str], table: Grid | None) -> None:
        """A sheet: its title and its lines in column A, and under them the table, if there is anything in it."""
        page = self._book.add_worksheet(name)
        self._write(page, 0, 0, Cell(title, "title"))
        is_listed = table is not None and table.rows
        last = [] if table is None else [say("one_table" if is_listed else "nothing")]
        told = [captions.marking(self._build), *lines, *last]
        if table is None:
            page.set_column(0, 0, _PAGE)
        for row, line in enumerate(told, start=1):
            self._write(page, row, 0, Cell(line, "line" if table else "paragraph"))
            if table is None:
                page.set_row(row, _LINE * _lines(line, _PAGE))
        if table is not None and is_listed:
            self._table(page, len(told) + 1, table)
        page.set_landscape()
        page.set_paper(9)
        page.fit_to_pages(1, 0)
        # An ampersand begins a command in a footer, so it is doubled.
        page.set_footer("&L" + captions.marking(self._build).replace("&", "&&") + "&R&P / &N")

    def content(self) -> bytes:
        """The finished workbook; nothing can be added after."""
        self._book.close()
        return self._file.getvalue()

    def _table(self, page: Worksheet, first: int, table: Grid) -> None:
        are_numbers = [
            any(not isinstance(row[at].value, str) for row in table.rows) for at in range(len(table.headings))
        ]
        looks = ["heading_number" if is_number else "heading" for is_number in are_numbers]
        page.add_table(
            first, 0, first + len(table.rows), len(table.headings) - 1,
            {
                "name": table.name,
                "columns": [
                    {"header": heading, "header_format": self._look[look]}
                    for heading, look in zip(table.headings, looks, strict=True)
                ],
                "style": None,
                "autofilter": False,
            },
        )  # fmt: skip
        widths = [
            # A heading takes two lines, in bold letters, which are wider.
            min(_WIDEST, 2 + max([9, math.ceil(0.7 * len(heading)), *(_width(row[at]) for row in table.rows)]))
            for at, heading in enumerate(table.headings)
        ]
        for at, width in enumerate(widths):
            page.set_column(at, at, width)
        headings = tuple(Cell(heading) for heading in table.headings)
        for number, row in enumerate((headings, *table.rows), start=first):
            # Told outright, because not every program fits the height of a row to what is wrapped in it.
            page.set_row(number, _LINE * max(_cell_lines(one, width) for one, width in zip(row, widths, strict=True)))
        page.repeat_rows(first)  # on paper; on a screen a table's headings stay in sight of themselves
        for number, row in enumerate(table.rows, start=first + 1):
            for at, one in enumerate(row):
                is_aside = are_numbers[at] and isinstance(one.value, str) and not one.link
                self._write(page, number, at, Cell(one.value, "aside") if is_aside else one)

    def _write(self, page: Worksheet, row: int, at: int, one: Cell) -> None:
        value = one.value
        if isinstance(value, date):
            page.write_datetime(row, at, value, self._look[one.kind])
        elif not isinstance(value, str):
            page.write_number(row, at, value, self._look[one.kind])
        elif one.link:
            page.write_url(row, at, f"internal:'{one.link}'!A1", self._look["link"], value)
        else:
            kind = f"quoted_{one.kind}" if value.startswith(_RUN) else one.kind
            page.write_string(row, at, value[:_LONGEST], self._look[kind])


def about(answer: Answer) -> list[str]:
    """The lines that say what a figure is of and where it comes from."""
    return [
        captions.subtitle(answer),
        say("area", said=captions.area(answer)),
        say("period", said=captions.period(answer)),
        say("date_basis", said=captions.date_basis(answer)),
        captions.source(answer),
    ]


def facts(*columns: Sequence[str]) -> tuple[tuple[Cell, ...], ...]:
    """Rows of plain text."""
    return tuple(tuple(Cell(value or EMPTY) for value in row) for row in columns)


def _lines(value: object, width: int) -> int:
    """How many lines a value takes in a column; words that break early make a line shorter than it could be."""
    lines = str(value).split("\n")
    return sum(1 if len(line) < width else math.ceil(len(line) * 1.15 / width) for line in lines)


def _cell_lines(one: Cell, width: int) -> int:
    """How many lines a cell takes: a number, however many digits it is kept with, is one."""
    return _lines(one.value, width) if isinstance(one.value, str) else 1


def _width(one: Cell) -> int:
    if isinstance(one.value, str):
        return max(len(line) for line in one.value.splitlines() or [""])
    return 17 if one.kind == "date" else len(f"{one.value:,.2f}")


def _moment(build: Build) -> Any:
    """When the build was published: the day the figures are of, so that a workbook made again is the same."""
    moment = build.published_at
    return moment.astimezone(UTC).replace(tzinfo=None) if moment.tzinfo else moment
