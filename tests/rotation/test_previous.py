"""What is kept of the credentials before, for how long, and what brings them back."""

from datetime import timedelta
from io import StringIO
from typing import Any

import pytest
from django.core.management import call_command
from django.forms import model_to_dict
from django.utils import timezone
from pytest_django import Settings
from rest_framework.exceptions import ValidationError

from llm_providers import rotation, store
from llm_providers.audit import Author
from llm_providers.models import AuditEvent, LLMProviderConfig
from llm_providers.models.rotation import Previous
from llm_providers.providers import PROVIDERS, Provider
from llm_providers.sealing import CredentialsUnreadable, Sealed
from tests.factories import another, cleaned_example, stored
from tests.rotation.clock import Clock
from tests.sealing.keys import LOST, NEW, keys
from tests.ways import fields_of

pytestmark = pytest.mark.django_db

GRACE = Author("grace", AuditEvent.Source.COMMAND)
HEIDI = Author("heidi", AuditEvent.Source.COMMAND)
OLD = {"api_key": "sk-old", "organization": "org-1"}
OTHERS = {"location": "europe-west1"}  # where none is declared or can be invented
NEXT = {"api_key": "sk-next", "organization": "org-1"}

each_provider = pytest.mark.parametrize("provider", list(PROVIDERS), ids=lambda provider: provider.slug)


def row(provider: str = "openai") -> LLMProviderConfig:
    return LLMProviderConfig.objects.get(provider=provider)


def kept(provider: str = "openai") -> dict[str, Any] | None:
    """What undo would bring back."""
    config = row(provider)
    return config.previous_credentials if config.previous else None


def columns(config: LLMProviderConfig) -> dict[str, Any]:
    return {name: value for name, value in vars(config).items() if name not in ("_state", "updated_at")}


def rotate(**more: Any) -> LLMProviderConfig:
    return store.update("openai", author=GRACE, patch={"api_key": "sk-next"}, **more)


@pytest.fixture
def config() -> LLMProviderConfig:
    return stored("openai", OLD)


@pytest.mark.usefixtures("config")
def test_a_changed_secret_keeps_the_credentials_before_for_a_day(clock: Clock) -> None:
    rotate()
    assert kept() == OLD
    assert row().previous == Previous(1, clock.now, "grace", clock.now + timedelta(hours=24))
    assert (row().credentials_version, row().secrets_version, row().secrets_changed_at) == (2, 2, clock.now)


@pytest.mark.usefixtures("config")
def test_one_state_is_kept_the_last() -> None:
    rotate()
    store.update("openai", author=HEIDI, credentials={"api_key": "sk-third"})
    previous = row().previous
    assert previous
    assert (kept(), previous.version, previous.replaced_by) == (NEXT, 2, "heidi")


@each_provider
def test_each_secret_and_nothing_else_is_a_rotation(provider: type[Provider]) -> None:
    """The fields of the first way, each changed alone."""
    example = cleaned_example(provider)
    fields = {name: field for name, field in fields_of(provider).items() if name in provider.example}
    secrets = {name for name, field in fields.items() if field.secret}
    rotated = set()
    for name in fields:
        stored(provider.slug, example)
        changed = PROVIDERS.clean(provider.slug, {**example, name: OTHERS.get(name) or another(provider, name)})
        config = store.update(provider.slug, author=GRACE, credentials=changed)
        assert config.version == 2
        if config.previous:
            rotated.add(name)
        assert config.secrets_version == (2 if config.previous else 1)
        LLMProviderConfig.objects.all().delete()
    assert rotated == secrets
    assert secrets


@pytest.mark.parametrize(
    "change",
    [
        {"enabled": False},
        {"patch": {"api_key": "sk-next"}},
        {"credentials": NEXT},
        {"patch": {"organization": "org-2"}},
        {"patch": {"data_residency": "eu"}},
        {"patch": {"organization": None}},
    ],
    ids=repr,
)
@pytest.mark.usefixtures("config")
def test_what_is_no_change_of_a_secret_touches_nothing_of_a_rotation(change: dict[str, Any], clock: Clock) -> None:
    rotate()
    rotation.set_policy("openai", {"expires_at": clock.now + timedelta(days=90)}, author=GRACE)
    before = row()
    clock.move(hours=1)
    store.update("openai", author=HEIDI, **change)
    after = row()
    names = ["previous_version", "replaced_at", "replaced_by", "kept_until", "expires_at", "secrets_version"]
    names += ["secrets_changed_at", "sealed_previous_credentials", "previous_expires_at"]
    assert [getattr(after, name) for name in names] == [getattr(before, name) for name in names]
    assert after.due_at == before.due_at


