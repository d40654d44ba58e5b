"""What the documents promise is there: links lead somewhere, commands run, and nothing speaks of the workshop."""

from __future__ import annotations

import re
from importlib import import_module
from pathlib import Path

import pytest
from typer.testing import CliRunner

from tests.conftest import ROOT

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
def test_every_command_of_the_readme_and_the_runbook_is_one(command: str) -> None:
    module, _, name = command.partition(" ")
    done = CliRunner().invoke(import_module(f"{module}.__main__").app, [name, "--help"])
    assert done.exit_code == 0, done.output
    assert "--json" in done.output


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
