"""Django's commands about users, and ours that unlocks a login, are told in the trail."""

import getpass
from collections.abc import Iterator
from contextlib import contextmanager
from io import StringIO
from typing import Any

import pytest
from django.contrib.auth.management.commands import createsuperuser
from django.contrib.auth.models import User
from django.core.management import CommandError, call_command
from django.db import DatabaseError, connection, transaction

from llm_providers.management.shell_user import shell_user
from llm_providers.models import AuditEvent
from llm_providers.web.lockout import Attempt
from tests.trail import TABLE

pytestmark = pytest.mark.django_db

PASSWORD = "correct horse battery staple"  # and never in the trail


@pytest.fixture(autouse=True)
def typed(monkeypatch: pytest.MonkeyPatch) -> None:
    """Somebody at a terminal."""
    monkeypatch.setattr(getpass, "getpass", lambda prompt="", stream=None: PASSWORD)
    monkeypatch.setattr(createsuperuser, "input", lambda prompt: "grace@example.com", raising=False)


@pytest.fixture
def grace() -> User:
    return User.objects.create_user("grace", password="another")


def run(name: str, *arguments: str, **options: Any) -> str:
    out = StringIO()
    call_command(name, *arguments, stdout=out, **options)
    return out.getvalue()


def told() -> list[tuple[str, list[str]]]:
    events = list(AuditEvent.objects.order_by("id"))
    assert {(event.actor, event.source) for event in events} <= {(shell_user(), "command")}
    return [(event.action, event.fields) for event in events]


@contextmanager
def refusing_events() -> Iterator[None]:
    """A trail to which nothing can be added."""
    with connection.cursor() as cursor:
        cursor.execute(f"ALTER TABLE {TABLE} RENAME TO {TABLE}_away")
        yield
        cursor.execute(f"ALTER TABLE {TABLE}_away RENAME TO {TABLE}")


class Terminal(StringIO):
    def isatty(self) -> bool:
        return True


@pytest.mark.parametrize("interactive", [True, False])
def test_a_superuser_is_told_with_its_name(interactive: bool, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("DJANGO_SUPERUSER_PASSWORD", PASSWORD)
    run(
        "createsuperuser",
        username="grace",
        email="grace@example.com",
        interactive=interactive,
        stdin=Terminal(),
    )
    assert User.objects.get().check_password(PASSWORD)
    assert told() == [("account", ["user grace", "created", "password", "is_superuser"])]


def test_a_superuser_without_a_password_is_told_without_one(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.delenv("DJANGO_SUPERUSER_PASSWORD", raising=False)
    run("createsuperuser", username="grace", email="grace@example.com", interactive=False)
    assert told() == [("account", ["user grace", "created", "is_superuser"])]


@pytest.mark.usefixtures("grace")
def test_a_refused_superuser_is_not_told() -> None:
    with pytest.raises(CommandError, match="already taken"):
        run("createsuperuser", username="grace", email="grace@example.com", interactive=False)
    assert told() == []


def test_a_changed_password_is_told(grace: User) -> None:
    run("changepassword", "grace")
    grace.refresh_from_db()
    assert grace.check_password(PASSWORD)
    assert told() == [("account", ["user grace", "password"])]


def test_what_cannot_be_told_is_not_done(grace: User) -> None:
    with refusing_events():
        with pytest.raises(DatabaseError), transaction.atomic():
            run("changepassword", "grace")
        with pytest.raises(DatabaseError), transaction.atomic():
            run("createsuperuser", username="ada", email="ada@example.com", interactive=False)
    grace.refresh_from_db()
    assert grace.check_password("another")
    assert not User.objects.filter(username="ada").exists()


@pytest.mark.parametrize(
    ("arguments", "options"),
    [(("changepassword", "grace"), {}), (("createsuperuser", "--username", "ada"), {"stdin": Terminal()})],
)
@pytest.mark.usefixtures("grace")
def test_where_nobody_can_be_asked_it_is_said(
    arguments: tuple[str, ...], options: dict[str, Any], monkeypatch: pytest.MonkeyPatch
) -> None:
    def ended(prompt: str = "", stream: Any = None) -> str:
        raise EOFError

    monkeypatch.setattr(getpass, "getpass", ended)
    with pytest.raises(CommandError, match="run it on a terminal"):
        run(*arguments, **options)
    assert told() == []


def test_rights_that_are_lost_while_somebody_types_stay_lost(grace: User, monkeypatch: pytest.MonkeyPatch) -> None:
    User.objects.update(is_superuser=True)

    def typed_late(prompt: str = "", stream: Any = None) -> str:
        User.objects.update(is_superuser=False, is_active=False)
        return PASSWORD

    monkeypatch.setattr(getpass, "getpass", typed_late)
    run("changepassword", "grace")
    grace.refresh_from_db()
    assert (grace.is_superuser, grace.is_active, grace.check_password(PASSWORD)) == (False, False, True)


@pytest.mark.usefixtures("grace")
def test_who_is_deleted_while_somebody_types_stays_deleted(monkeypatch: pytest.MonkeyPatch) -> None:
    def typed_late(prompt: str = "", stream: Any = None) -> str:
        User.objects.all().delete()
        return PASSWORD

    monkeypatch.setattr(getpass, "getpass", typed_late)
    with pytest.raises(CommandError, match="deleted meanwhile"):
        run("changepassword", "grace")
    assert not User.objects.exists()
    assert told() == []


def test_users_saved_afterwards_are_not_told_by_the_commands(grace: User) -> None:
    run("changepassword", "grace")
    grace.save()
    assert len(told()) == 1


@pytest.mark.usefixtures("grace")
def test_an_unlocked_login_is_told_by_a_name_that_exists_and_by_its_address() -> None:
    for username in ("grace", PASSWORD):
        Attempt(username, "192.0.2.1")
        run("unlock_login", username)
    run("unlock_login", "--address", "::ffff:192.0.2.1")
    assert told() == [("unlock", ["user grace"]), ("unlock", ["user"]), ("unlock", ["address 192.0.2.1"])]


def test_an_address_that_is_none_is_refused_and_not_told() -> None:
    Attempt("grace", "")
    for address in ("", "nonsense", "192.0.2.1.", "192.0.2.0/24"):
        with pytest.raises(CommandError, match="takes an IP address"):
            run("unlock_login", "--address", address)
    assert told() == []


def test_where_nothing_was_locked_nothing_is_told() -> None:
    run("unlock_login", "grace")
    run("unlock_login", "--address", "192.0.2.1")
    assert told() == []
