"""What every call goes through: who calls, how often, how much, once, and whole."""

import json

import pytest
from django.test import Client

from echelon.foundation.access import Right, Role
from echelon.foundation.accounts.services.vendor import set_vendor
from echelon.records.partners.models import Partner
from echelon.surfaces.api.idempotency import forget
from echelon.surfaces.api.models import KeptAnswer
from tests.echelon.surfaces.api.calling import HOME, Caller, machine, somebody
from tests.factories.partners import NOW, admin, partner, person, staff, trail

pytestmark = pytest.mark.django_db
NEW = {"key": "contoso", "name": "Contoso"}


def problem(answer, status, kind):
    """The problem that an answer is."""
    assert (answer.status_code, answer["Content-Type"]) == (status, "application/problem+json")
    said = json.loads(answer.content)
    assert (said["status"], said["type"]) == (status, f"/api/v1/reference#{kind}")
    return said


def test_who_shows_no_key_is_asked_for_one():
    for caller in (Caller(), Caller(authorization="Bearer ech_wrong"), Caller(authorization="x")):
        answer = caller("GET", "/partners")
        problem(answer, 401, "unauthenticated")
        assert answer["WWW-Authenticate"] == "Bearer"


def test_a_wrong_key_beside_a_session_is_nobodys():
    caller = Caller(staff(Role.VENDOR_ADMIN), authorization="Bearer ech_wrong")
    problem(caller("GET", "/partners"), 401, "unauthenticated")


def test_a_right_that_isnt_there_hides_the_operation_whatever_the_body():
    reader = machine(Right.COMPANY_READ)
    problem(reader("POST", "/partners", NEW), 404, "not-found")
    problem(reader("POST", "/partners", {"nonsense": 1}), 404, "not-found")
    assert not Partner.objects.exists()


def test_hidden_missing_and_no_id_at_all_are_answered_alike():
    ours, theirs = partner("Ours"), partner("Theirs")
    caller = Caller(person(ours))
    said = []
    for which in (theirs.id, "00000000-0000-4000-8000-000000000000", "no-id", "%0A"):
        found = problem(caller("GET", f"/partners/{which}"), 404, "not-found")
        said.append({name: value for name, value in found.items() if name != "request"})
    assert said[0] == said[1] == said[2] == said[3]
    assert caller("GET", f"/partners/{ours.id}").status_code == 200


def test_a_session_changes_nothing_without_the_token_of_a_page():
    client = Client(enforce_csrf_checks=True)
    client.force_login(staff(Role.VENDOR_ADMIN))
    answer = client.post(f"{HOME}/partners", NEW, content_type="application/json")
    problem(answer, 403, "forged")
    assert not Partner.objects.exists()
    assert client.get(f"{HOME}/partners").status_code == 200


def test_who_lacks_the_second_factor_that_the_vendor_asks_for_calls_nothing():
    set_vendor(admin(), second_factor=True, at=NOW)
    problem(somebody(Role.PROGRAM_MANAGER)("GET", "/partners"), 403, "second-factor")
    assert Caller(person(partner("Ours")))("GET", "/partners").status_code == 200
    assert machine()("GET", "/partners").status_code == 200


def test_who_calls_too_often_waits(settings):
    settings.API_CALLS_A_MINUTE = 3
    one, other = machine(), machine()
    assert [one("GET", "/me").status_code for _ in range(5)] == [200, 200, 200, 429, 429]
    answer = one("GET", "/me")
    problem(answer, 429, "too-many")
    assert 1 <= int(answer["Retry-After"]) <= 60
    assert other("GET", "/me").status_code == 200


def test_what_is_too_large_isnt_read(settings):
    settings.API_BODY_BYTES = 100
    problem(machine()("POST", "/partners", {**NEW, "description": "x" * 100}), 413, "too-large")


@pytest.mark.parametrize(
    "body", [b"{", b"\xff", b'{"key": NaN}', b"[" * 100_000, b'{"key": "\\u0000"}', b'"\\ud800"']
)
def test_what_is_no_json_is_malformed(body):
    client, caller = Client(), machine()
    answer = client.post(
        f"{HOME}/partners", body, content_type="application/json", headers=caller.headers
    )
    problem(answer, 400, "malformed")


