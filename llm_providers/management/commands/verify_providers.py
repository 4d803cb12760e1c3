import sys
from argparse import ArgumentParser
from typing import Any, NamedTuple

from django.core.management.base import BaseCommand, CommandError

from llm_providers import store
from llm_providers.audit import Author
from llm_providers.models import AuditEvent, LLMProviderConfig
from llm_providers.providers import PROVIDERS, get_provider
from llm_providers.sealing import CredentialsUnreadable
from llm_providers.verification import stored
from llm_providers.verification.outcomes import Outcome

AUTHOR = Author("verify_providers", AuditEvent.Source.COMMAND)


class Line(NamedTuple):
    provider: str
    state: str
    outcome: str
    message: str


class Command(BaseCommand):
    help = "Asks providers whether the stored credentials work. Exit status 0 only when all enabled ones are valid."

    def add_arguments(self, parser: ArgumentParser) -> None:
        parser.add_argument("provider", nargs="*", help="Only these; without any, all that are configured")

    def handle(self, *args: Any, provider: list[str], **options: Any) -> None:
        for slug in provider:
            if slug not in PROVIDERS:
                raise CommandError(f"Choose providers out of: {', '.join(PROVIDERS.slugs())}.")
        configured = {config.provider: config for config in LLMProviderConfig.objects.all()}
        wanted = provider or [slug for slug in PROVIDERS.slugs() if slug in configured]
        lines = []
        for place, slug in enumerate(dict.fromkeys(wanted), start=1):
            self.progress(f"{place} of {len(wanted)}: asking {get_provider(slug).label}")
            lines.append(verified(slug, configured.get(slug)))
        self.progress("")
        self.table(lines)
        failed = [line for line in lines if line.state != "disabled" and line.outcome != Outcome.VALID]
        if failed:
            raise CommandError(f"{len(failed)} of {len(lines)} not valid.")

    def progress(self, text: str) -> None:
        """One line that is written over; none where nobody looks on."""
        if sys.stderr.isatty():
            self.stderr.write(f"\r\x1b[K{text}", ending="")

    def table(self, lines: list[Line]) -> None:
        if not lines:
            self.stdout.write("No provider is configured.")
            return
        rows = [Line("PROVIDER", "STATE", "OUTCOME", "MESSAGE"), *lines]
        widths = [max(len(row[column]) for row in rows) for column in range(3)]
        for row in rows:
            cells = [cell.ljust(width) for cell, width in zip(row[:3], widths, strict=True)]
            self.stdout.write("  ".join([*cells, row.message]))


def verified(slug: str, config: LLMProviderConfig | None) -> Line:
    state = "missing" if config is None else "enabled" if config.enabled else "disabled"
    try:
        found = stored.verify(slug, AUTHOR)
    except (store.NotConfigured, CredentialsUnreadable) as error:
        return Line(slug, state, "-", str(error))
    return Line(slug, state, found.outcome, found.message)
