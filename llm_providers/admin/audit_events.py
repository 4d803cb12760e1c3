from typing import Any

from django.contrib import admin
from django.contrib.admin.options import IncorrectLookupParameters
from django.core.exceptions import BadRequest, PermissionDenied
from django.db.models import OuterRef, QuerySet, Subquery
from django.http import HttpRequest, HttpResponse, HttpResponseBase
from django.urls import URLPattern, path, reverse
from django.utils.html import format_html
from unfold.admin import ModelAdmin

from llm_providers.admin import event_export, event_text
from llm_providers.admin.pages import CHANGE
from llm_providers.models import AuditEvent, LLMProviderConfig

EXPORT = "admin:llm_providers_auditevent_export"
MOMENTS = {"gte", "lt", "year", "month", "day"}  # of the filter by date and of the date hierarchy


class ProviderFilter(admin.SimpleListFilter):
    title = "provider"
    parameter_name = "provider"

    def lookups(self, _request: HttpRequest, _model_admin: Any) -> list[tuple[str, str]]:
        told = AuditEvent.objects.exclude(provider=None).order_by().values_list("provider", flat=True).distinct()
        return sorted(((slug, event_text.provider_label(slug)) for slug in told if slug), key=lambda pair: pair[1])

    def queryset(self, _request: HttpRequest, queryset: QuerySet[AuditEvent]) -> QuerySet[AuditEvent]:
        return queryset.filter(provider=self.value()) if self.value() else queryset


@admin.register(AuditEvent)
class AuditEventAdmin(ModelAdmin):  # type: ignore[misc]
    """The trail, to be read."""

    change_list_template = "llm_providers/admin/audit_events.html"
    date_hierarchy = "created_at"
    list_display = ("moment", "actor", "action_label", "configuration", "changed", "way")
    list_display_links = ("moment",)
    list_filter = (ProviderFilter, "action", "actor", "source", "created_at")
    search_fields = ("actor", "request_id")
    search_help_text = "Search by actor or request id"
    fields = readonly_fields = (
        "moment",
        "actor",
        "action_label",
        "configuration",
        "changed",
        "source",
        "address",
        "request_id",
    )
    show_full_result_count = False

    def get_queryset(self, request: HttpRequest) -> QuerySet[AuditEvent]:
        """With the key of the configuration, if it still stands and may be seen."""
        events: QuerySet[AuditEvent] = super().get_queryset(request)
        if not request.user.has_perm("llm_providers.view_llmproviderconfig"):
            return events
        stored = LLMProviderConfig.objects.filter(provider=OuterRef("provider"))
        return events.annotate(configuration_key=Subquery(stored.values("pk")))

    @admin.display(description="When (UTC)", ordering="created_at")
    def moment(self, event: AuditEvent) -> str:
        return f"{event.created_at:%Y-%m-%d %H:%M:%S}"

    @admin.display(description="Action", ordering="action")
    def action_label(self, event: AuditEvent) -> str:
        return event.get_action_display()

    @admin.display(description="Provider", ordering="provider")
    def configuration(self, event: AuditEvent) -> str:
        label, key = event_text.provider_label(event.provider), getattr(event, "configuration_key", None)
        return format_html('<a class="link" href="{}">{}</a>', reverse(CHANGE, args=[key]), label) if key else label

    @admin.display(description="Changed")
    def changed(self, event: AuditEvent) -> str:
        return event_text.changed(event)

    @admin.display(description="From")
    def way(self, event: AuditEvent) -> str:
        """By which door, from where, and the id under which the log has more."""
        door, address = event.get_source_display(), event.address or ""
        return format_html('<div>{} {}<br><code class="quiet">{}</code></div>', door, address, event.request_id)

    def change_view(
        self, request: HttpRequest, object_id: str, form_url: str = "", extra_context: dict[str, Any] | None = None
    ) -> HttpResponse:
        """Without the button to Django's own log, which tells nothing of an event."""
        return super().change_view(request, object_id, form_url, {"show_history": False})  # type: ignore[no-any-return]

    def get_urls(self) -> list[URLPattern]:
        view = self.admin_site.admin_view(self.export)
        return [path("export/", view, name=EXPORT.removeprefix("admin:")), *super().get_urls()]

    def export(self, request: HttpRequest) -> HttpResponseBase:
        """The events that the list shows under the same address, on all of its pages."""
        if not self.has_view_permission(request):
            raise PermissionDenied
        try:
            events = self.get_changelist_instance(request).get_queryset(request)
        except IncorrectLookupParameters:
            raise BadRequest from None
        return event_export.response(events[: event_export.LIMIT].iterator())

    def lookup_allowed(self, lookup: str, value: str, request: HttpRequest | None = None) -> bool:
        """The filters of the page, and nothing that a crafted address adds."""
        name, _, kind = lookup.partition("__")
        if name == self.date_hierarchy:
            return kind in MOMENTS
        return name in {"provider", *self.list_filter} and kind in ("", "exact")

    def has_add_permission(self, _request: HttpRequest, _obj: Any = None) -> bool:
        return False

    def has_change_permission(self, _request: HttpRequest, _obj: Any = None) -> bool:
        return False

    def has_delete_permission(self, _request: HttpRequest, _obj: Any = None) -> bool:
        return False
