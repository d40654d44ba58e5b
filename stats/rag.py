"""Status of an indicator and of an action: rules, never opinion, and never Green by default.

Order of an indicator: complete > monitored for context > no baseline > no target > not enough data > update overdue >
Green (target met) > Amber (within tolerance) > Red. A Red count whose exact Poisson interval still contains the target
is Amber: off target, but within chance; so is a Red share of a sample whose own interval contains it. A status is a
code and a reason; the words for both are the caller's.
"""

from __future__ import annotations

from calendar import monthrange
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date
from math import hypot

from stats.rates import poisson_interval, share

CODES = ("blue", "green", "amber", "red", "grey")
INDICATOR_REASONS = (
    "complete", "context", "baseline_to_be_set", "no_target", "not_enough_data", "too_few_cases",
    "update_overdue", "on_target", "off_target", "within_chance",
)  # fmt: skip
ACTION_REASONS = (
    "complete", "superseded", "overdue", "unlikely", "slipped", "evidence_awaited",
    "update_overdue", "on_track", "not_started", "no_update",
)  # fmt: skip
STATED = ("complete", "on_track", "slipped", "unlikely", "not_started", "superseded")
FEWEST_POINTS = 4
FEWEST_CASES = 10
ESCALATED_AFTER = 2

_WORST_FIRST = ("red", "amber", "grey", "green", "blue")
_ROUNDING = 1e-9  # 0.60 - 0.57 is a hair over 0.03 in binary: a shortfall of exactly the tolerance is within it


@dataclass(frozen=True)
class Status:
    """What a status is and why.

    Attributes:
        code: one of CODES.
        reason: one of INDICATOR_REASONS or ACTION_REASONS.
        was: when the update is overdue, the code the last update would have had; else None.
        lacks_corrective_action: Red, and nobody has said what is being done about it.
    """

    code: str
    reason: str
    was: str | None = None
    lacks_corrective_action: bool = False


@dataclass(frozen=True)
class Update:
    """When an update was due.

    Attributes:
        due_on: last day on which it is in time, grace included.
        days_overdue: days past that, 0 when in time.
        missed: whole cadences missed since the last update was due.
        is_escalated: two or more missed: for the chair's list.
    """

    due_on: date
    days_overdue: int
    missed: int
    is_escalated: bool


def indicator_status(
    value: float | None,
    target: float | None,
    direction: str,
    tolerance: float = 0.05,
    tolerance_kind: str = "relative",
    *,
    is_count: bool = False,
    denominator: float | None = None,
    is_sample: bool = False,
    interval: tuple[float, float] | None = None,
    returned_points: int | None = None,
    is_baseline_missing: bool = False,
    days_overdue: int = 0,
    is_complete: bool = False,
    has_corrective_action: bool = False,
) -> Status:
    """RAG status of one indicator.

    Args:
        value: the latest value, None when there is none; in the unit of the target.
        target: None when there is none.
        direction: which way is better, `up` or `down`; `context` is monitored and never rated.
        tolerance: how far off target is still Amber.
        tolerance_kind: `relative` (a share of the target), `points` (percentage points, where value and target are
            percentages) or `count` (a number of things).
        is_count: the value counts events, so chance is allowed for.
        denominator, is_sample: a share of a sample or cohort of fewer than FEWEST_CASES is not rated; a share of a
            full count (CSPs, centres) is.
        interval: 95% interval of the value, in its unit, where it is a share of a sample or cohort; chance is allowed
            for as for a count. None for a full count, which has no chance in it.
        returned_points: for a returned series, how many returns there are; under FEWEST_POINTS it is not rated. None
            for anything else.
        is_baseline_missing: the target awaits a baseline.
        days_overdue: how late the update is; an old status is never left standing.
        is_complete: the indicator was met and closed.
        has_corrective_action: somebody said what is being done about it.

    Raises:
        ValueError: an unknown direction or kind of tolerance, a negative tolerance, or a relative tolerance on a
            target of 0.
    """
    if direction not in ("up", "down", "context"):
        raise ValueError("direction must be up, down or context")
    if tolerance_kind not in ("relative", "points", "count"):
        raise ValueError("tolerance kind must be relative, points or count")
    if tolerance < 0:
        raise ValueError("a tolerance cannot be negative")
    if target == 0 and tolerance_kind == "relative" and direction != "context":
        raise ValueError("a target of 0 needs a tolerance in points or a count")

    if is_complete:
        return Status("blue", "complete")
    if direction == "context":
        return Status("grey", "context")
    if is_baseline_missing:
        return Status("grey", "baseline_to_be_set")
    if target is None:
        return Status("grey", "no_target")
    if value is None or (returned_points is not None and returned_points < FEWEST_POINTS):
        return Status("grey", "not_enough_data")
    if is_sample and (denominator is None or denominator < FEWEST_CASES):
        return Status("grey", "too_few_cases")
    shortfall = (value - target) if direction == "down" else (target - value)
    rated = _rate(value, target, shortfall, tolerance, tolerance_kind, is_count, interval)
    if days_overdue > 0:
        return Status("grey", "update_overdue", was=rated.code)
    if rated.code == "red" and not has_corrective_action:
        return Status(rated.code, rated.reason, lacks_corrective_action=True)
    return rated


