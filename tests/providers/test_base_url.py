"""A base URL: where secrets are sent to, kept with its path, and never an address of the inside."""

from ipaddress import ip_network

import pytest
from pytest_django import Settings
from rest_framework.exceptions import ValidationError

from llm_providers.providers.endpoint import BaseURLField


def cleaned(url: str) -> str:
    accepted: str = BaseURLField().run_validation(url)
    return accepted


def refusal(url: str) -> str:
    with pytest.raises(ValidationError) as refused:
        cleaned(url)
    [sentence] = refused.value.detail
    return str(sentence)


@pytest.mark.parametrize(
    ("url", "kept"),
    [
        ("https://llm.example.com", "https://llm.example.com"),
        ("https://llm.example.com/", "https://llm.example.com"),
        ("https://llm.example.com/openai/v1", "https://llm.example.com/openai/v1"),
        ("HTTPS://LLM.Example.com./V1/", "https://llm.example.com/V1"),
        ("https://llm.example.com:443/v1", "https://llm.example.com/v1"),
        ("https://llm.example.com:8443/v1", "https://llm.example.com:8443/v1"),
        ("https://1.1.1.1/v1", "https://1.1.1.1/v1"),
        ("https://[2606:4700:4700:0:0:0:0:1111]/v1", "https://[2606:4700:4700::1111]/v1"),
        (" https://llm.example.com/v1 ", "https://llm.example.com/v1"),
    ],
)
def test_a_public_base_url_is_kept_in_one_spelling(url: str, kept: str) -> None:
    assert cleaned(url) == kept


@pytest.mark.parametrize(
    "url",
    [
        *(
            "https://localhost/v1",
            "https://LOCALHOST./v1",
            "https://a.localhost",
            "https://llm",
            "https://llm.internal",
        ),
        *("https://metadata.google.internal/v1", "https://metadata.goog", "https://llm.local", "https://x.svc"),
        *("https://127.0.0.1/v1", "https://127.1", "https://127.0.1", "https://2130706433", "https://0x7f000001"),
        *("https://0177.0.0.1", "https://0x7f.1", "https://0", "https://0.0.0.0", "https://127.0.0.1."),
        *(
            "https://10.0.0.1",
            "https://172.16.0.1",
            "https://192.168.1.1",
            "https://100.64.0.1",
            "https://169.254.169.254",
        ),
        *("https://168.63.129.16", "https://192.0.0.192", "https://224.0.0.1", "https://255.255.255.255"),
        *(
            "https://[::1]",
            "https://[::]",
            "https://[::ffff:127.0.0.1]",
            "https://[::ffff:7f00:1]",
            "https://[fe80::1]",
        ),
        *("https://[fd00::1]", "https://[fec0::1]", "https://[64:ff9b::a9fe:a9fe]", "https://[2002:a9fe:a9fe::1]"),
    ],
)
def test_a_host_that_is_evidently_private_is_refused(url: str) -> None:
    assert refusal(url) == "The base URL must lead to a public host. The operator can allow networks of IP addresses."


@pytest.mark.parametrize(
    "url",
    [
        *(
            "https://",
            "https:///v1",
            "https://user@llm.example.com",
            "https://a:b@llm.example.com",
            "https://llm.example.com?x=1",
        ),
        *("https://llm.example.com/#v1", "https://llm.example.com/a/../b", "https://llm.example.com/./v1"),
        *("https://llm.example.com/%2e%2e/v1", "https://llm.example.com//v1", "https://llm.example.com\\\\@10.0.0.1"),
        *(
            "https://llm.example.com:0",
            "https://llm.example.com:65536",
            "https://llm.example.com:8443x",
            "https://-a.com",
        ),
        *("https://[::1%25eth0]", "https://[fe80::1%eth0]", "https://llm..example.com"),
    ],
)
def test_a_url_that_two_readers_could_read_differently_is_refused(url: str) -> None:
    assert refusal(url).startswith("The base URL must be a plain URL")


@pytest.mark.parametrize(
    "url", ["http://llm.example.com", "llm.example.com", "ftp://llm.example.com", "//llm.example.com"]
)
def test_anything_but_https_is_refused(url: str) -> None:
    assert refusal(url) == "The base URL must be an https:// URL."


def test_the_operator_allows_a_network(settings: Settings) -> None:
    settings.LLM_PROVIDERS_OUTBOUND_ALLOW = [ip_network("10.1.0.0/16")]
    assert cleaned("https://10.1.2.3:8443/v1") == "https://10.1.2.3:8443/v1"
    assert refusal("https://10.2.0.1").startswith("The base URL must lead to a public host.")
