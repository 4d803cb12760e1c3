"""What is in the environment becomes what is stored: shown first, masked, and then all of it or nothing."""

import json
from io import StringIO
from pathlib import Path
from typing import Any

import pytest
from django.core.management import CommandError, call_command
from django.db import OperationalError, connection, transaction

from llm_providers import store, transfer
from llm_providers.audit import Author
from llm_providers.environment import environment_of
from llm_providers.management.shell_user import shell_user
from llm_providers.models import AuditEvent, LLMProviderConfig
from llm_providers.providers import PROVIDERS, Provider
from llm_providers.sealing import Sealed
from tests.factories import canaries, canary_credentials, found, stored
from tests.ways import name_of, through_each_way

pytestmark = pytest.mark.django_db

WAYS = [way for provider in PROVIDERS for way in through_each_way(provider)]
BEDROCK_INCOMPLETE = (
    "amazon-bedrock  incomplete        missing for Access key: aws_access_key_id (AWS_ACCESS_KEY_ID), "
    "aws_secret_access_key (AWS_SECRET_ACCESS_KEY); missing for API key: api_key (AWS_BEARER_TOKEN_BEDROCK)"
)
GRACE = Author("grace", AuditEvent.Source.COMMAND)

each_way = pytest.mark.parametrize("provider", WAYS, ids=name_of)


@pytest.fixture
def dotenv(tmp_path: Path) -> Path:
    return tmp_path / "some.env"


def imported(dotenv: Path, *arguments: str) -> list[str]:
    """The lines that are printed."""
    out = StringIO()
    call_command("import_credentials", "--env-file", str(dotenv), *arguments, stdout=out)
    return out.getvalue().splitlines()


def refused(dotenv: Path, *arguments: str) -> tuple[list[str], str]:
    out = StringIO()
    with pytest.raises(CommandError) as error:
        call_command("import_credentials", "--env-file", str(dotenv), *arguments, stdout=out)
    return out.getvalue().splitlines(), str(error.value)


def rows() -> dict[str, Any]:
    return {config.provider: config.credentials for config in LLMProviderConfig.objects.all()}


def written_by(provider: type[Provider], credentials: dict[str, Any], directory: Path) -> dict[str, str]:
    def write_file(text: str) -> str:
        path = directory / "key.json"
        path.write_text(text)
        return str(path)

    return environment_of(provider, credentials, write_file).written


def write(dotenv: Path, **variables: str) -> None:
    dotenv.write_text("".join(f"{name}='{value}'\n" for name, value in variables.items()))


@each_way
def test_what_one_environment_gets_another_reads(provider: type[Provider], dotenv: Path) -> None:
    credentials = PROVIDERS.clean(provider.slug, canary_credentials(provider))
    write(dotenv, **written_by(provider, credentials, dotenv.parent))
    lines = imported(dotenv)
    assert rows()[provider.slug] == credentials
    assert found(canaries(provider, credentials), *lines) == []
    assert [line.split()[:2] for line in lines] == [[provider.slug, "created"]]


@pytest.mark.usefixtures("settings")
def test_the_environment_is_read_where_no_file_is_named(monkeypatch: pytest.MonkeyPatch) -> None:
    for name in ("OPENAI_API_KEY", "OPENAI_ORG_ID"):
        monkeypatch.delenv(name, raising=False)
    monkeypatch.setenv("XAI_API_KEY", "xai-canary")
    monkeypatch.setenv("XAI_API_HOST", "api.example.com")
    monkeypatch.setenv("MINE", "kept")
    out = StringIO()
    call_command("import_credentials", stdout=out)
    assert rows()["xai"] == {"api_key": "xai-canary"}
    assert "XAI_API_HOST" in out.getvalue().splitlines()[-1]
    assert "MINE" not in out.getvalue()


def test_the_plan_is_shown_masked_and_says_what_it_did_not_understand(dotenv: Path) -> None:
    stored("xai", {"api_key": "xai-canary"})
    stored("anthropic", {"api_key": "sk-ant-old-canary"})
    write(
        dotenv,
        OPENAI_API_KEY="sk-canary",
        OPENAI_ORG_ID="org-canary",
        ANTHROPIC_API_KEY="sk-ant-canary",
        XAI_API_KEY="xai-canary",
        AWS_REGION="us-west-2",
        ANTHROPIC_BASE_URL="https://canary.example.com",
        SOMETHING="canary",
    )
    assert imported(dotenv, "--replace") == [
        "openai          created           api_key sk-***, organization org-***",
        "anthropic       replaced          api_key sk-ant-***",
        BEDROCK_INCOMPLETE,
        "xai             unchanged         api_key ***",
        "Not understood: ANTHROPIC_BASE_URL, SOMETHING",
    ]
    assert rows() == {
        "openai": {"api_key": "sk-canary", "organization": "org-canary"},
        "anthropic": {"api_key": "sk-ant-canary"},
        "xai": {"api_key": "xai-canary"},
    }
    assert list(AuditEvent.objects.order_by("pk").values_list("actor", "action", "provider", "source")) == [
        (shell_user(), "create", "openai", "command"),
        (shell_user(), "update", "anthropic", "command"),
    ]


