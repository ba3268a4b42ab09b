"""What must be so for the platform to run: each check says what isn't, and what to do about it.

`echelon doctor` prints all; `/health/ready` asks those without which no page can be answered.
"""

from __future__ import annotations

import os
import shutil
import sqlite3
import threading
from collections.abc import Callable, Iterator
from datetime import datetime, timedelta
from pathlib import Path

from django.conf import settings
from django.contrib.staticfiles import finders
from django.core.checks import WARNING, run_checks
from django.db import DatabaseError, connection, transaction
from django.db.migrations.executor import MigrationExecutor
from django.utils import timezone

from echelon.foundation.accounts.services.administrators import any_administrator
from echelon.foundation.jobs import waking
from echelon.foundation.jobs.selectors import counts, oldest_due
from rulebook.errors import Problem

Check = Callable[[], Iterator[Problem]]
GIB = 2**30
#: How long work may be due before nobody seems to do it.
PATIENCE = timedelta(minutes=10)


def settings_are_sound() -> Iterator[Problem]:
    """Django's checks and ours: routes, walls, and security once HTTPS is on."""
    https = bool(settings.SECURE_SSL_REDIRECT)
    for found in run_checks(include_deployment_checks=https):
        if not found.is_silenced():
            notice = found.level <= WARNING
            yield Problem(str(found.msg), hint=str(found.hint or ""), notice=notice)
    public = set(settings.ALLOWED_HOSTS) - {"localhost", "127.0.0.1", "[::1]"}
    if public and not https:
        yield Problem(
            f"{', '.join(sorted(public))} may be asked for without HTTPS",
            hint="serve behind a proxy with a certificate and set ECHELON_HTTPS=1",
            notice=True,
        )
    if settings.DEBUG:
        hint = "unset ECHELON_DEBUG where others come in"
        yield Problem("errors show what is inside", hint=hint, notice=True)


def database_answers() -> Iterator[Problem]:
    """The database is there, and new enough."""
    try:
        with connection.cursor() as cursor:
            cursor.execute("SELECT 1")
    except DatabaseError as error:
        said = " ".join(str(error).split())
        yield Problem(f"the database doesn't answer: {said}", hint="DATABASE_URL says which it is")
        return
    if connection.vendor == "postgresql" and connection.pg_version < 150_000:
        yield Problem("PostgreSQL is older than 15", hint="use 15 or newer")
    if connection.vendor == "sqlite" and sqlite3.sqlite_version_info < (3, 35):
        yield Problem("SQLite is older than 3.35", hint="use a newer Python")


def tables_are_there() -> Iterator[Problem]:
    """Every migration has been applied."""
    try:
        executor = MigrationExecutor(connection)
        missing = executor.migration_plan(executor.loader.graph.leaf_nodes())
    except DatabaseError:
        return  # said by the check of the database
    if missing:
        yield Problem(f"{len(missing)} migrations are not applied", hint="run echelon migrate")


def folders_can_be_written() -> Iterator[Problem]:
    """Files and cache have their folders, and room."""
    for name in ("FILES_FOLDER", "CACHE_FOLDER"):
        folder = Path(getattr(settings, name))
        try:
            folder.mkdir(parents=True, exist_ok=True)
        except OSError as error:
            said = error.strerror or str(error)
            yield Problem(
                f"{folder} can't be made: {said}", hint="ECHELON_HOME names another place"
            )
            continue
        if not os.access(folder, os.W_OK | os.X_OK):
            yield Problem(f"{folder} can't be written", hint="give it to the user that serves")
        elif (free := shutil.disk_usage(folder).free) < GIB:
            said = f"{free / GIB:.1f} GiB are free at {folder}"
            yield Problem(said, hint="make room before the next import", notice=True)


def static_files_are_there() -> Iterator[Problem]:
    """Styles and scripts of others, which no repository has, are there."""
    if not finders.find("fetched/tabler.min.css"):
        yield Problem(
            "the pages' styles and scripts were not fetched when this was installed",
            hint="install again with a network to npm, and without ECHELON_WITHOUT_PAGES",
        )


def work_is_done() -> Iterator[Problem]:
    """Somebody does what is due, and nothing has failed for good."""
    now = timezone.now()
    try:
        since, failed = oldest_due(now), counts()["failed"]
    except DatabaseError:
        return
    if since and now - since > PATIENCE:
        hint = "start echelon worker" if settings.JOBS_URL else "start echelon serve"
        yield Problem(f"work has been due since {since:%Y-%m-%d %H:%M} UTC", hint=hint, notice=True)
    if failed:
        hint = "look at them under Settings, Jobs"
        yield Problem(f"{failed} jobs have failed for good", hint=hint, notice=True)


def calls_arrive() -> Iterator[Problem]:
    """A call for work is heard on the line that `ECHELON_JOBS_URL` names."""
    if not settings.JOBS_URL:
        return
    heard, stopping, failures = threading.Semaphore(0), threading.Event(), []

    def listen() -> None:
        try:
            waking.listen(heard.release, stopping)
        except Exception as error:
            failures.append(" ".join(str(error).split()))
            heard.release()

    threading.Thread(target=listen, daemon=True).start()
    arrived = heard.acquire(timeout=5)  # the line stands
    if arrived and not failures:
        try:
            with transaction.atomic():
                waking.call()
        except DatabaseError:
            return
        arrived = heard.acquire(timeout=5)
    stopping.set()
    if failures or not arrived:
        said = f": {failures[0]}" if failures else ""
        hint = "ECHELON_JOBS_URL names Redis, or the PostgreSQL of DATABASE_URL"
        yield Problem(f"calls for work don't arrive{said}", hint=hint)


def somebody_can_sign_in() -> Iterator[Problem]:
    """There is an administrator."""
    try:
        if not any_administrator():
            yield Problem("nobody can sign in yet", hint="run echelon createadmin", notice=True)
    except DatabaseError:
        return


#: All that `echelon doctor` looks at, by what it says when all is well.
CHECKS: dict[str, Check] = {
    "settings": settings_are_sound,
    "database": database_answers,
    "migrations": tables_are_there,
    "folders": folders_can_be_written,
    "static files": static_files_are_there,
    "jobs": work_is_done,
    "calls": calls_arrive,
    "administrator": somebody_can_sign_in,
}
#: Without these no page can be answered.
READY = ("database", "migrations", "folders")


def missing() -> dict[str, list[Problem]]:
    """Return what keeps pages from being answered, by the check that found it."""
    found = {name: [each for each in CHECKS[name]() if not each.notice] for name in READY}
    return {name: problems for name, problems in found.items() if problems}


def age(since: datetime | None, now: datetime) -> float:
    """Return seconds since a moment; 0 if there is none."""
    return max(0.0, (now - since).total_seconds()) if since else 0.0
