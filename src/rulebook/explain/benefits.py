"""What the tier held gives, and what another would: one line a benefit."""

from __future__ import annotations

from dataclasses import dataclass

from rulebook.explain.labels import ladder_of, metric_label, spoken
from rulebook.program import Benefit, Program
from rulebook.program.benefit import BenefitValue


@dataclass(frozen=True)
class BenefitLine:
    """A benefit now and at another tier; None: not given there."""

    name: str
    label: str
    benefit: Benefit
    of: str
    now: BenefitValue | None
    then: BenefitValue | None

    @property
    def gained(self) -> bool:
        """Whether the other tier gives something else."""
        return self.then is not None and self.then != self.now


def benefit_lines(
    program: Program, track: str, held: str | None, other: str | None, *, enrolled: bool
) -> list[BenefitLine]:
    """Return the benefits that the tier held or another tier has, in the document's order."""
    found = []
    ladder = ladder_of(program, track)
    for name, benefit in ladder.benefits.items():
        now = benefit.value_for(held) if enrolled else None
        then = None if other is None else benefit.value_for(other)
        if now in (None, False) and then in (None, False):
            continue
        of = (
            "" if benefit.of is None else metric_label(program, _metric(program, track, benefit.of))
        )
        found.append(BenefitLine(name, benefit.label or spoken(name), benefit, of or "", now, then))
    return found


def _metric(program: Program, track: str, name: str) -> tuple[str, str]:
    if "." in name:
        other, _, metric = name.partition(".")
        return (other, metric)
    own = bool(track) and name in program.tracks[track].metrics
    return (track if own else "", name)
