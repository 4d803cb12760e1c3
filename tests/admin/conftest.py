"""A real browser on the running server."""

from collections.abc import Callable, Iterator
from typing import TYPE_CHECKING, Any

import pytest

from tests.admin.pages import HOME
from tests.live import LiveServer

if TYPE_CHECKING:
    import httpx
    from playwright.sync_api import Browser, BrowserContext, Page

PASSWORD = "a-password-for-tests"


@pytest.fixture(scope="session")
def people(server: LiveServer) -> None:
    join(server)


def join(server: LiveServer) -> None:
    """The superuser ``admin`` gets a password; a colleague who may do the same, and a viewer, join."""
    server.manage(
        "shell",
        "--verbosity=0",
        "--command",
        "from django.contrib.auth.models import Group, User\n"
        f"password = {PASSWORD!r}\n"
        "admin = User.objects.get(username='admin'); admin.set_password(password); admin.save()\n"
        "User.objects.create_superuser('grace', password=password)\n"
        "viewer = User.objects.create_user('viewer', password=password, is_staff=True)\n"
        "viewer.groups.add(Group.objects.get(name='LLM provider viewers'))\n",
    )


class Visitor:
    """Somebody's browser. What goes wrong in it is kept in ``complaints``, where it went in ``addresses``."""

    def __init__(self, context: "BrowserContext", origin: str) -> None:
        self.context = context
        self.origin = origin
        self.complaints: list[str] = []
        self.addresses: list[str] = []
        self.bodies: list[str] = []
        context.on("console", self._heard)
        context.on("weberror", lambda error: self.complaints.append(str(error.error)))
        context.on("request", lambda request: self.addresses.append(request.url))
        self.page: Page = context.new_page()

    def _heard(self, message: Any) -> None:
        if message.type in ("error", "warning"):
            self.complaints.append(message.text)

    def go(self, path: str) -> "Page":
        self.page.goto(self.origin + path)
        return self.page

    def save(self) -> "Page":
        with self.page.expect_navigation():
            self.page.locator("form.credentials button[type=submit]").click()
        return self.page

    def foreign_addresses(self) -> list[str]:
        return [url for url in self.addresses if not url.startswith((self.origin, "data:"))]


@pytest.fixture(scope="module")
def sessions() -> dict[str, Any]:
    """The logged-in state of each user, by name."""
    return {}


def log_in(page: "Page", server: LiveServer, username: str) -> None:
    """As a person does it, from the home page; all have the same password."""
    page.goto(server.url + HOME)
    page.get_by_label("Username").fill(username)
    page.get_by_label("Password").fill(PASSWORD)
    page.get_by_role("button", name="Log in").click()
    page.wait_for_url(server.url + HOME)


@pytest.fixture
def visit(
    browser: "Browser", server: LiveServer, people: None, sessions: dict[str, Any]
) -> Iterator[Callable[..., Visitor]]:
    """Opens a browser of its own for a user, logged in; None is nobody."""
    opened: list[Visitor] = []

    def visit(username: str | None = "admin", **options: Any) -> Visitor:
        if username and username not in sessions:
            with browser.new_context() as context:
                log_in(context.new_page(), server, username)
                sessions[username] = context.storage_state()
        context = browser.new_context(storage_state=sessions.get(username or ""), **options)
        opened.append(Visitor(context, server.url))
        return opened[-1]

    yield visit
    for visitor in opened:
        visitor.context.close()
    assert [complaint for visitor in opened for complaint in visitor.complaints] == []
    assert [url for visitor in opened for url in visitor.foreign_addresses()] == []


@pytest.fixture
def http(server: LiveServer) -> Iterator["httpx.Client"]:
    """The server's API, on an empty store."""
    server.clear()
    httpx = pytest.importorskip("httpx", reason="needs `pip install -r requirements-dev.txt`")
    with httpx.Client(
        base_url=f"{server.url}/v1", headers={"Authorization": f"Bearer {token(server)}"}, trust_env=False
    ) as client:
        yield client


TOKENS: dict[str, str] = {}


def token(server: LiveServer) -> str:
    if server.url not in TOKENS:
        TOKENS[server.url] = server.token()
    return TOKENS[server.url]
