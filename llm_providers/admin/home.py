from dataclasses import dataclass
from typing import Any

from django.http import HttpRequest
from django.urls import reverse

from llm_providers.models import LLMProviderConfig
from llm_providers.providers import PROVIDERS, Provider

CONFIG = "llm_providers.{}_llmproviderconfig"


@dataclass
class Card:
    """One provider at a glance, and the next step with it; without a link there is none for this user."""

    provider: type[Provider]
    config: LLMProviderConfig | None
    badge: str
    state: str
    step: str
    link: str


def dashboard(request: HttpRequest, context: dict[str, Any]) -> dict[str, Any]:
    """The home page's context, with a card for each provider when the user may see them."""
    may = {action: request.user.has_perm(CONFIG.format(action)) for action in ("view", "add", "change")}
    if may["view"] or may["change"]:
        stored = {config.provider: config for config in LLMProviderConfig.objects.all()}
        context["cards"] = [card(provider, stored.get(provider.slug), may) for provider in PROVIDERS]
        context["configured"] = sum(card.config is not None for card in context["cards"])
    return context


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
