"""The rotation of a key as people do it: in a real browser, with a provider on loopback that refuses bad keys."""

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from datetime import UTC, datetime, timedelta
from typing import TYPE_CHECKING, Any

import pytest

from llm_providers.providers import PROVIDERS
from tests.admin.conftest import Visitor, set_people_up
from tests.admin.pages import CONFIGS, HOME, change
from tests.admin.test_browser import key_of, stored
from tests.live import LiveServer
from tests.verification.certificates import Authority
from tests.verification.https_server import HTTPSServer, Received, Reply

if TYPE_CHECKING:
    import httpx
    from playwright.sync_api import Locator, Page

pytestmark = pytest.mark.once

OLD, NEW, BAD = "sk-ant-old", "sk-ant-new", "sk-ant-bad"
OTHER_LOOKS = [("light", 375), ("light", 1280), ("dark", 1280), ("light", 1440), ("dark", 1440)]
CARD = "/llm-provider/anthropic"
Visit = Callable[..., Visitor]


def anthropic(request: Received) -> Reply:
    if request.headers.get("x-api-key") not in (OLD, NEW):
        return Reply(401, {"type": "error", "error": {"type": "authentication_error", "message": "invalid x-api-key"}})
    return Reply(200, {"data": [{"type": "model", "id": "claude-5", "display_name": "Claude 5"}], "has_more": False})


@pytest.fixture(scope="session")
def server(tmp_path_factory: pytest.TempPathFactory) -> Iterator[LiveServer]:
    """A server of its own, for which Anthropic is on loopback, and which hands out credentials."""
    authority = Authority(tmp_path_factory.mktemp("authority"))
    with HTTPSServer(authority.issue("127.0.0.1"), anthropic) as provider:
        live = LiveServer(
            tmp_path_factory.mktemp("server"),
            LLM_PROVIDERS_DELIVERY="true",
            LLM_PROVIDERS_ORIGINS=f"anthropic=https://127.0.0.1:{provider.port}",
            LLM_PROVIDERS_OUTBOUND_ALLOW="127.0.0.0/8",
            LLM_PROVIDERS_OUTBOUND_CA_FILE=str(authority.file),
        )
        live.start()
        yield live
        live.stop()


@pytest.fixture(scope="session")
def people(server: LiveServer) -> None:
    set_people_up(server)


@pytest.fixture
def configured(http: "httpx.Client") -> "httpx.Client":
    """Anthropic has its old key, which two replicas hold."""
    body = {"provider": "anthropic", "credentials": {"api_key": OLD}}
    assert http.post("/llm-providers", json=body).status_code == 200
    fetch(http, "replica-1", "replica-2")
    return http


def fetch(http: "httpx.Client", *instances: str) -> None:
    for instance in instances:
        assert http.get(f"{CARD}/credentials", headers={"X-Consumer-Instance": instance}).status_code == 200


def state(http: "httpx.Client") -> tuple[int, Any, Any]:
    """The current version, the one that is kept, and whether the old key may be revoked."""
    body = http.get(f"{CARD}/rotation").json()
    return body["version"], body["previous"] and body["previous"]["version"], body["safe_to_revoke"]


def steps(page: "Page") -> list[str]:
    return [str(step.get_attribute("class")).removeprefix("step step-") for step in page.locator(".step").all()]


def new_key(page: "Page") -> "Locator":
    return page.locator('[name="new-credentials.api_key"]')