@pytest.mark.usefixtures("config")
def test_of_zero_hours_none_are_kept(settings: Settings) -> None:
    settings.LLM_PROVIDERS_PREVIOUS_HOURS = 0
    rotate()
    assert (row().previous, row().sealed_previous_credentials) == (None, None)


@pytest.mark.usefixtures("config")
def test_after_a_leak_none_are_kept_also_none_from_before() -> None:
    rotate()
    store.update("openai", author=GRACE, patch={"api_key": "sk-third"}, forget=True)
    assert (row().previous_version, row().sealed_previous_credentials) == (None, None)


@pytest.mark.usefixtures("config")
def test_who_sends_the_same_secret_and_forget_has_the_one_before_forgotten() -> None:
    etag = rotate().etag
    store.update("openai", author=GRACE, enabled=True, forget=True)
    assert (row().previous_version, row().sealed_previous_credentials, row().etag) == (None, None, etag)
    assert AuditEvent.objects.values_list("action", flat=True).first() == "retire"


@pytest.mark.usefixtures("config")
def test_what_cannot_be_read_is_not_kept() -> None:
    rotate()
    LLMProviderConfig.objects.update(credentials=Sealed(b"of another key"))
    store.update("openai", author=GRACE, credentials={"api_key": "sk-third"})
    assert (row().previous_version, row().sealed_previous_credentials) == (None, None)


# --- Sealed for its place


def moved(column: str, sealed: Sealed) -> None:
    LLMProviderConfig.objects.filter(provider="openai").update(**{column: sealed})


@pytest.mark.usefixtures("config")
def test_neither_ciphertext_opens_in_the_place_of_the_other() -> None:
    rotate()
    current, previous = row().sealed_credentials, row().sealed_previous_credentials
    assert previous
    moved("credentials", previous)
    with pytest.raises(CredentialsUnreadable):
        _ = row().credentials
    moved("previous_credentials", current)
    with pytest.raises(CredentialsUnreadable):
        _ = row().previous_credentials


@pytest.mark.usefixtures("config")
def test_the_previous_of_another_row_or_version_does_not_open() -> None:
    rotate()
    stored("azure", PROVIDERS.get("azure").example)
    store.update("azure", author=GRACE, patch={"api_key": "another-key"})
    openai, azure = row().sealed_previous_credentials, row("azure").sealed_previous_credentials
    assert openai
    assert azure
    moved("previous_credentials", azure)
    with pytest.raises(CredentialsUnreadable):
        rotation.undo("openai", author=GRACE)
    moved("previous_credentials", openai)
    store.update("openai", author=GRACE, patch={"api_key": "sk-third"})  # version 2 is the previous now
    moved("previous_credentials", openai)
    with pytest.raises(CredentialsUnreadable):
        rotation.undo("openai", author=GRACE)


@pytest.mark.usefixtures("config")
def test_no_dump_form_or_text_holds_it() -> None:
    rotate()
    sealed = row().sealed_previous_credentials
    assert sealed
    dumped = StringIO()
    call_command("dumpdata", "llm_providers", stdout=dumped)
    assert row().sealed_credentials.token.decode() in dumped.getvalue()
    assert sealed.token.decode() not in dumped.getvalue()
    assert "previous" not in dumped.getvalue()
    assert "previous" not in str(model_to_dict(row()))
    assert sealed.token.decode() not in repr(vars(row()))


@pytest.mark.usefixtures("config")
def test_whoever_only_reads_does_not_load_it() -> None:
    rotate()
    assert "sealed_previous_credentials" not in vars(store.find("openai"))
    assert all("sealed_previous_credentials" not in vars(config) for config in store.find_all())


# --- Its time


@pytest.mark.usefixtures("config")
def test_when_its_time_is_over_it_is_hidden(clock: Clock) -> None:
    rotate()
    clock.move(hours=24)
    assert row().previous is None
    with pytest.raises(rotation.NothingToUndo):
        rotation.undo("openai", author=GRACE)
    assert row().credentials == NEXT


def retire_in_vain() -> None:
    with pytest.raises(rotation.NothingToRetire):
        rotation.retire("openai", author=GRACE)


