from typing import Any, ClassVar

from rest_framework import exceptions
from rest_framework.request import Request
from rest_framework.response import Response
from rest_framework.viewsets import ViewSet

from llm_providers import rotation
from llm_providers.access.permissions import ActionPermissions
from llm_providers.api.base import ContractView, expected_by
from llm_providers.api.serializers import answer, credentials_errors, moment
from llm_providers.models import Previous
from llm_providers.providers import get_provider
from llm_providers.rotation import Rotation
from llm_providers.rotation.sent import PolicySerializer
from llm_providers.web.author import author_of

POLICY = PolicySerializer()


class RotationViewSet(ContractView, ViewSet):
    """A provider's key from its replacement to the day when nobody needs the old one."""

    permission_classes = (ActionPermissions,)
    permissions_by_action: ClassVar = {
        "retrieve": "view_llmproviderconfig",
        "partial_update": "change_llmproviderconfig",
        "undo": "change_llmproviderconfig",
        "retire": "change_llmproviderconfig",
    }

    def retrieve(self, _request: Request, provider: str) -> Response:
        return Response(represent(rotation.find(get_provider(provider).slug)))

    def partial_update(self, request: Request, provider: str) -> Response:
        slug = get_provider(provider).slug
        policy = POLICY.accepted(request.data)
        changed = rotation.set_policy(slug, policy, author=author_of(request), expected=expected_by(request))
        return Response(represent(changed))

    def undo(self, request: Request, provider: str) -> Response:
        refuse_body(request)
        slug = get_provider(provider).slug
        with credentials_errors():
            return answer(rotation.undo(slug, author=author_of(request), expected=expected_by(request)))

    def retire(self, request: Request, provider: str) -> Response:
        refuse_body(request)
        slug = get_provider(provider).slug
        return Response(represent(rotation.retire(slug, author=author_of(request), expected=expected_by(request))))


def refuse_body(request: Request) -> None:
    if request.body:
        raise exceptions.ValidationError({"body": ["Send no body: the path says it all."]})


def represent(told: Rotation) -> dict[str, Any]:
    """As it is answered."""
    return vars(told) | {
        "previous": represent_previous(told.previous) if told.previous else None,
        "expires_at": moment(told.expires_at),
        "due_at": moment(told.due_at),
        "consumers": [vars(each) | {"last_seen_at": moment(each.last_seen_at)} for each in told.consumers],
    }


def represent_previous(previous: Previous) -> dict[str, Any]:
    moments = {"replaced_at": moment(previous.replaced_at), "kept_until": moment(previous.kept_until)}
    return previous._asdict() | moments
