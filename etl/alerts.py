"""Within step 5: what each series was expected to be, month by month, and whether chance explains what came.

Reads: series_month, the build before. Writes: judged_month, previous_alert (temporary tables that area_month_alert is
made of). Says: nothing.

A month is judged by earlier months only, so what was said of it holds until one of them, or it, is revised: a build
judges its latest months and those whose counts have moved, and carries the rest over. All the series of one month are
judged together (`stats.emerging`).
"""

from __future__ import annotations

import hashlib
from pathlib import Path
from typing import Any

import duckdb
import numpy as np
import pandas as pd
from numpy.typing import NDArray

from core import breaks, db
from core.settings import Settings
from etl import statements
from stats import emerging

SERIES = ["measure_code", "area_code", "strand_code"]
LATEST = 3
"""The latest months are judged in every build: the quarter a meeting is about."""

_TOLD = {
    "observed": "integer", "expected": "double", "upper_limit": "integer", "dispersion": "double",
    "state_code": "varchar", "running_observed": "integer", "running_expected": "double", "running_limit": "integer",
    "is_running": "boolean",
}  # fmt: skip
_NAMED = {**dict.fromkeys(SERIES, "varchar"), "month_on": "date"}
_JUDGED = {
    **_NAMED,
    **_TOLD,
    "months_above": "integer",
    "settings_code": "varchar",
    "is_latest": "boolean",
    "extracted_on": "date",
}
_PREVIOUS = {**_NAMED, **_TOLD, "settings_code": "varchar", "flagged_on": "date"}
_ALERTS = db.Statement(
    "What the build before said.", ("area_month_alert",), f"select {', '.join(_PREVIOUS)} from area_month_alert",
    Path("previous"),
)  # fmt: skip
_LATEST_EXTRACT = statements.WAREHOUSE / "publication" / "latest_extract.sql"
_STATES = {"too_short": "too_short", "missing": "too_short", "too_few_events": "too_few"}


def hold_judged(connection: duckdb.DuckDBPyConnection, settings: Settings, before: Path | None) -> None:
    """Judge every series in every month, and make the two tables area_month_alert is made of.

    Args:
        connection: with series_month made.
        settings: its [alerts].
        before: the restricted file of the build before, of this layout, or None.
    """
    counted = connection.execute("select * from series_month order by all").df()
    held = db.ask(before, _ALERTS, {}) if before is not None else pd.DataFrame(columns=list(_PREVIOUS))
    statements.hold(connection, "previous_alert", held, _PREVIOUS)
    judged = _judged(counted, held, settings)
    judged["extracted_on"] = statements.first_row(connection, _LATEST_EXTRACT)[0]
    statements.hold(connection, "judged_month", judged, _JUDGED)


def _judged(counted: pd.DataFrame, held: pd.DataFrame, settings: Settings) -> pd.DataFrame:
    """One row per series and complete month."""
    asked = emerging.Settings(alpha=float(settings.options["alerts"]["alpha"]))
    months = pd.Index(sorted(counted["month_on"].unique()))
    complete = counted[counted["is_complete"]]
    counts = _wide(complete, "reports", months)
    positions = [months.get_loc(month) for month in sorted(complete["month_on"].unique())]
    stretch = _stretches(counts.index, months)
    code = _fingerprint(asked)
    found = _carried(counts, held[held["settings_code"] == code], months)
    is_carried = found["state_code"].notna().to_numpy().reshape(counts.shape).copy()
    is_carried[:, positions[-LATEST:]] = False

    table = {name: found[name].to_numpy(dtype=object).reshape(counts.shape).copy() for name in _TOLD}
    numbers = counts.to_numpy(dtype=float)
    for at in positions:
        rows = np.flatnonzero(~is_carried[:, at])
        if rows.size:
            _judge(numbers, stretch, rows, at, asked, table)
    return _told(table, counts, months, positions, code)


