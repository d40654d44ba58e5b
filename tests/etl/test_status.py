"""Is the service well: what a monitor is told, by exit code and by stable keys, and what it never is."""

from __future__ import annotations

import json
import subprocess
import sys
from datetime import datetime, timedelta
from pathlib import Path
from typing import Any

import pytest
from filelock import FileLock

from core import builds
from core.settings import ROOT, Settings
from etl import pipeline, quarantine
from etl.report import Disk, Stopwatch, measure_disk, moved_sentence, peak_memory_bytes, seconds_sentence
from etl.status import Status, examine
from tests.conftest import run_module

from .conftest import NOW, Row, Write

QUARTER = "hate_2023-04-01_2023-06-30_extracted_{}.csv"
REAL: list[Row] = [{"made_up": "no"}, {"made_up": "no", "strands": "Vegan"}]


def codes(found: Status) -> list[str]:
    return [problem.code for problem in found.problems]


@pytest.fixture
def published(settings: Settings, write: Write) -> Settings:
    """One build of real records, one of them held back, whose data end on 30 June 2023."""
    result = pipeline.load([write(REAL, QUARTER.format("2023-07-05"))], settings, NOW)
    assert result.published
    return settings


def test_all_is_well_after_a_load_until_the_data_are_old(published: Settings) -> None:
    assert codes(examine(published, datetime(2023, 11, 3, 12, 0))) == ["data_stale"]  # 126 days
    found = examine(published, datetime(2023, 10, 20))
    assert found.is_healthy
    assert (found.live, found.builds, found.age_days, found.quarantine_open) == (1, 1, 112, 1)
    assert found.last_run == {"at": "2023-11-01T09:00:00Z", "outcome": "published", "files": 1}
    assert found.is_loading is False
    assert min(found.disk.warehouse_bytes, found.disk.marts_bytes, found.disk.free_bytes) > 0


def test_the_age_of_made_up_records_is_no_fault(settings: Settings, write: Write) -> None:
    pipeline.load([write([{}], QUARTER.format("2023-07-05"))], settings, NOW)
    assert examine(settings, NOW + timedelta(days=1000)).is_healthy


def break_pointer(settings: Settings) -> None:
    (settings.data / "current.txt").write_text("the latest\n")


def point_nowhere(settings: Settings) -> None:
    (settings.data / "current.txt").write_text("9\n")


def forget_pointer(settings: Settings) -> None:
    (settings.data / "current.txt").unlink()


def damage(path: Path) -> None:
    path.write_bytes(b"not a database")


def stop_a_load(settings: Settings) -> None:
    (settings.data / "load.at_work").write_text("2023-11-01T09:00:00Z\n")


def stop_a_build(settings: Settings) -> None:
    (settings.data / "marts" / ".building-2").mkdir()


def stop_a_publication(settings: Settings) -> None:
    connection = pipeline.db.open_database(quarantine.warehouse_path(settings.data))
    connection.execute("insert into publication values (2, timestamp '2023-11-01', false, null)")
    connection.close()


@pytest.mark.parametrize(
    ("harm", "expected"),
    [
        (forget_pointer, ["no_build"]),
        (break_pointer, ["pointer_unreadable"]),
        (point_nowhere, ["build_missing"]),
        (lambda settings: damage(builds.mart_path(settings.data, 1, "restricted")), ["build_unreadable"]),
        (lambda settings: damage(builds.mart_path(settings.data, 1, "shareable")), ["build_unreadable"]),
        (lambda settings: damage(quarantine.warehouse_path(settings.data)), ["warehouse_unreadable"]),
        (stop_a_load, ["load_unfinished"]),
        (stop_a_build, ["load_unfinished"]),
        (stop_a_publication, ["load_unfinished"]),
    ],
)
def test_every_harm_is_told_by_its_code(harm: Any, expected: list[str], settings: Settings, write: Write) -> None:
    pipeline.load([write([{}], QUARTER.format("2023-07-05"))], settings, NOW)
    harm(settings)
    found = examine(settings, NOW)
    assert codes(found) == expected
    told = found.as_dict()
    assert told["healthy"] is False
    assert set(told["problems"][0]) == {"code", "what", "where", "meaning", "action"}


