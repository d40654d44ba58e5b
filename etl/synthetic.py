"""The demonstration extracts: made-up reports in files an officer could have sent.

Everything here is invented: no real report, victim or place of an offence is behind any row, and every row says so.
What is real is the shape, from published figures: hate crimes a year (about 1,437 and 1,600 in 2017/18 and 2018/19,
more from 2020), the mix of strands, 5 to 8% with more than one, the seasons, the summers of 2020 and 2022, outcomes
and the days they take. What is invented outright, because nobody publishes it: the split between the authorities,
non-crime incidents, victims, channels, reporting lag, errors, and what stands out in the latest quarter
(sexual orientation in Charnwood, July to September 2023).

The reports are made once and then written three times, as they stood on three extract dates: later extracts bring
reports recorded late, outcomes, strands added, reclassifications and cancellations. Records placed by postcode or grid
reference lie at council offices, never at a home. About 1 row in 80 is wrong in one of the ways real extracts are.

The all-crime history covers 36 months, not the whole period: at its real size (about 90,000 crimes a year) the whole
would be slow to load and show nothing more.
"""

from __future__ import annotations

import csv
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, timedelta
from pathlib import Path
from typing import Any

import numpy as np
import pandas as pd
import pyarrow as pa
import pyarrow.csv
from numpy.typing import NDArray

from core.model import AUTHORITIES, GROUPS, STRANDS
from core.periods import Quarter
from etl.synthetic_elsewhere import write_elsewhere

FIRST_DAY = date(2017, 4, 1)
LAST_DAY = date(2023, 9, 30)
EXTRACTS = (
    (date(2023, 3, 31), date(2023, 4, 5)),
    (date(2023, 6, 30), date(2023, 7, 4)),
    (LAST_DAY, date(2023, 10, 4)),
)
STREET_FROM = date(2020, 10, 1)
HEADER = (
    "record_id", "record_type", "recorded_date", "committed_from", "committed_to", "offence_code", "offence_group",
    "strands", "religion_targeted", "race_subgroup", "authority_code", "authority_name", "postcode", "easting",
    "northing", "victim_ref", "victim_type", "repeat_victim", "victim_ethnicity", "outcome_code", "outcome_date",
    "how_reported", "location_type", "online", "made_up",
)  # fmt: skip
STREET_HEADER = (
    "Crime ID", "Month", "Reported by", "Falls within", "Longitude", "Latitude", "Location", "LSOA code", "LSOA name",
    "Crime type", "Last outcome category", "Context",
)  # fmt: skip
STREET_MARK = "Made-up demonstration data"

Floats = NDArray[np.float64]
Integers = NDArray[np.int64]
Texts = NDArray[np.object_]
Flags = NDArray[np.bool_]
Weights = dict[str, float]

_DAYS = (LAST_DAY - FIRST_DAY).days + 1
_NEVER = 10**6
_CRIMES_A_YEAR = (1450, 1640, 1800, 2190, 2340, 2260, 2180)
# January first, from published monthly figures for England and Wales
_SEASON = (0.87, 0.81, 1.02, 0.96, 1.04, 1.12, 1.20, 1.05, 0.96, 0.98, 0.90, 0.88)
_INCIDENTS_PER_CRIME = 0.43
_CODE_OF_PRACTICE = date(2023, 6, 3)
_INCIDENTS_KEPT = 0.55
_AREA_SHARE = (0.552, 0.015, 0.060, 0.130, 0.045, 0.066, 0.026, 0.066, 0.040)
# the eight groups of GROUPS, at the start and at the end: the rarer strands come forward over the years
_GROUP_SHARE = ((0.712, 0.055, 0.108, 0.040, 0.009, 0.012, 0.059, 0.005),
                (0.640, 0.062, 0.132, 0.062, 0.024, 0.016, 0.059, 0.005))  # fmt: skip
_LEICESTER_LEAN = {"religion": 1.25, "race": 1.03, "sexual_orientation": 0.86, "disability": 0.80, "transgender": 0.80}
_EVENTS: tuple[tuple[date, date, str | None, Weights], ...] = (
    (date(2017, 5, 22), date(2017, 6, 30), None, {"religion": 2.2, "race": 1.2, "multiple": 1.4}),
    (date(2020, 3, 23), date(2020, 5, 31), None, dict.fromkeys(GROUPS, 0.85)),
    (date(2020, 6, 1), date(2020, 9, 30), None, {"race": 1.6, "multiple": 1.3}),
    (date(2021, 7, 11), date(2021, 7, 31), None, {"race": 1.25}),
    (date(2022, 8, 28), date(2022, 9, 30), "E06000016", {"race": 1.6, "religion": 5.0, "multiple": 3.5}),
    (date(2023, 7, 1), date(2023, 9, 30), "E07000130", {"sexual_orientation": 5.0}),
)
# months vary a little more than chance: one night can make several reports
_MONTH_SPREAD = 0.005

