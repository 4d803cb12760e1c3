"""What happens between the reading of credentials and their handing over."""

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from typing import Any

import pytest
from django.db import connection

from llm_providers import delivery, rotation, store
from llm_providers.models import AuditEvent, Consumer
from tests.client import API, api_for, member_of
from tests.rotation.model import GRACE

pytestmark = pytest.mark.django_db

CREDENTIALS = "/v1/llm-provider/openai/credentials"


@pytest.fixture
def billing() -> API:
    store.create("openai", enabled=True, credentials={"api_key": "sk-1"}, author=GRACE)
    return api_for(member_of("LLM provider consumers"))


def rotate() -> None:
    """Replace the key; somebody else gets the new one at once, so that the old one may go."""
    store.update("openai", patch={"api_key": "sk-2"}, author=GRACE)
    delivery.prepare("openai", delivery.Asking(Consumer.Kind.USER, "web")).record(GRACE)
    assert rotation.find("openai").safe_to_revoke is True


def disable() -> None:
    store.update("openai", enabled=False, author=GRACE)


def delete() -> None:
    store.delete("openai", author=GRACE)


@contextmanager
def once_read(happens: Callable[[], None]) -> Iterator[None]:
    """Let this happen directly after the statement that reads the credentials."""
    left = [happens]

    def wrapper(execute: Any, sql: str, *rest: Any) -> Any:
        result = execute(sql, *rest)
        if sql == delivery.FIND and left:
            left.pop()()
        return result

    with connection.execute_wrapper(wrapper):
        yield
    assert left == []


@pytest.mark.usefixtures("billing")
def test_a_key_that_may_go_is_handed_to_nobody_new() -> None:
    late = delivery.prepare("openai", delivery.Asking(Consumer.Kind.USER, "late"))
    rotate()
    with pytest.raises(delivery.Overtaken):
        late.record(GRACE)
    with pytest.raises(delivery.Overtaken):
        late.confirm()
    assert rotation.find("openai").safe_to_revoke is True
    assert AuditEvent.objects.filter(action="deliver").count() == 1


@pytest.mark.parametrize(
    ("happens", "status", "told"),
    [(rotate, 200, "sk-2"), (disable, 409, "PROVIDER_DISABLED"), (delete, 404, "NOT_FOUND")],
    ids=["rotate", "disable", "delete"],
)
def test_who_asks_meanwhile_is_answered_as_things_are_then(
    happens: Callable[[], None], status: int, told: str, billing: API
) -> None:
    with once_read(happens):
        answer = billing.get(CREDENTIALS)
    body = answer.json()
    shown = body["credentials"]["api_key"] if "credentials" in body else body["error"]["code"]
    assert (answer.status_code, shown) == (status, told)
    deliveries = AuditEvent.objects.filter(action="deliver").exclude(actor="grace")
    assert deliveries.count() == (1 if status == 200 else 0)


def test_who_knows_the_key_before_is_not_told_that_nothing_changed(billing: API) -> None:
    etag = billing.get(CREDENTIALS).headers["ETag"]
    Consumer.objects.all().delete()
    with once_read(rotate):
        answer = billing.get(CREDENTIALS, **{"If-None-Match": etag})
    assert (answer.status_code, answer.json()["credentials"]) == (200, {"api_key": "sk-2"})
    assert rotation.find("openai").safe_to_revoke is True
