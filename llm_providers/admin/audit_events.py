from typing import Any

from django.contrib import admin
from django.http import HttpRequest
from unfold.admin import ModelAdmin

from llm_providers.models import AuditEvent


@admin.register(AuditEvent)
class AuditEventAdmin(ModelAdmin):  # type: ignore[misc]
    """The trail, to be read."""

    list_display = ("moment", "actor", "action", "provider", "changed", "source", "address")
    list_display_links = None
    list_filter = ("provider", "action", "actor", "source", "created_at")
    fields = readonly_fields = (
        "moment",
        "actor",
        "action",
        "provider",
        "changed",
        "source",
        "request_id",
        "address",
    )
    show_full_result_count = False

    @admin.display(description="When (UTC)", ordering="created_at")
    def moment(self, event: AuditEvent) -> str:
        return f"{event.created_at:%Y-%m-%d %H:%M:%S}"

    @admin.display(description="Fields")
    def changed(self, event: AuditEvent) -> str:
        return ", ".join(event.fields)

    def lookup_allowed(self, lookup: str, value: str, request: HttpRequest | None = None) -> bool:
        """The filters of the page, and nothing that a crafted address adds."""
        name, _, kind = lookup.partition("__")
        return name in self.list_filter and kind in ("", "exact", *(("gte", "lt") if name == "created_at" else ()))

    def has_add_permission(self, _request: HttpRequest, _obj: Any = None) -> bool:
        return False

    def has_change_permission(self, _request: HttpRequest, _obj: Any = None) -> bool:
        return False

    def has_delete_permission(self, _request: HttpRequest, _obj: Any = None) -> bool:
        return False
