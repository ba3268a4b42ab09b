"""A browser, a server with a small vendor in it, and axe, which finds what people trip over."""

import os
from collections.abc import Iterator
from pathlib import Path

import pytest

from echelon.foundation.access import Role
from tests.factories.partners import partner, person, staff
from tests.frame.require import ROOT, require_or_skip

os.environ.setdefault("DJANGO_ALLOW_ASYNC_UNSAFE", "true")  # playwright's loop is not Django's
HERE = Path(__file__).parent
SECRET = "correct horse battery"
#: Where pictures go, for whoever wants to look: ECHELON_PICTURES names a folder.
PICTURES = os.environ.get("ECHELON_PICTURES", "")


def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    """A machine under load is late at times: a fault of a page is there the second time too."""
    for item in items:
        if HERE in item.path.parents:
            item.add_marker(pytest.mark.flaky(reruns=1))  # and `-ra` tells of each


@pytest.fixture(scope="session")
def browser() -> Iterator[object]:
    """Chromium as it is on this machine; playwright fetches none."""
    path = str(require_or_skip("chromium"))
    require_or_skip("pages")
    from playwright.sync_api import sync_playwright

    with sync_playwright() as play:
        chromium = play.chromium.launch(executable_path=path, args=["--no-sandbox"])
        yield chromium
        chromium.close()


@pytest.fixture
def vendor(transactional_db: None) -> dict[str, object]:  # noqa: ARG001 - a database first
    """Two families, a program manager, and somebody who works for a partner."""
    manager = staff(Role.PROGRAM_MANAGER, "Mona Manager")
    top = partner("Contoso Holding", kind="distributor", country="DE", region="EMEA")
    ours = partner(
        "Contoso Retail", parent=top, kind="reseller", country="DE", region="EMEA",
        segment="Large", tags=["cloud"], manager=manager,
    )  # fmt: skip
    for name in ("Adatum", "Fabrikam", "Litware", "Northwind", "Tailspin"):
        partner(name, kind="reseller", country="US", region="AMER", segment="Mid")
    ada = person(ours, Role.PARTNER_ADMIN, "Ada Partner")
    for user in (manager, ada):
        user.set_password(SECRET)
        user.save()
    return {"manager": manager, "ada": ada, "ours": ours}


class Reader:
    """Somebody at a browser: goes to pages, signs in, and has axe look at what is there."""

    def __init__(self, browser: object, address: str, scheme: str, width: int) -> None:
        context = browser.new_context(  # type: ignore[attr-defined]
            color_scheme=scheme, viewport={"width": width, "height": 900}
        )
        self.page, self.address = context.new_page(), address
        self.look = f"{scheme}-{width}"
        self.refused: list[str] = []
        self.page.on("console", lambda said: self._hear(said.type, said.text))
        self.page.on("pageerror", lambda error: self.refused.append(str(error)))

    def _hear(self, kind: str, text: str) -> None:
        if kind == "error" and "404" not in text:
            self.refused.append(text)

    def go(self, path: str) -> None:
        self.page.goto(self.address + path)

    def sign_in(self, user: object) -> None:
        self.go("/sign-in/")
        self.page.get_by_label("Email").fill(user.email)  # type: ignore[attr-defined]
        self.page.get_by_label("Password").fill(SECRET)
        self.page.get_by_role("button", name="Sign in", exact=True).click()
        self.page.wait_for_url(lambda url: "/sign-in" not in url)

    def _faults(self) -> list[tuple[str, list[str]]]:
        # The policy stops scripts that a page adds, so axe comes by the debugger.
        session = self.page.context.new_cdp_session(self.page)
        session.send("Runtime.evaluate", {"expression": AXE.read_text("utf-8")})
        found = self.page.evaluate("axe.run().then(result => result.violations)")
        return [(each["id"], [node["html"] for node in each["nodes"]][:3]) for each in found]

    def check(self, name: str) -> None:
        """Nothing that axe finds, nothing that the policy stopped, nothing wider than the page."""
        # A form was sent perhaps: between two pages there is one without anything.
        self.page.wait_for_load_state()
        self.page.locator("h1").first.wait_for()
        if PICTURES:
            Path(PICTURES).mkdir(parents=True, exist_ok=True)
            self.page.screenshot(path=f"{PICTURES}/{name}-{self.look}.png", full_page=True)
        told = self._faults()
        if told:  # of the page before, as it went? A fault of the page itself is there again
            self.page.wait_for_timeout(1000)
            told = self._faults()
        assert told == [], name
        assert self.refused == [], name
        wide = self.page.evaluate(
            "document.documentElement.scrollWidth - document.documentElement.clientWidth"
        )
        assert wide <= 0, f"{name} is {wide} pixels wider than the window"


AXE = ROOT / "build" / "pages" / "axe.min.js"


@pytest.fixture(params=[("light", 1280), ("dark", 1280), ("light", 360), ("dark", 360)], ids=str)
def reader(
    request: pytest.FixtureRequest, browser: object, live_server: object
) -> Iterator[Reader]:
    """Light and dark, on a desk and on a phone."""
    scheme, width = request.param
    if not AXE.is_file():
        pytest.skip("absent: pages, axe was not fetched (python tools/fetch_pages.py)")
    made = Reader(browser, live_server.url, scheme, width)  # type: ignore[attr-defined]
    yield made
    made.page.context.close()
