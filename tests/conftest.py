"""What every test shares: the report of tests that could not run on this machine."""

from __future__ import annotations

import os
import subprocess
import sys
from pathlib import Path

import pytest
from filelock import FileLock
from hypothesis import settings

# How long one example takes depends on what else the machine is doing; a law does not.
settings.register_profile("house", deadline=None)
settings.load_profile("house")

ROOT = Path(__file__).resolve().parents[1]

# Tests with these marks need a program that may be missing; missing is not passing.
NEEDS_A_PROGRAM = ("browser",)


def pytest_terminal_summary(terminalreporter: pytest.TerminalReporter) -> None:
    """Say how many tests could not run because a program was not found; .ci/run refuses any."""
    skipped = terminalreporter.stats.get("skipped", [])
    count = sum(any(mark in report.keywords for mark in NEEDS_A_PROGRAM) for report in skipped)
    terminalreporter.ensure_newline()
    terminalreporter.write_line(f"not run: {count}")


@pytest.fixture(scope="session")
def demonstration_data(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A data directory holding the demonstration and its plan, built once for all tests that only read it."""
    shared = tmp_path_factory.getbasetemp()
    if "PYTEST_XDIST_WORKER" in os.environ:
        shared = shared.parent  # the workers' folders lie side by side
    data = shared / "demonstration"
    with FileLock(f"{data}.lock"):
        if not (data / "register.sqlite").exists():
            for module in ("etl", "register"):
                run_module(module, "demo", data=data)
    return data


def run_module(module: str, *arguments: str, data: Path, refused: bool = False) -> str:
    """Run `python -m module arguments` on a data directory; returns standard output. Fails on any other exit code."""
    done = subprocess.run(
        [sys.executable, "-m", module, *arguments],
        cwd=ROOT,
        env=clean_environment(data),
        capture_output=True,
        text=True,
        check=False,
    )
    assert done.returncode == (3 if refused else 0), done.stderr
    return done.stdout


def clean_environment(data: Path) -> dict[str, str]:
    """This process's environment without any MONITOR_ setting but the data directory."""
    kept = {name: value for name, value in os.environ.items() if not name.startswith("MONITOR_")}
    return {**kept, "MONITOR_DATA": str(data)}
