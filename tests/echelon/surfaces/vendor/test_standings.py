"""Who stands where is listed, filtered, and given as a file with exactly the rows shown."""

import csv
import io
import zipfile
from datetime import date

import pytest

from echelon.foundation.access import Role
from echelon.foundation.audit.models import AuditEvent
from tests.echelon.surfaces.reading import said, signed_in
from tests.factories.partners import partner, staff
from tests.factories.programs import program, version
from tests.factories.standings import stand

pytestmark = pytest.mark.django_db
QUERIES = 15


@pytest.fixture
def scheme():
    made = program("solar")
    version(made)
    return made


@pytest.fixture
def client():
    return signed_in(staff(Role.PROGRAM_MANAGER, "Mona"))


def shown(answer):
    return [each["row"].partner.name for each in answer.context["rows"]]


def test_the_list_says_tier_qualified_risk_and_the_next_day_that_matters(client, scheme):
    stand(partner("Ann"), scheme, "silver", qualified="registered", at_risk_from=date(2026, 9, 1))
    stand(
        partner("Bob"), scheme, "silver", qualified="gold",
        pending={"tier": "gold", "from": "2026-07-01"},
    )  # fmt: skip
    text = said(client.get("/vendor/standings/"))
    assert "2 standings" in text
    assert "Ann Solar Silver since 1 Mar 2026 Registered from 1 Sep 2026 1 Sep 2026" in text
    assert "Bob Solar Silver since 1 Mar 2026 Gold – 1 Jul 2026 a move counts" in text


def test_filters_narrow_by_program_tier_manager_name_and_risk(client, scheme):
    other, meg = program("wind"), staff(Role.ACCOUNT_MANAGER, "Meg")
    stand(partner("Ann", manager=meg), scheme, "gold")
    stand(partner("Bob"), scheme, "silver", at_risk_from=date(2026, 9, 2))
    stand(partner("Cid"), other, "silver", at_risk_from=date(2026, 9, 1))
    asked = {
        f"program={scheme.id}": ["Ann", "Bob"],
        "tier=gold": ["Ann"],
        f"manager={meg.id}": ["Ann"],
        "name=o": ["Bob"],
        "risk=yes": ["Cid", "Bob"],
        f"risk=yes&program={scheme.id}": ["Bob"],
        "program=nonsense&tier=nonsense&manager=1": ["Ann", "Bob", "Cid"],
        "tier=gold&risk=yes": [],
    }
    for query, names in asked.items():
        assert shown(client.get(f"/vendor/standings/?{query}")) == names, query
    assert shown(signed_in(meg).get("/vendor/standings/")) == ["Ann"]


def test_the_file_has_the_rows_of_the_filter_and_leaves_a_trail(client, scheme):
    stand(partner("Ann"), scheme, "gold")
    stand(partner("Bob"), scheme, "silver", at_risk_from=date(2026, 9, 2))
    answer = client.post("/vendor/standings/export/?risk=yes", {"form": "csv"})
    [row] = csv.DictReader(io.StringIO(answer.content.decode("utf-8-sig")))
    assert (row["partner"], row["program"], row["tier"], row["at_risk_from"]) == (
        "bob", "solar", "silver", "2026-09-02",
    )  # fmt: skip
    assert row["next_deadline"] == "2026-09-02"
    event = AuditEvent.objects.get(verb="standings.exported")
    assert (event.after["filter"], event.after["rows"]) == ("risk=yes", 1)
    sheet = client.post("/vendor/standings/export/", {"form": "xlsx"})
    with zipfile.ZipFile(io.BytesIO(sheet.content)) as packed:
        words = packed.read("xl/sharedStrings.xml").decode()
    assert "Ann" in words
    assert "Bob" in words


def test_a_manager_takes_away_own_partners_alone(scheme):
    meg = staff(Role.ACCOUNT_MANAGER, "Meg")
    stand(partner("Ann", manager=meg), scheme)
    stand(partner("Bob"), scheme)
    answer = signed_in(meg).post("/vendor/standings/export/", {"form": "csv"})
    assert [row["name"] for row in csv.DictReader(io.StringIO(answer.content.decode()))] == ["Ann"]
    reader = signed_in(staff(Role.VENDOR_READ_ONLY))
    assert reader.post("/vendor/standings/export/", {"form": "csv"}).status_code == 404


def test_pages_cover_all_rows_once_in_few_queries(client, scheme, django_assert_max_num_queries):
    for number in range(60):
        stand(partner(f"Company {number:02}"), scheme, at_risk_from=date(2026, 9, 1))
    for query in ("", "risk=yes"):
        with django_assert_max_num_queries(QUERIES):
            first = client.get(f"/vendor/standings/?{query}")
        rest = client.get(f"/vendor/standings/?{query}&after={first.context['page'].next}")
        assert shown(first) + shown(rest) == [f"Company {number:02}" for number in range(60)]
    with django_assert_max_num_queries(QUERIES + 5):  # a file, with its trail
        client.post("/vendor/standings/export/", {"form": "csv"})
