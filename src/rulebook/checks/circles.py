"""Metrics, parameters and tracks must not rest on themselves."""

from __future__ import annotations

from collections.abc import Iterator

from rulebook.errors import Problem
from rulebook.meaning import Meaning
from rulebook.meaning.needs import Need, needs


def check(meaning: Meaning) -> Iterator[Problem]:
    """Yield every circle once, at the thing in it that stands first."""
    program = meaning.program
    things: list[Need] = [
        ("metric", track or "", name)
        for track, ladder in program.ladders()
        for name in ladder.metrics
    ]
    things += [("parameter", name) for name in program.parameters]
    things += [("tier", track) for track in program.tracks]
    done: set[Need] = set()
    for thing in things:
        circle = [] if thing in done else _circle(meaning, thing, done)
        if circle:
            words = " → ".join(map(_word, circle))
            yield meaning.document.problem(
                _path(circle[0]), f"a circle: {words}", "something must stand on its own"
            )


def _circle(meaning: Meaning, thing: Need, done: set[Need]) -> list[Need]:
    """Return the circle that is met first from a thing, or nothing; marks what is clear."""
    trail = {thing: iter(needs(meaning, thing))}
    while trail:
        current, others = next(reversed(trail.items()))
        following = next((need for need in others if need not in done), None)
        if following is None:
            done.add(current)
            trail.popitem()
        elif following in trail:
            things = list(trail)
            done.update(things)
            return [*things[things.index(following) :], following]
        else:
            trail[following] = iter(needs(meaning, following))
    return []


def _word(thing: Need) -> str:
    return f"track({thing[1]})" if thing[0] == "tier" else ".".join(p for p in thing[1:] if p)


def _path(thing: Need) -> tuple[str, ...]:
    if thing[0] == "metric":
        return ("tracks", thing[1], "metrics", thing[2]) if thing[1] else ("metrics", thing[2])
    return ("parameters", thing[1]) if thing[0] == "parameter" else ("tracks", thing[1])