_PAIRS = {
    ("race", "religion"): 0.60, ("race", "sexual_orientation"): 0.10, ("sexual_orientation", "transgender"): 0.10,
    ("race", "disability"): 0.06, ("sexual_orientation", "disability"): 0.05, ("race", "other"): 0.03,
    ("religion", "sexual_orientation"): 0.03, ("race", "religion", "sexual_orientation"): 0.03,
}  # fmt: skip
_STRAND_WORDS: dict[str, Weights] = {
    "race": {"Race": 0.55, "Racial": 0.35, "Racist": 0.10},
    "religion": {"Religion": 0.5, "Faith": 0.3, "Religious": 0.2},
    "sexual_orientation": {"Sexual Orientation": 0.55, "Homophobic": 0.45},
    "disability": {"Disability": 1.0},
    "transgender": {"Transgender": 0.6, "Transphobic": 0.4},
    "other": {"Any Other Preceived Difference": 0.5, "Any other perceived difference": 0.2, "Other": 0.3},
}
_RELIGIONS: Weights = {
    "Muslim": 0.45, "Hindu": 0.10, "Sikh": 0.07, "Jewish": 0.08, "Christian": 0.08, "Buddhist": 0.005, "Other": 0.03,
    "No religion": 0.005, "Unknown": 0.12, "": 0.04, "Hindu; Muslim": 0.01, "Muslim; Sikh": 0.01,
}  # fmt: skip
_RELIGIONS_2022: Weights = {"Muslim": 0.42, "Hindu": 0.42, "Sikh": 0.03, "Unknown": 0.08, "Hindu; Muslim": 0.05}
_RACE_SUBGROUPS: Weights = {
    "": 0.62, "Asylum seeker/refugee": 0.06, "Gypsy/Traveller": 0.05, "Migrant worker": 0.09, "Nationality": 0.10,
    "Skin colour": 0.08,
}  # fmt: skip
_OFFENCE_GROUPS = ("Public order offences", "Violence against the person", "Criminal damage and arson",
                   "Other notifiable offences")  # fmt: skip
