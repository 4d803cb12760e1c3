"""The documentation in a browser: from this host alone, under its Content-Security-Policy, and usable."""

import re
from collections.abc import Iterator
from typing import TYPE_CHECKING

import pytest
from django.test import Client

from llm_providers.providers import PROVIDERS
from tests.live import LiveServer
from tests.published import PUBLISHED
from tests.ways import through_each_way

pytestmark = pytest.mark.once

if TYPE_CHECKING:
    from playwright.sync_api import Browser, Locator, Page

PAGES = ["/docs", "/redoc"]


@pytest.fixture
def page(browser: "Browser", server: LiveServer) -> Iterator["Page"]:
    """A page that fails the test for a word in the console, and for a request that leaves the host."""
    server.clear()
    page = browser.new_page(base_url=server.url)
    page.set_default_timeout(10_000)  # milliseconds
    said: list[str] = []
    page.on("console", lambda message: said.append(f"{message.type}: {message.text}"))
    page.on("pageerror", lambda error: said.append(str(error)))
    asked: list[str] = []
    page.on("request", lambda request: asked.append(request.url))
    yield page
    page.close()
    assert said == []
    assert [url for url in asked if not url.startswith((f"{server.url}/", "data:", "blob:"))] == []


def open_operation(page: "Page", name: str) -> "Locator":
    operation = page.locator(f"[id$='-{name}']")
    operation.locator(".opblock-summary-control").click()
    operation.get_by_role("button", name="Try it out").click()
    return operation


def execute(operation: "Locator") -> str:
    """Press Execute and return the status that is shown."""
    operation.get_by_role("button", name="Execute").click()
    return operation.locator(".live-responses-table .response-col_status").last.inner_text()


def authorize(page: "Page", token: str) -> None:
    page.locator("button.authorize").first.click()
    dialog = page.locator(".dialog-ux")
    dialog.locator("input").fill(token)
    dialog.locator("button.authorize").click()
    dialog.locator("button.btn-done").click()


def test_a_pasted_token_is_used_and_not_kept(page: "Page", server: LiveServer) -> None:
    page.goto("/docs")
    authorize(page, server.token())
    assert execute(open_operation(page, "listLlmProviders")) == "200"
    assert page.evaluate("[localStorage.length, sessionStorage.length, document.cookie]") == [0, 0, ""]


def test_each_example_can_be_tried_out(page: "Page", server: LiveServer) -> None:
    page.goto("/docs")
    authorize(page, server.token())
    creation = open_operation(page, "createLlmProvider")
    choice = creation.locator(".opblock-section-request-body .examples-select-element")
    names = choice.locator("option").evaluate_all("options => options.map(option => option.value)")
    in_each_way = [each for declared in PROVIDERS for each in through_each_way(declared)]
    assert [name for name in names if name in PUBLISHED] == list(PUBLISHED)
    assert len(names) == len(in_each_way)
    for name, provider in zip(names, in_each_way, strict=True):
        server.clear()
        choice.select_option(name)
        assert execute(creation) == "200"
        creation.get_by_role("button", name="Clear").click()
        assert server.query("SELECT provider FROM llm_providers_llmproviderconfig") == [(provider.slug,)]


def test_the_page_says_what_this_is_and_where_a_token_comes_from(page: "Page") -> None:
    page.goto("/docs")
    about = page.get_by_role("region", name="One configuration for each LLM provider").inner_text()
    assert [label for provider in PROVIDERS if (label := provider.label) not in about] == []
    assert "POST /v1/token" in about
    assert "manage.py issue_token USERNAME" in about


def test_the_schemas_are_folded_until_they_are_asked_for(page: "Page") -> None:
    page.goto("/docs")
    page.get_by_role("button", name="Schemas").wait_for()
    first = page.get_by_text("LLMProvidersEnum", exact=True)  # those out of sight are not yet in the page
    assert first.count() == 0
    page.get_by_role("button", name="Schemas").click()
    first.wait_for()


def test_a_description_beside_a_tag_is_not_squeezed_on_a_phone(page: "Page") -> None:
    page.set_viewport_size({"width": 375, "height": 900})
    page.goto("/docs")
    page.get_by_text("One configuration for each provider.").wait_for()
    boxes = [description.bounding_box() for description in page.locator(".opblock-tag small").all()]
    assert [box for box in boxes if not box or box["width"] < 250] == []


def background(page: "Page") -> int:
    """How light the page behind the operations is, from 0 to 765."""
    colour = page.evaluate("getComputedStyle(document.body).backgroundColor")
    return sum(map(int, re.findall(r"\d+", colour)[:3]))


def test_the_page_is_dark_where_the_reader_wants_it(page: "Page") -> None:
    page.emulate_media(color_scheme="dark")
    page.goto("/docs")
    page.locator("button.authorize").first.wait_for()
    assert background(page) < 150
    page.emulate_media(color_scheme="light")
    page.locator("html:not(.dark-mode)").wait_for(state="attached")
    assert background(page) > 600


def test_redoc_shows_the_operations_and_finds_them(page: "Page") -> None:
    page.goto("/redoc")
    page.get_by_role("heading", name="Create a new LLM provider configuration").wait_for()
    page.get_by_placeholder("Search...").fill("revoke")
    page.locator("[data-role='search:results']", has_text="Revoke a refresh token").wait_for()


@pytest.mark.parametrize("path", PAGES)
def test_the_pages_lead_to_each_other_and_to_the_admin(page: "Page", path: str) -> None:
    page.goto(path)
    assert page.title() == "re-factor API Reference"
    links = page.locator("header nav a").evaluate_all("links => links.map(link => link.getAttribute('href'))")
    assert links == ["/docs", "/redoc", "/openapi.yaml", "/admin/"]


@pytest.mark.parametrize("path", PAGES)
def test_no_script_may_be_inline(client: Client, path: str) -> None:
    response = client.get(path)
    directives = response.headers["Content-Security-Policy"].split("; ")
    assert "script-src 'self'" in directives
    assert "default-src 'none'" in directives


@pytest.mark.parametrize(
    ("path", "content_type", "beginning"),
    [
        ("/openapi.json", "application/json", '{\n    "openapi": "3.1.0"'),
        ("/openapi.yaml", "application/yaml", "openapi: 3.1.0"),
    ],
)
def test_the_document_is_public(client: Client, path: str, content_type: str, beginning: str) -> None:
    response = client.get(path, headers={"Authorization": "Bearer expired"})
    assert (response.status_code, response.headers["Content-Type"]) == (200, content_type)
    assert response.text.startswith(beginning)
