"""What is wrong is found and comes with its remedy; what is right is passed over."""

import json
import os
import subprocess
from collections.abc import Callable, Iterator
from contextlib import ExitStack
from datetime import timedelta
from io import StringIO
from pathlib import Path
from typing import Any

import pytest
from django.contrib.auth.models import User
from django.contrib.sessions.models import Session
from django.core.management import CommandError, call_command
from django.db import OperationalError, connection
from django.db.migrations.recorder import MigrationRecorder
from django.utils import timezone
from pytest_django import Settings
from rest_framework_simplejwt.token_blacklist.models import OutstandingToken

from llm_providers.diagnosis import Finding, State, diagnose
from llm_providers.key_ring import key_ring
from llm_providers.models import LLMProviderConfig, Machine, MachineKey, Verification
from llm_providers.providers import PROVIDERS
from llm_providers.providers.openai import OpenAI
from refactor_site.env_file import fresh_environment, write_env_file
from tests.factories import stored
from tests.live import MANAGE, LiveServer
from tests.sealing.keys import LOST, NEW, OLD, keys

pytestmark = pytest.mark.django_db


class Installation:
    """One in good order; whatever a test changes is undone after it."""

    def __init__(self, directory: Path, settings: Settings, undo: ExitStack) -> None:
        self.settings = settings
        self.undo = undo
        self.env_file = settings.ENV_FILE = directory / ".env"
        settings.ALLOWED_HOSTS = ["localhost"]
        write_env_file(self.env_file)
        undo.enter_context(keys(NEW, OLD))
        for provider in PROVIDERS:
            verified(stored(provider.slug, provider.example))

    def findings(self) -> list[Finding]:
        return [finding for finding in diagnose() if not at_home_in_tests(finding)]


def at_home_in_tests(finding: Finding) -> bool:
    """Tests keep SQLite in memory, without a write-ahead log."""
    return finding.message == "journal_mode is memory."


@pytest.fixture
def installation(tmp_path: Path, settings: Settings) -> Iterator[Installation]:
    with ExitStack() as undo:
        yield Installation(tmp_path, settings, undo)


def verified(config: LLMProviderConfig, outcome: str = "valid", *, version: int = 1, days: int = 0) -> None:
    checked_at = timezone.now() - timedelta(days=days)
    found = Verification(outcome, "Make a new one.", None, checked_at, current=True)
    config.last_verification = found.to_keep(version)
    config.save()


def never_verified(_installation: Installation) -> None:
    LLMProviderConfig.objects.filter(provider="openai").update(last_verification=None)


def verified_before_a_change(_installation: Installation) -> None:
    verified(LLMProviderConfig.objects.get(provider="openai"), version=0)


def a_refused_key(_installation: Installation) -> None:
    verified(LLMProviderConfig.objects.get(provider="openai"), "invalid")


def a_restricted_key(_installation: Installation) -> None:
    verified(LLMProviderConfig.objects.get(provider="openai"), "restricted")


def verified_long_ago(_installation: Installation) -> None:
    verified(LLMProviderConfig.objects.get(provider="openai"), days=31)


def a_key_that_is_lost(_installation: Installation) -> None:
    with keys(LOST):
        config = LLMProviderConfig.objects.get(provider="openai")
        config.credentials = OpenAI.example
        config.save()


def a_moved_ciphertext(_installation: Installation) -> None:
    moved = LLMProviderConfig.objects.values_list("credentials", flat=True).get(provider="openai")
    LLMProviderConfig.objects.filter(provider="xai").update(credentials=moved)


def an_old_key(_installation: Installation) -> None:
    with keys(OLD):
        config = LLMProviderConfig.objects.get(provider="openai")
        config.credentials = OpenAI.example
        config.save()


def a_trail_without_its_guards(_installation: Installation) -> None:
    of = " ON llm_providers_auditevent" if connection.vendor == "postgresql" else "_delete"
    with connection.cursor() as cursor:
        cursor.execute(f"DROP TRIGGER llm_providers_append_only{of}")


