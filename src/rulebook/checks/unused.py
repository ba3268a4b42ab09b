"""Something that nothing uses is a notice: a leftover, or a criterion that was forgotten."""

from __future__ import annotations

from collections.abc import Iterator

from rulebook.errors import Problem
from rulebook.expressions.typed import refs
from rulebook.meaning import Meaning
from rulebook.meaning.model import MeasuredMeaning, asked_criteria
from rulebook.meaning.needs import Need, needs


def check(meaning: Meaning) -> Iterator[Problem]:
    """Yield metrics, parameters and tables of `reads` that nothing uses."""
    program, document = meaning.program, meaning.document
    used: set[Need] = set()
    for track, ladder in program.ladders():
        for name in ladder.metrics:
            used |= set(needs(meaning, ("metric", track or "", name)))
        for benefit in ladder.benefits.values():
            if benefit.of is not None:
                own = track and benefit.of in ladder.metrics
                used.add(("metric", track if own and track else "", benefit.of))
        for tier in meaning.ladders[track or ""]:
            for asked in (tier.requires, tier.keep):
                for criterion in asked_criteria(asked):
                    used |= {(ref.kind, *ref.path) for ref in refs(criterion.test)}
    for name in program.parameters:
        used |= set(needs(meaning, ("parameter", name)))
    expected = {key for example in program.examples for key in example.expect}
    for track, ladder in program.ladders():
        for name in ladder.metrics:
            if ("metric", track or "", name) not in used and name not in expected:
                path = ("tracks", track, "metrics", name) if track else ("metrics", name)
                yield document.problem(path, f"nothing uses the metric {name}", notice=True)
    for name in program.parameters:
        if ("parameter", name) not in used:
            yield document.problem(
                ("parameters", name), f"nothing uses the parameter {name}", notice=True
            )
    if program.reads is not None:
        measured = {
            m.metric.table for m in meaning.metrics.values() if isinstance(m, MeasuredMeaning)
        }
        for table in program.reads.facts:
            if table not in measured:
                yield document.problem(
                    ("reads", "facts", table), f"nothing uses the table {table}", notice=True
                )
