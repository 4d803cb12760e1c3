"""Django's PostgreSQL backend, whose pool lends no lost connection and lets nobody wait for a server that is away."""

import select
import sys
from typing import Any

from django.db.backends.postgresql import base
from psycopg._preparing import PrepareManager
from psycopg_pool import ConnectionPool


class DatabaseWrapper(base.DatabaseWrapper):
    """By itself the pool asks the server before each loan, or never; and while it can make no connection, requests wait
    until their time is over. Hence the look at the socket here, and the call to those who wait.
    """

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        if pool := self.settings_dict["OPTIONS"].get("pool"):
            pool |= {
                "min_size": 0,  # a command opens what it needs
                "reconnect_timeout": 0,  # seconds; whoever asks next tries again
                "reconnect_failed": let_nobody_wait,
            }

    def get_new_connection(self, conn_params: dict[str, Any]) -> Any:
        pool: Any = self.pool
        connection = super().get_new_connection(conn_params)
        # Not more often than the pool can have lost ones, should a proxy in between talk unasked.
        for _lost in range(pool.max_size if pool else 0):
            if not is_lost(connection):
                break
            connection.close()
            pool.putconn(connection)  # makes a new one in its stead
            connection = super().get_new_connection(conn_params)
        return connection

    def _rollback(self) -> None:
        """Keep what the connection has prepared, as PostgreSQL does: after each refusal all would be planned anew.

        psycopg drops it, for the sake of who makes tables in a transaction that is rolled back.
        """
        connection: Any = self.connection
        if connection is None:
            return
        prepared, connection._prepared = connection._prepared, PrepareManager()  # noqa: SLF001
        try:
            super()._rollback()  # type: ignore[misc]
        finally:
            connection._prepared = prepared  # noqa: SLF001


def is_lost(connection: Any) -> bool:
    """Whether the server ended it: then there is something to read, though nothing was asked. No message is sent."""
    if connection.closed:
        return True
    waiting = select.poll()
    waiting.register(connection.fileno(), select.POLLIN)
    return bool(waiting.poll(0))


def let_nobody_wait(pool: ConnectionPool[Any]) -> None:
    """Called while a failure to connect is handled: without any connection, none will be given back either."""
    if pool.get_stats()["pool_size"]:
        return
    with pool._lock:  # noqa: SLF001  (only closing the pool does this, too, and it cannot be opened again)
        waiting = list(pool._waiting)  # noqa: SLF001
        pool._waiting.clear()  # noqa: SLF001
    reason: Any = sys.exc_info()[1]
    for client in waiting:
        client.fail(reason)
