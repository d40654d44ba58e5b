"""Old builds are removed by policy, and never one that somebody may still need."""

from __future__ import annotations

import json
import os
import subprocess
import sys
from datetime import datetime, timedelta
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from core import builds, db
from core.errors import MonitorError, UsageError
from core.periods import Quarter
from core.settings import ROOT, Settings
from etl import pipeline
from etl.prune import ASIDE, Published, no_longer_kept, prune
from tests.conftest import run_module

from .conftest import NOW, Write

POLICY = {"keep_latest": 2, "keep_days": 30}
LONG_AGO = datetime(2021, 4, 5)


def lay_build(data: Path, number: int, published_at: datetime, previous: int | None = None) -> None:
    """A build with nothing in it but its description."""
    path = builds.mart_path(data, number, "restricted")
    path.parent.mkdir(parents=True)
    mart = db.open_database(path)
    mart.execute("create table build (published_at timestamp, previous_build integer)")
    mart.execute("insert into build values (?, ?)", [published_at, previous])
    mart.close()


@pytest.fixture
def ten_old_builds(settings: Settings, monkeypatch: pytest.MonkeyPatch) -> Settings:
    """Builds 1 to 10, published a day apart in one quarter long ago; 10 is live and was compared with 9."""
    for number in range(1, 11):
        lay_build(settings.data, number, LONG_AGO + timedelta(days=number), number - 1 or None)
    (settings.data / "current.txt").write_text("10\n")
    for name, value in POLICY.items():
        monkeypatch.setitem(settings.options["prune"], name, value)
    return settings


def test_the_policy_keeps_the_latest_the_recent_and_the_last_of_each_quarter() -> None:
    found = [
        Published(1, datetime(2022, 4, 5), None),  # not the last of its quarter
        Published(2, datetime(2022, 6, 30), 1),  # the last of its quarter
        Published(3, datetime(2023, 9, 1), 2),  # older than 30 days, not the last of its quarter
        Published(4, datetime(2023, 9, 15), 3),  # older than 30 days, the last of its quarter
        Published(5, datetime(2023, 10, 20), 4),  # recent
        Published(6, datetime(2023, 10, 21), 5),  # among the latest two
        Published(7, datetime(2023, 10, 22), 6),  # live
    ]
    assert no_longer_kept(found, 7, set(), NOW, POLICY) == [1, 3]
    assert no_longer_kept(found, 7, {3}, NOW, POLICY) == [1]
    # Gone back to build 4: the build it was compared with stays too.
    assert no_longer_kept(found, 4, set(), NOW, POLICY) == [1]
    # Without a live build nothing is certain, so nothing goes; nor does what cannot be read.
    assert no_longer_kept(found, None, set(), NOW, POLICY) == []
    assert no_longer_kept([Published(1, None, None), *found[1:]], 7, set(), NOW, POLICY) == [3]


MOMENTS = st.datetimes(min_value=datetime(2019, 1, 1), max_value=NOW)


@given(st.lists(MOMENTS, min_size=1, max_size=40), st.data(), st.integers(1, 30), st.integers(0, 800))
def test_whatever_was_published_the_policy_never_removes_what_must_stay(
    moments: list[datetime], data: st.DataObject, latest: int, days: int
) -> None:
    found = [Published(number, at, number - 1 or None) for number, at in enumerate(sorted(moments), start=1)]
    live = data.draw(st.integers(1, len(found)))
    kept = set(data.draw(st.lists(st.integers(1, len(found)), max_size=3)))
    policy = {"keep_latest": latest, "keep_days": days}
    doomed = set(no_longer_kept(found, live, kept, NOW, policy))
    assert not doomed & {live, live - 1, *kept}
    assert not doomed & {one.number for one in found[-latest:]}
    staying = {Quarter.of(one.published_at.date()) for one in found if one.published_at and one.number not in doomed}
    assert staying == {Quarter.of(moment.date()) for moment in moments}
    assert all(
        NOW - moments_at > timedelta(days=days) for n, moments_at in enumerate(sorted(moments), 1) if n in doomed
    )
    # What is left is left alone.
    rest = [one for one in found if one.number not in doomed]
    assert no_longer_kept(rest, live, kept, NOW, policy) == []


def test_pruning_removes_what_nothing_keeps_and_says_how_much(ten_old_builds: Settings) -> None:
    builds.keep(ten_old_builds.data, 3, "hsg-2021-06")
    would = prune(ten_old_builds, NOW, dry_run=True)
    assert builds.published(ten_old_builds.data) == list(range(1, 11))
    done = prune(ten_old_builds, NOW)
    assert done == would
    assert done.removed == (1, 2, 4, 5, 6, 7, 8)
    assert done.freed_bytes > 0
    assert builds.published(ten_old_builds.data) == [3, 9, 10]
    assert builds.release(ten_old_builds.data, 3, "hsg-2021-06")
    assert not builds.release(ten_old_builds.data, 3, "hsg-2021-06")
    assert prune(ten_old_builds, NOW).removed == (3,)


