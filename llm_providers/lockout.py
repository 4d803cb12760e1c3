"""The answer to somebody who failed to log in too often."""

import math
from typing import Any

from axes.handlers.database import AxesDatabaseHandler
from axes.models import AccessAttempt
from django.conf import settings
from django.contrib import admin
from django.db.models import Max
from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.utils import timezone


class DiscreetHandler(AxesDatabaseHandler):  # type: ignore[misc]
    """Counts failed logins without keeping what else was sent with them."""

    def user_login_failed(self, *args: Any, **kwargs: Any) -> None:
        super().user_login_failed(*args, **kwargs)
        AccessAttempt.objects.exclude(get_data="", post_data="").update(get_data="", post_data="")


def seconds_left(request: Any) -> int:
    """How long the lock-out this request met, as axes noted on it, lasts still."""
    pair = {"username": request.axes_credentials["username"], "ip_address": request.axes_ip_address}
    failed = AccessAttempt.objects.filter(**pair).aggregate(last=Max("attempt_time"))["last"] or timezone.now()
    return max(1, math.ceil((failed + settings.AXES_COOLOFF_TIME - timezone.now()).total_seconds()))


def lockout_response(request: HttpRequest, response: HttpResponse, _credentials: Any) -> HttpResponse:
    """Replace what the admin answered by a page that says why; the API has answered itself."""
    if response.status_code == settings.AXES_HTTP_RESPONSE_CODE:
        return response
    seconds = seconds_left(request)
    page = render(
        request,
        "llm_providers/locked_out.html",
        {**admin.site.each_context(request), "title": "Login locked", "minutes": math.ceil(seconds / 60)},
        status=settings.AXES_HTTP_RESPONSE_CODE,
    )
    page["Retry-After"] = str(seconds)
    return page
