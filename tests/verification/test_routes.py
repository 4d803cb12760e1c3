import io
import logging
from collections.abc import Callable
from contextlib import ExitStack
from dataclasses import replace
from typing import Any

import pytest
from django.contrib.auth.models import User
from django.db import connection
from pytest_django import Settings

from llm_providers import store
from llm_providers.audit import Author
from llm_providers.models import AuditEvent, LLMProviderConfig, ModelList, OutboundCount
from llm_providers.providers.anthropic import Anthropic
from llm_providers.verification import run
from tests.client import API, api_for, holder_of
from tests.factories import stored
from tests.verification.cases import ANTHROPIC, ANTHROPIC_LIST, CASES, Case, said
from tests.verification.conftest import StartFake
from tests.verification.fakes import CANARY
from tests.verification.https_server import Received, Reply

pytestmark = pytest.mark.django_db

GOOD = Case(ANTHROPIC, "good", {"GET /v1/models": ANTHROPIC_LIST}, "valid", None, "")
BAD = Case(ANTHROPIC, "bad", {"GET /v1/models": said(401)}, "invalid", "api_key", "")
DOWN = Case(ANTHROPIC, "down", {"GET /v1/models": Reply(503, {})}, "unreachable", None, "")
BODY = {"provider": "anthropic", "enabled": True, "credentials": ANTHROPIC.credentials}
MASKED = {"provider": "anthropic", "enabled": True, "credentials": {"api_key": "sk-ant-***"}}
ANOTHER = "sk-ant-another"
GRACE = Author("grace", AuditEvent.Source.API)
VERIFY, STATUS = "/v1/llm-provider/anthropic/verify", "/v1/llm-provider/anthropic/status"
CONFIG, MODELS = "/v1/llm-provider/anthropic", "/v1/llm-provider/anthropic/models"
ACCEPTED = {"outcome": "valid", "message": "Anthropic accepts these credentials.", "field": None, "current": True}
REFUSAL = "Anthropic refused this key. Make a new one, and enter it whole."
REFUSED = {"outcome": "invalid", "message": REFUSAL, "field": "api_key", "current": True}
NOT_SAVED = {
    "error": {
        "code": "VERIFICATION_FAILED",
        "message": f"Nothing was saved. {REFUSAL}",
        "details": {"outcome": ["invalid"], "credentials.api_key": [REFUSAL]},
    }
}


@pytest.fixture
def config() -> LLMProviderConfig:
    return stored("anthropic", ANTHROPIC.credentials)


def told(response: Any) -> dict[str, Any]:
    """A verification without its moment."""
    assert response.status_code == 200, response.json()
    body: dict[str, Any] = response.json()
    assert body.pop("checked_at").endswith("Z")
    return body


def trail() -> list[tuple[str, str | None, list[str]]]:
    return [(event.action, event.provider, event.fields) for event in AuditEvent.objects.order_by("id")]


@pytest.mark.usefixtures("config")
@pytest.mark.parametrize(("case", "answer"), [(GOOD, ACCEPTED), (BAD, REFUSED)])
def test_what_is_stored_is_verified(api: API, fake: StartFake, case: Case, answer: dict[str, Any]) -> None:
    fake(case)
    verified = api.post(VERIFY)
    assert api.get(STATUS).json()["verification"] == verified.json()
    assert told(verified) == answer
    assert trail() == [("verify", "anthropic", [f"outcome={case.outcome}"])]


def test_a_verification_is_current_until_the_credentials_change(
    api: API, fake: StartFake, config: LLMProviderConfig
) -> None:
    fake(GOOD)
    api.post(VERIFY)
    before = api.get(CONFIG).headers["ETag"]
    assert api.patch(CONFIG, {"enabled": False}).status_code == 200
    assert api.get(STATUS).json()["verification"]["current"] is True
    assert before == config.etag
    assert api.patch(CONFIG, {"credentials": {"api_key": ANOTHER}}).status_code == 200
    assert api.get(STATUS).json()["verification"]["current"] is False


