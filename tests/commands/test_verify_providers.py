import io

import pytest
from django.core.management import CommandError, call_command

from llm_providers.models import AuditEvent, LLMProviderConfig
from tests.factories import stored
from tests.verification.cases import XAI, Case, said, xai_key
from tests.verification.conftest import StartFake, authority, fake, loopback, reachable  # noqa: F401  (fixtures)

pytestmark = pytest.mark.django_db

GOOD = Case(XAI, "good", {"GET /v1/api-key": xai_key()}, "valid", None, "")
BAD = Case(XAI, "bad", {"GET /v1/api-key": said(401)}, "invalid", "api_key", "")
TABLE = """\
PROVIDER  STATE    OUTCOME  MESSAGE
xai       enabled  valid    xAI accepts these credentials.
"""


@pytest.fixture
def config() -> LLMProviderConfig:
    return stored("xai", XAI.credentials)


def verify_providers(*slugs: str) -> str:
    out = io.StringIO()
    call_command("verify_providers", *slugs, stdout=out)
    return out.getvalue()


@pytest.mark.usefixtures("config")
def test_all_that_is_configured_is_verified(fake: StartFake) -> None:  # noqa: F811
    fake(GOOD)
    assert verify_providers() == TABLE
    assert (verification := LLMProviderConfig.objects.get().verification)
    assert verification.outcome == "valid"
    event = AuditEvent.objects.get()
    assert (event.action, event.actor, event.source) == ("verify", "verify_providers", "command")


@pytest.mark.usefixtures("config")
def test_one_that_is_not_valid_ends_with_an_error(fake: StartFake) -> None:  # noqa: F811
    fake(BAD)
    with pytest.raises(CommandError, match=r"1 of 1 not valid\."):
        verify_providers("xai")


def test_one_that_is_disabled_may_be_invalid(fake: StartFake, config: LLMProviderConfig) -> None:  # noqa: F811
    config.enabled = False
    config.save()
    fake(BAD)
    assert "xai       disabled  invalid" in verify_providers()


def test_what_is_asked_for_and_not_there_is_an_error() -> None:
    with pytest.raises(CommandError, match=r"1 of 1 not valid\."):
        verify_providers("openai")
    with pytest.raises(CommandError, match=r"Choose providers out of: openai, "):
        verify_providers("nobody")


def test_nothing_configured_is_nothing_wrong() -> None:
    assert verify_providers() == "No provider is configured.\n"