def action_status(
    stated: str | None,
    due_on: date,
    as_at: date,
    *,
    is_evidenced: bool = False,
    days_overdue: int = 0,
    has_corrective_action: bool = False,
) -> Status:
    """BRAG status of one action or milestone.

    Blue is complete and evidenced; a completion without evidence does not count. Anything else past its due date is
    Red, whatever its owner states: overdue is computed. Before it, Green is on track, Amber slipped but recoverable in
    the next quarter, Red unlikely in it, Grey not started.

    Args:
        stated: what the owner states, one of STATED, or None when nothing was ever stated.
        due_on: last day of the due quarter.
        as_at: the reporting date.
        is_evidenced: evidence of completion was given.
        days_overdue: how late the owner's update is; a stated status older than that is not left standing.
        has_corrective_action: the owner said what is being done; a Red without it is flagged.

    Raises:
        ValueError: an unknown stated status.
    """
    if stated is not None and stated not in STATED:
        raise ValueError(f"a stated status is one of {', '.join(STATED)}")
    if stated == "superseded":
        return Status("grey", "superseded")
    if stated == "complete" and is_evidenced:
        return Status("blue", "complete")
    if as_at > due_on:
        return Status("red", "overdue", lacks_corrective_action=not has_corrective_action)
    if stated is None:
        return Status("grey", "no_update")
    code, reason = {
        "complete": ("amber", "evidence_awaited"),
        "on_track": ("green", "on_track"),
        "slipped": ("amber", "slipped"),
        "unlikely": ("red", "unlikely"),
        "not_started": ("grey", "not_started"),
    }[stated]
    if days_overdue > 0:
        return Status("grey", "update_overdue", was=code)
    return Status(code, reason, lacks_corrective_action=code == "red" and not has_corrective_action)


def overridden(worked_out: Status, code: str | None, *, is_past_due: bool = False) -> str | None:
    """The code a judgement sets beside a status that was worked out, or None where it may not stand.

    A judgement moves one rating to another or withholds it; it cannot rate what the rules cannot, cannot complete
    anything, and cannot make anything Green whose due date has passed. What was worked out stays beside it.

    Args:
        worked_out: the status by the rules.
        code: one of CODES, None for no judgement.
        is_past_due: the due date has passed.
    """
    is_rated = worked_out.code in ("green", "amber", "red")
    if not is_rated or code not in ("green", "amber", "red", "grey") or code == worked_out.code:
        return None
    return None if code == "green" and is_past_due else code


