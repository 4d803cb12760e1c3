"""A machine from its first page to its last, in a real browser, in the order in which a person goes."""

import json
import re
from collections.abc import Callable
from typing import TYPE_CHECKING

import pytest

from llm_providers import machine_keys
from tests.admin.conftest import Visitor
from tests.admin.pages import EVENTS, HOME, MACHINES
from tests.admin.test_browser import everything_in
from tests.factories import found
from tests.live import LiveServer

if TYPE_CHECKING:
    import httpx
    from playwright.sync_api import Page

pytestmark = pytest.mark.once
Visit = Callable[..., Visitor]


def press(page: "Page", name: str) -> None:
    with page.expect_navigation():
        page.get_by_role("button", name=name).click()


def follow(page: "Page", name: str) -> None:
    with page.expect_navigation():
        page.get_by_role("link", name=name).click()


def add_billing(visitor: Visitor) -> "Page":
    page = visitor.go(HOME)
    page.get_by_role("link", name="Machines", exact=True).click()
    page.locator(f'a[href="{MACHINES}add/"]').first.click()
    page.get_by_label("Name").fill("billing")
    page.get_by_label("Owner").fill("ml-platform")
    page.get_by_label("use Fetch the credentials").check()
    page.get_by_label("OpenAI", exact=True).check()
    page.get_by_label("Anthropic", exact=True).check()
    press(page, "Add machine")
    page.get_by_text("The machine billing is stored.").wait_for()
    return page


def test_a_machine_is_made_given_a_key_narrowed_and_deleted(
    visit: Visit, server: LiveServer, http: "httpx.Client"
) -> None:
    visitor = visit(permissions=["clipboard-read", "clipboard-write"])
    page = add_billing(visitor)
    page.get_by_label("Good for").fill("30")
    press(page, "Issue a key")
    page.get_by_text("This is the only page that ever shows this key.").wait_for()
    key = machine_keys.parse(page.locator("#the-key").inner_text())

    page.get_by_role("button", name="Copy the key").click()
    page.get_by_role("status").filter(has_text="Copied.").wait_for()
    assert page.evaluate("navigator.clipboard.readText()") == key.text
    page.get_by_role("button", name="Copy the request").click()
    page.wait_for_function("navigator.clipboard.readText().then((text) => text.startsWith('curl'))")
    curl = page.evaluate("navigator.clipboard.readText()")
    path = "/v1/llm-provider/openai/credentials"
    assert curl == f"curl -sS -H 'Authorization: Bearer {key.text}' {server.url}{path}"

    sent = {"Authorization": f"Bearer {key.text}"}
    assert http.get("/llm-provider/openai/credentials", headers=sent).status_code == 403  # delivery is switched off

    follow(page, "I have kept it")
    assert "29 days left" in page.content()
    assert http.get("/machine/billing").json()["keys"][0]["id"] == key.id
    page.get_by_label("Anthropic", exact=True).uncheck()
    press(page, "Save changes")
    assert http.get("/machine/billing").json()["providers"] == ["openai"]
    page.get_by_label("All providers, those to come too").check()
    assert not page.get_by_label("OpenAI", exact=True).is_visible()
    press(page, "Save changes")
    assert http.get("/machine/billing").json()["providers"] is None

    page.get_by_text("Workloads that are let in without a key").click()
    page.get_by_label("Issuer").fill("https://token.actions.githubusercontent.com")
    page.get_by_label("Audience").fill("llm-providers")
    page.get_by_label("Subject").fill("repo:acme/billing:environment:*")
    page.get_by_label("Further claims").fill("repository_owner_id=123456")
    press(page, "Save changes")
    assert http.get("/machine/billing").json()["identities"] == [
        {
            "issuer": "https://token.actions.githubusercontent.com",
            "audience": "llm-providers",
            "subject": "repo:acme/billing:environment:*",
            "claims": {"repository_owner_id": "123456"},
        }
    ]

    follow(page, f"Revoke… {key.id}")
    press(page, "Revoke for good")
    page.get_by_text(f"The key {key.id} is revoked.").wait_for()
    assert http.get("/machine/billing").json()["keys"] == []
    assert http.get("/llm-provider/openai/credentials", headers=sent).status_code == 401
    follow(page, "Delete…")
    press(page, "Delete for good")
    page.get_by_text("The machine billing is deleted.").wait_for()
    assert http.get("/machine/billing").status_code == 404
    events = [each for each in http.get("/audit-events").json()["events"] if each["action"].startswith("machine")]
    assert {(event["actor"], event["source"]) for event in events} == {("admin", "admin")}
    assert [event["action"] for event in events] == [
        *("machine", "machine_key", "machine", "machine", "machine", "machine_key", "machine")
    ]


