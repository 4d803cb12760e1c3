from argparse import ArgumentParser
from typing import Any

from django.core.management.base import BaseCommand, CommandError
from django.db import transaction
from rest_framework.exceptions import ValidationError

from llm_providers import machines
from llm_providers.machines.sent import DAYS, DAYS_UNLESS_TOLD, KeySerializer, MachineSerializer
from llm_providers.management.shell_user import shell_author
from llm_providers.models import CODENAMES
from llm_providers.providers import PROVIDERS
from llm_providers.strict.serializer import StrictSerializer, sentences

MISSING = (
    "There is no machine of this name. To make one with its key, say what it may do and with which providers, for "
    "example --permission use --provider openai."
)
PRESENT = (
    "There is a machine of this name already, and a key is all that is made here for one. Leave out --permission, "
    "--provider, --all-providers and --owner, or change the machine in the admin."
)


class Command(BaseCommand):
    help = "Issues a key of a machine and prints it, and nothing else. It is never shown again."

    def add_arguments(self, parser: ArgumentParser) -> None:
        words, slugs = ", ".join(CODENAMES), ", ".join(PROVIDERS.slugs())
        parser.add_argument("name", help="the machine; with what it may do, one that does not exist is made")
        days = f"until the key is refused, {DAYS[0]} to {DAYS[-1]}; {DAYS_UNLESS_TOLD} unless told"
        parser.add_argument("--days", type=int, default=DAYS_UNLESS_TOLD, help=days)
        new = parser.add_argument_group("a new machine")
        new.add_argument(
            "--permission", action="append", metavar="WORD", help=f"what it may do, again for more: {words}"
        )
        limits = new.add_mutually_exclusive_group()
        limits.add_argument("--provider", action="append", metavar="SLUG", help=f"with which, again for more: {slugs}")
        limits.add_argument("--all-providers", action="store_true", help="with all providers, those to come too")
        new.add_argument("--owner", help="who looks after it")

    def handle(self, *args: Any, name: str, days: int, **options: Any) -> None:
        days = accepted(KeySerializer(), {"expires_in_days": days})["expires_in_days"]
        with transaction.atomic():
            if values := new_machine(**options):
                make(name, values)
            try:
                key, _kept = machines.issue(name, days=days, author=shell_author())
            except machines.NoSuchMachine:
                raise CommandError(MISSING) from None
            except machines.TooManyKeys as refusal:
                raise CommandError(str(refusal)) from None
        if not machines.find(name).enabled:
            self.stderr.write("The machine is disabled: its keys are refused until it is enabled.")
        self.stdout.write(key.text)


def new_machine(
    permission: list[str] | None, provider: list[str] | None, all_providers: bool, owner: str | None, **_options: Any
) -> dict[str, Any]:
    """What is said of a new machine; empty where nothing is."""
    said = {"permissions": permission, "providers": provider, "owner": owner}
    values: dict[str, Any] = {field: value for field, value in said.items() if value is not None}
    return values | ({"providers": None} if all_providers else {})


def make(name: str, values: dict[str, Any]) -> None:
    try:
        machines.create(author=shell_author(), **accepted(MachineSerializer(), {"name": name, **values}))
    except machines.MachineExists:
        raise CommandError(PRESENT) from None


def accepted(serializer: StrictSerializer, values: dict[str, Any]) -> dict[str, Any]:
    try:
        return serializer.accepted(values)
    except ValidationError as refusal:
        raise CommandError(" ".join(sentences(refusal.detail))) from None
