"""Programs with a small ladder, as a test needs them: in force, or only drafted."""

import hashlib
from datetime import date
from itertools import count

from echelon.records.programs.models import Program, Version
from echelon.records.programs.states import State
from tests.factories.partners import NOW

_numbers = count(1)
TEXT = """\
program: {slug}
name: {name}
version: {day}
currency: EUR
reads:
  partners: {{}}
  facts:
    sales: {{date: sold_on, columns: {{amount: {{type: money, currency: currency}}}}}}
metrics:
  revenue: {{from: sales, value: sum(amount), window: trailing 12 months, unit: money}}
tiers:
  registered: {{}}
  silver: {{requires: {{revenue: 1000}}}}
  gold: {{requires: {{revenue: 5000}}}}
"""


def program(slug: str = "", **more: object) -> Program:
    """A program without a version."""
    slug = slug or f"program-{next(_numbers)}"
    given = {"name": slug.replace("-", " ").title(), "made_at": NOW, "changed_at": NOW, **more}
    return Program.objects.create(slug=slug, **given)


def version(of: Program, day: date = date(2026, 1, 1), text: str = "", **more: object) -> Version:
    """A version in force from a day; `state=State.DRAFT` for a draft."""
    text = text or TEXT.format(slug=of.slug, name=of.name, day=day)
    given = {
        "state": State.PUBLISHED,
        "effective": day,
        "author": "author",
        "author_name": "An author",
        "made_at": NOW,
        "changed_at": NOW,
        **more,
    }
    sha = hashlib.sha256(text.encode()).hexdigest()
    return Version.objects.create(program=of, text=text, sha=sha, **given)
