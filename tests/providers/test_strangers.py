"""A stranger's provider is one class: the doors, the document and the environment follow from it."""

from typing import Any

import pytest
from django.test import Client
from drf_spectacular.generators import SchemaGenerator
from rest_framework.exceptions import ValidationError

from llm_providers import environment
from llm_providers.models import AuditEvent, LLMProviderConfig
from llm_providers.providers import PROVIDERS, Provider, Registry
from llm_providers.providers.credentials import CredentialsSerializer, PlainField, SecretField
from tests.admin.pages import add, change, entries
from tests.client import API
from tests.factories import body_of, registered
from tests.providers import test_conformance
from tests.providers.strangers import STRANGERS, CloudflareWorkersAI, Mistral, SelfHosted, Watsonx

MASKED: dict[type[Provider], dict[str, str]] = {
    Mistral: {"api_key": "***"},
    CloudflareWorkersAI: {"api_token": "***", "account_id": "0123456789abcdef0123456789abcdef"},
    SelfHosted: {"api_key": "sk-***", "base_url": "https://llm.example.com/openai/v1"},
    Watsonx: {"api_key": "***", "region": "eu-de"},
}
VARIABLES: dict[type[Provider], dict[str, str]] = {
    Mistral: {"MISTRAL_API_KEY": "YourMistralApiKeyOf32Characters0"},
    CloudflareWorkersAI: {
        "CLOUDFLARE_API_TOKEN": "your-cloudflare-api-token",
        "CLOUDFLARE_ACCOUNT_ID": "0123456789abcdef0123456789abcdef",
    },
    SelfHosted: {"LITELLM_API_KEY": "sk-your-virtual-key", "LITELLM_BASE_URL": "https://llm.example.com/openai/v1"},
    Watsonx: {
        "WATSONX_VERSION": "5.1",
        "WATSONX_API_KEY": "your-watsonx-api-key",
        "WATSONX_URL": "https://eu-de.ml.cloud.ibm.com",
    },
}
UNSET: dict[type[Provider], list[str]] = {Watsonx: ["WATSONX_TOKEN", "WATSONX_USERNAME", "WATSONX_PROJECT_ID"]}
PROPERTIES: dict[type[Provider], dict[str, dict[str, str]]] = {
    Mistral: {"api_key": {"format": "password"}},
    CloudflareWorkersAI: {"api_token": {"format": "password"}, "account_id": {"pattern": "^(?:[0-9a-f]{32})$"}},
    SelfHosted: {"api_key": {"format": "password"}, "base_url": {"format": "uri"}},
    Watsonx: {
        "api_key": {"format": "password"},
        "region": {"pattern": "^(?:[a-z]{2}-[a-z]{2,8})$"},
        "base_url": {"format": "uri"},
        "username": {},
        "project_id": {},
    },
}

# The fixture of conftest.py registers what a parameter of this name holds.
each_stranger = pytest.mark.parametrize("provider", STRANGERS, ids=lambda provider: provider.slug)


def path(provider: type[Provider]) -> str:
    return f"/v1/llm-provider/{provider.slug}"


@pytest.mark.once
@each_stranger
def test_a_fresh_registry_cleans_and_masks_it(provider: type[Provider]) -> None:
    registry = Registry([provider])
    assert registry.clean(provider.slug, provider.example) == provider.example
    assert registry.mask(provider.slug, provider.example) == MASKED[provider]


@pytest.mark.django_db
@each_stranger
def test_it_is_created_and_answered_masked(api: API, provider: type[Provider]) -> None:
    created = api.post("/v1/llm-providers", body_of(provider))
    assert (created.status_code, created.json()) == (200, body_of(provider, **MASKED[provider]))
    assert api.get(path(provider)).json() == body_of(provider, **MASKED[provider])
    assert LLMProviderConfig.objects.get().credentials == provider.example
    assert AuditEvent.objects.get().fields == ["enabled=true", *(f"credentials.{name}" for name in provider.example)]


@pytest.mark.django_db
@each_stranger
def test_its_secret_is_patched_and_the_rest_stays(api: API, provider: type[Provider]) -> None:
    api.post("/v1/llm-providers", body_of(provider))
    secret = next(iter(provider.example))
    sent = {secret: provider.second_example[secret]}
    changed = api.patch(path(provider), {"credentials": sent})
    assert (changed.status_code, changed.json()) == (200, body_of(provider, **MASKED[provider]))
    assert LLMProviderConfig.objects.get().credentials == {**provider.example, **sent}


@pytest.mark.django_db
@pytest.mark.parametrize("provider", [SelfHosted])
def test_a_base_url_moves_only_with_its_key(api: API, provider: type[Provider]) -> None:
    api.post("/v1/llm-providers", body_of(provider))
    moved = {"base_url": "https://llm.example.net/v1"}
    refused = api.patch(path(provider), {"credentials": moved})
    assert (refused.status_code, refused.json()["error"]["details"]) == (
        400,
        {"credentials.api_key": ["Send this secret again: base_url changes, and a secret belongs to its destination."]},
    )
    assert LLMProviderConfig.objects.get().credentials == provider.example
    with_key = {**moved, "api_key": "sk-next"}
    assert api.patch(path(provider), {"credentials": with_key}).status_code == 200
    assert LLMProviderConfig.objects.get().credentials == with_key


