"""A tab of a real browser on a real server, with every network but this machine refused."""

from __future__ import annotations

import os
import re
import socket
import subprocess
import sys
import time
import urllib.error
import urllib.request
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from pathlib import Path
from urllib.parse import urlsplit

import pytest
from axe_playwright_python.sync_playwright import Axe
from playwright.sync_api import BrowserContext, ConsoleMessage, Page, Request, Response, Route

from core.settings import ROOT

PATIENCE_S = 60
# Opened at /places, Streamlit's own page asks first whether the server lives under /places/, and is told 404.
STREAMLIT_ASKS = re.compile(r"^http://[^/]+/\w+/_stcore/(health|host-config)$")


def run_module(*arguments: str, data: Path) -> subprocess.CompletedProcess[str]:
    """Run one of our commands on this data directory; its errors are the test's errors."""
    done = subprocess.run(
        [sys.executable, "-m", *arguments],
        cwd=ROOT,
        env=environment(data),
        capture_output=True,
        text=True,
        check=False,
        timeout=600,
    )
    assert done.returncode == 0, done.stderr[-3000:]
    return done


def environment(data: Path, **settings: str) -> dict[str, str]:
    """This process's environment with our settings for `data` and no other of ours."""
    kept = {name: value for name, value in os.environ.items() if not name.startswith(("MONITOR_", "STREAMLIT_"))}
    return kept | {"MONITOR_DATA": str(data)} | settings


@contextmanager
def serving(data: Path, *options: str, **settings: str) -> Iterator[str]:
    """The address of a fresh server on this data directory."""
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        port = probe.getsockname()[1]
    command = [sys.executable, "-m", "streamlit", "run", "dashboard.py", "--server.port", str(port), *options]
    server = subprocess.Popen(
        command, cwd=ROOT, env=environment(data, **settings), stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL
    )
    try:
        wait_until_healthy(server, port)
        yield f"http://127.0.0.1:{port}"
    finally:
        server.terminate()
        server.wait(timeout=20)


def wait_until_healthy(server: subprocess.Popen[bytes], port: int) -> None:
    deadline = time.monotonic() + PATIENCE_S
    while time.monotonic() < deadline:
        assert server.poll() is None, "the server stopped while starting"
        try:
            with urllib.request.urlopen(f"http://127.0.0.1:{port}/_stcore/health", timeout=2):
                return
        except (urllib.error.URLError, ConnectionError, TimeoutError):
            time.sleep(0.1)
    pytest.fail("the server did not become healthy")


@dataclass
class Visit:
    """One tab on one server, and everything that went wrong in it."""

    page: Page
    address: str
    problems: list[str] = field(default_factory=list)

    def open(self, path: str = "/") -> Page:
        """Go to a path of the server and wait until the page is drawn."""
        self.page.goto(self.address + path)
        return self.settle()

    def settle(self) -> Page:
        """Wait until the script has finished and nothing is being drawn."""
        self.page.wait_for_selector("[data-testid=stApp] h1", timeout=PATIENCE_S * 1000)
        self.page.wait_for_function(
            """() => {
                const app = document.querySelector('[data-testid=stApp]');
                const waiting = '[data-testid=stSkeleton], [data-testid=stAppSkeleton], [data-stale=true]';
                const charts = [...document.querySelectorAll('[data-testid=stPlotlyChart]')];
                // Charts are drawn by code the browser fetches after the page itself.
                return app && app.getAttribute('data-test-script-state') === 'notRunning'
                    && !document.querySelector(waiting) && charts.every(chart => chart.querySelector('.main-svg'));
            }""",
            timeout=PATIENCE_S * 1000,
        )
        self.page.wait_for_load_state("networkidle")
        return self.page

    def violations(self) -> list[tuple[str, str]]:
        """What the accessibility rules find: the rule, and the first place of it."""
        found = Axe().run(self.page).response["violations"]
        return [(one["id"], one["nodes"][0]["html"][:200]) for one in found]

    def assert_clean(self) -> None:
        """No console error, no failed or refused request, no error box."""
        assert self.problems == []
        assert self.page.locator("[data-testid=stException]").count() == 0
        assert self.page.get_by_text("Page not found").count() == 0


def attach(context: BrowserContext, address: str) -> Visit:
    """A tab that may reach `address` only and notes whatever goes wrong."""
    host = urlsplit(address).netloc
    visit = Visit(context.new_page(), address)

    def refuse_elsewhere(route: Route) -> None:
        if urlsplit(route.request.url).netloc == host:
            route.continue_()
        else:
            visit.problems.append(f"asked {urlsplit(route.request.url).netloc}")
            route.abort()

    def note_console(message: ConsoleMessage) -> None:
        if message.type == "error" and not STREAMLIT_ASKS.match(message.location["url"]):
            visit.problems.append(f"console: {message.text[:300]}")

    def note_failed(request: Request) -> None:
        # A request given up because the reader moved on is not a failure.
        if request.failure != "net::ERR_ABORTED":
            visit.problems.append(f"failed: {request.url}")

    def note_status(response: Response) -> None:
        if response.status >= 400 and not STREAMLIT_ASKS.match(response.url):
            visit.problems.append(f"{response.status}: {response.url}")

    context.route("**/*", refuse_elsewhere)
    visit.page.on("console", note_console)
    visit.page.on("pageerror", lambda error: visit.problems.append(f"page error: {str(error)[:300]}"))
    visit.page.on("requestfailed", note_failed)
    visit.page.on("response", note_status)
    return visit


NewVisit = Callable[..., Visit]
