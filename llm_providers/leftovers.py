"""Rows that are past their use: nobody is served worse without them."""

from collections.abc import Callable, Iterator
from datetime import datetime, timedelta
from typing import Any

from django.conf import settings
from django.contrib.sessions.models import Session
from django.db import models
from django.utils import timezone
from rest_framework_simplejwt.token_blacklist.models import OutstandingToken

from llm_providers.models import Consumer, LoginCount, OutboundCount

BATCH = 1000  # rows that are deleted in one transaction
CONSUMERS_KEPT = timedelta(days=31)  # those of the last 30 days are told of


def sessions(now: datetime) -> models.QuerySet[Any]:
    return Session.objects.filter(expire_date__lt=now)


def tokens(now: datetime) -> models.QuerySet[Any]:
    """Refresh tokens, those on the blacklist included, and the ends of logins."""
    return OutstandingToken.objects.filter(expires_at__lt=now)


def login_counts(now: datetime) -> models.QuerySet[LoginCount]:
    return LoginCount.objects.filter(ends_at__lt=now - settings.LOGIN_LOCKOUT_TIME)


def consumers(now: datetime) -> models.QuerySet[Any]:
    return Consumer.objects.filter(last_seen_at__lt=now - CONSUMERS_KEPT)


def outbound_counts(now: datetime) -> models.QuerySet[Any]:
    return OutboundCount.objects.filter(starts_at__lt=now - settings.LLM_PROVIDERS_VERIFY_WINDOW)


KINDS: dict[str, Callable[[datetime], models.QuerySet[Any]]] = {
    "sessions": sessions,
    "tokens": tokens,
    "counts of failed logins": login_counts,
    "consumers": consumers,
    "counts of verifications": outbound_counts,
}


def clear() -> Iterator[tuple[str, int]]:
    """Delete what has expired by now, and give how many rows there were of each kind."""
    now = timezone.now()
    for kind, find in KINDS.items():
        expired, cleared = find(now), 0
        while keys := list(expired.values_list("pk", flat=True)[:BATCH]):
            expired.filter(pk__in=keys).delete()  # unless used again meanwhile
            cleared += len(keys)
        yield kind, cleared
