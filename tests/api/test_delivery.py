"""Credentials in plaintext: to whom, when, what exactly, and what is written down of it."""

from datetime import timedelta
from typing import Any

import pytest
from django.contrib.auth.models import User
from django.db import OperationalError, connection, transaction
from django.test.utils import CaptureQueriesContext
from django.utils import timezone
from pytest_django import Settings

from llm_providers import delivery, store
from llm_providers.audit import Author
from llm_providers.environment import environment_of
from llm_providers.models import AuditEvent, Consumer, LLMProviderConfig
from llm_providers.providers import PROVIDERS, Provider
from llm_providers.sealing import Sealed
from tests.client import API, api_for, holder_of
from tests.factories import canaries, canary_credentials, found, stored

pytestmark = pytest.mark.django_db

PATH = "/v1/llm-provider/openai/credentials"
GRACE = Author("grace", AuditEvent.Source.COMMAND)
SECRET = {"api_key": "sk-canary"}

each_provider = pytest.mark.parametrize("provider", list(PROVIDERS), ids=lambda provider: provider.slug)


@pytest.fixture(autouse=True)
def delivery_is_on(settings: Settings) -> None:
    settings.LLM_PROVIDERS_DELIVERY = True


@pytest.fixture
def billing() -> API:
    """A program that may use credentials, and nothing else."""
    user = User.objects.create_user("billing")
    user.user_permissions.set(holder_of("use_llmproviderconfig").user_permissions.all())
    return api_for(user)


def refusal(response: Any) -> tuple[int, str, str]:
    error = response.json()["error"]
    return response.status_code, error["code"], error["message"]


def consumers() -> list[tuple[Any, ...]]:
    return list(Consumer.objects.order_by("pk").values_list("provider", "kind", "name", "instance", "version"))


def deliveries() -> int:
    return AuditEvent.objects.filter(action="deliver").count()


@each_provider
def test_the_credentials_are_answered_as_they_are_with_their_environment(
    billing: API, provider: type[Provider]
) -> None:
    credentials = PROVIDERS.clean(provider.slug, canary_credentials(provider))
    stored(provider.slug, credentials)
    written, unset = environment_of(provider, credentials)
    response = billing.get(f"/v1/llm-provider/{provider.slug}/credentials")
    assert response.status_code == 200
    assert response.json() == {
        "provider": provider.slug,
        "version": 1,
        "credentials": credentials,
        "environment": written,
        "unset": unset,
    }
    assert response.headers["Cache-Control"] == "no-store"


def test_a_delivery_is_an_event_without_a_value(billing: API) -> None:
    stored("openai", SECRET)
    billing.request("GET", PATH, **{"X-Request-ID": "nightly-7"})
    event = AuditEvent.objects.get()
    told = {name: value for name, value in vars(event).items() if name not in ("_state", "id", "created_at")}
    assert told == {
        "actor": "billing",
        "action": "deliver",
        "provider": "openai",
        "fields": [],
        "source": "api",
        "request_id": "nightly-7",
        "address": "127.0.0.1",
    }


# --- What is decided, and in which order


def everything_wrong(settings: Settings) -> None:
    """Nothing but the token and the permission is right."""
    settings.LLM_PROVIDERS_DELIVERY = False
    stored("openai", SECRET)
    LLMProviderConfig.objects.update(enabled=False, credentials=Sealed(b"of another key"))


def test_without_a_token_nothing_else_is_told(settings: Settings) -> None:
    everything_wrong(settings)
    assert API().get(PATH).status_code == 401


@pytest.mark.parametrize("held", ["view_llmproviderconfig", "change_llmproviderconfig", "verify_llmproviderconfig"])
def test_another_permission_does_not_do(settings: Settings, held: str) -> None:
    everything_wrong(settings)
    assert refusal(api_for(holder_of(held)).get(PATH)) == (
        403,
        "FORBIDDEN",
        "Your account is not permitted to do this. Ask an administrator for the permission.",
    )


@pytest.mark.parametrize("path", [PATH, "/v1/llm-provider/xai/credentials", "/v1/llm-provider/nope/credentials"])
def test_while_delivery_is_off_that_and_its_remedy_is_all_that_is_told(
    billing: API, settings: Settings, path: str
) -> None:
    everything_wrong(settings)
    assert refusal(billing.get(path)) == (
        403,
        "FORBIDDEN",
        "The delivery of credentials is switched off. Set LLM_PROVIDERS_DELIVERY=true to switch it on.",
    )
    assert (consumers(), deliveries()) == ([], 0)


def test_what_is_not_configured_is_told(billing: API) -> None:
    assert refusal(billing.get(PATH)) == (404, "NOT_FOUND", "No configuration found for provider: openai")
    assert billing.get("/v1/llm-provider/nope/credentials").status_code == 404


def test_what_is_disabled_is_told_before_that_it_is_unreadable(billing: API, settings: Settings) -> None:
    everything_wrong(settings)
    settings.LLM_PROVIDERS_DELIVERY = True
    assert refusal(billing.get(PATH)) == (
        409,
        "PROVIDER_DISABLED",
        "The configuration of openai is disabled. Enable it to use its credentials.",
    )


