"""A scope: who acts, with which rights, for which partners. Frozen: it is passed, never looked up.

It is made once a request or job, from the database as it is then, and handed down.
"""

from __future__ import annotations

from collections.abc import Collection, Mapping
from dataclasses import dataclass, field, replace
from typing import Final
from uuid import UUID

from echelon.foundation.access.rights import Reach, Right


@dataclass(frozen=True)
class Actor:
    """Who did it, as audit keeps it: a person, an API key, or the system by the name of a job."""

    kind: str  # "person", "key", "system", "anonymous"
    id: str
    name: str
    behalf: str = ""  # the company, while one of the vendor's people views as a partner


class Every:
    """All partners there are: no filter."""


EVERY: Final = Every()
Partners = Every | frozenset[UUID]


class Hidden(Exception):
    """What was asked for isn't there, or isn't this actor's to see: nobody can tell which."""


@dataclass(frozen=True)
class Scope:
    """`own` are the partners whose objects are own; `below` those under them in the family."""

    actor: Actor
    rights: Mapping[Right, Reach] = field(default_factory=dict)
    own: frozenset[UUID] = frozenset()
    below: frozenset[UUID] = frozenset()

    def may(self, right: Right) -> bool:
        """Whether this right is there at all, for anybody's objects."""
        return right in self.rights

    def partners(self, right: Right) -> Partners:
        """Return the partners whose objects the right reaches; an empty set without it."""
        match self.rights.get(right):
            case None:
                return frozenset()
            case Reach.ALL:
                return EVERY
            case Reach.BELOW:
                return self.own | self.below
            case _:
                return self.own

    def reaches(self, right: Right, partner: UUID) -> bool:
        """Whether the right may be used with a partner's objects."""
        partners = self.partners(right)
        return isinstance(partners, Every) or partner in partners

    def demand(self, right: Right, partner: UUID | Every | None = None) -> None:
        """Raise Hidden unless the right is there: with this partner's objects, or everybody's."""
        match partner:
            case None:
                reached = self.may(right)
            case Every():
                reached = self.partners(right) is EVERY
            case _:
                reached = self.reaches(right, partner)
        if not reached:
            raise Hidden

    def narrowed(self, actor: Actor, rights: Collection[str]) -> Scope:
        """Return the part of this scope that somebody else, such as an API key, was given."""
        kept = {right: reach for right, reach in self.rights.items() if right in rights}
        return replace(self, actor=actor, rights=kept)


NOBODY: Final = Scope(Actor("anonymous", "", "nobody"))


def system(name: str) -> Scope:
    """Return the scope of the system itself, at work for everybody; `name` is for the audit."""
    every = dict.fromkeys(Right, Reach.ALL)
    return Scope(Actor("system", name, name), every)
