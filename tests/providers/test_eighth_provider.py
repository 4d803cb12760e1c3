"""One class is a whole provider: nothing else is touched for it."""

import re
from collections.abc import Iterator
from typing import Any

import pytest
from django.core.management import call_command
from drf_spectacular.generators import SchemaGenerator
from rest_framework.exceptions import ValidationError

from llm_providers import environment
from llm_providers.models import AuditEvent, LLMProviderConfig
from llm_providers.providers import PROVIDERS, Provider, Registry
from llm_providers.providers.anthropic import Anthropic
from llm_providers.providers.credentials import CredentialsSerializer, PlainField, SecretField
from llm_providers.providers.openai import OpenAI
from tests.client import API
from tests.factories import body_of, unsaved


class OpenRouter(Provider):
    """OpenRouter: many vendors' models behind one API. Its keys begin like OpenAI's."""

    slug = "open-router"
    label = "OpenRouter"
    summary = "Many vendors' models behind one API."
    docs_url = "https://openrouter.ai/docs"
    keys_url = "https://openrouter.ai/keys"
    key_pattern = re.compile(r"sk-or-")
    example = {"api_key": "sk-or-your-api-key", "title": "your-app"}

    class Credentials(CredentialsSerializer):
        api_key = SecretField(
            label="API key",
            help_text="Starts with sk-or-.",
            prefixes=["sk-", "sk-or-"],
            prefix_required=True,
            env=["OPENROUTER_API_KEY", "OPENROUTER_KEY"],
        )
        title = PlainField(
            label="Title",
            help_text="Shown in the rankings.",
            required=False,
            pattern=r"[a-z-]{1,32}",
            hint="A title is 1 to 32 lower-case letters or hyphens.",
        )


MASKED = {"api_key": "sk-or-***", "title": "your-app"}


@pytest.fixture
def fresh() -> Registry:
    return Registry([OpenAI, Anthropic, OpenRouter])


@pytest.fixture
def registered() -> Iterator[None]:
    PROVIDERS.register(OpenRouter)
    yield
    PROVIDERS.unregister(OpenRouter.slug)


@pytest.mark.once
def test_its_credentials_are_cleaned(fresh: Registry) -> None:
    assert fresh.clean("open-router", {"api_key": " sk-or-1\n"}) == {"api_key": "sk-or-1"}


@pytest.mark.once
@pytest.mark.parametrize(
    ("credentials", "detail"),
    [
        ({}, {"api_key": ["This field is required."]}),
        ({"api_key": "or-1"}, {"api_key": ["The value must start with sk- or sk-or-."]}),
        ({"api_key": "sk-ant-1"}, {"api_key": ["This looks like a key of Anthropic. Send it under that provider."]}),
        ({"api_key": "sk-1"}, {"api_key": ["This looks like a key of OpenAI. Send it under that provider."]}),
        (
            {"api_key": "sk-or-1", "title": "MyApp"},
            {"title": ["A title is 1 to 32 lower-case letters or hyphens."]},
        ),
    ],
)
def test_its_rules_are_applied(fresh: Registry, credentials: dict[str, str], detail: dict[str, list[str]]) -> None:
    with pytest.raises(ValidationError) as refused:
        fresh.clean("open-router", credentials)
    assert refused.value.detail == detail


@pytest.mark.once
def test_its_credentials_are_masked(fresh: Registry) -> None:
    assert fresh.mask("open-router", OpenRouter.example) == MASKED


@pytest.mark.once
def test_its_keys_are_recognised_under_other_providers() -> None:
    registry = Registry([OpenRouter, Anthropic])
    assert registry.owner_of("sk-or-1") is OpenRouter
    with pytest.raises(ValidationError, match="This looks like a key of OpenRouter"):
        registry.clean("anthropic", {"api_key": "sk-or-1"})


