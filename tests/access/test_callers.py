"""The API's one statement says what Django's has_perm says, of every kind of user and each permission."""

import time
from collections.abc import Callable
from datetime import timedelta
from typing import Any

import pytest
from django.contrib.auth.models import Group, Permission, User
from django.contrib.contenttypes.models import ContentType
from django.core.checks import run_checks
from django.test import override_settings
from rest_framework_simplejwt.exceptions import AuthenticationFailed, InvalidToken
from rest_framework_simplejwt.tokens import AccessToken

from llm_providers.access.callers import Caller, caller

pytestmark = pytest.mark.django_db

DIRECT = ("view_llmproviderconfig", "change_llmproviderconfig")
BY_GROUP = ("change_llmproviderconfig", "view_auditevent")


def user_of(direct: tuple[str, ...] = (), by_group: tuple[str, ...] = (), **attributes: Any) -> User:
    user = User.objects.create_user("somebody", password="correct horse", **attributes)
    user.user_permissions.set(permissions(direct))
    for codename in by_group:  # each by a group of its own
        group = Group.objects.create(name=f"may {codename}")
        group.permissions.set(permissions((codename,)))
        user.groups.add(group)
    return user


def permissions(codenames: tuple[str, ...]) -> list[Permission]:
    return list(Permission.objects.filter(content_type__app_label="llm_providers", codename__in=codenames))


KINDS: dict[str, Callable[[], User]] = {
    "without permissions": user_of,
    "superuser": lambda: user_of(is_superuser=True),
    "staff": lambda: user_of(is_staff=True),
    "holds it directly": lambda: user_of(direct=DIRECT),
    "by a group": lambda: user_of(by_group=BY_GROUP),
    "both ways": lambda: user_of(direct=DIRECT, by_group=BY_GROUP),
    "superuser with a group": lambda: user_of(by_group=BY_GROUP, is_superuser=True),
    "inactive": lambda: user_of(is_active=False),
    "inactive superuser": lambda: user_of(is_active=False, is_superuser=True),
    "inactive, in a group": lambda: user_of(direct=DIRECT, by_group=BY_GROUP, is_active=False),
}


def token_of(user: User) -> bytes:
    return str(AccessToken.for_user(user)).encode()


@pytest.mark.parametrize("kind", KINDS)
def test_it_says_what_has_perm_says(kind: str) -> None:
    someone_else = User.objects.create_user("someone else")
    someone_else.user_permissions.set(Permission.objects.all())
    user = KINDS[kind]()
    for permission in Permission.objects.filter(content_type__app_label="llm_providers"):
        expected = User.objects.get(pk=user.pk).has_perm(f"llm_providers.{permission.codename}")
        if user.is_active:
            assert caller(token_of(user), permission.codename) == Caller("somebody", permitted=expected)
        else:
            assert not expected
            with pytest.raises(AuthenticationFailed):
                caller(token_of(user), permission.codename)


def test_of_another_app_a_permission_of_the_same_name_counts_nothing() -> None:
    kind = ContentType.objects.get(app_label="auth", model="user")
    foreign = Permission.objects.create(content_type=kind, codename="view_auditevent", name="Can view something else")
    user = user_of()
    user.user_permissions.add(foreign)

    assert not user.has_perm("llm_providers.view_auditevent")
    assert caller(token_of(user), "view_auditevent") == Caller("somebody", permitted=False)


def test_what_needs_no_permission_is_permitted_to_every_active_user() -> None:
    assert caller(token_of(user_of()), None) == Caller("somebody", permitted=True)


def lose_group(user: User) -> None:
    user.groups.clear()


def lose_permission(user: User) -> None:
    Group.objects.get(user=user).permissions.clear()


@pytest.mark.parametrize("lose", [lose_group, lose_permission])
def test_a_permission_is_asked_for_each_time(lose: Callable[[User], None]) -> None:
    user = user_of(by_group=("view_auditevent",))
    token = token_of(user)
    assert caller(token, "view_auditevent").permitted
    lose(user)
    assert not caller(token, "view_auditevent").permitted


def deactivate(user: User) -> None:
    User.objects.filter(pk=user.pk).update(is_active=False)


def delete(user: User) -> None:
    user.delete()


def change_password(user: User) -> None:
    user.set_password("another correct horse")
    user.save()


@pytest.mark.parametrize("leave", [deactivate, delete, change_password])
def test_a_user_is_asked_for_each_time(leave: Callable[[User], None]) -> None:
    user = user_of(is_superuser=True)
    token = token_of(user)
    assert caller(token, "view_auditevent").permitted
    leave(user)
    with pytest.raises(AuthenticationFailed):
        caller(token, "view_auditevent")


def test_another_authentication_backend_is_told_of() -> None:
    with override_settings(AUTHENTICATION_BACKENDS=["django.contrib.auth.backends.ModelBackend"]):
        assert [error.id for error in run_checks()] == ["llm_providers.E001"]
    assert run_checks() == []


def test_another_user_model_is_told_of() -> None:
    with override_settings(AUTH_USER_MODEL="llm_providers.Person"):
        assert "llm_providers.E002" in [error.id for error in run_checks(tags=["access"])]


def test_a_token_that_was_good_expires_all_the_same() -> None:
    token = AccessToken.for_user(user_of(is_superuser=True))
    token.set_exp(lifetime=timedelta(seconds=2))
    text = str(token).encode()
    assert caller(text, "view_auditevent").permitted
    time.sleep(2.1)
    with pytest.raises(InvalidToken):
        caller(text, "view_auditevent")
