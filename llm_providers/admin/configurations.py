"""The pages of one configuration, made from its provider's declaration."""

from typing import Any

from django.contrib import admin, messages
from django.contrib.admin.utils import unquote
from django.core.exceptions import PermissionDenied
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect

from llm_providers import audit, store
from llm_providers.admin import event_text
from llm_providers.admin.forms import CredentialsForm
from llm_providers.admin.listing import ListAdmin, masked_lines
from llm_providers.admin.pages import CHANGE, may_read_trail
from llm_providers.admin.rotating import RotationAdmin
from llm_providers.admin.verifying import PERMISSION
from llm_providers.models import LLMProviderConfig
from llm_providers.providers import PROVIDERS, Provider, get_provider
from llm_providers.verification.stored import ChangedWhileVerifying
from llm_providers.web import access_log
from llm_providers.web.author import author_of

RECENT_EVENTS = 50


@admin.register(LLMProviderConfig)
class LLMProviderConfigAdmin(ListAdmin, RotationAdmin):
    def add_view(
        self, request: HttpRequest, form_url: str = "", extra_context: dict[str, Any] | None = None
    ) -> HttpResponse:
        if not self.has_add_permission(request):
            raise PermissionDenied
        slug = request.GET.get("provider", "")
        if slug not in PROVIDERS:
            configured = set(LLMProviderConfig.objects.values_list("provider", flat=True))
            missing = [provider for provider in PROVIDERS if provider.slug not in configured]
            return self.page(request, "choose", title="Add a provider", providers=missing)
        if request.method != "POST":
            config = LLMProviderConfig.objects.filter(provider=slug).first()
            if config and self.has_view_or_change_permission(request, config):
                return redirect(CHANGE, config.pk)
        return self.edit(request, get_provider(slug), None)

    def change_view(
        self, request: HttpRequest, object_id: str, form_url: str = "", extra_context: dict[str, Any] | None = None
    ) -> HttpResponse:
        config = self.get_object(request, unquote(object_id))
        if not self.has_view_or_change_permission(request, config):
            raise PermissionDenied
        if config is None:
            return self.gone(request)
        return self.edit(request, get_provider(config.provider), config)

    def get_object(
        self, request: HttpRequest, object_id: str, from_field: str | None = None
    ) -> LLMProviderConfig | None:
        config: LLMProviderConfig | None = super().get_object(request, object_id, from_field)
        if config:
            access_log.about(config.provider)
        return config

    def edit(self, request: HttpRequest, provider: type[Provider], config: LLMProviderConfig | None) -> HttpResponse:
        access_log.about(provider.slug)
        if request.method != "POST":
            return self.form_page(request, CredentialsForm(provider, config))
        if config and not self.has_change_permission(request, config):
            raise PermissionDenied
        form = CredentialsForm(provider, config, request.POST, request.FILES)
        if "verify_first" in request.POST and not request.user.has_perm(PERMISSION):
            raise PermissionDenied
        try:
            saved = form.save(author_of(request))
        except (store.AlreadyConfigured, store.ChangedMeanwhile, ChangedWhileVerifying):
            return self.conflict(request, form)
        if not saved:
            return self.form_page(request, form)
        if form.unchanged:
            messages.info(request, f"Nothing was changed: {provider.label} is stored as it was.")
        else:
            messages.success(request, f"{provider.label} is stored.")
        return self.back(request)

    def conflict(self, request: HttpRequest, form: CredentialsForm) -> HttpResponse:
        """Say who was faster, and show what is stored now; nothing was overwritten."""
        try:
            current = store.find(form.provider.slug)
        except store.NotConfigured:
            return self.gone(request)
        if not self.has_view_or_change_permission(request, current):
            label, author = form.provider.label, current.updated_by or "somebody"
            messages.error(request, f"{label} was configured meanwhile by {author}. Nothing of yours was saved.")
            return redirect("admin:index")
        return self.form_page(request, form.over(current), conflict=True)

    def delete_view(
        self, request: HttpRequest, object_id: str, extra_context: dict[str, Any] | None = None
    ) -> HttpResponse:
        config = self.get_object(request, unquote(object_id))
        if not self.has_delete_permission(request, config):
            raise PermissionDenied
        if config is None:
            return self.gone(request)
        label, conflict = get_provider(config.provider).label, False
        if request.method == "POST":
            try:
                store.delete(config.provider, expected={request.POST.get("etag", "")}, author=author_of(request))
            except store.ChangedMeanwhile:
                conflict = True
                config = self.get_object(request, unquote(object_id))
                if config is None:
                    return self.gone(request)
            else:
                messages.success(request, f"{label} is deleted.")
                return self.back(request)
        return self.page(
            request,
            "delete",
            config,
            title=f"Delete {label}?",
            conflict=conflict,
            lines=masked_lines(config),
        )

    def history_view(
        self, request: HttpRequest, object_id: str, extra_context: dict[str, Any] | None = None
    ) -> HttpResponse:
        """The trail of the configuration, in the place of Django's own log."""
        config = self.get_object(request, unquote(object_id))
        if not (self.has_view_permission(request, config) and may_read_trail(request)):
            raise PermissionDenied
        if config is None:
            return self.gone(request)
        events, more = audit.page(limit=RECENT_EVENTS, provider=config.provider)
        told = [(event, event_text.changed(event)) for event in events]
        label = get_provider(config.provider).label
        return self.page(request, "history", config, title=f"History of {label}", events=told, more=more)
