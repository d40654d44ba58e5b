"""Every figure of every page equals the same question asked of the records themselves, in another language."""

from __future__ import annotations

import csv
import itertools
import random
import shutil
import tomllib
from dataclasses import replace
from pathlib import Path

import duckdb
import pandas as pd
import pytest

from core import builds, db
from core.model import AUTHORITIES, ELSEWHERE, MEASURES, STRANDS, Build, Selection, Viewer
from core.periods import Quarter
from queries import places, quality, quarter, strands, trends

ROOT = Path(__file__).resolve().parents[2]
with (ROOT / "data" / "reference" / "area_members.csv").open(encoding="utf-8", newline="") as opened:
    MEMBERS: dict[str, set[str]] = {}
    for row in csv.DictReader(opened):
        MEMBERS.setdefault(row["area_code"], set()).add(row["member_code"])
EVERY = list(itertools.product(("2023-Q2", "2022-Q1", "2019-Q4"), MEMBERS, ("all", *STRANDS, "not_known"), MEASURES))
SOME = [Selection(*chosen) for chosen in random.Random(20211).sample(EVERY, 40)]
SOME += [Selection("2023-Q2"), Selection("2023-Q2", measure="crime"), Selection("2023-Q2", "E06000017", "transgender")]


def _chosen(reports: pd.DataFrame, selection: Selection, *, strand: bool = True) -> pd.DataFrame:
    kept = reports["area_code"].isin(MEMBERS[selection.area])
    if selection.measure not in ("all", ELSEWHERE):
        kept &= reports["measure_code"] == selection.measure
    if strand and selection.strand == "not_known":
        kept &= reports["strand_codes"].map(len) == 0
    elif strand and selection.strand != "all":
        kept &= reports["strand_codes"].map(lambda codes: selection.strand in codes)
    return reports[kept]


def _year(reports: pd.DataFrame, selection: Selection) -> pd.DataFrame:
    last = Quarter.parse(selection.quarter)
    return reports[reports["quarter_code"].isin([last.plus(-step).code for step in range(4)])]


@pytest.mark.parametrize("selection", SOME, ids=str)
def test_series(selection: Selection, reports: pd.DataFrame, viewer: Viewer, restricted: Build) -> None:
    mine = _chosen(reports, selection)
    by_quarter = trends.quarterly(selection, viewer, restricted).frame.set_index("quarter_code")["value"]
    assert by_quarter.to_dict() == {code: (mine["quarter_code"] == code).sum() for code in by_quarter.index}
    assert by_quarter.index.max() == selection.quarter
    by_month = trends.monthly(selection, viewer, restricted).frame.set_index("starts_on")["value"]
    assert by_month.to_dict() == {month: (mine["month"] == month).sum() for month in by_month.index}
    last = trends.rolling_year(selection, viewer, restricted).frame.iloc[-1]
    assert pd.isna(last["value"]) or last["value"] == len(_year(mine, selection))


FOUND = ("reference", "rule", "reference_only", "centre", "ambiguous", "unmatched")
NOT_ALSO_REPORTED = ("ambiguous", "unmatched")


@pytest.mark.parametrize("area", ["llr", "E06000016", "E07000133", "county"])
@pytest.mark.parametrize("strand", ["all", "race", "disability"])
def test_reports_made_elsewhere_are_counted_as_they_are_matched_one_by_one(
    area: str, strand: str, elsewhere: pd.DataFrame, viewer: Viewer, restricted: Build
) -> None:
    selection = Selection("2023-Q2", area, strand, ELSEWHERE)
    mine = _chosen(elsewhere[elsewhere["found"].isin(NOT_ALSO_REPORTED)], selection)
    by_quarter = trends.quarterly(selection, viewer, restricted).frame.set_index("quarter_code")["value"]
    assert by_quarter.to_dict() == {code: (mine["quarter_code"] == code).sum() for code in by_quarter.index}
    assert (by_quarter.index.min(), by_quarter.index.max()) == ("2021-Q1", "2023-Q2")
    by_month = trends.monthly(selection, viewer, restricted).frame.set_index("starts_on")["value"]
    assert by_month.to_dict() == {month: (mine["month"] == month).sum() for month in by_month.index}
    tiles = quarter.tiles(selection, viewer, restricted).frame.set_index("tile_code")
    assert tiles.loc[ELSEWHERE, "value"] == by_quarter["2023-Q2"]
    groups = strands.groups(selection, viewer, restricted).frame
    assert groups["value"].sum() == len(_year(_chosen(mine, selection, strand=False), selection)) or strand != "all"


