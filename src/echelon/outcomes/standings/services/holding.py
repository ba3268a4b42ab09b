"""The tier that a partner holds by a person's decision: locked, copied, written anew."""

from __future__ import annotations

from datetime import date, datetime
from uuid import UUID

from django.utils.translation import gettext as _

from echelon.foundation.outbox.services import announce
from echelon.outcomes.standings.events import TierChanged
from echelon.outcomes.standings.models import Current, Override, Pace, Standing
from echelon.outcomes.standings.services.due import mark
from echelon.outcomes.standings.states import Protection


def take_turn(program: UUID) -> None:
    """Lock a program until the transaction ends: no run is written meanwhile, nor one begun before.

    To be done before any row of its partners is locked: a run does it in that order.
    """
    pace, _made = Pace.objects.select_for_update().get_or_create(program_id=program)
    Pace.objects.filter(pk=pace.pk).update(turn=pace.turn + 1)


def current_of(program: UUID, partner: UUID, track: str) -> Current:
    """Return where a partner stands, locked; not the standing itself, which nobody may change."""
    rows = Current.objects.select_for_update(of=("self",)).select_related("standing")
    return rows.get(program=program, partner=partner, track=track)


def is_locked(program: UUID, partner: UUID, track: str, day: date) -> bool:
    """Whether a lock is in force on a day: then nobody moves the partner."""
    return Override.objects.filter(
        program=program, partner=partner, track=track, kind=Protection.LOCK,
        start__lte=day, until__gt=day,
    ).exists()  # fmt: skip


def copied(standing: Standing) -> Standing:
    """Return a standing that says the same, to be written as a new one."""
    names = [field.attname for field in Standing._meta.fields if field.attname != "id"]
    return Standing(**{name: getattr(standing, name) for name in names})


def stand(
    current: Current, after: Standing, name: str | None, day: date, at: datetime, sentence: str = ""
) -> None:
    """Write a standing that a person decided on; the next levelling, in seconds, says the rest."""
    before = current.standing.held
    after.run, after.as_of, after.made_at = None, day, at
    after.sentence = sentence or (
        _("You are {tier}.").format(tier=name) if name else _("You have no tier yet.")
    )
    after.save(force_insert=True)
    current.standing, current.seal = after, ""
    current.save(update_fields=["standing", "seal"])
    if before != after.held:
        announce(
            TierChanged(
                partner=after.partner_id, program=after.program_id, track=after.track,
                before=before, after=after.held, run=None,
            ),
            at=at,
        )  # fmt: skip
    mark(after.program_id, [after.partner_id], at=at)
