from argparse import ArgumentParser
from typing import Any

from django.core.management.base import BaseCommand, CommandError
from django.db import Error

from llm_providers import key_ring


class Command(BaseCommand):
    help = "Seals with the first of FERNET_KEYS what another of them sealed. Can be interrupted and repeated."

    def add_arguments(self, parser: ArgumentParser) -> None:
        parser.add_argument("--dry-run", action="store_true", help="say what would be done")

    def handle(self, *args: Any, dry_run: bool, **options: Any) -> None:
        ring = key_ring.key_ring()
        try:
            for column in key_ring.look() if dry_run else key_ring.reseal():
                self.stdout.write(told(column, dry_run=dry_run))
            left = key_ring.look()
        except Error:  # the library's own message may quote a statement
            raise CommandError("The database did not answer. Run this again: what is sealed anew stays so.") from None
        self.stdout.write("")
        self.conclude(ring, left, dry_run=dry_run)

    def conclude(self, ring: key_ring.KeyRing, left: list[key_ring.SealedColumn], *, dry_run: bool) -> None:
        first, *others = ring.fingerprints
        unreadable = sorted({column.provider for column in left if not column.readable})
        old = [column for column in left if column.old]
        if unreadable:
            raise CommandError(
                f"Cannot be decrypted: {', '.join(unreadable)}. Keep every key you have. Add the key they were sealed "
                "with to FERNET_KEYS and run this again, or send their credentials again."
            )
        if old and dry_run:
            self.stdout.write(f"{len(old)} would be sealed with the first key, {first}. Nothing was changed.")
        elif old:
            raise CommandError(
                "A process that still has another key in first place wrote meanwhile. Give every machine the same "
                "FERNET_KEYS, restart them, and run this again."
            )
        elif others:
            self.stdout.write(
                f"Everything stored is sealed with the first key, {first}. When every machine has it in first place, "
                f"remove from FERNET_KEYS: {', '.join(others)}. Keep them where backups made until now are kept."
            )
        else:
            self.stdout.write(f"Everything stored is sealed with the only key, {first}.")


def told(column: key_ring.SealedColumn, *, dry_run: bool) -> str:
    what = f"{column.provider} {column.column}"
    if not column.readable:
        return f"{what}: cannot be decrypted, left as it is"
    if not column.old:
        return f"{what}: sealed with the first key already"
    return f"{what}: key {column.place}, {'would be sealed' if dry_run else 'sealed'} with the first"
