"""A call that is sent again is not done again: its first answer is given once more.

The row of a key is written in the transaction of the effect, and the database lets one transaction
have a key: whoever comes meanwhile waits for its end. An answer that changed nothing isn't kept.
"""

from __future__ import annotations

import hashlib
import re
from collections.abc import Callable
from datetime import datetime, timedelta

from django.conf import settings
from django.db import IntegrityError, transaction
from django.http import HttpRequest, HttpResponse
from django.utils.translation import gettext as _

from echelon.foundation.access import Right, Scope
from echelon.foundation.access.scope import Every
from echelon.surfaces.api.models import KeptAnswer
from echelon.surfaces.api.problems import Problem

HEADER = "Idempotency-Key"
REPLAYED = "Idempotency-Replayed"
#: A key: 1 to 255 signs of ASCII.
KEY = re.compile(r"[\x21-\x7e]{1,255}")
_HEADERS = ("Content-Type", "ETag")


def once(
    request: HttpRequest, scope: Scope, run: Callable[[], HttpResponse], at: datetime
) -> HttpResponse:
    """Do what is asked, unless a call with the same key has done it: then answer as it did."""
    key = request.headers.get(HEADER)
    if key is None:
        return whole(run)
    if not KEY.fullmatch(key):
        said = _("A key is 1 to 255 visible signs, such as a UUID.")
        raise Problem("invalid", errors=[{"detail": said, "parameter": HEADER}])
    asked, reach = digest(request), _reach(scope)
    with transaction.atomic():
        try:
            with transaction.atomic():
                row = KeptAnswer.objects.create(
                    caller=scope.actor.id, key=key, asked=asked, reach=reach, made_at=at
                )
        except IntegrityError:
            return _again(KeptAnswer.objects.get(caller=scope.actor.id, key=key), asked, reach)
        answer = run()
        if answer.status_code >= 400:
            transaction.set_rollback(True)
        else:
            row.status, row.body = answer.status_code, answer.content.decode()
            row.headers = {name: answer[name] for name in _HEADERS if name in answer}
            row.save()
    return answer


def whole(run: Callable[[], HttpResponse]) -> HttpResponse:
    """Do all that is asked, or nothing: an answer that refuses leaves nothing behind."""
    with transaction.atomic():
        answer = run()
        if answer.status_code >= 400:
            transaction.set_rollback(True)
    return answer


def _again(row: KeptAnswer, asked: str, reach: str) -> HttpResponse:
    if row.asked != asked:
        raise Problem("key-reused")
    if row.reach != reach or not row.status:
        said = _("This was done before, and what you may see has changed since.")
        raise Problem("conflict", said)
    answer = HttpResponse(row.body, status=row.status)
    for name, value in row.headers.items():
        answer[name] = value
    answer[REPLAYED] = "true"
    return answer


def digest(request: HttpRequest) -> str:
    """Return the hash of what is asked: method, address, what must match, and the body."""
    said = hashlib.sha256()

    def add(part: bytes) -> None:
        said.update(len(part).to_bytes(8, "big") + part)

    for text in (
        request.method or "",
        request.get_full_path(),
        request.headers.get("If-Match", ""),
    ):
        add(text.encode())
    if request.content_type == "multipart/form-data":  # each sending marks its parts anew
        for name in sorted(request.POST):
            for value in (name, *request.POST.getlist(name)):
                add(value.encode())
        for name in sorted(request.FILES):
            file = request.FILES[name]
            add(f"{name} {file.name}".encode())
            for chunk in file.chunks():
                said.update(chunk)
            file.seek(0)
    else:
        add(request.body)
    return said.hexdigest()


def _reach(scope: Scope) -> str:
    rights = sorted(f"{right}:{reach.value}" for right, reach in scope.rights.items())
    own = scope.partners(Right.COMPANY_READ)
    partners = [] if isinstance(own, Every) else sorted(map(str, own))
    return hashlib.sha256("\n".join([*rights, *partners]).encode()).hexdigest()


def forget(at: datetime) -> int:
    """Forget answers that were kept for as long as is promised; return how many."""
    past = at - timedelta(hours=settings.API_ANSWERS_KEPT_HOURS)
    return KeptAnswer.objects.filter(made_at__lt=past).delete()[0]
