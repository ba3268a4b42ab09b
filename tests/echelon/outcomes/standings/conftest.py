"""A program in force, three partners in it, and sales that the test adds."""

from datetime import date

import pytest

from echelon.outcomes.standings import folders, rooms
from tests.factories.partners import partner
from tests.factories.programs import program, version
from tests.factories.standings import Tables


class Channel:
    """What most tests of this room begin with."""

    def __init__(self, tables: Tables, more: str = "") -> None:
        self.tables = tables
        self.program = program("solar")
        self.version = version(self.program)
        if more:
            text = self.version.text + more
            self.version.delete()
            self.version = version(self.program, text=text)
        self.partners = [partner(name) for name in ("Ann", "Bob", "Cid")]
        for each in self.partners:
            tables.enroll(each, "solar", date(2026, 1, 1))


@pytest.fixture
def tables(tmp_path, settings, monkeypatch):
    settings.CACHE_FOLDER = tmp_path / "cache"
    found = Tables(tmp_path / "facts")
    monkeypatch.setattr(rooms, "Rooms", lambda: found)
    yield found
    folders.close_all()


@pytest.fixture
def channel(tables, db):
    return Channel(tables)


APPROVAL = """\
movement:
  demote: immediately
  grace: 30 days
  approval: {promotion: required, demotion: required}
"""


@pytest.fixture
def asking(tables, db):
    """The same, but that every move waits for a person."""
    return Channel(tables, APPROVAL)
