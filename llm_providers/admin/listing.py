"""The list of the configurations."""

from typing import Any

from django.contrib import admin
from django.db.models import QuerySet
from django.http import HttpRequest
from django.utils.html import format_html, format_html_join

from llm_providers.admin import due
from llm_providers.admin.switching import SwitchAdmin
from llm_providers.admin.verifying import PERMISSION, VerifyAdmin, badge
from llm_providers.models import LLMProviderConfig
from llm_providers.providers import PROVIDERS, get_provider
from llm_providers.sealing import CredentialsUnreadable


class ListAdmin(SwitchAdmin, VerifyAdmin):
    """The list: what is stored, masked, with a switch in each row for those who may change it."""

    list_filter = ("provider", "enabled", due.DueFilter)
    search_fields = ("provider",)
    search_help_text = "Search by provider"
    ordering = ("provider",)
    list_display_links = ("label",)

    def get_queryset(self, request: HttpRequest) -> QuerySet[LLMProviderConfig]:
        """Without the rows of a provider that is no longer declared: nothing says how to show them."""
        queryset: QuerySet[LLMProviderConfig] = super().get_queryset(request)
        return queryset.filter(provider__in=PROVIDERS.slugs())

    def get_list_display(self, request: HttpRequest) -> tuple[str, ...]:
        state = "switch" if self.has_change_permission(request) else "state"
        button = ("verify_button",) if request.user.has_perm(PERMISSION) else ()
        return ("label", state, "masked", "key", *button, "updated_by", "changed_at")

    def lookup_allowed(self, lookup: str, value: str, request: HttpRequest | None = None) -> bool:
        return lookup in {"provider", "provider__exact", "enabled", "enabled__exact", due.DueFilter.parameter_name}

    def get_actions(self, request: HttpRequest) -> dict[str, Any]:
        """Without Django's own bulk deletion: one configuration is deleted at a time, from its page."""
        return {name: action for name, action in super().get_actions(request).items() if name in self.actions}

    @admin.display(description="Provider", ordering="provider")
    def label(self, config: LLMProviderConfig) -> str:
        return get_provider(config.provider).label

    @admin.display(description="Credentials")
    def masked(self, config: LLMProviderConfig) -> str:
        lines = masked_lines(config)
        if lines is None:
            return format_html('<span class="badge badge-bad">{}</span>', "Unreadable with the configured keys")
        return format_html(
            '<dl class="masked">{}</dl>', format_html_join("", "<div><dt>{}</dt><dd>{}</dd></div>", lines)
        )

    @admin.display(description="Key")
    def key(self, config: LLMProviderConfig) -> str:
        """What is known of it: whether it was accepted, and when it is due, if a date is set."""
        when = due.badge(config) if config.due_at else ""
        return format_html('<div class="badges">{}{}</div>', badge(config.verification), when)

    @admin.display(description="Changed (UTC)", ordering="updated_at")
    def changed_at(self, config: LLMProviderConfig) -> str:
        return f"{config.updated_at:%Y-%m-%d %H:%M}"


def masked_lines(config: LLMProviderConfig) -> list[tuple[str, str]] | None:
    """(label, masked value) of the way in, if there are several, and of each credential; None when unreadable."""
    try:
        masked = config.masked_credentials()
    except CredentialsUnreadable:
        return None
    credentials = get_provider(config.provider).Credentials
    declared, way = credentials.declared(), credentials.way_of(masked)
    lines = [("Way in", way.label)] if way else []
    return lines + [(str(declared[name].label), declared[name].line(value)) for name, value in masked.items()]
