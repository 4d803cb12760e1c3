"""The card about the rotation of a key: what it says, what its buttons do, and for whom."""

import re
from datetime import UTC, datetime, timedelta
from html import unescape
from typing import Any

import pytest
from django.contrib.auth.models import User
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext
from django.utils import timezone
from pytest_django import Settings

from llm_providers import audit, delivery, rotation, store
from llm_providers.models import AuditEvent, Consumer, LLMProviderConfig
from llm_providers.providers import PROVIDERS, Provider
from tests.admin.pages import CONFIGS, EVENTS, HOME, as_entered, change
from tests.client import holder_of, member_of
from tests.factories import another, canaries, canary_credentials, found
from tests.verification.cases import ANTHROPIC, ANTHROPIC_LIST, Case, said
from tests.verification.conftest import StartFake, authority, fake, loopback, reachable  # noqa: F401  (fixtures)
from tests.verification.fakes import CANARY
from tests.ways import fields_of, name_of, through_each_way

pytestmark = pytest.mark.django_db

GRACE = audit.Author("grace", AuditEvent.Source.ADMIN)
OLD = {"api_key": "sk-ant-0ld0ld0ld"}
NEW = {"api_key": f"sk-ant-{CANARY}"}
GOOD = Case(ANTHROPIC, "good", {"GET /v1/models": ANTHROPIC_LIST}, "valid", None, "")
BAD = Case(ANTHROPIC, "bad", {"GET /v1/models": said(401)}, "invalid", "api_key", "")
IN_EACH_WAY = [each for declared in PROVIDERS for each in through_each_way(declared)]


@pytest.fixture
def config() -> LLMProviderConfig:
    return store.create("anthropic", enabled=True, credentials=OLD, author=GRACE)


@pytest.fixture
def rotated(config: LLMProviderConfig) -> LLMProviderConfig:
    return store.update("anthropic", patch=NEW, author=GRACE)


def row() -> LLMProviderConfig:
    return LLMProviderConfig.objects.get(provider="anthropic")


def press(client: Client, config: LLMProviderConfig, button: str, **entered: Any) -> str:
    """What follows on a button of the card, pressed on a page that showed this state."""
    data = {"etag": config.etag, **{name.replace("__", "-"): value for name, value in entered.items()}}
    page = client.post(f"{CONFIGS}{config.pk}/{button}/", data, follow=True)
    assert page.status_code == 200
    return unescape(page.text)


def rotate(client: Client, config: LLMProviderConfig, key: str, **entered: Any) -> str:
    return press(client, config, "rotate", **{"new-credentials.api_key": key, **entered})


def fetch(*names: str) -> None:
    """These users fetch the credentials as they are now."""
    for name in names:
        asking = delivery.Asking(Consumer.Kind.USER, name)
        delivery.prepare("anthropic", asking).record(audit.Author(name, AuditEvent.Source.API))


def card(client: Client, config: LLMProviderConfig) -> str:
    """Its text."""
    page = client.get(change(config.pk)).text
    section = page[page.index('<section class="rotation"') : page.index('<h3 class="page-part"')]
    return " ".join(unescape(re.sub(r"<[^>]*>", " ", section)).split())


def steps(client: Client, config: LLMProviderConfig) -> list[str]:
    return re.findall(r'class="step step-(\w+)"', client.get(change(config.pk)).text)


# --- The steps, which fill themselves in


def test_the_steps_fill_themselves_in(admin_client: Client, config: LLMProviderConfig) -> None:
    fetch("billing", "search")
    assert steps(admin_client, config) == ["now", "todo", "todo", "todo", "todo"]
    rotate(admin_client, config, "sk-ant-next")
    assert steps(admin_client, config) == ["done", "done", "now", "todo", "todo"]
    fetch("billing")
    assert steps(admin_client, config) == ["done", "done", "now", "todo", "todo"]
    fetch("search")
    assert steps(admin_client, config) == ["done", "done", "done", "now", "now"]
    press(admin_client, row(), "retire")
    assert steps(admin_client, config) == ["now", "todo", "todo", "todo", "todo"]


