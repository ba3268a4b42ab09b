"""The application as a server runs it, with workers of its own unless there are others."""

from __future__ import annotations

import atexit
import os

from django.core.wsgi import get_wsgi_application

os.environ.setdefault("DJANGO_SETTINGS_MODULE", "echelon.config.settings")
application = get_wsgi_application()


def _work() -> None:
    from django.conf import settings
    from django.utils import timezone

    from echelon.foundation.jobs.workers import Workers

    if not settings.JOBS_URL:
        workers = Workers(timezone.now, threads=settings.JOBS_THREADS)
        workers.start()
        atexit.register(workers.stop, 5.0)


_work()
