"""Counted before the password is looked at, given back when it was right."""

from collections.abc import Iterator
from datetime import timedelta
from io import StringIO

import pytest
from django.contrib.auth import authenticate, hashers
from django.contrib.auth.models import User
from django.core.management import CommandError, call_command
from django.db.models import F
from django.test import RequestFactory
from pytest_django import Settings

from llm_providers.models import LoginCount
from llm_providers.web.lockout import Attempt, LockedOut
from tests.client import API

pytestmark = pytest.mark.django_db

LOGIN = {"username": "grace", "password": "correct horse battery"}


class CountingHasher(hashers.MD5PasswordHasher):
    """Django's, with a count of how often a password was looked at."""

    looked = 0

    def encode(self, password: str, salt: str) -> str:
        type(self).looked += 1
        return super().encode(password, salt)


@pytest.fixture
def hasher(settings: Settings) -> Iterator[type[CountingHasher]]:
    settings.PASSWORD_HASHERS = [f"{__name__}.CountingHasher"]
    yield CountingHasher
    CountingHasher.looked = 0


@pytest.fixture
def grace() -> User:
    return User.objects.create_user(**LOGIN)


def log_in(username: str = LOGIN["username"], password: str = "wrong", address: str = "192.0.2.1") -> int:
    client = API().client
    client.defaults["REMOTE_ADDR"] = address
    body = {"username": username, "password": password}
    status: int = client.post("/v1/token", body, content_type="application/json").status_code
    return status


def let_pass(time: timedelta) -> None:
    LoginCount.objects.update(ends_at=F("ends_at") - time)


def unlock(*arguments: str) -> str:
    out = StringIO()
    call_command("unlock_login", *arguments, stdout=out)
    return out.getvalue()


def test_of_attempts_under_way_no_more_are_looked_at_than_may_fail(grace: User) -> None:
    under_way = [Attempt("grace", "192.0.2.1") for _attempt in range(5)]
    assert log_in(password=LOGIN["password"]) == 429
    under_way[0].give_back()
    assert log_in(password=LOGIN["password"]) == 200


def test_a_locked_login_costs_no_look_at_the_password(grace: User, hasher: type[CountingHasher]) -> None:
    assert [log_in() for _attempt in range(6)] == [401, 401, 401, 401, 429, 429]
    looked = hasher.looked
    assert log_in(password=LOGIN["password"]) == 429
    assert hasher.looked == looked


def test_a_success_does_not_forgive_what_was_tried_after_it(grace: User) -> None:
    right = Attempt("grace", "192.0.2.1")
    for _attempt in range(4):
        Attempt("grace", "192.0.2.1")
    right.give_back()
    assert log_in() == 429  # the fifth
    assert log_in(password=LOGIN["password"]) == 429


def test_two_successes_under_way_forgive_each_attempt_once(grace: User) -> None:
    first, second = Attempt("grace", "192.0.2.1"), Attempt("grace", "192.0.2.1")
    for _attempt in range(3):
        Attempt("grace", "192.0.2.1")
    second.give_back()
    first.give_back()
    assert [log_in() for _attempt in range(2)] == [401, 429]


def test_a_lock_out_ends_whoever_keeps_trying(grace: User) -> None:
    for _attempt in range(5):
        log_in()
    let_pass(timedelta(minutes=14))
    assert log_in(password=LOGIN["password"]) == 429
    let_pass(timedelta(minutes=1))
    assert log_in(password=LOGIN["password"]) == 200


def test_a_success_that_comes_after_its_count_ended_forgives_nothing_new(grace: User) -> None:
    late = [Attempt("grace", "192.0.2.1") for _attempt in range(3)][-1]
    let_pass(timedelta(minutes=15))
    assert [log_in() for _attempt in range(4)] == [401] * 4
    late.give_back()
    assert log_in() == 429


