"""What the documents promise is there: links lead somewhere, commands run, and nothing speaks of the workshop."""

from __future__ import annotations

import re
import subprocess
import sys
from pathlib import Path

import pytest

from tests.conftest import ROOT, clean_environment

DOCUMENTS = [
    *(ROOT / name for name in ("README.md", "CONTRIBUTING.md", "CHANGELOG.md")),
    *sorted((ROOT / "docs").glob("*.md")),
]
TOLD = "".join((ROOT / name).read_text(encoding="utf-8") for name in ("README.md", "docs/runbook.md"))
COMMANDS = sorted(set(re.findall(r"python -m ((?:etl|register|papers) [\w-]+)", TOLD)))


@pytest.mark.parametrize("document", DOCUMENTS, ids=lambda path: path.name)
def test_every_link_leads_somewhere(document: Path) -> None:
    for target in re.findall(r"\]\(([^)#\s]+)\)", document.read_text(encoding="utf-8")):
        if not target.startswith(("http://", "https://")):
            assert (document.parent / target).exists(), target


@pytest.mark.parametrize("command", COMMANDS)
def test_every_command_of_the_readme_and_the_runbook_is_one(command: str, tmp_path: Path) -> None:
    done = subprocess.run(
        [sys.executable, "-m", *command.split(), "--help"],
        cwd=ROOT,
        env=clean_environment(tmp_path),
        capture_output=True,
        text=True,
        check=False,
    )
    assert done.returncode == 0, done.stderr
    assert "--json" in done.stdout


def test_the_readme_names_the_two_commands() -> None:
    said = (ROOT / "README.md").read_text(encoding="utf-8")
    assert "`python3 run.py`" in said
    assert "`python3 run.py test`" in said
    assert "`py run.py`" in said


def test_every_pinned_direct_dependency_has_its_reason() -> None:
    project = (ROOT / "pyproject.toml").read_text(encoding="utf-8")
    decisions = (ROOT / "docs" / "decisions.md").read_text(encoding="utf-8")
    for name in re.findall(r'^    "([a-z0-9-]+)(?:==[^"]+)?",', project, re.MULTILINE):
        assert name in decisions, name
