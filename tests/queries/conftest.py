"""The demonstration, asked as the pages ask it, and the warehouse behind it, read another way."""

from __future__ import annotations

from collections import Counter
from pathlib import Path
from typing import Any

import duckdb
import pandas as pd
import pytest

from core import builds
from core.model import RESTRICTED, SHAREABLE, Build, Viewer


@pytest.fixture(scope="session")
def viewer() -> Viewer:
    return Viewer("A reader", frozenset({"demonstration"}))


@pytest.fixture
def restricted(demonstration_data: Path, monkeypatch: pytest.MonkeyPatch) -> Build:
    monkeypatch.setenv("MONITOR_DATA", str(demonstration_data))
    build = builds.live_build(demonstration_data, RESTRICTED)
    assert build is not None
    return build


@pytest.fixture
def shareable(demonstration_data: Path, monkeypatch: pytest.MonkeyPatch) -> Build:
    monkeypatch.setenv("MONITOR_DATA", str(demonstration_data))
    build = builds.live_build(demonstration_data, SHAREABLE)
    assert build is not None
    return build


@pytest.fixture(scope="session")
def reports(demonstration_data: Path) -> pd.DataFrame:
    """Every live report that counts in LLR, as records: what no page may reach and every page must agree with."""
    with duckdb.connect(str(demonstration_data / "warehouse.duckdb"), read_only=True) as warehouse:
        frame = warehouse.execute("select * from current_report where area_code <> 'outside'").df()
    frame["strand_codes"] = [set(codes) for codes in frame["strand_codes"]]
    frame["religion_codes"] = [set(codes) for codes in frame["religion_codes"]]
    return _timed(frame)


@pytest.fixture(scope="session")
def elsewhere(demonstration_data: Path) -> pd.DataFrame:
    """Every report made to a centre or a council that is taken for no police record, matched one by one.

    What is known of each stands in the column `found`, those that are known to the police among them.
    """
    with duckdb.connect(str(demonstration_data / "warehouse.duckdb"), read_only=True) as warehouse:
        police = warehouse.execute("select * from current_report").df().to_dict("records")
        told = warehouse.execute("select * from elsewhere_report where area_code <> 'outside'").df().to_dict("records")
    for report in told:
        report["police_ref"] = report["police_ref"] if isinstance(report["police_ref"], str) else ""
    by_reference: dict[str, list[str]] = {}
    by_place: dict[str, list[dict[str, Any]]] = {}
    for record in police:
        by_reference.setdefault(_bare(record["record_id"]), []).append(record["record_id"])
        by_place.setdefault(record["area_code"], []).append(record)
    found: dict[str, str] = {}
    for provider in ("third_party", "council"):
        mine = [report for report in told if report["provider"] == provider]
        quoted = {
            report["record_id"]: by_reference[reference][0]
            for report in mine
            if len(by_reference.get(reference := _bare(report["police_ref"]), [])) == 1
        }
        found |= dict.fromkeys(quoted, "reference")
        rest = [report for report in mine if report["record_id"] not in quoted]
        taken = set(quoted.values())
        targets = {place: [one for one in held if one["record_id"] not in taken] for place, held in by_place.items()}
        possible = _possible(rest, targets)
        found |= dict.fromkeys(_one_to_one(possible), "rule")
        if provider == "council":
            forms: dict[str, list[dict[str, Any]]] = {}
            for report in told:
                if report["provider"] == "third_party":
                    forms.setdefault(report["area_code"], []).append(report)
            left = [report for report in rest if report["record_id"] not in found]
            of_forms = _possible(left, forms)
            found |= dict.fromkeys(_one_to_one(of_forms), "centre")
            possible = {name: possible[name] | of_forms.get(name, set()) for name in possible}
        for report in rest:
            is_quoted = sum(letter.isalnum() for letter in report["police_ref"]) >= 5
            could_be = possible[report["record_id"]]
            found.setdefault(
                report["record_id"], "reference_only" if is_quoted else "ambiguous" if could_be else "unmatched"
            )
    frame = pd.DataFrame(told)
    frame["strand_codes"] = [set(codes) for codes in frame["strand_codes"]]
    frame["found"] = [found[name] for name in frame["record_id"]]
    return _timed(frame)


def _bare(reference: str) -> str:
    return "".join(letter for letter in reference if letter.isalnum()).upper().lstrip("0")


def _possible(reports: list[dict[str, Any]], targets: dict[str, list[dict[str, Any]]]) -> dict[str, set[str]]:
    """Report -> the records of its place that the declared rule allows."""
    return {
        report["record_id"]: {
            other["record_id"]
            for other in targets.get(report["area_code"], [])
            if report["area_code"] != "not_known" and _could_be(report, other)
        }
        for report in reports
    }


def _could_be(report: dict[str, Any], other: dict[str, Any]) -> bool:
    apart = abs((report["recorded_on"] - other["recorded_on"]).days)
    if apart > 7 or not set(report["strand_codes"]) & set(other["strand_codes"]):
        return False
    if pd.isna(report["committed_from_on"]) or pd.isna(other["committed_from_on"]):
        return apart <= 3
    return bool(report["committed_from_on"] == other["committed_from_on"])


def _one_to_one(possible: dict[str, set[str]]) -> list[str]:
    wanted = Counter(name for names in possible.values() for name in names)
    return [report for report, names in possible.items() if len(names) == 1 and wanted[next(iter(names))] == 1]


def _timed(frame: pd.DataFrame) -> pd.DataFrame:
    recorded = frame["recorded_on"].dt
    year = recorded.year - (recorded.month < 4)
    frame["quarter_code"] = year.astype(str) + "-Q" + ((recorded.month + 8) % 12 // 3 + 1).astype(str)
    frame["month"] = recorded.to_period("M").dt.to_timestamp()
    return frame
