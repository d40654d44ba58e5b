"""The demonstration, asked as the pages ask it, and the warehouse behind it, read another way."""

from __future__ import annotations

from pathlib import Path

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
    recorded = frame["recorded_on"].dt
    year = recorded.year - (recorded.month < 4)
    frame["quarter_code"] = year.astype(str) + "-Q" + ((recorded.month + 8) % 12 // 3 + 1).astype(str)
    frame["month"] = recorded.to_period("M").dt.to_timestamp()
    return frame
