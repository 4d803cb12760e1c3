from typing import ClassVar

from rest_framework import exceptions
from rest_framework.request import Request
from rest_framework.response import Response
from rest_framework.viewsets import ViewSet

from llm_providers.access.permissions import ActionPermissions
from llm_providers.api.base import ContractView
from llm_providers.api.serializers import moment, represent, sent_configuration
from llm_providers.providers import get_provider
from llm_providers.verification import stored
from llm_providers.web.author import author_of


class VerificationViewSet(ContractView, ViewSet):
    """What providers say of credentials, and which models these open."""

    permission_classes = (ActionPermissions,)
    permissions_by_action: ClassVar = {
        "verify": "verify_llmproviderconfig",
        "try_out": "verify_llmproviderconfig",
        "models": "view_llmproviderconfig",
    }

    def verify(self, request: Request, provider: str) -> Response:
        if request.body:
            raise exceptions.ValidationError({"body": ["Send no body: what is stored is verified."]})
        return Response(represent(stored.verify(get_provider(provider).slug, author_of(request))))

    def try_out(self, request: Request) -> Response:
        sent = sent_configuration(request)
        return Response(represent(stored.try_out(sent["provider"], sent["credentials"], author_of(request))))

    def models(self, request: Request, provider: str) -> Response:
        found = stored.models_of(get_provider(provider).slug, author_of(request))
        fetched_at = moment(found.fetched_at)
        return Response({"provider": provider, "models": found.rows, "fetched_at": fetched_at})
