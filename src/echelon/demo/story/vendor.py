"""What the parts of the story share: the cast, the calendar, scopes, and what is called how."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, field
from datetime import UTC, date, datetime, time, timedelta
from functools import cache
from pathlib import Path
from typing import Any
from uuid import UUID
from zoneinfo import ZoneInfo

from ruamel.yaml import YAML

from echelon.demo.calendar import beginning
from echelon.demo.companies import Company
from echelon.foundation.access import Scope

#: Told of each step: what goes on, how much of it is done, and of how much.
Say = Callable[[str, int, int], None]
_ZONE = ZoneInfo("Europe/Brussels")


def day_of(now: datetime) -> date:
    """Return which day a moment is where the programs count their days."""
    return now.astimezone(_ZONE).date()


@cache
def cast() -> dict[str, Any]:
    """Return whom the story is about."""
    path = Path(__file__).parents[1] / "cast.yaml"
    return dict(YAML(typ="safe").load(path.read_text("utf-8")))


@dataclass
class Vendor:
    """The vendor as far as the story has come. `now` is the story's end: nothing is later."""

    now: datetime
    seed: int
    companies: list[Company]
    say: Say = lambda _step, _done, _total: None
    #: By the cast's words, such as "program manager" and "distributor".
    scopes: dict[str, Scope] = field(default_factory=dict)
    #: Users' ids by mail address, partners' by key, programs' by slug.
    users: dict[str, UUID] = field(default_factory=dict)
    partners: dict[str, UUID] = field(default_factory=dict)
    programs: dict[str, UUID] = field(default_factory=dict)

    @property
    def today(self) -> date:
        """Return the story's last day, where the programs count their days."""
        return day_of(self.now)

    @property
    def first(self) -> date:
        """Return the day on which it began."""
        return beginning(self.today)

    def at(self, day: date, hour: int = 9) -> datetime:
        """Return a moment of a day, never later than a few minutes before the end."""
        moment = datetime.combine(day, time(hour), UTC)
        return min(moment, self.now - timedelta(minutes=15))

    def ago(self, **span: float) -> datetime:
        """Return a moment so long before the end."""
        return self.now - timedelta(**span)

    def role(self, role: str) -> Company | None:
        """Return the company with a part in the story; None where there are too few companies."""
        return next((each for each in self.companies if each.role == role), None)

    @property
    def boss(self) -> Scope:
        """Return the program manager's scope."""
        return self.scopes["program manager"]

    def manager_of(self, company: Company) -> Scope:
        """Return the scope of a company's account manager."""
        return self.scopes[company.where.region]
