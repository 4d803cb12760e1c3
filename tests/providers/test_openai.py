import pytest

from llm_providers.providers import PROVIDERS
from tests.providers.refusals import clean, refusal, refused

pytestmark = pytest.mark.once

BODY = "a" * 58


@pytest.mark.parametrize(
    "key",
    [
        "sk-your-api-key",
        "sk-" + "a" * 20 + "T3BlbkFJ" + "b" * 20,
        f"sk-proj-{BODY}T3BlbkFJ{BODY}",
        f"sk-svcacct-{BODY}T3BlbkFJ{BODY}",
        f"sk-service-{BODY}T3BlbkFJ{BODY}",
        f"sk-admin-{BODY}T3BlbkFJ{BODY}",
        "sk-proj-with_under-score",
        "sk-anthology",
    ],
)
def test_every_shape_of_key_is_accepted(key: str) -> None:
    assert clean("openai", api_key=key)["api_key"] == key


@pytest.mark.parametrize("key", ["your-api-key", "SK-1", "org-1", "sk_1", "pk-1", "Bearer-sk-1"])
def test_a_key_that_does_not_start_with_sk_is_refused(key: str) -> None:
    assert refused("openai", api_key=key) == {"credentials.api_key": ["The value must start with sk-."]}


@pytest.mark.parametrize("organization", ["org-your-org-id", "org-" + "A1b2" * 6, "an-older-name"])
def test_an_organization_needs_no_prefix(organization: str) -> None:
    assert clean("openai", organization=organization)["organization"] == organization


def test_an_organization_that_could_inject_a_header_is_refused() -> None:
    assert list(refused("openai", organization="org-1\r\nHost: x")) == ["credentials.organization"]


def test_the_organization_may_be_left_out_and_stays_out() -> None:
    cleaned = clean("openai", organization=None)
    assert cleaned == {"api_key": "sk-your-api-key"}
    assert PROVIDERS.mask("openai", cleaned) == {"api_key": "sk-***"}


def test_an_organization_alone_is_refused() -> None:
    required = {"credentials.api_key": ["This field is required."]}
    assert refusal("openai", {"organization": "org-1"}) == required


def test_key_and_organization_are_masked() -> None:
    assert PROVIDERS.mask("openai", clean("openai")) == {"api_key": "sk-***", "organization": "org-***"}
    assert PROVIDERS.mask("openai", clean("openai", organization="acme"))["organization"] == "***"