def test_a_dry_run_shows_the_same_and_does_nothing(dotenv: Path) -> None:
    write(dotenv, OPENAI_API_KEY="sk-canary")
    assert imported(dotenv, "--dry-run") == [
        "openai          created           api_key sk-***",
        "Nothing was imported: this is the plan.",
    ]
    assert (rows(), AuditEvent.objects.count()) == ({}, 0)


def test_what_is_stored_otherwise_is_replaced_only_when_told_so(dotenv: Path) -> None:
    stored("openai", {"api_key": "sk-old"})
    write(dotenv, OPENAI_API_KEY="sk-canary", XAI_API_KEY="xai-canary")
    assert refused(dotenv) == (
        [
            "openai          stored otherwise  api_key sk-***; --replace replaces what is stored",
            "xai             created           api_key ***",
        ],
        "Nothing was imported.",
    )
    assert rows() == {"openai": {"api_key": "sk-old"}}


def test_the_plan_says_what_is_not_replaced_by_anything(dotenv: Path) -> None:
    stored("openai", {"api_key": "sk-old", "organization": "org-canary", "project": "proj-canary"})
    write(dotenv, OPENAI_API_KEY="sk-canary")
    (told,), _sentence = refused(dotenv)
    assert "api_key sk-***, without organization and project; --replace replaces" in told


def test_what_cannot_be_read_is_replaced_only_when_told_so(dotenv: Path) -> None:
    stored("openai", {"api_key": "sk-canary"})
    LLMProviderConfig.objects.update(credentials=Sealed(b"of another key"))
    write(dotenv, OPENAI_API_KEY="sk-canary")
    refused(dotenv)
    imported(dotenv, "--replace")
    assert rows() == {"openai": {"api_key": "sk-canary"}}


def test_a_replaced_configuration_that_is_off_stays_off(dotenv: Path) -> None:
    stored("openai", {"api_key": "sk-old"})
    LLMProviderConfig.objects.update(enabled=False)
    write(dotenv, OPENAI_API_KEY="sk-canary")
    imported(dotenv, "--replace")
    assert LLMProviderConfig.objects.get().enabled is False


def test_two_ways_of_one_provider_are_ambiguous_and_nothing_is_imported(dotenv: Path) -> None:
    write(
        dotenv,
        OPENAI_API_KEY="sk-canary",
        AWS_REGION="us-west-2",
        AWS_ACCESS_KEY_ID="AKIAYOURACCESSKEYID2",
        AWS_SECRET_ACCESS_KEY="canary",
        AWS_BEARER_TOKEN_BEDROCK="ABSKcanary",
    )
    lines, sentence = refused(dotenv)
    assert lines[1] == (
        "amazon-bedrock  ambiguous         the variables of Access key and API key are set: unset those of all but one"
    )
    assert (sentence, rows()) == ("Nothing was imported.", {})


def test_what_breaks_a_rule_is_told_without_its_value_and_nothing_is_imported(dotenv: Path) -> None:
    write(dotenv, OPENAI_API_KEY="canary", XAI_API_KEY="xai-canary")
    lines, sentence = refused(dotenv)
    assert lines[0] == "openai          refused           api_key: The value must start with sk-."
    assert (sentence, rows()) == ("Nothing was imported.", {})


def test_a_key_file_that_cannot_be_read_is_told(dotenv: Path) -> None:
    write(dotenv, GOOGLE_APPLICATION_CREDENTIALS="/canary/key.json", GOOGLE_CLOUD_PROJECT="your-project")
    assert refused(dotenv) == (
        [],
        "GOOGLE_APPLICATION_CREDENTIALS names no file that can be read. Name the key file, or unset it.",
    )


def test_of_an_endless_key_file_only_as_much_is_read_as_one_may_have(dotenv: Path) -> None:
    write(dotenv, GOOGLE_APPLICATION_CREDENTIALS="/dev/zero", GOOGLE_CLOUD_PROJECT="your-project")
    lines, _sentence = refused(dotenv)
    assert lines == ["google-vertex   refused           service_account: A key file takes at most 16384 bytes."]


