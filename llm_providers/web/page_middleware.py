"""Sessions, forgery, messages, policies for browsers: middlewares that only pages need are only for pages.

They stay in MIDDLEWARE, where Django's system checks look for them, between the two of this module::

    page_middleware
    ...
    the_view

Django makes the innermost first: so ``the_view`` notes what the answers come from, and ``page_middleware``, made
last, asks it directly for what is no page.
"""

from collections.abc import Callable
from contextvars import ContextVar
from typing import cast

from csp.constants import HEADER
from csp.utils import build_policy
from django.conf import settings
from django.core.exceptions import DisallowedHost
from django.http import HttpRequest, HttpResponse, HttpResponseBase
from django.middleware.security import SecurityMiddleware

GetResponse = Callable[[HttpRequest], HttpResponseBase]

PROBES = ("/healthz", "/readyz")  # asked by the address of the machine, under no name of ours
NO_PAGES = ("/v1", *PROBES)

_view: ContextVar[GetResponse] = ContextVar("view")


def the_view(get_response: GetResponse) -> GetResponse:
    _view.set(get_response)
    return get_response


def page_middleware(get_response: GetResponse) -> GetResponse:
    without = without_pages(_view.get())

    def middleware(request: HttpRequest) -> HttpResponseBase:
        path = request.path_info
        if path in PROBES or (not is_page(path) and is_asked_by_a_name_of_ours(request)):
            return without(request)
        return get_response(request)

    return middleware


def is_page(path: str) -> bool:
    return not path.startswith("/v1/") and path not in NO_PAGES


def is_asked_by_a_name_of_ours(request: HttpRequest) -> bool:
    try:
        request.get_host()
    except DisallowedHost:
        return False
    return True


def without_pages(view: GetResponse) -> GetResponse:
    """Answer with the headers that pages have, which are always the same here."""
    security = SecurityMiddleware(view)
    policy = build_policy()

    def middleware(request: HttpRequest) -> HttpResponseBase:
        response = cast(HttpResponse, view(request))  # no route of these streams
        response.headers[HEADER] = policy
        response.headers["X-Frame-Options"] = settings.X_FRAME_OPTIONS
        response.headers["Content-Length"] = str(len(response.content))
        security.process_response(request, response)
        return response

    return middleware
