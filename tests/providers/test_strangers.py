"""What a stranger adds in one class is a whole provider."""

from collections.abc import Iterator
from typing import Any

import pytest
from django.test import Client
from drf_spectacular.generators import SchemaGenerator
from rest_framework.exceptions import ValidationError

from llm_providers import environment
from llm_providers.providers import PROVIDERS, Provider, Registry
from llm_providers.providers.openai import OpenAI
from tests.admin.pages import CONFIGS
from tests.client import API
from tests.factories import body_of
from tests.providers.strangers import MASKED, STRANGERS, VARIABLES, CloudflareWorkersAI, Mistral, SelfHosted

each_stranger = pytest.mark.parametrize("provider", STRANGERS, ids=lambda provider: provider.slug)


@pytest.fixture(autouse=True)
def registered() -> Iterator[None]:
    for stranger in STRANGERS:
        PROVIDERS.register(stranger)
    yield
    for stranger in STRANGERS:
        PROVIDERS.unregister(stranger.slug)


@pytest.fixture
def fresh() -> Registry:
    return Registry([OpenAI, *STRANGERS])


@each_stranger
def test_both_its_examples_are_clean_and_masked(fresh: Registry, provider: type[Provider]) -> None:
    assert fresh.clean(provider.slug, provider.example) == provider.example
    if provider.second_example:
        assert fresh.clean(provider.slug, provider.second_example) == provider.second_example
    assert fresh.mask(provider.slug, provider.example) == MASKED[provider.slug]


@each_stranger
def test_its_variables_are_written_and_read(provider: type[Provider]) -> None:
    variables = environment.to_environment(provider, provider.example)
    assert variables == VARIABLES[provider.slug]
    assert environment.from_environment(provider, variables) == provider.example


@pytest.mark.django_db
@each_stranger
def test_it_is_created_changed_and_listed_through_the_api(api: API, provider: type[Provider]) -> None:
    masked = body_of(provider, **MASKED[provider.slug])
    created = api.post("/v1/llm-providers", body_of(provider))
    assert (created.status_code, created.json()) == (200, masked)
    secret = next(name for name, field in provider.Credentials.declared().items() if field.masked)
    patched = api.patch(f"/v1/llm-provider/{provider.slug}", {"credentials": {secret: "your-next-key"}})
    assert (patched.status_code, patched.json()) == (200, masked)
    assert api.get("/v1/llm-providers").json() == {"providers": [masked]}


@pytest.mark.django_db
@each_stranger
def test_it_has_a_form_in_the_admin(admin_client: Client, provider: type[Provider]) -> None:
    page = admin_client.get(f"{CONFIGS}add/?provider={provider.slug}").text
    names = provider.Credentials.declared()
    assert [name for name in names if f'name="credentials.{name}"' not in page] == []


@each_stranger
def test_it_has_its_branch_in_the_openapi_document(provider: type[Provider]) -> None:
    document: dict[str, Any] = SchemaGenerator().get_schema(request=None, public=True)  # type: ignore[no-untyped-call]
    schemas = document["components"]["schemas"]
    union = schemas["LLMProviderConfig"]
    assert {"$ref": union["discriminator"]["mapping"][provider.slug]} in union["oneOf"]
    properties = schemas[f"{provider.__name__}Credentials"]["properties"]
    assert list(properties) == list(provider.example)
    assert [name for name in properties if name == "base_url"] == [
        name for name, schema in properties.items() if schema.get("format") == "uri"
    ]


def test_an_account_id_that_is_none_is_refused_with_its_hint(fresh: Registry) -> None:
    with pytest.raises(ValidationError) as refused:
        fresh.clean("cloudflare-workers-ai", {**CloudflareWorkersAI.example, "account_id": "acme"})
    assert refused.value.detail == {"account_id": ["An account id is 32 hexadecimal digits."]}


def test_a_key_of_openai_is_refused_as_mistrals_and_taken_by_who_takes_any_key(fresh: Registry) -> None:
    with pytest.raises(ValidationError) as refused:
        fresh.clean("mistral", {"api_key": "sk-your-api-key"})
    assert refused.value.detail == {"api_key": ["This looks like a key of OpenAI. Send it under that provider."]}
    assert fresh.clean("self-hosted", SelfHosted.example) == SelfHosted.example


@pytest.mark.django_db
def test_a_changed_base_url_takes_the_key_again(api: API) -> None:
    api.post("/v1/llm-providers", body_of(SelfHosted))
    moved = {"base_url": SelfHosted.second_example["base_url"]}
    refused = api.patch("/v1/llm-provider/self-hosted", {"credentials": moved})
    assert refused.json()["error"]["details"] == {
        "credentials.api_key": ["Send this secret again: base_url changes, and a secret belongs to its destination."]
    }
    again = api.patch("/v1/llm-provider/self-hosted", {"credentials": {**moved, "api_key": "sk-your-second-api-key"}})
    assert again.json() == body_of(SelfHosted, api_key="***", **moved)


def test_it_declares_no_variable_twice() -> None:
    assert environment.names(Mistral) == {"api_key": ("MISTRAL_API_KEY",)}
