"""Contracts: what a source's files look like, as config/sources/<name>.toml states it. Nothing is guessed."""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from functools import lru_cache
from pathlib import Path
from typing import Any

import pyarrow as pa
import pyarrow.compute as pc

from core.errors import ConfigError, MonitorError, UsageError
from core.model import STRANDS
from core.settings import CONFIG, read_toml
from etl.layout import Layout

REPORT = "report"
STREET = "street"
# Who sent the records. Police reports are the counts; others are set beside them; open data are context.
POLICE, THIRD_PARTY, COUNCIL, OPEN = "police", "third_party", "council", "open"
PROVIDERS = (POLICE, THIRD_PARTY, COUNCIL, OPEN)
# What one row of the file is: a report, one of its victims, or one of its flags.
GRAINS = ("report", "victim", "flag")
# What a file holds: every record of the window its name states, or what changed; by_name: full if a window is named.
COVERAGES = ("by_name", "full", "changes")
# Every field a record of each kind can have, in the order of the raw table.
FIELDS: dict[str, tuple[str, ...]] = {
    REPORT: (
        "record_id", "record_type", "recorded_date", "committed_from", "committed_to", "offence_code", "offence_group",
        "strands", "strand_cells", "several_flag", "religion_targeted", "race_subgroup", "authority_code",
        "authority_name", "lsoa_code", "postcode", "easting", "northing", "victim_ref", "victim_type", "victim_age",
        "repeat_victim", "victim_ethnicity", "outcome_code", "outcome_date", "how_reported", "location_type", "online",
        "police_ref", "made_up",
    ),
    STREET: ("crime_id", "month", "reported_by", "longitude", "latitude", "lsoa_code", "crime_type"),
}  # fmt: skip
STRAND_CELLS = "strand_cells"
# The word fields under which the words of each strand column are held.
STRAND_WORDS = "strand column "
_FLAG = "strand_flag"  # what a column of one strand says yes and no with
_WORD_FIELDS = {
    "record_type", "strand", "religion", "offence_group", "offence_code", "victim_type", "victim_ref", "repeat_victim",
    "online", "several_flag", "victim_ethnicity", "outcome_code", "how_reported", "location_type", "made_up",
    "not_crime", "no_place", "blank",
}  # fmt: skip
_TABLES = {
    "extends", "name", "title", "kind", "source", "provider", "sensitivity", "file", "rows", "cells", "identifier",
    "dates", "require", "columns", "constants", "strand_columns", "values",
}  # fmt: skip
# A layout that states columns of its own takes over none of the headings of the contract it extends.
_HEADINGS = {"columns", "constants", "strand_columns"}
_UNPUBLISHED = "Nothing was loaded; the published figures are unchanged."


@dataclass(frozen=True)
class StrandColumn:
    """A column of its own for one motivation.

    Attributes:
        name: what the contract calls it; `require` may name it.
        headings: the headings it goes by.
        words: code -> words; a code is a strand, or 'none' for a word that says no.
        otherwise: the strand any other word stands for, or None when any other word is unknown.
        unreadable: words that are unknown even so.
    """

    name: str
    headings: tuple[str, ...]
    words: Mapping[str, tuple[str, ...]]
    otherwise: str | None
    unreadable: tuple[str, ...]


