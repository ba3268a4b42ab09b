"""What goes wrong, as RFC 9457 has it: of one kind, with the place where it can be mended."""

from __future__ import annotations

import json
import logging
import re
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from typing import Any

from django.db import OperationalError
from django.http import Http404, HttpRequest, HttpResponse
from django.utils.functional import Promise
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from ninja import NinjaAPI
from ninja.errors import HttpError, ValidationError

from echelon.foundation.access import Hidden
from echelon.foundation.accounts.errors import Refused as AccountRefused
from echelon.foundation.approvals.errors import Refused as ApprovalRefused
from echelon.outcomes.standings.errors import Overtaken
from echelon.outcomes.standings.errors import Refused as StandingRefused
from echelon.records.facts.errors import Refused as FactsRefused
from echelon.records.partners.errors import Refused as PartnerRefused
from echelon.records.programs.errors import Outdated
from echelon.records.programs.errors import Refused as ProgramRefused

MEDIA = "application/problem+json"
#: Seconds after which a caller who met somebody else's work may come again.
SOON = 1
log = logging.getLogger(__name__)


@dataclass(frozen=True)
class Kind:
    """One kind of problem: its status, its name, and what the caller can do about it."""

    status: int
    title: str | Promise
    advice: str | Promise


#: By the last part of their `type`, in the order in which a call can meet them.
KINDS = {
    "unauthenticated": Kind(
        401,
        gettext_lazy("Nobody is signed in"),
        gettext_lazy("Send a key that works: Authorization: Bearer ech_…"),
    ),
    "forged": Kind(
        403,
        gettext_lazy("The request may be forged"),
        gettext_lazy("A call with a session needs its X-CSRFToken; one with a key needs none."),
    ),
    "second-factor": Kind(
        403,
        gettext_lazy("A second factor is needed"),
        gettext_lazy("Set one up in the browser, and sign in with it; a key needs none."),
    ),
    "too-many": Kind(
        429,
        gettext_lazy("Too many calls"),
        gettext_lazy("Wait for the seconds that Retry-After says."),
    ),
    "too-large": Kind(
        413,
        gettext_lazy("The body is too large"),
        gettext_lazy("Send less at once, or a file."),
    ),
    "not-found": Kind(
        404,
        gettext_lazy("There is nothing here"),
        gettext_lazy("It doesn't exist, or your rights don't reach it: nobody can tell which."),
    ),
    "malformed": Kind(
        400,
        gettext_lazy("The body can't be read"),
        gettext_lazy("Send JSON in UTF-8, as the operation describes it."),
    ),
    "invalid": Kind(
        422,
        gettext_lazy("A value can't be"),
        gettext_lazy("Mend what `errors` lists; nothing was changed."),
    ),
    "key-reused": Kind(
        422,
        gettext_lazy("This Idempotency-Key was given to another call"),
        gettext_lazy("Give each new call a key of its own."),
    ),
    "refused": Kind(
        422,
        gettext_lazy("This can't be done"),
        gettext_lazy("Do what `errors` says; nothing was changed."),
    ),
    "outdated": Kind(
        412,
        gettext_lazy("Somebody else has changed this"),
        gettext_lazy("Look at `theirs`, and send yours again with If-Match: its `sha`."),
    ),
    "conflict": Kind(
        409,
        gettext_lazy("Somebody else was quicker"),
        gettext_lazy("Read what is there now, then try again."),
    ),
    "failed": Kind(
        500,
        gettext_lazy("Something went wrong here"),
        gettext_lazy("Nothing was changed. Tell us the `request`."),
    ),
    "busy": Kind(
        503,
        gettext_lazy("Too busy"),
        gettext_lazy("Nothing was changed. Wait for the seconds that Retry-After says."),
    ),
}


class Problem(Exception):
    """A call that can't be answered, of one of the `KINDS`."""

    def __init__(
        self,
        kind: str,
        detail: str = "",
        errors: Iterable[Mapping[str, Any]] = (),
        *,
        wait: int = 0,
        **more: Any,
    ) -> None:
        """`errors` are sentences with their places; `wait` is for Retry-After, in seconds."""
        self.kind, self.detail, self.errors = kind, detail, [dict(each) for each in errors]
        self.wait, self.more = wait, more
        super().__init__(detail or kind)


