"""A command runs as if it were alone: with the credentials, its own output, its own end."""

import json
import os
import signal
import subprocess
import sys
import time
from collections.abc import Iterator
from pathlib import Path
from random import Random
from typing import Any

import pytest

from llm_providers.environment import environment_of, environment_of_all
from llm_providers.management.shell_user import shell_user
from llm_providers.providers import PROVIDERS, Provider
from tests.factories import canary_credentials
from tests.live import MANAGE, LiveServer
from tests.torture.conftest import mostly_torture
from tests.ways import name_of, through_each_way

pytestmark = pytest.mark.once

EXEC = [*MANAGE, "exec_with_credentials"]
TELL = "import json, os; print(json.dumps(dict(os.environ)))"
FILE = "GOOGLE_APPLICATION_CREDENTIALS"

WAYS = [way for provider in PROVIDERS for way in through_each_way(provider)]


class Shell:
    """A shell on the machine of an installation."""

    def __init__(self, installation: LiveServer, directory: Path) -> None:
        self.installation = installation
        self.directory = directory
        self.temporary = directory / "tmp"
        self.temporary.mkdir()

    def environment(self, **more: str) -> dict[str, str]:
        return {**self.installation.environment, "TMPDIR": str(self.temporary), **more}

    def run(self, *arguments: str, **more: str) -> subprocess.CompletedProcess[str]:
        command = [*EXEC, *arguments]
        return subprocess.run(command, env=self.environment(**more), capture_output=True, text=True, check=False)

    def start(self, *arguments: str) -> "subprocess.Popen[str]":
        return subprocess.Popen(
            [*EXEC, *arguments], env=self.environment(), stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True
        )

    def store(self, **credentials: Any) -> dict[str, dict[str, Any]]:
        """Import credentials by provider, as somebody would who had them in the environment; return them cleaned."""
        cleaned: dict[str, dict[str, Any]] = {
            slug: PROVIDERS.clean(slug, values) for slug, values in credentials.items()
        }
        for slug, values in cleaned.items():
            written, _unset = environment_of(PROVIDERS.get(slug), values, self.write_key_file)
            dotenv = self.directory / "import.env"
            dotenv.write_text("".join(f"{name}={value}\n" for name, value in written.items()))
            self.installation.manage("import_credentials", "--env-file", str(dotenv))
        return cleaned

    def write_key_file(self, text: str) -> str:
        path = self.directory / "downloaded.json"
        path.write_text(text)
        return str(path)

    def left_behind(self) -> list[str]:
        return [path.name for path in self.temporary.iterdir()]

    def rows(self, columns: str, table: str) -> list[tuple[Any, ...]]:
        return self.installation.query(f"SELECT {columns} FROM llm_providers_{table} ORDER BY id")


@pytest.fixture(scope="module")
def installation(tmp_path_factory: pytest.TempPathFactory) -> LiveServer:
    """A database, and no server."""
    live = LiveServer(tmp_path_factory.mktemp("installation"))
    live.manage("migrate", "-v0")
    return live


@pytest.fixture
def shell(installation: LiveServer, tmp_path: Path) -> Iterator[Shell]:
    installation.clear()
    yield Shell(installation, tmp_path)
    assert list((tmp_path / "tmp").iterdir()) == []


@pytest.mark.parametrize("provider", mostly_torture(WAYS, 5), ids=name_of)
def test_what_was_imported_is_what_the_command_finds(shell: Shell, provider: type[Provider]) -> None:
    (credentials,) = shell.store(**{provider.slug: canary_credentials(provider)}).values()
    written, unset = environment_of(provider, credentials, lambda text: text)
    stale = dict.fromkeys([*written, *unset], "stale")
    done = shell.run("--", sys.executable, "-c", TELL, **stale)
    assert (done.returncode, done.stderr) == (0, "")
    inside = json.loads(done.stdout)
    assert {name: inside.get(name) for name in written if name != FILE} == {
        name: value for name, value in written.items() if name != FILE
    }
    assert [name for name in unset if name in inside] == []


