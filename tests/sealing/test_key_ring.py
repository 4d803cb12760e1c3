"""Sealing anew with the first key: every row, once, without touching anything else of it."""

from io import StringIO

import pytest
from django.core.management import CommandError, call_command
from django.db import connection
from django.test.utils import CaptureQueriesContext

from llm_providers import key_ring, rotation, store
from llm_providers.audit import Author
from llm_providers.key_ring import SealedColumn
from llm_providers.models import AuditEvent, LLMProviderConfig
from llm_providers.providers import PROVIDERS
from llm_providers.sealing import Sealed
from tests.factories import stored, unsaved
from tests.sealing.keys import LOST, NEW, OLD, keys

pytestmark = pytest.mark.django_db

GRACE = Author("grace", AuditEvent.Source.COMMAND)


def rotate(*arguments: str) -> str:
    out = StringIO()
    call_command("rotate_encryption", *arguments, stdout=out)
    return out.getvalue()


def store_all_with(*ring: str) -> None:
    with keys(*ring):
        for provider in PROVIDERS:
            stored(provider.slug, provider.example)


def fingerprint_of(key: str) -> str:
    with keys(key):
        (fingerprint,) = key_ring.key_ring().fingerprints
    return fingerprint


def states() -> list[tuple[object, ...]]:
    """All that a row holds beside its ciphertext."""
    names = [field.attname for field in LLMProviderConfig._meta.fields if field not in key_ring.sealed_fields()]
    return list(LLMProviderConfig.objects.order_by("pk").values_list(*names))


def test_every_row_is_sealed_with_the_first_key_and_nothing_else_changes() -> None:
    store_all_with(OLD)
    before, etags = states(), [config.etag for config in LLMProviderConfig.objects.order_by("pk")]
    with keys(NEW, OLD):
        printed = rotate()
    assert states() == before
    assert [config.etag for config in LLMProviderConfig.objects.order_by("pk")] == etags
    assert not AuditEvent.objects.exists()
    with keys(NEW):
        assert {config.provider: config.credentials for config in LLMProviderConfig.objects.all()} == {
            provider.slug: provider.example for provider in PROVIDERS
        }
    new, old = fingerprint_of(NEW), fingerprint_of(OLD)
    assert printed == (
        "".join(f"{slug} credentials: key 2, sealed with the first\n" for slug in PROVIDERS.slugs())
        + f"\nEverything stored is sealed with the first key, {new}. When every machine has it in first place, "
        + f"remove from FERNET_KEYS: {old}. Keep them where backups made until now are kept.\n"
    )


def test_once_more_changes_nothing() -> None:
    store_all_with(OLD)
    with keys(NEW, OLD):
        rotate()
        sealed = list(LLMProviderConfig.objects.values_list("credentials"))
        printed = rotate()
    assert list(LLMProviderConfig.objects.values_list("credentials")) == sealed
    assert printed.startswith("openai credentials: sealed with the first key already\n")


def test_a_dry_run_says_what_would_be_done_and_does_nothing() -> None:
    store_all_with(OLD)
    sealed = list(LLMProviderConfig.objects.values_list("credentials"))
    with keys(NEW, OLD):
        printed = rotate("--dry-run")
    assert list(LLMProviderConfig.objects.values_list("credentials")) == sealed
    assert printed == (
        "".join(f"{slug} credentials: key 2, would be sealed with the first\n" for slug in PROVIDERS.slugs())
        + f"\n7 would be sealed with the first key, {fingerprint_of(NEW)}. Nothing was changed.\n"
    )


def test_with_one_key_there_is_nothing_to_do() -> None:
    with keys(OLD):
        stored("openai", {"api_key": "sk-1"})
        assert rotate() == (
            "openai credentials: sealed with the first key already\n"
            f"\nEverything stored is sealed with the only key, {fingerprint_of(OLD)}.\n"
        )


