"""A backup holds all of the register or is refused; a restored register goes on; a killed save is whole or absent."""

from __future__ import annotations

import json
import os
import random
import signal
import subprocess
import sys
import threading
import time
import zipfile
from collections import Counter
from collections.abc import Callable
from contextlib import suppress
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import pytest
from alembic.autogenerate import compare_metadata
from alembic.migration import MigrationContext
from sqlalchemy import select, text
from sqlalchemy.exc import IntegrityError
from typer.testing import CliRunner

from core.errors import Conflict, MonitorError
from core.model import Viewer
from core.settings import ROOT
from register import backup, demo, read, store, tables, write
from register.__main__ import app
from tests.register.test_migrations import older

COORDINATOR = Viewer("Coordinator", frozenset({write.COORDINATOR}))
BEGIN = datetime(2022, 7, 1, 9, tzinfo=UTC)
SEED = 20231206
RETURN = {
    "plan_code": "p",
    "indicator_code": "A4",
    "quarter_code": "2022-Q1",
    "organisation_code": "csp_melton",
    "numerator": 1,
    "denominator": 2,
    "commentary": "=1+1 “said” \u2028 then\r\nthis",
}
Rows = dict[str, list[tuple[Any, ...]]]


@pytest.fixture
def url(tmp_path: Path) -> str:
    return f"sqlite:///{tmp_path / 'register.sqlite'}"


@pytest.fixture
def other(tmp_path: Path) -> str:
    """Where a backup is restored to."""
    return f"sqlite:///{tmp_path / 'elsewhere' / 'register.sqlite'}"


def contents(url: str) -> Rows:
    """Every row of every table, with every column."""
    engine = store.open_to_read(url)
    if engine is None:
        return {}
    with engine.connect() as connection:
        return {
            table.name: [tuple(row) for row in connection.execute(select(table).order_by(*table.primary_key))]
            for table in tables.metadata.sorted_tables
        }


def is_empty(url: str) -> bool:
    return read.read(url, COORDINATOR, datetime.max.replace(tzinfo=UTC)) is None


def save(url: str, row: dict[str, Any], at: datetime | None = BEGIN, **based_on: int) -> int:
    with write.writer(url, is_made_up=True) as register:
        return register.entry(COORDINATOR, "return", at).put("indicator_return", row, **based_on)


def spoilt(path: Path, change: Callable[[dict[str, bytes]], object]) -> Path:
    """The same backup with its parts changed."""
    with zipfile.ZipFile(path) as package:
        parts = {name: package.read(name) for name in package.namelist()}
    change(parts)
    with zipfile.ZipFile(path, "w") as package:
        for name, part in parts.items():
            package.writestr(name, part)
    return path


def test_a_restored_backup_equals_the_original_row_for_row(url: str, other: str, tmp_path: Path) -> None:
    demo.fill(url)
    save(url, RETURN, None)
    kept = backup.back_up(url, tmp_path / "b.zip")
    assert backup.restore(other, tmp_path / "b.zip") == kept
    assert contents(other) == contents(url)
    assert kept.rows == {name: len(rows) for name, rows in contents(url).items()}
    assert list((tmp_path / "elsewhere").glob("*.part")) == list(tmp_path.glob("*.part")) == []


def test_a_restored_register_goes_on_and_is_append_only(url: str, other: str, tmp_path: Path) -> None:
    save(url, RETURN)
    save(url, {**RETURN, "numerator": 2}, BEGIN + timedelta(days=1))
    backup.back_up(url, tmp_path / "b.zip")
    backup.restore(other, tmp_path / "b.zip")
    for place in (url, other):
        assert save(place, {**RETURN, "numerator": 0}, BEGIN + timedelta(days=2), based_on=2) == 3
    assert {name: rows for name, rows in contents(other).items() if name != "schema_version"} == {
        name: rows for name, rows in contents(url).items() if name != "schema_version"
    }
    engine = store.open_to_write(other)
    with pytest.raises(IntegrityError, match="append-only"), store.writing(engine) as connection:
        connection.execute(text("delete from indicator_return"))
    with engine.connect() as connection:
        assert compare_metadata(MigrationContext.configure(connection), tables.metadata) == []


