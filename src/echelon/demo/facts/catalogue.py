"""What the vendor sells, and what a dollar was worth."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import date, timedelta

from echelon.demo.chance import Chance

#: Product, name, category, family, and the list price in US dollars.
PRODUCTS: tuple[tuple[str, str, str, str, int], ...] = (
    ("LK-V100", "Vault 100 appliance", "Appliances", "Vault", 6_900),
    ("LK-V300", "Vault 300 appliance", "Appliances", "Vault", 18_500),
    ("LK-V900", "Vault 900 cluster node", "Appliances", "Vault", 41_000),
    ("LK-VX", "Vault expansion shelf", "Appliances", "Vault", 4_200),
    ("LK-BK", "Backup, perpetual licence", "Software", "Backup", 1_450),
    ("LK-BKV", "Backup for virtual machines", "Software", "Backup", 890),
    ("LK-ARC", "Archive, per terabyte", "Software", "Archive", 310),
    ("LK-C1", "Cloud vault, terabyte and year", "Subscription", "Cloud", 420),
    ("LK-C2", "Cloud vault for mail, 100 seats", "Subscription", "Cloud", 1_150),
    ("LK-IR", "Instant recovery, yearly", "Subscription", "Recovery", 2_400),
    ("LK-RW", "Ransomware watch, yearly", "Subscription", "Recovery", 1_900),
    ("LK-SUP", "Priority support, yearly", "Services", "Care", 980),
    ("LK-DEP", "Deployment, per day", "Services", "Care", 1_250),
    ("LK-RT", "Recovery test, per site", "Services", "Care", 2_100),
    ("LK-T1", "Administrator course", "Training", "Academy", 1_600),
)
#: How often each is sold.
WEIGHTS = (9, 6, 2, 6, 12, 11, 10, 14, 7, 8, 8, 12, 7, 4, 3)
#: What one US dollar is at the counter, in percent: good enough to price an order.
PRICED = {"USD": 100, "EUR": 91, "GBP": 78}


def products() -> Iterator[dict[str, str]]:
    """Yield the catalogue's rows."""
    for product, name, category, family, _price in PRODUCTS:
        yield {"product_id": product, "name": name, "category": category, "family": family}


def rates(seed: int, first: date, last: date) -> str:
    """Return rates of working days as the European Central Bank writes them, newest first."""
    chance = Chance(seed, "rates")
    dollar, pound = 10_900, 8_600  # ten-thousandths for one euro
    lines, day = [], first
    while day <= last:
        if day.weekday() < 5:
            dollar += chance.between(-45, 45) + (10_900 - dollar) // 60
            pound += chance.between(-25, 25) + (8_600 - pound) // 60
            lines.append(f"{day},{_shown(dollar)},{_shown(pound)}")
        day += timedelta(days=1)
    return "\n".join(["Date,USD,GBP", *reversed(lines)]) + "\n"


def _shown(rate: int) -> str:
    return f"{rate // 10_000}.{rate % 10_000:04d}"
