"""One line for each answer, without anything that was sent."""

import logging
import re
import time
from collections.abc import Callable
from contextvars import ContextVar

from django.http import HttpRequest, HttpResponseBase
from django.utils.functional import SimpleLazyObject

from llm_providers.observability import metrics
from llm_providers.observability.logs import NOTHING
from llm_providers.web.client_address import client_address

logger = logging.getLogger(__name__)

METHODS = frozenset(("GET", "HEAD", "POST", "PUT", "PATCH", "DELETE"))

_provider: ContextVar[str] = ContextVar("provider", default=NOTHING)


def about(provider: str) -> None:
    """Note for the line of this request which provider it is about: one that exists, not what was sent."""
    _provider.set(provider)


def access_log(
    get_response: Callable[[HttpRequest], HttpResponseBase],
) -> Callable[[HttpRequest], HttpResponseBase]:
    def middleware(request: HttpRequest) -> HttpResponseBase:
        started = time.perf_counter()
        _provider.set(NOTHING)
        response = get_response(request)
        seconds = time.perf_counter() - started
        method, route, status = method_of(request), route_of(request), response.status_code
        metrics.answered(method, route, status, seconds)
        logger.info(
            "%(method)s %(route)s %(status)d %(ms).0f ms user=%(user)s address=%(address)s provider=%(provider)s",
            {
                "method": method,
                "route": route,
                "status": status,
                "ms": round(seconds * 1000, 1),
                "user": user_of(request),
                "address": client_address(request) or NOTHING,
                "provider": _provider.get(),
            },
        )
        return response

    return middleware


def method_of(request: HttpRequest) -> str:
    method = request.method or ""
    return method if method in METHODS else NOTHING


def route_of(request: HttpRequest) -> str:
    """The pattern that matched: the path itself may hold a key pasted in the wrong place."""
    return f"/{request.resolver_match.route}" if request.resolver_match else NOTHING


def user_of(request: HttpRequest) -> str:
    """Who was found to be asking, without a look at the database for those nobody asked for."""
    user = getattr(request, "user", None)
    if isinstance(user, SimpleLazyObject):
        user = getattr(request, "_cached_user", None)
    return loggable(user.get_username()) if user else NOTHING


def loggable(username: str) -> str:
    """A user name as one word; what the admin would not take in one is left out."""
    return re.sub(r"[^\w.@+:-]", "?", username) or NOTHING
