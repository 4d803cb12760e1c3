from collections.abc import Mapping
from datetime import UTC, datetime
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
from llm_providers.strict.fields import MomentField, Text, WholeNumberField
from llm_providers.strict.serializer import StrictSerializer
from llm_providers.web.author import author_of

EARLIEST = datetime(2000, 1, 1, tzinfo=UTC)  # no key of a provider is older
DAYS = 10 * 365


class OwnerField(Text):
    default_error_messages = {"characters": "Send one line of text, without control characters."}

    def to_internal_value(self, data: str) -> str:
        owner: str = super().to_internal_value(data)
        if not owner.isprintable():
            self.fail("characters")
        return owner


class ExpiryField(MomentField):
    default_error_messages = {"early": "Send a date and time after 1999."}

    def to_internal_value(self, value: Any) -> datetime:
        moment = super().to_internal_value(value)
        return moment if moment >= EARLIEST else self.fail("early")


class PolicySerializer(StrictSerializer):
    """Who looks after a provider's key, and when it is due: what is left out stays, null removes."""

    owner = OwnerField(
        required=False, allow_null=True, max_length=150, help_text="Who looks after the key, a team for example"
    )
    expires_at = ExpiryField(
        required=False, allow_null=True, help_text="When the provider ends the key; it is due 7 days before"
    )
    rotate_every_days = WholeNumberField(
        required=False,
        allow_null=True,
        min_value=1,
        max_value=DAYS,
        help_text="It is due as many days after the last change of a secret",
    )

    default_error_messages = {"nothing": "Send owner, expires_at or rotate_every_days."}

    def validate(self, attrs: dict[str, Any]) -> dict[str, Any]:
        if not attrs:
            self.fail("nothing")
        return attrs


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
        serializer = POLICY.anew(request.data)
        serializer.is_valid(raise_exception=True)
        policy: Mapping[str, Any] = serializer.validated_data
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
