import re

import pytest
from rest_framework.exceptions import ValidationError

from llm_providers.providers import PROVIDERS, Provider, Registry, UnknownProvider, get_provider, provider_choices
from llm_providers.providers.anthropic import Anthropic
from llm_providers.providers.openai import OpenAI
from llm_providers.providers.xai import XAI
from tests.published import PUBLISHED

pytestmark = pytest.mark.once


def test_the_providers_are_those_of_the_published_enum_in_its_order() -> None:
    assert PROVIDERS.slugs() == list(PUBLISHED)


def test_the_choices_are_slugs_and_labels_in_the_same_order() -> None:
    assert provider_choices() == list(PUBLISHED.items())


def test_a_provider_is_found_by_its_slug() -> None:
    assert get_provider("openai") is OpenAI


def test_an_unknown_slug_is_no_provider() -> None:
    with pytest.raises(UnknownProvider):
        get_provider("OpenAI")


@pytest.mark.parametrize("slug", [None, 1, True, ["openai"], {"openai": 1}, "OPENAI", " openai", ""])
def test_only_a_registered_slug_is_contained(slug: object) -> None:
    assert slug not in PROVIDERS
    assert "openai" in PROVIDERS


def test_a_slug_is_registered_once() -> None:
    registry = Registry([OpenAI])
    with pytest.raises(ValueError, match=r"^A provider is registered as 'openai' already\.$"):
        registry.register(OpenAI)
    assert list(registry) == [OpenAI]


def test_registries_share_nothing() -> None:
    registry = Registry([OpenAI])
    registry.register(XAI)
    assert registry.slugs() == ["openai", "xai"]
    assert Registry([OpenAI]).slugs() == ["openai"]


def test_a_provider_can_be_taken_out() -> None:
    registry = Registry([OpenAI, XAI])
    registry.unregister("openai")
    assert list(registry) == [XAI]


def test_a_provider_that_is_not_there_cannot_be_taken_out() -> None:
    with pytest.raises(UnknownProvider):
        Registry([OpenAI]).unregister("xai")


def test_cleaning_and_masking_for_an_unknown_provider_say_so() -> None:
    with pytest.raises(UnknownProvider):
        PROVIDERS.clean("acme", {})
    with pytest.raises(UnknownProvider):
        PROVIDERS.mask("acme", {})


@pytest.mark.parametrize(
    ("key", "owner"),
    [
        ("sk-proj-1", "openai"),
        ("sk-ant-1", "anthropic"),
        ("AIza" + "a" * 35, "google"),
        ("AKIAIOSFODNN7EXAMPLE", "amazon-bedrock"),
        ("ASIAIOSFODNN7EXAMPLE", "amazon-bedrock"),
        ("xai-1", "xai"),
    ],
)
def test_a_key_is_recognised_by_its_evident_sign(key: str, owner: str) -> None:
    assert PROVIDERS.owner_of(key) is get_provider(owner)


@pytest.mark.parametrize("key", ["", "AIzaShort", "AKIA1", "a-sk-1", "0123456789abcdef" * 2, "AQ.abc"])
def test_a_key_without_an_evident_sign_is_nobodys(key: str) -> None:
    assert PROVIDERS.owner_of(key) is None


@pytest.mark.parametrize("providers", [[OpenAI, Anthropic], [Anthropic, OpenAI]])
def test_of_several_signs_the_longest_counts(providers: list[type[Provider]]) -> None:
    registry = Registry(providers)
    assert (registry.owner_of("sk-ant-1"), registry.owner_of("sk-1")) == (Anthropic, OpenAI)
    with pytest.raises(ValidationError, match="This looks like a key of Anthropic"):
        registry.clean("openai", {"api_key": "sk-ant-1"})


@pytest.mark.parametrize("first", ["one", "other"])
def test_a_key_with_the_same_sign_under_two_providers_is_accepted_by_both(first: str) -> None:
    class One(Provider):
        slug, label, Credentials = "one", "One", XAI.Credentials
        key_pattern = re.compile(r"same-")

    class Other(One):
        slug, label = "other", "Other"

    registry = Registry([One, Other] if first == "one" else [Other, One])
    for slug in ("one", "other"):
        assert registry.clean(slug, {"api_key": "same-1"}) == {"api_key": "same-1"}


def test_a_provider_can_declare_that_any_key_is_its_own() -> None:
    class Gateway(Provider):
        slug, label, Credentials = "gateway", "Gateway", XAI.Credentials
        accepts_any_key = True

    registry = Registry([OpenAI, Anthropic, Gateway])
    for key in ("sk-1", "sk-ant-1"):
        assert registry.clean("gateway", {"api_key": key}) == {"api_key": key}
    with pytest.raises(ValidationError, match="This looks like a key of Anthropic"):
        registry.clean("openai", {"api_key": "sk-ant-1"})


def test_keys_of_two_providers_may_begin_alike() -> None:
    class Lookalike(Provider):
        slug = "lookalike"
        label = "Lookalike"
        key_pattern = re.compile(r"sk-look-")
        Credentials = XAI.Credentials

    registry = Registry([OpenAI, Lookalike])
    assert registry.clean("lookalike", {"api_key": "sk-look-1"}) == {"api_key": "sk-look-1"}
    with pytest.raises(ValidationError):
        registry.clean("lookalike", {"api_key": "sk-1"})
