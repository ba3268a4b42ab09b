"""The vendor's catalogue of tiers: keys that stay, badges that are pictures, an event each."""

import zlib
from struct import pack

import pytest

from echelon.foundation.access import Hidden, Role
from echelon.foundation.files.serving import answer
from echelon.records.programs import selectors
from echelon.records.programs.errors import Refused
from echelon.records.programs.models import TierEntry
from echelon.records.programs.services import catalogue
from tests.factories.partners import NOW, partner, person, scope, staff, trail
from tests.factories.programs import program, version

pytestmark = pytest.mark.django_db
SVG = b'<svg xmlns="http://www.w3.org/2000/svg"><script>alert(1)</script></svg>'


def png() -> bytes:
    """A picture of one point."""

    def chunk(kind: bytes, data: bytes) -> bytes:
        return pack(">I", len(data)) + kind + data + pack(">I", zlib.crc32(kind + data))

    head, row = pack(">IIBBBBB", 1, 1, 8, 0, 0, 0, 0), zlib.compress(b"\0\0")
    whole = chunk(b"IHDR", head) + chunk(b"IDAT", row) + chunk(b"IEND", b"")
    return b"\x89PNG\r\n\x1a\n" + whole


@pytest.fixture
def manager():
    return scope(staff(Role.PROGRAM_MANAGER))


@pytest.fixture
def gold(manager):
    return catalogue.define(manager, key="gold", name="Gold", colour="#c0a040", at=NOW)


def test_a_key_is_one_that_programs_can_use_and_is_there_once(manager, gold):
    for key in ("Gold", "a-b", "", "gold"):
        with pytest.raises(Refused):
            catalogue.define(manager, key=key, name="G", colour="#c0a040", at=NOW)
    for colour in ("red", "#fff", "#C0A040", "url(x)"):
        with pytest.raises(Refused, match="colour"):
            catalogue.edit(manager, entry=gold.id, name="Gold", colour=colour, at=NOW)
    assert [entry.key for entry in selectors.catalogue(manager)] == ["gold"]


def test_each_change_is_one_event_and_none_where_nothing_changes(manager, gold):
    catalogue.edit(manager, entry=gold.id, name="Gold", colour="#c0a040", at=NOW)
    catalogue.edit(manager, entry=gold.id, name="Or", colour="#c0a040", at=NOW)
    catalogue.set_badge(manager, entry=gold.id, name="or.png", content=png(), at=NOW)
    catalogue.clear_badge(manager, entry=gold.id, at=NOW)
    catalogue.remove(manager, entry=gold.id, at=NOW)
    assert [each.verb for each in trail()] == [
        "tiers.defined", "tiers.edited", "tiers.badged", "tiers.badged", "tiers.removed",
    ]  # fmt: skip
    assert not TierEntry.objects.exists()


def test_a_badge_is_a_picture_by_its_bytes_and_partners_see_it(manager, gold):
    for name, content in (("gold.svg", SVG), ("gold.png", SVG), ("gold.png", b"%PDF-1.7\n")):
        with pytest.raises(Refused):
            catalogue.set_badge(manager, entry=gold.id, name=name, content=content, at=NOW)
    with pytest.raises(Refused, match="larger than 1 MiB"):
        catalogue.set_badge(
            manager, entry=gold.id, name="g.png", content=png() + b"\0" * 2**20, at=NOW
        )
    gold.refresh_from_db()
    assert (gold.badge_id, gold.digest) == (None, "")
    catalogue.set_badge(manager, entry=gold.id, name="gold.png", content=png(), at=NOW)
    reader = scope(person(partner()))
    served = answer(reader, str(selectors.badge(reader, "gold").badge_id))
    assert served.headers["Content-Type"] == "image/png"
    assert served.headers["Content-Security-Policy"] == "default-src 'none'; sandbox"
    with pytest.raises(Hidden):
        selectors.badge(reader, "silver")


def test_who_does_not_keep_the_library_changes_nothing(gold):
    for role in (Role.ACCOUNT_MANAGER, Role.FINANCE, Role.VENDOR_READ_ONLY):
        with pytest.raises(Hidden):
            catalogue.edit(scope(staff(role)), entry=gold.id, name="X", colour="#000000", at=NOW)
        with pytest.raises(Hidden):
            catalogue.remove(scope(staff(role)), entry=gold.id, at=NOW)
    assert [each.verb for each in trail()] == ["tiers.defined"]


def test_tiers_of_programs_in_force_are_found_by_key(manager):
    version(program("solar"))
    version(program("wind"))
    found = selectors.tiers_in_force(manager, NOW.date())
    assert found["gold"] == {"": ["Solar", "Wind"]}
    assert sorted(found) == ["gold", "registered", "silver"]
    assert selectors.tiers_in_force(scope(person(partner())), NOW.date()) == {}
