"""Understands a whole program: every metric, tier and parameter typed on given tables.

Types of parameters follow from their uses, so the program is walked twice: once to learn
them, once to type for good. Problems are those of the second walk.
"""

from __future__ import annotations

from rulebook.dataset.spec import Dataset
from rulebook.errors import Problem
from rulebook.expressions.scope import Inferred
from rulebook.expressions.typed import Type
from rulebook.meaning.metrics import type_metric
from rulebook.meaning.model import Meaning, TierMeaning
from rulebook.meaning.parameters import guess, parameter_meaning
from rulebook.meaning.requirements import type_requirement
from rulebook.meaning.scopes import MetricKey, PartnerScope
from rulebook.meaning.tables import Tables
from rulebook.meaning.understanding import Understanding
from rulebook.program import Program
from rulebook.reading.document import Document


def understand(
    program: Program,
    document: Document,
    spec: Dataset | None,
    blank: frozenset[MetricKey] = frozenset(),
) -> tuple[Meaning, list[Problem]]:
    """Return the program's meaning on the tables of `spec` (else of `reads`), and what is wrong.

    Where there are problems, the meaning is incomplete and must not be run. Metrics that are
    `blank` fit everything.
    """
    tables = Tables(spec if spec is not None else program.reads)
    inferred = Inferred(dict.fromkeys(program.parameters, Type.UNKNOWN))
    inferred.types |= {f"{name}[]": Type.UNKNOWN for name in program.parameters}
    first = _walk(Understanding(program, document, tables, inferred, type_metric, blank))
    if not first.problems:
        guess(program, inferred)
    second = _walk(Understanding(program, document, tables, inferred, type_metric, blank))
    second.meaning.complete = not (second.problems or blank)
    return second.meaning, sorted(second.problems, key=lambda problem: problem.line or 0)


def _walk(work: Understanding) -> Understanding:
    """Type everything: metrics, parameters, then what tiers ask for."""
    for track, ladder in work.program.ladders():
        for name in ladder.metrics:
            work.metric((track or "", name))
    for name in work.program.parameters:
        found = parameter_meaning(work.program, work.document, name, PartnerScope(work.names, ""))
        work.problems += found.problems
        work.meaning.parameters[name] = found
    for track, ladder in work.program.ladders():
        top, own = (f"tracks.{track}.", track) if track else ("", "")
        work.meaning.ladders[own] = tuple(
            TierMeaning(
                name,
                type_requirement(work, tier.requires, f"{top}tiers.{name}.requires", own),
                type_requirement(work, tier.keep, f"{top}tiers.{name}.keep", own),
            )
            for name, tier in ladder.tiers.items()
        )
    return work
