"""Certificates: people, exams, and how long they hold."""

from __future__ import annotations

from datetime import date, timedelta

from .chance import Chance, Row
from .partners import Partner

HEADER: Row = ("certificate_id", "partner_id", "person", "exam", "valid_from", "valid_until")
SALES_EXAMS = ("PV-100", "PV-200", "ST-200", "PV-050")
SERVICE_EXAMS = ("OM-1", "OM-2", "OM-3", "ST-200")


def certificates(partners: list[Partner]) -> list[Row]:
    """Bigger partners have more people with more certificates."""
    chance = Chance(20240105)
    rows: list[Row] = []
    person = 7000
    for partner in partners:
        for _ in range(_people(chance, partner)):
            person += 1
            name = "" if chance.one_in(180) else f"u{person}"
            exams = SERVICE_EXAMS if partner.kind == "MSP" and chance.percent(65) else SALES_EXAMS
            for exam in chance.shuffled(exams)[: 1 + chance.weighted((28, 44, 28))]:
                rows += _held(chance, partner, name, exam)
    numbered = [(f"C{number + 1:05d}", *row) for number, row in enumerate(rows)]
    twice = [chance.pick(numbered) for _ in range(6)]
    odd = [
        ("CX001", "P9001", "u1", "PV-100", "2025-01-01", ""),
        ("CX002", "", "u2", "PV-100", "2025-01-01", "2027-01-01"),
        ("CX003", "P1044", "u3", "PV-200", "", "2027-01-01"),
        # the same person, certified again at another partner after a change of jobs
        ("CX004", "P1044", "u7001", "PV-100", "2025-09-01", "2027-09-01"),
    ]
    return [HEADER, *numbered, *twice, *odd]


def _people(chance: Chance, partner: Partner) -> int:
    if partner.rank < 60:
        return chance.between(6, 16)
    if partner.rank < 220:
        return chance.between(1, 5)
    return max(0, chance.between(-2, 3))


def _held(chance: Chance, partner: Partner, person: str, exam: str) -> list[Row]:
    """One certificate for two years, or two in a row where it was renewed."""
    start = chance.day(max(date(2023, 4, 1), partner.joined), date(2026, 6, 1))
    if exam == "PV-050":
        start = chance.day(date(2022, 1, 1), date(2023, 12, 31))
        return [(partner.key, person, exam, start.isoformat(), "")]
    end = start + timedelta(days=730)
    until = "" if chance.one_in(15) else end.isoformat()
    rows: list[Row] = [(partner.key, person, exam, start.isoformat(), until)]
    if chance.percent(75) and end < date(2026, 8, 1):
        again = end - timedelta(days=chance.between(0, 60))
        until = (again + timedelta(days=730)).isoformat()
        rows.append((partner.key, person, exam, again.isoformat(), until))
    return rows
