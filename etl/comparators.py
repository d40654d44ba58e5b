"""Published figures of other areas: one optional file of the Home Office's, read and checked whole or refused whole.

Reads: the CSV that MONITOR_COMPARATORS names. Writes: the table `given_comparator`, empty without a file.
The columns are those of the Home Office's table of police recorded hate crime by force and strand: one row an area, a
column a strand, motivating factors and offences apart. The financial year is a column, or ends the file's name
(`..._2015_16`).
"""

from __future__ import annotations

import csv
import re
from collections.abc import Mapping
from pathlib import Path

import duckdb
import pandas as pd

from core import builds, db
from core.errors import ConfigError, MonitorError
from core.model import RESTRICTED
from core.settings import Settings
from core.words import join
from etl import statements

TABLE = "given_comparator"
STRANDS = ("race", "religion", "sexual_orientation", "disability", "transgender")  # the five monitored nationally
OWN_FORCE = "Leicestershire"
ROW_KINDS = ("force", "region", "total")
COLUMNS = {
    "year": "integer", "area_name": "varchar", "kind": "varchar", **dict.fromkeys(STRANDS, "integer"),
    "motivating_factors": "integer", "offences": "integer", "population": "integer",
}  # fmt: skip

_NEEDED = ("police_force_area", *STRANDS, "total_motivating_factors", "total_offences", "row_type")
_OPTIONAL = ("financial_year", "population", "multi_motive_excess", "name_footnote")
_YEAR = re.compile(r"(\d{4})[/_-](\d{2})$")
_WHOLE = re.compile(r"\d{1,9}$")
_MOST_ROWS = 10_000
_LONGEST_NAME = 60
_LIVE = db.Statement("The published figures of a build.", ("comparator",), "from comparator", Path("live"))


def read(path: Path | None) -> pd.DataFrame:
    """The rows of the file, in order of year, kind and name; none without a file.

    Columns: COLUMNS; `year` is the year the financial year starts in; offences and population may be missing.

    Raises:
        ConfigError: the file cannot be read, or says anything that cannot be a published figure. No cell is quoted.
    """
    rows = [] if path is None else _checked(path)
    frame = pd.DataFrame(rows, columns=list(COLUMNS))
    for name, kind in COLUMNS.items():
        frame[name] = frame[name].astype("Int64" if kind == "integer" else "object")
    return frame.sort_values(["year", "kind", "area_name"], ignore_index=True)


def hold(connection: duckdb.DuckDBPyConnection, settings: Settings) -> None:
    """Put the file's rows where the mart statement reads them. Raises ConfigError as `read` does."""
    statements.hold(connection, TABLE, read(settings.comparators), COLUMNS)


def are_others(settings: Settings, live: int | None) -> bool:
    """Whether the file says other than the live build holds: then the next load makes a build, of whatever extract."""
    path = builds.mart_path(settings.data, live or 0, RESTRICTED)
    if live is None or not path.exists():
        return False
    try:
        held = db.glance(path, _LIVE)
    except MonitorError:
        return False  # damaged, or made by a version that held none: that is for the load itself to meet
    others = [name for name in COLUMNS if name not in STRANDS and name != "motivating_factors"]
    given = read(settings.comparators).drop(columns="motivating_factors")
    given = given.melt(others, list(STRANDS), var_name="strand_code", value_name="motivating_factors")
    return _as_text(held) != _as_text(given[list(held.columns)])


def _as_text(frame: pd.DataFrame) -> list[list[str]]:
    """Rows that are alike however a missing number is kept."""
    return sorted(
        ["" if pd.isna(value) else value if isinstance(value, str) else str(int(value)) for value in row]
        for row in frame.itertuples(index=False)
    )


