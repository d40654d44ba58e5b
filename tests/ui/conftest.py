"""Answers to draw: made here, worded by a page of the real configuration."""

from __future__ import annotations

from collections.abc import Callable
from datetime import date, datetime
from pathlib import Path
from typing import Any

import pandas as pd
import pytest

from core import words
from core.model import RESTRICTED, Answer, Build, Selection

MakeAnswer = Callable[..., Answer]

WORDS: dict[str, Any] = {
    "subtitle": "Reports, {area}",
    "alt": "Line chart: reports in {area}.",
    "table": ["label", "value=reports"],
    "headline": {"plain": "{area} has {top}"},
}


@pytest.fixture
def build() -> Build:
    return Build(
        number=3,
        audience=RESTRICTED,
        path=Path("restricted.duckdb"),
        published_at=datetime(2023, 10, 5),
        data_from=date(2017, 4, 1),
        data_to=date(2023, 9, 30),
        extracted_on=date(2023, 10, 4),
        is_made_up=True,
        marking="OFFICIAL-SENSITIVE",
    )


@pytest.fixture
def make_answer(build: Build, monkeypatch: pytest.MonkeyPatch) -> MakeAnswer:
    """make_answer(frame, words={...}, **facts): an answer of the question `sample.figure`, with its words."""
    read = words.page_text

    def make(
        frame: pd.DataFrame, *, said: dict[str, Any] | None = None, notes: tuple[str, ...] = (), **facts: Any
    ) -> Answer:
        page = {"figure": WORDS | (said or {})}
        monkeypatch.setattr(words, "page_text", lambda name: page if name == "sample" else read(name))
        named = {"area": "Charnwood", "top": "45"} | facts
        return Answer("sample.figure", frame, Selection("2023-Q2", "E07000130"), build, facts=named, notes=notes)

    return make