def test_who_does_not_hold_the_new_key_yet_is_named(admin_client: Client, config: LLMProviderConfig) -> None:
    fetch("billing", "search", "chat")
    store.update("anthropic", patch=NEW, author=GRACE)
    fetch("chat")
    text = card(admin_client, config)
    assert "The old key must not be revoked yet: 2 of 3 consumers do not hold version 2: billing, search." in text
    assert "A rotation is under way: waiting for 2 of 3 consumers." in text
    assert "billing user still version 1 just now search user still version 1 just now chat user version 2" in text
    fetch("billing")
    assert "1 of 3 consumers does not hold version 2: search." in card(admin_client, config)
    fetch("search")
    text = card(admin_client, config)
    assert "The old key may be revoked: all 3 consumers hold version 2." in text
    assert "No consumer holds it any more. Revoke it there" in text


def test_of_many_who_are_waited_for_three_are_named(admin_client: Client, config: LLMProviderConfig) -> None:
    fetch("a", "b", "c", "d", "e")
    store.update("anthropic", patch=NEW, author=GRACE)
    assert "5 of 5 consumers do not hold version 2: a, b, c and 2 more." in card(admin_client, config)


def test_with_no_consumer_nothing_is_known(admin_client: Client, rotated: LLMProviderConfig) -> None:
    text = card(admin_client, rotated)
    assert "Nothing is known: nobody fetched these credentials in the last 30 days." in text
    assert "Find out for yourself who uses the old key before you revoke it." in text
    assert "may be revoked" not in text


def test_a_plain_value_that_changed_since_takes_nobody_the_key(admin_client: Client) -> None:
    openai = store.create("openai", enabled=True, credentials={"api_key": "sk-1"}, author=GRACE)
    asking = delivery.Asking(Consumer.Kind.COMMAND, "host:user")
    delivery.prepare("openai", asking).record(GRACE)
    store.update("openai", patch={"data_residency": "eu"}, author=GRACE)
    assert "The only consumer holds version 1 or later." in card(admin_client, openai)


def test_what_is_kept_is_told_with_its_time_and_by_whom(admin_client: Client, rotated: LLMProviderConfig) -> None:
    text = card(admin_client, rotated)
    previous = rotated.previous
    assert previous
    assert f"Version 2 is current, stored by grace on {previous.replaced_at:%Y-%m-%d %H:%M} UTC." in text
    assert f"Version 1 is kept, sealed, until {previous.kept_until:%Y-%m-%d %H:%M} UTC (another 23 hours)." in text


def test_who_still_holds_the_old_key_is_told_also_once_nothing_is_kept(
    admin_client: Client, config: LLMProviderConfig
) -> None:
    fetch("billing")
    store.update("anthropic", patch=NEW, forget=True, author=GRACE)
    text = card(admin_client, config)
    assert "1 of 1 consumer does not hold version 2: billing." in text
    assert "Undo" not in text
    assert "Nothing is kept here of a key before." in text


# --- Rotate


def test_a_good_key_is_verified_and_rotated(
    admin_client: Client,
    config: LLMProviderConfig,
    fake: StartFake,  # noqa: F811
) -> None:
    asked = fake(GOOD)
    page = rotate(admin_client, config, NEW["api_key"], **{"new-verify_first": "on"})
    assert "The key of Anthropic is rotated: from now on everybody gets the new one." in page
    assert CANARY not in page
    assert (row().credentials, row().previous_credentials) == (NEW, OLD)
    assert len(asked.received) == 1
    assert row().verification is not None


def test_a_bad_key_is_kept_out_and_in_no_page(
    admin_client: Client,
    config: LLMProviderConfig,
    fake: StartFake,  # noqa: F811
) -> None:
    fake(BAD)
    page = rotate(admin_client, config, NEW["api_key"], **{"new-verify_first": "on"})
    assert "Anthropic refused this key. Make a new one, and enter it whole." in page
    assert "Nothing was saved." in page
    assert '<details class="disclosure" open>' in page
    assert CANARY not in page
    assert (row().credentials, row().previous) == (OLD, None)


