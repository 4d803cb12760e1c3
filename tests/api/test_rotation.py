"""The routes of a rotation: their bodies, what they refuse, and who was seen with which version."""

from datetime import datetime, timedelta
from typing import Any

import pytest
from django.contrib.auth.models import User
from django.utils import timezone
from pytest_django import Settings

from llm_providers.models import AuditEvent, Consumer, LLMProviderConfig
from llm_providers.providers import PROVIDERS
from llm_providers.sealing import Sealed
from tests.client import API, api_for, holder_of
from tests.factories import canaries, canary_credentials, found, stored
from tests.rotation.clock import Clock

pytestmark = pytest.mark.django_db

ITEM = "/v1/llm-provider/openai"
ROTATION = f"{ITEM}/rotation"
UNDO, RETIRE = f"{ROTATION}/undo", f"{ROTATION}/retire"
BAD = {"credentials": {"api_key": "sk-bad"}}


@pytest.fixture
def clock(monkeypatch: pytest.MonkeyPatch) -> Clock:
    clock = Clock(monkeypatch)
    clock.now = clock.now.replace(microsecond=0)
    return clock


@pytest.fixture
def config() -> LLMProviderConfig:
    return stored("openai", {"api_key": "sk-good", "organization": "org-1"})


@pytest.fixture
def billing(settings: Settings) -> API:
    settings.LLM_PROVIDERS_DELIVERY = True
    user = User.objects.create_user("billing")
    user.user_permissions.set(holder_of("use_llmproviderconfig").user_permissions.all())
    return api_for(user)


def written(moment: datetime) -> str:
    return f"{moment:%Y-%m-%dT%H:%M:%S}Z"


def refusal(response: Any) -> tuple[int, Any, Any]:
    error = response.json()["error"]
    return response.status_code, error["code"], error.get("details", error["message"])


UNTOUCHED = {
    "provider": "openai",
    "version": 1,
    "previous": None,
    "owner": None,
    "expires_at": None,
    "rotate_every_days": None,
    "due_at": None,
    "due": False,
    "consumers": [],
    "safe_to_revoke": None,
}


@pytest.mark.usefixtures("config")
def test_of_what_was_never_rotated_nothing_is_known(api: API) -> None:
    assert api.get(ROTATION).json() == UNTOUCHED


@pytest.mark.usefixtures("config")
def test_a_rotation_is_told_whole(api: API, billing: API, clock: Clock) -> None:
    api.patch(ROTATION, {"owner": "ml-platform", "rotate_every_days": 90})
    billing.get(f"{ITEM}/credentials")
    billing.request("GET", f"{ITEM}/credentials", **{"X-Consumer-Instance": "web-1"})
    clock.move(hours=1)
    api.patch(ITEM, BAD)
    billing.get(f"{ITEM}/credentials")
    moment, before = written(clock.now), written(clock.now - timedelta(hours=1))
    consumer = {"consumer": "billing", "kind": "user"}
    assert api.get(ROTATION).json() == {
        "provider": "openai",
        "version": 2,
        "previous": {
            "version": 1,
            "replaced_at": moment,
            "replaced_by": "admin",
            "kept_until": written(clock.now + timedelta(days=1)),
        },
        "owner": "ml-platform",
        "expires_at": None,
        "rotate_every_days": 90,
        "due_at": written(clock.now + timedelta(days=90)),
        "due": False,
        "consumers": [
            {**consumer, "instance": None, "version": 2, "last_seen_at": moment, "current": True},
            {**consumer, "instance": "web-1", "version": 1, "last_seen_at": before, "current": False},
        ],
        "safe_to_revoke": False,
    }


def test_neither_answer_shows_anything_of_the_credentials_before(api: API, log: Any) -> None:
    provider = PROVIDERS.get("openai")
    before, after = canary_credentials(provider), canary_credentials(provider)
    stored("openai", before)
    api.put(ITEM, {"credentials": {**after, "organization": "org-2"}})
    answers = [api.get(path).content for path in (ROTATION, ITEM, "/v1/llm-providers", f"{ITEM}/status")]
    answers += [api.get("/v1/audit-events").content, api.post(RETIRE).content]
    assert b"org-***" in answers[1]
    assert found([*canaries(provider, before), *canaries(provider, after)], *answers, log.getvalue()) == []


# --- Undo and retire


@pytest.mark.usefixtures("config")
def test_an_undo_answers_the_configuration_with_its_new_tag(api: API) -> None:
    etag = api.patch(ITEM, BAD).headers["ETag"]
    response = api.post(UNDO, **{"If-Match": etag})
    assert (response.status_code, response.json()) == (200, api.get(ITEM).json())
    assert response.headers["ETag"] == api.get(ITEM).headers["ETag"] != etag
    assert LLMProviderConfig.objects.get().credentials == {"api_key": "sk-good", "organization": "org-1"}
    repeated = api.post(UNDO, **{"If-Match": etag})
    assert (repeated.status_code, repeated.json()["error"]["code"]) == (412, "PRECONDITION_FAILED")


