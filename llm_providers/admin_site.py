"""The site that the admin's pages belong to. Outside their package, which registers them with it."""

from typing import Any

from django import forms
from django.contrib.auth.forms import UsernameField
from django.db import transaction
from django.http import HttpRequest, HttpResponse, HttpResponseRedirect
from unfold.forms import AuthenticationForm
from unfold.sites import UnfoldAdminSite

from llm_providers import audit
from llm_providers.access.passwords import PASSWORD_LENGTH
from llm_providers.models import AuditEvent
from llm_providers.web.author import author_of

USERNAME_LENGTH = 150  # characters; what the database's column takes


class LoginForm(AuthenticationForm):  # type: ignore[misc]
    """Holds names and passwords to the length they can have; Django's own only tells the browser."""

    username = UsernameField(max_length=USERNAME_LENGTH)
    password = forms.CharField(
        max_length=PASSWORD_LENGTH,
        strip=False,
        widget=forms.PasswordInput(attrs={"autocomplete": "current-password"}),
    )


class Site(UnfoldAdminSite):  # type: ignore[misc]
    login_form = LoginForm
    login_template = "llm_providers/login.html"
    index_title = "Overview"

    def login(self, request: HttpRequest, extra_context: dict[str, Any] | None = None) -> HttpResponse:
        response: HttpResponse = super().login(request, extra_context)
        if request.method == "POST" and isinstance(response, HttpResponseRedirect):  # otherwise it is refused
            audit.record(AuditEvent.Action.LOGIN, author_of(request))
        return response

    def password_change(self, request: HttpRequest, extra_context: dict[str, Any] | None = None) -> HttpResponse:
        """One's own password; the trail tells of it as of anybody's."""
        with transaction.atomic():
            response: HttpResponse = super().password_change(request, extra_context)
            if isinstance(response, HttpResponseRedirect):  # otherwise the form is shown, again perhaps
                name = request.user.get_username()
                author = author_of(request)
                audit.record(AuditEvent.Action.ACCOUNT, author, fields=[f"user {name}", "password"])
        return response
