"""The whole dashboard without a browser: dashboard.py, admission, the frame and one page after another."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest
from streamlit import config
from streamlit.runtime.pages_manager import PagesManager
from streamlit.testing.v1 import AppTest, app_test

from core import words

ROOT = Path(__file__).resolve().parents[2]
PAGES = tuple(page["name"] for page in words.page_text("frame")["page"])

OpenPage = Callable[..., AppTest]


def shown(app: AppTest) -> str:
    """Everything the page says, as one text."""
    return " ".join(str(element.proto.body) for kind in ("html", "markdown") for element in app.get(kind))


@pytest.fixture
def serve_from() -> Iterator[Callable[[str | None], None]]:
    """serve_from(address): pretend that the server listens there; put back afterwards."""
    before = config.get_option("server.address")
    yield lambda address: config.set_option("server.address", address)
    config.set_option("server.address", before)


@pytest.fixture
def open_page(
    monkeypatch: pytest.MonkeyPatch, serve_from: Callable[[str | None], None], demonstration_data: Path
) -> OpenPage:
    """open_page(name, data=..., build=..., address=..., at_build=..., area=...): the page, after its first run."""

    def open_one(
        name: str = PAGES[0],
        *,
        data: Path = demonstration_data,
        build: str = "restricted",
        address: str | None = "127.0.0.1",
        at_build: str | None = None,
        **choices: str,
    ) -> AppTest:
        monkeypatch.setenv("MONITOR_DATA", str(data))
        monkeypatch.setenv("MONITOR_BUILD", build)
        serve_from(address)
        app = AppTest.from_file(str(ROOT / "dashboard.py"), default_timeout=60)
        for choice, code in (choices | ({"build": at_build} if at_build else {})).items():
            app.query_params[choice] = code
        app.run()
        return app if name == PAGES[0] else app.switch_page(f"pages/{name}.py").run()

    return open_one


@pytest.fixture
def an_older_process(monkeypatch: pytest.MonkeyPatch) -> None:
    """As in a server that has shown a page before: AppTest makes every run the first of its process.

    In such a first run the page file is executed, sends itself round through the frame, and a button that was pressed
    is forgotten on the way.
    """

    class Known(PagesManager):
        def __init__(self, *arguments: Any, **options: Any) -> None:
            super().__init__(*arguments, **options)
            PagesManager.uses_pages_directory = Known.uses_pages_directory = False

    monkeypatch.setattr(app_test, "PagesManager", Known)
