"""After everything that hands out plaintext, it is with those who asked for it and nowhere else."""

import json
import os
import signal
import subprocess
import sys
import threading
import time
import urllib.error
import urllib.request
from collections.abc import Iterable, Iterator
from contextlib import contextmanager, suppress
from itertools import cycle
from pathlib import Path
from typing import Any

import pytest
from cryptography.hazmat.primitives.asymmetric import rsa

from llm_providers.environment import environment_of
from llm_providers.providers import PROVIDERS, Provider
from tests.factories import canaries, canary_credentials, found, pem
from tests.live import MANAGE, LiveServer
from tests.torture.invariants import assert_calm
from tests.verification.certificates import Authority
from tests.verification.conftest import authority, loopback  # noqa: F401  (fixtures)
from tests.verification.echoes import ECHOES, echoing
from tests.verification.https_server import HTTPSServer, Received, Reply
from tests.verification.service import asks_on_loopback

pytestmark = pytest.mark.torture

SLOW = "import os, time; time.sleep(0.5); print(os.environ['OPENAI_API_KEY'])"
KEY_FILE = "GOOGLE_APPLICATION_CREDENTIALS"


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


def signing_credentials(provider: type[Provider]) -> dict[str, Any]:
    """Canaries, of which the key file's key can sign."""
    credentials = canary_credentials(provider)
    if "service_account" in credentials:
        credentials["service_account"]["private_key"] = pem(rsa.generate_private_key(65537, 2048))
    return credentials


class Sweep:
    """A service through whose every door secrets go, in and out."""

    def __init__(self, directory: Path, log_format: str, asks: dict[str, str]) -> None:
        self.temporary, self.home = directory / "tmp", directory / "home"
        self.temporary.mkdir()
        self.home.mkdir()
        self.server = LiveServer(
            directory,
            LLM_PROVIDERS_DELIVERY="true",
            LOG_FORMAT=log_format,
            TMPDIR=str(self.temporary),
            HOME=str(self.home),
            **asks,
        )
        self.credentials = {provider.slug: signing_credentials(provider) for provider in PROVIDERS}
        self.printed: list[str] = []
        self.refused: set[int] = set()

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

    def ask(self, method: str, path: str, token: str, body: Any = None, **headers: str) -> bytes:
        """The body of a 200; that of an error is kept with what was printed."""
        headers |= {"Authorization": f"Bearer {token}", "Content-Type": "application/json"}
        data = None if body is None else json.dumps(body).encode()
        request = urllib.request.Request(self.server.url + path, data, headers, method=method)
        try:
            with urllib.request.urlopen(request, timeout=60) as answer:
                self.printed.append(str(answer.headers))
                return bytes(answer.read())
        except urllib.error.HTTPError as error:
            with error:
                self.refused.add(error.code)
                self.printed.append(f"{error.headers}{error.read().decode()}")
                return b""

    def deliver(self, slug: str, token: str, **headers: str) -> bytes:
        return self.ask("GET", f"/v1/llm-provider/{slug}/credentials", token, **headers)

    def verify(self, token: str) -> None:
        """All that asks a provider, each of which gives back what it was sent."""
        for slug, credentials in self.credentials.items():
            body = {"provider": slug, "credentials": credentials}
            one = f"/v1/llm-provider/{slug}"
            for method, path, sent in (
                ("POST", "/v1/llm-providers/verify", body),
                ("POST", "/v1/llm-providers?verify=require", body),
                ("POST", f"{one}/verify", None),
                ("PUT", f"{one}?verify=require", {"credentials": credentials}),
                ("PATCH", f"{one}?verify=require", {"enabled": True}),
                ("GET", f"{one}/models", None),
                ("GET", f"{one}/status", None),
            ):
                self.printed.append(self.ask(method, path, token, sent).decode())
        self.manage("verify_providers")

    def run_and_kill(self) -> None:
        """A command, of which first manage.py is killed and then the command."""
        tell = f"echo $$ ${KEY_FILE}; exec sleep 60"
        command = [*MANAGE, "exec_with_credentials", "--", "sh", "-c", tell]
        with subprocess.Popen(command, env=self.server.environment, stdout=subprocess.PIPE, text=True) as process:
            assert process.stdout
            pid, key_file = process.stdout.readline().split()
            process.kill()
            process.wait()
            assert "PRIVATE KEY" in Path(key_file).read_text()  # the command may still read it
            os.kill(int(pid), signal.SIGKILL)
        deadline = time.monotonic() + 20
        while Path(key_file).exists() and time.monotonic() < deadline:
            time.sleep(0.05)


@pytest.fixture
def provider(loopback: Path) -> Iterator[HTTPSServer]:  # noqa: F811
    """Everybody who is asked, who gives back what was sent in one way after the other."""
    echoes = cycle(ECHOES.values())

    def answer(request: Received) -> Reply | Iterable[bytes]:
        return echoing(next(echoes), None)(request)

    with HTTPSServer(loopback, answer) as listening:
        yield listening


@pytest.mark.parametrize("log_format", ["text", "json"])
def test_no_secret_is_left_behind(
    tmp_path: Path,
    log_format: str,
    authority: Authority,  # noqa: F811
    provider: HTTPSServer,
) -> None:
    sweep = Sweep(tmp_path, log_format, asks_on_loopback(authority, provider.port))
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
            sweep.verify(token)
            sweep.run_and_kill()
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
        kept = sweep.server.query("SELECT provider, last_verification FROM llm_providers_llmproviderconfig")
        models = sweep.server.query("SELECT rows FROM llm_providers_modellist")
        holders = sweep.server.query("SELECT provider, kind, name, instance FROM llm_providers_consumer")
    finally:
        sweep.server.stop()
    # What was asked for was handed out, so there was something to leave behind.
    assert len(found(pieces, delivered.replace(b"\\n", b"\n"))) == len(pieces)
    assert own.stdout.strip() == sweep.credentials["openai"]["api_key"]
    assert lost.returncode == 1
    left = [path.read_bytes() for path in tmp_path.rglob("*") if path.is_file()]
    rows = json.dumps([trail, holders, kept, models], default=str)
    assert found(pieces, *left, *seen, *sweep.printed, own.stderr, rows) == []
    assert list(sweep.temporary.iterdir()) == []
    assert_calm(sweep.server.log_text())
    assert {row[1] for row in trail} == {"account", "create", "deliver", "setting", "token_issued", "verify"}
    # Each provider was asked for each of its keys, and had something to give back.
    sent = found(pieces, *(repr(request) for request in provider.received))
    assert len(sent) > len(sweep.credentials)
    assert len(provider.received) > 30
    assert sweep.refused <= {400, 409, 422, 502}
    print(f"{len(pieces)} pieces, {len(provider.received)} questions, {len(left)} files, {len(seen)} command lines")
