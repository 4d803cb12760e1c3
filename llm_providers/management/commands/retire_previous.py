from typing import Any

from django.core.management.base import BaseCommand, CommandError
from django.db import Error

from llm_providers import rotation


class Command(BaseCommand):
    help = "Erases the credentials before a rotation whose time is over. For cron, best every hour."

    def handle(self, *args: Any, **options: Any) -> None:
        try:
            erased = rotation.retire_expired()
        except Error:  # the library's own message may quote a statement
            raise CommandError("The database did not answer. Run this again.") from None
        for provider in erased:
            self.stdout.write(f"{provider}: erased")
        if not erased:
            self.stdout.write("Nothing waits to be erased.")