def test_what_is_unreadable_is_told_also_to_who_knows_the_entity_tag(billing: API) -> None:
    stored("openai", SECRET)
    etag = billing.get(PATH).headers["ETag"]
    LLMProviderConfig.objects.update(credentials=Sealed(b"of another key"))
    status, code, _message = refusal(billing.request("GET", PATH, **{"If-None-Match": etag}))
    assert (status, code) == (503, "CREDENTIALS_UNREADABLE")


@pytest.mark.parametrize("method", ["HEAD", "POST", "PUT", "PATCH", "DELETE"])
def test_only_get_is_taken(billing: API, method: str) -> None:
    stored("openai", SECRET)
    response = billing.request(method, PATH)
    assert (response.status_code, response.headers["Allow"]) == (405, "GET")
    assert (consumers(), deliveries()) == ([], 0)


def test_a_query_is_refused(billing: API) -> None:
    stored("openai", SECRET)
    assert billing.get(f"{PATH}?masked=true").status_code == 400
    assert deliveries() == 0


# --- What has not changed


def asked_again(api: API, etag: str, **headers: str) -> Any:
    return api.request("GET", PATH, **{"If-None-Match": etag}, **headers)


def test_who_holds_what_is_stored_gets_a_304_without_a_body_and_without_an_event(billing: API) -> None:
    stored("openai", SECRET)
    etag = billing.get(PATH).headers["ETag"]
    for sent in (etag, f"W/{etag}", f'"another", {etag}'):
        again = asked_again(billing, sent)
        assert (again.status_code, again.content, again.headers["ETag"]) == (304, b"", etag)
    assert deliveries() == 1


def test_a_star_matches_nothing(billing: API) -> None:
    stored("openai", SECRET)
    assert asked_again(billing, "*").status_code == 200


def test_a_rotation_is_noticed(billing: API) -> None:
    stored("openai", SECRET)
    etag = billing.get(PATH).headers["ETag"]
    store.update("openai", author=GRACE, patch={"api_key": "sk-next"})
    response = asked_again(billing, etag)
    assert response.status_code == 200
    assert response.headers["ETag"] != etag
    assert (response.json()["credentials"], response.json()["version"]) == ({"api_key": "sk-next"}, 2)
    assert consumers() == [("openai", "user", "billing", "", 2)]


def test_switching_and_sending_the_same_again_are_no_rotation(billing: API) -> None:
    stored("openai", SECRET)
    etag = billing.get(PATH).headers["ETag"]
    store.update("openai", author=GRACE, enabled=False)
    store.update("openai", author=GRACE, enabled=True, patch=SECRET)
    assert asked_again(billing, etag).status_code == 304
    assert billing.get(PATH).json()["version"] == 1


def test_a_changed_plain_value_is_noticed(billing: API) -> None:
    azure = PROVIDERS.get("azure").example
    stored("azure", azure)
    path = PATH.replace("openai", "azure")
    etag = billing.get(path).headers["ETag"]
    store.update("azure", author=GRACE, patch={"deployment_id": "another"})
    assert billing.request("GET", path, **{"If-None-Match": etag}).status_code == 200


def test_a_changed_environment_is_noticed(billing: API, monkeypatch: pytest.MonkeyPatch) -> None:
    stored("openai", SECRET)
    etag = billing.get(PATH).headers["ETag"]
    monkeypatch.setattr(PROVIDERS.get("openai").Credentials, "constants", {"OPENAI_NEW": "1"})
    assert asked_again(billing, etag).status_code == 200


def test_what_was_deleted_and_made_anew_has_another_tag(billing: API) -> None:
    stored("openai", SECRET)
    etag = billing.get(PATH).headers["ETag"]
    LLMProviderConfig.objects.all().delete()
    stored("openai", SECRET)
    assert asked_again(billing, etag).status_code == 200


def test_the_tag_is_neither_that_of_the_configuration_nor_made_of_the_secret_alone(
    billing: API, settings: Settings
) -> None:
    config = stored("openai", SECRET)
    etag = billing.get(PATH).headers["ETag"]
    assert etag != config.etag
    settings.SECRET_KEY = "another key of the installation"
    assert billing.get(PATH).headers["ETag"] != etag


# --- Who holds what


def test_replicas_that_say_so_are_told_apart(billing: API) -> None:
    stored("openai", SECRET)
    for instance in ("web-1", "web-2", "a" * 64):
        assert billing.request("GET", PATH, **{"X-Consumer-Instance": instance}).status_code == 200
    billing.get(PATH)
    assert consumers() == [("openai", "user", "billing", name, 1) for name in ("web-1", "web-2", "a" * 64, "")]


@pytest.mark.parametrize("instance", ["", "a" * 65, "web 1", "web/1", "wéb"])
def test_an_odd_instance_is_refused_and_not_repeated(billing: API, instance: str) -> None:
    stored("openai", SECRET)
    response = billing.request("GET", PATH, **{"X-Consumer-Instance": instance})
    assert (response.status_code, response.json()["error"]["details"]) == (
        400,
        {"X-Consumer-Instance": ["Send 1 to 64 of A-Z, a-z, 0-9, dot, underscore, hyphen."]},
    )
    assert (consumers(), deliveries()) == ([], 0)