def test_what_became_of_reports_made_elsewhere_is_told(
    elsewhere: pd.DataFrame, viewer: Viewer, restricted: Build
) -> None:
    selection = Selection("2023-Q2")
    told = quality.told_elsewhere(selection, viewer, restricted).frame.set_index("provider")
    columns = ["by_reference", "by_rule", "reference_only", "same_as_centre", "ambiguous", "not_also_reported"]
    year = _year(elsewhere, selection)
    for provider, mine in year.groupby("provider"):
        counts = [int((mine["found"] == one).sum()) for one in FOUND]
        assert told.loc[provider, columns].tolist() == counts
        assert told.loc[provider, "reports"] == sum(counts) == len(mine)
    assert all(told[columns].sum() > 0), "the demonstration shows every way"


@pytest.mark.parametrize("selection", SOME, ids=str)
def test_tiles(selection: Selection, reports: pd.DataFrame, viewer: Viewer, restricted: Build) -> None:
    tiles = quarter.tiles(selection, viewer, restricted).frame.set_index("tile_code")
    before = Quarter.parse(selection.quarter).year_before.code
    for measure in MEASURES:
        mine = _chosen(reports, Selection(selection.quarter, selection.area, selection.strand, measure))
        assert tiles.loc[measure, "value"] == (mine["quarter_code"] == selection.quarter).sum()
        assert tiles.loc[measure, "before"] == (mine["quarter_code"] == before).sum()

    # repeat victims: people of the quarter with another report, of any kind and anywhere, in the 12 months before
    known = reports[reports["victim_ref"].notna() & (reports["victim_kind"] != "organisation")]
    told: dict[str, list[tuple[pd.Timestamp, str]]] = {}
    for victim, day, record in zip(known["victim_ref"], known["recorded_on"], known["record_id"], strict=True):
        told.setdefault(victim, []).append((day, record))
    repeat = set()
    mine = _chosen(known, selection)
    for victim, day, record in mine.loc[
        mine["quarter_code"] == selection.quarter, ["victim_ref", "recorded_on", "record_id"]
    ].itertuples(index=False):
        earlier = [(other, name) for other, name in told[victim] if (other, name) < (day, record)]
        if any(other >= day - pd.DateOffset(months=12) for other, _ in earlier):
            repeat.add(victim)
    assert tiles.loc["repeat_victims", "value"] == len(repeat)


@pytest.mark.parametrize("selection", SOME[:12], ids=str)
def test_charge_rate(selection: Selection, reports: pd.DataFrame, viewer: Viewer, restricted: Build) -> None:
    tile = quarter.tiles(selection, viewer, restricted).frame.set_index("tile_code").loc["charge_rate"]
    crimes = _chosen(reports, Selection(selection.quarter, selection.area, selection.strand, "crime"))
    for code in sorted(crimes["quarter_code"].unique(), reverse=True):
        cohort = crimes[crimes["quarter_code"] == code]
        if code > selection.quarter or len(cohort) < 10 or cohort["outcome_code"].notna().mean() < 0.8:
            continue
        assert tile["value"] == pytest.approx(100 * cohort["outcome_code"].isin(["1", "1A"]).mean())
        assert tile["note_facts"]["crimes"] == f"{len(cohort):,}"
        return
    assert pd.isna(tile["value"])


