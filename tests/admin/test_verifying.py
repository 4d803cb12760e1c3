from datetime import timedelta
from typing import Any

import pytest
from django.contrib.auth.models import Permission, User
from django.test import Client
from django.utils import timezone
from pytest_django import Settings

from llm_providers import audit, store
from llm_providers.models import AuditEvent, LLMProviderConfig
from tests.admin.pages import CONFIGS, HOME, add, change
from tests.verification.cases import ANTHROPIC, ANTHROPIC_LIST, Case, said
from tests.verification.conftest import StartFake, authority, fake, loopback, reachable  # noqa: F401  (fixtures)
from tests.verification.fakes import CANARY

pytestmark = pytest.mark.django_db

GOOD = Case(ANTHROPIC, "good", {"GET /v1/models": ANTHROPIC_LIST}, "valid", None, "")
BAD = Case(ANTHROPIC, "bad", {"GET /v1/models": said(401)}, "invalid", "api_key", "")
REFUSAL = "Anthropic refused this key. Make a new one, and enter it whole."
GRACE = audit.Author("grace", AuditEvent.Source.ADMIN)


@pytest.fixture
def config() -> LLMProviderConfig:
    return store.create("anthropic", enabled=True, credentials=ANTHROPIC.credentials, author=GRACE)


def pages(client: Client, config: LLMProviderConfig) -> list[str]:
    return [client.get(path).text for path in (HOME, CONFIGS, change(config.pk))]


def verify(client: Client, config: LLMProviderConfig, **data: Any) -> str:
    return client.post(f"{CONFIGS}{config.pk}/verify/", data, follow=True).text


def test_what_was_never_verified_is_not_green(admin_client: Client, config: LLMProviderConfig) -> None:
    for page in pages(admin_client, config):
        assert '<span class="badge badge-none">Not verified</span>' in page


def test_the_button_verifies_and_the_badge_tells(
    admin_client: Client,
    config: LLMProviderConfig,
    fake: StartFake,  # noqa: F811
) -> None:
    fake(GOOD)
    assert "Anthropic: valid. Anthropic accepts these credentials." in verify(admin_client, config)
    badge = 'class="badge badge-on" title="Anthropic accepts these credentials.">Valid, just now</span>'
    assert all(badge in page for page in pages(admin_client, config))
    config.refresh_from_db()
    assert config.last_verification
    earlier = timezone.now() - timedelta(minutes=3, seconds=5)
    LLMProviderConfig.objects.update(last_verification=config.last_verification | {"checked_at": earlier.isoformat()})
    assert all(">Valid, 3 minutes ago</span>" in page for page in pages(admin_client, config))
    store.update("anthropic", credentials={"api_key": "sk-ant-another"}, author=GRACE)
    for page in pages(admin_client, config):
        assert '<span class="badge badge-none">Not verified since the key changed</span>' in page
        assert "badge-on" not in page.replace('badge-on">Enabled', "")


def test_a_bad_key_is_told_without_green(
    admin_client: Client,
    config: LLMProviderConfig,
    fake: StartFake,  # noqa: F811
) -> None:
    fake(BAD)
    page = verify(admin_client, config, home="1")
    assert f"Anthropic: invalid. {REFUSAL}" in page
    assert ">Invalid, just now</span>" in page
    assert CANARY not in page


def test_the_button_of_a_row_verifies(
    admin_client: Client,
    config: LLMProviderConfig,
    fake: StartFake,  # noqa: F811
) -> None:
    asked = fake(GOOD)
    page = admin_client.post(CONFIGS, {"_verify": config.provider}, follow=True).text
    assert "Anthropic: valid." in page
    assert len(asked.received) == 1
    assert admin_client.post(CONFIGS, {"_verify": "nobody"}).status_code == 400


def test_too_many_verifications_are_told(
    admin_client: Client,
    config: LLMProviderConfig,
    fake: StartFake,  # noqa: F811
    settings: Settings,
) -> None:
    fake(GOOD)
    settings.LLM_PROVIDERS_VERIFY_LIMIT_PER_USER = 1
    verify(admin_client, config)
    assert "Anthropic was not verified. Providers were asked too often." in verify(admin_client, config)


def test_who_may_only_view_has_no_button(client: Client, config: LLMProviderConfig) -> None:
    viewer = User.objects.create_user("viewer", is_staff=True)
    viewer.user_permissions.add(Permission.objects.get(codename="view_llmproviderconfig"))
    client.force_login(viewer)
    assert not any("Verify" in page for page in pages(client, config))
    assert client.post(f"{CONFIGS}{config.pk}/verify/").status_code == 403
    assert client.post(CONFIGS, {"_verify": config.provider}).status_code == 403


# --- Before saving


def test_a_bad_key_is_not_saved_where_it_is_verified_first(
    admin_client: Client,
    config: LLMProviderConfig,
    fake: StartFake,  # noqa: F811
) -> None:
    fake(BAD)
    data = {"enabled": "on", "verify_first": "on", "etag": config.etag, "credentials.api_key": f"sk-ant-{CANARY}"}
    page = admin_client.post(change(config.pk), data).text
    assert "Nothing was saved." in page
    assert REFUSAL in page
    assert CANARY not in page
    assert LLMProviderConfig.objects.get().etag == config.etag


def test_a_good_key_is_saved_with_its_verification(admin_client: Client, fake: StartFake) -> None:  # noqa: F811
    asked = fake(GOOD)
    data = {"enabled": "on", "verify_first": "on", "credentials.api_key": f"sk-ant-{CANARY}"}
    assert admin_client.post(add("anthropic"), data).status_code == 302
    assert (verification := LLMProviderConfig.objects.get().verification)
    assert verification.outcome == "valid"
    assert len(asked.received) == 1


def test_saving_asks_nobody_otherwise(admin_client: Client, fake: StartFake) -> None:  # noqa: F811
    asked = fake(BAD)
    assert admin_client.post(add("anthropic"), {"credentials.api_key": "sk-ant-1"}).status_code == 302
    assert asked.received == []


# --- Beside a secret


def test_beside_a_secret_stands_when_and_by_whom_it_was_set(
    admin_client: Client,
    config: LLMProviderConfig,
    fake: StartFake,  # noqa: F811
) -> None:
    day = f"{config.created_at:%Y-%m-%d}"
    page = admin_client.get(change(config.pk)).text
    assert f"Stored: <code>sk-ant-***</code>, set {day}" in page
    assert "UTC by grace; not verified since" in page
    fake(GOOD)
    assert "UTC by grace; last verified just now: valid" in verify(admin_client, config)


# --- Models


def test_models_are_listed_and_searched(
    admin_client: Client,
    config: LLMProviderConfig,
    fake: StartFake,  # noqa: F811
) -> None:
    asked = fake(GOOD)
    page = admin_client.get(f"{CONFIGS}{config.pk}/models/").text
    assert "<code>claude-5</code>" in page
    assert "1 of 1 models" in page
    assert "0 of 1 models" in admin_client.get(f"{CONFIGS}{config.pk}/models/?q=gpt").text
    assert "<code>claude-5</code>" in admin_client.get(f"{CONFIGS}{config.pk}/models/?q=CLAUDE").text
    assert len(asked.received) == 1


def test_models_that_cannot_be_listed_are_told(
    admin_client: Client,
    config: LLMProviderConfig,
    fake: StartFake,  # noqa: F811
) -> None:
    fake(BAD)
    assert REFUSAL in admin_client.get(f"{CONFIGS}{config.pk}/models/").text
