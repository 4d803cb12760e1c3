"""Issuing and revoking the keys of a machine, on pages of their own."""

import re
import shlex
from typing import Any, NamedTuple

from django.conf import settings
from django.contrib import messages
from django.contrib.admin.utils import unquote
from django.core.exceptions import PermissionDenied
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.urls import URLPattern, path, reverse
from django.utils import timezone
from rest_framework.exceptions import ValidationError

from llm_providers import machines
from llm_providers.admin.pages import PagesAdmin
from llm_providers.machines.sent import KeySerializer
from llm_providers.models import Machine, MachineKey
from llm_providers.providers import PROVIDERS
from llm_providers.strict.serializer import sentences
from llm_providers.web.author import author_of

LIST = "admin:llm_providers_machine_changelist"
CHANGE = "admin:llm_providers_machine_change"
ISSUE = "admin:llm_providers_machine_issue"
REVOKE = "admin:llm_providers_machine_revoke"


class Line(NamedTuple):
    """A key as a page shows it."""

    key: MachineKey
    badge: str
    state: str
    used: str


class MachineKeysAdmin(PagesAdmin):
    def get_urls(self) -> list[URLPattern]:
        issue, revoke = self.admin_site.admin_view(self.issue_view), self.admin_site.admin_view(self.revoke_view)
        return [
            path("<path:object_id>/keys/issue/", issue, name=ISSUE.removeprefix("admin:")),
            path("<path:object_id>/keys/<str:key_id>/revoke/", revoke, name=REVOKE.removeprefix("admin:")),
            *super().get_urls(),
        ]

    def issue_view(self, request: HttpRequest, object_id: str) -> HttpResponse:
        """Answer with the key itself: what is kept for another page would be kept somewhere."""
        machine = self.machine_of(request, object_id)
        if machine is None:
            return self.gone(request)
        if request.method != "POST":
            return redirect(CHANGE, machine.pk)
        if request.POST.get("known") != known_keys(machine):  # a page that is loaded anew is sent anew
            messages.warning(request, "The keys have changed since that page was made. No key was issued just now.")
            return redirect(CHANGE, machine.pk)
        try:
            sent = KeySerializer().accepted({"expires_in_days": number(request.POST.get("days", ""))})
            key, kept = machines.issue(machine.name, days=sent["expires_in_days"], author=author_of(request))
        except ValidationError as refusal:
            messages.error(request, f"No key was issued. {' '.join(sentences(refusal.detail))}")
        except (machines.TooManyKeys, machines.GivesMoreThanHeld) as refusal:
            messages.error(request, f"No key was issued. {refusal}")
        except machines.NoSuchMachine:
            return self.gone(request)
        else:
            title = f"A key of {machine.name}"
            curl = recipe(machine, request.build_absolute_uri("/v1"), key.text)
            return self.machine_page(
                request, "machine_key", machine, title=title, key=key.text, kept=kept, curl=curl, off=is_off(machine)
            )
        return redirect(CHANGE, machine.pk)

    def revoke_view(self, request: HttpRequest, object_id: str, key_id: str) -> HttpResponse:
        machine = self.machine_of(request, object_id)
        if machine is None:
            return self.gone(request)
        key = machine.keys.filter(pk=key_id).first()
        if request.method != "POST":
            if key is None:
                return redirect(CHANGE, machine.pk)
            title = f"Revoke the key {key.id} of {machine.name}?"
            return self.machine_page(request, "machine_revoke", machine, title=title, line=line(key))
        try:
            machines.revoke(machine.name, key_id, author=author_of(request))
        except (machines.NoSuchKey, machines.NoSuchMachine):
            messages.info(request, "This machine has no such key any more.")
        else:
            messages.success(request, f"The key {key_id} is revoked.")
        return redirect(CHANGE, machine.pk)

    def machine_of(self, request: HttpRequest, object_id: str) -> Machine | None:
        """The machine; raises PermissionDenied unless this user may manage machines."""
        if not self.has_change_permission(request):
            raise PermissionDenied
        machine: Machine | None = self.get_object(request, unquote(object_id))
        return machine

    def machine_page(self, request: HttpRequest, name: str, machine: Machine | None, **context: Any) -> HttpResponse:
        place = {"opts": self.opts, "original": machine} if machine else {}
        return self.page(request, name, **place, machine=machine, list_url=reverse(LIST), **context)

    def gone(self, request: HttpRequest) -> HttpResponse:
        messages.warning(request, "This machine does not exist any more. Nothing was changed.")
        return redirect(LIST)


def lines(machine: Machine) -> list[Line]:
    return [line(key) for key in machine.keys.all()]


def line(key: MachineKey) -> Line:
    left = key.expires_at - timezone.now()
    if left.total_seconds() <= 0:
        badge, state = "bad", "Expired"
    else:
        badge, state = ("off" if left < machines.SOON else "on"), counted(left.days)
    used = f"used {key.last_used_at:%Y-%m-%d %H:%M} UTC" if key.last_used_at else "never used"
    return Line(key, badge, state, f"{used} from {key.last_used_from}" if key.last_used_from else used)


def counted(days: int) -> str:
    return "Less than a day left" if not days else f"{days} day{'' if days == 1 else 's'} left"


def known_keys(machine: Machine) -> str:
    """The keys that a page was made with: once there is another one, that page issues none."""
    return " ".join(key.id for key in machine.keys.all())


def number(text: str) -> Any:
    """What was typed as a number; what is none stays what it is, to be refused."""
    return int(text) if re.fullmatch("[0-9]{1,9}", text) else text


def recipe(machine: Machine, address: str, key: str) -> str:
    """A first request with the key, of a kind that the machine may make."""
    slugs = machine.providers if machine.providers is not None else PROVIDERS.slugs()
    if "use" in machine.permissions and slugs:
        path_of = f"/llm-provider/{slugs[0]}/credentials"
    else:
        path_of = "/audit-events" if machine.permissions == ["view_audit"] else "/llm-providers"
    return f"curl -sS -H {shlex.quote(f'Authorization: Bearer {key}')} {shlex.quote(address + path_of)}"


def is_off(machine: Machine) -> bool:
    """Whether the machine may use credentials, and nobody gets any over HTTP."""
    return "use" in machine.permissions and not settings.LLM_PROVIDERS_DELIVERY
