"""ETag, If-Match and If-None-Match (RFC 9110, section 13)."""

import re

import pytest

from llm_providers.models import AuditEvent, LLMProviderConfig
from tests.client import API

pytestmark = pytest.mark.django_db

PATH = "/v1/llm-provider/xai"


@pytest.fixture
def etag(api: API) -> str:
    response = api.post("/v1/llm-providers", {"provider": "xai", "credentials": {"api_key": "xai-1"}})
    tag: str = response.headers["ETag"]
    return tag


def test_an_answer_about_one_configuration_carries_a_strong_etag(api: API, etag: str) -> None:
    assert re.fullmatch(r'"[^"]+"', etag)
    assert api.get(PATH).headers["ETag"] == etag


@pytest.mark.parametrize("method", ["PUT", "PATCH"])
def test_each_change_gives_a_new_etag(api: API, etag: str, method: str) -> None:
    changed = api.request(method, PATH, {"enabled": False}).headers["ETag"]
    assert changed != etag
    assert api.get(PATH).headers["ETag"] == changed


def test_an_etag_does_not_come_back_after_delete_and_create(api: API, etag: str) -> None:
    api.delete(PATH)
    again = api.post("/v1/llm-providers", {"provider": "xai", "credentials": {"api_key": "xai-1"}})
    assert again.headers["ETag"] != etag


@pytest.mark.parametrize("header", ["{etag}", "W/{etag}", '"x", {etag}', "*"])
def test_what_did_not_change_is_not_sent_again(api: API, etag: str, header: str) -> None:
    response = api.get(PATH, **{"If-None-Match": header.format(etag=etag)})
    assert (response.status_code, response.content) == (304, b"")
    assert response.headers["ETag"] == etag


def test_what_changed_is_sent(api: API, etag: str) -> None:
    api.put(PATH, {"enabled": False})
    assert api.get(PATH, **{"If-None-Match": etag}).status_code == 200


@pytest.mark.parametrize(
    ("method", "body"), [("PUT", {"enabled": False}), ("PATCH", {"enabled": False}), ("DELETE", None)]
)
@pytest.mark.parametrize("header", ["{etag}", '"x", {etag}', "*"])
def test_a_change_of_what_was_read_is_made(api: API, etag: str, method: str, body: object, header: str) -> None:
    assert api.request(method, PATH, body, **{"If-Match": header.format(etag=etag)}).status_code == 200


@pytest.mark.parametrize(
    ("method", "body"), [("PUT", {"enabled": False}), ("PATCH", {"enabled": False}), ("DELETE", None)]
)
@pytest.mark.parametrize("header", ['"x"', "W/{etag}", "", "garbage"])
def test_a_change_of_anything_else_is_refused(api: API, etag: str, method: str, body: object, header: str) -> None:
    response = api.request(method, PATH, body, **{"If-Match": header.format(etag=etag)})
    assert response.status_code == 412
    assert response.json() == {
        "error": {
            "code": "PRECONDITION_FAILED",
            "message": "The configuration of xai is not the one you read. Read it again, then repeat the change.",
        }
    }
    assert LLMProviderConfig.objects.get().enabled is True
    assert AuditEvent.objects.count() == 1


def test_of_two_who_read_the_same_the_second_is_told(api: API, etag: str) -> None:
    first = api.put(PATH, {"enabled": False}, **{"If-Match": etag})
    second = api.put(PATH, {"enabled": True}, **{"If-Match": etag})
    assert (first.status_code, second.status_code) == (200, 412)
    assert LLMProviderConfig.objects.get().enabled is False


@pytest.mark.parametrize("header", ["*", '"1-1"'])
def test_what_does_not_exist_matches_nothing(api: API, header: str) -> None:
    assert api.put(PATH, {"enabled": True}, **{"If-Match": header}).status_code == 412
