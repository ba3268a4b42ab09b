"""What machines ask: does it live, is it ready, how is it. Numbers and names of checks, no data."""

from __future__ import annotations

import os
from hmac import compare_digest
from importlib.metadata import version

from django.db import transaction
from django.http import HttpRequest, HttpResponse
from django.utils import timezone
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_safe

from echelon.config.checkup import age, missing
from echelon.foundation.access.routes import public
from echelon.foundation.jobs.selectors import counts, oldest_due

TEXT = "text/plain; charset=utf-8"


@public("asked by who restarts the process; says only that it answers")
@transaction.non_atomic_requests
@require_safe
@never_cache
def live(request: HttpRequest) -> HttpResponse:  # noqa: ARG001
    """Answer, whatever else is down."""
    return HttpResponse("ok\n", content_type=TEXT)


@public("asked by who sends requests here; names checks and says nothing of what they found")
@transaction.non_atomic_requests
@require_safe
@never_cache
def ready(request: HttpRequest) -> HttpResponse:  # noqa: ARG001
    """Answer 200 if pages can be answered, else 503 with the names of what is missing."""
    names = missing()
    said = "".join(f"{name}: no\n" for name in names) or "ok\n"
    return HttpResponse(said, status=503 if names else 200, content_type=TEXT)


@public("numbers for monitoring, of no partner; with ECHELON_METRICS_TOKEN only for who shows it")
@transaction.non_atomic_requests
@require_safe
@never_cache
def metrics(request: HttpRequest) -> HttpResponse:
    """Answer with gauges in Prometheus' text form."""
    token = os.environ.get("ECHELON_METRICS_TOKEN", "")
    shown = request.headers.get("Authorization", "").removeprefix("Bearer ")
    if token and not compare_digest(token.encode(), shown.encode()):
        return HttpResponse("a token is needed\n", status=401, content_type=TEXT)
    now = timezone.now()
    lines = [
        "# HELP echelon_info The version that runs.",
        "# TYPE echelon_info gauge",
        f'echelon_info{{version="{version("echelon")}"}} 1',
        "# HELP echelon_jobs Jobs by state.",
        "# TYPE echelon_jobs gauge",
        *(f'echelon_jobs{{state="{state}"}} {count}' for state, count in counts().items()),
        "# HELP echelon_jobs_due_seconds How long the job has been due that waits for longest.",
        "# TYPE echelon_jobs_due_seconds gauge",
        f"echelon_jobs_due_seconds {age(oldest_due(now), now):.3f}",
    ]
    kind = "text/plain; version=0.0.4; charset=utf-8"
    return HttpResponse("\n".join(lines) + "\n", content_type=kind)
