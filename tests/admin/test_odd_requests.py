"""What no page of the admin sends by itself: a page says so, and nothing breaks."""

from typing import Any
from urllib.parse import urlencode

import pytest
from django.contrib.auth.models import User
from django.test import Client

from llm_providers.models import LoginCount
from tests.admin.pages import CONFIGS, EVENTS, GROUPS, HOME, LOGIN, USERS

pytestmark = pytest.mark.django_db


@pytest.fixture
def admin(admin_client: Client) -> Client:
    admin_client.raise_request_exception = False
    return admin_client


ODD_QUERIES = [
    (HOME, {"x": "\0"}),
    (f"{HOME}search/", {"s": "x", "page": "x"}),
    (f"{HOME}search/", {"s": "x", "page": "0"}),
    (f"{HOME}search/", {"s": "x", "page": "999"}),
    (f"{HOME}search/", {"s": "s" * 257}),
    (CONFIGS, {"q": "azure " * 4000}),
    (CONFIGS, {"due": "maybe"}),
    (f"{USERS}1/change/", {"_to_field": ""}),
    (USERS, {"q": "a " * 129}),
    (USERS, {"q": "a\0"}),
    (USERS, {"x": "x" * 3000}),
    (USERS, {"username__regex": "("}),
    (USERS, {"username__regex": "(a+)+$"}),
    (USERS, {"password__startswith": "pbkdf2"}),
    (USERS, {"groups__name": "x"}),
    (GROUPS, {"name__regex": "("}),
    (GROUPS, {"permissions__codename": "add_user"}),
    (EVENTS, {"actor": "gr\0ce"}),
    (EVENTS, {"actor__exact": "\0"}),
    (EVENTS, {"created_at__gte": "0001-01-01 00:00:00+14:00"}),
    (EVENTS, {"created_at__lt": "9999-12-31 23:59:59-14:00"}),
    (EVENTS, {"created_at__gte": "yesterday"}),
    (EVENTS, {"created_at__year": "9999"}),
    (EVENTS, {"created_at__year": "x"}),
    (EVENTS, {"created_at__year": "2026", "created_at__month": "13"}),
    (EVENTS, {"created_at__year": "2026", "created_at__month": "1", "created_at__day": "9" * 18}),
    (EVENTS, {"created_at__week": "1"}),
    (EVENTS, {"request_id": "x"}),
    (f"{EVENTS}export/", {"actor__regex": "("}),
    (f"{EVENTS}export/", {"created_at__year": "2026", "created_at__month": "2", "created_at__day": "30"}),
]


@pytest.mark.parametrize(("path", "query"), ODD_QUERIES)
def test_an_odd_query_is_answered_by_a_page_that_says_so(admin: Client, path: str, query: dict[str, str]) -> None:
    answer = admin.get(f"{path}?{urlencode(query)}")
    assert answer.status_code == 400
    assert "Nothing was changed" in answer.text
    assert [value for value in query.values() if len(value) > 9 and value in answer.text] == []


@pytest.mark.parametrize(
    ("path", "form"),
    [
        (CONFIGS, {"action": "enable", "_selected_action": "abc"}),
        (CONFIGS, {"action": "enable", "_selected_action": "9" * 30}),
        (USERS, {"action": "delete_selected", "_selected_action": "abc"}),
        (GROUPS, {"action": "delete_selected", "_selected_action": ["1", "-1"]}),
        (f"{GROUPS}add/", {"name": "new", "permissions": "9" * 30}),
    ],
)
def test_what_is_chosen_is_chosen_by_number(admin: Client, path: str, form: dict[str, Any]) -> None:
    answer = admin.post(path, form)
    assert (answer.status_code, "Nothing was changed" in answer.text) == (400, True)


@pytest.mark.parametrize(
    ("path", "query"),
    [
        (USERS, {"is_staff__exact": "1", "groups__id__exact": "1", "q": "ada lovelace", "o": "-1", "p": "1"}),
        (USERS, {"is_superuser__exact": "0", "is_active__exact": "1", "_facets": "True", "all": ""}),
        (GROUPS, {"q": "viewers"}),
        (EVENTS, {"created_at__gte": "2026-01-01 00:00:00+00:00", "created_at__lt": "2026-02-01 00:00:00+00:00"}),
        (EVENTS, {"created_at__year": "2026", "created_at__month": "12", "created_at__day": "31"}),
        (EVENTS, {"created_at__year": "9998", "created_at__month": "12", "q": "grace"}),
        (f"{EVENTS}export/", {"created_at__year": "2026", "q": "grace", "action__exact": "create", "p": "1"}),
        (f"{HOME}search/", {"s": "user", "page": "1"}),
    ],
)
def test_what_the_pages_send_works(admin: Client, path: str, query: dict[str, str]) -> None:
    assert admin.get(f"{path}?{urlencode(query)}").status_code == 200


def test_a_form_in_an_encoding_that_can_spell_no_text_is_refused(admin: Client) -> None:
    body = b'--b\r\nContent-Disposition: form-data; name="name"\r\n\r\n+2AA-\r\n--b--\r\n'
    answer = admin.generic("POST", f"{GROUPS}add/", body, content_type="multipart/form-data; boundary=b; charset=utf-7")
    assert answer.status_code == 400


@pytest.mark.parametrize(
    ("username", "password", "limit"),
    [("a" * 151, "x", 150), ("a" * 256, "x", 150), ("a" * 60_000, "x", 150), ("alice", "x" * 4097, 4096)],
)
def test_the_login_takes_no_more_than_a_name_and_a_password_can_have(
    client: Client, username: str, password: str, limit: int
) -> None:
    client.raise_request_exception = False
    answer = client.post(LOGIN, {"username": username, "password": password})
    assert answer.status_code == 200
    assert f"at most {limit} characters" in answer.text
    assert not LoginCount.objects.exists()


def test_the_longest_password_logs_in_and_a_longer_one_cannot_be_set(admin: Client) -> None:
    longest = "correct horse battery " * 186 + "stap"
    assert len(longest) == 4096
    address = f"{USERS}{User.objects.create_user('alice', is_staff=True).pk}/password/"
    longer = {"password1": longest + "x", "password2": longest + "x", "usable_password": "true", "set-password": "1"}
    assert "at most 4096 characters" in admin.post(address, longer).text
    form = longer | {"password1": longest, "password2": longest}
    assert admin.post(address, form).status_code == 302
    assert Client().post(LOGIN, {"username": "alice", "password": longest}).status_code == 302
