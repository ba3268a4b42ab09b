"""Names every request, so that what is logged of it can be found by what the answer says."""

from __future__ import annotations

import logging
import re
from collections.abc import Callable
from contextvars import ContextVar
from uuid import uuid4

from django.http import HttpRequest, HttpResponse

HEADER = "X-Request-Id"
_GIVEN = re.compile(r"[A-Za-z0-9-]{8,64}")
_name: ContextVar[str] = ContextVar("request_name", default="-")


class RequestNameMiddleware:
    """Sets `request.name` and the answer's header; a proxy's name is taken over if it is plain."""

    def __init__(self, answer: Callable[[HttpRequest], HttpResponse]) -> None:
        """Remember who answers."""
        self.answer = answer

    def __call__(self, request: HttpRequest) -> HttpResponse:
        """Answer, under the request's name."""
        given = request.headers.get(HEADER, "")
        name = given if _GIVEN.fullmatch(given) else uuid4().hex
        request.name = name  # type: ignore[attr-defined]
        token = _name.set(name)
        try:
            response = self.answer(request)
        finally:
            _name.reset(token)
        response[HEADER] = name
        return response


class RequestName(logging.Filter):
    """Puts the name of the request into what is logged."""

    def filter(self, record: logging.LogRecord) -> bool:
        """Let everything pass."""
        record.request_name = _name.get()
        return True
