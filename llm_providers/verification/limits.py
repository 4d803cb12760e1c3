"""How often providers are asked, counted in the database, so of all processes together.

Without a limit the routes would tell whoever may use them which of many stolen keys work.
"""

import math
from datetime import datetime

from django.conf import settings
from django.db import transaction
from django.db.models import F
from django.utils import timezone
from rest_framework.exceptions import Throttled

from llm_providers.audit import Author
from llm_providers.models import AuditEvent, OutboundCount


class TooOften(Throttled):
    """``wait`` is in whole seconds."""

    sentence = "Providers were asked too often. Wait as long as the Retry-After header says."

    def __init__(self, ends_at: datetime) -> None:
        super().__init__()
        self.wait = max(1, math.ceil((ends_at - timezone.now()).total_seconds()))


def count(provider: str, author: Author) -> None:
    """Count one verification, or list of models; raises TooOften. Commands are the operator's, and not counted."""
    if author.source == AuditEvent.Source.COMMAND:
        return
    with transaction.atomic():  # in one order, so that none waits for another in a circle
        _count(f"provider {provider}", settings.LLM_PROVIDERS_VERIFY_LIMIT_PER_PROVIDER)
        _count(f"user {author.name}", settings.LLM_PROVIDERS_VERIFY_LIMIT_PER_USER)


def _count(name: str, limit: int) -> None:
    now, window = timezone.now(), settings.LLM_PROVIDERS_VERIFY_WINDOW
    counts = OutboundCount.objects.filter(name=name)
    # A row that is there is locked by this, so that nobody clears it away meanwhile.
    OutboundCount.objects.bulk_create(
        [OutboundCount(name=name, starts_at=now)],
        update_conflicts=True,
        update_fields=["name"],
        unique_fields=["name"],
    )
    counts.filter(starts_at__lte=now - window).update(starts_at=now, count=0)
    if not counts.filter(count__lt=limit).update(count=F("count") + 1):
        started = counts.values_list("starts_at", flat=True).get()
        raise TooOften(started + window)
