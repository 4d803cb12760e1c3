from django.urls import path, re_path

from llm_providers.api.views import (
    LLMProviderViewSet,
    TokenObtainView,
    TokenRefreshView,
    TokenRevokeView,
    UnknownPathView,
)

urlpatterns = [
    path("llm-providers", LLMProviderViewSet.as_view({"get": "list", "post": "create"}), name="llm-providers"),
    path("llm-provider/<str:provider>", LLMProviderViewSet.as_view({"get": "retrieve"}), name="llm-provider"),
    path("token", TokenObtainView.as_view(), name="token"),
    path("token/refresh", TokenRefreshView.as_view(), name="token-refresh"),
    path("token/revoke", TokenRevokeView.as_view(), name="token-revoke"),
    re_path("", UnknownPathView.as_view()),
]
