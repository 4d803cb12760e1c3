from django.conf import settings
from django.contrib import admin
from django.urls import include, path
from django.views.generic import RedirectView

from llm_providers.api import documentation as docs
from llm_providers.api.views import UnknownPathView
from llm_providers.observability import health

urlpatterns = [
    path("v1/", include("llm_providers.api.urls")),  # first: most requests are its
    path("v1", UnknownPathView.as_view()),
    path("healthz", health.healthz),
    path("readyz", health.readyz),
    path("", RedirectView.as_view(url="/docs")),
    path("favicon.ico", RedirectView.as_view(url=f"{settings.STATIC_URL}llm_providers/favicon.svg")),
    path("docs", docs.swagger, name="docs"),
    path("redoc", docs.redoc, name="redoc"),
    path("openapi.json", docs.openapi_json, name="openapi-json"),
    path("openapi.yaml", docs.openapi_yaml, name="openapi-yaml"),
    path("admin/", admin.site.urls),
]
