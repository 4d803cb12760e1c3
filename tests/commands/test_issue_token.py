from datetime import UTC, datetime, timedelta
from io import StringIO

import pytest
from django.contrib.auth.models import User
from django.core.management import CommandError, call_command
from rest_framework_simplejwt.tokens import AccessToken

pytestmark = pytest.mark.django_db


@pytest.fixture
def ada() -> User:
    return User.objects.create_user("ada", password="a password of some length")


def issue_token(*arguments: str) -> str:
    out = StringIO()
    call_command("issue_token", *arguments, stdout=out)
    return out.getvalue()


@pytest.mark.parametrize(
    ("arguments", "lifetime"),
    [
        ((), timedelta(hours=12)),
        (("--lifetime", "90s"), timedelta(seconds=90)),
        (("--lifetime", "30m"), timedelta(minutes=30)),
        (("--lifetime", "12h"), timedelta(hours=12)),
        (("--lifetime", "30d"), timedelta(days=30)),
    ],
)
def test_a_token_of_the_user_is_printed_and_nothing_else(
    ada: User, arguments: tuple[str, ...], lifetime: timedelta
) -> None:
    printed = issue_token("ada", *arguments)
    token = AccessToken(printed.strip())  # type: ignore[arg-type]  # the stub wants a Token
    assert printed == f"{token}\n"
    assert token["user_id"] == str(ada.pk)
    expires = datetime.fromtimestamp(token["exp"], UTC)
    assert abs(expires - datetime.now(UTC) - lifetime) < timedelta(seconds=10)


@pytest.mark.usefixtures("ada")
@pytest.mark.parametrize("lifetime", ["", "12", "h", "0h", "-1h", "1.5h", "12 h", "1w", "31d", "999999999d", "\u0661h"])
def test_an_odd_lifetime_is_refused(lifetime: str) -> None:
    with pytest.raises(CommandError) as refused:
        issue_token("ada", f"--lifetime={lifetime}")
    assert str(refused.value) == (
        "The lifetime must be a number and s, m, h or d, at most 30d: for example 90s, 30m or 12h."
    )


def test_an_unknown_user_is_refused() -> None:
    with pytest.raises(CommandError) as refused:
        issue_token("nobody")
    assert str(refused.value) == ("There is no such user: create one in the admin or with `manage.py createsuperuser`.")


def test_an_inactive_user_is_refused(ada: User) -> None:
    ada.is_active = False
    ada.save()
    with pytest.raises(CommandError) as refused:
        issue_token("ada")
    assert str(refused.value) == "This user is inactive: make the user active in the admin first."
