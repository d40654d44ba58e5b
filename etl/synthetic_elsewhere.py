"""The demonstration's reports to a reporting centre and its council hate cases, invented like its police reports.

Nobody publishes how many such reports there are, how many were made to the police as well, or how many of those quote
the police reference: the shares below are invented, so that each way two reports can be one is there to be seen.
"""

from __future__ import annotations

import csv
from collections.abc import Iterable, Sequence
from datetime import date, datetime, timedelta
from pathlib import Path

import numpy as np
import pandas as pd
from numpy.typing import NDArray

Events = NDArray[np.object_]  # happened, reported, strands as written, their codes, district, reference quoted

FIRST_DAY = date(2021, 4, 1)
EXTRACTED_ON = date(2023, 10, 4)
LOG_HEADER = (
    "Reference number", "Date of Report", "Date of Incident", "Agency reported to", "Type of hate", "District",
    "Where it happened", "Police reference", "Anonymous", "made_up",
)  # fmt: skip
CASE_HEADER = (
    "Case ref", "Date opened", "Date of incident", "District", "Category", "Complainant ID", "Police ref",
    "Closed date", "Closure reason", "made_up",
)  # fmt: skip
_FORMS, _CASES = 420, 170
# Of the forms and of the cases: made to the police as well and quoting the reference, made to them without quoting it.
_QUOTED, _UNQUOTED = 0.28, 0.22
_OF_A_FORM = 0.12  # of the cases: the same event as a form of the centre
_ANONYMOUS = 0.25
_CATEGORIES = {
    "race": "Hate - Race", "religion": "Hate - Religion", "sexual_orientation": "Hate - Sexual orientation",
    "disability": "Hate - Disability", "transgender": "Hate - Transgender", "other": "Hate - Other",
}  # fmt: skip
_AGENCIES = ("Community centre", "Advice centre", "Students' union", "Library")


def write_elsewhere(
    folder: Path, police: pd.DataFrame, last_day: date, random: np.random.Generator
) -> tuple[Path, Path]:
    """Write the centre's log and the councils' cases.

    Args:
        folder: where to.
        police: sound rows of the police reports, as their extract writes them, with a column `strand_codes` (a tuple).
        last_day: the last day both cover.
        random: the same state writes the same bytes.
    """
    days = (last_day - FIRST_DAY).days + 1
    recorded = pd.to_datetime(police["recorded_date"], format="%d/%m/%Y")
    police = police[recorded >= pd.Timestamp(FIRST_DAY)].reset_index(drop=True)
    forms = _events(police, _FORMS, days, random)
    cases = _events(police, _CASES, days, random)
    shared = forms[random.choice(len(forms), round(_CASES * _OF_A_FORM), replace=False)].copy()
    shared[:, 1] = [_clip(made + timedelta(days=int(random.integers(0, 4))), last_day) for made in shared[:, 1]]
    shared[:, 5] = ""
    cases = _in_order(np.concatenate([cases, shared]))
    window = f"{FIRST_DAY}_{last_day}_extracted_{EXTRACTED_ON}.csv"
    log = folder / f"third_party_log_made-up_{window}"
    _write(log, LOG_HEADER, (_form(number, event, random) for number, event in enumerate(_in_order(forms), 1)))
    case_file = folder / f"council_cases_made-up_{window}"
    _write(case_file, CASE_HEADER, (_case(number, event, random) for number, event in enumerate(cases, 1)))
    return log, case_file


def _events(police: pd.DataFrame, size: int, days: int, random: np.random.Generator) -> Events:
    """One row an event; some are drawn from the police reports, and quote their reference or do not."""
    last_day = FIRST_DAY + timedelta(days=days - 1)
    rows = police.iloc[random.choice(len(police), size, replace=False)]
    kind = random.random(size)
    events = np.empty((size, 6), dtype=object)
    for number, (row, drawn) in enumerate(zip(rows.to_dict("records"), kind, strict=True)):
        if drawn < _QUOTED + _UNQUOTED:
            happened, recorded = _day(row["committed_from"]), _day(row["recorded_date"])
            reported = max(happened, recorded + timedelta(days=int(random.integers(-3, 6))))
            quoted = _quoted(row["record_id"], random) if drawn < _QUOTED else ""
        else:
            # the place and the motivation are drawn as the police's are; the event is another
            happened = FIRST_DAY + timedelta(days=int(random.integers(0, days)))
            reported = happened + timedelta(days=int(random.exponential(6)))
            quoted = ""
        events[number] = (
            max(happened, FIRST_DAY), _clip(reported, last_day), row["strands"], row["strand_codes"],
            row["authority_name"], quoted,
        )  # fmt: skip
    return events


def _quoted(reference: str, random: np.random.Generator) -> str:
    """A police reference as it is copied onto a form: another mark, a blank, none, or now and then a digit wrong."""
    way = random.random()
    if way < 0.05:
        return f"{reference[:-1]}{(int(reference[-1]) + 5) % 10}"
    return reference.replace("*", "/" if way < 0.3 else " " if way < 0.5 else "" if way < 0.6 else "*")


def _form(number: int, event: Sequence[object], random: np.random.Generator) -> list[str]:
    happened, reported, strands, _, district, quoted = event
    return [
        f"RC{number:05d}", _written(reported), "" if random.random() < 0.08 else _written(happened),
        _AGENCIES[int(random.integers(len(_AGENCIES)))], str(strands), str(district), "Street", str(quoted),
        "Yes" if random.random() < _ANONYMOUS else "No", "yes",
    ]  # fmt: skip


def _case(number: int, event: Sequence[object], random: np.random.Generator) -> list[str]:
    happened, opened, _, codes, district, quoted = event
    assert isinstance(codes, tuple)
    assert isinstance(opened, date)
    closed = opened + timedelta(days=int(random.exponential(60)))
    is_closed = closed <= EXTRACTED_ON
    return [
        f"HC-{number:04d}", _written(opened), _written(happened), str(district),
        "; ".join(_CATEGORIES[code] for code in codes) or "Hate - Not known",
        f"P{int(random.integers(10_000, 99_999))}", str(quoted),
        _written(closed) if is_closed else "", "Support given" if is_closed else "", "yes",
    ]  # fmt: skip


def _in_order(events: Events) -> Events:
    return events[np.argsort([event[1].toordinal() for event in events], kind="stable")]


def _clip(day: date, last_day: date) -> date:
    return min(day, last_day)


def _day(text: str) -> date:
    return datetime.strptime(text, "%d/%m/%Y").date()


def _written(day: object) -> str:
    assert isinstance(day, date)
    return f"{day:%d/%m/%Y}"


def _write(path: Path, header: Sequence[str], rows: Iterable[Sequence[str]]) -> None:
    with path.open("w", encoding="utf-8", newline="") as file:
        writer = csv.writer(file, lineterminator="\n")
        writer.writerow(header)
        writer.writerows(rows)
