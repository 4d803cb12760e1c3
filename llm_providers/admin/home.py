"""The home page, and the way from there to the others."""

from dataclasses import dataclass
from typing import Any

from django.http import HttpRequest
from django.urls import reverse

from llm_providers.admin import due
from llm_providers.admin.verifying import badge
from llm_providers.models import LLMProviderConfig
from llm_providers.providers import PROVIDERS, Provider

CONFIG = "llm_providers.{}_llmproviderconfig"
ACTIONS = ("view", "add", "change", "use", "verify")


@dataclass
class Card:
    """One provider at a glance, and the next step with it; without a link there is none for this user."""

    provider: type[Provider]
    config: LLMProviderConfig | None
    badge: str
    state: str
    step: str
    link: str
    verified: str = ""
    due: str = ""


def dashboard(request: HttpRequest, context: dict[str, Any]) -> dict[str, Any]:
    """The home page's context, with a card for each provider when the user may see them."""
    may = {
        action: request.user.has_perm(CONFIG.format(action)) for action in ("view", "add", "change", "use", "verify")
    }
    context |= {"may_use": may["use"], "may_verify": may["verify"]}
    if may["view"] or may["change"]:
        stored = {config.provider: config for config in LLMProviderConfig.objects.all()}
        context["cards"] = [card(provider, stored.get(provider.slug), may) for provider in PROVIDERS]
        for each in context["cards"]:
            if each.config:
                each.verified = badge(each.config.verification)
                each.due = due.badge(each.config) if each.config.due_at else ""
        stored_here = [each.config for each in context["cards"] if each.config]
        context["agenda"] = [(config, str(config), due.said(config)) for config in due.agenda(stored_here)]
        context["configured"] = sum(card.config is not None for card in context["cards"])
    return context


def navigation(request: HttpRequest) -> list[dict[str, Any]]:
    """The sidebar: the pages this user may open, by what they are about."""
    pages = [
        ("Providers", "key", "llm_providers", "llmproviderconfig"),
        ("Machines", "smart_toy", "llm_providers", "machine"),
        ("Audit events", "history", "llm_providers", "auditevent"),
        ("Users", "person", "auth", "user"),
        ("Roles and groups", "group", "auth", "group"),
    ]
    items = [("Overview", "home", reverse("admin:index"))]
    for title, icon, app, model in pages:
        if any(request.user.has_perm(f"{app}.{action}_{model}") for action in ("view", "change", "manage")):
            items.append((title, icon, reverse(f"admin:{app}_{model}_changelist")))
    items.append(("API documentation", "menu_book", reverse("docs")))
    home = reverse("admin:index")
    active = [link for _title, _icon, link in items if link != home and request.path.startswith(link)] or [home]
    return [
        {
            "items": [
                {"title": title, "icon": icon, "link": link, "active": link in active} for title, icon, link in items
            ]
        }
    ]


def card(provider: type[Provider], config: LLMProviderConfig | None, may: dict[str, bool]) -> Card:
    if config is None:
        link = reverse("admin:llm_providers_llmproviderconfig_add") + f"?provider={provider.slug}"
        return Card(provider, None, "none", "Not configured", "Add credentials", link if may["add"] else "")
    link = reverse("admin:llm_providers_llmproviderconfig_change", args=[config.pk])
    if not config.readable:
        badge, state, step = "bad", "Unreadable", "Enter the credentials again"
    else:
        badge, state = ("on", "Enabled") if config.enabled else ("off", "Disabled")
        step = "Change" if config.enabled else "Change or enable"
    return Card(provider, config, badge, state, step if may["change"] else "View", link)
