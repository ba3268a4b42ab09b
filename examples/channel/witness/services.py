"""The services program, metric by metric, in the order of services.yaml."""

from __future__ import annotations

from datetime import date
from decimal import Decimal
from pathlib import Path

from .days import (
    Span,
    add_months,
    fiscal_year,
    holds,
    inside,
    last_fiscal_quarter,
    last_of_month,
    trailing_months,
)
from .money import PinnedRates
from .movement import NONE, Ladder, Movement
from .numbers import ZERO, Value, at_least, at_most, average, median, quotient, rounded
from .reading import Folder, Record, enrollment_at, enrollment_meant

NAME = "services"
TIERS = ("associate", "professional", "premier", "elite")
TRACK_TIERS = ("proficient", "expert")
PINNED = [
    (date(2023, 1, 1), {"USD": "0.92", "GBP": "1.15"}),
    (date(2025, 2, 1), {"USD": "0.93", "GBP": "1.17"}),
    (date(2026, 2, 1), {"USD": "0.905", "GBP": "1.16"}),
]
MOVEMENT = Movement(promote=1, one_up=True, demote=1, grace_days=60, hold_months=6)
TRACK_MOVEMENT: dict[str, Movement | None] = {
    "operations": Movement(promote=None, demote=6, grace_days=30),
    "storage": None,
}


