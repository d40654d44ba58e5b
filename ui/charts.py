"""Figures: each function draws the columns of one answer and nothing else. Imports nothing of Streamlit.

Columns are named in each docstring. NaN is never drawn as zero. Left margins are set, not guessed, so that the words
put round a downloaded picture (`picture`) line up with it.
"""

from __future__ import annotations

import math
import textwrap
from collections.abc import Iterable, Mapping, Sequence
from functools import lru_cache
from html import escape
from typing import Any
from urllib.parse import quote

import pandas as pd
import plotly.graph_objects as go

from core import words
from core.model import Answer
from ui import captions, theme

LABEL_WRAP = 22
_TEXT = 15
_SMALL = 13
_DASHED = "6px,4px"
_LETTER_ROW = 16
_MOST_LABELLED = 8
_LINE = 19
_END_WRAP = 13  # letters of a line's number and name that fit beside it
# Never rounded: a tick at 0.2 that reads 0 puts three zeros on one axis.
_AS_IT_IS = ",~r"
_COUNTED_SINGLY = 5  # counts up to here get a tick each: there is no half a report
_SUFFIXES = {"percent": "%"}
_ROOM_FOR_A_NUMBER = 0.1  # of the longest bar: on a telephone three digits need so much
_STACK_WRAP = 14
_DARK_STEPS = 3  # of a ladder of five, those on which white can be read


def series(answer: Answer) -> go.Figure:
    """A line over time, broken between segments, with its usual range, signals and marks.

    Columns: starts_on, label, value; optional centre, lower, upper, signal, segment, is_provisional, is_immature (drawn
    grey and hollow, and never the value at the line's end), series_code.
    facts: unit, marks (list of on, to, title, kind), series_kind (the label table that names series_code).
    """
    frame = answer.frame
    unit = captions.unit(answer)
    lines = list(_lines(answer))
    many = len(lines) > 1
    data: list[dict[str, Any]] = []
    annotations: list[dict[str, Any]] = []
    for position, (name, rows) in enumerate(lines):
        colour = theme.CATEGORICAL[position % len(theme.CATEGORICAL)] if many else theme.DATA
        data += _range_traces(rows) + _line_traces(rows, name, colour, unit) + _signal_traces(rows, unit)
        annotations += _end_label(rows, name, colour, unit)
    data.sort(key=lambda trace: trace["meta"])
    shapes, lettered = _marks(answer.facts.get("marks", ()), frame["starts_on"])
    rows_of_letters = 1 + max((letter["yshift"] for letter in lettered), default=0) // _LETTER_ROW
    top = frame[[column for column in ("value", "upper") if column in frame]].max().max()
    return _figure(
        data,
        height=400,
        margin={"l": 52, "r": 130 if many else 62, "t": 20 + _LETTER_ROW * rows_of_letters, "b": 52},
        shapes=shapes,
        annotations=annotations + lettered,
        hovermode="closest",
        xaxis=_time_axis(frame["starts_on"], is_narrow=many),
        yaxis=_value_axis(unit)
        | {"range": [0, (top if top and top > 0 else 1) * 1.12]}
        | ({"dtick": 1} if unit == "count" and top <= _COUNTED_SINGLY else {}),
    )


def bars(answer: Answer) -> go.Figure:
    """Horizontal bars from zero, sorted as given, with their values written on them.

    Columns: label, value; optional low, high (interval), highlight (bool), is_immature (bool: grey), series (grouped
    bars), text (words that stand in place of a value that is NaN). facts: unit, reference (a dashed line to read the
    bars against, such as a target).
    """
    frame = answer.frame
    reference = answer.facts.get("reference")
    unit = captions.unit(answer)
    labels = [_wrapped(label) for label in dict.fromkeys(frame["label"])]
    groups = list(frame.groupby("series", sort=False)) if "series" in frame else [(None, frame)]
    ends = frame[[column for column in ("value", "high") if column in frame]].max().max()
    ends = ends if reference is None else max(ends, float(reference))
    data: list[dict[str, Any]] = []
    for position, (name, rows) in enumerate(groups):
        colours = _bar_colours(rows, theme.CATEGORICAL[position % 6] if name is not None else theme.DATA)
        bar: dict[str, Any] = {
            "type": "bar",
            "orientation": "h",
            "name": name or "",
            "showlegend": len(groups) > 1,  # one alone is told by the subtitle
            "y": [_wrapped(label) for label in rows["label"]],
            "x": _numbers(rows["value"]),
            "marker": {"color": colours},
            "text": _bar_texts(rows, unit),
            "textposition": "outside",
            "constraintext": "none",
            "textfont": {"size": _TEXT, "color": theme.INK},
            "cliponaxis": False,
            "hoverinfo": "skip",
        }
        if "low" in rows and rows["low"].notna().any():
            bar |= {"error_x": _interval(rows), "textposition": "none"}
            data += [bar, _beside(_interval_text(rows, unit), reference, ends)]
        else:
            data.append(bar)
    left = _label_width(labels)
    bottom = frame[[column for column in ("value", "low") if column in frame]].min().min()
    return _figure(
        data,
        height=_rows_height(labels, 15 + 22 * (len(groups) - 1), 46 + (30 if len(groups) > 1 else 0)),
        margin={"l": left, "r": 12, "t": 34 if len(groups) > 1 else 6, "b": 34},
        barmode="group",
        hovermode=False,
        legend={"orientation": "h", "x": 0, "y": 1, "xanchor": "left", "yanchor": "bottom", "traceorder": "normal"},
        shapes=[] if reference is None else [_vertical(float(reference), theme.INK, _DASHED) | {"layer": "above"}],
        xaxis=_along(unit) | {"range": [min(0, bottom * 1.15 if bottom == bottom else 0), _beyond(ends, 1.28)]},
        yaxis=_label_axis(labels),
    )


