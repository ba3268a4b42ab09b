"""The codes of the trail as words."""

from __future__ import annotations

from typing import Any

from django import template

from echelon.surfaces.vendor.deeds import JOBS, KINDS, OBJECTS, VERBS

register = template.Library()


@register.filter
def deed(verb: str) -> str:
    """Say what was done."""
    return str(VERBS.get(verb) or verb)


@register.filter
def thing(subject: str) -> str:
    """Say what kind of object it was done to."""
    return str(OBJECTS.get(subject) or subject)


@register.filter
def doer(event: Any) -> str:
    """Say who did it: people by their names, the platform by what it was about."""
    if event.actor_kind != "system":
        return str(event.actor_name)
    return str(JOBS.get(event.actor_name) or event.actor_name)


@register.filter
def doer_kind(kind: str) -> str:
    """Say what who did it is: a person, a key, the platform."""
    return str(KINDS.get(kind) or kind)


@register.simple_tag
def deeds() -> list[tuple[str, str]]:
    """Return all that may have been done, to choose from: codes with their words, in order."""
    return sorted(((code, str(said)) for code, said in VERBS.items()), key=lambda one: one[1])
