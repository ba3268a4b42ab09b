"""The reference of the API in a real browser: it is read without signing in, and opens."""

import pytest

pytestmark = pytest.mark.django_db(transaction=True)


def test_the_reference_is_read_and_opened(reader):
    page = reader.page
    reader.go("/api/v1/reference")
    reader.check("api-reference")
    page.get_by_role("link", name="Facts", exact=True).click()
    record = page.locator("#facts_record")
    record.locator("summary").click()
    assert "Idempotency-Key" in record.inner_text()
    reader.check("api-operation")
    record.get_by_role("link", name="NewFacts").click()
    assert page.url.endswith("#shape-NewFacts")