def stacked(answer: Answer) -> go.Figure:
    """Horizontal bars cut into parts in one order, dark to light; a bar that is not finished is grey.

    Each part's number is written in it where there is room, and the whole at the bar's end. Parts lie beside each other
    in the order of the key, and the last of more parts than there are steps is hatched: told apart in greyscale too.

    Columns: label, part, value; optional is_immature (bool). facts: unit.
    """
    frame = answer.frame
    unit = captions.unit(answer)
    labels = [_wrapped(label, _STACK_WRAP) for label in dict.fromkeys(frame["label"])]
    totals = frame.groupby("label", sort=False)["value"].sum()
    longest = float(totals.max()) or 1.0
    parts = list(frame.groupby("part", sort=False))
    data: list[dict[str, Any]] = []
    for step, (part, rows) in enumerate(parts):
        unfinished = _is_immature(rows)
        for is_grey, kept in ((False, rows[~unfinished]), (True, rows[unfinished])):
            if kept.empty:
                continue
            fill, ink = _step(step, is_grey=is_grey)
            data.append(
                {
                    "type": "bar",
                    "orientation": "h",
                    "name": str(part),
                    "legendgroup": str(part),
                    # The key shows the colours of finished bars, unless there is none.
                    "showlegend": not is_grey or bool(unfinished.all()),
                    "y": [_wrapped(label, _STACK_WRAP) for label in kept["label"]],
                    "x": _numbers(kept["value"]),
                    "marker": fill | {"line": {"color": theme.PAPER, "width": 1.5}},
                    "text": [
                        captions.number(float(value), unit) if value >= _ROOM_FOR_A_NUMBER * longest else ""
                        for value in kept["value"]
                    ],
                    "textposition": "inside",
                    "insidetextanchor": "middle",
                    "textangle": 0,
                    "constraintext": "none",
                    "textfont": {"size": _SMALL, "color": ink},
                    "hoverinfo": "skip",
                }
            )
    wholes = {
        "type": "scatter",
        "mode": "text",
        "y": labels,
        "x": _numbers(totals),
        "text": [f"\u2002<b>{captions.number(float(total), unit)}</b>" for total in totals],
        "textposition": "middle right",
        "textfont": {"size": _TEXT, "color": theme.INK},
        "cliponaxis": False,
        "hoverinfo": "skip",
        "showlegend": False,
    }
    key = 21 * len(parts) + 8
    return _figure(
        [*data, wholes],
        height=_rows_height(labels, 15, 40 + key),
        margin={"l": _label_width(labels), "r": 12, "t": key, "b": 34},
        barmode="stack",
        hovermode=False,
        # One under the other, because side by side they would wrap on a telephone, and over the bars.
        legend={"orientation": "v", "x": 0, "y": 1, "xanchor": "left", "yanchor": "bottom", "traceorder": "normal"},
        xaxis=_along(unit) | {"range": [0, longest * 1.28]},
        yaxis=_label_axis(labels),
    )


