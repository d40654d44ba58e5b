"""Financial quarters: Q1 is April to June, and a code means the same for ever."""

from __future__ import annotations

from datetime import date, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from core.periods import Quarter, day_label, financial_year, month_label

DAYS = st.dates(date(1990, 1, 1), date(2090, 12, 31))


@given(DAYS)
def test_a_day_is_in_its_quarter_and_in_no_other(day: date) -> None:
    quarter = Quarter.of(day)
    assert quarter.starts_on <= day <= quarter.ends_on
    assert Quarter.of(quarter.starts_on - timedelta(days=1)) == quarter.plus(-1)
    assert Quarter.of(quarter.ends_on + timedelta(days=1)) == quarter.plus(1)


@given(DAYS, st.integers(-60, 60))
def test_moving_forth_and_back_leads_home(day: date, steps: int) -> None:
    quarter = Quarter.of(day)
    assert quarter.plus(steps).plus(-steps) == quarter
    assert Quarter.parse(quarter.code) == quarter
    assert quarter.year_before.number == quarter.number


def test_the_fourth_quarter_is_january_to_march() -> None:
    quarter = Quarter.parse("2022-Q4")
    assert (quarter.starts_on, quarter.ends_on, quarter.days) == (date(2023, 1, 1), date(2023, 3, 31), 90)
    assert (quarter.label, quarter.span) == ("Q4 2022/23", "January to March 2023")
    assert Quarter.parse("2023-Q4").days == 91, "2024 is a leap year"


@pytest.mark.parametrize("code", ["2022Q4", "2022-Q5", "Q4 2022/23", "2022-4", "2022-Q4 ", ""])
def test_anything_else_is_not_a_quarter(code: str) -> None:
    with pytest.raises(ValueError, match="not a financial quarter"):
        Quarter.parse(code)


def test_days_and_years_read_as_people_write_them() -> None:
    assert (financial_year(2022), financial_year(1999)) == ("2022/23", "1999/00")
    assert (day_label(date(2023, 6, 3)), month_label(date(2023, 6, 3))) == ("3 June 2023", "June 2023")
