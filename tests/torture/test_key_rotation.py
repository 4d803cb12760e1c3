"""The runbook for a new encryption key, walked while programs read and write: nobody notices."""

import json
import os
import secrets
import subprocess
import threading
import time
import urllib.error
import urllib.request
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from random import Random
from typing import Any

import pytest

from llm_providers.providers import PROVIDERS
from tests.live import MANAGE, LiveServer
from tests.torture.invariants import assert_calm

pytestmark = pytest.mark.torture

CLIENTS = 8
KILLS = 20
SECONDS = 8  # of each step, at least; there are eight
# The field in which a client's writes are told apart.
FIELD = {"google-vertex": "location", "amazon-bedrock": "aws_secret_access_key"}


class Machine(LiveServer):
    """One of the servers of an installation. Who asks it says so, so that a restart fails nobody."""

    def __init__(self, directory: Path, **environment: str) -> None:
        super().__init__(directory, WORKERS="1", LLM_PROVIDERS_DELIVERY="true", **environment)
        self.open = threading.Event()
        self.asking = 0
        self.lock = threading.Condition()

    @contextmanager
    def asked(self) -> Iterator[bool]:
        """Whether it may be asked now; while it is asked it is not restarted."""
        with self.lock:
            taken = self.open.is_set()
            self.asking += taken
        try:
            yield taken
        finally:
            with self.lock:
                self.asking -= taken
                self.lock.notify_all()

    def restart(self, *keys: str) -> None:
        """As behind a proxy: it is taken out, what it is asked ends, and it comes back with other keys."""
        with self.lock:
            self.open.clear()
            assert self.lock.wait_for(lambda: not self.asking, timeout=60)
        if hasattr(self, "process"):
            self.stop()
        self.environment["FERNET_KEYS"] = ",".join(keys)
        self.start()
        self.open.set()


class Client(threading.Thread):
    """Changes one provider's secret, and reads it back from whichever machine; one that has none only reads."""

    def __init__(self, number: int, machines: list[Machine], token: str, stopped: threading.Event) -> None:
        super().__init__()
        self.random = Random(number)
        self.machines = machines
        self.token = token
        self.stopped = stopped
        slugs = PROVIDERS.slugs()
        self.slug = slugs[number] if number < len(slugs) else None
        self.requests = 0
        self.failures: list[Any] = []

    def run(self) -> None:
        while not self.stopped.is_set() and not self.failures:
            if self.slug is None:
                self.ask("GET", "/v1/llm-providers")
                self.ask("GET", f"/v1/llm-provider/{self.random.choice(PROVIDERS.slugs())}/credentials")
            else:
                self.change(self.slug)

    def change(self, slug: str) -> None:
        field = FIELD.get(slug, "api_key")
        before: Any = PROVIDERS.get(slug).example[field]
        number = secrets.randbelow(10**9)
        value = f"europe-west{number % 1000}" if field == "location" else f"{before}-{number}"
        self.ask("PATCH", f"/v1/llm-provider/{slug}", {"credentials": {field: value}})
        for _read in range(3):
            answer = self.ask("GET", f"/v1/llm-provider/{slug}/credentials")
            if answer and answer["credentials"][field] != value:
                self.failures.append((slug, "a change was lost"))

    def ask(self, method: str, path: str, body: Any = None) -> Any:
        """From a machine that is there; there always is one."""
        while True:
            with (machine := self.random.choice(self.machines)).asked() as taken:
                if taken:
                    return self.answer(machine, method, path, body)
            time.sleep(0.01)

    def answer(self, machine: Machine, method: str, path: str, body: Any) -> Any:
        headers = {"Authorization": f"Bearer {self.token}", "Content-Type": "application/json"}
        data = None if body is None else json.dumps(body).encode()
        request = urllib.request.Request(machine.url + path, data, headers, method=method)
        self.requests += 1
        try:
            with urllib.request.urlopen(request, timeout=60) as response:
                answer = json.load(response)
        except urllib.error.HTTPError as error:
            with error:
                self.failures.append((method, path, error.code, error.read()))
            return None
        except OSError as error:
            self.failures.append((method, path, repr(error)))
            return None
        listed = answer.get("providers", [])
        if any(config["credentials"] is None for config in listed):
            self.failures.append((method, path, "a row was unreadable"))
        return answer


@pytest.fixture
def machines(tmp_path: Path) -> Iterator[list[Machine]]:
    first = Machine(tmp_path)
    (tmp_path / "second").mkdir()
    second = Machine(tmp_path / "second", DATABASE_URL=first.database_url)
    yield [first, second]
    for machine in (first, second):
        if hasattr(machine, "process"):
            machine.stop()


def test_a_new_key_comes_and_the_old_one_goes_and_nobody_notices(machines: list[Machine]) -> None:
    first, second = machines
    old, new = os.environ["FERNET_KEYS"], secrets.token_urlsafe(48)
    for machine in machines:
        machine.restart(old)
    token, stopped = first.token(), threading.Event()
    clients = [Client(number, machines, token, stopped) for number in range(CLIENTS)]
    for provider in PROVIDERS:
        clients[0].ask("POST", "/v1/llm-providers", {"provider": provider.slug, "credentials": provider.example})
    for client in clients:
        client.start()
    try:
        walk_the_runbook(first, second, old, new, clients)
    finally:
        stopped.set()
        for client in clients:
            client.join()
    asked = sum(client.requests for client in clients)
    print(f"{asked} requests, {[failure for client in clients for failure in client.failures]}")
    assert [failure for client in clients for failure in client.failures] == []
    assert asked > 500
    for machine in machines:
        assert_calm(machine.log_text())
    told = json.loads(first.manage("doctor", "--json"))  # with the new key alone
    assert (told["faults"], [each for each in told["findings"] if each["state"] == "fault"]) == (0, [])


def walk_the_runbook(first: Machine, second: Machine, old: str, new: str, clients: list[Client]) -> None:
    for ring in ((old, new), (new, old)):
        for machine in (second, first):
            machine.restart(*ring)
            wait(clients)
            if (machine, ring) == (second, (new, old)):
                re_seal_and_be_killed(second)  # while the first machine still seals with the old key
                wait(clients)
    printed = second.manage("rotate_encryption")
    assert "Everything stored is sealed with the first key" in printed
    for machine in (second, first):
        machine.restart(new)
        wait(clients)


def wait(clients: list[Client]) -> None:
    end = time.monotonic() + SECONDS
    while time.monotonic() < end and not any(client.failures for client in clients):
        time.sleep(0.1)


def re_seal_and_be_killed(machine: Machine) -> None:
    """At moments spread over the time that it takes, of which the start of Python is most."""
    command = [*MANAGE, "rotate_encryption"]
    started = time.monotonic()
    subprocess.run(command, env=machine.environment, capture_output=True, check=False)
    whole, random = time.monotonic() - started, Random(7)
    for _kill in range(KILLS):
        process = subprocess.Popen(command, env=machine.environment, stdout=subprocess.PIPE, stderr=subprocess.PIPE)
        if random.random() < 0.5:  # among the rows: it tells of each that is done
            for _row in range(random.randrange(1, len(PROVIDERS.slugs()))):
                process.stdout.readline()  # type: ignore[union-attr]
        else:
            time.sleep(random.uniform(0.5, 1) * whole)
        process.kill()
        process.communicate()
