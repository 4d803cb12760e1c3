"""Django's PostgreSQL backend, whose pool lends no lost connection and lets nobody wait for a server that is away."""

import select
import threading
from typing import Any

from django.db.backends.postgresql import base

_one_at_a_time = threading.Lock()


class DatabaseWrapper(base.DatabaseWrapper):
    """By itself the pool asks the server before each loan, or never; and while it can make no connection, it lets
    requests wait and tells the reason to the log only. Hence the look at the socket, and the attempt of our own.
    """

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        if pool := self.settings_dict["OPTIONS"].get("pool"):
            pool.setdefault("min_size", 0)  # a command opens what it needs
            pool.setdefault("reconnect_timeout", 0)  # seconds; whoever asks next tries again

    def get_new_connection(self, conn_params: dict[str, Any]) -> Any:
        take, pool = super().get_new_connection, self.pool
        if pool is None:
            return take(conn_params)
        if not pool.get_stats()["pool_size"]:
            self._try_to_connect(conn_params, only_if_empty=True)
        connection = take(conn_params)
        # Not more often than the pool can have lost ones, should a proxy in between talk unasked.
        for _lost in range(pool.max_size):
            if not is_lost(connection):
                break
            connection.close()
            pool.putconn(connection)  # makes a new one in its stead
            self._try_to_connect(conn_params)
            connection = take(conn_params)
        return connection

    def _try_to_connect(self, conn_params: dict[str, Any], *, only_if_empty: bool = False) -> None:
        """Raise what the server says, or that it says nothing."""
        pool: Any = self.pool
        if not _one_at_a_time.acquire(timeout=pool.timeout):
            raise self.Database.OperationalError("others wait for the server already")
        try:
            if not only_if_empty or not pool.get_stats()["pool_size"]:
                self.Database.connect(**conn_params).close()
        finally:
            _one_at_a_time.release()


def is_lost(connection: Any) -> bool:
    """Whether the server ended it: then there is something to read, though nothing was asked. No message is sent."""
    if connection.closed:
        return True
    waiting = select.poll()
    waiting.register(connection.fileno(), select.POLLIN)
    return bool(waiting.poll(0))
