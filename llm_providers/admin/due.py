"""When a key is due, and when it expires: a badge, a sentence, and the list's filter."""

from collections.abc import Iterable
from datetime import UTC, datetime, timedelta
from typing import Any

from django.contrib import admin
from django.core.exceptions import BadRequest
from django.db.models import QuerySet
from django.http import HttpRequest
from django.utils import timezone
from django.utils.html import format_html

from llm_providers import rotation
from llm_providers.models import LLMProviderConfig

SOON = timedelta(days=30)


def badge(config: LLMProviderConfig) -> str:
    """Red once the key is due, yellow in the month before."""
    if config.due_at is None:
        return format_html('<span class="badge badge-none">{}</span>', "No date set")
    kind = "bad" if config.due else "off" if config.due_within(SOON) else "none"
    return format_html('<span class="badge badge-{}">{}</span>', kind, in_short(config, config.due_at))


def in_short(config: LLMProviderConfig, due_at: datetime) -> str:
    if config.expires_at and config.expires_at <= timezone.now():
        return f"Expired {config.expires_at:%Y-%m-%d}"
    return f"{'Due since' if config.due else 'Due'} {due_at:%Y-%m-%d}"


def said(config: LLMProviderConfig) -> str:
    """In a sentence, without its full stop."""
    if config.due_at is None:
        return "Nothing says when: enter when the key expires, or how often it is to be rotated"
    told = f"{'since ' if config.due else ''}{day(config.due_at)}"
    if config.expires_at is None or config.due_at >= config.expires_at:
        return told
    return f"{told}; it {'expired' if config.expires_at <= timezone.now() else 'expires'} {day(config.expires_at)}"


def day(moment: datetime) -> str:
    """A day of the calendar, in UTC, and how far away it is."""
    days = (moment.astimezone(UTC).date() - timezone.now().date()).days
    near = {-1: "yesterday", 0: "today", 1: "tomorrow"}
    away = near.get(days) or (f"in {days} days" if days > 0 else f"{-days} days ago")
    return f"{moment:%Y-%m-%d}, {away}"


def agenda(configs: Iterable[LLMProviderConfig]) -> list[LLMProviderConfig]:
    """What is due within a month, the most urgent first."""
    return rotation.due(configs, SOON)


class DueFilter(admin.SimpleListFilter):
    """As ``?due=true`` of the API."""

    title = "due"
    parameter_name = "due"

    def lookups(self, request: HttpRequest, model_admin: Any) -> list[tuple[str, str]]:
        return [("true", "Yes"), ("false", "No")]

    def queryset(self, request: HttpRequest, queryset: QuerySet[LLMProviderConfig]) -> QuerySet[LLMProviderConfig]:
        asked = self.value()
        if asked is None:
            return queryset
        if asked not in dict(self.lookup_choices):
            raise BadRequest
        due = [config.pk for config in rotation.due(LLMProviderConfig.objects.all())]
        return queryset.filter(pk__in=due) if asked == "true" else queryset.exclude(pk__in=due)
