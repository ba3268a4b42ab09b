"""Every row of the contract's table of windows, by the calendar on the wall."""

from datetime import date

import pytest

from rulebook.values.calendar import CIVIL, Calendar
from rulebook.values.windows import NEVER, Span, Term, Window, read_window

FEBRUARY = Calendar(2, 1)
MID_MONTH = Calendar(4, 6)


def days(text: str, as_of: str, calendar: Calendar = CIVIL, term: Term | None = None) -> str:
    """Return a window's days as text: `low..high`, nothing for a side without limit."""
    found = read_window(text).span(date.fromisoformat(as_of), calendar, lambda _: term)
    if found is None:
        return "not enrolled"
    if found.empty:
        return "never"
    holds = f" holding {found.holds}" if found.holds else ""
    return f"{found.low or ''}..{found.high}{holds}"


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("trailing 12 months", "2019-06-01..2020-05-31"),
        ("trailing 1 day", "2020-05-31..2020-05-31"),
        ("trailing 30 days", "2020-05-02..2020-05-31"),
        ("trailing 2 weeks", "2020-05-18..2020-05-31"),
        ("trailing 3 months", "2020-03-01..2020-05-31"),
        ("trailing 1 month", "2020-05-01..2020-05-31"),
        ("trailing 2 quarters", "2019-12-01..2020-05-31"),
        ("trailing 1 half", "2019-12-01..2020-05-31"),
        ("trailing 2 years", "2018-06-01..2020-05-31"),
        ("this day", "2020-05-31..2020-05-31"),
        ("this week", "2020-05-25..2020-05-31"),
        ("this month", "2020-05-01..2020-05-31"),
        ("this quarter", "2020-04-01..2020-05-31"),
        ("this half", "2020-01-01..2020-05-31"),
        ("this year", "2020-01-01..2020-05-31"),
        ("last year", "2019-01-01..2019-12-31"),
        ("last half", "2019-07-01..2019-12-31"),
        ("last quarter", "2020-01-01..2020-03-31"),
        ("last month", "2020-04-01..2020-04-30"),
        ("last week", "2020-05-18..2020-05-24"),
        ("last day", "2020-05-30..2020-05-30"),
        ("last 3 months", "2020-02-01..2020-04-30"),
        ("last 2 halves", "2019-01-01..2019-12-31"),
        ("last 2 years", "2018-01-01..2019-12-31"),
        ("this month and 5 before", "2019-12-01..2020-05-31"),
        ("this year and 1 before", "2019-01-01..2020-05-31"),
        ("since 2019-01-01", "2019-01-01..2020-05-31"),
        ("since 2020-06-01", "never"),
        ("lifetime", "..2020-05-31"),
        ("valid", "..2020-05-31 holding 2020-05-31"),
        ("trailing 12 months, 12 months ago", "2018-06-01..2019-05-31"),
        ("this year, 1 year ago", "2019-01-01..2019-05-31"),
        ("last 3 months, 1 quarter ago", "2019-11-01..2020-01-31"),
        ("lifetime, 30 days ago", "..2020-05-01"),
        ("valid, 1 year ago", "..2019-05-31 holding 2019-05-31"),
        ("since 2020-01-01, 1 year ago", "never"),
        ("trailing 1 month, 1 month ago", "2020-03-31..2020-04-30"),
    ],
)
def test_at_the_last_of_may(text: str, expected: str) -> None:
    assert days(text, "2020-05-31") == expected


@pytest.mark.parametrize(
    ("text", "as_of", "expected"),
    [
        ("trailing 1 month", "2020-06-30", "2020-05-31..2020-06-30"),
        ("trailing 1 month", "2020-03-31", "2020-03-01..2020-03-31"),
        ("trailing 1 month", "2019-03-31", "2019-03-01..2019-03-31"),
        ("trailing 1 month", "2020-03-29", "2020-03-01..2020-03-29"),
        ("trailing 1 month", "2019-03-29", "2019-03-01..2019-03-29"),
        ("trailing 12 months", "2020-02-29", "2019-03-01..2020-02-29"),
        ("trailing 12 months", "2021-02-28", "2020-02-29..2021-02-28"),
        ("trailing 4 years", "2020-02-29", "2016-03-01..2020-02-29"),
        ("trailing 3 months, 12 months ago", "2020-02-29", "2018-11-29..2019-02-28"),
        ("this quarter", "2020-02-29", "2020-01-01..2020-02-29"),
        ("last month", "2020-03-31", "2020-02-01..2020-02-29"),
        ("this week", "2020-06-01", "2020-06-01..2020-06-01"),
        ("last week", "2020-06-01", "2020-05-25..2020-05-31"),
        ("this year", "2020-01-01", "2020-01-01..2020-01-01"),
        ("last year", "2020-01-01", "2019-01-01..2019-12-31"),
    ],
)
def test_short_months_and_first_days(text: str, as_of: str, expected: str) -> None:
    assert days(text, as_of) == expected


