"""The walk: all of a load or none of it, whatever is given, whoever else is at work, and wherever it is stopped."""

from __future__ import annotations

import json
import signal
import subprocess
import sys
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest
from filelock import FileLock

from core import builds, db
from core.settings import ROOT, Settings
from etl import pipeline

from .conftest import NOW, Write

QUARTER = "hate_2023-04-01_2023-06-30_extracted_{}.csv"
# Set by each build anew, so never the same twice.
OWN = {"build": ["build_number", "published_at", "previous_build"], "load": ["loaded_at"]}


def run(settings: Settings, *arguments: str) -> subprocess.CompletedProcess[str]:
    """`python -m etl` as a reader runs it, on the test's data directory."""
    return subprocess.run(
        [sys.executable, "-m", "etl", *arguments], cwd=ROOT, capture_output=True, text=True, check=False
    )


def contents(data: Path) -> dict[str, list[tuple[Any, ...]]]:
    """Every table of both files of the live build, without what each build sets anew."""
    found = {}
    number = builds.live_number(data)
    assert number is not None
    for audience in ("restricted", "shareable"):
        connection = db.open_database(builds.mart_path(data, number, audience))
        try:
            for (table,) in connection.execute("select table_name from information_schema.tables").fetchall():
                leave_out = ", ".join(OWN.get(table, []))
                columns = f"* exclude ({leave_out})" if leave_out else "*"
                found[f"{audience}.{table}"] = connection.execute(
                    f"select {columns} from {table} order by all"
                ).fetchall()
        finally:
            connection.close()
    return found


def test_load_tells_in_json_where_every_record_went(settings: Settings, write: Write) -> None:
    path = write([{}, {"strands": "Vegan"}, {}], QUARTER.format("2023-07-05"))
    done = run(settings, "load", str(path), "--json")
    assert done.returncode == 0
    told = json.loads(done.stdout)
    assert (told["revisions"], told["pruned"]["removed"], len(told["notices"])) == ([], [], 1)
    assert {"extract", "stage", "validate", "conform", "mart", "publish", "total"} == set(told["seconds"])
    assert min(told["disk"].values()) > 0
    assert {name: told[name] for name in ("build", "published", "files")} == {
        "build": 1,
        "published": True,
        "files": [
            {
                "file": path.name,
                "source": "hate_reports",
                "contract": "hate_reports",
                "records": 3,
                "accepted": 2,
                "quarantined": 1,
                "new": 2,
                "changed": 0,
                "unchanged": 0,
                "reports": 2,
                "outside": 0,
                "several_strands": 0,
                "several_said": 0,
                "refused": None,
            }
        ],
    }
    again = json.loads(run(settings, "load", str(path), "--json").stdout)
    assert (again["build"], again["published"]) == (1, False)
    assert (again["files"][0]["new"], again["files"][0]["unchanged"]) == (0, 2)


def test_one_refused_file_and_nothing_of_the_load_is_kept(settings: Settings, write: Write, tmp_path: Path) -> None:
    empty = tmp_path / "empty_extracted_2023-07-05.csv"
    empty.write_text("")
    good = [write([{}], QUARTER.format(f"2023-07-0{day}")) for day in (5, 6)]
    result = pipeline.load([good[0], empty, good[1]], settings, NOW)
    assert (result.build, result.published, result.exit_code) == (None, False, 3)
    assert [file.refused is not None for file in result.files] == [False, True, False]
    assert all(file.records == file.accepted + file.quarantined for file in result.files)
    assert pipeline.load(good, settings, NOW).files[0].new == 1


@pytest.mark.parametrize(
    ("arguments", "code"),
    [
        (["load", "missing.csv"], 3),
        (["load", "missing.csv", "--source", "nobody"], 3),  # the file comes first
        (["load"], 2),
        (["load", "missing.csv", "--extracted", "yesterday"], 2),
        (["check", "missing.csv"], 3),
        (["rollback", "7"], 3),
        (["status"], 3),
        (["quarantine"], 3),
        (["prune"], 0),
        (["keep", "7", "a-paper"], 3),
        (["builds"], 0),
    ],
)
def test_exit_codes_tell_a_mistake_of_use_from_a_refusal_and_nothing_prints_a_trace(
    arguments: list[str], code: int, settings: Settings
) -> None:
    done = run(settings, *arguments)
    assert done.returncode == code
    assert "Traceback" not in done.stderr
    if code == 3:
        assert all(part in done.stderr for part in ("What happened:", "Where:", "What it means:", "What to do:"))


def test_json_alone_is_on_standard_output_even_when_refused(settings: Settings) -> None:
    for arguments in (["load", "missing.csv"], ["check", "missing.csv"], ["rollback", "7"], ["status"], ["builds"]):
        assert isinstance(json.loads(run(settings, *arguments, "--json").stdout), dict)


def test_a_data_directory_that_cannot_be_used_is_told_in_four_parts(settings: Settings, write: Write) -> None:
    settings.data.write_text("a file where a folder is needed")
    for arguments in (["load", str(write([{}]))], ["demo"], ["rollback", "1"]):
        done = run(settings, *arguments, "--json")
        assert done.returncode == 3
        assert set(json.loads(done.stdout)["error"]) == {"what", "where", "meaning", "action"}
        assert "Traceback" not in done.stderr
    assert json.loads(run(settings, "status", "--json").stdout)["live"] is None


