"""What lies on people's desks today: enrollments, overrides, an import with bad rows, a draft."""

from __future__ import annotations

import io
from datetime import timedelta

from echelon.demo.chance import Chance
from echelon.demo.story.promises import draft_for_next_year
from echelon.demo.story.vendor import Vendor
from echelon.outcomes.standings.services import overrides
from echelon.outcomes.standings.states import Protection
from echelon.records.enrollments.services import agreeing, making
from echelon.records.facts.services import imports
from echelon.records.partners.services import views

#: As an account manager gets it: columns in another language, and rows that somebody typed.
_REPORT = """\
Commande;Ligne;Partenaire;Date;Article;Quantité;Montant;Devise
"""


def desks(vendor: Vendor) -> None:
    """Leave what waits for the vendor's people and for partners."""
    steps = (_enrollments, _overrides, _report, _unmapped, _lists, draft_for_next_year)
    for number, step in enumerate(steps):
        vendor.say("What waits today", number, len(steps))
        step(vendor)
    vendor.say("What waits today", len(steps), len(steps))


def _enrollments(vendor: Vendor) -> None:
    """One application to approve, one enrollment to accept, and others on their way."""
    services = vendor.programs["services"]
    if vendor.role("reseller") and (partner := vendor.scopes.get("partner")):
        mine = vendor.partners[vendor.role("reseller").key]
        making.apply(partner, partner=mine, program=services, terms=1, at=vendor.ago(days=2))
    if company := vendor.role("distributor"):
        manager = vendor.manager_of(company)
        made = making.create(
            manager, partner=vendor.partners[company.key], program=services,
            start=vendor.today, submit=True, at=vendor.ago(days=1, hours=4),
        )  # fmt: skip
        agreeing.approve(manager, enrollment=made.enrollment.pk, at=vendor.ago(days=1, hours=3))
    others = [each for each in vendor.companies if each.kind in {"var", "consultant"}]
    others = [each for each in others if not each.role]
    for number, company in enumerate(Chance(vendor.seed, "desks").some(others, 3)):
        making.create(
            vendor.manager_of(company), partner=vendor.partners[company.key], program=services,
            start=vendor.today + timedelta(days=10), submit=number > 0,
            at=vendor.ago(days=number + 1, hours=6),
        )  # fmt: skip


def _overrides(vendor: Vendor) -> None:
    """What the program manager decided above the rules, for some time and for a reason."""
    chosen = [
        (vendor.role("protected"), Protection.FLOOR, "silver", 120,
         "Merger of two ledgers: sales of one of them are still to come."),
        (vendor.role("fading"), Protection.LOCK, None, 45,
         "A disputed invoice of 90,000 EUR is being looked at; no move before that is settled."),
    ]  # fmt: skip
    for company, kind, tier, days, reason in chosen:
        if company is not None:
            overrides.grant(
                vendor.boss, program=vendor.programs["partner"],
                partner=vendor.partners[company.key], kind=kind, tier=tier, start=vendor.today,
                until=vendor.today + timedelta(days=days), reason=reason, at=vendor.ago(hours=5),
            )  # fmt: skip


def _report(vendor: Vendor) -> None:
    """A report of last month, checked: most rows are good, eight say what is wrong with them."""
    lines = _REPORT + "".join(f"{line}\n" for line in _lines(vendor))
    manager, at = vendor.scopes["account manager"], vendor.ago(hours=20)
    batch = imports.upload(
        manager, type="sales", name="rapport-octobre.csv", stream=io.BytesIO(lines.encode()), at=at
    )
    columns = {
        "order_number": "Commande", "order_line": "Ligne", "partner_id": "Partenaire",
        "order_date": "Date", "product_id": "Article", "quantity": "Quantité",
        "amount": "Montant", "currency": "Devise", "channel": {"value": "distribution"},
    }  # fmt: skip
    imports.map_columns(manager, batch=batch.pk, columns=columns, at=at)
    imports.check(batch.pk, at=at)


def _lines(vendor: Vendor) -> list[str]:
    chance = Chance(vendor.seed, "report")
    mine = [each for each in vendor.companies if each.where.region == "France and Benelux"]
    day = vendor.today.replace(day=1) - timedelta(days=9)
    found = []
    for number in range(1, 41):
        amount = f"{chance.between(300, 9_000)}.{chance.below(100):02d}"
        row = [f"FB-{2600 + number}", "1", chance.pick(mine).key, str(day), "LK-C1", "3", amount]
        found.append([*row, "EUR"])
    found[4][2] = "P9999"
    found[9][3] = f"31/{day.month:02d}/{day.year}"
    found[14][6] = "1.234,50"
    found[19][7] = "EURO"
    found[24][2] = ""
    found[29][5] = "trois"
    found[34][0] = found[33][0]
    return [";".join(row) for row in found]


def _unmapped(vendor: Vendor) -> None:
    """A file that has just come: nobody has said yet which column is which."""
    text = "Ref,Reseller,Registered,Customer,State,Value,Cur\n"
    day = vendor.today - timedelta(days=4)
    for number, company in enumerate(vendor.companies[:6]):
        text += f"X{number},{company.key},{day},Ashdown Clinics,submitted,{8_000 + number},USD\n"
    imports.upload(
        vendor.boss, type="deal_registrations", name="deals-from-crm.csv",
        stream=io.BytesIO(text.encode()), at=vendor.ago(hours=1),
    )  # fmt: skip


def _lists(vendor: Vendor) -> None:
    """Lists that the vendor's people share."""
    for name, chosen, columns in (
        ("Enterprise, by region", {"segments": ["Enterprise"]}, ("country", "region", "manager")),
        ("Distributors", {"kinds": ["distributor"]}, ("country", "tags", "employees")),
    ):
        views.save(
            vendor.boss, name=name, filter=chosen, columns=columns, shared=True,
            at=vendor.ago(days=30),
        )  # fmt: skip
