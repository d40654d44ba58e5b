"""What you take is what you saw: figures as CSV and XLSX, the picture as PNG or SVG, each with its provenance on it."""

from __future__ import annotations

import re
from collections.abc import Callable, Sequence
from typing import Any, Protocol

import plotly.graph_objects as go
import streamlit as st

from core import words
from core.errors import MonitorError
from core.model import Answer
from core.periods import day_label
from ui import captions, pictures, sheets

Draw = Callable[[Answer], go.Figure]


class Take(Protocol):
    """One file a page can be taken away as (`papers.product.Take`)."""

    @property
    def form(self) -> str:
        """How its name ends."""

    @property
    def name(self) -> str:
        """Its file name."""

    @property
    def mime(self) -> str:
        """Its media type."""

    @property
    def make(self) -> Callable[[], bytes]:
        """Makes it; raises MonitorError."""


_FORMULA = re.compile(r"^[=+\-@\t\r]")
_NEGATIVE = re.compile(r"^-\d+(\.\d+)?$")


def csv(answer: Answer) -> bytes:
    """The answer's frame, tidy, with its provenance in the same constant columns on every row (UTF-8 with a mark).

    Text that a spreadsheet would run as a formula is given a leading apostrophe; negative numbers are left alone.
    """
    # A column of dictionaries holds facts for sentences, not figures.
    kept = [name for name in answer.frame if not any(isinstance(value, dict) for value in answer.frame[name])]
    frame = answer.frame[kept].copy()
    build = answer.build
    constants: dict[str, str | int] = {
        "area": captions.area(answer),
        "period": captions.period(answer),
        "date_basis": captions.date_basis(answer),
        "source": captions.source(answer),
        "build": build.number,
        "data_to": day_label(build.data_to),
        "marking": build.marking,
        "made_up": words.say("frame", "yes" if build.is_made_up else "no"),
        "notes": " ".join((*captions.marks(answer), *captions.notes(answer))),
    }
    for name, value in constants.items():
        # A frame that names an area or a period row by row keeps its own; the chosen one is told beside it.
        frame[name if name not in frame else f"chosen_{name}"] = value
    for name in frame.columns:
        if frame[name].dtype.kind not in "iufbM":
            frame[name] = [_harmless(value) for value in frame[name]]
    return frame.to_csv(index=False, date_format="%Y-%m-%d", lineterminator="\r\n").encode("utf-8-sig")


def file_name(answer: Answer, ending: str, *, drawing: str = "") -> str:
    """The name of the answer's file: which figure and which drawing of it (where it has two), of what, which build."""
    what = "-".join(filter(None, [answer.question.replace(".", "-").replace("_", "-"), drawing]))
    return captions.file_name(what, answer.selection, answer.build, ending)


def buttons(draw: Draw | None, answer: Answer, key: str, *, beside: Draw | None = None) -> None:
    """The download buttons of one figure. Nothing is made before it is asked for.

    Args:
        draw: the figure; None where it is a table.
        beside: the second drawing of the same answer, whose pictures are offered as well.
    """
    _button("download_csv", "text/csv", lambda: csv(answer), file_name(answer, "csv"), key)
    _button("download_xlsx", sheets.MIME, lambda: sheets.of_figure(answer), file_name(answer, "xlsx"), key)
    if draw is None:
        return
    if not pictures.is_possible():
        st.caption(words.say("frame", "download_camera"))
        return
    _pictures(draw, answer, key, "" if beside is None else "map")
    if beside is not None:
        _pictures(beside, answer, f"{key}_beside", "chart")


def _pictures(draw: Draw, answer: Answer, key: str, drawing: str) -> None:
    for form, kind in ((pictures.PNG, "image/png"), (pictures.SVG, "image/svg+xml")):
        label = "_".join(filter(None, ["download", form, drawing]))
        _button(label, kind, _maker(draw, answer, form), file_name(answer, form, drawing=drawing), key)


def _maker(draw: Draw, answer: Answer, form: str) -> Callable[[], bytes]:
    def make() -> bytes:
        try:
            return pictures.image(draw(answer), answer, form)
        except (TimeoutError, RuntimeError, OSError) as failed:
            # A failing download shows the reader nothing at all, so the file itself has to say what happened.
            return words.say("frame", "download_failed", what=type(failed).__name__).encode("utf-8")

    return make


def _button(label: str, kind: str, make: Callable[[], bytes], name: str, key: str) -> None:
    st.download_button(
        words.say("frame", label),
        data=make,
        file_name=name,
        mime=kind,
        key=f"{key}_{label.removeprefix('download_')}",
        on_click="ignore",
        type="tertiary",
    )


def takes(offered: Sequence[Take]) -> None:
    """The buttons that make a page into a file and download it. Nothing is made before it is asked for."""
    for one in offered:
        st.download_button(
            words.say("frame", f"take_{one.form}"),
            data=_told(one.make),
            file_name=one.name,
            mime=one.mime,
            key=f"take_{one.form}",
            on_click="ignore",
            type="tertiary",
        )


def _told(make: Callable[[], bytes]) -> Callable[[], bytes]:
    def made() -> bytes:
        try:
            return make()
        except MonitorError as refused:
            # A failing download shows the reader nothing at all, so the file itself has to say what happened.
            return refused.as_text().encode("utf-8")

    return made


def _harmless(value: Any) -> Any:
    if isinstance(value, (list, tuple)):
        return "; ".join(str(one) for one in value)
    if isinstance(value, str) and _FORMULA.match(value) and not _NEGATIVE.match(value):
        return "'" + value
    return value
