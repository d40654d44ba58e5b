"""One browser, one demonstration and one server, shared by the tests that only read."""

from __future__ import annotations

import shutil
from collections.abc import Iterator
from pathlib import Path

import pytest
from playwright.sync_api import Browser, BrowserContext, sync_playwright

from tests.browser.visits import NewVisit, Visit, attach, serving

BROWSERS = ("chromium", "chromium-browser", "google-chrome", "chrome")
ARGUMENTS = (
    "--no-sandbox", "--disable-gpu", "--no-first-run", "--disable-background-networking",
    "--disable-component-update", "--disable-sync",
)  # fmt: skip


@pytest.hookimpl(tryfirst=True)  # before the tests are dealt out by group
def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    """Every test of this folder needs a browser, and they share one server when tests run side by side."""
    for item in items:
        if Path(__file__).parent in item.path.parents:
            item.add_marker(pytest.mark.browser)
            item.add_marker(pytest.mark.xdist_group("browser"))


@pytest.fixture(scope="session")
def browser() -> Iterator[Browser]:
    """Debian's Chromium, or a skip that is reported as not run."""
    found = next((path for name in BROWSERS if (path := shutil.which(name))), None)
    if found is None:
        pytest.skip("no Chromium or Chrome was found on this machine")
    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=found, args=list(ARGUMENTS))
        yield browser
        browser.close()


@pytest.fixture
def new_visit(browser: Browser) -> Iterator[NewVisit]:
    """Open a tab on a server: new_visit(address, width=1440)."""
    contexts: list[BrowserContext] = []

    def open_tab(address: str, width: int = 1440, height: int = 1000) -> Visit:
        context = browser.new_context(
            viewport={"width": width, "height": height}, locale="en-GB", accept_downloads=True
        )
        contexts.append(context)
        return attach(context, address)

    yield open_tab
    for context in contexts:
        context.close()


@pytest.fixture(scope="session")
def demonstration(browser: Browser, demonstration_data: Path) -> Path:
    """The demonstration, built only where there is a browser to look at it."""
    return demonstration_data


@pytest.fixture(scope="session")
def address(demonstration: Path) -> Iterator[str]:
    """A server on the demonstration, shared by the tests that only read."""
    with serving(demonstration) as found:
        yield found


@pytest.fixture
def visit(new_visit: NewVisit, address: str) -> Visit:
    """A desktop-wide tab on the shared demonstration server."""
    return new_visit(address)
