"""A partner's main journey in a real browser: sign in, see where the company stands."""

import pytest

pytestmark = pytest.mark.django_db(transaction=True)


def test_the_partners_journey(reader, vendor):
    page = reader.page
    reader.sign_in(vendor["ada"])
    assert page.url.endswith("/portal/")
    reader.check("portal-home")
    page.keyboard.press("Tab")
    assert page.evaluate("document.activeElement.textContent") == "Skip to the content"
    page.keyboard.press("Enter")
    assert page.evaluate("location.hash") == "#content"
