"""Months of unequal length, periods, fiscal years."""

from datetime import date, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from rulebook.values.calendar import CIVIL, FISCAL_PERIODS, PERIODS, Calendar, add, add_months

CALENDARS = [CIVIL, Calendar(2, 1), Calendar(4, 6), Calendar(10, 1), Calendar(1, 31)]


def day(text: str) -> date:
    return date.fromisoformat(text)


@pytest.mark.parametrize(
    ("start", "months", "expected"),
    [
        ("2020-06-30", -1, "2020-05-30"),
        ("2020-05-31", -1, "2020-04-30"),
        ("2020-05-31", -3, "2020-02-29"),
        ("2019-05-31", -3, "2019-02-28"),
        ("2020-02-29", -12, "2019-02-28"),
        ("2020-02-29", 12, "2021-02-28"),
        ("2020-02-29", 48, "2024-02-29"),
        ("2020-01-31", 1, "2020-02-29"),
        ("2020-01-31", 2, "2020-03-31"),
        ("2020-12-31", 2, "2021-02-28"),
        ("2020-01-15", -1, "2019-12-15"),
        ("2020-01-15", 0, "2020-01-15"),
    ],
)
def test_a_month_is_the_same_day_or_the_last(start: str, months: int, expected: str) -> None:
    assert add_months(day(start), months) == day(expected)


def test_counted_from_the_first_date_and_not_step_by_step() -> None:
    assert add_months(day("2020-01-31"), 2) == day("2020-03-31")
    assert add_months(add_months(day("2020-01-31"), 1), 1) == day("2020-03-29")


@pytest.mark.parametrize(
    ("count", "unit", "expected"),
    [
        (1, "day", "2020-03-01"),
        (-1, "week", "2020-02-22"),
        (1, "month", "2020-03-29"),
        (1, "quarter", "2020-05-29"),
        (1, "half", "2020-08-29"),
        (1, "year", "2021-02-28"),
        (1, "fiscal quarter", "2020-05-29"),
    ],
)
def test_every_unit(count: int, unit: str, expected: str) -> None:
    assert add(day("2020-02-29"), count, unit) == day(expected)


@pytest.mark.parametrize(
    ("count", "unit"), [(9999, "year"), (-2020, "year"), (10**9, "day"), (10**30, "day")]
)
def test_beyond_the_calendar(count: int, unit: str) -> None:
    with pytest.raises(OverflowError):
        add(day("2020-02-29"), count, unit)


@given(
    st.sampled_from(CALENDARS),
    st.sampled_from([*PERIODS, *FISCAL_PERIODS]),
    st.dates(date(1900, 1, 1), date(2200, 1, 1)),
)
def test_periods_lie_side_by_side(calendar: Calendar, unit: str, at: date) -> None:
    start, end = calendar.start_of(unit, at), calendar.end_of(unit, at)
    assert start <= at <= end
    assert calendar.start_of(unit, end) == start
    assert calendar.start_of(unit, end + timedelta(days=1)) == end + timedelta(days=1)
    assert calendar.shift(unit, start, 1) == end + timedelta(days=1)
    assert calendar.shift(unit, end + timedelta(days=1), -1) == start


@given(st.sampled_from(CALENDARS), st.dates(date(1900, 1, 1), date(2200, 1, 1)))
def test_four_quarters_make_a_year(calendar: Calendar, at: date) -> None:
    for prefix in ("", "fiscal "):
        year = calendar.start_of(f"{prefix}year", at)
        assert calendar.shift(f"{prefix}quarter", year, 4) == calendar.shift(
            f"{prefix}year", year, 1
        )
        assert calendar.start_of(f"{prefix}quarter", year) == year
