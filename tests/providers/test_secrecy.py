"""No secret of any provider comes back from the API, is logged, or is shown by a serializer."""

import json
import logging
from collections.abc import Callable
from typing import Any

import pytest

from llm_providers.api.serializers import LLMProviderConfigSerializer
from llm_providers.models import LLMProviderConfig
from llm_providers.providers import Provider
from tests.client import API
from tests.factories import body_of, found

pytestmark = pytest.mark.django_db

Body = dict[str, Any]
Change = Callable[[Body], Body]


@pytest.fixture
def body(provider: type[Provider], credentials: Body) -> Body:
    return body_of(provider, **credentials)


def text_of(value: Any) -> str:
    return value if isinstance(value, str) else json.dumps(value)


def untouched(body: Body) -> Body:
    return body


def as_names(body: Body) -> Body:
    return {**body, "credentials": {text_of(value): "x" for value in body["credentials"].values()}}


def with_an_unknown_field(body: Body) -> Body:
    return {**body, "credentials": {**body["credentials"], "key": "x"}}


def in_every_field(body: Body) -> Body:
    pasted = text_of(max(body["credentials"].values(), key=lambda value: len(text_of(value))))
    return {
        "provider": pasted,
        "enabled": pasted,
        "credentials": dict.fromkeys(body["credentials"], f"{pasted} {pasted}"),
    }


def in_every_credential(body: Body) -> Body:
    pasted = text_of(max(body["credentials"].values(), key=lambda value: len(text_of(value))))
    return {**body, "credentials": dict.fromkeys(body["credentials"], f"a {pasted} b")}


def in_lists(body: Body) -> Body:
    return {**body, "credentials": {name: [value] for name, value in body["credentials"].items()}}


def as_text(body: Body) -> Body:
    return {**body, "credentials": json.dumps(body["credentials"])}


def test_neither_the_answer_to_a_create_nor_the_log_holds_a_secret(
    api: API, caplog: pytest.LogCaptureFixture, body: Body, secrets: list[str]
) -> None:
    with caplog.at_level(logging.DEBUG):
        response = api.post("/v1/llm-providers", body)
    assert response.status_code == 200
    assert caplog.text
    assert found(secrets, response.content, str(response.headers), caplog.text) == []


@pytest.mark.parametrize(
    "change", [as_names, with_an_unknown_field, in_every_field, in_every_credential, in_lists, as_text]
)
def test_neither_a_refusal_nor_the_log_holds_a_secret(
    api: API, caplog: pytest.LogCaptureFixture, body: Body, secrets: list[str], change: Change
) -> None:
    with caplog.at_level(logging.DEBUG):
        response = api.post("/v1/llm-providers", change(body))
    assert response.status_code == 400
    assert found(secrets, response.content, str(response.headers), caplog.text) == []


def test_the_conflict_and_the_reading_answers_hold_no_secret(
    api: API, body: Body, secrets: list[str], config: LLMProviderConfig
) -> None:
    conflict = api.post("/v1/llm-providers", body)
    one = api.get(f"/v1/llm-provider/{config.provider}")
    several = api.get("/v1/llm-providers")
    assert [conflict.status_code, one.status_code, several.status_code] == [409, 200, 200]
    assert found(secrets, conflict.content, one.content, several.content) == []


@pytest.mark.parametrize("change", [untouched, with_an_unknown_field, in_lists])
def test_a_serializer_shows_no_secret(provider: type[Provider], body: Body, secrets: list[str], change: Change) -> None:
    outer = LLMProviderConfigSerializer(data=change(body))
    inner = provider.Credentials(data=change(body)["credentials"])
    outer.is_valid()
    inner.is_valid()
    assert found(secrets, repr(outer), str(outer), repr(outer.errors)) == []
    assert found(secrets, repr(inner), str(inner), repr(inner.errors), repr(inner.data)) == []
