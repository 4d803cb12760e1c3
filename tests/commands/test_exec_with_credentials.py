"""A command runs with the credentials, and it is written down. Its signals and its end: test_child.py."""

import json
import os
import signal
import subprocess
import sys
import time
from collections.abc import Callable, Iterator
from pathlib import Path
from random import Random
from typing import Any

import pytest
from django.core.management import CommandError, call_command
from django.db import OperationalError, connection, transaction

from llm_providers.environment import environment_of, environment_of_all
from llm_providers.management.commands.exec_with_credentials import fetched
from llm_providers.management.shell_user import shell_user
from llm_providers.models import AuditEvent, Consumer, LLMProviderConfig
from llm_providers.providers import PROVIDERS, Provider
from tests.factories import canary_credentials, stored
from tests.live import MANAGE, LiveServer
from tests.torture.conftest import mostly_torture
from tests.ways import name_of, through_each_way

pytestmark = pytest.mark.once

TELL = [sys.executable, "-c", "import json, os; print(json.dumps(dict(os.environ)))"]
FILE = "GOOGLE_APPLICATION_CREDENTIALS"
WAYS = [way for provider in PROVIDERS for way in through_each_way(provider)]
FILLED = """
import json, sys
from django.core.management import call_command
from tests.factories import stored
call_command("migrate", verbosity=0)
for slug, credentials in json.load(sys.stdin).items():
    stored(slug, credentials)
"""


class Shell:
    """A shell on the machine of an installation that has every provider."""

    def __init__(self, installation: LiveServer, directory: Path, credentials: dict[str, Any]) -> None:
        self.installation = installation
        self.credentials = credentials
        self.directory = directory
        self.temporary = directory / "tmp"
        self.temporary.mkdir()

    def start(self, *arguments: str, **more: str) -> "subprocess.Popen[str]":
        return subprocess.Popen(
            [*MANAGE, *arguments],
            env={**self.installation.environment, "TMPDIR": str(self.temporary), **more},
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            stderr=subprocess.PIPE,
            text=True,
        )

    def run(self, *arguments: str, given: str = "", **more: str) -> subprocess.CompletedProcess[str]:
        process = self.start(*arguments, **more)
        out, err = process.communicate(given, timeout=60)
        return subprocess.CompletedProcess(arguments, process.returncode, out, err)

    def exec(self, *arguments: str, **more: str) -> subprocess.CompletedProcess[str]:
        return self.run("exec_with_credentials", *arguments, **more)

    def rows(self, columns: str, table: str) -> list[tuple[Any, ...]]:
        return self.installation.query(f"SELECT {columns} FROM llm_providers_{table} ORDER BY id")


@pytest.fixture(scope="module")
def shell(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Shell]:
    """Its database has no server."""
    directory = tmp_path_factory.mktemp("installation")
    credentials: dict[str, Any] = {
        each.slug: PROVIDERS.clean(each.slug, canary_credentials(each)) for each in PROVIDERS
    }
    shell = Shell(LiveServer(directory), directory, credentials)
    filled = shell.run("shell", "--no-imports", "-c", FILLED, given=json.dumps(credentials))
    assert (filled.returncode, filled.stderr) == (0, "")
    yield shell
    assert list(shell.temporary.iterdir()) == []


@pytest.fixture(scope="module")
def handed(shell: Shell) -> dict[str, Any]:
    """What is stored when the command is run; an import changes it afterwards."""
    return dict(shell.credentials)


@pytest.fixture(scope="module")
def inside(shell: Shell, handed: dict[str, Any]) -> dict[str, str]:
    """The environment of a command that is run with all providers, where stale values were set."""
    written, unset = environment_of_all(handed, lambda text: text)
    stale = dict.fromkeys([*written, *unset], "stale")
    done = shell.exec("--", *TELL, **stale, MINE="kept")
    assert (done.returncode, done.stderr) == (0, "")
    told: dict[str, str] = json.loads(done.stdout)
    return told


def test_all_enabled_providers_come_together(handed: dict[str, Any], inside: dict[str, str]) -> None:
    written, unset = environment_of_all(handed, lambda text: text)
    expected = {name: value for name, value in written.items() if name != FILE}
    assert {name: inside.get(name) for name in expected} == expected
    assert [name for name in unset if name in inside] == []


def test_the_keys_of_the_installation_are_not_inherited_and_everything_else_is(inside: dict[str, str]) -> None:
    ours = ("FERNET_KEYS", "JWT_SIGNING_KEY", "DJANGO_SECRET_KEY", "DATABASE_URL", "DJANGO_SETTINGS_MODULE")
    assert [name for name in ours if name in inside] == []  # settings are named by manage.py, for itself
    assert (inside["MINE"], inside["PATH"]) == ("kept", os.environ["PATH"])