@pytest.mark.usefixtures("config")
def test_a_retirement_answers_the_rotation_and_leaves_the_tag(api: API) -> None:
    etag = api.patch(ITEM, BAD).headers["ETag"]
    assert api.post(RETIRE, **{"If-Match": '"1-1"'}).status_code == 412
    response = api.post(RETIRE, **{"If-Match": etag})
    assert (response.status_code, response.json()) == (200, {**UNTOUCHED, "version": 2})
    assert api.get(ITEM).headers["ETag"] == etag


@pytest.mark.usefixtures("config")
def test_of_nothing_kept_there_is_nothing_to_undo_or_retire(api: API) -> None:
    told = "No previous credentials of openai are kept: there is nothing to {}."
    assert refusal(api.post(UNDO)) == (409, "NOTHING_TO_UNDO", told.format("undo"))
    assert refusal(api.post(RETIRE)) == (409, "NOTHING_TO_RETIRE", told.format("retire"))


@pytest.mark.parametrize("path", [UNDO, RETIRE])
def test_neither_takes_a_body_or_a_query(api: API, config: LLMProviderConfig, path: str) -> None:
    api.patch(ITEM, BAD)
    assert refusal(api.post(path, {}))[:2] == (400, "BAD_REQUEST")
    assert refusal(api.post(f"{path}?force=true"))[:2] == (400, "BAD_REQUEST")
    config.refresh_from_db()
    assert config.previous


@pytest.mark.parametrize("path", [ROTATION, UNDO, RETIRE])
def test_what_is_not_there_is_told(api: API, path: str) -> None:
    method = "GET" if path == ROTATION else "POST"
    assert refusal(api.request(method, path)) == (404, "NOT_FOUND", "No configuration found for provider: openai")
    assert api.request(method, path.replace("openai", "nope")).status_code == 404


@pytest.mark.usefixtures("config")
def test_what_no_key_opens_is_told(api: API) -> None:
    api.patch(ITEM, BAD)
    LLMProviderConfig.objects.update(previous_credentials=Sealed(b"of another key"))
    assert refusal(api.post(UNDO))[:2] == (503, "CREDENTIALS_UNREADABLE")


@pytest.mark.usefixtures("config")
def test_what_breaks_a_rule_of_today_is_told_by_its_path(api: API) -> None:
    api.patch(ITEM, BAD)
    config = LLMProviderConfig.objects.get()
    config.previous_credentials = {"api_key": "no-key-of-openai"}
    config.save()
    assert refusal(api.post(UNDO)) == (
        400,
        "BAD_REQUEST",
        {"credentials.api_key": ["The value must start with sk-."]},
    )


@pytest.mark.parametrize("method", ["PUT", "PATCH"])
@pytest.mark.usefixtures("config")
def test_after_a_leak_none_are_kept(api: API, method: str) -> None:
    assert api.request(method, f"{ITEM}?previous=forget", BAD).status_code == 200
    assert api.get(ROTATION).json() == {**UNTOUCHED, "version": 2}
    assert refusal(api.request(method, f"{ITEM}?previous=keep", BAD)) == (
        400,
        "BAD_REQUEST",
        {"previous": ["Send forget, or leave it out."]},
    )


# --- The policy


@pytest.mark.usefixtures("config")
def test_the_policy_is_changed_name_by_name(api: API) -> None:
    etag = api.get(ITEM).headers["ETag"]
    policy = {"owner": " ml-platform ", "expires_at": "2087-01-31T01:00:00+01:00", "rotate_every_days": 3600}
    told = {
        **UNTOUCHED,
        "owner": "ml-platform",
        "expires_at": "2087-01-31T00:00:00Z",
        "rotate_every_days": 3600,
        "due_at": written(LLMProviderConfig.objects.get().secrets_changed_at + timedelta(days=3600)),
    }
    response = api.patch(ROTATION, policy, **{"If-Match": etag})
    moment = response.json()["due_at"][:19] + "Z"
    assert (response.status_code, {**response.json(), "due_at": moment}) == (200, told)
    assert api.patch(ROTATION, {"rotate_every_days": None}).json()["due_at"] == "2087-01-24T00:00:00Z"
    assert api.patch(ROTATION, {"owner": None, "expires_at": None}).json() == UNTOUCHED
    assert api.get(ITEM).headers["ETag"] == etag
    assert api.patch(ROTATION, {"owner": "x"}, **{"If-Match": '"0-0"'}).status_code == 412
    assert AuditEvent.objects.filter(action="policy").count() == 3


WHOLE = "Send a whole number from 1 to 3650."
NO_DAYS: list[Any] = [0, -1, 3651, 1.0, True, "9", []]
NO_MOMENTS: list[Any] = [7, True, "", "2027-01-31", "2027-01-31T08:00", {}]
MOMENT = "Send a date and time with its zone, for example 2026-01-31T08:00:00Z."


