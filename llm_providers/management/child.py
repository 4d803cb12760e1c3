"""Running a command in the place of ours: its signals, its exit status, and nothing of ours left behind."""

import os
import resource
import signal
import subprocess
import sys
import tempfile
from collections.abc import Iterator, Mapping, Sequence
from contextlib import ExitStack, contextmanager
from pathlib import Path
from typing import Never, Self

PASSED_ON = (signal.SIGHUP, signal.SIGINT, signal.SIGQUIT, signal.SIGTERM, signal.SIGUSR1, signal.SIGUSR2)
FROM_A_TERMINAL = (signal.SIGINT, signal.SIGQUIT)
# Waits for a line, or until this process and the command, which hold the other end, are gone.
REMOVE_AFTERWARDS = ("/bin/sh", "-c", 'read -r _; rm -f -- "$0"')
IGNORED_BY_PYTHON = (signal.SIGPIPE, signal.SIGXFSZ)


class Child:
    """A command to be run, and the files it reads: only their owner may, and they are gone when it has ended.

    Without files this process becomes the command. With some it waits beside it and passes signals on.
    """

    def __init__(self) -> None:
        self.process: subprocess.Popen[bytes] | None = None
        self.early: list[int] = []
        self.undo = ExitStack()
        self.has_files = False

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *_error: object) -> None:
        self.undo.close()

    def write_file(self, text: str) -> str:
        """Keep a text in a file until the command has ended; return its path."""
        if not self.has_files:
            self.has_files = True
            for signum in PASSED_ON:
                if signal.getsignal(signum) is not signal.SIG_IGN:  # as under nohup: the command ignores it too
                    signal.signal(signum, self.pass_on)
        descriptor, path = tempfile.mkstemp(prefix="google-key-", suffix=".json")  # mode 0600
        self.undo.enter_context(removed_at_the_latest(path))
        with os.fdopen(descriptor, "w", encoding="utf-8") as file:
            file.write(text)
        return path

    def run(self, command: Sequence[str], environment: Mapping[str, str]) -> int:
        """The exit status; negative is the signal that ended it. Raises OSError when there is no such command."""
        if not self.has_files:
            become(command, environment)
        self.process = subprocess.Popen(  # noqa: S603  (what was asked for)
            command, env=environment, close_fds=False
        )
        for signum in self.early:
            self.process.send_signal(signum)
        return self.process.wait()

    def pass_on(self, signum: int, _frame: object) -> None:
        if self.process is None:
            self.early.append(signum)
        elif not (signum in FROM_A_TERMINAL and in_foreground()):  # the terminal tells the command itself
            self.process.send_signal(signum)


@contextmanager
def removed_at_the_latest(path: str) -> Iterator[None]:
    """Remove a file; when this process is killed, another one does as soon as the command has ended too."""
    with subprocess.Popen(  # noqa: S603  (its arguments are ours)
        [*REMOVE_AFTERWARDS, path],
        stdin=subprocess.PIPE,
        stdout=subprocess.DEVNULL,  # else a pipe that we write to would stay open
        stderr=subprocess.DEVNULL,
        env={"PATH": os.defpath},
        start_new_session=True,  # what ends a group or a terminal does not end it
    ) as remover:
        os.set_inheritable(remover.stdin.fileno(), True)  # type: ignore[union-attr]  # noqa: FBT003
        try:
            yield
        finally:
            Path(path).unlink(missing_ok=True)
            remover.communicate(b"\n")  # without waiting for what the command has left in the background


def become(command: Sequence[str], environment: Mapping[str, str]) -> Never:
    for signum in IGNORED_BY_PYTHON:
        signal.signal(signum, signal.SIG_DFL)
    os.execvpe(command[0], [*command], environment)  # noqa: S606  (no shell is wanted)


def in_foreground() -> bool:
    """Whether the keys that are pressed at a terminal reach this process, and so the command beside it."""
    try:
        return os.tcgetpgrp(sys.stdin.fileno()) == os.getpgrp()
    except (OSError, ValueError):
        return False


def end_likewise(status: int) -> Never:
    """End as the command has ended, by its signal too."""
    if status < 0:
        resource.setrlimit(resource.RLIMIT_CORE, (0, 0))  # a core of this process would hold the credentials
        if -status != signal.SIGKILL:
            signal.signal(-status, signal.SIG_DFL)
        os.kill(os.getpid(), -status)
    sys.exit(status)