def test_nothing_is_verified_where_nothing_is_stored(api: API, fake: StartFake) -> None:
    asked = fake(GOOD)
    assert api.post(VERIFY).status_code == api.get(MODELS).status_code == 404
    assert api.post("/v1/llm-provider/nobody/verify").status_code == 404
    assert asked.received == []


@pytest.mark.usefixtures("config")
def test_a_body_is_refused_where_what_is_stored_is_verified(api: API) -> None:
    assert api.post(VERIFY, BODY).json()["error"]["details"] == {"body": ["Send no body: what is stored is verified."]}


def test_what_is_sent_is_verified_and_not_kept(api: API, fake: StartFake) -> None:
    fake(GOOD)
    assert told(api.post("/v1/llm-providers/verify", BODY)) == ACCEPTED
    assert not LLMProviderConfig.objects.exists()
    assert trail() == [("verify", "anthropic", ["outcome=valid"])]


def test_what_is_sent_keeps_the_rules(api: API, fake: StartFake) -> None:
    asked = fake(GOOD)
    refused = api.post("/v1/llm-providers/verify", {**BODY, "credentials": {"api_key": "sk-ant-***"}})
    assert refused.status_code == 400
    assert asked.received == []


# --- Saving only what is accepted


@pytest.mark.parametrize("case", [BAD, DOWN])
def test_nothing_is_created_that_is_not_accepted(api: API, fake: StartFake, case: Case) -> None:
    fake(case)
    refused = api.post("/v1/llm-providers?verify=require", BODY)
    assert refused.status_code == 422
    assert refused.json()["error"]["details"]["outcome"] == [case.outcome]
    assert not LLMProviderConfig.objects.exists()
    assert trail() == [("verify", "anthropic", [f"outcome={case.outcome}"])]


@pytest.mark.parametrize("method", ["PUT", "PATCH"])
def test_a_bad_key_takes_no_place(api: API, fake: StartFake, config: LLMProviderConfig, method: str) -> None:
    fake(replace(BAD, door=replace(ANTHROPIC, authenticated=lambda _request: True)))
    refused = api.request(method, f"{CONFIG}?verify=require", {"credentials": {"api_key": ANOTHER}})
    assert (refused.status_code, refused.json()) == (422, NOT_SAVED)
    assert api.get(CONFIG).headers["ETag"] == config.etag
    assert LLMProviderConfig.objects.get().credentials == ANTHROPIC.credentials


def test_what_is_accepted_is_saved_with_its_verification(api: API, fake: StartFake) -> None:
    asked = fake(GOOD)
    created = api.post("/v1/llm-providers?verify=require", BODY)
    assert (created.status_code, created.json()) == (200, MASKED)
    assert len(asked.received) == 1
    assert api.get(STATUS).json()["verification"]["outcome"] == "valid"
    assert [action for action, *_ in trail()] == ["create", "verify"]
    changed = api.patch(f"{CONFIG}?verify=require", {"enabled": False})
    assert (changed.status_code, changed.json()["enabled"]) == (200, False)
    assert len(asked.received) == 2


def test_a_provider_that_is_configured_is_not_asked(api: API, fake: StartFake, config: LLMProviderConfig) -> None:
    asked = fake(GOOD)
    assert api.post("/v1/llm-providers?verify=require", BODY).status_code == 409
    stale = api.patch(f"{CONFIG}?verify=require", {"enabled": False}, **{"If-Match": '"0-0"'})
    assert stale.status_code == 412
    assert asked.received == []
    assert api.get(CONFIG).headers["ETag"] == config.etag


def test_without_the_parameter_nobody_is_asked(api: API, fake: StartFake) -> None:
    asked = fake(BAD)
    assert api.post("/v1/llm-providers", BODY).status_code == 200
    assert api.put(CONFIG, {"credentials": {"api_key": ANOTHER}}).status_code == 200
    assert api.patch(CONFIG, {"enabled": False}).status_code == 200
    assert asked.received == []