def test_a_key_is_rotated_by_mouse(visit: Visit, server: LiveServer, configured: "httpx.Client") -> None:
    soon = (datetime.now(UTC) + timedelta(days=3)).isoformat()
    policy = {"owner": "ml-platform", "expires_at": soon}
    assert configured.patch(f"{CARD}/rotation", json=policy).status_code == 200
    visitor = visit(viewport={"width": 1280, "height": 900})
    visitor.page.clock.install()
    page = visitor.go(HOME)
    page.get_by_role("region", name="Keys to rotate").get_by_role("link", name="Anthropic").click()
    assert steps(page) == ["now", "todo", "todo", "todo", "todo"]
    provider = page.locator("#step-make").get_by_role("link")
    assert provider.get_attribute("href") == PROVIDERS.get("anthropic").keys_url

    page.get_by_text("Paste the new key…").click()
    assert page.locator('[name="new-verify_first"]').is_checked()
    new_key(page).fill(BAD)
    page.get_by_role("button", name="Rotate", exact=True).click()
    page.get_by_text("Anthropic refused this key.").wait_for()
    page.locator("[role=alert]:focus").wait_for()
    assert new_key(page).input_value() == ""
    assert stored(server, "anthropic") == {"api_key": OLD}

    new_key(page).fill(NEW)
    page.get_by_role("button", name="Rotate", exact=True).click()
    page.get_by_text("The key of Anthropic is rotated").wait_for()
    assert stored(server, "anthropic") == {"api_key": NEW}
    page.get_by_text("2 of 2 consumers do not hold version 2").wait_for()
    assert steps(page) == ["done", "done", "now", "todo", "todo"]
    assert page.get_by_text("no date is set").count() == 1  # the old key's day is gone with it

    fetch(configured, "replica-1")  # and the page, left alone, tells
    page.clock.fast_forward(15_000)
    page.get_by_text("1 of 2 consumers does not hold version 2: admin (replica-2).").wait_for()
    fetch(configured, "replica-2")
    page.clock.fast_forward(15_000)
    page.get_by_text("The old key may be revoked: all 2 consumers hold version 2.").wait_for()
    page.get_by_role("status").filter(has_text="A rotation is under way: the old key may be revoked.").wait_for()
    assert steps(page) == ["done", "done", "done", "now", "now"]
    assert page.get_by_role("link", name="Revoke it there").is_visible()

    page.get_by_role("link", name="Retire version 1…").click()
    page.get_by_role("link", name="Keep it for now").click()
    assert state(configured) == (2, 1, True)
    page.get_by_role("link", name="Retire version 1…").click()
    page.get_by_role("button", name="Retire version 1 for good").click()
    page.get_by_text("The key of Anthropic that was kept is forgotten.").wait_for()
    assert steps(page) == ["now", "todo", "todo", "todo", "todo"]
    assert state(configured) == (2, None, True)
    everything = page.content() + server.log_text()
    assert [key for key in (OLD, NEW, BAD) if key in everything] == []


def reach(page: "Page", target: "Locator") -> None:
    """Press Tab until it is there, and see where it is."""
    for _ in range(80):
        page.keyboard.press("Tab")
        if target.evaluate("element => element === document.activeElement"):
            assert target.evaluate("element => getComputedStyle(element).outlineStyle") == "solid"
            return
    raise AssertionError("The keyboard does not get there.")


def test_a_key_is_rotated_and_undone_by_keyboard(visit: Visit, server: LiveServer, configured: "httpx.Client") -> None:
    page = visit(viewport={"width": 1280, "height": 900}).go(change(key_of(server, "anthropic")))

    def press(key: str, target: "Locator") -> None:
        reach(page, target)
        page.keyboard.press(key)

    press("Enter", page.locator("#step-paste summary"))
    reach(page, new_key(page))
    page.keyboard.type(NEW)
    press("Enter", page.get_by_role("button", name="Rotate", exact=True))
    page.get_by_text("The key of Anthropic is rotated").wait_for()
    assert (stored(server, "anthropic"), state(configured)) == ({"api_key": NEW}, (2, 1, False))

    press("Space", page.get_by_role("button", name="Undo: bring version 1 back"))
    page.get_by_text("Undone: the key of Anthropic from before is current again, as version 3.").wait_for()
    assert (stored(server, "anthropic"), state(configured)) == ({"api_key": OLD}, (3, 2, False))

    press("Space", page.locator("#step-paste summary"))
    reach(page, new_key(page))
    page.keyboard.type(NEW)
    press("Space", page.locator('[name="new-forget"]'))
    page.keyboard.press("Enter")
    page.get_by_text("The key of Anthropic is rotated").wait_for()
    assert (stored(server, "anthropic"), state(configured)) == ({"api_key": NEW}, (4, None, False))

    press("Enter", page.get_by_text("Change owner and dates…"))
    reach(page, page.get_by_label("Owner"))
    page.keyboard.type("ml-platform")
    reach(page, page.get_by_label("Rotate every so many days"))
    page.keyboard.type("90")
    page.keyboard.press("Enter")
    page.get_by_text("Owner and dates of the key of Anthropic are stored.").wait_for()
    assert configured.get(f"{CARD}/rotation").json()["owner"] == "ml-platform"

    assert configured.patch(CARD, json={"credentials": {"api_key": OLD}}).status_code == 200
    page.reload()
    press("Enter", page.get_by_role("link", name="Retire version 4…"))
    press("Enter", page.get_by_role("button", name="Retire version 4 for good"))
    page.get_by_text("The key of Anthropic that was kept is forgotten.").wait_for()
    assert state(configured) == (5, None, False)


