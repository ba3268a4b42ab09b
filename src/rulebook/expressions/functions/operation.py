"""What an operation is: a name and how its value comes from its arguments' values."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

#: Gives a value for a row; what a row is, only the references know.
Getter = Callable[[Any], Any]


@dataclass(frozen=True)
class Operation:
    """`build` takes the getters of the arguments and returns the getter of the result."""

    name: str
    build: Callable[..., Getter]


def strict(name: str, function: Callable[..., Any]) -> Operation:
    """Return an operation that is null as soon as one of its arguments is."""

    def build(*arguments: Getter) -> Getter:
        if len(arguments) == 2:
            first, second = arguments

            def two(row: Any) -> Any:
                left = first(row)
                if left is None:
                    return None
                right = second(row)
                return None if right is None else function(left, right)

            return two

        def run(row: Any) -> Any:
            values = [argument(row) for argument in arguments]
            return None if None in values else function(*values)

        return run

    return Operation(name, build)
