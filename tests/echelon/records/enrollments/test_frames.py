"""What the engine reads of enrollments: what was agreed on, with the standing before."""

from datetime import date

import pytest

from echelon.records.enrollments import frames
from echelon.records.enrollments.frames import WORDS, Before
from echelon.records.enrollments.services import ending, making
from rulebook.dataset.spec import Enrollments
from tests.factories.enrollments import START, enrollment, open_program, program
from tests.factories.partners import NOW, admin, partner, person

pytestmark = pytest.mark.django_db


def rows(*slugs: str, **how: object) -> list[dict[str, object]]:
    """The rows, without what is null."""
    table = frames.enrollments(*slugs, **how)[1]
    return [{k: v for k, v in row.items() if v is not None} for row in table.to_pylist()]


def test_agreed_enrollments_are_in_it_and_no_others():
    ours, scheme = partner("Ours"), open_program()
    somebody = person(ours).person
    first = enrollment(ours, scheme, end=date(2026, 3, 31), tier="gold", user=somebody.pk)
    making.renew(admin(), enrollment=first.pk, at=NOW)
    never = enrollment(partner("Never"), scheme, start=date(2026, 9, 1))
    ending.terminate(admin(), enrollment=never.pk, reason="Changed", at=NOW)
    enrollment(partner("Waiting"), program())
    document, table = frames.enrollments(scheme.slug)
    assert Enrollments(**document).column("end") == "end"
    assert table.schema.names == list(WORDS)
    mail = somebody.email
    said = {"partner": "ours", "program": scheme.slug, "user": mail}
    assert rows(scheme.slug) == [
        {**said, "start": START, "end": date(2026, 3, 31), "tier": "gold", "since": START},
        {**said, "start": date(2026, 4, 1)},
    ]
    assert rows("other") == []


def test_the_standing_before_comes_from_above_and_is_carried_over_a_renewal():
    ours, scheme = partner("Ours"), open_program()
    first = enrollment(ours, scheme, end=date(2026, 3, 31), tier="gold")
    making.renew(admin(), enrollment=first.pk, at=NOW)
    held = [
        Before("silver", date(2026, 2, 1), None, date(2026, 2, 28)),
        Before("gold", date(2026, 1, 5), track="security"),
    ]
    found = rows(scheme.slug, before={first.pk: held})
    standing = {"tier": "silver", "since": date(2026, 2, 1), "reviewed": date(2026, 2, 28)}
    track = {"track": "security", "tier": "gold", "since": date(2026, 1, 5)}
    said = {"partner": "ours", "program": scheme.slug}
    old = {**said, "start": START, "end": date(2026, 3, 31)}
    new = {**said, "start": date(2026, 4, 1)}
    assert found == [{**old, **standing}, {**old, **track}, {**new, **standing}, {**new, **track}]
