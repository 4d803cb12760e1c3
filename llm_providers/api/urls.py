from django.urls import path, re_path

from llm_providers.api.audit_events import AuditEventViewSet
from llm_providers.api.delivery import DeliveryViewSet
from llm_providers.api.machines import MachineKeyViewSet, MachineViewSet
from llm_providers.api.rotation import RotationViewSet
from llm_providers.api.tokens import TokenObtainView, TokenRefreshView, TokenRevokeView
from llm_providers.api.verification import VerificationViewSet
from llm_providers.api.views import LLMProviderViewSet, UnknownPathView

# They are tried in this order: first what consumers poll.
urlpatterns = [
    path("llm-providers", LLMProviderViewSet.as_view({"get": "list", "post": "create"}), name="llm-providers"),
    path(
        "llm-provider/<str:provider>",
        LLMProviderViewSet.as_view(
            {"get": "retrieve", "put": "update", "patch": "partial_update", "delete": "destroy"}
        ),
        name="llm-provider",
    ),
    path(
        "llm-provider/<str:provider>/credentials",
        DeliveryViewSet.as_view({"get": "retrieve", "head": "http_method_not_allowed"}),
        name="llm-provider-credentials",
    ),
    path(
        "llm-provider/<str:provider>/status",
        LLMProviderViewSet.as_view({"get": "status"}),
        name="llm-provider-status",
    ),
    path(
        "llm-provider/<str:provider>/verify",
        VerificationViewSet.as_view({"post": "verify"}),
        name="llm-provider-verify",
    ),
    path("llm-providers/verify", VerificationViewSet.as_view({"post": "try_out"}), name="llm-providers-verify"),
    path(
        "llm-provider/<str:provider>/models",
        VerificationViewSet.as_view({"get": "models"}),
        name="llm-provider-models",
    ),
    path("audit-events", AuditEventViewSet.as_view({"get": "list"}), name="audit-events"),
    path("machines", MachineViewSet.as_view({"get": "list", "post": "create"}), name="machines"),
    path(
        "machine/<str:name>",
        MachineViewSet.as_view({"get": "retrieve", "patch": "partial_update", "delete": "destroy"}),
        name="machine",
    ),
    path("machine/<str:name>/keys", MachineKeyViewSet.as_view({"post": "create"}), name="machine-keys"),
    path(
        "machine/<str:name>/key/<str:id>",
        MachineKeyViewSet.as_view({"delete": "destroy"}),
        name="machine-key",
    ),
    path(
        "llm-provider/<str:provider>/rotation",
        RotationViewSet.as_view({"get": "retrieve", "patch": "partial_update"}),
        name="llm-provider-rotation",
    ),
    path(
        "llm-provider/<str:provider>/rotation/undo",
        RotationViewSet.as_view({"post": "undo"}),
        name="llm-provider-rotation-undo",
    ),
    path(
        "llm-provider/<str:provider>/rotation/retire",
        RotationViewSet.as_view({"post": "retire"}),
        name="llm-provider-rotation-retire",
    ),
    path("token", TokenObtainView.as_view(), name="token"),
    path("token/refresh", TokenRefreshView.as_view(), name="token-refresh"),
    path("token/revoke", TokenRevokeView.as_view(), name="token-revoke"),
    re_path("", UnknownPathView.as_view()),
]
