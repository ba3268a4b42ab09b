"""What an expression may name, in the place where it stands."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import Protocol

from rulebook.errors import nearest
from rulebook.expressions.tokens import ExpressionError
from rulebook.expressions.tree import Name, Node
from rulebook.expressions.typed import Const, Ref, Type, Typed


@dataclass
class Inferred:
    """The types that parameters take from where they are used."""

    types: dict[str, Type] = field(default_factory=dict)

    def use(self, ref: Ref, type_: Type, at: int) -> None:
        """Note that a parameter is used as a type, or raise when it was used as another."""
        name = ref.path[0]
        if type_ in (Type.UNKNOWN, Type.NULL) or name not in self.types:
            return
        known = self.types[name]
        if known is Type.UNKNOWN:
            self.types[name] = type_
        elif known is not type_:
            raise ExpressionError(
                f"the parameter {name} is {known.value} elsewhere and {type_.value} here", at
            )


class Scope(Protocol):
    """Resolves names."""

    @property
    def inferred(self) -> Inferred:
        """The types that parameters take."""

    @property
    def inner(self) -> Scope | None:
        """The rows that an aggregate goes over."""

    def name(self, name: Name, /) -> Ref:
        """Return what a name means here, or raise ExpressionError."""

    def call(self, function: str, arguments: tuple[Node, ...], at: int, /) -> Typed | None:
        """Return the meaning of a function that only this place knows (`track(x)`), or None."""

    def tier(self, ref: Ref, name: Name, /) -> tuple[Ref, Const]:
        """Return a reference of type TIER and the tier that it is compared with."""


def unknown(name: Name, choices: list[str], what: str = "name", place: str = "") -> ExpressionError:
    """Return the error for a name that means nothing here, with the nearest that does."""
    last = choices if len(choices) <= 12 else []
    hint = nearest(name.text, choices) or (f"known here: {', '.join(sorted(last))}" if last else "")
    return ExpressionError(f"unknown {what} {name.text!r}{place}", name.at, hint)