def test_the_day_the_new_key_expires_is_stored_with_it(admin_client: Client, config: LLMProviderConfig) -> None:
    rotate(admin_client, config, "sk-ant-next", **{"new-expires_at": "2099-01-31"})
    assert row().expires_at == datetime(2099, 1, 31, tzinfo=UTC)
    assert list(AuditEvent.objects.values_list("action", "actor"))[:2] == [("policy", "admin"), ("update", "admin")]


def test_after_a_leak_nothing_is_kept(admin_client: Client, config: LLMProviderConfig) -> None:
    page = rotate(admin_client, config, "sk-ant-next", **{"new-forget": "on"})
    assert "is rotated" in page
    assert "Undo" not in page
    assert row().previous is None


def test_all_that_is_wrong_is_told_at_once(admin_client: Client) -> None:
    bedrock = PROVIDERS.get("amazon-bedrock")
    config = store.create("amazon-bedrock", enabled=True, credentials=bedrock.example, author=GRACE)
    entered = {"new-credentials.aws_access_key_id": "ASIA 1", "new-expires_at": "tomorrow"}
    page = press(admin_client, config, "rotate", **entered)
    errors = re.findall(r'<ul class="errors" id="id_new-([\w.]+)_error">', page)
    assert errors == ["credentials.aws_access_key_id", "credentials.aws_secret_access_key", "expires_at"]
    page = press(admin_client, config, "rotate", **{"new-credentials.aws_access_key_id": "ASIA1"})
    errors = re.findall(r'<ul class="errors" id="id_new-([\w.]+)_error">', page)
    assert errors == ["credentials.aws_access_key_id", "credentials.aws_secret_access_key"]


def test_the_same_key_again_is_no_rotation(admin_client: Client, config: LLMProviderConfig) -> None:
    page = rotate(admin_client, config, OLD["api_key"])
    assert "Nothing was rotated: this is the key of Anthropic that is stored already." in page
    assert row().previous is None


def test_an_optional_part_of_the_old_key_goes_with_it(admin_client: Client) -> None:
    bedrock = PROVIDERS.get("amazon-bedrock")
    temporary = {**bedrock.example, "aws_access_key_id": "ASIAYOURACCESSKEYID2", "aws_session_token": "token"}
    config = store.create("amazon-bedrock", enabled=True, credentials=temporary, author=GRACE)
    names = ("aws_access_key_id", "aws_secret_access_key")
    press(admin_client, config, "rotate", **{f"new-credentials.{name}": another(bedrock, name) for name in names})
    stored = LLMProviderConfig.objects.get().credentials
    assert stored == {**bedrock.example, **{name: another(bedrock, name) for name in names}}


@pytest.mark.parametrize("provider", IN_EACH_WAY, ids=name_of)
def test_each_provider_is_rotated_and_undone_and_no_page_holds_a_piece(
    admin_client: Client, provider: type[Provider]
) -> None:
    first, second = canary_credentials(provider), canary_credentials(provider)
    config = store.create(provider.slug, enabled=True, credentials=first, author=GRACE)
    before = config.credentials
    boxes = re.findall(r'name="new-credentials\.(\w+)"', admin_client.get(change(config.pk)).text)
    secret = [name for name, field in fields_of(provider).items() if field.masked and (field.required or field.secret)]
    assert boxes == secret
    entered = {f"new-credentials.{name}": second[name] for name in boxes if name in second}
    sent = {name: as_entered(value) for name, value in entered.items()}
    seen = [press(admin_client, config, "rotate", **sent)]
    assert "is rotated" in seen[0]
    config.refresh_from_db()
    assert config.credentials != before
    assert config.previous_credentials == before
    paths = (HOME, CONFIGS, EVENTS, *(f"{CONFIGS}{config.pk}/{name}/" for name in ("change", "retire", "history")))
    seen += [admin_client.get(path).text for path in paths]
    seen.append(press(admin_client, config, "undo"))
    seen += [admin_client.get(path).text for path in paths]
    config.refresh_from_db()
    assert config.credentials == before
    pieces = canaries(provider, first) + canaries(provider, second)
    assert [page for page in seen if found(pieces, page)] == []


