"""The partners: who they are, where, of which family, and how big."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date

from .chance import Chance, Row

COUNT = 524
PARTNERS_HEADER: Row = (
    "partner_id",
    "parent_id",
    "name",
    "partner_type",
    "country",
    "country_group",
    "region",
    "city",
    "currency",
    "joined",
)

# country, group, region, currency, how many of a hundred or so, cities
COUNTRIES: list[tuple[str, str, str, str, int, tuple[str, ...]]] = [
    (
        "US",
        "mature",
        "Americas",
        "USD",
        150,
        ("Denver", "Phoenix", "Austin", "Sacramento", "Tampa", "Boise"),
    ),
    ("CA", "mature", "Americas", "USD", 28, ("Calgary", "Toronto", "Québec")),
    ("MX", "emerging", "Americas", "USD", 20, ("Monterrey", "Mérida", "León")),
    ("BR", "emerging", "Americas", "USD", 22, ("São Paulo", "Recife", "Curitiba")),
    ("DE", "mature", "EMEA", "EUR", 66, ("Freiburg", "Lübeck", "Leipzig", "Ulm")),
    ("AT", "mature", "EMEA", "EUR", 12, ("Graz", "Wels")),
    ("FR", "mature", "EMEA", "EUR", 32, ("Lyon", "Nîmes", "Nantes")),
    ("ES", "mature", "EMEA", "EUR", 28, ("Sevilla", "Murcia", "Zaragoza")),
    ("IT", "mature", "EMEA", "EUR", 24, ("Bari", "Verona")),
    ("NL", "mature", "EMEA", "EUR", 22, ("Utrecht", "Zwolle")),
    ("PL", "emerging", "EMEA", "EUR", 16, ("Łódź", "Poznań")),
    ("RO", "emerging", "EMEA", "EUR", 10, ("Cluj", "Iași")),
    ("GB", "mature", "EMEA", "GBP", 54, ("Leeds", "Bristol", "Dundee")),
    ("IE", "mature", "EMEA", "EUR", 8, ("Cork", "Galway")),
    ("ZA", "emerging", "EMEA", "USD", 10, ("Durban", "Upington")),
    ("IN", "emerging", "APAC", "USD", 18, ("Pune", "Jaipur", "Surat")),
    ("AU", "mature", "APAC", "USD", 14, ("Perth", "Adelaide")),
]
MALTA = (
    "MT",
    "mature",
    "EMEA",
    "EUR",
    1,
    ("Mosta",),
)  # a country with one partner: nobody to compare with

FIRST_WORDS = (
    "Sun",
    "Helio",
    "Bright",
    "Mesa",
    "Dawn",
    "Zenith",
    "Ray",
    "Meridian",
    "Lumen",
    "Skyline",
    "Terra",
    "Volt",
    "Blue Hour",
    "Noon",
    "Alta",
    "Solstice",
    "Amber",
    "North Roof",
    "Cirrus",
    "Daybreak",
    "Kite",
    "Larch",
)
SECOND_WORDS = (
    "Solar",
    "Energy",
    "Power",
    "Electric",
    "Renewables",
    "Systems",
    "Roofing",
    "Technik",
    "Grid",
    "Charge",
)
LEGAL_FORMS = {
    "US": ", Inc.",
    "CA": " Ltd.",
    "MX": ", S.A. de C.V.",
    "BR": " Ltda",
    "DE": " GmbH",
    "AT": " GmbH",
    "FR": " SARL",
    "ES": ", S.L.",
    "IT": " S.r.l.",
    "NL": " B.V.",
    "PL": " Sp. z o.o.",
    "RO": " SRL",
    "GB": " Ltd",
    "IE": " Ltd",
    "ZA": " (Pty) Ltd",
    "IN": " Pvt. Ltd.",
    "AU": " Pty Ltd",
    "MT": " Ltd",
}
# Keys that came from the system before the last: they sort by code point, not by number.
OLD_KEYS = ("D7", "D12", "P98", "P099", "p-044", "Zürich-1")


@dataclass
class Partner:
    """One partner, and what only the generator knows of it."""

    key: str
    name: str
    kind: str
    country: str
    group: str
    region: str
    city: str
    currency: str
    joined: date
    parent: str = ""
    rank: int = 0  # by size, 0 is the biggest
    trend: int = 0  # sales change by this percentage a year


def make_partners() -> list[Partner]:
    """All partners in the order of their keys' making, families and sizes set."""
    chance = Chance(20240101)
    partners = [_partner(chance, number) for number in range(COUNT)]
    _set_sizes(chance, partners)
    _set_families(chance, partners)
    for number in (17, 203, 388):
        partners[number].group = ""
    partners[41].country = partners[41].group = partners[41].region = ""
    return partners


def _partner(chance: Chance, number: int) -> Partner:
    where = COUNTRIES[chance.weighted([country[4] for country in COUNTRIES])]
    kind = ("reseller", "VAR", "MSP", "distributor")[chance.weighted((50, 22, 22, 6))]
    if number == 300:
        where, kind = MALTA, "MSP"
    if number == 41:
        kind = "MSP"
    country, group, region, currency, _, cities = where
    name = f"{chance.pick(FIRST_WORDS)} {chance.pick(SECOND_WORDS)}"
    if chance.one_in(12):
        name += " & Söhne" if country in ("DE", "AT") else " & Partners"
    city = chance.pick(cities)
    if chance.percent(40):
        name += f" {city}"
    joined = chance.day(date(2018, 1, 1), date(2023, 12, 1))
    if chance.percent(20):
        joined = chance.day(date(2024, 1, 1), date(2026, 5, 20))
    key = OLD_KEYS[number] if number < len(OLD_KEYS) else f"P{1000 + number}"
    return Partner(
        key, name + LEGAL_FORMS[country], kind, country, group, region, city, currency, joined
    )


def _set_sizes(chance: Chance, partners: list[Partner]) -> None:
    bonus = {"distributor": 45, "VAR": 12, "reseller": 0, "MSP": 5}
    drawn = [(chance.below(100) - bonus[p.kind], number) for number, p in enumerate(partners)]
    for rank, (_, number) in enumerate(sorted(drawn)):
        partners[number].rank = rank
    for partner in partners:
        partner.trend = chance.between(-35, 55)


def _set_families(chance: Chance, partners: list[Partner]) -> None:
    """Thirty families; some children have children of their own."""
    order = sorted(chance.shuffled(partners), key=lambda p: p.kind != "distributor")
    heads, others = order[:30], order[30:]
    for head in heads:
        for _ in range(chance.between(1, 7)):
            child = others.pop()
            child.parent = head.key
            if chance.one_in(4):
                for _ in range(chance.between(1, 3)):
                    others.pop().parent = child.key


def partner_row(partner: Partner) -> Row:
    """The partner's line in partners.csv."""
    p = partner
    return (
        p.key,
        p.parent,
        p.name,
        p.kind,
        p.country,
        p.group,
        p.region,
        p.city,
        p.currency,
        p.joined.isoformat(),
    )