@pytest.mark.parametrize("selection", SOME, ids=str)
def test_strands(selection: Selection, reports: pd.DataFrame, viewer: Viewer, restricted: Build) -> None:
    mine = _year(_chosen(reports, selection, strand=False), selection)
    both = _year(_chosen(reports, Selection(selection.quarter, selection.area), strand=False), selection)

    factors = strands.motivating_factors(selection, viewer, restricted).frame
    for measure, strand, value in factors[["measure_code", "strand_code", "value"]].itertuples(index=False):
        of_measure = both.loc[both["measure_code"] == measure, "strand_codes"]
        assert value == sum(not codes if strand == "not_known" else strand in codes for codes in of_measure)

    groups = strands.groups(selection, viewer, restricted).frame.set_index("group_code")["value"]
    assert groups.sum() == len(mine), "the groups add up to the reports"
    assert groups["multiple"] == sum(len(codes) > 1 for codes in mine["strand_codes"])
    assert groups["race"] == sum(codes == {"race"} for codes in mine["strand_codes"])

    pairs = strands.overlaps(selection, viewer, restricted).frame
    together = sum(len(codes) * (len(codes) - 1) for codes in mine["strand_codes"])
    assert pairs["value"].sum() == together

    targeted = strands.religion_targeted(selection, viewer, restricted)
    with_religion = mine[["religion" in codes for codes in mine["strand_codes"]]]
    if targeted.withheld:
        assert with_religion.empty
    else:
        counts = targeted.frame.set_index("religion_code")["value"]
        unknown = sum(not codes or codes == {"not_known"} for codes in with_religion["religion_codes"])
        assert counts.get("not_known", 0) == unknown
        for religion in set(counts.index) - {"not_known"}:
            assert counts[religion] == sum(religion in codes for codes in with_religion["religion_codes"])
        assert set().union(*with_religion["religion_codes"]) <= set(counts.index)

    crimes = _year(_chosen(reports, Selection(selection.quarter, selection.area, selection.strand, "crime")), selection)
    offences = strands.offence_groups(selection, viewer, restricted)
    if not offences.withheld:
        assert offences.frame.set_index("offence_group_code")["value"].to_dict() == (
            crimes["offence_group_code"].fillna("not_known").value_counts().to_dict()
        )

    known = strands.completeness(selection, viewer, restricted).frame.set_index("field_code")
    told = {code: (row["records"], row["known"]) for code, row in known.iterrows()}
    people = mine[mine["victim_kind"] != "organisation"]
    old = mine[(mine["measure_code"] == "crime") & (mine["recorded_on"] <= pd.Timestamp("2023-03-30"))]
    expected = {
        "strand_code": (len(mine), (mine["group_code"] != "not_known").sum()),
        "victim_ref": (len(people), people["victim_ref"].notna().sum()),
        "outcome_code": (len(old), old["outcome_code"].notna().sum()),
        "religion_targeted": (
            len(with_religion),
            sum(bool(codes) and "not_known" not in codes for codes in with_religion["religion_codes"]),
        ),
    }
    for field in ("area_code", "channel_code", "victim_ethnicity_code", "location_type_code"):
        expected[field] = (len(mine), (mine[field] != "not_known").sum())
    assert told == {field: counts for field, counts in expected.items() if counts[0]}


@pytest.mark.parametrize("selection", SOME, ids=str)
def test_places(selection: Selection, reports: pd.DataFrame, viewer: Viewer, restricted: Build) -> None:
    rates = places.rates_by_area(selection, viewer, restricted).frame.set_index("area_code")
    past = places.own_past(selection, viewer, restricted)
    panels = quarter.areas(selection, viewer, restricted).frame
    before = Selection(Quarter.parse(selection.quarter).plus(-4).code, selection.area)
    for code in AUTHORITIES:
        mine = _chosen(reports, Selection(selection.quarter, code, selection.strand, selection.measure))
        now = len(_year(mine, selection))
        assert rates.loc[code, "reports"] == now
        assert rates.loc[code, "value"] == pytest.approx(1000 * now / rates.loc[code, "population"])
        latest = panels[(panels["area_code"] == code) & (panels["quarter_code"] == selection.quarter)].iloc[0]
        assert latest["reports"] == (mine["quarter_code"] == selection.quarter).sum()
        if not past.withheld:
            told = past.frame.set_index("area_code").loc[code]
            assert (told["now"], told["before"]) == (now, len(_year(mine, before)))