def test_a_key_stays_nowhere_but_on_its_page(visit: Visit, server: LiveServer, http: "httpx.Client") -> None:
    playwright = pytest.importorskip("playwright.sync_api")
    visitor = visit()
    page = add_billing(visitor)
    press(page, "Issue a key")
    key = machine_keys.parse(page.locator("#the-key").inner_text())
    seen = []
    follow(page, "I have kept it")
    seen.append(page.content())
    with pytest.raises(playwright.Error, match="ERR_CACHE_MISS"):  # as a person: a page that asks to send anew
        page.go_back()
    page.wait_for_url("chrome-error://chromewebdata/")
    seen += [visitor.go(path).content() for path in (HOME, MACHINES, EVENTS)]
    left = {
        "pages": "".join(seen),
        "addresses": " ".join(visitor.addresses),
        "browser": json.dumps(visitor.context.storage_state()),
        "session storage": page.evaluate("JSON.stringify(sessionStorage)"),
        "history": page.evaluate("JSON.stringify(history.state)") or "",
        "log": server.log_text(),
        "database": "\n".join(everything_in(server)),
    }
    half = len(key.secret) // 2
    assert [place for place, text in left.items() if found([key.secret[:half], key.secret[half:]], text)] == []
    assert len(http.get("/machine/billing").json()["keys"]) == 1


def test_a_page_with_a_key_that_is_loaded_anew_shows_none_and_issues_none(visit: Visit, http: "httpx.Client") -> None:
    page = add_billing(visit())
    press(page, "Issue a key")
    page.reload()
    page.get_by_text("No key was issued just now.").wait_for()
    assert not re.search(r"llmp_[a-z0-9]{12}_", page.content())
    assert len(http.get("/machine/billing").json()["keys"]) == 1


@pytest.mark.parametrize(("theme", "width"), [("light", 375), ("dark", 1280)])
def test_the_pages_of_machines_are_for_everybody(visit: Visit, http: "httpx.Client", theme: str, width: int) -> None:
    axe = pytest.importorskip("axe_playwright_python.sync_playwright").Axe()
    identity = {
        "issuer": "https://issuer.example",
        "audience": "llm-providers",
        "subject": "repo:acme/billing:ref:main",
    }
    body = {"name": "billing", "permissions": ["use"], "providers": None, "identities": [identity]}
    assert http.post("/machines", json=body).status_code == 200
    key = http.post("/machine/billing/keys", json={"expires_in_days": 1}).json()["id"]
    visitor = visit(color_scheme=theme, viewport={"width": width, "height": 900})
    findings: list[tuple[str, str, str]] = []
    too_wide: list[str] = []

    def look(name: str) -> None:
        violations = axe.run(visitor.page).response["violations"]
        grave = [violation for violation in violations if violation["impact"] in ("serious", "critical")]
        findings.extend((name, violation["id"], violation["nodes"][0]["html"]) for violation in grave)
        if visitor.page.evaluate("document.documentElement.scrollWidth > window.innerWidth"):
            too_wide.append(name)

    page = visitor.go(MACHINES)
    look("list")
    follow(page, "billing")
    look("machine")
    address = page.url.removesuffix("change/")
    press(page, "Issue a key")
    look("key")
    page.goto(f"{address}keys/{key}/revoke/")
    look("revoke")
    page.goto(f"{address}delete/")
    look("delete")
    visitor.go(f"{MACHINES}add/")
    press(page, "Add machine")
    look("errors")
    assert (findings, too_wide) == ([], [])
