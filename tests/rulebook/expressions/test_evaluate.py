"""What expressions mean, value by value: every operator and function, with nulls."""

from datetime import date
from decimal import Decimal

import pytest

from rulebook.expressions.typed import Type
from rulebook.values.numbers import TooLarge
from tests.rulebook.expressions.scopes import number, total, typed, value

D = Decimal
DAY, EVE = date(2020, 2, 29), date(2019, 12, 31)
ROW = {"n": D("7.5"), "t": "Web", "d": DAY, "e": EVE, "b": True, "c": False,
       "texts": ("a", "b"), "numbers": (D(1), D("7.5"), None)}  # fmt: skip


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("1 + 2 * 3", "7"),
        ("(1 + 2) * 3", "9"),
        ("10 - 4 - 3", "3"),
        ("100 / 10 / 5", "2"),
        ("2 - -3", "5"),
        ("- -3", "3"),
        ("-2 * 3", "-6"),
        ("-(2 + 3)", "-5"),
        ("1 / 3", "0.33333333333333333333"),
        ("1 / 3 * 3", "0.99999999999999999999"),
        ("1 / 0", None),
        ("0 / 0", None),
        ("1 + null", None),
        ("n + m", None),
        ("n * 2", "15"),
        ("-m", None),
        ("0.1 + 0.2", "0.3"),
        ("abs(-2.5)", "2.5"),
        ("abs(m)", None),
        ("round(2.5)", "3"),
        ("round(-2.5)", "-3"),
        ("round(2.345, 2)", "2.35"),
        ("round(1250, -2)", "1300"),
        ("round(2.345, 9)", "2.345"),
        ("round(m, 2)", None),
        ("round(2.5, null)", None),
        ("least(3, 1, 2)", "1"),
        ("greatest(3, 1, 2)", "3"),
        ("least(3, null)", None),
        ("greatest(m, 1)", None),
        ("least(5)", "5"),
        ("clamp(5, 1, 3)", "3"),
        ("clamp(0, 1, 3)", "1"),
        ("clamp(2, 1, 3)", "2"),
        ("clamp(2, null, 3)", None),
        ("clamp(2, 3, 1)", "1"),
        ("coalesce(m, 5)", "5"),
        ("coalesce(n, 5)", "7.5"),
        ("coalesce(null, m, null)", None),
        ("if(b, 1, 2)", "1"),
        ("if(c, 1, 2)", "2"),
        ("if(null, 1, 2)", "2"),
        ("if(m > 1, 1, 2)", "2"),
        ("if(b, 1, 1 / 0)", "1"),
        ("case when c then 1 when b then 2 else 3 end", "2"),
        ("case when c then 1 end", None),
        ("case t when 'web' then 1 when 'Web' then 2 end", "2"),
        ("case m when null then 1 else 2 end", "2"),
        ("year(d)", "2020"),
        ("day(d)", "29"),
        ("month(d) + 0", "2"),
        ("quarter(e) * 1", "4"),
        ("year(null)", None),
        ("days_between(e, d)", "60"),
        ("days_between(d, e)", "-60"),
        ("days_between(d, null)", None),
    ],
)
def test_numbers(text: str, expected: str | None) -> None:
    assert value(text, **ROW) == (None if expected is None else D(expected))


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("1 = 1.0", True),
        ("1 / 3 * 3 = 1", True),
        ("1 / 3 = 0.333333333333", True),
        ("1 / 3 = 0.333333333334", False),
        ("2 <> 2", False),
        ("1 < 2", True),
        ("2 <= 1", False),
        ("2 > 1", True),
        ("2 >= 3", False),
        ("null = null", None),
        ("m <> 1", None),
        ("'a' < 'b'", True),
        ("'B' < 'a'", True),
        ("'Z' < 'é'", True),
        ("lower(t) = 'web'", True),
        ("t = 'web'", False),
        ("lower(u) = 'x'", None),
        ("d > date '2020-02-28'", True),
        ("d = date '2020-02-29'", True),
        ("b = true", True),
        ("b <> c", True),
        ("1 + 1 = 2 and 2 * 2 = 4", True),
        ("n between 7 and 8", True),
        ("n between 7.5 and 7.5", True),
        ("n not between 1 and 2", True),
        ("m between 1 and 2", None),
        ("5 between null and 4", False),
        ("5 between null and 6", None),
        ("n in (1, 7.5)", True),
        ("n in (1, 2)", False),
        ("n in (1, null)", None),
        ("n in (7.5, null)", True),
        ("m in (1)", None),
        ("n not in (1, 2)", True),
        ("n not in (1, null)", None),
        ("1 / 3 in (0.333333333333)", True),
        ("t in texts", False),
        ("'a' in texts", True),
        ("'a' not in texts", False),
        ("u in texts", None),
        ("n in numbers", True),
        ("2 in numbers", None),
        ("m is null", True),
        ("m is not null", False),
        ("n + m is null", True),
        ("not b", False),
        ("not m > 1", None),
        ("not not b", True),
        ("true or false and false", True),
        ("(true or false) and false", False),
        ("not true or true", True),
        ("not (true or true)", False),
        ("not 1 = 2", True),
        ("coalesce(m > 1, false)", False),
        ("case when m > 1 then true else false end", False),
    ],
)
def test_conditions(text: str, expected: bool | None) -> None:
    assert value(text, **ROW) is expected


