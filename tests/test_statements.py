"""What a request may cost the database, in statements: no timing, so it may fail a build.

Beginnings and ends of transactions are counted.
"""

from collections.abc import Callable
from functools import partial
from typing import Any

import pytest
from django.contrib.auth.models import User
from django.db import connection
from django.test.utils import CaptureQueriesContext
from pytest_django import Settings

from llm_providers.models import AuditEvent
from llm_providers.providers import PROVIDERS
from tests.client import API, api_for, member_of
from tests.factories import body_of, cleaned_example, stored

pytestmark = pytest.mark.django_db

ITEM = "/v1/llm-provider/openai"
SECRET = {"credentials": {"api_key": "sk-another"}}


@pytest.fixture
def administrator() -> API:
    """A member of a group, before whom all providers are configured but xai."""
    for provider in PROVIDERS:
        if provider.slug != "xai":
            stored(provider.slug, cleaned_example(provider))
    for _event in range(60):
        AuditEvent.objects.create(actor="grace", action="update", provider="openai", source="api")
    return api_for(member_of("LLM provider administrators"))


def unchanged(api: API) -> Callable[[], Any]:
    etag = api.get(ITEM).headers["ETag"]
    return partial(api.get, ITEM, **{"If-None-Match": etag})


def rotated(step: str) -> Callable[[API], Callable[[], Any]]:
    def prepare(api: API) -> Callable[[], Any]:
        api.patch(ITEM, SECRET)
        return partial(api.post, f"{ITEM}/rotation/{step}")

    return prepare


# What is asked, the status, and the statements at most.
REQUESTS: dict[str, tuple[Callable[[API], Callable[[], Any]], int, int]] = {
    "get one": (lambda api: partial(api.get, ITEM), 200, 2),
    "get one, 304": (unchanged, 304, 2),
    "get one, 404": (lambda api: partial(api.get, "/v1/llm-provider/xai"), 404, 2),
    "list": (lambda api: partial(api.get, "/v1/llm-providers"), 200, 2),
    "list of the enabled": (lambda api: partial(api.get, "/v1/llm-providers?enabled=true"), 200, 2),
    "status": (lambda api: partial(api.get, f"{ITEM}/status"), 200, 2),
    "list of what is due": (lambda api: partial(api.get, "/v1/llm-providers?due=true"), 200, 2),
    "rotation": (lambda api: partial(api.get, f"{ITEM}/rotation"), 200, 3),
    "policy": (lambda api: partial(api.patch, f"{ITEM}/rotation", {"owner": "ml-platform"}), 200, 7),
    "undo": (rotated("undo"), 200, 6),
    "retire": (rotated("retire"), 200, 7),
    "audit page of 50": (lambda api: partial(api.get, "/v1/audit-events?limit=50"), 200, 2),
    "PATCH of a secret": (lambda api: partial(api.patch, ITEM, SECRET), 200, 6),
    "PATCH that changes nothing": (lambda api: partial(api.patch, ITEM, {"enabled": True}), 200, 4),
    "create": (lambda api: partial(api.post, "/v1/llm-providers", body_of(PROVIDERS.get("xai"))), 200, 5),
    "its 409": (lambda api: partial(api.post, "/v1/llm-providers", body_of(PROVIDERS.get("openai"))), 409, 4),
    "delete": (lambda api: partial(api.delete, ITEM), 200, 7),
    "403": (lambda _api: partial(api_for(User.objects.create_user("nobody")).get, ITEM), 403, 1),
    "401": (lambda _api: partial(API("a.b.c").get, ITEM), 401, 0),
    "healthz": (lambda _api: partial(API().get, "/healthz"), 200, 0),
}


def count(ask: Callable[[], Any], status: int) -> int:
    with CaptureQueriesContext(connection) as captured:
        answer = ask()
    assert answer.status_code == status, answer.content
    return len(captured)


@pytest.mark.usefixtures("administrator")
def test_a_delivery_takes_no_more_statements_than_agreed(settings: Settings) -> None:
    settings.LLM_PROVIDERS_DELIVERY = True
    api, path = api_for(member_of("LLM provider consumers")), f"{ITEM}/credentials"
    assert count(partial(api.get, path), 200) <= 7  # it writes down the consumer, which it does once a minute at most
    assert count(partial(api.get, path), 200) <= 3
    etag = api.get(path).headers["ETag"]
    assert count(partial(api.get, path, **{"If-None-Match": etag}), 304) <= 2


@pytest.mark.parametrize("name", REQUESTS)
def test_a_request_takes_no_more_statements_than_agreed(administrator: API, name: str) -> None:
    prepare, status, most = REQUESTS[name]
    ask = prepare(administrator)
    with CaptureQueriesContext(connection) as captured:
        answer = ask()
    assert answer.status_code == status, answer.content
    sent = [query["sql"] for query in captured]
    # In the transaction of a test that of a request is a savepoint, whose end takes two statements when it is undone.
    undone = sum(statement.startswith("ROLLBACK TO SAVEPOINT") for statement in sent)
    assert len(sent) - undone <= most, sent
