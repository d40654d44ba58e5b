"""Native, editable charts of answers: each draws the columns of one answer and nothing else.

A value that is missing is a gap with its words beside the label, never a bar of nothing; a protected count of 0 says
the range it hides. Bars are told apart in greyscale: dark, light, hatched.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from typing import Any

import pandas as pd
from pptx.chart.chart import Chart
from pptx.chart.data import CategoryChartData
from pptx.chart.xlsx import CategoryWorkbookWriter
from pptx.dml.fill import FillFormat
from pptx.enum.chart import (
    XL_CHART_TYPE,
    XL_LABEL_POSITION,
    XL_LEGEND_POSITION,
    XL_MARKER_STYLE,
    XL_TICK_LABEL_POSITION,
)
from pptx.enum.dml import MSO_LINE, MSO_PATTERN
from pptx.enum.lang import MSO_LANGUAGE_ID
from pptx.oxml import parse_xml
from pptx.oxml.ns import nsdecls, qn
from pptx.util import Pt
from xlsxwriter import Workbook

from core import words
from core.model import MEASURES, Answer
from papers.slides import TEXT_SIZE, describe, rgb
from ui import captions, theme

Draw = Callable[[Any, Answer], None]
"""Puts a chart of an answer in a placeholder."""


class _Behind(CategoryWorkbookWriter):
    """The workbook behind a chart, in which words are words: no label begins a formula or a link."""

    @contextmanager
    def _open_worksheet(self, xlsx_file: Any) -> Iterator[tuple[Any, Any]]:
        refuse = dict.fromkeys(("strings_to_formulas", "strings_to_numbers", "strings_to_urls"), False)
        book = Workbook(xlsx_file, {"in_memory": True, **refuse})
        yield book, book.add_worksheet()
        book.close()


class _Data(CategoryChartData):
    @property
    def _workbook_writer(self) -> _Behind:
        return _Behind(self)


FORMATS = {
    "count": "#,##0", "percent": '#,##0.0"%"', "per_1000": "0.00", "ratio": "0.00", "weeks": "0",
}  # fmt: skip
_MONTH = "mmm yyyy"
_STEPS = (1, 3, 12, 24, 60)  # months from label to label along an axis of time
_MOST_LABELS = 9  # along it
_SMALLEST_SHARE = 0.08  # of the longest stack: in less its number cannot stand
_DARK_STEPS = 3
_MOST_BARS = 9  # with room between them for their numbers


def trend(holder: Any, answer: Answer) -> None:
    """A line over time, a series for each stretch recorded alike, with its usual range.

    The axis is one of dates: labels of words are all shown, and turned, by programs that do not skip any.

    Columns: starts_on, label, value; optional segment, lower, upper. facts: unit, measure_label.
    """
    frame = answer.frame
    unit = captions.unit(answer)
    data = _Data(number_format=FORMATS[unit])
    data.categories = [day.date() for day in frame["starts_on"]]
    data.categories.number_format = _MONTH
    headings = {column.name: column.heading for column in captions.columns(answer)}
    stretches = list(dict.fromkeys(frame["segment"])) if "segment" in frame else [0]
    drawn: list[tuple[str, Any]] = []
    for column in ("value", "lower", "upper"):
        for stretch in stretches:
            inside = frame["segment"] == stretch if "segment" in frame else pd.Series(True, frame.index)
            values = _numbers(frame[column].where(inside)) if column in frame else []
            if not any(value is not None for value in values):
                continue
            name = str(answer.facts["measure_label"]) if column == "value" else headings.get(column, column)
            if len(stretches) > 1:
                span = frame.loc[inside, "label"]
                name = words.say("pack", "stretch", name=name, first=span.iloc[0], last=span.iloc[-1])
            data.add_series(name, values)
            drawn.append((column, values))
    chart = _insert(holder, XL_CHART_TYPE.LINE, data, answer)
    ranged = [at for at, (column, _) in enumerate(drawn) if column != "value"]
    _key(chart, is_shown=bool(ranged))
    _leave_out(chart, [at for at in range(len(drawn)) if at not in ranged])
    for line, (column, values) in zip(chart.plots[0].series, drawn, strict=True):
        is_value = column == "value"
        line.smooth = False
        line.marker.style = XL_MARKER_STYLE.NONE
        line.format.line.color.rgb = rgb(theme.DATA if is_value else theme.CONTEXT)
        line.format.line.width = Pt(3 if is_value else 1.75)
        if not is_value:
            line.format.line.dash_style = MSO_LINE.DASH
            continue
        if sum(value is not None for value in values) == 1:  # a line of one period would not be seen
            _dot(line.points[next(at for at, value in enumerate(values) if value is not None)])
        at = max(at for at, value in enumerate(values) if value is not None)
        if at == len(frame) - 1 or len(stretches) == 1:
            _dot(line.points[at])
            _label(line.points[at], values[at], unit, XL_LABEL_POSITION.ABOVE)
    _time_axis(chart, frame["starts_on"])
    axis = chart.value_axis
    axis.minimum_scale = 0
    axis.tick_labels.number_format, axis.tick_labels.number_format_is_linked = FORMATS[unit], False
    axis.major_gridlines.format.line.color.rgb = rgb(theme.RULE)
    axis.format.line.fill.background()


def bars(holder: Any, answer: Answer) -> None:
    """Horizontal bars from zero in the order given, each with its number, and its interval where it has one.

    Columns: label, value; optional series (grouped bars), low, high, highlight, is_immature, text (words in place of a
    missing value). facts: unit.
    """
    frame = answer.frame
    unit = captions.unit(answer)
    groups = list(dict.fromkeys(frame["series"])) if "series" in frame else [""]
    labels = list(dict.fromkeys(frame["label"]))
    rows = {(str(row["label"]), str(row.get("series", ""))): row for row in records(answer)}
    values = {name: [_of(rows.get((label, name)), "value") for label in labels] for name in groups}
    instead = {key: _words(row, unit) for key, row in rows.items()}
    chart = _clustered(holder, answer, labels, values, instead, unit)
    for position, (series, name) in enumerate(zip(chart.plots[0].series, groups, strict=True)):
        for at, label in enumerate(labels):
            row: dict[str, Any] = rows.get((label, name), {})
            if values[name][at] is None or instead.get((label, name)):
                continue
            point = series.points[at]
            if row.get("highlight") is True or row.get("is_immature") is True:
                colour = theme.ACCENT if row.get("highlight") is True else theme.CONTEXT
                point.format.fill.solid()
                point.format.fill.fore_color.rgb = rgb(colour)
            low, high = _of(row, "low"), _of(row, "high")
            if len(groups) == 1 and low is not None and high is not None:
                told = [captions.number(number, unit) for number in (row["value"], low, high)]
                text = words.say("pack", "interval", value=told[0], low=told[1], high=told[2])
                _tell(point.data_label, text, XL_LABEL_POSITION.OUTSIDE_END)
        _paint(series.format.fill, position)


def measures(holder: Any, answer: Answer, alt: str) -> None:
    """The three measures, each beside the same quarter a year before; `alt` says which, for the answer has more.

    Columns: those of `queries.quarter.tiles`.
    """
    rows = [row for row in records(answer) if row["tile_code"] in MEASURES]
    named = {"value": words.label("column", "this_quarter"), "before": words.label("column", "same_quarter_before")}
    labels = [str(row["label"]) for row in rows]
    values = {name: [_of(row, column) for row in rows] for column, name in named.items()}
    instead = {
        (str(row["label"]), name): _words({"value": row[column]}, captions.Unit(row["unit"], row["zero"]))
        for row in rows
        for column, name in named.items()
    }
    chart = _clustered(holder, answer, labels, values, instead, captions.Unit("count"), alt)
    for colour, series in zip((theme.DATA, theme.CONTEXT_LIGHT), chart.plots[0].series, strict=True):
        series.format.fill.solid()
        series.format.fill.fore_color.rgb = rgb(colour)


def statuses(holder: Any, answer: Answer) -> None:
    """How many outcomes have each status: word, shape and colour.

    Columns: those of `queries.plan.summary`.
    """
    rows = records(answer)
    marks = [theme.STATUS_MARKS["grey" if row["status_code"] == "overdue" else row["status_code"]] for row in rows]
    labels = [f"{mark.shape} {row['label']}" for mark, row in zip(marks, rows, strict=True)]
    chart = _clustered(
        holder, answer, labels, {words.label("column", "outcomes"): [float(row["value"]) for row in rows]},
        {}, captions.Unit("count"),
    )  # fmt: skip
    for at, mark in enumerate(marks):
        fill = chart.plots[0].series[0].points[at].format
        fill.fill.solid()
        fill.fill.fore_color.rgb = rgb(mark.fill)
        fill.line.color.rgb = rgb(mark.border)


def stacked(holder: Any, answer: Answer) -> None:
    """Horizontal bars cut into parts in one order, dark to light, the last hatched; what is not finished is grey.

    Columns: label, part, value; optional is_immature. facts: unit.
    """
    frame = answer.frame
    unit = captions.unit(answer)
    labels = list(dict.fromkeys(frame["label"]))
    parts = list(dict.fromkeys(frame["part"]))
    at = frame.set_index(["label", "part"])["value"]
    data = _Data(number_format=FORMATS[unit])
    data.categories = labels
    for part in parts:
        data.add_series(part, [float(at[label, part]) for label in labels])
    chart = _insert(holder, XL_CHART_TYPE.BAR_STACKED, data, answer)
    _key(chart, is_shown=True, is_beside=True)
    chart.plots[0].gap_width = 35
    longest = float(frame.groupby("label")["value"].sum().max())
    young = set(frame.loc[frame["is_immature"].astype(bool), "label"]) if "is_immature" in frame else set()
    for step, series in enumerate(chart.plots[0].series):
        _step(series.format, step, is_grey=False)
        ink = theme.PAPER if step < _DARK_STEPS else theme.INK
        told = series.data_labels
        told.show_value = True
        # Too small a part has no room for its number; it is in the data behind the chart.
        told.number_format = f'[>={max(1, round(_SMALLEST_SHARE * longest))}]#,##0;""'
        told.number_format_is_linked = False
        told.font.size, told.font.color.rgb = Pt(TEXT_SIZE), rgb(ink)
        for place, label in enumerate(labels):
            if label in young:
                _step(series.points[place].format, step, is_grey=True)
    _label_axis(chart)


def _clustered(
    holder: Any, answer: Answer, labels: Sequence[str], values: Mapping[str, list[float | None]],
    instead: Mapping[tuple[str, str], str], unit: captions.Unit, alt: str = "",
) -> Chart:  # fmt: skip
    """Bars side by side. What has words in place of a number has them beside its label, and no bar."""
    data = _Data(number_format=FORMATS[unit])
    data.categories = [_labelled(label, {name: instead.get((label, name), "") for name in values}) for label in labels]
    for name, numbers in values.items():
        kept = [None if instead.get((label, name)) else one for label, one in zip(labels, numbers, strict=True)]
        data.add_series(name or str(answer.facts["measure_label"]), kept)
    chart = _insert(holder, XL_CHART_TYPE.BAR_CLUSTERED, data, answer, alt)
    is_full = len(labels) * len(values) > _MOST_BARS
    _key(chart, is_shown=len(values) > 1, is_beside=is_full)
    plot = chart.plots[0]
    plot.gap_width = 20 if is_full else 45
    plot.overlap = 0
    plot.has_data_labels = True
    told = plot.data_labels
    told.show_value = True
    told.number_format, told.number_format_is_linked = FORMATS[unit], False
    told.position = XL_LABEL_POSITION.OUTSIDE_END
    told.font.size, told.font.color.rgb = Pt(TEXT_SIZE), rgb(theme.INK)
    _label_axis(chart)
    # Room for the words beyond the longest bar.
    longest = max((one for numbers in values.values() for one in numbers if one is not None), default=0)
    chart.value_axis.maximum_scale = (longest or 1) * 1.3
    return chart


def _labelled(label: str, instead: Mapping[str, str]) -> str:
    told = [
        words.say("pack", "of_series", series=name, words=said) if name and len(instead) > 1 else said
        for name, said in instead.items()
        if said
    ]
    return words.say("pack", "in_place", label=label, words="; ".join(told)) if told else label


def _words(row: Mapping[str, Any], unit: captions.Unit) -> str:
    """What stands in place of a value; empty where its number does."""
    value = _of(row, "value")
    if value is None:
        return str(row.get("text") or words.say("frame", "missing_value"))
    if value or unit.zero == "0":
        return ""
    if unit == "count":
        return unit.zero
    # A rate of a protected 0 is no more nothing than the count it was worked out from.
    return words.say("pack", "of_reports", reports=unit.zero) if _of(row, "reports") == 0 else ""


def _insert(holder: Any, kind: XL_CHART_TYPE, data: CategoryChartData, answer: Answer, alt: str = "") -> Chart:
    frame = holder.insert_chart(kind, data)
    describe(frame, alt or captions.alt(answer))
    chart = frame.chart
    chart.has_title = False
    chart.font.size, chart.font.name = Pt(TEXT_SIZE), "Arial"
    chart.font.color.rgb = rgb(theme.INK)
    return chart


def _key(chart: Chart, *, is_shown: bool, is_beside: bool = False) -> None:
    """The key under the chart, or beside it where the bars need all the height there is."""
    chart.has_legend = is_shown
    if is_shown:
        chart.legend.position = XL_LEGEND_POSITION.RIGHT if is_beside else XL_LEGEND_POSITION.BOTTOM
        chart.legend.include_in_layout = False
        chart.legend.font.size = Pt(TEXT_SIZE)


def _leave_out(chart: Chart, series: Sequence[int]) -> None:
    """Take from the key what the subtitle names: the line itself, in as many stretches as it has."""
    for place in chart._chartSpace.xpath(".//c:legend/c:legendPos"):
        for at in reversed(series):
            place.addnext(
                parse_xml(f'<c:legendEntry {nsdecls("c")}><c:idx val="{at}"/><c:delete val="1"/></c:legendEntry>')
            )


def _label_axis(chart: Chart) -> None:
    """The first label on top, as in the table; the numbers stand on the bars, so they need no axis."""
    chart.category_axis.reverse_order = True
    _skip(chart.category_axis, 1)
    chart.category_axis.has_major_gridlines = False
    chart.category_axis.format.line.color.rgb = rgb(theme.CONTEXT)
    chart.category_axis.tick_label_position = XL_TICK_LABEL_POSITION.LOW
    chart.value_axis.minimum_scale = 0
    chart.value_axis.has_major_gridlines = False
    chart.value_axis.visible = False


def _time_axis(chart: Chart, days: pd.Series) -> None:
    axis = chart.category_axis
    axis.format.line.color.rgb = rgb(theme.CONTEXT)
    axis.tick_labels.number_format, axis.tick_labels.number_format_is_linked = _MONTH, False
    months = 12 * (days.max().year - days.min().year) + days.max().month - days.min().month
    step = next((step for step in _STEPS if months < step * _MOST_LABELS), _STEPS[-1])
    base = axis._element.find(qn("c:baseTimeUnit"))
    base.set("val", "months")
    for name, value in (("majorTimeUnit", "months"), ("majorUnit", step)):
        base.addnext(parse_xml(f'<c:{name} {nsdecls("c")} val="{value}"/>'))


def _skip(axis: Any, step: int) -> None:
    """A label and a tick for every so many categories."""
    last = axis._element.find(qn("c:noMultiLvlLbl"))
    for name in ("tickLblSkip", "tickMarkSkip"):
        last.addprevious(parse_xml(f'<c:{name} {nsdecls("c")} val="{step}"/>'))


def _step(look: Any, step: int, *, is_grey: bool) -> None:
    """The fill of one part of a stacked bar, as on the screen."""
    ladder = (theme.GREYS if is_grey else theme.SEQUENTIAL)[::-1]
    if step < len(ladder):
        look.fill.solid()
        look.fill.fore_color.rgb = rgb(ladder[step])
    else:
        _hatch(look.fill, theme.CONTEXT)
    look.line.color.rgb = rgb(theme.PAPER if step < len(ladder) else theme.CONTEXT)


def _paint(fill: FillFormat, position: int) -> None:
    """A series of bars: dark, then light, then hatched."""
    colour = theme.CATEGORICAL[position % len(theme.CATEGORICAL)]
    if position > 1:
        _hatch(fill, colour)
    else:
        fill.solid()
        fill.fore_color.rgb = rgb(colour)


def _hatch(fill: FillFormat, colour: str) -> None:
    fill.patterned()
    fill.pattern = MSO_PATTERN.WIDE_UPWARD_DIAGONAL
    fill.fore_color.rgb = rgb(colour)
    fill.back_color.rgb = rgb(theme.PAPER)


def _dot(point: Any) -> None:
    point.marker.style, point.marker.size = XL_MARKER_STYLE.CIRCLE, 9
    point.marker.format.fill.solid()
    point.marker.format.fill.fore_color.rgb = rgb(theme.DATA)
    point.marker.format.line.color.rgb = rgb(theme.DATA)


def _label(point: Any, value: float, unit: captions.Unit, position: Any) -> None:
    _tell(point.data_label, captions.number(value, unit), position)


def _tell(label: Any, text: str, position: Any) -> None:
    frame = label.text_frame
    frame.text = text
    frame.word_wrap = False
    label.position = position
    frame.paragraphs[0].runs[0].font.size = Pt(TEXT_SIZE)
    frame.paragraphs[0].runs[0].font.color.rgb = rgb(theme.INK)
    frame.paragraphs[0].runs[0].font.language_id = MSO_LANGUAGE_ID.ENGLISH_UK


def records(answer: Answer) -> list[dict[str, Any]]:
    """The rows of an answer by column; none of a withheld one."""
    return [{str(name): value for name, value in row.items()} for row in answer.frame.to_dict("records")]


def _of(row: Mapping[str, Any] | None, column: str) -> float | None:
    value = None if row is None else row.get(column)
    return None if value is None or pd.isna(value) else float(value)


def _numbers(values: pd.Series) -> list[float | None]:
    return [None if pd.isna(value) else float(value) for value in values]