@pytest.mark.parametrize("caller", ["", "Europe/Berlin"])
def test_the_time_zone_is_the_caller_s(shell: Shell, caller: str) -> None:
    done = shell.exec("--only", "openai", "--", "sh", "-c", 'echo "${TZ-}"', TZ=caller)
    assert (done.stdout, done.stderr) == (f"{caller}\n", "")


def test_a_key_file_is_there_while_the_command_runs_whose_end_is_ours(shell: Shell) -> None:
    done = shell.exec("--only", "google-vertex", "--", "sh", "-c", f'cat "${FILE}"; echo err >&2; exit 7')
    key_file = json.loads(done.stdout)
    kept = shell.credentials["google-vertex"]["service_account"]
    assert {name: key_file[name] for name in kept} == kept
    assert (done.returncode, done.stderr) == (7, "err\n")
    assert list(shell.temporary.iterdir()) == []


@pytest.mark.parametrize("only", ["openai", "google-vertex"], ids=["in its place", "beside it"])
def test_a_signal_reaches_the_command_which_decides_what_comes_of_it(shell: Shell, only: str) -> None:
    trap = "trap 'echo caught; exit 3' TERM; echo ready; while :; do sleep 0.05; done"
    process = shell.start("exec_with_credentials", "--only", only, "--", "sh", "-c", trap)
    assert process.stdout
    assert process.stdout.readline() == "ready\n"
    process.terminate()
    out, err = process.communicate(timeout=20)
    assert (process.returncode, out, err) == (3, "caught\n", "")


@pytest.mark.torture
def test_a_signal_at_any_moment_leaves_no_key_file_behind(shell: Shell) -> None:
    for delay in (0.3, 0.6, 0.7, 0.8, 0.9):
        process = shell.start("exec_with_credentials", "--only", "google-vertex", "--", "sleep", "60")
        time.sleep(delay)
        process.terminate()
        process.communicate(timeout=20)
        assert process.returncode == -signal.SIGTERM
        assert list(shell.temporary.iterdir()) == []


@pytest.mark.torture
def test_a_kill_at_any_moment_leaves_no_secret_behind(shell: Shell) -> None:
    whole, moments = time_of(shell), Random(7)
    for _kill in range(20):
        process = shell.start("exec_with_credentials", "--only", "google-vertex", "--", "sh", "-c", "exec sleep 1")
        time.sleep(moments.uniform(0.5, 1.2) * whole)
        process.kill()
        process.communicate(timeout=20)  # the command holds the pipes until it ends
        deadline = time.monotonic() + 10
        while any(path.stat().st_size for path in shell.temporary.iterdir()) and time.monotonic() < deadline:
            time.sleep(0.05)
        assert not any(path.read_text() for path in shell.temporary.iterdir())
    for path in shell.temporary.iterdir():
        path.unlink()


def time_of(shell: Shell) -> float:
    """Seconds until the command runs."""
    started = time.monotonic()
    assert shell.exec("--only", "google-vertex", "--", "true").returncode == 0
    return time.monotonic() - started


def test_what_the_command_leaves_in_the_background_is_not_waited_for(shell: Shell) -> None:
    sleep = "sleep 120 </dev/null >/dev/null 2>&1 & echo $!"
    done = shell.exec("--only", "google-vertex", "--", "sh", "-c", sleep)
    os.kill(int(done.stdout), signal.SIGKILL)  # it runs still
    assert (done.returncode, list(shell.temporary.iterdir())) == (0, [])


def test_a_killed_manage_py_leaves_the_key_file_to_the_command_and_nobody_else(shell: Shell) -> None:
    process = shell.start(
        "exec_with_credentials", "--only", "google-vertex", "--", "sh", "-c", f"echo $$ ${FILE}; exec sleep 60"
    )
    assert process.stdout
    command, path = process.stdout.readline().split()
    process.kill()
    assert process.wait(20) == -signal.SIGKILL
    assert json.loads(Path(path).read_text())["type"] == "service_account"
    os.kill(int(command), signal.SIGKILL)
    deadline = time.monotonic() + 10
    while list(shell.temporary.iterdir()) and time.monotonic() < deadline:
        time.sleep(0.05)
    assert list(shell.temporary.iterdir()) == []
    process.communicate(timeout=20)


