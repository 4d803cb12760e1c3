"""The site that the admin's pages belong to. Outside their package, which registers them with it."""

from django import forms
from django.contrib.auth.forms import UsernameField
from unfold.forms import AuthenticationForm
from unfold.sites import UnfoldAdminSite

from llm_providers.passwords import PASSWORD_LENGTH

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
