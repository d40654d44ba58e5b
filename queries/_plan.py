"""The delivery plan as at one reporting date: what each indicator shows, where each action stands, and why.

Statuses follow `stats.rag`; this only finds the figures they are worked out from. Nobody types a status in.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import UTC, date, datetime, time, timedelta
from functools import cached_property, lru_cache
from typing import TYPE_CHECKING
from zoneinfo import ZoneInfo

from core.model import Build, Selection, Viewer
from core.periods import Quarter
from core.settings import load_settings
from stats import rag, rates

if TYPE_CHECKING:
    from register.read import Mark, Record, Row

_LOCAL = ZoneInfo("Europe/London")
_MONTHS_A_QUARTER = 3


@dataclass(frozen=True)
class Figure:
    """What the returns of one quarter add up to, every expected organisation having returned."""

    numerator: float
    denominator: float

    @property
    def percent(self) -> float | None:
        """The share as a percentage, None of nothing."""
        return 100 * self.numerator / self.denominator if self.denominator else None


@dataclass(frozen=True)
class Measured:
    """What one indicator shows at a reporting date.

    Attributes:
        row: the indicator's row of the register.
        status: its status and why.
        figure: of the latest quarter for which every expected return is in, or None.
        latest: that quarter, or None.
        interval: 95% interval of the percentage, of samples and cohorts only.
        due_on: the last day on which the next update is in time.
        days_late: how late it is, 0 when it is not.
        travel: direction of travel against the same quarter a year before (`stats.rag.travel`).
        points: how many quarters have every expected return.
        figures: what the returns of each of those quarters add up to, oldest first.
        returned, expected: returns in and expected for the selected quarter.
        commentary, corrective_action: who said what beside the latest figure: (organisation code, words).
    """

    row: Row
    status: rag.Status
    figure: Figure | None
    latest: Quarter | None
    interval: tuple[float, float] | None
    due_on: date
    days_late: int
    travel: str
    points: int
    figures: tuple[tuple[Quarter, Figure], ...]
    returned: int
    expected: int
    commentary: tuple[tuple[str, str], ...]
    corrective_action: tuple[tuple[str, str], ...]


@dataclass(frozen=True)
class Acted:
    """Where one action or milestone stands: its row, what its owner last said, its due quarter and its status."""

    row: Row
    said: Row | None
    due: Quarter
    status: rag.Status
    days_late: int


class Plan:
    """One plan as at one reporting date, from what the register said by then."""

    def __init__(self, record: Record, row: Row, quarter: Quarter, on: date) -> None:
        self._record = record
        self._row = row
        self.code = str(row["plan_code"])
        self.title = str(row["title"])
        self.note = str(row["note"])
        self.starts = Quarter.parse(row["starts_quarter"])
        self.ends = Quarter.parse(row["ends_quarter"])
        self.quarter = quarter
        self.on = on
        self.is_made_up = record.is_made_up

    def rows(self, name: str) -> list[Row]:
        """The plan's own rows of one register table, latest versions."""
        return [row for row in self._record.rows(name) if row["plan_code"] == self.code]

    def versions(self, name: str) -> tuple[Row, ...]:
        """Every version of those rows, oldest first."""
        return tuple(row for row in self._record.versions[name] if row["plan_code"] == self.code)

    def as_it_stood(self, quarter: Quarter, on: date) -> Plan:
        """The same plan at an earlier reporting date."""
        return Plan(self._record.as_at(_end_of(on)), self._row, quarter, on)

    def history(self, build: Build) -> list[Plan]:
        """The plan as it stood at each quarter's reporting date, from its start to the selected quarter."""
        quarters = [self.starts]
        while quarters[-1] < self.quarter:
            quarters.append(quarters[-1].plus(1))
        return [self._stood(quarter, reporting_date(quarter, build)) for quarter in quarters]

    @cached_property
    def organisations(self) -> list[Row]:
        """Every organisation, in the register's order."""
        return sorted(self._record.rows("organisation"), key=lambda row: int(row["position"]))

    @cached_property
    def names(self) -> dict[str, str]:
        """Organisation code -> name."""
        return {row["organisation_code"]: row["name"] for row in self.organisations}

    @cached_property
    def measured(self) -> list[Measured]:
        """What each indicator shows, in the plan's order."""
        expected = defaultdict(set)
        for row in self.rows("indicator_reporter"):
            if row["is_expected"]:
                expected[row["indicator_code"]].add(row["organisation_code"])
        made: dict[str, dict[str, list[Row]]] = defaultdict(lambda: defaultdict(list))
        for row in self.rows("indicator_return"):
            code, quarter = row["indicator_code"], row["quarter_code"]
            is_figure = row["numerator"] is not None and quarter <= self.quarter.code
            if is_figure and row["organisation_code"] in expected[code]:
                made[code][quarter].append(row)
        indicators = sorted(self.rows("indicator"), key=lambda row: int(row["position"]))
        return [
            self._measure(row, made[row["indicator_code"]], len(expected[row["indicator_code"]])) for row in indicators
        ]

    @cached_property
    def acted(self) -> list[Acted]:
        """Where each action and milestone stands, in the plan's order."""
        latest = {}
        for row in sorted(self.rows("action_return"), key=lambda row: (str(row["quarter_code"]), row["at"])):
            if row["quarter_code"] <= self.quarter.code:
                latest[row["action_code"]] = row
        actions = sorted(self.rows("action"), key=lambda row: int(row["position"]))
        return [self._act(row, latest.get(row["action_code"])) for row in actions]

    def _stood(self, quarter: Quarter, on: date) -> Plan:
        if (quarter, on) not in self._earlier:
            self._earlier[quarter, on] = self.as_it_stood(quarter, on)
        return self._earlier[quarter, on]

    @cached_property
    def _earlier(self) -> dict[tuple[Quarter, date], Plan]:
        return {}

    def _measure(self, row: Row, made: dict[str, list[Row]], expected: int) -> Measured:
        # A quarter counts once every expected return is in: seven of seven is not eight of eight.
        complete = {code: _total(returns) for code, returns in sorted(made.items()) if len(returns) >= expected}
        latest = Quarter.parse(max(complete)) if complete else None
        figure = complete[latest.code] if latest else None
        before = complete.get(latest.year_before.code) if latest else None
        # Before the first return, the plan's own start is the last that was heard.
        heard = latest.ends_on if latest else self.starts.starts_on - timedelta(days=1)
        update = rag.update_due(heard, self.on, _MONTHS_A_QUARTER * row["cadence_quarters"], row["grace_days"])
        is_sample = bool(row["is_sample_or_cohort"])
        interval = _interval(figure) if figure and is_sample else None
        told = (
            sorted(made[latest.code], key=lambda one: list(self.names).index(one["organisation_code"]))
            if latest
            else []
        )
        corrective = _said(told, "corrective_action")
        return Measured(
            row=row,
            status=_status(row, figure, interval, len(complete), update.days_overdue, bool(corrective)),
            figure=figure,
            latest=latest,
            interval=interval,
            due_on=update.due_on,
            days_late=update.days_overdue,
            travel=rag.travel(_pair(figure), _pair(before), row["direction"], is_sample=is_sample)
            if figure
            else "not_comparable",
            points=len(complete),
            figures=tuple((Quarter.parse(code), total) for code, total in complete.items()),
            returned=len(made.get(self.quarter.code, ())),
            expected=expected,
            commentary=_said(told, "commentary"),
            corrective_action=corrective,
        )

    def _act(self, row: Row, said: Row | None) -> Acted:
        due = Quarter.parse(row["due_quarter"]) if row["due_quarter"] else self.ends
        late = 0
        if said is not None:
            grace = int(load_settings().options["plan"]["action_grace_days"])
            heard = Quarter.parse(said["quarter_code"]).ends_on
            late = rag.update_due(heard, self.on, _MONTHS_A_QUARTER, grace).days_overdue
        status = rag.action_status(
            None if said is None else said["progress_code"],
            due.ends_on,
            self.on,
            is_evidenced=said is not None and bool(said["evidence"]),
            days_overdue=late,
            has_corrective_action=said is not None and bool(said["corrective_action"]),
        )
        return Acted(row, said, due, status, (self.on - due.ends_on).days if status.reason == "overdue" else 0)


