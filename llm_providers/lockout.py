"""The answer to somebody who failed to log in too often, on the admin's login page."""

from typing import Any

from django.conf import settings
from django.http import HttpRequest, HttpResponse
from django.shortcuts import render


def lockout_seconds() -> int:
    """How long a lock-out lasts at most."""
    return int(settings.AXES_COOLOFF_TIME.total_seconds())


def lockout_response(request: HttpRequest, response: HttpResponse, _credentials: Any) -> HttpResponse:
    """Replace what the admin answered by a page that says why; the API has answered itself."""
    if response.status_code == settings.AXES_HTTP_RESPONSE_CODE:
        return response
    page = render(
        request,
        "llm_providers/locked_out.html",
        {"minutes": lockout_seconds() // 60},
        status=settings.AXES_HTTP_RESPONSE_CODE,
    )
    page["Retry-After"] = str(lockout_seconds())
    return page
