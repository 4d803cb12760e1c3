"""Verifying as a person does it, in a real browser, with a provider on loopback that may be hostile."""

import re
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import TYPE_CHECKING, Any

import pytest

from tests.admin.conftest import Visitor, set_people_up
from tests.admin.pages import CONFIGS, HOME, change
from tests.admin.test_browser import enter, key_of, stored
from tests.live import LiveServer
from tests.verification.certificates import Authority
from tests.verification.conftest import authority, loopback  # noqa: F401  (fixtures)
from tests.verification.https_server import HTTPSServer, Received, Reply
from tests.verification.service import asks_on_loopback

if TYPE_CHECKING:
    from playwright.sync_api import Page

pytestmark = pytest.mark.once

Visit = Callable[..., Visitor]
REFUSAL = "Anthropic refused this key. Make a new one, and enter it whole."
MODELS = [{"id": "claude-opus", "display_name": "Claude Opus"}, {"id": "claude-haiku", "display_name": "Claude Haiku"}]
ECHO = [{"id": "sk-ant-canary-canary", "display_name": "<script>alert(1)</script>"}]


class Anthropic:
    """Takes one key; ``down`` is a trouble of its own."""

    def __init__(self) -> None:
        self.key, self.down = "sk-ant-canary-canary", False

    def __call__(self, request: Received) -> Reply:
        if self.down:
            return Reply(503, {"error": {"message": f"no {request.headers['x-api-key']}"}})
        if request.headers.get("x-api-key") != self.key:
            return Reply(401, {"error": {"type": "authentication_error", "message": request.headers["x-api-key"]}})
        return Reply(200, {"data": MODELS + ECHO, "has_more": False})


@pytest.fixture(scope="session")
def provider_server(loopback: Path) -> Iterator[HTTPSServer]:  # noqa: F811
    with HTTPSServer(loopback, Anthropic()) as listening:
        yield listening


@pytest.fixture(scope="session")
def server(
    tmp_path_factory: pytest.TempPathFactory,
    authority: Authority,  # noqa: F811
    provider_server: HTTPSServer,
) -> Iterator[LiveServer]:
    """A server of this module's own, which asks the provider on loopback."""
    environment = asks_on_loopback(authority, provider_server.port)
    live = LiveServer(tmp_path_factory.mktemp("verifying"), WORKERS="1", **environment)
    live.start()
    yield live
    live.stop()


@pytest.fixture(scope="session")
def people(server: LiveServer) -> None:
    set_people_up(server)


@pytest.fixture
def anthropic(server: LiveServer, provider_server: HTTPSServer) -> Anthropic:
    server.clear()
    provider_server.received.clear()
    provider_server.answer = answering = Anthropic()
    return answering


def badge(page: "Page") -> Any:
    """What is said of the last verification, in the list, on the home page or on the form."""
    return page.locator("#result_list .badge, .card .badge, .verification .badge").filter(
        has_text=re.compile("verified|just now", re.IGNORECASE)
    )


def assert_badge(page: "Page", text: str, kind: str) -> None:
    badge(page).filter(has_text=text).wait_for()
    assert badge(page).count() == 1
    assert f"badge-{kind}" in (badge(page).get_attribute("class") or "").split()


def card(page: "Page") -> Any:
    return page.locator(".card").filter(has=page.get_by_role("heading", name="Anthropic"))


def add_key(visitor: Visitor, key: str, *, verify: bool) -> "Page":
    page = visitor.go(HOME)
    page.get_by_role("link", name="Add credentials (Anthropic)").click()
    enter(visitor, "api_key", key)
    page.get_by_label("Verify before saving").set_checked(verify)
    return visitor.save()


