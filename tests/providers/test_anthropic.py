import pytest

from llm_providers.providers import PROVIDERS
from tests.providers.refusals import clean, refused

pytestmark = pytest.mark.once


@pytest.mark.parametrize(
    "key",
    [
        "sk-ant-your-api-key",
        "sk-ant-api03-" + "a-_" * 31 + "AA",
        "sk-ant-admin01-" + "a" * 93 + "AA",
        "sk-ant-oat01-" + "b" * 77,
    ],
)
def test_every_shape_of_key_is_accepted(key: str) -> None:
    assert clean("anthropic", api_key=key) == {"api_key": key}


@pytest.mark.parametrize("key", ["your-api-key", "SK-ANT-1", "ant-1", "sk_ant-1"])
def test_a_key_that_does_not_start_with_sk_ant_is_refused(key: str) -> None:
    assert refused("anthropic", api_key=key) == {"credentials.api_key": ["The value must start with sk-ant-."]}


def test_the_key_is_masked() -> None:
    assert PROVIDERS.mask("anthropic", {"api_key": "sk-ant-api03-1"}) == {"api_key": "sk-ant-***"}
