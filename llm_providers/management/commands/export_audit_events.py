from argparse import ArgumentParser
from pathlib import Path
from typing import Any

from django.core.management.base import BaseCommand, CommandError
from rest_framework.utils.encoders import JSONEncoder

from llm_providers import retention
from llm_providers.management.moments import moment

ENCODER = JSONEncoder(ensure_ascii=True, allow_nan=False, separators=(",", ":"))


class Command(BaseCommand):
    help = "Writes audit events as JSON Lines, oldest first, with the names that the API has."

    def add_arguments(self, parser: ArgumentParser) -> None:
        parser.add_argument("--since", metavar="DATE", help="only events at or after it, as in 2026-01-31")
        parser.add_argument("--until", metavar="DATE", help="only events before it")
        parser.add_argument("--output", metavar="FILE", type=Path, help="a file that is not there yet; else to stdout")

    def handle(self, *args: Any, since: str | None, until: str | None, output: Path | None, **options: Any) -> None:
        events = retention.exported(
            moment("--since", since) if since else None, moment("--until", until) if until else None
        )
        lines = (ENCODER.encode(event) for event in events)
        if output is None:
            for line in lines:
                self.stdout.write(line)
            return
        try:
            with output.open("x", encoding="ascii") as file:
                file.writelines(f"{line}\n" for line in lines)
        except FileExistsError:
            raise CommandError("--output names a file that is there already: name another.") from None
        except OSError as error:
            raise CommandError(f"--output cannot be written: {error.strerror}.") from None
