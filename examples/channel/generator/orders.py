"""What partners sold, and the deals they registered."""

from __future__ import annotations

from datetime import date, timedelta

from .chance import Chance, Row, cents, month_end, month_start
from .partners import Partner

ROWS = 28_500
NO_SALES = 44  # the smallest partners sold nothing at all
SEASON = (5, 6, 9, 11, 13, 14, 12, 10, 11, 9, 7, 6)

PRODUCTS: list[Row] = [
    ("MOD-380", "Panel 380 W", "Modules", "148.00"),
    ("MOD-410", "Panel 410 W", "Modules", "169.00"),
    ("MOD-440B", "Panel 440 W, black", "Modules", "198.50"),
    ("MOD-500", "Panel 500 W, bifacial", "Modules", "236.00"),
    ("INV-5", "Inverter 5 kW", "Inverters", "980.00"),
    ("INV-10", "Inverter 10 kW", "Inverters", "1540.00"),
    ("INV-30", "Inverter 30 kW, three-phase", "Inverters", "3290.00"),
    ("BAT-5", "Battery 5 kWh", "Storage", "2850.00"),
    ("BAT-10", "Battery 10 kWh", "Storage", "4990.00"),
    ("BAT-40", "Battery cabinet 40 kWh", "Storage", "17900.00"),
    ("RACK-P", "Racking, pitched roof", "Mounting", "64.00"),
    ("RACK-F", "Racking, flat roof", "Mounting", "79.00"),
    ("MON-H", "Home monitor", "Monitoring", "189.00"),
    ("MON-S", "Site gateway", "Monitoring", "640.00"),
    ("SRV-1", "Care plan, first year", "Services", "420.00"),
    ("SRV-5", "Care plan, five years", "Services", "1790.00"),
    ("EVC-11", "Wall charger 11 kW", "Charging", "690.00"),
    ("MISC", "Freight and sundries", "", "55.00"),
]
# How often each is sold, and how many at most.
POPULARITY = (10, 14, 8, 6, 9, 8, 3, 7, 6, 1, 9, 6, 8, 4, 4, 2, 5, 3)
MOST = (48, 48, 40, 40, 6, 5, 3, 4, 3, 1, 40, 40, 8, 4, 6, 3, 5, 2)
PRICE_LEVEL = {"USD": 100, "EUR": 93, "GBP": 79}

SALES_HEADER: Row = (
    "order_number",
    "order_line",
    "order_date",
    "partner_id",
    "product_id",
    "quantity",
    "amount",
    "currency",
    "channel",
    "batch",
)
DEALS_HEADER: Row = (
    "deal_id",
    "partner_id",
    "registered_on",
    "status",
    "closed_at",
    "deal_amount",
    "currency",
    "recorded_on",
)


