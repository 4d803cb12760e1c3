"""Somebody who may not use credentials issues keys of a machine while that is given the permission to, and not."""

import json
from collections import Counter
from collections.abc import Iterator
from random import Random

import pytest

from tests.live import LiveServer
from tests.torture.corpus.case import Case
from tests.torture.crowd import Crowd, crowd
from tests.torture.invariants import assert_calm

MANY = 8
ROUNDS = [4, pytest.param(60, marks=pytest.mark.torture)]  # of 8 x 6 requests
MANAGER = """
from django.contrib.auth.models import Permission, User
manager, _created = User.objects.get_or_create(username="manager")
manager.user_permissions.set(Permission.objects.filter(codename="manage_machine"))
"""
IDENTITY = {"issuer": "https://issuer.example", "audience": "llm-providers", "claims": {}}


@pytest.fixture(scope="module")
def eight_processes() -> Iterator[Crowd]:
    with crowd(MANY) as processes:
        yield processes


def request(token: str, method: str, path: str, body: object) -> bytes:
    return Case("", 200, method, path, {}, json.dumps(body).encode()).request(token)


def told(server: LiveServer) -> list[tuple[str, str, list[str]]]:
    """Who did what, in the order in which it was done: each waited for the one before to have the machine."""
    rows = server.query("SELECT actor, action, fields FROM llm_providers_auditevent ORDER BY id")
    return [
        (actor, action, fields if isinstance(fields, list) else json.loads(fields)) for actor, action, fields in rows
    ]


@pytest.mark.parametrize("rounds", ROUNDS)
def test_nobody_gets_a_key_to_more_than_they_hold(server: LiveServer, eight_processes: Crowd, rounds: int) -> None:
    server.manage("shell", "--no-imports", "-c", MANAGER)
    admin, manager = server.token(), server.token("manager")
    logged = server.log_path.stat().st_size
    answered: Counter[int] = Counter()
    for seed in range(rounds):
        server.clear()
        created = eight_processes.ask(server.port, [request(admin, "POST", "/v1/machines", {"name": "billing"})] * MANY)
        assert Counter(created) == {200: 1, 409: MANY - 1}
        toggles = [
            request(admin, "PATCH", "/v1/machine/billing", {"permissions": permissions})
            for permissions in (["use"], []) * 8
        ]
        keys = [request(manager, "POST", "/v1/machine/billing/keys", {})] * 16
        widenings = [
            request(manager, "PATCH", "/v1/machine/billing", {"identities": [IDENTITY | {"subject": str(number)}]})
            for number in range(16)
        ]
        requests = [*toggles, *keys, *widenings]
        Random(seed).shuffle(requests)
        answered += Counter(eight_processes.ask(server.port, requests))
        may_use = False
        for actor, action, fields in told(server):
            if action == "machine" and "created" not in fields and "permissions" in fields:
                may_use = not may_use  # only what changes is told
            assert not (may_use and actor == "manager"), (action, fields)
    assert answered.keys() <= {200, 403, 409}
    assert min(answered[200], answered[403]) > 0
    with server.log_path.open("rb") as log:
        log.seek(logged)
        assert_calm(log.read().decode(), "locked")