# --- Undo and retire


def test_undo_brings_the_old_key_back_and_says_so(admin_client: Client, rotated: LLMProviderConfig) -> None:
    page = press(admin_client, rotated, "undo")
    assert "Undone: the key of Anthropic from before is current again, as version 3." in page
    assert (row().credentials, row().previous_credentials) == (OLD, NEW)
    text = card(admin_client, rotated)
    assert "admin undid the rotation just now: the key from before is current again." in text
    assert "Revoke the key that was taken back at Anthropic" in text
    assert steps(admin_client, rotated) == ["now", "todo", "now", "todo", "todo"]
    assert f"set {row().updated_at:%Y-%m-%d %H:%M} UTC by admin" in admin_client.get(change(rotated.pk)).text
    rotate(admin_client, row(), "sk-ant-third")
    assert "undid" not in card(admin_client, rotated)


def test_a_repeated_undo_does_not_bring_the_bad_key_back(admin_client: Client, rotated: LLMProviderConfig) -> None:
    press(admin_client, rotated, "undo")
    page = press(admin_client, rotated, "undo")
    assert "Nothing was done now: admin changed Anthropic at" in page
    assert (row().credentials, row().version) == (OLD, 3)


@pytest.mark.parametrize("etag", ["", "*", "1", '"1-1"'])
@pytest.mark.parametrize("button", ["undo", "retire", "policy", "rotate"])
def test_a_page_of_another_state_changes_nothing(
    admin_client: Client, rotated: LLMProviderConfig, button: str, etag: str
) -> None:
    entered = {"etag": etag, "new-credentials.api_key": "sk-ant-late", "policy-owner": "late"}
    page = press(admin_client, rotated, button, **entered)
    assert "Nothing was done now: grace changed Anthropic at" in page
    assert "sk-ant-late" not in page
    assert (row().credentials, row().version, row().owner) == (NEW, 2, "")
    assert row().previous is not None
    assert AuditEvent.objects.exclude(action__in=["create", "update"]).count() == 0


def test_retiring_asks_first_and_forgets(admin_client: Client, rotated: LLMProviderConfig) -> None:
    address = f"{CONFIGS}{rotated.pk}/retire/"
    asked = admin_client.get(address).text
    assert "Retire the old key of Anthropic?" in asked
    assert "It cannot be brought back" in asked
    assert "Nothing is known: nobody fetched these credentials" in asked
    assert row().previous is not None
    assert "The key of Anthropic that was kept is forgotten." in press(admin_client, rotated, "retire")
    assert row().previous is None
    assert "Nothing is kept any more of a key of Anthropic before." in press(admin_client, rotated, "retire")
    assert "Nothing is kept of a key of Anthropic before." in admin_client.get(address, follow=True).text
    assert "there is nothing to undo" in press(admin_client, rotated, "undo")


def test_undo_and_retire_are_in_the_history_by_name(admin_client: Client, rotated: LLMProviderConfig) -> None:
    press(admin_client, rotated, "undo")
    press(admin_client, row(), "retire")
    press(admin_client, row(), "policy", **{"policy-owner": "ml", "policy-rotate_every_days": "90"})
    page = admin_client.get(f"{CONFIGS}{rotated.pk}/history/").text
    told = re.findall(r"<strong>admin</strong> &middot; (\w+) &middot; Admin[^/]*</p>\s*(?:<p>([^<]*)</p>)?", page)
    assert told == [("Policy", "owner, rotate every days"), ("Retire", ""), ("Undo", "API key")]


def test_what_is_over_is_not_offered(admin_client: Client, rotated: LLMProviderConfig) -> None:
    LLMProviderConfig.objects.update(kept_until=timezone.now() - timedelta(seconds=1))
    text = card(admin_client, rotated)
    assert "Undo" not in text
    assert "Nothing is kept here of a key before." in text
    assert "there is nothing to undo" in press(admin_client, rotated, "undo")


