"""Where a request comes from, as far as it can be believed."""

import ipaddress

from django.conf import settings
from django.http import HttpRequest


def client_address(request: HttpRequest) -> str | None:
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
    try:
        # The zone of a link-local IPv6 address names an interface of ours; no database takes it.
        return str(ipaddress.ip_address(address.partition("%")[0]))
    except ValueError:
        return None