def test_nul_in_an_address_is_malformed():
    problem(machine()("GET", "/partners?text=%00"), 400, "malformed")


def test_each_value_that_cant_be_is_named_by_its_place():
    said = problem(machine()("POST", "/partners", {"key": 5, "nonsense": 1}), 422, "invalid")
    assert {each["pointer"] for each in said["errors"]} == {"#/key", "#/name", "#/nonsense"}
    said = problem(machine()("GET", "/partners?limit=0"), 422, "invalid")
    assert [each["parameter"] for each in said["errors"]] == ["limit"]


def test_what_a_room_refuses_is_named_by_its_place():
    partner("Contoso", key="contoso")
    said = problem(machine()("POST", "/partners", {**NEW, "country": "QQ"}), 422, "refused")
    assert {each["pointer"] for each in said["errors"]} == {"#/key", "#/country"}


def test_a_call_sent_again_is_done_once():
    caller = machine()
    first = caller("POST", "/partners", NEW, Idempotency_Key="one")
    again = caller("POST", "/partners", NEW, Idempotency_Key="one")
    assert (first.status_code, again.status_code) == (201, 201)
    assert first.content == again.content
    assert "Idempotency-Replayed" not in first
    assert again["Idempotency-Replayed"] == "true"
    assert Partner.objects.count() == 1
    assert len(trail("partners.created")) == 1


def test_a_key_is_of_one_call_and_of_one_caller():
    one, other = machine(), somebody(Role.PROGRAM_MANAGER)
    assert one("POST", "/partners", NEW, Idempotency_Key="one").status_code == 201
    said = one("POST", "/partners", {**NEW, "name": "Other"}, Idempotency_Key="one")
    problem(said, 422, "key-reused")
    problem(other("POST", "/partners", NEW, Idempotency_Key="one"), 422, "refused")
    assert Partner.objects.count() == 1


def test_an_answer_that_refuses_isnt_kept():
    caller = machine()
    there = partner("Contoso", key="contoso")
    problem(caller("POST", "/partners", NEW, Idempotency_Key="one"), 422, "refused")
    assert not KeptAnswer.objects.exists()
    Partner.objects.filter(pk=there.pk).delete()
    assert caller("POST", "/partners", NEW, Idempotency_Key="one").status_code == 201


def test_who_sees_less_now_isnt_shown_an_answer_again():
    user = staff(Role.ACCOUNT_MANAGER)
    ours = partner("Ours", manager=user)
    caller, change = Caller(user), {"website": "https://ours.example"}
    sent = ("PATCH", f"/partners/{ours.id}", change)
    assert caller(*sent, Idempotency_Key="one").status_code == 200
    Partner.objects.filter(pk=ours.pk).update(manager=None)
    answer = caller(*sent, Idempotency_Key="one")
    problem(answer, 409, "conflict")
    assert "Ours" not in answer.content.decode()


@pytest.mark.parametrize("key", ["", " ", "ä", "x" * 256])
def test_a_key_is_plain(key):
    said = problem(machine()("POST", "/partners", NEW, Idempotency_Key=key), 422, "invalid")
    assert said["errors"][0]["parameter"] == "Idempotency-Key"


def test_answers_are_forgotten_when_their_time_is_over(settings):
    from datetime import timedelta

    hours = settings.API_ANSWERS_KEPT_HOURS
    for name, age in (("old", hours + 1), ("new", hours - 1)):
        KeptAnswer.objects.create(caller="c", key=name, made_at=NOW - timedelta(hours=age))
    assert forget(NOW) == 1
    assert KeptAnswer.objects.get().key == "new"


def test_what_nobody_foresaw_changes_nothing_and_tells_nothing(monkeypatch):
    from echelon.surfaces.api.v1 import partners

    def broken(scope, partner):
        raise RuntimeError("a secret")

    monkeypatch.setattr(partners, "_answered", broken)
    answer = machine()("POST", "/partners", NEW, Idempotency_Key="one")
    problem(answer, 500, "failed")
    assert "secret" not in answer.content.decode()
    assert not Partner.objects.exists()
    assert trail("partners.created") == []
