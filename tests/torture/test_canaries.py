"""After everything that hands out plaintext, it is with those who asked for it and nowhere else."""

import json
import os
import subprocess
import sys
import threading
import urllib.error
import urllib.request
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from pathlib import Path

import pytest

from llm_providers.environment import environment_of
from llm_providers.providers import PROVIDERS
from tests.factories import canaries, canary_credentials, found
from tests.live import MANAGE, LiveServer
from tests.torture.invariants import assert_calm

pytestmark = pytest.mark.torture

SLOW = "import os, time; time.sleep(0.5); print(os.environ['OPENAI_API_KEY'])"


@contextmanager
def command_lines() -> Iterator[set[bytes]]:
    """Those of all processes that are seen meanwhile."""
    seen: set[bytes] = set()
    ended = threading.Event()

    def watch() -> None:
        while not ended.wait(0.1):
            for path in Path("/proc").glob("[0-9]*/cmdline"):
                with suppress(OSError):  # it has ended
                    seen.add(path.read_bytes())

    watcher = threading.Thread(target=watch)
    watcher.start()
    try:
        yield seen
    finally:
        ended.set()
        watcher.join()


class Sweep:
    """A service through whose every door secrets go, in and out."""

    def __init__(self, directory: Path, log_format: str) -> None:
        self.temporary, self.home = directory / "tmp", directory / "home"
        self.temporary.mkdir()
        self.home.mkdir()
        self.server = LiveServer(
            directory,
            LLM_PROVIDERS_DELIVERY="true",
            LOG_FORMAT=log_format,
            TMPDIR=str(self.temporary),
            HOME=str(self.home),
        )
        self.credentials = {provider.slug: canary_credentials(provider) for provider in PROVIDERS}
        self.printed: list[str] = []

    def manage(self, *arguments: str) -> subprocess.CompletedProcess[str]:
        done = self.server.run(*arguments)
        self.printed += [done.stdout, done.stderr]
        return done

    def import_everything(self, directory: Path) -> None:
        for slug, credentials in self.credentials.items():
            written, _unset = environment_of(PROVIDERS.get(slug), credentials)
            dotenv = directory / f"{slug}.env"
            dotenv.write_text("".join(f"{name}='{value}'\n" for name, value in written.items()))
            self.manage("import_credentials", "--env-file", str(dotenv))
        self.manage("import_credentials", "--env-file", str(directory / "openai.env"), "--dry-run")
        wrong = self.credentials["xai"]["api_key"]
        (directory / "openai.env").write_text(f"A line that is none: {wrong}\nOPENAI_API_KEY='{wrong}'\n")
        self.manage("import_credentials", "--env-file", str(directory / "openai.env"))

    def deliver(self, slug: str, token: str, **headers: str) -> bytes:
        url = f"{self.server.url}/v1/llm-provider/{slug}/credentials"
        request = urllib.request.Request(url, headers={"Authorization": f"Bearer {token}", **headers})
        try:
            with urllib.request.urlopen(request, timeout=30) as answer:
                return bytes(answer.read())
        except urllib.error.HTTPError as error:
            with error:
                self.printed.append(error.read().decode())
                return b""


@pytest.mark.parametrize("log_format", ["text", "json"])
def test_no_secret_is_left_behind(tmp_path: Path, log_format: str) -> None:
    sweep = Sweep(tmp_path, log_format)
    pieces = [piece for slug, each in sweep.credentials.items() for piece in canaries(PROVIDERS.get(slug), each)]
    sweep.server.start()
    try:
        with command_lines() as seen:
            sweep.import_everything(tmp_path / "home")
            for dotenv in (tmp_path / "home").glob("*.env"):
                dotenv.unlink()
            token = sweep.server.token()
            delivered = b"".join(sweep.deliver(slug, token) for slug in sweep.credentials)
            for slug in sweep.credentials:
                sweep.deliver(slug, token, **{"X-Consumer-Instance": "no such / instance"})
            own = subprocess.run(
                [*MANAGE, "exec_with_credentials", "--", sys.executable, "-c", SLOW],
                env=sweep.server.environment,
                capture_output=True,
                text=True,
                check=False,
            )
            sweep.manage("exec_with_credentials", "--", "no-such-command")
            sweep.manage("exec_with_credentials", "--", "false")
            sweep.manage("rotate_encryption", "--dry-run")
            sweep.manage("rotate_encryption")
            sweep.manage("doctor")
            sweep.manage("doctor", "--json")
            sweep.manage("export_audit_events")
            sweep.server.environment["FERNET_KEYS"] = os.environ["JWT_SIGNING_KEY"][::-1]
            lost = sweep.manage("exec_with_credentials", "--", "env")
            sweep.manage("doctor")
            sweep.manage("rotate_encryption")
        trail = sweep.server.query("SELECT actor, action, provider, fields, request_id FROM llm_providers_auditevent")
        holders = sweep.server.query("SELECT provider, kind, name, instance FROM llm_providers_consumer")
    finally:
        sweep.server.stop()
    # What was asked for was handed out, so there was something to leave behind.
    assert len(found(pieces, delivered.replace(b"\\n", b"\n"))) == len(pieces)
    assert own.stdout.strip() == sweep.credentials["openai"]["api_key"]
    assert lost.returncode == 1
    left = [path.read_bytes() for path in tmp_path.rglob("*") if path.is_file()]
    assert found(pieces, *left, *seen, *sweep.printed, own.stderr, json.dumps([trail, holders], default=str)) == []
    assert list(sweep.temporary.iterdir()) == []
    assert_calm(sweep.server.log_text())
    assert {row[1] for row in trail} == {"account", "create", "deliver", "setting", "token_issued"}
