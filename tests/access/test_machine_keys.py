"""A machine's key, as the API sees it: who it lets in, until when, and what is told of it."""

import io
from collections.abc import Callable
from datetime import datetime, timedelta
from typing import Any

import pytest
from django.db import OperationalError, connection
from django.test.utils import CaptureQueriesContext
from django.utils import timezone
from pytest_django import Settings

from llm_providers import machine_keys
from llm_providers.access import machines
from llm_providers.models import AuditEvent, Consumer, LoginCount, Machine, MachineKey
from tests.client import API
from tests.factories import stored

pytestmark = pytest.mark.django_db

LIST, ITEM = "/v1/llm-providers", "/v1/llm-provider/openai"
WRONG = "The machine key is not valid: it is unknown, revoked or expired, or its machine is switched off."
MISTYPED = "The machine key has a typing error, or is not whole: its checksum is wrong. Copy it again."


def key_of(machine: Machine, days: float = 1) -> machine_keys.Key:
    key = machine_keys.make()
    expires_at = timezone.now() + timedelta(days=days)
    MachineKey.objects.create(id=key.id, machine=machine, digest=key.digest, expires_at=expires_at)
    return key


@pytest.fixture
def invoices() -> Machine:
    return Machine.objects.create(name="invoices", permissions=["view", "use"], providers=None)


@pytest.fixture
def key(invoices: Machine) -> machine_keys.Key:
    return key_of(invoices)


def refused(answer: Any) -> str:
    assert (answer.status_code, answer.headers["WWW-Authenticate"]) == (401, "Bearer")
    error: dict[str, str] = answer.json()["error"]
    assert error.keys() == {"code", "message"}
    return error["message"]


def test_a_key_lets_its_machine_in(key: machine_keys.Key) -> None:
    assert API(key.text).get(LIST).json() == {"providers": []}


def test_who_asks_and_may_they_is_one_statement_once_the_use_is_written_down(key: machine_keys.Key) -> None:
    api = API(key.text)
    api.get(LIST)
    with CaptureQueriesContext(connection) as captured:
        api.get(LIST)
    assert len(captured) == 2  # who asks, and the list


def revoke(key: machine_keys.Key) -> None:
    MachineKey.objects.get(id=key.id).delete()


def expire(key: machine_keys.Key) -> None:
    MachineKey.objects.filter(id=key.id).update(expires_at=timezone.now())


def switch_off(_key: machine_keys.Key) -> None:
    Machine.objects.update(enabled=False)


def delete(_key: machine_keys.Key) -> None:
    Machine.objects.all().delete()


@pytest.mark.parametrize("end", [revoke, expire, switch_off, delete])
def test_a_key_is_dead_on_the_next_request(key: machine_keys.Key, end: Callable[[machine_keys.Key], None]) -> None:
    api = API(key.text)
    assert api.get(LIST).status_code == 200
    end(key)
    assert refused(api.get(LIST)) == WRONG


def test_of_two_keys_one_outlives_the_other(invoices: Machine, key: machine_keys.Key) -> None:
    second = key_of(invoices)
    revoke(key)
    assert API(second.text).get(LIST).status_code == 200


def test_a_permission_taken_is_a_403_on_the_next_request(key: machine_keys.Key) -> None:
    api = API(key.text)
    assert api.get(LIST).status_code == 200
    Machine.objects.update(permissions=["use"])
    assert api.get(LIST).status_code == 403


def test_a_typing_error_is_told_from_a_wrong_key_without_a_database(key: machine_keys.Key) -> None:
    wrong = key.text[:-1] + ("0" if key.text[-1] != "0" else "1")
    with CaptureQueriesContext(connection) as captured:
        assert refused(API(wrong).get(LIST)) == MISTYPED
        assert refused(API(key.text[:-1]).get(LIST)) == MISTYPED
        assert refused(API("llmp_").get(LIST)) == MISTYPED
        assert refused(API(key.text.upper().replace("LLMP", "llmp")).get(LIST)) == MISTYPED
    assert len(captured) == 0


def test_a_wrong_key_costs_one_look_up_and_locks_nobody_out(
    key: machine_keys.Key, settings: Settings, log: io.StringIO
) -> None:
    settings.LOGIN_FAILURE_LIMIT_PER_ADDRESS = 5
    unknown = machine_keys.make()
    secret = unknown.secret[: machine_keys.RANDOM_LENGTH]
    wrong = f"llmp_{key.id}_{secret}{machine_keys.checksum(key.id, secret)}"
    with CaptureQueriesContext(connection) as captured:
        for _time in range(10):
            assert refused(API(wrong).get(LIST)) == WRONG
            assert refused(API(unknown.text).get(LIST)) == WRONG
    assert len(captured) == 20
    assert not LoginCount.objects.exists()
    assert API(key.text).get(LIST).status_code == 200
    lines = [line.partition("] ")[2] for line in log.getvalue().splitlines() if "MachineRefused" in line]
    assert set(lines) == {
        f"MachineRefused: wrong secret, id={key.id}, address=127.0.0.1",
        f"MachineRefused: unknown, id={unknown.id}, address=127.0.0.1",
    }
    assert not [piece for piece in (key.secret[:20], secret[:20], secret[20:]) if piece in log.getvalue()]


