"""The fields URLs are declared with: where secrets are sent to."""

import re
from collections.abc import Callable, Sequence
from typing import Any
from urllib.parse import urlsplit

from llm_providers.providers.credentials import PlainField

_DNS_LABEL = re.compile(r"[a-z0-9](?:[a-z0-9-]{0,61}[a-z0-9])?")


class EndpointField(PlainField):
    """A URL that secrets are sent to: parsed, reduced to its origin, on an allowed host.

    The only way to declare a URL. ``suffixes`` returns the allowed domain suffixes, each
    with its leading dot; the host must be one label in front of one of them. A value is a
    destination: whoever changes it must send the secrets again.
    """

    destination = True

    default_error_messages = {
        "scheme": "The endpoint must be an https:// URL.",
        "url": "The endpoint must be a plain URL without user name or port, https://<name>{suffix}.",
        "host": "The host of the endpoint must be one name followed by one of: {suffixes}.",
    }

    def __init__(self, *, suffixes: Callable[[], Sequence[str]], **kwargs: Any) -> None:
        super().__init__(**kwargs)
        self.suffixes = suffixes

    def to_internal_value(self, data: str) -> Any:
        return self._origin(super().to_internal_value(data))

    def _origin(self, value: str) -> str:
        suffixes = tuple(self.suffixes())
        if "\\" in value:
            self.fail("url", suffix=suffixes[0])
        try:
            url = urlsplit(value)
            port = url.port
        except ValueError:
            self.fail("url", suffix=suffixes[0])
        if url.scheme != "https":
            self.fail("scheme")
        if "@" in url.netloc or port not in (None, 443) or url.fragment:
            self.fail("url", suffix=suffixes[0])
        host = (url.hostname or "").removesuffix(".")
        names = [host.removesuffix(suffix) for suffix in suffixes if host.endswith(suffix)]
        if not any(_DNS_LABEL.fullmatch(name) for name in names):
            self.fail("host", suffixes=", ".join(suffixes))
        return f"https://{host}"
