"""Step 1: find, fingerprint and recognise an extract, by the contracts of the sources we know.

How a file is written is stated by its contract; what the contract does not state is refused whole, with what was found.
"""

from __future__ import annotations

import calendar
import hashlib
import re
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, replace
from datetime import date
from pathlib import Path

from core.errors import MonitorError
from etl.contract import Contract, contracts, fit, named, recognise
from etl.layout import TEXT, WORKBOOK, Layout, Table, known_format, read_start, refused
from etl.read import open_table, read_headings

_CHUNK = 4 << 20


@dataclass(frozen=True)
class Extract:
    """One file, recognised and fingerprinted, not yet parsed.

    Attributes:
        path: where it lies.
        contract: the layout it fits.
        table: its headings and records.
        positions: field or strand column -> position of its column.
        sha256: fingerprint of its bytes.
        extracted_on: its extract date.
        window: first and last day it covers in full, or None when it holds changes only.
    """

    path: Path
    contract: Contract
    table: Table
    positions: dict[str, int]
    sha256: str
    extracted_on: date
    window: tuple[date, date] | None

    @property
    def file_name(self) -> str:
        """The file's name without its folders."""
        return self.path.name

    @property
    def headings(self) -> tuple[str, ...]:
        """Its header row."""
        return self.table.headings

    @property
    def records(self) -> int:
        """Physical records under the header, counted without parsing."""
        return self.table.records


def open_extract(path: Path, source: str | None, extracted_on: date | None) -> Extract:
    """Recognise one file. Raises MonitorError when it cannot be one of our extracts, saying why."""
    start = read_start(path)[0]
    candidates = [named(source)] if source else list(contracts().values())
    contract, found = recognise(_headings(path, start, candidates), path.name, source)
    day, window = _extract_date(path.name, contract, extracted_on), _window(path.name, contract)
    if window is not None and window[1] > day:
        # Days still to come would be counted as days without a report.
        raise refused(
            "the window in the file's name ends after the day it was extracted.",
            path.name,
            "Correct the name: a window may end on the day of the extract at the latest.",
        )
    return Extract(
        path=path,
        contract=contract,
        table=open_table(path, contract.layout),
        positions=dict(found.positions),
        sha256=_fingerprint(path),
        extracted_on=day,
        window=window,
    )


def _headings(path: Path, start: bytes, candidates: Sequence[Contract]) -> dict[str, Sequence[str]]:
    """Contract name -> the file's headings as that contract says it is written.

    Contracts it is not written as are left out. Raises MonitorError saying what was found when it is written as none,
    or when it has the headings of one it is not written as.
    """
    read: dict[Layout, Sequence[str] | MonitorError] = {}
    for layout in dict.fromkeys(contract.layout for contract in candidates):
        try:
            read[layout] = read_headings(path, layout)
        except MonitorError as other:
            read[layout] = other
    headings = {layout: found for layout, found in read.items() if not isinstance(found, MonitorError)}
    unreadable = {layout: found for layout, found in read.items() if isinstance(found, MonitorError)}
    if not headings:
        kind = WORKBOOK if "workbook" in (known_format(start) or "") else TEXT
        raise next(
            (error for layout, error in unreadable.items() if layout.format == kind), next(iter(unreadable.values()))
        )
    fits_as_written = any(
        not fit(contract, headings[contract.layout]).faults for contract in candidates if contract.layout in headings
    )
    for contract in candidates:
        if not fits_as_written and contract.layout in unreadable and _has_headings(path, contract, headings):
            raise unreadable[contract.layout]
    return {contract.name: headings[contract.layout] for contract in candidates if contract.layout in headings}


def _has_headings(path: Path, contract: Contract, written_as: Iterable[Layout]) -> bool:
    """Whether the file has a contract's headings, written in an encoding the contract does not state."""
    for encoding in {layout.encoding for layout in written_as if layout.format == contract.layout.format}:
        try:
            headings = read_headings(path, replace(contract.layout, encoding=encoding))
        except MonitorError:
            continue
        if not fit(contract, headings).faults:
            return True
    return False


def _fingerprint(path: Path) -> str:
    fingerprint = hashlib.sha256()
    with path.open("rb") as file:
        while chunk := file.read(_CHUNK):
            fingerprint.update(chunk)
    return fingerprint.hexdigest()


def _extract_date(file_name: str, contract: Contract, given: date | None) -> date:
    if given is not None:
        return given
    found = (re.search(pattern, file_name) for pattern in contract.extracted_patterns)
    match = next((match for match in found if match), None)
    if match is not None:
        return _last_day(match[1], file_name)
    if contract.extracted_on is not None:
        return contract.extracted_on
    raise refused(
        "neither the file's name nor its contract says when it was extracted.",
        file_name,
        "Give the date with --extracted YYYY-MM-DD.",
    )


def _first_day(text: str, file_name: str) -> date:
    """The day, or the first of the month or year, a file's name states."""
    return _day(f"{text}-01-01"[: len("2021-08-01")], file_name)


def _last_day(text: str, file_name: str) -> date:
    """The day, or the last of the month or year, a file's name states."""
    first = _first_day(text, file_name)
    if len(text) == len("2021-08-01"):
        return first
    month = first.month if len(text) == len("2021-08") else 12
    return date(first.year, month, calendar.monthrange(first.year, month)[1])


def _day(text: str, file_name: str) -> date:
    try:
        return date.fromisoformat(text)
    except ValueError as wrong:
        raise refused(
            "a date in the file's name is not a real date.",
            file_name,
            "Correct the name, or give --extracted YYYY-MM-DD.",
        ) from wrong


def _window(file_name: str, contract: Contract) -> tuple[date, date] | None:
    """The window a full extract's name states; None for changes only."""
    if contract.coverage == "changes":
        return None
    match = re.search(contract.window_pattern, file_name) if contract.window_pattern else None
    if match is None:
        if contract.coverage == "full":
            raise refused(
                "it is a full extract by its contract, and its name does not say of which days.",
                file_name,
                "Put the first and last day it covers in its name, such as _2023-07-01_2023-09-30_.",
            )
        return None
    first, last = _first_day(match[1], file_name), _last_day(match[2], file_name)
    if last < first:
        raise refused(
            "the window in the file's name ends before it begins.", file_name, "Correct the name of the file."
        )
    return first, last
