"""Sets the platform up for a command, and says in words what keeps it from running.

Engine commands never come here: they run where Django isn't installed.
"""

from __future__ import annotations

import os
from collections.abc import Iterator
from contextlib import contextmanager

from rulebook.errors import Problem, RulebookError

SETTINGS = "DJANGO_SETTINGS_MODULE"


class NotRunning(RulebookError):
    """The platform can't run as things are."""


def refuse(message: str, hint: str) -> NotRunning:
    """Return a refusal that says what is wrong and what to do."""
    return NotRunning([Problem(message, hint=hint)])


def start() -> None:
    """Read the settings and load all rooms."""
    os.environ.setdefault(SETTINGS, "echelon.config.settings")
    try:
        import django
    except ModuleNotFoundError:
        raise refuse("the platform is not installed", "pip install 'echelon[platform]'") from None
    from django.core.exceptions import ImproperlyConfigured

    try:
        django.setup()
    except ImproperlyConfigured as error:
        said = " ".join(str(error).split())
        hint = (
            "pip install 'echelon[postgres]'" if "psycopg" in said else "see docs/howto/running.md"
        )
        raise refuse(said, hint) from None
    except ValueError as error:  # a variable of the environment
        raise refuse(str(error), "see docs/howto/running.md") from None


@contextmanager
def answering() -> Iterator[None]:
    """Say in words that the database doesn't answer."""
    from django.db import OperationalError

    try:
        yield
    except OperationalError as error:
        said = " ".join(str(error).split())
        raise refuse(f"the database doesn't answer: {said}", "echelon doctor says more") from None