@pytest.mark.parametrize("value", ["", "true", "Require"])
def test_another_value_of_the_parameter_is_refused(api: API, value: str) -> None:
    refused = api.post(f"/v1/llm-providers?verify={value}", BODY)
    assert refused.json()["error"]["details"] == {"verify": ["Send require, or leave it out."]}


def test_to_write_verified_takes_both_permissions(fake: StartFake) -> None:
    asked = fake(GOOD)
    writer = api_for(holder_of("add_llmproviderconfig", "change_llmproviderconfig"))
    assert writer.post("/v1/llm-providers?verify=require", BODY).status_code == 403
    assert writer.patch(f"{CONFIG}?verify=require", {"enabled": False}).status_code == 403
    assert writer.post(VERIFY).status_code == 403
    assert writer.post("/v1/llm-providers/verify", BODY).status_code == 403
    assert asked.received == []


@pytest.mark.django_db(transaction=True)
@pytest.mark.parametrize(("times", "status"), [(1, 200), (2, 409)])
def test_what_changes_meanwhile_is_tried_once_more(
    api: API, fake: StartFake, config: LLMProviderConfig, times: int, status: int
) -> None:
    left = [times]

    def change(_request: Received) -> bool:
        if left[0]:
            left[0] -= 1
            LLMProviderConfig.objects.filter(pk=config.pk).update(version=config.version + times - left[0])
            connection.close()  # of the thread of the fake
        return True

    asked = fake(replace(GOOD, door=replace(ANTHROPIC, authenticated=change)))
    answer = api.patch(f"{CONFIG}?verify=require", {"credentials": {"api_key": ANOTHER}})
    assert (answer.status_code, len(asked.received)) == (status, 2)
    saved = {"api_key": ANOTHER} if status == 200 else ANTHROPIC.credentials
    assert LLMProviderConfig.objects.get().credentials == saved


def changing_meanwhile(change: str) -> Case:
    """A provider that accepts a key, which is replaced, deleted, or deleted and made anew before it has answered."""

    def interfere(_request: Received) -> bool:
        if change == "replace":
            store.update("anthropic", credentials={"api_key": ANOTHER}, author=GRACE)
        else:
            store.delete("anthropic", author=GRACE)
        if change == "make anew":
            store.create("anthropic", enabled=True, credentials=ANTHROPIC.credentials, author=GRACE)
        connection.close()  # of the thread of the fake
        return True

    return replace(GOOD, door=replace(ANTHROPIC, authenticated=interfere))


each_change = pytest.mark.parametrize("change", ["replace", "delete", "make anew"])


@pytest.mark.django_db(transaction=True)
@pytest.mark.usefixtures("config")
@each_change
def test_what_was_verified_is_not_taken_for_what_took_its_place(api: API, fake: StartFake, change: str) -> None:
    fake(changing_meanwhile(change))
    assert told(api.post(VERIFY)) == {**ACCEPTED, "current": False}
    assert [each.verification for each in LLMProviderConfig.objects.all()] == ([] if change == "delete" else [None])
    assert trail()[-1] == ("verify", "anthropic", ["outcome=valid"])


@pytest.mark.django_db(transaction=True)
@pytest.mark.usefixtures("config")
@each_change
def test_the_models_of_one_key_are_not_remembered_as_those_of_the_next(api: API, fake: StartFake, change: str) -> None:
    fake(changing_meanwhile(change))
    assert [row["id"] for row in api.get(MODELS).json()["models"]] == ["claude-5"]
    assert not ModelList.objects.exists()


# --- Models


