"""A row that no key opens: listed, repairable, deletable, and nobody else's problem."""

from collections.abc import Callable

import pytest

from llm_providers.models import AuditEvent, LLMProviderConfig
from llm_providers.sealing import EncryptedJSONField, Sealed
from refactor_site.env_file import fresh_environment
from tests.client import API

pytestmark = pytest.mark.django_db

PATH = "/v1/llm-provider/openai"


def moved(_token: bytes) -> bytes:
    other: Sealed = vars(LLMProviderConfig.objects.get(provider="xai"))["sealed_credentials"]
    return other.token


def cut(token: bytes) -> bytes:
    return token[:-1]


def flipped(token: bytes) -> bytes:
    return token[:40] + bytes([token[40] ^ 1]) + token[41:]


def of_a_lost_key(_token: bytes) -> bytes:
    from django.test import override_settings

    with override_settings(FERNET_KEYS=[fresh_environment()["FERNET_KEYS"]]):
        field = EncryptedJSONField(bound_to="provider")
        return field.seal({"api_key": "sk-x"}, "openai").token


@pytest.fixture(params=[moved, cut, flipped, of_a_lost_key], ids=lambda damage: damage.__name__)
def damaged(api: API, request: pytest.FixtureRequest) -> None:
    damage: Callable[[bytes], bytes] = request.param
    for provider, key in (("openai", "sk-1"), ("xai", "xai-1")):
        api.post("/v1/llm-providers", {"provider": provider, "credentials": {"api_key": key}})
    sealed: Sealed = vars(LLMProviderConfig.objects.get(provider="openai"))["sealed_credentials"]
    LLMProviderConfig.objects.filter(provider="openai").update(credentials=Sealed(damage(sealed.token)))


@pytest.mark.usefixtures("damaged")
def test_it_is_listed_as_null_and_the_others_are_untouched(api: API) -> None:
    assert api.get("/v1/llm-providers").json() == {
        "providers": [
            {"provider": "openai", "enabled": True, "credentials": None},
            {"provider": "xai", "enabled": True, "credentials": {"api_key": "***"}},
        ]
    }


@pytest.mark.usefixtures("damaged")
def test_its_status_says_so(api: API) -> None:
    assert api.get(f"{PATH}/status").json()["readable"] is False
    assert api.get("/v1/llm-provider/xai/status").json()["readable"] is True


@pytest.mark.usefixtures("damaged")
def test_it_can_be_switched_off(api: API) -> None:
    response = api.patch(PATH, {"enabled": False})
    assert response.json() == {"provider": "openai", "enabled": False, "credentials": None}


@pytest.mark.usefixtures("damaged")
def test_merging_into_it_says_what_to_do(api: API) -> None:
    response = api.patch(PATH, {"credentials": {"api_key": "sk-2"}})
    assert response.status_code == 503
    assert response.json()["error"]["code"] == "CREDENTIALS_UNREADABLE"


@pytest.mark.usefixtures("damaged")
def test_full_credentials_repair_it(api: API) -> None:
    response = api.put(PATH, {"credentials": {"api_key": "sk-2"}})
    assert response.json()["credentials"] == {"api_key": "sk-***"}
    assert api.get(f"{PATH}/status").json()["readable"] is True
    assert AuditEvent.objects.latest("pk").fields == ["credentials.api_key"]


@pytest.mark.usefixtures("damaged")
def test_a_malformed_change_of_it_is_refused_as_such(api: API) -> None:
    assert api.patch(PATH, {"credentials": 5}).status_code == 400


@pytest.mark.usefixtures("damaged")
def test_it_is_sent_even_to_who_knew_it_readable(api: API) -> None:
    etag = api.get(PATH).headers["ETag"]
    assert api.get(PATH, **{"If-None-Match": etag}).status_code == 200


@pytest.mark.usefixtures("damaged")
def test_it_can_be_deleted(api: API) -> None:
    assert api.delete(PATH).status_code == 200
    assert api.get(PATH).status_code == 404
