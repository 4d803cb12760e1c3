from typing import Any

from django.core.management.base import BaseCommand

from llm_providers import leftovers


class Command(BaseCommand):
    help = "Deletes what has expired: sessions, tokens, counts, consumers not seen for 31 days. For cron, every day."

    def handle(self, *args: Any, **options: Any) -> None:
        for kind, cleared in leftovers.clear():
            self.stdout.write(f"{kind}: {cleared}")