@pytest.mark.parametrize("version", [1, 2])
def test_an_older_backup_is_restored_and_brought_up(url: str, other: str, tmp_path: Path, version: int) -> None:
    older(url, version)
    kept = backup.back_up(url, tmp_path / "b.zip")
    assert kept.schema_version == version
    assert "meeting" not in kept.rows
    with store.open_to_write(other).connect():
        pass  # an empty register of this version is already there
    backup.restore(other, tmp_path / "b.zip")
    with store.open_to_write(other).connect() as connection:
        assert compare_metadata(MigrationContext.configure(connection), tables.metadata) == []
        held = set(connection.scalars(text("select name from sqlite_master where type = 'trigger'")))
        assert connection.scalar(select(tables.schema.c.version)) == tables.SCHEMA_VERSION
    assert held == {f"{name}_no_{verb}" for name in tables.KEPT for verb in ("update", "delete")}
    store.open_to_write(url)  # the original, brought up where it is
    assert {name: rows for name, rows in contents(other).items() if name != "schema_version"} == {
        name: rows for name, rows in contents(url).items() if name != "schema_version"
    }


def test_a_backup_of_a_newer_version_is_refused_in_words(url: str, other: str, tmp_path: Path) -> None:
    save(url, RETURN)
    backup.back_up(url, tmp_path / "b.zip")

    def raise_version(parts: dict[str, bytes]) -> None:
        parts["manifest.json"] = parts["manifest.json"].replace(
            f'"schema_version": {tables.SCHEMA_VERSION}'.encode(), b'"schema_version": 99'
        )

    with pytest.raises(MonitorError, match="newer version"):
        backup.restore(other, spoilt(tmp_path / "b.zip", raise_version))
    assert is_empty(other)


def test_nothing_is_restored_over_anything(url: str, other: str, tmp_path: Path) -> None:
    save(url, RETURN)
    backup.back_up(url, tmp_path / "b.zip")
    save(other, {**RETURN, "numerator": 0})
    before = contents(other)
    for place in (url, other):
        with pytest.raises(MonitorError, match="not empty"):
            backup.restore(place, tmp_path / "b.zip")
    assert contents(other) == before


def test_there_is_no_backup_of_what_was_never_written(url: str, tmp_path: Path) -> None:
    with pytest.raises(MonitorError, match="nothing was ever written"):
        backup.back_up(url, tmp_path / "b.zip")
    assert list(tmp_path.iterdir()) == []


def _manifest(change: Callable[[dict[str, Any]], object]) -> Callable[[dict[str, bytes]], object]:
    def edit(parts: dict[str, bytes]) -> None:
        manifest = json.loads(parts["manifest.json"])
        change(manifest)
        parts["manifest.json"] = json.dumps(manifest).encode()

    return edit


def _replace(name: str, old: bytes, new: bytes) -> Callable[[dict[str, bytes]], object]:
    def edit(parts: dict[str, bytes]) -> None:
        assert old in parts[name]
        parts[name] = parts[name].replace(old, new, 1)

    return edit


