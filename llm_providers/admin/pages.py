"""What the pages of the configurations have in common."""

from typing import Any

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.template.response import TemplateResponse
from django.urls import reverse
from unfold.admin import ModelAdmin

from llm_providers.models import LLMProviderConfig

LIST = "admin:llm_providers_llmproviderconfig_changelist"
CHANGE = "admin:llm_providers_llmproviderconfig_change"
SWITCH = "admin:llm_providers_llmproviderconfig_switch"
VERIFY = "admin:llm_providers_llmproviderconfig_verify"
MODELS = "admin:llm_providers_llmproviderconfig_models"
ROTATE = "admin:llm_providers_llmproviderconfig_rotate"
UNDO = "admin:llm_providers_llmproviderconfig_undo"
RETIRE = "admin:llm_providers_llmproviderconfig_retire"
POLICY = "admin:llm_providers_llmproviderconfig_policy"


class PagesAdmin(ModelAdmin):  # type: ignore[misc]
    def page(
        self,
        request: HttpRequest,
        name: str,
        config: LLMProviderConfig | None = None,
        **context: Any,
    ) -> HttpResponse:
        request.current_app = self.admin_site.name
        # The theme's breadcrumb: list and configuration, or else the title alone.
        place = {"opts": self.opts, "original": config} if config else {}
        return TemplateResponse(
            request,
            f"llm_providers/admin/{name}.html",
            {
                **self.admin_site.each_context(request),
                **place,
                "list_url": reverse(LIST),
                "config": config,
                "may_delete": config and self.has_delete_permission(request, config),
                "may_view": self.has_view_permission(request),
                "may_verify": request.user.has_perm("llm_providers.verify_llmproviderconfig"),
                "may_see": config and self.has_view_or_change_permission(request, config),
                "may_list_models": config and self.has_view_permission(request, config),
                "may_read_trail": config and self.has_view_permission(request, config) and may_read_trail(request),
                **context,
            },
        )

    def gone(self, request: HttpRequest) -> HttpResponse:
        messages.warning(request, "This configuration does not exist any more. Nothing was saved.")
        return redirect("admin:index")

    def back(self, request: HttpRequest) -> HttpResponse:
        return redirect(LIST if self.has_view_permission(request) else "admin:index")


def bare(name: str) -> str:
    """The name of an address within the admin."""
    return name.removeprefix("admin:")


def may_read_trail(request: HttpRequest) -> bool:
    return request.user.has_perm("llm_providers.view_auditevent")
