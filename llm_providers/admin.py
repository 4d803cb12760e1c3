from typing import Any

from django.contrib import admin
from django.db.models import Model, QuerySet
from django.http import HttpRequest
from django.utils.html import format_html_join

from llm_providers import store
from llm_providers.fields import CredentialsUnreadable
from llm_providers.models import AuditEvent, LLMProviderConfig

UNREADABLE = "Unreadable with the configured keys"


class ReadOnlyAdmin(admin.ModelAdmin):  # type: ignore[type-arg]
    def has_add_permission(self, _request: HttpRequest, _obj: Model | None = None) -> bool:
        return False

    def has_change_permission(self, _request: HttpRequest, _obj: Model | None = None) -> bool:
        return False


@admin.register(LLMProviderConfig)
class LLMProviderConfigAdmin(ReadOnlyAdmin):
    """Configurations can be looked at, masked, and deleted."""

    list_display = ("provider", "enabled", "masked", "updated_by", "updated_at")
    fields = ("provider", "enabled", "masked", "version", "created_at", "updated_at", "updated_by")
    readonly_fields = fields

    @admin.display(description="Credentials")
    def masked(self, config: LLMProviderConfig) -> str:
        try:
            credentials = config.masked_credentials()
        except CredentialsUnreadable:
            return UNREADABLE
        return format_html_join(", ", "{}: {}", credentials.items())

    def delete_model(self, request: HttpRequest, obj: LLMProviderConfig) -> None:
        store.delete(obj.provider, author=author_of(request))

    def delete_queryset(self, request: HttpRequest, queryset: QuerySet[Any]) -> None:
        for config in queryset:
            store.delete(config.provider, author=author_of(request))


@admin.register(AuditEvent)
class AuditEventAdmin(ReadOnlyAdmin):
    list_display = ("created_at", "actor", "action", "provider", "fields", "source", "address")

    def has_delete_permission(self, _request: HttpRequest, _obj: Model | None = None) -> bool:
        return False


def author_of(request: HttpRequest) -> store.Author:
    return store.Author.of_request(request, request.user.get_username(), AuditEvent.Source.ADMIN)