def test_a_machine_reaches_neither_the_admin_nor_the_tokens_of_users(key: machine_keys.Key) -> None:
    api = API(key.text)
    Machine.objects.update(permissions=["view", "add", "change", "delete", "verify", "use", "view_audit"])
    assert api.get("/admin/").status_code == 302
    assert api.get("/v1/machines").status_code == 403
    assert api.post("/v1/token", {"username": "machine:invoices", "password": key.text}).status_code == 401
    assert api.post("/v1/token", {"username": "invoices", "password": key.secret}).status_code == 401
    assert api.post("/v1/token/refresh", {"refresh": key.text}).status_code == 401


# --- What is written down of its use


def used(key: machine_keys.Key) -> tuple[datetime | None, str | None]:
    row = MachineKey.objects.get(id=key.id)
    return row.last_used_at, row.last_used_from


def test_the_use_of_a_key_is_written_down_once_a_minute(key: machine_keys.Key, settings: Settings) -> None:
    settings.TRUSTED_PROXY_COUNT = 1
    api = API(key.text)
    before = timezone.now()
    api.get(LIST, **{"X-Forwarded-For": "192.0.2.1"})
    first, address = used(key)
    assert first is not None
    assert before <= first <= timezone.now()
    assert address == "192.0.2.1"
    api.get(LIST, **{"X-Forwarded-For": "192.0.2.2"})
    assert used(key) == (first, "192.0.2.1")

    MachineKey.objects.update(last_used_at=first - timedelta(seconds=61))
    machines._noted[key.id] -= 61
    api.get(LIST, **{"X-Forwarded-For": "2001:db8::1"})
    second, address = used(key)
    assert second is not None
    assert second > first
    assert address == "2001:db8::1"


def test_that_another_process_wrote_it_down_is_seen(key: machine_keys.Key) -> None:
    moment = timezone.now() - timedelta(seconds=30)
    MachineKey.objects.update(last_used_at=moment, last_used_from="192.0.2.7")
    assert API(key.text).get(LIST).status_code == 200
    assert used(key) == (moment, "192.0.2.7")


def test_a_wrong_key_is_no_use(key: machine_keys.Key) -> None:
    Machine.objects.update(enabled=False)
    assert API(key.text).get(LIST).status_code == 401
    assert used(key) == (None, None)


def test_a_use_that_cannot_be_written_down_fails_no_request(key: machine_keys.Key, log: io.StringIO) -> None:
    def read_only(execute: Any, sql: str, *arguments: Any) -> Any:
        if sql.startswith("UPDATE"):
            raise OperationalError("read-only")
        return execute(sql, *arguments)

    with connection.execute_wrapper(read_only):
        assert API(key.text).get(LIST).status_code == 200
        assert API(key.text).get(LIST).status_code == 200
    assert log.getvalue().count(f"The use of the machine key {key.id} was not written down: OperationalError") == 1
    assert used(key) == (None, None)


# --- The trail, and who holds what


def test_the_trail_names_the_machine_and_its_key(key: machine_keys.Key, settings: Settings) -> None:
    settings.LLM_PROVIDERS_DELIVERY = True
    Machine.objects.update(permissions=["view", "add", "change", "delete", "use", "view_audit"])
    api = API(key.text)
    api.post(LIST, {"provider": "openai", "credentials": {"api_key": "sk-1"}})
    api.patch(ITEM, {"enabled": True, "credentials": {"api_key": "sk-2"}})
    assert api.get(f"{ITEM}/credentials").status_code == 200
    assert api.get(f"{ITEM}/status").json()["updated_by"] == "machine:invoices"
    api.delete(ITEM)
    events = api.get("/v1/audit-events?actor=machine:invoices").json()["events"]
    assert [(event["action"], event["source"], event["fields"]) for event in events] == [
        ("delete", "api", [f"key {key.id}"]),
        ("deliver", "api", [f"key {key.id}"]),
        ("update", "api", ["credentials.api_key", f"key {key.id}"]),
        ("create", "api", ["enabled=true", "credentials.api_key", f"key {key.id}"]),
    ]
    assert not AuditEvent.objects.exclude(actor="machine:invoices").exists()


def test_a_machine_that_fetches_credentials_is_a_consumer_of_its_own_kind(
    key: machine_keys.Key, settings: Settings
) -> None:
    settings.LLM_PROVIDERS_DELIVERY = True
    stored("openai", {"api_key": "sk-1"})
    assert API(key.text).get(f"{ITEM}/credentials", **{"X-Consumer-Instance": "a"}).status_code == 200
    seen = Consumer.objects.get()
    assert (seen.kind, seen.name, seen.instance) == ("machine", "invoices", "a")