def intervals(answer: Answer) -> go.Figure:
    """A dot and its interval against zero (changes, differences): what cannot be compared has words, not a dot.

    Columns: label, value, low, high; optional highlight (bool), text (words in place of a value that is NaN).
    facts: unit, reference (where the line of no change stands; 0 by default).
    """
    frame = answer.frame
    unit = captions.unit(answer)
    reference = float(answer.facts.get("reference", 0))
    labels = [_wrapped(label) for label in frame["label"]]
    is_empty = bool(frame["value"].isna().all())
    dots = {
        "type": "scatter",
        "mode": "markers",
        "y": labels,
        "x": _numbers(frame["value"]),
        "error_x": _interval(frame),
        "marker": {"size": 12, "color": _bar_colours(frame, theme.DATA)},
        "hoverinfo": "skip",
        "showlegend": False,
    }
    low, high = frame["low"].min(), frame["high"].max()
    low = min(reference, low) if low == low else reference
    high = max(reference, high) if high == high else reference + 1
    room = (high - low) or 1
    texts = _interval_text(frame, unit, empty_at=low - room * 0.06)
    texts["text"] = [
        f"\u2002+{text.strip()}" if value is not None and value > reference == 0 else text
        for text, value in zip(texts["text"], _numbers(frame["value"]), strict=True)
    ]
    return _figure(
        [dots, texts],
        height=_rows_height(labels, 18, 46),
        margin={"l": _label_width(labels), "r": 12, "t": 6, "b": 34},
        hovermode=False,
        # With nothing but words there is nothing to measure: a scale would be read as one.
        shapes=[] if is_empty else [_vertical(reference, theme.INK, "solid")],
        xaxis=_along(unit)
        | {"range": [low - room * 0.08, high + room * 0.35]}
        | ({"showticklabels": False, "showgrid": False, "zeroline": False} if is_empty else {}),
        yaxis=_label_axis(labels),
    )


def multiples(answer: Answer) -> go.Figure:
    """Small multiples of one series on one scale, three to a row, each titled and with its latest value.

    Columns: panel, starts_on, value; optional lower, upper (usual range), segment, signal. facts: unit.
    """
    frame = answer.frame
    unit = captions.unit(answer)
    panels = list(frame.groupby("panel", sort=False))
    across = 3
    down = math.ceil(len(panels) / across)
    top = frame[[column for column in ("value", "upper") if column in frame]].max().max()
    value_range = [0, (top if top and top > 0 else 1) * 1.18]
    first, last = frame["starts_on"].min(), frame["starts_on"].max()
    span = last - first
    data: list[dict[str, Any]] = []
    layout: dict[str, Any] = {}
    annotations: list[dict[str, Any]] = []
    for position, (panel, rows) in enumerate(panels):
        row, column = divmod(position, across)
        axis = "" if position == 0 else str(position + 1)
        left = column / across + (0.012 if column else 0)
        upper_edge = 1 - row / down
        layout[f"xaxis{axis}"] = {
            "domain": [left, (column + 1) / across - 0.03],
            "anchor": f"y{axis}",
            "range": [first - span * 0.03, last + span * 0.06],
            "tickvals": [first, last] if row == down - 1 else [],
            "ticktext": [f"{first:%Y}", f"{last:%Y}"],
            "tickfont": {"size": _SMALL},
        }
        layout[f"yaxis{axis}"] = {
            "domain": [upper_edge - 1 / down + 0.02, upper_edge - 0.3 / down],
            "anchor": f"x{axis}",
            "range": value_range,
            "showticklabels": column == 0,
            "nticks": 3,
            "tickfont": {"size": _SMALL},
            "tickformat": _AS_IT_IS,
        }
        drawn = [*_range_traces(rows), _panel_line(rows, str(panel), unit), *_signal_traces(rows, unit, size=7)]
        for trace in drawn:
            trace |= {"xaxis": f"x{axis}", "yaxis": f"y{axis}"}
        data += drawn
        annotations.append(
            {
                "text": f"{_wrapped(str(panel), 15)}<br><b>{_latest(rows, unit)}</b>",
                "xref": "paper",
                "yref": "paper",
                "x": left,
                "y": upper_edge,
                "xanchor": "left",
                "yanchor": "top",
                "align": "left",
                "font": {"size": _SMALL},
            }
        )
    data.sort(key=lambda trace: trace["meta"])
    return _figure(
        data,
        height=max(1, down) * 172 + 20,
        margin={"l": 42, "r": 8, "t": 6, "b": 30},
        annotations=annotations,
        hovermode="closest",
        **layout,
    )


