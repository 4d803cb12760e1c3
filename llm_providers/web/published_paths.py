"""The curl examples of the published page say /api/v1, its paths /v1: both are the same."""

from collections.abc import Callable

from django.http import HttpRequest, HttpResponseBase

PUBLISHED = "/api"
VERSIONS = ("/api/v1/", "/api/v1")


def published_paths(
    get_response: Callable[[HttpRequest], HttpResponseBase],
) -> Callable[[HttpRequest], HttpResponseBase]:
    """Read /api/v1/... as /v1/..., before anything looks at the path."""

    def middleware(request: HttpRequest) -> HttpResponseBase:
        if request.path_info == VERSIONS[1] or request.path_info.startswith(VERSIONS[0]):
            request.path_info = request.path_info.removeprefix(PUBLISHED)
            request.path = request.path.replace(PUBLISHED, "", 1)
        return get_response(request)

    return middleware