def test_a_key_file_is_there_for_its_owner_while_the_command_runs_and_gone_afterwards(shell: Shell) -> None:
    vertex = PROVIDERS.get("google-vertex")
    (credentials,) = shell.store(**{"google-vertex": canary_credentials(vertex)}).values()
    code = "import os, stat; path = os.environ['GOOGLE_APPLICATION_CREDENTIALS']"
    code += "; print(oct(stat.S_IMODE(os.stat(path).st_mode)), path); print(open(path).read())"
    done = shell.run("--", sys.executable, "-c", code)
    mode_and_path, text = done.stdout.split("\n", 1)
    mode, path = mode_and_path.split()
    key_file = json.loads(text)
    assert (mode, Path(path).parent, done.stderr) == ("0o600", shell.temporary, "")
    assert {name: key_file[name] for name in credentials["service_account"]} == credentials["service_account"]
    assert shell.left_behind() == []


def test_all_enabled_providers_come_together(shell: Shell) -> None:
    stored = shell.store(**{provider.slug: canary_credentials(provider) for provider in PROVIDERS})
    written, unset = environment_of_all(stored, lambda text: text)
    inside = json.loads(shell.run("--", sys.executable, "-c", TELL).stdout)
    assert {name: inside.get(name) for name in written if name != FILE} == {
        name: value for name, value in written.items() if name != FILE
    }
    assert [name for name in unset if name in inside] == []


def test_the_keys_of_the_installation_are_not_inherited_and_everything_else_is(shell: Shell) -> None:
    shell.store(openai={"api_key": "sk-canary"})
    inside = json.loads(shell.run("--", sys.executable, "-c", TELL, MINE="kept").stdout)
    ours = ("FERNET_KEYS", "JWT_SIGNING_KEY", "DJANGO_SECRET_KEY", "DATABASE_URL", "DJANGO_SETTINGS_MODULE")
    assert [name for name in ours if name in inside] == []  # settings are named by manage.py, for itself
    assert (inside["MINE"], inside["PATH"], inside["OPENAI_API_KEY"]) == ("kept", os.environ["PATH"], "sk-canary")


VERTEX = {"google-vertex": PROVIDERS.get("google-vertex").example}
OPENAI = {"openai": PROVIDERS.get("openai").example}
each_mode = pytest.mark.parametrize("configured", [OPENAI, VERTEX], ids=["in its place", "beside it"])


@each_mode
@pytest.mark.parametrize("status", mostly_torture([7, 0]))
def test_the_exit_status_is_that_of_the_command(shell: Shell, configured: Any, status: int) -> None:
    shell.store(**configured)
    done = shell.run("--", "sh", "-c", f"echo out; echo err >&2; exit {status}")
    assert (done.returncode, done.stdout, done.stderr) == (status, "out\n", "err\n")
    assert shell.left_behind() == []


@pytest.fixture
def interruptible() -> Iterator[None]:
    """In the background of a script SIGINT is ignored, and a shell cannot trap what it was told to ignore."""
    before = signal.signal(signal.SIGINT, signal.default_int_handler)
    yield
    signal.signal(signal.SIGINT, before)


@pytest.mark.usefixtures("interruptible")
@each_mode
@pytest.mark.parametrize("signum", [signal.SIGTERM, signal.SIGINT])
def test_a_signal_reaches_the_command_which_decides_what_comes_of_it(
    shell: Shell, configured: Any, signum: signal.Signals
) -> None:
    shell.store(**configured)
    trap = f"trap 'echo caught; exit 3' {signum.value}; echo ready; while :; do sleep 0.05; done"
    process = shell.start("--", "sh", "-c", trap)
    assert process.stdout
    assert process.stdout.readline() == "ready\n"
    process.send_signal(signum)
    out, err = process.communicate(timeout=20)
    assert (process.returncode, out, err) == (3, "caught\n", "")
    assert shell.left_behind() == []


