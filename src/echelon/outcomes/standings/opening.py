"""A version opened over the rooms below, with what this room knows of its partners."""

from __future__ import annotations

from collections.abc import Collection, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import date

from echelon.outcomes.standings import engine, sight
from echelon.outcomes.standings.models import Current, Override, Proposal
from echelon.outcomes.standings.sources import Source
from echelon.outcomes.standings.states import Answer
from echelon.outcomes.standings.told import Proposed
from echelon.records.programs import documents
from echelon.records.programs import selectors as programs
from rulebook.dataset import data


@dataclass(frozen=True)
class Asked:
    """A program ready to level, and the moves that somebody said no to, by partner and track."""

    ready: engine.Ready
    rejected: dict[tuple[str, str], Proposed]

    def begun(self, day: date) -> dict[str, date]:
        """Return by partner the first day of the enrollment in force."""
        rows = self.ready.run.figures.enrolled
        found = {key: rows.in_force(key, day) for key in self.ready.enrolled}
        return {key: row.start or date.min for key, row in found.items() if row is not None}


@contextmanager
def asked(
    source: Source,
    version: programs.Version,
    day: date,
    also: Collection[str] = (),
    *,
    moves: bool = True,
) -> Iterator[Asked]:
    """Yield a version with standings before and overrides as they are now.

    `day` says which versions of the programs that it names are in force; `also` are fact types
    that another version reads, which is to be laid beside it. Who asks for figures alone needs no
    `moves`: what waits and what overrides decides on tiers, and no figure rests on that.
    """
    rules, document = documents.read(version.text)
    others = _others(version, day)
    slugs = {version.program_id: rules.program}
    slugs |= {each.program_id: slug for slug, each in others.items()}
    waiting = _waiting(version) if moves else {}
    befores = {
        (key, slugs[program], track): engine.Before(
            begun,
            held,
            since,
            below_since,
            reviewed,
            (pending["tier"], date.fromisoformat(pending["from"])) if pending else None,
            waiting.get((key, track), (None, ""))[0] if program == version.program_id else None,
        )
        for key, program, track, begun, held, since, below_since, reviewed, pending in (
            Current.objects.filter(program__in=slugs).values_list(
                "partner__key", "program", "track", "standing__begun", "standing__held",
                "standing__since", "standing__below_since", "reviewed",
                "standing__pending",
            )
        )
    }  # fmt: skip
    tiers = {slug: list(documents.read(each.text)[0].tiers) for slug, each in others.items()}
    with engine.ready(
        sight.narrowed(source, version.program_id),
        rules,
        document,
        others=tiers,
        befores=befores,
        overrides=_overrides(version, rules) if moves else (),
        also=also,
        looked_at=None if moves else day,
    ) as ready:
        said_no = {
            at: proposed for at, (proposed, how) in waiting.items() if how == Answer.REJECTED
        }
        yield Asked(ready, said_no)


def _others(version: programs.Version, day: date) -> dict[str, programs.Version]:
    """Return the versions in force of the programs that a document names."""
    named = engine.elsewhere(version.text)
    if not named:
        return {}
    return {
        each.program.slug: each for each in programs.in_force(day) if each.program.slug in named
    }


def _waiting(version: programs.Version) -> dict[tuple[str, str], tuple[Proposed, str]]:
    """Return what the rules proposed and still do, by partner and track, and how it was met."""
    rows = Proposal.objects.filter(
        program=version.program_id, answer__in=(Answer.WAITING, Answer.REJECTED), lapsed_at=None
    )
    return {
        (key, track): ((direction, tier, since), answer)
        for key, track, direction, tier, since, answer in rows.values_list(
            "partner__key", "track", "direction", "tier", "since", "answer"
        )
    }


def _overrides(version: programs.Version, rules: object) -> list[data.Override]:
    slug = getattr(rules, "program", None)
    rows = Override.objects.filter(program=version.program_id).order_by("partner__key", "made_at")
    return [
        data.Override(key, kind, slug, track or None, tier, start, until, reason, approver)
        for key, kind, track, tier, start, until, reason, approver in rows.values_list(
            "partner__key", "kind", "track", "tier", "start", "until", "reason", "approver_name"
        )
    ]
