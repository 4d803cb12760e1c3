"""What every provider must pass; a new one is tested here as soon as it is registered."""

import re
from pathlib import Path
from typing import Any
from urllib.parse import urlsplit
from uuid import uuid4

import pytest
from rest_framework.exceptions import ValidationError

from llm_providers import environment
from llm_providers.models import LLMProviderConfig
from llm_providers.providers import PROVIDERS, Provider
from llm_providers.providers.credentials import CredentialField, SecretField
from llm_providers.providers.endpoint import URLField
from tests.client import API
from tests.factories import another, body_of, canary_credentials, cleaned_example, masked_names, stored
from tests.providers.conftest import IN_EACH_WAY
from tests.providers.refusals import example_with, refusal, refused
from tests.ways import fields_of, name_of, through_each_way

MASKED_SENT_BACK = "This is a masked value. Omit the field to keep the stored secret, or send the real secret."

FIELDS = [(provider, name) for provider in IN_EACH_WAY for name in fields_of(provider)]


def field_of(provider: type[Provider], name: str) -> CredentialField:
    return provider.Credentials.declared()[name]


def over(fields: list[tuple[type[Provider], str]]) -> pytest.MarkDecorator:
    ids = [f"{name_of(provider)}-{name}" for provider, name in fields]
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


@pytest.mark.once
def test_the_example_is_clean_already(provider: type[Provider]) -> None:
    assert cleaned_example(provider) == provider.example


@pytest.mark.once
@each_field
def test_a_value_of_the_field_is_in_one_of_the_examples(provider: type[Provider], name: str) -> None:
    assert name in {**provider.second_example, **provider.example}


@pytest.mark.once
def test_each_value_of_a_second_example_goes_with_the_first(provider: type[Provider]) -> None:
    for name, value in provider.second_example.items():
        assert PROVIDERS.clean(provider.slug, {**provider.example, name: value})[name] == value
        assert value != provider.example.get(name)


@pytest.mark.once
@each_field
def test_a_url_is_declared_as_one(provider: type[Provider], name: str) -> None:
    values = [example[name] for example in (provider.example, provider.second_example) if name in example]
    urls = [value for value in values if isinstance(value, str) and urlsplit(value).scheme and urlsplit(value).netloc]
    assert not urls or isinstance(field_of(provider, name), URLField)


@pytest.mark.once
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
    without = example_with(provider, **{name: None})
    response = api.post("/v1/llm-providers", {**body_of(provider), "credentials": without})
    assert response.status_code == 400
    details = response.json()["error"]["details"]
    if provider.Credentials.ways_in(without) == provider.Credentials.ways_in(provider.example):
        assert details == {f"credentials.{name}": ["This field is required."]}
    else:  # it was what told the way
        [sentence] = details["credentials"]
        assert re.search(rf"Missing for [^.]*\b{name}\b[^.]*\.", sentence)
        assert list(details) == ["credentials"]


@pytest.mark.once
def test_every_required_field_is_named_at_once(provider: type[Provider]) -> None:
    always = provider.Credentials.declared_for(None).items()
    required = {f"credentials.{name}": ["This field is required."] for name, field in always if field.required}
    refusals = refusal(provider.slug, {})
    [sentence] = refusals.pop("credentials", [""])
    assert refusals == required
    for way in provider.Credentials.ways:
        names = ", ".join(name for name in way.fields if provider.Credentials.declared()[name].required)
        assert f"Missing for {way.label}: {names}." in sentence
    assert required or sentence


@pytest.mark.django_db
def test_fields_of_two_ways_are_refused(api: API, provider: type[Provider]) -> None:
    for other in through_each_way(PROVIDERS.get(provider.slug)):
        mixed = {**other.example, **provider.example}
        response = api.post("/v1/llm-providers", body_of(provider, **mixed))
        if other.Credentials.way_of(other.example) == provider.Credentials.way_of(provider.example):
            assert PROVIDERS.clean(provider.slug, mixed) == mixed
            continue
        assert response.status_code == 400
        assert list(response.json()["error"]["details"]) == ["credentials"]
        [sentence] = response.json()["error"]["details"]["credentials"]
        taken = [way.label for way in provider.Credentials.ways_in(mixed)]
        assert sentence == " ".join(
            [
                f"Send the fields of one way in: these are of {' and '.join(taken)}.",
                *(f"Missing for {label}: nothing." for label in taken),
            ]
        )


@pytest.mark.django_db
def test_the_way_changes_to_each_other_and_back(api: API, provider: type[Provider]) -> None:
    path = f"/v1/llm-provider/{provider.slug}"
    api.post("/v1/llm-providers", body_of(provider))
    for other in through_each_way(PROVIDERS.get(provider.slug)):
        for start, end in [(provider, other), (other, provider)]:
            forgotten = [name for name in start.example if name not in end.example]
            if not forgotten:
                continue
            without_nulls = api.patch(path, {"credentials": end.example})
            assert without_nulls.status_code == 400
            [sentence] = without_nulls.json()["error"]["details"]["credentials"]
            label = getattr(start.Credentials.way_of(start.example), "label", "")
            assert sentence.endswith(f" To leave {label}, send null for {', '.join(forgotten)}.")
            patched = api.patch(path, {"credentials": {**dict.fromkeys(forgotten), **end.example}})
            assert (patched.status_code, patched.json()) == (
                200,
                body_of(end, **PROVIDERS.mask(end.slug, end.example)),
            )
            assert LLMProviderConfig.objects.get().credentials == end.example


