"""Companies: who may change what of them, what is refused, and what the audit and events say."""

from uuid import uuid4

import pytest

from echelon.foundation.access import Hidden, Role
from echelon.records.partners import selectors
from echelon.records.partners.errors import Refused
from echelon.records.partners.models import Partner
from echelon.records.partners.services import companies, fields
from tests.factories.partners import NOW, admin, partner, person, said, scope, staff, trail

pytestmark = pytest.mark.django_db


def everything() -> list[dict[str, object]]:
    """All companies as they are, to see that nothing changed."""
    return list(Partner.objects.order_by("key").values())


def test_a_company_is_created_with_its_values_read():
    top = partner("Top")
    manager = staff(Role.ACCOUNT_MANAGER)
    made = companies.create(
        admin(),
        key="A1",
        name="  Ångström & Söhne ",
        kind="VAR",
        country="de",
        tags="Gold; emea, gold",
        website="example.com",
        parent=top.pk,
        manager=manager.pk,
        at=NOW,
    )
    found = Partner.objects.get(pk=made.pk)
    assert (found.name, found.kind, found.country) == ("Ångström & Söhne", "var", "DE")
    assert found.tags == ["Gold", "emea"]
    assert found.website == "https://example.com"
    assert (found.parent, found.manager) == (top, manager)
    assert found.searched == "angstrom & sohne a1 de gold emea #gold#emea#"
    event = trail("partners.created")[0]
    assert (event.partner, event.after["key"], event.after["parent"]) == (made.pk, "A1", "top")


def test_all_that_is_wrong_is_said_at_once_and_nothing_is_made():
    partner("Here")
    with pytest.raises(Refused) as refused:
        companies.create(
            admin(), key="here", name=" ", kind="shop", country="XX", email="a@", vip=True, at=NOW
        )
    assert refused.value.fields == {
        "key": "there is a company here already",
        "name": "this is needed",
        "kind": "shop is no kind of partner; choose one of: distributor, reseller, var, si, msp, "
        "consultant, agent, oem, isv, referral",
        "country": "XX is no country; write its two letters, such as DE",
        "email": "a@ is no mail address, such as name@example.com",
        "vip": "there is no field vip",
    }
    assert Partner.objects.count() == 1
    assert trail() == []


@pytest.mark.parametrize("name", ["a\0b", "a\x1bb", "x" * 201])
def test_texts_that_can_not_be_kept_are_refused(name):
    with pytest.raises(Refused):
        companies.create(admin(), key="k", name=name, at=NOW)


def test_a_companys_admin_edits_its_profile_and_nothing_else():
    ours = partner("Ours", region="EMEA")
    me = scope(person(ours, Role.PARTNER_ADMIN))
    companies.edit(me, partner=ours.pk, at=NOW, description="We sell.", phone="+49 1")
    ours.refresh_from_db()
    assert (ours.description, ours.phone) == ("We sell.", "+49 1")
    before = everything()
    for change in ({"name": "Theirs"}, {"region": "X", "phone": "2"}, {"add_tags": ["gold"]}):
        with pytest.raises(Refused, match="the vendor keeps this"):
            companies.edit(me, partner=ours.pk, at=NOW, **change)
        assert everything() == before
    assert [event.verb for event in trail()] == ["partners.edited"]
    assert trail()[0].before == {"phone": "", "description": ""}
    assert said("partners.PartnerChanged") == [{"partner": str(ours.pk)}]


@pytest.mark.parametrize("role", list(Role))
def test_what_is_not_theirs_answers_like_what_is_not_there(role):
    """Each role against another company and against no company: the same, and nothing changes."""
    ours, theirs = partner("Ours"), partner("Theirs")
    user = person(ours, role) if "partner" in role or "distributor" in role else staff(role)
    me, before = scope(user), everything()
    may_all = role in {Role.VENDOR_ADMIN, Role.PROGRAM_MANAGER}
    for which in [uuid4()] + ([] if may_all else [theirs.pk]):
        for attempt in (
            lambda which=which: companies.edit(me, partner=which, at=NOW, phone="1"),
            lambda which=which: companies.move(me, partner=which, parent=ours.pk, at=NOW),
            lambda which=which: companies.assign(me, partners=[which], manager=None, at=NOW),
            lambda which=which: companies.archive(me, partner=which, at=NOW),
            lambda which=which: companies.restore(me, partner=which, at=NOW),
        ):
            with pytest.raises(Hidden):
                attempt()
    assert everything() == before
    assert trail() == []


def test_an_account_manager_edits_what_is_assigned_but_decides_not_who_sees_it():
    manager = staff(Role.ACCOUNT_MANAGER)
    mine = partner("Mine", manager=manager)
    me = scope(manager)
    assert companies.edit(me, partner=mine.pk, at=NOW, name="Mine Ltd").name == "Mine Ltd"
    with pytest.raises(Hidden):
        companies.move(me, partner=mine.pk, parent=None, at=NOW)
    with pytest.raises(Hidden):
        companies.assign(me, partners=[mine.pk], manager=None, at=NOW)