@pytest.mark.parametrize(
    "write",
    [
        lambda: store.update("openai", author=GRACE, enabled=False),
        lambda: store.update("openai", author=GRACE, enabled=True),
        lambda: rotation.set_policy("openai", {"owner": "ml-platform"}, author=GRACE),
        rotation.retire_expired,
        retire_in_vain,
    ],
    ids=["a change", "one of nothing", "the policy", "the command", "a retirement"],
)
@pytest.mark.usefixtures("config")
def test_when_its_time_is_over_the_next_write_erases_it(write: Any, clock: Clock) -> None:
    rotate()
    clock.move(hours=24)
    etag = row().etag
    assert rotation.waiting() == ["openai"]
    write()
    assert (row().sealed_previous_credentials, row().previous_version, row().kept_until) == (None, None, None)
    assert rotation.waiting() == []
    assert row().etag in (etag, f'"{row().pk}-3"')
    assert not AuditEvent.objects.filter(action="retire").exists()


@pytest.mark.usefixtures("config")
def test_what_is_in_time_is_not_erased_by_the_command(clock: Clock) -> None:
    rotate()
    clock.move(hours=23)
    before = columns(row())
    assert rotation.retire_expired() == []
    assert columns(row()) == before


# --- Undo


@pytest.mark.usefixtures("config")
def test_undo_swaps_as_a_new_version_and_leaves_the_switch_alone(clock: Clock) -> None:
    expires_at = clock.now + timedelta(days=30)
    rotation.set_policy("openai", {"expires_at": expires_at}, author=GRACE)
    rotate(enabled=False)
    assert row().expires_at is None
    clock.move(minutes=5)
    config = rotation.undo("openai", author=HEIDI)
    assert columns(config) == columns(row())
    assert (config.credentials, config.enabled, config.version, config.updated_by) == (OLD, False, 3, "heidi")
    assert (config.credentials_version, config.secrets_version, config.expires_at) == (3, 3, expires_at)
    assert kept() == NEXT
    assert config.previous == Previous(2, clock.now, "heidi", clock.now + timedelta(hours=24))
    event = AuditEvent.objects.all()[0]
    assert (event.action, event.actor, event.fields) == ("undo", "heidi", ["credentials.api_key"])


@pytest.mark.usefixtures("config")
def test_undo_twice_is_where_it_was_as_another_version(clock: Clock) -> None:
    rotate()
    rotation.set_policy("openai", {"expires_at": clock.now}, author=GRACE)
    rotation.undo("openai", author=GRACE)
    assert row().expires_at is None
    config = rotation.undo("openai", author=GRACE)
    assert (config.credentials, config.version, kept()) == (NEXT, 4, OLD)
    assert config.expires_at == clock.now


def test_undo_brings_the_way_in_and_the_destination_of_before_back() -> None:
    azure = PROVIDERS.get("azure")
    before = cleaned_example(azure)
    stored("azure", before)
    after = PROVIDERS.clean("azure", dict(azure.Credentials.ways[1].second_example))
    store.update("azure", author=GRACE, credentials=after)
    assert rotation.undo("azure", author=GRACE).credentials == before
    assert kept("azure") == after
    event = AuditEvent.objects.all()[0]
    assert set(event.fields) == {f"credentials.{name}" for name in {**before, **after}}


@pytest.mark.usefixtures("config")
def test_undo_is_refused_to_who_read_another_state() -> None:
    before = row().etag
    after = rotate().etag
    with pytest.raises(store.ChangedMeanwhile):
        rotation.undo("openai", author=GRACE, expected=[before])
    rotation.undo("openai", author=GRACE, expected=[after])
    with pytest.raises(store.ChangedMeanwhile):  # sent again, it would bring the bad key back
        rotation.undo("openai", author=GRACE, expected=[after])
    assert row().credentials == OLD


@pytest.mark.usefixtures("config")
def test_what_breaks_a_rule_of_today_does_not_come_back() -> None:
    rotate()
    config = row()
    config.previous_credentials = {"api_key": "no-key-of-openai"}
    config.save()
    before = columns(row())
    with pytest.raises(ValidationError) as refused:
        rotation.undo("openai", author=GRACE)
    assert list(refused.value.detail) == ["api_key"]
    assert columns(row()) == before


def test_what_no_key_opens_does_not_come_back_and_can_be_retired() -> None:
    with keys(LOST):
        stored("openai", OLD)
        rotate()
    with keys(NEW):
        store.update("openai", author=GRACE, enabled=False)
        with pytest.raises(CredentialsUnreadable):
            rotation.undo("openai", author=GRACE)
        rotation.retire("openai", author=GRACE)
    assert row().sealed_previous_credentials is None


