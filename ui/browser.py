"""The browser that turns figures into pictures: opened when the first is asked for, replaced when it fails.

Imports nothing of Streamlit. Kaleido's own server is not used: where its browser is ended or hangs, whoever asks it
next waits for ever, and so does everybody after.
"""

from __future__ import annotations

import asyncio
import atexit
import os
import signal
import threading
from collections.abc import Coroutine, Mapping
from concurrent.futures import Future
from contextlib import suppress
from typing import TYPE_CHECKING, Any, TypeVar

if TYPE_CHECKING:
    from kaleido import Kaleido

_PATIENCE_S = 45
_PARTING_S = 5
_Said = TypeVar("_Said")


class Browser:
    """One browser in a thread of its own, for one figure at a time."""

    def __init__(self) -> None:
        self._loop: asyncio.AbstractEventLoop | None = None
        self._kaleido: Kaleido | None = None
        atexit.register(self.leave)

    def draw(self, figure: Mapping[str, Any], options: Mapping[str, Any], topology: str) -> bytes:
        """A figure of plotly as bytes of a picture.

        Args:
            options: format, width and height in pixels, scale.
            topology: the address of the outlines that plotly.js draws worlds with.

        Raises TimeoutError when the browser does not answer, RuntimeError or OSError when it cannot draw. After
        each of them the next figure gets another browser.
        """
        # Imported when the first picture is asked for: 150 ms that no page should wait for.
        from choreographer.errors import DevtoolsProtocolError
        from kaleido.errors import KaleidoError

        try:
            return self._run(self._drawn(dict(figure), dict(options), topology), _PATIENCE_S)
        except (KaleidoError, DevtoolsProtocolError) as failed:
            self.leave()
            raise RuntimeError("the browser could not draw the figure") from failed
        except BaseException:
            self.leave()
            raise

    def leave(self) -> None:
        """End the browser and its thread, whatever state it is in; the next figure opens another."""
        loop, kaleido = self._loop, self._kaleido
        self._loop = self._kaleido = None
        if loop is None:
            return
        if kaleido is not None:
            with suppress(TimeoutError, RuntimeError, OSError):
                asyncio.run_coroutine_threadsafe(kaleido.close(), loop).result(_PARTING_S)
            _end(kaleido)
        loop.call_soon_threadsafe(loop.stop)

    async def _drawn(self, figure: dict[str, Any], options: dict[str, Any], topology: str) -> bytes:
        if self._kaleido is None:
            from kaleido import Kaleido

            # Left to itself its page asks a public server for a library of formulas before every picture.
            self._kaleido = Kaleido(mathjax=False, timeout=_PATIENCE_S)
            await self._kaleido.open()
        drawn: bytes = await self._kaleido.calc_fig(figure, options, topojson=topology)
        return drawn

    def _run(self, wanted: Coroutine[Any, Any, _Said], seconds: float) -> _Said:
        if self._loop is None:
            self._loop = asyncio.new_event_loop()
            threading.Thread(target=self._loop.run_forever, name="browser", daemon=True).start()
        asked: Future[_Said] = asyncio.run_coroutine_threadsafe(wanted, self._loop)
        try:
            return asked.result(seconds)
        except BaseException:
            asked.cancel()
            raise


def _end(kaleido: Kaleido) -> None:
    """End what did not go when it was asked to, and what it started where the system lets a group be ended."""
    running = getattr(kaleido, "subprocess", None)
    if running is None:
        return
    if hasattr(os, "killpg"):  # the program runs in a session of its own
        with suppress(ProcessLookupError, PermissionError):
            os.killpg(running.pid, signal.SIGKILL)
    elif running.poll() is None:
        running.kill()
    running.wait()
