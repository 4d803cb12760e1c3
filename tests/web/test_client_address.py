import pytest
from django.test import RequestFactory
from pytest_django import Settings

from llm_providers.web.client_address import client_address, login_source

pytestmark = pytest.mark.once


def address(remote: str, forwarded: str | None = None) -> str | None:
    headers = {} if forwarded is None else {"X-Forwarded-For": forwarded}
    return client_address(RequestFactory().get("/", REMOTE_ADDR=remote, headers=headers))


@pytest.mark.parametrize("remote", ["192.0.2.1", "2001:db8::1", "::1"])
def test_without_a_proxy_it_is_the_peer(remote: str) -> None:
    assert address(remote) == remote


def test_without_a_proxy_what_the_client_claims_does_not_count() -> None:
    assert address("192.0.2.1", "198.51.100.7") == "192.0.2.1"


@pytest.mark.parametrize("remote", ["", "unix:", "localhost", "192.0.2", "192.0.2.1:80:80"])
def test_what_is_no_address_is_none(remote: str) -> None:
    assert address(remote) is None


@pytest.mark.parametrize(
    ("written", "read"),
    [
        ("192.0.2.1:5678", "192.0.2.1"),
        ("[2001:db8::1]:80", "2001:db8::1"),
        ("[2001:db8::1]", "2001:db8::1"),
        ("::ffff:192.0.2.1", "192.0.2.1"),
    ],
)
def test_an_address_is_read_as_proxies_write_it(written: str, read: str) -> None:
    assert address(written) == read


@pytest.mark.parametrize(
    ("remote", "counted"),
    [
        ("192.0.2.1", "192.0.2.1"),
        ("2001:db8:1:2:3:4:5:6", "2001:db8:1:2::"),
        ("2001:db8:1:2:ffff::", "2001:db8:1:2::"),
        ("", ""),
    ],
)
def test_failed_logins_are_counted_by_the_network_of_an_ipv6_client(remote: str, counted: str) -> None:
    assert login_source(RequestFactory().get("/", REMOTE_ADDR=remote)) == counted


def test_failed_logins_are_counted_by_the_peer_when_the_proxies_say_nothing(settings: Settings) -> None:
    settings.TRUSTED_PROXY_COUNT = 1
    assert login_source(RequestFactory().get("/", REMOTE_ADDR="192.0.2.1")) == "192.0.2.1"


def test_the_zone_of_a_link_local_address_is_left_out() -> None:
    assert address("fe80::1%eth0") == "fe80::1"


@pytest.mark.parametrize(
    ("proxies", "forwarded", "client"),
    [
        (1, "198.51.100.7", "198.51.100.7"),
        (1, "203.0.113.9, 198.51.100.7", "198.51.100.7"),
        (1, "anything, 203.0.113.9,198.51.100.7 ", "198.51.100.7"),
        (1, "2001:DB8::0001", "2001:db8::1"),
        (2, "198.51.100.7, 10.0.0.1", "198.51.100.7"),
        (2, "203.0.113.9, 198.51.100.7, 10.0.0.1", "198.51.100.7"),
    ],
)
def test_behind_proxies_it_is_what_the_outermost_of_them_wrote(
    settings: Settings, proxies: int, forwarded: str, client: str
) -> None:
    settings.TRUSTED_PROXY_COUNT = proxies
    assert address("10.0.0.2", forwarded) == client


@pytest.mark.parametrize("forwarded", [None, "", "198.51.100.7", "unknown, 10.0.0.1", ", 10.0.0.1"])
def test_a_header_the_proxies_cannot_have_written_gives_none(settings: Settings, forwarded: str | None) -> None:
    settings.TRUSTED_PROXY_COUNT = 2
    assert address("10.0.0.2", forwarded) is None