def test_a_run_report_that_cannot_be_written_is_told_and_undoes_nothing(settings: Settings, write: Write) -> None:
    settings.data.mkdir()
    (settings.data / "runs").write_text("a file where a folder is needed")
    result = pipeline.load([write([{}], QUARTER.format("2023-07-05"))], settings, NOW)
    assert (result.build, result.published, result.exit_code) == (1, True, 0)
    assert "could not be written" in result.notices[-1]


def test_a_damaged_build_is_told_and_the_others_are_still_listed(settings: Settings, write: Write) -> None:
    for day in (5, 6):
        pipeline.load([write([{}, *[{}] * day], QUARTER.format(f"2023-07-0{day}"))], settings, NOW)
    (settings.data / "marts" / "2" / "restricted.duckdb").write_bytes(b"not a database")
    told = run(settings, "status", "--json")
    assert (told.returncode, "Traceback" in told.stderr) == (3, False)
    assert "damaged" in json.loads(told.stdout)["error"]["what"]
    listed = json.loads(run(settings, "builds", "--json").stdout)["builds"]
    assert [(entry["build"], entry["is_damaged"]) for entry in listed] == [(1, False), (2, True)]
    assert run(settings, "rollback", "1").returncode == 0
    assert run(settings, "status").returncode == 0


def test_an_extract_dated_ahead_is_refused(settings: Settings, write: Write) -> None:
    # It would let dates still to come in, and outrank every extract until that day.
    result = pipeline.load([write([{}], QUARTER.format("2032-07-05"))], settings, NOW)
    assert result.files[0].refused is not None
    assert "still to come" in result.files[0].refused.what


def test_a_file_of_which_nothing_can_be_accepted_names_the_rules(settings: Settings, write: Write) -> None:
    path = write([{"strands": "Vegan"}, {"strands": "Vegan"}])
    result = pipeline.check(path, settings, NOW)
    assert result.refused is not None
    assert (result.records, result.rules) == (0, {"strand_unknown": 2})
    assert "A strand is named" in run(settings, "check", str(path)).stdout


def test_check_keeps_nothing(settings: Settings, write: Write) -> None:
    result = pipeline.check(write([{}, {"recorded_date": ""}]), settings, NOW)
    assert (result.records, result.accepted, result.quarantined) == (2, 1, 1)
    assert result.rules == {"recorded_date_missing": 1}
    assert not settings.data.exists()


def test_a_full_extract_that_leaves_out_much_is_refused_until_it_is_allowed(settings: Settings, write: Write) -> None:
    pipeline.load([write([{}] * 300, QUARTER.format("2023-07-05"))], settings, NOW)
    short = write([{}] * 120, QUARTER.format("2023-08-05"))
    refused = pipeline.load([short], settings, NOW)
    assert refused.files[0].refused is not None
    assert "leaves out 180 of the 300" in refused.files[0].refused.what
    allowed = pipeline.load([short], settings, NOW, allow_withdrawals=True)
    assert (allowed.published, allowed.files[0].withdrawn) == (True, 180)


def test_open_data_alone_publishes_nothing_and_says_so(settings: Settings, tmp_path: Path) -> None:
    path = tmp_path / "2023-04-street.csv"
    path.write_text(
        "Month,Reported by,Longitude,Latitude,LSOA code,Crime type\n2023-04,Police,-1.13,52.63,E01013649,Burglary\n"
    )
    result = pipeline.load([path], settings, NOW)
    assert (result.build, result.published, result.exit_code) == (None, False, 0)
    assert "until hate reports are loaded" in result.notices[0]


def test_a_month_alone_is_kept_and_published_with_the_rest_of_its_quarter(settings: Settings, write: Write) -> None:
    month = "hate_2023-{}_2023-{}_extracted_2023-07-05.csv"
    first = pipeline.load([write([{}], month.format("04-01", "04-30"))], settings, NOW)
    assert (first.build, first.published, first.exit_code) == (None, False, 0)
    assert "whole quarter" in first.notices[0]
    rest = write([{"record_id": "S", "recorded_date": "13/06/2023"}], month.format("05-01", "06-30"))
    assert pipeline.load([rest], settings, NOW).published
    assert sum(row[-1] for row in contents(settings.data)["restricted.area_quarter_group"]) == 2


def test_a_second_load_waits_and_is_then_refused(
    settings: Settings, write: Write, monkeypatch: pytest.MonkeyPatch
) -> None:
    settings.data.mkdir()
    monkeypatch.setitem(settings.options["load"], "wait_seconds", 0.2)
    said: list[str] = []
    with FileLock(settings.data / "load.lock"), pytest.raises(pipeline.MonitorError, match="another load"):
        pipeline.load([write([{}])], settings, NOW, progress=said.append)
    assert "waiting" in said[0]