@dataclass(frozen=True)
class Contract:
    """One layout of one source, as its TOML file states it.

    Attributes:
        name: the contract's code, and the name of its file.
        title: the layout in words.
        kind: REPORT or STREET: which fields a record has and which rules apply.
        source: whose records these are: layouts of one source hold versions of the same records.
        provider: who sent them, one of PROVIDERS.
        is_open: open data may join any data directory; other sources hold personal or made-up records.
        layout: how the file is written.
        grain: what one row is, one of GRAINS.
        coverage: what a file holds, one of COVERAGES.
        extracted_on: the extract date of every file of the layout, where it is always the same.
        extracted_patterns, window_pattern: where a file name says its extract date (the first found) and window.
        separators: what separates the values of a cell that holds several; each is one character.
        inner_separators: tried only within a strand that is no known word.
        motivation: among keywords of many kinds, what those about a motivation match; None if there are no others.
        id_pattern: the shape of an identifier, or None.
        formats, swapped_formats: date formats read, and those recognised only to be named as the wrong order.
        earliest: a record dated before this is a mistake.
        columns: field -> the headings it goes by.
        constants: field -> the text every record has in it.
        strand_columns: the columns that each stand for one motivation.
        required: fields without which the file is refused.
        one_of, together, never_both: groups of fields of which one, all or none, or at most one must be there.
        words: field -> code -> the words that mean it.
    """

    name: str
    title: str
    kind: str
    source: str
    provider: str
    is_open: bool
    layout: Layout
    grain: str
    coverage: str
    extracted_on: date | None
    extracted_patterns: tuple[str, ...]
    window_pattern: str | None
    separators: tuple[str, ...]
    inner_separators: tuple[str, ...]
    motivation: str | None
    id_pattern: str | None
    formats: tuple[str, ...]
    swapped_formats: tuple[str, ...]
    earliest: date
    columns: Mapping[str, tuple[str, ...]]
    constants: Mapping[str, str]
    strand_columns: tuple[StrandColumn, ...]
    required: tuple[str, ...]
    one_of: tuple[tuple[str, ...], ...]
    together: tuple[tuple[str, ...], ...]
    never_both: tuple[tuple[str, ...], ...]
    words: Mapping[str, Mapping[str, tuple[str, ...]]]

    @property
    def headings(self) -> dict[str, list[str]]:
        """Plain heading -> what it stands for: a field, the name of a strand column, or both."""
        stands_for: dict[str, list[str]] = {}
        for name, headings in (*self.columns.items(), *((one.name, one.headings) for one in self.strand_columns)):
            for heading in {plain(heading) for heading in headings}:
                stands_for.setdefault(heading, []).append(name)
        return stands_for


@dataclass(frozen=True)
class Fit:
    """How the headings of one file meet a contract: field or strand column -> position, or what stands in the way."""

    positions: Mapping[str, int]
    faults: tuple[str, ...]


@lru_cache(maxsize=1)
def contracts() -> dict[str, Contract]:
    """Every contract by name. Raises ConfigError when one is not complete."""
    found = [read_contract(path) for path in sorted((CONFIG / "sources").glob("*.toml"))]
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


def read_contract(path: Path) -> Contract:
    """Read one contract, with what it extends (a file beside it). Raises ConfigError saying what is wrong with it."""
    given = _given(path)
    try:
        contract = _contract(given)
    except KeyError as missing:
        raise _bad(path, f"the contract does not state {missing}.") from missing
    except (TypeError, ValueError, AttributeError) as wrong:
        raise _bad(path, f"a value of the contract is not of the right kind: {wrong}.") from wrong
    for fault in _faults(contract, given, path):
        raise _bad(path, fault)
    return contract


def _given(path: Path) -> dict[str, Any]:
    given = read_toml(path)
    if "extends" not in given:
        return {"source": given.get("name"), **given}
    extended = _given(path.with_name(f"{given['extends']}.toml"))
    if "columns" in given:
        extended = {key: value for key, value in extended.items() if key not in _HEADINGS}
    return _merged(extended, given)


def _merged(under: Mapping[str, Any], over: Mapping[str, Any]) -> dict[str, Any]:
    """`over` laid upon `under`: tables are added to key by key, anything else is replaced."""
    merged = dict(under)
    for key, value in over.items():
        adds = isinstance(value, dict) and isinstance(under.get(key), dict)
        merged[key] = _merged(under[key], value) if adds else value
    return merged


