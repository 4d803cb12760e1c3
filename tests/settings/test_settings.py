"""The settings, read anew in this process; a few are read at the real doors, by processes of their own."""

import os
import runpy
import subprocess
import sys
from ipaddress import ip_network
from pathlib import Path
from typing import Any

import pytest
from django.core.exceptions import ImproperlyConfigured

from llm_providers.providers import PROVIDERS
from refactor_site.env_file import fresh_environment
from refactor_site.environment import Environment
from tests.live import MANAGE, ROOT

pytestmark = pytest.mark.once

KEYS = ["DJANGO_SECRET_KEY", "JWT_SIGNING_KEY", "FERNET_KEYS"]
STRONG = "kQ2v9sXe7LrT4mZb1YwH8pNc5GdJ3fUa0oRi6-uV_tB"
NEW_KEY = "`python -m refactor_site.env_file` writes fresh random ones into a new .env."
NOT_RANDOM = "a key that is not 32 or more random bytes in base64url or hexadecimal"


def surroundings(**changes: str | None) -> dict[str, str]:
    """An environment with good settings and these changes; None removes a setting."""
    environment = {**os.environ, **fresh_environment(), "HTTPS": "true", **changes}
    return {name: value for name, value in environment.items() if value is not None}


def read(**changes: str | None) -> dict[str, Any]:
    """The settings' module as it is executed in these surroundings."""
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(Environment, "ENVIRON", surroundings(**changes))
        return runpy.run_path(str(ROOT / "refactor_site" / "settings.py"))


def refusal(**changes: str | None) -> str:
    """The one sentence with which the settings refuse to be read."""
    with pytest.raises(ImproperlyConfigured) as refused:
        read(**changes)
    sentence = str(refused.value)
    assert refused.value.__cause__ is None
    assert sentence.endswith(".")
    assert "\n" not in sentence
    return sentence


def run(arguments: list[str], **changes: str | None) -> subprocess.CompletedProcess[str]:
    """Start a process in these surroundings."""
    return subprocess.run(arguments, env=surroundings(**changes), cwd=ROOT, capture_output=True, text=True, check=False)


@pytest.mark.parametrize("changes", [{"JWT_SIGNING_KEY": None}, {"FERNET_KEYS": "changeme"}, {"DATABASE_URL": "x"}])
@pytest.mark.parametrize("door", [[*MANAGE, "check"], [sys.executable, "-c", "import refactor_site.wsgi"]])
def test_a_process_refuses_to_start_with_the_same_sentence_at_each_door(
    door: list[str], changes: dict[str, str | None]
) -> None:
    done = run(door, **changes)
    assert (done.returncode, done.stdout) == (1, "")
    assert done.stderr == f"Refusing to start: {refusal(**changes)}\n"


@pytest.mark.parametrize("name", KEYS)
def test_a_missing_key_is_refused(name: str) -> None:
    assert refusal(**{name: None}) == (
        f"{name} is missing: `python -m refactor_site.env_file` writes fresh random ones into a new .env."
    )


@pytest.mark.parametrize("name", KEYS)
@pytest.mark.parametrize(
    ("value", "weakness"),
    [
        ("", "an empty key"),
        ("  ", "an empty key"),
        (STRONG[:42], NOT_RANDOM),
        ("abcabcabcabcabcabcabcabcabcabcabcabc", "a key of fewer than 10 different characters"),
        ("$HOMEs-sweet", NOT_RANDOM),
        ("changeme", "a placeholder"),
        (f"CHANGE-ME-{STRONG}", "a placeholder"),
        ("<generate with openssl rand -base64 32>", "a placeholder"),
        (f"todo-{STRONG}", "a placeholder"),
        (f"thisisasecret{STRONG}", "a placeholder"),
        (f"django-insecure-{STRONG}", "a placeholder"),
        (f"your-secret-{STRONG}", "a placeholder"),
        (f"an-example-{STRONG}", "a placeholder"),
        (f"replace_this_{STRONG}", "a placeholder"),
        ("0123456789abcdef0123456789abcdef", "a placeholder"),
    ],
)
def test_a_weak_key_is_refused(name: str, value: str, weakness: str) -> None:
    sentence = refusal(**{name: value})
    # What is stored with a weak key stays readable.
    in_front = name == "FERNET_KEYS" and value.strip()
    remedy = f"put a fresh key in front of it, with a comma between; {NEW_KEY}" if in_front else NEW_KEY
    assert sentence == f"{name} holds {weakness}: {remedy}"
    assert not value.strip() or value not in sentence


