"""An operator's mistakes, each at the real command: one sentence and exit status 1."""

import json
import os
import shutil
import subprocess
import sys
from collections.abc import Callable
from pathlib import Path
from urllib.parse import SplitResult, urlsplit, urlunsplit

import pytest

from tests.live import MANAGE, ROOT, LiveServer, create_postgresql_database, free_port
from tests.settings.test_settings import run

# Root may read everything, unless it gives that up.
BOUND = ["setpriv", "--bounding-set=-dac_override,-dac_read_search"] if os.geteuid() == 0 else []
SERVE = [*MANAGE, "serve"]
COMMAND = [*MANAGE, "issue_token", "admin"]
WSGI = [sys.executable, "-c", "import refactor_site.wsgi"]

AWAY = "The database cannot be reached: see that it runs, and that DATABASE_URL names host, user, password and name."
NO_RIGHT = "The database file cannot be opened or written: give this user the right to it and to its folder."

sqlite = urlsplit(os.environ["DATABASE_URL"]).scheme == "sqlite"
on_postgresql = pytest.mark.skipif(sqlite, reason="of PostgreSQL: it runs with --database postgresql")


def told(command: list[str], **environment: str | None) -> str:
    done = run(command, **{"PORT": str(free_port()), **environment})
    assert (done.returncode, done.stdout) == (1, "")
    assert done.stderr.count("\n") == 1
    return done.stderr.strip()


def test_a_python_without_django_names_the_one_that_has_it() -> None:
    without = [sys.executable, "-S", str(ROOT / "manage.py"), "issue_token", "admin"]
    assert told(without) == (
        "This Python has no Django: use the one of the virtual environment, as in .venv/bin/python manage.py ..."
    )


# --- The database


def nowhere() -> str:
    return f"postgres://someone:hunter2@127.0.0.1:{free_port()}/name"


@pytest.mark.once
@pytest.mark.parametrize("command", [SERVE, COMMAND])
def test_a_database_that_is_away(command: list[str]) -> None:
    assert told(command, DATABASE_URL=nowhere()) == AWAY


@pytest.mark.once
def test_another_server_starts_while_it_is_away_and_answers_503() -> None:
    program = """
from wsgiref.util import setup_testing_defaults

from refactor_site.wsgi import application

environ = {"PATH_INFO": "/readyz", "HTTP_HOST": "localhost"}
setup_testing_defaults(environ)
application(environ, lambda status, headers: print(status))
"""
    done = run([sys.executable, "-c", program], DATABASE_URL=nowhere())
    assert (done.returncode, done.stdout) == (0, "503 Service Unavailable\n")


def not_a_database(directory: Path) -> Path:
    file = directory / "notes.txt"
    file.write_text("Not a database, but long enough to be looked at. " * 20)
    return file


def a_folder(directory: Path) -> Path:
    return directory


def in_a_missing_folder(directory: Path) -> Path:
    return directory / "missing" / "db.sqlite3"


def in_a_closed_folder(directory: Path) -> Path:
    (directory / "closed").mkdir(mode=0)
    return directory / "closed" / "db.sqlite3"


def unreadable(directory: Path) -> Path:
    file = directory / "db.sqlite3"
    file.touch(mode=0)
    return file


def read_only(directory: Path) -> Path:
    file = directory / "db.sqlite3"
    file.touch(mode=0o400)
    return file


@pytest.mark.once
@pytest.mark.parametrize(
    ("make", "sentence"),
    [
        (not_a_database, "The file that DATABASE_URL names is no SQLite database, or a damaged one: name another."),
        (a_folder, "DATABASE_URL names a folder: name a file in it."),
        (in_a_missing_folder, "The folder of the database file is missing: make it, or name another in DATABASE_URL."),
        (in_a_closed_folder, NO_RIGHT),
        (unreadable, NO_RIGHT),
        (read_only, NO_RIGHT),
    ],
)
def test_a_file_that_is_no_database_for_us(tmp_path: Path, make: Callable[[Path], Path], sentence: str) -> None:
    assert told([*BOUND, *SERVE], DATABASE_URL=f"sqlite:///{make(tmp_path)}") == sentence


@pytest.mark.once
def test_the_traceback_is_there_for_who_asks_for_it(tmp_path: Path) -> None:
    done = run([*COMMAND, "--traceback"], DATABASE_URL=f"sqlite:///{tmp_path}/missing/db.sqlite3")
    assert (done.returncode, "Traceback" in done.stderr) == (1, True)


def test_a_database_that_is_not_migrated(tmp_path: Path) -> None:
    url = f"sqlite:///{tmp_path / 'db.sqlite3'}" if sqlite else create_postgresql_database("empty")
    assert told(COMMAND, DATABASE_URL=url) == "The database is not migrated: run `python manage.py migrate`."