def test_share_of_crime(reports: pd.DataFrame, viewer: Viewer, restricted: Build, demonstration_data: Path) -> None:
    selection = Selection("2023-Q2")
    with duckdb.connect(str(demonstration_data / "warehouse.duckdb"), read_only=True) as warehouse:
        crimes = dict(
            warehouse.execute(
                "select area_code, count(*) from current_street_record where is_crime "
                "and month_on between date '2022-10-01' and date '2023-09-01' group by area_code"
            ).fetchall()
        )
    shares = places.share_of_crime(selection, viewer, restricted).frame.set_index("area_code")
    for code in AUTHORITIES:
        mine = _year(_chosen(reports, Selection("2023-Q2", code, "all", "crime")), selection)
        assert shares.loc[code, "hate_crimes"] == len(mine)
        assert shares.loc[code, "all_crimes"] == crimes[code]


def test_quality(reports: pd.DataFrame, viewer: Viewer, restricted: Build, demonstration_data: Path) -> None:
    selection = Selection("2023-Q2", measure="crime")
    mine = _year(reports[reports["measure_code"] == "crime"], selection)
    lag = quality.lag(selection, viewer, restricted).frame.set_index("lag_code")["value"]
    days = (mine["recorded_on"] - mine["committed_from_on"]).dt.days
    assert lag.to_dict() == {
        "same_day": (days == 0).sum(),
        "within_week": days.between(1, 7).sum(),
        "within_month": days.between(8, 30).sum(),
        "within_year": days.between(31, 365).sum(),
        "over_year": (days > 365).sum(),
        "not_known": days.isna().sum(),
    }
    placed = quality.places(selection, viewer, restricted).frame.set_index("basis_code")["value"]
    assert placed.get("not_known", 0) == (mine["area_code"] == "not_known").sum()
    for load in quality.loads(selection, viewer, restricted).frame.to_dict("records"):
        assert load["records"] == load["accepted"] + load["quarantined"]


PARTS = ["added", "moved_in", "taken_away", "moved_out"]


@pytest.mark.parametrize("area", ["llr", "county", "E06000016"])
@pytest.mark.parametrize("measure", MEASURES)
def test_revisions_are_the_difference_of_two_builds(
    measure: str, area: str, viewer: Viewer, restricted: Build, demonstration_data: Path
) -> None:
    selection = Selection("2023-Q2", area, measure=measure)
    before = builds.open_build(demonstration_data, restricted.number - 1, "restricted")
    now, then = (
        trends.quarterly(replace(selection, quarter=latest), viewer, build).frame.set_index("quarter_code")["value"]
        for build, latest in ((restricted, "2023-Q2"), (before, "2023-Q1"))
    )
    moved = (now.reindex(then.index) - then).loc[lambda change: change != 0]
    told = quality.revisions(selection, viewer, restricted).frame.set_index("quarter_code")
    assert told.loc[told["value"] != 0, "value"].to_dict() == moved.to_dict()
    assert told["reports_before"].to_dict() == then[told.index].to_dict()
    assert told["reports_now"].to_dict() == now[told.index].to_dict()
    assert len(moved), "the demonstration revises figures already published"
    assert ((told[PARTS] * [1, 1, -1, -1]).sum(axis="columns") == told["value"]).all()


@pytest.mark.parametrize("measure", MEASURES)
def test_revised_counts_add_up_to_the_revisions_of_the_whole(measure: str, viewer: Viewer, restricted: Build) -> None:
    selection = Selection("2023-Q2", measure=measure)
    told = quality.revisions(selection, viewer, restricted).frame.set_index("quarter_code")
    cells = quality.revised_cells(selection, viewer, restricted).frame
    summed = cells.groupby("quarter_code")[["value", *PARTS]].sum()
    assert summed["value"].loc[lambda change: change != 0].to_dict() == (
        told["value"].loc[lambda change: change != 0].to_dict()
    )
    for part in ("added", "taken_away"):  # what is moved within the whole is moved for a part only
        assert summed.loc[told.index, part].to_dict() == told[part].to_dict()
    assert ((cells[PARTS] * [1, 1, -1, -1]).sum(axis="columns") == cells["value"]).all()