def columns(answer: Answer) -> go.Figure:
    """Upright columns in the order given (a seasonal shape, a lag): one value for each label.

    Columns: label, value; optional highlight. facts: unit, reference (a line across, such as an average of 1).
    """
    frame = answer.frame
    unit = captions.unit(answer)
    reference = answer.facts.get("reference")
    texts = _bar_texts(frame, unit)
    if len(frame) > _MOST_LABELLED:
        # More would run into one another on a telephone: the two ends are labelled, the rest are in the table.
        ends = {frame["value"].idxmax(), frame["value"].idxmin()}
        texts = [text if at in ends else "" for at, text in zip(frame.index, texts, strict=True)]
    data = [
        {
            "type": "bar",
            "x": [_wrapped(label, 12) for label in frame["label"]],
            "y": _numbers(frame["value"]),
            "marker": {"color": _bar_colours(frame, theme.DATA)},
            "text": texts,
            "textposition": "outside",
            "constraintext": "none",
            "textfont": {"size": _SMALL, "color": theme.INK},
            "cliponaxis": False,
            "hoverinfo": "skip",
        }
    ]
    shapes = []
    if reference is not None:
        shapes.append(
            _vertical(float(reference), theme.INK, _DASHED)
            | {"x0": 0, "x1": 1, "xref": "paper", "y0": float(reference), "y1": float(reference), "yref": "y"}
        )
    return _figure(
        data,
        height=330,
        margin={"l": 52, "r": 8, "t": 14, "b": 46},
        hovermode=False,
        shapes=shapes,
        xaxis={"type": "category", "tickfont": {"size": _SMALL if len(frame) <= _MOST_LABELLED else _SMALL - 2}},
        yaxis=_value_axis(unit) | {"range": [0, _beyond(frame["value"].max(), 1.15)]},
    )


def matrix(answer: Answer) -> go.Figure:
    """A grid of counts: darker is more; a cell with no value looks withheld, never zero.

    Where rows and columns name the same things they are numbered, and the columns carry only the numbers: six names
    side by side cannot be read on a telephone.

    Columns: row, column, value; optional text (words in place of a value that is NaN). facts: unit.
    """
    frame = answer.frame
    unit = captions.unit(answer)
    rows = list(dict.fromkeys(frame["row"]))
    across = list(dict.fromkeys(frame["column"]))
    place = {(row, column): at for at, (row, column) in enumerate(zip(frame["row"], frame["column"], strict=True))}
    values, texts = _numbers(frame["value"]), _bar_texts(frame, unit)
    if set(rows) == set(across):
        numbers = {name: str(at) for at, name in enumerate(rows, start=1)}
        row_labels = {name: _wrapped(f"{at} {name}") for name, at in numbers.items()}
        heads = numbers
    else:
        row_labels = {name: _wrapped(name) for name in rows}
        heads = {name: _wrapped(name, 13) for name in across}
    shown = [value for value in values if value is not None]
    middle = max(shown, default=0) / 2
    grid: list[list[float | None]] = []
    annotations: list[dict[str, Any]] = []
    for row in rows:
        line: list[float | None] = []
        for column in across:
            at = place.get((row, column))
            value = None if at is None else values[at]
            line.append(value)
            annotations.append(
                {
                    # By position: a heading that is a number would be read as one.
                    "x": across.index(column),
                    "y": rows.index(row),
                    "text": "" if at is None or row == column else texts[at],
                    "font": {
                        "size": _TEXT,
                        "color": theme.PAPER if value is not None and value > middle else theme.INK,
                    },
                }
            )
        grid.append(line)
    labels = list(row_labels.values())
    tallest = max(head.count("<br>") + 1 for head in heads.values())
    data = [
        {
            "type": "heatmap",
            "x": [heads[column] for column in across],
            "y": labels,
            "z": grid,
            "zmin": 0,
            "zmax": max(shown, default=1) or 1,
            "colorscale": [[0, "#FFFFFF"], [1, theme.DATA]],
            "showscale": False,
            "xgap": 2,
            "ygap": 2,
            "hoverinfo": "skip",
            "hoverongaps": False,
        }
    ]
    return _figure(
        data,
        height=_rows_height(labels, 22, 24 + _LINE * tallest),
        margin={"l": _label_width(labels), "r": 4, "t": 12 + _LINE * tallest, "b": 6},
        hovermode=False,
        annotations=annotations,
        plot_bgcolor=theme.WITHHELD,
        xaxis={"type": "category", "side": "top"},
        yaxis=_label_axis(labels) | {"showgrid": False},
    )


