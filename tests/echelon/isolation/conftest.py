"""The world, made once for the tests of a module, and gone after them.

Tests that use it are marked `django_db`, so that there is a database, and share the module's one
transaction: what one request changes is rolled back by who asked.
"""

from collections.abc import Iterator

import pytest
from django.db import transaction
from pytest_django import DjangoDbBlocker

from echelon.foundation.access import routes, system, walls
from tests.echelon.isolation.world import World, build


@pytest.fixture(autouse=True)
def _django_db_marker() -> None:
    """Keep pytest-django from a transaction a test: it would close the module's connection."""


@pytest.fixture
def second_wall_open(monkeypatch: pytest.MonkeyPatch) -> None:
    """Have the database keep nobody out, so that the first wall is looked at by itself."""
    plain = walls.entered
    monkeypatch.setattr(routes, "entered", lambda _scope: plain(system("nobody is kept out")))


@pytest.fixture(scope="module")
def world(django_db_setup: None, django_db_blocker: DjangoDbBlocker) -> Iterator[World]:
    """A world of competitors."""
    with django_db_blocker.unblock(), transaction.atomic():
        yield build()
        transaction.set_rollback(True)
