"""What a database from before the rotation of keys knows of the last change of a secret: what its trail says."""

from datetime import UTC, datetime, timedelta
from importlib import import_module
from pathlib import Path

import pytest
from django.apps import apps

from llm_providers import store
from llm_providers.audit import Author
from llm_providers.migrations import __path__ as migrations_path
from llm_providers.models import AuditEvent, LLMProviderConfig
from tests.factories import stored
from tests.rotation.clock import Clock

pytestmark = pytest.mark.django_db

GRACE = Author("grace", AuditEvent.Source.COMMAND)
LATER = datetime(2027, 1, 1, tzinfo=UTC)


def migrate() -> LLMProviderConfig:
    LLMProviderConfig.objects.update(secrets_version=1, secrets_changed_at=LATER)
    (path,) = Path(migrations_path[0]).glob("*_rotation.py")
    import_module(f"llm_providers.migrations.{path.stem}").take_what_the_trail_says(apps, None)
    return LLMProviderConfig.objects.get()


def test_the_last_event_about_credentials_counts(monkeypatch: pytest.MonkeyPatch) -> None:
    clock = Clock(monkeypatch)
    store.create("openai", enabled=True, credentials={"api_key": "sk-1"}, author=GRACE)
    clock.move(days=1)
    store.update("openai", credentials={"api_key": "sk-2"}, author=GRACE)
    changed_at = clock.now
    clock.move(days=1)
    store.update("openai", enabled=False, author=GRACE)
    store.create("xai", enabled=True, credentials={"api_key": "xai-1"}, author=GRACE)
    LLMProviderConfig.objects.filter(provider="xai").delete()
    config = migrate()
    assert (config.secrets_version, config.secrets_changed_at) == (2, changed_at)


def test_of_what_has_no_trail_it_is_when_it_was_created() -> None:
    stored("openai", {"api_key": "sk-1"})
    LLMProviderConfig.objects.update(created_at=LATER - timedelta(days=90), version=5, credentials_version=3)
    config = migrate()
    assert (config.secrets_version, config.secrets_changed_at) == (3, LATER - timedelta(days=90))