@pytest.mark.usefixtures("config")
def test_models_are_listed_and_remembered_until_a_change(api: API, fake: StartFake) -> None:
    asked = fake(GOOD)
    first = api.get(MODELS).json()
    assert api.get(MODELS).json() == first
    assert len(asked.received) == 1
    assert first.pop("fetched_at").endswith("Z")
    assert first == {"provider": "anthropic", "models": [{"id": "claude-5", "name": "Claude 5"}]}
    assert api.patch(CONFIG, {"enabled": False}).status_code == 200
    api.get(MODELS)
    assert len(asked.received) == 2
    assert trail()[0] == ("verify", "anthropic", ["models", "outcome=valid"])


@pytest.mark.usefixtures("config")
def test_models_are_listed_page_by_page(api: API, fake: StartFake) -> None:
    def page(name: str, *, more: bool) -> Reply:
        rows = [{"id": name}, {"id": "x", "display_name": f"X {CANARY}"}, {"id": f"x.{CANARY[:11]}"}, 7]
        return Reply(200, {"data": rows, "has_more": more, "last_id": name})

    keyless = replace(ANTHROPIC, credentials={"api_key": f"sk-ant-{CANARY}"})
    pages = [page("a", more=True), page(f"b-sk-ant-{CANARY}", more=False)]
    asked = fake(replace(GOOD, door=keyless, replies={"GET /v1/models?limit=1000": pages}))
    # What repeats the key, or twelve characters of it, is left out.
    assert [row["id"] for row in api.get(MODELS).json()["models"]] == ["a", f"x.{CANARY[:11]}", f"x.{CANARY[:11]}"]
    assert [request.target for request in asked.received] == [
        "/v1/models?limit=1000",
        "/v1/models?limit=1000&after_id=a",
    ]


@pytest.mark.usefixtures("config")
def test_a_list_without_end_is_taken_to_five_thousand_models(api: API, fake: StartFake) -> None:
    rows = [{"id": f"claude-{number}"} for number in range(1300)]
    page = Reply(200, {"data": rows, "has_more": True, "last_id": "next"})
    asked = fake(replace(GOOD, replies={"GET /v1/models?limit=1000": page}))
    assert len(api.get(MODELS).json()["models"]) == 5000
    assert len(asked.received) == 4


@pytest.mark.usefixtures("config")
def test_a_model_with_an_endless_name_is_left_out(api: API, fake: StartFake) -> None:
    rows = [{"id": "x" * 257}, {"id": "two\nlines"}, {"id": ""}, {"id": "good", "display_name": "x" * 257}]
    fake(replace(GOOD, replies={"GET /v1/models": Reply(200, {"data": rows})}))
    assert api.get(MODELS).json()["models"] == [{"id": "good"}]


@pytest.mark.usefixtures("config")
def test_a_next_page_that_has_no_address_ends_the_list(api: API, fake: StartFake) -> None:
    page = Reply(200, {"data": [{"id": "claude-5"}], "has_more": True, "last_id": "\ud800"})
    fake(replace(GOOD, replies={"GET /v1/models?limit=1000": page}))
    assert api.get(MODELS).json()["models"] == [{"id": "claude-5"}]


@pytest.mark.usefixtures("config")
def test_a_provider_that_lists_nothing_is_an_error_of_its_own(api: API, fake: StartFake) -> None:
    fake(BAD)
    failed = api.get(MODELS)
    assert failed.status_code == 502
    assert failed.json() == {
        "error": {
            "code": "PROVIDER_ERROR",
            "message": REFUSAL,
            "details": {"outcome": ["invalid"], "credentials.api_key": [REFUSAL]},
        }
    }


# --- Limits


