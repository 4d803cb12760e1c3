import pytest

from bench.recorded.placeholders import Placeholders, headers

pytestmark = pytest.mark.once


@pytest.mark.parametrize(
    ("text", "replaced"),
    [
        ('"created_at":"2026-11-24T16:27:44.123456Z"', '"created_at":"<moment>"'),
        ("Changed 2026-11-24 16:27:44 UTC", "Changed <moment> UTC"),
        ("?created_at__gte=2026-11-24+00%3A00%3A00%2B00%3A00&amp;", "?created_at__gte=<moment>&amp;"),
        ("Nov. 24, 2026, 4:27 p.m.", "<moment>"),
        ("March 1, 2027, noon", "<moment>"),
        ('value="2026-11-24" value="16:27:44"', 'value="<date>" value="<time>"'),
        ("Request id: 0123456789abcdef0123456789abcdef", "Request id: <request id 1>"),
        (f'name="csrfmiddlewaretoken" value="{"a" * 64}"', 'name="csrfmiddlewaretoken" value="<csrf token 1>"'),
        (f"sessionid={'b' * 32}; HttpOnly", "sessionid=<cookie 1>; HttpOnly"),
        ('"next":"AAYl0ePO_2oAAAAAAAAAEg"', '"next":"<cursor 1>"'),
        ('"access":"eyJhbGciOi.eyJ0b2tlbl.c2lnbmF0dXJl"', '"access":"<token 1>"'),
    ],
)
def test_what_differs_by_nature_is_replaced(text: str, replaced: str) -> None:
    assert Placeholders()(text) == replaced


@pytest.mark.parametrize(
    "text", ['"12-3"', "2020-01-01T00:00:00Z", "sk-***", '"id":17', "Content-Length: 1234", "127.0.0.1"]
)
def test_what_two_commits_must_have_in_common_stays(text: str) -> None:
    assert Placeholders()(text) == text


def test_equal_values_of_one_answer_have_the_same_placeholder() -> None:
    first, second = "a" * 32, "b" * 32

    assert Placeholders()(f"{first} {second} {first}") == "<request id 1> <request id 2> <request id 1>"


def test_a_length_is_that_of_the_body_or_shown() -> None:
    pairs = [("X-B", "1"), ("Content-Length", "3")]

    assert headers(pairs, b"abc") == [("Content-Length", "that of the body"), ("X-B", "1")]
    assert headers(pairs, b"ab") == [("Content-Length", "3"), ("X-B", "1")]
