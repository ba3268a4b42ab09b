"""Deciding in a real browser: moves one by one and many at once, an override, what counted."""

import re
from datetime import date, timedelta
from types import SimpleNamespace

import pytest
from django.utils import timezone

from echelon.foundation.access import Role, system
from echelon.foundation.approvals.models import Approval
from echelon.outcomes.standings import folders, rooms
from echelon.outcomes.standings.models import Limit, Override, Proposal
from echelon.outcomes.standings.services import levelling
from echelon.records.partners.models import Partner
from echelon.records.programs.services.versions import draft
from tests.browser.conftest import SECRET
from tests.factories.partners import partner, staff
from tests.factories.programs import program, version
from tests.factories.standings import Tables

pytestmark = pytest.mark.django_db(transaction=True)
MORE = """\
movement:
  approval: {promotion: required, demotion: required}
benefits:
  fund: {label: Marketing fund, type: amount, silver: 1000, gold: 3000}
"""


@pytest.fixture
def channel(vendor, tmp_path, settings, monkeypatch):
    """Six partners levelled in one program: each has a first move that waits."""
    settings.CACHE_FOLDER = tmp_path / "cache"
    tables, now = Tables(tmp_path / "facts"), timezone.now()
    monkeypatch.setattr(rooms, "Rooms", lambda: tables)
    scheme = program("reseller", name="Reseller program")
    first = version(scheme)
    text = first.text + MORE
    first.delete()
    version(scheme, text=text)
    companies = [vendor["ours"], *(partner(name) for name in ("Acme", "Bravo", "Cedar", "Delta"))]
    for number, company in enumerate(companies):
        tables.enroll(company, "reseller", date(2026, 1, 1))
        for _sale in range(3):
            tables.sold(company, 400 * number, now.date() - timedelta(days=30))
        tables.sold(company, 90, date(2020, 1, 1))
    levelling.run(system("test"), program=scheme.id, at=now)
    trial = text.replace("revenue: 1000", "revenue: 3000")
    tried = draft(system("test"), program=scheme.id, text=trial, at=now)
    yield SimpleNamespace(scheme=scheme, companies=companies, draft=tried, **vendor)
    folders.close_all()


def test_the_queue_is_worked_through(reader, channel):
    page = reader.page
    reader.sign_in(channel.manager)
    reader.go("/vendor/")
    reader.check("home-with-work")
    page.get_by_role("link", name="5 moves wait for a decision").click()
    reader.check("moves")

    page.get_by_role("button", name="Approve Acme").click()
    assert "1 move is approved." in page.inner_text("main")
    assert Proposal.objects.get(partner__name="Acme").answer == "approved"

    page.get_by_role("checkbox", name="Choose Bravo, to Silver").check()
    assert page.inner_text("[data-count]") == "1"
    page.get_by_role("button", name="Reject all chosen").click()
    reader.check("moves-no-reason")
    assert "Say why" in page.inner_text("main")
    assert page.get_by_role("checkbox", name="Choose Bravo, to Silver").is_checked()
    page.get_by_label("Reason for a no").fill("A merger is under way")
    page.get_by_role("button", name="Reject all chosen").click()
    assert Proposal.objects.get(partner__name="Bravo").reason == "A merger is under way"

    page.get_by_role("checkbox", name="All on this page").check()
    assert page.inner_text("[data-count]") == "3"
    page.get_by_role("button", name="Approve all chosen").click()
    assert "3 moves are approved." in page.inner_text("main")
    reader.check("moves-none")
    page.get_by_role("link", name="Decided").click()
    reader.check("moves-decided")
    page.get_by_role("button", name="Take back Bravo").click()
    assert Proposal.objects.get(partner__name="Bravo").answer == "waiting"
    page.get_by_role("link", name="Bravo").click()
    reader.check("move")


AT_ONCE = """() => {
    const dialog = document.getElementById("keys"), j = { key: "j", bubbles: true };
    dialog.showModal();
    dialog.close();
    document.activeElement.dispatchEvent(new KeyboardEvent("keydown", j));
}"""


def test_the_queue_is_worked_through_with_keys(reader, channel):
    page, focused = reader.page, "document.activeElement.closest('tr')?.innerText || ''"
    reader.sign_in(channel.manager)
    reader.go("/vendor/moves/")
    page.keyboard.press("?")
    assert page.locator("dialog#keys").is_visible()
    reader.check("moves-keys")
    page.keyboard.press("Escape")
    page.locator("dialog#keys").wait_for(state="hidden")

    page.evaluate(AT_ONCE)  # before the window is drawn again, the focus is still in the dialog
    assert "Acme" in page.evaluate(focused)
    page.keyboard.press("j")
    assert "Bravo" in page.evaluate(focused)
    page.keyboard.press("k")
    assert "Acme" in page.evaluate(focused)
    reader.check("moves-focused")
    page.keyboard.press("a")
    page.get_by_text("1 move is approved.").wait_for()
    assert Proposal.objects.get(partner__name="Acme").answer == "approved"
    page.wait_for_function(f"({focused}).includes('Bravo')")

    page.keyboard.press("r")
    page.keyboard.type("a jar of reasons")  # letters that are keys, too
    page.keyboard.press("Enter")
    page.get_by_text("1 move is rejected.").wait_for()
    assert Proposal.objects.get(partner__name="Bravo").reason == "a jar of reasons"

    page.get_by_role("button", name="Keys").click()
    page.get_by_label("Use these keys").uncheck()
    page.get_by_role("button", name="Close").click()
    page.keyboard.press("j")
    page.keyboard.press("a")
    assert Proposal.objects.filter(answer="waiting").count() == 3


