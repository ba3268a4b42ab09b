"""Programs, the terms of taking part, and who is in them since when."""

from __future__ import annotations

import io
from datetime import date, timedelta
from pathlib import Path

from echelon.demo.badges import badge
from echelon.demo.chance import Chance
from echelon.demo.story.vendor import Vendor
from echelon.records.enrollments.services import ending, making, policies
from echelon.records.programs.services import catalogue
from echelon.records.programs.services import versions as services

SLUGS = ("partner", "services")
#: Tiers by key: name, colour, and the bars of the badge.
TIERS = {
    "registered": ("Registered", "#8091a5", 0),
    "silver": ("Silver", "#9aa3ad", 1),
    "gold": ("Gold", "#c99b2e", 2),
    "platinum": ("Platinum", "#4a6b8a", 3),
    "authorized": ("Authorized", "#5c8f7b", 1),
    "advanced": ("Advanced", "#2f7d6b", 2),
    "expert": ("Expert", "#1d5c63", 3),
}
_TEXTS = Path(__file__).parents[1] / "programs"


def tiers(vendor: Vendor) -> None:
    """Give the tiers their names, colours and badges."""
    at = vendor.at(vendor.first, 12)
    for number, (key, (name, colour, bars)) in enumerate(TIERS.items()):
        vendor.say("Tiers", number, len(TIERS))
        made = catalogue.define(vendor.boss, key=key, name=name, colour=colour, at=at)
        if bars:
            catalogue.set_badge(
                vendor.boss, entry=made.pk, name=f"{key}.png",
                content=io.BytesIO(badge(colour, bars)), at=at,
            )  # fmt: skip
    vendor.say("Tiers", len(TIERS), len(TIERS))


def programs(vendor: Vendor) -> None:
    """Publish both programs as they were in the first year, with their terms.

    In those days nobody was asked for a yes.
    """
    at = vendor.at(vendor.first, 13)
    for number, slug in enumerate(SLUGS):
        vendor.say("Programs", number, len(SLUGS))
        text = (_TEXTS / f"{slug}.yaml").read_text("utf-8")
        name = "Larkfield Partner Program" if slug == "partner" else "Larkfield Service Delivery"
        version = services.create(vendor.boss, slug=slug, name=name, text=text, at=at)
        services.publish(vendor.boss, version=version.pk, effective=vendor.first, at=at)
        vendor.programs[slug] = version.program_id
        policies.set_policy(
            vendor.boss, program=version.program_id, needs_approval=False, needs_acceptance=False,
            can_renew=True, at=at,
        )  # fmt: skip
        terms = (_TEXTS / f"{slug}-terms.md").read_text("utf-8")
        policies.publish_terms(vendor.boss, program=version.program_id, text=terms, at=at)
    vendor.say("Programs", len(SLUGS), len(SLUGS))


def enrollments(vendor: Vendor) -> None:
    """Enroll every company, each on the day on which it joined; a few have left again."""
    chance = Chance(vendor.seed, "enrollments")
    wanted = [(each, "partner") for each in vendor.companies]
    wanted += [(each, "services") for each in vendor.companies if _delivers(each.kind, each.role)]
    wanted.sort(key=lambda pair: (pair[0].joined, pair[0].key, pair[1]))
    for number, (company, slug) in enumerate(wanted):
        vendor.say("Enrollments", number, len(wanted))
        made = making.create(
            vendor.manager_of(company), partner=vendor.partners[company.key],
            program=vendor.programs[slug], start=company.joined, submit=True,
            tier=company.tier if slug == "partner" else "", at=vendor.at(company.joined, 15),
        )  # fmt: skip
        if not company.role and chance.percent(2):
            gone = chance.day(company.joined, vendor.today - timedelta(days=30))
            ending.terminate(
                vendor.manager_of(company), enrollment=made.enrollment.pk, at=vendor.at(gone, 16),
                reason="Taken over by another company, which isn't a partner.",
            )  # fmt: skip
    vendor.say("Enrollments", len(wanted), len(wanted))


def ask_for_both(vendor: Vendor, day: date) -> None:
    """From a day on the vendor approves and the partner accepts; some may apply by themselves."""
    for slug in SLUGS:
        policies.set_policy(
            vendor.boss, program=vendor.programs[slug], needs_approval=True, needs_acceptance=True,
            months=24, self_application=True, at=vendor.at(day, 9),
        )  # fmt: skip


def second_version(vendor: Vendor, day: date) -> None:
    """Ask for more from a day on: three experts for Platinum, more points for Advanced."""
    for slug, changes in (
        ("partner", ["platinum.expert_people=3"]),
        ("services", ["advanced.points=200"]),
    ):
        at = vendor.at(day - timedelta(days=20), 10)
        drafted = services.draft(
            vendor.boss, program=vendor.programs[slug], at=at, notes="Bars of the new year."
        )
        changed = services.change(
            vendor.boss, version=drafted.pk, settings=changes, sha=drafted.sha, at=at
        )
        services.publish(vendor.boss, version=changed.pk, effective=day, at=at)


def draft_for_next_year(vendor: Vendor) -> None:
    """Leave a draft on the desk: what the program manager has in mind for next year."""
    at = vendor.ago(days=3)
    drafted = services.draft(
        vendor.boss, program=vendor.programs["partner"], at=at,
        notes="For next year: four certified people for Gold, deals count more. Not agreed yet.",
    )  # fmt: skip
    services.change(
        vendor.boss, version=drafted.pk, sha=drafted.sha, at=at,
        settings=[f"version={vendor.today.year + 1}-01-01", "gold.certified_people=4",
                  "gold.deals_won=4"],
    )  # fmt: skip


def _delivers(kind: str, role: str) -> bool:
    """Whether a company is in the services program from its first day."""
    return kind in {"msp", "si"} and role not in {"reseller", "distributor"}