def test_only_those_that_are_named_are_fetched_each_once_and_that_is_written_down(shell: Shell) -> None:
    """And all in one order: two commands would else wait for each other's rows of consumers."""
    before = len(shell.rows("id", "auditevent"))
    told = json.loads(shell.exec("--only", "xai, openai,xai", "--", *TELL).stdout)
    keys = {name: shell.credentials[name]["api_key"] for name in ("openai", "xai")}
    assert (told["OPENAI_API_KEY"], told["XAI_API_KEY"]) == (keys["openai"], keys["xai"])
    assert "ANTHROPIC_API_KEY" not in told
    assert shell.rows("actor, action, provider, source", "auditevent")[before:] == [
        (shell_user(), "deliver", "openai", "command"),
        (shell_user(), "deliver", "xai", "command"),
    ]


@pytest.mark.parametrize(
    ("only", "command", "status", "sentence"),
    [
        ("google-vertex", "no-such-command", 127, "There is no such command."),
        ("openai", "/", 126, "The command cannot be executed."),
    ],
)
def test_a_command_that_cannot_be_run_is_told_as_a_shell_does(
    shell: Shell, only: str, command: str, status: int, sentence: str
) -> None:
    done = shell.exec("--only", only, "--", command)
    assert (done.returncode, done.stdout, done.stderr) == (status, "", f"CommandError: {sentence}\n")


@pytest.mark.parametrize("provider", mostly_torture(WAYS[::-1], len(WAYS)), ids=name_of)
def test_what_was_imported_is_what_the_command_finds(shell: Shell, provider: type[Provider]) -> None:
    credentials = PROVIDERS.clean(provider.slug, canary_credentials(provider))
    dotenv = shell.directory / "import.env"
    written, unset = environment_of(provider, credentials, kept_in(shell.directory))
    dotenv.write_text("".join(f"{name}={value}\n" for name, value in written.items()))
    try:
        shell.installation.manage("import_credentials", "--replace", "--env-file", str(dotenv))
        stale = dict.fromkeys([*written, *unset], "stale")
        done = shell.exec("--only", provider.slug, "--", *TELL, **stale)
    finally:
        shell.credentials[provider.slug] = credentials
    found = json.loads(done.stdout)
    expected = {name: value for name, value in written.items() if name != FILE}
    assert {name: found.get(name) for name in expected} == expected
    assert [name for name in unset if name in found] == []


def kept_in(directory: Path) -> Callable[[str], str]:
    def write_file(text: str) -> str:
        (directory / "downloaded.json").write_text(text)
        return str(directory / "downloaded.json")

    return write_file


# --- What ends before any command runs: in this process, which a command would replace


def refused(*arguments: str) -> str:
    with pytest.raises(CommandError) as error:
        call_command("exec_with_credentials", *arguments, "--", "sh", "-c", "exit 9")
    return str(error.value)


@pytest.mark.django_db
@pytest.mark.parametrize(
    ("arguments", "sentence"),
    [
        (["--only", "mistral"], f"--only takes some of {','.join(PROVIDERS.slugs())}."),
        (["--only", ""], f"--only takes some of {','.join(PROVIDERS.slugs())}."),
        (["--only", "azure"], "No configuration found for provider: azure"),
        (["--only", "openai"], "The configuration of openai is disabled. Enable it to use its credentials."),
        ([], "No provider is enabled: there is nothing to run the command with."),
    ],
)
def test_what_cannot_be_fetched_is_told_and_nothing_runs(arguments: list[str], sentence: str) -> None:
    stored("openai", {"api_key": "sk-canary"})
    LLMProviderConfig.objects.update(enabled=False)
    assert refused(*arguments) == sentence
    assert (AuditEvent.objects.count(), Consumer.objects.count()) == (0, 0)


def test_a_command_must_be_named() -> None:
    with pytest.raises(CommandError, match=r"^Name a command: manage\.py exec_with_credentials -- COMMAND\.\.\.$"):
        call_command("exec_with_credentials", "--")


@pytest.mark.django_db
def test_it_is_written_down_as_a_delivery_to_who_runs_it() -> None:
    stored("xai", {"api_key": "xai-canary"})
    assert fetched(None) == {"xai": {"api_key": "xai-canary"}}
    assert list(Consumer.objects.values_list("provider", "kind", "name", "version")) == [
        ("xai", "command", shell_user(), 1)
    ]
    assert list(AuditEvent.objects.values_list("actor", "action", "provider", "source")) == [
        (shell_user(), "deliver", "xai", "command")
    ]


@pytest.mark.django_db
def test_nothing_runs_when_it_cannot_be_written_down() -> None:
    stored("openai", {"api_key": "sk-canary"})

    def failing(execute: Any, sql: str, *more: Any) -> Any:
        if sql.startswith("INSERT") and "auditevent" in sql:
            raise OperationalError("canary")
        return execute(sql, *more)

    with transaction.atomic(), connection.execute_wrapper(failing):
        assert refused() == "The database did not answer. The command was not run."
