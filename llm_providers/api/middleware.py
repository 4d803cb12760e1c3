from collections.abc import Callable
from http import HTTPStatus

from django.http import HttpRequest, HttpResponseBase

from llm_providers.api.errors import Problem, internal_error

API = "/v1"


class EnvelopeMiddleware:
    """Gives each error under /v1 the contract's form.

    An error page of Django itself (bad host, failed CSRF check, debug page) becomes the error
    body here, whatever produced it.
    """

    def __init__(self, get_response: Callable[[HttpRequest], HttpResponseBase]) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponseBase:
        response = self.get_response(request)
        if is_api(request.path_info) and is_foreign_error(response):
            return enveloped(response)
        return response


def is_api(path: str) -> bool:
    return path == API or path.startswith(f"{API}/")


def is_foreign_error(response: HttpResponseBase) -> bool:
    content_type = response.headers.get("Content-Type", "")
    return response.status_code >= HTTPStatus.BAD_REQUEST and not content_type.startswith("application/json")


def enveloped(response: HttpResponseBase) -> HttpResponseBase:
    status = response.status_code
    problem = internal_error() if status >= HTTPStatus.INTERNAL_SERVER_ERROR else Problem(status)
    return problem.as_json_response()
