"""The fields URLs are declared with: where secrets are sent to."""

import re
from collections.abc import Callable, Sequence
from ipaddress import ip_address
from typing import Any
from urllib.parse import urlsplit

from django.conf import settings
from rest_framework.exceptions import ErrorDetail, ValidationError

from llm_providers.providers.credentials import PlainField
from llm_providers.strict.addresses import is_evidently_private

_DNS_LABEL = re.compile(r"[a-z0-9](?:[a-z0-9-]{0,61}[a-z0-9])?")
# Nothing that two readers of a URL could take for different things: no user, no escapes, no empty segment.
_BASE_URL = re.compile(
    r"https://(?P<host>[A-Za-z0-9.-]{1,254}|\[[0-9A-Fa-f:.]+\])(?::(?P<port>[0-9]{1,5}))?"
    r"(?P<path>(?:/[A-Za-z0-9._~-]+)*)/?",
    re.ASCII,
)
_HIGHEST_PORT = 65535


class DestinationField(PlainField):
    """Where secrets are sent to. Whoever changes it must send the secrets again."""

    destination = True


class URLField(DestinationField):
    """A URL. Its subclasses are the only ways to declare one."""


class EndpointField(URLField):
    """A URL on an allowed host.

    ``suffixes`` are the provider's domain suffixes, each with its leading dot: the host must be one
    label in front of one of them, and the URL is reduced to its origin. ``gateways`` returns those
    the operator added, on which the path belongs to the address and is kept.
    """

    default_error_messages = {
        "scheme": "The endpoint must be an https:// URL.",
        "url": "The endpoint must be a plain URL without user name or port, https://<name>{suffix}.",
        "host": "The host of the endpoint must be one name followed by one of: {suffixes}.",
        "path": "The endpoint of a gateway must be a plain URL with its path, without query or fragment.",
    }

    def __init__(
        self, *, suffixes: Sequence[str], gateways: Callable[[], Sequence[str]] = tuple, **kwargs: Any
    ) -> None:
        super().__init__(**kwargs)
        self.suffixes = tuple(suffixes)
        self.gateways = gateways

    def to_internal_value(self, data: str) -> Any:
        value = super().to_internal_value(data)
        origin = self._origin(value)
        return origin if _is_under(self.suffixes, origin.removeprefix("https://")) else origin + self._path(value)

    def _path(self, value: str) -> str:
        """The path of a gateway, where no two readers could take it for different things."""
        scheme, _separator, rest = value.partition("://")
        url = _BASE_URL.fullmatch(f"{scheme.lower()}://{rest}")
        if not url or {".", ".."} & set(url["path"].split("/")):
            self.fail("path")
        return url["path"]

    def _origin(self, value: str) -> str:
        suffixes = (*self.suffixes, *self.gateways())
        if "\\" in value:
            self.fail("url", suffix=suffixes[0])
        try:
            url = urlsplit(value)
            port = url.port
        except ValueError:
            self.fail("url", suffix=suffixes[0])
        problems = ["scheme"] if url.scheme != "https" else []
        if "@" in url.netloc or port not in (None, 443) or url.fragment:
            problems.append("url")
        host = (url.hostname or "").removesuffix(".")
        if (host or not problems) and "url" not in problems and not _is_under(suffixes, host):
            problems.append("host")
        if problems:
            words = {"suffix": suffixes[0], "suffixes": ", ".join(suffixes)}
            raise ValidationError([ErrorDetail(self.error_messages[code].format(**words), code) for code in problems])
        return f"https://{host}"


def _is_under(suffixes: Sequence[str], host: str) -> bool:
    """Whether the host is one label in front of one of these."""
    return any(_DNS_LABEL.fullmatch(host.removesuffix(suffix)) for suffix in suffixes if host.endswith(suffix))


class BaseURLField(URLField):
    """A URL with its path, on any host that is not evidently private.

    What can be seen without asking DNS is refused here, but for the networks the operator allows
    in ``LLM_PROVIDERS_OUTBOUND_ALLOW``; the address a name resolves to is up to whoever connects.
    """

    default_error_messages = {
        "scheme": "The base URL must be an https:// URL.",
        "url": "The base URL must be a plain URL, https://<host>/<path>, without user name, query or fragment.",
        "host": "The base URL must lead to a public host. The operator can allow networks of IP addresses.",
    }

    def to_internal_value(self, data: str) -> Any:
        scheme, separator, rest = super().to_internal_value(data).partition("://")
        if not separator:
            self.fail("scheme")
        if scheme.lower() == "https":
            return self._canonical_url(rest)
        problems: list[Any] = [ErrorDetail(str(self.error_messages["scheme"]), "scheme")]
        try:
            self._canonical_url(rest)
        except ValidationError as error:
            problems += error.detail
        raise ValidationError(problems)

    def _canonical_url(self, rest: str) -> str:
        url = _BASE_URL.fullmatch("https://" + rest)
        if not url or {".", ".."} & set(url["path"].split("/")):
            self.fail("url")
        port = int(url["port"] or 443)
        if not 0 < port <= _HIGHEST_PORT:
            self.fail("url")
        if is_evidently_private(url["host"], settings.LLM_PROVIDERS_OUTBOUND_ALLOW):
            self.fail("host")
        host = _canonical(url["host"])
        if not host:
            self.fail("url")
        return f"https://{host}{'' if port == 443 else f':{port}'}{url['path']}"  # noqa: PLR2004  (of https)


def _canonical(host: str) -> str | None:
    """The one spelling of a host: an address, or a name without its trailing dot; None when it is neither."""
    name = host.lower().removesuffix(".")
    try:
        address = ip_address(name.removeprefix("[").removesuffix("]"))
    except ValueError:
        labels = name.split(".")
        is_name = all(_DNS_LABEL.fullmatch(label) for label in labels) and not labels[-1].isdigit()
        return name if is_name else None
    return f"[{address}]" if address.version == 6 else str(address)  # noqa: PLR2004
