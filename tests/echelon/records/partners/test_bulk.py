"""Many companies changed at once: what can be is, what can't is left out with its reason."""

from uuid import uuid4

import pytest

from echelon.foundation.access import Hidden, Role
from echelon.records.partners.errors import Refused
from echelon.records.partners.models import Partner
from echelon.records.partners.services import bulk, fields
from echelon.records.partners.services.bulk import Wanted
from tests.factories.partners import NOW, admin, partner, scope, staff, trail

pytestmark = pytest.mark.django_db


def told(rows):
    return [(row.company.name, dict(row.after), row.refusal) for row in rows]


def test_a_preview_says_what_a_change_does_and_changes_nothing():
    me = admin()
    one, two = partner("One", region="EMEA"), partner("Two", region="APAC", tags=["old"])
    away = partner("Away", archived_at=NOW)
    wanted = Wanted({"region": "EMEA"}, add_tags=["new"], remove_tags=["OLD"])
    asked = {"partners": [two.pk, one.pk, away.pk], "wanted": wanted}
    expected = [
        ("Two", {"region": "EMEA", "tags": ["new"]}, ""),
        ("One", {"tags": ["new"]}, ""),
        ("Away", {}, "this company is archived: restore it first"),
    ]
    assert told(bulk.preview(me, **asked)) == expected
    assert trail() == []
    assert told(bulk.change(me, **asked, at=NOW)) == expected
    assert [(each.verb, each.partner) for each in trail()] == [
        ("partners.edited", two.pk), ("partners.edited", one.pk),
    ]  # fmt: skip
    two.refresh_from_db()
    assert (two.region, two.tags, two.searched) == ("EMEA", ["new"], "two two new #new#")
    assert all(not row.changes for row in bulk.change(me, **asked, at=NOW))
    assert len(trail()) == 2


def test_managers_and_own_fields_are_set_with_their_events():
    me, mara = admin(), staff(Role.ACCOUNT_MANAGER, "Mara")
    fields.define(me, name="size", label="Size", kind="integer", at=NOW)
    ours = partner("Ours")
    with pytest.raises(Refused) as refused:
        bulk.preview(me, partners=[ours.pk], wanted=Wanted({"size": "much", "name": "X"}))
    assert set(refused.value.fields) == {"size", "name"}
    bulk.change(me, partners=[ours.pk], wanted=Wanted({"size": "5"}, manager=mara.pk), at=NOW)
    ours.refresh_from_db()
    assert (ours.more, ours.manager) == ({"size": 5}, mara)
    assert [each.verb for each in trail()][1:] == ["partners.assigned", "partners.edited"]
    bulk.change(me, partners=[ours.pk], wanted=Wanted({"size": ""}, manager=None), at=NOW)
    ours.refresh_from_db()
    assert (ours.more, ours.manager) == ({}, None)


def test_who_looks_after_some_changes_those_and_finds_no_others():
    mara = staff(Role.ACCOUNT_MANAGER)
    mine, other = partner("Mine", manager=mara), partner("Other")
    me = scope(mara)
    for which in (other.pk, uuid4()):
        with pytest.raises(Hidden):
            bulk.change(me, partners=[mine.pk, which], wanted=Wanted({"region": "X"}), at=NOW)
    with pytest.raises(Hidden):
        bulk.change(me, partners=[mine.pk], wanted=Wanted(manager=None), at=NOW)
    assert trail() == []
    assert Partner.objects.filter(region="X").count() == 0
    reader = scope(staff(Role.VENDOR_READ_ONLY))
    (row,) = bulk.change(reader, partners=[mine.pk], wanted=Wanted({"region": "X"}), at=NOW)
    assert row.refusal == "you don't look after this company"
    assert trail() == []


def test_nothing_chosen_nothing_asked_or_too_many_are_refused():
    me, ours = admin(), partner("Ours")
    with pytest.raises(Refused, match="no company"):
        bulk.preview(me, partners=[], wanted=Wanted({"region": "X"}))
    with pytest.raises(Refused, match="at least one field"):
        bulk.preview(me, partners=[ours.pk], wanted=Wanted())
    with pytest.raises(Refused, match="at most 1000"):
        bulk.preview(me, partners=[uuid4() for _ in range(1001)], wanted=Wanted({"region": "X"}))


def test_a_tree_shows_the_family_from_the_topmost_that_is_seen():
    from echelon.records.partners.selectors import tree

    mara = staff(Role.ACCOUNT_MANAGER)
    top = partner("Top")
    left = partner("Left", parent=top, manager=mara)
    partner("Right", parent=top)
    low = partner("Low", parent=left, manager=mara)
    partner("Hidden", parent=left)
    partner("Lower", parent=low, manager=mara)

    def shown(who, which):
        return [(each.depth, each.company.name) for each in tree(who, which.pk)]

    assert shown(admin(), low) == [
        (0, "Top"), (1, "Left"), (2, "Hidden"), (2, "Low"), (3, "Lower"), (1, "Right"),
    ]  # fmt: skip
    assert shown(scope(mara), low) == [(0, "Left"), (1, "Low"), (2, "Lower")]
    with pytest.raises(Hidden):
        tree(scope(mara), top.pk)