def test_files_that_an_editor_marked_as_utf_8_are_read(dotenv: Path, tmp_path: Path) -> None:
    key_file = tmp_path / "key.json"
    key_file.write_text(json.dumps(PROVIDERS.get("google-vertex").example["service_account"]), encoding="utf-8-sig")
    dotenv.write_text(f"GOOGLE_APPLICATION_CREDENTIALS={key_file}\r\nXAI_API_KEY=xai-a\r\n", encoding="utf-8-sig")
    imported(dotenv)
    assert sorted(rows()) == ["google-vertex", "xai"]


def test_a_private_key_over_several_lines_is_read(dotenv: Path) -> None:
    vertex = PROVIDERS.get("google-vertex")
    account = vertex.example["service_account"]
    dotenv.write_text(
        f'GOOGLE_PRIVATE_KEY="{account["private_key"]}"\nGOOGLE_CLIENT_EMAIL={account["client_email"]}\n'
        "GOOGLE_CLOUD_PROJECT=your-project\nGOOGLE_GENAI_USE_VERTEXAI=true\n"
    )
    imported(dotenv)
    assert rows()["google-vertex"]["service_account"]["private_key"] == account["private_key"]


def test_nothing_is_expanded_and_comments_are_passed_over(dotenv: Path) -> None:
    dotenv.write_text("# mine\n\nexport XAI_API_KEY=xai-${HOME}-canary # the key\n")
    imported(dotenv)
    assert rows() == {"xai": {"api_key": "xai-${HOME}-canary"}}


@pytest.mark.parametrize("content", [None, b"\xff\xfe"])
def test_a_file_that_cannot_be_read_is_told(dotenv: Path, content: bytes | None) -> None:
    if content is not None:
        dotenv.write_bytes(content)
    assert refused(dotenv) == ([], "--env-file names no file that can be read as UTF-8 text.")


def test_a_piece_of_an_unquoted_key_is_not_taken_for_a_variable(dotenv: Path) -> None:
    dotenv.write_text(
        "PRIVATE_KEY=-----BEGIN PRIVATE KEY-----\nMIIEcanary\nmoreCanary12==\n-----END PRIVATE KEY-----\n"
        'HOME_MADE=1\nEMPTY=\n\n# mine\nlower=2\nXAI_API_KEY="xai-canary\nOPENAI_API_KEY=sk-canary\n'
    )
    assert imported(dotenv) == [
        "openai          created           api_key sk-***",
        "Not understood: EMPTY, HOME_MADE, PRIVATE_KEY",
        "Not read: lines 2, 3, 4, 9, 10. Quote values of several lines.",
    ]


def test_a_file_without_end_is_not_read_to_its_end() -> None:
    sentence = "--env-file names a file of more than 1 MiB."
    assert refused(Path("/dev/zero")) == ([], sentence)


def test_a_file_without_credentials_is_told(dotenv: Path) -> None:
    dotenv.write_text("")
    assert imported(dotenv) == ["No credentials were found."]


def plan_of(**variables: str) -> transfer.Plan:
    return transfer.plan(variables, str, replace=True, every=True)


def test_a_plan_that_is_not_true_any_more_is_not_applied_at_all() -> None:
    stored("xai", {"api_key": "xai-old"})
    plan = plan_of(OPENAI_API_KEY="sk-canary", XAI_API_KEY="xai-canary")
    store.update("xai", author=GRACE, enabled=False)
    with pytest.raises(store.ChangedMeanwhile), transaction.atomic():
        plan.apply(GRACE)
    assert rows() == {"xai": {"api_key": "xai-old"}}
    plan = plan_of(OPENAI_API_KEY="sk-canary")
    stored("openai", {"api_key": "sk-other"})
    with pytest.raises(store.AlreadyConfigured), transaction.atomic():
        plan.apply(GRACE)


def test_nothing_is_imported_when_the_database_fails_in_the_middle(dotenv: Path) -> None:
    write(dotenv, OPENAI_API_KEY="sk-canary", XAI_API_KEY="xai-canary")

    def failing(execute: Any, sql: str, params: Any, *more: Any) -> Any:
        if sql.startswith("INSERT") and "xai" in json.dumps(params, default=str):
            raise OperationalError("canary")
        return execute(sql, params, *more)

    with transaction.atomic(), connection.execute_wrapper(failing):
        _lines, sentence = refused(dotenv)
    assert (sentence, rows()) == ("The database did not answer. Nothing was imported.", {})


def test_a_plan_shows_no_secret_of_itself() -> None:
    assert "canary" not in repr(plan_of(OPENAI_API_KEY="sk-canary"))
