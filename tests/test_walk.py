"""One report followed along the ten steps of the README, from a line of an extract to what is taken away."""

from __future__ import annotations

import csv
import io
from pathlib import Path

import duckdb
import pytest

from core import builds
from core.model import RESTRICTED, SHAREABLE, Selection, Viewer
from queries import strands, trends
from tests.conftest import run_module
from ui import captions, charts, downloads

# the report we follow: two strands, a local spelling of the authority, recorded the day after it happened
FOLLOWED = {
    "record_id": "22*0000001", "record_type": "Crime", "recorded_date": "11/02/2023", "committed_from": "10/02/2023",
    "offence_code": "9B", "offence_group": "Public order offences", "strands": "Racial; Homophobic",
    "authority_name": "Hinckley & Bosworth", "victim_ref": "V000001", "victim_type": "Person", "outcome_code": "1",
    "outcome_date": "20/02/2023", "how_reported": "Online",
}  # fmt: skip
OTHERS = (
    # one that opens and one that closes the quarter
    {"record_id": "22*0000002", "record_type": "Non Crime Hate Incident", "recorded_date": "01/01/2023",
     "strands": "Disability", "authority_code": "E07000133"},
    {"record_id": "22*0000003", "record_type": "Crime", "recorded_date": "31/03/2023", "strands": "Racial",
     "offence_code": "8P", "authority_code": "E06000016"},
    # month first: cannot be read
    {"record_id": "22*0000004", "record_type": "Crime", "recorded_date": "02/13/2023", "strands": "Racial",
     "authority_code": "E06000016"},
)  # fmt: skip


@pytest.fixture(scope="module")
def data(tmp_path_factory: pytest.TempPathFactory) -> Path:
    folder = tmp_path_factory.mktemp("walk")
    extract = folder / "hate_reports_2023-01-01_2023-03-31_extracted_2023-04-05.csv"
    headings = [*FOLLOWED, "authority_code", "made_up"]
    with extract.open("w", encoding="utf-8", newline="") as opened:
        writer = csv.DictWriter(opened, headings, restval="")
        writer.writeheader()
        writer.writerows({**row, "made_up": "yes"} for row in (FOLLOWED, *OTHERS))
    run_module("etl", "load", str(extract), data=folder / "data")
    return folder / "data"


def test_the_walk(data: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("MONITOR_DATA", str(data))

    # 1 extract, 2 stage, 3 validate: four records read, three accepted, one held back with its reason
    with duckdb.connect(str(data / "warehouse.duckdb"), read_only=True) as warehouse:
        load = warehouse.execute("select records, accepted, quarantined from load").fetchall()
        reasons = warehouse.execute("select rule_code from load_rule where severity = 'quarantine'").fetchall()
        # 4 conform: one spelling of the authority, both strands, the group of several
        report = warehouse.execute(
            "select area_code, strand_codes, group_code, measure_code, channel_code from current_report "
            "where record_id = '22*0000001'"
        ).fetchone()
    assert load == [(4, 3, 1)]
    assert ("recorded_date_month_first",) in reasons
    assert report == ("E07000132", ["race", "sexual_orientation"], "multiple", "crime", "online")

    # 5 mart, 6 publish: two files, the pointer, and no personal column
    build = builds.live_build(data, RESTRICTED)
    shared = builds.live_build(data, SHAREABLE)
    assert build is not None
    assert shared is not None
    assert (build.number, build.is_made_up) == (1, True)
    assert b"22*0000001" not in build.path.read_bytes()
    assert b"V000001" not in build.path.read_bytes()

    # 7 ask: once in the total, once in each of its strands
    viewer = Viewer("A reader", frozenset())
    where = Selection("2022-Q4", "csp_blaby_hinckley", "all", "crime")
    total = trends.quarterly(where, viewer, build)
    assert total.frame["value"].tolist() == [1]
    for strand in ("race", "sexual_orientation"):
        answer = trends.quarterly(Selection("2022-Q4", "csp_blaby_hinckley", strand, "crime"), viewer, build)
        assert answer.frame["value"].tolist() == [1]
    protected = trends.quarterly(where, viewer, shared)
    assert protected.frame["value"].iloc[0] % 5 == 0
    assert strands.overlaps(where, viewer, shared).withheld == "restricted_only"

    # 8 draw, 9 tell: the same one, with its area, quarter, build and marking
    figure = charts.series(total)
    assert 1 in list(figure.data[-1].y) or any(1 in list(trace.y or []) for trace in figure.data)
    assert captions.headline(total) == "1 in Q4 2022/23; no figure is held for Q4 2021/22"
    assert "Blaby and Hinckley & Bosworth CSP" in captions.subtitle(total)
    source = captions.source(total)
    assert all(words in source for words in ("build 1", "OFFICIAL-SENSITIVE", "made-up", "31 March 2023"))

    # 10 take away: the same one again, and the row says where it came from
    taken = list(csv.DictReader(io.StringIO(downloads.csv(total).decode("utf-8-sig"))))
    assert [row["value"] for row in taken] == ["1"]
    assert "1" in taken[0]["build"]
    assert "made" in " ".join(taken[0].values()).lower()