TRUTH = [("true", True), ("false", False), ("null", None)]


@pytest.mark.parametrize(("left", "one"), TRUTH)
@pytest.mark.parametrize(("right", "two"), TRUTH)
def test_three_valued_logic(left: str, one: bool | None, right: str, two: bool | None) -> None:
    def both() -> bool | None:
        if one is False or two is False:
            return False
        return None if one is None or two is None else True

    def either() -> bool | None:
        if one is True or two is True:
            return True
        return None if one is None or two is None else False

    assert value(f"{left} and {right}") is both()
    assert value(f"{left} or {right}") is either()
    assert value(f"not {left}") is (None if one is None else not one)


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("date_add(d, 1, 'day')", "2020-03-01"),
        ("date_add(d, -1, 'month')", "2020-01-29"),
        ("date_add(e, 2, 'month')", "2020-02-29"),
        ("date_add(d, 1, 'year')", "2021-02-28"),
        ("date_add(d, 2.5, 'day')", "2020-03-03"),
        ("date_add(d, -2.5, 'day')", "2020-02-26"),
        ("least(d, e)", "2019-12-31"),
        ("greatest(d, e)", "2020-02-29"),
        ("coalesce(null, d)", "2020-02-29"),
        ("if(b, d, e)", "2020-02-29"),
        ("date_add(d, m, 'day')", None),
    ],
)
def test_days(text: str, expected: str | None) -> None:
    assert value(text, **ROW) == (None if expected is None else date.fromisoformat(expected))


@pytest.mark.parametrize(
    "text",
    ["date_add(d, 99999, 'year')", "date_add(d, -9999, 'year')", "date_add(d, 9999999999, 'day')",
     "date_add(d, 99999999999999999999999999, 'month')"],
)  # fmt: skip
def test_a_day_beyond_the_calendar_is_too_large(text: str) -> None:
    with pytest.raises(TooLarge):
        value(text, **ROW)


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("least('b', 'a')", "a"),
        ("greatest(t, 'a')", "a"),
        ("lower('ÄB')", "äb"),
        ("'it''s'", "it's"),
        ("if(c, 'x', u)", None),
        ("coalesce(u, t)", "Web"),
    ],
)
def test_texts(text: str, expected: str | None) -> None:
    assert value(text, **ROW) == expected


