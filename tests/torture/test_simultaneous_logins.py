"""Forty logins at the same moment: no more wrong passwords are looked at than one after the other."""

import random
from collections import Counter
from collections.abc import Iterator

import pytest

from tests.live import LiveServer
from tests.torture.conftest import PASSWORD, Target
from tests.torture.corpus.case import TOKEN, Case
from tests.torture.crowd import Crowd, crowd
from tests.torture.invariants import assert_calm

MANY = 40
LIMIT = 5
ROUNDS = [2, pytest.param(20, marks=pytest.mark.torture)]


@pytest.fixture(scope="module")
def eight_processes() -> Iterator[Crowd]:
    with crowd(8) as processes:
        yield processes


@pytest.fixture
def calm(target: Target) -> Iterator[None]:
    logged = target.log_size()
    yield
    assert_calm(target.log_since(logged), "locked", "deadlock")


def login(password: str) -> bytes:
    body = f'{{"username": "alice", "password": "{password}"}}'.encode()
    return Case("", 200, "POST", TOKEN, {"Authorization": None}, body).request("")


def shuffled(right: int, seed: int) -> list[bytes]:
    logins = [login(PASSWORD)] * right + [login("wrong")] * (MANY - right)
    random.Random(seed).shuffle(logins)
    return logins


def count(server: LiveServer) -> tuple[int, int]:
    """What was tried under alice's name, and how much of it still counts as failed."""
    (row,) = server.query("SELECT tried, tried - forgiven FROM llm_providers_logincount WHERE name <> ''")
    return row[0], row[1]


@pytest.mark.usefixtures("calm")
@pytest.mark.parametrize("rounds", ROUNDS)
def test_of_forty_wrong_passwords_five_are_looked_at(target: Target, eight_processes: Crowd, rounds: int) -> None:
    for seed in range(rounds):
        target.server.clear()
        statuses = eight_processes.ask(target.server.port, shuffled(0, seed))
        assert Counter(statuses) == {401: LIMIT - 1, 429: MANY - LIMIT + 1}  # the fifth says that it was the last
        assert count(target.server) == (LIMIT, LIMIT)
        assert eight_processes.ask(target.server.port, [login(PASSWORD)] * MANY) == [429] * MANY


@pytest.mark.usefixtures("calm")
@pytest.mark.parametrize("rounds", ROUNDS)
@pytest.mark.parametrize("right", [1, 8])
def test_right_passwords_among_wrong_ones_come_in_only_before_the_fifth_failure(
    target: Target, eight_processes: Crowd, right: int, rounds: int
) -> None:
    for seed in range(rounds):
        target.server.clear()
        statuses = Counter(eight_processes.ask(target.server.port, shuffled(right, seed)))
        assert statuses.keys() <= {200, 401, 429}
        tried, failed = count(target.server)
        assert failed <= LIMIT
        # Each success allows five more; the fifth failure in a row is a 429.
        assert 0 <= tried - statuses[200] - statuses[401] <= statuses[200] + 1
        assert statuses[401] <= (LIMIT - 1) * (statuses[200] + 1)


@pytest.mark.usefixtures("calm")
@pytest.mark.parametrize("rounds", ROUNDS)
def test_after_the_fifth_failure_no_right_password_comes_in_among_wrong_ones(
    target: Target, eight_processes: Crowd, rounds: int
) -> None:
    for seed in range(rounds):
        target.server.clear()
        for _attempt in range(LIMIT):
            target.post(TOKEN, {"username": "alice", "password": "wrong"})
        assert eight_processes.ask(target.server.port, shuffled(MANY // 2, seed)) == [429] * MANY
        assert count(target.server) == (LIMIT, LIMIT)