_OFFENCE_MIX = {
    "race": (0.57, 0.34, 0.05, 0.04), "religion": (0.50, 0.38, 0.08, 0.04), "other": (0.45, 0.42, 0.07, 0.06),
    "sexual_orientation": (0.48, 0.42, 0.05, 0.05), "transgender": (0.40, 0.50, 0.04, 0.06),
    "disability": (0.37, 0.46, 0.07, 0.10), "multiple": (0.53, 0.38, 0.05, 0.04), "not_known": (0.50, 0.40, 0.05, 0.05),
}  # fmt: skip
_OFFENCE_CODES: tuple[Weights, ...] = (
    {"125/9": 0.45, "9A": 0.25, "125/12": 0.20, "66": 0.10},
    {"105A": 0.40, "8N": 0.22, "8L": 0.20, "195/94": 0.12, "8S": 0.06},
    {"58D": 0.45, "58C": 0.30, "58B": 0.15, "56B": 0.10},
    {"49": 0.35, "34B": 0.25, "40": 0.15, "39": 0.15, "99": 0.10},
)
_RRA_CODES: tuple[Weights, ...] = ({"9B": 1.0}, {"105B": 0.45, "8P": 0.30, "8M": 0.25}, {"58J": 1.0}, {"": 1.0})
_RRA_SHARE = (0.72, 0.60, 0.55, 0.0)
_OUTCOME_DAYS = (30, 39, 23, 35)
_CHARGED = (0.125, 0.105, 0.065, 0.09)
_CHARGED_BY_STRAND = {"disability": 0.3, "transgender": 0.4, "religion": 0.85}
_OUTCOMES: Weights = {
    "2": 0.003, "3": 0.014, "8": 0.050, "5": 0.002, "9": 0.004, "10": 0.009, "11": 0.005, "12": 0.004, "13": 0.002,
    "14": 0.130, "15": 0.190, "16": 0.235, "17": 0.005, "18": 0.290, "20": 0.011, "21": 0.014, "22": 0.032,
}  # fmt: skip
_OUTCOME_WORDS = {
    "1": "1 - Charge/Summons", "8": "8 - Community resolution", "15": "15 - Evidential difficulties (victim supports)",
    "16": "16 - Evidential difficulties (victim does not support)", "18": "18 - Investigation complete no suspect",
}  # fmt: skip
_UNASSIGNED: Weights = {"": 0.8, "New": 0.1, "Under investigation": 0.1}
_CHANNELS: Weights = {
    "101": 0.37, "999": 0.22, "Officer on the street": 0.09, "Front counter": 0.06, "Third party": 0.045,
    "Email": 0.03, "Other": 0.015, "": 0.04, "Unknown": 0.02,
}  # fmt: skip
_ONLINE_CHANNELS: Weights = {"SOH": 0.55, "True Vision": 0.25, "Online": 0.20}
_ONLINE_SHARE = (0.06, 0.07, 0.08, 0.12, 0.14, 0.16, 0.17)
_LOCATIONS: Weights = {
    "Street": 0.38, "Dwelling": 0.26, "Retail": 0.105, "Public transport": 0.04, "Licensed premises": 0.045,
    "School": 0.04, "Hospital": 0.03, "Place of worship": 0.015, "Other": 0.035, "": 0.05,
}  # fmt: skip
_ETHNICITIES: Weights = {
    "W1": 0.19, "W9": 0.06, "A1": 0.15, "A2": 0.07, "A3": 0.03, "A9": 0.05, "B1": 0.04, "B2": 0.08, "B9": 0.02,
    "M1": 0.015, "M9": 0.02, "O9": 0.02, "O2": 0.005, "NS": 0.10, "Not recorded": 0.05, "": 0.10,
}  # fmt: skip
_ETHNICITIES_WHITE: Weights = {
    "W1": 0.58, "W9": 0.04, "A1": 0.05, "B1": 0.02, "B2": 0.02, "M9": 0.02, "O9": 0.01, "NS": 0.11,
    "Not recorded": 0.05, "": 0.10,
}  # fmt: skip
_NAMES: dict[str, Weights] = {
    "E06000016": {"Leicester": 0.7, "Leicester City": 0.3},
    "E06000017": {"Rutland": 1.0},
    "E07000129": {"Blaby": 1.0},
    "E07000130": {"Charnwood": 1.0},
    "E07000131": {"Harborough": 1.0},
    "E07000132": {"Hinckley and Bosworth": 0.6, "Hinckley & Bosworth": 0.4},
    "E07000133": {"Melton": 1.0},
    "E07000134": {"North West Leicestershire": 0.7, "NW Leicestershire": 0.3},
    "E07000135": {"Oadby and Wigston": 0.6, "Oadby & Wigston": 0.4},
}
_PLACED_BY: Weights = {
    "both": 0.615, "code": 0.15, "name": 0.21, "and_postcode": 0.01, "postcode": 0.006, "grid": 0.004, "none": 0.005,
}  # fmt: skip
# council offices: postcode, easting, northing
_OFFICES = {
    "E06000016": ("LE1 1FZ", 458990, 304420), "E06000017": ("LE15 6HP", 486330, 308600),
    "E07000129": ("LE19 2EP", 453970, 297550), "E07000130": ("LE11 2TX", 453790, 319360),
    "E07000131": ("LE16 7AG", 473420, 287290), "E07000132": ("LE10 0FR", 442400, 293270),
    "E07000133": ("LE13 1GH", 475340, 318800), "E07000134": ("LE67 3FJ", 442780, 314260),
    "E07000135": ("LE18 2DR", 460060, 298760),
}  # fmt: skip
_FAULTS: Weights = {
    "month_first": 0.0022, "future": 0.0006, "unknown_strand": 0.0020, "combined_strand": 0.0015,
    "unknown_authority": 0.0016, "missing_id": 0.0010, "committed_after": 0.0020, "duplicate": 0.0008,
    "cut_short": 0.0002, "outcome_on_incident": 0.0030, "rra_without_strand": 0.0080, "conflicting_place": 0.0006,
}  # fmt: skip
_UNKNOWN_STRANDS: Weights = {"Vulnerable adult": 0.4, "Domestic": 0.3, "Gang": 0.3}
_UNKNOWN_AUTHORITIES: Weights = {"NL63": 0.4, "Charnwd": 0.3, "LPU East": 0.3}

_TOWNS: dict[str, tuple[tuple[float, float], ...]] = {
    "E06000016": ((52.6365, -1.1330), (52.6480, -1.1120), (52.6280, -1.1020), (52.6180, -1.1480), (52.6520, -1.1620),
                  (52.6090, -1.1300), (52.6330, -1.1700)),
    "E06000017": ((52.6700, -0.7280), (52.5890, -0.7230), (52.7340, -0.6830)),
    "E07000129": ((52.5750, -1.1650), (52.5700, -1.2000), (52.6310, -1.2350), (52.5440, -1.1900)),
    "E07000130": ((52.7720, -1.2060), (52.7660, -1.2200), (52.6890, -1.1040), (52.7370, -1.1470)),
    "E07000131": ((52.4780, -0.9210), (52.4570, -1.2000), (52.5390, -1.0080)),
    "E07000132": ((52.5410, -1.3730), (52.5480, -1.3500), (52.6280, -1.3800)),
    "E07000133": ((52.7650, -0.8870), (52.7590, -0.8800), (52.8580, -0.8350)),
    "E07000134": ((52.7240, -1.3690), (52.7480, -1.4700), (52.8310, -1.3300), (52.7000, -1.4300)),
    "E07000135": ((52.5990, -1.0850), (52.5840, -1.1060)),
}  # fmt: skip
_CRIMES_A_MONTH = {
    "E06000016": 3680, "E06000017": 136, "E07000129": 508, "E07000130": 1165, "E07000131": 338, "E07000132": 559,
    "E07000133": 245, "E07000134": 586, "E07000135": 313,
}  # fmt: skip
_CRIME_TYPES: Weights = {
    "Violence and sexual offences": 3304, "Public order": 1147, "Criminal damage and arson": 817, "Other theft": 601,
    "Vehicle crime": 417, "Burglary": 308, "Shoplifting": 276, "Drugs": 258, "Other crime": 158, "Bicycle theft": 123,
    "Possession of weapons": 85, "Robbery": 61, "Theft from the person": 38, "Anti-social behaviour": 860,
}  # fmt: skip