def sales(partners: list[Partner], first: date, last: date) -> list[Row]:
    """Order lines by date. Some were loaded twice: the same line in a later batch."""
    chance = Chance(20240103)
    sellers = [p for p in partners if p.rank < len(partners) - NO_SALES]
    weight = {p.key: 10_000_000 // (p.rank + 9) for p in sellers}
    whole = sum(weight.values())
    orders: list[tuple[date, str, list[Row]]] = []
    for partner in sellers:
        left = ROWS * weight[partner.key] // whole + chance.between(0, 3)
        while left > 0:
            day = _order_day(chance, partner, first, last)
            lines = [_line(chance, partner) for _ in range(min(left, chance.between(1, 4)))]
            left -= len(lines)
            if day >= partner.joined:
                orders.append((day, partner.key, lines))
    orders.sort(key=lambda order: order[:2])
    rows: list[Row] = []
    for number, (day, key, lines) in enumerate(orders):
        for line, cells in enumerate(lines, start=1):
            rows.append(
                (f"S{100001 + number}", str(line), day.isoformat(), key, *cells, f"{day:%y%m}")
            )
    return [SALES_HEADER, *_blemished(chance, rows)]


def _order_day(chance: Chance, partner: Partner, first: date, last: date) -> date:
    """A day in season, later or earlier as the partner grows or shrinks."""
    months: list[date] = []
    month = month_start(first)
    while month <= last:
        months.append(month)
        month = month_start(month, 1)
    weights = [
        SEASON[m.month - 1] * (1200 + partner.trend * index) for index, m in enumerate(months)
    ]
    month = months[chance.weighted(weights)]
    return min(chance.day(month, month_end(month)), last)


def _line(chance: Chance, partner: Partner) -> Row:
    """Product, quantity, amount, currency, channel."""
    product = chance.weighted(POPULARITY)
    quantity = chance.between(1, MOST[product])
    price = int(PRODUCTS[product][3].replace(".", ""))
    currency = partner.currency
    if chance.percent(4):
        currency = chance.pick(("USD", "EUR", "GBP"))
    amount = price * quantity * PRICE_LEVEL[currency] * chance.between(82, 100) // 10_000
    if chance.percent(3):
        quantity, amount = -quantity, -amount
    text = cents(amount)
    if chance.one_in(250):
        text += "5"  # half a cent: rounded away from zero
    channel = ("direct", "web", "distribution", "demo", "")[chance.weighted((48, 30, 18, 2, 2))]
    code = PRODUCTS[product][0]
    if chance.one_in(300):
        code = chance.pick(("", "MOD-365"))  # none, or one that left the catalogue
    return (
        code,
        "" if chance.one_in(400) else str(quantity),
        "" if chance.one_in(500) else text,
        currency,
        channel,
    )


def _blemished(chance: Chance, rows: list[Row]) -> list[Row]:
    """Lines loaded twice, lines without a known partner, lines without a date."""
    twice = [(*chance.pick(rows)[:-1], "RELOAD") for _ in range(60)]
    odd: list[Row] = []
    for number, (day, partner) in enumerate(
        (
            ("2026-03-03", "P9001"),
            ("2026-03-03", "P9001"),
            ("2025-11-20", "P9002"),
            ("2025-05-14", "p1010"),
            ("2026-04-01", ""),
            ("2025-10-09", ""),
            ("", "P1010"),
            ("", "P1022"),
            ("", "P9001"),
            ("", ""),
        )
    ):
        odd.append(
            (
                f"SX{number + 1}",
                "1",
                day,
                partner,
                "MOD-410",
                "10",
                "1690.00",
                "USD",
                "web",
                "MANUAL",
            )
        )
    odd.append(odd[0])  # set aside once, though it is there twice
    return [*rows, *twice, *odd]


def deals(partners: list[Partner], first: date, last: date) -> list[Row]:
    """Deal registrations, most of them by the bigger partners."""
    chance = Chance(20240104)
    found: list[tuple[date, Row]] = []
    for partner in partners:
        for _ in range(1500 // (partner.rank + 20) + chance.between(-4, 1)):
            day = chance.day(max(first, partner.joined), last)
            found.append((day, (partner.key, *_deal(chance, partner, day, last))))
    found.sort(key=lambda deal: (deal[0], deal[1]))
    rows = [(f"DR{5001 + number}", *deal) for number, (_, deal) in enumerate(found)]
    twice = [chance.pick(rows) for _ in range(8)]
    odd = [
        (
            "DX1",
            "P9003",
            "2026-02-02",
            "won",
            "2026-03-02T10:00:00Z",
            "40000.00",
            "EUR",
            "2026-02-02",
        ),
        ("DX2", "P1033", "", "won", "2026-03-02T10:00:00Z", "40000.00", "EUR", "2026-03-03"),
    ]
    return [DEALS_HEADER, *rows, *twice, *odd]


def _deal(chance: Chance, partner: Partner, day: date, last: date) -> Row:
    status = ("won", "lost", "open", "expired")[chance.weighted((52, 24, 14, 10))]
    closed = day + timedelta(days=chance.between(5, 150))
    if status in ("won", "lost") and closed > last:
        status = "open"
    at = (
        f"{closed.isoformat()}T{chance.below(24):02d}:{chance.below(60):02d}:00Z"
        if status in ("won", "lost")
        else ""
    )
    amount = "" if chance.one_in(40) else cents(chance.between(300_000, 9_000_000))
    recorded = day + timedelta(days=chance.between(0, 9))
    return (day.isoformat(), status, at, amount, partner.currency, recorded.isoformat())
