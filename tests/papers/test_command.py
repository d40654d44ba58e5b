"""`python -m papers board`: the paper without the dashboard, recorded as one made there is."""

from __future__ import annotations

import errno
import json
import shutil
from datetime import UTC, datetime
from pathlib import Path

import pytest
from docx import Document
from typer.testing import CliRunner

from core import builds
from papers import portable
from papers.__main__ import app
from register import papers, read
from tests.papers.conftest import VIEWER

ABOUT = {"product_code": "board", "board_code": "lscsb", "area_code": "county", "quarter_code": "2022-Q4"}

pytestmark = pytest.mark.usefixtures("no_pictures")


@pytest.fixture
def data(demonstration_data: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """A copy of the demonstration that may be written to."""
    ignored = shutil.ignore_patterns("demo", "warehouse*", "runs", "*.lock")
    monkeypatch.setenv("MONITOR_DATA", str(tmp_path / "data"))
    return shutil.copytree(demonstration_data, tmp_path / "data", ignore=ignored)


def _run(*arguments: str, code: int = 0) -> str:
    done = CliRunner().invoke(app, ["board", *arguments])
    assert done.exit_code == code, done.output
    return done.output


def test_a_paper_is_written_recorded_with_the_words_last_kept_and_its_build_kept(data: Path, tmp_path: Path) -> None:
    papers.keep(VIEWER, ABOUT, {"officer": "Community Safety Team"}, {}, based_on=0, is_made_up=True)
    told = json.loads(
        _run("--board", "LSCSB", "--quarter", "2022-Q4", "--build", "3", "--out", str(tmp_path), "--json")
    )
    file = Path(told["file"])
    assert file.name == "board-paper_lscsb_county_2022-Q4_build-3_made-up.docx"
    assert "Community Safety Team" in [one.text for one in Document(str(file)).paragraphs]
    assert "Reports by motivating factor: not in the public build" in told["notes"]
    assert builds.kept_for(data, 3) == ["paper-board-lscsb-county-2022-Q4"]
    record = read.read(f"sqlite:///{data / 'register.sqlite'}", VIEWER, datetime.now(UTC))
    assert record is not None
    held = [row for row in record.versions["paper"] if row["quarter_code"] == "2022-Q4"]
    assert [row["build_number"] for row in held] == [None, 3]


@pytest.mark.parametrize(
    ("arguments", "code", "said"),
    [
        (("--board", "parish", "--quarter", "2022-Q4"), 2, "no such board"),
        (("--board", "sog", "--quarter", "2031-Q4"), 2, "--quarter"),
        (("--board", "csp", "--quarter", "2022-Q4", "--area", "E09000001"), 2, "--area"),
        (("--board", "csp", "--quarter", "2022-Q4"), 2, "one community safety partnership"),
        (("--board", "sog", "--quarter", "2022-Q4", "--build", "99"), 3, "build 99"),
        (("--board", "sog", "--quarter", "2022-Q4", "--as-at", "soon"), 2, "--as-at"),
        (("--board", "sog", "--quarter", "2022-Q4", "--sections", "tiles,weather"), 2, "--sections"),
        (("--board", "page", "--quarter", "2022-Q4"), 2, "not made for that board"),
    ],
    ids=lambda value: " ".join(value) if isinstance(value, tuple) else None,
)
def test_what_cannot_be_made_is_refused_in_four_parts_and_nothing_is_recorded(
    data: Path, tmp_path: Path, arguments: tuple[str, ...], code: int, said: str
) -> None:
    output = _run(*arguments, "--out", str(tmp_path), code=code)
    assert said in output
    assert "What to do" in output
    assert not list(tmp_path.glob("*.docx"))
    assert not builds.kept_for(data, 3)


def test_a_paper_is_there_whatever_becomes_of_its_pdf(
    data: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(portable, "_PROGRAMS", ("no-such-program",))
    output = _run(
        "--board", "csp", "--area", "E07000130", "--quarter", "2022-Q4", "--out", str(tmp_path), "--pdf", code=3
    )
    (paper,) = tmp_path.glob("*.docx")
    assert f"Written: {paper}" in output
    assert "only its PDF is missing" in output
    assert Document(str(paper)).paragraphs


def test_a_disk_that_is_full_leaves_an_earlier_paper_whole_and_no_part_of_the_new_one(
    data: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    asked = ("--board", "csp", "--area", "E07000130", "--quarter", "2022-Q4", "--out", str(tmp_path))
    earlier = Path(json.loads(_run(*asked, "--json"))["file"])
    content = earlier.read_bytes()

    def fill(file: Path, content: bytes) -> None:
        with file.open("wb") as begun:
            begun.write(content[:100])
        raise OSError(errno.ENOSPC, "no space left")

    monkeypatch.setattr(Path, "write_bytes", fill)
    assert "could not be written" in _run(*asked, code=3)
    monkeypatch.undo()
    assert earlier.read_bytes() == content
    assert [one for one in tmp_path.iterdir() if one.is_file()] == [earlier]


@pytest.mark.parametrize(
    ("product", "asked", "ending", "kept"),
    [
        ("pack", ("--board", "HSG", "--sections", "changed,asked"), "pptx", "paper-pack-hsg-llr-2022-Q4"),
        ("workbook", ("--board", "HSG", "--sections", "quarter"), "xlsx", "paper-workbook-hsg-llr-2022-Q4"),
        ("two-pager", (), "docx", "paper-two_pager-page-llr-2022-Q4"),
        ("profile", ("--area", "E07000130"), "docx", "paper-profile-page-E07000130-2022-Q4"),
    ],
)
def test_every_other_product_is_made_and_recorded_the_same_way(
    data: Path, tmp_path: Path, product: str, asked: tuple[str, ...], ending: str, kept: str
) -> None:
    arguments = [product, *asked, "--quarter", "2022-Q4", "--out", str(tmp_path), "--json"]
    done = CliRunner().invoke(app, arguments)
    assert done.exit_code == 0, done.output
    file = Path(json.loads(done.output)["file"])
    assert file.suffix == f".{ending}"
    assert file.read_bytes()[:2] == b"PK"
    assert builds.kept_for(data, 3) == [kept]
