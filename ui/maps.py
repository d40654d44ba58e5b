"""The map of areas: rate classes or comparisons on fixed breaks. Imports nothing of Streamlit or geopandas.

The outlines are fetched by the browser from /app/static by address, never sent with the figure: a rerun is 5 kB
instead of 60.
"""

from __future__ import annotations

from html import escape
from typing import Any

import plotly.graph_objects as go

from core import words
from core.model import Answer
from ui import captions, theme

OUTLINES = "/app/static/outlines.geojson"
# Without its own empty topology plotly.js asks a public server for the world and, refused, draws nothing.
CONFIG = {"topojsonURL": "/app/static/topo/", "scrollZoom": False, "doubleClick": False}
_KEY_LINE = {"width": 1, "color": theme.CONTEXT}
_COMPARED = {
    "higher": theme.DATA,
    "similar": theme.CONTEXT_LIGHT,
    "lower": "#6BACE6",
    "too_few": theme.WITHHELD,
    "not_comparable": theme.WITHHELD,
    "not_judged": theme.WITHHELD,
    "withheld": theme.WITHHELD,
}


def choropleth(answer: Answer) -> go.Figure:
    """Areas coloured by class on breaks that stay the same from quarter to quarter.

    Columns: area_code, label, value, class_code; optional text (shown in place of a value that is NaN).
    facts: unit, class_kind (the table of labels.toml that holds every class, so that the key is the same however few
    are in use).
    """
    frame = answer.frame
    unit = captions.unit(answer)
    classes = list(words.labels()[answer.facts["class_kind"]].items())
    colours = _colours([code for code, _ in classes])
    instead = frame["text"] if "text" in frame else [None] * len(frame)
    hovers = [
        f"<b>{escape(str(label))}</b><br>"
        f"{escape(str(other)) if value != value and other else captions.write(value, unit)}"
        for label, value, other in zip(frame["label"], frame["value"], instead, strict=True)
    ]
    data: list[dict[str, Any]] = []
    on_top: dict[str, Any] | None = None
    for code, text in classes:
        chosen = (frame["class_code"].astype(str) == code).to_numpy()
        places = frame["area_code"][chosen]
        data.append(
            {
                "type": "choropleth",
                "name": escape(text),
                "geojson": OUTLINES,
                "featureidkey": "properties.area_code",
                "locations": list(places),
                "z": [1] * len(places),
                "zmin": 0,
                "zmax": 1,
                "colorscale": [[0, colours[code]], [1, colours[code]]],
                "showscale": False,
                "customdata": [hover for hover, is_chosen in zip(hovers, chosen, strict=True) if is_chosen],
                "hovertemplate": "%{customdata}<extra></extra>",
                "marker": {"line": {"color": theme.PAPER, "width": 1.5}},
                # A chosen area is filtered, not highlighted: a selection must not fade the others.
                "selected": {"marker": {"opacity": 1}},
                "unselected": {"marker": {"opacity": 1}},
            }
        )
        if answer.selection.area in set(places):
            on_top = _only(data[-1], answer.selection.area)
    data += [on_top] if on_top else []
    # The key is drawn apart, so that it is whole even when no area is in a class.
    data += [
        {
            "type": "scattergeo",
            "lon": [None],
            "lat": [None],
            "mode": "markers",
            "name": escape(text),
            "showlegend": True,
            "marker": {"symbol": "square", "size": 16, "color": colours[code], "line": _KEY_LINE},
        }
        for code, text in classes
    ]
    return go.Figure(
        data,
        {
            "height": 470,
            "margin": {"l": 0, "r": 0, "t": 0, "b": 84},
            "font": {"family": theme.FONT, "size": 15, "color": theme.INK},
            "paper_bgcolor": "rgba(0,0,0,0)",
            "dragmode": False,
            "clickmode": "event+select",
            "hoverlabel": {"font": {"family": theme.FONT, "size": 15}, "bgcolor": theme.PAPER},
            "legend": {
                "orientation": "h",
                "x": 0,
                "y": 0,
                "xanchor": "left",
                "yanchor": "top",
                "itemclick": False,
                "itemdoubleclick": False,
                "traceorder": "normal",
            },
            "geo": {
                "fitbounds": "locations",
                "visible": False,
                "projection": {"type": "mercator"},
                "bgcolor": "rgba(0,0,0,0)",
            },
        },
    )


def _colours(codes: list[str]) -> dict[str, str]:
    ramp = [code for code in codes if code not in _COMPARED]
    # Fewer classes than colours: keep the two ends apart and never start darker than the first step.
    steps = theme.SEQUENTIAL if len(ramp) > 4 else theme.SEQUENTIAL[: max(1, len(ramp))]
    return {code: _COMPARED.get(code) or steps[ramp.index(code)] for code in codes}


def _only(trace: dict[str, Any], area_code: str) -> dict[str, Any]:
    """The selected area once more, last, so that no neighbour's border covers its outline."""
    at = trace["locations"].index(area_code)
    outlined = {"marker": {"line": {"color": theme.INK, "width": 3.5}}}
    return trace | outlined | {"locations": [area_code], "z": [1], "customdata": [trace["customdata"][at]]}
