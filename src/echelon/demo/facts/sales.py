"""Sales lines in the partners' currencies: seasons, trends, returns, and some that fell off."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from datetime import date, timedelta
from typing import NamedTuple

from echelon.demo.chance import Chance
from echelon.demo.companies import Company
from echelon.demo.facts.catalogue import PRICED, PRODUCTS, WEIGHTS

HEADER = ("order_number", "order_line", "partner_id", "order_date", "product_id", "quantity",
          "amount", "currency", "channel", "territory")  # fmt: skip
#: How business is spread over the months, in hundredths of a year.
_SEASON = (7, 7, 9, 8, 8, 9, 7, 6, 9, 9, 9, 12)
#: An order is about so large, and so many a year are the most that a company makes.
_ORDER, _MOST = 7_500, 54
#: Since when those that fell off sell less, and to how many percent.
_FADED, _LEFT = timedelta(days=290), 32


class Line(NamedTuple):
    """One line of an order, before orders have their numbers."""

    date: date
    company: Company
    order: int
    product: str
    quantity: int
    cents: int
    channel: str


def rows(found: Sequence[Company], first: date, today: date, seed: int) -> Iterator[dict[str, str]]:
    """Yield the sales of three years by date, numbered."""
    lines = [line for each in found for line in _of(each, first, today, seed)]
    lines.sort(key=lambda line: (line.date, line.company.key, line.order))
    number, before, position = 100_000, None, 0
    for line in lines:
        order = (line.company.key, line.order)
        number, position = (number, position + 1) if order == before else (number + 1, 1)
        before = order
        yield {
            "order_number": f"S{number}",
            "order_line": str(position),
            "partner_id": line.company.key,
            "order_date": line.date.isoformat(),
            "product_id": line.product,
            "quantity": str(line.quantity),
            "amount": cents(line.cents),
            "currency": line.company.where.money,
            "channel": line.channel,
            "territory": line.company.where.country,
        }


def cents(amount: int) -> str:
    """Return an amount in cents as text."""
    sign = "-" if amount < 0 else ""
    return f"{sign}{abs(amount) // 100}.{abs(amount) % 100:02d}"


def months(first: date, last: date) -> Iterator[tuple[date, date]]:
    """Yield each calendar month of a span, its first and last day inside the span."""
    day = first.replace(day=1)
    while day <= last:
        following = (day + timedelta(days=32)).replace(day=1)
        yield max(day, first), min(following - timedelta(days=1), last)
        day = following


def _of(company: Company, first: date, today: date, seed: int) -> Iterator[Line]:
    chance = Chance(seed, company.key, "sales")
    orders = min(max(company.yearly // _ORDER, 4), _MOST)
    number = 0
    for begins, ends in months(max(first, company.joined), today - timedelta(days=2)):
        months_ago = (today.year - ends.year) * 12 + today.month - ends.month
        percent = 100 - company.trend * months_ago // 14
        if company.fades and today - ends < _FADED:
            percent = percent * _LEFT // 100
        season = _SEASON[begins.month - 1] * ((ends - begins).days + 1)  # of 30 days
        share = max(percent, 15) * season * orders // 30  # ten-thousandths of an order
        count = share // 10_000 + (chance.below(10_000) < share % 10_000)
        for _ in range(count):
            number += 1
            yield from _order(chance, company, number, chance.day(begins, ends), orders)


def _order(chance: Chance, company: Company, number: int, day: date, orders: int) -> Iterator[Line]:
    """Yield the lines of an order: about what the company's orders are worth."""
    value = company.yearly // orders * chance.between(55, 145) // 100
    lines = chance.weighted((1, 2, 3), (55, 30, 15))
    channel = chance.weighted(("direct", "distribution", "web", "demo"), (58, 27, 13, 2))
    for _ in range(lines):
        product, _name, _category, _family, price = chance.weighted(PRODUCTS, WEIGHTS)
        quantity = max(1, value // lines // price)
        amount = min(quantity * price, max(value, price // 4)) * chance.between(88, 100)  # in cents
        amount = amount * PRICED[company.where.money] // 100 + chance.below(99)
        returned = chance.below(70) == 0
        yield Line(
            day, company, number, product, -quantity if returned else quantity,
            -amount if returned else amount, channel,
        )  # fmt: skip
