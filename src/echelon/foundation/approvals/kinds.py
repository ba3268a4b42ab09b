"""The kinds of requests there are: what each room's `approvals.py` registers by being imported."""

from __future__ import annotations

from abc import ABC, abstractmethod
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any, ClassVar, Generic, TypeVar
from uuid import UUID

from django.utils.functional import Promise
from pydantic import BaseModel, ConfigDict

from echelon.foundation.access import EVERY, Right, Scope


class Asked(BaseModel):
    """What a kind asks for: its values, typed. Kept as plain ones in the row."""

    model_config = ConfigDict(frozen=True)


@dataclass(frozen=True)
class Words:
    """How a request reads: a line that says it all, and its values with what they are called."""

    title: str
    details: Sequence[tuple[str, str]] = ()


A = TypeVar("A", bound=Asked)


class Kind(ABC, Generic[A]):
    """One kind of request: who asks, who decides, how it reads, and the one thing that does it.

    `refuses` is what its room raises, in sentences (`problems`), when it can't be done.
    """

    name: ClassVar[str]
    label: ClassVar[Promise]
    asks: ClassVar[Right]
    decides: ClassVar[Right]
    refuses: ClassVar[type[Exception]]
    form: type[A]

    @abstractmethod
    def check(self, partner: UUID | None, asked: A, reason: str, at: datetime) -> None:
        """Refuse what couldn't be done if it were approved now."""

    @abstractmethod
    def do(self, scope: Scope, partner: UUID | None, asked: A, reason: str, at: datetime) -> None:
        """Do it as who decides: check again, change, audit, announce; or refuse."""

    @abstractmethod
    def words(self, asked: Sequence[A], at: datetime) -> list[Words]:
        """Return how each of many reads."""

    @abstractmethod
    def needs_another(self, partner: UUID | None, asked: A, at: datetime) -> bool:
        """Whether who asks, and may decide it otherwise, needs another person to do so."""

    def may(self, right: Right, scope: Scope, partner: UUID | None) -> bool:
        """Whether a right reaches a partner; what concerns none takes one that reaches all."""
        return scope.partners(right) is EVERY if partner is None else scope.reaches(right, partner)


KINDS: dict[str, Kind[Any]] = {}


def register(kind: Kind[Any]) -> Kind[Any]:
    """Add a kind to those that people may ask for."""
    if kind.name in KINDS:
        raise ValueError(f"there is a kind of requests {kind.name!r} already")
    KINDS[kind.name] = kind
    return kind
