"""The browser that draws pictures goes on drawing, whatever becomes of it."""

from __future__ import annotations

import os
import signal
import time
from collections.abc import Iterator
from typing import Any

import pytest

from ui import browser, pictures
from ui.browser import Browser

_FIGURE: dict[str, Any] = {"data": [{"type": "scatter", "y": [1, 2]}], "layout": {}}
_SIZE = {"format": "png", "width": 60, "height": 40, "scale": 1}
_NO_OUTLINES = "file:///none/"

needs_a_browser = pytest.mark.skipif(
    not pictures.is_possible() or not hasattr(os, "killpg"), reason="no browser, or no groups of processes"
)


@pytest.fixture
def drawing() -> Iterator[Browser]:
    made = Browser()
    yield made
    made.leave()


def _draw(one: Browser) -> bytes:
    return one.draw(_FIGURE, _SIZE, _NO_OUTLINES)


def _group(one: Browser) -> int:
    assert one._kaleido is not None
    return int(one._kaleido.subprocess.pid)


def _is_gone(group: int) -> bool:
    """Whether nothing of a group is there a moment later: what was orphaned is taken away by the system, not by us."""
    for _ in range(50):
        try:
            os.killpg(group, 0)
        except ProcessLookupError:
            return True
        time.sleep(0.1)
    return False


@needs_a_browser
@pytest.mark.parametrize("ends", [signal.SIGKILL, signal.SIGSTOP], ids=["ended", "hung"])
def test_a_browser_that_is_ended_or_hangs_costs_one_picture_and_leaves_nothing_behind(
    ends: signal.Signals, drawing: Browser, monkeypatch: pytest.MonkeyPatch
) -> None:
    first = _draw(drawing)
    group = _group(drawing)
    monkeypatch.setattr(browser, "_PATIENCE_S", 2)
    monkeypatch.setattr(browser, "_PARTING_S", 1)
    os.killpg(group, ends)
    with pytest.raises((TimeoutError, RuntimeError, OSError)):
        _draw(drawing)
    assert _is_gone(group)
    monkeypatch.undo()
    assert _draw(drawing) == first


@needs_a_browser
def test_leaving_ends_the_browser_and_may_be_repeated(drawing: Browser) -> None:
    _draw(drawing)
    group = _group(drawing)
    drawing.leave()
    drawing.leave()
    assert _is_gone(group)
