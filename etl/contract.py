"""Contracts: what a source's files look like, as config/sources/<name>.toml states it. Nothing is guessed."""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from functools import lru_cache
from pathlib import Path
from typing import Any

from core.errors import ConfigError, MonitorError, UsageError
from core.settings import CONFIG, read_toml

REPORT = "report"
STREET = "street"
STRAND_FIELDS = (
    "strand_race", "strand_religion", "strand_sexual_orientation",
    "strand_disability", "strand_transgender", "strand_other",
)  # fmt: skip
# Every field a record of each kind can have, in the order of the raw table.
FIELDS: dict[str, tuple[str, ...]] = {
    REPORT: (
        "record_id", "record_type", "recorded_date", "committed_from", "committed_to", "offence_code", "offence_group",
        "strands", *STRAND_FIELDS, "religion_targeted", "race_subgroup", "authority_code", "authority_name",
        "lsoa_code", "postcode", "easting", "northing", "victim_ref", "victim_type", "repeat_victim",
        "victim_ethnicity", "outcome_code", "outcome_date", "how_reported", "location_type", "online", "made_up",
    ),
    STREET: ("crime_id", "month", "reported_by", "longitude", "latitude", "lsoa_code", "crime_type"),
}  # fmt: skip
_UNPUBLISHED = "Nothing was loaded; the published figures are unchanged."


@dataclass(frozen=True)
class Contract:
    """One source, as its TOML file states it.

    Attributes:
        name: the source's code, and the name of its file.
        title: the source in words.
        kind: REPORT or STREET: which fields a record has and which rules apply.
        is_open: open data may join any data directory; other sources hold personal or made-up records.
        encoding, delimiter: how the text is written.
        extracted_patterns, window_pattern: where a file name says its extract date (the first found) and window.
        formats, swapped_formats: date formats read, and those recognised only to be named as the wrong order.
        earliest: a record dated before this is a mistake.
        columns: field -> the headings it goes by.
        required: fields without which the file is refused.
        one_of, together, never_both: groups of fields of which one, all or none, or at most one must be there.
        words: field -> code -> the words that mean it.
    """

    name: str
    title: str
    kind: str
    is_open: bool
    encoding: str
    delimiter: str
    extracted_patterns: tuple[str, ...]
    window_pattern: str | None
    formats: tuple[str, ...]
    swapped_formats: tuple[str, ...]
    earliest: date
    columns: Mapping[str, tuple[str, ...]]
    required: tuple[str, ...]
    one_of: tuple[tuple[str, ...], ...]
    together: tuple[tuple[str, ...], ...]
    never_both: tuple[tuple[str, ...], ...]
    words: Mapping[str, Mapping[str, tuple[str, ...]]]


@dataclass(frozen=True)
class Fit:
    """How the headings of one file meet a contract: field -> position, or what stands in the way."""

    positions: Mapping[str, int]
    faults: tuple[str, ...]


@lru_cache(maxsize=1)
def contracts() -> dict[str, Contract]:
    """Every contract by name. Raises ConfigError when one is not complete."""
    found = [_read(path) for path in sorted((CONFIG / "sources").glob("*.toml"))]
    return {contract.name: contract for contract in found}


def named(name: str) -> Contract:
    """The contract of this name. Raises UsageError when there is none."""
    if name not in contracts():
        raise UsageError(
            "there is no source of that name.",
            where="--source",
            meaning=_UNPUBLISHED,
            action=f"Use one of: {', '.join(sorted(contracts()))}.",
        )
    return contracts()[name]


def _read(path: Path) -> Contract:
    given = read_toml(path)
    try:
        contract = _contract(given)
    except KeyError as missing:
        raise _bad(path, f"the contract does not state {missing}.") from missing
    unknown = set(contract.columns) - set(FIELDS[contract.kind])
    if unknown:
        raise _bad(path, f"the contract names fields no {contract.kind} has: {', '.join(sorted(unknown))}.")
    stands_for = {(plain(heading), field) for field, names in contract.columns.items() for heading in names}
    if len(stands_for) != len({heading for heading, _ in stands_for}) or contract.name != path.stem:
        raise _bad(path, "the contract's name is not its file's, or one heading stands for two fields.")
    return contract


