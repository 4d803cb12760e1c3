"""The list of the configurations."""

from typing import Any

from django.contrib import admin, messages
from django.core.exceptions import BadRequest, PermissionDenied
from django.db.models import QuerySet
from django.http import HttpRequest, HttpResponse, HttpResponseRedirect
from django.utils.html import format_html, format_html_join
from unfold.admin import ModelAdmin

from llm_providers import store
from llm_providers.models import LLMProviderConfig
from llm_providers.providers import PROVIDERS, get_provider
from llm_providers.sealing import CredentialsUnreadable
from llm_providers.web.author import author_of

SWITCH = "_switch"  # the button of a row; its value is the provider, the state to switch to and the entity tag


class ListAdmin(ModelAdmin):  # type: ignore[misc]
    """The list: what is stored, masked, with a switch in each row for who may change it."""

    list_filter = ("provider", "enabled")
    search_fields = ("provider",)
    search_help_text = "Search by provider"
    ordering = ("provider",)
    actions = ("enable", "disable")
    list_display_links = ("label",)

    def get_queryset(self, request: HttpRequest) -> QuerySet[LLMProviderConfig]:
        """Without the rows of a provider that is no longer declared: nothing says how to show them."""
        queryset: QuerySet[LLMProviderConfig] = super().get_queryset(request)
        return queryset.filter(provider__in=PROVIDERS.slugs())

    def get_list_display(self, request: HttpRequest) -> tuple[str, ...]:
        state = "switch" if self.has_change_permission(request) else "state"
        return ("label", state, "masked", "updated_by", "changed_at")

    def lookup_allowed(self, lookup: str, value: str, request: HttpRequest | None = None) -> bool:
        return lookup in {"provider", "provider__exact", "enabled", "enabled__exact"}

    def get_actions(self, request: HttpRequest) -> dict[str, Any]:
        """Without Django's own bulk deletion: one configuration is deleted at a time, from its page."""
        return {name: action for name, action in super().get_actions(request).items() if name in self.actions}

    @admin.display(description="Provider", ordering="provider")
    def label(self, config: LLMProviderConfig) -> str:
        return get_provider(config.provider).label

    @admin.display(description="State", ordering="enabled")
    def state(self, config: LLMProviderConfig) -> str:
        kind, text = ("on", "Enabled") if config.enabled else ("off", "Disabled")
        return format_html('<span class="badge badge-{}">{}</span>', kind, text)

    @admin.display(description="Enabled", ordering="enabled")
    def switch(self, config: LLMProviderConfig) -> str:
        return format_html(
            '<button class="switch" type="submit" role="switch" aria-checked="{}" aria-label="{} enabled"'
            ' name="{}" value="{} {} {}"></button>',
            str(config.enabled).lower(),
            self.label(config),
            SWITCH,
            config.provider,
            "off" if config.enabled else "on",
            config.etag,
        )

    @admin.display(description="Credentials")
    def masked(self, config: LLMProviderConfig) -> str:
        lines = masked_lines(config)
        if lines is None:
            return format_html('<span class="badge badge-bad">{}</span>', "Unreadable with the configured keys")
        return format_html(
            '<dl class="masked">{}</dl>', format_html_join("", "<div><dt>{}</dt><dd>{}</dd></div>", lines)
        )

    @admin.display(description="Changed (UTC)", ordering="updated_at")
    def changed_at(self, config: LLMProviderConfig) -> str:
        return f"{config.updated_at:%Y-%m-%d %H:%M}"

    def changelist_view(self, request: HttpRequest, extra_context: dict[str, Any] | None = None) -> HttpResponse:
        if SWITCH in request.POST:
            return self.switched(request)
        page: HttpResponse = super().changelist_view(request, extra_context)
        return page

    def switched(self, request: HttpRequest) -> HttpResponse:
        """Switch one configuration on or off, from its row."""
        if not self.has_change_permission(request):
            raise PermissionDenied
        slug, _, rest = request.POST[SWITCH].partition(" ")
        state, _, etag = rest.partition(" ")
        if slug not in PROVIDERS:
            raise BadRequest
        self.set_enabled(request, slug, enabled=state == "on", expected={etag})
        return HttpResponseRedirect(request.get_full_path())

    @admin.action(description="Enable", permissions=["change"])
    def enable(self, request: HttpRequest, chosen: QuerySet[LLMProviderConfig]) -> None:
        for config in chosen:
            self.set_enabled(request, config.provider, enabled=True)

    @admin.action(description="Disable", permissions=["change"])
    def disable(self, request: HttpRequest, chosen: QuerySet[LLMProviderConfig]) -> None:
        for config in chosen:
            self.set_enabled(request, config.provider, enabled=False)

    def set_enabled(self, request: HttpRequest, slug: str, *, enabled: bool, expected: store.Expected = None) -> None:
        label = get_provider(slug).label
        try:
            if store.find(slug).enabled != enabled:
                store.update(slug, enabled=enabled, expected=expected, author=author_of(request))
        except (store.ChangedMeanwhile, store.NotConfigured):
            messages.error(request, f"{label} was changed meanwhile and left as it is. See below what is stored now.")
            return
        messages.success(request, f"{label} is {'enabled' if enabled else 'disabled'}.")


def masked_lines(config: LLMProviderConfig) -> list[tuple[str, str]] | None:
    """(label, masked value) of each credential; None when they cannot be read."""
    try:
        masked = config.masked_credentials()
    except CredentialsUnreadable:
        return None
    declared = get_provider(config.provider).Credentials.declared()
    return [(str(declared[name].label), declared[name].line(value)) for name, value in masked.items()]
