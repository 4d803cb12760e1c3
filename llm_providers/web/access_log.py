"""One line for each answer, without anything that was sent."""

import logging
import time
from collections.abc import Callable

from django.http import HttpRequest, HttpResponseBase

logger = logging.getLogger(__name__)

METHODS = frozenset(("GET", "HEAD", "POST", "PUT", "PATCH", "DELETE"))


def access_log(
    get_response: Callable[[HttpRequest], HttpResponseBase],
) -> Callable[[HttpRequest], HttpResponseBase]:
    def middleware(request: HttpRequest) -> HttpResponseBase:
        started = time.monotonic()
        response = get_response(request)
        logger.info(
            "%s %s %d %.0f ms",
            method_of(request),
            route_of(request),
            response.status_code,
            (time.monotonic() - started) * 1000,
        )
        return response

    return middleware


def method_of(request: HttpRequest) -> str:
    method = request.method or ""
    return method if method in METHODS else "-"


def route_of(request: HttpRequest) -> str:
    """The pattern that matched: the path itself may hold a key pasted in the wrong place."""
    return f"/{request.resolver_match.route}" if request.resolver_match else "-"
