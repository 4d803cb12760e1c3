import logging
import time
from collections.abc import Callable
from http import HTTPStatus

from django.http import HttpRequest, HttpResponseBase

from llm_providers.api.errors import Problem, internal_error
from llm_providers.web import request_id

logger = logging.getLogger(__name__)

API = "/v1"
METHODS = frozenset(("GET", "HEAD", "POST", "PUT", "PATCH", "DELETE"))


class EnvelopeMiddleware:
    """Outermost: gives each request its id, and each answer under /v1 the contract's form.

    An error page of Django itself (bad host, failed CSRF check, debug page) becomes the error
    body here, whatever produced it.
    """

    def __init__(self, get_response: Callable[[HttpRequest], HttpResponseBase]) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponseBase:
        identity = request_id.begin(request.headers.get("X-Request-ID"))
        started = time.monotonic()
        response = self.get_response(request)
        if is_api(request.path_info) and is_foreign_error(response):
            response = enveloped(response)
        response.headers["X-Request-ID"] = identity
        response.headers.setdefault("X-Content-Type-Options", "nosniff")
        response.headers.setdefault("Cache-Control", "no-store")
        logger.info(
            "%s %s %d %.0f ms",
            method_of(request),
            route_of(request),
            response.status_code,
            (time.monotonic() - started) * 1000,
        )
        return response


def method_of(request: HttpRequest) -> str:
    method = request.method or ""
    return method if method in METHODS else "-"


def route_of(request: HttpRequest) -> str:
    """The pattern that matched: the path itself may hold a key pasted in the wrong place."""
    return f"/{request.resolver_match.route}" if request.resolver_match else "-"


def is_api(path: str) -> bool:
    return path == API or path.startswith(f"{API}/")


def is_foreign_error(response: HttpResponseBase) -> bool:
    content_type = response.headers.get("Content-Type", "")
    return response.status_code >= HTTPStatus.BAD_REQUEST and not content_type.startswith("application/json")


def enveloped(response: HttpResponseBase) -> HttpResponseBase:
    status = response.status_code
    problem = internal_error() if status >= HTTPStatus.INTERNAL_SERVER_ERROR else Problem(status)
    response.close()
    return problem.as_json_response()
