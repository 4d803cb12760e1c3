import pytest
from django.db import OperationalError, connection
from django.test import Client

from llm_providers.models import LLMProviderConfig
from llm_providers.providers.openai import OpenAI
from tests.factories import stored


@pytest.mark.once
def test_healthz_answers_without_the_database(client: Client) -> None:
    response = client.get("/healthz")
    assert (response.status_code, response.json()) == (200, {"status": "ok"})


@pytest.mark.django_db
def test_readyz_is_ok_when_everything_can_be_decrypted(client: Client) -> None:
    stored("openai", OpenAI.example)
    response = client.get("/readyz")
    assert (response.status_code, response.json()) == (200, {"status": "ok"})


@pytest.mark.django_db
def test_readyz_says_that_the_keys_do_not_fit(client: Client) -> None:
    stored("openai", OpenAI.example)
    stored("xai", {"api_key": "xai-1"})
    sealed = LLMProviderConfig.objects.values_list("credentials", flat=True).get(provider="xai")
    LLMProviderConfig.objects.filter(provider="openai").update(credentials=sealed)
    response = client.get("/readyz")
    assert response.status_code == 503
    assert response.json() == {
        "status": "unavailable",
        "reason": "The configured FERNET_KEYS cannot decrypt what is stored.",
    }


@pytest.mark.django_db
def test_readyz_says_that_the_database_is_away(client: Client) -> None:
    def away(*_args: object) -> None:
        raise OperationalError

    with connection.execute_wrapper(away):
        response = client.get("/readyz")
    assert response.status_code == 503
    assert response.json()["reason"] == "The database cannot be reached."


@pytest.mark.django_db
def test_readyz_says_that_migrations_are_missing(client: Client) -> None:
    from django.db.migrations.recorder import MigrationRecorder

    MigrationRecorder.Migration.objects.filter(app="llm_providers").latest("id").delete()
    assert client.get("/readyz").json()["reason"] == "Migrations are not applied."
