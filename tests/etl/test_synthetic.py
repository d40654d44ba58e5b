"""The demonstration extracts: the same bytes for the same seed, the published shapes, and made up on every row."""

from __future__ import annotations

import csv
from collections import Counter
from datetime import date
from pathlib import Path

import pandas as pd
import pytest

from core.model import AUTHORITIES
from etl.synthetic import EXTRACTS, HEADER, STREET_HEADER, STREET_MARK, write_demonstration
from geo.locate import place
from stats.change import verdict

LATEST, YEAR_BEFORE = "2023Q3", "2022Q3"  # calendar quarters: July to September


@pytest.fixture(scope="module")
def written(tmp_path_factory: pytest.TempPathFactory) -> list[Path]:
    return write_demonstration(tmp_path_factory.mktemp("demonstration"))


def read(path: Path) -> pd.DataFrame:
    """Rows with as many cells as the header, whose recorded date can be read."""
    with path.open(encoding="utf-8", newline="") as file:
        rows = [row for row in csv.reader(file) if len(row) == len(HEADER)][1:]
    frame = pd.DataFrame(rows, columns=list(HEADER))
    recorded = pd.to_datetime(frame["recorded_date"], format="%d/%m/%Y", errors="coerce")
    frame = frame.assign(recorded=recorded).loc[recorded < "2024-01-01"]
    frame["is_crime"] = frame["record_type"] == "Crime"
    frame["financial_year"] = frame["recorded"].dt.year - (frame["recorded"].dt.month < 4)
    return frame


@pytest.fixture(scope="module")
def latest(written: list[Path]) -> pd.DataFrame:
    return read(written[2])


def test_the_same_seed_writes_the_same_bytes_and_another_seed_others(written: list[Path], tmp_path: Path) -> None:
    again = write_demonstration(tmp_path / "again")
    assert [path.name for path in again] == [path.name for path in written]
    assert all(one.read_bytes() == other.read_bytes() for one, other in zip(again, written, strict=True))
    other = write_demonstration(tmp_path / "other", seed=2022)
    assert other[0].read_bytes() != written[0].read_bytes()


def test_files_are_named_by_window_and_extract_date(written: list[Path]) -> None:
    assert [path.name for path in written] == [
        "hate_reports_made-up_2017-04-01_2023-03-31_extracted_2023-04-05.csv",
        "hate_reports_made-up_2017-04-01_2023-06-30_extracted_2023-07-04.csv",
        "hate_reports_made-up_2017-04-01_2023-09-30_extracted_2023-10-04.csv",
        "2023-09-made-up-all-crime-street.csv",
        "third_party_log_made-up_2021-04-01_2023-09-30_extracted_2023-10-04.csv",
        "council_cases_made-up_2021-04-01_2023-09-30_extracted_2023-10-04.csv",
    ]


def test_every_row_says_it_is_made_up(written: list[Path]) -> None:
    for path in written[:3]:
        with path.open(encoding="utf-8", newline="") as file:
            header, *rows = csv.reader(file)
        assert tuple(header) == HEADER
        # a row cut short in sending has lost its last cells, and the pasted header is no record
        whole = [row for row in rows if len(row) == len(HEADER) and row != header]
        assert {row[-1] for row in whole} == {"yes"}
        assert 0 < len(rows) - len(whole) < 20


def test_years_have_the_published_size(latest: pd.DataFrame) -> None:
    crimes = latest[latest["is_crime"]].groupby("financial_year").size()
    assert 1_370 <= crimes[2017] <= 1_510  # 1,437 published
    assert 1_530 <= crimes[2018] <= 1_680  # 1,600 published
    assert all(2_000 <= crimes[year] <= 2_650 for year in (2020, 2021, 2022))


def test_strands_have_the_published_shares_and_some_reports_have_more_than_one(latest: pd.DataFrame) -> None:
    crimes = latest[latest["is_crime"] & (latest["financial_year"] == 2018)]
    words = crimes["strands"].str.split("; ")
    assert 0.05 <= (words.str.len() > 1).mean() <= 0.08
    shares = {
        "Race|Racial|Racist": (0.72, 0.81),
        "Religion|Religious|Faith": (0.06, 0.12),
        "Sexual|Homophobic": (0.10, 0.16),
        "Disability": (0.03, 0.08),
        "Trans": (0.007, 0.03),
    }
    for pattern, (least, most) in shares.items():
        assert least <= crimes["strands"].str.contains(pattern).mean() <= most, pattern
    assert (latest["strands"] == "Any Other Preceived Difference").any()


