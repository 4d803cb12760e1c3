"""A process's connections to one SQLite file: opened when needed, kept, and lent to one thread at a time.

Opening one costs a third of a read: the file, the schema, Django's functions, and every statement prepared anew.
"""

import os
import sqlite3
from collections.abc import Callable, Iterable
from contextlib import suppress
from pathlib import Path
from queue import Empty, LifoQueue

from refactor_site.sqlite.turn import Turn

Identity = tuple[int, int]  # device and inode


class Connection(sqlite3.Connection):
    """Knows which file, and which write-ahead log of it, it has open."""

    file: Identity | None
    log: Identity | None


class Pool:
    """``size`` connections at most, to what is at ``path`` at the moment; ``timeout`` is in seconds."""

    def __init__(self, path: Path, size: int, timeout: float) -> None:
        self.path = path
        self.log = path.with_name(path.name + "-wal")
        self.timeout = timeout
        self.turn = Turn(path.parent)
        self.closed = False
        # The last one given back is the next one lent. None stands for one that is not open.
        self.idle: LifoQueue[Connection | None] = LifoQueue()
        for _connection in range(size):
            self.idle.put(None)

    def take(self, connect: Callable[[], Connection]) -> Connection:
        """A connection outside any transaction; sqlite3.OperationalError when all were lent for too long."""
        try:
            connection = self.idle.get(timeout=self.timeout)
        except Empty:
            raise sqlite3.OperationalError("all connections are in use") from None
        try:
            if connection is not None and connection.file != identity(self.path):
                self.leave_file(connection)
                connection = None
            return connection or self.open(connect)
        except BaseException:
            self.idle.put(None)
            raise

    def open(self, connect: Callable[[], Connection]) -> Connection:
        while True:
            before, connection = identity(self.path), connect()
            connection.execute("PRAGMA schema_version")  # opens the log, too
            connection.file, connection.log = identity(self.path), identity(self.log)
            if before in (None, connection.file):
                return connection
            connection.close()  # replaced this very moment: which file it has cannot be told

    def give_back(self, connection: Connection, cursors: Iterable[sqlite3.Cursor], *, keep: bool) -> None:
        kept = None
        try:
            if keep and not self.closed:
                for cursor in cursors:
                    cursor.close()
                connection.rollback()  # does nothing outside a transaction
                kept = connection
            else:
                connection.close()
        finally:
            self.idle.put(kept)

    def leave_file(self, connection: Connection) -> None:
        """Another file is at the path. The log that the old one left there must not be replayed into it."""
        self.turn.take(self.timeout)  # other processes notice at the same time
        try:
            # While a connection has it open, no other file has its inode.
            if connection.log is not None and connection.log == identity(self.log):
                self.log.unlink()
                self.path.with_name(self.path.name + "-shm").unlink(missing_ok=True)
        finally:
            self.turn.give_back()
            connection.close()

    def close(self) -> None:
        """Close what is not lent now, and the others when they come back; the last one empties the log."""
        self.closed = True
        with suppress(Empty):
            while True:
                connection = self.idle.get_nowait()
                if connection is not None:
                    connection.close()


def identity(path: Path) -> Identity | None:
    try:
        found = os.stat(path)  # noqa: PTH116  (on every request: Path.stat takes twice as long)
    except OSError:  # none, or none that can be opened, which SQLite tells
        return None
    return found.st_dev, found.st_ino
