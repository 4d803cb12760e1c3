"""What was forgotten is in no row, and on SQLite, once it is vacuumed, in no page of the file."""

import json
import urllib.request
from collections.abc import Callable
from contextlib import closing
from typing import Any

import pytest

from tests.live import LiveServer

ITEM = "/v1/llm-provider/openai"
Forget = Callable[["Installation"], None]


class Installation:
    def __init__(self, server: LiveServer) -> None:
        server.clear()
        self.server = server
        self.token = server.token()

    def ask(self, method: str, path: str, body: Any = None) -> None:
        headers = {"Authorization": f"Bearer {self.token}", "Content-Type": "application/json"}
        data = None if body is None else json.dumps(body).encode()
        request = urllib.request.Request(self.server.url + path, data, headers, method=method)
        with urllib.request.urlopen(request, timeout=30) as answer:
            assert answer.status == 200

    def ciphertexts(self) -> list[bytes]:
        row = self.server.query("SELECT credentials, previous_credentials FROM llm_providers_llmproviderconfig")[0]
        return [bytes(token) for token in row if token is not None]

    def let_it_expire(self) -> None:
        with closing(self.server.connect()) as connection:
            connection.execute("UPDATE llm_providers_llmproviderconfig SET kept_until = '2026-01-01 00:00:00+00:00'")
            connection.commit()

    def rows_hold(self, token: bytes) -> bool:
        """Whether any row of any table has it."""
        listed = "SELECT tablename FROM pg_tables WHERE schemaname = 'public'"
        if self.server.database_path is not None:
            listed = "SELECT name FROM sqlite_master WHERE type = 'table'"
        rows = [row for (table,) in self.server.query(listed) for row in self.server.query(f'SELECT * FROM "{table}"')]
        return any(token in as_bytes(value) for row in rows for value in row)

    def file_holds(self, token: bytes) -> bool:
        """Whether any page of the file has it, or the log beside it."""
        path = self.server.database_path
        assert path
        return any(token in each.read_bytes() for each in path.parent.glob(f"{path.name}*"))

    def vacuum(self) -> None:
        with closing(self.server.connect()) as connection:
            connection.execute("VACUUM")
            assert connection.execute("PRAGMA wal_checkpoint(TRUNCATE)").fetchone()[0] == 0


def as_bytes(value: Any) -> bytes:
    return bytes(value) if isinstance(value, (bytes, memoryview)) else str(value).encode()


def retire(installation: Installation) -> None:
    installation.ask("POST", f"{ITEM}/rotation/retire")


def expire_and_write(installation: Installation) -> None:
    installation.let_it_expire()
    installation.ask("PATCH", ITEM, {"enabled": False})


def expire_and_clean_up(installation: Installation) -> None:
    installation.let_it_expire()
    assert installation.server.manage("retire_previous") == "openai: erased\n"


def delete(installation: Installation) -> None:
    installation.ask("DELETE", ITEM)


def replace_and_forget(installation: Installation) -> None:
    installation.ask("PATCH", f"{ITEM}?previous=forget", {"credentials": {"api_key": "sk-third"}})


@pytest.mark.parametrize(
    "forget",
    [retire, expire_and_write, expire_and_clean_up, delete, replace_and_forget],
    ids=lambda forget: forget.__name__,
)
def test_the_bytes_of_a_ciphertext_that_was_forgotten_are_gone(server: LiveServer, forget: Forget) -> None:
    installation = Installation(server)
    installation.ask("POST", "/v1/llm-providers", {"provider": "openai", "credentials": {"api_key": "sk-first"}})
    (first,) = installation.ciphertexts()
    installation.ask("PATCH", ITEM, {"credentials": {"api_key": "sk-second"}})
    _current, previous = installation.ciphertexts()
    assert [installation.rows_hold(token) for token in (first, previous)] == [False, True]
    forget(installation)
    assert [installation.rows_hold(token) for token in (first, previous)] == [False, False]
    if server.database_path is not None:
        assert installation.file_holds(previous)
        installation.vacuum()
        assert [installation.file_holds(token) for token in (first, previous)] == [False, False]