def sparkline(
    values: Sequence[float], lower: Sequence[float] = (), upper: Sequence[float] = (), *, label: str = ""
) -> str:
    """A line without axes over its usual range, as an image element: about a hundredth of the cost of a chart.

    The SVG travels as a data address, because a page's sanitiser strips inline SVG.

    `lower` and `upper` run beside `values`, or are empty; where any of the three is NaN nothing is drawn.
    """
    known = [value for value in (*values, *lower, *upper) if not pd.isna(value)]
    if len(known) < 2:
        return ""
    low, high = min(known), max(known)
    room = (high - low) or 1
    step = 232 / (max(2, len(values)) - 1)

    def runs(drawn: Sequence[float]) -> list[list[tuple[float, float]]]:
        found: list[list[tuple[float, float]]] = [[]]
        for position, value in enumerate(drawn):
            if pd.isna(value):
                found.append([])
            else:
                found[-1].append((round(4 + position * step, 1), round(41 - 36 * (value - low) / room, 1)))
        return [run for run in found if run]

    def path(points: Sequence[tuple[float, float]]) -> str:
        return "M" + "L".join(f"{x} {y}" for x, y in points)

    still = 'vector-effect="non-scaling-stroke"'
    band = "".join(
        f'<path d="{path([*above, *below[::-1]])}Z" fill="{theme.BAND}"/>'
        for above, below in zip(runs(upper), runs(lower), strict=False)
    )
    lines = "".join(
        f'<path d="{path(run)}" fill="none" stroke="{theme.DATA}" stroke-width="2" {still}/>' for run in runs(values)
    )
    x, y = runs(values)[-1][-1]
    dot = f'<path d="M{x} {y}h0.01" stroke="{theme.DATA}" stroke-width="8" stroke-linecap="round" {still}/>'
    size = 'viewBox="0 0 240 46" preserveAspectRatio="none"'
    drawing = f'<svg xmlns="http://www.w3.org/2000/svg" {size}>{band}{lines}{dot}</svg>'
    return f'<img alt="{escape(label, quote=True)}" src="data:image/svg+xml,{quote(drawing)}">'


def _figure(data: list[dict[str, Any]], **layout: Any) -> go.Figure:
    for trace in data:
        trace.pop("meta", None)
    return go.Figure(data, layout | {"template": _template()})


@lru_cache(maxsize=1)
def _template() -> Any:
    # Imported at the first figure, not with the module: the cost is paid after the tiles are on screen.
    import afcharts.pio_template  # noqa: F401  (registers the template)
    import plotly.io

    # What every axis shares is said once here: each property said on an axis is checked again for every figure.
    template = go.layout.Template(plotly.io.templates["afcharts"])
    quiet = {"automargin": False, "ticks": "", "tickangle": 0, "tickfont": {"size": _TEXT}}
    template.layout.xaxis.update(quiet | {"zeroline": False, "showgrid": False})
    template.layout.yaxis.update(quiet | {"zeroline": True, "zerolinecolor": theme.INK, "zerolinewidth": 1})
    template.layout.update(
        font={"family": theme.FONT, "size": _TEXT, "color": theme.INK},
        paper_bgcolor="rgba(0,0,0,0)",
        plot_bgcolor="rgba(0,0,0,0)",
        hoverlabel={"font": {"family": theme.FONT, "size": _TEXT}, "bgcolor": theme.PAPER},
        legend={"font": {"size": _TEXT}},
        annotationdefaults={"showarrow": False, "font": {"size": _SMALL, "color": theme.INK}},
        dragmode=False,
        bargap=0.28,
    )
    return template


def _lines(answer: Answer) -> Iterable[tuple[str, pd.DataFrame]]:
    frame = answer.frame
    if "series_code" not in frame:
        return [("", frame)]
    kind = str(answer.facts.get("series_kind", "strand"))
    return [(words.label(kind, str(code)), rows) for code, rows in frame.groupby("series_code", sort=False)]


def _numbers(values: pd.Series) -> list[float | None]:
    return [None if pd.isna(value) else float(value) for value in values]


def _segment_runs(rows: pd.DataFrame) -> list[pd.DataFrame]:
    if "segment" not in rows:
        return [rows]
    return [run for _, run in rows.groupby("segment", sort=False)]


def _range_traces(rows: pd.DataFrame) -> list[dict[str, Any]]:
    if "upper" not in rows:
        return []
    traces: list[dict[str, Any]] = []
    for run in _segment_runs(rows):
        known = run[run["upper"].notna() & run["lower"].notna()]
        if len(known) < 2:
            continue
        edge = {"type": "scatter", "mode": "lines", "x": list(known["starts_on"]), "line": {"width": 0}}
        quiet = {"hoverinfo": "skip", "showlegend": False, "meta": 0}
        traces.append(edge | quiet | {"y": _numbers(known["lower"])})
        traces.append(edge | quiet | {"y": _numbers(known["upper"]), "fill": "tonexty", "fillcolor": theme.BAND})
        if "centre" in known:
            middle = {"line": {"width": 1.5, "color": theme.CONTEXT, "dash": _DASHED}, "y": _numbers(known["centre"])}
            traces.append(edge | quiet | middle | {"meta": 1})
    return traces