def test_a_row_that_no_key_opens_is_left_and_named_and_the_others_are_done() -> None:
    with keys(LOST):
        stored("xai", {"api_key": "xai-lost"})
    with keys(OLD):
        stored("openai", {"api_key": "sk-1"})
    lost = LLMProviderConfig.objects.values_list("credentials", flat=True).get(provider="xai")
    with keys(NEW, OLD), pytest.raises(CommandError) as refused:
        rotate()
    assert str(refused.value) == (
        "Cannot be decrypted: xai. Keep every key you have. Add the key they were sealed with to FERNET_KEYS and run "
        "this again, or send their credentials again."
    )
    assert LLMProviderConfig.objects.values_list("credentials", flat=True).get(provider="xai") == lost
    with keys(NEW):
        assert LLMProviderConfig.objects.get(provider="openai").credentials == {"api_key": "sk-1"}


def test_a_ciphertext_of_another_row_is_readable_in_no_row() -> None:
    with keys(OLD):
        moved = stored("openai", {"api_key": "sk-1"}).__dict__["sealed_credentials"]
        stored("xai", {"api_key": "xai-1"})
        LLMProviderConfig.objects.filter(provider="xai").update(credentials=moved)
        assert key_ring.look() == [
            SealedColumn("openai", "credentials", moved, 1, readable=True),
            SealedColumn("xai", "credentials", moved, 1, readable=False),
        ]


def test_what_is_written_meanwhile_with_the_old_key_is_told() -> None:
    store_all_with(OLD)
    with keys(OLD):
        late = LLMProviderConfig(provider="openai")
        late.credentials = {"api_key": "sk-late"}

    class Rows(StringIO):
        """The other process writes as soon as its row is done."""

        def write(self, text: str) -> int:
            if text.startswith("openai"):
                LLMProviderConfig.objects.filter(provider="openai").update(
                    credentials=late.__dict__["sealed_credentials"]
                )
            return super().write(text)

    with keys(NEW, OLD), pytest.raises(CommandError, match="wrote meanwhile"):
        call_command("rotate_encryption", stdout=Rows())


def test_neither_a_key_nor_a_secret_is_printed() -> None:
    store_all_with(OLD)
    with keys(NEW, OLD):
        printed = rotate("--dry-run") + rotate()
    assert [secret for secret in (NEW, OLD, "sk-", "gAAAA") if secret in printed] == []


@pytest.mark.parametrize("token", [b"", b"text", b"\x00\xff"])
def test_what_is_no_token_belongs_to_no_key(token: bytes) -> None:
    assert key_ring.key_ring().place_of(Sealed(token)) is None


def test_a_row_takes_a_short_transaction_of_its_own() -> None:
    store_all_with(OLD)
    with keys(NEW, OLD), CaptureQueriesContext(connection) as captured:
        rows = key_ring.reseal()
        next(rows)
    statements = [query["sql"].split()[0] for query in captured]
    assert statements == ["SELECT", "SAVEPOINT", "SELECT", "UPDATE", "RELEASE"]


def test_the_credentials_before_a_rotation_are_sealed_anew_as_well() -> None:
    with keys(OLD):
        stored("openai", {"api_key": "sk-1"})
        store.update("openai", patch={"api_key": "sk-2"}, author=GRACE)
    before = states()
    with keys(NEW, OLD):
        printed = rotate()
    assert sorted(printed.splitlines()[:2]) == [
        "openai credentials: key 2, sealed with the first",
        "openai previous_credentials: key 2, sealed with the first",
    ]
    assert states() == before
    with keys(NEW):
        assert rotation.undo("openai", author=GRACE).credentials == {"api_key": "sk-1"}


def test_those_that_no_key_opens_are_named_too() -> None:
    with keys(LOST):
        stored("openai", {"api_key": "sk-1"})
        store.update("openai", patch={"api_key": "sk-2"}, author=GRACE)
    with keys(OLD):
        LLMProviderConfig.objects.update(
            credentials=unsaved("openai", {"api_key": "sk-3"}).__dict__["sealed_credentials"]
        )
        with pytest.raises(CommandError, match=r"^Cannot be decrypted: openai\."):
            rotate()
