from argparse import ArgumentParser
from datetime import UTC, datetime, timedelta
from typing import Any

from django.contrib.auth import get_user_model
from django.contrib.auth.models import AbstractBaseUser
from django.core.management.base import BaseCommand, CommandError
from rest_framework_simplejwt.tokens import AccessToken

from llm_providers import audit
from llm_providers.management.durations import parse_duration
from llm_providers.management.shell_user import shell_author
from llm_providers.models import AuditEvent

LONGEST = timedelta(days=30)


def access_token(user: AbstractBaseUser, lifetime: timedelta) -> str:
    """Make a token for a user; the trail tells of it, and how long it lives."""
    token = signed(user, lifetime)
    expires = f"{datetime.fromtimestamp(token['exp'], UTC):%Y-%m-%dT%H:%M:%SZ}"
    fields = [f"user {user.get_username()}", f"expires={expires}"]
    audit.record(AuditEvent.Action.TOKEN_ISSUED, shell_author(), fields=fields)
    return str(token)


def signed(user: AbstractBaseUser, lifetime: timedelta) -> AccessToken:
    token = AccessToken.for_user(user)
    token.set_exp(lifetime=lifetime)
    return token


class Command(BaseCommand):
    help = "Prints an access token for a user, and nothing else."
    requires_system_checks = []  # they would only delay it

    def add_arguments(self, parser: ArgumentParser) -> None:
        parser.add_argument("username")
        parser.add_argument("--lifetime", default="12h", help="90s, 30m, 12h or 7d; 12h unless told, at most 30d")

    def handle(self, *args: Any, username: str, lifetime: str, **options: Any) -> None:
        duration = parse_duration(lifetime, "The lifetime", LONGEST, "90s, 30m or 12h")
        user = get_user_model().objects.filter(username=username).first()
        if user is None:
            raise CommandError("There is no such user: create one in the admin or with `manage.py createsuperuser`.")
        if not user.is_active:
            raise CommandError("This user is inactive: make the user active in the admin first.")
        self.stdout.write(access_token(user, duration))
