"""What people call what standings name: tiers, tracks, metrics and figures; why a move is due.

Labels and units stand in the documents of the versions in force; a standing keeps the names alone.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from datetime import date, datetime
from decimal import Decimal, InvalidOperation
from typing import Any
from uuid import UUID

from django.utils.formats import date_format
from django.utils.translation import gettext as _

from echelon.outcomes.standings.models import Proposal
from echelon.outcomes.standings.states import Direction
from echelon.records.programs import documents
from echelon.records.programs import selectors as programs
from rulebook.explain.labels import ladder_of, spoken, tier_label, track_label
from rulebook.explain.units import IN_PERCENT, PLAIN, RATIO, Unit
from rulebook.explain.words import Words
from rulebook.expressions.tree import names as named
from rulebook.metrics import Metric, Percentile
from rulebook.program.requirement import AllOf, Leaf, Requirement
from rulebook.standing.ladder import effective


@dataclass(frozen=True)
class Names:
    """The words of some programs, by their ids; a program that isn't there is read as written."""

    rules: Mapping[UUID, documents.Rules]

    def tier(self, program: UUID, track: str, tier: str | None) -> str:
        """Return what people call a tier."""
        if tier is None:
            return _("No tier")
        rules = self._rules(program, track)
        return tier_label(rules, track, tier) if rules else spoken(tier)

    def tiers(self, program: UUID, track: str = "") -> dict[str, str]:
        """Return the tiers of a ladder with their labels, the lowest first."""
        rules = self._rules(program, track)
        if rules is None:
            return {}
        return {name: tier_label(rules, track, name) for name in ladder_of(rules, track).tiers}

    def program(self, program: UUID) -> str:
        """Return what people call a program, as its document has it."""
        rules = self.rules.get(program)
        if rules is None:
            return _("A program that is not in force")
        return rules.name or spoken(rules.program)

    def track(self, program: UUID, track: str) -> str:
        """Return what people call a track; nothing for the program's own ladder."""
        if not track:
            return ""
        rules = self._rules(program, track)
        return track_label(rules, track) if rules else spoken(track)

    def tracks(self, program: UUID) -> dict[str, str]:
        """Return a program's ladders with their labels, its own first."""
        rules = self.rules.get(program)
        if rules is None:
            return {}
        return {"": track_label(rules, "")} | {one: track_label(rules, one) for one in rules.tracks}

    def metric(self, program: UUID, track: str, name: str) -> str:
        """Return what people call a metric, or a formula that stands in its place."""
        found = self._metric(program, track, name)
        return (found.label if found else None) or spoken(name.replace(".", " "))

    def is_metric(self, program: UUID, track: str, name: str) -> bool:
        """Whether a name is that of a metric, so that it opens to its records."""
        return self._metric(program, track, name) is not None

    def figure(self, program: UUID, track: str, name: str, value: Any) -> str:
        """Return a figure of a metric as people read it, in its unit."""
        return written(value, self.unit(program, track, name), self.currency(program))

    def unit(self, program: UUID, track: str, name: str) -> str:
        """Return the unit of a metric as the document has it; a ratio is "ratio"."""
        return _unit(self._metric(program, track, name))

    def currency(self, program: UUID) -> str:
        """Return the currency of a program."""
        rules = self.rules.get(program)
        return rules.currency if rules else ""

    def asked(self, program: UUID, track: str, tier: str | None) -> list[str]:
        """Return the metrics that a tier asks for in any case, in the document's order."""
        rules = self._rules(program, track)
        found = ladder_of(rules, track).tiers.get(tier or "") if rules else None
        if found is None or found.requires is None:
            return []
        tests = (leaf.test for leaf in _must(found.requires))
        known = (word.text for test in tests for word in named(test.tree))
        return list(dict.fromkeys(w for w in known if self._metric(program, track, w)))

    def counts_from(self, proposal: Proposal, day: date) -> date:
        """Return the day from which a move counts if it is approved on a day."""
        rules, begun = self._rules(proposal.program_id, proposal.track), proposal.standing.since
        policy = ladder_of(rules, proposal.track).movement if rules else None
        if rules is None or policy is None or begun is None:  # a first tier waits for no period
            return day
        return max(day, effective(policy, rules.calendar, day))

    def _rules(self, program: UUID, track: str) -> documents.Rules | None:
        """Return a program's rules, if they have the track."""
        rules = self.rules.get(program)
        return rules if rules and (not track or track in rules.tracks) else None

    def _metric(self, program: UUID, track: str, name: str) -> Metric | None:
        """Return a metric of the ladder, else of the program, or of the track before the dot."""
        rules = self.rules.get(program)
        if rules is None:
            return None
        first, dot, rest = name.partition(".")
        if dot:
            return rules.tracks[first].metrics.get(rest) if first in rules.tracks else None
        own = rules.tracks[track].metrics if track in rules.tracks else {}
        return own.get(name) or rules.metrics.get(name)


def names(at: datetime) -> Names:
    """Return the words of all programs by their versions in force at a moment."""
    found = programs.all_now(at)
    return Names({each.program_id: documents.read(each.text)[0] for each in found})


def written(value: Any, unit: str, currency: str) -> str:
    """Return a figure as people read it; "ratio" is shown in percent."""
    known = {"ratio": RATIO, "percent": IN_PERCENT, "": PLAIN}
    found = known.get(unit) or Unit(unit)
    return Words(currency).figure(_number(value), found if unit != "tier" else PLAIN)


def why(words: Names, proposal: Proposal) -> str:
    """Return in one sentence why a move is due, with the figures on which it was proposed."""
    at, standing = (proposal.program_id, proposal.track), proposal.standing
    if proposal.direction == Direction.DEMOTION:
        lacking = "; ".join(_lacking(words, at, standing.keep.get("gaps", [])))
        said = {"tier": words.tier(*at, proposal.before), "lacking": lacking}
        since = standing.below_since and date_format(standing.below_since)
        if lacking and since:
            said["day"] = since
            return _("Below what {tier} asks for since {day} – {lacking}.").format(**said)
        if lacking:
            return _("Below what {tier} asks for – {lacking}.").format(**said)
        return _("No longer qualifies for {tier}.").format(**said)
    shown = "; ".join(
        f"{words.metric(*at, name)}: {words.figure(*at, name, standing.metrics[name])}"
        for name in words.asked(*at, proposal.tier)
        if name in standing.metrics
    )
    tier = words.tier(*at, proposal.tier)
    if shown:
        return _("Meets what {tier} asks for – {shown}.").format(tier=tier, shown=shown)
    return _("Meets what {tier} asks for.").format(tier=tier)


def _lacking(words: Names, at: tuple[UUID, str], gaps: list[dict[str, Any]]) -> Iterator[str]:
    for gap in gaps:
        name = gap["metric"]
        have, need = (words.figure(*at, name, gap[word]) for word in ("have", "need"))
        what = {"metric": words.metric(*at, name), "have": have, "need": need}
        yield _("{metric}: {have} of {need}").format(**what)


def _must(node: Requirement) -> Iterator[Leaf]:
    """Yield the criteria that must hold in any case: of a choice, some may not be met."""
    match node:
        case Leaf():
            yield node
        case AllOf():
            for part in node.all:
                yield from _must(part)


def _number(value: Any) -> Any:
    if not isinstance(value, str):
        return value
    try:
        return Decimal(value)
    except InvalidOperation:
        return value


def _unit(metric: Metric | None) -> str:
    unit = getattr(metric, "unit", None) or ""
    return "ratio" if unit == "percent" and not isinstance(metric, Percentile) else unit