def test_two_simultaneous_deliveries_to_a_new_consumer_are_one_row() -> None:
    stored("openai", SECRET)
    asking = delivery.Asking(Consumer.Kind.USER, "billing")
    first, second = delivery.prepare("openai", asking), delivery.prepare("openai", asking)
    first.record(GRACE)
    second.record(GRACE)
    assert consumers() == [("openai", "user", "billing", "", 1)]
    assert deliveries() == 2


def test_a_304_proves_the_version_it_confirms(billing: API) -> None:
    stored("openai", SECRET)
    etag = billing.get(PATH).headers["ETag"]
    Consumer.objects.all().delete()
    assert asked_again(billing, etag, **{"X-Consumer-Instance": "web-1"}).status_code == 304
    assert consumers() == [("openai", "user", "billing", "web-1", 1)]


@pytest.mark.parametrize("confirmed", [False, True])
def test_a_consumer_is_written_down_again_after_a_minute_only(billing: API, confirmed: bool) -> None:
    stored("openai", SECRET)
    etag = billing.get(PATH).headers["ETag"]
    half_a_minute_ago = timezone.now() - timedelta(seconds=30)
    Consumer.objects.update(last_seen_at=half_a_minute_ago)
    asked_again(billing, etag if confirmed else "none")
    assert Consumer.objects.get().last_seen_at == half_a_minute_ago
    a_minute_ago = timezone.now() - timedelta(seconds=61)
    Consumer.objects.update(last_seen_at=a_minute_ago)
    asked_again(billing, etag if confirmed else "none")
    assert Consumer.objects.get().last_seen_at > half_a_minute_ago


def test_a_configuration_made_anew_is_another_though_its_version_is_the_same(billing: API) -> None:
    stored("openai", SECRET)
    billing.get(PATH)
    LLMProviderConfig.objects.all().delete()
    config = stored("openai", SECRET)
    assert Consumer.objects.get().configuration != config.pk
    billing.get(PATH)
    assert Consumer.objects.get().configuration == config.pk


def test_a_consumer_stays_when_its_account_goes(billing: API) -> None:
    stored("openai", SECRET)
    billing.get(PATH)
    User.objects.all().delete()
    assert consumers() == [("openai", "user", "billing", "", 1)]


# --- What cannot be written down is not handed over


@pytest.mark.parametrize("table", ["llm_providers_auditevent", "llm_providers_consumer"])
@pytest.mark.parametrize("error", [OperationalError, RuntimeError])
def test_no_plaintext_leaves_when_it_cannot_be_written_down(
    billing: API, log: Any, table: str, error: type[Exception]
) -> None:
    provider = PROVIDERS.get("openai")
    credentials = canary_credentials(provider)
    stored("openai", credentials)

    def unwritable(execute: Any, sql: str, *more: Any) -> Any:
        if sql.startswith("INSERT") and table in sql:
            raise error("the table cannot be written")
        return execute(sql, *more)

    with transaction.atomic(), connection.execute_wrapper(unwritable):
        response = billing.get(PATH)
    assert response.status_code == (503 if error is OperationalError else 500)
    assert found(canaries(provider, credentials), response.content, log.getvalue()) == []
    assert (consumers(), deliveries()) == ([], 0)


def test_nor_to_a_consumer_that_is_known(billing: API) -> None:
    stored("openai", SECRET)
    assert billing.get(PATH).status_code == 200

    def unwritable(execute: Any, sql: str, *more: Any) -> Any:
        if sql.startswith("INSERT"):
            raise OperationalError("the table cannot be written")
        return execute(sql, *more)

    with transaction.atomic(), connection.execute_wrapper(unwritable):
        response = billing.get(PATH)
    assert (response.status_code, b"canary" in response.content, deliveries()) == (503, False, 1)


def test_no_delivery_is_in_the_log(billing: API, log: Any) -> None:
    provider = PROVIDERS.get("openai")
    credentials = canary_credentials(provider)
    stored("openai", credentials)
    assert billing.get(PATH).status_code == 200
    assert found(canaries(provider, credentials), log.getvalue()) == []


# --- What it costs


def statements(api: API, **headers: str) -> list[str]:
    """The kinds of statements of one request, authentication and permission left out."""
    with CaptureQueriesContext(connection) as captured:
        api.request("GET", PATH, **headers)
    kinds = [query["sql"].split()[0] for query in captured if "auth_" not in query["sql"]]
    return [kind for kind in kinds if kind not in ("SAVEPOINT", "RELEASE")]


def test_a_delivery_takes_two_statements_and_a_304_takes_one(billing: API) -> None:
    stored("openai", SECRET)
    assert statements(billing) == ["SELECT", "SELECT", "INSERT", "INSERT"]  # the first of a consumer
    etag = billing.get(PATH).headers["ETag"]
    assert statements(billing) == ["SELECT", "INSERT"]
    assert statements(billing, **{"If-None-Match": etag}) == ["SELECT"]