def test_the_remedy_for_a_weak_key_that_encrypted_something_is_one_that_reads_it() -> None:
    assert refusal(FERNET_KEYS="changeme").startswith("FERNET_KEYS holds a placeholder: put a fresh key in front of it")
    assert read(FERNET_KEYS=f"{STRONG},changeme")["FERNET_KEYS"] == [STRONG, "changeme"]


@pytest.mark.parametrize("arguments", [[*MANAGE, "check"], [sys.executable, "-c", "import refactor_site.wsgi"]])
def test_a_weak_key_later_in_the_ring_is_warned_about(arguments: list[str]) -> None:
    done = run(arguments, FERNET_KEYS=f"{STRONG},{STRONG[::-1]},{STRONG[:20]}")
    assert done.returncode == 0
    assert f"FERNET_KEYS holds {NOT_RANDOM} in place 3." in done.stderr
    assert "in place 2" not in done.stderr
    assert STRONG[:20] not in done.stderr


def test_a_trailing_comma_in_the_ring_is_refused() -> None:
    assert refusal(FERNET_KEYS=f"{STRONG},").startswith("FERNET_KEYS holds an empty key")


def test_a_key_twice_in_the_ring_is_refused() -> None:
    assert refusal(FERNET_KEYS=f"{STRONG}, {STRONG}") == "FERNET_KEYS holds the same key twice: remove one of the two."


@pytest.mark.parametrize(("one", "other"), [(KEYS[0], KEYS[1]), (KEYS[0], KEYS[2]), (KEYS[1], KEYS[2])])
def test_one_key_for_two_purposes_is_refused(one: str, other: str) -> None:
    sentence = refusal(**{one: STRONG, other: STRONG})
    assert sentence.startswith(f"{other} holds the key of {one}: give each its own; ")
    assert STRONG not in sentence


@pytest.mark.parametrize("name", KEYS[:2])
def test_a_ring_where_one_key_is_wanted_is_refused(name: str) -> None:
    sentence = refusal(**{name: f"{STRONG},{STRONG[::-1]}"})
    assert sentence.startswith(f"{name} holds a comma, but is a single key: ")
    assert STRONG not in sentence


@pytest.mark.parametrize("hosts", ["*", "llm.internal", "127.0.0.1,10.0.0.7", ".localhost.evil", "127.0.0.1.evil"])
def test_debug_with_other_machines_allowed_is_refused(hosts: str) -> None:
    sentence = refusal(DEBUG="true", ALLOWED_HOSTS=hosts)
    assert sentence == (
        "DEBUG is on although ALLOWED_HOSTS lets other machines in: turn DEBUG off, or allow only localhost."
    )


@pytest.mark.parametrize("hosts", ["", "localhost", "127.0.0.1,[::1],app.localhost"])
def test_debug_on_this_machine_is_accepted(hosts: str) -> None:
    assert read(DEBUG="true", ALLOWED_HOSTS=hosts, HTTPS="false")["DEBUG"] is True


@pytest.mark.parametrize(
    "url",
    [
        "hunter2hunter2",
        "mysql://user:hunter2@host/name",
        "postgres://user:hunter2@host",
        "postgres://user:hunter2@host:port/name",
        "postgres://user:hunter2@[host/name",
        "sqlite://hunter2/file",
        "sqlite:///:memory:",
    ],
)
def test_an_unusable_database_url_is_refused_without_its_password(url: str) -> None:
    assert refusal(DATABASE_URL=url) == (
        "DATABASE_URL cannot be used: use sqlite:////path/to/file or postgres://user:password@host:5432/name,"
        " special characters percent-encoded."
    )


