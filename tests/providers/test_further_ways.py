"""What came with the ways in: the API keys of Bedrock and Vertex AI, and projects and regions of OpenAI."""

import pytest

from llm_providers.providers import PROVIDERS
from tests.providers.refusals import refusal

pytestmark = pytest.mark.once

LONG_LIVED = "ABSK" + "QmVkcm9ja0FQSUtleS1" * 6 + "=="
SHORT_LIVED = "bedrock-api-key-YmVkcm9jay5hbWF6b25hd3MuY29t"
STANDARD = "AIza" + "a" * 35


@pytest.mark.parametrize(
    ("key", "masked"), [(LONG_LIVED, "ABSK***"), (SHORT_LIVED, "bedrock-api-key-***"), ("ABSK", "ABSK***")]
)
def test_bedrocks_keys_are_accepted_and_masked(key: str, masked: str) -> None:
    credentials = {"api_key": key, "region": "us-west-2"}
    assert PROVIDERS.clean("amazon-bedrock", credentials) == credentials
    assert PROVIDERS.mask("amazon-bedrock", credentials) == {**credentials, "api_key": masked}


def test_a_key_that_is_not_bedrocks_is_refused() -> None:
    assert refusal("amazon-bedrock", {"api_key": "your-api-key", "region": "us-west-2"}) == {
        "credentials.api_key": ["The value must start with ABSK or bedrock-api-key-."]
    }


def test_a_short_lived_key_has_at_most_4096_characters() -> None:
    longest = SHORT_LIVED.ljust(4096, "a")
    assert PROVIDERS.clean("amazon-bedrock", {"api_key": longest, "region": "us-west-2"})["api_key"] == longest
    assert refusal("amazon-bedrock", {"api_key": longest + "a", "region": "us-west-2"}) == {
        "credentials.api_key": ["This field takes at most 4096 characters."]
    }


@pytest.mark.parametrize("key", [LONG_LIVED, SHORT_LIVED])
@pytest.mark.parametrize("slug", ["google", "xai"])
def test_bedrocks_keys_are_recognised_under_others(slug: str, key: str) -> None:
    sentence = "This looks like a key of Amazon Bedrock. Send it under that provider."
    assert refusal(slug, {"api_key": key}) == {"credentials.api_key": [sentence]}


def test_a_key_in_the_shape_of_googles_is_vertexs_too() -> None:
    for slug in ("google", "google-vertex"):
        assert PROVIDERS.clean(slug, {"api_key": STANDARD}) == {"api_key": STANDARD}
    sentence = "This looks like a key of Google. Send it under that provider."
    assert refusal("xai", {"api_key": STANDARD}) == {"credentials.api_key": [sentence]}


def test_a_vertex_key_goes_with_no_project() -> None:
    assert refusal("google-vertex", {"api_key": "key", "location": "global"}) == {
        "credentials": [
            (
                "Send the fields of one way in: these are of Key file and API key. "
                "Missing for Key file: service_account. Missing for API key: nothing."
            )
        ]
    }
    assert PROVIDERS.clean("google-vertex", {"api_key": "key"}) == {"api_key": "key"}


@pytest.mark.parametrize("region", ["us", "eu", "ae", "au", "in", "jp"])
def test_each_region_of_data_residency_is_accepted(region: str) -> None:
    credentials = {"api_key": "sk-1", "project": "proj_abc", "data_residency": region}
    assert PROVIDERS.clean("openai", credentials) == credentials
    assert PROVIDERS.mask("openai", credentials) == {
        "api_key": "sk-***",
        "project": "proj_***",
        "data_residency": region,
    }


@pytest.mark.parametrize("region", ["EU", "uk", "eu.api.openai.com", "eu.", "https://eu.api.openai.com/v1"])
def test_another_region_of_data_residency_is_refused(region: str) -> None:
    assert refusal("openai", {"api_key": "sk-1", "data_residency": region}) == {
        "credentials.data_residency": ["A region of data residency is us, eu, ae, au, in or jp."]
    }