def a_weak_key(installation: Installation) -> None:
    installation.undo.enter_context(keys(NEW, "changeme"))


def an_open_env_file(installation: Installation) -> None:
    installation.env_file.chmod(0o640)


def a_missing_migration(_installation: Installation) -> None:
    MigrationRecorder.Migration.objects.filter(app="llm_providers").latest("id").delete()


def a_database_that_is_away(installation: Installation) -> None:
    def away(*_args: object) -> None:
        raise OperationalError("postgres://user:canary@host")

    installation.undo.enter_context(connection.execute_wrapper(away))


def an_expired_session(_installation: Installation) -> None:
    Session.objects.create(session_key="a", session_data="", expire_date=timezone.now() - timedelta(days=1))


def an_expired_token(_installation: Installation) -> None:
    OutstandingToken.objects.create(jti="a", token="", expires_at=timezone.now() - timedelta(days=1))


def a_delivery_in_clear(installation: Installation) -> None:
    installation.settings.LLM_PROVIDERS_DELIVERY = True
    installation.settings.ALLOWED_HOSTS = ["keys.example.com"]
    installation.settings.HTTPS = False


def a_provider_that_is_gone(installation: Installation) -> None:
    xai = PROVIDERS.get("xai")
    PROVIDERS.unregister("xai")
    installation.undo.callback(PROVIDERS.register, xai)


def a_rule_that_is_broken(_installation: Installation) -> None:
    config = LLMProviderConfig.objects.get(provider="openai")
    config.credentials = {"api_key": "wrong-canary"}
    config.save()


def machine(**values: Any) -> Machine:
    return Machine.objects.create(name="billing", **values)


def key_of(machine: Machine, days: float) -> None:
    expires_at = timezone.now() + timedelta(days=days)
    MachineKey.objects.create(id="k7f3q9x2m4p8", machine=machine, digest="canary", expires_at=expires_at)


def a_key_that_expires_soon(_installation: Installation) -> None:
    key_of(machine(), 13.5)


def an_expired_key(_installation: Installation) -> None:
    key_of(machine(enabled=False), -1)


def a_machine_whose_key_has_expired(_installation: Installation) -> None:
    key_of(machine(), -1)


def a_machine_that_nothing_lets_in(_installation: Installation) -> None:
    machine()


def a_machine_that_may_use_everything(_installation: Installation) -> None:
    key_of(machine(permissions=["use"], providers=None), 90)


