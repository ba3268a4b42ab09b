"""A partner opens its own figures to their records; they add up, and nobody else's are shown."""

import csv
import io
from datetime import date
from decimal import Decimal

import pytest

from echelon.foundation.access import Role, system
from echelon.outcomes.standings.services import levelling
from echelon.records.enrollments.models import Enrollment
from tests.echelon.surfaces.reading import said, signed_in
from tests.factories.partners import NOW, partner, person
from tests.factories.programs import program, version

pytestmark = pytest.mark.django_db
SYSTEM, TODAY = system("test"), NOW.date()


def level(scheme, *companies):
    for each in companies:
        Enrollment.objects.create(
            partner=each, program=scheme, state="active", start=date(2026, 1, 1), made_at=NOW,
            changed_at=NOW,
        )  # fmt: skip
    levelling.run(SYSTEM, program=scheme.id, at=NOW)


def counted(client, scheme, path="", **query):
    return client.get(f"/portal/programs/{scheme.id}/counted/{path}", query)


def test_the_records_add_up_to_the_figure_over_all_pages_and_months(channel):
    ann = channel.partners[0]
    for number in range(60):
        channel.tables.sold(ann, f"{number}.01", TODAY)
    channel.tables.sold(ann, "1000", date(2026, 5, 2))
    level(channel.program, *channel.partners)
    client = signed_in(person(ann))
    pages = [counted(client, channel.program, **{"from": start}) for start in (0, 50)]
    rows = [row for page in pages for row in page.context["rows"]]
    assert len(rows) == 61
    assert rows[-1].running == Decimal("2770.60") == pages[0].context["sum"]
    text = said(pages[1])
    assert "EUR 2,770.60" in text
    assert "Records 51 to 61 of 61" in text
    text = said(counted(client, channel.program, month="2026-05"))
    assert "May 2026 EUR 1,000 All other months EUR 1,770.60 In all EUR 2,770.60" in text


def test_what_does_not_count_is_there_with_its_reason_in_plain_words(channel):
    ann = channel.partners[0]
    channel.tables.sold(ann, 300, date(2024, 1, 5))
    channel.tables.sold(ann, 700, TODAY)
    level(channel.program, *channel.partners)
    text = said(counted(signed_in(person(ann)), channel.program, part="others"))
    assert "Counted (1) Not counted (1) Outside the days that count 1" in text
    assert "5 Jan 2024 EUR 300 Outside the days that count" in text


def test_the_file_has_what_the_page_has(channel):
    ann = channel.partners[0]
    channel.tables.sold(ann, 300, date(2024, 1, 5))
    channel.tables.sold(ann, "700.5", TODAY)
    channel.tables.sold(channel.partners[1], 999, TODAY)
    level(channel.program, *channel.partners)
    client = signed_in(person(ann))
    answer = counted(client, channel.program, "file/", metric="revenue", form="csv")
    rows = list(csv.DictReader(io.StringIO(answer.content.decode("utf-8-sig"))))
    assert [(row["amount"], row["counts as"], row["counted"], row["reason"]) for row in rows] == [
        ("700.5", "700.5", "yes", ""),
        ("300", "", "no", "Outside the days that count"),
    ]
    assert counted(client, channel.program, "file/", form="pdf").status_code == 404
    assert counted(client, channel.program, metric="nonsense").status_code == 404


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


def test_of_companies_below_a_distributor_sees_the_records_and_others_their_sum(tables):
    scheme = program("family")
    version(scheme, text=FAMILY)
    top = partner("Top")
    below, beside = partner("Secret", parent=top), partner("Beside")
    for each in (top, below, beside):
        tables.enroll(each, "family", date(2026, 1, 1))
    tables.sold(top, 700, TODAY)
    tables.sold(below, 4000, TODAY)
    tables.sold(below, 321, TODAY)
    tables.sold(beside, 77777, TODAY)
    level(scheme, top, below, beside)
    text = said(counted(signed_in(person(top)), scheme))
    assert "2 records of companies below yours EUR 4,321 In all EUR 5,021" in text
    assert "4,000" not in text
    text = said(counted(signed_in(person(top, Role.DISTRIBUTOR_MEMBER)), scheme))
    assert "secret 30 Jun 2026 EUR 4,000" in text
    assert "77,777" not in text
    text = said(counted(signed_in(person(below)), scheme))
    assert "EUR 4,321" in text
    assert "700" not in text


def test_another_company_s_program_is_no_page(channel):
    level(channel.program, *channel.partners)
    stranger = signed_in(person(partner("Stranger")))
    assert counted(stranger, channel.program).status_code == 404


def test_the_page_takes_few_queries(channel, few_queries):
    level(channel.program, *channel.partners)
    client = signed_in(person(channel.partners[0]))
    counted(client, channel.program)
    with few_queries():
        counted(client, channel.program)
