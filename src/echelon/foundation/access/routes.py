"""Every route says who may come in; one that says nothing doesn't start.

`guarded` is for views of ours, `own` for what belongs to who has signed in, `public` for those that
need no rights. A system check walks all
addresses and refuses the rest.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import dataclass
from functools import wraps
from typing import Any

from django.contrib.auth.views import redirect_to_login
from django.core.checks import Error, register
from django.http import Http404, HttpRequest, HttpResponseBase
from django.urls import URLPattern, URLResolver, get_resolver

from echelon.foundation.access.rights import Right
from echelon.foundation.access.scope import Hidden, Scope
from echelon.foundation.access.walls import entered

View = Callable[..., HttpResponseBase]
#: Packages whose views we mount and didn't write, and why their routes are as they are.
MOUNTED = {
    "allauth": "sign-in itself: each view asks for what it needs",
    "django.views.i18n": "texts for scripts; no data",
    "ninja.openapi": "describes the API; no data",
}


@dataclass(frozen=True)
class Declared:
    """What a route declares: the right that it takes, or why it needs none."""

    right: Right | None
    why: str = ""


def scope_of(request: HttpRequest) -> Scope:
    """Return the scope that the middleware has found for this request."""
    scope: Scope = request.scope  # type: ignore[attr-defined]
    return scope


def guarded(right: Right) -> Callable[[View], View]:
    """Let in who has a right; send strangers to sign in, and say "no such page" to others."""

    def wrap(view: View) -> View:
        @wraps(view)
        def inner(request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponseBase:
            scope = scope_of(request)
            if scope.actor.kind == "anonymous":
                return redirect_to_login(request.get_full_path())
            try:
                scope.demand(right)
                with entered(scope):
                    return view(request, *args, **kwargs)
            except Hidden:
                raise Http404 from None

        inner.access = Declared(right)  # type: ignore[attr-defined]
        return inner

    return wrap


def own(view: View) -> View:
    """Let in every person who has signed in, for what is their own; strangers are to sign in."""

    @wraps(view)
    def inner(request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponseBase:
        scope = scope_of(request)
        if scope.actor.kind == "anonymous":
            return redirect_to_login(request.get_full_path())
        if scope.actor.kind != "person":
            raise Http404
        with entered(scope):
            return view(request, *args, **kwargs)

    inner.access = Declared(None, "what is the reader's own")  # type: ignore[attr-defined]
    return inner


def public(why: str) -> Callable[[View], View]:
    """Let everybody in; `why` is for whoever reads the list of routes."""

    def wrap(view: View) -> View:
        view.access = Declared(None, why)  # type: ignore[attr-defined]
        return view

    return wrap


def routes(resolver: URLResolver | None = None, prefix: str = "") -> Iterator[tuple[str, Any]]:
    """Yield every address with its view."""
    for entry in (resolver or get_resolver()).url_patterns:
        address = f"{prefix}{entry.pattern}"
        if isinstance(entry, URLPattern):
            yield address, entry.callback
        else:
            yield from routes(entry, address)


def declared(view: Any) -> Declared | None:
    """Return what a view declares; of a mounted one, why it is there.

    One path of the API is several operations: each must declare something, or the path doesn't.
    """
    if (why := mounted(view)) is not None:
        return Declared(None, why)
    if operations := _operations(view):
        found = [declared(operation.view_func) for operation in operations]
        return None if None in found else found[0]
    said: Declared | None = getattr(view, "access", None)
    return said


def mounted(view: Any) -> str | None:
    """Return why a view that isn't ours is there; None for ours."""
    home = str(getattr(getattr(view, "func", view), "__module__", ""))
    for package, why in MOUNTED.items():
        if home == package or home.startswith(f"{package}."):
            return why
    return None


def _operations(view: Any) -> list[Any]:
    """Return the operations of a path of django-ninja, which hides them in its view's closure."""
    for cell in getattr(view, "__closure__", None) or ():
        found = getattr(cell.cell_contents, "operations", None)
        if isinstance(found, list):
            return found
    return []


@register()
def every_route_is_declared(**_: Any) -> list[Error]:
    """Refuse to start while a route says nothing about who may come in."""
    return [
        Error(
            f"the route {address!r} says nothing about who may come in",
            hint="@guarded(Right.…), or @public with a reason",
            id="access.E001",
        )
        for address, view in routes()
        if declared(view) is None
    ]
