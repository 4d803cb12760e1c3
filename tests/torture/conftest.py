import json
from collections.abc import Iterator
from typing import Any

import pytest

from llm_providers.providers import PROVIDERS
from tests.live import LiveServer
from tests.torture.corpus.case import CREATE, LIST, TOKEN, Case
from tests.torture.invariants import assert_calm
from tests.torture.wire import Answer, answers, converse

PASSWORD = "correct horse battery staple"
PEOPLE = """
from django.contrib.auth.models import User
from rest_framework_simplejwt.tokens import AccessToken
alice = User.objects.create_user("alice", password=PASSWORD, is_staff=True)
bob = User.objects.create_user("bob", password=PASSWORD, is_staff=True)
dora = User.objects.create_user("dora")
gone = User.objects.create_user("gone")
print(AccessToken.for_user(dora), AccessToken.for_user(gone))
dora.is_active = False
dora.save()
gone.delete()
"""


# Not of logins, which the bad ones among the requests leave behind.
CHANGES = "SELECT count(*) FROM llm_providers_auditevent WHERE action NOT IN ('login', 'login_failed', 'lock_out')"

Stored = tuple[list[tuple[Any, ...]], list[tuple[Any, ...]]]


def mostly_torture(cases: list[Any], share: int = 4) -> list[Any]:
    """One case in `share` for every day, the others for `make torture`."""
    return [pytest.param(case, marks=[pytest.mark.torture] * (index % share > 0)) for index, case in enumerate(cases)]


class Target:
    """The running server as bad requests meet it: with something in it that must stay as it is."""

    def __init__(self, server: LiveServer) -> None:
        self.server = server
        self.access = server.token()
        self.signing_key = server.environment["JWT_SIGNING_KEY"]

    def ask(self, case: Case) -> Answer:
        (answer,) = answers(converse(self.server.port, case.request(self.access)), case.method)
        return answer

    def post(self, path: str, value: object, **headers: str | bytes | None) -> Answer:
        return self.ask(Case("", 200, "POST", path, headers, json.dumps(value).encode()))

    def fill(self) -> None:
        """Configure each provider that is not configured."""
        for provider in PROVIDERS:
            answer = self.post(CREATE, {"provider": provider.slug, "credentials": provider.example})
            assert answer.status in (200, 409)

    def rows(self) -> Stored:
        """What is in the database, byte for byte, ciphertexts included, and how many changes were told of."""
        configs = self.server.query("SELECT * FROM llm_providers_llmproviderconfig ORDER BY provider")
        return configs, self.server.query(CHANGES)

    def list(self) -> Answer:
        return self.ask(Case("the list", 200, path=LIST))

    def log_size(self) -> int:
        return self.server.log_path.stat().st_size

    def log_since(self, size: int) -> str:
        with self.server.log_path.open("rb") as log:
            log.seek(size)
            return log.read().decode("utf-8", "replace")


@pytest.fixture(scope="session")
def dead_tokens(server: LiveServer) -> list[str]:
    """Access tokens of a user who is inactive now, and of one who is deleted.

    With them come alice and bob, who may log in with PASSWORD, and may do nothing.
    """
    return server.manage("shell", "--no-imports", "-c", f"PASSWORD = {PASSWORD!r}\n{PEOPLE}").split()


@pytest.fixture(scope="module")
def target(server: LiveServer, dead_tokens: list[str]) -> Target:
    server.clear()
    target = Target(server)
    target.fill()
    return target


@pytest.fixture(scope="module")
def alices(target: Target) -> dict[str, str]:
    """Good tokens of alice's, to be spoilt."""
    answer = target.post(TOKEN, {"username": "alice", "password": PASSWORD})
    assert answer.status == 200
    tokens: dict[str, str] = json.loads(answer.body)
    return tokens


@pytest.fixture(scope="module")
def stored(target: Target) -> tuple[bytes, Stored]:
    return target.list().body, target.rows()


@pytest.fixture
def unharmed(target: Target, stored: tuple[bytes, Stored]) -> Iterator[None]:
    """Afterwards what was stored is stored still, unchanged and untouched, and the log tells of no mistake."""
    logged = target.log_size()
    yield
    after = target.list()
    assert after.status == 200
    assert (after.body, target.rows()) == stored
    assert_calm(target.log_since(logged), "canary", "evil.example")
