"""What movement is asked and what it answers: standings, what was reached, decisions."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date
from enum import StrEnum


class Direction(StrEnum):
    """Which way a move goes."""

    PROMOTION = "promotion"
    DEMOTION = "demotion"


@dataclass(frozen=True)
class Pending:
    """A move that is decided and takes effect on a later day."""

    tier: str | None
    effective: date


@dataclass(frozen=True)
class Proposal:
    """A move that waits for a person, since the day on which it was first proposed."""

    direction: Direction
    tier: str | None
    since: date


@dataclass(frozen=True)
class Standing:
    """What is held as of a day, with the clocks that movement needs to go on from there.

    Without `since` the partner has never been levelled; then `tier` is the one it was given.
    A tier of None with a `since` is no tier, held since then. At most one proposal waits: a
    partner that qualifies for more than it holds isn't below the bar.
    """

    tier: str | None = None
    since: date | None = None
    below_since: date | None = None
    reviewed: date | None = None
    pending: Pending | None = None
    proposal: Proposal | None = None


@dataclass(frozen=True)
class Reached:
    """What the facts say at one date.

    `qualified` is the tier qualified for; `met` are the tiers for which `requires` or `keep`
    is met, each looked at by itself. The tier qualified for counts as met.
    """

    qualified: str | None = None
    met: frozenset[str] = frozenset()


class Reason(StrEnum):
    """Why a standing is as it is, in the word that explains most."""

    NOT_ENROLLED = "not enrolled"
    LOCK = "lock"
    PROPOSED = "proposed"
    FLOOR = "floor"
    FIRST = "first levelling"
    PROMOTED = "promoted"
    DEMOTED = "demoted"
    DECIDED = "decided"  # and in effect later
    HOLD = "hold"
    NEWCOMER = "newcomer"
    GRACE = "grace"
    ONE_A_MONTH = "one a month"
    NOT_DUE = "not due"  # a move would follow, but not before a review day
    KEPT = "kept"


@dataclass(frozen=True)
class Decision:
    """The standing after, and what a partner wants to know about it.

    `below` says whether the tier held is below its bar, `due` to which tier it would then
    fall, `at_risk_from` is the first day on which it may be lost: by a decision that waits
    for its day, a proposal that waits for approval, or the first review at which a demotion
    is due if nothing changes. None there: it is not at risk, or never.
    """

    standing: Standing
    reason: Reason
    below: bool = False
    due: str | None = None
    at_risk_from: date | None = None
    suspended: bool = False

    @property
    def held(self) -> str | None:
        """The tier held."""
        return self.standing.tier

    @property
    def proposal(self) -> Proposal | None:
        """The move that waits for a person."""
        return self.standing.proposal
