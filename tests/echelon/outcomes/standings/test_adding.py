"""Rows added many at once are the rows that the ORM would have added, one by one."""

from datetime import date

import pytest
from django.db import IntegrityError, transaction

from echelon.outcomes.standings.models import Current, Standing
from echelon.outcomes.standings.services import adding
from echelon.outcomes.standings.services.adding import add, new_ids
from tests.factories.partners import NOW, partner
from tests.factories.programs import program
from tests.factories.standings import stand

pytestmark = pytest.mark.django_db


def rows(scheme, companies, numbers, **more):
    return [
        {
            "id": number, "partner_id": company.pk, "program_id": scheme.pk, "track": "",
            "run_id": None, "as_of": date(2026, 6, 30), "begun": None, "qualified": "gold",
            "held": None, "since": date(2026, 3, 1), "below_since": None, "reason": "kept",
            "at_risk_from": None, "suspended": True, "next": None, "pending": {},
            "sentence": 'Für „Gold“ brauchst du 5 % mehr, it\'s "so" \\ $.x\n',
            "metrics": {"revenue": "1000.10", "a.b": None, "plan": True, "ü": "x"},
            "gaps": [{"metric": "revenue", "or": [[]]}], "keep": {}, "made_at": NOW, **more,
        }
        for company, number in zip(companies, numbers, strict=True)
    ]  # fmt: skip


def test_every_kind_of_value_comes_back_as_it_went_in(monkeypatch):
    monkeypatch.setattr(adding, "_MANY", 2)
    scheme, companies = program(), [partner() for _ in range(5)]
    before = stand(companies[0], scheme)
    numbers = new_ids(Standing, 5)
    given = rows(scheme, companies, numbers)
    add(Standing, given)
    assert min(numbers) > before.pk
    for row in given:
        found = Standing.objects.get(pk=row["id"])
        assert {name: getattr(found, name) for name in row} == row
    assert stand(partner(), scheme).pk > max(numbers)


def test_a_row_takes_the_place_of_the_one_that_it_is_alike_with():
    scheme, company = program(), partner()
    old = stand(company, scheme)
    (number,) = new_ids(Standing, 1)
    add(Standing, rows(scheme, [company], [number]))
    row = {
        "partner_id": company.pk, "program_id": scheme.pk, "track": "", "standing_id": number,
        "as_of": date(2026, 7, 1), "run_id": None, "seal": "y", "reviewed": None,
        "criteria": [[True, "1", None, None]],
    }  # fmt: skip
    add(Current, [row], onto=("program_id", "partner_id", "track"))
    (found,) = Current.objects.all()
    assert {name: getattr(found, name) for name in row} == row
    assert found.standing_id != old.pk


def test_the_database_refuses_what_it_would_refuse_of_one():
    scheme, company = program(), partner()
    before = stand(company, scheme)
    with pytest.raises(IntegrityError), transaction.atomic():
        add(Standing, rows(scheme, [company], [before.pk]))
    with pytest.raises(TypeError):
        add(Standing, rows(scheme, [company], [before.pk + 9], reason=object()))
    add(Standing, [])
    assert Standing.objects.count() == 1