def test_a_key_is_verified_before_it_is_saved_and_again_from_each_page(
    visit: Visit, server: LiveServer, anthropic: Anthropic, provider_server: HTTPSServer
) -> None:
    visitor = visit()
    page = add_key(visitor, "sk-ant-mistyped-key", verify=True)
    page.get_by_role("alert").filter(has_text="Nothing was saved.").wait_for()
    page.locator(".errors").filter(has_text=REFUSAL).wait_for()
    assert "mistyped" not in page.content()
    assert server.query("SELECT count(*) FROM llm_providers_llmproviderconfig") == [(0,)]
    assert page.get_by_label("Verify before saving").is_checked()
    enter(visitor, "api_key", anthropic.key)
    visitor.save()
    page.get_by_text("Anthropic is stored.").wait_for()
    assert_badge(page, "Valid, just now", "on")

    anthropic.key = "sk-ant-revoked-the-old-one"
    page.get_by_role("button", name="Verify Anthropic").click()
    page.get_by_text(f"Anthropic: invalid. {REFUSAL}").wait_for()
    assert_badge(page, "Invalid, just now", "bad")

    anthropic.down = True
    page = visitor.go(HOME)
    card(page).get_by_role("button", name="Verify Anthropic").click()
    page.get_by_text("Anthropic: unreachable. Anthropic has trouble of its own. Try again later.").wait_for()
    assert_badge(page, "Unreachable, just now", "off")
    assert page.url == server.url + HOME

    anthropic.down = False
    card(page).get_by_role("link", name="Change (Anthropic)").click()
    enter(visitor, "api_key", anthropic.key)
    visitor.save()
    asked = len(provider_server.received)
    assert_badge(page, "Not verified since the key changed", "none")
    page.get_by_role("link", name="Anthropic", exact=True).click()
    page.get_by_role("button", name="Verify", exact=True).click()
    page.get_by_text("Anthropic: valid. Anthropic accepts these credentials.").wait_for()
    assert_badge(page, "Valid, just now", "on")
    page.get_by_text("last verified just now: valid").wait_for()
    assert len(provider_server.received) == asked + 1
    assert stored(server, "anthropic") == {"api_key": anthropic.key}
    assert page.url == server.url + change(key_of(server, "anthropic"))


def test_models_are_looked_through_and_a_provider_that_lists_none_is_told(
    visit: Visit, server: LiveServer, anthropic: Anthropic
) -> None:
    page = add_key(visit(), anthropic.key, verify=False)
    page.get_by_role("link", name="Anthropic", exact=True).click()
    page.get_by_role("link", name="Models").click()
    page.get_by_text("2 of 2 models, as Anthropic told on").wait_for()
    page.get_by_label("Search models").fill("OPUS")
    page.get_by_role("button", name="Search", exact=True).click()
    page.get_by_text("1 of 2 models").wait_for()
    assert page.locator("dl.shown dt").all_inner_texts() == ["claude-opus"]
    assert page.get_by_role("link", name="Models").get_attribute("aria-current") == "page"
    anthropic.down = True
    page.get_by_role("link", name="Credentials").click()
    page.get_by_label("Enabled").uncheck()
    page.get_by_role("button", name="Save changes").click()
    page.get_by_role("link", name="Anthropic", exact=True).click()
    page.get_by_role("link", name="Models").click()
    page.get_by_role("alert").filter(has_text="The models could not be listed. Anthropic has trouble").wait_for()
    assert "canary" not in page.content()


def tab_to(page: "Page", what: Any) -> None:
    for _press in range(80):
        page.keyboard.press("Tab")
        if what.evaluate("element => element === document.activeElement"):
            return
    raise AssertionError("It is not reached with the Tab key.")


