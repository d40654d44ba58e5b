"""The published figures of Leicestershire Police, rebuilt from rows: a report is counted once, its strands each once.

Home Office, police recorded hate crime, Leicestershire 2018/19: race 1,217, religion 142, sexual orientation 207,
disability 91, transgender 33: 1,690 motivating factors in 1,600 offences. And 2015/16, where the table is held.
"""

from __future__ import annotations

import csv
from pathlib import Path

import pytest

from core import builds
from core.model import RESTRICTED, Selection, Viewer
from queries import strands, trends
from tests.conftest import ROOT, run_module
from ui import captions

PUBLISHED = ROOT.parent / "shared" / "data" / "published" / "tidy_pfa_strand_2015_16.csv"
WORDS = {
    "race": "Race",
    "religion": "Religion",
    "sexual_orientation": "Sexual orientation",
    "disability": "Disability",
    "transgender": "Transgender",
}


def _offences(factors: dict[str, int], offences: int) -> list[str]:
    """The strands of each offence: as many offences as published, with the published number of each strand."""
    left = [WORDS[strand] for strand, count in sorted(factors.items(), key=lambda one: -one[1]) for _ in range(count)]
    # the most common strand is long enough to fill the surplus with pairs of two different strands
    surplus = len(left) - offences
    return [f"{left[number]}; {left[-1 - number]}" for number in range(surplus)] + left[surplus : len(left) - surplus]


def _load(folder: Path, year: int, factors: dict[str, int], offences: int) -> Path:
    extract = folder / f"hate_reports_{year}-04-01_{year + 1}-03-31_extracted_{year + 1}-04-05.csv"
    rows = _offences(factors, offences)
    assert len(rows) == offences
    with extract.open("w", encoding="utf-8", newline="") as opened:
        writer = csv.writer(opened)
        writer.writerow(["record_id", "record_type", "recorded_date", "strands", "authority_name", "made_up"])
        for number, said in enumerate(rows):
            # spread over the four quarters and two authorities: the total must not depend on where they fall
            month = (number % 12 + 3) % 12 + 1
            day = f"{number % 28 + 1:02d}/{month:02d}/{year if month >= 4 else year + 1}"
            writer.writerow([f"R{number:05d}", "Crime", day, said, ("Leicester", "Melton")[number % 2], "yes"])
    run_module("etl", "load", str(extract), data=folder / "data")
    return folder / "data"


def _check(data: Path, year: int, factors: dict[str, int], offences: int) -> None:
    build = builds.live_build(data, RESTRICTED)
    assert build is not None
    viewer, chosen = Viewer("A reader", frozenset()), Selection(f"{year}-Q4", "llr", "all", "crime")
    assert trends.rolling_year(chosen, viewer, build).frame["value"].iloc[-1] == offences
    by_strand = strands.motivating_factors(chosen, viewer, build)
    crimes = by_strand.frame[by_strand.frame["measure_code"] == "crime"].set_index("strand_code")["value"]
    assert {strand: crimes[strand] for strand in factors} == factors
    told = captions.headline(by_strand)
    assert f"{sum(factors.values()):,} motivating factors" in told
    assert f"of {offences:,}" in told
    groups = strands.groups(chosen, viewer, build)
    assert groups.frame["value"].sum() == offences


def test_leicestershire_2018_19(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("MONITOR_DATA", str(tmp_path / "data"))
    factors = {"race": 1217, "religion": 142, "sexual_orientation": 207, "disability": 91, "transgender": 33}
    _check(_load(tmp_path, 2018, factors, 1600), 2018, factors, 1600)


def test_leicestershire_2015_16(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    if not PUBLISHED.exists():
        pytest.skip("the published Home Office table is not on this machine")
    monkeypatch.setenv("MONITOR_DATA", str(tmp_path / "data"))
    with PUBLISHED.open(encoding="utf-8", newline="") as opened:
        row = next(row for row in csv.DictReader(opened) if row["police_force_area"] == "Leicestershire")
    factors = {strand: int(row[strand]) for strand in WORDS}
    offences = int(row["total_offences"])
    assert (sum(factors.values()), offences) == (824, 772)
    _check(_load(tmp_path, 2015, factors, offences), 2015, factors, offences)
