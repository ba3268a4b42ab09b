"""Every call that changes something is done once, also when it comes fifty times at once."""

import fcntl
import tempfile
from collections import Counter
from concurrent.futures import ThreadPoolExecutor
from http.cookies import SimpleCookie
from pathlib import Path
from threading import Barrier

import pytest
from django.db import connection
from django.test import Client

from echelon.foundation.audit.models import AuditEvent
from echelon.surfaces.api.idempotency import HEADER, REPLAYED
from echelon.surfaces.api.models import KeptAnswer
from tests.echelon.isolation.asking import _body
from tests.echelon.isolation.world import build
from tests.echelon.surfaces.api.operations import filled, operations

AT_ONCE = 50
UNSAFE = [each for each in operations() if each.method != "GET"]
#: Who calls: the first of these who may.
CALLERS = ("key", "vendor_admin", "admin")


@pytest.fixture
def alone():
    """Two workers with fifty callers each are more than a server as installed takes: 100."""
    with (Path(tempfile.gettempdir()) / "echelon-calls-at-once.lock").open("w") as held:
        fcntl.flock(held, fcntl.LOCK_EX)
        yield


@pytest.mark.usefixtures("alone")
@pytest.mark.skipif(connection.vendor != "postgresql", reason="callers at once need PostgreSQL")
@pytest.mark.django_db(transaction=True)
@pytest.mark.parametrize("operation", UNSAFE, ids=[each.name for each in UNSAFE])
def test_fifty_calls_at_once_with_one_key_have_one_effect(operation, figures):
    world = build()
    role = next(each for each in CALLERS if operation.is_for(each))
    ids = operation.ready(world)
    path, line = filled(operation.path, ids), operation.line
    headers = {**world.headers[role], **line.headers, HEADER: f"once-{operation.name}"}
    together = Barrier(AT_ONCE)

    def call(_: int, more: str = "", wait: bool = True):
        client = Client(raise_request_exception=False)
        client.cookies = SimpleCookie(world.cookies[role])
        sent = _body(line, ids, operation.method)
        try:
            if wait:
                together.wait(timeout=60)
            return getattr(client, operation.method.lower())(path + more, headers=headers, **sent)
        finally:
            connection.close()

    before = set(AuditEvent.objects.values_list("pk", flat=True))
    with ThreadPoolExecutor(AT_ONCE) as pool:
        answers = list(pool.map(call, range(AT_ONCE)))

    assert {answer.status_code for answer in answers} <= {200, 201, 202, 204}, answers[0].content
    assert len({answer.content for answer in answers}) == 1
    assert [answer.get(REPLAYED) for answer in answers].count(None) == 1
    new = AuditEvent.objects.exclude(pk__in=before)
    done = Counter(new.values_list("verb", "subject", "subject_id"))
    assert line.unaudited or done
    assert set(done.values()) <= {1}
    assert KeptAnswer.objects.count() == 1

    other = call(0, "?other=call", wait=False)
    assert (other.status_code, new.count()) == (422, sum(done.values()))
    figures.record("API", f"{operation.name}: calls at once, effects", f"{AT_ONCE}, 1")


def test_every_operation_that_changes_something_is_called():
    assert len(UNSAFE) >= 39
    for operation in UNSAFE:
        assert any(operation.is_for(role) for role in CALLERS), operation.name