@pytest.mark.parametrize("script", [True, pytest.param(False, marks=pytest.mark.torture)], ids=["script", "no-script"])
def test_neither_a_double_click_nor_a_second_tab_brings_the_bad_key_back(
    visit: Visit, server: LiveServer, configured: "httpx.Client", script: bool
) -> None:
    assert configured.patch(CARD, json={"credentials": {"api_key": BAD}}).status_code == 200
    first, second = visit(java_script_enabled=script), visit("grace", java_script_enabled=script)
    for visitor in (first, second):
        visitor.go(change(key_of(server, "anthropic")))
    undo = "Undo: bring version 1 back"
    first.page.get_by_role("button", name=undo).dblclick()
    first.page.get_by_role("button", name="Bring version 2 back").wait_for()
    assert stored(server, "anthropic") == {"api_key": OLD}
    second.page.get_by_role("button", name=undo).click()
    second.page.get_by_text("Nothing was done now: admin changed Anthropic at").wait_for()
    assert (stored(server, "anthropic"), state(configured)) == ({"api_key": OLD}, (3, 2, False))


def test_all_of_it_works_without_a_script(visit: Visit, server: LiveServer, configured: "httpx.Client") -> None:
    page = visit(java_script_enabled=False).go(change(key_of(server, "anthropic")))
    page.get_by_text("Paste the new key…").click()
    new_key(page).fill(NEW)
    page.get_by_label("The new key expires on").fill("2099-01-31")
    page.get_by_role("button", name="Rotate", exact=True).click()
    page.get_by_text("The key of Anthropic is rotated").wait_for()
    page.get_by_text("2099-01-31 00:00 UTC").wait_for()
    page.get_by_text("Change owner and dates…").click()
    page.get_by_label("Rotate every so many days").fill("90")
    page.get_by_role("button", name="Save owner and dates").click()
    page.get_by_text("every 90 days").wait_for()
    page.get_by_role("link", name="Retire version 1…").click()
    page.get_by_role("button", name="Retire version 1 for good").click()
    page.get_by_text("is forgotten").wait_for()
    assert (stored(server, "anthropic"), state(configured)) == ({"api_key": NEW}, (2, None, False))


@pytest.mark.parametrize(
    ("theme", "width"),
    [("dark", 375), *(pytest.param(*other, marks=pytest.mark.torture) for other in OTHER_LOOKS)],
)
def test_the_card_is_for_everybody(
    visit: Visit, server: LiveServer, configured: "httpx.Client", theme: str, width: int
) -> None:
    """In each of its states axe-core finds nothing serious, and nothing is wider than the window."""
    axe = pytest.importorskip("axe_playwright_python.sync_playwright").Axe()
    page = visit(color_scheme=theme, viewport={"width": width, "height": 900}).page
    path = change(key_of(server, "anthropic"))
    findings: list[tuple[str, str, str]] = []

    @contextmanager
    def look(name: str, at: str = path) -> Iterator[None]:
        page.goto(server.url + at)
        yield
        found = [each for each in axe.run(page).response["violations"] if each["impact"] in ("serious", "critical")]
        findings.extend((name, each["id"], each["nodes"][0]["html"]) for each in found)
        if page.evaluate("document.documentElement.scrollWidth > window.innerWidth"):
            findings.append((name, "too wide", ""))

    with look("idle"):
        for summary in page.locator(".rotation summary").all():
            summary.click()
    with look("refused"):
        page.get_by_text("Paste the new key…").click()
        page.get_by_role("button", name="Rotate", exact=True).click()
        page.get_by_role("alert").wait_for()
    assert configured.patch(CARD, json={"credentials": {"api_key": NEW}}).status_code == 200
    fetch(configured, "replica-1")
    with look("waiting"):
        page.get_by_text("1 of 2 consumers").first.wait_for()
    with look("retire", f"{CONFIGS}{key_of(server, 'anthropic')}/retire/"):
        pass
    fetch(configured, "replica-2")
    policy = {"expires_at": datetime.now(UTC).isoformat(), "owner": "ml-platform"}
    assert configured.patch(f"{CARD}/rotation", json=policy).status_code == 200
    with look("ready"):
        page.get_by_text("may be revoked: all").wait_for()
    with look("home", HOME), look("list", CONFIGS):
        pass
    assert configured.post(f"{CARD}/rotation/undo").status_code == 200
    with look("undone"):
        page.get_by_text("undid the rotation").wait_for()
    assert findings == []