def test_incidents_are_a_third_of_reports_and_step_down_with_the_code_of_practice(latest: pd.DataFrame) -> None:
    incidents = latest[~latest["is_crime"]]
    assert 0.25 <= len(incidents) / len(latest) <= 0.35
    by_month = incidents.groupby(incidents["recorded"].dt.to_period("M")).size()
    before = by_month["2022-10":"2023-05"].mean()
    after = by_month["2023-07":"2023-09"].mean()
    assert 0.4 <= after / before <= 0.8


def test_two_summers_stand_out(latest: pd.DataFrame) -> None:
    crimes = latest[latest["is_crime"]]
    race = crimes[crimes["strands"].str.contains("Race|Racial|Racist")]
    by_month = race.groupby(race["recorded"].dt.to_period("M")).size()
    assert all(by_month[month] > 190 for month in ("2020-06", "2020-07", "2020-08", "2020-09"))
    religion = latest[latest["strands"].str.contains("Religion|Religious|Faith")]
    leicester = religion[religion["authority_code"] == "E06000016"]
    by_month = leicester.groupby(leicester["recorded"].dt.to_period("M")).size()
    assert by_month["2022-09"] > 2.5 * by_month["2021-09":"2022-07"].mean()


def test_one_district_and_strand_is_unusual_in_the_latest_quarter_in_all_three_months(latest: pd.DataFrame) -> None:
    charnwood = (latest["authority_code"] == "E07000130") | (latest["authority_name"] == "Charnwood")
    chosen = latest[charnwood & latest["strands"].str.contains("Sexual|Homophobic")]
    by_quarter = chosen.groupby(chosen["recorded"].dt.to_period("Q").astype(str)).size()
    assert verdict(by_quarter[LATEST], by_quarter[YEAR_BEFORE], 92, 92) == "higher"
    by_month = chosen.groupby(chosen["recorded"].dt.to_period("M").astype(str)).size()
    assert all(by_month[f"2023-{month}"] > 1.3 * by_month["2021-10":"2023-06"].mean() for month in ("07", "08", "09"))


def test_most_districts_are_not_unusual_in_the_latest_quarter(latest: pd.DataFrame) -> None:
    crimes = latest[latest["is_crime"]]
    quarter = crimes["recorded"].dt.to_period("Q").astype(str)
    counts = crimes.groupby([crimes["authority_code"], quarter]).size()
    flagged = [
        code
        for code in AUTHORITIES
        if verdict(counts.get((code, LATEST), 0), counts.get((code, YEAR_BEFORE), 0), 92, 92) in ("higher", "lower")
    ]
    assert len(flagged) <= 2  # Leicester is below the disorder of the year before


def test_recent_outcomes_are_immature_and_older_ones_settled(latest: pd.DataFrame) -> None:
    crimes = latest[latest["is_crime"]]
    code = crimes["outcome_code"].str.extract(r"^(\d+A?)")[0]
    settled = crimes["recorded"] < "2023-01-01"
    recent = crimes["recorded"] >= "2023-07-01"
    assert code[settled].notna().mean() > 0.95
    assert 0.4 < code[recent].notna().mean() < 0.8
    assert 0.09 < code[settled].isin(["1", "1A"]).mean() < 0.13
    assert (crimes.loc[code.isna(), "outcome_date"] == "").all()


def test_unknowns_are_as_common_as_in_practice(latest: pd.DataFrame) -> None:
    assert 0.24 <= latest["victim_ethnicity"].isin(["", "NS", "Not recorded"]).mean() <= 0.32
    assert 0.04 <= latest["how_reported"].isin(["", "Unknown"]).mean() <= 0.08
    assert 0.002 <= (latest["strands"] == "").mean() <= 0.009
    no_authority = (latest["authority_code"] == "") & (latest["authority_name"] == "")
    assert 0.010 <= no_authority.mean() <= 0.020
    placed = latest[no_authority][["postcode", "easting"]].ne("").any(axis=1)
    assert 0.4 < placed.mean() < 0.9


