"""Where a request comes from, as far as it can be believed."""

import ipaddress
from functools import lru_cache

from django.conf import settings
from django.http import HttpRequest
from rest_framework.request import Request


def client_address(request: HttpRequest | Request) -> str | None:
    """The client's IP address, or None when there is none to believe.

    ``X-Forwarded-For`` counts only when TRUSTED_PROXY_COUNT says how many proxies of ours
    append to it: the entry the outermost of them wrote is the client. Everything to the left
    of that entry is the client's own claim.
    """
    address = str(request.META.get("REMOTE_ADDR", ""))
    proxies = settings.TRUSTED_PROXY_COUNT
    if proxies:
        hops = request.META.get("HTTP_X_FORWARDED_FOR", "").split(",")
        address = hops[-proxies].strip() if len(hops) >= proxies else ""
    return normal_address(address)


def login_source(request: HttpRequest) -> str:
    """What failed logins are counted by, "" where there is no address at all."""
    return counted_address(client_address(request) or normal_address(request.META.get("REMOTE_ADDR", "")) or "")


def counted_address(address: str) -> str:
    """An IPv6 client owns at least a /64, so it is taken whole."""
    if ":" in address:
        return str(ipaddress.ip_network((address, 64), strict=False).network_address)
    return address


@lru_cache(maxsize=1024)
def normal_address(text: str) -> str | None:
    """An address as proxies write it, ``192.0.2.1:80`` and ``[2001:db8::1]:80`` included."""
    if text.startswith("["):
        text = text[1:].partition("]")[0]
    elif text.count(":") == 1:
        text = text.partition(":")[0]
    try:
        # The zone of a link-local IPv6 address names an interface of ours; no database takes it.
        address = ipaddress.ip_address(text.partition("%")[0])
    except ValueError:
        return None
    return str(getattr(address, "ipv4_mapped", None) or address)
