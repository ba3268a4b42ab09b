"""Who is enrolled, where each stood before, what people decided and confirmed."""

from __future__ import annotations

from datetime import date, timedelta

from .chance import Chance, Row, month_end
from .partners import Partner
from .services import service_partners

ENROLLMENTS_HEADER: Row = (
    "partner_id",
    "program",
    "track",
    "start",
    "end",
    "user",
    "tier",
    "since",
    "below_since",
    "reviewed",
)
OVERRIDES_HEADER: Row = (
    "partner_id",
    "program",
    "track",
    "kind",
    "tier",
    "from",
    "until",
    "reason",
    "approver",
)
ATTESTATIONS_HEADER: Row = ("partner_id", "metric", "value", "from", "until")

# The standings were last written down after the reviews of this day; a few were reviewed later.
REVIEWED = date(2025, 9, 30)
USERS = ("m.okafor", "l.brandt", "s.iyer", "t.moreau")
RESELLER_TIERS = ("registered", "silver", "gold", "platinum")
SERVICES_TIERS = ("associate", "professional", "premier", "elite")
OPERATIONS_TIERS = ("proficient", "expert")


def enrollments(partners: list[Partner]) -> list[Row]:
    """Enrollments in both programs; the newest have no standing yet."""
    chance = Chance(20240108)
    rows: list[Row] = []
    for partner in partners:
        if partner.kind == "MSP" and partner.rank % 2:
            continue  # service partners that sell nothing on their own account
        if not chance.one_in(30):
            rows += _enrolled(chance, partner, "reseller", RESELLER_TIERS, (12, 72, 200))
    for partner in service_partners(partners):
        if not chance.one_in(25):
            rows += _enrolled(chance, partner, "services", SERVICES_TIERS, (28, 85, 300))
    return [ENROLLMENTS_HEADER, *rows]


def _enrolled(
    chance: Chance, partner: Partner, program: str, tiers: tuple[str, ...], sizes: tuple[int, ...]
) -> list[Row]:
    start = max(partner.joined, date(2021, 3, 1)) + timedelta(days=chance.between(3, 60))
    user = chance.pick(USERS)
    rows: list[Row] = []
    end = ""
    if chance.one_in(18):  # left, and sometimes came back
        ended = chance.day(max(start, date(2025, 2, 1)), date(2026, 6, 30))
        end = ended.isoformat()
        if chance.one_in(3):
            back = ended + timedelta(days=chance.between(20, 200))
            rows.append((partner.key, program, "", back.isoformat(), "", user, "", "", "", ""))
    since = month_end(chance.day(date(2024, 3, 1), REVIEWED))
    if start >= REVIEWED or (since <= start and chance.percent(70)):
        return [(partner.key, program, "", start.isoformat(), end, user, "", "", "", ""), *rows]
    since = max(since, start)
    tier = sum(partner.rank < size + chance.between(-25, 25) for size in sizes)
    if chance.one_in(25):
        tier = 0  # never looked at until now
    reviewed = date(2025, 12, 31) if chance.one_in(30) else REVIEWED
    below = _below_since(chance, tier, since)
    if start >= date(2025, 1, 10):  # a tier to begin with, not earned yet
        tier = max(tier, 1)
        below = chance.day(max(since, date(2025, 7, 1)), date(2025, 10, 15)).isoformat()
    rows.append(
        (
            partner.key,
            program,
            "",
            start.isoformat(),
            end,
            user,
            tiers[tier],
            since.isoformat(),
            below,
            reviewed.isoformat(),
        )
    )
    if program == "services" and chance.percent(55):
        track = OPERATIONS_TIERS[1 if partner.rank < 120 else 0]
        rows.append(
            (
                partner.key,
                program,
                "operations",
                start.isoformat(),
                end,
                user,
                track,
                since.isoformat(),
                _below_since(chance, 1, since),
                "2025-06-30" if since <= date(2025, 6, 30) else since.isoformat(),
            )
        )
    return rows


def _below_since(chance: Chance, tier: int, since: date) -> str:
    """Almost half of those with something to lose were below the bar when last seen."""
    if tier == 0 or not chance.percent(45):
        return ""
    return chance.day(max(since, date(2025, 7, 1)), date(2025, 12, 15)).isoformat()


