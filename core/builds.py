"""The bridge between the two wings: which builds are published, and which one is live."""

from __future__ import annotations

from datetime import date, datetime
from functools import lru_cache
from pathlib import Path

from core import db
from core.errors import MonitorError
from core.model import Build

LAYOUT = 1  # of the mart tables; raised with etl/sql/5_mart/build.sql when a question needs another table or column
_BUILD = db.Statement("The build, described by itself.", ("build",), "select * from build", Path("build"))


def live_number(data: Path) -> int | None:
    """The number in current.txt, or None when nothing was published."""
    try:
        return int((data / "current.txt").read_text(encoding="ascii").strip())
    except (FileNotFoundError, NotADirectoryError, ValueError):
        return None


def mart_path(data: Path, number: int, audience: str) -> Path:
    """Where one of the two files of a build lies."""
    return data / "marts" / str(number) / f"{audience}.duckdb"


def published(data: Path) -> list[int]:
    """Numbers of all published builds, oldest first."""
    marts = data / "marts"
    if not marts.is_dir():
        return []
    return sorted(int(entry.name) for entry in marts.iterdir() if entry.name.isdigit())


def live_build(data: Path, audience: str) -> Build | None:
    """The live build's file for this audience, or None when nothing was published."""
    number = live_number(data)
    return None if number is None else open_build(data, number, audience)


def open_build(data: Path, number: int, audience: str) -> Build:
    """One build's file for this audience. Raises MonitorError when that file was never written."""
    path = mart_path(data, number, audience)
    if not path.exists():
        raise MonitorError(
            f"build {number} has no {audience} file.",
            where=str(path.name),
            meaning="No figure of that build can be shown to this audience.",
            action="A shareable file is written only with a protection key: set MONITOR_KEY_FILE and load again."
            if audience == "shareable"
            else "Choose another build, or load again.",
        )
    return _describe(path, audience)


@lru_cache(maxsize=64)
def _describe(path: Path, audience: str) -> Build:
    row = db.ask(path, _BUILD, {}).iloc[0]
    if row.get("layout") != LAYOUT:
        raise MonitorError(
            "this build was made by another version of the software.",
            where=f"build {path.parent.name}, {path.name}",
            meaning="Its tables are not the ones these pages ask, so nothing of it is shown.",
            action="Load the latest extract again to publish a build of this version, or run the version that made it.",
        )
    return Build(
        number=int(row["build_number"]),
        audience=audience,
        path=path,
        published_at=_moment(row["published_at"]),
        data_from=_day(row["data_from"]),
        data_to=_day(row["data_to"]),
        extracted_on=_day(row["extracted_on"]),
        is_made_up=bool(row["is_made_up"]),
        marking=str(row["marking"]),
        base=int(row["rounding_base"]),
    )


def _moment(value: object) -> datetime:
    return datetime.fromisoformat(str(value))


def _day(value: object) -> date:
    return _moment(value).date()
