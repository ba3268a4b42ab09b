"""What service partners do: contracts for sites, and work that earns points."""

from __future__ import annotations

from datetime import date, timedelta

from .chance import Chance, Row, cents, month_start
from .partners import Partner

CONTRACTS_HEADER: Row = (
    "contract_id",
    "partner_id",
    "site",
    "plan",
    "monthly_fee",
    "signed_on",
    "valid_from",
    "valid_until",
)
ACTIVITIES_HEADER: Row = ("activity_id", "partner_id", "done_on", "kind", "site", "points")
PLANS = (("basic", 4000, 9000), ("plus", 9000, 22000), ("full", 20000, 65000))
POINTS = {
    "training": (10, 30),
    "inspection": (5, 20),
    "repair": (10, 30),
    "commissioning": (20, 60),
    "case_study": (30, 80),
}


def service_partners(partners: list[Partner]) -> list[Partner]:
    """The managed-service partners, and every fourth value-added reseller."""
    vars_ = [p for p in partners if p.kind == "VAR"]
    return [p for p in partners if p.kind == "MSP" or p in vars_[::4]]


def site_count(partner: Partner) -> int:
    """How many sites a partner looks after, by its size."""
    return 2600 // (partner.rank + 90) + partner.rank % 5


def contracts(partners: list[Partner]) -> list[Row]:
    """Contracts for sites; some ended, some renewed, a few signed after they began."""
    chance = Chance(20240106)
    rows: list[Row] = []
    for partner in service_partners(partners):
        for number in range(site_count(partner)):
            site = "" if chance.one_in(90) else f"{partner.key}/S{number + 1:02d}"
            signed = chance.day(max(date(2023, 2, 1), partner.joined), date(2026, 7, 1))
            for _ in range(1 + chance.weighted((80, 20))):
                plan, low, high = chance.pick(PLANS)
                start = month_start(signed, chance.between(0, 2))
                end = month_start(start, chance.pick((12, 24, 36)))
                fee = "" if chance.one_in(120) else cents(chance.between(low, high))
                open_end = chance.percent(55)
                rows.append(
                    (
                        partner.key,
                        site,
                        plan,
                        fee,
                        signed.isoformat(),
                        start.isoformat(),
                        "" if open_end else end.isoformat(),
                    )
                )
                signed = end - timedelta(days=chance.between(5, 70))
    numbered = [(f"K{number + 1:05d}", *row) for number, row in enumerate(rows)]
    twice = [chance.pick(numbered) for _ in range(5)]
    odd = [
        ("KX01", "P9004", "P9004/S01", "basic", "55.00", "2025-05-05", "2025-06-01", ""),
        ("KX02", "P1300", "P1300/S90", "full", "250.00", "", "2025-06-01", ""),
    ]
    return [CONTRACTS_HEADER, *numbered, *twice, *odd]


def activities(partners: list[Partner]) -> list[Row]:
    """Work with points, on sites or in training."""
    chance = Chance(20240107)
    found: list[tuple[str, Row]] = []
    for partner in service_partners(partners):
        sites = site_count(partner) + 2
        for _ in range(3 * sites + chance.between(0, 8)):
            day = chance.day(max(date(2024, 8, 1), partner.joined), date(2026, 7, 8))
            kind = ("training", "inspection", "repair", "commissioning", "case_study")[
                chance.weighted((15, 40, 20, 20, 5))
            ]
            points = str(chance.between(*POINTS[kind]))
            if chance.one_in(25):
                points += ".5"
            site = (
                ""
                if kind == "training" or chance.one_in(60)
                else f"{partner.key}/S{chance.between(1, sites):02d}"
            )
            kind = "" if chance.one_in(150) else kind
            found.append(
                (
                    day.isoformat(),
                    (
                        partner.key,
                        day.isoformat(),
                        kind,
                        site,
                        "" if chance.one_in(200) else points,
                    ),
                )
            )
    found.sort()
    rows = [(f"A{number + 1:05d}", *row) for number, (_, row) in enumerate(found)]
    twice = [chance.pick(rows) for _ in range(10)]
    odd = [
        ("AX1", "P9001", "2026-03-03", "repair", "P9001/S01", "20"),
        ("AX2", "P1300", "", "repair", "P1300/S01", "20"),
        ("AX3", "", "", "repair", "", "20"),
    ]
    return [ACTIVITIES_HEADER, *rows, *twice, *odd]
