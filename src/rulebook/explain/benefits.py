"""What the tier held gives, and what another would: one line a benefit."""

from __future__ import annotations

from dataclasses import dataclass

from rulebook.explain.labels import ladder_of, metric_label, spoken
from rulebook.program import Benefit, Program
from rulebook.program.benefit import BenefitValue


@dataclass(frozen=True)
class BenefitLine:
    """A benefit at the tier held and at another one; None: not given there."""

    name: str
    label: str
    benefit: Benefit
    of: str
    at_held: BenefitValue | None
    at_other: BenefitValue | None

    @property
    def differs(self) -> bool:
        """Whether the other tier gives something else, or nothing any more."""
        nothing = _is_nothing(self.at_held) and _is_nothing(self.at_other)
        return not nothing and self.at_other != self.at_held


def benefit_lines(
    program: Program, track: str, held: str | None, other: str | None, *, enrolled: bool
) -> list[BenefitLine]:
    """Return the benefits that the tier held or another tier has, in the document's order."""
    found = []
    ladder = ladder_of(program, track)
    for name, benefit in ladder.benefits.items():
        now = benefit.value_for(held) if enrolled else None
        then = None if other is None else benefit.value_for(other)
        if _is_nothing(now) and _is_nothing(then):
            continue
        of = ""
        if benefit.of is not None:
            of = metric_label(program, _metric(program, track, benefit.of))
        found.append(BenefitLine(name, benefit.label or spoken(name), benefit, of, now, then))
    return found


def _is_nothing(value: BenefitValue | None) -> bool:
    return value is None or value is False


def _metric(program: Program, track: str, name: str) -> tuple[str, str]:
    if "." in name:
        other, _, metric = name.partition(".")
        return (other, metric)
    own = bool(track) and name in program.tracks[track].metrics
    return (track if own else "", name)
