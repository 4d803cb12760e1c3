import fcntl
import os
import sqlite3
import threading
import time
from pathlib import Path

PAUSE = 0.001  # seconds


class Turn:
    """The turn to write to the databases of a directory: one thread's of one process.

    SQLite lets those who wait for its lock sleep up to 100 ms between looks, while others come and take it: with 16
    writers some waited for seconds. Here a process's threads queue, and only the first of them looks, often. Who
    writes without a turn, as single statements outside `atomic` do, still meets SQLite's own lock.
    """

    def __init__(self, directory: Path) -> None:
        self.threads = threading.Lock()
        self.path = directory
        self.directory: int | None = None  # opened by the first turn: of a database that cannot be opened SQLite tells

    def take(self, timeout: float) -> None:
        """Raise sqlite3.OperationalError after so many seconds."""
        until = time.monotonic() + timeout
        if not self.threads.acquire(timeout=timeout):
            raise sqlite3.OperationalError("database is locked")
        try:
            while not self.is_free():
                if time.monotonic() > until:
                    raise sqlite3.OperationalError("database is locked")  # noqa: TRY301
                time.sleep(PAUSE)
        except BaseException:
            self.threads.release()
            raise

    def is_free(self) -> bool:
        """Whether no other process has the turn; then this one has it."""
        try:
            if self.directory is None:
                self.directory = os.open(self.path, os.O_RDONLY)
            fcntl.flock(self.directory, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except BlockingIOError:
            return False
        except OSError as error:
            raise sqlite3.OperationalError("the folder of the database cannot be read") from error
        return True

    def give_back(self) -> None:
        if self.directory is not None:
            fcntl.flock(self.directory, fcntl.LOCK_UN)
        self.threads.release()

    def close(self) -> None:
        if self.directory is not None:
            os.close(self.directory)
            self.directory = None