def _contract(given: dict[str, Any]) -> Contract:
    file, dates, require = given["file"], given["dates"], given["require"]
    return Contract(
        name=given["name"],
        title=given["title"],
        kind=given["kind"],
        is_open=given["sensitivity"] == "open",
        encoding=file["encoding"],
        delimiter=file["delimiter"],
        extracted_patterns=tuple(file.get("extracted_patterns", [])),
        window_pattern=file.get("window_pattern"),
        formats=tuple(dates["formats"]),
        swapped_formats=tuple(dates["swapped_formats"]),
        earliest=dates["earliest"],
        columns={field: tuple(names) for field, names in given["columns"].items()},
        required=tuple(require["all"]),
        one_of=_groups(require, "one_of"),
        together=_groups(require, "together"),
        never_both=_groups(require, "never_both"),
        words={
            field: {code: tuple(words) for code, words in codes.items()} for field, codes in given["values"].items()
        },
    )


def _groups(require: dict[str, Any], name: str) -> tuple[tuple[str, ...], ...]:
    return tuple(tuple(group) for group in require.get(name, []))


def _bad(path: Path, what: str) -> ConfigError:
    return ConfigError(what, where=str(path), meaning=_UNPUBLISHED, action="Correct the contract.")


def plain(heading: str) -> str:
    """A heading without the differences that mean nothing: case, spaces, punctuation."""
    return re.sub(r"[^a-z0-9]+", " ", heading.casefold()).strip()


def _field_of(contract: Contract, heading: str) -> str | None:
    """The field a plain heading stands for, or None."""
    for field, names in contract.columns.items():
        if heading in {plain(name) for name in names}:
            return field
    return None


def fit(contract: Contract, headings: Sequence[str]) -> Fit:
    """Meet a file's headings with a contract. Faults never quote the file: without a header its first row is data."""
    positions: dict[str, int] = {}
    faults: list[str] = []
    for position, heading in enumerate(headings):
        field = _field_of(contract, plain(heading))
        if field in positions:
            faults.append(f"two columns for {field}")
        elif field is not None:
            positions[field] = position
    faults += [f"no column for {field}" for field in contract.required if field not in positions]
    for group in contract.one_of:
        if not any(field in positions for field in group):
            faults.append("no column for any of " + ", ".join(group))
    for group in contract.together:
        missing = [field for field in group if field not in positions]
        if missing and len(missing) < len(group):
            faults.append("no column for " + ", ".join(missing))
    for group in contract.never_both:
        if sum(field in positions for field in group) > 1:
            faults.append("more than one of the columns " + ", ".join(group))
    return Fit(positions, tuple(faults))


def recognise(headings: Sequence[str], file_name: str, source: str | None) -> tuple[Contract, Fit]:
    """The one contract a file fits, or the one named. Raises MonitorError saying how a table does not fit."""
    candidates = [named(source)] if source else list(contracts().values())
    fits = [(contract, fit(contract, headings)) for contract in candidates]
    fitting = [(contract, found) for contract, found in fits if not found.faults]
    if len(fitting) == 1:
        return fitting[0]
    if fitting:
        raise MonitorError(
            "the table fits more than one source: " + ", ".join(contract.name for contract, _ in fitting) + ".",
            where=file_name,
            meaning=_UNPUBLISHED,
            action="Say which it is with --source NAME.",
        )
    nearest, found = max(fits, key=lambda pair: (len(pair[1].positions), -len(pair[1].faults)))
    raise MonitorError(
        f"the table does not fit the source {nearest.name}: {'; '.join(found.faults)}."
        if source or found.positions
        else f"the first row has none of the headings of any source ({', '.join(sorted(contracts()))}).",
        where=f"{file_name}, header row ({len(headings)} columns, {len(found.positions)} recognised)",
        meaning=_UNPUBLISHED,
        action="Ask for the agreed layout, or add the headings to the source's file under config/sources.",
    )
