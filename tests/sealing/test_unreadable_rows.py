"""A row that cannot be decrypted breaks nothing but the reading of its own credentials."""

from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import pytest
from django.core.management import call_command

from llm_providers.models import LLMProviderConfig
from llm_providers.providers import PROVIDERS
from llm_providers.sealing import CredentialsUnreadable
from tests.factories import stored

pytestmark = pytest.mark.django_db

SECRET = {"api_key": "sk-canary"}


@contextmanager
def taken_out(slug: str) -> Iterator[None]:
    """Without one of the declarations, which goes back to its place afterwards."""
    declared = list(PROVIDERS)
    PROVIDERS.unregister(slug)
    try:
        yield
    finally:
        for provider in declared:
            if provider.slug in PROVIDERS:
                PROVIDERS.unregister(provider.slug)
            PROVIDERS.register(provider)


@pytest.fixture
def moved() -> LLMProviderConfig:
    """An openai row that holds the ciphertext of the xai row."""
    openai = stored("openai", SECRET)
    xai = stored("xai", {"api_key": "xai-1"})
    LLMProviderConfig.objects.filter(pk=openai.pk).update(credentials=vars(xai)["sealed_credentials"])
    return openai


def test_a_ciphertext_moved_to_another_row_is_refused(moved: LLMProviderConfig) -> None:
    row = LLMProviderConfig.objects.get(pk=moved.pk)
    with pytest.raises(CredentialsUnreadable, match="stored credentials of openai cannot be decrypted"):
        row.credentials  # noqa: B018  (reading is what raises)


def test_an_unreadable_row_is_listed_and_its_neighbours_are_read(moved: LLMProviderConfig) -> None:
    rows = {row.provider: row for row in LLMProviderConfig.objects.all()}
    assert sorted(rows) == ["openai", "xai"]
    assert rows["xai"].credentials == {"api_key": "xai-1"}


def test_an_unreadable_row_can_be_refreshed_saved_and_repaired(moved: LLMProviderConfig) -> None:
    moved.refresh_from_db()
    moved.enabled = False
    moved.save()
    moved.credentials = SECRET
    moved.save()
    again = LLMProviderConfig.objects.get(pk=moved.pk)
    assert (again.enabled, again.credentials) == (False, SECRET)


def test_an_unreadable_row_can_be_deleted(moved: LLMProviderConfig) -> None:
    LLMProviderConfig.objects.get(pk=moved.pk).delete()
    assert LLMProviderConfig.objects.values_list("provider", flat=True).get() == "xai"


def test_a_dump_with_an_unreadable_row_can_be_loaded(moved: LLMProviderConfig, tmp_path: Path) -> None:
    fixture = tmp_path / "dump.json"
    call_command("dumpdata", "llm_providers.llmproviderconfig", output=str(fixture))
    before = list(LLMProviderConfig.objects.order_by("id").values_list("provider", "credentials"))
    LLMProviderConfig.objects.all().delete()
    call_command("loaddata", str(fixture), verbosity=0)
    assert list(LLMProviderConfig.objects.order_by("id").values_list("provider", "credentials")) == before


def test_a_row_whose_provider_is_no_longer_declared_is_unreadable() -> None:
    row = stored("openai", SECRET)
    with taken_out("openai"), pytest.raises(CredentialsUnreadable):
        row.masked_credentials()
