"""Plaintext for code of this project, which shows itself masked."""

import copy
import pickle
import pprint
from collections.abc import Mapping
from typing import Any, NotRequired, get_args, get_origin, get_overloads, get_type_hints

import pytest

from llm_providers import credential_types, vault
from llm_providers.models import LLMProviderConfig
from llm_providers.providers import PROVIDERS, Provider
from llm_providers.sealing import Sealed
from llm_providers.vault import (
    CredentialsUnreadable,
    ProviderDisabled,
    ProviderNotConfigured,
    UnknownProvider,
    credentials_for,
)
from tests.factories import canaries, canary_credentials, found, stored

each_published = pytest.mark.parametrize("provider", list(PROVIDERS), ids=lambda provider: provider.slug)


@pytest.mark.django_db
@each_published
def test_what_was_stored_is_what_one_gets(provider: type[Provider]) -> None:
    cleaned = PROVIDERS.clean(provider.slug, canary_credentials(provider))
    stored(provider.slug, cleaned)
    assert credentials_for(provider.slug) == cleaned


@pytest.mark.django_db
@each_published
def test_credentials_show_themselves_masked(provider: type[Provider]) -> None:
    cleaned = PROVIDERS.clean(provider.slug, canary_credentials(provider))
    stored(provider.slug, cleaned)
    credentials = credentials_for(provider.slug)
    parts: list[Any] = [credentials, *(value for value in credentials.values() if isinstance(value, Mapping))]
    copies = [*parts, *map(copy.copy, parts), *map(copy.deepcopy, parts), pickle.loads(pickle.dumps(parts))]
    copies += [*(part.copy() for part in parts), *(part | {"timeout": 3} for part in parts)]
    shown = [text for part in copies for text in (repr(part), f"{part}", "%s" % part, pprint.pformat(part))]  # noqa: UP031
    assert repr(credentials) == repr(PROVIDERS.mask(provider.slug, cleaned))
    assert found(canaries(provider, cleaned), *shown) == []


@pytest.mark.django_db
def test_the_credentials_go_into_a_client_as_they_are() -> None:
    stored("openai", {"api_key": "sk-canary"})

    stored("anthropic", {"api_key": "sk-ant-canary"})

    def client(api_key: str, timeout: float = 1) -> tuple[str, float]:
        return api_key, timeout

    assert client(**credentials_for("anthropic")) == ("sk-ant-canary", 1)


@pytest.mark.django_db
def test_a_provider_that_is_not_configured_is_told() -> None:
    with pytest.raises(ProviderNotConfigured) as refused:
        credentials_for("openai")
    assert str(refused.value) == "No configuration found for provider: openai"


@pytest.mark.django_db
def test_a_provider_that_is_disabled_is_told() -> None:
    stored("openai", {"api_key": "sk-canary"})
    LLMProviderConfig.objects.update(enabled=False)
    with pytest.raises(ProviderDisabled) as refused:
        credentials_for("openai")
    assert str(refused.value) == "The configuration of openai is disabled. Enable it to use its credentials."


@pytest.mark.django_db
def test_credentials_that_no_key_opens_are_told() -> None:
    stored("openai", {"api_key": "sk-canary"})
    LLMProviderConfig.objects.update(credentials=Sealed(b"of another key"))
    with pytest.raises(CredentialsUnreadable):
        credentials_for("openai")


@pytest.mark.once
@pytest.mark.parametrize("slug", ["mistral", "", "OpenAI", "openai "])
def test_an_unknown_provider_is_told_before_the_database_is_asked(slug: str) -> None:
    with pytest.raises(UnknownProvider):
        credentials_for(slug)


@pytest.mark.django_db
def test_nothing_is_kept_between_two_calls() -> None:
    config = stored("openai", {"api_key": "sk-first"})
    assert credentials_for("openai") == {"api_key": "sk-first"}
    config.credentials = {"api_key": "sk-second"}
    config.save()
    assert credentials_for("openai") == {"api_key": "sk-second"}


def types_by_slug() -> dict[str, Any]:
    """What the overloads of credentials_for say it returns, by the slug they are for."""
    hints = [get_type_hints(overload) for overload in get_overloads(credentials_for)]
    return {slug: hint["return"] for hint in hints for slug in get_args(hint["provider"])}


@pytest.mark.once
def test_each_provider_has_a_type() -> None:
    assert list(types_by_slug()) == PROVIDERS.slugs()
    assert vault.__all__ == sorted(vault.__all__)


@pytest.mark.once
@each_published
def test_the_type_of_a_provider_is_its_declaration(provider: type[Provider]) -> None:
    declared, always = provider.Credentials.declared(), provider.Credentials.declared_for(None)
    hints = get_type_hints(types_by_slug()[provider.slug], include_extras=True)
    required = {name for name, hint in hints.items() if get_origin(hint) is not NotRequired}
    types = {name: hint if name in required else get_args(hint)[0] for name, hint in hints.items()}
    assert required == {name for name, field in always.items() if field.required}
    assert types == {name: credential_types.KeyFile if field.members else str for name, field in declared.items()}


@pytest.mark.once
def test_the_type_of_a_key_file_is_what_is_kept_of_one() -> None:
    from llm_providers.providers.service_account import KeyFile

    declared = {name: field for name, field in KeyFile.declared().items() if name in KeyFile.kept}
    hints = get_type_hints(credential_types.KeyFile, include_extras=True)
    required = {name for name, hint in hints.items() if get_origin(hint) is not NotRequired}
    assert hints.keys() == declared.keys()
    assert required == {name for name, field in declared.items() if field.required}
