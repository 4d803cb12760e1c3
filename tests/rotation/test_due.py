"""What is due is told in every place from its day on, and in the log once a day."""

import json
import os
import subprocess
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import datetime, timedelta
from io import StringIO
from typing import Any

import pytest
from django.core.management import CommandError, call_command
from django.db import OperationalError, connection
from django.test import Client

from llm_providers import rotation, store
from llm_providers.audit import Author
from llm_providers.diagnosis import Finding, State, diagnose
from llm_providers.models import AuditEvent, LLMProviderConfig
from llm_providers.sealing import Sealed
from tests.client import API
from tests.factories import stored
from tests.live import MANAGE
from tests.rotation.clock import Clock

pytestmark = pytest.mark.django_db

GRACE = Author("grace", AuditEvent.Source.COMMAND)
README = "Replace the key: the README has the steps."


@pytest.fixture
def expires_at(clock: Clock) -> datetime:
    """When the key of openai does; that of xai never."""
    clock.now = clock.now.replace(microsecond=0)
    stored("openai", {"api_key": "sk-1"})
    stored("xai", {"api_key": "xai-1"})
    moment = clock.now + timedelta(days=30)
    rotation.set_policy("openai", {"expires_at": moment, "owner": "ml-platform"}, author=GRACE)
    return moment


def printed(*arguments: str) -> tuple[int, str]:
    out = StringIO()
    try:
        call_command("due_configurations", *arguments, stdout=out)
    except CommandError as error:
        return error.returncode, f"{out.getvalue()}{error}"
    return 0, out.getvalue()


def found() -> list[Finding]:
    return [finding for finding in diagnose() if finding.subject == "openai, rotation"]


def warnings(log: StringIO) -> int:
    return log.getvalue().count("WARNING llm_providers.rotation.reminders")


def test_it_is_told_in_every_place_from_its_day_on(expires_at: datetime, clock: Clock, api: API, log: StringIO) -> None:
    def told() -> list[Any]:
        listed = [each["provider"] for each in api.get("/v1/llm-providers?due=true").json()["providers"]]
        status = api.get("/v1/llm-provider/openai/status").json()["due"]
        rotating = api.get("/v1/llm-provider/openai/rotation").json()["due"]
        return [listed, status, rotating, found(), printed(), warnings(log)]

    clock.now = expires_at - timedelta(days=7, seconds=1)
    assert told() == [[], False, False, [], (0, ""), 0]
    clock.move(seconds=1)
    due_on, expiry = f"{clock.now:%Y-%m-%d}", f"{expires_at:%Y-%m-%d}"
    warning = f"The key is due since {due_on}, it expires on {expiry}."
    line = f"openai: due since {due_on}, expires on {expiry}, owner ml-platform\n1 to rotate."
    assert told() == [
        ["openai"],
        True,
        True,
        [Finding.warning("openai, rotation", warning, README)],
        (1, line),
        1,
    ]
    assert f"The key of openai is due for rotation since {due_on}." in log.getvalue()


def test_a_key_that_expired_is_a_fault(expires_at: datetime, clock: Clock) -> None:
    clock.now = expires_at
    assert found() == [Finding.fault("openai, rotation", f"The key expired on {expires_at:%Y-%m-%d}.", README)]


def test_one_that_is_only_old_is_due_too(expires_at: datetime, clock: Clock) -> None:
    rotation.set_policy("openai", {"expires_at": None, "rotate_every_days": 10}, author=GRACE)
    clock.now = store.find("openai").secrets_changed_at + timedelta(days=10)
    assert expires_at > clock.now
    assert found() == [Finding.warning("openai, rotation", f"The key is due since {clock.now:%Y-%m-%d}.", README)]


def ask_readiness() -> None:
    assert Client().get("/readyz").status_code == 200


def test_the_log_tells_it_once_a_day_whoever_looks(expires_at: datetime, clock: Clock, api: API, log: StringIO) -> None:
    clock.now = expires_at - timedelta(days=7, seconds=1)
    ask_readiness()
    assert warnings(log) == 0
    clock.move(seconds=1)
    for _again in range(3):
        ask_readiness()
        api.get("/v1/llm-providers")
    assert warnings(log) == 1
    clock.move(hours=23, minutes=59)
    ask_readiness()
    assert warnings(log) == 1
    clock.move(minutes=1)
    ask_readiness()
    assert warnings(log) == 2
    store.update("openai", author=GRACE, patch={"api_key": "sk-2"})
    clock.move(days=1)
    ask_readiness()
    assert warnings(log) == 2


def test_of_two_processes_that_look_at_the_same_moment_one_tells_it(
    expires_at: datetime, clock: Clock, log: StringIO
) -> None:
    clock.now = expires_at
    first, second = store.find_all(), store.find_all()
    rotation.warn(first)
    rotation.warn(second)
    assert warnings(log) == 1


