"""What a request costs in Django whatever it does: one JSON view, no middleware, no database."""

from django.conf import settings
from django.core.handlers.wsgi import WSGIHandler, WSGIRequest
from django.http import HttpRequest, JsonResponse
from django.test import override_settings
from django.urls import path


def bare(_request: HttpRequest) -> JsonResponse:
    return JsonResponse({"status": "ok"})


urlpatterns = [path("bare", bare)]


class BareRequest(WSGIRequest):
    urlconf = __name__


def bare_application() -> WSGIHandler:
    with override_settings(MIDDLEWARE=[]):
        application = WSGIHandler()
    assert settings.MIDDLEWARE
    application.request_class = BareRequest
    return application