def test_victims_come_back(latest: pd.DataFrame) -> None:
    known = latest[latest["victim_ref"].str.startswith("V") & (latest["recorded"] >= "2022-10-01")]
    reports = known["victim_ref"].value_counts()
    assert 0.05 <= (reports > 1).mean() <= 0.15
    assert known.groupby("victim_ref")["victim_ethnicity"].nunique().max() == 1


def test_later_extracts_add_late_reports_revise_some_and_drop_a_few(written: list[Path]) -> None:
    first, third = (read(written[number]).query("record_id != ''") for number in (0, 2))
    first, third = (frame.drop_duplicates("record_id").set_index("record_id") for frame in (first, third))
    within = third[third["recorded"] <= pd.Timestamp(EXTRACTS[0][0])]
    late = within.index.difference(first.index)
    dropped = first.index.difference(third.index)
    assert 30 < len(late) < 300
    assert 3 < len(dropped) < 100
    both = first.index.intersection(within.index)
    assert 3 < (first.loc[both, "record_type"] != within.loc[both, "record_type"]).sum() < 100
    assert 3 < (within.loc[both, "strands"].str.len() > first.loc[both, "strands"].str.len()).sum() < 100
    assert (first.loc[both, "outcome_code"] != within.loc[both, "outcome_code"]).sum() > 100


def test_about_one_row_in_eighty_is_wrong_in_the_ways_of_real_extracts(written: list[Path]) -> None:
    wrong: Counter[str] = Counter()
    with written[0].open(encoding="utf-8", newline="") as file:
        header, *rows = csv.reader(file)
    whole = [dict(zip(header, row, strict=True)) for row in rows if len(row) == len(header)]
    wrong["cut short"] = len(rows) - len(whole)
    times = Counter(row["record_id"] for row in whole if row["record_id"])
    for row in whole:
        day, _, rest = row["recorded_date"].partition("/")
        month, _, year = rest.partition("/")
        wrong["repeated header"] += row["record_id"] == "record_id"
        wrong["month first"] += month.isdigit() and int(month) > 12
        wrong["future"] += year.isdigit() and int(year) > 2023
        wrong["unknown strand"] += row["strands"] in ("Vulnerable adult", "Domestic", "Gang")
        wrong["combined strand"] += row["strands"] == "Race/Religion"
        wrong["unknown authority"] += row["authority_name"] in ("NL63", "Charnwd", "LPU East")
        wrong["missing id"] += row["record_id"] == ""
        wrong["duplicate"] += times[row["record_id"]] > 1
        wrong["committed after"] += (
            day.isdigit() and row["committed_from"] != "" and _day(row["committed_from"]) > _day(row["recorded_date"])
        )
    assert wrong["repeated header"] == 1
    assert min(wrong.values()) >= 1, wrong
    assert 0.009 <= sum(wrong.values()) / len(rows) <= 0.016, wrong
    incidents = [row for row in whole if row["record_type"] == "Non Crime Hate Incident"]
    assert any(row["outcome_code"] for row in incidents)


def _day(text: str) -> date:
    day, month, year = (int(part) for part in text.split("/"))
    # the months of dates written the American way are days: such a row is counted elsewhere
    return date(year, month, day) if month <= 12 else date.max


def test_the_all_crime_history_has_the_layout_and_lies_where_it_says(written: list[Path]) -> None:
    path = written[3]
    assert path.stat().st_size < 40_000_000
    street = pd.read_csv(path, dtype=str, keep_default_na=False)
    assert tuple(street.columns) == STREET_HEADER
    assert set(street["Reported by"]) == set(street["Falls within"]) == {STREET_MARK}
    is_crime = street["Crime type"] != "Anti-social behaviour"
    assert (street.loc[~is_crime, "Crime ID"] == "").all()
    assert street.loc[is_crime, "Crime ID"].is_unique
    assert street["Month"].nunique() == 36
    points = street[["Longitude", "Latitude"]].drop_duplicates()
    placed = place(points.rename(columns=str.lower))["area_code"]
    assert set(placed) == set(AUTHORITIES)
    crimes = street.loc[is_crime & (street["Month"] >= "2022-10")]
    assert 80_000 <= len(crimes) <= 100_000  # so that hate crime is 2 to 3% of it, as in life