def test_a_build_kept_between_the_choice_and_the_removal_stays(
    ten_old_builds: Settings, monkeypatch: pytest.MonkeyPatch
) -> None:
    data, rename = ten_old_builds.data, Path.rename

    def keep_then_rename(path: Path, target: Path) -> Path:
        if path.name == "4" and not builds.kept_for(data, 4):
            builds.keep(data, 4, "late-paper")
        return rename(path, target)

    monkeypatch.setattr(Path, "rename", keep_then_rename)
    done = prune(ten_old_builds, NOW)
    assert done.left == (4,)
    assert builds.published(data) == [4, 9, 10]
    assert builds.kept_for(data, 4) == ["late-paper"]


def test_what_cannot_be_moved_aside_is_left_for_next_time(
    ten_old_builds: Settings, monkeypatch: pytest.MonkeyPatch
) -> None:
    rename = Path.rename

    def locked(path: Path, target: Path) -> Path:
        if path.name == "5":  # as Windows does to a folder with a file open in it
            raise PermissionError
        return rename(path, target)

    with monkeypatch.context() as patched:
        patched.setattr(Path, "rename", locked)
        assert prune(ten_old_builds, NOW).left == (5,)
    assert prune(ten_old_builds, NOW).removed == (5,)


@pytest.mark.skipif(sys.platform == "win32", reason="Windows keeps a file that is open")
def test_a_reader_of_a_build_being_removed_is_not_disturbed(ten_old_builds: Settings) -> None:
    reader = db.open_to_read(builds.mart_path(ten_old_builds.data, 2, "restricted"))
    assert 2 in prune(ten_old_builds, NOW).removed
    assert len(reader.execute("select * from build").fetchall()) == 1
    reader.close()


KILL = """
import os, shutil, signal, sys
from datetime import datetime
from core.settings import load_settings
from etl import prune
settings = load_settings()
settings.options["prune"].update(keep_latest=2, keep_days=30)
shutil.rmtree = lambda *given, **named: os.kill(os.getpid(), signal.SIGKILL)
prune.prune(settings, datetime(2023, 11, 1))
"""


@pytest.mark.skipif(sys.platform == "win32", reason="there is no SIGKILL on Windows")
def test_a_removal_stopped_dead_leaves_no_half_build_and_the_next_finishes_it(ten_old_builds: Settings) -> None:
    subprocess.run([sys.executable, "-c", KILL], cwd=ROOT, check=False, env={**os.environ})
    marts = ten_old_builds.data / "marts"
    assert [path.name for path in marts.glob(f"{ASIDE}*")] == [f"{ASIDE}1"]
    assert builds.published(ten_old_builds.data) == list(range(2, 11))
    prune(ten_old_builds, NOW)
    assert not list(marts.glob(f"{ASIDE}*"))
    assert builds.published(ten_old_builds.data) == [9, 10]


def test_every_publication_prunes_and_tells_and_numbers_are_never_given_again(
    settings: Settings, write: Write, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setitem(settings.options["prune"], "keep_latest", 1)
    monkeypatch.setitem(settings.options["prune"], "keep_days", 0)
    for day in range(1, 5):
        rows = [{"victim_ref": f"V{number}"} for number in range(day)]
        path = write(rows, f"hate_2023-04-01_2023-06-30_extracted_2023-07-0{day}.csv")
        result = pipeline.load([path], settings, NOW + timedelta(hours=day))
        assert result.published
        if day == 3:
            assert result.pruned.removed == (1,)
            assert result.as_dict()["pruned"]["removed"] == [1]
    assert builds.published(settings.data) == [3, 4]  # 3 is what 4 was compared with
    assert builds.live_number(settings.data) == 4


def test_a_build_is_kept_and_let_go_by_command(settings: Settings, write: Write) -> None:
    pipeline.load([write([{}], "hate_2023-04-01_2023-06-30_extracted_2023-07-05.csv")], settings, NOW)
    assert json.loads(run_module("etl", "keep", "1", "hsg-2023-11", "--json", data=settings.data)) == {
        "build": 1,
        "kept_for": ["hsg-2023-11"],
    }
    listed = json.loads(run_module("etl", "builds", "--json", data=settings.data))["builds"]
    assert listed[0]["kept_for"] == ["hsg-2023-11"]
    assert "no longer kept" in run_module("etl", "release", "1", "hsg-2023-11", data=settings.data)
    run_module("etl", "release", "1", "hsg-2023-11", data=settings.data, refused=True)
    told = json.loads(run_module("etl", "prune", "--dry-run", "--json", data=settings.data))
    assert told == {"removed": [], "left": [], "freed_bytes": 0, "dry_run": True}
    assert "Every build is kept" in run_module("etl", "prune", data=settings.data)


@pytest.mark.parametrize("name", ["", "../../away", "a/b", ".hidden", "a b", "x" * 81])
def test_a_name_that_could_leave_its_folder_is_refused(name: str, settings: Settings) -> None:
    with pytest.raises(UsageError):
        builds.keep(settings.data, 1, name)


def test_a_build_that_is_not_there_cannot_be_kept(settings: Settings) -> None:
    with pytest.raises(MonitorError, match="no build 7"):
        builds.keep(settings.data, 7, "paper")
