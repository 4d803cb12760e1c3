"""Django's error pages and reports, without what was sent."""

from collections.abc import ItemsView
from types import FrameType
from typing import Any

from django.http import HttpRequest
from django.views.debug import SafeExceptionReporterFilter


class DiscreetReporterFilter(SafeExceptionReporterFilter):
    """Shows neither form data, headers, the server's environment nor local variables, also when DEBUG is on."""

    def get_safe_request_meta(self, _request: HttpRequest | None) -> dict[str, Any]:
        return {}

    def get_post_parameters(self, _request: HttpRequest | None) -> dict[str, Any]:
        return {}

    def get_traceback_frame_variables(self, _request: HttpRequest | None, _tb_frame: FrameType) -> ItemsView[str, Any]:
        return {}.items()
