import pytest

from llm_providers.providers import PROVIDERS
from tests.providers.refusals import clean, refused

pytestmark = pytest.mark.once


@pytest.mark.parametrize("key", ["xai-your-api-key", "xai-" + "aB3_" * 20, "a-key-without-the-usual-prefix"])
def test_a_key_needs_no_prefix(key: str) -> None:
    assert clean("xai", api_key=key) == {"api_key": key}


def test_a_key_with_a_space_is_refused() -> None:
    assert list(refused("xai", api_key="xai- 1")) == ["credentials.api_key"]


def test_no_character_of_the_key_is_shown() -> None:
    assert PROVIDERS.mask("xai", {"api_key": "xai-1"}) == {"api_key": "***"}
