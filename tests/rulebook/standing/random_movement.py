"""Random policies, standings, overrides and histories, for the properties of movement."""

from collections.abc import Sequence
from dataclasses import dataclass, replace
from datetime import date, timedelta
from typing import Any

from hypothesis import strategies as st

from rulebook.dataset.data import Enrollment, Override
from rulebook.program.movement import Movement
from rulebook.standing.decision import Decision, Direction, Pending, Proposal, Reached, Standing
from rulebook.standing.movement import move
from rulebook.standing.reviews import Reviews
from rulebook.values.calendar import Calendar

TIERS = ("registered", "silver", "gold", "platinum")
FIRST = date(2027, 1, 1)  # 2028 has a 29 February
DAYS = st.integers(0, 800).map(lambda count: FIRST + timedelta(days=count))
TIER = st.sampled_from((None, *TIERS))
SCHEDULED: list[Any] = [
    "never", "anniversary", "weekly", "monthly", "quarterly", "half_yearly", "yearly",
    "fiscal quarterly", "fiscal yearly", ["01-15", "07-15"], {"days": ["02-29"]},
    {"each": "month", "day": 20}, {"each": "month", "day": 31},
]  # fmt: skip
CADENCES = st.sampled_from([*SCHEDULED, "immediately", "immediately", "immediately", "daily"])
SPANS = st.sampled_from(["20 days", "90 days", "1 month", "6 months", "1 year"])
CALENDARS = st.builds(Calendar, st.integers(1, 12), st.sampled_from([1, 15, 28]))


def rank(tier: str | None) -> int:
    return TIERS.index(tier) + 1 if tier else 0


def optional(strategy: st.SearchStrategy[Any]) -> st.SearchStrategy[Any]:
    return st.one_of(st.none(), strategy)


def policies(
    cadences: st.SearchStrategy[Any] = CADENCES, **fixed: st.SearchStrategy[Any]
) -> st.SearchStrategy[Movement]:
    step = st.sampled_from(["one", "any"])
    asks = st.sampled_from(["automatic", "automatic", "required"])
    parts: dict[str, st.SearchStrategy[Any]] = {
        "promote": cadences,
        "demote": cadences,
        "grace": optional(SPANS),
        "down": step,
        "up": step,
        "hold": optional(st.one_of(st.just("until_anniversary"), SPANS)),
        "newcomers": st.fixed_dictionaries({"hold": optional(SPANS)}),
        "effective": st.sampled_from(
            ["immediately", "immediately", "next week", "next month", "next fiscal quarter"]
        ),
        "approval": st.fixed_dictionaries({"promotion": asks, "demotion": asks}),
    }
    return st.fixed_dictionaries({**parts, **fixed}).map(Movement.model_validate)


@st.composite
def reached(draw: st.DrawFn) -> Reached:
    """Qualified by `requires`; a tier above it may be met by its `keep`."""
    qualified = draw(TIER)
    met = draw(st.frozensets(st.sampled_from(TIERS), max_size=2))
    return Reached(qualified, met if draw(st.booleans()) else frozenset())


def override(kinds: Sequence[str] = ("lock", "floor", "suspend")) -> st.SearchStrategy[Override]:
    return st.builds(
        Override, st.just("P1"), st.sampled_from(kinds), tier=TIER, start=optional(DAYS),
        until=optional(DAYS),
    )  # fmt: skip


@dataclass(frozen=True)
class Case:
    """All that movement is asked about, but for the day, the standing and what was reached."""

    policy: Movement | None
    calendar: Calendar
    enrollment: Enrollment
    overrides: tuple[Override, ...]

    def move(self, before: Standing, what: Reached, as_of: date) -> Decision:
        return move(
            TIERS, self.policy, self.calendar, before, what, as_of,
            enrollment=self.enrollment, overrides=self.overrides,
        )  # fmt: skip

    def review_day(self, day: date, since: date | None) -> bool:
        """Whether a scheduled review of either direction falls on a day."""
        policy = self.policy or Movement()
        anchor = self.enrollment.start or since
        return any(
            cadence.kind != "immediately"
            and Reviews(cadence, self.calendar, anchor).first_from(day) == day
            for cadence in (policy.promote, policy.demote)
        )


@st.composite
def cases(
    draw: st.DrawFn,
    policy: st.SearchStrategy[Movement | None] | None = None,
    kinds: Sequence[str] = ("lock", "floor", "suspend"),
) -> Case:
    starts = st.sampled_from([None, date(2024, 2, 29), date(2026, 3, 15), date(2026, 12, 20)])
    overrides = draw(st.lists(override(kinds), max_size=2)) if kinds else []
    return Case(
        draw(policies() if policy is None else policy),
        draw(CALENDARS),
        Enrollment("P1", start=draw(starts)),
        tuple(overrides),
    )


@st.composite
def standings(draw: st.DrawFn, as_of: date, waits: bool = True, first: bool = True) -> Standing:
    """Draw a standing that may be held before a day; `first`: also one without `since`."""
    ago = st.integers(0, 500).map(lambda count: as_of - timedelta(days=count))
    given = Standing(draw(TIER))
    if first and draw(st.integers(0, 4)) == 0:
        return given
    standing = replace(
        given, since=draw(ago), below_since=draw(optional(ago)), reviewed=draw(optional(ago))
    )
    if waits and draw(st.booleans()):
        ahead = st.integers(-40, 40).map(lambda count: as_of + timedelta(days=count))
        standing = replace(standing, pending=draw(optional(st.builds(Pending, TIER, ahead))))
    if waits and draw(st.booleans()):
        proposals = st.builds(Proposal, st.sampled_from(Direction), TIER, ago)
        standing = replace(standing, proposal=draw(optional(proposals)))
    return standing
