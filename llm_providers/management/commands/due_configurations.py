import json
from argparse import ArgumentParser
from datetime import datetime, timedelta
from typing import Any

from django.core.management.base import BaseCommand, CommandError
from django.db import Error

from llm_providers import rotation, store
from llm_providers.management.durations import parse_duration
from llm_providers.models import LLMProviderConfig

LONGEST = timedelta(days=3650)


class Command(BaseCommand):
    help = "Tells which providers' keys are due for rotation. For cron: exit status 1 when there are any."

    def add_arguments(self, parser: ArgumentParser) -> None:
        parser.add_argument("--within", metavar="14d", help="also those that will be due so soon: 12h, 14d")
        parser.add_argument("--json", action="store_true", help="one JSON object instead of lines")

    def handle(self, *args: Any, within: str | None, **options: Any) -> None:
        ahead = parse_duration(within, "--within", LONGEST, "12h or 14d") if within else timedelta()
        try:
            due = rotation.due(store.find_all(), ahead)
        except Error:  # the library's own message may quote a statement
            raise CommandError("The database did not answer. Run this again.", returncode=2) from None
        if options["json"]:
            self.stdout.write(json.dumps({"due": [as_object(config) for config in due]}, indent=2))
        else:
            for config in due:
                self.stdout.write(as_line(config))
        if due:
            raise CommandError(f"{len(due)} to rotate.")


def as_line(config: LLMProviderConfig) -> str:
    told = [f"{config.provider}: due {'since' if config.due else 'on'} {config.due_at:%Y-%m-%d}"]
    if config.expires_at:
        told.append(f"expires on {config.expires_at:%Y-%m-%d}")
    if config.owner:
        told.append(f"owner {config.owner}")
    return ", ".join(told)


def as_object(config: LLMProviderConfig) -> dict[str, Any]:
    return {
        "provider": config.provider,
        "due": config.due,
        "due_at": moment(config.due_at),
        "expires_at": moment(config.expires_at),
        "rotate_every_days": config.rotate_every_days,
        "owner": config.owner or None,
    }


def moment(value: datetime | None) -> str | None:
    return None if value is None else value.isoformat().replace("+00:00", "Z")
