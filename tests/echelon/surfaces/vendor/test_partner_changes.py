"""Many partners changed from the list; lists, own fields and families kept on their pages."""

import pytest

from echelon.foundation.access import Role
from echelon.records.partners.models import Field, Partner, View
from tests.echelon.surfaces.reading import said, signed_in
from tests.factories.partners import partner, staff, trail

pytestmark = pytest.mark.django_db


@pytest.fixture
def client():
    return signed_in(staff(Role.VENDOR_ADMIN, "Ada Admin"))


def test_chosen_ones_are_looked_at_then_changed(client):
    made = [partner(name, region="AMER") for name in ("One", "Two", "Three")]
    query = "&".join(f"chosen={each.pk}" for each in made[:2])
    asked = client.get(f"/vendor/partners/change/?regions=AMER&{query}")
    assert "Change 2 partners" in said(asked)
    given = {"partners": asked.context["chosen"], "add_tags": "gold, cloud", "segment": "Mid"}
    shown = client.post("/vendor/partners/change/?regions=AMER", {**given, "act": "preview"})
    assert "One Segment: Mid Tags: gold, cloud" in said(shown)
    assert trail() == []
    answer = client.post("/vendor/partners/change/?regions=AMER", {**given, "act": "change"})
    assert answer.headers["Location"] == "/vendor/partners/?regions=AMER"
    assert list(Partner.objects.filter(segment="Mid").values_list("name", flat=True)) == [
        "One", "Two",
    ]  # fmt: skip


def test_all_that_fit_a_filter_are_changed_and_no_others(client):
    for number in range(60):
        partner(f"In {number}", region="EMEA")
    other = partner("Out", region="AMER")
    asked = client.get("/vendor/partners/change/?regions=EMEA&all=yes")
    assert asked.context["count"] == 60
    given = {"partners": asked.context["chosen"], "add_tags": "x", "act": "change"}
    client.post("/vendor/partners/change/?regions=EMEA", given)
    assert Partner.objects.filter(searched__contains="#x#").count() == 60
    other.refresh_from_db()
    assert other.tags == []


def test_what_cannot_be_is_said_at_its_field_and_what_was_typed_stays(client):
    ours = partner("Ours")
    client.post("/vendor/partners/fields/", {"name": "size", "label": "Size", "kind": "integer"})
    given = {"partners": str(ours.pk), "field": "size", "value": "much", "act": "preview"}
    answer = client.post("/vendor/partners/change/", given)
    form = answer.context["form"]
    assert "much is not a number" in form.errors["value"][0]
    assert form["value"].value() == "much"
    none = client.get("/vendor/partners/change/", follow=True)
    assert "Choose the partners first" in said(none)


def test_who_cannot_assign_is_not_asked_for_a_manager():
    mara = staff(Role.ACCOUNT_MANAGER)
    mine = partner("Mine", manager=mara)
    asked = signed_in(mara).get(f"/vendor/partners/change/?chosen={mine.pk}")
    assert "manager" not in asked.context["form"].fields


def test_a_list_is_renamed_shared_and_removed_by_its_owner_alone(client):
    client.post("/vendor/partners/save/?regions=EMEA", {"name": "Ours"})
    view = View.objects.get()
    assert "Ours Yours alone region EMEA" in said(client.get("/vendor/partners/lists/"))
    given = {"view": view.pk, "name": "All of ours", "shared": "on"}
    client.post("/vendor/partners/lists/", given)
    view.refresh_from_db()
    assert (view.name, view.shared, view.filter) == ("All of ours", True, {"regions": ["EMEA"]})
    other = signed_in(staff(Role.PROGRAM_MANAGER))
    assert "by Ada Admin" in said(other.get("/vendor/partners/lists/"))
    assert other.post("/vendor/partners/lists/", {**given, "act": "remove"}).status_code == 404
    client.post("/vendor/partners/lists/", {**given, "act": "remove"})
    assert not View.objects.exists()


def test_the_list_that_is_opened_first_is_opened_and_all_can_be_shown(client):
    partner("North", region="EMEA")
    partner("South", region="APAC")
    client.post("/vendor/partners/save/?regions=EMEA", {"name": "Ours"})
    given = {"view": View.objects.get().pk, "name": "Ours", "default": "on"}
    client.post("/vendor/partners/lists/", given)
    opened = client.get("/vendor/partners/")
    assert opened.headers["Location"] == "/vendor/partners/?regions=EMEA"
    text = said(client.get("/vendor/partners/?order=name"))
    assert ("North" in text, "South" in text) == (True, True)


def test_an_own_field_is_defined_asked_for_and_taken_out_of_use(client):
    given = {"name": "size", "label": "Size", "kind": "choice", "choices": "S\nM\n"}
    client.post("/vendor/partners/fields/", given)
    field = Field.objects.get()
    ours = partner("Ours")
    answer = client.post(f"/vendor/partners/{ours.pk}/edit/", {"name": "Ours", "own-size": "M"})
    assert answer.status_code == 302
    ours.refresh_from_db()
    assert ours.more == {"size": "M"}
    wrong = client.post(f"/vendor/partners/fields/{field.pk}/", {"label": "Size", "choices": "S"})
    assert "1 companies have M" in said(wrong)
    client.post(f"/vendor/partners/fields/{field.pk}/", {"act": "retire"})
    assert "own-size" not in said(client.get(f"/vendor/partners/{ours.pk}/edit/"))
    field.refresh_from_db()
    assert field.retired_at is not None


def test_a_family_is_a_tree_and_no_company_stands_below_itself(client):
    top = partner("Top")
    middle = partner("Middle", parent=top)
    low = partner("Low", parent=middle)
    text = said(client.get(f"/vendor/partners/{middle.pk}/family/"))
    assert "on level 1 top Middle on level 2 middle Low on level 3 low" in text
    circle = client.post(f"/vendor/partners/{top.pk}/move/", {"parent": "low"})
    assert "can't stand below itself" in said(circle)
    nobody = client.post(f"/vendor/partners/{low.pk}/move/", {"parent": "nowhere"})
    assert "no company with this key" in said(nobody)
    client.post(f"/vendor/partners/{low.pk}/move/", {"parent": "top"})
    low.refresh_from_db()
    assert low.parent == top
    refused = client.post(f"/vendor/partners/{top.pk}/archive/", {"act": "archive"}, follow=True)
    assert "2 companies stand below it" in said(refused)
    client.post(f"/vendor/partners/{low.pk}/archive/", {"act": "archive"})
    low.refresh_from_db()
    assert low.archived_at is not None
    client.post(f"/vendor/partners/{low.pk}/archive/", {"act": "restore"})
    low.refresh_from_db()
    assert low.archived_at is None
