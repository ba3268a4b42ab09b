"""The vendor's own fields: names that programs can use, choices that are in use, retirement."""

import pytest

from echelon.foundation.access import Hidden, Role
from echelon.records.partners import selectors
from echelon.records.partners.errors import Refused
from echelon.records.partners.models import Field
from echelon.records.partners.services import companies, fields
from tests.factories.partners import NOW, admin, partner, scope, staff, trail

pytestmark = pytest.mark.django_db


@pytest.mark.parametrize("name", ["Vertical", "a-b", "1a", "", "name", "parent", "_x", "a" * 41])
def test_a_name_is_one_that_programs_can_use(name):
    with pytest.raises(Refused):
        fields.define(admin(), name=name, label="L", kind="text", at=NOW)
    assert not Field.objects.exists()


def test_only_who_manages_settings_defines():
    for role in (Role.PROGRAM_MANAGER, Role.ACCOUNT_MANAGER, Role.VENDOR_READ_ONLY):
        with pytest.raises(Hidden):
            fields.define(scope(staff(role)), name="a", label="A", kind="text", at=NOW)
    assert trail() == []


def test_a_choice_in_use_stays():
    me, ours = admin(), partner("Ours")
    field = fields.define(
        me, name="size", label="Size", kind="choice", choices=["S", "M", "S"], at=NOW
    )
    assert field.choices == ["S", "M"]
    companies.edit(me, partner=ours.pk, at=NOW, size="M")
    with pytest.raises(Refused, match="1 companies have M"):
        fields.edit(me, field=field.pk, choices=["S", "L"], at=NOW)
    assert fields.edit(me, field=field.pk, choices=["M", "L"], at=NOW).choices == ["M", "L"]
    with pytest.raises(Refused, match="1 companies have M"):
        fields.edit(me, field=field.pk, choices=[" "], at=NOW)


def test_a_retired_field_is_unknown_and_keeps_its_values():
    me, ours = admin(), partner("Ours")
    field = fields.define(me, name="size", label="Size", kind="integer", at=NOW)
    companies.edit(me, partner=ours.pk, at=NOW, size=7)
    fields.retire(me, field=field.pk, at=NOW)
    assert selectors.fields(me) == []
    with pytest.raises(Refused, match="there is no field size"):
        companies.edit(me, partner=ours.pk, at=NOW, size=8)
    fields.resume(me, field=field.pk, at=NOW)
    assert selectors.company(me, ours.pk).more == {"size": 7}
    verbs = [event.verb for event in trail() if event.verb.startswith("fields")]
    assert verbs == ["fields.defined", "fields.retired", "fields.resumed"]