FAULT, WARNING = State.FAULT, State.WARNING
SEND_AGAIN = "Add the key it was sealed with to FERNET_KEYS, or send the credentials again."
VERIFY = "Run manage.py verify_providers openai."
NOTHING_LETS_IN = "It is enabled, and has neither a key that is good nor an identity."
ISSUE = "Run manage.py create_machine_key billing, or disable it."
Plant = Callable[[Installation], None]
# What is planted, and the state, the subject, the message and the remedy it is found with.
PLANTED: dict[Plant, tuple[State, str, str, str]] = {
    a_key_that_is_lost: (
        FAULT,
        "openai",
        "What is stored cannot be decrypted: no key fits.",
        SEND_AGAIN,
    ),
    a_moved_ciphertext: (
        FAULT,
        "xai",
        "What is stored cannot be decrypted: it was moved here.",
        SEND_AGAIN,
    ),
    an_old_key: (
        WARNING,
        "openai",
        "Sealed with key 2 of the ring, {old}.",
        "Run manage.py rotate_encryption.",
    ),
    a_weak_key: (
        WARNING,
        "refactor_site.W001",
        "FERNET_KEYS holds a placeholder in place 2.",
        "Nothing new is encrypted with it. Remove it once all that it encrypted was stored again.",
    ),
    an_open_env_file: (
        FAULT,
        ".env",
        "Others may read or write {env_file}, which holds the keys.",
        "chmod 600 {env_file}",
    ),
    a_missing_migration: (
        FAULT,
        "migrations",
        "1 migration is not applied.",
        "Run manage.py migrate.",
    ),
    a_database_that_is_away: (
        FAULT,
        "database",
        "It did not answer (OperationalError).",
        "See that the server runs and DATABASE_URL is right, then run this again.",
    ),
    an_expired_session: (
        WARNING,
        "sessions",
        "1 expired and not yet cleared.",
        "Run manage.py clear_expired, best every day.",
    ),
    an_expired_token: (
        WARNING,
        "tokens",
        "1 expired and not yet cleared.",
        "Run manage.py clear_expired, best every day.",
    ),
    a_delivery_in_clear: (
        FAULT,
        "delivery",
        "On, while HTTPS is off and other machines are let in: credentials pass in clear.",
        "Set HTTPS=true, or LLM_PROVIDERS_DELIVERY=false.",
    ),
    a_trail_without_its_guards: (
        FAULT,
        "trail",
        "The database would change and delete events: a trigger was dropped or disabled.",
        "Find out who altered the schema, and restore the triggers llm_providers_append_only from a backup of it.",
    ),
    a_provider_that_is_gone: (
        FAULT,
        "xai",
        "It is stored, and no such provider is registered.",
        "Register the provider again. Until then readiness reports a failure.",
    ),
    never_verified: (WARNING, "openai, verified", "Never.", VERIFY),
    verified_before_a_change: (WARNING, "openai, verified", "Not since the credentials changed.", VERIFY),
    a_refused_key: (FAULT, "openai, verified", "The provider refused the credentials.", "Make a new one."),
    a_restricted_key: (WARNING, "openai, verified", "The last outcome was restricted.", "Make a new one."),
    verified_long_ago: (WARNING, "openai, verified", "31 days ago.", VERIFY),
    a_key_that_expires_soon: (
        WARNING,
        "machine billing",
        "Its key k7f3q9x2m4p8 expires in 13 days.",
        "Issue another, hand that over, then revoke this one.",
    ),
    an_expired_key: (
        WARNING,
        "machine billing",
        "Expired, and still listed: k7f3q9x2m4p8.",
        "Revoke them, once nothing sends them any more.",
    ),
    a_machine_whose_key_has_expired: (WARNING, "machine billing", NOTHING_LETS_IN, ISSUE),
    a_machine_that_nothing_lets_in: (WARNING, "machine billing", NOTHING_LETS_IN, ISSUE),
    a_machine_that_may_use_everything: (
        State.FINE,
        "machine billing",
        "It may use the credentials of all providers, those to come too.",
        "",
    ),
    a_rule_that_is_broken: (
        WARNING,
        "openai",
        "What is stored breaks a rule of today: api_key.",
        "Send the credentials again.",
    ),
}


@pytest.mark.parametrize("plant", PLANTED, ids=lambda plant: plant.__name__)
def test_what_is_wrong_is_found_with_its_remedy(installation: Installation, plant: Plant) -> None:
    state, subject, message, remedy = PLANTED[plant]
    with keys(OLD):
        known = {"env_file": str(installation.env_file), "old": key_ring().fingerprints[0]}
    healthy = [finding for finding in installation.findings() if finding.state != State.FINE]
    plant(installation)
    found = installation.findings()
    assert healthy == []
    assert Finding(state, subject, message.format(**known), remedy.format(**known)) in found
    assert "canary" not in str(found)


def test_a_database_that_loses_writes_is_found(installation: Installation) -> None:
    if connection.vendor != "postgresql":
        pytest.skip("SQLite takes no pragma inside a transaction")
    with connection.cursor() as cursor:
        cursor.execute("SET LOCAL synchronous_commit = off")
    assert Finding(
        WARNING,
        "database",
        "synchronous_commit is off.",
        "A change that was answered may be lost in a power failure: set it to on for this database.",
    ) in list(diagnose())


