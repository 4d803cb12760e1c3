"""The rules every credential string has, seen on one of them."""

import pytest

from llm_providers.providers.credentials import SecretField
from tests.providers.refusals import clean, refused

pytestmark = pytest.mark.once

CHARACTERS = "Only printable ASCII characters without white space are accepted. Copy the value again."


@pytest.mark.parametrize("value", [" xai-1", "xai-1 ", "\txai-1\r\n", "\n\nxai-1\n"])
def test_white_space_around_a_value_is_trimmed(value: str) -> None:
    assert clean("xai", api_key=value) == {"api_key": "xai-1"}


@pytest.mark.parametrize(
    "value",
    [
        "xai-1 2",
        "xai-1\t2",
        "xai-1\r\nX-Injected: 1",
        "xai-1\n2",
        "xai-1\x7f2",
        "xai-1\x1b2",
        "xai-1\u00a02",
        "xai-1\u200b",
        "\ufeffxai-1",
        "xai-\u0661",
        "xa\u0456-1",
        "xai-1\u2026",
    ],
)
def test_inner_white_space_control_and_other_than_ascii_characters_are_refused(value: str) -> None:
    assert refused("xai", api_key=value) == {"credentials.api_key": [CHARACTERS]}


def test_a_nul_and_half_a_surrogate_pair_are_refused() -> None:
    assert list(refused("xai", api_key="xai-\0")) == ["credentials.api_key"]
    assert list(refused("xai", api_key="xai-\ud800")) == ["credentials.api_key"]


def test_every_printable_character_is_accepted() -> None:
    value = "".join(map(chr, range(0x21, 0x7F)))
    assert clean("xai", api_key=value) == {"api_key": value}


def test_a_value_takes_512_characters() -> None:
    assert clean("xai", api_key="x" * 512) == {"api_key": "x" * 512}


def test_a_value_takes_no_more_than_512_characters() -> None:
    sentence = "This field takes at most 512 characters."
    assert refused("xai", api_key="x" * 513) == {"credentials.api_key": [sentence]}


def test_a_value_that_holds_a_mask_anywhere_is_refused() -> None:
    sentence = "This is a masked value. Omit the field to keep the stored secret, or send the real secret."
    for value in ("***", "xai-***", "xai-***abcd", "xai-****"):
        assert refused("xai", api_key=value) == {"credentials.api_key": [sentence]}


def test_two_stars_are_no_mask() -> None:
    assert clean("xai", api_key="xai-**") == {"api_key": "xai-**"}


def test_of_several_public_prefixes_the_longest_is_shown() -> None:
    field = SecretField(prefixes=["sk-", "sk-proj-"])
    assert field.to_representation("sk-proj-1") == "sk-proj-***"
    assert field.to_representation("sk-1") == "sk-***"
    assert field.to_representation("1-sk-proj-") == "***"


def test_a_close_name_is_offered_for_an_unknown_one() -> None:
    assert refused("azure", endpont="https://your-resource.openai.azure.com") == {
        "credentials": [
            (
                "Unknown field. Did you mean endpoint? Accepted here: api_key, tenant_id, client_id, "
                "client_secret, endpoint, deployment_id, api_version."
            )
        ]
    }


@pytest.mark.parametrize(
    ("slug", "key", "owner"),
    [
        ("openai", "sk-ant-api03-1", "Anthropic"),
        ("openai", "xai-1", "xAI"),
        ("openai", "AIzaSy" + "a" * 33, "Google"),
        ("openai", "AKIAIOSFODNN7EXAMPLE", "Amazon Bedrock"),
        ("anthropic", "sk-proj-1", "OpenAI"),
        ("anthropic", "xai-1", "xAI"),
        ("google", "sk-1", "OpenAI"),
        ("google", "sk-ant-1", "Anthropic"),
        ("google", "xai-1", "xAI"),
        ("azure", "sk-1", "OpenAI"),
        ("azure", "AIzaSy" + "a" * 33, "Google"),
        ("xai", "sk-ant-1", "Anthropic"),
        ("xai", "sk-1", "OpenAI"),
        ("xai", "ASIAIOSFODNN7EXAMPLE", "Amazon Bedrock"),
    ],
)
def test_a_key_of_another_provider_is_refused_with_its_owner(slug: str, key: str, owner: str) -> None:
    sentence = f"This looks like a key of {owner}. Send it under that provider."
    assert refused(slug, api_key=key) == {"credentials.api_key": [sentence]}
