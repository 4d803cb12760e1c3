"""Which keys are due for rotation, and the line of the log that says so once a day."""

import logging
from collections.abc import Iterable
from contextlib import suppress
from datetime import timedelta

from django.db import Error
from django.db.models import Q
from django.utils import timezone

from llm_providers.models import LLMProviderConfig

logger = logging.getLogger(__name__)

WARNED_EVERY = timedelta(days=1)


def due(configs: Iterable[LLMProviderConfig], within: timedelta = timedelta()) -> list[LLMProviderConfig]:
    """Of these, those whose key is due now or will be so soon, the most urgent first."""
    return sorted((each for each in configs if each.due_within(within)), key=lambda each: str(each.due_at))


def warn(configs: Iterable[LLMProviderConfig]) -> None:
    """Say in the log which of these are due: of each once a day, whichever process looks first.

    Where that cannot be noted it is left to the next who looks; reading goes on.
    """
    now = timezone.now()
    unsaid = Q(due_warned_at=None) | Q(due_warned_at__lte=now - WARNED_EVERY)
    for config in due(configs):
        if config.due_warned_at and config.due_warned_at > now - WARNED_EVERY:
            continue
        with suppress(Error):
            if LLMProviderConfig.objects.filter(unsaid, pk=config.pk).update(due_warned_at=now):
                since = f"{config.due_at:%Y-%m-%d}"
                logger.warning("The key of %s is due for rotation since %s.", config.provider, since)
