"""Whatever is sent, by whoever may call: nothing breaks, and every answer is one that is described.

Schemathesis makes calls from the OpenAPI document and checks what comes back. Most of its calls are
given ids that are there and a body that can succeed, in a world that is made ready for it: a run
that meets nothing but refusals proves nothing.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator
from dataclasses import dataclass, field
from random import Random
from typing import Any

import pytest
import schemathesis
from django.core.signals import request_finished, request_started
from django.core.wsgi import get_wsgi_application
from django.db import close_old_connections, transaction
from django.middleware.csrf import _get_new_csrf_string
from hypothesis import HealthCheck, Phase, Verbosity, given, settings
from hypothesis import strategies as st
from pytest_django import DjangoDbBlocker
from schemathesis import GenerationMode
from schemathesis.checks import CHECKS
from schemathesis.core.failures import FailureGroup

from tests.echelon.isolation.asking import _filled
from tests.echelon.isolation.world import World, build
from tests.echelon.surfaces.api.operations import Operation, operations

pytestmark = pytest.mark.django_db
ROLES = ("key", "program_manager", "account_manager", "admin")
#: What isn't asked of an answer: a room may refuse what the document allows, such as a key that is
#: taken; and calls that are made one after another know nothing of each other.
UNASKED = {"positive_data_acceptance", "use_after_free", "ensure_resource_availability"}
LEAST_GOOD = 0.5


@dataclass
class Tally:
    """What came back."""

    statuses: Counter[int] = field(default_factory=Counter)
    wrong: list[str] = field(default_factory=list)

    @property
    def calls(self) -> int:
        """How many calls were made."""
        return self.statuses.total()

    @property
    def good(self) -> int:
        """How many of them did what they asked for."""
        return sum(count for status, count in self.statuses.items() if status < 300)


@pytest.fixture(autouse=True)
def _django_db_marker() -> None:
    """Keep pytest-django from a transaction a test: it would close the module's connection."""


@pytest.fixture(scope="module")
def world(django_db_setup: None, django_db_blocker: DjangoDbBlocker) -> Iterator[World]:
    """The isolation tests' world of competitors."""
    with django_db_blocker.unblock(), transaction.atomic():
        yield build()
        transaction.set_rollback(True)


@pytest.fixture(scope="module")
def schema(world: World) -> Iterator[Any]:
    """The document, as it is served; a request leaves the tests' connection open."""
    for signal in (request_started, request_finished):
        signal.disconnect(close_old_connections)
    yield schemathesis.openapi.from_wsgi("/api/v1/openapi.json", get_wsgi_application())
    for signal in (request_started, request_finished):
        signal.connect(close_old_connections)


def shown(world: World, role: str) -> tuple[dict[str, str], dict[str, str]]:
    """Headers and cookies of somebody: a key, or a session with the token of its pages."""
    if world.headers[role]:
        return {"Authorization": world.headers[role]["authorization"]}, {}
    token = _get_new_csrf_string()
    return {"X-CSRFToken": token}, {**world.cookies[role], "csrftoken": token}


def seeded(case: Any, operation: Operation, ids: dict[str, str], chance: Random) -> None:
    """Give a call ids that are there, and mostly a body that can succeed."""
    line = operation.line
    case.path_parameters = {name: ids.get(name, "1") for name in case.path_parameters or {}}
    case.query = {**(case.query or {}), **_filled(dict(line.query), ids)}
    if chance.random() < 0.9:
        case.query.pop("after", None)  # pages are made by the one before
        case.query.pop("as_of", None) if "as_of" not in line.query else None
    for name in ("partner", "program", "track"):
        if name in case.query:
            case.query[name] = ids.get(name, "")
    case.headers = {**(case.headers or {}), **line.headers}
    body = line.json if line.json is not None else line.form
    if body is None:
        return
    if isinstance(case.body, dict) and chance.random() < 0.25:
        case.body = {**case.body, **_filled(body, ids)}
    else:
        case.body = _filled(body, ids)
    for name, (_, text) in line.files.items():
        case.body = {**case.body, name: text.encode()}


def fuzz(
    world: World, schema: Any, role: str, operation: Operation, times: int, tally: Tally
) -> None:
    """Call one operation as a role, with whatever the document allows and some that it doesn't."""
    api_operation = schema[operation.path][operation.method]
    headers, cookies = shown(world, role)
    unasked = UNASKED | ({"ignored_auth"} if cookies else set())  # it knows keys alone
    asked = [check for check in CHECKS.get_all() if check.__name__ not in unasked]

    def call(case: Any, chance: Random) -> None:
        with transaction.atomic():
            ids, checks = operation.ready(world), asked
            if case.meta.generation.mode is GenerationMode.POSITIVE and chance.random() < 0.9:
                seeded(case, operation, ids, chance)
                checks = [each for each in asked if each.__name__ != "negative_data_rejection"]
            (case.headers or {}).pop("Idempotency-Key", None)
            response = case.call(headers=headers, cookies=cookies)
            tally.statuses[response.status_code] += 1
            try:
                sent = {"cookies": cookies}
                case.validate_response(
                    response, checks=checks, headers=headers, transport_kwargs=sent
                )
            except FailureGroup as failure:
                said = "; ".join(str(each) for each in failure.exceptions)
                tally.wrong.append(f"{role} {operation.method} {operation.path}: {said}")
            finally:
                transaction.set_rollback(True)

    def run(mode: GenerationMode, times: int) -> None:
        decided = settings(
            max_examples=times, database=None, phases=[Phase.generate],
            suppress_health_check=list(HealthCheck), verbosity=Verbosity.quiet,
        )  # fmt: skip
        decided(given(api_operation.as_strategy(mode), st.randoms(use_true_random=False))(call))()

    spoilt = times // 8
    run(GenerationMode.POSITIVE, times - spoilt)
    if spoilt:
        run(GenerationMode.NEGATIVE, spoilt)


@pytest.mark.parametrize("role", ROLES)
def test_nothing_breaks_and_every_answer_is_described(world, schema, role, figures, sample):
    tally = Tally()
    for operation in operations():
        may = operation.is_for(role)
        times = sample(ci=2, proof=22) if may else sample(ci=1, proof=4)
        fuzz(world, schema, role, operation, times, tally)
    assert not tally.wrong, "\n\n".join([f"{len(tally.wrong)} findings", *tally.wrong[:20]])
    assert max(tally.statuses) < 500
    assert tally.good >= LEAST_GOOD * tally.calls or role == "admin", tally.statuses
    figures.record("API", f"calls as {role}", f"{tally.calls:,}, of which {tally.good:,} did it")