def test_everything_about_verifying_works_by_keyboard(
    visit: Visit, server: LiveServer, anthropic: Anthropic, provider_server: HTTPSServer
) -> None:
    page = visit(viewport={"width": 1280, "height": 900}).go(HOME)
    tab_to(page, page.get_by_role("link", name="Add credentials (Anthropic)"))
    page.keyboard.press("Enter")
    tab_to(page, page.locator('[name="credentials.api_key"]'))
    page.keyboard.type("sk-ant-mistyped-key")
    tab_to(page, page.get_by_label("Verify before saving"))
    page.keyboard.press("Space")
    tab_to(page, page.get_by_role("button", name="Store credentials"))
    page.keyboard.press("Enter")
    page.locator(".errors").filter(has_text=REFUSAL).wait_for()
    assert page.evaluate("document.activeElement.getAttribute('role')") == "alert"
    tab_to(page, page.locator('[name="credentials.api_key"]'))
    page.keyboard.type(anthropic.key)
    with page.expect_navigation():
        page.keyboard.press("Enter")  # what is to be verified first is ticked still
    assert_badge(page, "Valid, just now", "on")

    anthropic.key = "sk-ant-revoked-the-old-one"
    tab_to(page, page.get_by_role("button", name="Verify Anthropic"))
    page.keyboard.press("Space")
    page.get_by_text(f"Anthropic: invalid. {REFUSAL}").wait_for()
    assert_badge(page, "Invalid, just now", "bad")
    tab_to(page, page.get_by_role("link", name="Anthropic", exact=True))
    page.keyboard.press("Enter")
    tab_to(page, page.get_by_role("link", name="Models"))
    page.keyboard.press("Enter")
    page.get_by_role("alert").filter(has_text=f"The models could not be listed. {REFUSAL}").wait_for()
    anthropic.key = stored(server, "anthropic")["api_key"]
    tab_to(page, page.get_by_role("link", name="Credentials"))
    page.keyboard.press("Enter")
    tab_to(page, page.get_by_role("button", name="Verify", exact=True))
    page.keyboard.press("Enter")
    page.get_by_text("Anthropic: valid. Anthropic accepts these credentials.").wait_for()
    tab_to(page, page.get_by_role("link", name="Models"))
    page.keyboard.press("Enter")
    tab_to(page, page.get_by_label("Search models"))
    page.keyboard.type("haiku")
    page.keyboard.press("Enter")
    page.get_by_text("1 of 2 models").wait_for()


def test_who_may_only_view_sees_the_outcome_and_no_button(
    visit: Visit, server: LiveServer, anthropic: Anthropic
) -> None:
    add_key(visit(), anthropic.key, verify=True)
    visitor = visit("viewer")
    for path in (HOME, CONFIGS, change(key_of(server, "anthropic"))):
        page = visitor.go(path)
        assert_badge(page, "Valid, just now", "on")
        assert page.get_by_role("button", name=re.compile("Verify")).count() == 0


@pytest.mark.parametrize(("theme", "width"), [("light", 375), pytest.param("dark", 1280, marks=pytest.mark.torture)])
def test_the_pages_about_verifying_are_for_everybody(
    visit: Visit, server: LiveServer, anthropic: Anthropic, theme: str, width: int
) -> None:
    axe = pytest.importorskip("axe_playwright_python.sync_playwright").Axe()
    visitor = visit(color_scheme=theme, viewport={"width": width, "height": 900})
    page = add_key(visitor, anthropic.key, verify=False)
    key = key_of(server, "anthropic")
    grave: list[tuple[str, str, str]] = []
    too_wide: list[str] = []

    def look() -> None:
        found = axe.run(page).response["violations"]
        grave.extend(
            (page.url, each["id"], each["nodes"][0]["html"])
            for each in found
            if each["impact"] in ("serious", "critical")
        )
        if page.evaluate("document.documentElement.scrollWidth > window.innerWidth"):
            too_wide.append(page.url)

    visitor.go(f"{CONFIGS}{key}/models/")
    look()
    for working in (True, False):
        anthropic.key = "sk-ant-canary-canary" if working else ""
        visitor.go(change(key)).get_by_role("button", name="Verify", exact=True).click()
        page.get_by_text("Anthropic: valid" if working else "Anthropic: invalid").wait_for()
        for path in (change(key), HOME, CONFIGS):
            visitor.go(path)
            look()
    assert (grave, too_wide) == ([], [])
