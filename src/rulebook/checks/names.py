"""Names must not be words of the document, nor mean two things."""

from __future__ import annotations

from collections.abc import Collection, Iterator

from rulebook.errors import Problem
from rulebook.expressions.tokens import KEYWORDS
from rulebook.meaning import Meaning

RESERVED = frozenset(
    "all any at_least of tier held proposal gaps tracks partner partners enrollment attested rates "
    "label type cap as_of each branch".split()
)
WORDS = RESERVED | KEYWORDS
TIER_RESERVED = frozenset("all label description type of cap sequential".split())


def check(meaning: Meaning) -> Iterator[Problem]:
    """Yield names that can't be used and names that mean two things."""
    program, document = meaning.program, meaning.document
    tables = () if program.reads is None else program.reads.facts
    named: dict[str, Collection[str]] = {
        "metrics": program.metrics,
        "parameters": program.parameters,
        "benefits": program.benefits,
        "tracks": program.tracks,
    }
    places = [(kind, name) for kind, names in named.items() for name in names]
    places += [("reads.facts", name) for name in tables]
    for kind, name in places:
        if name.lower() in WORDS:
            yield document.problem(
                (*kind.split("."), name),
                f"{name!r} is a word of the document and can't be a name here",
            )
    for track, ladder in program.ladders():
        top: tuple[str, ...] = ("tracks", track) if track else ()
        for name in ladder.metrics if track else ():
            if name.lower() in WORDS:
                yield document.problem(
                    (*top, "metrics", name),
                    f"{name!r} is a word of the document and can't be a name here",
                )
        for tier in ladder.tiers:
            if tier in TIER_RESERVED:
                yield document.problem(
                    (*top, "tiers", tier), f"{tier!r} is a word of the document and can't be a tier"
                )
    pairs = (("metrics", "parameters"), ("metrics", "tracks"), ("parameters", "tracks"))
    for first, second in pairs:
        for name in named[second]:
            if name in named[first]:
                yield document.problem(
                    (second, name),
                    f"{name!r} is also under {first}",
                    "a name means one thing; rename one",
                )
    for track, ladder in program.tracks.items():
        for name in ladder.metrics:
            if name in program.metrics or name in program.parameters:
                yield document.problem(
                    ("tracks", track, "metrics", name),
                    f"{name!r} is also a name of the program",
                    "a name means one thing; rename one",
                )
