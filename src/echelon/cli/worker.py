"""`echelon worker`: does jobs, beside servers that only ask for them."""

from __future__ import annotations

import signal
import threading

import typer

from echelon.cli.platform import NotRunning, start


def worker(
    threads: int = typer.Option(
        0, min=0, help="How many jobs at a time; 0: what ECHELON_JOBS_THREADS says, 2 by default."
    ),
    grace: float = typer.Option(30.0, min=0, help="Seconds that jobs get to end when it stops."),
    once: bool = typer.Option(False, "--once", help="Do what is due, and end."),
) -> None:
    """Do jobs until it is stopped; several may run, on several machines."""
    start()
    from django.conf import settings
    from django.utils import timezone

    from echelon.config.checkup import missing
    from echelon.foundation.jobs.services import run_due
    from echelon.foundation.jobs.workers import Workers

    if found := [problem for problems in missing().values() for problem in problems]:
        raise NotRunning(found)
    if once:
        typer.echo(f"{run_due(timezone.now)} jobs done.")
        return
    stopping = threading.Event()
    for number in (signal.SIGTERM, signal.SIGINT):
        signal.signal(number, lambda *_: stopping.set())
    workers = Workers(timezone.now, threads=threads or settings.JOBS_THREADS)
    workers.start()
    typer.echo("Echelon works; stop with Ctrl+C.")
    stopping.wait()
    workers.stop(grace)
