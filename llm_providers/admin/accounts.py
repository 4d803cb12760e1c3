"""Users and groups: nobody gives more than they hold.

No door to the tokens' bookkeeping.
"""

from typing import Any

import rest_framework_simplejwt.token_blacklist.admin  # noqa: F401  (registers what is taken out here)
from django.contrib import admin
from django.contrib.auth.admin import GroupAdmin, UserAdmin
from django.contrib.auth.models import Group, User
from django.http import HttpRequest
from rest_framework_simplejwt.token_blacklist.models import BlacklistedToken, OutstandingToken
from unfold.admin import ModelAdmin
from unfold.forms import AdminPasswordChangeForm, UserChangeForm, UserCreationForm

from llm_providers.admin.holdings import groups_to_give, holds_more, permissions_to_give

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
        offer = groups_to_give if db_field.related_model is Group else permissions_to_give
        return super().formfield_for_manytomany(db_field, request, **kwargs, queryset=offer(request.user))


@admin.register(User)
class ThemedUserAdmin(AccountAdmin, UserAdmin, ModelAdmin):  # type: ignore[type-arg, misc]
    form = UserChangeForm
    add_form = UserCreationForm
    change_password_form = AdminPasswordChangeForm
    filters = frozenset({"is_staff__exact", "is_superuser__exact", "is_active__exact", "groups__id__exact"})

    def get_readonly_fields(self, request: HttpRequest, obj: User | None = None) -> Any:
        """Only superusers make superusers; and when somebody came is a fact."""
        facts = ("last_login", "date_joined")
        return facts if request.user.is_superuser else (*facts, "is_superuser")


@admin.register(Group)
class ThemedGroupAdmin(AccountAdmin, GroupAdmin, ModelAdmin):  # type: ignore[misc]
    pass