@dataclass(frozen=True)
class _Reports:
    """Every report there will ever be, with the days (counted from FIRST_DAY) on which something happens to it.

    Attributes:
        text: one row per report, the canonical columns as they finally stand.
        before: what stands there until it changes: `record_type`, `strands`, `outcome_code`.
        recorded, entered, cancelled, reclassified, strand_added, outcome, fault_mended: day numbers; _NEVER for never.
        fault: what is wrong with the row until it is mended, empty for nothing.
    """

    text: pd.DataFrame
    before: pd.DataFrame
    recorded: Integers
    entered: Integers
    cancelled: Integers
    reclassified: Integers
    strand_added: Integers
    outcome: Integers
    fault_mended: Integers
    fault: Texts


def write_demonstration(folder: Path, seed: int = 2021) -> list[Path]:
    """Write the demonstration extracts.

    Args:
        folder: where to; made when it is not there.
        seed: the same seed writes the same bytes.

    Returns:
        The files: three hate report extracts by extract date, the all-crime history, then the centre's log and the
        council cases.
    """
    folder.mkdir(parents=True, exist_ok=True)
    reports = _make_reports(np.random.default_rng([seed, 1]))
    written = []
    for number, (covers_to, extracted_on) in enumerate(EXTRACTS):
        name = f"hate_reports_made-up_{FIRST_DAY}_{covers_to}_extracted_{extracted_on}.csv"
        rows = _rows_as_at(reports, covers_to, extracted_on)
        if number == 0:
            # the first file was pasted together from two downloads
            rows.insert(len(rows) // 2, list(HEADER))
        _write(folder / name, rows)
        written.append(folder / name)
    written.append(_write_street(folder, np.random.default_rng([seed, 2])))
    written += write_elsewhere(folder, _sound(reports), LAST_DAY, np.random.default_rng([seed, 3]))
    return written


def _sound(reports: _Reports) -> pd.DataFrame:
    """Reports nothing is wrong with that name authority and day of happening, with their strands by code."""
    text = reports.text
    is_sound = (reports.fault == "") & (reports.cancelled == _NEVER) & (reports.entered <= _DAYS)
    is_sound &= (text["authority_name"] != "").to_numpy() & (text["committed_from"] != "").to_numpy()
    code_of = {word: code for code, words in _STRAND_WORDS.items() for word in words}
    sound = text[is_sound]
    codes = [tuple(code_of[word] for word in entry.split("; ") if word in code_of) for entry in sound["strands"]]
    return sound.assign(strand_codes=codes)


def _make_reports(random: np.random.Generator) -> _Reports:
    area, group, is_crime, recorded = _draw_counts(random)
    size = recorded.size
    strands = _draw_strands(random, group)
    offence = _draw_offence(random, group)
    code = _draw_offence_code(random, offence, strands)
    type_words = np.where(is_crime, "Crime", "Non Crime Hate Incident").astype(object)
    other_type = np.where(is_crime, "Non Crime Hate Incident", "Crime").astype(object)
    words = _strand_words(random, strands)

    is_reclassified = random.random(size) < 0.012
    is_strand_added = (strands.sum(axis=1) > 1) & (random.random(size) < 0.15)
    reclassified = np.where(is_reclassified, recorded + 10 + _days(random, size, 50), 0)
    strand_added = np.where(is_strand_added, recorded + 5 + _days(random, size, 45), 0)
    cancelled = np.where(random.random(size) < 0.008, recorded + 20 + _days(random, size, 60), _NEVER)
    entered = recorded + np.where(random.random(size) < 0.07, _days(random, size, 40).clip(max=200), 0)

    outcome_code, outcome = _draw_outcomes(random, group, offence, recorded)
    committed_from, committed_to = _draw_committed(random, recorded)
    victims = _draw_victims(random, area, group, recorded)
    places = _draw_places(random, area)
    fault, mended = _draw_faults(random, size)
    online = random.random(size) < 0.06
    moment = np.array([_written(day) for day in range(-4000, _DAYS + 2000)], dtype=object)

    text = pd.DataFrame(
        {
            "record_id": _record_ids(random, recorded),
            "record_type": type_words,
            "recorded_date": moment[recorded + 4000],
            "committed_from": np.where(random.random(size) < 0.03, "", moment[committed_from + 4000]),
            "committed_to": np.where(random.random(size) < 0.25, "", moment[committed_to + 4000]),
            "offence_code": code,
            "offence_group": np.array(_OFFENCE_GROUPS, dtype=object)[offence],
            "strands": words,
            "religion_targeted": _draw_religion(random, strands, area, recorded),
            "race_subgroup": np.where(strands[:, 0], _choose(random, _RACE_SUBGROUPS, size), ""),
            **places,
            **victims,
            "outcome_code": outcome_code,
            "outcome_date": moment[np.minimum(outcome, _DAYS + 1000) + 4000],
            "how_reported": _draw_channel(random, recorded),
            "location_type": np.where(online, "Online", _choose(random, _LOCATIONS, size)),
            "online": np.where(online, "Y", _choose(random, {"N": 0.9, "": 0.1}, size)),
            "made_up": "yes",
        },
        columns=list(HEADER),
        dtype=object,
    )
    before = pd.DataFrame(
        {
            "record_type": np.where(is_reclassified, other_type, type_words),
            "strands": np.where(is_strand_added, [entry.partition("; ")[0] for entry in words], words),
            "outcome_code": _choose(random, _UNASSIGNED, size),
        },
        dtype=object,
    )
    return _Reports(text, before, recorded, entered, cancelled, reclassified, strand_added, outcome, mended, fault)


def _draw_counts(random: np.random.Generator) -> tuple[Integers, Integers, Flags, Integers]:
    """Area, group, whether a crime, and recorded day number of every report, in order of day."""
    days = [FIRST_DAY + timedelta(days=number) for number in range(_DAYS)]
    year = np.array([Quarter.of(day).year - FIRST_DAY.year for day in days])
    season = np.array([_SEASON[day.month - 1] for day in days]) / np.mean(_SEASON)
    level = np.array(_CRIMES_A_YEAR)[year] / 365.25 * season
    progress = np.linspace(0, 1, _DAYS)[:, None]
    groups = np.array(_GROUP_SHARE[0]) * (1 - progress) + np.array(_GROUP_SHARE[1]) * progress
    lean = np.ones((len(AUTHORITIES), len(GROUPS)))
    lean[0] = [_LEICESTER_LEAN.get(name, 1.0) for name in GROUPS]
    areas = np.array(_AREA_SHARE)[:, None] * lean
    areas /= areas.sum(axis=0)
    mean = level[:, None, None] * groups[:, None, :] * areas[None, :, :]
    for start, end, only, factors in _EVENTS:
        during = slice((start - FIRST_DAY).days, (end - FIRST_DAY).days + 1)
        where = slice(None) if only is None else AUTHORITIES.index(only)
        mean[during, where] *= np.array([factors.get(name, 1.0) for name in GROUPS])

    month = np.array([(day.year - FIRST_DAY.year) * 12 + day.month - FIRST_DAY.month for day in days])
    shape = 1 / _MONTH_SPREAD
    mean *= random.gamma(shape, _MONTH_SPREAD, (month[-1] + 1, len(AUTHORITIES)))[month][:, :, None]
    crimes = random.poisson(mean)
    kept = np.where(np.array(days) < _CODE_OF_PRACTICE, 1.0, _INCIDENTS_KEPT)
    incidents = random.poisson(mean * _INCIDENTS_PER_CRIME * kept[:, None, None])
    counts = np.stack([crimes, incidents], axis=-1)
    day, area, group, kind = (np.repeat(axis.ravel(), counts.ravel()) for axis in np.indices(counts.shape))
    return area, group, kind == 0, day


def _draw_strands(random: np.random.Generator, group: Integers) -> Flags:
    """Which of the six strands each report has, one column a strand."""
    strands = np.zeros((group.size, len(STRANDS)), bool)
    alone = group < len(STRANDS)
    strands[np.flatnonzero(alone), group[alone]] = True
    combinations = np.array([[name in pair for name in STRANDS] for pair in _PAIRS])
    several = np.flatnonzero(group == GROUPS.index("multiple"))
    weights = np.array(list(_PAIRS.values()))
    strands[several] = combinations[random.choice(len(weights), several.size, p=weights / weights.sum())]
    return strands


def _strand_words(random: np.random.Generator, strands: Flags) -> Texts:
    spelled = np.column_stack([_choose(random, _STRAND_WORDS[name], len(strands)) for name in STRANDS])
    return np.array(["; ".join(row[flags]) for row, flags in zip(spelled, strands, strict=True)], dtype=object)


def _draw_offence(random: np.random.Generator, group: Integers) -> Integers:
    mix = np.array([_OFFENCE_MIX[name] for name in GROUPS]).cumsum(axis=1)[group]
    return (random.random(group.size)[:, None] > mix[:, :-1]).sum(axis=1)


def _draw_offence_code(random: np.random.Generator, offence: Integers, strands: Flags) -> Texts:
    is_rra = strands[:, :2].any(axis=1) & (random.random(offence.size) < np.array(_RRA_SHARE)[offence])
    plain = np.column_stack([_choose(random, codes, offence.size) for codes in _OFFENCE_CODES])
    aggravated = np.column_stack([_choose(random, codes, offence.size) for codes in _RRA_CODES])
    rows = np.arange(offence.size)
    return np.where(is_rra, aggravated[rows, offence], plain[rows, offence])


def _draw_outcomes(
    random: np.random.Generator, group: Integers, offence: Integers, recorded: Integers
) -> tuple[Texts, Integers]:
    """Outcome code and the day it is assigned; charges take longer, and 3 in 100 never get one."""
    size = recorded.size
    by_strand = np.array([_CHARGED_BY_STRAND.get(name, 1.0) for name in GROUPS])[group]
    is_charged = random.random(size) < np.array(_CHARGED)[offence] * by_strand
    code = np.where(is_charged, _choose(random, {"1": 0.94, "1A": 0.06}, size), _choose(random, _OUTCOMES, size))
    in_words = np.array([_OUTCOME_WORDS.get(entry, entry) for entry in code], dtype=object)
    code = np.where(random.random(size) < 0.12, in_words, code)
    taken = np.array(_OUTCOME_DAYS)[offence] * np.exp(random.normal(0, 0.9, size)) * np.where(is_charged, 1.8, 1.0)
    return code, np.where(random.random(size) < 0.03, _NEVER, recorded + taken.astype(np.int64))


def _draw_committed(random: np.random.Generator, recorded: Integers) -> tuple[Integers, Integers]:
    size = recorded.size
    kinds = random.random(size)
    lag = np.select([kinds < 0.52, kinds < 0.78, kinds < 0.98], [0, 1, 1 + _days(random, size, 12)], 60)
    lag = lag + np.where(kinds >= 0.98, _days(random, size, 200), 0)
    start = recorded - lag
    spans = np.where(random.random(size) < 0.12, (random.random(size) * lag).astype(np.int64), 0)
    return start, start + spans


def _draw_victims(random: np.random.Generator, area: Integers, group: Integers, recorded: Integers) -> dict[str, Any]:
    """Victim columns: about 1 report in 8 is by somebody who reported in the same place and group before."""
    size = recorded.size
    returns = random.random(size) < 0.15
    back = random.exponential(1.0, size)
    victim = np.zeros(size, dtype=np.int64)
    is_repeat = np.zeros(size, bool)
    last_seen: list[int] = []
    earlier: dict[tuple[int, int], list[int]] = {}
    for row in range(size):
        known = earlier.setdefault((int(area[row]), int(group[row])), [])
        # most come back within months: a third of a year's reports of the place and group
        position = len(known) - 1 - int(back[row] * max(2.0, len(known) / max(1, row) * 900))
        if returns[row] and position >= 0:
            victim[row] = known[position]
            is_repeat[row] = recorded[row] - last_seen[victim[row]] <= 365
            last_seen[victim[row]] = int(recorded[row])
        else:
            victim[row] = len(last_seen)
            last_seen.append(int(recorded[row]))
        known.append(int(victim[row]))

    pseudonym = random.permutation(900_000)[: len(last_seen)] + 100_000
    is_minority = np.isin(group, [GROUPS.index(name) for name in ("race", "religion", "multiple")])
    first_report = np.unique(victim, return_index=True)[1]
    ethnicity = np.where(
        is_minority[first_report],
        _choose(random, _ETHNICITIES, len(last_seen)),
        _choose(random, _ETHNICITIES_WHITE, len(last_seen)),
    )
    kind = random.random(size)
    is_organisation, is_blank = kind < 0.03, (kind >= 0.03) & (kind < 0.055)
    has_person = ~is_organisation & ~is_blank
    reference = np.array([f"V{number}" for number in pseudonym], dtype=object)[victim]
    flag = np.where(is_repeat ^ (random.random(size) < 0.03), "Y", "N")
    return {
        "victim_ref": np.select(
            [has_person, is_organisation], [reference, _choose(random, {"": 6, "Regina": 4}, size)], ""
        ),
        "victim_type": np.select([has_person, is_organisation], ["Person", "Organisation"], ""),
        "repeat_victim": np.where(has_person & (random.random(size) > 0.08), flag, ""),
        "victim_ethnicity": np.where(has_person, ethnicity[victim], ""),
    }


def _draw_places(random: np.random.Generator, area: Integers) -> dict[str, Texts]:
    size = area.size
    code = np.array(AUTHORITIES, dtype=object)[area]
    spelled = np.column_stack([_choose(random, _NAMES[name], size) for name in AUTHORITIES])
    name = spelled[np.arange(size), area]
    offices = [_OFFICES[authority] for authority in AUTHORITIES]
    postcode = np.array([office[0] for office in offices], dtype=object)[area]
    how = _choose(random, _PLACED_BY, size)
    columns = {
        "authority_code": np.where(np.isin(how, ("both", "code", "and_postcode")), code, ""),
        "authority_name": np.where(np.isin(how, ("both", "name", "and_postcode")), name, ""),
        "postcode": np.where(np.isin(how, ("postcode", "and_postcode")), postcode, ""),
    }
    for position, axis in ((1, "easting"), (2, "northing")):
        metres = np.array([int(office[position]) for office in offices])[area] + 10 * random.integers(-15, 16, size)
        columns[axis] = np.where(how == "grid", metres.astype(str).astype(object), "")
    return columns


def _draw_religion(random: np.random.Generator, strands: Flags, area: Integers, recorded: Integers) -> Texts:
    start, end = ((day - FIRST_DAY).days for day in (date(2022, 8, 28), date(2022, 9, 30)))
    is_unrest = (area == 0) & (recorded >= start) & (recorded <= end)
    targeted = np.where(is_unrest, _choose(random, _RELIGIONS_2022, area.size), _choose(random, _RELIGIONS, area.size))
    return np.where(strands[:, 1], targeted, "")


def _draw_channel(random: np.random.Generator, recorded: Integers) -> Texts:
    share = np.array(_ONLINE_SHARE)[np.minimum(recorded // 365, len(_ONLINE_SHARE) - 1)]
    return np.where(
        random.random(recorded.size) < share,
        _choose(random, _ONLINE_CHANNELS, recorded.size),
        _choose(random, _CHANNELS, recorded.size),
    )


def _draw_faults(random: np.random.Generator, size: int) -> tuple[Texts, Integers]:
    """What is wrong with each row, and the day it is mended: some of them after the first extract was checked."""
    fault = _choose(random, {**_FAULTS, "": 1 - sum(_FAULTS.values())}, size)
    checked = (EXTRACTS[0][1] - FIRST_DAY).days
    mended = np.where(random.random(size) < 0.15, checked + 1 + random.integers(0, 180, size), _NEVER)
    return fault, mended


def _record_ids(random: np.random.Generator, recorded: Integers) -> Texts:
    """Crime numbers as the force writes them: two digits of the year, a star, a number that grows through it."""
    days = [FIRST_DAY + timedelta(days=int(number)) for number in recorded]
    first = {day: row for row, day in reversed(list(enumerate(days)))}
    within = np.array([row - first[day] for row, day in enumerate(days)])
    # 2,000 numbers a day and 20 to a report: a hundred reports fit in a day before numbers reach the next
    serial = (
        [(day - date(day.year, 1, 1)).days * 2000 for day in days] + within * 20 + random.integers(0, 20, len(days))
    )
    return np.array([f"{day.year % 100}*{number:07d}" for day, number in zip(days, serial, strict=True)], dtype=object)


def _rows_as_at(reports: _Reports, covers_to: date, extracted_on: date) -> list[list[str]]:
    """The rows of the extract taken on a day, as everything stood then."""
    last, today = (covers_to - FIRST_DAY).days, (extracted_on - FIRST_DAY).days
    is_there = (reports.recorded <= last) & (reports.entered <= today) & (reports.cancelled > today)
    text = reports.text.copy()
    text["record_type"] = np.where(reports.reclassified <= today, text["record_type"], reports.before["record_type"])
    text["strands"] = np.where(reports.strand_added <= today, text["strands"], reports.before["strands"])
    is_crime = (text["record_type"] == "Crime").to_numpy()
    is_decided = is_crime & (reports.outcome <= today)
    waiting = reports.before["outcome_code"]
    text["outcome_code"] = np.select([is_decided, is_crime], [text["outcome_code"], waiting], "")
    text["outcome_date"] = np.where(is_decided, text["outcome_date"], "")
    for column in ("offence_code", "offence_group"):
        text[column] = np.where(is_crime, text[column], "")
    fault = np.where(reports.fault_mended > today, reports.fault, "")
    faults = fault[is_there]
    rows: list[list[str]] = text[is_there].to_numpy().tolist()
    spoiled: list[list[str]] = []
    for number, (row, wrong) in enumerate(zip(rows, faults, strict=True)):
        spoiled.append(row)
        if wrong:
            spoiled.extend(_spoil(row, wrong, number))
    return spoiled


def _spoil(row: list[str], wrong: str, number: int) -> list[list[str]]:
    """Make one row wrong in place; returns any row that comes on top."""
    at = HEADER.index
    if wrong == "month_first":
        day, month, year = row[at("recorded_date")].split("/")
        # only a day past the twelfth is impossible the other way round; a smaller one would be a wrong date unseen
        row[at("recorded_date")] = f"{month}/{day}/{year}" if int(day) > 12 else f"{month}/{int(day) + 13}/{year}"
    elif wrong == "future":
        row[at("recorded_date")] = row[at("recorded_date")][:-4] + "2032"
    elif wrong == "unknown_strand":
        row[at("strands")] = list(_UNKNOWN_STRANDS)[number % len(_UNKNOWN_STRANDS)]
    elif wrong == "combined_strand":
        row[at("strands")] = "Race/Religion"
    elif wrong == "unknown_authority":
        row[at("authority_code")] = ""
        row[at("authority_name")] = list(_UNKNOWN_AUTHORITIES)[number % len(_UNKNOWN_AUTHORITIES)]
    elif wrong == "missing_id":
        row[at("record_id")] = ""
    elif wrong == "committed_after":
        _, month, year = row[at("recorded_date")].split("/")
        row[at("committed_from")] = row[at("committed_to")] = f"28/{month}/{int(year) + 1}"
    elif wrong == "duplicate":
        twin = row.copy()
        twin[at("location_type")] = "Street" if row[at("location_type")] != "Street" else "Dwelling"
        twin[at("victim_ref")] = ""
        return [twin]
    elif wrong == "cut_short":
        del row[at("offence_code") :]
    elif wrong == "outcome_on_incident" and row[at("record_type")] != "Crime":
        row[at("outcome_code")] = "18"
        row[at("outcome_date")] = row[at("recorded_date")]
    elif wrong == "rra_without_strand" and row[at("record_type")] == "Crime":
        words = {*_STRAND_WORDS["race"], *_STRAND_WORDS["religion"]}
        if not words & set(row[at("strands")].split("; ")):
            row[at("offence_code")], row[at("offence_group")] = "9B", _OFFENCE_GROUPS[0]
    elif wrong == "conflicting_place":
        elsewhere = "E06000017" if row[at("authority_code")] != "E06000017" else "E06000016"
        row[at("postcode")] = _OFFICES[elsewhere][0]
    return []


def _write(path: Path, rows: Sequence[Sequence[str]]) -> None:
    with path.open("w", encoding="utf-8", newline="") as file:
        writer = csv.writer(file, lineterminator="\n")
        writer.writerow(HEADER)
        writer.writerows(rows)


def _write_street(folder: Path, random: np.random.Generator) -> Path:
    """A made-up all-crime history in the layout of data.police.uk, at the size of the real one."""
    span = (LAST_DAY.year - STREET_FROM.year) * 12 + LAST_DAY.month - STREET_FROM.month + 1
    places = [divmod(STREET_FROM.month - 1 + number, 12) for number in range(span)]
    months = [(STREET_FROM.year + years, number + 1) for years, number in places]
    kinds = np.array(list(_CRIME_TYPES), dtype=object)
    weights = np.array(list(_CRIME_TYPES.values()))
    with_asb = weights.sum() / (weights.sum() - _CRIME_TYPES["Anti-social behaviour"])
    # crime has a milder season than hate crime, and was low in the winter lockdown
    level = np.array([0.5 + 0.5 * _SEASON[month - 1] for _, month in months])
    level *= np.array([0.86 if (year, month) <= (2021, 3) else 1.0 for year, month in months])
    mean = level[:, None] * np.array([_CRIMES_A_MONTH[code] for code in AUTHORITIES]) * with_asb
    counts = random.poisson(mean)
    month, area = (np.repeat(axis.ravel(), counts.ravel()) for axis in np.indices(counts.shape))
    points = [_snap_points(random, _TOWNS[code]) for code in AUTHORITIES]
    chosen = random.integers(0, 1_000_000, area.size)
    sizes = np.array([len(entry) for entry in points])
    flat = np.concatenate(points)[np.concatenate([[0], sizes.cumsum()[:-1]])[area] + chosen % sizes[area]]
    kind = kinds[random.choice(len(kinds), area.size, p=weights / weights.sum())]
    identity = np.array([f"MU{number:07d}" for number in range(area.size)], dtype=object)
    blank = pa.array([""] * area.size)
    mark = pa.array([STREET_MARK] * area.size)
    table = pa.table(
        [
            pa.array(np.where(kind == "Anti-social behaviour", "", identity), pa.string()),
            pa.array(np.array([f"{year}-{number:02d}" for year, number in months], dtype=object)[month], pa.string()),
            mark,
            mark,
            pa.array(flat[:, 0], pa.string()),
            pa.array(flat[:, 1], pa.string()),
            blank,
            blank,
            blank,
            pa.array(kind, pa.string()),
            blank,
            blank,
        ],
        names=list(STREET_HEADER),
    )
    # named as data.police.uk names its files: the month they were published for
    path = folder / f"{LAST_DAY:%Y-%m}-made-up-all-crime-street.csv"
    with path.open("wb") as file:
        file.write((",".join(STREET_HEADER) + "\n").encode())
        options = pyarrow.csv.WriteOptions(include_header=False, quoting_style="none")
        pyarrow.csv.write_csv(table, file, options)
    return path


def _snap_points(random: np.random.Generator, towns: Sequence[tuple[float, float]]) -> Texts:
    """Longitude and latitude as text of sixty made-up places near each town."""
    near = np.repeat(np.array(towns), 60, axis=0)
    near += np.clip(random.normal(0, 1, near.shape), -2, 2) * (0.0025, 0.004)
    return np.array([[f"{longitude:.6f}", f"{latitude:.6f}"] for latitude, longitude in near], dtype=object)


def _choose(random: np.random.Generator, weights: Weights, size: int) -> Texts:
    total = sum(weights.values())
    chances = [weight / total for weight in weights.values()]
    return np.array(list(weights), dtype=object)[random.choice(len(weights), size, p=chances)]


def _days(random: np.random.Generator, size: int, mean: float) -> Integers:
    return random.exponential(mean, size).astype(np.int64)


def _written(number: int) -> str:
    day = FIRST_DAY + timedelta(days=number)
    return f"{day:%d/%m/%Y}"
