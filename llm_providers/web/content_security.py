from collections.abc import Callable

from csp.decorators import csp_update
from django.conf import settings
from django.http import HttpRequest, HttpResponseBase
from django.urls import reverse


def admin_policy(
    get_response: Callable[[HttpRequest], HttpResponseBase],
) -> Callable[[HttpRequest], HttpResponseBase]:
    """Allow under the admin, and only there, what its theme needs."""
    relaxed = csp_update(settings.ADMIN_CONTENT_SECURITY_POLICY)(get_response)

    def middleware(request: HttpRequest) -> HttpResponseBase:
        in_admin = request.path.startswith(reverse("admin:index"))
        return relaxed(request) if in_admin else get_response(request)

    return middleware
