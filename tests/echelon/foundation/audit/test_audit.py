"""What was done stays as it was written, or it is found out."""

import random
import time

import pytest
from django.db import DatabaseError, connection, transaction
from django.db.models import F

from echelon.foundation.access import Role, system
from echelon.foundation.access.walls import entered
from echelon.foundation.audit import heads
from echelon.foundation.audit.models import AuditEvent, Stream
from echelon.foundation.audit.seals import SEALED, sealed
from echelon.foundation.audit.selectors import trail
from echelon.foundation.audit.services import Entry, record, record_all
from echelon.foundation.audit.verifying import verify
from echelon.records.partners.selectors import scope_of
from tests.factories.partners import NOW, partner, person, staff

pytestmark = pytest.mark.django_db
SYSTEM = system("tests")
EVENTS = 40


def written(count=EVENTS):
    """Write events; return the head as it would be kept outside."""
    record_all(
        SYSTEM,
        [
            Entry("x.done", "thing", number, after={"n": number, "share": 0.5, "who": "Zoë"})
            for number in range(count)
        ],
        at=NOW,
    )
    return outside()


def outside():
    return {row.name: (row.count, row.head) for row in Stream.objects.all()}


@pytest.fixture
def unlocked():
    """What somebody does first who owns the database: the triggers are off."""
    with connection.cursor() as cursor:
        if connection.vendor == "sqlite":
            cursor.execute("DROP TRIGGER IF EXISTS audit_no_update")
            cursor.execute("DROP TRIGGER IF EXISTS audit_no_delete")
        else:
            cursor.execute("ALTER TABLE audit_auditevent DISABLE TRIGGER USER")


def test_events_are_chained_and_verified():
    kept = written()
    record(SYSTEM, "x.done", "thing", 1, at=NOW, before={"a": 1}, after={"a": 2})
    found = verify(kept)
    assert (found.events, found.streams, found.findings) == (EVENTS + 1, 1, [])


def test_an_event_stands_and_falls_with_its_change():
    written(1)
    with transaction.atomic():
        record(SYSTEM, "x.done", "thing", 2, at=NOW)
        transaction.set_rollback(True)
    assert verify(outside()).events == 1


@pytest.mark.parametrize("change", ["update", "delete"])
def test_the_database_refuses_to_change_what_was_done(change):
    written(2)
    rows = AuditEvent.objects.all()
    with pytest.raises(DatabaseError, match="never changed or deleted"), transaction.atomic():
        rows.update(actor_name="nobody") if change == "update" else rows.delete()
    assert verify(outside()).findings == []


@pytest.mark.skipif(connection.vendor != "postgresql", reason="rights are PostgreSQL's")
def test_the_role_that_serves_may_only_add(unlocked):
    written(2)
    with entered(SYSTEM):
        record(SYSTEM, "x.done", "thing", 3, at=NOW)
        rows = AuditEvent.objects.all()
        for change in (rows.delete, lambda: rows.update(verb="x")):
            with pytest.raises(DatabaseError, match="permission denied"), transaction.atomic():
                change()
    assert verify(outside()).events == 3


def _rows():
    return list(AuditEvent.objects.order_by("number"))


def edit(chance):
    name, value = chance.choice(
        [
            ("actor_name", "somebody else"),
            ("actor_id", "1"),
            ("verb", "x.undone"),
            ("subject_id", "999999"),
            ("behalf", "the boss"),
            ("partner", "00000000-0000-4000-8000-000000000001"),
            ("before", {"n": -1}),
            ("after", {"n": -1}),
            ("at", NOW.replace(year=2020)),
        ]
    )
    row = chance.choice(_rows())
    AuditEvent.objects.filter(pk=row.pk).update(**{name: value})


def edit_and_seal_anew(chance):
    """Change an event and make every seal behind it, and the head in the database, fit again."""
    rows = _rows()
    first = chance.randrange(len(rows))
    rows[first].actor_name = "somebody else"
    _seal(rows, first)


def delete(chance):
    AuditEvent.objects.filter(pk=chance.choice(_rows()).pk).delete()


def delete_and_close_the_gap(chance):
    rows = _rows()
    first = chance.randrange(len(rows) - 1)
    AuditEvent.objects.filter(pk=rows.pop(first).pk).delete()
    for row in rows[first:]:
        row.number -= 1
    _seal(rows, first)


