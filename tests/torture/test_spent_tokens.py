"""Renewing a login while a spent token of it is used again: whoever is first, nothing of it lives on."""

import json
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import closing

import pytest

from tests.torture.conftest import PASSWORD, Target
from tests.torture.corpus.case import TOKEN
from tests.torture.invariants import assert_calm
from tests.torture.wire import Answer

MANY = 16
LONG_AGO = "UPDATE token_blacklist_blacklistedtoken SET blacklisted_at = '2020-01-01 00:00:00'"


@pytest.fixture
def calm(target: Target) -> Iterator[None]:
    logged = target.log_size()
    yield
    assert_calm(target.log_since(logged), "locked", "deadlock")


def refresh(target: Target, token: str) -> Answer:
    return target.post(f"{TOKEN}/refresh", {"refresh": token})


def renewed(answer: Answer) -> str:
    assert answer.status == 200
    token: str = json.loads(answer.body)["refresh"]
    return token


@pytest.mark.usefixtures("calm")
@pytest.mark.parametrize("rounds", [2, pytest.param(40, marks=pytest.mark.torture)])
def test_nothing_of_a_login_outlives_the_use_of_its_spent_token(target: Target, rounds: int) -> None:
    target.server.clear()
    for told in range(1, rounds + 1):
        spent = renewed(target.post(TOKEN, {"username": "alice", "password": PASSWORD}))
        living = renewed(refresh(target, spent))
        with closing(target.server.connect()) as connection:
            connection.execute(LONG_AGO)
            connection.commit()
        with ThreadPoolExecutor(MANY) as pool:
            answers = list(pool.map(lambda token: refresh(target, token), [living, spent] * (MANY // 2)))
        assert {answer.status for answer in answers[1::2]} == {401}
        issued = [renewed(answer) for answer in answers[::2] if answer.status == 200]
        assert len(issued) <= 1
        assert {refresh(target, token).status for token in (living, *issued)} == {401}
        events = target.server.query("SELECT actor FROM llm_providers_auditevent WHERE action = 'token_reused'")
        assert len(events) == told
