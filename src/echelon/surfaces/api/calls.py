"""What every call goes through before its operation runs, in this order, and the same for all.

Who calls? Not too often? Not too much? With the right that the operation declares? Then once, and
whole: an answer that refuses leaves nothing behind.
"""

from __future__ import annotations

from collections.abc import Callable
from functools import wraps
from typing import Any

from django.http import HttpRequest, HttpResponse
from django.utils import timezone
from django.views.decorators.cache import cache_control
from ninja.operation import Operation
from ninja.utils import check_csrf

from echelon.foundation.access import Right, Scope
from echelon.foundation.access.routes import declared, scope_of
from echelon.foundation.accounts.selectors import lacks_second_factor
from echelon.surfaces.api import idempotency, limits
from echelon.surfaces.api.parsing import keepable
from echelon.surfaces.api.problems import Problem

#: No answer stays in a cache: who may see it can change with the next call.
kept_nowhere = cache_control(private=True, no_store=True)
SAFE = frozenset({"GET", "HEAD", "OPTIONS"})
Run = Callable[..., HttpResponse]


def conducted(run: Run) -> Run:
    """Wrap the run of an operation."""
    operation: Operation = run.__self__  # type: ignore[attr-defined]

    @wraps(run)
    def conduct(request: HttpRequest, **places: Any) -> HttpResponse:
        at = timezone.now()
        try:
            scope = _caller(request)
            limits.count_call(scope, at)
            limits.measure(request)
            said = declared(operation.view_func)
            if said is not None and said.right is not None:
                scope.demand(said.right)
            if not keepable([request.path, *request.GET, *_values(request)]):
                raise Problem("malformed")
            if request.method in SAFE:
                return run(request, **places)
            return idempotency.once(request, scope, lambda: run(request, **places), at)
        except Exception as raised:
            return operation.api.on_exception(request, raised)

    return kept_nowhere(conduct)


def _caller(request: HttpRequest) -> Scope:
    """Return the scope of who calls: by a key, or by a session whose page it came from."""
    scope = scope_of(request)
    if scope.actor.kind == "anonymous":
        raise Problem("unauthenticated")
    if scope.actor.kind == "person":
        if request.method not in SAFE and check_csrf(request):
            raise Problem("forged")
        if scope.may(Right.VENDOR_ENTER) and lacks_second_factor(request.user, request.vendor):
            raise Problem("second-factor")
    return scope


def _values(request: HttpRequest) -> list[str]:
    return [value for name in request.GET for value in request.GET.getlist(name)]
