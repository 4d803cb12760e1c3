"""Who writes to SQLite takes turns: threads of one process in a queue, processes by a lock that ends with them."""

import os
from concurrent.futures import ThreadPoolExecutor
from contextlib import closing
from pathlib import Path
from typing import Any

import pytest
from django.db import OperationalError, transaction
from django.db.utils import ConnectionHandler

from refactor_site.sqlite.turn import Turn
from tests.connections.conftest import another, text, write

pytestmark = pytest.mark.once


@pytest.fixture(autouse=True)
def _of_this_file(handler: ConnectionHandler, monkeypatch: pytest.MonkeyPatch) -> None:
    """`atomic` looks its connection up among these."""
    monkeypatch.setattr(transaction, "connections", handler)


def is_free(path: Path) -> bool:
    """As another process sees it."""
    turn = Turn(path.parent)
    free = turn.is_free()
    turn.close()
    return free


def test_a_transaction_has_the_turn_until_it_is_committed(connection: Any, path: Path) -> None:
    with transaction.atomic():
        write(connection, "new")
        assert not is_free(path)
        with transaction.atomic():
            write(connection, "newer")
        assert not is_free(path)
    assert is_free(path)
    assert text(connection) == "newer"


def test_a_transaction_that_fails_gives_its_turn_back(connection: Any, path: Path) -> None:
    def fail() -> None:
        with transaction.atomic():
            write(connection, "new")
            connection.cursor().execute("SELECT text FROM nowhere")

    with pytest.raises(OperationalError, match="no such table"):
        fail()
    assert is_free(path)
    assert text(connection) == "old"


def test_a_connection_closed_inside_a_transaction_gives_its_turn_back(connection: Any, path: Path) -> None:
    with transaction.atomic():
        write(connection, "new")
        connection.close()
        assert is_free(path)
    assert text(connection) == "old"


def test_a_read_takes_no_turn(connection: Any, path: Path) -> None:
    assert text(connection) == "old"
    assert is_free(path)


def test_who_waits_too_long_for_another_process_is_told_as_of_a_busy_database(
    handler: ConnectionHandler, connection: Any, path: Path
) -> None:
    connection.ensure_connection()
    other = Turn(path.parent)
    other.take(timeout=0)
    with pytest.raises(OperationalError, match="database is locked"), transaction.atomic():
        pass
    with closing(another(handler)) as reader:
        assert text(reader) == "old"
    other.give_back()
    with transaction.atomic():
        write(connection, "new")
    other.close()


def test_who_waits_too_long_for_another_thread_is_told_so_too(path: Path) -> None:
    turn = Turn(path.parent)
    turn.take(timeout=0)
    with pytest.raises(Exception, match="database is locked"):
        turn.take(timeout=0.05)
    turn.give_back()
    turn.take(timeout=0)
    turn.give_back()
    turn.close()


def test_no_write_of_many_threads_is_lost(handler: ConnectionHandler, connection: Any) -> None:
    write(connection, "0")
    connection.close()

    connection.pool.timeout = 15  # it need not be fair

    def count(_number: int) -> None:
        with closing(handler["default"]) as mine, transaction.atomic():
            write(mine, str(int(text(mine)) + 1))

    with ThreadPoolExecutor(8) as threads:
        list(threads.map(count, range(100)))
    assert text(connection) == "100"


@pytest.mark.filterwarnings("ignore:.*fork:DeprecationWarning")  # Python 3.12 has seen threads of the tests
def test_a_child_process_does_not_keep_the_turn_of_its_parent(connection: Any, path: Path) -> None:
    release, wait = os.pipe()
    with transaction.atomic():
        write(connection, "new")
        child = os.fork()
        if child == 0:
            os.read(release, 1)
            os._exit(0)
    try:
        assert is_free(path)
    finally:
        os.write(wait, b"x")
        os.waitpid(child, 0)
        os.close(release)
        os.close(wait)


def test_pools_of_processes_are_closed_one_after_the_other(connection: Any, path: Path) -> None:
    """Of two at the same moment each sees the other, and neither empties the log."""
    write(connection, "new")
    connection.close()
    other = Turn(path.parent)
    other.take(timeout=0)
    with ThreadPoolExecutor(1) as thread:
        closing_it = thread.submit(connection.close_pool)
        with pytest.raises(TimeoutError):
            closing_it.result(timeout=0.2)
        other.give_back()
    other.close()
    assert [entry.name for entry in path.parent.iterdir()] == ["pool.sqlite3"]


def test_a_pool_is_closed_though_somebody_keeps_the_turn(connection: Any, path: Path) -> None:
    write(connection, "new")
    connection.close()
    other = Turn(path.parent)
    other.take(timeout=0)
    connection.close_pool()
    assert [entry.name for entry in path.parent.iterdir()] == ["pool.sqlite3"]
    other.close()