@pytest.mark.django_db
def test_a_put_changes_the_way_without_a_word_about_the_old_one(api: API, provider: type[Provider]) -> None:
    api.post("/v1/llm-providers", body_of(provider))
    for other in through_each_way(PROVIDERS.get(provider.slug)):
        replaced = api.put(f"/v1/llm-provider/{provider.slug}", {"credentials": other.example})
        assert replaced.status_code == 200
        assert LLMProviderConfig.objects.get().credentials == other.example


@pytest.mark.once
def test_an_unknown_field_is_refused_without_being_repeated(provider: type[Provider]) -> None:
    accepted = ", ".join(provider.Credentials.declared())
    unknown = {**provider.example, "zzzz-pasted-here": "pasted-there"}
    assert refusal(provider.slug, unknown) == {"credentials": [f"Unknown field. Accepted here: {accepted}."]}


@pytest.mark.once
@pytest.mark.parametrize("credentials", ["text", "{}", 1, True, [], [{}]], ids=repr)
def test_credentials_that_are_no_object_are_refused(provider: type[Provider], credentials: object) -> None:
    assert refusal(provider.slug, credentials) == {"credentials": ["Send a JSON object."]}


@pytest.mark.once
@each_field
@pytest.mark.parametrize("value", [1, 1.5, True, False, [], ["text"], {"text": "text"}, {}], ids=repr)
def test_a_value_of_another_type_is_refused(provider: type[Provider], name: str, value: object) -> None:
    refusals = refused(provider, **{name: value})
    assert refusals
    assert [path for path in refusals if not path.startswith(f"credentials.{name}")] == []


@pytest.mark.once
@each_field
def test_null_is_refused(provider: type[Provider], name: str) -> None:
    credentials = {**provider.example, name: None}
    assert refusal(provider.slug, credentials) == {f"credentials.{name}": ["This field must not be null."]}


@pytest.mark.once
@each_field
@pytest.mark.parametrize("value", ["", " ", "\t\n"])
def test_an_empty_string_is_refused(provider: type[Provider], name: str, value: str) -> None:
    assert refused(provider, **{name: value}) == {f"credentials.{name}": ["This field must not be empty."]}


@pytest.mark.once
@each_secret
def test_a_masked_value_sent_back_is_refused(provider: type[Provider], name: str) -> None:
    shown = PROVIDERS.mask(provider.slug, {name: "not-in-the-example", **provider.example})[name]
    refusals = refused(provider, **{name: shown})
    assert {sentence for sentences in refusals.values() for sentence in sentences} == {MASKED_SENT_BACK}
    assert [path for path in refusals if not path.startswith(f"credentials.{name}")] == []


@pytest.mark.once
@each_string_secret
def test_a_mask_shows_the_longest_public_prefix_and_nothing_else(provider: type[Provider], name: str) -> None:
    field = field_of(provider, name)
    assert isinstance(field, SecretField)
    for prefix in ("", *field.prefixes):
        assert field.to_representation(f"{prefix}{uuid4().hex}") == f"{prefix}***"


@pytest.mark.once
def test_the_environment_gives_back_what_was_put_into_it(provider: type[Provider]) -> None:
    cleaned = PROVIDERS.clean(provider.slug, canary_credentials(provider))
    written, unset = environment.environment_of(provider, cleaned)
    assert set(written).isdisjoint(unset)
    found = environment.from_environment(written)
    assert (found[provider.slug].missing, found[provider.slug].ambiguous) == ({}, [])
    again = PROVIDERS.clean(provider.slug, found.pop(provider.slug).credentials)
    assert again == {name: carried(value) for name, value in cleaned.items()}
    assert found == {}
    assert environment.environment_of(provider, again) == (written, unset)


@pytest.mark.once
def test_a_shell_finds_a_key_file_where_it_was_written(provider: type[Provider], tmp_path: Path) -> None:
    def write_file(text: str) -> str:
        (tmp_path / "key").write_text(text)
        return str(tmp_path / "key")

    cleaned = PROVIDERS.clean(provider.slug, canary_credentials(provider))
    written, _unset = environment.environment_of(provider, cleaned, write_file)
    found = environment.from_environment(written, lambda path: Path(path).read_text())
    assert PROVIDERS.clean(provider.slug, found[provider.slug].credentials) == cleaned


@pytest.mark.once
def test_a_stale_name_does_not_survive(provider: type[Provider]) -> None:
    """What is left of an environment, once set and unset as it says, is what a fresh one holds."""
    written, unset = environment.environment_of(provider, cleaned_example(provider))
    ours = {name for field in fields_of(provider).values() for name in field.names(files=False)}
    assert ours - set(written) - set(unset) == set()


def carried(value: Any) -> Any:
    """A key file's path is not known here, so only what signs travels as variables."""
    if isinstance(value, dict):
        return {name: value[name] for name in ("type", "client_email", "private_key", "private_key_id")}
    return value


@pytest.mark.once
@each_field
def test_a_form_can_say_what_the_field_is(provider: type[Provider], name: str) -> None:
    field = field_of(provider, name)
    assert field.label
    assert str(field.help_text).endswith(".")


@pytest.mark.once
@pytest.mark.parametrize("address", ["docs_url", "keys_url"])
def test_the_documentation_is_linked(provider: type[Provider], address: str) -> None:
    url = urlsplit(getattr(provider, address))
    assert (url.scheme, bool(url.hostname)) == ("https", True)
