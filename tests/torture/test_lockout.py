"""Five failed logins lock a user out: at both doors, in every process, whatever address is claimed."""

import json
import re
from collections.abc import Callable
from urllib.parse import urlencode

import pytest

from tests.torture.conftest import PASSWORD, Target
from tests.torture.corpus.case import TOKEN, Case
from tests.torture.invariants import assert_contract
from tests.torture.wire import Answer

LOGIN = "/admin/login/"
Door = Callable[[Target, str, str, str], Answer]


def api(target: Target, username: str, password: str, claimed: str = "") -> Answer:
    answer = target.post(TOKEN, {"username": username, "password": password}, **{"X-Forwarded-For": claimed})
    assert_contract(answer)
    return answer


def admin(target: Target, username: str, password: str, claimed: str = "") -> Answer:
    page = target.ask(Case("the login page", 200, path=LOGIN, headers={"Authorization": None}))
    match = re.search(r"csrftoken=(\w+)", page.headers["Set-Cookie"])
    assert match
    form = {"csrfmiddlewaretoken": match[1], "username": username, "password": password, "next": "/admin/"}
    headers: dict[str, str | bytes | None] = {
        "Authorization": None,
        "Content-Type": "application/x-www-form-urlencoded",
        "Cookie": f"csrftoken={match[1]}",
        "X-Forwarded-For": claimed,
    }
    return target.ask(Case("a login", 302, "POST", LOGIN, headers, urlencode(form).encode()))


@pytest.mark.parametrize("door", [api, admin])
def test_five_failed_logins_lock_both_doors_for_this_user_only(target: Target, door: Door) -> None:
    target.server.clear()
    failed = [door(target, "alice", "wrong", f"203.0.113.{number}") for number in range(5)]
    assert {answer.status for answer in failed[:4]} == ({401} if door is api else {200})
    for locked in (
        door(target, "alice", "wrong", "203.0.113.7"),
        api(target, "alice", PASSWORD),
        admin(target, "alice", PASSWORD),
    ):
        assert locked.status == 429
        assert 0 < int(locked.headers["Retry-After"]) <= 15 * 60
    assert api(target, "bob", PASSWORD).status == 200
    assert admin(target, "bob", PASSWORD).status == 302
    target.server.clear()
    assert api(target, "alice", PASSWORD).status == 200


def test_a_name_nobody_has_is_locked_out_in_the_same_way(target: Target) -> None:
    target.server.clear()
    nobody, alice = [[api(target, name, "wrong") for _ in range(7)] for name in ("nobody", "alice")]
    assert [(answer.status, json.loads(answer.body)) for answer in nobody] == [
        (answer.status, json.loads(answer.body)) for answer in alice
    ]
    assert nobody[-1].status == 429
