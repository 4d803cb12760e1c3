"""Which addresses are public, and which hosts are evidently not. Pure: nothing here asks DNS.

A name that is not refused here may still resolve to a private address: whoever connects checks that
with `is_reachable`.
"""

import re
import socket
import unicodedata
from collections.abc import Iterable
from ipaddress import IPv4Address, IPv4Network, IPv6Address, IPv6Network, ip_address, ip_network
from urllib.parse import unquote

Address = IPv4Address | IPv6Address
Network = IPv4Network | IPv6Network

# `is_global` calls these public, although they lead to the host, the link, or an address within another one.
NOT_PUBLIC: list[Network] = [
    ip_network("168.63.129.16/32"),  # Azure's host
    ip_network("192.0.0.0/24"),  # protocol assignments; one cloud's metadata
    ip_network("64:ff9b::/96"),  # NAT64
    ip_network("64:ff9b:1::/48"),
    ip_network("2001::/32"),  # Teredo
    ip_network("2002::/16"),  # 6to4
    ip_network("fec0::/10"),  # the site-local of old
]

# RFC 6761, 6762 and 8375, ICANN's .internal, and what clusters use.
PRIVATE_DOMAINS = (".localhost", ".localdomain", ".local", ".internal", ".home.arpa", ".svc")
METADATA_HOSTS = ("metadata.goog", "metadata.tencentyun.com")
NUMBER = re.compile(r"\d+|0x[0-9a-f]*")


def is_reachable(address: str, allowed: Iterable[Network] = ()) -> bool:
    """Whether this IP address is public, or within one of the networks an operator allows."""
    return _is_reachable(ip_address(address), allowed)


def _is_reachable(address: Address, allowed: Iterable[Network]) -> bool:
    if isinstance(address, IPv6Address) and address.ipv4_mapped:
        address = address.ipv4_mapped
    if any(address in network for network in allowed):
        return True
    public = address.is_global and not address.is_multicast and not address.is_reserved
    return public and not any(address in network for network in NOT_PUBLIC)


def is_evidently_private(host: str, allowed: Iterable[Network] = ()) -> bool:
    """Whether it can be seen without DNS that this host of a URL is not a public one, in any spelling."""
    folded = unicodedata.normalize("NFKC", host).replace("\u3002", ".").lower()
    # After "%" an IPv6 address names its zone.
    name = (folded if ":" in folded else unquote(folded)).rstrip(".").removeprefix("[").removesuffix("]")
    if address := _literal(name):
        return not _is_reachable(address, allowed)
    # A name of one label is completed with the search domains of this machine; no top-level domain is a number.
    last_label = name.rpartition(".")[2]
    return last_label in (name, "") or name.endswith(PRIVATE_DOMAINS) or name in METADATA_HOSTS or _is_number(name)


def _is_number(name: str) -> bool:
    return NUMBER.fullmatch(name.rpartition(".")[2]) is not None


def _literal(name: str) -> Address | None:
    """The address written here; inet_aton also reads the decimal, hexadecimal, octal and short forms."""
    try:
        return ip_address(name)
    except ValueError:
        pass
    try:
        return IPv4Address(socket.inet_aton(name)) if _is_number(name) else None
    except OSError:
        return None