def worst(statuses: Sequence[Status]) -> int:
    """Which of the statuses of an outcome's measures speaks for the outcome: the position of the worst, first on a tie.

    Red before Amber before not rated before Green: an outcome is never Green while one of its measures is not rated.

    Raises:
        ValueError: there are none.
    """
    return min(range(len(statuses)), key=lambda position: _WORST_FIRST.index(statuses[position].code))


def travel(
    now: tuple[float, float],
    before: tuple[float, float] | None,
    direction: str,
    *,
    is_sample: bool,
    confidence: float = 0.95,
) -> str:
    """Direction of travel of a share against the same period a year before.

    A sample or cohort has moved only when the interval of the difference leaves out 0 (Newcombe 1998, method 10, from
    Wilson's limits; it takes the two as independent, so it is cautious about overlapping windows). A full count has
    moved when it differs.

    Args:
        now, before: numerator and denominator; `before` is None when there was no figure.
        direction: which way is better, `up` or `down`; `context` has no better.
        is_sample: the shares are of a sample or cohort.
        confidence: of the interval.

    Returns:
        `improved`, `worsened`, `no_clear_change`, `not_comparable` (no figure on one side), or for `context` `higher`,
        `lower`.
    """
    if before is None or now[1] <= 0 or before[1] <= 0:
        return "not_comparable"
    limits = share([now[0], before[0]], [now[1], before[1]], confidence)
    (here, low, high), (there, low_before, high_before) = limits[["share", "low", "high"]].to_numpy()
    difference = float(here - there)
    reach = hypot(here - low, high_before - there) if difference > 0 else hypot(high - here, there - low_before)
    if difference == 0 or (is_sample and abs(difference) <= reach):
        return "no_clear_change"
    if direction == "context":
        return "higher" if difference > 0 else "lower"
    return "improved" if (difference > 0) == (direction == "up") else "worsened"


def update_due(last_update: date, as_at: date, cadence_months: int = 3, grace_days: int = 0) -> Update:
    """When the next update after `last_update` was due, and how late it is: last update + cadence + grace.

    Raises:
        ValueError: a cadence under a month, or a negative grace.
    """
    if cadence_months < 1 or grace_days < 0:
        raise ValueError("a cadence is at least a month and a grace is not negative")
    due_on = _plus(last_update, cadence_months, grace_days)
    missed = 0
    while _plus(last_update, cadence_months * (missed + 1), grace_days) < as_at:
        missed += 1
    return Update(due_on, max(0, (as_at - due_on).days), missed, missed >= ESCALATED_AFTER)


def trajectory(baseline: float, baseline_on: date, target: float, target_on: date, on: date) -> float:
    """Where the straight line from baseline to target stands on a day: the baseline before it, the target after.

    Raises:
        ValueError: the target's date is not after the baseline's.
    """
    length = (target_on - baseline_on).days
    if length <= 0:
        raise ValueError("a target's date comes after its baseline's")
    travelled = min(1.0, max(0.0, (on - baseline_on).days / length))
    return baseline + (target - baseline) * travelled


def _rate(
    value: float,
    target: float,
    shortfall: float,
    tolerance: float,
    kind: str,
    is_count: bool,
    interval: tuple[float, float] | None,
) -> Status:
    if shortfall <= _ROUNDING * abs(target):
        return Status("green", "on_target")
    off = shortfall / abs(target) if kind == "relative" else shortfall
    if off <= tolerance + _ROUNDING:
        return Status("amber", "off_target")
    if is_count:
        low, high = poisson_interval(value)
        if low[0] <= target <= high[0]:
            return Status("amber", "within_chance")
    if interval is not None and interval[0] <= target <= interval[1]:
        return Status("amber", "within_chance")
    return Status("red", "off_target")


def _plus(day: date, months: int, days: int) -> date:
    position = day.year * 12 + day.month - 1 + months
    year, month = divmod(position, 12)
    month += 1
    last = monthrange(year, month)[1]
    is_month_end = day.day == monthrange(day.year, day.month)[1]
    moved = date(year, month, last if is_month_end else min(day.day, last))
    return date.fromordinal(moved.toordinal() + days)
