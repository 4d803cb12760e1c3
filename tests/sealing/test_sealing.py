"""A ciphertext opens with the right key, unaltered, in the row it was sealed for, and else not."""

import json
from typing import Any

import pytest
from cryptography.fernet import Fernet
from pytest_django import Settings

from llm_providers.models import LLMProviderConfig
from llm_providers.sealing import CredentialsUnreadable, EncryptedJSONField, Sealed

pytestmark = pytest.mark.once

OLD = "1sTkJ7pZ-Qw3vYx8Rb5Nc2Lm9Hg4Fd6Sa0"
NEW = "2uVmK8qA_Wx4wZy9Sc6Od3Mn0Ih5Ge7Tb1"
SECRET = {"api_key": "sk-canary"}
MESSAGE = (
    "The stored credentials of openai cannot be decrypted with the configured keys. "
    "Restore the key they were written with in FERNET_KEYS, or send the credentials again."
)


def field_with(settings: Settings, *keys: str) -> Any:
    """The model's field as a process with these FERNET_KEYS has it."""
    settings.FERNET_KEYS = list(keys)
    field: Any = LLMProviderConfig._meta.get_field("credentials").clone()
    field.set_attributes_from_name("credentials")
    assert field.ring  # made from the keys of now
    return field


def model_field() -> Any:
    return LLMProviderConfig._meta.get_field("credentials")


def unreadable(field: Any, sealed: Sealed) -> str:
    with pytest.raises(CredentialsUnreadable) as refused:
        field.open(sealed, "openai")
    return str(refused.value)


def test_a_key_that_moved_to_second_place_still_reads(settings: Settings) -> None:
    sealed = field_with(settings, OLD).seal(SECRET, "openai")
    assert field_with(settings, NEW, OLD).open(sealed, "openai") == SECRET


def test_the_first_key_writes(settings: Settings) -> None:
    sealed = field_with(settings, NEW, OLD).seal(SECRET, "openai")
    assert field_with(settings, NEW).open(sealed, "openai") == SECRET
    assert unreadable(field_with(settings, OLD), sealed) == MESSAGE


def test_a_key_appended_for_reading_reads_what_the_next_server_writes(settings: Settings) -> None:
    sealed = field_with(settings, NEW, OLD).seal(SECRET, "openai")
    assert field_with(settings, OLD, NEW).open(sealed, "openai") == SECRET


def test_another_key_does_not_open(settings: Settings) -> None:
    sealed = field_with(settings, OLD).seal(SECRET, "openai")
    assert unreadable(field_with(settings, NEW), sealed) == MESSAGE


def test_a_token_of_another_row_does_not_open() -> None:
    assert unreadable(model_field(), model_field().seal(SECRET, "xai")) == MESSAGE


@pytest.mark.parametrize("length", [0, 1, 10, -1, -2])
def test_a_cut_token_does_not_open(length: int) -> None:
    token = model_field().seal(SECRET, "openai").token
    assert unreadable(model_field(), Sealed(token[:length])) == MESSAGE


def test_a_token_with_a_flipped_bit_does_not_open() -> None:
    token = model_field().seal(SECRET, "openai").token
    for position in range(0, len(token) - 3, 7):  # of the last characters some bits are padding
        altered = bytearray(token)
        altered[position] ^= 1
        assert unreadable(model_field(), Sealed(bytes(altered))) == MESSAGE


@pytest.mark.parametrize("token", [b"", b"text", b"\x00\xff", json.dumps(SECRET).encode(), b"gAAAA"])
def test_what_is_no_token_does_not_open(token: bytes) -> None:
    assert unreadable(model_field(), Sealed(token)) == MESSAGE


@pytest.mark.parametrize(
    "text",
    [
        "",
        "text",
        "[]",
        "1",
        "null",
        "{}",
        '{"value": {}}',
        '{"provider": "openai"}',
        '{"provider": null, "value": {}}',
        '{"provider": "openai", "value": []}',
        '{"provider": "openai", "value": null}',
        '{"api_key": "sk-1"}',
        '{"provider": "openai", "value": {}, "more": 1}',
    ],
)
def test_what_the_right_key_sealed_but_this_field_did_not_does_not_open(text: str) -> None:
    assert unreadable(model_field(), Sealed(model_field().ring.encrypt(text.encode()))) == MESSAGE


def test_a_token_of_the_plain_library_key_does_not_open() -> None:
    assert unreadable(model_field(), Sealed(Fernet(Fernet.generate_key()).encrypt(b"{}"))) == MESSAGE


def test_the_error_holds_neither_token_nor_secret() -> None:
    sealed = model_field().seal(SECRET, "xai")
    with pytest.raises(CredentialsUnreadable) as refused:
        model_field().open(sealed, "openai")
    assert "canary" not in repr(refused.value)
    assert sealed.token.decode() not in repr(refused.value)
    assert (refused.value.__cause__, refused.value.args) == (None, (MESSAGE,))


def test_the_field_deconstructs_to_what_makes_it_again() -> None:
    name, path, args, kwargs = model_field().deconstruct()
    assert (name, path, args, kwargs) == (
        "credentials",
        "llm_providers.sealing.EncryptedJSONField",
        [],
        {"bound_to": "provider"},
    )
    assert EncryptedJSONField(**kwargs).editable is False
