"""What people at partners learned: certificates that hold for two years, courses, work on sites."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from datetime import date, timedelta

from echelon.demo import naming
from echelon.demo.chance import Chance
from echelon.demo.companies import Company

CERTIFICATES = ("certification_id", "partner_id", "valid_from", "valid_until", "person", "exam",
                "level")  # fmt: skip
COURSES = ("completion_id", "partner_id", "completed_on", "person", "course", "score")
ACTIVITIES = ("activity_id", "partner_id", "done_on", "kind", "subject", "points")
#: Exams with their levels, and how often each is taken.
_EXAMS = (("LK-101", "associate"), ("LK-201", "professional"), ("LK-301", "expert"),
          ("LK-RC", "professional"))  # fmt: skip
_TAKEN = (46, 28, 14, 12)
_COURSES = ("Backup fundamentals", "Selling the cloud vault", "Designing for recovery",
            "Ransomware drills", "Sizing an appliance", "Licensing and renewals")  # fmt: skip
_KINDS = {"deployment": (20, 40), "health_check": (5, 15), "recovery_test": (15, 30),
          "workshop": (5, 10)}  # fmt: skip
_HOLDS = timedelta(days=730)


def people(company: Company, count: int) -> list[str]:
    """Return the addresses of so many people at a company."""
    known = naming.people(company.where.language)
    names = [
        f"{known[n % len(known)][1]}{n // len(known) or ''}@{company.domain}.example"
        for n in range(count)
    ]
    return names


def certificates(
    found: Sequence[Company], first: date, today: date, seed: int
) -> Iterator[dict[str, str]]:
    """Yield certificates by the day from which they hold."""
    made = [row for each in found for row in _certificates(each, first, today, seed)]
    made.sort(key=lambda row: (row["valid_from"], row["partner_id"], row["person"]))
    for number, row in enumerate(made, 30_001):
        yield {"certification_id": f"C{number}", **row}


def courses(
    found: Sequence[Company], first: date, today: date, seed: int
) -> Iterator[dict[str, str]]:
    """Yield completed courses by day."""
    made = []
    for each in found:
        chance = Chance(seed, each.key, "courses")
        begin = max(first, each.joined)
        count = each.yearly // 22_000 + chance.below(4)
        staff = people(each, min(count, 14) + 2)
        for _ in range(min(count, 16) * (today - begin).days // 365):
            made.append(
                {
                    "partner_id": each.key,
                    "completed_on": chance.day(begin, today - timedelta(days=1)).isoformat(),
                    "person": chance.pick(staff),
                    "course": chance.pick(_COURSES),
                    "score": str(chance.between(52, 100)),
                }
            )
    made.sort(key=lambda row: (row["completed_on"], row["partner_id"], row["person"]))
    for number, row in enumerate(made, 40_001):
        yield {"completion_id": f"L{number}", **row}


def activities(
    found: Sequence[Company], first: date, today: date, seed: int
) -> Iterator[dict[str, str]]:
    """Yield the work of those that look after what others sold."""
    made = []
    for each in found:
        if not each.serves:
            continue
        chance = Chance(seed, each.key, "activities")
        begin = max(first, each.joined)
        yearly = min(each.yearly // 9_000, 30) + chance.between(1, 6)
        for _ in range(yearly * (today - begin).days // 365):
            kind = chance.pick(list(_KINDS))
            made.append(
                {
                    "partner_id": each.key,
                    "done_on": chance.day(begin, today - timedelta(days=1)).isoformat(),
                    "kind": kind,
                    "subject": f"Site {chance.between(1, 40)}",
                    "points": str(chance.between(*_KINDS[kind])),
                }
            )
    made.sort(key=lambda row: (row["done_on"], row["partner_id"], row["subject"]))
    for number, row in enumerate(made, 60_001):
        yield {"activity_id": f"A{number}", **row}


def _certificates(
    company: Company, first: date, today: date, seed: int
) -> Iterator[dict[str, str]]:
    """Yield who passed what; most renew in time, companies that fall off don't."""
    chance = Chance(seed, company.key, "certificates")
    count = company.certified
    if count is None:
        count = min(company.yearly // 45_000, 11) + chance.between(0, 2)
    staff = people(company, count)
    begin = max(first, company.joined)
    for person in staff:
        for exam, level in _passed(chance):
            day = chance.day(begin, begin + (today - begin) * 3 // 4)
            if company.lapses:
                day = company.lapses - _HOLDS
            elif company.gains:
                day = company.gains if person == staff[-1] else begin
            while day < today:
                row = {"partner_id": company.key, "valid_from": day.isoformat()}
                row |= {"valid_until": (day + _HOLDS).isoformat()}
                yield row | {"person": person, "exam": exam, "level": level}
                if company.lapses or not chance.percent(40 if company.fades else 84):
                    break
                day += _HOLDS - timedelta(days=chance.between(0, 40))


def _passed(chance: Chance) -> list[tuple[str, str]]:
    """Return the exams that somebody takes: one to three."""
    found = [chance.weighted(_EXAMS, _TAKEN) for _ in range(chance.between(1, 3))]
    return list(dict.fromkeys(found))
