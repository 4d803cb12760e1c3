"""What every provider must pass; a new one is tested here as soon as it is registered."""

from typing import Any
from urllib.parse import urlsplit
from uuid import uuid4

import pytest
from rest_framework.exceptions import ValidationError

from llm_providers import environment
from llm_providers.models import LLMProviderConfig
from llm_providers.providers import PROVIDERS, Provider
from llm_providers.providers.credentials import CredentialField, SecretField
from llm_providers.providers.endpoint import DestinationField
from tests.client import API
from tests.factories import another, body_of, canary_credentials, cleaned_example, masked_names, stored
from tests.providers.conftest import DECLARED
from tests.providers.refusals import example_with, refusal, refused

MASKED_SENT_BACK = "This is a masked value. Omit the field to keep the stored secret, or send the real secret."

FIELDS = [(provider, name) for provider in DECLARED for name in provider.Credentials.declared()]


def field_of(provider: type[Provider], name: str) -> CredentialField:
    return provider.Credentials.declared()[name]


def over(fields: list[tuple[type[Provider], str]]) -> pytest.MarkDecorator:
    ids = [f"{provider.slug}-{name}" for provider, name in fields]
    return pytest.mark.parametrize(("provider", "name"), fields, ids=ids)


each_field = over(FIELDS)
each_required_field = over([each for each in FIELDS if field_of(*each).required])
each_secret = over([each for each in FIELDS if field_of(*each).masked])
each_destination = over([each for each in FIELDS if field_of(*each).destination])
each_string_secret = over([each for each in FIELDS if isinstance(field_of(*each), SecretField)])


@pytest.mark.django_db
def test_the_example_is_created_and_answered_masked(api: API, provider: type[Provider]) -> None:
    response = api.post("/v1/llm-providers", body_of(provider))
    masked = PROVIDERS.mask(provider.slug, cleaned_example(provider))
    assert (response.status_code, response.json()) == (200, body_of(provider, **masked))


@pytest.mark.django_db
def test_what_is_stored_opens_to_what_was_sent(provider: type[Provider]) -> None:
    cleaned = PROVIDERS.clean(provider.slug, canary_credentials(provider))
    stored(provider.slug, cleaned)
    row = LLMProviderConfig.objects.get(provider=provider.slug)
    assert row.credentials == cleaned
    assert row.masked_credentials() == PROVIDERS.mask(provider.slug, cleaned)


def test_the_example_is_clean_already(provider: type[Provider]) -> None:
    assert cleaned_example(provider) == provider.example


@each_field
def test_a_value_of_the_field_is_in_one_of_the_examples(provider: type[Provider], name: str) -> None:
    assert name in {**provider.second_example, **provider.example}


def test_each_value_of_a_second_example_goes_with_the_first(provider: type[Provider]) -> None:
    for name, value in provider.second_example.items():
        assert PROVIDERS.clean(provider.slug, {**provider.example, name: value})[name] == value
        assert value != provider.example.get(name)


@each_field
def test_a_url_is_declared_as_one(provider: type[Provider], name: str) -> None:
    values = [example[name] for example in (provider.example, provider.second_example) if name in example]
    urls = [value for value in values if isinstance(value, str) and urlsplit(value).scheme and urlsplit(value).netloc]
    assert not urls or isinstance(field_of(provider, name), DestinationField)


@each_destination
def test_a_destination_changes_only_with_every_secret(provider: type[Provider], name: str) -> None:
    moved = {name: provider.second_example[name]}
    secrets = masked_names(provider)
    with pytest.raises(ValidationError) as refused_change:
        PROVIDERS.merge(provider.slug, provider.example, moved)
    assert set(refused_change.value.detail) == set(secrets)
    with_secrets = {**moved, **{secret: another(provider, secret) for secret in secrets}}
    changed = PROVIDERS.merge(provider.slug, provider.example, with_secrets)
    assert changed == {**provider.example, **with_secrets}


