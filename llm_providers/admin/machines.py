"""The pages of the machines, for those who may manage them."""

from typing import Any

from django.contrib import admin, messages
from django.core.exceptions import PermissionDenied
from django.db.models import QuerySet
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.urls import reverse
from django.utils.html import format_html, format_html_join

from llm_providers import machines
from llm_providers.admin.event_text import provider_label
from llm_providers.admin.machine_forms import MachineForm
from llm_providers.admin.machine_keys import CHANGE, LIST, MachineKeysAdmin, known_keys, lines
from llm_providers.admin.pages import may_read_trail
from llm_providers.machines.giving import permitted_words
from llm_providers.machines.sent import DAYS, DAYS_UNLESS_TOLD
from llm_providers.models import AuditEvent, Machine
from llm_providers.web.author import author_of

PERMISSION = "llm_providers.manage_machine"


class MachineListAdmin(MachineKeysAdmin):
    """The list, with what is left of each key."""

    list_display = ("name", "state", "may", "reaches", "key_lines", "owner")
    list_filter = ("enabled",)
    search_fields = ("name", "owner", "description")
    search_help_text = "Search by name, owner or description"

    def get_queryset(self, request: HttpRequest) -> QuerySet[Machine]:
        queryset: QuerySet[Machine] = super().get_queryset(request)
        return queryset.prefetch_related("keys")

    def lookup_allowed(self, lookup: str, value: str, request: HttpRequest | None = None) -> bool:
        return lookup in {"enabled", "enabled__exact"}

    def get_actions(self, request: HttpRequest) -> dict[str, Any]:
        """None: a machine is changed and deleted on its own page."""
        return {}

    @admin.display(description="State", ordering="enabled")
    def state(self, machine: Machine) -> str:
        kind, text = ("on", "Enabled") if machine.enabled else ("off", "Disabled")
        return format_html('<span class="badge badge-{}">{}</span>', kind, text)

    @admin.display(description="May")
    def may(self, machine: Machine) -> str:
        return ", ".join(machine.permissions) or "nothing"

    @admin.display(description="Providers")
    def reaches(self, machine: Machine) -> str:
        if machine.providers is None:
            return "all"
        return ", ".join(map(provider_label, machine.providers)) or "none"

    @admin.display(description="Keys and last use")
    def key_lines(self, machine: Machine) -> str:
        shown = [(line.badge, line.state, line.used) for line in lines(machine)]
        keys = format_html_join("", '<div><span class="badge badge-{}">{}</span> <span>{}</span></div>', shown)
        count = len(machine.identities)
        workloads = f"{count} workload{'' if count == 1 else 's'}" if count else "" if shown else "None"
        return format_html('<div class="keys">{}{}</div>', keys, workloads)


@admin.register(Machine)
class MachineAdmin(MachineListAdmin):
    """One permission is for all of it; what may be given beyond that is decided by ``machines``."""

    def has_module_permission(self, request: HttpRequest) -> bool:
        return request.user.has_perm(PERMISSION)

    def has_view_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        return request.user.has_perm(PERMISSION)

    has_add_permission = has_change_permission = has_delete_permission = has_view_permission

    def add_view(
        self, request: HttpRequest, form_url: str = "", extra_context: dict[str, Any] | None = None
    ) -> HttpResponse:
        if not self.has_add_permission(request):
            raise PermissionDenied
        return self.edit(request, None)

    def change_view(
        self, request: HttpRequest, object_id: str, form_url: str = "", extra_context: dict[str, Any] | None = None
    ) -> HttpResponse:
        machine = self.machine_of(request, object_id)
        return self.edit(request, machine) if machine else self.gone(request)

    def edit(self, request: HttpRequest, machine: Machine | None) -> HttpResponse:
        held = permitted_words(request.user)
        if request.method != "POST":
            return self.form_page(request, MachineForm(held, machine))
        form = MachineForm(held, machine, request.POST)
        try:
            saved = form.save(author_of(request))
        except machines.NoSuchMachine:
            return self.gone(request)
        except machines.MachineChanged:
            messages.error(request, "Somebody changed this machine meanwhile. Nothing of yours was saved; see it now.")
            return redirect(request.path)
        if saved is None:
            return self.form_page(request, form)
        messages.success(request, f"The machine {saved.name} is stored.")
        return redirect(CHANGE, saved.pk)

    def form_page(self, request: HttpRequest, form: MachineForm) -> HttpResponse:
        machine = form.machine
        return self.machine_page(
            request,
            "machine",
            machine,
            title=f"Machine {machine.name}" if machine else "Add a machine",
            form=form,
            lines=lines(machine) if machine else [],
            known_keys=known_keys(machine) if machine else "",
            days=DAYS_UNLESS_TOLD,
            longest=DAYS[-1],
            read_at=machine.updated_at.isoformat() if machine else "",
            trail=may_read_trail(request),
        )

    def delete_view(
        self, request: HttpRequest, object_id: str, extra_context: dict[str, Any] | None = None
    ) -> HttpResponse:
        machine = self.machine_of(request, object_id)
        if machine is None:
            return self.gone(request)
        if request.method != "POST":
            title = f"Delete the machine {machine.name}?"
            return self.machine_page(request, "machine_delete", machine, title=title, lines=lines(machine))
        try:
            machines.delete(machine.name, author=author_of(request))
        except machines.NoSuchMachine:
            return self.gone(request)
        messages.success(request, f"The machine {machine.name} is deleted.")
        return redirect(LIST)

    def history_view(
        self, request: HttpRequest, object_id: str, extra_context: dict[str, Any] | None = None
    ) -> HttpResponse:
        """The trail, in the place of Django's own log."""
        if not (self.has_view_permission(request) and may_read_trail(request)):
            raise PermissionDenied
        events = reverse("admin:llm_providers_auditevent_changelist")
        return redirect(f"{events}?action__exact={AuditEvent.Action.MACHINE.value}")