def _seal(rows, first):
    for before, row in zip([None, *rows], rows, strict=False):
        if row.number > first:
            row.previous = before.seal if before else ""
            row.seal = sealed(tuple(getattr(row, name) for name in SEALED))
            row.save()
    Stream.objects.update(count=rows[-1].number, head=rows[-1].seal)


def swap(chance):
    """Let two events change places, with their seals or without."""
    one, two = chance.sample(_rows(), 2)
    names = ["verb", "subject_id", "after", *chance.choice([[], ["seal", "previous"]])]
    for row, other in ((one, two), (two, one)):
        AuditEvent.objects.filter(pk=row.pk).update(**{n: getattr(other, n) for n in names})


def cut(chance):
    """Take away the last events, and write the head in the database so that it fits."""
    rows = _rows()
    left = rows[: -chance.randint(1, 5)]
    AuditEvent.objects.filter(number__gt=left[-1].number).delete()
    Stream.objects.update(count=left[-1].number, head=left[-1].seal)


def cut_all(chance):
    AuditEvent.objects.all().delete()
    Stream.objects.all().delete()


def put_in(chance):
    row = chance.choice(_rows())
    AuditEvent.objects.filter(number__gt=row.number).update(number=F("number") + 1000)
    AuditEvent.objects.filter(number__gt=1000).update(number=F("number") - 999)
    row.pk, row.number = None, row.number + 1
    row.id = AuditEvent().id
    row.save(force_insert=True)


TAMPERS = (
    edit, edit_and_seal_anew, delete, delete_and_close_the_gap, swap, cut, cut_all, put_in,
)  # fmt: skip


def test_every_tamper_is_found(unlocked, sample, figures):
    kept, chance = written(), random.Random(7)
    count, missed = sample(ci=80, proof=1000), []
    for number in range(count):
        tamper = TAMPERS[number % len(TAMPERS)]
        with transaction.atomic():
            tamper(chance)
            if not verify(kept).findings:
                missed.append(tamper.__name__)
            transaction.set_rollback(True)
    assert missed == []
    assert verify(kept).findings == []
    figures.record("Audit", "tampers found", f"{count:,} of {count:,}")


def test_the_head_outside_is_what_finds_a_cut_end(unlocked):
    kept = written()
    cut(random.Random(7))
    assert verify({}).findings == []
    assert len(verify(kept).findings) == 1


@pytest.mark.django_db(transaction=True)
def test_heads_are_kept_outside_after_the_commit(settings, tmp_path):
    settings.AUDIT_FOLDER = tmp_path / "audit"
    with transaction.atomic():
        record(SYSTEM, "x.done", "thing", 1, at=NOW)
        assert heads.kept() == {}
    with transaction.atomic():
        record(SYSTEM, "x.done", "thing", 2, at=NOW)
    assert heads.kept() == outside()
    assert [count for count, _ in heads.kept().values()] == [2]
    assert verify(heads.kept()).findings == []


def test_only_who_may_reads_the_trail():
    ours = partner("Ours")
    record(SYSTEM, "x.done", "partner", ours.id, at=NOW, partner=ours.id)
    for role in Role:
        vendors = role in {
            Role.ACCOUNT_MANAGER,
            Role.PROGRAM_MANAGER,
            Role.FINANCE,
            Role.COMPLIANCE,
            Role.VENDOR_READ_ONLY,
            Role.VENDOR_ADMIN,
        }
        scope = scope_of(staff(role) if vendors else person(ours, role))
        may = role in {Role.COMPLIANCE, Role.VENDOR_ADMIN}
        assert trail(scope).count() == may, role


def test_a_million_would_be_verified_in_seconds(sample, figures):
    count = sample(ci=2_000, proof=100_000)
    kept = written(count)
    began = time.perf_counter()
    assert verify(kept).findings == []
    rate = count / (time.perf_counter() - began)
    figures.record("Audit", "events verified a second", f"{rate:,.0f}")


@pytest.mark.django_db(transaction=True)
@pytest.mark.skipif(connection.vendor != "postgresql", reason="SQLite has one writer at a time")
def test_writers_do_not_wait_for_each_other():
    from threading import Thread

    with transaction.atomic():
        written(1)
    done = []

    def write():
        with transaction.atomic():
            record(SYSTEM, "x.done", "thing", 2, at=NOW)
        done.append(True)
        connection.close()

    with transaction.atomic():
        record(SYSTEM, "x.done", "thing", 1, at=NOW)
        other = Thread(target=write)
        other.start()
        other.join(30)
        assert done == [True]
    found = verify(outside())
    assert (found.events, found.streams, found.findings) == (3, 2, [])
