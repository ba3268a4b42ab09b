"""What people ask for here and another decides: overrides, and moves by hand."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from datetime import date, datetime
from uuid import UUID

from django.utils.formats import date_format
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from django.utils.translation import pgettext as _in

from echelon.foundation.access import Hidden, Right, Scope
from echelon.foundation.approvals.kinds import Asked, Kind, Words, register
from echelon.outcomes.standings import names
from echelon.outcomes.standings.errors import Refused
from echelon.outcomes.standings.services import moving, overrides
from echelon.outcomes.standings.states import Protection
from echelon.records.programs import documents
from echelon.records.programs import selectors as programs


class OverrideAsked(Asked):
    """A lock, a floor or a suspension from a day until another (exclusive)."""

    program: UUID
    track: str = ""
    kind: Protection
    tier: str | None = None
    start: date
    until: date


class MoveAsked(Asked):
    """A tier to be held from the day of the yes, by who holds another one now."""

    program: UUID
    track: str = ""
    tier: str
    before: str | None = None


class Overriding(Kind[OverrideAsked]):
    """Account managers ask for overrides of their partners; program managers grant them."""

    name = "standings.override"
    label = gettext_lazy("Override")
    asks, decides = Right.OVERRIDES_PROPOSE, Right.OVERRIDES_GRANT
    refuses, form = Refused, OverrideAsked

    def check(self, partner: UUID | None, asked: OverrideAsked, reason: str, at: datetime) -> None:
        """Refuse an override that can't be."""
        overrides.check(_override(partner, asked, reason), at)

    def do(
        self, scope: Scope, partner: UUID | None, asked: OverrideAsked, reason: str, at: datetime
    ) -> None:
        """Grant it, from today where its first day has passed while it waited."""
        version = programs.version_now(asked.program, at)
        today = at.date() if version is None else documents.day_of(version, at)
        later = asked.model_copy(update={"start": max(asked.start, today)})
        try:
            overrides.agreed(scope, _override(partner, later, reason), at)
        except Hidden:
            raise _gone() from None

    def needs_another(self, partner: UUID | None, asked: OverrideAsked, at: datetime) -> bool:
        """Whether the program's limit asks for a second person."""
        return overrides.takes_two(_override(partner, asked), at)

    def words(self, asked: Sequence[OverrideAsked], at: datetime) -> list[Words]:
        """Say what each does, on which ladder, from when until when."""
        found = names.names(at)
        return [
            Words(
                protection(found, each.program, each.track, each.kind, each.tier),
                [
                    *_ladder(found, each.program, each.track),
                    (_in("a day on", "From"), date_format(each.start)),
                    (_("Until"), date_format(each.until)),
                ],
            )
            for each in asked
        ]


class Moving(Kind[MoveAsked]):
    """Account managers ask for moves of their partners; program managers make them."""

    name = "standings.move"
    label = gettext_lazy("Move by hand")
    asks, decides = Right.MOVES_PROPOSE, Right.MOVES_DECIDE
    refuses, form = Refused, MoveAsked

    def check(self, partner: UUID | None, asked: MoveAsked, reason: str, at: datetime) -> None:
        """Refuse a move that can't be made."""
        moving.check(_move(partner, asked), reason, at)

    def do(
        self, scope: Scope, partner: UUID | None, asked: MoveAsked, reason: str, at: datetime
    ) -> None:
        """Make the move."""
        try:
            moving.move(scope, _move(partner, asked), reason=reason, at=at)
        except Hidden:
            raise _gone() from None

    def needs_another(self, partner: UUID | None, asked: MoveAsked, at: datetime) -> bool:
        """Whether the program's limit asks for a second person."""
        return moving.takes_two(_move(partner, asked), at)

    def words(self, asked: Sequence[MoveAsked], at: datetime) -> list[Words]:
        """Say from which tier to which, on which ladder."""
        found = names.names(at)
        return [
            Words(
                _("From {before} to {tier}").format(
                    before=found.tier(each.program, each.track, each.before),
                    tier=found.tier(each.program, each.track, each.tier),
                ),
                list(_ladder(found, each.program, each.track)),
            )
            for each in asked
        ]


def protection(
    found: names.Names, program: UUID, track: str, kind: Protection, tier: str | None
) -> str:
    """Return what an override does, in words."""
    if tier is None:
        return str(kind.label)
    return _("Floor: not below {tier}").format(tier=found.tier(program, track, tier))


def _ladder(found: names.Names, program: UUID, track: str) -> Iterator[tuple[str, str]]:
    yield _("Program"), found.program(program)
    if track:
        yield _("Track"), found.track(program, track)


def _override(partner: UUID | None, asked: OverrideAsked, reason: str = "") -> overrides.Wanted:
    return overrides.Wanted(partner=_named(partner), reason=reason, **dict(asked))


def _move(partner: UUID | None, asked: MoveAsked) -> moving.Wanted:
    return moving.Wanted(partner=_named(partner), **dict(asked))


def _named(partner: UUID | None) -> UUID:
    if partner is None:  # what moves or is protected is a partner
        raise Hidden
    return partner


def _gone() -> Refused:
    """Return what is said where there is no program in force any more."""
    return Refused(_("No version of this program is in force on that day."))


OVERRIDE = register(Overriding())
MOVE = register(Moving())
