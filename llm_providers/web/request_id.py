"""The id that ties a response, its log lines and its audit event together."""

import logging
import re
from collections.abc import Callable
from contextvars import ContextVar
from uuid import uuid4

from django.http import HttpRequest, HttpResponseBase

from llm_providers.observability.logs import NOTHING

_ACCEPTABLE = re.compile(r"[A-Za-z0-9._-]{1,64}")
_current: ContextVar[str] = ContextVar("request_id", default="")


def begin(offered: str | None) -> str:
    """Start a request: take over the client's id when it is acceptable, else make one."""
    request_id = offered if offered and _ACCEPTABLE.fullmatch(offered) else uuid4().hex
    _current.set(request_id)
    return request_id


def current() -> str:
    """The id of the request this thread is answering, or an empty string."""
    return _current.get()


def identified(
    get_response: Callable[[HttpRequest], HttpResponseBase],
) -> Callable[[HttpRequest], HttpResponseBase]:
    """Give each request its id, and tell it with the answer."""

    def middleware(request: HttpRequest) -> HttpResponseBase:
        identity = begin(request.META.get("HTTP_X_REQUEST_ID"))
        response = get_response(request)
        response.headers["X-Request-ID"] = identity
        return response

    return middleware


class RequestIDFilter(logging.Filter):
    """Gives every log record a ``request_id``."""

    def filter(self, record: logging.LogRecord) -> bool:
        record.request_id = current() or NOTHING
        return True
