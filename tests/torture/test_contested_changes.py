"""Sixteen processes that change the same configuration at the same moment."""

import json
from collections import Counter
from collections.abc import Iterator
from random import Random
from typing import Any

import pytest

from llm_providers.providers.google_vertex import GoogleVertex
from tests.live import LiveServer
from tests.torture.corpus.case import CREATE, Case
from tests.torture.crowd import Crowd, crowd
from tests.torture.invariants import assert_calm
from tests.torture.wire import Answer, answers, converse

ITEM = "/v1/llm-provider/google-vertex"
STORED = {"provider": "google-vertex", "credentials": GoogleVertex.example}
MANY = 16
ROUNDS = [2, pytest.param(32, marks=pytest.mark.torture)]  # 4 tests x 32 x 16 = 2,048 operations
CREATE_AND_DELETE_ROUNDS = [12, pytest.param(125, marks=pytest.mark.torture)]  # 125 x 16 = 2,000 operations


class Arena:
    """One configuration on the running server, and who fights for it."""

    def __init__(self, server: LiveServer, processes: Crowd) -> None:
        self.server = server
        self.processes = processes
        self.token = server.token()

    def request(self, method: str, body: object = None, path: str = ITEM, **headers: str | bytes | None) -> bytes:
        if method == "POST" and path == ITEM:
            path = CREATE
        data = None if body is None else json.dumps(body).encode()
        return Case("", 200, method, path, headers, data).request(self.token)

    def ask(self, method: str, body: object = None) -> Answer:
        (answer,) = answers(converse(self.server.port, self.request(method, body)))
        return answer

    def contest(self, requests: list[bytes]) -> Counter[int]:
        self.statuses = self.processes.ask(self.server.port, requests)
        return Counter(self.statuses)

    def prepare(self) -> Any:
        """Start over with the configuration stored; return its ETag."""
        self.server.clear()
        created = self.ask("POST", STORED)
        assert created.status == 200
        return created.headers["ETag"]

    def events(self) -> Counter[str]:
        return Counter(row[0] for row in self.server.query("SELECT action FROM llm_providers_auditevent"))


@pytest.fixture(scope="module")
def sixteen_processes() -> Iterator[Crowd]:
    with crowd(MANY) as processes:
        yield processes


@pytest.fixture
def arena(server: LiveServer, sixteen_processes: Crowd) -> Iterator[Arena]:
    logged = server.log_path.stat().st_size
    yield Arena(server, sixteen_processes)
    with server.log_path.open("rb") as log:
        log.seek(logged)
        assert_calm(log.read().decode(), "locked")


@pytest.mark.parametrize("rounds", ROUNDS)
def test_of_simultaneous_creates_one_wins(arena: Arena, rounds: int) -> None:
    for _round in range(rounds):
        arena.server.clear()
        assert arena.contest([arena.request("POST", STORED)] * MANY) == {200: 1, 409: 15}
        assert arena.events() == {"create": 1}


@pytest.mark.parametrize("rounds", ROUNDS)
def test_of_those_who_read_the_same_state_one_wins(arena: Arena, rounds: int) -> None:
    for _round in range(rounds):
        etag = arena.prepare()
        changes = [{"credentials": {**GoogleVertex.example, "location": f"europe-west{n}"}} for n in range(MANY)]
        requests = [arena.request("PUT", change, **{"If-Match": etag}) for change in changes]
        assert arena.contest(requests) == {200: 1, 412: 15}
        winner = arena.statuses.index(200)
        assert json.loads(arena.ask("GET").body)["credentials"]["location"] == f"europe-west{winner}"
        assert arena.events() == {"create": 1, "update": 1}


@pytest.mark.parametrize("rounds", ROUNDS)
def test_simultaneous_changes_of_different_fields_are_all_made(arena: Arena, rounds: int) -> None:
    for _round in range(rounds):
        arena.prepare()
        requests = [arena.request("PATCH", {"credentials": {"location": f"europe-west{n}"}}) for n in range(5)]
        requests += [arena.request("PATCH", {"credentials": {"project_id": f"project-{n}"}}) for n in range(5)]
        requests += [arena.request("PATCH", {"enabled": False})] * 6
        assert arena.contest(requests) == {200: MANY}
        assert arena.events() == {"create": 1, "update": 11}  # switched off once; the others change nothing
        config = json.loads(arena.ask("GET").body)
        assert config["enabled"] is False
        assert config["credentials"]["location"].startswith("europe-west")
        assert config["credentials"]["project_id"].startswith("project-")