def test_fresh_names_from_one_address_end_in_a_refusal_without_a_look(
    settings: Settings, grace: User, hasher: type[CountingHasher]
) -> None:
    settings.LOGIN_FAILURE_LIMIT_PER_ADDRESS = 10
    assert [log_in(f"fresh-{number}") for number in range(10)] == [401] * 10
    looked, counts = hasher.looked, LoginCount.objects.count()
    assert log_in("grace", LOGIN["password"]) == 429
    assert log_in("fresh") == 429
    assert (hasher.looked, LoginCount.objects.count()) == (looked, counts)
    assert log_in("grace", LOGIN["password"], address="192.0.2.2") == 200


def test_an_account_of_ones_own_does_not_end_the_count_of_the_address(settings: Settings, grace: User) -> None:
    settings.LOGIN_FAILURE_LIMIT_PER_ADDRESS = 10
    for number in range(10):
        assert log_in("grace", LOGIN["password"]) == 200
        assert log_in(f"fresh-{number}") == 401
    assert log_in("grace", LOGIN["password"]) == 429


def test_the_count_of_an_address_ends_15_minutes_after_its_first_failure(settings: Settings) -> None:
    settings.LOGIN_FAILURE_LIMIT_PER_ADDRESS = 10
    log_in("first")
    let_pass(timedelta(minutes=10))
    for number in range(8):
        log_in(f"fresh-{number}")
    let_pass(timedelta(minutes=5))
    assert [log_in(f"later-{number}") for number in range(11)] == [401] * 10 + [429]


def test_an_ipv6_network_is_one_address(settings: Settings) -> None:
    settings.LOGIN_FAILURE_LIMIT_PER_ADDRESS = 5
    statuses = [log_in(f"fresh-{number}", address=f"2001:db8::{number}") for number in range(6)]
    assert statuses == [401] * 5 + [429]
    assert log_in("fresh", address="2001:db8:0:1::1") == 401


def test_counts_that_ended_long_ago_are_forgotten() -> None:
    log_in("old", address="192.0.2.7")
    let_pass(timedelta(minutes=31))
    log_in("new")
    assert set(LoginCount.objects.values_list("address", flat=True)) == {"192.0.2.1"}


def test_a_login_without_a_request_is_counted_too(grace: User) -> None:
    assert authenticate(None, **LOGIN) == grace
    for _attempt in range(4):
        assert authenticate(None, username="grace", password="wrong") is None
    with pytest.raises(LockedOut):
        authenticate(None, username="grace", password="wrong")
    with pytest.raises(LockedOut):
        authenticate(None, **LOGIN)


def test_a_login_by_other_means_than_a_password_is_none_of_its_business(grace: User) -> None:
    assert authenticate(RequestFactory().get("/"), username="grace") is None
    assert not LoginCount.objects.exists()


def test_an_operator_unlocks_a_user(grace: User) -> None:
    for _attempt in range(5):
        log_in()
    assert unlock("grace") == "Failed logins are forgotten.\n"
    assert log_in(password=LOGIN["password"]) == 200
    assert unlock("grace") == "There were no failed logins to forget.\n"


@pytest.mark.parametrize(("address", "named"), [("192.0.2.1", "192.0.2.1"), ("2001:db8::1", "2001:DB8::2")])
def test_an_operator_unlocks_an_address(settings: Settings, grace: User, address: str, named: str) -> None:
    settings.LOGIN_FAILURE_LIMIT_PER_ADDRESS = 5
    for number in range(5):
        log_in(f"fresh-{number}", address=address)
    assert log_in("grace", LOGIN["password"], address) == 429
    assert unlock("--address", named) == "Failed logins are forgotten.\n"
    assert log_in("grace", LOGIN["password"], address) == 200


@pytest.mark.parametrize("arguments", [[], ["grace", "--address", "192.0.2.1"]])
def test_unlocking_takes_one_of_the_two(arguments: list[str]) -> None:
    with pytest.raises(CommandError):
        unlock(*arguments)