def test_a_partner_is_looked_at_protected_and_its_figure_opened(reader, channel):
    page, cedar = reader.page, channel.companies[3]
    reader.sign_in(channel.manager)
    reader.go("/vendor/standings/")
    reader.check("standings")
    page.get_by_role("link", name="Cedar").click()
    reader.check("partner-standing")

    page.get_by_role("link", name="Revenue").first.click()
    assert "EUR 3,600" in page.inner_text("main")
    reader.check("counted")
    page.get_by_role("link", name="Not counted (1)").click()
    assert "Outside the days that count" in page.inner_text("main")
    reader.check("not-counted")

    reader.go(f"/vendor/partners/{cedar.id}/standing/")
    page.get_by_role("link", name="Grant an override").click()
    page.get_by_label("Floor: not below a tier").check()
    page.get_by_label("Until").fill("2020-01-01")
    page.get_by_label("Reason").fill("Strategic in the north")
    page.get_by_role("button", name="Grant").click()
    reader.check("override-refused")
    assert "A floor names a tier" in page.inner_text("main")
    page.get_by_label("Tier (optional)").select_option(label="Gold")
    page.get_by_label("Until").fill((timezone.now().date() + timedelta(90)).isoformat())
    page.get_by_role("button", name="Grant").click()
    assert Override.objects.get().reason == "Strategic in the north"
    reader.check("partner-protected")
    page.get_by_role("button", name="End it Floor: not below Gold").click()
    assert Override.objects.get().ended_by == "Mona Manager"
    page.get_by_role("link", name="All changes").click()
    reader.check("partner-history")


def test_runs_and_what_a_draft_would_change(reader, channel):
    page = reader.page
    reader.sign_in(channel.manager)
    reader.go("/vendor/runs/")
    reader.check("runs")
    # The page asks every second; SQLite in memory takes no two questions at once.
    done = '<div role="status">The run that you asked for is done.</div>'
    page.route(re.compile("/runs/asked/"), lambda route: route.fulfill(body=done))
    page.get_by_role("button", name="Level now").click()
    reader.check("run-asked")
    page.get_by_text("The run that you asked for is done.").wait_for()
    page.get_by_role("link", name="Reseller program").last.click()
    reader.check("run")
    reader.go(f"/vendor/versions/{channel.draft.id}/simulate/")
    page.get_by_text("would stand elsewhere").first.wait_for()
    reader.check("simulate")
    reader.go(f"/vendor/programs/{channel.scheme.id}/")
    page.get_by_label("How often").select_option("monthly")
    page.get_by_role("button", name="Save").click()
    reader.check("program-pace")


def test_a_move_is_asked_for_and_decided(reader, channel):
    page, ours = reader.page, channel.companies[0]
    meg = staff(Role.ACCOUNT_MANAGER, "Meg Account")
    meg.set_password(SECRET)
    meg.save()
    Partner.objects.filter(pk=ours.pk).update(manager=meg)
    reader.sign_in(meg)
    reader.go(f"/vendor/partners/{ours.id}/standing/")
    page.get_by_role("link", name="Ask for a move").click()
    reader.check("move-new")
    page.get_by_label("Tier").select_option("gold")
    page.get_by_label("Reason").fill("Opens the Nordic market with us")
    page.get_by_role("button", name="Ask for it").click()
    assert "it waits for somebody who may decide it" in page.inner_text("main")
    reader.check("request-waiting")
    page.context.clear_cookies()

    reader.sign_in(channel.manager)
    reader.go("/vendor/moves/")
    page.get_by_role("link", name="Requests (1)").click()
    reader.check("requests")
    page.get_by_role("link", name=ours.name).click()
    reader.check("request")
    page.get_by_role("button", name="Refuse").click()
    assert "Say why" in page.inner_text("main")
    reader.check("request-no-reason")
    page.get_by_role("button", name="Approve").click()
    assert "Approved, and done." in page.inner_text("main")
    reader.check("requests-none")
    page.get_by_role("link", name="Also those that were decided").click()
    reader.check("requests-all")
    assert Approval.objects.get().state == "approved"


def test_what_takes_two_is_chosen(reader, channel):
    reader.sign_in(channel.manager)
    reader.go(f"/vendor/programs/{channel.scheme.id}/limit/")
    reader.check("program-limit")
    reader.page.get_by_label("A second person from this tier on").select_option("gold")
    reader.page.get_by_role("button", name="Save").click()
    assert "Saved." in reader.page.inner_text("main")
    assert Limit.objects.get().tiers == {"": "gold"}
