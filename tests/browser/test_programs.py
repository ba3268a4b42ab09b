"""A program's rules are changed by forms in a real browser: threshold, check, compare, publish."""

import pytest

from echelon.records.programs.models import Version
from echelon.records.programs.states import State
from tests.echelon.records.programs.test_catalogue import png
from tests.factories.programs import TEXT, program, version

pytestmark = pytest.mark.django_db(transaction=True)
MORE = """\
  platinum:   # the best
    requires: [revenue >= 9000, {any: [revenue >= 1, revenue >= 2]}]
benefits:
  rebate: {label: Back-end rebate, type: percent, of: revenue, gold: 2}
  support: {type: yes_no, gold: yes}
"""


def test_a_threshold_is_changed_checked_compared_and_published(reader, vendor):
    page = reader.page
    solar = program("solar")
    text = TEXT.format(slug="solar", name="Solar", day="2026-01-01") + MORE
    version(solar, text=text)
    reader.sign_in(vendor["manager"])
    reader.go(f"/vendor/programs/{solar.id}/")
    page.get_by_role("button", name="New draft").click()
    cell = page.get_by_label("Gold: Revenue").first
    cell.fill("6,000")
    page.get_by_role("button", name="Keep and check").click()
    assert "without commas" in page.inner_text("main")
    reader.check("bars-refused")
    page.get_by_label("Gold: Revenue").first.fill("6000")
    page.get_by_role("button", name="Keep and check").click()
    page.get_by_text("Kept and checked.").wait_for()
    reader.check("bars")
    page.get_by_label("Metric").select_option("revenue")
    page.get_by_label("Compared").select_option("<=")
    page.get_by_role("button", name="Add a row").click()
    page.get_by_label("Silver: Revenue").nth(1).wait_for()
    parts = page.get_by_role("navigation", name="Parts of this draft")
    for name, link in (("tiers", "Tiers"), ("benefits", "Benefits"), ("moves", "Movement")):
        parts.get_by_role("link", name=link, exact=True).click()
        page.wait_for_url(f"**/{name}/")
        reader.check(f"draft-{name}")
    page.get_by_label("When tiers are looked at").nth(1).select_option("each")
    page.get_by_label("on day number").nth(1).fill("20")
    page.get_by_role("button", name="Keep and check").click()
    page.get_by_text("Kept and checked.").wait_for()
    page.get_by_role("link", name="Compare and publish").click()
    said = page.inner_text("main")
    assert "Gold, revenue: 5000 becomes 6000" in said
    reader.check("draft-compared")
    page.get_by_role("button", name="Publish").click()
    page.get_by_text("Published.", exact=True).wait_for()
    found = Version.objects.get(state=State.PUBLISHED, effective__gt="2026-01-01")
    assert found.text.startswith(text.split("version:")[0])
    assert "gold: {requires: {revenue: 6000}}" in found.text
    assert "demote: {each: month, day: 20}" in found.text


def test_a_tier_gets_its_badge_and_programs_show_it(reader, vendor, tmp_path):
    page = reader.page
    solar = program("solar")
    version(solar)
    reader.sign_in(vendor["manager"])
    reader.go("/vendor/tiers/")
    reader.check("tiers-none")
    page.get_by_role("link", name="Add gold").click()
    page.get_by_label("Name").fill("Gold")
    page.get_by_role("button", name="Add", exact=True).click()
    picture = tmp_path / "gold.png"
    picture.write_bytes(png())
    page.get_by_label("Picture").set_input_files(str(picture))
    page.get_by_role("button", name="Keep this picture").click()
    page.get_by_role("img", name="The badge of Gold").wait_for()
    reader.check("tier")
    reader.go("/vendor/tiers/")
    reader.check("tiers-some")
    reader.go(f"/vendor/programs/{solar.id}/")
    assert page.locator("img.tier-badge").evaluate("image => image.naturalWidth") == 1
    reader.check("program-with-badges")