@pytest.mark.once
@pytest.mark.parametrize("provider", [Watsonx])
def test_a_secret_of_both_ways_goes_to_another_place_only_when_sent_again(provider: type[Provider]) -> None:
    cloud, cluster = provider.example, dict(provider.Credentials.ways[1].example)
    for start, end in [(cloud, cluster), (cluster, cloud)]:
        patch = {**dict.fromkeys(start), **end}
        del patch["api_key"]
        with pytest.raises(ValidationError) as refused:
            PROVIDERS.merge(provider.slug, start, patch)
        assert refused.value.detail == {
            "api_key": ["Send this secret again: base_url changes, and a secret belongs to its destination."]
        }
        assert PROVIDERS.merge(provider.slug, start, patch | {"api_key": "another"}) == end | {"api_key": "another"}


@pytest.mark.django_db
@pytest.mark.parametrize("provider", [SelfHosted])
@pytest.mark.parametrize("host", ["127.0.0.1", "[::1]", "10.0.0.1", "169.254.169.254", "metadata.google.internal"])
def test_the_api_refuses_a_private_base_url_and_does_not_repeat_it(
    api: API, provider: type[Provider], host: str
) -> None:
    response = api.post("/v1/llm-providers", body_of(provider, api_key="sk-1", base_url=f"https://{host}/v1"))
    assert response.status_code == 400
    assert list(response.json()["error"]["details"]) == ["credentials.base_url"]
    assert host not in response.text
    assert not LLMProviderConfig.objects.exists()


@pytest.mark.once
@each_stranger
def test_it_has_its_branch_in_the_openapi_document(provider: type[Provider]) -> None:
    document: dict[str, Any] = SchemaGenerator().get_schema(request=None, public=True)  # type: ignore[no-untyped-call]
    schemas = document["components"]["schemas"]
    union = schemas["LLMProviderConfig"]
    assert {"$ref": union["discriminator"]["mapping"][provider.slug]} in union["oneOf"]
    credentials = schemas[f"{provider.__name__}Credentials"]
    always = provider.Credentials.declared_for(None)
    assert credentials["required"] == [name for name in provider.example if name in always]
    kept = ("format", "pattern")
    properties = {
        name: {key: schema[key] for key in kept if key in schema} for name, schema in credentials["properties"].items()
    }
    assert properties == PROPERTIES[provider]


@pytest.mark.django_db
@each_stranger
def test_the_admin_adds_and_changes_it(admin_client: Client, provider: type[Provider]) -> None:
    page = admin_client.get(add(provider.slug)).text
    assert [name for name in provider.example if f'name="credentials.{name}"' not in page] == []
    assert admin_client.post(add(provider.slug), entries(provider.example)).status_code == 302
    config = LLMProviderConfig.objects.get()
    assert config.credentials == provider.example
    data = {**entries(provider.second_example), "etag": config.etag}
    assert admin_client.post(change(config.pk), data).status_code == 302
    assert LLMProviderConfig.objects.get().credentials == provider.second_example


@pytest.mark.once
@each_stranger
def test_its_variables_are_written_and_read(provider: type[Provider]) -> None:
    assert environment.environment_of(provider, provider.example) == (VARIABLES[provider], UNSET.get(provider, []))
    assert environment.from_environment(VARIABLES[provider])[provider.slug].credentials == provider.example


@pytest.mark.once
@pytest.mark.parametrize("account_id", ["0123456789abcdef", "0123456789ABCDEF0123456789ABCDEF", "g" * 32, "0" * 33])
def test_an_account_id_of_another_shape_is_refused(account_id: str) -> None:
    with pytest.raises(ValidationError) as refused:
        Registry([CloudflareWorkersAI]).clean(
            "cloudflare-workers-ai", {**CloudflareWorkersAI.example, "account_id": account_id}
        )
    assert refused.value.detail == {"account_id": ["An account id is 32 hexadecimal digits."]}


@pytest.mark.once
@pytest.mark.parametrize("key", ["sk-1", "sk-ant-1", "xai-1", "AIza" + "a" * 35, "sk-" + "a" * 48])
def test_any_key_is_the_self_hosted_servers(key: str) -> None:
    with registered(SelfHosted):
        credentials = {**SelfHosted.example, "api_key": key}
        assert PROVIDERS.clean("self-hosted", credentials) == credentials


class Careless(Provider):
    slug = "careless"
    label = "Careless"
    example = {"api_key": "your-careless-key", "server": "https://llm.example.com/v1"}

    class Credentials(CredentialsSerializer):
        api_key = SecretField()
        server = PlainField()


@pytest.mark.once
def test_a_provider_that_declares_a_url_as_a_plain_field_fails_the_suite() -> None:
    test_conformance.test_a_url_is_declared_as_one(Careless, "api_key")
    with pytest.raises(AssertionError):
        test_conformance.test_a_url_is_declared_as_one(Careless, "server")
