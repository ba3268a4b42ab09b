"""What a row must be beyond the types of its fields: states, documents that parse, whose it is.

`SHAPES` gives a model's values by name, the rest is filled in. The filler that it gets has `made`,
the company's rows so far by the model's name, and `mark(model)`, its canary.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from datetime import date
from typing import TYPE_CHECKING, Any

from tests.echelon.isolation.roles import RELATIONS

if TYPE_CHECKING:
    from tests.echelon.isolation.filling import Filler

#: Models whose rows the world doesn't fill: machinery that no page shows, and what it makes itself.
LEFT_OUT = frozenset(
    {
        "jobs.Job",
        "outbox.Announcement",
        "audit.Stream",
        "audit.Verification",
        "api.KeptAnswer",
        "accounts.User",
        "accounts.Vendor",
        "partners.Partner",
        "partners.Person",
    }
)

PROGRAM = """\
program: {slug}
name: {mark}name
version: 2026-01-01
currency: EUR
reads:
  partners: {{}}
  facts:
    sales: {{date: sold_on, columns: {{amount: {{type: money, currency: currency}}}}}}
metrics:
  revenue: {{from: sales, value: sum(amount), window: trailing 12 months, unit: money}}
tiers:
  silver: {{label: {mark}silver, requires: {{revenue: 100}}}}
"""


def _version(filler: Filler) -> Mapping[str, Any]:
    mark, slug = filler.mark("version"), filler.made["program"].slug  # type: ignore[attr-defined]
    return {
        "state": "published",
        "text": PROGRAM.format(slug=slug, mark=mark),
        "effective": date(2026, 1, 1),
    }


def _standing(filler: Filler) -> Mapping[str, Any]:
    figures = {"revenue": str(next(filler.primes))}
    return {"track": "", "gaps": [], "keep": {}, "metrics": figures}


def _rate(filler: Filler) -> Mapping[str, Any]:
    codes = ("USD", "GBP", "JPY", "CHF", "SEK", "PLN")
    return {"currency": codes[RELATIONS.index(filler.relation)], "rate": "1.25"}


#: A lock that somebody asks for; of which program, is said by who needs it.
LOCK = {
    "program": "00000000-0000-4000-8000-000000000000",
    "kind": "lock",
    "start": "2090-01-01",
    "until": "2091-01-01",
}


#: What any kind of facts has; the engine reads all of them.
KIND = {
    "key": "number",
    "partner": "who",
    "date": "day",
    "columns": {"note": "text", "amount": {"type": "money", "currency": "currency"}},
}


#: Nearly the key of a company of others, which whoever may not see it is not told.
NEARLY = "zqo-herzpartnerzkey"


def _batch(filler: Filler) -> Mapping[str, Any]:
    actor = {"kind": "person", "id": filler.mark("batch"), "name": filler.mark("batch")}
    more = {"header": ["number"], "counts": {"new": 1, "bad": 1}}
    more |= {"reach": [str(filler.made["partner"].pk)]}
    return {"state": "checked", "actor": actor, "mapping": {"number": "number"}, **more}


def _bad_row(filler: Filler) -> Mapping[str, Any]:
    mark = filler.mark("badrow")
    wrong = {"column": "note", "value": f"{mark}cell", "message": f"{mark}why", "hint": ""}
    cells = {"number": f"{mark}key", "note": f"{mark}cell", "who": NEARLY}
    return {"cells": cells, "problems": [wrong]}


def _fact(filler: Filler) -> Mapping[str, Any]:
    amount = str(next(filler.primes))
    row = {"number": filler.mark("fact"), "note": filler.mark("fact"), "amount": amount}
    row |= {"day": "2026-01-01", "currency": "EUR"}
    return {"payload": row, "ended_by": None, "withdraws": False}


SHAPES: dict[str, Callable[[Filler], Mapping[str, Any]]] = {
    "programs.Version": _version,
    "programs.TierEntry": lambda _: {"digest": "", "colour": "#c0a040"},
    "approvals.Approval": lambda _: {"kind": "standings.override", "asked": LOCK},
    "accounts.ApiKey": lambda filler: {"made_by": filler.made["user"]},
    "audit.AuditEvent": lambda filler: {"after": {"note": filler.mark("auditevent")}},
    "standings.Standing": _standing,
    "standings.Current": lambda _: {"track": ""},
    "facts.Rate": _rate,
    "facts.Staged": lambda _: {"payload": {}},
    "standings.Run": lambda _: {"set_aside": [], "problems": [], "whole": True},
    "standings.Proposal": lambda _: {"track": "", "tier": "silver", "left": None},
    "standings.Override": lambda _: {"track": "", "kind": "suspend", "until": date(2099, 1, 1)},
    "partners.View": lambda _: {"filter": {}, "columns": [], "order": "name"},
    "partners.Field": lambda _: {"kind": "text", "choices": []},
    "facts.FactType": lambda _: {"spec": KIND},
    "facts.ReferenceType": lambda _: {"spec": {"key": "number", "columns": {"note": "text"}}},
    "facts.Batch": _batch,
    "facts.BadRow": _bad_row,
    "facts.Fact": _fact,
    "enrollments.Policy": lambda _: {"kinds": [], "countries": []},
    "enrollments.Enrollment": lambda _: {"state": "active", "renews": None},
}
