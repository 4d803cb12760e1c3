"""Endpoints on domains that the operator added: there the path belongs to the address."""

import pytest
from pytest_django import Settings
from rest_framework.exceptions import ValidationError

from llm_providers.providers import PROVIDERS
from tests.providers.refusals import clean, refused

pytestmark = pytest.mark.once

GATEWAY = "https://gateway.azure-api.net"


@pytest.fixture(autouse=True)
def gateways(settings: Settings) -> None:
    settings.AZURE_ENDPOINT_SUFFIXES_EXTRA = [".azure-api.net", ".openai.azure.com"]


@pytest.mark.parametrize(
    ("pasted", "kept"),
    [
        (f"{GATEWAY}/team/openai", f"{GATEWAY}/team/openai"),
        (f"{GATEWAY}/team/", f"{GATEWAY}/team"),
        ("HTTPS://Gateway.Azure-API.net:443/Team", f"{GATEWAY}/Team"),
        ("https://gateway.azure-api.net./team", f"{GATEWAY}/team"),
        (f"{GATEWAY}/", GATEWAY),
    ],
)
def test_the_path_is_kept(pasted: str, kept: str) -> None:
    assert clean("azure", endpoint=pasted)["endpoint"] == kept
    assert clean("azure", endpoint=kept)["endpoint"] == kept


@pytest.mark.parametrize(
    "rest", ["?a=1", "/team?", "/team?a=1", "/..", "/a/../b", "/./a", "//a", "/a//", "/%2e%2e", "/a;b", "/a#"]
)
def test_a_path_that_is_not_plain_is_refused(rest: str) -> None:
    sentence = "The endpoint of a gateway must be a plain URL with its path, without query or fragment."
    assert refused("azure", endpoint=GATEWAY + rest) == {"credentials.endpoint": [sentence]}


@pytest.mark.parametrize("rest", ["/a#b", ":8443/a"])
def test_a_port_and_a_fragment_are_refused_as_elsewhere(rest: str) -> None:
    assert list(refused("azure", endpoint=GATEWAY + rest)) == ["credentials.endpoint"]


def test_a_domain_that_is_azures_own_too_is_reduced_to_the_origin() -> None:
    assert (
        clean("azure", endpoint="https://res.openai.azure.com/openai/v1")["endpoint"] == "https://res.openai.azure.com"
    )


def test_another_path_is_another_destination() -> None:
    stored = clean("azure", endpoint=f"{GATEWAY}/a")
    with pytest.raises(ValidationError) as refused_change:
        PROVIDERS.merge("azure", stored, {"endpoint": f"{GATEWAY}/b"})
    assert list(refused_change.value.detail) == ["api_key"]