def test_little_room_is_told(published: Settings, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setitem(published.options["status"], "least_free_mb", 10**12)
    assert codes(examine(published, NOW - timedelta(days=20))) == ["disk_low"]


def test_the_warehouse_need_not_be_on_the_machine_that_serves(published: Settings) -> None:
    quarantine.warehouse_path(published.data).unlink()
    found = examine(published, NOW - timedelta(days=20))
    assert (found.is_healthy, found.quarantine_open) == (True, None)


def test_a_load_at_work_is_seen_and_is_no_fault(published: Settings) -> None:
    stop_a_build(published)
    with FileLock(published.data / "load.lock"):
        found = examine(published, NOW - timedelta(days=20))
    assert (found.is_loading, found.is_healthy, found.quarantine_open) == (True, True, None)


@pytest.mark.parametrize(
    ("row", "outcome"),
    [
        ({}, "nothing_new"),  # the same file again
        ({"made_up": "no"}, "refused"),  # real records into a directory of made-up ones
    ],
)
def test_the_last_run_is_told(row: Row, outcome: str, settings: Settings, write: Write) -> None:
    pipeline.load([write([{}], QUARTER.format("2023-07-05"))], settings, NOW)
    pipeline.load([write([row], QUARTER.format("2023-07-05"))], settings, NOW + timedelta(minutes=1))
    found = examine(settings, NOW)
    assert found.last_run == {"at": "2023-11-01T09:01:00Z", "outcome": outcome, "files": 1}
    assert found.is_healthy
    (settings.data / "runs" / "20991231T000000000000Z.json").write_text("{")
    assert examine(settings, NOW).last_run == {"at": None, "outcome": "unreadable", "files": 0}


def test_the_command_ends_with_0_or_3_and_tells_a_monitor_by_stable_keys(settings: Settings, write: Write) -> None:
    none = json.loads(run_module("etl", "status", "--json", data=settings.data, refused=True))
    assert (none["live"], none["healthy"], none["problems"][0]["code"]) == (None, False, "no_build")
    assert not settings.data.exists()  # it looked and left nothing
    canary = "CANARY7531"
    path = write([{}, {"strands": "Vegan", "victim_ref": canary, "record_id": canary}], QUARTER.format("2023-07-05"))
    pipeline.load([path], settings, NOW)
    done = run_module("etl", "status", "--json", data=settings.data)
    told = json.loads(done)
    assert set(told) == {
        "live", "healthy", "problems", "builds", "last_run", "loading", "quarantine_open", "warehouse_bytes",
        "marts_bytes", "free_bytes", "age_days", "published_age_days",
    }  # fmt: skip
    assert set(told["live"]) >= {"build", "is_live", "published_at", "data_from", "data_to", "extracted_on", "files"}
    assert told["quarantine_open"] == 1
    said = run_module("etl", "status", data=settings.data)
    assert "All is well." in said
    assert "1 record" in said
    assert canary not in done + said


@pytest.mark.skipif(sys.platform == "win32", reason="there is no SIGKILL on Windows")
@pytest.mark.parametrize(("stop", "waiting"), [("mart.make_marts", 0), ("publish.put_in_place", 1)])
def test_a_load_stopped_dead_is_told_and_its_warehouse_can_be_read(
    stop: str, waiting: int, settings: Settings, write: Write
) -> None:
    pipeline.load([write([{}], QUARTER.format("2023-07-05"))], settings, NOW)
    second = write([{}, {"strands": "Vegan"}], QUARTER.format("2023-08-05"))
    stopped = (
        "import os, signal, sys; from datetime import datetime; from pathlib import Path\n"
        "from core.settings import load_settings; from etl import mart, pipeline, publish\n"
        f"{stop} = lambda *given: os.kill(os.getpid(), signal.SIGKILL)\n"
        "pipeline.load([Path(sys.argv[1])], load_settings(), datetime(2023, 11, 1))\n"
    )
    subprocess.run([sys.executable, "-c", stopped, str(second)], cwd=ROOT, check=False)
    found = examine(settings, NOW)
    assert codes(found) == ["load_unfinished"]
    assert found.quarantine_open == waiting  # before the transaction ends nothing of the load is held
    assert pipeline.load([second], settings, NOW).exit_code == 0
    assert examine(settings, NOW).is_healthy
    # A load that is refused ends in good order.
    pipeline.load([write([{"strands": "Vegan"}], QUARTER.format("2023-09-05"))], settings, NOW)
    assert examine(settings, NOW).is_healthy


def test_what_moved_is_told_by_measure_quarter_and_area(settings: Settings, write: Write) -> None:
    first = [{"strands": "Race"}, {"authority_name": "Melton"}, {"authority_name": "Melton"}]
    pipeline.load([write(first, QUARTER.format("2023-07-05"))], settings, NOW)
    # One report of Melton is gone, two of Leicester came, and a new quarter is no revision.
    second: list[Row] = [{}, {"authority_name": "Melton"}, {"authority_name": "Leicester"}, {}]
    later = "hate_2023-04-01_2023-09-30_extracted_2023-10-05.csv"
    path = write([*second, {"recorded_date": "13/09/2023"}], later)
    done = json.loads(run_module("etl", "load", str(path), "--json", data=settings.data))
    assert done["revisions"] == [
        {
            "measure_code": "crime", "measure": "Hate crimes", "quarter_code": "2023-Q1", "quarter": "Q1 2023/24",
            "area_code": "E06000016", "area": "Leicester", "reports_before": 1, "reports_now": 3,
        },
        {
            "measure_code": "crime", "measure": "Hate crimes", "quarter_code": "2023-Q1", "quarter": "Q1 2023/24",
            "area_code": "E07000133", "area": "Melton", "reports_before": 2, "reports_now": 1,
        },
    ]  # fmt: skip
    reports = sorted((settings.data / "runs").glob("*.json"))
    told = json.loads(reports[-1].read_text())
    assert told["revisions"] == done["revisions"]
    assert "2 counts of quarters already published moved, in 1 quarter: +1 reports on balance." in told["says"]
    again = write(first, later.replace("10-05", "10-06"))
    shown = run_module("etl", "load", str(again), data=settings.data)
    assert "already published moved" in shown
    assert "Q1 2023/24" in shown
    assert "seconds" in shown


def test_nothing_moved_is_said_too() -> None:
    assert moved_sentence([]) == "Nothing moved in quarters already published."


def test_a_load_the_disk_cannot_hold_is_refused_before_work_begins(
    published: Settings, write: Write, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(pipeline, "measure_disk", lambda data: Disk(0, 0, 1_000))
    path = write(REAL, QUARTER.format("2023-08-05"))
    before = sorted(published.data.rglob("*"))
    with pytest.raises(pipeline.MonitorError, match="0 MB free, and this load may need") as refused:
        pipeline.load([path], published, NOW)
    assert refused.value.exit_code == 3
    assert sorted(published.data.rglob("*")) == before


def test_a_stopwatch_adds_up_the_steps_of_all_files() -> None:
    watch = Stopwatch()
    for _ in range(2):
        with watch.step("stage"):
            pass
    taken = watch.read()
    assert list(taken) == ["stage", "total"]
    assert 0 <= taken["stage"] <= taken["total"]
    assert seconds_sentence({"stage": 1.25, "total": 2.0}) == "2.0 seconds (stage 1.2)."


def test_room_is_measured_where_the_data_would_lie(tmp_path: Path) -> None:
    disk = measure_disk(tmp_path / "not" / "there" / "yet")
    assert (disk.warehouse_bytes, disk.marts_bytes) == (0, 0)
    assert disk.free_bytes > 0
    assert sys.platform == "win32" or (peak_memory_bytes() or 0) > 1_000_000
