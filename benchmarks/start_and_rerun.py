"""How long until the Quarter page shows its first figure, and until it has followed a change of area.

    python benchmarks/start_and_rerun.py [--rounds 5] [--data DIRECTORY]

Both are measured in a real browser beside an empty Streamlit app on the same machine in the same run, because only the
ratio travels between machines. Prints JSON, then a table for docs/performance.md.

- start: process start to the first tile or chart of Quarter, against the empty app's process start to its heading;
  a fresh server and a fresh browser profile each time, the two taking turns. Bar: 2.5 times.
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
DASHBOARD = ("dashboard.py", ".hm-tile, .js-plotly-plot .main-svg", ".st-key-choose_area input")
EMPTY = ("benchmarks/empty_app.py", "h1:has-text('Empty app')", "[data-testid=stSelectbox] input")
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
def server(script: str, data: Path) -> Iterator[tuple[float, str]]:
    """When the process was started (seconds) and the address, once it answers."""
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        port = probe.getsockname()[1]
    command = [sys.executable, "-m", "streamlit", "run", script, "--server.port", str(port)]
    started = time.perf_counter()
    process = subprocess.Popen(
        command, cwd=ROOT, env=os.environ | {"MONITOR_DATA": str(data)}, stdout=subprocess.DEVNULL
    )
    try:
        while True:
            try:
                with urllib.request.urlopen(f"http://127.0.0.1:{port}/_stcore/health", timeout=2):
                    break
            except (urllib.error.URLError, ConnectionError, TimeoutError):
                if process.poll() is not None:
                    raise SystemExit(f"{script} stopped while starting") from None
                time.sleep(0.01)
        yield started, f"http://127.0.0.1:{port}"
    finally:
        process.terminate()
        process.wait(timeout=30)


def time_start(browser: Browser, script: str, sign: str, data: Path) -> float:
    """Milliseconds from process start to the sign on a cold browser profile."""
    with server(script, data) as (started, address):
        page = browser.new_page(viewport={"width": 1440, "height": 1000})
        page.goto(address, wait_until="commit")
        page.wait_for_selector(sign, timeout=120_000)
        took = (time.perf_counter() - started) * 1000
        page.close()
    return took


def time_reruns(browser: Browser, script: str, sign: str, box: str, data: Path, rounds: int) -> list[float]:
    """Milliseconds from Enter on another choice to the last change of the page, after a warm-up."""
    with server(script, data) as (_, address):
        page = browser.new_page(viewport={"width": 1440, "height": 1000})
        page.goto(address)
        page.wait_for_selector(sign, timeout=120_000)
        page.evaluate(WATCH)
        rest(page)
        times = []
        for _ in range(WARM_UP + rounds):
            field = page.locator(box)
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
        starts: dict[str, list[float]] = {"dashboard": [], "empty": []}
        for _ in range(asked.rounds):
            for name, (script, sign, _box) in (("empty", EMPTY), ("dashboard", DASHBOARD)):
                starts[name].append(time_start(browser, script, sign, data))
        reruns = {
            name: time_reruns(browser, *app, data, asked.rounds)
            for name, app in (("empty", EMPTY), ("dashboard", DASHBOARD))
        }
        browser.close()
    results = {"start": starts, "rerun": reruns}
    medians = {what: {app: statistics.median(times) for app, times in found.items()} for what, found in results.items()}
    ratios = {what: found["dashboard"] / found["empty"] for what, found in medians.items()}
    print(json.dumps({"milliseconds": results, "medians": medians, "ratios": ratios}, indent=1))
    print("\n| measured | empty app (ms) | dashboard (ms) | ratio | bar |\n|---|---:|---:|---:|---:|")
    for what, found in medians.items():
        print(f"| {what} | {found['empty']:.0f} | {found['dashboard']:.0f} | {ratios[what]:.2f} | {BARS[what]} |")
    return int(any(ratios[what] > bar for what, bar in BARS.items()))


if __name__ == "__main__":
    raise SystemExit(main())
