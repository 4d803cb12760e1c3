"""What credentials_for costs in process, as a ratio to a query by primary key in the same run.

    python bench/on_both.py bench/vault.py

Works on the database of DATABASE_URL, which must be empty.
"""

import os
import statistics
import sys
import time
from collections.abc import Callable
from pathlib import Path
from typing import Any

import django

sys.path[0] = str(Path(__file__).resolve().parent.parent)  # not this folder: a script in it has the name of a library
os.environ.setdefault("DJANGO_SETTINGS_MODULE", "refactor_site.settings")
django.setup()

from django.contrib.auth.models import Group  # noqa: E402
from django.core.management import call_command  # noqa: E402
from django.db import connection  # noqa: E402

from llm_providers import store  # noqa: E402
from llm_providers.audit import Author  # noqa: E402
from llm_providers.models import AuditEvent  # noqa: E402
from llm_providers.providers import PROVIDERS  # noqa: E402
from llm_providers.vault import credentials_for  # noqa: E402

ROUNDS, CALLS = 20, 50


def main() -> None:
    call_command("migrate", verbosity=0)
    author = Author("bench", AuditEvent.Source.COMMAND)
    for provider in PROVIDERS:
        store.create(provider.slug, enabled=True, credentials=provider.example, author=author)
    pk = Group.objects.values_list("pk", flat=True)[0]
    seen: dict[str, list[tuple[float, float]]] = {}
    for _round in range(ROUNDS):
        base = fastest(lambda: Group.objects.get(pk=pk))
        for provider in PROVIDERS:
            spent = fastest(lambda slug=provider.slug: credentials_for(slug))  # type: ignore[misc]
            seen.setdefault(provider.slug, []).append((spent / base, spent * 1000))
    print(f"{connection.vendor}: credentials_for, times a query by primary key, and in milliseconds")
    for slug, rows in seen.items():
        ratio, milliseconds = (statistics.median(column) for column in zip(*rows, strict=True))
        print(f"{slug:20} {ratio:6.2f} {milliseconds:7.3f}")


def fastest(call: Callable[[], Any]) -> float:
    """The least time of some calls, in seconds."""
    times = []
    for _call in range(CALLS):
        started = time.perf_counter()
        call()
        times.append(time.perf_counter() - started)
    return min(times)


if __name__ == "__main__":
    main()
