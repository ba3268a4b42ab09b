"""`gold.revenue`: which criterion a tier and a metric name, where only one can be meant."""

from __future__ import annotations

from collections.abc import Iterator

from rulebook.errors import Problem, nearest
from rulebook.expressions.tree import Binary, Name, Node, Not
from rulebook.program import Program
from rulebook.program.requirement import leaves

SETTING = "--set"


class Refused(Exception):
    """One setting that can't be made, with the place it got to."""

    def __init__(self, path: str, message: str, hint: str = "") -> None:
        """Keep the problem, to be told with those of other settings."""
        super().__init__(message)
        self.problem = Problem(message, SETTING, path=path, hint=hint)


def criterion_named(program: Program, written: str) -> str:
    """Return the path of the one criterion that `gold.revenue` or `track.gold.revenue` means."""
    tiers = dict(_tiers(program))
    fit = [name for name in tiers if written.startswith(f"{name}.")]
    if not fit:
        known = [*Program.model_fields, *tiers]
        first = written.partition(".")[0].partition("[")[0]
        longest = ".".join(written.split(".")[:2])
        hint = nearest(first, known) or nearest(longest, known) or "PATH or TIER.METRIC"
        raise Refused(written, f"there is no section, tier or track {first!r}", hint)
    asked: list[str] = []
    for bar in ("requires", "keep"):  # what it takes to get there comes before what keeps it
        candidates: list[str] = []
        for name in fit:
            metric = written[len(name) + 1 :]
            for path in tiers[name]:
                for place, left in _lefts(program, f"{path}.{bar}"):
                    asked.append(left)
                    candidates += [place] if left == metric else []
        if len(candidates) == 1:
            return candidates[0]
        if candidates:
            raise Refused(
                written,
                f"{written} could mean {len(candidates)} criteria",
                "say which: " + ", ".join(candidates),
            )
    words = [f"{fit[0]}.{left}" for left in asked if left]
    hint = nearest(written, words) or (
        f"it asks for {', '.join(dict.fromkeys(words))}" if words else ""
    )
    raise Refused(
        written, f"no criterion of {fit[0]} is about {written[len(fit[0]) + 1 :]!r}", hint
    )


def _tiers(program: Program) -> Iterator[tuple[str, list[str]]]:
    """Yield what tiers can be called, `gold` and `track.gold`, with the paths that this means."""
    found: dict[str, list[str]] = {}
    for track, ladder in program.ladders():
        for tier in ladder.tiers:
            path = f"tracks.{track}.tiers.{tier}" if track else f"tiers.{tier}"
            found.setdefault(tier, []).append(path)
            if track:
                found.setdefault(f"{track}.{tier}", []).append(path)
    yield from found.items()


def _lefts(program: Program, path: str) -> Iterator[tuple[str, str]]:
    """Yield the criteria under a tier's `requires` or `keep`: the path, and what is compared."""
    *above, tier, bar = path.split(".")
    ladder = program.tracks[above[1]] if above[0] == "tracks" else program
    requirement = getattr(ladder.tiers[tier], bar)
    for place, leaf in leaves(requirement, path) if requirement is not None else ():
        tree: Node = leaf.test.tree
        if isinstance(tree, Binary | Not):
            tree = tree.left if isinstance(tree, Binary) else tree.operand
        yield place, tree.text if isinstance(tree, Name) else ""
