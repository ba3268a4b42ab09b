"""Puts a company's rows into the state in which a call of the API succeeds."""

from __future__ import annotations

from collections.abc import Callable
from datetime import date
from typing import Any

from django.db.models import Model
from django.utils import timezone

from echelon.foundation.access import Role
from echelon.records.partners.models import Partner
from echelon.records.programs.documents import sha_of
from echelon.records.programs.states import State
from tests.echelon.isolation.shapes import LOCK
from tests.factories.facts import recorded, sale
from tests.factories.partners import NOW, partner, staff
from tests.factories.programs import TEXT, version

Made = dict[str, Model]
Before = Callable[[Made], Any]
#: A draft's text, the same for every program: it can be edited, and changed in parts.
DRAFT = TEXT.format(slug="a-draft", name="A draft", day=date(2031, 1, 1))
MATCH = {"If-Match": f'"{sha_of(DRAFT)}"'}
#: Sales of the own company, by its key; who has a report of its own may leave it out.
SALE = sale("S1", "zqownzpartnerzkey")


def set_(row: Model, **values: object) -> None:
    type(row)._default_manager.filter(pk=row.pk).update(**values)


def archived(made: Made) -> None:
    set_(made["partner"], archived_at=NOW)


def working(made: Made) -> None:
    """The company isn't archived."""
    set_(made["partner"], archived_at=None)


def below(made: Made) -> None:
    set_(made["partner"], parent=partner("One above"))


def managed(made: Made) -> None:
    set_(made["partner"], manager=staff(Role.PROGRAM_MANAGER))


def alone(made: Made) -> None:
    Partner.objects.filter(parent=made["partner"].pk).update(parent=None)


def draft(made: Made) -> dict[str, object]:
    return {"version": version(made["program"], text=DRAFT, state=State.DRAFT).pk}


def sound_draft(made: Made) -> dict[str, object]:
    """A draft that can be published."""
    slug = made["program"].slug
    text = TEXT.format(slug=slug, name="A draft", day=date(2031, 1, 1))
    return {"version": version(made["program"], text=text, state=State.DRAFT).pk}


def enrolled(state: str, policy: dict[str, object] | None = None, **values: object) -> Before:
    """The enrollment stands there, and its company isn't archived."""

    def make(made: Made) -> None:
        set_(made["partner"], archived_at=None)
        set_(made["enrollment"], state=state, **values)
        if policy:
            set_(made["policy"], **policy)

    return make


def batch(state: str, **values: object) -> Before:
    return lambda made: set_(made["batch"], state=state, **values)


def sold(made: Made) -> None:
    recorded(SALE)


def enrolled_since(made: Made) -> None:
    """Who is enrolled stands on the ladder, and can be moved on it."""
    set_(made["standing"], begun=date(2026, 1, 1))


def wanted(made: Made) -> None:
    """Somebody asks for a lock in the company's program."""
    set_(made["approval"], asked={**LOCK, "program": str(made["program"].pk)})


def answered(made: Made) -> None:
    set_(made["proposal"], answer="rejected", decided_at=timezone.now())
