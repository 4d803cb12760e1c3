"""The trail tells of each change of an account: which one, who did it, the names of what changed."""

from typing import Any

import pytest
from django.contrib.admin.models import LogEntry
from django.contrib.auth.models import Group, Permission, User
from django.db import connection
from django.test import Client

from llm_providers.models import AuditEvent
from tests.admin.pages import EVENTS, GROUPS, OWN_PASSWORD, USERS
from tests.admin.test_accounts import PASSWORD, change_user, group, permission, user_form

pytestmark = pytest.mark.django_db

NEW_PASSWORD = {"password1": f"{PASSWORD} 2", "password2": f"{PASSWORD} 2", "usable_password": "true"}


@pytest.fixture
def alice() -> User:
    return User.objects.create_user("alice", password=PASSWORD, is_staff=True)


def told() -> list[list[str]]:
    """The fields of the events, oldest first; each is the superuser's, and of an account."""
    events = AuditEvent.objects.order_by("id")
    assert {(event.action, event.actor, event.source, event.provider) for event in events} <= {
        ("account", "admin", "admin", None)
    }
    return [event.fields for event in events]


@pytest.mark.parametrize(
    ("changed", "fields"),
    [
        ({}, None),
        ({"date_joined_0": "2026-01-01", "date_joined_1": "00:00:00", "last_login_0": "2026-01-01"}, None),
        ({"is_superuser": "on"}, ["is_superuser"]),
        ({"is_staff": None, "is_active": None}, ["is_active", "is_staff"]),
        ({"email": "alice@example.com", "last_name": "L"}, ["last_name", "email"]),
        ({"groups": "viewers", "user_permissions": "use"}, ["groups", "user_permissions"]),
    ],
    ids=str,
)
def test_a_changed_user_is_told(
    admin_client: Client, alice: User, changed: dict[str, Any], fields: list[str] | None
) -> None:
    if "groups" in changed:
        viewers = Group.objects.get(name="LLM provider viewers")
        changed = {"groups": [viewers.pk], "user_permissions": [permission("use_llmproviderconfig").pk]}
    assert admin_client.post(change_user(alice), user_form(alice, **changed)).status_code == 302
    assert told() == ([["user alice", *fields]] if fields else [])


def test_a_renamed_user_is_told_by_both_names(admin_client: Client, alice: User) -> None:
    assert admin_client.post(change_user(alice), user_form(alice, username="alicia")).status_code == 302
    assert told() == [["user alice", "user alicia", "username"]]


def test_a_new_user_is_told(admin_client: Client) -> None:
    assert admin_client.post(f"{USERS}add/", {"username": "alice", **NEW_PASSWORD}).status_code == 302
    assert told() == [["user alice", "created", "username", "password"]]


def test_a_password_that_was_set_or_taken_away_is_told(admin_client: Client, alice: User) -> None:
    address = f"{USERS}{alice.pk}/password/"
    assert admin_client.post(address, {**NEW_PASSWORD, "password2": "other", "set-password": "1"}).status_code == 200
    assert told() == []
    assert admin_client.post(address, {**NEW_PASSWORD, "set-password": "1"}).status_code == 302
    assert admin_client.post(address, {"usable_password": "false", "unset-password": "1"}).status_code == 302
    assert told() == [["user alice", "password"]] * 2


def test_ones_own_password_is_told(admin_client: Client, admin_user: User) -> None:
    form = {"old_password": "wrong", "new_password1": f"{PASSWORD} 2", "new_password2": f"{PASSWORD} 2"}
    assert admin_client.post(OWN_PASSWORD, form).status_code == 200
    assert told() == []
    assert admin_client.post(OWN_PASSWORD, {**form, "old_password": "password"}).status_code == 302
    assert told() == [["user admin", "password"]]


def test_a_group_is_told_from_its_beginning_to_its_end(admin_client: Client) -> None:
    view, use = permission("view_user").pk, permission("use_llmproviderconfig").pk
    assert admin_client.post(f"{GROUPS}add/", {"name": "team", "permissions": [view]}).status_code == 302
    address = f"{GROUPS}{Group.objects.get(name='team').pk}/"
    assert admin_client.post(f"{address}change/", {"name": "team", "permissions": [view, use]}).status_code == 302
    assert admin_client.post(f"{address}change/", {"name": "crew", "permissions": [use, view]}).status_code == 302
    assert admin_client.post(f"{address}delete/", {"post": "yes"}).status_code == 302
    assert told() == [
        ["group team", "created", "name", "permissions"],
        ["group team", "permissions"],
        ["group team", "group crew", "name"],
        ["group crew", "deleted"],
    ]


def test_each_of_the_deleted_is_told(admin_client: Client, alice: User) -> None:
    bob, carol = User.objects.create_user("bob"), User.objects.create_user("carol")
    assert admin_client.post(f"{USERS}{carol.pk}/delete/", {"post": "yes"}).status_code == 302
    chosen = {"action": "delete_selected", "_selected_action": [alice.pk, bob.pk], "post": "yes"}
    assert admin_client.post(USERS, chosen).status_code == 302
    assert told()[0] == ["user carol", "deleted"]
    assert sorted(told()[1:]) == [["user alice", "deleted"], ["user bob", "deleted"]]
    assert LogEntry.objects.count() == 3


def test_the_trail_shows_whose_account_it_was(admin_client: Client, alice: User) -> None:
    admin_client.post(change_user(alice), user_form(alice, is_superuser="on"))
    assert "user alice, superuser" in admin_client.get(EVENTS).text


@pytest.mark.django_db(transaction=True)
@pytest.mark.parametrize("what", ["change", "add", "password", "own", "delete", "chosen", "group"])
def test_what_cannot_be_told_is_not_done(admin_client: Client, alice: User, what: str) -> None:
    admin_client.raise_request_exception = False
    team = group("team")
    form = user_form(alice, is_superuser="on")
    own = {"old_password": "password", "new_password1": f"{PASSWORD} 2", "new_password2": f"{PASSWORD} 2"}
    chosen = {"action": "delete_selected", "_selected_action": [alice.pk], "post": "yes"}
    view = Permission.objects.get(codename="view_user").pk
    requests: dict[str, tuple[str, dict[str, Any]]] = {
        "change": (change_user(alice), form),
        "add": (f"{USERS}add/", {"username": "bob", **NEW_PASSWORD}),
        "password": (f"{USERS}{alice.pk}/password/", {**NEW_PASSWORD, "set-password": "1"}),
        "own": (OWN_PASSWORD, own),
        "delete": (f"{USERS}{alice.pk}/delete/", {"post": "yes"}),
        "chosen": (USERS, chosen),
        "group": (f"{GROUPS}{team.pk}/change/", {"name": "team", "permissions": [view]}),
    }
    before = list(User.objects.order_by("pk").values("username", "password", "is_superuser"))
    table = connection.ops.quote_name(AuditEvent._meta.db_table)
    with connection.cursor() as cursor:
        cursor.execute(f"ALTER TABLE {table} RENAME TO elsewhere")
    try:
        assert admin_client.post(*requests[what]).status_code == 500
        assert list(User.objects.order_by("pk").values("username", "password", "is_superuser")) == before
        assert not team.permissions.exists()
    finally:
        with connection.cursor() as cursor:
            cursor.execute(f"ALTER TABLE elsewhere RENAME TO {table}")
