"""Choosing a way in, in a real browser on the running server."""

from collections.abc import Callable
from typing import TYPE_CHECKING, Any
from urllib.parse import parse_qsl

import pytest

from llm_providers.providers import PROVIDERS
from tests.admin.conftest import Visitor
from tests.admin.pages import add, change
from tests.admin.test_browser import configure, enter, key_of, stored
from tests.live import LiveServer
from tests.ways import through_each_way

pytestmark = pytest.mark.once

if TYPE_CHECKING:
    import httpx

AZURE, ENTRA = through_each_way(PROVIDERS.get("azure"))
Visit = Callable[..., Visitor]
with_and_without_script = pytest.mark.parametrize("script", [True, False], ids=["script", "no-script"])


def sent_by(visitor: Visitor) -> dict[str, str]:
    """The fields of the form that is submitted now."""
    with visitor.page.expect_request(lambda request: request.method == "POST") as submitted:
        visitor.save()
    body = submitted.value.post_data or ""
    boundary = body.split("\r\n", 1)[0]
    if not boundary.startswith("--"):
        return dict(parse_qsl(body, keep_blank_values=True))
    parts = [part.split("\r\n\r\n", 1) for part in body.split(boundary)[1:-1]]
    return {head.split('name="')[1].split('"')[0]: content.removesuffix("\r\n") for head, content in parts}


def visible(visitor: Visitor) -> list[str]:
    boxes = visitor.page.locator("form.credentials [name^='credentials.']:visible")
    return [str(box.get_attribute("name")).removeprefix("credentials.") for box in boxes.all()]


@with_and_without_script
def test_only_the_chosen_way_is_shown_and_stored(
    visit: Visit, server: LiveServer, http: "httpx.Client", script: bool
) -> None:
    visitor = visit(java_script_enabled=script)
    page = visitor.go(add("azure"))
    assert visible(visitor) == ["api_key", "endpoint", "deployment_id", "api_version"]
    page.get_by_role("radio", name="Entra ID").check()
    assert visible(visitor) == [
        "tenant_id",
        "client_id",
        "client_secret",
        "endpoint",
        "deployment_id",
        "api_version",
    ]
    for name, value in ENTRA.example.items():
        enter(visitor, name, value)
    visitor.save()
    assert stored(server, "azure") == ENTRA.example
    row = page.locator("#result_list tbody").filter(has_text="Azure OpenAI")
    assert "Entra ID" in (row.text_content() or "")


def test_what_was_typed_for_another_way_is_not_sent(visit: Visit, server: LiveServer, http: "httpx.Client") -> None:
    visitor = visit()
    page = visitor.go(add("azure"))
    enter(visitor, "api_key", "typed-before-thinking")
    page.get_by_role("radio", name="Entra ID").check()
    for name, value in ENTRA.example.items():
        enter(visitor, name, value)
    sent: dict[str, Any] = sent_by(visitor)
    entered = {name: value for name, value in sent.items() if name.startswith("credentials.")}
    assert entered == {f"credentials.{name}": value for name, value in ENTRA.example.items()} | {
        "credentials.api_version": ""
    }
    assert sent["way"] == "entra-id"
    assert stored(server, "azure") == ENTRA.example


@with_and_without_script
def test_a_changed_way_says_what_it_forgets(
    visit: Visit, server: LiveServer, http: "httpx.Client", script: bool
) -> None:
    configure(http, "azure")
    visitor = visit(java_script_enabled=script)
    page = visitor.go(change(key_of(server, "azure")))
    warning = page.get_by_text("Saved this way, what is stored for API key is forgotten: API key.")
    assert page.get_by_role("radio", name="API key").is_checked()
    assert not warning.is_visible()
    page.get_by_role("radio", name="Entra ID").check()
    assert warning.is_visible()
    for name in ("tenant_id", "client_id", "client_secret"):
        enter(visitor, name, ENTRA.example[name])
    visitor.save()
    assert stored(server, "azure") == ENTRA.example
    assert http.get("/llm-provider/azure").json()["credentials"] == PROVIDERS.mask("azure", ENTRA.example)

    visitor.go(change(key_of(server, "azure")))
    assert page.get_by_role("radio", name="Entra ID").is_checked()
    page.get_by_role("radio", name="API key").check()
    page.get_by_text("forgotten: Tenant ID, Client ID, Client secret.").wait_for()
    enter(visitor, "api_key", AZURE.example["api_key"])
    visitor.save()
    assert stored(server, "azure") == AZURE.example


def test_a_way_that_was_looked_at_and_left_changes_nothing(
    visit: Visit, server: LiveServer, http: "httpx.Client"
) -> None:
    configure(http, "azure")
    visitor = visit()
    page = visitor.go(change(key_of(server, "azure")))
    page.get_by_role("radio", name="Entra ID").check()
    enter(visitor, "client_secret", "typed-and-left")
    page.get_by_role("radio", name="API key").check()
    enter(visitor, "deployment_id", "green")
    visitor.save()
    page.get_by_text("Azure OpenAI is stored.").wait_for()
    assert stored(server, "azure") == {**AZURE.example, "deployment_id": "green"}


def test_the_way_is_chosen_by_keyboard(visit: Visit, http: "httpx.Client") -> None:
    visitor = visit()
    page = visitor.go(add("amazon-bedrock"))
    page.get_by_role("radio", name="Access key").focus()
    page.keyboard.press("ArrowDown")
    assert page.get_by_role("radio", name="API key").is_checked()
    assert visible(visitor) == ["api_key", "region"]
    page.keyboard.press("Tab")
    assert page.evaluate("document.activeElement.name") == "credentials.api_key"


def test_a_refused_way_stays_chosen(visit: Visit, http: "httpx.Client") -> None:
    visitor = visit()
    page = visitor.go(add("google-vertex"))
    page.get_by_role("radio", name="API key").check()
    visitor.save()
    assert page.get_by_role("radio", name="API key").is_checked()
    assert visible(visitor) == ["api_key"]
    assert page.locator("#id_credentials\\.api_key_error").inner_text() == "This field is required."
