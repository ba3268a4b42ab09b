"""A figure opens to its records, page by page, and they add up to it."""

from datetime import date
from decimal import Decimal

import pytest

from echelon.foundation.access import Role
from tests.echelon.surfaces.reading import said, signed_in
from tests.factories.partners import NOW, partner, staff
from tests.factories.programs import program, version

pytestmark = pytest.mark.django_db
TODAY = NOW.date()


@pytest.fixture
def client():
    return signed_in(staff(Role.PROGRAM_MANAGER, "Mona"))


def counted(client, channel, company, **more):
    query = {"program": channel.program.id, "metric": "revenue", "day": TODAY, **more}
    return client.get(f"/vendor/partners/{company.id}/counted/", query)


def test_records_add_up_to_the_figure_over_all_pages(channel, client):
    ann = channel.partners[0]
    for number in range(120):
        channel.tables.sold(ann, f"{number}.01", TODAY)
    total = sum((Decimal(f"{number}.01") for number in range(120)), Decimal(0))
    pages = [counted(client, channel, ann, **{"from": start}) for start in (0, 50, 100)]
    assert [len(page.context["rows"]) for page in pages] == [50, 50, 20]
    assert pages[1].context["before"] == pages[0].context["after"]
    assert pages[2].context["before"] == pages[1].context["after"]
    assert pages[2].context["after"] == total == Decimal("7141.20")
    text = said(pages[2])
    assert "EUR 7,141.20" in text
    assert "Records 101 to 120 of 120" in text
    assert "sum(amount) over all 120 records 7,141.20" in text
    assert pages[2].context["next"] == ""


def test_what_does_not_count_says_why(channel, client):
    ann = channel.partners[0]
    channel.tables.sold(ann, 300, date(2024, 1, 5))
    channel.tables.sold(ann, 700, TODAY)
    text = said(counted(client, channel, ann, part="others"))
    assert "Counted (1) Not counted (1) Outside the days that count: 1" in text
    assert "5 Jan 2024" in text
    assert "700" not in text.split("Why not")[1]


def test_a_metric_that_is_not_there_is_said(channel, client):
    text = said(counted(client, channel, channel.partners[0], metric="revenu"))
    assert "there is no metric 'revenu'" in text


def test_strange_addresses_do_no_harm(channel, client):
    ann = channel.partners[0]
    for more in ({"day": "nonsense"}, {"from": "-1"}, {"from": "9" * 400}, {"part": "x"}):
        assert counted(client, channel, ann, **more).status_code == 200
    assert counted(client, channel, ann, program="nonsense").status_code == 404


FAMILY = """\
program: family
name: Family
version: 2026-01-01
currency: EUR
reads:
  partners: {}
  facts:
    sales: {date: sold_on, columns: {amount: {type: money, currency: currency}}}
metrics:
  revenue: {from: sales, value: sum(amount), window: trailing 12 months, family: true, unit: money}
tiers:
  registered: {}
"""


def test_records_of_companies_that_the_reader_does_not_look_after_stay_closed(tables, db):
    meg, scheme = staff(Role.ACCOUNT_MANAGER, "Meg"), program("family")
    version(scheme, text=FAMILY)
    ann = partner("Ann", manager=meg)
    below = partner("Secret", parent=ann)
    for each in (ann, below):
        tables.enroll(each, "family", date(2026, 1, 1))
    tables.sold(ann, 700, TODAY)
    tables.sold(below, 4321, TODAY)
    query = {"program": scheme.id, "metric": "revenue", "day": TODAY}
    path = f"/vendor/partners/{ann.id}/counted/"
    text = said(signed_in(meg).get(path, query))
    assert "EUR 5,021" in text
    assert "A record of a company that you don't look after" in text
    assert "4,321" not in text
    assert "secret" not in text
    text = said(signed_in(staff(Role.PROGRAM_MANAGER)).get(path, query))
    assert "secret" in text
    assert "4,321" in text


def test_a_page_of_records_takes_few_queries(channel, client, django_assert_max_num_queries):
    ann = channel.partners[0]
    for _number in range(60):
        channel.tables.sold(ann, 10, TODAY)
    counted(client, channel, ann)
    with django_assert_max_num_queries(20):
        counted(client, channel, ann)
