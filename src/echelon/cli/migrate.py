"""`echelon migrate`: brings tables and schedules in line with this version."""

from __future__ import annotations

import typer

from echelon.cli.platform import answering, start


def migrate() -> None:
    """Prepare the database and the folders; safe to run at any time, and after each upgrade."""
    start()
    from django.core.management import call_command
    from django.utils import timezone

    from echelon.foundation.jobs.schedules import declare

    with answering():
        call_command("migrate", interactive=False, verbosity=1)
        declare(timezone.now())
    typer.echo("Ready: echelon createadmin makes the first administrator, echelon serve serves.")
