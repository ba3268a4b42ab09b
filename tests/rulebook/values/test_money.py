"""Exchange: minor units, cross rates of ten decimals, each leg its own latest day."""

from datetime import date
from decimal import Decimal

import pytest

from rulebook.program import Program
from rulebook.standing.run import exchange_of
from rulebook.values.money import Exchange, minor_unit

D = Decimal


def day(text: str) -> date:
    return date.fromisoformat(f"2026-{text}")


MARKET = {
    "USD": [(day("01-01"), D("1.10")), (day("01-10"), D("1.20"))],
    "GBP": [(day("01-05"), D("0.80"))],
    "JPY": [(day("01-01"), D("150"))],
    "KWD": [(day("01-01"), D("0.3"))],
}


@pytest.mark.parametrize(
    ("currency", "decimals"),
    [("USD", 2), ("EUR", 2), ("JPY", 0), ("KWD", 3), ("CLF", 4), ("ISK", 0), ("TND", 3)],
)
def test_minor_units(currency: str, decimals: int) -> None:
    assert minor_unit(currency) == decimals


@pytest.mark.parametrize(
    ("into", "currency", "on", "rate"),
    [
        ("EUR", "EUR", "01-01", "1"),
        ("EUR", "USD", "01-01", "0.9090909091"),
        ("EUR", "USD", "01-09", "0.9090909091"),
        ("EUR", "USD", "01-10", "0.8333333333"),
        ("EUR", "USD", "12-31", "0.8333333333"),
        ("USD", "EUR", "01-03", "1.10"),
        ("USD", "GBP", "01-05", "1.375"),  # 1.10 of the first, 0.80 of the fifth
        ("USD", "GBP", "01-10", "1.5"),
        ("GBP", "USD", "01-10", "0.6666666667"),
        ("USD", "JPY", "01-01", "0.0073333333"),
        ("JPY", "USD", "01-01", "136.3636363636"),
        ("KWD", "JPY", "01-01", "0.002"),
    ],
)
def test_a_rate_is_that_of_the_day_or_the_latest_before(
    into: str, currency: str, on: str, rate: str
) -> None:
    assert Exchange(into, "EUR", MARKET).rate(currency, day(on)) == D(rate)


@pytest.mark.parametrize(
    ("into", "currency", "on"),
    [
        ("USD", "GBP", "01-04"),
        ("GBP", "EUR", "01-04"),
        ("EUR", "CHF", "01-10"),
        ("CHF", "EUR", "01-10"),
    ],
)
def test_before_the_first_there_is_none(into: str, currency: str, on: str) -> None:
    assert Exchange(into, "EUR", MARKET).rate(currency, day(on)) is None


def test_a_currency_needs_no_rate_for_itself() -> None:
    assert Exchange("CHF", "EUR", {}).rate("CHF", day("01-01")) == 1


@pytest.mark.parametrize(
    ("into", "amount", "rate", "expected"),
    [
        ("USD", "10.005", "1", "10.01"),
        ("USD", "-10.005", "1", "-10.01"),
        ("USD", "10.004", "1", "10"),
        ("JPY", "99.5", "1", "100"),
        ("JPY", "10", "136.3636363636", "1364"),
        ("KWD", "10", "0.00256", "0.026"),
        ("KWD", "10.0005", "1", "10.001"),
        ("EUR", "100", "0.9090909091", "90.91"),
    ],
)
def test_an_amount_is_rounded_to_the_minor_unit(
    into: str, amount: str, rate: str, expected: str
) -> None:
    assert Exchange(into, "EUR", MARKET).convert(D(amount), D(rate)) == D(expected)


def pinned(*rates: dict[str, str]) -> Exchange:
    """The exchange of a program that pins rates, over data with a market of its own."""
    from rulebook.dataset.data import Data, RateTable
    from rulebook.dataset.given import GivenFacts
    from rulebook.dataset.spec import Dataset

    program = Program.model_validate(
        {
            "program": "p",
            "version": "2026-01-01",
            "currency": "USD",
            "fx": {"use": "fixed", "rates": list(rates)},
        }
    )
    data = Data(Dataset(), {}, {}, {}, GivenFacts({}, {}), rates=RateTable("EUR", MARKET))
    return exchange_of(program, data)


def test_pinned_rates_are_program_currency_for_one() -> None:
    exchange = pinned({"from": "2026-01-05", "EUR": "1.08", "JPY": "0.006666666666"})
    assert exchange.rate("EUR", day("01-04")) is None
    assert exchange.rate("EUR", day("01-05")) == D("1.08")
    assert exchange.rate("JPY", day("02-01")) == D("0.0066666667")
    assert exchange.rate("GBP", day("02-01")) is None  # the market plays no part
    assert exchange.rate("USD", day("01-01")) == 1


def test_pinned_rates_change_by_the_facts_date() -> None:
    exchange = pinned({"from": "2026-03-01", "EUR": "1.10"}, {"EUR": "1.05"})
    assert exchange.rate("EUR", day("02-28")) == D("1.05")
    assert exchange.rate("EUR", day("03-01")) == D("1.10")
