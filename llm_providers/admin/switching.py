"""Enabling and disabling: what stops a provider for everybody is confirmed on a page of its own."""

from typing import Any

from django.contrib import admin, messages
from django.contrib.admin.utils import unquote
from django.core.exceptions import BadRequest, PermissionDenied
from django.db.models import QuerySet
from django.http import HttpRequest, HttpResponse, HttpResponseRedirect
from django.shortcuts import redirect
from django.urls import URLPattern, path, reverse
from django.utils.html import format_html

from llm_providers import store
from llm_providers.admin.pages import SWITCH, PagesAdmin, bare
from llm_providers.models import LLMProviderConfig
from llm_providers.providers import PROVIDERS, get_provider
from llm_providers.web import access_log
from llm_providers.web.author import author_of

BUTTON = "_switch"  # of a row; its value is the provider, the state to switch to and the entity tag


class SwitchAdmin(PagesAdmin):
    actions = ("enable", "disable")

    def get_urls(self) -> list[URLPattern]:
        view = self.admin_site.admin_view(self.switch_view)
        own = path("<path:object_id>/switch/", view, name=bare(SWITCH))
        return [own, *super().get_urls()]

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
            get_provider(config.provider).label,
            BUTTON,
            config.provider,
            "off" if config.enabled else "on",
            config.etag,
        )

    def changelist_view(self, request: HttpRequest, extra_context: dict[str, Any] | None = None) -> HttpResponse:
        if BUTTON in request.POST:
            return self.pressed(request)
        page: HttpResponse = super().changelist_view(request, extra_context)
        return page

    def pressed(self, request: HttpRequest) -> HttpResponse:
        """The switch of a row: on at once, off by way of a page that asks."""
        if not self.has_change_permission(request):
            raise PermissionDenied
        slug, _, rest = request.POST[BUTTON].partition(" ")
        state, _, etag = rest.partition(" ")
        if slug not in PROVIDERS:
            raise BadRequest
        access_log.about(slug)
        config = LLMProviderConfig.objects.filter(provider=slug).first()
        if config and config.enabled and state == "off":
            return redirect(switch_address(config, enabled=False))
        self.set_enabled(request, slug, enabled=state == "on", expected={etag})
        return HttpResponseRedirect(request.get_full_path())

    def switch_view(self, request: HttpRequest, object_id: str) -> HttpResponse:
        """Ask, then switch; where a message's link to undo leads as well."""
        config = self.get_object(request, unquote(object_id))
        if not self.has_change_permission(request, config):
            raise PermissionDenied
        if config is None:
            return self.gone(request)
        if request.GET.get("to") not in ("on", "off"):
            raise BadRequest
        enabled = request.GET["to"] == "on"
        label = get_provider(config.provider).label
        if request.method == "POST":
            self.set_enabled(request, config.provider, enabled=enabled, expected={request.POST.get("etag", "")})
            return self.back(request)
        if config.enabled == enabled:
            messages.info(request, f"{label} is {'enabled' if enabled else 'disabled'} already.")
            return self.back(request)
        title = f"{'Enable' if enabled else 'Disable'} {label}?"
        return self.page(request, "switch", config, title=title, label=label, enabled=enabled)

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
            config = store.find(slug)
            if config.enabled != enabled:
                config = store.update(slug, enabled=enabled, expected=expected, author=author_of(request))
        except (store.ChangedMeanwhile, store.NotConfigured):
            messages.error(request, f"{label} was changed meanwhile and left as it is. See below what is stored now.")
            return
        undo = switch_address(config, enabled=not enabled)
        state = "enabled" if enabled else "disabled"
        messages.success(request, format_html('{} is {}. <a href="{}">Undo</a>', label, state, undo))


def switch_address(config: LLMProviderConfig, *, enabled: bool) -> str:
    return f"{reverse(SWITCH, args=[config.pk])}?to={'on' if enabled else 'off'}"