@pytest.mark.once
@pytest.mark.usefixtures("registered")
def test_its_variables_are_written_and_read() -> None:
    written = {"OPENROUTER_API_KEY": "sk-or-your-api-key", "OPENROUTER_KEY": "sk-or-your-api-key"}
    assert environment.environment_of(OpenRouter, OpenRouter.example) == (written, [])
    found = environment.from_environment({"OPENROUTER_KEY": "sk-or-1"})
    assert found["open-router"].credentials == {"api_key": "sk-or-1"}


@pytest.mark.django_db
@pytest.mark.usefixtures("registered")
def test_it_is_created_read_and_listed_through_the_api(api: API) -> None:
    created = api.post("/v1/llm-providers", body_of(OpenRouter))
    assert (created.status_code, created.json()) == (200, body_of(OpenRouter, **MASKED))
    assert api.get("/v1/llm-provider/open-router").json() == body_of(OpenRouter, **MASKED)
    assert api.get("/v1/llm-providers").json() == {"providers": [body_of(OpenRouter, **MASKED)]}
    assert LLMProviderConfig.objects.get().credentials == OpenRouter.example
    assert AuditEvent.objects.get().fields == ["enabled=true", "credentials.api_key", "credentials.title"]


@pytest.mark.django_db
@pytest.mark.usefixtures("registered")
def test_what_it_refuses_the_api_refuses(api: API) -> None:
    response = api.post("/v1/llm-providers", body_of(OpenRouter, api_key="sk-or-***", titel="x"))
    assert response.status_code == 400
    assert response.json()["error"]["details"] == {
        "credentials.api_key": [
            "This is a masked value. Omit the field to keep the stored secret, or send the real secret."
        ],
        "credentials": ["Unknown field. Did you mean title? Accepted here: api_key, title."],
    }


@pytest.mark.django_db
def test_unregistered_it_is_unknown_to_the_api(api: API) -> None:
    assert api.get("/v1/llm-provider/open-router").status_code == 404
    assert api.post("/v1/llm-providers", body_of(OpenRouter)).status_code == 400


@pytest.mark.django_db
@pytest.mark.usefixtures("registered")
def test_it_needs_no_migration() -> None:
    unsaved("open-router", OpenRouter.example).full_clean()
    call_command("makemigrations", check=True, dry_run=True, verbosity=0)


@pytest.mark.once
@pytest.mark.usefixtures("registered")
def test_it_has_its_branch_in_the_openapi_document() -> None:
    document: dict[str, Any] = SchemaGenerator().get_schema(request=None, public=True)  # type: ignore[no-untyped-call]
    schemas = document["components"]["schemas"]
    union = schemas["LLMProviderConfig"]
    branch = union["discriminator"]["mapping"]["open-router"]
    assert {"$ref": branch} in union["oneOf"]
    assert "open-router" in schemas["LLMProvidersEnum"]["enum"]
    properties = schemas[branch.rpartition("/")[2]]["properties"]
    assert properties["provider"]["const"] == "open-router"
    assert properties["credentials"] == {"$ref": "#/components/schemas/OpenRouterCredentials"}
    assert schemas["OpenRouterCredentials"]["required"] == ["api_key"]
    assert schemas["OpenRouterCredentials"]["properties"]["api_key"]["format"] == "password"
    assert schemas["OpenRouterCredentials"]["properties"]["title"]["pattern"] == "^(?:[a-z-]{1,32})$"


@pytest.mark.once
@pytest.mark.usefixtures("registered")
def test_it_has_its_example_in_the_openapi_document() -> None:
    document: dict[str, Any] = SchemaGenerator().get_schema(request=None, public=True)  # type: ignore[no-untyped-call]
    create = document["paths"]["/v1/llm-providers"]["post"]
    sent = create["requestBody"]["content"]["application/json"]["examples"]["open-router"]["value"]
    answered = create["responses"]["200"]["content"]["application/json"]["examples"]["open-router"]["value"]
    assert (sent, answered) == (body_of(OpenRouter), body_of(OpenRouter, **MASKED))