def test_what_came_and_went_is_not_told_where_it_does_not_account_for_the_difference(
    viewer: Viewer, restricted: Build, tmp_path: Path
) -> None:
    path = tmp_path / "restricted.duckdb"
    shutil.copy(restricted.path, path)
    with duckdb.connect(str(path)) as mart:
        mart.execute("delete from movement where area_before is null and area_now = 'E06000016'")
    unknown = replace(restricted, path=path)
    for area, is_exact in (("llr", False), ("E06000016", False), ("E07000130", True)):
        selection = Selection("2023-Q2", area, measure="crime")
        found = quality.revisions(selection, viewer, unknown)
        assert (found.finding == "exact") == is_exact
        for told in (found, quality.revised_cells(selection, viewer, unknown)):
            assert told.frame[PARTS].notna().all(axis=None) == is_exact
            assert ("revisions_net" in told.notes) != is_exact
        kept = quality.revisions(selection, viewer, restricted).frame.set_index("quarter_code")["value"]
        assert found.frame.set_index("quarter_code")["value"].to_dict() == kept[kept != 0].to_dict()


def test_the_checks_of_publication_are_told_in_both_files(viewer: Viewer, restricted: Build, shareable: Build) -> None:
    written = {path.stem: db.statement(path).sentence for path in (ROOT / "etl" / "sql" / "6_checks").glob("*.sql")}
    for build in (restricted, shareable):
        told = quality.checks(Selection("2023-Q2"), viewer, build).frame
        assert dict(zip(told["check_code"], told["sentence"], strict=True)) == written


def test_rules_are_the_reasons_in_quarantine(
    reports: pd.DataFrame, viewer: Viewer, restricted: Build, demonstration_data: Path
) -> None:
    book = tomllib.loads((ROOT / "config" / "rules.toml").read_text(encoding="utf-8"))
    with duckdb.connect(str(demonstration_data / "warehouse.duckdb"), read_only=True) as warehouse:
        loads = warehouse.execute("select load_id, extracted_on from load where source_code = 'hate_reports'").df()
        held = warehouse.execute("select load_id, reasons from quarantine").df()
    latest = held[held["load_id"] == loads.sort_values("extracted_on")["load_id"].iloc[-1]]
    told = quality.rules(Selection("2023-Q2"), viewer, restricted).frame
    counts = told[told["value"] > 0].set_index("rule_code")["value"]
    # a held-back record keeps its warnings too, but a warning is told of accepted records only
    reasons = latest["reasons"].explode()
    holding = reasons[[book[code]["severity"] == "quarantine" for code in reasons]]
    assert counts[[book[code]["severity"] == "quarantine" for code in counts.index]].to_dict() == (
        holding.value_counts().to_dict()
    )
    assert counts["outcome_21"] == (reports["outcome_code"] == "21").sum()
    assert counts["strand_missing"] == (reports["group_code"] == "not_known").sum()
    shown = quality.loads(Selection("2023-Q2"), viewer, restricted).frame.set_index("load_id")["quarantined"]
    assert shown[shown > 0].to_dict() == held["load_id"].value_counts().to_dict()


@pytest.mark.parametrize("selection", SOME, ids=str)
def test_protected_figures_are_sums_of_protected_cells(selection: Selection, viewer: Viewer, shareable: Build) -> None:
    every_cell = db.Statement("Every cell.", ("area_quarter_group",), "select * from area_quarter_group", Path("cells"))
    cells = db.ask(shareable.path, every_cell, {})
    kept = cells["area_code"].isin(MEMBERS[selection.area])
    kept &= cells["measure_code"].isin(("crime", "incident") if selection.measure == "all" else (selection.measure,))
    if selection.strand != "all":
        kept &= cells["group_code"] == selection.strand
    by_quarter = trends.quarterly(selection, viewer, shareable).frame.set_index("quarter_code")["value"]
    assert (
        by_quarter.to_dict() == cells[kept].groupby("quarter_code")["reports"].sum().loc[: selection.quarter].to_dict()
    )
