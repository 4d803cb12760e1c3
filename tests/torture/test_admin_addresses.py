"""Every page of the admin, asked for with every parameter it knows and a value it does not."""

import random
from collections.abc import Iterator
from http import HTTPStatus
from typing import Any
from urllib.parse import quote, urlencode

import pytest
from django.contrib.auth.models import Group, User
from django.test import Client

from llm_providers import audit, store
from llm_providers.models import AuditEvent
from llm_providers.providers import PROVIDERS
from tests.admin.pages import ADD, CONFIGS, EVENTS, GROUPS, HOME, LOGIN, OWN_PASSWORD, USERS

pytestmark = pytest.mark.django_db

LISTS = (CONFIGS, EVENTS, USERS, GROUPS)
PAGES = (HOME, LOGIN, OWN_PASSWORD, ADD, f"{USERS}add/", f"{GROUPS}add/")
OF_ONE = ("", "change/", "delete/", "history/", "password/", "rotate/", "undo/", "retire/", "policy/")
NAMES = [
    *("p", "q", "o", "e", "all", "_facets", "_popup", "_to_field", "_changelist_filters", "page", "s", "extended"),
    *("next", "action", "select_across", "index", "_save", "_saveasnew", "_selected_action", "_switch", "post"),
    *("provider", "provider__exact", "provider__isnull", "enabled", "enabled__exact", "due", "action__exact"),
    *("actor", "actor__exact", "source", "created_at__gte", "created_at__lt", "created_at", "created_at__year", "etag"),
    *("is_staff__exact", "is_superuser__exact", "is_active__isnull", "groups__id__exact", "groups__isnull"),
    *("username", "username__regex", "username__in", "id", "id__in", "name", "name__regex", "permissions", "groups"),
    *("user_permissions", "date_joined_0", "date_joined_1", "last_login_0", "email", "is_superuser", "old_password"),
    *("password", "password1", "new_password1", "app_label", "model_name", "field_name", "term", "credentials.x"),
    *("new-credentials.api_key", "new-expires_at", "policy-owner", "policy-expires_at", "policy-rotate_every_days"),
]
VALUES = [
    *("", "0", "1", "-1", "x", "abc", "1.5", "1e400", "NaN", "9" * 18, "9" * 19, "9" * 30, "9" * 5000, "٣", "²"),
    *(
        "\0",
        "a\0b",
        "\ud800",
        "\ufffd",
        "💥" * 60,
        "a" * 151,
        "a" * 60_000,
        "a " * 128,
        "a " * 4000,
        "%",
        "'",
        '"',
        "(",
    ),
    *(
        "0001-01-01",
        "9999-12-31",
        "0001-01-01 00:00:00+14:00",
        "9999-12-31 23:59:59-14:00",
        "2026-02-30",
        "10000-01-01",
    ),
    *("2026-01-01T00:00:00+00:00", "\r\nX: y", "../../..", "//evil.example", "{{ x }}", "-1.2.-3", "1,2,x", "("),
    *("delete_selected", "enable", "auth", "user", "group", "azure on x", "username", "password", "id"),
]
PIECES = ["1", "0", "-1", "x", "9" * 19, "9" * 5000, "\0", "_5F", "a/b", "💥", "%", ".."]
DAILY, LONG = 150, 3_000


@pytest.fixture
def admin(admin_client: Client, admin_user: User) -> Client:
    author = audit.Author("grace", AuditEvent.Source.API)
    for provider in PROVIDERS:
        store.create(provider.slug, enabled=True, credentials=provider.example, author=author)
    User.objects.bulk_create(User(username=f"user{number}") for number in range(120))  # more than a page
    Group.objects.bulk_create(Group(name=f"group{number}") for number in range(120))
    AuditEvent.objects.bulk_create(AuditEvent(actor="grace", action="create", source="api") for _ in range(120))
    admin_client.raise_request_exception = False
    return admin_client


def requests(chance: random.Random) -> Iterator[tuple[str, str, dict[str, Any]]]:
    while True:
        path = chance.choice(
            [*LISTS, *LISTS, HOME, LOGIN, OWN_PASSWORD, ADD, f"{USERS}add/", f"{GROUPS}add/", "one", "odd"]
        )
        if path == "one":
            path = chance.choice(LISTS) + quote(encoded(chance.choice(PIECES))) + "/" + chance.choice(OF_ONE)
        elif path == "odd":
            path = HOME + chance.choice(["search/", "autocomplete/", "jsi18n/", "auth/", "r/1/", "r/x/", "r/4/"])
            path += quote(encoded(chance.choice(PIECES))) + "/" if path.endswith(("1/", "x/", "4/")) else ""
        count = chance.choice([1, 1, 1, 2, 3])
        parameters = {name: encoded(chance.choice(VALUES)) for name in chance.sample(NAMES, count)}
        yield chance.choice(["GET", "GET", "POST"]), path, parameters


def encoded(text: str) -> bytes:
    return text.encode("utf-8", "surrogatepass")


@pytest.mark.parametrize("count", [DAILY, pytest.param(LONG, marks=pytest.mark.torture)])
def test_no_address_and_no_form_of_the_admin_is_a_mistake_of_ours(admin: Client, admin_user: User, count: int) -> None:
    chance = random.Random(7)
    wrong = []
    for _, (method, path, parameters) in zip(range(count), requests(chance), strict=False):
        query = urlencode(parameters)
        if method == "GET":
            answer = admin.get(f"{path}?{query}")
        else:
            answer = admin.post(path, query, content_type="application/x-www-form-urlencoded")
        if answer.status_code >= HTTPStatus.INTERNAL_SERVER_ERROR:
            wrong.append((method, path[:80], query[:200]))
        admin.force_login(admin_user)  # whatever the request did to the session
    assert wrong == []
