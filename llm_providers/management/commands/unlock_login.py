from argparse import ArgumentParser
from typing import Any

from django.core.management.base import BaseCommand, CommandError

from llm_providers.management.shell_user import shell_author
from llm_providers.web import lockout
from llm_providers.web.client_address import normal_address


class Command(BaseCommand):
    help = "Lets somebody log in again who failed too often."

    def add_arguments(self, parser: ArgumentParser) -> None:
        which = parser.add_mutually_exclusive_group(required=True)
        which.add_argument("username", nargs="?", help="from whatever address")
        which.add_argument("--address", help="for everybody there, as far as no single user name is locked")

    def handle(self, *args: Any, username: str | None, address: str | None, **options: Any) -> None:
        author = shell_author()
        if username is not None:
            counts = lockout.unlock_user(username, author)
        elif source := normal_address(address or ""):
            counts = lockout.unlock_address(source, author)
        else:
            raise CommandError("--address takes an IP address, as the trail shows it.")
        self.stdout.write("Failed logins are forgotten." if counts else "There were no failed logins to forget.")