@pytest.mark.parametrize(
    "change",
    [
        _replace("indicator_return.jsonl", b'"numerator": 1', b'"numerator": 2'),
        _replace("journal.jsonl", b"Coordinator", b"Somebody else"),
        lambda parts: parts.update({"journal.jsonl": b""}),
        lambda parts: parts.pop("indicator_return.jsonl"),
        lambda parts: parts.pop("plan.jsonl"),
        lambda parts: parts.pop("manifest.json"),
        lambda parts: parts.update({"more.jsonl": b"{}\n"}),
        lambda parts: parts.update({"manifest.json": b"{"}),
        lambda parts: parts.update({"manifest.json": b"[]"}),
        _manifest(lambda manifest: manifest.update(schema_version=2)),
        _manifest(lambda manifest: manifest.update(schema_version="3")),
        _manifest(lambda manifest: manifest["tables"]["plan"].update(rows=1)),
        _manifest(lambda manifest: manifest["tables"]["plan"]["columns"].pop()),
        _manifest(lambda manifest: manifest.pop("at")),
    ],
)
def test_a_damaged_backup_restores_nothing(
    url: str, other: str, tmp_path: Path, change: Callable[[dict[str, bytes]], object]
) -> None:
    save(url, RETURN)
    backup.back_up(url, tmp_path / "b.zip")
    with pytest.raises(MonitorError, match="not whole") as refused:
        backup.restore(other, spoilt(tmp_path / "b.zip", change))
    assert "csp_melton" not in refused.value.as_text()
    assert is_empty(other)


@pytest.mark.parametrize("part", [0.0, 0.1, 0.5, 0.9, 0.999])
def test_a_backup_cut_short_restores_nothing(url: str, other: str, tmp_path: Path, part: float) -> None:
    save(url, RETURN)
    backup.back_up(url, tmp_path / "b.zip")
    whole = (tmp_path / "b.zip").read_bytes()
    (tmp_path / "b.zip").write_bytes(whole[: int(len(whole) * part)])
    with pytest.raises(MonitorError, match="not whole"):
        backup.restore(other, tmp_path / "b.zip")
    assert is_empty(other)


def test_a_backup_with_a_changed_byte_restores_nothing_or_all_of_it(url: str, tmp_path: Path) -> None:
    save(url, RETURN)
    backup.back_up(url, tmp_path / "b.zip")
    whole = (tmp_path / "b.zip").read_bytes()
    before = {name: rows for name, rows in contents(url).items() if rows}
    refused = 0
    for at in range(0, len(whole), 311):
        (tmp_path / "b.zip").write_bytes(whole[:at] + bytes([whole[at] ^ 0x15]) + whole[at + 1 :])
        place = f"sqlite:///{tmp_path / f'r{at}.sqlite'}"
        try:
            backup.restore(place, tmp_path / "b.zip")
        except MonitorError:
            refused += 1
            assert is_empty(place)
        else:
            assert {name: rows for name, rows in contents(place).items() if rows} == before
    assert refused


