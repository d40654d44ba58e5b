"""Every number of every product is the screen's: in its sentences, tables, charts, alternative texts and notes.

Builds are generated and made by the ETL; of each, selections are drawn and all products made of them. That the
comparison can fail is tested as well: a number changed in a finished file is noticed, wherever it stands.
"""

from __future__ import annotations

import logging
import time
from pathlib import Path

import pytest

from core import builds
from core.model import RESTRICTED, SHAREABLE, Selection
from tests.papers.conftest import VIEWER
from tests.papers.generated import Case, cases, make_data
from tests.papers.products import differences

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
    began = time.monotonic()
    _hold(make_data(tmp_path, SEED + number, demonstration_data), EACH, monkeypatch)
    took = time.monotonic() - began
    logging.getLogger(__name__).info("build %s of seed %s: %s cases in %.0f s", number, SEED, EACH, took)


def _hold(data: Path, number: int, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("MONITOR_DATA", str(data))
    found = [f"{case}: {one}" for case in cases(data, number, SEED, VIEWER) for one in differences(case)]
    assert not found, "\n".join(found)