@pytest.mark.usefixtures("config")
def test_undo_in_the_place_of_what_cannot_be_read_keeps_nothing() -> None:
    rotate()
    LLMProviderConfig.objects.update(credentials=Sealed(b"of another key"))
    assert rotation.undo("openai", author=GRACE).credentials == OLD
    assert row().previous is None


@pytest.mark.usefixtures("config")
def test_of_nothing_kept_there_is_nothing_to_undo_or_retire() -> None:
    before = columns(row())
    with pytest.raises(rotation.NothingToUndo):
        rotation.undo("openai", author=GRACE)
    with pytest.raises(rotation.NothingToRetire):
        rotation.retire("openai", author=GRACE)
    with pytest.raises(store.NotConfigured):
        rotation.undo("xai", author=GRACE)
    with pytest.raises(store.ChangedMeanwhile):
        rotation.retire("openai", author=GRACE, expected=[])
    assert columns(row()) == before
    assert not AuditEvent.objects.exists()


@pytest.mark.usefixtures("config")
def test_retire_forgets_and_leaves_version_and_everything_else() -> None:
    rotate()
    before = columns(row())
    assert rotation.retire("openai", author=HEIDI) == rotation.find("openai")
    gone = {
        "sealed_previous_credentials": None,
        "previous_version": None,
        "previous_expires_at": None,
        "replaced_at": None,
        "replaced_by": "",
        "kept_until": None,
    }
    assert columns(row()) == {**before, **gone}
    event = AuditEvent.objects.all()[0]
    assert (event.action, event.actor, event.provider, event.fields) == ("retire", "heidi", "openai", [])


# --- The policy


@pytest.mark.usefixtures("config")
def test_the_policy_is_kept_and_told_by_its_names_and_is_no_version() -> None:
    rotate()
    before, moment = columns(row()), timezone.now()
    policy = {"owner": "ml-platform", "expires_at": moment, "rotate_every_days": 90}
    rotation.set_policy("openai", policy, author=HEIDI)
    assert columns(row()) == {**before, **policy}
    rotation.set_policy("openai", {"owner": "ml-platform", "rotate_every_days": 30}, author=HEIDI)
    rotation.set_policy("openai", {"owner": None, "rotate_every_days": 30, "expires_at": None}, author=HEIDI)
    rotation.set_policy("openai", {"owner": None}, author=HEIDI)
    assert columns(row()) == {**before, "rotate_every_days": 30}
    events = AuditEvent.objects.filter(action="policy").order_by("id")
    assert [event.fields for event in events] == [
        ["owner", "expires_at", "rotate_every_days"],
        ["rotate_every_days"],
        ["owner", "expires_at"],
    ]


@pytest.mark.parametrize(
    ("policy", "due_in"),
    [
        ({}, None),
        ({"expires_in": 30}, 23),
        ({"rotate_every_days": 90}, 90),
        ({"expires_in": 30, "rotate_every_days": 90}, 23),
        ({"expires_in": 300, "rotate_every_days": 90}, 90),
        ({"expires_in": 5}, -2),
    ],
)
@pytest.mark.usefixtures("config")
def test_it_is_due_at_the_earlier_of_both_dates(policy: dict[str, int], due_in: int | None, clock: Clock) -> None:
    rotate()
    wanted: dict[str, Any] = {name: days for name, days in policy.items() if name != "expires_in"}
    if "expires_in" in policy:
        wanted["expires_at"] = clock.now + timedelta(days=policy["expires_in"])
    told = rotation.set_policy("openai", wanted, author=GRACE)
    due_at = None if due_in is None else clock.now + timedelta(days=due_in)
    assert (told.due_at, told.due) == (due_at, due_in is not None and due_in <= 0)
    if due_at:
        clock.now = due_at - timedelta(microseconds=1)
        assert not row().due
        clock.now = due_at
        assert row().due


@pytest.mark.usefixtures("config")
def test_a_rotation_puts_the_dates_off(clock: Clock) -> None:
    policy = {"rotate_every_days": 90, "expires_at": clock.now + timedelta(days=30)}
    rotation.set_policy("openai", policy, author=GRACE)
    clock.move(days=80)
    rotate()
    assert (row().expires_at, row().due_at) == (None, clock.now + timedelta(days=90))
