"""The pool of SQLite's connections, on a file of its own, through Django's backend."""

import os
import sqlite3
from concurrent.futures import ThreadPoolExecutor
from contextlib import closing
from pathlib import Path
from typing import Any

import pytest
from django.db import OperationalError, ProgrammingError, transaction
from django.db.utils import ConnectionHandler

from tests.connections.conftest import SIZE, another, make, text, write
from tests.connections.crowd import opened

pytestmark = pytest.mark.once


def test_a_connection_given_back_is_the_next_one_lent(connection: Any) -> None:
    connection.ensure_connection()
    raw = connection.connection
    connection.close()
    assert connection.connection is None
    connection.ensure_connection()
    assert connection.connection is raw


def test_parameters_are_taken_as_django_takes_them(connection: Any) -> None:
    for _time in range(2):
        with connection.cursor() as cursor:
            assert cursor.execute("SELECT %s, '100 %%', %s", ["%s", "?"]).fetchone() == ("%s", "100 %", "?")
            assert cursor.execute("SELECT %(a)s, %(b)s", {"a": 1, "b": 2}).fetchone() == (1, 2)
            assert cursor.execute("SELECT '100 %'").fetchone() == ("100 %",)


def test_threads_share_the_connections_and_wait_for_them(handler: ConnectionHandler, path: Path) -> None:
    def read(_number: int) -> str:
        with closing(another(handler)) as connection:
            return text(connection)

    with ThreadPoolExecutor(16) as threads:
        assert list(threads.map(read, range(200))) == ["old"] * 200
    assert opened(os.getpid(), path) <= SIZE


def test_who_waits_too_long_is_told_as_of_a_database_that_is_away(handler: ConnectionHandler) -> None:
    with closing(another(handler)) as first, closing(another(handler)) as second, closing(another(handler)) as third:
        assert (text(first), text(second)) == ("old", "old")
        with pytest.raises(OperationalError, match="all connections are in use"):
            text(third)
        first.close()
        assert text(third) == "old"


def test_what_was_not_committed_is_rolled_back_before_the_next_one_has_it(connection: Any) -> None:
    connection.set_autocommit(False)
    write(connection, "half done")
    connection.close()
    assert text(connection) == "old"
    assert not connection.connection.in_transaction


def test_a_connection_closed_inside_atomic_is_no_longer_the_block_s(
    handler: ConnectionHandler, connection: Any, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(transaction, "connections", handler)

    def close_and_read() -> None:
        with transaction.atomic():
            write(connection, "half done")
            connection.close()
            text(connection)

    with pytest.raises(ProgrammingError, match="Cannot open a new connection in an atomic block"):
        close_and_read()
    assert text(connection) == "old"


def test_a_statement_that_was_not_read_to_its_end_does_not_hold_old_state(
    handler: ConnectionHandler, connection: Any
) -> None:
    write(connection, "first")
    with connection.cursor() as cursor:
        cursor.execute("INSERT INTO note VALUES ('second')")
    unread = connection.cursor()
    assert unread.execute("SELECT text FROM note").fetchone() == ("first",)
    connection.close()
    with closing(another(handler)) as other, closing(another(handler)) as writer:
        other.ensure_connection()
        write(writer, "new")
        assert text(other) == "new"


def test_a_connection_that_failed_is_not_kept(connection: Any) -> None:
    connection.ensure_connection()
    raw = connection.connection
    with pytest.raises(OperationalError), connection.cursor() as cursor:
        cursor.execute("SELECT text FROM nowhere")
    connection.close()
    assert text(connection) == "old"
    assert connection.connection is not raw


def test_a_replaced_file_is_noticed_at_once_and_spared_the_old_one_s_log(
    connection: Any, path: Path, tmp_path: Path
) -> None:
    write(connection, "only in the log")
    connection.close()
    assert path.with_name(path.name + "-wal").stat().st_size > 0
    make(tmp_path / "restored.sqlite3", "restored")
    (tmp_path / "restored.sqlite3").rename(path)
    assert text(connection) == "restored"
    write(connection, "and written")
    connection.close()
    with closing(sqlite3.connect(path)) as onlooker:
        assert onlooker.execute("SELECT text FROM note").fetchall() == [("and written",)]
        assert onlooker.execute("PRAGMA integrity_check").fetchall() == [("ok",)]


def test_a_closed_pool_leaves_no_log(handler: ConnectionHandler, connection: Any, path: Path) -> None:
    with closing(another(handler)) as late:
        assert text(late) == "old"
        write(connection, "new")
        connection.close()
        connection.close_pool()
        assert text(late) == "new"
    assert sorted(entry.name for entry in path.parent.iterdir()) == ["pool.sqlite3"]


@pytest.mark.filterwarnings("ignore:.*fork:DeprecationWarning")  # Python 3.12 has seen threads of the tests
def test_a_child_process_opens_its_own(connection: Any) -> None:
    connection.ensure_connection()
    raw = connection.connection
    connection.close()
    child = os.fork()
    if child == 0:
        connection.ensure_connection()
        os._exit(connection.connection is raw)
    assert os.waitpid(child, 0)[1] == 0


def test_of_a_folder_that_is_missing_sqlite_tells(path: Path, connection: Any) -> None:
    path.unlink()
    path.parent.rename(path.parent.with_name("elsewhere"))
    with pytest.raises(OperationalError, match="unable to open database file"):
        connection.ensure_connection()
