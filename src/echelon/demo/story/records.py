"""Companies, products, rates, and the facts of three years, loaded file by file."""

from __future__ import annotations

import io
from datetime import date, timedelta

from echelon.demo import files
from echelon.demo.chance import Chance
from echelon.demo.facts.catalogue import products, rates
from echelon.demo.story.people import managers, with_partners
from echelon.demo.story.vendor import Vendor
from echelon.foundation.access import Right
from echelon.records.facts.services import attestations, batches, imports, references
from echelon.records.facts.services import rates as exchange
from echelon.records.partners import selectors
from echelon.records.partners.services import fields, loading

#: The vendor's own fields of companies, which programs read as `partner.country_group`.
FIELDS = (
    ("country_group", "Country group", "choice", ("mature", "emerging")),
    ("vertical", "Vertical", "text", ()),
    ("employees", "Employees", "integer", ()),
)


def companies(vendor: Vendor) -> None:
    """Define the vendor's own fields, and load the companies: a file a year."""
    for name, label, kind, choices in FIELDS:
        fields.define(
            vendor.scopes["admin"], name=name, label=label, kind=kind, choices=choices,
            at=vendor.at(vendor.first, 8),
        )  # fmt: skip
    years = sorted({each.joined.year for each in vendor.companies})
    by_region = managers()
    for number, year in enumerate(years):
        vendor.say("Partners", number, len(years))
        some = [each for each in vendor.companies if each.joined.year == year]
        day = min(each.joined for each in some)
        loaded = loading.load(
            vendor.boss, name=f"partners-{year}.csv", content=files.partners(some, by_region),
            at=vendor.at(day, 10),
        )  # fmt: skip
        loading.refuse(loaded)
    vendor.partners = selectors.keys(vendor.boss, Right.COMPANY_READ)
    with_partners(vendor)
    vendor.say("Partners", len(years), len(years))


def catalogue(vendor: Vendor) -> None:
    """Load products and exchange rates."""
    vendor.say("Products and rates", 0, 1)
    at = vendor.at(vendor.first, 12)
    references.load(vendor.boss, type="product", rows=list(products()), at=at)
    table = rates(vendor.seed, vendor.first - timedelta(days=10), vendor.today)
    exchange.import_ecb(vendor.boss, data=table.encode(), at=vendor.ago(hours=4))
    vendor.say("Products and rates", 1, 1)


def facts(vendor: Vendor) -> None:
    """Load the files of facts as they were ready: uploaded, mapped, checked, committed."""
    made = files.facts(vendor.companies, vendor.first, vendor.today, vendor.seed)
    for number, file in enumerate(made):
        vendor.say("Sales, deals, certificates", number, len(made))
        ready = file.until + timedelta(days=3)
        at = vendor.at(ready, 6)
        if ready >= vendor.today:  # what tells of yesterday came this morning, one after another
            at = vendor.ago(minutes=300 - 7 * (len(made) - number))
        batch = imports.upload(
            vendor.boss, type=file.type, name=file.name, stream=io.BytesIO(file.content), at=at
        )
        imports.map_columns(vendor.boss, batch=batch.pk, columns=batch.mapping, at=at)
        imports.check(batch.pk, at=at)
        batches.commit(vendor.boss, batch=batch.pk, at=at)
    vendor.say("Sales, deals, certificates", len(made), len(made))


def attest(vendor: Vendor) -> None:
    """Have account managers confirm what no file tells: satisfaction, plans, audits."""
    chance = Chance(vendor.seed, "attestations")
    large = [each for each in vendor.companies if each.yearly >= 70_000]
    for number, company in enumerate(large):
        vendor.say("What people confirmed", number, len(large))
        day = max(company.joined, date(vendor.today.year - 1, 2, 1)) + timedelta(days=20)
        if day >= vendor.today:
            continue
        good = 34 if company.fades else 41
        said = {"csat": f"{chance.between(good, 48) / 10}"}
        if company.yearly > 320_000:
            said["business_plan"] = "yes"
        if company.serves and chance.percent(40):
            said["quality_audit"] = "yes"
        for metric, value in said.items():
            attestations.attest(
                vendor.manager_of(company), partner=vendor.partners[company.key],
                metric=metric, value=value, starts=day, at=vendor.at(day, 14),
                note="Annual survey" if metric == "csat" else "",
            )  # fmt: skip
    vendor.say("What people confirmed", len(large), len(large))