def _contract(given: dict[str, Any]) -> Contract:
    file, dates, require, cells = given["file"], given["dates"], given["require"], given.get("cells", {})
    layout = {key: file[key] for key in Layout.__dataclass_fields__ if key in file}
    return Contract(
        name=given["name"],
        title=given["title"],
        kind=given["kind"],
        source=given["source"],
        provider=given["provider"],
        is_open=given["sensitivity"] == "open",
        layout=Layout(**layout),
        grain=given.get("rows", {}).get("grain", GRAINS[0]),
        coverage=file.get("coverage", COVERAGES[0]),
        extracted_on=file.get("extracted_on"),
        extracted_patterns=tuple(file.get("extracted_patterns", [])),
        window_pattern=file.get("window_pattern"),
        separators=tuple(cells.get("separators", [])),
        inner_separators=tuple(cells.get("inner_separators", [])),
        motivation=cells.get("motivation"),
        id_pattern=given.get("identifier", {}).get("pattern"),
        formats=tuple(dates["formats"]),
        swapped_formats=tuple(dates["swapped_formats"]),
        earliest=dates["earliest"],
        columns={field: tuple(names) for field, names in given["columns"].items()},
        constants=given.get("constants", {}),
        strand_columns=tuple(
            _strand_column(name, column, given["values"][_FLAG])
            for name, column in given.get("strand_columns", {}).items()
        ),
        required=tuple(require["all"]),
        one_of=_groups(require, "one_of"),
        together=_groups(require, "together"),
        never_both=_groups(require, "never_both"),
        words={
            field: {code: tuple(words) for code, words in codes.items()}
            for field, codes in given["values"].items()
            if field != _FLAG
        },
    )


def _strand_column(name: str, given: Mapping[str, Any], flag: Mapping[str, Sequence[str]]) -> StrandColumn:
    """A yes in the column of a strand says that strand, a no says none; the column may have words of its own."""
    words = {code: tuple(listed) for code, listed in given.get("words", {}).items()}
    words["none"] = (*words.get("none", ()), *flag["no"])
    strand = given.get("strand")
    if strand is not None:
        words[strand] = (*words.get(strand, ()), *flag["yes"])
    return StrandColumn(
        name=name,
        headings=tuple(given["headings"]),
        words=words,
        otherwise=given["strand"] if given.get("any_other_word", False) else None,
        unreadable=tuple(given.get("unreadable", [])),
    )


def _groups(require: dict[str, Any], name: str) -> tuple[tuple[str, ...], ...]:
    return tuple(tuple(group) for group in require.get(name, []))


def _faults(contract: Contract, given: Mapping[str, Any], path: Path) -> list[str]:
    """What a contract states that cannot be meant."""
    fields = set(FIELDS.get(contract.kind, ())) - {STRAND_CELLS}
    unknown = (set(contract.columns) | set(contract.constants)) - fields
    strand_codes = {code for column in contract.strand_columns for code in (*column.words, column.otherwise)}
    named_parts = {*contract.columns, *contract.constants, *(column.name for column in contract.strand_columns)}
    required = {*contract.required, *(field for group in contract.one_of for field in group)}
    separators = (*contract.separators, *contract.inner_separators)
    patterns = (
        contract.id_pattern,
        contract.motivation,
        contract.window_pattern,
        contract.layout.footer,
        *contract.extracted_patterns,
    )
    checks = {
        "its name is not its file's": contract.name != path.stem,
        f"it names tables no contract has: {', '.join(sorted(set(given) - _TABLES))}": bool(set(given) - _TABLES),
        f"its kind is not one of {', '.join(FIELDS)}": contract.kind not in FIELDS,
        f"its provider is not one of {', '.join(PROVIDERS)}": contract.provider not in PROVIDERS,
        f"its grain is not one of {', '.join(GRAINS)}": contract.grain not in GRAINS,
        f"its coverage is not one of {', '.join(COVERAGES)}": contract.coverage not in COVERAGES,
        f"it names fields no {contract.kind} has: {', '.join(sorted(unknown))}": bool(unknown),
        "a field has both a column and a constant": bool(set(contract.columns) & set(contract.constants)),
        "one heading stands for two fields": any(
            len(set(names) & set(contract.columns)) > 1 or len(set(names) - set(contract.columns)) > 1
            for names in contract.headings.values()
        ),
        f"it requires fields it has no column for: {', '.join(sorted(required - named_parts))}": bool(
            required - named_parts
        ),
        "a strand column stands for no strand that is counted": bool(strand_codes - {*STRANDS, "none", None}),
        f"it has words for no field: {', '.join(sorted(set(contract.words) - _WORD_FIELDS))}": bool(
            set(contract.words) - _WORD_FIELDS
        ),
        "a separator is not one character": any(len(separator) != 1 for separator in separators),
        "a pattern is not a regular expression": not all(_compiles(pattern) for pattern in patterns if pattern),
        "a pattern looks ahead or behind, or back at itself, which the database cannot do": not all(
            _is_plain(pattern) for pattern in (contract.id_pattern, contract.motivation) if pattern
        ),
    }
    return [*contract.layout.faults(), *(f"{fault}." for fault, is_so in checks.items() if is_so)]


