"""Keeps what was levelled: new standings where something differs, and the moves that wait."""

from __future__ import annotations

from collections.abc import Collection, Mapping, Sequence
from datetime import date, datetime
from typing import NamedTuple
from uuid import UUID

from echelon.foundation.outbox.services import announce_all
from echelon.outcomes.standings.events import MoveProposed, TierChanged
from echelon.outcomes.standings.models import Current, Proposal, Run, Standing
from echelon.outcomes.standings.services.adding import add, new_ids
from echelon.outcomes.standings.states import Answer
from echelon.outcomes.standings.told import Told

_BATCH = 500


def keep(run: Run, rows: Sequence[Told], ids: Mapping[str, UUID], at: datetime) -> None:
    """Write a run's results, in the transaction of the caller, who has locked the program.

    Who isn't enrolled and never was levelled gets no row.
    """
    known = [(ids[row.partner], row) for row in rows if row.partner in ids]
    before = _before(run, {partner for partner, _ in known})
    known = [(who, row) for who, row in known if row.enrolled or (who, row.track) in before]
    new = [
        (partner, row)
        for partner, row in known
        if (partner, row.track) not in before or before[partner, row.track].seal != row.seal
    ]
    numbers = new_ids(Standing, len(new))
    add(
        Standing,
        [
            {
                "id": number, "partner_id": partner, "program_id": run.program_id,
                "track": row.track, "run_id": run.pk, "as_of": run.as_of, "made_at": at,
                **row.columns,
            }
            for number, (partner, row) in zip(numbers, new, strict=True)
        ],
    )  # fmt: skip
    add(
        Current,
        [
            {
                "partner_id": partner, "program_id": run.program_id, "track": row.track,
                "standing_id": number, "as_of": run.as_of, "run_id": run.pk, "seal": row.seal,
                "reviewed": row.reviewed, "criteria": row.criteria,
            }
            for number, (partner, row) in zip(numbers, new, strict=True)
        ],
        onto=("program_id", "partner_id", "track"),
    )  # fmt: skip
    looked = Current.objects.filter(program=run.program_id)
    if not run.whole:
        looked = looked.filter(partner__in={partner for partner, _ in known})
    looked.update(as_of=run.as_of, run=run)
    _review(run, known, before)
    run.changed = len(new)
    standing_of = {key: had.standing for key, had in before.items()}
    moves = []
    for number, (partner, row) in zip(numbers, new, strict=True):
        had, held = before.get((partner, row.track)), row.columns["held"]
        standing_of[partner, row.track] = number
        if (was := had.held if had else None) != held:
            moves.append(
                TierChanged(
                    partner=partner, program=run.program_id, track=row.track, before=was,
                    after=held, run=run.pk,
                )
            )  # fmt: skip
    run.moved = len(moves)
    announce_all(moves, at=at)
    run.save(update_fields=["changed", "moved"])
    _propose(run, known, standing_of, at)


class Had(NamedTuple):
    """The standing that counted until now."""

    standing: int
    held: str | None
    seal: str
    reviewed: date | None


def _before(run: Run, partners: Collection[UUID]) -> dict[tuple[UUID, str], Had]:
    rows = Current.objects.filter(program=run.program_id)
    if not run.whole:
        rows = rows.filter(partner__in=partners)
    return {
        (partner, track): Had(*had)
        for partner, track, *had in rows.values_list(
            "partner", "track", "standing", "standing__held", "seal", "reviewed"
        )
    }


def _review(
    run: Run, rows: Sequence[tuple[UUID, Told]], before: Mapping[tuple[UUID, str], Had]
) -> None:
    """Note when each was reviewed last, also where nothing else is new."""
    reviewed: dict[tuple[str, date | None], list[UUID]] = {}
    for partner, row in rows:
        had = before.get((partner, row.track))
        if had is not None and had.reviewed != row.reviewed:
            reviewed.setdefault((row.track, row.reviewed), []).append(partner)
    for (track, day), partners in reviewed.items():
        looked = Current.objects.filter(program=run.program_id, track=track)
        looked.filter(partner__in=partners).update(reviewed=day)


def _propose(
    run: Run,
    rows: Sequence[tuple[UUID, Told]],
    standing_of: Mapping[tuple[UUID, str], int],
    at: datetime,
) -> None:
    """Let proposals wait, go on, be withdrawn, or lapse, as the rules now say."""
    there = {
        (row.partner_id, row.track): row
        for row in Proposal.objects.filter(
            program=run.program_id,
            answer__in=(Answer.WAITING, Answer.REJECTED),
            lapsed_at=None,
        )
    }
    made: list[Proposal] = []
    for partner, row in rows:
        had = there.get((partner, row.track))
        if had is not None and (had.direction, had.tier, had.since) == row.proposed:
            continue
        if had is not None:
            had.lapsed_at = at
            if had.answer == Answer.WAITING:
                had.answer = Answer.WITHDRAWN
            had.save(update_fields=["answer", "lapsed_at"])
        if row.proposed is None:
            continue
        direction, tier, since = row.proposed
        made.append(
            Proposal(
                partner_id=partner, program_id=run.program_id, track=row.track,
                direction=direction, before=row.columns["held"], tier=tier, since=since,
                standing_id=standing_of[partner, row.track], made_at=at,
            )
        )  # fmt: skip
    Proposal.objects.bulk_create(made, batch_size=_BATCH)
    said = [
        MoveProposed(proposal=each.pk, partner=each.partner_id, program=run.program_id)
        for each in made
    ]
    announce_all(said, at=at)
