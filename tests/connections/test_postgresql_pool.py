"""The pool of PostgreSQL's connections, through Django's backend."""

import os
import time
from collections.abc import Iterator
from contextlib import ExitStack, closing
from typing import Any

import environ
import pytest
from django.db import OperationalError
from django.db.utils import ConnectionHandler
from pytest_django import DjangoDbBlocker

from tests.live import free_port

ALIAS = "small"  # Django keeps its pools by alias
PATIENCE = 5  # seconds


def handler_of(address: dict[str, Any], size: int, timeout: float) -> ConnectionHandler:
    options = {**address.get("OPTIONS", {}), "pool": {"max_size": size, "timeout": timeout}}
    database = {**address, "ENGINE": "refactor_site.postgresql", "OPTIONS": options}
    return ConnectionHandler({"default": {}, ALIAS: database})


@pytest.fixture
def address() -> dict[str, Any]:
    address: dict[str, Any] = environ.Env.db_url_config(os.environ["DATABASE_URL"])
    if not address["ENGINE"].endswith("postgresql"):
        pytest.skip("the pool is PostgreSQL's")
    return address


@pytest.fixture
def handler(address: dict[str, Any], django_db_blocker: DjangoDbBlocker) -> Iterator[ConnectionHandler]:
    handler = handler_of(address, size=1, timeout=0.5)
    with django_db_blocker.unblock():
        yield handler
        handler[ALIAS].close_pool()  # type: ignore[attr-defined]


@pytest.fixture
def crowded(address: dict[str, Any], django_db_blocker: DjangoDbBlocker) -> Iterator[ConnectionHandler]:
    handler = handler_of(address, size=3, timeout=PATIENCE)
    with django_db_blocker.unblock():
        yield handler
        handler[ALIAS].close_pool()  # type: ignore[attr-defined]


def another(handler: ConnectionHandler) -> Any:
    """What another thread has as its connection."""
    return handler.create_connection(ALIAS)


def server_process(connection: Any) -> int:
    with connection.cursor() as cursor:
        (pid,) = cursor.execute("SELECT pg_backend_pid()").fetchone()
        return int(pid)


def test_a_connection_given_back_is_the_next_one_lent_and_the_server_is_not_asked(crowded: ConnectionHandler) -> None:
    with closing(another(crowded)) as onlooker, closing(another(crowded)) as connection:
        onlooker.ensure_connection()
        before = server_process(connection)
        connection.close()
        connection.ensure_connection()
        last = "SELECT query FROM pg_stat_activity WHERE pid = %s"
        assert onlooker.connection.execute(last, [before]).fetchone() == ("SELECT pg_backend_pid()",)
        assert server_process(connection) == before


def test_who_waits_too_long_is_told_as_of_a_database_that_is_away(handler: ConnectionHandler) -> None:
    with closing(another(handler)) as first, closing(another(handler)) as second:
        first.ensure_connection()
        with pytest.raises(OperationalError, match="couldn't get a connection"):
            second.ensure_connection()
        first.close()
        second.ensure_connection()


def test_connections_that_the_server_ended_are_not_lent(crowded: ConnectionHandler) -> None:
    lent = [another(crowded) for _connection in range(3)]
    ended = [server_process(connection) for connection in lent]
    for connection in lent[:2]:
        connection.close()
    for pid in ended[:2]:
        lent[2].connection.execute("SELECT pg_terminate_backend(%s, 5000)", [pid])
    started = time.monotonic()
    assert server_process(lent[0]) not in ended
    assert server_process(lent[1]) not in ended
    assert time.monotonic() - started < PATIENCE
    assert server_process(lent[2]) == ended[2]
    for connection in lent:
        connection.close()


def test_what_is_prepared_outlives_a_rollback(address: dict[str, Any], django_db_blocker: DjangoDbBlocker) -> None:
    options = {**address.get("OPTIONS", {}), "server_side_binding": True, "prepare_threshold": 0}
    connection = another(handler_of({**address, "OPTIONS": options}, size=1, timeout=PATIENCE))
    with django_db_blocker.unblock(), ExitStack() as stack:
        stack.callback(connection.close_pool)
        cursor = stack.enter_context(closing(connection)).cursor()
        connection.set_autocommit(False)
        cursor.execute("SELECT %s::int AS answer", [1])
        connection.rollback()
        connection.set_autocommit(True)
        assert cursor.execute("SELECT %s::int AS answer", [2]).fetchone() == (2,)
        cursor.execute("SELECT custom_plans + generic_plans FROM pg_prepared_statements WHERE statement ~ 'answer$'")
        assert cursor.fetchall() == [(2,)]


def test_nobody_waits_for_a_server_that_is_away(address: dict[str, Any], django_db_blocker: DjangoDbBlocker) -> None:
    handler = handler_of({**address, "HOST": "127.0.0.1", "PORT": free_port()}, size=3, timeout=PATIENCE)
    started = time.monotonic()
    with django_db_blocker.unblock(), closing(another(handler)) as connection:
        for _request in range(3):
            with pytest.raises(OperationalError, match="Connection refused"):
                connection.ensure_connection()
        connection.close_pool()
    assert time.monotonic() - started < PATIENCE