def _line_traces(rows: pd.DataFrame, name: str, colour: str, unit: captions.Unit) -> list[dict[str, Any]]:
    solid: dict[str, list[Any]] = {"x": [], "y": [], "customdata": []}
    dashed: dict[str, list[Any]] = {"x": [], "y": [], "customdata": []}
    hollow: list[int] = []
    for run in _segment_runs(rows):
        provisional = run["is_provisional"].astype(bool) if "is_provisional" in run else _is_immature(run)
        first = int(provisional.to_numpy().argmax()) if provisional.any() else len(run)
        _append(solid, run.iloc[:first], unit)
        if first < len(run):
            # The dashes begin at the last finished point, which keeps its own marker.
            hollow += [0] * (bool(dashed["x"]) + bool(first)) + [8] * (len(run) - first)
            _append(dashed, run.iloc[max(0, first - 1) :], unit)
    common = {
        "type": "scatter",
        "name": name,
        "showlegend": False,
        "hovertemplate": "%{customdata}<extra></extra>",
        "connectgaps": False,
        "meta": 2,
    }
    traces = [
        common
        | solid
        | {
            "mode": "lines+markers",
            "line": {"color": colour, "width": 2.5},
            "marker": {"size": 3 if len(rows) > 30 else 6, "color": colour},
        }
    ]
    unfinished = theme.CONTEXT if _is_immature(rows).any() else colour
    if dashed["x"]:
        traces.append(
            common
            | dashed
            | {
                "mode": "lines+markers",
                # The last point stands at the edge of the axis, and on a telephone half over it.
                "cliponaxis": False,
                "line": {"color": unfinished, "width": 2.5, "dash": _DASHED},
                "marker": {
                    "size": hollow,
                    "color": theme.PAPER,
                    "line": {"color": unfinished, "width": [2 if size else 0 for size in hollow]},
                },
            }
        )
    return traces


def _append(trace: dict[str, list[Any]], rows: pd.DataFrame, unit: captions.Unit) -> None:
    if trace["x"]:
        trace["x"].append(None)
        trace["y"].append(None)
        trace["customdata"].append("")
    trace["x"] += list(rows["starts_on"])
    trace["y"] += _numbers(rows["value"])
    trace["customdata"] += _hover_texts(rows, unit)


def _hover_texts(rows: pd.DataFrame, unit: captions.Unit) -> list[str]:
    labels = rows["label"] if "label" in rows else [f"{day:%B %Y}" for day in rows["starts_on"]]
    texts = [
        f"{escape(str(label))}: <b>{captions.write(value, unit)}</b>"
        for label, value in zip(labels, rows["value"], strict=True)
    ]
    if "upper" in rows:
        for at, (lower, upper) in enumerate(zip(rows["lower"], rows["upper"], strict=True)):
            if upper == upper:
                limits = {"lower": captions.number(lower, unit), "upper": captions.number(upper, unit)}
                texts[at] += "<br>" + words.say("frame", "usual_range", **limits)
    if "signal" in rows:
        for at, signal in enumerate(rows["signal"]):
            if signal:
                texts[at] += "<br>" + words.label("signal", signal)
    return texts


def _signal_traces(rows: pd.DataFrame, unit: captions.Unit, size: int = 11) -> list[dict[str, Any]]:
    if "signal" not in rows:
        return []
    traces = []
    # Outside the range is a filled diamond, a run within it an open circle: told apart in greyscale as well.
    for is_outside, symbol in ((True, "diamond"), (False, "circle-open")):
        is_run = ~rows["signal"].isin(["", "outside", "trial"])
        signalled = rows[rows["signal"] == "outside" if is_outside else is_run]
        if signalled.empty:
            continue
        marker: dict[str, Any] = {"symbol": symbol, "size": size, "color": theme.ACCENT}
        marker["line"] = {"width": 1 if is_outside else 2.5, "color": theme.INK if is_outside else theme.ACCENT}
        traces.append(
            {
                "type": "scatter",
                "mode": "markers",
                "x": list(signalled["starts_on"]),
                "y": _numbers(signalled["value"]),
                "customdata": _hover_texts(signalled, unit),
                "hovertemplate": "%{customdata}<extra></extra>",
                "marker": marker,
                "showlegend": False,
                "meta": 3,
            }
        )
    return traces


def _latest(rows: pd.DataFrame, unit: captions.Unit) -> str:
    """The latest value; a diamond before it where it is outside its usual range, as on the line."""
    known = rows[rows["value"].notna()]
    if known.empty:
        return words.say("frame", "missing_value")
    mark = "◆ " if "highlight" in rows and rows["highlight"].iloc[-1] else ""
    return mark + captions.number(float(known["value"].iloc[-1]), unit)