def answer(request: HttpRequest, problem: Problem) -> HttpResponse:
    """Return a problem as it is sent."""
    kind = KINDS[problem.kind]
    said: dict[str, Any] = {
        "type": f"/api/v1/reference#{problem.kind}",
        "title": str(kind.title),
        "status": kind.status,
        "detail": problem.detail or str(kind.advice),
        "request": getattr(request, "name", ""),
    }
    if problem.errors:
        said["errors"] = problem.errors
    response = HttpResponse(
        json.dumps({**said, **problem.more}, ensure_ascii=False),
        status=kind.status,
        content_type=MEDIA,
    )
    if kind.status == 401:
        response["WWW-Authenticate"] = "Bearer"
    if problem.wait:
        response["Retry-After"] = str(problem.wait)
    return response


def installed(api: NinjaAPI) -> None:
    """Have an API answer whatever is raised as a problem; what nobody foresaw is logged."""

    def known(request: HttpRequest, raised: Exception) -> HttpResponse:
        return answer(request, _problem(raised))

    for kind in (
        Problem, Hidden, Http404, ValidationError, HttpError, OperationalError, Overtaken,
        Outdated, AccountRefused, ApprovalRefused, FactsRefused, PartnerRefused, ProgramRefused,
        StandingRefused,
    ):  # fmt: skip
        api.add_exception_handler(kind, known)

    def unforeseen(request: HttpRequest, raised: Exception) -> HttpResponse:
        log.error("%s %s failed", request.method, request.path, exc_info=raised)
        return answer(request, Problem("failed"))

    api.add_exception_handler(Exception, unforeseen)


def _problem(raised: Exception) -> Problem:
    match raised:
        case Problem():
            return raised
        case Hidden() | Http404():
            return Problem("not-found")
        case ValidationError():
            return Problem("invalid", errors=[_placed(each) for each in raised.errors])
        case HttpError():
            return Problem("malformed")
        case Outdated():
            return Problem(
                "outdated", raised.problems[0], theirs=raised.theirs, sha=raised.sha
            )  # fmt: skip
        case Overtaken():
            return Problem("conflict")
        case OperationalError():
            log.warning("the database couldn't answer: %s", raised)
            return Problem("busy", wait=SOON)
        case ApprovalRefused() | PartnerRefused() | StandingRefused() if raised.fields:
            placed = {said: _field(name) for name, said in raised.fields.items()}
            return Problem(
                "refused",
                errors=[{"detail": said, **placed.get(said, {})} for said in raised.problems],
            )
        case ProgramRefused() if raised.found:
            lines = [{"detail": str(each), "line": each.line or 0} for each in raised.found]
            return Problem("refused", errors=lines)
        case _:
            problems = raised.problems  # type: ignore[attr-defined]
            return Problem("refused", errors=[_row(said) for said in problems])


def _placed(found: Mapping[str, Any]) -> dict[str, str]:
    """Return where a value stands: a JSON pointer into the body, or the name of a parameter."""
    source, *place = found["loc"]
    if source == "body":
        return {"detail": found["msg"], "pointer": _pointer(place[1:])}
    return {"detail": found["msg"], "parameter": str(place[-1]) if place else source}


def _pointer(place: Iterable[object]) -> str:
    escaped = (str(part).replace("~", "~0").replace("/", "~1") for part in place)
    return "#/" + "/".join(escaped)


def _field(name: str) -> dict[str, str]:
    return {"pointer": _pointer([name])}


_ROW = re.compile(r"(\d+): (?:(\w+): )?")


def _row(said: str) -> dict[str, str]:
    """Return a refusal; of a row of facts (`row 3: amount: …`) with the place of its cell."""
    word = _("row {line}").partition("{line}")[0]
    found = _ROW.match(said.removeprefix(word)) if said.startswith(word) else None
    if found is None:
        return {"detail": said}
    place: list[object] = ["rows", int(found[1]) - 1]
    return {"detail": said, "pointer": _pointer([*place, *([found[2]] if found[2] else [])])}
