"""The list of reports made to centres and councils, and the police record each is taken for, for the data officer.

Reads: the warehouse (elsewhere_report, current_report), config/settings.toml [matching]. Writes nothing. References of
records leave the warehouse only here, printed for whoever asked; they go into no log, report or build.
"""

from __future__ import annotations

import csv
import io
from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date
from typing import Any

from core.settings import Settings
from core.words import label, labels
from etl import statements
from etl.mart import matching
from etl.quarantine import harmless, reading_warehouse

_MATCHES = statements.MART / "base" / "elsewhere_match.sql"
COLUMNS = (
    "source", "reference", "made_on", "police_reference_quoted", "what_became_of_it", "same_as_source",
    "same_as_reference", "same_as_recorded_on", "days_apart", "candidates",
)  # fmt: skip


@dataclass(frozen=True)
class Match:
    """One live report made to a centre or a council, and what it is taken for.

    Attributes:
        source_code, record_id, recorded_on: the report.
        police_ref: the police reference it quotes, as it arrived.
        status_code: what became of it (labels.toml [match]).
        matched_source_code, matched_record_id, matched_recorded_on: the record it is taken for, if any.
        candidates: how many records the declared rule would allow.
    """

    source_code: str
    record_id: str
    recorded_on: date
    police_ref: str | None
    status_code: str
    matched_source_code: str | None
    matched_record_id: str | None
    matched_recorded_on: date | None
    candidates: int

    @property
    def days_apart(self) -> int | None:
        """Days from this report to the recording of the one it is taken for; negative when that was first."""
        return None if self.matched_recorded_on is None else (self.matched_recorded_on - self.recorded_on).days

    def as_dict(self) -> dict[str, Any]:
        """The report's entry of `matches --json`."""
        matched_on = self.matched_recorded_on
        return {
            "source": self.source_code,
            "reference": self.record_id,
            "made_on": self.recorded_on.isoformat(),
            "police_reference_quoted": self.police_ref,
            "what_became_of_it": self.status_code,
            "same_as_source": self.matched_source_code,
            "same_as_reference": self.matched_record_id,
            "same_as_recorded_on": None if matched_on is None else matched_on.isoformat(),
            "days_apart": self.days_apart,
            "candidates": self.candidates,
        }


def every_match(settings: Settings) -> list[Match]:
    """Every live report made elsewhere, in the order of labels.toml [match], then by source and reference.

    Raises MonitorError when the warehouse cannot be read.
    """
    with reading_warehouse(settings.data) as connection:
        rows = statements.run(connection, _MATCHES, matching(settings)).fetchall()
    order = list(labels()["match"])
    found = [
        Match(source, record, recorded, quoted, status, other_source, other, other_recorded, candidates)
        for _, source, record, quoted, recorded, _, status, other_source, other, other_recorded, candidates in rows
    ]
    return sorted(found, key=lambda one: (order.index(one.status_code), one.source_code, one.record_id))


def count_by_status(matches: Sequence[Match]) -> dict[str, int]:
    """Status code -> reports, in the order of labels.toml [match]; a status no report has is 0."""
    counts = Counter(match.status_code for match in matches)
    return {code: counts[code] for code in labels()["match"]}


def as_csv(matches: Sequence[Match]) -> bytes:
    """The list for a spreadsheet (UTF-8 with a mark): no cell of it can run as a formula."""
    written = io.StringIO(newline="")
    writer = csv.writer(written)
    writer.writerow(COLUMNS)
    for match in matches:
        cells = {**match.as_dict(), "what_became_of_it": label("match", match.status_code)}
        writer.writerow([harmless(cells[name]) for name in COLUMNS])
    return written.getvalue().encode("utf-8-sig")
