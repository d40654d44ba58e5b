"""Contracts: headings are recognised, and what does not fit is said without quoting the file."""

from __future__ import annotations

import pytest

from core.errors import MonitorError, UsageError
from etl.contract import contracts, fit, named, recognise
from etl.layout import Layout

# Contracts of files written as comma-separated UTF-8.
CSV = [name for name, contract in contracts().items() if contract.layout == Layout()]
CANONICAL = ["record_id", "record_type", "recorded_date", "strands", "authority_name"]
STREET = ["Month", "Reported by", "Longitude", "Latitude", "LSOA code", "Crime type"]
FLAGS = ["Race", "Religion", "Sexual orientation", "Disability", "Transgender"]


@pytest.mark.parametrize(
    ("headings", "source"),
    [
        (CANONICAL, "hate_reports"),
        (["RECORD ID", "Record-Type", "Recorded Date", "Hate Qualifier(s)", "Local Authority"], "hate_reports"),
        ([*CANONICAL[:3], *FLAGS, "Any Other Preceived Difference", "District"], "hate_reports"),
        ([*CANONICAL[:4], "Easting", "Northing"], "hate_reports"),
        (STREET, "police_uk_street"),
    ],
)
def test_a_header_is_recognised_whatever_its_case_and_punctuation(headings: list[str], source: str) -> None:
    contract, found = recognise(dict.fromkeys(CSV, headings), "file.csv", None)
    assert contract.name == source
    assert len(found.positions) == len(headings)


@pytest.mark.parametrize(
    ("headings", "fault"),
    [
        (CANONICAL[1:], "no column for record_id"),
        (CANONICAL[:3] + CANONICAL[4:], "no column for any of strands, strand_race"),
        (CANONICAL[:4], "no column for any of authority_code"),
        ([*CANONICAL, "Easting"], "no column for northing"),
        ([*CANONICAL, "Record ID"], "two columns for record_id"),
        # Two layouts of the strands at once could disagree.
        ([*CANONICAL, *FLAGS], "more than one of the columns strands"),
        # A strand whose column is missing would read as never recorded.
        ([*CANONICAL[:3], *FLAGS[:4], "District"], "no column for strand_transgender"),
    ],
)
def test_a_table_that_does_not_fit_is_refused_saying_how(headings: list[str], fault: str) -> None:
    with pytest.raises(MonitorError, match="does not fit the source hate_reports") as refused:
        recognise(dict.fromkeys(CSV, headings), "file.csv", None)
    assert fault in refused.value.what


def test_a_refusal_never_quotes_the_first_row_because_it_may_be_data() -> None:
    with pytest.raises(MonitorError) as refused:
        recognise({name: ["21*0012345", "Crime", "05/04/2023", "Canary Jones"] for name in CSV}, "file.csv", None)
    assert "Canary" not in refused.value.as_text()
    assert "21*" not in refused.value.as_text()


def test_an_unknown_source_is_a_mistake_of_use() -> None:
    with pytest.raises(UsageError) as refused:
        named("nobody")
    assert refused.value.exit_code == 2


def test_a_column_outside_the_contract_is_never_read() -> None:
    found = fit(contracts()["hate_reports"], [*CANONICAL, "Officer's notes"])
    assert not found.faults
    assert len(CANONICAL) not in found.positions.values()