def _compiles(pattern: str) -> bool:
    try:
        re.compile(pattern)
    except re.error:
        return False
    return True


def _is_plain(pattern: str) -> bool:
    """Whether the engine of the database and of pyarrow (RE2) can read a pattern too."""
    try:
        pc.match_substring_regex(pa.array([""]), pattern)
    except pa.ArrowInvalid:
        return False
    return True


def _bad(path: Path, what: str) -> ConfigError:
    return ConfigError(what, where=str(path), meaning=_UNPUBLISHED, action="Correct the contract.")


def plain(heading: str) -> str:
    """A heading without the differences that mean nothing: case, spaces, punctuation."""
    return re.sub(r"[^a-z0-9]+", " ", heading.casefold()).strip()


def fit(contract: Contract, headings: Sequence[str]) -> Fit:
    """Meet a file's headings with a contract. Faults never quote the file: without a header its first row is data."""
    positions: dict[str, int] = {}
    faults: list[str] = []
    stands_for = contract.headings
    for position, heading in enumerate(headings):
        for field in stands_for.get(plain(heading), ()):
            if field in positions:
                faults.append(f"two columns for {field}")
            positions.setdefault(field, position)
    known = positions.keys() | contract.constants.keys()
    faults += [f"no column for {field}" for field in contract.required if field not in known]
    for group in contract.one_of:
        if not any(field in known for field in group):
            faults.append("no column for any of " + ", ".join(group))
    for group in contract.together:
        missing = [field for field in group if field not in known]
        if missing and len(missing) < len(group):
            faults.append("no column for " + ", ".join(missing))
    for group in contract.never_both:
        if sum(field in positions for field in group) > 1:
            faults.append("more than one of the columns " + ", ".join(group))
    return Fit(positions, tuple(faults))


def recognise(headings: Mapping[str, Sequence[str]], file_name: str, source: str | None) -> tuple[Contract, Fit]:
    """The one contract a file fits, or the one named.

    Args:
        headings: contract name -> the file's headings, read as that contract says the file is written.
        file_name: the file, for what is said of it.
        source: the contract the file was said to fit, or None.

    Raises MonitorError saying how a table does not fit.
    """
    fits = [(contract, fit(contract, headings[name])) for name, contract in contracts().items() if name in headings]
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
    columns = len(headings[nearest.name])
    raise MonitorError(
        f"the table does not fit the source {nearest.name}: {'; '.join(found.faults)}."
        if source or found.positions
        else f"the first row has none of the headings of any source ({', '.join(sorted(contracts()))}).",
        where=f"{file_name}, header row ({columns} columns, {len(found.positions)} recognised)",
        meaning=_UNPUBLISHED,
        action="Ask for the agreed layout, or add the headings to the source's file under config/sources.",
    )
