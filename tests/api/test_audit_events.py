from datetime import UTC, datetime, timedelta
from typing import Any

import pytest

from llm_providers.api.audit_events import AuditEventSerializer
from llm_providers.models import AuditEvent
from tests.client import API
from tests.trail import told

pytestmark = pytest.mark.django_db

ROUTE = "/v1/audit-events"
NOON = datetime(2026, 1, 1, 12, tzinfo=UTC)


@pytest.fixture
def trail() -> None:
    """Seven events, an hour apart but for the last three, which share their moment."""
    for hour in range(7):
        told(
            NOON + timedelta(hours=min(hour, 4)),
            actor="grace" if hour % 2 else "ada",
            action="update" if hour else "create",
            provider="xai" if hour % 3 else "openai",
            source="api",
            fields=["enabled"],
            request_id=f"r{hour}",
        )


def ids(response: Any) -> list[str]:
    assert response.status_code == 200, response.text
    return [event["request_id"] for event in response.json()["events"]]


@pytest.mark.usefixtures("trail")
def test_the_newest_comes_first(api: API) -> None:
    assert ids(api.get(ROUTE)) == ["r6", "r5", "r4", "r3", "r2", "r1", "r0"]


def test_an_event_says_who_did_what_and_no_value(api: API) -> None:
    api.post(
        "/v1/llm-providers",
        {"provider": "xai", "credentials": {"api_key": "xai-canary"}},
        **{"X-Request-ID": "deploy-7"},
    )
    response = api.get(ROUTE)
    assert "canary" not in response.text
    (event,) = response.json()["events"]
    assert isinstance(event.pop("id"), int)
    assert datetime.fromisoformat(event.pop("created_at")).tzinfo
    assert event == {
        "actor": "admin",
        "action": "create",
        "provider": "xai",
        "fields": ["enabled=true", "credentials.api_key"],
        "source": "api",
        "request_id": "deploy-7",
        "address": "127.0.0.1",
    }
    assert response.json()["next"] is None


@pytest.mark.usefixtures("trail")
@pytest.mark.parametrize("limit", [1, 2, 3, 6, 7, 8])
def test_pages_hold_every_event_once(api: API, limit: int) -> None:
    seen, cursor = [], ""
    while True:
        response = api.get(f"{ROUTE}?limit={limit}{cursor}")
        seen += ids(response)
        assert len(response.json()["events"]) <= limit
        if response.json()["next"] is None:
            break
        cursor = f"&cursor={response.json()['next']}"
    assert seen == ["r6", "r5", "r4", "r3", "r2", "r1", "r0"]


@pytest.mark.usefixtures("trail")
@pytest.mark.parametrize(
    ("query", "expected"),
    [
        ("provider=openai", ["r6", "r3", "r0"]),
        ("action=create", ["r0"]),
        ("action=delete", []),
        ("actor=grace", ["r5", "r3", "r1"]),
        ("actor=nobody", []),
        ("provider=openai&actor=grace", ["r3"]),
        ("since=2026-01-01T15:00:00Z", ["r6", "r5", "r4", "r3"]),
        ("until=2026-01-01T15:00:00Z", ["r2", "r1", "r0"]),
        ("since=2026-01-01T14:00:00%2B01:00&until=2026-01-01T14:00:00Z", ["r1"]),
    ],
)
def test_filters_narrow_the_trail(api: API, query: str, expected: list[str]) -> None:
    assert ids(api.get(f"{ROUTE}?{query}")) == expected


@pytest.mark.parametrize(
    ("query", "field"),
    [
        ("provider=nope", "provider"),
        ("action=verify-all", "action"),
        ("actor=%00", "actor"),
        ("actor=", "actor"),
        (f"actor={'a' * 151}", "actor"),
        ("since=yesterday", "since"),
        ("since=2026-01-01", "since"),
        ("since=2026-01-01T15:00:00", "since"),
        ("until=0001-01-01T00:00:00%2B14:00", "until"),
        ("cursor=x", "cursor"),
        ("cursor=%D9%A1", "cursor"),
        ("cursor=f_________8AAAAAAAAAAQ", "cursor"),
        ("limit=0", "limit"),
        ("limit=201", "limit"),
        ("limit=ten", "limit"),
        ("limit=1_0", "limit"),
        ("limit=%2B5", "limit"),
        ("limit=5.0", "limit"),
        ("limit=%D9%A5", "limit"),
        (f"limit={'9' * 2000}", "limit"),
        ("limit=1&limit=2", "query"),
        ("page=2", "query"),
    ],
)
def test_a_filter_that_cannot_be_meant_is_refused_and_not_repeated(api: API, query: str, field: str) -> None:
    response = api.get(f"{ROUTE}?{query}")
    assert response.status_code == 400
    assert list(response.json()["error"]["details"]) == [field]


@pytest.mark.usefixtures("trail")
def test_an_entry_is_what_the_document_describes(api: API) -> None:
    described = AuditEventSerializer(AuditEvent.objects.all(), many=True).data
    assert api.get(ROUTE).json()["events"] == [dict(event) for event in described]
