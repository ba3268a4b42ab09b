"""Lists of companies: filters, orders, pages without gaps, few queries; and saved lists."""

from uuid import uuid4

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from echelon.foundation.access import Hidden, Role, system
from echelon.records.partners import selectors
from echelon.records.partners.errors import Refused
from echelon.records.partners.models import Partner, View
from echelon.records.partners.search import Filter, filter_kept, filter_of, search, words
from echelon.records.partners.services import companies, fields, views
from tests.factories.partners import NOW, admin, partner, person, scope, staff, trail
from tests.frame.size import sample_size

pytestmark = pytest.mark.django_db


def names(which: Filter | None = None, **how: object) -> list[str]:
    return [each.name for each in search(admin(), which, **how).rows]


def test_text_is_found_without_accents_and_capitals_in_name_key_country_and_tags():
    partner("Poznań Systems", key="PZ-1", country="PL", tags=["Cloud Ready"])
    partner("Poznan Other", key="PZ-2", country="PL")
    partner("Åre", key="X%_", country="SE")
    assert names(Filter(text="POZNAN")) == ["Poznan Other", "Poznań Systems"]
    assert names(Filter(text="poznań cloud")) == ["Poznań Systems"]
    assert names(Filter(text="pz-2")) == ["Poznan Other"]
    assert names(Filter(text="%")) == ["Åre"]
    assert names(Filter(text="_")) == ["Åre"]
    assert names(Filter(tags=("CLOUD READY",))) == ["Poznań Systems"]
    assert names(Filter(tags=("cloud",))) == []


def test_each_part_narrows_and_values_of_a_part_widen():
    manager = staff(Role.ACCOUNT_MANAGER)
    top = partner("A", kind="var", region="EMEA", manager=manager)
    partner("B", kind="msp", region="EMEA", parent=top)
    partner("C", kind="var", region="APAC", archived_at=NOW)
    assert names(Filter(kinds=("var", "msp"))) == ["A", "B"]
    assert names(Filter(kinds=("var",), archived=None)) == ["A", "C"]
    assert names(Filter(archived=True)) == ["C"]
    assert names(Filter(regions=("APAC",))) == []
    assert names(Filter(parent=top.pk)) == ["B"]
    assert names(Filter(managers=(manager.pk,))) == ["A"]
    assert names(Filter(managers=(None,))) == ["B"]
    assert names(Filter(managers=(None, manager.pk))) == ["A", "B"]


def test_own_fields_are_filtered_by_their_typed_values():
    me = admin()
    for name, kind in (("size", "integer"), ("share", "number"), ("vip", "yes_no"), ("in", "text")):
        fields.define(me, name=name, label=name, kind=kind, at=NOW)
    one = partner("One")
    partner("Two")
    companies.edit(
        me, partner=one.pk, at=NOW, more={"size": 7, "share": "0.50", "vip": True, "in": "x"}
    )
    for name, value in (("size", "7"), ("share", "0.5"), ("vip", "yes"), ("in", "x")):
        assert names(Filter(fields={name: value})) == ["One"], name
        assert names(Filter(fields={name: ""})) == ["Two"], name
    assert names(Filter(fields={"vip": False})) == []
    with pytest.raises(Refused, match="there is no field other"):
        names(Filter(fields={"other": 1}))


def test_a_partner_finds_its_own_family_alone():
    ours = partner("Ours")
    partner("Below", parent=ours)
    partner("Theirs", region="R")
    me = scope(person(ours, Role.DISTRIBUTOR_MEMBER))
    page = search(me)
    assert ([each.name for each in page.rows], page.total) == (["Below", "Ours"], 2)
    assert words(me) == {"regions": [], "segments": [], "tags": []}


@pytest.mark.parametrize("order", ["name", "-name", "country", "-changed"])
def test_pages_show_each_company_once(order):
    for number in range(23):
        partner(f"Same {number % 3}", key=f"k{number}", country=["DE", ""][number % 2])
    whole = search(admin(), order=order, limit=100)
    seen, after = [], ""
    for _ in range(10):
        page = search(admin(), order=order, after=after, limit=5)
        seen += page.rows
        after = page.next
        assert page.total == 23
        if not after:
            break
    assert [each.pk for each in seen] == [each.pk for each in whole.rows]
    assert len(seen) == 23


