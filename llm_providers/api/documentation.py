"""The OpenAPI document, and the two pages that show it: public, and from this host's own files."""

from functools import cache
from typing import Any

from csp.constants import SELF, UNSAFE_INLINE
from csp.decorators import csp_update
from django.conf import settings
from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.views.decorators.http import require_safe
from drf_spectacular.generators import SchemaGenerator
from drf_spectacular.renderers import OpenApiJsonRenderer, OpenApiYamlRenderer


@cache
def document() -> dict[str, Any]:
    """The OpenAPI document; it changes only with the code."""
    generated: dict[str, Any] = SchemaGenerator().get_schema(public=True)  # type: ignore[no-untyped-call]
    return generated


@require_safe
def openapi_json(_request: HttpRequest) -> HttpResponse:
    return HttpResponse(OpenApiJsonRenderer().render(document()), content_type="application/json")


@require_safe
def openapi_yaml(_request: HttpRequest) -> HttpResponse:
    text = OpenApiYamlRenderer().render(document(), renderer_context={})  # type: ignore[no-untyped-call]
    return HttpResponse(text, content_type="application/yaml")


@require_safe
def swagger(request: HttpRequest) -> HttpResponse:
    return render(request, "llm_providers/swagger.html", {"title": settings.SPECTACULAR_SETTINGS["TITLE"]})


# ReDoc writes its styles into <style> elements and searches in a worker made from a blob.
@require_safe
@csp_update({"style-src": [SELF, UNSAFE_INLINE], "worker-src": ["blob:"]})
def redoc(request: HttpRequest) -> HttpResponse:
    return render(request, "llm_providers/redoc.html", {"title": settings.SPECTACULAR_SETTINGS["TITLE"]})
