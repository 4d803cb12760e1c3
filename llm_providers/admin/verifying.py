"""Verifying from the pages: a button, and a badge that says what came of it and when."""

from datetime import datetime
from typing import Any

from django.contrib import admin, messages
from django.contrib.admin.utils import unquote
from django.core.exceptions import BadRequest, PermissionDenied
from django.http import HttpRequest, HttpResponse, HttpResponseRedirect
from django.shortcuts import redirect
from django.urls import URLPattern, path
from django.utils import timezone
from django.utils.html import format_html
from django.utils.timesince import timesince
from rest_framework.exceptions import Throttled

from llm_providers.admin.pages import CHANGE, MODELS, VERIFY, PagesAdmin, bare
from llm_providers.models import AuditEvent, LLMProviderConfig, Verification
from llm_providers.providers import PROVIDERS, get_provider
from llm_providers.sealing import CredentialsUnreadable
from llm_providers.store import NotConfigured
from llm_providers.verification import stored
from llm_providers.verification.outcomes import Outcome
from llm_providers.web.author import author_of

BUTTON = "_verify"  # of a row; its value is the provider
PERMISSION = "llm_providers.verify_llmproviderconfig"
RECENT_EVENTS = 200  # that are looked through for who set a credential
KINDS = {Outcome.VALID: "on", Outcome.INVALID: "bad", Outcome.MISCONFIGURED: "bad"}


class VerifyAdmin(PagesAdmin):
    def get_urls(self) -> list[URLPattern]:
        own = [
            path("<path:object_id>/verify/", self.admin_site.admin_view(self.verify_view), name=bare(VERIFY)),
            path("<path:object_id>/models/", self.admin_site.admin_view(self.models_view), name=bare(MODELS)),
        ]
        return [*own, *super().get_urls()]

    @admin.display(description="Verify")
    def verify_button(self, config: LLMProviderConfig) -> str:
        label = get_provider(config.provider).label
        return format_html(
            '<button class="button" type="submit" name="{}" value="{}">Verify<span class="sr-only"> {}</span></button>',
            *(BUTTON, config.provider, label),
        )

    def changelist_view(self, request: HttpRequest, extra_context: dict[str, Any] | None = None) -> HttpResponse:
        if BUTTON not in request.POST:
            page: HttpResponse = super().changelist_view(request, extra_context)
            return page
        if request.POST[BUTTON] not in PROVIDERS:
            raise BadRequest
        self.verify(request, request.POST[BUTTON])
        return HttpResponseRedirect(request.get_full_path())

    def verify_view(self, request: HttpRequest, object_id: str) -> HttpResponse:
        """Verify, then back to the page it was asked on: the configuration's, or the home page."""
        if request.method != "POST":
            raise BadRequest
        if not request.user.has_perm(PERMISSION):
            raise PermissionDenied
        config = self.get_object(request, unquote(object_id))
        if config is None:
            return self.gone(request)
        self.verify(request, config.provider)
        if "home" in request.POST or not self.has_view_or_change_permission(request, config):
            return redirect("admin:index")
        return redirect(CHANGE, config.pk)

    def verify(self, request: HttpRequest, slug: str) -> None:
        if not request.user.has_perm(PERMISSION):
            raise PermissionDenied
        label = get_provider(slug).label
        try:
            found = stored.verify(slug, author_of(request))
        except (NotConfigured, CredentialsUnreadable, Throttled) as error:
            messages.error(request, f"{label} was not verified. {getattr(error, 'sentence', error)}")
            return
        level = messages.SUCCESS if found.outcome == Outcome.VALID else messages.WARNING
        messages.add_message(request, level, f"{label}: {found.outcome.replace('_', ' ')}. {found.message}")

    def models_view(self, request: HttpRequest, object_id: str) -> HttpResponse:
        """The models that the credentials open, searched by ``q``."""
        config = self.get_object(request, unquote(object_id))
        if not self.has_view_permission(request, config):
            raise PermissionDenied
        if config is None:
            return self.gone(request)
        label = get_provider(config.provider).label
        found, failure = None, ""
        try:
            found = stored.models_of(config.provider, author_of(request))
        except (stored.NoModels, NotConfigured, CredentialsUnreadable, Throttled) as error:
            failure = getattr(error, "sentence", str(error))
        query = request.GET.get("q", "").strip()
        rows = [row for row in found.rows if query.lower() in " ".join(row.values()).lower()] if found else []
        context = {"models": rows, "found": found, "failure": failure, "query": query}
        return self.page(request, "models", config, title=label, **context)


def badge(verification: Verification | None) -> str:
    """What is known; green only for credentials that are accepted and have not changed since."""
    if verification is None:
        return format_html('<span class="badge badge-none">{}</span>', "Not verified")
    if not verification.current:
        return format_html('<span class="badge badge-none">{}</span>', "Not verified since the key changed")
    kind = KINDS.get(Outcome(verification.outcome), "off")
    text = f"{verification.outcome.replace('_', ' ')}, {ago(verification.checked_at)}".capitalize()
    return format_html('<span class="badge badge-{}" title="{}">{}</span>', kind, verification.message, text)


def ago(moment: datetime) -> str:
    if (timezone.now() - moment).total_seconds() < 60:  # noqa: PLR2004  (seconds of a minute)
        return "just now"
    return timesince(moment, depth=1).replace("\xa0", " ") + " ago"


def verified_when(verification: Verification | None) -> str:
    """The last verification, beside a secret."""
    if verification is None or not verification.current:
        return "not verified since"
    return f"last verified {ago(verification.checked_at)}: {verification.outcome.replace('_', ' ')}"


def set_by(config: LLMProviderConfig) -> dict[str, str]:
    """When each credential was set, and by whom, as far as the trail tells."""
    events = AuditEvent.objects.filter(
        provider=config.provider,
        action__in=[AuditEvent.Action.CREATE, AuditEvent.Action.UPDATE, AuditEvent.Action.UNDO],
        created_at__gte=config.created_at,
    )
    found: dict[str, str] = {}
    for event in events[:RECENT_EVENTS]:
        for name in event.fields:
            found.setdefault(name, f"{event.created_at:%Y-%m-%d %H:%M} UTC by {event.actor}")
    return {name.removeprefix("credentials."): text for name, text in found.items() if name.startswith("credentials.")}