def test_with_nothing_to_be_kept_the_page_says_there_is_no_undo(
    admin_client: Client, config: LLMProviderConfig, settings: Settings
) -> None:
    settings.LLM_PROVIDERS_PREVIOUS_HOURS = 0
    text = card(admin_client, config)
    assert "Nothing is kept of the one that is current now: this cannot be undone." in text
    assert "leaked" not in text
    rotate(admin_client, config, "sk-ant-next")
    assert "Undo" not in card(admin_client, config)


# --- Owner and dates


def test_owner_and_dates_are_stored(admin_client: Client, config: LLMProviderConfig) -> None:
    entered = {"policy-owner": "ml-platform", "policy-expires_at": "2099-01-31", "policy-rotate_every_days": "90"}
    page = press(admin_client, config, "policy", **entered)
    assert "Owner and dates of the key of Anthropic are stored." in page
    due = config.secrets_changed_at + timedelta(days=90)
    text = card(admin_client, config)
    assert f"Due {due:%Y-%m-%d}, in 90 days; it expires 2099-01-31, in " in text
    assert "Owner ml-platform Expires 2099-01-31 00:00 UTC Rotate every 90 days Last rotated" in text
    shown = {f"initial-{name}": value for name, value in entered.items()}
    press(admin_client, row(), "policy", **shown)
    assert (row().owner, row().expires_at, row().rotate_every_days) == ("", None, None)


def test_what_somebody_else_entered_meanwhile_is_not_written_over(
    admin_client: Client, config: LLMProviderConfig
) -> None:
    moment = datetime(2099, 1, 31, 15, 30, tzinfo=UTC)
    rotation.set_policy("anthropic", {"expires_at": moment}, author=GRACE)
    press(admin_client, config, "policy", **{"policy-owner": "ml-platform"})
    assert (row().owner, row().expires_at) == ("ml-platform", moment)


def test_an_unchanged_day_keeps_its_hour(admin_client: Client, config: LLMProviderConfig) -> None:
    moment = datetime(2099, 1, 31, 15, 30, tzinfo=UTC)
    rotation.set_policy("anthropic", {"expires_at": moment}, author=GRACE)
    sent = {"policy-expires_at": "2099-01-31", "initial-policy-expires_at": "2099-01-31", "policy-owner": "ml"}
    press(admin_client, config, "policy", **sent)
    assert (row().owner, row().expires_at) == ("ml", moment)


def test_all_that_is_wrong_with_owner_and_dates_is_told_at_once(
    admin_client: Client, config: LLMProviderConfig
) -> None:
    entered = {"policy-owner": "a\tb", "policy-expires_at": "1999-12-31", "policy-rotate_every_days": "3651"}
    page = press(admin_client, config, "policy", **entered)
    assert "Enter one line of text, without control characters." in page
    assert "Enter a day after 1999." in page
    assert "less than or equal to 3650" in page
    entered = {"policy-owner": "x" * 151, "policy-expires_at": "soon", "policy-rotate_every_days": "0"}
    page = press(admin_client, config, "policy", **entered)
    assert "Nothing was saved." in page
    assert re.findall(r'<ul class="errors" id="id_policy-(\w+)_error">', page) == [
        "owner",
        "expires_at",
        "rotate_every_days",
    ]
    assert row().owner == ""


# --- Who may


def staff(user: User) -> Client:
    User.objects.filter(pk=user.pk).update(is_staff=True)
    client = Client()
    client.force_login(User.objects.get(pk=user.pk))
    return client


def test_who_may_only_view_sees_the_card_without_a_button(rotated: LLMProviderConfig) -> None:
    rotation.set_policy("anthropic", {"owner": "ml-platform"}, author=GRACE)
    viewer = staff(member_of("LLM provider viewers"))
    text = card(viewer, rotated)
    assert "Version 1 is kept, sealed, until" in text
    assert "Owner ml-platform" in text
    page = viewer.get(change(rotated.pk)).text
    section = page[page.index('<section class="rotation"') : page.index('<h3 class="page-part"')]
    assert re.findall(r"<(?:form|button|input|summary|a)\b", section) == []


