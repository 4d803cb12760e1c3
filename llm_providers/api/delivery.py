import re
from contextlib import suppress
from typing import Any, ClassVar

from django.conf import settings
from rest_framework import exceptions, status
from rest_framework.permissions import BasePermission
from rest_framework.request import Request
from rest_framework.response import Response
from rest_framework.viewsets import ViewSet

from llm_providers import delivery
from llm_providers.access.permissions import ActionPermissions, caller_of
from llm_providers.api.base import ContractView, known_by
from llm_providers.observability import metrics
from llm_providers.web.author import author_of

INSTANCE_HEADER = "X-Consumer-Instance"
INSTANCE = re.compile(r"[A-Za-z0-9._-]{1,64}")


class DeliveryIsOff(exceptions.PermissionDenied):
    sentence = "The delivery of credentials is switched off. Set LLM_PROVIDERS_DELIVERY=true to switch it on."


class DeliveryIsOn(BasePermission):
    """No plaintext leaves over HTTP unless the operator says so."""

    def has_permission(self, _request: Request, view: Any) -> bool:
        if view.action == "retrieve" and not settings.LLM_PROVIDERS_DELIVERY:
            raise DeliveryIsOff
        return True


class DeliveryViewSet(ContractView, ViewSet):
    """The credentials in plaintext, for programs. Only GET: each answer with a body is an event of the trail."""

    http_method_names = tuple(name for name in ContractView.http_method_names if name != "head")
    permission_classes = (ActionPermissions, DeliveryIsOn)
    permissions_by_action: ClassVar = {"retrieve": "use_llmproviderconfig"}

    def retrieve(self, request: Request, provider: str) -> Response:
        asking = delivery.Asking(*caller_of(request).consumer, instance=instance_of(request))
        while True:
            with suppress(delivery.Overtaken):
                return self.hand_over(request, delivery.prepare(provider, asking))

    def hand_over(self, request: Request, delivered: delivery.Delivery) -> Response:
        headers = {"ETag": delivered.etag}
        # "*" is not looked for: whoever sends it proves nothing.
        if delivered.etag in known_by(request):
            delivered.confirm()
            return Response(status=status.HTTP_304_NOT_MODIFIED, headers=headers)
        delivered.record(author_of(request))
        metrics.deliveries.labels(delivered.config.provider).inc()
        return Response(delivered.body, headers=headers)


def instance_of(request: Request) -> str:
    """What the consumer calls itself among its replicas, empty where it does not say; raises ValidationError."""
    instance: str | None = request.META.get("HTTP_X_CONSUMER_INSTANCE")  # request.headers would be made for it alone
    if instance is None:
        return ""
    if not INSTANCE.fullmatch(instance):
        raise exceptions.ValidationError({INSTANCE_HEADER: ["Send 1 to 64 of A-Z, a-z, 0-9, dot, underscore, hyphen."]})
    return instance
