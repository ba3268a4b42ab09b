"""Keeps what was levelled: new standings where something differs, and the moves that wait."""

from __future__ import annotations

from collections.abc import Collection, Mapping, Sequence
from datetime import date, datetime
from typing import NamedTuple
from uuid import UUID

from echelon.foundation.outbox.services import announce
from echelon.outcomes.standings.events import MoveProposed, TierChanged
from echelon.outcomes.standings.models import Current, Proposal, Run, Standing
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
    written = Standing.objects.bulk_create(
        [
            Standing(
                partner_id=partner, program_id=run.program_id, track=row.track, run=run,
                as_of=run.as_of, made_at=at, **row.columns,
            )
            for partner, row in new
        ],
        batch_size=_BATCH,
    )  # fmt: skip
    Current.objects.bulk_create(
        [
            Current(
                partner_id=each.partner_id, program_id=run.program_id, track=each.track,
                standing=each, as_of=run.as_of, run=run, seal=row.seal, reviewed=row.reviewed,
            )
            for each, (_, row) in zip(written, new, strict=True)
        ],
        batch_size=_BATCH,
        update_conflicts=True,
        unique_fields=["program", "partner", "track"],
        update_fields=["standing", "as_of", "run", "seal", "reviewed"],
    )  # fmt: skip
    looked = Current.objects.filter(program=run.program_id)
    if not run.whole:
        looked = looked.filter(partner__in={partner for partner, _ in known})
    looked.update(as_of=run.as_of, run=run)
    _review(run, known, before)
    Run.objects.filter(pk=run.pk).update(changed=len(written))
    run.changed = len(written)
    standing_of = {key: had.standing for key, had in before.items()}
    for each in written:
        had = before.get((each.partner_id, each.track))
        standing_of[each.partner_id, each.track] = each.pk
        if (had.held if had else None) != each.held:
            _announce(run, each, had.held if had else None, at)
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


def _announce(run: Run, standing: Standing, before: str | None, at: datetime) -> None:
    announce(
        TierChanged(
            partner=standing.partner_id, program=run.program_id, track=standing.track,
            before=before, after=standing.held, run=run.pk,
        ),
        at=at,
    )  # fmt: skip


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
        made = Proposal.objects.create(
            partner_id=partner, program_id=run.program_id, track=row.track, direction=direction,
            before=row.columns["held"], tier=tier, since=since,
            standing_id=standing_of[partner, row.track], made_at=at,
        )  # fmt: skip
        announce(MoveProposed(proposal=made.pk, partner=partner, program=run.program_id), at=at)
