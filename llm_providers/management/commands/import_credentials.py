import os
import re
from argparse import ArgumentParser
from collections.abc import Mapping
from io import StringIO
from pathlib import Path
from typing import Any

from django.core.management.base import BaseCommand, CommandError
from django.db import Error
from dotenv.parser import Binding, parse_stream

from llm_providers import transfer
from llm_providers.management.shell_user import shell_author
from llm_providers.providers.service_account import KEY_FILE_BYTES
from llm_providers.store import AlreadyConfigured, ChangedMeanwhile

ENV_FILE_LENGTH = 1024**2  # characters
NAME = re.compile(r"[A-Z_][A-Z0-9_]*")  # any other may be a piece of a key that was pasted unquoted


class Command(BaseCommand):
    help = "Stores the credentials that official SDKs would find in the environment, or in a dotenv file."

    def add_arguments(self, parser: ArgumentParser) -> None:
        parser.add_argument("--env-file", type=Path, metavar="FILE", help="read this file instead of the environment")
        parser.add_argument("--dry-run", action="store_true", help="show the plan only")
        parser.add_argument("--replace", action="store_true", help="replace what is stored and differs")

    def handle(self, *args: Any, env_file: Path | None, dry_run: bool, replace: bool, **options: Any) -> None:
        variables, unread = (os.environ, []) if env_file is None else read_env_file(env_file)
        try:
            plan = transfer.plan(variables, read_key_file, replace=replace, every=env_file is not None)
            self.show(plan, unread)
            if plan.blocked:
                raise CommandError("Nothing was imported.")
            if not dry_run:
                plan.apply(shell_author())
        except (AlreadyConfigured, ChangedMeanwhile):
            raise CommandError("Somebody changed what is stored. Nothing was imported: run this again.") from None
        except Error:
            raise CommandError("The database did not answer. Nothing was imported.") from None
        if dry_run:
            self.stdout.write("Nothing was imported: this is the plan.")

    def show(self, plan: transfer.Plan, unread: list[int]) -> None:
        for step in plan.steps:
            self.stdout.write(f"{step.provider:14}  {step.change:16}  {step.told}")
        if not plan.steps:
            self.stdout.write("No credentials were found.")
        if plan.not_understood:
            self.stdout.write(f"Not understood: {', '.join(plan.not_understood)}")
        if unread:
            lines = f"line{'s' if len(unread) > 1 else ''} {', '.join(map(str, unread))}"
            self.stdout.write(f"Not read: {lines}. Quote values of several lines.")


def read_env_file(path: Path) -> tuple[Mapping[str, str], list[int]]:
    """The variables, and the numbers of the lines that are none."""
    variables, unread = {}, []
    try:
        with path.open(encoding="utf-8-sig") as file:
            text = file.read(ENV_FILE_LENGTH + 1)
    except (OSError, UnicodeDecodeError):
        raise CommandError("--env-file names no file that can be read as UTF-8 text.") from None
    if len(text) > ENV_FILE_LENGTH:
        raise CommandError(f"--env-file names a file of more than {ENV_FILE_LENGTH // 1024**2} MiB.")
    for binding in parse_stream(StringIO(text)):
        if binding.key and binding.value is not None and NAME.fullmatch(binding.key):
            variables[binding.key] = binding.value
        elif binding.key or binding.error:
            unread.append(line_of(binding))
    return variables, unread


def line_of(binding: Binding) -> int:
    text = binding.original.string  # with the empty lines before it
    return binding.original.line + text[: len(text) - len(text.lstrip())].count("\n")


def read_key_file(path: str) -> str:
    try:
        with Path(path).open(encoding="utf-8-sig") as file:
            return file.read(KEY_FILE_BYTES + 1)
    except (OSError, UnicodeDecodeError, ValueError):
        raise CommandError(
            "GOOGLE_APPLICATION_CREDENTIALS names no file that can be read. Name the key file, or unset it."
        ) from None