@each_mode
@pytest.mark.parametrize("signum", mostly_torture([signal.SIGTERM, signal.SIGKILL, signal.SIGSEGV]))
def test_a_command_that_a_signal_ends_is_seen_to_end_by_it(
    shell: Shell, configured: Any, signum: signal.Signals
) -> None:
    shell.store(**configured)
    done = shell.run("--", "sh", "-c", f"kill -{signum.value} $$; sleep 60")
    assert (done.returncode, done.stdout, done.stderr) == (-signum, "", "")
    assert shell.left_behind() == []


@pytest.mark.torture
def test_a_signal_at_any_moment_leaves_no_key_file_behind(shell: Shell) -> None:
    shell.store(**VERTEX)
    for delay in (0.3, 0.6, 0.7, 0.8, 0.9):
        process = shell.start("--", "sleep", "60")
        time.sleep(delay)
        process.terminate()
        process.communicate(timeout=20)
        assert process.returncode == -signal.SIGTERM
        assert shell.left_behind() == []


@pytest.mark.torture
def test_a_kill_at_any_moment_leaves_no_secret_behind(shell: Shell) -> None:
    (credentials,) = shell.store(**VERTEX).values()
    whole, moments = time_of(shell), Random(7)
    for _kill in range(20):
        process = shell.start("--", "sh", "-c", "exec sleep 1")
        time.sleep(moments.uniform(0.5, 1.2) * whole)
        process.kill()
        process.communicate(timeout=20)  # the command holds the pipes until it ends
        deadline = time.monotonic() + 10
        while any(path.stat().st_size for path in shell.temporary.iterdir()) and time.monotonic() < deadline:
            time.sleep(0.05)
        left = [path.read_text() for path in shell.temporary.iterdir()]
        assert not any(left), f"{len(credentials)} credentials were left behind"
    for path in shell.temporary.iterdir():
        path.unlink()


def time_of(shell: Shell) -> float:
    """Seconds until the command runs."""
    started = time.monotonic()
    assert shell.run("--", "true").returncode == 0
    return time.monotonic() - started


def test_what_the_command_leaves_in_the_background_is_not_waited_for(shell: Shell) -> None:
    shell.store(**VERTEX)
    done = shell.run("--", "sh", "-c", "sleep 120 </dev/null >/dev/null 2>&1 & echo $!")
    os.kill(int(done.stdout), signal.SIGKILL)  # it runs still
    assert (done.returncode, shell.left_behind()) == (0, [])


def test_a_killed_manage_py_leaves_the_key_file_to_the_command_and_nobody_else(shell: Shell) -> None:
    shell.store(**VERTEX)
    process = shell.start("--", "sh", "-c", f"echo $$ ${FILE}; exec sleep 60")
    assert process.stdout
    assert process.stderr
    command, path = process.stdout.readline().split()
    process.kill()
    assert process.wait(20) == -signal.SIGKILL
    assert json.loads(Path(path).read_text())["type"] == "service_account"
    os.kill(int(command), signal.SIGKILL)
    deadline = time.monotonic() + 10
    while shell.left_behind() and time.monotonic() < deadline:
        time.sleep(0.05)
    assert shell.left_behind() == []
    process.stdout.close()
    process.stderr.close()


@each_mode
def test_what_a_pipe_breaks_ends_quietly(shell: Shell, configured: Any) -> None:
    shell.store(**configured)
    pipeline = f"{' '.join(EXEC)} -- yes | head -n 1"
    done = subprocess.run(
        ["sh", "-c", pipeline], env=shell.environment(), capture_output=True, text=True, check=False, timeout=30
    )
    assert (done.stdout, done.stderr) == ("y\n", "")


