"""The reseller program, metric by metric, in the order of reseller.yaml."""

from __future__ import annotations

from collections.abc import Callable
from datetime import date
from decimal import Decimal
from pathlib import Path

from .days import Span, add_months, holds, inside, trailing_months
from .money import MarketRates
from .movement import Ladder, Movement
from .numbers import ZERO, Value, at_least, average, quotient
from .reading import Folder, Record

NAME = "reseller"
TIERS = ("registered", "silver", "gold", "platinum")
MOVEMENT = Movement(
    promote=1,
    demote=3,
    grace_days=90,
    one_down=True,
    newcomer_months=12,
    demotion_needs_approval=True,
)
CURRENT_EXAMS = ("PV-100", "PV-200", "ST-200")


class Reseller:
    """The program at one as-of date."""

    name = NAME

    def __init__(self, path: Path, as_of: date) -> None:
        self.folder = Folder(path, "America/Denver")
        self.rates = MarketRates(path, "USD")
        self.as_of = as_of
        self.year = trailing_months(as_of, 12)
        self.year_before = trailing_months(add_months(as_of, -12), 12)
        for facts in self.folder.facts["sales"].values():
            for fact in facts:
                fact["usd"] = self.rates.converted(
                    fact["amount"], fact["currency"], fact["order_date"]
                )
        for facts in self.folder.facts["deals"].values():
            for fact in facts:  # the rate is that of the table's own date, registered_on
                fact["usd"] = self.rates.converted(
                    fact["deal_amount"], fact["currency"], fact["registered_on"]
                )

    def metrics(self, partner: str) -> dict[str, Value]:
        """Every metric of one partner."""
        m: dict[str, Value] = {}
        revenue = self.revenue(partner, self.year)
        previous = self.revenue(partner, self.year_before)
        storage = self.storage_revenue(partner)
        won, decided = self.deals(partner, ("won",)), self.deals(partner, ("won", "lost"))
        ratio = quotient(revenue, previous)
        m["revenue"] = revenue
        m["previous_revenue"] = previous
        m["growth"] = None if ratio is None else ratio - 1
        m["storage_revenue"] = storage
        m["storage_share"] = quotient(storage, revenue)
        m["emerging_revenue"] = self.emerging_revenue(partner)
        m["active_months"] = self.active_months(partner)
        m["average_order"] = self.average_order(partner)
        m["best_quarter"] = self.best_quarter(partner)
        m["strong_branches"] = self.strong_branches(partner)
        m["certified_people"] = Decimal(len(self.exams_by_person(partner, self.not_nobody)))
        m["senior_people"] = self.senior_people(partner)
        m["deals_won"] = Decimal(len(won))
        m["deals_decided"] = Decimal(len(decided))
        m["win_rate"] = quotient(Decimal(len(won)), Decimal(len(decided)))
        m["deal_value"] = total(won)
        m["csat"] = self.csat(partner)
        m["site_audit"] = self.site_audit(partner)
        return m

    # Sales

    def sales(self, partner: str, span: Span) -> list[Record]:
        """The partner's own sales in the window."""
        own = self.folder.own("sales", partner)
        return [fact for fact in own if inside(fact["order_date"], span)]

    def family_sales(self, partner: str, span: Span) -> list[Record]:
        """Those of the partner and all its descendants."""
        family = self.folder.family("sales", partner)
        return [fact for fact in family if inside(fact["order_date"], span)]

    def revenue(self, partner: str, span: Span) -> Decimal:
        """Sum over the family, demo stock left out; a line without a channel counts."""
        return total([f for f in self.family_sales(partner, span) if f["channel"] != "demo"])

    def storage_revenue(self, partner: str) -> Decimal:
        """The same, storage products only; an unknown product has no category."""
        return total(
            [
                fact
                for fact in self.family_sales(partner, self.year)
                if self.folder.category.get(fact["product_id"]) == "Storage"
                and fact["channel"] != "demo"
            ]
        )

    def emerging_revenue(self, partner: str) -> Decimal:
        """The family's sales made by members in emerging markets."""
        return total(
            [
                fact
                for fact in self.family_sales(partner, self.year)
                if self.folder.partners[fact["partner_id"]]["country_group"] == "emerging"
            ]
        )

    def active_months(self, partner: str) -> Decimal:
        """Distinct months with a line above zero, own sales only."""
        months = {
            (fact["order_date"].year, fact["order_date"].month)
            for fact in self.sales(partner, self.year)
            if fact["usd"] is not None and fact["usd"] > 0
        }
        return Decimal(len(months))

    def average_order(self, partner: str) -> Decimal | None:
        """The mean of the orders' sums."""
        orders = grouped(self.sales(partner, self.year), lambda fact: fact["order_number"])
        return average([total(lines) for lines in orders.values()])

    def best_quarter(self, partner: str) -> Decimal | None:
        """The highest sum of a calendar quarter (as far as the window shows it)."""
        quarters = grouped(
            self.sales(partner, self.year),
            lambda fact: f"{fact['order_date'].year}-{(fact['order_date'].month - 1) // 3}",
        )
        return max((total(lines) for lines in quarters.values()), default=None)

    def strong_branches(self, partner: str) -> Decimal:
        """Branches with 20,000 or more: own sales are one branch, each child's family another."""
        branches = [self.sales(partner, self.year)]
        branches += [self.family_sales(c, self.year) for c in self.folder.children[partner]]
        return Decimal(sum(bool(lines) and total(lines) >= 20000 for lines in branches))

    # People

    def exams_by_person(
        self, partner: str, wanted: Callable[[Record], bool]
    ) -> dict[str, list[Record]]:
        """Current certificates in current exams, by person; without a person in no group."""
        held = [
            fact
            for fact in self.folder.own("certificates", partner)
            if holds(fact["valid_from"], fact["valid_until"], self.as_of)
            and fact["exam"] in CURRENT_EXAMS
            and wanted(fact)
        ]
        return grouped(held, lambda fact: fact["person"])

    @staticmethod
    def not_nobody(fact: Record) -> bool:
        """Whether the certificate names its person."""
        return fact["person"] is not None

    def senior_people(self, partner: str) -> Decimal:
        """People with two different exams."""
        people = self.exams_by_person(partner, self.not_nobody).values()
        return Decimal(sum(len({fact["exam"] for fact in held}) >= 2 for held in people))

    # Deals

    def deals(self, partner: str, statuses: tuple[str, ...]) -> list[Record]:
        """Deals that ended so in the window, by the day they closed in Denver."""
        return [
            fact
            for fact in self.folder.own("deals", partner)
            if inside(fact["closed_at"], self.year) and fact["status"] in statuses
        ]

    # What people confirmed

    def csat(self, partner: str) -> Decimal | None:
        """The newest valid survey."""
        value = self.folder.attested(partner, "csat", self.as_of)
        return None if value is None else Decimal(value)

    def site_audit(self, partner: str) -> bool | None:
        """The newest valid audit."""
        value = self.folder.attested(partner, "site_audit", self.as_of)
        return None if value is None else value == "yes"

    # Tiers

    def ladder(self, partner: str, m: dict[str, Value]) -> Ladder:
        """Which requirements and lower bars are met."""
        emerging = self.folder.partners[partner]["country_group"] == "emerging"
        raised = self.as_of >= date(2026, 1, 1)
        silver = Decimal(30000 if emerging else 60000)
        gold = Decimal(110000 if emerging else 220000)
        platinum = Decimal(
            (225000 if emerging else 450000) if raised else (200000 if emerging else 400000)
        )
        csat = Decimal("4.2") if raised else Decimal("4.1")
        is_silver = at_least(m["revenue"], silver) and at_least(m["certified_people"], Decimal(1))
        is_gold = (
            at_least(m["revenue"], gold)
            and at_least(m["certified_people"], Decimal(3))
            and (
                at_least(m["growth"], Decimal("0.05"))
                or at_least(m["storage_share"], Decimal("0.32"))
            )
            and sum(
                (
                    at_least(m["deals_won"], Decimal(4)),
                    at_least(m["csat"], csat),
                    at_least(m["senior_people"], Decimal(2)),
                    at_least(m["active_months"], Decimal(10)),
                )
            )
            >= 2
        )
        is_platinum = (
            at_least(m["revenue"], platinum)
            and at_least(m["certified_people"], Decimal(5))
            and at_least(m["senior_people"], Decimal(2))
            and at_least(m["deals_won"], Decimal(7))
            and at_least(m["csat"], csat)
            and m["site_audit"] is True
        )
        keeps_silver = at_least(m["revenue"], Decimal("0.9") * silver)
        keeps_gold = at_least(m["revenue"], Decimal("0.8") * gold) and at_least(
            m["certified_people"], Decimal(2)
        )
        keeps_platinum = (
            at_least(m["revenue"], Decimal("0.85") * platinum)
            and at_least(m["certified_people"], Decimal(4))
            and (at_least(m["csat"], csat - Decimal("0.2")) or m["site_audit"] is True)
        )
        return Ladder(
            TIERS,
            (True, is_silver, is_gold, is_platinum),
            (False, keeps_silver, keeps_gold, keeps_platinum),
        )


def total(facts: list[Record]) -> Decimal:
    """The sum of the converted amounts; nulls are skipped, nothing is 0."""
    return sum((fact["usd"] for fact in facts if fact["usd"] is not None), ZERO)


def grouped(facts: list[Record], by: Callable[[Record], str]) -> dict[str, list[Record]]:
    """The facts in groups."""
    found: dict[str, list[Record]] = {}
    for fact in facts:
        found.setdefault(by(fact), []).append(fact)
    return found
