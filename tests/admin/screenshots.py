"""Pictures of the real pages.

python -m tests.admin.screenshots              those of the README and of docs/admin.md
python -m tests.admin.screenshots DIRECTORY    every page, at three widths, light and dark, to be looked at
"""

import json
import os
import shutil
import sys
import tempfile
from collections.abc import Callable, Iterator
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import TYPE_CHECKING

import django
import httpx
from playwright.sync_api import sync_playwright

from llm_providers.providers import PROVIDERS
from refactor_site.env_file import fresh_environment
from tests.admin.conftest import PASSWORD, log_in
from tests.admin.pages import ADD, CONFIGS, EVENTS, GROUPS, HOME, LOGIN, MACHINES, USERS, add, change
from tests.chromium import ARGUMENTS, NAMES
from tests.live import ROOT, LiveServer

if TYPE_CHECKING:
    from playwright.sync_api import Browser, BrowserContext, FilePayload, Page

IMAGES = ROOT / "docs" / "images"
WIDTHS = (375, 1280, 1440)
PEOPLE = f"""
from django.contrib.auth.models import Group, User
for name, superuser in (("grace", True), ("ada", False), ("linus", False)):
    user = User.objects.create_user(name, f"{{name}}@example.com", {PASSWORD!r}, is_staff=True, is_superuser=superuser)
User.objects.get(username="ada").groups.add(Group.objects.get(name="LLM provider administrators"))
User.objects.get(username="linus").groups.add(Group.objects.get(name="LLM provider consumers"))
print(User.objects.get(username="ada").pk, Group.objects.get(name="LLM provider auditors").pk)
"""

MACHINE = {
    "name": "billing",
    "description": "Invoices nightly",
    "owner": "ml-platform",
    "permissions": ["use"],
    "providers": ["openai", "azure"],
    "identities": [
        {
            "issuer": "https://token.actions.githubusercontent.com",
            "audience": "llm-providers",
            "subject": "repo:acme/billing:environment:production",
            "claims": {"repository_owner_id": "123456"},
        }
    ],
}


def main() -> None:
    with tempfile.TemporaryDirectory() as directory:
        database = f"sqlite:///{directory}/screenshots.sqlite3"
        os.environ |= {
            **fresh_environment(),
            "ENV_FILE": os.devnull,
            "DJANGO_SETTINGS_MODULE": "refactor_site.settings",
            "DATABASE_URL": database,
        }
        django.setup()
        server = LiveServer(Path(directory), LLM_PROVIDERS_DELIVERY="true")
        server.start()
        try:
            shoot(server)
        finally:
            server.stop()


def shoot(server: LiveServer) -> None:
    user, group = server.manage("shell", "--verbosity=0", "--command", PEOPLE).split()
    headers = {"Authorization": f"Bearer {server.token('grace')}"}
    for slug in ("openai", "anthropic", "google-vertex", "amazon-bedrock"):
        body = {"provider": slug, "credentials": PROVIDERS.get(slug).example, "enabled": slug != "anthropic"}
        httpx.post(f"{server.url}/v1/llm-providers", json=body, headers=headers).raise_for_status()
    httpx.post(f"{server.url}/v1/machines", json=MACHINE, headers=headers).raise_for_status()
    for days in (5, 90):
        address = f"{server.url}/v1/machine/billing/keys"
        httpx.post(address, json={"expires_in_days": days}, headers=headers).raise_for_status()
    rotate(f"{server.url}/v1/llm-provider/openai", headers)
    executable = next(filter(None, map(shutil.which, NAMES)))
    with (
        sync_playwright() as playwright,
        playwright.chromium.launch(executable_path=executable, args=ARGUMENTS) as browser,
    ):
        if len(sys.argv) == 1:
            for_the_readme(login(browser, server, "grace"), server)
        else:
            to_be_looked_at(browser, server, Path(sys.argv[1]), int(user), int(group))


def rotate(address: str, headers: dict[str, str]) -> None:
    """Of three replicas two hold the new key; it expires soon."""

    def fetch(*replicas: str) -> None:
        for replica in replicas:
            asking = {**headers, "X-Consumer-Instance": replica}
            httpx.get(f"{address}/credentials", headers=asking).raise_for_status()

    fetch("chat-1", "chat-2", "chat-3")
    new = {"credentials": {"api_key": PROVIDERS.get("openai").second_example["api_key"]}}
    httpx.patch(address, json=new, headers=headers).raise_for_status()
    policy = {"owner": "ml-platform", "expires_at": (datetime.now(UTC) + timedelta(days=20)).isoformat()}
    httpx.patch(f"{address}/rotation", json=policy, headers=headers).raise_for_status()
    fetch("chat-1", "chat-2")


def login(browser: "Browser", server: LiveServer, username: str) -> "BrowserContext":
    context = browser.new_context(viewport={"width": 1280, "height": 720})
    log_in(context.new_page(), server, username)
    return context


def for_the_readme(context: "BrowserContext", server: LiveServer) -> None:
    page = context.new_page()
    for name, path in (("admin-list", CONFIGS), ("admin-azure", add("azure"))):
        page.goto(server.url + path)
        page.wait_for_load_state("networkidle")
        page.screenshot(path=IMAGES / f"{name}.png")
    [[openai]] = server.query("SELECT id FROM llm_providers_llmproviderconfig WHERE provider = 'openai'")
    page.goto(server.url + change(openai))
    page.locator(".rotation").screenshot(path=IMAGES / "admin-rotation.png")


Steps = Callable[["Page"], None]


def nothing(_page: "Page") -> None:
    pass


def submit(page: "Page") -> None:
    page.locator("form.credentials button[type=submit]").click()


