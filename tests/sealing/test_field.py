"""What the sealed column takes and refuses, and what queries get of it."""

from typing import Any

import pytest
from django.core.exceptions import FieldError
from django.db import IntegrityError, connection, transaction
from django.db.models import BinaryField, Case, F, TextField, Value, When
from django.db.models.functions import Concat, Upper

from llm_providers.models import LLMProviderConfig
from llm_providers.sealing import Sealed
from tests.factories import stored

pytestmark = pytest.mark.django_db

SECRET = {"api_key": "sk-canary"}
REFUSED = "credentials takes a JSON object, assigned to an instance. Expressions and bulk updates cannot be sealed."


@pytest.fixture
def config() -> LLMProviderConfig:
    return stored("openai", SECRET)


def test_an_object_comes_back_as_it_was(config: LLMProviderConfig) -> None:
    value = {"a": "ünïcödé 🎉", "b": {"c": [1, None, True, "\n"]}, "": ""}
    config.credentials = value
    config.save()
    assert LLMProviderConfig.objects.get().credentials == value


def test_an_object_can_be_given_when_the_row_is_made() -> None:
    values: dict[str, Any] = {"credentials": SECRET, "provider": "openai"}
    assert LLMProviderConfig.objects.create(**values).credentials == SECRET
    assert LLMProviderConfig.objects.get().credentials == SECRET


def test_the_column_holds_a_fernet_token(config: LLMProviderConfig) -> None:
    with connection.cursor() as cursor:
        cursor.execute("SELECT credentials FROM llm_providers_llmproviderconfig")
        token = bytes(cursor.fetchone()[0])
    assert token.startswith(b"gAAAA")
    assert b"canary" not in token


def test_the_same_object_is_sealed_differently_each_time(config: LLMProviderConfig) -> None:
    before = vars(config)["sealed_credentials"]
    config.credentials = SECRET
    assert vars(config)["sealed_credentials"] != before


def test_what_was_read_can_be_changed_without_changing_the_row(config: LLMProviderConfig) -> None:
    config.credentials["api_key"] = "sk-other"
    assert config.credentials == SECRET


@pytest.mark.parametrize(
    "value", ["text", "{}", b"{}", 1, 1.5, True, [], [("a", 1)], ("a",), {"a"}, F("provider"), Value("x")]
)
def test_anything_but_an_object_is_refused_on_assignment(config: LLMProviderConfig, value: object) -> None:
    values: dict[str, Any] = {"credentials": value, "provider": "xai"}
    with pytest.raises(FieldError, match=REFUSED):
        config.credentials = value
    with pytest.raises(FieldError, match=REFUSED):
        LLMProviderConfig(**values)
    assert config.credentials == SECRET


def test_credentials_without_a_provider_are_refused() -> None:
    values: dict[str, Any] = {"credentials": SECRET}
    with pytest.raises(FieldError, match="Set provider before credentials"):
        LLMProviderConfig(**values)


def test_a_row_without_credentials_is_not_stored() -> None:
    config = LLMProviderConfig(provider="openai")
    assert config.credentials is None
    with pytest.raises(IntegrityError), transaction.atomic():
        config.save()


def test_a_row_passes_the_models_own_validation(config: LLMProviderConfig) -> None:
    config.full_clean()
    assert config.credentials == SECRET


@pytest.mark.parametrize(
    "value",
    [
        SECRET,
        "text",
        b"text",
        [],
        F("provider"),
        F("credentials"),
        Value("text"),
        Value(b"text"),
        Value(SECRET),
        Upper("provider"),
        Concat("provider", Value("x")),
        Case(When(pk__gt=0, then=Value("text")), output_field=TextField()),
        Case(When(pk__gt=0, then=F("credentials")), output_field=BinaryField()),
    ],
    ids=repr,
)
def test_an_update_is_refused(config: LLMProviderConfig, value: Any) -> None:
    with pytest.raises(FieldError, match=REFUSED), transaction.atomic():
        LLMProviderConfig.objects.update(credentials=value)
    assert LLMProviderConfig.objects.get().credentials == SECRET


def test_a_bulk_update_is_refused(config: LLMProviderConfig) -> None:
    config.credentials = {"api_key": "sk-other"}
    with pytest.raises(FieldError, match=REFUSED), transaction.atomic():
        LLMProviderConfig.objects.bulk_update([config], ["credentials"])
    assert LLMProviderConfig.objects.get().credentials == SECRET


def test_a_bulk_update_of_other_fields_leaves_the_credentials_alone(config: LLMProviderConfig) -> None:
    config.enabled = False
    LLMProviderConfig.objects.bulk_update([config], ["enabled"])
    assert LLMProviderConfig.objects.values_list("enabled", flat=True).get() is False
    assert LLMProviderConfig.objects.get().credentials == SECRET


@pytest.mark.parametrize("lookup", ["exact", "iexact", "in", "contains", "startswith", "gt", "range", "regex"])
def test_a_lookup_is_refused(config: LLMProviderConfig, lookup: str) -> None:
    one: tuple[Any, ...] = ("sk-canary", F("provider"))
    for value in [[each] for each in one] if lookup in ("in", "range") else one:
        with pytest.raises(FieldError, match="does not support lookups"):
            LLMProviderConfig.objects.filter(**{f"credentials__{lookup}": value}).exists()


def test_queries_give_only_ciphertext(config: LLMProviderConfig) -> None:
    sealed = LLMProviderConfig.objects.values_list("credentials", flat=True).get()
    assert repr(sealed) == "<Sealed>"
    assert isinstance(sealed, Sealed)
    assert sealed.token.startswith(b"gAAAA")


def test_a_sealed_value_equals_only_its_like() -> None:
    assert Sealed(b"a") == Sealed(b"a")
    assert Sealed(b"a") != Sealed(b"b")
    assert Sealed(b"a") != b"a"
    assert len({Sealed(b"a"), Sealed(b"a"), Sealed(b"b")}) == 2