def _panel_line(rows: pd.DataFrame, name: str, unit: captions.Unit) -> dict[str, Any]:
    points: dict[str, list[Any]] = {"x": [], "y": [], "customdata": []}
    for run in _segment_runs(rows):
        _append(points, run, unit)
    is_unusual = "highlight" in rows and bool(rows["highlight"].iloc[-1])
    quiet = len(points["x"]) - 1
    return points | {
        "type": "scatter",
        "mode": "lines+markers",
        "marker": {
            "size": [0] * quiet + [11 if is_unusual else 7],
            "symbol": ["circle"] * quiet + ["diamond" if is_unusual else "circle"],
            "color": theme.ACCENT if is_unusual else theme.DATA,
            "line": {"width": [0] * quiet + [1], "color": theme.INK if is_unusual else theme.DATA},
            "opacity": 1,
        },
        "name": name,
        "line": {"color": theme.DATA, "width": 2},
        "hovertemplate": "%{customdata}<extra></extra>",
        "showlegend": False,
        "connectgaps": False,
        "meta": 2,
    }


def _end_label(rows: pd.DataFrame, name: str, colour: str, unit: captions.Unit) -> list[dict[str, Any]]:
    known = rows[rows["value"].notna() & ~_is_immature(rows)]
    if known.empty:
        return []
    value = float(known["value"].iloc[-1])
    number = captions.number(value, unit)
    wrapped = _wrapped(f"{number} {name}", _END_WRAP)
    return [
        {
            # Beside what is not finished, never over it.
            "x": rows.loc[rows["value"].notna(), "starts_on"].iloc[-1],
            "y": value,
            "text": f"<b>{number}</b>{wrapped.removeprefix(number)}",
            "align": "left",
            "font": {"size": _TEXT + 1, "color": colour if _reads_on_white(colour) else theme.INK},
            "bgcolor": "rgba(255,255,255,0.8)",
            "xanchor": "left",
            "xshift": 8,
        }
    ]


def _reads_on_white(colour: str) -> bool:
    # Turquoise, orange and purple are fine for lines and fail 4.5:1 as text.
    return colour not in ("#28A197", "#F46A25", "#A285D1")


def _marks(marks: Iterable[Mapping[str, Any]], days: pd.Series) -> tuple[list[dict[str, Any]], list[dict[str, Any]]]:
    shapes: list[dict[str, Any]] = []
    letters: list[dict[str, Any]] = []
    # Letters closer than this would sit on one another on a telephone, so they climb.
    too_near = (days.max() - days.min()) / 30
    last_in_row: list[pd.Timestamp] = []
    for letter, mark in zip(captions.letters(), marks, strict=False):
        if mark["kind"] == "event":
            shapes.append(
                {
                    "type": "rect",
                    "x0": mark["on"],
                    "x1": mark.get("to") or mark["on"],
                    "y0": 0,
                    "y1": 1,
                    "yref": "paper",
                    "layer": "below",
                    "fillcolor": "#EDEDED",
                    "line": {"width": 1, "color": "#DDDDDD"},
                }
            )
        else:
            shapes.append(_vertical(mark["on"], theme.INK, "solid" if mark["kind"] == "cut" else "dot"))
        on = pd.Timestamp(mark["on"])
        row = next((at for at, last in enumerate(last_in_row) if on - last > too_near), len(last_in_row))
        last_in_row[row : row + 1] = [on]
        letters.append(
            {
                "x": mark["on"],
                "yshift": row * _LETTER_ROW,
                "y": 1,
                "yref": "paper",
                "yanchor": "bottom",
                "text": f"<b>{letter}</b>",
                "font": {"size": _SMALL, "color": theme.INK if mark["kind"] == "cut" else theme.QUIET_INK},
                "hovertext": escape(str(mark["title"])),
            }
        )
    return shapes, letters


def _vertical(x: Any, colour: str, dash: str) -> dict[str, Any]:
    line = {"color": colour, "width": 1.5, "dash": dash}
    return {"type": "line", "x0": x, "x1": x, "y0": 0, "y1": 1, "yref": "paper", "line": line, "layer": "below"}


def _time_axis(days: pd.Series, *, is_narrow: bool) -> dict[str, Any]:
    years = (days.max() - days.min()).days / 365.25
    return {
        "type": "date",
        "tick0": "2017-04-01",
        # Beside names, and over more than five years, a year for every tick would not fit on a telephone.
        "dtick": "M24" if years > 5 or (is_narrow and years > 4) else "M12" if years > 2 else "M3",
        "ticks": "outside",
        "tickformat": "%b<br>%Y",
        "hoverformat": "%B %Y",
        "range": [days.min() - pd.Timedelta(days=20), days.max() + pd.Timedelta(days=30)],
    }