@settings(max_examples=sample_size(ci=100, proof=2000), deadline=None)
@given(after=st.one_of(st.text(max_size=60), st.sampled_from(["e30", "WzEsMiwzXQ", "bnVsbA"])))
def test_a_page_that_was_made_up_is_refused_or_nothing(django_db_blocker, after):
    with django_db_blocker.unblock(), pytest.raises(Refused, match="begin at the first one"):
        search(system("tests"), after=after or "x")


@settings(
    max_examples=sample_size(ci=100, proof=2000),
    suppress_health_check=[HealthCheck.function_scoped_fixture],
)
@given(
    which=st.builds(
        Filter,
        text=st.text(max_size=10),
        kinds=st.lists(st.text(max_size=5), max_size=2).map(tuple),
        tags=st.lists(st.text(max_size=5), max_size=2).map(tuple),
        managers=st.lists(st.none() | st.uuids(), max_size=2).map(tuple),
        parent=st.none() | st.uuids(),
        archived=st.none() | st.booleans(),
    )
)
def test_a_filter_is_kept_and_read_back(which):
    assert filter_of(filter_kept(which)) == which


def test_a_list_takes_two_queries(django_assert_num_queries):
    for number in range(60):
        partner(f"P{number}", manager=staff(Role.ACCOUNT_MANAGER), parent=None)
    me = admin()
    with django_assert_num_queries(2):
        for each in search(me, Filter(text="p"), limit=50).rows:
            assert (bool(each.manager.name), each.parent) == (True, None)


def test_lists_are_saved_for_oneself_or_shared_with_the_vendors_people():
    boss, clerk = staff(Role.PROGRAM_MANAGER), staff(Role.FINANCE)
    mine = views.save(
        scope(boss), name="Mine", filter={"kinds": ["var"]}, columns=["name", "tags"], at=NOW
    )
    ours = views.save(scope(boss), name="Ours", shared=True, default=True, order="-changed", at=NOW)
    assert [each.name for each in selectors.views(scope(boss))] == ["Mine", "Ours"]
    assert [each.name for each in selectors.views(scope(clerk))] == ["Ours"]
    assert selectors.default_view(scope(clerk)).pk == ours.pk
    outsider = scope(person(partner("Out"), Role.DISTRIBUTOR_ADMIN))
    assert selectors.views(outsider) == []
    for who in (scope(clerk), outsider):
        for attempt in (
            lambda who=who: views.save(who, view=mine.pk, name="X", at=NOW),
            lambda who=who: views.remove(who, view=ours.pk, at=NOW),
            lambda who=who: selectors.view(who, mine.pk),
            lambda who=who: views.remove(who, view=uuid4(), at=NOW),
        ):
            with pytest.raises(Hidden):
                attempt()
    assert View.objects.count() == 2
    views.remove(scope(boss), view=mine.pk, at=NOW)
    assert [event.verb for event in trail()] == ["views.saved", "views.saved", "views.removed"]


def test_a_list_that_could_not_be_opened_is_not_saved():
    me = admin()
    for wrong in (
        {"name": ""},
        {"columns": ["password"]},
        {"order": "password"},
        {"filter": {"sql": "1=1"}},
        {"filter": {"managers": ["x"]}},
        {"filter": {"kinds": 3}},
    ):
        with pytest.raises(Refused):
            views.save(me, **{"name": "V", "at": NOW, **wrong})
    outsider = scope(person(partner("Out"), Role.DISTRIBUTOR_ADMIN))
    with pytest.raises(Refused, match="the vendor's people alone"):
        views.save(outsider, name="V", shared=True, at=NOW)
    assert not View.objects.exists()


def test_one_default_a_person():
    me = admin()
    first = views.save(me, name="1", default=True, at=NOW)
    views.save(me, name="2", default=True, at=NOW)
    first.refresh_from_db()
    assert (first.default, selectors.default_view(me).name) == (False, "2")
    assert Partner.objects.count() == 0
