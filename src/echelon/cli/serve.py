"""`echelon serve`: pages, API and, unless workers run elsewhere, the jobs, in one process."""

from __future__ import annotations

import typer

from echelon.cli.platform import NotRunning, start


def serve(
    host: str = typer.Option("127.0.0.1", envvar="ECHELON_HOST", help="The address to listen at."),
    port: int = typer.Option(8000, envvar="ECHELON_PORT", help="The port to listen at."),
    processes: int = typer.Option(
        1, envvar="ECHELON_PROCESSES", min=1, help="How many processes answer."
    ),
) -> None:
    """Serve the platform; stop with Ctrl+C."""
    start()
    from django.conf import settings
    from django.db import connections
    from granian import Granian
    from granian.constants import Interfaces

    from echelon.config.checkup import missing
    from echelon.config.environment import home

    if found := [problem for problems in missing().values() for problem in problems]:
        raise NotRunning(found)
    connections.close_all()  # processes that serve open their own
    shown = f"[{host}]" if ":" in host else host
    typer.echo(f"Echelon is at http://{shown}:{port} (its data in {home()})")
    if processes > 1 and "redis" not in settings.CACHES["default"]["BACKEND"]:
        typer.echo(
            "Limits of tries count for each process: ECHELON_CACHE_URL names a Redis to share."
        )
    Granian(
        "echelon.config.wsgi:application",
        address=host,
        port=port,
        interface=Interfaces.WSGI,
        workers=processes,
        blocking_threads=4,
        websockets=False,
        log_access=False,
    ).serve()
