"""Bounds on the headers of a request: nobody needs long ones, and some take quadratic time to parse."""

from collections.abc import Callable
from http import HTTPStatus

from django.http import HttpRequest, HttpResponse, HttpResponseBase
from django.http.request import HttpHeaders

HTTP = HttpHeaders.HTTP_PREFIX
HEADER_LIMIT = 4 * 1024  # bytes of one value
HEADERS_LIMIT = 16 * 1024  # bytes of all names and values
REFUSAL = "The headers are too large: send at most 4 KiB in one and 16 KiB together."


def header_bounds(
    get_response: Callable[[HttpRequest], HttpResponseBase],
) -> Callable[[HttpRequest], HttpResponseBase]:
    """Refuse what is over the bounds before anything else looks at it."""

    def middleware(request: HttpRequest) -> HttpResponseBase:
        if too_large(request):
            return HttpResponse(
                f"{REFUSAL} In a browser, delete the cookies of this site.\n",
                status=HTTPStatus.REQUEST_HEADER_FIELDS_TOO_LARGE,
                content_type="text/plain; charset=utf-8",
            )
        return get_response(request)

    return middleware


def too_large(request: HttpRequest) -> bool:
    """Measured in the environment: Django's ``request.headers`` takes longer to make than to measure."""
    together = 0
    for name, value in request.META.items():
        if name.startswith(HTTP):
            together -= len(HTTP)
        elif name not in HttpHeaders.UNPREFIXED_HEADERS:
            continue
        if len(value) > HEADER_LIMIT:
            return True
        together += len(name) + len(value)
    return together > HEADERS_LIMIT
