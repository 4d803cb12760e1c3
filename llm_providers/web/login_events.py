"""What log and trail tell of logins that failed. Of those that succeeded the doors tell, once somebody is in."""

import logging
from collections.abc import Sequence

from django.contrib.auth.models import User
from django.db import transaction
from django.http import HttpRequest

from llm_providers import audit
from llm_providers.models import AuditEvent
from llm_providers.observability.logs import NOTHING
from llm_providers.web import access_log
from llm_providers.web.author import author_of

logger = logging.getLogger(__name__)


def failed(request: HttpRequest | None, username: str, locked: Sequence[str]) -> None:
    """``locked`` says what this attempt was the last one of: the "user", from this address, or the "address".

    Either way the database is asked the same, so that the time it takes does not tell which names exist.
    """
    name = existing_name(username)
    author = author_of(request, name) if request else audit.Author(name, AuditEvent.Source.COMMAND)
    logger.warning(
        "Login failed user=%(user)s address=%(address)s",
        {"user": access_log.loggable(name), "address": author.address or NOTHING},
    )
    with transaction.atomic():
        audit.record(AuditEvent.Action.LOGIN_FAILED, author)
        if locked:
            audit.record(AuditEvent.Action.LOCK_OUT, author, fields=locked)


def existing_name(username: str) -> str:
    """The name where somebody has it, else nothing: what is typed as one by mistake may be a password."""
    return username if User.objects.filter(username=username).exists() else ""
