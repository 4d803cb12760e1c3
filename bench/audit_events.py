"""How long a page of the trail takes with a million events, first and last, filtered and not.

    python bench/audit_events.py [EVENTS]

Works on the database of DATABASE_URL, which must be empty, and prints milliseconds.
"""

import itertools
import os
import statistics
import sys
import time
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import django

sys.path[0] = str(Path(__file__).resolve().parent.parent)  # not this folder: a script in it has the name of a library
os.environ.setdefault("DJANGO_SETTINGS_MODULE", "refactor_site.settings")
django.setup()

from django.core.management import call_command  # noqa: E402
from django.db import connection  # noqa: E402

from llm_providers.audit import EPOCH, Cursor, entries  # noqa: E402
from llm_providers.models import AuditEvent  # noqa: E402
from llm_providers.providers import PROVIDERS  # noqa: E402

RUNS = 20
LIMIT = 200
# A mixture of frequent and rare values: one event in a thousand is a delete, one in ten thousand grace's.
NUMBERS = {
    "sqlite": "WITH RECURSIVE numbers(n) AS (SELECT 1 UNION ALL SELECT n + 1 FROM numbers WHERE n < %s) ",
    "postgresql": "WITH numbers(n) AS (SELECT generate_series(1, %s)) ",
}
MOMENT = {
    "sqlite": "strftime('%%Y-%%m-%%d %%H:%%M:%%f000', 1700000000 + n, 'unixepoch')",
    "postgresql": "to_timestamp(1700000000 + n)",
}


def fill(events: int) -> None:
    slugs = " ".join(f"WHEN {i} THEN '{slug}'" for i, slug in enumerate(PROVIDERS.slugs()))
    vendor = connection.vendor
    with connection.cursor() as cursor:
        if vendor == "postgresql":
            cursor.execute("SET statement_timeout = 0")
        cursor.execute(
            "INSERT INTO llm_providers_auditevent"
            " (created_at, actor, action, provider, fields, source, request_id, address) "
            + NUMBERS[vendor]
            + f"SELECT {MOMENT[vendor]},"
            " CASE WHEN n %% 10000 = 0 THEN 'grace' ELSE 'deploy' END,"
            " CASE WHEN n %% 1000 = 0 THEN 'delete' WHEN n %% 10 = 0 THEN 'create' ELSE 'update' END,"
            f" CASE n %% 7 {slugs} END, '[\"enabled\"]', 'api', 'bench', NULL FROM numbers",
            [events],
        )
        cursor.execute("ANALYZE")


def filters() -> Iterator[dict[str, Any]]:
    values = {"provider": "xai", "action": "delete", "actor": "grace"}
    for size in range(4):
        for names in itertools.combinations(values, size):
            yield {name: values[name] for name in names}
    yield {"provider": "xai", "action": "update", "actor": "deploy"}
    yield {"until": EPOCH.replace(year=2023, month=11, day=15)}
    yield {"actor": "nobody"}


def milliseconds(**arguments: Any) -> float:
    times = []
    for _run in range(RUNS):
        started = time.perf_counter()
        entries(limit=LIMIT, **arguments)
        times.append(time.perf_counter() - started)
    return statistics.median(times) * 1000


def last_page(**arguments: Any) -> Cursor | None:
    oldest = list(AuditEvent.objects.filter(**arguments).order_by("created_at", "id")[: LIMIT + 1])
    return Cursor(oldest[-1].created_at, oldest[-1].id) if oldest else None


def main() -> None:
    events = int(sys.argv[1]) if len(sys.argv) > 1 else 1_000_000
    call_command("migrate", verbosity=0)
    if AuditEvent.objects.exists():
        sys.exit("The database holds events already. Name an empty one in DATABASE_URL.")
    fill(events)
    print(f"{connection.vendor}, {AuditEvent.objects.count():,} events, {LIMIT} on a page, median of {RUNS}")
    print(f"{'first':>9} {'last':>9}  filters")
    for chosen in filters():
        end = last_page(**chosen) if "until" not in chosen else None
        first, last = milliseconds(**chosen), milliseconds(**chosen, **({"cursor": end} if end else {}))
        print(f"{first:6.1f} ms {last:6.1f} ms  {chosen or 'none'}")


if __name__ == "__main__":
    main()