def choose(page: "Page", content: str) -> None:
    file: FilePayload = {"name": "key.json", "mimeType": "application/json", "buffer": content.encode()}
    page.locator("input[type=file]").set_input_files(file)


def choose_key(page: "Page") -> None:
    choose(page, json.dumps(PROVIDERS.get("google-vertex").example["service_account"]))


def choose_another(page: "Page") -> None:
    choose(page, "no key")


def add_nothing(page: "Page") -> None:
    page.get_by_role("button", name="Add machine").click()


def issue_key(page: "Page") -> None:
    page.get_by_role("button", name="Issue a key").click()
    page.get_by_text("I have kept it").or_(page.get_by_text("This machine has 10 keys")).first.wait_for()


def last_way(page: "Page") -> None:
    page.get_by_role("radio").last.check()


def wrong(page: "Page") -> None:
    page.get_by_label("Username").fill("nobody")
    page.get_by_label("Password").fill("wrong")
    page.get_by_role("button", name="Log in").click()


def lock_out(page: "Page") -> None:
    for _ in range(5):
        wrong(page)
        if page.get_by_label("Username").count() == 0:
            return


def open_rotation(page: "Page") -> None:
    for summary in page.locator(".rotation summary").all():
        summary.click()


def pages(server: LiveServer, user: int, group: int) -> Iterator[tuple[str, str | None, str, Steps]]:
    """(name, who, address, what is done there) of each page."""
    rows = server.query("SELECT id, provider FROM llm_providers_llmproviderconfig")
    key = {slug: pk for pk, slug in rows}
    machine = server.query("SELECT max(id) FROM llm_providers_machine")[0][0]
    event = server.query("SELECT max(id) FROM llm_providers_auditevent")[0][0]

    def wrong_once(page: "Page") -> None:
        server.manage("unlock_login", "nobody")  # as earlier pictures left it
        wrong(page)

    yield "login", None, LOGIN, nothing
    yield "login-wrong", None, LOGIN, wrong_once
    yield "home", "grace", HOME, nothing
    yield "home-consumer", "linus", HOME, nothing
    yield "list", "grace", CONFIGS, nothing
    yield "list-administrator", "ada", CONFIGS, nothing
    yield "choose", "grace", ADD, nothing
    yield "add-vertex", "grace", add("google-vertex"), nothing
    yield "add-azure", "grace", add("azure"), nothing
    yield "add-azure-errors", "grace", add("azure"), submit
    yield "add-azure-entra", "grace", add("azure"), last_way
    yield "change-vertex-way", "grace", change(key["google-vertex"]), last_way
    yield "change-vertex", "grace", change(key["google-vertex"]), nothing
    yield "change-vertex-file", "grace", change(key["google-vertex"]), choose_key
    yield "change-vertex-no-key", "grace", change(key["google-vertex"]), choose_another
    yield "rotation", "grace", change(key["openai"]), nothing
    yield "rotation-forms", "grace", change(key["openai"]), open_rotation
    yield "rotation-retire", "grace", f"{CONFIGS}{key['openai']}/retire/", nothing
    yield "rotation-key-file", "grace", change(key["google-vertex"]), open_rotation
    yield "disable", "grace", f"{CONFIGS}{key['openai']}/switch/?to=off", nothing
    yield "delete", "grace", f"{CONFIGS}{key['openai']}/delete/", nothing
    yield "history", "grace", f"{CONFIGS}{key['google-vertex']}/history/", nothing
    yield "machines", "grace", MACHINES, nothing
    yield "machine", "grace", f"{MACHINES}{machine}/change/", nothing
    yield "machine-add", "grace", f"{MACHINES}add/", nothing
    yield "machine-add-errors", "grace", f"{MACHINES}add/", add_nothing
    yield "machine-key", "grace", f"{MACHINES}{machine}/change/", issue_key
    yield "machine-delete", "grace", f"{MACHINES}{machine}/delete/", nothing
    yield "events", "grace", EVENTS, nothing
    yield "event", "grace", f"{EVENTS}{event}/change/", nothing
    yield "users", "grace", USERS, nothing
    yield "user", "grace", f"{USERS}{user}/change/", nothing
    yield "user-add", "grace", f"{USERS}add/", nothing
    yield "user-password", "grace", f"{USERS}{user}/password/", nothing
    yield "groups", "grace", GROUPS, nothing
    yield "group", "grace", f"{GROUPS}{group}/change/", nothing
    yield "own-password", "grace", "/admin/password_change/", nothing
    yield "bad-address", "grace", f"{EVENTS}?actor__regex=x", nothing
    yield "docs", None, "/docs", nothing
    yield "redoc", None, "/redoc", nothing
    yield "locked-out", None, LOGIN, lock_out


def to_be_looked_at(browser: "Browser", server: LiveServer, directory: Path, user: int, group: int) -> None:
    directory.mkdir(parents=True, exist_ok=True)
    states = {name: login(browser, server, name).storage_state() for name in ("grace", "ada", "linus")}
    found = list(pages(server, user, group))
    only = sys.argv[2:]
    for scheme in ("light", "dark"):
        for width in WIDTHS:
            for name, who, path, steps in found:
                if only and name not in only:
                    continue
                with browser.new_context(
                    storage_state=states[who] if who else None,
                    color_scheme=scheme,
                    viewport={"width": width, "height": 900},
                ) as context:
                    page = context.new_page()
                    page.goto(server.url + path)
                    steps(page)
                    page.wait_for_load_state("networkidle")
                    page.screenshot(path=directory / f"{name}-{width}-{scheme}.png", full_page=True)


if __name__ == "__main__":
    os.environ.setdefault("DJANGO_SETTINGS_MODULE", "refactor_site.settings")
    main()
