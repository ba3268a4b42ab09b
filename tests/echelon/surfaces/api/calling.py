"""Calls the API as somebody: with a key of an administrator, or signed in."""

from __future__ import annotations

import json
from typing import Any

from django.test import Client

from echelon.foundation.access import Right, Role
from echelon.foundation.accounts.models import User
from echelon.foundation.accounts.services.keys import NEVER, make_key
from echelon.records.partners.selectors import scope_of
from tests.factories.partners import NOW, staff

HOME = "/api/v1"


class Caller:
    """Somebody who calls; answers are what Django's test client returns."""

    def __init__(self, user: User | None = None, **headers: str) -> None:
        self.client = Client(raise_request_exception=False)
        self.headers = headers
        if user is not None:
            self.client.force_login(user)

    def __call__(self, method: str, address: str, body: Any = None, **headers: str) -> Any:
        """Send a call; `Idempotency_Key="…"` sends that header."""
        named = {name.replace("_", "-"): value for name, value in headers.items()}
        sent = {} if body is None else {"data": body, "content_type": "application/json"}
        send = getattr(self.client, method.lower())
        return send(f"{HOME}{address}", headers={**self.headers, **named}, **sent)

    def get(self, address: str, **query: Any) -> Any:
        """Read; the answer's JSON."""
        found = self.client.get(f"{HOME}{address}", query_params=query, headers=self.headers)
        assert found.status_code == 200, found.content
        return json.loads(found.content)


def machine(*rights: Right) -> Caller:
    """A key of an administrator, with some rights or all that a key can have."""
    scope = scope_of(staff(Role.VENDOR_ADMIN))
    chosen = rights or [right for right in Right if scope.may(right) and right not in NEVER]
    _, text = make_key(scope, name="A machine", rights=chosen, at=NOW)
    return Caller(authorization=f"Bearer {text}")


def somebody(role: Role) -> Caller:
    """One of the vendor's people, signed in."""
    return Caller(staff(role))
