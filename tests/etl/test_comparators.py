"""Published figures are read whole or refused whole, in words that quote nothing, and change no figure of ours."""

from __future__ import annotations

import csv
from collections.abc import Callable
from dataclasses import replace
from pathlib import Path

import pandas as pd
import pytest
from hypothesis import given
from hypothesis import strategies as st

from core import builds, db
from core.errors import ConfigError
from core.model import Selection, Viewer
from core.settings import ROOT, Settings
from etl import comparators, pipeline
from queries import places
from tests.etl.conftest import NOW, Row, Write
from tests.etl.test_publish import QUARTER, mart, read, reports
from ui import captions, charts

PUBLISHED = ROOT.parent / "shared" / "data" / "published" / "tidy_pfa_strand_2015_16.csv"
HEADINGS = (
    "police_force_area", "race", "religion", "sexual_orientation", "disability", "transgender",
    "total_motivating_factors", "total_offences", "row_type", "multi_motive_excess", "name_footnote",
)  # fmt: skip
# Leicestershire and the total as the Home Office published them for 2015/16, and a force it is never ranked against.
LEICESTERSHIRE = ("Leicestershire", 614, 83, 85, 31, 11, 824, 772, "force", 52, "")
NOTTINGHAMSHIRE = ("Nottinghamshire", 699, 70, 84, 71, 0, 924, 911, "force", 13, "")
TOTAL = ("England and Wales", 49419, 4400, 7194, 3629, 858, 65500, 62518, "total", 2982, "")

Give = Callable[..., Path]


@pytest.fixture
def give(tmp_path: Path) -> Give:
    """give(rows, name, headings) -> a file of published figures."""

    def write(
        rows: list[tuple[object, ...]] | None = None,
        name: str = "published_2015_16.csv",
        headings: tuple[str, ...] = HEADINGS,
    ) -> Path:
        path = tmp_path / name
        with path.open("w", encoding="utf-8", newline="") as opened:
            writer = csv.writer(opened)
            writer.writerow(headings)
            writer.writerows([LEICESTERSHIRE, NOTTINGHAMSHIRE, TOTAL] if rows is None else rows)
        return path

    return write


def test_the_published_row_of_leicestershire_is_read_as_published(give: Give) -> None:
    frame = comparators.read(give())
    own = frame[frame["area_name"] == "Leicestershire"].iloc[0]
    assert (own["year"], own["motivating_factors"], own["offences"]) == (2015, 824, 772)
    assert [own[strand] for strand in comparators.STRANDS] == [614, 83, 85, 31, 11]
    assert pd.isna(own["population"])


def test_the_whole_published_table_can_be_read() -> None:
    if not PUBLISHED.exists():
        pytest.skip("the published Home Office table is not on this machine")
    frame = comparators.read(PUBLISHED)
    assert set(frame["year"]) == {2015}
    assert frame["kind"].value_counts().to_dict() == {"force": 44, "region": 10, "total": 1}
    forces, total = frame[frame["kind"] == "force"], frame[frame["kind"] == "total"].iloc[0]
    assert forces["offences"].sum() == total["offences"] == 62518


def test_a_column_of_years_outranks_the_name_and_may_hold_several(give: Give) -> None:
    headings = (*HEADINGS, "financial_year", "population")
    rows = [(*LEICESTERSHIRE, "2017/18", "1093200"), (*LEICESTERSHIRE, "2018-19", "")]
    frame = comparators.read(give(rows, headings=headings))
    assert list(frame["year"]) == [2017, 2018]
    assert frame["population"].isna().tolist() == [False, True]


def test_without_a_file_there_is_nothing() -> None:
    assert comparators.read(None).empty


def _with(position: int, value: object) -> list[tuple[object, ...]]:
    row = list(LEICESTERSHIRE)
    row[position] = value
    return [tuple(row), TOTAL]


