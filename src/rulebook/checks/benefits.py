"""Benefits name tiers that exist, and a metric that a percent can be of."""

from __future__ import annotations

from collections.abc import Iterator

from rulebook.errors import Problem, nearest
from rulebook.expressions.typed import Type
from rulebook.meaning import Meaning


def check(meaning: Meaning) -> Iterator[Problem]:
    """Yield tiers and metrics that benefits name and that aren't there."""
    program, document = meaning.program, meaning.document
    for track, ladder in program.ladders():
        top: tuple[str, ...] = ("tracks", track, "benefits") if track else ("benefits",)
        metrics = {**program.metrics, **ladder.metrics}
        for name, benefit in ladder.benefits.items():
            for tier in benefit.values:
                if tier != "all" and tier not in ladder.tiers:
                    yield document.problem(
                        (*top, name, tier),
                        f"unknown tier {tier!r}",
                        nearest(tier, [*ladder.tiers, "label", "type", "of", "cap"]),
                    )
            if benefit.of is not None:
                key = (
                    (track or "", benefit.of)
                    if track and benefit.of in ladder.metrics
                    else ("", benefit.of)
                )
                found = meaning.metrics.get(key)
                if benefit.of not in metrics:
                    yield document.problem(
                        (*top, name, "of"),
                        f"unknown metric {benefit.of!r}",
                        nearest(benefit.of, metrics),
                    )
                elif found is not None and found.type not in (Type.NUMBER, Type.UNKNOWN):
                    yield document.problem((*top, name, "of"), f"{benefit.of} is not a number")
                if benefit.type != "percent":
                    yield document.problem(
                        (*top, name, "of"), f"of goes with a percent, not with {benefit.type}"
                    )
            if benefit.cap is not None and benefit.of is None:
                yield document.problem((*top, name, "cap"), "a cap goes with a percent of a metric")
