"""Users and groups: nobody gives more than they hold, and the trail tells of each change.

No door to the tokens' bookkeeping.
"""

from typing import Any

import rest_framework_simplejwt.token_blacklist.admin  # noqa: F401  (registers what is taken out here)
from django.contrib import admin
from django.contrib.admin.widgets import RelatedFieldWidgetWrapper
from django.contrib.auth.admin import GroupAdmin, UserAdmin
from django.contrib.auth.models import Group, User
from django.db import models, transaction
from django.http import HttpRequest, HttpResponse
from rest_framework_simplejwt.token_blacklist.models import BlacklistedToken, OutstandingToken
from unfold.admin import ModelAdmin
from unfold.forms import AdminPasswordChangeForm, UserChangeForm

from llm_providers import audit
from llm_providers.admin.grants import groups_to_give, holds_more, permissions_to_give
from llm_providers.admin.roles import NewUserForm, PermissionsField, RolesField
from llm_providers.models import AuditEvent
from llm_providers.web.author import author_of

admin.site.unregister([User, Group, BlacklistedToken, OutstandingToken])


class AccountAdmin(admin.ModelAdmin):  # type: ignore[type-arg]
    """What the pages of users and of groups have in common."""

    filters: frozenset[str] = frozenset()

    def lookup_allowed(self, lookup: str, value: str, request: HttpRequest | None = None) -> bool:
        """The filters of the page: a crafted one, such as a regular expression, can cost seconds."""
        return lookup in self.filters

    # --- Nobody gives more than they hold

    def has_change_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        return super().has_change_permission(request, obj) and not (obj and holds_more(obj, request.user))

    def has_delete_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        return super().has_delete_permission(request, obj) and not (obj and holds_more(obj, request.user))

    def formfield_for_manytomany(self, db_field: Any, request: HttpRequest, **kwargs: Any) -> Any:
        """Offer, and take, what this user may give; who holds anything else cannot be changed at all."""
        if db_field.related_model is Group:
            groups = groups_to_give(request.user).prefetch_related("permissions")
            kwargs |= {"form_class": RolesField, "queryset": groups, "label": "Roles", "help_text": ""}
        else:
            permissions = permissions_to_give(request.user).select_related("content_type")
            kwargs |= {"form_class": PermissionsField, "queryset": permissions, "label": "Permissions", "help_text": ""}
        return super().formfield_for_manytomany(db_field, request, **kwargs)

    def formfield_for_dbfield(self, db_field: Any, request: HttpRequest, **kwargs: Any) -> Any:
        """Without Django's buttons that add another role from within a form."""
        field = super().formfield_for_dbfield(db_field, request, **kwargs)
        if field and isinstance(field.widget, RelatedFieldWidgetWrapper):
            field.widget = field.widget.widget
        return field

    # --- The trail

    def construct_change_message(self, request: HttpRequest, form: Any, formsets: Any, add: bool = False) -> Any:
        """Where Django says for its own log what a form has saved, in the transaction of that: tell the trail too."""
        self.tell(request, *told_of(form, add=add))
        return super().construct_change_message(request, form, formsets, add)

    def delete_model(self, request: HttpRequest, obj: Any) -> None:
        with transaction.atomic():
            self.tell(request, [str(obj)], ["deleted"])
            super().delete_model(request, obj)

    def delete_queryset(self, request: HttpRequest, queryset: models.QuerySet[Any]) -> None:
        with transaction.atomic():
            for account in queryset:
                self.tell(request, [str(account)], ["deleted"])
            super().delete_queryset(request, queryset)

    def tell(self, request: HttpRequest, names: list[str], changed: list[str]) -> None:
        if changed:
            accounts = [f"{self.opts.model_name} {name}" for name in names]
            audit.record(AuditEvent.Action.ACCOUNT, author_of(request), fields=[*accounts, *changed])


def told_of(form: Any, *, add: bool) -> tuple[list[str], list[str]]:
    """The account that a form has saved, by its name before and its name now, and the names of what changed."""
    if isinstance(form, AdminPasswordChangeForm):
        return [str(form.user)], ["password"]
    now = str(form.instance)
    if not add:
        before = form.initial.get("username") or form.initial["name"]
        return list(dict.fromkeys([before, now])), form.changed_data
    entered = ["password" if name == "password1" else name for name in form.changed_data]
    return [now], ["created", *(name for name in entered if name not in ("password2", "usable_password"))]


@admin.register(User)
class ThemedUserAdmin(AccountAdmin, UserAdmin, ModelAdmin):  # type: ignore[type-arg, misc]
    form = UserChangeForm
    add_form = NewUserForm
    change_password_form = AdminPasswordChangeForm
    filter_horizontal = ()
    fieldsets = (
        (None, {"fields": ("username", "password")}),
        ("Person", {"fields": ("first_name", "last_name", "email")}),
        ("What this user may do", {"fields": ("is_active", "is_staff", "is_superuser", "groups")}),
        ("Single permissions", {"fields": ("user_permissions",), "classes": ("collapse",)}),
        ("Dates", {"fields": ("last_login", "date_joined")}),
    )
    filters = frozenset({"is_staff__exact", "is_superuser__exact", "is_active__exact", "groups__id__exact"})

    def get_readonly_fields(self, request: HttpRequest, obj: User | None = None) -> Any:
        """Only superusers make superusers; and when somebody came is a fact."""
        facts = ("last_login", "date_joined")
        return facts if request.user.is_superuser else (*facts, "is_superuser")

    def user_change_password(self, request: HttpRequest, id: str, form_url: str = "") -> HttpResponse:  # noqa: A002
        with transaction.atomic():
            return super().user_change_password(request, id, form_url)


@admin.register(Group)
class ThemedGroupAdmin(AccountAdmin, GroupAdmin, ModelAdmin):  # type: ignore[misc]
    filter_horizontal = ()