@pytest.mark.parametrize(
    ("rows", "name", "headings", "about"),
    [
        (_with(1, "613"), None, None, "do not add up"),
        (_with(1, "six"), None, None, "whole number"),
        (_with(1, "6.14"), None, None, "whole number"),
        (_with(1, "-614"), None, None, "whole number"),
        (_with(1, ""), None, None, "whole number"),
        (_with(7, 825), None, None, "more offences"),
        (_with(7, 600), None, None, "fewer than one strand"),
        (_with(0, ""), None, None, "no area"),
        (_with(0, "Leicester\x07"), None, None, "no area"),
        (_with(8, "Force"), None, None, "row_type"),
        ([LEICESTERSHIRE, LEICESTERSHIRE], None, None, "twice"),
        ([NOTTINGHAMSHIRE, TOTAL], None, None, "no row for the force Leicestershire"),
        ([LEICESTERSHIRE[:-2]], None, None, "cells"),
        ([(*LEICESTERSHIRE, "more")], None, None, "cells"),
        ([], None, None, "0 rows"),
        (None, "published.csv", None, "financial year"),
        (None, "published_2015_17.csv", None, "financial year"),
        ([(*LEICESTERSHIRE, "2015")], None, (*HEADINGS, "financial_year"), "financial year"),
        ([(*LEICESTERSHIRE, "in 2015/16")], None, (*HEADINGS, "financial_year"), "financial year"),
        ([(*LEICESTERSHIRE, "2015/16")], None, (*HEADINGS, "financial_yr"), "not known"),
        (None, None, ("force", *HEADINGS[1:]), "no column police_force_area"),
        (None, None, (*HEADINGS[:-1], "race"), "twice"),
    ],
    ids=lambda given: given if isinstance(given, str) else "",
)
def test_a_file_that_cannot_be_used_is_refused_before_anything_is_loaded(
    give: Give, write: Write, settings: Settings, rows: list[tuple[object, ...]] | None,
    name: str | None, headings: tuple[str, ...] | None, about: str,
) -> None:  # fmt: skip
    path = give(rows, **{key: value for key, value in (("name", name), ("headings", headings)) if value is not None})
    with pytest.raises(ConfigError) as refused:
        pipeline.load([write(reports(6), QUARTER)], replace(settings, comparators=path), NOW)
    told = refused.value.as_dict()
    assert about in told["what"]
    assert path.name in told["where"]
    assert all(told.values())
    assert "six" not in refused.value.as_text()
    assert builds.live_number(settings.data) is None


@pytest.mark.parametrize(
    "made", [b"\xff\xfe\x00police", b'police_force_area,race\n"', b""], ids=["not UTF-8", "an open quote", "empty"]
)
def test_a_file_that_is_no_table_is_refused(tmp_path: Path, made: bytes) -> None:
    path = tmp_path / "published_2015_16.csv"
    path.write_bytes(made)
    with pytest.raises(ConfigError):
        comparators.read(path)
    with pytest.raises(ConfigError, match="cannot be read"):
        comparators.read(tmp_path / "elsewhere_2015_16.csv")


@given(
    strands=st.lists(st.integers(0, 2000), min_size=5, max_size=5),
    offences=st.integers(0, 10_000),
    year=st.integers(1999, 2098),
)
def test_what_is_read_is_what_was_written(
    tmp_path_factory: pytest.TempPathFactory, strands: list[int], offences: int, year: int
) -> None:
    path = tmp_path_factory.mktemp("published") / f"any_{year}_{(year + 1) % 100:02d}.csv"
    row = ("Leicestershire", *strands, sum(strands), offences, "force", 0, "")
    path.write_text(",".join(HEADINGS) + "\n" + ",".join(map(str, row)) + "\n", encoding="utf-8")
    if not max(strands) <= offences <= sum(strands):
        with pytest.raises(ConfigError, match="offences"):
            comparators.read(path)
        return
    found = comparators.read(path).iloc[0]
    assert [found[strand] for strand in comparators.STRANDS] == strands
    assert (found["year"], found["motivating_factors"], found["offences"]) == (year, sum(strands), offences)


def _year_of_reports(year: int, said: list[str]) -> list[Row]:
    return [
        {
            "authority_name": ("Leicester", "Melton", "")[number % 3],
            "recorded_date": f"{13 + number % 15}/{month:02d}/{year if month >= 4 else year + 1}",
            "committed_from": "",
            "committed_to": "",
            "strands": strands,
        }
        for number, strands in enumerate(said)
        for month in [(number % 12 + 3) % 12 + 1]
    ]