def test_many_are_edited_in_one_call_with_an_event_each_or_none_at_all():
    me = admin()
    some = [partner(f"P{number}", tags=["old"]) for number in range(3)]
    ids = [each.pk for each in some]
    companies.edit_many(
        me, partners=ids, at=NOW, region="EMEA", add_tags=["New"], remove_tags=["OLD"]
    )
    assert {(p.region, *p.tags) for p in Partner.objects.all()} == {("EMEA", "New")}
    assert [event.partner for event in trail("partners.edited")] == ids
    before = everything()
    companies.edit_many(me, partners=ids, at=NOW, region="EMEA")  # nothing new: no event
    with pytest.raises(Hidden):
        companies.edit_many(me, partners=[*ids, me.actor.id], at=NOW, region="X")
    with pytest.raises(Refused, match="no company was chosen"):
        companies.edit_many(me, partners=[], at=NOW, region="X")
    with pytest.raises(Refused, match="keeps its key"):
        companies.edit_many(me, partners=ids, at=NOW, key="other")
    assert everything() == before
    assert len(trail()) == 3


def test_a_company_is_moved_and_all_whose_family_changed_are_told():
    top, old, new = partner("Top"), partner("Old"), partner("New")
    old.parent = top
    old.save()
    child = partner("Child", parent=old)
    companies.move(admin(), partner=child.pk, parent=new.pk, at=NOW)
    assert selectors.ancestors(child.pk) == [new.pk]
    ids = [child.pk, old.pk, top.pk, new.pk]
    assert said("partners.FamilyChanged") == [{"partners": [str(each) for each in ids]}]
    event = trail("partners.moved")[0]
    assert (event.before, event.after) == ({"parent": "old"}, {"parent": "new"})


@pytest.mark.parametrize("below", ["self", "child", "grandchild"])
def test_no_circles(below):
    me = admin()
    top = partner("Top")
    child = partner("Child", parent=top)
    grandchild = partner("Grandchild", parent=child)
    target = {"self": top, "child": child, "grandchild": grandchild}[below]
    before = everything()
    with pytest.raises(Refused, match="can't stand below itself"):
        companies.move(me, partner=top.pk, parent=target.pk, at=NOW)
    assert everything() == before
    assert trail() == []


def test_an_archived_company_lets_nobody_in_and_comes_back():
    me, ours = admin(), partner("Ours")
    user = person(ours, Role.PARTNER_ADMIN)
    child = partner("Child", parent=ours)
    with pytest.raises(Refused, match="1 companies stand below it"):
        companies.archive(me, partner=ours.pk, at=NOW)
    companies.archive(me, partner=child.pk, at=NOW)
    companies.archive(me, partner=ours.pk, at=NOW)
    assert scope(user).own == frozenset()
    companies.archive(me, partner=ours.pk, at=NOW)
    companies.restore(me, partner=ours.pk, at=NOW)
    assert scope(user).own == {ours.pk}
    assert [event.verb for event in trail()] == [*["partners.archived"] * 2, "partners.restored"]


def test_a_manager_is_one_of_the_vendors_people():
    ours = partner("Ours")
    outsider = person(ours)
    with pytest.raises(Refused, match="none of the vendor's people"):
        companies.assign(admin(), partners=[ours.pk], manager=outsider.pk, at=NOW)
    manager = staff(Role.ACCOUNT_MANAGER)
    companies.assign(admin(), partners=[ours.pk], manager=manager.pk, at=NOW)
    assert scope(manager).own == {ours.pk}


def test_own_fields_are_typed_and_what_does_not_fit_is_said():
    me, ours = admin(), partner("Ours")
    for kind in ("text", "number", "integer", "date", "yes_no"):
        fields.define(me, name=f"a_{kind}", label=kind, kind=kind, at=NOW)
    fields.define(
        me, name="vertical", label="Vertical", kind="choice", choices=["IT", "Bio"], at=NOW
    )
    companies.edit(
        me,
        partner=ours.pk,
        at=NOW,
        a_text="x",
        a_number=" 0012.50 ",
        a_integer="12",
        a_date="2026-01-31",
        a_yes_no="No",
        more={"vertical": "IT"},
    )
    ours.refresh_from_db()
    kept = {
        "a_text": "x",
        "a_number": "12.5",
        "a_integer": 12,
        "a_date": "2026-01-31",
        "a_yes_no": False,
        "vertical": "IT",
    }
    assert ours.more == kept
    with pytest.raises(Refused) as refused:
        companies.edit(
            me,
            partner=ours.pk,
            at=NOW,
            a_number="1e400",
            a_integer="1.5",
            a_date="31.1.2026",
            a_yes_no="maybe",
            vertical="Law",
        )
    assert refused.value.fields == {
        "a_number": "1e400 has more digits than can be kept",
        "a_integer": "1.5 is not a whole number",
        "a_date": "31.1.2026 is not a date; write it as 2026-01-31",
        "a_yes_no": "maybe is neither yes nor no",
        "vertical": "Law is none of the choices; choose one of: IT, Bio",
    }
    companies.edit(me, partner=ours.pk, at=NOW, a_text="")
    ours.refresh_from_db()
    assert ours.more == {name: value for name, value in kept.items() if name != "a_text"}
