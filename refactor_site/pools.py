from multiprocessing.util import Finalize
from typing import Any

from django.db import connections


def close_pools_at_exit() -> None:
    # Not atexit: granian's workers are processes of multiprocessing, where only this is called.
    Finalize(None, close_pools, exitpriority=0)


def close_pools() -> None:
    """Close this process's connections: the last one to a SQLite file empties its write-ahead log.

    Both backends have pools. Without this, psycopg's warn at exit of threads that do not stop.
    """
    connection: Any
    for connection in connections.all():
        connection.close()
        connection.close_pool()
