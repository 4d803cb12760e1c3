import pytest

from llm_providers.models import LLMProviderConfig
from llm_providers.providers import PROVIDERS
from tests.client import API

pytestmark = pytest.mark.django_db


@pytest.fixture
def everything(api: API) -> None:
    for provider in reversed(list(PROVIDERS)):
        created = api.post(
            "/v1/llm-providers",
            {"provider": provider.slug, "enabled": provider.slug != "xai", "credentials": provider.example},
        )
        assert created.status_code == 200


def slugs(response: object) -> list[str]:
    return [config["provider"] for config in response.json()["providers"]]  # type: ignore[attr-defined]


def test_nothing_stored_is_an_empty_list(api: API) -> None:
    assert api.get("/v1/llm-providers").json() == {"providers": []}


@pytest.mark.usefixtures("everything")
def test_the_list_is_in_the_order_of_the_enum_and_masked(api: API) -> None:
    response = api.get("/v1/llm-providers")
    assert slugs(response) == PROVIDERS.slugs()
    assert response.json()["providers"][1] == {
        "provider": "anthropic",
        "enabled": True,
        "credentials": {"api_key": "sk-ant-***"},
    }


@pytest.mark.usefixtures("everything")
def test_the_list_is_filtered_by_enabled(api: API) -> None:
    assert slugs(api.get("/v1/llm-providers?enabled=false")) == ["xai"]
    assert "xai" not in slugs(api.get("/v1/llm-providers?enabled=true"))


@pytest.mark.parametrize("query", ["enabled=yes", "enabled=", "enabled=True", "enable=true", "provider=openai"])
def test_a_filter_that_cannot_be_meant_is_refused(api: API, query: str) -> None:
    assert api.get(f"/v1/llm-providers?{query}").status_code == 400


@pytest.mark.usefixtures("everything")
def test_one_configuration_is_answered_masked(api: API) -> None:
    assert api.get("/v1/llm-provider/azure").json() == {
        "provider": "azure",
        "enabled": True,
        "credentials": {
            "api_key": "***",
            "endpoint": "https://your-resource.openai.azure.com",
            "deployment_id": "your-deployment",
        },
    }


def test_a_provider_without_a_configuration_is_not_found(api: API) -> None:
    response = api.get("/v1/llm-provider/openai")
    assert response.status_code == 404
    assert response.json() == {"error": {"code": "NOT_FOUND", "message": "No configuration found for provider: openai"}}


@pytest.mark.parametrize("slug", ["nope", "OPENAI", "sk-pasted-here", "openai%20", "%D9%A1"])
def test_a_path_of_no_provider_is_not_found_and_not_repeated(api: API, slug: str) -> None:
    response = api.get(f"/v1/llm-provider/{slug}")
    assert response.status_code == 404
    assert response.json()["error"]["code"] == "NOT_FOUND"
    assert "sk-pasted-here" not in response.text


@pytest.mark.usefixtures("everything")
def test_one_unreadable_row_is_null_and_breaks_nobody_else(api: API) -> None:
    moved = LLMProviderConfig.objects.values_list("credentials", flat=True).get(provider="xai")
    LLMProviderConfig.objects.filter(provider="google").update(credentials=moved)
    listed = {c["provider"]: c["credentials"] for c in api.get("/v1/llm-providers").json()["providers"]}
    assert listed["google"] is None
    assert [slug for slug, credentials in listed.items() if credentials is None] == ["google"]
    assert api.get("/v1/llm-provider/google").json() == {
        "provider": "google",
        "enabled": True,
        "credentials": None,
    }