@pytest.mark.usefixtures("config")
@pytest.mark.parametrize("scope", ["USER", "PROVIDER"])
def test_providers_are_asked_so_often_and_no_more(api: API, fake: StartFake, settings: Settings, scope: str) -> None:
    asked = fake(GOOD)
    setattr(settings, f"LLM_PROVIDERS_VERIFY_LIMIT_PER_{scope}", 2)
    assert [api.post(VERIFY).status_code for _ in range(3)] == [200, 200, 429]
    refused = api.get(MODELS)
    assert refused.json()["error"] == {
        "code": "TOO_MANY_REQUESTS",
        "message": "Providers were asked too often. Wait as long as the Retry-After header says.",
    }
    assert 1 <= int(refused.headers["Retry-After"]) <= 60
    assert len(asked.received) == 2
    settings.LLM_PROVIDERS_VERIFY_WINDOW *= 0
    assert api.post(VERIFY).status_code == 200


@pytest.mark.usefixtures("config")
def test_the_limit_of_one_user_is_not_anothers(api: API, fake: StartFake, settings: Settings) -> None:
    fake(GOOD)
    settings.LLM_PROVIDERS_VERIFY_LIMIT_PER_USER = 1
    assert [api.post(VERIFY).status_code for _ in range(2)] == [200, 429]
    other = api_for(User.objects.create_superuser("other"))
    assert other.post(VERIFY).status_code == 200
    assert OutboundCount.objects.count() == 3


# --- Secrecy


@pytest.mark.once
@pytest.mark.parametrize("case", CASES, ids=str)
def test_no_route_tells_a_piece_of_a_key(
    api: API, fake: StartFake, case: Case, log: io.StringIO, caplog: pytest.LogCaptureFixture
) -> None:
    caplog.set_level(logging.DEBUG)
    config = f"/v1/llm-provider/{case.door.provider}"
    stored(case.door.provider, case.door.credentials)
    asks: list[Callable[[], Any]] = [
        lambda: api.post(f"{config}/verify"),
        lambda: api.patch(f"{config}?verify=require", {"enabled": False}),
        lambda: api.get(f"{config}/models"),
    ]
    told = ""
    for ask in asks:
        fake(case)
        answer = ask()
        assert answer.status_code in (200, 422, 502)
        told += answer.content.decode()
    rows = [
        *LLMProviderConfig.objects.values("last_verification"),
        *ModelList.objects.values(),
        *AuditEvent.objects.values(),
    ]
    told += repr(rows) + api.get(f"{config}/status").content.decode() + log.getvalue() + caplog.text
    assert CANARY.lower() not in told.lower()


def test_a_process_that_waits_for_enough_providers_says_so(api: API, fake: StartFake, settings: Settings) -> None:
    asked = fake(GOOD)
    places = settings.LLM_PROVIDERS_OUTBOUND_THREADS
    with ExitStack() as taken:
        for _place in range(places):
            taken.enter_context(run._place())
        refused = api.post("/v1/llm-providers/verify", BODY)
    assert (refused.status_code, refused.headers["Retry-After"]) == (429, "10")
    assert refused.json()["error"] == {
        "code": "TOO_MANY_REQUESTS",
        "message": "Too many providers are being asked at the moment. Try again in a few seconds.",
    }
    assert asked.received == []
    assert api.post("/v1/llm-providers/verify", BODY).status_code == 200


@pytest.mark.usefixtures("config")
def test_a_provider_without_a_probe_is_unknown(api: API, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(Anthropic, "verify", None)
    monkeypatch.setattr(Anthropic, "list_models", None)
    sentence = "There is no way yet to verify credentials of Anthropic."
    assert told(api.post(VERIFY)) == {"outcome": "unknown", "message": sentence, "field": None, "current": True}
    assert api.get(MODELS).status_code == 502


@pytest.mark.usefixtures("config")
def test_what_cannot_be_read_is_not_verified(api: API, fake: StartFake) -> None:
    asked = fake(GOOD)
    with connection.cursor() as cursor:
        cursor.execute("UPDATE llm_providers_llmproviderconfig SET credentials = %s", [b"spoilt"])
    for answer in (api.post(VERIFY), api.get(MODELS)):
        assert (answer.status_code, answer.json()["error"]["code"]) == (503, "CREDENTIALS_UNREADABLE")
    assert asked.received == []
