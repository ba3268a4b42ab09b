"""Requests by the API: asked for, listed, decided, withdrawn."""

import pytest

from echelon.foundation.access import Role
from echelon.outcomes.standings.models import Current, Limit, Override, Pace
from tests.echelon.surfaces.reading import signed_in
from tests.factories.partners import partner, staff
from tests.factories.programs import program, version
from tests.factories.standings import stand

pytestmark = pytest.mark.django_db
V1 = "/api/v1"


@pytest.fixture
def there():
    scheme, meg = program("solar"), staff(Role.ACCOUNT_MANAGER, "Meg")
    version(scheme)
    Pace.objects.create(program=scheme)
    ann = partner("Ann", manager=meg)
    stand(ann, scheme, "registered")
    return scheme, ann, signed_in(meg), signed_in(staff(Role.PROGRAM_MANAGER, "Mona"))


def post(client, path, **body):
    return client.post(V1 + path, body, content_type="application/json")


def move(client, scheme, ann, **more):
    given = {"partner": str(ann.id), "program": str(scheme.id), "tier": "gold", **more}
    return post(client, "/requests/moves", **{"reason": "Strategic", **given})


def lock(ann, scheme):
    return {
        "partner": str(ann.id), "program": str(scheme.id), "kind": "lock",
        "start": "2090-01-01", "until": "2091-01-01", "reason": "Merger",
    }  # fmt: skip


def test_a_move_is_asked_for_listed_and_approved(there):
    scheme, ann, meg, mona = there
    answer = move(meg, scheme, ann)
    made = answer.json()
    assert (answer.status_code, made["state"], made["asked_by"]) == (201, "waiting", "Meg")
    assert made["asked"] == {
        "program": str(scheme.id),
        "track": "",
        "tier": "gold",
        "before": "registered",
    }
    listed = mona.get(f"{V1}/requests?waiting=true&partner={ann.id}").json()
    assert [each["id"] for each in listed["items"]] == [made["id"]]
    assert post(meg, f"/requests/{made['id']}/approve").status_code == 404
    answer = post(mona, f"/requests/{made['id']}/approve", reason="Agreed")
    assert (answer.status_code, answer.json()["state"]) == (200, "approved")
    assert Current.objects.get().standing.held == "gold"
    read = meg.get(f"{V1}/requests/{made['id']}").json()
    assert (read["state"], read["decided_by"], read["answer"]) == ("approved", "Mona", "Agreed")
    answer = post(mona, f"/requests/{made['id']}/refuse", reason="No")
    assert answer.status_code == 422
    assert answer.json()["errors"] == [{"detail": "This is decided already: Approved."}]


def test_an_override_is_asked_for_and_withdrawn(there):
    scheme, ann, meg, _mona = there
    made = post(meg, "/requests/overrides", **lock(ann, scheme)).json()
    assert (made["kind"], made["state"]) == ("standings.override", "waiting")
    assert post(meg, f"/requests/{made['id']}/withdraw").json()["state"] == "withdrawn"
    assert Override.objects.count() == 0


def test_what_cannot_be_names_its_place(there):
    scheme, ann, meg, _mona = there
    answer = move(meg, scheme, ann, tier="platinum")
    assert (answer.status_code, answer.json()["errors"]) == (
        422,
        [{"detail": "A move leads to a tier: registered, silver, gold.", "pointer": "#/tier"}],
    )


def test_above_the_limit_one_person_grants_nothing(there):
    scheme, ann, _meg, mona = there
    Limit.objects.create(program=scheme, overrides=True)
    answer = post(mona, "/overrides", **lock(ann, scheme))
    assert (answer.status_code, answer.json()["errors"]) == (
        422,
        [{"detail": "In this program another person must agree: ask for it."}],
    )
    made = post(mona, "/requests/overrides", **lock(ann, scheme)).json()
    assert made["state"] == "waiting"
    answer = post(mona, f"/requests/{made['id']}/approve")
    assert answer.json()["errors"] == [
        {"detail": "You asked for this yourself: another person must decide."}
    ]
    assert Override.objects.count() == 0