@pytest.mark.parametrize(
    ("text", "as_of", "calendar", "expected"),
    [
        ("this fiscal year", "2020-05-31", FEBRUARY, "2020-02-01..2020-05-31"),
        ("this fiscal year", "2020-01-31", FEBRUARY, "2019-02-01..2020-01-31"),
        ("this fiscal year", "2020-02-01", FEBRUARY, "2020-02-01..2020-02-01"),
        ("last fiscal year", "2020-05-31", FEBRUARY, "2019-02-01..2020-01-31"),
        ("this fiscal quarter", "2020-05-31", FEBRUARY, "2020-05-01..2020-05-31"),
        ("last fiscal quarter", "2020-05-31", FEBRUARY, "2020-02-01..2020-04-30"),
        ("last 2 fiscal quarters", "2020-03-15", FEBRUARY, "2019-08-01..2020-01-31"),
        ("this fiscal half", "2020-08-01", FEBRUARY, "2020-08-01..2020-08-01"),
        ("this fiscal year", "2020-04-05", MID_MONTH, "2019-04-06..2020-04-05"),
        ("this fiscal year", "2020-04-06", MID_MONTH, "2020-04-06..2020-04-06"),
        ("last fiscal year", "2020-04-06", MID_MONTH, "2019-04-06..2020-04-05"),
        ("this fiscal month", "2020-05-05", MID_MONTH, "2020-04-06..2020-05-05"),
        ("this fiscal quarter and 1 before", "2020-07-06", MID_MONTH, "2020-04-06..2020-07-06"),
        ("this fiscal month", "2019-02-28", Calendar(1, 31), "2019-02-28..2019-02-28"),
        ("last fiscal month", "2019-03-30", Calendar(1, 31), "2019-01-31..2019-02-27"),
        ("this fiscal year", "2020-05-31", CIVIL, "2020-01-01..2020-05-31"),
    ],
)
def test_fiscal_periods(text: str, as_of: str, calendar: Calendar, expected: str) -> None:
    assert days(text, as_of, calendar) == expected


JUNE = Term(date(2020, 3, 10), date(2020, 4, 20))


@pytest.mark.parametrize(
    ("text", "term", "expected"),
    [
        ("trailing 12 months, enrolled", JUNE, "2020-03-10..2020-04-20"),
        ("trailing 12 months, enrolled", Term(date(2020, 3, 10)), "2020-03-10..2020-05-31"),
        ("trailing 12 months, enrolled", Term(None, date(2020, 3, 1)), "2019-06-01..2020-03-01"),
        ("lifetime, enrolled", Term(), "..2020-05-31"),
        ("lifetime, enrolled", JUNE, "2020-03-10..2020-04-20"),
        ("this month, enrolled", JUNE, "never"),
        ("valid, enrolled", JUNE, "2020-03-10..2020-04-20 holding 2020-05-31"),
        ("lifetime, enrolled", None, "not enrolled"),
        ("lifetime, enrolled, 1 month ago", None, "not enrolled"),
    ],
)
def test_cut_to_the_enrollment(text: str, term: Term | None, expected: str) -> None:
    assert days(text, "2020-05-31", term=term) == expected


def test_suffixes_apply_from_left_to_right() -> None:
    """Before "ago" the enrollment is that of the earlier date, after it that of as-of."""

    def term(day: date) -> Term:
        return Term(date(day.year, 3, 1), None)

    def span(text: str) -> Span | None:
        return read_window(text).span(date(2020, 5, 31), CIVIL, term)

    earlier = Span(date(2019, 3, 1), date(2019, 5, 31))
    assert span("this year, enrolled, 12 months ago") == earlier
    assert span("this year, 12 months ago, enrolled") == Span(date(2020, 3, 1), date(2019, 5, 31))


@pytest.mark.parametrize(
    ("text", "as_of", "expected"),
    [
        ("trailing 9999 years", "2020-05-31", "..2020-05-31"),
        ("last 9999 years", "2020-05-31", "..2019-12-31"),
        ("last year", "0001-05-31", "never"),
        ("this year and 5 before", "0003-05-31", "..0003-05-31"),
        ("this fiscal year", "0001-01-15", "0001-01-01..0001-01-15"),
        ("last fiscal year", "0001-01-15", "never"),
        ("lifetime, 9999 years ago", "2020-05-31", "never"),
        ("trailing 1 month, 9999 years ago, enrolled", "2020-05-31", "never"),
        ("this year", "9999-12-31", "9999-01-01..9999-12-31"),
        ("last week", "9999-12-31", "9999-12-20..9999-12-26"),
    ],
)
def test_at_the_ends_of_the_calendar(text: str, as_of: str, expected: str) -> None:
    assert days(text, as_of, FEBRUARY, Term()) == expected


@pytest.mark.parametrize(
    ("text", "written"),
    [
        ("trailing 12 months", "trailing 12 months"),
        ("trailing 1 months", "trailing 1 month"),
        ("  trailing   12  months ", "trailing 12 months"),
        ("last 1 year", "last year"),
        ("last 2 halves", "last 2 halfs"),
        ("this month and 0 before", "this month"),
        ("lifetime ,  1 year ago , enrolled", "lifetime, 1 year ago, enrolled"),
    ],
)
def test_written_it_reads_the_same(text: str, written: str) -> None:
    window = read_window(text)
    assert str(window) == written
    assert read_window(written) == window


def test_what_a_window_is() -> None:
    def kinds(text: str) -> tuple[bool, bool, bool]:
        window = read_window(text)
        return window.calendar_bound, window.by_enrollment, window.holding

    assert kinds("trailing 1 month") == (False, False, False)
    assert kinds("this year") == (True, False, False)
    assert kinds("last year, 1 month ago, enrolled") == (True, True, False)
    assert kinds("valid, enrolled, 1 month ago") == (False, True, True)
    assert NEVER.empty
    assert Window("lifetime") == read_window("lifetime")


@pytest.mark.parametrize(
    "text",
    [
        "",
        "trailing months",
        "trailing 0 days",
        "trailing 10000 days",
        "trailing -1 days",
        "trailing 1.5 years",
        "this",
        "last 0 years",
        "this year and before",
        "since",
        "since 2019-02-29",
        "since 19-02-01",
        "Lifetime",
        "lifetime, valid",
        "lifetime, 0 days ago",
        "lifetime,",
        "enrolled",
        "this fiscal week",
        "trailing 3 fiscal quarters",
    ],
)
def test_what_is_no_window(text: str) -> None:
    with pytest.raises(ValueError, match=r"\w"):
        read_window(text)
