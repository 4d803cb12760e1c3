import sqlite3
from collections.abc import Iterator
from contextlib import closing
from pathlib import Path
from typing import Any

import pytest
from django.db.utils import ConnectionHandler
from pytest_django import DjangoDbBlocker

SIZE = 2


@pytest.fixture
def path(tmp_path: Path) -> Path:
    make(tmp_path / "pool.sqlite3", "old")
    return tmp_path / "pool.sqlite3"


def make(path: Path, text: str) -> None:
    with closing(sqlite3.connect(path)) as connection:
        connection.executescript("PRAGMA journal_mode=WAL; CREATE TABLE note (text)")
        connection.execute("INSERT INTO note VALUES (?)", [text])
        connection.commit()


@pytest.fixture
def handler(path: Path, django_db_blocker: DjangoDbBlocker) -> Iterator[ConnectionHandler]:
    pool = {"max_size": SIZE, "timeout": 0.2}
    handler = ConnectionHandler(
        {
            "default": {
                "ENGINE": "refactor_site.sqlite",
                "NAME": path,
                "OPTIONS": {"transaction_mode": "IMMEDIATE", "pool": pool},
            }
        }
    )
    with django_db_blocker.unblock():
        yield handler
        handler["default"].close()
        handler["default"].close_pool()  # type: ignore[attr-defined]


@pytest.fixture
def connection(handler: ConnectionHandler) -> Any:
    return handler["default"]


def another(handler: ConnectionHandler) -> Any:
    """What another thread has as its connection."""
    return handler.create_connection("default")


def text(connection: Any) -> str:
    with connection.cursor() as cursor:
        (value,) = cursor.execute("SELECT text FROM note").fetchone()
        return str(value)


def write(connection: Any, value: str) -> None:
    with connection.cursor() as cursor:
        cursor.execute("UPDATE note SET text = %s", [value])