def _value_axis(unit: captions.Unit) -> dict[str, Any]:
    return {
        "tickformat": _AS_IT_IS,
        "ticksuffix": _SUFFIXES.get(unit, ""),
        "rangemode": "tozero",
        "nticks": 6,
    }


def _along(unit: captions.Unit) -> dict[str, Any]:
    return _value_axis(unit) | {"nticks": 5, "showgrid": True, "zeroline": True}


def _label_axis(labels: Sequence[str]) -> dict[str, Any]:
    return {
        "type": "category",
        "categoryorder": "array",
        "categoryarray": list(labels),
        "range": [len(labels) - 0.5, -0.5],
        "ticklabelstandoff": 6,
        "showgrid": False,
        "zeroline": False,
        "showline": False,
    }


def _rows_height(labels: Sequence[str], room: int, rest: int) -> int:
    tallest = max((label.count("<br>") + 1 for label in labels), default=1)
    return max(130, len(labels) * (tallest * _LINE + room) + rest)


def _label_width(labels: Sequence[str]) -> int:
    longest = max((len(line) for label in labels for line in label.split("<br>")), default=8)
    return 16 + round(longest * 8.4)


def _wrapped(label: str, width: int = LABEL_WRAP) -> str:
    return "<br>".join(escape(line) for line in textwrap.wrap(str(label), width, break_long_words=False))


def _bar_colours(rows: pd.DataFrame, colour: str) -> list[str]:
    unfinished = _is_immature(rows)
    chosen = rows["highlight"] if "highlight" in rows else [False] * len(rows)
    return [
        theme.ACCENT if is_chosen else theme.CONTEXT if is_unfinished else colour
        for is_chosen, is_unfinished in zip(chosen, unfinished, strict=True)
    ]


def _step(step: int, *, is_grey: bool) -> tuple[dict[str, Any], str]:
    """The fill of one part of a stacked bar and the colour of the number in it: dark to light, then hatched."""
    ladder = (theme.GREYS if is_grey else theme.SEQUENTIAL)[::-1]
    if step < len(ladder):
        return {"color": ladder[step]}, theme.PAPER if step < _DARK_STEPS else theme.INK
    hatch = {"shape": "/", "fgcolor": theme.CONTEXT, "bgcolor": theme.PAPER, "size": 6, "solidity": 0.2}
    return {"color": theme.PAPER, "pattern": hatch}, theme.INK


def _is_immature(rows: pd.DataFrame) -> pd.Series[bool]:
    return rows["is_immature"].astype(bool) if "is_immature" in rows else pd.Series(False, rows.index)


def _bar_texts(rows: pd.DataFrame, unit: captions.Unit) -> list[str]:
    missing = [words.say("frame", "missing_value")] * len(rows)
    instead = next((rows[name] for name in ("text", "verdict", "class_label") if name in rows), missing)
    return [
        escape(str(other)) if pd.isna(value) else captions.number(float(value), unit)
        for value, other in zip(rows["value"], instead, strict=True)
    ]


def _interval(rows: pd.DataFrame) -> dict[str, Any]:
    return {
        "type": "data",
        "symmetric": False,
        "array": _numbers(rows["high"] - rows["value"]),
        "arrayminus": _numbers(rows["value"] - rows["low"]),
        "color": theme.INK,
        "thickness": 1.5,
        "width": 5,
    }


def _interval_text(rows: pd.DataFrame, unit: captions.Unit, empty_at: float = 0) -> dict[str, Any]:
    return {
        "type": "scatter",
        "mode": "text",
        "y": [_wrapped(label) for label in rows["label"]],
        "x": [empty_at if pd.isna(high) else float(high) for high in rows["high"].fillna(rows["value"])],
        "text": [f"\u2002{text}" for text in _bar_texts(rows, unit)],
        "textposition": "middle right",
        "textfont": {"size": _TEXT, "color": theme.INK},
        "cliponaxis": False,
        "hoverinfo": "skip",
        "showlegend": False,
    }


def _beside(texts: dict[str, Any], reference: Any, ends: float) -> dict[str, Any]:
    """The same texts, those through which the reference line would go moved to its other side."""
    if reference is None:
        return texts
    line = float(reference)
    return texts | {"x": [line if at < line < at + _ROOM_FOR_A_NUMBER * ends else at for at in texts["x"]]}


def _beyond(value: float, times: float) -> float:
    return float(value) * times if value == value and value > 0 else 1.0
