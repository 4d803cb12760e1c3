"""Which subjects a machine's identity stands for."""

import pytest

from llm_providers.access.subjects import matches

pytestmark = pytest.mark.once

PRODUCTION = "repo:acme/billing:environment:production"


@pytest.mark.parametrize(
    ("pattern", "subject"),
    [
        (PRODUCTION, PRODUCTION),
        ("repo:acme/*:environment:production", PRODUCTION),
        ("repo:acme/billing:environment:*", PRODUCTION),
        ("repo:*/*:environment:*", PRODUCTION),
        ("*:acme/billing:environment:production", PRODUCTION),
        ("repo:acme/bil*ng:environment:prod*", PRODUCTION),
        ("repo:acme/b*l*g:*:*", PRODUCTION),
        ("repo:acme/billing*:environment:production", PRODUCTION),
        ("*", "billing"),
        ("a*a", "aa"),
        ("*a*a*", "xaya"),
        ("*ab", "aab"),
        ("a*b*c", "abbc"),
        ("system:serviceaccount:billing:*", "system:serviceaccount:billing:invoices"),
        ("system:serviceaccount:*:invoices", "system:serviceaccount:billing:invoices"),
        ("a.c", "a.c"),
        ("[ab]*", "[ab]c"),
    ],
)
def test_a_star_stands_for_characters_within_a_segment(pattern: str, subject: str) -> None:
    assert matches(pattern, subject)


@pytest.mark.parametrize(
    ("pattern", "subject"),
    [
        ("", "x"),
        ("repo:acme/billing", PRODUCTION),
        ("environment:production", PRODUCTION),
        ("*", PRODUCTION),
        ("repo:*", PRODUCTION),
        ("repo:acme/*", PRODUCTION),
        ("repo:*:environment:production", PRODUCTION),
        ("*:production", PRODUCTION),
        ("*production", PRODUCTION),
        ("repo:acme/*production", PRODUCTION),
        ("repo:*billing:environment:production", PRODUCTION),
        ("repo:acme/*:environment:production", "repo:acme/a/b:environment:production"),
        ("repo:acme/*:environment:production", "repo:acme/a:b:environment:production"),
        ("repo:acme/*:environment:production", "repo:acme/a:environment:production:environment:production"),
        ("repo:acme/*:environment:production", "repo:acme/x:environment:production:x"),
        ("repo:acme/*:environment:*", "repo:acme/x:environment:a:environment:b"),
        ("a*a", "a"),
        ("ab*ba", "aba"),
        ("a*b*c", "acb"),
        ("a.c", "abc"),
        ("[ab]*", "ac"),
        ("a?", "ab"),
        ("A*", "ab"),
    ],
)
def test_a_star_crosses_neither_a_colon_nor_a_slash(pattern: str, subject: str) -> None:
    assert not matches(pattern, subject)
