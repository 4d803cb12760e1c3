from ipaddress import ip_network

import pytest

from llm_providers.strict.addresses import is_evidently_private, is_reachable

pytestmark = pytest.mark.once

NOT_PUBLIC = [
    "0.0.0.0",
    "10.0.0.1",
    "100.64.0.1",
    "100.100.100.200",
    "127.0.0.1",
    "127.255.255.254",
    "168.63.129.16",
    "169.254.169.254",
    "172.16.0.1",
    "172.31.255.255",
    "192.0.0.192",
    "192.0.2.1",
    "192.168.1.1",
    "198.18.0.1",
    "203.0.113.7",
    "224.0.0.1",
    "240.0.0.1",
    "255.255.255.255",
    "::",
    "::1",
    "::1%lo",
    "::127.0.0.1",
    "::ffff:127.0.0.1",
    "::ffff:a9fe:a9fe",
    "64:ff9b::a9fe:a9fe",
    "64:ff9b:1::a9fe:a9fe",
    "100::1",
    "2001::1",
    "2001:db8::1",
    "2002:a9fe:a9fe::1",
    "fc00::1",
    "fd00:ec2::254",
    "fe80::1",
    "fe80::1%eth0",
    "fec0::1",
    "ff02::1",
]
PUBLIC = ["1.1.1.1", "8.8.8.8", "172.32.0.1", "2606:4700::1111", "::ffff:8.8.8.8"]


@pytest.mark.parametrize("address", NOT_PUBLIC)
def test_an_address_that_is_not_public_is_out_of_reach(address: str) -> None:
    assert not is_reachable(address)


@pytest.mark.parametrize("address", PUBLIC)
def test_a_public_address_is_within_reach(address: str) -> None:
    assert is_reachable(address)


@pytest.mark.parametrize("address", ["10.1.2.3", "::ffff:10.1.2.3", "fd12::7"])
def test_what_the_operator_allows_is_within_reach(address: str) -> None:
    allowed = [ip_network("10.1.0.0/16"), ip_network("fd12::/16")]
    assert is_reachable(address, allowed)
    assert not is_reachable("10.2.0.1", allowed)


@pytest.mark.parametrize("host", [*NOT_PUBLIC, *(f"[{address}]" for address in NOT_PUBLIC if ":" in address)])
def test_an_address_that_is_not_public_is_seen_as_a_host(host: str) -> None:
    assert is_evidently_private(host)


SPELLINGS = [
    "",
    ".",
    "localhost",
    "LocalHost",
    "localhost.",
    "app.localhost",
    "localhost.localdomain",
    "ip6-localhost",
    "printer.local",
    "router.home.arpa",
    "metadata",
    "metadata.google.internal",
    "Metadata.Google.Internal.",
    "metadata.goog",
    "metadata.tencentyun.com",
    "instance-data.ec2.internal",
    "kubernetes.default.svc",
    "kubernetes.default.svc.cluster.local",
    "2130706433",
    "0x7f000001",
    "0X7F000001",
    "017700000001",
    "0177.0.0.1",
    "0x7f.0.0.1",
    "0x7f.1",
    "127.1",
    "127.0.1",
    "127.0.0.1.",
    "127.000.000.001",
    "0",
    "2852039166",
    "0xa9fea9fe",
    "0251.0376.0251.0376",
    "169.254.43518",
    "127%2e0%2e0%2e1",
    "%6cocalhost",
    "127。0。0。1",
    "１２７.0.0.1",  # noqa: RUF001  (full-width digits, as some resolvers fold them)
    "①②⑦.⓪.⓪.①",
    "ｌｏｃａｌｈｏｓｔ",  # noqa: RUF001
    "[::ffff:127.0.0.1]",
    "[fe80::1%25eth0]",
    "999.999.999.999",
    "1.2.3.4.5",
    "llm.0x",
]


@pytest.mark.parametrize("host", SPELLINGS)
def test_no_spelling_hides_a_host_that_is_not_public(host: str) -> None:
    assert is_evidently_private(host)


@pytest.mark.parametrize(
    "host",
    [
        "api.openai.com",
        "api.openai.com.",
        "gateway.example.com",
        "localhost.example.com",
        "internal.example.com",
        "127.0.0.1.example.com",
        "1.1.1.1",
        "16843009",
        "[2606:4700::1111]",
        "xn--bcher-kva.example",
        "bücher.example",
    ],
)
def test_other_hosts_are_left_to_the_connection(host: str) -> None:
    assert not is_evidently_private(host)


def test_a_host_that_is_an_allowed_address_is_not_refused() -> None:
    assert not is_evidently_private("10.1.2.3", [ip_network("10.0.0.0/8")])