def opened(selection: Selection, viewer: Viewer, build: Build) -> Plan | None:
    """The plan that runs in the selected quarter, as at its reporting date; None when the register holds none.

    Raises MonitorError when the viewer may not read the register.
    """
    # The register's database library is slow to import, and most questions are not about the plan.
    from register.read import mark

    quarter = Quarter.parse(selection.quarter)
    on = reporting_date(quarter, build)
    url = load_settings().register_url
    last = mark(url, viewer, _end_of(on))
    return None if last is None else _opened(url, viewer, quarter, on, last)


@lru_cache(maxsize=32)
def _opened(url: str, viewer: Viewer, quarter: Quarter, on: date, _last: Mark) -> Plan | None:
    # Kept by the last entry it could have read, so what is saved is seen at once and nothing is worked out twice.
    from register.read import read

    record = read(url, viewer, _end_of(on))
    if record is None:
        return None
    running = [row for row in record.rows("plan") if row["starts_quarter"] <= quarter.code <= row["ends_quarter"]]
    return Plan(record, max(running, key=lambda row: str(row["starts_quarter"])), quarter, on) if running else None


def reporting_date(quarter: Quarter, build: Build) -> date:
    """The day a quarter's statuses are worked out for: for the build's latest quarter, the day of its extract; for an
    earlier one, the usual number of days after the quarter's end."""
    if quarter.ends_on <= build.data_to < quarter.plus(1).ends_on:
        return max(build.extracted_on, quarter.ends_on)
    return quarter.ends_on + timedelta(days=int(load_settings().options["plan"]["reporting_lag_days"]))


