"""A command in the place of ours, or beside it: its signals, its end, and no file left behind."""

import signal
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.live import ROOT

pytestmark = pytest.mark.once

# Without Django: it starts in a twentieth of the time. The first argument says whether there is a file to be read.
PROGRAM = """
import os, sys
from llm_providers.management.child import Child, end_likewise
with Child() as child:
    if sys.argv[1] == "beside it":
        os.environ["KEY_FILE"] = child.write_file("a key")
    status = child.run(sys.argv[2:], os.environ)
end_likewise(status)
"""


class Shell:
    """Who runs commands, and the folder for what is temporary."""

    def __init__(self, directory: Path) -> None:
        self.directory = directory

    def run(self, mode: str, *command: str) -> subprocess.CompletedProcess[str]:
        process = self.start(mode, *command)
        out, err = process.communicate(timeout=20)
        return subprocess.CompletedProcess(command, process.returncode, out, err)

    def start(self, mode: str, *command: str) -> "subprocess.Popen[str]":
        return subprocess.Popen(
            [sys.executable, "-c", PROGRAM, mode, *command],
            cwd=ROOT,
            env={"PATH": "/usr/bin:/bin", "TMPDIR": str(self.directory)},
            stdout=subprocess.PIPE,
            stderr=subprocess.PIPE,
            text=True,
        )


@pytest.fixture
def shell(tmp_path: Path) -> Iterator[Shell]:
    yield Shell(tmp_path)
    assert list(tmp_path.iterdir()) == []


@pytest.fixture
def interruptible() -> Iterator[None]:
    """In the background of a script SIGINT is ignored, under nohup SIGHUP; a shell cannot trap what it was told to."""
    before = {signum: signal.signal(signum, signal.SIG_DFL) for signum in (signal.SIGHUP, signal.SIGINT)}
    yield
    for signum, handler in before.items():
        signal.signal(signum, handler)


each_mode = pytest.mark.parametrize("mode", ["in its place", "beside it"])


def test_a_file_is_there_for_its_owner_while_the_command_runs(shell: Shell) -> None:
    done = shell.run("beside it", "sh", "-c", 'stat -c %a "$KEY_FILE"; dirname "$KEY_FILE"; cat "$KEY_FILE"')
    assert (done.stdout, done.stderr) == (f"600\n{shell.directory}\na key", "")


@each_mode
@pytest.mark.parametrize("status", [7, 0])
def test_the_exit_status_is_that_of_the_command(shell: Shell, mode: str, status: int) -> None:
    done = shell.run(mode, "sh", "-c", f"echo out; echo err >&2; exit {status}")
    assert (done.returncode, done.stdout, done.stderr) == (status, "out\n", "err\n")


@pytest.mark.usefixtures("interruptible")
@each_mode
@pytest.mark.parametrize("signum", [signal.SIGTERM, signal.SIGINT, signal.SIGHUP, signal.SIGUSR1])
def test_a_signal_reaches_the_command_which_decides_what_comes_of_it(
    shell: Shell, mode: str, signum: signal.Signals
) -> None:
    trap = f"trap 'echo caught; exit 3' {signum.value}; echo ready; while :; do sleep 0.05; done"
    process = shell.start(mode, "sh", "-c", trap)
    assert process.stdout
    assert process.stdout.readline() == "ready\n"
    process.send_signal(signum)
    out, err = process.communicate(timeout=20)
    assert (process.returncode, out, err) == (3, "caught\n", "")


@each_mode
@pytest.mark.parametrize("signum", [signal.SIGTERM, signal.SIGKILL, signal.SIGSEGV])
def test_a_command_that_a_signal_ends_is_seen_to_end_by_it(shell: Shell, mode: str, signum: signal.Signals) -> None:
    done = shell.run(mode, "sh", "-c", f"kill -{signum.value} $$; sleep 60")
    assert (done.returncode, done.stdout, done.stderr) == (-signum, "", "")


@each_mode
def test_what_a_pipe_breaks_ends_quietly(shell: Shell, mode: str) -> None:
    process = shell.start(mode, "yes")
    assert process.stdout
    assert process.stdout.readline() == "y\n"
    process.stdout.close()
    assert process.wait(20) == -signal.SIGPIPE
    assert process.stderr
    assert process.stderr.read() == ""
    process.stderr.close()


@each_mode
@pytest.mark.parametrize(("command", "error"), [("no-such-command", "FileNotFoundError"), ("/", "PermissionError")])
def test_what_cannot_be_run_is_an_error(shell: Shell, mode: str, command: str, error: str) -> None:
    done = shell.run(mode, command)
    assert (done.returncode, done.stdout) == (1, "")
    assert done.stderr.splitlines()[-1].startswith(f"{error}: ")
