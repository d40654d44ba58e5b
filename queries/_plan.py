"""The delivery plan as at one reporting date: what each indicator shows, where each action stands, and why.

Statuses follow `stats.rag`; this only finds the figures they are worked out from. Nobody types a status in.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, replace
from datetime import UTC, date, datetime, timedelta
from functools import cached_property, lru_cache
from typing import TYPE_CHECKING, Any

import pandas as pd

from core.model import Answer, Build, Selection, Viewer
from core.periods import Quarter, day_label, end_of, local_day
from core.settings import load_settings
from queries import _ask, indicators
from queries._moment import seen_at
from queries.indicators import Figure
from stats import rag, rates

if TYPE_CHECKING:
    from register.read import Mark, Record, Row

_MONTHS_A_QUARTER = 3


@dataclass(frozen=True)
class Override:
    """A judgement set beside a status for one quarter: its code, why, who said so and when (UTC, no zone)."""

    code: str
    reason: str
    by_name: str
    at: datetime


@dataclass(frozen=True)
class Measured:
    """What one indicator shows at a reporting date.

    Attributes:
        row: the indicator's row of the register.
        status: its status and why, as worked out.
        override: the judgement set beside it for the selected quarter, where one may stand.
        against: what the figure is rated against: today's point on the path to the target, else the target, or None.
        figure: of the latest quarter for which every expected return is in, or which the records answer for, or None.
        latest: that quarter, or None.
        interval: 95% interval of the percentage, of samples and cohorts only.
        due_on: the last day on which the next update is in time.
        days_late: how late it is, 0 when it is not.
        missed: how many times in a row its return was due and not in; two are for the chair's list.
        travel: direction of travel against the same quarter a year before (`stats.rag.travel`).
        points: how many quarters have every expected return.
        figures: what the returns of each of those quarters add up to, oldest first.
        returned, expected: returns in and expected for the selected quarter.
        commentary, corrective_action: who said what beside the latest figure: (organisation code, words).
    """

    row: Row
    status: rag.Status
    override: Override | None
    against: float | None
    figure: Figure | None
    latest: Quarter | None
    interval: tuple[float, float] | None
    due_on: date
    days_late: int
    missed: int
    travel: str
    points: int
    figures: tuple[tuple[Quarter, Figure], ...]
    returned: int
    expected: int
    commentary: tuple[tuple[str, str], ...]
    corrective_action: tuple[tuple[str, str], ...]

    @property
    def code(self) -> str:
        """The status that counts: the judgement where there is one, else what was worked out."""
        return self.override.code if self.override else self.status.code

    @property
    def is_computed(self) -> bool:
        """Whether the records answer, so that nobody returns it."""
        return bool(self.row["computed_by"])


@dataclass(frozen=True)
class Acted:
    """Where one action or milestone stands: its row, what its owner last said, its due quarter and its status."""

    row: Row
    said: Row | None
    due: Quarter
    status: rag.Status
    override: Override | None
    days_late: int

    @property
    def code(self) -> str:
        """The status that counts: the judgement where there is one, else what was worked out."""
        return self.override.code if self.override else self.status.code


class Plan:
    """One plan as at one reporting date: what the register said by then, and what the records of a build say."""

    def __init__(self, record: Record, row: Row, quarter: Quarter, on: date, asked: _Asked) -> None:
        self._record = record
        self._row = row
        self._asked = asked
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
        return Plan(self._record.as_at(end_of(on)), self._row, quarter, on, self._asked)

    def history(self) -> list[Plan]:
        """The plan as it stood at each quarter's reporting date, from its start to the selected quarter."""
        return [
            self if quarter == self.quarter else self._stood(quarter, reporting_date(quarter, self._asked.build))
            for quarter in self.quarters
        ]

    @cached_property
    def quarters(self) -> list[Quarter]:
        """The quarters of the plan up to the selected one."""
        found = [self.starts]
        while found[-1] < self.quarter:
            found.append(found[-1].plus(1))
        return found

    @cached_property
    def outcomes(self) -> list[Row]:
        """The outcomes of the whole partnership, in the plan's order."""
        return [row for row in self._outcomes if row["csp_code"] is None]

    def outcomes_of(self, csp_code: str) -> list[Row]:
        """The outcomes a CSP set for itself, in their order."""
        return [row for row in self._outcomes if row["csp_code"] == csp_code]

    @cached_property
    def _outcomes(self) -> list[Row]:
        return sorted(self.rows("outcome"), key=lambda row: int(row["position"]))

    @cached_property
    def csps(self) -> dict[str, str]:
        """CSP code -> the code of the organisation that returns for it, in the register's order."""
        return {str(row["csp_code"]): str(row["organisation_code"]) for row in self.organisations if row["csp_code"]}

    @cached_property
    def reporters(self) -> dict[str, list[str]]:
        """Indicator code -> the organisations expected to return it, in the register's order."""
        order = list(self.names)
        found: dict[str, list[str]] = defaultdict(list)
        for row in self.rows("indicator_reporter"):
            if row["is_expected"]:
                found[row["indicator_code"]].append(row["organisation_code"])
        return {code: sorted(of_it, key=order.index) for code, of_it in found.items()}

    @cached_property
    def indicators(self) -> list[Row]:
        """Every indicator, in the plan's order."""
        return sorted(self.rows("indicator"), key=lambda row: int(row["position"]))

    def is_due(self, row: Row, quarter: Quarter) -> bool:
        """Whether an indicator's cadence asks for a return for a quarter of the plan, once the indicator is set."""
        cadence = int(row["cadence_quarters"])
        is_asked = self._asked_from(row) <= quarter <= self.ends
        return is_asked and self.starts.steps_to(quarter) % cadence == cadence - 1

    def _asked_from(self, row: Row) -> Quarter:
        """The first quarter an indicator is asked for: the plan's first, or the one just over when it was set."""
        return max(self.starts, Quarter.of(min(self._set_on[row["indicator_code"]], self.on)).plus(-1))

    @cached_property
    def _set_on(self) -> dict[str, date]:
        found: dict[str, date] = {}
        for row in self.versions("indicator"):
            found.setdefault(row["indicator_code"], local_day(row["at"]))
        return found

    def returns(self, indicator_code: str, quarter_code: str) -> dict[str, Row]:
        """Organisation code -> its return for one quarter, those without a figure too."""
        return self._made.get((indicator_code, quarter_code), {})

    def measured_by(self, row: Row, organisation_code: str) -> Measured:
        """What one organisation's own returns of an indicator show, against the plan's target.

        A tolerance that counts partnerships says nothing of one of them, so there it is none.
        """
        return self._measure(_alone(row), (organisation_code,), is_part=True)

    def due_on(self, row: Row, quarter: Quarter) -> date:
        """The last day on which the return of an indicator for a quarter is in time."""
        return quarter.ends_on + timedelta(days=int(row["grace_days"]))

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
        return [self._measure(row, tuple(self.reporters.get(row["indicator_code"], ()))) for row in self.indicators]

    @cached_property
    def acted(self) -> list[Acted]:
        """Where each action and milestone stands, in the plan's order."""
        latest = {}
        for row in sorted(self.rows("action_return"), key=lambda row: (str(row["quarter_code"]), row["at"])):
            if row["quarter_code"] <= self.quarter.code:
                latest[row["action_code"], row["organisation_code"]] = row
        actions = sorted(self.rows("action"), key=lambda row: int(row["position"]))
        # An action is its owner's to tell of: what anybody else says of it changes nothing.
        return [self._act(row, latest.get((row["action_code"], row["owner_code"]))) for row in actions]

    @cached_property
    def _made(self) -> dict[tuple[str, str], dict[str, Row]]:
        found: dict[tuple[str, str], dict[str, Row]] = defaultdict(dict)
        for row in self.rows("indicator_return"):
            if row["quarter_code"] <= self.quarter.code:
                found[row["indicator_code"], row["quarter_code"]][row["organisation_code"]] = row
        return found

    def _override(self, kind: str, code: str, status: rag.Status, *, is_past_due: bool) -> Override | None:
        row = self._overrides.get((kind, code, self.quarter.code))
        allowed = None if row is None else rag.overridden(status, row["status_code"], is_past_due=is_past_due)
        return Override(allowed, str(row["reason"]), row["by_name"], row["at"]) if row and allowed else None

    @cached_property
    def _overrides(self) -> dict[tuple[str, str, str], Row]:
        return {
            (row["measure_kind"], row["measure_code"], row["quarter_code"]): row for row in self.rows("status_override")
        }

    def _computed(self, name: str) -> Mapping[str, Figure]:
        """What the records say of an indicator by quarter; what the CSPs decided is the register's own record."""
        if name != "adoption":
            return self._asked.computed(name, self.quarter)
        return {then.quarter.code: then.adopted for then in self.history() if then.csps}

    @cached_property
    def adopted(self) -> Figure:
        """The CSPs that have adopted or adapted the plan, of all of them."""
        decided = [row for row in self.rows("adoption") if row["status_code"] in ("adopted", "adapted")]
        return Figure(len(decided), len(self.csps))

    def _stood(self, quarter: Quarter, on: date) -> Plan:
        if (quarter, on) not in self._earlier:
            self._earlier[quarter, on] = self.as_it_stood(quarter, on)
        return self._earlier[quarter, on]

    @cached_property
    def _earlier(self) -> dict[tuple[Quarter, date], Plan]:
        return {}

    def _measure(self, row: Row, reporters: tuple[str, ...], *, is_part: bool = False) -> Measured:
        code, expected = str(row["indicator_code"]), len(reporters)
        made = {
            quarter: [one for name in reporters if (one := of_it.get(name)) and one["numerator"] is not None]
            for (of, quarter), of_it in self._made.items()
            if of == code
        }
        if row["computed_by"]:
            complete = dict(self._computed(row["computed_by"]))
        else:
            # A quarter counts once every expected return is in: seven of seven is not eight of eight.
            complete = {
                quarter: _total(returns) for quarter, returns in sorted(made.items()) if len(returns) >= expected > 0
            }
        latest = Quarter.parse(max(complete)) if complete else None
        figure = complete[latest.code] if latest else None
        before = complete.get(latest.year_before.code) if latest else None
        # Before the first return, the day before it was first asked for is the last that was heard.
        heard = latest.ends_on if latest else self._asked_from(row).starts_on - timedelta(days=1)
        update = rag.update_due(heard, self.on, _MONTHS_A_QUARTER * row["cadence_quarters"], row["grace_days"])
        is_sample = bool(row["is_sample_or_cohort"])
        interval = _interval(figure) if figure and is_sample else None
        # Nobody returns what the records answer, but its owner may still say what the figure means.
        in_words = self.returns(code, latest.code) if latest else {}
        told = (
            [in_words[name] for name in (row["owner_code"],) if name in in_words]
            if row["computed_by"]
            else [in_words[name] for name in reporters if in_words]
        )
        corrective = _said(told, "corrective_action")
        against = _against(row, latest)
        is_withheld = bool(row["computed_by"]) and self._asked.build.is_shareable and row["computed_by"] != "adoption"
        status = (
            rag.Status("grey", _ask.RESTRICTED_ONLY)
            if is_withheld
            else _status(
                {**row, "target": against},
                figure,
                interval,
                None if row["computed_by"] else len(complete),
                update.days_overdue,
                bool(corrective),
            )
        )
        due = Quarter.parse(row["due_quarter"]) if row["due_quarter"] else None
        is_past_due = due is not None and self.on > due.ends_on
        return Measured(
            row=row,
            status=status,
            override=None if is_part else self._override("indicator", code, status, is_past_due=is_past_due),
            against=against,
            figure=figure,
            latest=latest,
            interval=interval,
            due_on=update.due_on,
            days_late=update.days_overdue,
            missed=update.missed,
            travel=rag.travel(_pair(figure), _pair(before), row["direction"], is_sample=is_sample)
            if figure
            else "not_comparable",
            points=len(complete),
            figures=tuple((Quarter.parse(quarter), total) for quarter, total in complete.items()),
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
        override = self._override("action", row["action_code"], status, is_past_due=self.on > due.ends_on)
        days_late = (self.on - due.ends_on).days if status.reason == "overdue" else 0
        return Acted(row, said, due, status, override, days_late)


@dataclass(frozen=True)
class _Asked:
    """Who asks, of which build, and as at which day the register is read: what the records are asked with."""

    viewer: Viewer
    build: Build
    as_at: str

    def computed(self, name: str, quarter: Quarter) -> Mapping[str, Figure]:
        return indicators.computed(name, Selection(quarter.code, as_at=self.as_at), self.viewer, self.build)


def opened(selection: Selection, viewer: Viewer, build: Build) -> Plan | None:
    """The plan that runs in the selected quarter, as at its reporting date; None when the register holds none.

    Raises MonitorError when the viewer may not read the register.
    """
    # The register's database library is slow to import, and most questions are not about the plan.
    from register.read import mark

    quarter = Quarter.parse(selection.quarter)
    on, moment = _read_at(selection, build)
    url = load_settings().register_url
    last = mark(url, viewer, moment)
    asked = _Asked(viewer, build, selection.as_at)
    return None if last is None else _opened(url, asked, quarter, on, last)


@lru_cache(maxsize=32)
def _opened(url: str, asked: _Asked, quarter: Quarter, on: date, last: Mark) -> Plan | None:
    # Kept by the last entry it could have read, so what is saved is seen at once and nothing is worked out twice.
    from register.read import read

    record = read(url, asked.viewer, last.at.replace(tzinfo=UTC))
    if record is None:
        return None
    running = [row for row in record.rows("plan") if row["starts_quarter"] <= quarter.code <= row["ends_quarter"]]
    if not running:
        return None
    return Plan(record, max(running, key=lambda row: str(row["starts_quarter"])), quarter, on, asked)


def _read_at(selection: Selection, build: Build) -> tuple[date, datetime]:
    """The day statuses are worked out for, and the moment the register is read as at.

    The build's latest quarter is being worked on: what is saved is seen at once, and lateness is told as of today. The
    demonstration's clock stands still at the day of its extract. An earlier quarter is history: it is told as it stood
    at its reporting date.
    """
    quarter, seen = Quarter.parse(selection.quarter), seen_at(selection, build)
    if not _is_latest(quarter, build):
        on = reporting_date(quarter, build)
        return on, min(end_of(on), seen)
    if build.is_made_up and not selection.as_at:
        return max(build.extracted_on, quarter.ends_on), seen
    return max(local_day(seen), quarter.ends_on), seen


def _is_latest(quarter: Quarter, build: Build) -> bool:
    return quarter.ends_on <= build.data_to < quarter.plus(1).ends_on


def reporting_date(quarter: Quarter, build: Build) -> date:
    """The day a quarter's statuses are worked out for: for the build's latest quarter, the day of its extract; for an
    earlier one, the usual number of days after the quarter's end."""
    if _is_latest(quarter, build):
        return max(build.extracted_on, quarter.ends_on)
    return quarter.ends_on + timedelta(days=int(load_settings().options["plan"]["reporting_lag_days"]))


def answer(
    question: str,
    frame: pd.DataFrame,
    selection: Selection,
    build: Build,
    plan: Plan,
    facts: Mapping[str, Any],
    *,
    finding: str = "plain",
    withheld: str | None = None,
    notes: tuple[str, ...] = (),
) -> Answer:
    """Wrap what was read of a plan; every answer can name the plan and the day it is as at.

    The plan is one for the whole partnership, so no answer may carry a narrower area, strand or measure. Statuses are
    not rounded counts, so the note that figures are rounded would be untrue here.
    """
    about = {"plan": plan.title, "plan_note": plan.note, "as_at": day_label(plan.on), **facts}
    found = _ask.answer(question, frame, whole(selection), build, finding=finding, facts=about, withheld=withheld)
    made_up = ("plan_made_up",) if plan.is_made_up and withheld is None else ()
    return replace(found, notes=notes or made_up)


def whole(selection: Selection) -> Selection:
    """The selection an answer of the plan carries: the quarter, and the day it is read as at."""
    return Selection(selection.quarter, as_at=selection.as_at)


def reading_of(row: Row, numerator: float, denominator: float, quarter_code: str) -> rag.Status:
    """What one organisation's figure of one quarter would be rated by itself, with nothing said beside it."""
    alone, figure, quarter = _alone(row), Figure(numerator, denominator), Quarter.parse(quarter_code)
    interval = _interval(figure) if row["is_sample_or_cohort"] else None
    return _status({**alone, "target": _against(row, quarter)}, figure, interval, None, 0, False)


def _alone(row: Row) -> Row:
    return {**row, "tolerance_kind": "points", "tolerance": 0.0} if row["tolerance_kind"] == "count" else row


def _status(
    row: Row,
    figure: Figure | None,
    interval: tuple[float, float] | None,
    points: int | None,
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
        is_complete=bool(row["is_complete"]),
        has_corrective_action=has_corrective_action,
    )


def _against(row: Row, latest: Quarter | None) -> float | None:
    """What the latest figure is rated against: its quarter's point on the plan's path, without one the target."""
    if not row["baseline_quarter"] or latest is None:
        return None if row["target"] is None else float(row["target"])
    begins, due = Quarter.parse(row["baseline_quarter"]), Quarter.parse(row["due_quarter"])
    return rag.trajectory(row["baseline"], begins.ends_on, row["target"], due.ends_on, latest.ends_on)


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