MAY, NEXT_MAY, APRIL = date(2020, 5, 3), date(2021, 5, 3), date(2020, 4, 30)


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("month(d) = month(e)", False),  # two Mays of two years
        ("month(d) = 5", True),
        ("5 = month(d)", True),
        ("month(d) in (4, 5)", True),
        ("month(d) between 4 and 6", True),
        ("month(d) + 0 = month(e) + 0", True),
        ("month(d) < month(e)", True),
        ("quarter(d) = quarter(e)", False),
        ("quarter(d) = 2", True),
        ("least(month(d), 4) = 4", True),
        ("coalesce(month(d), 1) = 5", True),
        ("month(null) = 5", None),
    ],
)
def test_a_month_is_that_of_its_year_but_beside_a_number(text: str, expected: bool | None) -> None:
    assert value(text, d=MAY, e=NEXT_MAY) is expected


def test_months_that_are_counted_are_those_of_their_year() -> None:
    rows = [{"d": MAY}, {"d": NEXT_MAY}, {"d": APRIL}, {"d": MAY}, {"d": None}]
    assert total("count(distinct month(d))", *rows) == 3
    assert total("count(distinct quarter(d))", *rows) == 2
    assert total("count(distinct month(d) + 0)", *rows) == 2


ROWS = [{"n": D(n), "t": t} for n, t in (("10", "a"), ("20", "b"), ("-5", "a"), ("2.5", "c"))]
NULLS = [{"n": None, "t": None}]


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("sum(n)", "27.5"),
        ("count()", "5"),
        ("count(*)", "5"),
        ("count(n)", "4"),
        ("count(distinct t)", "3"),
        ("count(distinct if(t = 'a', 1, null))", "1"),
        ("min(n)", "-5"),
        ("max(n)", "20"),
        ("avg(n)", "6.875"),
        ("median(n)", "6.25"),
        ("sum(n) filter (where t = 'a')", "5"),
        ("count() filter (where t = 'a')", "2"),
        ("count() filter (where t <> 'a')", "2"),
        ("count() filter (where n > 100)", "0"),
        ("sum(n) filter (where n > 100)", "0"),
        ("max(n) filter (where n > 100)", None),
        ("sum(n * 2 + 1)", "59"),
        ("sum(if(t = 'a', n, 0))", "5"),
        ("median(n) filter (where t = 'a')", "2.5"),
    ],
)
def test_aggregates_skip_nulls(text: str, expected: str | None) -> None:
    assert total(text, *ROWS, *NULLS) == (None if expected is None else D(expected))


def test_aggregates_of_nothing() -> None:
    for rows in ((), NULLS):
        assert [total(f"{name}(n)", *rows) for name in ("sum", "count")] == [0, 0]
        assert [total(f"{name}(n)", *rows) for name in ("min", "max", "avg", "median")] == [
            None
        ] * 4


def test_averages_and_medians_have_twenty_decimals() -> None:
    rows = [{"n": number(n)} for n in ("1", "1", "2")]
    assert total("avg(n)", *rows) == D("1.33333333333333333333")
    assert total("median(n)", *rows[:1], {"n": D("1.000000000001")}) == D("1.0000000000005")
    assert total("median(n)", *rows) == 1


def test_distinct_looks_at_twelve_decimals() -> None:
    rows = [{"n": D(1)}, {"n": D("1.0000000000001")}, {"n": D("1.000000000001")}]
    assert total("count(distinct n)", *rows) == 2


@pytest.mark.parametrize(
    ("text", "kind"),
    [
        ("n", Type.NUMBER),
        ("n > 1", Type.BOOLEAN),
        ("month(d)", Type.MONTH),
        ("quarter(d)", Type.QUARTER),
        ("month(d) + 1", Type.NUMBER),
        ("greatest(d, e)", Type.DATE),
        ("coalesce(null, t)", Type.TEXT),
        ("if(b, null, 1)", Type.NUMBER),
        ("case when b then null end", Type.UNKNOWN),
        ("null", Type.NULL),
        ("least(month(d), month(e))", Type.MONTH),
        ("least(month(d), 1)", Type.NUMBER),
    ],
)
def test_types(text: str, kind: Type) -> None:
    assert typed(text).type is kind
