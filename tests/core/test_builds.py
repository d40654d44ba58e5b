"""Builds: one pointer, files that describe themselves, questions from many threads, and clear refusals."""

from __future__ import annotations

from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import duckdb
import pytest

from core import builds, db
from core.errors import MonitorError
from core.model import RESTRICTED, SHAREABLE

MakeBuild = Callable[..., Path]


@pytest.fixture
def make_build(tmp_path: Path) -> MakeBuild:
    """make_build(number, audience, layout) -> the mart file of a build of 1,000 rows that say its number."""

    def make(number: int, audience: str = RESTRICTED, layout: int = builds.LAYOUT) -> Path:
        path = builds.mart_path(tmp_path, number, audience)
        path.parent.mkdir(parents=True, exist_ok=True)
        with duckdb.connect(str(path)) as mart:
            mart.execute(
                "create table build as select $number::integer as build_number, $layout::integer as layout, "
                "timestamp '2023-10-05 09:00:00' as published_at, date '2017-04-01' as data_from, "
                "date '2023-09-30' as data_to, date '2023-10-04' as extracted_on, true as is_made_up, "
                "'OFFICIAL' as marking, 1 as rounding_base",
                {"number": number, "layout": layout},
            )
            mart.execute(
                "create table figure as select $number::integer as number from range(1000)", {"number": number}
            )
        (tmp_path / "current.txt").write_text(f"{number}\n", encoding="ascii")
        return path

    return make


def test_the_pointer_names_the_live_build(tmp_path: Path, make_build: MakeBuild) -> None:
    assert builds.live_number(tmp_path) is None
    assert builds.live_build(tmp_path, RESTRICTED) is None
    make_build(1)
    make_build(2)
    assert builds.published(tmp_path) == [1, 2]
    live = builds.live_build(tmp_path, RESTRICTED)
    assert live is not None
    assert (live.number, live.is_made_up, live.data_to.isoformat()) == (2, True, "2023-09-30")
    assert builds.open_build(tmp_path, 1, RESTRICTED).number == 1


def test_a_build_without_a_shareable_file_says_so(tmp_path: Path, make_build: MakeBuild) -> None:
    make_build(1)
    with pytest.raises(MonitorError) as refused:
        builds.open_build(tmp_path, 1, SHAREABLE)
    assert "MONITOR_KEY_FILE" in refused.value.action


def test_a_build_of_another_layout_is_refused(tmp_path: Path, make_build: MakeBuild) -> None:
    make_build(1, layout=builds.LAYOUT + 1)
    with pytest.raises(MonitorError, match="another version"):
        builds.live_build(tmp_path, RESTRICTED)


def test_a_damaged_file_is_refused_in_four_parts(tmp_path: Path, make_build: MakeBuild) -> None:
    make_build(1).write_bytes(b"not a database")
    with pytest.raises(MonitorError) as refused:
        builds.live_build(tmp_path, RESTRICTED)
    assert all(refused.value.as_dict().values())


def test_the_catalogue_names_every_build_latest_first_and_why_one_cannot_be_opened(
    tmp_path: Path, make_build: MakeBuild
) -> None:
    make_build(1, layout=builds.LAYOUT + 1)  # made by another version
    make_build(2).write_bytes(b"not a database")
    make_build(3).write_bytes(make_build(4).read_bytes()[:5000])  # cut short
    make_build(5, SHAREABLE)  # published without a file for these readers
    with duckdb.connect(str(make_build(6))) as mart:
        mart.execute("drop table build")  # a database, and no mart
    make_build(10)
    listed = builds.catalogue(tmp_path, RESTRICTED)
    assert [(one.number, one.reason) for one in listed] == [
        (10, ""),
        (6, builds.DAMAGED),
        (5, builds.NO_FILE),
        (4, ""),
        (3, builds.DAMAGED),
        (2, builds.DAMAGED),
        (1, builds.OTHER_LAYOUT),
    ]
    assert listed[0].build == builds.open_build(tmp_path, 10, RESTRICTED)
    assert all((one.build is None) == bool(one.reason) for one in listed)


def test_a_build_put_back_from_a_copy_is_looked_into_again(tmp_path: Path, make_build: MakeBuild) -> None:
    path = make_build(1)
    whole = path.read_bytes()
    path.write_bytes(whole[:5000])
    assert [one.reason for one in builds.catalogue(tmp_path, RESTRICTED)] == [builds.DAMAGED]
    path.write_bytes(whole)
    assert [one.reason for one in builds.catalogue(tmp_path, RESTRICTED)] == [""]


def test_a_catalogue_asked_again_opens_no_file(
    tmp_path: Path, make_build: MakeBuild, monkeypatch: pytest.MonkeyPatch
) -> None:
    for number in range(1, 21):
        make_build(number)
    first = builds.catalogue(tmp_path, RESTRICTED)
    monkeypatch.setattr(db, "glance", lambda path, asked: pytest.fail("opened a file it knows"))
    assert builds.catalogue(tmp_path, RESTRICTED) == first


def test_many_builds_listed_while_one_is_read(tmp_path: Path, make_build: MakeBuild) -> None:
    paths = [make_build(number) for number in range(1, 13)]
    asked = db.Statement("All.", ("figure",), "select number from figure", Path("figure"))
    with ThreadPoolExecutor(12) as pool:
        read = [pool.submit(db.ask, path, asked, {}) for path in paths for _ in range(4)]
        listed = [pool.submit(builds.catalogue, tmp_path, RESTRICTED) for _ in range(4)]
        assert all(len(one.result()) == 1000 for one in read)
        assert all([one.number for one in found.result()] == list(range(12, 0, -1)) for found in listed)


def test_forty_threads_ask_twelve_builds_and_each_gets_its_own_answer(make_build: MakeBuild) -> None:
    """One DuckDB connection shared by threads loses or mixes results; a cursor a question does not."""
    paths = {number: make_build(number) for number in range(1, 13)}
    asked = db.Statement("All.", ("figure",), "select number from figure where number = $number", Path("figure"))

    def ask(turn: int) -> bool:
        number = turn % 12 + 1
        frame = db.ask(paths[number], asked, {"number": number, "unused": 1})
        return len(frame) == 1000 and set(frame["number"]) == {number}

    with ThreadPoolExecutor(40) as pool:
        assert all(pool.map(ask, range(400)))


def test_a_mart_cannot_be_written_to_nor_lead_elsewhere(make_build: MakeBuild) -> None:
    path = make_build(1)
    for sql in (
        "create table stolen as select 1",
        "select * from read_csv('/etc/hostname')",
        "copy build to 'copy.csv'",
        "set threads = 8",
    ):
        with pytest.raises(duckdb.Error):
            db.ask(path, db.Statement("No.", (), sql, path), {})


def test_a_statement_without_its_two_lines_is_refused(tmp_path: Path) -> None:
    path = tmp_path / "bare.sql"
    path.write_text("select 1\n", encoding="utf-8")
    with pytest.raises(ValueError, match="must begin with"):
        db.statement(path)