@each_mode
def test_a_command_that_is_not_there_is_told_as_a_shell_does(shell: Shell, configured: Any) -> None:
    shell.store(**configured)
    done = shell.run("--", "no-such-command")
    assert (done.returncode, done.stdout, done.stderr) == (127, "", "CommandError: There is no such command.\n")
    done = shell.run("--", str(shell.directory))
    assert (done.returncode, done.stderr) == (126, "CommandError: The command cannot be executed.\n")


def test_only_those_that_are_named_are_fetched(shell: Shell) -> None:
    shell.store(openai={"api_key": "sk-canary"}, xai={"api_key": "xai-canary"})
    inside = json.loads(shell.run("--only", "xai", "--", sys.executable, "-c", TELL).stdout)
    assert (inside["XAI_API_KEY"], "OPENAI_API_KEY" in inside) == ("xai-canary", False)
    assert shell.rows("provider, kind, name, version", "consumer") == [("xai", "command", shell_user(), 1)]


@pytest.mark.parametrize(
    ("arguments", "sentence"),
    [
        (["--only", "mistral", "--", "true"], f"--only takes some of {','.join(PROVIDERS.slugs())}."),
        (["--only", "", "--", "true"], f"--only takes some of {','.join(PROVIDERS.slugs())}."),
        (["--only", "azure", "--", "true"], "No configuration found for provider: azure"),
        (
            ["--only", "openai", "--", "true"],
            "The configuration of openai is disabled. Enable it to use its credentials.",
        ),
        (["--", "true"], "No provider is enabled: there is nothing to run the command with."),
        (["--"], "Name a command: manage.py exec_with_credentials -- COMMAND..."),
    ],
)
def test_what_cannot_be_fetched_is_told_and_nothing_runs(shell: Shell, arguments: list[str], sentence: str) -> None:
    shell.store(openai={"api_key": "sk-canary"})
    disable(shell)
    done = shell.run(*arguments)
    assert (done.returncode, done.stdout, done.stderr) == (1, "", f"CommandError: {sentence}\n")
    assert shell.rows("action", "auditevent") == [("create",)]


def disable(shell: Shell) -> None:
    shell.installation.manage(
        "shell",
        "--no-imports",
        "-c",
        "from llm_providers.models import LLMProviderConfig; LLMProviderConfig.objects.update(enabled=False)",
    )


def test_it_is_written_down_as_a_delivery_of_each(shell: Shell) -> None:
    shell.store(openai={"api_key": "sk-canary"}, xai={"api_key": "xai-canary"})
    shell.run("--", "true")
    assert shell.rows("actor, action, provider, source", "auditevent")[2:] == [
        (shell_user(), "deliver", "openai", "command"),
        (shell_user(), "deliver", "xai", "command"),
    ]


def test_one_that_is_named_twice_is_fetched_once_and_all_in_one_order(shell: Shell) -> None:
    """Two commands that name the same in another order would else wait for each other's rows of consumers."""
    shell.store(openai={"api_key": "sk-canary"}, xai={"api_key": "xai-canary"})
    assert shell.run("--only", "xai, openai,xai", "--", "true").returncode == 0
    assert shell.rows("action, provider", "auditevent")[2:] == [("deliver", "openai"), ("deliver", "xai")]


def test_nothing_runs_when_it_cannot_be_written_down(shell: Shell) -> None:
    shell.store(openai={"api_key": "sk-canary"})
    table = "llm_providers_auditevent"
    with shell.installation.connect() as connection:
        connection.execute(f"ALTER TABLE {table} RENAME TO away")
        connection.commit()
        try:
            done = shell.run("--", "sh", "-c", "echo $OPENAI_API_KEY")
        finally:
            connection.execute(f"ALTER TABLE away RENAME TO {table}")
            connection.commit()
    sentence = "CommandError: The database did not answer. The command was not run.\n"
    assert (done.returncode, done.stdout, done.stderr) == (1, "", sentence)