@contextmanager
def without_writes() -> Iterator[None]:
    def refused(execute: Any, sql: str, *more: Any) -> Any:
        if sql.startswith("UPDATE"):
            raise OperationalError("the database is read only")
        return execute(sql, *more)

    with connection.execute_wrapper(refused):
        yield


def test_a_list_is_read_though_its_warning_cannot_be_noted(
    expires_at: datetime, clock: Clock, api: API, log: StringIO
) -> None:
    clock.now = expires_at
    with without_writes():
        assert api.get("/v1/llm-providers").status_code == 200
    assert warnings(log) == 0


# --- The command


def test_what_will_be_due_is_told_when_asked_for(expires_at: datetime, clock: Clock) -> None:
    due_on, expiry = f"{expires_at - timedelta(days=7):%Y-%m-%d}", f"{expires_at:%Y-%m-%d}"
    assert printed("--within", "22d") == (0, "")
    assert printed("--within", "23d") == (
        1,
        f"openai: due on {due_on}, expires on {expiry}, owner ml-platform\n1 to rotate.",
    )
    assert clock.now < expires_at


def test_a_program_reads_the_same_as_json(expires_at: datetime, clock: Clock) -> None:
    assert printed("--json") == (0, '{\n  "due": []\n}\n')
    clock.now = expires_at
    status, text = printed("--json")
    assert (status, json.loads(text.removesuffix("1 to rotate."))) == (
        1,
        {
            "due": [
                {
                    "provider": "openai",
                    "due": True,
                    "due_at": f"{expires_at - timedelta(days=7):%Y-%m-%dT%H:%M:%S}Z",
                    "expires_at": f"{expires_at:%Y-%m-%dT%H:%M:%S}Z",
                    "rotate_every_days": None,
                    "owner": "ml-platform",
                }
            ]
        },
    )


def test_the_most_urgent_comes_first(expires_at: datetime, clock: Clock) -> None:
    rotation.set_policy("xai", {"rotate_every_days": 1}, author=GRACE)
    clock.now = expires_at
    assert [config.provider for config in rotation.due(store.find_all())] == ["xai", "openai"]


@pytest.mark.parametrize("within", ["soon", "0d", "14", "-1d", "3651d", "14w"])
def test_a_span_that_is_none_is_refused(within: str) -> None:
    with pytest.raises(CommandError, match=r"^--within must be a number and s, m, h or d, at most 3650d: for example"):
        call_command("due_configurations", f"--within={within}")


@pytest.mark.parametrize("command", ["due_configurations", "retire_previous"])
def test_a_database_that_is_away_is_one_sentence(command: str) -> None:
    environment = {**os.environ, "DATABASE_URL": "postgres://u:canary@127.0.0.1:9/none"}
    done = subprocess.run([*MANAGE, command], env=environment, capture_output=True, text=True, check=False)
    status = 2 if command == "due_configurations" else 1  # 1 says that something is due
    assert (done.returncode, done.stdout, done.stderr) == (
        status,
        "",
        "CommandError: The database did not answer. Run this again.\n",
    )


# --- What is kept is looked after as well


def test_the_command_erases_what_is_over_and_says_so(expires_at: datetime, clock: Clock) -> None:
    def run() -> str:
        out = StringIO()
        call_command("retire_previous", stdout=out)
        return out.getvalue()

    store.update("openai", author=GRACE, patch={"api_key": "sk-2"})
    assert run() == "Nothing waits to be erased.\n"
    clock.move(hours=24)
    waits = f"Kept until {clock.now:%Y-%m-%d %H:%M} UTC, and not yet erased."
    remedy = "Run manage.py retire_previous, best every hour."
    assert Finding(State.WARNING, "openai, previous", waits, remedy) in list(diagnose())
    assert run() == "openai: erased\n"
    assert "openai, previous" not in [finding.subject for finding in diagnose()]
    assert expires_at > clock.now


def test_previous_credentials_that_no_key_opens_are_told(expires_at: datetime, clock: Clock) -> None:
    store.update("openai", author=GRACE, patch={"api_key": "sk-2"})
    ask_readiness()
    LLMProviderConfig.objects.filter(provider="openai").update(previous_credentials=Sealed(b"of another key"))
    assert Finding.fault(
        "openai, previous_credentials",
        "What is stored cannot be decrypted: no key fits.",
        "Add the key it was sealed with to FERNET_KEYS, or retire it.",
    ) in list(diagnose())
    assert Client().get("/readyz").status_code == 503
    clock.move(hours=24)  # nobody may have it back any more
    assert expires_at > clock.now
    ask_readiness()
