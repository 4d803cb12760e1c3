from argparse import ArgumentParser
from typing import Any

from django.core.management.base import BaseCommand, CommandError

from llm_providers import retention
from llm_providers.management.moments import moment
from llm_providers.management.shell_user import shell_author


class Command(BaseCommand):
    help = (
        "Deletes old audit events, while the service runs, and tells so in the trail. Can be interrupted and repeated."
    )

    def add_arguments(self, parser: ArgumentParser) -> None:
        parser.add_argument("--before", required=True, metavar="DATE", help="at least 30 days ago, as in 2026-01-31")
        parser.add_argument("--dry-run", action="store_true", help="say how many there are, and delete none")

    def handle(self, *args: Any, before: str, dry_run: bool, **options: Any) -> None:
        limit, gone = moment("--before", before), 0
        try:
            if dry_run:
                self.stdout.write(f"{counted(retention.count(limit))} would be deleted.")
                return
            for gone in retention.prune(limit, shell_author()):  # noqa: B007  (the last one is told)
                pass
        except retention.TooRecent:
            raise CommandError("--before must be at least 30 days ago: what happened since then is kept.") from None
        self.stdout.write(f"{counted(gone)} deleted.")


def counted(events: int) -> str:
    return "1 event" if events == 1 else f"{events} events"
