"""A request that came in clear has given its token away: it is told so, and not redirected."""

from collections.abc import Callable

from django.conf import settings
from django.http import HttpRequest, HttpResponseBase

from llm_providers.api.errors import Problem
from llm_providers.api.middleware import is_api

REQUIRED = Problem(
    403,
    "Send the request over https, and replace the token or password that was sent in clear. Where a proxy ends TLS, "
    "the operator says so with TRUSTED_PROXY_COUNT; without TLS, with HTTPS=false.",
    "HTTPS_REQUIRED",
)


def https_required(
    get_response: Callable[[HttpRequest], HttpResponseBase],
) -> Callable[[HttpRequest], HttpResponseBase]:
    """Answer under /v1 before Django redirects, and before anybody is asked who they are."""

    def middleware(request: HttpRequest) -> HttpResponseBase:
        if settings.SECURE_SSL_REDIRECT and not request.is_secure() and is_api(request.path_info):
            return REQUIRED.as_json_response()
        return get_response(request)

    return middleware