def local_day(moment: datetime) -> date:
    """The day of a moment of the journal (UTC, no zone) where the partnership is."""
    return moment.replace(tzinfo=UTC).astimezone(_LOCAL).date()


def _end_of(day: date) -> datetime:
    """The last moment of a day where the partnership is."""
    return datetime.combine(day, time.max, _LOCAL).astimezone(UTC)


def _status(
    row: Row,
    figure: Figure | None,
    interval: tuple[float, float] | None,
    points: int,
    days_late: int,
    has_corrective_action: bool,
) -> rag.Status:
    value = figure.percent if figure else None
    target = row["target"]
    if row["tolerance_kind"] == "count" and target is not None and figure is not None:
        # "One short" counts partnerships or responses, so the value and the target do too.
        value, target = (figure.numerator if figure.denominator else None), target / 100 * figure.denominator
    return rag.indicator_status(
        value,
        target,
        row["direction"],
        row["tolerance"] or 0.0,
        row["tolerance_kind"] or "points",
        denominator=figure.denominator if figure else None,
        is_sample=bool(row["is_sample_or_cohort"]),
        interval=interval,
        returned_points=points,
        is_baseline_missing=target is None and row["baseline"] is None,
        days_overdue=days_late,
        has_corrective_action=has_corrective_action,
    )


def _total(returns: Iterable[Row]) -> Figure:
    made = list(returns)
    return Figure(sum(row["numerator"] for row in made), sum(row["denominator"] for row in made))


def _interval(figure: Figure) -> tuple[float, float] | None:
    if not figure.denominator:
        return None
    low, high = rates.share(figure.numerator, figure.denominator)[["low", "high"]].to_numpy()[0]
    return 100 * float(low), 100 * float(high)


def _pair(figure: Figure | None) -> tuple[float, float]:
    # A denominator of 0 is no figure to compare with.
    return (figure.numerator, figure.denominator) if figure else (0.0, 0.0)


def _said(told: Iterable[Row], column: str) -> tuple[tuple[str, str], ...]:
    return tuple((row["organisation_code"], row[column]) for row in told if row[column])
