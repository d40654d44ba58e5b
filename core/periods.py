"""Financial-year quarters and months.

Quarter 1 is April to June. The code `2022-Q4` is the fourth quarter of financial year 2022/23 (January to March
2023), in every address, file name, command and protected cell; people read it as "Q4 2022/23".
"""

from __future__ import annotations

import re
from dataclasses import dataclass
from datetime import UTC, date, datetime, time, timedelta
from zoneinfo import ZoneInfo

LOCAL = ZoneInfo("Europe/London")
_CODE = re.compile(r"^(\d{4})-Q([1-4])$")
_DAY = re.compile(r"^\d{4}-\d\d-\d\d$")
MONTH_NAMES = (
    "January", "February", "March", "April", "May", "June",
    "July", "August", "September", "October", "November", "December",
)  # fmt: skip


@dataclass(frozen=True, order=True)
class Quarter:
    """One financial-year quarter: `year` is the year the financial year starts in, `number` is 1 to 4."""

    year: int
    number: int

    @classmethod
    def parse(cls, code: str) -> Quarter:
        """Read a code such as `2022-Q4`. Raises ValueError for anything else."""
        match = _CODE.match(code)
        if match is None:
            raise ValueError(f"not a financial quarter: {code!r} (expected for example 2022-Q4)")
        return cls(int(match[1]), int(match[2]))

    @classmethod
    def of(cls, day: date) -> Quarter:
        """The quarter a day falls in."""
        year = day.year if day.month >= 4 else day.year - 1
        return cls(year, (day.month - 4) % 12 // 3 + 1)

    @property
    def code(self) -> str:
        """`2022-Q4`."""
        return f"{self.year}-Q{self.number}"

    @property
    def label(self) -> str:
        """`Q4 2022/23`."""
        return f"Q{self.number} {financial_year(self.year)}"

    @property
    def starts_on(self) -> date:
        """First day."""
        month = 4 + 3 * (self.number - 1)
        return date(self.year + (month > 12), (month - 1) % 12 + 1, 1)

    @property
    def ends_on(self) -> date:
        """Last day."""
        return self.plus(1).starts_on - timedelta(days=1)

    @property
    def days(self) -> int:
        """Length in days."""
        return (self.ends_on - self.starts_on).days + 1

    @property
    def span(self) -> str:
        """`January to March 2023`."""
        return f"{MONTH_NAMES[self.starts_on.month - 1]} to {MONTH_NAMES[self.ends_on.month - 1]} {self.ends_on.year}"

    def plus(self, quarters: int) -> Quarter:
        """The quarter this many quarters later (or earlier, when negative)."""
        position = self.year * 4 + self.number - 1 + quarters
        return Quarter(position // 4, position % 4 + 1)

    def steps_to(self, later: Quarter) -> int:
        """How many quarters later the other one is (negative when it is earlier)."""
        return 4 * (later.year - self.year) + later.number - self.number

    @property
    def year_before(self) -> Quarter:
        """The same quarter of the financial year before."""
        return self.plus(-4)


def financial_year(start_year: int) -> str:
    """`2022/23` for 2022."""
    return f"{start_year}/{(start_year + 1) % 100:02d}"


def day(code: str) -> date | None:
    """The day a code such as `2023-10-11` names, None when it names none."""
    try:
        return date.fromisoformat(code) if _DAY.match(code) else None
    except ValueError:
        return None


def local_day(moment: datetime) -> date:
    """The day of a moment (aware, any zone; without a zone, UTC) where the partnership is."""
    return (moment if moment.tzinfo else moment.replace(tzinfo=UTC)).astimezone(LOCAL).date()


def end_of(day: date) -> datetime:
    """The last moment of a day where the partnership is, in UTC."""
    return datetime.combine(day, time.max, LOCAL).astimezone(UTC)


def day_label(day: date) -> str:
    """`3 June 2023`."""
    return f"{day.day} {MONTH_NAMES[day.month - 1]} {day.year}"


def month_label(day: date) -> str:
    """`June 2023`."""
    return f"{MONTH_NAMES[day.month - 1]} {day.year}"


def moment_label(moment: datetime) -> str:
    """A moment of the journal (UTC, no zone) as people write it where the partnership is: `4 October 2023, 09:30`."""
    here = moment.replace(tzinfo=UTC).astimezone(LOCAL)
    return f"{day_label(here.date())}, {here:%H:%M}"
