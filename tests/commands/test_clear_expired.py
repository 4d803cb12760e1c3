"""What is past its use goes, and what is not stays."""

from datetime import timedelta
from io import StringIO

import pytest
from django.contrib.auth.models import User
from django.contrib.sessions.models import Session
from django.core.management import call_command
from django.utils import timezone
from rest_framework_simplejwt.token_blacklist.models import BlacklistedToken, OutstandingToken

from llm_providers import leftovers
from llm_providers.access.tokens import RefreshToken
from llm_providers.models import Consumer, LoginCount, OutboundCount

pytestmark = pytest.mark.django_db


def clear_expired() -> str:
    out = StringIO()
    call_command("clear_expired", stdout=out)
    return out.getvalue()


@pytest.fixture
def rows() -> None:
    """Of each kind one that is past its use, and one that is just not."""
    now, second = timezone.now(), timedelta(minutes=1)
    for name, before in (("past", -second), ("good", second)):
        Session.objects.create(session_key=name, session_data="", expire_date=now + before)
        token = OutstandingToken.objects.create(jti=name, token="", expires_at=now + before)
        BlacklistedToken.objects.create(token=token)
        LoginCount.objects.create(name=name, address="192.0.2.1", ends_at=now - timedelta(minutes=15) + before)
        Consumer.objects.create(
            provider="openai",
            kind="user",
            name=name,
            configuration=1,
            version=1,
            last_seen_at=now - timedelta(days=31) + before,
        )
        OutboundCount.objects.create(name=name, starts_at=now - timedelta(minutes=1) + before)


@pytest.mark.usefixtures("rows")
def test_what_has_expired_is_cleared_and_counted() -> None:
    assert clear_expired() == (
        "sessions: 1\ntokens: 1\ncounts of failed logins: 1\nconsumers: 1\ncounts of verifications: 1\n"
    )
    assert Session.objects.get().session_key == "good"
    assert BlacklistedToken.objects.get().token.jti == OutstandingToken.objects.get().jti == "good"
    assert [model.objects.get().name for model in (LoginCount, Consumer, OutboundCount)] == ["good"] * 3
    assert "1" not in clear_expired()


def test_more_than_one_batch_is_cleared(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(leftovers, "BATCH", 2)
    past = timezone.now() - timedelta(days=1)
    Session.objects.bulk_create(Session(session_key=str(i), session_data="", expire_date=past) for i in range(5))
    assert clear_expired().splitlines()[0] == "sessions: 5"
    assert not Session.objects.exists()


def test_a_login_of_today_is_not_ended() -> None:
    ada = User.objects.create_user("ada")
    token = RefreshToken.for_user(ada)
    token.end_login()
    clear_expired()
    assert OutstandingToken.objects.count() == 2