def test_a_fixture_that_would_overwrite_the_trail(server: LiveServer, tmp_path: Path) -> None:
    server.clear()
    event = {"created_at": "2020-01-01T00:00:00Z", "actor": "mallory", "action": "delete", "source": "api"}
    fixture = tmp_path / "events.json"
    fixture.write_text(json.dumps([{"model": "llm_providers.auditevent", "pk": 7, "fields": event}]))
    server.manage("loaddata", str(fixture))
    assert told([*MANAGE, "loaddata", str(fixture)], DATABASE_URL=server.database_url) == (
        "Audit events are neither changed nor deleted. "
        "Remove old ones with: python manage.py prune_audit_events --before DATE"
    )


def as_user(name: str, address: SplitResult) -> SplitResult:
    return address._replace(netloc=f"{name}@{address.netloc.rpartition('@')[2]}")


@on_postgresql
@pytest.mark.parametrize("strange", ["name", "user"])
def test_a_server_of_postgresql_that_does_not_know_us(strange: str) -> None:
    address = urlsplit(os.environ["DATABASE_URL"])
    url = urlunsplit(address._replace(path="/strange") if strange == "name" else as_user("strange", address))
    assert told(SERVE, DATABASE_URL=url) == AWAY
    assert '"strange" does not exist' in run([*SERVE, "--traceback"], DATABASE_URL=url).stderr


@on_postgresql
@pytest.mark.parametrize("right", ["CREATE", "ALL"])
def test_a_user_of_postgresql_without_rights(right: str) -> None:
    import psycopg

    name = f"stranger_{free_port()}"
    url = create_postgresql_database(name)
    with psycopg.connect(url, autocommit=True) as connection:
        connection.execute(f"CREATE ROLE {name} LOGIN")
        connection.execute(f"REVOKE {right} ON SCHEMA public FROM PUBLIC")
    stranger = urlunsplit(as_user(name, urlsplit(url)))
    sentence = "The user of the database may not do this: grant the rights on its schema."
    assert told(SERVE, DATABASE_URL=stranger) == sentence


# --- The file of settings


@pytest.mark.once
@pytest.mark.parametrize("command", [SERVE, WSGI])
def test_a_file_of_settings_that_may_not_be_read(tmp_path: Path, command: list[str]) -> None:
    (tmp_path / "env").touch(mode=0)
    assert told([*BOUND, *command], ENV_FILE=str(tmp_path / "env")) == (
        "Refusing to start: ENV_FILE cannot be read: give this user the right to it; keep its keys."
    )


@pytest.fixture
def copy(tmp_path: Path) -> Path:
    """The project without a .env beside manage.py."""
    shutil.copytree(ROOT / "refactor_site", tmp_path / "refactor_site")
    (tmp_path / "llm_providers").symlink_to(ROOT / "llm_providers")
    shutil.copy(ROOT / "manage.py", tmp_path)
    return tmp_path


def told_in(copy: Path) -> str:
    """What is said where the .env beside manage.py is read."""
    command = [*BOUND, sys.executable, str(copy / "manage.py"), "serve"]
    environment = {name: value for name, value in os.environ.items() if name in ("PATH", "LANG")}
    done = subprocess.run(command, cwd=copy, env=environment, capture_output=True, text=True, check=False)
    assert (done.returncode, done.stdout) == (1, "")
    return done.stderr


@pytest.mark.once
def test_the_env_file_beside_manage_that_may_not_be_read_is_not_taken_for_missing(copy: Path) -> None:
    (copy / ".env").touch(mode=0)
    assert told_in(copy) == "Refusing to start: .env cannot be read: give this user the right to it; keep its keys.\n"


@pytest.mark.once
def test_a_folder_in_its_place_is_named(copy: Path) -> None:
    (copy / ".env").mkdir()
    assert told_in(copy) == "Refusing to start: .env is a folder: the settings are a file.\n"


@pytest.mark.once
def test_a_link_to_a_file_that_is_missing_is_not_taken_for_none(copy: Path) -> None:
    (copy / ".env").symlink_to(copy / "not mounted" / "env")
    assert told_in(copy) == (
        "Refusing to start: .env leads to a file that is missing: bring that back with its keys.\n"
    )


@pytest.mark.once
@pytest.mark.parametrize("line", ["JWT_SIGNING_KEY = canary", "JWT_SIGNING_KEY: canary", "canary", "JWT-KEY=canary"])
def test_a_line_that_cannot_be_read_is_named_by_its_number(tmp_path: Path, line: str) -> None:
    (tmp_path / "env").write_text(f"# Settings\n\n{line}\n")
    assert told(COMMAND, ENV_FILE=str(tmp_path / "env")) == (
        "Refusing to start: Line 3 of ENV_FILE cannot be read: write NAME=value; keep its keys."
    )


@pytest.mark.once
def test_without_one_the_keys_are_missing(copy: Path) -> None:
    assert told_in(copy).startswith("Refusing to start: DJANGO_SECRET_KEY is missing")
