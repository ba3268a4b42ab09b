"""`echelon createadmin`: the first administrator, before whom nobody could invite anybody."""

from __future__ import annotations

import typer

from echelon.cli.platform import NotRunning, answering, start
from rulebook.errors import Problem


def createadmin(
    email: str = typer.Option(..., envvar="ECHELON_ADMIN_EMAIL", prompt="E-mail address"),
    name: str = typer.Option(..., envvar="ECHELON_ADMIN_NAME", prompt="Name"),
    password: str = typer.Option(
        ...,
        envvar="ECHELON_ADMIN_PASSWORD",
        prompt="Password",
        hide_input=True,
        confirmation_prompt=True,
        help="At least 12 characters. Better asked for or in the environment than typed here.",
    ),
) -> None:
    """Make an administrator of the vendor; an address that is known already is left as it is."""
    start()
    from django.utils import timezone

    from echelon.foundation.access import system
    from echelon.foundation.accounts.errors import Refused
    from echelon.foundation.accounts.services.administrators import make_administrator

    try:
        with answering():
            made = make_administrator(
                system("createadmin"),
                email=email,
                name=name,
                password=password,
                at=timezone.now(),
            )
    except Refused as refused:
        raise NotRunning(Problem(said) for said in refused.problems) from None
    typer.echo(f"{email} can sign in." if made else f"{email} is known already; nothing changed.")
