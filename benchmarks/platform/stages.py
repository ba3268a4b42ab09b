"""Where the time of a levelling goes: doors of the platform and the engine, each with a clock.

A stage's time is its own, without that of stages inside it. CPU time is this process's, all its
threads; the database's own isn't in it.
"""

from __future__ import annotations

import time
from collections import defaultdict
from collections.abc import Callable, Iterator
from contextlib import ExitStack, contextmanager
from importlib import import_module
from typing import Any
from unittest.mock import patch

_STANDINGS = "echelon.outcomes.standings"
REST = "rest"
#: By stage the functions that it is: module, then the name there.
STAGES: dict[str, tuple[tuple[str, str], ...]] = {
    "read facts": ((f"{_STANDINGS}.engine", "folders.opened"),),
    "open": (
        (f"{_STANDINGS}.engine", "enrollments"),
        (f"{_STANDINGS}.engine", "fitted"),
        (f"{_STANDINGS}.engine", "Run"),
    ),
    "measure": (("rulebook.standing.level", "Table"),),
    "level": (
        ("rulebook.standing.run", "Run.level"),
        ("rulebook.standing.level", "Leveller.decided"),
        ("rulebook.standing.level", "Leveller._standing"),
    ),
    "criteria": ((f"{_STANDINGS}.services.levelling", "Asking"),),
    "sentences": (("rulebook.explain", "Sentences.of"),),
    "tell": ((f"{_STANDINGS}.services.levelling", "told.told"),),
    "keep": ((f"{_STANDINGS}.services.levelling", "keep"),),
    "audit, outbox": (
        (f"{_STANDINGS}.services.levelling", "audit.record"),
        (f"{_STANDINGS}.services.keeping", "announce_all"),
    ),
}
#: What a bare run of the engine does too.
ENGINE = ("read facts", "open", "measure", "level")

#: Seconds on the wall and of this process's CPU.
Spent = tuple[float, float]


def now() -> Spent:
    """Return both clocks."""
    return time.perf_counter(), time.process_time()


class Clock:
    """Stages one inside another: each has the time that no inner one has."""

    def __init__(self) -> None:
        self.spent: dict[str, list[float]] = defaultdict(lambda: [0.0, 0.0])
        self._open: list[str] = []
        self._since = (0.0, 0.0)

    @contextmanager
    def stage(self, name: str) -> Iterator[None]:
        """Count what is done in the block for a stage."""
        self._turn()
        self._open.append(name)
        try:
            yield
        finally:
            self._turn()
            self._open.pop()

    def _turn(self) -> None:
        moment = now()
        if self._open:
            own = self.spent[self._open[-1]]
            own[0] += moment[0] - self._since[0]
            own[1] += moment[1] - self._since[1]
        self._since = moment

    def timed(self, name: str, work: Callable[..., Any]) -> Callable[..., Any]:
        """Return a function that is counted for a stage; what it yields is made in it too."""

        def run(*given: Any, **named: Any) -> Any:
            with self.stage(name):
                made = work(*given, **named)
                return list(made) if isinstance(made, Iterator) else made

        return run


@contextmanager
def staged() -> Iterator[dict[str, list[float]]]:
    """Time stages in the block; what is in none of them is the rest."""
    clock = Clock()
    with ExitStack() as stack:
        for name, doors in STAGES.items():
            for module, path in doors:
                *owners, last = path.split(".")
                owner = import_module(module)
                for each in owners:
                    owner = getattr(owner, each)
                work = clock.timed(name, getattr(owner, last))
                stack.enter_context(patch.object(owner, last, work))
        stack.enter_context(clock.stage(REST))
        yield clock.spent


def engine(spent: dict[str, list[float]]) -> Spent:
    """Return the engine's part."""
    wall, cpu = (sum(spent[name][n] for name in ENGINE if name in spent) for n in (0, 1))
    return wall, cpu
