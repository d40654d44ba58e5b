"""The one command: what it refuses, and that a second run installs nothing."""

from __future__ import annotations

import hashlib
import importlib.util
import socket
import subprocess
import sys
from pathlib import Path
from types import ModuleType

import pytest

ROOT = Path(__file__).resolve().parents[1]


@pytest.fixture
def command(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> ModuleType:
    """run.py as a module, its environment in a folder of the test's own."""
    spec = importlib.util.spec_from_file_location("run", ROOT / "run.py")
    assert spec is not None
    assert spec.loader is not None
    module = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(module)
    monkeypatch.setattr(module, "VENV", tmp_path / ".venv")
    monkeypatch.setattr(module, "PYTHON", Path(sys.executable))
    return module


def test_an_old_python_is_refused_in_four_parts(command: ModuleType, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(command, "OLDEST", (99, 0))
    with pytest.raises(command.Refused) as refused:
        command.main([])
    text = str(refused.value)
    assert [line.split(":")[0] for line in text.splitlines()] == [
        "What happened",
        "Where",
        "What it means",
        "What to do",
    ]


def test_nothing_is_installed_again_until_the_requirements_change(
    command: ModuleType, monkeypatch: pytest.MonkeyPatch
) -> None:
    def no_pip(arguments: list[str]) -> int:
        raise AssertionError(f"ran {arguments}")

    wanted = hashlib.sha256((ROOT / "requirements.txt").read_bytes()).hexdigest()
    command.VENV.mkdir()
    (command.VENV / "requirements.txt.sha256").write_text(wanted)
    monkeypatch.setattr(command, "run", no_pip)
    command.install("requirements.txt")
    (command.VENV / "requirements.txt.sha256").write_text("older")
    with pytest.raises(AssertionError, match="pip"):
        command.install("requirements.txt")


def test_a_failed_install_is_refused_and_leaves_no_stamp(command: ModuleType, monkeypatch: pytest.MonkeyPatch) -> None:
    command.VENV.mkdir()
    monkeypatch.setattr(command, "run", lambda arguments: 1)
    with pytest.raises(command.Refused, match="could not be installed"):
        command.install("requirements.txt")
    assert not (command.VENV / "requirements.txt.sha256").exists()


def test_a_taken_port_is_refused_when_asked_for_and_passed_over_otherwise(command: ModuleType) -> None:
    with socket.socket() as taken:
        taken.bind(("127.0.0.1", 0))
        taken.listen()
        port = taken.getsockname()[1]
        with pytest.raises(command.Refused, match="taken"):
            command.free_port(port)
        command.PORT = port
        assert command.free_port(None) != port


def test_demonstration_data_are_made_only_when_nothing_was_ever_loaded(
    command: ModuleType, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("MONITOR_DATA", str(tmp_path))
    assert command.wants_demonstration()
    (tmp_path / "warehouse.duckdb").touch()  # a first load that was held back: real data, and no build
    assert not command.wants_demonstration()


def test_a_demonstration_that_was_interrupted_is_finished_and_then_left_alone(
    command: ModuleType, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("MONITOR_DATA", str(tmp_path))
    (tmp_path / "warehouse.duckdb").touch()
    (tmp_path / "demo").mkdir()
    (tmp_path / "demo" / "hate_reports_made-up.csv").touch()
    assert command.wants_demonstration()
    (tmp_path / "current.txt").touch()
    assert not command.wants_demonstration()


def test_help_needs_no_environment() -> None:
    shown = subprocess.run([sys.executable, ROOT / "run.py", "--help"], capture_output=True, text=True, check=False)
    assert shown.returncode == 0
    assert "py run.py" in shown.stdout
