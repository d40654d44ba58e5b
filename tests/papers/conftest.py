"""Papers of the demonstration, with a dot in the place of every picture: what a picture shows is tested elsewhere."""

from __future__ import annotations

import base64
from collections.abc import Callable
from pathlib import Path

import pytest

from core import builds
from core.model import RESTRICTED, Build, Selection, Viewer
from papers import board, boards, content
from papers.product import Product
from register.write import COORDINATOR
from ui import pictures

DOT = base64.b64decode(
    "iVBORw0KGgoAAAANSUhEUgAAAAEAAAABCAYAAAAfFcSJAAAADUlEQVR42mNk+M9QDwADhgGAWjR9awAAAABJRU5ErkJggg=="
)
VIEWER = Viewer("Analyst", frozenset({COORDINATOR}))
WRITTEN = {
    "meeting_on": "2023-06-23",
    "purpose": "The purpose of this paper is to tell the board of the quarter.\nIt follows the paper of March.",
    "developments": "A working group was formed.",
    "recommendations": "Note the figures.\n\nAgree the next steps.",
    "officer": "Community Safety Team\nLeicestershire County Council",
}


@pytest.fixture
def no_pictures(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(pictures, "is_possible", lambda: False)


@pytest.fixture
def dots(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(pictures, "is_possible", lambda: True)
    monkeypatch.setattr(pictures, "of_paper", lambda *_: DOT)


@pytest.fixture
def build(demonstration_data: Path, monkeypatch: pytest.MonkeyPatch) -> Build:
    monkeypatch.setenv("MONITOR_DATA", str(demonstration_data))
    live = builds.live_build(demonstration_data, RESTRICTED)
    assert live is not None
    return live


@pytest.fixture
def compose(build: Build) -> Callable[..., content.Paper]:
    """compose(board, quarter=..., area=..., written=...): what the paper says."""

    def one(
        code: str, *, quarter: str = "2022-Q4", area: str = "llr", written: dict[str, str] | None = None
    ) -> content.Paper:
        chosen = Selection(quarter, area)
        said = WRITTEN if written is None else written
        return content.compose(chosen, VIEWER, build, boards.named(code), said)

    return one


@pytest.fixture
def make(compose: Callable[..., content.Paper]) -> Callable[..., Product]:
    """make(board, ...): the same, as a Word document."""
    return lambda code, **choices: board.write(compose(code, **choices), boards.named(code))


@pytest.fixture(scope="session")
def product_of(demonstration_data: Path) -> Callable[..., Product]:
    """product_of(name, audience=...): a product of the demonstration's last quarter, made once for all tests."""
    from tests.papers.products import one_of

    return lambda name, audience=RESTRICTED: one_of(name, audience, demonstration_data)
