import os
from argparse import REMAINDER, ArgumentParser
from collections.abc import Mapping
from typing import Any

from django.conf import settings
from django.core.management.base import BaseCommand, CommandError
from django.db import Error, connections, transaction

from llm_providers import delivery, environment, store, vault
from llm_providers.management.child import Child, end_likewise
from llm_providers.management.shell_user import shell_author, shell_user
from llm_providers.models import Consumer, LLMProviderConfig
from llm_providers.providers import PROVIDERS, UnknownProvider

# What opens, signs or reaches everything that is stored is not the command's business.
OURS = {"DATABASE_URL", "DJANGO_SECRET_KEY", "FERNET_KEYS", "JWT_SIGNING_KEY"}
NOT_FOUND, NOT_EXECUTABLE = 127, 126  # exit statuses, as shells have them


class Command(BaseCommand):
    help = "Runs a command in the environment of the enabled providers. Prints nothing of its own."
    requires_system_checks = []  # they would only delay the command

    def add_arguments(self, parser: ArgumentParser) -> None:
        parser.add_argument("--only", metavar="PROVIDERS", help="as in openai,azure: of these, which must be enabled")
        parser.add_argument("command", nargs=REMAINDER, metavar="-- COMMAND", help="the command and its arguments")

    def handle(self, *args: Any, only: str | None, command: list[str], **options: Any) -> None:
        command = command[1:] if command[:1] == ["--"] else command
        if not command:
            raise CommandError("Name a command: manage.py exec_with_credentials -- COMMAND...")
        credentials = fetched(only.split(",") if only is not None else None)
        connections.close_all()
        with Child() as child:
            written, unset = environment.environment_of_all(credentials, child.write_file)
            try:
                status = child.run(command, {**inherited(unset), **written})
            except FileNotFoundError:
                raise CommandError("There is no such command.", returncode=NOT_FOUND) from None
            except OSError:
                raise CommandError("The command cannot be executed.", returncode=NOT_EXECUTABLE) from None
        end_likewise(status)


def fetched(only: list[str] | None) -> dict[str, vault.Opened]:
    """The credentials by provider, each written down as a delivery, all or none."""
    asking = delivery.Asking(Consumer.Kind.COMMAND, shell_user())
    try:
        with transaction.atomic():
            enabled = LLMProviderConfig.objects.filter(enabled=True, provider__in=PROVIDERS.slugs())
            slugs = enabled.values_list("provider", flat=True) if only is None else only
            wanted = {PROVIDERS.get(slug.strip()).slug for slug in slugs}
            # In one order, so that two commands do not wait for each other in a circle.
            ordered = [slug for slug in PROVIDERS.slugs() if slug in wanted]
            for slug in ordered:
                store.locked(slug)  # what is read now is current until it is written down
            deliveries = [delivery.prepare(slug, asking) for slug in ordered]
            for each in deliveries:
                each.record(shell_author())
    except UnknownProvider:
        raise CommandError(f"--only takes some of {','.join(PROVIDERS.slugs())}.") from None
    except (vault.ProviderNotConfigured, vault.ProviderDisabled) as error:
        raise CommandError(str(error)) from None
    except vault.CredentialsUnreadable as error:
        raise CommandError(f"{error} Or leave the provider out with --only.") from None
    except Error:
        raise CommandError("The database did not answer. The command was not run.") from None
    if not deliveries:
        raise CommandError("No provider is enabled: there is nothing to run the command with.")
    return {each.config.provider: each.credentials for each in deliveries}


def inherited(unset: list[str]) -> Mapping[str, str]:
    """The environment of this process without what is ours, and without what would mislead the command."""
    left = {name: value for name, value in os.environ.items() if name not in OURS and name not in unset}
    if left.get("DJANGO_SETTINGS_MODULE") == settings.SETTINGS_MODULE:  # manage.py has set it
        del left["DJANGO_SETTINGS_MODULE"]
    del left["TZ"]  # Django's
    return left if settings.CALLERS_TZ is None else left | {"TZ": settings.CALLERS_TZ}
