"""The trail as people read it, find in it, and take it along."""

import csv
import re
from typing import Any

import pytest
from django.test import Client

from llm_providers import audit, store
from llm_providers.admin import event_export
from llm_providers.models import AuditEvent, LLMProviderConfig
from llm_providers.providers import PROVIDERS
from tests.admin.pages import EVENTS, change
from tests.admin.test_list import staff
from tests.client import holder_of, member_of

pytestmark = pytest.mark.django_db

EXPORT = f"{EVENTS}export/"


def event(actor: str = "grace", action: str = "update", provider: str | None = "azure", **fields: Any) -> AuditEvent:
    return AuditEvent.objects.create(actor=actor, action=action, provider=provider, **{"source": "api", **fields})


def rows(page: str) -> list[dict[str, str]]:
    """The text of each cell of the list."""
    body = page.split('id="result_list"')[1].split("</table>", maxsplit=1)[0] if 'id="result_list"' in page else ""
    return [
        {
            name: " ".join(re.sub(r"<[^>]+>", " ", cell).split())
            for name, cell in re.findall(r'<t[dh] class="field-(\w+)[^>]*>(.*?)</t[dh]>', row, re.DOTALL)
        }
        for row in re.findall(r"<tr.*?</tr>", body, re.DOTALL)
        if "field-moment" in row
    ]


def actors(client: Client, query: str) -> list[str]:
    return [row["actor"] for row in rows(client.get(f"{EVENTS}?{query}").text)]


def test_an_event_is_told_in_labels(admin_client: Client) -> None:
    event(
        provider="amazon-bedrock",
        fields=["enabled", "credentials.aws_access_key_id", "credentials.region"],
        request_id="request-1",
        address="192.0.2.1",
    )
    [row] = rows(admin_client.get(EVENTS).text)
    moment = row.pop("moment")
    assert re.fullmatch(r"\d{4}-\d\d-\d\d \d\d:\d\d:\d\d", moment)
    assert row == {
        "actor": "grace",
        "action_label": "Update",
        "configuration": "Amazon Bedrock",
        "changed": "state, Access key ID, Region",
        "way": "API 192.0.2.1 request-1",
    }


@pytest.mark.parametrize(
    ("provider", "name", "label"),
    [
        ("azure", "enabled=true", "switched on"),
        ("azure", "enabled=false", "switched off"),
        ("azure", "enabled", "state"),
        ("azure", "credentials.api_key", "API key"),
        ("google-vertex", "credentials.service_account.private_key", "Service account (private_key)"),
        ("azure", "credentials.gone", "credentials.gone"),
        ("gone", "credentials.api_key", "credentials.api key"),
        (None, "user alice_b", "user alice_b"),
        (None, "is_superuser", "superuser"),
        (None, "last_name", "last name"),
    ],
)
def test_each_name_has_a_label(admin_client: Client, provider: str | None, name: str, label: str) -> None:
    event(provider=provider, fields=[name])
    assert rows(admin_client.get(EVENTS).text)[0]["changed"] == label


def test_a_provider_that_is_gone_is_told_by_its_slug(admin_client: Client) -> None:
    event(provider="gone", action="unheard_of")
    [row] = rows(admin_client.get(EVENTS).text)
    assert (row["configuration"], row["action_label"]) == ("gone", "unheard_of")


def test_an_event_leads_to_its_configuration_while_that_stands(admin_client: Client) -> None:
    author = audit.Author("grace", AuditEvent.Source.API)
    azure = store.create("azure", enabled=True, credentials=PROVIDERS.get("azure").example, author=author)
    link = f'href="{change(azure.pk)}">Azure OpenAI</a>'
    told = AuditEvent.objects.get()
    assert link in admin_client.get(EVENTS).text
    assert link in admin_client.get(f"{EVENTS}{told.pk}/change/").text
    assert link in staff(member_of("LLM provider auditors")).get(EVENTS).text
    assert link not in staff(holder_of("view_auditevent")).get(EVENTS).text
    LLMProviderConfig.objects.all().delete()
    assert link not in admin_client.get(EVENTS).text


@pytest.mark.parametrize(
    ("query", "found"),
    [
        ("q=grace", ["grace"]),
        ("q=LIN", ["linus"]),
        ("q=0123abcd", ["linus"]),
        ("q=azure", []),
        ("provider=xai", ["linus"]),
        ("action__exact=create&actor=grace&source=api", ["grace"]),
        ("created_at__year=1999", []),
    ],
)
def test_events_are_found(admin_client: Client, query: str, found: list[str]) -> None:
    event("grace", "create", "azure")
    event("linus", "delete", "xai", request_id="0123abcd", source="command")
    assert actors(admin_client, query) == found


