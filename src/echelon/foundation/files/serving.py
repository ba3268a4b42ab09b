"""Hands a file to a browser as what it is, and so that nothing in it runs.

A surface's view calls `answer`; the view is guarded as all are, and the purpose's right is asked.
"""

from __future__ import annotations

from django.http import FileResponse

from echelon.foundation.access import Scope
from echelon.foundation.files.kinds import KINDS
from echelon.foundation.files.selectors import file
from echelon.foundation.files.services import path_of

#: What a page may show in place; everything else is saved.
SHOWN = frozenset({"png", "jpeg", "webp"})


def answer(scope: Scope, which: str) -> FileResponse:
    """Return the file with an id as an answer; raises Hidden if it isn't this scope's to take."""
    found = file(scope, which)
    shown = found.kind in SHOWN
    response = FileResponse(
        path_of(found).open("rb"),
        as_attachment=not shown,
        filename=found.name,
        content_type=KINDS[found.kind].media,
    )
    response["X-Content-Type-Options"] = "nosniff"
    response["Content-Security-Policy"] = "default-src 'none'; sandbox"
    response["Cache-Control"] = "private, no-cache"
    response["ETag"] = f'"{found.digest}"'
    return response
