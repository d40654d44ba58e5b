"""A paper as PDF: what is refused in words, and what LibreOffice makes where there is one."""

from __future__ import annotations

import stat
import sys
import time
from pathlib import Path

import pytest

from core.errors import MonitorError, UsageError
from core.model import Build, Selection
from papers import portable, two_pager
from papers.product import Product
from tests.papers.conftest import DOT, VIEWER
from ui import pictures

PAPER = Product("paper.docx", "application/x", b"no file of Word", ("a note",))


def _program(folder: Path, monkeypatch: pytest.MonkeyPatch, body: str) -> None:
    """A program that is called as LibreOffice is."""
    program = folder / "soffice"
    program.write_text(f"#!{sys.executable}\n{body}\n", encoding="utf-8")
    program.chmod(program.stat().st_mode | stat.S_IEXEC)
    monkeypatch.setattr(portable, "_PROGRAMS", (str(program),))


def _parts(error: MonitorError) -> list[str]:
    return [error.what, error.where, error.meaning, error.action]


def test_without_libreoffice_it_says_what_to_do(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(portable, "_PROGRAMS", ("no-such-program",))
    portable.is_possible.cache_clear()
    assert not portable.is_possible()
    portable.is_possible.cache_clear()
    with pytest.raises(MonitorError, match="not found") as refused:
        portable.pdf(PAPER)
    assert all(_parts(refused.value))


def test_only_a_paper_becomes_a_pdf() -> None:
    with pytest.raises(UsageError, match="only a Word"):
        portable.pdf(Product("figures.csv", "text/csv", b"a,b"))


@pytest.mark.parametrize("body", ["", "raise SystemExit(77)"])
def test_a_program_that_makes_nothing_is_told(tmp_path: Path, monkeypatch: pytest.MonkeyPatch, body: str) -> None:
    _program(tmp_path, monkeypatch, body)
    with pytest.raises(MonitorError, match="without making") as refused:
        portable.pdf(PAPER)
    assert all(_parts(refused.value))


def test_a_program_that_does_not_end_is_ended_with_what_it_started(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    mark = tmp_path / "alive"
    late = f"import time; time.sleep(3); open({str(mark)!r}, 'w').close()"
    body = f"import subprocess, sys, time\nsubprocess.Popen([sys.executable, '-c', {late!r}])\ntime.sleep(60)"
    _program(tmp_path, monkeypatch, body)
    monkeypatch.setattr(portable, "_PATIENCE_S", 1.5)
    with pytest.raises(MonitorError, match="did not finish"):
        portable.pdf(PAPER)
    time.sleep(3)
    assert not mark.exists()


def test_whoever_stops_waiting_leaves_nothing_running(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    mark = tmp_path / "alive"
    _program(tmp_path, monkeypatch, f"import time; time.sleep(1); open({str(mark)!r}, 'w').close()")

    def stop(*_: object) -> None:
        raise KeyboardInterrupt

    with monkeypatch.context() as patch:
        patch.setattr(portable, "_await", stop)
        with pytest.raises(KeyboardInterrupt):
            portable.pdf(PAPER)
    time.sleep(1.5)
    assert not mark.exists()


def test_a_disk_without_room_is_told(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    _program(tmp_path, monkeypatch, "")
    monkeypatch.setattr(portable.tempfile, "tempdir", str(tmp_path / "nowhere"))
    with pytest.raises(MonitorError, match="no room") as refused:
        portable.pdf(PAPER)
    assert all(_parts(refused.value))


def test_it_asks_for_tags_and_a_profile_of_its_own_that_is_thrown_away(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    told = tmp_path / "told"
    _program(tmp_path, monkeypatch, f"import sys; open({str(told)!r}, 'w').write(chr(10).join(sys.argv[1:]))")
    with pytest.raises(MonitorError):
        portable.pdf(PAPER)
    said = told.read_text(encoding="utf-8").splitlines()
    assert '"PDFUACompliance": {"type": "boolean", "value": "true"}' in next(one for one in said if "pdf:" in one)
    profile = next(one for one in said if one.startswith("-env:UserInstallation=file://"))
    assert not Path(profile.partition("file://")[2]).parent.exists()


@pytest.mark.long
def test_the_same_paper_is_the_same_tagged_pdf(build: Build, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(pictures, "is_possible", lambda: True)
    monkeypatch.setattr(pictures, "plain", lambda *_, **__: DOT)
    paper = two_pager.make(Selection("2023-Q2"), VIEWER, build)
    first, second = portable.pdf(paper), portable.pdf(paper)
    assert first.content == second.content
    assert (first.name, first.mime) == (paper.name.replace(".docx", ".pdf"), "application/pdf")
    assert first.notes == paper.notes
    for held in (b"%PDF-", b"/MarkInfo<</Marked true", b"/StructTreeRoot", b"pdfuaid:part", b"/Lang(en-GB)"):
        assert held in first.content
