"""`echelon explain` over the example channel: the page, the JSON, what is refused."""

from __future__ import annotations

import json
import subprocess
import sys
from pathlib import Path
from typing import Any

import pytest
from typer.testing import CliRunner, Result

from echelon.cli.main import app

ROOT = Path(__file__).parents[3]
CHANNEL = ROOT / "examples" / "channel"


def explain(program: str, partner: str, *more: str) -> Result:
    place = [str(CHANNEL / f"{program}.yaml"), "--data", str(CHANNEL), "--as-of", "2026-06-30"]
    return CliRunner().invoke(app, ["explain", *place, "--partner", partner, *more])


def page(program: str, partner: str, *more: str) -> str:
    done = explain(program, partner, *more)
    assert done.exit_code == 0, done.output
    return done.stdout


def answer(program: str, partner: str, *more: str) -> dict[str, Any]:
    found: dict[str, Any] = json.loads(page(program, partner, "--format", "json", *more))
    return found


def test_a_partner_at_risk_sees_the_bar_to_keep() -> None:
    text = page("reseller", "P1007")
    assert text.startswith(
        "P1007  Skyline Solar Pty Ltd\n"
        "Highmesa Reseller Program, 30 Jun 2026\n\n"
        "You are Silver (at today's figures you would be Registered). A move down to Registered "
        "waits for approval. To keep Silver you need USD 21,548.82 more revenue; it may be lost "
        "any day.\n\n"
        "held           Silver, since 31 Oct 2024\n"
        "qualified      Registered\n"
        "why            proposed\n"
        "below its bar  since 16 Nov 2025\n"
        "may be lost    from 30 Jun 2026\n"
        "proposed       demotion to Registered, since 30 Jun 2026\n\n"
        "✗ To keep Silver                                                     have  need\n"
        "  ✗ Revenue, last 12 months, branches included  ██████░░░░  USD 32,451.18  ≥ USD 54,000  "
        "silver_revenue: partner.country_group is mature, default\n\n"
        "Benefits                  Silver\n"
    )
    assert "For Gold" not in text


def test_the_total_of_the_records_is_the_figure() -> None:
    text = page("reseller", "P1426", "--metric", "revenue", "--limit", "2")
    assert "(revenue): USD 213,621.14\n" in text
    assert "Counted: 54 of 91 facts in sales\n" in text
    assert "  sum(amount) over 54 facts = USD 213,621.14\n" in text
    assert "Not counted: 37\n  window     36\n  duplicate   1\n" in text
    assert text.count("(--limit 0 lists all)") == 2
    whole = page("reseller", "P1426", "--metric", "revenue", "--limit", "0")
    assert "--limit 0" not in whole
    assert whole.count("sales.csv:") == 91


@pytest.mark.parametrize(
    ("metric", "line"),
    [
        ("steady_fee", "  2026-05-30   EUR 5,496.46\n"),
        ("fee_rank", "  0 higher, 0 the same, 30 lower\n"),
        ("total_points", "  training_points  109  Points for training\n"),
        ("site_points", "  sum(each) over 20 groups = 865\n"),
        ("steady_months", "  2026-05-31            16  ✗\n"),
        ("security_report", "  nothing was attested\n"),
        ("operations.score", "  operations.technicians   0  Technicians with two certificates\n"),
        ("sites_in_care", "  valid: holding on 2026-06-30, begun by 2026-06-30\n"),
    ],
)
def test_each_kind_of_metric_opens(metric: str, line: str) -> None:
    assert line in page("services", "P1011", "--metric", metric)


def test_tracks_have_their_own_part() -> None:
    text = page("services", "P1011")
    assert "\n── Storage ──\n\nIn Storage you are Proficient. For Expert you need " in text
    asked = page("services", "P1011", "--tier", "storage.expert")
    assert "✗ For Expert" in asked


def test_a_tier_that_is_asked_for() -> None:
    text = page("reseller", "P1007", "--tier", "platinum")
    assert "✗ For Platinum" in text
    assert "For Platinum by 31 Jul you need USD 417,548.82 more revenue, " in text
    assert "To keep" not in text


def test_json_is_the_partner_of_level_with_words_and_trees() -> None:
    found = answer("services", "P1011")
    place = [str(CHANNEL / "services.yaml"), "--data", str(CHANNEL), "--as-of", "2026-06-30"]
    done = CliRunner().invoke(app, ["level", *place, "--partner", "P1011", "--format", "json"])
    levelled = json.loads(done.stdout)
    (row,) = levelled["partners"]
    assert found["digest"] == levelled["digest"]
    for key in ("partner", "qualified", "held", "metrics", "next", "keep", "movement"):
        assert found[key] == row[key]
    assert found["sentence"].startswith("You are Elite (at today's figures you would be Premier).")
    assert [view["bar"] for view in found["requirements"]] == ["keep"]
    assert found["tracks"]["storage"]["requirements"][0]["tier"] == "expert"
    assert [line["name"] for line in found["benefits"]] == [
        "margin", "toolkit", "listing", "training", "hotline",
    ]  # fmt: skip


def test_json_of_a_figure_lists_every_record() -> None:
    figure = answer("reseller", "P1426", "--metric", "revenue")["figure"]
    assert (figure["value"], figure["unit"]) == ("213621.14", "money")
    records = figure["records"]
    assert len(records["counted"]["facts"]) == records["counted"]["count"] == 54
    assert len(records["others"]["facts"]) == records["others"]["count"] == 37
    assert records["others"]["reasons"] == {"window": 36, "duplicate": 1}
    cut = answer("reseller", "P1426", "--metric", "revenue", "--limit", "3")["figure"]["records"]
    assert (cut["counted"]["count"], len(cut["counted"]["facts"])) == (54, 3)


def test_who_is_not_enrolled_is_told_so() -> None:
    assert "\nYou are not enrolled in this program.\n" in page("services", "D7")
    assert answer("services", "D7")["requirements"] == []


@pytest.mark.parametrize(
    ("arguments", "said"),
    [
        (("P10111",), "unknown partner 'P10111' (did you mean P1011?)"),
        (("P1011", "--metric", "revenu"), "there is no metric 'revenu' (did you mean revenue?)"),
        (("P1011", "--tier", "golld"), "there is no tier 'golld' (did you mean gold?)"),
    ],
)
def test_what_is_not_there_is_refused(arguments: tuple[str, ...], said: str) -> None:
    partner, *more = arguments
    place = [CHANNEL / "reseller.yaml", "--data", CHANNEL, "--as-of", "2026-06-30"]
    command = [sys.executable, "-m", "echelon", "explain", *place, "--partner", partner, *more]
    done = subprocess.run(command, capture_output=True, encoding="utf-8", check=False)
    assert (done.returncode, done.stdout) == (1, "")
    assert done.stderr == f"error: {said}\n1 error\n"


def test_csv_is_wrong_usage() -> None:
    assert explain("reseller", "P1007", "--format", "csv").exit_code == 2


def test_a_file_gets_the_page_without_colour(tmp_path: Path) -> None:
    out = tmp_path / "page.txt"
    assert page("reseller", "P1007", "--out", str(out)) == ""
    assert out.read_text("utf-8") == page("reseller", "P1007")