def _judge(
    counts: NDArray[np.float64],
    stretch: NDArray[np.int64],
    rows: NDArray[np.int64],
    at: int,
    asked: emerging.Settings,
    table: dict[str, NDArray[Any]],
) -> None:
    """Judge some series at one month, and at the three months that end with it."""
    like = stretch[rows] == stretch[rows, at][:, None]
    latest = emerging.farrington(np.where(like, counts[rows], np.nan), at, asked)
    is_cut = (stretch[rows, at] > 0) & (latest["refusal"] == "too_short").to_numpy()
    state = latest["refusal"].map(_STATES).where(latest["refusal"] != "", "within")
    told = {
        "observed": latest["observed"],
        "expected": latest["expected"],
        "upper_limit": latest["limit"],
        "dispersion": latest["phi"],
        "state_code": state.mask(latest["is_alarm"], "above").mask(is_cut, "not_comparable"),
        "is_running": pd.Series(False, index=latest.index),
    }
    if at >= emerging.RUN - 1:
        # Months before a cut say nothing of those after it, and so nothing of three months it lies among.
        earlier = [_again(table, rows, period, like[:, period]) for period in range(at - emerging.RUN + 1, at)]
        running = emerging.persistent([*earlier, latest], asked)
        told |= {
            "running_observed": running["observed"],
            "running_expected": running["expected"],
            "running_limit": running["limit"],
            "is_running": running["is_alarm"],
        }
    for name, values in told.items():
        table[name][rows, at] = values.to_numpy(dtype=object)


def _again(table: dict[str, NDArray[Any]], rows: NDArray[np.int64], at: int, like: NDArray[np.bool_]) -> pd.DataFrame:
    """What was found of an earlier month, as far as it was recorded as the judged one is."""
    columns = {"observed": "observed", "expected": "expected", "phi": "dispersion"}
    return pd.DataFrame(
        {column: np.where(like, table[name][rows, at].astype(float), np.nan) for column, name in columns.items()}
    )


def _stretches(series: pd.Index, months: pd.Index) -> NDArray[np.int64]:
    """Which unbroken stretch of like recording each month of each series belongs to; gaps are missing counts."""
    starts = [month.date() for month in months]
    ends = [(month + pd.offsets.MonthEnd(0)).date() for month in months]
    kinds = {
        (measure, area): breaks.stretches(measure, area, starts, ends)
        for measure, area in {(measure, area) for measure, area, _ in series}
    }
    return np.array([kinds[measure, area] for measure, area, _ in series], dtype=np.int64)


def _wide(rows: pd.DataFrame, column: str, months: pd.Index) -> pd.DataFrame:
    return rows.pivot(index=SERIES, columns="month_on", values=column).reindex(columns=months)


def _carried(counts: pd.DataFrame, held: pd.DataFrame, months: pd.Index) -> pd.DataFrame:
    """What the build before said of each series and month where nothing up to that month has moved; missing elsewhere.

    The build before tells every complete month of every series, so its own counts are in what it says.
    """
    before = _wide(held, "observed", months).reindex(index=counts.index)
    is_same = (before.eq(counts) | (before.isna() & counts.isna())).to_numpy()
    # Once a count has moved, every later month of the series is judged again.
    is_kept = np.logical_and.accumulate(is_same, axis=1)
    keys = pd.MultiIndex.from_arrays(
        [*(counts.index.get_level_values(name).repeat(len(months)) for name in SERIES), np.tile(months, len(counts))],
        names=[*SERIES, "month_on"],
    )
    found = held.set_index([*SERIES, "month_on"]).reindex(keys)[list(_TOLD)]
    return found.where(np.broadcast_to(is_kept.reshape(-1, 1), found.shape))


def _told(
    table: dict[str, NDArray[Any]], counts: pd.DataFrame, months: pd.Index, positions: list[int], code: str
) -> pd.DataFrame:
    observed, expected = (table[name].astype(float) for name in ("observed", "expected"))
    running = np.zeros(counts.shape, dtype=int)
    for at in range(counts.shape[1]):
        earlier = running[:, at - 1] if at else 0
        running[:, at] = np.where(observed[:, at] > expected[:, at], earlier + 1, 0)
    shape = (len(counts), len(positions))
    frame = pd.DataFrame(
        {
            **{name: counts.index.get_level_values(name).repeat(shape[1]) for name in SERIES},
            "month_on": np.tile(months[positions], shape[0]),
            **{name: values[:, positions].ravel() for name, values in table.items()},
            "months_above": running[:, positions].ravel(),
        }
    )
    return frame.assign(settings_code=code, is_latest=frame["month_on"].isin(months[positions[-LATEST:]]))


def _fingerprint(asked: emerging.Settings) -> str:
    """Of everything but the counts that decides what is said of a month."""
    cuts = [(one.on, one.measures, one.areas) for one in breaks.breaks() if one.kind != "note"]
    return hashlib.sha256(repr((asked, cuts)).encode()).hexdigest()[:12]
