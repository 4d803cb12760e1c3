"""A base URL: kept with its path, in one spelling, and never of a host that is evidently private."""

from ipaddress import ip_network

import pytest
from pytest_django import Settings
from rest_framework.exceptions import ValidationError

from llm_providers.providers import Registry
from tests.providers.strangers import SelfHosted
from tests.strict.test_addresses import NOT_PUBLIC, SPELLINGS

pytestmark = pytest.mark.once

REGISTRY = Registry([SelfHosted])
SCHEME = "The base URL must be an https:// URL."
NOT_PLAIN = "The base URL must be a plain URL, https://<host>/<path>, without user name, query or fragment."
NOT_PUBLIC_HOST = "The base URL must lead to a public host. The operator can allow networks of IP addresses."


def cleaned(url: str) -> str:
    base_url: str = REGISTRY.clean("self-hosted", {"api_key": "sk-1", "base_url": url})["base_url"]
    return base_url


def refusal(url: str) -> object:
    with pytest.raises(ValidationError) as refused:
        cleaned(url)
    return refused.value.detail


@pytest.mark.parametrize(
    ("sent", "kept"),
    [
        ("https://llm.example.com", "https://llm.example.com"),
        ("https://llm.example.com/", "https://llm.example.com"),
        ("https://llm.example.com/openai/v1", "https://llm.example.com/openai/v1"),
        ("https://llm.example.com/openai/v1/", "https://llm.example.com/openai/v1"),
        ("https://llm.example.com/Team_A/~x.y", "https://llm.example.com/Team_A/~x.y"),
        ("HTTPS://LLM.Example.COM/V1", "https://llm.example.com/V1"),
        ("https://llm.example.com./v1", "https://llm.example.com/v1"),
        ("https://llm.example.com:443/v1", "https://llm.example.com/v1"),
        ("https://llm.example.com:0443/v1", "https://llm.example.com/v1"),
        ("https://llm.example.com:4000/v1", "https://llm.example.com:4000/v1"),
        ("  https://llm.example.com/v1\n", "https://llm.example.com/v1"),
        ("https://1.1.1.1/v1", "https://1.1.1.1/v1"),
        ("https://[2606:4700:0:0::1111]/v1", "https://[2606:4700::1111]/v1"),
    ],
)
def test_a_base_url_is_kept_in_one_spelling(sent: str, kept: str) -> None:
    assert cleaned(sent) == kept
    assert cleaned(kept) == kept


@pytest.mark.parametrize(
    "url", ["http://llm.example.com/v1", "llm.example.com/v1", "ftp://llm.example.com", "//a.b/v1"]
)
def test_a_base_url_without_https_is_refused(url: str) -> None:
    assert refusal(url) == {"base_url": [SCHEME]}


def test_a_wrong_scheme_and_a_wrong_host_of_a_base_url_are_told_at_once() -> None:
    assert refusal("http://10.0.0.5:8000/v1") == {"base_url": [SCHEME, NOT_PUBLIC_HOST]}
    assert refusal("http://user@llm.example.com/v1") == {"base_url": [SCHEME, NOT_PLAIN]}


@pytest.mark.parametrize(
    "url",
    [
        "https://",
        "https:///v1",
        "https://user@llm.example.com/v1",
        "https://user:pass@llm.example.com/v1",
        "https://@llm.example.com/v1",
        "https://llm.example.com@evil.example/v1",
        "https://llm.example.com\\@evil.example/v1",
        "https://llm.example.com/v1?key=1",
        "https://llm.example.com/v1?",
        "https://llm.example.com/v1#models",
        "https://llm.example.com/v1#",
        "https://llm.example.com:0/v1",
        "https://llm.example.com:65536/v1",
        "https://llm.example.com:/v1",
        "https://llm.example.com:x/v1",
        "https://llm.example.com/../admin",
        "https://llm.example.com/./v1",
        "https://llm.example.com//v1",
        "https://llm.example.com/v1//",
        "https://llm.example.com/%2e%2e/admin",
        "https://llm.example.com/v1;x",
        "https://llm.exam%70le.com/v1",
        "https://llm_1.example.com/v1",
        "https://-llm.example.com/v1",
        "https://llm..example.com/v1",
        "https://llm.example.com../v1",
        f"https://{'a' * 64}.example.com/v1",
        "https://16843009/v1",
        "https://[::1/v1",
        "https://[2606:4700::1111].evil.example/v1",
        "https://evil.example[2606:4700::1111]/v1",
        "https://[2606:4700::1111%25eth0]/v1",
    ],
)
def test_a_base_url_that_is_not_plain_is_refused(url: str) -> None:
    assert refusal(url) == {"base_url": [NOT_PLAIN]}


@pytest.mark.parametrize("address", [address for address in NOT_PUBLIC if "%" not in address])
def test_an_address_that_is_not_public_is_refused(address: str) -> None:
    host = f"[{address}]" if ":" in address else address
    for url in (f"https://{host}", f"https://{host}/v1", f"https://{host.upper()}:8443/v1/"):
        assert refusal(url) == {"base_url": [NOT_PUBLIC_HOST]}


@pytest.mark.parametrize("host", [*SPELLINGS, *NOT_PUBLIC])
def test_no_spelling_of_a_private_host_is_accepted(host: str) -> None:
    for url in (f"https://{host}", f"https://{host}/v1", f"https://{host}:8443/v1"):
        assert list(refusal(url)) == ["base_url"]  # type: ignore[call-overload]


def test_the_operator_can_allow_networks(settings: Settings) -> None:
    settings.LLM_PROVIDERS_OUTBOUND_ALLOW = [ip_network("10.1.0.0/16"), ip_network("fd00::/8")]
    assert cleaned("https://10.1.2.3:8443/v1") == "https://10.1.2.3:8443/v1"
    assert cleaned("https://[FD00:0::7]/v1") == "https://[fd00::7]/v1"
    assert refusal("https://10.2.0.1/v1") == {"base_url": [NOT_PUBLIC_HOST]}
    assert refusal("https://localhost/v1") == {"base_url": [NOT_PUBLIC_HOST]}


@pytest.mark.parametrize("host", ["0x0a.1.2.3", "167838211", "012.1.2.3", "10.66051"])
def test_an_allowed_address_has_one_spelling(settings: Settings, host: str) -> None:
    settings.LLM_PROVIDERS_OUTBOUND_ALLOW = [ip_network("10.1.0.0/16")]
    assert refusal(f"https://{host}/v1") == {"base_url": [NOT_PLAIN]}
