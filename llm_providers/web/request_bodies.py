"""What stands between the server and Django: requests made readable for it."""

from collections.abc import Iterable, Mapping
from typing import Any

from django.conf import settings
from django.utils.http import parse_header_parameters

CHUNKED = "llm_providers.chunked"  # in the environment of a request whose length nobody announced
CONTENT_TYPE_LIMIT = 256  # characters
SIMPLE = ("", "application/json")  # nearly always

# What PEP 3333 and the CGI specification name; everything else comes from the environment of the process, or
# from a header that is spelled Content_Length and would hide, or pass for, the real one.
OF_A_REQUEST = frozenset(
    {
        *("SERVER_NAME", "SERVER_PORT", "SERVER_PROTOCOL", "SERVER_SOFTWARE", "GATEWAY_INTERFACE"),
        *("REMOTE_ADDR", "REMOTE_HOST", "REMOTE_PORT", "CONTENT_TYPE", "CONTENT_LENGTH"),
        *("REQUEST_METHOD", "SCRIPT_NAME", "PATH_INFO", "QUERY_STRING"),
    }
)
MISSPELLED = frozenset(("HTTP_CONTENT_TYPE", "HTTP_CONTENT_LENGTH"))


class WithoutEnvironment:
    """Leaves the environment of the process out of the request, into which servers copy it.

    It holds passwords; and a variable such as HTTP_PROXY would pass for a header.
    """

    def __init__(self, application: Any, environment: Mapping[str, str]) -> None:
        self.application = application
        self.not_headers = {name: text for name, text in environment.items() if name.startswith("HTTP_")}

    def __call__(self, environ: dict[str, Any], start_response: Any) -> Iterable[bytes]:
        environ = {
            name: value
            for name, value in environ.items()
            if is_of_a_request(name) and not (name in self.not_headers and value == self.not_headers[name])
        }
        response: Iterable[bytes] = self.application(environ, start_response)
        return response


def is_of_a_request(name: str) -> bool:
    return name in OF_A_REQUEST or name.startswith("wsgi.") or (name.startswith("HTTP_") and name not in MISSPELLED)


class ChunkedBodies:
    """Gives a request of the API that comes in chunks a length; without one Django takes its body for empty.

    The length is one byte more than the limit: as much as may be read, by the view that takes a body and
    once it knows who is asking. Nothing is read here. Other pages get no body that has no length.
    """

    def __init__(self, application: Any, under: tuple[str, ...]) -> None:
        self.application = application
        self.under = under

    def __call__(self, environ: dict[str, Any], start_response: Any) -> Iterable[bytes]:
        chunked = "HTTP_TRANSFER_ENCODING" in environ and not environ.get("CONTENT_LENGTH")
        if chunked and environ.get("wsgi.input_terminated") and environ["PATH_INFO"].startswith(self.under):
            environ = environ | {"CONTENT_LENGTH": str(settings.DATA_UPLOAD_MAX_MEMORY_SIZE + 1), CHUNKED: True}
        response: Iterable[bytes] = self.application(environ, start_response)
        return response


class ReadableContentTypes:
    """Reduces a Content-Type to what Django can read: on some it fails before anything could answer for it.

    A long one is read as none: parsing it takes quadratic time. Encoded parameters (RFC 2231,
    ``charset*=...``) may name what raises; nobody needs them here, nor the wildcards that rest_framework
    would take for JSON. In a charset Django would decode the query too, by whatever codec of that name
    Python knows.
    """

    def __init__(self, application: Any) -> None:
        self.application = application

    def __call__(self, environ: dict[str, Any], start_response: Any) -> Iterable[bytes]:
        content_type = environ.get("CONTENT_TYPE", "")
        if content_type not in SIMPLE:
            environ = environ | {"CONTENT_TYPE": readable(content_type)}
        response: Iterable[bytes] = self.application(environ, start_response)
        return response


def readable(content_type: str) -> str:
    if len(content_type) > CONTENT_TYPE_LIMIT or "*" in content_type or not content_type.isascii():
        return ""
    media_type, parameters = parse_header_parameters(content_type)
    if parameters.get("charset", "utf-8").lower() not in ("utf-8", "utf8"):
        return f"{media_type}; charset=unsupported"
    return content_type
