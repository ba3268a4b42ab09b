"""The story from its beginning to today."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime

from echelon.demo.companies import companies
from echelon.demo.story import people, promises, records, waiting, years
from echelon.demo.story.vendor import Say, Vendor, cast, day_of
from echelon.foundation.access import system
from echelon.foundation.access.walls import entered
from echelon.foundation.jobs.schedules import declare
from echelon.foundation.jobs.services import run_due

SEED = 20_231
#: The parts in their order.
PARTS = (
    people.staff,
    records.companies,
    people.of_partners,
    records.catalogue,
    promises.tiers,
    promises.programs,
    promises.enrollments,
    records.facts,
    records.attest,
    years.years,
    waiting.desks,
    people.invite_more,
)


@dataclass(frozen=True)
class SignIn:
    """Who can sign in, as what."""

    role: str
    name: str
    email: str


def tell(now: datetime, count: int, say: Say, seed: int = SEED) -> Vendor:
    """Make the vendor in a database that is empty but for its tables. `now` is its last moment."""
    vendor = Vendor(now, seed, companies(count, day_of(now), seed), say)
    with entered(system("demo")):
        for part in PARTS:
            part(vendor)
        say("The last jobs", 0, 1)
        run_due(lambda: now)
        declare(now)
        say("The last jobs", 1, 1)
    return vendor


def sign_ins() -> list[SignIn]:
    """Return who is named when the demo starts; all of them have the same password."""
    said = cast()
    return [
        SignIn(each["as"], each["name"], each["email"])
        for each in (*said["staff"], *said["people"])
        if "as" in each
    ]


def password() -> str:
    """Return everybody's password."""
    return str(cast()["password"])