class Services:
    """The program at one as-of date."""

    name = NAME

    def __init__(self, path: Path, as_of: date) -> None:
        self.folder = Folder(path, "Europe/Berlin")
        self.rates = PinnedRates("EUR", PINNED)
        self.as_of = as_of
        self.enrollments = self.folder.enrollments(NAME, None)
        for facts in self.folder.facts["sales"].values():
            for fact in facts:
                fact["eur"] = self.rates.converted(
                    fact["amount"], fact["currency"], fact["order_date"]
                )
        for facts in self.folder.facts["contracts"].values():
            for fact in facts:  # fees are in US dollars
                fact["eur"] = self.rates.converted(fact["monthly_fee"], "USD", fact["signed_on"])
        # Whom a partner is compared with: those enrolled, by country.
        self.fees_by_country: dict[str | None, list[Decimal]] = {}
        for partner in self.folder.keys:
            if self.enrolled(partner):
                country = self.folder.partners[partner]["country"]
                fee = rounded(self.recurring_fee(partner, as_of), 12)
                self.fees_by_country.setdefault(country, []).append(fee)

    def enrolled(self, partner: str) -> bool:
        """Whether an enrollment is in force."""
        return enrollment_at(self.enrollments.get(partner, []), self.as_of) is not None

    def metrics(self, partner: str) -> dict[str, Value]:
        """Every metric of the program, of one partner."""
        m: dict[str, Value] = {}
        year = fiscal_year(self.as_of)
        last_12 = trailing_months(self.as_of, 12)
        site_points = self.site_points(partner, last_12)
        training = self.training_points(partner, last_12)
        m["recurring_fee"] = self.recurring_fee(partner, self.as_of)
        m["sites_in_care"] = self.sites_in_care(partner)
        m["steady_fee"] = self.steady_fee(partner)
        m["peak_fee"] = self.peak_fee(partner)
        m["fee_rank"] = self.fee_rank(partner)
        m["fee_percentile"] = self.fee_percentile(partner)
        m["site_points"] = site_points
        m["training_points"] = training
        m["total_points"] = site_points + min(Decimal(60), training)
        m["month_points"] = self.month_points(partner, self.as_of)
        m["steady_months"] = self.steady_months(partner)
        m["service_revenue"] = self.service_revenue(partner, year)
        m["last_quarter_revenue"] = total(self.sales(partner, last_fiscal_quarter(self.as_of)))
        m["typical_line"] = self.typical_line(partner)
        m["security_report"] = self.security_report(partner)
        return m

    def track_metrics(self, partner: str) -> dict[str, dict[str, Value]]:
        """The metrics of each track."""
        technicians = self.technicians(partner)
        sites = self.sites_in_care(partner)
        score = min(Decimal(100), 12 * technicians + 2 * sites) if technicians >= 1 else ZERO
        return {
            "operations": {"technicians": technicians, "score": score},
            "storage": {
                "storage_people": self.storage_people(partner),
                "commissioned": self.commissioned(partner),
            },
        }

    # Contracts

    def contracts(self, partner: str, as_of: date) -> list[Record]:
        """Those that hold and are signed by then."""
        return [
            fact
            for fact in self.folder.own("contracts", partner)
            if holds(fact["valid_from"], fact["valid_until"], as_of) and fact["signed_on"] <= as_of
        ]

    def recurring_fee(self, partner: str, as_of: date) -> Decimal:
        """Sum of the monthly fees."""
        return total(self.contracts(partner, as_of))

    def sites_in_care(self, partner: str) -> Decimal:
        """Distinct sites; a contract without one counts for none."""
        sites = {fact["site"] for fact in self.contracts(partner, self.as_of)} - {None}
        return Decimal(len(sites))

    def steady_fee(self, partner: str) -> Decimal | None:
        """The mean of the fees at as-of and one and two months before, since enrollment."""
        enrollment = enrollment_meant(self.enrollments.get(partner, []), self.as_of)
        days = [add_months(self.as_of, -months) for months in range(3)]
        if enrollment is not None and enrollment.start is not None:
            days = [day for day in days if day >= enrollment.start]
        return average([self.recurring_fee(partner, day) for day in days])

    def peak_fee(self, partner: str) -> Decimal:
        """The highest of the fees at as-of and months before, within the fiscal year."""
        start = fiscal_year(self.as_of)[0]
        days = [add_months(self.as_of, -months) for months in range(12)]
        return max(self.recurring_fee(partner, day) for day in days if day >= start)

    def _peers(self, partner: str) -> list[Decimal] | None:
        """The fees in the country, the partner's own included; null where it isn't compared."""
        country = self.folder.partners[partner]["country"]
        return self.fees_by_country[country] if country and self.enrolled(partner) else None

    def fee_rank(self, partner: str) -> Decimal | None:
        """One more than those who have more."""
        peers = self._peers(partner)
        own = rounded(self.recurring_fee(partner, self.as_of), 12)
        return None if peers is None else Decimal(1 + sum(fee > own for fee in peers))

    def fee_percentile(self, partner: str) -> Decimal | None:
        """The share of the others that have less, in percent; null with no others."""
        peers = self._peers(partner)
        own = rounded(self.recurring_fee(partner, self.as_of), 12)
        if peers is None:
            return None
        return quotient(Decimal(100 * sum(fee < own for fee in peers)), Decimal(len(peers) - 1))

    # Activities

    def activities(self, partner: str, span: Span) -> list[Record]:
        """Those in the window."""
        own = self.folder.own("activities", partner)
        return [fact for fact in own if inside(fact["done_on"], span)]

    def site_points(self, partner: str, span: Span) -> Decimal:
        """Points by site, at most 100 each; not training, nothing without a kind or a site."""
        by_site: dict[str, Decimal] = {}
        for fact in self.activities(partner, span):
            if fact["kind"] in (None, "training") or fact["site"] is None:
                continue
            by_site[fact["site"]] = by_site.get(fact["site"], ZERO) + (fact["points"] or ZERO)
        return sum((min(points, Decimal(100)) for points in by_site.values()), ZERO)

    def training_points(self, partner: str, span: Span) -> Decimal:
        """Points for training."""
        return points([f for f in self.activities(partner, span) if f["kind"] == "training"])

    def month_points(self, partner: str, day: date) -> Decimal:
        """All points from the first of the day's month to the day."""
        return points(self.activities(partner, (day.replace(day=1), day)))

    def steady_months(self, partner: str) -> Decimal:
        """Of this month to as-of and the five whole ones before, those with 20 points."""
        days = [self.as_of]
        days += [last_of_month(add_months(self.as_of.replace(day=1), -n)) for n in range(1, 6)]
        return Decimal(sum(self.month_points(partner, day) >= 20 for day in days))

    def commissioned(self, partner: str) -> Decimal:
        """Distinct sites commissioned in two years."""
        done = self.activities(partner, trailing_months(self.as_of, 24))
        return Decimal(len({f["site"] for f in done if f["kind"] == "commissioning"} - {None}))

    # Sales

    def sales(self, partner: str, span: Span) -> list[Record]:
        """The partner's own sales in the window."""
        own = self.folder.own("sales", partner)
        return [fact for fact in own if inside(fact["order_date"], span)]

    def service_revenue(self, partner: str, span: Span) -> Decimal:
        """Sales of service plans and monitoring."""
        category = self.folder.category
        wanted = ("Services", "Monitoring")
        return total(
            [f for f in self.sales(partner, span) if category.get(f["product_id"]) in wanted]
        )

    def typical_line(self, partner: str) -> Decimal | None:
        """The median line above zero, of those sold while enrolled."""
        enrollment = enrollment_meant(self.enrollments.get(partner, []), self.as_of)
        if enrollment is None:
            return None
        first, last = trailing_months(self.as_of, 12)
        first = max(first, enrollment.start or first)
        last = min(last, enrollment.end or last)
        lines = self.sales(partner, (first, last))
        return median([f["eur"] for f in lines if f["eur"] is not None and f["eur"] > 0])

    # People

    def certificates(self, partner: str, exams: tuple[str, ...]) -> list[Record]:
        """Those that hold, in these exams, of a named person."""
        return [
            fact
            for fact in self.folder.own("certificates", partner)
            if holds(fact["valid_from"], fact["valid_until"], self.as_of)
            and fact["exam"] in exams
            and fact["person"] is not None
        ]

    def technicians(self, partner: str) -> Decimal:
        """People with two of the three operations exams."""
        exams: dict[str, set[str]] = {}
        for fact in self.certificates(partner, ("OM-1", "OM-2", "OM-3")):
            exams.setdefault(fact["person"], set()).add(fact["exam"])
        return Decimal(sum(len(held) >= 2 for held in exams.values()))

    def storage_people(self, partner: str) -> Decimal:
        """People certified for storage."""
        return Decimal(len({fact["person"] for fact in self.certificates(partner, ("ST-200",))}))

    def security_report(self, partner: str) -> bool | None:
        value = self.folder.attested(partner, "security_report", self.as_of)
        return None if value is None else value == "yes"

    # Tiers

    def track_ladder(self, track: str, m: dict[str, Value], own: dict[str, Value]) -> Ladder:
        """Which requirements and lower bars of a track are met."""
        if track == "operations":
            technician = at_least(own["technicians"], Decimal(1))
            proficient = technician and at_least(m["sites_in_care"], Decimal(4))
            expert = at_least(own["score"], Decimal(45)) and at_least(
                m["steady_months"], Decimal(2)
            )
            return Ladder(TRACK_TIERS, (proficient, expert), (technician, False))
        people, sites = own["storage_people"], own["commissioned"]
        proficient = at_least(people, Decimal(1)) and at_least(sites, Decimal(3))
        expert = at_least(people, Decimal(2)) and at_least(sites, Decimal(6))
        return Ladder(TRACK_TIERS, (proficient, expert), (False, False))

    def ladder(self, m: dict[str, Value], tracks: dict[str, Ladder], score: Value) -> Ladder:
        """Which requirements and lower bars of the program's own ladder are met."""
        reached = [ladder.qualified for ladder in tracks.values()]
        proficient_tracks = sum(place >= 0 for place in reached)
        expert_tracks = sum(place >= 1 for place in reached)
        points_, fee = m["total_points"], m["steady_fee"]
        professional = at_least(points_, Decimal(350)) and at_least(m["sites_in_care"], Decimal(6))
        premier = (
            at_least(points_, Decimal(500))
            and at_least(fee, Decimal(1800))
            and proficient_tracks >= 1
        )
        elite = (
            at_least(points_, Decimal(600))
            and at_least(score, Decimal(40))
            and tracks["operations"].qualified > NONE
            and expert_tracks >= 1
            and (at_most(m["fee_rank"], Decimal(3)) or at_least(m["fee_percentile"], Decimal(80)))
            and m["security_report"] is True
        )
        keeps_professional = at_least(points_, Decimal(280)) and at_least(
            m["sites_in_care"], Decimal(5)
        )
        keeps_premier = at_least(points_, Decimal(420)) and at_least(fee, Decimal(1500))
        return Ladder(
            TIERS,
            (True, professional, premier, elite),
            (False, keeps_professional, keeps_premier, False),
        )


def total(facts: list[Record]) -> Decimal:
    """The sum of the converted amounts; nulls are skipped, nothing is 0."""
    return sum((fact["eur"] for fact in facts if fact["eur"] is not None), ZERO)


def points(facts: list[Record]) -> Decimal:
    """The sum of the points, likewise."""
    return sum((fact["points"] for fact in facts if fact["points"] is not None), ZERO)
