"""The trail on its pages: filtered, opened, as a file, verified; what is read leaves a trace."""

import ast
import csv
import io
import json
import re

import pytest
from django.test import override_settings
from django.utils import timezone

from echelon.foundation.access import Role, system
from echelon.foundation.audit.models import AuditEvent, Verification
from echelon.foundation.audit.services import record
from echelon.foundation.jobs.services import run_due
from echelon.outcomes.standings.states import Answer, Outcome
from echelon.records.enrollments.states import MOVES
from echelon.records.partners.selectors import scope_of
from echelon.records.partners.services import companies
from echelon.surfaces.vendor.deeds import VERBS
from echelon.surfaces.vendor.differences import Line, Row, differences
from tests.echelon.surfaces.reading import said, signed_in
from tests.factories.partners import NOW, admin, partner, person, staff, trail
from tests.frame.require import ROOT

pytestmark = pytest.mark.django_db


@pytest.fixture
def reader():
    return signed_in(staff(Role.COMPLIANCE, "Cora"))


@pytest.fixture
def ours():
    made = partner("Ours", country="DE")
    companies.edit(admin(), partner=made.pk, at=NOW, country="FR", name="Ours too")
    record(system("night"), "facts.undone", "batch", "b1", at=NOW)
    return made


def test_the_list_is_narrowed_by_who_what_object_partner_and_days(reader, ours):
    assert "partners.edited" in said(reader.get("/vendor/audit/"))
    for query, there in {
        "who=night": ("facts.undone", "partners.edited"),
        "what=edited": ("partners.edited", "facts.undone"),
        "object=batch": ("facts.undone", "partners.edited"),
        "object=b1": ("facts.undone", "partners.edited"),
        "partner=ours": ("partners.edited", "facts.undone"),
    }.items():
        text = said(reader.get(f"/vendor/audit/?{query}"))
        assert there[0] in text
        assert there[1] not in text
    on_the_day = "since=2026-06-30&until=2026-06-30"
    assert "facts.undone" in said(reader.get(f"/vendor/audit/?{on_the_day}"))
    assert "Nothing fits" in said(reader.get("/vendor/audit/?since=2026-07-01"))
    assert "Nothing fits" in said(reader.get("/vendor/audit/?until=2026-06-29"))


def test_a_filter_that_cannot_be_read_is_said_and_left_out(reader, ours):
    text = said(reader.get("/vendor/audit/?since=yesterday&partner=nobody&until=9999-12-31"))
    assert "“yesterday” is no date." in text
    assert "There is no partner with the key “nobody”." in text
    assert "“9999-12-31” is no date." in text
    assert "partners.edited" in text


def test_an_event_shows_what_was_and_what_is(reader, ours):
    event = trail("partners.edited")[0]
    text = said(reader.get(f"/vendor/audit/{event.pk}/"))
    assert "country DE FR" in text
    assert "name Ours Ours too" in text
    assert event.seal in text
    assert f'href="/vendor/partners/{ours.pk}/"' in (
        reader.get(f"/vendor/audit/{event.pk}/").content.decode()
    )


def test_what_differs_in_a_text_is_shown_by_lines():
    found = differences(
        {"text": "a\nb\nc", "same": 1, "deep": {"x": [1, None]}}, {"text": "a\nB\nc", "same": 1}
    )
    assert found[:2] == [Row("deep.x", "1, ", ""), Row("same", "1", "1")]
    assert found[2].lines == (
        Line("@", "@ -1,3 +1,3 @@"), Line(" ", "a"), Line("-", "b"), Line("+", "B"), Line(" ", "c"),
    )  # fmt: skip


def test_the_file_has_the_rows_of_the_filter_and_is_itself_in_the_trail(reader, ours):
    answer = reader.post("/vendor/audit/export/?what=edited", {"form": "csv"})
    rows = list(csv.DictReader(io.StringIO(answer.content.decode("utf-8-sig"))))
    assert [row["verb"] for row in rows] == ["partners.edited"]
    assert rows[0]["partner"] == "ours"
    assert json.loads(rows[0]["after"]) == {"country": "FR", "name": "Ours too"}
    assert rows[0]["seal"] == trail("partners.edited")[0].seal
    event = trail("audit.exported")[0]
    assert event.after == {"filter": {"what": "edited"}, "rows": 1, "form": "csv"}
    assert reader.post("/vendor/audit/export/", {"form": "xlsx"}).content.startswith(b"PK")


