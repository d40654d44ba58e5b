"""How long until the Quarter page shows its first figure, and until it has followed a change of area.

    python benchmarks/start_and_rerun.py [--rounds 5] [--data DIRECTORY]

Both are measured in a real browser beside an empty Streamlit app on the same machine in the same run, because only the
ratio travels between machines. Prints JSON, then a table for docs/performance.md.

The empty app runs with Streamlit's own settings, as anybody's would. A second empty app with this project's settings
(.streamlit/config.toml) is measured too, to tell what the settings give from what the pages cost.

- start: process start to the first tile or chart of Quarter, against the empty app's process start to its heading;
  a fresh server and a fresh browser profile each time, taking turns. Bar: 2.5 times.
- rerun: Enter on another area to the last change of the page, warm, against the same in the empty app. Bar: 4 times.
"""

from __future__ import annotations

import argparse
import json
import os
import shutil
import socket
import statistics
import subprocess
import sys
import tempfile
import time
import urllib.error
import urllib.request
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from playwright.sync_api import Browser, Page, sync_playwright

ROOT = Path(__file__).resolve().parent.parent
# Script, whether it runs with this project's settings, the sign that it is drawn, and the box a choice is made in.
App = tuple[str, bool, str, str]
HEADING = "h1:has-text('Empty app')"
BOX = "[data-testid=stSelectbox] input"
APPS: dict[str, App] = {
    "empty": ("benchmarks/empty_app.py", False, HEADING, BOX),
    "empty, our settings": ("benchmarks/empty_app.py", True, HEADING, BOX),
    "dashboard": ("dashboard.py", True, ".hm-tile, .js-plotly-plot .main-svg", ".st-key-choose_area input"),
}
BARS = {"start": 2.5, "rerun": 4.0}
WARM_UP = 3
# The page has come to rest when nothing changed for this long; two seconds is far beyond any pause of a rerun.
REST_MS = 2000
WATCH = """() => {
    window.changedAt = 0;
    new MutationObserver(() => { window.changedAt = performance.now(); }).observe(
        document.body, {subtree: true, childList: true, attributes: true, characterData: true});
    document.addEventListener('keydown', event => {
        if (event.key === 'Enter') { window.keyAt = window.changedAt = performance.now(); }
    }, true);
}"""


@contextmanager
def server(app: App, data: Path) -> Iterator[tuple[float, str]]:
    """When the process was started (seconds) and the address, once it answers."""
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        port = probe.getsockname()[1]
    script, is_ours, _, _ = app
    command = [sys.executable, "-m", "streamlit", "run", str(ROOT / script), "--server.port", str(port)]
    command += ["--server.address", "127.0.0.1", "--server.headless", "true", "--browser.gatherUsageStats", "false"]
    # Streamlit takes its settings from the folder it is started in.
    folder = ROOT if is_ours else data
    environment = os.environ | {"MONITOR_DATA": str(data)}
    started = time.perf_counter()
    process = subprocess.Popen(command, cwd=folder, env=environment, stdout=subprocess.DEVNULL)
    try:
        while True:
            try:
                with urllib.request.urlopen(f"http://127.0.0.1:{port}/_stcore/health", timeout=2):
                    break
            except (urllib.error.URLError, ConnectionError, TimeoutError):
                if process.poll() is not None:
                    raise SystemExit(f"{app[0]} stopped while starting") from None
                time.sleep(0.01)
        yield started, f"http://127.0.0.1:{port}"
    finally:
        process.terminate()
        process.wait(timeout=30)


def time_start(browser: Browser, app: App, data: Path) -> float:
    """Milliseconds from process start to the sign on a cold browser profile."""
    with server(app, data) as (started, address):
        page = browser.new_page(viewport={"width": 1440, "height": 1000})
        page.goto(address, wait_until="commit")
        page.wait_for_selector(app[2], timeout=120_000)
        took = (time.perf_counter() - started) * 1000
        page.close()
    return took


def time_reruns(browser: Browser, app: App, data: Path, rounds: int) -> list[float]:
    """Milliseconds from Enter on another choice to the last change of the page, after a warm-up."""
    with server(app, data) as (_, address):
        page = browser.new_page(viewport={"width": 1440, "height": 1000})
        page.goto(address)
        page.wait_for_selector(app[2], timeout=120_000)
        page.evaluate(WATCH)
        rest(page)
        times = []
        for _ in range(WARM_UP + rounds):
            field = page.locator(app[3])
            field.click()
            field.press("ArrowDown")
            page.wait_for_timeout(300)
            field.press("Enter")
            times.append(rest(page))
        page.close()
    return times[WARM_UP:]


def rest(page: Page) -> float:
    """Wait until the page is at rest; milliseconds from the last Enter to the last change."""
    page.wait_for_function(f"performance.now() - window.changedAt > {REST_MS}", timeout=120_000)
    return float(page.evaluate("window.changedAt - (window.keyAt || 0)"))


def main() -> int:
    """Measure, print, and return 1 when a bar is missed."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--rounds", type=int, default=5)
    parser.add_argument("--data", type=Path, help="a data directory with a demonstration build (made when not given)")
    asked = parser.parse_args()
    chromium = next(path for name in ("chromium", "chromium-browser", "google-chrome") if (path := shutil.which(name)))
    with tempfile.TemporaryDirectory() as made, sync_playwright() as playwright:
        data = asked.data or Path(made)
        if asked.data is None:
            for module in ("etl", "register"):
                environment = os.environ | {"MONITOR_DATA": str(data)}
                subprocess.run([sys.executable, "-m", module, "demo"], cwd=ROOT, env=environment, check=True)
        browser = playwright.chromium.launch(executable_path=chromium, args=["--no-sandbox", "--disable-gpu"])
        starts: dict[str, list[float]] = {name: [] for name in APPS}
        for _ in range(asked.rounds):
            for name, app in APPS.items():
                starts[name].append(time_start(browser, app, data))
        reruns = {name: time_reruns(browser, app, data, asked.rounds) for name, app in APPS.items()}
        browser.close()
    results = {"start": starts, "rerun": reruns}
    medians = {what: {app: statistics.median(times) for app, times in found.items()} for what, found in results.items()}
    ratios = {what: found["dashboard"] / found["empty"] for what, found in medians.items()}
    print(json.dumps({"milliseconds": results, "medians": medians, "ratios": ratios}, indent=1))
    print("\n| measured | empty app (ms) | empty app, our settings (ms) | dashboard (ms) | ratio to empty | bar |")
    print("|---|---:|---:|---:|---:|---:|")
    for what, found in medians.items():
        numbers = " | ".join(f"{found[name]:.0f}" for name in APPS)
        print(f"| {what} | {numbers} | {ratios[what]:.2f} | {BARS[what]} |")
    return int(any(ratios[what] > bar for what, bar in BARS.items()))


if __name__ == "__main__":
    raise SystemExit(main())
