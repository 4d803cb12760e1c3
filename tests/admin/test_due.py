"""What is due, on the home page, in the list and on the card; with a moved clock."""

import re
from datetime import UTC, datetime, timedelta
from html import unescape

import pytest
from django.test import Client
from pytest_django import Settings

from llm_providers import audit, rotation, store
from llm_providers.models import AuditEvent, LLMProviderConfig
from llm_providers.providers import PROVIDERS
from tests.admin.pages import CONFIGS, HOME, change
from tests.rotation.clock import Clock

pytestmark = pytest.mark.django_db

GRACE = audit.Author("grace", AuditEvent.Source.ADMIN)
NOON = datetime(2026, 6, 1, 12, tzinfo=UTC)
BADGE = re.compile(r'<span class="badge badge-(\w+)">((?:Due|Expired|No date)[^<]*)</span>')


@pytest.fixture
def clock(monkeypatch: pytest.MonkeyPatch) -> Clock:
    clock = Clock(monkeypatch)
    clock.now = NOON
    return clock


@pytest.fixture(autouse=True)
def providers(clock: Clock, settings: Settings) -> None:
    settings.SESSION_COOKIE_AGE = 365 * 24 * 3600  # who is logged in stays so while the clock moves
    for slug in ("anthropic", "openai", "xai"):
        store.create(slug, enabled=True, credentials=PROVIDERS.get(slug).example, author=GRACE)
    LLMProviderConfig.objects.update(secrets_changed_at=NOON)


def test_a_key_is_told_before_it_is_due_and_more_loudly_after(admin_client: Client, clock: Clock) -> None:
    rotation.set_policy("openai", {"expires_at": NOON + timedelta(days=60)}, author=GRACE)
    config = LLMProviderConfig.objects.get(provider="openai")

    def badges() -> list[tuple[str, str]]:
        return BADGE.findall(admin_client.get(change(config.pk)).text)

    assert badges() == [("none", "Due 2026-07-24")]
    clock.now = NOON + timedelta(days=23, seconds=-1)
    assert badges() == [("none", "Due 2026-07-24")]
    clock.now = NOON + timedelta(days=23)
    assert badges() == [("off", "Due 2026-07-24")]
    clock.now = NOON + timedelta(days=53, seconds=-1)
    assert badges() == [("off", "Due 2026-07-24")]
    clock.now = NOON + timedelta(days=53)
    assert badges() == [("bad", "Due since 2026-07-24")]
    clock.now = NOON + timedelta(days=60)
    assert badges() == [("bad", "Expired 2026-07-31")]


@pytest.mark.parametrize(
    ("days", "said"),
    [
        (0, "2026-06-08, in 7 days; it expires 2026-06-15, in 14 days."),
        (6, "2026-06-08, tomorrow; it expires 2026-06-15, in 8 days."),
        (7, "since 2026-06-08, today; it expires 2026-06-15, in 7 days."),
        (8, "since 2026-06-08, yesterday; it expires 2026-06-15, in 6 days."),
        (14, "since 2026-06-08, 7 days ago; it expired 2026-06-15, today."),
        (16, "since 2026-06-08, 9 days ago; it expired 2026-06-15, 2 days ago."),
    ],
)
def test_the_sentence_counts_the_days(admin_client: Client, clock: Clock, days: int, said: str) -> None:
    rotation.set_policy("openai", {"expires_at": NOON + timedelta(days=14)}, author=GRACE)
    config = LLMProviderConfig.objects.get(provider="openai")
    clock.now = NOON + timedelta(days=days)
    assert f"<dd>{said}</dd>" in admin_client.get(change(config.pk)).text


def agenda(client: Client) -> list[str]:
    page = client.get(HOME).text
    section = re.search(r'<section aria-labelledby="agenda-heading".*?</section>', page, re.DOTALL)
    items = re.findall(r"<li>(.*?)</li>", section[0], re.DOTALL) if section else []
    return [" ".join(unescape(re.sub(r"<[^>]*>", " ", item)).split()) for item in items]


def test_the_home_page_begins_with_what_is_due_within_a_month(admin_client: Client, clock: Clock) -> None:
    assert agenda(admin_client) == []
    rotation.set_policy("openai", {"rotate_every_days": 20, "owner": "ml-platform"}, author=GRACE)
    rotation.set_policy("xai", {"expires_at": NOON + timedelta(days=8)}, author=GRACE)
    rotation.set_policy("anthropic", {"rotate_every_days": 31}, author=GRACE)
    clock.move(hours=24)
    assert agenda(admin_client) == [
        "xAI due since 2026-06-02, today; it expires 2026-06-09, in 7 days.",
        "OpenAI soon 2026-06-21, in 19 days. Owner: ml-platform.",
        "Anthropic soon 2026-07-02, in 30 days.",
    ]
    store.update("xai", patch={"api_key": "xai-next"}, author=GRACE)
    assert [line.split()[0] for line in agenda(admin_client)] == ["OpenAI", "Anthropic"]


def rows(client: Client, query: str = "") -> dict[str, list[str]]:
    """Of each provider in the list, what its badges say of when it is due."""
    page = client.get(CONFIGS + query).text
    bodies = re.findall(r'class="[^"]*field-label.*?(?=class="[^"]*field-label|</table>)', page, re.DOTALL)
    labels = {provider.label: provider.slug for provider in PROVIDERS}
    return {
        slug: [text for _kind, text in BADGE.findall(body)]
        for body in bodies
        for label, slug in labels.items()
        if f">{label}</a>" in body
    }


def test_the_list_has_a_badge_and_a_filter(admin_client: Client, clock: Clock) -> None:
    rotation.set_policy("openai", {"rotate_every_days": 20}, author=GRACE)
    rotation.set_policy("xai", {"expires_at": NOON + timedelta(days=6)}, author=GRACE)
    everything = {"anthropic": [], "openai": ["Due 2026-06-21"], "xai": ["Due since 2026-05-31"]}
    assert rows(admin_client) == everything
    assert rows(admin_client, "?due=true") == {"xai": ["Due since 2026-05-31"]}
    assert rows(admin_client, "?due=false") == {"anthropic": [], "openai": ["Due 2026-06-21"]}
    clock.move(days=20)
    assert set(rows(admin_client, "?due=true")) == {"openai", "xai"}
