"""Until sign-in exists: made-up data, on this computer, and nothing else."""

from __future__ import annotations

from dataclasses import replace
from datetime import date, datetime
from pathlib import Path

import pytest

from access.admission import LOOPBACK, admit
from core.errors import MonitorError
from core.model import RESTRICTED, Build

MADE_UP = Build(
    number=3,
    audience=RESTRICTED,
    path=Path("restricted.duckdb"),
    published_at=datetime(2023, 10, 5),
    data_from=date(2017, 4, 1),
    data_to=date(2023, 9, 30),
    extracted_on=date(2023, 10, 4),
    is_made_up=True,
    marking="OFFICIAL-SENSITIVE",
)


@pytest.mark.parametrize("address", sorted(LOOPBACK))
def test_the_demonstration_is_served_on_this_computer_under_a_named_role(address: str) -> None:
    viewer = admit(MADE_UP, address)
    assert viewer.name
    assert viewer.roles == {"demonstration", "coordinator"}


@pytest.mark.parametrize("address", sorted(LOOPBACK))
def test_real_records_are_refused_even_on_this_computer(address: str) -> None:
    with pytest.raises(MonitorError) as refused:
        admit(replace(MADE_UP, is_made_up=False), address)
    assert all(refused.value.as_dict().values())


@pytest.mark.parametrize(
    "address", [None, "", "0.0.0.0", "::", "192.168.1.4", "dash.example.org", "127.0.0.1.example.org"]
)
def test_an_address_other_computers_can_reach_is_refused_even_for_made_up_data(address: str | None) -> None:
    with pytest.raises(MonitorError) as refused:
        admit(MADE_UP, address)
    assert "address" in refused.value.where