@pytest.mark.parametrize(
    ("name", "value", "remedy"),
    [
        ("DEBUG", "maybe", "use true or false"),
        ("HTTPS", "2", "use true or false"),
        ("HOST", "localhost", "use an IP address of this machine"),
        ("WORKERS", "0", "use a whole number from 1 to 32"),
        ("WORKERS", "33", "use a whole number from 1 to 32"),
        ("PORT", "http", "use a whole number from 1 to 65535"),
        ("PORT", "0", "use a whole number from 1 to 65535"),
        ("DATABASE_POOL_MAX", "0", "use a whole number from 1 to 96"),
        ("DATABASE_POOL_MAX", "97", "use a whole number from 1 to 96"),
        ("TRUSTED_PROXY_COUNT", "-1", "use a whole number from 0 to 10"),
        ("ACCESS_TOKEN_LIFETIME_MINUTES", "1.5", "use a whole number from 1 to 1440"),
        ("REFRESH_TOKEN_LIFETIME_HOURS", "721", "use a whole number from 1 to 720"),
        ("AZURE_ENDPOINT_SUFFIXES_EXTRA", "com", "name domains such as llm.example.com, separated by commas"),
        (
            "AZURE_ENDPOINT_SUFFIXES_EXTRA",
            "llm.example.com,.",
            "name domains such as llm.example.com, separated by commas",
        ),
        ("AZURE_ENDPOINT_SUFFIXES_EXTRA", "*.example.com", "name domains such as llm.example.com, separated by commas"),
        ("AZURE_ENDPOINT_SUFFIXES_EXTRA", "https://x.y", "name domains such as llm.example.com, separated by commas"),
        ("LLM_PROVIDERS_OUTBOUND_ALLOW", "10.0.0.0/33", "name networks such as 10.0.0.0/8, separated by commas"),
        ("LLM_PROVIDERS_OUTBOUND_ALLOW", "10.0.0.1/8", "name networks such as 10.0.0.0/8, separated by commas"),
        ("LLM_PROVIDERS_OUTBOUND_ALLOW", "llm.internal", "name networks such as 10.0.0.0/8, separated by commas"),
        ("LLM_PROVIDERS_OUTBOUND_CA_FILE", "/nonexistent", "name a file of CA certificates in PEM form"),
        ("LLM_PROVIDERS_OUTBOUND_CA_FILE", __file__, "name a file of CA certificates in PEM form"),
        ("LLM_PROVIDERS_OUTBOUND_TIMEOUT", "0", "use a whole number from 1 to 60"),
        ("LOG_FORMAT", "logfmt", "use text or json"),
        ("LOG_LEVEL", "debug", "use INFO, WARNING or ERROR"),
    ],
)
def test_an_unusable_value_is_refused(name: str, value: str, remedy: str) -> None:
    assert refusal(**{name: value}) == f"{name} cannot be used: {remedy}."


@pytest.mark.parametrize(
    "origins",
    [
        "https://gateway.corp",
        "opnai=https://gateway.corp",
        "openai=http://gateway.corp",
        "openai=gateway.corp",
        "openai=https://",
        "openai=https://gateway.corp/v1",
        "openai=https://user:hunter2@gateway.corp",
        "openai=https://gateway.corp:port",
        "openai=https://gateway.corp:65536",
        "openai=https://gateway.corp:0",
        "openai=https://gateway..corp",
        "openai=https://one.corp,openai=https://two.corp",
    ],
)
def test_an_origin_that_cannot_be_asked_is_refused(origins: str) -> None:
    assert refusal(LLM_PROVIDERS_ORIGINS=origins) == (
        "LLM_PROVIDERS_ORIGINS cannot be used: use openai=https://gateway.example.com:8443 and the like, separated by"
        " commas; the names are openai, anthropic, google, google-vertex, azure, amazon-bedrock, xai, google-token,"
        " aws-sts, azure-login."
    )


@pytest.mark.parametrize("path", ["/nonexistent/env", "/dev/null/env", "/"])
def test_a_file_that_is_not_there_is_refused(path: str) -> None:
    assert refusal(ENV_FILE=path) == "ENV_FILE names no file: name one, or unset it to use .env beside manage.py."


def test_a_comma_too_many_is_named_since_new_keys_would_lose_what_is_stored() -> None:
    assert refusal(FERNET_KEYS=f"{STRONG},") == "FERNET_KEYS holds an empty key: remove the comma that is too many."


def test_a_file_that_is_not_text_is_refused(tmp_path: Path) -> None:
    (tmp_path / "env").write_bytes(b"DJANGO_SECRET_KEY=\xff\xfe")
    assert refusal(ENV_FILE=str(tmp_path / "env")) == "ENV_FILE is not UTF-8 text: save it as such; keep its keys."


def test_a_file_may_be_as_editors_of_windows_write_it(tmp_path: Path) -> None:
    (tmp_path / "env").write_bytes(b"\xef\xbb\xbfPORT=8001\r\n  \r\n  # Two proxies\r\n TRUSTED_PROXY_COUNT=2\r\n")
    settings = read(ENV_FILE=str(tmp_path / "env"))
    assert (settings["PORT"], settings["TRUSTED_PROXY_COUNT"]) == (8001, 2)


def test_the_environment_wins_over_the_file(tmp_path: Path) -> None:
    (tmp_path / "env").write_text("PORT=8001\nTRUSTED_PROXY_COUNT=2\n")
    settings = read(ENV_FILE=str(tmp_path / "env"), PORT="8002")
    assert (settings["PORT"], settings["TRUSTED_PROXY_COUNT"]) == (8002, 2)


def test_keys_from_the_file_are_not_handed_to_child_processes(tmp_path: Path) -> None:
    (tmp_path / "env").write_text(f"JWT_SIGNING_KEY={STRONG}\n")
    program = "import os; from refactor_site import settings; print(settings.JWT_SIGNING_KEY, len(os.environ))"
    changes = {"ENV_FILE": str(tmp_path / "env"), "JWT_SIGNING_KEY": None}
    done = run([sys.executable, "-c", program], **changes)
    assert done.stdout.split() == [STRONG, str(len(surroundings(**changes)))]


