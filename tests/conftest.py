"""What every test shares: the report of tests that could not run on this machine."""

from __future__ import annotations

import pytest

# Tests with these marks need a program that may be missing; missing is not passing.
NEEDS_A_PROGRAM = ("browser",)


def pytest_terminal_summary(terminalreporter: pytest.TerminalReporter) -> None:
    """Say how many tests could not run because a program was not found; .ci/run refuses any."""
    skipped = terminalreporter.stats.get("skipped", [])
    count = sum(any(mark in report.keywords for mark in NEEDS_A_PROGRAM) for report in skipped)
    terminalreporter.ensure_newline()
    terminalreporter.write_line(f"not run: {count}")