@pytest.mark.parametrize("rounds", ROUNDS)
def test_what_is_deleted_meanwhile_is_not_brought_back(arena: Arena, rounds: int) -> None:
    for _round in range(rounds):
        arena.prepare()
        requests = [arena.request("PUT", {"enabled": False})] * 8 + [arena.request("DELETE")] * 8
        assert arena.contest(requests).keys() <= {200, 404}
        updated, deleted = arena.statuses[:8].count(200), arena.statuses[8:].count(200)
        assert deleted == 1
        assert arena.events() == Counter(create=1, delete=1) + Counter(update=min(updated, 1))
        assert arena.ask("GET").status == 404


@pytest.mark.parametrize("rounds", CREATE_AND_DELETE_ROUNDS)
def test_a_create_that_meets_a_delete_is_answered_by_the_contract(arena: Arena, rounds: int) -> None:
    arena.prepare()
    expected = Counter(create=1)
    for seed in range(rounds):
        methods = ["POST", "DELETE"] * 8
        Random(seed).shuffle(methods)
        arena.contest([arena.request(method, STORED if method == "POST" else None) for method in methods])
        answered = Counter(zip(methods, arena.statuses, strict=True))
        assert answered.keys() <= {("POST", 200), ("POST", 409), ("DELETE", 200), ("DELETE", 404)}
        expected += Counter(create=answered["POST", 200], delete=answered["DELETE", 200])
        assert arena.events() == expected
    stored = arena.ask("GET").status == 200
    assert expected["create"] - expected["delete"] == stored


def rotate(arena: Arena) -> Any:
    """Replace the API key of a configuration made anew; return its ETag."""
    arena.server.clear()
    stored = {"provider": "google-vertex", "credentials": {"api_key": "first-key"}}
    created, replaced = arena.ask("POST", stored), arena.ask("PATCH", {"credentials": {"api_key": "second-key"}})
    assert (created.status, replaced.status) == (200, 200)
    return replaced.headers["ETag"]


@pytest.mark.parametrize("rounds", ROUNDS)
def test_of_simultaneous_undos_of_the_same_rotation_one_is_made(arena: Arena, rounds: int) -> None:
    for _round in range(rounds):
        etag = rotate(arena)
        undo = arena.request("POST", path=f"{ITEM}/rotation/undo", **{"If-Match": etag})
        assert arena.contest([undo] * MANY) == {200: 1, 412: 15}
        assert arena.events() == {"create": 1, "update": 1, "undo": 1}


@pytest.mark.parametrize("rounds", ROUNDS)
def test_undos_retirements_changes_and_deletions_come_one_after_the_other(arena: Arena, rounds: int) -> None:
    steps = {
        "undo": arena.request("POST", path=f"{ITEM}/rotation/undo"),
        "retire": arena.request("POST", path=f"{ITEM}/rotation/retire"),
        "update": arena.request("PATCH", {"credentials": {"api_key": "third-key"}}),
        "delete": arena.request("DELETE"),
    }
    allowed = {"undo": {200, 404, 409}, "retire": {200, 404, 409}, "update": {200, 404}, "delete": {200, 404}}
    for seed in range(rounds):
        rotate(arena)
        names = ["undo"] * 6 + ["retire"] * 3 + ["update"] * 6 + ["delete"] * (seed % 2)
        names += ["undo"] * (MANY - len(names))
        Random(seed).shuffle(names)
        arena.contest([steps[name] for name in names])
        answered = Counter(zip(names, arena.statuses, strict=True))
        assert all(status in allowed[name] for name, status in answered)
        done = Counter({name: answered[name, 200] for name in steps})
        assert arena.events() == Counter(create=1, update=1) + done
        rows = arena.server.query(
            "SELECT version, credentials_version, previous_version, previous_credentials IS NULL "
            "FROM llm_providers_llmproviderconfig"
        )
        assert len(rows) == 1 - seed % 2
        for version, credentials_version, previous_version, nothing_kept in rows:
            assert version == 2 + done["undo"] + done["update"]
            assert credentials_version <= version
            assert nothing_kept == (previous_version is None)
            assert previous_version is None or previous_version < credentials_version