# The partner's place by size among those with a standing; then program, track, kind, tier, from,
# until, reason.
DECISIONS: list[tuple[int, str, str, str, str, str, str, str]] = [
    (12, "reseller", "", "lock", "", "2025-10-01", "2026-10-01", "merger under way"),
    (
        20,
        "reseller",
        "",
        "lock",
        "",
        "2025-04-01",
        "2025-10-01",
        "expired: insolvency of a customer",
    ),
    (33, "reseller", "", "lock", "", "2025-11-15", "", "audit of deal registrations"),
    (
        33,
        "reseller",
        "",
        "floor",
        "platinum",
        "2025-11-15",
        "",
        "promised by the region, stopped by the lock",
    ),
    (48, "reseller", "", "floor", "gold", "2025-07-01", "2026-07-01", "launch partner for storage"),
    (95, "reseller", "", "floor", "silver", "2026-01-01", "2026-12-31", "rebuilding after a fire"),
    (
        130,
        "reseller",
        "",
        "floor",
        "gold",
        "2025-12-01",
        "2026-06-30",
        "first to enter the country, until the day before",
    ),
    (150, "reseller", "", "floor", "gold", "2024-01-01", "2025-01-01", "expired"),
    (210, "reseller", "", "floor", "silver", "2025-12-31", "", "strategic"),
    (262, "reseller", "", "suspend", "", "2026-05-01", "", "invoices overdue"),
    (330, "reseller", "", "suspend", "", "2025-03-01", "2025-09-01", "expired: invoices overdue"),
    (3, "services", "", "lock", "", "2025-12-01", "2026-12-01", "new management"),
    (14, "services", "", "floor", "premier", "2026-02-01", "", "pilot of remote monitoring"),
    (30, "services", "", "floor", "professional", "2025-08-01", "2026-03-01", "new in the program"),
    (44, "services", "", "suspend", "", "2026-06-01", "2026-09-01", "insurance lapsed"),
    (
        9,
        "services",
        "operations",
        "floor",
        "expert",
        "2025-12-01",
        "2026-06-01",
        "trains the other partners",
    ),
    (22, "services", "operations", "lock", "", "2025-10-15", "", "certificates being checked"),
]


def overrides(partners: list[Partner]) -> list[Row]:
    """Locks, floors and suspensions, in force or past, for partners that have a standing."""
    by_size = [p.key for p in sorted(partners, key=lambda p: p.rank)]
    enrolled = {row[:3] for row in enrollments(partners) if row[6]}
    standing = {
        (program, track): [key for key in by_size if (key, program, track) in enrolled]
        for program, track in (("reseller", ""), ("services", ""), ("services", "operations"))
    }
    rows: list[Row] = [OVERRIDES_HEADER]
    for place, program, track, kind, tier, start, until, reason in DECISIONS:
        key = standing[program, track][place]
        rows.append((key, program, track, kind, tier, start, until, reason, "e.lindqvist"))
    return rows


def attestations(partners: list[Partner]) -> list[Row]:
    """Satisfaction surveys, installation audits, security reports; the newest valid one counts."""
    chance = Chance(20240109)
    rows: list[Row] = []
    for partner in partners:
        if chance.percent(92 if partner.rank < 70 else 70 if partner.rank < 200 else 30):
            day = chance.day(date(2024, 10, 1), date(2025, 6, 30))
            score = chance.between(40, 49)
            for _ in range(chance.between(2, 4)):
                value = f"{score // 10}.{score % 10}"
                rows.append(
                    (
                        partner.key,
                        "csat",
                        value,
                        day.isoformat(),
                        (day + timedelta(days=365)).isoformat(),
                    )
                )
                day += timedelta(days=chance.between(120, 330))
                score = min(50, max(30, score + chance.between(-4, 4)))
        if partner.rank < 110 and chance.percent(88):
            day = chance.day(date(2024, 9, 1), date(2026, 3, 1))
            until = "" if chance.one_in(5) else (day + timedelta(days=730)).isoformat()
            rows.append(
                (
                    partner.key,
                    "site_audit",
                    "no" if chance.one_in(7) else "yes",
                    day.isoformat(),
                    until,
                )
            )
    for partner in service_partners(partners):
        if chance.percent(50):
            day = chance.day(date(2025, 2, 1), date(2026, 2, 1))
            value = "no" if chance.one_in(8) else "yes"
            rows.append(
                (
                    partner.key,
                    "security_report",
                    value,
                    day.isoformat(),
                    (day + timedelta(days=365)).isoformat(),
                )
            )
    return [ATTESTATIONS_HEADER, *rows]
