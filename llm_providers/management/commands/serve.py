import json
import os
import secrets
import shlex
import socket
import sys
from datetime import timedelta
from typing import Any

from django.conf import settings
from django.contrib.auth import get_user_model
from django.core.management import call_command
from django.core.management.base import BaseCommand, CommandError

from llm_providers.management.commands.issue_token import access_token
from llm_providers.providers import get_provider

HOST = "127.0.0.1"
WORKERS = 2
# A client that stalls while sending its body holds a thread, so there are many. Each may hold a database
# connection, so both workers together stay below the 97 that PostgreSQL allows by default.
THREADS = 48
KILL_TIMEOUT = 3  # seconds; now and then a worker misses the signal to stop

WELCOME = """
Documentation  {url}/docs
Admin          {url}/admin/
"""
FIRST_USER = """
The first user is admin, the password {password}
It is shown only now. Change it in the admin: {url}/admin/password_change/
"""
TRY_IT = """
Store a first configuration (the token is valid for one hour):

curl -X POST {url}/v1/llm-providers \\
  -H 'Authorization: Bearer {token}' \\
  -H 'Content-Type: application/json' \\
  -d {body}
"""


class Command(BaseCommand):
    help = f"Migrates, creates a first user when there is none, and serves on {HOST}."
    requires_system_checks = []  # `make lint` runs them; here they would only delay the start

    def handle(self, *args: Any, **options: Any) -> None:
        refuse_a_port_in_use()
        call_command("migrate", interactive=False, verbosity=0)
        self.welcome(f"http://{HOST}:{settings.PORT}")
        self.stdout.flush()
        become_the_server()

    def welcome(self, url: str) -> None:
        self.stdout.write(WELCOME.format(url=url).rstrip())
        users = get_user_model().objects
        if not users.exists():
            password = secrets.token_urlsafe(18)
            users.create_superuser(username="admin", password=password)
            self.stdout.write(FIRST_USER.format(url=url, password=password).rstrip())
        user = users.filter(is_superuser=True, is_active=True).order_by("pk").first()
        if user is not None:
            self.stdout.write(
                TRY_IT.format(
                    url=url, token=access_token(user, timedelta(hours=1)), body=shlex.quote(example_request())
                )
            )


def example_request() -> str:
    return json.dumps({"provider": "openai", "enabled": True, "credentials": get_provider("openai").example})


def refuse_a_port_in_use() -> None:
    with socket.socket() as probe:
        probe.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        try:
            probe.bind((HOST, settings.PORT))
        except OSError:
            raise CommandError(
                f"Port {settings.PORT} is in use: stop what listens there, or choose another, as in PORT=8001 make run."
            ) from None


def become_the_server() -> None:
    """Replace this process by granian, so that signals reach it directly."""
    os.execv(  # noqa: S606  (no shell is wanted)
        sys.executable,
        [
            *(sys.executable, "-m", "granian", "--interface", "wsgi", "refactor_site.wsgi:application"),
            *("--working-dir", str(settings.BASE_DIR), "--host", HOST, "--port", str(settings.PORT)),
            *("--workers", str(WORKERS), "--blocking-threads", str(THREADS)),
            *("--http", "1", "--no-ws", "--http1-header-read-timeout", "10000"),  # milliseconds
            *("--workers-kill-timeout", str(KILL_TIMEOUT), "--log-level", "error"),
        ],
    )
