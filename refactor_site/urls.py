from django.contrib import admin
from django.urls import include, path
from django.views.generic import RedirectView

from llm_providers import health
from llm_providers.api.views import UnknownPathView

urlpatterns = [
    path("", RedirectView.as_view(url="/docs")),
    path("admin/", admin.site.urls),
    path("healthz", health.healthz),
    path("readyz", health.readyz),
    path("v1", UnknownPathView.as_view()),
    path("v1/", include("llm_providers.api.urls")),
]