def test_the_days_lead_to_their_events(admin_client: Client) -> None:
    told = event()
    page = admin_client.get(EVENTS).text
    [day] = re.findall(r'href="\?(created_at__day=[^"]+)"', page)
    assert day.replace("&amp;", "&") == (
        f"created_at__day={told.created_at.day}&created_at__month={told.created_at.month}"
        f"&created_at__year={told.created_at.year}"
    )
    assert actors(admin_client, day.replace("&amp;", "&")) == ["grace"]


def exported(client: Client, query: str = "") -> list[dict[str, str]]:
    answer = client.get(f"{EXPORT}?{query}")
    assert answer.status_code == 200
    assert answer.headers["Content-Type"] == "text/csv; charset=utf-8"
    assert answer.headers["Content-Disposition"] == 'attachment; filename="audit-events.csv"'
    assert answer.streaming
    return list(csv.DictReader(answer.getvalue().decode().splitlines()))


def test_the_filtered_list_is_exported(admin_client: Client) -> None:
    told = event("grace", "create", fields=["enabled", "credentials.api_key"], request_id="r", address="192.0.2.1")
    event("linus", "delete", "xai")
    event("linus", "account", None)
    query = "provider=azure&q=grace"
    assert f'href="{EXPORT}?{query.replace("&", "&amp;")}"' in admin_client.get(f"{EVENTS}?{query}").text
    assert exported(admin_client, query) == [
        {
            "created_at": told.created_at.isoformat(),
            "actor": "grace",
            "action": "create",
            "provider": "azure",
            "fields": "enabled, credentials.api_key",
            "source": "api",
            "request_id": "r",
            "address": "192.0.2.1",
        }
    ]
    assert [(row["actor"], row["provider"]) for row in exported(admin_client)] == [
        ("linus", ""),
        ("linus", "xai"),
        ("grace", "azure"),
    ]


@pytest.mark.parametrize("cell", ["=1+1", "+1", "-1", "@SUM(A1)", "\t=1", "\r=1"])
def test_no_cell_is_a_formula(admin_client: Client, cell: str) -> None:
    event(cell, fields=[cell])
    [line] = list(csv.reader(admin_client.get(EXPORT).getvalue().decode().split("\r\n", 1)[1:], strict=True))[:1]
    assert (line[1], line[4]) == (f"'{cell}", f"'{cell}")


def test_an_export_ends_at_its_limit(admin_client: Client, monkeypatch: pytest.MonkeyPatch) -> None:
    for number in range(3):
        event(f"actor-{number}")
    monkeypatch.setattr(event_export, "LIMIT", 2)
    assert [row["actor"] for row in exported(admin_client)] == ["actor-2", "actor-1"]


def test_who_may_not_read_the_trail_exports_nothing(client: Client) -> None:
    assert client.get(EXPORT).status_code == 302
    assert staff(member_of("LLM provider viewers")).get(EXPORT).status_code == 403


def test_audit_events_are_listed_and_never_changed(admin_client: Client) -> None:
    event = AuditEvent.objects.create(actor="grace", action="create", provider="openai", source="api")
    AuditEvent.objects.create(actor="linus", action="delete", provider="xai", source="command")
    page = admin_client.get(f"{EVENTS}?provider=openai&action=create&actor=grace&source=api").text
    assert "field-actor" in page
    assert "linus" not in page.split('id="result_list"')[1].split("</table>")[0]
    assert admin_client.get(f"{EVENTS}{event.pk}/change/").status_code == 200
    assert admin_client.get(f"{EVENTS}add/").status_code == 403
    assert admin_client.post(f"{EVENTS}{event.pk}/change/", {"actor": "x"}).status_code == 403
    assert admin_client.post(f"{EVENTS}{event.pk}/delete/", {"post": "yes"}).status_code == 403


@pytest.mark.parametrize("query", ["fields__contains=a", "actor__regex=(", "request_id=x"])
def test_the_trail_takes_the_filters_of_its_page_only(admin_client: Client, query: str) -> None:
    assert admin_client.get(f"{EVENTS}?{query}").status_code == 400


@pytest.mark.parametrize(
    "query", ["provider=xai", "action__exact=create", "created_at__gte=2026-01-01+00:00:00%2B00:00"]
)
def test_the_filters_of_the_trail_work(admin_client: Client, query: str) -> None:
    assert admin_client.get(f"{EVENTS}?{query}").status_code == 200