def test_machines_let_in_without_https_are_found(installation: Installation) -> None:
    installation.settings.ALLOWED_HOSTS = ["keys.example.com"]
    installation.settings.HTTPS = False
    assert Finding(
        WARNING,
        "https",
        "HTTPS is off, and other machines are let in: passwords and tokens pass in clear.",
        "Put a proxy with TLS in front and set HTTPS=true.",
    ) in list(diagnose())


def test_who_may_fetch_is_counted_once_delivery_is_on(installation: Installation) -> None:
    User.objects.create_superuser("root")
    User.objects.create_user("nobody")
    Machine.objects.create(name="billing", permissions=["view", "use"])
    Machine.objects.create(name="disabled", permissions=["use"], enabled=False)
    Machine.objects.create(name="reader", permissions=["view"])
    installation.settings.LLM_PROVIDERS_DELIVERY = True
    assert Finding(State.FINE, "delivery", "On: 2 accounts may fetch credentials.") in list(diagnose())


def test_a_machine_in_good_order_is_passed_over(installation: Installation) -> None:
    key_of(machine(permissions=["use"], providers=["openai"]), 30)
    Machine.objects.create(name="workload", identities=[{"issuer": "https://issuer.example"}])
    Machine.objects.create(name="disabled", enabled=False)
    told = [(finding.state, finding.message) for finding in diagnose() if finding.subject.startswith("machine")]
    assert told == [(State.FINE, "3, 2 of them enabled.")]


def test_a_fault_is_the_exit_status_and_a_warning_is_not(installation: Installation) -> None:
    an_expired_session(installation)
    out = StringIO()
    call_command("doctor", stdout=out)
    row = next(line for line in out.getvalue().splitlines() if line.startswith("warning  sessions"))
    assert row.split("  ")[-1] == "1 expired and not yet cleared. Run manage.py clear_expired, best every day."
    an_open_env_file(installation)
    with pytest.raises(CommandError) as fault:
        call_command("doctor", stdout=StringIO())
    assert (str(fault.value), fault.value.returncode) == ("1 fault.", 1)


def test_a_program_reads_the_same_as_json(installation: Installation) -> None:
    a_moved_ciphertext(installation)
    out = StringIO()
    with pytest.raises(CommandError):
        call_command("doctor", "--json", stdout=out)
    told = json.loads(out.getvalue())
    assert [told["faults"], len(told["findings"])] == [1, len(list(diagnose()))]
    assert {
        "state": "fault",
        "subject": "xai",
        "message": "What is stored cannot be decrypted: it was moved here.",
        "remedy": SEND_AGAIN,
    } in told["findings"]


def test_a_fresh_installation_is_healthy(server: LiveServer, tmp_path: Path) -> None:
    server.clear()
    write_env_file(tmp_path / ".env")
    environment = {**server.environment, "ENV_FILE": str(tmp_path / ".env")}
    done = subprocess.run([*MANAGE, "doctor", "--json"], env=environment, capture_output=True, text=True, check=False)
    told = json.loads(done.stdout)
    assert (done.returncode, done.stderr, told["faults"]) == (0, "", 0)
    assert {finding["state"] for finding in told["findings"]} <= {"fine", "warning"}


def test_a_server_that_is_not_there_is_a_fault_and_no_traceback(tmp_path: Path) -> None:
    environment = {**os.environ, **fresh_environment(), "DATABASE_URL": "postgres://u:canary@127.0.0.1:9/none"}
    done = subprocess.run([*MANAGE, "doctor"], env=environment, capture_output=True, text=True, check=False)
    assert (done.returncode, done.stderr) == (1, "CommandError: 1 fault.\n")
    assert "It did not answer (OperationalError)." in done.stdout
    assert "canary" not in done.stdout
