"""Evidence of formulas, dates, places and attestations: operands, others counted, never named."""

from __future__ import annotations

from datetime import date
from decimal import Decimal

import pytest

from rulebook.explain import Evidence, Figure
from rulebook.explain.units import IN_PERCENT, MONEY, PLAIN, RATIO
from rulebook.explain.written import figure_json
from tests.rulebook.explain import recompute
from tests.rulebook.explain.four_partners import DAY, FILES, PROGRAM
from tests.rulebook.explain.made import on_folder

D = Decimal


@pytest.fixture(scope="module")
def evidence(tmp_path_factory: pytest.TempPathFactory) -> Evidence:
    folder = tmp_path_factory.mktemp("data")
    return Evidence(on_folder(folder, PROGRAM, FILES, allow_bad_rows=True))


def opened(evidence: Evidence, name: str, partner: str = "top") -> Figure:
    return evidence.open(evidence.key(name), partner, DAY)


def test_a_formula_opens_to_its_operands(evidence: Evidence) -> None:
    figure = opened(evidence, "share")
    assert figure.how == "revenue / family_revenue"
    assert [(p.name, p.value, p.opens) for p in figure.parts] == [
        ("revenue", D("170.01"), ("", "revenue")),
        ("family_revenue", D("250.01"), ("", "family_revenue")),
    ]
    assert recompute.at(figure.value, 6) == D("0.680013")


def test_a_metric_over_time_opens_to_dates(evidence: Evidence) -> None:
    counted = opened(evidence, "steady")
    assert [(p.day, p.value, p.passes) for p in counted.parts] == [
        (date(2026, 6, 30), D("170.01"), True),
        (date(2026, 5, 30), D("1169.01"), True),
        (date(2026, 4, 30), D("1169.01"), True),
    ]
    averaged = opened(evidence, "average")
    assert [(p.day, p.counts) for p in averaged.parts][-3:] == [
        (date(2026, 1, 30), True),
        (date(2025, 12, 30), False),
        (date(2025, 11, 30), False),
    ]
    assert averaged.parts[0].opens == ("", "revenue")


def test_a_place_counts_the_others_and_names_none(evidence: Evidence) -> None:
    figure = opened(evidence, "place")
    peers = figure.peers
    assert (peers.within, peers.segment) == ("partner.country", "DE")
    assert (peers.others, peers.higher, peers.equal, peers.lower) == (1, 1, 0, 0)
    assert (figure.value, figure.parts[0].value) == (D(2), D("170.01"))
    everywhere = opened(evidence, "standing")
    assert (everywhere.peers.others, everywhere.peers.lower, everywhere.value) == (2, 1, D(50))
    assert "rival" not in str(figure_json(figure)) + str(figure_json(everywhere))


def test_a_partner_that_has_no_place_still_sees_its_figure(evidence: Evidence) -> None:
    figure = opened(evidence, "place", "shop")
    assert (figure.value, figure.parts[0].value) == (None, D("10"))
    assert (figure.peers.others, figure.peers.higher, figure.peers.lower) == (2, 0, 0)


def test_an_attested_figure_opens_to_its_attestations(evidence: Evidence) -> None:
    figure = opened(evidence, "csat")
    assert [(c.value, c.start, c.until, c.state) for c in figure.attested] == [
        (D(5), date(2026, 7, 1), None, "not yet"),
        (D("4.6"), date(2026, 1, 1), date(2027, 1, 1), "counts"),
        (D("4.3"), date(2025, 6, 1), None, "replaced"),
        (D("4.1"), date(2025, 1, 1), date(2026, 1, 1), "expired"),
    ]
    assert figure.value == D("4.6")
    assert opened(evidence, "csat", "rival").attested == ()


def test_units_are_those_of_the_document_or_of_what_is_added(evidence: Evidence) -> None:
    units = {name: opened(evidence, name).unit for name in ("revenue", "best", "since_start")}
    assert units == {"revenue": MONEY, "best": MONEY, "since_start": PLAIN}
    assert opened(evidence, "share").unit == RATIO
    assert opened(evidence, "standing").unit == IN_PERCENT
    assert opened(evidence, "average").unit == MONEY
    assert opened(evidence, "steady").unit == PLAIN