def _checked(path: Path) -> list[dict[str, object]]:
    try:
        with path.open(encoding="utf-8-sig", newline="") as opened:
            reader = csv.DictReader(opened, strict=True)
            headings = list(reader.fieldnames or [])
            _expect_headings(headings, path)
            given = [(reader.line_num, row) for row in reader]
    except OSError as unreadable:
        raise _refused("it cannot be read.", path, "Check the path, and who may read the file.") from unreadable
    except (UnicodeDecodeError, csv.Error) as bad:
        raise _refused("it is not CSV text in UTF-8.", path, "Save it as CSV in UTF-8.") from bad
    if not given or len(given) > _MOST_ROWS:
        raise _refused(f"it has {len(given):,} rows.", path, "Give the published table: one row an area and year.")
    rows = [_row(row, line, path) for line, row in given]
    keys = [(row["year"], row["kind"], row["area_name"]) for row in rows]
    if len(keys) != len(set(keys)):
        raise _refused("an area is there twice for one year.", path, "Leave one row for each area and year.")
    own = {row["year"] for row in rows if (row["kind"], row["area_name"]) == ("force", OWN_FORCE)}
    if lacking := {row["year"] for row in rows} - own:
        raise _refused(
            f"{len(lacking)} of its years have no row for the force {OWN_FORCE}.", path,
            "Give the published table whole, with each force by its published name.",
        )  # fmt: skip
    return rows


def _expect_headings(headings: list[str], path: Path) -> None:
    if missing := [name for name in _NEEDED if name not in headings]:
        raise _refused(f"it has no column {join(missing)}.", path, f"Its columns are {join(_NEEDED)}.")
    if len(headings) != len(set(headings)) or set(headings) - {*_NEEDED, *_OPTIONAL}:
        raise _refused(
            "it has a column twice, or one that is not known.", path,
            f"Beside those it must have it may have {join(_OPTIONAL)}.",
        )  # fmt: skip


def _row(row: Mapping[str, str | None], line: int, path: Path) -> dict[str, object]:
    if None in row or None in row.values():
        raise _refused("a row has more or fewer cells than there are headings.", path, "Mend that row.", line)
    cells = {name: (text or "").strip() for name, text in row.items()}
    name = cells["police_force_area"]
    if not name or len(name) > _LONGEST_NAME or not name.isprintable():
        raise _refused("a row names no area, or not as an area is named.", path, "Write the published name.", line)
    if cells["row_type"] not in ROW_KINDS:
        raise _refused("a row_type is not known.", path, f"It is one of {join(ROW_KINDS)}.", line)
    strands = {strand: _whole(cells[strand], strand, line, path) for strand in STRANDS}
    factors = _whole(cells["total_motivating_factors"], "total_motivating_factors", line, path)
    offences = _whole(cells["total_offences"], "total_offences", line, path) if cells["total_offences"] else None
    population = _whole(cells["population"], "population", line, path) if cells.get("population") else None
    if sum(strands.values()) != factors:
        raise _refused(
            "the five strands do not add up to the motivating factors.", path,
            "Compare the row with the publication.", line,
        )  # fmt: skip
    if offences is not None and not max(strands.values()) <= offences <= factors:
        raise _refused(
            "there are more offences than motivating factors, or fewer than one strand has.", path,
            "Offences count a report once, motivating factors once for each strand: do not swap them.", line,
        )  # fmt: skip
    return {
        "year": _year(cells.get("financial_year", ""), line, path),
        "area_name": name,
        "kind": cells["row_type"],
        **strands,
        "motivating_factors": factors,
        "offences": offences,
        "population": population,
    }


def _year(told: str, line: int, path: Path) -> int:
    """The year a financial year starts in, by the row's own cell or by the end of the file's name."""
    found = _YEAR.search(told) if told else _YEAR.search(path.stem)
    if found is None or (told and found.start()) or int(found[2]) != (int(found[1]) + 1) % 100:
        raise _refused(
            "its financial year is not told.", path,
            "Add a column financial_year (2015/16), or end the file's name with the year (_2015_16).", line,
        )  # fmt: skip
    return int(found[1])


def _whole(text: str, column: str, line: int, path: Path) -> int:
    if not _WHOLE.match(text):
        raise _refused(
            f"a cell of {column} is not a whole number.", path, "Write numbers in digits, without separators.", line
        )
    return int(text)


def _refused(what: str, path: Path, action: str, line: int | None = None) -> ConfigError:
    where = f"{path.name}, line {line}" if line else path.name
    return ConfigError(
        f"the file of published figures cannot be used: {what}",
        where=f"{where} (MONITOR_COMPARATORS)",
        meaning="No build was published; the last good build stays live and nothing of this load was kept.",
        action=action,
    )