def test_a_report_of_every_run_is_kept_and_the_oldest_dropped(
    settings: Settings, write: Write, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setitem(settings.options["journal"], "kept", 2)
    for minute in range(3):
        path = write([{}, {"strands": "Vegan"}], QUARTER.format(f"2023-07-0{minute + 1}"))
        pipeline.load([path], settings, NOW.replace(minute=minute))
    kept = sorted((settings.data / "runs").glob("*.json"))
    assert [path.name[:13] for path in kept] == ["20231101T0901", "20231101T0902"]
    told = json.loads(kept[1].read_text())
    assert "Build 3 was published." in told["says"]
    assert told["rules"] == {QUARTER.format("2023-07-03"): {"strand_unknown": 1}}


# Where a load is stopped dead -> what `python -c` wraps so that it kills itself there.
STOPS = {
    "before the transaction ends": "statements.run",
    "before the files are in place": "publish.put_in_place",
    "before the pointer moves": "publish.point_at",
    "after the pointer moved": "pipeline._notices",
}
KILL_AT = """
import os, signal, sys
from datetime import datetime
from pathlib import Path
from core.settings import load_settings
from etl import pipeline, publish, statements
module, name = sys.argv[1].split(".")
owner = {"pipeline": pipeline, "publish": publish, "statements": statements}[module]
real = getattr(owner, name)
def stopped(*given, **named):
    if name != "run" or given[1].name == "begin.sql":
        os.kill(os.getpid(), signal.SIGKILL)
    return real(*given, **named)
setattr(owner, name, stopped)
pipeline.load([Path(path) for path in sys.argv[2:]], load_settings(), datetime(2023, 11, 1))
"""


@pytest.fixture
def two_extracts(write: Write) -> tuple[Path, Path]:
    first = write([{"victim_ref": f"V{n}"} for n in range(40)], QUARTER.format("2023-07-05"))
    rows = [{"victim_ref": f"V{n}", "strands": "Faith" if n % 5 == 0 else "Race"} for n in range(50)]
    return first, write(rows, QUARTER.format("2023-08-05"))


@pytest.fixture
def undisturbed(
    two_extracts: tuple[Path, Path], settings: Settings, tmp_path: Path
) -> dict[str, list[tuple[Any, ...]]]:
    """What both loads publish when nothing stops them."""
    elsewhere = replace(settings, data=tmp_path / "undisturbed")
    for path in two_extracts:
        pipeline.load([path], elsewhere, NOW)
    return contents(elsewhere.data)


@pytest.mark.skipif(sys.platform == "win32", reason="there is no SIGKILL on Windows")
@pytest.mark.parametrize(
    "stop", [stop if at % 2 else pytest.param(stop, marks=pytest.mark.long) for at, stop in enumerate(STOPS)]
)
def test_a_load_stopped_dead_leaves_a_build_live_and_the_next_load_finishes_it(
    stop: str,
    settings: Settings,
    two_extracts: tuple[Path, Path],
    undisturbed: dict[str, list[tuple[Any, ...]]],
) -> None:
    first, second = two_extracts
    pipeline.load([first], settings, NOW)
    before = contents(settings.data)
    killed = subprocess.run([sys.executable, "-c", KILL_AT, STOPS[stop], str(second)], cwd=ROOT, check=False)
    assert killed.returncode == -signal.SIGKILL
    if stop == "after the pointer moved":
        assert contents(settings.data) == undisturbed
    else:
        assert contents(settings.data) == before
    # The very same file is enough to finish what was stopped.
    result = pipeline.load([second], settings, NOW)
    assert (result.exit_code, builds.live_number(settings.data)) == (0, 2)
    assert contents(settings.data) == undisturbed
    assert builds.published(settings.data) == [1, 2]
    assert not list((settings.data / "marts").glob(".building-*"))


FULL_DISK = """
import resource, sys
from datetime import datetime
from pathlib import Path
from core.errors import MonitorError
from core.settings import load_settings
from etl import pipeline
resource.setrlimit(resource.RLIMIT_FSIZE, (int(sys.argv[2]), resource.RLIM_INFINITY))
try:
    pipeline.load([Path(sys.argv[1])], load_settings(), datetime(2023, 11, 1))
except MonitorError as refused:
    sys.exit(refused.exit_code)
"""


@pytest.mark.skipif(sys.platform == "win32", reason="there is no limit on file sizes on Windows")
@pytest.mark.parametrize("room", [20_000, *(pytest.param(room, marks=pytest.mark.long) for room in (100, 600_000))])
def test_a_disk_without_room_refuses_the_load_and_leaves_the_build_live(
    room: int, settings: Settings, two_extracts: tuple[Path, Path], undisturbed: dict[str, list[tuple[Any, ...]]]
) -> None:
    first, second = two_extracts
    pipeline.load([first], settings, NOW)
    before = contents(settings.data)
    # No file of the load may grow beyond this many bytes, as on a disk that fills up while it works.
    done = subprocess.run([sys.executable, "-c", FULL_DISK, str(second), str(room)], cwd=ROOT, check=False)
    assert done.returncode == 3
    assert contents(settings.data) == before
    assert pipeline.load([second], settings, NOW).exit_code == 0
    assert contents(settings.data) == undisturbed