def test_too_much_for_a_file_is_refused_in_words(reader, ours, monkeypatch):
    monkeypatch.setattr("echelon.surfaces.vendor.trail.MOST", 1)
    answer = reader.post("/vendor/audit/export/", {"form": "csv"}, follow=True)
    assert "more than 1 rows: choose a shorter period" in said(answer)
    assert trail("audit.exported") == []


def test_the_chains_are_verified_when_somebody_asks(reader, ours, tmp_path):
    assert "Not verified yet" in said(reader.get("/vendor/audit/"))
    with override_settings(AUDIT_FOLDER=tmp_path):
        text = said(reader.post("/vendor/audit/verify/", follow=True))
        assert "Verification is on its way" in text
        run_due(timezone.now)
    found = Verification.objects.get()
    assert (found.found, found.events) == (0, AuditEvent.objects.count())
    text = said(reader.get("/vendor/audit/"))
    assert "As it was written Verified" in text
    assert [event.verb for event in trail()][-1] == "audit.verification_asked"


def test_what_is_wrong_with_a_chain_is_said(reader, ours):
    Verification.objects.create(
        at=NOW, events=3, streams=1, findings=["x: event 2 was changed"], found=1
    )
    text = said(reader.get("/vendor/audit/"))
    assert "1 thing isn't as it was written" in text
    assert "x: event 2 was changed" in text


def test_who_has_an_area_of_their_own_without_partners_sees_nothing(ours):
    text = said(signed_in(staff(Role.FINANCE)).get("/vendor/audit/"))
    assert "Nothing to see here" in text
    assert "partners.edited" not in text


def test_that_somebody_from_outside_read_the_people_of_a_company_is_kept(ours):
    ada = person(ours, Role.PARTNER_ADMIN)
    signed_in(ada).get("/portal/people/")
    assert trail("people.read") == []
    reader = staff(Role.VENDOR_READ_ONLY)
    signed_in(reader).get(f"/vendor/partners/{ours.pk}/people/")
    event = trail("people.read")[0]
    assert (event.actor_id, event.partner, event.after) == (str(reader.pk), ours.pk, {"rows": 1})
    manager = staff(Role.ACCOUNT_MANAGER)
    companies.assign(admin(), partners=[ours.pk], manager=manager.pk, at=NOW)
    assert ours.pk in scope_of(manager).own
    signed_in(manager).get(f"/vendor/partners/{ours.pk}/people/")
    assert len(trail("people.read")) == 2


def test_what_was_done_is_said_in_words_with_its_code_beside(reader, ours):
    text = said(reader.get("/vendor/audit/"))
    assert "Partner edited partners.edited" in text
    assert "Import taken back facts.undone" in text
    text = said(reader.get(f"/vendor/audit/{trail('partners.edited')[0].pk}/"))
    assert "What Partner edited partners.edited" in text
    assert "Object Partner partner" in text


def test_each_verb_that_a_room_writes_has_words():
    assert sorted(_written() - VERBS.keys()) == []


def _written():
    """What the services give `record` and the helpers around it, read from their text."""
    found = {f"enrollments.{verb}" for verb in MOVES}
    found |= {f"standings.run_{outcome}" for outcome in Outcome}
    found |= {f"standings.move_{answer}" for answer in (Answer.APPROVED, Answer.REJECTED)}
    for file in (ROOT / "src" / "echelon").rglob("*.py"):
        if "services" not in file.as_posix() and "surfaces/vendor" not in file.as_posix():
            continue
        for call in ast.walk(ast.parse(file.read_text("utf-8"))):
            name = getattr(call.func, "id", "") if isinstance(call, ast.Call) else ""
            if name.strip("_") in {"audit", "audited", "changed", "change", "record", "say"}:
                texts = [each.value for each in call.args if isinstance(each, ast.Constant)]
                found |= {each for each in texts if re.fullmatch(r"[a-z]+\.[a-z_]+", str(each))}
    return found