def test_a_restore_that_fails_half_way_leaves_an_empty_register(
    url: str, other: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    demo.fill(url)
    backup.back_up(url, tmp_path / "b.zip")

    def fail(_: object) -> None:
        raise KeyboardInterrupt

    monkeypatch.setattr(backup, "_go_on_counting", fail)
    with pytest.raises(KeyboardInterrupt):
        backup.restore(other, tmp_path / "b.zip")
    assert is_empty(other)
    monkeypatch.undo()
    backup.restore(other, tmp_path / "b.zip")
    assert contents(other) == contents(url)


def test_a_backup_that_cannot_be_written_leaves_the_one_before(
    url: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    save(url, RETURN)
    backup.back_up(url, tmp_path / "b.zip")
    before = (tmp_path / "b.zip").read_bytes()

    def fail(*_: object, **__: object) -> None:
        raise OSError("no room")

    monkeypatch.setattr(json, "dumps", fail)
    with pytest.raises(MonitorError, match="could not be written"):
        backup.back_up(url, tmp_path / "b.zip")
    assert (tmp_path / "b.zip").read_bytes() == before
    assert list(tmp_path.glob(".*")) == []


def test_a_backup_made_while_people_save_is_of_one_moment(url: str, tmp_path: Path) -> None:
    """Every entry writes two rows; a backup that saw half of one would hold an odd number, or rows of no entry."""
    first = {**RETURN, "indicator_code": "A1"}
    stop = threading.Event()

    def keep_saving() -> None:
        turn = 0
        while not stop.is_set():
            turn += 1
            with write.writer(url, is_made_up=True) as register:
                entry = register.entry(COORDINATOR, "return")
                for row in (first, RETURN):
                    entry.put("indicator_return", {**row, "commentary": str(turn)})

    save(url, {**RETURN, "indicator_code": "A0"})
    saving = threading.Thread(target=keep_saving)
    saving.start()
    try:
        kept = [backup.back_up(url, tmp_path / f"b{number}.zip") for number in range(8)]
    finally:
        stop.set()
        saving.join()
    for number, one in enumerate(kept):
        assert one.rows["indicator_return"] == 2 * one.rows["journal"] - 1
        place = f"sqlite:///{tmp_path / f'r{number}.sqlite'}"
        backup.restore(place, tmp_path / f"b{number}.zip")
        assert len(contents(place)["journal"]) == one.rows["journal"]
    assert kept[-1].rows["journal"] > kept[0].rows["journal"], "somebody was saving"


def test_the_commands_back_up_and_restore(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, url: str, other: str
) -> None:
    monkeypatch.setenv("MONITOR_REGISTER", url)
    file = str(tmp_path / "b.zip")
    assert CliRunner().invoke(app, ["backup", file]).exit_code == 3
    save(url, RETURN)
    done = CliRunner().invoke(app, ["backup", file, "--json"])
    assert json.loads(done.stdout)["rows"]["indicator_return"] == 1
    assert CliRunner().invoke(app, ["restore", file]).exit_code == 3
    monkeypatch.setenv("MONITOR_REGISTER", other)
    done = CliRunner().invoke(app, ["restore", file])
    assert (done.exit_code, "Restored 3 rows" in done.stdout) == (0, True)
    assert contents(other) == contents(url)


# Killed, crowded, and at the same time

# Begins a process of its own for every save, so that what it must import is imported once.
SAVING = """
import os, sys, time
from core.model import Viewer
from register import write
def save(turn, rows):
    with write.writer(sys.argv[1], is_made_up=True) as register:
        entry = register.entry(Viewer("Killed", frozenset({write.COORDINATOR})), "return")
        print(os.getpid(), flush=True)
        for n in range(rows):
            time.sleep(0.002)
            entry.put("indicator_return", dict(plan_code="p", indicator_code=f"I{n}", quarter_code="2022-Q1",
                      organisation_code="o", numerator=n, denominator=n, commentary=turn))
    print("kept", flush=True)
for line in sys.stdin:
    turn, rows = line.split()
    child = os.fork()
    if child == 0:
        save(turn, int(rows))
        os._exit(0)
    os.waitpid(child, 0)
    print("ended", flush=True)
"""
ROWS = 30


@pytest.mark.skipif(sys.platform == "win32", reason="there is no SIGKILL on Windows")
@pytest.mark.parametrize("kills", [15, pytest.param(200, marks=pytest.mark.long)])
def test_a_save_killed_at_any_moment_is_kept_whole_or_not_at_all(url: str, kills: int) -> None:
    chance = random.Random(SEED)
    save(url, RETURN)
    command = [sys.executable, "-c", SAVING, url]
    told: Counter[str] = Counter()
    version = 0
    usual = 0.1  # seconds between an entry and its end, found out as it goes
    with subprocess.Popen(command, cwd=ROOT, stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True) as saving:
        assert saving.stdin is not None
        assert saving.stdout is not None
        for turn in range(kills):
            print(turn, ROWS, file=saving.stdin, flush=True)
            process = int(saving.stdout.readline())  # its entry has begun
            began = time.monotonic()
            time.sleep(chance.uniform(0, 1.15) * usual)
            with suppress(ProcessLookupError):  # it had ended
                os.kill(process, signal.SIGKILL)
            last = saving.stdout.readline()
            was_kept = last == "kept\n"
            if was_kept:
                usual = min(usual, time.monotonic() - began)
                last = saving.stdout.readline()
            assert last == "ended\n"
            record = read.read(url, COORDINATOR, datetime.max.replace(tzinfo=UTC))
            assert record is not None
            found = [row for row in record.versions["indicator_return"] if row["commentary"] == str(turn)]
            assert len(found) in (0, ROWS), "half a save"
            assert not was_kept or found, "told that it was kept, and it was not"
            version += bool(found)
            assert {row["version"] for row in found} <= {version}
            entries = [row for row in contents(url)["journal"] if row[2] == "Killed"]
            assert len(entries) == version, "an entry without its rows"
            told["kept" if found else "nothing"] += 1
            # whoever comes next has their turn at once
            began = time.monotonic()
            save(url, {**RETURN, "commentary": f"after {turn}"}, None)
            assert time.monotonic() - began < 5
        saving.stdin.close()
    assert told["nothing"] > kills / 4, told


@pytest.mark.long
def test_twenty_processes_that_save_at_once_all_have_their_turns(url: str) -> None:
    save(url, RETURN)
    script = (
        "import sys; from core.model import Viewer; from register import write\n"
        "viewer = Viewer(sys.argv[2], frozenset({write.COORDINATOR}))\n"
        "for turn in range(20):\n"
        "    with write.writer(sys.argv[1], is_made_up=True) as register:\n"
        f"        row = {RETURN!r} | {{'commentary': f'{{sys.argv[2]}} {{turn}}'}}\n"
        "        register.entry(viewer, 'return').put('indicator_return', row)\n"
    )
    running = [subprocess.Popen([sys.executable, "-c", script, url, f"writer {n}"], cwd=ROOT) for n in range(20)]
    assert [process.wait(timeout=300) for process in running] == [0] * 20
    record = read.read(url, COORDINATOR, datetime.max.replace(tzinfo=UTC))
    assert record is not None
    told = record.versions["indicator_return"]
    assert [row["version"] for row in told] == list(range(1, 402))
    assert [row["at"] for row in told] == sorted(row["at"] for row in told)
    for n in range(20):
        assert [row["commentary"] for row in told if row["by_name"] == f"writer {n}"] == [
            f"writer {n} {turn}" for turn in range(20)
        ]


@pytest.mark.parametrize("way", ["put", "save"])
def test_of_two_who_save_the_same_return_at_once_neither_is_lost_and_the_second_sees_the_first(
    url: str, monkeypatch: pytest.MonkeyPatch, way: str
) -> None:
    monkeypatch.setenv("MONITOR_REGISTER", url)
    save(url, RETURN)
    gate = threading.Barrier(2)
    conflicts: dict[str, Any] = {}

    def keep(name: str, numerator: int, based_on: int) -> None:
        viewer = Viewer(name, frozenset({write.COORDINATOR}))
        row = {**RETURN, "numerator": numerator, "commentary": name}
        if way == "save":
            written = [write.Written("indicator_return", row, based_on)]
            write.save(viewer, "return", written, is_made_up=True)
        else:
            with write.writer(url, is_made_up=True) as register:
                register.entry(viewer, "return").put("indicator_return", row, based_on=based_on)

    def person(name: str, numerator: int) -> None:
        gate.wait()  # both have version 1 before them
        try:
            keep(name, numerator, 1)
        except Conflict as conflict:
            conflicts[name] = conflict.theirs
            keep(name, numerator, conflict.theirs["version"])

    people = [threading.Thread(target=person, args=one) for one in (("First", 2), ("Second", 0))]
    for one in people:
        one.start()
    for one in people:
        one.join()
    record = read.read(url, COORDINATOR, datetime.max.replace(tzinfo=UTC))
    assert record is not None
    told = record.versions["indicator_return"]
    assert [row["version"] for row in told] == [1, 2, 3]
    assert {row["by_name"] for row in told[1:]} == {"First", "Second"}
    # exactly one came second, and was shown what the other had kept by then
    assert list(conflicts) == [told[2]["by_name"]]
    theirs = conflicts[told[2]["by_name"]]
    assert (theirs["by_name"], theirs["version"], theirs["commentary"]) == (told[1]["by_name"], 2, told[1]["by_name"])