@pytest.mark.parametrize(
    ("policy", "details"),
    [
        ({}, {"body": ["Send owner, expires_at or rotate_every_days."]}),
        ({"owner": ""}, {"owner": ["This field must not be empty."]}),
        ({"owner": 7}, {"owner": ["Send a string."]}),
        ({"owner": "a\nb"}, {"owner": ["This field takes no line breaks and no control characters."]}),
        ({"owner": "x" * 151}, {"owner": ["This field takes at most 150 characters."]}),
        *(({"rotate_every_days": days}, {"rotate_every_days": [WHOLE]}) for days in NO_DAYS),
        *(({"expires_at": at}, {"expires_at": [MOMENT]}) for at in NO_MOMENTS),
        ({"expires_at": "1999-12-31T23:59:59Z"}, {"expires_at": ["Send a date and time after 1999."]}),
        ({"expires_at": "0001-01-01T00:00:00+05:00"}, {"expires_at": [MOMENT]}),
        (
            {"days": 9, "owner": 7},
            {
                "owner": ["Send a string."],
                "body": ["Unknown field. Accepted here: owner, expires_at, rotate_every_days."],
            },
        ),
    ],
    ids=repr,
)
@pytest.mark.usefixtures("config")
def test_a_policy_that_breaks_a_rule_is_refused_whole(api: API, policy: Any, details: Any) -> None:
    assert refusal(api.patch(ROTATION, policy)) == (400, "BAD_REQUEST", details)
    assert api.get(ROTATION).json() == UNTOUCHED


# --- What is due


@pytest.mark.usefixtures("config")
def test_what_is_due_is_in_the_list_and_in_the_status_from_its_day_on(api: API, clock: Clock) -> None:
    stored("xai", {"api_key": "xai-1"})
    expires_at = clock.now + timedelta(days=30)
    api.patch(ROTATION, {"expires_at": written(expires_at)})

    def due() -> list[Any]:
        status = api.get(f"{ITEM}/status").json()
        listed = [
            [each["provider"] for each in api.get(f"/v1/llm-providers?due={value}").json()["providers"]]
            for value in ("true", "false")
        ]
        return [*listed, status["due"], status["due_at"]]

    due_at = written(expires_at - timedelta(days=7))
    clock.now = expires_at - timedelta(days=7, seconds=1)
    assert due() == [[], ["openai", "xai"], False, due_at]
    clock.move(seconds=1)
    assert due() == [["openai"], ["xai"], True, due_at]
    assert api.get("/v1/llm-providers?due=true&enabled=false").json() == {"providers": []}
    assert refusal(api.get("/v1/llm-providers?due=soon")) == (400, "BAD_REQUEST", {"due": ["Send true or false."]})


# --- Who holds what


@pytest.mark.usefixtures("config")
def test_a_304_proves_what_is_held(api: API, billing: API) -> None:
    etag = billing.get(f"{ITEM}/credentials").headers["ETag"]
    Consumer.objects.all().delete()
    assert billing.request("GET", f"{ITEM}/credentials", **{"If-None-Match": etag}).status_code == 304
    assert api.get(ROTATION).json()["safe_to_revoke"] is True
    api.patch(ITEM, BAD)
    api.post(UNDO)
    again = billing.request("GET", f"{ITEM}/credentials", **{"If-None-Match": etag})
    assert (again.status_code, again.json()["version"]) == (200, 3)


@pytest.mark.usefixtures("config")
def test_plain_values_alone_revoke_nothing(api: API, billing: API) -> None:
    billing.get(f"{ITEM}/credentials")
    before = api.get(ROTATION).json()
    api.patch(ITEM, {"credentials": {"data_residency": "eu", "organization": "org-2"}})
    assert api.get(ROTATION).json() == {**before, "version": 2}


@pytest.mark.usefixtures("config")
def test_who_was_not_seen_for_30_days_is_no_consumer(admin_user: User, billing: API, clock: Clock) -> None:
    billing.get(f"{ITEM}/credentials")
    clock.move(days=30, seconds=59)  # seen again up to a minute after it was written down
    assert len(api_for(admin_user).get(ROTATION).json()["consumers"]) == 1
    clock.move(seconds=2)
    told = api_for(admin_user).get(ROTATION).json()
    assert (told["consumers"], told["safe_to_revoke"]) == ([], None)


@pytest.mark.usefixtures("config")
def test_who_holds_a_key_of_a_configuration_that_is_gone_holds_no_current_one(api: API, billing: API) -> None:
    billing.get(f"{ITEM}/credentials")
    User.objects.filter(username="billing").delete()
    api.delete(ITEM)
    stored("openai", {"api_key": "sk-anew"})
    told = api.get(ROTATION).json()
    assert ([each["current"] for each in told["consumers"]], told["safe_to_revoke"]) == ([False], False)


@pytest.mark.usefixtures("config")
def test_a_command_is_a_consumer_too(api: API) -> None:
    Consumer.objects.create(
        provider="openai",
        kind=Consumer.Kind.COMMAND,
        name="grace@build-7",
        configuration=LLMProviderConfig.objects.get().pk,
        version=1,
        last_seen_at=timezone.now(),
    )
    (consumer,) = api.get(ROTATION).json()["consumers"]
    assert (consumer["consumer"], consumer["kind"], consumer["current"]) == ("grace@build-7", "command", True)
