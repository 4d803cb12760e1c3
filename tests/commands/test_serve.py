"""What `serve` says before it becomes the server, and what it refuses."""

import io
import os
import pty
import re
from pathlib import Path

import pytest
from django.contrib.auth.models import User
from django.core.management import CommandError, call_command
from django.core.management.base import OutputWrapper
from pytest_django import Settings

from llm_providers.delivery import tell_of_switch
from llm_providers.management.commands.serve import in_url
from llm_providers.management.shell_user import shell_author, shell_user
from llm_providers.management.welcome import welcome
from llm_providers.models import AuditEvent
from llm_providers.providers import get_provider
from tests.factories import stored
from tests.live import LiveServer
from tests.processes import workers_of

SHARED = re.compile(r"^Shared_Dirty:\s+(\d+) kB$", re.MULTILINE)

LISTENING = "http://127.0.0.1:8000"
END = "(end)"


def told_a_log() -> str:
    kept = io.StringIO()
    welcome(OutputWrapper(kept), LISTENING)
    return kept.getvalue()


def told_a_terminal() -> str:
    ours, theirs = pty.openpty()
    printed = b""
    with os.fdopen(ours, "rb", buffering=0) as reader, os.fdopen(theirs, "w", encoding="utf-8") as terminal:
        welcome(OutputWrapper(terminal), LISTENING)
        terminal.write(END)
        terminal.flush()
        while not printed.endswith(END.encode()):  # it comes in pieces
            printed += reader.read(4096)
    return printed.decode()


def secrets_in(printed: str) -> tuple[int, int]:
    return printed.count("the password "), printed.count("Authorization: Bearer ey")


@pytest.mark.django_db
def test_a_log_is_told_password_and_token_with_the_first_user_only() -> None:
    assert [secrets_in(told_a_log()) for _start in range(2)] == [(1, 1), (0, 0)]
    assert User.objects.get().is_superuser


@pytest.mark.django_db
def test_the_trail_tells_of_the_first_user_and_of_each_token() -> None:
    told_a_log()
    told_a_terminal()
    told = AuditEvent.objects.order_by("id").values_list("action", "actor", "fields")
    (made, made_by, fields), *tokens = told
    assert (made, made_by, fields) == ("account", shell_user(), ["user admin", "created", "password", "is_superuser"])
    assert [(action, fields[0]) for action, _actor, fields in tokens] == [("token_issued", "user admin")] * 2


@pytest.mark.django_db
def test_delivery_is_told_when_it_is_switched_and_not_at_each_start(settings: Settings) -> None:
    for switched in (False, False, True, True, False, False, True):
        settings.LLM_PROVIDERS_DELIVERY = switched
        tell_of_switch(shell_author())
    told = AuditEvent.objects.order_by("id").values_list("action", "actor", "fields")
    assert list(told) == [
        ("setting", shell_user(), [f"LLM_PROVIDERS_DELIVERY={value}"]) for value in ("true", "false", "true")
    ]


@pytest.mark.django_db
def test_a_terminal_is_told_a_token_at_every_start_and_the_password_once() -> None:
    assert [secrets_in(told_a_terminal()) for _start in range(2)] == [(1, 1), (0, 1)]


@pytest.mark.django_db
def test_the_request_that_is_told_is_one_that_succeeds() -> None:
    User.objects.create_superuser("admin")
    assert "curl -X POST http://127.0.0.1:8000/v1/llm-providers" in told_a_terminal()
    stored("xai", get_provider("xai").example)
    later = told_a_terminal()
    assert "curl http://127.0.0.1:8000/v1/llm-providers" in later
    assert "POST" not in later


@pytest.mark.django_db
def test_nobody_s_token_is_told_where_no_superuser_is_active() -> None:
    User.objects.create_superuser("admin", is_active=False)
    User.objects.create_user("grace")
    assert secrets_in(told_a_terminal()) == (0, 0)


@pytest.mark.django_db
@pytest.mark.parametrize(
    ("hosts", "named"),
    [(["*", ".example.com"], "example.com"), (["llm.example.com"], "llm.example.com"), (["*"], "localhost")],
)
def test_with_https_the_links_are_https_and_a_proxy_is_expected(
    settings: Settings, hosts: list[str], named: str
) -> None:
    settings.HTTPS, settings.ALLOWED_HOSTS, settings.TRUSTED_PROXY_COUNT = True, hosts, 0
    printed = told_a_log()
    assert printed.startswith(f"""
Documentation  https://{named}/docs
Admin          https://{named}/admin/

HTTPS is on: a proxy is expected in front of http://127.0.0.1:8000, which ends TLS, sets
X-Forwarded-Proto and is counted in TRUSTED_PROXY_COUNT (now 0). Without one, set HTTPS=false.
""")
    assert f"curl -X POST https://{named}/v1/llm-providers" in printed


@pytest.mark.once
@pytest.mark.parametrize(
    ("host", "named"),
    [("127.0.0.2", "127.0.0.2"), ("0.0.0.0", "127.0.0.1"), ("::", "[::1]"), ("fd00::7", "[fd00::7]")],
)
def test_the_address_is_one_that_a_browser_takes(host: str, named: str) -> None:
    assert in_url(host) == named


@pytest.mark.once
@pytest.mark.parametrize(
    ("option", "value", "sentence"),
    [
        (
            "--host",
            "192.0.2.1",
            "HOST is no address of this machine: choose 127.0.0.1, or 0.0.0.0 for all that it has",
        ),
        ("--host", "localhost", "--host takes an IP address of this machine: 127.0.0.1, or 0.0.0.0 for all of them."),
        ("--workers", "0", "Error: argument --workers: invalid choice: 0 (choose from 1, 2, 3, "),
        ("--workers", "many", "Error: argument --workers: invalid int value: 'many'"),
    ],
)
def test_an_option_that_cannot_be_is_refused_before_the_database_is_touched(
    option: str, value: str, sentence: str
) -> None:
    with pytest.raises(CommandError) as refused:
        call_command("serve", option, value)
    assert str(refused.value).startswith(sentence)


@pytest.mark.once
def test_workers_share_what_was_imported(server: LiveServer) -> None:
    workers = workers_of(server)
    assert workers
    for worker in workers:
        [kibibytes] = SHARED.findall(Path(f"/proc/{worker}/smaps_rollup").read_text(encoding="ascii"))
        assert int(kibibytes) > 16 * 1024  # some 40 MiB are; of workers that import for themselves 4, granian's own
