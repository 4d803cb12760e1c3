import pytest

from llm_providers.providers import PROVIDERS
from tests.providers.refusals import clean, refused

pytestmark = pytest.mark.once


@pytest.mark.parametrize(
    "key",
    [
        "AIzaSy" + "a-_" * 11,
        "AIza" + "B" * 35,
        "AQ.Ab8RN6" + "c_-" * 10,
        "AQ." + "d" * 120,
        "IQ." + "e" * 30,
        "your-gemini-api-key",
    ],
)
def test_a_key_has_no_prefix_to_rely_on(key: str) -> None:
    assert clean("google", api_key=key) == {"api_key": key}


def test_a_key_in_two_lines_is_refused() -> None:
    assert list(refused("google", api_key="AQ.Ab8RN6\nabcd")) == ["credentials.api_key"]


@pytest.mark.parametrize("key", ["AIzaSy" + "a" * 33, "AQ.abc", "IQ.abc"])
def test_no_character_of_the_key_is_shown(key: str) -> None:
    assert PROVIDERS.mask("google", {"api_key": key}) == {"api_key": "***"}


def test_the_newer_keys_are_not_taken_for_another_providers() -> None:
    assert PROVIDERS.owner_of("AQ." + "a" * 40) is None
