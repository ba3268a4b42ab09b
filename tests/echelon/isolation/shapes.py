"""What a row must be beyond the types of its fields: states, documents that parse, whose it is.

`SHAPES` gives a model's values by name, the rest is filled in. The filler that it gets has `made`,
the company's rows so far by the model's name, and `mark(model)`, its canary.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from datetime import date
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from tests.echelon.isolation.filling import Filler

#: Models whose rows the world doesn't fill: machinery that no page shows, and what it makes itself.
LEFT_OUT = frozenset(
    {
        "jobs.Job",
        "outbox.Announcement",
        "audit.Stream",
        "audit.AuditEvent",
        "accounts.User",
        "accounts.ApiKey",
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


SHAPES: dict[str, Callable[[Filler], Mapping[str, Any]]] = {
    "programs.Version": _version,
    "partners.View": lambda _: {"filter": {}, "columns": [], "order": "name"},
    "partners.Field": lambda _: {"kind": "text", "choices": []},
    "enrollments.Policy": lambda _: {"kinds": [], "countries": []},
    "enrollments.Enrollment": lambda _: {"state": "active", "renews": None},
}