def test_extra_azure_domains_are_written_with_or_without_a_leading_dot() -> None:
    settings = read(AZURE_ENDPOINT_SUFFIXES_EXTRA=".azure-api.net, LLM.example.com")
    assert settings["AZURE_ENDPOINT_SUFFIXES_EXTRA"] == [".azure-api.net", ".llm.example.com"]


def test_networks_may_be_of_ipv6() -> None:
    settings = read(LLM_PROVIDERS_OUTBOUND_ALLOW="10.0.0.0/8, fd00::/8")
    assert settings["LLM_PROVIDERS_OUTBOUND_ALLOW"] == [ip_network("10.0.0.0/8"), ip_network("fd00::/8")]


def test_every_provider_may_have_an_origin_of_the_operators() -> None:
    names = [*(provider.slug for provider in PROVIDERS), "google-token", "aws-sts", "azure-login"]
    origins = ", ".join(f"{name} = https://Gateway.Corp:8443/" for name in names)
    settings = read(LLM_PROVIDERS_ORIGINS=origins)
    assert settings["LLM_PROVIDERS_ORIGINS"] == dict.fromkeys(names, "https://gateway.corp:8443")


def test_an_origin_may_be_of_ipv6() -> None:
    settings = read(LLM_PROVIDERS_ORIGINS="xai=https://[fd00::7]:8443")
    assert settings["LLM_PROVIDERS_ORIGINS"] == {"xai": "https://[fd00::7]:8443"}


def test_no_address_takes_the_time_outs_away() -> None:
    lite = read(DATABASE_URL="sqlite:///x?transaction_mode=DEFERRED")["DATABASES"]["default"]
    assert lite["OPTIONS"]["transaction_mode"] == "IMMEDIATE"
    full = read(DATABASE_URL="postgres://host/name?options=-c%20statement_timeout%3D0")["DATABASES"]["default"]
    assert full["OPTIONS"]["options"].startswith("-c statement_timeout=0 -c statement_timeout=15s ")


@pytest.mark.parametrize("address", ["sqlite:///x", "postgres://host/name"])
def test_no_address_takes_the_pool_away(address: str) -> None:
    database = read(DATABASE_URL=f"{address}?pool=&conn_max_age=60&conn_health_checks=1")["DATABASES"]["default"]
    assert database["OPTIONS"]["pool"]["max_size"] == 10
    assert (database["CONN_MAX_AGE"], database["CONN_HEALTH_CHECKS"]) == (0, False)


@pytest.mark.parametrize(
    ("most", "workers", "each"),
    [("20", "2", 10), ("96", "2", 48), ("7", "2", 3), ("20", "32", 1), ("96", "32", 3), ("1", "2", 1)],
)
def test_the_workers_share_the_connections(most: str, workers: str, each: int) -> None:
    database = read(DATABASE_POOL_MAX=most, WORKERS=workers)["DATABASES"]["default"]
    assert database["OPTIONS"]["pool"]["max_size"] == each


def test_an_empty_optional_setting_counts_as_unset() -> None:
    assert read(ALLOWED_HOSTS="")["ALLOWED_HOSTS"] == ["localhost", "127.0.0.1", "[::1]"]


def test_a_password_of_the_database_may_hold_any_character() -> None:
    database = "postgres://user:p%40s%2Fs%3Fw%23r%25d@db:6543/name?sslmode=require"
    config = read(DATABASE_URL=database)["DATABASES"]["default"]
    assert [config[key] for key in ("PASSWORD", "HOST", "PORT", "NAME")] == ["p@s/s?w#r%d", "db", 6543, "name"]
    assert config["OPTIONS"]["sslmode"] == "require"


def test_the_deploy_check_is_clean_under_production_settings() -> None:
    done = run(
        [*MANAGE, "check", "--deploy", "--fail-level", "WARNING"], ALLOWED_HOSTS="llm.internal", TRUSTED_PROXY_COUNT="1"
    )
    assert (done.returncode, done.stderr) == (0, "")


@pytest.mark.parametrize(
    ("changes", "formatter", "level"),
    [({}, "text", "INFO"), ({"LOG_FORMAT": "JSON", "LOG_LEVEL": "warning"}, "json", "WARNING")],
)
def test_the_log_is_text_unless_told(changes: dict[str, str | None], formatter: str, level: str) -> None:
    console = read(**changes)["LOGGING"]["handlers"]["console"]
    assert (console["formatter"], console["level"]) == (formatter, level)
