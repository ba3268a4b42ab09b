"""`echelon audit`: whether the trail of what was done is as it was written."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated

import typer

from echelon.cli.platform import answering, start

app = typer.Typer(help="The trail of who did what.", no_args_is_help=True)

#: Findings that are printed; a broken chain can have one an event.
SHOWN = 20


@app.callback()
def group() -> None:
    """Keep the trail honest."""


@app.command()
def verify(
    heads: Annotated[
        Path | None, typer.Option("--heads", help="a copy of the heads, kept elsewhere")
    ] = None,
) -> None:
    """Read every event and compare it with its seal, its neighbours and the heads kept outside."""
    start()
    from django.utils import timezone

    from echelon.foundation.audit.heads import kept
    from echelon.foundation.audit.verifying import check

    with answering():
        found = check(kept(heads), at=timezone.now())
    for line in found.findings[:SHOWN]:
        typer.echo(line, err=True)
    if len(found.findings) > SHOWN:
        typer.echo(f"… {len(found.findings)} findings in all", err=True)
    if found.findings:
        raise typer.Exit(1)
    typer.echo(f"{found.events:,} events in {found.streams} chains: as they were written")
