"""Steps 5 and 6: what is published, for whom, under which key, and what is held back."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest

from core import builds, db
from core.errors import MonitorError
from core.settings import ROOT, Settings
from etl import pipeline, publish, statements

from .conftest import NOW, Row, Write

QUARTER = "hate_2023-04-01_2023-06-30_extracted_2023-07-05.csv"
REPORT_COLUMNS = "select column_name from information_schema.columns where table_name = 'current_report'"
KEY = "a key of the test's own, long enough"


def read(path: Path, sql: str) -> list[tuple[Any, ...]]:
    """Rows of one mart file."""
    connection = db.open_database(path)
    try:
        return connection.execute(sql).fetchall()
    finally:
        connection.close()


def mart(settings: Settings, audience: str, number: int = 1) -> Path:
    return builds.mart_path(settings.data, number, audience)


def reports(count: int, **changes: str) -> list[Row]:
    """`count` reports of three authorities in turn, over the quarter."""
    names = ("Leicester", "Melton", "Rutland")
    return [
        {
            "authority_name": names[number % 3],
            "recorded_date": f"{13 + number % 15}/0{4 + number % 3}/2023",
            "committed_from": "",
            "committed_to": "",
            "victim_ref": f"V{number}",
            **changes,
        }
        for number in range(count)
    ]


def test_a_build_has_both_files_and_the_second_holds_protected_cells_only(settings: Settings, write: Write) -> None:
    result = pipeline.load([write(reports(60), QUARTER)], settings, NOW)
    assert (result.build, result.published, result.exit_code) == (1, True, 0)
    assert builds.live_number(settings.data) == 1
    shareable = mart(settings, "shareable")
    tables = {row[0] for row in read(shareable, "select table_name from information_schema.tables")}
    assert tables == {*publish.SHAREABLE_TABLES, "build", "area_quarter_group", "area_quarter_strand"}
    cells = read(shareable, "select reports from area_quarter_group")
    assert len(cells) == 2 * 10 * 8
    assert all(count % 5 == 0 for (count,) in cells)
    assert read(mart(settings, "restricted"), "select sum(reports) from area_quarter_group") == [(60,)]


def test_each_file_describes_itself(settings: Settings, write: Write) -> None:
    pipeline.load([write(reports(6), QUARTER)], settings, NOW)
    restricted = builds.open_build(settings.data, 1, "restricted")
    shareable = builds.open_build(settings.data, 1, "shareable")
    assert (restricted.marking, restricted.base) == ("OFFICIAL-SENSITIVE", 1)
    assert (shareable.marking, shareable.base) == ("OFFICIAL", 5)
    assert restricted.is_made_up
    assert (str(restricted.data_from), str(restricted.data_to)) == ("2023-04-01", "2023-06-30")
    assert restricted.published_at == NOW


def test_personal_records_without_a_key_make_no_shareable_file_and_a_warning(settings: Settings, write: Write) -> None:
    result = pipeline.load([write(reports(6, made_up="no"), QUARTER)], settings, NOW)
    assert (result.exit_code, result.published) == (0, True)
    assert "no shareable file was written" in result.notices[0]
    assert not mart(settings, "shareable").exists()


def test_made_up_records_are_protected_with_the_published_key_and_it_is_said(settings: Settings, write: Write) -> None:
    result = pipeline.load([write(reports(6), QUARTER)], settings, NOW)
    assert "published demonstration key" in result.notices[0]


def test_a_key_protects_personal_records_and_may_not_change(
    settings: Settings, write: Write, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    key_file = tmp_path / "key"
    key_file.write_text(KEY + "\n")
    keyed = replace(settings, key_file=key_file)
    rows = reports(6, made_up="no")
    assert pipeline.load([write(rows, QUARTER)], keyed, NOW).published
    assert mart(settings, "shareable").exists()
    later = write(rows[:5], QUARTER.replace("07-05", "08-05"))
    monkeypatch.setenv("MONITOR_KEY", "another key, long enough as well")
    held = pipeline.load([later], settings, NOW)
    assert held.exit_code == 3
    assert held.held_back is not None
    assert "not the one earlier builds" in held.held_back.what
    # The same key by the other way is the same key.
    monkeypatch.setenv("MONITOR_KEY", KEY)
    assert pipeline.load([later], settings, NOW).build == 2


def test_a_key_set_later_makes_the_shareable_file_of_the_same_extract(
    settings: Settings, write: Write, monkeypatch: pytest.MonkeyPatch
) -> None:
    path = write([{**report, "made_up": "no"} for report in reports(6)], QUARTER)
    pipeline.load([path], settings, NOW)
    monkeypatch.setenv("MONITOR_KEY", KEY)
    again = pipeline.load([path], settings, NOW)
    assert (again.build, again.published, again.files[0].unchanged) == (2, True, 6)
    assert builds.mart_path(settings.data, 2, "shareable").exists()
    assert not pipeline.load([path], settings, NOW).published


def test_the_published_key_protects_made_up_records_only(settings: Settings, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("MONITOR_KEY", settings.options["protection"]["demonstration_key"])
    assert publish.protection_key(settings, True) is not None
    with pytest.raises(MonitorError, match="protects nothing"):
        publish.protection_key(settings, False)


@pytest.mark.parametrize(
    ("files", "complete", "uncovered"),
    [
        # What was never sent is not a quarter without reports.
        ([("hate_2020-04-01_2020-06-30_extracted_2020-07-06.csv", "20/06/2020")], ["2020-Q1", "2023-Q1"], 0),
        # Windows that touch leave no gap.
        ([("hate_2023-01-01_2023-03-31_extracted_2023-04-06.csv", "20/02/2023")], ["2022-Q4", "2023-Q1"], 0),
        # Changes go on from the last full extract; an old record among them is a revision, not eleven years of nothing.
        (
            [
                ("hate_extracted_2023-10-02.csv", "30/09/2023"),
                ("hate_extracted_2023-08-02.csv", "03/05/2012"),
            ],
            ["2023-Q1", "2023-Q2"],
            1,
        ),
        # Without a full extract before them, changes begin with their first record.
        ([("hate_extracted_2022-10-02.csv", "01/07/2022"), ("hate_extracted_2022-10-03.csv", "30/09/2022")],
         ["2022-Q2", "2023-Q1"], 0),
    ],
)  # fmt: skip
def test_a_quarter_is_complete_only_where_an_extract_covers_it(
    files: list[tuple[str, str]], complete: list[str], uncovered: int, settings: Settings, write: Write
) -> None:
    more = [
        write([{"record_id": f"X{day}", "recorded_date": day, "committed_from": "", "committed_to": ""}], name)
        for name, day in files
    ]
    result = pipeline.load([write([{}], QUARTER), *more], settings, NOW)
    assert result.published
    found = read(
        mart(settings, "restricted"),
        "select quarter_code from calendar_quarter where is_complete order by quarter_code",
    )
    assert [row[0] for row in found] == complete
    told = [notice for notice in result.notices if notice.startswith("Counted in no figure")]
    assert len(told) == bool(uncovered)
    assert all(f"{uncovered} report." in notice for notice in told)


def test_a_key_in_the_repository_or_too_short_is_refused(settings: Settings, tmp_path: Path) -> None:
    with pytest.raises(MonitorError, match="inside the repository"):
        publish.protection_key(replace(settings, key_file=ROOT / "config" / "settings.toml"), False)
    short = tmp_path / "short"
    short.write_text("secret")
    with pytest.raises(MonitorError, match="shorter than"):
        publish.protection_key(replace(settings, key_file=short), False)
    with pytest.raises(MonitorError, match="cannot be read"):
        publish.protection_key(replace(settings, key_file=tmp_path / "missing"), False)


def test_the_key_is_in_no_file_of_the_data_directory(
    settings: Settings, write: Write, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("MONITOR_KEY", KEY)
    pipeline.load([write(reports(6), QUARTER)], settings, NOW)
    for path in settings.data.rglob("*"):
        assert not path.is_file() or KEY.encode() not in path.read_bytes()


def test_a_failed_check_holds_the_build_back_and_keeps_nothing_of_the_load(
    settings: Settings, write: Write, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    assert pipeline.load([write(reports(6), QUARTER)], settings, NOW).build == 1
    checks = tmp_path / "checks"
    checks.mkdir()
    (checks / "never_more_than_six.sql").write_text(
        "-- There are at most six reports.\n-- reads: current_report\n"
        "select count(*) from current_report having count(*) > 6\n"
    )
    monkeypatch.setattr(statements, "CHECKS", checks)
    path = write(reports(9), QUARTER.replace("07-05", "08-05"))
    held = pipeline.load([path], settings, NOW)
    assert (held.build, held.published, held.exit_code) == (1, False, 3)
    assert held.held_back is not None
    assert "There are at most six reports" in held.held_back.what
    assert builds.published(settings.data) == [1]
    monkeypatch.undo()
    monkeypatch.setenv("MONITOR_DATA", str(settings.data))
    # Nothing was kept, so the same file is new again.
    again = pipeline.load([path], settings, NOW)
    assert (again.build, again.files[0].new) == (2, 3)


def test_going_back_is_pointing_at_an_earlier_build_and_the_next_load_moves_on(
    settings: Settings, write: Write
) -> None:
    paths = [write(reports(6 + n), QUARTER.replace("07-05", f"08-0{n + 1}")) for n in range(3)]
    for path in paths[:2]:
        pipeline.load([path], settings, NOW)
    publish.point_at(settings.data, 1)
    assert builds.live_number(settings.data) == 1
    # Loading a file that is known changes nothing: the choice to go back stands.
    assert not pipeline.load([paths[1]], settings, NOW).published
    assert builds.live_number(settings.data) == 1
    assert pipeline.load([paths[2]], settings, NOW).build == 3
    with pytest.raises(MonitorError, match="no build 9"):
        publish.point_at(settings.data, 9)


def test_a_build_of_another_version_is_made_again_by_the_next_load_of_the_same_extract(
    settings: Settings, write: Write
) -> None:
    path = write([{}], "hate_2023-04-01_2023-06-30_extracted_2023-07-04.csv")
    pipeline.load([path], settings, NOW)
    assert not pipeline.load([path], settings, NOW).published
    mart = db.open_database(builds.mart_path(settings.data, 1, "restricted"))
    mart.execute("update build set layout = layout - 1")  # as the version before left it
    mart.close()
    result = pipeline.load([path], settings, NOW)
    assert result.published
    assert builds.live_number(settings.data) == 2


def test_what_moved_since_the_build_before_is_told(settings: Settings, write: Write) -> None:
    rows = reports(6)
    pipeline.load([write(rows, QUARTER)], settings, NOW)
    pipeline.load([write([*rows, {**rows[0], "record_id": "late"}], QUARTER.replace("07-05", "08-05"))], settings, NOW)
    moved = read(
        mart(settings, "restricted", 2), "select area_code, quarter_code, reports_before, reports_now from revision"
    )
    assert moved == [("E06000016", "2023-Q1", 2, 3)]


def test_the_published_figures_of_2018_19_count_1600_offences_and_1690_motivating_factors(
    settings: Settings, write: Write
) -> None:
    # Home Office, Leicestershire 2018/19: factors by strand; 90 offences carry two.
    factors = {"Race": 1217, "Religion": 142, "Sexual orientation": 207, "Disability": 91, "Transgender": 33}
    strands = ["Race; Religion"] * 90
    strands += ["Race"] * (factors["Race"] - 90) + ["Religion"] * (factors["Religion"] - 90)
    strands += [name for name in list(factors)[2:] for _ in range(factors[name])]
    rows = [
        {"strands": name, "recorded_date": f"15/{4 + n % 9:02}/2018", "committed_from": "", "committed_to": ""}
        for n, name in enumerate(strands)
    ]
    pipeline.load([write(rows, "hate_2018-04-01_2019-03-31_extracted_2019-05-01.csv")], settings, NOW)
    restricted = mart(settings, "restricted")
    by_strand = dict(read(restricted, "select strand_code, sum(reports) from area_quarter_strand group by all"))
    assert read(restricted, "select sum(reports) from area_quarter_group") == [(1600,)]
    assert by_strand.pop("all") == 1600
    assert sum(by_strand.values()) == 1690
    assert by_strand["race"] == 1217


def test_no_mart_has_a_personal_column(settings: Settings, write: Write) -> None:
    pipeline.load([write(reports(6), QUARTER)], settings, NOW)
    columns = {
        name for (name,) in read(mart(settings, "restricted"), "select column_name from information_schema.columns")
    }
    warehouse = {name for (name,) in read(settings.data / "warehouse.duckdb", REPORT_COLUMNS)}
    shared = {
        "measure_code", "area_code", "group_code", "offence_group_code", "outcome_code", "channel_code", "source_code",
        "extracted_on",
    }  # fmt: skip
    assert columns & warehouse <= shared
