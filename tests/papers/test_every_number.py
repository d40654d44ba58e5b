"""Every number of every product is the screen's: in its sentences, tables, charts, alternative texts and notes.

Builds are generated and made by the ETL; of each, selections are drawn and all products made of them. That the
comparison can fail is tested as well: a number changed in a finished file is noticed, wherever it stands.

All of it is `pytest -n 2 -m long -k generated_builds tests/papers`, a test a build. Without `-n 2` and with
`-o log_cli=true --log-level=info` every case is told as it is done.
"""

from __future__ import annotations

import io
import logging
import random
import re
import time
import zipfile
from collections.abc import Iterator
from pathlib import Path

import pytest

from core import builds
from core.model import RESTRICTED, SHAREABLE, Selection
from tests.papers.conftest import VIEWER
from tests.papers.generated import Case, cases, make_data
from tests.papers.products import PRODUCTS, differences, is_of_one_csp, made_once

LOG = logging.getLogger(__name__)
SEED = 20261126
BUILDS = 20
EACH = 10
SAMPLE = [
    (RESTRICTED, "csp", Selection("2022-Q4", "E07000130", "race", "incident")),
    (SHAREABLE, "spb", Selection("2023-Q2", "county", "all", "elsewhere")),
]


@pytest.mark.parametrize(("audience", "board", "selection"), SAMPLE, ids=lambda one: str(one)[:60])
def test_every_number_of_every_product_is_the_screen_s(
    audience: str, board: str, selection: Selection, demonstration_data: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("MONITOR_DATA", str(demonstration_data))
    build = builds.live_build(demonstration_data, audience)
    assert build is not None
    found = differences(Case(build, selection, board))
    assert not found, "\n".join(found)


def test_every_number_is_the_screen_s_where_there_is_next_to_nothing(
    demonstration_data: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    _hold(make_data(tmp_path, 5, demonstration_data), 2, monkeypatch)


@pytest.mark.long
@pytest.mark.parametrize("number", range(BUILDS))
def test_every_number_is_the_screen_s_in_generated_builds(
    number: int, demonstration_data: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    _hold(make_data(tmp_path, SEED + number, demonstration_data), EACH, monkeypatch)


def _hold(data: Path, number: int, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("MONITOR_DATA", str(data))
    found = []
    for at, case in enumerate(cases(data, number, SEED, VIEWER), start=1):
        began = time.monotonic()
        found += [f"{case}: {one}" for one in differences(case)]
        held = len(PRODUCTS) if is_of_one_csp(case) else len(PRODUCTS) - 1
        took = time.monotonic() - began
        LOG.info("case %s of %s, %s products in %.0f s, %s found: %s", at, number, held, took, len(found), case)
    assert not found, "\n".join(found)


@pytest.mark.parametrize("name", PRODUCTS)
def test_a_number_changed_anywhere_in_a_finished_file_is_noticed(
    name: str, demonstration_data: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("MONITOR_DATA", str(demonstration_data))
    build = builds.live_build(demonstration_data, RESTRICTED)
    assert build is not None
    made = made_once(name, Case(build, Selection("2023-Q2", "llr", "all", "crime"), "sog"))
    assert not made.unlike(made.product.content)
    for where, other in _changed(made.product.content, random.Random(SEED)):
        assert made.unlike(other), where


def _changed(content: bytes, chance: random.Random) -> Iterator[tuple[str, bytes]]:
    """The file with one number raised: in each kind of its parts, one by chance."""
    kinds: dict[str, list[tuple[str, int, int]]] = {}
    with zipfile.ZipFile(io.BytesIO(content)) as file:
        held = {name: file.read(name) for name in file.namelist()}
    for name, part in held.items():
        for pattern, kind in _FIGURES:
            if re.match(kind, name):
                kinds.setdefault(kind + pattern, []).extend(
                    (name, *one.span(1)) for one in re.finditer(pattern.encode(), part)
                )
    assert any(kinds.values())
    for kind, found in ((kind, found) for kind, found in kinds.items() if found):
        name, first, last = chance.choice(found)
        part = held[name]
        other = part[:first] + str(float(part[first:last].replace(b",", b"")) + 7_654_321).encode() + part[last:]
        made = io.BytesIO()
        with zipfile.ZipFile(made, "w") as file:
            for one, kept in held.items():
                file.writestr(one, other if one == name else kept)
        yield f"{kind} in {name} at {first}", made.getvalue()


# A figure, and in which parts: in sentences and cells, in alternative texts, kept by charts, kept by cells.
_FIGURES = [
    (
        r"<(?:w:t|a:t)[^>]*>(?:[^<]*[^\d<,. ] )?(\d{1,3}(?:,\d{3})*)(?=<|[.,;]? [a-z(])",
        r"word/document|ppt/slides/slide|ppt/notesSlides/",
    ),
    (r'descr="[^"]*: (\d{1,3}(?:,\d{3})*)[ ;,]', r"word/document|ppt/slides/slide"),
    (r"<c:v>(\d+(?:\.\d+)?)</c:v>", r"ppt/charts/"),
    (r"<t[^>]*>(?:[^<]*[^\d<,. ] )?(\d{1,3}(?:,\d{3})+)(?=[.,;]? [a-z(])", r"xl/sharedStrings"),
    (r'<c r="[B-Z]\d+" s="\d+"><v>(\d+(?:\.\d+)?)</v>', r"xl/worksheets/sheet"),
]
