"""Hashing a password takes a while, in which others need the database connection."""

import hashlib
from typing import Any

import pytest
from django.contrib.auth.hashers import check_password, make_password
from django.contrib.auth.models import User
from django.db import connection, transaction
from django.db.utils import ConnectionHandler
from pytest_django import Settings

from llm_providers.access import passwords
from llm_providers.access.passwords import ConnectionlessHasher
from tests.client import API

lent: list[bool] = []


class Watched(ConnectionlessHasher):
    iterations = 1

    @staticmethod
    def digest() -> Any:  # the hash function, asked for when hashing starts
        lent.append(connection.connection is not None)
        return hashlib.sha256()


@pytest.fixture(autouse=True)
def _watched(settings: Settings) -> None:
    assert settings.PASSWORD_HASHERS
    settings.PASSWORD_HASHERS = [f"{__name__}.Watched"]
    lent.clear()


@pytest.mark.django_db(transaction=True)
@pytest.mark.parametrize(("username", "status"), [("ada", 200), ("nobody", 401)])
def test_a_login_holds_no_connection_while_its_password_is_hashed(username: str, status: int) -> None:
    if connection.vendor == "sqlite":
        pytest.skip("the tests' database is in memory, and would be lost with its connection")
    User.objects.create_user("ada", password="a long enough one")
    lent.clear()
    body = {"username": username, "password": "a long enough one"}
    assert API().client.post("/v1/token", body, content_type="application/json").status_code == status
    assert lent
    assert not any(lent)


@pytest.mark.once
def test_a_password_is_hashed_without_a_connection(handler: ConnectionHandler, monkeypatch: pytest.MonkeyPatch) -> None:
    file: Any = handler["default"]
    monkeypatch.setattr(passwords, "connection", file)
    file.ensure_connection()
    hashed = make_password("one")
    assert file.connection is None
    file.ensure_connection()
    assert check_password("one", hashed)
    assert file.connection is None


@pytest.mark.django_db(transaction=True)
def test_a_transaction_keeps_its_connection_while_a_password_is_hashed() -> None:
    with transaction.atomic():
        user = User.objects.create_user("ada", password="a long enough one")
    user.refresh_from_db()
    assert lent == [True]
    assert user.check_password("a long enough one")


@pytest.mark.once
def test_what_django_hashed_is_still_right(settings: Settings) -> None:
    settings.PASSWORD_HASHERS = ["django.contrib.auth.hashers.PBKDF2PasswordHasher"]
    hashed = make_password("one")
    settings.PASSWORD_HASHERS = ["llm_providers.access.passwords.ConnectionlessHasher"]
    assert check_password("one", hashed)
    assert not check_password("two", hashed)
