"""Whoever failed to log in too often is refused before a password is checked.

An attempt is counted as failed before its password is hashed, and given back when the password was
right: of simultaneous attempts no more are looked at than may fail. An attempt that is cut off stays
counted. Refused attempts are not counted, so that a lock-out ends, whoever keeps trying.
"""

import math
from collections.abc import Callable
from datetime import datetime
from typing import Any

from django.conf import settings
from django.contrib import admin
from django.contrib.auth.backends import BaseBackend, ModelBackend
from django.contrib.auth.models import User
from django.db import transaction
from django.db.models import F, QuerySet
from django.db.models.functions import Greatest
from django.http import HttpRequest, HttpResponse, HttpResponseBase
from django.shortcuts import render
from django.utils import timezone
from django.utils.crypto import salted_hmac
from rest_framework.exceptions import Throttled

from llm_providers import audit, leftovers
from llm_providers.audit import Author
from llm_providers.models import AuditEvent, LoginCount
from llm_providers.observability import metrics
from llm_providers.web import login_events
from llm_providers.web.client_address import counted_address, login_source

EVERYBODY = ""  # the name under which an address as a whole is counted


class LockedOut(Throttled):
    """``wait`` is in whole seconds."""

    def __init__(self, ends_at: datetime) -> None:
        super().__init__()
        self.wait = max(1, math.ceil((ends_at - timezone.now()).total_seconds()))


class CountingBackend(ModelBackend):
    """Users and permissions as Django keeps them, with a limit to wrong passwords; raises LockedOut."""

    def authenticate(
        self, request: HttpRequest | None, username: str | None = None, password: str | None = None, **kwargs: Any
    ) -> User | None:
        if username is None or password is None:
            return None
        attempt = Attempt(username, login_source(request) if request else "")
        user = super().authenticate(request, username, password, **kwargs)
        if user is None:
            login_events.failed(request, username, attempt.last_of)
            attempt.fail()
        else:
            attempt.give_back()
        return user

    aauthenticate = BaseBackend.aauthenticate  # type: ignore[assignment]  # through the above, past ModelBackend's own


class Attempt:
    """One login, counted as failed from the start; raises LockedOut instead where too many failed before."""

    def __init__(self, username: str, address: str) -> None:
        names = EVERYBODY, digest(username)
        self.counts = LoginCount.objects.filter(address=address, name__in=names).order_by("name")
        for count in self.counts:  # without a lock, so that a flood waits for nothing
            refuse_locked(count)
        now = timezone.now()
        with transaction.atomic():
            # On conflict the database locks the row, whoever deletes or changes it meanwhile.
            LoginCount.objects.bulk_create(
                [LoginCount(name=name, address=address, ends_at=now) for name in names],
                update_conflicts=True,
                update_fields=["address"],
                unique_fields=["address", "name"],
            )
            self.everybody, self.own = self.counts.all()
            for count in (self.everybody, self.own):
                refuse_locked(count)
                add_one(count)
            LoginCount.objects.bulk_update([self.everybody, self.own], ["tried", "forgiven", "ends_at"])
        counted = {"user": self.own, "address": self.everybody}
        self.last_of = [what for what, count in counted.items() if count.tried - count.forgiven == limit(count)]
        forget_old_counts()

    def fail(self) -> None:
        """Say so at once when this was the last attempt there was."""
        refuse_locked(self.own)

    def give_back(self) -> None:
        """A right password ends the count of its name, but for what was tried after it. Of the address it is one."""
        LoginCount.objects.filter(pk=self.own.pk).update(forgiven=Greatest("forgiven", self.own.tried))
        LoginCount.objects.filter(pk=self.everybody.pk, forgiven__lt=F("tried")).update(forgiven=F("forgiven") + 1)


def digest(username: str) -> str:
    return salted_hmac("llm_providers.web.lockout", username, algorithm="sha256").hexdigest()


def limit(count: LoginCount) -> int:
    return settings.LOGIN_FAILURE_LIMIT if count.name else settings.LOGIN_FAILURE_LIMIT_PER_ADDRESS


def refuse_locked(count: LoginCount) -> None:
    if count.tried - count.forgiven >= limit(count) and count.ends_at > timezone.now():
        raise LockedOut(count.ends_at)


def add_one(count: LoginCount) -> None:
    """A count ends some time after the last failure of a name, but after the first of an address.

    Many people share an address: an occasional failure must not keep its count alive for ever.
    """
    now = timezone.now()
    if count.ends_at <= now:
        count.forgiven = count.tried
    first = count.forgiven == count.tried
    count.tried += 1
    full = count.tried - count.forgiven == limit(count)
    if full:
        metrics.lock_outs.inc()
    if count.name or first or full:
        count.ends_at = now + settings.LOGIN_LOCKOUT_TIME


def forget_old_counts() -> None:
    old = leftovers.login_counts(timezone.now())
    if not old.exists():  # mostly, and then nobody waits for a lock
        return
    with transaction.atomic():
        LoginCount.objects.filter(pk__in=old.select_for_update(skip_locked=True).values("pk")).delete()


def unlock_user(username: str, author: Author) -> int:
    """End the counts of a user name, from every address; return how many there were."""
    name = login_events.existing_name(username)
    return forgive(LoginCount.objects.filter(name=digest(username)), author, f"user {name}" if name else "user")


def unlock_address(address: str, author: Author) -> int:
    """End the count of an address as a whole; return how many there were."""
    source = counted_address(address)
    return forgive(LoginCount.objects.filter(name=EVERYBODY, address=source), author, f"address {source}")


def forgive(counts: QuerySet[LoginCount], author: Author, whose: str) -> int:
    """End such counts, and tell of it where there was something to forgive."""
    with transaction.atomic():
        ended = counts.filter(forgiven__lt=F("tried")).update(forgiven=F("tried"))
        if ended:
            audit.record(AuditEvent.Action.UNLOCK, author, fields=[whose])
    return ended


class LockoutMiddleware:
    """Says in the admin, with a page, why nobody was logged in; the API answers for itself."""

    def __init__(self, get_response: Callable[[HttpRequest], HttpResponseBase]) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponseBase:
        return self.get_response(request)

    def process_exception(self, request: HttpRequest, error: Exception) -> HttpResponse | None:
        if not isinstance(error, LockedOut):
            return None
        minutes = math.ceil(error.wait / 60)
        context = {**admin.site.each_context(request), "title": "Login locked", "minutes": minutes}
        page = render(request, "llm_providers/locked_out.html", context, status=error.status_code)
        page["Retry-After"] = str(error.wait)
        return page
