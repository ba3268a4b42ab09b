"""`echelon createkey`: a key of the API, for the first machine that calls."""

from __future__ import annotations

from datetime import timedelta

import typer

from echelon.cli.platform import NotRunning, answering, refuse, start
from rulebook.errors import Problem


def createkey(
    name: str = typer.Argument(..., help="What calls with it, such as 'the data warehouse'."),
    admin: str = typer.Option(..., help="The address of the administrator whose key it is."),
    right: list[str] = typer.Option(
        [], help="Something that it may do, such as facts.load; again for more. None: all."
    ),
    days: int = typer.Option(365, min=1, help="How long it works."),
) -> None:
    """Make a key of the API; it is shown this once."""
    start()
    from django.utils import timezone

    from echelon.foundation.access import Right
    from echelon.foundation.access.walls import entered
    from echelon.foundation.accounts.errors import Refused
    from echelon.foundation.accounts.models import User
    from echelon.foundation.accounts.services.keys import NEVER, make_key
    from echelon.records.partners.selectors import scope_of

    at = timezone.now()
    with answering():
        user = User.objects.filter(email=admin.strip().lower()).first()
    scope = scope_of(user) if user else None
    if scope is None or not scope.may(Right.SETTINGS_MANAGE):
        raise refuse(f"{admin} is no administrator", "echelon createadmin makes one")
    known = {each.value: each for each in Right if each not in NEVER and scope.may(each)}
    if odd := [each for each in right if each not in known]:
        raise refuse(f"{odd[0]} is no right of keys", f"one of: {', '.join(sorted(known))}")
    chosen = [known[each] for each in right or known]
    try:
        with entered(scope):
            ends = at + timedelta(days=days)
            _, text = make_key(scope, name=name, rights=chosen, at=at, ends_at=ends)
    except Refused as refused:
        raise NotRunning(Problem(said) for said in refused.problems) from None
    typer.echo(text)