@pytest.fixture
def whole_year(write: Write) -> Path:
    """2015/16: race 30, race and religion 6, the sixth alone 5, none 4, disability 3."""
    said = ["Race"] * 30 + ["Race; Religion"] * 6 + ["Other"] * 5 + [""] * 4 + ["Disability"] * 3
    return write(_year_of_reports(2015, said), "hate_2015-04-01_2016-03-31_extracted_2016-04-05.csv")


def test_local_and_published_figures_stand_side_by_side_like_for_like(
    whole_year: Path, give: Give, settings: Settings, monkeypatch: pytest.MonkeyPatch
) -> None:
    pipeline.load([whole_year], replace(settings, comparators=give()), NOW)
    build = builds.live_build(settings.data, "restricted")
    assert build is not None
    answer = places.comparators(Selection("2015-Q4", "E07000133", measure="incident"), Viewer("A", frozenset()), build)
    assert answer.withheld is None
    frame = answer.frame.set_index(["kind", "strand_code"])
    assert frame.loc["own", "motivating_factors"].to_dict() == {
        "race": 36, "religion": 6, "sexual_orientation": 0, "disability": 3, "transgender": 0,
    }  # fmt: skip
    assert set(frame.loc["own", "offences"]) == {39}, "neither the sixth strand alone nor none is in a national figure"
    assert list(frame.loc["force", "motivating_factors"]) == [614, 83, 85, 31, 11]
    assert set(frame.loc["force", "offences"]) == {772}
    for kind in ("own", "force", "total"):
        assert frame.loc[kind, "value"].sum() == pytest.approx(100)
    assert frame.loc[("force", "race"), "value"] == pytest.approx(100 * 614 / 824)
    assert not answer.frame["series"].str.contains("Nottinghamshire").any(), "no force is ranked against another"
    assert set(answer.frame["series"]) == {
        "LLR, this build", "Leicestershire, as published", "England and Wales, as published",
    }  # fmt: skip
    headline = captions.headline(answer)
    assert headline.startswith("Race or ethnicity is 80% of motivating factors in LLR in 2015/16, and 75% of those")
    told = captions.caption(answer) or ""
    for number in ("45 in this build", "824 as published", "39 in this build", "772 as published"):
        assert number in told
    assert len(charts.bars(answer).data) == 3
    earlier = places.comparators(Selection("2015-Q3"), Viewer("A", frozenset()), build)
    assert earlier.withheld == "other_years", "a part of a year is never set beside a whole one"


def test_without_a_file_the_section_is_not_there_and_no_other_figure_moves(
    whole_year: Path, give: Give, settings: Settings
) -> None:
    pipeline.load([whole_year], settings, NOW)
    build = builds.live_build(settings.data, "restricted")
    assert build is not None
    viewer = Viewer("A", frozenset())
    assert places.comparators(Selection("2015-Q4"), viewer, build).withheld == "no_comparators"
    # the same extract again is nothing new, until there is a file; then until it says other
    assert not pipeline.load([whole_year], settings, NOW).published
    given = replace(settings, comparators=give())
    assert pipeline.load([whole_year], given, NOW).published
    assert not pipeline.load([whole_year], given, NOW).published
    for table in ("area_quarter_group", "area_quarter_strand", "area_month_strand"):
        asked = db.Statement("A test's own question.", (), f"from {table} order by all", Path("test"))
        rows = [db.ask(mart(settings, "restricted", number), asked, {}) for number in (1, 2)]
        pd.testing.assert_frame_equal(*rows)
    revised = replace(settings, comparators=give([LEICESTERSHIRE, (*TOTAL[:7], 62519, *TOTAL[8:])]))
    assert pipeline.load([whole_year], revised, NOW).published
    assert pipeline.load([whole_year], settings, NOW).published, "and once it is taken away"


def test_published_figures_are_not_in_the_shareable_file(whole_year: Path, give: Give, settings: Settings) -> None:
    pipeline.load([whole_year], replace(settings, comparators=give()), NOW)
    tables = {row[0] for row in read(mart(settings, "shareable"), "select table_name from duckdb_tables()")}
    assert "comparator" not in tables
    build = builds.live_build(settings.data, "shareable")
    assert build is not None
    assert places.comparators(Selection("2015-Q4"), Viewer("A", frozenset()), build).withheld == "restricted_only"
    with pytest.raises(Exception, match="comparator"):
        db.ask(build.path, db.Statement("A test's own question.", (), "from comparator", Path("test")), {})
