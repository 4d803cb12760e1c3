from typing import ClassVar

from rest_framework import serializers
from rest_framework.request import Request
from rest_framework.response import Response
from rest_framework.viewsets import ViewSet

from llm_providers.access.permissions import ActionPermissions, caller_of
from llm_providers.api.base import ContractView
from llm_providers.audit import FIELDS, Cursor, entries
from llm_providers.models import AuditEvent
from llm_providers.providers.slug import ProviderField
from llm_providers.strict.fields import CountField, MomentField, Text
from llm_providers.strict.serializer import StrictSerializer


class CursorField(serializers.Field):  # type: ignore[type-arg]
    default_error_messages = {"invalid": "Send the next of the page before, unchanged, or leave it out."}

    def to_internal_value(self, data: str) -> Cursor:
        try:
            return Cursor.read(data)
        except ValueError:
            self.fail("invalid")

    def to_representation(self, value: Cursor) -> str:
        return str(value)


class AuditQuerySerializer(StrictSerializer):
    """The filters of the trail; each is optional."""

    provider = ProviderField(required=False, help_text="Only events of this provider")
    action = serializers.ChoiceField(
        AuditEvent.Action.choices,
        required=False,
        help_text="Only events of this kind",
        error_messages={"invalid_choice": f"Choose one of: {', '.join(AuditEvent.Action.values)}."},
    )
    actor = Text(required=False, max_length=150, help_text="Only events of this user name, or `machine:` and a name")
    since = MomentField(required=False, help_text="Only events at or after this moment")
    until = MomentField(required=False, help_text="Only events before this moment")
    cursor = CursorField(required=False, help_text="The `next` of the page before")
    limit = CountField(default=50, min_value=1, max_value=200, help_text="Events on a page, 1 to 200")


QUERY = AuditQuerySerializer()


class AuditEventSerializer(serializers.ModelSerializer[AuditEvent]):
    """Who did what; no value but what enabled was switched to. Describes what the entries of the trail are already."""

    class Meta:
        model = AuditEvent
        fields = FIELDS
        read_only_fields = fields
        extra_kwargs: ClassVar = {
            "actor": {
                "help_text": "The user name of who did it, or `machine:` and the name of the machine; empty where "
                "there is no such user"
            },
            "request_id": {"help_text": "The X-Request-ID of its request, empty when there was none"},
            "address": {"help_text": "The IP address it came from, or null"},
            "provider": {"help_text": "The provider, or null when it is of none"},
            "source": {"help_text": "The way it came in by"},
        }


class AuditEventViewSet(ContractView, ViewSet):
    """The trail of changes, newest first."""

    permission_classes = (ActionPermissions,)
    permissions_by_action: ClassVar = {"list": "view_auditevent"}
    query_parameters: ClassVar = {"list": tuple(QUERY.fields)}

    def list(self, request: Request) -> Response:
        query = QUERY.accepted(request.query_params.dict())
        events, cursor = entries(**query, within=caller_of(request).providers)
        return Response({"events": events, "next": str(cursor) if cursor else None})