@pytest.mark.parametrize("button", ["rotate", "undo", "retire", "policy"])
@pytest.mark.parametrize(
    ("codenames", "status"),
    [
        (["view_llmproviderconfig", "verify_llmproviderconfig", "add_llmproviderconfig"], 403),
        (["delete_llmproviderconfig", "use_llmproviderconfig"], 403),
        (["change_llmproviderconfig"], 302),
    ],
)
def test_changing_takes_the_permission_to_change(
    rotated: LLMProviderConfig, button: str, codenames: list[str], status: int
) -> None:
    client = staff(holder_of(*codenames))
    data = {"etag": rotated.etag, "new-credentials.api_key": "sk-ant-next", "policy-owner": "me"}
    assert client.post(f"{CONFIGS}{rotated.pk}/{button}/", data).status_code == status
    assert client.get(f"{CONFIGS}{rotated.pk}/{button}/").status_code in (status, 200 if status == 302 else 403)
    changed = (row().etag, row().previous, row().owner) != (rotated.etag, rotated.previous, "")
    assert changed is (status == 302)


def test_without_the_permission_to_verify_there_is_no_tick(config: LLMProviderConfig) -> None:
    client = staff(holder_of("change_llmproviderconfig"))
    assert "Verify before saving" not in client.get(change(config.pk)).text
    data = {"etag": config.etag, "new-credentials.api_key": "sk-ant-next", "new-verify_first": "on"}
    assert client.post(f"{CONFIGS}{config.pk}/rotate/", data).status_code == 403
    assert row().credentials == OLD
    verifier = staff(holder_of("change_llmproviderconfig", "verify_llmproviderconfig"))
    tick = re.search(r'<input[^>]*name="new-verify_first"[^>]*>', verifier.get(change(config.pk)).text)
    assert tick
    assert " checked" in tick[0]


def test_no_button_works_by_a_link_or_from_another_site(admin_client: Client, rotated: LLMProviderConfig) -> None:
    strict = Client(enforce_csrf_checks=True)
    strict.force_login(User.objects.get(username="admin"))
    for button in ("rotate", "undo", "retire", "policy"):
        address = f"{CONFIGS}{rotated.pk}/{button}/"
        admin_client.get(address, {"etag": rotated.etag, "policy-owner": "me"})
        assert strict.post(address, {"etag": rotated.etag, "policy-owner": "me"}).status_code == 403
    assert (row().etag, row().owner) == (rotated.etag, "")
    assert row().previous is not None


def test_what_was_deleted_meanwhile_leads_home(admin_client: Client, rotated: LLMProviderConfig) -> None:
    store.delete("anthropic", author=GRACE)
    for button in ("rotate", "undo", "retire", "policy"):
        assert "This configuration does not exist any more." in press(admin_client, rotated, button)


def test_what_cannot_be_read_is_not_rotated(admin_client: Client, config: LLMProviderConfig) -> None:
    other = store.create("xai", enabled=True, credentials={"api_key": "xai-1"}, author=GRACE)
    LLMProviderConfig.objects.filter(pk=config.pk).update(credentials=vars(other)["sealed_credentials"])
    assert "nothing can be rotated: enter all credentials below" in card(admin_client, config)
    page = rotate(admin_client, config, "sk-ant-next")
    assert "Nothing was rotated." in page
    assert not row().readable


def test_consumers_are_read_before_what_they_are_compared_with(admin_client: Client, config: LLMProviderConfig) -> None:
    """In the other order an undo in between would show those who hold the old key as safe."""
    for page in ("change", "retire"):
        with CaptureQueriesContext(connection) as queries:
            admin_client.get(f"{CONFIGS}{config.pk}/{page}/")
        tables = [found[1] for each in queries if (found := re.search(r'FROM "llm_providers_(\w+)"', each["sql"]))]
        known = [name for name in tables if name in ("consumer", "llmproviderconfig")]
        assert known[-2:] == ["consumer", "llmproviderconfig"]