@pytest.mark.django_db
@each_required_field
def test_a_required_field_that_is_missing_is_named(api: API, provider: type[Provider], name: str) -> None:
    response = api.post("/v1/llm-providers", {**body_of(provider), "credentials": without(provider, name)})
    assert response.status_code == 400
    assert response.json()["error"]["details"] == {f"credentials.{name}": ["This field is required."]}


def without(provider: type[Provider], name: str) -> dict[str, Any]:
    return example_with(provider.slug, **{name: None})


def test_every_required_field_is_named_at_once(provider: type[Provider]) -> None:
    required = [f"credentials.{name}" for name, field in provider.Credentials.declared().items() if field.required]
    assert required
    assert refusal(provider.slug, {}) == {path: ["This field is required."] for path in required}


def test_an_unknown_field_is_refused_without_being_repeated(provider: type[Provider]) -> None:
    accepted = ", ".join(provider.Credentials.declared())
    unknown = {**provider.example, "zzzz-pasted-here": "pasted-there"}
    assert refusal(provider.slug, unknown) == {"credentials": [f"Unknown field. Accepted here: {accepted}."]}


@pytest.mark.parametrize("credentials", ["text", "{}", 1, True, [], [{}]], ids=repr)
def test_credentials_that_are_no_object_are_refused(provider: type[Provider], credentials: object) -> None:
    assert refusal(provider.slug, credentials) == {"credentials": ["Send a JSON object."]}


@each_field
@pytest.mark.parametrize("value", [1, 1.5, True, False, [], ["text"], {"text": "text"}, {}], ids=repr)
def test_a_value_of_another_type_is_refused(provider: type[Provider], name: str, value: object) -> None:
    refusals = refused(provider.slug, **{name: value})
    assert refusals
    assert [path for path in refusals if not path.startswith(f"credentials.{name}")] == []


@each_field
def test_null_is_refused(provider: type[Provider], name: str) -> None:
    credentials = {**provider.example, name: None}
    assert refusal(provider.slug, credentials) == {f"credentials.{name}": ["This field must not be null."]}


@each_field
@pytest.mark.parametrize("value", ["", " ", "\t\n"])
def test_an_empty_string_is_refused(provider: type[Provider], name: str, value: str) -> None:
    assert refused(provider.slug, **{name: value}) == {f"credentials.{name}": ["This field must not be empty."]}


@each_secret
def test_a_masked_value_sent_back_is_refused(provider: type[Provider], name: str) -> None:
    shown = PROVIDERS.mask(provider.slug, {name: "not-in-the-example", **provider.example})[name]
    refusals = refused(provider.slug, **{name: shown})
    assert {sentence for sentences in refusals.values() for sentence in sentences} == {MASKED_SENT_BACK}
    assert [path for path in refusals if not path.startswith(f"credentials.{name}")] == []


@each_string_secret
def test_a_mask_shows_the_longest_public_prefix_and_nothing_else(provider: type[Provider], name: str) -> None:
    field = field_of(provider, name)
    assert isinstance(field, SecretField)
    for prefix in ("", *field.prefixes):
        assert field.to_representation(f"{prefix}{uuid4().hex}") == f"{prefix}***"


def test_the_environment_gives_back_what_was_put_into_it(provider: type[Provider]) -> None:
    cleaned = PROVIDERS.clean(provider.slug, canary_credentials(provider))
    variables = environment.to_environment(provider, cleaned)
    again = PROVIDERS.clean(provider.slug, environment.from_environment(provider, variables))
    assert again == {name: carried(value) for name, value in cleaned.items()}


def carried(value: Any) -> Any:
    """A key file's path is not known here, so only what signs travels as variables."""
    if isinstance(value, dict):
        return {name: value[name] for name in ("type", "client_email", "private_key", "private_key_id")}
    return value


@each_field
def test_a_form_can_say_what_the_field_is(provider: type[Provider], name: str) -> None:
    field = field_of(provider, name)
    assert field.label
    assert str(field.help_text).endswith(".")


@pytest.mark.parametrize("address", ["docs_url", "keys_url"])
def test_the_documentation_is_linked(provider: type[Provider], address: str) -> None:
    url = urlsplit(getattr(provider, address))
    assert (url.scheme, bool(url.hostname)) == ("https", True)
